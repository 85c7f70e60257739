"""Records of geographic catalogues as GeoNetwork writes them: ISO 19139, and ISO 19115-3."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

Box = tuple[float, float, float, float]

_NAMES = {
    "gmd": "http://www.isotc211.org/2005/gmd", "gco": "http://www.isotc211.org/2005/gco",
    "gmx": "http://www.isotc211.org/2005/gmx", "xlink": "http://www.w3.org/1999/xlink",
}  # fmt: skip
_NEW = "http://standards.iso.org/iso/19115/-3/"
_NEW_NAMES = {
    "mdb": f"{_NEW}mdb/2.0", "mcc": f"{_NEW}mcc/1.0", "cit": f"{_NEW}cit/2.0", "mri": f"{_NEW}mri/1.0",
    "gex": f"{_NEW}gex/1.0", "lan": f"{_NEW}lan/1.0", "mco": f"{_NEW}mco/1.0", "mmi": f"{_NEW}mmi/1.0",
    "mrd": f"{_NEW}mrd/1.0", "gco": f"{_NEW}gco/1.0", "gcx": f"{_NEW}gcx/1.0", "xlink": "http://www.w3.org/1999/xlink",
}  # fmt: skip


@dataclass(frozen=True)
class Geographic:
    """What a record says, in French. Dates are ``2026-11-22``, ``stamp`` a moment; what is empty is left out.

    ``licence`` is an address and its words; ``links`` are address, protocol (``OGC:WMS``) and name.
    """

    identifier: str
    title: str
    abstract: str
    publisher: str
    mail: str
    stamp: str
    created: str = ""
    modified: str = ""
    keywords: tuple[str, ...] = ()
    frequency: str = "unknown"
    topic: str = ""
    licence: tuple[str, str] | None = None
    links: tuple[tuple[str, str, str], ...] = ()
    box: Box | None = None


def _declared(names: dict[str, str]) -> str:
    return "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in names.items())


def _text(element: str, value: str) -> str:
    return f"<{element}><gco:CharacterString>{escape(value)}</gco:CharacterString></{element}>"


def _code(element: str, kind: str, value: str) -> str:
    return f"<{element}><{kind} codeList={quoteattr(kind)} codeListValue={quoteattr(value)}/></{element}>"


def _extent(geo: Geographic, around: str, prefix: str) -> str:
    if geo.box is None:
        return ""
    west, south, east, north = geo.box
    edges = (("westBoundLongitude", west), ("eastBoundLongitude", east),
             ("southBoundLatitude", south), ("northBoundLatitude", north))  # fmt: skip
    inner = "".join(f"<{prefix}:{side}><gco:Decimal>{edge}</gco:Decimal></{prefix}:{side}>" for side, edge in edges)
    box = f"<{prefix}:EX_GeographicBoundingBox>{inner}</{prefix}:EX_GeographicBoundingBox>"
    return (
        f"<{around}:extent><{prefix}:EX_Extent><{prefix}:geographicElement>{box}</{prefix}:geographicElement>"
        f"</{prefix}:EX_Extent></{around}:extent>"
    )


def _topic(geo: Geographic, prefix: str) -> str:
    if not geo.topic:
        return ""
    code = f"<{prefix}:MD_TopicCategoryCode>{geo.topic}</{prefix}:MD_TopicCategoryCode>"
    return f"<{prefix}:topicCategory>{code}</{prefix}:topicCategory>"


def _constraints(geo: Geographic, around: str, prefix: str, anchors: str) -> str:
    if geo.licence is None:
        return ""
    href, words = geo.licence
    anchor = f"<{anchors}:Anchor xlink:href={quoteattr(href)}>{escape(words)}</{anchors}:Anchor>"
    return (
        f"<{around}:resourceConstraints><{prefix}:MD_LegalConstraints>"
        f"{_code(f'{prefix}:useConstraints', f'{prefix}:MD_RestrictionCode', 'license')}"
        f"<{prefix}:otherConstraints>{anchor}</{prefix}:otherConstraints>"
        f"</{prefix}:MD_LegalConstraints></{around}:resourceConstraints>"
    )


def _dates(geo: Geographic, prefix: str, first: str) -> str:
    said = ((geo.created, first), (geo.modified, "revision"))
    return "".join(
        f"<{prefix}:date><{prefix}:CI_Date><{prefix}:date><gco:Date>{date}</gco:Date></{prefix}:date>"
        f"{_code(f'{prefix}:dateType', f'{prefix}:CI_DateTypeCode', kind)}</{prefix}:CI_Date></{prefix}:date>"
        for date, kind in said
        if date
    )


def old_standard(geo: Geographic) -> str:
    """Write a record of ISO 19139."""
    party = (
        f"<gmd:CI_ResponsibleParty>{_text('gmd:organisationName', geo.publisher)}<gmd:contactInfo><gmd:CI_Contact>"
        f"<gmd:address><gmd:CI_Address>{_text('gmd:electronicMailAddress', geo.mail)}</gmd:CI_Address>"
        f"</gmd:address></gmd:CI_Contact></gmd:contactInfo>{_code('gmd:role', 'gmd:CI_RoleCode', 'pointOfContact')}"
        "</gmd:CI_ResponsibleParty>"
    )
    dates = _dates(geo, "gmd", "creation")
    keywords = "".join(_text("gmd:keyword", word) for word in geo.keywords)
    links = "".join(
        f"<gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{escape(url)}</gmd:URL></gmd:linkage>"
        f"{_text('gmd:protocol', protocol)}{_text('gmd:name', name)}"
        f"{_code('gmd:function', 'gmd:CI_OnLineFunctionCode', 'download')}</gmd:CI_OnlineResource></gmd:onLine>"
        for url, protocol, name in geo.links
    )
    return (
        f"<gmd:MD_Metadata{_declared(_NAMES)}>{_text('gmd:fileIdentifier', geo.identifier)}"
        f"{_code('gmd:language', 'gmd:LanguageCode', 'fre')}"
        f"{_code('gmd:hierarchyLevel', 'gmd:MD_ScopeCode', 'dataset')}<gmd:contact>{party}</gmd:contact>"
        f"<gmd:dateStamp><gco:DateTime>{geo.stamp}</gco:DateTime>"
        "</gmd:dateStamp><gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:referenceSystemIdentifier>"
        f"<gmd:RS_Identifier>{_text('gmd:code', 'EPSG:2154')}</gmd:RS_Identifier></gmd:referenceSystemIdentifier>"
        "</gmd:MD_ReferenceSystem></gmd:referenceSystemInfo><gmd:identificationInfo><gmd:MD_DataIdentification>"
        f"<gmd:citation><gmd:CI_Citation>{_text('gmd:title', geo.title)}{dates}</gmd:CI_Citation>"
        f"</gmd:citation>{_text('gmd:abstract', geo.abstract)}"
        f"<gmd:pointOfContact>{party}</gmd:pointOfContact>"
        "<gmd:resourceMaintenance><gmd:MD_MaintenanceInformation>"
        f"{_code('gmd:maintenanceAndUpdateFrequency', 'gmd:MD_MaintenanceFrequencyCode', geo.frequency)}"
        "</gmd:MD_MaintenanceInformation></gmd:resourceMaintenance><gmd:descriptiveKeywords><gmd:MD_Keywords>"
        f"{keywords}</gmd:MD_Keywords></gmd:descriptiveKeywords>{_constraints(geo, 'gmd', 'gmd', 'gmx')}"
        f"{_code('gmd:language', 'gmd:LanguageCode', 'fre')}{_topic(geo, 'gmd')}"
        f"<gmd:extent><gmd:EX_Extent/></gmd:extent>{_extent(geo, 'gmd', 'gmd')}"
        "</gmd:MD_DataIdentification></gmd:identificationInfo><gmd:distributionInfo>"
        f"<gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>{links}"
        "</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>"
        "</gmd:MD_Metadata>"
    )


def new_standard(geo: Geographic) -> str:
    """Write a record of ISO 19115-3."""
    party = (
        f"<cit:CI_Responsibility>{_code('cit:role', 'cit:CI_RoleCode', 'publisher')}<cit:party><cit:CI_Organisation>"
        f"{_text('cit:name', geo.publisher)}<cit:contactInfo><cit:CI_Contact><cit:address><cit:CI_Address>"
        f"{_text('cit:electronicMailAddress', geo.mail)}</cit:CI_Address></cit:address></cit:CI_Contact>"
        "</cit:contactInfo></cit:CI_Organisation></cit:party></cit:CI_Responsibility>"
    )
    dates = _dates(geo, "cit", "publication")
    keywords = "".join(_text("mri:keyword", word) for word in geo.keywords)
    links = "".join(
        f"<mrd:onLine><cit:CI_OnlineResource>{_text('cit:linkage', url)}{_text('cit:protocol', protocol)}"
        f"{_text('cit:name', name)}{_code('cit:function', 'cit:CI_OnLineFunctionCode', 'download')}"
        "</cit:CI_OnlineResource></mrd:onLine>"
        for url, protocol, name in geo.links
    )
    return (
        f"<mdb:MD_Metadata{_declared(_NEW_NAMES)}><mdb:metadataIdentifier><mcc:MD_Identifier>"
        f"{_text('mcc:code', geo.identifier)}</mcc:MD_Identifier></mdb:metadataIdentifier><mdb:defaultLocale>"
        f'<lan:PT_Locale id="FR">{_code("lan:language", "lan:LanguageCode", "fre")}</lan:PT_Locale></mdb:defaultLocale>'
        f"<mdb:metadataScope><mdb:MD_MetadataScope>{_code('mdb:resourceScope', 'mcc:MD_ScopeCode', 'dataset')}"
        f"</mdb:MD_MetadataScope></mdb:metadataScope><mdb:contact>{party}</mdb:contact><mdb:dateInfo><cit:CI_Date>"
        f"<cit:date><gco:DateTime>{geo.stamp}</gco:DateTime></cit:date>"
        f"{_code('cit:dateType', 'cit:CI_DateTypeCode', 'revision')}</cit:CI_Date></mdb:dateInfo>"
        "<mdb:identificationInfo><mri:MD_DataIdentification><mri:citation><cit:CI_Citation>"
        f"{_text('cit:title', geo.title)}{dates}</cit:CI_Citation></mri:citation>"
        f"{_text('mri:abstract', geo.abstract)}<mri:pointOfContact>{party}</mri:pointOfContact>"
        f"{_topic(geo, 'mri')}{_extent(geo, 'mri', 'gex')}"
        "<mri:resourceMaintenance><mmi:MD_MaintenanceInformation>"
        f"{_code('mmi:maintenanceAndUpdateFrequency', 'mmi:MD_MaintenanceFrequencyCode', geo.frequency)}"
        "</mmi:MD_MaintenanceInformation></mri:resourceMaintenance><mri:descriptiveKeywords><mri:MD_Keywords>"
        f"{keywords}</mri:MD_Keywords></mri:descriptiveKeywords>{_constraints(geo, 'mri', 'mco', 'gcx')}"
        "</mri:MD_DataIdentification></mdb:identificationInfo>"
        "<mdb:distributionInfo><mrd:MD_Distribution><mrd:transferOptions><mrd:MD_DigitalTransferOptions>"
        f"{links}</mrd:MD_DigitalTransferOptions></mrd:transferOptions></mrd:MD_Distribution></mdb:distributionInfo>"
        "</mdb:MD_Metadata>"
    )
