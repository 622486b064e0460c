"""What two builds say differently."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rdflib import Literal, URIRef
from rdflib.namespace import RDFS

from conftest import TINY, Edit, stay_silent
from onrecord.build import draft_record
from onrecord.cli import main
from onrecord.difference_reports import REPORTS
from onrecord.differences import show_term
from onrecord.dumps import STORE_DUMP
from onrecord.project import read_project
from onrecord.publish import publish
from onrecord.store import read_nquads

VALLEY, GAZETTE = "kb/valley.ttl", "kb/articles/001.ttl"
SAID_25 = 'rec:statement "25 trout died."'
DENIAL = """\
    [ rec:claim claim:mill-closed-sluice ; rec:speaker :harle-mill ; rec:stance c:denies ; rec:voice c:indirect ;
        rec:quote "Harle Mill denied that it had closed the sluice." ] ,
"""
THREE = '<a:s> <a:p> _:{0} <a:g> .\n_:{0} <a:p> _:{1} <a:g> .\n_:{1} <a:p> "x" <a:g> .\n'


def build(folder: Path) -> Path:
    """Publish a project, without checking it, and return where the site lies."""
    return publish(draft_record(read_project(folder), stay_silent).record)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project as it is, built."""
    folder = tmp_path_factory.mktemp("old") / "tiny"
    return build(Path(shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("site"))))


def diff(old: Path, new: Path, form: str = "text") -> Result:
    return CliRunner().invoke(main, ["diff", str(old), str(new), "--project", str(TINY), "--format", form])


def nquads(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def section(result: Result, heading: str) -> list[str]:
    """The lines below a heading."""
    _, _, rest = result.stdout.partition(f"\n{heading}\n")
    return [line.strip() for line in rest.partition("\n\n")[0].splitlines()]


def test_a_changed_value_is_one_change_from_old_to_new(old: Path, copy: Path, edit: Edit) -> None:
    edit(VALLEY, SAID_25, 'rec:statement "25 dead trout."')
    result = diff(old, build(copy))
    assert result.exit_code == 1
    assert section(result, "claim:dead-25") == [
        '~ rdfs:label "25 trout died."@en → "25 dead trout."@en (derived)',
        '~ rec:statement "25 trout died."@en → "25 dead trout."@en (<graph/kb/valley>)',
    ]
    assert section(result, "Claims") == []


def test_a_removed_attribution_is_gone_and_changes_the_status_of_its_claim(old: Path, copy: Path, edit: Edit) -> None:
    edit(GAZETTE, DENIAL, "")
    result = diff(old, build(copy))
    gone = section(result, "<attribution/001/mill-closed-sluice/harle-mill/denies/272>")
    assert section(result, "Claims") == [
        '~ claim:mill-closed-sluice c:contested → c:unilateral "Harle Mill closed the sluice on Thursday night."@en'
    ]
    assert "- rec:stance c:denies (<graph/kb/articles/001>)" in gone
    assert {line[0] for line in gone} == {"-"}
    assert "- rec:deniedBy :harle-mill (derived)" in section(result, "claim:mill-closed-sluice")


def test_claims_that_are_gone_and_come_stand_first(old: Path, copy: Path, edit: Edit) -> None:
    for file in (GAZETTE, GAZETTE, VALLEY):
        edit(file, "claim:sluice-shut", "claim:sluice-closed")
    result = diff(old, build(copy))
    assert section(result, "Claims") == [
        '- claim:sluice-shut c:partly-shared "The sluice was shut."@en',
        '+ claim:sluice-closed c:partly-shared "The sluice was shut."@en',
    ]
    assert result.stdout.index("\nClaims\n") < result.stdout.index("\nGraphs\n") < result.stdout.index("\nclaim:")


def test_each_graph_that_differs_is_counted(old: Path, copy: Path, edit: Edit) -> None:
    edit(VALLEY, ':drought a rec:Occurrence ; rdfs:label "Reported drought"@en', ":drought a rec:Occurrence")
    counted = section(diff(old, build(copy)), "Graphs")
    assert [line for line in counted if "valley" in line] == ["<graph/kb/valley> -1 +0 (125 → 124 statements)"]


def test_a_new_title_is_named_and_is_no_difference_of_statements(old: Path, copy: Path, edit: Edit) -> None:
    edit("onrecord.toml", "The trout of Harle", "The dead of Harle")
    new = build(copy)
    assert (diff(old, new).exit_code, diff(old, new).stdout) == (0, "")
    assert json.loads(diff(old, new, "json").stdout)["new"] == f"{new} (The dead of Harle 1.0.0)"


def test_the_order_of_the_sources_and_of_the_lines_makes_no_difference(old: Path, copy: Path, tmp_path: Path) -> None:
    statements = (copy / VALLEY).read_text().split("\n\n")
    (copy / VALLEY).write_text("\n\n".join([statements[0], statements[1], *reversed(statements[2:])]))
    lines = (old / STORE_DUMP).read_text().splitlines(keepends=True)
    assert diff(old, build(copy)).exit_code == 0
    assert diff(old, nquads(tmp_path, "reversed.nq", "".join(reversed(lines)))).exit_code == 0


def test_the_names_of_blank_nodes_make_no_difference(tmp_path: Path) -> None:
    one, other = (nquads(tmp_path, f"{names[0]}.nq", THREE.format(*names)) for names in (("a", "b"), ("y", "x")))
    assert diff(one, other).exit_code == 0


def test_another_blank_node_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    old = nquads(tmp_path, "old.nq", THREE.format("a", "b"))
    new = nquads(tmp_path, "new.nq", '_:a <a:q> "y" <a:g> .\n' + THREE.format("b", "c"))
    assert section(diff(old, new), "Graphs") == ["<a:g> -0 +1 (3 → 4 statements)"]


def test_blank_nodes_of_which_the_same_is_said_stay_as_many_as_they_are() -> None:
    assert len(set(read_nquads(b'_:a <a:p> "x" <a:g> .\n_:b <a:p> "x" <a:g> .\n'))) == 2


def test_several_values_are_not_paired(tmp_path: Path) -> None:
    lines = [f'<a:s> <a:p> "{value}" <a:g> .\n' for value in "abc"]
    old, new = nquads(tmp_path, "old.nq", "".join(lines[:2])), nquads(tmp_path, "new.nq", lines[2])
    assert section(diff(old, new), "<a:s>") == [f'{sign} <a:p> "{value}" (<a:g>)' for sign, value in ("-a", "-b", "+c")]


def test_values_are_paired_with_those_of_the_same_language(tmp_path: Path) -> None:
    old, new = (
        nquads(tmp_path, f"{n}.nq", f'<a:s> <a:p> "a{n}"@en <a:g> .\n<a:s> <a:p> "b{n}"@fr <a:g> .\n') for n in (1, 2)
    )
    assert section(diff(old, new), "<a:s>") == [
        '~ <a:p> "a1"@en → "a2"@en (<a:g>)',
        '~ <a:p> "b1"@fr → "b2"@fr (<a:g>)',
    ]


def test_a_statement_in_another_graph_is_gone_from_one_and_come_to_the_other(tmp_path: Path) -> None:
    old, new = (nquads(tmp_path, f"{graph}.nq", f'<a:s> <a:p> "x" <a:{graph}> .\n') for graph in "gh")
    assert section(diff(old, new), "<a:s>") == ['- <a:p> "x" (<a:g>)', '+ <a:p> "x" (<a:h>)']


def test_json_says_which_statements_are_derived(old: Path, copy: Path, edit: Edit) -> None:
    edit(VALLEY, SAID_25, 'rec:statement "25 dead trout."')
    found = json.loads(diff(old, build(copy), "json").stdout)
    changes = {one["subject"]: one["changes"] for one in found["subjects"]}["claim:dead-25"]
    assert [(one["predicate"], one["derived"]) for one in changes] == [("rdfs:label", True), ("rec:statement", False)]


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))


def test_the_page_shows_the_same_and_lets_no_value_become_markup(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    old, new = (nquads(tmp_path, f"{n}.nq", f'<a:s> <a:p> "{n}{evil}" <a:g> .\n') for n in (1, 2))
    result = diff(old, new, "html")
    tags = Tags(result.stdout).found
    assert result.exit_code == 1
    assert f'"1{evil}" → "2{evil}" <a:g>' in unescape(re.sub(r"<[^>]*>", "", result.stdout))
    assert all("src" in names for tag, names in tags if tag == "script")
    assert "style" not in {tag for tag, _ in tags}
    assert not any(name == "style" or name.startswith("on") for _, names in tags for name in names)


def test_a_page_of_no_differences_says_so(old: Path) -> None:
    assert "Both say the same." in diff(old, old, "html").stdout


@pytest.mark.parametrize("form", sorted(REPORTS))
def test_two_builds_that_say_the_same_end_with_0(form: str, old: Path) -> None:
    assert diff(old, old, form).exit_code == 0


BROKEN = {
    "a folder that is not there": (None, "it is not there"),
    "a folder without a build": ("", "it is not there"),
    "a file that is not N-Quads": ("<a:s> nonsense", "is not N-Quads: Parser error at line 1"),
    "a graph that a blank node names": ("<a:s> <a:p> <a:o> _:g .", "a blank node names a graph"),
    "a triple as a value": ("<a:s> <a:p> <<( <a:s> <a:p> <a:o> )>> <a:g> .", "a triple stands where"),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_what_is_no_build_is_misuse(mistake: str, old: Path, tmp_path: Path) -> None:
    text, told = BROKEN[mistake]
    path = tmp_path / "missing" if text is None else nquads(tmp_path, "new.nq", text) if text else tmp_path
    result = diff(old, path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


@pytest.mark.parametrize("stated", ["", "[]", "{}", "\ufffd"])
def test_a_version_that_cannot_be_read_is_misuse(stated: str, old: Path, tmp_path: Path) -> None:
    new = Path(shutil.copytree(old, tmp_path / "new"))
    (new / "version.json").write_text(stated, encoding="utf-8")
    result = diff(old, new)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "version.json does not say which version it is" in result.stderr


def test_a_site_without_the_template_is_misuse(old: Path, copy: Path) -> None:
    (copy / "site/templates").mkdir(parents=True)
    arguments = ["diff", str(old), str(old), "--project", str(copy), "--format", "html"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "onrecord check" in result.stderr


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (RDFS.label, "rdfs:label"),
        (URIRef("https://weir.example/claim/dead-25"), "claim:dead-25"),
        (Literal(25), "25"),
        (Literal("2024-05-01", datatype=URIRef("http://www.w3.org/2001/XMLSchema#date")), '"2024-05-01"^^xsd:date'),
        (Literal('a "b"\n\x1b[2J\u202e', lang="en"), r'"a \"b\"\n\u001b[2J\u202e"@en'),
    ],
)
def test_a_term_is_shown_in_a_line_as_a_curator_writes_it(term: URIRef | Literal, shown: str) -> None:
    assert show_term(read_project(TINY), term) == shown
