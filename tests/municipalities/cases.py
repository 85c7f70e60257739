"""The labelled cases: records as portals have them, and the municipalities and areas they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ckanext.eurometropool.municipalities.evidence import Places
from ckanext.eurometropool.municipalities.linker import Linker

Case = dict[str, Any]

HERE = Path(__file__).parent
#: Those the linker was mended on.
CASES: list[Case] = yaml.safe_load((HERE / "cases.yaml").read_text("utf-8"))
#: Those it was not: they are only counted.
HELD_OUT: list[Case] = yaml.safe_load((HERE / "cases_held_out.yaml").read_text("utf-8"))
#: What a missed place is put down to: the strongest evidence its case offers.
OFFERED = {
    "uri": "uri", "subject": "uri", "text": "territory", "shape": "geometry", "box": "bounding-box", "title": "title",
    "keywords": "keyword", "publisher": "publisher",
}  # fmt: skip


@dataclass
class Tally:
    """Places that were found rightly, found wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """How much of what was found is right; 1 where nothing was found."""
        return self.right / found if (found := self.right + self.wrong) else 1.0

    @property
    def recall(self) -> float:
        """How much of what there is was found."""
        return self.right / wanted if (wanted := self.right + self.missed) else 1.0

    def as_dict(self) -> dict[str, float]:
        """Give it as the benchmark prints it."""
        rates = {"precision": round(self.precision, 4), "recall": round(self.recall, 4)}
        return {"right": self.right, "wrong": self.wrong, "missed": self.missed, **rates}


@dataclass
class Measured:
    """How right the linker is over some cases; `other_kind` counts right places of a wrong kind (covers, within)."""

    all: Tally = field(default_factory=Tally)
    other_kind: int = 0
    by_evidence: Mapping[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def as_dict(self) -> dict[str, Any]:
        """Give it as the benchmark prints it."""
        evidence = {name: tally.as_dict() for name, tally in sorted(self.by_evidence.items())}
        return {**self.all.as_dict(), "other_kind": self.other_kind, "by_evidence": evidence}


def dataset(case: Case) -> dict[str, Any]:
    """Return the dataset dict that a case stands for."""
    coverage: list[dict[str, Any]] = [{"uri": uri} for uri in case.get("uri", [])]
    coverage += [{"text": text} for text in case.get("text", [])]
    if "box" in case:
        coverage.append({"bbox": ",".join(map(str, case["box"]))})
    if "shape" in case:
        coverage.append({"geom": case["shape"]})
    return {
        "title_translated": case.get("title", {}),
        "tags_translated": case.get("keywords", {}),
        "spatial_coverage": coverage,
        "subject": case.get("subject", []),
        "url": case.get("url", ""),
        "publisher": [{"name": case["publisher"]}] if "publisher" in case else [],
    }


def wanted(case: Case) -> dict[str, str]:
    """Return what a case should be linked to, with its kind; an area's is ``area``."""
    return {**case.get("links", {}), **({case["area"]: "area"} if "area" in case else {})}


def found(places: Places) -> dict[str, str]:
    """Return what a case is linked to, as `wanted` does."""
    return {
        **{link.key: link.kind.value for link in places.links},
        **({places.area_link.key: "area"} if places.area_link else {}),
    }


def measure(linker: Linker, cases: Sequence[Case]) -> Measured:
    """Compare what is linked with what the cases say, over all and by kind of evidence."""
    measured = Measured()
    for case in cases:
        places = linker.link(dataset(case))
        right, got = wanted(case), found(places)
        for link in [*places.links, *([places.area_link] if places.area_link else [])]:
            for tally in (measured.all, measured.by_evidence[link.evidence.value]):
                tally.right += link.key in right
                tally.wrong += link.key not in right
        missed = len(right.keys() - got.keys())
        offered = next(evidence for said, evidence in OFFERED.items() if said in case)
        for tally in (measured.all, measured.by_evidence[offered]):
            tally.missed += missed
        measured.other_kind += sum(got.get(key, kind) != kind for key, kind in right.items())
    return measured
