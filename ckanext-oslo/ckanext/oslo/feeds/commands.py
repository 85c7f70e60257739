"""``ckan oslo feed``: write the feeds anew, and tell what is in none of them."""

from __future__ import annotations

import json
import os

import click
import sqlalchemy as sa
from ckan import model

from ckanext.oslo import profiles
from ckanext.oslo.feeds import due
from ckanext.oslo.feeds.rebuild import rebuild
from ckanext.oslo.feeds.tables import FeedEntry


@click.group(short_help="Feeds of the catalogue.")
def feed() -> None:
    """Look after the feeds: pages, dumps and event streams of the catalogue."""


@feed.command("rebuild", short_help="Write every dataset anew.")
@click.option("--profile", "names", multiple=True, type=click.Choice(profiles.NAMES), help="Only this profile.")
@click.option("--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="Processes; one a core.")
def rebuild_command(names: tuple[str, ...], jobs: int) -> None:
    """Write every dataset anew, row by row, while readers read. What did not change stays as it is."""
    with click.progressbar(length=1, label="Datasets", file=click.get_text_stream("stderr")) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        changed = rebuild(names or profiles.NAMES, jobs, progress)
    left = due.left()
    click.echo(f"{changed} entries changed" + (f"; {left} datasets changed meanwhile and follow" if left else ""))


@feed.command(short_help="Tell which datasets are in no feed, and why.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(*, as_json: bool) -> None:
    """Count what is in the feeds, and list the datasets that cannot be written. The status is 1 when there are any."""
    due.complete(seconds=float("inf"))
    counts = _counts()
    problems = _problems()
    if as_json:
        click.echo(json.dumps({"profiles": counts, "problems": problems}, indent=2, ensure_ascii=False))
    else:
        for name, count in counts.items():
            click.echo(f"{name}: {count} datasets")
        for one in problems:
            click.echo(f"{one['name']}\t{one['profile']}\t{one['problem']}")
    if problems:
        raise click.exceptions.Exit(1)


def _counts() -> dict[str, int]:
    query = sa.select(FeedEntry.profile, sa.func.count()).where(FeedEntry.turtle.is_not(None))
    found = {profile: count for profile, count in model.Session.execute(query.group_by(FeedEntry.profile))}  # noqa: C416
    return {name: found.get(name, 0) for name in profiles.NAMES}


def _problems() -> list[dict[str, str]]:
    query = (
        sa.select(model.package_table.c.name, FeedEntry.package_id, FeedEntry.profile, FeedEntry.problem)
        .join(model.package_table, model.package_table.c.id == FeedEntry.package_id)
        .where(FeedEntry.problem.is_not(None))
        .order_by(model.package_table.c.name, FeedEntry.profile)
    )
    return [dict(row._mapping) for row in model.Session.execute(query)]
