"""When Python looks for garbage: of the millions of objects of a record hardly any are, and looking takes long."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# How many more objects there must be than when it was last looked, and after how many looks older ones are looked at.
RARELY = (50_000, 20, 1_000)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for garbage: for what makes none."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Looking more rarely, and never among what is there already: for what makes some."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
