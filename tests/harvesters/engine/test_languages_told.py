"""A text that was put under another language than its portal's is in the report, and costs an unchanged run nothing."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest

from tests.harvesters.engine.conftest import dataset, document, guid, harvest

pytestmark = pytest.mark.usefixtures("with_plugins")

DUTCH = (
    "Deze dataset toont per kwartaal hoeveel treinen er op elke lijn van het spoorwegnet hebben gereden. Een trein "
    "wordt geteld bij het station waar hij vertrekt; de cijfers worden niet voor werken verbeterd."
)


def test_a_moved_text_is_told_once_in_the_readers_language(source, portal) -> None:
    portal.put(document(7, title="Treinen per lijn", description=DUTCH))
    assert harvest(source)["added"] == 12
    assert dataset(7)["title_translated"] == {"nl": "Treinen per lijn"}
    assert dataset(7)["notes_translated"] == {"nl": DUTCH}
    told = {}
    for language in ("nl", "fr", "en"):
        report = tk.get_action("harvest_report")({"ignore_auth": True}, {"source": "odwb", "lang": language})
        moved = [one for one in report["problems"] if one["reason"] == "language-corrected"]
        assert {one["guid"] for one in moved} == {guid(7)}
        assert {one["field"] for one in moved} == {"metas.default.title@fr", "metas.default.description@fr"}
        told[language] = moved[0]["text"]
    assert len(set(told.values())) == 3
    again = harvest(source)
    assert (again["unchanged"], again["updated"]) == (12, 0)
