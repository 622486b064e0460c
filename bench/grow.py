"""Knowledge bases of the flagship's form and any number of times its size, for measuring.

Articles, claims, accounts and occurrences are repeated under names of their own, each time in files of their own, as a
record grows by articles; agents, places, times and vocabularies are shared. The questions are left out: their expected
rows are the flagship's.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from onrecord.settings import CONFIG

ROOT = Path(__file__).resolve().parents[1]
# Files of things that every copy has of its own, and the folder of those of its articles.
REPEATED, ARTICLES = ("kb/claims.ttl", "kb/accounts.ttl", "kb/occurrences.ttl"), "kb/articles"
SEEDS = "seeds/articles.ttl"
SHARED = ("ontology", "shapes", "site/templates", "site/assets", "kb", "seeds")
DEFINED = re.compile(r"^((?:claim)?:[\w-]+) a ", re.MULTILINE)
# The texts that no two things may share: statements and labels.
UNIQUE = re.compile(r'(rec:statement\s+"(?:[^"\\]|\\.)*?)(\.?"@en)|(rdfs:label\s+"(?:[^"\\]|\\.)*)("@en)')


def grow(target: Path, times: int, root: Path = ROOT) -> None:
    """Write a project that is ``times`` the flagship's size into an empty or missing folder."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(root / CONFIG, target / CONFIG)
    for name in SHARED:
        shutil.copytree(root / name, target / name, ignore=shutil.ignore_patterns("queries"), dirs_exist_ok=True)
    files = [*REPEATED, SEEDS, *(f"{ARTICLES}/{path.name}" for path in sorted((root / ARTICLES).glob("*.ttl")))]
    texts = {name: (root / name).read_text(encoding="utf-8") for name in files}
    own = {name for file in REPEATED for name in DEFINED.findall(texts[file])}
    named = re.compile(rf"(?<![\w-])({'|'.join(sorted(map(re.escape, own), key=len, reverse=True))})(?![\w-])")
    for number in range(1, times):
        _write_copy(target, f"r{number:04}", texts, named)


def _write_copy(target: Path, mark: str, texts: dict[str, str], named: re.Pattern[str]) -> None:
    for file, text in texts.items():
        renamed = named.sub(rf"\1-{mark}", text)
        renamed = re.sub(r"<article/(\d+)>", rf"<article/\1-{mark}>", renamed)
        renamed = UNIQUE.sub(lambda found: _distinguish(found, mark), renamed)
        folder, _, name = file.partition("/")
        path = target / folder / mark / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(renamed, encoding="utf-8")


def _distinguish(found: re.Match[str], mark: str) -> str:
    """A statement or label with a word of its copy, made of letters since a number would be taken for a figure."""
    word = "x" + "".join(chr(ord("a") + int(digit)) for digit in mark[1:])
    begin, end = (found[1], found[2]) if found[1] else (found[3], found[4])
    return f"{begin} {word}{end}"


def main(arguments: Iterable[str]) -> None:
    """``grow.py FOLDER TIMES``."""
    folder, times = arguments
    grow(Path(folder), int(times))


if __name__ == "__main__":
    main(sys.argv[1:])
