"""A profile: how a dataset, its record and the catalogue are written. DCAT-AP 3 is the base of all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pyoxigraph import Literal, NamedNode, Store, Triple

from ckanext.oslo.profiles import agents, catalogue, distributions, places, record, series, subjects, terms, values
from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.graph import Graph
from ckanext.oslo.profiles.portal import Page, Portal
from ckanext.oslo.profiles.properties import DATASET, HVD_REGULATION, REFERENCE_SYSTEM
from ckanext.oslo.profiles.reader import read
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import ADMS, DCAT, DCATAP, DCT, ELI, GEO, OWN, RDF, RDFS, SKOS


class Profile:
    """DCAT-AP 3.0.1. Another profile overrides what it sees differently (docs/metadata.md says what and why)."""

    name: ClassVar[str] = "dcat_ap_3"
    title: ClassVar[Mapping[str, str]] = MappingProxyType({"nl": "DCAT-AP 3", "fr": "DCAT-AP 3", "en": "DCAT-AP 3"})
    conforms_to: ClassVar[str] = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"
    versions: ClassVar[tuple[NamedNode, ...]] = (DCAT.version,)
    shows_portal_api: ClassVar[bool] = True
    most_contacts: ClassVar[int | None] = None

    # what others rely on

    def takes(self, dataset: Mapping[str, Any]) -> bool:
        """Tell whether a dataset belongs in this profile's feed."""
        return True

    def dataset(self, dataset: Mapping[str, Any], portal: Portal) -> list[Triple]:
        """Describe a dataset, its distributions and its services.

        :raises NotWritableError: a value that no graph can hold, or nothing to call the dataset by
        """
        sheet = Sheet(self, dataset, portal)
        self._describe(sheet)
        return sheet.triples

    def record(self, dataset: Mapping[str, Any], portal: Portal) -> list[Triple]:
        """Describe a dataset's dcat:CatalogRecord, and put the record and the services into the catalogue.

        :raises NotWritableError: a value that no graph can hold, or nothing to call the dataset by
        """
        sheet = Sheet(self, dataset, portal)
        node = record.write_record(sheet)
        self.complete_record(sheet, node)
        return sheet.triples

    def catalogue(self, portal: Portal, members: Iterable[str], page: Page | None = None) -> list[Triple]:
        """Describe the catalogue, its publisher and its API, with ``members`` (IRIs) as its datasets."""
        return catalogue.catalogue(self, portal, members, page)

    def read(self, triples: Iterable[Triple] | Store | Graph, subject: str) -> dict[str, Any]:
        """Give the dataset dict that was written as ``subject``: the mirror of `dataset` and `record` together."""
        return read(triples, subject)

    # what a profile may see differently

    def date(self, value: str) -> Literal | None:
        """Write a date of the dataset."""
        return terms.date(value)

    def record_date(self, value: str) -> Literal | None:
        """Write a date of a catalogue record."""
        return terms.moment(value)

    def geometry(self, geojson: str, field: str) -> Literal:
        """Write a geometry: as the GeoJSON it is kept as, which loses nothing and costs nothing."""
        return Literal(geojson, datatype=GEO.geoJSONLiteral)

    def conditions_for_access(self, sheet: Sheet, licence: str) -> str:
        """Give the condition of access to say of a file that says none, by its licence; an empty text for none."""
        return ""

    def access_rights(self, uri: str) -> str:
        """Give the access right to say; an empty text for none."""
        return uri

    def knows_checksum(self, algorithm: str) -> bool:
        """Tell whether the profile takes checksums of this algorithm."""
        return True

    def catalogue_license(self, portal: Portal) -> str:
        """Give the licence of the catalogue."""
        return portal.license

    def source_record(self, sheet: Sheet, node: NamedNode, guid: str, page: str, changed: str) -> None:
        """Describe the record at the source from which a dataset was harvested."""
        record.write_source_record(sheet, node, guid, page, changed)

    def origin_page(self, sheet: Sheet, node: NamedNode, page: str) -> None:
        """Say where the source shows the record."""

    def write_conforms_to(self, sheet: Sheet, standards: list[str]) -> None:
        """Say which standards the dataset follows."""
        for uri in standards:
            sheet.link(sheet.iri, DCT.conformsTo, uri, DCT.Standard)

    def complete(self, sheet: Sheet, files: list[tuple[NamedNode, Mapping[str, Any]]]) -> None:
        """Add to a dataset what only this profile demands; ``files`` are its distributions."""

    def complete_record(self, sheet: Sheet, node: NamedNode) -> None:
        """Add to a record what only this profile demands."""

    def complete_catalogue(self, sheet: catalogue.CatalogueSheet) -> None:
        """Add to the catalogue what only this profile demands."""

    # the dataset

    def _describe(self, sheet: Sheet) -> None:
        if not sheet.dataset.get("title_translated"):
            raise NotWritableError("title_translated", sheet.dataset.get("title"), "a dataset needs a title")
        sheet.add(sheet.iri, RDF.type, DCAT.Dataset)
        self._write_identifiers(sheet)
        values.write(sheet, sheet.iri, sheet.dataset, DATASET)
        if not sheet.dataset.get("notes_translated"):
            # DCAT-AP has no dataset without a description: 1 in 150 real ones has none, and is called what it is.
            sheet.texts(sheet.iri, DCT.description, sheet.dataset["title_translated"], "title_translated")
            sheet.add(sheet.iri, OWN.inherits, DCT.description)
        rights = self.access_rights(sheet.text("access_rights"))
        if rights:
            sheet.concept(sheet.iri, DCT.accessRights, rights, "access_right", DCT.RightsStatement)
        self._write_legislation(sheet)
        self._write_standards(sheet)
        self._write_version_and_provenance(sheet)
        subjects.write_subjects(sheet)
        places.write_places(sheet)
        places.write_periods(sheet)
        self.write_people(sheet)
        series.write_series(sheet)
        files = distributions.write_distributions(sheet)
        self.complete(sheet, files)

    def write_people(self, sheet: Sheet) -> None:
        """Say who is behind the dataset; without a publisher of its own, that is the organization that keeps it."""
        if not agents.write_agents(sheet, "publisher", DCT.publisher):
            keeper = agents.write_organization(sheet)
            if keeper is not None:
                sheet.add(sheet.iri, DCT.publisher, keeper)
        agents.write_agents(sheet, "creator", DCT.creator)
        agents.write_contacts(sheet)

    def _write_identifiers(self, sheet: Sheet) -> None:
        """Say exactly one identifier (DCAT-AP Flanders): the dataset's own, else its IRI; the others beside it."""
        sheet.add(sheet.iri, DCT.identifier, terms.text(sheet.text("identifier") or sheet.iri.value))
        if sheet.text("identifier") == sheet.iri.value:
            sheet.own_text(sheet.iri, "identifier", sheet.iri.value)
        for number, other in enumerate(
            values.listed(sheet.dataset.get("alternate_identifier"), "alternate_identifier")
        ):
            if not isinstance(other, str):
                raise NotWritableError(f"alternate_identifier/{number}", other, "expected a text")
            node = sheet.fragment(f"identifier-{number}")
            sheet.add(sheet.iri, ADMS.identifier, node)
            sheet.add(node, RDF.type, ADMS.Identifier)
            sheet.add(node, SKOS.notation, terms.text(other))

    def _write_legislation(self, sheet: Sheet) -> None:
        """Put a high-value dataset under the regulation that lists it, whether or not somebody wrote that down."""
        if not sheet.dataset.get("hvd_category"):
            return
        if HVD_REGULATION in values.listed(sheet.dataset.get("applicable_legislation"), "applicable_legislation"):
            sheet.link(sheet.iri, OWN.applicable_legislation, HVD_REGULATION)
        else:
            sheet.link(sheet.iri, DCATAP.applicableLegislation, HVD_REGULATION, ELI.LegalResource)

    def _write_standards(self, sheet: Sheet) -> None:
        standards = values.listed(sheet.dataset.get("conforms_to"), "conforms_to")
        for number, uri in enumerate(standards):
            if not isinstance(uri, str):
                raise NotWritableError(f"conforms_to/{number}", uri, "expected a text")
        system = sheet.text("reference_system")
        self.write_conforms_to(sheet, [*standards, *([system] if system and system not in standards else [])])
        node = terms.iri(system) if system else None
        if node is not None:
            sheet.concept(node, DCT.type, REFERENCE_SYSTEM, "")
            if system in standards:
                sheet.add(sheet.iri, OWN.conforms_to, node)
            if node not in sheet.objects(sheet.iri, DCT.conformsTo):
                sheet.add(sheet.iri, OWN.reference_system, node)

    def _write_version_and_provenance(self, sheet: Sheet) -> None:
        version, provenance = sheet.text("version"), sheet.text("provenance")
        if version:
            for predicate in self.versions:
                sheet.add(sheet.iri, predicate, terms.text(version))
        if provenance:
            node = sheet.fragment("provenance")
            sheet.add(sheet.iri, DCT.provenance, node)
            sheet.add(node, RDF.type, DCT.ProvenanceStatement)
            sheet.add(node, RDFS.label, terms.text(provenance))
