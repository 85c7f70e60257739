"""From a dataset of transport.data.gouv.fr to our dataset dict. French; nulls are left out of its answers."""

from __future__ import annotations

from typing import Any

from ckanext.harvesters.mapping import agents, formats, licences, urls
from ckanext.harvesters.mapping.draft import Draft, in_order, without_empty
from ckanext.harvesters.mapping.json_records import Fields
from ckanext.harvesters.mapping.languages import Tag
from ckanext.harvesters.reasons import Reason
from ckanext.oslo.vocabularies import load

_THEME = "http://publications.europa.eu/resource/authority/data-theme/TRAN"
_GEO = "http://id.insee.fr/geo/"
#: What kind of data → theme of mobilityDCAT-AP.
THEMES = {
    "public-transit": "public-transport-scheduled-transport",
    "carpooling-areas": "general-information-for-trip-planning",
    "carpooling-lines": "public-transport-non-scheduled-transport",
    "carpooling-offers": "public-transport-non-scheduled-transport",
    "charging-stations": "filling-and-charging-stations",
    "air-transport": "air-and-space-travel",
    "vehicles-sharing": "sharing-and-hiring-services",
    "bike-scooter-sharing": "sharing-and-hiring-services",
    "car-motorbike-sharing": "sharing-and-hiring-services",
    "locations": "general-information-for-trip-planning",
    "addresses": "general-information-for-trip-planning",
    "road-data": "static-road-network-data",
    "low-emission-zones": "static-traffic-signs-and-regulations",
    "bike-way": "cycle-network-data",
    "bike-path": "cycle-network-data",
    "bike-parking": "bike-parking-locations",
    "private-parking": "parking-service-and-rest-area-information",
    "pedestrian-path": "pedestrian-network-data",
    "informations": "other",
}
#: Means of transport in a file → those of mobilityDCAT-AP.
MODES = {
    "bus": "bus", "tram": "tram-light-rail", "tramway": "tram-light-rail", "metro": "metro-subway-train",
    "rail": "regional-and-local-rail", "train": "regional-and-local-rail", "ferry": "maritime",
    "coach": "long-distance-coach", "bike": "bicycle", "velo": "bicycle",
}  # fmt: skip
STANDARDS = {"gtfs": "gtfs", "gtfs-rt": "gtfs-rt", "gtfsrt": "gtfs-rt", "gbfs": "gbfs", "netex": "netex",
             "siri": "siri", "siri lite": "siri", "ssim": "other"}  # fmt: skip
_PLACES = {"commune": "commune", "epci": "intercommunalite", "departement": "departement", "region": "region"}


def map_dataset(draft: Draft, document: Fields) -> None:
    """Fill the draft from a dataset document."""
    spoken = Tag(draft.source.language)
    title, description = document.text("title"), document.text("description")
    draft.titles(
        "title", [(spoken, title)] if title else [], "description", [(spoken, description)] if description else []
    )
    licence = licences.read(draft, "licence", document.text("licence"), document.text("license"))
    files = [made for file in document.objects("resources") if (made := _resource(draft, file, licence, spoken))]
    kinds = list(dict.fromkeys([document.text("type") or "", *document.texts("sub_types")]))
    modes = [mode for file in document.objects("resources") for mode in file.texts("modes")]
    page = draft.link("page_url", document.text("page_url"))
    guid = draft.record.guid
    draft.set(
        tags_translated=draft.keywords("tags", [(spoken, word) for word in document.texts("tags")]),
        theme=[_THEME],
        mobility_theme=_themes(draft, kinds),
        transport_mode=_uris("transport_mode", [MODES.get(mode.lower(), "") for mode in sorted(set(modes))]),
        issued=draft.date("created_at", document.text("created_at")),
        modified=draft.date("updated", document.text("updated")),
        publisher=agents.publisher_or_source(draft, _publisher(draft, document)),
        spatial_coverage=_places(draft, document),
        uri=page,
        identifier=guid,
        # The dataset's address at data.gouv.fr, of which it is a view: how the two are recognised as one.
        alternate_identifier=[f"https://www.data.gouv.fr/datasets/{guid}/"] if guid.isalnum() else [],
        url=page,
        resources=files,
        license_id=licences.of_dataset([{"license": licence}]),
    )


def _themes(draft: Draft, kinds: list[str]) -> list[str]:
    known = [THEMES[kind] for kind in kinds if kind in THEMES]
    for kind in kinds:
        if kind and kind not in THEMES:
            draft.unknown("type", kind)
    return _uris("mobility_theme", known)


def _uris(vocabulary: str, codes: list[str]) -> list[str]:
    concepts = load(vocabulary)
    return list(dict.fromkeys(found.uri for code in codes if code and (found := concepts.get(code))))


def _publisher(draft: Draft, document: Fields) -> dict[str, str] | None:
    """Return who publishes: the one who owns the service in law, where one is named, else who uploaded."""
    owners = [owner for owner in document.objects("legal_owners") if owner.text("name")]
    if len(owners) == 1:
        return agents.agent(draft, "legal_owners", name=owners[0].text("name"), identifier=owners[0].text("siren"))
    publisher = document.object("publisher")
    return agents.agent(draft, "publisher", name=publisher.text("name"))


def _places(draft: Draft, document: Fields) -> list[dict[str, str]]:
    found: list[dict[str, str | None]] = []
    for area in document.objects("covered_area"):
        kind, code = area.text("type") or "", (area.text("insee") or "").strip()
        known = kind in _PLACES and code.isalnum()
        found.append(
            {
                "uri": f"{_GEO}{_PLACES[kind]}/{code}" if known else None,
                "text": draft.line(area.name("nom"), area.text("nom")) or (f"fr:{kind}:{code}" if known else None),
            }
        )
    return in_order(kept for place in found if (kept := without_empty(place)))


def _resource(draft: Draft, file: Fields, licence: str | None, spoken: Tag) -> dict[str, Any] | None:
    stable, original = draft.link(file.name("url"), file.text("url")), urls.tidy(file.text("original_url") or "")
    if not stable and not original:
        draft.warn(file.name("url"), file.text("title") or "", Reason.NO_ADDRESS)
        return None
    said = (file.text("format") or "").strip()
    standard = _uris("mobility_data_standard", [STANDARDS.get(said.lower(), "")])
    title = file.text("title")
    schema = file.text("schema_name")
    return without_empty(
        {
            "url": stable or original,
            "download_url": original or stable,
            "name_translated": draft.translated(file.name("title"), [(spoken, title)] if title else []),
            "format": formats.read(draft, file.name("format"), [said or None], original),
            "size": file.number("filesize"),
            "license": licence,
            "modified": draft.date(file.name("updated"), file.text("updated")),
            "mobility_data_standard": standard[0] if standard else None,
            "conforms_to": [f"https://schema.data.gouv.fr/{schema.strip('/')}/"] if schema else [],
        }
    )
