"""A record of ISO 19139 or ISO 19115-3, parsed once and asked by local names, which the two standards mostly share.

Namespaces are not looked at: portals write ``gml`` and ``gml/3.2``, ``gmx:Anchor`` and ``gcx:Anchor`` for the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from ckanext.harvesters import markup
from ckanext.harvesters.mapping.languages import Tag, tag
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import RecordError

_XLINK = "{http://www.w3.org/1999/xlink}href"
#: What holds translations beside a text, and is no part of it.
_TRANSLATIONS = "PT_FreeText"


def local(name: object) -> str:
    """Return an element's name without its namespace; "" for a comment."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


@dataclass(frozen=True)
class Element:
    """An element of a record. Paths are local names with slashes between; ``*`` is any element."""

    inner: ET.Element

    @property
    def name(self) -> str:
        """The local name."""
        return local(self.inner.tag)

    def all(self, *paths: str) -> list[Element]:
        """Return the elements at any of these paths, path by path, in the record's order."""
        return [found for path in paths for found in self._at(path)]

    def _at(self, path: str) -> list[Element]:
        front = [self.inner]
        for step in path.split("/"):
            front = [child for node in front for child in node if step in ("*", local(child.tag))]
        return [Element(node) for node in front]

    def first(self, *paths: str) -> Element | None:
        """Return the first element at the first of these paths that has any."""
        return next((found for path in paths for found in self._at(path)), None)

    def below(self, name: str) -> Iterator[Element]:
        """Yield all elements of a name (``*``: any), however deep."""
        return (Element(node) for node in self.inner.iter() if name in ("*", local(node.tag)))

    def text(self, *paths: str) -> str | None:
        """Return the first text there is at these paths (with none: here), without its translations."""
        for element in self.all(*paths) if paths else [self]:
            said = " ".join("".join(element._words()).split())
            if said:
                return said
        return None

    def lines(self) -> str:
        """Return the text here as it is written, line ends and all."""
        return "".join(self._words()).strip()

    def _words(self) -> Iterator[str]:
        waiting: list[ET.Element | str] = [self.inner]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                yield node
            elif local(node.tag) != _TRANSLATIONS and local(node.tag):
                for child in reversed(node):
                    waiting += [child.tail or "", child]
                yield node.text or ""

    def code(self, *paths: str) -> str | None:
        """Return the first value of a code list at these paths: the attribute, or else the words."""
        for element in self.all(*paths) if paths else [self]:
            for node in element.inner.iter():
                value = (node.get("codeListValue") or node.get("value") or "").strip()
                if value:
                    return value.rpartition("#")[2].rpartition("/")[2]
            if said := element.text():
                return said
        return None

    def href(self) -> str | None:
        """Return where an anchor in this element leads."""
        return next(
            (found.strip() for node in self.inner.iter() if (found := node.get(_XLINK)) and found.strip()), None
        )

    def attribute(self, name: str) -> str | None:
        """Return an attribute by its local name."""
        return next((value for key, value in self.inner.items() if local(key) == name), None)


class Document:
    """A whole record: its root element, and the languages its texts are in."""

    def __init__(self, content: bytes) -> None:
        """Parse a record. Raises `RecordError` (not XML, forbidden markup, no MD_Metadata)."""
        try:
            page = markup.as_utf8(content)
            fault = markup.look_over(page)
            if fault is not None:
                raise RecordError("MD_Metadata", str(fault), Reason.PAGE_UNREADABLE)
            root = ET.fromstring(page)  # noqa: S314  (looked over: no document type, no entities, no depth)
        except (markup.ForbiddenMarkupError, markup.UnreadableError) as error:
            raise RecordError("MD_Metadata", str(error), Reason.FORBIDDEN_MARKUP) from error
        # A record of a page stands in a wrapper that declares the namespaces of its page.
        found = next((node for node in root.iter() if local(node.tag) in ("MD_Metadata", "MI_Metadata")), None)
        if found is None:
            raise RecordError("MD_Metadata", local(root.tag), Reason.NOT_A_DATASET)
        self.root = Element(found)
        self.language = self._language()
        self._locales = dict(self._named_locales())

    def _language(self) -> Tag:
        return tag(self.root.code("language", "defaultLocale/PT_Locale/language", "defaultLocale/PT_Locale"))

    def _named_locales(self) -> Iterator[tuple[str, Tag]]:
        """Yield the ids that translations refer to (arbitrary: NL, FR, locale-1) with their languages."""
        for locale in self.root.all("locale/PT_Locale", "otherLocale/PT_Locale", "defaultLocale/PT_Locale"):
            key = locale.attribute("id")
            if key:
                yield key, tag(locale.code("languageCode", "language"))

    def texts(self, elements: list[Element]) -> list[tuple[Tag, str]]:
        """Return the texts of elements in every language they are in."""
        found = []
        for element in elements:
            said = element.lines()
            if said:
                found.append((self.language, said))
            found += [
                (self._locale(translation), words)
                for translation in element.below("LocalisedCharacterString")
                if (words := translation.lines())
            ]
        return found

    def _locale(self, translation: Element) -> Tag:
        key = (translation.attribute("locale") or "").lstrip("#")
        return self._locales.get(key) or tag(key)

    @property
    def guid(self) -> str | None:
        """The record's own identifier."""
        return self.root.text("fileIdentifier", "metadataIdentifier/MD_Identifier/code")

    @property
    def level(self) -> str | None:
        """What the record describes: dataset, series, service, …; None when it does not say."""
        return self.root.code("hierarchyLevel", "metadataScope/MD_MetadataScope/resourceScope")

    @property
    def stamp(self) -> str | None:
        """When the record was last touched."""
        stated = self.root.text("dateStamp")
        if stated:
            return stated
        dates = [(date.code("dateType"), date.text("date")) for date in self.root.all("dateInfo/CI_Date")]
        return next(
            (text for kind, text in dates if kind == "revision" and text), next((t for _, t in dates if t), None)
        )

    @property
    def about(self) -> Element | None:
        """The description of the resource."""
        kinds = ("MD_DataIdentification", "SV_ServiceIdentification", "*")
        return self.root.first(*(f"identificationInfo/{kind}" for kind in kinds))
