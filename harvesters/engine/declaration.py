"""The file that declares the harvest sources (``config/sources.yaml``): read strictly, every mistake at once. Pure.

The keys of a source, with the settings that ckanext-harvest's form keeps in its "configuration" box as JSON, are those
of `FIELDS` and `SETTINGS`. A mistake says file, line and what was expected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ckanext.harvesters import credentials, scope
from ckanext.harvesters.records import HarvestError
from ckanext.oslo import quick_yaml
from ckanext.oslo.mistakes import Mistake

LANGUAGES = ("nl", "fr", "en")
REGIONS = ("vlaanderen", "wallonie", "hauts-de-france")
FREQUENCIES = ("MANUAL", "MONTHLY", "WEEKLY", "BIWEEKLY", "DAILY", "ALWAYS")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,99}")
_URL = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?")
_PATH = re.compile(r"/\S*")


class DeclarationError(HarvestError):
    """A file of harvest sources, or one source's settings, has mistakes: all of them are in ``mistakes``."""

    def __init__(self, mistakes: Collection[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass(frozen=True)
class Organization:
    """Who answers for a source's datasets in this portal."""

    name: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class Declared:
    """A source as the file declares it. ``replay`` is its path on a stand-in portal; ``settings`` become JSON.

    Title and description are in every language of the portal; a source without description has an empty one.
    """

    name: str
    title: Mapping[str, str]
    protocol: str
    url: str
    organization: Organization
    frequency: str
    description: Mapping[str, str] = field(default_factory=dict)
    replay: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


class _Mapping:
    """One mapping of the file: its nodes by key, and the mistakes found in it."""

    def __init__(self, node: yaml.Node, what: str, file: str, mistakes: list[Mistake]) -> None:
        self.node, self.what, self.file, self.mistakes = node, what, file, mistakes
        self.items: dict[str, yaml.Node] = {}
        self.keys: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{what} should be a mapping of keys to values")
            return
        for key, value in node.value:
            if key.value in self.items:
                self.wrong(key, f"{what} has {key.value!r} twice")
            self.items[key.value], self.keys[key.value] = value, key

    def wrong(self, node: yaml.Node, expected: str) -> None:
        """Note a mistake at a node."""
        self.mistakes.append(Mistake(self.file, node.start_mark.line + 1, expected))

    def only(self, known: Collection[str]) -> None:
        """Note keys nobody reads: a misspelt one would otherwise be silently without effect."""
        for key, node in self.keys.items():
            if key not in known:
                self.wrong(node, f"{self.what} has an unknown key {key!r}; known are {', '.join(known)}")

    def text(self, key: str, expected: str, fits: Callable[[str], object], default: str | None = None) -> str:
        """Return a text that fits, or the default; note what was expected otherwise. No default: required."""
        node = self.items.get(key)
        if node is None:
            if default is None and isinstance(self.node, yaml.MappingNode):
                self.wrong(self.node, f"{self.what} lacks {key!r}: {expected}")
            return default or ""
        if not isinstance(node, yaml.ScalarNode) or not fits(node.value):
            self.wrong(node, f"{self.what}: {key!r} should be {expected}")
            return default or ""
        return node.value

    def mapping(self, key: str, *, required: bool = True) -> _Mapping | None:
        """Return the mapping under a key, or None."""
        node = self.items.get(key)
        if node is None:
            if required and isinstance(self.node, yaml.MappingNode):
                self.wrong(self.node, f"{self.what} lacks {key!r}, a mapping of keys to values")
            return None
        return _Mapping(node, f"{self.what}: {key!r}", self.file, self.mistakes)

    def texts(self, key: str, what: str, *, required: bool = True) -> dict[str, str]:
        """Return a text in every language of the portal: one line for all, or a mapping with each.

        ``what`` names it in a mistake ("a title").
        """
        node = self.items.get(key)
        if node is None and not required:
            return {}
        if isinstance(node, yaml.ScalarNode):
            return dict.fromkeys(LANGUAGES, self.text(key, f"{what}, or a mapping of nl, fr and en to it", str.strip))
        inner = self.mapping(key)
        if inner is None:
            return {}
        inner.only(LANGUAGES)
        return {language: inner.text(language, f"{what} in that language", str.strip) for language in LANGUAGES}

    def free(self, key: str) -> dict[str, Any]:
        """Return a mapping whose keys the protocol knows."""
        inner = self.mapping(key, required=False)
        return quick_yaml.load(yaml.serialize(inner.node)) if inner and inner.items else {}


def _one_of(values: Collection[str]) -> tuple[str, Callable[[str], bool]]:
    return f"one of {', '.join(values)}", lambda value: value in values


def _settings(source: _Mapping) -> dict[str, Any]:
    """Return what a source's protocol and engine are told: the part that is kept as JSON with the harvest source."""
    settings: dict[str, Any] = {
        "language": source.text("language", *_one_of(LANGUAGES)),
        "metadata_license": source.text("metadata_license", "the URI of the records' licence", _URL.fullmatch),
    }
    if "region" in source.items:
        settings["region"] = source.text("region", *_one_of(REGIONS))
    publisher = source.mapping("publisher", required=False)
    if publisher is not None:
        publisher.only(("name", "uri"))
        settings["publisher"] = {
            "name": publisher.text("name", "a name", str.strip),
            "uri": publisher.text("uri", "a URI", _URL.fullmatch, default=""),
        }
    for key in ("scope", "options"):
        if value := source.free(key):
            settings[key] = value
    if (key := source.mapping("credentials", required=False)) is not None:
        settings["credentials"] = _credentials(key)
    url = source.items.get("url")
    for name, wrong in credentials.mistakes(settings, url.value if isinstance(url, yaml.ScalarNode) else ""):
        source.wrong(source.items[name], f"{source.what}: {wrong}")
    for wrong in scope.mistakes(settings.get("scope", {})):
        source.wrong(source.items["scope"], f"{source.what}: {wrong}")
    # ckanext-harvest keeps a source's title and description in one language; here are all of them.
    for key, what in (("title", "a title"), ("description", "a description")):
        if texts := source.texts(key, what, required=False):
            settings[key] = texts
    return settings


def _credentials(key: _Mapping) -> dict[str, str]:
    """Return how a portal wants its key and which variable holds it. What stands there is never repeated."""
    key.only(("kind", "from", "header"))
    kinds = tuple(credentials.Kind)
    found = {
        "kind": key.text("kind", *_one_of(kinds)),
        "from": key.text(
            "from",
            f"the name of an environment variable, {credentials.PREFIX}… in capitals, that holds the portal's host, a "
            "space and the key; the key itself must not stand here",
            credentials.VARIABLE.fullmatch,
        ),
    }
    if found["kind"] == credentials.Kind.HEADER or "header" in key.items:
        found["header"] = key.text("header", "the name of a header, such as X-Api-Key", credentials.is_header)
    if "header" in found and found["kind"] in set(kinds) - {credentials.Kind.HEADER}:
        key.wrong(key.node, f"{key.what}: only kind 'header' has a 'header'; the others are sent as Authorization")
    return found


SETTINGS = (
    "language", "metadata_license", "region", "publisher", "scope", "options", "credentials", "title", "description",
)  # fmt: skip
FIELDS = ("name", "protocol", "url", "replay", "organization", "frequency", *SETTINGS)


def _declared(node: yaml.Node, protocols: Collection[str], file: str, mistakes: list[Mistake]) -> Declared:
    source = _Mapping(node, "a source", file, mistakes)
    name = source.text("name", "lower-case letters, digits, - and _ (2 to 100)", _NAME.fullmatch)
    source.what = f"source {name!r}" if name else source.what
    source.only(FIELDS)
    owner = source.mapping("organization")
    organization = Organization("", {})
    if owner is not None:
        owner.only(("name", "title"))
        organization = Organization(
            owner.text("name", "the organization's name, as in its address", _NAME.fullmatch),
            owner.texts("title", "a title"),
        )
    if "title" not in source.items:
        source.texts("title", "a title")
    settings = _settings(source)
    return Declared(
        name=name,
        title=settings.get("title", {}),
        description=settings.get("description", {}),
        protocol=source.text("protocol", *_one_of(sorted(protocols))),
        url=source.text("url", "an http or https address without user or password", _URL.fullmatch),
        organization=organization,
        frequency=source.text("frequency", *_one_of(FREQUENCIES), default="MANUAL"),
        replay=source.text("replay", "a path on the stand-in portal, beginning with /", _PATH.fullmatch, default="")
        or None,
        settings=settings,
    )


def parse(text: str, protocols: Collection[str], file: str = "sources.yaml") -> tuple[Declared, ...]:
    """Return the sources a YAML text declares. Raises `DeclarationError` with every mistake, in order of lines."""
    mistakes: list[Mistake] = []
    try:
        root = quick_yaml.compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DeclarationError([Mistake(file, mark.line + 1 if mark else 1, f"not YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise DeclarationError([Mistake(file, 1, f"not YAML: {error}")]) from error
    if root is None:
        raise DeclarationError([Mistake(file, 1, "the file should have a list named 'sources'; it is empty")])
    top = _Mapping(root, "the file", file, mistakes)
    top.only(("sources",))
    listed = top.items.get("sources")
    if not isinstance(listed, yaml.SequenceNode):
        top.wrong(listed or root, "the file should have a list named 'sources'")
        raise DeclarationError(mistakes)
    sources = [_declared(node, protocols, file, mistakes) for node in listed.value]
    mistakes += _twice(sources, listed.value, file)
    if mistakes:
        raise DeclarationError(sorted(mistakes, key=lambda mistake: mistake.line))
    return tuple(sources)


def _twice(sources: list[Declared], nodes: list[yaml.Node], file: str) -> Iterator[Mistake]:
    names: set[str] = set()
    for source, node in zip(sources, nodes, strict=True):
        if source.name and source.name in names:
            yield Mistake(file, node.start_mark.line + 1, f"there is already a source named {source.name!r}")
        names.add(source.name)


def load(path: Path, protocols: Collection[str]) -> tuple[Declared, ...]:
    """Return the sources declared in a file. Raises `DeclarationError`, also when the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError([Mistake(str(path), 1, f"the file cannot be read: {error}")]) from error
    return parse(text, protocols, str(path))


def settings(text: str) -> dict[str, Any]:
    """Return a source's settings from the JSON that ckanext-harvest keeps. Raises `DeclarationError`.

    Empty text gives the settings of a source nobody has configured: an empty mapping.
    """
    what = "configuration"
    if not text or not text.strip():
        return {}
    try:
        value = json.loads(text)
    except ValueError as error:
        raise DeclarationError([Mistake(what, getattr(error, "lineno", 1), f"not JSON: {error}")]) from error
    mistakes: list[Mistake] = []
    # JSON is YAML: the same reader gives the same checks and the line of each mistake.
    root = quick_yaml.compose(text) if isinstance(value, dict) else None
    source = _Mapping(root, "the configuration", what, mistakes) if root is not None else None
    if source is None:
        raise DeclarationError([Mistake(what, 1, "the configuration should be a JSON object")])
    source.only(SETTINGS)
    read = _settings(source)
    if mistakes:
        raise DeclarationError(mistakes)
    return read
