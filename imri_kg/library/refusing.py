"""Which datasets of an import may not enter the library, and why, in messages like those of the validation.

Called by the library and by what makes datasets ready. It looks at messages and identifiers only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from imri_kg.case_validation.messages import CaseDataset, Message
from imri_kg.library.model import DatasetOutcome, LibraryDataset

if TYPE_CHECKING:
    from imri_kg.case_validation.messages import Validation

__all__ = ["by_dataset", "judged", "refusal"]


def refusal(dataset: CaseDataset | DatasetOutcome, rule: str, message: str, *, sheet: str = "", column: str = "", value: str = "") -> Message:
    """Return a violation of a rule of the library."""
    name = dataset.id if isinstance(dataset, DatasetOutcome) else dataset.name
    # Of the CSV files of a dataset, the one that is the sheet.
    file = next((f for f in dataset.files if PurePosixPath(f).stem.casefold() == sheet.casefold()), dataset.files[0] if dataset.files else name)
    return Message(file, sheet, None, column, "violation", message, value, shape=f"library/{rule}", dataset=name)


def by_dataset(validation: Validation) -> tuple[list[DatasetOutcome], list[Message]]:
    """Return each dataset with its messages, refused where there is a violation, and the messages that belong to no dataset.

    A warning refuses nothing.
    """
    names: dict[str, list[int]] = defaultdict(list)
    owners: dict[str, list[int]] = defaultdict(list)
    for number, dataset in enumerate(validation.datasets):
        names[dataset.name].append(number)
        for file in dataset.files:
            owners[file].append(number)
    own: dict[int, list[Message]] = defaultdict(list)
    others: list[Message] = []
    for message in validation.messages:
        places = owners.get(message.file, [])
        if len(places) != 1:
            # A file can describe several datasets, and a message of a rule over a dataset can have no file.
            places = [n for n in names.get(message.dataset, []) if not places or n in places] or places
        for number in places:
            own[number].append(message)
        if not places:
            others.append(message)
    found = []
    for number, dataset in enumerate(validation.datasets):
        messages = [*own[number], *_beyond_validation(dataset, own[number])]
        refused = any(m.severity == "violation" for m in messages)
        found.append(DatasetOutcome(dataset.name, "refused" if refused else "held back", dataset.files, tuple(messages)))
    return found, others


def _beyond_validation(dataset: CaseDataset, messages: Sequence[Message]) -> Iterator[Message]:
    """Yield what may be left open while tables are checked, but not in a library."""
    if not dataset.rows.get("Dataset"):
        yield refusal(dataset, "no-dataset", "A dataset of the library has a row in the sheet Dataset, which says what it is called. Add the sheet.", sheet="Dataset")
    for message in messages:
        if message.shape == "tables/missing-sheet":
            yield refusal(dataset, "missing-sheet", f"{message.message} In the library every reference leads somewhere: add the sheet.", sheet=message.sheet)


def judged(found: Sequence[DatasetOutcome], held: Mapping[str, LibraryDataset], reference: Collection[str], *, replace: bool) -> list[DatasetOutcome]:
    """Return the outcomes after a look at the identifiers: one that is taken is refused.

    Args:
        found: the outcomes so far.
        held: the datasets of the library, by id.
        reference: the identifiers of the datasets that come with the release, without regard to case.
        replace: whether a dataset may take the place of one with the same id.
    """
    given = Counter(outcome.id.casefold() for outcome in found)
    taken = {name.casefold(): name for name in held}
    out = []
    for outcome in found:
        said, folded = "", outcome.id.casefold()
        if folded in reference:
            said = "comes with imri-kg; give your dataset an identifier of its own"
        elif given[folded] > 1:
            said = "names two datasets of this import; give each its own identifier"
        elif folded in taken and taken[folded] != outcome.id:
            said = f"differs from '{taken[folded]}', which is in the library, in capital letters alone; use another identifier"
        elif folded in taken and not replace:
            said = "is in the library already; import it with --replace to put this one in its place, or give it another identifier"
        if said:
            rule = "reference-identifier" if folded in reference else "identifier-taken"
            message = refusal(outcome, rule, f"The dataset '{outcome.id}' {said}.", sheet="Dataset", column="Dataset", value=outcome.id)
            outcome = outcome._replace(outcome="refused", messages=(*outcome.messages, message))
        out.append(outcome)
    return out
