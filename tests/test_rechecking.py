"""A check after a change finds what a check of everything finds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutations import KINDS, Kind, Workshop, make_edits, read_texts

from conftest import ROOT, TINY, Edit, edit_in, stay_silent
from onrecord import standing
from onrecord.build import examine, find_anew, find_problems, flatten
from onrecord.fingerprint import hash_files
from onrecord.problems import Problem
from onrecord.project import read_project
from onrecord.rechecking import recheck
from onrecord.standing import Standing

VALLEY, ONE, TWO = "kb/valley.ttl", "kb/articles/001.ttl", "kb/articles/002.ttl"
SEEDS, RADIO = "seeds/articles.ttl", "seeds/002_radio.txt"
SEED = 11
# Mistakes of which the summary of the record cannot tell that they are not a contradiction.
FAR_REACHING = ("bare figure on an event",)


def check_again(root: Path) -> list[Problem] | None:
    """What a check after a change finds; None where everything must be checked."""
    project = read_project(root)
    found = recheck(project, stay_silent, hash_files(project))
    return None if found is None else flatten(found)


def stand(root: Path) -> Path:
    """Check a sound project, so that later checks stand on it."""
    project = read_project(root)
    assert flatten(find_anew(project, stay_silent, hash_files(project))) == []
    return root


def check_all(root: Path) -> list[Problem]:
    return flatten(examine(read_project(root), stay_silent)[1])


CHANGES = {
    "a comment": (ONE, "@prefix", "# a remark\n\n@prefix"),
    "a statement": (VALLEY, '"40 trout died."@en', '"Forty trout died."@en'),
    "a count that contradicts its words": (VALLEY, "rec:lowerBound 12", "rec:lowerBound 13"),
    "a count, so that claims contradict each other": (VALLEY, "rec:quantity 25", "rec:quantity 11"),
    "a quote that is not printed": (ONE, "Harle Mill denied that", "Harle Mill denies that"),
    "a quote of other words": (ONE, "it had counted 40 dead trout below Harle weir", "40 dead trout below Harle weir"),
    "a stance": (ONE, ":harle-mill ; rec:stance c:denies", ":harle-mill ; rec:stance c:asserts"),
    "a speaker": (ONE, "rec:speaker :water-board", "rec:speaker :harle-mill"),
    "an attribution less": (TWO, "@prefix", "@prefix"),
    "a slot less": (VALLEY, " ; rec:unit c:dead-trout ;\n    rec:quantity 25", " ;\n    rec:quantity 25"),
    "a supersession in a circle": (VALLEY, "rec:lowerBound 12 ;", "rec:lowerBound 12 ; rec:supersedes claim:dead-40 ;"),
    "an unknown name": (VALLEY, "rec:accountOf :closing ;", "rec:accountOf :closyng ;"),
    "an unknown property": (VALLEY, "rec:accountOf :closing ;", "rec:accountOff :closing ;"),
    "a label": (VALLEY, '"Reported drought"@en', '"Drought"@en'),
    "a label that another has": (VALLEY, '"Reported drought"@en', '"Alleged closing of the sluice"@en'),
    "a claim that nobody makes": (VALLEY, "# Claims", 'claim:new a rec:RelationClaim ; rec:statement "New."@en .'),
    "a time": (VALLEY, 'rec:verbatimTime "on Thursday night"', 'rec:verbatimTime "on Friday"'),
    "another place": (VALLEY, "rec:anchor :harle-sluice", "rec:anchor :harle-weir"),
    "an account of another occurrence": (VALLEY, "rec:accountOf :closing ;", "rec:accountOf :drought ;"),
    "a dot less": (VALLEY, '"40 trout died."@en .', '"40 trout died."@en'),
    "another name for what others name": (VALLEY, ":closing a rec:Occurrence", ":shutting a rec:Occurrence"),
    "a spelling that is not printed": (VALLEY, 'skosxl:literalForm "Harle weir"@en', 'skosxl:literalForm "Weir"@en'),
    "a file that breaks off": (ONE, "rec:passageKind c:navigation ] .", "rec:passageKind"),
    "an IRI with a space": (VALLEY, "rec:anchor :harle-sluice", "rec:anchor <id/harle sluice>"),
    "boilerplate less": (ONE, ";\n    rec:boilerplate [ rec:quote", ".\n[] rec:remark [ rec:quote"),
    "an attribution twice": (
        ONE,
        'rec:quote "Dead trout divide the valley" ] ,',
        'rec:quote "Dead trout divide the valley" ] ,\n    [ rec:claim claim:valley-divided ; rec:speaker '
        ':river-gazette ; rec:stance c:asserts ; rec:voice c:headline ; rec:quote "Dead trout divide the valley" ] ,',
    ),
    "a waiver": (
        VALLEY,
        'rec:statement "25 trout died."@en',
        'rec:statement "25 trout died."@en ; rec:waiver [ rec:exact "Thursday" ; rec:reason "None."@en ]',
    ),
    "a hash": (SEEDS, "cc6060bd", "cc6060be"),
    "a headline's kind": (SEEDS, "c:headline-passage ] .", "c:navigation ] ."),
    "an article's words": (RADIO, "25 dead trout", "26 dead trout"),
    "an outlet": (SEEDS, "rec:outlet :valley-radio", "rec:outlet :river-gazette"),
    "a new file": ("kb/articles/003.ttl", "", "@prefix : <id/> .\n:drought a <ontology/record#Occurrence> .\n"),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small project, checked; as every test finds it and leaves it."""
    folder = tmp_path_factory.mktemp("standing") / "tiny"
    return stand(Path(shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("site"))))


@pytest.fixture
def small(base: Path) -> Iterator[Path]:
    """The small project, to be changed: it is put back, and if what stood does no more, it is checked anew."""
    yield base
    for path in set(base.rglob("*.*")) - {base / path.relative_to(TINY) for path in TINY.rglob("*.*")}:
        path.unlink()
    shutil.copytree(TINY, base, ignore=shutil.ignore_patterns("site"), dirs_exist_ok=True)
    if check_again(base) is None:
        stand(base)


@pytest.fixture
def edit_small(small: Path) -> Edit:
    """Replace text in a file of the small project; the text must be there."""
    return edit_in(small)


def test_nothing_stands_on_literals_that_the_store_keeps_otherwise(copy: Path, edit: Edit) -> None:
    edit(VALLEY, "rec:quantity 25", 'rec:quantity 25 ; rec:codingNote "a"@EN')
    project = read_project(copy)
    assert find_anew(project, stay_silent, hash_files(project))
    assert Standing(project).read() is None


@pytest.mark.parametrize("name", CHANGES)
def test_after_a_change_the_same_is_found(name: str, small: Path, edit_small: Edit) -> None:
    edit_small(*CHANGES[name])
    assert check_again(small) == check_all(small)
    shutil.copytree(TINY, small, ignore=shutil.ignore_patterns("site"), dirs_exist_ok=True)
    (small / "kb/articles/003.ttl").unlink(missing_ok=True)
    assert check_again(small) in ([], None)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (VALLEY, 'rdfs:label "Water Board"@en', 'rdfs:label "Board of Water"@en'),
        (VALLEY, ":drought a rec:Occurrence ;", ":drought a rec:Occurrence ; rec:quantity 3 ;"),
        (VALLEY, "rec:side :anglers-club , :harle-mill", "rec:side :harle-mill"),
        ("onrecord.toml", "title", "# a comment\ntitle"),
        ("shapes/new.ttl", "", "<urn:x> a <urn:y> ."),
        ("kb/queries/new.rq", "", "SELECT * { ?s ?p ?o } LIMIT 1"),
    ],
)
def test_where_a_change_may_reach_anything_there_is_no_answer(
    file: str, old: str, new: str, small: Path, edit_small: Edit
) -> None:
    edit_small(file, old, new)
    assert check_again(small) is None
    assert find_problems(read_project(small), stay_silent) == check_all(small)


def test_changes_add_up(small: Path, edit_small: Edit) -> None:
    for name in (
        "a count, so that claims contradict each other",
        "another place",
        "a label that another has",
        "a stance",
    ):
        edit_small(*CHANGES[name])
        assert check_again(small) == check_all(small)


def test_a_mistake_in_the_syntax_leaves_what_stands(small: Path, edit_small: Edit) -> None:
    edit_small(*CHANGES["a dot less"])
    find_problems(read_project(small), stay_silent)
    edit_small(VALLEY, '"40 trout died."@en', '"40 trout died."@en .')
    assert check_again(small) == []


def test_what_was_left_half_way_does_not_stand(small: Path) -> None:
    project = read_project(small)
    standing = Standing(project)
    assert standing.read()
    standing.spoil()
    assert check_again(small) is None


def test_a_broken_store_is_written_anew(small: Path, edit_small: Edit) -> None:
    project = read_project(small)
    for part in (Standing(project).folder / "store").glob("*.sst"):
        part.write_bytes(b"no such table")
    edit_small(*CHANGES["a comment"])
    assert check_again(small) is None
    stand(small)
    edit_small(*CHANGES["a label"])
    assert check_again(small) == check_all(small)


def test_of_many_projects_the_oldest_check_is_forgotten(
    small: Path, edit_small: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "KEPT", 1)
    folder = Standing(read_project(small)).folder
    older = folder.with_name("standing-older")
    older.mkdir()
    os.utime(older, (0, 0))
    edit_small("onrecord.toml", "title", "# a comment\ntitle")
    stand(small)
    assert folder.is_dir()
    assert not older.exists()


def test_what_was_changed_while_it_was_checked_does_not_stand(small: Path, edit_small: Edit) -> None:
    edit_small(ONE, "@prefix", "# meanwhile\n@prefix")
    path = small / VALLEY
    text = path.read_text(encoding="utf-8")

    def meddle(stage: str) -> None:
        path.write_text(text.replace("25 trout died", "26 trout died"), encoding="utf-8")

    find_problems(read_project(small), meddle)
    path.write_text(text, encoding="utf-8")
    assert Standing(read_project(small)).read() is None


def test_what_another_process_changes_is_not_waited_for(small: Path, edit_small: Edit) -> None:
    project = read_project(small)
    store = Standing(project).open()
    edit_small(*CHANGES["a comment"])
    assert check_again(small) is None
    assert len(store) > 0


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.group != "benign"][::6], ids=lambda kind: kind.name)
def test_after_a_mistake_in_the_record_the_same_is_found(kind: Kind, workshop: Path) -> None:
    (edit,) = make_edits(kind, read_texts(ROOT), 1, SEED)
    kept = (workshop / edit.file).read_text(encoding="utf-8")
    (workshop / edit.file).write_text(edit.text, encoding="utf-8")
    again = check_again(workshop)
    assert (again is None) == (kind.name in FAR_REACHING)
    assert again in (None, check_all(workshop)) and again != []
    (workshop / edit.file).write_text(kept, encoding="utf-8")
    assert check_again(workshop) in ([], None)


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A copy of the record, checked."""
    root = Workshop(tmp_path).root
    shutil.copytree(ROOT / "kb/queries", root / "kb/queries")
    return stand(root)
