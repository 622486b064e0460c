"""The spine: from sources to everything that is published, or to every problem that prevents it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from rdflib import URIRef

from onrecord.aside import begin
from onrecord.catalogue import document_of
from onrecord.checks import CHECKS, Check, Draft
from onrecord.collector import uncollected
from onrecord.evidence import Evidence, read_evidence
from onrecord.fingerprint import hash_sources
from onrecord.graph import Source, read_sources, read_unparsed, statements_of
from onrecord.interface import find_broken_translations
from onrecord.memory import recall
from onrecord.problems import Problem, as_json, has_errors, sort_problems
from onrecord.project import Project
from onrecord.questions import read_questions
from onrecord.reasoning import derive
from onrecord.record import Record
from onrecord.reference import find_unreferenced
from onrecord.references import find_unknown_iris, find_unprinted_spellings, find_unpublishable_iris
from onrecord.seeds import notation_of_seeds, read_articles
from onrecord.shapes import find_unusable
from onrecord.store import Statement, Store
from onrecord.templates import find_broken_templates
from onrecord.validation import read_shapes
from onrecord.viewpoints import find_viewpoints
from onrecord.vocabulary import vocabulary

Progress = Callable[[str], None]


def find_problems(project: Project, progress: Progress, *, full: bool = False) -> list[Problem]:
    """Every problem of a project; what was found in the same sources before is recalled, unless in full."""
    if full:
        return examine(project, progress, full=True)[1]
    sources = hash_sources(project)
    found = recall(
        "problems",
        [sources],
        lambda: as_json(examine(project, progress)[1]),
        still=lambda: hash_sources(project) == sources,
    )
    return [Problem(**one) for one in found]


def gather(project: Project, progress: Progress) -> tuple[Record | None, list[Problem]]:
    """Read, derive and check everything; write nothing. No record comes back if there is an error."""
    draft, problems = examine(project, progress)
    with uncollected():
        return (None if has_errors(problems) else finish(draft.record)), problems


def examine(project: Project, progress: Progress, *, full: bool = False) -> tuple[Draft, list[Problem]]:
    """All that can be read and derived, with every problem of it."""
    with uncollected():
        draft = replace(draft_record(project, progress), full=full)
        problems = [*draft.problems, *find_broken_templates(project), *find_broken_translations(project)]
        # On unsound sources the checks of the whole would only repeat, less clearly, what is already known.
        sound = not has_errors(problems)
        problems += check_record(draft, progress) if sound else find_unusable(project, draft.shapes)
    return draft, sort_problems(problems)


def finish(record: Record) -> Record:
    """The record as it is published."""
    carried = leave_uncarried(record)
    return replace(carried, views=find_viewpoints(carried))


def leave_uncarried(record: Record) -> Record:
    """The record without the claims that nobody makes: no attribution carries them, so they are not published."""
    words = vocabulary(record.project)
    stated = {s.subject for s in record.statements if s.predicate == words.rec("statement")}
    left = {str(claim) for claim in stated - {s.object for s in record.statements if s.predicate == words.rec("claim")}}
    if not left:
        return record
    kept = [s for s in record.statements if not left & {document_of(s.subject), document_of(s.object)}]
    return replace(record, statements=tuple(kept))


def draft_record(project: Project, progress: Progress) -> Draft:
    """Everything that can be read and derived, sound or not."""
    words = vocabulary(project)
    progress("reading the sources")
    sources, problems = read_sources(project)
    unparsed = read_unparsed(project, sources)
    shapes, in_shapes = read_shapes(project)
    questions, in_questions = read_questions(project)
    articles, in_articles = read_articles(project, sources, words, unparsed)
    progress("finding the quotes in the articles")
    evidence, in_evidence = read_evidence(sources, articles, words)
    stated = _state(project, sources, evidence)
    unknown = find_unknown_iris(project, sources, stated, unparsed)
    unprinted = find_unprinted_spellings(sources, articles, words)
    unpublishable = find_unpublishable_iris(project, sources, stated)
    progress("deriving")
    store = Store()
    derived, in_rules = derive(project, store, stated)
    problems += [*in_shapes, *in_questions, *in_articles, *in_evidence, *unknown, *unprinted, *unpublishable, *in_rules]
    problems += find_unreferenced(project, sources)
    in_order = tuple(articles[iri] for iri in sorted(articles))
    record = Record(project, _sort([*stated, *derived]), in_order, hash_sources(project))
    return Draft(record, tuple(sources), shapes, tuple(questions), evidence, store, tuple(problems))


def check_record(draft: Draft, progress: Progress, checks: Iterable[Check] = CHECKS) -> list[Problem]:
    """The checks that need the whole record; some of them run aside while the others do here."""
    chosen = list(checks)
    aside = begin(lambda: [[*check.find(draft)] for check in chosen if check.aside])
    found: dict[str, list[Problem]] = {}
    for check in chosen:
        progress(check.stage)
        if not check.aside:
            found[check.name] = list(check.find(draft))
    found |= zip((check.name for check in chosen if check.aside), aside(), strict=True)
    return [problem for check in chosen for problem in found[check.name]]


def _state(project: Project, sources: list[Source], evidence: Evidence) -> list[Statement]:
    """What the sources state, less their notation, with what the notation stands for."""
    statements = list(evidence.statements)
    for source in sources:
        notation = evidence.consumed.get(source.file, frozenset()) | notation_of_seeds(source, vocabulary(project))
        kept = [triple for triple in source.triples if triple not in notation]
        statements += statements_of(source, kept, project.base)
    return statements


def _sort(statements: list[Statement]) -> tuple[Statement, ...]:
    terms = {term for statement in statements for term in statement[:3]}
    # As n3() writes it, which takes long to look whether an IRI is one.
    written = {term: f"<{term}>" if isinstance(term, URIRef) else term.n3() for term in terms}
    return tuple(sorted(set(statements), key=lambda s: (str(s.graph), *(written[term] for term in s[:3]))))
