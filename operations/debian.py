"""Debian packages: which the portal needs, which are missing, and installing them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from operations.steps import Progress, StepError, run, say

#: What building the virtual environment and running the services takes on a bare Debian 12 or Ubuntu 24.04.
RUNTIME = (
    "python3-venv",
    "python3-dev",
    "gcc",
    "libc6-dev",
    "libpq-dev",
    "libmagic1",
    "postgresql",
    "redis-server",
    "openjdk-17-jre-headless",
    "maven",
)
#: What the tests need besides: the browser, and the fonts pages are drawn with.
TESTING = ("chromium", "fonts-dejavu-core", "git", "shellcheck")

POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = (
    "#!/bin/sh\n# written by ./portal while it installs packages, so that no service starts by itself\nexit 101\n"
)


def missing(names: Iterable[str]) -> list[str]:
    """Return those packages that are not installed."""
    absent = []
    for name in names:
        query = ["dpkg-query", "-W", "-f", "${Status}", name]
        done = subprocess.run(query, capture_output=True, text=True, check=False)
        if "install ok installed" not in done.stdout:
            absent.append(name)
    return absent


def install(names: Iterable[str], log: Path) -> None:
    """Install what is missing of ``names``; say so first. Raises ``StepError`` without root, sudo or apt."""
    if not shutil.which("apt-get"):
        raise StepError("This machine has no apt-get", "The portal sets itself up on Debian 12 or Ubuntu 24.04.")
    absent = missing(names)
    if not absent:
        return
    say(f"  Installing Debian packages: {' '.join(absent)}")
    prefix = _privilege(absent)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with Progress("Debian packages"), _ServicesStayDown(prefix):
        run([*prefix, "apt-get", "update", "-q"], log, env=env, remedy="Is the machine online? Then: apt-get update")
        # A dpkg that was interrupted refuses all work until this is done; else it does nothing.
        run([*prefix, "dpkg", "--configure", "-a"], log, env=env)
        run(
            [
                *prefix,
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "install",
                "-yq",
                "--no-install-recommends",
                *absent,
            ],
            log,
            env=env,
        )


def _privilege(absent: list[str]) -> list[str]:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo"]
    raise StepError(
        "Debian packages are missing, and this is neither root nor sudo", f"As root: apt-get install {' '.join(absent)}"
    )


class _ServicesStayDown:
    """While packages are installed, Debian's own PostgreSQL and Redis are not started: the portal runs its own.

    A policy that is already there is somebody's and left alone. One that an interrupted run of ours left is taken back.
    """

    def __init__(self, prefix: list[str]) -> None:
        self.prefix = prefix

    def __enter__(self) -> None:
        self.ours = not POLICY.exists() or POLICY.read_text() == POLICY_TEXT
        if self.ours:
            write = [*self.prefix, "sh", "-c", f"cat > {POLICY} && chmod 755 {POLICY}"]
            subprocess.run(write, input=POLICY_TEXT, text=True, check=True)

    def __exit__(self, *error: object) -> None:
        if self.ours:
            subprocess.run([*self.prefix, "rm", "-f", str(POLICY)], check=False)
