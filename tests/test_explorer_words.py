"""The words of the explorer: all of them in the catalogues, none of them lost, and nothing to read in templates or scripts themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from imri_kg_api.explorer.words import DEFAULT, MissingMessageError, Words, languages
from markupsafe import Markup

ROOT = Path(__file__).parents[1]
EXPLORER = ROOT / "api" / "imri_kg_api" / "explorer"
TEMPLATES = sorted((EXPLORER / "templates").rglob("*.html"))
CATALOGUES = sorted((EXPLORER / "messages" / DEFAULT).glob("*.ftl"))
SERVER = sorted((ROOT / "api" / "imri_kg_api").rglob("*.py"))
ISLANDS = sorted((ROOT / "api" / "browser" / "islands").rglob("*.ts"))
#: A message by its whole name, or by the beginning to which a value of the data is added.
_WHOLE = re.compile(r"""\b(?:tm?|say|words|marked)\(\s*["'`]([a-z][\w-]*)["'`]\s*[,)]""")
_BEGUN = re.compile(r"""["'`]([a-z][\w-]*-)["'`]\s*[~+]|f["']([a-z][\w-]*-)\{|["'`]([a-z][\w-]*-)\$\{|island_words\(["']([a-z][\w-]*-)["']\)""")
#: Names that are no words of a language.
_NAMES = {"imri-kg", "CC BY 4.0", "SPARQL", "doi:"}


def used() -> tuple[set[str], set[str]]:
    """Return the messages that templates, views and islands name, whole or by their beginning."""
    whole, begun = set(), set()
    for file in (*TEMPLATES, *SERVER, *ISLANDS):
        text = file.read_text(encoding="utf-8")
        whole |= set(_WHOLE.findall(text))
        begun |= {name for names in _BEGUN.findall(text) for name in names if name}
    return whole, begun


def test_there_is_something_to_examine() -> None:
    whole, _ = used()
    assert len(TEMPLATES) > 10 and len(CATALOGUES) > 5 and len(ISLANDS) > 5 and len(whole) > 100
    assert languages() == ["en"]


def test_every_message_that_is_named_exists() -> None:
    known = set(Words().names())
    whole, _ = used()
    # A value that is no message, such as the key of a parameter, looks the same in a call of another function.
    assert sorted(name for name in whole if name not in known and any(name.startswith(f.stem + "-") for f in CATALOGUES)) == []


def test_every_message_is_named_somewhere() -> None:
    whole, begun = used()
    everything = "".join(f.read_text(encoding="utf-8") for f in (*TEMPLATES, *SERVER, *ISLANDS))
    lost = [name for name in Words().names() if name not in whole and not any(name.startswith(b) for b in begun) and f'"{name}"' not in everything]
    assert lost == []


def test_no_message_stands_in_two_catalogues() -> None:
    names: list[str] = []
    for file in CATALOGUES:
        names += re.findall(r"(?m)^([a-zA-Z][\w-]*) =", file.read_text(encoding="utf-8"))
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert set(names) == set(Words().names()), "a message that the parser cannot read is lost in silence"


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: f.relative_to(EXPLORER / "templates").as_posix())
def test_a_template_holds_no_words_of_its_own(file: Path) -> None:
    text = re.sub(r"(?s)\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|<!--.*?-->|<style.*?</style>|<!DOCTYPE[^>]*>", " ", file.read_text(encoding="utf-8"))
    shown = re.sub(r"(?s)<[^>]*>", "\n", text)
    for name in _NAMES:
        shown = shown.replace(name, "")
    shown = re.sub(r"&\w+;", "", shown)
    assert re.findall(r"[A-Za-zÀ-ÿ]{2,}[^\n]*", shown) == []
    spoken = re.findall(r"""\b(?:title|alt|placeholder|aria-label|aria-description)="([^"{]*[A-Za-z]{2,}[^"{]*)\"""", text)
    assert spoken == []


def test_a_message_with_a_part_that_is_marked_up_escapes_the_rest() -> None:
    words = Words()
    assert words.marked("foot-query", query="<b>") == "stored query &lt;b&gt;"
    assert words.marked("foot-query", query=Markup("<b>x</b>")) == "stored query <b>x</b>"
    assert isinstance(words.marked("foot-query", query="x"), Markup)


def test_a_message_that_is_missing_or_lacks_an_argument_is_told() -> None:
    words = Words()
    with pytest.raises(MissingMessageError, match="no message 'no-such-thing'"):
        words("no-such-thing")
    with pytest.raises(MissingMessageError, match="foot-query"):
        words("foot-query", other="x")
    with pytest.raises(MissingMessageError, match="No message begins with"):
        words.source("no-such-")


def test_an_island_gets_its_messages_and_no_others() -> None:
    source = Words().source("search-js-")
    assert set(re.findall(r"(?m)^([\w-]+) =", source)) == {"search-js-none", "search-js-more", "search-js-hits", "search-js-matched", "search-js-failed"}
    assert "{ $n ->" in source
