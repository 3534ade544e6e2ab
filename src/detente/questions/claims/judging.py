"""From replies to a status.

A test is asked under every combination of the readings it goes through. Its *finding* is

- *assumed by construction*: it holds, and only because the file says so: what is claimed enters as data, or every verdict
  it rests on is decided by reaction rules alone (`Pivots.by_assumption`);
- *derived*: it holds throughout, and not just by assumption;
- *contradicted*: it holds under no combination (with `for: every`: not under all);
- *depends on*: it holds under some; the *deciding* actors are the fewest whose readings settle it. Or it holds neither
  wholly nor not at all: then it depends on how play goes, or on how what is unknown is settled;
- *undecidable here*: the author's account brings what is expected, and so does a rival account;
- *not a model question*.

A claim with several tests is undecidable if one of them is; it is derived, assumed or contradicted if its tests agree (a
derived finding outweighs an assumed one), and else depends on what is asked. What enters as data decides nothing beside
real questions, unless the file says otherwise than the claim. Asides decide nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from detente.errors import InputError, ScenarioError
from detente.questions.claims.checks import Test
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.question import Reply, Setting

ASSUMED = "assumed by construction"
DERIVED = "derived"
CONTRADICTED = "contradicted"
DEPENDS = "depends on"
UNDECIDABLE = "undecidable here"
NO_QUESTION = "not a model question"

STATUSES = (DERIVED, ASSUMED, CONTRADICTED, DEPENDS, UNDECIDABLE, NO_QUESTION)
"""What can become of a claim."""

SAMPLED = 1
"""Where a test holds only here and there: under how many combinations it is asked whether an assumption decides."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One combination of readings: the reply per account ("" is the author's), and whether the test holds."""

    readings: Mapping[str, str]
    replies: Mapping[str, Reply]
    holds: bool
    told_apart: bool = True

    @property
    def partly(self) -> str:
        return "" if self.holds else next((reply.partly for reply in self.replies.values()), "")

    @property
    def verdict(self) -> str:
        if len(self.replies) == 1:
            return next(iter(self.replies.values())).verdict
        return "; ".join(f"{name or 'the author'}: {reply.verdict}" for name, reply in self.replies.items())


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of one test. `deciding` are the actors whose readings settle it, `where` the readings under which it holds.

    `by_assumption`: where it holds (or in `SAMPLED` of these places, if it does not hold throughout) only rules decide.
    """

    test: Test
    status: str
    cells: tuple[Cell, ...] = ()
    deciding: tuple[str, ...] = ()
    why: str = ""
    by_assumption: bool = False

    @property
    def held(self) -> int:
        """Under how many combinations it holds."""
        return sum(cell.holds for cell in self.cells)

    @property
    def where(self) -> tuple[dict[str, str], ...]:
        """The readings of the deciding actors under which it holds."""
        chosen = [{actor: cell.readings[actor] for actor in self.deciding} for cell in self.cells if cell.holds]
        return tuple(each for number, each in enumerate(chosen) if each not in chosen[:number])


@dataclass(frozen=True)
class Judgement:
    """A claim's status, and what it rests on: the findings that decide it."""

    status: str
    findings: tuple[Finding, ...] = field(default=())

    @property
    def counted(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.test.aside)


def judge(findings: Sequence[Finding]) -> Judgement:
    """The status of a claim from the findings of its tests."""
    every = tuple(findings)
    counted = [finding for finding in every if not finding.test.aside and finding.status != NO_QUESTION]
    asked = [finding for finding in counted if not _enters(finding)] or counted
    return Judgement(_status([finding.status for finding in asked]), every)


def _enters(finding: Finding) -> bool:
    return finding.test.question.enters and finding.status == ASSUMED


def _status(found: Sequence[str]) -> str:
    kinds = set(found)
    if not kinds:
        return NO_QUESTION
    if UNDECIDABLE in kinds:
        return UNDECIDABLE
    if kinds <= {DERIVED, ASSUMED}:
        return DERIVED if DERIVED in kinds else ASSUMED
    return CONTRADICTED if kinds == {CONTRADICTED} else DEPENDS


# --- one test ----------------------------------------------------------------------------------------------------------


def find(desk: Desk, test: Test) -> Finding:
    """Put a test to its model, under every combination of readings."""
    if test.question.asks_nothing:
        return Finding(test=test, status=NO_QUESTION, why=test.question["none"])
    try:
        cells = tuple(_cell(desk, test, readings) for readings in test.combinations)
    except ScenarioError:
        raise
    except InputError as error:
        return Finding(test=test, status=UNDECIDABLE, why=f"it cannot be asked of this model: {error}")
    if test.question.enters:
        return Finding(test=test, status=ASSUMED if cells[0].holds else CONTRADICTED, cells=cells)
    deciding = _deciding(cells)
    if test.rivals and any(cell.holds for cell in cells) and not any(cell.told_apart for cell in cells if cell.holds):
        return Finding(
            test=test, status=UNDECIDABLE, cells=cells, deciding=deciding, why="rival accounts bring the same"
        )
    status = _quantified(test, cells)
    assumed = _assumed(desk, cells, len(cells) if status == DERIVED else SAMPLED)
    if status == DERIVED and assumed:
        status = ASSUMED
    why = next(filter(None, (cell.partly for cell in cells)), "")
    return Finding(
        test=test,
        status=status,
        cells=cells,
        deciding=deciding,
        why=why if status == DEPENDS else "",
        by_assumption=assumed,
    )


def _quantified(test: Test, cells: Sequence[Cell]) -> str:
    """The status by how many combinations hold, assumptions aside."""
    held = sum(cell.holds for cell in cells)
    if held == len(cells) or (test.every == "some" and held):
        return DERIVED
    partly = held or any(cell.partly for cell in cells)
    return DEPENDS if partly and not test.every else CONTRADICTED


def _cell(desk: Desk, test: Test, readings: dict[str, str]) -> Cell:
    circumstances = test.circumstances.wanting(readings)
    accounts = {name: each.over(circumstances) for name, each in (test.between or test.rivals).items()}
    if not test.between:
        accounts = {"": circumstances, **accounts}
    replies = {name: test.question.ask(Setting(desk, test.model, each)) for name, each in accounts.items()}
    if test.between:
        alike = len({reply.verdict for reply in replies.values()}) == 1
        return Cell(readings=readings, replies=replies, holds=alike == test.same)
    own = bool(replies[""].holds)
    apart = not any(replies[name].holds for name in test.rivals)
    return Cell(readings=readings, replies=replies, holds=own, told_apart=apart)


def _deciding(cells: Sequence[Cell]) -> tuple[str, ...]:
    """The fewest actors whose readings settle whether it holds; the first such set in file order."""
    if len({cell.holds for cell in cells}) < 2:
        return ()
    actors = tuple(cells[0].readings)
    for size in range(1, len(actors) + 1):
        for some in itertools.combinations(actors, size):
            if _settled(cells, some):
                return some
    return actors


def _settled(cells: Iterable[Cell], actors: tuple[str, ...]) -> bool:
    seen: dict[tuple[str, ...], bool] = {}
    return all(seen.setdefault(tuple(c.readings[a] for a in actors), c.holds) == c.holds for c in cells)


def _assumed(desk: Desk, cells: Iterable[Cell], most: int) -> bool:
    """Whether it holds by assumption alone, under all of the first `most` combinations under which it holds."""
    replies = [cell.replies[""] for cell in cells if cell.holds and "" in cell.replies][:most]
    return bool(replies) and all(_by_assumption(desk, reply) for reply in replies)


def _by_assumption(desk: Desk, reply: Reply) -> bool:
    return reply.by_rule or (bool(reply.probes) and all(desk.by_rules(*probe) for probe in reply.probes))
