"""Our lists against the published ones: what is read of them, what differs, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.oslo.vocabularies import Concept, Vocabulary, VocabularyError, load
from ckanext.oslo.vocabularies.differences import What, check, compare, vocabulary_of
from ckanext.oslo.vocabularies.explanations import Explanation
from ckanext.oslo.vocabularies.official import read, read_answer, read_file

EU = "http://publications.europa.eu/resource/authority"

PUBLISHED = {
    "adms_licence_type": "licence_type",
    "adms_publisher_type": "publisher_type",
    "adms_status": "adms_status",
    "area_nuts_eurometropolis": "place",
    "be_data_theme": "belgian_theme",
    "be_nace2008_sections_divisions": "nace_2008",
    "be_nace2025_sections_divisions": "nace",
    "be_refnis2025": "place",
    "eu_access_right": "access_right",
    "eu_country": "country",
    "eu_data_theme": "theme",
    "eu_dataset_type": "dataset_type",
    "eu_distribution_status": "distribution_status",
    "eu_distribution_type": "distribution_type",
    "eu_file_type": "file_type",
    "eu_frequency": "frequency",
    "eu_language": "language",
    "eu_licence": "licence",
    "eu_planned_availability": "planned_availability",
    "eurovoc_work_mobility": "eurovoc",
    "hvd_category": "hvd_category",
    "isco08_major_groups": "isco",
    "mob_application_layer_protocol": "application_layer_protocol",
    "mob_communication_method": "communication_method",
    "mob_conditions_for_access_and_usage": "conditions_for_access",
    "mob_energy_fuel_type": "energy_fuel_type",
    "mob_georeferencing_method": "georeferencing_method",
    "mob_grammar": "grammar",
    "mob_intended_information_service": "intended_information_service",
    "mob_mobility_data_standard": "mobility_data_standard",
    "mob_mobility_theme": "mobility_theme",
    "mob_network_coverage": "network_coverage",
    "mob_transport_mode": "transport_mode",
    "mob_update_frequency": "update_frequency",
    "vl_levensfase": "levensfase",
    "vl_licentie": "licence",
    "vl_ontwikkelingstoestand": "ontwikkelingstoestand",
    "vl_oslo_standaarden": "oslo_standard",
    "vl_statuut_gdi_trefwoorden": "statuut",
}
PARTS = {"eu_licence_matches": "licence", "portal_licences": "licence"}
#: Files of things that are no list of ours: laws, media types (matches of our file types), the full NACE, territories
#: as Statbel numbers the world's, lists of metadata-dcat that DCAT-AP-VL 3 dropped, marks of the EU's quality score.
NOT_OURS = {
    "be_nace2008_full",
    "be_nace2025_full",
    "be_territory",
    "eu_applicable_legislation",
    "iana_media_type",
    "mqa_machine_readable_file_types",
    "mqa_non_proprietary_file_types",
    "vl_magda_categorie",
    "vl_protocol",
    "vl_relatievorm",
}


class TestPublished:
    def test_every_file_is_accounted_for(self, shared: Path) -> None:
        files = {path.stem for path in (shared / "vocab").glob("*.csv")}
        assert files == PUBLISHED.keys() | PARTS.keys() | NOT_OURS

    @pytest.mark.parametrize(("file", "name"), [*PUBLISHED.items(), *PARTS.items()])
    def test_no_difference_is_unexplained(self, shared: Path, file: str, name: str) -> None:
        found = check(name, read_file(shared / "vocab" / f"{file}.csv"))
        lacking = {What.EXTRA} if file in PARTS else set()
        assert [str(one) for one in found if one.why is None and one.what not in lacking] == []

    @pytest.mark.parametrize("file", sorted(PUBLISHED.keys() - {"be_refnis2025"}))  # that one has all of Belgium
    def test_nothing_of_a_list_is_missing_but_what_is_named(self, shared: Path, file: str) -> None:
        found = check(PUBLISHED[file], read_file(shared / "vocab" / f"{file}.csv"))
        missing = {one.code for one in found if one.what is What.MISSING}
        assert missing <= {"data-content-category", "data-content-sub-category"}

    def test_the_list_of_a_file_is_told_by_its_concepts(self, shared: Path) -> None:
        for file, name in (("eu_frequency", "frequency"), ("mob_grammar", "grammar"), ("vl_licentie", "licence")):
            assert vocabulary_of(read_file(shared / "vocab" / f"{file}.csv")) == name


TURTLE = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://x.test/list> a skos:ConceptScheme ; skos:prefLabel "The list"@en .
<http://x.test/A> a skos:Concept ; skos:notation "A" ; skos:prefLabel "een"@nl, "one"@en, "eins"@de-AT, "uno"@es ;
  skos:exactMatch <http://y.test/1/> ; skos:closeMatch <http://y.test/2> .
<http://x.test/B> a skos:Concept ; skos:prefLabel "two"@en ; skos:broader <http://x.test/A> .
"""


def ours(*concepts: Concept) -> Vocabulary:
    return Vocabulary("list", concepts)


class TestReading:
    def test_rdf_and_csv_say_the_same(self) -> None:
        table = (
            "uri,code,label_nl,label_en,label_de,broader,exactMatch,closeMatch\n"
            "http://x.test/A,A,een,one,eins,,http://y.test/1/,http://y.test/2\nhttp://x.test/B,,,two,,A,,\n"
        )
        assert read(TURTLE.encode(), None, "x") == read(table.encode(), "csv", "x")
        assert read_answer(TURTLE.encode(), "text/turtle", "x") == read(TURTLE.encode(), None, "x")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"<!DOCTYPE html><html></html>", "expected RDF"),
            (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rdf:RDF xmlns:rdf="x"/>', "entities"),
            (b"<?xml version='1.0'?><rdf:RDF", "list.rdf"),
            (b"@prefix x: <http://x.test/> .", "no concept"),
            (b"uri,label_en\n", "no concept"),
            (b"uri,label_en\n\xff\xfe,\xff\n", "list.rdf"),
            (b"{" * 100_000, "list.rdf"),
            (b'{"@context": "http://127.0.0.1:9/context.jsonld"}', "list.rdf"),
            (b"", "expected RDF"),
        ],
    )
    def test_what_is_no_list_is_said_in_words(self, content: bytes, said: str) -> None:
        with pytest.raises(VocabularyError, match=said):
            read(content, None, "list.rdf")

    @given(st.binary(max_size=300))
    def test_no_bytes_break_it(self, content: bytes) -> None:
        for start in (b"", b"<?xml version='1.0'?>", b"{", b"@prefix ", b"uri,label_en\n"):
            try:
                read(start + content, None, "x")
            except VocabularyError:
                continue

    def test_a_file_that_is_not_there_is_said_in_words(self, tmp_path: Path) -> None:
        with pytest.raises(VocabularyError, match="cannot be read"):
            read_file(tmp_path / "none.ttl")


class TestCompare:
    theirs = read(TURTLE.encode(), None, "x")
    a = Concept("http://x.test/A", "A", {"nl": "een", "fr": "un", "en": "one", "de": "eins"}, (), ("https://y.test/1",))
    b = Concept("http://x.test/B", "B", {"en": "two"}, ("http://x.test/A",))

    def test_each_kind_of_difference_is_named(self) -> None:
        changed = Concept("http://x.test/A", "A", {"nl": "één", "en": "one", "de": "eins"})
        extra = Concept("http://x.test/C", "C", {"en": "three"})
        other = Concept("http://z.test/D", "D", {"en": "of another list"})
        told = [str(one) for one in compare(ours(changed, extra, other), self.theirs)]
        assert told == [
            "missing: B (two)",
            "label nl of A: ours “één”, theirs “een”",
            "match of A: ours exact, theirs http://y.test/1/",
            "match of A: ours close, theirs http://y.test/2",
            "extra: C (three)",
        ]

    def test_the_level_above_is_compared(self) -> None:
        assert [
            one.what for one in compare(ours(self.a, Concept("http://x.test/B", "B", {"en": "two"})), self.theirs)
        ] == [
            What.MATCH,
            What.BROADER,
        ]

    def test_a_reason_is_given_to_what_it_covers_only(self) -> None:
        reason = Explanation(What.MATCH, ("A*",), frozenset(), "we say so")
        found = compare(ours(self.a), self.theirs, (reason,))
        assert {one.what: one.why for one in found} == {What.MATCH: "we say so", What.MISSING: None}

    def test_spaces_and_apostrophes_do_not_count(self) -> None:
        table = read("uri,label_fr\nhttp://x.test/A,l'un  d’eux\n".encode(), "csv", "x")
        assert compare(ours(Concept("http://x.test/A", "A", {"fr": "l’un d'eux"})), table) == []

    def test_our_own_list_has_no_difference_with_itself(self) -> None:
        lines = ["uri,code,label_nl,label_fr,label_en"]
        lines += [
            f'{one.uri},{one.code},"{one.label("nl")}","{one.label("fr")}","{one.label("en")}"' for one in load("theme")
        ]
        assert check("theme", read("\n".join(lines).encode(), "csv", "x")) == []
