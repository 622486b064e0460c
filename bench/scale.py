"""How long a check takes, and how much memory, as the record grows; beside pySHACL alone on the same graph and shapes.

``scale.py [SIZE …]``: records of so many times the flagship's size are made, a few mistakes among them, and checked by
the command, each run in a process of its own: from scratch, again unchanged, with a remark in one article, and with
that article changed.
Plain pySHACL validates the whole derived graph, which is read beforehand and not counted; it is left out above SHOWN.
Below, pySHACL and HermiT are run alone on the flagship. Ratios are to the check from scratch.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grow import ROOT, grow
from rdflib.namespace import SH
from rich.console import Console
from rich.table import Table

from onrecord.build import draft_record
from onrecord.logic import reason
from onrecord.project import read_project
from onrecord.validation import read_shapes, validate
from onrecord.vocabulary import slug

SIZES, SHOWN = (1, 10, 100), 100
# What is taken out of the first file that holds it: mistakes that shapes find.
MISTAKES = (r" ; rec:voice c:[\w-]+", r"    rec:unit c:[\w-]+ ;\n", r"    rec:basis [^;]* ;\n")
CHECK = (sys.executable, "-m", "onrecord", "check", "--format", "json", "--project")


@dataclass(frozen=True)
class Run:
    """A process: seconds, megabytes at most, and the problems that it wrote as JSON."""

    seconds: float
    megabytes: float
    problems: list[dict[str, object]]

    @property
    def found(self) -> set[tuple[object, object]]:
        """Code and subject of each problem."""
        return {(one["code"], one["subject"]) for one in self.problems}


def run(command: Iterable[str], memory: Path) -> Run:
    """Run a command with a memory of earlier checks in a folder of its own."""
    began = time.perf_counter()
    process = subprocess.Popen(
        list(command),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_CACHE_HOME": str(memory)},
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, _, used = os.wait4(process.pid, 0)
    return Run(time.perf_counter() - began, used.ru_maxrss / 1024, json.loads(output))


def spoil(folder: Path, size: int) -> None:
    """Make each of the mistakes once."""
    files = sorted(folder.glob("kb/r*/*.ttl") if size > 1 else folder.glob("kb/**/*.ttl"))
    for mistake in MISTAKES:
        for path in files:
            text = path.read_text(encoding="utf-8")
            if re.search(mistake, text):
                path.write_text(re.sub(mistake, "", text, count=1), encoding="utf-8")
                break


def change_article(folder: Path) -> None:
    """In the file of one article another voice for the first attribution in indirect speech."""
    path = folder / "kb/articles/003.ttl"
    text = path.read_text(encoding="utf-8")
    assert "c:indirect" in text
    path.write_text(text.replace("c:indirect", "c:direct", 1), encoding="utf-8")


def remark(folder: Path) -> None:
    """A new remark in the file of one article."""
    path = folder / "kb/articles/003.ttl"
    path.write_text(f"# {time.time()}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


def validate_alone(folder: Path) -> None:
    """In a process of its own: plain pySHACL on the derived record; seconds and problems to stdout."""
    project = read_project(folder)
    draft = draft_record(project, lambda stage: None)
    began = time.perf_counter()
    found = validate(project, draft.shapes, draft.record.statements, draft.sources, None)
    taken = time.perf_counter() - began
    rows = [{"code": one.code, "subject": one.subject} for one in found]
    print(json.dumps([{"code": "seconds", "subject": taken}, *rows]))


def reason_alone(root: Path) -> float:
    """Seconds that HermiT takes on the whole record."""
    statements = draft_record(read_project(root), lambda stage: None).record.statements
    return measure(lambda: reason(statement[:3] for statement in statements))


def measure(call: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def compare(size: int, table: Table) -> None:
    """Measure one size and add its row."""
    with tempfile.TemporaryDirectory() as place:
        folder, memory = Path(place) / "project", Path(place) / "memory"
        grow(folder, size)
        spoil(folder, size)
        first, again = run([*CHECK, str(folder)], memory), run([*CHECK, str(folder)], memory)
        assert first.found == again.found
        remark(folder)
        remarked = run([*CHECK, str(folder)], memory)
        change_article(folder)
        changed = run([*CHECK, str(folder)], memory)
        assert first.found == remarked.found == changed.found
        alone, same = "", ""
        if size <= SHOWN:
            plain = run([sys.executable, __file__, "--alone", str(folder)], memory)
            seconds = float(str(plain.problems[0]["subject"]))
            codes = {slug(str(shape)) for shape in read_shapes(read_project(folder))[0].subjects(SH.severity)}
            found = {(code, subject) for code, subject in first.found if code in codes}
            same = f"the same {len(found)}" if plain.found - {("seconds", seconds)} == found else "others"
            alone = f"{seconds:.1f} ({seconds / first.seconds:.2f})"
    parts = (again, remarked, changed)
    ratios = [f"{part.seconds:.1f} ({part.seconds / first.seconds:.2f})" for part in parts]
    table.add_row(
        str(size), f"{first.seconds:.1f}", *ratios, alone, f"{first.megabytes:.0f}", str(len(first.problems)), same
    )


def main(arguments: list[str]) -> None:
    """Measure the given sizes, or SIZES."""
    if arguments[:1] == ["--alone"]:
        validate_alone(Path(arguments[1]))
        return
    table = Table(
        "size",
        "check, s",
        "unchanged, s",
        "a remark, s",
        "one changed, s",
        "pySHACL, s",
        "MB",
        "problems",
        "pySHACL finds",
    )
    with suppress(KeyboardInterrupt):
        for size in map(int, arguments or SIZES):
            compare(size, table)
    Console(width=120).print(table)
    Console(width=120).print(f"HermiT alone on the flagship: {reason_alone(ROOT):.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
