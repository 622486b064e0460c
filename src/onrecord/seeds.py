"""The articles that seeds/ holds, as its articles.ttl describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from onrecord.articles import Article, Corrections, cut_sentences, find_all
from onrecord.graph import Source, Unparsed
from onrecord.problems import Fault, Problem, shorten
from onrecord.project import Project
from onrecord.quotes import read_number
from onrecord.store import Triple
from onrecord.texts import read_bytes
from onrecord.vocabulary import Vocabulary, slug

NOTATION = ("sentenceJoin", "sentenceBreak", "linesOfKind")


def read_articles(
    project: Project, sources: Iterable[Source], words: Vocabulary, unparsed: Unparsed
) -> tuple[dict[str, Article], list[Problem]]:
    """Every described article by IRI, and what is wrong with the descriptions or the files.

    An article may be described in a file that could not be parsed.
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
    data = read_bytes(project.root / file)
    text = _decode(data) if isinstance(data, bytes) else None
    if isinstance(data, str) or text is None:
        why = data if isinstance(data, str) else "it is not UTF-8"
        message = f"The article's file {shorten(file)} cannot be read: {why}."
        remedy = "Put the file there, as UTF-8, or correct rec:file."
        return Problem(source.file, source.line_of(file), name, "missing-file", message, remedy)
    fault = _compare(source.triples.value(iri, words.rec("sha256")), hashlib.sha256(data).hexdigest(), file)
    if fault:
        stated = str(source.triples.value(iri, words.rec("sha256")))
        return fault.at(source.file, source.line_of(stated, file), name)
    return Article(str(iri), file, text, cut_sentences(text, _corrections(source.triples, iri, words), "body"))


def _decode(data: bytes) -> str | None:
    """The text that bytes stand for, with its byte order mark and line ends, since quotes are found by offset."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _compare(stated: Node | None, found: str, file: str) -> Fault | None:
    """What is wrong with the SHA-256 that is stated of a file."""
    if stated is None:
        remedy = f'Write: rec:sha256 "{found}" .'
        return Fault("seed-changed", f"There is no rec:sha256 for {file}.", remedy)
    if str(stated) == found:
        return None
    message = f"{file} is not the file described: its SHA-256 is {found}."
    remedy = "Restore the file, articles are never altered; or describe a new article by its own SHA-256."
    return Fault("seed-changed", message, remedy)


def _corrections(graph: Graph, iri: Node, words: Vocabulary) -> Corrections:
    def texts(name: str) -> tuple[str, ...]:
        return tuple(sorted(str(value) for value in graph.objects(iri, words.rec(name))))

    kinds = []
    for node in graph.objects(iri, words.rec("linesOfKind")):
        occurrence = read_number(str(graph.value(node, words.rec("occurrence"), default=Literal(1))))
        kind = slug(str(graph.value(node, words.rec("passageKind"))))
        kinds.append((str(graph.value(node, words.rec("quote")) or ""), occurrence, kind))
    return Corrections(texts("sentenceJoin"), texts("sentenceBreak"), tuple(sorted(kinds)))


def _idle_corrections(source: Source, article: Article, words: Vocabulary) -> Iterator[Problem]:
    """Corrections of the splitter whose words the article does not print as often as they say."""
    corrections = _corrections(source.triples, URIRef(article.iri), words)
    wanted = [(text, 1) for text in (*corrections.joins, *corrections.breaks)]
    for text, occurrence in wanted + [(text, occurrence) for text, occurrence, _ in corrections.kinds]:
        printed = len(find_all(article.text, text))
        if not 1 <= occurrence <= printed:
            named = f"printing {occurrence}" if occurrence else "none of them by its number"
            message = f"{article.file} prints “{shorten(text)}” {printed} times, and a correction names {named}."
            remedy = "Copy the words as printed, or remove the correction; the first printing is 1."
            line = source.line_of(f'"{text}"')
            yield Problem(source.file, line, slug(article.iri), "correction-not-found", message, remedy)


def _undescribed(project: Project, described: set[str], unparsed: Unparsed) -> Iterator[Problem]:
    if any(file.startswith("seeds/") for file in unparsed.cut):
        return
    for path in sorted((project.root / "seeds").glob("*.txt")):
        file = path.relative_to(project.root).as_posix()
        if file not in described and file not in unparsed.text:
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
