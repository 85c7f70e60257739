"""Making this plugin's tables: those of the wishes."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from ckan.plugins import toolkit as tk


def migrate() -> None:
    """Bring the tables to the newest version; done twice it does nothing."""
    alembic = Config(Path(__file__).parent / "migration" / "eurometropool" / "alembic.ini")
    # A percent sign in a password is Alembic's sign for a reference.
    alembic.set_main_option("sqlalchemy.url", tk.config["sqlalchemy.url"].replace("%", "%%"))
    command.upgrade(alembic, "head")
