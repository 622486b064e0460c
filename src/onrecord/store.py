"""The quad store behind one small interface: statements in, rows or serialised bytes out.

The only module that knows pyoxigraph, so that a remote SPARQL 1.1 store can take its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar

import pyoxigraph as ox
from rdflib import XSD, BNode, Literal, URIRef
from rdflib.term import Node

from onrecord.refusals import find_refusal

Triple = tuple[Node, Node, Node]
Row = dict[str, Node]
Test = Callable[..., bool]


class Statement(NamedTuple):
    """A triple and the IRI of the graph that holds it."""

    subject: Node
    predicate: Node
    object: Node
    graph: URIRef


class QueryError(ValueError):
    """A query that cannot be parsed; the message is the engine's, with line and column."""


class RefusedError(QueryError):
    """A query that asks for what this record never does; the message says what, and what to do."""


class EvaluationError(QueryError):
    """A query that can be parsed, and for which there is no answer of the kind that is wanted."""


class Answer(NamedTuple):
    """A serialised answer and its media type."""

    body: bytes
    media_type: str


RESULT_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
DATASET_FORMATS = {
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}


def _to_engine(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, Literal):
        return _literal_to_engine(str(term), term.language, str(term.datatype) if term.datatype else None)
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    return _named_node(str(term))


@cache
def _named_node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _literal_to_engine(text: str, language: str | None, datatype: str | None) -> ox.Literal:
    if language:
        return ox.Literal(text, language=language)
    return ox.Literal(text, datatype=_named_node(datatype)) if datatype else ox.Literal(text)


@cache
def fault_of(term: Node) -> str | None:
    """Why the store cannot hold a term, in the engine's words; None if it can."""
    try:
        str(term).encode()
        _to_engine(term)
    except UnicodeEncodeError as error:
        return error.reason
    except ValueError as error:
        return str(error)
    return None


def is_kept(term: Node) -> bool:
    """Whether the store gives a term back as it was: it normalises numbers, dates and languages, as rdflib does not."""
    if not isinstance(term, Literal):
        return True
    if term.datatype is None:
        return term.language is None or term.language == term.language.lower()
    return not term.ill_typed and term.datatype != XSD.string and _is_canonical(str(term), str(term.datatype))


@cache
def _is_canonical(text: str, datatype: str) -> bool:
    store, term, node = ox.Store(), _literal_to_engine(text, None, datatype), _named_node("urn:onrecord:term")
    store.add(ox.Quad(node, node, term))
    return [quad.object for quad in store] == [term]


def _as_function(test: Test) -> Callable[..., ox.Literal]:
    return lambda *texts: ox.Literal(test(*(text.value for text in texts)))


def turtle_fault(text: str, base: str) -> tuple[str, int | None]:
    """What the engine finds wrong with the syntax of a Turtle text, and the line; nothing if it finds it sound."""
    try:
        for _ in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=base):
            pass
    except SyntaxError as error:
        return re.sub(r"^Parser error [^:]*: ", "", error.msg), error.lineno
    return "", None


@cache
def intern(iri: str) -> URIRef:
    """An IRI, the same object each time: dictionaries find it without comparing texts."""
    return URIRef(iri)


def _from_engine(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    if isinstance(term, ox.NamedNode):
        return intern(term.value)
    if isinstance(term, ox.Literal):
        plain = term.language or term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
        return Literal(
            term.value, lang=term.language, datatype=None if plain else URIRef(term.datatype.value), normalize=False
        )
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise EvaluationError(f"a triple stands where an IRI or a literal was expected: {term}")


def _triple_from_engine(triple: ox.Triple) -> Triple:
    return _from_engine(triple.subject), _from_engine(triple.predicate), _from_engine(triple.object)


def _subject_to_engine(term: Node) -> ox.NamedNode | ox.BlankNode:
    node = _to_engine(term)
    if isinstance(node, ox.Literal):
        raise TypeError(f"a literal cannot be a subject: {term!r}")
    return node


def _triple_to_engine(triple: Triple) -> ox.Triple:
    subject, predicate, value = triple
    return ox.Triple(_subject_to_engine(subject), _named_node(str(predicate)), _to_engine(value))


def serialise(triples: Iterable[Triple], media_type: str, prefixes: Mapping[str, str], *, first: str = "") -> bytes:
    """The triples in one of GRAPH_FORMATS, sorted, so that the same triples give the same bytes.

    Those about ``first``, an IRI, come before all others.
    """
    engine = [_triple_to_engine(triple) for triple in triples]
    rows = sorted(engine, key=lambda row: (not str(row.subject).startswith(f"<{first}"), str(row)))
    return ox.serialize(rows, format=GRAPH_FORMATS[media_type], prefixes=_used(prefixes, rows)) or b""


def _used(prefixes: Mapping[str, str], triples: Iterable[ox.Triple]) -> dict[str, str]:
    """The prefixes whose namespaces the triples use."""
    terms = [term for triple in triples for term in (triple.subject, triple.predicate, triple.object)]
    terms += [term.datatype for term in terms if isinstance(term, ox.Literal)]
    iris = {term.value for term in terms if isinstance(term, ox.NamedNode)}
    spaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in iris}
    return {name: space for name, space in prefixes.items() if any(used.startswith(space) for used in spaces)}


One = TypeVar("One")
Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


def _serialise_result(result: Result, media_types: Sequence[str], prefixes: Mapping[str, str]) -> Answer:
    if isinstance(result, ox.QueryTriples):
        media_type = _first(media_types, GRAPH_FORMATS)
        rows = sorted(result, key=str)
        form = GRAPH_FORMATS[media_type]
        return Answer(ox.serialize(rows, format=form, prefixes=_used(prefixes, rows)) or b"", media_type)
    media_type = _first(media_types, RESULT_FORMATS)
    if isinstance(result, ox.QueryBoolean) and media_type in ("text/csv", "text/tab-separated-values"):
        return Answer(f"{str(bool(result)).lower()}\n".encode(), media_type)
    return Answer(result.serialize(format=RESULT_FORMATS[media_type]) or b"", media_type)


@dataclass(frozen=True)
class Fresh:
    """Triples that a query constructs and the store does not hold yet, sorted; and as the engine has them."""

    triples: tuple[Triple, ...]
    engine: tuple[ox.Triple, ...]


class Store:
    """The embedded store: named graphs, and their union as the default graph."""

    def __init__(self) -> None:
        self._store = ox.Store()

    def load(self, statements: Iterable[Statement]) -> None:
        """Add statements, each to its graph and to the default graph."""
        triples = [(_triple_to_engine(statement[:3]), _named_node(str(statement.graph))) for statement in statements]
        self._add(triples)

    def _add(self, triples: Sequence[tuple[ox.Triple, ox.NamedNode]]) -> None:
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t, graph in triples)
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object) for t, _ in triples)

    def construct(self, query: str, prefixes: Mapping[str, str], base: str) -> Fresh:
        """What a CONSTRUCT query makes that the store does not hold yet."""
        made = sorted(set(self._constructed(query, prefixes, base)), key=str)
        fresh = tuple(t for t in made if ox.Quad(t.subject, t.predicate, t.object) not in self._store)
        return Fresh(tuple(map(_triple_from_engine, fresh)), fresh)

    def add(self, fresh: Fresh, graph: URIRef) -> None:
        """Add what was constructed to a graph and to the default graph."""
        named = _named_node(str(graph))
        self._add([(triple, named) for triple in fresh.engine])

    def load_nquads(self, data: bytes) -> None:
        """Add N-Quads, each to its graph and to the default graph."""
        self._store.load(data, format=ox.RdfFormat.N_QUADS)
        for quad in list(self._store.quads_for_pattern(None, None, None, None)):
            if isinstance(quad.graph_name, ox.NamedNode):
                self._store.add(ox.Quad(quad.subject, quad.predicate, quad.object))

    def rows(
        self, query: str, prefixes: Mapping[str, str], base: str, functions: Mapping[str, Test] | None = None
    ) -> list[Row]:
        """The solutions of a SELECT query; an unbound variable is absent from its row.

        ``functions`` are tests of texts that the query calls by their IRIs.
        """
        called = {_named_node(name): _as_function(test) for name, test in (functions or {}).items()}
        solutions = self._run(query, prefixes, base, custom_functions=called)
        if not isinstance(solutions, ox.QuerySolutions):
            raise EvaluationError("a SELECT query was expected")
        names = [variable.value for variable in solutions.variables]
        return [
            {name: _from_engine(term) for name in names if (term := solution[name]) is not None}
            for solution in _evaluate(solutions)
        ]

    def triples(self, query: str, prefixes: Mapping[str, str], base: str) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE query."""
        return [_triple_from_engine(triple) for triple in self._constructed(query, prefixes, base)]

    def _constructed(self, query: str, prefixes: Mapping[str, str], base: str) -> Iterator[ox.Triple]:
        triples = self._run(query, prefixes, base)
        if not isinstance(triples, ox.QueryTriples):
            raise EvaluationError("a CONSTRUCT or DESCRIBE query was expected")
        return _evaluate(triples)

    def answer(
        self,
        query: str,
        prefixes: Mapping[str, str],
        base: str,
        media_types: Sequence[str],
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """The answer to a query of any form, in the first of media_types that can hold it.

        Where graphs are named, the query sees only them. Raises QueryError if the query cannot be parsed, KeyError
        with the media types that can hold its answer if none of these can.
        """
        result = self._run(query, prefixes, base, (default_graphs, named_graphs))
        try:
            return _serialise_result(result, media_types, prefixes)
        except (ValueError, RuntimeError, OSError) as error:
            raise QueryError(str(error)) from error

    def graph_names(self) -> set[str]:
        """The IRIs of the named graphs."""
        return {graph.value for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode)}

    def statements(self) -> list[Statement]:
        """Every statement of the named graphs, in no particular order."""
        return [
            Statement(
                _from_engine(quad.subject),
                _from_engine(quad.predicate),
                _from_engine(quad.object),
                URIRef(quad.graph_name.value),
            )
            for quad in self._store
            if isinstance(quad.graph_name, ox.NamedNode)
        ]

    def _run(
        self,
        query: str,
        prefixes: Mapping[str, str],
        base: str,
        dataset: tuple[Sequence[str], Sequence[str]] = ((), ()),
        **limits: Any,
    ) -> Result:
        default, named = dataset
        if default or named:
            # SPARQL 1.1 Protocol, section 2.1.4: a dataset named by the client replaces the whole of ours.
            limits["default_graph"] = [_named_node(graph) for graph in default]
            limits["named_graphs"] = [_named_node(graph) for graph in named]
        refusal = find_refusal(query, prefixes, base)
        if refusal:
            raise RefusedError(refusal)
        try:
            return self._store.query(query, base_iri=base, prefixes=dict(prefixes), **limits)
        except (SyntaxError, ValueError) as error:
            raise QueryError(str(error)) from error
        except (RuntimeError, OSError) as error:
            raise EvaluationError(str(error)) from error


def _evaluate(results: Iterable[One]) -> Iterator[One]:
    """The results one after another; what is wrong with a query may show only while they are computed."""
    try:
        yield from results
    except (ValueError, RuntimeError, OSError) as error:
        raise EvaluationError(str(error)) from error


def _first(wanted: Sequence[str], available: Mapping[str, object]) -> str:
    for media_type in wanted:
        if media_type in available:
            return media_type
    raise KeyError(", ".join(available))


def dump(statements: Iterable[Statement], media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """Statements with their graphs, in one of DATASET_FORMATS, sorted."""
    quads = []
    for subject, predicate, value, graph in statements:
        triple = _triple_to_engine((subject, predicate, value))
        quads.append(ox.Quad(triple.subject, triple.predicate, triple.object, _named_node(str(graph))))
    quads.sort(key=lambda quad: (str(quad.graph_name), str(quad)))
    form = DATASET_FORMATS[media_type]
    return ox.serialize(quads, format=form, prefixes=None if form == ox.RdfFormat.N_QUADS else dict(prefixes)) or b""


def sparql_syntax_error(query: str, prefixes: Mapping[str, str], base: str) -> str | None:
    """What is wrong with a query, whatever it is asked of, or None."""
    refusal = find_refusal(query, prefixes, base)
    if refusal:
        return refusal
    try:
        ox.Store().query(query, base_iri=base, prefixes=dict(prefixes))
    except (SyntaxError, ValueError, RuntimeError) as error:
        return str(error)
    return None
