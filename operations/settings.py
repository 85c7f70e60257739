"""The settings of one portal: secrets made once, ports, and the files made from them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from operations.layout import PROJECT, Layout
from operations.mode import Mode
from operations.steps import write_private

SECRETS = (
    "secret_key",
    "csrf_secret",
    "jwt_secret",
    "database_password",
    "reader_password",
    "redis_password",
    "steward_password",
)


@dataclass(frozen=True)
class Settings:
    """What differs between one portal and the next."""

    layout: Layout
    ports: dict[str, int]
    secrets: dict[str, str]
    mode: Mode

    @property
    def url(self) -> str:
        """The portal's address on this machine."""
        return os.environ.get("PORTAL_URL") or f"http://127.0.0.1:{self.ports['web']}"

    @property
    def replay_url(self) -> str:
        """The stand-in portals' address."""
        return f"http://127.0.0.1:{self.ports['replay']}"

    def database(self, name: str, role: str = "portal") -> str:
        """Return the address of a database for its owner (``portal``) or its reader (``portal_reader``)."""
        password = self.secrets["database_password" if role == "portal" else "reader_password"]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.ports['postgresql']}/{name}"

    def write_ini(self, lane: int = 0) -> Path:
        """Write CKAN's configuration from ``config/ckan.ini``.

        Lane 0 is the portal itself; each other one runs tests, on databases, an index and a storage of its own.
        """
        test, suffix = bool(lane), suffix_of(lane)
        redis = f"redis://:{self.secrets['redis_password']}@127.0.0.1:{self.ports['redis']}"
        values = self.secrets | {
            "state": str(self.layout.state),
            "project": str(PROJECT),
            "url": "http://test.ckan.net" if test else self.url,
            "replay_url": "" if self.mode.live else self.replay_url,
            "ckan_database": self.database(f"ckan{suffix}"),
            "datastore_write": self.database(f"datastore{suffix}"),
            "datastore_read": self.database(f"datastore{suffix}", "portal_reader"),
            "solr_url": f"http://127.0.0.1:{self.ports['solr']}/solr/ckan{suffix}",
            "redis_url": f"{redis}/{lane}",
            "fetch_allow": self._fetch_allow(),
            # The addresses of samples and recordings are invented or of another day.
            "check_links": "true" if self.mode.live or test else "false",
            "storage": str(self.layout.state / f"storage{suffix}"),
            "app_url": f"http://127.0.0.1:{self.ports['biker']}",
            # A test's words would be another test's parts of compounds.
            "learn_words": "false" if test else "true",
            "debug": "false",
            "testing": "true" if test else "false",
            "site_id": f"eurometropool{suffix}",
        }
        file = self.layout.ini_of(lane)
        write_private(file, render_ini(values))
        return file

    def _fetch_allow(self) -> str:
        """Name the addresses of this machine that the guarded client may reach.

        The stand-in portals, and the portal itself: its previews read what its own API serves.
        """
        return "" if self.mode.live else " ".join(f"127.0.0.1:{self.ports[name]}" for name in ("replay", "web"))


def suffix_of(lane: int) -> str:
    """Return what the names of a lane's databases, index and files end in."""
    return f"_test{lane}" if lane else ""


def render_ini(values: Mapping[str, str]) -> str:
    """Fill in ``config/ckan.ini``. Raises ``KeyError`` for a value that is missing."""
    return Template((PROJECT / "config" / "ckan.ini").read_text()).substitute(values)


def load_secrets(layout: Layout) -> dict[str, str]:
    """Return this portal's secrets, making those that are missing."""
    file = layout.state / "secrets.json"
    try:
        known: dict[str, str] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        known = {}
    made = {name: known.get(name) or secrets.token_urlsafe(24) for name in SECRETS}
    if made != known:
        write_private(file, json.dumps(made, indent=1))
    return made
