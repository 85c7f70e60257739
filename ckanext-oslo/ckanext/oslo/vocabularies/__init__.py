"""Code lists: the closed sets of values a dataset's fields may take, with their names in nl, fr and en.

Pure: nothing here knows CKAN. ``load("licence").resolve("Licence Ouverte / Open Licence version 2.0")`` gives the
concept a portal meant, whichever way it wrote it; a value nobody knows gives None, and is never guessed.
"""

from ckanext.oslo.vocabularies.concepts import LANGUAGES, Concept, Vocabulary, VocabularyError
from ckanext.oslo.vocabularies.files import NAMES, load, read

__all__ = ["LANGUAGES", "NAMES", "Concept", "Vocabulary", "VocabularyError", "load", "read"]
