"""The quality of descriptions, in points of the European Metadata Quality Assessment, and what to do next.

`score` is the assessment itself, `measuring` applies it to a dataset of ours, `links` asks whether addresses answer,
`chart` draws the trend. All of these are pure or know only the guarded client; the others meet CKAN.
"""

from ckanext.oslo.quality.measuring import score
from ckanext.oslo.quality.score import METRICS, MOST, Dimension, Measure, Metric, Rating, Score, rating_of, score_graph

__all__ = [
    "METRICS",
    "MOST",
    "Dimension",
    "Measure",
    "Metric",
    "Rating",
    "Score",
    "rating_of",
    "score",
    "score_graph",
]
