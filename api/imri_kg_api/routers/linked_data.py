"""Every IRI of ours as an address: terms, editions, records, evidence, cases, shapes, named graphs, problem types, releases, and the dataset.

A description is sent at once with 200 (`docs/linked-data.md` says why not 303), in HTML or RDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from imri_kg.describing import Description
from imri_kg.errors import UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.store import IRI, Typed, statement
from imri_kg.vocabulary import DCTERMS, HTTP, PROBLEM, RDF, RDFS, SKOS, XSD
from imri_kg_api.documentation import describe_resource
from imri_kg_api.linked_data import Asked, Form, read_request, resource_page
from imri_kg_api.linked_data.asking import MEDIA_TYPES, PATH, choose_form
from imri_kg_api.parameters import Graph, check, declared
from imri_kg_api.problems import KINDS

__all__ = ["dataset_reply", "router"]

# The OpenAPI document has the addresses that a program needs to know; docs/linked-data.md documents all of them.
router = APIRouter()

Name = Annotated[str, Path(description="What stands after `id/` in an IRI of ours, with its slashes; an ending such as `.ttl` names a form.", examples=["imri/B1"])]
_WELL_KNOWN = "/.well-known/void"


@router.get("/id/{name:path}", tags=["linked data"], **describe_resource("What is stated of the resource, and what points to it."))
@router.get("/ontology/{name:path}", include_in_schema=False)
@router.get("/graph/{name:path}", include_in_schema=False)
@router.get("/shapes/{name:path}", include_in_schema=False)
@router.get("/docs/{name:path}", include_in_schema=False)
def read_resource(name: Name, request: Request, graph: Graph, format: Form = None) -> Response:
    """Return what the graph states of a resource; the same path below the base is its IRI."""
    check(request, declared(read_resource))
    base, resources = graph.describer.overview.base, graph.describer.resources
    asked = read_request(request, format, lambda name: base + name in resources.iris)
    return _reply(request, graph, resources.describe(base + asked.name), asked)


@router.get("/ontology", include_in_schema=False)
@router.get("/ontology.{ending}", include_in_schema=False)
def read_ontology(request: Request, graph: Graph, format: Form = None) -> Response:
    """Return the ontology as a whole."""
    check(request, declared(read_ontology))
    # The namespace ends in a slash, which the address of a file cannot.
    asked = read_request(request, format, lambda name: name == "ontology")
    resources = graph.describer.resources
    iri = resources.ontology_iri if asked.name == "ontology" else graph.describer.overview.base + asked.name
    return _reply(request, graph, resources.describe(iri), asked)


@router.get("/problem/{kind}", include_in_schema=False)
def read_problem(kind: Annotated[str, Path(description="Local name of a type of problem.")], request: Request, graph: Graph, format: Form = None) -> Response:
    """Say what a type of problem means, and what a client can do about it."""
    check(request, declared(read_problem))
    asked = read_request(request, format, lambda name: name.removeprefix("problem/") in KINDS)
    found = asked.name.removeprefix("problem/")
    if found not in KINDS:
        raise UnknownNameError("problem type", found, list(KINDS))
    iri, said = IRI(PROBLEM[found]), KINDS[found]
    lines = [
        statement(iri, RDF.type, IRI(SKOS.Concept)),
        statement(iri, RDFS.label, said.title),
        statement(iri, RDFS.comment, said.remedy.replace("`", "")),
        statement(iri, HTTP.statusCodeNumber, Typed(str(said.status), XSD.integer)),
        statement(iri, DCTERMS.isPartOf, graph.describer.overview.iri),
    ]
    return _reply(request, graph, Description(iri, lines), asked)


@router.get("/releases/{release}", include_in_schema=False)
def read_release(release: Annotated[str, Path(description="Name of a release.")], request: Request, graph: Graph, format: Form = None) -> Response:
    """Say what a release is; below this address everything is answered from it."""
    check(request, declared(read_release))
    kept = request.app.state.releases
    names = list(kept.names) if kept else [graph.release]
    asked = read_request(request, format, lambda name: name.removeprefix("releases/") in names)
    found = asked.name.removeprefix("releases/")
    if found not in names:
        raise UnknownNameError("release", found, names)
    generation = kept.find(found) if kept else None
    of = generation.app.state.graph if generation else graph
    return _reply(request, of, of.describer.resources.describe(of.describer.overview.release_iri), asked)


@router.get(_WELL_KNOWN, tags=["linked data"], **describe_resource("The description of the dataset.", (400, 406, 503)))
def read_void(request: Request, graph: Graph, format: Form = None) -> Response:
    """Return the description of the dataset in VoID and DCAT, with its statistics, named graphs and downloads."""
    check(request, declared(read_void))
    return dataset_reply(request, graph, choose_form(format, request.headers.get("accept", "")))


@router.get(f"{_WELL_KNOWN}.{{ending}}", include_in_schema=False)
def read_void_as(ending: Annotated[str, Path(description="Ending of a form.")], request: Request, graph: Graph, format: Form = None) -> Response:
    """Return the description of the dataset in the form that the ending names."""
    check(request, declared(read_void_as))
    name = _WELL_KNOWN.removeprefix("/")
    asked = read_request(request, format, lambda found: found == name)
    if asked.name != name:
        graph.describer.resources.describe(graph.describer.overview.base + asked.name)
    return dataset_reply(request, graph, asked.form)


def dataset_reply(request: Request, graph: KnowledgeGraph, form: str) -> Response:
    """Return the description of the dataset in a form."""
    return _reply(request, graph, graph.describer.resources.describe(graph.describer.overview.iri), _Dataset("", form, quote(str(request.scope.get("root_path", "")), safe=PATH) + _WELL_KNOWN))


class _Dataset(Asked):
    """The dataset, whose IRI is the base and has no place for an ending."""

    def address(self, form: str) -> str:
        return f"{self.stem}?format={form}"


def _reply(request: Request, graph: KnowledgeGraph, found: Description, asked: Asked) -> Response:
    describer, root = graph.describer, str(request.scope.get("root_path", ""))
    others = [(form, MEDIA_TYPES[form].partition(";")[0], asked.address(form)) for form in MEDIA_TYPES if form != asked.form]
    if asked.form == "html":
        response: Response = resource_page(request, graph, found, others)
    else:
        # Below the address of a release the same resource has another document: what was true of it then.
        kept = f"releases/{graph.release}/" if root.endswith(f"/releases/{graph.release}") else ""
        document = describer.overview.base + kept + asked.address(asked.form).removeprefix(quote(root, safe=PATH)).removeprefix("/")
        response = Response(describer.resource(found, asked.form, document), media_type=MEDIA_TYPES[asked.form])
    response.headers["Content-Location"] = asked.address(asked.form)
    response.headers["Link"] = ", ".join(_links(found, others, describer.overview.licence, root))
    response.headers["Vary"] = "Accept"
    return response


def _links(found: Description, others: Sequence[tuple[str, str, str]], licence: str, root: str) -> list[str]:
    """Return the members of the header Link (RFC 8288): other forms, licence, description of the dataset, and what replaces a deprecated thing."""
    links = [f'<{to}>; rel="alternate"; type="{media_type}"' for _, media_type, to in others]
    links += [f'<{_escaped(licence)}>; rel="license"', f'<{quote(root, safe=PATH)}{_WELL_KNOWN}>; rel="describedby"']
    return links + [f'<{_escaped(iri)}>; rel="successor-version"' for iri in found.replaced_by]


def _escaped(iri: str) -> str:
    """Return an IRI as a URI, since a header holds ASCII."""
    return quote(iri, safe=PATH + "%?#[]")
