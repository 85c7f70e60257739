"""The pages of a wish: the form, what follows it, and what the links in letters lead to.

A link in a letter only shows a page with a button: programs that look through mail open every link.
"""

from __future__ import annotations

from ckan.config.middleware.flask_app import csrf
from ckan.plugins import toolkit as tk
from ckan.types import Response
from flask import Blueprint, make_response, request

from ckanext.eurometropool.pages import letters, searching
from ckanext.eurometropool.pages.letters import NotSentError
from ckanext.eurometropool.wishes import asking, store, wish, writing
from ckanext.eurometropool.wishes.wish import Asked

wishes = Blueprint("wishes", __name__, url_prefix="/wish")


@wishes.route("", methods=["GET", "POST"])
def ask() -> Response | str:
    """Ask for data that nobody shares: ``q``, ``place``, ``email``."""
    said = request.values
    asked = asking.read_question(said.get("q", ""), said.get("place", ""))
    if asked is None or not letters.can_send():
        return tk.abort(404, tk._("There is nothing to ask for here. Search first."))
    shown = {"offer": asking.offer(asked), "email": "", "trouble": "", "field": "", "back": _search(asked)}
    if request.method == "GET":
        return tk.render("wish/ask.html", shown)
    # CKAN lets anonymous people post without a token; a letter must not be sent from another site's page.
    csrf.protect()
    shown["email"] = request.form.get("email", "")
    try:
        asking.ask(asked, asking.read_address(request.form))
    except NotSentError as error:
        return tk.render("wish/ask.html", {**shown, "trouble": str(error), "field": error.field})
    return tk.h.redirect_to("wishes.sent", q=asked.question, place=asked.place)


@wishes.route("/sent")
def sent() -> str:
    """Say what comes next: a letter with a link."""
    asked = asking.read_question(request.args.get("q", ""), request.args.get("place", ""))
    if asked is None:
        return tk.abort(404, tk._("There is nothing to ask for here. Search first."))
    shown = {"about": _about(asked), "back": _search(asked), "days": wish.UNCONFIRMED.days}
    return tk.render("wish/sent.html", shown)


@wishes.route("/<token>/confirm", methods=["GET", "POST"])
def confirm(token: str) -> Response | str:
    """Confirm a wish."""
    return _by_link(token, "wish/confirm.html")


@wishes.route("/<token>/forget", methods=["GET", "POST"])
def forget(token: str) -> Response | str:
    """Forget all that is kept of who has this token."""
    return _by_link(token, "wish/forget.html")


def _by_link(token: str, template: str) -> Response | str:
    kept = store.by_token(token)
    if kept is None:
        return make_response(tk.render("wish/over.html"), 410)  # pyright: ignore[reportReturnType]  # as below
    asked = Asked(kept.question, kept.place)
    shown = {"about": _about(asked), "offer": asking.offer(asked), "back": _search(asked), "done": False}
    if request.method == "POST":
        csrf.protect()
        shown["done"] = asking.confirm(token) if template == "wish/confirm.html" else asking.forget(token)
    response = make_response(tk.render(template, shown))
    # Whoever has this address may do what it does: it is told to nobody.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response  # pyright: ignore[reportReturnType]  # Flask's class; CKAN's is a subclass


def _about(asked: Asked) -> str:
    return writing.wording(asked, tk.h.lang() or "en").about


def _search(asked: Asked) -> str:
    return searching.address(writing.page_args(asked, tk.h.lang() or "en"))


BLUEPRINTS: list[Blueprint] = [wishes]
