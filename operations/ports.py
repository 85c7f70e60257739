"""Ports: chosen free once, then remembered."""

from __future__ import annotations

import json
import socket
from collections.abc import Collection
from pathlib import Path

#: Where the search for a free port starts: near the usual one, so that people recognise it.
PREFERRED = {"web": 5000, "postgresql": 5433, "redis": 6380, "solr": 8984, "replay": 5100, "biker": 5200}


def free(port: int) -> bool:
    """Tell whether nothing listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def choose(file: Path, running: Collection[str] = (), *, above: int = 0) -> dict[str, int]:
    """Return a port for each service: the remembered one, or the first free one.

    The ports of services that are ``running`` are of course taken, by us: they stay. A remembered port that somebody
    else has taken meanwhile is replaced. The search starts ``above`` the usual ports.
    """
    try:
        ports: dict[str, int] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        ports = {}
    for name, preferred in PREFERRED.items():
        if name not in ports or (name not in running and not free(ports[name])):
            taken = set(ports.values())
            ports[name] = next(port for port in range(preferred + above, 65000) if port not in taken and free(port))
    file.write_text(json.dumps(ports))
    return ports
