"""A walk along the portal's own links, and the words of its pages that are in no language but English."""

from __future__ import annotations

import re
import sysconfig
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from babel.messages.pofile import read_po
from lxml import html
from lxml.html import HtmlElement
from playwright.sync_api import APIRequestContext

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = Path(sysconfig.get_path("purelib"))

#: How many pages of one kind are read: the next one may have what the first lacks.
OF_A_KIND = 3
#: Parts of an address that say which one, not which kind.
NAMED = re.compile(r"(?<=/)(?:[A-Z]{2}-\d{5}|[0-9a-f-]{36}|\d+)(?=/|$)")
COLLECTIONS = {
    *("dataset", "mobility", "work", "organization", "user", "harvest", "product"),
    *("publisher", "report", "follow", "picture", "preview"),
}
#: What a walk does not open: it ends the session, or is no page.
NOT_OPENED = re.compile(
    r"/(logout|_logout|api|download|datastore|dump|webassets|fonts|base)(/|$)"
    r"|\.(csv|json|ttl|rdf|nt|xml|jsonld|zip|xlsx|atom)$"
)

SPOKEN = ("aria-label", "alt", "title", "placeholder", "aria-description")
NOT_SPOKEN = {"script", "style", "template", "code", "pre", "svg", "noscript", "option"}
#: Names, the same in every language.
PROPER = {"English", "Facebook", "JSON"}
MARK = re.compile(r"\{[^}]*\}|%\([^)]*\)[sd]|%[sd]")


def walk(request: APIRequestContext, base: str, language: str, starts: list[str]) -> Iterator[tuple[str, HtmlElement]]:
    """Open page after page of one language along the links, a few of each kind; give address and page."""
    waiting = [f"/{language}{start}" for start in starts]
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if path in seen or kinds[kind] >= OF_A_KIND:
            continue
        seen.add(path)
        answer = request.get(f"{base}{path}", headers={"Accept": "text/html"})
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert answer.status < 500, path
        kinds[kind] += 1
        page = html.document_fromstring(answer.text())
        yield path, page
        for link in page.iter("a"):
            there = urlsplit(urljoin(f"{base}{path}", link.get("href") or ""))
            inside = f"{there.scheme}://{there.netloc}" == base and there.path.startswith(f"/{language}/")
            if inside and not NOT_OPENED.search(there.path):
                waiting.append(there.path + (f"?{there.query}" if there.query else ""))


def kind_of(path: str) -> str:
    """Give what pages of one template have in common."""
    address = urlsplit(path)
    parts = NAMED.sub("*", address.path).split("/")
    for at, part in enumerate(parts[:-1]):
        if part in COLLECTIONS and parts[at + 1] not in ("new", "login", "register", "reset", ""):
            parts[at + 1] = "*"
    # Questions and facets may be put together in more ways than anybody could read.
    return "/".join(parts) + ("?" if address.query else "")


def english(page: HtmlElement, language: str) -> list[str]:
    """Give what a page in another language says in English: messages of a catalogue, as they stand in the program."""
    return [text for text in _said(page, language) if _is_english(text, language)]


def _said(page: HtmlElement, language: str) -> Iterator[str]:
    """Give what is read or heard on a page, but for texts that say of themselves that they are in another language."""
    for element in page.iter():
        if not isinstance(element.tag, str) or element.tag in NOT_SPOKEN or _is_foreign(element, language):
            continue
        yield from (_plain(element.get(name)) for name in SPOKEN if element.get(name))
        yield from (_plain(text) for text in [element.text, *(child.tail for child in element)] if text)


def _is_foreign(element: HtmlElement, language: str) -> bool:
    for one in (element, *element.iterancestors()):
        if one.tag in NOT_SPOKEN or one.get("translate") == "no":
            return True
        if one.get("lang"):
            return one.get("lang") != language
    return False


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _is_english(text: str, language: str) -> bool:
    if len(text) < 4 or text in PROPER:
        return False
    messages, patterns = _messages(language)
    return text in messages or any(pattern.fullmatch(text) for pattern in patterns)


@cache
def _messages(language: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Give the messages of all programs whose translation is not the same as the English."""
    plain: set[str] = set()
    marked: set[str] = set()
    same: set[str] = set()
    for file in _catalogues(language):
        for message in read_po(file.open("rb"), locale=language):
            ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
            strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
            same |= {_plain(one) for one in ids if one in strings}
            for one in (_plain(one) for one in ids):
                (marked if MARK.search(one) else plain).add(one)
    # A message with so few words of its own would be found in any text.
    patterns = [one for one in marked - same if len(re.sub(r"\W", "", MARK.sub("", one))) > 8]
    return frozenset(plain - same), tuple(_pattern(one) for one in patterns)


def _catalogues(language: str) -> list[Path]:
    ours = [*PROJECT.glob(f"ckanext-*/ckanext/*/i18n/{language}/LC_MESSAGES/*.po")]
    ours += PROJECT.glob(f"harvesters/i18n/{language}/LC_MESSAGES/*.po")
    theirs = [PACKAGES / "ckan" / "i18n" / language / "LC_MESSAGES" / "ckan.po"]
    # Extensions that are not translated into this language have their messages in a template all the same.
    theirs += PACKAGES.glob("ckanext/*/i18n/*.pot")
    assert len(ours) == 3
    return [*ours, *theirs]


def _pattern(message: str) -> re.Pattern[str]:
    return re.compile("(.+)".join(re.escape(part) for part in MARK.split(message)))
