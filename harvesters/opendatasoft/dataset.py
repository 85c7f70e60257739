"""From an Opendatasoft dataset document to our dataset dict.

Documents have templates of metadata (``metas``): ``default`` always, ``dcat``, ``inspire`` and ``custom`` where the
portal's owner switched them on. Names of the fields in those are known from portals, not from the vendor's reference.
"""

from __future__ import annotations

from typing import Any

from ckanext.harvesters.mapping import agents, frequencies, geometry, licences, themes, urls
from ckanext.harvesters.mapping.draft import Draft, without_empty
from ckanext.harvesters.mapping.json_records import Fields
from ckanext.harvesters.mapping.languages import Tag, tag
from ckanext.harvesters.opendatasoft.files import files
from ckanext.harvesters.reasons import Reason

#: Codes of places that say no more than "somewhere in this country".
_WIDE = ("world", "world_be", "world_fr")


def map_dataset(draft: Draft, document: Fields, base: str, domain: str) -> None:
    """Fill the draft from a dataset document.

    ``base`` is the portal's address, ``domain`` its own host name: IRIs are made with it, so that a dataset keeps its
    IRI wherever it was read.
    """
    metas = document.object("metas")
    default, dcat, inspire = metas.object("default"), metas.object("dcat"), metas.object("inspire")
    slug = urls.segment(document.text("dataset_id") or "")
    language = tag(default.text("language")).language or draft.source.language
    _texts(draft, default, Tag(language))
    _concepts(draft, default, dcat)
    _dates(draft, default, dcat)
    _agents(draft, default, dcat)
    _identity(draft, default, slug, base, domain)
    draft.set(spatial_coverage=_places(draft, default, dcat, inspire))
    licence = licences.read(
        draft, "metas.default.license", default.text("license"), default.text("license_url"), dcat.text("license")
    )
    resources = files(draft, document, f"{base}/api/explore/v2.1/catalog/datasets/{slug}", language, licence)
    draft.set(resources=resources, license_id=licences.of_dataset([{"license": licence}]))


def _texts(draft: Draft, default: Fields, language: Tag) -> None:
    title, description = default.text("title"), default.text("description")
    words = [word for text in default.texts("keyword") for word in text.split(";")]
    draft.titles(
        default.name("title"),
        [(language, title)] if title else [],
        default.name("description"),
        [(language, description)] if description else [],
    )
    draft.set(
        tags_translated=draft.keywords(default.name("keyword"), [(language, word) for word in words]),
        provenance=_origin(draft, default),
    )


def _origin(draft: Draft, default: Fields) -> str | None:
    """Return whom the portal names for data it passes on: attributions, and the portal a federated set comes from."""
    said = [line for text in default.texts("attributions") if (line := draft.line(default.name("attributions"), text))]
    title = draft.line(default.name("source_domain_title"), default.text("source_domain_title"))
    address = draft.line(default.name("source_domain_address"), default.text("source_domain_address"))
    if address:
        said.append(f"{title} ({address})" if title else address)
    return "\n\n".join(said) or None


def _concepts(draft: Draft, default: Fields, dcat: Fields) -> None:
    draft.set(
        theme=themes.read(draft, default.name("theme"), default.texts("theme")),
        frequency=frequencies.read(
            draft,
            dcat.name("accrualperiodicity"),
            dcat.text("accrualperiodicity"),
            default.text("update_frequency"),
        ),
        language=draft.uris("language", default.name("language"), [default.text("language")]),
        conforms_to=[address for text in dcat.texts("conforms_to") if (address := urls.tidy(text))],
    )


def _dates(draft: Draft, default: Fields, dcat: Fields) -> None:
    period = draft.period(dcat.name("temporal"), dcat.text("temporal"))
    modified = draft.date(default.name("modified"), default.text("modified"))
    issued = draft.date(dcat.name("issued"), dcat.text("issued")) or draft.date(
        dcat.name("created"), dcat.text("created")
    )
    draft.set(
        modified=modified,
        # ODWB's DCAT repeats the last change as the issue; a true one is older.
        issued=issued if issued != modified else None,
        temporal_coverage=[period] if period else [],
    )


def _agents(draft: Draft, default: Fields, dcat: Fields) -> None:
    publisher = agents.agent(draft, "metas.default.publisher", name=default.text("publisher"))
    creator = agents.agent(draft, "metas.dcat.creator", name=dcat.text("creator"))
    contact = agents.agent(
        draft, "metas.dcat.contact", name=dcat.text("contact_name"), email=dcat.text("contact_email")
    )
    draft.set(
        publisher=agents.publisher_or_source(draft, publisher or creator),
        creator=[creator] if creator and creator != publisher else [],
        contact=[contact] if contact else [],
    )


def _identity(draft: Draft, default: Fields, slug: str, base: str, domain: str) -> None:
    """Set IRI and pages; of a federated dataset the IRI at its own portal too, where it may also be read."""
    iri = f"https://{domain}/explore/dataset/{slug}/"
    others = []
    source, host = default.text("source_dataset"), default.text("source_domain_address")
    if source and host and (origin := urls.tidy(f"https://{host.strip()}/explore/dataset/{urls.segment(source)}/")):
        others.append(origin)
    references = [address for text in default.texts("references") if (address := _reference(text))]
    values: dict[str, Any] = {
        "uri": iri,
        "identifier": iri,
        "alternate_identifier": [other for other in others if other != iri],
        "url": f"{base}/explore/dataset/{slug}/",
        "documentation": [*references, f"{base}/explore/dataset/{slug}/api/"],
    }
    draft.set(**values)


def _reference(text: str) -> str | None:
    """Return a reference that is an address; people also write "SPF Finances" there, which is no document."""
    return urls.tidy(text) if text.strip().startswith(("http", "www.")) else None


def _places(draft: Draft, default: Fields, dcat: Fields, inspire: Fields) -> list[dict[str, str]]:
    places: list[dict[str, str | None]] = []
    for fields, key in ((default, "geographic_area"), (default, "bbox"), (inspire, "bbox")):
        shape = _shape(draft, fields, key)
        if shape:
            places.append({"geom": shape})
    names = [*default.texts("territory"), *dcat.texts("spatial")]
    places += [{"text": draft.line(default.name("territory"), name)} for name in dict.fromkeys(names)]
    for code in default.texts("geographic_reference"):
        if code not in _WIDE:
            draft.unknown(default.name("geographic_reference"), code)
    return [kept for place in places if (kept := without_empty(place))]


def _shape(draft: Draft, fields: Fields, key: str) -> str | None:
    value = fields.raw(key)
    if not value:
        return None
    tell = draft.teller(fields.name(key), value)
    if isinstance(value, list) and len(value) == 4 and all(isinstance(edge, int | float) for edge in value):
        west, south, east, north = value
        shape = geometry.from_box(west, south, east, north, tell)
    else:
        shape = geometry.from_literal(value, tell) if isinstance(value, str) else geometry.from_geojson(value, tell)
    if shape is None:
        draft.warn(fields.name(key), value, Reason.BAD_GEOMETRY)
        return None
    return geometry.to_geojson(shape)
