"""From a CKAN dataset dict to ours: CKAN's own fields, ckanext-dcat's, fluent's translations, mobilityDCAT's.

Field names are those of ckanext-dcat (as fields or as extras), and of the Belgian access point's schema, the older and
the newer one. Values that are lists may come as JSON in a string: that is how extras hold them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckanext.harvesters.ckan_api import mobility
from ckanext.harvesters.mapping import agents, formats, frequencies, geometry, json_records, licences, themes, urls
from ckanext.harvesters.mapping.draft import Draft, in_order, without_empty
from ckanext.harvesters.mapping.json_records import Fields
from ckanext.harvesters.mapping.languages import Tag, tag
from ckanext.harvesters.reasons import Reason


def map_dataset(draft: Draft, document: Fields) -> None:
    """Fill the draft from a dataset dict with its extras as fields."""
    draft.titles("title", translated(document, "title"), "notes", translated(document, "notes"))
    draft.set(
        tags_translated=draft.keywords("tags", _tags(document, draft.source.language)),
        version=draft.line("version", document.text("version")),
        version_notes=draft.prose("version_notes", document.text("version_notes")),
        provenance=draft.prose("provenance", document.text("provenance")),
    )
    _concepts(draft, document)
    _dates(draft, document)
    _agents(draft, document)
    _identity(draft, document)
    draft.set(spatial_coverage=_places(draft, document))
    licence = licences.read(
        draft,
        "license_id",
        *(document.text(key) for key in ("license_id", "license_url", "license_title", "license")),
    )
    resources = [made for file in document.objects("resources") if (made := _resource(draft, file, licence))]
    draft.set(resources=resources, license_id=licences.of_dataset([{"license": licence}] if licence else resources))
    mobility.read(draft, document)


def translated(fields: Fields, key: str) -> list[tuple[Tag, str]]:
    """Return a text in its languages: ``key_translated`` or ``key`` as an object, or ``key`` in the source's."""
    for name in (f"{key}_translated", key):
        value = _unpacked(fields.raw(name))
        if isinstance(value, dict):
            texts = [(tag(code), text) for code, text in value.items() if isinstance(text, str) and text.strip()]
            if texts:
                return texts
    plain = fields.raw(key)
    if plain is None or isinstance(plain, str):
        return [(Tag(None), plain)] if plain and plain.strip() else []
    text = None if isinstance(plain, dict) else fields.text(key)
    return [(Tag(None), text)] if text else []


def values(fields: Fields, key: str) -> list[str]:
    """Return a list of texts, also when it comes as JSON in a string, or as one text."""
    value = _unpacked(fields.raw(key))
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [one for one in value if isinstance(one, str) and one.strip()]
    if isinstance(value, dict):
        # transportdata.be: broad theme → its narrower ones
        return [
            *value,
            *(one for inner in value.values() if isinstance(inner, list) for one in inner if isinstance(one, str)),
        ]
    if value is not None:
        return fields.texts(key)  # reports the kind
    return []


def _unpacked(value: Any) -> Any:
    """Return what JSON in a string holds; a text that is none stays itself."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            return json_records.parse(value.encode("utf-8", "replace"))
        except ValueError:
            return value
    return value


def _tags(document: Fields, language: str) -> Iterable[tuple[Tag, str]]:
    """Return the keywords: names of tags, texts, or lists by language (fluent)."""
    fluent = _unpacked(document.raw("tags_translated") or document.raw("keywords"))
    if isinstance(fluent, dict):
        found = [(tag(code), word) for code, words in fluent.items() if isinstance(words, list) for word in words]
        return [(kind, word) for kind, word in found if isinstance(word, str)]
    said = document.raw("tags")
    words = said if isinstance(said, list) else [said] if isinstance(said, str) else []
    named = [one.get("display_name") or one.get("name") if isinstance(one, dict) else one for one in words]
    return [(Tag(language), word) for word in named if isinstance(word, str)]


def _concepts(draft: Draft, document: Fields) -> None:
    groups = [group.text("title") or group.text("name") or "" for group in document.objects("groups")]
    said = values(document, "theme")
    # Groups are themes on many portals, and projects or partners on others: only what is a theme is one.
    found = {uri for group in groups if group for uri in themes.find(group)}
    hvd = values(document, "hvd_category")
    rights = draft.uris("access_right", "access_rights", values(document, "access_rights"))
    draft.set(
        theme=sorted({*themes.read(draft, "theme", said), *found}),
        hvd_category=sorted(one for one in hvd if one.startswith("http://data.europa.eu/bna/")),
        applicable_legislation=_links(values(document, "applicable_legislation")),
        frequency=frequencies.read(draft, "frequency", document.text("frequency")),
        access_rights=rights[0] if rights else None,
        language=draft.uris("language", "language", values(document, "language")),
        conforms_to=_links(values(document, "conforms_to")),
        documentation=_links(values(document, "documentation")),
        subject=_links(values(document, "subject")),
    )


def _links(said: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found for one in said if (found := urls.tidy(one))))


def _dates(draft: Draft, document: Fields) -> None:
    starts = [draft.date(key, document.text(key)) for key in ("temporal_start", "temporal_start_date")]
    ends = [draft.date(key, document.text(key)) for key in ("temporal_end", "temporal_end_date")]
    period = without_empty({"start": next(filter(None, starts), None), "end": next(filter(None, ends), None)})
    listed = isinstance(document.raw("temporal_coverage"), list)
    periods = [
        without_empty(
            {
                "start": draft.date("temporal_coverage.start", one.text("start")),
                "end": draft.date("temporal_coverage.end", one.text("end")),
            }
        )
        for one in (document.objects("temporal_coverage") if listed else [])
    ]
    kept = [one for one in (period, *periods) if one]
    draft.set(
        issued=draft.date("issued", document.text("issued")),
        modified=draft.date("modified", document.text("modified")),
        temporal_coverage=in_order(kept),
    )


def _first(document: Fields, *keys: str) -> str | None:
    return next(
        (text for key in keys if not isinstance(document.raw(key), dict | list) and (text := document.text(key))), None
    )


def _agents(draft: Draft, document: Fields) -> None:
    organization = document.object("organization")
    stated = agents.agent(
        draft,
        "publisher",
        name=_first(document, "publisher_org", "publisher_name"),
        uri=urls.tidy(_first(document, "publisher_uri") or ""),
        email=_first(document, "publisher_email"),
        url=urls.tidy(_first(document, "publisher_url") or ""),
        kind=_first(document, "publisher_type"),
    )
    titles = translated(organization, "title")
    named = {kind.language: text for kind, text in titles}
    own = agents.agent(draft, "organization", name=named.get(draft.source.language) or next(iter(named.values()), None))
    contact = agents.agent(
        draft,
        "contact",
        name=_first(document, "contact_point_name", "contact_name", "maintainer", "author"),
        email=_first(document, "contact_point_email", "contact_email", "maintainer_email", "author_email"),
        url=urls.tidy(_first(document, "contact_point_url", "contact_url") or ""),
    )
    draft.set(
        publisher=agents.publisher_or_source(draft, stated if stated and "name" in stated else own),
        contact=[contact] if contact else [],
    )


def _identity(draft: Draft, document: Fields) -> None:
    """Set identifiers: a dataset that was harvested into the other CKAN keeps those of its first portal."""
    iri = urls.tidy(_first(document, "uri") or "") or draft.record.url
    identifier = draft.line("identifier", _first(document, "identifier", "guid")) or draft.record.guid
    others = [draft.record.guid, draft.record.url, *values(document, "alternate_identifier")]
    draft.set(
        uri=iri,
        identifier=identifier,
        alternate_identifier=[one for one in dict.fromkeys(filter(None, others)) if one not in (iri, identifier)],
        url=urls.tidy(_first(document, "landing_page", "url") or "") or draft.record.url,
    )


def _places(draft: Draft, document: Fields) -> list[dict[str, str]]:
    found: list[dict[str, str | None]] = []
    for key in ("spatial", "spatial_bbox", "spatial_geom"):
        value = _unpacked(document.raw(key))
        tell = draft.teller(key, value)
        shape = geometry.from_literal(value, tell) if isinstance(value, str) else geometry.from_geojson(value, tell)
        if shape is not None:
            found.append({"geom": geometry.to_geojson(shape)})
        elif isinstance(value, dict):
            draft.warn(key, value, Reason.BAD_GEOMETRY)
        elif isinstance(value, str) and value.strip():
            found.append({"text": draft.line(key, value)})
    for value in (*values(document, "geo_area"), *values(document, "spatial_uri"), *values(document, "region")):
        address = urls.tidy(value)
        found.append({"uri": address} if address else {"text": draft.line("geo_area", value)})
    return in_order(kept for place in found if (kept := without_empty(place)))


def _resource(draft: Draft, file: Fields, licence: str | None) -> dict[str, Any] | None:
    address = draft.link(file.name("url"), file.text("url"))
    download = urls.tidy(file.text("download_url") or "")
    if not address and not download:
        draft.warn(file.name("url"), file.text("name") or "", Reason.NO_ADDRESS)
        return None
    stated = _first(file, "license", "license_type")
    own = licences.read(draft, file.name("license"), stated) if stated else None
    uploaded = file.text("url_type") == "upload"
    return without_empty(
        {
            "url": address or download,
            "download_url": download or (address if uploaded else None),
            "name_translated": draft.translated(file.name("name"), translated(file, "name")),
            "description_translated": draft.translated(
                file.name("description"), translated(file, "description"), prose=True
            ),
            "format": formats.read(draft, file.name("format"), [file.text("format"), file.text("mimetype")], address),
            "mimetype": formats.mimetype(file.text("mimetype")),
            "size": file.number("size"),
            "license": own or licence,
            "rights": draft.prose(file.name("rights"), _first(file, "rights")),
            "issued": draft.date(file.name("created"), file.text("issued") or file.text("created")),
            "modified": draft.date(file.name("last_modified"), file.text("modified") or file.text("last_modified")),
            "language": draft.uris("language", file.name("language"), values(file, "resource_language")),
            "conforms_to": _links(values(file, "conforms_to")),
            "hash": draft.line(file.name("hash"), _first(file, "hash")),
            **mobility.of_file(draft, file),
        }
    )
