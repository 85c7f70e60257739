"""`./portal bench search`: how well and how fast questions are answered, against stock CKAN's query on the same index.

Quality: the judged questions of tests/search/judged.yaml over the invented samples. Stock is CKAN's own query (dismax
over name, title, tags and text), asked of the very same documents.

Latency: `package_search` with the same questions over the recorded catalogues (`-n` datasets; the invented samples
where nothing is recorded), against stock CKAN's, and against the very queries that ours sends to Solr, asked of Solr
alone (several where a question finds nothing as it is). Every round asks all kinds once, so that whatever else the
machine does slows all of them alike.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

WARM_UP = 10
ROWS = 20
DATE = "2025-02-14"
SITE = "bench_search"
TOWNS = ("Kortrijk", "Ieper", "Menen", "Doornik", "Mouscron", "Lille")
Dict = dict[str, Any]
Ask = Callable[[str], Any]


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("-n", type=int, default=10_000, help="how many recorded datasets for the latency")
    parser.add_argument("-r", "--requests", type=int, default=1_000, help="how many questions of each kind")
    asked = parser.parse_args()
    import logging

    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    app = make_app(load_config(os.environ["CKAN_INI"]))
    logging.disable(logging.WARNING)
    with app._wsgi_app.test_request_context():
        found = measure(asked.n, asked.requests)
    print(json.dumps(found, indent=2) if asked.json else table(found))


def measure(n: int, requests: int) -> Dict:
    """Return the benchmark's document."""
    from tests.search import catalogue

    samples = catalogue.samples()
    with catalogue.indexed(samples, SITE), catalogue.asked(SITE):
        names = catalogue.names_of(samples)
        ours, stock = _quality(_ours, names), _quality(_stock, names)
    shared = Path(os.environ["PORTAL_SHARED"])
    datasets = catalogue.recorded(shared, DATE)[:n] if (shared / "snapshots").is_dir() else samples
    print(f"{len(datasets)} datasets …", file=sys.stderr, flush=True)
    with catalogue.indexed(datasets, SITE), catalogue.asked(SITE):
        times = _times(requests)
        kit = query_kit()
    ours |= {"package_search": times["ours"], "questions": kit["questions"]}
    stock |= {"package_search": times["stock"], "raw_solr": times["raw_solr"], "questions": kit["stock"]}
    return {
        "benchmark": "search",
        "n": len(datasets),
        "questions": requests,
        "ours": ours,
        "stock": stock,
        "ratios": {
            "ndcg_at_10": round(ours["ndcg_at_10"] / stock["ndcg_at_10"], 2),
            "recall_at_10_cross_to_same_language": round(
                ours["recall_at_10_cross_language"] / ours["recall_at_10_same_language"], 3
            ),
            "package_search_p95_to_raw_solr_p95": round(times["ours"]["p95_ms"] / times["raw_solr"]["p95_ms"], 2),
            "package_search_p95": round(times["stock"]["p95_ms"] / times["ours"]["p95_ms"], 2),
        },
    }


# What is asked


def _ours(question: str, rows: int = ROWS) -> Dict:
    return _search(q=question, rows=rows)


def _stock(question: str, rows: int = ROWS) -> Dict:
    from ckan.lib.search.query import QUERY_FIELDS

    return _search(q=question, rows=rows, qf=QUERY_FIELDS)


def _search(**asked: Any) -> Dict:
    import ckan.plugins.toolkit as tk

    return tk.get_action("package_search")({"user": "", "auth_user_obj": None}, asked)


def _raw(client: httpx.Client, queries: list[Dict]) -> bytes:
    """Ask Solr alone for what ours answers, wider forms too; unread but for whether anything was found."""
    from ckan.common import config

    from tests.search import raw_solr

    answer = b""
    for query in queries:
        answer = client.post(f"{config['solr_url']}/select", data=query).content
        if raw_solr.finds(answer):
            break
    return answer


# What is found


def _quality(ask: Callable[..., Dict], names: dict[str, str]) -> Dict:
    from ckanext.harvesters.replay.invented import REGIONS, samples
    from tests.search import judgement

    spoken = {sample.id: set(sample.title) for region in REGIONS for sample in samples(region)}
    answers = [
        (question, [names[dataset["id"]] for dataset in ask(question.text, 10)["results"]])
        for question in judgement.judged()
    ]
    return judgement.summary(answers, spoken)


def query_kit() -> Dict:
    """Ask over the recorded catalogues what cannot be judged by hand, and count what can be told by machine.

    `towns`: for a question that is a town's name, how many of the first ten datasets are linked to it, to an area that
    holds it, or to no place near it (layers of earth named after it), and how many there are to be had that are linked
    to it. `found`: how many of the judged questions find anything.
    """
    from ckanext.eurometropool.municipalities import installed
    from ckanext.eurometropool.search import answer, where
    from tests.search import judgement

    register = installed.register()

    def town(ask: Callable[..., Dict], name: str) -> Dict:
        (place,) = where.finder(register).locate(name).places
        fits = [answer.fit([place], one, register)["fit"] for one in ask(name, 10)["results"]]
        keys = " OR ".join(f'"{key}"' for key in place.municipalities)
        linked = _search(q="*:*", fq=f"municipality:({keys})", rows=0)["count"]
        return {**{fit: fits.count(fit) for fit in ("about", "covers", "near", "mentions")}, "linked": linked}

    def told(ask: Callable[..., Dict]) -> Dict:
        asked = {question.text for question in judgement.judged()}
        return {
            "towns": {name: town(ask, name) for name in TOWNS},
            "asked": len(asked),
            "found": sum(1 for text in asked if ask(text, 1)["count"]),
            "fietsenstalling Kortrijk": ask("fietsenstalling Kortrijk", 1)["count"],
        }

    return {"questions": told(_ours), "stock": told(_stock)}


def _times(requests: int) -> dict[str, Dict]:
    from ckan.common import config

    from ckanext.eurometropool.municipalities import installed
    from tests.search import judgement, raw_solr

    client = httpx.Client(timeout=60)
    kinds: dict[str, Ask] = {"ours": _ours, "stock": _stock, "raw_solr": lambda text: _raw(client, queries[text])}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    # All of them, every seventh first: subjects and languages by turns, and seldom the same question twice.
    judged = [question.text for question in judgement.judged()]
    judged = [*(text for turn in range(7) for text in judged[turn::7]), "Kortrijk", "fietsen in Rijsel", "emploi"]
    queries = {text: raw_solr.queries(text, installed.register(), config["ckan.site_id"], ROWS) for text in judged}
    texts = cycle(judged)
    for number in range(-WARM_UP, requests):
        text = next(texts)
        # Who asks first finds Solr's caches empty: by turns.
        for kind in [*kinds, *kinds][number % 3 :][:3]:
            ask = kinds[kind]
            start = time.perf_counter()
            ask(text)
            if number >= 0:
                times[kind].append(time.perf_counter() - start)
    return {kind: {"p50_ms": _percentile(found, 50), "p95_ms": _percentile(found, 95)} for kind, found in times.items()}


def _percentile(seconds: list[float], percent: int) -> float:
    return round(statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000, 1)


def table(found: Dict) -> str:
    """Return the document for a person."""
    ours, stock = found["ours"], found["stock"]
    lines = [f"{'':<32}{'stock':>12}{'ours':>12}"]
    lines += [
        f"{name:<32}{stock[name]:>12}{ours[name]:>12}"
        for name in ("ndcg_at_10", "recall_at_10_same_language", "recall_at_10_cross_language")
    ]
    lines += [
        f"{f'package_search {figure}':<32}{stock['package_search'][figure]:>12}{ours['package_search'][figure]:>12}"
        for figure in ("p50_ms", "p95_ms")
    ]
    raw = stock["raw_solr"]
    lines.append(f"the query in Solr alone: {raw['p50_ms']} ms p50, {raw['p95_ms']} ms p95, {found['n']} datasets")
    for name, value in ours["questions"].items():
        lines.append(f"{name}: stock {stock['questions'][name]}, ours {value}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
