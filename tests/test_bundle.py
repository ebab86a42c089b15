"""What a browser loads: made the same way every time, whole, ours alone to serve, and named in one place."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imri_kg_api.explorer.bundle import BUILT, Bundle, BundleError

ROOT = Path(__file__).parents[1]
BROWSER = ROOT / "api" / "browser"
MAKER = BROWSER / "make_bundle.py"
FONTS = {"source-sans-3-latin-wght-normal", "source-sans-3-latin-wght-italic", "source-serif-4-latin-wght-normal"}
#: What a style sheet or a script loads when it runs, from wherever it stands.
_LOADED = re.compile(r"""url\(\s*["']?(?!data:)([^"')]+)|@import\s*["']([^"']+)|\bimport\(\s*["'`]([^"'`]+)|\b(?:from|import)\s*["']([^"']+)["']""")


def bundled(target: Path, here: Path = BROWSER) -> dict[str, bytes]:
    """Bundle into a folder and return what stands there."""
    ended = subprocess.run([sys.executable, "-c", _BUNDLE, str(MAKER.parent), str(here), str(target)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return {f.name: f.read_bytes() for f in target.iterdir()}


_BUNDLE = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; import make_bundle as m; m.make(Path(sys.argv[2]), Path(sys.argv[3]))"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return bundled(tmp_path_factory.mktemp("bundle") / "built")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the sources to spoil; the packages are those of the checkout."""
    copy = tmp_path / "browser"
    shutil.copytree(BROWSER, copy, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    (copy / "node_modules").symlink_to(BROWSER / "node_modules")
    return copy


def manifest_of(files: dict[str, bytes]) -> dict[str, object]:
    return json.loads(files["manifest.json"])


# ---------------------------------------------------------------- bundling


def test_the_same_sources_give_the_same_bytes(fresh: dict[str, bytes], sources: Path, tmp_path: Path) -> None:
    """The second one is bundled from another folder, so that no path of a machine can be in it."""
    again = bundled(tmp_path / "again", sources)
    assert {n for n in fresh.keys() | again.keys() if fresh.get(n) != again.get(n)} == set()


def test_what_is_served_is_made_from_the_sources_as_they_are(fresh: dict[str, bytes]) -> None:
    assert {f.name: f.read_bytes() for f in BUILT.iterdir()} == fresh, "run `make bundle`"


def test_a_changed_source_makes_another_bundle_and_an_unchanged_one_none(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "built"
    first = bundled(target, sources)
    (target / "mark.txt").write_text("stands as long as nothing is made", encoding="utf-8")
    assert "mark.txt" in bundled(target, sources)
    (sources / "islands" / "shell.ts").open("a", encoding="utf-8").write('\nconsole.info("changed");\n')
    second = bundled(target, sources)
    assert "mark.txt" not in second
    before, after = manifest_of(first), manifest_of(second)
    assert before["scripts"]["shell"] != after["scripts"]["shell"]  # type: ignore[index]
    assert before["styles"] == after["styles"]
    assert before["sources"] != after["sources"]
    assert not [f for f in tmp_path.iterdir() if f.name.startswith("built.")]


def test_a_bundle_that_fails_leaves_the_old_one_standing(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "built"
    first = bundled(target, sources)
    (sources / "islands" / "broken.ts").write_text("const = ;", encoding="utf-8")
    ended = subprocess.run([sys.executable, "-c", _BUNDLE, str(BROWSER), str(sources), str(target)], capture_output=True, text=True, check=False)
    assert "BundlingError" in ended.stderr
    assert "broken.ts" in ended.stderr
    assert {f.name: f.read_bytes() for f in target.iterdir()} == first


def test_an_island_that_imports_a_style_sheet_is_refused(sources: Path, tmp_path: Path) -> None:
    (sources / "islands" / "coloured.ts").write_text('import "../styles/explorer.css";\n', encoding="utf-8")
    ended = subprocess.run([sys.executable, "-c", _BUNDLE, str(BROWSER), str(sources), str(tmp_path / "built")], capture_output=True, text=True, check=False)
    assert "islands/coloured.ts imports a style sheet" in ended.stderr


def test_code_that_islands_share_is_a_chunk_that_both_name(sources: Path, tmp_path: Path) -> None:
    shared = "export const told: string[] = [];\nexport function tell(word: string): void { told.push(word); }\n"
    (sources / "islands" / "shared" / "sample.ts").write_text(shared, encoding="utf-8")
    for name in ("sample-one", "sample-two"):
        (sources / "islands" / f"{name}.ts").write_text(f'import {{ tell }} from "./shared/sample";\ntell("{name}");\n', encoding="utf-8")
    (sources / "islands" / "sample-later.ts").write_text('void import("./shared/sample").then(({ told }) => console.info(told));\n', encoding="utf-8")
    bundled(tmp_path / "built", sources)
    bundle = Bundle.read(tmp_path / "built")
    (chunk,) = bundle.preloads("sample-one")
    assert bundle.preloads("sample-two") == (chunk,)
    assert bundle.preloads("sample-later") == (), "what is loaded later is not fetched before"
    assert chunk.startswith("chunk-")
    assert bundle.file(chunk) is not None


def test_the_scripts_have_the_types_that_they_say() -> None:
    ended = subprocess.run([BROWSER / "node_modules" / ".bin" / "tsc", "--noEmit"], cwd=BROWSER, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


# ---------------------------------------------------------------- what it holds


def test_every_entry_is_named_and_stands_there(fresh: dict[str, bytes]) -> None:
    manifest = manifest_of(fresh)
    assert set(manifest) == {"fonts", "imports", "scripts", "sources", "styles"}
    assert set(manifest["scripts"]) == {f.stem for f in (BROWSER / "islands").glob("*.ts")}  # type: ignore[call-overload]
    assert set(manifest["styles"]) == {f.stem for f in (BROWSER / "styles").glob("*.css")}  # type: ignore[call-overload]
    assert {"shell"} <= set(manifest["scripts"])  # type: ignore[call-overload]
    assert {"explorer"} <= set(manifest["styles"])  # type: ignore[call-overload]
    bundle = Bundle.read()
    named = {*(bundle.script(n) for n in manifest["scripts"]), *(bundle.style(n) for n in manifest["styles"]), *bundle.fonts}  # type: ignore[attr-defined]
    assert named <= set(fresh)
    hashed = re.compile(r"[a-z0-9-]+-[A-Z0-9]{8}\.(js|css|woff2|svg|png)")
    assert [n for n in fresh if not hashed.fullmatch(n)] == [n for n in fresh if n in ("manifest.json", "LICENSES.txt")]


def test_the_fonts_are_the_latin_ones_and_every_face_has_its_file(fresh: dict[str, bytes]) -> None:
    sheet = fresh[Bundle.read().style("explorer")].decode()
    faces = re.findall(r"@font-face\{[^}]*\}", sheet)
    named = [re.search(r'url\("?\./([^")]+)"?\)', face).group(1) for face in faces]  # type: ignore[union-attr]
    assert {n.rsplit("-", 1)[0] for n in named} == FONTS
    assert all("font-display:swap" in face and "unicode-range:" in face for face in faces)
    assert set(named) == {n for n in fresh if n.endswith(".woff2")}
    assert all(fresh[n].startswith(b"wOF2") for n in named)
    assert {n.rsplit("-", 1)[0] for n in Bundle.read().fonts} == {n for n in FONTS if n.endswith("-normal")}


def test_the_script_that_runs_before_a_page_is_drawn_stands_alone(fresh: dict[str, bytes]) -> None:
    """It is no module, which would run later; so it can neither import nor export."""
    bundle = Bundle.read()
    assert bundle.preloads("theme") == ()
    assert not re.search(rb"\b(import|export)\b", fresh[bundle.script("theme")])


def test_nothing_is_loaded_from_elsewhere(fresh: dict[str, bytes]) -> None:
    """Addresses in text are links that somebody may follow; what scripts and sheets load by themselves lies beside them."""
    for name, data in fresh.items():
        if name.endswith((".css", ".js")):
            loaded = [next(filter(None, groups)) for groups in _LOADED.findall(data.decode())]
            assert [place for place in loaded if re.match(r"(https?:)?//", place)] == [], name


def test_what_would_be_loaded_from_elsewhere_is_seen() -> None:
    scripts = ('import("https://x.example/a.js")', 'import{a}from"https://x.example/a.js";')
    for text in (*scripts, "a{background:url(https://x.example/a.png)}", "a{background:url('//x')}", '@import "//x.example/a.css";'):
        assert [next(filter(None, g)) for g in _LOADED.findall(text)][0].startswith(("http", "//")), text


def test_the_licences_of_what_is_in_it_are_told(fresh: dict[str, bytes]) -> None:
    text = fresh["LICENSES.txt"].decode()
    told = re.findall(r"(?m)^(\S+) \d[\w.]* \([^)]", text)
    assert told == sorted(told)
    assert {"@fontsource-variable/source-sans-3", "@fontsource-variable/source-serif-4"} <= set(told)
    assert not {"esbuild", "typescript"} & set(told), "these make the bundle and are not in it"
    assert text.count("SIL OPEN FONT LICENSE Version 1.1") == 2


def test_a_package_brings_the_licences_of_what_is_built_into_it(sources: Path, tmp_path: Path) -> None:
    (sources / "islands" / "sample.ts").write_text('import Yasgui from "@zazuko/yasgui";\nconsole.info(Yasgui);\n', encoding="utf-8")
    text = bundled(tmp_path / "built", sources)["LICENSES.txt"].decode()
    assert {"@zazuko/yasgui", "@zazuko/yasqe", "codemirror", "jquery", "dompurify"} <= set(re.findall(r"(?m)^(\S+) \d[\w.]* \(", text))
    (sources / "licences" / "@zazuko.txt").unlink()
    ended = subprocess.run([sys.executable, "-c", _BUNDLE, str(BROWSER), str(sources), str(tmp_path / "built")], capture_output=True, text=True, check=False)
    assert re.search(r"@zazuko/\S+ [\d.]+ comes without the text of its licence", ended.stderr)


def test_the_lock_pins_every_package_and_names_no_address_of_one() -> None:
    lock = json.loads((BROWSER / "package-lock.json").read_text(encoding="utf-8"))
    packages = {place: about for place, about in lock["packages"].items() if place}
    assert len(packages) > 30
    assert [place for place, about in packages.items() if "resolved" in about or not about["integrity"].startswith("sha512-")] == []
    asked = json.loads((BROWSER / "package.json").read_text(encoding="utf-8"))
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} has no exact version"
        assert packages[f"node_modules/{name}"]["version"] == version


# ---------------------------------------------------------------- reading it


def test_a_file_is_found_by_its_name_alone() -> None:
    bundle = Bundle.read()
    found = bundle.file(bundle.script("shell"))
    assert found == ((BUILT / bundle.script("shell")).read_bytes(), "text/javascript; charset=utf-8")
    assert bundle.file(bundle.style("explorer")).media_type == "text/css; charset=utf-8"  # type: ignore[union-attr]
    assert {bundle.file(name).media_type for name in bundle.fonts} == {"font/woff2"}  # type: ignore[union-attr]
    assert bundle.file("LICENSES.txt").media_type == "text/plain; charset=utf-8"  # type: ignore[union-attr]
    outside = ("..", "../bundle.py", "../built/LICENSES.txt", str(BUILT / "LICENSES.txt"), f"./{bundle.script('shell')}")
    for name in ("", ".", "manifest.json", "shell.js", "LICENSES.txt\0", *outside):
        assert bundle.file(name) is None, name


def test_a_name_that_no_entry_has_is_told_with_those_that_are() -> None:
    with pytest.raises(BundleError, match=r"no 'serach' \(api/browser/islands/serach\.ts\); it has .*\bshell\b.*`make bundle`"):
        Bundle.read().script("serach")
    with pytest.raises(BundleError, match=r"no 'serach'"):
        Bundle.read().preloads("serach")
    with pytest.raises(BundleError, match=r"api/browser/styles/print-only\.css\); it has .*explorer"):
        Bundle.read().style("print-only")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, r"has no scripts and styles: .*manifest\.json is missing\. Run `make bundle`"),
        ("{", "is no manifest of a bundle"),
        ("[]", "is no manifest of a bundle"),
        ('{"scripts": {}, "styles": {}, "imports": {}}', "is no manifest of a bundle"),
        ('{"scripts": {"a": "a-1.js"}, "styles": {}, "fonts": [], "imports": {"a": ["chunk-2.js"]}}', r"is not whole: a-1\.js, chunk-2\.js is missing"),
    ],
)
def test_a_bundle_that_is_not_there_or_not_whole_says_what_to_do(text: str | None, told: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BundleError, match=told) as caught:
        Bundle.read(tmp_path)
    assert "make bundle" in str(caught.value)


def test_another_bundle_has_another_digest(tmp_path: Path) -> None:
    for place, font in (("one", "a-1.woff2"), ("two", "b-2.woff2")):
        (tmp_path / place).mkdir()
        (tmp_path / place / font).touch()
        (tmp_path / place / "manifest.json").write_text(json.dumps({"scripts": {}, "styles": {}, "fonts": [font], "imports": {}}), encoding="utf-8")
    one, two = Bundle.read(tmp_path / "one"), Bundle.read(tmp_path / "two")
    assert one.digest != two.digest
    assert one.digest == Bundle.read(tmp_path / "one").digest


# ---------------------------------------------------------------- a machine without Node


def test_without_node_the_maker_says_what_to_install(sources: Path, tmp_path: Path) -> None:
    program = "import importlib.util as u; u.find_spec = lambda name: None\n" + _BUNDLE
    command = [sys.executable, "-c", program, str(BROWSER), str(sources), str(tmp_path / "built")]
    ended = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert "there is no Node 20 or newer" in ended.stderr
    assert "requirements-browser.lock" in ended.stderr


def test_a_node_that_is_too_old_is_none(tmp_path: Path) -> None:
    for name, version in (("node", "v18.20.4"), ("npm", "10.0.0")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    program = "import sys; sys.path.insert(0, sys.argv[1]); import make_bundle as m; print(m.node_of_path())"

    def asked() -> str:
        return subprocess.run([sys.executable, "-c", program, str(BROWSER)], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True).stdout.strip()

    assert asked() == "None"
    (tmp_path / "node").write_text("#!/bin/sh\necho v20.0.0\n", encoding="utf-8")
    assert asked() == str([[str(tmp_path / "node")], [str(tmp_path / "npm")]])
