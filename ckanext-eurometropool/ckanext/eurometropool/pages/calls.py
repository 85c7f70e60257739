"""Calls of the API that can be copied: in a shell, in Python, in JavaScript and in R. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Call:
    """A call in one language of programming: its short name for ids, its name for people, and the code."""

    key: str
    label: str
    code: str


def calls(address: str, parameters: Mapping[str, str], rows: str) -> list[Call]:
    """Write a GET request of the action API; `rows` names the list in its result, "" for the result itself."""
    url = f"{address}?{urlencode(parameters)}"
    said = json.dumps(url, ensure_ascii=False)
    inside = f'["{rows}"]' if rows else ""
    python = f"import requests\n\nanswer = requests.get({said}, timeout=30)\nanswer.raise_for_status()\n"
    script = f"const answer = await fetch({said});\nconst {{ result }} = await answer.json();\n"
    shown = f"result.{rows}" if rows else "result"
    r = f"library(jsonlite)\n\nanswer <- fromJSON({said})\n"
    return [
        Call("curl", "curl", f"curl {said}"),
        Call("python", "Python", f'{python}print(answer.json()["result"]{inside})'),
        Call("js", "JavaScript", f"{script}console.log({shown});"),
        Call("r", "R", f"{r}print(answer$result{f'${rows}' if rows else ''})"),
    ]
