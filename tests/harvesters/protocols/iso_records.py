"""Invented records of ISO 19139, put together from the parts that a test is about."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

LICENCES = {"cc-by-4": "https://creativecommons.org/licenses/by/4.0/", "unknown": "https://example.org/our-own-terms"}
ROOT = (
    '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" '
    'xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:gml="http://www.opengis.net/gml/3.2" '
    'xmlns:srv="http://www.isotc211.org/2005/srv" xmlns:xlink="http://www.w3.org/1999/xlink">'
)
FILE = "https://data.example.fr/f.csv"


def text(name: str, value: str, more: str = "") -> str:
    return f"<gmd:{name}><gco:CharacterString>{escape(value)}</gco:CharacterString>{more}</gmd:{name}>"


def anchor(name: str, href: str, value: str = "") -> str:
    return f"<gmd:{name}><gmx:Anchor xlink:href={quoteattr(href)}>{escape(value)}</gmx:Anchor></gmd:{name}>"


def code(name: str, kind: str, value: str) -> str:
    return f'<gmd:{name}><gmd:{kind} codeList="#{kind}" codeListValue={quoteattr(value)}/></gmd:{name}>'


def online(
    url: str = FILE, protocol: str = "WWW:DOWNLOAD-1.0-http--download", name: str = "", function: str = ""
) -> str:
    return (
        f"<gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{escape(url)}</gmd:URL></gmd:linkage>"
        + text("protocol", protocol)
        + (text("name", name) if name else "")
        + (code("function", "CI_OnLineFunctionCode", function) if function else "")
        + "</gmd:CI_OnlineResource></gmd:onLine>"
    )


def constraint(inner: str) -> str:
    return (
        f"<gmd:resourceConstraints><gmd:MD_LegalConstraints>{inner}</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    )


def box(west: Any, south: Any, east: Any, north: Any) -> str:
    edges = (("west", west), ("east", east), ("south", south), ("north", north))
    inner = "".join(
        f"<gmd:{side}Bound{'Longitude' if side in ('west', 'east') else 'Latitude'}><gco:Decimal>{edge}</gco:Decimal>"
        f"</gmd:{side}Bound{'Longitude' if side in ('west', 'east') else 'Latitude'}>"
        for side, edge in edges
    )
    return (
        "<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
        f"{inner}</gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent></gmd:extent>"
    )


def iso(
    number: int = 1,
    *,
    title: str | None = "Jeu",
    about: str = "",
    citation: str = "",
    record: str = "",
    links: str | None = None,
    level: str = "dataset",
    description: str = "Chiffres par quartier.",
) -> str:
    named = text("title", title) if title else ""
    return (
        f"{ROOT}{text('fileIdentifier', f'00000000-0000-4000-8000-{number:012d}')}"
        f"{code('language', 'LanguageCode', 'fre')}{code('hierarchyLevel', 'MD_ScopeCode', level)}"
        f"<gmd:dateStamp><gco:DateTime>2026-01-02T03:04:05</gco:DateTime></gmd:dateStamp>{record}"
        f"<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>{named}{citation}"
        f"</gmd:CI_Citation></gmd:citation>{text('abstract', description)}{about}"
        "</gmd:MD_DataIdentification></gmd:identificationInfo><gmd:distributionInfo><gmd:MD_Distribution>"
        f"<gmd:transferOptions><gmd:MD_DigitalTransferOptions>{online() if links is None else links}"
        "</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>"
        "</gmd:MD_Metadata>"
    )


def revised(date: str) -> str:
    return (
        f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{date}</gco:Date></gmd:date>"
        f"{code('dateType', 'CI_DateTypeCode', 'revision')}</gmd:CI_Date></gmd:date>"
    )
