"""Whether a promise would be kept when the time comes, and if not, what would make it credible.

The mathematics. A *promise* is a setting of options of one actor, the *giver* (or of several), held by commitment. The
time to deliver comes where the others' foresight play ends with the promise in force. The promise is *credible* if in all
those states the giver, free again, has no unsanctioned improvement by its own list (sequential stability); *one-step
credible* if it has no improvement at all (Nash). If it is not credible, four devices are tried, and each is verified by the
same test in the model in which it stands:

- an *irreversible move*: for some of the options what was promised cannot be taken back (switches away from it are struck
  out, everything else stays free). Listed are all smallest sets of options (by inclusion).
- a *conditional rule*: as long as the others do their part, the promised settings follow by themselves. The condition is
  what the others have changed in all those states since the status quo, or the one that is given; if they changed nothing
  there is none. The rule is judged without a hold, so the result also says where play leads from the status quo under it.
- a *stake*: the giver comes to want that the promise is kept (a costly signal, an audience, a law). In a priority list it is
  the lowest rank at which this wish is enough; with weights the least of the amounts that outweigh an improvement.
- a *change of list*: all single edits of a priority list (a wish moved, dropped or negated) after which the promise is
  credible; those that move a wish by the fewest ranks come first.

With a stake or a changed list, play with the promise in force is worked out anew. Steps: one analysis with the promise
held, one free, and one or two per device. Cost: 2^m sets of options (m at most `MOST_OPTIONS`), k² edits of a list of k
wishes (at most `MOST_EDITS`). Source: Schelling 1960; Fearon 1997 (tying hands, sinking costs); the test is `kept` of
`stability.self_enforcing`.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = credibility(Case(load("two_proxies")), "us_arm = none, us_nato = word")
>>> found.credible, [", ".join(each) for each in found.irreversible]
(False, ['us_arm, us_nato'])
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case, Policy, said, state_words
from detente.conflict import Cells
from detente.engine import Progress, improving_steps, quiet
from detente.engine.play import verdict
from detente.errors import InputError, ScenarioError, TooLarge
from detente.formula import And, Formula, Not, Setting
from detente.messages import numeral, tell
from detente.questions.incentives.aims_and_consent import LISTED
from detente.questions.incentives.commitment_devices import Device, one_way, promised
from detente.questions.incentives.offers import number
from detente.questions.inverse.list_edits import Lists, Order
from detente.questions.stability.self_enforcing import Kept, kept, stands
from detente.result import Answer
from detente.scenario.model import Option, PriorityList, Rule, Statement, Weights
from detente.sheet import (
    ActorTerm,
    FormulaTerm,
    OptionTerm,
    Phrase,
    Sheet,
    StateTerm,
    VerdictTerm,
    listing,
    many,
    names_of,
)

MOST_OPTIONS = 12
"""Promised options at most, when sets of irreversible ones are tried."""

MOST_EDITS = 400
"""Single edits of a list tried at most, the smallest first."""

SHOWN = 20
"""Devices listed where people read."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Credibility(Answer):
    """The answer; see the module's opening. `delivered` are the states where the promise would have to be kept.

    `kept` says per giver whether it would keep it. `irreversible` are the smallest sets of options that must not be taken back
    (empty: the promise is credible, or no set is enough); `devices` the rules, stakes and edits that were tried and work,
    `refused` those that were tried in vain. `stopped` says what ended the search before everything was tried, if something did.
    """

    basis: Basis
    promise: Mapping[str, bool | str]
    givers: tuple[str, ...]
    goal: str
    brings: str
    delivered: tuple[Mapping[str, Any], ...]
    count: int
    kept: tuple[Kept, ...]
    irreversible: tuple[tuple[str, ...], ...]
    devices: tuple[Device, ...]
    refused: tuple[Device, ...]
    untried: int = 0
    stopped: str = ""

    DERIVED = ("credible",)

    @property
    def credible(self) -> bool:
        """Whether every giver would keep it."""
        return all(each.seq for each in self.kept)

    def best(self, kind: str) -> Device | None:
        """The smallest device of a kind ("rule", "stake", "move", "drop", "negate") that works."""
        return min((d for d in self.devices if d.kind == kind), key=lambda d: d.size, default=None)

    def to_json(self) -> dict[str, Any]:
        """The result as plain data; what is kept stands under its actor."""
        return {**super().to_json(), "kept": {each.actor: each.to_json() for each in self.kept}}

    @property
    def headline(self) -> Phrase:
        """Whether the promise would be kept, and else by whom not."""
        promise = FormulaTerm(said(self.promise))
        breaking = [each.actor for each in self.kept if not each.seq]
        if not breaking:
            return Phrase.told(
                "{givers} would keep the promise {promise}.",
                givers=names_of(map(ActorTerm, self.givers)),
                promise=promise,
            )
        first = next(each for each in self.kept if not each.seq)
        rather = (
            Phrase.told(": it would rather switch to {said}", said=FormulaTerm(said(first.leaves)))
            if first.leaves and not breaking[1:]
            else ""
        )
        cure = len(self.devices) + len(self.irreversible)
        devices = (
            tell("; {number} would make it credible", number=many(cure, "device"))
            if cure
            else tell("; nothing tried makes it credible")
        )
        return Phrase.told(
            "{breaking} would not keep the promise {promise}{rather}{devices}.",
            breaking=names_of(map(ActorTerm, breaking)),
            promise=promise,
            rather=rather,
            devices=devices,
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """Whether it would be kept, and what would make it credible."""
        rows = tuple(
            (ActorTerm(k.actor), k.seq, k.nash, FormulaTerm(said(k.leaves)) if k.leaves else "–") for k in self.kept
        )
        notes: list[str] = []
        if self.goal:
            where = tell(" where play ends with the promise in force")
            notes.append(Phrase.of(FormulaTerm(self.goal), ": ", VerdictTerm(self.brings), where))
        notes += [
            Phrase.told("to be kept at: {state_words}", state_words=StateTerm(state_words(state)))
            for state in self.delivered[:3]
        ]
        notes += [tell("and at {count} more states", count=numeral(self.count - 3))] * (self.count > 3)
        notes.append(tell("checked with the giver free again, wherever play then ends"))
        columns = ("giver", tell("keeps it"), tell("even one-step"), tell("would rather switch to"))
        first = Sheet(
            Phrase.told("The promise: {said}", said=FormulaTerm(said(self.promise))), columns, rows, tuple(notes)
        )
        return (first,) if self.credible else (first, self._devices())

    def _devices(self) -> Sheet:
        rows: list[tuple[Any, ...]] = [
            ("irreversible", listing(map(OptionTerm, each)), True, "") for each in self.irreversible
        ]
        order = ("rule", "stake", "move", "drop", "negate")
        working = sorted(self.devices, key=lambda d: (order.index(d.kind), d.size))
        rows += [(each.kind, each.text, True, VerdictTerm(each.then)) for each in working[:SHOWN]]
        rows += [(each.kind, each.text, False, "") for each in self.refused if each.kind in ("rule", "stake")]
        notes = [tell("{stopped}: not everything was tried", stopped=self.stopped)] if self.stopped else []
        notes += [] if self.irreversible or self.stopped else [tell("nothing becomes credible by being irreversible")]
        notes += (
            [tell("{number} more are not listed", number=numeral(len(working) - SHOWN))] if len(working) > SHOWN else []
        )
        notes += (
            [tell("{untried} larger changes of the list were not tried", untried=numeral(self.untried))]
            if self.untried
            else []
        )
        kinds = {each.kind for each in self.devices}
        if not kinds & {"move", "drop", "negate"}:
            notes.append(tell("no single change of the list that was tried makes it credible"))
        columns = ("device", "what", "enough", FormulaTerm(self.goal) if self.goal else "goal")
        return Sheet(tell("What would make it credible"), columns, tuple(rows), tuple(notes))


def credibility(
    case: Case,
    promise: str | Iterable[str] | Mapping[str, Any],
    *,
    goal: str | Formula | None = None,
    when: str | Formula | None = None,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    clock: Clock = time.monotonic,
    progress: Progress = quiet,
) -> Credibility:
    """Would the promise be kept? `promise` is the name of a platform (what it holds), or settings in any of their forms.

    `goal` is watched where play ends; `when` is the condition of the rule (default: what the others have changed).
    After `seconds`, or when `cancelled` says so, the answer is what has been found about devices by then.
    """
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    settings = promised(case, promise)
    options = tuple(option for option in case.scenario.options if option.key in settings)
    stuck = [option.key for option in options if option.stuck]
    if stuck:
        raise InputError(
            tell("{stuck} cannot be switched in this case, so it is not for anybody to promise", stuck=stuck[0])
        )
    if not stands(case.under(Policy(start=settings)), settings):
        raise InputError(
            tell(
                "no state has '{state_text}', or a consequence undoes it at once", state_text=case.state_text(settings)
            )
        )
    given = _Promise(
        case=case,
        settings=settings,
        options=options,
        givers=tuple(a for a in case.actors if any(option.actor == a for option in options)),
        goal=None if goal is None else case.scenario.formula(goal),
        when=None if when is None else case.scenario.formula(when),
    )
    stays = tuple(kept(given.free, actor, given.held, given.ends) for actor in given.givers)
    trials, stopped = _Trials(given, budget, progress), ""
    try:
        if not all(each.seq for each in stays):
            trials.irreversible_moves()
            trials.everything_else()
    except Spent as spent:
        stopped = str(spent)
    there = given.free.conflict.counterparts(given.held.conflict, given.ends)
    return Credibility(
        basis=case.basis,
        promise=case.labels(settings),
        givers=given.givers,
        goal="" if goal is None else str(goal),
        brings=given.brings(given.held, given.ends),
        delivered=tuple(given.free.state(int(cell)) for cell in there[:LISTED]),
        count=len(there),
        kept=stays,
        irreversible=tuple(trials.irreversible),
        devices=tuple(each for each in trials.devices if each.works),
        refused=tuple(each for each in trials.devices if not each.works),
        untried=trials.untried,
        stopped=stopped,
    )


@dataclass(frozen=True, kw_only=True)
class _Promise:
    """A promise: what it sets, who gives it, and where the others' play ends with it in force."""

    case: Case
    settings: Mapping[str, int]
    options: tuple[Option, ...]
    givers: tuple[str, ...]
    goal: Formula | None
    when: Formula | None

    @property
    def free(self) -> Analysis:
        return self.case.analyse(("seq",))

    @cached_property
    def held(self) -> Analysis:
        return self.case.under(Policy(hold=self.settings)).analyse(("seq",))

    @property
    def ends(self) -> Cells:
        return self.held.play("foresight").end_states

    def brings(self, analysis: Analysis, cells: Cells) -> str:
        """What becomes of the goal in these states."""
        return "" if self.goal is None else verdict(analysis.conflict.holds(self.goal, cells))

    def stays(self, free: Analysis, held: Analysis, ends: Cells) -> bool:
        """Whether every giver would keep it there."""
        return all(kept(free, actor, held, ends).seq for actor in self.givers)

    @property
    def others_part(self) -> Formula | None:
        """What all the ends agree on and the status quo has not, among the options of others."""
        values, parts = self.held.conflict.values(self.ends), []
        now = self.free.conflict.settings(self.free.cell())
        for option in self.case.scenario.options:
            found = {int(v) for v in np.ravel(values[option.key])}
            if option.actor not in self.givers and len(found) == 1 and now[option.key] not in found:
                parts.append(_setting(option, found.pop()))
        return _all(parts) if parts else None

    @property
    def kept_promise(self) -> Formula:
        """Where it is kept."""
        return _all([_setting(option, self.settings[option.key]) for option in self.options])


@dataclass
class _Trials:
    """The devices tried for one promise, as they are found: what there is when the budget is spent is the answer."""

    promise: _Promise
    budget: Budget
    progress: Progress
    irreversible: list[tuple[str, ...]] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    untried: int = 0

    def _next(self, text: str) -> None:
        """One more device is about to be tried."""
        self.budget.check()
        self.progress(0, 0, text)

    def irreversible_moves(self) -> None:
        """The smallest sets of promised options whose being one-way is enough."""
        promise, options = self.promise, self.promise.options
        if len(options) > MOST_OPTIONS:
            raise TooLarge(
                tell(
                    "a promise of {number} options; irreversible moves are tried for {most_options} at most",
                    number=len(options),
                    most_options=MOST_OPTIONS,
                )
            )
        found: list[set[str]] = []
        for size in range(1, len(options) + 1):
            for some in itertools.combinations(options, size):
                keys = {option.key for option in some}
                if any(small <= keys for small in found):  # enough already with less
                    continue
                self._next(tell("irreversible: {keys}", keys=", ".join(sorted(keys))))
                bound = one_way(promise.case, promise.settings, keys).analyse(("seq",))
                if promise.stays(bound, promise.held, promise.ends):
                    found.append(keys)
                    self.irreversible.append(tuple(option.key for option in some))

    def everything_else(self) -> None:
        """A rule, then for every giver stakes and changes of its list."""
        self._rule()
        for actor in self.promise.givers:
            reading = self.promise.case.reading(actor)
            if isinstance(reading, PriorityList):
                self._stakes(actor)
                self._edits(actor)
            elif isinstance(reading, Weights):
                self._weighted_stakes(actor)

    def _rule(self) -> None:
        promise, case = self.promise, self.promise.case
        condition = promise.when if promise.when is not None else promise.others_part
        if condition is None:
            return
        settings = case.state_text(promise.settings)
        text = Phrase.of("when ", FormulaTerm(condition), " then ", FormulaTerm(settings))
        rule = Rule(kind="consequence", when=condition, then=dict(promise.settings), text=str(text))
        try:
            analysis = case.under(Policy(rules=(rule,))).analyse(("seq",))
        except ScenarioError as error:
            why = tell(" (cannot stand: {message})", message=error.problems[0].message)
            self.devices.append(Device(kind="rule", text=Phrase.of(text, why), works=False))
            return
        # No hold here: the rule must bring the same states about, and the giver must not want to leave them.
        there = analysis.conflict.counterparts(promise.held.conflict, promise.ends)
        works = bool((there >= 0).all())
        for actor in promise.givers if works else ():
            player = analysis.conflict.index(actor)
            works &= not len(improving_steps(analysis.conflict, analysis.solution, there, player, True)[0])
        then = "" if promise.goal is None else analysis.verdict(promise.goal)
        self.devices.append(Device(kind="rule", text=text, works=works, then=then))

    def _stakes(self, actor: str) -> None:
        """The lowest rank at which the wish to keep the promise is enough; if none, the top one in vain."""
        statements = self.promise.case.reading(actor).statements
        wish = Statement(want=self.promise.kept_promise)
        for rank in range(len(statements) + 1, 0, -1):
            changed = (*statements[: rank - 1], wish, *statements[rank - 1 :])
            text = Phrase.told("{actor} wants the promise kept at rank {rank}", actor=ActorTerm(actor), rank=rank)
            device = self._with_list(actor, changed, "stake", text, rank)
            if device.works or rank == 1:
                self.devices.append(device)
                return

    def _weighted_stakes(self, actor: str) -> None:
        """The least of the amounts that outweigh an improvement, and is enough; if none is, the greatest in vain."""
        statements = self.promise.case.reading(actor).statements
        device = None
        for place, amount in enumerate(self._gains(actor)):
            text = Phrase.told(
                "{actor} loses {number} if it breaks the promise", actor=ActorTerm(actor), number=number(amount)
            )
            changed = (*statements, Statement(want=self.promise.kept_promise, weight=amount))
            device = self._with_list(actor, changed, "stake", text, place)
            if device.works:
                break
        self.devices += [device] if device else []

    def _gains(self, actor: str) -> list[Fraction]:
        """What each improvement from an end gains the giver, least first."""
        promise, free = self.promise, self.promise.free
        conflict, player = free.conflict, free.conflict.index(actor)
        cells = free.conflict.counterparts(promise.held.conflict, promise.ends)
        rows, targets = improving_steps(conflict, free.solution, cells, player, False)
        gains = np.array([Fraction(0)] * len(rows), dtype=object)
        for s in promise.case.reading(actor).statements:
            gained = conflict.holds(s.want, targets).astype(int) - conflict.holds(s.want, cells[rows]).astype(int)
            gains = gains + gained.astype(object) * (s.weight or Fraction(0))
        return sorted(set(gains.tolist()))

    def _edits(self, actor: str) -> None:
        """The single edits of the list that work; the smallest come first, and those beyond `MOST_EDITS` are counted."""
        lists = Lists(actor, self.promise.case.reading(actor))
        (old,) = lists.layer(0)
        orders = sorted(lists.layer(1), key=lambda order: _places(old, order))
        self.untried += max(0, len(orders) - MOST_EDITS)
        for order in orders[:MOST_EDITS]:
            (edit,) = lists.way(order)
            changed = lists.changed(order).statements
            device = self._with_list(actor, changed, edit.kind, edit.text, _places(old, order))
            self.devices += [device] if device.works else []

    def _with_list(self, actor: str, statements: tuple[Statement, ...], kind: str, text: Phrase, size: int) -> Device:
        """The promise of a giver with another list: everything worked out anew."""
        self._next(text)
        promise, case = self.promise, self.promise.case.wanting(actor, statements)
        try:
            held = case.under(Policy(hold=promise.settings)).analyse(("seq",))
        except ScenarioError:  # merged states must stay equally liked
            return Device(kind=kind, text=text, works=False, size=size)
        ends = held.play("foresight").end_states
        works = promise.stays(case.analyse(("seq",)), held, ends)
        return Device(kind=kind, text=text, works=works, size=size, then=promise.brings(held, ends))


def _all(parts: list[Formula]) -> Formula:
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _places(old: Order, new: Order) -> int:
    """How many places a wish has moved; 1 if it was dropped or negated."""
    if len(old) != len(new):
        return 1
    differing = [place for place, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    return max(1, differing[-1] - differing[0])


def _setting(option: Option, value: int) -> Formula:
    if option.binary:
        on = Setting(option.key, (1,), ())
        return on if value else Not(on)
    return Setting(option.key, (value,), (option.choices[value],))
