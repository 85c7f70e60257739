"""Fixtures of the search's tests: the invented samples in the index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.search import catalogue

SITE = "judged"


@pytest.fixture(scope="session")
def indexed_samples(loaded_plugins: None) -> Iterator[dict[str, str]]:
    datasets = catalogue.samples()
    with catalogue.indexed(datasets, SITE):
        yield catalogue.names_of(datasets)


@pytest.fixture
def samples(with_plugins: None, indexed_samples: dict[str, str]) -> Iterator[dict[str, str]]:
    """Give the names of the samples by the ids they are found with."""
    # For each test anew: CKAN's fixtures put its configuration back after every one.
    with catalogue.asked(SITE):
        yield indexed_samples
