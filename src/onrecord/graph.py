"""Turtle files as RDF: parsed, located, and with every blank node named."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from onrecord.problems import Problem
from onrecord.project import Project, default_folder
from onrecord.store import Statement, Triple

ONTOLOGY, SHAPES, RULES = "ontology", "shapes", "ontology/rules"
QUERIES = "kb/queries/"


@dataclass(frozen=True)
class Source:
    """A Turtle file: its path in the project, the IRI of its graph, its text and its triples."""

    file: str
    graph: URIRef
    text: str
    triples: Graph

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


def read_sources(project: Project) -> tuple[list[Source], list[Problem]]:
    """Parse every Turtle file; a file that cannot be parsed becomes a problem and the others are still read."""
    sources, problems = [], []
    for file, path in source_files(project):
        read = read_turtle(file, path, project.base)
        if isinstance(read, Source):
            sources.append(read)
        else:
            problems.append(read)
    return sources, problems


def read_unparsed(project: Project, problems: Iterable[Problem]) -> str:
    """The text of the files that could not be parsed: what they would have defined is not to be called unknown."""
    files = {problem.file for problem in problems}
    paths = [path for file, path in source_files(project) if file in files]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)


def read_turtle(file: str, path: Path, base: str) -> Source | Problem:
    """Parse one Turtle file, relative IRIs resolved against base; a syntax error comes back with its line."""
    try:
        text = path.read_text(encoding="utf-8")
        triples = Graph().parse(data=text, format="turtle", publicID=base)
    except BadSyntax as error:
        return _syntax_problem(file, error)
    except (OSError, UnicodeDecodeError) as error:
        return unreadable(file, error)
    source = Source(file, URIRef(f"{base}graph/{file.removesuffix('.ttl')}"), text, triples)
    return source if is_vocabulary(file) else _check_nodes(source) or source


def unreadable(file: str, error: Exception) -> Problem:
    """A file that cannot be read, or is not UTF-8."""
    return Problem(file, None, "", "unreadable-file", f"The file cannot be read ({error}).", "Save it as UTF-8.")


def is_vocabulary(file: str) -> bool:
    """Whether a file is of an ontology or of shapes, whose blank nodes keep no names of their own."""
    return file.startswith((f"{ONTOLOGY}/", f"{SHAPES}/"))


def _check_nodes(source: Source) -> Problem | None:
    """A problem if a blank node is not held by exactly one thing: nothing could name it."""
    holders: dict[Node, list[Node]] = {}
    for subject, _, value in source.triples:
        if isinstance(value, BNode):
            holders.setdefault(value, []).append(subject)
    nodes = {node for triple in source.triples for node in triple if isinstance(node, BNode)}
    if all(_is_held(node, holders) for node in nodes):
        return None
    message = "A blank node stands alone, in a circle, or in two places, so it cannot get a name."
    remedy = "Write it in brackets where it belongs, once, or give it an IRI."
    return Problem(source.file, source.line_of("_:", "\n[", "[]"), "", "blank-node-unheld", message, remedy)


def _is_held(node: Node, holders: dict[Node, list[Node]]) -> bool:
    seen: set[Node] = set()
    while isinstance(node, BNode) and node not in seen and len(holders.get(node, [])) == 1:
        seen.add(node)
        node = holders[node][0]
    return not isinstance(node, BNode)


def _syntax_problem(file: str, error: BadSyntax) -> Problem:
    found = re.search(r"at line (\d+) of <[^>]*>:\n(.*?)(?: at \^ in:|\Z)", str(error), re.DOTALL)
    line, what = (int(found[1]), found[2].strip()) if found else (None, str(error).splitlines()[0])
    remedy = "Look at that line and the one before it for a missing dot, semicolon, bracket, quotation mark or prefix."
    return Problem(file, line, "", "turtle-syntax", f"This is not Turtle: {what}.", remedy)


def statements_of(source: Source, triples: Iterable[Triple], base: str) -> Iterator[Statement]:
    """The triples in the source's graph, their blank nodes named; those of an ontology keep theirs, relabelled."""
    named = _relabel(triples, source.file) if is_vocabulary(source.file) else name_blank_nodes(triples, base)
    for subject, predicate, value in named:
        yield Statement(subject, predicate, value, source.graph)


def _relabel(triples: Iterable[Triple], file: str) -> Iterator[Triple]:
    """The triples with blank nodes labelled by their content, and by the file so that no two files share a node."""
    graph = Graph()
    for triple in triples:
        graph.add(triple)
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
    """Names the blank nodes of one file; every one is held by exactly one thing, as _check_nodes makes sure."""

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
        local = re.split(r"[#/]", str(predicate))[-1]
        return URIRef(f"{holder}{'-' if '#' in str(holder) else '#'}{local}-{digest}")

    def _text(self, node: Node) -> str:
        if isinstance(node, BNode):
            inner = sorted(f"{self._text(p)} {self._text(v)}" for p, v in self.content.get(node, []))
            return "[" + "; ".join(inner) + "]"
        if isinstance(node, Literal):
            return node.n3()
        return "<" + str(node).removeprefix(self.base) + ">"
