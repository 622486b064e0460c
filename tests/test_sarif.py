"""Problems as SARIF hold what the standard requires, and say what the text says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conftest import ROOT, TINY, Edit
from onrecord.cli import main
from onrecord.codes import read_codes
from onrecord.problems import Problem
from onrecord.project import read_project
from onrecord.sarif import as_sarif

CODES = read_codes(read_project(ROOT))
FOUND = [
    Problem("kb/a b.ttl", 12, "claim:x", "quote-not-found", "It is not there.", "Copy it."),
    Problem("kb/a.ttl", None, "claim:x", "claim-carried", "Nobody says so.", "Remove it.", "warning"),
    Problem("", None, "", "made-up", "It is wrong.", "Mend it."),
]
LOG = as_sarif(FOUND, CODES)
RUN = LOG["runs"][0]

# SARIF 2.1.0: each object that is written, with the properties that the standard requires of it and their types; and
# the other properties that it may have of those written here.
OBJECTS: Mapping[str, tuple[Mapping[str, type], Mapping[str, type]]] = {
    "sarifLog": ({"version": str, "runs": list}, {"$schema": str}),
    "run": ({"tool": dict}, {"results": list, "columnKind": str}),
    "tool": ({"driver": dict}, {}),
    "toolComponent": ({"name": str}, {"version": str, "rules": list}),
    "reportingDescriptor": (
        {"id": str},
        {"shortDescription": dict, "fullDescription": dict, "help": dict, "defaultConfiguration": dict},
    ),
    "multiformatMessageString": ({"text": str}, {}),
    "reportingConfiguration": ({}, {"level": str}),
    "result": ({"message": dict}, {"ruleId": str, "ruleIndex": int, "level": str, "locations": list}),
    "message": ({"text": str}, {}),
    "location": ({}, {"physicalLocation": dict}),
    "physicalLocation": ({"artifactLocation": dict}, {"region": dict}),
    "artifactLocation": ({"uri": str}, {"uriBaseId": str}),
    "region": ({"startLine": int}, {}),
}
# Which object a property holds, one or a list.
HOLDS = {
    "runs": "run",
    "tool": "tool",
    "driver": "toolComponent",
    "rules": "reportingDescriptor",
    "shortDescription": "multiformatMessageString",
    "fullDescription": "multiformatMessageString",
    "help": "multiformatMessageString",
    "defaultConfiguration": "reportingConfiguration",
    "results": "result",
    "message": "message",
    "locations": "location",
    "physicalLocation": "physicalLocation",
    "artifactLocation": "artifactLocation",
    "region": "region",
}


def faults(kind: str, value: Mapping[str, Any]) -> Iterator[str]:
    """What the standard does not allow in an object and in all that it holds."""
    required, optional = OBJECTS[kind]
    yield from (f"{kind} lacks {name}" for name in required if name not in value)
    for name, held in value.items():
        if not isinstance(held, {**required, **optional}.get(name, ())):
            yield f"{kind} has {name}: {held!r}"
        for part in held if isinstance(held, list) else [held]:
            if name in HOLDS:
                yield from faults(HOLDS[name], part)


def test_a_log_holds_what_the_standard_requires_and_nothing_else() -> None:
    assert list(faults("sarifLog", LOG)) == []


@pytest.mark.parametrize("kind", ["runs", "tool", "rules", "message", "physicalLocation"])
def test_the_comparison_with_the_standard_notices_what_is_missing(kind: str) -> None:
    assert list(faults(HOLDS[kind], {"own": 1}))


def test_the_version_is_that_of_the_standard() -> None:
    assert LOG["version"] == "2.1.0"
    assert LOG["$schema"].endswith("/sarif-schema-2.1.0.json")


def test_every_result_leads_to_its_rule() -> None:
    rules = RUN["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in RUN["results"]] == [problem.code for problem in FOUND]


def test_every_code_is_a_rule_and_a_code_that_is_not_listed_becomes_one() -> None:
    names = [rule["id"] for rule in RUN["tool"]["driver"]["rules"]]
    assert names == [*(code.name for code in CODES), "made-up"]


def test_levels_are_those_of_the_problems() -> None:
    assert [result["level"] for result in RUN["results"]] == ["error", "warning", "error"]


def test_a_place_is_a_relative_uri_and_a_line_where_it_is_known() -> None:
    places = [result["locations"][0]["physicalLocation"] for result in RUN["results"] if "locations" in result]
    assert places == [
        {"artifactLocation": {"uri": "kb/a%20b.ttl", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 12}},
        {"artifactLocation": {"uri": "kb/a.ttl", "uriBaseId": "%SRCROOT%"}},
    ]


def test_a_problem_of_no_file_has_no_location() -> None:
    assert "locations" not in RUN["results"][2]


def test_a_message_names_the_thing_what_is_wrong_and_what_to_do() -> None:
    assert RUN["results"][0]["message"]["text"] == "claim:x: It is not there. Copy it."


def test_the_check_writes_sarif_and_its_exit_code_is_1(edit: Edit, copy: Path) -> None:
    edit("kb/articles/001.ttl", "Harle Mill denied that", "Harle Mill denies that")
    result = CliRunner().invoke(main, ["check", "--project", str(copy), "--format", "sarif"])
    found = json.loads(result.stdout)["runs"][0]["results"]
    assert [(one["ruleId"], one["level"]) for one in found] == [("quote-not-found", "error")]
    assert result.exit_code == 1


def test_a_sound_project_has_no_results() -> None:
    result = CliRunner().invoke(main, ["check", "--project", str(TINY), "--format", "sarif"])
    assert json.loads(result.stdout)["runs"][0]["results"] == []
    assert result.exit_code == 0
