"""Any answer as a plain page: its tables with captions, its forms, where it comes from and its permanent address. No scripts.

Called by `replying`. One template for all answers; every value is escaped by Jinja.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from imri_kg.model import Answer
from imri_kg_api.html_pages import POLICY, STYLE

__all__ = ["Frame", "answer_page"]

#: Members of a reply that the page shows in places of their own.
_APART = ("notes", "release", "query", "permalink", "next")
#: Columns whose cells name a construct, and columns whose cells name records.
_CONSTRUCTS = frozenset({"curie", "subject", "object", "row", "column", "broader", "target", "construct"})
_RECORDS = frozenset({"record_id", "mappings", "premises"})

_TEMPLATE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ frame.title }}</title>
<style>{{ style }}</style>
</head>
<body>
<header><p><a href="{{ frame.root }}/">imri-kg</a> <a href="{{ frame.root }}/docs">All addresses</a></p></header>
<main>
<h1>{{ frame.title }}</h1>
{% for note in notes %}<p>{{ note }}</p>
{% endfor %}{% if members %}<dl>
{% for name, value in members %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
{% endif %}{% for caption, header, rows in tables %}<table>
<caption>{{ caption }} ({{ rows | length }})</caption>
<thead><tr>{% for name in header %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody>
</table>
{% endfor %}{% if frame.next %}<p><a rel="next" href="{{ frame.next }}">Next page</a></p>
{% endif %}</main>
<footer>
<p>Other forms of this answer: {% for name, to in frame.forms %}<a rel="alternate" href="{{ to }}">{{ name }}</a>{% if not loop.last %}, {% endif %}{% endfor %}.</p>
<p>Release <code>{{ release }}</code>{% if query %}, stored query <code>{{ query }}</code>{% endif %}.</p>
{% if permalink %}<p>Permanent address of this answer: <a rel="bookmark" href="{{ permalink }}">{{ permalink }}</a></p>
{% else %}<p>This answer shows case datasets that can change, and has no permanent address.</p>
{% endif %}</footer>
</body>
</html>
"""

_PAGE = Environment(autoescape=True, undefined=StrictUndefined).from_string(_TEMPLATE)


class Frame(NamedTuple):
    """What a page says around an answer: title, prefix of the server's addresses, address of the next page, names and addresses of other forms."""

    title: str
    root: str
    next: str | None
    forms: Sequence[tuple[str, str]]


def answer_page(answer: Answer, body: Mapping[str, Any], frame: Frame) -> HTMLResponse:
    """Return an answer as a page.

    Args:
        answer: what is shown.
        body: the same as the JSON reply has it.
        frame: what stands around it.
    """
    members = [(name, value) for name, value in body.items() if name not in _APART and value is not None and not isinstance(value, (dict, list))]
    tables = []
    for caption, rows in answer.sections():
        header = list(rows[0]) if rows else list(answer.header()) if not caption else []
        if rows or not caption:
            tables.append((caption or "Rows", header, [[_cell(frame.root, name, value) for name, value in row.items()] for row in rows]))
    page = _PAGE.render(
        frame=frame, style=Markup(STYLE), notes=body.get("notes") or (), members=members, tables=tables,
        release=body["release"], query=body.get("query"), permalink=body.get("permalink"),
    )  # fmt: skip
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


def _cell(root: str, name: str, value: Any) -> Any:
    """Return a cell: names of constructs and records as links, nested values as JSON, everything else as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    if name in _RECORDS and text.startswith("mapping:"):
        return Markup(" ").join(_link(f"{root}/api/v1/mappings/", record) for record in text.split())
    if name in _CONSTRUCTS and ":" in text and " " not in text and not text.startswith("sssom:"):
        return _link(f"{root}/api/v1/concepts/", text)
    return text


def _link(before: str, name: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(before + quote(name, safe=":"), name)
