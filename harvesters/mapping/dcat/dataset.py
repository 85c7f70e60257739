"""From a DCAT dataset's statements to our dataset dict.

Written for DCAT-AP-VL as Metadata Vlaanderen sends it, and good for any DCAT: what another portal does not say is
simply not there.
"""

from __future__ import annotations

from typing import Any

from ckanext.harvesters.mapping import agents, frequencies, licences, themes, urls
from ckanext.harvesters.mapping.dcat.distribution import distributions, licence_of
from ckanext.harvesters.mapping.dcat.graph import Graph, Node, is_absolute
from ckanext.harvesters.mapping.dcat.places import places
from ckanext.harvesters.mapping.draft import Draft, in_order
from ckanext.oslo.vocabularies import load

_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
_HVD = "http://data.europa.eu/bna/"
#: "This is Flemish open data": what Datavindplaats' own filter goes by where dct:accessRights is missing.
_OPEN = "GDI-Vlaanderen-Trefwoorden/VLOPENDATA"


def map_dataset(draft: Draft, graph: Graph, node: Node) -> None:
    """Fill the draft with what the graph says of a dataset."""
    _texts(draft, graph, node)
    _concepts(draft, graph, node)
    _dates(draft, graph, node)
    _agents(draft, graph, node)
    _identity(draft, graph, node)
    draft.set(spatial_coverage=places(draft, graph, node))
    resources = distributions(draft, graph, node)
    _license(draft, graph, node, resources)
    draft.set(resources=resources, license_id=licences.of_dataset(resources))


def _license(draft: Draft, graph: Graph, node: Node, resources: list[dict[str, Any]]) -> None:
    """Give files without a licence the one some feeds put on the dataset, where DCAT-AP does not have it."""
    bare = [resource for resource in resources if not resource.get("license")]
    found, words = licence_of(draft, graph, node) if bare else (None, [])
    for resource in bare:
        resource.update({"license": found} if found else {})
        if words:
            resource["rights"] = "\n\n".join(filter(None, (resource.get("rights"), *words)))


def _texts(draft: Draft, graph: Graph, node: Node) -> None:
    draft.titles("dct:title", graph.texts(node, "dct:title"), "dct:description", graph.texts(node, "dct:description"))
    keywords = graph.texts(node, "dcat:keyword", "dct:subject")
    draft.set(
        tags_translated=draft.keywords("dcat:keyword", keywords),
        version=draft.line("owl:versionInfo", graph.text(node, "owl:versionInfo", "dcat:version")),
        version_notes=draft.prose("adms:versionNotes", graph.text(node, "adms:versionNotes")),
        provenance=_provenance(draft, graph, node),
    )


def _provenance(draft: Draft, graph: Graph, node: Node) -> str | None:
    """Return the words of the provenance statements; an address (of a formatter, in the feed) says nothing."""
    said = {text for _, text in graph.texts(node, "dct:provenance")}
    for statement in graph.nodes(node, "dct:provenance"):
        words = graph.label(statement, draft.source.language) or graph.text(statement, "dct:description")
        said.update({words} if words else ())
    return draft.prose("dct:provenance", "\n\n".join(sorted(said)) or None)


def _concepts(draft: Draft, graph: Graph, node: Node) -> None:
    theme_values, subjects, hvd = [], set(), set(graph.iris(node, "dcatap:hvdCategory"))
    for theme in graph.nodes(node, "dcat:theme"):
        value = _concept_value(draft, graph, theme)
        if value and value.startswith(("http://eurovoc.europa.eu/", "http://www.eionet.europa.eu/gemet/")):
            subjects.add(value)
        elif value:
            theme_values.append(value)
    theme_values += [text for _, text in graph.texts(node, "dcat:theme")]
    for value in filter(None, map(graph.iri, graph.nodes(node, "dct:subject"))):
        if value.startswith(_HVD):
            hvd.add(value)
        elif is_absolute(value) and "Administratieve-Eenheden" not in value:
            subjects.add(value)
    rights = draft.uris("access_right", "dct:accessRights", graph.iris(node, "dct:accessRights"))
    open_data = any(status.endswith(_OPEN) for status in graph.iris(node, "mdcat:statuut"))
    draft.set(
        theme=themes.read(draft, "dcat:theme", sorted(theme_values)),
        subject=sorted(subjects),
        hvd_category=in_order(value for value in hvd if load("hvd_category").get(value) or is_absolute(value)),
        applicable_legislation=_addresses(graph.iris(node, "dcatap:applicableLegislation")),
        frequency=frequencies.read(draft, "dct:accrualPeriodicity", *_words(draft, graph, node)),
        access_rights=min(rights, default=_PUBLIC if open_data else None),
        language=draft.uris("language", "dct:language", graph.iris(node, "dct:language")),
        conforms_to=_addresses(graph.iris(node, "dct:conformsTo")),
        documentation=_addresses(graph.iris(node, "foaf:page")),
        dcat_type=next(iter(_dataset_types(graph, node)), None),
    )


def _concept_value(draft: Draft, graph: Graph, node: Node) -> str | None:
    """Return a concept's IRI where our vocabularies or a person can use it, else its label."""
    iri = graph.iri(node)
    return iri if iri and is_absolute(iri) else graph.label(node, draft.source.language) or graph.words(node)


def _words(draft: Draft, graph: Graph, node: Node) -> list[str]:
    """Return what is said about the frequency: IRIs, literals, and the labels of nodes without IRI."""
    said = graph.iris(node, "dct:accrualPeriodicity")
    for concept in graph.nodes(node, "dct:accrualPeriodicity"):
        label = graph.label(concept, draft.source.language)
        said += [label] if label else []
    return sorted(said)


def _dataset_types(graph: Graph, node: Node) -> list[str]:
    vocabulary = load("dataset_type")
    return sorted(found.uri for value in graph.iris(node, "dct:type") if (found := vocabulary.resolve(value)))


def _dates(draft: Draft, graph: Graph, node: Node) -> None:
    issued = [draft.date("dct:issued", text) for _, text in graph.texts(node, "dct:issued")]
    created = [draft.date("dct:created", text) for _, text in graph.texts(node, "dct:created")]
    modified = [draft.date("dct:modified", text) for _, text in graph.texts(node, "dct:modified")]
    periods = []
    written = [words for _, words in graph.texts(node, "dct:temporal")]
    for period in graph.nodes(node, "dct:temporal"):
        label = graph.words(period) or graph.label(period, draft.source.language)
        ends = {
            "start": draft.date("dcat:startDate", graph.text(period, "dcat:startDate", "schema:startDate")),
            "end": draft.date("dcat:endDate", graph.text(period, "dcat:endDate", "schema:endDate")),
        }
        periods.append({end: value for end, value in ends.items() if value})
        written += [label] if label and not periods[-1] else []
    # GeoNetwork writes 2010-01-01/2012-12-31 as a literal.
    periods += [period for words in written if (period := draft.period("dct:temporal", words))]
    draft.set(
        # The feed repeats dates (dcattools "duplicate dates"): the first issue, the last change.
        issued=min(filter(None, issued), default=min(filter(None, created), default=None)),
        modified=max(filter(None, modified), default=None),
        temporal_coverage=in_order(period for period in periods if period),
        spatial_resolution_in_meters=_resolutions(graph, node),
    )


def _resolutions(graph: Graph, node: Node) -> list[float]:
    found = set()
    for _, text in graph.texts(node, "dcat:spatialResolutionInMeters"):
        try:
            number = float(text.strip())
        except ValueError:
            continue
        if 0 < number < 1e8:
            found.add(number)
    return sorted(found)


def _agents(draft: Draft, graph: Graph, node: Node) -> None:
    publishers = [_agent(draft, graph, "dct:publisher", agent) for agent in graph.nodes(node, "dct:publisher")]
    publishers += [agents.agent(draft, "dct:publisher", name=text) for _, text in graph.texts(node, "dct:publisher")]
    creators = [_agent(draft, graph, "dct:creator", agent) for agent in graph.nodes(node, "dct:creator")]
    contacts = [_contact(draft, graph, contact) for contact in graph.nodes(node, "dcat:contactPoint")]
    draft.set(
        publisher=agents.publisher_or_source(draft, _best(publishers, "name")),
        creator=[creator] if (creator := _best(creators, "name")) and "name" in creator else [],
        contact=[contact] if (contact := _best(contacts, "email")) else [],
    )


def _best(found: list[dict[str, str] | None], key: str) -> dict[str, str] | None:
    """Return the agent that has a key and says most; of equals, the first in alphabetical order."""
    return min(
        filter(None, found),
        key=lambda agent: (key not in agent, -len(agent), sorted(agent.items())),
        default=None,
    )


def _agent(draft: Draft, graph: Graph, field: str, node: Node) -> dict[str, str] | None:
    iri = graph.iri(node)
    return agents.agent(
        draft,
        field,
        name=graph.label(node, draft.source.language) or graph.words(node),
        uri=iri if iri and iri.startswith("http") else None,
        email=next(iter(graph.iris(node, "foaf:mbox", "vcard:hasEmail")), None),
        url=_page(graph, node, "foaf:homepage", "foaf:workplaceHomepage", "foaf:workPlaceHomepage"),
        kind=next((kind for kind in graph.iris(node, "dct:type") if is_absolute(kind)), None),
        identifier=graph.text(node, "dct:identifier"),
    )


def _contact(draft: Draft, graph: Graph, node: Node) -> dict[str, str] | None:
    mails = graph.iris(node, "vcard:hasEmail", "vcard:email")
    for mail in graph.nodes(node, "vcard:hasEmail"):
        mails += graph.iris(mail, "vcard:value")
    return agents.agent(
        draft,
        "dcat:contactPoint",
        name=graph.label(node, draft.source.language),
        email=next((mail for mail in sorted(mails) if urls.email(mail)), min(mails, default=None)),
        url=_page(graph, node, "vcard:hasURL", "vcard:url", "foaf:page"),
    )


def _page(graph: Graph, node: Node, *names: str) -> str | None:
    found = graph.iris(node, *names)
    return next((page for page in found if urls.tidy(page)), found[0] if found else None)


def _identity(draft: Draft, graph: Graph, node: Node) -> None:
    """Set identifiers and pages. The catalogue record's own id is not the dataset's: it goes among the others."""
    identifiers = sorted({text.strip() for _, text in graph.texts(node, "dct:identifier")})
    others = set(identifiers[1:])
    for identifier in graph.nodes(node, "adms:identifier"):
        others.update({notation} if (notation := graph.text(identifier, "skos:notation")) else ())
    for record in graph.of_type("dcat:CatalogRecord"):
        if draft.record.guid in graph.iris(record, "foaf:primaryTopic"):
            others.update({own} if (own := graph.text(record, "dct:identifier")) else ())
    identifier = draft.line("dct:identifier", identifiers[0] if identifiers else draft.record.guid)
    read = {draft.line("adms:identifier", other) for other in others} - {None, identifier}
    pages = [draft.link("dcat:landingPage", page) for page in graph.iris(node, "dcat:landingPage")]
    values: dict[str, Any] = {
        "uri": _iri(draft.record.guid),
        "identifier": identifier,
        "alternate_identifier": sorted(filter(None, read)),
        "url": next(filter(None, pages), None) or draft.record.url,
    }
    draft.set(**values)


def _iri(guid: str) -> str | None:
    """Return a dataset's IRI; one without is known by its identifier, which is none."""
    return urls.tidy(guid) or (guid if is_absolute(guid) else None)


def _addresses(values: list[str]) -> list[str]:
    """Return the web addresses among IRIs; data.gov.be's stand-ins for blank nodes are none."""
    return [found for value in values if "/.well-known/genid/" not in value and (found := urls.tidy(value))]
