"""Replies about cases as the typed objects that the local graph gives: descriptions, views, matrices, validations.

Called by the remote graph. A reply names constructs with their domain alone; what stands between, and the domains themselves, are read
off the members of the editions. Evidence comes with the reply, so that nothing is asked later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from imri_kg.case_validation.messages import CaseDataset, CorrectedCell, Message, Validation
from imri_kg.cases.answers import CaseDescription, CaseView, DomainGroup, KindGroup, PhaseGroup, SeenObservation
from imri_kg.cases.matrices import CellState, Matrix, MatrixCell, Member, StudyStatement
from imri_kg.cases.observations import CaseKey, Coding, ContextWord, EvidenceSource, Observation, Split, Term
from imri_kg.model import Evidence
from imri_kg.remote.decoding import evidence, reference
from imri_kg.remote.editions import Editions
from imri_kg.remote.members import Members

__all__ = ["CaseDecoder", "validation"]

_ROLES = {"construct": "construct", "second construct": "second_construct", "impact": "impact"}


class CaseDecoder:
    """Reads one reply; its observations and their evidence belong together."""

    def __init__(self, places: Editions) -> None:
        self._places = places
        self._evidence: dict[str, tuple[Evidence, ...]] = {}

    def _source(self) -> EvidenceSource:
        found = self._evidence

        def read(o: Observation) -> tuple[Evidence, ...]:
            return found.get(o.id, ())

        return read

    # ------------------------------------------------------------ observations

    def _coding(self, role: str, m: Members) -> Coding:
        construct = reference(m)
        domain = m.text("domain")
        return Coding(role, construct, construct if domain == construct.curie else self._places.reference(domain), self._places.path(construct.curie))

    def _context(self, m: Members) -> ContextWord:
        status, domain = m.text_or_none("status"), m.text_or_none("domain")
        return ContextWord(m.text("word"), None if status is None else status == "printed", _term_or_none(m, "term"),
                           self._places.reference(domain) if domain else None)  # fmt: skip

    def observation(self, m: Members) -> Observation:
        """Return an observation, and keep its evidence for the answer."""
        codings = tuple(self._coding(role, found) for role, name in _ROLES.items() if (found := m.object_or_none(name)) is not None)
        case, word = m.object_or_none("case"), m.object_or_none("context_word")
        found = m.many("evidence", evidence)
        identity = m.text("id")
        self._evidence[identity] = found
        return Observation(
            id=identity, code=m.text("code"), dataset=m.text("dataset"), kind=_term(m.object("kind")), statement=m.text("statement"),
            case=_case(case) if case is not None else None, study=m.text_or_none("study"), cases_named=m.many("cases_named", _case),
            basis=m.text_or_none("coding") or "", codings=codings, alternates=m.many("alternate_constructs", reference), touches=m.many("touches", reference),
            phase=_term_or_none(m, "phase"), phase_note=m.text_or_none("phase_note"), valence=_term_or_none(m, "valence"),
            context=self._context(word) if word is not None else None,
            experienced_by=m.many("experienced_by", _term), reported_by=m.many("reported_by", _term), informants=m.texts("informants"),
            levels=m.many("levels", _term), innovation=_term_or_none(m, "innovation"), process_only=m.flag_or_none("process_only"),
            source=m.text("source"), locator=m.text("locator"), text_anchor=m.text_or_none("text_anchor"), quote=m.text_or_none("quote"),
            # Where the graph has no evidence, the row stands as its own.
            note=m.text_or_none("note"), evidence=tuple(e.curie for e in found if e.curie != identity),
        )  # fmt: skip

    # ------------------------------------------------------------ a case

    def _domain(self, m: Members) -> DomainGroup:
        return DomainGroup(m.plain_or_none("domain"), m.many("observations", self.observation), _split(m.object("counts")), m.counts("valences"))

    def _phase(self, m: Members) -> PhaseGroup:
        return PhaseGroup(m.plain_or_none("phase"), m.many("domains", self._domain), _split(m.object("counts")))

    def _kind(self, m: Members) -> KindGroup:
        return KindGroup(m.plain("kind"), m.many("phases", self._phase), _split(m.object("counts")), m.counts("valences"))

    def case(self, m: Members) -> CaseDescription:
        """Return a case with everything that is known of it."""
        return CaseDescription(
            _case(m), m.text("iri"), m.plain("dataset"), m.plain_or_none("study"), m.plain("attributes"), m.plains("evidence", "curie", "citation", "locator"),
            m.text_or_none("note"), m.plain("counts"), m.many("study_statements", self.observation),
            m.plains("participants", "code", "group", "count", "coding", "evidence"), m.many("observations", self._kind), m.many("impacts", self.observation),
            m.plains("assimilation", "code", "form_label", "wording", "coding", "evidence"), m.plains("gaps", "code", "assumption", "feature", "coding", "evidence"),
            m.plains("events", "code", "when", "statement", "phase", "coding", "evidence"), m.plains("printed_limitations", "id", "statement", "basis", "evidence"),
            m.text("release"), m.text("query"), m.texts("notes"), self._source(),
        )  # fmt: skip

    # ------------------------------------------------------------ a case through another framework

    def _seen(self, m: Members) -> SeenObservation:
        return SeenObservation(self.observation(m), m.text("reached"), m.texts("coded_as"), m.text_or_none("coded_is_reached_by"))

    def view(self, m: Members) -> CaseView:
        """Return determinants as another framework sees them."""
        statements = m.many("study_statements", self._seen)
        return CaseView(
            m.text("case"), m.text("framework"), m.texts("coded_in"), _splits(m.object("counts")), _splits(m.object("second_coding")),
            m.plains("constructs", "curie", "mappings", "routes"), m.plains("members", "curie"), m.many("observations", self._seen), statements,
            m.texts("basis"), m.text("release"), m.text("query"), m.texts("notes"), self._source(),
        )  # fmt: skip

    # ------------------------------------------------------------ a matrix

    def _statement(self, m: Members) -> StudyStatement:
        return StudyStatement(self.observation(m), m.texts("rows"), m.texts("columns"))

    def matrix(self, m: Members, options: Iterable[str]) -> Matrix:
        """Return observations counted by two dimensions; `options` names the members that say how."""
        observations = m.many("observations", self.observation)
        statements = m.plains("statements", "id", "statement", "state")
        without, where, left = m.object("without"), m.object("where"), m.object("left_out")
        split = m.object("split_by")
        return Matrix(
            m.text("row_dimension"), m.text("column_dimension"), m.many("rows", _member), m.many("columns", _member), m.many("cells", _cell),
            _split(m.object("counts")), m.many("study_statements", self._statement), {o.id: o for o in observations}, {s["id"]: s for s in statements},
            {side: without.texts(side) for side in without.raw}, m.counts("kinds"), {side: split.text(side) for side in split.raw},
            {name: m.value(name) for name in options}, {name: where.texts(name) for name in where.raw}, m.texts("basis"), left.counts("observations"),
            m.text("release"), m.text("query"), m.texts("notes"), self._source(),
        )  # fmt: skip


def _term(m: Members) -> Term:
    return Term(m.text("curie"), m.text("label"))


def _term_or_none(m: Members, name: str) -> Term | None:
    found = m.object_or_none(name)
    return None if found is None else _term(found)


def _case(m: Members) -> CaseKey:
    return CaseKey(m.text("id"), m.text("name"))


def _split(m: Members) -> Split:
    """Return a split count; where nothing is counted, a reply has null and not 0."""
    return Split(m.whole_or_none("printed") or 0, m.whole_or_none("inferred") or 0)


def _splits(m: Members) -> Mapping[str, Split]:
    return {name: _split(m.object(name)) for name in m.raw}


def _member(m: Members) -> Member:
    return Member(m.text("id"), m.text("label"), _split(m), m.text_or_none("framework") or "", m.text_or_none("label_status") or "", m.text_or_none("broader"),
                  m.whole("depth"))  # fmt: skip


def _cell(m: Members) -> MatrixCell:
    try:
        state = CellState(m.text("state"))
    except ValueError:
        m.refuse("state", f"one of {', '.join(CellState)}")
    return MatrixCell(m.text("row"), m.text("column"), state, _split(m), m.texts("observations"), m.texts("statements"))


def _message(m: Members) -> Message:
    # Servers of older versions name no replacement, or no more than one.
    replacement = m.text_or_none("replacement") if "replacement" in m.raw else None
    replacements = m.texts("replacements") if "replacements" in m.raw else () if replacement is None else (replacement,)
    return Message(m.text("file"), m.text("sheet"), m.whole_or_none("row"), *(m.text(name) for name in Message._fields[3:-2]), replacement=replacement, replacements=replacements)


def _dataset(m: Members) -> CaseDataset:
    return CaseDataset(m.text("name"), m.texts("files"), m.text("framework"), m.counts("rows"), m.texts("cases"))


def _corrected(m: Members) -> CorrectedCell:
    return CorrectedCell(m.text("file"), m.text("sheet"), m.whole("row"), *(m.text(name) for name in CorrectedCell._fields[3:]))


def validation(m: Members) -> Validation:
    """Return the messages of a check, what was read, and what was corrected before."""
    # Servers of older versions name no corrections.
    corrections = m.many("corrections", _corrected) if "corrections" in m.raw else ()
    return Validation(m.many("messages", _message), m.many("datasets", _dataset), m.text("release"), corrections)
