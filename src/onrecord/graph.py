"""Turtle files as RDF: parsed, located, and with every blank node named."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from onrecord.problems import Problem
from onrecord.project import Project, default_folder
from onrecord.settings import CONFIG
from onrecord.store import Statement, Triple, in_utc, intern, parse_turtle, turtle_fault
from onrecord.terms import find_fault, is_weird, line_of_escape, local_name, spellings_of, weird_boolean
from onrecord.texts import read_garbled, read_text, unreadable

ONTOLOGY, SHAPES, RULES = "ontology", "shapes", "ontology/rules"
QUERIES = "kb/queries/"
# How a Turtle text ends: with the dot of its last statement, or a comment.
ENDED = re.compile(r"(\.|^\s*#.*)\s*\Z", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """A Turtle file: its path in the project, the IRI of its graph, its text and its triples.

    ``faults`` are what is wrong with terms in it; the triples that hold them are left out, ``lost`` are their subjects.
    """

    file: str
    graph: URIRef
    text: str
    triples: Graph
    faults: tuple[Problem, ...] = ()
    lost: str = ""

    def line_of(self, *needles: str) -> int | None:
        """The line of the first needle that the text holds exactly once; None rather than a guess."""
        once = (needle for needle in needles if needle and self.text.count(needle) == 1)
        return self.first_line_of(next(once, ""))

    def first_line_of(self, needle: str) -> int | None:
        """The first line that holds the needle; line breaks at its beginning count only to find it."""
        if not needle or needle not in self.text:
            return None
        start = self.text.index(needle) + len(needle) - len(needle.lstrip("\n"))
        return self.text.count("\n", 0, start) + 1


def folder_files(project: Project, name: str, pattern: str) -> list[tuple[str, Path]]:
    """The files of one of the project's folders, and the package's core files that it has none of its own for."""
    core, own = default_folder(name), project.root / name
    chosen = {path.name: path for path in core.glob(pattern) if path.name.startswith("record") or name == RULES}
    chosen |= {path.name: path for path in own.glob(pattern)}
    return [(f"{name}/{file}", path) for file, path in sorted(chosen.items())]


def source_files(project: Project) -> list[tuple[str, Path]]:
    """Every Turtle file that becomes part of the record, with its path in the project, in order."""
    own = [path for folder in ("kb", "seeds") for path in sorted((project.root / folder).rglob("*.ttl"))]
    named = [(path.relative_to(project.root).as_posix(), path) for path in own]
    return folder_files(project, ONTOLOGY, "*.ttl") + [one for one in named if not one[0].startswith(QUERIES)]


@dataclass(frozen=True)
class Unparsed:
    """All the text that can be made out in files that could not be parsed, and the names in triples that were left out.

    ``cut`` are files without text, or whose text breaks off before the dot at the end: they defined more than can be
    seen.
    """

    text: str = ""
    cut: tuple[str, ...] = ()

    def may_define(self, project: Project, iri: str) -> bool:
        """Whether an IRI is written in one of the files, relative, absolute or with whatever prefix."""
        local = re.escape(local_name(iri))
        written = (f"<{iri}", f"<{iri.removeprefix(project.base)}", project.compact(iri))
        return any(one in self.text for one in written) or bool(local and re.search(rf":{local}(?![\w-])", self.text))


def read_sources(project: Project) -> tuple[list[Source], list[Problem]]:
    """Parse every Turtle file; a file that cannot be parsed becomes a problem and the others are still read."""
    sources, problems = [], list(_missing_folders(project))
    for file, path in source_files(project):
        read = read_turtle(file, path, project.base)
        if isinstance(read, Source):
            sources.append(read)
            problems += read.faults
        else:
            problems.append(read)
    return sources, problems


def _missing_folders(project: Project) -> Iterator[Problem]:
    if not any((project.root / name).is_dir() for name in ("kb", "seeds")):
        message = "The project has neither kb/ nor seeds/, so there is nothing to publish."
        remedy = "Go to the right folder, or begin with the example of a new project: onrecord init DIR."
        yield Problem(CONFIG, None, "", "nothing-to-publish", message, remedy)


def read_unparsed(project: Project, sources: Iterable[Source]) -> Unparsed:
    """What is not among the sources and would have defined names: these are not to be called unknown."""
    parsed = {source.file: source.lost for source in sources}
    texts = {file: read_garbled(path) for file, path in source_files(project) if file not in parsed}
    return Unparsed("\n".join([*texts.values(), *parsed.values()]), list_cut(texts))


def list_cut(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Of files that cannot be parsed those without text, or whose text breaks off."""
    return tuple(file for file, text in texts.items() if not ENDED.search(text))


def read_turtle(file: str, path: Path, base: str) -> Source | Problem:
    """Parse one Turtle file, relative IRIs resolved against base; a syntax error comes back with its line.

    What is wrong with single terms or nodes is among the source's faults, and the rest of the file can be used.
    """
    text = read_text(file, path)
    if isinstance(text, Problem):
        return text
    if not text.strip():
        return unreadable(file, "it is empty", "Put back what it held, or remove it.")
    parsed = _parse(file, text, base)
    if isinstance(parsed, Problem):
        return parsed
    triples, weird = parsed
    source = Source(file, URIRef(f"{base}graph/{file.removesuffix('.ttl')}"), text, triples)
    subjects = {str(subject) for subject in triples.subjects()}
    faults = [*_weird_booleans(source, weird), *_drop_unheld(source), *_drop_faulty(source, base)]
    lost = subjects.difference(map(str, triples.subjects())) if faults else set()
    return replace(source, faults=tuple(faults), lost="".join(f" :{local_name(iri)} " for iri in lost))


def _parse(file: str, text: str, base: str) -> tuple[Graph, list[str]] | Problem:
    """The triples of a Turtle text, and the values said to be boolean that rdflib takes for false."""
    try:
        with warnings.catch_warnings(record=True, action="always") as caught:
            triples = Graph("SimpleMemory", bind_namespaces="none")
            read: Iterable[Triple] | None = parse_turtle(text, base)
            if read is None:
                parsed = Graph("SimpleMemory", bind_namespaces="none").parse(data=text, format="turtle", publicID=base)
                read = ((subject, predicate, in_utc(value)) for subject, predicate, value in parsed)
            for triple in read:
                triples.add(triple)
    except BadSyntax as error:
        return _syntax_problem(file, error)
    except Exception as error:
        # On some texts rdflib's parser fails with errors of many other kinds; the engine's then says what is wrong.
        why, line = turtle_fault(text, base)
        gave_up = "its brackets are nested too deep" if isinstance(error, RecursionError) else repr(error)
        return _turtle_problem(file, line, why or gave_up)
    weird = (re.search(r"weird boolean, '(.*)' does not", str(warning.message), re.DOTALL) for warning in caught)
    return triples, [found[1] for found in weird if found]


def _weird_booleans(source: Source, values: Iterable[str]) -> Iterator[Problem]:
    for value in values:
        yield weird_boolean(value).at(source.file, source.line_of(f'"{value}"^^', f'"{value}"'), "")


def _drop_unheld(source: Source) -> Iterator[Problem]:
    """Take out the blank nodes that are not held by exactly one thing: nothing could name them."""
    unheld = set() if is_vocabulary(source.file) else _unheld_nodes(source.triples)
    for node in unheld:
        source.triples.remove((node, None, None))
        source.triples.remove((None, None, node))
    if unheld:
        message = "A blank node stands alone, in a circle, or in two places, so it cannot get a name."
        remedy = "Write it in brackets where it belongs, once, or give it an IRI."
        line = source.line_of("_:", "\n[", "[]")
        yield Problem(source.file, line, "", "blank-node-unheld", message, remedy)


def _unheld_nodes(triples: Graph) -> set[Node]:
    """The blank nodes that no chain of single holders leads to from an IRI."""
    holders: dict[Node, list[Node]] = {}
    for subject, _, value in triples:
        if isinstance(value, BNode):
            holders.setdefault(value, []).append(subject)
    held: set[Node] = set()
    waiting = [node for node, above in holders.items() if len(above) == 1 and not isinstance(above[0], BNode)]
    while waiting:
        node = waiting.pop()
        held.add(node)
        below = (value for value in triples.objects(node) if isinstance(value, BNode) and value not in held)
        waiting += [value for value in below if len(holders[value]) == 1]
    nodes: set[Node] = {node for triple in triples for node in triple if isinstance(node, BNode)}
    return nodes - held


def _drop_faulty(source: Source, base: str) -> list[Problem]:
    """Take out the triples with terms that the store cannot hold, and what hangs on them; say what is wrong."""
    found = {triple: fault for triple in source.triples if (fault := find_fault(triple))}
    faults = {term: fault for term, fault in found.values() if not is_weird(term)}
    waiting = list(found)
    while waiting:
        triple = waiting.pop()
        source.triples.remove(triple)
        if isinstance(triple[2], BNode) and (None, None, triple[2]) not in source.triples:
            waiting += source.triples.triples((triple[2], None, None))
    return [fault.at(source.file, _line_of_term(source, term, base), "") for term, fault in faults.items()]


def _line_of_term(source: Source, term: Node, base: str) -> int | None:
    line = source.line_of(*spellings_of(term, base))
    return line_of_escape(source.text) if line is None and isinstance(term, Literal) else line


def is_vocabulary(file: str) -> bool:
    """Whether a file is of an ontology or of shapes, whose blank nodes keep no names of their own."""
    return file.startswith((f"{ONTOLOGY}/", f"{SHAPES}/"))


def _syntax_problem(file: str, error: BadSyntax) -> Problem:
    found = re.search(r"at line (\d+) of <[^>]*>:\n(.*?)(?: at \^ in:|\Z)", str(error), re.DOTALL)
    line, what = (int(found[1]), found[2].strip()) if found else (None, str(error).splitlines()[0])
    return _turtle_problem(file, line, what)


def _turtle_problem(file: str, line: int | None, what: str) -> Problem:
    remedy = "Look at that line and the one before it for a missing dot, semicolon, bracket, quotation mark or prefix."
    return Problem(file, line, "", "turtle-syntax", f"This is not Turtle: {what}.", remedy)


def statements_of(source: Source, triples: Iterable[Triple], base: str) -> Iterator[Statement]:
    """The triples in the source's graph, their blank nodes named; those of an ontology keep theirs, relabelled."""
    named = _relabel(triples, source.file) if is_vocabulary(source.file) else name_blank_nodes(triples, base)
    for subject, predicate, value in named:
        yield Statement(_intern(subject), _intern(predicate), _intern(value), source.graph)


def _intern(term: Node) -> Node:
    return intern(str(term)) if isinstance(term, URIRef) else term


def _relabel(triples: Iterable[Triple], file: str) -> Iterator[Triple]:
    """The triples with blank nodes labelled by their content, and by the file so that no two files share a node."""
    graph = Graph()
    for triple in triples:
        # What a blank node is called depends only on triples with blank nodes.
        if isinstance(triple[0], BNode) or isinstance(triple[2], BNode):
            graph.add(triple)
        else:
            yield triple
    mark = hashlib.sha256(file.encode()).hexdigest()[:8]

    def label(node: Node) -> Node:
        return BNode(f"{node}f{mark}") if isinstance(node, BNode) else node

    for subject, predicate, value in to_canonical_graph(graph):
        yield label(subject), predicate, label(value)


def name_blank_nodes(triples: Iterable[Triple], base: str) -> list[Triple]:
    """Give every blank node the IRI ``<owner>#<property>-<hash>``, hashed over its content relative to the base.

    The owner is the IRI that holds the node, directly or through other blank nodes.
    """
    rows = list(triples)
    naming = _Naming(rows, base)
    return [(naming.name(subject), predicate, naming.name(value)) for subject, predicate, value in rows]


class _Naming:
    """Names the blank nodes of one file; every one is held by exactly one thing, as _drop_unheld makes sure."""

    def __init__(self, rows: list[Triple], base: str) -> None:
        self.base = base
        self.held_by = {value: (subject, predicate) for subject, predicate, value in rows if isinstance(value, BNode)}
        self.content: dict[Node, list[tuple[Node, Node]]] = {}
        for subject, predicate, value in rows:
            if isinstance(subject, BNode):
                self.content.setdefault(subject, []).append((predicate, value))

    def name(self, node: Node) -> Node:
        if not isinstance(node, BNode):
            return node
        holder, predicate = self.held_by[node]
        while isinstance(holder, BNode):
            holder, _ = self.held_by[holder]
        digest = hashlib.sha256(self._text(node).encode()).hexdigest()[:8]
        local = local_name(str(predicate))
        return URIRef(f"{holder}{'-' if '#' in str(holder) else '#'}{local}-{digest}")

    def _text(self, node: Node) -> str:
        """The content of a blank node with all that hangs on it, however deep."""
        texts: dict[Node, str] = {}
        waiting = [node]
        while waiting:
            rows = self.content.get(waiting[-1], [])
            below = [value for _, value in rows if isinstance(value, BNode) and value not in texts]
            if below:
                waiting += below
                continue
            inner = sorted(f"{self._term(p)} {texts.pop(v) if v in texts else self._term(v)}" for p, v in rows)
            texts[waiting.pop()] = "[" + "; ".join(inner) + "]"
        return texts[node]

    def _term(self, node: Node) -> str:
        return node.n3() if isinstance(node, Literal) else "<" + str(node).removeprefix(self.base) + ">"
