"""CKAN's tables and every plugin's, brought to what the code expects; prints the SQL of the DataStore's permissions.

Runs inside the virtual environment, with ``CKAN_INI`` set. One process for all: to load CKAN takes longer than to
migrate, and each of CKAN's own commands loads it.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys

from ckan.cli.cli import ckan

from ckanext.eurometropool import migrating
from ckanext.harvesters.engine import tables as harvest_tables
from ckanext.oslo import tables as oslo_tables


def command(*words: str) -> None:
    """Run one of CKAN's commands in this process."""
    ckan.main(["-c", os.environ["CKAN_INI"], *words], standalone_mode=False)


def main() -> str:
    """Migrate; return the SQL, for the DataStore's owner to run in its database."""
    with contextlib.redirect_stdout(sys.stderr):
        command("db", "upgrade")
        harvest_tables.migrate()
        oslo_tables.migrate()
        migrating.migrate()
    with contextlib.redirect_stdout(io.StringIO()) as permissions:
        command("datastore", "set-permissions")
    # It is run in the database that it asks psql to connect to.
    return permissions.getvalue().replace("\\connect", "-- connect")


if __name__ == "__main__":
    sys.stdout.write(main())
