"""Answers as people read them in a terminal: words, and colour beside them.

Called by the command line for `--format text` alone. What a mapping answer needs stands here and needs no rich; the other
answers are tables, which `tables_rendering` prints with rich and these same lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from imri_kg.cli.terminal import TerminalConsole, escape
from imri_kg.model import Answer, LeftOut, MappingAnswer, MappingRecord, Reference, State

__all__ = ["BASIS_COLOURS", "STATE_SIGNS", "MarkupConsole", "in_words", "left_out", "named", "notes", "record_lines", "render", "with_doubts"]

STATE_SIGNS = {
    State.MAPPED: ("●", "green"),
    State.JUDGED_NOT_MAPPED: ("○", "magenta"),
    State.CONTESTED: ("◐", "yellow"),
    State.NOT_ASSESSED: ("·", "bright_black"),
}
BASIS_COLOURS = {"author-stated": "bold green", "curated": "cyan", "derived": "blue"}


class MarkupConsole(Protocol):
    """What prints a marked-up line: our small console, or rich's."""

    def print(self, text: str = "", *, soft_wrap: bool = False) -> None:
        """Print a line."""


def render(answer: Answer) -> None:
    """Print an answer to standard output, as wide as the terminal (or 120 columns in a pipe)."""
    if isinstance(answer, MappingAnswer):
        _mappings(TerminalConsole(), answer)
        return
    from imri_kg.cli.tables_rendering import render_table

    render_table(answer)


def in_words(state: State) -> str:
    """Return the sign and the words of a state."""
    sign, colour = STATE_SIGNS[state]
    return f"[{colour}]{sign} {state.words}[/]"


def with_doubts(label: str, status: str, existence: str = "") -> str:
    """Return a label with what is doubtful about it; an impact that the text names or describes needs no remark."""
    doubts = [f"{status} label"] if status not in ("", "printed") else []
    doubts += [existence] if existence == "split by us" else []
    return escape(label) + (f" [yellow]\\[{', '.join(doubts)}][/]" if doubts else "")


def named(reference: Reference) -> str:
    """Return code and label of a construct, with what is doubtful about them."""
    return f"{reference.curie} {with_doubts(reference.label, reference.label_status, reference.existence_status)}"


def record_lines(console: MarkupConsole, record: MappingRecord) -> None:
    """Print a record: the claim, whose it is, how it follows, and its evidence."""
    verb = f', authors\' verb "{escape(record.stated_relation)}"' if record.stated_relation else ""
    whose = f" (predicate {'of the source' if record.predicate_basis == 'source' else 'ours'})" if record.predicate_basis else ""
    number = f", confidence {record.confidence}" if record.confidence is not None else ""
    sign = "[magenta]not[/] " if record.negated else ""
    console.print(
        f"[bold]{named(record.subject)}[/]  {sign}{record.predicate}  [bold]{named(record.object)}[/]"
    )
    flag = " [yellow]exploratory[/]" if record.exploratory else ""
    console.print(f"  [{BASIS_COLOURS[record.basis]}]{record.basis}[/]{flag}{verb}{whose}{number}  [bright_black]{record.record_id}[/]", soft_wrap=False)
    if record.derivation:
        console.print(f"  [blue]{escape(record.derivation.text)}[/]")
    for item in record.evidence:
        anchor = f" “{escape(item.text_anchor)}”" if item.text_anchor else ""
        unread = "" if item.checked_against else " [yellow]\\[not checked against the source's text][/]"
        console.print(f"  [bright_black]evidence[/] {item.source.removeprefix('source:')}, {escape(item.locator)}:{anchor} {escape(item.statement)}{unread}")
        if item.url:
            console.print(f"    [bright_black]{escape(item.url)}[/]", soft_wrap=True)


def left_out(console: MarkupConsole, left: LeftOut, basis: Iterable[str]) -> None:
    """Print what a filter on the basis kept out."""
    if left.records or left.pairs:
        parts = ", ".join(f"{n} {name}" for name, n in sorted(left.records.items()))
        records = "record" if sum(left.records.values()) == 1 else "records"
        pairs = "1 pair" if left.pairs == 1 else f"{left.pairs} pairs"
        console.print(f"[yellow]Trusting only {', '.join(basis)} leaves out {parts or 'no'} {records}; the state of {pairs} differs.[/]")


def notes(console: MarkupConsole, sentences: Iterable[str]) -> None:
    """Print what a reader should know about an answer."""
    for note in sentences:
        console.print(f"[bright_black]{escape(note)}[/]")


def _mappings(console: TerminalConsole, answer: MappingAnswer) -> None:
    for record in answer.items:
        record_lines(console, record)
        console.print()
    header = ("subject", "against", "state", "mapped", "judged not", "contested", "not assessed")
    console.columns(header, [
        (s.subject, s.target, in_words(s.state), str(s.mapped), str(s.judged_not_mapped), str(s.contested), str(s.not_assessed))
        for s in answer.states
    ])  # fmt: skip
    left_out(console, answer.left_out, answer.basis)
    notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}, query {answer.query}[/]")
