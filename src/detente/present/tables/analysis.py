"""An analysis as tables for people: pure functions from `Analysis` to sheets.

The tables speak words (names of actors, options, concepts) where the tables of `Analysis` itself speak
identifiers and numbers. Verdicts carry a sign and a word, `✓ yes` or `✗ no`.

How to use it: `analysis_sheets(analysis, width=80)` is all that `detente analyze` prints below its title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente.analysis import KINDS, NUMBERED, Analysis
from detente.analysis.one_state import Local
from detente.engine.concepts import CONCEPTS, COUNTER_MOVES, label, strictest_first
from detente.engine.play import Play
from detente.messages import Messages, numeral, tell
from detente.messages import word as told
from detente.present.tables.equilibrium_cards import Cards, cards, cards_sheet, pattern_sheet
from detente.present.tables.scenario import readings_phrase
from detente.present.tables.selection import View, state_name
from detente.scenario.model import Scenario
from detente.sheet import ActorTerm, FormulaTerm, Phrase, ReadingTerm, Sheet, VerdictTerm, listing, many
from detente.version import __version__

WORDS = {True: VerdictTerm("✓ yes"), False: VerdictTerm("✗ no"), None: VerdictTerm("? open")}
"""Verdicts, each with a sign."""


FEW_ACTORS = 3
"""Up to this many actors have a row each also where all their verdicts are the same."""


def analysis_sheets(
    analysis: Analysis,
    *,
    where: str | None = None,
    actors: Sequence[str] | None = None,
    width: int = 80,
    whole: bool = False,
    defined: bool = False,
) -> tuple[Sheet, ...]:
    """The answer: who decides, the status quo, equilibria, where play ends, outcomes.

    With `defined` what the concepts mean besides, with `whole` also all that the answer rests on.
    """
    view = View(analysis, where, tuple(actors) if actors is not None else None, width)
    shown = cards(view)
    started = view.now is not None
    sheets = [
        actors_sheet(analysis),
        status_sheet(view) if started else None,
        cards_sheet(view, shown) if shown.states or shown.summed else None,
        pattern_sheet(view, shown),
        play_sheet(view, shown) if started else None,
        outcome_sheet(view),
        assumptions_sheet(analysis) if whole or defined else None,
    ]
    return tuple(sheet for sheet in sheets if sheet is not None)


# --- who decides, and where things stand ------------------------------------------------------------------------


def actors_sheet(analysis: Analysis) -> Sheet:
    """The actors with the reading used, the others on offer, and the size of what they can do."""
    scenario, rows = analysis.scenario, []
    for player in analysis.conflict.players:
        readings, used = scenario.actor(player.id).readings, analysis.readings.get(player.id)
        others = listing(ReadingTerm(name, player.id) for name in readings if name != used)
        named = ReadingTerm(used or "", player.id) if len(readings) > 1 else "–"
        rows.append((player.name, ActorTerm(player.id), named, others, len(player.options), analysis.moves(player.id)))
    columns = ("actor", "id", "reading", tell("other readings"), "options", "moves")
    keep = [0, 1, *([2, 3] if any(row[3] for row in rows) else []), *([] if analysis.conflict.graph else [4]), 5]
    return Sheet(tell("Who decides ({size_text})", size_text=size_text(analysis)), columns, tuple(rows)).only(keep)


def size_text(analysis: Analysis) -> str:
    """How large the model is, and in which world it is read."""
    scenario, fixed = analysis.scenario, len(analysis.conflict.fixed)
    world = [tell("world {world}", world=analysis.world or next(iter(scenario.worlds)))] if scenario.worlds else []
    held = [tell("{number} fixed", number=many(fixed, "option"))] if fixed else []
    return ", ".join([many(analysis.states, "state"), *held, *world])


def status_sheet(view: View) -> Sheet:
    """For whom the status quo is stable under which concept."""
    analysis, now = view.analysis, view.analysis.cell()
    rows = [
        (player.name, *(word(analysis.is_stable(concept, player.id, now)) for concept in view.concepts))
        for player in analysis.conflict.players
    ]
    if len(rows) > FEW_ACTORS and len({row[1:] for row in rows}) == 1:
        rows = [(tell("each of the {number} actors", number=len(rows)), *rows[0][1:])]
    rows.append(("equilibrium", *(word(analysis.is_equilibrium(concept, now)) for concept in view.concepts)))
    notes = tuple(
        tell("Without {concept}: {why}.", concept=label(concept), why=why) for concept, why in analysis.left_out.items()
    )
    named = tell(" (state {state_name})", state_name=state_name(analysis, now)) if analysis.states <= NUMBERED else ""
    return Sheet(
        tell("Is today's state stable?{named}", named=named),
        (tell("stable for"), *map(label, view.concepts)),
        tuple(rows),
        notes,
    )


def word(truth: bool | None) -> VerdictTerm:
    """A verdict with its sign.

    >>> word(True), word(None)
    ('✓ yes', '? open')
    """
    return WORDS[truth]


# --- play and outcomes ------------------------------------------------------------------------------------------

_MEANING = Messages(
    {
        "myopic": "every actor takes any improvement",
        "foresight": "no actor makes a move it would regret",
    }
)


def play_sheet(view: View, shown: Cards) -> Sheet:
    """Where play from the status quo ends, in sentences."""
    names = dict(zip(shown.states, view.headers(shown.states), strict=True))
    return Sheet(tell("Where play leads"), (), (), tuple(_play_text(view.analysis, kind, names) for kind in KINDS))


def _play_text(analysis: Analysis, kind: str, names: Mapping[int, str]) -> str:
    return tell(
        "{capitalize} play ({kind}) {leads}.",
        capitalize=told(kind).capitalize(),
        kind=_MEANING[kind],
        leads=_leads(analysis, analysis.play(kind), names),
    )


def _leads(analysis: Analysis, play: Play, names: Mapping[int, str]) -> str:
    if play.passed == 1:
        return tell("stays as today")
    circles = [end for end in play.ends if len(end) > 1]
    if circles and len(play.ends) == 1:
        return tell("never comes to rest: it circles among {number}", number=many(len(circles[0]), "state"))
    where = _end_names(analysis, [int(end[0]) for end in play.ends if len(end) == 1], names)
    if circles:
        where.append(
            tell(
                "{number} of {number2} together",
                number=many(len(circles), "circle"),
                number2=many(sum(map(len, circles)), "state"),
            )
        )
    verb = tell("ends in") if len(play.ends) == 1 else tell("can end in")
    return f"{verb} {' or '.join(where)}{_away(play)}"


def _end_names(analysis: Analysis, cells: Sequence[int], names: Mapping[int, str]) -> list[str]:
    if len(cells) > 8:
        return [tell("{number} different states", number=numeral(len(cells)))]
    called = [names.get(cell) or state_name(analysis, cell) for cell in cells]
    return [f"{tell('states') if len(cells) > 1 else tell('state')} {', '.join(called)}"] if called else []


def _away(play: Play) -> str:
    steps = shortest(play)
    nearest = tell(" at the nearest") if len(play.ends) > 1 else ""
    return "" if steps is None else tell(", {steps} away{nearest}", steps=many(steps, "step"), nearest=nearest)


def shortest(play: Play) -> int | None:
    """Steps on a shortest way from the start to a state where play ends; None if the steps are not listed."""
    if play.steps is None:
        return None
    ending = np.isin(play.steps.states, play.end_states)
    reached, steps = play.steps.states == play.start, 0
    while not (reached & ending).any():
        reached[play.steps.targets[reached[play.steps.sources]]] = True
        steps += 1
    return steps


def outcome_sheet(view: View) -> Sheet:
    """Named outcomes: whether play ends in them, and how many equilibria have them."""
    analysis, outcomes = view.analysis, view.analysis.scenario.outcomes
    kinds = KINDS if view.now is not None else ()
    rows: list[tuple[Any, ...]] = []
    for name, outcome in outcomes.items():
        plays = [VerdictTerm(analysis.verdict(outcome.formula, kind)) for kind in kinds]
        counts = [view.count_where(concept, outcome.formula) for concept in view.concepts]
        rows.append((name, *plays, *counts))
    rows.append((tell("all equilibria"), *["" for _ in kinds], *(found.states for found in view.found.values())))
    asked = [Phrase.told("only where {where}", where=FormulaTerm(view.where))] if view.where else []
    asked += [Phrase.told("for {actors} only", actors=listing(map(ActorTerm, view.actors)))] if view.actors else []
    notes: list[str] = (
        [tell("Play: true in ALL, SOME or NONE of the states where it ends.")] if kinds and outcomes else []
    )
    notes += [Phrase.told("Equilibria are counted {asked}.", asked=listing(asked, " and "))] if asked else []
    title = tell("Outcomes of play, and numbers of equilibria") if outcomes else tell("Numbers of equilibria")
    return Sheet(title, ("", *kinds, *map(label, view.concepts)), tuple(rows), tuple(notes))


# --- one state, without the space --------------------------------------------------------------------------------


def local_sheets(local: Local, *, whole: bool = False, defined: bool = False) -> tuple[Sheet, ...]:
    """What `judge_locally` found: the verdicts, the moves nothing deters, what stays open; and what it rests on, if asked."""
    concepts = strictest_first(local.concepts)
    rows = [
        (player.name, *(word(local.verdicts[concept][player.id].stable) for concept in concepts))
        for player in local.conflict.players
    ]
    rows.append(("equilibrium", *(word(local.equilibrium(concept)) for concept in concepts)))
    notes = (
        [tell("{number} open: the search outgrew its budget.", number=many(len(local.open), "verdict"))]
        if local.open
        else []
    )
    sheet = Sheet(tell("Is the state stable?"), (tell("stable for"), *map(label, concepts)), tuple(rows), tuple(notes))
    basis = (_local_basis(local, concepts),) if whole or defined else ()
    return (sheet, *_temptations(local, concepts), *basis)


def _temptations(local: Local, concepts: Sequence[str]) -> tuple[Sheet, ...]:
    """Per actor an improvement that no answer deters, and under which concepts that is so."""
    found: dict[tuple[str, str], list[str]] = {}
    for concept in concepts:
        for player in local.conflict.players:
            change = local.verdicts[concept][player.id].standing
            if change is not None:
                found.setdefault((player.name, change_text(local.scenario, change)), []).append(label(concept))
    rows = tuple((actor, FormulaTerm(change), ", ".join(names)) for (actor, change), names in found.items())
    return (
        (Sheet(tell("Moves worth making that no answer deters"), ("actor", tell("for example"), "under"), rows),)
        if rows
        else ()
    )


def change_text(scenario: Scenario, change: Mapping[str, int]) -> str:
    """Changed settings in words: `us_arm off, answer = accept`."""
    said = []
    for key, value in change.items():
        option = scenario.option(key)
        said.append(f"{key} {option.choices[value]}" if option.binary else f"{key} = {option.choices[value]}")
    return ", ".join(said)


def _local_basis(local: Local, concepts: Sequence[str]) -> Sheet:
    return _basis(local.scenario, concepts, local.sanctions, local.readings, local.seconds, local.hash)


# --- assumptions ------------------------------------------------------------------------------------------------

SANCTION_TEXT = Messages(
    {
        "legal": "answers are sequences of moves by all others in which nobody moves twice running",
        "one-step": "answers are single moves of a single other actor",
    }
)


def assumptions_sheet(analysis: Analysis) -> Sheet:
    """What the results rest on: definitions, sanction rule, readings, version and model."""
    used = strictest_first(analysis.solution.stable)
    return _basis(analysis.scenario, used, analysis.sanctions, analysis.readings, analysis.seconds, analysis.hash)


def _basis(
    scenario: Scenario,
    concepts: Sequence[str],
    sanctions: str,
    readings: Mapping[str, str],
    seconds: float,
    digest: str,
) -> Sheet:
    rows: list[tuple[Any, ...]] = [(label(concept), tell(CONCEPTS[concept].meaning)) for concept in concepts]
    rows.append(("counter-moves", f"{COUNTER_MOVES[sanctions]}: {SANCTION_TEXT[sanctions]}"))
    chosen = readings_phrase({a: r for a, r in readings.items() if len(scenario.actor(a).readings) > 1})
    rows += [("readings", chosen)] if chosen else []
    rows.append(
        (
            "computed",
            tell(
                "by detente {version} in {time_text}, model {digest}",
                version=__version__,
                time_text=time_text(seconds),
                digest=digest[:12],
            ),
        )
    )
    return Sheet(tell("Definitions and assumptions"), ("", ""), tuple(rows))


def time_text(seconds: float) -> str:
    """A duration for people.

    >>> time_text(0.0042), time_text(12.34)
    ('4 ms', '12.3 s')
    """
    return tell("{seconds} ms", seconds=numeral(seconds * 1000, ".0f")) if seconds < 1 else f"{seconds:.1f} s"
