"""The inventory: the dataset described for programs, in VoID, DCAT and the SPARQL 1.1 Service Description.

It is no part of the record: what is counted here is the record alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rdflib import DCAT, DCTERMS, FOAF, RDF, VOID, XSD, Literal, Namespace, URIRef
from rdflib.term import Node

from onrecord.answers import MEDIA_TYPES
from onrecord.dumps import Dump
from onrecord.record import Record
from onrecord.store import Triple, serialise
from onrecord.viewpoints import views_of

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VERSION = URIRef(f"{DCAT}version")
FORMAT_IRIS = "http://www.w3.org/ns/formats/"
# The formats that have an IRI of W3C's, by media type.
FORMATS = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
}
PREFIXES = {"sd": str(SD), "spdx": str(SPDX), "void": str(VOID), "dcat": str(DCAT), "dcterms": str(DCTERMS)}
# The documents: path without extension, and whether it describes the service or the dataset.
DATASET_PATH, SERVICE_PATH = "void", "service"
# The graph whose statements quote articles.
QUOTING = "evidence"


class Inventory:
    """What describes a record and its dumps, as triples."""

    def __init__(self, record: Record, dumps: Sequence[Dump], dataset_hash: str) -> None:
        self.record, self.dumps, self.hash = record, dumps, dataset_hash
        self.project = record.project
        self.dataset = URIRef(f"{self.project.base}void#dataset")
        self.service = URIRef(f"{self.project.base}service#service")
        self.endpoint = URIRef(f"{self.project.base}sparql")
        self.union = len({statement[:3] for statement in record.statements})
        self.names = {str(statement.predicate) for statement in record.statements}
        self.graphs = Counter(statement.graph for statement in [*record.statements, *record.views])

    def render(self, path: str, media_type: str) -> bytes:
        """One of the documents, DATASET_PATH or SERVICE_PATH, in one of GRAPH_FORMATS."""
        triples = self.describe_dataset() if path == DATASET_PATH else self.describe_service()
        return serialise(set(triples), media_type, {**self.project.prefixes, **PREFIXES})

    def _text(self, text: str) -> Literal:
        return Literal(text, lang=self.project.languages[0])

    def describe_dataset(self) -> Iterator[Triple]:
        """VoID and DCAT: the dataset, its parts and its distributions."""
        dataset, project = self.dataset, self.project
        home = URIRef(project.base)
        document = URIRef(f"{project.base}{DATASET_PATH}")
        yield from ((document, RDF.type, VOID.DatasetDescription), (document, FOAF.primaryTopic, dataset))
        yield from ((dataset, RDF.type, kind) for kind in (VOID.Dataset, DCAT.Dataset))
        yield from self._common(dataset)
        yield from ((dataset, FOAF.homepage, home), (dataset, DCAT.landingPage, home))
        yield from ((dataset, VOID.sparqlEndpoint, self.endpoint), (dataset, VOID.uriSpace, Literal(project.base)))
        yield (dataset, VOID.triples, Literal(self.union))
        yield from self._statistics()
        yield from ((dataset, DCTERMS.language, Literal(language)) for language in project.languages)
        spaces = {space for space in project.prefixes.values() if self._is_used(space)}
        yield from ((dataset, VOID.vocabulary, URIRef(space)) for space in sorted(spaces) if space.endswith(("#", "/")))
        yield from self._distributions()
        for graph in self.graphs:
            yield from self._part(graph)

    def _common(self, thing: Node) -> Iterator[Triple]:
        project = self.project
        yield (thing, DCTERMS.title, self._text(project.title))
        yield (thing, DCTERMS.description, self._text(project.description))
        yield (thing, DCTERMS.license, URIRef(project.licence))
        yield (thing, DCTERMS.rights, self._text(project.licence_note))
        yield (thing, VERSION, Literal(project.version))
        yield (thing, DCTERMS.identifier, Literal(f"sha256:{self.hash}"))

    def _statistics(self) -> Iterator[Triple]:
        statements = self.record.statements
        counts = (
            (VOID.distinctSubjects, {s.subject for s in statements}),
            (VOID.distinctObjects, {s.object for s in statements}),
            (VOID.properties, {s.predicate for s in statements}),
            (VOID.classes, {s.object for s in statements if s.predicate == RDF.type}),
            (VOID.entities, {s.subject for s in statements if str(s.subject).startswith(self.project.base)}),
        )
        yield from ((self.dataset, name, Literal(len(found))) for name, found in counts)

    def _is_used(self, space: str) -> bool:
        return any(name.startswith(space) for name in self.names)

    def _distributions(self) -> Iterator[Triple]:
        for dump in self.dumps:
            address = URIRef(f"{self.project.base}{dump.path}")
            one = URIRef(f"{self.project.base}{DATASET_PATH}#{dump.path.rpartition('/')[2]}")
            digest = URIRef(f"{one}-sha256")
            yield from ((self.dataset, VOID.dataDump, address), (self.dataset, DCAT.distribution, one))
            yield from ((one, RDF.type, DCAT.Distribution), (one, DCTERMS.title, self._text(dump.title)))
            yield from ((one, DCAT.downloadURL, address), (one, DCAT.mediaType, Literal(dump.media_type)))
            yield (one, DCAT.byteSize, Literal(len(dump.body), datatype=XSD.nonNegativeInteger))
            yield from ((one, DCTERMS.license, URIRef(self.project.licence)), (one, SPDX.checksum, digest))
            yield from ((digest, RDF.type, SPDX.Checksum), (digest, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
            yield (digest, SPDX.checksumValue, Literal(dump.hash, datatype=XSD.hexBinary))

    def _part(self, graph: URIRef) -> Iterator[Triple]:
        """A graph of the dataset, with the rights in it."""
        link = DCTERMS.hasPart if graph.startswith(views_of(self.project.base)) else VOID.subset
        yield from ((self.dataset, link, graph), (graph, RDF.type, VOID.Dataset))
        yield (graph, VOID.triples, Literal(self.graphs[graph]))
        yield (graph, DCTERMS.license, URIRef(self.project.licence))
        if graph == URIRef(f"{self.project.base}graph/{QUOTING}"):
            yield (graph, DCTERMS.rights, self._text(f"Quotes articles. {self.project.licence_note}"))

    def describe_service(self) -> Iterator[Triple]:
        """The SPARQL 1.1 Service Description of the endpoint."""
        service, default = self.service, URIRef(f"{self.project.base}service#default-graph")
        whole = URIRef(f"{self.project.base}service#dataset")
        yield from ((service, RDF.type, SD.Service), (service, SD.endpoint, self.endpoint))
        yield from ((service, SD.supportedLanguage, one) for one in (SD.SPARQL10Query, SD.SPARQL11Query))
        yield from self._common(service)
        yield from ((service, SD.resultFormat, URIRef(FORMAT_IRIS + FORMATS[name])) for name in MEDIA_TYPES)
        yield from ((service, SD.defaultDataset, whole), (whole, RDF.type, SD.Dataset))
        yield from ((whole, SD.defaultGraph, default), (default, RDF.type, SD.Graph))
        yield from ((default, VOID.triples, Literal(self.union)), (whole, DCTERMS.isVersionOf, self.dataset))
        for graph, count in self.graphs.items():
            named = URIRef(f"{self.project.base}service#{graph.removeprefix(self.project.base)}")
            yield from ((whole, SD.namedGraph, named), (named, RDF.type, SD.NamedGraph), (named, SD.name, graph))
            yield from ((named, SD.graph, graph), (graph, RDF.type, SD.Graph), (graph, VOID.triples, Literal(count)))
