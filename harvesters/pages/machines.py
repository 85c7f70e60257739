"""The addresses that other machines watch: ``/harvest-metrics`` for Prometheus, ``/health`` for a supervisor."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify

from ckanext.harvesters.engine import signals
from ckanext.harvesters.engine.sources import registered
from ckanext.harvesters.logic.visibility import visible
from ckanext.harvesters.pages import reader

machines = Blueprint("harvest_machines", __name__)


@machines.route("/harvest-metrics")
def metrics() -> Response:
    """Give numbers on every source that whoever asks may know of, as Prometheus reads them."""
    tk.check_access("harvest_status", reader.context(), {})
    return Response(signals.metrics(visible(reader.context(), registered())), content_type=signals.MEDIA_TYPE)


@machines.route("/health")
def health() -> tuple[Response, int]:
    """Say whether every source moves that should: 200, or 503 with those that do not.

    A private source counts, but is named only to those who may know of it.
    """
    tk.check_access("harvest_status", reader.context(), {})
    sources = list(registered())
    still = signals.stuck(sources)
    known = {source.name for source in visible(reader.context(), sources)}
    told = {"status": "stuck" if still else "ok", "stuck": [vars(one) for one in still if one.source in known]}
    if unnamed := len(still) - len(told["stuck"]):
        told["private"] = unnamed
    return jsonify(told), 503 if still else 200
