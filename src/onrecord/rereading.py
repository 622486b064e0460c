"""What the sources state after a change, read from those files alone that it concerns, beside what they stated before.

An article's passages and coverage depend on every file that says something of it, so these are read together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import RDF, URIRef
from rdflib.term import Node

from onrecord.articles import Article
from onrecord.evidence import Evidence, read_evidence
from onrecord.graph import QUERIES, Source, Unparsed, list_cut, read_turtle, source_files
from onrecord.leads import FarReachingError
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.reference import find_unreferenced
from onrecord.references import find_unknown_iris, find_unprinted_spellings, find_unpublishable_iris, own_iris
from onrecord.seeds import read_articles
from onrecord.statements import state_sources
from onrecord.store import Statement, Store
from onrecord.texts import read_garbled
from onrecord.vocabulary import Vocabulary, vocabulary

# What a file says of an article that the build reads.
SAID = ("carries", "boilerplate", "waiver")
Described = Mapping[str, tuple[str, str]]


def is_source(file: str) -> bool:
    """Whether a file is one that a curator changes every day: Turtle of kb/ or seeds/, or an article's text."""
    if file.startswith("seeds/") and file.endswith(".txt"):
        return True
    return file.startswith(("kb/", "seeds/")) and file.endswith(".ttl") and not file.startswith(QUERIES)


def list_articles(source: Source, words: Vocabulary) -> list[str]:
    """What a source says something of: articles, and claims that something is waived on."""
    named = (holder for name in SAID for holder, _ in source.triples.subject_objects(words.rec(name)))
    return sorted({str(holder) for holder in named if isinstance(holder, URIRef)})


def list_described(source: Source, words: Vocabulary) -> Iterator[tuple[str, tuple[str, str]]]:
    """The articles that a source describes, each with the source's file and that of its text."""
    for article, text in source.triples.subject_objects(words.rec("file")):
        yield str(article), (source.file, str(text))


@dataclass(frozen=True)
class Gathered:
    """All sources that say something of some articles, with the articles, the evidence, and what is wrong with them."""

    sources: tuple[Source, ...]
    concerned: frozenset[str]
    articles: Mapping[str, Article]
    evidence: Evidence
    problems: tuple[Problem, ...]


class Reader:
    """Reads files of a project when they are needed, each once.

    ``articles`` has those that each file says something of, ``described`` where each article is described.
    """

    def __init__(self, project: Project, articles: Mapping[str, list[str]], described: Described) -> None:
        self.project, self.words = project, vocabulary(project)
        self.articles, self.described = dict(articles), dict(described)
        self.paths = dict(source_files(project))
        self.order = {file: number for number, file in enumerate(self.paths)}
        self.problems: list[Problem] = []
        self._read: dict[str, Source | None] = {}

    def read(self, file: str) -> Source | None:
        """A file of the project; None if something is wrong with its syntax, which is then among the problems."""
        if file not in self._read:
            source = read_turtle(file, self.paths[file], self.project.base)
            self.problems += [source] if isinstance(source, Problem) else source.faults
            self._read[file] = None if isinstance(source, Problem) else source
        return self._read[file]

    def read_all(self, files: Iterable[str]) -> tuple[Source, ...]:
        """Some files, in the order in which all are read, less those that cannot be."""
        read = map(self.read, sorted(set(files), key=self.order.__getitem__))
        return tuple(source for source in read if source)

    def find_unparsed(self) -> Unparsed:
        """What could not be made out in the files that were read."""
        sources = [source for source in self._read.values() if source]
        broken = [file for file, source in self._read.items() if source is None]
        texts = {file: read_garbled(self.paths[file]) for file in broken}
        lost = [source.lost for source in sources if source.lost]
        return Unparsed("\n".join([*texts.values(), *lost]), list_cut(texts))

    def update(self, changed: Iterable[str]) -> set[str]:
        """Read the changed files, and return the articles that they say something of, or said before."""
        changed = set(changed)
        concerned = {article for article, files in self.described.items() if changed & set(files)}
        for file in changed:
            concerned.update(self.articles.pop(file, ()))
            self.described = {article: files for article, files in self.described.items() if files[0] != file}
        for source in self.read_all(changed & self.paths.keys()):
            self.articles[source.file] = list_articles(source, self.words)
            self.described |= dict(list_described(source, self.words))
            concerned.update(self.articles[source.file])
        return concerned | {article for article, files in self.described.items() if changed & set(files)}

    def gather(self, concerned: Iterable[str], files: Iterable[str] = ()) -> Gathered:
        """All sources that say something of some articles, and some files with all that is said of their articles."""
        mine, chosen = set(concerned), set(files)
        while more := {file for file, told in self.articles.items() if mine & set(told)} - chosen:
            chosen |= more
            mine.update(*(self.articles[file] for file in more))
        sources = self.read_all(chosen)
        named = {str(one) for source in sources for one in source.triples.objects(None, self.words.rec("attestedIn"))}
        describing = {self.described[article][0] for article in mine | named if article in self.described}
        left = (text for file, text in self.described.values() if file not in describing | chosen)
        articles, in_articles = read_articles(
            self.project, self.read_all(describing | chosen), self.words, Unparsed("\n".join(left))
        )
        evidence, in_evidence = read_evidence(
            sources, {iri: one for iri, one in articles.items() if iri in mine}, self.words
        )
        return Gathered(sources, frozenset(mine), articles, evidence, (*in_articles, *in_evidence))


@dataclass(frozen=True)
class Reread:
    """What the sources that a change concerns state now and stated before, and what is wrong with them.

    ``files`` are theirs, and those that are gone.
    """

    gathered: Gathered
    files: frozenset[str]
    now: frozenset[Statement]
    before: frozenset[Statement]
    problems: tuple[Problem, ...]


def reread(reader: Reader, changed: Iterable[str], store: Store) -> Reread:
    """Read what a change of files concerns; the store holds what all files stated before. Raises FarReachingError."""
    project, words, present = reader.project, reader.words, set(changed) & reader.paths.keys()
    concerned = reader.update(changed)
    texts = {
        reader.described[one][0] for one in concerned if one in reader.described and reader.described[one][1] in changed
    }
    gathered = reader.gather(concerned, present | texts)
    files = frozenset({one for one in changed if one.endswith(".ttl")} | {source.file for source in gathered.sources})
    now = frozenset(state_sources(project, gathered.sources, gathered.evidence))
    graphs = {graph_of(project, file) for file in files}
    before = {Statement(*triple, graph) for graph in graphs for triple in store.match(None, None, None, graph)}
    evidence = words.graph("evidence")
    for article in gathered.concerned:
        for passage, _, _ in store.match(None, words.rec("inArticle"), URIRef(article), evidence):
            before.update(Statement(*triple, evidence) for triple in store.match(passage, None, None, evidence))
    unparsed = reader.find_unparsed()
    typed = _Typed(project, store, now, frozenset(graphs), unparsed)
    typed.refuse_losses(before)
    problems = [*reader.problems, *gathered.problems, *typed.find_unknown(gathered.sources)]
    problems += find_unprinted_spellings(gathered.sources, dict(gathered.articles), words)
    problems += [
        *find_unpublishable_iris(project, gathered.sources, now),
        *find_unreferenced(project, gathered.sources),
    ]
    return Reread(gathered, files, now, frozenset(before), tuple(problems))


def graph_of(project: Project, file: str) -> URIRef:
    """The graph of a source's statements."""
    return vocabulary(project).graph(file.removesuffix(".ttl"))


class _Typed:
    """What has a type after a change: by the statements that there are now, or by a graph that they do not replace."""

    def __init__(
        self,
        project: Project,
        store: Store,
        now: Iterable[Statement],
        graphs: frozenset[URIRef],
        unparsed: Unparsed,
    ) -> None:
        self.project, self.store, self.graphs, self.unparsed = project, store, graphs, unparsed
        self.words = vocabulary(project)
        self.typed = {one.subject: one for one in now if one.predicate == RDF.type}

    def find(self, thing: Node) -> Statement | None:
        """A statement that types a thing, if there is one."""
        kept = (one for one in self.store.find(thing, RDF.type, None) if self._stands(one))
        return self.typed.get(thing) or next(kept, None)

    def _stands(self, statement: Statement) -> bool:
        return self.words.is_stated(statement.graph) and statement.graph not in self.graphs

    def refuse_losses(self, before: Iterable[Statement]) -> None:
        """FarReachingError if something has no type any more that other files name, and that may not stand in a file
        that cannot be read."""
        for thing in {one.subject for one in before if one.predicate == RDF.type and "#char=" not in str(one.subject)}:
            if self.find(thing) or not any(map(self._stands, self._naming(thing))):
                continue
            if self.unparsed.cut or not self.unparsed.may_define(self.project, str(thing)):
                raise FarReachingError(f"{thing} is named elsewhere")

    def _naming(self, thing: Node) -> list[Statement]:
        return [*self.store.find(None, None, thing), *self.store.find(thing, None, None)]

    def find_unknown(self, sources: Iterable[Source]) -> list[Problem]:
        """The IRIs that the sources use and nothing types."""
        project, sources = self.project, list(sources)
        named = {URIRef(iri.partition("#char=")[0]) for one in sources for iri in own_iris(one, project.base)}
        known = [found for thing in named if (found := self.find(thing))]
        if not find_unknown_iris(project, sources, known, self.unparsed):
            return []
        # The message names the nearest of all that are known.
        standing = (one for one in self.store.find(None, RDF.type, None) if self._stands(one))
        return find_unknown_iris(project, sources, [*self.typed.values(), *standing], self.unparsed)
