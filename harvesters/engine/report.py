"""The lines of a report: what was wrong with which record, told in the reader's language.

What is wrong with a portal's records is said by its protocol (`reasons.Reason`); what this portal could not do with a
good record, and why a run ended early, is said here (`EngineReason`). Both are codes in the tables and sentences on
pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ckanext.harvesters import reasons
from ckanext.harvesters.records import Problem, Severity, SourceRecord, is_storable, shorten


class EngineReason(StrEnum):
    """Why a record was not kept, or a run not finished, though the portal did its part. Codes are never renamed."""

    REFUSED = "refused"
    NOT_MAPPED = "not-mapped"
    NOT_SAVED = "not-saved"
    NOT_OURS = "not-ours"
    NOT_INDEXED = "not-indexed"
    EMPTY = "empty"
    BRAKE = "brake"
    STOPPED = "stopped"
    TAKEN_OVER = "taken-over"
    WORKER_DIED = "worker-died"
    INDEX_DOWN = "index-down"
    TOO_LONG = "too-long"
    LOOKED_LONG_ENOUGH = "looked-long-enough"
    FAULT = "fault"
    MAPPED_AGAIN = "mapped-again"
    MOVED = "moved"
    MAY_BE_MOVED = "may-be-moved"


SENTENCES: Mapping[EngineReason, Mapping[str, str]] = {
    EngineReason.REFUSED: {
        "en": "The value does not fit the field.",
        "nl": "De waarde past niet in het veld.",
        "fr": "La valeur ne convient pas au champ.",
    },
    EngineReason.NOT_MAPPED: {
        "en": "The harvester failed on this record; its maker needs to look at it.",
        "nl": "De ophaler struikelde over dit record; de maker moet ernaar kijken.",
        "fr": "Le moissonneur a échoué sur cette fiche ; son auteur doit l’examiner.",
    },
    EngineReason.NOT_SAVED: {
        "en": "The dataset could not be saved; the log of the portal says why.",
        "nl": "De dataset kon niet worden opgeslagen; het logboek van het portaal zegt waarom.",
        "fr": "Le jeu de données n’a pas pu être enregistré ; le journal du portail dit pourquoi.",
    },
    EngineReason.NOT_OURS: {
        "en": "The dataset with this id does not come from this source and was left alone.",
        "nl": "De dataset met deze id komt niet van deze bron en is met rust gelaten.",
        "fr": "Le jeu de données portant cet identifiant ne vient pas de cette source ; il n’a pas été touché.",
    },
    EngineReason.NOT_INDEXED: {
        "en": "The dataset is saved, but search refused it; it cannot be found there.",
        "nl": "De dataset is opgeslagen, maar de zoekindex weigerde hem; hij is daar niet te vinden.",
        "fr": "Le jeu de données est enregistré, mais la recherche l’a refusé ; il n’y apparaît pas.",
    },
    EngineReason.EMPTY: {
        "en": "The portal answered, but without a single dataset.",
        "nl": "Het portaal antwoordde, maar zonder ook maar één dataset.",
        "fr": "Le portail a répondu, mais sans aucun jeu de données.",
    },
    EngineReason.BRAKE: {
        "en": "More of the source's datasets are gone at once than is likely; somebody has to confirm that they are.",
        "nl": "Er zijn ineens meer datasets weg bij de bron dan waarschijnlijk is; iemand moet dat bevestigen.",
        "fr": "Trop de jeux de données ont disparu d’un coup à la source ; quelqu’un doit le confirmer.",
    },
    EngineReason.STOPPED: {
        "en": "Somebody stopped the harvest.",
        "nl": "Iemand heeft de ophaling stopgezet.",
        "fr": "Quelqu’un a arrêté le moissonnage.",
    },
    EngineReason.TAKEN_OVER: {
        "en": "The harvest stood still for so long that another worker took it over.",
        "nl": "De ophaling stond zo lang stil dat een ander proces ze heeft overgenomen.",
        "fr": "Le moissonnage est resté si longtemps à l’arrêt qu’un autre processus l’a repris.",
    },
    EngineReason.WORKER_DIED: {
        "en": "The process that harvested disappeared; what it had saved is kept.",
        "nl": "Het proces dat ophaalde is verdwenen; wat het had opgeslagen, blijft.",
        "fr": "Le processus de moissonnage a disparu ; ce qu’il avait enregistré est conservé.",
    },
    EngineReason.INDEX_DOWN: {
        "en": "Search could not be reached; what was saved will be findable after the next harvest.",
        "nl": "De zoekindex was onbereikbaar; wat is opgeslagen, wordt vindbaar na de volgende ophaling.",
        "fr": "La recherche était injoignable ; ce qui est enregistré y apparaîtra après le prochain moissonnage.",
    },
    EngineReason.TOO_LONG: {
        "en": "The harvest took longer than it may; what it had saved is kept.",
        "nl": "De ophaling duurde langer dan mag; wat ze had opgeslagen, blijft.",
        "fr": "Le moissonnage a duré plus longtemps que permis ; ce qu’il avait enregistré est conservé.",
    },
    EngineReason.LOOKED_LONG_ENOUGH: {
        "en": "The time for looking is over; what was seen until then is shown here, and nothing counts as gone.",
        "nl": "De kijktijd is om; hier staat wat tot dan gezien is, en niets telt als verdwenen.",
        "fr": "Le temps d’examen est écoulé ; voici ce qui a été vu jusque-là, et rien n’est compté comme disparu.",
    },
    EngineReason.MAPPED_AGAIN: {
        "en": "The records kept here were mapped again; the source was not asked.",
        "nl": "De hier bewaarde records zijn opnieuw omgezet; de bron is niet bevraagd.",
        "fr": "Les fiches conservées ici ont été converties à nouveau ; la source n’a pas été interrogée.",
    },
    EngineReason.MOVED: {
        "en": "The portal gave the record another identifier; it is still the same dataset here.",
        "nl": "Het portaal gaf het record een andere identificatie; het is hier nog dezelfde dataset.",
        "fr": "Le portail a donné un autre identifiant à la fiche ; ici, le jeu de données reste le même.",
    },
    EngineReason.MAY_BE_MOVED: {
        "en": "This may be a known record under a new identifier; it waits until the whole source could be read.",
        "nl": "Misschien is dit een bekend record met een nieuwe identificatie; het wacht tot de hele bron gelezen is.",
        "fr": "C’est peut-être une fiche connue sous un nouvel identifiant ; elle attend que toute la source soit lue.",
    },
    EngineReason.FAULT: {
        "en": "A fault of the portal's own ended the harvest; its log says which.",
        "nl": "Een fout in het portaal zelf beëindigde de ophaling; het logboek zegt welke.",
        "fr": "Une erreur du portail lui-même a mis fin au moissonnage ; son journal dit laquelle.",
    },
}


def sentence(reason: str, language: str) -> str:
    """Return the sentence for a code of a protocol's or of the engine's, in a language or else in English."""
    try:
        sentences = SENTENCES[EngineReason(reason)]
    except ValueError:
        return reasons.sentence(reason, language)
    return sentences.get(language, sentences["en"])


@dataclass(frozen=True)
class Entry:
    """One line of a report. ``guid`` is None when it is about the source as a whole; ``detail`` is said by others."""

    guid: str | None
    field: str
    value: str
    reason: str
    severity: Severity = Severity.ERROR
    detail: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        # Portals write names of fields and addresses, too: a line that the database cannot hold would end the run.
        for name in ("guid", "field", "value", "detail", "url"):
            said = getattr(self, name)
            if not is_storable(said):
                object.__setattr__(self, name, shorten(said))

    @classmethod
    def of(cls, problem: Problem) -> Entry:
        """Return the line for a protocol's problem."""
        return cls(
            problem.guid, problem.field, shorten(problem.value), problem.reason, problem.severity, None, problem.url
        )

    @classmethod
    def moved(cls, record: SourceRecord, before: str) -> Entry:
        """Return the line for a record whose guid was another one ``before``."""
        return cls(record.guid, "guid", shorten(before), EngineReason.MOVED, Severity.WARNING, None, record.url)

    def text(self, language: str) -> str:
        """Return the line as a person reads it: what, where, why."""
        where = f"{self.field} = {self.value}" if self.field and self.value else self.field
        said = f"{sentence(self.reason, language)} {self.detail or ''}".strip()
        return f"{where}: {said}" if where else said


def refusal(record: SourceRecord, dataset: Mapping[str, Any], errors: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield a line for each field that CKAN's validation refused (``ValidationError.error_dict``)."""
    for path, message in _leaves(errors, ()):
        value = shorten(_value_at(dataset, path))
        yield Entry(record.guid, ".".join(map(str, path)), value, EngineReason.REFUSED, detail=message, url=record.url)


def _leaves(errors: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(errors, Mapping):
        for key, inner in errors.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(errors, Sequence) and not isinstance(errors, str):
        if all(isinstance(item, str) for item in errors):
            if errors:
                yield path, " ".join(errors)
        else:
            for number, inner in enumerate(errors):
                yield from _leaves(inner, (*path, number))
    else:
        yield path, str(errors)


def _value_at(value: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return ""
    return value
