"""Which datasets of different portals are the same, and why: a list of rules, each with its reason. Pure.

The first five rules are sure enough to join datasets by themselves: they rest on what portals copy when they pass a
record on (an IRI, the id of data.gouv.fr or of a GeoNetwork's record, the page or the files along with the title). The
others propose: a steward decides. A value that more than `COMMON` datasets share (a portal's home page, one service for
all layers), or two of one portal, tells nothing. Page and files alone are not sure: real portals publish the same page
and the same map service for "level municipality" and "level site", or for a pollutant's concentration and its trend.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from ckanext.oslo.vocabularies.concepts import fold

#: Raised when rules or `describe` change: what is kept of datasets is then described anew.
VERSION = 2
#: Datasets that may share a value before it counts as common to all.
COMMON = 4
#: Datasets that may share a word of their titles before it brings nobody together.
FREQUENT = 10 * COMMON
#: Share of the words of two titles that must be the same (Jaccard).
_NEAR = 0.8
#: Shortest identifier that is taken for one: "1" and "data" are in every portal.
_SHORTEST = 6
#: Words that a title must have for one that is nearly the same to tell something.
_FEWEST = 3
_DATAGOUV = re.compile(r"(?:data\.gouv\.fr/(?:\w\w/|api/1/)?datasets/(?:r/)?)([0-9a-f]{24})\b")
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")
# A dataset of an Opendatasoft portal, whichever version of its API or page names it.
_OPENDATASOFT = re.compile(r"^/(?:explore/dataset|api/(?:explore/)?v2(?:\.\d)?/catalog/datasets)/([^/]+)")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WORD = re.compile(r"\w+")
#: Hosts by the names that they had before: none.
_NONE: Mapping[str, str] = MappingProxyType({})


class Rule(StrEnum):
    """Why two datasets are taken for the same. Codes are stored and never renamed."""

    SAME_IRI = "same-iri"
    SAME_DATAGOUV_ID = "same-datagouv-id"
    SAME_RECORD = "same-record"
    SAME_PAGE = "same-page"
    SAME_FILES = "same-files"
    PAGE_ALONE = "same-page-other-title"
    SOME_FILES = "some-files"
    SAME_IDENTIFIER = "same-identifier-and-publisher"
    NEAR_TITLE = "near-title-and-files"

    @property
    def sure(self) -> bool:
        """Tell whether the rule alone is enough to join."""
        return self in _SURE


_SURE = frozenset({Rule.SAME_IRI, Rule.SAME_DATAGOUV_ID, Rule.SAME_RECORD, Rule.SAME_PAGE, Rule.SAME_FILES})

SENTENCES: Mapping[Rule, Mapping[str, str]] = {
    Rule.SAME_IRI: {
        "en": "Both have the IRI {value}.",
        "nl": "Beide hebben de IRI {value}.",
        "fr": "Les deux ont l’IRI {value}.",
    },
    Rule.SAME_DATAGOUV_ID: {
        "en": "Both are the dataset {value} of data.gouv.fr.",
        "nl": "Beide zijn de dataset {value} van data.gouv.fr.",
        "fr": "Les deux sont le jeu de données {value} de data.gouv.fr.",
    },
    Rule.SAME_RECORD: {
        "en": "One leads to the catalogue record {value}, the other has that identifier or leads there too.",
        "nl": "De ene leidt naar het catalogusrecord {value}, de andere heeft die identificatie of leidt er ook heen.",
        "fr": "L’un mène à la fiche de catalogue {value}, l’autre porte cet identifiant ou y mène aussi.",
    },
    Rule.SAME_PAGE: {
        "en": "Both have the same title and name the same page: {value}.",
        "nl": "Beide hebben dezelfde titel en noemen dezelfde pagina: {value}.",
        "fr": "Les deux ont le même titre et renvoient à la même page : {value}.",
    },
    Rule.SAME_FILES: {
        "en": "Both have the same title and lead to the same files, for instance {value}.",
        "nl": "Beide hebben dezelfde titel en leiden naar dezelfde bestanden, bijvoorbeeld {value}.",
        "fr": "Les deux ont le même titre et mènent aux mêmes fichiers, par exemple {value}.",
    },
    Rule.PAGE_ALONE: {
        "en": "Both name the same page, but their titles differ: {value}.",
        "nl": "Beide noemen dezelfde pagina, maar hun titels verschillen: {value}.",
        "fr": "Les deux renvoient à la même page, mais leurs titres diffèrent : {value}.",
    },
    Rule.SOME_FILES: {
        "en": "Both lead to some of the same files, for instance {value}.",
        "nl": "Beide leiden naar enkele van dezelfde bestanden, bijvoorbeeld {value}.",
        "fr": "Les deux mènent à certains mêmes fichiers, par exemple {value}.",
    },
    Rule.SAME_IDENTIFIER: {
        "en": "Both have the identifier {value} and the same publisher.",
        "nl": "Beide hebben de identificatie {value} en dezelfde uitgever.",
        "fr": "Les deux ont l’identifiant {value} et le même éditeur.",
    },
    Rule.NEAR_TITLE: {
        "en": "The titles are nearly the same, and so are the publisher or the kinds of file: {value}.",
        "nl": "De titels zijn bijna dezelfde, net als de uitgever of de soorten bestanden: {value}.",
        "fr": "Les titres sont presque les mêmes, comme l’éditeur ou les types de fichiers : {value}.",
    },
}


class Key(NamedTuple):
    """A value of a dataset by which another that has it too is found."""

    rule: Rule
    value: str


@dataclass(frozen=True)
class Described:
    """A dataset as far as the rules look at it: all values made comparable by `describe`.

    ``source`` is the name of its harvest source, empty for a steward's own.
    """

    id: str
    source: str
    iris: frozenset[str] = frozenset()
    datagouv: frozenset[str] = frozenset()
    #: The uuids of the catalogue records that its addresses lead to, and those that are its identifiers.
    records: frozenset[str] = frozenset()
    uuids: frozenset[str] = frozenset()
    page: str | None = None
    files: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    publisher: str = ""
    titles: tuple[frozenset[str], ...] = ()
    formats: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[Key]:
        """Return the values by which rules find datasets that are the same."""
        found = {
            Rule.SAME_IRI: self.iris,
            Rule.SAME_DATAGOUV_ID: self.datagouv,
            Rule.SAME_RECORD: self.records | self.uuids,
            Rule.SAME_PAGE: {self.page} if self.page else (),
            Rule.SAME_FILES: self.files,
            Rule.SAME_IDENTIFIER: [f"{value} {self.publisher}" for value in self.identifiers if self.publisher],
        }
        return frozenset(Key(rule, value) for rule, values in found.items() for value in values)

    @property
    def words(self) -> frozenset[str]:
        """Return the words of its titles."""
        return frozenset().union(*self.titles)

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` takes: lists and texts only, always in the same order."""
        said = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(self).items()}
        return {**said, "titles": [sorted(title) for title in self.titles]}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Described:
        """Return what `as_dict` was made of."""
        sets = {one.name for one in fields(cls) if str(one.type).startswith("frozenset")}
        known = {name: frozenset(value) if name in sets else value for name, value in said.items()}
        return cls(**{**known, "titles": tuple(frozenset(title) for title in said["titles"])})


@dataclass(frozen=True)
class Reason:
    """One rule that two datasets meet, with the value they share."""

    rule: Rule
    value: str

    def text(self, language: str) -> str:
        """Return the reason as a person reads it."""
        sentences = SENTENCES[self.rule]
        return sentences.get(language, sentences["en"]).format(value=self.value)


@dataclass(frozen=True)
class Pair:
    """Two datasets that may be one, by their ids in order, with every reason."""

    first: str
    second: str
    reasons: tuple[Reason, ...]

    @property
    def sure(self) -> bool:
        """Tell whether one of the reasons is enough to join them."""
        return any(reason.rule.sure for reason in self.reasons)


def ordered(one: str, other: str) -> tuple[str, str]:
    """Return two ids as pairs have them."""
    return (one, other) if one < other else (other, one)


def version(aliases: Mapping[str, str] = _NONE) -> int:
    """Return a number that is another one when the rules, or the hosts that are one, change."""
    said = json.dumps(sorted(aliases.items())).encode() if aliases else b""
    return (VERSION << 20) + (zlib.crc32(said) & 0xFFFFF)


def describe(dataset: Mapping[str, Any], aliases: Mapping[str, str] = _NONE) -> Described:
    """Take what the rules look at out of a dataset dict. ``aliases``: earlier names of hosts, see `address`."""
    named = [dataset.get("uri"), dataset.get("identifier"), *(dataset.get("alternate_identifier") or ())]
    said = [value for value in named if isinstance(value, str) and value.strip()]
    guid = dataset.get("guid") or ""
    links = [dataset.get("url"), *said, dataset.get("source_url")]
    resources = dataset.get("resources") or ()
    addresses = [one.get(key) for one in resources for key in ("download_url", "url")]
    publisher = next(iter(dataset.get("publisher") or ()), {})

    def same(text: object) -> str | None:
        return address(text, aliases) if isinstance(text, str) else None

    return Described(
        id=dataset["id"],
        source=dataset.get("harvest_source_name") or "",
        iris=frozenset(filter(None, map(same, said))),
        datagouv=frozenset(
            [match[1] for link in links if isinstance(link, str) and (match := _DATAGOUV.search(link))]
            + ([guid] if _OBJECT_ID.fullmatch(guid) else [])
        ),
        records=frozenset(uuid for link in links if isinstance(link, str) for uuid in _records(link)),
        uuids=frozenset(text.lower() for value in [*said, guid] if _UUID.fullmatch(text := value.strip())),
        page=same(dataset.get("url")),
        files=frozenset(filter(None, map(same, addresses))),
        identifiers=frozenset(
            value.strip().casefold() for value in said if "://" not in value and len(value.strip()) >= _SHORTEST
        ),
        publisher=fold(publisher.get("name") or ""),
        titles=tuple(
            words
            for _language, text in sorted((dataset.get("title_translated") or {}).items())
            if (words := frozenset(_WORD.findall(fold(text or ""))))
        ),
        formats=frozenset(one["format"] for one in resources if one.get("format")),
    )


def _records(link: str) -> list[str]:
    """Return the uuids in the fragment of an address: the record that a GeoNetwork's page shows."""
    return [found.lower() for found in _UUID.findall(unquote(link.partition("#")[2]))]


def address(text: str, aliases: Mapping[str, str] = _NONE) -> str | None:
    """Return a web address in the form in which two of the same compare equal; None for a site's front page.

    Scheme, ``www.`` and a closing slash make no difference, nor does which version of Opendatasoft's API names a
    dataset or one of its exports, nor which of its names a host goes by (``aliases``: earlier name → name). A fragment
    makes none, unless it holds a path or a uuid: then it says which page it is (``catalog.search#/metadata/{uuid}``).
    """
    try:
        parts = urlsplit(text.strip())
        host = (parts.hostname or "").removeprefix("www.")
        host = aliases.get(host, host)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    path = unquote(parts.path).rstrip("/")
    if match := _OPENDATASOFT.match(path):
        return f"{host}/explore/dataset/{match[1]}"
    query = f"?{parts.query}" if parts.query else ""
    fragment = unquote(parts.fragment).rstrip("/")
    telling = f"#{fragment}" if "/" in fragment or _UUID.search(fragment) else ""
    return f"{host}{path}{query}{telling}" if path or query or telling else None


def tells(sources: Collection[str]) -> bool:
    """Tell whether a value says which dataset it is about, from the sources of all datasets that have it."""
    return 1 < len(sources) <= COMMON and len(set(sources)) == len(sources)


def seldom(title: Collection[str], counts: Mapping[str, int]) -> list[str]:
    """Return the rarest words of a title, as many as it needs to share one with every title that is near it.

    ``counts`` says in how many datasets' titles a word is. Words that are in too many are left out.
    """
    rarest = sorted(title, key=lambda word: (counts[word], word))
    needed = len(rarest) - math.ceil(_NEAR * len(rarest)) + 1
    return [word for word in rarest[:needed] if 1 < counts[word] <= FREQUENT]


def compare(one: Described, other: Described, telling: Collection[Key]) -> Pair | None:
    """Return two datasets as a pair, when they meet a rule. ``telling`` holds those of their keys that tell."""
    if one.source == other.source:
        return None
    shared: dict[Rule, list[str]] = defaultdict(list)
    for key in sorted(one.keys & other.keys):
        if key in telling:
            shared[key.rule].append(key.value)
    # Portals give a uuid to a dataset as well; that of a record is told by an address that leads there.
    shared[Rule.SAME_RECORD] = [uuid for uuid in shared[Rule.SAME_RECORD] if uuid in one.records | other.records]
    met = {rule: values[0] for rule, values in shared.items() if values}
    titled = not {*one.titles}.isdisjoint(other.titles)
    if Rule.SAME_PAGE in met and not titled:
        met[Rule.PAGE_ALONE] = met.pop(Rule.SAME_PAGE)
    if Rule.SAME_FILES in met and not (titled and _the_same(shared[Rule.SAME_FILES], one, other)):
        met[Rule.SOME_FILES] = met.pop(Rule.SAME_FILES)
    if title := _near(one, other):
        met[Rule.NEAR_TITLE] = title
    reasons = tuple(Reason(rule, met[rule]) for rule in Rule if rule in met)
    return Pair(*ordered(one.id, other.id), reasons) if reasons else None


def _the_same(files: Collection[str], one: Described, other: Described) -> bool:
    """Tell whether shared files are at least half of the files of each."""
    return 2 * len(files) >= max(len(one.files), len(other.files))


def _near(one: Described, other: Described) -> str:
    """Return the words of two titles that are nearly the same, if also the publisher or the kinds of file agree."""
    both, either = one.formats & other.formats, one.formats | other.formats
    agree = (one.publisher and one.publisher == other.publisher) or (both and 2 * len(both) >= len(either))
    if not agree:
        return ""
    near = (ours & theirs for ours in one.titles for theirs in other.titles if _nearly(ours, theirs))
    return " ".join(sorted(next(near, ()))[:12])


def _nearly(one: Set[str], other: Set[str]) -> bool:
    """Tell whether two titles are nearly the same. Another number is another year, or another sheet of the map."""
    if min(len(one), len(other)) < _FEWEST or len(one & other) < _NEAR * len(one | other):
        return False
    return not any(any(map(str.isdigit, word)) for word in one ^ other)


def pairs(datasets: Iterable[Described]) -> list[Pair]:
    """Return all pairs of datasets of different sources that meet a rule, the surest first.

    Takes time in proportion to the datasets: only those that share a value, or a rare word, are compared.
    """
    every = {one.id: one for one in datasets}
    holders: dict[Key, set[str]] = defaultdict(set)
    with_word: dict[str, set[str]] = defaultdict(set)
    for one in every.values():
        for key in one.keys:
            holders[key].add(one.id)
        for word in one.words:
            with_word[word].add(one.id)
    telling = {key for key, ids in holders.items() if tells([every[each].source for each in ids])}
    counts = {word: len(ids) for word, ids in with_word.items()}
    met: set[tuple[str, str]] = set()
    for one in every.values():
        near = (with_word[word] for title in one.titles for word in seldom(title, counts))
        others = set().union(*near, *(holders[key] for key in one.keys & telling))
        met |= {ordered(one.id, other) for other in others if other != one.id}
    found = (compare(every[one], every[other], telling) for one, other in met)
    return sorted(filter(None, found), key=surest_first)


def surest_first(pair: Pair) -> tuple[int, str, str]:
    """Order pairs: by the best of their reasons, then by ids."""
    return list(Rule).index(pair.reasons[0].rule), pair.first, pair.second


def by_value(reasons: Iterable[Mapping[str, str]]) -> Iterator[Reason]:
    """Read reasons as they are kept. A rule that this version does not know is passed over."""
    for one in reasons:
        if one["rule"] in list(Rule):
            yield Reason(Rule(one["rule"]), one["value"])
