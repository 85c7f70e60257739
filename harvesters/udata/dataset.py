"""From a udata dataset document to our dataset dict. Monolingual (the source's language); descriptions are Markdown."""

from __future__ import annotations

import re
from typing import Any

from ckanext.harvesters.mapping import agents, formats, frequencies, geometry, licences, urls
from ckanext.harvesters.mapping.draft import Draft, without_empty
from ckanext.harvesters.mapping.json_records import Fields
from ckanext.harvesters.mapping.languages import Tag
from ckanext.harvesters.reasons import Reason
from ckanext.oslo.vocabularies import load

#: Zone ids, older ones with the day they are valid from: ``fr:commune:62119@2008-01-01`` → INSEE's IRIs.
_ZONE = re.compile(r"^fr:(commune|departement|region|epci|arrondissement|canton):([0-9AB]{1,9})(?:@[\d-]+)?$")
_INSEE = {"epci": "intercommunalite"}
_COUNTRIES = {"country:fr": "FRA", "country:be": "BEL"}
_COUNTRY = "http://publications.europa.eu/resource/authority/country/"
_SCHEMAS = "https://schema.data.gouv.fr/"
#: Where harvests before 2022 noted what ``harvest`` says since: in ``extras``, under these keys, the best first.
_OLDER = {
    "uri": ("uri",),
    "remote_url": ("remote_url", "ods:url"),
    "remote_id": ("harvest:remote_id",),
    "dct_identifier": ("dct:identifier",),
}


def map_dataset(draft: Draft, document: Fields) -> None:
    """Fill the draft from a dataset document."""
    spoken = Tag(draft.source.language)
    _texts(draft, document, spoken)
    _dates(draft, document)
    _agents(draft, document)
    _identity(draft, document)
    draft.set(
        theme=_themes(document),
        frequency=frequencies.read(draft, "frequency", document.text("frequency")),
        access_rights=_access(draft, document),
        spatial_coverage=_places(draft, document.object("spatial")),
    )
    licence = licences.read(draft, "license", document.text("license"))
    resources = [
        found for resource in document.objects("resources") if (found := _resource(draft, resource, spoken, licence))
    ]
    draft.set(resources=resources, license_id=licences.of_dataset([{"license": licence}]))


def _texts(draft: Draft, document: Fields, spoken: Tag) -> None:
    title, description = document.text("title"), document.text("description")
    draft.titles(
        "title", [(spoken, title)] if title else [], "description", [(spoken, description)] if description else []
    )
    draft.set(tags_translated=draft.keywords("tags", [(spoken, word) for word in document.texts("tags")]))


def _themes(document: Fields) -> list[str]:
    """Return the themes that tags name outright ("transports"): udata has no themes. Other tags are keywords only."""
    vocabulary = load("theme")
    return sorted({found.uri for word in document.texts("tags") if (found := vocabulary.resolve(word))})


def _access(draft: Draft, document: Fields) -> str | None:
    concept = draft.concept("access_right", "access_type", document.text("access_type"))
    return concept.uri if concept else None


def _dates(draft: Draft, document: Fields) -> None:
    temporal = document.object("temporal_coverage")
    period = {
        "start": draft.date("temporal_coverage.start", temporal.text("start")),
        "end": draft.date("temporal_coverage.end", temporal.text("end")),
    }
    harvest = document.object("harvest")
    draft.set(
        issued=draft.date("harvest.created_at", harvest.text("created_at"))
        or draft.date("created_at", document.text("created_at")),
        modified=draft.date("last_update", document.text("last_update"))
        or draft.date("last_modified", document.text("last_modified")),
        temporal_coverage=[kept] if (kept := without_empty(period)) else [],
    )


def _agents(draft: Draft, document: Fields) -> None:
    organization, owner = document.object("organization"), document.object("owner")
    if organization:
        publisher = agents.agent(
            draft,
            "organization",
            name=organization.text("name"),
            uri=organization.text("page") or organization.text("uri"),
            identifier=organization.text("business_number_id"),
        )
    else:
        # Citizens publish on data.gouv.fr too: their name, nothing else of them.
        name = " ".join(filter(None, (owner.text("first_name"), owner.text("last_name"))))
        publisher = agents.agent(draft, "owner", name=name or None)
    contacts = [
        agents.agent(
            draft, "contact_points", name=point.text("name"), email=point.text("email"), url=point.text("contact_form")
        )
        for point in document.objects("contact_points")
    ]
    draft.set(publisher=agents.publisher_or_source(draft, publisher), contact=[one for one in contacts if one][:1])


def _identity(draft: Draft, document: Fields) -> None:
    """Set identifiers. A harvested dataset keeps the ones of its first portal: that is how twins are recognised."""
    harvest, extras = document.object("harvest"), document.object("extras")

    def said(key: str) -> str | None:
        return harvest.text(key) or next(filter(None, map(extras.text, _OLDER[key])), None)

    page = draft.link("page", document.text("page"))
    own = urls.tidy(document.text("uri") or "")
    upstream = [urls.tidy(text) for key in ("uri", "remote_url") if (text := said(key))]
    identifier = draft.line("harvest.dct_identifier", said("dct_identifier"))
    remote = draft.line("harvest.remote_id", said("remote_id"))
    iri = next(filter(None, upstream), None) or page or own
    others = dict.fromkeys(filter(None, (page, *upstream, remote, draft.record.guid)))
    values: dict[str, Any] = {
        "uri": iri,
        "identifier": identifier or draft.record.guid,
        "alternate_identifier": [other for other in others if other not in (iri, identifier or draft.record.guid)],
        "url": draft.link("harvest.remote_url", said("remote_url")) or page,
    }
    draft.set(**values)


def _places(draft: Draft, spatial: Fields) -> list[dict[str, str]]:
    places: list[dict[str, str]] = []
    value = spatial.raw("geom")
    if value:
        shape = geometry.from_geojson(value, draft.teller(spatial.name("geom"), value))
        if shape is None:
            draft.warn(spatial.name("geom"), value, Reason.BAD_GEOMETRY)
        else:
            places.append({"geom": geometry.to_geojson(shape)})
    zones = spatial.raw("zones")
    for zone in zones if isinstance(zones, list) else []:
        # Ids today, objects in some answers of API version 2.
        identifier = zone.get("id") if isinstance(zone, dict) else zone
        if isinstance(identifier, str):
            places.append(_zone(draft, identifier))
        else:
            draft.warn(spatial.name("zones"), zone, Reason.WRONG_TYPE)
    return list({str(sorted(place.items())): place for place in places if place}.values())


def _zone(draft: Draft, zone: str) -> dict[str, str]:
    """Return the place of a zone: its undated id as text, and INSEE's or the EU's IRI."""
    match = _ZONE.match(zone)
    undated = draft.line("spatial.zones", zone.partition("@")[0])
    place = {"text": undated} if undated else {}
    if match:
        place["uri"] = f"http://id.insee.fr/geo/{_INSEE.get(match[1], match[1])}/{match[2]}"
    elif zone in _COUNTRIES:
        place["uri"] = _COUNTRY + _COUNTRIES[zone]
    return place


def _resource(draft: Draft, resource: Fields, spoken: Tag, licence: str | None) -> dict[str, Any] | None:
    download = draft.link(resource.name("url"), resource.text("url"))
    stable = urls.tidy(resource.text("latest") or "")
    if not download and not stable:
        draft.warn(resource.name("url"), resource.text("title") or "", Reason.NO_ADDRESS)
        return None
    hosted = resource.text("filetype") == "file"
    title, description = resource.text("title"), resource.text("description")
    checksum = resource.object("checksum")
    return without_empty(
        {
            # Files on data.gouv.fr move with every version; "latest" always leads to the present one.
            "url": (stable if hosted else None) or download or stable,
            "download_url": download if hosted else None,
            "name_translated": draft.translated(resource.name("title"), [(spoken, title)] if title else []),
            "description_translated": draft.translated(
                resource.name("description"), [(spoken, description)] if description else [], prose=True
            ),
            "format": formats.read(
                draft, resource.name("format"), [resource.text("format"), resource.text("mime")], download
            ),
            "mimetype": formats.mimetype(resource.text("mime")),
            "size": resource.number("filesize"),
            "license": licence,
            "issued": draft.date(resource.name("created_at"), resource.text("created_at")),
            "modified": draft.date(resource.name("last_modified"), resource.text("last_modified")),
            "conforms_to": _schema(resource.object("schema")),
            "hash": draft.line(checksum.name("value"), checksum.text("value")),
            "hash_algorithm": _algorithm(checksum),
        }
    )


def _schema(schema: Fields) -> list[str]:
    """Return the address of a file's schema: the one it names, or that of its name at schema.data.gouv.fr."""
    address = urls.tidy(schema.text("url") or "")
    name = schema.text("name")
    if address:
        return [address]
    return [found] if name and (found := urls.tidy(f"{_SCHEMAS}{name.strip()}/")) else []


def _algorithm(checksum: Fields) -> str | None:
    kind = (checksum.text("type") or "").lower().replace("-", "")
    known = kind in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
    return f"http://spdx.org/rdf/terms#checksumAlgorithm_{kind}" if known and checksum.text("value") else None
