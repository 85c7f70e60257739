"""Themes: what portals sort their datasets by → EU data themes."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote_plus, urlsplit

from ckanext.harvesters.mapping.draft import Draft
from ckanext.oslo.vocabularies import load
from ckanext.oslo.vocabularies.concepts import fold

#: Longest theme looked at (characters).
LONGEST = 1_000
#: Shelves of the portals that hold more than one EU theme, or whose name is no theme's (folded text → codes). The
#: Walloon ones are ODWB's as of 2025-02; Werk, the employment department's portal, sorts its sets by policy field.
_SHELVES = {
    fold(name): tuple(codes.split())
    for name, codes in {
        "Administration et Services publics": "GOVE",
        "Administration, Gouvernement, Finances publiques, Citoyenneté": "GOVE ECON",
        "Agriculture, Environnement": "AGRI ENVI",
        "Tourisme, Culture, Sport et Loisirs": "EDUC REGI",
        "Tourisme, Culture, Loisirs": "EDUC REGI",
        "Culture, Patrimoine": "EDUC",
        "Sport, Loisirs": "EDUC",
        "Loisirs": "EDUC",
        "Tourisme": "ECON REGI",
        "Hébergement, Restauration": "ECON REGI",
        "Urbanisme, Patrimoine": "REGI GOVE",
        "Aménagement du territoire, Urbanisme, Bâtiments, Équipements, Logement": "REGI",
        "Économie, Business, PME, Développement économique, Emploi": "ECON",
        "Éducation, Enseignement": "EDUC",
        "Éducation, Formation, Recherche, Enseignement": "EDUC TECH",
        "Qualité de Vie": "SOCI",
        "Services, Social": "SOCI",
        "Smart City": "TECH REGI",
        "Transports, Déplacements": "TRAN",
        "Activering": "SOCI ECON",
        "Loopbanen en competenties": "SOCI ECON",
        "Duurzaam werkgeverschap": "SOCI ECON",
        "Sociale economie": "SOCI ECON",
        "Werk": "SOCI ECON",
        "Cultuur, Sport en Vrije Tijd": "EDUC",
        "Cultuur en Vrije Tijd": "EDUC",
        "Bouwen & Wonen": "REGI",
        "Wonen": "REGI",
        "Toerisme": "ECON REGI",
        "Bevolking": "SOCI",
        "Mobiliteit": "TRAN",
        "Natuur en Milieu": "ENVI",
        "Welzijn": "SOCI HEAL",
        "Gezondheid en Welzijn": "HEAL SOCI",
        "Onderwijs": "EDUC",
        "Onderwijs en Vorming": "EDUC",
    }.items()
}
#: INSPIRE themes (the last part of http://inspire.ec.europa.eu/theme/…) whose EU theme is beyond doubt.
_INSPIRE = {
    "tn": "TRAN", "er": "ENER", "pd": "SOCI", "su": "SOCI", "hh": "HEAL", "af": "AGRI", "lu": "REGI", "au": "REGI",
    "ad": "REGI", "cp": "REGI", "bu": "REGI", "ps": "ENVI", "hb": "ENVI", "sd": "ENVI", "br": "ENVI", "hy": "ENVI",
    "nz": "ENVI", "ef": "ENVI", "am": "ENVI", "lc": "ENVI", "so": "ENVI", "mf": "ENVI", "ac": "ENVI", "of": "ENVI",
    "sr": "ENVI", "us": "GOVE", "pf": "ECON",
}  # fmt: skip


def label_of(value: str) -> str:
    """Return the words in a theme that is a link: ODS writes ``{portal}/explore/?refine.theme=Activering``.

    Gent's ``https://data.stad.gent/id/theme/Mobiliteit`` gives its last part. Anything else is returned as it is.
    """
    if not value.startswith(("http://", "https://")):
        return value
    try:
        parts = urlsplit(value)
        refined = parse_qs(parts.query).get("refine.theme")
    except ValueError:
        return value
    if refined:
        return refined[0]
    if "/theme/" in parts.path or "/themes/" in parts.path:
        return unquote_plus(parts.path.rstrip("/").rpartition("/")[2])
    return value


def find(value: str) -> list[str]:
    """Return the URIs of the EU themes a portal's theme means; [] when unknown."""
    vocabulary = load("theme")
    value = value[:LONGEST].strip()
    found = vocabulary.resolve(value)
    if found:
        return [found.uri]
    if "inspire.ec.europa.eu/theme/" in value:
        codes: tuple[str, ...] = (_INSPIRE.get(value.rstrip("/").rpartition("/")[2], ""),)
    else:
        label = label_of(value)
        codes = _SHELVES.get(fold(label), ())
        if not codes and label != value:
            found = vocabulary.resolve(label)
            codes = (found.code,) if found else ()
    return [concept.uri for code in codes if (concept := vocabulary.get(code))]


def read(draft: Draft, field: str, values: list[str]) -> list[str]:
    """Return the EU themes of a record, distinct and in order; unknown ones are kept among ``unresolved``."""
    found: set[str] = set()
    for value in values:
        themes = find(value)
        if not themes and value.strip():
            draft.unknown(field, value)
        found.update(themes)
    return sorted(found)
