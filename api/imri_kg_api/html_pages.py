"""HTML made from the OpenAPI document: plain pages that need neither scripts nor anything from another host.

Called by the routes in `routers/pages.py`. Every text that goes into a page is escaped here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from html import escape
from string import Template
from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import HTMLResponse

from imri_kg_api.problems import KINDS

__all__ = ["POLICY", "STYLE", "example_address", "home", "reference", "response"]

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; color: #1a1a1a; background: #fff; }
pre { overflow-x: auto; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.5rem; border-bottom: 1px solid #bbb; }
caption { text-align: left; font-weight: bold; padding: 0.5rem; }
a { color: #00429d; }
h2 { margin-top: 2rem; }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

_PAGE = Template("""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main>
<h1>$title</h1>
$body
</main>
<footer><p>Release <code>$release</code></p></footer>
</body>
</html>
""")


def response(page: str) -> HTMLResponse:
    """Return a page with a policy that allows its own style and nothing else."""
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


def home(openapi: Mapping[str, Any], release: str) -> str:
    """Return the page that lists what can be asked, each with an example to follow.

    Args:
        openapi: the OpenAPI document.
        release: release of the graph.
    """
    rows = "".join(
        f"<tr><td><code>{escape(path)}</code></td><td>{escape(operation['description'])}</td>"
        f'<td><a href="{escape(address)}">{escape(address)}</a></td></tr>\n'
        for path, operation in _operations(openapi)
        for address in [example_address(path, operation)]
    )
    body = (
        f"<p>{_marked(openapi['info']['description'])}</p>\n"
        '<p>The whole API is listed at <a href="/docs">/docs</a> and described for programs at '
        '<a href="/openapi.json">/openapi.json</a>. Answers are JSON for programs and pages for browsers, unless <code>?format=</code> '
        "says otherwise.</p>\n"
        '<p>Queries of your own go to <a href="/sparql">/sparql</a>, files are at <a href="/downloads">/downloads</a>, and every IRI of the graph is '
        'an address here, such as <a href="/id/chime/I">/id/chime/I</a>.</p>\n'
        + "".join(f"<p><code>POST {escape(path)}</code>: {escape(operation['description'])}</p>\n" for path, operation in _uploads(openapi))
        + f"<table>\n<thead><tr><th>Address</th><th>What it answers</th><th>Try</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    )
    return _page("imri-kg", body, release)


def reference(openapi: Mapping[str, Any], release: str) -> str:
    """Return the page that lists every route with its parameters, the problems, and the members of every reply.

    Args:
        openapi: the OpenAPI document.
        release: release of the graph.
    """
    parts = [f"<p>{_marked(openapi['info']['description'])} For programs: <a href=\"/openapi.json\">/openapi.json</a>.</p>"]
    parts += [_operation(path, operation) for path, operation in _operations(openapi)]
    parts += [_operation(path, operation, "POST") for path, operation in _uploads(openapi)]
    parts.append('<h2 id="problems">Problems</h2>\n<p>Every error is a problem document (RFC 9457).</p>')
    problems = ((f"<code>{escape(name)}</code>", str(kind.status), escape(kind.title), _marked(kind.remedy)) for name, kind in KINDS.items())
    parts.append(_table(("Type", "Status", "Title", "What to do"), problems))
    parts.append('<h2 id="replies">Replies</h2>')
    for name, schema in openapi["components"]["schemas"].items():
        parts.append(f'<h3 id="{escape(name)}">{escape(name)}</h3>\n<p>{_marked(schema.get("description", ""))}</p>')
        members = ((f"<code>{escape(n)}</code>", _type(m), _marked(m.get("description", ""))) for n, m in schema.get("properties", {}).items())
        parts.append(_table(("Member", "Type", "Meaning"), members))
    return _page("The API of imri-kg", "\n".join(parts), release)


def example_address(path: str, operation: Mapping[str, Any]) -> str:
    """Return an address that can be asked: the path with the examples of its required parameters filled in."""
    query = {}
    for parameter in operation.get("parameters", ()):
        if not parameter["required"]:
            continue
        example = parameter["schema"]["examples"][0]
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(example, safe=":/"))
        else:
            query[parameter["name"]] = example
    return path + ("?" + urlencode(query, safe=":/") if query else "")


def _operations(openapi: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(path, operations["get"]) for path, operations in openapi["paths"].items() if "get" in operations]


def _uploads(openapi: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(path, operations["post"]) for path, operations in openapi["paths"].items() if "post" in operations]


def _operation(path: str, operation: Mapping[str, Any], method: str = "GET") -> str:
    address = example_address(path, operation)
    content = operation["responses"]["200"]["content"]
    own = content.get("application/json", {})
    # What answers in forms of the field instead of our own JSON names them.
    returned = _type(own["schema"]) if "$ref" in own.get("schema", {}) else ", ".join(f"<code>{escape(name)}</code>" for name in content)
    parameters = (
        (
            f"<code>{escape(p['name'])}</code>",
            escape(p["in"] + (", required" if p["required"] else "")),
            _type(p["schema"]),
            _marked(p.get("description", "")),
        )
        for p in operation.get("parameters", ())
    )
    return (
        f'<h2 id="{escape(operation["operationId"])}"><code>{method} {escape(path)}</code></h2>\n'
        f"<p>{_marked(operation['description'])} Returns {returned}."
        + (f' Try <a href="{escape(address)}"><code>{escape(address)}</code></a>.' if method == "GET" else "")
        + "</p>\n"
        + _table(("Parameter", "Where", "Type", "Meaning"), parameters)
        + _example(own)
    )


def _example(content: Mapping[str, Any]) -> str:
    """Return the example of a reply, folded."""
    return "".join(f"\n<details><summary>{escape(e['summary'])}</summary>\n<pre>{escape(json.dumps(e['value'], ensure_ascii=False, indent=2))}</pre></details>"
                   for e in content.get("examples", {}).values())  # fmt: skip


def _type(schema: Mapping[str, Any]) -> str:
    """Return the type of a value in words, with a link where it is one of the replies' objects."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(str(schema.get("type", "any")))


def _marked(text: str) -> str:
    """Escape a text and turn its `backticks` into code."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of cells that are HTML already, or nothing where there are no rows."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    if not body:
        return ""
    return "<table>\n<thead><tr>" + "".join(f"<th>{name}</th>" for name in head) + f"</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"


def _page(title: str, body: str, release: str) -> str:
    return _PAGE.substitute(title=escape(title), style=STYLE, body=body, release=escape(release))
