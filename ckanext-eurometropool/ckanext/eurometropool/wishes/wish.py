"""What a wish is, which questions can be wished for, and how long one is kept. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import Municipality, Register
from ckanext.eurometropool.search.question import is_plain, understand
from ckanext.eurometropool.search.where import place_of

LONGEST = 100  # characters of a question
#: How long a wish waits for its writer to confirm it, and how long a confirmed one waits for data.
UNCONFIRMED = timedelta(days=7)
CONFIRMED = timedelta(days=365)
#: How often the same question may be put to the same people.
PUT_AGAIN = timedelta(days=30)
#: The form sends mail to whatever address it is given: it must carry nobody's advertisement there.
_ADVERTISES = re.compile(r"\w\.\w|[/@\\<>]|\bwww\b", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A question and the place it is asked about.

    `place` is the key of a municipality or an area, the folded name of namesakes, or "" for none.
    """

    question: str
    place: str = ""

    @property
    def words(self) -> str:
        """The question as it is compared: without case, accents and punctuation."""
        return fold(self.question)


def can_be_wished(question: str) -> bool:
    """Tell whether a question is plain words, few enough, and no web address."""
    fits = len(question) <= LONGEST and question.isprintable()
    return fits and is_plain(question) and not _ADVERTISES.search(question)


def place_key(text: str, register: Register | None) -> str | None:
    """Give what a wish keeps of the place that "Where?" names: "" for no text, None for a place nobody knows."""
    if not text.strip():
        return ""
    place = place_of(text, register) if register else None
    if place is None:
        return None
    return place.area or (place.municipalities[0] if len(place.municipalities) == 1 else place.name)


def place_name(key: str, language: str, register: Register | None) -> str:
    """Name the place of a wish in a language; one that the register no longer knows is its own name."""
    place = place_of(key, register) if key and register else None
    if place is None or register is None:
        return key
    if place.area:
        return register.areas[place.area].name(language)
    return " / ".join(dict.fromkeys(register.municipalities[one].name(language) for one in place.municipalities))


def place_text(key: str, language: str, register: Register | None) -> str:
    """Give what "Where?" says for the place of a wish: its name, or its key where the name means another place too."""
    name = place_name(key, language, register)
    return name if place_key(name, register) == key else key


def municipalities(asked: Asked, register: Register | None) -> tuple[Municipality, ...]:
    """Give the municipalities a question is about: those of "Where?", else those the question itself names."""
    if register is None:
        return ()
    if asked.place:
        place = place_of(asked.place, register)
        keys = place.municipalities if place else ()
    else:
        keys = tuple(key for place in understand(asked.question, register).places for key in place.municipalities)
    return tuple(register.municipalities[key] for key in keys)


def oldest(now: datetime, *, confirmed: bool) -> datetime:
    """Give since when a wish may have been kept, by whether it was confirmed; what is older is deleted."""
    return now - (CONFIRMED if confirmed else UNCONFIRMED)
