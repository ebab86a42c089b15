"""A strict reader of SSSOM/TSV: every row is read or reported, none is dropped.

Called by the build. It follows the SSSOM 1.1 specification ("The SSSOM/TSV serialisation format") and is stricter where
silence would lose a claim: unknown columns, undeclared prefixes, short rows, bad dates and enumerations are faults with
file, line and column. It never touches the graph.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from imri_kg.errors import Fault

__all__ = ["EXTENSIONS", "MappingRow", "MappingSet", "read_sssom", "split_values"]

#: Slots of SSSOM 1.1 that our files may use in the table.
STANDARD = (
    "record_id", "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "author_label", "subject_source", "object_source", "mapping_date", "confidence",
    "see_also", "comment",
)  # fmt: skip
#: Slots of our own, declared by `extension_definitions` in each file.
EXTENSIONS = ("stated_relation", "predicate_basis", "confidence_basis")
REQUIRED = ("record_id", "subject_id", "predicate_id", "object_id", "mapping_justification", "see_also")
CURIE_SLOTS = ("record_id", "subject_id", "predicate_id", "object_id", "mapping_justification")
SET_SLOTS = {
    "mapping_set_id", "mapping_set_title", "mapping_set_description", "mapping_set_version", "license", "mapping_date",
    "subject_source", "object_source", "curie_map", "extension_definitions", "comment", "see_also", "creator_label",
    "sssom_version",
}  # fmt: skip
#: Slots that a set hands down to its rows (SSSOM, "Propagatable slots").
PROPAGATED = ("subject_source", "object_source", "mapping_date")
PREDICATES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
JUSTIFICATIONS = (
    "semapv:ManualMappingCuration", "semapv:MappingReview", "semapv:LexicalMatching", "semapv:LogicalReasoning",
    "semapv:SemanticSimilarityThresholdMatching", "semapv:UnspecifiedMatching", "semapv:MappingInversion",
    "semapv:MappingChaining", "semapv:BackgroundKnowledgeBasedMatching", "semapv:CompositeMatching",
)  # fmt: skip
_CURIE = re.compile(r"^[A-Za-z][A-Za-z0-9_-]*:\S+$")
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
#: Two decimals at most: what a record says is what the graph keeps, and 0.495 must not become 0.50.
_CONFIDENCE = re.compile(r"0(\.[0-9]{1,2})?|1(\.0{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One record as the file writes it: CURIEs, texts, confidence from 0 to 1, evidence IRIs, and its line."""

    record_id: str
    subject_id: str
    subject_label: str
    predicate_id: str
    negated: bool
    object_id: str
    object_label: str
    mapping_justification: str
    author_label: str
    subject_source: str
    object_source: str
    mapping_date: str
    confidence: Decimal | None
    see_also: tuple[str, ...]
    comment: str
    stated_relation: str
    predicate_basis: str
    confidence_basis: str
    line: int


@dataclass(frozen=True, slots=True)
class MappingSet:
    """A file: its metadata, its rows and how many data lines it had."""

    file: str
    metadata: dict[str, object]
    curie_map: dict[str, str]
    rows: tuple[MappingRow, ...]
    lines_in: int = 0
    columns: tuple[str, ...] = field(default=())


def split_values(cell: str) -> tuple[str, ...]:
    r"""Split a multi-valued cell at `|`; `\|` is a bar and `\\` a backslash (SSSOM 1.1, mappings block).

    >>> split_values(r"a|b\|c|d\\")
    ('a', 'b|c', 'd\\')
    """
    values: list[str] = []
    current: list[str] = []
    characters = iter(cell)
    for character in characters:
        if character == "\\":
            current.append(next(characters, "\\"))
        elif character == "|":
            values.append("".join(current))
            current = []
        else:
            current.append(character)
    values.append("".join(current))
    return tuple(v.strip() for v in values if v.strip())


def read_sssom(text: str, file: str, *, mixed: bool = False) -> tuple[MappingSet, list[Fault]]:
    """Read a mapping set and list everything that is wrong with it.

    Args:
        text: the whole file, decoded as UTF-8.
        file: its name for messages.
        mixed: whether rows may be of several pairs of editions, as in an answer of ours; then each row names its own, and the set none.

    Returns:
        The set with all rows that are sound, and the faults. `lines_in` counts the data lines, so that a caller can see
        that rows read plus rows at fault are all of them.
    """
    faults: list[Fault] = []
    if text.startswith("\ufeff"):
        faults.append(Fault(file, 1, 1, "sssom-byte-order-mark", "The file begins with a byte order mark; SSSOM/TSV forbids it."))
        text = text[1:]
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    head = lines[:start]
    metadata = _metadata(head, file, faults, mixed=mixed)
    curie_map = _curie_map(metadata, file, faults)
    if start >= len(lines) or not lines[start].strip():
        faults.append(Fault(file, start + 1, 0, "sssom-no-table", "No table follows the metadata block."))
        return MappingSet(file, metadata, curie_map, ()), faults
    columns = tuple(lines[start].rstrip("\r").split("\t"))
    _check_columns(columns, metadata, file, start + 1, faults, REQUIRED + (("subject_source", "object_source") if mixed else ()))
    body = "\n".join(lines[start + 1 :])
    rows: list[MappingRow] = []
    count = 0
    reader = csv.reader(io.StringIO(body), delimiter="\t", quotechar='"', doublequote=True, strict=True)
    first = start + 2
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            faults.append(Fault(file, line, 0, "sssom-quoting", f"The row's quotation marks do not pair: {error}."))
            count += 1
            continue
        if not cells:
            if first + reader.line_num <= len(lines):
                faults.append(Fault(file, line, 0, "sssom-empty-line", "An empty line stands inside the table."))
            continue
        count += 1
        row = _row(cells, columns, metadata, curie_map, file, line, faults)
        if row is not None:
            rows.append(row)
    if not count:
        faults.append(Fault(file, start + 1, 0, "sssom-no-rows", "The table has a header but no rows."))
    faults.extend(_repeated(rows, file))
    return MappingSet(file, metadata, curie_map, tuple(rows), count, columns), faults


def _metadata(head: list[str], file: str, faults: list[Fault], *, mixed: bool = False) -> dict[str, object]:
    import yaml

    try:
        found = yaml.safe_load("\n".join(line[1:] for line in head)) if head else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 2) if mark else (1, 0)
        faults.append(Fault(file, line, column, "sssom-metadata", f"The metadata block is not YAML: {getattr(error, 'problem', error)}."))
        return {}
    except ValueError as error:
        # YAML reads what looks like a date as a date, and 2026-13-45 is none.
        faults.append(Fault(file, 1, 0, "sssom-metadata", f"The metadata block holds an impossible value: {error}."))
        return {}
    if not isinstance(found, dict):
        faults.append(Fault(file, 1, 0, "sssom-metadata", "The metadata block is missing; it lists mapping_set_id, license and curie_map."))
        return {}
    place = {line[1:].split(":", 1)[0].strip(): number for number, line in enumerate(head, 1)}
    for slot in sorted(map(str, set(found) - SET_SLOTS)):
        faults.append(Fault(file, place.get(slot, 1), 0, "sssom-unknown-slot", f"The metadata slot {slot!r} is not one of ours."))
    editions = () if mixed else ("subject_source", "object_source")
    for slots, form, what in ((("mapping_set_id", "license"), _IRI, "IRI"), (editions, _CURIE, "CURIE")):
        for slot in slots:
            if not found.get(slot):
                faults.append(Fault(file, 1, 0, "sssom-metadata", f"The metadata block lacks {slot}."))
            elif not form.fullmatch(str(found[slot])):
                faults.append(Fault(file, place.get(slot, 1), 0, "sssom-metadata", f"{slot} {str(found[slot])!r} is not one {what}."))
    return found


def _curie_map(metadata: dict[str, object], file: str, faults: list[Fault]) -> dict[str, str]:
    found = metadata.get("curie_map")
    if not isinstance(found, dict) or not found:
        faults.append(Fault(file, 1, 0, "sssom-curie-map", "The metadata block has no curie_map."))
        return {}
    return {str(k): str(v) for k, v in found.items()}


def _check_columns(columns: tuple[str, ...], metadata: dict[str, object], file: str, line: int, faults: list[Fault], required: tuple[str, ...]) -> None:
    definitions = metadata.get("extension_definitions") or []
    declared = {d.get("slot_name") for d in definitions if isinstance(d, dict)} if isinstance(definitions, list) else set()
    for number, name in enumerate(columns, 1):
        if columns.count(name) > 1 and columns.index(name) != number - 1:
            faults.append(Fault(file, line, number, "sssom-column-repeated", f"The column {name!r} stands twice."))
        elif name in EXTENSIONS and name not in declared:
            faults.append(Fault(file, line, number, "sssom-extension-undeclared", f"The column {name!r} is not declared in extension_definitions."))
        elif name not in STANDARD and name not in EXTENSIONS:
            faults.append(Fault(file, line, number, "sssom-unknown-column", f"The column {name!r} is not known; its cells would be lost."))
    for name in required:
        if name not in columns:
            faults.append(Fault(file, line, 0, "sssom-column-missing", f"The column {name!r} is missing."))


def _row(cells: list[str], columns: tuple[str, ...], metadata: dict[str, object], curie_map: dict[str, str],
         file: str, line: int, faults: list[Fault]) -> MappingRow | None:  # fmt: skip
    before = len(faults)

    def fault(slot: str, rule: str, message: str) -> None:
        column = columns.index(slot) + 1 if slot in columns else 0
        faults.append(Fault(file, line, column, rule, message))

    if len(cells) != len(columns):
        fault("", "sssom-row-length", f"The row has {len(cells)} cells, the header {len(columns)}.")
        return None
    row = {slot: cell.strip("\r") for slot, cell in zip(columns, cells, strict=True)}
    for slot in PROPAGATED:
        if not row.get(slot) and metadata.get(slot):
            row[slot] = str(metadata[slot])
    for slot in REQUIRED:
        if not row.get(slot, "").strip():
            fault(slot, "sssom-cell-empty", f"{slot} is empty.")
    for slot in CURIE_SLOTS + ("subject_source", "object_source"):
        value = row.get(slot, "")
        if value and not _CURIE.match(value):
            fault(slot, "sssom-not-a-curie", f"{slot} {value!r} is not a CURIE.")
        elif value and value.split(":", 1)[0] not in curie_map:
            known = ", ".join(sorted(curie_map))
            fault(slot, "sssom-unknown-prefix", f"Unknown prefix {value.split(':', 1)[0]!r} in {slot}. The file declares: {known}.")
    if row.get("predicate_id") and row["predicate_id"] not in PREDICATES:
        fault("predicate_id", "sssom-predicate", f"{row['predicate_id']!r} is not a SKOS matching property; use {', '.join(PREDICATES)}.")
    if row.get("predicate_modifier", "") not in ("", "Not"):
        fault("predicate_modifier", "sssom-modifier", f"predicate_modifier is {row['predicate_modifier']!r}; it is 'Not' or empty.")
    if row.get("mapping_justification") and row["mapping_justification"] not in JUSTIFICATIONS:
        fault("mapping_justification", "sssom-justification", f"{row['mapping_justification']!r} is not a SEMAPV justification that we use.")
    if row.get("predicate_basis", "") not in ("", "source", "ours"):
        fault("predicate_basis", "sssom-predicate-basis", f"predicate_basis is {row['predicate_basis']!r}; it is 'source' or 'ours'.")
    confidence = _confidence(row.get("confidence", ""), fault)
    if row.get("mapping_date") and not _is_date(row["mapping_date"]):
        fault("mapping_date", "sssom-date", f"mapping_date {row['mapping_date']!r} is not a date like 2026-11-22.")
    evidence = split_values(row.get("see_also", ""))
    for iri in evidence:
        if not _IRI.fullmatch(iri):
            fault("see_also", "sssom-see-also", f"see_also {iri!r} is not an IRI; it holds the evidence, separated by '|'.")
    if len(faults) > before:
        return None
    get = row.get
    return MappingRow(
        row["record_id"], row["subject_id"], get("subject_label", ""), row["predicate_id"],
        get("predicate_modifier") == "Not", row["object_id"], get("object_label", ""), row["mapping_justification"],
        get("author_label", ""), get("subject_source", ""), get("object_source", ""), get("mapping_date", ""),
        confidence, evidence, get("comment", ""), get("stated_relation", ""), get("predicate_basis", ""),
        get("confidence_basis", ""), line,
    )  # fmt: skip


def _is_date(cell: str) -> bool:
    try:
        # fromisoformat also takes 20261122 and 2026-W47-7, which are no dates in RDF.
        return bool(_DATE.fullmatch(cell)) and date.fromisoformat(cell) is not None
    except ValueError:
        return False


def _confidence(cell: str, fault: Callable[[str, str, str], None]) -> Decimal | None:
    if not cell:
        return None
    if not _CONFIDENCE.fullmatch(cell):
        fault("confidence", "sssom-confidence", f"confidence {cell!r} is not a number from 0 to 1 with at most two decimals.")
        return None
    return Decimal(cell)


def _repeated(rows: Iterable[MappingRow], file: str) -> list[Fault]:
    seen: dict[str, int] = {}
    faults = []
    for row in rows:
        if row.record_id in seen:
            faults.append(Fault(file, row.line, 1, "sssom-record-repeated", f"record_id {row.record_id!r} was used in line {seen[row.record_id]}."))
        seen.setdefault(row.record_id, row.line)
    return faults
