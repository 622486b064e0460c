"""Maps: where the places of the record lie, as values that a template draws.

Land and lakes, and names. No borders; and what happened is never a point: an account names a place and says how it lay
to it, which is drawn as an area without an edge, once for each side that tells it.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from rdflib import URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

from onrecord.assets import vendor_file
from onrecord.catalogue import Catalogue
from onrecord.coasts import (
    KILOMETRES_IN_DEGREE,
    NUMBER,
    Box,
    Outline,
    Point,
    around,
    bounds,
    distance,
    read_lakes,
    read_land,
    write_path,
)
from onrecord.comparisons import Comparisons
from onrecord.reference import GEOMETRY, WKT
from onrecord.vocabulary import slug

# Classes whose members are so small that a point is where they are. A point of anything else is where its name stands.
SPOTS = frozenset((URIRef("https://schema.org/City"),))
# How a relation to an anchor is drawn, if not around it.
KINDS: Mapping[str, str] = {"in-direction-of": "towards"}
AROUND = "around"
# In units of the drawing, of which a telephone shows two to a pixel. A radius tells apart; it measures nothing.
WIDTH, HEIGHT, MARGIN, EDGE, RING = 640, 440, 70, 16, 5
RADII: Mapping[tuple[str, str], int] = {
    ("towards", "town"): 58,
    ("towards", "area"): 76,
    ("around", "town"): 34,
    ("around", "area"): 60,
}
# Of a label: the height of a line, the width of a letter, and how many letters a line takes before it is broken.
LINE = 22
LETTERS: Mapping[str, tuple[float, int]] = {"town": (10.8, 24), "area": (12.6, 12)}
NUDGES = (0, -0.25, 0.25, -0.5, 0.5, -0.75, 0.75)  # by how much of its height a name is moved
NARROWEST = 280  # kilometres that the width of a map shows at least
SHARE = 0.8  # of the places that a map shows at least, where the rest lies far away
NEIGHBOURS = 2
# What becomes of a place: it is drawn; so near to others that its name finds no room; beyond the edge; without
# coordinates; or not what the map is about, but drawn to show where that is.
STATES = ("drawn", "crowded", "beyond", "unplaced", "orientation")


SCALE = Box(0, HEIGHT - 56, 2 * EDGE + WIDTH / 4, HEIGHT)  # where the scale bar stands


@dataclass(frozen=True)
class Mention:
    """How an account names a place: its relation to it, and the words as printed; and the sides that tell it, none
    where only articles and agents of no side do."""

    relation: Node
    words: tuple[Node, ...]
    account: Node
    sides: tuple[Node, ...]


@dataclass(frozen=True)
class Row:
    """A place in words: which of STATES it is in, and who names it how."""

    place: Node
    shown: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class Label:
    """A name in lines, the first of them at x and y, with the SVG text-anchor, and the box that it fills."""

    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str
    box: Box


@dataclass(frozen=True)
class Mark:
    """A place: a "town", which gets a ring, or an "area", which gets but its name; light where it only orients."""

    place: Node
    kind: str
    x: float
    y: float
    label: Label | None
    light: bool


@dataclass(frozen=True)
class Area:
    """What accounts of a side, or of none, tell of a place, "towards" or "around" it, without saying how far."""

    place: Node
    kind: str
    side: Node | None
    x: float
    y: float
    radius: int


@dataclass(frozen=True)
class Scale:
    """A distance in kilometres, and its length in the drawing."""

    kilometres: int
    length: float


@dataclass(frozen=True)
class Map:
    """A drawing: SVG path data of land and lakes (fill rule even-odd), what stands on them, and the same in words.

    ``sides`` are those whose accounts it tells apart, ``sources`` the graphs that hold the coordinates.
    """

    width: int
    height: int
    land: str
    lakes: str
    marks: tuple[Mark, ...]
    areas: tuple[Area, ...]
    sides: tuple[Node, ...]
    rows: tuple[Row, ...]
    scale: Scale
    sources: tuple[Node, ...]


Mentions = Mapping[Node, Sequence[Mention]]


class Atlas:
    """Draws maps of one catalogue; reads land and lakes once, with the first map.

    Raises AssetsError where the build step has not fetched them.
    """

    def __init__(self, catalogue: Catalogue, comparisons: Comparisons) -> None:
        self.catalogue, self.comparisons = catalogue, comparisons

    @cached_property
    def land(self) -> list[Outline]:
        """The coasts of the world."""
        return read_land(vendor_file("land.json"))

    @cached_property
    def lakes(self) -> list[Outline]:
        """The shores of its lakes."""
        return read_lakes(vendor_file("lakes.json"))

    @cached_property
    def positions(self) -> Mapping[Node, Point]:
        """The places whose coordinates the record states, by name."""
        values, places = self.catalogue.values, self.catalogue.members(self.catalogue.words.rec("Place"))
        points = {place: [wkt for one in values(place, GEOMETRY) for wkt in values(one, WKT)] for place in places}
        return {place: read_point(str(found[0])) for place, found in points.items() if found}

    @cached_property
    def sources(self) -> tuple[Node, ...]:
        """The graphs that state them."""
        graphs = self.catalogue.by_graph.items()
        return tuple(sorted(graph for graph, statements in graphs if any(one[1] == GEOMETRY for one in statements)))

    def draw_occurrence(self, occurrence: Node) -> Map | None:
        """Where accounts of an occurrence and of its parts place it; None where no place of theirs has coordinates."""
        sides = self.comparisons.sides(occurrence)
        mentions = read_mentions(self.catalogue, occurrence, sides)
        return self.draw(list(mentions), mentions=mentions, sides=sides, orients=self.is_town)

    def draw_place(self, place: Node) -> Map | None:
        """A place among its neighbours; None where it has no coordinates."""
        return self.draw([place], neighbours=NEIGHBOURS)

    def draw_places(self) -> Map | None:
        """Every place of the record; None where none has coordinates."""
        return self.draw(self.catalogue.members(self.catalogue.words.rec("Place")))

    def is_town(self, place: Node) -> bool:
        """Whether a point is where the place is, by its classes and what these are like."""
        kinds = self.catalogue.values(place, RDF.type)
        like = (other for kind in kinds for other in self.catalogue.values(kind, RDFS.subClassOf, RDFS.seeAlso))
        return not SPOTS.isdisjoint((*kinds, *like))

    def draw(
        self,
        things: Sequence[Node],
        *,
        neighbours: int = 0,
        mentions: Mentions | None = None,
        sides: Sequence[Node] = (),
        orients: Callable[[Node], bool] = bool,
    ) -> Map | None:
        """Places with what is told of them; None where none of them has coordinates.

        ``neighbours`` is how many others it makes room for, ``orients`` which others it may show where there is room.
        """
        positions = self.positions
        placed = {thing: positions[thing] for thing in things if thing in positions}
        if not placed:
            return None
        frame = Frame.around([*find_core(list(placed.values())), *self._nearest(placed, neighbours)])
        shown = {thing: spot for thing, at in placed.items() if frame.holds(spot := frame.project(at))}
        others = {one: frame.project(at) for one, at in positions.items() if one not in placed and orients(one)}
        marks = self._place_marks(shown, {one: spot for one, spot in others.items() if frame.holds(spot)})
        seen = frame.box()
        return Map(
            width=WIDTH,
            height=HEIGHT,
            land=write_path(self.land, seen, frame.project),
            lakes=write_path(self.lakes, seen, frame.project),
            marks=marks,
            areas=tuple(self._areas(shown, mentions or {}, sides)),
            sides=tuple(sides),
            rows=self._rows(things, shown, marks, mentions or {}),
            scale=frame.scale_bar(),
            sources=self.sources,
        )

    def _nearest(self, placed: Mapping[Node, Point], count: int) -> list[Point]:
        middle = next(iter(placed.values()))
        others = [at for place, at in self.positions.items() if place not in placed]
        return sorted(others, key=lambda at: distance(middle, at))[:count]

    def _areas(self, shown: Mapping[Node, Point], mentions: Mentions, sides: Sequence[Node]) -> Iterator[Area]:
        for place in self.catalogue.sorted(shown):
            size = "town" if self.is_town(place) else "area"
            told = {(_kind(one), side) for one in mentions.get(place, ()) for side in one.sides or (None,)}
            for kind, side in product((AROUND, *KINDS.values()), (None, *sides)):
                if (kind, side) in told:
                    yield Area(place, kind, side, *shown[place], RADII[kind, size])

    def _place_marks(self, shown: Mapping[Node, Point], others: Mapping[Node, Point]) -> tuple[Mark, ...]:
        """Marks whose names do not touch: towns first; what only orients is left out where its name finds no room."""
        spots = {**shown, **others}
        order = sorted(self.catalogue.sorted(spots), key=lambda one: (one in others, not self.is_town(one)))
        taken = [SCALE, *(around(spots[place], RING + 2) for place in shown if self.is_town(place))]
        marks: list[Mark] = []
        for place in order:
            spot, kind, ring = spots[place], "town" if self.is_town(place) else "area", around(spots[place], RING + 2)
            label = find_room(self.catalogue.name(place).text, kind, spot, taken)
            covered = place in others and any(ring.meets(box) for box in taken)
            if (label is None or covered) and (place in others or kind == "area"):
                continue
            marks.append(Mark(place, kind, *spot, label, place in others))
            taken += [label.box] if label else []
            taken += [ring] if place in others and kind == "town" else []
        return tuple(marks)

    def _rows(
        self, things: Iterable[Node], shown: Iterable[Node], marks: Iterable[Mark], mentions: Mentions
    ) -> tuple[Row, ...]:
        states = {thing: "beyond" if thing in self.positions else "unplaced" for thing in things}
        states |= dict.fromkeys(shown, "crowded")
        states |= {mark.place: "orientation" if mark.light else "drawn" for mark in marks}
        places = sorted(self.catalogue.sorted(states), key=lambda place: STATES.index(states[place]))
        return tuple(Row(place, states[place], tuple(mentions.get(place, ()))) for place in places)


def _kind(mention: Mention) -> str:
    return KINDS.get(slug(str(mention.relation)), AROUND)


def read_mentions(catalogue: Catalogue, occurrence: Node, sides: Iterable[Node]) -> Mentions:
    """The places that accounts of an occurrence and of its parts name, each with who names it how."""
    rec, values = catalogue.words.rec, catalogue.values
    happenings = [occurrence]
    for one in happenings:
        happenings += [part for part in catalogue.sorted(values(one, rec("hasPart"))) if part not in happenings]
    found: dict[Node, list[Mention]] = defaultdict(list)
    for account in (told for one in happenings for told in catalogue.sorted(values(one, rec("hasAccount")))):
        tellers = {side for claim in values(account, rec("claimedBy")) for side in values(claim, rec("assertedBySide"))}
        telling = tuple(side for side in sides if side in tellers)
        for expression in catalogue.sorted(values(account, rec("atLocation"))):
            words = tuple(values(expression, rec("verbatimLocation")))
            for relation in values(expression, rec("spatialRelation")):
                for anchor in values(expression, rec("anchor")):
                    found[anchor].append(Mention(relation, words, account, telling))
    return found


def read_point(text: str) -> Point:
    """The point that a text says in WKT (OGC 06-103r4, section 7), longitude first."""
    longitude, latitude = map(float, NUMBER.findall(text)[:2])
    return longitude, latitude


def find_core(points: list[Point]) -> list[Point]:
    """The points, without the most remote fifth where this halves the map: the rest would be too small to read."""
    middle = min(points, key=lambda one: (sum(distance(one, other) for other in points), one))
    near = sorted(points, key=lambda one: (distance(middle, one), one))
    core = near[: math.ceil(SHARE * len(near))]
    return core if Frame.around(core).width * 2 < Frame.around(near).width else near


@dataclass(frozen=True)
class Frame:
    """What a map shows: its middle, and its width in kilometres. Equirectangular, true to scale along the middle."""

    middle: Point
    width: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> Frame:
        """A frame with room for points and their names."""
        box = bounds(points)
        middle = ((box.left + box.right) / 2, (box.low + box.high) / 2)
        across = (box.right - box.left) * _narrowing(middle) * WIDTH / (WIDTH - 2 * MARGIN)
        down = (box.high - box.low) * WIDTH / (HEIGHT - 2 * MARGIN)
        return cls(middle, max(NARROWEST, KILOMETRES_IN_DEGREE * max(across, down)))

    @property
    def unit(self) -> float:
        """Units of the drawing in a degree of latitude."""
        return WIDTH / self.width * KILOMETRES_IN_DEGREE

    def project(self, at: Point) -> Point:
        """Where a position on the earth is drawn."""
        x = WIDTH / 2 + (at[0] - self.middle[0]) * self.unit * _narrowing(self.middle)
        return round(x, 1), round(HEIGHT / 2 - (at[1] - self.middle[1]) * self.unit, 1)

    def holds(self, spot: Point) -> bool:
        """Whether a place in the drawing is well within its edge."""
        return Box(EDGE, EDGE, WIDTH - EDGE, HEIGHT - EDGE).holds(spot)

    def box(self) -> Box:
        """What is drawn of the earth, a little more than is seen: where land is cut is no coast."""
        across, down = (WIDTH / 2 + RING) / self.unit / _narrowing(self.middle), (HEIGHT / 2 + RING) / self.unit
        x, y = self.middle
        return Box(x - across, y - down, x + across, y + down)

    def scale_bar(self) -> Scale:
        """The longest distance of one, two or five and noughts within a quarter of the width."""
        most = self.width / 4
        power = 10 ** math.floor(math.log10(most))
        kilometres = next(times * power for times in (5, 2, 1) if times * power <= most)
        return Scale(kilometres, round(kilometres * WIDTH / self.width, 1))


def _narrowing(middle: Point) -> float:
    return max(0.05, math.cos(math.radians(middle[1])))


def find_room(name: str, kind: str, spot: Point, taken: Iterable[Box]) -> Label | None:
    """A label for a mark, in the first place that is within the drawing and touches nothing, or None."""
    seen = Box(4, 4, WIDTH - 4, HEIGHT - 4)
    blocked = list(taken)
    for label in _labels(name, kind, spot):
        if all(map(seen.holds, label.box.corners())) and not any(label.box.meets(box) for box in blocked):
            return label
    return None


def _labels(name: str, kind: str, spot: Point) -> Iterator[Label]:
    """The places for a name, the best first: beside a town, over the middle of an area."""
    letter, longest = LETTERS[kind]
    lines = break_name(name, longest)
    width, height = max(map(len, lines)) * letter, LINE * len(lines)
    for anchor, x, top in _beside(spot, height) if kind == "town" else _over(spot, width, height):
        left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
        box = Box(round(left, 1), round(top, 1), round(left + width, 1), round(top + height, 1))
        yield Label(lines, round(x, 1), round(top + LINE * 0.75, 1), anchor, box)


def _beside(spot: Point, height: float) -> Iterator[tuple[str, float, float]]:
    """Text-anchor, x and top: right, left, above, below, and at the corners."""
    (x, y), gap = spot, RING + 4
    above, below = y - gap - height, y + gap
    for top in (y - height / 2, above + gap, below - gap):
        yield from (("start", x + gap, top), ("end", x - gap, top))
    yield from (("middle", x, above), ("middle", x, below))


def _over(spot: Point, width: float, height: float) -> Iterator[tuple[str, float, float]]:
    """The same, the nearest to the middle first; the name always touches it, or nearly so."""
    sites = [(width * part, height * share) for part in (0, -0.25, 0.25, -0.5, 0.5) for share in NUDGES]
    for across, down in sorted(sites, key=lambda site: (round(math.hypot(*site), 1), site)):
        yield "middle", spot[0] + across, spot[1] - height / 2 + down


def break_name(name: str, longest: int) -> tuple[str, ...]:
    """A name in one line, or broken at a space or hyphen near its middle where it is long."""
    breaks = [found.end() for found in re.finditer("[ -]", name)]
    if len(name) <= longest or not breaks:
        return (name,)
    at = min(breaks, key=lambda at: (max(len(name[:at].rstrip()), len(name) - at), at))
    return name[:at].rstrip(), name[at:]
