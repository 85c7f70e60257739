"""The register this portal was set up with."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ckanext.eurometropool import config
from ckanext.eurometropool.municipalities.linker import Linker
from ckanext.eurometropool.municipalities.register import Register, RegisterError, load


def register() -> Register:
    """Give the configured register, read once a process and again when its file has changed.

    Raises RegisterError when none is configured, or its file is missing or broken.
    """
    path = config.register_path()
    if path is None:
        raise RegisterError(f"{config.REGISTER} is not set")
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError as error:
        raise RegisterError(f"{path} is missing: run `ckan municipalities build`") from error
    return _read(path, changed)


def is_installed() -> bool:
    """Say whether a register is configured and built; without one no dataset is linked."""
    path = config.register_path()
    return path is not None and path.is_file()


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Register:
    return load(path)


def linker() -> Linker:
    """Give the linker of the configured register.

    Raises RegisterError as `register` does.
    """
    return _linker(id(register()))


@lru_cache(maxsize=1)
def _linker(_register_id: int) -> Linker:
    return Linker(register())
