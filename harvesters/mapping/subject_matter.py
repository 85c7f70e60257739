"""What a dataset is about: mobility, work, or anything else; and the mobility and work fields that follow from it.

A list of rules, each explainable to a steward: which words, found where, say what. Words are looked for in title and
keywords, folded (no case, no accents), and never in descriptions, where "bereikbaar met de fiets" says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ckanext.oslo.vocabularies import load
from ckanext.oslo.vocabularies.concepts import fold

_TRANSPORT = "http://publications.europa.eu/resource/authority/data-theme/TRAN"
_MOBILITY_HVD = "http://data.europa.eu/bna/c_b79e35eb"

_MOBILITY = re.compile(
    r"\b(?:fiets\w*|deelfiets\w*|parkeer\w*|parking\w*|openbaar vervoer|bushaltes?|dienstregeling\w*|verkeer(?!d)\w*|"
    r"wegverkeer\w*|mobiliteit\w*|laadpa(?:al|len)|laadpunt\w*|deelauto\w*|autodelen|deelstep\w*|wegenwerken|"
    r"treinen|treinstation\w*|treinreiziger\w*|stiptheid|vervoer|"
    r"velos?|cyclables?|cyclistes?|stationnements?|parcmetres?|mobilites?|transports? (?:en commun|publics?)|"
    r"(?:arrets?|lignes?) de bus|gares?|circulation|trafic|trottinettes?|covoiturage|autopartage|"
    r"bornes? de recharge|accidents? (?:corporels?|de la (?:route|circulation))|voirie|ferroviaires?|"
    r"tramways?|trams?|metro|gtfs|gbfs|netex|public transport|traffic|bicycles?|bike\w*|timetables?)\b"
)
_WORK = re.compile(
    r"\b(?:werkloos\w*|werkzoekend\w*|werkgelegenheid\w*|tewerkstelling\w*|arbeidsmarkt\w*|vacatures?|loontrekkend\w*|"
    r"werknemers?|werkgevers?|aanmoedigingspremies?|beroepsbevolking|knelpuntberoep\w*|arbeidsplaats\w*|werkenden|"
    r"loopbaan\w*|werkbaarheid\w*|dienstencheques?|titres? services?|"
    r"chomage|chomeurs?|chomeuses?|demandeurs? d emploi|offres? d emploi|marche du travail|population active|"
    r"salaries?|travailleurs?|taux d emploi|metiers en tension|recrutements?|coworking|"
    r"espaces? de travail partages?|unemploy\w*|employment|labour market|job vacanc\w*|job ?seekers?|"
    r"frontier workers?)\b"
    r"|(?<!mode d )(?<!modes d )(?<!contrats )\bemplois?\b(?! du temps)"
)


@dataclass(frozen=True)
class Rule:
    """Words that say a mobility theme, and perhaps a way of travelling, both as codes of the vocabularies."""

    words: re.Pattern[str]
    theme: str
    modes: tuple[str, ...] = ()


def _rule(words: str, theme: str, *modes: str) -> Rule:
    return Rule(re.compile(rf"\b(?:{words})\b"), theme, modes)


#: The first three rules that fit are taken: from narrow to wide, so that a bicycle park is not a car park.
_MOBILITY_RULES = (
    _rule(
        r"fietsenstalling\w*|fietsparkeer\w*|fietsrekken|stationnements? (?:des? |pour )?velos?|"
        r"parkings? (?:a |pour )?velos?|arceaux(?: (?:a |pour )?velos?)?|racks? a velos?|bike parking",
        "bike-parking-locations", "bicycle",
    ),
    _rule(
        r"deelfiets\w*|fietsdelen|velos? en libre service|velos? partages?|v ?lille|bike sharing|blue bike|villo|gbfs",
        "bike-sharing-locations-and-stations", "bike-sharing",
    ),
    _rule(
        r"fietspad\w*|fietsroute\w*|fietsnetwerk\w*|fietssnelweg\w*|fietsknooppunt\w*|pistes? cyclables?|"
        r"(?:amenagements?|itineraires?|reseaux?|voies?) cyclables?",
        "cycle-network-data", "bicycle",
    ),
    _rule(
        r"laadpa(?:al|len)|laadpunt\w*|bornes? de recharge\w*|irve|charging (?:points?|stations?)",
        "location-and-conditions-of-charging-points", "car",
    ),
    _rule(r"deelauto\w*|autodelen|autopartage|car sharing", "car-sharing-locations-and-stations", "car-sharing"),
    _rule(r"wegenwerken|travaux (?:routiers|de voirie)|chantiers? (?:de voirie|routiers?)|road ?works?",
          "road-work-information"),
    _rule(r"verkeersongeval\w*|accidents? (?:corporels?|de la (?:route|circulation))|accidentologie",
          "accidents-and-incidents"),
    _rule(r"gtfs|netex|dienstregeling\w*|horaires? (?:theoriques?|des (?:bus|trains?))|openbaar vervoer|bushaltes?|"
          r"arrets? de bus|lignes? de bus|transports? (?:en commun|publics?)|stiptheid|treinreizigers?|"
          r"public transport",
          "public-transport-scheduled-transport"),
    _rule(r"verkeerstelling\w*|fietstelling\w*|fietstelpa(?:al|len)|comptages?|traffic counts?", "traffic-volume"),
    _rule(r"verkeerslicht\w*|verkeersbord\w*|feux (?:de circulation|tricolores)|signalisation",
          "static-traffic-signs-and-regulations"),
    _rule(r"zones? 30|snelheidslimiet\w*|snelheidsregime\w*|limitations? de vitesse", "speed-limits"),
    _rule(r"treinstation\w*|gares?", "stop-facilities-location-and-features"),
    _rule(r"wegenregister|wegsegment\w*|filaire|axes? de voiries?|reseau routier", "static-road-network-data"),
    _rule(r"(?:parking|parkeer)\w*|parkings?|stationnements?|parcmetres?|car parks?",
          "car-parking-locations-and-conditions", "car"),
)  # fmt: skip
_MODES = (
    (re.compile(r"\b(?:bus|bussen|bushaltes?|autobus)\b"), "bus"),
    (re.compile(r"\b(?:trams?|tramways?)\b"), "tram-light-rail"),
    (re.compile(r"\bmetro\b"), "metro-subway-train"),
    (re.compile(r"\b(?:trein\w*|trains?|ferroviaires?|infrabel|stiptheid)\b"), "regional-and-local-rail"),
    (re.compile(r"\b(?:fiets\w*|velos?|cyclistes?|cyclables?|bicycles?)\b"), "bicycle"),
    (re.compile(r"\b(?:voetganger\w*|pietons?|pedestrians?)\b"), "pedestrian"),
)
#: Standards are named in formats, file names and addresses; "siri" must stand alone ("sirius"), GTFS-RT goes first.
_STANDARDS = (
    (re.compile(r"gtfs[-_ ]?(?:rt|realtime)|\bgtfsrt\b", re.I), "gtfs-rt"),
    (re.compile(r"gtfs", re.I), "gtfs"),
    (re.compile(r"gbfs", re.I), "gbfs"),
    (re.compile(r"netex", re.I), "netex"),
    (re.compile(r"datex", re.I), "datex-II"),
    (re.compile(r"\bsiri\b", re.I), "siri"),
    (re.compile(r"\bocpi\b", re.I), "ocpi"),
)
_WORK_RULES = (
    (re.compile(r"\b(?:werkloos\w*|werkzoekend\w*|chom\w+|demandeurs? d emploi|unemploy\w*)\b"), "unemployment"),
    (re.compile(r"\b(?:vacatures?|offres? d emploi|recrutements?|knelpuntberoep\w*|metiers en tension|job vacanc\w*)"
                r"\b"),
     "vacancies"),
    (re.compile(r"\b(?:coworking|espaces? de travail partages?)\b"), "coworking"),
    (re.compile(r"\b(?:woon werkverkeer|navettes? domicile travail|pendel\w*)\b"), "commuting"),
    (re.compile(r"\b(?:grensarbeid\w*|frontaliers?|frontier workers?)\b"), "frontier-workers"),
    (re.compile(r"\b(?:lonen|salaires?|wages?)\b"), "wages"),
    (re.compile(r"\b(?:beroepsopleiding\w*|formations? professionnelles?)\b"), "training"),
    (re.compile(r"\b(?:werkgelegenheid\w*|tewerkstelling\w*|werknemers?|loontrekkend\w*|emplois?|salaries?|employment)\b"),
     "employment"),
)  # fmt: skip


_folded = lru_cache(maxsize=8192)(fold)


def words_of(dataset: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the folded titles (all languages) as one text, and the folded keywords."""
    titles = " | ".join(fold(title) for title in dataset.get("title_translated", {}).values())
    keywords = [_folded(word) for words in (dataset.get("tags_translated") or {}).values() for word in words]
    return titles, keywords


def explain(dataset: dict[str, Any]) -> tuple[str, str]:
    """Return a dataset's type and the evidence for it: the word found and where.

    Work goes before mobility when the title says so ("Werknemers in de vervoersector"); a mobility theme, a
    high-value category or a title is enough for mobility; keywords only when two of them agree.
    """
    return _explain(dataset, *words_of(dataset))


def _explain(dataset: dict[str, Any], titles: str, keywords: list[str]) -> tuple[str, str]:
    if dataset.get("mobility_theme"):
        return "mobility", "mobility_theme: stated by the portal"
    if found := _WORK.search(titles):
        return "work", f"title: {found.group()}"
    if _TRANSPORT in (dataset.get("theme") or ()):
        return "mobility", "theme: TRAN"
    if _MOBILITY_HVD in (dataset.get("hvd_category") or ()):
        return "mobility", "hvd_category: mobility"
    if found := _MOBILITY.search(titles):
        return "mobility", f"title: {found.group()}"
    for name, pattern in (("work", _WORK), ("mobility", _MOBILITY)):
        said = sorted({word for word in keywords if pattern.search(word)})
        if len(said) >= 2:
            return name, f"keywords: {', '.join(said[:3])}"
    return "dataset", ""


def classify(dataset: dict[str, Any]) -> None:
    """Set the dataset's ``type``, and the fields of that type which its words truly say."""
    titles, keywords = words_of(dataset)
    dataset["type"], _ = _explain(dataset, titles, keywords)
    said = " | ".join([titles, *keywords])
    if dataset["type"] == "mobility":
        _set_mobility(dataset, said)
    elif dataset["type"] == "work":
        codes = [code for pattern, code in _WORK_RULES if pattern.search(said)]
        dataset["work_category"] = _uris("work_category", codes[:3])


def _set_mobility(dataset: dict[str, Any], said: str) -> None:
    rules = [rule for rule in _MOBILITY_RULES if rule.words.search(said)]
    if rules and rules[0].theme == "bike-parking-locations":
        rules = [rule for rule in rules if rule.theme != "car-parking-locations-and-conditions"]
    themes = [rule.theme for rule in rules[:3]]
    modes = {mode for rule in rules[:3] for mode in rule.modes}
    modes.update(mode for pattern, mode in _MODES if pattern.search(said))
    for resource in dataset.get("resources") or ():
        standard = standard_of(resource)
        if standard:
            resource.setdefault("mobility_data_standard", _uris("mobility_data_standard", [standard])[0])
            if standard in ("gtfs", "gtfs-rt", "netex", "siri"):
                themes.append("public-transport-scheduled-transport")
    # What a portal states itself (national access points do) goes before what its words suggest.
    dataset["mobility_theme"] = dataset.get("mobility_theme") or _uris("mobility_theme", themes)
    dataset["transport_mode"] = dataset.get("transport_mode") or _uris("transport_mode", sorted(modes))


def standard_of(resource: dict[str, Any]) -> str | None:
    """Return the code of the mobility data standard a file's format, name or address names."""
    names = " ".join((resource.get("name_translated") or {}).values())
    said = f"{resource.get('format') or ''} {names} {resource.get('url') or ''}"
    return next((code for pattern, code in _STANDARDS if pattern.search(said)), None)


def _uris(vocabulary: str, codes: Iterable[str]) -> list[str]:
    concepts = load(vocabulary)
    return list(dict.fromkeys(found.uri for code in codes if (found := concepts.get(code))))
