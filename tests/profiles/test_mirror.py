"""Reading is the mirror of writing: a dataset of any of the three schemas comes back from its RDF as it was."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.oslo import profiles
from tests.profiles import made
from tests.profiles.conftest import PORTAL

FORMATS = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)


def written(dataset: dict[str, Any], name: str = profiles.DEFAULT) -> list[ox.Triple]:
    profile = profiles.get(name)
    return [*profile.dataset(dataset, PORTAL), *profile.record(dataset, PORTAL)]


def through(triples: list[ox.Triple], form: ox.RdfFormat) -> list[Any]:
    """Serialise, and parse again."""
    return list(ox.parse(ox.serialize(triples, format=form, prefixes=profiles.PREFIXES), format=form))


def read_back(dataset: dict[str, Any], form: ox.RdfFormat, name: str = profiles.DEFAULT) -> dict[str, Any]:
    iri = profiles.dataset_iri(dataset, PORTAL)
    return profiles.get(name).read(through(written(dataset, name), form), iri)


def mirrors(schema: str) -> Any:
    """Make the test of a schema: hypothesis prepares the making of datasets once, not once an example."""

    @settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
    @given(dataset=made.datasets(schema), form=st.sampled_from(FORMATS))
    def check(dataset: dict[str, Any], form: ox.RdfFormat) -> None:
        assert read_back(dataset, form) == made.as_read(dataset)

    return check


@pytest.mark.parametrize("schema", made.SCHEMAS)
def test_what_is_written_comes_back(schema: str) -> None:
    mirrors(schema)()
