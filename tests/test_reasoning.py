"""What the rules derive from the small project, and that they derive it from nothing else."""

from __future__ import annotations

from pathlib import Path

from rdflib import URIRef

from conftest import Edit, stay_silent
from onrecord.build import draft_record
from onrecord.checks import Draft
from onrecord.project import read_project
from onrecord.store import Statement

BASE = "https://weir.example/"
DERIVED = URIRef(f"{BASE}graph/derived")


def derived(draft: Draft, name: str) -> set[tuple[str, str]]:
    """The pairs of slugs, or texts, that a derived property joins."""
    predicate = URIRef(f"{BASE}ontology/record#{name}")
    rows = [s for s in draft.record.statements if s.graph == DERIVED and s.predicate == predicate]
    return {(str(row.subject).rsplit("/", 1)[-1], str(row.object).rsplit("/", 1)[-1]) for row in rows}


def test_figures_that_cannot_both_hold_contradict_each_other(tiny: Draft) -> None:
    assert ("dead-25", "dead-40") in derived(tiny, "contradicts")


def test_a_lower_bound_does_not_contradict_a_greater_figure(tiny: Draft) -> None:
    assert ("dead-12", "dead-25") not in derived(tiny, "contradicts")


def test_a_kind_of_claim_that_the_domain_declares_is_compared_by_the_same_rules(tiny: Draft) -> None:
    assert ("drought-killed", "closing-killed") in derived(tiny, "contradicts")


def test_contradiction_holds_in_both_directions(tiny: Draft) -> None:
    pairs = derived(tiny, "contradicts")
    assert pairs == {(other, one) for one, other in pairs}


def test_a_superseded_claim_is_not_current(tiny: Draft) -> None:
    current = {claim for claim, _ in derived(tiny, "isCurrent")}
    assert "dead-12" not in current
    assert "dead-40" in current


def test_a_denial_makes_the_denied_claim_contested(tiny: Draft) -> None:
    assert ("mill-closed-sluice", "harle-mill") in derived(tiny, "deniedBy")
    assert ("mill-closed-sluice", "contested") in derived(tiny, "status")


def test_what_two_of_three_sides_assert_is_partly_shared(tiny: Draft) -> None:
    assert ("sluice-shut", "partly-shared") in derived(tiny, "status")


def test_what_only_an_outlet_says_is_narrated(tiny: Draft) -> None:
    assert ("valley-divided", "narrated") in derived(tiny, "status")


def test_what_stands_in_another_graph_is_not_repeated(tiny: Draft) -> None:
    stated = {s[:3] for s in tiny.record.statements if s.graph != DERIVED}
    assert not stated & {s[:3] for s in tiny.record.statements if s.graph == DERIVED}


def test_a_rule_set_aside_does_not_run(edit: Edit, copy: Path) -> None:
    edit("ontology/rules/_99.rq", "", "CONSTRUCT { ?s ?p <https://weir.example/id/x> } WHERE { ?s ?p ?o }")
    statements = draft_record(read_project(copy), stay_silent).record.statements
    assert not [s for s in statements if str(s.object).endswith("id/x")]


def test_a_rule_of_the_project_runs_after_the_core_rules_on_what_they_derived(edit: Edit, copy: Path) -> None:
    rule = "CONSTRUCT { ?c rec:codingNote 'weighed' } WHERE { ?c rec:status c:contested ; a rec:Claim }"
    edit("ontology/rules/99.rq", "", rule)
    statements: tuple[Statement, ...] = draft_record(read_project(copy), stay_silent).record.statements
    assert len([s for s in statements if str(s.object) == "weighed"]) == 5
