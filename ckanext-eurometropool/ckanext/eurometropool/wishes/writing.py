"""Letters to those who wish: their wording in the portal's name, the addresses in them, and sending them."""

from __future__ import annotations

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import letters, places
from ckanext.eurometropool.wishes import wish
from ckanext.eurometropool.wishes.tables import Wish
from ckanext.eurometropool.wishes.wish import Asked
from ckanext.eurometropool.wishes.wording import Letter, Wording


def wording(asked: Asked, language: str) -> Wording:
    """Give the wording of the letters about a question, in a language."""
    portal = str(tk.config["ckan.site_title"])
    place = wish.place_name(asked.place, language, places.register())
    return Wording(language, letters.words(language), portal, asked.question, place)


def search_address(asked: Asked, language: str) -> str:
    """Give the whole address of the search for a question, in a language."""
    return tk.url_for("dataset.search", **page_args(asked, language), locale=language, _external=True)


def page_args(asked: Asked, language: str) -> dict[str, str]:
    """Give what the address of the search page has for a question."""
    place = wish.place_text(asked.place, language, places.register())
    return {"q": asked.question} | ({"ext_place": place} if place else {})


def forget_address(token: str, language: str) -> str:
    """Give the whole address of the page that forgets who has this token; "" for none."""
    return tk.url_for("wishes.forget", token=token, locale=language, _external=True) if token else ""


def confirm_address(token: str, language: str) -> str:
    """Give the whole address of the page that confirms a wish."""
    return tk.url_for("wishes.confirm", token=token, locale=language, _external=True)


def send(kept: Wish, letter: Letter, forget: str) -> bool:
    """Send a letter to who wished; tell whether it was taken."""
    headers = {"Content-Language": kept.language} | ({"List-Unsubscribe": f"<{forget}>"} if forget else {})
    return letters.send(("", kept.email), letter.subject, letter.text, headers)
