"""References that lead nowhere: IRIs of the record's own that nothing defines, spellings that no article prints."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from rdflib import URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from onrecord.articles import Article
from onrecord.documents import find_unpublishable
from onrecord.graph import Source, Unparsed
from onrecord.problems import Problem, shorten
from onrecord.project import Project
from onrecord.store import Statement
from onrecord.vocabulary import Vocabulary, slug

SKOSXL_FORM = URIRef("http://www.w3.org/2008/05/skos-xl#literalForm")


def find_unknown_iris(
    project: Project, sources: Iterable[Source], statements: Iterable[Statement], unparsed: Unparsed
) -> list[Problem]:
    """Every IRI under the base that a file of kb/ or seeds/ uses and nothing in the sources types.

    A name that stands in a file which could not be parsed may be defined there. If such a file breaks off, names are
    only counted.
    """
    known = {str(subject) for subject, predicate, _, _ in statements if predicate == RDF.type}
    unknown = [
        (source, iri)
        for source in sources
        if not source.file.startswith("ontology/")
        for iri in sorted(own_iris(source, project.base))
        if iri.partition("#char=")[0] not in known and not unparsed.may_define(project, iri)
    ]
    if unknown and unparsed.cut:
        return [_probably_lost(project, {iri for _, iri in unknown}, unparsed.cut)]
    return [_unknown(project, source, iri, known) for source, iri in unknown]


def _probably_lost(project: Project, iris: set[str], files: tuple[str, ...]) -> Problem:
    examples = ", ".join(project.compact(iri) for iri in sorted(iris)[:3])
    names = f"{len(iris)} names are" if len(iris) > 1 else "1 name is"
    message = f"{names} probably defined in {' or '.join(files)}, such as {examples}."
    return Problem(files[0], None, "", "unknown-iri", message, "Mend the file first, and check again.")


def own_iris(source: Source, base: str) -> set[str]:
    """The IRIs under the base that a source uses, less those of graphs."""
    terms: set[Node] = {term for triple in source.triples for term in triple if isinstance(term, URIRef)}
    return {str(term) for term in terms if str(term).startswith(base) and not str(term).startswith(base + "graph/")}


def _unknown(project: Project, source: Source, iri: str, known: set[str]) -> Problem:
    name = project.compact(iri)
    near = difflib.get_close_matches(iri, sorted(known), n=1, cutoff=0.8)
    hint = f"Did you mean {project.compact(near[0])}? " if near else ""
    remedy = f"{hint}Correct the name, or describe the thing (give it a type)."
    line = _line_of_name(source, name)
    return Problem(source.file, line, name, "unknown-iri", f"Nothing in the sources defines {name}.", remedy)


def find_unpublishable_iris(
    project: Project, sources: Iterable[Source], statements: Iterable[Statement]
) -> Iterator[Problem]:
    """Every IRI of the record's own whose document could have no file, or would take the place of another."""
    terms = {str(term).partition("#")[0] for statement in statements for term in statement[:3]}
    named = list(sources)
    for iri in sorted(term for term in terms if term.startswith(project.base)):
        fault = find_unpublishable(project, iri)
        if fault is None:
            continue
        relative = iri.removeprefix(project.base)
        source = next((one for one in named if f"<{relative}" in one.text), None)
        line = source.line_of(f"<{relative}") if source else None
        remedy = "Give the thing another IRI, such as id/ and a word."
        yield Problem(source.file if source else "", line, f"<{relative}>", "iri-unpublishable", fault, remedy)


def _line_of_name(source: Source, name: str) -> int | None:
    found = re.search(re.escape(name) + r"(?![\w-])", source.text)
    return source.text.count("\n", 0, found.start()) + 1 if found else None


def find_unprinted_spellings(
    sources: Iterable[Source], articles: dict[str, Article], words: Vocabulary
) -> Iterator[Problem]:
    """Every attested spelling that the article does not print as whole words."""
    for source in sources:
        for form, article in sorted(source.triples.subject_objects(words.rec("attestedIn"))):
            spelling = source.triples.value(form, SKOSXL_FORM)
            printed = articles.get(str(article))
            if spelling is None or printed is None or is_printed(str(spelling), printed.text):
                continue
            message = f"{printed.file} does not print “{shorten(str(spelling))}”."
            remedy = "Copy the spelling as printed, or remove the article from rec:attestedIn."
            line = source.line_of(f'"{spelling}"')
            yield Problem(source.file, line, slug(str(article)), "spelling-not-found", message, remedy)


def is_printed(words: str, text: str) -> bool:
    """Whether the text prints the words, as whole words."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
