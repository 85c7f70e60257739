"""docker/: checked as far as that goes without a container engine."""

import re
from pathlib import Path

import pytest
import yaml

from operations.container import REQUIRED, commands, ini_values
from operations.layout import Layout
from operations.settings import render_ini
from operations.steps import StepError

PROJECT = Path(__file__).resolve().parents[2]
DOCKER = PROJECT / "docker"


@pytest.fixture
def compose() -> dict:
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())


def test_every_long_running_service_restarts_and_those_others_wait_for_say_when_they_are_healthy(compose: dict) -> None:
    services = compose["services"]
    assert all(service.get("restart") for service in services.values())
    for service in services.values():
        for name, condition in service.get("depends_on", {}).items():
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in services[name]


def test_only_the_proxy_is_reachable_from_outside(compose: dict) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_no_secret_is_written_down_and_every_setting_is_in_the_example(compose: dict) -> None:
    text = (DOCKER / "compose.yaml").read_text()
    example = {line.split("=")[0] for line in (DOCKER / "example.env").read_text().splitlines()}
    wanted = set(re.findall(r"\$\{(PORTAL_\w+):\?", text))
    assert set(REQUIRED.values()) <= wanted
    assert wanted <= example
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "SECRET" in name:
                assert value.startswith("${")


def test_each_role_of_the_image_is_a_known_command(compose: dict) -> None:
    known = {"setup", *commands(Layout.from_environment())}
    ours = [service for service in compose["services"].values() if "eurometropool-portal" in service["image"]]
    assert {service["command"][0] for service in ours} == known


def test_the_configuration_of_a_container_comes_from_its_environment(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file\n")
    environ = {name: name.lower() for name in REQUIRED.values()}
    del environ["PORTAL_SECRET_KEY"]
    with pytest.raises(StepError, match="PORTAL_SECRET_KEY"):
        ini_values(environ, tmp_path)
    text = render_ini(ini_values(environ | {"PORTAL_SECRET_KEY_FILE": str(secret)}, tmp_path))
    assert "SECRET_KEY = from-a-file" in text
    assert "ckan.site_url = portal_url" in text
    assert "127.0.0.1" not in text


def test_the_image_is_made_by_the_step_that_every_machine_takes() -> None:
    dockerfile = (DOCKER / "Dockerfile").read_text()
    assert "./portal install" in dockerfile
    assert "pip install" not in dockerfile
    # What runs in production is not root.
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)
