"""What ckanext-harvest sees of a protocol: its ``IHarvester``.

Its forms, pages and API work with these as with any other harvester. Its three stages do not: a job is run as a whole
by the engine, on CKAN's job queue (see `logic.action.harvest_send_job_to_gather_queue`).
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckanext.harvest.interfaces import IHarvester
from ckanext.harvest.model import HarvestObject

from ckanext.harvesters.engine import declaration


class EngineHarvester(p.SingletonPlugin):
    """Base of the protocols' plugins: each sets `protocol` and gives `info`.

    Abstract: only its subclasses are CKAN plugins.
    """

    p.implements(IHarvester, inherit=True)

    #: The protocol's name in `registry.protocols`, which is also the harvest source's type.
    protocol: str = ""

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        raise NotImplementedError

    def validate_config(self, config: str) -> str:
        """Check the "configuration" box of the source's form and return it as tidy JSON.

        Raises ValueError, shown beside the field, with every mistake: its line and what was expected.
        """
        try:
            settings = declaration.settings(config or "")
        except declaration.DeclarationError as error:
            raise ValueError("; ".join(str(mistake) for mistake in error.mistakes)) from error
        return json.dumps(settings, ensure_ascii=False, indent=2, sort_keys=True) if settings else ""

    def get_original_url(self, harvest_object_id: str) -> str | None:
        """Return where the record of a harvest object can be seen at its portal, where that is known."""
        query = sa.select(model.Package.extras["source_url"].astext).join(
            HarvestObject, HarvestObject.package_id == model.Package.id
        )
        return model.Session.execute(query.where(HarvestObject.id == harvest_object_id)).scalar()

    def _not_by_stages(self) -> NoReturn:
        raise NotImplementedError(
            tk._("Sources of this type are not harvested in stages: use “Run now”, or `ckan harvesters run`.")
        )

    def gather_stage(self, harvest_job: Any) -> NoReturn:
        """Refuse: a job reaches this only through ckanext-harvest's own queue, which the engine does without."""
        self._not_by_stages()

    def fetch_stage(self, harvest_object: HarvestObject) -> NoReturn:
        """Refuse, as `gather_stage` does."""
        self._not_by_stages()

    def import_stage(self, harvest_object: HarvestObject) -> NoReturn:
        """Refuse, as `gather_stage` does."""
        self._not_by_stages()
