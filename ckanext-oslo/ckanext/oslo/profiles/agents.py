"""Publishers, makers and contacts: who stands behind a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyoxigraph import NamedNode

from ckanext.oslo.profiles import names, terms
from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.portal import Body, Texts
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCAT, DCT, FOAF, OWL, RDF, VCARD, iri
from ckanext.oslo.profiles.values import groups

AGENT_CLASSES = (FOAF.Agent, FOAF.Organization, DCT.Agent)
"""DCAT-AP wants foaf:Agent, DCAT-AP Flanders 2.0 dct:Agent, DCAT-AP Belgium foaf:Organization; all three hold."""

STAND_IN = "zxx"
"""The tag of a name that is none, but an address or a number in its place (RFC 5646: no linguistic content)."""

CONTACT_CLASSES = (VCARD.Kind, VCARD.Organization)


def write_agents(sheet: Sheet, field: str, predicate: NamedNode) -> list[NamedNode]:
    """Say who publishes or made the dataset; give their nodes."""
    found = []
    for number, agent in enumerate(groups(sheet.dataset.get(field), field)):
        node, new, same = sheet.node(_text(agent, "uri", field), f"{field}-{number}", ("agent", _said(agent)))
        sheet.add(sheet.iri, predicate, node)
        if new:
            _describe_agent(sheet, node, agent, field)
        if same is not None:
            sheet.add(node, OWL.sameAs, same)
        found.append(node)
    return found


def _describe_agent(sheet: Sheet, node: NamedNode, agent: Mapping[str, Any], field: str) -> None:
    name = _text(agent, "name", field)
    body = Body(
        names={names.language_of(name, sheet.dataset): name} if name else {},
        url=_text(agent, "url", field),
        email=_text(agent, "email", field),
        identifier=_text(agent, "identifier", field),
    )
    describe_body(sheet, node, body)
    kind = _text(agent, "type", field)
    if kind:
        sheet.concept(node, DCT.type, kind, "publisher_type")


def describe_body(sheet: Sheet, node: NamedNode, body: Body) -> None:
    """Say what is known of an organization. One without a name is called by its address or number: a name must be."""
    for rdf_class in AGENT_CLASSES:
        sheet.add(node, RDF.type, rdf_class)
    if not sheet.texts(node, FOAF.name, body.names, "name"):
        stand_in = body.email or body.url or body.identifier or node.value
        sheet.texts(node, FOAF.name, {STAND_IN: stand_in}, "name")
    if body.email:
        sheet.link(node, FOAF.mbox, f"mailto:{body.email}")
    if body.url:
        sheet.link(node, FOAF.homepage, body.url, FOAF.Document)
    if body.identifier:
        sheet.add(node, DCT.identifier, terms.text(body.identifier))


def write_organization(sheet: Sheet) -> NamedNode | None:
    """Describe the organization that keeps the dataset here; give its node, or None when the dataset has none."""
    owner = sheet.text("owner_org")
    if not owner:
        return None
    body = organization_of(sheet)
    node = iri(f"{sheet.portal.site_url}/organization/{owner}")
    if node is None:
        raise NotWritableError("owner_org", owner, "expected the id of an organization")
    described, new, _ = sheet.node(node.value, "organization", ("organization", owner))
    if new:
        describe_body(sheet, described, body)
        if body.uri:
            same = iri(body.uri)
            if same is not None:
                sheet.add(described, OWL.sameAs, same)
    return described


def organization_of(sheet: Sheet) -> Body:
    """Give what is known of the organization: from the portal's list, else what stands in the dataset."""
    known = sheet.portal.organizations.get(sheet.text("owner_org"))
    if known is not None:
        return known
    inside = sheet.dataset.get("organization")
    title = inside.get("title") or inside.get("name") if isinstance(inside, Mapping) else None
    name = title if isinstance(title, str) and title else sheet.text("owner_org")
    return Body(names={names.language_of(name, sheet.dataset): name})


def write_contacts(sheet: Sheet) -> list[NamedNode]:
    """Say who answers questions, as many as the profile takes; give their nodes."""
    found = []
    contacts = groups(sheet.dataset.get("contact"), "contact")
    for number, contact in enumerate(contacts[: sheet.profile.most_contacts]):
        uri = _text(contact, "uri", "contact")
        node, new, same = sheet.node(uri, f"contact-{number}", ("contact", _said(contact)))
        sheet.add(sheet.iri, DCAT.contactPoint, node)
        if new:
            name = _text(contact, "name", "contact")
            describe_contact(
                sheet,
                node,
                {names.language_of(name, sheet.dataset): name} if name else {},
                _text(contact, "email", "contact"),
                _text(contact, "url", "contact"),
            )
            identifier = _text(contact, "identifier", "contact")
            if identifier:
                sheet.add(node, VCARD.hasUID, terms.text(identifier))
        if same is not None:
            sheet.add(node, OWL.sameAs, same)
        found.append(node)
    return found


def ensure_publisher(sheet: Sheet) -> None:
    """Let the portal publish a dataset of which nobody is named as publisher."""
    if not sheet.objects(sheet.iri, DCT.publisher):
        say_portal_publishes(sheet, sheet.iri)


def say_portal_publishes(sheet: Sheet, subject: NamedNode) -> None:
    """Name the portal's publisher as that of a subject."""
    body = sheet.portal.publisher
    node = iri(body.uri) or NamedNode(f"{sheet.portal.site_url}#publisher")
    sheet.add(subject, DCT.publisher, node)
    if not sheet.objects(node, RDF.type):
        describe_body(sheet, node, body)


def ensure_contact(sheet: Sheet) -> None:
    """Let the publisher, if it can be reached, else the portal answer for a dataset without a contact."""
    if sheet.objects(sheet.iri, DCAT.contactPoint):
        return
    published = groups(sheet.dataset.get("publisher"), "publisher")
    for publisher in published[:1]:
        email, url = _text(publisher, "email", "publisher"), _text(publisher, "url", "publisher")
        name = _text(publisher, "name", "publisher")
        if email or url:
            node = sheet.fragment("contact")
            called = {names.language_of(name, sheet.dataset): name} if name else {}
            sheet.add(sheet.iri, DCAT.contactPoint, node)
            describe_contact(sheet, node, called, email, url)
            return
    say_portal_answers(sheet, sheet.iri)


def say_portal_answers(sheet: Sheet, subject: NamedNode) -> None:
    """Name the portal's contact as that of a subject."""
    body = sheet.portal.contact
    node = NamedNode(f"{sheet.portal.site_url}#contact")
    sheet.add(subject, DCAT.contactPoint, node)
    if not sheet.objects(node, RDF.type):
        describe_contact(sheet, node, body.names, body.email, body.url)


def describe_contact(sheet: Sheet, node: NamedNode, called: Texts, email: str, url: str) -> None:
    """Say what is known of a contact."""
    for rdf_class in CONTACT_CLASSES:
        sheet.add(node, RDF.type, rdf_class)
    sheet.texts(node, VCARD.fn, called, "name")
    if email:
        sheet.link(node, VCARD.hasEmail, f"mailto:{email}")
    if url:
        sheet.link(node, VCARD.hasURL, url)


def _text(group: Mapping[str, Any], name: str, field: str) -> str:
    value = group.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise NotWritableError(f"{field}/{name}", value, "expected a text")


def _said(group: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((key, value) for key, value in group.items() if isinstance(value, str) and value))
