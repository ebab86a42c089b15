"""The commands of `imri-kg`: each parses, calls one service and prints.

Exit status: 0 fine, 1 findings, 2 the input could not be used. `serve` is the only command that reaches up to the server
package, and it does so when it is called.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from imri_kg import __version__
from imri_kg.errors import AmbiguousTermError, BadInputError, BuildError, ImriError, UnknownTermError

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph
    from imri_kg.model import Answer

__all__ = ["cli"]

_F = TypeVar("_F", bound=Callable[..., Any])


class _Commands(click.Group):
    """A group that turns our errors into one message and an exit status, and offers the nearest command."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from imri_kg.errors import nearest_names

            near = nearest_names(args[0], self.list_commands(ctx)) if args else []
            if near:
                error.message += f" Did you mean {' or '.join(near)}?"
            raise


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="imri-kg")
def cli() -> None:
    """Frameworks of mental-health recovery and implementation as one linked graph.

    Every answer says whose claim it is and shows its evidence. An empty answer says what it means: judged not mapped,
    contested, or not assessed.
    """


def _format(command: _F) -> _F:
    return click.option("--format", "form", type=click.Choice(["text", "json", "csv", "tsv", "md"]), default="text", show_default=True,
                        help="text for people; the others for programs.")(command)  # fmt: skip


def _trust(command: _F) -> _F:
    command = click.option("--exploratory", is_flag=True, help="Count records with a confidence below 0.50 too.")(command)
    return click.option("--basis", multiple=True, metavar="BASIS", help="Trust only author-stated, curated or derived records (repeatable, or comma-separated).")(command)


def _graph() -> KnowledgeGraph:
    import imri_kg

    return imri_kg.open()


def _print(answer: Answer, form: str) -> None:
    if form == "text":
        from imri_kg.rendering import render

        render(answer)
        return
    from imri_kg.formats import serialise

    _write(serialise(answer, form))


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


@cli.command("map")
@click.argument("term", required=False)
@click.option("--to", multiple=True, metavar="FRAMEWORK", help="Framework to map to (repeatable); all others when left out.")
@click.option("--object", "object_", metavar="TERM", help="Ask about one pair only.")
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file of many terms, one a line.")
@_trust
@_format
def map_(term: str | None, to: tuple[str, ...], object_: str | None, file: Path | None, basis: tuple[str, ...], exploratory: bool, form: str) -> None:
    """Show what a construct maps to: TERM is a CURIE (imri:B1), a label or a code."""
    if (term is None) == (file is None):
        raise click.UsageError("Give one TERM, or --file with many.")
    graph = _graph()
    if file is None:
        _print(graph.mappings(term, to=to, object=object_, basis=basis, exploratory=exploratory), form)
        return
    _map_file(graph, file, to, object_, basis, exploratory, form)


def _map_file(graph: KnowledgeGraph, file: Path, to: tuple[str, ...], object_: str | None, basis: tuple[str, ...],
              exploratory: bool, form: str) -> None:  # fmt: skip
    from dataclasses import replace

    answers, problems = [], []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            answers.append(graph.mappings(line.strip(), to=to, object=object_, basis=basis, exploratory=exploratory))
        except (UnknownTermError, AmbiguousTermError) as error:
            problems.append((number, error))
    if not answers and not problems:
        raise BadInputError(f"{file} holds no terms; write one a line.")
    if answers:
        merged = replace(
            answers[0],
            items=tuple(r for a in answers for r in a.items),
            states=tuple(s for a in answers for s in a.states),
            notes=tuple(dict.fromkeys(n for a in answers for n in a.notes)),
        )
        if form == "json":
            errors = [{"line": n, **e.to_json()} for n, e in problems]
            _write(json.dumps({**merged.to_json(), "errors": errors}, ensure_ascii=False, indent=2) + "\n")
        else:
            _print(merged, form)
    for number, error in problems:
        click.echo(f"{file}, line {number}: {error}", err=True)
    if problems:
        raise SystemExit(2)


@cli.command()
@click.argument("source")
@click.argument("target")
@click.option("--routes", is_flag=True, help="List routes that no rule licenses; they are never counted as mapped.")
@_trust
@_format
def crosswalk(source: str, target: str, routes: bool, basis: tuple[str, ...], exploratory: bool, form: str) -> None:
    """Show every pair of two framework editions with its state."""
    _print(_graph().crosswalk(source, target, basis=basis, exploratory=exploratory, routes=routes), form)


@cli.command()
@click.argument("source", required=False)
@click.argument("target", required=False)
@click.option("--routes", is_flag=True, help="List routes that no rule licenses; they are never counted as mapped.")
@_trust
@_format
def coverage(source: str | None, target: str | None, routes: bool, basis: tuple[str, ...], exploratory: bool, form: str) -> None:
    """Count what two editions cover of each other and list the gaps; without arguments, the overview of all pairs."""
    _print(_graph().coverage(source, target, basis=basis, exploratory=exploratory, routes=routes), form)


@cli.command()
@click.argument("subject")
@click.argument("object_", metavar="OBJECT")
@click.option("--basis", multiple=True, metavar="BASIS", help="Trust only these bases.")
@_format
def explain(subject: str, object_: str, basis: tuple[str, ...], form: str) -> None:
    """Explain the state of a pair: records, derivation rule by rule, and the routes that no rule licenses."""
    _print(_graph().explain(subject, object_, basis=basis), form)


@cli.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--framework", help="Search in one framework.")
@click.option("--kind", help="Search one kind of construct (Impact, Determinant, ...).")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@_format
def search(words: tuple[str, ...], framework: str | None, kind: str | None, limit: int, form: str) -> None:
    """Find constructs by words, codes or alternative labels, typing errors forgiven."""
    _print(_graph().search(" ".join(words), framework=framework, kind=kind, limit=limit), form)


@cli.command()
@click.argument("key", required=False)
@_format
def frameworks(key: str | None, form: str) -> None:
    """List the framework editions, or one of them with all its members."""
    graph = _graph()
    _print(graph.framework(key) if key else graph.frameworks(), form)


@cli.command()
@click.argument("term")
@_format
def show(term: str, form: str) -> None:
    """Show a construct with its place, evidence and every statement about it."""
    _print(_graph().concept(term), form)


@cli.command()
@click.argument("query", required=False)
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file with SPARQL.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of a stored query.")
@_format
def query(query: str | None, file: Path | None, params: tuple[str, ...], form: str) -> None:
    """Run a stored query by name (cq01), or SPARQL text; without arguments, list the competency questions."""
    graph = _graph()
    if query is None and file is None:
        _print(graph.queries(), form)
        return
    if query is not None and file is not None:
        raise click.UsageError("Give a QUERY or --file, not both.")
    values = {}
    for item in params:
        name, sign, value = item.partition("=")
        if not sign:
            raise click.UsageError(f"--param {item!r} is not NAME=VALUE.")
        values[name] = value
    try:
        text = query if query is not None else file.read_text(encoding="utf-8")  # type: ignore[union-attr]
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8 (byte {error.start}).") from error
    _print(graph.query(text, **values), form)


@cli.command()
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Write graph.nq, search.json and release.json here.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def build(output: Path | None, form: str) -> None:
    """Build the graph from the source files; lists every fault at once."""
    try:
        if output is not None:
            from imri_kg.snapshot import build_into

            info = {k: v for k, v in build_into(output).items() if k != "prefixes"}
        else:
            import imri_kg

            info = imri_kg.open(rebuild=True).release_info
    except BuildError as error:
        _fail(error, form, 1)
    if form == "json":
        _write(json.dumps(info, ensure_ascii=False, indent=2) + "\n")
        return
    counts = info["counts"]
    click.echo(f"Release {info['release']}: {counts['quads']} quads, {counts['constructs']} constructs, {counts['mapping_sets']} mapping sets.")
    click.echo("Records: " + ", ".join(f"{n} {name}" for name, n in counts["records"].items()) + f", {counts['derived']} derived.")


@cli.command()
@click.option("--texts", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder with the source texts: check every text anchor against them.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def check(texts: Path | None, form: str) -> None:
    """Check the graph itself: SHACL shapes, quality queries, deprecated terms that mappings still use."""
    from imri_kg.checking import check_graph

    try:
        graph = _graph()
    except BuildError as error:
        _fail(error, form, 1)
    report = check_graph(graph, texts)
    if form == "text":
        click.echo(report.text())
    else:
        from imri_kg.formats import serialise

        _write(serialise(report, form))
    raise SystemExit(0 if report.passed else 1)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve the graph over HTTP."""
    from imri_kg_api.server import run

    run(_graph(), host, port)


def _fail(error: ImriError, form: str, status: int) -> None:
    if form == "json":
        click.echo(json.dumps(error.to_json(), ensure_ascii=False, indent=2), err=True)
    else:
        click.echo(f"imri-kg: {error}", err=True)
    raise SystemExit(status)
