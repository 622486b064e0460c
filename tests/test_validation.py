"""What the shapes find is told at its place in the sources."""

from __future__ import annotations

from pathlib import Path

from conftest import Edit, find_problems


def test_an_attribution_written_by_hand_is_a_problem_and_no_crash(edit: Edit, copy: Path) -> None:
    edit("kb/valley.ttl", ":drought a", "<attribution/mine> a rec:Attribution .\n:drought a")
    problems = find_problems(copy)
    assert {problem.file for problem in problems} == {"kb/valley.ttl"}
    assert "attribution-claim" in {problem.code for problem in problems}


def test_a_broken_shape_names_the_thing_the_line_and_the_value(edit: Edit, copy: Path) -> None:
    edit("kb/valley.ttl", "rec:quantity 25", "rec:quantity 25 , 26")
    found = [problem for problem in find_problems(copy) if problem.subject == "claim:dead-25"]
    assert found
    assert all(problem.file == "kb/valley.ttl" and problem.line for problem in found)
