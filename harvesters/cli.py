"""``ckan harvesters …``: declare sources, harvest them, see how it went."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
import click

from ckanext.harvesters import config, credentials, reasons
from ckanext.harvesters.declared_file import declared, standing_in
from ckanext.harvesters.duplicates import refresh
from ckanext.harvesters.engine import declaration, jobs, preview, queue, runs, tables
from ckanext.harvesters.engine.declaration import Declared
from ckanext.harvesters.engine.errors import AlreadyRunning
from ckanext.harvesters.engine.run import DrySink, rehearse, run
from ckanext.harvesters.engine.sources import Registered, registered
from ckanext.harvesters.engine.statistics import RunStatus
from ckanext.harvesters.engine.synchronise import synchronise
from ckanext.harvesters.logic import told_records
from ckanext.harvesters.records import shorten

#: More than there can be.
_EVERY = 1_000_000

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(short_help="Harvest other portals' datasets.")
def harvesters() -> None:
    """Declare harvest sources, harvest them, see how it went."""


def get_commands() -> list[click.Command]:
    """Return the commands of this plugin."""
    return [harvesters]


@harvesters.command(short_help="Make or update this plugin's tables.")
def migrate() -> None:
    """Make or update this plugin's tables, as `ckan db upgrade -p harvesters` does.

    CKAN finds a plugin's migrations by a path with /ckanext/ in it, which a source checkout of this project has not.
    """
    tables.migrate()


@harvesters.group(short_help="The declared sources.")
def sources() -> None:
    """Check the file of declared sources, or bring CKAN's sources to what it says."""


_file = click.option("--file", type=click.Path(path_type=Path), help="Instead of ckanext.harvesters.sources.")


@sources.command(short_help="Check the file of sources.")
@_file
@as_json
def check(file: Path | None, *, as_json: bool) -> None:
    """Check the file of sources: each mistake with its line and what was expected there.

    Keys that are not in this environment are told on stderr: where the harvest runs they may be.
    """
    found = declared(file)
    for source in found:
        if wrong := credentials.missing(source.settings.get("credentials"), source.url, os.environ):
            click.echo(f"{source.name}: {reasons.sentence(wrong.reason)} {wrong.detail}", err=True)
    if as_json:
        click.echo(
            json.dumps([{"name": source.name, "protocol": source.protocol, "url": source.url} for source in found])
        )
        return
    for source in found:
        click.echo(f"{source.name}: {source.protocol}, {source.url}")


@sources.command(short_help="Create or update the declared sources.")
@_file
@click.option("--replay", metavar="URL", help="Point the sources to a stand-in server at this address.")
@as_json
def sync(file: Path | None, replay: str | None, *, as_json: bool) -> None:
    """Create or update the declared organizations and sources; leave all others alone."""
    done = synchronise(standing_in(declared(file), replay) if replay else declared(file), replay)
    queue.arm()
    if as_json:
        click.echo(json.dumps([vars(one) for one in done]))
        return
    for one in done:
        click.echo(f"{one.source}: {one.done} ({one.url}); organization {one.organization}: {one.organization_done}")


def _registered(names: Sequence[str]) -> list[Registered]:
    found = list(registered(names))
    known = {source.name for source in found} | {source.id for source in found}
    if missing := [name for name in names if name not in known]:
        raise click.UsageError(f"There is no active harvest source {', '.join(missing)}.")
    return found


@harvesters.command("run", short_help="Harvest sources.")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--here", is_flag=True, help="In this process, instead of on the job queue.")
@click.option("--wait", is_flag=True, help="Follow the runs on the job queue until they are done.")
@as_json
def run_command(names: tuple[str, ...], *, dry_run: bool, here: bool, wait: bool, as_json: bool) -> None:
    """Harvest the named sources, or all. Progress goes to stderr; the status is 0 only if every run finished."""
    chosen = _registered(names)
    if dry_run:
        _rehearse(chosen, as_json=as_json)
        return
    if here:
        _run_here(chosen)
    else:
        _run_on_queue(chosen, wait=wait)
        if not wait:
            return
    summaries = _summaries(chosen)
    if as_json:
        click.echo(json.dumps({"sources": summaries}, indent=2))
    if any(one["last_run"] is None or one["last_run"]["status"] != RunStatus.FINISHED for one in summaries):
        raise click.exceptions.Exit(1)


def _summaries(chosen: Sequence[Registered]) -> list[dict[str, Any]]:
    names = {source.name for source in chosen}
    status = tk.get_action("harvest_status")({"ignore_auth": True}, {})
    return [source for source in status["sources"] if source["name"] in names]


def _run_here(chosen: Sequence[Registered], *, again: bool = False) -> None:
    for source in chosen:
        try:
            _say(source.name, run(source, jobs.create(source, enqueue=False), again=again))
        except AlreadyRunning as busy:
            click.echo(str(busy), err=True)


def _run_on_queue(chosen: Sequence[Registered], *, wait: bool) -> None:
    if wait and not jobs.worker_comes():
        raise click.ClickException(
            f"No worker listens to the queue: start `ckan jobs worker {config.queue()}`, or use --here."
        )
    created = {jobs.create(source, enqueue=True): source.name for source in chosen}
    if not wait:
        for name in created.values():
            click.echo(f"{name}: on the queue", err=True)
        return
    last: dict[str, tuple[str, int]] = {}
    for found in jobs.follow(list(created)):
        for job_id, one in found.items():
            if last.get(job_id) != (one.status, one.seen):
                last[job_id] = (one.status, one.seen)
                _say(created[job_id], runs.dictize(one))


def _say(name: str, done: dict[str, Any]) -> None:
    """Write one line on how far a run is."""
    of = f" of {done['total']}" if done.get("total") else ""
    kinds = ("added", "updated", "unchanged", "failed", "out_of_scope", "gone", "deleted")
    counts = ", ".join(f"{done[kind]} {kind.replace('_', ' ')}" for kind in kinds if done[kind])
    why = f" ({done['reason']}{': ' + done['detail'] if done['detail'] else ''})" if done.get("reason") else ""
    seconds = f" in {done['seconds']} s" if "seconds" in done else ""
    click.echo(
        f"{name}: {done['status']}{why}, {done['seen']}{of} seen{seconds}{': ' + counts if counts else ''}", err=True
    )


def _rehearse(chosen: Sequence[Registered], *, as_json: bool, again: bool = False) -> None:
    results = []
    for source in chosen:
        counts, sink = rehearse(source, again=again)
        _say(source.name, counts)
        results.append({"name": source.name, "protocol": source.protocol, "would": counts, "changes": _changes(sink)})
    if as_json:
        click.echo(json.dumps({"dry_run": True, "sources": results}, indent=2))
        return
    for result in results:
        for change in result["changes"]:
            fields = f" ({', '.join(change['fields'])})" if change["fields"] else ""
            click.echo(f"{result['name']}: {change['kind']} {change['guid']} {shorten(change['title'])}{fields}")


def _changes(sink: DrySink) -> list[dict[str, Any]]:
    return [*map(vars, preview.changes(sink))]


@harvesters.command("preview", short_help="Show the first records of declared sources, before they are saved.")
@click.argument("names", metavar="SOURCE...", nargs=-1, required=True)
@_file
@click.option("--replay", metavar="URL", help="Ask a stand-in server at this address instead of the portals.")
@click.option("--lang", type=click.Choice(declaration.LANGUAGES), default="en", help="Language of the words.")
@as_json
def preview_command(names: tuple[str, ...], file: Path | None, replay: str | None, lang: str, *, as_json: bool) -> None:
    """Show the first records of sources in the file as they would arrive, scored. Writes nothing, saves nothing.

    The status is 0 only if each of them has given a record.
    """
    chosen = {one.name: one for one in declared(file)}
    if missing := [name for name in names if name not in chosen]:
        raise click.UsageError(f"The file of sources does not declare {', '.join(missing)}.")
    found = {name: _first_records(chosen[name], replay, lang) for name in names}
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for name, told in found.items():
            click.echo("\n".join(told_records.lines(name, told)))
    if not all(told["records"] for told in found.values()):
        raise click.exceptions.Exit(1)


def _first_records(one: Declared, replay: str | None, lang: str) -> dict[str, Any]:
    url = f"{replay.rstrip('/')}{one.replay}" if replay and one.replay else one.url
    asked = {"name": one.name, "title": one.title[lang], "url": url, "source_type": one.protocol}
    try:
        found = told_records.first({"ignore_auth": True}, asked, one.settings, lang)
    except tk.ValidationError as error:
        _end(error)
    return found


@harvesters.command(short_help="Map kept records again, without fetching.")
@click.argument("names", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@as_json
def remap(names: tuple[str, ...], *, dry_run: bool, as_json: bool) -> None:
    """Map what is kept of the sources' records again: so a better mapping reaches old records without a request.

    The portals are not asked, so nothing is deleted, and what is new there stays unknown.
    """
    chosen = _registered(names)
    if dry_run:
        _rehearse(chosen, as_json=as_json, again=True)
        return
    _run_here(chosen, again=True)
    summaries = _summaries(chosen)
    if as_json:
        click.echo(json.dumps({"sources": summaries}, indent=2))
    if any(one["last_run"] is None or one["last_run"]["status"] != RunStatus.FINISHED for one in summaries):
        raise click.exceptions.Exit(1)


@harvesters.command(short_help="Delete the datasets of sources.")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Of all sources.")
def clear(names: tuple[str, ...], *, everything: bool) -> None:
    """Delete all datasets and the history of the named sources; keep the sources."""
    if bool(names) is everything:
        raise click.UsageError("Name sources, or say --all.")
    for source in _registered(names):
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        try:
            tk.get_action("harvest_source_clear")({"ignore_auth": True, "user": user}, {"id": source.id})
        except tk.ValidationError as error:
            _end(error)
        click.echo(f"{source.name}: cleared", err=True)


@harvesters.command(short_help="Confirm that what a braked run missed is gone.")
@click.argument("names", metavar="SOURCE...", nargs=-1, required=True)
def confirm(names: tuple[str, ...]) -> None:
    """Confirm that the datasets which the latest run of these sources did not find are gone."""
    for source in _registered(names):
        try:
            done = tk.get_action("harvest_brake_release")({"ignore_auth": True}, {"source": source.id})
        except tk.ValidationError as error:
            _end(error)
        click.echo(f"{source.name}: {done['gone']} gone", err=True)


@harvesters.command("gone", short_help="List the datasets a source no longer has.")
@click.argument("source")
@as_json
def gone_command(source: str, *, as_json: bool) -> None:
    """List the datasets a source no longer has: since when, and when each will be, or was, deleted."""
    try:
        found = tk.get_action("harvest_gone_list")({"ignore_auth": True}, {"source": source})
    except tk.ObjectNotFound as error:
        _end(error)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for one in found:
        how = "deleted" if one["removed"] else "marked" if one["since"] else "to confirm"
        click.echo("\t".join((how, one["since"] or "-", one["until"] or "-", one["name"], shorten(one["title"]))))


@harvesters.command(short_help="Keep datasets that are gone at their source.")
@click.argument("datasets", metavar="DATASET...", nargs=-1, required=True)
def keep(datasets: tuple[str, ...]) -> None:
    """Keep datasets (names or ids) that are gone at their source, or bring them back when they were deleted."""
    for dataset in datasets:
        try:
            tk.get_action("harvest_dataset_keep")({"ignore_auth": True}, {"id": dataset})
        except tk.ObjectNotFound as error:
            _end(error)
        click.echo(f"{dataset}: kept", err=True)


@harvesters.command(short_help="Count datasets; tell each source's last run.")
@as_json
def status(*, as_json: bool) -> None:
    """Count the catalogue's datasets by source, type and region, and tell how each source's last run went."""
    found = tk.get_action("harvest_status")({"ignore_auth": True}, {})
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"{found['datasets']['total']} datasets")
    for source in found["sources"]:
        last = source["last_run"]
        click.echo(f"{source['name']}: " + (f"{last['status']} {last['started']}" if last else "never harvested"))


@harvesters.command(short_help="Tell what is wrong with a source's records.")
@click.argument("source")
@click.option("--lang", type=click.Choice(declaration.LANGUAGES), help="Language of the sentences.")
@as_json
def report(source: str, lang: str | None, *, as_json: bool) -> None:
    """Tell what is wrong now with a source and its records: which record, field and value, and why."""
    asked = {"source": source} | ({"lang": lang} if lang else {})
    try:
        found = tk.get_action("harvest_report")({"ignore_auth": True}, asked)
    except tk.ObjectNotFound as error:
        _end(error)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for one in found["problems"]:
        where = f"{one['field']} = {one['value']}"
        click.echo("\t".join((one["severity"], one["guid"] or "-", where, one["text"], one["url"] or "")))


@harvesters.command(short_help="List datasets that may be the same.")
@click.option("--lang", type=click.Choice(declaration.LANGUAGES), default="en", help="Language of the reasons.")
@as_json
def duplicates(lang: str, *, as_json: bool) -> None:
    """List the datasets of several portals that may be the same, for a steward to decide, with the reasons.

    What changed since the last look is looked at first.
    """
    done = refresh.refresh()
    click.echo(
        f"{done.looked} datasets looked at, {done.groups} are in several portals"
        + (f"; {done.left} wait for the index" if done.left else ""),
        err=True,
    )
    found = tk.get_action("harvest_duplicate_list")({"ignore_auth": True}, {"lang": lang, "limit": _EVERY})
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for one in found["proposals"]:
        named = [f"{each['name']} ({each['source'] or '-'})" for each in (one["first"], one["second"])]
        titles = " / ".join(dict.fromkeys(shorten(each["title"]) for each in (one["first"], one["second"])))
        click.echo("\t".join((*named, titles, " ".join(reason["text"] for reason in one["reasons"]))))


def _end(error: Exception) -> NoReturn:
    raise click.ClickException(str(error))


@harvesters.command(short_help="Watch over the harvests, for ever.")
@click.option("--every", type=float, default=10.0, show_default=True, help="Seconds between two looks.")
def watch(every: float) -> None:
    """Watch over the harvests: take over from dead workers, go on with runs, keep the schedule. One process of it.

    It needs no worker, and comes through a loss of Redis or of the database.
    """
    queue.watch(every)


@harvesters.command(short_help="Arm the schedule of harvests.")
def schedule() -> None:
    """See to it that due sources are looked for every minute. A worker with RQ's scheduler must be running."""
    queue.arm()
