"""Putting a question to who may have the data: the people of the town's organization, else the portal's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.municipalities.said import read
from ckanext.eurometropool.pages import letters, places
from ckanext.eurometropool.pages.letters import Bound, NotSentError
from ckanext.eurometropool.wishes import store, wish
from ckanext.eurometropool.wishes.wish import Asked
from ckanext.eurometropool.wishes.writing import search_address, wording
from ckanext.oslo.quality.store import texts
from ckanext.oslo.reading.translations import best

#: Of one organization.
MOST_PEOPLE = 5
#: Questions that the same people get in a day.
A_DAY = 10


@dataclass(frozen=True)
class Responsible:
    """Who is asked: addresses, and the organization's name in each language (none for the portal's own people)."""

    addresses: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()

    def name(self, language: str) -> str:
        """Name the organization in a language, or as it is named elsewhere; "" for the portal's own people."""
        known = dict(self.names)
        return known.get(best(known, language) or "", "")


def responsible(asked: Asked) -> Responsible | None:
    """Tell who is asked; None where there is nobody."""
    towns = {town.key for town in wish.municipalities(asked, places.register())}
    for organization, names in _town_halls(towns) if towns else ():
        people = [one for one in letters.editors(organization) if letters.is_address(one)]
        if people:
            return Responsible(tuple(dict.fromkeys(people))[:MOST_PEOPLE], tuple(names.items()))
    ours = str(tk.config.get("email_to") or "")
    return Responsible((ours,)) if letters.is_address(ours) else None


def put(asked: Asked) -> bool:
    """Put a question, unless it was not long ago; tell whether a letter was taken."""
    whom = responsible(asked)
    if whom is None or not letters.can_send() or not store.take_to_put(asked):
        return False
    if not _is_within(whom):
        store.not_put(asked)  # the next look tries again
        return False
    towns = wish.municipalities(asked, places.register())
    language = places.LANGUAGE[towns[0].region] if towns else str(tk.config["ckan.locale_default"])
    add = tk.url_for("dataset.new", locale=language, _external=True)
    letter = wording(asked, language).put(search_address(asked, language), add)
    headers = {"Content-Language": language}
    sent = [letters.send((whom.name(language), one), letter.subject, letter.text, headers) for one in whom.addresses]
    if not any(sent):
        store.not_put(asked)
    return any(sent)


def _town_halls(keys: set[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the organizations that are the town hall of one of these municipalities: id, and name by language."""
    for group in _organizations():
        translated = texts(group.extras.get("title_translated"))
        names = {lang: str(name) for lang, name in translated.items() if name} or {"": group.title or ""}
        said = read({"publisher": [{"name": group.title or next(iter(names.values()))}]})
        of = {finding.key for finding in installed.publishers().find(said)}
        # A body of many towns is not asked for one of them.
        if len(of) == 1 and of <= keys:
            yield group.id, names


def _organizations() -> list[Any]:
    groups = model.Session.query(model.Group).filter_by(is_organization=True, state="active")
    return groups.order_by(model.Group.created).all()


def _is_within(whom: Responsible) -> bool:
    """Tell whether the same people may be asked one thing more today; not without Redis."""
    try:
        return letters.is_within("wish", Bound(f"put:{letters.anonymous(whom.addresses[0])}", letters.DAY, A_DAY))
    except NotSentError:
        return False
