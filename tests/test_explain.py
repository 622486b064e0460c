"""Why a claim is on record, what is known of a thing, and from what a triple was derived."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rdflib import URIRef

from conftest import TINY, Edit
from onrecord.checks import Draft
from onrecord.cli import main
from onrecord.codes import read_codes
from onrecord.derivations import find_derivation
from onrecord.dossiers import Dossier, Dossiers, Section, UnknownError, describe_code
from onrecord.project import read_project

CODES = {code.name: code for code in read_codes(read_project(TINY))}


def run(*arguments: str, project: Path = TINY) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments, "--project", str(project)])


def section(dossier: Dossier, title: str) -> list[str]:
    return next(list(one.lines) for one in dossier.sections if one.title == title)


@pytest.fixture(scope="module")
def dossiers(tiny: Draft) -> Dossiers:
    return Dossiers(tiny, CODES)


@pytest.fixture(scope="module")
def closing(dossiers: Dossiers) -> Dossier:
    return dossiers.describe_thing("claim:mill-closed-sluice")


def test_a_code_is_explained_with_problem_example_and_remedy() -> None:
    told = str(describe_code(CODES["quote-occurrence"]))
    assert told.startswith("quote-occurrence: error, Finding the quotes\n\nproblem:\n")
    assert "\nexample:\n  rec:quote [" in told
    assert "\nremedy:\n  Count the printings" in told
    assert told.endswith("docs/problems.md#quote-occurrence")


def test_a_shape_is_explained_with_its_file_and_line() -> None:
    code = CODES["claim-about"]
    assert describe_code(code).title == f"claim-about: error, shapes/record.claims.ttl:{code.line}"


def test_a_code_is_explained_without_reading_the_record(edit: Edit, copy: Path) -> None:
    edit("kb/valley.ttl", "a rec:Curator ;", "a rec:Curator ; ,")
    result = run("turtle-syntax", project=copy)
    assert (result.exit_code, result.stderr) == (0, "")


def test_sections_without_lines_are_left_out() -> None:
    assert str(Dossier("x", (Section("empty", ()), Section("full", ("one", "two\nthree"))))) == (
        "x\n\nfull:\n  one\n  two\n  three"
    )


@pytest.mark.parametrize(
    "name",
    [
        "claim:dead-40",
        "claim/dead-40",
        "<claim/dead-40>",
        "https://weir.example/claim/dead-40",
        "<https://weir.example/claim/dead-40>",
    ],
)
def test_a_claim_is_found_by_its_iri_full_relative_or_prefixed(dossiers: Dossiers, name: str) -> None:
    assert dossiers.describe_thing(name).title == "claim:dead-40: 40 trout died."


def test_a_claim_has_its_class_and_status(closing: Dossier) -> None:
    assert section(closing, "what it is")[:2] == ["rec:OccurrenceClaim", "status: contested"]


def test_a_claim_has_who_says_so_how_where_and_in_which_words(closing: Dossier) -> None:
    assert section(closing, "who says so") == [
        "Harle Anglers’ Club (as “the club”) asserts, indirect speech, article 001\n"
        "  001.s5: “According to the club, Harle Mill closed the sluice on Thursday night.”",
        "Harle Mill denies, indirect speech, article 001\n  001.s6: “Harle Mill denied that it had closed the sluice.”",
    ]


def test_relays_and_the_words_for_the_speaker_are_told(dossiers: Dossiers) -> None:
    shut = section(dossiers.describe_thing("claim:sluice-shut"), "who says so")
    assert shut[0].startswith("Harle Anglers’ Club (as “the club”) asserts")
    told = section(dossiers.describe_thing("claim:closing-killed"), "who says so")
    assert any("via River Gazette" in line for line in told)


def test_a_claim_has_who_coded_and_reviewed_its_articles(closing: Dossier) -> None:
    assert section(closing, "coding") == [
        "kb/articles/001.ttl: coded by First coder, reviewed by Second coder, confidence high"
    ]


def test_a_claim_has_the_claims_that_it_supersedes_and_contradicts(dossiers: Dossiers) -> None:
    assert section(dossiers.describe_thing("claim:dead-40"), "other claims") == [
        "supersedes claim:dead-12: At least 12 trout died.",
        "contradicts claim:dead-25: 25 trout died.",
    ]


def test_a_claim_has_the_judgements_that_it_rests_on(closing: Dossier) -> None:
    assert section(closing, "judgements that it rests on") == [
        ":closing-club is an account of :closing: The only closing that the articles speak of. "
        "(coded by First coder, reviewed by Second coder)"
    ]


def test_a_speaker_who_speaks_for_a_side_is_a_judgement(flagship: Draft) -> None:
    told = section(Dossiers(flagship).describe_thing("claim:az-dead-50"), "judgements that it rests on")
    assert ":az-mod speaks for :azerbaijan in :dispute-over-the-clashes: " in " ".join(told)


def test_a_thing_has_its_types_and_how_many_statements_stand_where(dossiers: Dossiers) -> None:
    told = dossiers.describe_thing(":harle-mill")
    line = (TINY / "kb/valley.ttl").read_text(encoding="utf-8").split("\n:harle-mill a ")[0].count("\n") + 2
    assert told.title == ":harle-mill: Harle Mill"
    assert section(told, "what it is") == ["rec:Organization"]
    assert f"3 in kb/valley.ttl:{line}" in section(told, "statements")


def test_a_term_stands_at_its_own_line(dossiers: Dossiers) -> None:
    assert not [line for line in section(dossiers.describe_thing("rec:Claim"), "statements") if line.endswith(":17")]


def test_an_attribution_is_told_with_its_words(dossiers: Dossiers) -> None:
    told = dossiers.describe_thing("attribution/001/mill-closed-sluice/harle-mill/denies/272")
    assert section(told, "said")[0].startswith("Harle Mill denies")


def test_a_graph_has_the_number_of_its_statements(dossiers: Dossiers, tiny: Draft) -> None:
    derived = [one for one in tiny.record.statements if one.graph.endswith("graph/derived")]
    assert section(dossiers.describe_thing("graph/derived"), "statements") == [f"{len(derived)} in graph/derived"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        (":harle-mil", ":harle-mill"),
        ("harle-mill", ":harle-mill"),
        ("claim:ded-40", "claim:dead-40"),
        ("quote-not-foun", "quote-not-found"),
    ],
)
def test_an_unknown_name_comes_with_what_is_like_it(dossiers: Dossiers, name: str, meant: str) -> None:
    with pytest.raises(UnknownError, match=f"Did you mean {meant}"):
        dossiers.describe_thing(name)


def test_an_unknown_name_is_misuse() -> None:
    result = run("zzz")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Nothing is on record about zzz. Give the IRI of a thing" in result.stderr


def test_two_names_are_misuse() -> None:
    assert run("claim:dead-40", "rec:status").exit_code == 2


def test_a_derived_triple_has_its_rule_and_what_it_came_from(dossiers: Dossiers) -> None:
    told = dossiers.describe_triple("claim:dead-40", "rec:upperBound", "40")
    assert section(told, "derived by") == [
        "ontology/rules/30-bounds.rq",
        "An exact quantity is its own lower and upper bound. An approximate one has no bounds.",
    ]
    assert section(told, "from") == ["claim:dead-40 rec:quantity “40”"]


def test_what_was_derived_itself_is_marked(dossiers: Dossiers) -> None:
    told = section(dossiers.describe_triple("claim:mill-closed-sluice", "rec:status", "c:contested"), "from")
    assert "claim:mill-closed-sluice rec:deniedBySide :harle-mill (derived)" in told


@pytest.mark.parametrize(
    ("triple", "premises"),
    [
        # a path of several steps, each of them told
        (
            "claim:dead-40 a rec:Item",
            {"rec:QuantityClaim rdfs:subClassOf rec:Claim", "rec:Claim rdfs:subClassOf rec:Item"},
        ),
        # the branch of a UNION that matched, and no other
        ("claim:dead-40 rec:modality c:happened", {"claim:dead-40 rdf:type rec:Claim"}),
        # a subquery that counts
        ("claim:dead-40 rec:assertingSides 1", {"claim:dead-40 rec:assertedBySide :anglers-club"}),
        # the arm of an IF that was taken
        ("claim:dead-40 rec:status c:contested", {"claim:dead-40 rec:contradicts claim:dead-25"}),
        # the lowest of several
        (":closing-club rec:status c:contested", {"claim:mill-closed-sluice rec:status c:contested"}),
    ],
)
def test_the_triples_that_a_rule_matched_are_found(dossiers: Dossiers, triple: str, premises: set[str]) -> None:
    found = section(dossiers.describe_triple(*triple.split()), "from")
    assert premises <= {line.removesuffix(" (derived)") for line in found}


def test_every_derived_triple_has_its_rule_and_premises_that_are_on_record(tiny: Draft) -> None:
    project = tiny.record.project
    derived = [one for one in tiny.record.statements if one.graph == URIRef(project.iri("graph/derived"))]
    stated = [one for one in tiny.record.statements if one.graph != URIRef(project.iri("graph/derived"))]
    on_record = {one[:3] for one in tiny.record.statements}
    for statement in derived[:: len(derived) // 12]:
        found = find_derivation(project, stated, statement[:3])
        assert found is not None
        assert found.premises
        assert set(found.premises) <= on_record - {statement[:3]}


def test_a_stated_triple_has_its_place(dossiers: Dossiers) -> None:
    told = section(dossiers.describe_triple("claim:dead-40", "rec:quantity", "40"), "stated in")
    assert [place.split(":")[0] for place in told] == ["kb/valley.ttl"]


def test_a_triple_that_is_not_on_record_comes_with_what_is(dossiers: Dossiers) -> None:
    with pytest.raises(UnknownError, match="What is: claim:dead-40 rec:quantity “40”"):
        dossiers.describe_triple("claim:dead-40", "rec:quantity", "41")


def test_an_unknown_subject_of_a_triple_comes_with_what_is_like_it(dossiers: Dossiers) -> None:
    with pytest.raises(UnknownError, match="Did you mean :harle-mill"):
        dossiers.describe_triple(":harle-mil", "a", "rec:Organization")


def test_a_triple_is_explained_on_the_command_line() -> None:
    result = run("claim:dead-40", "rec:upperBound", "40")
    assert result.exit_code == 0
    assert "ontology/rules/30-bounds.rq" in result.stdout
