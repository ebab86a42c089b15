"""The commands of `imri-kg`: each parses, calls one service and prints.

Exit status: 0 fine, 1 findings, 2 the input could not be used. `serve` and `mcp` are the only commands that reach up to the
server package, and they do so when they are called. argparse and not a larger library, because a question from the command line is
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
from imri_kg.cli.serve_options import add_serve_options
from imri_kg.errors import AmbiguousTermError, BadInputError, BuildError, ImriError, UnknownTermError, nearest_names

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph
    from imri_kg.model import Answer
    from imri_kg.tables import Table

__all__ = ["parser", "run"]

_FORMATS = ("text", "json", "csv", "tsv", "md")
#: Of answers that hold mapping records, and of answers about things that the graph describes.
_RECORD_FORMATS = (*_FORMATS, "sssom", "ttl", "jsonld")
_RDF_FORMATS = (*_FORMATS, "ttl", "jsonld")
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

    sub = add("map", _map, "Show what a construct maps to.", _RECORD_FORMATS)
    sub.add_argument("term", nargs="?", help="a CURIE (imri:B1), a label or a code")
    sub.add_argument("--to", action="append", default=[], metavar="FRAMEWORK", help="framework to map to (repeatable); all others when left out")
    sub.add_argument("--object", dest="object_", metavar="TERM", help="ask about one pair only")
    sub.add_argument("--file", type=Path, help="a file of many terms, one a line")
    sub.add_argument("--batch", type=Path, help="a JSON file of many questions, as POST /api/v1/mappings/batch takes it; gives one entry each")
    trust(sub)
    sub.add_argument("--state", action="append", default=[], metavar="STATE", help="show only pairs that are mapped, judged_not_mapped, contested or not_assessed (repeatable); like the next four, it changes no state")
    sub.add_argument("--predicate", action="append", default=[], metavar="PREDICATE", help="show only records with this SKOS matching property (repeatable)")
    sub.add_argument("--min-confidence", metavar="NUMBER", help="show only records with at least this confidence, from 0 to 1")
    sub.add_argument("--max-confidence", metavar="NUMBER", help="show only records with at most this confidence")
    sub.add_argument("--source", metavar="SOURCE", help="show only records with evidence from this source (source:piat-2022) or from a part of it")
    for name, does, text in (
        ("crosswalk", _crosswalk, "Show every pair of two framework editions with its state."),
        ("coverage", _coverage, "Count what two editions cover of each other and list the gaps; without editions, the overview of all pairs."),
    ):
        sub = add(name, does, text, _RECORD_FORMATS if name == "crosswalk" else _FORMATS)
        optional = "?" if name == "coverage" else None
        sub.add_argument("source", nargs=optional, help="framework edition, such as imri")
        sub.add_argument("target", nargs=optional, help="framework edition, such as chime")
        sub.add_argument("--routes", action="store_true", help="list routes that no rule licenses; they are never counted as mapped")
        trust(sub)
    sub = add("explain", _explain, "Explain the state of a pair: records, derivation rule by rule, and the routes that no rule licenses.", _RECORD_FORMATS)
    sub.add_argument("subject", help="a CURIE, a label or a code")
    sub.add_argument("object_", metavar="object", help="a CURIE, a label or a code")
    trust(sub)
    sub = add("pathways", _pathways, "List the paths from a construct, topic or edition to another over mappings and causal relations, with the licence of each step.")
    sub.add_argument("source", help="a CURIE, a label, a code, the key of an edition, or a topic that a causal relation names")
    sub.add_argument("target", help="the same")
    sub.add_argument("--max-steps", type=int, default=4, choices=range(1, 7), metavar="N", help="longest path in steps, from 1 to 6 (default 4)")
    sub.add_argument("--via", action="append", default=[], metavar="FRAMEWORK", help="edition through which a path has to pass (repeatable)")
    sub.add_argument("--hypotheses", action="store_true", help="list paths in which authors state no step too; without it they are counted")
    sub.add_argument("--hierarchy", action="store_true", help="walk to broader and narrower constructs too")
    sub.add_argument("--limit", type=_positive, default=20, help="how many paths at most (default 20)")
    trust(sub)
    sub = add("cite", _cite, "Show how to cite the graph, a framework, a mapping record or an answer.")
    sub.add_argument("of", nargs="?", default="graph", help="graph (when left out), a framework, a mapping record, or the permanent address of an answer")
    sub.add_argument("--style", default="all", metavar="STYLE", help="bibtex, csl-json, apa or all (the default); with one of them, text holds nothing else")
    sub = add("search", _search, "Find constructs by words, codes or alternative labels, typing errors forgiven.")
    sub.add_argument("words", nargs="+")
    sub.add_argument("--framework", help="search in one framework")
    sub.add_argument("--kind", help="search one kind of construct (Impact, Determinant, ...)")
    sub.add_argument("--limit", type=_positive, default=20, help="how many at most (default 20)")
    sub = add("frameworks", _frameworks, "List the framework editions, or one of them with all its members.")
    sub.add_argument("key", nargs="?")
    sub = add("show", _show, "Show a construct with its place, evidence and every statement about it.", _RDF_FORMATS)
    sub.add_argument("term", help="a CURIE, a label or a code")
    trust(sub, exploratory=False)
    sub = add("query", _query, "Run a stored query by name (cq01) or SPARQL text; without arguments, list the competency questions.")
    sub.add_argument("query", nargs="?")
    sub.add_argument("--file", type=Path, help="a file with SPARQL")
    sub.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of a stored query (repeatable)")
    sub.add_argument("--seconds", type=_positive, help="stop SPARQL text after so many seconds, as the server does")
    sub.add_argument("--memory", type=_positive, metavar="MIB", help="stop SPARQL text that needs more memory beside the graph")
    sub = add("build", _build, "Build the graph from the source files; lists every fault at once.", ("text", "json"))
    sub.add_argument("-o", "--output", type=Path, help="write graph.nq, search.json and release.json into this folder")
    sub = add("check", _check, "Check the graph itself: shapes, quality queries, deprecated terms that are still in use.", ("text", "json", "csv"))
    sub.add_argument("--texts", type=Path, help="folder with the source texts: check every text anchor against them")
    sub.add_argument("--reason", action="store_true", help="run HermiT and the OWL 2 DL profile check as well (pip install 'imri-kg[reasoning]')")
    add_case_commands(add)
    sub = add("serve", _serve, "Serve the graph over HTTP.", ())
    add_serve_options(sub)
    add("mcp", _mcp, "Answer a client of the Model Context Protocol on standard input and output, until the input ends.", ())
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


def _graph() -> KnowledgeGraph:
    import imri_kg

    return imri_kg.open()


def _print(answer: Answer, form: str) -> None:
    if form == "text":
        from imri_kg.cli.rendering import render

        render(answer)
        return
    from imri_kg.formats import RECORD_FORMATS, serialise

    _write(_graph().serialise(answer, form) if form in RECORD_FORMATS else serialise(answer, form))


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
    if sum(given is not None for given in (a.term, a.file, a.batch)) != 1:
        raise BadInputError("Give one term, or --file with many, or --batch with many questions.")
    if a.batch is not None:
        return _map_batch(a)
    lines = _read(a.file).splitlines() if a.file else []
    graph = _graph()
    shown = {"basis": a.basis, "exploratory": a.exploratory, "state": a.state, "predicate": a.predicate, "min_confidence": a.min_confidence,
             "max_confidence": a.max_confidence, "source": a.source}  # fmt: skip
    if a.file is None:
        _print(graph.mappings(a.term, to=a.to, object=a.object_, **shown), a.form)
        return 0
    answers, problems = [], []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            try:
                answers.append(graph.mappings(line.strip(), to=a.to, object=a.object_, **shown))
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


def _map_batch(a: argparse.Namespace) -> int:
    import json

    from imri_kg.batch import read_batch

    if a.to or a.object_ or a.basis or a.exploratory or a.state or a.predicate or a.source or a.min_confidence or a.max_confidence or a.form in _RECORD_FORMATS[len(_FORMATS):]:
        raise BadInputError("The file of --batch says itself which editions and bases are meant; give nothing beside it but a form of tables or JSON.")
    try:
        raw = json.loads(_read(a.batch))
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{a.batch} is not JSON: {error}.") from error
    found = _graph().batch(read_batch(raw, most=None))
    _print(found, a.form)
    return 2 if any(e.error is not None for e in found.entries) else 0


def _pathways(a: argparse.Namespace) -> None:
    from dataclasses import replace

    found = _graph().pathways(a.source, a.target, max_steps=a.max_steps, basis=a.basis, exploratory=a.exploratory,
                              hypotheses=a.hypotheses, hierarchy=a.hierarchy, via=a.via)  # fmt: skip
    _print(replace(found, items=found.items[: a.limit]), a.form)


def _cite(a: argparse.Namespace) -> None:
    found = _graph().cite(a.of, style=a.style)
    if a.form != "text" or a.style == "all":
        _print(found, a.form)
        return
    _write(_json(found.csl_json) if a.style == "csl-json" else found.bibtex if a.style == "bibtex" else found.apa + "\n")


def _crosswalk(a: argparse.Namespace) -> None:
    _print(_graph().crosswalk(a.source, a.target, basis=a.basis, exploratory=a.exploratory, routes=a.routes), a.form)


def _coverage(a: argparse.Namespace) -> None:
    _print(_graph().coverage(a.source, a.target, basis=a.basis, exploratory=a.exploratory, routes=a.routes), a.form)


def _explain(a: argparse.Namespace) -> None:
    _print(_graph().explain(a.subject, a.object_, basis=a.basis, exploratory=a.exploratory), a.form)


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
    if a.seconds is not None or a.memory is not None:
        _print(_query_within(graph, text, a), a.form)
        return
    with _stoppable():
        answer = graph.queries() if text is None else graph.query(text, **values)
    _print(answer, a.form)


def _query_within(graph: KnowledgeGraph, text: str | None, a: argparse.Namespace) -> Table:
    from imri_kg.isolation.limited import query_within
    from imri_kg.isolation.query_pool import Limits

    if text is None or a.param or "{" not in text and not text.lstrip().upper().startswith("DESCRIBE"):
        raise BadInputError("--seconds and --memory limit SPARQL text; a stored query needs no limit.")
    usual = Limits()
    return query_within(graph, text, Limits(a.seconds or usual.seconds, a.memory << 20 if a.memory else usual.memory, usual.results))


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

    serve({name: value for name, value in vars(a).items() if name not in ("does", "parser")})


def _mcp(a: argparse.Namespace) -> None:
    from imri_kg_api.mcp_door.stdio import run as answer

    answer(_graph().without_library())


def _fail(error: ImriError, form: str) -> int:
    """Print the findings of a command whose work it is to find them."""
    print(_json(error.to_json()) if form == "json" else f"imri-kg: {error}", file=sys.stderr)
    return 1
