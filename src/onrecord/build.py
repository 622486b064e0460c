"""The spine: from sources to everything that is published, or to every problem that prevents it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

from onrecord.aside import begin
from onrecord.catalogue import document_of
from onrecord.checks import CHECKS, LOOK, SHAPES, SOURCES, Check, Draft, Found, Progress
from onrecord.collector import uncollected
from onrecord.evidence import read_evidence
from onrecord.fingerprint import hash_files, hash_sources, hash_together
from onrecord.graph import read_sources, read_unparsed
from onrecord.interface import find_broken_translations
from onrecord.memory import recall
from onrecord.problems import Problem, as_json, has_errors, sort_problems
from onrecord.project import Project
from onrecord.questions import read_questions
from onrecord.reasoning import derive
from onrecord.rechecking import prepare, recheck, stand
from onrecord.record import Record
from onrecord.reference import find_unreferenced
from onrecord.references import find_unknown_iris, find_unprinted_spellings, find_unpublishable_iris
from onrecord.seeds import read_articles
from onrecord.shapes import find_unusable
from onrecord.standing import Standing
from onrecord.statements import sort_statements, state_sources
from onrecord.store import Store
from onrecord.templates import find_broken_templates
from onrecord.validation import read_shapes
from onrecord.viewpoints import find_viewpoints
from onrecord.vocabulary import vocabulary


def find_problems(project: Project, progress: Progress, *, full: bool = False) -> list[Problem]:
    """Every problem of a project; what was found in the same sources before is recalled, unless in full."""
    if full:
        return flatten(examine(project, progress, full=True)[1])
    files = hash_files(project)

    def still() -> bool:
        """Whether the sources are as they were; what was made of them otherwise does not stand either."""
        is_same = hash_files(project) == files
        if not is_same:
            Standing(project).spoil()
        return is_same

    depends = [hash_together(project, files)]
    found = recall("problems", depends, lambda: as_json(flatten(find_anew(project, progress, files))), still)
    return [Problem(**one) for one in found]


def find_anew(project: Project, progress: Progress, files: Mapping[str, str]) -> Found:
    """What is wrong with sources that were not checked before; ``files`` are the hashes of all of them.

    What can stand of the last check stands, and is kept for the next.
    """
    with uncollected():
        found = recheck(project, progress, files)
        if found is not None:
            return found
        draft, found = _prepare(project, progress)
        if not _is_sound(found):
            return {**found, SHAPES: find_unusable(project, draft.shapes)}
        planned = begin(partial(prepare, draft))
        found |= check_record(draft, progress)
        if planned.wait():
            stand(draft, found, files)
    return found


def gather(project: Project, progress: Progress) -> tuple[Record | None, list[Problem]]:
    """Read, derive and check everything; write nothing. No record comes back if there is an error."""
    draft, found = examine(project, progress)
    problems = flatten(found)
    with uncollected():
        return (None if has_errors(problems) else finish(draft.record)), problems


def examine(project: Project, progress: Progress, *, full: bool = False) -> tuple[Draft, Found]:
    """All that can be read and derived, with every problem of it."""
    with uncollected():
        draft, found = _prepare(project, progress)
        # On unsound sources the checks of the whole would only repeat, less clearly, what is already known.
        if not _is_sound(found):
            return draft, {**found, SHAPES: find_unusable(project, draft.shapes)}
        return draft, {**found, **check_record(replace(draft, full=full), progress)}


def _prepare(project: Project, progress: Progress) -> tuple[Draft, Found]:
    """All that can be read and derived, with the problems of the sources and of the look."""
    look = begin(lambda: [*find_broken_templates(project), *find_broken_translations(project)])
    draft = draft_record(project, progress)
    return draft, {SOURCES: list(draft.problems), LOOK: look.wait()}


def _is_sound(found: Found) -> bool:
    return not any(map(has_errors, found.values()))


def flatten(found: Found) -> list[Problem]:
    """The problems of all checks, in order."""
    return sort_problems(chain(*found.values()))


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
    stated = state_sources(project, sources, evidence)
    unknown = find_unknown_iris(project, sources, stated, unparsed)
    unprinted = find_unprinted_spellings(sources, articles, words)
    unpublishable = find_unpublishable_iris(project, sources, stated)
    progress("deriving")
    store = Store()
    derived, in_rules = derive(project, store, stated)
    problems += [*in_shapes, *in_questions, *in_articles, *in_evidence, *unknown, *unprinted, *unpublishable, *in_rules]
    problems += find_unreferenced(project, sources)
    in_order = tuple(articles[iri] for iri in sorted(articles))
    record = Record(project, sort_statements(chain(stated, *derived.values())), in_order, hash_sources(project))
    return Draft(record, tuple(sources), shapes, tuple(questions), evidence, store, derived, tuple(problems))


def check_record(draft: Draft, progress: Progress, checks: Sequence[Check] = CHECKS) -> Found:
    """What the checks find that need the whole record; some of them run aside while the others do here."""
    aside = begin(lambda: {check.name: list(check.find(draft)) for check in checks if check.aside})
    found: Found = {}
    for check in checks:
        progress(check.stage)
        found[check.name] = [] if check.aside else list(check.find(draft))
    return found | aside.wait()
