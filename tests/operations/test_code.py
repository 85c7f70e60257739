"""The code as machines read it: style, types, dependencies, shell."""

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
from importlib import metadata
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


OURS = {
    "ckanext/oslo": PROJECT / "ckanext-oslo/ckanext/oslo",
    "ckanext/eurometropool": PROJECT / "ckanext-eurometropool/ckanext/eurometropool",
    "ckanext/harvesters": PROJECT / "harvesters",
    "operations": PROJECT / "operations",
}


def one_tree(folder: Path) -> None:
    """Put all of ``ckanext`` in one place: pyright does not look for ours behind the installed package."""
    installed = Path(sysconfig.get_path("purelib")) / "ckanext"
    (folder / "ckanext").mkdir()
    theirs = {f"ckanext/{entry.name}": entry for entry in installed.iterdir() if entry.name != "__pycache__"}
    for name, place in (theirs | OURS).items():
        (folder / name).symlink_to(place)


def test_pyright_finds_no_error(tmp_path: Path) -> None:
    rules = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pyright"]
    one_tree(tmp_path)
    # Relative: pyright passes over absolute paths.
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(rules | {"include": list(OURS), "extraPaths": ["."]}))
    done = run(f"{BIN}/pyright", "-p", str(tmp_path), "--pythonpath", sys.executable, "--outputjson")
    report = json.loads(done.stdout)
    errors = [
        f"{each['file'].removeprefix(str(tmp_path))}:{each['range']['start']['line'] + 1}: {each['message']}"
        for each in report["generalDiagnostics"]
        if each["severity"] == "error"
    ]
    files = [file for place in OURS.values() for file in place.rglob("*.py")]
    assert report["summary"]["filesAnalyzed"] >= len(files)
    assert not errors, "\n".join(errors)


def test_installed_packages_agree_with_each_other() -> None:
    done = run(sys.executable, "-m", "pip", "check")
    assert done.returncode == 0, done.stdout


def test_installed_packages_are_those_of_the_lock_file() -> None:
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    pinned = dict(line.split()[0].split("==") for line in lines if "==" in line and line[0] not in " #")
    assert pinned
    wrong = {name: version for name, version in pinned.items() if metadata.version(name) != version}
    assert not wrong


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
        pytest.skip("not a git checkout: an unpacked archive tells nothing of what is tracked")
    large = [
        file for file in files if file and os.path.lexists(PROJECT / file) and (PROJECT / file).stat().st_size > 500_000
    ]
    assert not large
