"""What the tables' room listens to: resources that are created or changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from blinker import Signal

SUBSCRIPTIONS: dict[Signal, list[Callable[..., Any]]] = {tk.signals.action_succeeded: []}
"""For ``ISignal.get_signal_subscriptions`` of the plugin."""
