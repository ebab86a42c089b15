"""Batches of mapping questions on their way to a server, and their answers.

Called by the remote graph. A server answers some hundreds of questions at a time; a longer batch goes in several parts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from imri_kg.batch import MOST_QUESTIONS, Batch, BatchAnswer, BatchEntry, BatchQuestion
from imri_kg.remote.decoding import mapping_answer
from imri_kg.remote.members import Members
from imri_kg.remote.refusals import error_in
from imri_kg.states import View

__all__ = ["answer", "bodies"]


def bodies(batch: Batch) -> list[bytes]:
    """Return the JSON of a batch, in as many parts as a server needs."""
    shared = {"object_framework": list(batch.object_framework), "basis": list(batch.basis), "exploratory": batch.exploratory}
    parts = [batch.questions[n : n + MOST_QUESTIONS] for n in range(0, len(batch.questions), MOST_QUESTIONS)]
    return [json.dumps({"items": [{k: v for k, v in q.to_json().items() if v is not None} for q in part], **shared}).encode() for part in parts]


def answer(batch: Batch, replies: Sequence[Members], release: str) -> BatchAnswer:
    """Return the answer of a batch from the replies to its parts; without questions nothing was asked, and `release` is that of the server.

    Raises:
        UnknownNameError: a basis is unknown, where there was no question and so no server to say it.
    """
    if not replies:
        return BatchAnswer((), View(batch.basis).basis, release)
    entries = [entry for reply in replies for entry in reply.objects("items")]
    return BatchAnswer(tuple(_entry(n, m) for n, m in enumerate(entries, 1)), replies[0].texts("basis"), replies[0].text("release"), replies[0].text("query"))


def _entry(number: int, m: Members) -> BatchEntry:
    asked, found, problem = m.object("asked"), m.object_or_none("answer"), m.plain_or_none("problem")
    question = BatchQuestion(asked.text("subject"), asked.text_or_none("object"), asked.texts("object_framework") if asked.has("object_framework") else None)
    if problem is None:
        return BatchEntry(number, question, mapping_answer([found]) if found is not None else m.refuse("answer", "an answer or a problem"), None, None)
    error = error_in(problem, m.address)
    return BatchEntry(number, question, None, error, error.to_json())
