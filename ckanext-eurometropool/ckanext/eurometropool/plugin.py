"""CKAN plugin ``eurometropool``: municipalities, search, pages, merged products. The work is in the rooms it names."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import Context, SignalMapping

from ckanext.eurometropool import cli
from ckanext.eurometropool.logic import action, auth
from ckanext.eurometropool.municipalities import installed, linked
from ckanext.eurometropool.pages import searching, template_helpers
from ckanext.eurometropool.pages.blueprints import BLUEPRINTS as PAGES
from ckanext.eurometropool.products import actions as product_actions
from ckanext.eurometropool.products import auth as product_auth
from ckanext.eurometropool.products import cli as product_cli
from ckanext.eurometropool.products.views import BLUEPRINTS as PRODUCTS
from ckanext.eurometropool.search import actions as search_actions
from ckanext.eurometropool.search import auth as search_auth
from ckanext.eurometropool.search import catalogue_words, columns, index, query, scores
from ckanext.eurometropool.search.answer import understood
from ckanext.eurometropool.search.question import Question
from ckanext.eurometropool.tables.signals import SUBSCRIPTIONS
from ckanext.eurometropool.wishes import jobs as wish_jobs
from ckanext.eurometropool.wishes.views import BLUEPRINTS as WISHES
from ckanext.oslo.blankets import public

Dict = dict[str, Any]


@tk.blanket.actions(public(action, product_actions, search_actions))
@tk.blanket.auth_functions(public(auth, product_auth, search_auth))
@tk.blanket.blueprints([*PAGES, *PRODUCTS, *WISHES])
@tk.blanket.cli([*cli.COMMANDS, *product_cli.COMMANDS])
@tk.blanket.config_declarations
@tk.blanket.helpers(template_helpers)
class EurometropoolPlugin(DefaultTranslation, p.SingletonPlugin):
    """Register the portal's rooms with CKAN."""

    p.implements(p.IConfigurable)
    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ISignal)
    p.implements(p.ITranslation)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        """Add the portal's templates, public files and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "eurometropool")
        query.allow(config)

    # IConfigurable
    def configure(self, config: CKANConfig) -> None:
        """Have new datasets linked to municipalities."""
        linked.link_new()

    # IPackageController
    def edit(self, entity: model.Package) -> None:
        """Link a changed dataset anew."""
        linked.link(entity)

    def after_dataset_show(self, context: Context, pkg_dict: Dict) -> None:
        """Show what a dataset is linked to."""
        package = context.get("package")
        if package is None or package.id != pkg_dict["id"]:
            package = model.Package.get(pkg_dict["id"])
        if package and package.type not in linked.PLACELESS:
            pkg_dict.update(linked.shown(package))

    def before_dataset_index(self, pkg_dict: Dict) -> Dict:
        """Add the portal's fields to the search index."""
        catalogue_words.learn()
        register = installed.register() if installed.is_installed() else None
        score, names = scores.kept(pkg_dict["id"]), columns.names(pkg_dict)
        return index.document(pkg_dict, register, score=score, columns=names)

    def before_dataset_search(self, search_params: Dict) -> Dict:
        """Put the question to the portal's fields."""
        catalogue_words.learn()
        return query.prepare(search_params, installed.register() if installed.is_installed() else None)

    def after_dataset_search(self, search_results: Dict, search_params: Dict) -> Dict:
        """Tell what the question was read as."""
        question = (search_params.get("extras") or {}).get(query.KEPT)
        if isinstance(question, Question):
            register = installed.register() if installed.is_installed() else None
            told = understood(question, search_results["results"], register)
            # For the action that asked (search/actions.py), which takes it out.
            search_results["understood"] = {**told, query.KEPT: question}
        return search_results

    # IFacets
    def dataset_facets(self, facets_dict: Dict, package_type: str) -> Dict:
        """Give the facets of the search page."""
        return searching.facet_titles(facets_dict, package_type)

    def organization_facets(self, facets_dict: Dict, organization_type: str, package_type: str | None) -> Dict:
        """Give the same facets on an organization's page."""
        return searching.facet_titles(facets_dict, package_type or "dataset")

    # ISignal
    def get_signal_subscriptions(self) -> SignalMapping:
        """Listen to what the tables, the search and the wishes ask for."""
        changed = tk.signals.action_succeeded
        return {**scores.SUBSCRIPTIONS, changed: [*SUBSCRIPTIONS[changed], *wish_jobs.SUBSCRIPTIONS[changed]]}
