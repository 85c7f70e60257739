"""The vocabularies: what portals write is understood, what is written down agrees with the lists it came from."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.oslo.vocabularies import LANGUAGES, NAMES, VocabularyError, licences, load, read

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
                if written in (concept.uri, concept.code):
                    assert found is concept

    @given(st.text(max_size=200))
    def test_no_text_breaks_it(self, written: str) -> None:
        for name in ("licence", "file_type", "frequency"):
            load(name).resolve(written)


class TestData:
    @pytest.mark.parametrize("name", NAMES)
    def test_every_concept_has_a_name_in_each_language(self, name: str) -> None:
        assert [concept.code for concept in load(name) if set(concept.labels) != set(LANGUAGES)] == []

    def test_licence_register_is_made_from_the_vocabulary(self) -> None:
        config = Path(__file__).parents[2] / "config" / "licenses.json"
        assert json.loads(config.read_text(encoding="utf-8")) == licences.register()

    def test_every_open_licence_is_one_of_the_list(self) -> None:
        assert {code for code in licences.OPEN if code not in load("licence")} == set()

    @pytest.mark.parametrize(
        ("name", "file"),
        [
            ("theme", "eu_data_theme"),
            ("frequency", "eu_frequency"),
            ("access_right", "eu_access_right"),
            ("planned_availability", "eu_planned_availability"),
            ("distribution_status", "eu_distribution_status"),
            ("dataset_type", "eu_dataset_type"),
            ("hvd_category", "hvd_category"),
            ("transport_mode", "mob_transport_mode"),
            ("network_coverage", "mob_network_coverage"),
            ("mobility_theme", "mob_mobility_theme"),
            ("mobility_data_standard", "mob_mobility_data_standard"),
            ("georeferencing_method", "mob_georeferencing_method"),
            ("intended_information_service", "mob_intended_information_service"),
            ("conditions_for_access", "mob_conditions_for_access_and_usage"),
            ("application_layer_protocol", "mob_application_layer_protocol"),
            ("communication_method", "mob_communication_method"),
            ("nace", "be_nace2025_sections_divisions"),
            ("isco", "isco08_major_groups"),
            ("eurovoc", "eurovoc_work_mobility"),
        ],
    )
    def test_agrees_with_the_published_list(self, shared: Path, name: str, file: str) -> None:
        with (shared / "vocab" / f"{file}.csv").open(encoding="utf-8") as lines:
            published = {row["uri"] for row in csv.DictReader(lines) if row["code"]}
        groups = {
            uri for uri in published if uri.rsplit("/", 1)[-1] in ("data-content-category", "data-content-sub-category")
        }
        assert {concept.uri for concept in load(name)} == published - groups

    @pytest.mark.parametrize(("name", "file"), [("licence", "eu_licence"), ("language", "eu_language")])
    def test_european_codes_exist(self, shared: Path, name: str, file: str) -> None:
        with (shared / "vocab" / f"{file}.csv").open(encoding="utf-8") as lines:
            published = {row["uri"] for row in csv.DictReader(lines)}
        assert {concept.uri for concept in load(name) if concept.uri.startswith(EU)} <= published

    def test_flemish_model_licences_exist(self, shared: Path) -> None:
        with (shared / "vocab" / "vl_licentie.csv").open(encoding="utf-8") as lines:
            published = {row["uri"] for row in csv.DictReader(lines)}
        assert {concept.uri for concept in load("licence") if "vlaanderen" in concept.uri} == published

    def test_every_file_type_goes_out_as_one_the_list_has_or_newer(self, shared: Path) -> None:
        with (shared / "vocab" / "eu_file_type.csv").open(encoding="utf-8") as lines:
            published = {row["uri"] for row in csv.DictReader(lines)}
        # The stored list is older than these two, which data.gov.be already uses.
        newer = {f"{EU}/file-type/PARQUET", f"{EU}/file-type/DWCA"}
        out = {concept.broader[0] if concept.broader else concept.uri for concept in load("file_type")}
        assert out <= published | newer


class TestMistakes:
    """A file with a mistake says its name, the line and what was expected."""

    @pytest.mark.parametrize(
        ("text", "line", "said"),
        [
            (
                "concepts:\n- {code: A, uri: x:1, name: A}\n- {code: B, uri: x:1, name: B}\n",
                3,
                "already stands in line 2",
            ),
            ("base: x/\nconcepts:\n- {code: A, nl: a, de: b}\n", 3, "'de' is not known"),
            ("base: x/\nconcepts:\n- {code: A}\n", 3, "expected a code and a name"),
            (
                "base: x/\nconcepts:\n- {code: A, name: A, broader: [B]}\n- {code: B, name: B, broader: [A]}\n",
                3,
                "broader than itself",
            ),
            ("base: x/\nconcepts:\n- {code: A, name: A, broader: [C]}\n", 3, "unknown broader"),
            ("base: x/\nconcepts: {}\n", 1, "expected a list"),
            ("base: x/\nconcepts:\n- [\n", 4, "expected"),
            ("base: x/\nconcepts:\n- {code: A, name: A, synonyms: b}\n", 3, "expected a list for 'synonyms'"),
        ],
    )
    def test_are_said_with_file_and_line(self, tmp_path: Path, text: str, line: int, said: str) -> None:
        path = tmp_path / "list.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(VocabularyError) as caught:
            read(path)
        assert str(caught.value).startswith(f"list.yaml:{line}:")
        assert said in str(caught.value)

    def test_a_synonym_cannot_mean_two_things(self, tmp_path: Path) -> None:
        path = tmp_path / "list.yaml"
        path.write_text(
            "base: x/\nconcepts:\n- {code: A, name: A, synonyms: [c]}\n- {code: B, name: B, synonyms: [C]}\n"
        )
        with pytest.raises(VocabularyError, match="means both A and B"):
            read(path)

    def test_an_unknown_vocabulary_names_those_there_are(self) -> None:
        with pytest.raises(VocabularyError, match="frequency"):
            load("colours")
