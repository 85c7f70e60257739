"""The first records of a source, read and told: what would arrive, how well it is described, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import logic
from ckan.types import Context

from ckanext.harvesters.engine import sample
from ckanext.harvesters.engine.report import Entry
from ckanext.harvesters.engine.sample import Sample, Sampled
from ckanext.harvesters.logic import asking
from ckanext.harvesters.records import shorten
from ckanext.harvesters.registry import protocol
from ckanext.oslo import fetch
from ckanext.oslo.checking.config import shapes_folder
from ckanext.oslo.profiles.config import portal_from_config
from ckanext.oslo.quality.measuring import score
from ckanext.oslo.quality.score import MOST as MOST_POINTS
from ckanext.oslo.quality.wording import marks
from ckanext.oslo.vocabularies import load

Dataset = Mapping[str, Any]

#: How many records a preview shows, and how long it may read for a person who waits (seconds).
MOST, SECONDS = 20, 20.0
LANGUAGES = ("nl", "fr", "en")
#: The action that says which municipalities a dataset is about. It belongs to another extension, which may be absent.
_PLACES = "municipality_link_preview"


def first(context: Context, described: Mapping[str, Any], settings: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Read the first records of a described source and tell them. Raises ``ValidationError`` as saving it would."""
    source = asking.described(described, settings)
    with asking.told(), fetch.from_config(seconds=SECONDS) as client:
        client.check(source.url)
        found = sample.take(source, protocol(source.protocol), client, most=MOST, seconds=SECONDS)
    if found.late and not found.pages:
        said = tk._("The portal gave no record within {seconds} seconds.").format(seconds=f"{SECONDS:g}")
        raise tk.ValidationError({"url": [said]})
    return told(context, found, language)


def lines(name: str, found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was told as lines for a terminal: a summary, then each record with its problems."""
    of = f" of {found['total']}" if found["total"] is not None else ""
    late = ", the portal is slow: more did not come in time" if found["late"] else ""
    mean = f", average quality {found['mean_score']} of {MOST_POINTS}" if found["mean_score"] is not None else ""
    yield (
        f"{name}: {found['count']}{of} records{late}; {found['refused']} refused, {found['out_of_scope']} out of "
        f"scope, {found['problem_count']} problems{mean}"
    )
    for one in found["records"]:
        state = "refused" if one["refused"] else "out of scope" if one["out_of_scope"] else one["score"]["points"]
        places = ", ".join(place["name"] for place in one["municipalities"]) or "-"
        files = f"{one['files']} files" + (f" ({', '.join(one['formats'])})" if one["formats"] else "")
        title = shorten(one["title"] or one["guid"])
        yield "\t".join((str(state), one["type"] or "-", ",".join(one["languages"]) or "-", places, files, title))
        for problem in one["problems"]:
            yield f"\t{problem['field']} = {problem['value']}: {problem['text']}"
    for problem in found["problems"]:
        yield f"\t{problem['field']} = {problem['value']}: {problem['text']}"


def told(context: Context, found: Sample, language: str) -> dict[str, Any]:
    """Tell a sample in a language, as `logic.sources.harvest_source_preview` describes it."""
    records = [_record(context, one, language) for one in found.records]
    problems = [_problem(entry, language) for entry in found.entries]
    arriving = [one["score"]["points"] for one in records if one["score"] and not one["out_of_scope"]]
    return {
        "records": records,
        "problems": problems,
        "count": len(records),
        "refused": sum(one["refused"] for one in records),
        "out_of_scope": sum(one["out_of_scope"] is not None for one in records),
        "problem_count": len(problems) + sum(len(one["problems"]) for one in records),
        "mean_score": round(sum(arriving) / len(arriving)) if arriving else None,
        "total": found.total,
        "late": found.late,
        "whole": found.whole,
    }


def _record(context: Context, one: Sampled, language: str) -> dict[str, Any]:
    record, dataset = one.record, one.dataset or {}
    titles = dataset.get("title_translated") or {}
    in_language = next((code for code in (language, *LANGUAGES) if titles.get(code)), next(iter(titles), ""))
    files = dataset.get("resources") or []
    return {
        "guid": shorten(record.guid),
        "url": record.url,
        "title": titles.get(in_language, ""),
        "title_lang": in_language,
        "type": dataset.get("type"),
        "languages": _languages(dataset),
        "municipalities": _municipalities(context, one.dataset, language),
        "files": len(files),
        "formats": _once(file.get("format") for file in files),
        "licences": _licences(dataset, language),
        "score": _score(one.dataset) if one.dataset is not None else None,
        "out_of_scope": one.outside,
        "refused": one.dataset is None,
        "problems": [_problem(entry, language) for entry in one.entries],
    }


def _problem(entry: Entry, language: str) -> dict[str, Any]:
    names = ("guid", "severity", "field", "value", "reason", "detail", "url")
    said = {name: getattr(entry, name) for name in names}
    return said | {"text": Entry(None, "", "", entry.reason).text(language)}


def _once(values: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(shorten(value) for value in values if value))


def _languages(dataset: Dataset) -> list[str]:
    """Return in which languages the title or the description stands."""
    said = {code for field in ("title_translated", "notes_translated") for code, text in _texts(dataset, field) if text}
    return sorted(said, key=lambda code: (LANGUAGES.index(code) if code in LANGUAGES else len(LANGUAGES), code))


def _texts(dataset: Dataset, field: str) -> Iterable[tuple[str, str]]:
    return (dataset.get(field) or {}).items()


def _licences(dataset: Dataset, language: str) -> list[str]:
    """Name the licences of a dataset's files, or else its own, in a language where the list of licences has them."""
    files = [file.get("license") for file in dataset.get("resources") or []]
    known = load("licence")
    said = _once(files) or _once([dataset.get("license_id")])
    return [concept.label(language) if (concept := known.resolve(one)) else one for one in said]


def _score(dataset: Dataset) -> dict[str, Any]:
    found = score(dataset, portal_from_config(), shapes_folder())
    return {"points": found.points, "marks": marks(found.points), "rating": str(found.rating)}


def _municipalities(context: Context, dataset: Dataset | None, language: str) -> list[dict[str, str]]:
    try:
        find = tk.get_action(_PLACES)
    except KeyError:
        return []
    if dataset is None:
        return []
    found = find(logic.fresh_context(context), {"dataset": dict(dataset)})
    return [{"key": one["key"], "name": one["names"].get(language) or one["key"]} for one in found]
