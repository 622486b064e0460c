"""A check after a change: only what the change can affect is looked at again, and the rest stands.

The answer is that of a check of everything. Where it cannot be known what a change affects, there is no answer, and
everything is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace

from rdflib import RDF, URIRef
from rdflib.term import Node

from onrecord.checks import COVERAGE, LOGIC, LOOK, QUESTIONS, SHAPES, SOURCES, WORDING, Draft, Found, Progress
from onrecord.consistency import is_sound, vocabulary_of
from onrecord.coverage import find_gaps, measure_coverage
from onrecord.excerpts import Affected, Excerpts
from onrecord.leads import GONE, Change, FarReachingError, Reads, follow
from onrecord.locator import Locator
from onrecord.memory import NOT_KEPT
from onrecord.plans import make_plan
from onrecord.problems import Problem, has_errors
from onrecord.project import Project
from onrecord.questions import check_question, read_questions
from onrecord.rederivation import STATED, rederive
from onrecord.rereading import Gathered, Reader, Reread, graph_of, is_source, list_articles, list_described, reread
from onrecord.standing import Facts, Standing, is_about
from onrecord.store import QueryError, Store, Triple, is_kept
from onrecord.summary import StandIns, is_simple, keep_terms, summarise, tell
from onrecord.suspects import ask_suspects, is_closed_upwards
from onrecord.validation import are_usable, read_shapes, validate_suspects
from onrecord.vocabulary import slug, vocabulary
from onrecord.witness import find_unworded

# More files that changed than these are not looked into one by one.
MOST = 20
# What says that a change could not be traced, or nothing be kept.
CANNOT = (OSError, ValueError, RuntimeError, re.error)


def recheck(project: Project, progress: Progress, files: Mapping[str, str]) -> Found | None:
    """What a check of everything would find, from what stands of the last one; ``files`` are the hashes of all files.

    None where nothing stands, or the change may reach too far.
    """
    standing = Standing(project)
    facts = standing.read()
    if facts is None:
        return None
    changed = {name for name in files.keys() | facts.files.keys() if files.get(name) != facts.files.get(name)}
    if len(changed) > MOST or not all(map(is_source, changed)):
        return None
    try:
        store = standing.open()
    except NOT_KEPT:
        return None
    try:
        with closing(store):
            if not is_about(facts, store):
                return None
            return _Recheck(project, standing, facts, changed, store).run(progress, files)
    except (FarReachingError, QueryError, OSError):
        return None


class _Recheck:
    """One check after a change of some files."""

    def __init__(
        self,
        project: Project,
        standing: Standing,
        facts: Facts,
        changed: set[str],
        store: Store,
    ) -> None:
        self.project, self.standing, self.facts, self.changed, self.store = project, standing, facts, changed, store
        self.words = vocabulary(project)
        self.reader = Reader(project, facts.articles, facts.described)
        self.excerpts = Excerpts(self.store, self.words)
        self.located = _Locator(project, self.reader, self.store)

    def run(self, progress: Progress, files: Mapping[str, str]) -> Found:
        """What is found now, which is kept with what it was found in."""
        progress("reading what has changed")
        read = reread(self.reader, self.changed, self.store)
        found = dict(self.facts.found)
        found[SOURCES] = [*self.keep(SOURCES, lambda one: one.file in read.files), *read.problems]
        if has_errors(found[SOURCES]):
            return {SOURCES: found[SOURCES], LOOK: found[LOOK]}
        stated = Change({one[:3] for one in read.now - read.before}, {one[:3] for one in read.before - read.now})
        if not all(is_kept(value) for _, _, value in stated.come):
            raise FarReachingError("the store does not keep all literals as they are written")
        progress("deriving")
        self.standing.spoil()
        self.state(read, stated)
        change = Change(set(stated.come), set(stated.gone))
        rederive(self.project, self.store, self.facts.plan.rules, change)
        # The store answers outside Python, so that it can do so while the rest is looked at.
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(self.ask_questions, change)
            progress("validating against the shapes")
            found[SHAPES] = self.check_shapes(change)
            progress("holding the model against the words")
            also = {URIRef(article) for article in read.gathered.concerned} | self.find_moved()
            affected = self.excerpts.find_affected(stated, also)
            found |= self.check_words(affected, read.gathered)
            progress("reasoning with HermiT")
            summary = self.check_logic(change)
            progress("asking the questions")
            found[QUESTIONS] = asked.result()
        self.store.take(self.store.match(None, None, None, GONE), GONE)
        told, described = self.reader.articles, self.reader.described
        facts = replace(self.facts, files=files, articles=told, described=described, found=found, summary=summary)
        self.standing.keep(facts, self.store)
        return found

    def keep(self, check: str, is_replaced: Callable[[Problem], bool]) -> list[Problem]:
        """What a check found before, less what is looked at again."""
        return [one for one in self.facts.found[check] if not is_replaced(one)]

    def state(self, read: Reread, stated: Change) -> None:
        """Bring what is stated up to date, graph by graph and as a whole; what went is kept apart."""
        for take, statements in ((True, read.before - read.now), (False, read.now - read.before)):
            for graph in {one.graph for one in statements}:
                triples = [one[:3] for one in statements if one.graph == graph]
                (self.store.take if take else self.store.put)(triples, str(graph))
        stated.gone = {triple for triple in stated.gone if not self.is_stated(triple)}
        stated.come = {triple for triple in stated.come if not self.store.match(*triple, STATED)}
        self.store.take(stated.gone, STATED)
        self.store.put(stated.come, STATED)
        self.store.put(stated.gone, GONE)
        self.store.take(stated.gone)
        self.store.put(stated.come)

    def is_stated(self, triple: Triple) -> bool:
        """Whether a source states a triple."""
        return any(self.words.is_stated(one.graph) for one in self.store.find(*triple))

    def find_moved(self) -> set[Node]:
        """What problems were found of in the files that changed: even where they stay, their lines may be others."""
        named = (
            one for found in self.facts.found.values() for one in found if one.file in self.changed and one.subject
        )
        return {URIRef(self.project.expand(one.subject)) for one in named}

    def check_shapes(self, change: Change) -> list[Problem]:
        """What the shapes find of what the change leads to, and what they found of the rest."""
        plan = self.facts.plan
        things = {thing for thing, _ in follow(self.store, plan.leads, change)} | self.find_moved()
        things |= self.find_quoting(change)
        if not is_closed_upwards(self.project, self.store, things):
            raise FarReachingError("something is not typed by all classes above its own")
        names, codes = {self.project.compact(str(thing)) for thing in things}, {slug(str(one)) for one in plan.vague}
        kept = self.keep(SHAPES, lambda one: one.subject in names or one.code in codes)
        suspects = ask_suspects(self.project, self.store, plan.ask_about(things))
        if not suspects:
            return kept
        shapes, _ = read_shapes(self.project)
        return [*kept, *validate_suspects(shapes, self.store, suspects, self.located)]

    def find_quoting(self, change: Change) -> set[Node]:
        """What rests on other words now: a problem repeats them."""
        evidence, exact = self.words.rec("evidence"), self.words.rec("exact")
        found = {subject for subject, name, _ in change if name == evidence}
        quoted = {subject for subject, name, _ in change if name == exact}
        return found | {one[0] for quote in quoted for one in self.store.match(None, evidence, quote)}

    def check_words(self, affected: Affected, gathered: Gathered) -> Found:
        """What wording and coverage find of what is affected, and what they found of the rest."""
        concerned = {str(article) for article in affected.articles} | gathered.concerned
        if not concerned <= gathered.concerned:
            gathered = self.reader.gather(concerned)
        excerpt = self.excerpts.cut(affected)
        articles = [gathered.articles[iri] for iri in sorted(gathered.articles)]
        nodes = affected.attributions | affected.claims
        names = {self.project.compact(str(node)) for node in nodes}
        unworded = find_unworded(self.project, excerpt, articles, self.located)
        worded = [one for one in unworded if one.subject in names]
        mine = [one for one in articles if one.iri in concerned]
        measured = measure_coverage(self.project, excerpt, mine, gathered.evidence)
        slugs = {slug(iri) for iri in concerned}
        return {
            WORDING: [*self.keep(WORDING, lambda one: one.subject in names), *worded],
            COVERAGE: [
                *self.keep(COVERAGE, lambda one: one.subject.rpartition(".")[0] in slugs),
                *find_gaps(mine, measured, gathered.sources),
            ],
        }

    def check_logic(self, change: Change) -> frozenset[str]:
        """What tells the triples of the summary. It only grows: what holds of it holds of its parts.

        FarReachingError where it is not sound with what is new in it.
        """
        retyped = {triple[0] for triple in change if triple[1] == RDF.type}
        triples = set(change.come)
        for thing in retyped:
            triples.update(self.store.match(thing, None, None), self.store.match(None, None, thing))
        terms = {str(p) for _, p, _ in triples} | {str(v) for _, p, v in triples if p == RDF.type}
        if not terms <= self.facts.terms or not all(is_simple(term) for triple in triples for term in triple):
            raise FarReachingError("the vocabulary is used in a new way")
        stand_ins = StandIns(frozenset(map(URIRef, self.facts.terms)), self.list_classes)
        found = {tell(alike): triple for alike, triple in map(stand_ins.replace, triples)}
        new = [triple for told, triple in found.items() if told not in self.facts.summary]
        if new:
            summary = [*self.standing.read_summary(), *new]
            if not is_sound(summary):
                raise FarReachingError("something may contradict itself")
            self.standing.keep_summary(summary)
        return self.facts.summary | found.keys()

    def list_classes(self, thing: Node) -> frozenset[Node]:
        """The classes that a thing is in."""
        return frozenset(value for _, _, value in self.store.match(thing, RDF.type, None))

    def ask_questions(self, change: Change) -> list[Problem]:
        """The questions that are answered otherwise, and those that still are of those that look at nothing new."""
        changed = {str(triple[1]) for triple in change}
        again = {file for file, reads in self.facts.plan.questions.items() if self._looks_at(reads, changed)}
        questions, _ = read_questions(self.project)
        asked = (check_question(self.project, self.store, one) for one in questions if one.file in again)
        return [*self.keep(QUESTIONS, lambda one: one.file in again), *(problem for problem in asked if problem)]

    def _looks_at(self, reads: Reads | None, changed: set[str]) -> bool:
        return bool(changed) and (reads is None or not changed.isdisjoint(reads.list_properties(self.store)))


class _Locator(Locator):
    """Reads only the files that may hold a thing, in the order in which all files would be looked through."""

    def __init__(self, project: Project, reader: Reader, store: Store) -> None:
        super().__init__(project, ())
        self.reader, self.store = reader, store
        self.files = {str(graph_of(project, file)): file for file in reader.paths}

    def find(self, focus: str) -> tuple[str, int | None]:
        owners = (URIRef(focus), URIRef(focus.partition("#")[0]))
        graphs = {str(one.graph) for owner in owners for one in self.store.find(owner, None, None)}
        article = focus.removeprefix(f"{self.project.base}attribution/").partition("/")[0]
        named = {file for file in self.reader.paths if file.endswith(f"/{article}.ttl")}
        chosen = named | {file for graph, file in self.files.items() if graph in graphs}
        return Locator(self.project, self.reader.read_all(chosen)).find(focus)


def prepare(draft: Draft) -> bool:
    """Make the plan on which later checks may stand, which is recalled when it is kept. Whether there can be one.

    There is none where the store does not keep all literals as they are written.
    """
    if not all(is_kept(one.object) for one in draft.record.statements):
        return False
    try:
        make_plan(draft.record.project, draft.shapes, draft.questions)
    except CANNOT:
        return False
    return True


def stand(draft: Draft, found: Found, files: Mapping[str, str]) -> None:
    """Keep what a check of everything found, and all statements, for later checks to stand on.

    That is not done where something may contradict itself, or where it does not show what a change affects.
    """
    project, statements = draft.record.project, draft.record.statements
    triples = [one[:3] for one in statements]
    summary = summarise(triples, vocabulary_of(statements, project))
    if found[LOGIC] or summary is None or not are_usable(draft.shapes) or not is_closed_upwards(project, draft.store):
        return
    words = vocabulary(project)
    kept = keep_terms(triples, vocabulary_of(statements, project))
    terms = frozenset(str(term) for term in kept if isinstance(term, URIRef))
    articles = {source.file: list_articles(source, words) for source in draft.sources}
    described = dict(one for source in draft.sources for one in list_described(source, words))
    standing = Standing(project)
    with suppress(*CANNOT):
        plan = make_plan(project, draft.shapes, draft.questions)
        # Not aside: what writes to the disk needs threads that a process which is forked may not have.
        standing.fill(draft)
        standing.keep_summary(summary.values())
        facts = Facts(files, articles, described, found, frozenset(map(tell, summary)), terms, plan)
        with closing(standing.open()) as store:
            standing.keep(facts, store)
