"""Does a partnership hold, fray or break, and what decides?

The mathematics. What becomes of a partnership is judged state by state (`detente.bond`): HOLDS, FRAYS or BREAKS, measured
against the flows that are on at the status quo. Per kind of play: ALL, SOME or NONE of these over the states of its ends. Per
concept: the same over its equilibria ("none" where there are none), and whether the status quo is stable. The *headline*
is the fate in the ends of foresight play: the only one that occurs, or DEPENDS where several do.

The *witness*: who would gain by leaving at the status quo, and whether some answer of the others, by improvements of their
own, makes that not worth while (SEQ); where it does not hold, also the shortest play to such an end.

One-step (Nash, myopic) reasoning looks at no answers. Where it gives another verdict than foresight, the result says so:
an exit that nobody would make, because it would be answered, then passes for the partnership breaking by itself.

Cost: one analysis of the case. Source: hostages and mutual deterrence in Schelling 1960; sequential stability in Fraser &
Hipel 1984; the three fates are a definition of this project.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> today = partnership(case)
>>> today.word, today.plays["myopic"].word
('HOLDS', 'BREAKS')
>>> neutral = Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}, readings={"us": "carpenter"})
>>> [partnership(case, policy=neutral).word, partnership(case.under(Policy(readings={"ru": "profit"})), policy=neutral).word]
['BREAKS', 'FRAYS']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detente.analysis import KINDS, Analysis
from detente.bond import DEPENDS, FATES, HOLDS, Bond, Exit, Move, bond_of, exits, fate, share, way
from detente.case import CONCEPTS, Basis, Case, Policy, said
from detente.completions import MOST, Spread, any_order, complete, open_lists, policy_of, reading_grid
from detente.errors import InputError, Unanswerable
from detente.formula import Not
from detente.sheet import Sheet, html_of
from detente.stability import Progress, quiet


SHOWN = 12
"""Exits listed at most where people read; the JSON has all of them."""


@dataclass(frozen=True)
class Fate:
    """What becomes of the partnership over some states: how many of each, and per flow in how many it has lapsed."""

    counts: Mapping[str, int]
    lapsed: Mapping[str, str]

    @property
    def word(self) -> str:
        """The only fate that occurs, DEPENDS, or "none" where there are no states."""
        return fate(self.counts)

    @property
    def verdicts(self) -> dict[str, str]:
        """ALL, SOME or NONE of each fate; "none" where there are no states."""
        total = sum(self.counts.values())
        return {word: share(self.counts[word], total) for word in FATES}

    def to_json(self) -> dict[str, Any]:
        return {
            "word": self.word,
            "verdicts": self.verdicts,
            "counts": dict(self.counts),
            "lapsed": dict(self.lapsed),
        }


@dataclass(frozen=True)
class PartnershipVerdict:
    """The fate of a partnership, and what decides it.

    `on` are the flows that are on at the status quo, `stable` says per concept whether the status quo is an equilibrium,
    `exits` who would leave it, `way` how foresight play comes to an end that does not hold (None: too long to list).
    """

    basis: Basis
    id: str
    name: str
    members: tuple[str, ...]
    names: Mapping[str, str]
    flows: Mapping[str, str]
    core: tuple[str, ...]
    on: tuple[str, ...]
    plays: Mapping[str, Fate]
    concepts: Mapping[str, Fate]
    stable: Mapping[str, bool]
    exits: tuple[Exit, ...]
    way: tuple[Move, ...] | None

    @property
    def word(self) -> str:
        """The headline: HOLDS, FRAYS, BREAKS, or DEPENDS (on who moves first)."""
        return self.plays["foresight"].word

    @property
    def undeterred(self) -> tuple[Exit, ...]:
        return tuple(each for each in self.exits if not each.deterred)

    @cached_property
    def deciding(self) -> tuple[Exit, ...]:
        """The exits nothing deters, one per actor; where there are none, the deterred ones, one per actor."""
        first: dict[str, Exit] = {}
        for each in self.undeterred or self.exits:
            first.setdefault(each.actor, each)
        return tuple(first.values())

    @property
    def misleading(self) -> bool:
        """Whether one-step reasoning gives another verdict."""
        return self.plays["myopic"].word != self.word

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        if self.word == HOLDS:
            return _why_it_holds(self)
        lost = [flow for flow, verdict in self.plays["foresight"].lapsed.items() if verdict == "ALL"]
        flows = f"; lapsed in every end: {', '.join(lost)}" if lost else ""
        how = "it depends on who moves first; one way: " if self.word == DEPENDS else ""
        return f"{how}{_how_it_goes(self)}{flows}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before quoting the verdict."""
        found = [_one_step(self)] if self.misleading else []
        if self.word == HOLDS:
            found += [_no_response(each) for each in self.deciding if each.response is False]
        if not self.on:
            found.append("no flow is on at the status quo: there is nothing to lose")
        return (*found, *self.basis.warnings)

    def to_json(self) -> dict[str, Any]:
        return {
            "basis": self.basis.to_json(),
            "partnership": self.id,
            "name": self.name,
            "members": list(self.members),
            "flows": dict(self.flows),
            "core": list(self.core),
            "on": list(self.on),
            "word": self.word,
            "reason": self.reason,
            "misleading": self.misleading,
            "plays": {kind: each.to_json() for kind, each in self.plays.items()},
            "concepts": {c: {**each.to_json(), "now": self.stable[c]} for c, each in self.concepts.items()},
            "exits": [each.to_json() for each in self.exits],
            "way": None if self.way is None else [move.to_json() for move in self.way],
            "warnings": list(self.warnings),
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The verdict, and who would leave."""
        rows = [(f"{kind} play", "", *self._row(each)) for kind, each in self.plays.items()]
        rows += [
            (f"{c} equilibria", "stable" if self.stable[c] else "unstable", *self._row(each))
            for c, each in self.concepts.items()
        ]
        columns = ("where", "status quo", *FATES, "lapsed in all", "lapsed in some")
        title = f"{self.name}: {self.word}"
        return (Sheet(title, columns, tuple(rows), (self.reason, *self.warnings)), self._exit_sheet())

    def _row(self, found: Fate) -> tuple[str, ...]:
        lapses = [
            ", ".join(flow for flow, verdict in found.lapsed.items() if verdict == wanted) for wanted in ("ALL", "SOME")
        ]
        return (*found.verdicts.values(), *lapses)

    def _exit_sheet(self) -> Sheet:
        rows = [
            (
                each.actor,
                "member" if each.member else "outsider",
                str(each.move).partition(": ")[2],
                ", ".join(each.lapses),
                _answer_text(each),
            )
            for each in self.exits[:SHOWN]
        ]
        left = len(self.exits) - len(rows)
        notes = (f"{left:,} more exits are not listed",) if left else ()
        title = (
            "Who would gain by leaving at the status quo" if rows else "Nobody would gain by leaving at the status quo"
        )
        return Sheet(title, ("actor", "is", "change", "lapses", "answered by"), tuple(rows), notes)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def partnership(case: Case, name: str | None = None, *, policy: Policy | None = None) -> PartnershipVerdict:
    """What becomes of a partnership (default: the first of the scenario) under the case, and under a policy besides.

    Flows are measured against the status quo of the case before the policy, so that a policy that takes a flow away at
    once counts as taking it away. Raises `Unanswerable` for a model without partnerships or status quo.
    """
    bond = bond_of(case.analyse(("seq",)), name)
    changed = case.under(policy) if policy else case
    analysis = changed.analyse(CONCEPTS)
    found = bond.partnership
    plays = {kind: _fate_of_play(analysis, bond, kind) for kind in KINDS}
    lost = plays["foresight"].word != HOLDS
    return PartnershipVerdict(
        changed.basis,
        found.id,
        found.name or found.id,
        found.members,
        {actor.id: actor.name for actor in case.scenario.actors},
        {flow: str(formula) for flow, formula in found.flows.items()},
        found.core,
        bond.on,
        plays,
        {concept: _fate_of_equilibria(analysis, bond, concept) for concept in CONCEPTS},
        {concept: analysis.is_equilibrium(concept, analysis.cell()) for concept in CONCEPTS},
        exits(analysis, bond),
        way(analysis, "foresight", Not(bond.formula(HOLDS))) if lost else (),
    )


def _fate_of_play(analysis: Analysis, bond: Bond, kind: str) -> Fate:
    cells = analysis.play(kind).end_states
    counts = {word: int(analysis.conflict.holds(bond.formula(word), cells).sum()) for word in FATES}
    lapsed = {flow: int(analysis.conflict.holds(bond.lapse(flow), cells).sum()) for flow in bond.on}
    return Fate(counts, {flow: share(count, len(cells)) for flow, count in lapsed.items()})


def _fate_of_equilibria(analysis: Analysis, bond: Bond, concept: str) -> Fate:
    counts = {word: analysis.count(concept, bond.formula(word)) for word in FATES}
    total = sum(counts.values())
    return Fate(counts, {flow: share(analysis.count(concept, bond.lapse(flow)), total) for flow in bond.on})


# --- in words -------------------------------------------------------------------------------------------------------


def _doing(found: PartnershipVerdict, move: Move) -> str:
    return f"{found.names[move.actor]} ({said(move.change)})"


def _answers(found: PartnershipVerdict, each: Exit) -> str:
    if not each.answer:
        return "an answer that was not looked for"
    return ", then ".join(_doing(found, move) for move in each.answer)


def _why_it_holds(found: PartnershipVerdict) -> str:
    if not found.exits:
        return "nobody gains by ending any flow"
    if found.undeterred:
        return "some would leave at first, but wherever play ends every flow is back on"
    parts = [f"{_doing(found, each.move)} would bring {_answers(found, each)}" for each in found.deciding]
    return f"every exit would be answered, to the cost of whoever leaves: {'; '.join(parts)}"


def _how_it_goes(found: PartnershipVerdict) -> str:
    if found.undeterred:
        leavers = "; ".join(f"{_doing(found, each.move)} ends {', '.join(each.lapses)}" for each in found.deciding)
        return f"nothing deters the exit at the status quo: {leavers}"
    if found.way is None:
        return "by steps that nobody can punish, too many to list"
    return f"by steps that nobody can punish: {', then '.join(_doing(found, move) for move in found.way)}"


def _one_step(found: PartnershipVerdict) -> str:
    nash, word = found.plays["myopic"].word, found.word
    if word == HOLDS and found.exits:
        leavers = ", ".join(dict.fromkeys(found.names[each.actor] for each in found.exits))
        return (
            f"BEWARE of one-step (Nash) reasoning: by itself it says {nash}, for {leavers} would gain by leaving if nobody "
            f"answered. Counting the answers the partnership {word}; a tool that shows only Nash would mislead"
        )
    return (
        f"BEWARE of one-step (Nash) reasoning: it says {nash}, while counting the others' answers the verdict is {word}; "
        "a tool that shows only one of them would mislead"
    )


def _no_response(each: Exit) -> str:
    movers = ", ".join(dict.fromkeys(move.actor for move in each.answer))
    return (
        f"what deters {each.actor} is no response: {movers or 'those who answer'} would make the same change anyway, "
        "whether or not the exit comes first"
    )


def _answer_text(each: Exit) -> str:
    if not each.deterred:
        return "nothing: it stands"
    return ", then ".join(map(str, each.answer)) or "(not looked for)"


# --- policies against types -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """The fate under one policy for one combination of readings, by foresight and by one-step play, over completions."""

    policy: str
    readings: Mapping[str, str]
    foresight: Spread
    myopic: Spread


@dataclass(frozen=True)
class BreakMatrix:
    """The fate of a partnership, policies down, readings of its members across."""

    basis: Basis
    id: str
    name: str
    actors: tuple[str, ...]
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()

    @property
    def policies(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell.policy for cell in self.cells))

    def at(self, policy: str, **readings: str) -> Cell:
        """The cell of a policy and of readings, for example `at("carpenter", ru="need", nk="additive")`."""
        for cell in self.cells:
            if cell.policy == policy and all(cell.readings.get(a) == reading for a, reading in readings.items()):
                return cell
        chosen = ", ".join(f"{a}={reading}" for a, reading in readings.items())
        raise InputError(f"no cell for {policy!r} and {chosen or 'no readings'}; see `cells` for what there is")

    @property
    def misleading(self) -> tuple[Cell, ...]:
        """The cells in which one-step reasoning gives another verdict."""
        return tuple(cell for cell in self.cells if cell.myopic != cell.foresight)

    def to_json(self) -> dict[str, Any]:
        return {
            "basis": self.basis.to_json(),
            "partnership": self.id,
            "name": self.name,
            "actors": list(self.actors),
            "policies": list(self.policies),
            "cells": [
                {
                    "policy": cell.policy,
                    "readings": dict(cell.readings),
                    "foresight": cell.foresight.to_json(),
                    "myopic": cell.myopic.to_json(),
                }
                for cell in self.cells
            ],
            "notes": list(self.notes),
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """By foresight, then by one-step reasoning."""
        wrong = len(self.misleading)
        beware = f"BEWARE: in {wrong} of {len(self.cells)} cells one-step reasoning gives another verdict"
        return (
            self._sheet(f"{self.name} where foresight play ends", "foresight", self.notes),
            self._sheet(f"{self.name} by one-step (Nash) reasoning", "myopic", (beware,) if wrong else ()),
        )

    def _sheet(self, title: str, kind: str, notes: tuple[str, ...]) -> Sheet:
        rows = []
        for policy in self.policies:
            row = [cell for cell in self.cells if cell.policy == policy]
            rows.append((policy, *(str(cell.foresight if kind == "foresight" else cell.myopic) for cell in row)))
        across = [
            " ".join(cell.readings.values()) or "as chosen" for cell in self.cells if cell.policy == self.policies[0]
        ]
        return Sheet(title, (" ".join(self.actors) or "policy", *across), tuple(rows), notes)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def break_matrix(
    case: Case,
    name: str | None = None,
    *,
    policies: Mapping[str, Policy] | None = None,
    actors: Iterable[str] | None = None,
    most: int = MOST,
    progress: Progress = quiet,
) -> BreakMatrix:
    """The fate of a partnership under every policy (default: every platform in force) and every reading of its members.

    Options on which a platform is silent are held either way; of a list in which something is unknown, or which may stand
    in any order, the list as written is taken, and a note says so. Cost: one analysis per policy, completion and reading.
    """
    bond = bond_of(case.analyse(("seq",)), name)
    wanted = _open_members(case, bond) if actors is None else actors
    chosen, grid = reading_grid(case, wanted, most)
    rows, notes = _policy_rows(case, policies)
    cells, total = [], len(rows) * len(grid)
    for policy, cases in rows.items():
        for readings in grid:
            progress(len(cells), total, f"{policy}, {' '.join(readings.values())}")
            cells.append(_matrix_cell(bond, policy, readings, cases))
    found = bond.partnership
    return BreakMatrix(case.basis, found.id, found.name or found.id, chosen, tuple(cells), notes)


def _open_members(case: Case, bond: Bond) -> list[str]:
    """The members whose reading is open, and whom no platform speaks for."""
    spoken = {platform.actor for platform in case.scenario.platforms.values()}
    open_to_choice, _ = reading_grid(case, None, most=10**9)
    return [actor for actor in open_to_choice if actor in bond.partnership.members and actor not in spoken]


def _policy_rows(case: Case, policies: Mapping[str, Policy] | None) -> tuple[dict[str, list[Case]], tuple[str, ...]]:
    """Per row the cases that stand for it (several where a setting is unknown), and notes on lists that are open."""
    if policies is not None:
        return {name: [case.under(policy)] for name, policy in policies.items()}, ()
    if not case.scenario.platforms:
        raise Unanswerable("this model has no platforms; pass policies of your own, or write some under `platforms:`")
    rows, notes = {}, []
    for name, platform in case.scenario.platforms.items():
        held = case.under(policy_of(case, name))
        rows[name] = [each.case for each in complete(held, hold=platform.unknown, lists=False)]
        if open_lists(held, any_order(platform), platform.unknown):
            notes.append(f"{name}: its list is open, and is taken as written; `unknowns` asks about every list")
    return rows, tuple(notes)


def _matrix_cell(bond: Bond, policy: str, readings: Mapping[str, str], cases: Iterable[Case]) -> Cell:
    words: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for case in cases:
        analysis = case.under(Policy(readings=readings)).analyse(("seq",))
        for kind, found in words.items():
            found.append(_fate_of_play(analysis, bond, kind).word)
    return Cell(policy, readings, Spread.over(words["foresight"]), Spread.over(words["myopic"]))
