"""Report a problem with a dataset to whoever looks after it: a letter to its contact, from anybody.

What keeps it from being misused is in `letters.py`: here the bounds are letters an hour from one address and a day
about one dataset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import cards, letters, places
from ckanext.eurometropool.pages.letters import Bound, NotSentError

SHORTEST, LONGEST = 10, 4000  # characters of what is reported
FROM_ONE_ADDRESS = 5  # letters an hour
ABOUT_ONE_DATASET = 20  # letters a day


@dataclass(frozen=True)
class Report:
    """What somebody wrote: the problem, and where to answer ("" for nowhere)."""

    text: str
    answer_to: str


def can_report(dataset: Mapping[str, Any]) -> bool:
    """Tell whether a letter about this dataset would reach anybody."""
    return letters.can_send() and bool(recipient(dataset))


def recipient(dataset: Mapping[str, Any]) -> str:
    """Give the address of who looks after a dataset: its contact, its organization's people, or ours."""
    contacts = dataset.get("contact")
    listed = contacts if isinstance(contacts, list) else []
    said = [str(one.get("email") or "") for one in listed if isinstance(one, Mapping)]
    said += [str(dataset.get(field) or "") for field in ("maintainer_email", "author_email")]
    said += letters.editors(str(dataset.get("owner_org") or ""))
    said.append(str(tk.config.get("email_to") or ""))
    plain = (address.removeprefix("mailto:").strip() for address in said)
    return next((address for address in plain if letters.is_address(address)), "")


def read(form: Mapping[str, str]) -> Report:
    """Read the form. Raises NotSentError for what a person can mend, and for a program."""
    letters.refuse_programs(form)
    text, answer_to = form.get("text", "").strip(), form.get("email", "").strip()
    if len(text) < SHORTEST:
        raise NotSentError(tk._("Say in a sentence what is wrong."), "text")
    if len(text) > LONGEST:
        raise NotSentError(tk._("At most {limit} characters fit here.").format(limit=LONGEST), "text")
    if answer_to and not letters.is_address(answer_to):
        raise NotSentError(tk._("This is not an e-mail address. Leave it empty if you want no answer."), "email")
    return Report(text, answer_to)


def send(dataset: Mapping[str, Any], report: Report) -> None:
    """Send the letter, in the language of the region the dataset is about. Raises NotSentError."""
    address = recipient(dataset)
    if not address or not letters.can_send():
        raise NotSentError(tk._("This portal cannot send a letter about this dataset."))
    _bound(dataset)
    region = cards.region(dataset)
    language = places.LANGUAGE.get(region.key if region else "", cards.reader())
    subject, body = _letter(dataset, report, language)
    headers = {"Content-Language": language} | ({"Reply-To": report.answer_to} if report.answer_to else {})
    if not letters.send((cards.publisher(dataset).value, address), subject, body, headers):
        raise letters.not_now()


def _letter(dataset: Mapping[str, Any], report: Report, language: str) -> tuple[str, str]:
    say = letters.words(language).gettext
    title = cards.text(dataset, "title", otherwise=dataset["name"]).value.replace("\n", " ")
    page = tk.url_for(f"{dataset['type']}.read", id=dataset["name"], locale=language, _external=True)
    answer = say("Answer to: {address}").format(address=report.answer_to) if report.answer_to else ""
    opening = say("Somebody who read this dataset on the portal reports a problem with it:")
    parts = [opening, report.text, answer or say("The writer left no address."), f"{title}\n{page}"]
    return say("A problem with “{title}”").format(title=title[:150]), "\n\n".join(parts) + "\n"


def _bound(dataset: Mapping[str, Any]) -> None:
    """Count this letter. Raises NotSentError past the bounds, and without Redis: nothing is sent."""
    about = Bound(f"about:{dataset['id']}", letters.DAY, ABOUT_ONE_DATASET)
    for bound in (letters.from_here(FROM_ONE_ADDRESS), about):
        if not letters.is_within("report", bound):
            raise NotSentError(tk._("There have been many reports in a short time. Try again later."))
