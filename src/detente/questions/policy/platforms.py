"""Platforms side by side: what a leader or party would hold, what would follow, and whether it would be kept.

The mathematics. A platform has settings it would *hold*, a *list* of priorities, options on which it is silent
(`unknown`), and possibly any order of its list. Two questions are asked of it, and kept apart:

- *wanting*: its actor has this list and nobody is held. Does the status quo last, and where does play end?
- *in force*: its settings are held besides. An actor all of whose options are held no longer answers what others do.

The platform is *self-enforcing* if in every state where foresight play ends with the platform in force the actor, free
again and by its own list, has no unsanctioned improvement (is SEQ stable); with one-step reasoning: no improvement at
all (Nash). Whatever is unknown is completed in every possible way (`uncertainty.completions`): a verdict is then necessary, or
counted over the completions.

Steps: per completion one analysis of the free model and one of the model without what is held. Cost: completions × these;
the free model dominates. Source: Howard 1971 (policies); platforms as partial commitments are ours.

>>> from detente.scenario import load
>>> found = compare(Case(load("two_proxies")), ["biden24", "carpenter"])
>>> [str(column.force.outcomes["decoupled"]["foresight"]) for column in found.columns]
['NONE', 'ALL']
>>> [str(column.kept["seq"]) for column in found.columns]
['ALL', 'ALL']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analysis import Analysis
from detente.case import Basis, Case, Labels, find_platform, policy_of, said
from detente.conflict import Cells
from detente.engine import Progress, improving_steps, quiet
from detente.engine.concepts import label
from detente.engine.play import verdict
from detente.errors import InputError, Unanswerable
from detente.questions.policy.outlook import Outlook, Tally, change, key_of, values_of
from detente.questions.uncertainty.completions import (
    Completion,
    Spread,
    complete_list,
    complete_platform,
)
from detente.scenario.model import Platform
from detente.sheet import Sheet, html_of

__all__ = ["Comparison", "PlatformVerdict", "compare", "policy_of"]


@dataclass(frozen=True)
class PlatformVerdict:
    """One platform: `wanting` (its list, nobody held) and `force` (its settings held).

    `kept` says per concept in how many of the foresight ends the actor would stay, if it were free again (ALL, SOME,
    NONE), `kept_by` the same (SEQ) if it had the list of another platform; `leaves` names a change it would make instead.
    """

    platform: Platform
    actor: str
    reading: str
    held: Labels
    wanting: Outlook
    force: Outlook
    kept: Mapping[str, Spread]
    kept_by: Mapping[str, Spread]
    leaves: str = ""

    @property
    def self_enforcing(self) -> bool | None:
        """Whether the actor would keep it in every end; None if that depends on what is unknown."""
        verdicts = self.kept["seq"].possible
        return True if verdicts == ("ALL",) else None if "ALL" in verdicts else False

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.platform.id,
            "name": self.platform.name,
            "actor": self.actor,
            "reading": self.reading,
            "held": dict(self.held),
            "unknown": list(self.platform.unknown),
            "orders": self.platform.orders,
            "wanting": self.wanting.to_json(),
            "force": self.force.to_json(),
            "kept": {concept: each.to_json() for concept, each in self.kept.items()},
            "kept_by": {platform: each.to_json() for platform, each in self.kept_by.items()},
            "self_enforcing": self.self_enforcing,
            "leaves": self.leaves,
        }


@dataclass(frozen=True)
class Comparison:
    """Platforms side by side, one column each."""

    basis: Basis
    columns: tuple[PlatformVerdict, ...]

    def __getitem__(self, platform: str) -> PlatformVerdict:
        return next(column for column in self.columns if column.platform.id == platform)

    def to_json(self) -> dict[str, Any]:
        return {"basis": self.basis.to_json(), "platforms": [column.to_json() for column in self.columns]}

    def sheets(self) -> tuple[Sheet, ...]:
        """What the platforms say, what follows from wanting them, from holding them, and where play ends."""
        wanting = [column.wanting for column in self.columns]
        force = [column.force for column in self.columns]
        return (
            self._what(),
            self._outlook("Wanting it, nobody held", wanting, ()),
            self._outlook("With it in force", force, self._kept_rows()),
            self._keepers(),
            self._ends(),
        )

    def _what(self) -> Sheet:
        rows = [
            ("actor", *(column.actor for column in self.columns)),
            ("holds", *(said(column.held) or "nothing" for column in self.columns)),
            ("is silent on", *(", ".join(column.platform.unknown) or "–" for column in self.columns)),
            ("list", *(column.reading for column in self.columns)),
            ("orders", *("any" if column.platform.orders else "as given" for column in self.columns)),
        ]
        return Sheet("Platforms", ("", *self._names), tuple(rows))

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(column.platform.id for column in self.columns)

    def _outlook(self, title: str, found: list[Outlook], more: tuple[tuple[Any, ...], ...]) -> Sheet:
        rows = [(f"status quo, {label(c)}", *(str(each.status_quo[c]) for each in found)) for c in found[0].status_quo]
        rows += [
            (f"{name}, {kind} play", *(str(each.outcomes[name][kind]) for each in found))
            for name in found[0].outcomes
            for kind in found[0].outcomes[name]
        ]
        notes = [
            f"{column.platform.id}: {warning}"
            for column, each in zip(self.columns, found, strict=True)
            for warning in each.warnings
        ]
        return Sheet(title, ("", *self._names), (*rows, *more), tuple(notes))

    def _kept_rows(self) -> tuple[tuple[Any, ...], ...]:
        words = {"seq": "kept if free again", "nash": "kept, one-step reasoning"}
        return (
            *((said, *(str(column.kept[concept]) for column in self.columns)) for concept, said in words.items()),
            ("would change", *(column.leaves or "–" for column in self.columns)),
        )

    def _keepers(self) -> Sheet:
        rows = [
            (f"by {other}", *(str(column.kept_by.get(other, "–")) for column in self.columns)) for other in self._names
        ]
        note = "whether an actor with that list, free again, would stay where foresight play ends with the platform in force"
        return Sheet("Kept after a change of mind", ("list", *self._names), tuple(rows), (note,))

    def _ends(self) -> Sheet:
        rows = [
            (column.platform.id, how, kind, str(end), _of(end.completions, outlook.completions))
            for column in self.columns
            for how, outlook in (("wanting", column.wanting), ("in force", column.force))
            for kind, ends in outlook.ends.items()
            for end in ends
        ]
        notes = [
            f"{column.platform.id}, {how}, {kind} play: {outlook.all_ends[kind] - len(ends):,} more ends are not listed"
            for column in self.columns
            for how, outlook in (("wanting", column.wanting), ("in force", column.force))
            for kind, ends in outlook.ends.items()
            if outlook.all_ends[kind] > len(ends)
        ]
        title = "Where play ends, as it differs from the status quo"
        return Sheet(title, ("platform", "asked", "play", "end", "completions"), tuple(rows), tuple(notes))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def compare(case: Case, platforms: Iterable[str] | None = None, *, progress: Progress = quiet) -> Comparison:
    """The named platforms side by side (default: all of the scenario).

    Raises `UnknownName` for an unknown platform, `Unanswerable` if the model has none, `TooLarge` for too many completions.
    """
    names = list(case.scenario.platforms) if platforms is None else list(dict.fromkeys(platforms))
    if not names:
        raise Unanswerable("this model has no platforms; write what a leader would hold under `platforms:`")
    for name in names:
        _check(case, name)
    lists = {name: complete_list(case, name) for name in names}
    forces = {name: complete_platform(case, name) for name in names}
    work = _Work(progress, sum(len(lists[name]) + len(forces[name]) for name in names))
    rests = {name: _in_force(case, name, forces[name], work) for name in names}
    homes = {name: _wanting(case, name, lists[name], rests, work) for name in names}
    return Comparison(case.basis, tuple(_verdict(case, name, rests[name], homes) for name in names))


def _check(case: Case, name: str) -> None:
    """Refuse a platform that sets what cannot change in this case: its actor, free again, would not be free to stay."""
    platform = find_platform(case, name)
    stuck = {o.key for o in case.scenario.options if o.change in ("fixed", ())}
    wrong = [key for key, value in platform.hold.items() if key in stuck and value != case.now[key]]
    wrong += [key for key in platform.unknown if key in stuck]
    if wrong:
        now = case.state_text({wrong[0]: case.now[wrong[0]]})
        raise InputError(
            f"platform {name} is about {wrong[0]}, which is held or fixed here ({now}); release it, or leave it out of the "
            "platform"
        )


class _Work:
    """Tells how far the work is."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def step(self, text: str) -> None:
        self.progress(self.done, self.total, text)
        self.done += 1


@dataclass(frozen=True)
class _Rest:
    """What follows from a platform in force, and where foresight play ends per completion (`ends` has each place once)."""

    outlook: Outlook
    places: tuple[tuple[Completion, bytes], ...]
    ends: Mapping[bytes, Mapping[str, NDArray[np.uint8]]]


@dataclass(frozen=True)
class _Home:
    """What follows from wanting what a platform wants, and per platform what its actor, free, would keep of its ends."""

    outlook: Outlook | None
    kept: Mapping[str, Mapping[str, Spread]]
    leaves: Mapping[str, str]


def _verdict(case: Case, name: str, rest: _Rest, homes: Mapping[str, _Home]) -> PlatformVerdict:
    platform = find_platform(case, name)
    return PlatformVerdict(
        platform,
        case.scenario.actor(platform.actor).name,
        platform.reading or case.chosen[platform.actor],
        case.labels(platform.hold),
        homes[name].outlook or rest.outlook,
        rest.outlook,
        homes[name].kept[name],
        {other: home.kept[name]["seq"] for other, home in homes.items() if name in home.kept},
        homes[name].leaves[name],
    )


def _in_force(case: Case, name: str, completions: tuple[Completion, ...], work: _Work) -> _Rest:
    tally, places, ends = Tally(case), [], {}
    for each in completions:
        work.step(f"{name} in force")
        analysis = tally.add(each)
        values = values_of(analysis, analysis.play("foresight").end_states)
        places.append((each, key_of(values)))
        ends[key_of(values)] = values
    return _Rest(tally.outlook(completions), tuple(places), ends)


def _wanting(
    case: Case, name: str, completions: tuple[Completion, ...], rests: Mapping[str, _Rest], work: _Work
) -> _Home:
    """A platform that holds nothing and is silent on nothing is its list: the outlook is known already."""
    platform = find_platform(case, name)
    tally = Tally(case) if platform.hold or platform.unknown else None
    rivals = [other for other in rests if find_platform(case, other).actor == platform.actor]
    kept: dict[str, dict[str, list[str]]] = {other: {"seq": [], "nash": []} for other in rivals}
    leaves = dict.fromkeys(rivals, "")
    for each in completions:
        work.step(f"wanting what {name} wants")
        analysis = tally.add(each) if tally else replace(each.case).analyse(("seq",))
        for other in rivals:
            stays = {key: _stay(case, analysis, platform.actor, ends) for key, ends in rests[other].ends.items()}
            for completion, key in rests[other].places:
                if other == name and not completion.agrees(each):
                    continue
                for concept, found in kept[other].items():
                    found.append(stays[key].kept[concept])
                leaves[other] = leaves[other] or stays[key].leaves
    spreads = {o: {concept: Spread.over(found) for concept, found in each.items()} for o, each in kept.items()}
    return _Home(tally.outlook(completions) if tally else None, spreads, leaves)


# --- free again -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stay:
    """In how many of some states the actor would stay, per concept, and the change it would make instead."""

    kept: Mapping[str, str]
    leaves: str


def _stay(case: Case, analysis: Analysis, actor: str, ends: Mapping[str, NDArray[np.uint8]]) -> _Stay:
    conflict, player = analysis.conflict, analysis.conflict.index(actor)
    cells = conflict.land(np.atleast_1d(conflict.encode(ends)))
    kept = {}
    for concept in ("nash", "seq"):
        rows, targets = improving_steps(conflict, analysis.solution, cells, player, concept == "seq")
        kept[concept] = verdict(~np.isin(np.arange(len(cells)), rows))
    return _Stay(kept, _leaving(case, analysis, player, cells, rows, targets))


def _leaving(case: Case, analysis: Analysis, player: int, cells: Cells, rows: NDArray[np.int64], targets: Cells) -> str:
    """What the actor would rather do, from the first end it would not keep: its best unsanctioned improvement."""
    if not len(rows):
        return ""
    mine = targets[rows == rows[0]]
    best = int(mine[int(np.argmax(analysis.solution.payoffs[player].at(mine)))])
    start = int(cells[rows[0]])
    step = change(analysis.conflict.settings(start), analysis, best)
    return f"{step} (from: {change(case.now, analysis, start) or 'as now'})"


def _of(part: int, total: int) -> str:
    return "" if total == 1 else f"{part:,} of {total:,}"
