"""A project: the folder that holds onrecord.toml, and what that file says."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from onrecord.settings import CONFIG, DEFAULTS, TEXTS, find_mistakes
from onrecord.texts import describe


class ProjectError(Exception):
    """onrecord.toml is missing or cannot be used; the message says where, what and what to do."""


@dataclass(frozen=True)
class Project:
    """What onrecord.toml says, with every path and IRI made absolute.

    ``base`` ends in "/". ``prefixes`` keep the order of the file. ``public`` is where the site is published.
    ``whole_texts`` are the IRIs of the articles whose publishers allow it to show all of them.
    ``interface`` is the language of what the site says of its own.
    """

    root: Path
    base: str
    title: str
    description: str
    version: str
    licence: str
    licence_note: str
    errors_note: str
    languages: tuple[str, ...]
    interface: str
    whole_texts: frozenset[str]
    prefixes: Mapping[str, str]
    public: Path

    def iri(self, relative: str) -> str:
        """The absolute IRI of a relative one."""
        return resolve(self.base, relative)

    def compact(self, iri: str) -> str:
        """The shortest prefixed name of an IRI, or the IRI relative to the base in angle brackets."""
        names = [(len(space), name, space) for name, space in self.prefixes.items() if iri.startswith(space)]
        for _, name, space in sorted(names, reverse=True):
            local = iri[len(space) :]
            if local and not set(local) & set("/#?="):
                return f"{name}:{local}"
        return f"<{iri.removeprefix(self.base)}>"

    def expand(self, name: str) -> str:
        """The IRI that a prefixed name, or a relative or absolute IRI, with angle brackets or without, stands for."""
        bare = name.removeprefix("<").removesuffix(">")
        prefix, colon, local = bare.partition(":")
        if bare == name and colon and prefix in self.prefixes and not local.startswith("//"):
            return self.prefixes[prefix] + local
        return self.iri(bare)

    @property
    def site(self) -> Path:
        """The folder with templates/ and assets/: the project's own site/, or the package's."""
        own = self.root / "site"
        return own if (own / "templates").is_dir() else default_folder("site")


def resolve(base: str, relative: str) -> str:
    """The absolute IRI of a relative one (RFC 3986, section 5). Python's urljoin drops a "#" with nothing after it."""
    bare = relative.removesuffix("#")
    return urljoin(base, bare) + relative[len(bare) :]


def default_folder(name: str) -> Path:
    """Where the package keeps its own ontology/, shapes/ or site/: in the wheel, or in the checkout it runs from."""
    package = Path(__file__).resolve().parent
    places = [package / "defaults" / name, package.parents[1] / name]
    return next((place for place in places if place.is_dir()), places[0])


def find_project(start: Path) -> Path:
    """The nearest folder, from start upwards, that holds onrecord.toml.

    Raises ProjectError where there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / CONFIG).is_file():
            return folder
    raise ProjectError(
        f"no {CONFIG} in {start.resolve()} or any folder above it. "
        "Go to a project, name one with --project DIR, or make one with: onrecord init DIR"
    )


def read_project(root: Path, base: str | None = None) -> Project:
    """Read onrecord.toml of a project; base overrides the one in the file for this run.

    Raises ProjectError with every mistake in the file.
    """
    root = root.resolve()
    text, stated = _read_settings(root / CONFIG)
    settings = {**DEFAULTS, **stated}
    mistakes = find_mistakes({**settings, "base": settings.get("base") if base is None else base}, text)
    if mistakes:
        raise ProjectError("\n".join(mistakes))
    chosen = (base or settings["base"]).rstrip("/") + "/"
    return Project(
        root=root,
        base=chosen,
        languages=tuple(settings["languages"]),
        interface=settings["interface"],
        whole_texts=frozenset(resolve(chosen, name) for name in settings["whole_texts"]),
        prefixes={name: resolve(chosen, space) for name, space in settings["prefixes"].items()},
        public=root / "site" / _public_name(base),
        **{key: settings[key] for key in TEXTS},
    )


def _public_name(base: str | None) -> str:
    return "public" if base is None else ".public-" + hashlib.sha256(base.encode()).hexdigest()[:8]


def _read_settings(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of the file, and what it says."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = describe(error) if isinstance(error, OSError) else error
        remedy = "Mend it and save it as UTF-8, or copy one from a new project: onrecord init DIR"
        raise ProjectError(f"{path.name}: cannot be read ({why}). {remedy}") from error
