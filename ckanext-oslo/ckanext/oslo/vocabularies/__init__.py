"""Code lists: the closed sets of values a dataset's fields may take, with their names in nl, fr and en.

Pure: nothing here knows CKAN, but ``commands``. ``load("licence").resolve("Licence Ouverte / Open Licence version
2.0")`` gives the concept a portal meant, whichever way it wrote it; a value nobody knows gives None, and is never
guessed. A list is read when it is first asked for.
"""

from ckanext.oslo.vocabularies.concepts import LABEL_LANGUAGES, LANGUAGES, Concept, Vocabulary, VocabularyError
from ckanext.oslo.vocabularies.files import NAMES, load, read, use_refreshed

__all__ = [
    "LABEL_LANGUAGES",
    "LANGUAGES",
    "NAMES",
    "Concept",
    "Vocabulary",
    "VocabularyError",
    "load",
    "read",
    "use_refreshed",
]
