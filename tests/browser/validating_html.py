"""The HTML of pages held against the standard by html-validate, which runs in one Node for all of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from node_programs import environment, node

__all__ = ["HtmlValidator"]

HERE = Path(__file__).resolve().parent


class HtmlValidator:
    """A process that validates one page after the other, by the rules in .htmlvalidate.json."""

    def __init__(self) -> None:
        """Start it; `make test` installs what it needs."""
        assert (HERE / "node_modules" / "html-validate").is_dir(), "html-validate is not installed; run: python tests/browser/installing.py"
        self._process = subprocess.Popen(
            [node(), "validate_html.mjs"], cwd=HERE, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def findings(self, html: str) -> list[str]:
        """Return what is wrong with a page: place, rule and message of each finding."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"html": html}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"html-validate ended with {self._process.wait(30)}"
        return [f"{m['line']}:{m['column']} {m['ruleId']}: {m['message']}" for m in json.loads(line)]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()
