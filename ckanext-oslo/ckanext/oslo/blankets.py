"""What CKAN's blankets take of one module, taken of several: the public functions by name."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isfunction
from types import ModuleType
from typing import Any


def public(*modules: ModuleType, names: tuple[str, ...] = ("",)) -> dict[str, Callable[..., Any]]:
    """Give the functions that modules define, by name: those without an underscore that begin with one of ``names``."""
    return {
        name: function
        for module in modules
        for name, function in vars(module).items()
        if isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and name.startswith(names)
    }
