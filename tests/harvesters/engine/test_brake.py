"""How much of a source may be gone at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.harvesters.engine.brake import Brake

NUMBERS = st.integers(0, 20_000)


@pytest.mark.parametrize(
    ("missing", "standing", "holds"),
    [(0, 0, False), (0, 900, False), (10, 100, False), (11, 100, True), (50, 5000, False), (51, 5000, True)],
)
def test_a_tenth_or_fifty_may_be_gone(missing, standing, holds) -> None:
    assert Brake().holds(missing, standing) is holds


@given(NUMBERS, st.floats(0, 1), NUMBERS)
def test_everything_gone_always_waits_for_a_person(standing, share, count) -> None:
    assert Brake(share, count).holds(standing, standing) is (standing > 0)


@given(NUMBERS, NUMBERS)
def test_more_gone_never_loosens_the_brake(missing, standing) -> None:
    if Brake().holds(missing, standing):
        assert Brake().holds(missing + 1, standing)
