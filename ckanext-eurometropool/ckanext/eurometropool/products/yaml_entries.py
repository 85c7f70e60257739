"""Read a YAML file strictly: every mistake is told with file, line and what was expected."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

import yaml

from ckanext.eurometropool.products.errors import LANGUAGES, DefinitionError, Text
from ckanext.oslo import quick_yaml


def compose(path: Path) -> Entries:
    """Read the mapping a file consists of. Raises DefinitionError."""
    try:
        root = quick_yaml.compose(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError(f"{path}:{line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DefinitionError(f"{path}:1: {error}") from error
    return Entries(path, root, "a product")


class Entries:
    """A YAML mapping whose keys must all be asked for: ``close`` refuses the others."""

    def __init__(self, path: Path, node: yaml.Node | None, what: str) -> None:
        if not isinstance(node, yaml.MappingNode):
            line = node.start_mark.line + 1 if node else 1
            raise DefinitionError(f"{path}:{line}: expected {what} as 'key: value' lines")
        self.path = path
        self.what = what
        self.line = node.start_mark.line + 1
        self._values: dict[str, yaml.Node] = {}
        self._asked: set[str] = set()
        for key, value in node.value:
            if key.value in self._values:
                raise DefinitionError(f"{path}:{key.start_mark.line + 1}: {key.value!r} stands twice in {what}")
            self._values[key.value] = value

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def error(self, key: str, expected: str) -> DefinitionError:
        """Make the error for a value that is not as expected."""
        line = self._values[key].start_mark.line + 1 if key in self._values else self.line
        return DefinitionError(f"{self.path}:{line}: {self.what}: {key!r}: expected {expected}")

    def close(self) -> None:
        """Refuse keys nobody asked for: most often a typing error."""
        for key in self._values.keys() - self._asked:
            known = ", ".join(sorted(self._asked))
            raise self.error(key, f"one of {known}")

    def _node(self, key: str, expected: str) -> yaml.Node:
        self._asked.add(key)
        if key not in self._values:
            alike = get_close_matches(key, self._values.keys() - self._asked, n=1)
            if alike:
                raise self.error(alike[0], f"{key!r}, and {expected} after it")
            raise self.error(key, f"{expected}, but it is missing")
        return self._values[key]

    def text(self, key: str) -> str:
        """Give a text that is not empty."""
        node = self._node(key, "a text")
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.error(key, "a text")
        return node.value.strip()

    def optional(self, key: str) -> str | None:
        """Give a text, or None where the key is absent."""
        self._asked.add(key)
        return self.text(key) if key in self._values else None

    def one_of(self, key: str, choices: Collection[str]) -> str:
        """Give a text that is one of the choices."""
        value = self.text(key)
        if value not in choices:
            raise self.error(key, f"one of {', '.join(choices)}, not {value!r}")
        return value

    def seconds(self, key: str, least: int) -> int:
        """Give a whole number of seconds, ``least`` or more."""
        value = self.text(key)
        if not value.isdecimal() or int(value) < least:
            raise self.error(key, f"a whole number of seconds, {least} or more, not {value!r}")
        return int(value)

    def texts(self, key: str) -> Text:
        """Give a text in each of the portal's languages."""
        entries = self.entries(key)
        values = {language: entries.text(language) for language in LANGUAGES}
        entries.close()
        return values

    def entries(self, key: str) -> Entries:
        """Give the mapping under a key."""
        return Entries(self.path, self._node(key, "'key: value' lines"), f"{key!r} of {self.what}")

    def words(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; empty where the key is absent."""
        self._asked.add(key)
        if key not in self._values:
            return ()
        node = self._values[key]
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(n, yaml.ScalarNode) for n in node.value):
            raise self.error(key, "a list of texts")
        return tuple(n.value for n in node.value)

    def list(self, key: str, what: str) -> list[Entries]:
        """Give the mappings of a list that has at least one."""
        node = self._node(key, "a list")
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.error(key, f"a list of {what}s")
        return [Entries(self.path, item, f"{what} {number}") for number, item in enumerate(node.value, start=1)]

    def mapping(self, key: str) -> dict[str, str]:
        """Give a mapping of texts to texts; empty where the key is absent."""
        self._asked.add(key)
        if key not in self._values:
            return {}
        entries = self.entries(key)
        return {name: entries.text(name) for name in entries._values}

    def choices(self, key: str) -> dict[str, tuple[str, ...]]:
        """Give a mapping of texts to lists of texts; empty where the key is absent."""
        self._asked.add(key)
        if key not in self._values:
            return {}
        entries = self.entries(key)
        return {name: entries.words(name) for name in entries._values}
