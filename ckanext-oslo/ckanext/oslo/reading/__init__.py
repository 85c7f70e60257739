"""Reading what people and portals write into a dataset's fields: text, dates, links, places, concepts, translations.

Pure: nothing here knows CKAN. Each reader takes a value as it came (a form's text, JSON, a list) and gives it back in
the one form the portal keeps, or raises `FieldError` with a sentence for the person who wrote it.
"""

from ckanext.oslo.reading.errors import FieldError
from ckanext.oslo.reading.kinds import KINDS, ONE_CHOICE, Field, first_said, format_of, read, salvage

__all__ = ["KINDS", "ONE_CHOICE", "Field", "FieldError", "first_said", "format_of", "read", "salvage"]
