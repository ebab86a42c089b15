"""Which Chromium is taken, and how one is unpacked where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import installing
import pytest

from benchmarks import chromium
from benchmarks.results import MissingToolError


def program(folder: Path, name: str, status: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!{sys.executable}\nimport sys\nsys.exit({status})\n", encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole path, on a machine where no Chromium is named."""
    monkeypatch.delenv(chromium.SETTING, raising=False)
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def test_the_one_that_is_named_comes_first(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(path, "chromium")
    named = program(tmp_path / "elsewhere", "my-browser")
    monkeypatch.setenv(chromium.SETTING, str(named))
    assert chromium.find() == chromium.Chromium(str(named), {})


def test_a_name_that_is_no_program_is_refused_even_when_another_one_is_there(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(path, "chromium")
    monkeypatch.setenv(chromium.SETTING, str(tmp_path / "absent"))
    with pytest.raises(MissingToolError, match="IMRI_KG_CHROMIUM names .*absent"):
        chromium.find()


def test_a_script_that_only_says_how_to_get_a_browser_is_none(path: Path) -> None:
    program(path, "chromium-browser", status=1)
    real = program(path, "google-chrome")
    assert chromium.find().executable == str(real)


def test_the_unpacked_one_comes_last_with_the_libraries_and_fonts_that_it_brings(path: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    program(unpacked, "chromium")
    found = chromium.find(unpacked)
    assert found.executable == str(unpacked / "chromium")
    assert found.environment == {"LD_LIBRARY_PATH": str(unpacked / "al2023" / "lib"), "FONTCONFIG_PATH": str(unpacked / "fonts")}
    system = program(path, "chromium")
    assert chromium.find(unpacked).executable == str(system)


def test_without_any_it_says_how_to_get_one(path: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingToolError, match="`make test` unpacks one"):
        chromium.find(tmp_path / "absent")


def test_packages_that_are_installed_are_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []
    monkeypatch.setattr(installing, "npm", lambda: ["npm"])
    monkeypatch.setattr(installing, "_run", lambda command, folder, more: commands.append(command))
    (tmp_path / "node_modules").mkdir()
    lock = tmp_path / "package-lock.json"
    lock.write_text("{}", encoding="utf-8")
    assert installing.install(tmp_path, with_chromium=False)
    assert not installing.install(tmp_path, with_chromium=False)
    assert installing.install(tmp_path, with_chromium=True), "the packed browser is missing"
    assert not installing.install(tmp_path, with_chromium=True)
    assert not installing.install(tmp_path, with_chromium=False), "what is there beside is no reason to install"
    lock.write_text("{ }", encoding="utf-8")
    assert installing.install(tmp_path, with_chromium=False)
    assert [("--omit=dev" in command, command[:2]) for command in commands] == [(True, ["npm", "ci"]), (False, ["npm", "ci"]), (True, ["npm", "ci"])]


def test_a_browser_that_was_unpacked_half_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], folder: Path, more: dict[str, str]) -> None:
        Path(more["TMPDIR"], "chromium").write_bytes(b"half")
        raise OSError("the disk is full")

    monkeypatch.setattr(installing, "node", lambda: "node")
    monkeypatch.setattr(installing, "_run", fail)
    with pytest.raises(OSError, match="the disk is full"):
        installing.unpack(tmp_path, tmp_path / "chromium")
    assert not (tmp_path / "chromium").exists()
    monkeypatch.setattr(installing, "_run", lambda command, folder, more: Path(more["TMPDIR"], "chromium").write_bytes(b"all"))
    installing.unpack(tmp_path, tmp_path / "chromium")
    assert (tmp_path / "chromium" / "chromium").read_bytes() == b"all"
    assert not (tmp_path / "chromium.part").exists()
