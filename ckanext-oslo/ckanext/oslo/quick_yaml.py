"""YAML by libyaml where PyYAML was built with it: eight times as fast as PyYAML's own reader, with the same results.

Every process of the portal reads its schemas and word lists when it starts. Pure: no CKAN here.
"""

from __future__ import annotations

from typing import IO, Any

import yaml

#: A safe loader: it makes plain values only, never objects.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str | IO[str]) -> Any:
    """Give what a YAML text holds.

    :raises yaml.MarkedYAMLError: it is not YAML, with the place
    """
    return yaml.load(text, Loader=LOADER)  # noqa: S506  (LOADER is safe)


def compose(text: str | IO[str]) -> yaml.Node | None:
    """Give the nodes of a YAML text, each with its line; None for an empty one.

    :raises yaml.MarkedYAMLError: it is not YAML, with the place
    """
    return yaml.compose(text, Loader=LOADER)
