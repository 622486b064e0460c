"""Whatever a curator's file holds, the program ends with problems that say what to do, and keeps what it had built."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import ROOT, Edit, find_problems, stay_silent
from onrecord.build import gather
from onrecord.cli import main
from onrecord.fingerprint import hash_sources, is_published
from onrecord.problems import ECHOED, Problem
from onrecord.project import ProjectError, read_project
from onrecord.scaffold import create_project

ARTICLE, RADIO, VALLEY = "kb/articles/001.ttl", "kb/articles/002.ttl", "kb/valley.ttl"
SEEDS, RIVER, SETTINGS, BASE = "seeds/articles.ttl", "ontology/river.ttl", "onrecord.toml", "site/templates/base.html"
QUERY, ROWS = "kb/queries/causes.rq", "kb/queries/causes.expected.csv"
RULE, OWN, NEW = "ontology/rules/99.rq", "shapes/own.ttl", "kb/queries/new.rq"
XSD = "http://www.w3.org/2001/XMLSchema#"
LABEL, QUOTE, VIA = '"Harle Mill"@en ;', '"The Water Board counted 25 dead trout."', "( :river-gazette )"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
KIND, CAUSE, CARRIES = "; rec:passageKind", "riv:cause a", "<article/002> rec:carries"
UNKNOWN, DEEP = "WHERE { ?s a ?y BIND (<x:f>(?y) AS ?x) }", "[ :x " * 3000 + "1" + " ]" * 3000
UNUSABLE, NAMELESS = f"{OWN}:3: <shape/own>: shape-unusable: ", f"{RIVER}: an attribution of 002: "
SHAPE = (
    "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix rec: <ontology/record#> .\n"
    "<shape/own> a sh:NodeShape ; sh:targetClass rec:Claim ; "
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def told(problems: list[Problem]) -> str:
    return "\n".join(map(str, problems))


# A file, which text in it becomes which, and how the problem begins.
EDITS = {
    "an IRI with a space": (VALLEY, ":drought a", "<id/a b> a rec:Place .\n:drought a", f"{VALLEY}:35: bad-iri: "),
    "an IRI with a brace": (VALLEY, ":drought a", "<id/{> a rec:Place .\n:drought a", f"{VALLEY}:35: bad-iri: "),
    "an IRI with a lone %": (VALLEY, ":drought a", "<id/%zz> a rec:Place .\n:drought a", f"{VALLEY}:35: bad-iri: "),
    "an IRI with half a host": (
        VALLEY,
        ":drought a",
        "<http://[x/> a rec:Place .\n:drought a",
        f"{VALLEY}:35: bad-iri: ",
    ),
    "an IRI with a scheme that is none": (
        VALLEY,
        ":drought a",
        "<1foo:bar> a rec:Place .\n:drought a",
        f"{VALLEY}:35: bad-iri: ",
    ),
    "a text as a subject": (
        VALLEY,
        ":drought a",
        '"x" a rec:Place .\n:drought a',
        f"{VALLEY}:35: bad-iri: “x” is a text",
    ),
    "a control character": (VALLEY, LABEL, '"Harle\\u0001 Mill"@en ;', f"{VALLEY}:18: bad-literal: “Harle"),
    "a variable": (VALLEY, ":drought a", "?x a rec:Place .\n:drought a", f"{VALLEY}:35: turtle-syntax: "),
    "brackets too deep": (VALLEY, ":drought a", f":x :y {DEEP} .\n:drought a", f"{VALLEY}: turtle-syntax: "),
    "a namespace with a space": (VALLEY, "<id/>", "<i d/>", f"{VALLEY}:3: bad-iri: "),
    "a text as a claim": (RADIO, "claim claim:dead-25", 'claim "dead 25"', f"{RADIO}:16: dead 25: name-needed: "),
    "a text as a speaker": (RADIO, ":valley-radio ;", '"The Board" ;', f"{RADIO}:11: drought-killed: name-needed: "),
    "a claim in brackets": (
        RADIO,
        "claim:dead-25",
        "[ a rec:Claim ]",
        f"{RADIO}:17: an attribution of 002: name-needed: ",
    ),
    "a language tag too long": (VALLEY, LABEL, '"Harle Mill"@abcdefghijk ;', f"{VALLEY}:18: bad-literal: "),
    "a language tag cut off": (VALLEY, LABEL, '"Harle Mill"@en-x ;', f"{VALLEY}:18: bad-literal: "),
    "a pair of surrogates": (VALLEY, LABEL, r'"\uD83D\uDE00"@en ;', f"{VALLEY}:18: bad-literal: “��” holds half"),
    "half a pair": (VALLEY, LABEL, r'"\uD800" ;', f"{VALLEY}:18: bad-literal: "),
    "a number in letters": (VALLEY, "quantity 40", f'quantity "forty"^^<{XSD}integer>', f"{VALLEY}:57: bad-literal: "),
    "a date that is none": (
        SEEDS,
        "title ",
        f'date "2022-13-45"^^<{XSD}date> ; rdfs:label ',
        f"{SEEDS}:8: bad-literal: ",
    ),
    "a boolean that is none": (VALLEY, LABEL, f'"x", "maybe"^^<{XSD}boolean> ;', f"{VALLEY}:18: bad-literal: “maybe”"),
    "a datatype that is a text": (VALLEY, LABEL, '"x"^^"y" ;', f"{VALLEY}:18: turtle-syntax: "),
    "a string never closed": (VALLEY, LABEL, '"""Harle Mill ;', f"{VALLEY}:70: turtle-syntax: "),
    "a waiver's number in letters": (
        RADIO,
        "occurrence 1",
        'occurrence "one"',
        f"{RADIO}: waiver of 002: quote-occurrence: ",
    ),
    "a waiver's seventh printing": (
        RADIO,
        "occurrence 1",
        "occurrence 7",
        f"{RADIO}:19: waiver of 002: quote-occurrence: ",
    ),
    "a line's number in letters": (
        SEEDS,
        KIND,
        f'; rec:occurrence "two" {KIND}',
        f"{SEEDS}: 001: correction-not-found: ",
    ),
    "a line's number nought": (SEEDS, KIND, f"; rec:occurrence 0 {KIND}", f"{SEEDS}: 001: correction-not-found: "),
    "a quote's number nought": (
        ARTICLE,
        "occurrence 1",
        "occurrence 0",
        f"{ARTICLE}:21: sluice-shut: quote-occurrence: ",
    ),
    "an empty quote": (RADIO, QUOTE, '""', f"{RADIO}:16: dead-25: quote-missing: "),
    "a quote that is a number": (RADIO, QUOTE, "25", f"{RADIO}:16: dead-25: quote-not-text: "),
    "a quote that is a name": (RADIO, QUOTE, ":drought", f"{RADIO}:16: dead-25: quote-not-text: "),
    "a relay in brackets": (RADIO, VIA, '[ rec:exact "x" ]', f"{RADIO}:15: closing-killed: relay-unclear: "),
    "two lists of relays": (RADIO, VIA, f"{VIA} , ( :harle-mill )", f"{RADIO}:15: closing-killed: relay-unclear: "),
    "a relay that is a text": (RADIO, VIA, '"Gazette"', f"{RADIO}:15: closing-killed: relay-unclear: "),
    "a file name with NUL": (SEEDS, "001_gazette.txt", r"\u0000", f"{SEEDS}:10: bad-literal: "),
    "a file name that is none": (SEEDS, "001_gazette.txt", "none.txt", f"{SEEDS}:10: 001: missing-file: "),
    "a file name too long": (SEEDS, "001_gazette.txt", "x" * 5000, f"{SEEDS}:10: 001: missing-file: "),
    "a file name of a folder": (SEEDS, "/001_gazette.txt", "", f"{SEEDS}: 001: missing-file: "),
    "an article without its hash": (
        SEEDS,
        "rec:sha256",
        "rec:note",
        f"{SEEDS}:10: 001: seed-changed: There is no rec:sha256",
    ),
    "a circle in an ontology": (
        RIVER,
        CAUSE,
        f"{CARRIES} _:a . _:a rec:x _:a .\n{CAUSE}",
        f"{NAMELESS}attribution-inc",
    ),
    "a list in a circle": (
        RIVER,
        CAUSE,
        f"{CARRIES} [ rec:via _:a ] . _:a <{RDF}first> <x> ; <{RDF}rest> _:a .\n{CAUSE}",
        f"{NAMELESS}relay-unclear: ",
    ),
    "a rule with an unknown function": (RULE, "", f"CONSTRUCT {{ ?s a ?x }} {UNKNOWN}", f"{RULE}: rule-fails: "),
    "a rule about a triple": (
        RULE,
        "",
        "CONSTRUCT { ?s a <<( ?s a ?y )>> } WHERE { ?s a ?y }",
        f"{RULE}: rule-fails: ",
    ),
    "a rule that selects": (RULE, "", "SELECT * WHERE { ?s a ?y }", f"{RULE}: rule-fails: "),
    "a question with an unknown function": (NEW, "", f"SELECT ?x {UNKNOWN}", f"{NEW}: query-syntax: "),
    "a shape without a path": (OWN, "", f"{SHAPE}sh:property [ sh:minCount 1 ] .", UNUSABLE),
    "a shape that counts to x": (OWN, "", f'{SHAPE}sh:property [ sh:path rec:about ; sh:minCount "x" ] .', UNUSABLE),
    "a shape with half a pattern": (OWN, "", f'{SHAPE}sh:property [ sh:path rec:about ; sh:pattern "(" ] .', UNUSABLE),
    "a shape with half a query": (OWN, "", f'{SHAPE}sh:sparql [ sh:select "SELECT $this {{ $this a a" ] .', UNUSABLE),
    "a shape with an unknown prefix": (
        OWN,
        "",
        f'{SHAPE}sh:sparql [ sh:select "SELECT $this {{ ?x a x:y }}" ] .',
        UNUSABLE,
    ),
    "a shape with an empty list": (OWN, "", f"{SHAPE}sh:or ( ) .", UNUSABLE),
    "a shape with a bad IRI": (OWN, "", f"{SHAPE}sh:class <a b> .", f"{OWN}:3: bad-iri: "),
    "half a template": (BASE, "", "<p>\n{% foo", f"{BASE}:2: template-syntax: "),
    "a template with an unknown filter": (BASE, "", "{{ title|nope }}", f"{BASE}:1: template-syntax: "),
}


@pytest.mark.parametrize("mistake", EDITS)
def test_a_mistake_is_a_problem_at_its_place(
    mistake: str, edit: Edit, copy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file, old, new, beginning = EDITS[mistake]
    edit(file, old, new)
    problems = find_problems(copy)
    assert [problem for problem in problems if str(problem).startswith(beginning)], told(problems)
    assert capfd.readouterr() == ("", "")


# A file, what becomes of its bytes, and what is told of it.
BYTES: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a file in UTF-16": (VALLEY, lambda data: data.decode().encode("utf-16"), f"{VALLEY}: unreadable-file: "),
    "a file in Latin-1": (VALLEY, lambda data: data.replace(b"Mill", b"M\xefll", 1), f"{VALLEY}:18: unreadable-file: "),
    "a file of bytes": (VALLEY, lambda data: bytes(range(256)), f"{VALLEY}:1: unreadable-file: "),
    "a NUL": (VALLEY, lambda data: data.replace(b"Mill", b"M\0ll", 1), f"{VALLEY}:18: unreadable-file: "),
    "half a file": (VALLEY, lambda data: data[: len(data) // 2], f"{VALLEY}:39: turtle-syntax: "),
    "an empty file": (VALLEY, lambda data: b"", f"{VALLEY}: unreadable-file: The file cannot be read: it is empty."),
    "no article described": (SEEDS, lambda data: b"", f"{SEEDS}: unreadable-file: "),
    "an empty query": (QUERY, lambda data: b"", f"{QUERY}:1: query-syntax: "),
    "a query with NUL": (QUERY, lambda data: data + b"\0", f"{QUERY}:10: unreadable-file: "),
    "rows in Latin-1": (ROWS, lambda data: data + b"\xef\n", f"{ROWS}:8: unreadable-file: "),
    "a row too long": (ROWS, lambda data: data + b"x" * 140_000, f"{ROWS}: unreadable-file: "),
    "a template in Latin-1": (BASE, lambda data: b"\xef", f"{BASE}:1: unreadable-file: "),
}


@pytest.mark.parametrize("mistake", BYTES)
def test_what_is_no_text_is_one_problem_and_makes_no_name_unknown(mistake: str, copy: Path) -> None:
    file, change, beginning = BYTES[mistake]
    path = copy / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(change(path.read_bytes() if path.exists() else b""))
    problems = find_problems(copy)
    assert [problem for problem in problems if str(problem).startswith(beginning)], told(problems)
    assert {problem.file for problem in problems if problem.code != "template-missing"} == {file}
    assert len([problem for problem in problems if problem.code == "unknown-iri"]) <= 1


@pytest.mark.parametrize("file", [VALLEY, RADIO, RIVER, QUERY, ROWS, SETTINGS])
def test_a_byte_order_mark_is_no_mistake(file: str, copy: Path) -> None:
    (copy / file).write_bytes(b"\xef\xbb\xbf" + (copy / file).read_bytes())
    assert find_problems(copy) == []


def test_an_article_keeps_its_byte_order_mark_since_quotes_are_found_by_offset(copy: Path, edit: Edit) -> None:
    seed = copy / "seeds/002_radio.txt"
    old = hashlib.sha256(seed.read_bytes()).hexdigest()
    seed.write_bytes(b"\xef\xbb\xbf" + seed.read_bytes())
    edit(SEEDS, old, hashlib.sha256(seed.read_bytes()).hexdigest())
    record, _ = gather(read_project(copy), stay_silent)
    assert record is None or record.articles[1].text.startswith("\ufeff")


def make_link(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("make", [make_link, Path.mkdir, os.mkfifo], ids=["a link to nowhere", "a folder", "a pipe"])
@pytest.mark.parametrize("file", ["kb/x.ttl", "kb/queries/x.rq", "kb/queries/causes.expected.csv", "seeds/x.ttl"])
def test_what_is_no_file_is_a_problem_and_has_a_hash(make: Callable[[Path], None], file: str, copy: Path) -> None:
    (copy / file).unlink(missing_ok=True)
    make(copy / file)
    assert f"{file}: unreadable-file: " in told(find_problems(copy))
    assert not is_published(read_project(copy))


def test_a_very_long_quote_is_cut_in_the_message_and_looked_for_at_once(copy: Path, edit: Edit) -> None:
    edit(RADIO, QUOTE, f'"{"The Water Board counted. " * 13_000}"')
    began = time.monotonic()
    message = next(problem.message for problem in find_problems(copy) if problem.code == "quote-not-found")
    assert len(message) < 2 * ECHOED
    assert time.monotonic() - began < 5


def test_a_missing_hash_comes_with_the_line_to_write(copy: Path, edit: Edit) -> None:
    found = hashlib.sha256((copy / "seeds/002_radio.txt").read_bytes()).hexdigest()
    edit(SEEDS, f'rec:sha256 "{found}" ;', "")
    assert f'Write: rec:sha256 "{found}"' in told(find_problems(copy))


def test_names_that_an_empty_file_defined_are_counted_once(copy: Path) -> None:
    (copy / VALLEY).write_text("")
    found = [problem for problem in find_problems(copy) if problem.code == "unknown-iri"]
    assert [problem.message.split(" in ")[0] for problem in found] == ["17 names are probably defined"]


def test_a_broken_file_may_write_its_names_as_relative_iris(copy: Path, edit: Edit) -> None:
    edit(SEEDS, 'dcterms:language "en" ;', 'dcterms:language "en" ; ,')
    assert {problem.code for problem in find_problems(copy)} == {"turtle-syntax"}


def test_mistakes_in_every_kind_of_file_are_told_together(copy: Path, edit: Edit) -> None:
    mistakes = ("an IRI with a space", "a language tag cut off", "a relay in brackets", "a file name that is none")
    for mistake in (*mistakes, "a rule that selects", "a shape without a path", "half a template"):
        edit(*EDITS[mistake][:3])
    (copy / ROWS).write_bytes(b"\xef")
    codes = {problem.code for problem in find_problems(copy)}
    assert codes >= {"bad-iri", "bad-literal", "relay-unclear", "missing-file", "rule-fails", "shape-unusable"}
    assert codes >= {"template-syntax", "unreadable-file"}


def test_what_other_shapes_find_is_told_beside_a_shape_that_cannot_run(copy: Path, edit: Edit) -> None:
    edit(*EDITS["a shape without a path"][:3])
    edit(VALLEY, "rec:quantity 25", "rec:quantity 25 , 26")
    assert {"shape-unusable", "claim-quantity"} <= {problem.code for problem in find_problems(copy)}


SETTING = {
    "languages that are a number": ('languages = ["en"]', "languages = 3", "onrecord.toml:8: languages is 3."),
    "languages that are one": ('languages = ["en"]', 'languages = "en"', "languages is 'en'."),
    "no language": ('languages = ["en"]', "languages = []", "languages is []."),
    "prefixes that are a list": ("[prefixes]", 'prefixes = ["a"]\n[other]', "prefixes is ['a']."),
    "a prefix that is a number": ('riv = "ontology/river#"', "riv = 4", "The prefix 'riv' is 4."),
    "a prefix with a space": (
        'riv = "ontology/river#"',
        'riv = "http://x y/"',
        "The prefix 'riv' stands for 'http://x y/'",
    ),
    "a prefix that is no name": ("riv = ", '"r v" = ', "The prefix 'r v' is no name."),
    "a licence that is a list": ('licence = "https', 'licence = ["a"]\nx = "https', "licence is ['a']."),
    "a licence that is a script": (
        'licence = "https',
        'licence = "javascript:x"\nx = "https',
        "licence 'javascript:x' is not",
    ),
    "a key that is nearly one": ("title = ", "titel = ", "Did you mean title?"),
    "a base with a space": ("weir.example/", "weir .example/", "The base 'https://weir .example/'"),
    "a base with half a host": ("https://weir.example/", "https://[x/", "The base 'https://[x/'"),
    "a base with brackets": ("weir.example/", "weir.example/<a>/", "is not an address"),
    "a base with a query": ("weir.example/", "weir.example/?a", "has a query or a fragment"),
    "a base with a fragment": ("weir.example/", "weir.example/#a", "has a query or a fragment"),
    "a base with dots": ("weir.example/", "weir.example/../a/", "has dots for folders"),
}


@pytest.mark.parametrize("mistake", SETTING)
def test_a_mistake_in_the_settings_is_misuse_and_says_which(mistake: str, copy: Path, edit: Edit) -> None:
    old, new, message = SETTING[mistake]
    edit(SETTINGS, old, new)
    result = run("check", "--project", str(copy))
    assert result.exit_code == 2
    assert message in result.stderr


def test_all_mistakes_in_the_settings_are_told_at_once(copy: Path, edit: Edit) -> None:
    for mistake in ("languages that are a number", "a licence that is a script", "a key that is nearly one"):
        edit(SETTINGS, *SETTING[mistake][:2])
    with pytest.raises(ProjectError) as told_all:
        read_project(copy)
    assert str(told_all.value).count("onrecord.toml") == 5


def test_settings_that_are_not_utf_8_are_misuse(copy: Path) -> None:
    (copy / SETTINGS).write_bytes(b"# caf\xe9\n")
    assert run("check", "--project", str(copy)).exit_code == 2


def test_another_base_must_be_one(copy: Path) -> None:
    assert "has a query" in run("check", "--project", str(copy), "--base", "https://x.example/?a").stderr


def hash_of(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(file).encode() + file.read_bytes() for file in files)).hexdigest()


@pytest.fixture
def built(copy: Path) -> Path:
    """The copy with its site built, and with templates of its own."""
    shutil.copytree(ROOT / "site" / "templates", copy / "site" / "templates")
    shutil.copytree(ROOT / "site" / "assets", copy / "site" / "assets")
    assert run("build", "--project", str(copy)).exit_code == 0
    return copy


def test_a_template_that_fails_only_when_filled_is_named_and_the_last_build_stays(built: Path) -> None:
    public = built / "site/public"
    before = hash_of(public)
    claim = built / "site/templates/claim.html"
    claim.write_text(claim.read_text() + "\n{% block x %}{{ nothing_of_that_name }}{% endblock %}{{ no_such_name }}\n")
    (built / "site/templates/home.html").write_text("\n{{ no_such_name }}")
    result = run("build", "--project", str(built))
    assert result.exit_code == 1
    assert "site/templates/home.html:2: 'no_such_name' is undefined." in result.stderr
    assert hash_of(public) == before
    assert not (built / "site/public-new").exists()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_stops_the_writing_leaves_the_last_build_and_nothing_half_written(
    built: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    before, write, written = hash_of(built / "site/public"), Path.write_bytes, []
    settings = built / "onrecord.toml"
    settings.write_text(settings.read_text().replace("The trout of Harle", "Another title"))

    def fail_later(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) > 20:
            raise error
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fail_later)
    result = run("build", "--project", str(built))
    assert result.exit_code == (1 if isinstance(error, OSError) else 130)
    assert ("No space left on device" in result.stderr) == isinstance(error, OSError)
    assert hash_of(built / "site/public") == before
    assert not (built / "site/public-new").exists()


def test_a_site_that_is_a_file_is_said_to_be_in_the_way(copy: Path) -> None:
    (copy / "site").write_text("")
    result = run("build", "--project", str(copy))
    assert (result.exit_code, "cannot be written: Not a directory." in result.stderr) == (1, True)


def test_a_build_that_ended_between_taking_away_and_putting_is_put_back(built: Path) -> None:
    public = built / "site/public"
    before = hash_of(public)
    public.rename(public.with_name("public-old"))
    (built / VALLEY).write_text("")
    assert run("build", "--project", str(built)).exit_code == 1
    assert hash_of(public) == before


@pytest.mark.parametrize("moment", [random.Random(seed).uniform(0.2, 3.0) for seed in range(5)])
def test_a_build_that_is_killed_leaves_a_whole_one(built: Path, moment: float) -> None:
    public = built / "site/public"
    before = hash_of(public)
    command = [sys.executable, "-m", "onrecord", "build", "--project", str(built)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
    assert hash_of(public) == before
    assert run("build", "--project", str(built)).exit_code == 0
    assert sorted(path.name for path in public.parent.iterdir()) == ["assets", "public", "templates"]


def test_serve_goes_on_with_the_last_build_where_a_template_is_broken(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[object] = []
    monkeypatch.setattr("onrecord.cli_build.serve_site", lambda site, port: served.append(site.project.public))
    (built / BASE).write_text("{% foo")
    result = run("serve", "--project", str(built))
    assert "template-syntax" in result.stderr
    assert (result.exit_code, served) == (0, [built / "site/public"])


def test_no_project_is_made_where_none_can_be() -> None:
    result = run("init", "/proc/x")
    assert (result.exit_code, "/proc/x cannot be made: " in result.stderr) == (2, True)


def test_a_project_that_cannot_be_finished_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copyfile, copied = shutil.copyfile, []

    def fail_later(source: Path, destination: Path) -> None:
        copied.append(source)
        if len(copied) > 5:
            raise OSError(28, "No space left on device")
        copyfile(source, destination)

    monkeypatch.setattr(shutil, "copyfile", fail_later)
    with pytest.raises(ProjectError, match="No space left"):
        create_project(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_an_article_names_changes_the_hash_wherever_it_lies(copy: Path, edit: Edit) -> None:
    edit(SEEDS, "seeds/002_radio.txt", "texts/002")
    edit("texts/002", "", "News.")
    before = hash_sources(read_project(copy))
    edit("texts/002", "News.", "Olds.")
    assert hash_sources(read_project(copy)) != before


def test_another_program_rebuilds_the_site(copy: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = hash_sources(read_project(copy))
    monkeypatch.setattr("onrecord.fingerprint.PROGRAM", tmp_path)
    assert hash_sources(read_project(copy)) != before


def break_the_program(*_: object, **__: object) -> None:
    raise LookupError("nobody thought of this")


def test_a_mistake_of_the_program_is_one_line_and_exit_code_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.cli_check.find_problems", break_the_program)
    monkeypatch.delenv("ONRECORD_DEBUG", raising=False)
    result = run("check", "--project", str(ROOT))
    assert result.exit_code == 3
    assert result.stderr.startswith(
        "A mistake in onrecord itself: LookupError: nobody thought of this. Please report it"
    )
    assert len(result.stderr.splitlines()) == 1


def test_with_onrecord_debug_the_traceback_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.cli_check.find_problems", break_the_program)
    monkeypatch.setenv("ONRECORD_DEBUG", "1")
    assert "break_the_program" in run("check", "--project", str(ROOT)).stderr


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_command_ends_with_130_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.cli_check.find_problems", interrupt)
    result = run("check", "--project", str(ROOT))
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "")
