"""Actions of the search: CKAN's own `package_search` with what it understood, and suggestions while typing."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError, SearchQueryError, SolrConnectionError
from ckan.types import Action, ActionResult, Context, DataDict
from flask import g, has_request_context

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import explain as explaining
from ckanext.eurometropool.search import extents, limits, spelling, suggest
from ckanext.eurometropool.search.query import KEPT, wider_forms
from ckanext.oslo.vocabularies import LANGUAGES

Dict = dict[str, Any]

#: The search page turns what it does not know into a filter: `?explain=1` arrives so.
_EXPLAIN_FILTER = re.compile(r'\+?explain:"[^"]*"')
MOST_SUGGESTIONS = 20


@tk.chained_action
@tk.side_effect_free
def package_search(up_func: Action, context: Context, data_dict: DataDict) -> ActionResult.PackageSearch:
    """Search for datasets, in Dutch, French and English at once; CKAN's ``package_search``, understood.

    A question of plain words (``q``) is read: words are looked for in all three languages through the thesaurus, and
    places are taken out of them and used to filter and to rank. A question in Solr's language, or with ``qf`` or
    ``defType``, goes to the index as it is.

    :param ext_place: a municipality, postcode or area; only datasets about it (optional)
    :type ext_place: string
    :param ext_municipality: keys of municipalities, comma-separated (optional)
    :type ext_municipality: string
    :param ext_region: ``vlaanderen``, ``wallonie``, ``hauts-de-france``, comma-separated (optional)
    :type ext_region: string
    :param ext_near: where the reader stands, in the same ways: what is about it comes first, then the nearest, and
        nothing is left out; a place in the question counts instead (optional)
    :type ext_near: string
    :param ext_covering: with ``ext_place`` or ``ext_municipality``: also datasets about larger areas that hold it
        (optional)
    :type ext_covering: boolean
    :param ext_bbox: west,south,east,north in degrees; only datasets whose extent meets it, by overlap (optional)
    :type ext_bbox: string
    :param ext_polygon: a drawn polygon, GeoJSON or WKT, longitude first; the same (optional)
    :type ext_polygon: string
    :param ext_point: longitude,latitude, with ``ext_radius`` in kilometres (default 5); the same (optional)
    :type ext_point: string
    :param ext_outline: the key of a municipality or an area; the same, with its outline (optional)
    :type ext_outline: string
    :param ext_literal: take the words as they stand: no places, no other words (optional)
    :type ext_literal: boolean
    :param explain: for sysadmins: add ``explained`` (optional)
    :type explain: boolean

    :rtype: what CKAN answers, and for a question that was read ``understood``: ``words`` (``said``, ``languages``,
        ``also``: other words with their ``lang``, ``concepts``, ``parts``), ``places`` (``said``, ``kind``,
        ``names``), ``near`` (the same of ``ext_near``), ``without_places`` (the question without its places: ask this
        to remove the filter),
        ``everywhere`` (nothing was found near the places, so these results are from anywhere), ``did_you_mean``
        (other questions), ``results``: by dataset id ``through`` (the other words it was found by, if it has none of
        the question's own) and ``place`` (``fit``: ``about``, ``covers``, ``near`` with ``km``, ``mentions``).
        ``explained``: by dataset id the factors of its score.
    """
    explain = _wants_explanation(context, data_dict)
    _check(context, data_dict)
    found = _answer(up_func, context, dict(data_dict))
    question = found.get("understood", {}).pop(KEPT, None)
    if question is None:
        return found
    register = _register()
    for wider in wider_forms(question) if not found["count"] else ():
        again = _answer(up_func, context, {**data_dict, "extras": {**(data_dict.get("extras") or {}), **wider}})
        again.get("understood", {}).pop(KEPT, None)
        if again["count"]:
            found = again
            found["understood"]["everywhere"] = "ext_everywhere" in wider
            break
    if not found["count"]:
        found["understood"]["did_you_mean"] = spelling.corrections(question, register)
    if context.get("for_view") and has_request_context():
        # CKAN's search page passes on the results, not what else is in the answer.
        g.portal_understood = found["understood"]
    if explain:
        ids = [dataset["id"] for dataset in found["results"] if isinstance(dataset.get("id"), str)]
        found["explained"] = explaining.explain(question, ids, register)
    return found


@tk.side_effect_free
def search_suggest(context: Context, data_dict: DataDict) -> Dict:
    """Suggest what a search may be about, while its words are typed.

    :param q: what stands in the field so far
    :type q: string
    :param lang: ``nl``, ``fr`` or ``en`` (optional, default: the language of the request)
    :type lang: string
    :param limit: how many of each kind (optional, default: 5, at most 20)
    :type limit: int

    :rtype: dictionary with ``datasets`` (``name``, ``type``, ``title``), ``places`` (``key``, ``name``), ``themes``
        (``field``, ``uri``, ``name``), ``publishers`` (``name``, ``datasets``)
    """
    tk.check_access("search_suggest", context, data_dict)
    text = data_dict.get("q") or ""
    if not isinstance(text, str):
        raise tk.ValidationError({"q": [tk._("{name}: this has to be text.").format(name="q")]})
    lang = data_dict.get("lang") or tk.h.lang() or "en"
    if lang not in LANGUAGES:
        raise tk.ValidationError({"lang": [tk._("nl, fr or en")]})
    try:
        limit = min(MOST_SUGGESTIONS, max(1, int(data_dict.get("limit") or 5)))
    except (TypeError, ValueError) as error:
        raise tk.ValidationError({"limit": [tk._("Invalid integer")]}) from error
    return suggest.suggest(text[:200], lang, limit, _register())


def _wants_explanation(context: Context, data_dict: DataDict) -> bool:
    """Tell whether to explain results. Raises NotAuthorized for the parameter; in an address it is passed over."""
    wanted = data_dict.pop("explain", None)
    if wanted and tk.asbool(wanted):
        tk.check_access("package_search_explain", context, data_dict)
        return True
    fq = data_dict.get("fq")
    if not isinstance(fq, str) or not _EXPLAIN_FILTER.search(fq):
        return False
    data_dict["fq"] = _EXPLAIN_FILTER.sub("", fq)
    try:
        tk.check_access("package_search_explain", context, data_dict)
    except tk.NotAuthorized:
        return False
    return True


def _check(context: Context, data_dict: DataDict) -> None:
    if isinstance(data_dict.get("extras"), str):
        # A GET request cannot send an object. What is none is refused below.
        with suppress(ValueError):
            data_dict["extras"] = json.loads(data_dict["extras"])
    try:
        limits.check(data_dict, tk._, outside="api_version" in context)
        extents.asked({**(data_dict.get("extras") or {}), **data_dict}, _register(), tk._)
    except (limits.AskedTooMuchError, extents.ExtentError) as error:
        raise SearchQueryError(str(error)) from error


def _answer(up_func: Action, context: Context, asked: Dict) -> Dict:
    try:
        return up_func(context, asked)
    except (SearchQueryError, SolrConnectionError):
        raise
    except SearchError as error:
        # CKAN's message holds the whole query, and Solr's answer.
        raise SearchError(tk._("The search index does not understand this question.")) from error


def _register() -> Register | None:
    return installed.register() if installed.is_installed() else None
