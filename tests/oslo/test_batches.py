"""What is kept of datasets is read at once for a batch, and one by one for everybody else."""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.oslo.batches import Reading, read_ahead


class Table:
    """What is kept, and which ids were asked for at a time."""

    def __init__(self) -> None:
        self.kept = {"a": 1, "b": 2}
        self.asked: list[Sequence[str]] = []

    def read(self, package_ids: Sequence[str]) -> dict[str, int]:
        self.asked.append(package_ids)
        return {one: self.kept[one] for one in package_ids if one in self.kept}


def test_a_batch_is_read_once_what_is_not_there_too() -> None:
    table = Table()
    reading = Reading(table.read)

    with reading.ahead(["a", "c"]):
        assert (reading.of("a"), reading.of("c"), reading.of("a")) == (1, None, 1)

    assert table.asked == [["a", "c"]]


def test_others_are_read_as_they_are_now() -> None:
    table = Table()
    reading = Reading(table.read)

    with reading.ahead(["a"]):
        table.kept = {"a": 3, "b": 4}
        assert (reading.of("a"), reading.of("b")) == (1, 4)
    assert reading.of("a") == 3


def test_read_ahead_reads_all_that_anybody_keeps() -> None:
    one, other = Table(), Table()
    readings = [Reading(one.read), Reading(other.read)]

    with read_ahead(["b"]):
        assert [reading.of("b") for reading in readings] == [2, 2]

    assert (one.asked, other.asked) == ([["b"]], [["b"]])
