"""Check the files that people edit, before anything starts: mistakes are told with file, line and what was expected.

Runs inside the virtual environment, without CKAN. Exit status 1 and one line a mistake on stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from ckanext.eurometropool.products.definition import read_all
from ckanext.eurometropool.products.errors import DefinitionError
from ckanext.harvesters.engine.declaration import DeclarationError, load
from ckanext.harvesters.registry import protocols
from ckanext.oslo.schema_files import SchemaError, check

PROJECT = Path(__file__).resolve().parent.parent


def mistakes(project: Path = PROJECT) -> list[str]:
    """Return one line for each mistake in the sources, products and schemas of a project's folder."""
    checks: tuple[Callable[[], object], ...] = (
        lambda: load(project / "config" / "sources.yaml", protocols()),
        lambda: read_all(project / "config" / "products"),
        lambda: check(project / "schemas"),
    )
    found = []
    for each in checks:
        try:
            each()
        except (DeclarationError, DefinitionError, SchemaError) as error:
            found += str(error).splitlines()
    return found


if __name__ == "__main__":
    lines = mistakes()
    sys.stderr.writelines(f"{line}\n" for line in lines)
    sys.exit(bool(lines))
