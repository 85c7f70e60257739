"""What ckanext-harvest sees of a protocol: its ``IHarvester``."""

from __future__ import annotations

import ckan.plugins as p
from ckanext.harvest.interfaces import IHarvester


class EngineHarvester(p.SingletonPlugin):
    """Base class of the protocols' ``IHarvester`` plugins; the running is the engine's."""

    p.implements(IHarvester)
