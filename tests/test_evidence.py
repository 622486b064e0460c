"""The curator's notation becomes attributions, passages and relays, and nothing of it is published."""

from __future__ import annotations

import pytest
from rdflib import BNode, Literal, URIRef

from conftest import ROOT
from onrecord.checks import Draft
from onrecord.store import Row, Store


def ask(draft: Draft, query: str) -> list[Row]:
    store, project = Store(), draft.record.project
    store.load(draft.record.statements)
    return store.rows(query, project.prefixes, project.base)


def test_an_attribution_is_named_by_article_claim_speaker_stance_and_place(tiny: Draft) -> None:
    start = tiny.record.articles[0].text.index("Harle Mill denied")
    iri = f"https://weir.example/attribution/001/mill-closed-sluice/harle-mill/denies/{start}"
    assert URIRef(iri) in {statement.subject for statement in tiny.record.statements}


def test_a_quote_is_the_exact_text_between_its_offsets(tiny: Draft) -> None:
    rows = ask(
        tiny,
        "SELECT ?a ?exact ?start ?end { ?q a rec:Quote ; rec:inArticle ?a ; rec:exact ?exact ; "
        "rec:start ?start ; rec:end ?end }",
    )
    texts = {article.iri: article.text for article in tiny.record.articles}
    assert len(rows) >= 12
    for row in rows:
        assert texts[str(row["a"])][int(str(row["start"])) : int(str(row["end"]))] == str(row["exact"])


def test_a_repeated_quote_is_found_where_its_occurrence_says(tiny: Draft) -> None:
    rows = ask(
        tiny,
        "SELECT ?who ?start { ?x rec:speaker ?who ; rec:evidence ?q . ?q rec:start ?start ; "
        'rec:exact "“The sluice was shut,”" } ORDER BY ?start',
    )
    assert [str(row["who"]).rsplit("/", 1)[-1] for row in rows] == ["anglers-club", "water-board"]


def test_a_relay_keeps_its_place_in_the_chain(tiny: Draft) -> None:
    rows = ask(tiny, "SELECT ?who ?n { ?x rec:relay ?r . ?r rec:relayedBy ?who ; rec:position ?n }")
    assert rows == [{"who": URIRef("https://weir.example/id/river-gazette"), "n": Literal(1)}]


def test_a_time_written_in_brackets_hangs_on_its_attribution(tiny: Draft) -> None:
    rows = ask(tiny, 'SELECT ?x ?t { ?x rec:saidAt ?t . ?t rec:verbatimTime "on Friday" }')
    assert [str(row["t"]).startswith(f"{row['x']}#saidAt-") for row in rows] == [True]


def test_a_quote_that_is_a_whole_sentence_shares_its_iri(tiny: Draft) -> None:
    rows = ask(tiny, "SELECT ?q { ?q a rec:Quote , rec:Sentence }")
    assert len(rows) >= 5


def test_only_sentences_that_serve_as_evidence_carry_their_text(tiny: Draft) -> None:
    rows = ask(tiny, "SELECT ?s { ?s a rec:Sentence ; rec:exact ?text FILTER (CONTAINS(?text, 'Subscribe')) }")
    assert rows == []


@pytest.mark.parametrize("name", ["quote", "boilerplate", "sentenceJoin", "linesOfKind"])
def test_the_notation_is_not_published(tiny: Draft, name: str) -> None:
    assert ask(tiny, f"SELECT ?s {{ ?s rec:{name} ?o }}") == []


def test_no_blank_node_is_published_outside_the_ontology(tiny: Draft, flagship: Draft) -> None:
    for statement in (*tiny.record.statements, *flagship.record.statements):
        if "/graph/ontology/" not in statement.graph:
            assert not any(isinstance(term, BNode) for term in statement)


def test_the_program_knows_nothing_of_the_flagship() -> None:
    for path in (ROOT / "src").rglob("*"):
        if path.suffix in {".py", ".rq", ".ttl", ".toml"}:
            text = path.read_text(encoding="utf-8").lower()
            assert not [word for word in ("armenia", "azerbaijan", "karabakh", "conflict#") if word in text]
