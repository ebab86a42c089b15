"""The typed objects of a piece of evidence with all that rests on it, and of a source with what was at hand, what is missing and what it bears.

Beside `model`. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imri_kg.model import Answer, Evidence

__all__ = ["GROUPS", "SOURCE_COLUMNS", "EvidenceDescription", "SourceDescription"]

#: What the list of sources says of each, and each says of itself.
SOURCE_COLUMNS = (
    "key", "curie", "kind", "type", "part_of", "title", "citation", "year", "doi", "url", "license", "licence_note", "availability", "availability_meaning",
    "evidence_items", "records", "exploratory_records", "rest_on_it", "gaps_known", "part_count",
)  # fmt: skip

#: The kinds of things that rest on evidence, in the order in which they are told, each with its caption.
GROUPS: Mapping[str, str] = {
    "mappings": "Mapping records",
    "constructs": "Constructs",
    "editions": "Framework editions",
    "causal_relations": "Causal relations",
    "framework_limits": "What authors say that a framework does not capture",
    "claims": "Other statements",
    "observations": "Observations in cases of the release",
    "case_rows": "Cases, participants, events and judgements",
    "findings": "Findings of the review",
    "named_works": "Works that it names",
    "other": "Other things",
}
_USE_COLUMNS = ("group", "id", "kind", "text", "detail", "basis", "stated_relation", "confidence", "exploratory", "case")
_EVIDENCE_COLUMNS = ("part", "section", "evidence", "locator", "statement", "text_anchor", "anchor_status", "url", "rest_on_it")


@dataclass(frozen=True, slots=True)
class EvidenceDescription(Answer):
    """A passage of a source, and everything that rests on it.

    `anchor_status` says whether the anchor was found in a text (`checked`), stands there unchecked (`unchecked`), or there is none (`none`).
    `deep_link` leads to the passage itself, where there is an anchor; `url` of the evidence may lead to the page only.
    """

    evidence: Evidence
    work: Mapping[str, Any]
    deep_link: str | None
    anchor_status: str
    informants: tuple[str, ...]
    supports: Mapping[str, tuple[Mapping[str, Any], ...]]
    notes: tuple[str, ...]
    release: str
    query: str = "service/evidence-uses"

    def to_json(self) -> dict[str, Any]:
        return {
            **self.evidence.to_json(),
            "work": dict(self.work),
            "deep_link": self.deep_link,
            "anchor_status": self.anchor_status,
            "informants": list(self.informants),
            "supports": {group: [dict(item) for item in self.supports[group]] for group in GROUPS},
            "counts": {group: len(self.supports[group]) for group in GROUPS},
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each thing that rests on the evidence."""
        return [{name: group if name == "group" else item[name] for name in _USE_COLUMNS} for group in GROUPS for item in self.supports[group]]

    def header(self) -> tuple[str, ...]:
        return _USE_COLUMNS

    def described(self) -> tuple[str, ...]:
        return (self.evidence.curie,)

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        return [("Work", [dict(self.work)]), *((caption, [dict(item) for item in self.supports[group]]) for group, caption in GROUPS.items())]


@dataclass(frozen=True, slots=True)
class SourceDescription(Answer):
    """A source, a part of one, or a work that sources only name: what was at hand, what could not be recovered, and what rests on it.

    `about` is what the list of sources says of it. `sections` of the evidence stand in `evidence`, each with its part and its items.
    """

    about: Mapping[str, Any]
    creators: tuple[str, ...]
    digests: tuple[str, ...]
    remarks: tuple[str, ...]
    frameworks: tuple[Mapping[str, Any], ...]
    parts: tuple[Mapping[str, Any], ...]
    gaps: tuple[Mapping[str, Any], ...]
    named_by: tuple[Mapping[str, Any], ...]
    evidence: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    release: str
    query: str = "service/source-facts"

    def to_json(self) -> dict[str, Any]:
        return {
            **self.about,
            "creators": list(self.creators),
            "digests": list(self.digests),
            "remarks": list(self.remarks),
            "frameworks": [dict(f) for f in self.frameworks],
            "parts": [dict(p) for p in self.parts],
            "gaps": [dict(g) for g in self.gaps],
            "named_by": [dict(p) for p in self.named_by],
            "evidence": [dict(s) for s in self.evidence],
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each piece of evidence."""
        return [{**{name: item.get(name) for name in _EVIDENCE_COLUMNS}, "part": s["part"] or "", "section": s["section"], "evidence": item["curie"]}
                for s in self.evidence for item in s["items"]]  # fmt: skip

    def header(self) -> tuple[str, ...]:
        return _EVIDENCE_COLUMNS

    def described(self) -> tuple[str, ...]:
        return (str(self.about["curie"]),)

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        return [("Parts", [dict(p) for p in self.parts]), ("Not recovered", [dict(g) for g in self.gaps]), ("Named by", [dict(p) for p in self.named_by]),
                ("Framework editions", [dict(f) for f in self.frameworks]), ("Evidence", self.rows())]  # fmt: skip
