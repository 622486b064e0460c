"""What cannot hold together is explained: which triples clash, and where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import OWL, Graph, URIRef

from conftest import ROOT, TINY, Edit, stay_silent
from onrecord import consistency
from onrecord.build import draft_record
from onrecord.checks import CHECKS, Draft
from onrecord.clashes import Schema, find_clashes
from onrecord.consistency import find_inconsistencies
from onrecord.explanations import explain, shrink
from onrecord.locator import Locator
from onrecord.problems import Problem
from onrecord.project import read_project
from onrecord.store import Triple

ARTICLE, VALLEY, RIVER = "kb/articles/001.ttl", "kb/valley.ttl", "ontology/river.ttl"
ATTRIBUTION = "<attribution/001/valley-divided/river-gazette/asserts/0>"
PREFIXES = "@prefix : <urn:x#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "


def find(draft: Draft) -> list[Problem]:
    return find_inconsistencies(draft.record.statements, Locator(draft.record.project, draft.sources))


def find_in(folder: Path) -> list[Problem]:
    return find(draft_record(read_project(folder), stay_silent))


def line_of(file: str, text: str, root: Path) -> str:
    """The place of the one line that begins so, as a message names it."""
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if line.lstrip().startswith(text)]
    return f"{file}:{number}"


def read(turtle: str) -> list[Triple]:
    return list(Graph().parse(data=PREFIXES + turtle, format="turtle"))


def test_the_record_is_checked_by_a_reasoner() -> None:
    assert "logic" in [check.name for check in CHECKS]


@pytest.mark.parametrize("root", [ROOT, TINY], ids=["flagship", "tiny"])
def test_a_consistent_record_gives_nothing(root: Path) -> None:
    assert find_in(root) == []


# Things in classes that exclude each other


def test_a_claim_typed_as_an_occurrence_is_explained_by_both_types(edit: Edit, copy: Path) -> None:
    edit(VALLEY, ":drought a", "claim:dead-12 a rec:Occurrence .\n:drought a")
    (problem,) = find_in(copy)
    assert (problem.code, problem.subject) == ("inconsistent", "claim:dead-12")
    for triple in ("claim:dead-12 a rec:Occurrence", "claim:dead-12 a rec:QuantityClaim"):
        assert f"{triple}, {line_of(VALLEY, triple, copy)}" in problem.message


def test_an_occurrence_that_is_also_an_account_is_explained_by_both_types(edit: Edit, copy: Path) -> None:
    edit(VALLEY, ":closing a rec:Occurrence", ":closing a rec:Occurrence , rec:Account")
    (problem,) = find_in(copy)
    place = line_of(VALLEY, ":closing a", copy)
    assert f"{problem.file}:{problem.line}" == place
    assert problem.message == (
        f"This is a rec:Account (:closing a rec:Account, {place}) "
        f"and a rec:Occurrence (:closing a rec:Occurrence, {place}), and nothing is both."
    )


def test_an_attribution_typed_as_a_claim_is_explained_at_its_place(edit: Edit, copy: Path) -> None:
    edit(ARTICLE, "[ rec:claim claim:valley-divided", "[ a rec:Claim ; rec:claim claim:valley-divided")
    (problem,) = find_in(copy)
    place = line_of(ARTICLE, "[ a rec:Claim", copy)
    assert (problem.subject, f"{problem.file}:{problem.line}") == (ATTRIBUTION, place)
    assert f"{ATTRIBUTION} a rec:Claim, {place}" in problem.message


def test_a_claim_in_the_place_of_a_speaker_is_explained_by_the_property_and_its_range(edit: Edit, copy: Path) -> None:
    edit(ARTICLE, "claim:dead-12 ; rec:speaker :anglers-club", "claim:dead-12 ; rec:speaker claim:dead-40")
    (problem,) = find_in(copy)
    assert problem.subject == "claim:dead-40"
    assert f"rec:speaker claim:dead-40, {line_of(ARTICLE, '[ rec:claim claim:dead-12', copy)}" in problem.message
    _, _, after = problem.message.partition("rec:speaker rdfs:range rec:Agent, ontology/record.ttl:")
    line = (ROOT / "ontology" / "record.ttl").read_text(encoding="utf-8").splitlines()[int(after.split(")")[0]) - 1]
    assert line == "    rdfs:range rec:Agent ;"


def test_each_thing_has_a_problem_of_its_own(edit: Edit, copy: Path) -> None:
    edit(VALLEY, ":closing a rec:Occurrence", ":closing rec:quantity 4 ; a rec:Occurrence")
    edit(VALLEY, ":drought a rec:Occurrence", ":drought a rec:Occurrence , rec:Place")
    assert {problem.subject for problem in find_in(copy)} == {":closing", ":drought"}


def test_an_inverse_gives_a_class_the_other_way_round() -> None:
    terms = read(":p owl:inverseOf :q . :q <http://www.w3.org/2000/01/rdf-schema#domain> :A . :A owl:disjointWith :B .")
    (clash,) = find_clashes(read(":x :p :y . :y a :B ."), Schema(terms))
    assert clash.thing == URIRef("urn:x#y")


# Other contradictions


def test_a_clash_of_three_triples_is_explained_by_them_and_the_axiom(edit: Edit, copy: Path) -> None:
    edit(RIVER, "riv:cause a owl:ObjectProperty", "riv:cause a owl:ObjectProperty , owl:FunctionalProperty")
    edit(VALLEY, "riv:cause :drought", "riv:cause :drought , :closing")
    edit(VALLEY, ":drought a", f":drought <{OWL.differentFrom}> :closing .\n:drought a")
    (problem,) = find_in(copy)
    assert problem.subject == "claim:drought-killed"
    for fact in ("riv:cause :drought, ", "riv:cause :closing, ", f"Functional riv:cause, {RIVER}:", "differentFrom> "):
        assert fact in problem.message
    assert problem.message.count("; ") == 3


def test_a_contradiction_is_found_beside_a_clash(edit: Edit, copy: Path) -> None:
    edit(VALLEY, ":closing a rec:Occurrence", ":closing a rec:Occurrence , rec:Account")
    edit(VALLEY, "rec:quantity 25", 'rec:quantity "many"')
    assert {problem.subject for problem in find_in(copy)} == {":closing", "claim:dead-25"}


def test_a_text_in_the_place_of_a_number_is_shown(edit: Edit, copy: Path) -> None:
    edit(VALLEY, "rec:quantity 25", 'rec:quantity "t1t, or so"')
    (problem,) = find_in(copy)
    assert "claim:dead-25 rec:quantity “t1t, or so”, kb/valley.ttl:" in problem.message


CHAIN = (
    ":A a owl:Class ; owl:disjointWith :B . :B a owl:Class . :q a owl:ObjectProperty . :r a owl:ObjectProperty . "
    ":p a owl:ObjectProperty ; owl:propertyChainAxiom ( :q :r ) ; <http://www.w3.org/2000/01/rdf-schema#range> :A . "
    "<urn:x> a owl:Ontology ."
)
CLASHING = ":x :q :y . :y :r :z . :z a :B . "


def test_what_pellet_does_not_explain_is_narrowed_down_by_hermit() -> None:
    needed = read(CLASHING)
    innocent = read(" ".join(f":{one} a :A ." for one in "abc"))
    assert explain([*read(CHAIN), *needed]) == ()
    assert set(shrink([*innocent, *needed], read(CHAIN), 60)) == set(needed)


def test_narrowing_down_ends_in_time() -> None:
    doubtful = read(CLASHING)
    assert shrink(doubtful, read(CHAIN), 0) == doubtful


def test_what_is_not_narrowed_down_in_time_is_counted(edit: Edit, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consistency, "PATIENCE", 0)
    monkeypatch.setattr(consistency, "explain", lambda _: ())
    edit(VALLEY, "rec:quantity 25", 'rec:quantity "many"')
    (problem,) = find_in(copy)
    assert problem.message.endswith("more, not all of them at fault.")


# Classes


def test_a_class_that_can_have_no_member_is_explained(edit: Edit, copy: Path) -> None:
    edit(RIVER, "riv:cause a", "riv:Ferry a owl:Class ; rdfs:subClassOf rec:Place , rec:Agent .\nriv:cause a")
    (problem,) = find_in(copy)
    assert (problem.code, problem.subject) == ("unsatisfiable-class", "riv:Ferry")
    assert "DisjointClasses(rec:Agent rec:Place)" in problem.message
    assert f"riv:Ferry rdfs:subClassOf rec:Agent, {line_of(RIVER, 'riv:Ferry', copy)}" in problem.message


def test_a_class_is_named_in_place_of_its_members_and_of_the_classes_below_it(edit: Edit, copy: Path) -> None:
    extra = "rec:Place rdfs:subClassOf rec:Agent .\nriv:Ford a owl:Class ; rdfs:subClassOf rec:Place .\n"
    edit(RIVER, "riv:cause a", f"{extra}riv:cause a")
    assert [(problem.code, problem.subject) for problem in find_in(copy)] == [("unsatisfiable-class", "rec:Place")]


# What HermiT cannot take


def test_an_axiom_that_hermit_refuses_is_a_problem_at_its_term(edit: Edit, copy: Path) -> None:
    kinds = "a owl:TransitiveProperty , owl:IrreflexiveProperty ,"
    edit(RIVER, "riv:cause a", f"riv:cause {kinds}")
    (problem,) = find_in(copy)
    assert (problem.code, problem.subject) == ("beyond-owl-dl", "riv:cause")
    assert "Non-simple property 'riv:cause'" in problem.message


@pytest.mark.parametrize(
    "value", ["'2020-01-01'^^xsd:date", "'soon'^^xsd:date", "'many'^^xsd:integer", "'POINT(0 0)'^^riv:wkt"]
)
def test_a_value_that_hermit_cannot_read_is_left_to_the_shapes(value: str, edit: Edit, copy: Path) -> None:
    declared = "riv:when a owl:DatatypeProperty ; rdfs:range <http://www.w3.org/2001/XMLSchema#date> .\n"
    edit(RIVER, "riv:cause a", f"{declared}riv:cause a")
    xsd = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    edit(VALLEY, ":drought a", f"{xsd}:drought riv:when {value} .\n:drought a")
    assert find_in(copy) == []
