"""What CKAN keeps of a dataset's links: made when it is saved, shown with it, corrected by its stewards.

All of it lives in `package.plugin_data["eurometropool"]`: what the linker found, and the corrections, which outlive
every later harvest. Nobody can send it by `package_update`; only `municipality_link_correct` changes it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from ckan import model
from sqlalchemy import event

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.municipalities.evidence import Evidence, Kind, Link
from ckanext.eurometropool.municipalities.register import RegisterError

PLUGIN = "eurometropool"
#: What `package_show` adds to a dataset.
FIELDS = ("municipalities", "area", "area_link")
#: Types of package that are about no place.
PLACELESS = ("harvest",)
_CORE = ("title", "notes", "url", "name")

log = logging.getLogger(__name__)


def link(package: model.Package) -> bool:
    """Link a dataset that is being saved; say whether its links changed.

    A portal without a register, or with a broken one, saves it all the same: `ckan municipalities relink` catches up.
    """
    if package.type in PLACELESS or not installed.is_installed():
        return False
    try:
        places = installed.linker().link(dataset_of(package))
    except RegisterError as error:
        log.error("dataset %s is saved without links to municipalities: %s", package.name, error)  # noqa: TRY400
        return False
    found = {
        "links": [link.as_dict() for link in places.links],
        "area": places.area,
        "area_link": places.area_link.as_dict() if places.area_link else None,
        "suggestions": [link.as_dict() for link in places.suggestions],
    }
    return _keep(package, {**_kept(package), **found})


def link_new() -> None:
    """Have each new dataset linked while its row is made. CKAN's hook comes later: the row would be changed again."""
    event.listen(model.Package, "before_insert", _link_inserted)


def _link_inserted(_mapper: Any, _connection: Any, package: model.Package) -> None:
    link(package)


def shown(package: model.Package) -> dict[str, Any]:
    """Give `municipalities`, `area` and `area_link` as the API shows them: what was found, corrected."""
    kept = _kept(package)
    corrected = corrections(package)
    removed = set(corrected.get("remove", ()))
    added = corrected.get("add", ())
    links = [link for link in kept.get("links", ()) if link["key"] not in removed and link["key"] not in added]
    links += [Link(key, Kind.COVERS, Evidence.STEWARD, 1.0).as_dict() for key in added]
    area = None if kept.get("area") in removed else kept.get("area")
    return {
        "municipalities": sorted(links, key=lambda link: link["key"]),
        "area": area,
        "area_link": kept.get("area_link") if area else None,
    }


def suggestions(package: model.Package) -> list[dict[str, Any]]:
    """Give what is too unsure to be a link and no steward has decided on yet, the surest first."""
    corrected = corrections(package)
    decided = {*corrected.get("add", ()), *corrected.get("remove", ())}
    return [link for link in _kept(package).get("suggestions", ()) if link["key"] not in decided]


def corrections(package: model.Package) -> Mapping[str, list[str]]:
    """Give the keys that stewards have added (``add``) and taken away (``remove``)."""
    return _kept(package).get("corrections", {})


def correct(package: model.Package, add: Iterable[str], remove: Iterable[str], undo: Iterable[str] = ()) -> bool:
    """Add and remove links for good; what is added is no longer removed and the other way round.

    What is undone is neither: it is linked again as far as the record itself says so.
    """
    known = corrections(package)
    add, remove, undo = set(add), set(remove), set(undo)
    wanted = {
        "add": sorted((set(known.get("add", ())) | add) - remove - undo),
        "remove": sorted((set(known.get("remove", ())) | remove) - add - undo),
    }
    return _keep(package, {**_kept(package), "corrections": wanted})


def dataset_of(package: model.Package) -> dict[str, Any]:
    """Give the dataset dict of a saved package, in the strings CKAN stores."""
    core = {field: getattr(package, field) for field in _CORE}
    return {**core, **(package.extras or {})}


def _kept(package: model.Package) -> Mapping[str, Any]:
    return (package.plugin_data or {}).get(PLUGIN, {})


def _keep(package: model.Package, content: Mapping[str, Any]) -> bool:
    if content == _kept(package):
        return False
    # A new dict: SQLAlchemy does not see changes below the first level of the old one.
    package.plugin_data = {**(package.plugin_data or {}), PLUGIN: dict(content)}
    return True
