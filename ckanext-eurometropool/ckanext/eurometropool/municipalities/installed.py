"""The register this portal was set up with."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ckanext.eurometropool import config
from ckanext.eurometropool.municipalities.linker import Linker
from ckanext.eurometropool.municipalities.publishers import PublisherFinder
from ckanext.eurometropool.municipalities.register import Register, RegisterError, load


def register() -> Register:
    """Give the configured register, read once a process and again when its file has changed.

    Raises RegisterError when none is configured, or its file is missing or broken.
    """
    return _read(*_file())


def linker() -> Linker:
    """Give the linker of the configured register. Raises RegisterError as `register` does."""
    return _linker(*_file())


def publishers() -> PublisherFinder:
    """Give the finder of publishers' places of the configured register. Raises RegisterError as `register` does."""
    return _publishers(*_file())


def is_installed() -> bool:
    """Say whether a register is configured and built; without one no dataset is linked."""
    path = config.register_path()
    return path is not None and path.is_file()


def _file() -> tuple[Path, int]:
    """Give the register's file and the time of its last change, in nanoseconds."""
    path = config.register_path()
    if path is None:
        raise RegisterError(f"{config.REGISTER} is not set")
    try:
        return path, path.stat().st_mtime_ns
    except FileNotFoundError as error:
        raise RegisterError(f"{path} is missing: run `ckan municipalities build`") from error


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int) -> Register:
    return load(path)


@lru_cache(maxsize=1)
def _linker(path: Path, changed: int) -> Linker:
    return Linker(_read(path, changed))


@lru_cache(maxsize=1)
def _publishers(path: Path, changed: int) -> PublisherFinder:
    return PublisherFinder(_read(path, changed))
