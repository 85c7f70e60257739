"""What ISO records say in their many ways, as a dataset."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ckanext.harvesters.csw.protocol import XML, Csw
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import RecordError, Source, SourceRecord

from .contract import HOUSE
from .iso_records import FILE, anchor, box, code, constraint, iso, online, text

#: Where Wallonia's conditions are, by their names: CGA (access), CGU (use), CPU-TypeA and so on (particular).
SPW = "https://geoportail.wallonie.be/files/documents/ConditionsSPW/DataSPW-{}.pdf"


def mapped(record: str, **changed: Any) -> Any:
    said = {"organization": "test", "language": "fr", "metadata_license": f"{HOUSE}licence/CC0", **changed}
    source = Source("test-csw", "Test", "csw", "https://geo.example.fr/geonetwork/srv/fre/csw", **said)
    guid = "00000000-0000-4000-8000-000000000001"
    return Csw().map(source, SourceRecord(guid, record.encode(), XML, f"https://geo.example.fr/{guid}"))


class TestMapping:
    def test_translations_have_their_own_languages_whatever_their_ids(self) -> None:
        locale = (
            '<gmd:locale><gmd:PT_Locale id="locale-2"><gmd:languageCode><gmd:LanguageCode codeListValue="dut"/>'
            "</gmd:languageCode></gmd:PT_Locale></gmd:locale>"
        )
        free = (
            "<gmd:PT_FreeText><gmd:textGroup><gmd:LocalisedCharacterString locale='#locale-2'>Fietspaden"
            "</gmd:LocalisedCharacterString></gmd:textGroup></gmd:PT_FreeText>"
        )
        dataset = mapped(iso(title=None, record=locale, citation=text("title", "Pistes cyclables", free))).dataset
        assert dataset["title_translated"] == {"fr": "Pistes cyclables", "nl": "Fietspaden"}

    @pytest.mark.parametrize(
        ("constraints", "licence"),
        [
            (anchor("otherConstraints", "https://www.etalab.gouv.fr/licence-ouverte-open-licence", "x"), "ETALAB"),
            (text("otherConstraints", "Licence Ouverte / Open Licence version 2.0 (Etalab)"), "ETALAB_2_0"),
            (text("useLimitation", "Données sous licence ODbL, à citer"), "ODC_BL"),
            (text("useLimitation", "Voir https://creativecommons.org/licenses/by/4.0/."), "CC_BY_4_0"),
        ],
    )
    def test_a_licence_is_found_wherever_it_is_said(self, constraints: str, licence: str) -> None:
        assert mapped(iso(about=constraint(constraints))).dataset["license_id"].startswith(licence)

    def test_words_that_are_no_licence_are_the_rights(self) -> None:
        said = "Utilisation libre sous réserve de citer la source"
        made = mapped(iso(about=constraint(text("useLimitation", said))))
        assert made.dataset["resources"][0]["rights"] == said
        assert "license" not in made.dataset["resources"][0]
        assert made.problems == ()

    @pytest.mark.parametrize(
        ("named", "licence"),
        [
            (("CGA", "CGU"), "SPW_CGU"),
            (("CGA", "CGU", "CPU-TypeA"), "SPW_CPU_A"),
            (("CPU-TypeC", "CGU", "CGA"), "SPW_CPU_C"),
            (("CGA",), None),
        ],
    )
    def test_the_most_particular_condition_of_use_is_the_licence(
        self, named: tuple[str, ...], licence: str | None
    ) -> None:
        said = "".join(anchor("otherConstraints", SPW.format(name), f"Les {name} s'appliquent.") for name in named)
        dataset = mapped(
            iso(about=constraint(code("accessConstraints", "MD_RestrictionCode", "license") + said))
        ).dataset
        assert dataset.get("license_id") == licence
        rights = dataset["resources"][0]["rights"]
        for name in named:
            assert f"Les {name} s'appliquent." in rights
            assert (SPW.format(name) in rights) is (SPW.format(name) != dataset["resources"][0].get("license"))
        assert "unresolved" not in dataset

    def test_particular_conditions_that_nobody_knows_are_the_licence_too_and_counted(self) -> None:
        named = ("CGA", "CGU", "CPU-TypeZ")
        made = mapped(iso(about=constraint("".join(anchor("otherConstraints", SPW.format(n), n) for n in named))))
        assert made.dataset["resources"][0]["license"] == SPW.format("CPU-TypeZ")
        assert made.dataset["unresolved"] == [{"field": "otherConstraints", "value": SPW.format("CPU-TypeZ")}]
        assert SPW.format("CGU") in made.dataset["resources"][0]["rights"]

    def test_conditions_beside_a_known_licence_are_kept_and_counted_when_unknown(self) -> None:
        said = text("otherConstraints", "Licence ODbL") + anchor("otherConstraints", "https://e.org/charte", "Charte")
        made = mapped(iso(about=constraint(said)))
        assert made.dataset["license_id"] == "ODC_BL"
        assert made.dataset["resources"][0]["rights"] == "Licence ODbL\n\nCharte (https://e.org/charte)"
        assert made.dataset["unresolved"] == [{"field": "otherConstraints", "value": "https://e.org/charte"}]

    def test_a_licence_for_use_goes_before_one_under_access(self) -> None:
        access, use = (code(f"{kind}Constraints", "MD_RestrictionCode", "license") for kind in ("access", "use"))
        first = constraint(access + text("otherConstraints", "Licence ODbL"))
        dataset = mapped(iso(about=first + constraint(use + text("otherConstraints", "CC BY 4.0")))).dataset
        assert dataset["license_id"] == "CC_BY_4_0"
        assert "ODbL" in dataset["resources"][0]["rights"]
        assert mapped(iso(about=first)).dataset["license_id"] == "ODC_BL"

    @pytest.mark.parametrize(
        ("href", "access"),
        [("noLimitations", "PUBLIC"), ("INSPIRE_Directive_Article13_1d", "RESTRICTED")],
    )
    def test_inspire_says_who_has_access(self, href: str, access: str) -> None:
        base = "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/"
        made = mapped(iso(about=constraint(anchor("otherConstraints", base + href, "Pas de restriction"))))
        assert made.dataset["access_rights"] == f"{HOUSE}access-right/{access}"
        assert "unresolved" not in made.dataset

    def test_several_extents_the_first_empty(self) -> None:
        about = "<gmd:extent><gmd:EX_Extent/></gmd:extent>" + box("", "", "", "") + box("2.9", "50.6", "3.1", "50.7")
        dataset = mapped(iso(about=about)).dataset
        assert json.loads(dataset["spatial"])["type"] == "Polygon"
        assert len(dataset["spatial_coverage"]) == 1

    def test_west_and_east_filled_in_for_each_other(self) -> None:
        dataset = mapped(iso(about=box(3.1, 50.6, 2.9, 50.7))).dataset
        assert json.loads(dataset["spatial"])["coordinates"][0][0][0] in (2.9, 3.1)

    @pytest.mark.parametrize(
        "edges", [(650000, 17000000, 660000, 17100000), (0, 0, 0, 0), ("x", 1, 2, 3), (3, 51, 4, 50)]
    )
    def test_a_box_that_is_none_is_reported(self, edges: Any) -> None:
        made = mapped(iso(about=box(*edges)))
        assert "spatial" not in made.dataset
        assert [problem.reason for problem in made.problems] == [Reason.BAD_GEOMETRY]

    @pytest.mark.parametrize("space", ["http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2"])
    def test_a_polygon_in_either_gml(self, space: str) -> None:
        ring = "2.9 50.6 3.1 50.6 3.1 50.7 2.9 50.6"
        about = (
            "<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_BoundingPolygon><gmd:polygon>"
            f'<g:Polygon xmlns:g="{space}"><g:exterior><g:LinearRing><g:posList>{ring}</g:posList></g:LinearRing>'
            "</g:exterior></g:Polygon></gmd:polygon></gmd:EX_BoundingPolygon></gmd:geographicElement></gmd:EX_Extent>"
            "</gmd:extent>"
        )
        assert json.loads(mapped(iso(about=about)).dataset["spatial"])["type"] == "Polygon"

    @pytest.mark.parametrize(
        ("system", "iri"),
        [
            ("EPSG:31370", "31370"),
            ("http://www.opengis.net/def/crs/EPSG/0/2154", "2154"),
            ("urn:ogc:def:crs:EPSG:6.6:4326", "4326"),
            ("RGF93 / Lambert-93 (EPSG:2154)", "2154"),
        ],
    )
    def test_a_reference_system_becomes_an_address(self, system: str, iri: str) -> None:
        record = (
            "<gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:referenceSystemIdentifier><gmd:RS_Identifier>"
            f"{text('code', system)}</gmd:RS_Identifier></gmd:referenceSystemIdentifier></gmd:MD_ReferenceSystem>"
            "</gmd:referenceSystemInfo>"
        )
        assert mapped(iso(record=record)).dataset["conforms_to"] == [f"http://www.opengis.net/def/crs/EPSG/0/{iri}"]

    @pytest.mark.parametrize(
        ("protocol", "name", "form"),
        [
            ("OGC:WMS-1.3.0-http-get-map", "couche", "WMS"),
            ("OGC:WFS", "couche", "WFS"),
            ("WWW:DOWNLOAD-1.0-http--download", "Shapefile (Lambert 93)", "SHP"),
            ("WWW:LINK-1.0-http--link", "", "CSV"),
        ],
    )
    def test_a_link_has_the_format_it_says(self, protocol: str, name: str, form: str) -> None:
        dataset = mapped(iso(links=online(protocol=protocol, name=name, function="download"))).dataset
        assert dataset["resources"][0]["format"] == form

    @pytest.mark.parametrize(
        ("link", "form"),
        [
            (online("https://e.org/get?id=1", name="Données"), "SHP"),
            (online("https://e.org/get?id=1", "WWW:LINK", "Données", "download"), "SHP"),
            (online("https://e.org/get?id=1", "WWW:LINK", "Télécharger les données"), "SHP"),
            (online("https://e.org/page", "WWW:LINK", "Présentation"), None),
            (online("https://e.org/atom?id=1", "WWW:LINK", "Service ATOM de téléchargement", "download"), "Atom"),
            (online("https://e.org/flux?id=1", "WWW:LINK", "Service de téléchargement", "download"), None),
            (online("https://e.org/ows", "OGC:WFS", "couche", "download"), "WFS"),
        ],
    )
    def test_the_one_format_of_a_record_is_that_of_its_files_alone(self, link: str, form: str | None) -> None:
        of_all = f"<gmd:MD_Format>{text('name', 'ESRI Shapefile')}</gmd:MD_Format>"
        said = f"<gmd:distributionFormat>{of_all}</gmd:distributionFormat><gmd:transferOptions>"
        record = iso(links=link).replace("<gmd:transferOptions>", said)
        (resource,) = mapped(record).dataset["resources"]
        assert (resource.get("format") or "").casefold() == (form or "").casefold()

    def test_words_about_the_data_are_documentation(self) -> None:
        links = online() + online("https://e.org/notice", "WWW:LINK", "Notice", "information")
        dataset = mapped(iso(links=links)).dataset
        assert [resource["url"] for resource in dataset["resources"]] == [FILE]
        assert dataset["documentation"] == ["https://e.org/notice"]

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "https://user:pw@e.org/", ""])
    def test_a_bad_address_costs_its_link(self, address: str) -> None:
        made = mapped(iso(links=online(address) + online()))
        assert [resource["url"] for resource in made.dataset["resources"]] == [FILE]
        assert made.problems[0].reason in (Reason.BAD_URL, Reason.NO_ADDRESS)

    def test_the_dataset_has_its_own_identifier_and_the_record_another(self) -> None:
        uri = "https://geo.example.fr/id/42"
        citation = f"<gmd:identifier><gmd:MD_Identifier>{text('code', uri)}</gmd:MD_Identifier></gmd:identifier>"
        dataset = mapped(iso(citation=citation)).dataset
        assert (dataset["uri"], dataset["identifier"]) == (uri, uri)
        assert dataset["alternate_identifier"] == ["00000000-0000-4000-8000-000000000001"]

    def test_the_new_standard_says_the_same(self) -> None:
        record = """<mdb:MD_Metadata xmlns:mdb="http://standards.iso.org/iso/19115/-3/mdb/2.0"
          xmlns:mcc="http://standards.iso.org/iso/19115/-3/mcc/1.0" xmlns:gco="http://standards.iso.org/iso/19115/-3/gco/1.0"
          xmlns:cit="http://standards.iso.org/iso/19115/-3/cit/2.0" xmlns:mri="http://standards.iso.org/iso/19115/-3/mri/1.0"
          xmlns:lan="http://standards.iso.org/iso/19115/-3/lan/1.0" xmlns:mrd="http://standards.iso.org/iso/19115/-3/mrd/1.0"
          xmlns:mmi="http://standards.iso.org/iso/19115/-3/mmi/1.0">
          <mdb:metadataIdentifier><mcc:MD_Identifier><mcc:code><gco:CharacterString>abc</gco:CharacterString></mcc:code>
          </mcc:MD_Identifier></mdb:metadataIdentifier>
          <mdb:defaultLocale><lan:PT_Locale id="FR"><lan:language><lan:LanguageCode codeListValue="fre"/></lan:language>
          </lan:PT_Locale></mdb:defaultLocale>
          <mdb:identificationInfo><mri:MD_DataIdentification><mri:citation><cit:CI_Citation>
          <cit:title><gco:CharacterString>Hauteur d'eau</gco:CharacterString></cit:title>
          <cit:date><cit:CI_Date><cit:date><gco:DateTime>2024-05-01T10:00:00</gco:DateTime></cit:date>
          <cit:dateType><cit:CI_DateTypeCode codeListValue="publication"/></cit:dateType></cit:CI_Date></cit:date>
          </cit:CI_Citation></mri:citation>
          <mri:abstract><gco:CharacterString>Mesures.</gco:CharacterString></mri:abstract>
          <mri:pointOfContact><cit:CI_Responsibility><cit:role><cit:CI_RoleCode codeListValue="publisher"/></cit:role>
          <cit:party><cit:CI_Organisation><cit:name><gco:CharacterString>Service A</gco:CharacterString></cit:name>
          <cit:contactInfo><cit:CI_Contact><cit:address><cit:CI_Address><cit:electronicMailAddress>
          <gco:CharacterString>eau@example.be</gco:CharacterString></cit:electronicMailAddress></cit:CI_Address>
          </cit:address></cit:CI_Contact></cit:contactInfo></cit:CI_Organisation></cit:party></cit:CI_Responsibility>
          </mri:pointOfContact>
          <mri:resourceMaintenance><mmi:MD_MaintenanceInformation><mmi:maintenanceAndUpdateFrequency>
          <mmi:MD_MaintenanceFrequencyCode codeListValue="daily"/></mmi:maintenanceAndUpdateFrequency>
          </mmi:MD_MaintenanceInformation></mri:resourceMaintenance>
          </mri:MD_DataIdentification></mdb:identificationInfo>
          <mdb:distributionInfo><mrd:MD_Distribution><mrd:transferOptions><mrd:MD_DigitalTransferOptions><mrd:onLine>
          <cit:CI_OnlineResource><cit:linkage><gco:CharacterString>https://e.org/a.csv</gco:CharacterString></cit:linkage>
          </cit:CI_OnlineResource></mrd:onLine></mrd:MD_DigitalTransferOptions></mrd:transferOptions></mrd:MD_Distribution>
          </mdb:distributionInfo></mdb:MD_Metadata>"""
        dataset = mapped(record).dataset
        assert dataset["title_translated"] == {"fr": "Hauteur d'eau"}
        assert dataset["publisher"] == [{"name": "Service A"}]
        assert dataset["contact"] == [{"name": "Service A", "email": "eau@example.be"}]
        assert dataset["issued"] == "2024-05-01T10:00:00"
        assert dataset["frequency"].endswith("/DAILY")
        assert dataset["resources"][0]["format"] == "CSV"

    @pytest.mark.parametrize(
        "record",
        [
            "<a/>",
            "<a><b></a>",
            '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            "<a>" * 5_000 + "</a>" * 5_000,
            "not xml",
            "",
        ],
    )
    def test_what_is_no_record_is_refused(self, record: str) -> None:
        with pytest.raises(RecordError):
            mapped(record)
