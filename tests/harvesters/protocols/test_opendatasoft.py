"""Opendatasoft: the common contract, and what its JSON surprises with."""

from __future__ import annotations

import json
import math
from typing import Any, ClassVar

import pytest

from ckanext.harvesters.opendatasoft.protocol import JSON, Opendatasoft
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import RecordError, SourceRecord
from ckanext.harvesters.replay import odwb
from ckanext.harvesters.replay.catalogue import Catalogue

from .contract import HOUSE, ProtocolContract

LICENCES = {"cc-by-4": "CC BY 4.0", "unknown": "Conditions de la maison"}


class TestOpendatasoft(ProtocolContract):
    name: ClassVar[str] = "opendatasoft"
    language: ClassVar[str] = "fr"
    options: ClassVar[dict[str, Any]] = {"page_size": 3, "domain": "www.odwb.be"}

    def portal(self, catalogue: Catalogue) -> odwb.Odwb:
        return odwb.Odwb(catalogue)

    def record(self, number: int, **said: Any) -> dict[str, Any]:
        return document(
            number,
            title=said.get("title", f"Jeu {number}"),
            description=f"<p>{said.get('description', 'Chiffres par quartier.')}</p>",
            keyword=said.get("keyword"),
            theme=said.get("theme"),
            modified=said.get("modified", "2024-05-01T00:00:00+00:00"),
            license=LICENCES.get(said.get("licence", "")),
        )

    def test_the_guid_is_domain_and_uid_never_the_slug(self, serve: Any, client: Any) -> None:
        _, record = self.one(serve, client)
        assert record.guid == "www.odwb.be:da_000001"

    def test_the_list_is_asked_in_a_stable_order_and_window(self, serve: Any, client: Any) -> None:
        portal = self.portal(self.many(250))
        _, pages = self.read(serve, client, portal, options={"page_size": 100})
        assert [len(page.records) for page in pages] == [100, 100, 50]
        assert pages[-1].total == 250

    @pytest.mark.slow
    def test_beyond_the_window_the_export_is_read(self, serve: Any, client: Any) -> None:
        _, pages = self.read(serve, client, self.portal(self.many(10_050)), options={"page_size": 100})
        assert sum(len(page.records) for page in pages) == 10_050
        assert all(page.complete for page in pages)

    def test_a_record_without_uid_is_reported_and_makes_the_page_incomplete(self, serve: Any, client: Any) -> None:
        portal = self.portal(
            self.catalogue(*(self.record(one) for one in range(6)), {**self.record(9), "dataset_uid": None})
        )
        _, pages = self.read(serve, client, portal)
        assert [problem.reason for page in pages for problem in page.problems] == [Reason.NO_IDENTIFIER]
        assert not pages[-1].complete


def document(number: int = 1, **default: Any) -> dict[str, Any]:
    return {
        "dataset_id": f"jeu-{number}",
        "dataset_uid": f"da_{number:06d}",
        "attachments": [],
        "has_records": True,
        "data_visible": True,
        "features": ["analyze"],
        "fields": [],
        "metas": {"default": {"language": "fr", "publisher": "Ville de Tournai", "title": f"Jeu {number}", **default}},
    }


def mapped(value: Any, **changed: Any) -> Any:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    source = TestOpendatasoft().source("https://www.odwb.be", **changed)
    return Opendatasoft().map(source, SourceRecord("www.odwb.be:da_000001", content, JSON))


class TestMapping:
    def test_iris_and_pages(self) -> None:
        dataset = mapped(document()).dataset
        assert dataset["uri"] == dataset["identifier"] == "https://www.odwb.be/explore/dataset/jeu-1/"
        assert dataset["documentation"] == ["https://www.odwb.be/explore/dataset/jeu-1/api/"]

    def test_a_few_exports_and_the_geographic_ones_where_there_are_places(self) -> None:
        assert [one["format"] for one in mapped(document()).dataset["resources"]] == ["CSV", "JSON", "XLSX"]
        geographic = {**document(), "features": ["geo"]}
        formats = [one["format"] for one in mapped(geographic).dataset["resources"]]
        assert formats[:3] == ["CSV", "JSON", "XLSX"]
        assert len(formats) == 5

    def test_attachments_without_data(self) -> None:
        attachment = {"id": "plan_pdf", "url": "odsfile://plan.pdf", "title": "plan.pdf", "mimetype": "application/pdf"}
        made = mapped({**document(), "has_records": False, "attachments": [attachment]})
        (file,) = made.dataset["resources"]
        assert file["url"] == "https://www.odwb.be/api/explore/v2.1/catalog/datasets/jeu-1/attachments/plan_pdf"
        assert file["format"] == "PDF"

    @pytest.mark.parametrize("keyword", ["vélo", ["vélo"], "vélo;vélo"])
    def test_keywords_as_text_or_list(self, keyword: Any) -> None:
        assert mapped(document(keyword=keyword)).dataset["tags_translated"] == {"fr": ["vélo"]}

    def test_one_shelf_can_be_two_themes(self) -> None:
        dataset = mapped(document(theme=["Agriculture, Environnement"])).dataset
        assert dataset["theme"] == [f"{HOUSE}data-theme/AGRI", f"{HOUSE}data-theme/ENVI"]

    def test_html_becomes_markdown_without_scripts(self) -> None:
        html = (
            "<h2>Titre</h2><p>Un <b>mot</b> et <a href='https://e.org'>un lien</a>.</p><script>alert(1)</script>"
            "<ul><li>a</li><li>b</li></ul><a href='javascript:alert(1)'>ici</a>"
        )
        assert mapped(document(description=html)).dataset["notes_translated"]["fr"] == (
            "### Titre\n\nUn **mot** et [un lien](https://e.org).\n\n- a\n- b\n\nici"
        )

    def test_french_and_german_in_one_text_stay_together(self) -> None:
        text = (
            "Afin de mesurer l'impact de ses données, la ville est tenue informée des réutilisations qui sont faites. "
            "Traduction en allemand : Der Datensatz enthält Informationen, die nach Region und Kategorie sind, und "
            "die Daten werden monatlich aktualisiert und sind für alle frei."
        )
        assert mapped(document(description=text)).dataset["notes_translated"] == {"fr": text}

    def test_a_dutch_record_on_a_french_portal_stands_under_dutch(self) -> None:
        made = mapped(
            document(
                title="Vacatures bij Infrabel",
                description="Deze dataset bevat de vacatures die bij het bedrijf openstaan, met de plaats en het "
                "aantal dagen dat ze al openstaan, en wordt elke dag door het bedrijf bijgewerkt.",
            )
        )
        assert list(made.dataset["title_translated"]) == list(made.dataset["notes_translated"]) == ["nl"]
        assert made.dataset["type"] == "work"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Annuelle", "ANNUAL"),
            ("Annuel pour la création des événements, mensuel pour l'agenda", "MONTHLY"),
            ("à chaque nouvel appel à projet (tous les ans)", "ANNUAL"),
            ("Quotidienne", "DAILY"),
        ],
    )
    def test_frequency_in_french_words(self, text: str, code: str) -> None:
        value = document()
        value["metas"]["dcat"] = {"accrualperiodicity": text}
        assert mapped(value).dataset["frequency"] == f"{HOUSE}frequency/{code}"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Mise à jour semi-annuelle", "ANNUAL_2"),
            ("zesmaandelijks bijgewerkt", "ANNUAL_2"),
            ("mise à jour bi-mensuelle", "MONTHLY_2"),
            ("mise à jour bi mensuelle", "MONTHLY_2"),
            ("tweejaarlijks bijgewerkt", "BIENNIAL"),
            ("bisannuel, les années paires", "BIENNIAL"),
            ("quatre fois par an", "QUARTERLY"),
            ("plusieurs fois par an", "IRREG"),
            ("Annuellement, en mars", "ANNUAL"),
        ],
    )
    def test_a_word_counts_as_a_whole(self, text: str, code: str) -> None:
        value = document()
        value["metas"]["dcat"] = {"accrualperiodicity": text}
        assert mapped(value).dataset["frequency"] == f"{HOUSE}frequency/{code}"

    @pytest.mark.parametrize(
        "text",
        ["pluriannuel", "infra-annuelle", "infra annuelle", "biannuel", "bi\u2011annuel", "mise à jour discontinue",
         "updates are bimonthly", "multi-annual", "onnodig", "7 fois par an"],
    )  # fmt: skip
    def test_a_word_that_is_not_understood_is_counted(self, text: str) -> None:
        value = document()
        value["metas"]["dcat"] = {"accrualperiodicity": text}
        dataset = mapped(value).dataset
        assert "frequency" not in dataset
        assert [kept["value"] for kept in dataset["unresolved"]] == [text]

    def test_a_federated_dataset_keeps_its_first_address(self) -> None:
        made = mapped(
            document(
                source_domain_title="Infrabel",
                source_domain_address="opendata.infrabel.be",
                source_dataset="stiptheid",
                federated=True,
            )
        )
        assert made.dataset["provenance"] == "Infrabel (opendata.infrabel.be)"
        assert made.dataset["alternate_identifier"] == ["https://opendata.infrabel.be/explore/dataset/stiptheid/"]

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [
            ("keyword", {"a": 1}, Reason.WRONG_TYPE),
            ("theme", [None, 3], Reason.WRONG_TYPE),
            ("description", ["<p>"], Reason.WRONG_TYPE),
            ("publisher", math.nan, Reason.WRONG_TYPE),
            ("modified", 10**40, Reason.WRONG_TYPE),
            ("license", {"id": "x"}, Reason.WRONG_TYPE),
            ("language", "xx", Reason.UNKNOWN_TERM),
            ("publisher", "Ville\x00 de Tournai", Reason.BAD_CHARACTERS),
            ("publisher", "Ville \ud800", Reason.BAD_CHARACTERS),
        ],
    )
    def test_a_wrong_value_costs_the_value_and_is_reported(self, field: str, value: Any, reason: Reason) -> None:
        made = mapped(document(**{field: value}))
        assert any(field in problem.field and problem.reason is reason for problem in made.problems)
        json.dumps(made.dataset, allow_nan=False).encode()

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", Reason.NOT_JSON),
            (b"[1]", Reason.WRONG_TYPE),
            (b"\xff", Reason.NOT_JSON),
            (b"[" * 100_000, Reason.NOT_JSON),
            (b'{"a": ' + b"9" * 10_000 + b"}", Reason.NO_TITLE),
            (b'{"metas": null}', Reason.NO_TITLE),
            (b'{"metas": {"default": {"title": NaN}}}', Reason.NO_TITLE),
            (b'{"metas": {"default": {"title": {}}}}', Reason.NO_TITLE),
        ],
    )
    def test_a_hopeless_record_is_one_error(self, content: bytes, reason: Reason) -> None:
        with pytest.raises(RecordError) as raised:
            mapped(content)
        assert raised.value.reason is reason
