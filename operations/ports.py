"""Ports: chosen free once, then remembered."""

from __future__ import annotations

import json
import socket
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


def choose(file: Path, running: bool) -> dict[str, int]:
    """Return a port for each service: the remembered one, or the first free one.

    While our own services are running their ports are of course taken: ``running`` keeps them as they are. A remembered
    port that somebody else has taken since is replaced.
    """
    try:
        ports: dict[str, int] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        ports = {}
    if running and set(ports) == set(PREFERRED):
        return ports
    for name, preferred in PREFERRED.items():
        if name not in ports or not free(ports[name]):
            taken = set(ports.values())
            ports[name] = next(port for port in range(preferred, 65000) if port not in taken and free(port))
    file.write_text(json.dumps(ports))
    return ports
