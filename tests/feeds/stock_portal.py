"""A stock CKAN (ckanext-dcat, ckanext-harvest, none of our plugins) that harvests a feed: run in a process of its own.

``python -m tests.feeds.stock_portal --side stock ADDRESS`` prints what it made of the feed as one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from tests.benchmarks.harvest import stock_harvest, stock_source


def main(address: str) -> dict[str, Any]:
    """Harvest the feed at an address, and tell what arrived and what went wrong."""
    from ckan.cli import load_config
    from ckan.config.middleware import make_app
    from ckan.lib.search import clear_all
    from ckan.plugins import toolkit
    from ckanext.harvest.model import HarvestGatherError, HarvestObjectError

    app = make_app(load_config(os.environ["CKAN_INI"]))
    with app._wsgi_app.test_request_context():
        clear_all()
        try:
            stock_harvest(stock_source(address, "ttl"))
            names = [name for name in toolkit.get_action("package_list")({"ignore_auth": True}, {}) if name != "stock"]
            show = toolkit.get_action("package_show")
            errors = [
                error.message for kind in (HarvestGatherError, HarvestObjectError) for error in kind.Session.query(kind)
            ]
            return {"datasets": [show({"ignore_auth": True}, {"id": name}) for name in names], "errors": errors}
        finally:
            clear_all()


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[-1])))
