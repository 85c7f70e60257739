"""Many datasets read at once: what each of them would be asked for one by one is read for all of a batch.

Who shows and indexes many datasets enters `read_ahead`; who keeps something of a dataset in a table of its own looks it
up through a `Reading`, and need not know which of both is the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from weakref import WeakSet

Kept = TypeVar("Kept")

_NOTHING: Mapping[str, Any] = MappingProxyType({})

_readings: WeakSet[Reading[Any]] = WeakSet()


class Reading(Generic[Kept]):
    """Reads what is kept of datasets: `read` takes their ids and gives it by id, without those it knows nothing of."""

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, Kept]]) -> None:
        self._read = read
        self._ahead: ContextVar[Mapping[str, Kept | None]] = ContextVar("ahead", default=_NOTHING)
        _readings.add(self)

    def of(self, package_id: str) -> Kept | None:
        """Give what is kept of a dataset: as the batch it belongs to has read it, else as it is now."""
        ahead = self._ahead.get()
        return ahead[package_id] if package_id in ahead else self._read([package_id]).get(package_id)

    @contextmanager
    def ahead(self, package_ids: Sequence[str]) -> Iterator[None]:
        """Read what is kept of a batch."""
        token = self._ahead.set({**dict.fromkeys(package_ids), **self._read(package_ids)})
        try:
            yield
        finally:
            self._ahead.reset(token)


@contextmanager
def read_ahead(package_ids: Sequence[str]) -> Iterator[None]:
    """Read everything that is kept of a batch of datasets. What changes meanwhile is not seen until its end."""
    with ExitStack() as stack:
        for reading in list(_readings):
            stack.enter_context(reading.ahead(package_ids))
        yield
