"""The addresses that other machines watch: ``/harvest-metrics`` for Prometheus, ``/health`` for a supervisor."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify

from ckanext.harvesters.engine import signals
from ckanext.harvesters.pages import reader

machines = Blueprint("harvest_machines", __name__)


@machines.route("/harvest-metrics")
def metrics() -> Response:
    """Give numbers on every source, as Prometheus reads them. What they count is public."""
    tk.check_access("harvest_status", reader.context(), {})
    return Response(signals.metrics(), content_type=signals.MEDIA_TYPE)


@machines.route("/health")
def health() -> tuple[Response, int]:
    """Say whether every source moves that should: 200, or 503 with those that do not."""
    tk.check_access("harvest_status", reader.context(), {})
    still = signals.stuck()
    told = {"status": "stuck" if still else "ok", "stuck": [vars(one) for one in still]}
    return jsonify(told), 503 if still else 200
