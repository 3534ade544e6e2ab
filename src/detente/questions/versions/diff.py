"""What two versions of a model say differently, and what of that changes which headline.

The mathematics. The *differences* of two files are what they say otherwise, not how they are written
(`detente.scenario.versions`). A name that was changed is exchanged first, where it was stated or is beyond doubt. Each
difference is applied to the first file alone; the headlines of what comes out are compared with those of the first file, and
so are those of the second, in which all differences are applied. A difference that cannot be applied alone, since the file
that comes out cannot be read, is taken together with a smallest set of others with which it can (no member can be left out);
sets that overlap are one.

Of *words*, differences that no headline looks at (titles, sources, notes, claims, the timeline), none is asked about: they
change what is said, not what follows.

How to ask: `diff(case, other)`. Cost: the headlines of the first file once for each difference that is not of words, and a
reading of the file for each difference and for each that is tried with it. After `seconds` the rest is said to be untried.
Source: Zeller & Hildebrandt 2002 (smallest sets by leaving out); the effect of a difference is ours.

>>> from detente.scenario import load, read_text
>>> one = load("prisoners_dilemma")
>>> other = read_text(one.text.replace("title: ", "title: The "), name="other")
>>> found = diff(Case(one), other)
>>> [(step.differences[0].place, step.effects) for step in found.steps]
[('title', ())]
>>> diff(Case(one), one).steps
()
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from detente.budget import Budget, Cancelled, Clock, Spent, never
from detente.case import Basis, Case
from detente.engine import Progress, quiet
from detente.errors import InputError, Unanswerable
from detente.messages import later, tell
from detente.questions.versions.quoted import Quoted, quoted
from detente.result import Answer, Record
from detente.scenario.model import Scenario
from detente.scenario.read import read_text
from detente.scenario.text import yaml_tree
from detente.scenario.text.edit import text_of
from detente.scenario.versions.difference import RENAMED, Difference, apply, differences
from detente.scenario.versions.document import Entries, document, plain
from detente.scenario.versions.renaming import recognised, renamed, stated
from detente.sheet import Phrase, Sheet, listing, many

MODEL = frozenset(
    (
        "actors",
        "rules",
        "states",
        "graph",
        "now",
        "outcomes",
        "partnerships",
        "platforms",
        "worlds",
        "history",
        "answer",
        "parts",
    )
)
"""The sections that a headline looks at."""

WORDS = frozenset(
    (
        "name", "about", "note", "where", "source", "confidence", "claims", "says", "short", "off", "article", "plural", "kind",
        "brief", "against", "analyst",
    )
)  # fmt: skip
"""Fields of these sections that none looks at."""

NAMING = frozenset(
    ("options", "readings", "flows", "states", "outcomes", "actors", "partnerships", "platforms", "worlds", "moves")
)
"""Under these keys stand names, which may be words like those."""

NONE, UNTRIED = "none", later("not tried")


@dataclass(frozen=True)
class Effect(Record):
    """A headline that is another one: its id, and the verdicts before and after ("" where it is not there)."""

    headline: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Step(Record):
    """Differences that are applied together, one where it can be, and the headlines that change.

    `numbers` count all differences from 1; `words` says that no headline looks at any of them; `needs` tells why the first
    cannot stand alone, `unread` why even together they make no model; `tried` whether the headlines were asked for.
    """

    numbers: tuple[int, ...]
    differences: tuple[Difference, ...]
    words: bool
    effects: tuple[Effect, ...]
    needs: str = ""
    unread: str = ""
    tried: bool = True


@dataclass(frozen=True, repr=False, kw_only=True)
class Diff(Answer):
    """The differences of two versions step by step, and the headlines of both.

    `renamed` maps names of the first to those of the second; `before` and `after` hold the headlines, `together` those that
    differ; `stopped` says what ended the search early.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("count", "deciding")

    basis: Basis
    other: str
    other_hash: str
    renamed: Mapping[str, str]
    steps: tuple[Step, ...]
    before: tuple[Quoted, ...]
    after: tuple[Quoted, ...]
    together: tuple[Effect, ...]
    stopped: str = ""

    @property
    def count(self) -> int:
        """How many differences there are."""
        return sum(len(step.differences) for step in self.steps)

    @property
    def deciding(self) -> tuple[Step, ...]:
        """The steps that change a headline."""
        return tuple(step for step in self.steps if step.effects)

    @property
    def headline(self) -> Phrase:
        """How many differences there are, and how many of them matter."""
        if not self.steps:
            return Phrase.told("The two say the same.")
        tried = [step for step in self.steps if step.tried]
        of = tell("of {number} tried", number=len(tried)) if len(tried) < len(self.steps) else tell("of them")
        changes = tell("changes") if len(self.deciding) == 1 else tell("change")
        alone = (
            tell("{number} {of} {changes} a headline alone", number=len(self.deciding), of=of, changes=changes)
            if self.deciding
            else tell("none {of} changes a headline alone", of=of)
            if tried
            else tell("no time was left to try them one by one")
        )
        together = (
            tell("together they change {number}", number=many(len(self.together), "headline"))
            if self.together
            else tell("nor do they together")
        )
        if (self.deciding or not tried) and not self.together:
            together = tell("together they change none")
        if self.count == 1:
            does = (
                tell("changes {number}", number=many(len(self.together), "headline"))
                if self.together
                else tell("changes no headline")
            )
            return Phrase.told("1 difference, which {does}.", does=does)
        return Phrase.told(
            "{count} differences; {alone}; {together}.", count=self.count, alone=alone, together=together
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The differences with their effects, and the headlines of both versions."""
        about = {each.id: each.about for each in (*self.after, *self.before)}
        rows = tuple(
            (
                number,
                each.short,
                each.says,
                self._effect(step, about) if place == 0 else tell("with {numbers}", numbers=step.numbers[0]),
            )
            for step in self.steps
            for place, (number, each) in enumerate(zip(step.numbers, step.differences, strict=True))
        )
        notes = [
            tell("'{old}' is called '{new}' there; its name is taken to have changed.", old=old, new=new)
            for old, new in self.renamed.items()
        ]
        notes += [tell("Not complete: {stopped}.", stopped=self.stopped)] if self.stopped else []
        title = Phrase.told("{model} and {other}: differences one by one", model=self.basis.model, other=self.other)
        first = Sheet(title, ("", "where", "what", tell("effect alone")), rows, tuple(notes))
        return (first, self._headlines(about)) if rows else (first,)

    def _effect(self, step: Step, about: Mapping[str, Phrase]) -> Phrase:
        if step.unread:
            return Phrase.told("cannot be applied alone: {unread}", unread=step.unread)
        alone = Phrase.told("with {runs}: ", runs=runs(step.numbers[1:])) if len(step.numbers) > 1 else Phrase.of("")
        if not step.tried:
            return Phrase.of(alone, UNTRIED)
        if not step.effects:
            return Phrase.of(alone, tell("{none} (words)", none=NONE) if step.words else NONE)
        told = (Phrase.of(about[each.headline], ": ", arrow(each)) for each in step.effects)
        return Phrase.of(alone, listing(told, "; "))

    def _headlines(self, about: Mapping[str, Phrase]) -> Sheet:
        one, other = ({each.id: each.verdict for each in some} for some in (self.before, self.after))
        rows = tuple(
            (
                about[key],
                one.get(key, ""),
                other.get(key, ""),
                ", ".join(
                    tell("{runs} together", runs=runs(step.numbers)) if len(step.numbers) > 1 else str(step.numbers[0])
                    for step in self.steps
                    if any(effect.headline == key for effect in step.effects)
                ),
            )
            for key in dict.fromkeys((*one, *other))
        )
        only = [key for key in dict.fromkeys(each.headline for each in self.together) if not _by_one(self.steps, key)]
        notes = (
            (
                Phrase.told(
                    "Changed by none of the differences alone: {about}.", about=listing(about[key] for key in only)
                ),
            )
            if only and not self.stopped
            else ()
        )
        return Sheet(
            "Headlines",
            ("headline", self.basis.model, self.other, tell("changed alone by")),
            rows,
            (*notes, *self.basis.warnings),
        )


def arrow(effect: Effect) -> str:
    """`stable -> unstable`."""
    return f"{effect.before or tell('not there')} -> {effect.after or tell('not there')}"


def runs(numbers: Iterable[int]) -> str:
    """Rising numbers, those that follow each other as one.

    >>> runs([3, 4, 5, 8, 10, 11])
    '3-5, 8, 10-11'
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if run[1:] else str(run[0]) for run in found)


def _by_one(steps: Iterable[Step], key: str) -> bool:
    return any(effect.headline == key for step in steps for effect in step.effects)


# --- asking -----------------------------------------------------------------------------------------------------------


def diff(
    case: Case,
    other: Scenario,
    names: Mapping[str, str] | None = None,
    *,
    seconds: float = math.inf,
    cancelled: Cancelled = never,
    progress: Progress = quiet,
    clock: Clock = time.monotonic,
) -> Diff:
    """The differences of the case's scenario and another, and the effect of each on every headline, alone and together.

    `names` says which names of the first are which of the second; others are recognised where that is beyond doubt. The
    circumstances of the case hold for both. Raises `InputError` for names that do not fit, `Unanswerable` for a scenario that
    was not read from a text.
    """
    for scenario in (case.scenario, other):
        if not scenario.text:
            raise Unanswerable(
                tell("differences are those of scenario files; this scenario was made in memory: write it first")
            )
    budget = Budget(seconds=seconds, cancelled=cancelled, clock=clock)
    mine, theirs = (yaml_tree.read(each.text).root.plain() for each in (case.scenario, other))
    mine = stated(mine, names or {})
    known = [((old,), new) for old, new in (names or {}).items()] + list(recognised(mine, theirs))
    changed = {path[-1]: new for path, new in known}
    for path, new in known[len(names or {}) :]:
        mine = renamed(mine, path[-1], new)
    search = _Search(case, document(mine), document(theirs), budget, progress)
    named = [
        Step(numbers=(n,), differences=(Difference(path, RENAMED, path[-1], new),), words=True, effects=())
        for n, (path, new) in enumerate(known, 1)
    ]
    before = quoted(search.case_of(text_of(mine)) if changed else case)
    after = quoted(case.circumstances.of(other))
    steps, stopped = search.steps(len(named), before)
    return Diff(
        basis=case.basis,
        other=other.name if other.name != case.scenario.name else tell("{name} (second)", name=other.name),
        other_hash=case.circumstances.of(other).basis.hash,
        renamed=changed,
        steps=(*named, *steps),
        before=before,
        after=after,
        together=effects(before, after),
        stopped=stopped,
    )


def effects(before: Iterable[Quoted], after: Iterable[Quoted]) -> tuple[Effect, ...]:
    """The headlines that differ."""
    one, other = ({each.id: each.verdict for each in some} for some in (before, after))
    return tuple(
        Effect(key, one.get(key, ""), other.get(key, ""))
        for key in dict.fromkeys((*one, *other))
        if one.get(key, "") != other.get(key, "")
    )


def of_words(difference: Difference) -> bool:
    """Whether no headline looks at a difference."""
    *above, last = ("", *difference.path)
    return difference.path[0] not in MODEL or (last in WORDS and above[-1] not in NAMING)


class _Search:
    """The first document with some of the differences applied, read and asked."""

    def __init__(self, case: Case, before: Entries, after: Entries, budget: Budget, progress: Progress) -> None:
        self.case, self.before, self.after = case, before, after
        self.budget, self.progress = budget, progress
        self.found = differences(before, after)
        self.texts: dict[frozenset[int], Case | str] = {}

    def case_of(self, text: str) -> Case:
        """The case of a text, under the same circumstances."""
        like = self.case.scenario
        return self.case.circumstances.of(read_text(text, name=like.name, path=like.path, allow_outside=True))

    def made(self, chosen: Iterable[int]) -> Case | str:
        """The case with these differences applied, by their places; or why there is none."""
        key = frozenset(chosen)
        if key not in self.texts:
            whole = apply(self.before, self.after, [self.found[n] for n in key])
            try:
                self.texts[key] = self.case_of(text_of(plain(whole)))
            except InputError as error:
                self.texts[key] = _reason(error)
        return self.texts[key]

    def steps(self, offset: int, before: tuple[Quoted, ...]) -> tuple[tuple[Step, ...], str]:
        """A step for each difference, or group of them; and what ended the search early."""
        groups = self._alone()
        stopped = ""
        try:
            groups = self._groups()
        except Spent as spent:
            stopped = str(spent)
        steps = []
        for number, (group, needs) in enumerate(groups):
            tried, told, unread = not stopped, tuple[Effect, ...](), ""
            wordy = all(of_words(self.found[n]) for n in group)
            try:
                self.budget.check()
                self.progress(number, len(groups), "differences")
                made = self.made(group)
                if isinstance(made, str):
                    unread = made
                elif not wordy:
                    told = effects(before, quoted(made))
            except Spent as spent:
                stopped, tried = stopped or str(spent), False
            steps.append(
                Step(
                    numbers=tuple(n + 1 + offset for n in group),
                    differences=tuple(self.found[n] for n in group),
                    words=wordy,
                    effects=told,
                    needs=needs,
                    unread=unread,
                    tried=tried,
                )
            )
        return tuple(steps), stopped

    def _alone(self) -> list[tuple[tuple[int, ...], str]]:
        return [((n,), "") for n in range(len(self.found))]

    def _groups(self) -> list[tuple[tuple[int, ...], str]]:
        """The differences, those that need others together with them, in file order; and why."""
        owner = list(range(len(self.found)))
        reasons: dict[int, str] = {}
        for n in owner[:]:
            self.budget.check()
            made = self.made([n])
            if isinstance(made, str):
                reasons[n] = made
                members = {owner[each] for each in (n, *self._needed(n))}
                owner = [min(members) if each in members else each for each in owner]
        return [
            (group, next((reasons[n] for n in group if n in reasons), ""))
            for first in dict.fromkeys(owner)
            for group in [tuple(n for n, each in enumerate(owner) if each == first)]
        ]

    def _needed(self, number: int) -> Sequence[int]:
        """A smallest set of others with which a difference can be applied: none of them can be left out."""
        kept = [n for n in range(len(self.found)) if n != number]
        size = max(1, len(kept) // 2)
        while True:  # with all of them it can, for that is the second version; leave out ever smaller pieces
            place = 0
            while place < len(kept):
                self.budget.check()
                rest = kept[:place] + kept[place + size :]
                if isinstance(self.made([number, *rest]), str):
                    place += size
                else:
                    kept = rest
            if size == 1:
                return kept
            size //= 2


def _reason(error: InputError) -> str:
    """The first thing that is wrong, in one line."""
    problems: Any = getattr(error, "problems", ())
    first = next((problem.message for problem in problems if problem.severity == "error"), str(error))
    return first.splitlines()[0]
