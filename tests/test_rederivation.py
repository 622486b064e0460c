"""What a change of the sources changes in the derived graph is what deriving everything anew gives."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from onrecord.checks import Draft
from onrecord.leads import GONE, Change
from onrecord.plans import Plan, make_plan
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.reasoning import run_rules
from onrecord.rederivation import MADE, STATED, rederive
from onrecord.store import Statement, Store, Triple

WAYS = ("less", "other value", "another value", "anything")


def derive(project: Project, statements: Sequence[Statement]) -> dict[str, set[Triple]]:
    """What each rule makes."""
    made = dict(run_rules(project, Store(), statements))
    return {file: {one[:3] for one in found} for file, found in made.items() if not isinstance(found, Problem)}


class Standing:
    """The statements of a record with all that is derived of them."""

    def __init__(self, draft: Draft) -> None:
        self.project = draft.record.project
        self.plan: Plan = make_plan(self.project, draft.shapes, ())
        derived = self.project.iri("graph/derived")
        self.statements = [one for one in draft.record.statements if str(one.graph) != derived]
        self.store = Store()
        for graph in (STATED, None):
            self.store.put({one[:3] for one in self.statements}, graph)
        for file, made in draft.made.items():
            for name in (MADE + file, None):
                self.store.put({one[:3] for one in made}, name)

    def change(self, statements: Sequence[Statement]) -> None:
        """State other things, and derive what that changes."""
        before, now = ({one[:3] for one in stated} for stated in (self.statements, statements))
        change = Change(now - before, before - now)
        self.store.take(change.gone, STATED)
        self.store.put(change.come, STATED)
        self.store.put(change.gone, GONE)
        self.store.take(change.gone)
        self.store.put(change.come)
        rederive(self.project, self.store, self.plan.rules, change)
        self.store.take(self.store.match(None, None, None, GONE), GONE)
        self.statements = list(statements)

    @property
    def made(self) -> dict[str, set[Triple]]:
        """What each rule made, as it stands."""
        return {rule.file: set(self.store.match(None, None, None, MADE + rule.file)) for rule in self.plan.rules}


def edit(statements: Sequence[Statement], random: Random) -> list[Statement]:
    """A few statements of the sources less, more or otherwise."""
    edited = list(statements)
    pool = [one for one in edited if "/graph/ontology/" not in one.graph]
    for _ in range(random.choice((1, 1, 2, 5))):
        chosen, way = random.choice(pool), random.choice(WAYS)
        other = random.choice(pool if way == "anything" else [one for one in pool if one.predicate == chosen.predicate])
        if way in ("less", "other value") and chosen in edited:
            edited.remove(chosen)
        if way != "less":
            edited.append(chosen._replace(predicate=other.predicate, object=other.object))
    return edited


@pytest.mark.parametrize("seed", range(12))
def test_after_changes_of_a_small_record_the_same_is_derived(seed: int, tiny: Draft) -> None:
    random, standing = Random(seed), Standing(tiny)
    for _ in range(4):
        standing.change(edit(standing.statements, random))
        made = derive(standing.project, standing.statements)
        assert standing.made == made
        union = {one[:3] for one in standing.statements}.union(*made.values())
        assert set(standing.store.match(None, None, None)) == union


@pytest.mark.parametrize("seed", range(4))
def test_after_changes_of_the_record_the_same_is_derived(seed: int, flagship: Draft) -> None:
    random, standing = Random(seed), Standing(flagship)
    for _ in range(2):
        standing.change(edit(standing.statements, random))
        assert standing.made == derive(standing.project, standing.statements)
