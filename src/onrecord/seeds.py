"""The articles that seeds/ holds, as its articles.ttl describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from onrecord.articles import Article, Corrections, cut_sentences
from onrecord.graph import Source
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.vocabulary import Vocabulary, slug

NOTATION = ("sentenceJoin", "sentenceBreak", "linesOfKind")


def read_articles(
    project: Project, sources: Iterable[Source], words: Vocabulary
) -> tuple[dict[str, Article], list[Problem]]:
    """Every described article by IRI, and what is wrong with the descriptions or the files."""
    articles: dict[str, Article] = {}
    problems: list[Problem] = []
    described: set[str] = set()
    for source in sources:
        for iri, file in sorted(source.triples.subject_objects(words.rec("file"))):
            described.add(str(file))
            read = _read_article(project, source, iri, str(file), words)
            problems += read if isinstance(read, list) else []
            if isinstance(read, Article):
                articles[read.iri] = read
    return articles, problems + _undescribed(project, described)


def _read_article(
    project: Project, source: Source, iri: Node, file: str, words: Vocabulary
) -> Article | list[Problem]:
    path, name = project.root / file, slug(str(iri))
    line = source.line_of(file)
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"The article's file {file} cannot be read ({type(error).__name__})."
        return [Problem(source.file, line, name, "missing-file", message, "Put the file there, or correct rec:file.")]
    stated = source.triples.value(iri, words.rec("sha256"))
    if stated is not None and str(stated) != hashlib.sha256(data).hexdigest():
        message = f"{file} is not the file described: its SHA-256 is {hashlib.sha256(data).hexdigest()}."
        remedy = "Restore the file; articles are never altered."
        return [Problem(source.file, source.line_of(str(stated)), name, "seed-changed", message, remedy)]
    sentences = cut_sentences(text, _corrections(source.triples, iri, words), "body")
    return Article(str(iri), file, text, sentences)


def _corrections(graph: Graph, iri: Node, words: Vocabulary) -> Corrections:
    def texts(name: str) -> tuple[str, ...]:
        return tuple(sorted(str(value) for value in graph.objects(iri, words.rec(name))))

    kinds = []
    for node in graph.objects(iri, words.rec("linesOfKind")):
        occurrence = graph.value(node, words.rec("occurrence"))
        kind = slug(str(graph.value(node, words.rec("passageKind"))))
        kinds.append((str(graph.value(node, words.rec("quote"))), int(str(occurrence or 1)), kind))
    return Corrections(texts("sentenceJoin"), texts("sentenceBreak"), tuple(sorted(kinds)))


def _undescribed(project: Project, described: set[str]) -> list[Problem]:
    problems = []
    for path in sorted((project.root / "seeds").glob("*.txt")):
        file = _relative(path, project.root)
        if file not in described:
            message = "This article is not described in seeds/articles.ttl."
            problems.append(Problem(file, None, "", "article-undescribed", message, "Describe it there, with rec:file."))
    return problems


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def is_notation(triple: tuple[Node, Node, Node], graph: Graph, words: Vocabulary) -> bool:
    """Whether the triple is a correction of the splitter, which the build uses and does not publish."""
    subject, predicate, _ = triple
    if predicate in {words.rec(name) for name in NOTATION}:
        return True
    holders = graph.predicates(None, subject) if isinstance(subject, BNode) else iter(())
    return any(URIRef(str(holder)) == words.rec("linesOfKind") for holder in holders)
