"""The commands over case data: each parses, calls one service and writes.

Beside `commands`, which builds the parser of all commands and calls `add_case_commands`. Exit status: 0 fine, 1 findings, 2 the input could not
be used. A file is written whole or not at all, and never over one that was not named for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from imri_kg.errors import BadInputError

if TYPE_CHECKING:
    from imri_kg.case_validation.corrections import Correction
    from imri_kg.case_validation.service import Progress
    from imri_kg.graph import KnowledgeGraph
    from imri_kg.model import Answer

__all__ = ["add_case_commands"]

_REPORTS = ("text", "json", "csv", "html", "xlsx", "ttl", "junit")
#: The form that is no report: the files with the corrections.
_CORRECTED = "corrected"
_BINARY = ("xlsx", _CORRECTED)
_TABLES = ("text", "json", "csv", "tsv", "md")


def add_case_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands to the parser of all commands; `add` makes a sub-parser of a name, a function, a text and formats."""
    sub = add("validate", _validate, "Check case data: workbooks, CSV files or folders of them, ODS, Turtle, JSON-LD. Names file, sheet, row and column.", (*_REPORTS, _CORRECTED))
    sub.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files to check; a folder stands for the case files in it")
    sub.add_argument("-o", "--output", type=Path, help="write the report into this file; xlsx is a copy of the workbook with the findings marked")
    sub.add_argument("--corrections", type=Path, metavar="FILE", help="a JSON file that says what cells are to hold before the check; your files stay as they are (--format corrected gives them)")
    sub.add_argument("--framework", default="", metavar="KEY", help="edition of the constructs, for tables without a sheet Dataset (cfir-2022)")
    sub.add_argument("--shapes", type=Path, help="a Turtle file with SHACL shapes of your own, applied beside ours in a process with limits")
    sub.add_argument("--seconds", type=_seconds, default=600.0, help="time limit for --shapes, in seconds (default 600)")
    sub = add("template", _template, "Write the workbook that reviewers fill in: columns with comments, drop-down lists, a guide.", ("xlsx", "csv", "json"))
    sub.set_defaults(form="xlsx")
    sub.add_argument("-o", "--output", type=Path, help="file to write (a folder for csv); json goes to standard output without it")
    sub.add_argument("--framework", metavar="KEY", help="edition of the constructs (default cfir-2022)")
    sub.add_argument("--second", metavar="KEY", help="edition of the second constructs, such as diffusion")
    sub.add_argument("--example", action="store_true", help="with a small example that conforms")
    sub.add_argument("--force", action="store_true", help="replace a file that is there")
    sub = add("cases", _cases, "List the cases, or describe one: participants, observations, impacts, judgements, gaps, events.", _TABLES)
    sub.add_argument("id", nargs="?", help="id of a case (mulvale-2024.esther, or esther)")
    sub.add_argument("--through", metavar="FRAMEWORK", help="show determinants as another framework sees them by way of the mappings")
    sub = add("matrix", _matrix, "Count observations by two dimensions, printed and inferred codings apart.", (*_TABLES, "xlsx"))
    sub.add_argument("--rows", required=True, help="construct, domain, framework, case, phase, valence, stakeholder, level, impact, innovation, dataset, kind or context-word")
    sub.add_argument("--columns", required=True, help="another of these")
    sub.add_argument("--where", action="append", default=[], metavar="DIMENSION=VALUE", help="count only these (repeatable)")
    sub.add_argument("--basis", action="append", default=[], metavar="BASIS", help="trust only author-stated or curated codings (repeatable)")
    sub.add_argument("--domain-by", choices=("construct", "context-word"), default="construct", help="domain of our construct, or of the authors' own context word")
    sub.add_argument("--rollup", action="store_true", help="count an observation under its construct and all broader ones")
    sub.add_argument("--empty", action="store_true", help="list members without any observation")
    sub.add_argument("-o", "--output", type=Path, help="write into this file")
    sub = add("import", _import, "Take case datasets into the library of this machine; undo, export, remove and list what it holds.", _TABLES)
    sub.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="workbooks, CSV or RDF files, or folders of them; without any, the datasets are listed")
    sub.add_argument("--replace", action="store_true", help="replace a dataset that has the same id")
    sub.add_argument("--undo", action="store_true", help="go back to what the library held before the last change")
    sub.add_argument("--remove", metavar="DATASET", help="take a dataset out")
    sub.add_argument("--export", metavar="DATASET", help="write a dataset as the tables that were imported")
    sub.add_argument("-o", "--output", type=Path, help="folder, or file that ends in .xlsx or .zip, for --export")


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 86400")
    return number


def _graph() -> KnowledgeGraph:
    import imri_kg

    return imri_kg.open()


def _validate(a: argparse.Namespace) -> int:
    from imri_kg.case_validation.service import sources_at
    from imri_kg.reports import write_report

    if a.form in _BINARY and a.output is None:
        raise BadInputError("Corrected files need a name: add -o FILE." if a.form == _CORRECTED else f"A report as {a.form} needs a file: add -o FILE.{a.form}.")
    sources = sources_at(a.paths)
    corrections = _corrections(a.corrections)
    if a.output is not None:
        # A folder stands for the files in it, and none of them may be written over either.
        _refuse_input(a.output, [*(Path(s.folder, Path(s.name).name) for s in sources), *(f for f in (a.shapes, a.corrections) if f)])
        _refuse_target(a.output, replace=True)
    if a.form == "xlsx":
        _refuse_ending(a.output)
    if a.form == _CORRECTED:
        ending = Path(sources[0].name).suffix.lower() if len(sources) == 1 else ".zip"
        if a.output.suffix.lower() != ending:
            raise BadInputError(f"{a.output} would hold {'the corrected file' if len(sources) == 1 else 'an archive of the corrected files'}; let its name end with {ending}.")
    shapes = None
    if a.shapes is not None:
        try:
            shapes = a.shapes.read_bytes()
        except OSError as error:
            raise BadInputError(f"{a.shapes} cannot be read: {error.strerror}.") from error
    colour = a.form == "text" and a.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    with _progress() as progress:
        if shapes is not None:
            from imri_kg.isolation.worker import validate_isolated

            done = validate_isolated(sources, form=a.form, framework=a.framework, shapes=shapes, seconds=a.seconds, corrections=corrections, progress=progress)
            validation, report = done.validation, done.report
        else:
            from imri_kg.case_validation.correcting import apply_corrections, corrected_file

            graph = _graph()
            sources, cells = apply_corrections(sources, corrections, graph.case_vocabulary.model)
            checked = graph.check_cases(sources, framework=a.framework, progress=progress)
            validation = checked.validation._replace(corrections=cells)
            report = corrected_file(sources)[1] if a.form == _CORRECTED else write_report(validation, a.form, {s.name: s.data for s in sources}, shacl=checked.report, colour=colour)
    _deliver(report, a.output, replace=True)
    if validation.nothing_read:
        return 2
    return 0 if validation.conforms else 1


def _corrections(path: Path | None) -> Sequence[Correction]:
    if path is None:
        return ()
    from imri_kg.case_validation.corrections import read_corrections

    try:
        return read_corrections(path.read_bytes())
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}.") from error


def _template(a: argparse.Namespace) -> int:
    graph = _graph()
    if a.form == "json":
        import json

        if a.example or a.framework is not None or a.second is not None:
            raise BadInputError("The columns as json are those of every framework and hold no rows; leave --framework, --second and --example out.")
        _deliver((json.dumps(graph.case_columns(), ensure_ascii=False, indent=2) + "\n").encode(), a.output, replace=a.force)
        return 0
    if a.output is None:
        raise BadInputError(f"Name the {'folder' if a.form == 'csv' else 'file'} to write with -o.")
    framework = "cfir-2022" if a.framework is None else a.framework
    if a.form == "xlsx":
        _refuse_ending(a.output)
    if a.form == "csv":
        if a.output.exists() and not a.output.is_dir():
            raise BadInputError(f"{a.output} is a file; as csv the template is a folder of files.")
        files = {a.output / name: data for name, data in sorted(graph.case_template_tables(framework=framework, second=a.second, example=a.example).items())}
        # All or none: half a set of tables is no template.
        for file in files:
            _refuse_target(file, replace=a.force)
        for file, data in files.items():
            _deliver(data, file, replace=a.force)
        return 0
    _deliver(graph.case_template(framework=framework, second=a.second, example=a.example), a.output, replace=a.force)
    return 0


def _show(answer: Answer, form: str, output: Path | None = None) -> None:
    if form == "text":
        from imri_kg.cli.rendering import render

        if output is None:
            render(answer)
            return
        with redirect_stdout(StringIO()) as lines:
            render(answer)
        _deliver(lines.getvalue().encode("utf-8", "replace"), output, replace=True)
        return
    from imri_kg.formats import serialise

    _deliver(serialise(answer, form).encode(), output, replace=True)


def _cases(a: argparse.Namespace) -> None:
    graph = _graph()
    if a.through is not None:
        _show(graph.case_view(a.through, a.id), a.form)
    else:
        _show(graph.cases() if a.id is None else graph.case(a.id), a.form)


def _matrix(a: argparse.Namespace) -> None:
    where: dict[str, list[str]] = {}
    for item in a.where:
        name, mark, value = item.partition("=")
        if not mark or not value:
            raise BadInputError(f"--where {item!r} is not DIMENSION=VALUE.")
        where.setdefault(name, []).append(value)
    found = _graph().matrix(a.rows, a.columns, where=where, basis=a.basis, domain_by=a.domain_by, rollup=a.rollup, empty=a.empty)
    if a.form == "xlsx":
        from imri_kg.reports.grid import write_grid

        if a.output is None:
            raise BadInputError("A matrix as xlsx needs a file: add -o FILE.xlsx.")
        _refuse_ending(a.output)
        _deliver(write_grid(found.grid(), f"{a.rows} by {a.columns}", found.grid_header(), more={"Observations": found.behind(), "About": found.about()}), a.output, replace=True)
    elif a.form in ("csv", "tsv", "md"):
        from imri_kg.formats import separated

        _deliver(separated(found.grid(), a.form, found.grid_header()).encode(), a.output, replace=True)
    else:
        _show(found, a.form, a.output)


def _import(a: argparse.Namespace) -> int:
    wishes = [bool(a.paths), a.undo, a.remove is not None, a.export is not None]
    if sum(wishes) > 1:
        raise BadInputError("Import, undo, remove and export are four things; ask for one at a time.")
    if a.replace and not a.paths:
        raise BadInputError("--replace goes with what is to be imported; name its files or folders.")
    if a.output is not None and a.export is None:
        raise BadInputError("-o says where to export; add --export DATASET.")
    graph = _graph()
    if a.paths:
        result = graph.import_cases(*a.paths, replace=a.replace)
        _show(result, a.form)
        return 0 if result.imported else 1 if result.datasets else 2
    if a.export is not None:
        if a.output is None:
            raise BadInputError("Name the folder to export into, or a file that ends in .xlsx or .zip, with -o.")
        written = graph.library.export(a.export, a.output)
        print("\n".join(str(f) for f in written), file=sys.stderr)
        return 0
    held = graph.library.undo() if a.undo else graph.library.remove(a.remove) if a.remove is not None else graph.library.datasets()
    _show(held, a.form)
    return 0


def _deliver(data: bytes, output: Path | None, *, replace: bool) -> None:
    """Write to standard output, or to a file that is there whole or not at all."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    _refuse_target(output, replace=replace)
    temporary = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(output)
    except BaseException as error:
        # Ctrl+C too leaves nothing behind; where the folder is none, there is nothing to take away.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BadInputError(f"{output} cannot be written: {error.strerror or error}.") from error
        raise


def _refuse_target(output: Path, *, replace: bool) -> None:
    if output.is_dir():
        raise BadInputError(f"{output} is a folder; name a file.")
    if output.exists() and not output.is_file():
        # A rename would put a file in the place of the device.
        raise BadInputError(f"{output} is a device or a pipe; name a file.")
    if output.exists() and not replace:
        raise BadInputError(f"{output} is there already; name another file, or add --force to replace it.")


def _refuse_ending(output: Path | None) -> None:
    """Refuse to write a workbook under the name of another kind of file, which the program of that kind would call damaged."""
    if output is not None and output.suffix.lower() not in ("", ".xlsx"):
        raise BadInputError(f"{output} would hold an Excel workbook; let its name end with .xlsx.")


def _refuse_input(output: Path, inputs: Iterable[Path]) -> None:
    """Refuse a target that is one of the inputs, by whatever name."""
    for file in inputs:
        with suppress(OSError):
            if output.samefile(file):
                raise BadInputError(f"{output} is one of the files that are read; write the report into another one.")


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show what is being done on a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def tell(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of if of > 1 else None)

        yield tell
