"""The verdicts that stand in the headline of an answer, and the line under each: how near another one is.

A *stake* is a verdict of one case that a headline states: that today is stable, that a partnership holds, that a lever brings
its goal about. A table says, kind of answer by kind of answer, which these are; a headline that states none (how many ways
there are, how well a record fits) has no line.

How to ask: `lines_under(case, found)`. Cost: bounded by `UNDER` for all lines of an answer together (`brittleness`).

>>> from detente.scenario import load
>>> from detente.questions.uncertainty.types import types
>>> case = Case(load("prisoners_dilemma"))
>>> [line.brittle.margin for line in lines_under(case, types(case, Query("cooperation")))]
[1]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from detente.case import Case, Policy, Query, policy_of
from detente.conflict.kept import SMALL
from detente.engine.concepts import label, strictest_first
from detente.messages import numeral
from detente.questions.uncertainty.brittleness import Brittleness, brittleness
from detente.result import INSIDE, Answer, Record
from detente.sheet import NameTerm, Phrase, listing, names_of

UNDER = 8_000_000
"""What the lines under one headline may cost together: games times moves, a fifth of a second on a usual machine."""

MOST = 8
"""Verdicts of one headline that have a line; of a longer list the first."""


@dataclass(frozen=True)
class Stake:
    """A verdict that stands in a headline: of which case, which query, and what the verdict is of where there are several."""

    case: Case
    query: Query
    of: Phrase = Phrase.of("")  # noqa: RUF009 (a frozen value)


@dataclass(frozen=True, kw_only=True)
class Line(Record):
    """How near another verdict is to one that stands in a headline, and what the verdict is `of` where there are several.

    `brittle` is None for a model of too many states (`states`): no list was tried.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("line",)

    of: Phrase
    query: Query
    states: int
    brittle: Brittleness | None
    case: Case = field(metadata=INSIDE)

    @property
    def line(self) -> Phrase:
        """The sentences."""
        said = self._untried if self.brittle is None else self.brittle.line
        return Phrase.of(self.of, ": ", said) if self.of else said

    @property
    def short(self) -> Phrase:
        """How near another verdict is, without saying which."""
        return Phrase.told("not tried list by list") if self.brittle is None else self.brittle.short

    @property
    def _untried(self) -> Phrase:
        return Phrase.told(
            "Whether other lists flip it was not tried: the model has {states} states.", states=numeral(self.states)
        )


def lines_under(case: Case, found: Answer) -> tuple[Line, ...]:
    """The lines under the headline of an answer, which was asked of this case."""
    stakes = stakes_of(case, found)
    return tuple(_line(each, UNDER // len(stakes)) for each in stakes)


def _line(stake: Stake, work: int) -> Line:
    states = stake.case.game.count
    found = None if states > SMALL else brittleness(stake.case, stake.query, work=work)
    return Line(of=stake.of, query=stake.query, states=states, brittle=found, case=stake.case)


def told_together(lines: Sequence[Line]) -> list[Phrase]:
    """The lines under a headline of several verdicts: the nearest whole, the others in short, those that are alike in one."""
    nearest = min(lines, key=_nearness)
    alike: dict[str, tuple[Phrase, list[str]]] = {}
    for each in lines:
        if each is not nearest:
            short = each.short
            alike.setdefault(str(short), (short, []))[1].append(each.of)
    rest = (Phrase.told("{names}: {short}.", names=names_of(names), short=short) for short, names in alike.values())
    return [nearest.line, Phrase.of(listing(rest, " "))]


def _nearness(line: Line) -> float:
    """At how many swaps it flips; what was not found out comes last."""
    return math.inf if line.brittle is None or line.brittle.margin is None else line.brittle.margin


def has_stakes(found: Answer) -> bool:
    """Whether answers of this kind state verdicts in their headline."""
    return any(kind.__name__ in STAKES for kind in type(found).__mro__)


def stakes_of(case: Case, found: Answer) -> tuple[Stake, ...]:
    """The verdicts of the case that the headline of an answer states."""
    rows = (STAKES[kind.__name__] for kind in type(found).__mro__ if kind.__name__ in STAKES)
    row = next(rows, None)
    if row is None or case.scenario.now is None:
        return ()
    return tuple(row(case, found))[:MOST]


# --- kind of answer by kind of answer ---------------------------------------------------------------------------------


def _asked(case: Case, found: Any) -> Iterable[Stake]:
    """The query that was asked, of the case as it is."""
    return [Stake(case, found.query)]


def _as_chosen(case: Case, found: Any) -> Iterable[Stake]:
    """The query that was asked of many readings, with those that are chosen."""
    several = len(found.rows) > 1
    return [Stake(case, found.query, Phrase.told("As the readings are chosen") if several else Phrase.of(""))]


def _today(case: Case, found: Any) -> Iterable[Stake]:
    """Whether today is stable, by SEQ or by the strictest concept that was asked for."""
    asked = strictest_first(_concepts(found))
    concept = "seq" if "seq" in asked else asked[0]
    return [Stake(case, Query(concept=concept), Phrase.told("Today under {concept}", concept=label(concept)))]


def _concepts(found: Any) -> Iterable[str]:
    return found.solution.stable if hasattr(found, "solution") else found.concepts  # type: ignore[no-any-return]


def _explained(case: Case, found: Any) -> Iterable[Stake]:
    """Whether today is stable, where today is the state that was explained."""
    if case.game.now is None or found.state.text != case.game.text(case.game.now):
        return []
    return [Stake(case, Query(concept="seq"), Phrase.told("Today under {concept}", concept=label("seq")))]


def _races(case: Case, found: Any) -> Iterable[Stake]:
    return [] if found.goal is None else [Stake(case, Query(found.goal, found.play))]


def _partnership(case: Case, found: Any) -> Iterable[Stake]:
    partnership = case.scenario.partnerships[found.partnership]
    return [Stake(case, Query(partnership.fates(found.on)[_fate(found.word)]))]


def _fate(word: str) -> str:
    """The fate that a word is a verdict on; where it depends on how play goes, that of breaking."""
    return word if word in ("HOLDS", "FRAYS", "BREAKS") else "BREAKS"


def _levers(case: Case, found: Any) -> Iterable[Stake]:
    """The goal with the smallest commitment held; where nothing suffices, with nothing held."""
    query = Query(found.goal, found.play)
    if not found.minimal:
        return [Stake(case, query, Phrase.told("With nothing held"))]
    flips = found.minimal[0].flips
    settings = flips if found.hold == "flipped" else {**{key: found.now[key] for key in found.options}, **flips}
    held = case.under(Policy(hold=case.settings(settings)))
    return [Stake(held, query, Phrase.told("With this held"))]


def _compared(case: Case, found: Any) -> Iterable[Stake]:
    """The first outcome, or today, with every platform in force."""
    outcome = next(iter(case.scenario.outcomes), None)
    query = Query(concept="seq") if outcome is None else Query(outcome)
    for each in found.platforms:
        yield Stake(case.under(policy_of(case, each.id)), query, Phrase.of(NameTerm(each.id)))


def _broken(case: Case, found: Any) -> Iterable[Stake]:
    """The fate of the partnership under every policy, with the readings that are chosen."""
    from detente.questions.partnerships.fate_and_exits import bond_of

    bond = bond_of(case.analyse(("seq",)), found.partnership)
    for policy in found.policies:
        if policy in case.scenario.platforms:
            held = case.under(policy_of(case, policy))
            yield Stake(held, Query(bond.partnership.fates(bond.on)["BREAKS"]), Phrase.of(NameTerm(policy)))


STAKES: Mapping[str, Callable[[Case, Any], Iterable[Stake]]] = {
    "Analysis": _today,
    "Local": _today,
    "Explanation": _explained,
    "PartnershipVerdict": _partnership,
    "BreakMatrix": _broken,
    "Comparison": _compared,
    "Levers": _levers,
    "Types": _as_chosen,
    "Pivots": _asked,
    "Threshold": _asked,
    "Unknowns": _asked,
    "Assumptions": _asked,
    "Races": _races,
}
"""By the name of its class, the verdicts that the headline of an answer states; no row, no line."""
