"""A new project works straight away, also where the program is installed from a wheel."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT, find_problems
from onrecord.cli import main


def made(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_new_project_has_no_problem(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init", str(tmp_path / "new")]).exit_code == 0
    assert find_problems(tmp_path / "new") == []


def test_a_new_project_holds_the_core_vocabulary_rules_and_shapes_and_nothing_of_the_flagship(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["init", str(tmp_path / "new")])
    files = made(tmp_path / "new")
    core = [*ROOT.glob("ontology/record*.ttl"), *ROOT.glob("ontology/rules/*.rq"), *ROOT.glob("shapes/record*.ttl")]
    assert {path.relative_to(ROOT).as_posix() for path in core} <= files
    assert not [file for file in files if "conflict" in file]


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert CliRunner().invoke(main, ["init", str(tmp_path)]).exit_code == 2
    assert made(tmp_path) == {"mine.txt"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The onrecord command of a fresh environment, outside the checkout, into which the wheel is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-build-isolation", "--no-deps", "-w", str(folder), str(ROOT)], check=True)
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    packages = sysconfig.get_path("purelib", vars={"base": str(folder / "env")})
    # The dependencies are those of this environment: what is tested is what the wheel itself carries.
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    wheel = next(folder.glob("*.whl"))
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)], check=True)
    return folder / "env" / "bin" / "onrecord"


def test_the_installed_program_makes_the_same_project_and_checks_it(installed: Path, tmp_path: Path) -> None:
    subprocess.run([installed, "init", tmp_path / "wheel"], check=True, cwd=tmp_path)
    CliRunner().invoke(main, ["init", str(tmp_path / "checkout")])
    assert made(tmp_path / "wheel") == made(tmp_path / "checkout")
    subprocess.run([installed, "check"], check=True, cwd=tmp_path / "wheel")


def test_the_installed_program_builds_the_site_of_its_project(installed: Path, tmp_path: Path) -> None:
    subprocess.run([installed, "init", tmp_path / "wheel"], check=True, cwd=tmp_path)
    subprocess.run([installed, "build"], check=True, cwd=tmp_path / "wheel")
    site = tmp_path / "wheel" / "site" / "public"
    assert {"index.html", "claims.html", "dumps/record.ttl"} <= made(site)
    assert {"style.css", "oxigraph.js", "yasgui.js"} <= {path.name for path in site.glob("assets/*/*")}


def test_the_installed_program_runs_its_own_code(installed: Path, tmp_path: Path) -> None:
    python = installed.with_name("python")
    command = [str(python), "-c", "import onrecord; print(onrecord.__file__)"]
    file = subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, text=True).stdout
    assert str(installed.parents[1]) in file


def test_the_installed_program_explains_its_codes(installed: Path, tmp_path: Path) -> None:
    subprocess.run([installed, "init", tmp_path / "wheel"], check=True, cwd=tmp_path)
    for code in ("quote-not-found", "claim-about"):
        command = [str(installed), "explain", code]
        told = subprocess.run(command, check=True, cwd=tmp_path / "wheel", capture_output=True, text=True).stdout
        assert "example:" in told
