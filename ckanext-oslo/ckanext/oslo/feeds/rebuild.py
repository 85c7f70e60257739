"""Writing everything anew, in several processes, while readers read."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence

import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine

from ckanext.oslo import profiles
from ckanext.oslo.feeds import due
from ckanext.oslo.feeds.tables import FeedDue, FeedEntry
from ckanext.oslo.profiles.config import portal_from_config

Chunk = tuple[list[tuple[str, int]], tuple[str, ...]]


def rebuild(names: Sequence[str], jobs: int, progress: Callable[[int, int], None]) -> int:
    """Write all datasets anew in the profiles ``names``; return how many entries changed.

    ``progress`` hears how many datasets are done, and of how many. What did not change is not touched.
    """
    _mark_all()
    marks = model.Session.execute(
        sa.select(FeedDue.package_id, FeedDue.mark, FeedDue.transaction).order_by(FeedDue.package_id)
    ).all()
    # What changed is due in every profile, also when only one is rebuilt: its mark will be gone.
    chunks: list[Chunk] = [
        *_chunks([(row.package_id, row.mark) for row in marks if row.transaction != due.REBUILDING], profiles.NAMES),
        *_chunks([(row.package_id, row.mark) for row in marks if row.transaction == due.REBUILDING], tuple(names)),
    ]
    model.Session.remove()
    done = changed = 0
    for datasets, entries in _worked(chunks, jobs):
        done, changed = done + datasets, changed + entries
        progress(done, len(marks))
    return changed


def _mark_all() -> None:
    """Mark every dataset that everybody may see and that has no mark; drop what belongs to no profile or dataset."""
    with ensure_engine().begin() as connection:
        connection.execute(sa.delete(FeedEntry).where(FeedEntry.profile.not_in(profiles.NAMES)))
        public = (
            'SELECT p.id FROM package p LEFT JOIN "group" g ON g.id = p.owner_org'
            " WHERE p.state = 'active' AND NOT coalesce(p.private, false)"
            " AND (p.owner_org IS NULL OR g.state = 'active')"
        )
        connection.execute(sa.text(f"DELETE FROM oslo_feed_entry WHERE package_id NOT IN ({public})"))  # noqa: S608
        connection.execute(
            sa.text(
                f"INSERT INTO oslo_feed_due (package_id, transaction) SELECT id, {due.REBUILDING} FROM ({public}) shown"  # noqa: S608
                " ON CONFLICT DO NOTHING"
            )
        )


def _chunks(marks: Sequence[tuple[str, int]], names: tuple[str, ...]) -> Iterator[Chunk]:
    for start in range(0, len(marks), due.BATCH):
        yield list(marks[start : start + due.BATCH]), names


def _worked(chunks: Sequence[Chunk], jobs: int) -> Iterable[tuple[int, int]]:
    if jobs == 1 or len(chunks) < 2:
        yield from map(_work, chunks)
        return
    # A fork has CKAN and its plugins loaded.
    with multiprocessing.get_context("fork").Pool(jobs, _begin) as pool:
        yield from pool.imap_unordered(_work, chunks)


def _begin() -> None:
    # The connections in the pool are the parent's; psycopg2 does not close what another process opened.
    ensure_engine().dispose(close=False)


def _work(chunk: Chunk) -> tuple[int, int]:
    marks, names = chunk
    try:
        return len(marks), due.finish(due.show(marks), portal_from_config(), names)
    finally:
        model.Session.remove()
