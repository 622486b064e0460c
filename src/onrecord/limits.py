"""Limits: what one query may take, and how many may be asked at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

MEGABYTE = 1024 * 1024


def _limit(default: float, told: str) -> Any:
    return field(default=default, metadata={"help": told})


@dataclass(frozen=True)
class Limits:
    """What one query may take, and how many may be asked at once. Each is an option of `onrecord serve`."""

    seconds: float = _limit(30.0, "How many seconds a query may take, from when it is asked.")
    memory: float = _limit(1024, "How many megabytes of memory a query may take; all together, half of the machine's.")
    answer: float = _limit(256, "How many megabytes an answer may have, before it is compressed.")
    queries: float = _limit(128, "How many queries are worked on at once.")
    queue: float = _limit(512, "How many more may wait.")
    patience: float = _limit(5.0, "How many seconds a query may wait.")
    body: float = _limit(1, "How many megabytes a request may send.")

    def as_dict(self) -> dict[str, float]:
        """The limits by their names."""
        return asdict(self)


# Each limit: its name, its default, what it says.
LIMITS = tuple((one.name, one.default, one.metadata["help"]) for one in fields(Limits))
# The longest address that is read, in bytes.
LONGEST_ADDRESS = 32_768
# How many bytes may stand before the body of a request.
LONGEST_HEADERS = 65_536
# How many characters a header may have that the server reads.
LONGEST_HEADER = 2_000
