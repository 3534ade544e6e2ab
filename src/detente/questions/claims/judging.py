"""From replies to a status: a row of the table in `detente.questions.claims.statuses`.

A test is asked under every combination of the readings it goes through. A combination *can tell* unless

- a requirement is asked for and nothing suffices, or everything does;
- something is asked of the equilibria, and there are none;
- the sentence has a condition (`provided`), and it is met in no end;
- the claim is advice: then the same is asked without what the test holds, and with every other setting of the options
  held (at most `MOST_SETTINGS`). Where the result comes about under none of these, nothing could succeed; where it comes about
  under all, everything does. Both are counted apart.

Where the claim says its kind of *sentence*, the table of sentences in `detente.questions.claims.statuses` sets the quantifier:
what *may* be follows if it is so in some end under one combination the author allows; what *will* be, and every other
statement, if it is so under every combination that can tell, and where only rivals' readings bring something else it depends on
them. A statement is contradicted only if no combination brings it, and if none that the author allows is left nobody can tell.

Without a kind of sentence a statement *follows* if it holds under every combination that can tell, is *contradicted* if it
holds under none (with `for: every`: not under all), and else *depends on* the fewest actors whose readings settle it. If it
holds neither wholly nor not at all it depends on how play goes, or on how what is unknown is settled. It *cannot* be *told* if
no combination can, or if the author's account brings what is expected and a rival account does as well. What merely enters as
data is *input*.

Advice *would work* if it brings what it is meant to bring under every combination but those where everything does, and makes
a difference under one at least. It *backfires* if wherever it makes a difference leaving things as they are does better, and
*makes no difference* if it brings nothing that would not come, or fail to come, anyway. Else it depends.

Both are only *assumed* if every verdict they rest on is decided by reaction rules alone (`Pivots.by_assumption`).

Several tests are parts of the claim unless it says that `all` of them are meant together, or that `any` is enough. Parts
that disagree make it depend on the test; together one that fails is a failure of all, and of alternatives one that holds is
enough. What enters as data decides nothing beside real questions, unless the file says otherwise than the claim. Asides, and
readings of the sentence that are stricter or milder, stand beside and decide nothing; one that is not what it is called is
marked.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from detente.case import Circumstances, verdict
from detente.engine.play import ALL, NONE, SOME
from detente.errors import InputError, ScenarioError
from detente.messages import Messages, later, tell
from detente.questions.claims.checks import DIFFER, MILDER, MORE, SAME, Test
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.question import EVERYTHING, NOTHING, UNMET, Reply, Setting
from detente.questions.claims.statuses import (
    ADVICE,
    ASSUMED,
    BACKFIRES,
    BAD,
    CANNOT_TELL,
    CONTRADICTED,
    DEPENDS,
    FOLLOWS,
    GOOD,
    INPUT,
    MAY,
    NO_DIFFERENCE,
    OUTSIDE,
    STATEMENT,
    WOULD_WORK,
    label,
)
from detente.questions.uncertainty.conditions import settling

MOST_SETTINGS = 16
"""Settings of the options held that are tried to see whether what is held makes a difference."""

NO_READING = later("the author allows none of these readings")
"""Why nothing can be told where only rivals' readings are left."""

THE_TEST = later("the test")
"""What a claim depends on whose tests disagree."""

TOGETHER = Messages({"": "each a part of it", "all": "all of which must hold", "any": "one of which is enough"})
"""How the tests of a claim make its status, by what the file says."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One combination of readings: the reply per account ("" is the author's), and whether the test holds.

    `apart` says why it cannot tell, if it cannot; `worse` that leaving things as they are does better; `rival` that the author
    does not allow these readings.
    """

    readings: Mapping[str, str]
    replies: Mapping[str, Reply]
    holds: bool
    told_apart: bool = True
    apart: str = ""
    worse: bool = False
    rival: bool = False

    @property
    def partly(self) -> str:
        return "" if self.holds else next((reply.partly for reply in self.replies.values()), "")

    @property
    def verdict(self) -> str:
        if len(self.replies) == 1:
            return next(iter(self.replies.values())).verdict
        return "; ".join(f"{name or tell('the author')}: {reply.verdict}" for name, reply in self.replies.items())


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of one test. `deciding` are the actors whose readings settle it, `where` the readings under which it holds.

    `why` says on what it depends, if not on readings, or why nothing was asked or told.
    """

    test: Test
    status: str
    cells: tuple[Cell, ...] = ()
    deciding: tuple[str, ...] = ()
    why: str = ""
    assumed: Callable[[], bool] = field(default=lambda: False, repr=False, compare=False)

    @cached_property
    def by_assumption(self) -> bool:
        """Whether wherever it holds only reaction rules decide; found when it is looked at, for a table needs it of few."""
        return self.assumed()

    @property
    def telling(self) -> tuple[Cell, ...]:
        """The combinations that can tell."""
        return tuple(cell for cell in self.cells if not cell.apart)

    @property
    def own(self) -> tuple[Cell, ...]:
        """The combinations that can tell, among those the author allows."""
        return tuple(cell for cell in self.telling if not cell.rival)

    @property
    def held(self) -> int:
        """Under how many of the combinations that can tell it holds."""
        return sum(cell.holds for cell in self.telling)

    def apart(self, why: str) -> int:
        """How many combinations cannot tell, for this reason."""
        return sum(cell.apart == why for cell in self.cells)

    @property
    def on(self) -> tuple[str, ...]:
        """What it depends on, if it depends."""
        return (self.deciding or (self.why or tell(THE_TEST),)) if self.status == DEPENDS else ()

    @property
    def label(self) -> str:
        """The status as people read it."""
        return label(self.status, self.on)

    @property
    def where(self) -> tuple[dict[str, str], ...]:
        """The readings of the deciding actors under which it holds."""
        chosen = [{actor: cell.readings[actor] for actor in self.deciding} for cell in self.telling if cell.holds]
        return tuple(each for number, each in enumerate(chosen) if each not in chosen[:number])


@dataclass(frozen=True)
class Judgement:
    """A claim's status, on what it depends, and what it rests on: the findings that decide it."""

    status: str
    findings: tuple[Finding, ...] = ()
    together: str = field(default="", kw_only=True)
    on: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def counted(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.test.counts)

    @property
    def label(self) -> str:
        """The status as people read it."""
        return label(self.status, self.on)

    @property
    def how(self) -> str:
        """How several tests make the status; nothing for one."""
        asked = _asked(self.findings)
        if len(asked) < 2:
            return ""
        found = Counter(label(finding.status) for finding in asked)
        counts = ", ".join(f"{number} {said}" for said, number in found.items())
        return tell(
            "{number} tests, {together}: {counts}", number=len(asked), together=TOGETHER[self.together], counts=counts
        )


def judge(findings: Sequence[Finding], together: str = "") -> Judgement:
    """The status of a claim from the findings of its tests."""
    asked = _asked(findings)
    status = _COMBINED[together]([finding.status for finding in asked])
    failed = not together and any(finding.status in BAD for finding in asked)  # a part that nobody's readings save
    on = [thing for finding in asked for thing in finding.on] + [tell(THE_TEST)] * failed
    depends = tuple(dict.fromkeys(on)) if status == DEPENDS else ()
    return Judgement(status, tuple(findings), together=together, on=depends)


def misnamed(beside: Finding, findings: Iterable[Finding]) -> bool:
    """Whether a reading of the sentence is not what it is called, beside any test that counts.

    A stricter reading does not follow where a milder one does not, nor hold under a combination where that fails.
    """
    counted = _asked(findings)
    if beside.test.beside == MILDER:
        return bool(counted) and all(_exceeds(each, beside) for each in counted)
    return bool(counted) and all(_exceeds(beside, each) for each in counted)


def _exceeds(strict: Finding, mild: Finding) -> bool:
    """Whether the one holds, in whole or under some combination both go through, where the other does not."""
    fails = [cell.readings for cell in mild.telling if not cell.holds and strict.test.over == mild.test.over]
    apart = strict.status in GOOD and mild.status in (*BAD, DEPENDS)
    return apart or any(cell.holds and cell.readings in fails for cell in strict.telling)


def _asked(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that decide: data decides only where nothing else was asked."""
    counted = [finding for finding in findings if finding.test.counts and finding.status != OUTSIDE]
    return [finding for finding in counted if finding.status != INPUT] or counted


def _parts(found: Sequence[str]) -> str:
    kinds = set(found)
    if not kinds:
        return OUTSIDE
    if CANNOT_TELL in kinds:
        return CANNOT_TELL
    if kinds <= set(GOOD):
        return _weakest(kinds)
    return found[0] if len(kinds) == 1 else DEPENDS


def _all(found: Sequence[str]) -> str:
    kinds = set(found)
    failed = next((status for status in (*BAD, CANNOT_TELL, DEPENDS) if status in kinds), "")
    return failed or _parts(found)


def _any(found: Sequence[str]) -> str:
    kinds = set(found)
    held = next((status for status in (*GOOD, DEPENDS, CANNOT_TELL) if status in kinds), "")
    return held or _parts(found)


_COMBINED = {"": _parts, "all": _all, "any": _any}


def _weakest(kinds: Iterable[str]) -> str:
    return max(kinds, key=GOOD.index)


# --- one test ----------------------------------------------------------------------------------------------------------


def find(desk: Desk, test: Test, family: str = STATEMENT) -> Finding:
    """Put a test of a statement, or of advice, to its model, under every combination of readings."""
    if test.question.asks_nothing:
        return Finding(test=test, status=OUTSIDE, why=test.question["none"])
    try:
        cells = tuple(_cell(desk, test, readings, family) for readings in test.combinations)
    except ScenarioError:
        raise
    except InputError as error:
        return Finding(
            test=test, status=CANNOT_TELL, why=tell("it cannot be asked of this model: {error}", error=error)
        )
    if test.question.enters:
        return Finding(test=test, status=INPUT if cells[0].holds else CONTRADICTED, cells=cells)
    found = Finding(test=test, status=CANNOT_TELL, cells=cells)
    deciding = _deciding(cells if family == ADVICE else found.telling)
    if test.rivals and any(cell.holds for cell in cells) and not any(cell.told_apart for cell in cells if cell.holds):
        return replace(found, deciding=deciding, why=tell("rival accounts bring the same"))
    status = (_advised if family == ADVICE else _stated)(test, cells)
    rests = found.own if any(cell.holds for cell in found.own) else found.telling
    why = next(filter(None, (cell.partly for cell in found.telling)), "") if status == DEPENDS else ""
    if status == CANNOT_TELL:
        why = next(filter(None, (cell.apart for cell in cells if not cell.rival)), cells[0].apart or tell(NO_READING))
    found = replace(found, status=status, deciding=deciding, why=why, assumed=lambda: _assumed(desk, rests))
    return replace(found, status=ASSUMED) if status in (FOLLOWS, WOULD_WORK) and found.by_assumption else found


def _stated(test: Test, cells: Sequence[Cell]) -> str:
    """The status of a statement by how many combinations hold, assumptions aside."""
    telling = [cell for cell in cells if not cell.apart]
    own = [cell for cell in telling if not cell.rival]
    held = sum(cell.holds for cell in telling)
    if not own:
        return CANNOT_TELL
    if held == len(telling) or (test.some and any(cell.holds for cell in own)):
        return FOLLOWS
    partly = held or any(cell.partly for cell in telling)
    return DEPENDS if partly and (test.sentence or not test.every) else CONTRADICTED


def _advised(test: Test, cells: Sequence[Cell]) -> str:
    """The status of advice by what it brings under each combination, assumptions aside."""
    telling = [cell for cell in cells if not cell.apart]
    works = [cell for cell in telling if cell.holds]
    if all(cell.apart == UNMET or cell.rival for cell in cells):
        return CANNOT_TELL
    if works and (test.every == "some" or len(works) + sum(cell.apart == EVERYTHING for cell in cells) == len(cells)):
        return WOULD_WORK
    if works or any(cell.partly and not cell.worse for cell in telling):
        return DEPENDS
    worse = sum(cell.worse for cell in telling)
    return NO_DIFFERENCE if not worse else BACKFIRES if worse == len(telling) else DEPENDS


def _cell(desk: Desk, test: Test, readings: dict[str, str], family: str) -> Cell:
    circumstances = test.circumstances.wanting(readings)
    rival, unmet = not test.allows(readings), _unmet(desk, test, circumstances)
    accounts = {name: each.over(circumstances) for name, each in (test.between or test.rivals).items()}
    if not test.between:
        accounts = {"": circumstances, **accounts}
    replies = {name: test.question.ask(Setting(desk, test.model, each)) for name, each in accounts.items()}
    if test.between:
        holds = _compare(test.compares, [reply.verdict for reply in replies.values()])
        return Cell(readings=readings, replies=replies, holds=holds, apart=unmet, rival=rival)
    own = replies[""]
    apart = not any(replies[name].holds for name in test.rivals)
    in_some_end = test.sentence == MAY and bool(own.partly)
    cell = Cell(
        readings=readings,
        replies=replies,
        holds=bool(own.holds) or in_some_end,
        told_apart=apart,
        apart=unmet or own.apart,
        worse=own.adverse and family == ADVICE,
        rival=rival,
    )
    return _compared(desk, test, circumstances, cell) if family == ADVICE and test.question.kind.compared else cell


def _compare(compares: str, found: Sequence[str]) -> bool:
    """Whether the verdicts under several circumstances compare as expected; what has no place in the order is no more."""
    if compares in (SAME, DIFFER):
        return (len(set(found)) == 1) == (compares == SAME)
    if not set(found) <= _ORDER.keys():
        return False
    first, second = (_ORDER[each] for each in found)
    return first > second if compares == MORE else first < second


_ORDER = {NONE: 0, SOME: 1, ALL: 2, "unstable": 0, "stable": 2}
"""Verdicts by in how many ends something is true."""


def _unmet(desk: Desk, test: Test, circumstances: Circumstances) -> str:
    """Whether the condition of the sentence is met in no end."""
    if test.provided is None:
        return ""
    found = verdict(Setting(desk, test.model, circumstances).case, test.provided)
    return UNMET if found == NONE else ""


# --- whether advice makes a difference ------------------------------------------------------------------------------------


def _compared(desk: Desk, test: Test, given: Circumstances, cell: Cell) -> Cell:
    """The cell of advice, with what becomes of it without what the test holds, and with other settings of that."""
    untouched = replace(given, hold={}, platform="", rules=())
    if untouched == given or cell.apart:
        return cell
    before = _grade(test.question.ask(Setting(desk, test.model, untouched)))
    own = _grade(cell.replies[""])
    grades = {before, own}
    for other in _otherwise(desk, test, given):
        if len(grades) > 1:
            break
        try:
            grades.add(_grade(test.question.ask(Setting(desk, test.model, other))))
        except ScenarioError:  # rules forbid these settings
            continue
    apart = {frozenset({_FAILS}): NOTHING, frozenset({_HOLDS}): EVERYTHING}.get(frozenset(grades), "")
    return replace(cell, apart=apart, worse=before > own)


_FAILS, _PARTLY, _HOLDS = range(3)


def _grade(reply: Reply) -> int:
    return _HOLDS if reply.holds else _PARTLY if reply.partly else _FAILS


def _otherwise(desk: Desk, test: Test, given: Circumstances) -> Iterator[Circumstances]:
    """The circumstances with every setting of the options held; none if there are too many."""
    model = desk.model(test.model)
    platform = model.platforms[given.platform].hold if given.platform else {}
    held = [model.option(key) for key in {**platform, **given.hold}]
    if math.prod(len(option.choices) for option in held) > MOST_SETTINGS:
        return
    for values in itertools.product(*(range(len(option.choices)) for option in held)):
        yield replace(given, hold={option.key: value for option, value in zip(held, values, strict=True)})


# --- on what it depends, and whether it is assumed ---------------------------------------------------------------------------


def _deciding(cells: Sequence[Cell]) -> tuple[str, ...]:
    """The fewest actors whose readings settle whether it holds; the first such set in file order."""
    return settling([(cell.readings, cell.holds) for cell in cells])


def _assumed(desk: Desk, cells: Iterable[Cell]) -> bool:
    """Whether reaction rules alone decide under every combination under which it holds."""
    replies = [reply for cell in cells if cell.holds for name, reply in cell.replies.items() if _authors(name, cell)]
    return bool(replies) and all(_by_assumption(desk, reply) for reply in replies)


def _authors(name: str, cell: Cell) -> bool:
    """Whether an account is the author's; where accounts are compared all of them are."""
    return not name or "" not in cell.replies


def _by_assumption(desk: Desk, reply: Reply) -> bool:
    return reply.by_rule or (bool(reply.probes) and all(desk.by_rules(*probe) for probe in reply.probes))
