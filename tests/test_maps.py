"""Maps: land and lakes as they are, names that can be read, and nothing that happened as a point."""

from __future__ import annotations

import json
import re
from itertools import combinations

import pytest
from jinja2 import Environment
from rdflib import URIRef
from rdflib.term import Node

from conftest import ROOT
from onrecord.assets import vendor_file
from onrecord.catalogue import Catalogue
from onrecord.checks import Draft
from onrecord.coasts import SMALLEST_LAKE, Box, Outline, Ring, clip, distance, join, read_lakes, write_path
from onrecord.comparisons import Comparisons
from onrecord.maps import HEIGHT, WIDTH, Atlas, Frame, Map, Mention, break_name, find_core, read_point
from onrecord.pages import Pages

CASPIAN, SEVAN, PARIS = (51.0, 41.5), (45.35, 40.3), (2.35, 48.85)


@pytest.fixture(scope="module")
def catalogue(flagship: Draft) -> Catalogue:
    return Catalogue(flagship.record)


@pytest.fixture(scope="module")
def atlas(catalogue: Catalogue) -> Atlas:
    return Atlas(catalogue, Comparisons(catalogue))


@pytest.fixture(scope="module")
def clashes(atlas: Atlas) -> Map:
    return drawn(atlas.draw_occurrence(thing(atlas, "border-clashes")))


@pytest.fixture(scope="module")
def maps(atlas: Atlas, clashes: Map) -> list[Map]:
    """Every map of the flagship."""
    rec, catalogue = atlas.catalogue.words.rec, atlas.catalogue
    happened = [atlas.draw_occurrence(one) for one in catalogue.members(rec("Occurrence"))]
    found = [atlas.draw_places(), *happened, *(atlas.draw_place(one) for one in catalogue.members(rec("Place")))]
    return [one for one in found if one is not None]


def thing(atlas: Atlas, slug: str) -> Node:
    return URIRef(f"{atlas.catalogue.project.base}id/{slug}")


def drawn(map_: Map | None) -> Map:
    assert map_ is not None
    return map_


def slugs(nodes: list[Node]) -> set[str]:
    return {str(node).rsplit("/", 1)[-1] for node in nodes}


def covers(outlines: list[Outline], at: tuple[float, float]) -> bool:
    """Whether a point is inside (even-odd): a ray from it crosses an odd number of edges."""
    crossings = 0
    for one in outlines:
        ring = [point for _, (xs, ys) in one.pieces for point in zip(xs, ys, strict=True)]
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            crossings += (ay > at[1]) != (by > at[1]) and at[0] < ax + (at[1] - ay) / (by - ay) * (bx - ax)
    return crossings % 2 == 1


def area(ring: Ring) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], *ring[:1]], strict=True))) / 2


def render(atlas: Atlas, map_: Map) -> str:
    """What the template makes of a map."""
    pages = Pages(atlas.catalogue, (), "assets")
    templates: Environment = pages._templates
    page = templates.from_string('{% import "map.html" as maps with context %}{{ maps.draw(map, "map", "Where") }}')
    return page.render(map=map_, href=str, link=lambda node: pages._pieces.link(atlas.catalogue.name(node), str(node)))


def test_land_ends_at_the_coast(atlas: Atlas) -> None:
    assert covers(atlas.land, PARIS) and covers(atlas.land, SEVAN)
    assert not covers(atlas.land, CASPIAN) and not covers(atlas.land, (-30.0, 45.0))


def test_the_northernmost_point_of_land_is_where_the_file_says(atlas: Atlas) -> None:
    stated = json.loads(vendor_file("land.json").read_bytes())["bbox"]
    assert max(one.bounds.high for one in atlas.land) == pytest.approx(stated[3])
    assert min(one.bounds.low for one in atlas.land) == pytest.approx(stated[1])


def test_lakes_are_water_on_both_sides_of_the_cut(atlas: Atlas) -> None:
    assert covers(atlas.lakes, CASPIAN) and covers(atlas.lakes, (51.0, 40.5)) and covers(atlas.lakes, SEVAN)
    assert covers(atlas.lakes, (44.97, 40.61)), "a short rest beyond the edge of a tile"
    assert not covers(atlas.lakes, PARIS)


def test_every_larger_lake_of_the_file_is_read() -> None:
    polygons = json.loads(vendor_file("lakes.json").read_bytes())["geometries"][0]["coordinates"]
    large = [ring for polygon in polygons for ring in polygon if len(json.dumps(ring)) > SMALLEST_LAKE * 1.5]
    found = {one.bounds for one in read_lakes(vendor_file("lakes.json"))}
    assert len(large) > 1000
    assert {Box(*map(min, zip(*ring, strict=True)), *map(max, zip(*ring, strict=True))) for ring in large} <= found


def test_an_arc_may_be_followed_backwards() -> None:
    arcs = [([0.0, 1.0, 2.0], [0.0, 0.0, 1.0])]
    assert join(arcs, 0) == ([0.0, 1.0], [0.0, 0.0])
    assert join(arcs, ~0) == ([2.0, 1.0], [1.0, 0.0])


def test_a_point_is_longitude_then_latitude() -> None:
    assert read_point("POINT(46.5 -39.25)") == (46.5, -39.25)


def test_a_ring_is_cut_at_the_box() -> None:
    box = Box(0, 0, 2, 2)
    assert area(clip([(-1, -1), (1, -1), (1, 1), (-1, 1)], box)) == 1
    assert area(clip([(-9, -9), (9, -9), (9, 9), (-9, 9)], box)) == 4
    assert list(clip([(3, 0), (4, 0), (4, 1)], box)) == []


def test_skipping_what_is_far_away_changes_nothing(atlas: Atlas) -> None:
    seen = Box(44, 38, 52, 43)
    for one in (one for one in atlas.land if one.bounds.meets(seen)):
        whole = [point for _, (xs, ys) in one.pieces for point in zip(xs, ys, strict=True)]
        alone = write_path([one], seen, Frame((48, 40.5), 700).project)
        plain = Outline(one.bounds, ((one.bounds, ([x for x, _ in whole], [y for _, y in whole])),))
        assert alone == write_path([plain], seen, Frame((48, 40.5), 700).project)


def test_the_clashes_are_drawn_towards_the_places_that_accounts_name(clashes: Map) -> None:
    towards = slugs([one.place for one in clashes.areas if one.kind == "towards"])
    assert {"goris", "jermuk", "sotk"} <= towards


def test_an_area_is_of_the_side_that_tells_it(atlas: Atlas, clashes: Map) -> None:
    sides = {side: [one for one in clashes.areas if one.side == side] for side in clashes.sides}
    armenia, azerbaijan = sides
    assert slugs([one.place for one in sides[armenia]]) == {"goris", "jermuk", "sotk"}
    assert slugs([one.place for one in sides[azerbaijan]]) == {
        "dashkasan-district",
        "kalbajar-district",
        "lachin-district",
    }


def test_a_place_that_both_sides_tell_of_has_an_area_of_each(atlas: Atlas, clashes: Map) -> None:
    border = next(row for row in clashes.rows if row.place == thing(atlas, "armenia-azerbaijan-border"))
    goris, relation = thing(atlas, "goris"), border.mentions[0].relation
    told = [Mention(relation, (), goris, one.sides) for one in border.mentions]
    assert {one.sides for one in told} >= {(side,) for side in clashes.sides} | {clashes.sides, ()}
    both = drawn(atlas.draw([goris], mentions={goris: told}, sides=clashes.sides))
    assert [(one.place, one.side) for one in both.areas] == [(goris, side) for side in (None, *clashes.sides)]


def test_what_no_side_tells_is_of_none(atlas: Atlas) -> None:
    war = drawn(atlas.draw_occurrence(thing(atlas, "war-2020")))
    assert {one.side for one in war.areas} == {None}
    assert "as others or the articles tell it" in render(atlas, war)


def test_the_sides_differ_by_the_angle_of_their_hatching_and_by_nothing_else_but_colour(
    atlas: Atlas, clashes: Map
) -> None:
    page = render(atlas, clashes)
    hatches = re.findall(r'<pattern id="map-hatch-(\d)" class="side-\1"(.*?)</pattern>', page)
    assert [number for number, _ in hatches] == ["0", "1"]
    angles = [re.search(r"rotate\((.*?)\)", rest) for _, rest in hatches]
    assert [angle and angle[1] for angle in angles] == ["45", "-45"]
    assert len({re.sub(r"rotate\(.*?\)", "", rest) for _, rest in hatches}) == 1


def test_the_legend_and_the_words_name_the_sides(atlas: Atlas, clashes: Map) -> None:
    legend, words = render(atlas, clashes).split("<dl", 1)
    for side in ("Armenia", "Azerbaijan"):
        assert f"as {side} tells it" in legend and f"as {side} tells it" in words


def test_nothing_of_an_occurrence_is_a_point(atlas: Atlas, maps: list[Map]) -> None:
    places = set(atlas.catalogue.members(atlas.catalogue.words.rec("Place")))
    for one in maps:
        assert {mark.place for mark in one.marks} <= places
        assert all(area.radius >= 30 for area in one.areas)


def test_only_a_town_gets_a_ring(atlas: Atlas, clashes: Map) -> None:
    towns = slugs([mark.place for mark in clashes.marks if mark.kind == "town"])
    assert {"goris", "jermuk", "sotk"} <= towns
    assert "kalbajar-district" in slugs([mark.place for mark in clashes.marks if mark.kind == "area"])
    tints = [one for one in clashes.areas if one.kind == "around"]
    assert render(atlas, clashes).count("<circle") == len(towns) + len(clashes.areas) + len(tints) + 2  # in the masks


def test_a_class_that_says_nothing_of_size_gets_no_ring(atlas: Atlas) -> None:
    assert atlas.is_town(thing(atlas, "goris"))
    assert not atlas.is_town(thing(atlas, "nagorno-karabakh"))
    assert not atlas.is_town(thing(atlas, "civilian-targets"))


def test_no_border_is_drawn(atlas: Atlas, clashes: Map) -> None:
    page = render(atlas, clashes)
    drawing = page[: page.index("</svg>")]
    assert set(vendor_file("land.json").parent.glob("*.json")) == {vendor_file("land.json"), vendor_file("lakes.json")}
    assert list(json.loads(vendor_file("land.json").read_bytes())["objects"]) == ["land"]
    assert drawing.count("<path") == 3 + len({one.side for one in clashes.areas})  # land, lakes, scale; hatching
    assert "No borders are drawn" in page


def test_names_touch_neither_each_other_nor_the_rings_nor_the_edge(maps: list[Map]) -> None:
    assert len(maps) > 15
    for one in maps:
        boxes = [mark.label.box for mark in one.marks if mark.label]
        rings = [Box(mark.x - 5, mark.y - 5, mark.x + 5, mark.y + 5) for mark in one.marks if mark.kind == "town"]
        assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]
        assert not [(box, ring) for box in boxes for ring in rings if box.meets(ring)]
        assert all(box.left >= 0 and box.right <= WIDTH and box.low >= 0 and box.high <= HEIGHT for box in boxes)


def test_every_mark_has_a_row_in_the_words(atlas: Atlas, maps: list[Map]) -> None:
    for one in maps:
        rows = {row.place: row.shown for row in one.rows}
        assert all(rows[mark.place] == ("orientation" if mark.light else "drawn") for mark in one.marks)
        assert all(rows[area.place] in ("drawn", "crowded") for area in one.areas)
        assert len(rows) == len(one.rows)


def test_the_words_say_what_the_accounts_say(atlas: Atlas, clashes: Map) -> None:
    row = next(row for row in clashes.rows if row.place == thing(atlas, "goris"))
    mention = row.mentions[0]
    assert atlas.catalogue.name(mention.relation).text == "in the direction of"
    assert [str(words) for words in mention.words] == ["in the direction of the cities of Goris"]
    assert mention.account == thing(atlas, "shelling-am-mod-002")


def test_a_place_without_coordinates_is_named_in_the_words(atlas: Atlas, clashes: Map) -> None:
    unplaced = slugs([row.place for row in clashes.rows if row.shown == "unplaced"])
    assert "armenia-azerbaijan-border" in unplaced
    assert "the record has no coordinates of it" in render(atlas, clashes)


def test_the_map_of_all_places_tells_which_lie_beyond_its_edge(atlas: Atlas) -> None:
    all_places = drawn(atlas.draw_places())
    assert slugs([row.place for row in all_places.rows if row.shown == "beyond"]) == {"brussels", "moscow"}


def test_a_few_places_far_apart_are_all_shown() -> None:
    world = [PARIS, (37.6, 55.8), (-77.0, 38.9)]
    assert sorted(find_core(world)) == sorted(world)


def test_a_place_alone_is_shown_in_its_region(atlas: Atlas) -> None:
    frame = Frame.around([PARIS])
    assert frame.width >= 200
    assert frame.project(PARIS) == (WIDTH / 2, HEIGHT / 2)


def test_the_scale_bar_measures(atlas: Atlas) -> None:
    frame = Frame.around([(46.0, 40.0)])
    bar = frame.scale_bar()
    east = (46.0 + bar.kilometres / distance((46.0, 40.0), (47.0, 40.0)), 40.0)
    assert frame.project(east)[0] - WIDTH / 2 == pytest.approx(bar.length, rel=0.01)


def test_the_caption_says_that_coordinates_are_not_in_the_articles(atlas: Atlas, clashes: Map) -> None:
    assert [str(graph).rsplit("/graph/", 1)[1] for graph in clashes.sources] == ["kb/outside/coordinates"]
    page = render(atlas, clashes)
    assert "Coordinates are not in the articles" in page and str(clashes.sources[0]) in page
    assert "Natural Earth" in page and "OpenStreetMap contributors (ODbL)" in page


def test_a_map_obeys_the_policy_of_its_page(atlas: Atlas, clashes: Map) -> None:
    assert " style=" not in render(atlas, clashes)
    assert "<style" not in render(atlas, clashes)


def test_two_runs_draw_the_same(catalogue: Catalogue, atlas: Atlas, clashes: Map) -> None:
    again = Atlas(catalogue, Comparisons(catalogue))
    assert again.draw_occurrence(thing(atlas, "border-clashes")) == clashes
    assert render(again, clashes) == render(atlas, clashes)


def test_a_record_without_coordinates_has_no_maps_and_reads_no_land(tiny: Draft) -> None:
    catalogue = Catalogue(tiny.record)
    atlas = Atlas(catalogue, Comparisons(catalogue))
    rec = atlas.catalogue.words.rec
    assert atlas.draw_places() is None
    assert {atlas.draw_occurrence(one) for one in atlas.catalogue.members(rec("Occurrence"))} == {None}
    assert {atlas.draw_place(one) for one in atlas.catalogue.members(rec("Place"))} == {None}
    assert "land" not in vars(atlas)


def test_coordinates_have_at_most_one_decimal(maps: list[Map]) -> None:
    for one in maps:
        numbers = one.land.replace("M", " ").replace("Z", " ").split()
        assert all(len(number.partition(".")[2]) <= 1 for number in numbers)


def test_a_long_name_is_broken_near_its_middle() -> None:
    assert break_name("Harle", 12) == ("Harle",)
    assert break_name("Upper Harle Valley", 12) == ("Upper Harle", "Valley")
    assert break_name("Upper-Harlevalley", 12) == ("Upper-", "Harlevalley")


def test_styles_are_in_the_style_sheet() -> None:
    styles = (ROOT / "site/assets/map.css").read_text(encoding="utf-8")
    for name in ("land", "water", "lakes", "town", "area", "light", "hatch", "soft", "scale", "key"):
        assert f".{name}" in styles
