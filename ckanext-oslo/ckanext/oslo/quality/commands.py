"""``ckan oslo quality``."""

from __future__ import annotations

import json

import click
from ckan import model
from ckan.plugins import toolkit

from ckanext.oslo.quality import jobs, store
from ckanext.oslo.quality.score import MOST
from ckanext.oslo.quality.tables import now

FOREVER = 10**9


@click.group(short_help="Scores of descriptions.")
def quality() -> None:
    """Measure descriptions by the European assessment, and ask whether their links answer."""


@quality.command()
@click.option("--links/--no-links", default=False, help="Ask addresses that are due as well.")
def measure(*, links: bool) -> None:
    """Measure every dataset that changed since it was last measured, now rather than on the job queue."""
    jobs.measure_stale(FOREVER)
    if links:
        while jobs.check_links(60):
            jobs.measure_stale(FOREVER)
        jobs.measure_stale(FOREVER)
    store.write_day(now().date())
    model.Session.commit()
    _show(toolkit.get_action("oslo_quality")({"ignore_auth": True}, {}))


@quality.command()
def arm() -> None:
    """Put the next round of measuring on the job queue's schedule; done twice it does nothing."""
    jobs.arm()


@quality.command()
@click.option("--organization", help="Id or name.")
@click.option("--source", help="Name of a harvest source.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.argument("dataset", required=False)
def show(dataset: str | None, organization: str | None, source: str | None, *, as_json: bool) -> None:
    """Show the quality of a dataset, an organization, a source, or the catalogue."""
    asked = {"id": dataset, "organization": organization, "source": source}
    try:
        found = toolkit.get_action("oslo_quality")(
            {"ignore_auth": True}, {key: one for key, one in asked.items() if one}
        )
    except toolkit.ObjectNotFound as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)


def _show(found: dict[str, object]) -> None:
    if "datasets" in found:
        click.echo(f"{found['datasets']} datasets, on average {found['points']} of {MOST} points")
    else:
        click.echo(f"{found['points']} of {MOST} points: {found['rating']}")
    for one in found.get("next_steps") or found.get("problems") or ():  # pyright: ignore[reportGeneralTypeIssues]
        gain = one.get("points", one.get("gain"))
        click.echo(f"  +{gain:<6}{one['text']}")
