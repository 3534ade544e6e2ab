"""Injects: what an umpire brings into a game that has begun, six at most, all from the model.

*News* is what the file's timeline tells of the time after today and what sets nothing, so that it forces nobody's move; a
*rumour* is a move of the record, read out as something that is said. A *letter* goes to one player alone and changes one place
of its list of aims: one of the pivots, the changes that turn the answer of the model (`detente.questions.uncertainty.pivots`).
A *new day* puts the table into another state that nobody who looks ahead would leave.

Today is when the first event of the record happens, at the latest. Cost: the pivots of an outcome, where the model is small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from detente.case import Case, Query
from detente.messages import tell
from detente.present.kit.roles import changed, ranks
from detente.present.names import IN_WORDS, upper
from detente.present.pictures.timeline import date_key
from detente.present.words import Words
from detente.questions.uncertainty.pivots import Change, Pivots, pivots
from detente.scenario.model import Moment, Ranking

MOST = 6
"""Injects that are picked."""

OF_A_KIND = 3
"""Of one kind as long as there are others."""

PIVOT_WORK = 300_000
"""States times changes up to which letters are looked for."""


@dataclass(frozen=True, kw_only=True)
class Inject:
    """What is read out or handed over, to whom (nobody: to all), and for the umpire what it is good for."""

    kind: str
    to: str = ""
    says: str
    why: str


def picked(case: Case, words: Words) -> tuple[Inject, ...]:
    """The injects of a game, in the order in which they may come: news and letters in turn, then what else there is."""
    turned = _letters(case, words)
    news, letters = _spread(_news(case), OF_A_KIND), _spread(turned, OF_A_KIND)
    first = [each for pair in zip_longest(news, letters) for each in pair if each is not None]
    more = (*_rumours(case), *_new_days(case, words), *_news(case), *turned)
    return tuple(dict.fromkeys((*first, *more)))[:MOST]


def _spread(injects: Iterable[Inject], most: int) -> list[Inject]:
    """So many of them, from the first to the last at even steps."""
    known = list(injects)
    if len(known) <= most:
        return known
    return [known[round(n * (len(known) - 1) / (most - 1))] for n in range(most)]


# --- what happened ----------------------------------------------------------------------------------------------


def since_today(case: Case) -> tuple[Moment, ...]:
    """The entries of the timeline after today, in order; without a record nothing is known to be after it."""
    scenario = case.scenario
    if not scenario.history:
        return ()
    start = min(date_key(event.date) for event in scenario.history)
    return tuple(m for m in sorted(scenario.timeline, key=lambda m: date_key(m.date)) if date_key(m.date) >= start)


def _news(case: Case) -> Iterator[Inject]:
    for moment in since_today(case):
        if not moment.settings:
            yield Inject(
                kind="news", says=f"{moment.says} ({moment.date})", why=tell("It happened, and forces no move.")
            )


def _rumours(case: Case) -> Iterator[Inject]:
    for event in case.scenario.history:
        if event.by and event.settings and event.says:
            who = case.scenario.actor(event.by).name
            yield Inject(
                kind="rumour",
                says=tell("It is said that this is near: {says}", says=event.says),
                why=tell("{who} did it ({date}).", who=who, date=event.date),
            )


# --- what would turn the answer ---------------------------------------------------------------------------------


def _letters(case: Case, words: Words) -> list[Inject]:
    """The pivots of the outcome asked about, else of the first outcome that has any; by turns among the actors."""
    scenario = case.scenario
    places = sum(len(case.reading(actor.id).entries) ** 2 for actor in scenario.actors if actor.readings)
    if scenario.now is None or case.analyse(("seq",)).states * places > PIVOT_WORK:
        return []
    goals = dict.fromkeys((scenario.asking.goal, scenario.asking.of, *scenario.outcomes))
    for goal in (goal for goal in goals if goal in scenario.outcomes):
        found = pivots(case, Query(goal))
        if found.flips:
            return [_letter(case, words, found, change) for change in _by_turns(found.flips)]
    return []


def _by_turns(changes: Iterable[Change]) -> list[Change]:
    """One of each actor, then another; those that move an aim before those that turn it round."""
    kinds = ("swap", "lift", "drop", "negate")
    queues: dict[str, list[Change]] = {}
    for change in sorted(changes, key=lambda change: kinds.index(change.kind)):
        queues.setdefault(change.actor, []).append(change)
    return [change for turn in zip_longest(*queues.values()) for change in turn if change is not None]


def _letter(case: Case, words: Words, found: Pivots, change: Change) -> Inject:
    reading = case.reading(change.actor)
    ranked = isinstance(reading, Ranking)
    told = ranks(words, reading, change.actor) if isinstance(reading, Ranking) else words.aims(reading, change.actor)

    def line(text: str) -> str:
        said = told[reading.texts.index(text)] if ranked else upper(words.aim(text, change.actor))
        place = next(n for n, each in enumerate(told, start=1) if each.startswith(said))
        if ranked:
            return tell("place {place} ({said})", place=place, said=said)
        return tell("aim {place} ({said})", place=place, said=said)

    says = {
        "drop": tell("Strike out your {line}.", line=line(change.statement)),
        "negate": tell("Turn your {line} round: from now on you want the opposite.", line=line(change.statement)),
    }.get(change.kind) or tell(
        "From now on your {line} comes before your {line2}.", line=line(change.statement), line2=line(change.other)
    )
    outcome = words.names.thing(str(found.query.of))
    after, before = IN_WORDS[change.verdict or ""], IN_WORDS[found.verdict]
    why = tell(
        "“{outcome}” where play ends, if all look ahead: {after}, not {before} as the model has it.",
        outcome=outcome,
        after=after,
        before=before,
    )
    return Inject(kind="letter", to=change.actor, says=says, why=why)


# --- another start ----------------------------------------------------------------------------------------------


def _new_days(case: Case, words: Words) -> Iterator[Inject]:
    """States that last for all who look ahead, those most like today first."""
    analysis = case.analyse(("seq",))
    if analysis.conflict.now is None:
        return
    here, game = analysis.cell(), case.game
    cells = [int(cell) for cell in analysis.equilibria("seq") if cell != here]
    for cell in sorted(cells, key=lambda cell: (len(game.changes(here, cell)), cell))[:MOST]:
        change = changed(words, game.changes(here, cell)) or tell("go to {cell}", cell=game.text(cell))
        yield Inject(
            kind="new day",
            says=tell("Overnight all has changed. Put the table so: {change}. Go on from there.", change=change),
            why=tell("No player who looks ahead would leave that state. Does it last?"),
        )
