"""An independent checker of witnesses that rest on relations or are about coalitions: nothing a witness says is believed.

It takes a `Frame` per party, concept and standard (who may move where, what tempts, what deters; all from the plain data of the
model, by `oracle` and `family_oracle`) and the witness as JSON. `FamilyChecker.check` returns what is wrong, in words.

What is verified: the state and every state named exist; every temptation is listed, once; every step of an answer is legal,
nobody steps twice running, and what it changes is right; it ends where it deters, with every own move from there; no shorter
answer exists; where nothing deters all sequences are searched; kinds of steps, weighings, ways out and answers by other
concepts and standards; and the verdict follows.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from detente.verification import oracle
from witness_checker import Case as Examined
from witness_checker import Checker, frozen

Json = Mapping[str, Any]
Pairs = Callable[[int, int], bool]
Sets = list[set[int]]


@dataclass(frozen=True)
class Frame:
    """What the definitions say of one party: its moves, who may answer by which steps, what tempts and deters it."""

    own: Sets
    movers: Mapping[str, Sets]
    tempting: Pairs
    deterring: Pairs
    escape: bool
    credible: Mapping[str, Sets] | None = None

    def deters(self, s: int, y: int) -> bool:
        """Whether arriving at y deters, escape included."""
        return self.deterring(s, y) and not (self.escape and self.ways_out(s, y))

    def ways_out(self, s: int, y: int) -> set[int]:
        return {z for z in self.own[y] if not self.deterring(s, z)}

    def layers(self, start: int, sanctions: str) -> Iterator[set[tuple[int, str]]]:
        """The answers step by step: (state, last mover)."""
        layer: set[tuple[int, str]] = {(start, "")}
        seen: set[tuple[int, str]] = set()
        while layer:
            layer = {
                (t, j) for s, last in layer for j, moves in self.movers.items() if j != last for t in moves[s]
            } - seen
            seen |= layer
            yield layer
            if sanctions == "one-step":
                return

    def shortest(self, start: int, sanctions: str, good: Callable[[int], bool]) -> int | None:
        """The length of a shortest answer that ends well."""
        for length, layer in enumerate(self.layers(start, sanctions), start=1):
            if any(good(state) for state, _ in layer):
                return length
        return None


Frames = Callable[[str, str, str], Frame]
"""From party, concept and standard."""

Facts = Callable[[str, int, int], Mapping[str, Any]]
"""From party and two states to what the weighing must say."""


@dataclass
class FamilyChecker:
    """One model with its frames and weighings, for any number of witnesses. `members` are the actors of a party."""

    model: oracle.Model
    sanctions: str
    concepts: tuple[str, ...]
    frames: Frames
    facts: Facts
    members: Callable[[str], tuple[str, ...]] = lambda party: (party,)

    def __post_init__(self) -> None:
        self.plain = Checker(self.model, {}, self.sanctions)
        self.game = self.plain.game

    def check(self, witness: Json) -> list[str]:
        try:
            return list(self.faults(witness))
        except (KeyError, TypeError, IndexError) as error:
            return [f"not a witness: {error!r}"]

    def number(self, shown: Json) -> int:
        return self.plain.numbers[frozen(shown)]

    def faults(self, witness: Json) -> Iterator[str]:
        s, party = self.number(witness["state"]), witness["party"]
        frame = self.frames(party, witness["concept"], witness["standard"])
        if witness["sanctions"] != self.sanctions:
            yield "another sanction rule"
        listed = [self.number(each["move"]["state"]) for each in witness["temptations"]]
        if len(set(listed)) < len(listed):
            yield "a temptation is listed twice"
        if set(listed) != {t for t in frame.own[s] if frame.tempting(s, t)}:
            yield "the temptations are others"
        for each in witness["temptations"]:
            yield from self.step(each["move"], s, s, party)
            yield from self.fate(each, s, frame, witness)
        if witness["stable"] is not all(each["deterred"] for each in witness["temptations"]):
            yield "the verdict does not follow"

    def fate(self, each: Json, s: int, frame: Frame, witness: Json) -> Iterator[str]:
        start, party = self.number(each["move"]["state"]), witness["party"]
        if each["deterred"] is not bool(each["answer"]):
            yield "deterred or not?"
        if not each["answer"]:
            yield from self.undeterred(each, s, start, frame, witness)
            return
        end = yield from self.sequence(each["answer"], s, start, frame, witness)
        if not frame.deters(s, end):
            yield "the answer does not deter"
        if len(each["answer"]) != frame.shortest(start, self.sanctions, lambda y: frame.deters(s, y)):
            yield "the answer is not a shortest one"
        yield from self.weighed(each["cost"], party, s, end)
        if (each["escapes"] is not None) is not frame.escape:
            yield "whether there may be an escape is wrong"
        ways = [self.number(way["state"]) for way in each["escapes"] or ()]
        if frame.escape and (set(ways) != frame.own[end] or len(set(ways)) < len(ways)):
            yield "the ways on are others"
        for way in each["escapes"] or ():
            yield from self.step(way, end, s, party)
        if each["near"] or each["way_out"] or each["reached"] is not None or each["otherwise"]:
            yield "something is said of a failure that is none"

    def undeterred(self, each: Json, s: int, start: int, frame: Frame, witness: Json) -> Iterator[str]:
        reached = {state for layer in frame.layers(start, self.sanctions) for state, _ in layer}
        if any(frame.deters(s, y) for y in reached):
            yield "something does deter it"
        if each["reached"] != len(reached):
            yield "another number of states is reached"
        if each["cost"] is not None or each["escapes"] is not None:
            yield "something is said of an answer that is not there"
        length = frame.shortest(start, self.sanctions, lambda y: frame.deterring(s, y))
        if len(each["near"]) != (length or 0) or (each["way_out"] is not None) is not bool(length):
            yield "what would nearly deter is something else"
        if each["near"]:
            end = yield from self.sequence(each["near"], s, start, frame, witness)
            if not frame.deterring(s, end):
                yield "it would not nearly deter"
            if self.number(each["way_out"]["state"]) not in frame.ways_out(s, end):
                yield "that is no way out"
            yield from self.step(each["way_out"], end, s, witness["party"])
        if each["otherwise"] is not None:
            yield from self.otherwise(each, s, start, witness)

    def otherwise(self, each: Json, s: int, start: int, witness: Json) -> Iterator[str]:
        """By another concept or standard it is deterred: so it must be."""
        by, party = each["otherwise"]["by"], witness["party"]
        asked = (by, witness["standard"]) if by in self.concepts else (witness["concept"], by)
        if asked == (witness["concept"], witness["standard"]):
            yield "that is no other standard"
        frame = self.frames(party, *asked)
        end = yield from self.sequence(each["otherwise"]["answer"], s, start, frame)
        if not frame.deters(s, end):
            yield "by the other standard it is not deterred either"

    def sequence(self, steps: list[Json], s: int, start: int, frame: Frame, witness: Json | None = None) -> Any:
        """Faults of an answer; returns where it leads. Without the witness the steps are of no kind."""
        last = ""
        for step in steps:
            mover, end = step["actor"], self.number(step["state"])
            if mover == last:
                yield f"{mover} steps twice running"
            if end not in frame.movers[mover][start]:
                yield f"{mover} has no such step"
            if step["kind"] != (self.kind(frame, witness, s, mover, start, end) if witness else None):
                yield f"{mover}: the kind of step is wrong"
            yield from self.step(step, start, start, mover)
            start, last = end, mover
        if self.sanctions == "one-step" and len(steps) > 1:
            yield "more than one step"
        return start

    def kind(self, frame: Frame, witness: Json, s: int, mover: str, start: int, end: int) -> str | None:
        """The kind of a step; None where that is not asked."""
        if frame.credible is None or self.game.space is None or mover not in frame.credible:
            return None
        plain = self.plain.kinds["seq"]
        already = plain.alike((mover, start, end), s) & frame.credible[mover][s]
        if not already:
            return "response"
        judged = self.frames(mover, witness["concept"], witness["standard"])

        def stands(state: int, to: int) -> bool:
            reached = {y for layer in judged.layers(to, self.sanctions) for y, _ in layer}
            tempts = to in judged.own[state] and judged.tempting(state, to)
            return tempts and not any(judged.deters(state, y) for y in reached)

        if any(stands(s, to) for to in already):
            return "anyway"
        return "released" if stands(start, end) else "doubtful"

    def step(self, step: Json, start: int, against: int, party: str) -> Iterator[str]:
        """What a step changes, and how its party weighs the result against a state."""
        end = self.number(step["state"])
        if step["actor"] != party:
            yield "somebody else moves"
        before, after = (oracle.settings(self.game, state) for state in (start, end))
        apart = {key: value for key, value in after.items() if before[key] != value}
        options = self.game.space.options if self.game.space is not None else ()
        own = {option.key for option in options if option.actor in self.members(party)}
        if step["changes"] != {key: value for key, value in apart.items() if key in own}:
            yield "the changes are others"
        if step["follows"] != {key: value for key, value in apart.items() if key not in own}:
            yield "what follows is something else"
        yield from self.weighed(step["weighed"], party, against, end)

    def weighed(self, weighed: Json, party: str, s: int, t: int) -> Iterator[str]:
        """The facts are those of the model, and the reasons name the statements that decide."""
        said = {key: value for key, value in weighed.items() if key not in ("reasons", "open")}
        if said != self.facts(party, s, t):
            yield f"{party} weighs it otherwise: {said}, not {self.facts(party, s, t)}"
        for reason in weighed["reasons"]:
            asked = {"actor": reason["actor"], "concept": "nash", "state": self.plain.states[s]}
            yield from Examined(self.plain, asked).reason(reason, reason["actor"], s, t)
        for each in weighed.get("open", ()):
            _, test, _ = self.plain.statements[party][each["rank"] - 1]
            holds = [test(self.game.states[state][0]) for state in (s, t)]
            if holds[0] == holds[1] or each["holds"] is not holds[1]:
                yield "an open statement does not tell the states apart"


def deformed(witness: Json) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """The witness with one thing wrong, in every way that applies, each to be made when it is wanted."""

    def wrong(name: str, change: Callable[[dict[str, Any]], Any]) -> tuple[str, Callable[[], dict[str, Any]]]:
        def make() -> dict[str, Any]:
            bad = copy.deepcopy(dict(witness))
            change(bad)
            return bad

        return name, make

    yield wrong("verdict", lambda w: w.update(stable=not w["stable"]))
    yield wrong("rule", lambda w: w.update(sanctions="none"))
    for place, each in enumerate(witness["temptations"]):
        for name, change in _wrong(each):
            yield wrong(name, lambda w, p=place, c=change: c(w["temptations"][p]))  # type: ignore[misc]
        yield wrong("missing", lambda w, p=place: w["temptations"].pop(p))  # type: ignore[misc]
        yield wrong("twice", lambda w, p=place: w["temptations"].append(w["temptations"][p]))  # type: ignore[misc]


def _wrong(each: Json) -> Iterable[tuple[str, Callable[[Any], Any]]]:
    yield "deterred", lambda e: e.update(deterred=not e["deterred"])
    yield "changes", lambda e: e["move"]["changes"].update(nothing=True)
    yield "weighed", lambda e: e["move"]["weighed"].update({next(iter(e["move"]["weighed"])): "other"})
    if each["answer"]:
        yield "no answer", lambda e: e.update(answer=[], deterred=False)
        yield "longer", lambda e: e["answer"].append(e["answer"][-1])
        yield "mover", lambda e: e["answer"][0].update(actor=e["move"]["actor"])
        yield "astray", lambda e: e["answer"][-1].update(state=e["move"]["state"])
        yield "kind", lambda e: e["answer"][0].update(kind={"anyway": "released"}.get(e["answer"][0]["kind"], "anyway"))
        yield "cost", lambda e: e["cost"].update({next(iter(e["cost"])): "other"})
        if each["escapes"]:
            yield "escapes", lambda e: e["escapes"].pop()
    else:
        yield "reached", lambda e: e.update(reached=e["reached"] + 1)
        if each["near"]:
            yield "near", lambda e: e.update(near=[], way_out=None)
            yield "way out", lambda e: e["way_out"].update(state=e["near"][-1]["state"])
        if each["otherwise"]:
            yield "otherwise", lambda e: e["otherwise"]["answer"].append(e["otherwise"]["answer"][-1])
    if each["move"]["weighed"]["reasons"]:
        reason = "reasons"
        yield "reason", lambda e: e["move"]["weighed"][reason][0].update(verdict="other")
