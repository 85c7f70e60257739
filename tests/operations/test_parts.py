"""The parts of ./portal that need no services: ports, steps, modes, settings."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations import ports
from operations.checks import mistakes
from operations.database import solr_outdated, write_solr_home
from operations.debian import missing
from operations.layout import SOCKET_PATH_LIMIT, Layout
from operations.mode import Mode
from operations.settings import Settings, load_secrets
from operations.steps import Stamps, StepError, Turn, fingerprint, run

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "software", tmp_path / "state")
    made.create()
    return made


def test_a_port_that_is_taken_is_passed_over_and_the_choice_is_remembered(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        file = tmp_path / "ports.json"
        file.write_text(json.dumps({"web": taken}))
        chosen = ports.choose(file)
    assert chosen["web"] != taken
    assert len(set(chosen.values())) == len(ports.PREFERRED)
    assert json.loads(file.read_text()) == chosen
    assert ports.choose(file, running=ports.PREFERRED) == chosen


def test_an_instance_keeps_away_from_the_ports_of_the_portal_it_runs_beside(tmp_path: Path) -> None:
    main, instance = Layout(tmp_path, tmp_path), Layout(tmp_path, tmp_path / "instances" / "test")
    assert main.ports_above == 0
    chosen = ports.choose(tmp_path / "ports.json", above=instance.ports_above)
    assert all(port >= ports.PREFERRED[name] + 15000 for name, port in chosen.items())


def test_what_a_killed_step_had_started_is_waited_for(tmp_path: Path) -> None:
    lock, done = tmp_path / "lock", tmp_path / "done"
    script = f"""
from pathlib import Path
from operations.steps import Turn, run
with Turn(Path({str(lock)!r})):
    run(["sh", "-c", "echo begun; sleep 2; touch {done}"], Path({str(tmp_path / "log")!r}))
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT) as step:
        while not lock.exists():
            time.sleep(0.05)
        time.sleep(1)
        step.kill()
    assert not done.exists()
    with Turn(lock):
        assert done.exists()


def test_a_step_is_done_once_for_one_input_and_again_for_another(tmp_path: Path) -> None:
    stamps, done = Stamps(tmp_path / "stamps.json"), []
    assert stamps.once("step", "a", "Step", lambda: done.append("a"))
    assert not stamps.once("step", "a", "Step", lambda: done.append("a"))
    assert stamps.once("step", "b", "Step", lambda: done.append("b"))
    assert done == ["a", "b"]


def test_an_interrupted_step_leaves_no_stamp(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "stamps.json")

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stamps.once("step", "a", "Step", interrupted)
    assert not stamps.fresh("step", "a")


def test_a_half_written_stamp_file_only_costs_doing_the_steps_again(tmp_path: Path) -> None:
    file = tmp_path / "stamps.json"
    file.write_text('{"step": "a')
    assert not Stamps(file).fresh("step", "a")


def test_a_fingerprint_follows_what_a_folder_holds(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "a").write_text("2")
    assert fingerprint(tmp_path) != before


def test_a_failing_program_is_told_with_its_last_words_and_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="no such thing") as caught:
        run(["sh", "-c", "echo no such thing >&2; exit 3"], tmp_path / "log")
    assert "log" in caught.value.remedy
    with pytest.raises(StepError, match="is not installed"):
        run(["a-program-nobody-has"], tmp_path / "log")


def test_secrets_are_made_once_and_only_their_owner_reads_them(layout: Layout) -> None:
    first = load_secrets(layout)
    assert load_secrets(layout) == first
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE((layout.state / "secrets.json").stat().st_mode) == 0o600


def test_the_configuration_has_every_value_and_each_lane_of_tests_its_own_databases(layout: Layout) -> None:
    chosen = {name: 1000 + number for number, name in enumerate(ports.PREFERRED)}
    settings = Settings(layout, chosen, load_secrets(layout), Mode())
    written = [settings.write_ini(lane).read_text() for lane in range(3)]
    portal = written[0]
    assert "$" not in portal
    for option in ("sqlalchemy.url", "solr_url", "ckan.redis.url", "ckan.datastore.write_url", "ckan.storage_path"):
        values = {next(line for line in text.splitlines() if line.startswith(option)) for text in written}
        assert len(values) == len(written)
    assert settings.secrets["secret_key"] in portal
    assert stat.S_IMODE(layout.ini.stat().st_mode) == 0o600


def test_a_long_path_gets_its_sockets_elsewhere(tmp_path: Path) -> None:
    deep = Layout(tmp_path, tmp_path / ("x" * SOCKET_PATH_LIMIT))
    assert len(str(deep.run / "supervisor.sock")) <= SOCKET_PATH_LIMIT


def test_replay_wants_a_folder_of_recorded_catalogues(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="holds none of"):
        Mode.replay(str(tmp_path), "", 0, "")
    (tmp_path / "vlaanderen").mkdir()
    mode = Mode.replay(str(tmp_path), "2025-02-10", 50, "")
    assert mode.replay_arguments == ["--snapshots", str(tmp_path), "--date", "2025-02-10", "--limit", "50"]
    mode.save(tmp_path / "mode.json")
    assert Mode.load(tmp_path / "mode.json") == mode


def test_a_debian_package_that_is_not_there_is_missing() -> None:
    assert missing(["a-package-nobody-has"]) == ["a-package-nobody-has"]
    assert missing(["dpkg"]) == []


def test_the_projects_own_files_have_no_mistakes() -> None:
    assert mistakes() == []


@pytest.mark.parametrize(
    ("file", "was", "becomes"),
    [
        ("config/sources.yaml", "protocol: udata", "protocol: gopher"),
        ("config/products/shared-bike-stations.yaml", "refresh:", "refrehs:"),
        ("schemas/mobility.yaml", "preset:", "persets:"),
    ],
)
def test_a_mistake_is_told_with_file_and_line_and_what_was_expected(
    tmp_path: Path, file: str, was: str, becomes: str
) -> None:
    for folder in ("config", "schemas"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    text = (tmp_path / file).read_text()
    assert was in text
    line = text[: text.index(was)].count("\n") + 1
    (tmp_path / file).write_text(text.replace(was, becomes, 1))
    found = mistakes(tmp_path)
    assert any(Path(file).name in each and f":{line}:" in each for each in found), found


def test_an_index_made_with_another_schema_is_thrown_away(layout: Layout) -> None:
    layout.software.rmdir()
    layout.software.symlink_to(os.environ["PORTAL_SOFTWARE"])
    assert solr_outdated(layout, "ckan")
    write_solr_home(layout, "ckan")
    segment = layout.state / "solr" / "ckan" / "data" / "index" / "segments_1"
    segment.parent.mkdir(parents=True)
    segment.touch()
    assert not solr_outdated(layout, "ckan")
    assert solr_outdated(layout, "ckan", "another")
    write_solr_home(layout, "ckan", "another")
    assert not segment.exists()
