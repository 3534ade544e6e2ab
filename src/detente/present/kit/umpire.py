"""The umpire's sheets: who wants what in truth, what holds and where play leads, injects, and who has done well.

Players must not see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from detente.analysis import Analysis
from detente.case import CONCEPTS, Case
from detente.engine.concepts import label
from detente.present.kit.roles import aims, relations, stamp, standing
from detente.present.pages.blocks import Block, Leaf, Points, Says, Table
from detente.present.pages.booklet import Booklet
from detente.present.pictures.timeline import date_key
from detente.present.tables.analysis import play_sheet, status_sheet
from detente.present.tables.equilibrium_cards import cards, cards_sheet, pattern_sheet
from detente.present.tables.scenario import rules_sheet
from detente.present.tables.selection import View
from detente.present.words import Words, grounds, plain
from detente.scenario.model import Ranking
from detente.sheet import Sheet

COLUMNS = 118
"""Characters that fit across an A4 sheet in landscape, for tables that would grow."""

RESULTS = 16
"""States in the table of results at most."""

VERDICTS = {1: "better", 0: "the same", -1: "worse"}
"""How a state compares with the start for an actor."""

TURNS = 12
"""Empty lines of the log."""


def umpire(case: Case) -> Booklet:
    """Everything the umpire needs. Cost: one analysis of the case."""
    scenario, words = case.scenario, Words(case.scenario)
    leaves = tuple(
        Leaf(id=name, title=f"Umpire: {title}", subtitle=subtitle or scenario.title, blocks=blocks)
        for name, (title, subtitle, make) in LEAVES.items()
        if (blocks := tuple(make(case, words)))
    )
    return Booklet(
        kind="umpire",
        name=scenario.name,
        title=f"{scenario.title}: umpire's sheets",
        leaves=leaves,
        basis=stamp(case, open_aims=True),
    )


def _setup(case: Case, words: Words) -> Iterator[Block]:
    scenario = case.scenario
    yield Says(scenario.question, strong=True)
    if scenario.about:
        yield Says(scenario.about)
    if scenario.graph:
        rows = tuple((a, f"{s} → {t}") for a, arcs in scenario.graph.moves.items() for s, t in arcs)
        yield Table(Sheet("Who can move where", ("who", "from → to"), rows))
    yield standing(case)
    limits = [
        (scenario.actor(o.actor).name, o.name or o.key, limit) for o in scenario.options if (limit := words.limits(o))
    ]
    if limits:
        yield Table(Sheet("Limits on moves", ("who", "option", "limit"), tuple(limits)))
    if scenario.rules:
        yield Table(rules_sheet(scenario))
    ties = [(a.name, tie) for a in scenario.actors for tie in relations(scenario, a.id)]
    if ties:
        yield Table(Sheet("How they stand to others", ("who", "relation"), tuple(ties)))
    yield Points(
        title="How to run it",
        items=(
            "Give each player one role card. Nobody sees another's.",
            "Draw who moves first; then in turn, or whoever raises a hand. A move changes own options, or is a pass.",
            "Refuse moves that the limits and rules do not allow. Write every move into the log.",
            "Play ends when everybody passes in a row, or when time is up.",
            "Then ask each player to guess the others' aims, show the solution, and compare the log with it.",
        ),
        mark="number",
    )


def _wants(case: Case, words: Words) -> Iterator[Block]:
    for actor in case.scenario.actors:
        if actor.readings:
            reading = case.reading(actor.id)
            about = f" ({reading.about})" if reading.about else ""
            yield aims(words, reading, f"{words.names.name(actor.id)}{about}: aims, the most important first")
            others = [plain(name) for name in actor.readings if name != reading.id]
            if others:
                yield Says(f"Other accounts in the file: {', '.join(others)}. They make another game.")


def solution_blocks(view: View) -> Iterator[Block]:
    """What holds, and where play leads, as tables."""
    shown = cards(view)
    if view.now is not None:
        yield Table(status_sheet(view))
    yield Table(cards_sheet(view, shown))
    patterns = pattern_sheet(view, shown)
    if patterns is not None:
        yield Table(patterns)
    if view.now is not None:
        played = play_sheet(view, shown)
        yield Points(title=played.title, items=played.notes)


def _solution(case: Case, _: Words) -> Iterator[Block]:
    yield from solution_blocks(View(case.analyse(CONCEPTS), width=COLUMNS))


# --- injects ----------------------------------------------------------------------------------------------------


def _injects(case: Case, words: Words) -> Iterator[Block]:
    """What the file's timeline and history say happened; settings are what it would change."""
    scenario = case.scenario
    moments = [
        (m.date, m.says, words.move(m.settings) if m.settings else "", grounds(m.evidence))
        for m in sorted(scenario.timeline, key=lambda moment: date_key(moment.date))
    ]
    if moments:
        columns = ("when", "read out", "would mean", "source")
        note = "Background first, then news as play goes on. What an event would mean is binding only if you say so."
        yield Table(Sheet("From the timeline", columns, tuple(moments), (note,)).trimmed(0))
    events = [(e.date, e.by and scenario.actor(e.by).name, e.says, words.move(e.settings)) for e in scenario.history]
    if events:
        note = "What happened in the record: do not read these out before the game is over."
        yield Table(Sheet("From the record", ("when", "who", "what", "changed"), tuple(events), (note,)).trimmed(0))


# --- results ----------------------------------------------------------------------------------------------------


def _results(case: Case, words: Words) -> Iterator[Block]:
    analysis = case.analyse(CONCEPTS)
    if analysis.conflict.now is None:
        yield Says("Without a status quo a player has done well who reaches a state early in its ranking.")
        return
    yield Says(
        "A player wins by ending in a state it likes better than the start, holds its own in one it likes as much, and "
        "loses in one it likes less. Of two players nobody can say who won by more: their aims have no common measure."
    )
    yield Table(_outcomes(analysis))
    for actor in case.scenario.actors:
        if actor.readings and not isinstance(case.reading(actor.id), Ranking):
            title = f"{actor.name}: tick what is true at the end; the highest aim that changed decides"
            yield Points(title=title, items=words.aims(case.reading(actor.id), None), mark="box")


def _outcomes(analysis: Analysis) -> Sheet:
    """For the states that matter: who would have done well."""
    cells, more = _notable(analysis)
    now, solution = analysis.cell(), analysis.solution
    values = [table.at(np.array([now, *cells])) for table in solution.payoffs]
    rows = []
    names = analysis.numbers(np.array(cells, dtype=np.int64))
    for place, (cell, name) in enumerate(zip(cells, names, strict=True), start=1):
        verdicts = [VERDICTS[int(np.sign(int(u[place]) - int(u[0])))] for u in values]
        said = analysis.text(cell)
        rows.append((said if said == str(name) else f"{name}: {said}", ", ".join(_what(analysis, cell)), *verdicts))
    players = tuple(player.name for player in analysis.conflict.players)
    notes = (f"{more} more equilibria are not listed.",) if more else ()
    return Sheet("Who would have done well, compared with the start", ("state", "is", *players), tuple(rows), notes)


def _notable(analysis: Analysis) -> tuple[list[int], int]:
    """Ends of play first, then equilibria, strictest concept first; and how many did not fit."""
    found = dict.fromkeys(int(c) for kind in ("foresight", "myopic") for c in analysis.play(kind).end_states[:RESULTS])
    listed = [analysis.equilibria(concept) for concept in CONCEPTS]
    for cells in sorted(listed, key=len):
        found |= dict.fromkeys(cells[:RESULTS].tolist())
    chosen = list(found)[:RESULTS]
    every = np.unique(np.concatenate(listed))
    return chosen, len(np.setdiff1d(every, np.array(chosen)))


def _what(analysis: Analysis, cell: int) -> Iterator[str]:
    if cell == analysis.cell():
        yield "the start"
    for kind in ("foresight", "myopic"):
        if cell in analysis.play(kind).end_states:
            yield f"end of {kind} play"
    holds = [label(concept) for concept in CONCEPTS if analysis.is_equilibrium(concept, cell)]
    if holds:
        yield f"holds under {', '.join(holds)}"


def _log(case: Case, _: Words) -> Iterator[Block]:
    rows = tuple((number, "", "", "") for number in range(1, TURNS + 1))
    if case.scenario.graph:
        what, written = "to", f"names the state reached, such as {case.scenario.graph.states[0]}"
    else:
        free = [option for option in case.scenario.options if option.change != "fixed"] or case.scenario.options
        example = case.state_text({free[0].key: len(free[0].choices) - 1, **{other.key: 0 for other in free[1:2]}})
        what, written = "set", f"is written as {example}"
    note = f"As a file: CSV with the header turn,by,{what},says, where `{what}` {written}."
    yield Table(Sheet("Log", ("turn", "by", what, "says"), rows, (note,)))


LEAVES: dict[str, tuple[str, str, Callable[[Case, Words], Iterator[Block]]]] = {
    "setup": ("before play", "", _setup),
    "aims": ("what everybody wants", "Keep this from the players", _wants),
    "solution": ("what holds, and where play leads", "", _solution),
    "injects": ("injects", "News to read out when play needs it", _injects),
    "results": ("who has done well", "", _results),
    "log": ("log of moves", "One line per move; the command “detente kit log” compares it", _log),
}
"""The umpire's leaves by id: title, subtitle (the scenario's title if there is none), and what is on it."""
