"""Where things are: the project, the software it downloads, and the state of one running portal."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent

#: AF_UNIX paths are limited to 108 bytes (unix(7)); longer ones go to the machine's folder for temporary files.
SOCKET_PATH_LIMIT = 100


@dataclass(frozen=True)
class Layout:
    """The folders of one portal.

    ``software`` holds what is the same for every portal on this machine (virtual environment, Solr, data packages);
    ``state`` holds one portal's databases, index, secrets, ports and logs.
    """

    software: Path
    state: Path

    @classmethod
    def from_environment(cls, instance: str | None = None) -> Layout:
        """Read the folders from ``PORTAL_STATE`` and ``PORTAL_SOFTWARE``.

        ``instance`` (or ``PORTAL_INSTANCE``) names a second portal beside the first, with services of its own.
        """
        state = Path(os.environ.get("PORTAL_STATE") or PROJECT / ".portal").resolve()
        software = Path(os.environ.get("PORTAL_SOFTWARE") or state / "software").resolve()
        name = instance or os.environ.get("PORTAL_INSTANCE")
        return cls(software, state / "instances" / name if name else state)

    @property
    def venv(self) -> Path:
        """The virtual environment with CKAN and the project."""
        return self.software / "venv"

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def solr(self) -> Path:
        """Solr's jar files."""
        return self.software / "solr"

    @property
    def jena(self) -> Path:
        """Apache Jena's jar files, for the tests."""
        return self.software / "jena"

    @property
    def packages(self) -> Path:
        """Data packages that are read, never imported."""
        return self.software / "packages"

    @property
    def ini(self) -> Path:
        """CKAN's configuration."""
        return self.state / "ckan.ini"

    def ini_of(self, lane: int) -> Path:
        """CKAN's configuration for a lane of tests, which has databases of its own; lane 0 is the portal itself."""
        return self.state / f"test{lane}.ini" if lane else self.ini

    @property
    def logs(self) -> Path:
        """One log file a service."""
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """Sockets and process ids: beside the state, or in a private temporary folder where that path is too long."""
        run = self.state / "run"
        if len(str(run / "supervisor.sock")) <= SOCKET_PATH_LIMIT:
            return run
        digest = hashlib.sha256(str(self.state).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"portal-{os.getuid()}-{digest}"

    @property
    def ports_above(self) -> int:
        """How far above the usual ports this portal looks for its own.

        An instance keeps away from them, and from other instances: the portal beside which it runs may just be down,
        and would find its address taken when it comes up.
        """
        if self.state.parent.name != "instances":
            return 0
        return 15000 + 10 * (zlib.crc32(str(self.state).encode()) % 300)

    def create(self) -> None:
        """Make the folders. Passable for the database's own user, readable only file by file."""
        for folder in (self.software, self.state, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o711)
        self.run.chmod(0o700)
