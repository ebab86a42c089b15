"""Many mapping questions at once: one entry each, in order; a question that fails leaves the others alone.

A service beside the mapping service, which answers each question. `read_batch` turns what a program sent into questions
and names the place of what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from imri_kg.errors import BadInputError, ConflictError, ImriError, InvalidValueError
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.model import RECORD_COLUMNS, Answer, MappingAnswer, MappingRecord, PairState
from imri_kg.states import View

__all__ = ["LONGEST_NAME", "MOST_QUESTIONS", "Batch", "BatchAnswer", "BatchEntry", "BatchQuestion", "BatchService", "as_question", "read_batch"]

#: What one batch may hold over HTTP and in a file.
MOST_QUESTIONS = 500
#: Longest name of a construct in characters, as for single questions.
LONGEST_NAME = 500
_OWN_COLUMNS = ("item", "asked", "status", "target", "state", "note", "problem")


class BatchQuestion(NamedTuple):
    """One question: a construct, and the construct or the editions to map it to; all editions when both are left out."""

    subject: str
    object: str | None = None
    object_framework: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "object": self.object,
            "object_framework": None if self.object_framework is None else list(self.object_framework),
        }


class Batch(NamedTuple):
    """A whole batch: its questions and what holds for all of them."""

    questions: tuple[BatchQuestion, ...]
    object_framework: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    exploratory: bool = False


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """What became of one question: an answer, or an error. `problem` is the error as a door that speaks JSON shows it."""

    number: int
    asked: BatchQuestion
    answer: MappingAnswer | None
    error: ImriError | None
    problem: Mapping[str, Any] | None

    @property
    def status(self) -> str:
        """`ok` or `error`."""
        return "ok" if self.error is None else "error"

    def to_json(self) -> dict[str, Any]:
        return {
            "item": self.number,
            "asked": self.asked.to_json(),
            "status": self.status,
            "answer": self.answer.to_json() if self.answer else None,
            "problem": dict(self.problem) if self.problem is not None else None,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each record; a state without a record, and a failed question, have a row of their own."""
        asked = self.asked.subject if self.asked.object is None else f"{self.asked.subject} {self.asked.object}"
        empty = dict.fromkeys(RECORD_COLUMNS, "")
        if self.answer is None:
            return [{**_own(self.number, asked, self.status, "", "", "", str(self.error)), **empty}]
        return [{**_own(self.number, asked, self.status, row["target"], row["state"], row["note"], ""), **{c: row[c] for c in RECORD_COLUMNS}} for row in self.answer.rows()]


@dataclass(frozen=True, slots=True)
class BatchAnswer(Answer):
    """One entry for each question, in the order in which they were asked."""

    entries: tuple[BatchEntry, ...]
    basis: tuple[str, ...]
    release: str
    query: str = "service/records"

    def with_problems(self, describe: Callable[[ImriError], Mapping[str, Any]]) -> BatchAnswer:
        """Return the same with each error described by a door in its own form."""
        return replace(self, entries=tuple(e if e.error is None else replace(e, problem=describe(e.error)) for e in self.entries))

    def mapping_records(self) -> tuple[MappingRecord, ...]:
        """Return the records of all answers, each once."""
        found = {r.record_id: r for e in self.entries if e.answer for r in e.answer.items}
        return tuple(found.values())

    def unrecorded(self) -> tuple[PairState, ...]:
        """Return the states without a record of all answers, each once."""
        return tuple(dict.fromkeys(s for e in self.entries if e.answer for s in e.answer.unrecorded()))

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        asked = [{"item": e.number, "subject": e.asked.subject, "object": e.asked.object or "", "status": e.status, "problem": str(e.error or "")} for e in self.entries]
        return [("Questions", asked), ("Answers", self.rows())]

    def to_json(self) -> dict[str, Any]:
        failed = sum(e.error is not None for e in self.entries)
        return {
            "items": [e.to_json() for e in self.entries],
            "counts": {"items": len(self.entries), "ok": len(self.entries) - failed, "failed": failed},
            "basis": list(self.basis),
            "query": self.query,
            "next": None,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [row for entry in self.entries for row in entry.rows()]

    def header(self) -> tuple[str, ...]:
        return (*_OWN_COLUMNS, *RECORD_COLUMNS)


class BatchService:
    """Answers batches of one release."""

    def __init__(self, mapping: MappingService, frameworks: FrameworkService) -> None:
        self._mapping, self._frameworks = mapping, frameworks

    def answer(self, batch: Batch) -> BatchAnswer:
        """Answer every question as the mapping service answers it alone.

        Raises:
            UnknownNameError: a basis or framework that holds for the whole batch is unknown. What is wrong with one question
                stands in its entry.
        """
        view = View(batch.basis)
        for key in batch.object_framework:
            self._frameworks.key(key)
        return BatchAnswer(tuple(self._entry(n, q, batch) for n, q in enumerate(batch.questions, 1)), view.basis, self._mapping.release)

    def _entry(self, number: int, asked: BatchQuestion, batch: Batch) -> BatchEntry:
        try:
            return BatchEntry(number, asked, self._one(asked, batch), None, None)
        except BadInputError as error:
            return BatchEntry(number, asked, None, error, error.to_json())

    def _one(self, asked: BatchQuestion, batch: Batch) -> MappingAnswer:
        for name, value in (("subject", asked.subject), ("object", asked.object)):
            if value is not None and not value.strip():
                raise InvalidValueError(f"The {name} is empty; name a construct.", name)
            if value is not None and len(value) > LONGEST_NAME:
                raise InvalidValueError(f"The {name} has {len(value):,} characters; at most {LONGEST_NAME} are read.", name)
        if asked.object is not None and asked.object_framework:
            raise ConflictError("'object' already says which edition is meant; leave out 'object_framework'.", "object_framework")
        to = batch.object_framework if asked.object_framework is None else asked.object_framework
        return self._mapping.map(asked.subject, to=to, object_=asked.object, basis=batch.basis, exploratory=batch.exploratory)


def as_question(item: str | Mapping[str, Any] | BatchQuestion, place: str = "The question") -> BatchQuestion:
    """Return a question from a name, or from a mapping with `subject`, and `object` or `object_framework`.

    Raises:
        BadInputError: it is neither, or has members or values that no question has; `place` says where.
    """
    if isinstance(item, BatchQuestion):
        return item
    if isinstance(item, str):
        return BatchQuestion(_text(item, place))
    if not isinstance(item, Mapping):
        raise BadInputError(f"{place} is {_kind(item)}; a question is a name (a string), or an object with 'subject'.")
    _members(item, ("subject", "object", "object_framework"), place)
    other, frameworks = item.get("object"), item.get("object_framework")
    return BatchQuestion(
        # Without a subject it is a question that fails, and the others are answered.
        _text(item.get("subject", ""), f"{place}.subject"),
        None if other is None else _text(other, f"{place}.object"),
        None if frameworks is None else _texts(frameworks, f"{place}.object_framework"),
    )


def read_batch(raw: object, *, most: int | None = MOST_QUESTIONS) -> Batch:
    """Return the batch that a program sent, as JSON gives it.

    Args:
        raw: an object with `items`, and `object_framework`, `basis` and `exploratory` for all of them; or a list of items.
        most: how many questions are taken; any number when None.

    Raises:
        BadInputError: it has another form; the message names the place, such as items[3].object.
    """
    if isinstance(raw, list):
        raw = {"items": raw}
    if not isinstance(raw, Mapping):
        raise BadInputError(f"The batch is {_kind(raw)}; send an object with 'items'.")
    _members(raw, ("items", "object_framework", "basis", "exploratory"), "The batch")
    items = raw.get("items")
    if not isinstance(items, list):
        raise BadInputError("The batch has no 'items'; send a list of questions." if "items" not in raw else f"items is {_kind(items)}; it is a list of questions.")
    if not items:
        raise BadInputError("items is empty; ask at least one question.")
    if most is not None and len(items) > most:
        raise BadInputError(f"items holds {len(items):,} questions; at most {most} are answered at a time.")
    exploratory = raw.get("exploratory", False)
    if not isinstance(exploratory, bool):
        raise BadInputError(f"exploratory is {_kind(exploratory)}; it is true or false.")
    return Batch(tuple(as_question(item, f"items[{n}]") for n, item in enumerate(items)),
                 _texts(raw.get("object_framework", []), "object_framework"), _texts(raw.get("basis", []), "basis"), exploratory)  # fmt: skip


def _own(*values: Any) -> dict[str, Any]:
    return dict(zip(_OWN_COLUMNS, values, strict=True))


def _members(raw: Mapping[str, Any], known: Sequence[str], place: str) -> None:
    for name in raw:
        if name not in known:
            raise BadInputError(f"{place} has a member {str(name)[:60]!r} that is not known; known are {', '.join(known)}.")


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise BadInputError(f"{place} is {_kind(value)}; it is a string.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInputError(f"{place} holds half a character (an unpaired surrogate); send text in UTF-8.") from error
    return value


def _texts(value: object, place: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (_text(value, place),)
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        raise BadInputError(f"{place} is {_kind(value)}; it is a string or a list of strings.")
    return tuple(_text(item, f"{place}[{n}]") for n, item in enumerate(value))


def _kind(value: object) -> str:
    """Name the type of a JSON value."""
    if value is None:
        return "null"
    kinds = ((bool, "a truth value"), (int | float, "a number"), (str, "a string"), (Mapping, "an object"), (Iterable, "a list"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "of no JSON type")
