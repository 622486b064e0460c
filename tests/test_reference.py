"""Values from outside the articles are those of the reference, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph

from conftest import ROOT
from onrecord.graph import Source, read_sources
from onrecord.project import read_project
from onrecord.reference import find_unreferenced, read_reference

PROJECT = read_project(ROOT)
SOURCES = {source.file: source for source in read_sources(PROJECT)[0]}


def edited(file: str, old: str, new: str) -> Source:
    source = SOURCES[file]
    assert old in source.text
    text = source.text.replace(old, new, 1)
    return replace(source, text=text, triples=Graph().parse(data=text, format="turtle", publicID=PROJECT.base))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("kb/outside/identifiers.ttl", "entity/Q399>", "entity/Q398>"),
        ("kb/outside/identifiers.ttl", '"ARM"', '"ARN"'),
        ("kb/outside/coordinates.ttl", "46.33816", "46.33817"),
        ("kb/outside/names.ttl", "Ermənistan", "Ermenistan"),
    ],
)
def test_a_value_that_the_reference_does_not_hold_is_found_at_its_thing(file: str, old: str, new: str) -> None:
    problems = list(find_unreferenced(PROJECT, [edited(file, old, new)]))
    assert len(problems) == 1
    assert problems[0].file == file


def test_the_values_of_the_record_are_those_of_the_reference() -> None:
    assert list(find_unreferenced(PROJECT, SOURCES.values())) == []
    assert len(read_reference(PROJECT)) > 60


def test_a_project_without_a_reference_is_held_to_none(copy: Path) -> None:
    (copy / "kb" / "outside" / "reference.tsv").unlink()
    project = read_project(copy)
    assert list(find_unreferenced(project, read_sources(project)[0])) == []
