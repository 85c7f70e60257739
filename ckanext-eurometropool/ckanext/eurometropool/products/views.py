"""The web addresses of the merged products and of the tables' previews."""

from __future__ import annotations

from flask import Blueprint

BLUEPRINTS: list[Blueprint] = []
