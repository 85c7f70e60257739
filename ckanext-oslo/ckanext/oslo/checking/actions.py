"""The actions of checking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.oslo import fetch
from ckanext.oslo.checking import checks, config, documents, standards, wording
from ckanext.oslo.checking.errors import CheckingError, DocumentError
from ckanext.oslo.checking.results import Finding, Severity
from ckanext.oslo.profiles.config import portal_from_config

ACCEPT = ", ".join((*documents.MEDIA_TYPES, "*/*;q=0.1"))


@toolkit.side_effect_free
def oslo_validate(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Check a dataset against a profile.

    :param id: the dataset's id or name; or
    :param dataset: a dataset dict that is not saved yet
    :param profile: one of ``dcat_ap_3``, ``dcat_ap_vl_3``, ``dcat_ap_vl_2``, ``mobility_dcat_ap``, ``dcat_ap_hvd``,
        ``statdcat_ap``, ``geodcat_ap``; by default that of the dataset's type
    :returns: ``profile``, ``conforms`` (no error), ``errors``, ``warnings``, ``hints`` (counts), and ``findings``: each
        with ``severity``, ``text`` in the reader's language, ``field``, ``label``, ``resource`` (number of the file,
        from 0), ``index`` and ``subfield`` in a repeating group, and ``rdf`` (class, focus, path, rule, value, shapes)
    """
    toolkit.check_access("oslo_validate", context, data_dict)
    dataset = data_dict.get("dataset")
    if data_dict.get("id"):
        dataset = toolkit.get_action("package_show")(context, {"id": data_dict["id"]})
    if not isinstance(dataset, dict):
        raise toolkit.ValidationError({"id": [toolkit._("Give the id of a dataset, or a dataset.")]})
    profile = str(data_dict.get("profile") or standards.default_for(dataset))
    with readable_errors("profile"):
        found = checks.check_dataset(dataset, profile, portal_from_config(), config.shapes_folder())
    return report(found, profile, str(dataset.get("type") or "dataset"))


def oslo_validate_rdf(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Check an RDF document against a profile.

    Nothing the document points to is fetched; entities, remote contexts, deep nesting and documents over 20 MB or
    50,000 statements are refused.

    :param upload: the document, as a file; or
    :param text: the document itself, with
    :param media_type: its type: ``text/turtle``, ``application/rdf+xml``, ``application/ld+json``,
        ``application/n-triples``; or
    :param url: the address of a document
    :param profile: see ``oslo_validate``; by default ``dcat_ap_3``
    :returns: see ``oslo_validate``, and ``statements``: how many the document has
    """
    toolkit.check_access("oslo_validate_rdf", context, data_dict)
    profile = str(data_dict.get("profile") or standards.NAMES[0])
    with readable_errors("document"):
        standard = standards.get(profile)
        triples = documents.read(*_document(data_dict))
        found = checks.check_graph(triples, standard, config.shapes_folder())
    return {**report(found, profile), "statements": len(triples)}


def report(found: Iterable[Finding], profile: str, dataset_type: str = "dataset") -> dict[str, Any]:
    """Sum up what was found."""
    found = list(found)
    counts = {severity: sum(one.severity is severity for one in found) for severity in Severity}
    return {
        "profile": profile,
        "conforms": not counts[Severity.ERROR],
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "hints": counts[Severity.HINT],
        "findings": wording.in_words(found, dataset_type),
    }


def _document(data_dict: dict[str, Any]) -> tuple[bytes, str, str]:
    """Give a document's bytes, the name of its format and its address."""
    upload, text, url = data_dict.get("upload"), data_dict.get("text"), data_dict.get("url")
    if upload is not None and hasattr(upload, "read"):
        name = str(getattr(upload, "filename", "") or "")
        kind = documents.format_of(str(getattr(upload, "mimetype", "") or ""), name)
        return upload.read(documents.MAX_BYTES + 1), kind, ""
    if isinstance(text, str) and text:
        return text.encode(), documents.format_of(str(data_dict.get("media_type") or "")), ""
    if isinstance(url, str) and url:
        with fetch.from_config(max_bytes=documents.MAX_BYTES) as client:
            answer = client.get(url, headers={"Accept": ACCEPT})
        return answer.content, documents.format_of(answer.media_type, answer.url), answer.url
    raise DocumentError("address")


@contextmanager
def readable_errors(field: str) -> Iterator[None]:
    """Turn this package's errors, and the client's, into CKAN's, in the reader's language."""
    try:
        yield
    except CheckingError as error:
        raise toolkit.ValidationError({field: [error.text(toolkit._)]}) from error
    except fetch.FetchError as error:
        raise toolkit.ValidationError({field: [error.text(wording.language())]}) from error
