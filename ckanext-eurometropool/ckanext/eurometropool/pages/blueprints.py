"""The blueprints of the portal's own pages."""

from __future__ import annotations

from flask import Blueprint

BLUEPRINTS: list[Blueprint] = []
