"""The code as machines read it: style, types, dependencies, shell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_ruff_finds_nothing() -> None:
    done = run(f"{BIN}/ruff", "check", "--no-cache", ".")
    assert done.returncode == 0, done.stdout


def test_code_is_formatted() -> None:
    done = run(f"{BIN}/ruff", "format", "--no-cache", "--check", ".")
    assert done.returncode == 0, done.stdout


def test_pyright_finds_no_error() -> None:
    done = run(f"{BIN}/pyright", "--pythonpath", sys.executable, "--outputjson")
    report = json.loads(done.stdout)
    errors = [
        f"{Path(each['file']).relative_to(PROJECT)}:{each['range']['start']['line'] + 1}: {each['message']}"
        for each in report["generalDiagnostics"]
        if each["severity"] == "error"
    ]
    assert report["summary"]["filesAnalyzed"] > 0
    assert not errors, "\n".join(errors)


def test_installed_packages_agree_with_each_other() -> None:
    done = run(sys.executable, "-m", "pip", "check")
    assert done.returncode == 0, done.stdout


def test_installed_packages_are_those_of_the_lock_file() -> None:
    lock = (PROJECT / "requirements.txt").read_text().splitlines()
    pinned = {words[0] for line in lock if "==" in (words := line.split()[:1] or [""])[0]}
    installed = set(run(sys.executable, "-m", "pip", "freeze", "--all").stdout.lower().splitlines())
    missing = sorted(pin for pin in pinned if pin.lower() not in installed)
    assert not missing


@pytest.mark.parametrize("script", [".ci/run"])
def test_shell_scripts_are_sound(script: str) -> None:
    done = run("shellcheck", script)
    assert done.returncode == 0, done.stdout


def test_imports_flow_one_way() -> None:
    """harvesters → oslo, eurometropool → oslo; oslo knows neither (docs/decisions, design)."""
    forbidden = {
        "ckanext-oslo": ("ckanext.eurometropool", "ckanext.harvesters", "operations"),
        "ckanext-eurometropool": ("ckanext.harvesters", "operations"),
        "harvesters": ("ckanext.eurometropool", "operations"),
        "apps": ("ckanext", "ckan", "operations"),
    }
    found = []
    for folder, names in forbidden.items():
        for file in (PROJECT / folder).rglob("*.py"):
            for number, line in enumerate(file.read_text().splitlines(), 1):
                words = line.split()
                if words[:1] in (["import"], ["from"]) and any(
                    words[1] == name or words[1].startswith(f"{name}.") for name in names
                ):
                    found.append(f"{file.relative_to(PROJECT)}:{number}: {line.strip()}")
    assert not found, "\n".join(found)


def test_nothing_fetched_is_tracked() -> None:
    files = run("git", "ls-files", "-z").stdout.split("\0")
    if files == [""]:
        pytest.skip("not a git checkout")
    large = [
        file for file in files if file and os.path.lexists(PROJECT / file) and (PROJECT / file).stat().st_size > 500_000
    ]
    assert not large
