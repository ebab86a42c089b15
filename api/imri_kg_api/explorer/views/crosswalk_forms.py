"""What of a crosswalk can be taken along as the reader has filtered it: a drawing, a flat table for a paper with its citation, cells and records."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from imri_kg.crosswalks import Crosswalk
from imri_kg.errors import UnknownNameError
from imri_kg.formats import MEDIA_TYPES, serialise
from imri_kg.vocabulary import BASES
from imri_kg_api import addresses
from imri_kg_api.explorer.crosswalk_drawing import Captions, drawing
from imri_kg_api.explorer.crosswalk_matrix import narrowed
from imri_kg_api.explorer.crosswalk_table import COLUMNS, paper_table
from imri_kg_api.explorer.pages import Asked
from imri_kg_api.explorer.presenting import framework_names
from imri_kg_api.explorer.shell import asked_by, render
from imri_kg_api.explorer.views.crosswalks import OWN, kinds, left_out, see
from imri_kg_api.parameters import check
from imri_kg_api.problems import Problem

__all__ = ["drawing_reply", "shown_reply", "table_reply"]

#: Parameters of the answer, each with whether it may be repeated.
_API = {"basis": True, "exploratory": False, "routes": False}
_SWITCH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_FORMS = ("html", "csv", "md")


def drawing_reply(request: Request, source: str, target: str) -> Response:
    """Return the matrix as SVG."""
    check(request, {**_API, **OWN})
    asked, answer = asked_by(request), _answer(request, source, target)
    seen, names = see(asked, answer), framework_names(asked.graph, asked.words)
    say, rows, columns = asked.words, names[answer.source], names[answer.target]
    counts = ", ".join(f"{n} {say(f'state-{name}')}" for name, n in seen.matrix.counts.items())
    foot = [counts, *left_out(asked, answer, seen), say("crosswalk-drawing-release", release=answer.release), _citation(asked, answer)["apa"][0]]
    captions = Captions(say("crosswalk-title", source=rows, target=columns), say("crosswalk-drawing-rows", name=rows), say("crosswalk-drawing-columns", name=columns), foot)
    return _file(drawing(seen.matrix, captions, say), "image/svg+xml", f"crosswalk-{answer.source}-{answer.target}.svg")


def shown_reply(request: Request, source: str, target: str, form: str) -> Response:
    """Return the cells (`csv`) or the records (`sssom`) that the reader's choices leave; SSSOM says in its comment what they hide."""
    check(request, {**_API, **OWN})
    asked, answer = asked_by(request), _answer(request, source, target)
    seen = see(asked, answer)
    text = asked.graph.serialise(narrowed(answer, seen.matrix), form, comment=" ".join([asked.words("crosswalk-shown-comment"), *left_out(asked, answer, seen)]))
    return _file(text, MEDIA_TYPES[form], f"crosswalk-{answer.source}-{answer.target}-filtered.{'sssom.tsv' if form == 'sssom' else form}")


def table_reply(request: Request, source: str, target: str) -> Response:
    """Return the table for a paper as a page, as CSV or as Markdown."""
    check(request, {**_API, **OWN, "format": False})
    asked, answer = asked_by(request), _answer(request, source, target)
    form = asked.value("format", "html")
    if form not in _FORMS:
        raise UnknownNameError("format", form, _FORMS)
    seen, names = see(asked, answer), framework_names(asked.graph, asked.words)
    found, cited = paper_table(answer, seen.matrix, asked.words), _citation(asked, answer)
    title = asked.words("crosswalk-table-title", source=names[answer.source], target=names[answer.target])
    left = left_out(asked, answer, seen)
    name = f"crosswalk-{answer.source}-{answer.target}-table"
    if form == "csv":
        return _file(serialise(found, "csv"), MEDIA_TYPES["csv"], f"{name}.csv")
    if form == "md":
        works = "\n".join(f"- {work}" for work in cited["apa"])
        lines = "".join(f"{line}\n" for line in left)
        text = f"# {title}\n\n{serialise(found, 'md')}\n{lines}\n{asked.words('crosswalk-drawing-release', release=answer.release)}\n\n## {asked.words('crosswalk-table-cite')}\n\n{works}\n"
        return _file(text, MEDIA_TYPES["md"], f"{name}.md")
    kept = {k: asked.values(k) for k in dict.fromkeys(k for k, _ in request.query_params.multi_items()) if k not in ("format", "part", "cell")}
    path = f"/crosswalks/{answer.source}/{answer.target}"
    return render(request, "crosswalk_table.html", {
        "title": title, "source": answer.source, "target": answer.target, "columns": COLUMNS, "rows": found.rows(), "left": left, "cited": cited, "notes_given": answer.notes,
        "asked": asked, "here": asked.links.to(f"{path}/table"), "row_kinds": kinds(seen.rows), "column_kinds": kinds(seen.columns),
        "others": [(k, v) for k, v in request.query_params.multi_items() if k not in ("row_kind", "column_kind", "routes", "format", "part", "cell")],
        "routes_there": len(asked.graph.crosswalk(answer.source, answer.target, routes=True).routes) if not answer.routes else 0,
        "with_routes": asked.links.to(f"{path}/table", **{**kept, "routes": ["true"]}), "back": asked.links.to(path, **kept),
        "forms": {name: asked.links.to(f"{path}/table", **kept, format=name) for name in _FORMS[1:]},
    })  # fmt: skip


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
    """Return the works to cite for the answer in the API that a form of it shows, and the permanent address of that answer."""
    scope = asked.request.scope
    body = dict(answer.to_json())
    given = [(name, value) for name, value in asked.request.query_params.multi_items() if name in _API]
    shown = {**scope, "path": f"{scope.get('root_path', '')}/api/v1/crosswalks/{answer.source}/{answer.target}"}
    address = addresses.permanent(shown, given, asked.graph.release, addresses.digest(body))
    found = asked.graph.citing_service.cite(address, "all", body)
    return {"address": address, "apa": [line for line in found.apa.splitlines() if line.strip()], "bibtex": found.bibtex, "notes": found.notes}


def _file(text: str, media_type: str, name: str) -> Response:
    return Response(text.encode(), media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
