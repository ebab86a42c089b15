"""The command line of the measurements: parses, calls one measurement, prints it and stores it on request."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import build, generate, load, pages, quiet, reading, results, search, soak, sparql, start, validating
from benchmarks.options import positive

__all__ = ["main", "parser"]

_MEASUREMENTS = {
    "start": (start, "Compare a cold 'imri-kg map imri:B1 --to chime' with an interpreter that only imports rdflib."),
    "build": (build, "Measure time and peak memory of a full build in a fresh cache folder."),
    "search": (search, "Measure milliseconds of a search inside one process."),
    "reading": (reading, "Compare the reading of a workbook of ten thousand rows with bare openpyxl."),
    "cases": (validating, "Compare the validation of case tables with bare pySHACL on the same graph."),
}
#: Measurements of a running server; `make load` runs all but that of pages. Each has options of its own.
_OF_A_SERVER = {"sparql": sparql, "load": load, "quiet": quiet, "soak": soak, "pages": pages}


def parser() -> argparse.ArgumentParser:
    """Return the parser of all measurements."""
    top = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure imri-kg on this machine.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, text) in _MEASUREMENTS.items():
        sub = commands.add_parser(name, help=text, description=f"{text} {module.HOW}")
        sub.add_argument("--runs", type=positive, default=module.RUNS, help=f"how many runs of each (default {module.RUNS})")
        _add_store(sub)
    for name, measurement in _OF_A_SERVER.items():
        sub = commands.add_parser(name, help=measurement.TEXT, description=f"{measurement.TEXT} {measurement.HOW}")
        measurement.add_options(sub)
        _add_store(sub)
    sub = commands.add_parser("generate", help="Write synthetic case tables with a known share of faults.", description="Write synthetic case tables.")
    sub.add_argument("--cases", type=positive, required=True, help="how many cases")
    sub.add_argument("-o", "--output", type=Path, required=True, help="folder to write into")
    sub.add_argument("--share", type=_share, default=0.02, help="part of the observations that get a fault, from 0 to 1 (default 0.02)")
    sub.add_argument("--form", choices=("csv", "xlsx"), default="csv", help="CSV files (the default) or a workbook")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a measurement and return the exit status: 1 where something was not as it has to be, 2 where a tool is missing."""
    chosen = parser().parse_args(arguments)
    if chosen.command == "generate":
        made = generate.generate(chosen.cases, chosen.share)
        generate.write(made, chosen.output, chosen.form)
        print(f"{made.rows} rows with {len(made.faults)} faults written to {chosen.output}")
        return 0
    try:
        if chosen.command in _OF_A_SERVER:
            measurement = _OF_A_SERVER[chosen.command].measure(chosen)
        else:
            measurement = _MEASUREMENTS[chosen.command][0].measure(chosen.runs)
    except (results.MissingToolError, results.NothingMeasuredError) as error:
        print(f"benchmarks {chosen.command}: {error}", file=sys.stderr)
        return 2 if isinstance(error, results.MissingToolError) else 1
    print("\n".join(measurement.lines))
    if chosen.store:
        print(f"written to {results.store(chosen.store, chosen.command, measurement)}")
    return 1 if measurement.failures else 0


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", metavar="FILE", type=results.file_name, help="also write the figures as JSON into benchmarks/results/FILE")


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
