"""From a record of ISO 19139 or 19115-3 to our dataset dict: the mapping of GeoDCAT-AP, in our words."""

from __future__ import annotations

import re
from typing import Any

from ckanext.harvesters.mapping import agents, frequencies, themes, urls
from ckanext.harvesters.mapping import licences as licence_codes
from ckanext.harvesters.mapping.draft import Draft, in_order, without_empty
from ckanext.harvesters.mapping.iso import constraints
from ckanext.harvesters.mapping.iso.codes import FREQUENCIES, ROLES, TOPICS
from ckanext.harvesters.mapping.iso.document import Document, Element
from ckanext.harvesters.mapping.iso.links import links
from ckanext.harvesters.mapping.iso.places import places
from ckanext.oslo.vocabularies import load

_CRS = "http://www.opengis.net/def/crs/EPSG/0/"
_EPSG = re.compile(r"EPSG(?:[:/ ]+(?:\d+(?:\.\d+)*)?[:/ ]+|[:/ ]+|\s*)(\d{4,6})\b|^(\d{4,6})$", re.IGNORECASE)
_HVD = "http://data.europa.eu/bna/"
_METRES = {"m": 1.0, "metre": 1.0, "meter": 1.0, "mètre": 1.0, "metres": 1.0, "meters": 1.0, "km": 1000.0, "cm": 0.01}


def map_dataset(draft: Draft, document: Document) -> None:
    """Fill the draft from a record."""
    about = document.about
    if about is None:
        return  # without title: `Draft.finish` says so
    _texts(draft, document, about)
    _concepts(draft, document, about)
    _dates(draft, about)
    _agents(draft, document, about)
    _identity(draft, document, about)
    terms = constraints.read(draft, about)
    of_each = without_empty({"license": terms.licence, "rights": terms.rights})
    resources, documents = links(draft, document, of_each)
    draft.set(
        spatial_coverage=places(draft, about),
        access_rights=terms.access,
        resources=resources,
        documentation=documents,
        license_id=licence_codes.of_dataset([{"license": terms.licence}]),
    )


def _texts(draft: Draft, document: Document, about: Element) -> None:
    draft.titles(
        "citation.title",
        document.texts(about.all("citation/CI_Citation/title")),
        "abstract",
        document.texts(about.all("abstract")),
    )
    keywords = [
        keyword
        for group in about.all("descriptiveKeywords/MD_Keywords")
        if group.code("type") != "place"
        for keyword in group.all("keyword")
    ]
    lineage = document.root.text(
        "dataQualityInfo/DQ_DataQuality/lineage/LI_Lineage/statement", "resourceLineage/LI_Lineage/statement"
    )
    draft.set(
        tags_translated=draft.keywords("MD_Keywords.keyword", document.texts(keywords)),
        provenance=draft.prose("LI_Lineage.statement", lineage),
        version=draft.line("citation.edition", about.text("citation/CI_Citation/edition")),
    )


def _concepts(draft: Draft, document: Document, about: Element) -> None:
    frequency = about.code("resourceMaintenance/MD_MaintenanceInformation/maintenanceAndUpdateFrequency")
    anchors = [href for keyword in about.all("descriptiveKeywords/MD_Keywords/keyword") if (href := keyword.href())]
    hvd = load("hvd_category")
    draft.set(
        theme=_themes(draft, about, anchors),
        subject=sorted({href for href in anchors if "eurovoc.europa.eu" in href or "/gemet/" in href}),
        hvd_category=in_order(href for href in anchors if href.startswith(_HVD) and hvd.get(href)),
        frequency=frequencies.read(
            draft, "maintenanceAndUpdateFrequency", FREQUENCIES.get(frequency or "", frequency) or None
        ),
        language=draft.uris("language", "language", _languages(about)),
        conforms_to=_standards(document),
        spatial_resolution_in_meters=_resolutions(about),
    )


def _languages(about: Element) -> list[str | None]:
    said = about.all("language", "defaultLocale/PT_Locale/language", "otherLocale/PT_Locale/language")
    return [one.code() for one in said]


def _themes(draft: Draft, about: Element, anchors: list[str]) -> list[str]:
    """Return the EU themes of topic categories and of keywords that are themes by their address."""
    vocabulary = load("theme")
    found: set[str] = set()
    for category in about.all("topicCategory"):
        value = category.text() or ""
        codes = TOPICS.get(value)
        if codes is None and value:
            draft.unknown("topicCategory", value)
        found.update(concept.uri for code in codes or () if (concept := vocabulary.get(code)))
    for href in anchors:
        if "/authority/data-theme/" in href or "inspire.ec.europa.eu/theme/" in href:
            found.update(themes.find(href))
    return sorted(found)


def _standards(document: Document) -> list[str]:
    """Return the reference systems as OGC addresses, and the specifications the data was found to follow."""
    found = []
    for system in document.root.all("referenceSystemInfo/MD_ReferenceSystem/referenceSystemIdentifier/*"):
        code = system.first("code")
        space = system.text("codeSpace") or ""
        said = (code.href() or code.text() or "") if code else ""
        match = _EPSG.search(said if not said.isdigit() or "EPSG" in space.upper() or not space else "")
        if match:
            found.append(_CRS + (match[1] or match[2]))
    for result in document.root.below("DQ_ConformanceResult"):
        title = result.first("specification/CI_Citation/title")
        if title is not None and result.text("pass") == "true" and (address := urls.tidy(title.href() or "")):
            found.append(address)
    return sorted(set(found))


def _resolutions(about: Element) -> list[float]:
    found = set()
    for distance in about.all("spatialResolution/MD_Resolution/distance/*"):
        unit = (distance.attribute("uom") or "m").rpartition("#")[2].rpartition("/")[2].lower()
        try:
            metres = float(distance.text() or "") * _METRES.get(unit, 0)
        except ValueError:
            continue
        if 0 < metres < 1e8:
            found.add(metres)
    return sorted(found)


def _dates(draft: Draft, about: Element) -> None:
    said: dict[str, list[str]] = {}
    for date in about.all("citation/CI_Citation/date/CI_Date"):
        kind = date.code("dateType") or ""
        read = draft.date(f"citation.date ({kind})", date.text("date"))
        if read:
            said.setdefault(kind, []).append(read)
    periods = []
    for period in about.below("TimePeriod"):
        ends = {
            "start": draft.date("TimePeriod.begin", period.text("beginPosition", "begin/TimeInstant/timePosition")),
            "end": draft.date("TimePeriod.end", period.text("endPosition", "end/TimeInstant/timePosition")),
        }
        if kept := without_empty(ends):
            periods.append(kept)
    draft.set(
        issued=min(said.get("publication") or said.get("creation") or (), default=None),
        modified=max(said.get("revision") or said.get("lastUpdate") or (), default=None),
        temporal_coverage=in_order(periods),
    )


def _agents(draft: Draft, document: Document, about: Element) -> None:
    parties = [_Party(one) for one in about.all("pointOfContact/*", "citation/CI_Citation/citedResponsibleParty/*")]
    keepers = [_Party(one) for one in document.root.all("contact/*")]
    ranked = sorted((party for party in parties if party.name), key=lambda party: party.rank)
    publisher = next((party for party in [*ranked, *keepers] if party.name), None)
    answering = sorted((party for party in parties if party.mail), key=lambda party: party.role != "pointOfContact")
    contact = next((party for party in [*answering, *keepers] if party.mail), None)
    made = contact.agent(draft, "contact") if contact else None
    draft.set(
        publisher=agents.publisher_or_source(
            draft, publisher.agent(draft, "publisher", mail=False) if publisher else None
        ),
        contact=[made] if made else [],
    )


class _Party:
    """Somebody named in a record: CI_ResponsibleParty of the old standard, CI_Responsibility of the new."""

    def __init__(self, element: Element) -> None:
        self.role = element.code("role") or ""
        name = element.first("organisationName", "party/CI_Organisation/name")
        self.name = name.text() if name else element.text("individualName", "party/CI_Individual/name")
        self._uri = name.href() if name else None
        contacts = element.all(
            "contactInfo/CI_Contact", "party/*/contactInfo/CI_Contact", "party/*/individual/*/contactInfo/CI_Contact"
        )
        mails = [
            mail for one in contacts for mail in one.all("address/CI_Address/electronicMailAddress") if mail.text()
        ]
        self.mail = mails[0].text() if mails else None
        pages = [one.text("onlineResource/CI_OnlineResource/linkage") for one in contacts]
        self._page = next(filter(None, pages), None)

    @property
    def rank(self) -> int:
        """How near a role is to publishing: 0 is the publisher."""
        return ROLES.index(self.role) if self.role in ROLES else len(ROLES)

    def agent(self, draft: Draft, field: str, *, mail: bool = True) -> dict[str, str] | None:
        """Return the agent as dataset fields have it."""
        address = self.mail.replace(";", " ").replace(",", " ").split() if self.mail and mail else []
        return agents.agent(
            draft,
            field,
            name=self.name,
            uri=urls.tidy(self._uri or ""),
            email=address[0] if address else None,
            url=urls.tidy(self._page or ""),
        )


def _identity(draft: Draft, document: Document, about: Element) -> None:
    """Set identifiers: the record's own id is not the dataset's, which goes first."""
    codes = []
    for identifier in about.all("citation/CI_Citation/identifier/*"):
        element = identifier.first("code")
        code = (element.text() or element.href() or "") if element else ""
        space = identifier.text("codeSpace") or ""
        joined = f"{space.rstrip('/')}/{code}" if space.startswith("http") and not code.startswith("http") else code
        if joined.strip():
            codes.append(joined.strip())
    iri = next((found for code in codes if (found := urls.tidy(code))), None)
    identifier = draft.line("citation.identifier", codes[0] if codes else draft.record.guid)
    others = {draft.line("citation.identifier", code) for code in (*codes[1:], draft.record.guid)} - {None, identifier}
    values: dict[str, Any] = {
        "uri": iri,
        "identifier": identifier,
        "alternate_identifier": sorted(filter(None, others)),
        "url": draft.record.url,
    }
    draft.set(**values)
