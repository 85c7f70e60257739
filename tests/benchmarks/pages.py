"""`./portal bench pages`: how long pages and answers of the API take, with the same question to Solr alone beside them.

Real HTTP requests, one after the other, to the portal that runs (a production web server, with the catalogue it has);
where none runs, to one that is set up for this with the samples and taken down afterwards. Words are Dutch, French and
English ones by turns, and so are the languages of the pages. Each round asks every kind of question once, so that
whatever else the machine does slows all of them alike; the first rounds only warm up and are not counted.

What is compared: `package_search` with the very query it sends to Solr (same words, fields and rows, documents with the
whole dataset in them), asked of Solr directly. That is the least any search can take; pages have no such twin.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from ckanext.eurometropool.municipalities import register
from tests.running_portal import RunningPortal
from tests.search import raw_solr

WARM_UP = 6  # rounds: each worker process and thread of the web server has to be met
ROWS = 20
EACH = 12  # requests of each of many people at once
#: A language of the pages, and words that somebody who reads it might look for.
QUESTIONS = (
    ("nl", "fietsenstalling Kortrijk"),
    ("fr", "emploi Tournai"),
    ("en", "bike parking"),
    ("nl", "werkloosheid"),
    ("fr", "transport en commun Lille"),
    ("en", "jobs"),
    ("fr", "vélo"),
    ("nl", "openbaar vervoer Rijsel"),
    ("en", "public transport Mouscron"),
)

Ask = Callable[[str, str, str], httpx.Request]


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("-r", "--requests", type=int, default=50, help="how many requests of each kind")
    parser.add_argument("-u", "--users", type=int, default=50, help="how many people at once, afterwards; 0: none")
    asked = parser.parse_args()
    with running_portal() as portal, httpx.Client(timeout=60) as client:
        found = measure(portal, client, asked.requests)
        if asked.users:
            found["at_once"] = crowd(portal, asked.users)
    print(json.dumps(found, indent=2) if asked.json else table(found))


@contextmanager
def running_portal() -> Iterator[RunningPortal]:
    """Give the portal that runs, or one with samples for the time being."""
    portal = RunningPortal(None)
    if "web" in portal.processes():
        yield portal
        return
    portal = RunningPortal("measured")
    print("No portal runs here: setting one up with the samples …", file=sys.stderr)
    try:
        portal.done("up", "--samples")
        yield portal
    finally:
        portal("reset", "--yes")


def measure(portal: RunningPortal, client: httpx.Client, requests: int) -> dict[str, Any]:
    """Return the benchmark's document."""
    size, names = _catalogue(portal, client)
    kinds = _kinds(portal, client)
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    questions, datasets = cycle(QUESTIONS), cycle(_spread(names, requests))
    for number in range(-WARM_UP, requests):
        language, words = next(questions)
        dataset = next(datasets)
        for kind, ask in kinds.items():
            request = ask(language, words, dataset)
            start = time.perf_counter()
            _answer(client, request)
            if number >= 0:
                times[kind].append(time.perf_counter() - start)
    figures = {kind: percentiles(found) for kind, found in times.items()}
    stock = {"raw_solr": figures.pop("raw_solr")}
    ratio = stock["raw_solr"]["p50_ms"] / figures["package_search"]["p50_ms"]
    return {
        "benchmark": "pages",
        "n": size,
        "requests": requests,
        "ours": figures,
        "stock": stock,
        "ratios": {"package_search": round(ratio, 2)},
    }


def crowd(portal: RunningPortal, users: int) -> dict[str, Any]:
    """Let people ask at once, each the next question as soon as the last is answered; loopback only.

    Returns how many requests, how many of them failed (no answer, or another status than 200), how long they took and
    how many a second were answered.
    """
    with httpx.Client(timeout=60) as client:
        _size, names = _catalogue(portal, client)
    datasets = _spread(names, users)

    def visit(number: int) -> list[float | None]:
        times: list[float | None] = []
        with httpx.Client(timeout=60) as client:
            kinds = [ask for kind, ask in _kinds(portal, client).items() if kind != "raw_solr"]
            for step in range(EACH):
                language, words = QUESTIONS[(number + step) % len(QUESTIONS)]
                request = kinds[(number + step) % len(kinds)](language, words, datasets[number % len(datasets)])
                start = time.perf_counter()
                try:
                    answered = client.send(request).status_code == 200
                except httpx.HTTPError:
                    answered = False
                times.append(time.perf_counter() - start if answered else None)
        return times

    start = time.perf_counter()
    with ThreadPoolExecutor(users) as people:
        times = [one for visited in people.map(visit, range(users)) for one in visited]
    seconds = time.perf_counter() - start
    answered = [one for one in times if one is not None]
    return {
        "users": users,
        "requests": len(times),
        "errors": len(times) - len(answered),
        **percentiles(answered or [0.0]),
        "per_second": round(len(answered) / seconds, 1),
    }


def _catalogue(portal: RunningPortal, client: httpx.Client) -> tuple[int, list[str]]:
    """Return how many datasets there are, and the names of up to a thousand of them."""
    query = {"rows": 1000, "fl": "name", "sort": "name asc"}
    found = _answer(client, client.build_request("GET", _action(portal, "package_search"), params=query)).json()
    if not found["result"]["count"]:
        sys.exit("The portal has no datasets: harvest first.")
    return found["result"]["count"], [dataset["name"] for dataset in found["result"]["results"]]


def _kinds(portal: RunningPortal, client: httpx.Client) -> dict[str, Ask]:
    """Return what is asked in each round. Each takes a language, words and a dataset's name."""
    url = portal.url
    solr, site = portal.setting("solr_url"), portal.setting("ckan.site_id")
    known = register.load(Path(portal.setting("ckanext.eurometropool.register")))

    def raw(_language: str, words: str, _dataset: str) -> httpx.Request:
        return client.build_request("POST", f"{solr}/select", data=raw_solr.query(words, known, site, ROWS))

    def get(address: str, **query: Any) -> httpx.Request:
        return client.build_request("GET", address, params=query or None)

    return {
        "home": lambda language, _words, _dataset: get(f"{url}/{language}/"),
        "search_page": lambda language, words, _dataset: get(f"{url}/{language}/dataset/", q=words),
        "dataset_page": lambda language, _words, dataset: get(f"{url}/{language}/dataset/{dataset}"),
        "package_search": lambda _language, words, _dataset: get(_action(portal, "package_search"), q=words, rows=ROWS),
        "package_show": lambda _language, _words, dataset: get(_action(portal, "package_show"), id=dataset),
        "search_suggest": lambda language, words, _dataset: get(
            _action(portal, "search_suggest"), q=words[: len(words) // 2], lang=language
        ),
        "raw_solr": raw,
    }


def _action(portal: RunningPortal, name: str) -> str:
    return f"{portal.url}/api/3/action/{name}"


def _answer(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """Send a request. Whatever is not a plain answer would make the figures mean something else."""
    response = client.send(request)
    if response.status_code != 200:
        sys.exit(f"{request.url} answers {response.status_code}")
    return response


def _spread(names: list[str], count: int) -> list[str]:
    """Choose names from the whole catalogue, the same ones each time."""
    return names[:: max(1, len(names) // count)]


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return the middle and the slow end of times, in milliseconds."""
    return {"p50_ms": _percentile(seconds, 50), "p95_ms": _percentile(seconds, 95)}


def _percentile(seconds: list[float], percent: int) -> float:
    """Return a percentile in milliseconds."""
    ordered = statistics.quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
    return round(ordered[percent - 1] * 1000, 1)


def table(found: dict[str, Any]) -> str:
    """Return the document for a person."""
    lines = [f"{found['n']} datasets, {found['requests']} requests each {'p50':>12} {'p95':>12}"]
    for kind, figures in {**found["ours"], **found["stock"]}.items():
        name = "the search in Solr alone" if kind == "raw_solr" else kind
        lines.append(f"{name:<36}{figures['p50_ms']:>9.1f} ms{figures['p95_ms']:>9.1f} ms")
    share = found["ratios"]["package_search"]
    lines.append(f"Solr alone takes {share:.0%} of what package_search takes.")
    if many := found.get("at_once"):
        lines.append(
            f"{many['users']} people at once: {many['requests']} requests, {many['errors']} errors, "
            f"{many['p50_ms']} ms p50, {many['p95_ms']} ms p95, {many['per_second']} a second"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
