"""Concepts in a graph: each described where it is used, so that a page stands on its own.

The shapes of all profiles demand it: DCAT-AP's ``range.ttl`` wants a theme to be a skos:Concept and a frequency a
dct:Frequency *in the data*, and ``shapes.ttl`` wants every skos:Concept to have a name.
"""

from __future__ import annotations

from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Triple

from ckanext.oslo import vocabularies
from ckanext.oslo.profiles.terms import DCT, RDF, SKOS, iri
from ckanext.oslo.vocabularies import Concept

SCHEMES = {
    # HVD's shapes look for this scheme, and mobilityDCAT-AP's for a title of every scheme.
    "hvd_category": ("http://data.europa.eu/bna/asd487ae75", "High-value dataset categories"),
}
"""Concept schemes that a profile demands to see; their IRI and English title."""

MATCHED = frozenset({"licence", "place", "theme", "work_category"})
"""Vocabularies whose equals elsewhere a reader needs: a licence's text, GeoNames, Belgium's themes, EuroVoc."""
NAMED_IN = ("nl", "fr", "en")


@lru_cache(maxsize=8_192)
def described(vocabulary: str, uri: str, rdf_class: NamedNode | None = None) -> tuple[Triple, ...]:
    """Give what a graph says of a concept: its classes, its names, its equals, its scheme where one is demanded.

    A URI that the vocabulary does not know is named by its last part.
    """
    node = iri(uri)
    if node is None:
        return ()
    concept = _concept(vocabulary, uri)
    found = [Triple(node, RDF.type, SKOS.Concept)]
    if rdf_class is not None:
        found.append(Triple(node, RDF.type, rdf_class))
    if concept is None:
        found.append(
            Triple(node, SKOS.prefLabel, Literal(uri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1] or uri))
        )
    else:
        found += [
            Triple(node, SKOS.prefLabel, Literal(label, language=language))
            for language in NAMED_IN
            if (label := concept.labels.get(language))
        ]
        if vocabulary in MATCHED:
            found += [Triple(node, SKOS.exactMatch, match) for match in map(iri, concept.exact_match) if match]
    if vocabulary in SCHEMES:
        scheme, title = SCHEMES[vocabulary]
        found += [
            Triple(node, SKOS.inScheme, NamedNode(scheme)),
            Triple(NamedNode(scheme), RDF.type, SKOS.ConceptScheme),
            Triple(NamedNode(scheme), DCT.title, Literal(title, language="en")),
        ]
    return tuple(found)


@lru_cache(maxsize=8_192)
def _concept(vocabulary: str, uri: str) -> Concept | None:
    return vocabularies.load(vocabulary).get(uri) if vocabulary in vocabularies.NAMES else None


@lru_cache(maxsize=8_192)
def resolve(vocabulary: str, value: str) -> Concept | None:
    """Give the concept a text means; portals write the same few hundred texts in every record."""
    return vocabularies.load(vocabulary).resolve(value) if vocabulary in vocabularies.NAMES else None
