"""Publishers and contact points: who stands behind a dataset."""

from __future__ import annotations

from ckanext.harvesters.mapping import urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.reasons import Reason
from ckanext.oslo.vocabularies.concepts import fold

#: Names that name nobody (folded); real ones of the Flemish feed.
_NOBODY = frozenset({"", "onbekend", "unknown", "inconnu", "n a", "nvt", "todo", "null", "none"})


def agent(
    draft: Draft,
    field: str,
    *,
    name: str | None = None,
    uri: str | None = None,
    email: str | None = None,
    url: str | None = None,
    kind: str | None = None,
    identifier: str | None = None,
) -> dict[str, str] | None:
    """Return an agent with what is known of it; None when that is nothing. A name that names nobody is dropped.

    An address that is none and a mail address that is none are left out and reported.
    """
    named = draft.line(f"{field}.name", name)
    if named and fold(named) in _NOBODY:
        named = None
    mail = urls.email(email) if email else None
    if email and email.strip() and not mail and fold(email) not in _NOBODY:
        draft.warn(f"{field}.email", email, Reason.BAD_EMAIL)
    values = {
        "name": named,
        "uri": draft.link(f"{field}.uri", uri),
        "email": mail,
        "url": draft.link(f"{field}.url", url),
        "type": draft.link(f"{field}.type", kind),
        "identifier": draft.line(f"{field}.identifier", identifier),
    }
    found = {key: value for key, value in values.items() if value}
    return found if found.keys() - {"type"} else None


def publisher_or_source(draft: Draft, found: dict[str, str] | None) -> list[dict[str, str]]:
    """Return the publisher as the dataset field wants it; the source's own where the record names none."""
    if found and "name" in found:
        return [found]
    fallback = {key: value for key, value in (draft.source.publisher or {}).items() if key in ("name", "uri") and value}
    if found:
        return [{**found, "name": fallback.get("name") or found.get("uri") or found.get("email", "")}]
    return [fallback] if fallback else []
