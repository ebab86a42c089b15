"""The wheel: in an empty environment and an empty folder it answers, and everything that an answer needs is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from imri_kg import resources
from imri_kg_api.explorer.bundle import BUILT

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout, built as `make build` does, with the back end that the lock pins."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in the source distribution of the checkout, below its own folder."""
    folder = tmp_path_factory.mktemp("sdist")
    program = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, str(folder)], cwd=ROOT, check=True, capture_output=True, text=True)
    (found,) = folder.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        return [name.split("/", 1)[1] for name in archive.getnames()]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; the dependencies come from the environment of the tests, imri-kg does not."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    install = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, text=True)
    # A line of a .pth file is a folder to look in; the .pth file of the editable checkout is not followed from there.
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return home


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the fresh environment in a folder, with none of our settings."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("IMRI_KG_", "PYTHON"))}
    environment["IMRI_KG_CACHE"] = str(installed / "cache")
    return subprocess.run([str(installed / "bin" / "imri-kg"), *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_the_data_and_nothing_of_the_workshop(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    root = resources.data_root()
    data = {f"imri_kg/data/{f.relative_to(root).as_posix()}" for f in resources.data_files(root)}
    assert len(data) > 150
    assert data <= set(names)
    assert {"imri_kg/graph.py", "imri_kg_api/server.py"} <= set(names)
    assert {n.split("/")[0].split("-")[0] for n in names} == {"imri_kg", "imri_kg_api"}
    assert not [n for n in names if "/tests/" in n or n.endswith((".pyc", ".md")) and not n.startswith("imri_kg/data/")]
    licences = {n.rsplit("/", 1)[1] for n in names if "/licenses/" in n}
    assert licences == {"LICENSE", "LICENSE-DATA"}


def test_the_wheel_holds_what_a_browser_loads_and_nothing_that_it_is_made_from(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    inside = "imri_kg_api/explorer/built/"
    assert {n.removeprefix(inside): archive.read(n) for n in archive.namelist() if n.startswith(inside)} == {f.name: f.read_bytes() for f in BUILT.iterdir()}
    assert len(list(BUILT.iterdir())) > 5
    assert [n for n in archive.namelist() if "browser" in n or "node_modules" in n or "/built." in n or n.endswith(".ts")] == []


def test_a_source_distribution_can_be_built_with_and_without_node(sdist: list[str]) -> None:
    """It holds the bundle, which is current and so not made again, and all that another one is made from."""
    assert {f"api/imri_kg_api/explorer/built/{f.name}" for f in BUILT.iterdir()} <= set(sdist)
    browser = ROOT / "api" / "browser"
    sources = {f.relative_to(ROOT).as_posix() for folder in ("islands", "licences", "styles") for f in (browser / folder).rglob("*") if f.is_file()}
    single = {f"api/browser/{n}" for n in (".npmrc", "bundle.mjs", "licences.mjs", "make_bundle.py", "package.json", "package-lock.json", "tsconfig.json")}
    assert len(sources) > 5
    assert sources | single | {"hatch_build.py", "pyproject.toml", "requirements-browser.lock"} <= set(sdist)
    assert [n for n in sdist if "node_modules/" in n or n.startswith(".venv")] == []


def test_the_wheel_answers_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    found = run(installed, tmp_path, "map", "imri:B1", "--to", "chime", "--basis", "author-stated", "--format", "json")
    assert (found.returncode, found.stderr) == (0, "")
    assert [i["object"]["curie"] for i in json.loads(found.stdout)["items"]] == ["chime:E", "chime:I", "chime:M"]
    assert list(tmp_path.iterdir()) == []
    shown = run(installed, tmp_path, "map", "imri:B1", "--to", "chime")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "aligns with" in shown.stdout


def test_the_wheel_stands_on_its_own_files(installed: Path, tmp_path: Path) -> None:
    program = "import imri_kg, imri_kg_api; from imri_kg import resources; print(imri_kg.__file__, imri_kg_api.__file__, resources.data_root(), sep='\\n')"
    python = installed / "bin" / "python"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("IMRI_KG_", "PYTHON"))}
    found = subprocess.run([str(python), "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    for line in found.stdout.splitlines():
        assert Path(line).is_relative_to(installed), line


def test_the_wheel_is_of_the_same_release_as_the_checkout(installed: Path, tmp_path: Path, graph: object) -> None:
    found = run(installed, tmp_path, "frameworks", "--format", "json")
    assert json.loads(found.stdout)["release"] == graph.release  # type: ignore[attr-defined]
