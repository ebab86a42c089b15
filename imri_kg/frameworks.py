"""Framework editions, constructs and search: what is in the graph and where it comes from.

A service: doors call it, it asks stored queries. It never judges a pair; that is the mapping service's work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imri_kg.errors import AmbiguousTermError, Candidate, UnknownNameError, UnknownTermError
from imri_kg.model import LeftOut, Reference
from imri_kg.records import RecordReader
from imri_kg.search import Entry, SearchIndex, natural
from imri_kg.states import View
from imri_kg.store import IRI

if TYPE_CHECKING:
    from imri_kg.tables import Concept, Framework, Table

__all__ = ["FrameworkService", "code_notes"]


def code_notes(status: Mapping[str, str], keys: Iterable[str]) -> tuple[str, ...]:
    """Say for which of some editions the codes are ours; `status` says of each edition whose they are."""
    ours = [key for key in dict.fromkeys(keys) if "ours" in status.get(key, "")]
    return (f"The codes of {', '.join(ours)} are ours, not printed by the sources in this form.",) if ours else ()


class FrameworkService:
    """Answers about frameworks and constructs of one release."""

    def __init__(self, reader: RecordReader, index: SearchIndex, release: str, code_status: Mapping[str, str]) -> None:
        self._reader, self.index, self.release, self._code_status = reader, index, release, code_status
        self._described: dict[str, Framework] = {}

    def code_notes(self, *keys: str) -> tuple[str, ...]:
        """Say for which of some editions the codes are ours, since no answer may pass them off as the sources'."""
        return code_notes(self._code_status, keys)

    @cached_property
    def _frameworks(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for row in self._reader.rows("service/frameworks"):
            found.setdefault(row["key"], row)
        return found

    def keys(self) -> list[str]:
        """Return the keys of all framework editions."""
        return list(self._members)

    def key(self, text: str) -> str:
        """Return a framework key; the prefix of its codes is understood too.

        Raises:
            UnknownNameError: there is no such framework; the nearest is named.
        """
        wanted = text.strip().casefold()
        if wanted in self._members:
            return wanted
        prefixes = {e.curie.split(":")[0]: e.framework for e in self.index.entries}
        if wanted in prefixes:
            return prefixes[wanted]
        raise UnknownNameError("framework", text, self.keys())

    def deprecation_notes(self, *entries: Entry) -> tuple[str, ...]:
        """Say of each deprecated construct what replaces it."""
        return tuple(
            f"{e.curie} is deprecated{f' and replaced by {e.replaced_by}' if e.replaced_by else ''}; it is no member of the edition any more."
            for e in entries if e.deprecated
        )  # fmt: skip

    @cached_property
    def _members(self) -> dict[str, list[Entry]]:
        members: dict[str, list[Entry]] = {}
        for entry in sorted((e for e in self.index.entries if not e.deprecated), key=lambda e: e.order):
            members.setdefault(entry.framework, []).append(entry)
        return members

    def members(self, key: str) -> list[Entry]:
        """Return the members of an edition in the order of the framework; deprecated ones are members no more."""
        return self._members[self.key(key)]

    def reference(self, entry: Entry) -> Reference:
        """Return the reference of an entry."""
        return Reference(entry.curie, self._reader.prefixes.expand(entry.curie), entry.label, entry.framework, entry.label_status, entry.existence_status)

    def resolve(self, text: str) -> Entry:
        """Return the construct that a CURIE, label, alternative label or code names.

        Raises:
            AmbiguousTermError: several constructs have that label or code.
            UnknownTermError: none has; says how the text was read and what is near it.
        """
        text = text.strip()
        prefixes = self._reader.prefixes
        if prefixes.is_curie(text):
            prefix, local = text.split(":", 1)
            entry = self.index.get(text)
            if entry is not None:
                return entry
            known = {e.curie.split(":")[0] for e in self.index.entries}
            if prefix.casefold() in known:
                same = [e for e in self.index.entries if e.curie.casefold() == text.casefold()]
                if len(same) == 1:
                    return same[0]
                self._refuse_other(text, prefixes.expand(text))
                near = self.index.nearest(text)
                siblings = [c for c in near if c.curie.startswith(prefix + ":")] or near
                raise UnknownTermError(text, siblings, f"the code {local!r} of the framework with the prefix {prefix!r}, which has no such code")
            if prefix in prefixes.namespaces:
                self._refuse_other(text, prefixes.expand(text))
            raise UnknownTermError(text, self._other_prefixes(text, local), f"a CURIE whose prefix {prefix!r} belongs to no framework (known: {', '.join(sorted(known))})")
        if text.startswith(("http://", "https://")):
            curie = prefixes.compress(text)
            entry = self.index.get(curie)
            if entry is not None:
                return entry
            self._refuse_other(text, text)
            raise UnknownTermError(text, self.index.nearest(curie), "an IRI that no construct has")
        named = self.index.named(text)
        if len(named) == 1:
            return named[0]
        if named:
            raise AmbiguousTermError(text, [Candidate(e.curie, e.label, e.framework, 1.0) for e in named])
        raise UnknownTermError(text, self.index.nearest(text), "a label or code")

    def kind_of(self, iri: str) -> tuple[str, str] | None:
        """Return in words what kind of thing a resource is, and its label, which may be empty; None where the graph does not describe it."""
        rows = self._reader.rows("service/kind", resource=IRI(iri))
        if not rows:
            return None
        named = [str(row["kindLabel"]) for row in rows if row["kindLabel"]]
        kinds = dict.fromkeys(named or [self._reader.prefixes.compress(row["kind"]) for row in rows])
        return " and ".join(kinds), next((str(row["label"]) for row in rows if row["label"]), "")

    def _refuse_other(self, text: str, iri: str) -> None:
        """Say what something is that the graph describes and that is no construct: a candidate, a finding, a source, a term of ours."""
        found = self.kind_of(iri)
        if found is None:
            return
        kinds, label = found
        raise UnknownTermError(text, [], f"the {kinds}{f' {label!r}' if label else ''}, which the graph describes at {iri}, but not as a construct of an edition", exists=True)

    def _other_prefixes(self, text: str, local: str) -> list[Candidate]:
        near = self.index.nearest(text)
        same = [Candidate(e.curie, e.label, e.framework, 0.9) for e in self.index.entries if e.notation.casefold() == local.casefold()]
        near_ids = {c.curie for c in near}
        return (near + [c for c in same if c.curie not in near_ids])[:5]

    def list(self) -> Table:
        """Return all framework editions with their counts."""
        from imri_kg.tables import table

        items = []
        for key in self.keys():
            f = self.framework(key)
            c = f.counts
            items.append({
                "key": key, "iri": f.iri, "label": f.label, "edition": f.edition, "definition": f.definition,
                "source": f.source, "counts": c, "members": c["members"], "printed": c["by_label_status"].get("printed", 0),
                "rebuilt": c["by_label_status"].get("rebuilt", 0), "unconfirmed": c["by_label_status"].get("unconfirmed", 0),
                "code_status": f.code_status,
            })  # fmt: skip
        columns = ("key", "iri", "label", "edition", "definition", "source", "counts", "members", "printed", "rebuilt", "unconfirmed", "code_status")
        return table(items, columns, self.release, query="service/frameworks")

    def framework(self, key: str) -> Framework:
        """Return an edition with all its members.

        Raises:
            UnknownNameError: there is no such framework.
        """
        key = self.key(key)
        if key not in self._described:
            self._described[key] = self._describe(key)
        return self._described[key]

    def _describe(self, key: str) -> Framework:
        from imri_kg.tables import Framework

        row, short = self._frameworks[key], self._reader.prefixes.compress
        broader = {r["concept"]: r["broader"] for r in self._reader.rows("service/members", key=key) if r["broader"]}
        entries = self.members(key)
        members = []
        for entry in entries:
            iri = self._reader.prefixes.expand(entry.curie)
            members.append({
                "curie": entry.curie, "iri": iri, "label": entry.label, "notation": entry.notation, "kind": entry.kind,
                "broader": short(broader[iri]) if iri in broader else None, "label_status": entry.label_status,
                "existence_status": entry.existence_status or None,
            })  # fmt: skip
        status = dict(sorted(Counter(e.label_status for e in entries).items()))
        printed = status.get("printed", 0)
        counts = {
            "members": len(entries),
            "by_kind": dict(sorted(Counter(e.kind for e in entries).items())),
            "by_label_status": status,
            "printed": printed,
            "inferred": len(entries) - printed,
        }
        source = {"source": short(row["source"]), "citation": row["citation"], "url": row["page"], "license": row["licence"]}
        old = [e for e in self.index.entries if e.deprecated and e.framework == key]
        notes = (*(r["note"] for r in self._reader.rows("service/editorial-notes", resource=IRI(row["scheme"]))),
                 *self.deprecation_notes(*old))  # fmt: skip
        return Framework(key, row["scheme"], row["label"], row["edition"], row["definition"], source, counts, tuple(members),
                         notes, row["codes"] or "", self.release)  # fmt: skip

    def concept(self, text: str, *, basis: Iterable[str] = ()) -> Concept:
        """Return a construct with its place, properties, evidence, claims and causal relations.

        Args:
            text: CURIE, IRI, label or code.
            basis: bases to trust; claims and relations on others are left out. All when empty.

        Raises:
            UnknownTermError: nothing is called so.
            UnknownNameError: a basis is unknown.
        """
        from imri_kg.tables import Concept

        entry = self.resolve(text)
        reader, iri = self._reader, IRI(self._reader.prefixes.expand(entry.curie))
        up = [self._entry_reference(r["broader"]) for r in reader.rows("service/hierarchy", concept=iri)]
        down = [self._entry_reference(r["concept"]) for r in reader.rows("service/hierarchy", broader=iri)]
        above, step = list(up), [*up]
        # Nearest first; a construct has one way up, and a second one would only be listed later.
        while step := [self._entry_reference(r["broader"]) for s in step for r in reader.rows("service/hierarchy", concept=IRI(s.iri)) if r["broader"]]:
            above += [r for r in step if r not in above]
        notes = (*self.deprecation_notes(entry), *self.code_notes(entry.framework))
        properties: dict[str, Any] = {}
        for row in reader.rows("service/properties", resource=iri):
            name = reader.prefixes.compress(row["property"]).removeprefix("ikg:")
            value = row["label"] or reader.prefixes.compress(row["value"])
            if value not in properties.setdefault(name, []):
                properties[name].append(value)
        properties["editorialNote"] = [r["note"] for r in reader.rows("service/editorial-notes", resource=iri)]
        links = [r["evidence"] for r in reader.rows("service/concept-evidence", concept=iri)]
        evidence = reader.evidence(links)
        view, claims = View(basis), reader.claims(entry.curie)
        relations = [r for r in reader.causal if entry.curie in (r["subject"], r["object"])]
        left = Counter(item["basis"] for item in (*claims, *relations) if not view.trusts(item["basis"]))
        if left:
            parts = ", ".join(f"{n} {name}" for name, n in sorted(left.items()))
            notes = (f"Trusting only {', '.join(view.basis)} leaves out {parts} statement{'s' if left.total() > 1 else ''}.", *notes)
        return Concept(self.reference(entry), entry.kind, entry.notation, entry.definition, entry.alternatives, tuple(up),
                       tuple(sorted(down, key=lambda r: natural(r.curie.split(":")[1]))), properties,
                       tuple(evidence[e] for e in links if e in evidence), tuple(c for c in claims if view.trusts(c["basis"])),
                       tuple(r for r in relations if view.trusts(r["basis"])), notes, self.release, view.basis, LeftOut(left),
                       tuple(above))  # fmt: skip

    def _entry_reference(self, iri: str) -> Reference:
        entry = self.index.get(self._reader.prefixes.compress(iri))
        assert entry is not None, iri
        return self.reference(entry)

    def search(self, text: str, *, framework: Iterable[str] = (), kind: Iterable[str] = (), limit: int | None = 20) -> Table:
        """Return the constructs that words find, best first.

        Args:
            text: words, a code or a CURIE.
            framework: keys of the editions to search in; all when empty.
            kind: kinds of construct to search for; all when empty.
            limit: how many at most; None for all.

        Returns:
            The hits. Beside them `total`, how many there are, and `facets`, how many by framework and by kind: each without regard to its
            own filter, so that it says what another choice would find.

        Raises:
            UnknownNameError: there is no such framework or kind of construct.
        """
        from imri_kg.tables import table

        keys = {self.key(key) for key in framework}
        known = {k.casefold(): k for k in self.index.kinds}
        for name in (kinds := list(kind)):
            if name.casefold() not in known:
                raise UnknownNameError("kind", name, self.index.kinds)
        wanted = {known[name.casefold()] for name in kinds}
        every = self.index.search(text, limit=None)
        found = [h for h in every if (not keys or h.entry.framework in keys) and (not wanted or h.entry.kind in wanted)]
        facets = {
            "framework": dict(sorted(Counter(h.entry.framework for h in every if not wanted or h.entry.kind in wanted).items())),
            "kind": dict(sorted(Counter(h.entry.kind for h in every if not keys or h.entry.framework in keys).items())),
        }
        hits = [h.to_json() for h in found[:limit]]
        columns = ("curie", "label", "framework", "kind", "notation", "label_status", "existence_status", "score", "matched")
        notes = list(self.code_notes(*(h["framework"] for h in hits)))
        return table(hits, columns, self.release, query="search index", extra={"total": len(found), "facets": facets, "notes": notes})
