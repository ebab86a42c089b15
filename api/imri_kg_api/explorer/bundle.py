"""What a browser loads: the files of `built` by the names that pages know them by.

`api/browser/bundle.mjs` makes them, and `manifest.json` with them. The name of a file holds a digest of what is in it, so a file of a name never changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from imri_kg.errors import ImriError

__all__ = ["Bundle", "BundleError", "StaticFile"]

BUILT = Path(__file__).parent / "built"
_MANIFEST = "manifest.json"
_REMEDY = "Run `make bundle` in the checkout, then start again."
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


class BundleError(ImriError):
    """What a browser loads was not made, is not whole, or has no part of that name."""


class StaticFile(NamedTuple):
    """A file that is served under /static/: what is in it, and its media type."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Bundle:
    """The bundled files. Every name that it returns is that of a file under /static/.

    Attributes:
        folder: where the files are.
        fonts: the font files that every page needs at once, worth preloading.
        digest: hexadecimal SHA-256 of the manifest; another bundle, another digest.
    """

    folder: Path
    fonts: tuple[str, ...]
    digest: str
    _scripts: Mapping[str, str] = field(repr=False)
    _styles: Mapping[str, str] = field(repr=False)
    _imports: Mapping[str, tuple[str, ...]] = field(repr=False)
    _files: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def read(cls, folder: Path = BUILT) -> Bundle:
        """Read the manifest of a folder and see which files stand there.

        Raises:
            BundleError: there is no bundle, its manifest is not one, or a file that it names is missing.
        """
        try:
            data = (folder / _MANIFEST).read_bytes()
        except OSError:
            raise BundleError(f"The explorer has no scripts and styles: {folder / _MANIFEST} is missing. {_REMEDY}") from None
        # In memory, so that a server goes on with what it began with when another bundle takes the folder's place.
        files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file() and file.suffix in _MEDIA_TYPES}
        try:
            manifest = json.loads(data)
            scripts, styles, fonts = dict(manifest["scripts"]), dict(manifest["styles"]), tuple(manifest["fonts"])
            imports = {name: tuple(chunks) for name, chunks in manifest["imports"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BundleError(f"{folder / _MANIFEST} is no manifest of a bundle. {_REMEDY}") from None
        named = {*scripts.values(), *styles.values(), *fonts, *(chunk for chunks in imports.values() for chunk in chunks)}
        if missing := sorted(named - files.keys()):
            raise BundleError(f"{folder} is not whole: {', '.join(missing)} is missing. {_REMEDY}")
        return cls(folder, fonts, hashlib.sha256(data).hexdigest(), scripts, styles, imports, files)

    def script(self, name: str) -> str:
        """Return the file of an island: `search` is made from islands/search.ts.

        Raises:
            BundleError: there is no such island.
        """
        return self._named(self._scripts, name, f"islands/{name}.ts")

    def style(self, name: str) -> str:
        """Return the file of a style sheet: `explorer` is made from styles/explorer.css.

        Raises:
            BundleError: there is no such sheet.
        """
        return self._named(self._styles, name, f"styles/{name}.css")

    def preloads(self, name: str) -> tuple[str, ...]:
        """Return the files that an island imports before it runs.

        Raises:
            BundleError: there is no such island.
        """
        self.script(name)
        return self._imports.get(name, ())

    def file(self, name: str) -> StaticFile | None:
        """Return the file that is served under a name, or None. Only names of files of the bundle are known, so a name cannot lead out of the folder."""
        content = self._files.get(name)
        return None if content is None else StaticFile(content, _MEDIA_TYPES[Path(name).suffix])

    def _named(self, names: Mapping[str, str], name: str, source: str) -> str:
        try:
            return names[name]
        except KeyError:
            known = ", ".join(sorted(names)) or "none"
            raise BundleError(f"The bundle has no {name!r} (api/browser/{source}); it has {known}. {_REMEDY}") from None
