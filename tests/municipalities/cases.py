"""The labelled cases: records as portals have them, and the municipalities and areas they are about."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from ckanext.eurometropool.municipalities.linker import Linker

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text("utf-8"))


def dataset(case: dict[str, Any]) -> dict[str, Any]:
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


def rightness(linker: Linker) -> tuple[float, float, dict[str, Counter[str]]]:
    """Compare what is linked with what the cases say.

    :returns: precision, recall, and how many links of each kind of evidence are right and wrong
    """
    counts: Counter[str] = Counter()
    by_evidence: dict[str, Counter[str]] = {}
    for case in CASES:
        places = linker.link(dataset(case))
        found = {link.key for link in places.links} | ({places.area} if places.area else set())
        wanted = {*case.get("links", {})} | ({case["area"]} if "area" in case else set())
        counts.update(right=len(found & wanted), wrong=len(found - wanted), missed=len(wanted - found))
        for link in places.links:
            kind = "right" if link.key in wanted else "wrong"
            by_evidence.setdefault(link.evidence.value, Counter()).update([kind])
    precision = counts["right"] / (counts["right"] + counts["wrong"])
    recall = counts["right"] / (counts["right"] + counts["missed"])
    return precision, recall, by_evidence
