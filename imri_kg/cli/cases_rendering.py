"""Cases, matrices and the library in a terminal, with rich; words beside every sign.

Called by `tables_rendering` for these answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

from imri_kg.cases.answers import CaseDescription, CaseView
from imri_kg.cases.matrices import NONE_COUNTED, CellState, Matrix
from imri_kg.cases.observations import Observation, Split
from imri_kg.cli.rendering import notes
from imri_kg.cli.terminal import escape
from imri_kg.library.model import Holdings, ImportResult
from imri_kg.reports.wording import one_line, sentence

__all__ = ["CASE_RENDERERS"]


def _table(*columns: str) -> RichTable:
    table = RichTable(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(escape(column), overflow="fold")
    return table


def _split(count: Split | None) -> str:
    if count is None:
        return ""
    if not count.printed:
        return f"{count.total} inferred"
    return f"{count.total} ({count.printed} printed, {count.inferred} inferred)"


def _sum(count: Split) -> str:
    return _split(count) if count.total else NONE_COUNTED


def _letters(name: str) -> str:
    """Return a name without what tells `mixedValence` from `mixed valence`."""
    return "".join(filter(str.isalnum, name.casefold()))


def _end(console: Console, answer: Any) -> None:
    notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}, query {answer.query}[/]")


def _matrix(console: Console, answer: Matrix) -> None:
    if answer.study_statements:
        console.print(f"[bold]What authors state about a study as a whole[/] ({len(answer.study_statements)}; counted in no cell)")
        for said in answer.study_statements:
            console.print(f"  {escape(said.observation.code)}: {escape(said.observation.statement)}")
        console.print()
    table = _table(answer.row_dimension, *(c.label for c in answer.columns), "all")
    cells = {(c.row, c.column): c for c in answer.cells}
    for row in answer.rows_:
        shown = []
        for column in answer.columns:
            cell = cells[row.id, column.id]
            shown.append(_split(cell.count) if cell.state is CellState.COUNTED else f"[bright_black]{cell.state.words}[/]")
        name = row.id.split(":", 1)[-1]
        label = row.label if _letters(name) == _letters(row.label) else f"{name} {row.label}"
        table.add_row(escape(label), *shown, _sum(row.count))
    console.print(table)
    console.print()
    console.print(f"Observations in view: {_sum(answer.total)}. A cell that is not stated is no 0: the sources do not say.")
    _end(console, answer)


def _observation(console: Console, o: Observation) -> None:
    coding = o.coding("impact") or o.coding("construct")
    code = f"  [cyan]{coding.construct.curie} {escape(coding.construct.label)}[/]" if coding else ""
    valence = f"  {o.valence.label}" if o.valence else ""
    console.print(f"  {escape(o.code)}: {escape(o.statement)}{code}{valence}  [bright_black]{o.basis or ''}[/]")


def _case(console: Console, answer: CaseDescription) -> None:
    console.print(f"[bold]{escape(answer.key.name)}[/]  {escape(answer.key.id)}")
    for name, value in answer.attributes.items():
        if isinstance(value, (str, int)):
            console.print(f"[bold]{name}[/] {escape(str(value))}")
    if answer.note:
        console.print(f"[bold]note[/] {escape(answer.note)}")
    if answer.study_statements:
        console.print(f"\n[bold]What authors state about the study as a whole and this case[/] ({len(answer.study_statements)})")
        for o in answer.study_statements:
            _observation(console, o)
    if answer.participants:
        table = _table("participants", "group", "count")
        for p in answer.participants:
            table.add_row(escape(p["code"]), escape(p["group"]), "not stated" if p["count"] is None else str(p["count"]))
        console.print()
        console.print(table)
    for kind in answer.observations:
        for phase in kind.phases:
            console.print(f"\n[bold]{kind.kind['label']}, {phase.phase['label']}[/]")
            for domain in phase.domains:
                for o in domain.observations:
                    _observation(console, o)
    if answer.impacts:
        console.print("\n[bold]impacts[/]")
        for o in answer.impacts:
            _observation(console, o)
    for title, items, text in (
        ("judgements on assimilation", answer.judgements, lambda j: f"{j['form_label']}: {j['wording']}"),
        ("compatibility gaps", answer.gaps, lambda g: f"{g['assumption']} / {g['feature']}"),
        ("events", answer.events, lambda e: f"{e['when']}: {e['statement']}"),
    ):
        if items:
            console.print(f"\n[bold]{title}[/]")
            for item in items:
                console.print(f"  {escape(item['code'])}: {escape(text(item))}  [bright_black]{item.get('coding') or ''}[/]")
    console.print()
    _end(console, answer)


def _view(console: Console, answer: CaseView) -> None:
    console.print(f"[bold]{escape(answer.case)}[/] coded in {', '.join(answer.sources)}, seen through [bold]{answer.framework}[/]")
    table = _table("how the construct of a determinant reaches it", "observations")
    for name, count in answer.counts.items():
        table.add_row(name.replace("_", " "), _split(count))
    console.print(table)
    console.print("\n[bold]Constructs[/]")
    coded: dict[str, list[str]] = {}
    for seen in answer.observations:
        if coding := seen.observation.coding("construct"):
            coded.setdefault(coding.construct.curie, []).append(seen.observation.code)
    for construct in answer.constructs:
        told = f"{construct['reached'].replace('_', ' ')}; observations {', '.join(coded.get(construct['curie'], ())) or 'about the study alone'}"
        console.print(f"  {construct['curie']} {escape(construct['label'])}  [bright_black]{escape(told)}[/]")
        for way in construct["mappings"]:
            console.print(f"    [green]{way['state']}[/] {way['target']} {escape(way['target_label'])}  {way['predicate']}  [bright_black]{way['by']}[/]")
        for way in construct["routes"]:
            console.print(f"    [yellow]route that no rule licenses[/] {escape(way['text'])}  [bright_black]{escape(way['reason'])}[/]")
    console.print()
    _end(console, answer)


def _import(console: Console, answer: ImportResult) -> None:
    for dataset in answer.datasets:
        origin = f", from {escape(', '.join(dataset.files))}" if dataset.files else ""
        console.print(f"[bold]{escape(dataset.id)}[/] {dataset.outcome}{origin}")
        for m in dataset.messages:
            console.print(f"  {m.severity}: {escape(one_line(m.place))}: {escape(sentence(m))}")
    for m in answer.messages:
        console.print(f"{m.severity}: {escape(one_line(m.place))}: {escape(sentence(m))}")
    console.print("The library holds them now." if answer.imported else "Nothing was imported; the library is as it was.")


def _holdings(console: Console, answer: Holdings) -> None:
    if not answer.datasets:
        console.print("The library holds no dataset.")
        return
    table = _table(*answer.header())
    for row in answer.rows():
        table.add_row(*(escape(str(v)) for v in row.values()))
    console.print(table)


CASE_RENDERERS: dict[type, Callable[[Console, Any], None]] = {
    CaseDescription: _case,
    CaseView: _view,
    Holdings: _holdings,
    ImportResult: _import,
    Matrix: _matrix,
}
