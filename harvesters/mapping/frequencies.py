"""How often a dataset changes, in a portal's words → EU frequency."""

from __future__ import annotations

import re

from ckanext.harvesters.mapping.draft import Draft
from ckanext.oslo.vocabularies import load

#: Longest sentence looked at (characters).
LONGEST = 500
#: What sentences about frequency hold, from often to seldom: the first that fits decides. French, Dutch and English;
#: ``*`` is the rest of a word. Words that mean two things ("biannuel", "bimonthly") and those that say how much less or
#: more than a year without a number ("pluriannuel", "infra-annuel") are left out on purpose.
_PHRASES = {
    "CONT": "temps r[ée]el | real[- ]?time | continue?s? | continuous* | continuellement | doorlopend*",
    "HOURLY": "toutes les heures | horaire | horaires | elk uur | hourly",
    "DAILY_2": "deux fois par jour | biquotidien* | (?:twee ?(?:maal|keer)|2x) per dag",
    "DAILY": "quotidien* | journali[eè]r* | chaque jour | tous les jours | dagelijkse? | daily",
    "WEEKLY_2": "deux fois par semaine | bi-?hebdomadaire* | (?:twee ?(?:maal|keer)|2x) per week",
    "MONTHLY_2": "(?:bi|semi)-?mensuel* | deux fois par mois | halfmaandelijkse? | "
    "(?:twee ?(?:maal|keer)|2x) per maand",
    "BIWEEKLY": "toutes les deux semaines | tous les (?:quinze|15) jours | tweewekelijkse? | veertiendaags*",
    "WEEKLY": "hebdomadaire* | chaque semaine | toutes les semaines | wekelijkse? | weekly",
    "BIMONTHLY": "bimestriel* | tous les deux mois | tweemaandelijkse?",
    "QUARTERLY": "trimestriel* | tous les (?:trois|3) mois | chaque trimestre | quatre fois par an | "
    "driemaandelijkse? | kwartaal | quarterly",
    "ANNUAL_3": "quadrimestriel* | tous les (?:quatre|4) mois | trois fois par an | viermaandelijkse?",
    "ANNUAL_2": "semestriel* | semi-?annu[ae]l* | deux fois par an | tous les (?:six|6) mois | half-?jaarlijkse? | "
    "zesmaandelijkse? | (?:twee ?(?:maal|keer)|2x) per jaar | half-?yearly | biannual | biannually",
    "MONTHLY": "mensuel* | chaque mois | tous les mois | une fois par mois | maandelijkse? | monthly",
    "BIENNIAL": "tous les (?:deux|2) ans | bis-?annuel* | biennal* | tweejaarlijkse? | om de twee jaar | biennial*",
    "TRIENNIAL": "tous les (?:trois|3) ans | triennal* | driejaarlijkse? | triennial*",
    "QUADRENNIAL": "tous les (?:quatre|4) ans | quadriennal* | vierjaarlijkse?",
    "QUINQUENNIAL": "tous les (?:cinq|5) ans | quinquennal* | vijfjaarlijkse?",
    "DECENNIAL": "tous les (?:dix|10) ans | d[ée]cennal* | tienjaarlijkse?",
    "ANNUAL": "annuel* | chaque ann[ée]e | tous les ans | (?<!fois )par an | une fois par an | jaarlijkse? | yearly | "
    "annual | annually",
    "IRREG": "ponctuel* | irr[ée]guli* | occasionnel* | onregelmatig* | ad[- ]hoc | irregular* | plusieurs fois",
    "AS_NEEDED": "besoin* | n[ée]cessaire* | nodig | as needed | fil de l.eau | lors de",
    "NEVER": "jamais | aucune? | plus mis à jour | nooit | never | no more",
}
# A word begins behind neither a letter nor a hyphen: "discontinu" is not "continu", nor "infra-annuel" "annuel".
_WORDS = [
    (
        re.compile(
            rf"(?<![\w-])(?:{'|'.join(phrase.strip() for phrase in said.split(' | '))})(?!\w)".replace("*", r"\w*"),
            re.I,
        ),
        code,
    )
    for code, said in _PHRASES.items()
]
# "bi annuel", with the dash of a word processor: one word.
_PREFIXES = re.compile(
    r"\b(bi|tri|semi|demi|half|infra|intra|pluri|multi|quasi|supra|non)(?:\s*[\u2010-\u2015]\s*|\s+-?\s*|-\s+)", re.I
)


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
            words = _PREFIXES.sub(r"\1-", value)
            code = next((code for pattern, code in _WORDS if pattern.search(words)), None)
            concept = vocabulary.get(code) if code else None
            if concept:
                return concept.uri
    for value in said[:1]:
        draft.unknown(field, value)
    return None
