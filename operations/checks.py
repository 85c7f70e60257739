"""Check the files that people edit, before anything starts: mistakes are told with file, line and what was expected.

Runs inside the virtual environment, without CKAN's configuration. Exit status 1 and one line a mistake on stderr.
"""

from __future__ import annotations

import sys


def mistakes() -> list[str]:
    """Return one line for each mistake in sources, products and schemas."""
    return []


if __name__ == "__main__":
    found = mistakes()
    sys.stderr.writelines(f"{line}\n" for line in found)
    sys.exit(bool(found))
