"""Did you mean: corrections of words that found nothing, from the catalogue, the thesaurus and the places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from ckan.lib.search import SearchError

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import asking, where
from ckanext.eurometropool.search.question import Question
from ckanext.eurometropool.search.thesaurus import installed

#: How alike two words are, 0 to 1, for one to be offered for the other.
ALIKE = 0.75


def corrections(question: Question, register: Register | None) -> list[str]:
    """Give the question with its unknown words corrected, at most one; the rest stays as it is written."""
    unknown = [group.words[0] for group in question.groups if not group.known and len(group.words) == 1]
    right = installed().words | (where.finder(register).words if register else frozenset())
    unknown = [word for word in unknown if len(word) > 3 and word.isalpha() and word not in right]
    if not unknown:
        return []
    said = _from_catalogue(unknown)
    corrected = {word: said.get(word) or _nearest(word, right) for word in unknown}
    if not any(corrected.values()):
        return []
    return [_replaced(question, {word: better for word, better in corrected.items() if better})]


def _from_catalogue(words: Iterable[str]) -> dict[str, str]:
    """Give the catalogue's word for each that it does not have: the most frequent of the nearest, in any language."""
    try:
        found = asking.ask("spell", **{"spellcheck.q": " ".join(words), "rows": 0}).spellcheck
    except SearchError:
        return {}
    suggestions = found.get("suggestions", [])
    corrected = {}
    for word, said in zip(suggestions[::2], suggestions[1::2], strict=False):
        near = [one["word"] for one in said["suggestion"] if one["word"].isalpha()]
        if best := get_close_matches(word, near, 1, ALIKE):
            corrected[word] = best[0]
    return corrected


def _nearest(word: str, right: Iterable[str]) -> str | None:
    # A slip in the first letter is not looked for, as Solr does not (minPrefix in config/solr/solrconfig.xml).
    alike = [one for one in right if one[0] == word[0]]
    return next(iter(get_close_matches(word, alike, 1, ALIKE)), None)


def _replaced(question: Question, corrected: dict[str, str]) -> str:
    text = question.text
    for group in question.groups:
        if better := corrected.get(group.words[0]):
            text = re.sub(rf"\b{re.escape(group.said)}\b", better, text, count=1)
    return text
