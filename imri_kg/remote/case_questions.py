"""What the graph of a server answers about cases: validation, descriptions, views, counts.

A part of `RemoteGraph`, in a module of its own, as `case_questions` is one of the local graph; nobody else uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from imri_kg.errors import UnknownNameError
from imri_kg.remote import decoding
from imri_kg.remote.asking import API, Asked, Asking, ReleaseChanged, flag, names_something, repeated, segment
from imri_kg.remote.connection import TIMEOUT_OF_CHECKS

if TYPE_CHECKING:
    from pathlib import Path

    from imri_kg.case_validation.messages import Validation
    from imri_kg.cases.answers import CaseDescription, CaseView
    from imri_kg.cases.matrices import Matrix
    from imri_kg.remote.editions import Editions
    from imri_kg.remote.members import Members
    from imri_kg.remote.sending import Form
    from imri_kg.tables import Table

__all__ = ["RemoteCaseQuestions"]

_T = TypeVar("_T")
_CASES = (
    "id", "name", "dataset", "study", "innovation", "location", "country", "start", "participants", "interviews", "observations", "observations_printed",
    "observations_inferred", "impacts", "impacts_printed", "impacts_inferred", "judgements", "gaps", "events", "determinants", "phases", "stakeholder_groups",
)  # fmt: skip
_OPTIONS = ("domain_by", "stakeholder_by", "rollup", "empty")


class RemoteCaseQuestions(Asking):
    """The questions about cases; `RemoteGraph` brings the rest."""

    def validate(self, *paths: str | Path, framework: str = "") -> Validation:
        """Check case data: workbooks, CSV or RDF files, or folders of them. The files are sent to the server, which keeps nothing of them.

        Args:
            paths: what to check; the CSV files of one folder are the sheets of one dataset.
            framework: edition of the constructs, for tables without a sheet Dataset.

        Returns:
            Messages at file, sheet, row and column, with counts and what was read.

        Raises:
            BadInputError: a path cannot be read, there is nothing to check, or a dataset is larger than a server takes.
            ValidationBusyError, ValidationLimitError: the server has too much to do, or met a limit.
        """
        from imri_kg.remote import sending

        def ask() -> Validation:
            replies = [self._send(form, framework) for form in forms]
            for reply in replies:
                self._same_release(reply, replies[0])
            return sending.joined(forms, replies)

        forms = sending.forms(paths)
        return self._of_one_release(ask)

    def _send(self, form: Form, framework: str) -> Members:
        body, kind = form.encoded()
        asked = [("framework", framework)] if framework else []
        return self._read(self._connection.post(f"{API}/validate", body, kind, asked, timeout=TIMEOUT_OF_CHECKS))

    def cases(self) -> Table:
        """Return all cases that the server shows, with what their datasets hold on them."""
        return replace(decoding.table(self._pages("/cases"), _CASES, ["datasets"]), absent="not stated")

    def case(self, id: str) -> CaseDescription:
        """Return a case with its participants, observations, impacts, judgements, gaps and events.

        Raises:
            UnknownNameError: there is no such case; the nearest are named.
        """
        from imri_kg.remote.case_decoding import CaseDecoder

        return self._of_one_release(lambda: self._placed(f"/cases/{self._case(id)}", (), lambda m, places: CaseDecoder(places).case(m)))

    def case_view(self, framework: str, case: str | None = None) -> CaseView:
        """Return the determinants of one case, or of all, as another framework sees them by way of the mappings."""
        from imri_kg.remote.case_decoding import CaseDecoder

        which = f"/{self._case(case)}" if case is not None else ""
        path = f"/cases{which}/through/{self._edition(framework)}"
        return self._of_one_release(lambda: self._placed(path, (), lambda m, places: CaseDecoder(places).view(m)))

    def matrix(self, rows: str, columns: str, **options: Any) -> Matrix:
        """Count observations by two dimensions (construct, domain, framework, case, phase, valence, stakeholder, level, impact, ...).

        Args:
            rows, columns: the dimensions.
            options: `where` (dimension to values to keep), `basis`, `rollup`, `empty`, `domain_by`, `stakeholder_by`.

        Raises:
            UnknownNameError: a dimension or a value is not known.
        """
        from imri_kg.remote.case_decoding import CaseDecoder

        asked = _matrix_parameters(rows, columns, **options)
        return self._of_one_release(lambda: self._placed("/matrix", asked, lambda m, places: CaseDecoder(places).matrix(m, _OPTIONS)))

    def _placed(self, path: str, asked: Asked, read: Callable[[Members, Editions], _T]) -> _T:
        """Read an answer about cases, with members of editions of the same release."""
        found = self._members(path, asked)
        places = self._places()
        answer = read(found, places)
        if found.text("release") != self._release:
            raise ReleaseChanged
        return answer

    def _case(self, text: str) -> str:
        """Return the id of a case as a segment of a path; its IRI and `<dataset>/<case>` are understood too.

        Raises:
            UnknownNameError: it cannot be one.
        """
        wanted = self.prefixes.compress(text.strip())
        if wanted.count("/") == 1:
            wanted = wanted.replace("/", ".")
        if not names_something(wanted):
            raise UnknownNameError("case", text, [row["id"] for row in self.cases().rows()])
        return segment(wanted)


def _matrix_parameters(rows: str, columns: str, *, where: Mapping[str, Iterable[str] | str] | None = None, basis: Iterable[str] | str = (), rollup: bool = False,
                       empty: bool = False, domain_by: str = "construct", stakeholder_by: str = "reported") -> list[tuple[str, str]]:  # fmt: skip
    from imri_kg.cases.dimensions import Dimensions

    filters = [pair for name, values in (where or {}).items() for pair in repeated(Dimensions.named(name).name, values)]
    chosen = [("domain_by", domain_by), ("stakeholder_by", stakeholder_by)]
    return [("rows", rows), ("columns", columns), *filters, *repeated("basis", basis), *flag("rollup", rollup), *flag("empty", empty), *chosen]
