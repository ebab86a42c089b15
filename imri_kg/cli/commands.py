"""The commands of `imri-kg`: each parses, calls one service and prints.

Exit status: 0 fine, 1 findings, 2 the input could not be used. `serve` is the only command that reaches up to the server
package, and it does so when it is called. argparse and not a larger library, because a question from the command line is
answered in less time than such a library takes to be imported.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from imri_kg import __version__
from imri_kg.cli.case_commands import add_case_commands
from imri_kg.errors import AmbiguousTermError, BadInputError, BuildError, ImriError, UnknownTermError, nearest_names

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph
    from imri_kg.model import Answer

__all__ = ["parser", "run"]

_FORMATS = ("text", "json", "csv", "tsv", "md")
_ABOUT = """Frameworks of mental-health recovery and implementation as one linked graph.

Every answer says whose claim it is and shows its evidence. An empty answer says what it means: judged not mapped,
contested, or not assessed. Exit status: 0 fine, 1 findings, 2 the input could not be used."""


class _Parser(argparse.ArgumentParser):
    """A parser that names the nearest command or option for one that it does not know."""

    def error(self, message: str) -> NoReturn:
        wrong = re.search(r"invalid choice: '([^']*)'|unrecognized arguments: (\S+)", message)
        known = [str(name) for action in self._actions for name in (*action.option_strings, *(action.choices or ()))]
        near = nearest_names(wrong[1] or wrong[2], known) if wrong else []
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise BadInputError(f"{message[:1].upper()}{message[1:]}.{hint} See '{self.prog} --help'.")


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = _Parser(prog="imri-kg", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"imri-kg {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, does: object, text: str, formats: Sequence[str] = _FORMATS) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        sub.set_defaults(does=does, parser=sub)
        if formats:
            sub.add_argument("--format", dest="form", choices=formats, default="text", help="text for people (the default), the others for programs")
        return sub

    def trust(sub: argparse.ArgumentParser, *, exploratory: bool = True) -> None:
        sub.add_argument("--basis", action="append", default=[], metavar="BASIS",
                         help="trust only author-stated, curated or derived records (repeatable, or separated by commas)")  # fmt: skip
        if exploratory:
            sub.add_argument("--exploratory", action="store_true", help="count records with a confidence below 0.50 too")

    sub = add("map", _map, "Show what a construct maps to.")
    sub.add_argument("term", nargs="?", help="a CURIE (imri:B1), a label or a code")
    sub.add_argument("--to", action="append", default=[], metavar="FRAMEWORK", help="framework to map to (repeatable); all others when left out")
    sub.add_argument("--object", dest="object_", metavar="TERM", help="ask about one pair only")
    sub.add_argument("--file", type=Path, help="a file of many terms, one a line")
    trust(sub)
    for name, does, text in (
        ("crosswalk", _crosswalk, "Show every pair of two framework editions with its state."),
        ("coverage", _coverage, "Count what two editions cover of each other and list the gaps; without editions, the overview of all pairs."),
    ):
        sub = add(name, does, text)
        optional = "?" if name == "coverage" else None
        sub.add_argument("source", nargs=optional, help="framework edition, such as imri")
        sub.add_argument("target", nargs=optional, help="framework edition, such as chime")
        sub.add_argument("--routes", action="store_true", help="list routes that no rule licenses; they are never counted as mapped")
        trust(sub)
    sub = add("explain", _explain, "Explain the state of a pair: records, derivation rule by rule, and the routes that no rule licenses.")
    sub.add_argument("subject", help="a CURIE, a label or a code")
    sub.add_argument("object_", metavar="object", help="a CURIE, a label or a code")
    trust(sub, exploratory=False)
    sub = add("search", _search, "Find constructs by words, codes or alternative labels, typing errors forgiven.")
    sub.add_argument("words", nargs="+")
    sub.add_argument("--framework", help="search in one framework")
    sub.add_argument("--kind", help="search one kind of construct (Impact, Determinant, ...)")
    sub.add_argument("--limit", type=_positive, default=20, help="how many at most (default 20)")
    sub = add("frameworks", _frameworks, "List the framework editions, or one of them with all its members.")
    sub.add_argument("key", nargs="?")
    sub = add("show", _show, "Show a construct with its place, evidence and every statement about it.")
    sub.add_argument("term", help="a CURIE, a label or a code")
    trust(sub, exploratory=False)
    sub = add("query", _query, "Run a stored query by name (cq01) or SPARQL text; without arguments, list the competency questions.")
    sub.add_argument("query", nargs="?")
    sub.add_argument("--file", type=Path, help="a file with SPARQL")
    sub.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of a stored query (repeatable)")
    sub = add("build", _build, "Build the graph from the source files; lists every fault at once.", ("text", "json"))
    sub.add_argument("-o", "--output", type=Path, help="write graph.nq, search.json and release.json into this folder")
    sub = add("check", _check, "Check the graph itself: shapes, quality queries, deprecated terms that are still in use.", ("text", "json", "csv"))
    sub.add_argument("--texts", type=Path, help="folder with the source texts: check every text anchor against them")
    sub.add_argument("--reason", action="store_true", help="run HermiT and the OWL 2 DL profile check as well (pip install 'imri-kg[reasoning]')")
    add_case_commands(add)
    sub = add("serve", _serve, "Serve the graph over HTTP.", ())
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    sub.add_argument("--port", type=_port, default=8000, help="port to listen on (default 8000)")
    sub.add_argument("--cases", action="append", default=[], type=Path, metavar="FILE|DIR", help="further case datasets, kept in memory (repeatable)")
    sub.add_argument("--library", action="store_true", help="show the cases of your library as well; without it, nobody sees them")
    return top


def run(arguments: Sequence[str]) -> int:
    """Run a command and return the exit status.

    Raises:
        ImriError: the input could not be used; whoever calls this prints it and exits with 2.
    """
    options = arguments[: list(arguments).index("--")] if "--" in arguments else arguments
    for argument in options:
        if argument.endswith("=--"):
            # argparse would hand an empty list on.
            raise BadInputError(f"{argument.partition('=')[0]} needs a value other than '--'.")
    chosen, unknown = parser().parse_known_args(arguments)
    if unknown:
        # The command's own parser knows which of its options is near.
        chosen.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    return chosen.does(chosen) or 0


def _positive(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 500:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 500")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def _graph() -> KnowledgeGraph:
    import imri_kg

    return imri_kg.open()


def _print(answer: Answer, form: str) -> None:
    if form == "text":
        from imri_kg.cli.rendering import render

        render(answer)
        return
    from imri_kg.formats import serialise

    _write(serialise(answer, form))


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
    except OSError as error:
        raise BadInputError(f"{file} cannot be read: {error.strerror}.") from error


def _map(a: argparse.Namespace) -> int:
    if (a.term is None) == (a.file is None):
        raise BadInputError("Give one term, or --file with many.")
    lines = _read(a.file).splitlines() if a.file else []
    graph = _graph()
    if a.file is None:
        _print(graph.mappings(a.term, to=a.to, object=a.object_, basis=a.basis, exploratory=a.exploratory), a.form)
        return 0
    answers, problems = [], []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            try:
                answers.append(graph.mappings(line.strip(), to=a.to, object=a.object_, basis=a.basis, exploratory=a.exploratory))
            except UnknownTermError as error:
                problems.append((number, error))
    if not answers and not problems:
        raise BadInputError(f"{a.file} holds no terms; write one a line.")
    merged = answers[0].joined(answers[1:]) if answers else None
    if a.form == "json":
        errors = [{"line": n, **e.to_json()} for n, e in problems]
        _write(_json({**(merged.to_json() if merged else {"items": [], "states": [], "next": None, "release": graph.release}), "errors": errors}))
    elif merged:
        _print(merged, a.form)
    for number, error in problems:
        what = "is ambiguous" if isinstance(error, AmbiguousTermError) else "is unknown"
        print(f"{a.file}, line {number} {what}: {error}", file=sys.stderr)
    return 2 if problems else 0


def _crosswalk(a: argparse.Namespace) -> None:
    _print(_graph().crosswalk(a.source, a.target, basis=a.basis, exploratory=a.exploratory, routes=a.routes), a.form)


def _coverage(a: argparse.Namespace) -> None:
    _print(_graph().coverage(a.source, a.target, basis=a.basis, exploratory=a.exploratory, routes=a.routes), a.form)


def _explain(a: argparse.Namespace) -> None:
    _print(_graph().explain(a.subject, a.object_, basis=a.basis), a.form)


def _search(a: argparse.Namespace) -> None:
    _print(_graph().search(" ".join(a.words), framework=a.framework, kind=a.kind, limit=a.limit), a.form)


def _frameworks(a: argparse.Namespace) -> None:
    graph = _graph()
    _print(graph.framework(a.key) if a.key else graph.frameworks(), a.form)


def _show(a: argparse.Namespace) -> None:
    _print(_graph().concept(a.term, basis=a.basis), a.form)


def _query(a: argparse.Namespace) -> None:
    if a.query is not None and a.file is not None:
        raise BadInputError("Give a query or --file, not both.")
    values = dict(item.partition("=")[::2] for item in a.param)
    for item in a.param:
        if "=" not in item:
            raise BadInputError(f"--param {item!r} is not NAME=VALUE.")
    text = _read(a.file) if a.file else a.query
    graph = _graph()
    with _stoppable():
        answer = graph.queries() if text is None else graph.query(text, **values)
    _print(answer, a.form)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let Ctrl+C end the process at once: the engine evaluates a query without asking Python, and nothing is being written."""
    import signal

    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _build(a: argparse.Namespace) -> int:
    try:
        if a.output is not None:
            from imri_kg.snapshot import build_into

            info = {k: v for k, v in build_into(a.output).items() if k != "prefixes"}
        else:
            import imri_kg

            info = imri_kg.open(rebuild=True).release_info
    except BuildError as error:
        return _fail(error, a.form)
    if a.form == "json":
        _write(_json(info))
        return 0
    counts = info["counts"]
    print(f"Release {info['release']}: {counts['quads']} quads, {counts['constructs']} constructs, {counts['mapping_sets']} mapping sets.")
    print("Records: " + ", ".join(f"{n} {name}" for name, n in counts["records"].items()) + f", {counts['derived']} derived.")
    return 0


def _check(a: argparse.Namespace) -> int:
    from imri_kg.checking import check_graph

    if a.texts is not None and not a.texts.is_dir():
        raise BadInputError(f"{a.texts} is not a folder; --texts names the folder with the source texts.")
    try:
        graph = _graph()
    except BuildError as error:
        return _fail(error, a.form)
    report = check_graph(graph, a.texts, reason=a.reason)
    if a.form == "text":
        _write(report.text() + "\n")
    else:
        from imri_kg.formats import serialise

        _write(serialise(report, a.form))
    return 0 if report.passed else 1


def _serve(a: argparse.Namespace) -> None:
    from imri_kg_api.server import run as serve

    graph = _graph() if a.library else _graph().without_library()
    if a.cases:
        found = graph.with_cases(a.cases)
        wrong = [m for m in found.messages if m.severity == "violation"]
        if wrong:
            from imri_kg.reports.wording import one_line, plural, sentence

            listed = "".join(f"\n  {one_line(m.place)}: {sentence(m)}" for m in wrong[:20])
            raise BadInputError(f"The case data do not conform ({plural(len(wrong), 'violation')}), so nothing is served. See 'imri-kg validate'.{listed}")
    serve(graph, a.host, a.port, library=a.library)


def _fail(error: ImriError, form: str) -> int:
    """Print the findings of a command whose work it is to find them."""
    print(_json(error.to_json()) if form == "json" else f"imri-kg: {error}", file=sys.stderr)
    return 1
