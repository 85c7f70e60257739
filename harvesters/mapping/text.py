"""Clean text: what a portal wrote, without what no text may hold, and HTML as Markdown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

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
_MARKUP = re.compile(
    r"<\s*/?\s*(?:p|br|div|span|ul|ol|li|a|b|i|u|em|strong|h[1-6]|table|tr|td|img|script|style|font|section)\b[^<>]*>",
    re.IGNORECASE,
)


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
    if "<" not in text or not _MARKUP.search(text):
        return text
    writer = _MarkdownWriter()
    writer.feed(text)
    writer.close()
    return writer.markdown()


class _MarkdownWriter(HTMLParser):
    """Write HTML as Markdown. Tolerant: whatever the tags, it ends with the text in them."""

    _BLOCKS = frozenset({"p", "div", "section", "table", "tr", "ul", "ol", "blockquote"})
    _EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*"}  # noqa: RUF012  (read only)
    _HIDDEN = frozenset({"script", "style", "head", "iframe", "object", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden = 0
        self._links: list[tuple[str | None, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        if tag in self._HIDDEN:
            self._hidden += 1
        elif self._hidden:
            return
        elif tag in self._BLOCKS:
            self._parts.append("\n\n")
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag == "td":
            self._parts.append(" ")
        elif tag[0] == "h" and tag[1:].isdigit():
            self._parts.append("\n\n" + "#" * min(int(tag[1:]) + 1, 6) + " ")
        elif tag in self._EMPHASIS:
            self._parts.append(f"\x01{self._EMPHASIS[tag]}")
        elif tag == "a":
            self._links.append((tidy(dict(attrs).get("href") or "", mail=True), len(self._parts)))

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        if tag in self._HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif self._hidden:
            return
        elif tag in self._BLOCKS or (tag[0] == "h" and tag[1:].isdigit()):
            self._parts.append("\n\n")
        elif tag in self._EMPHASIS:
            self._parts.append(f"\x02{self._EMPHASIS[tag]}")
        elif tag == "a" and self._links:
            target, start = self._links.pop()
            label = " ".join("".join(self._parts[start:]).split())
            if target and label and label != target:
                self._parts[start:] = [f"[{label}]({target})"]

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self._hidden:
            self._parts.append(re.sub(r"\s+", " ", data) if "\n\n" not in data else data)

    def markdown(self) -> str:
        """Return what was written, blank lines and empty emphasis put right."""
        text = "".join(self._parts)
        text = re.sub(r"\x01(\*+)(\s*)\x02\1", r"\2", text)
        # Markdown emphasis may not begin or end with a space: the space goes outside.
        text = re.sub(r"\x01(\*+)(\s+)", r"\2\1", text)
        text = re.sub(r"(\s+)\x02(\*+)", r"\2\1", text)
        text = text.replace("\x01", "").replace("\x02", "").replace("\xa0", " ")
        text = re.sub(r"[ \t]+\n", "\n", re.sub(r"\n[ \t]+(?![-#])", "\n", text))
        return re.sub(r"\n{3,}", "\n\n", text).strip()
