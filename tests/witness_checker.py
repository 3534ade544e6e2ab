"""An independent checker of witnesses: nothing a witness says is believed.

It takes the model as plain data (what a YAML reader gives) and the witness as JSON, and works from the definitions of
`oracle` alone; nothing is shared with the engine. `check` returns what is wrong, in words; nothing if all is right.

What is verified: the state and every state named exist; every improvement of the actor is listed, once; every step of
a sanction is legal (an improvement where it must be), nobody steps twice running, and it ends no better for the actor;
no shorter sanction exists; there is no escape; where a witness says that nothing deters all sequences are searched; the
kinds of steps and answers are those found by brute force (`kinds_oracle`); every reason names the statements that decide;
and the verdict follows.

A witness of a large model may be confined to the `options` it depends on: its improvements are then compared with all
improvements up to changes of other options, and everything else is verified as it stands.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from detente.verification import oracle
from kinds_oracle import WORTH, Kinds, Step, TooMany

Json = Mapping[str, Any]
Node = tuple[int, str]


def check(model: oracle.Model, readings: Mapping[str, str], witness: Json, sanctions: str) -> list[str]:
    """What is wrong with the witness; an empty list if nothing is."""
    return Checker(model, readings, sanctions).check(witness)


class Checker:
    """One model with chosen readings and a sanction rule, for any number of witnesses."""

    def __init__(self, model: oracle.Model, readings: Mapping[str, str], sanctions: str) -> None:
        self.game = oracle.build(model, readings)
        self.listed = oracle.build(oracle.unadjusted(model), readings)
        """The same by the lists alone."""
        self.sanctions = sanctions
        self.states = [oracle.show(self.game, state) for state in range(len(self.game.states))]
        self.numbers = {frozen(shown): state for state, shown in enumerate(self.states)}
        self.statements = {actor: list(self.read_statements(actor)) for actor in self.game.actors}

    def check(self, witness: Json) -> list[str]:
        try:
            return list(Case(self, witness).faults())
        except (KeyError, TypeError, IndexError) as error:
            return [f"not a witness: {error!r}"]

    # --- what people want ---

    def read_statements(self, actor: str) -> Iterator[tuple[str, oracle.Formula, Fraction | None]]:
        """The actor's statements: text, test, weight."""
        wanted = oracle.preference(self.game.model, actor, self.game.readings[actor])
        if wanted.get("ranking"):
            return
        for item in wanted.get("weights") or ():
            yield self.statement(item["when"], Fraction(str(item["weight"])))
        for item in () if wanted.get("weights") else wanted.get("priorities") or ():
            yield self.statement(item["want"] if isinstance(item, Mapping) else item, None)

    def statement(self, text: Any, weight: Fraction | None) -> tuple[str, oracle.Formula, Fraction | None]:
        return oracle.plain(text), self.game.words.formula(text), weight

    def kind(self, actor: str) -> str:
        wanted = oracle.preference(self.game.model, actor, self.game.readings[actor])
        return next((kind for kind in ("ranking", "weights") if wanted.get(kind)), "priorities")

    @functools.cached_property
    def holds(self) -> Callable[[str, int], list[bool]]:
        """Which of an actor's statements hold in a state, read at its representative."""

        @functools.cache
        def found(actor: str, state: int) -> list[bool]:
            return [test(self.game.states[state][0]) for _, test, _ in self.statements[actor]]

        return found

    def place(self, actor: str, state: int) -> int:
        """The place of a state in the actor's ranking, from 1."""
        scores = self.listed.scores[actor]
        return len({score for score in scores if score > scores[state]}) + 1

    def raising(self, actor: str, state: int) -> set[str]:
        """What the adjustments that put this state above another say."""
        wanted = oracle.preference(self.game.model, actor, self.game.readings[actor])
        spoken = ((each["above"], each["below"]) for each in wanted.get("adjust") or ())
        return {f"{_said(high)} above {_said(low)}" for high, low in spoken if self.number(high) == state}

    def number(self, state: Any) -> int | None:
        if self.game.space is None:
            return self.game.states.index([(state,)])
        return self.game.space.land(self.game.space.cell_of(state))

    # --- what can happen ---

    @functools.cached_property
    def kinds(self) -> Mapping[str, Kinds]:
        return {concept: Kinds(self.game, concept, self.sanctions) for concept in ("seq", "sseq")}

    def layers(self, witness: Case, start: int) -> Iterator[set[Node]]:
        """The others' sequences, step by step: (state, last mover)."""
        if witness.concept == "nash":
            return
        arcs = self.game.improvements if witness.credible else self.game.moves
        others = [actor for actor in self.game.actors if actor != witness.actor]
        layer: set[Node] = {(start, "")}
        seen: set[Node] = set()
        while layer:
            layer = {
                (target, mover)
                for state, last in layer
                for mover in others
                if mover != last
                for target in arcs[mover][state]
            } - seen
            seen |= layer
            yield layer
            if self.sanctions == "one-step":
                return


@dataclass
class Case:
    """One witness under examination."""

    judge: Checker
    witness: Json

    def __post_init__(self) -> None:
        self.actor, self.concept = self.witness["actor"], self.witness["concept"]
        self.credible, self.escaping = self.concept in ("seq", "sseq"), self.concept in ("smr", "sseq")
        self.game = self.judge.game
        self.score = self.game.scores[self.actor]
        self.state = self.number(self.witness["state"])

    def number(self, shown: Json) -> int:
        """The number of a state shown as JSON."""
        return self.judge.numbers[frozen(shown)]

    def faults(self) -> Iterator[str]:
        if self.witness["sanctions"] != self.judge.sanctions:
            yield "another sanction rule"
        if self.concept == "sim":
            yield from self.all_changes_listed()
        else:
            yield from self.all_improvements_listed()
        deterred = []
        for place, each in enumerate(self.witness["improvements"], start=1):
            examine = self.collision if self.concept == "sim" else self.sanction
            yield from (f"improvement {place}: {fault}" for fault in (*self.move(each), *examine(each)))
            deterred.append(each["deterred"])
        verdict = False if False in deterred else None if None in deterred else True
        if self.witness["stable"] is not verdict:
            yield f"the verdict is {self.witness['stable']}, the improvements say {verdict}"

    # --- completeness ---

    def all_improvements_listed(self) -> Iterator[str]:
        listed = [self.number(each["move"]["state"]) for each in self.witness["improvements"]]
        if len(set(listed)) < len(listed):
            yield "an improvement is listed twice"
        real = self.game.improvements[self.actor][self.state]
        if not set(listed) <= real:
            yield "a listed improvement is none"
        if {self.shadow(state) for state in listed} != {self.shadow(state) for state in real}:
            yield "an improvement is missing"

    def shadow(self, state: int) -> Any:
        """A state, or what is left of it if only some options matter."""
        options = self.witness["options"]
        return state if options is None else frozen({key: self.judge.states[state][key] for key in options})

    def all_changes_listed(self) -> Iterator[str]:
        """Under SIM the changes count, not the states they lead to, and merged states have those of all members."""
        listed = [frozen(self.change(each)) for each in self.witness["improvements"]]
        if len(set(listed)) < len(listed):
            yield "a change is listed twice"
        real = {frozen({"from": self.labels(cell), "to": self.labels(raw)}) for cell, raw in self.improving(self.actor)}
        if self.witness["options"] is None and set(listed) != real:
            yield "the improving changes are others"

    def change(self, each: Json) -> dict[str, Any]:
        start = dict(each["member"] or self.labels(self.game.states[self.state][0]))
        return {"from": start, "to": {**start, **each["move"]["changes"]}}

    def improving(self, actor: str) -> Iterator[tuple[oracle.Cell, oracle.Cell]]:
        """The improving changes of an actor: the member they start from and the raw cell they make."""
        space, scores = self.game.space, self.game.scores[actor]
        assert space is not None
        for cell, raw in itertools.chain.from_iterable(
            zip(itertools.repeat(cell), space.changes(actor, cell)) for cell in self.game.states[self.state]
        ):
            landed = space.land(raw)
            if landed is not None and scores[landed] > scores[self.state]:
                yield cell, raw

    def labels(self, cell: oracle.Cell) -> dict[str, oracle.Value]:
        assert self.game.space is not None
        return {option.key: value for option, value in zip(self.game.space.options, cell, strict=True)}

    # --- one improvement ---

    def move(self, each: Json) -> Iterator[str]:
        move = each["move"]
        if move["actor"] != self.actor or not move["improvement"]:
            yield "it is not an improvement of the judged actor"
        if self.concept != "sim":
            yield from self.settings_change(move, self.state)
        yield from self.reason(move["reason"], self.actor, self.state, self.number(move["state"]))

    def sanction(self, each: Json) -> Iterator[str]:
        start = self.number(each["move"]["state"])
        if each["deterred"] is None:
            return
        if not each["answer"]:
            if each["deterred"]:
                yield "it is said to be deterred, but nothing deters it"
            yield from self.nothing_deters(each, start)
            return
        ends = yield from self.steps(each["answer"], start)
        if each["deterred"] is not True or each["short"] is not None:
            yield "an answered improvement is deterred"
        if not self.deters(ends):
            yield "the answer does not deter"
        yield from self.reason(each["cost"], self.actor, self.state, ends)
        yield from self.escapes(each, ends)
        if len(each["answer"]) != self.shortest(start):
            yield "the answer is not a shortest one"
        yield from self.kinds_of_answers(each, start)

    def steps(self, steps: list[Json], start: int) -> Any:
        """Faults of a sequence; returns where it leads."""
        last = self.actor
        for step in steps:
            end, mover = self.number(step["state"]), step["actor"]
            arcs = self.game.improvements if self.credible else self.game.moves
            if mover in (last, self.actor):
                yield f"{mover} steps out of turn"
            if end not in arcs[mover][start]:
                yield f"{mover} has no such step"
            if step["improvement"] is not (end in self.game.improvements[mover][start]):
                yield f"{mover}: whether it is an improvement is wrong"
            if step["kind"] != (self.kinds.kind(self.state, (mover, start, end)) if self.kinds else None):
                yield f"{mover}: the kind of step is wrong"
            yield from self.settings_change(step, start)
            yield from self.reason(step["reason"], mover, start, end)
            start, last = end, mover
        if self.judge.sanctions == "one-step" and len(steps) > 1:
            yield "more than one step"
        return start

    @property
    def kinds(self) -> Kinds | None:
        return None if not self.credible or self.game.space is None else self.judge.kinds[self.concept]

    def settings_change(self, step: Json, start: int) -> Iterator[str]:
        """The changes and what follows are the settings that differ, the mover's own ones first."""
        if self.game.space is None:
            if step["changes"] or step["follows"]:
                yield "settings change in graph form"
            return
        before, after = (oracle.settings(self.game, state) for state in (start, self.number(step["state"])))
        apart = {key: value for key, value in after.items() if before[key] != value}
        own = {option.key for option in self.game.space.options if option.actor == step["actor"]}
        if step["changes"] != {key: value for key, value in apart.items() if key in own}:
            yield "the changes are others"
        if step["follows"] != {key: value for key, value in apart.items() if key not in own}:
            yield "what follows is something else"

    def deters(self, state: int) -> bool:
        """Whether arriving there leaves the actor no better off than staying, escape included."""
        here = self.score[self.state]
        caught = not self.escaping or all(self.score[x] <= here for x in self.game.moves[self.actor][state])
        return self.score[state] <= here and caught

    def escapes(self, each: Json, ends: int) -> Iterator[str]:
        if not self.escaping:
            if each["escapes"] is not None:
                yield "there is no escape under this concept"
            return
        if sorted(self.number(escape["state"]) for escape in each["escapes"]) != sorted(
            self.game.moves[self.actor][ends]
        ):
            yield "the ways out are others"
        for escape in each["escapes"]:
            yield from self.settings_change(escape, ends)
            yield from self.reason(escape["reason"], self.actor, self.state, self.number(escape["state"]))
            if escape["reason"]["verdict"] == "better":
                yield "the actor escapes"

    # --- all sequences ---

    def shortest(self, start: int) -> int | None:
        """The length of a shortest sanction."""
        for length, layer in enumerate(self.judge.layers(self, start), start=1):
            if any(self.deters(state) for state, _ in layer):
                return length
        return None

    # --- kinds of answers ---

    def path(self, steps: list[Json], start: int) -> tuple[Step, ...]:
        ends = [start, *(self.number(step["state"]) for step in steps)]
        return tuple((step["actor"], *pair) for step, pair in zip(steps, itertools.pairwise(ends), strict=True))

    def kinds_of_answers(self, each: Json, start: int) -> Iterator[str]:
        if self.kinds is None:
            if each["kind"] is not None or each["reply"] or each["still"] is not None or each["mutual"]:
                yield "answers are of no kind here"
            return
        try:
            minimal = self.kinds.minimal(self.actor, self.state, start)
            mutual = self.kinds.mutual(self.actor, self.state, start)
        except TooMany:
            return
        worth = functools.partial(self.kinds.worth, self.state)
        told = self.path(each["answer"], start)
        if told not in minimal:
            yield "the answer told is not minimal"
            return
        best = max(map(worth, minimal), key=WORTH.index)
        if each["kind"] != best:
            yield f"the best answer is {best}, not {each['kind']}"
        if worth(told) != max((worth(a) for a in minimal if len(a) == len(told)), key=WORTH.index):
            yield "an equally short answer is of a better kind"
        if bool(each["reply"]) is not (worth(told) != best):
            yield "whether there is a longer answer of a better kind is wrong"
        yield from self.steps(each["reply"], start)
        reply = self.path(each["reply"], start)
        if reply and (worth(reply) != best or len(reply) != min(len(a) for a in minimal if worth(a) == best)):
            yield "the longer answer is not a shortest one of the best kind"
        if reply and reply not in minimal:
            yield "the longer answer is not minimal"
        yield from self.what_answers_say(each, start, told if best == "empty" else None, mutual)

    def what_answers_say(
        self, each: Json, start: int, empty: tuple[Step, ...] | None, mutual: set[tuple[str, int]]
    ) -> Iterator[str]:
        """Whether it still pays after what comes anyway; who deters whom; what both would bring about."""
        assert self.kinds is not None
        merged = any(len(cells) > 1 for cells in self.game.states)
        if (each["still"] is not None) is not (empty is not None):
            yield "what comes anyway is told, or not told, in the wrong place"
        elif (
            empty is not None
            and not merged
            and each["still"] is not self.kinds.still(self.actor, self.state, start, empty)
        ):
            yield "whether it still pays is wrong"
        found = [(other["actor"], frozen(other["changes"])) for other in each["mutual"]]
        if self.witness["options"] is None and set(found) != {(who, self.own_changes(who, end)) for who, end in mutual}:
            yield "mutual deterrence is with others"
        for other in each["mutual"]:
            if not merged:
                yield from self.joint(other, start)

    def own_changes(self, actor: str, end: int) -> Any:
        assert self.game.space is not None
        before, after = (oracle.settings(self.game, state) for state in (self.state, end))
        own = {option.key for option in self.game.space.options if option.actor == actor}
        return frozen({key: value for key, value in after.items() if key in own and before[key] != value})

    def joint(self, other: Json, start: int) -> Iterator[str]:
        """What the improvement and another's change bring about together, and whom it pleases."""
        space = self.game.space
        assert space is not None
        (cell,) = self.game.states[self.state]
        places = {actor: [p for p, o in enumerate(space.options) if o.actor == actor] for actor in self.game.actors}
        found = set()
        for raw in space.changes(self.actor, cell):
            for back in space.changes(other["actor"], cell):
                if space.land(raw) == start and self.own_changes(other["actor"], self.landed(back)) == frozen(
                    other["changes"]
                ):
                    both = tuple(back[p] if p in places[other["actor"]] else raw[p] for p in range(len(raw)))
                    found.add(space.land(both))
        told = None if other["joint"] is None else self.number(other["joint"])
        if told not in found:
            yield "together they bring about something else"
        pair = (self.actor, other["actor"])
        pleased = (
            [] if told is None else [a for a in pair if self.game.scores[a][told] > self.game.scores[a][self.state]]
        )
        if other["pleases"] != pleased:
            yield "it pleases others"

    def landed(self, raw: oracle.Cell) -> int:
        assert self.game.space is not None
        landed = self.game.space.land(raw)
        return self.state if landed is None else landed

    def nothing_deters(self, each: Json, start: int) -> Iterator[str]:
        if each["cost"] is not None or each["escapes"] is not None or each["kind"] is not None or each["reply"]:
            yield "something is said of an answer that is not there"
        reached = {state for layer in self.judge.layers(self, start) for state, _ in layer}
        if any(map(self.deters, reached)):
            yield "something does deter it"
        short = each["short"]
        if self.concept == "nash":
            if short is not None:
                yield "nobody answers under Nash"
            return
        ends = yield from self.steps(short["steps"], start)
        yield from self.reason(short["reason"], self.actor, self.state, ends)
        worst = min([self.score[start], *map(self.left_with, reached)])
        if worst != (self.left_with(ends) if short["steps"] else self.score[start]):
            yield "there is a worse answer"
        if short["escape"] is not None:
            landed = self.number(short["escape"]["state"])
            if landed not in self.game.moves[self.actor][ends] or self.score[landed] <= self.score[self.state]:
                yield "that is no escape"
            yield from self.settings_change(short["escape"], ends)
            yield from self.reason(short["escape"]["reason"], self.actor, self.state, landed)
        elif self.score[ends] <= self.score[self.state]:
            yield "the escape is not shown"

    def left_with(self, state: int) -> Any:
        own = self.game.moves[self.actor][state] if self.escaping else ()
        return max([self.score[state], *(self.score[x] for x in own)])

    # --- at the same moment ---

    def collision(self, each: Json) -> Iterator[str]:
        space = self.game.space
        assert space is not None
        cell, raw = (tuple(settings.values()) for settings in self.change(each).values())
        if space.land(raw) != self.number(each["move"]["state"]):
            yield "the change leads elsewhere"
        rivals = {
            (actor, space.joint(actor, raw, other)): other
            for actor in self.game.actors
            if actor != self.actor
            for start, other in self.improving(actor)
            if start == cell
        }
        spoilt = {key for key in rivals if self.no_better(space.land(key[1]))}
        if each["deterred"] is not bool(spoilt):
            yield "whether something collides is wrong"
        if each["collision"] is None:
            return
        met = each["collision"]
        who, joint = met["other"]["actor"], self.number(met["joint"])
        other = tuple({**self.labels(cell), **met["other"]["changes"]}.values())
        if (who, space.joint(who, raw, other)) not in spoilt or space.land(space.joint(who, raw, other)) != joint:
            yield "the collision is none"
        alone = self.number(met["other"]["state"])
        if space.land(other) != alone:
            yield "the other change leads elsewhere"
        yield from self.reason(met["other"]["reason"], who, self.state, alone)
        yield from self.reason(met["cost"], self.actor, self.state, joint)

    def no_better(self, state: int | None) -> bool:
        return state is not None and self.score[state] <= self.score[self.state]

    # --- reasons ---

    def reason(self, reason: Json, actor: str, before: int, after: int) -> Iterator[str]:
        """The verdict of a comparison, and that the statements named are those that decide."""
        scores = self.game.scores[actor]
        verdict = (scores[after] > scores[before]) - (scores[after] < scores[before])
        if reason["verdict"] != {1: "better", 0: "equal", -1: "worse"}[verdict]:
            yield f"{actor}: the comparison is wrong"
        listed = self.judge.listed.scores[actor]
        if reason["kind"] != self.judge.kind(actor):
            yield f"{actor}: the list is of another kind"
        elif verdict != (listed[after] > listed[before]) - (listed[after] < listed[before]):
            winner = after if verdict > 0 else before
            if reason.get("adjusted", {}).get("says") not in self.judge.raising(actor, winner):
                yield f"{actor}: no adjustment raises the better state"
        elif "adjusted" in reason:
            yield f"{actor}: no adjustment decides what the list says already"
        elif reason["kind"] == "ranking":
            if reason["places"] != [self.judge.place(actor, before), self.judge.place(actor, after)]:
                yield f"{actor}: the places are others"
        else:
            yield from self.statements(reason, actor, before, after)

    def statements(self, reason: Json, actor: str, before: int, after: int) -> Iterator[str]:
        old, new = self.judge.holds(actor, before), self.judge.holds(actor, after)
        apart = [place for place in range(len(old)) if old[place] != new[place]]
        if reason["kind"] == "priorities":
            apart = apart[:1]
        elif reason["scores"] != [str(Fraction(self.judge.listed.scores[actor][state])) for state in (before, after)]:
            yield f"{actor}: the scores are others"
        named = [(each["rank"], each["says"], each["holds"], each["weight"]) for each in reason["statements"]]
        texts = self.judge.statements[actor]
        weights = [None if weight is None else str(weight) for _, _, weight in texts]
        if named != [(place + 1, texts[place][0], new[place], weights[place]) for place in apart]:
            yield f"{actor}: other statements decide"


def _said(state: Any) -> str:
    parts = [state] if isinstance(state, str) else state
    return ", ".join(map(oracle.plain, parts)) or "all off"


def frozen(value: Any) -> Any:
    """A JSON value that can be looked up."""
    if isinstance(value, Mapping):
        return frozenset((key, frozen(each)) for key, each in value.items())
    return tuple(map(frozen, value)) if isinstance(value, Iterable) and not isinstance(value, str) else value
