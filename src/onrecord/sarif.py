"""Problems in the Static Analysis Results Interchange Format, for editors and code hosts (SARIF 2.1.0, OASIS)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from onrecord import __version__
from onrecord.codes import Code
from onrecord.problems import Problem

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# What file names are relative to: the root of the sources, which the reader of the log knows (section 3.14.14).
ROOT = "%SRCROOT%"


def as_sarif(problems: Iterable[Problem], codes: Iterable[Code]) -> dict[str, Any]:
    """One run: the codes as its rules, the problems as its results (sections 3.13 and 3.14)."""
    found = list(problems)
    rules = {code.name: _rule(code) for code in codes}
    for problem in found:
        rules.setdefault(problem.code, {"id": problem.code})
    places = {name: index for index, name in enumerate(rules)}
    driver = {"name": "onrecord", "version": __version__, "rules": list(rules.values())}
    results = [_result(problem, places) for problem in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(code: Code) -> dict[str, Any]:
    """Section 3.49: a reporting descriptor."""
    return {
        "id": code.name,
        "shortDescription": {"text": code.summary},
        "fullDescription": {"text": code.problem},
        "help": {"text": code.remedy},
        "defaultConfiguration": {"level": code.severity},
    }


def _result(problem: Problem, places: Mapping[str, int]) -> dict[str, Any]:
    """Section 3.27; the levels of section 3.27.10 include "error" and "warning"."""
    what = ": ".join(part for part in (problem.subject, problem.message) if part)
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": places[problem.code],
        "level": problem.severity,
        "message": {"text": f"{what} {problem.remedy}".strip()},
    }
    return result | ({"locations": [_location(problem)]} if problem.file else {})


def _location(problem: Problem) -> dict[str, Any]:
    """Section 3.29: a physical location, a URI reference with a line where it is known."""
    artifact = {"uri": quote(problem.file), "uriBaseId": ROOT}
    region = {} if problem.line is None else {"region": {"startLine": problem.line}}
    return {"physicalLocation": {"artifactLocation": artifact, **region}}
