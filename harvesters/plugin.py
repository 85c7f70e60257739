"""CKAN plugin ``harvesters``: the engine that runs harvest sources, its actions and its commands."""

from __future__ import annotations

import ckan.plugins as p


class HarvestersPlugin(p.SingletonPlugin):
    """Register the harvest engine with CKAN; the work is in the rooms it names."""
