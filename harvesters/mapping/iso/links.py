"""From the online resources of an ISO record to resources and documents."""

from __future__ import annotations

import re
from typing import Any

from ckanext.harvesters.mapping import formats, urls
from ckanext.harvesters.mapping.draft import Draft, without_empty
from ckanext.harvesters.mapping.iso.codes import WORDS
from ckanext.harvesters.mapping.iso.document import Document, Element
from ckanext.harvesters.reasons import Reason

_OPTIONS = (
    "distributionInfo/MD_Distribution/transferOptions/MD_DigitalTransferOptions",
    "distributionInfo/MD_Distribution/distributor/MD_Distributor/distributorTransferOptions/MD_DigitalTransferOptions",
)
_FORMATS = (
    "distributionInfo/MD_Distribution/distributionFormat/MD_Format",
    "distributionInfo/MD_Distribution/distributor/MD_Distributor/distributorFormat/MD_Format",
)
#: Protocols that say how a file comes and not what it is.
_CARRIERS = ("WWW:", "HTTP", "HTTPS", "FTP", "FILE", "LINK", "DOWNLOAD", "DOI")
# Words for a link that gives the file itself, and for one that leads to a service, which has none of its own.
_GIVES_A_FILE = re.compile(r"\bt[ée]l[ée]charg|\bdownload", re.I)
_SERVICE = re.compile(
    r"\b(?:atom|rss|w[mfc]s|wmts|csw|ogc|api|flux)\b|"
    r"services? (?:web )?de t[ée]l[ée]chargement|download[ -]?(?:service|dienst)",
    re.I,
)


def links(draft: Draft, document: Document, terms: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the resources of a dataset, all under the same terms, and the addresses of what is written about it."""
    said = _said_formats(document)
    resources: list[dict[str, Any]] = []
    documents: list[str] = []
    known: set[tuple[str, str]] = set()
    for options in document.root.all(*_OPTIONS):
        size = options.text("transferSize")
        for online in options.all("onLine/CI_OnlineResource"):
            address = _address(draft, online)
            if address is None:
                continue
            if (online.code("function") or "") in WORDS and not _names_a_service(online):
                documents.append(address)
                continue
            name = online.text("name") or online.text("description") or ""
            if (address, name) not in known:
                known.add((address, name))
                resources.append(_resource(draft, document, online, address, said, size, terms))
    resources.sort(key=lambda made: (formats.rank(made.get("format")), made["url"]))
    return resources, list(dict.fromkeys(documents))


def _address(draft: Draft, online: Element) -> str | None:
    said = online.text("linkage")
    found = urls.tidy(said) if said else None
    if found is None:
        draft.warn(
            "CI_OnlineResource.linkage",
            said or online.text("name") or "",
            Reason.BAD_URL if said else Reason.NO_ADDRESS,
        )
    return found


def _said_formats(document: Document) -> list[str]:
    """Return the formats the record names for all its files together."""
    found = [one.text("name", "formatSpecificationCitation/CI_Citation/title") for one in document.root.all(*_FORMATS)]
    return [text for text in dict.fromkeys(found) if text]


def _names_a_service(online: Element) -> bool:
    return (online.text("protocol") or "").upper().startswith(("OGC", "ESRI", "WMS", "WFS"))


def _resource(
    draft: Draft,
    document: Document,
    online: Element,
    address: str,
    said: list[str],
    size: str | None,
    terms: dict[str, Any],
) -> dict[str, Any]:
    protocol = online.text("protocol") or ""
    media = next((node.attribute("type") for node in online.below("MimeFileType") if node.attribute("type")), None)
    names = [None if protocol.upper().startswith(_CARRIERS) else protocol, media, *_in_words(online)]
    known = any(formats.find(name) for name in names if name) or formats.find(urls.extension(address) or "-")
    download = online.code("function") == "download" or "download" in protocol.lower()
    # Of several formats nobody can say which file has which; of one, all files have it, but no page and no service.
    of_all = said if len(said) == 1 and not known and _gives_a_file(online, download) else []
    kind = formats.read(draft, "CI_OnlineResource.protocol", [*names, *of_all], address)
    return without_empty(
        {
            "url": address,
            "download_url": address if download and kind not in ("WMS", "WFS", "WMTS", "HTML") else None,
            "name_translated": draft.translated("CI_OnlineResource.name", document.texts(online.all("name"))),
            "description_translated": draft.translated(
                "CI_OnlineResource.description", document.texts(online.all("description")), prose=True
            ),
            "format": kind,
            "mimetype": formats.mimetype(media),
            "size": _bytes(size) if download else None,
            **terms,
        }
    )


def _gives_a_file(online: Element, download: bool) -> bool:
    """Tell whether a link leads to a file: its function or protocol says so, or else its words; a service does not."""
    words = " ".join(online.text(part) or "" for part in ("protocol", "name", "description"))
    return bool(download or _GIVES_A_FILE.search(words)) and not _SERVICE.search(words)


def _in_words(online: Element) -> list[str]:
    """Return the words of a link's name that are formats: "Shapefile (Lambert 93)"."""
    words = (online.text("name") or "").replace("(", " ").replace(")", " ").split()
    return [word for word in words[:12] if len(word) > 2 and formats.find(word)]


def _bytes(megabytes: str | None) -> int | None:
    """Return a size; ISO states it in megabytes, and zero where nobody looked."""
    try:
        number = float(megabytes or 0)
    except ValueError:
        return None
    return int(number * 1_000_000) if 0 < number < 1e9 else None
