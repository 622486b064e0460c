"""Writes site/locale/onrecord.pot: every string of the interface, from where babel.cfg says that they stand."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parents[1]
POT = ROOT / "site" / "locale" / "onrecord.pot"
# Babel does not say of which types it is.
READ_MAPPING: Callable[[IO[str]], tuple[Any, Any]] = parse_mapping_cfg
# The header says nothing that changes from day to day or from machine to machine.
HEADER = """\
# The strings of the interface. `make docs` writes this file; the README tells how to translate it.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def render_pot() -> str:
    """The file: strings in the order of the alphabet, each with the files that it stands in."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = READ_MAPPING(mapping)
    keywords = {**DEFAULT_KEYWORDS, "mark": None}
    strings = Catalog(fuzzy=False)
    for file, line, text, comments, context in extract_from_dir(ROOT, methods, options, keywords):
        strings.add(text, None, [(file, line)], auto_comments=comments, context=context)
    written = BytesIO()
    write_po(written, strings, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER + written.getvalue().decode()


if __name__ == "__main__":
    POT.write_text(render_pot(), encoding="utf-8")
