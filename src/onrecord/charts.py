"""Charts: the figures that are claimed, as ranges on a common scale, and times, as spans on a line.

Lengths are hundredths of the width. What is drawn stands in the templates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rdflib import Literal
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.comparisons import Comparisons
from onrecord.interface import Interface, mark
from onrecord.sayings import Saying, read_sayings

WIDTH = 100.0
BOUNDS = ("quantity", "lowerBound", "upperBound")
TIMES = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")
# How many marks a scale has at most.
MARKS = 6
# How days and moments are written (Unicode CLDR); a language may order their parts in another way.
DAY, DAY_OF_YEAR, MOMENT = mark("d MMM"), mark("d MMM y"), mark("d MMMM y, HH:mm")
# A beginning and an end, of which both limits are told and are one moment or two, or only one limit.
LIMITS: Mapping[str, Mapping[str, str]] = {
    "begin": {
        "both": mark("begins between %(first)s and %(last)s"),
        "same": mark("begins at %(first)s"),
        "first": mark("begins not before %(first)s"),
        "last": mark("begins not after %(last)s"),
    },
    "end": {
        "both": mark("ends between %(first)s and %(last)s"),
        "same": mark("ends at %(first)s"),
        "first": mark("ends not before %(first)s"),
        "last": mark("ends not after %(last)s"),
    },
}
# When the earliest beginning, the latest beginning, the earliest end and the latest end lie, as far as they are told.
Bounds = Sequence[datetime | None]


@dataclass(frozen=True)
class Range:
    """A claimed figure: from where to where it may lie; ``end`` is None where there is no upper bound, ``begin`` where
    no figure is given. ``words`` are the words as printed, if they are kept."""

    claim: Node
    begin: float | None
    end: float | None
    is_approximate: bool
    text: str
    sayings: tuple[Saying, ...]


@dataclass(frozen=True)
class FigureRow:
    """What is counted, and for each column (the sides, other agents, outlets) the figures given."""

    slots: tuple[Node, ...]
    cells: tuple[tuple[Range, ...], ...]


@dataclass(frozen=True)
class FigureTable:
    """The figures of one kind of claim on one scale."""

    kind: Node
    sides: tuple[Node, ...]
    rows: tuple[FigureRow, ...]
    marks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Span:
    """A time that an account gives: where it may lie, and where it lies for certain, None if nowhere; in words, too.

    Where an end is open, the rest is where the other end may lie.
    """

    account: Node
    time: Node
    begin: float
    end: float
    certain: tuple[float, float] | None
    starts_open: bool
    ends_open: bool
    text: str


@dataclass(frozen=True)
class Timeline:
    """Spans by their beginning, the ends of the scale and its marks, and the times without bounds."""

    begins: datetime
    ends: datetime
    spans: tuple[Span, ...]
    marks: tuple[tuple[float, str], ...]
    untimed: tuple[tuple[Node, Node], ...]


class Charts:
    """Reads charts from a catalogue."""

    def __init__(self, catalogue: Catalogue, comparisons: Comparisons, interface: Interface) -> None:
        self.catalogue, self.comparisons, self.rec = catalogue, comparisons, catalogue.words.rec
        self.interface = interface

    def figures(self, occurrence: Node) -> list[FigureTable]:
        """The figures claimed about an occurrence itself, a table for each kind of claim and unit."""
        counted = [claim for claim in self.comparisons.claims_on(occurrence) if self._is_about(claim, occurrence)]
        kinds: dict[tuple[Node, ...], list[Node]] = {}
        for claim in counted:
            kind = next(iter(self.catalogue.types(claim)))
            kinds.setdefault((kind, *self.catalogue.values(claim, self.rec("unit"))), []).append(claim)
        sides = self.comparisons.sides(occurrence)
        with_figures = [(kind, claims) for kind, claims in kinds.items() if any(map(self._has_figure, claims))]
        by_name = sorted(with_figures, key=lambda one: [self.catalogue.name(part).text for part in one[0]])
        return [self._table(kind[0], claims, sides) for kind, claims in by_name]

    def _is_about(self, claim: Node, occurrence: Node) -> bool:
        return occurrence in self.catalogue.values(claim, self.rec("about"))

    def _has_figure(self, claim: Node) -> bool:
        return bool(self.catalogue.values(claim, *map(self.rec, BOUNDS)))

    def _table(self, kind: Node, claims: Iterable[Node], sides: list[Node]) -> FigureTable:
        rows: dict[tuple[Node, ...], list[Node]] = {}
        for claim in claims:
            rows.setdefault(self._slots(kind, claim), []).append(claim)
        figures = {claim: self._number(claim) for claims in rows.values() for claim in claims}
        most = max((high or low or 0 for low, high in figures.values()), default=0)
        top, step = scale(most)
        made = [
            FigureRow(slots, self._cells(rows[slots], sides, figures, top))
            for slots in sorted(rows, key=lambda slots: [self.catalogue.name(slot).text for slot in slots])
        ]
        marks = tuple((WIDTH * n * step / top, f"{n * step:,}") for n in range(int(top / step) + 1))
        return FigureTable(kind, tuple(sides), tuple(made), marks)

    def _slots(self, kind: Node, claim: Node) -> tuple[Node, ...]:
        compared = self.catalogue.sorted(self.catalogue.values(kind, self.rec("comparedOn")))
        slots = [slot for slot in compared if slot != self.rec("about")]
        return tuple(value for slot in slots for value in self.catalogue.values(claim, slot))

    def _number(self, claim: Node) -> tuple[float | None, float | None]:
        """The bounds of a figure; an approximate one stands for itself."""
        given = [self.catalogue.value(claim, self.rec(name)) for name in BOUNDS]
        quantity, low, high = (None if one is None else float(str(one)) for one in given)
        return (quantity if low is None else low), (quantity if high is None else high)

    def _cells(
        self, claims: list[Node], sides: list[Node], figures: dict[Node, tuple[float | None, float | None]], top: int
    ) -> tuple[tuple[Range, ...], ...]:
        columns: list[list[Range]] = [[] for _ in range(len(sides) + 2)]
        for claim in sorted(claims, key=lambda one: (figures[one][0] or 0, str(one))):
            told: dict[int, list[Saying]] = {}
            for one in read_sayings(self.catalogue, self.catalogue.values(claim, self.rec("attribution"))):
                for column in self._columns(one, sides):
                    told.setdefault(column, []).append(one)
            for column, sayings in told.items():
                columns[column].append(self._range(claim, figures[claim], top, sayings))
        return tuple(map(tuple, columns))

    def _columns(self, saying: Saying, sides: list[Node]) -> list[int]:
        own = [at for at, side in enumerate(sides) if side in saying.sides]
        return own or [len(sides) + self.comparisons.is_outlet(saying)]

    def _range(self, claim: Node, figure: tuple[float | None, float | None], top: int, sayings: list[Saying]) -> Range:
        low, high = (None if one is None else round(WIDTH * one / top, 2) for one in figure)
        is_approximate = bool(self.catalogue.values(claim, self.rec("precision")))
        return Range(claim, low, high, is_approximate, self._words(claim, figure, is_approximate), tuple(sayings))

    def _words(self, claim: Node, figure: tuple[float | None, float | None], is_approximate: bool) -> str:
        low, high = (None if one is None else f"{one:,.10g}" for one in figure)
        gettext = self.interface.gettext
        if low is None:
            return gettext("no figure")
        if is_approximate:
            return gettext("about %(figure)s", figure=low)
        if high is None:
            return gettext("at least %(figure)s", figure=low)
        return low if low == high else gettext("%(low)s to %(high)s", low=low, high=high)

    def timeline(self, occurrence: Node) -> Timeline | None:
        """When the accounts of an occurrence and of its parts put it; None if none has a time with bounds."""
        happenings = (occurrence, *self.comparisons.climb(occurrence, "hasPart"))
        accounts = [one for each in happenings for one in self.catalogue.values(each, self.rec("hasAccount"))]
        timed = [(one, time) for one in accounts for time in self.catalogue.values(one, self.rec("hasTime"))]
        bounds = {time: [self._instant(time, name) for name in TIMES] for _, time in timed}
        known = [(account, time) for account, time in timed if any(bounds[time])]
        if not known:
            return None
        first = min(bound for _, time in known for bound in bounds[time] if bound)
        last = max(bound for _, time in known for bound in bounds[time] if bound)
        start, end, marks = days(first, last, self.interface)
        spans = [self._span(account, time, bounds[time], (start, end)) for account, time in known]
        spans.sort(key=lambda span: (span.begin, span.end, self.catalogue.name(span.account).text))
        untimed = [pair for pair in timed if pair not in known]
        return Timeline(start, end, tuple(spans), marks, tuple(untimed))

    def _instant(self, time: Node, name: str) -> datetime | None:
        value = self.catalogue.value(time, self.rec(name))
        found = value.toPython() if isinstance(value, Literal) else None
        return found if isinstance(found, datetime) else None

    def _span(self, account: Node, time: Node, bounds: list[datetime | None], ends: tuple[datetime, datetime]) -> Span:
        def at(moment: datetime) -> float:
            return round(WIDTH * ((moment - ends[0]) / (ends[1] - ends[0])), 2)

        earliest_begin, latest_begin, earliest_end, latest_end = bounds
        told = [one for one in bounds if one]
        begin, end = min(told), max(told)
        is_certain = latest_begin and earliest_end and latest_begin < earliest_end
        certain = (at(latest_begin), at(earliest_end)) if is_certain and latest_begin and earliest_end else None
        starts_open, ends_open = earliest_begin is None, latest_end is None
        words = write_bounds(bounds, self.interface)
        return Span(account, time, at(begin), at(end), certain, starts_open, ends_open, words)


def write_bounds(bounds: Bounds, interface: Interface) -> str:
    """Bounds in words, in the time zone that they are given in: from when to when, or what is told of either end."""
    earliest_begin, latest_begin, earliest_end, latest_end = bounds
    zone = next(f"{one:%z}" for one in reversed(bounds) if one)
    zone = f" (UTC{zone[:3]}:{zone[3:]})" if zone else ""
    if earliest_begin and latest_end:
        first, last = (_write_moment(one, interface) for one in (earliest_begin, latest_end))
        return (first if first == last else interface.gettext("%(low)s to %(high)s", low=first, high=last)) + zone
    told = (("begin", earliest_begin, latest_begin), ("end", earliest_end, latest_end))
    return "; ".join(_write_limits(*one, interface) for one in told if one[1] or one[2]) + zone


def _write_limits(which: str, first: datetime | None, last: datetime | None, interface: Interface) -> str:
    known = "same" if first == last else "both" if first and last else "first" if first else "last"
    words = {name: _write_moment(one, interface) for name, one in (("first", first), ("last", last)) if one}
    return interface.gettext(LIMITS[which][known], **words)


def _write_moment(moment: datetime, interface: Interface) -> str:
    return interface.write_time(moment, interface.gettext(MOMENT))


def scale(most: float) -> tuple[int, int]:
    """The end of a scale that reaches a number, and the step of its marks: 1, 2 or 5 times a power of ten."""
    need = max(most, 1) / (MARKS - 1)
    power = 10 ** max(math.floor(math.log10(need)), 0)
    step = next(int(power * n) for n in (1, 2, 5, 10) if power * n >= need)
    return step * math.ceil(max(most, 1) / step), step


def days(
    first: datetime, last: datetime, interface: Interface
) -> tuple[datetime, datetime, tuple[tuple[float, str], ...]]:
    """The ends of a line of time in whole days that takes in two moments, and its marks."""
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    count = max(math.ceil((last - start) / timedelta(days=1)), 1)
    end, every = start + timedelta(days=count), max(math.ceil(count / MARKS), 1)
    marks = [
        (round(WIDTH * day / count, 2), start + timedelta(days=day), DAY if day else DAY_OF_YEAR)
        for day in range(0, count, every)
    ]
    return start, end, tuple((at, interface.write_time(one, interface.gettext(form))) for at, one, form in marks)
