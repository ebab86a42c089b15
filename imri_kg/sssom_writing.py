"""Writes mapping records as SSSOM/TSV, so that what our own strict reader and sssom-py read is what the answer holds.

Called by the graph for the form `sssom`. It follows SSSOM 1.1 ("The SSSOM/TSV serialisation format"): canonical columns, a
metadata block with every prefix that is used, and our three extension slots declared as the files in ontology/mappings/ do.
Cells are never changed to please a spreadsheet: a mapping set is data to be read by programs, and must come back as it was.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence

from imri_kg.model import MappingRecord, PairState

__all__ = ["COLUMNS", "write_sssom"]

COLUMNS = (
    "record_id", "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label", "mapping_justification", "author_label",
    "subject_source", "object_source", "mapping_date", "confidence", "see_also", "comment", "stated_relation", "predicate_basis", "confidence_basis",
)  # fmt: skip
#: Slots of our own with the property that each stands for.
_EXTENSIONS = {"stated_relation": "ikg:statedRelation", "predicate_basis": "ikg:predicateBasis", "confidence_basis": "ikg:confidenceBasis"}
#: Prefixes of the slots above, and of the editions.
_ALWAYS = ("framework", "ikg", "xsd")


def write_sssom(records: Sequence[MappingRecord], namespaces: Mapping[str, str], *, base: str, release: str, licence: str, query: str,
                states: Sequence[PairState] = (), comment: str = "") -> str:  # fmt: skip
    """Return records as one mapping set.

    Args:
        records: asserted and derived records, in the order of the rows.
        namespaces: prefix to namespace, for the `curie_map`.
        base: base IRI of the release; the id of the set lies below it.
        release: release of the graph, the version of the set.
        licence: IRI of the licence of the mapping sets.
        query: the stored query that found the records.
        states: states of what was asked about and has no record.
        comment: what else a reader of the set has to know, such as what was filtered away.

    Returns:
        SSSOM/TSV. A set without records has its header alone. SSSOM has rows for records only, so the states without one stand in the `comment`
        of the set. `mapping_set_id` ends in the digest of table and comment, so that the same id never stands for something else.
    """
    table = io.StringIO()
    writer = csv.writer(table, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(record) for record in records)
    body = table.getvalue()
    curies = (curie for r in records for curie in (r.record_id, r.subject.curie, r.predicate, r.object.curie, r.justification))
    used = sorted({*_ALWAYS, *(curie.partition(":")[0] for curie in curies)})
    count = f"{len(records)} record" if len(records) == 1 else f"{len(records)} records"
    said = " ".join(part for part in (comment, _without_record(states)) if part)
    head = [
        f"mapping_set_id: {base}releases/{release}#records-{hashlib.sha256((body + said).encode()).hexdigest()[:32]}",
        "mapping_set_title: Mapping records of imri-kg",
        f"mapping_set_description: {_quoted(f'{count} of an answer that release {release} gave (stored query {query}).')}",
        f"mapping_set_version: {_quoted(release)}",
        f"license: {licence}",
        *([f"comment: {_quoted(said)}"] if said else []),
        "curie_map:",
        *(f"  {prefix}: {namespaces[prefix]}" for prefix in used),
        "extension_definitions:",
    ]
    for slot, stands_for in _EXTENSIONS.items():
        head += [f"  - slot_name: {slot}", f"    property: {stands_for}", "    type_hint: xsd:string"]
    return "".join(f"#{line}\n" for line in head) + body


def _without_record(states: Sequence[PairState]) -> str:
    return f"Asked about without a record in this set: {'; '.join(f'{s.subject} to {s.target} is {s.state.value}' for s in states)}." if states else ""


def _quoted(text: str) -> str:
    """Return a text as a YAML scalar in double quotes, of which JSON strings are a kind."""
    return json.dumps(text, ensure_ascii=False)


def _row(record: MappingRecord) -> tuple[str, ...]:
    return tuple(_line(cell) for cell in (
        record.record_id,
        record.subject.curie,
        record.subject.label,
        record.predicate,
        # That nothing was found is said by the object; a modifier would negate it.
        "Not" if record.negated and not record.none_found else "",
        record.object.curie,
        "" if record.none_found else record.object.label,
        record.justification,
        record.author or "",
        f"framework:{record.subject.framework}",
        f"framework:{record.object.framework}",
        record.date or "",
        "" if record.confidence is None else f"{record.confidence:.2f}",
        "|".join(e.iri.replace("\\", "\\\\").replace("|", "\\|") for e in record.evidence),
        _comment(record),
        record.stated_relation or "",
        record.predicate_basis or "",
        record.confidence_basis or "",
    ))  # fmt: skip


def _comment(record: MappingRecord) -> str:
    """Return the comment; what has no slot (how a record follows, that it does not count) is said in it, as other tools keep nothing else."""
    said = [record.comment] if record.comment else []
    said += [record.derivation.text] if record.derivation else []
    said += ["Exploratory: it does not count unless asked for."] if record.exploratory else []
    return " ".join(said)


def _line(cell: str) -> str:
    """Keep a cell on one line: a line end inside it would end the row for readers that know no quoting."""
    return " ".join(cell.splitlines()) if "\n" in cell or "\r" in cell else cell
