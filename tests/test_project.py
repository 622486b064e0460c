"""onrecord.toml decides every IRI and path."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import TINY, Edit
from onrecord.project import ProjectError, find_project, read_project, resolve


def test_a_relative_namespace_is_resolved_against_the_base_and_keeps_its_hash() -> None:
    assert read_project(TINY).prefixes["riv"] == "https://weir.example/ontology/river#"


def test_a_namespace_with_an_address_of_its_own_is_left_alone() -> None:
    assert resolve("https://a.example/", "http://b.example/c#") == "http://b.example/c#"


def test_another_base_for_one_run_changes_every_iri_and_the_place_of_the_site() -> None:
    project = read_project(TINY, "http://127.0.0.1:8000")
    assert project.prefixes["claim"] == "http://127.0.0.1:8000/claim/"
    assert project.public != read_project(TINY).public


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://weir.example/id/harle-mill", ":harle-mill"),
        ("https://weir.example/ontology/river#cause", "riv:cause"),
        ("https://weir.example/article/001#char=1,2", "<article/001#char=1,2>"),
        ("https://elsewhere.example/x", "<https://elsewhere.example/x>"),
    ],
)
def test_an_iri_is_shown_as_its_writer_would_write_it(iri: str, name: str) -> None:
    assert read_project(TINY).compact(iri) == name


def test_a_project_is_found_from_any_folder_inside_it() -> None:
    assert find_project(TINY / "kb" / "articles") == TINY


def test_outside_a_project_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="onrecord init DIR"):
        find_project(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "The trout of Harle"', "", "missing title"),
        ('base = "https://weir.example/"', 'base = "weir"', "absolute http"),
        ("[prefixes]", "[prefixes", "cannot be read"),
    ],
)
def test_a_mistake_in_the_settings_is_named(edit: Edit, copy: Path, old: str, new: str, message: str) -> None:
    edit("onrecord.toml", old, new)
    with pytest.raises(ProjectError, match=message):
        read_project(copy)


def test_a_project_without_pages_of_its_own_uses_the_default_ones(copy: Path) -> None:
    (copy / "site" / "public").mkdir(parents=True)
    assert read_project(copy).site != copy / "site"
