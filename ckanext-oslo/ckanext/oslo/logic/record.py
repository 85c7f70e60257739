"""Reading a whole dataset as CKAN validates it: every field once, in one pass.

CKAN (navl) hands over a flat dict: ``("title_translated",)``, ``("contact", 0, "email")``,
``("resources", 2, "format")``. One pass over it costs less than a chain of validators a field, of which CKAN runs
each for every field of every resource; and fields that depend on each other (the plain title on its translations, the
outline on the places) are read together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckan.plugins import toolkit

from ckanext.oslo import vocabularies
from ckanext.oslo.reading import Field, FieldError, format_of, read, salvage, text, translations

Key = tuple[Any, ...]

CORE = {
    "title": "title_translated",
    "notes": "notes_translated",
    "name": "name_translated",
    "description": "description_translated",
}
"""CKAN's own texts, which other software reads, and the translations they are taken from."""

_LANGUAGE_OF = {"NLD": "nl", "FRA": "fr", "ENG": "en", "DEU": "de"}
_LONGEST_REFUSED = 2_000


def _(message: str) -> str:
    """Mark a sentence for translation; `FieldError` carries it to where it is shown."""
    return message


@dataclass(frozen=True)
class Fields:
    """What a schema says of its fields, arranged for reading."""

    dataset: Mapping[str, Field]
    resource: Mapping[str, Field]
    groups: Mapping[str, Mapping[str, Field]]
    at_most: Mapping[str, int]

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> Fields:
        """Take them from a schema as scheming holds it, presets filled in."""
        own = schema.get("dataset_fields") or schema.get("fields") or ()
        groups = {f["field_name"]: f["repeating_subfields"] for f in own if "repeating_subfields" in f}
        return cls(
            dataset={f["field_name"]: Field.of(f) for f in own if "repeating_subfields" not in f},
            resource={f["field_name"]: Field.of(f) for f in schema.get("resource_fields", ())},
            groups={name: {f["field_name"]: Field.of(f) for f in subfields} for name, subfields in groups.items()},
            at_most={f["field_name"]: f["at_most"] for f in own if "at_most" in f},
        )

    def at(self, key: Key) -> Field | None:
        """Give the field that a flat key belongs to."""
        if len(key) == 1:
            return self.dataset.get(key[0])
        if len(key) == 3:
            return self.resource.get(key[2]) if key[0] == "resources" else self.groups.get(key[0], {}).get(key[2])
        return None


@dataclass
class Record:
    """One dataset (or organization) while it is read.

    ``lenient`` is for harvested records: what a field cannot take is kept in ``refused`` instead of being an error.
    """

    fields: Fields
    data: dict[Key, Any]
    errors: dict[Key, list[str]]
    language: str
    lenient: bool = False
    refused: list[dict[str, str]] = field(default_factory=list)
    _resources: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._resources = sorted({key[1] for key in self.data if len(key) > 2 and key[0] == "resources"})

    def read(self) -> None:
        """Read every field, and fill in what follows from others."""
        for prefix, fields in self._levels():
            self._gather_languages(prefix, fields)
            self._take_core_texts(prefix, fields)
        for key in list(self.data):
            self._read_one(key)
        self._tidy_groups()
        self._check_periods()
        languages = tuple(self._own_languages())
        for prefix, fields in self._levels():
            self._fill_core_texts(prefix, fields, languages)
        for index in self._resources:
            self._fill_format(index)
        if "spatial" in self.fields.dataset:
            self._derive_outline()
        self._demand_required()

    def value(self, *key: Any) -> Any:
        """Give a value, or None when it is missing or empty."""
        found = self.data.get(key)
        return None if found is toolkit.missing or found in ("", [], {}) else found

    def refuse(self, key: Key, error: FieldError) -> None:
        """Put an error beside its field, or beside the translation of it that is wrong."""
        if error.language:
            key = (*key[:-1], f"{key[-1]}-{error.language}")
        message = toolkit._(error.text).format(**error.parts)
        self.errors.setdefault(key, []).append(message)

    def _levels(self) -> Iterator[tuple[Key, Mapping[str, Field]]]:
        yield (), self.fields.dataset
        for index in self._resources:
            yield ("resources", index), self.fields.resource

    def _gather_languages(self, prefix: Key, fields: Mapping[str, Field]) -> None:
        """Collect a form's ``title_translated-nl``, ``title_translated-fr`` … into ``title_translated``."""
        extras = self.data.get((*prefix, "__extras"))
        if not isinstance(extras, dict):
            return
        for key in [key for key in extras if isinstance(key, str) and "-" in key]:
            name, language = key.split("-", 1)
            if name in fields and fields[name].kind in ("translated", "keywords"):
                texts = self.data.get((*prefix, name))
                if not isinstance(texts, dict):
                    texts = self.data[(*prefix, name)] = {}
                texts[language] = extras.pop(key)

    def _take_core_texts(self, prefix: Key, fields: Mapping[str, Field]) -> None:
        """Read a plain title, as clients write it who know nothing of translations, as one in the portal's language."""
        for core, translated in CORE.items():
            if translated in fields and self.value(*prefix, translated) is None:
                plain = self.value(*prefix, core)
                if plain is not None:
                    self.data[(*prefix, translated)] = {self.language: plain}

    def _read_one(self, key: Key) -> None:
        found = self.fields.at(key)
        if found is None:
            return
        value = self.value(*key)
        if value is None:
            self.data[key] = toolkit.missing
            return
        if found.kind == "link" and key[0] == "resources" and key[2] == "url" and self.value(*key[:2], "url_type"):
            return  # an uploaded file, or a table of the DataStore: CKAN makes the link
        if self.lenient:
            value, refused = salvage(found, value, self.language)
            name = "/".join(str(part) for part in key)
            self.refused += [{"field": name, "value": _shown(one)} for one in refused]
        else:
            try:
                value = read(found, value, self.language)
            except FieldError as error:
                self.refuse(key, error)
                return
        if value in (None, "", [], {}):
            value = toolkit.missing
        elif len(key) == 1 and isinstance(value, list | dict):
            value = json.dumps(value, ensure_ascii=False)
        self.data[key] = value

    def _tidy_groups(self) -> None:
        """Drop places, periods and agents of which nothing is filled in, and refuse more than there may be."""
        groups: dict[str, dict[int, list[Key]]] = {}
        for key in self.data:
            if len(key) == 3 and key[0] in self.fields.groups:
                groups.setdefault(key[0], {}).setdefault(key[1], []).append(key)
        for name, found in groups.items():
            filled = [index for index in sorted(found) if any(self.value(*key) is not None for key in found[index])]
            limit = self.fields.at_most.get(name, len(filled))
            dropped = found.keys() - filled
            if self.lenient:
                dropped |= set(filled[limit:])
            else:
                first = next(iter(self.fields.groups[name]))
                for index in filled[limit:]:
                    self.refuse((name, index, first), FieldError(_("Only one fits here.")))
            for key in [key for index in dropped for key in found[index]]:
                del self.data[key]

    def _check_periods(self) -> None:
        for key in [key for key in self.data if key[-1] == "end" and key[0] == "temporal_coverage"]:
            start, end = self.value(*key[:2], "start"), self.value(*key)
            if (
                start
                and end
                and not self.errors.get(key)
                and end[: len(start)] < start[: len(end)]
                and not self.lenient
            ):
                self.refuse(key, FieldError(_("The end lies before the beginning.")))

    def _fill_core_texts(self, prefix: Key, fields: Mapping[str, Field], languages: tuple[str, ...]) -> None:
        for core, translated in CORE.items():
            if translated not in fields or (core == "name" and not prefix):
                continue
            texts = self.value(*prefix, translated)
            texts = json.loads(texts) if isinstance(texts, str) else texts or {}
            if isinstance(texts, dict):
                language = translations.best(texts, *languages)
                self.data[(*prefix, core)] = texts[language] if language else ""

    def _own_languages(self) -> Iterator[str]:
        uris = self.value("language")
        for uri in json.loads(uris) if isinstance(uris, str) and uris.startswith("[") else ():
            concept = vocabularies.load("language").get(uri)
            if concept is not None and concept.code in _LANGUAGE_OF:
                yield _LANGUAGE_OF[concept.code]

    def _fill_format(self, index: int) -> None:
        prefix = ("resources", index)
        if "format" in self.fields.resource and self.value(*prefix, "format") is None:
            for address in (self.value(*prefix, "download_url"), self.value(*prefix, "url")):
                guess = format_of(address) if isinstance(address, str) else None
                if guess:
                    self.data[(*prefix, "format")] = guess
                    return

    def _derive_outline(self) -> None:
        """Give ckanext-spatial the first geometry of the places, which is where it looks for one."""
        keys = sorted(key for key in self.data if len(key) == 3 and key[0] == "spatial_coverage")
        for wanted in ("geom", "bbox"):
            for key in keys:
                if key[2] == wanted and self.value(*key) is not None and not self.errors.get(key):
                    self.data[("spatial",)] = self.data[key]
                    return

    def _demand_required(self) -> None:
        if self.fields.dataset.get("title_translated", Field("")).required and not self._has("title_translated"):
            self.refuse(("title_translated",), FieldError(_("Give a title in at least one language.")))
        if self.lenient:
            return
        # A draft is kept before anybody has found the words; it is published only with them.
        described = self._has("notes_translated") or str(self.value("state") or "").startswith("draft")
        if self.fields.dataset.get("notes_translated", Field("")).required and not described:
            self.refuse(("notes_translated",), FieldError(_("Give a description in at least one language.")))
        for index in self._resources:
            url = ("resources", index, "url")
            if "url" in self.fields.resource and self.value(*url) is None and not self.errors.get(url):
                self.refuse(url, FieldError(_("Give a link to the file, or upload it.")))

    def _has(self, name: str) -> bool:
        """Tell whether a field is filled in, be it wrongly: one error for one mistake."""
        return self.value(name) is not None or any(
            key[0].startswith(f"{name}-") for key in self.errors if len(key) == 1
        )


def name_for(title: str, is_taken: Callable[[str], bool], *origin: str | None) -> str:
    """Make the name of a dataset, as its address has it, from its title.

    A harvested one gets a few letters of its ``origin`` (source and guid), so that two datasets of the same title
    never meet and no question to the database is needed; another gets a number when its name is taken.
    """
    base = text.slug(title)
    if all(origin):
        return f"{base}-{hashlib.sha256('|'.join(map(str, origin)).encode()).hexdigest()[:8]}"
    name, number = base, 1
    while is_taken(name):
        number += 1
        name = f"{base}-{number}"
    return name


def _shown(value: object) -> str:
    found = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return found[:_LONGEST_REFUSED]
