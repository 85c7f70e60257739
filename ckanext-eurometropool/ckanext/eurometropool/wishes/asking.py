"""The form under a search without results: what it offers, and taking what was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ckan.plugins import toolkit as tk
from flask import request

from ckanext.eurometropool.pages import cards, letters, phrases, places, searching
from ckanext.eurometropool.pages.languages import NAMES
from ckanext.eurometropool.pages.letters import Bound, NotSentError
from ckanext.eurometropool.wishes import counting, jobs, putting, store, wish, writing
from ckanext.eurometropool.wishes.wish import Asked

FROM_ONE_ADDRESS = 5  # forms an hour
TO_ONE_MAILBOX = 3  # letters a day
#: What an address of the search page may have besides for its question to be a wish: nothing that leaves datasets out.
BESIDES = frozenset({"q", "ext_place", "ext_near", "sort", "page"})


@dataclass(frozen=True)
class Offer:
    """What the form says.

    `question` and `place` (as its hidden fields have them), `place_name`; `nth`: which reader looks for it, "" for the
    first or nobody knows; `to`: the organization that is asked; `portal`: the portal's own people are asked instead.
    """

    question: str
    place: str
    place_name: str
    nth: str
    to: str
    portal: bool


def here() -> Offer | None:
    """Give the offer of the search page that is being made; None where nobody can wish for what it looks for."""
    if not letters.can_send() or any(value and name not in BESIDES for name, value in request.args.items(multi=True)):
        return None
    asked = read_question(request.args.get("q", ""), request.args.get("ext_place", ""))
    return offer(asked, counting.nth(asked)) if asked else None


def offer(asked: Asked, number: int = 0) -> Offer:
    """Give the offer for a question, with the number of its reader."""
    whom = putting.responsible(asked)
    language = _language()
    return Offer(
        question=asked.question,
        place=asked.place,
        place_name=wish.place_name(asked.place, language, places.register()),
        nth=phrases.ordinal(number, language) if number > 1 else "",
        to=whom.name(language) if whom else "",
        portal=whom is not None and not whom.names,
    )


def read_question(question: str, place: str) -> Asked | None:
    """Read a question and its place; None where it cannot be wished for."""
    words = " ".join(question.split())
    key = wish.place_key(place, places.register())
    return Asked(words, key) if key is not None and wish.can_be_wished(words) else None


def read_address(form: Mapping[str, str]) -> str:
    """Read the e-mail address of a form. Raises NotSentError for what a person can mend, and for a program."""
    letters.refuse_programs(form)
    name, _at, host = form.get("email", "").strip().rpartition("@")
    address = f"{name}@{host.lower()}"
    if not letters.is_address(address):
        raise NotSentError(tk._("This is not an e-mail address: it has to look like name@example.org."), "email")
    return address


def ask(asked: Asked, address: str) -> None:
    """Keep a wish and send the letter that its writer confirms it with. Raises NotSentError.

    An address that has wished the same before gets a letter too, and one that got many today none: the page says the
    same, so that nobody learns which addresses are known.
    """
    if not letters.can_send():
        raise NotSentError(tk._("This portal cannot send letters."))
    if not letters.is_within("wish", letters.from_here(FROM_ONE_ADDRESS)):
        raise NotSentError(tk._("There have been many questions in a short time. Try again later."))
    if searching.count({"q": asked.question, "ext_place": asked.place}):
        raise NotSentError(tk._("There is data about this by now."))
    if not letters.is_within("wish", Bound(f"to:{letters.anonymous(address.lower())}", letters.DAY, TO_ONE_MAILBOX)):
        return
    kept = store.keep(asked, address, _language())
    jobs.arm_quietly()
    said = writing.wording(asked, kept.language)
    forget = writing.forget_address(kept.token, kept.language)
    confirm = writing.confirm_address(kept.token, kept.language)
    letter = said.known(forget) if kept.confirmed else said.to_confirm(confirm, forget)
    if not writing.send(kept, letter, forget):
        raise letters.not_now()


def confirm(token: str) -> bool:
    """Confirm a wish and put its question to who may have the data; tell whether the wish is still kept."""
    kept = store.by_token(token)
    if kept is None:
        return False
    store.confirm(kept)
    jobs.arm_quietly()
    putting.put(Asked(kept.question, kept.place))
    return True


def forget(token: str) -> bool:
    """Delete all wishes of whoever has this token; tell whether there were any."""
    kept = store.by_token(token)
    if kept is None:
        return False
    store.forget(kept.email)
    return True


def _language() -> str:
    return cards.reader() if cards.reader() in NAMES else "en"
