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
>>> found = credibility(Case(load("two_proxies")), "not us_arm, not us_nato")
>>> found.credible, [", ".join(each) for each in found.irreversible]
(False, ['us_arm, us_nato'])
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.case import Basis, Case, Policy, said, state_words
from detente.conflict import Cells
from detente.engine import Progress, improving_steps, quiet
from detente.engine.play import verdict
from detente.errors import InputError, ScenarioError, TooLarge
from detente.formula import And, Formula, Not, Setting
from detente.questions.incentives.aims_and_consent import same_states
from detente.questions.incentives.commitment_devices import Device, one_way, promised
from detente.questions.incentives.offers import number
from detente.questions.inverse.list_edits import Lists, Order
from detente.questions.stability.self_enforcing import Kept, kept, stands
from detente.scenario.model import Option, PriorityList, Rule, Statement, Weights
from detente.sheet import Sheet, html_of

MOST_OPTIONS = 12
"""Promised options at most, when sets of irreversible ones are tried."""

MOST_EDITS = 400
"""Single edits of a list tried at most, the smallest first."""

LISTED = 20
"""States listed at most, and edits where people read."""


@dataclass(frozen=True)
class Credibility:
    """The answer; see the module's opening. `delivered` are the states where the promise would have to be kept.

    `irreversible` are the smallest sets of options that must not be taken back (empty: the promise is credible, or no set is
    enough); `devices` the rules, stakes and edits that were tried and work, `refused` those that were tried in vain. `stopped`
    says what ended the search before everything was tried, if something did.
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

    @property
    def credible(self) -> bool:
        """Whether every giver would keep it."""
        return all(each.seq for each in self.kept)

    def best(self, kind: str) -> Device | None:
        """The smallest device of a kind ("rule", "stake", "move", "drop", "negate") that works."""
        return min((d for d in self.devices if d.kind == kind), key=lambda d: d.size, default=None)

    def to_json(self) -> dict[str, Any]:
        return {
            "basis": self.basis.to_json(),
            "promise": dict(self.promise),
            "givers": list(self.givers),
            "goal": self.goal,
            "brings": self.brings,
            "credible": self.credible,
            "kept": {each.actor: each.to_json() for each in self.kept},
            "delivered": [dict(each) for each in self.delivered],
            "count": self.count,
            "irreversible": [list(each) for each in self.irreversible],
            "devices": [each.to_json() for each in self.devices],
            "refused": [each.to_json() for each in self.refused],
            "untried": self.untried,
            "stopped": self.stopped,
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """Whether it would be kept, and what would make it credible."""
        rows = tuple((k.actor, k.seq, k.nash, said(k.leaves) if k.leaves else "–") for k in self.kept)
        states = tuple(f"to be kept at: {state_words(state)}" for state in self.delivered[:3])
        more = (f"and at {self.count - 3:,} more states",) * (self.count > 3)
        goal = (f"{self.goal}: {self.brings} where play ends with the promise in force",) if self.goal else ()
        notes = (*goal, *states, *more, "checked with the giver free again, wherever play then ends")
        columns = ("giver", "keeps it", "even one-step", "would rather switch to")
        first = Sheet(f"The promise: {said(self.promise)}", columns, rows, notes)
        return (first,) if self.credible else (first, self._devices())

    def _devices(self) -> Sheet:
        rows = [("irreversible", ", ".join(each), True, "") for each in self.irreversible]
        order = ("rule", "stake", "move", "drop", "negate")
        working = sorted(self.devices, key=lambda d: (order.index(d.kind), d.size))
        rows += [(each.kind, each.text, True, each.then) for each in working[:LISTED]]
        rows += [(each.kind, each.text, False, "") for each in self.refused if each.kind in ("rule", "stake")]
        notes = [f"{self.stopped}: not everything was tried"] if self.stopped else []
        notes += [] if self.irreversible or self.stopped else ["nothing becomes credible by being irreversible"]
        notes += [f"{len(working) - LISTED:,} more are not listed"] if len(working) > LISTED else []
        notes += [f"{self.untried:,} larger changes of the list were not tried"] if self.untried else []
        kinds = {each.kind for each in self.devices}
        if not kinds & {"move", "drop", "negate"}:
            notes.append("no single change of the list that was tried makes it credible")
        return Sheet(
            "What would make it credible", ("device", "what", "enough", self.goal or "goal"), tuple(rows), tuple(notes)
        )

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def credibility(
    case: Case,
    promise: str | Iterable[str] | Mapping[str, Any],
    *,
    goal: str | Formula | None = None,
    when: str | Formula | None = None,
    seconds: float = math.inf,
    clock: Callable[[], float] = time.monotonic,
    progress: Progress = quiet,
) -> Credibility:
    """Would the promise be kept? `promise` is the name of a platform (what it holds), or settings in any of their forms.

    `goal` is watched where play ends; `when` is the condition of the rule (default: what the others have changed).
    After `seconds`, or with Ctrl-C, the answer is what has been found about devices by then.
    """
    if math.isnan(seconds):
        raise InputError("seconds must be a number")
    limit = clock() + seconds
    return _Trial(case, promised(case, promise), goal, when, progress, lambda: clock() > limit).answer()


class _Trial:
    """One promise: what it brings, who would keep it, and the devices."""

    def __init__(
        self,
        case: Case,
        promise: Mapping[str, int],
        goal: str | Formula | None,
        when: str | Formula | None,
        progress: Progress,
        late: Callable[[], bool],
    ) -> None:
        self.case, self.promise, self.progress, self.late = case, dict(promise), progress, late
        self.options = [o for o in case.scenario.options if o.key in self.promise]
        stuck = [o.key for o in self.options if o.change in ("fixed", ())]
        if stuck:
            raise InputError(f"{stuck[0]} cannot be switched in this case, so it is not for anybody to promise")
        if not stands(case.under(Policy(start=self.promise)).scenario, self.promise):
            raise InputError(f"no state has '{case.state_text(self.promise)}', or a consequence undoes it at once")
        self.givers = tuple(a for a in case.actors if any(o.actor == a for o in self.options))
        self.goal = None if goal is None else case.scenario.formula(goal)
        self.goal_text = "" if goal is None else str(goal)
        self.when = None if when is None else case.scenario.formula(when)
        self.untried = 0
        self.free = case.analyse(("seq",))
        self.held = case.under(Policy(hold=self.promise)).analyse(("seq",))
        self.ends = self.held.play("foresight").end_states

    def answer(self) -> Credibility:
        stays = tuple(kept(self.free, actor, self.held, self.ends) for actor in self.givers)
        tried, irreversible, stopped = list[Device](), list[tuple[str, ...]](), ""
        try:
            if not all(each.seq for each in stays):
                irreversible.extend(self._irreversible())
                tried.extend(self._devices())
        except TimeoutError:
            stopped = "the time is up"
        except KeyboardInterrupt:
            stopped = "the search was interrupted"
        there = same_states(self.held, self.ends, self.free)
        return Credibility(
            self.case.basis,
            self.case.labels(self.promise),
            self.givers,
            self.goal_text,
            self._brings(self.held, self.ends),
            tuple(self.free.state(int(cell)) for cell in there[:LISTED]),
            len(there),
            stays,
            tuple(irreversible),
            tuple(each for each in tried if each.works),
            tuple(each for each in tried if not each.works),
            self.untried,
            stopped,
        )

    def _next(self, text: str) -> None:
        """One more device is about to be tried."""
        if self.late():
            raise TimeoutError
        self.progress(0, 0, text)

    def _brings(self, analysis: Analysis, cells: Cells) -> str:
        return "" if self.goal is None else verdict(analysis.conflict.holds(self.goal, cells))

    def _stay(self, free: Analysis, held: Analysis, ends: Cells) -> bool:
        return all(kept(free, actor, held, ends).seq for actor in self.givers)

    # --- irreversible moves ---

    def _irreversible(self) -> Iterator[tuple[str, ...]]:
        """The smallest sets of promised options whose being one-way is enough."""
        if len(self.options) > MOST_OPTIONS:
            raise TooLarge(
                f"a promise of {len(self.options)} options; irreversible moves are tried for {MOST_OPTIONS} at most"
            )
        found: list[set[str]] = []
        for size in range(1, len(self.options) + 1):
            for some in itertools.combinations(self.options, size):
                keys = {option.key for option in some}
                if any(small <= keys for small in found):
                    continue
                self._next(f"irreversible: {', '.join(sorted(keys))}")
                if self._stay(one_way(self.case, self.promise, keys).analyse(("seq",)), self.held, self.ends):
                    found.append(keys)
                    yield tuple(option.key for option in some)

    # --- rules, stakes, changes of list ---

    def _devices(self) -> Iterator[Device]:
        yield from self._rule()
        for actor in self.givers:
            reading = self.case.reading(actor)
            if isinstance(reading, PriorityList):
                yield from self._stakes(actor)
                yield from self._edits(actor)
            elif isinstance(reading, Weights):
                yield from self._weighted_stakes(actor)

    def _rule(self) -> Iterator[Device]:
        condition = self.when if self.when is not None else self._others_part()
        if condition is None:
            return
        text = f"when {condition} then {self.case.state_text(self.promise)}"
        rule = Rule(kind="consequence", when=condition, then=dict(self.promise), text=text)
        try:
            analysis = self.case.under(Policy(rules=(rule,))).analyse(("seq",))
        except ScenarioError as error:
            yield Device("rule", f"{text} (cannot stand: {error.problems[0].message})", False)
            return
        there = same_states(self.held, self.ends, analysis)
        works = bool((there >= 0).all())
        for actor in self.givers if works else ():
            player = analysis.conflict.index(actor)
            works &= not len(improving_steps(analysis.conflict, analysis.solution, there, player, True)[0])
        then = "" if self.goal is None else analysis.verdict(self.goal)
        yield Device("rule", text, works, 0, then)

    def _others_part(self) -> Formula | None:
        """What all the ends agree on and the status quo has not, among the options of others."""
        values, parts = self.held.conflict.values(self.ends), []
        now = self.free.conflict.settings(self.free.cell())
        for option in self.case.scenario.options:
            found = {int(v) for v in np.ravel(values[option.key])}
            if option.actor not in self.givers and len(found) == 1 and now[option.key] not in found:
                parts.append(_setting(option, found.pop()))
        return None if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))

    @property
    def _kept_promise(self) -> Formula:
        parts = tuple(_setting(option, self.promise[option.key]) for option in self.options)
        return parts[0] if len(parts) == 1 else And(parts)

    def _stakes(self, actor: str) -> Iterator[Device]:
        """The lowest rank at which the wish to keep the promise is enough; if none, the top one in vain."""
        statements = self.case.reading(actor).statements
        wish = Statement(want=self._kept_promise)
        for rank in range(len(statements) + 1, 0, -1):
            changed = (*statements[: rank - 1], wish, *statements[rank - 1 :])
            device = self._with_list(actor, changed, "stake", f"{actor} wants the promise kept at rank {rank}", rank)
            if device.works or rank == 1:
                yield device
                return

    def _weighted_stakes(self, actor: str) -> Iterator[Device]:
        """The least of the amounts that outweigh an improvement, and is enough."""
        statements, amounts = self.case.reading(actor).statements, self._gaps(actor)
        device = None
        for place, amount in enumerate(amounts):
            text = f"{actor} loses {number(amount)} if it breaks the promise"
            changed = (*statements, Statement(want=self._kept_promise, weight=amount))
            device = self._with_list(actor, changed, "stake", text, place)
            if device.works:
                break
        if device is not None:
            yield device

    def _gaps(self, actor: str) -> list[Fraction]:
        """What each improvement from an end gains the giver, least first."""
        conflict, player = self.free.conflict, self.free.conflict.index(actor)
        cells = same_states(self.held, self.ends, self.free)
        rows, targets = improving_steps(conflict, self.free.solution, cells, player, False)
        gains = np.array([Fraction(0)] * len(rows), dtype=object)
        for s in self.case.reading(actor).statements:
            gained = conflict.holds(s.want, targets).astype(int) - conflict.holds(s.want, cells[rows]).astype(int)
            gains = gains + gained.astype(object) * (s.weight or Fraction(0))
        return sorted(set(gains.tolist()))

    def _edits(self, actor: str) -> Iterator[Device]:
        """The single edits of the list that work; the smallest come first, and those beyond `MOST_EDITS` are counted."""
        lists = Lists(actor, self.case.reading(actor))
        (old,) = lists.layer(0)
        orders = sorted(lists.layer(1), key=lambda order: _places(old, order))
        self.untried += max(0, len(orders) - MOST_EDITS)
        for order in orders[:MOST_EDITS]:
            (edit,) = lists.way(order)
            changed = lists.changed(order).statements
            device = self._with_list(actor, changed, edit.kind, str(edit), _places(old, order))
            if device.works:
                yield device

    def _with_list(self, actor: str, statements: tuple[Statement, ...], kind: str, text: str, size: int) -> Device:
        """The promise of a giver with another list: everything worked out anew."""
        self._next(text)
        case = self.case.wanting(actor, statements)
        try:
            held = case.under(Policy(hold=self.promise)).analyse(("seq",))
        except ScenarioError:  # merged states must stay equally liked
            return Device(kind, text, False, size)
        ends = held.play("foresight").end_states
        works = self._stay(case.analyse(("seq",)), held, ends)
        return Device(kind, text, works, size, self._brings(held, ends))


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
