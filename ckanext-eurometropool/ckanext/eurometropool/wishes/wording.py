"""The letters about a wish, in one of three languages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations

from ckanext.eurometropool.pages import phrases
from ckanext.eurometropool.wishes.wish import PUT_AGAIN, UNCONFIRMED


@dataclass(frozen=True)
class Letter:
    """What is sent."""

    subject: str
    text: str


@dataclass(frozen=True)
class Wording:
    """One wish as its letters speak of it: in a language with its words, of a question and the name of its place."""

    language: str
    words: NullTranslations
    portal: str
    question: str
    place: str

    @property
    def about(self) -> str:
        """The question between the quotes of its language, with its place behind it."""
        said = self.words.gettext("“{question}”").format(question=self.question)
        return f"{said} ({self.place})" if self.place else said

    def to_confirm(self, confirm: str, forget: str) -> Letter:
        """Ask whether somebody really asked; ``confirm`` and ``forget`` are addresses."""
        _ = self.words.gettext
        return Letter(
            _("Confirm your question: {about}").format(about=self.about),
            _paragraphs(
                _("On {portal} somebody asked to tell this address when there is data about {about}.").format(
                    portal=self.portal, about=self.about
                ),
                _("If it was you, confirm it here: {address}").format(address=confirm),
                _(
                    "If it was not, do nothing: nothing else is sent, and after {days} days the address is deleted."
                ).format(days=UNCONFIRMED.days),
                _(
                    "Once confirmed, your address, your question and its date are kept until there is such data,"
                    " for a year at most."
                ),
                self._forget(forget),
            ),
        )

    def known(self, forget: str) -> Letter:
        """Tell somebody who asks again that their question is known."""
        _ = self.words.gettext
        return Letter(
            _("Your question is known: {about}").format(about=self.about),
            _paragraphs(
                _("You asked before, and confirmed it: we write to you when there is data about {about}.").format(
                    about=self.about
                ),
                self._forget(forget),
            ),
        )

    def found(self, count: int, titles: Sequence[str], search: str, forget: str) -> Letter:
        """Tell that there is data: how many datasets, the first titles, and the address of the search.

        ``forget`` is the address that forgets what else is kept of the reader; "" where nothing is.
        """
        _ = self.words.gettext
        number = phrases.number(count, self.language)
        counted = self.words.ngettext("There is {count} dataset:", "There are {count} datasets:", count)
        return Letter(
            _("There is data now: {about}").format(about=self.about),
            _paragraphs(
                _("You asked {portal} to tell you when there is data about {about}.").format(
                    portal=self.portal, about=self.about
                ),
                "\n".join([counted.format(count=number), *(f"* {title}" for title in titles)]),
                _("See all of it: {address}").format(address=search),
                _("This was the only letter about it: your question has been deleted."),
                self._forget(forget) if forget else "",
            ),
        )

    def put(self, search: str, add: str) -> Letter:
        """Put the question to who may have the data; ``search`` and ``add`` are addresses."""
        _ = self.words.gettext
        return Letter(
            _("Somebody looks for data about {about}").format(about=self.about),
            _paragraphs(
                _("On {portal} somebody looks for data about {about} and finds none.").format(
                    portal=self.portal, about=self.about
                ),
                _("This is what they see: {address}").format(address=search),
                _("If you have such data, add it here: {address}").format(address=add),
                _("Whoever asked for it is told when it is there. You need not answer."),
                _("The same question is put to you once in {days} days at most.").format(days=PUT_AGAIN.days),
            ),
        )

    def _forget(self, address: str) -> str:
        _ = self.words.gettext
        return _("To have your address and all your questions deleted at once: {address}").format(address=address)


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text) + "\n"
