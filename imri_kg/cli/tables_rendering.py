"""Tables and longer answers in a terminal, with rich; the word always stands beside the colour.

Called by `rendering`, whose lines for records and notes it shares.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

from imri_kg.cli.rendering import BASIS_COLOURS, STATE_SIGNS, in_words, left_out, named, notes, record_lines, with_doubts
from imri_kg.cli.terminal import escape, plain_width
from imri_kg.crosswalks import Coverage, Crosswalk, Explanation, Overview
from imri_kg.model import Answer, State
from imri_kg.tables import Concept, Framework, Table

__all__ = ["render_table"]


class _Console(Console):
    """A console that leaves a broken pipe to the entry point, as every other format does; rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def render_table(answer: Answer) -> None:
    """Print an answer that is a table, or holds tables, to standard output."""
    # Without emoji=False rich reads the end of "chime:M:" as the name of a character.
    # A pipe has no colour, whatever the environment says to rich.
    console = _Console(width=plain_width(), highlight=False, emoji=False, force_terminal=None if sys.stdout.isatty() else False)
    renderer = _RENDERERS.get(type(answer))
    if renderer is None and not isinstance(answer, Table):
        from imri_kg.cli.cases_rendering import CASE_RENDERERS
        from imri_kg.cli.questions_rendering import QUESTION_RENDERERS

        renderer = CASE_RENDERERS.get(type(answer)) or QUESTION_RENDERERS.get(type(answer))
    (renderer or _plain)(console, answer)


def _table(*columns: str) -> RichTable:
    table = RichTable(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _crosswalk(console: Console, answer: Crosswalk) -> None:
    console.print(f"[bold]{answer.source} to {answer.target}[/]: {len(answer.rows_)} x {len(answer.columns)} = {len(answer.cells)} pairs")
    codes = [c.curie.split(":", 1)[1] for c in answer.columns]
    cells = {(c.row, c.column): c for c in answer.cells}
    # Blocks of columns that fit the line; each cell is a sign that the legend explains in words.
    per_block = max(1, (console.width - 14) // (max(map(len, codes), default=1) + 2))
    for start in range(0, len(codes), per_block):
        block = answer.columns[start : start + per_block]
        table = RichTable(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
        table.add_column("", no_wrap=True)
        for column in block:
            table.add_column(column.curie.split(":", 1)[1], justify="center", no_wrap=True)
        for row in answer.rows_:
            signs = []
            for column in block:
                sign, colour = STATE_SIGNS[cells[row.curie, column.curie].state]
                signs.append(f"[{colour}]{sign}[/]")
            table.add_row(row.curie, *signs)
        console.print(table)
        console.print()
    console.print("  ".join(f"{in_words(State(k))} {v}" for k, v in answer.counts.items()))
    console.print("records: " + ", ".join(f"{n} {name}" for name, n in answer.counts_by_basis.items()))
    console.print()
    names = {r.curie: named(r) for r in (*answer.rows_, *answer.columns)}
    records = {r.record_id: r for r in answer.records}
    table = _table("row", "column", "state", "basis", "predicate", "evidence")
    for cell in answer.cells:
        if cell.state is not State.NOT_ASSESSED:
            evidence = sorted({f"{e.source.removeprefix('source:')}, {e.locator}" for m in cell.mappings if m in records for e in records[m].evidence})
            table.add_row(names[cell.row], names[cell.column], in_words(cell.state),
                          "\n".join(cell.bases), "\n".join(cell.predicates), escape("\n".join(evidence)))  # fmt: skip
    console.print(table)
    console.print()
    _routes(console, (r.to_json() for r in answer.routes))
    left_out(console, answer.left_out, answer.basis)
    notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}, query {answer.query}[/]")


def _routes(console: Console, routes: Iterable[Mapping[str, Any]]) -> None:
    """Print routes as JSON gives them, one a line."""
    found = list(routes)
    if found:
        console.print(f"[bold]{len(found)} pairs that nobody assessed are joined by a route that no rule licenses[/] (never counted as mapped)")
        for route in found:
            console.print(f"  {route['subject']} … {route['object']}: {escape(route['text'])}  [bright_black]{escape(route['reason'])}[/]")
        console.print()


def _explanation(console: Console, answer: Explanation) -> None:
    console.print(f"{in_words(answer.state)}  {escape(answer.text)}")
    console.print()
    for title, records in (("Records", answer.records), ("Derived, rule by rule", answer.derivations), ("Exploratory, not counted", answer.exploratory)):
        if records:
            console.print(f"[bold]{title}[/]")
            for record in records:
                record_lines(console, record)
            console.print()
    if answer.causal:
        console.print("[bold]Causal and logic-model relations (no match)[/]")
        for c in answer.causal:
            verb = f', authors\' verb "{escape(c["stated_relation"])}"' if c["stated_relation"] else ""
            flag = " [yellow]exploratory[/]" if c["exploratory"] else ""
            console.print(f"  {escape(c['text'])}  [{BASIS_COLOURS[c['basis']]}]{c['basis']}[/]{flag}{verb}, {c['evidence_kind']}  [bright_black]{c['id']}[/]")
            for item in c["evidence"]:
                console.print(f"    [bright_black]evidence[/] {item['source'].removeprefix('source:')}, {escape(item['locator'])}")
        console.print()
    if answer.claims:
        console.print("[bold]Other statements that concern the pair[/]")
        for c in answer.claims:
            console.print(f"  {c['kind']}: {escape(c['statement'])}  [{BASIS_COLOURS[c['basis']]}]{c['basis']}[/]")
        console.print()
    console.print("[bold]What no rule licenses[/]")
    for refusal in answer.not_licensed:
        console.print(f"  {escape(refusal.text)}")
        console.print(f"    [bright_black]{escape(refusal.reason)}[/]")
    if answer.limitations:
        keys = " and ".join(dict.fromkeys(item["framework"] for item in answer.limitations))
        console.print(f"[bright_black]{len(answer.limitations)} limitations that the sources of {keys} print of themselves bear on this; imri-kg coverage lists them.[/]")
    notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}[/]")


def _coverage(console: Console, answer: Coverage) -> None:
    for side in (answer.forward, answer.backward):
        pairs = side["pairs"]
        console.print(f"[bold]{side['from']} against {side['to']}[/]  " + "  ".join(f"{in_words(State(k))} {v}" for k, v in pairs.items()))
        table = _table("construct", "state", "mapped", "judged not", "contested", "not assessed", "basis")
        for m in side["members"]:
            c = m["counts"]
            table.add_row(f"{m['curie']} {with_doubts(m['label'], m['label_status'])}", in_words(State(m["state"])), str(c["mapped"]),
                          str(c["judged_not_mapped"]), str(c["contested"]), str(c["not_assessed"]), ", ".join(m["bases"]))  # fmt: skip
        console.print(table)
        gaps = side["gaps"]
        console.print(f"  {len(gaps)} without a counterpart on record: {', '.join(gaps) or 'none'}\n")
        _routes(console, side.get("routes", ()))
    if answer.limits:
        console.print("[bold]What authors say a framework does not capture[/]")
        for limit in answer.limits:
            verb = f' ("{escape(limit["stated_relation"])}")' if limit["stated_relation"] else ""
            console.print(f"  {limit['framework']}: {escape(limit['statement'])}{verb}  [{BASIS_COLOURS[limit['basis']]}]{limit['basis']}[/]")
    _limitations(console, answer.limitations)
    left_out(console, answer.left_out, answer.basis)
    notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}[/]")


def _limitations(console: Console, limitations: Iterable[Mapping[str, Any]]) -> None:
    items = list(limitations)
    if items:
        console.print("[bold]Limitations that the sources print of themselves[/]")
        for item in items:
            console.print(f"  {item['framework']}: {escape(item['statement'])}")
        console.print()


def _overview(console: Console, answer: Overview) -> None:
    table = _table("from", "to", "pairs", "mapped", "judged not", "contested", "not assessed", "author-stated", "curated", "derived")
    for p in answer.pairs:
        c, b = p["counts"], p["records_by_basis"]
        table.add_row(p["from"], p["to"], str(p["pairs"]), str(c["mapped"]), str(c["judged_not_mapped"]), str(c["contested"]),
                      str(c["not_assessed"]), str(b["author-stated"]), str(b["curated"]), str(b["derived"]))  # fmt: skip
    console.print(table)
    empty = ", ".join(f"{a} to {b}" for a, b in answer.empty) or "none"
    console.print(f"\nPairs of editions that nobody has assessed: {empty}")
    left_out(console, answer.left_out, answer.basis)
    console.print(f"[bright_black]release {answer.release}[/]")


def _framework(console: Console, answer: Framework) -> None:
    console.print(f"[bold]{escape(answer.label)}[/] ({answer.edition})  {escape(answer.definition)}")
    console.print(f"[bright_black]{escape(str(answer.source['citation'] or answer.source['source']))}[/]")
    table = _table("code", "label", "kind", "broader")
    for m in answer.members:
        table.add_row(m["curie"], with_doubts(m["label"], m["label_status"], m["existence_status"] or ""), m["kind"], m["broader"] or "")
    console.print(table)
    for note in answer.notes:
        console.print(f"[yellow]note[/] {escape(note)}")
    console.print(f"codes: {answer.code_status}; {answer.counts['printed']} labels printed, {answer.counts['inferred']} not")


def _concept(console: Console, answer: Concept) -> None:
    r = answer.reference
    console.print(f"[bold]{named(r)}[/]  [bright_black]{answer.kind}, {r.framework}[/]")
    console.print(escape(answer.definition))
    for name, items in (("also called", answer.alternatives), ("broader", [f"{b.curie} {b.label}" for b in answer.broader]),
                        ("narrower", [f"{n.curie} {n.label}" for n in answer.narrower])):  # fmt: skip
        if items:
            console.print(f"[bold]{name}[/] {escape('; '.join(items))}")
    for name, values in answer.properties.items():
        for value in values:
            console.print(f"[bold]{name}[/] {escape(str(value))}")
    for item in answer.evidence:
        console.print(f"[bright_black]evidence[/] {item.source.removeprefix('source:')}, {escape(item.locator)}: {escape(item.statement)}")
    for claim in answer.claims:
        console.print(f"[bold]{claim['kind']}[/] {escape(claim['statement'])}  [{BASIS_COLOURS[claim['basis']]}]{claim['basis']}[/]")
    for relation in answer.relations:
        console.print(f"[bold]relation[/] {escape(relation['text'])}  [{BASIS_COLOURS[relation['basis']]}]{relation['basis']}[/]")
    notes(console, answer.notes)


def _plain(console: Console, answer: Answer) -> None:
    rows = answer.rows()
    if isinstance(answer, Table) and answer.extra.get("summary"):
        console.print(f"[bold]{escape(str(answer.extra['summary']))}[/]")
    if isinstance(answer, Table) and answer.extra.get("answerable") == "no":
        console.print("[yellow]The sources at hand cannot answer this question.[/]")
    if isinstance(answer, Table) and answer.extra.get("note"):
        console.print(f"[yellow]{escape(str(answer.extra['note']))}[/]")
    # Lists of our own carry more than a line can hold; the rows of a query are shown whole.
    own = isinstance(answer, Table) and answer.query in ("catalog", "service/frameworks")
    hidden = {"iri", "sparql", "counts", "source", "definition", "parameters", "columns"} if own else set()
    # A column that is empty in every row tells a reader nothing.
    columns = [k for k in rows[0] if k not in hidden and any(row[k] not in (None, "") for row in rows)] if rows else []
    widths = [max(len(c), *(min(30, len(str(row[c] or ""))) for row in rows)) for c in columns]
    if sum(widths) + 2 * len(widths) <= console.width * 1.3:
        table = _table(*columns)
        for row in rows:
            table.add_row(*(escape("" if row[k] is None else str(row[k])) for k in columns))
        console.print(table)
    else:
        # A table that does not fit the line is read more easily as one block a row.
        for row in rows:
            for k in columns:
                if row[k] not in (None, ""):
                    console.print(f"[bold]{k}[/] {escape(str(row[k]))}")
            console.print()
    if isinstance(answer, Table):
        notes(console, answer.extra.get("notes", ()))
    console.print(f"[bright_black]{len(rows)} rows[/]")


_RENDERERS: dict[type, Callable[[Console, Any], None]] = {
    Crosswalk: _crosswalk,
    Explanation: _explanation,
    Coverage: _coverage,
    Overview: _overview,
    Framework: _framework,
    Concept: _concept,
}
