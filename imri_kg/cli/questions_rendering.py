"""Paths, citations and batches in a terminal, with rich; the word always stands beside the colour.

Called by `tables_rendering` for the answers that it does not know itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console

from imri_kg.batch import BatchAnswer
from imri_kg.citing import Citation
from imri_kg.cli.rendering import BASIS_COLOURS, in_words, named, notes
from imri_kg.cli.terminal import escape
from imri_kg.pathway_answers import PathStep, Pathways

__all__ = ["QUESTION_RENDERERS"]

_STATUS_COLOURS = {"recorded": "green", "licensed": "blue", "hypothesis": "yellow"}


def _pathways(console: Console, answer: Pathways) -> None:
    console.print(escape(answer.text))
    for path in answer.items:
        console.print()
        colour = _STATUS_COLOURS[path.status]
        gives = f", gives {path.concludes}" if path.concludes else ""
        number = f", confidence {path.confidence:.2f}" if path.confidence is not None and path.concludes else ""
        console.print(f"[bold]{path.number}[/]  [{colour}]{path.status}[/]{gives}{number}  {escape(path.heading)}")
        console.print(f"   {named(path.steps[0].subject)}")
        for step in path.steps:
            _step(console, step)
    shown, every = len(answer.items), answer.counts["paths"]
    if shown < every:
        console.print(f"\n[yellow]{shown} of {every} paths shown; --limit shows more.[/]")
    console.print()
    notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}, query {answer.query}[/]")


def _step(console: Console, step: PathStep) -> None:
    whose = f"[{BASIS_COLOURS[step.basis]}]{step.basis}[/]" if step.basis else "hierarchy"
    verb = f', authors\' verb "{escape(step.stated_relation)}"' if step.stated_relation else ""
    kind = f", {step.evidence_kind}" if step.evidence_kind else ""
    number = f", confidence {step.confidence:.2f}" if step.confidence is not None else ""
    flag = " [yellow]exploratory[/]" if step.exploratory else ""
    back = " (read backwards)" if step.direction == "inverse" and step.kind == "mapping" else ""
    console.print(f"   -{step.relation}-> {named(step.object)}  {whose}{flag}{verb}{kind}{number}{back}  [bright_black]{step.id or ''}[/]")
    if step.rule:
        console.print(f"     [blue]rule {step.rule} joins it: {step.gives}[/]")
    elif step.reason:
        console.print(f"     [yellow]no rule joins it:[/] [bright_black]{escape(step.reason)}[/]")
    for moderator in step.moderators:
        console.print(f"     moderator  {escape(moderator['text'])}  [{BASIS_COLOURS[moderator['basis']]}]{moderator['basis']}[/]")
    for place in dict.fromkeys(f"{e.source.removeprefix('source:')}, {e.locator}" for e in step.evidence):
        console.print(f"     [bright_black]evidence {escape(place)}[/]")


def _batch(console: Console, answer: BatchAnswer) -> None:
    for entry in answer.entries:
        asked = " to ".join(t for t in (entry.asked.subject, entry.asked.object) if t)
        console.print(f"[bold]{entry.number}[/]  {escape(asked)}")
        if entry.answer is None:
            console.print(f"   [red]error[/] {escape(str(entry.error))}")
            continue
        for state in entry.answer.states:
            console.print(f"   {state.target}  {in_words(state.state)}")
        for record in entry.answer.items:
            console.print(f"   {record.record_id}  {'not ' if record.negated else ''}{record.predicate} {named(record.object)}  [{BASIS_COLOURS[record.basis]}]{record.basis}[/]")
    counts = answer.to_json()["counts"]
    console.print(f"\n{counts['ok']} answered, {counts['failed']} failed")
    console.print(f"[bright_black]release {answer.release}, query {answer.query}[/]")


def _citation(console: Console, answer: Citation) -> None:
    for work in answer.works:
        row = work.row()
        console.print(f"[bold]{escape(work.role)}[/]")
        console.print(f"  {escape(row['apa'])}", soft_wrap=True)
    console.print()
    console.print(escape(answer.bibtex), soft_wrap=True)
    notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}, query {answer.query}[/]")


QUESTION_RENDERERS: dict[type, Callable[[Console, Any], None]] = {
    BatchAnswer: _batch,
    Citation: _citation,
    Pathways: _pathways,
}
