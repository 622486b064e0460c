"""Writes docs/shapes.md: each shape with its problem, an example and its remedy, from shapes/ and tests/shapes/."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from onrecord.codes import REMEDY, SHAPES_PAGE, WARNING, Code, read_codes
from onrecord.project import read_project

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "shapes"
INTRODUCTION = """\
# Shapes, and what to do where one does not hold

`make docs` writes this page from the messages in `shapes/` and the cases in `tests/shapes/`; a test holds it against
them. Each example breaks its shape and no other: `tests/shapes/<name>/bad.ttl` is the whole of it, and `good.ttl`
beside it is sound. The other problems that `onrecord check` finds are in [Problems](problems.md).
"""


def render_shapes_page() -> str:
    """The page: a heading for each file of shapes, and below it one for each of its shapes."""
    codes = [code for code in read_codes(read_project(ROOT)) if code.where.startswith("shapes/")]
    parts = [INTRODUCTION]
    for file, group in groupby(codes, key=lambda code: code.where):
        parts += [f"## {file}\n", f"{headline(ROOT / file)}\n", *(render_shape(code) for code in group)]
    return "\n".join(parts)


def render_shape(code: Code) -> str:
    """The section on one shape."""
    warning = WARNING if code.severity == "warning" else ""
    example = "\n".join(f"    {line}" for line in read_example(code.name))
    return f"### {code.name}\n\n{warning}{code.problem}\n\n{example}\n\n{REMEDY}{code.remedy}\n"


def read_example(name: str) -> list[str]:
    """The lines of the bad case that matter: what the good case does not have, or all if there is nothing such."""
    good = read_blocks(CASES / name / "good.ttl")
    bad = read_blocks(CASES / name / "bad.ttl")
    own = [block for block in bad if block not in good]
    return "\n".join(own or bad).splitlines()


def read_blocks(file: Path) -> list[str]:
    """The statements of a case, without prefixes and comments."""
    lines = file.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith(("@prefix", "#")))
    return [block.strip("\n") for block in text.split("\n\n") if block.strip()]


def headline(file: Path) -> str:
    """The comment that a file begins with."""
    lines = file.read_text(encoding="utf-8").split("\n@prefix", 1)[0].splitlines()
    return "\n".join(line.removeprefix("# ") for line in lines if line.startswith("# "))


if __name__ == "__main__":
    (ROOT / "docs" / SHAPES_PAGE).write_text(render_shapes_page(), encoding="utf-8")
