"""Rows: the answer to a SELECT query as Python values."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self, SupportsIndex, overload

XSD = "http://www.w3.org/2001/XMLSchema#"
INTEGERS = (
    *("integer", "int", "long", "short", "byte", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger"),
    *("negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
)
# For each datatype, what makes a Python value of its text; the text of any other is the value.
READERS: Mapping[str, Callable[[str], Any]] = {
    **{f"{XSD}{name}": int for name in INTEGERS},
    f"{XSD}decimal": Decimal,
    f"{XSD}double": float,
    f"{XSD}float": float,
    f"{XSD}boolean": lambda text: text in ("true", "1"),
    f"{XSD}dateTime": datetime.fromisoformat,
    f"{XSD}dateTimeStamp": datetime.fromisoformat,
    f"{XSD}date": date.fromisoformat,
}
# For each type of values, that of pandas which also holds missing ones without changing the others.
NULLABLE: Mapping[type, str] = {int: "Int64", bool: "boolean"}
LARGEST = 2**63 - 1


class Row(tuple[Any, ...]):
    """The values of one solution in the order of the columns; ``row["x"]``, ``row.x`` and ``row[0]`` give single ones.

    A variable that is unbound is None. Raises KeyError or AttributeError where no column has the name.
    """

    columns: tuple[str, ...]

    def __new__(cls, values: Iterable[Any], columns: tuple[str, ...] = ()) -> Self:
        """A row of values."""
        row = super().__new__(cls, values)
        row.columns = columns
        return row

    @overload
    def __getitem__(self, key: SupportsIndex | str, /) -> Any: ...
    @overload
    def __getitem__(self, key: slice, /) -> tuple[Any, ...]: ...
    def __getitem__(self, key: SupportsIndex | str | slice, /) -> Any:
        """The value in a column, by its name or position, or those of a slice."""
        if not isinstance(key, str):
            return super().__getitem__(key)
        if key not in self.columns:
            raise KeyError(f"{key}: the columns are {', '.join(self.columns)}")
        return super().__getitem__(self.columns.index(key))

    def __getattr__(self, name: str) -> Any:
        # Copying and pickling look for names of their own before the columns are there.
        if name.startswith("__") or name not in self.columns:
            raise AttributeError(f"no column is named {name}")
        return self[name]


@dataclass(frozen=True, repr=False)
class Rows(Sequence[Row]):
    """The rows of an answer and the names of their columns, in the order of the query."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        """A row, or those of a slice."""
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"<Rows: {len(self)} of {', '.join(self.columns)}>"

    def to_pandas(self) -> Any:
        """The rows as a pandas DataFrame, whole numbers still whole where some are missing.

        Raises ImportError where pandas is not installed.
        """
        try:
            pandas = importlib.import_module("pandas")
        except ImportError as error:
            raise ImportError("to_pandas needs pandas. Install it: python -m pip install pandas") from error
        columns = [[row[at] for row in self.rows] for at in range(len(self.columns))]
        series = {at: pandas.Series(values, dtype=_choose_dtype(values)) for at, values in enumerate(columns)}
        return pandas.DataFrame(series).set_axis(list(self.columns), axis="columns")


def read_rows(answer: Mapping[str, Any]) -> Rows:
    """The rows of a SPARQL JSON result (SPARQL 1.1 Query Results JSON Format, section 3)."""
    columns = tuple(answer["head"]["vars"])
    bindings = answer["results"]["bindings"]
    return Rows(columns, tuple(Row((_read_value(row.get(name)) for name in columns), columns) for row in bindings))


def _read_value(term: Mapping[str, Any] | None) -> Any:
    """A term as a Python value; what its type cannot hold, such as a year before 1, stays the text that it is."""
    if term is None:
        return None
    if term["type"] == "triple":
        return tuple(_read_value(term["value"][part]) for part in ("subject", "predicate", "object"))
    text = f"_:{term['value']}" if term["type"] == "bnode" else term["value"]
    try:
        return READERS.get(term.get("datatype", ""), str)(text)
    except (ValueError, ArithmeticError):
        return text


def _choose_dtype(values: Sequence[Any]) -> str | None:
    """The type of a column where pandas would choose one that changes its values; None where it chooses well."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) != 1:
        return "object"
    kind = kinds.pop()
    if kind is int and any(abs(value) > LARGEST for value in values if value is not None):
        return "object"
    return NULLABLE.get(kind) if None in values else None
