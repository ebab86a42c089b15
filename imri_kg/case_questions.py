"""What the graph answers about cases: validation, templates, the library, questions over cases.

A part of `KnowledgeGraph`, in a module of its own; nobody else uses it. Everything heavy is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imri_kg.prefixes import DEFAULT_BASE, Prefixes

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from imri_kg.case_validation.messages import Validation
    from imri_kg.case_validation.service import Checked, Progress, Source
    from imri_kg.case_validation.vocabulary import CaseVocabulary
    from imri_kg.cases.answers import CaseDescription, CaseView
    from imri_kg.cases.casebook import CaseService
    from imri_kg.cases.matrices import Matrix
    from imri_kg.catalog import Catalog
    from imri_kg.explaining import ExplainingService
    from imri_kg.frameworks import FrameworkService
    from imri_kg.library import ImportResult, Library
    from imri_kg.mapping import MappingService
    from imri_kg.snapshot import Snapshot
    from imri_kg.store import Store
    from imri_kg.tables import Table

__all__ = ["CaseQuestions"]


class CaseQuestions:
    """The questions about cases; `KnowledgeGraph` brings the rest."""

    release: str
    prefixes: Prefixes
    catalog: Catalog
    framework_service: FrameworkService
    mapping_service: MappingService
    explaining_service: ExplainingService
    _snapshot: Snapshot
    #: Quads of case datasets that were named when a server was started; they are kept in memory alone.
    _further_cases: bytes = b""
    #: Whether the user's library belongs to the cases; `without_library` says no.
    _with_library: bool = True
    _open_casebook: tuple[object, CaseService] | None = None

    @cached_property
    def case_vocabulary(self) -> CaseVocabulary:
        """Columns, shapes and codes of the case tables."""
        from imri_kg.case_validation.vocabulary import CaseVocabulary

        return CaseVocabulary(self._snapshot.store, self.catalog, str(self._snapshot.release.get("base", DEFAULT_BASE)))

    def validate(self, *paths: str | Path, framework: str = "") -> Validation:
        """Check case data: workbooks, CSV or RDF files, or folders of them.

        Args:
            paths: what to check; the CSV files of one folder are the sheets of one dataset.
            framework: edition of the constructs, for tables without a sheet Dataset.

        Returns:
            Messages at file, sheet, row and column, with counts and what was read.

        Raises:
            BadInputError: a path cannot be read, or there is nothing to check.
        """
        from pathlib import Path

        from imri_kg.case_validation.service import sources_at

        return self.check_cases(sources_at([Path(p) for p in paths]), framework=framework).validation

    def check_cases(self, sources: Sequence[Source], *, framework: str = "", progress: Progress | None = None) -> Checked:
        """Check case data given as bytes, in this process; what nobody vouches for goes to `isolation.worker`."""
        from imri_kg.case_validation.service import check_cases

        return check_cases(sources, self.case_vocabulary, self.release, framework=framework, progress=progress)

    def case_columns(self) -> dict[str, Any]:
        """Return the sheets and columns of the case tables as plain data."""
        return self.case_vocabulary.model.to_json()

    def case_template(self, *, framework: str = "cfir-2022", second: str | None = None, example: bool = False) -> bytes:
        """Return the workbook that reviewers fill in (xlsx)."""
        from imri_kg.case_tables.template import template

        return template(self.case_vocabulary.model, self.case_vocabulary.codes, framework=framework, second=second, example=example)

    def case_template_tables(self, *, framework: str = "cfir-2022", second: str | None = None, example: bool = False) -> dict[str, bytes]:
        """Return the same as CSV files, by their names."""
        from imri_kg.case_tables.template import template_tables

        return template_tables(self.case_vocabulary.model, self.case_vocabulary.codes, framework=framework, second=second, example=example)

    @cached_property
    def library(self) -> Library:
        """The user's own case datasets on this machine."""
        from imri_kg.library import Library

        return Library(self.case_vocabulary)

    @property
    def casebook(self) -> CaseService:
        """The cases of the release, and those of the library where it holds some; it is opened anew when the library has changed.

        Raises:
            LibraryError: the library belongs to the cases and cannot be read.
        """
        from imri_kg.cases.casebook import CaseService

        held = self.library.datasets() if self._with_library else None
        state = (held, len(self._further_cases))
        if self._open_casebook is None or self._open_casebook[0] != state:
            store = self._store_with(self._further_cases + (self.library.quads() if held and held.datasets else b""))
            released = None if store is self._snapshot.store else self._snapshot.store
            self._open_casebook = state, CaseService(store, self.catalog, self.prefixes, self.framework_service, self.release, released=released)
        return self._open_casebook[1]

    def _store_with(self, quads: bytes) -> Store:
        """Return the store of the release, or one in memory that holds further quads as well."""
        if not quads:
            return self._snapshot.store
        store = type(self._snapshot.store).in_memory(self._snapshot.nquads())
        store.add(quads)
        return store

    @property
    def own_cases(self) -> bool:
        """Whether the cases can be others than those of the release: the library belongs to them, or further datasets were read."""
        return self._with_library or bool(self._further_cases)

    def without_library(self) -> Self:
        """Return the same graph with the cases of the release and those of `with_cases` alone, whatever the user's library holds."""
        alone = copy(self)
        alone._with_library = False
        return alone

    def with_cases(self, paths: Sequence[Path]) -> Validation:
        """Read further case datasets into memory, beside those of the graph; call it before asking for cases.

        Returns:
            Their validation; datasets with a violation are not taken in, and nothing is then.
        """
        from imri_kg.case_validation.service import sources_at

        checked = self.check_cases(sources_at(paths))
        if checked.validation.conforms and checked.validation.datasets:
            self._further_cases += self._quads_of(checked)
        return checked.validation

    def _quads_of(self, checked: Checked) -> bytes:
        if self._with_library:
            return self.library.quads_of(checked)
        from pathlib import Path
        from tempfile import TemporaryDirectory

        from imri_kg.library import Library

        # A library that takes no part must not refuse a dataset that it holds too, nor do so because it is damaged: an empty one judges.
        with TemporaryDirectory(prefix="imri-kg-") as empty:
            return Library(self.case_vocabulary, Path(empty)).quads_of(checked)

    def cases(self) -> Table:
        """Return all cases, of the release and of the user's own datasets, with what their datasets hold on them."""
        return self.casebook.list()

    def case(self, id: str) -> CaseDescription:
        """Return a case with its participants, observations, impacts, judgements, gaps and events.

        Raises:
            UnknownNameError: there is no such case; the nearest are named.
        """
        return self.casebook.case(id)

    def matrix(self, rows: str, columns: str, **options: Any) -> Matrix:
        """Count observations by two dimensions (construct, domain, framework, case, phase, valence, stakeholder, level, impact, ...).

        Args:
            rows, columns: the dimensions.
            options: `where` (dimension to values to keep), `basis`, `rollup`, `empty`, `domain_by`, `stakeholder_by`.

        Raises:
            UnknownNameError: a dimension or a value is not known.
        """
        from imri_kg.cases.matrix import MatrixService

        return MatrixService(self.casebook).matrix(rows, columns, **options)

    def case_view(self, framework: str, case: str | None = None) -> CaseView:
        """Return the determinants of one case, or of all, as another framework sees them by way of the mappings."""
        from imri_kg.cases.view import CaseViewService

        return CaseViewService(self.casebook, self.mapping_service, self.explaining_service).view(case, framework)

    def import_cases(self, *paths: str | Path, replace: bool = False) -> ImportResult:
        """Take case datasets into the library of this machine, all or none; a dataset with a violation is refused."""
        from pathlib import Path

        from imri_kg.case_validation.service import sources_at

        return self.library.add(self.check_cases(sources_at([Path(p) for p in paths])), replace=replace)
