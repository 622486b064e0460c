"""Builds that are killed at random moments: what is published afterwards is always a whole build, the last or the next.

``kills.py [TIMES]``: builds of a small project, each after a change of its sources and each ended by SIGKILL.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
TINY, CHANGED, TIMES, SEED = ROOT / "tests" / "tiny", "kb/valley.ttl", 50, 9
WHOLE = ("the last build", "the next build")


def build(folder: Path) -> subprocess.Popen[bytes]:
    """A build that has just begun."""
    command = [sys.executable, "-m", "onrecord", "build", "--project", str(folder)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def hash_of(public: Path) -> str:
    """A hash over the names and bytes of all that is published."""
    digest = hashlib.sha256()
    for path in sorted(path for path in public.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(public)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def kill_builds(folder: Path, times: int) -> Counter[str]:
    """What is published after each kill, counted."""
    public, source = folder / "site" / "public", folder / CHANGED
    texts = [source.read_text(encoding="utf-8"), source.read_text(encoding="utf-8") + "# another\n"]
    hashes, seconds = [], 0.0
    for text in texts:
        source.write_text(text, encoding="utf-8")
        began = time.perf_counter()
        build(folder).wait()
        seconds = time.perf_counter() - began
        hashes.append(hash_of(public))
    chance, found, last = random.Random(SEED), Counter[str](), 1
    for _ in range(times):
        source.write_text(texts[1 - last], encoding="utf-8")
        process = build(folder)
        time.sleep(chance.uniform(0, 1.2 * seconds))
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = hash_of(public)
        found[WHOLE[now != hashes[last]] if now in hashes else "a part of a build" if public.exists() else "none"] += 1
        last = hashes.index(now) if now in hashes else last
    return found


def main(arguments: list[str]) -> None:
    """Print how often each was found."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(TINY, Path(place) / "tiny", ignore=shutil.ignore_patterns("public")))
        found = kill_builds(folder, int(arguments[0]) if arguments else TIMES)
    for what, number in found.most_common():
        Console().print(f"{what}: {number}")


if __name__ == "__main__":
    main(sys.argv[1:])
