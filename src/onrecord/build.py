"""The spine: from sources to everything that is published, or to every problem that prevents it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from onrecord.articles import Article
from onrecord.coverage import find_gaps
from onrecord.evidence import Evidence, read_evidence
from onrecord.graph import RULES, SHAPES, Source, folder_files, read_sources, source_files, statements_of
from onrecord.problems import Problem, has_errors, sort_problems
from onrecord.project import CONFIG, Project
from onrecord.questions import check_questions, query_files
from onrecord.reasoning import check_query_file, derive
from onrecord.references import find_unknown_iris, find_unprinted_spellings
from onrecord.seeds import is_notation, read_articles
from onrecord.store import Statement
from onrecord.validation import validate
from onrecord.vocabulary import vocabulary

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Record:
    """Everything that is published: sorted statements without duplicates, and the articles by IRI."""

    project: Project
    statements: tuple[Statement, ...]
    articles: dict[str, Article]
    evidence: Evidence
    source_hash: str


def gather(project: Project, progress: Progress) -> tuple[Record | None, list[Problem]]:
    """Read, join, derive and check everything; write nothing. No record comes back if there is an error."""
    words = vocabulary(project)
    progress("reading the sources")
    sources, problems = read_sources(project)
    problems += [p for file, path in query_files(project) if (p := check_query_file(project, file, path))]
    articles, more = read_articles(project, sources, words)
    problems += more
    progress("finding the quotes in the articles")
    evidence = read_evidence(sources, articles, words)
    problems += evidence.problems
    stated = _stated(project, sources, evidence)
    problems += find_unknown_iris(project, sources, stated, articles)
    problems += find_unprinted_spellings(sources, articles, words)
    progress("deriving")
    derived, more = derive(project, stated)
    record = Record(project, _sorted(stated + derived), articles, evidence, hash_sources(project))
    return _checked(record, sources, problems + more, progress)


def _checked(
    record: Record, sources: list[Source], problems: list[Problem], progress: Progress
) -> tuple[Record | None, list[Problem]]:
    """Run the checks that need the whole record, where the sources are sound enough for them to mean anything."""
    if not has_errors(problems):
        progress("validating against the shapes")
        problems = problems + validate(record.project, record.statements, sources)
        progress("measuring coverage")
        problems += find_gaps(record.project, record.statements, record.articles, record.evidence)
        progress("asking the questions")
        problems += check_questions(record.project, record.statements)
    problems = sort_problems(problems)
    return (None if has_errors(problems) else record), problems


def _stated(project: Project, sources: list[Source], evidence: Evidence) -> list[Statement]:
    words = vocabulary(project)
    statements = list(evidence.statements)
    for source in sources:
        consumed = evidence.consumed.get(source.file, set())
        kept = [t for t in source.triples if t not in consumed and not is_notation(t, source.triples, words)]
        statements += statements_of(source, kept, project.base)
    return statements


def _sorted(statements: list[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(set(statements), key=lambda s: (s.graph, s.subject.n3(), s.predicate.n3(), s.object.n3())))


def hash_sources(project: Project) -> str:
    """SHA-256 over every file that the build reads, and over the base."""
    digest = hashlib.sha256(project.base.encode())
    files = source_files(project) + folder_files(project, SHAPES, "*.ttl") + folder_files(project, RULES, "*.rq")
    files += query_files(project) + [(CONFIG, project.root / CONFIG)]
    files += [(p.name, p) for p in sorted((project.root / "seeds").glob("*.txt"))]
    files += [(p.name, p) for p in sorted(project.folder("site").rglob("*")) if p.is_file() and "public" not in str(p)]
    for name, path in files:
        digest.update(f"\0{name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
