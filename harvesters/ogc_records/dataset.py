"""From a record of OGC API Records (OGC 20-004r1, part 1, "record core") to our dataset dict."""

from __future__ import annotations

from typing import Any

from ckanext.harvesters.mapping import agents, formats, geometry, licences, themes, urls
from ckanext.harvesters.mapping.draft import Draft, in_order, without_empty
from ckanext.harvesters.mapping.json_records import Fields
from ckanext.harvesters.mapping.languages import Tag, tag
from ckanext.harvesters.reasons import Reason
from ckanext.oslo.vocabularies import load

#: Relations of a link to what is about the record, or about the list it stands in.
_NO_FILES = frozenset(
    {"self", "alternate", "canonical", "collection", "root", "parent", "next", "prev", "up", "license", "icon",
     "preview", "thumbnail", "related", "service-desc", "conformance", "queryables", "http://www.w3.org/ns/dcat#record"}
)  # fmt: skip
_DOCUMENTS = frozenset({"describedby", "about", "help", "documentation", "service-doc", "glossary"})
#: Roles of a contact by how near they are to publishing.
_ROLES = ("publisher", "owner", "custodian", "resourceProvider", "distributor", "author", "pointOfContact")


def map_dataset(draft: Draft, document: Fields) -> None:
    """Fill the draft from a record."""
    about = document.object("properties")
    spoken = _language(about) or Tag(None)
    title, description = about.text("title"), about.text("description")
    draft.titles(
        "properties.title",
        [(spoken, title)] if title else [],
        "properties.description",
        [(spoken, description)] if description else [],
    )
    licence = licences.read(draft, "properties.license", about.text("license"), _linked(document, "license"))
    resources, documents = _links(draft, document, licence, spoken)
    draft.set(
        tags_translated=draft.keywords("properties.keywords", [(spoken, word) for word in about.texts("keywords")]),
        **_concepts(draft, about),
        issued=draft.date("properties.created", about.text("created")),
        modified=draft.date("properties.updated", about.text("updated")),
        temporal_coverage=_period(draft, document),
        spatial_coverage=_places(draft, document),
        **_agents(draft, about),
        **_identity(draft, document, about),
        resources=resources,
        documentation=documents,
        license_id=licences.of_dataset([{"license": licence}]),
    )


def _language(about: Fields) -> Tag | None:
    """Return the language of the record's texts; older drafts have it as a text, the standard as an object."""
    said = about.raw("language")
    code = said.get("code") if isinstance(said, dict) else said
    return tag(code) if isinstance(code, str) else None


def _concepts(draft: Draft, about: Fields) -> dict[str, Any]:
    """Read the themes: concepts of a scheme, some of which are EU themes, EuroVoc's or INSPIRE's."""
    found: set[str] = set()
    subjects: set[str] = set()
    categories: set[str] = set()
    for theme in about.objects("themes"):
        scheme = theme.text("scheme") or ""
        for concept in theme.objects("concepts"):
            said = concept.text("url") or concept.text("id") or ""
            address = said if said.startswith("http") else f"{scheme.rstrip('/')}/{said}" if scheme else said
            if "eurovoc.europa.eu" in address or "/gemet/" in address:
                subjects.add(address)
            elif load("hvd_category").get(address):
                categories.add(address)
            else:
                known = themes.find(address) or themes.find(said)
                found.update(known)
                if not known:
                    draft.unknown("properties.themes", said)
    languages = [one.text("code") for one in about.objects("resourceLanguages")]
    return {
        "theme": sorted(found),
        "subject": sorted(subjects),
        "hvd_category": sorted(categories),
        "language": draft.uris("language", "properties.resourceLanguages", languages),
    }


def _period(draft: Draft, document: Fields) -> list[dict[str, str]]:
    """Read when the data is about: a day, a moment, or from–to with ``..`` for an open end."""
    time = document.raw("time")
    if not isinstance(time, dict):
        return []
    interval = time.get("interval")
    if isinstance(interval, list) and len(interval) == 2:
        ends = interval
    else:
        ends = [time.get("date") or time.get("timestamp")] * 2
    start, end = (one if isinstance(one, str) and one != ".." else None for one in ends)
    period = {"start": draft.date("time", start), "end": draft.date("time", end)}
    kept = without_empty(period)
    return [kept] if kept else []


def _places(draft: Draft, document: Fields) -> list[dict[str, str]]:
    value = document.raw("geometry")
    if not value:
        return []
    shape = geometry.from_geojson(value, draft.teller("geometry", value))
    if shape is None:
        draft.warn("geometry", value, Reason.BAD_GEOMETRY)
        return []
    return [{"geom": geometry.to_geojson(shape)}]


def _agents(draft: Draft, about: Fields) -> dict[str, Any]:
    contacts = about.objects("contacts")

    def rank(contact: Fields) -> int:
        roles = contact.texts("roles")
        return min((_ROLES.index(role) for role in roles if role in _ROLES), default=len(_ROLES))

    ranked = sorted(contacts, key=rank)
    first = next((one for one in ranked if one.text("organization") or one.text("name")), None)
    answering = next((one for one in sorted(ranked, key=rank, reverse=True) if _mail(one)), None)
    publisher = _agent(draft, first) if first else None
    contact = _agent(draft, answering, _mail(answering)) if answering else None
    return {
        "publisher": agents.publisher_or_source(draft, publisher),
        "contact": [contact] if contact else [],
    }


def _agent(draft: Draft, contact: Fields, mail: str | None = None) -> dict[str, str] | None:
    identifier = contact.text("identifier")
    home = next((link.text("href") for link in contact.objects("links")), None)
    return agents.agent(
        draft,
        "properties.contacts",
        name=contact.text("organization") or contact.text("name"),
        uri=urls.tidy(identifier) if identifier and identifier.startswith("http") else None,
        identifier=identifier if identifier and not identifier.startswith("http") else None,
        email=mail,
        url=urls.tidy(home or ""),
    )


def _mail(contact: Fields) -> str | None:
    return next((value for one in contact.objects("emails") if (value := one.text("value"))), None)


def _identity(draft: Draft, document: Fields, about: Fields) -> dict[str, Any]:
    """Set identifiers: those the record had elsewhere first, its own beside them."""
    others = [line for one in about.objects("externalIds") if (line := one.text("value"))]
    others = [line for one in others if (line := draft.line("properties.externalIds", one))]
    guid = draft.record.guid
    iri = next((found for one in (*others, guid) if one.startswith("http") and (found := urls.tidy(one))), None)
    identifier = others[0] if others else guid
    return {
        "uri": iri,
        "identifier": identifier,
        "alternate_identifier": sorted({*others, guid} - {identifier}),
        "url": draft.record.url,
    }


def _linked(document: Fields, relation: str) -> str | None:
    return next((link.text("href") for link in document.objects("links") if link.text("rel") == relation), None)


def _links(draft: Draft, document: Fields, licence: str | None, spoken: Tag) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the files and services a record leads to, and the addresses of what is written about it."""
    resources: list[dict[str, Any]] = []
    documents: list[str] = []
    for link in document.objects("links"):
        relation = link.text("rel") or ""
        if relation in _NO_FILES:
            continue
        address = urls.tidy(link.text("href") or "")
        if address is None:
            draft.warn(link.name("href"), link.text("href") or link.text("title") or "", Reason.NO_ADDRESS)
        elif relation in _DOCUMENTS:
            documents.append(address)
        else:
            resources.append(_resource(draft, link, address, licence, spoken))
    distinct = in_order(resources)
    distinct.sort(key=lambda made: (formats.rank(made.get("format")), made["url"]))
    return distinct, list(dict.fromkeys(documents))


def _resource(draft: Draft, link: Fields, address: str, licence: str | None, spoken: Tag) -> dict[str, Any]:
    title, media = link.text("title"), link.text("type")
    said = link.text("protocol")
    return without_empty(
        {
            "url": address,
            "download_url": address if link.text("rel") == "enclosure" else None,
            "name_translated": draft.translated(link.name("title"), [(spoken, title)] if title else []),
            "format": formats.read(draft, link.name("type"), [said, media], address),
            "mimetype": formats.mimetype(media),
            "size": link.number("length"),
            "license": licence,
        }
    )
