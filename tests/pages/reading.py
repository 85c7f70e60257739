"""Read a page as tests need it: elements by a small part of CSS (``tag.class#id[attribute]``, descendants)."""

from __future__ import annotations

import re

from lxml import html
from lxml.html import HtmlElement

STEP = re.compile(r"(?P<tag>^[\w-]+)|\.(?P<cls>[\w-]+)|#(?P<id>[\w-]+)|\[(?P<name>[\w-]+)(?:=(?P<value>[\w-]+))?\]")


def read(body: str) -> HtmlElement:
    return html.document_fromstring(body)


def select(node: HtmlElement, selector: str) -> list[HtmlElement]:
    """Return the elements that match, in the order of the page."""
    return node.xpath("." + "".join(_step(step) for step in selector.split()))


def one(node: HtmlElement, selector: str) -> HtmlElement:
    found = select(node, selector)
    assert found, f"nothing matches {selector}"
    return found[0]


def text(node: HtmlElement) -> str:
    return " ".join(node.text_content().split())


def _step(step: str) -> str:
    tag, conditions = "*", []
    for match in STEP.finditer(step):
        if match["tag"]:
            tag = match["tag"]
        elif match["cls"]:
            conditions.append(f"contains(concat(' ', normalize-space(@class), ' '), ' {match['cls']} ')")
        elif match["id"]:
            conditions.append(f"@id = '{match['id']}'")
        else:
            conditions.append(f"@{match['name']}" + (f" = '{match['value']}'" if match["value"] else ""))
    return f"//{tag}" + "".join(f"[{condition}]" for condition in conditions)
