"""The matrix coding query over cases: observations counted by two dimensions, with what lies behind each cell.

A service: doors call it. It counts observations, each once in a cell; what authors state without counting fills a cell that counts
nothing; what they state about a study as a whole stands apart and counts nowhere. It never turns silence into a 0.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from imri_kg.cases.casebook import CaseService
from imri_kg.cases.dimensions import DIMENSIONS, Dimension, Dimensions, Reading
from imri_kg.cases.matrices import CellState, Matrix, MatrixCell, Member, StudyStatement
from imri_kg.cases.observations import DETERMINANT, Coding, Observation, Split, split
from imri_kg.cases.reading import CaseReader, Claim
from imri_kg.errors import BadInputError
from imri_kg.states import View

__all__ = ["MatrixService"]

#: What coverage statements call the dimensions along which they speak.
_COVERAGE = {"site": "case", "innovation type": "innovation", "stakeholder group": "stakeholder"}
#: Filters that leave a coverage statement as true as it was.
_HARMLESS = frozenset({"framework", "kind"})


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked, resolved: dimensions, filters as keys, editions that are named, and how dimensions are read."""

    rows: Dimension
    columns: Dimension
    where: Mapping[str, frozenset[str]]
    frameworks: frozenset[str]
    reading: Reading

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return (self.rows, self.columns, *(Dimensions.named(n) for n in self.where))

    @property
    def names(self) -> set[str]:
        return {d.name for d in self.dimensions}

    @property
    def coded(self) -> bool:
        """Whether anything is read off a coding."""
        return any(self.reading.coded(d) for d in self.dimensions)


class MatrixService:
    """Answers how often what was observed where."""

    def __init__(self, casebook: CaseService) -> None:
        self._reader: CaseReader = casebook.reader
        self._dimensions = Dimensions(casebook)
        self.release = casebook.release

    def matrix(self, rows: str, columns: str, *, where: Mapping[str, Iterable[str] | str] | None = None, basis: Iterable[str] = (),
               rollup: bool = False, empty: bool = False, domain_by: str = "construct", stakeholder_by: str = "reported") -> Matrix:  # fmt: skip
        """Count observations by two dimensions.

        Determinants are counted, and the rows of the sheet Impacts; each only where it can have the dimensions asked for. Other kinds are
        counted where `kind` is a dimension or a filter.

        Args:
            rows, columns: dimensions: construct, domain, framework, case, phase, valence, stakeholder, level, impact, innovation, kind,
                dataset, context-word.
            where: dimension to the values to keep, by CURIE, code, label or id. A construct takes its narrower ones with it.
            basis: whose codings to trust; all when empty.
            rollup: whether an observation counts under its construct or impact and under all broader ones.
            empty: whether to list members of the editions, code lists and cases without any observation.
            domain_by: `construct` for the domain of our construct, `context-word` for that of the authors' own word.
            stakeholder_by: `reported` for the groups that report, `experienced` for those that experience an impact.

        Returns:
            The matrix. Cells without observations say what authors state; sums count each observation once.

        Raises:
            UnknownNameError: a dimension, value or basis is not known.
            UnknownTermError, AmbiguousTermError: no construct, or several, have a name in a filter.
            BadInputError: the dimensions never meet in one observation.
        """
        view = View(basis)
        question = self._question(rows, columns, where or {}, Reading(domain_by, stakeholder_by, rollup))
        told, impacts = self._scope(question)
        seen = [o for o in self._reader.observations if (impacts if o.impact else told) and self._kind_counts(o, question)]
        by_case = "case" in question.names
        counted, apart, left = [], [], Counter[str]()
        for o in seen:
            stands_apart = o.case is None and (by_case or o.innovation is None)
            if not self._passes(o, question, apart=stands_apart):
                continue
            if not view.trusts(o.basis or "curated"):
                left[o.basis or "curated"] += 1
            else:
                (apart if stands_apart else counted).append(o)
        inside: dict[tuple[str, str], dict[str, Observation]] = defaultdict(dict)
        for o in counted:
            for pair in self._pairs(o, question):
                inside[pair][o.id] = o
        stated = self._coverage(question) if view.trusts("author-stated") else {}
        return self._assemble(question, view, counted, apart, inside, stated, empty=empty, left=left)

    def choices(self) -> Mapping[str, tuple[Member, ...]]:
        """Return for each dimension the values that any observation has, so that a form can offer them."""
        return {name: self._dimensions.choices(name) for name in DIMENSIONS}

    # ------------------------------------------------------------ what is asked

    def _question(self, rows: str, columns: str, where: Mapping[str, Iterable[str] | str], reading: Reading) -> _Question:
        a, b = Dimensions.named(rows), Dimensions.named(columns)
        if a is b:
            raise BadInputError(f"Rows and columns are both {a.name!r}; choose two different dimensions.")
        wanted: dict[str, frozenset[str]] = {}
        for name, values in where.items():
            dimension = Dimensions.named(name)
            texts = [values] if isinstance(values, str) else list(values)
            if texts:
                keys = frozenset[str]().union(*(self._dimensions.resolve(dimension.name, t) for t in texts))
                wanted[dimension.name] = wanted.get(dimension.name, frozenset()) | keys
        named = set(wanted.get("framework", ()))
        for name in ("construct", "domain") if reading.domain_by == "construct" else ("construct",):
            named |= {self._reader.reference(key).framework for key in wanted.get(name, ())}
        return _Question(a, b, wanted, frozenset(named), reading)

    def _scope(self, question: _Question) -> tuple[bool, bool]:
        """Say which observations can have all dimensions that are asked for: those of the sheet Determinants, those of the sheet Impacts."""
        impact_editions = {c.construct.framework for o in self._reader.observations if o.impact for c in o.codings}
        told, impacts = True, True
        for d in question.dimensions:
            if d.name in ("impact", "level") or d.name == "stakeholder" and question.reading.stakeholder_by == "experienced":
                told = False
            elif d.name == "context-word" or d.name == "domain" and question.reading.domain_by == "context-word":
                impacts = False
            elif d.name in ("construct", "domain"):
                told = told and (not question.frameworks or not question.frameworks <= impact_editions)
                impacts = impacts and not question.frameworks.isdisjoint(impact_editions)
        if not told and not impacts:
            raise BadInputError(
                f"No observation has all of {', '.join(sorted(question.names))}: impact and level belong to the sheet Impacts, construct, domain and context word "
                "to the sheet Determinants. Compare each with something that both have, such as case or phase."
            )
        return told, impacts

    def _kind_counts(self, o: Observation, question: _Question) -> bool:
        return "kind" in question.names or o.impact or o.kind.curie == DETERMINANT

    # ------------------------------------------------------------ where an observation counts

    def _codings(self, o: Observation, question: _Question) -> Iterator[Coding | None]:
        """Yield the codings of an observation to be looked at one by one; None where nothing is read off a coding."""
        if not question.coded:
            yield None
            return
        every = "framework" in (question.rows.name, question.columns.name)
        found = [c for c in o.codings if (c.construct.framework in question.frameworks if question.frameworks else every or c.role != "second construct")]
        yield from found or [None]

    def _admitted(self, o: Observation, question: _Question, *, apart: bool = False) -> Iterator[Coding | None]:
        """Yield the codings with which an observation passes all filters."""
        for coding in self._codings(o, question):
            if all(
                self._names_case(o, wanted) if apart and name == "case" else self._dimensions.admits(o, coding, name, wanted, question.reading)
                for name, wanted in question.where.items()
            ):
                yield coding

    def _names_case(self, o: Observation, wanted: frozenset[str]) -> bool:
        """Say whether a statement about a study concerns one of some cases; one that names none concerns all of its dataset."""
        named = {c.id for c in o.cases_named} or {c.key.id for c in self._reader.cases.values() if c.dataset.key == o.dataset}
        return not wanted.isdisjoint(named)

    def _passes(self, o: Observation, question: _Question, *, apart: bool) -> bool:
        return any(True for _ in self._admitted(o, question, apart=apart))

    def _keys(self, o: Observation, coding: Coding | None, dimension: Dimension, question: _Question, *, apart: bool = False) -> tuple[str, ...]:
        if apart and dimension.name == "case":
            keys: tuple[str, ...] = tuple(c.id for c in o.cases_named)
        else:
            keys = self._dimensions.values(o, coding, dimension.name, question.reading)
        wanted = question.where.get(dimension.name)
        return keys if wanted is None else tuple(k for k in keys if self._dimensions.within(dimension.name, k, wanted))

    def _pairs(self, o: Observation, question: _Question) -> set[tuple[str, str]]:
        return {
            (row, column)
            for coding in self._admitted(o, question)
            for row in self._keys(o, coding, question.rows, question)
            for column in self._keys(o, coding, question.columns, question)
        }

    def _side(self, o: Observation, dimension: Dimension, question: _Question, *, apart: bool = False) -> set[str]:
        return {k for c in self._admitted(o, question, apart=apart) for k in self._keys(o, c, dimension, question, apart=apart)}

    # ------------------------------------------------------------ what authors state without counting

    def _coverage(self, question: _Question) -> dict[tuple[str, str], list[tuple[Claim, bool]]]:
        """Return coverage statements by row and column, each with whether it decides the state of a cell that counts nothing.

        A statement holds for what it names and no further: one about a category says nothing of its impacts, and one about the groups
        that gave data nothing of those who experience something.
        """
        found: dict[tuple[str, str], list[tuple[Claim, bool]]] = defaultdict(list)
        if not question.names <= {question.rows.name, question.columns.name, *_HARMLESS}:
            return found
        for concept, other, turned in ((question.rows, question.columns, False), (question.columns, question.rows, True)):
            if concept.name not in ("impact", "construct", "domain") or other.name not in (*_COVERAGE.values(), "dataset"):
                continue
            for claim in self._reader.claims:
                about, along = claim.row.all("ikg:about"), _COVERAGE.get(claim.row.one("ikg:dimension") or "")
                if claim.kind != "CoverageStatement" or along != ("case" if other.name == "dataset" else other.name):
                    continue
                if other.name == "dataset" and _stated(claim) is not CellState.STATED_PRESENT:
                    # What is at a site is in its dataset; what is not at a site may be at another.
                    continue
                decides = other.name != "stakeholder" or question.reading.stakeholder_by == "reported"
                for key in about:
                    for end in self._ends(claim, other.name):
                        pair = (end, key) if turned else (key, end)
                        if self._may_stand(concept, key, question) and self._may_stand(other, end, question):
                            found[pair].append((claim, decides))
        return found

    def _ends(self, claim: Claim, name: str) -> list[str]:
        if name in ("case", "dataset"):
            cases = [case for site in claim.row.all("ikg:site") for case in self._reader.cases_of_site.get(site, ())]
            return [case.key.id for case in cases] if name == "case" else list(dict.fromkeys(case.dataset.key for case in cases))
        return list(claim.row.all("ikg:concernsInnovation" if name == "innovation" else "ikg:stakeholderGroup"))

    def _may_stand(self, dimension: Dimension, key: str, question: _Question) -> bool:
        """Say whether a member belongs to the matrix that was asked for."""
        wanted = question.where.get(dimension.name)
        if wanted is not None and not self._dimensions.within(dimension.name, key, wanted):
            return False
        if dimension.name in ("impact", "construct", "domain"):
            framework = self._reader.reference(key).framework
            if not framework or (question.frameworks and framework not in question.frameworks):
                return False
            if dimension.name == "domain":
                return bool(question.frameworks) and self._reader.broader(key) is None
            return dimension.name == "impact" or bool(question.frameworks)
        return True

    # ------------------------------------------------------------ the answer

    def _assemble(self, question: _Question, view: View, counted: list[Observation], apart: list[Observation],
                  inside: Mapping[tuple[str, str], Mapping[str, Observation]], stated: Mapping[tuple[str, str], list[tuple[Claim, bool]]], *,
                  empty: bool, left: Counter[str]) -> Matrix:  # fmt: skip
        decisive = {pair for pair, claims in stated.items() if any(decides for _, decides in claims)}
        sides: list[list[str]] = []
        for place, dimension in enumerate((question.rows, question.columns)):
            keys = {pair[place] for pair in (*inside, *decisive)}
            if empty:
                every = self._dimensions.every(dimension.name, self._editions(question, dimension, counted))
                keys |= {k for k in every if self._may_stand_empty(dimension, k, question)}
            sides.append(self._dimensions.sorted(dimension.name, keys))
        cells, used = [], {}
        for row in sides[0]:
            for column in sides[1]:
                here, claims = inside.get((row, column), {}), stated.get((row, column), [])
                used |= {claim.id: claim for claim, _ in claims}
                cells.append(MatrixCell(row, column, _state(bool(here), claims), self._split(here.values(), question), tuple(here), tuple(c.id for c, _ in claims)))
        members = [
            tuple(self._dimensions.member(d.name, key, self._split((o for pair, here in inside.items() if pair[place] == key for o in here.values()), question))
                  for key in sides[place])
            for place, d in enumerate((question.rows, question.columns))
        ]  # fmt: skip
        shown = {i for here in inside.values() for i in here}
        statements = {c: {**self._reader.claim_json(claim), "state": _stated(claim).value} for c, claim in sorted(used.items())}
        without = {
            side: tuple(o.id for o in counted if o.id not in shown and not self._side(o, d, question))
            for side, d in (("rows", question.rows), ("columns", question.columns))
        }
        kinds = Counter(o.kind.label for o in counted if o.id in shown)
        return Matrix(
            question.rows.name, question.columns.name, members[0], members[1], tuple(cells),
            self._split((o for o in counted if o.id in shown), question),
            tuple(StudyStatement(o, *(tuple(self._dimensions.sorted(d.name, self._side(o, d, question, apart=True))) for d in (question.rows, question.columns)))
                  for o in apart),
            {o.id: o for o in counted if o.id in shown}, statements, without, dict(sorted(kinds.items())),
            {"rows": question.reading.split(question.rows), "columns": question.reading.split(question.columns)},
            {"domain_by": question.reading.domain_by, "stakeholder_by": question.reading.stakeholder_by, "rollup": question.reading.rollup, "empty": empty},
            {name: tuple(sorted(keys)) for name, keys in sorted(question.where.items())}, view.basis, left, self.release, "service/case-rows",
            self._notes(question, counted, apart, without, kinds, cells, statements), self._reader.evidence,
        )  # fmt: skip

    def _split(self, observations: Iterable[Observation], question: _Question) -> Split:
        # A filter on what was inferred makes a number inferred, as a row or column of it does.
        kinds = {question.reading.split(d) for d in question.dimensions}

        def printed(o: Observation) -> bool:
            return ("coding" not in kinds or o.author_stated) and ("context word" not in kinds or (o.context is not None and o.context.printed is True))

        return split(observations, printed)

    def _editions(self, question: _Question, dimension: Dimension, counted: list[Observation]) -> set[str]:
        """Return the editions whose members are listed although nothing is coded to them."""
        named, every = question.frameworks, {"construct", "second construct", "impact"}
        role = {"impact"} if dimension.name == "impact" else every if named or dimension.name == "framework" else {"construct"}
        among = counted if counted and not named else self._reader.observations
        used = {c.construct.framework for o in among for c in o.codings if c.role in role}
        return used & named if named else used

    def _may_stand_empty(self, dimension: Dimension, key: str, question: _Question) -> bool:
        wanted = question.where.get(dimension.name)
        return wanted is None or self._dimensions.within(dimension.name, key, wanted)

    def _notes(self, question: _Question, counted: list[Observation], apart: list[Observation], without: Mapping[str, tuple[str, ...]],
               kinds: Counter[str], cells: list[MatrixCell], statements: Mapping[str, Mapping[str, object]]) -> tuple[str, ...]:  # fmt: skip
        notes = []
        if apart:
            notes.append(f"{_many(len(apart), 'statement')} about a study as a whole {_verb(len(apart), 'stands', 'stand')} apart and {_verb(len(apart), 'counts', 'count')} nowhere.")
        unnamed = sum(1 for o in counted if o.case is None)
        if unnamed:
            notes.append(f"{_many(unnamed, 'observation')} {_verb(unnamed, 'is', 'are')} tied to an innovation, not to a case that the source names; by case {_verb(unnamed, 'it stands', 'they stand')} apart.")
        for side, dimension in (("rows", question.rows), ("columns", question.columns)):
            if without[side]:
                notes.append(f"{_many(len(without[side]), 'observation')} in view {_verb(len(without[side]), 'has', 'have')} no {dimension.name} and {_verb(len(without[side]), 'is', 'are')} in no cell.")
        if len(kinds) > 1 and "kind" not in question.names:
            notes.append(f"Counted together: {', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))}. A filter on kind tells them apart.")
        if {question.reading.split(d) for d in question.dimensions} == {"source"}:
            notes.append("All dimensions say where, when or by whom the source reports something, so all counts are printed; the kind of each observation is the coding of the dataset.")
        words = sorted({o.context.word for o in counted if o.context and o.context.domain is None})
        if words and "domain" in question.names and question.reading.domain_by == "context-word":
            notes.append(f"Context words of which no domain is known: {', '.join(words)}.")
        if question.reading.rollup and not {"construct", "impact"} & {question.rows.name, question.columns.name}:
            notes.append("A roll-up concerns tables by construct or impact; this one is not changed by it.")
        if not statements and {"impact", "construct", "domain"} & question.names and question.names - {question.rows.name, question.columns.name} - _HARMLESS:
            notes.append("What authors state without counting is left out: it is said without the filters of this table.")
        if any(c.state is CellState.COUNTED and any(statements[s]["state"] == "stated_absent" for s in c.statements) for c in cells):
            notes.append("A cell counts observations although authors state that there are none; see its statements.")
        return (*notes, *self._reader.frameworks.code_notes(*sorted({c.construct.framework for o in counted for c in o.codings} if question.coded else ())))


def _state(counted: bool, claims: list[tuple[Claim, bool]]) -> CellState:
    if counted:
        return CellState.COUNTED
    states = {_stated(claim) for claim, decides in claims if decides}
    if not states:
        return CellState.NOT_STATED
    return CellState.STATED_PRESENT if CellState.STATED_PRESENT in states else CellState.STATED_ABSENT


def _stated(claim: Claim) -> CellState:
    return CellState.STATED_ABSENT if claim.row.one("ikg:statedCoverage") == "ikg:statedAbsent" else CellState.STATED_PRESENT


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
