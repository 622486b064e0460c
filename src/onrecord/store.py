"""The quad store behind one small interface: statements in, rows or serialised bytes out.

The only module that knows pyoxigraph, so that a remote SPARQL 1.1 store can take its place.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from itertools import accumulate, chain, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, TypeVar, cast

import pyoxigraph as ox
from rdflib import RDF, XSD, BNode, Literal, URIRef
from rdflib.term import Node

from onrecord.refusals import find_refusal

Triple = tuple[Node, Node, Node]
Row = dict[str, Node]
Test = Callable[..., bool]
Dataset = tuple[Sequence[str], Sequence[str]]


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


class UnwritableError(EvaluationError):
    """An answer that there is, and that the form asked for cannot hold; the message names what it cannot hold."""


class Sink(Protocol):
    """What an answer can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take a piece."""

    def flush(self) -> None:
        """Write what waits."""


@dataclass(frozen=True)
class Answer:
    """The answer to a query: its media type, what computes it and writes it, once, and whether it consists of rows.

    ``write`` raises EvaluationError for what is wrong with a query and shows only while it is evaluated.
    """

    media_type: str
    write: Callable[[Sink], None]
    has_rows: bool = False

    @cached_property
    def body(self) -> bytes:
        """The whole answer."""
        written = BytesIO()
        self.write(written)
        return written.getvalue()


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
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
}
# What the triples of an answer may be written in: those that hold datasets then hold a default graph alone.
TRIPLE_FORMATS = {**GRAPH_FORMATS, **DATASET_FORMATS}
REIFIES = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
# A language tag with a capital letter, or what may be one.
CAPITAL_LANGUAGE = re.compile(r"@[a-z0-9-]*[A-Z]")
# What is no character of XML, in UTF-8.
NO_CHARACTER = "\ufffd".encode()
NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
BRACKET = re.compile(r"[][()]")
# How many brackets within one another need a closer look.
DEEP = 50
# How many triples of an answer are sorted before they are written; more are written as they come.
ORDERED = 20_000


def _to_engine(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    # Most terms are IRIs, and to ask isinstance of rdflib's terms takes long.
    if type(term) is URIRef:
        return _named_node(str(term))
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


def parse_turtle(text: str, base: str) -> list[Triple] | None:
    """The triples of a Turtle text, their terms as rdflib reads them; None where rdflib must be asked itself.

    That is where there is a fault, whose line rdflib knows better; where brackets are nested deeper than anything that
    is meant, which only rdflib refuses; and where a language is written in capitals, which the engine makes small.
    """
    depths = accumulate(1 if bracket in "[(" else -1 for bracket in BRACKET.findall(text))
    if max(depths, default=0) > DEEP or CAPITAL_LANGUAGE.search(text):
        return None
    read: dict[Term, Node] = {}
    triples: list[Triple] = []
    try:
        for triple in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True):
            for term in (triple.subject, triple.predicate, triple.object):
                if term not in read:
                    read[term] = in_utc(_from_engine(term, normalize=True))
            triples.append((read[triple.subject], read[triple.predicate], read[triple.object]))
    except (SyntaxError, ValueError):
        return None
    return triples


def in_utc(term: Node) -> Node:
    """A time without offset as the store keeps it, with Z (XML Schema 1.1 part 2, section 3.3.7); rdflib writes another
    offset."""
    if isinstance(term, Literal) and term.datatype == XSD.dateTime and term.endswith(("+00:00", "-00:00")):
        return Literal(f"{term[:-6]}Z", datatype=XSD.dateTime, normalize=False)
    return term


@cache
def intern(iri: str) -> URIRef:
    """An IRI, the same object each time: dictionaries find it without comparing texts."""
    return URIRef(iri)


def _from_engine(term: Term, *, normalize: bool = False) -> Node:
    if isinstance(term, ox.NamedNode):
        return intern(term.value)
    if isinstance(term, ox.Literal):
        plain = term.language or term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
        datatype = None if plain else URIRef(term.datatype.value)
        return Literal(term.value, lang=term.language, datatype=datatype, normalize=normalize)
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


class _Terms(dict[Node, Any]):
    """IRIs as the engine has them, each converted once."""

    def __missing__(self, term: Node) -> object:
        found = self[term] = _subject_to_engine(term)
        return found

    def value(self, term: Node) -> Any:
        """An object; a literal is converted anew, as to find it takes as long."""
        return self[term] if type(term) is URIRef else _to_engine(term)


def _triples_to_engine(triples: Iterable[Triple]) -> Iterator[ox.Triple]:
    """Triples as the engine has them."""
    known = _Terms()
    return (ox.Triple(known[subject], known[predicate], known.value(value)) for subject, predicate, value in triples)


def serialise(triples: Iterable[Triple], media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """The triples in one of GRAPH_FORMATS, sorted, so that the same triples give the same bytes."""
    return Triples(triples).write(media_type, prefixes)


class Triples:
    """Triples to be written in several of GRAPH_FORMATS: converted and sorted once, so that the same triples give the
    same bytes. Those about ``first``, an IRI, come before all others, then those about its parts."""

    def __init__(self, triples: Iterable[Triple], first: str = "") -> None:
        given = list(triples)
        self._first = first
        self._rows = self._sort(_triples_to_engine(given))
        self._spaces = {_space_of(term) for term in {term for triple in given for term in triple}}

    def __len__(self) -> int:
        return len(self._rows)

    def reify(self, reified: Collection[tuple[Node, Triple]]) -> Triples:
        """These triples, and others that a thing reifies without their being asserted (RDF 1.2 Concepts, 1.5)."""
        both = Triples((), self._first)
        holders, triples = zip(*reified, strict=True) if reified else ((), ())
        held = list(zip(map(_subject_to_engine, holders), _triples_to_engine(triples), strict=True))
        rows = (ox.Triple(one, REIFIES, triple) for one, triple in held)
        both._rows = sorted([*self._rows, *self._sort(rows)], key=itemgetter(0, 1))
        both._spaces = {*self._spaces, *(one.value for one, _ in held), REIFIES.value}
        return both

    def _sort(self, rows: Iterable[ox.Triple]) -> list[tuple[int, str, ox.Triple]]:
        return sorted(((_distance(row.subject, self._first), str(row), row) for row in rows), key=itemgetter(0, 1))

    def write(self, media_type: str, prefixes: Mapping[str, str]) -> bytes:
        """The triples in one of GRAPH_FORMATS, with those of the prefixes that they use."""
        rows, form = (row for _, _, row in self._rows), GRAPH_FORMATS[media_type]
        written = ox.serialize(rows, format=form, prefixes=_choose(prefixes, self._spaces)) or b""
        return NOT_IN_XML.sub(NO_CHARACTER, escape_returns(written)) if form == ox.RdfFormat.RDF_XML else written


def _distance(subject: ox.NamedNode | ox.BlankNode | ox.Triple, first: str) -> int:
    """How far a subject is from an IRI: that itself, a fragment of it, or something else."""
    iri = subject.value if isinstance(subject, ox.NamedNode) else ""
    return 0 if iri == first else 1 if iri.startswith(f"{first}#") else 2


def _space_of(term: Node) -> str:
    """The IRI of a term, or of the datatype that it has (RDF 1.1 Concepts, section 3.3); empty for a blank node."""
    if isinstance(term, Literal):
        return str(term.datatype or (RDF.langString if term.language else XSD.string))
    return "" if isinstance(term, BNode) else str(term)


def _used(prefixes: Mapping[str, str], triples: Iterable[ox.Triple]) -> dict[str, str]:
    """The prefixes whose namespaces the triples use."""
    terms = [term for triple in triples for term in (triple.subject, triple.predicate, triple.object)]
    terms += [term.datatype for term in terms if isinstance(term, ox.Literal)]
    return _choose(prefixes, (term.value for term in terms if isinstance(term, ox.NamedNode)))


def _choose(prefixes: Mapping[str, str], iris: Iterable[str]) -> dict[str, str]:
    """The prefixes whose namespaces some IRIs are in."""
    spaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in iris}
    return {name: space for name, space in prefixes.items() if any(used.startswith(space) for used in spaces)}


One = TypeVar("One")
Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Place = ox.NamedNode | ox.DefaultGraph


def _answer(result: Result, media_types: Sequence[str], prefixes: Mapping[str, str]) -> Answer:
    if isinstance(result, ox.QueryTriples):
        media_type = _first(media_types, TRIPLE_FORMATS)
        return Answer(media_type, lambda out: _write_triples(result, TRIPLE_FORMATS[media_type], prefixes, out))
    media_type = _first(media_types, RESULT_FORMATS)
    if isinstance(result, ox.QueryBoolean) and media_type in ("text/csv", "text/tab-separated-values"):
        text = f"{str(bool(result)).lower()}\n".encode()
        return Answer(media_type, lambda out: _write(out, text))
    has_rows = isinstance(result, ox.QuerySolutions)
    return Answer(media_type, lambda out: _write_rows(result, RESULT_FORMATS[media_type], out), has_rows)


def _write(out: Sink, data: bytes) -> None:
    out.write(data)


def _write_rows(result: ox.QuerySolutions | ox.QueryBoolean, form: ox.QueryResultsFormat, out: Sink) -> None:
    with _telling_faults(form):
        result.serialize(cast(IO[bytes], _Xml(out) if form == ox.QueryResultsFormat.XML else out), format=form)


@contextmanager
def _telling_faults(form: ox.QueryResultsFormat | ox.RdfFormat) -> Iterator[None]:
    """What is wrong with a query may show only while its answer is written, or that its form cannot hold it."""
    try:
        yield
    except UnwritableError:
        raise
    except (ValueError, RuntimeError, OSError) as error:
        if isinstance(error, OSError) and error.errno is None:
            # With these the engine says what a form is not made for.
            raise UnwritableError(f"{form} cannot hold the answer ({error}); ask for another format") from error
        raise EvaluationError(str(error)) from error


def escape_returns(xml: bytes) -> bytes:
    """XML with carriage returns escaped, which a reader would take for line feeds (XML 1.0, section 2.11)."""
    return xml.replace(b"\r", b"&#13;")


class _Xml:
    """Passes XML on that is read as it is meant, and holds no character that XML does not have (XML 1.0, 2.2)."""

    def __init__(self, out: Sink) -> None:
        self._out = out
        self._end = b""

    def write(self, data: bytes) -> int:
        """Take a piece."""
        if found := NOT_IN_XML.search(self._end + data):
            character = f"U+{ord(found[0].decode()):04X}"
            raise UnwritableError(f"XML cannot hold the character {character}; ask for another format")
        # A character may begin in one piece and end in the next.
        self._end = data[-2:]
        self._out.write(escape_returns(data))
        return len(data)

    def flush(self) -> None:
        """Write what waits."""
        self._out.flush()


def _write_triples(triples: Iterable[ox.Triple], form: ox.RdfFormat, prefixes: Mapping[str, str], out: Sink) -> None:
    """The triples as they come, in bounded memory; sorted, each once, where there are no more than ORDERED."""
    with _telling_faults(form):
        given = iter(triples)
        first = list(islice(given, ORDERED))
        rows: Iterable[ox.Triple] = (
            sorted(dict.fromkeys(first), key=str) if len(first) < ORDERED else chain(first, given)
        )
        if form == ox.RdfFormat.RDF_XML:
            rows, out = map(_check_name, rows), _Xml(out)
        ox.serialize(rows, cast(IO[bytes], out), format=form, prefixes=_used(prefixes, first))


@dataclass(frozen=True)
class Fresh:
    """Triples that a query constructs and the store does not hold yet, sorted; and as the engine has them."""

    triples: tuple[Triple, ...]
    engine: tuple[ox.Triple, ...]


class Store:
    """The embedded store: named graphs, and their union as the default graph."""

    def __init__(self, folder: Path | None = None, *, changing: bool = False, hidden: str = "") -> None:
        """An empty store in memory; or one in a folder, to be read only unless it is ``changing``.

        Graphs whose IRIs begin with ``hidden`` are seen only by who names them. Raises OSError where the folder cannot
        be opened, or is being changed by another process.
        """
        self._hidden = hidden
        if folder is None:
            self._store = ox.Store()
        else:
            self._store = ox.Store(str(folder)) if changing else ox.Store.read_only(str(folder))

    def close(self) -> None:
        """Leave a store on disk to others; from now on there is nothing in this one."""
        self._store = ox.Store()

    def __len__(self) -> int:
        return len(self._store)

    def load(self, statements: Iterable[Statement]) -> None:
        """Add statements, each to its graph and to the default graph."""
        known = _Terms()
        self._add([(ox.Triple(known[s], known[p], known.value(o)), known[graph]) for s, p, o, graph in statements])

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

    def load_nquads(self, data: bytes, apart: str | None = None) -> None:
        """Add N-Quads, each to its graph and to the default graph, less the graphs whose IRIs begin with ``apart``."""
        self._store.load(data, format=ox.RdfFormat.N_QUADS)
        graphs = [graph for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode)]
        shown = [graph for graph in graphs if apart is None or not graph.value.startswith(apart)]
        named = [quad for graph in shown for quad in self._store.quads_for_pattern(None, None, None, graph)]
        self._store.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in named)

    def rows(
        self,
        query: str,
        prefixes: Mapping[str, str],
        base: str,
        functions: Mapping[str, Test] | None = None,
        *,
        dataset: Dataset = ((), ()),
    ) -> list[Row]:
        """The solutions of a SELECT query; an unbound variable is absent from its row.

        ``functions`` are tests of texts that the query calls by their IRIs; ``dataset`` are the default and the named
        graphs that it sees, where they are not all.
        """
        called = {_named_node(name): _as_function(test) for name, test in (functions or {}).items()}
        solutions = self._run(query, prefixes, base, dataset, custom_functions=called)
        if not isinstance(solutions, ox.QuerySolutions):
            raise EvaluationError("a SELECT query was expected")
        names = [variable.value for variable in solutions.variables]
        return [
            {name: _from_engine(term) for name in names if (term := solution[name]) is not None}
            for solution in _evaluate(solutions)
        ]

    def triples(self, query: str, prefixes: Mapping[str, str], base: str, dataset: Dataset = ((), ())) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE query; ``dataset`` as for ``rows``."""
        return [_triple_from_engine(triple) for triple in self._constructed(query, prefixes, base, dataset)]

    def match(
        self, subject: Node | None, predicate: Node | None, value: Node | None, graph: str | None = None
    ) -> list[Triple]:
        """The triples with these terms, None for any, of a named graph or of the default graph."""
        terms = [_to_pattern(term) for term in (subject, predicate, value)]
        found = self._store.quads_for_pattern(terms[0], terms[1], terms[2], _place(graph))
        return [_triple_from_engine(quad.triple) for quad in found]

    def find(self, subject: Node | None, predicate: Node | None, value: Node | None) -> list[Statement]:
        """The statements of the named graphs that are not hidden with these terms, None for any."""
        terms = [_to_pattern(term) for term in (subject, predicate, value)]
        return [
            Statement(*_triple_from_engine(quad.triple), intern(quad.graph_name.value))
            for quad in self._store.quads_for_pattern(terms[0], terms[1], terms[2])
            if isinstance(quad.graph_name, ox.NamedNode) and self._shows(quad.graph_name)
        ]

    def _shows(self, graph: ox.NamedNode) -> bool:
        return not (self._hidden and graph.value.startswith(self._hidden))

    def put(self, triples: Iterable[Triple], graph: str | None = None) -> None:
        """Add triples to a named graph, or to the default graph."""
        place = _place(graph)
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, place) for t in _triples_to_engine(triples))

    def clear(self) -> None:
        """Remove everything."""
        self._store.clear()

    def fill(self, rows: Iterable[tuple[Triple, str | None]]) -> None:
        """Add very many triples, each to a named graph or to the default graph, not all at once."""
        known = _Terms()
        self._store.bulk_extend(ox.Quad(known[s], known[p], known.value(o), _place(graph)) for (s, p, o), graph in rows)

    def take(self, triples: Iterable[Triple], graph: str | None = None) -> None:
        """Remove triples from a named graph, or from the default graph."""
        place = _place(graph)
        for triple in _triples_to_engine(triples):
            self._store.remove(ox.Quad(triple.subject, triple.predicate, triple.object, place))

    def _constructed(
        self, query: str, prefixes: Mapping[str, str], base: str, dataset: Dataset = ((), ())
    ) -> Iterator[ox.Triple]:
        triples = self._run(query, prefixes, base, dataset)
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
        return _answer(result, media_types, prefixes)

    def describe(
        self,
        things: Iterable[Node],
        media_types: Sequence[str],
        prefixes: Mapping[str, str],
        graphs: Sequence[str] | None = None,
    ) -> Answer:
        """The statements about things and those that name them, and the same of the blank nodes that these lead to.

        ``graphs`` are those that are looked at; None means the union of all. Raises KeyError as ``answer`` does.
        """
        media_type = _first(media_types, TRIPLE_FORMATS)
        places: list[Place] = [ox.DefaultGraph()] if graphs is None else [_named_node(graph) for graph in graphs]
        found = self._around([_to_engine(thing) for thing in things], places)
        return Answer(media_type, lambda out: _write_triples(found, TRIPLE_FORMATS[media_type], prefixes, out))

    def _around(self, things: list[Term], places: Sequence[Place]) -> Iterator[ox.Triple]:
        seen = set(things)
        while things:
            thing = things.pop()
            for graph in places:
                about = (
                    ()
                    if isinstance(thing, ox.Literal | ox.Triple)
                    else self._store.quads_for_pattern(thing, None, None, graph)
                )
                for quad in chain(about, self._store.quads_for_pattern(None, None, thing, graph)):
                    yield quad.triple
                    blank = {node for node in (quad.subject, quad.object) if isinstance(node, ox.BlankNode)} - seen
                    seen |= blank
                    things += blank

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
        dataset: Dataset = ((), ()),
        **limits: Any,
    ) -> Result:
        default, named = dataset
        if default or named:
            # SPARQL 1.1 Protocol, section 2.1.4: a dataset named by the client replaces the whole of ours.
            limits["default_graph"] = [_named_node(graph) for graph in default]
            limits["named_graphs"] = [_named_node(graph) for graph in named]
        elif self._hidden and "graph" in query.lower():
            limits["default_graph"] = [ox.DefaultGraph()]
            named_nodes = (graph for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode))
            limits["named_graphs"] = list(filter(self._shows, named_nodes))
        refusal = find_refusal(query, prefixes, base)
        if refusal:
            raise RefusedError(refusal)
        try:
            return self._store.query(query, base_iri=base, prefixes=_named(prefixes, query), **limits)
        except (SyntaxError, ValueError) as error:
            raise QueryError(str(error)) from error
        except (RuntimeError, OSError) as error:
            raise EvaluationError(str(error)) from error


def _to_pattern(term: Node | None) -> Any:
    return None if term is None else _to_engine(term)


def _place(graph: str | None) -> Place:
    return ox.DefaultGraph() if graph is None else _named_node(graph)


def _check_name(triple: ox.Triple) -> ox.Triple:
    """The triple, if RDF/XML can hold it: its property must end in an XML name (RDF 1.1 XML Syntax, section 8)."""
    if not re.search(r"[^\W\d][\w.-]*$", triple.predicate.value):
        raise UnwritableError(f"RDF/XML cannot hold the property {triple.predicate}; ask for another format")
    return triple


def _named(prefixes: Mapping[str, str], query: str) -> dict[str, str]:
    """The prefixes that a query may name: the engine reads each one that it is given, for every query."""
    if "\\" in query:
        return dict(prefixes)
    return {name: space for name, space in prefixes.items() if f"{name}:" in query}


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


class Quads:
    """Statements with their graphs, to be written in several of DATASET_FORMATS, or in JSON-LD: converted once, and
    sorted.

    Blank nodes are named as RDF Dataset Canonicalization (RDFC-1.0) names them, so N-Quads are canonical.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        known = _Terms()
        quads = [ox.Quad(known[s], known[p], known.value(o), known[graph]) for s, p, o, graph in statements]
        plain = [quad for quad in quads if not _has_blank(quad)]
        blank = ox.Dataset(quad for quad in quads if _has_blank(quad)) if len(plain) < len(quads) else ox.Dataset()
        blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        self._rows = sorted(((str(quad), quad) for quad in (*plain, *blank)), key=itemgetter(0))

    def __len__(self) -> int:
        return len(self._rows)

    def write(self, media_type: str, prefixes: Mapping[str, str]) -> bytes:
        """The statements in one of these formats."""
        form = {**DATASET_FORMATS, **GRAPH_FORMATS}[media_type]
        if form == ox.RdfFormat.N_QUADS:
            return "".join(f"{line} .\n" for line, _ in self._rows).encode()
        by_graph = sorted(self._rows, key=lambda row: str(row[1].graph_name))
        return ox.serialize((quad for _, quad in by_graph), format=form, prefixes=dict(prefixes)) or b""


def _has_blank(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def write_store(folder: Path, nquads: Path, apart: str) -> None:
    """Write a store on disk that holds what ``Store.load_nquads`` makes of a dump. It is there whole or not."""
    fresh = folder.with_name(f"{folder.name}-new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    expanded = fresh / "expanded.nq"
    with nquads.open("rb") as lines, expanded.open("wb") as out:
        out.writelines(_expand(lines, apart.encode()))
    store = ox.Store(str(fresh / "store"))
    # In one go: a blank node of a named graph is the same node in the default graph.
    store.bulk_load(path=str(expanded), format=ox.RdfFormat.N_QUADS)
    store.optimize()
    del store
    (fresh / "store").rename(folder)
    shutil.rmtree(fresh)


def _expand(lines: Iterable[bytes], apart: bytes) -> Iterator[bytes]:
    """Lines of canonical N-Quads, each also without its graph, unless the name of that begins with ``apart``."""
    for line in lines:
        yield line
        triple, _, graph = line.rpartition(b" <")
        if not graph.startswith(apart):
            yield triple + b" .\n"


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


def read_nquads(data: bytes) -> list[Statement]:
    """The statements of N-Quads; those of the default graph are in the graph ``<>``.

    A blank node's label says what hangs together with it, and nothing else changes it. So, in two files, nodes of which
    the same is said have the same label (RDFC-1.0 alone, of a whole dataset, names all anew when one is added).
    Raises ValueError if the data are no such N-Quads.
    """
    try:
        quads = list(ox.parse(data, format=ox.RdfFormat.N_QUADS))
        plain = [quad for quad in quads if not _has_blank(quad)]
        return [_statement_from_engine(quad) for quad in (*plain, *_label_blank(set(quads).difference(plain)))]
    except SyntaxError as error:
        raise ValueError(error.msg) from error


def _statement_from_engine(quad: ox.Quad) -> Statement:
    if isinstance(quad.graph_name, ox.BlankNode):
        raise ValueError("a blank node names a graph")
    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
    return Statement(*_triple_from_engine(quad.triple), intern(graph))


def _label_blank(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """The quads, their blank nodes named for what hangs together with them; groups that are the same are numbered."""
    seen: Counter[str] = Counter()
    for group in _group_blank(quads):
        named = ox.Dataset(group)
        named.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        digest = hashlib.sha256("\n".join(sorted(map(str, named))).encode()).hexdigest()[:12]
        seen[digest] += 1
        label = f"b{digest}n{seen[digest]}"
        yield from (_rename_blank(quad, label) for quad in named)


def _group_blank(quads: Iterable[ox.Quad]) -> Iterable[list[ox.Quad]]:
    """The quads in groups that share no blank node."""
    groups: dict[ox.BlankNode, list[ox.Quad]] = {}
    for quad in quads:
        nodes = [node for node in (quad.subject, quad.object) if isinstance(node, ox.BlankNode)]
        joined = {id(groups[node]): groups[node] for node in nodes if node in groups}
        largest = max(joined.values(), key=len, default=[])
        others = [other for group in joined.values() if group is not largest for other in group]
        largest += [*others, quad]
        inner = [node for other in others for node in (other.subject, other.object) if isinstance(node, ox.BlankNode)]
        groups.update((node, largest) for node in (*nodes, *inner))
    return {id(group): group for group in groups.values()}.values()


def _rename_blank(quad: ox.Quad, label: str) -> ox.Quad:
    subject, value = quad.subject, quad.object
    return ox.Quad(
        ox.BlankNode(f"{label}{subject.value}") if isinstance(subject, ox.BlankNode) else subject,
        quad.predicate,
        ox.BlankNode(f"{label}{value.value}") if isinstance(value, ox.BlankNode) else value,
        quad.graph_name,
    )
