"""The worker of validations: a process that opens the graph, takes one validation from its standard input, answers it and ends.

`worker` starts it as `python -m imri_kg.isolation.confined`; nobody imports it. It keeps nothing and writes nothing but its answer,
and what goes wrong in it is told to its parent as a document.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from imri_kg.isolation import confinement, frames

if TYPE_CHECKING:
    from imri_kg.case_validation.vocabulary import CaseVocabulary
    from imri_kg.errors import ImriError

__all__ = ["main"]

#: A table to validate before the first real one, so that all engines are loaded by then.
_FIRST_TABLE = b"Case\nA\n"


def main() -> None:
    """Serve one validation.

    Does not return: the process ends here, so that nothing runs after its answer.
    """
    confinement.refuse_network()
    status, answer = 1, _answer_stream()
    try:
        _serve(sys.stdin.buffer, answer)
        status = 0
    except MemoryError:
        status = confinement.MEMORY_STATUS
    except Exception:
        # Most of all, the parent is gone, and with it whoever asked.
        _trace()
    finally:
        os._exit(status)


def _answer_stream() -> BinaryIO:
    """Keep standard output for the answer, and lead whatever else is printed to standard error."""
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return stream


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    from imri_kg.errors import ImriError

    try:
        vocabulary, release = _prepare()
    except ImriError as error:
        frames.send(answers, {"error": _error(error)})
        return
    frames.send(answers, {"ready": release})
    question = frames.receive(questions, sys.maxsize)
    if question is None:
        return
    try:
        confinement.confine(
            seconds=question.document["seconds"],
            memory=question.document["memory"],
            readable=_folders(),
            debugging=bool(os.environ.get("IMRI_KG_DEBUG")),
        )
        document, report = _validate(question, vocabulary, release, answers)
    except ImriError as error:
        frames.send(answers, {"error": _error(error)})
    except MemoryError:
        raise
    except Exception as error:
        _trace()
        frames.send(answers, {"fault": type(error).__name__})
    else:
        frames.send(answers, document, [report])


def _prepare() -> tuple[CaseVocabulary, str]:
    """Open the graph and load everything that a validation needs."""
    import imri_kg
    from imri_kg.case_validation.service import Source, check_cases
    from imri_kg.case_validation.vocabulary import CaseVocabulary
    from imri_kg.errors import ValidationError

    graph = imri_kg.open()
    vocabulary = CaseVocabulary(graph.store, graph.catalog, str(graph.release_info["base"]))
    try:
        check_cases([Source("cases.csv", _FIRST_TABLE)], vocabulary, graph.release)
    except ValidationError:
        # Whoever asks is told, with their own files.
        _trace()
    _keep_sheets_in_memory()
    return vocabulary, graph.release


def _folders() -> list[str]:
    from imri_kg import resources

    return [str(resources.path(name)) for name in resources.FOLDERS]


def _validate(question: frames.Frame, vocabulary: CaseVocabulary, release: str, answers: BinaryIO) -> tuple[dict[str, Any], bytes]:
    from imri_kg.case_validation.correcting import apply_corrections, corrected_file
    from imri_kg.case_validation.corrections import Correction
    from imri_kg.case_validation.service import Source, check_cases
    from imri_kg.case_validation.user_shapes import apply_user_shapes, read_user_shapes
    from imri_kg.validation import validate

    asked = question.document
    blobs = list(question.blobs)
    extra = read_user_shapes(blobs.pop(), vocabulary.shapes) if asked["shapes"] else None
    sources = [Source(name, data, folder, below) for (name, folder, below), data in zip(asked["sources"], blobs, strict=True)]

    def tell(what: str, done: int, of: int) -> None:
        frames.send(answers, {"progress": [what, done, of]})

    sources, cells = apply_corrections(sources, [Correction(*c) for c in asked["corrections"]], vocabulary.model)
    engine = validate if extra is None else apply_user_shapes
    checked = check_cases(sources, vocabulary, release, framework=asked["framework"], extra_shapes=extra, engine=engine, progress=tell)
    validation = checked.validation._replace(corrections=cells)
    report, name, tables = b"", "", None
    if asked["tables"]:
        from imri_kg.reports.shown_tables import shown_tables

        tables = shown_tables(checked, sources, vocabulary)
    if asked["form"] == "corrected":
        name, report = corrected_file(sources)
    elif asked["form"]:
        from imri_kg.reports import write_report

        report = write_report(validation, asked["form"], {s.name: s.data for s in sources}, checked.report)
    return {"validation": validation.to_json(), "tables": tables, "name": name}, report


def _error(error: ImriError) -> dict[str, Any]:
    """Return an error as a document from which the parent makes it again."""
    from imri_kg.errors import CorrectionError, UnknownNameError

    document: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, UnknownNameError):
        document |= {"kind": error.kind, "value": error.value, "known": list(error.known)}
    if isinstance(error, CorrectionError):
        document |= {"number": error.number, "place": error.place}
    return document


def _keep_sheets_in_memory() -> None:
    """Have openpyxl write each sheet into memory; by itself it puts the user's rows into a temporary file first."""
    import io
    import zipfile

    from openpyxl.worksheet import _writer
    from openpyxl.writer import excel

    class Archive(zipfile.ZipFile):
        def write(self, filename: Any, arcname: Any = None, *arguments: Any, **options: Any) -> None:
            if isinstance(filename, io.BytesIO):
                self.writestr(arcname, filename.getvalue())
            else:
                super().write(filename, arcname, *arguments, **options)

    vars(_writer)["create_temporary_file"] = lambda suffix="": io.BytesIO()
    vars(excel)["ZipFile"] = Archive
    setattr(_writer.WorksheetWriter, "cleanup", lambda self: None)  # noqa: B010


def _trace() -> None:
    """Write the trace to standard error, which leads nowhere unless IMRI_KG_DEBUG is set."""
    import traceback

    traceback.print_exc()


if __name__ == "__main__":
    main()
