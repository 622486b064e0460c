"""Assets: what pages load, in a folder named for what it holds, so that a browser keeps it for good."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from onrecord.project import Project, default_folder

FOLDER = "assets"
# Put into the package by its build step: what comes from npm.
VENDOR = "vendor"


class AssetsError(Exception):
    """What comes with the program is not there; the message says what to do."""


def vendor_file(name: str) -> Path:
    """A file that the package's build step fetched. Raises AssetsError where it did not."""
    path = default_folder("site") / VENDOR / name
    if not path.exists():
        raise AssetsError(
            f"{path} is not there. Install onrecord again: its build step fetches it (in a checkout: make)."
        )
    return path


def read_assets(project: Project) -> Mapping[str, bytes]:
    """The files by their paths on the site; the project's own come before those that npm brought.

    All lie in one folder, named for their hash: those that name each other do so without a path.
    Raises AssetsError.
    """
    folders = (vendor_file(FOLDER), project.site / FOLDER)
    found = {path.relative_to(folder).as_posix(): path for folder in folders for path in sorted(folder.rglob("*"))}
    bodies = {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file()}
    digest = hashlib.sha256()
    for name, body in bodies.items():
        digest.update(f"\0{name}\0{len(body)}\0".encode() + body)
    return {f"{FOLDER}/{digest.hexdigest()[:12]}/{name}": body for name, body in bodies.items()}


def folder_of(assets: Mapping[str, bytes]) -> str:
    """The folder that the files lie in."""
    return "/".join(next(iter(assets)).split("/")[:2])


def published_folder(public: Path) -> str:
    """The folder of the assets of a published site; that of none, where there is none."""
    folder = public / FOLDER
    return next((f"{FOLDER}/{one.name}" for one in sorted(folder.glob("*")) if one.is_dir()), FOLDER)
