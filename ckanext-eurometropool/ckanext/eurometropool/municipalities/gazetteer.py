"""The names to look for in texts: of municipalities, their parts and adjectives, of areas, and of places elsewhere.

Pure. A name may stand for several places (Comines on both sides of the border), and be a word too (`strict`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from ckanext.eurometropool.municipalities import contexts
from ckanext.eurometropool.municipalities.evidence import Kind
from ckanext.eurometropool.municipalities.register import Register
from ckanext.oslo import quick_yaml

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name to look for. `keys` are the municipalities or the area it may stand for, none for places elsewhere.

    `strict`: it is a word too, and needs a cue. `part`: a village's, not the whole municipality's. `adjective`: what is
    the town's ("Kortrijkse"), written with a capital or not.
    """

    tokens: tuple[str, ...]
    keys: tuple[str, ...]
    strict: bool = False
    part: bool = False
    adjective: bool = False

    @property
    def kind(self) -> Kind:
        """Give what a dataset that names it has to do with the municipality."""
        return Kind.WITHIN if self.part else Kind.COVERS


@lru_cache(maxsize=5_000)
def words_of(name: str) -> Words:
    """Give the folded words of a name."""
    return tuple(token.word for token in contexts.tokens_of(name))


def names(register: Register) -> Iterable[Name]:
    """Give every name to look for, once."""
    found: dict[Words, Name] = {}
    strict = {words_of(word) for word in contexts.words("strict")}
    for name in _of_municipalities(register, strict):
        known = found.get(name.tokens)
        if known is None:
            found[name.tokens] = name
        elif name.keys[0] not in known.keys:
            found[name.tokens] = replace(known, keys=(*known.keys, *name.keys), strict=known.strict and name.strict)
    for name in (*adjectives(register), *_of_areas(register, strict)):
        found.setdefault(name.tokens, name)
    # Read as a whole, before the names within: "Tournai-sur-Dive".
    return (found | {words: Name(words, ()) for words in map(words_of, contexts.words("elsewhere"))}).values()


def _of_municipalities(register: Register, strict: set[Words]) -> Iterator[Name]:
    for municipality in register:
        for words in _spellings(municipality.names.values()):
            yield Name(words, (municipality.key,), strict=words in strict)
    # Villages and by-names are less known, and more often somebody's or something else's.
    for municipality in register:
        for words in _spellings(municipality.also):
            yield Name(words, (municipality.key,), strict=True)
        for words in _spellings(municipality.villages):
            yield Name(words, (municipality.key,), strict=True, part=True)


def _of_areas(register: Register, strict: set[Words]) -> Iterator[Name]:
    for area in register.areas.values():
        for words in map(words_of, (*area.names.values(), *area.also)):
            yield Name(words, (area.key,), strict=words in strict)


def _spellings(names: Iterable[str]) -> set[Words]:
    """Give the ways to write names: "Le Maisnil" is also in "ville du Maisnil"."""
    found = set(map(words_of, names))
    contracted = {(article, *words[1:]) for words in found if words[0] == "le" for article in ("du", "au")}
    unaccented = {tuple("les" if word == "lez" else word for word in words) for words in found if "lez" in words}
    return found | contracted | unaccented


def adjectives(register: Register) -> Iterator[Name]:
    """Give the forms of adjectives: Kortrijks, Kortrijkse; lillois, lilloise, lilloises."""
    text = resources.files("ckanext.eurometropool.municipalities").joinpath("adjectives.yaml").read_text("utf-8")
    for key, stems in quick_yaml.load(text).items():
        forms = [stem + end for stem in stems.get("nl", ()) for end in ("s", "se")]
        forms += [word + end for word in stems.get("fr", ()) for end in _french_ends(word)]
        if register.get(key):
            yield from (Name((form,), (key,), adjective=True) for form in forms)


def _french_ends(word: str) -> tuple[str, ...]:
    return ("", "s", "ne", "nes") if word.endswith("en") else ("", "e", "es")
