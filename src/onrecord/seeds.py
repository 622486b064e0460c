"""The articles that seeds/ holds, as its articles.ttl describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from onrecord.articles import Article, Corrections, cut_sentences, find_all
from onrecord.graph import Source
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.store import Triple
from onrecord.vocabulary import Vocabulary, slug

NOTATION = ("sentenceJoin", "sentenceBreak", "linesOfKind")


def read_articles(
    project: Project, sources: Iterable[Source], words: Vocabulary, unparsed: str
) -> tuple[dict[str, Article], list[Problem]]:
    """Every described article by IRI, and what is wrong with the descriptions or the files.

    ``unparsed`` is the text of files that could not be parsed: an article may be described there.
    """
    articles: dict[str, Article] = {}
    problems: list[Problem] = []
    described: set[str] = set()
    for source in sources:
        for iri, file in sorted(source.triples.subject_objects(words.rec("file"))):
            described.add(str(file))
            read = _read_article(project, source, iri, str(file), words)
            if isinstance(read, Problem):
                problems.append(read)
            else:
                articles[read.iri] = read
                problems += _idle_corrections(source, read, words)
    return articles, problems + list(_undescribed(project, described, unparsed))


def _read_article(project: Project, source: Source, iri: Node, file: str, words: Vocabulary) -> Article | Problem:
    name = slug(str(iri))
    try:
        data = (project.root / file).read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"The article's file {file} cannot be read ({type(error).__name__})."
        remedy = "Put the file there, or correct rec:file."
        return Problem(source.file, source.line_of(file), name, "missing-file", message, remedy)
    stated, found = str(source.triples.value(iri, words.rec("sha256"))), hashlib.sha256(data).hexdigest()
    if stated != found:
        message = f"{file} is not the file described: its SHA-256 is {found}."
        remedy = "Restore the file, articles are never altered; or describe a new article by its own SHA-256."
        return Problem(source.file, source.line_of(stated, file), name, "seed-changed", message, remedy)
    return Article(str(iri), file, text, cut_sentences(text, _corrections(source.triples, iri, words), "body"))


def _corrections(graph: Graph, iri: Node, words: Vocabulary) -> Corrections:
    def texts(name: str) -> tuple[str, ...]:
        return tuple(sorted(str(value) for value in graph.objects(iri, words.rec(name))))

    kinds = []
    for node in graph.objects(iri, words.rec("linesOfKind")):
        occurrence = str(graph.value(node, words.rec("occurrence"), default=Literal(1)))
        kind = slug(str(graph.value(node, words.rec("passageKind"))))
        kinds.append((str(graph.value(node, words.rec("quote"))), int(occurrence), kind))
    return Corrections(texts("sentenceJoin"), texts("sentenceBreak"), tuple(sorted(kinds)))


def _idle_corrections(source: Source, article: Article, words: Vocabulary) -> Iterator[Problem]:
    """Corrections of the splitter whose words the article does not print as often as they say."""
    corrections = _corrections(source.triples, URIRef(article.iri), words)
    wanted = [(text, 1) for text in (*corrections.joins, *corrections.breaks)]
    for text, occurrence in wanted + [(text, occurrence) for text, occurrence, _ in corrections.kinds]:
        printed = len(find_all(article.text, text))
        if printed < occurrence:
            message = f"{article.file} prints “{text}” {printed} times, and a correction names printing {occurrence}."
            remedy = "Copy the words as printed, or remove the correction."
            line = source.line_of(f'"{text}"')
            yield Problem(source.file, line, slug(article.iri), "correction-not-found", message, remedy)


def _undescribed(project: Project, described: set[str], unparsed: str) -> Iterator[Problem]:
    for path in sorted((project.root / "seeds").glob("*.txt")):
        file = path.relative_to(project.root).as_posix()
        if file not in described and file not in unparsed:
            message = "No article of seeds/articles.ttl names this file."
            remedy = "Describe it there, with rec:file and rec:sha256."
            yield Problem(file, None, "", "article-undescribed", message, remedy)


def notation_of_seeds(source: Source, words: Vocabulary) -> set[Triple]:
    """The corrections of the splitter, which the build uses and does not publish."""
    triples: set[Triple] = set()
    for name in NOTATION:
        for triple in source.triples.triples((None, words.rec(name), None)):
            triples.add(triple)
            triples.update(source.triples.triples((triple[2], None, None)))
    return triples
