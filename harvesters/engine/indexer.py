"""Datasets into the search index, a batch at a time: documents one after the other, one commit for many batches.

Each goes through every plugin's hooks and CKAN's own index. Only what CKAN does before, to read each by itself and to
validate it twice on the way out, is done for the whole batch and in one pass, where `read_together` and `both` can.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import logic, model
from ckan.lib import search
from ckan.lib.search.common import SearchIndexError
from ckan.types import Context
from ckanext.harvest.model import HarvestObject, HarvestSource

from ckanext.harvesters.engine.errors import RunEnded
from ckanext.harvesters.engine.report import EngineReason
from ckanext.harvesters.engine.writer import GONE
from ckanext.harvesters.records import shorten
from ckanext.oslo import batches
from ckanext.oslo.feeds import due
from ckanext.oslo.logic.dictized import read_together, tell_plugins
from ckanext.oslo.logic.shown import both

log = logging.getLogger(__name__)


def index(package_ids: Sequence[str], user: str) -> list[tuple[str, str]]:
    """Index datasets from what the database holds; return (id, what the index said) of those it refuses.

    They are searched, and certain to stay, from the next `commit` on.

    Raises `RunEnded` when the index cannot be reached, and when it refuses every one of several datasets: that is not
    the datasets' fault (Solr does so, for one, after a change of its schema that needs a new index).
    """
    refused: dict[str, str] = {}
    again: Sequence[str] = package_ids
    while again:
        # What the feeds say of the datasets is written at the batch's end as well.
        with due.gathered(again), batches.read_ahead(again):
            packages, sources = _read(again)
            read = {package.id: _version(package) for package in packages}
            said = dict(_send(again, packages, user))
            del sources, packages
        refused = {one: why for one, why in refused.items() if one not in again} | said
        # Whoever saved a dataset since it was read has indexed it as well, perhaps before it was sent from here.
        again = _changed(read)
    if len(refused) == len(package_ids) > 1:
        raise RunEnded(EngineReason.INDEX_DOWN, next(iter(refused.values())))
    return list(refused.items())


def _version(package: Any) -> tuple[Any, ...]:
    """Return what of a dataset's row changes whatever of the dataset is saved."""
    return (package.metadata_modified, package.state, package.private)


def _changed(read: Mapping[str, tuple[Any, ...]]) -> list[str]:
    """Return the ids of datasets that the database has otherwise now than they were read; they can be read anew."""
    package = model.Package
    query = sa.select(package.id, package.metadata_modified, package.state, package.private)
    rows = model.Session.execute(query.where(package.id.in_(read))).all()
    changed = [row.id for row in rows if _version(row) != read[row.id]]
    if changed:
        model.Session.expire_all()
    return changed


def commit() -> None:
    """Let the index show what it was given, and keep it. Raises `RunEnded` when it cannot be reached."""
    try:
        search.commit()
    except SearchIndexError as error:
        raise RunEnded(EngineReason.INDEX_DOWN, shorten(error)) from error


def _read(package_ids: Sequence[str]) -> tuple[list[model.Package], list[HarvestSource]]:
    """Read datasets and the sources they come from: CKAN's session knows an object as long as somebody holds it.

    Or else each is read twice and more, by `package_show`, CKAN's index and ckanext-harvest's.
    """
    packages = sa.select(model.Package).where(model.Package.id.in_(package_ids))
    objects = (
        sa.select(HarvestSource)
        .join(HarvestObject, HarvestObject.harvest_source_id == HarvestSource.id)
        .where(HarvestObject.package_id.in_(package_ids), HarvestObject.current.is_(True))
        .distinct()
    )
    return list(model.Session.execute(packages).scalars()), list(model.Session.execute(objects).scalars())


def _send(package_ids: Iterable[str], packages: Sequence[model.Package], user: str) -> Iterable[tuple[str, str]]:
    context: Context = {
        "user": user,
        "auth_user_obj": model.User.get(user),
        "ignore_auth": True,
        "session": model.Session,
    }
    read, by_id = read_together(packages, context), {package.id: package for package in packages}
    for package_id in package_ids:
        try:
            shown = _shown(context, package_id, by_id.get(package_id), read.get(package_id))
            logic.index_update_package_dicts(shown, defer_commit=True)
        except SearchIndexError as error:
            if not search.is_available():
                raise RunEnded(EngineReason.INDEX_DOWN, shorten(error)) from error
            log.exception("Dataset %s was refused by the search index", package_id)
            yield package_id, shorten(error)
        except GONE:
            raise
        except Exception as error:
            # A hook of any plugin: it costs the dataset, not those behind it, even when it broke the transaction.
            model.Session.rollback()
            log.exception("Dataset %s could not be made ready for the search index", package_id)
            yield package_id, shorten(f"{type(error).__name__}: {error}")


def _shown(
    context: Context, package_id: str, package: model.Package | None, read: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Show a dataset by CKAN's default schema and by its own, as CKAN's index wants it."""
    bare = logic.fresh_context(context, use_cache=False, validate=False)
    if package is None or read is None:
        shown = both(tk.get_action("package_show")(bare, {"id": package_id}))
    else:
        bare["package"] = package
        tell_plugins(package, read)
        shown = both(read)
    if shown is None:
        return logic.package_show_default_and_custom_schemas(context, package_id)
    logic.apply_after_dataset_show_plugins(bare, shown[1])
    return shown
