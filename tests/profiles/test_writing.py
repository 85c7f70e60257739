"""What a profile writes: names that stay, copies that say so, nothing unsafe, nothing twice."""

from __future__ import annotations

import logging
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from ckanext.oslo import profiles
from ckanext.oslo.profiles import Body, NotWritableError, Portal, UnknownProfileError
from ckanext.oslo.profiles.terms import ADMS, DCAT, DCATAP, DCT, FOAF, HYDRA, MDCAT, MOBILITY, OWL, RDF, VCARD, XSD
from tests.profiles import made, steward
from tests.profiles.conftest import PORTAL
from tests.profiles.harvested import stored
from tests.profiles.shapes import page

SITE = PORTAL.site_url
FOREIGN = "https://data.gent.example/bomen"
HARVESTED = stored(
    {
        "type": "dataset",
        "title_translated": {"nl": "Bomen"},
        "uri": FOREIGN,
        "guid": "bomen@gent",
        "harvest_source_name": "gent",
        "source_url": "https://data.gent.example/page/bomen",
        "source_modified": "2026-11-01",
        "metadata_license": "http://publications.europa.eu/resource/authority/licence/CC0",
    },
    "bomen",
)


def said(triples: list[ox.Triple], subject: str, predicate: ox.NamedNode) -> list[str]:
    """Return the values of a property of a subject."""
    return [
        one.object.value
        for one in triples
        if one.subject == ox.NamedNode(subject) and one.predicate == predicate and not isinstance(one.object, ox.Triple)
    ]


def both(dataset: dict[str, Any], name: str = "dcat_ap_3", portal: Portal = PORTAL) -> list[ox.Triple]:
    """Return what is written of a dataset and its record."""
    profile = profiles.get(name)
    return [*profile.dataset(dataset, portal), *profile.record(dataset, portal)]


def test_the_profiles_have_names_titles_and_a_standard_each() -> None:
    assert profiles.NAMES == (
        "dcat_ap_3",
        "dcat_ap_vl_3",
        "mobility_dcat_ap",
        "dcat_ap_hvd",
        "statdcat_ap",
        "geodcat_ap",
    )
    for name in profiles.NAMES:
        profile = profiles.get(name)
        assert profile.name == name
        assert profile.title.keys() == {"nl", "fr", "en"}
        assert profiles.iri(profile.conforms_to)
    assert len({profiles.get(name).conforms_to for name in profiles.NAMES}) == len(profiles.NAMES)


def test_a_profile_nobody_knows_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownProfileError, match=r"euro_dcat_ap.*dcat_ap_vl_3"):
        profiles.get("euro_dcat_ap")


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("dcat_ap_3", {"dataset", "work", "mobility"}), ("mobility_dcat_ap", {"mobility"}), ("statdcat_ap", {"work"})],
)
def test_a_profile_takes_what_it_is_for(name: str, kinds: set[str]) -> None:
    assert {kind for kind in steward.KINDS if profiles.get(name).takes(steward.minimal(kind))} == kinds


def test_high_value_is_what_is_flagged() -> None:
    profile = profiles.get("dcat_ap_hvd")
    assert profile.takes(steward.full("work"))
    assert not profile.takes(steward.minimal("work"))


@pytest.mark.parametrize("name", profiles.NAMES)
def test_the_same_dict_gives_the_same_triples_in_the_same_order(name: str) -> None:
    again = dict(reversed(steward.full("mobility").items()))
    assert both(steward.full("mobility"), name) == both(again, name)


def test_a_dataset_made_here_is_called_by_the_portal_and_has_no_source() -> None:
    iri = f"{SITE}/dataset/full-work"
    triples = both(steward.full("work"))
    assert profiles.dataset_iri(steward.full("work"), PORTAL) == iri
    assert said(triples, iri, RDF.type) == [DCAT.Dataset.value]
    assert said(triples, f"{iri}#record", FOAF.primaryTopic) == [iri]
    assert not said(triples, f"{iri}#record", DCT.source)


def test_a_harvested_dataset_keeps_its_iri_and_is_marked_as_a_copy() -> None:
    triples = both(HARVESTED)
    record = f"{SITE}/dataset/bomen#record"
    assert said(triples, FOREIGN, RDF.type) == [DCAT.Dataset.value]
    assert said(triples, record, FOAF.primaryTopic) == [FOREIGN]
    (source,) = said(triples, record, DCT.source)
    assert said(triples, source, DCT.identifier) == ["bomen@gent"]
    assert said(triples, source, DCT.modified) == ["2026-11-01T00:00:00"]
    assert said(triples, source, DCAT.landingPage) == ["https://data.gent.example/page/bomen"]
    flemish = both(HARVESTED, "dcat_ap_vl_3")
    assert said(flemish, record, MDCAT.bronMetadataRecordLandingspagina) == ["https://data.gent.example/page/bomen"]


def test_the_second_dataset_of_one_iri_goes_out_under_the_portal_s_own() -> None:
    twin = profiles.apart({**HARVESTED, "id": "twin", "alternate_identifier": ["7"]})
    triples = both(twin)
    assert not said(triples, FOREIGN, RDF.type)
    others = said(triples, f"{SITE}/dataset/twin", ADMS.identifier)
    assert [said(triples, other, profiles.terms.SKOS.notation)[0] for other in others] == ["7", FOREIGN]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://a.example/x y", "https://a.example/x%20y"),
        ("https://a.example/{id}|\\^`", "https://a.example/%7Bid%7D%7C%5C%5E%60"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/é", "https://a.example/é"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,<script>", None),
        ("https://user:secret@a.example/", None),
        ("https://", None),
        ("http://[::1", None),
        ("not an address", None),
        ("file:///etc/passwd", None),
    ],
)
def test_addresses_are_encoded_or_left_out(address: str, written: str | None) -> None:
    dataset = {
        **steward.minimal("dataset"),
        "url": address,
        "documentation": [address],
        "uri": address,
        "publisher": [{"name": "Stad", "url": address, "uri": address}],
        "resources": [{"id": "1", "url": "https://a.example/1", "download_url": address, "license": address}],
    }
    for name in profiles.NAMES:
        text = ox.serialize(both(dataset, name), format=ox.RdfFormat.N_TRIPLES).decode()
        assert "javascript:" not in text.lower()
        assert "secret" not in text
        iri = written or f"{SITE}/dataset/minimal-dataset"
        assert said(both(dataset, name), iri, DCAT.landingPage) == ([written] if written else [])


def test_a_file_without_a_usable_address_is_left_out_and_the_rest_stays() -> None:
    dataset = {
        **steward.full("dataset"),
        "resources": [{"id": "1", "url": "javascript:x"}, {"id": "2", "url": "https://a.example/"}],
    }
    files = said(both(dataset), f"{SITE}/dataset/full-dataset", DCAT.distribution)
    assert files == [f"{SITE}/dataset/full-dataset/resource/2"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title_translated": {}}, "title_translated"),
        ({"title_translated": "Bomen"}, "title_translated"),
        ({"notes_translated": {"nl": 7}}, "notes_translated/nl"),
        ({"notes_translated": {"not a language": "x"}}, "notes_translated"),
        ({"theme": {"a": "b"}}, "theme"),
        ({"theme": [7]}, "theme/0"),
        ({"contact": ["me"]}, "contact/0"),
        ({"publisher": [{"name": ["x"]}]}, "publisher/name"),
        ({"spatial_resolution_in_meters": ["far"]}, "spatial_resolution_in_meters/0"),
        ({"resources": [{"url": 7}]}, "resources/0/url"),
        ({"resources": [{"url": "https://a.example/", "size": "big"}]}, "resources/0/size"),
        ({"id": None, "name": None}, "id"),
    ],
)
def test_what_no_graph_can_hold_is_refused_with_field_and_value(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(NotWritableError) as raised:
        profiles.get("dcat_ap_3").dataset({**steward.full("dataset"), **changed}, PORTAL)
    assert raised.value.field == field
    assert raised.value.value
    assert field in str(raised.value)


def test_control_characters_never_reach_xml() -> None:
    dataset = {**steward.minimal("dataset"), "title_translated": {"nl": "a\x00b\x0bc\ud800\uffff"}}
    xml = ox.serialize(both(dataset), format=ox.RdfFormat.RDF_XML)
    graph = rdflib.Graph().parse(data=xml, format="xml")
    assert (None, rdflib.URIRef(DCT.title.value), rdflib.Literal("abc", lang="nl")) in graph


def test_one_agent_in_two_roles_is_one_node_and_two_descriptions_of_one_are_two() -> None:
    agent = {"name": "Stad Kortrijk", "uri": "https://data.vlaanderen.be/id/organisatie/OVO002126"}
    dataset = {**steward.minimal("dataset"), "publisher": [agent], "creator": [agent]}
    iri = f"{SITE}/dataset/minimal-dataset"
    assert said(both(dataset), iri, DCT.creator) == said(both(dataset), iri, DCT.publisher) == [agent["uri"]]
    other = both({**dataset, "creator": [{**agent, "name": "Ville de Courtrai"}]})
    (creator,) = said(other, iri, DCT.creator)
    assert creator == f"{iri}#creator-0"
    assert said(other, creator, OWL.sameAs) == [agent["uri"]]


@pytest.mark.parametrize(
    ("name", "title", "language"),
    [
        ("Ville de Tournai", {"nl": "x", "fr": "y"}, "fr"),
        ("Stad Kortrijk", {"nl": "x", "fr": "y"}, "nl"),
        ("Infrabel", {"fr": "y"}, "fr"),
        ("Infrabel", {"nl": "x", "fr": "y"}, "und"),
    ],
)
def test_a_name_is_tagged_with_its_language_where_that_is_beyond_doubt(
    name: str, title: dict[str, str], language: str
) -> None:
    dataset = {**steward.minimal("dataset"), "title_translated": title, "publisher": [{"name": name}]}
    assert ox.Literal(name, language=language) in [one.object for one in both(dataset)]


def test_without_a_publisher_it_is_the_organization_in_all_its_languages() -> None:
    owner = steward.minimal("work")["owner_org"]
    names = {"nl": "Stad Kortrijk", "fr": "Ville de Courtrai"}
    known = Portal(SITE, PORTAL.titles, {}, PORTAL.publisher, PORTAL.contact, organizations={owner: Body(names)})
    triples = both(steward.minimal("work"), portal=known)
    (publisher,) = said(triples, f"{SITE}/dataset/minimal-work", DCT.publisher)
    assert publisher == f"{SITE}/organization/{owner}"
    assert set(said(triples, publisher, FOAF.name)) == set(names.values())


def test_flanders_gets_belgian_themes_moments_and_one_contact() -> None:
    iri = f"{SITE}/dataset/full-mobility"
    triples = both(steward.full("mobility"), "dcat_ap_vl_3")
    themes = said(triples, iri, DCAT.theme)
    assert "http://vocab.belgif.be/auth/datatheme/TRAN" in themes
    assert "http://publications.europa.eu/resource/authority/data-theme/TRAN" in themes
    assert not any("belgif.be" in theme for theme in said(both(steward.full("mobility")), iri, DCAT.theme))
    assert ox.Literal("2024-01-01T00:00:00", datatype=XSD.dateTime) in [
        one.object for one in triples if one.predicate == DCT.issued
    ]
    assert (
        len(said(both(steward.minimal("work"), "dcat_ap_vl_3"), f"{SITE}/dataset/minimal-work", DCAT.contactPoint)) == 1
    )
    closed = {**steward.minimal("work"), "access_rights": f"{steward.EU}/access-right/RESTRICTED"}
    assert said(both(closed, "dcat_ap_vl_3"), f"{SITE}/dataset/minimal-work", DCT.accessRights) == [
        f"{steward.EU}/access-right/NON_PUBLIC"
    ]


def test_mobility_fills_what_it_demands_with_the_lists_own_words() -> None:
    iri = f"{SITE}/dataset/minimal-mobility"
    triples = both(steward.minimal("mobility"), "mobility_dcat_ap")
    assert said(triples, iri, DCT.accrualPeriodicity) == [f"{steward.EU}/frequency/UNKNOWN"]
    assert said(triples, iri, MOBILITY.mobilityTheme) == [f"{steward.MOBILITY}/mobility-theme/other"]
    assert said(triples, iri, DCT.spatial) == list(PORTAL.spatial)
    full = both(steward.full("mobility"), "mobility_dcat_ap")
    assert said(full, f"{SITE}/dataset/full-mobility", DCT.conformsTo) == ["http://www.opengis.net/def/crs/EPSG/0/4326"]
    file = f"{SITE}/dataset/full-mobility/resource/map"
    assert steward.full("mobility")["conforms_to"][0] in said(full, file, DCT.conformsTo)


def test_high_value_puts_the_regulation_on_files_and_services() -> None:
    iri = f"{SITE}/dataset/full-dataset"
    triples = both(steward.full("dataset"), "dcat_ap_hvd")
    law = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
    service = f"{iri}/resource/map#service"
    for subject in (iri, f"{iri}/resource/table", f"{iri}/resource/map", service):
        assert said(triples, subject, DCATAP.applicableLegislation) == [law]
    assert said(triples, service, DCAT.servesDataset) == [iri]
    assert said(triples, service, DCAT.endpointDescription) == [
        "https://geo.example/wfs?map=a&service=WFS&request=GetCapabilities"
    ]
    assert said(triples, service, DCAT.contactPoint) == said(triples, iri, DCAT.contactPoint)


def test_geoportals_get_well_known_text() -> None:
    triples = both(steward.full("dataset"), "geodcat_ap")
    shapes = [one.object for one in triples if one.predicate == DCAT.centroid]
    assert [shape.value for shape in shapes if isinstance(shape, ox.Literal)] == ["POINT (3.26 50.83)"]


def test_the_catalogue_says_who_what_where_and_which_page() -> None:
    triples, _ = page("dcat_ap_3", steward.ALL, PORTAL)
    assert set(said(triples, SITE, DCT.title)) == set(PORTAL.titles.values())
    assert set(said(triples, SITE, DCT.description)) == set(PORTAL.descriptions.values())
    for predicate in (DCT.publisher, DCAT.contactPoint, DCT.license, FOAF.homepage, DCAT.themeTaxonomy, DCT.issued):
        assert len(said(triples, SITE, predicate)) == 1
    assert len(said(triples, SITE, DCT.language)) == 3
    assert len(said(triples, SITE, DCAT.dataset)) == len(said(triples, SITE, DCAT.record)) == len(steward.ALL)
    services = said(triples, SITE, DCAT.service)
    assert f"{SITE}/api/3" in services
    assert f"{SITE}/dataset/full-work/resource/map#service" in services
    (view,) = said(triples, SITE, HYDRA.view)
    assert said(triples, view, HYDRA["next"]) == [f"{SITE}/catalog.ttl?page=23"]
    assert said(triples, view, HYDRA.totalItems) == ["250"]
    assert said(triples, f"{SITE}#contact", VCARD.hasEmail) == ["mailto:data@euro.example"]


def test_nothing_is_a_blank_node_so_that_pages_can_be_put_together() -> None:
    for name in profiles.NAMES:
        for triple in page(name, steward.ALL, PORTAL)[0]:
            assert isinstance(triple.subject, ox.NamedNode)
            assert not isinstance(triple.object, ox.BlankNode)


@pytest.mark.parametrize("form", ["nt", "turtle", "xml", "json-ld"])
def test_rdflib_reads_every_format_without_a_warning(form: str, caplog: pytest.LogCaptureFixture) -> None:
    formats = {"nt": ox.RdfFormat.N_TRIPLES, "turtle": ox.RdfFormat.TURTLE, "xml": ox.RdfFormat.RDF_XML}
    triples, _ = page("dcat_ap_3", steward.ALL, PORTAL)
    text = ox.serialize(triples, format=formats.get(form, ox.RdfFormat.JSON_LD), prefixes=profiles.PREFIXES)
    with caplog.at_level(logging.WARNING):
        graph = rdflib.Graph().parse(data=text, format=form)
    assert len(graph) == len(set(triples))
    assert not caplog.records


def test_the_full_dataset_fills_every_field_of_the_schemas() -> None:
    origin = {"harvest_source_name", "source_url", "source_modified", "harvested", "metadata_license", "guid"}
    origin |= {"unresolved", "machine_translated", "uri"}
    for kind in steward.KINDS:
        wanted = {field["field_name"] for field in made.schema(kind)["dataset_fields"]} - origin
        assert wanted <= steward.full(kind).keys()
