"""Why a record, a value or a page could not be taken as it was sent: stable codes with a sentence in en, nl and fr.

The code goes into reports and tables; the sentence is made where a person reads it. Codes are never renamed.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """A stable code for one kind of trouble with what a portal sent."""

    # one record
    NO_IDENTIFIER = "no-identifier"
    NO_TITLE = "no-title"
    NOT_A_DATASET = "not-a-dataset"
    NOT_PUBLIC = "not-public"
    NOT_JSON = "not-json"
    NOT_RDF = "not-rdf"
    WRONG_TYPE = "wrong-type"
    TOO_LARGE = "too-large"
    DUPLICATE = "duplicate"
    # one value
    UNKNOWN_TERM = "unknown-term"
    BAD_DATE = "bad-date"
    BAD_URL = "bad-url"
    NO_ADDRESS = "no-address"
    BAD_EMAIL = "bad-email"
    BAD_GEOMETRY = "bad-geometry"
    AXES_SWAPPED = "axes-swapped"
    PROJECTED = "projected"
    BAD_NUMBER = "bad-number"
    BAD_CHARACTERS = "bad-characters"
    SHORTENED = "shortened"
    MACHINE_TRANSLATION = "machine-translation"
    LANGUAGE_CORRECTED = "language-corrected"
    LANGUAGE_FOUND = "language-found"
    LANGUAGE_NOT_KEPT = "language-not-kept"
    # one page or a whole source
    PAGE_CUT = "page-cut"
    PAGE_REPEATED = "page-repeated"
    PAGE_UNREADABLE = "page-unreadable"
    PAGE_MENDED = "page-mended"
    FORBIDDEN_MARKUP = "forbidden-markup"
    TOO_MANY_PAGES = "too-many-pages"
    FEWER_THAN_PROMISED = "fewer-than-promised"
    NEXT_PAGE_ELSEWHERE = "next-page-elsewhere"
    UNREACHABLE = "unreachable"
    BAD_ANSWER = "bad-answer"
    BAD_CONFIGURATION = "bad-configuration"
    CREDENTIALS_MISSING = "credentials-missing"
    CREDENTIALS_ELSEWHERE = "credentials-elsewhere"


#: code → language → sentence, without the value: a report shows field and value beside it.
SENTENCES: dict[Reason, dict[str, str]] = {
    Reason.NO_IDENTIFIER: {
        "en": "The record has no identifier, so it could not be recognised again on the next run.",
        "nl": "Het record heeft geen identificator en zou bij een volgende ophaling niet herkend worden.",
        "fr": "La fiche n’a pas d’identifiant et ne pourrait pas être reconnue au prochain moissonnage.",
    },
    Reason.NO_TITLE: {
        "en": "The dataset has no title in any language.",
        "nl": "De dataset heeft in geen enkele taal een titel.",
        "fr": "Le jeu de données n’a de titre dans aucune langue.",
    },
    Reason.NOT_A_DATASET: {
        "en": "The record does not describe a dataset.",
        "nl": "Het record beschrijft geen dataset.",
        "fr": "La fiche ne décrit pas un jeu de données.",
    },
    Reason.NOT_PUBLIC: {
        "en": "The portal marks the dataset as deleted, archived or private.",
        "nl": "Het portaal geeft de dataset op als verwijderd, gearchiveerd of privé.",
        "fr": "Le portail indique que le jeu de données est supprimé, archivé ou privé.",
    },
    Reason.NOT_JSON: {
        "en": "The record is not valid JSON.",
        "nl": "Het record is geen geldige JSON.",
        "fr": "La fiche n’est pas du JSON valide.",
    },
    Reason.NOT_RDF: {
        "en": "The record is not valid RDF.",
        "nl": "Het record is geen geldige RDF.",
        "fr": "La fiche n’est pas du RDF valide.",
    },
    Reason.WRONG_TYPE: {
        "en": "The value is of another kind than the portal's protocol says.",
        "nl": "De waarde is van een ander soort dan het protocol van het portaal voorschrijft.",
        "fr": "La valeur n’est pas du type prévu par le protocole du portail.",
    },
    Reason.TOO_LARGE: {
        "en": "The record is larger than a description of a dataset can reasonably be.",
        "nl": "Het record is groter dan een beschrijving van een dataset redelijkerwijs kan zijn.",
        "fr": "La fiche est plus volumineuse que ne peut l’être la description d’un jeu de données.",
    },
    Reason.DUPLICATE: {
        "en": "The portal sent this identifier more than once in one run; the first record was kept.",
        "nl": "Het portaal stuurde deze identificator meer dan eens in één ophaling; het eerste record bleef behouden.",
        "fr": "Le portail a envoyé cet identifiant plusieurs fois en un moissonnage ; la première fiche est gardée.",
    },
    Reason.UNKNOWN_TERM: {
        "en": "No vocabulary of this portal knows the value; it is kept as it was sent.",
        "nl": "Geen enkele waardelijst van dit portaal kent de waarde; ze is bewaard zoals ze kwam.",
        "fr": "Aucun vocabulaire de ce portail ne connaît cette valeur ; elle est conservée telle quelle.",
    },
    Reason.BAD_DATE: {
        "en": "The value is not a date that exists.",
        "nl": "De waarde is geen bestaande datum.",
        "fr": "La valeur n’est pas une date existante.",
    },
    Reason.BAD_URL: {
        "en": "The value is not a web address.",
        "nl": "De waarde is geen webadres.",
        "fr": "La valeur n’est pas une adresse web.",
    },
    Reason.NO_ADDRESS: {
        "en": "The file has no address to get it from; it was left out.",
        "nl": "Het bestand heeft geen adres om het op te halen; het is weggelaten.",
        "fr": "Le fichier n’a pas d’adresse où l’obtenir ; il a été omis.",
    },
    Reason.BAD_EMAIL: {
        "en": "The value is not a mail address.",
        "nl": "De waarde is geen e-mailadres.",
        "fr": "La valeur n’est pas une adresse électronique.",
    },
    Reason.BAD_GEOMETRY: {
        "en": "The geometry cannot be read, or does not lie on Earth in WGS84 or a system of the region.",
        "nl": "De geometrie is onleesbaar of ligt niet op aarde in WGS84 of een stelsel van de regio.",
        "fr": "La géométrie est illisible ou ne se situe pas sur Terre en WGS84 ni dans un système de la région.",
    },
    Reason.AXES_SWAPPED: {
        "en": "Latitude stood before longitude; the axes were swapped back.",
        "nl": "De breedtegraad stond voor de lengtegraad; de assen zijn teruggewisseld.",
        "fr": "La latitude précédait la longitude ; les axes ont été remis en ordre.",
    },
    Reason.PROJECTED: {
        "en": "The coordinates are metres of a national system; they were transformed to WGS84.",
        "nl": "De coördinaten zijn meters van een nationaal stelsel; ze zijn omgezet naar WGS84.",
        "fr": "Les coordonnées sont des mètres d’un système national ; elles ont été transformées en WGS84.",
    },
    Reason.BAD_NUMBER: {
        "en": "The value is not a number that makes sense here.",
        "nl": "De waarde is geen getal dat hier zin heeft.",
        "fr": "La valeur n’est pas un nombre qui ait un sens ici.",
    },
    Reason.BAD_CHARACTERS: {
        "en": "The text held characters that no text may hold; they were taken out.",
        "nl": "De tekst bevatte tekens die in geen tekst thuishoren; ze zijn weggelaten.",
        "fr": "Le texte contenait des caractères interdits ; ils ont été retirés.",
    },
    Reason.SHORTENED: {
        "en": "The text was longer than a page can show; its beginning was kept.",
        "nl": "De tekst was langer dan een pagina kan tonen; het begin is bewaard.",
        "fr": "Le texte était plus long que ce qu’une page peut montrer ; le début est conservé.",
    },
    Reason.MACHINE_TRANSLATION: {
        "en": "Only a machine translation of the text exists in this language.",
        "nl": "In deze taal bestaat alleen een automatische vertaling van de tekst.",
        "fr": "Dans cette langue, il n’existe qu’une traduction automatique du texte.",
    },
    Reason.LANGUAGE_CORRECTED: {
        "en": "The text is clearly in another language than its tag says; it stands under the language it is in.",
        "nl": "De tekst is duidelijk in een andere taal dan zijn taallabel zegt; ze staat onder haar echte taal.",
        "fr": "Le texte est manifestement dans une autre langue que celle indiquée ; il est classé dans la sienne.",
    },
    Reason.LANGUAGE_FOUND: {
        "en": "The text has no language tag and is clearly not in the source's language; it stands under its own.",
        "nl": "De tekst heeft geen taallabel en is duidelijk niet in de taal van de bron; ze staat onder haar eigen.",
        "fr": "Le texte n’indique pas de langue et n’est pas dans celle de la source ; il est classé dans la sienne.",
    },
    Reason.LANGUAGE_NOT_KEPT: {
        "en": "The text exists only in a language this portal does not show; it stands under the source's language.",
        "nl": "De tekst bestaat alleen in een taal die dit portaal niet toont; ze staat onder de taal van de bron.",
        "fr": "Le texte n’existe que dans une langue non affichée ici ; il est classé dans celle de la source.",
    },
    Reason.PAGE_CUT: {
        "en": "The page broke off; the records that were whole have been taken.",
        "nl": "De pagina was afgebroken; de volledige records zijn overgenomen.",
        "fr": "La page était tronquée ; les fiches complètes ont été reprises.",
    },
    Reason.PAGE_REPEATED: {
        "en": "The portal sent a page again that it had already sent.",
        "nl": "Het portaal stuurde een pagina die het al eerder had gestuurd.",
        "fr": "Le portail a renvoyé une page déjà envoyée.",
    },
    Reason.PAGE_UNREADABLE: {
        "en": "The page cannot be read.",
        "nl": "De pagina is onleesbaar.",
        "fr": "La page est illisible.",
    },
    Reason.PAGE_MENDED: {
        "en": "The page was not well-formed; it was mended and read as a whole.",
        "nl": "De pagina bevatte opmaakfouten; die zijn hersteld en de pagina is volledig gelezen.",
        "fr": "La page était mal formée ; elle a été réparée et lue en entier.",
    },
    Reason.FORBIDDEN_MARKUP: {
        "en": "The page declares a document type or entities; such pages are not read, for safety.",
        "nl": "De pagina declareert een documenttype of entiteiten; voor de veiligheid wordt ze niet gelezen.",
        "fr": "La page déclare un type de document ou des entités ; par sécurité, elle n’est pas lue.",
    },
    Reason.TOO_MANY_PAGES: {
        "en": "The portal went on beyond the largest number of pages; the rest was not read.",
        "nl": "Het portaal ging door voorbij het hoogste aantal pagina's; de rest is niet gelezen.",
        "fr": "Le portail a dépassé le nombre maximal de pages ; la suite n’a pas été lue.",
    },
    Reason.FEWER_THAN_PROMISED: {
        "en": "The portal announced more datasets than it sent.",
        "nl": "Het portaal kondigde meer datasets aan dan het stuurde.",
        "fr": "Le portail a annoncé plus de jeux de données qu’il n’en a envoyé.",
    },
    Reason.NEXT_PAGE_ELSEWHERE: {
        "en": "The portal's link to the next page leads to another place; it was not followed.",
        "nl": "De link van het portaal naar de volgende pagina leidt naar een andere plaats; die is niet gevolgd.",
        "fr": "Le lien du portail vers la page suivante mène ailleurs ; il n’a pas été suivi.",
    },
    Reason.UNREACHABLE: {
        "en": "The portal did not answer.",
        "nl": "Het portaal antwoordde niet.",
        "fr": "Le portail n’a pas répondu.",
    },
    Reason.BAD_ANSWER: {
        "en": "The portal answered something that is not in its protocol.",
        "nl": "Het portaal antwoordde iets dat niet bij zijn protocol hoort.",
        "fr": "Le portail a répondu autre chose que ce que prévoit son protocole.",
    },
    Reason.BAD_CONFIGURATION: {
        "en": "The source's settings are not valid for this protocol.",
        "nl": "De instellingen van de bron zijn niet geldig voor dit protocol.",
        "fr": "Les réglages de la source ne sont pas valables pour ce protocole.",
    },
    Reason.CREDENTIALS_MISSING: {
        "en": "The environment variable of the source's key is not set, or does not hold a host, a space and a key.",
        "nl": "De omgevingsvariabele met de sleutel van de bron ontbreekt, of bevat geen host, spatie en sleutel.",
        "fr": "La variable d’environnement de la clé manque, ou ne contient pas un hôte, une espace et une clé.",
    },
    Reason.CREDENTIALS_ELSEWHERE: {
        "en": "The key in the environment is for another host, or would be sent unencrypted; it was not sent.",
        "nl": "De sleutel in de omgeving is voor een andere host of zou onversleuteld reizen; ze is niet verstuurd.",
        "fr": "La clé de l’environnement est pour un autre hôte ou serait envoyée en clair ; elle n’a pas été envoyée.",
    },
}


def sentence(reason: str, language: str = "en") -> str:
    """Return the sentence for a reason's code in a language; English where there is none, the code if unknown."""
    try:
        sentences = SENTENCES[Reason(reason)]
    except ValueError:
        return reason
    return sentences.get(language, sentences["en"])
