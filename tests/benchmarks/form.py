"""`./portal bench form`: how long the form takes to say what a description still wants, while somebody types.

Real HTTP requests, one after the other, to the portal that runs (`pages` says which): the form of a new dataset about
mobility with three files, filled in and sent to `/oslo/check` as the form's script sends it, each time with another
title. Beside it, in the same rounds, the same form without a file, and the smallest answer the portal gives, as what
the web server and CKAN take by themselves. Stock CKAN has nothing of the kind.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from typing import Any

import httpx

from tests.benchmarks.pages import WARM_UP, percentiles, running_portal
from tests.running_portal import RunningPortal

LIMIT = 300
"""Milliseconds within which an answer has to come."""
FORM: dict[str, str] = {
    "_oslo_type": "mobility",
    "title_translated-fr": "Stationnements vélo à Courtrai",
    "title_translated-en": "Bicycle parking in Kortrijk",
    "notes_translated-nl": "Waar u uw fiets veilig zet, met het aantal plaatsen.",
    "notes_translated-fr": "Où garer votre vélo en sécurité, avec le nombre de places.",
    "tags_translated-nl": "fiets, stalling",
    "license_id": "CC_BY_4_0",
    "theme": "http://publications.europa.eu/resource/authority/data-theme/TRAN",
    "mobility_theme": "https://w3id.org/mobilitydcat-ap/mobility-theme/bike-parking-locations",
    "spatial_coverage-0-text": "Kortrijk",
    "spatial_coverage-0-geom": "3.2, 50.77, 3.34, 50.88",
    "temporal_coverage-0-start": "01/01/2026",
    "temporal_coverage-0-end": "31/12/2026",
    "contact-0-name": "Dienst mobiliteit",
    "contact-0-email": "mobiliteit@kortrijk.example",
}
FILES = {
    f"resources__{number}__{name}": value
    for number, kind in enumerate(("csv", "geojson", "zip"))
    for name, value in (
        ("url", f"https://data.kortrijk.example/stallingen.{kind}"),
        ("name_translated-nl", f"Stallingen als {kind}"),
        ("description_translated-nl", "Een rij per stalling."),
    )
}


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("-r", "--requests", type=int, default=50, help="how many requests of each kind")
    asked = parser.parse_args()
    with running_portal() as portal, httpx.Client(base_url=portal.url, timeout=60, follow_redirects=True) as client:
        found = measure(portal, client, asked.requests)
    print(json.dumps(found, indent=2) if asked.json else table(found))


def measure(portal: RunningPortal, client: httpx.Client, requests: int) -> dict[str, Any]:
    """Return the benchmark's document."""
    _sign_in(portal, client)
    headers = {"X-CSRFToken": _token(client.get("/nl/mobility/new").text), "Referer": portal.url}
    kinds = {"three_files": FORM | FILES, "no_file": FORM, "smallest": None}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(-WARM_UP, requests):
        for kind, form in kinds.items():
            start = time.perf_counter()
            if form is None:
                answer = client.get("/api/3")
            else:
                said = {**form, "title_translated-nl": f"Fietsenstallingen in Kortrijk, {number}"}
                answer = client.post("/nl/oslo/check", data=said, headers=headers)
            if answer.status_code != 200:
                sys.exit(f"{answer.request.url} answers {answer.status_code}")
            if number >= 0:
                times[kind].append(time.perf_counter() - start)
    ours = {kind: percentiles(found) for kind, found in times.items()}
    return {"benchmark": "form", "requests": requests, "limit_ms": LIMIT, "ours": ours, "stock": {}, "ratios": {}}


def _sign_in(portal: RunningPortal, client: httpx.Client) -> None:
    token = _token(client.get("/nl/user/login").text)
    client.post("/nl/user/login", data={"login": "steward", "password": portal.password, "_csrf_token": token})


def _token(page: str) -> str:
    """Give the token that a page wants back with what is posted."""
    found = re.search(r'name="_csrf_token"[^>]*?(?:content|value)="([^"]+)"', page)
    return found.group(1) if found else ""


def table(found: dict[str, Any]) -> str:
    """Return the document for a person."""
    lines = [f"{found['requests']} requests each{'':<22}{'p50':>12}{'p95':>12}"]
    for kind, figures in found["ours"].items():
        lines.append(f"{kind:<36}{figures['p50_ms']:>9.1f} ms{figures['p95_ms']:>9.1f} ms")
    return "\n".join([*lines, f"An answer has to come within {found['limit_ms']} ms."])


if __name__ == "__main__":
    main()
