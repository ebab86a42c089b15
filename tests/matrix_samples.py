"""Case tables whose matrices are counted by hand or by a plain reading, and a graph that holds them alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from imri_kg.graph import KnowledgeGraph
from imri_kg.snapshot import Snapshot, open_snapshot
from imri_kg.store import Store
from imri_kg.vocabulary import graph_iri

#: d1-d7 are determinants of two cases; d8, d9 and d12 are of other kinds; d10 and d11 are about the study as a whole.
TABLES = {
    "dataset": "Dataset,Title,Framework,Second framework,Creator,Coding\npilot,A pilot,cfir-2022,diffusion,A team,One coder.\n",
    "cases": """\
Case,Name,Setting,Innovation,Source,Locator
north,North clinic,A clinic.,Peer support,s1,p. 1
south,South clinic,A clinic.,Family group,s1,p. 1
east,East clinic,A clinic.,Peer support,s1,p. 1
""",
    "determinants": """\
Observation,Case,Kind,Phase,Statement,Construct,Second construct,Valence,Context word,Context word status,Coding,Stakeholder group,Cases named,Source,Locator
d1,north,determinant,adoption,Leaders treated everybody alike.,III.D1,D5.3,facilitator,internal context,printed,author-stated,service users; managers,,s1,p. 11
d2,north,determinant,adoption,The clinic valued what was new.,III.D,,facilitator,internal context,carried forward,curated,managers,,s1,p. 12
d3,north,determinant,implementation,Needs of those served were overlooked.,III.D2,,barrier,external context,printed,author-stated,service users,,s1,p. 13
d4,north,determinant,implementation,Some staff joined and others left.,V.F1,D8.3,mixed valence,,,curated,,,s1,p. 14
d5,south,determinant,adoption,Staff and patients were not equals.,III.D1,,barrier,process,printed,curated,service users; managers,,s1,p. 15
d6,south,determinant,not stated,Money came from a foundation.,II.F,D8.4,facilitator,odd word,printed,author-stated,,,s1,p. 16
d7,south,determinant,assimilation,The director stood by it.,IV.R.A,,facilitator,,,curated,managers,,s1,p. 17
d8,south,background,adoption,The clinic opened long ago.,,,,,,curated,,,s1,p. 18
d9,south,impact or outcome,implementation,People came back more often.,,,,,,author-stated,,,s1,p. 19
d10,study,determinant,adoption,Culture helped where it was open.,III.D,,facilitator,,,author-stated,,north,s1,p. 20
d11,study,determinant,implementation,Money was short everywhere.,II.F,,barrier,,,curated,,,s1,p. 21
d12,north,event,adoption,The first group met.,,,,,,,,,s1,p. 22
""",
    # m4 and m5 are about the study; the source ties m4 to an innovation.
    "impacts": """\
Observation,Case,Innovation,Impact,Level,Experienced by,Reported by,Valence,Process only,Phase,Statement,Coding,Source,Locator
m1,north,,imri:B1,service user; service provider,service users,managers; service users,positive,no,adoption,People gained confidence.,author-stated,s1,p. 31
m2,north,,imri:B2,organisation,service providers,managers,negative,no,implementation,Some held back.,curated,s1,p. 32
m3,south,,imri:O3,,not stated,managers,,no,,Practices changed a little.,curated,s1,p. 33
m4,study,Peer support,imri:B1,service user,service users; family members,not stated,positive,no,,Peer support made people grow.,author-stated,s1,p. 34
m5,study,,imri:T1,service provider,service providers,not stated,,no,,Mindsets moved.,author-stated,s1,p. 35
m6,south,,imri:O3,organisation,managers; service providers,managers,mixed,no,adoption,Meetings changed for better and worse.,author-stated,s1,p. 36
""",
    "sources": "Source,Citation,Kind\ns1,A report on three clinics,publication\n",
}


def table(*rows: Iterable[str]) -> str:
    csv.writer(stream := io.StringIO(), lineterminator="\n").writerows(rows)
    return stream.getvalue()


def cases_of(innovations: dict[str, str]) -> str:
    """Return the sheet Cases, given the innovation of each."""
    return table(TABLES["cases"].splitlines()[0].split(","), *([c, f"Clinic {c}", "A clinic.", name, "s1", "p. 1"] for c, name in innovations.items()))


def alone_with(folder: Path, tables: dict[str, str]) -> KnowledgeGraph:
    """Return a graph with some tables as its only cases: everything is known but the reference cases."""
    for name, text in tables.items():
        (folder / f"{name}.csv").write_bytes(text.encode())
    snapshot = open_snapshot()
    here = f"<{graph_iri('cases/')}".encode()
    quads = b"".join(line for line in snapshot.nquads().splitlines(keepends=True) if here not in line)
    alone = KnowledgeGraph(Snapshot(Store.in_memory(quads), snapshot.release, snapshot.search, None, quads))
    assert alone.with_cases([folder]).conforms
    return alone


def short(key: str) -> str:
    return key.removeprefix("pilot.").split(":")[-1]
