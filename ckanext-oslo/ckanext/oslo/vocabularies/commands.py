"""``ckan oslo vocabulary …``: see the code lists, compare them with the official ones, bring the names of today."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from ckanext.oslo import fetch
from ckanext.oslo.vocabularies import config, differences, official
from ckanext.oslo.vocabularies.concepts import LABEL_LANGUAGES, Concept, VocabularyError
from ckanext.oslo.vocabularies.files import NAMES, load, read, use_refreshed
from ckanext.oslo.vocabularies.refresh import Done
from ckanext.oslo.vocabularies.refresh import refresh as bring


@click.group(short_help="The code lists of the fields.")
def vocabulary() -> None:
    """See the code lists, compare them with the official ones, bring the names of today."""


@vocabulary.command("list", short_help="All code lists.")
def show_all() -> None:
    """Print each list: how many values it has, how many a form offers, what it is."""
    for name in NAMES:
        found = load(name)
        click.echo(f"{name:<30}{len(found):>5}{len(found.offered):>5}  {found.title.get('en', '')}")


@vocabulary.command(short_help="The values of a code list.")
@click.argument("name", type=click.Choice(NAMES), metavar="NAME")
def show(name: str) -> None:
    """Print the values of a list: code, names, URI, what it is below and what it matches."""
    for concept in load(name):
        click.echo("\n".join(_lines(concept)))


def _lines(concept: Concept) -> list[str]:
    names = [f"{language}: {concept.labels[language]}" for language in LABEL_LANGUAGES if language in concept.labels]
    more = [("below", concept.broader), ("same as", concept.exact_match), ("close to", concept.close_match)]
    return [
        f"{concept.code}  {concept.uri}",
        f"    {', '.join(names)}",
        *(f"    {what} {uri}" for what, uris in more for uri in uris),
    ]


@vocabulary.command(short_help="Compare a code list with an official file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--vocabulary", "name", type=click.Choice(NAMES), metavar="NAME", help="Which of our lists it is.")
@click.option("--part", is_flag=True, help="The file holds a part of the list: say nothing of what it lacks.")
@click.option("--explained", is_flag=True, help="Print the explained differences as well.")
def check(file: Path, name: str | None, *, part: bool, explained: bool) -> None:
    """Compare a list of ours with an official one, RDF or CSV, and print what differs.

    The list is the one that has most values of FILE in it, or the one named. Differences that our list explains are
    counted, each reason once. A YAML file in our own form is checked for mistakes instead. The status is 1 when there
    is a difference without an explanation, or a mistake.
    """
    try:
        if file.suffix.lower() in (".yaml", ".yml"):
            click.echo(f"{file.name}: {len(read(file))} values, no mistakes")
            return
        theirs = official.read_file(file)
        name = name or differences.vocabulary_of(theirs)
        found = [one for one in differences.check(name, theirs) if not (part and one.what == differences.What.EXTRA)]
    except (VocabularyError, OSError) as error:
        raise click.ClickException(str(error)) from error
    open_ones = [one for one in found if one.why is None]
    for one in found if explained else open_ones:
        click.echo(f"{one}{f' — {one.why}' if one.why else ''}")
    for why, count in Counter(one.why for one in found if one.why).items():
        click.echo(f"explained, {count} times: {why}")
    click.echo(f"{name}: {len(theirs)} values in {file.name}, {len(open_ones)} unexplained differences")
    if open_ones:
        raise click.exceptions.Exit(1)


@vocabulary.command(short_help="Bring the names of today.")
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar="[NAME]...")
def refresh(names: tuple[str, ...]) -> None:
    """Fetch the official lists, or the named ones, and use their names in place of the shipped ones.

    A list that cannot be reached, or answers with something else, stays as it was. Processes that run use the new
    names after a restart. The status is 1 when a list could not be brought.
    """
    folder = config.folder()
    if folder is None:
        raise click.UsageError("Set ckanext.oslo.vocabularies.folder, or CKAN's ckan.storage_path, to keep lists in.")
    failed = False
    with fetch.from_config() as client:
        for outcome in bring(names or NAMES, client, folder):
            click.echo(f"{outcome.name}: {outcome.done} ({outcome.said})")
            failed |= outcome.done in (Done.KEPT, Done.SHIPPED)
    use_refreshed(folder)
    if failed:
        raise click.exceptions.Exit(1)
