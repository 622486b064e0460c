"""Every code that a check can give is listed, explained with an example, and documented."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conftest import ROOT, TINY, Edit
from onrecord.codes import PROBLEMS_PAGE, SHAPES_PAGE, Code, codes_as_json, read_codes, read_page
from onrecord.project import read_project
from shapes_page import render_shapes_page

CODES = read_codes(read_project(ROOT))
SHAPES = [code for code in CODES if code.where.startswith("shapes/")]
CASES = {path.name for path in (ROOT / "tests" / "shapes").iterdir() if path.is_dir()}


def by_name(name: str) -> Code:
    return next(code for code in CODES if code.name == name)


def test_no_code_is_listed_twice() -> None:
    assert len({code.name for code in CODES}) == len(CODES)


def test_the_page_of_the_shapes_is_the_one_that_they_give() -> None:
    assert (ROOT / "docs" / SHAPES_PAGE).read_text(encoding="utf-8") == render_shapes_page(), "Run: make docs"


def test_every_shape_has_a_heading_and_a_case() -> None:
    assert {code.name for code in read_page(SHAPES_PAGE)} == {code.name for code in SHAPES} == CASES


def test_the_two_pages_share_no_heading() -> None:
    assert not {code.name for code in read_page(PROBLEMS_PAGE)} & {code.name for code in SHAPES}


@pytest.mark.parametrize("code", [pytest.param(code, id=code.name) for code in CODES])
def test_every_code_says_what_is_wrong_with_an_example_and_what_to_do(code: Code) -> None:
    assert code.problem.endswith((".", ":")) and code.remedy.endswith(".")
    assert code.example
    assert code.severity in ("error", "warning")
    assert code.where


def test_codes_are_headings_below_that_of_their_stage() -> None:
    for page in (PROBLEMS_PAGE, SHAPES_PAGE):
        stages = re.findall(r"^## (.*)$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert stages == list(dict.fromkeys(code.where for code in read_page(page)))


def test_a_code_of_the_program_names_the_stage_that_finds_it() -> None:
    assert by_name("quote-not-found").where == "Finding the quotes"


def test_a_shape_names_its_file_and_line() -> None:
    shape = by_name("claim-about")
    lines = (ROOT / shape.where).read_text(encoding="utf-8").splitlines()
    assert shape.line is not None
    assert lines[shape.line - 1].startswith("shape:claim-about a ")


def test_the_severity_of_a_shape_is_the_one_that_it_states() -> None:
    assert (by_name("claim-carried").severity, by_name("claim-about").severity) == ("warning", "error")


def test_the_page_of_a_shape_says_that_it_is_a_warning() -> None:
    documented = {code.name: code.severity for code in read_page(SHAPES_PAGE)}
    assert documented == {code.name: code.severity for code in SHAPES}


def test_a_remedy_may_have_several_paragraphs_and_an_example_several_lines() -> None:
    code = by_name("question-answered-otherwise")
    assert code.example.splitlines() == ["- claim:am-dead-49 | :armenia", "+ claim:am-dead-50 | :armenia"]
    assert code.remedy.startswith("Settle it by the articles")


def test_the_shapes_of_a_project_s_own_are_listed_too(edit: Edit, copy: Path) -> None:
    edit("shapes/own.ttl", "", '@prefix sh: <http://www.w3.org/ns/shacl#> . <shape/own> sh:message "Bad. Mend it." .')
    own = read_codes(read_project(copy))[-len(SHAPES) :]
    assert Code("own", "error", "shapes/own.ttl", "Bad.", "Mend it.") in own


def test_a_shape_file_that_cannot_be_parsed_hides_no_other(edit: Edit, copy: Path) -> None:
    edit("shapes/own.ttl", "", "no Turtle")
    assert read_codes(read_project(copy)) == read_codes(read_project(TINY))


def test_codes_can_be_had_as_json() -> None:
    rows = json.loads(json.dumps(codes_as_json(CODES)))
    assert len(rows) == len(CODES)
    assert rows[0]["summary"] == "A file is not Turtle."
