"""A portal's key leaves no trace: not in the database, the log, the report or on a page."""

from __future__ import annotations

import json
import logging
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.harvesters.cli import harvesters
from ckanext.harvesters.engine.sources import registered
from tests.harvesters.engine.conftest import harvest, make_source

pytestmark = pytest.mark.usefixtures("with_plugins")

SECRET = "s3cr3t-Of-The-Portal"
NAME = "PORTAL_CREDENTIAL_ODWB"
DECLARED = f"""\
sources:
  - name: odwb
    title: ODWB
    protocol: opendatasoft
    url: https://www.odwb.be
    replay: /odwb
    organization: {{name: odwb, title: ODWB}}
    language: fr
    metadata_license: https://creativecommons.org/publicdomain/zero/1.0/
    credentials: {{kind: apikey, from: {NAME}}}
    options: {{domain: www.odwb.be}}
"""


def database() -> str:
    """Return all that is in PostgreSQL, as text."""
    tables = sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    names = model.Session.execute(tables).scalars().all()
    whole = [
        sa.select(sa.cast(sa.literal_column("t"), sa.Text)).select_from(sa.table(name).alias("t")) for name in names
    ]
    rows = [model.Session.execute(each).scalars().all() for each in whole]
    model.Session.rollback()
    return "\n".join(row for found in rows for row in found if row)


@pytest.fixture
def keyed(portal, clean_db, clean_index, clean_queues):
    return make_source("odwb", portal.url, credentials={"kind": "apikey", "from": NAME})


def test_a_key_leaves_no_trace(keyed, portal, app, monkeypatch, caplog) -> None:
    monkeypatch.setenv(NAME, f"{urlsplit(portal.url).netloc} {SECRET}")
    with caplog.at_level(logging.DEBUG):
        done = harvest(keyed)
    assert (done["status"], done["added"]) == ("finished", 12)
    kept = database()
    assert NAME in kept
    assert SECRET not in kept
    assert SECRET not in caplog.text
    shown = tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": "odwb"})
    report = tk.get_action("harvest_report")({"ignore_auth": True}, {"source": "odwb"})
    assert SECRET not in json.dumps([shown, report, done], default=str)
    assert SECRET not in app.get("/harvest/odwb").body


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (None, "credentials-missing"),
        (SECRET, "credentials-missing"),
        (f"example.org {SECRET}", "credentials-elsewhere"),
    ],
)
def test_a_run_without_its_key_says_so(keyed, monkeypatch, caplog, held, reason) -> None:
    if held is not None:
        monkeypatch.setenv(NAME, held)
    done = harvest(keyed)
    assert (done["status"], done["reason"], done["detail"]) == ("failed", reason, NAME)
    texts = [
        tk.get_action("harvest_report")({"ignore_auth": True}, {"source": "odwb", "lang": language})["problems"][0]
        for language in ("nl", "fr", "en")
    ]
    assert len({one["text"] for one in texts}) == 3
    assert SECRET not in database() + caplog.text + json.dumps([done, texts], default=str)


def test_a_form_that_holds_the_key_itself_is_refused(portal, clean_db, clean_index) -> None:
    with pytest.raises(tk.ValidationError) as caught:
        make_source("odwb", portal.url, credentials={"kind": "bearer", "from": SECRET})
    assert "the key itself must not stand here" in str(caught.value.error_dict["config"])
    assert SECRET not in database() + str(caught.value)


def test_a_stand_in_gets_no_key(portal, clean_db, clean_index, clean_queues, monkeypatch, tmp_path, cli) -> None:
    declared = tmp_path / "sources.yaml"
    declared.write_text(DECLARED)
    monkeypatch.delenv(NAME, raising=False)
    checked = cli.invoke(harvesters, ["sources", "check", "--file", str(declared)])
    assert NAME in checked.stderr
    assert checked.exit_code == 0
    done = cli.invoke(harvesters, ["sources", "sync", "--file", str(declared), "--replay", portal.server.url])
    assert done.exit_code == 0, done.output
    assert "credentials" not in next(registered(["odwb"])).config
    assert harvest(next(registered(["odwb"])))["status"] == "finished"
