"""Every question of the record is answered as the articles say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from conftest import ROOT, TINY, Edit, find_problems, stay_silent
from onrecord.build import check_record, draft_record
from onrecord.checks import CHECKS, Draft
from onrecord.project import Project, read_project
from onrecord.publish import ask_all
from onrecord.questions import (
    Asked,
    Question,
    check_question,
    compare_rows,
    group_by_theme,
    is_ordered,
    read_questions,
)
from onrecord.store import Store

PROJECTS = {"flagship": ROOT, "tiny": TINY}
QUESTIONS = {
    f"{name}-{question.path.stem}": (name, question)
    for name, root in PROJECTS.items()
    for question in read_questions(read_project(root))[0]
}


@cache
def store_of(name: str) -> tuple[Project, Store]:
    record = draft_record(read_project(PROJECTS[name]), stay_silent).record
    store = Store()
    store.load(record.statements)
    return record.project, store


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_as_expected(name: str) -> None:
    project, question = QUESTIONS[name]
    problem = check_question(*store_of(project), question)
    assert problem is None, str(problem)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_says_what_it_asks_and_what_its_rows_mean(name: str) -> None:
    question: Question = QUESTIONS[name][1]
    assert question.title != question.path.stem
    assert question.question.endswith("?")
    assert question.expected


def test_there_are_at_least_forty_questions() -> None:
    assert len([name for name, _ in QUESTIONS.values() if name == "flagship"]) >= 40


def test_titles_are_unique() -> None:
    titles = [(name, question.title) for name, question in QUESTIONS.values()]
    assert len(titles) == len(set(titles))


def test_rows_in_another_order_are_the_same_answer() -> None:
    assert compare_rows([("a",), ("1",), ("2",)], [("a",), ("2",), ("1",)], ordered=False) == ""


def test_rows_in_another_order_are_another_answer_if_the_query_orders_them() -> None:
    difference = compare_rows([("a",), ("1",), ("2",)], [("a",), ("2",), ("1",)], ordered=True)
    assert difference == "  the same rows in another order"


def test_a_row_that_comes_twice_is_not_a_row_that_comes_once() -> None:
    assert compare_rows([("a",), ("1",), ("1",)], [("a",), ("1",)], ordered=False) == "  - 1\n  - 1"


def test_the_difference_shows_what_is_missing_and_what_is_extra() -> None:
    difference = compare_rows([("a", "b"), ("1", "x")], [("a", "b"), ("2", "x")], ordered=False)
    assert difference == "  - 1 | x\n  + 2 | x"


def test_the_words_order_by_in_a_comment_do_not_order_an_answer() -> None:
    text = "# ORDER BY would change nothing\nSELECT * WHERE { ?s ?p ?o }"
    question = next(iter(QUESTIONS.values()))[1]
    assert not is_ordered(Question(question.file, question.path, "", "", "", "", text))


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000/", "https://a.example/below/", "https://zz.example/"])
def test_the_questions_are_answered_alike_under_any_base(base: str) -> None:
    draft = draft_record(read_project(ROOT, base), stay_silent)
    found = check_record(draft, stay_silent, [one for one in CHECKS if one.name == "questions"])
    assert [str(problem) for problem in found["questions"]] == []


def test_a_query_is_shown_without_the_header_that_stands_above_it() -> None:
    head = "# title: A\n# theme: 1. E\n# question: B,\n#   and C?\n# expected: D\n\n"
    asked = Asked("a", "A", "1. E", "B, and C?", "D", f"{head}# Of all.\nSELECT * {{ ?s ?p ?o }}\n", (), ())
    assert asked.bare_query == "# Of all.\nSELECT * { ?s ?p ?o }"


def test_a_column_is_headed_by_its_name_in_words() -> None:
    columns = ("speaker", "atLeast", "sideOfMany", "theIRI", "at_most", "day2Day")
    asked = Asked("a", "A", "", "B?", "", "", columns, ())
    assert dict(asked.headings) == {
        "speaker": "speaker",
        "atLeast": "at least",
        "sideOfMany": "side of many",
        "theIRI": "the IRI",
        "at_most": "at most",
        "day2Day": "day2 day",
    }


def test_a_question_that_asks_another_endpoint_is_refused_before_it_does(edit: Edit, copy: Path) -> None:
    edit("kb/queries/far.rq", "", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    edit("ontology/rules/99.rq", "", "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    refused = {problem.file for problem in find_problems(copy) if "SERVICE is refused" in problem.message}
    assert refused == {"kb/queries/far.rq", "ontology/rules/99.rq"}


def test_questions_stand_by_theme_in_the_order_of_its_number(tiny: Draft) -> None:
    (asked,) = (one for one in ask_all(tiny.record) if one.slug == "causes")
    themed = [
        replace(asked, slug=str(at), theme=theme) for at, theme in enumerate(("2. Weir", "", "1. Trout", "2. Weir"))
    ]
    found = [(theme, [one.slug for one in questions]) for theme, questions in group_by_theme(themed)]
    assert found == [("Trout", ["2"]), ("Weir", ["0", "3"]), ("", ["1"])]


def test_every_question_of_the_flagship_has_a_theme() -> None:
    assert not [name for name, (project, one) in QUESTIONS.items() if project == "flagship" and not one.theme]
