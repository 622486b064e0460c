"""The articles are in the project byte for byte."""

from __future__ import annotations

import hashlib

import pytest
from rdflib import Graph, URIRef

from conftest import ROOT

BASE = "https://onrecord.example/"
REC = f"{BASE}ontology/record#"
ARTICLES = Graph().parse(ROOT / "seeds" / "articles.ttl", publicID=BASE)
DESCRIBED = {
    str(file): str(ARTICLES.value(article, URIRef(f"{REC}sha256")))
    for article, file in ARTICLES.subject_objects(URIRef(f"{REC}file"))
}


def test_every_text_in_seeds_is_described() -> None:
    assert {f"seeds/{path.name}" for path in (ROOT / "seeds").glob("*.txt")} == set(DESCRIBED)


@pytest.mark.parametrize("file", sorted(DESCRIBED))
def test_an_article_has_the_sha_256_that_its_description_states(file: str) -> None:
    assert hashlib.sha256((ROOT / file).read_bytes()).hexdigest() == DESCRIBED[file]
