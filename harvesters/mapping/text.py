"""Clean text: what a portal wrote, without what no text may hold, and HTML as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from types import MappingProxyType

from ckanext.harvesters.mapping.urls import tidy

#: Longest title, keyword or name (characters): Solr and the pages take no more.
TITLE_LIMIT = 1_000
#: Longest description (characters).
DESCRIPTION_LIMIT = 100_000

# NUL and other controls (PostgreSQL refuses NUL), lone surrogates (no UTF-8), overrides of the reading direction
# (a title could show another name than it holds), non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
# Invisible and harmless: dropped without a word.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
#: Longer text is looked at by nobody for saying nothing (characters).
_LONGEST_NOTHING = 40
# A tag, or a declaration. Everything in these expressions stops at the next "<": portals send megabytes, and the
# standard library's HTMLParser takes minutes for 50 kB of "<a " (quadratic until Python 3.13.6).
_TAG = re.compile(r"<(?P<close>/)?(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<attributes>(?:[\s/][^<>]*)?)>|<[!?][^<>]*>")
_HREF = re.compile(r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_HTML = frozenset(
    {"p", "br", "div", "span", "ul", "ol", "li", "a", "b", "i", "u", "em", "strong", "h1", "h2", "h3", "h4", "h5", "h6",
     "table", "tr", "td", "img", "script", "style", "font", "section"}
)  # fmt: skip


# What software writes where nobody wrote anything (Ghent's portal: "None"), and what people write to fill a field.
_NOTHING = re.compile(r"[\W_]*(?:none|null|nil|nan|undefined|n[./]?a|n\.?v\.?t|tbd|todo)?[\W_]*", re.IGNORECASE)


def says_nothing(text: str) -> bool:
    """Tell whether a description only fills its field: "None", "null", "n/a", "n.v.t.", "-"."""
    return len(text) <= _LONGEST_NOTHING and _NOTHING.fullmatch(text) is not None


def clean(text: str) -> str:
    r"""Return text without forbidden and invisible characters, line ends as ``\n``, trimmed."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _FORBIDDEN.sub("", _INVISIBLE.sub("", text))
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def has_forbidden(text: str) -> bool:
    """Tell whether text holds characters that `clean` takes out and a person should know of."""
    return _FORBIDDEN.search(text) is not None


def line(text: str) -> str:
    """Return text as one clean line."""
    return " ".join(clean(text).split())


def prose(text: str) -> str:
    """Return a description as Markdown: HTML is rewritten, anything else kept as it is (cleaned).

    Scripts and styles are dropped with their content; of the tags only structure, emphasis and links to web or mail
    addresses remain.
    """
    text = clean(text)
    if "<" not in text or not any((tag["name"] or "").lower() in _HTML for tag in _TAG.finditer(text)):
        return text
    return _MarkdownWriter().write(_without_comments(text))


def _without_comments(html: str) -> str:
    """Drop comments; what text processors leave in them (``<!--[if gte mso 9]>…``) is no description."""
    parts, position = [], 0
    while (start := html.find("<!--", position)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        parts.append(html[position:start])
        position = end + 3
    return "".join(parts) + html[position:]


class _MarkdownWriter:
    """Write HTML as Markdown. Tolerant: whatever the tags, it ends with the text in them. Linear in the text."""

    _BLOCKS = frozenset({"p", "div", "section", "table", "tr", "ul", "ol", "blockquote"})
    _EMPHASIS: Mapping[str, str] = MappingProxyType({"b": "**", "strong": "**", "i": "*", "em": "*"})
    _HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
    _HIDDEN = frozenset({"script", "style", "head", "iframe", "object", "template"})

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._hidden: str | None = None
        self._link: tuple[str | None, int] | None = None

    def write(self, html: str) -> str:
        """Return the text of HTML as Markdown."""
        position = 0
        for tag in _TAG.finditer(html):
            self._words(html[position : tag.start()])
            position = tag.end()
            name = (tag["name"] or "").lower()
            if self._hidden:
                self._hidden = None if tag["close"] and name == self._hidden else self._hidden
            elif tag["close"]:
                self._end(name)
            elif name in self._HIDDEN:
                self._hidden = name
            elif name:
                self._start(name, tag["attributes"])
        self._words(html[position:])
        return self._tidy("".join(self._parts))

    def _words(self, piece: str) -> None:
        if piece and not self._hidden:
            words = _FORBIDDEN.sub("", unescape(piece))
            self._parts.append(words if "\n\n" in words else re.sub(r"\s+", " ", words))

    def _start(self, name: str, attributes: str) -> None:
        if name in self._BLOCKS:
            self._parts.append("\n\n")
        elif name in self._HEADINGS:
            self._parts.append("\n\n" + "#" * min(int(name[1]) + 1, 6) + " ")
        elif name in self._EMPHASIS:
            self._parts.append(f"\x01{self._EMPHASIS[name]}")
        elif name == "a":
            href = _HREF.search(attributes)
            address = unescape(next(filter(None, href.groups()), "")) if href else ""
            self._link = (tidy(address, mail=True), len(self._parts))
        else:
            self._parts.append({"br": "\n", "li": "\n- ", "td": " "}.get(name, ""))

    def _end(self, name: str) -> None:
        if name in self._BLOCKS or name in self._HEADINGS:
            self._parts.append("\n\n")
        elif name in self._EMPHASIS:
            self._parts.append(f"\x02{self._EMPHASIS[name]}")
        elif name == "a" and self._link:
            (target, start), self._link = self._link, None
            label = " ".join("".join(self._parts[start:]).split())
            if target and label and label != target:
                self._parts[start:] = [f"[{label}]({target})"]

    @staticmethod
    def _tidy(text: str) -> str:
        """Put blank lines and emphasis right: Markdown's may be neither empty nor begin or end with a space."""
        text = re.sub(r"[ \t\xa0]+", " ", text)
        text = re.sub(r" ?\n ?", "\n", text)
        text = re.sub(r"\n{3,}", "\n\n", text)
        text = re.sub(r"\x01(\*+)(\s{0,3})\x02\1", r"\2", text)
        text = re.sub(r"\x01(\*+)(\s{1,3})", r"\2\1", text)
        text = re.sub(r"(\s{1,3})\x02(\*+)", r"\2\1", text)
        return re.sub(r"\n{3,}", "\n\n", text.replace("\x01", "").replace("\x02", "")).strip()
