"""The vocabularies: what portals write is understood, what is written down agrees with the lists it came from."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.oslo.vocabularies import LANGUAGES, NAMES, Concept, Vocabulary, VocabularyError, licences, load, read
from ckanext.oslo.vocabularies.concepts import fold

EU = "http://publications.europa.eu/resource/authority"


class TestResolve:
    @pytest.mark.parametrize(
        ("vocabulary", "written", "code"),
        [
            ("licence", "Licence Ouverte / Open Licence version 2.0", "ETALAB_2_0"),
            ("licence", "fr-lo", "ETALAB_1_0"),
            ("licence", "lov2", "ETALAB_2_0"),
            ("licence", "odc-odbl", "ODC_BL"),
            ("licence", "CC BY 4.0", "CC_BY_4_0"),
            ("licence", "cc-by", "CC_BY"),
            ("licence", "https://creativecommons.org/licenses/by/4.0/deed.fr", "CC_BY_4_0"),
            ("licence", "https://creativecommons.org/licenses/by-nc/4.0/legalcode", "CC_BYNC_4_0"),
            ("licence", f"{EU.replace('http:', 'https:')}/licence/CC0", "CC0"),
            (
                "licence",
                "http://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
                "VL_GRATIS_HERGEBRUIK",
            ),
            ("licence", "MODELLICENTIE GRATIS HERGEBRUIK", "VL_GRATIS_HERGEBRUIK"),
            ("licence", "http://geoportail.wallonie.be/files/documents/ConditionsSPW/DataSPW-CGU.pdf", "SPW_CGU"),
            ("frequency", "Annuelle", "ANNUAL"),
            ("frequency", "jaarlijks", "ANNUAL"),
            ("frequency", "punctual", "NEVER"),
            ("frequency", "threeTimesAYear", "ANNUAL_3"),
            ("frequency", f"{EU}/frequency/notPlanned", "NOT_PLANNED"),
            ("frequency", f"{EU}/frequency/driejaarlijks", "TRIENNIAL"),
            ("frequency", "http://purl.org/cld/freq/semiannual", "ANNUAL_2"),
            (
                "frequency",
                "http://standards.iso.org/iso/19115/resources/Codelists/cat/codelists.xml#biannually",
                "ANNUAL_2",
            ),
            ("file_type", "text/csv", "CSV"),
            ("file_type", ".xlsx", "XLSX"),
            ("file_type", "shp (wgs84)", "SHP"),
            ("file_type", "shapfile", "SHP"),
            ("file_type", "arcgis geoservices rest api", "REST"),
            ("file_type", f"{EU}/file-type/OGC:WMS-1.3.0-HTTP-GET-MAP", "WMS_SRVC"),
            ("file_type", "https://www.iana.org/assignments/media-types/application/vnd.geo+json", "GEOJSON"),
            ("language", "fre", "FRA"),
            ("language", "nl-BE", "NLD"),
            ("language", "http://id.loc.gov/vocabulary/iso639-1/fr", "FRA"),
            ("theme", f"{EU}/data-theme/EDUC#SPORT", "EDUC"),
            ("theme", "http://vocab.belgif.be/auth/datatheme/TRAN", "TRAN"),
            ("theme", "http://publications.europa.eu/mdr/authority/data-theme/TRAN", "TRAN"),
            ("theme", "Verkehr", "TRAN"),
            ("frequency", "chaque année", "ANNUAL"),
            ("frequency", "https://w3id.org/mobilitydcat-ap/update-frequency/12h", "12HRS"),
            ("frequency", f"{EU}/frequency/ANNUAL/", "ANNUAL"),
            ("file_type", "Excel", "XLS"),
            ("file_type", "Excel XLSX", "XLSX"),
            ("licence", "CC BY-NC", "CC_BYNC_4_0"),
            ("licence", "https://opensource.org/licenses/MIT", "MIT"),
            ("transport_mode", "http://w3id.org/mobilitydcat-ap/transport-mode/bus", "bus"),
            ("place", "Courtrai", "BE-34022"),
            ("place", "http://vocab.belgif.be/auth/refnis2019/34022", "BE-34022"),
            ("place", "http://vocab.belgif.be/auth/refnis2019/37018", "BE-37021"),
            ("place", "http://sws.geonames.org/2794055", "BE-34022"),
            ("place", "http://nuts.geovocab.org/id/BE254", "NUTS-BE254"),
            ("country", "UK", "GBR"),
            ("statuut", "Vlaamse Open data", "VLOPENDATA"),
            (
                "access_right",
                "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/noLimitations",
                "PUBLIC",
            ),
            ("nace", "25", "25"),
        ],
    )
    def test_understands_what_portals_write(self, vocabulary: str, written: str, code: str) -> None:
        found = load(vocabulary).resolve(written)
        assert found is not None
        assert found.code == code

    @pytest.mark.parametrize(
        ("vocabulary", "written"),
        [
            ("licence", "notspecified"),
            ("file_type", "csv, json, excel, shp"),
            ("frequency", "Annuel pour la création des événements"),
            ("frequency", "fourTimesAWeek"),
            ("theme", "https://opendata.wewis.vlaanderen.be/explore/?refine.theme=Activering"),
            ("language", ""),
            ("language", " -/- "),
        ],
    )
    def test_does_not_guess(self, vocabulary: str, written: str) -> None:
        assert load(vocabulary).resolve(written) is None

    @given(st.sampled_from(NAMES), st.data())
    def test_every_concept_is_found_by_its_uri_code_and_synonyms(self, name: str, data: st.DataObject) -> None:
        concept = data.draw(st.sampled_from(load(name).concepts))
        for written in (concept.uri, concept.code, *concept.synonyms, *concept.exact_match):
            for form in (written, written.upper(), f" {written} "):
                found = load(name).resolve(form)
                assert found is not None
                if form.strip() in (concept.uri, concept.code):
                    assert found is concept
                elif written in (concept.uri, concept.code):
                    assert fold(written) in (fold(found.uri), fold(found.code))

    @given(st.text(max_size=200))
    def test_no_text_breaks_it(self, written: str) -> None:
        for name in ("licence", "file_type", "frequency"):
            load(name).resolve(written)


class TestData:
    @pytest.mark.parametrize("name", NAMES)
    def test_every_concept_has_a_name_in_each_language(self, name: str) -> None:
        assert [concept.code for concept in load(name) if not set(LANGUAGES) <= set(concept.labels)] == []

    def test_licence_register_is_made_from_the_vocabulary(self) -> None:
        config = Path(__file__).parents[2] / "config" / "licenses.json"
        assert json.loads(config.read_text(encoding="utf-8")) == licences.register()

    def test_every_open_licence_is_one_of_the_list(self) -> None:
        assert {code for code in licences.OPEN if code not in load("licence")} == set()

    @pytest.mark.parametrize("name", NAMES)
    def test_every_list_has_a_title_in_each_language(self, name: str) -> None:
        assert set(load(name).title) >= set(LANGUAGES)

    def test_every_file_type_goes_out_as_one_of_the_list(self) -> None:
        out = {load("file_type").get(one.broader[0]) if one.broader else one for one in load("file_type")}
        assert all(concept is not None and concept.uri.startswith(f"{EU}/file-type/") for concept in out)

    def test_a_form_offers_the_usual_values_and_the_others_are_understood(self) -> None:
        languages = load("language")
        assert [concept.code for concept in languages.offered[:3]] == ["NLD", "FRA", "ENG"]
        assert len(languages.offered) < 50 < 390 < len(languages)
        known = languages.resolve("Armenian")
        assert known is not None
        assert not known.offered

    def test_places_are_the_municipalities_and_what_holds_them(self) -> None:
        places = load("place")
        by_country = Counter(
            one.code[:2] for one in places.offered if one.code[3:].isdigit() and one.code[-3:] != "000"
        )
        assert by_country == {"BE": 58, "FR": 95}
        kortrijk = places.get("BE-34022")
        assert kortrijk is not None
        assert kortrijk.uri == "http://vocab.belgif.be/auth/refnis2025/34022"
        assert kortrijk.exact_match == ("https://sws.geonames.org/2794055/",)
        assert [above.code for above in _above(places, kortrijk)] == ["BE-34000", "BE-30000", "BE-02000", "BE"]
        district = places.get("BE-34000")
        assert district is not None
        assert district.exact_match == ("http://data.europa.eu/nuts/code/BE254",)
        lille = places.resolve("http://id.insee.fr/geo/commune/59350/")
        assert lille is not None
        assert (lille.code, lille.notation) == ("FR-59350", "59350")

    def test_the_two_editions_of_nace_are_matched_where_the_letters_moved(self) -> None:
        old = load("nace_2008").get("L")
        assert old is not None
        assert old.close_match == ("http://vocab.belgif.be/auth/nace2025/M",)
        new = load("nace").get("K")
        assert new is not None
        assert new.close_match == ("http://vocab.belgif.be/auth/nace2008/J",)

    def test_importing_reads_no_list(self) -> None:
        """So that no start of CKAN waits for one that it does not need."""
        code = "import sys; from ckanext.oslo.vocabularies import files; sys.exit(files.load.cache_info().currsize)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _above(places: Vocabulary, place: Concept) -> Iterator[Concept]:
    while place.broader:
        found = places.get(place.broader[0])
        assert found is not None
        place = found
        yield place


class TestMistakes:
    """A file with a mistake says its name, the line and what was expected."""

    @pytest.mark.parametrize(
        ("text", "line", "said"),
        [
            (
                "concepts:\n- {code: A, uri: x:1, name: A}\n- {code: B, uri: x:1, name: B}\n",
                3,
                "x:1 is the URI of two concepts; see line 2",
            ),
            (
                "base: x/\nconcepts:\n- {code: A, name: A}\n- {code: C, name: C}\n- {code: A, uri: x:2, name: B}\n",
                5,
                "A is the code of two concepts; see line 3",
            ),
            ("concepts:\n- {code: A, uri: x:1, code: B, name: A}\n", 2, "'code' stands here twice"),
            ("concepts:\n- {code: A, uri: x:1, name: A}\nothers: [[\n", 4, "expected"),
            ("base: x/\nconcepts:\n- {code: A, nl: a, es: b}\n", 3, "'es' is not known"),
            ("base: x/\nconcepts:\n- {code: A}\n", 3, "expected a code and a name"),
            (
                "base: x/\nconcepts:\n- {code: A, name: A, broader: [B]}\n- {code: B, name: B, broader: [A]}\n",
                4,
                "is broader than itself (A → B → A); see line 3",
            ),
            (
                "base: x/\nconcepts:\n- {code: A, name: A, broader: [A]}\n",
                3,
                "A is broader than itself (A → A)",
            ),
            ("base: x/\nconcepts:\n- {code: A, name: A, broader: [C]}\n", 3, "unknown broader"),
            ("base: x/\nconcepts: {}\n", 2, "expected a list"),
            ("base: x/\nconcepts:\n- [\n", 4, "expected"),
            ("base: x/\nconcepts:\n- {code: A, name: A, synonyms: b}\n", 3, "expected a list for 'synonyms'"),
        ],
    )
    def test_are_said_with_file_and_line(self, tmp_path: Path, text: str, line: int, said: str) -> None:
        path = tmp_path / "list.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(VocabularyError) as caught:
            read(path)
        assert [(one.file, one.line) for one in caught.value.mistakes] == [("list.yaml", line)]
        assert str(caught.value).startswith(f"list.yaml:{line}:")
        assert said in str(caught.value)

    def test_a_synonym_cannot_mean_two_things(self, tmp_path: Path) -> None:
        path = tmp_path / "list.yaml"
        path.write_text(
            "base: x/\nconcepts:\n- {code: A, name: A, synonyms: [c]}\n- {code: B, name: B, synonyms: [C]}\n"
        )
        with pytest.raises(VocabularyError, match=r"^list.yaml:4: .* means both A and B; see line 3"):
            read(path)

    def test_a_long_chain_and_many_ways_up_are_no_loop(self, tmp_path: Path) -> None:
        lines = ["base: x/", "concepts:", "- {code: c0, name: c0}"]
        lines += [f"- {{code: c{n}, name: c{n}, broader: [c{n - 1}, c{max(n - 2, 0)}]}}" for n in range(1, 2_000)]
        path = tmp_path / "list.yaml"
        path.write_text("\n".join(lines))
        assert len(read(path)) == 2_000

    def test_an_unknown_vocabulary_names_those_there_are(self) -> None:
        with pytest.raises(VocabularyError, match="frequency"):
            load("colours")
