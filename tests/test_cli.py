"""What each command prints where, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import pty
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from conftest import ROOT, TINY, Edit
from onrecord.answers import FORMATS
from onrecord.cli import COMMANDS, main
from onrecord.problems import Problem
from onrecord.screen import SUMMARISED_ABOVE, show_problems


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def find_command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def ask(query: str, *arguments: str) -> Result:
    return run("query", query, "--project", str(TINY), *arguments)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert len(find_command(command).get_short_help_str(200)) > 30


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_says_what_it_does(command: str) -> None:
    options = [parameter for parameter in find_command(command).params if parameter.param_type_name == "option"]
    assert all(getattr(option, "help", None) for option in options)


def test_a_sound_project_passes_the_check() -> None:
    result = run("check", "--project", str(TINY))
    assert (result.exit_code, result.stdout, result.stderr.splitlines()[-1]) == (0, "", "No problems.")


def test_problems_go_to_stdout_their_number_to_stderr_and_the_exit_code_is_1(edit: Edit, copy: Path) -> None:
    edit("kb/articles/001.ttl", "Harle Mill denied that", "Harle Mill denies that")
    result = run("check", "--project", str(copy))
    assert result.exit_code == 1
    assert result.stdout.startswith("kb/articles/001.ttl:25: mill-closed-sluice: quote-not-found: ")
    assert result.stderr == "1 error\n"


def test_problems_can_be_had_as_json(edit: Edit, copy: Path) -> None:
    edit("kb/articles/001.ttl", "Harle Mill denied that", "Harle Mill denies that")
    problems = json.loads(run("check", "--project", str(copy), "--format", "json").stdout)
    assert [(problem["code"], problem["line"]) for problem in problems] == [("quote-not-found", 25)]


def test_every_code_can_be_listed_a_line_each_and_as_json() -> None:
    lines = run("check", "--list", "--project", str(TINY)).stdout.splitlines()
    rows = json.loads(run("check", "--list", "--format", "json", "--project", str(TINY)).stdout)
    assert lines[0].split("\t") == ["turtle-syntax", "error", "Reading the files", "A file is not Turtle."]
    assert [line.split("\t")[0] for line in lines] == [row["name"] for row in rows]


def test_codes_are_not_listed_as_sarif() -> None:
    assert run("check", "--list", "--format", "sarif", "--project", str(TINY)).exit_code == 2


def shown_on_a_terminal(problems: list[Problem]) -> str:
    """What a terminal of 80 columns gets to show."""
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w") as screen, redirect_stdout(screen):
        show_problems(problems)
    shown = b""
    with os.fdopen(leader, "rb", buffering=0) as keyboard, suppress(OSError):
        while part := keyboard.read(1024):
            shown += part
    return shown.decode().replace("\r", "")


FOUND = [
    Problem("kb/a.ttl", 12, "claim:x", "quote-not-found", "It is not there.", "Copy it."),
    Problem("kb/a.ttl", None, "", "quote-not-found", "It is\nnot there.", "Copy it."),
    Problem("kb/a.ttl", 3, "claim:y", "claim-carried", "Nobody says so.", "Remove it.", "warning"),
]


def test_on_a_terminal_problems_stand_below_their_file_errors_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert [line.rstrip() for line in shown_on_a_terminal(FOUND).splitlines()] == [
        *("kb/a.ttl", "  line 12: claim:x: quote-not-found: It is not there. Copy it."),
        *("  line unknown: quote-not-found: It is", "  not there. Copy it."),
        *("kb/a.ttl", "  line 3: claim:y: claim-carried: Nobody says so. Remove it."),
    ]


def test_a_terminal_shows_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[1;31mquote-not-found" in shown_on_a_terminal(FOUND)


def test_a_pipe_gets_one_line_for_each_problem_and_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    show_problems(FOUND)
    assert capsys.readouterr().out.splitlines() == [
        "kb/a.ttl:12: claim:x: quote-not-found: It is not there. Copy it.",
        "kb/a.ttl: quote-not-found: It is not there. Copy it.",
        "warning: kb/a.ttl:3: claim:y: claim-carried: Nobody says so. Remove it.",
    ]


def test_of_very_many_problems_the_first_of_each_code_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    many = [replace(FOUND[0], line=line) for line in range(1, SUMMARISED_ABOVE + 1)]
    show_problems([*many, FOUND[2]])
    assert capsys.readouterr().out.splitlines() == [
        "kb/a.ttl:1: claim:x: quote-not-found: It is not there. Copy it.",
        "warning: kb/a.ttl:3: claim:y: claim-carried: Nobody says so. Remove it.",
        "quote-not-found: 9,999 more; all with: onrecord check --format json",
    ]


def test_many_problems_are_shown_one_by_one_up_to_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    show_problems([replace(FOUND[0], line=line) for line in range(1, SUMMARISED_ABOVE + 1)])
    assert len(capsys.readouterr().out.splitlines()) == SUMMARISED_ABOVE


def test_a_folder_that_is_no_project_is_misuse(tmp_path: Path) -> None:
    result = run("check", "--project", str(tmp_path))
    assert result.exit_code == 2
    assert "onrecord.toml" in result.stderr


def test_a_query_in_a_pipe_answers_in_csv() -> None:
    result = ask("SELECT ?cause { ?claim riv:cause ?cause } ORDER BY ?cause")
    assert result.stdout.split() == ["cause", "https://weir.example/id/closing", "https://weir.example/id/drought"]


def test_a_query_can_be_a_file() -> None:
    assert ask(str(TINY / "kb/queries/causes.rq")).stdout.startswith("cause,speaker,relay")


def test_a_table_shows_names_as_the_curator_writes_them() -> None:
    assert ":drought" in ask("SELECT ?cause { ?claim riv:cause ?cause }", "--format", "table").stdout


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_rows_or_triples_can_be_had_in_every_format(form: str) -> None:
    select = ask("SELECT ?cause { ?claim riv:cause ?cause }", "--format", form)
    construct = ask("CONSTRUCT { ?claim riv:cause ?cause } WHERE { ?claim riv:cause ?cause }", "--format", form)
    assert 0 in (select.exit_code, construct.exit_code)
    assert {select.exit_code, construct.exit_code} <= {0, 2}


@pytest.mark.parametrize("query", ["SELECT ?x {", "kb/queries/no-such-file.rq"])
def test_a_query_that_is_none_is_misuse(query: str) -> None:
    result = ask(query)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_coverage_shows_a_line_for_each_sentence_and_each_article() -> None:
    result = run("coverage", "--project", str(TINY))
    assert result.exit_code == 0
    lines = [[cell.strip() for cell in line.split("│")] for line in result.stdout.splitlines()]
    first = [line[1] for line in lines if len(line) > 1]
    assert [cell for cell in first if ".s" in cell] == [f"001.s{n}" for n in range(1, 9)] + [
        f"002.s{n}" for n in range(1, 6)
    ]
    assert first[-2:] == ["001", "002"]


def test_coverage_can_be_had_as_json() -> None:
    rows = json.loads(run("coverage", "--project", str(TINY), "--format", "json").stdout)
    assert len(rows) == 13
    assert rows[0]["state"] == "carried"


def test_coverage_lists_the_words_that_are_missing(edit: Edit, copy: Path) -> None:
    edit("kb/valley.ttl", "rec:hasTime :thursday-night ;", "")
    result = run("coverage", "--project", str(copy))
    assert result.exit_code == 1
    assert "the time “Thursday”" in result.stdout


def test_the_version_is_that_of_the_package() -> None:
    assert f'version = "{run("--version").stdout.split()[-1]}"' in (ROOT / "pyproject.toml").read_text()
