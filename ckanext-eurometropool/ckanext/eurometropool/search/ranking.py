"""What ranks one dataset above another beside the words: place, freshness, quality, whose data it is. Pure.

Each is a factor of the score, near one where it does not matter, so that words come first: a fresh, well-described
dataset of a local steward gains about half of its score over a stale, poor copy.
"""

from __future__ import annotations

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import nearness
from ckanext.eurometropool.search.question import Question

#: 1 today, 0.93 after a year, towards 0.85: `changed` is when the source says it changed.
FRESHNESS = "sum(0.85,recip(ms(NOW/DAY,changed),3.16e-11,0.15,1))"
#: `quality_score` is 0 to 1; a dataset nobody has measured is in the middle.
QUALITY = "sum(0.9,product(0.2,def(quality_score,0.5)))"
#: A steward's own dataset before a harvested copy.
OWN = "sum(1,product(0.15,def(own_data,0)))"
#: Where no place is asked for: 1 of our municipalities, 0.8 of a wider area they lie in, 0.4 of no place of ours.
#: Aggregators give data of towns at the other end of the country, that have the same words in their titles.
OURS = "if(def(local,2),sum(0.6,product(0.2,def(local,2))),0.4)"

#: What the weight of the reader's own place is raised to: their town's dataset in another language goes before a town's
#: at 15 km in theirs, and one next door that only happens to have the word in its text does not.
STANDING = 0.75


def factors(question: Question, register: Register | None) -> dict[str, str]:
    """Give the factors by name, each a function of Solr.

    The place of a question counts whole. Where its reader stands, who names no place, weighs less (`STANDING`).
    """
    place = OURS
    if register and question.places:
        place = nearness.weight(question.places, register, alone=not question.groups)
    elif register and question.near:
        place = f"pow({nearness.weight([question.near], register)},{STANDING})"
    return {"place": place, "freshness": FRESHNESS, "quality": QUALITY, "own": OWN}


def boost(question: Question, register: Register | None) -> str:
    """Give the product of all factors, as edismax' `boost`."""
    return f"product({','.join(factors(question, register).values())})"
