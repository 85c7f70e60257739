"""How often a dataset changes, in a portal's words → EU frequency."""

from __future__ import annotations

import re

from ckanext.harvesters.mapping.draft import Draft
from ckanext.oslo.vocabularies import load

#: Longest sentence looked at (characters).
LONGEST = 500
#: What sentences about frequency hold, from often to seldom: the first that fits decides. French and Dutch.
_PHRASES = [
    (re.compile(pattern, re.I), code)
    for pattern, code in [
        (r"temps r[ée]el|real[- ]?time|en continu\b|continu(e|ous|ellement)?\b|doorlopend", "CONT"),
        (r"toutes les heures|horaire\b|elk uur|hourly", "HOURLY"),
        (r"quotidien|journali[eè]r|chaque jour|tous les jours|dagelijks|daily", "DAILY"),
        (r"bimensuel|deux fois par mois", "MONTHLY_2"),
        (r"hebdomadaire|chaque semaine|toutes les semaines|wekelijks|weekly", "WEEKLY"),
        (r"bimestriel|tous les deux mois|tweemaandelijks", "BIMONTHLY"),
        (r"trimestriel|tous les (trois|3) mois|chaque trimestre|driemaandelijks|kwartaal|quarterly", "QUARTERLY"),
        (r"semestriel|deux fois par an|tous les (six|6) mois|halfjaarlijks|biannual", "ANNUAL_2"),
        (r"mensuel|chaque mois|tous les mois|maandelijks|monthly", "MONTHLY"),
        (r"tous les deux ans|bisannuel|tweejaarlijks", "BIENNIAL"),
        (r"tous les (trois|3) ans|driejaarlijks", "TRIENNIAL"),
        (r"annuel|chaque ann[ée]e|tous les ans|par an\b|jaarlijks|yearly|annual", "ANNUAL"),
        (r"ponctuel|irr[ée]guli|occasionnel|onregelmatig|ad[- ]hoc|irregular|plusieurs fois", "IRREG"),
        (r"besoin|n[ée]cessaire|nodig|as needed|fil de l.eau|lors de", "AS_NEEDED"),
        (r"jamais|aucune|plus mis à jour|nooit|never|no more", "NEVER"),
    ]
]


def read(draft: Draft, field: str, *values: str | None) -> str | None:
    """Return the URI of the frequency, from the first value that says one.

    A sentence ("Annuel pour la création des événements, …", ODWB) counts by its first telling phrase. One that says
    nothing known is kept among ``unresolved``.
    """
    vocabulary = load("frequency")
    said = [" ".join(value[:LONGEST].split()) for value in values if value and value.strip()]
    for value in said:
        concept = vocabulary.resolve(value)
        if concept:
            return concept.uri
    for value in said:
        if not value.startswith("http"):
            code = next((code for pattern, code in _PHRASES if pattern.search(value)), None)
            concept = vocabulary.get(code) if code else None
            if concept:
                return concept.uri
    for value in said[:1]:
        draft.unknown(field, value)
    return None
