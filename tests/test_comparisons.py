"""What each side says, side by side; figures and times as drawn; descriptions for search engines."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from rdflib import URIRef
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.charts import Charts, days, scale, write_bounds
from onrecord.checks import Draft
from onrecord.comparisons import BRIEF, Comparisons, Topic
from onrecord.interface import Interface
from onrecord.publish import render_site
from onrecord.searchable import Searchable


@pytest.fixture(scope="module")
def catalogue(flagship: Draft) -> Catalogue:
    return Catalogue(flagship.record)


@pytest.fixture(scope="module")
def comparisons(catalogue: Catalogue) -> Comparisons:
    return Comparisons(catalogue)


@pytest.fixture(scope="module")
def charts(catalogue: Catalogue, comparisons: Comparisons) -> Charts:
    return Charts(catalogue, comparisons, Interface())


@pytest.fixture(scope="module")
def clashes(catalogue: Catalogue) -> Node:
    return URIRef(f"{catalogue.project.base}id/border-clashes")


@pytest.fixture(scope="module")
def topics(comparisons: Comparisons, clashes: Node) -> list[Topic]:
    return comparisons.topics(clashes)


def names(catalogue: Catalogue, nodes: list[Node]) -> list[str]:
    return [catalogue.name(node).text for node in nodes]


def test_sides_stand_in_alphabetical_order(catalogue: Catalogue, comparisons: Comparisons, clashes: Node) -> None:
    assert names(catalogue, comparisons.sides(clashes)) == ["Armenia", "Azerbaijan"]


def test_what_both_sides_speak_of_comes_before_what_one_speaks_of(topics: list[Topic]) -> None:
    speaking = [topic.speaking for topic in topics]
    assert speaking == sorted(speaking, reverse=True)
    assert set(speaking) == {0, 1, 2}


def test_a_side_is_shown_what_it_says_itself_and_nothing_else(topics: list[Topic]) -> None:
    told = [(side, one) for topic in topics for side, cell in topic.cells for entry in cell for one in entry.sayings]
    assert len(told) > 100
    assert all(side in one.sides for side, one in told)


def test_a_claim_stands_in_one_topic(topics: list[Topic]) -> None:
    claims = [
        {entry.claim for cell in (*(cell for _, cell in topic.cells), topic.others, topic.outlets) for entry in cell}
        for topic in topics
    ]
    assert sum(map(len, claims)) == len(set().union(*claims)) > 50


def test_claims_that_cannot_hold_together_stand_together(
    catalogue: Catalogue, comparisons: Comparisons, clashes: Node
) -> None:
    groups = comparisons.opposed(comparisons.contested(clashes))
    assert [len(group) for group in groups] == [3, 1]
    assert names(catalogue, groups[1]) == ["Azerbaijan struck civilian infrastructure."]


def test_articles_stand_by_what_they_knew(catalogue: Catalogue, comparisons: Comparisons) -> None:
    stages = [[name[8:11] for name in names(catalogue, stage)] for stage in comparisons.stages()]
    assert stages == [["001", "002"], ["000", "004"], ["003"]]


def test_figures_stand_by_whose_dead_and_by_who_says(catalogue: Catalogue, charts: Charts, clashes: Node) -> None:
    (table,) = charts.figures(clashes)
    found = {
        " ".join(names(catalogue, list(row.slots))): [[one.text for one in cell] for cell in row.cells]
        for row in table.rows
    }
    assert found["Armenia killed military"] == [["at least 2", "49", "at least 49"], [], [], ["49"]]
    assert found["Azerbaijan killed military"] == [[], ["8", "42", "50"], [], ["no figure"]]
    assert table.marks[-1] == (100.0, "50")


def test_a_figure_is_drawn_from_its_lower_to_its_upper_bound(charts: Charts, clashes: Node) -> None:
    ranges = [one for row in charts.figures(clashes)[0].rows for cell in row.cells for one in cell]
    drawn = {one.text: (one.begin, one.end) for one in ranges}
    assert drawn["49"] == (98.0, 98.0)
    assert drawn["at least 49"] == (98.0, None)
    assert drawn["no figure"] == (None, None)


def test_a_time_is_drawn_as_a_span_with_its_bounds_in_words(
    charts: Charts, clashes: Node, catalogue: Catalogue
) -> None:
    line = charts.timeline(clashes)
    assert line
    spans = {catalogue.name(span.time).text: span for span in line.spans}
    midnight = spans["“on Monday midnight”"]
    assert midnight.text == "11 September 2022, 23:00 to 13 September 2022, 01:00 (UTC+04:00)"
    assert midnight.end - midnight.begin == pytest.approx(26 / 96 * 100, abs=0.1)
    assert spans["“early on Tuesday”, of a beginning"].ends_open


@pytest.mark.parametrize(
    ("most", "expected"),
    [(0, (1, 1)), (1, (1, 1)), (50, (50, 10)), (49, (50, 10)), (300, (300, 100)), (30_000, (30_000, 10_000))],
)
def test_a_scale_has_few_round_marks(most: float, expected: tuple[int, int]) -> None:
    assert scale(most) == expected


def test_a_line_of_time_runs_over_whole_days() -> None:
    start = datetime(2022, 9, 11, 23, tzinfo=UTC)
    first, last, marks = days(start, start + timedelta(hours=26), Interface())
    assert (first.hour, last - first, len(marks)) == (0, timedelta(days=3), 3)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((1, 2, 3, 4), "1 September 2022, 00:00 to 4 September 2022, 00:00"),
        ((1, None, None, 1), "1 September 2022, 00:00"),
        ((1, 1, None, None), "begins at 1 September 2022, 00:00"),
        ((1, 2, None, None), "begins between 1 September 2022, 00:00 and 2 September 2022, 00:00"),
        ((1, None, None, None), "begins not before 1 September 2022, 00:00"),
        ((None, 2, None, None), "begins not after 2 September 2022, 00:00"),
        ((None, None, 3, None), "ends not before 3 September 2022, 00:00"),
        ((None, None, None, 4), "ends not after 4 September 2022, 00:00"),
        ((1, 1, 3, None), "begins at 1 September 2022, 00:00; ends not before 3 September 2022, 00:00"),
    ],
)
def test_no_more_is_told_of_a_time_than_its_bounds_say(bounds: tuple[int | None, ...], words: str) -> None:
    moments = [datetime(2022, 9, day, tzinfo=UTC) if day else None for day in bounds]
    assert write_bounds(moments, Interface()) == f"{words} (UTC+00:00)"


def test_a_claim_is_told_to_search_engines_as_its_speakers(catalogue: Catalogue) -> None:
    described = Searchable(catalogue).describe(URIRef(f"{catalogue.project.base}claim/az-dead-50"))
    assert described["@type"] == "Claim"
    authors = described["author"]
    assert isinstance(authors, list)
    assert [author["name"] for author in authors] == ["Government of Azerbaijan", "Ministry of Defence of Azerbaijan"]


def test_in_short_each_side_tells_of_as_many_things(
    catalogue: Catalogue, comparisons: Comparisons, clashes: Node
) -> None:
    told = comparisons.in_short(clashes)
    assert [catalogue.name(side).text for side, _ in told] == ["Armenia", "Azerbaijan"]
    for side, entries in told:
        assert len({entry.claim for entry in entries}) == BRIEF
        assert all(side in one.sides for entry in entries for one in entry.sayings)


def test_what_is_denied_is_not_shown_as_a_statement(flagship: Draft) -> None:
    page = dict(render_site(flagship.record))["id/border-clashes.html"].decode()
    assert re.search(r'class="claim denied"><span class="stance"><a[^>]*>denies</a>:</span>', page)
