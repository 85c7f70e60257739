"""The language of texts: wrong and missing tags, short texts, texts in two languages, what machines translated."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.harvesters.mapping import detection
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.languages import Tag, tag
from ckanext.harvesters.reasons import SENTENCES, Reason
from ckanext.harvesters.records import Mapped, Source, SourceRecord

# Invented, in the style of the portals they are named after.
INFRABEL = (
    "Deze dataset toont per kwartaal hoeveel treinen er op elke lijn van het spoorwegnet hebben gereden. "
    "Een trein wordt geteld bij het station waar hij vertrekt; de cijfers worden niet voor werken verbeterd."
)
ODWB = (
    "Ce jeu de données donne la localisation des points de collecte du verre dans la commune, avec leur capacité et "
    "le jour de la semaine où ils sont vidés."
)
EUPEN = (
    "Traduction en allemand : Dieser Datensatz enthält die Standorte der Glascontainer in der Gemeinde und den Tag der "
    "Woche, an dem sie geleert werden. Die Daten werden einmal im Jahr durch die Gemeinde erneuert."
)
INBO = (
    "This checklist lists the beetles that were found on the river banks between 2004 and 2011, with the places and "
    "the dates at which they were caught by the volunteers of the society."
)


def mapped(
    titles: list[tuple[str | None, str]], notes: list[tuple[str | None, str]] = (), language: str = "fr"
) -> Mapped:
    source = Source("s", "S", "dcat", "https://example.org", "o", language, "https://example.org/cc0")
    draft = Draft(source, SourceRecord("1", b"", "text/turtle"))
    draft.titles(
        "title",
        [(tag(code), text) for code, text in titles],
        "description",
        [(tag(code), text) for code, text in notes],
    )
    return draft.finish("title")


def told(made: Mapped) -> list[tuple[str, Reason]]:
    return [(problem.field, problem.reason) for problem in made.problems]


def texts(made: Mapped, name: str = "notes_translated") -> Any:
    return made.dataset.get(name)


class TestWrongTags:
    def test_dutch_tagged_french_goes_under_dutch_with_its_title(self) -> None:
        made = mapped([("fr", "Treinen per lijn")], [("fr", INFRABEL)])
        assert texts(made) == {"nl": INFRABEL}
        assert texts(made, "title_translated") == {"nl": "Treinen per lijn"}
        assert told(made) == [
            ("description@fr", Reason.LANGUAGE_CORRECTED),
            ("title@fr", Reason.LANGUAGE_CORRECTED),
        ]

    def test_a_french_title_stays_french_when_its_description_is_dutch(self) -> None:
        made = mapped([("fr", "Nombre de trains par ligne du réseau")], [("fr", INFRABEL)])
        assert texts(made) == {"nl": INFRABEL}
        assert texts(made, "title_translated") == {"fr": "Nombre de trains par ligne du réseau"}

    def test_title_and_description_together_tell_what_neither_tells_alone(self) -> None:
        """The detector decides: the words leave a doubt."""
        made = mapped([("nl", "Juvenile eels in the canal")], [("nl", "Tracks of tagged eels along the lower river.")])
        assert texts(made) == {"en": "Tracks of tagged eels along the lower river."}
        assert texts(made, "title_translated") == {"en": "Juvenile eels in the canal"}

    def test_what_a_person_wrote_takes_the_place_of_a_machine_s_translation(self) -> None:
        made = mapped([("fr", "Trains")], [("fr", INFRABEL), ("nl-t-fr", "Een vertaling door een machine.")])
        assert texts(made) == {"nl": INFRABEL}
        assert "machine_translated" not in made.dataset

    def test_a_text_does_not_take_the_place_of_one_that_stands_there(self) -> None:
        made = mapped([("fr", "Trains")], [("fr", INFRABEL), ("nl", "Treinen per lijn en per kwartaal.")])
        assert texts(made) == {"fr": INFRABEL, "nl": "Treinen per lijn en per kwartaal."}

    def test_german_under_another_tag_is_kept_and_told(self) -> None:
        german = EUPEN.partition(": ")[2]
        made = mapped([("fr", "Glascontainer")], [("fr", german)])
        assert texts(made) == {"fr": german}
        assert ("description@de", Reason.LANGUAGE_NOT_KEPT) in told(made)

    @pytest.mark.parametrize("language", ["nl", "fr", "en"])
    def test_what_is_changed_is_told_in_three_languages(self, language: str) -> None:
        for reason in (Reason.LANGUAGE_CORRECTED, Reason.LANGUAGE_FOUND, Reason.LANGUAGE_NOT_KEPT):
            assert len(SENTENCES[reason][language]) > 20


class TestMissingTags:
    def test_an_untagged_text_is_in_the_source_s_language(self) -> None:
        made = mapped([(None, "Points de collecte")], [(None, ODWB)])
        assert texts(made) == {"fr": ODWB}
        assert told(made) == []

    def test_an_untagged_text_clearly_in_another_is_put_there(self) -> None:
        made = mapped([(None, "Beetles of river banks")], [(None, INBO)], language="nl")
        assert texts(made) == {"en": INBO}
        assert ("description", Reason.LANGUAGE_FOUND) in told(made)

    def test_its_title_goes_with_it(self) -> None:
        made = mapped([(None, "Beetles of river banks")], [(None, INBO)], language="nl")
        assert texts(made, "title_translated") == {"en": "Beetles of river banks"}
        assert told(made) == [("description", Reason.LANGUAGE_FOUND), ("title", Reason.LANGUAGE_FOUND)]

    def test_a_title_in_the_source_s_language_stays(self) -> None:
        made = mapped([(None, "Kevers van de oevers")], [(None, INBO)], language="nl")
        assert texts(made, "title_translated") == {"nl": "Kevers van de oevers"}
        assert texts(made) == {"en": INBO}

    def test_untagged_texts_tell_together_what_neither_tells_alone(self) -> None:
        notes = "Tracks of tagged eels along the lower river."
        made = mapped([(None, "Juvenile eels in the canal")], [(None, notes)], language="nl")
        assert texts(made) == {"en": notes}
        assert texts(made, "title_translated") == {"en": "Juvenile eels in the canal"}

    def test_a_tagged_title_does_not_go_with_an_untagged_description(self) -> None:
        made = mapped([("nl", "Beetles of river banks")], [(None, INBO)], language="nl")
        assert texts(made, "title_translated") == {"nl": "Beetles of river banks"}

    def test_of_untagged_texts_in_two_languages_the_title_stays(self) -> None:
        made = mapped([(None, "Glas")], [(None, INFRABEL), (None, ODWB)])
        assert texts(made, "title_translated") == {"fr": "Glas"}

    def test_two_untagged_texts_are_both_kept(self) -> None:
        made = mapped([(None, "Glas")], [(None, INFRABEL), (None, ODWB)])
        assert texts(made) == {"fr": ODWB, "nl": INFRABEL}


class TestLeftAlone:
    @pytest.mark.parametrize(
        "text",
        [
            "Fietsenstallingen Kortrijk",
            "Open data",
            "Tournai Mouscron Comines-Warneton Estaimpuis Pecq Celles Antoing Brunehaut Rumes Péruwelz Leuze Ath",
            "CSV, WFS en WMS, EPSG:31370",
            "id_station, nm_station, dt_maj, geo_point_2d, geo_shape, nb_places, nb_velos, st_code, st_name",
            "https://www.example.org/the/and/of/for/with/this/that/these/by/from/are/was and of the",
        ],
    )
    def test_short_texts_names_and_codes(self, text: str) -> None:
        for language in ("nl", "fr", "en"):
            assert detection.contradicts(text, language) is None

    def test_french_with_its_german_translation_stays_whole(self) -> None:
        both = f"{ODWB}\n\n{EUPEN}"
        made = mapped([("fr", "Points de collecte du verre")], [("fr", both)])
        assert texts(made) == {"fr": both}
        assert told(made) == []

    def test_so_it_does_when_the_german_is_longer(self) -> None:
        both = f"{ODWB}\n\n{EUPEN} {EUPEN.partition(': ')[2]}"
        assert detection.contradicts(both, "fr") is None

    def test_dutch_and_english_in_one_text_stay_whole(self) -> None:
        assert detection.contradicts(f"{INFRABEL} {INBO}", "nl") is None
        assert detection.contradicts(f"{INBO} {INFRABEL}", "nl") is None

    def test_a_language_that_is_not_told_from_others_is_believed(self) -> None:
        assert detection.contradicts(ODWB, "it") is None


class TestMachineTranslations:
    def test_one_is_a_labelled_fallback(self) -> None:
        made = mapped([("nl", "Treinen per lijn"), ("fr-t-nl", "Trains par ligne")], [("nl", INFRABEL)], language="nl")
        assert texts(made, "title_translated") == {"fr": "Trains par ligne", "nl": "Treinen per lijn"}
        assert made.dataset["machine_translated"] == ["fr-t-nl"]
        assert told(made) == [("title@fr", Reason.MACHINE_TRANSLATION)]

    def test_one_never_stands_beside_or_above_what_a_person_wrote(self) -> None:
        made = mapped([("fr-t-nl", "Aaa"), ("fr", "Trains par ligne")])
        assert texts(made, "title_translated") == {"fr": "Trains par ligne"}
        assert "machine_translated" not in made.dataset


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("fre", Tag("fr")), ("FRA", Tag("fr")), ("fr-BE", Tag("fr")), ("FR", Tag("fr")), ("@FR", Tag("fr")),
        ("nl_BE", Tag("nl")), ("dut", Tag("nl")), ("fr-t-nl", Tag("fr", machine=True, origin="nl")),
        ("EN-T-FR", Tag("en", machine=True, origin="fr")), ("und", Tag(None)), ("", Tag(None)), (None, Tag(None)),
    ],
)  # fmt: skip
def test_tags_of_all_kinds(written: str | None, meant: Tag) -> None:
    assert tag(written) == meant
