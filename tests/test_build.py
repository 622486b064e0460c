"""The spine: the same sources give the same record, in any order of hashing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, TINY, Edit, stay_silent
from onrecord.build import draft_record, gather
from onrecord.checks import Draft
from onrecord.fingerprint import hash_sources
from onrecord.project import read_project

DUMP = """
import hashlib, sys
from pathlib import Path
from onrecord.build import gather
from onrecord.project import read_project
from onrecord.store import Quads
draft, problems = gather(read_project(Path(sys.argv[1])), lambda stage: None)
print(hashlib.sha256(Quads(draft.statements).write("application/n-quads", {})).hexdigest() if draft else problems)
"""


def hash_of_record(folder: Path, seed: str) -> str:
    command = [sys.executable, "-W", "error", "-c", DUMP, str(folder)]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_the_order_of_hashing_does_not_change_the_record() -> None:
    hashes = {hash_of_record(TINY, seed) for seed in ("0", "1", "2")}
    assert len(hashes) == 1
    assert len(hashes.pop()) == 64


@pytest.mark.parametrize("stage", ["sources", "quotes", "deriving", "shapes", "coverage", "questions"])
def test_every_stage_reports_its_progress(stage: str) -> None:
    stages: list[str] = []
    gather(read_project(TINY), stages.append)
    assert any(stage in told for told in stages)


def test_statements_are_sorted_and_without_duplicates(tiny: Draft) -> None:
    statements = tiny.record.statements
    keys = [(s.graph, s.subject.n3(), s.predicate.n3(), s.object.n3()) for s in statements]
    assert keys == sorted(set(keys))


def test_every_source_file_has_a_graph_of_its_own_name(tiny: Draft) -> None:
    graphs = {graph.removeprefix("https://weir.example/graph/") for _, _, _, graph in tiny.record.statements}
    own = {str(path.relative_to(TINY).with_suffix("")) for path in TINY.rglob("*.ttl")}
    assert graphs == own | {"ontology/record", "ontology/record.concepts", "evidence", "derived"}


def test_no_record_comes_of_sources_with_an_error(edit: Edit, copy: Path) -> None:
    edit("kb/valley.ttl", ":drought a", ":drought a a")
    assert gather(read_project(copy), stay_silent)[0] is None


@pytest.mark.parametrize(
    "file",
    [
        "kb/valley.ttl",
        "seeds/001_gazette.txt",
        "kb/queries/causes.rq",
        "kb/queries/causes.expected.csv",
        "onrecord.toml",
    ],
)
def test_a_change_of_any_source_changes_the_hash_of_the_sources(copy: Path, file: str) -> None:
    before = hash_sources(read_project(copy))
    path = copy / file
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert hash_sources(read_project(copy)) != before


def test_another_base_changes_every_iri_of_the_record() -> None:
    statements = draft_record(read_project(TINY, "http://127.0.0.1:8000/"), stay_silent).record.statements
    assert not [s for s in statements if "weir.example" in "".join(map(str, s))]


def test_the_small_project_has_a_prefix_of_its_own_and_none_of_the_flagship() -> None:
    prefixes = read_project(TINY).prefixes
    assert "riv" in prefixes
    assert not set(prefixes.values()) & {read_project(ROOT).prefixes["con"]}


def test_blank_nodes_of_two_vocabularies_stay_apart(edit: Edit, copy: Path) -> None:
    restriction = "owl:equivalentClass [ a owl:Class ; owl:unionOf ( riv:A riv:B ) ]"
    for name in ("one", "two"):
        prefixes = "@prefix riv: <ontology/river#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        edit(f"ontology/{name}.ttl", "", f"{prefixes}riv:{name} {restriction} .\n")
    statements = draft_record(read_project(copy), stay_silent).record.statements
    unions = {s.object for s in statements if str(s.predicate).endswith("equivalentClass")}
    assert len(unions) == 2


def test_a_claim_that_nobody_makes_is_a_warning_and_is_not_published(edit: Edit, copy: Path) -> None:
    claim = "claim:alone a rec:OccurrenceClaim ; rec:claimsOccurrenceOf :closing-club ;"
    edit("kb/valley.ttl", ":drought a", f'{claim} rec:statement "Harle Mill did it."@en .\n:drought a')
    record, problems = gather(read_project(copy), stay_silent)
    assert [(problem.code, problem.severity) for problem in problems] == [("claim-carried", "warning")]
    assert record is not None
    assert not [s for s in record.statements if "claim/alone" in str(s.subject) + str(s.object)]
