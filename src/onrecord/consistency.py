"""The logic check: what cannot hold together, each contradiction with the triples that make it and their places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from textwrap import shorten

from rdflib import OWL, RDF, RDFS, Literal, URIRef
from rdflib.term import Node

from onrecord.clashes import Clash, Membership, Schema, find_clashes
from onrecord.explanations import Axiom, explain, shrink
from onrecord.graph import ONTOLOGY
from onrecord.locator import Locator
from onrecord.logic import Reasoning, UnreasonableError, project_owl, reason
from onrecord.memory import recall
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.store import Statement, Triple
from onrecord.summary import summarise

# How long HermiT tries to narrow down a contradiction that Pellet does not explain, in seconds; what is then shown.
PATIENCE, SHOWN_AT_MOST, TEXT_AT_MOST = 60.0, 6, 40
SOUND = Reasoning(consistent=True, unsatisfiable=())
WITNESS = URIRef("urn:onrecord:witness")
# How Manchester syntax words what is one triple in RDF; and which of these read the same from both sides.
PREDICATES = {
    "type": RDF.type,
    "domain": RDFS.domain,
    "range": RDFS.range,
    **{name: RDFS[name] for name in ("subClassOf", "subPropertyOf")},
    **{name: OWL[name] for name in ("inverseOf", "disjointWith", "sameAs", "differentFrom")},
}
SYMMETRIC = frozenset({OWL.inverseOf, OWL.disjointWith, OWL.sameAs, OWL.differentFrom})


def find_inconsistencies(statements: Sequence[Statement], located: Locator, *, full: bool = False) -> list[Problem]:
    """Every thing that is in classes which exclude each other, and every class that can have no member.

    Of other contradictions only one is reported at a time. Unless in full, the record itself is looked at only if its
    summary is not sound, or cannot be made.
    """
    try:
        if not full and _is_sound_in_summary(statements, located):
            return []
        found = reason(statement[:3] for statement in statements)
        if found == SOUND:
            return []
        reasoner = _Reasoner(statements, located)
        if found.consistent:
            return list(reasoner.report_classes({URIRef(iri) for iri in found.unsatisfiable}))
        return list(reasoner.report_contradictions())
    except UnreasonableError as error:
        return [_report_failure(str(error), located)]


def _is_sound_in_summary(statements: Sequence[Statement], located: Locator) -> bool:
    summary = summarise([statement[:3] for statement in statements], vocabulary_of(statements, located.project))
    return summary is not None and is_sound(summary.values())


def vocabulary_of(statements: Iterable[Statement], project: Project) -> Iterator[Triple]:
    """What the vocabularies of a project state."""
    vocabularies = project.iri(f"graph/{ONTOLOGY}/")
    return (statement[:3] for statement in statements if statement.graph.startswith(vocabularies))


def is_sound(summary: Collection[Triple]) -> bool:
    """Whether nothing contradicts itself in a summary, recalled where it was found before."""
    return bool(recall("sound", [project_owl(summary)], lambda: _is_sound(summary), still=lambda: True))


def _is_sound(triples: Iterable[Triple]) -> bool:
    try:
        return reason(triples) == SOUND
    except UnreasonableError:
        return False


def _report_failure(message: str, located: Locator) -> Problem:
    """HermiT gave up: at the first term that it names."""
    named = re.findall(r"<([^>]+)>", message)
    file, line = located.find(named[0]) if named else ("", None)
    what = re.sub(r"<([^>]+)>", lambda found: located.project.compact(found[1]), message).rstrip(".")
    remedy = "Mend the axiom, so that the vocabularies stay within OWL 2 DL."
    subject = located.project.compact(named[0]) if named else ""
    return Problem(file, line, subject, "beyond-owl-dl", f"HermiT cannot reason with this: {what}.", remedy)


class _Reasoner:
    """The triples of a record, and the problems that they make together."""

    def __init__(self, statements: Sequence[Statement], located: Locator) -> None:
        derived = located.project.iri("graph/derived")
        self.derived = {statement[:3] for statement in statements if str(statement.graph) == derived}
        # A source explains more than what follows from it, and what a thing is more than what is said of it.
        order = sorted(statements, key=lambda s: (s[:3] in self.derived, s.predicate != RDF.type))
        self.located = located
        self.words = _Wording(order, located)
        self.triples: list[Triple] = [statement[:3] for statement in order]
        self.terms = list(vocabulary_of(order, located.project))
        self.schema = Schema(self.terms)

    def report_contradictions(self) -> Iterator[Problem]:
        """The clashes of classes, and one contradiction more if they are not all."""
        clashes = find_clashes(self.triples, self.schema)
        of_things = [clash for clash in clashes if not _is_of_class(clash)]
        yield from self.report_classes({clash.memberships[0].triple[2] for clash in clashes if _is_of_class(clash)})
        yield from (self._report_clash(clash) for clash in of_things)
        things = {clash.thing for clash in clashes}
        left = [triple for triple in self.triples if not things & {triple[0], triple[2]}]
        if not clashes or not reason(left).consistent:
            yield self._report_contradiction(left)

    def report_classes(self, kinds: set[Node]) -> Iterator[Problem]:
        """The classes that can have no member, less those that are below another of them."""
        above = self.schema.superclasses
        for kind in sorted(kinds, key=str):
            if not any(other in above(kind) and kind not in above(other) for other in kinds):
                yield self._report_class(kind)

    def _report_clash(self, clash: Clash) -> Problem:
        one, other = (f"a {self.words.name(each.kind)} ({self._cite(each)})" for each in clash.memberships)
        file, line = self.located.find(str(clash.thing))
        if line is None:
            file, line = self.words.place(clash.memberships[1].triple)
        message = f"This is {one} and {other}, and nothing is both."
        remedy = "Correct or withdraw one of these triples."
        return Problem(file, line, self.words.name(clash.thing), "inconsistent", message, remedy)

    def _report_class(self, kind: Node) -> Problem:
        axioms = explain([*self.terms, (WITNESS, RDF.type, OWL.NamedIndividual), (WITNESS, RDF.type, kind)])
        reasons = [self.words.show_axiom(axiom) for axiom in _trim(axioms) if WITNESS not in axiom.words]
        why = "; ".join(reasons) or "HermiT says so, and Pellet does not say why"
        file, line = self.located.find(str(kind))
        name = self.words.name(kind)
        message = f"Nothing can be a {name}: {why}."
        return Problem(file, line, name, "unsatisfiable-class", message, "Correct one of these axioms.")

    def _report_contradiction(self, triples: Sequence[Triple]) -> Problem:
        axioms = explain([triple for triple in triples if triple not in self.derived]) or explain(triples)
        thing, reasons = self._list_axioms(axioms) if axioms else self._list_triples(triples)
        file, line = self.located.find(str(thing))
        message = f"These cannot all hold: {'; '.join(reasons)}."
        return Problem(file, line, self.words.name(thing), "inconsistent", message, "Correct or withdraw one of them.")

    def _list_axioms(self, axioms: Sequence[Axiom]) -> tuple[Node, list[str]]:
        """What the axioms speak of, and each of them in words; what the record says before what its terms mean."""
        terms = {None, *self.terms}
        order = sorted(_trim(axioms), key=lambda axiom: self.words.find(axiom) in terms)
        thing = next(word for axiom in order for word in axiom.words if isinstance(word, URIRef))
        return thing, [self.words.show_axiom(axiom) for axiom in order]

    def _list_triples(self, triples: Sequence[Triple]) -> tuple[Node, list[str]]:
        """The first of the triples that HermiT needs for the contradiction, and some of them in words."""
        terms = set(self.terms)
        needed = shrink([triple for triple in triples if triple not in terms], self.terms, PATIENCE)
        needed = needed or shrink(self.terms, [], PATIENCE)
        shown = [self.words.show(triple) for triple in needed[:SHOWN_AT_MOST]]
        more = len(needed) - len(shown)
        return needed[0][0], [*shown, *([f"and {more} more, not all of them at fault"] if more else [])]

    def _cite(self, membership: Membership) -> str:
        triples = [membership.triple, *([membership.lent_by] if membership.lent_by else [])]
        return "; ".join(self.words.show(triple) for triple in triples)


class _Wording:
    """Triples and axioms in words, each with its place."""

    def __init__(self, statements: Sequence[Statement], located: Locator) -> None:
        self.statements, self.located = statements, located

    def name(self, term: Node) -> str:
        """A term as it is written in Turtle; a text in quotation marks, cut short."""
        if isinstance(term, Literal):
            return f"“{shorten(str(term), TEXT_AT_MOST, placeholder='…')}”"
        return "a" if term == RDF.type else self.located.project.compact(str(term))

    def place(self, triple: Triple) -> tuple[str, int | None]:
        """The file and line of a triple, no file if it is derived."""
        found = (statement for statement in self.statements if statement[:3] == triple)
        return self.located.find_statement(next(found))

    def show(self, triple: Triple) -> str:
        """A triple, and where it stands."""
        file, line = self.place(triple)
        return f"{' '.join(self.name(term) for term in triple)}{_show_place(file or 'derived', line)}"

    def show_axiom(self, axiom: Axiom) -> str:
        """A triple if it is one, otherwise the axiom as Pellet words it, with the place of a term that it is about."""
        triple = self.find(axiom)
        if triple:
            return self.show(triple)
        words = " ".join(self.name(word) if isinstance(word, URIRef) else word for word in axiom.words)
        about = "" if axiom.is_list else next((word for word in axiom.words if isinstance(word, URIRef)), "")
        return f"{words.replace('( ', '(').replace(' )', ')')}{_show_place(*self.located.find(str(about)))}"

    def find(self, axiom: Axiom) -> Triple | None:
        """The triple of the record that an axiom is."""
        if len(axiom.words) != 3:
            return None
        subject, predicate, value = axiom.words
        wanted: object = PREDICATES.get(predicate, predicate)
        for found in self.statements:
            if found.predicate == wanted and _has_ends(found, subject, value):
                return found[:3]
        return None


def _trim(axioms: Sequence[Axiom]) -> list[Axiom]:
    """The axioms, their lists without the members that no other of them speaks of."""
    named = Counter(word for axiom in axioms for word in axiom.words)

    def belongs(word: str) -> bool:
        return named[word] > 1 or not isinstance(word, URIRef)

    return [Axiom(tuple(filter(belongs, axiom.words))) if axiom.is_list else axiom for axiom in axioms]


def _has_ends(statement: Statement, subject: object, value: object) -> bool:
    """Whether an axiom with this first and last word is the statement; Pellet adds the datatype to a text."""
    if isinstance(statement.object, Literal):
        return statement.subject == subject and str(statement.object) in str(value)
    ends = (statement.subject, statement.object)
    return ends == (subject, value) or (statement.predicate in SYMMETRIC and ends == (value, subject))


def _is_of_class(clash: Clash) -> bool:
    """Whether any thing of the class would clash: one triple, which says of which class it is, does it alone."""
    one, other = (membership.triple for membership in clash.memberships)
    return one == other and one[1] == RDF.type


def _show_place(file: str, line: int | None) -> str:
    place = file if line is None else f"{file}:{line}"
    return f", {place}" if place else ""
