"""Publishing: the site as files, written beside what is published and put in its place whole."""

from __future__ import annotations

import json
import shutil
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from jinja2 import TemplateError

from onrecord import __version__
from onrecord.aside import begin
from onrecord.assets import AssetsError, folder_of, read_assets
from onrecord.catalogue import Catalogue
from onrecord.collector import rarely_collected
from onrecord.completions import COMPLETIONS, render_completions
from onrecord.documents import RDF_FORMATS, path_of, render_rdf
from onrecord.dumps import FOLDER, STORE_DUMP, SUMS, UNION_DUMP, Dump, compress, render_dumps, sum_up
from onrecord.fingerprint import VERSION_FILE
from onrecord.interface import mark
from onrecord.inventory import DATASET_PATH, SERVICE_PATH, Inventory
from onrecord.pages import LISTS, MISSING, SEARCH, Pages
from onrecord.project import Project
from onrecord.published import stores_of
from onrecord.questions import Asked, ask_question, read_questions
from onrecord.record import Record
from onrecord.search import PATH as SEARCH_PATH
from onrecord.search import render_search
from onrecord.signposts import GONE, describe_for_search, render_gone, render_openapi, render_robots, render_sitemap
from onrecord.store import Store, write_store
from onrecord.tables import TABLES, render_tables
from onrecord.texts import describe
from onrecord.viewpoints import views_of

# A record of so many statements is kept on disk, so that a server starts at once whatever its size.
LARGE = 150_000
# One document of so many is rendered with lists, downloads and assets, which take as long as the other documents.
SHARES = 5
ICON = "favicon.ico"
Files = Iterable[tuple[str, bytes]]


class PublishError(Exception):
    """The site could not be written; the message says why and what to do. What was published before is untouched."""


def publish(record: Record) -> Path:
    """Write the whole site into a new folder, then put it where the published one was. Returns where it lies.

    Raises PublishError.
    """
    return publish_files(record, *split_site(record))


def publish_files(record: Record, files: Files, beside: Files = ()) -> Path:
    """Write the files of a site as ``publish`` does; what a server cannot do without must be among them.

    Those ``beside`` are written by another process, where there can be one.
    """
    public = record.project.public
    fresh, stale = _beside(public)
    try:
        restore(public)
        for left_over in (fresh, stale):
            _remove(left_over)
        with rarely_collected():
            aside = begin(lambda: _write(record.project, fresh, beside, public))
            try:
                _write(record.project, fresh, files, public)
                aside.wait()
            finally:
                aside.end()
        kept = _write_store(record, fresh)
        _put_in_place(fresh, public, stale)
        _keep_only(kept, public)
    except AssetsError as error:
        raise PublishError(str(error)) from error
    except OSError as error:
        remedy = "Make room there, or let this user write there, and build again."
        raise PublishError(f"{public} cannot be written: {describe(error)}. {remedy}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        restore(public)
    _remove(stale)
    return public


def _write_store(record: Record, fresh: Path) -> str:
    """Write the store of a record that is LARGE, and return its name: the hash of the dataset."""
    name = str(json.loads((fresh / VERSION_FILE).read_text(encoding="utf-8"))["dataset_hash"])
    folder = stores_of(record.project.public) / name
    if len(record.statements) >= LARGE and not folder.is_dir():
        write_store(folder, fresh / STORE_DUMP, apart=views_of(record.project.base))
    return name


def _keep_only(name: str, public: Path) -> None:
    """Remove the stores of earlier builds."""
    stores = stores_of(public)
    for folder in stores.iterdir() if stores.is_dir() else ():
        if folder.name != name:
            shutil.rmtree(folder, ignore_errors=True)


def restore(public: Path) -> None:
    """Put the last build back where a process ended between taking it away and putting the new one there."""
    _, stale = _beside(public)
    if stale.exists() and not public.exists():
        stale.rename(public)


def _beside(public: Path) -> tuple[Path, Path]:
    """Where a new site is written, and where the old one is put aside."""
    return public.with_name(f"{public.name}-new"), public.with_name(f"{public.name}-old")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write(project: Project, folder: Path, files: Files, last: Path) -> None:
    """Write files into a folder; one that is the same in the last build is that file itself, with its time."""
    try:
        for path, body in files:
            file = folder / path
            if not file.resolve().is_relative_to(folder.resolve()):
                raise ValueError(f"{path} lies outside the site")
            file.parent.mkdir(parents=True, exist_ok=True)
            if not _is_same(last / path, body) or not _link(last / path, file):
                file.write_bytes(body)
    except TemplateError as error:
        raise PublishError(f"{_place_of(error, project)}: {error}. Mend the template.") from error


def _is_same(file: Path, body: bytes) -> bool:
    try:
        return file.stat().st_size == len(body) and file.read_bytes() == body
    except OSError:
        return False


def _link(file: Path, other: Path) -> bool:
    """Give a file another name, and say whether this disk can."""
    try:
        other.hardlink_to(file)
    except OSError:
        return False
    return True


def _put_in_place(fresh: Path, public: Path, stale: Path) -> None:
    if public.exists():
        public.rename(stale)
    fresh.rename(public)


def _place_of(error: TemplateError, project: Project) -> str:
    """The template and line that an error comes from."""
    folder = project.site / "templates"
    frames = traceback.extract_tb(error.__traceback__)
    places = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    return f"site/templates/{Path(places[-1].filename).name}:{places[-1].lineno}" if places else "site/templates"


def render_site(record: Record) -> Files:
    """Every file of the site, by its path: pages, documents, downloads, assets, and what it was built from."""
    return chain(*split_site(record))


def split_site(record: Record) -> tuple[Files, Files]:
    """The files of the site in two parts, which can be rendered beside one another."""
    catalogue = Catalogue(record)
    assets = read_assets(record.project)
    pages = Pages(catalogue, ask_all(record), folder_of(assets))
    iris = catalogue.documents()
    beside = [iri for number, iri in enumerate(iris) if number % SHARES]
    rest = [iri for number, iri in enumerate(iris) if not number % SHARES]
    return _rest(record, pages, assets, rest), _documents(pages, beside)


def _rest(record: Record, pages: Pages, assets: Mapping[str, bytes], iris: Iterable[str]) -> Files:
    catalogue = pages.catalogue
    downloads = Downloads.make(record, catalogue)
    paths = [path_of(record.project, iri) for iri in catalogue.documents()]
    yield from _documents(pages, iris)
    for path, body in _lists(pages, record, downloads):
        paths.append(path)
        yield path, body
    yield from downloads.files()
    yield from _descriptions(downloads)
    yield SEARCH_PATH, render_search(catalogue, pages.asked, pages.interface)
    yield GONE, render_gone(catalogue)
    yield COMPLETIONS, render_completions(catalogue)
    yield MISSING, pages.render_missing().encode()
    yield "robots.txt", render_robots(record.project)
    yield "sitemap.xml", render_sitemap(record.project, paths)
    yield "openapi.json", render_openapi(record.project)
    yield from assets.items()
    # Browsers look for it here where what they show is no page.
    yield from ((ICON, body) for path, body in assets.items() if path.endswith(f"/{ICON}"))
    yield VERSION_FILE, _version(record, downloads)


@dataclass(frozen=True)
class Downloads:
    """The dumps and tables of a record, and the one hash that stands for it: that of its canonical N-Quads."""

    record: Record
    dumps: tuple[Dump, ...]
    tables: Mapping[str, bytes]

    @classmethod
    def make(cls, record: Record, catalogue: Catalogue) -> Downloads:
        """All that can be downloaded."""
        return cls(record, tuple(render_dumps(record, catalogue)), dict(render_tables(catalogue)))

    @property
    def hash(self) -> str:
        """The SHA-256 of the canonical N-Quads."""
        return next(dump.hash for dump in self.dumps if dump.path == STORE_DUMP)

    def files(self) -> Files:
        """The files, each dump also compressed, and their sums."""
        bodies = {dump.path: dump.body for dump in self.dumps}
        bodies |= {f"{path}.gz": compress(body) for path, body in bodies.items()}
        bodies |= {f"{FOLDER}/{name}": body for name, body in self.tables.items()}
        yield from bodies.items()
        yield SUMS, sum_up({path.removeprefix(f"{FOLDER}/"): body for path, body in bodies.items()})

    def minimal(self) -> Files:
        """What a server of queries cannot do without, and the same in one graph."""
        bodies = {dump.path: dump.body for dump in self.dumps}
        yield from ((path, bodies[path]) for path in (STORE_DUMP, UNION_DUMP))
        yield from ((GONE, b"{}"), (VERSION_FILE, _version(self.record, self)))


def _descriptions(downloads: Downloads) -> Files:
    inventory = Inventory(downloads.record, downloads.dumps, downloads.hash)
    for path in (DATASET_PATH, SERVICE_PATH):
        for form in RDF_FORMATS:
            yield f"{path}.{form.extension}", inventory.render(path, form.media_type)


def ask_all(record: Record) -> list[Asked]:
    """Every question of the project with its answer."""
    questions, _ = read_questions(record.project)
    store = Store()
    store.load(record.statements if questions else ())
    return [ask_question(record.project, store, question) for question in questions]


def _documents(pages: Pages, iris: Iterable[str]) -> Files:
    catalogue = pages.catalogue
    for iri in iris:
        yield path_of(catalogue.project, iri), pages.render_document(iri).encode()
        for form, body in render_rdf(catalogue, iri):
            yield path_of(catalogue.project, iri, form.extension), body


def _lists(pages: Pages, record: Record, downloads: Downloads) -> Files:
    shown = {
        "dumps": downloads.dumps,
        "tables": TABLES,
        "dataset_hash": downloads.hash,
        "figures": _count(pages, record),
        "dataset": describe_for_search(record, downloads.dumps, downloads.hash),
    }
    for slug, *_ in (*LISTS, SEARCH):
        for path, page in pages.render_list(slug, **shown):
            yield path, page.encode()
    for asked in pages.asked:
        yield f"questions/{asked.slug}.html", pages.render_question(asked).encode()


def _count(pages: Pages, record: Record) -> list[tuple[str, int, str]]:
    """The figures that matter: what is counted, how many there are, and the list that shows them."""
    words, catalogue = pages.catalogue.words, pages.catalogue
    attributions = catalogue.members(words.rec("Attribution"))
    speakers = {speaker for one in attributions for speaker in catalogue.values(one, words.rec("speaker"))}
    contested = set(catalogue.holders(words.concept("contested"), words.rec("status")))
    claims = catalogue.members(words.rec("Claim"))
    return [
        (mark("articles"), len(record.articles), "articles"),
        (mark("attributions"), len(attributions), "articles"),
        (mark("claims"), len(claims), "claims"),
        (mark("speakers"), len(speakers), "agents"),
        (mark("contested claims"), len(contested.intersection(claims)), "claims"),
    ]


def _version(record: Record, downloads: Downloads) -> bytes:
    stated = {
        "title": record.project.title,
        "version": record.project.version,
        "software": f"onrecord {__version__}",
        "dataset_hash": downloads.hash,
        "source_hash": record.source_hash,
    }
    return (json.dumps(stated, ensure_ascii=False, indent=2) + "\n").encode()
