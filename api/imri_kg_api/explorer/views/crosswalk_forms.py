"""What of a crosswalk can be taken along as the reader has filtered it: a drawing, a flat table for a paper with its citation, cells and records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from imri_kg.crosswalks import Crosswalk
from imri_kg.errors import UnknownNameError
from imri_kg.formats import MEDIA_TYPES, separated
from imri_kg.reports import MEDIA_TYPES as REPORT_TYPES
from imri_kg.vocabulary import BASES
from imri_kg_api import addresses
from imri_kg_api.explorer.crosswalk_drawing import Captions, drawing
from imri_kg_api.explorer.crosswalk_matrix import Choices, narrowed
from imri_kg_api.explorer.crosswalk_table import COLUMNS, ROUTE_COLUMNS, PaperTable, paper_table
from imri_kg_api.explorer.pages import Asked
from imri_kg_api.explorer.presenting import framework_names
from imri_kg_api.explorer.shell import asked_by, render
from imri_kg_api.explorer.views.crosswalks import OWN, chosen_words, kinds, left_out, see
from imri_kg_api.explorer.words import Words
from imri_kg_api.parameters import check
from imri_kg_api.problems import Problem

__all__ = ["drawing_reply", "shown_reply", "table_reply"]

#: Parameters of the answer, each with whether it may be repeated.
_API = {"basis": True, "exploratory": False, "routes": False}
#: What changes nothing of what is cited.
_ASIDE = ("part", "cell", "format", "answer")
_SWITCH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_FORMS = ("html", "csv", "md", "xlsx", "routes-csv")


def drawing_reply(request: Request, source: str, target: str) -> Response:
    """Return the matrix as SVG."""
    check(request, {**_API, **OWN})
    asked, answer = asked_by(request), _answer(request, source, target)
    seen, names = see(asked, answer), framework_names(asked.graph, asked.words)
    say, rows, columns = asked.words, names[answer.source], names[answer.target]
    counts = ", ".join(f"{n} {say(f'state-{name}')}" for name, n in seen.matrix.counts.items())
    foot = [*_chosen(asked, seen.choices, answer), counts, *left_out(asked, answer, seen), say("crosswalk-drawing-release", release=answer.release), _citation(asked, answer)["apa"][0]]
    captions = Captions(say("crosswalk-title", source=rows, target=columns), say("crosswalk-drawing-rows", name=rows), say("crosswalk-drawing-columns", name=columns), foot)
    return _file(drawing(seen.matrix, captions, say), "image/svg+xml", f"crosswalk-{answer.source}-{answer.target}.svg")


def shown_reply(request: Request, source: str, target: str, form: str) -> Response:
    """Return the cells (`csv`) or the records (`sssom`) that the reader's choices leave; SSSOM says in its comment what they hide."""
    check(request, {**_API, **OWN})
    asked, answer = asked_by(request), _answer(request, source, target)
    seen = see(asked, answer)
    said = [asked.words("crosswalk-shown-comment", what="; ".join(chosen_words(asked, seen.choices, answer))), *left_out(asked, answer, seen)]
    text = asked.graph.serialise(narrowed(answer, seen.matrix), form, comment=" ".join(said))
    return _file(text, MEDIA_TYPES[form], f"crosswalk-{answer.source}-{answer.target}-filtered.{'sssom.tsv' if form == 'sssom' else form}")


def table_reply(request: Request, source: str, target: str) -> Response:
    """Return the table for a paper as a page, as CSV or Markdown, or as a workbook that holds the citation too."""
    check(request, {**_API, **OWN, "format": False})
    asked, answer = asked_by(request), _answer(request, source, target)
    form = asked.value("format", "html")
    if form not in _FORMS:
        raise UnknownNameError("format", form, _FORMS)
    seen, names = see(asked, answer), framework_names(asked.graph, asked.words)
    sides = {"source": names[answer.source], "target": names[answer.target]}
    said = _Said(
        asked.words("crosswalk-table-title", **sides), asked.words("crosswalk-table-routes-title", **sides), _chosen(asked, seen.choices, answer), left_out(asked, answer, seen),
        _citation(asked, answer), answer.release,
    )  # fmt: skip
    found = paper_table(answer, seen.matrix, asked.words)
    name = f"crosswalk-{answer.source}-{answer.target}-table"
    if form == "csv":
        return _file(_separated(found.rows, COLUMNS, "csv", asked.words), MEDIA_TYPES["csv"], f"{name}.csv")
    if form == "routes-csv":
        return _file(_separated(found.routes, ROUTE_COLUMNS, "csv", asked.words), MEDIA_TYPES["csv"], f"{name}-routes.csv")
    if form == "md":
        return _file(_markdown(found, said, asked.words), MEDIA_TYPES["md"], f"{name}.md")
    if form == "xlsx":
        return _file(_workbook(found, said, asked.words), REPORT_TYPES["xlsx"], f"{name}.xlsx")
    kept = {k: asked.values(k) for k in dict.fromkeys(k for k, _ in request.query_params.multi_items()) if k not in ("format", "part", "cell")}
    path = f"/crosswalks/{answer.source}/{answer.target}"
    return render(request, "crosswalk_table.html", {
        "title": said.title, "source": answer.source, "target": answer.target, "columns": [c for c in COLUMNS if c == "state" or any(row[c] for row in found.rows)], "route_columns": ROUTE_COLUMNS, "rows": found.rows, "routes": found.routes,
        "said": said, "notes_given": answer.notes,
        "asked": asked, "here": asked.links.to(f"{path}/table"), "row_kinds": kinds(seen.rows), "column_kinds": kinds(seen.columns),
        "others": [(k, v) for k, v in request.query_params.multi_items() if k not in ("row_kind", "column_kind", "routes", "format", "part", "cell")],
        "routes_there": len(asked.graph.crosswalk(answer.source, answer.target, routes=True).routes) if not answer.routes else 0,
        "with_routes": asked.links.to(f"{path}/table", **{**kept, "routes": ["true"]}), "back": asked.links.to(path, **kept),
        "forms": {name: asked.links.to(f"{path}/table", **kept, format=name) for name in _FORMS[1:]},
    })  # fmt: skip


class _Said(NamedTuple):
    """What stands around the table: its titles, what was chosen, what that leaves out, how to cite it, and the release."""

    title: str
    routes: str
    chosen: list[str]
    left: list[str]
    cited: dict[str, Any]
    release: str


def _chosen(asked: Asked, choices: Choices, answer: Crosswalk) -> list[str]:
    """Return the choices as one sentence, or nothing."""
    found = chosen_words(asked, choices, answer)
    return [asked.words("crosswalk-table-chosen", what="; ".join(found))] if found else []


def _headed(rows: list[dict[str, str]], columns: Sequence[str], words: Words) -> tuple[list[str], list[dict[str, str]]]:
    """Return headings in words, and the rows under them."""
    header = [words(f"crosswalk-table-{name}") for name in columns]
    return header, [dict(zip(header, (row[name] for name in columns), strict=True)) for row in rows]


def _separated(rows: list[dict[str, str]], columns: Sequence[str], form: str, words: Words) -> str:
    header, headed = _headed(rows, columns, words)
    return separated(headed, form, header)


def _markdown(found: PaperTable, said: _Said, words: Words) -> str:
    parts = [f"# {said.title}", *said.chosen, _separated(found.rows, COLUMNS, "md", words).strip()]
    if found.routes:
        parts += [f"## {said.routes}", words("crosswalk-table-routes-mean"), _separated(found.routes, ROUTE_COLUMNS, "md", words).strip()]
    parts += [*said.left, words("crosswalk-drawing-release", release=said.release), f"## {words('crosswalk-table-cite')}", "\n".join(f"- {work}" for work in said.cited["apa"])]
    return "\n\n".join(parts) + "\n"


def _workbook(found: PaperTable, said: _Said, words: Words) -> bytes:
    """Return the tables as a workbook; a sheet of its own says what was chosen and how to cite it."""
    from imri_kg.reports.grid import write_grid

    header, rows = _headed(found.rows, COLUMNS, words)
    about = [("crosswalk-table-sheet", said.title), *(("crosswalk-table-filters", text) for text in (*said.chosen, *said.left)), ("crosswalk-table-release", said.release),
             ("crosswalk-table-address", said.cited["url"]), *(("crosswalk-table-reference", work) for work in said.cited["apa"])]  # fmt: skip
    columns = [words("crosswalk-table-what"), words("crosswalk-table-said")]
    more = {
        words("crosswalk-table-sheet-routes"): _headed(found.routes, ROUTE_COLUMNS, words)[1],
        words("crosswalk-table-sheet-cite"): [dict(zip(columns, (words(name), text), strict=True)) for name, text in about],
    }
    return write_grid(rows, words("crosswalk-table-sheet"), header, more=more)


def _answer(request: Request, source: str, target: str) -> Crosswalk:
    asked = asked_by(request)
    for name in asked.values("basis"):
        if name not in BASES:
            raise UnknownNameError("basis", name, list(BASES))
    return asked.graph.crosswalk(source, target, basis=asked.values("basis"), exploratory=_switch(asked, "exploratory"), routes=_switch(asked, "routes"))


def _switch(asked: Asked, name: str) -> bool:
    value = asked.value(name, "false").lower()
    if value not in _SWITCH:
        raise Problem("invalid-parameter", f"The parameter {name!r} is {value[:100]!r}; write true or false.", parameter=name)
    return _SWITCH[value]


def _citation(asked: Asked, answer: Crosswalk) -> dict[str, Any]:
    """Return the works to cite for what the reader sees, and the permanent address of the page that shows it."""
    scope, release = asked.request.scope, asked.graph.release
    body, path = dict(answer.to_json()), f"/crosswalks/{answer.source}/{answer.target}"
    given = [(name, value) for name, value in asked.request.query_params.multi_items() if name not in _ASIDE]
    expected, root = addresses.digest(body), scope.get("root_path", "")
    plain = addresses.permanent({**scope, "path": f"{root}{addresses.PREFIX}{path}"}, [(name, value) for name, value in given if name in _API], release, expected)
    page = addresses.permanent({**scope, "path": root + path}, given, release, expected) if any(name in OWN for name, _ in given) else ""
    found = asked.graph.citing_service.cite(plain, "all", body, page=page)
    first, *rest = (line for line in found.apa.splitlines() if line.strip())
    return {"address": page or plain, "url": found.works[0].work.url, "apa": [first, *sorted(rest)], "bibtex": found.bibtex, "notes": found.notes}


def _file(content: str | bytes, media_type: str, name: str) -> Response:
    data = content.encode() if isinstance(content, str) else content
    return Response(data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
