"""Metrics, dimensions and ratings in words: what each asks, and what to do where it is not met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.oslo.quality.score import MOST, Dimension, Measure, Rating, Score


def _(message: str) -> str:
    """Mark a sentence for translation."""
    return message


RATINGS: Mapping[Rating, str] = {
    Rating.EXCELLENT: _("excellent"),
    Rating.GOOD: _("good"),
    Rating.SUFFICIENT: _("sufficient"),
    Rating.BAD: _("bad"),
}
DIMENSIONS: Mapping[Dimension, str] = {
    Dimension.FINDABILITY: _("Easy to find"),
    Dimension.ACCESSIBILITY: _("Within reach"),
    Dimension.INTEROPERABILITY: _("Works with others"),
    Dimension.REUSABILITY: _("May be reused"),
    Dimension.CONTEXTUALITY: _("In context"),
}
STEPS: Mapping[str, str] = {
    "file": _("Add a file or a link"),
    "keyword": _("Add keywords"),
    "theme": _("Choose a theme"),
    "spatial": _("Say which places it covers"),
    "temporal": _("Say which period it covers"),
    "access_url_answers": _("Mend the links that do not answer"),
    "download_url": _("Link straight to the file"),
    "download_url_answers": _("Mend the downloads that do not answer"),
    "format": _("Give the file type"),
    "media_type": _("Give the media type"),
    "known_format": _("Choose the file type from the list"),
    "non_proprietary": _("Offer an open file type, such as CSV or GeoJSON"),
    "machine_readable": _("Offer a file type that programs read, such as CSV or GeoJSON"),
    "compliance": _("Correct the errors against DCAT-AP"),
    "license": _("Choose a licence"),
    "known_license": _("Choose a licence of the European list"),
    "access_rights": _("Say who may have the data"),
    "known_access_rights": _("Choose from the list who may have the data"),
    "contact": _("Say whom to ask"),
    "publisher": _("Name the publisher"),
    "rights": _("Say on which other conditions the file may be used"),
    "byte_size": _("Give the size of the file"),
    "issued": _("Say when it was first published"),
    "modified": _("Say when it last changed"),
}
PROBLEMS: Mapping[str, str] = {
    "file": _("No file"),
    "keyword": _("No keywords"),
    "theme": _("No theme"),
    "spatial": _("No place"),
    "temporal": _("No period"),
    "access_url_answers": _("Broken links"),
    "download_url": _("No direct download"),
    "download_url_answers": _("Broken downloads"),
    "format": _("No file type"),
    "media_type": _("No media type"),
    "known_format": _("Unknown file type"),
    "non_proprietary": _("File type of one maker"),
    "machine_readable": _("File type that programs cannot read"),
    "compliance": _("Errors against DCAT-AP"),
    "license": _("No licence"),
    "known_license": _("Licence outside the European list"),
    "access_rights": _("No access rights"),
    "known_access_rights": _("Access rights outside the list"),
    "contact": _("No contact"),
    "publisher": _("No publisher"),
    "rights": _("No conditions of use"),
    "byte_size": _("No file size"),
    "issued": _("No date of publication"),
    "modified": _("No date of change"),
}


def rating(score_or_rating: Score | Rating) -> str:
    """Name a rating in the reader's language."""
    found = score_or_rating.rating if isinstance(score_or_rating, Score) else score_or_rating
    return toolkit._(RATINGS[found])


def marks(points: float) -> int:
    """Give how many of five squares are filled for a number of points."""
    return max(0, min(5, round(5 * points / MOST)))


def step(measure: Measure) -> dict[str, Any]:
    """Say what to do about one metric, and what it brings."""
    return {
        "metric": measure.metric.name,
        "text": toolkit._(STEPS[measure.metric.name]),
        "field": measure.metric.field,
        "points": round(measure.lost),
    }


def problem(name: str) -> str:
    """Name what is wrong where a metric is not met."""
    return toolkit._(PROBLEMS[name])


def shown(score: Score) -> dict[str, Any]:
    """Give a score for JSON and pages, in the reader's language."""
    return {
        "points": score.points,
        "of": MOST,
        "pending": score.pending,
        "percent": score.percent,
        "marks": marks(score.points),
        "rating": str(score.rating),
        "rating_text": rating(score),
        "dimensions": [
            {"name": str(name), "text": toolkit._(DIMENSIONS[name]), "points": points, "of": most}
            for name, (points, most) in score.dimensions.items()
        ],
        "metrics": {
            one.metric.name: {
                "points": round(one.earned, 1),
                "of": one.metric.points,
                "share": round(one.share, 3),
                "pending": round(one.pending, 3),
            }
            for one in score.measures
        },
        "next_steps": [step(one) for one in score.next_steps],
    }
