"""Coasts: land and lakes as outlines, from the files of the build step, clipped and thinned to what a drawing shows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

# How many points of an outline share a box, so that what lies far away is skipped; what is seen of a line at all.
CHUNK = 256
VISIBLE = 1.4  # units
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# A lake written in fewer characters is smaller than two kilometres across: it is skipped before it is read.
SMALLEST_LAKE = 170
KILOMETRES_IN_DEGREE = 111.2
TILE = 11.25  # degrees of longitude, at whose multiples the file cuts lakes
# Longitude and latitude in degrees, or x and y in units of a drawing.
Point = tuple[float, float]
Ring = Sequence[Point]
# The same as a column of each: a quarter of a million points are read in half the time that pairs would take.
Line = tuple[list[float], list[float]]


class Box(NamedTuple):
    """The least and the greatest of both coordinates."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: Box) -> bool:
        """Whether two boxes have a point in common."""
        return (
            self.left <= other.right and other.left <= self.right and self.low <= other.high and other.low <= self.high
        )

    def holds(self, point: Point) -> bool:
        """Whether a point is in the box."""
        return self.left <= point[0] <= self.right and self.low <= point[1] <= self.high

    def corners(self) -> tuple[Point, Point]:
        """The two corners that tell it."""
        return (self.left, self.low), (self.right, self.high)


@dataclass(frozen=True)
class Outline:
    """A closed line in pieces, each with its bounds, so that what lies far away costs nothing."""

    bounds: Box
    pieces: tuple[tuple[Box, Line], ...]


def read_land(path: Path) -> list[Outline]:
    """The rings of the polygons of a TopoJSON file (its specification, sections 2.1.3, 2.1.4 and 2.2.6)."""
    topology = json.loads(path.read_bytes())
    (across, down), (left, low) = topology["transform"]["scale"], topology["transform"]["translate"]
    steps = (tuple(zip(*arc, strict=True)) for arc in topology["arcs"])
    arcs = [([x * across + left for x in accumulate(xs)], [y * down + low for y in accumulate(ys)]) for xs, ys in steps]
    rings = ([join(arcs, index) for index in ring] for ring in _rings_of(topology["objects"]))
    return [outline([x for xs, _ in ring for x in xs], [y for _, ys in ring for y in ys]) for ring in rings]


def join(arcs: Sequence[Line], index: int) -> Line:
    """An arc without its last point, which the next one begins with; backwards where its index is a complement."""
    xs, ys = arcs[max(index, ~index)]
    return (xs[:-1], ys[:-1]) if index >= 0 else (xs[:0:-1], ys[:0:-1])


def _rings_of(value: Any) -> Iterator[list[int]]:
    """Every list of numbers within objects and lists."""
    if isinstance(value, list) and value and isinstance(value[0], int):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _rings_of(part)


def read_lakes(path: Path) -> list[Outline]:
    """The larger rings of a GeoJSON file's polygons (RFC 7946); read as JSON, it would take several times as long."""
    rings = path.read_text(encoding="utf-8").partition('"coordinates":')[2].split("]],[[")
    numbers = (list(map(float, NUMBER.findall(ring))) for ring in rings if len(ring) >= SMALLEST_LAKE or _is_cut(ring))
    return [outline(row[::2], row[1::2]) for row in numbers]


def _is_cut(ring: str) -> bool:
    """Whether a ring begins at the edge of a tile: short as it may be, it can be the rest of a lake beyond."""
    return float(ring.lstrip("[").partition(",")[0]) % TILE == 0


def outline(xs: list[float], ys: list[float]) -> Outline:
    """A ring in pieces."""
    cuts = [slice(at, at + CHUNK) for at in range(0, len(xs), CHUNK)]
    pieces = tuple((Box(min(xs[cut]), min(ys[cut]), max(xs[cut]), max(ys[cut])), (xs[cut], ys[cut])) for cut in cuts)
    return Outline(Box(min(xs), min(ys), max(xs), max(ys)), pieces)


def bounds(points: Iterable[Point]) -> Box:
    """The box of some points."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def around(point: Point, reach: float) -> Box:
    """The box around a point."""
    return Box(point[0] - reach, point[1] - reach, point[0] + reach, point[1] + reach)


def write_path(outlines: Iterable[Outline], seen: Box, project: Callable[[Point], Point]) -> str:
    """SVG path data of what is seen of outlines."""
    near = (one for one in outlines if one.bounds.meets(seen))
    rings = (thin(map(project, clip(_shorten(one, seen), seen))) for one in near)
    return "".join(f"M{' '.join(f'{x:g} {y:g}' for x, y in ring)}Z" for ring in rings if len(ring) > 3)


def _shorten(line: Outline, seen: Box) -> list[Point]:
    """The points of an outline; of a piece wholly beyond one side only its ends, which clip to the same."""
    pieces = (
        (xs, ys) if box.meets(seen) else (xs[:: len(xs) - 1 or 1], ys[:: len(ys) - 1 or 1])
        for box, (xs, ys) in line.pieces
    )
    return [point for xs, ys in pieces for point in zip(xs, ys, strict=True)]


def clip(ring: Ring, box: Box) -> Ring:
    """A ring cut to a box, one side after the other (Sutherland and Hodgman, 1974)."""
    for axis, limit, sign in ((0, box.left, 1), (0, box.right, -1), (1, box.low, 1), (1, box.high, -1)):
        ring = list(_clip_side(ring, axis, limit, sign))
    return ring


def _clip_side(ring: Ring, axis: int, limit: float, sign: int) -> Iterator[Point]:
    for before, point in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        was_inside, is_inside = ((one[axis] - limit) * sign >= 0 for one in (before, point))
        if was_inside != is_inside:
            part = (limit - before[axis]) / (point[axis] - before[axis])
            yield before[0] + (point[0] - before[0]) * part, before[1] + (point[1] - before[1]) * part
        if is_inside:
            yield point


def thin(ring: Iterable[Point]) -> list[Point]:
    """A ring to a tenth of a unit, without the points that lie too near to the one before to be seen."""
    kept: list[Point] = []
    for x, y in ring:
        if not kept or max(abs(x - kept[-1][0]), abs(y - kept[-1][1])) >= VISIBLE:
            kept.append((round(x, 1), round(y, 1)))
    return kept


def distance(one: Point, other: Point) -> float:
    """Kilometres between two positions, on a plane that touches the earth between them."""
    across = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return KILOMETRES_IN_DEGREE * math.hypot(across, one[1] - other[1])
