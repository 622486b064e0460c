"""Every kind of mistake in the sources is found, located, explained and documented."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import ROOT, Edit, find_problems
from onrecord.codes import PROBLEMS_PAGE, read_page
from onrecord.problems import Problem, first_of_each, has_errors, sort_problems, split_message


class Case(NamedTuple):
    """A mistake: in which file, which text becomes which; at which file and line it is to be found."""

    file: str
    old: str
    new: str
    found: str
    line: int | None


ARTICLE, RADIO, VALLEY = "kb/articles/001.ttl", "kb/articles/002.ttl", "kb/valley.ttl"
SEEDS, QUERY, RIVER = "seeds/articles.ttl", "kb/queries/causes.rq", "ontology/river.ttl"
UNTRANSLATED = "site/locale/hy/LC_MESSAGES/onrecord.po"
CASES = {
    "turtle-syntax": Case(VALLEY, "a rec:Curator ;", "a rec:Curator ; ,", VALLEY, 11),
    "blank-node-unheld": Case(VALLEY, ":drought a", "_:lost a rec:Place .\n:drought a", VALLEY, 35),
    "query-syntax": Case(QUERY, "?claim a riv:CauseClaim ;", "?claim a a a", QUERY, 6),
    "rule-blank-node": Case(
        "ontology/rules/99.rq", "", "CONSTRUCT { [] a ?x } WHERE { ?s a ?x }", "ontology/rules/99.rq", None
    ),
    "bad-iri": Case(VALLEY, ":drought a", "<id/the drought> a rec:Place .\n:drought a", VALLEY, 35),
    "bad-literal": Case(VALLEY, '"Harle Mill"@en ;', '"Harle Mill"@en-x ;', VALLEY, 18),
    "rule-fails": Case(
        "ontology/rules/99.rq",
        "",
        "CONSTRUCT { ?s a ?x } WHERE { ?s a ?y BIND (<http://example.org/rank>(?y) AS ?x) }",
        "ontology/rules/99.rq",
        None,
    ),
    "shape-unusable": Case(
        "shapes/own.ttl",
        "",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<shape/own> a sh:NodeShape ;\n"
        "    sh:targetClass <ontology/record#Claim> ; sh:property [ sh:minCount 1 ] .",
        "shapes/own.ttl",
        2,
    ),
    "template-syntax": Case("site/templates/base.html", "", "<p>\n{% foo", "site/templates/base.html", 2),
    "template-missing": Case("site/templates/base.html", "", "", "site/templates/claim.html", None),
    "translation-missing": Case("onrecord.toml", "[prefixes]", 'interface = "hy"\n[prefixes]', UNTRANSLATED, None),
    "translation-unusable": Case(UNTRANSLATED, "", 'msgid "one"\nmsgstr "%(two)s"\n', UNTRANSLATED, 1),
    "quote-not-text": Case(RADIO, '"The Water Board counted 25 dead trout."', "25", RADIO, 16),
    "name-needed": Case(RADIO, "rec:speaker :valley-radio", 'rec:speaker "Valley Radio"', RADIO, 11),
    "relay-unclear": Case(RADIO, "( :river-gazette )", ":river-gazette , :harle-mill", RADIO, 15),
    "missing-file": Case(SEEDS, "001_gazette.txt", "001_lost.txt", SEEDS, 10),
    "seed-changed": Case("seeds/002_radio.txt", "25", "26", SEEDS, 23),
    "article-undescribed": Case("seeds/003_new.txt", "", "News.\n", "seeds/003_new.txt", None),
    "correction-not-found": Case(SEEDS, "in turn. said", "in turn, said", SEEDS, 14),
    "quote-not-found": Case(ARTICLE, "Harle Mill denied that", "Harle Mill denies that", ARTICLE, 25),
    "quote-ambiguous": Case(ARTICLE, '" ; rec:occurrence 1 ]', '" ]', ARTICLE, None),
    "quote-occurrence": Case(ARTICLE, "rec:occurrence 2", "rec:occurrence 3", ARTICLE, 27),
    "quote-missing": Case(ARTICLE, 'rec:quote "Harle Mill denied that it had closed the sluice."', "", ARTICLE, None),
    "attribution-incomplete": Case(ARTICLE, "rec:speaker :harle-mill ;", "", ARTICLE, 25),
    "duplicate-attribution": Case(
        RADIO,
        "    rec:carries",
        "    rec:carries [ rec:claim claim:dead-25 ; rec:speaker :water-board ; "
        'rec:stance c:asserts ; rec:voice c:direct ; rec:quote "The Water Board counted 25 dead trout." ] ,',
        RADIO,
        None,
    ),
    "unknown-iri": Case(ARTICLE, ":harle-mill ; rec:stance", ":harle-mil ; rec:stance", ARTICLE, 24),
    "iri-unpublishable": Case(VALLEY, ":drought a", "<sparql> a rec:Place .\n:drought a", VALLEY, 35),
    "spelling-not-found": Case(VALLEY, '"Harle weir"@en ; rec:form', '"Harl weir"@en ; rec:form', VALLEY, 26),
    "sentence-uncarried": Case(RADIO, '"It meets at 7 Church Lane."', '"at 7 Church Lane"', RADIO, None),
    "word-unmodelled": Case(VALLEY, "rec:hasTime :thursday-night ;", "", ARTICLE, 23),
    "identifier-not-in-reference": Case(
        "kb/outside/identifiers.ttl", "/4711>", "/4712>", "kb/outside/identifiers.ttl", 7
    ),
    "statement-beyond-slots": Case(VALLEY, '"40 trout died."', '"40 trout died on Friday."', VALLEY, 56),
    "side-not-in-statement": Case(VALLEY, '"Harle Mill closed', '"Somebody closed', VALLEY, 62),
    "roles-against-statement": Case(
        VALLEY,
        ":drought a",
        ':blame a rec:Account ; rec:accountOf :closing ; rdfs:label "Blame, according to the Water Board"@en ;\n'
        "    rec:hasRole [ rec:roleKind c:actor ; rec:player :water-board ] ,\n"
        "        [ rec:roleKind c:target ; rec:player :harle-mill ] ;\n"
        '    rec:basis "b"@en ; rec:curator :first-coder ; rec:reviewedBy :second-coder .\n'
        "claim:blame a rec:OccurrenceClaim ; rec:claimsOccurrenceOf :blame ;\n"
        '    rec:statement "Harle Mill was blamed by the Water Board."@en .\n:drought a',
        VALLEY,
        39,
    ),
    "marker-without-concept": Case(VALLEY, '"25 trout died."', '"25 trout would die."', VALLEY, 58),
    "waiver-idle": Case(
        VALLEY,
        "rec:quantity 25 ;",
        'rec:quantity 25 ; rec:waiver [ rec:exact "trout" ; rec:reason "None."@en ] ;',
        VALLEY,
        58,
    ),
    "concept-without-marker": Case(
        VALLEY, "rec:quantity 25 ;", "rec:quantity 25 ; rec:modality c:planned ;", VALLEY, 58
    ),
    "speaker-as-of-another": Case(ARTICLE, 'rec:speakerAs "the club"', 'rec:speakerAs "Harle Mill"', ARTICLE, 20),
    "relay-not-named": Case(RADIO, "rec:via ( :river-gazette ) ;", "", RADIO, 13),
    "component-without-total": Case(
        VALLEY, "rec:quantity 25 ;", "rec:quantity 25 ; rec:componentOf claim:dead-40 ;", RADIO, 16
    ),
    "figure-against-words": Case(VALLEY, "rec:lowerBound 12 ;", "rec:quantity 12 ;", VALLEY, 54),
    "speaker-not-named": Case(ARTICLE, 'rec:speakerAs "the club" ;', "", ARTICLE, 20),
    "speaker-as-not-printed": Case(ARTICLE, 'rec:speakerAs "the club"', 'rec:speakerAs "the anglers"', ARTICLE, 20),
    "evidence-lacks-thing": Case(VALLEY, "rec:player :harle-mill", "rec:player :water-board", ARTICLE, 22),
    "evidence-lacks-words": Case(VALLEY, '"below Harle weir"', '"above Harle weir"', ARTICLE, 14),
    "evidence-lacks-number": Case(VALLEY, "rec:quantity 25 ;", "rec:quantity 52 ;", RADIO, 16),
    "cue-not-printed": Case(
        RADIO, ":valley-radio ; rec:stance c:asserts", ":valley-radio ; rec:stance c:denies", RADIO, 11
    ),
    "inconsistent": Case(VALLEY, "claim:dead-12 a", "claim:dead-12 a rec:Occurrence .\nclaim:dead-12 a", VALLEY, 55),
    "unsatisfiable-class": Case(
        RIVER,
        "riv:cause a",
        "riv:Ferry a owl:Class ; rdfs:subClassOf rec:Place , rec:Happening .\nriv:cause a",
        RIVER,
        20,
    ),
    "beyond-owl-dl": Case(
        RIVER, "riv:cause a", "riv:cause a owl:TransitiveProperty , owl:IrreflexiveProperty ,", RIVER, 20
    ),
    "question-without-answer": Case(
        "kb/queries/new.rq", "", "SELECT * WHERE { ?s a riv:CauseClaim }", "kb/queries/new.rq", None
    ),
    "question-fails": Case(QUERY, "SELECT ?cause ?speaker ?relay", "CONSTRUCT { ?cause a ?speaker }", QUERY, None),
    "question-answered-otherwise": Case("kb/queries/causes.expected.csv", ":closing", ":drought", QUERY, None),
}


@pytest.mark.parametrize("code", CASES)
def test_a_mistake_is_found_where_it_is(code: str, edit: Edit, copy: Path) -> None:
    case = CASES[code]
    edit(case.file, case.old, case.new)
    found = [problem for problem in find_problems(copy) if problem.code == code]
    assert (case.found, case.line) in [(problem.file, problem.line) for problem in found]


def test_a_file_that_is_not_utf_8_is_found(copy: Path) -> None:
    (copy / VALLEY).write_bytes(b"# caf\xe9\n")
    assert "unreadable-file" in {problem.code for problem in find_problems(copy)}


def test_a_project_without_any_source_is_told_so(copy: Path) -> None:
    for folder in ("kb", "seeds"):
        shutil.rmtree(copy / folder)
    assert "nothing-to-publish" in {problem.code for problem in find_problems(copy)}


def test_the_small_project_has_no_problem(copy: Path) -> None:
    assert find_problems(copy) == []


def test_all_mistakes_are_found_in_one_run(edit: Edit, copy: Path) -> None:
    together = ("turtle-syntax", "query-syntax", "missing-file")
    for code in together:
        edit(*CASES[code][:3])
    edit(RADIO, "claim:dead-25", "claim:dead-52")
    edit(RADIO, "counted 25", "counted 26")
    found = {problem.code for problem in find_problems(copy)}
    assert found >= {*together, "unknown-iri", "quote-not-found"}


def test_a_broken_file_does_not_make_its_names_unknown(edit: Edit, copy: Path) -> None:
    edit(*CASES["turtle-syntax"][:3])
    assert {problem.code for problem in find_problems(copy)} == {"turtle-syntax"}


def test_a_quote_that_is_not_there_comes_with_the_closest_passage(edit: Edit, copy: Path) -> None:
    edit(*CASES["quote-not-found"][:3])
    message = next(problem.message for problem in find_problems(copy) if problem.code == "quote-not-found")
    assert "closest: “Harle Mill denied that it had closed the sluice.”, 1 character differs" in message


def test_an_unknown_name_comes_with_the_nearest_known_one(edit: Edit, copy: Path) -> None:
    edit(*CASES["unknown-iri"][:3])
    assert "Did you mean :harle-mill?" in next(p.remedy for p in find_problems(copy) if p.code == "unknown-iri")


def test_every_code_is_documented_and_provoked() -> None:
    headings = {code.name for code in read_page(PROBLEMS_PAGE)}
    assert headings == codes_in_the_program() == {*CASES, "unreadable-file", "nothing-to-publish"}


def codes_in_the_program() -> set[str]:
    """The codes that the program can give a problem, read off its calls of Problem and Fault."""
    codes: set[str] = set()
    place_of_code = {"Problem": 3, "Fault": 0}
    for path in (ROOT / "src" / "onrecord").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in place_of_code
                and node.args
            ):
                argument = node.args[place_of_code[node.func.id]]
                if isinstance(argument, ast.Constant):
                    codes.add(str(argument.value))
    return codes


def test_a_problem_reads_as_place_thing_code_message_remedy() -> None:
    problem = Problem("kb/a.ttl", 12, "claim:x", "quote-not-found", "It is not there.", "Copy it.")
    assert str(problem) == "kb/a.ttl:12: claim:x: quote-not-found: It is not there. Copy it."


def test_an_unknown_line_is_left_out() -> None:
    assert str(Problem("kb/a.ttl", None, "", "code", "What.", "Do.")) == "kb/a.ttl: code: What. Do."


def test_errors_come_before_warnings_and_each_problem_once() -> None:
    warning = Problem("a", 1, "", "w", "", "", "warning")
    error = Problem("b", 1, "", "e", "", "")
    assert sort_problems([warning, error, error]) == [error, warning]


def test_warnings_alone_do_not_keep_the_record_back() -> None:
    assert not has_errors([Problem("a", 1, "", "w", "", "", "warning")])


def test_of_many_problems_the_first_of_each_code_is_kept_and_the_others_are_counted() -> None:
    problems = [Problem("a", line, "", code, "", "") for line, code in enumerate(("x", "x", "y", "x"))]
    assert first_of_each(problems) == [(problems[0], 2), (problems[2], 0)]


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("It is wrong. Mend it. Or leave it.", ("It is wrong.", "Mend it. Or leave it.")),
        ("It is wrong.", ("It is wrong.", "")),
    ],
)
def test_a_message_says_first_what_is_wrong(message: str, parts: tuple[str, str]) -> None:
    assert split_message(message) == parts
