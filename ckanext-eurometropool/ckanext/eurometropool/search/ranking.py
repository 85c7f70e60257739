"""What ranks one dataset above another beside the words: place, freshness, quality, whose data it is. Pure.

Each is a factor of the score, near one where it does not matter, so that words come first: a fresh, well-described
dataset of a local steward gains about half of its score over a stale, poor copy.
"""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import nearness
from ckanext.eurometropool.search.where import Place

#: 1 today, 0.93 after a year, towards 0.85: `changed` is when the source says it changed.
FRESHNESS = "sum(0.85,recip(ms(NOW/DAY,changed),3.16e-11,0.15,1))"
#: `quality_score` is 0 to 1; a dataset nobody has measured is in the middle.
QUALITY = "sum(0.9,product(0.2,def(quality_score,0.5)))"
#: A steward's own dataset before a harvested copy.
OWN = "sum(1,product(0.15,def(own_data,0)))"


def factors(places: Sequence[Place], register: Register | None) -> dict[str, str]:
    """Give the factors by name, each a function of Solr."""
    found = {"freshness": FRESHNESS, "quality": QUALITY, "own": OWN}
    if places and register:
        found = {"place": nearness.weight(places, register), **found}
    return found


def boost(places: Sequence[Place], register: Register | None) -> str:
    """Give the product of all factors, as edismax' `boost`."""
    return f"product({','.join(factors(places, register).values())})"
