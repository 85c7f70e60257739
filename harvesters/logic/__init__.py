"""CKAN actions of the harvest engine, their authorization and their input."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isfunction
from types import ModuleType
from typing import Any


def public(*modules: ModuleType) -> dict[str, Callable[..., Any]]:
    """Give the functions of modules by name, as the toolkit's blankets take them of one."""
    return {
        name: function
        for module in modules
        for name, function in vars(module).items()
        if isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
    }
