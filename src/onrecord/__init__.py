"""onrecord publishes who said what: linked data in which every statement keeps its speaker, article and sentence."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from onrecord.published import Published

__version__ = "0.1.0"

# What these libraries log, with tracebacks, about mistakes in the data is reported as problems.
for _logger in ("rdflib.term", "pyshacl-validate"):
    logging.getLogger(_logger).disabled = True


def open(folder: str | PathLike[str] | None = None, base: str | None = None) -> Published:
    """The record that was last built from the project in a folder, or else in the nearest from the current one upwards.

    ``base`` is that of the build, where it was built with one. Raises ProjectError if there is no project or no build
    of it; the message says what to do.
    """
    # The store and rdflib take their time to load, and who imports the package for its version needs neither.
    opened: Published = import_module("onrecord.published").open_published(folder, base)
    return opened
