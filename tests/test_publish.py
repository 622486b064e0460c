"""The published files: complete, linked throughout, the same bytes each time, and never half replaced."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from click.testing import CliRunner
from rdflib import Graph

from conftest import ROOT, TINY, Edit, stay_silent
from onrecord.build import finish, gather
from onrecord.catalogue import Catalogue
from onrecord.checks import Draft
from onrecord.cli import main
from onrecord.documents import FORMATS, path_of
from onrecord.fingerprint import is_published
from onrecord.pages import MISSING
from onrecord.project import read_project
from onrecord.publish import publish, render_site

BUILD = """
import hashlib, sys
from pathlib import Path
from onrecord.build import finish, gather
from onrecord.project import read_project
from onrecord.publish import render_site
record, problems = gather(read_project(Path(sys.argv[1])), lambda stage: None)
for path, body in render_site(record):
    print(hashlib.sha256(body).hexdigest(), path)
"""
Site = dict[str, bytes]


class Links(HTMLParser):
    """The links and anchors of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.headings = 0
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.headings += tag == "h1"
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.hrefs += [value for name, value in attrs if name in ("href", "src") and value]


@pytest.fixture(scope="session")
def site(flagship: Draft) -> Site:
    """Every file of the flagship's site."""
    return dict(render_site(finish(flagship.record)))


@pytest.fixture(scope="session")
def links(site: Site) -> dict[str, Links]:
    return {path: Links(body) for path, body in site.items() if path.endswith(".html")}


@pytest.mark.parametrize("folder", [TINY, ROOT], ids=["tiny", "flagship"])
def test_two_builds_give_the_same_bytes_in_every_file(folder: Path) -> None:
    commands = [[sys.executable, "-W", "error", "-c", BUILD, str(folder)]] * 2
    builds = [
        subprocess.Popen(command, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True)
        for command, seed in zip(commands, ("1", "2"), strict=True)
    ]
    first, second = (build.communicate()[0] for build in builds)
    assert first.count("\n") > 100
    assert first == second


def test_every_iri_that_the_record_mints_has_a_document_in_every_form(flagship: Draft, site: Site) -> None:
    project, catalogue = flagship.record.project, Catalogue(flagship.record)
    iris = {str(term).partition("#")[0] for s in flagship.record.statements for term in s if catalogue.is_own(term)}
    wanted = {path_of(project, iri, form.extension) for iri in iris for form in FORMATS}
    assert len(iris) > 1000
    assert wanted - set(site) == set()


def test_every_link_leads_to_a_file_of_the_site_and_to_an_anchor_in_it(links: dict[str, Links], site: Site) -> None:
    broken = set()
    for path, page in links.items():
        for href in page.hrefs:
            if href.startswith(("http://", "https://")):
                continue
            target, _, fragment = href.partition("#")
            file = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target))) if target else path
            if path == MISSING:
                file = file.removeprefix("/")
            lives = file.partition("?")[0] == "sparql" or file in site
            asks = file == "sparql.html" and fragment.startswith("query=")
            anchored = not fragment or asks or not lives or unquote(fragment) in links[file].ids
            if not (lives and anchored):
                broken.add((path, href))
    assert sorted(broken)[:10] == []


@pytest.mark.parametrize("base", ["https://weir.example/", "https://weir.example/kb/"])
def test_the_page_of_a_missing_address_leads_into_the_site_from_any_depth(base: str) -> None:
    record, _ = gather(read_project(TINY, base), stay_silent)
    assert record is not None
    files = dict(render_site(record))
    page = Links(files[MISSING])
    missing = f"{base}id/deep/er/none-such"
    found = {urljoin(missing, href) for href in page.hrefs}
    assert {href for href in found if href.removeprefix(base).partition("#")[0] not in files} == {
        f"{missing}#main",
        record.project.licence,
    }
    assert {f"{base}index.html", f"{base}data.html"} <= found
    assert MISSING.encode() not in files["sitemap.xml"]


def test_no_page_has_an_anchor_twice_and_each_has_one_first_heading(links: dict[str, Links]) -> None:
    assert len(links) > 1000
    assert [path for path, page in links.items() if len(page.ids) != len(set(page.ids))] == []
    assert [path for path, page in links.items() if page.headings != 1] == []


def test_no_page_loads_or_runs_anything_from_elsewhere(site: Site) -> None:
    pages = [body.decode() for path, body in site.items() if path.endswith(".html")]
    own = (
        r"(?! type=\"application/(?:ld\+)?json\"| (?:defer|type=\"module\") src=\"(?:/|(?:\.\./)*)assets/[^:\"]*\"></s)"
    )
    loading = re.compile(rf'<(?:script{own}|img|iframe|object|embed)|style="| on\w+="|<link[^>]+href="(?:https?:)?//')
    assert [page[:200] for page in pages if loading.search(page)] == []


def test_the_dumps_hold_the_whole_record(flagship: Draft, site: Site) -> None:
    statements = flagship.record.statements
    assert site["dumps/record.nq"].count(b" .\n") == len(statements) + len(finish(flagship.record).views)
    assert len(Graph().parse(data=site["dumps/record.ttl"], format="turtle")) == len({s[:3] for s in statements})


@pytest.mark.parametrize("slug", ["kb/claims", "derived", "evidence", "kb/articles/003"])
def test_the_document_of_a_graph_holds_that_graph(flagship: Draft, site: Site, slug: str) -> None:
    named = [s for s in flagship.record.statements if s.graph.endswith(f"/graph/{slug}")]
    assert len(Graph().parse(data=site[f"graph/{slug}.nt"], format="nt")) == len(named) > 0


def test_a_document_tells_what_names_the_thing_too(site: Site) -> None:
    lines = site["id/sotk.nt"].decode()
    assert "/ontology/record#anchor> <https://onrecord.example/id/sotk>" in lines


def test_the_published_site_says_from_which_sources_it_was_built(copy: Path, edit: Edit) -> None:
    project = read_project(copy)
    assert not is_published(project)
    record, _ = gather(project, stay_silent)
    assert record is not None
    publish(record)
    assert json.loads((project.public / "version.json").read_text())["source_hash"] == record.source_hash
    assert is_published(project)
    edit("kb/valley.ttl", "@prefix : <id/> .", "# A word more.\n@prefix : <id/> .")
    assert not is_published(project)


def hash_of(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(file).encode() + file.read_bytes() for file in files)).hexdigest()


def test_the_last_good_build_stays_when_the_sources_have_errors(copy: Path, edit: Edit) -> None:
    public = read_project(copy).public
    assert CliRunner().invoke(main, ["build", "--project", str(copy)]).exit_code == 0
    before = hash_of(public)
    edit("kb/articles/001.ttl", "Harle Mill denied that", "Harle Mill denies that")
    failed = CliRunner().invoke(main, ["build", "--project", str(copy)])
    assert failed.exit_code == 1
    assert "quote-not-found" in failed.stderr
    assert hash_of(public) == before


def test_a_rebuild_touches_only_the_files_that_differ(copy: Path, edit: Edit, tmp_path: Path) -> None:
    public = build(copy)
    before = {path.relative_to(public): (path.stat().st_ino, path.read_bytes()) for path in list_files(public)}
    edit("kb/valley.ttl", '"25 trout died."@en', '"25 trout died there."@en')
    build(copy)
    after = {path.relative_to(public): (path.stat().st_ino, path.read_bytes()) for path in list_files(public)}
    assert {path for path in after if before.get(path, (0, b""))[0] != after[path][0]} == {
        path for path in after if before.get(path, (0, b""))[1] != after[path][1]
    }
    assert Path("claim/dead-25.html") in {path for path in after if before[path] != after[path]}
    assert before[Path("id/drought.html")] == after[Path("id/drought.html")]
    other = build(Path(shutil.copytree(copy, tmp_path / "other", ignore=shutil.ignore_patterns("public*"))))
    assert {path.relative_to(other): path.read_bytes() for path in list_files(other)} == {
        path: body for path, (_, body) in after.items()
    }


def build(folder: Path) -> Path:
    """Publish a sound project; where it lies."""
    record, _ = gather(read_project(folder), stay_silent)
    assert record is not None
    return publish(record)


def list_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_new_build_leaves_nothing_of_the_old_one(copy: Path) -> None:
    public = read_project(copy).public
    public.mkdir(parents=True)
    (public / "stale.html").write_text("stale")
    assert CliRunner().invoke(main, ["build", "--project", str(copy)]).exit_code == 0
    assert not (public / "stale.html").exists()
    assert sorted(path.name for path in public.parent.iterdir()) == ["public"]


def test_a_build_with_another_base_lies_in_a_folder_of_its_own(copy: Path) -> None:
    base = "http://127.0.0.1:8000/"
    assert CliRunner().invoke(main, ["build", "--project", str(copy), "--base", base]).exit_code == 0
    assert not read_project(copy).public.exists()
    page = (read_project(copy, base).public / "claim/dead-40.nt").read_text()
    assert f"<{base}claim/dead-40>" in page
    assert "weir.example" not in page
