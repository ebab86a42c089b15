"""Answers as people read them in a terminal: tables, words and colour (rich).

The word always stands beside the colour. Called by the command line for `--format text` alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from imri_kg.crosswalks import Coverage, Crosswalk, Explanation, Overview, Refusal
from imri_kg.model import Answer, LeftOut, MappingAnswer, MappingRecord, Reference, State
from imri_kg.tables import Concept, Framework, Table

__all__ = ["render"]

_STATE = {
    State.MAPPED: ("●", "green"),
    State.JUDGED_NOT_MAPPED: ("○", "magenta"),
    State.CONTESTED: ("◐", "yellow"),
    State.NOT_ASSESSED: ("·", "bright_black"),
}
_BASIS = {"author-stated": "bold green", "curated": "cyan", "derived": "blue"}


def render(answer: Answer) -> None:
    """Print an answer to standard output, as wide as the terminal (or 120 columns in a pipe)."""
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    _RENDERERS.get(type(answer), _plain)(console, answer)


def _words(state: State) -> str:
    sign, colour = _STATE[state]
    return f"[{colour}]{sign} {state.words}[/]"


def _status(label: str, status: str, existence: str = "") -> str:
    """Return a label with what is doubtful about it; an impact that the text names or describes needs no remark."""
    doubts = [f"{status} label"] if status not in ("", "printed") else []
    doubts += [existence] if existence == "split by us" else []
    return escape(label) + (f" [yellow]\\[{', '.join(doubts)}][/]" if doubts else "")


def _named(reference: Reference) -> str:
    return f"{reference.curie} {_status(reference.label, reference.label_status, reference.existence_status)}"


def _table(*columns: str) -> RichTable:
    table = RichTable(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _claim_lines(console: Console, record: MappingRecord) -> None:
    verb = f', authors\' verb "{escape(record.stated_relation)}"' if record.stated_relation else ""
    whose = f" (predicate {'of the source' if record.predicate_basis == 'source' else 'ours'})" if record.predicate_basis else ""
    number = f", confidence {record.confidence}" if record.confidence is not None else ""
    sign = "[magenta]not[/] " if record.negated else ""
    console.print(
        f"[bold]{_named(record.subject)}[/]  {sign}{record.predicate}  [bold]{_named(record.object)}[/]"
    )
    flag = " [yellow]exploratory[/]" if record.exploratory else ""
    console.print(f"  [{_BASIS[record.basis]}]{record.basis}[/]{flag}{verb}{whose}{number}  [bright_black]{record.record_id}[/]", soft_wrap=False)
    if record.derivation:
        console.print(f"  [blue]{escape(record.derivation.text)}[/]")
    for item in record.evidence:
        anchor = f" “{escape(item.text_anchor)}”" if item.text_anchor else ""
        unread = "" if item.checked_against else " [yellow]\\[not checked against the source's text][/]"
        console.print(f"  [bright_black]evidence[/] {item.source.removeprefix('source:')}, {escape(item.locator)}:{anchor} {escape(item.statement)}{unread}")
        if item.url:
            console.print(f"    [bright_black]{escape(item.url)}[/]", soft_wrap=True)


def _left_out(console: Console, left: LeftOut, basis: Iterable[str]) -> None:
    if left.records or left.pairs:
        parts = ", ".join(f"{n} {name}" for name, n in sorted(left.records.items()))
        console.print(f"[yellow]Trusting only {', '.join(basis)} leaves out {parts or 'no'} records; the state of {left.pairs} pairs differs.[/]")


def _notes(console: Console, notes: Iterable[str]) -> None:
    for note in notes:
        console.print(f"[bright_black]{escape(note)}[/]")


def _mappings(console: Console, answer: MappingAnswer) -> None:
    for record in answer.items:
        _claim_lines(console, record)
        console.print()
    table = _table("subject", "against", "state", "mapped", "judged not", "contested", "not assessed")
    for s in answer.states:
        table.add_row(s.subject, s.target, _words(s.state), str(s.mapped), str(s.judged_not_mapped), str(s.contested), str(s.not_assessed))
    console.print(table)
    _left_out(console, answer.left_out, answer.basis)
    _notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}, query {answer.query}[/]")


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
                sign, colour = _STATE[cells[row.curie, column.curie].state]
                signs.append(f"[{colour}]{sign}[/]")
            table.add_row(row.curie, *signs)
        console.print(table)
        console.print()
    console.print("  ".join(f"{_words(State(k))} {v}" for k, v in answer.counts.items()))
    console.print("records: " + ", ".join(f"{n} {name}" for name, n in answer.counts_by_basis.items()))
    console.print()
    named = {r.curie: _named(r) for r in (*answer.rows_, *answer.columns)}
    records = {r.record_id: r for r in answer.records}
    table = _table("row", "column", "state", "basis", "predicate", "evidence")
    for cell in answer.cells:
        if cell.state is not State.NOT_ASSESSED:
            evidence = sorted({f"{e.source.removeprefix('source:')}, {e.locator}" for m in cell.mappings if m in records for e in records[m].evidence})
            table.add_row(named[cell.row], named[cell.column], _words(cell.state),
                          "\n".join(cell.bases), "\n".join(cell.predicates), escape("\n".join(evidence)))  # fmt: skip
    console.print(table)
    if answer.routes:
        console.print(f"\n[bold]{len(answer.routes)} pairs that nobody assessed are joined by a route that no rule licenses[/] (never counted as mapped)")
        for route in answer.routes:
            console.print(f"  {route.subject} … {route.object}: {_chain(route.refusal)}  [bright_black]{escape(route.refusal.reason)}[/]")
    _left_out(console, answer.left_out, answer.basis)
    _notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}, query {answer.query}[/]")


def _chain(refusal: Refusal) -> str:
    if not refusal.chain:
        return "no route"
    parts = [refusal.chain[0].subject]
    for step in refusal.chain:
        arrow = f"<-{step.relation}-" if step.inverse and step.kind == "causal" else f"-{step.relation}->"
        flag = " (exploratory)" if step.exploratory else ""
        parts.append(f"{arrow} {step.object}{flag}")
    return escape(" ".join(parts))


def _explanation(console: Console, answer: Explanation) -> None:
    console.print(f"{_words(answer.state)}  {escape(answer.text)}")
    console.print()
    for title, records in (("Records", answer.records), ("Derived, rule by rule", answer.derivations), ("Exploratory, not counted", answer.exploratory)):
        if records:
            console.print(f"[bold]{title}[/]")
            for record in records:
                _claim_lines(console, record)
            console.print()
    if answer.causal:
        console.print("[bold]Causal and logic-model relations (no match)[/]")
        for c in answer.causal:
            verb = f', authors\' verb "{escape(c["stated_relation"])}"' if c["stated_relation"] else ""
            flag = " [yellow]exploratory[/]" if c["exploratory"] else ""
            console.print(f"  {escape(c['text'])}  [{_BASIS[c['basis']]}]{c['basis']}[/]{flag}{verb}, {c['evidence_kind']}  [bright_black]{c['id']}[/]")
        console.print()
    if answer.claims:
        console.print("[bold]Other statements that concern the pair[/]")
        for c in answer.claims:
            console.print(f"  {c['kind']}: {escape(c['statement'])}  [{_BASIS[c['basis']]}]{c['basis']}[/]")
        console.print()
    console.print("[bold]What no rule licenses[/]")
    for refusal in answer.not_licensed:
        console.print(f"  {_chain(refusal)}")
        console.print(f"    [bright_black]{escape(refusal.reason)}[/]")
    if answer.limitations:
        keys = " and ".join(dict.fromkeys(item["framework"] for item in answer.limitations))
        console.print(f"[bright_black]{len(answer.limitations)} limitations that the sources of {keys} print of themselves bear on this; imri-kg coverage lists them.[/]")
    _notes(console, answer.notes)
    console.print(f"[bright_black]release {answer.release}[/]")


def _coverage(console: Console, answer: Coverage) -> None:
    for side in (answer.forward, answer.backward):
        pairs = side["pairs"]
        console.print(f"[bold]{side['from']} against {side['to']}[/]  " + "  ".join(f"{_words(State(k))} {v}" for k, v in pairs.items()))
        table = _table("construct", "state", "mapped", "judged not", "contested", "not assessed", "basis")
        for m in side["members"]:
            c = m["counts"]
            table.add_row(f"{m['curie']} {_status(m['label'], m['label_status'])}", _words(State(m["state"])), str(c["mapped"]),
                          str(c["judged_not_mapped"]), str(c["contested"]), str(c["not_assessed"]), ", ".join(m["bases"]))  # fmt: skip
        console.print(table)
        gaps = side["gaps"]
        console.print(f"  {len(gaps)} without a counterpart on record: {', '.join(gaps) or 'none'}\n")
    if answer.limits:
        console.print("[bold]What authors say a framework does not capture[/]")
        for limit in answer.limits:
            verb = f' ("{escape(limit["stated_relation"])}")' if limit["stated_relation"] else ""
            console.print(f"  {limit['framework']}: {escape(limit['statement'])}{verb}  [{_BASIS[limit['basis']]}]{limit['basis']}[/]")
    _limitations(console, answer.limitations)
    _left_out(console, answer.left_out, answer.basis)
    _notes(console, answer.notes)
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
    _left_out(console, answer.left_out, answer.basis)
    console.print(f"[bright_black]release {answer.release}[/]")


def _framework(console: Console, answer: Framework) -> None:
    console.print(f"[bold]{escape(answer.label)}[/] ({answer.edition})  {escape(answer.definition)}")
    console.print(f"[bright_black]{escape(str(answer.source['citation'] or answer.source['source']))}[/]")
    table = _table("code", "label", "kind", "broader")
    for m in answer.members:
        table.add_row(m["curie"], _status(m["label"], m["label_status"], m["existence_status"] or ""), m["kind"], m["broader"] or "")
    console.print(table)
    for note in answer.notes:
        console.print(f"[yellow]note[/] {escape(note)}")
    console.print(f"codes: {answer.code_status}; {answer.counts['printed']} labels printed, {answer.counts['inferred']} not")


def _concept(console: Console, answer: Concept) -> None:
    r = answer.reference
    console.print(f"[bold]{_named(r)}[/]  [bright_black]{answer.kind}, {r.framework}[/]")
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
        console.print(f"[bold]{claim['kind']}[/] {escape(claim['statement'])}  [{_BASIS[claim['basis']]}]{claim['basis']}[/]")
    for relation in answer.relations:
        console.print(f"[bold]relation[/] {escape(relation['text'])}  [{_BASIS[relation['basis']]}]{relation['basis']}[/]")


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
    columns = [k for k in rows[0] if k not in hidden] if rows else []
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
        _notes(console, answer.extra.get("notes", ()))
    console.print(f"[bright_black]{len(rows)} rows[/]")


_RENDERERS: dict[type, Callable[[Console, Any], None]] = {
    MappingAnswer: _mappings,
    Crosswalk: _crosswalk,
    Explanation: _explanation,
    Coverage: _coverage,
    Overview: _overview,
    Framework: _framework,
    Concept: _concept,
}
