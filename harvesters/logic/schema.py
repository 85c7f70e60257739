"""What the actions of this package accept."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk


def _clean(data: dict[str, Any], schema: dict[str, list[Any]]) -> dict[str, Any]:
    cleaned, errors = tk.navl_validate(data, schema, {})
    if errors:
        raise tk.ValidationError(errors)
    return cleaned


#: Some validators are made by calling them first; the toolkit's types know no such.
_validator: Any = tk.get_validator


def _number(default: int) -> list[Any]:
    return [_validator("default")(default), _validator("natural_number_validator")]


def runs(data: dict[str, Any]) -> dict[str, Any]:
    """Accept a source (optional) and how many runs to list. Raises ``ValidationError``."""
    text = [_validator("ignore_empty"), _validator("unicode_safe")]
    return _clean(data, {"source": text, "limit": _number(20)})


def record(data: dict[str, Any]) -> dict[str, Any]:
    """Accept a source and the identifier of one of its records. Raises ``ValidationError``."""
    text = [_validator("not_empty"), _validator("unicode_safe")]
    return _clean(data, {"source": text, "guid": text})


def preview(data: dict[str, Any]) -> dict[str, Any]:
    """Accept what saving a source accepts, and a language. Raises ``ValidationError``."""
    languages = [_validator("ignore_empty"), _validator("one_of")(["nl", "fr", "en"])]
    asked = _clean({name: data[name] for name in ("lang",) if name in data}, {"lang": languages})
    return {name: value for name, value in data.items() if name != "lang"} | asked


def source(data: dict[str, Any]) -> dict[str, Any]:
    """Accept a source. Raises ``ValidationError``."""
    return _clean(data, {"source": [_validator("not_empty"), _validator("unicode_safe")]})


def report(data: dict[str, Any]) -> dict[str, Any]:
    """Accept a source, and which part of its report in which language. Raises ``ValidationError``."""
    empty, one_of = _validator("ignore_empty"), _validator("one_of")
    return _clean(
        data,
        {
            "source": [_validator("not_empty"), _validator("unicode_safe")],
            "severity": [empty, one_of(["error", "warning"])],
            "lang": [empty, one_of(["nl", "fr", "en"])],
            "limit": _number(1000),
            "offset": _number(0),
        },
    )


def duplicates(data: dict[str, Any]) -> dict[str, Any]:
    """Accept which part of the duplicates in which language. Raises ``ValidationError``."""
    languages = [_validator("ignore_empty"), _validator("one_of")(["nl", "fr", "en"])]
    return _clean(data, {"lang": languages, "limit": _number(100), "offset": _number(0)})


def two_datasets(data: dict[str, Any]) -> dict[str, Any]:
    """Accept two datasets. Raises ``ValidationError``."""
    text = [_validator("not_empty"), _validator("unicode_safe")]
    return _clean(data, {"id": text, "other": text})


def language() -> str:
    """Return the language of the request; outside of one, that of the portal."""
    try:
        return tk.h.lang()
    except RuntimeError:
        # A command or a job.
        return tk.config["ckan.locale_default"]
