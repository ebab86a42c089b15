"""The observations of cases as pages list them: all of a case in one list, the values by which they can be narrowed, and their groups.

Called by the pages of one case and of several side by side. It counts what the reply holds and judges nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["FILTERS", "NONE", "PHASES", "Narrowed", "Option", "by_domain", "determinants", "judged", "narrowed", "observations", "valences", "with_silent"]

Item = Mapping[str, Any]

#: The parameters by which a page narrows what it lists, each with whether it may be repeated.
FILTERS = {"phase": True, "valence": True, "domain": True, "stakeholder": True}
#: What a filter calls observations that have no value in it.
NONE = "none"
#: The phases in time, by the name that an address gives them; what a source does not place comes last.
PHASES = ("historical-context", "adoption", "implementation", "assimilation", "not-stated")
#: Values that say only that the source states none.
_SILENT = frozenset({NONE, PHASES[-1]})
_DETERMINANT = "ikg:determinantKind"
_VALENCES = ("ikg:barrier", "ikg:mixedValence", "ikg:facilitator", "ikg:negative", "ikg:mixed", "ikg:positive")


class Option(NamedTuple):
    """A value of a filter: its name in the address, its label, how many observations have it, and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


class Narrowed(NamedTuple):
    """What a filter leaves of observations, of how many, and the values of each filter.

    `near` are those that fit a filter, and fall out of others only since their source states nothing there: silence is neither a match nor none.
    """

    shown: tuple[Item, ...]
    of: int
    options: Mapping[str, tuple[Option, ...]]
    near: tuple[Item, ...] = ()

    @property
    def active(self) -> bool:
        """Whether anything is filtered."""
        return any(option.chosen for options in self.options.values() for option in options)


def observations(body: Item) -> list[Item]:
    """Return all observations of a case, from both sheets, in the order of the reply."""
    told = [o for kind in body["observations"] for phase in kind["phases"] for domain in phase["domains"] for o in domain["observations"]]
    return [*told, *body["impacts"]]


def determinants(items: Iterable[Item]) -> list[Item]:
    """Return the barriers and facilitators among observations."""
    return [o for o in items if o["kind"]["curie"] == _DETERMINANT]


def narrowed(items: Sequence[Item], chosen: Mapping[str, Sequence[str]]) -> Narrowed:
    """Narrow observations to those that have one of the chosen values in each filter.

    Args:
        items: the observations.
        chosen: for each filter the values of the address; a value that no observation has leaves none.
    """
    has = [(o, {name: _values(o, name) for name in FILTERS}) for o in items]

    def fits(values: Mapping[str, Mapping[str, str]], but: str = "", also: frozenset[str] = frozenset()) -> bool:
        return all(name == but or not wanted or {*wanted, *also} & set(values[name]) for name, wanted in chosen.items())

    shown = tuple(o for o, values in has if fits(values))
    near = tuple(o for o, values in has if fits(values, also=_SILENT) and not fits(values) and any(set(wanted) & set(values[name]) for name, wanted in chosen.items()))
    options = {}
    for name in FILTERS:
        counts, labels = Counter[str](), dict[str, str]()
        for _, values in has:
            # A number says what choosing this value would show, so the other filters count.
            counts.update(values[name].keys() if fits(values, but=name) else ())
            labels |= values[name]
        labels |= {value: value for value in chosen.get(name, ()) if value not in labels}
        options[name] = tuple(Option(value, labels[value], counts[value], value in chosen.get(name, ())) for value in sorted(labels, key=lambda v: _place(name, v, labels)))
    return Narrowed(shown, len(items), options, near)


def with_silent(found: Narrowed) -> dict[str, list[str]]:
    """Return the filters that also leave what is near: the chosen values, and those that say that the source states none."""
    wanted = {name: [option.value for option in options if option.chosen] for name, options in found.options.items()}
    return {name: list(dict.fromkeys([*values, *(o.value for o in found.options[name] if o.value in _SILENT)])) for name, values in wanted.items() if values}


def by_domain(items: Iterable[Item]) -> list[tuple[Item | None, list[Item]]]:
    """Return observations by the domain of their construct, in the order of the framework; those without a construct come last, with None."""
    groups: dict[str, list[Item]] = {}
    for o in items:
        groups.setdefault(o["construct"]["domain"] if o["construct"] else "", []).append(o)
    return [(_domain(groups[key][0]) if key else None, groups[key]) for key in sorted(groups, key=lambda k: (not k, k))]


def valences(items: Iterable[Item]) -> list[tuple[Item, int]]:
    """Return how many observations hindered, did both and helped, in this order; those without a valence are not among them."""
    terms = {o["valence"]["curie"]: o["valence"] for o in items if o["valence"]}
    counts = Counter(o["valence"]["curie"] for o in items if o["valence"])
    return [(terms[key], counts[key]) for key in sorted(terms, key=lambda k: (_VALENCES.index(k) if k in _VALENCES else len(_VALENCES), k))]


def judged(items: Iterable[Item]) -> dict[str, int]:
    """Return how many codings the source prints and how many are inferred."""
    printed = [o["coding"] == "author-stated" for o in items]
    return {"printed": sum(printed), "inferred": len(printed) - sum(printed), "total": len(printed)}


def _values(o: Item, name: str) -> dict[str, str]:
    """Return the values of an observation in a filter, as names of the address with their labels; NONE where it has none."""
    if name == "stakeholder":
        found = {t["curie"].partition(":")[2]: t["label"] for t in (*o["reported_by"], *o["experienced_by"])}
    elif name == "domain":
        found = {o["construct"]["domain"]: f"{o['construct']['domain'].partition(':')[2]} {o['construct']['domain_label']}"} if o["construct"] else {}
    else:
        found = {o[name]["curie"].partition(":")[2]: o[name]["label"]} if o[name] else {}
    return found or {NONE: ""}


def _place(name: str, value: str, labels: Mapping[str, str]) -> tuple[object, ...]:
    order = PHASES if name == "phase" else tuple(v.partition(":")[2] for v in _VALENCES) if name == "valence" else ()
    return (value == NONE, order.index(value) if value in order else len(order), value if name == "domain" else labels[value])


def _domain(o: Item) -> Item:
    return {"curie": o["construct"]["domain"], "label": o["construct"]["domain_label"], "framework": o["construct"]["framework"], "label_status": "printed"}
