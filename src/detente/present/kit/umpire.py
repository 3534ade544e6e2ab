"""The umpire's sheets: how to run a game, who wants what in truth, injects, the log; for after it what holds, and who did well.

Players must not see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from detente.analysis import Analysis
from detente.case import CONCEPTS, Case
from detente.engine.concepts import label
from detente.present.kit.injects import picked
from detente.present.kit.roles import aims, changed, players, relations, situation, stamp, standing, table_words
from detente.present.names import choice, upper
from detente.present.pages.blocks import Block, Leaf, Points, Says, Table
from detente.present.pages.booklet import Booklet
from detente.present.pictures.timeline import date_key
from detente.present.tables.analysis import play_sheet, status_sheet
from detente.present.tables.equilibrium_cards import cards, cards_sheet, pattern_sheet
from detente.present.tables.selection import View
from detente.present.words import Words, grounds
from detente.scenario.model import Ranking, Rule, Scenario
from detente.sheet import Sheet, listed, many

COLUMNS = 118
"""Characters that fit across an A4 sheet in landscape, for tables that would grow."""

RESULTS = 16
"""States in the table of results at most."""

VERDICTS = {1: "better", 0: "the same", -1: "worse"}
"""How a state compares with the start for an actor."""

TOLD = 3
"""Ends of play that are told in words."""

TURNS = 12
"""Empty lines of the log."""


def umpire(case: Case) -> Booklet:
    """Everything the umpire needs. Cost: one analysis of the case."""
    scenario, words = case.scenario, table_words(case.scenario)
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


TIMETABLE = (
    ("Read the situation aloud and hand out the cards. Everybody reads, and may ask you in private.", 10),
    ("In one sentence each, the players say what the others are to believe of them.", 5),
    ("{rounds}: talk, then moves one after the other, then an inject.", 45),
    ("Last moves without talk, until everybody passes in a row.", 5),
    ("Each player writes down what every other wanted.", 5),
    ("Cards on the table. Show what the model expects, and compare the log with it.", 10),
    ("What would you do otherwise? Or the quiz, for all together.", 10),
)
"""What happens, and for how many of ninety minutes."""

LESSON = 45
"""Minutes of a short session, in which everything takes half as long."""


def _run(case: Case, words: Words) -> Iterator[Block]:
    scenario = case.scenario
    yield Says(situation(scenario), strong=True)
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
    total, starts = sum(minutes for _, minutes in TIMETABLE), [0]
    for _, minutes in TIMETABLE:
        starts.append(starts[-1] + minutes)
    rounds = many(len(picked(case, words)) or 3, "round")
    rows = tuple(
        (f"{start}–{end}", f"{start * LESSON // total}–{end * LESSON // total}", upper(what.format(rounds=rounds)))
        for (what, _), start, end in zip(TIMETABLE, starts, starts[1:], strict=False)
    )
    yield Table(Sheet("Timetable", (f"in {total} minutes", f"in {LESSON}", "what happens"), rows))
    yield Points(title="Who needs your help", items=tuple(_help(scenario, words)))


def _help(scenario: Scenario, words: Words) -> Iterator[str]:
    """Players who have little to switch: what they are there for."""
    playing = players(scenario)
    few = [words.names.the(actor.id) for actor in playing if len(actor.options) == 1 and actor.options[0].binary]
    if few:
        yield (
            f"{upper(listed(few))}: one option, to be started or ended. That is on purpose. Tell whoever plays this to ask, "
            "to threaten and to promise; a pass is a move too."
        )
    if len(playing) < 3:
        yield "With more than two people let several play one actor together: they agree before they move."
    else:
        yield f"With fewer than {len(playing)} people play the cards that are left yourself, by their aims."


def _setup(case: Case, words: Words) -> Iterator[Block]:
    scenario = case.scenario
    if scenario.question:
        yield Says(f"The question of the model: {scenario.question}", strong=True)
    if scenario.graph:
        rows = tuple(
            (a.name, listed(f"{s} → {t}" for s, t in scenario.graph.moves.get(a.id, ()))) for a in scenario.actors
        )
        yield Table(Sheet("Who can move where", ("who", "from → to"), rows))
    yield standing(case, whole=True)
    limits = [
        (scenario.actor(o.actor).name, o.name or o.key, limit) for o in scenario.options if (limit := words.limits(o))
    ]
    if limits:
        yield Table(Sheet("Limits on moves", ("who", "option", "limit"), tuple(limits)))
    rules = tuple(_rule(scenario, words, rule) for rule in scenario.rules if not rule.lapses)
    if rules:
        yield Points(title="Rules", items=rules)
    if scenario.about:
        yield Says(f"About the model: {scenario.about}")


def _rule(scenario: Scenario, words: Words, rule: Rule) -> str:
    """A rule in words."""
    when, name = words.formula(rule.when), f"{rule.name}: " if rule.name else ""
    if rule.kind == "never":
        said = f"it never happens that {when}"
    elif rule.kind == "same":
        said = f"it is all the same how things stand otherwise where {when}"
    elif rule.kind == "barred" and rule.target is not None:
        said = f"{words.names.the(rule.actor)} cannot move to {words.formula(rule.target)} while {when}"
    else:
        then = [f"{words.labelled(o)} is {choice(o, rule.then[o.key])}" for o in scenario.options if o.key in rule.then]
        said = f"where {when}, it follows that {listed(then)}"
    return upper(f"{name}{said}.")


def _wants(case: Case, words: Words) -> Iterator[Block]:
    for actor in case.scenario.actors:
        if actor.readings:
            reading = case.reading(actor.id)
            yield aims(words, reading, f"{words.names.name(actor.id)}: aims, the most important first")
            if reading.about:
                yield Says(f"Whose view this is: {reading.about}.")
            others = [name for name in actor.counted if name != reading.id]
            if others:
                yield Says(f"For another game give other cards: --reading {actor.id}={', or '.join(others)}.")


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


def _solution(case: Case, words: Words) -> Iterator[Block]:
    analysis = case.analyse(CONCEPTS)
    if analysis.conflict.now is not None:
        told = {
            "foresight": "If all players look ahead and avoid what they would regret",
            "myopic": "If all players take any gain at once",
        }
        yield Points(
            title="In words",
            items=tuple(f"{text}, play ends: {_ends(case, words, kind)}." for kind, text in told.items()),
        )
    yield from solution_blocks(View(analysis, width=COLUMNS))


def _ends(case: Case, words: Words, kind: str) -> str:
    ends = case.analyse(CONCEPTS).play(kind).ends
    shown = [differs(case, words, int(end[0])) if len(end) == 1 else "nowhere, in a circle" for end in ends[:TOLD]]
    more = f"; and in {many(len(ends) - TOLD, 'other way')}" if len(ends) > TOLD else ""
    return "; or ".join(shown) + more


def differs(case: Case, words: Words, cell: int) -> str:
    """A state as what has changed since the start; in graph form its name."""
    here, game = case.analyse(CONCEPTS).cell(), case.game
    if cell == here:
        return "as at the start"
    change = changed(words, game.changes(here, cell))
    return f"as at the start, but: {change}" if change else f"in the state {game.text(cell)}"


# --- injects ----------------------------------------------------------------------------------------------------

TO_READ = {
    "news": "Read out: {}",
    "rumour": "Read out as a rumour: {}",
    "letter": "Hand over, in secret: {}",
    "new day": "Read out: {}",
}
"""What is done with an inject of a kind."""


def _injects(case: Case, words: Words) -> Iterator[Block]:
    """The picked ones; what else the file tells stands in the appendix."""
    rows = tuple(
        (
            f"after round {number}",
            upper(words.names.the(each.to)) if each.to else "everybody",
            TO_READ[each.kind].format(each.says),
            each.why,
        )
        for number, each in enumerate(picked(case, words), start=1)
    )
    if rows:
        note = "In this order or as it suits. News binds nobody; a letter changes what its reader wants."
        yield Table(
            Sheet("One after each round", ("when", "to whom", "what", "why (for you)"), rows, (note,)).trimmed(3)
        )


def _appendix(case: Case, words: Words) -> Iterator[Block]:
    """How everybody stands to everybody, the timeline, and the record."""
    scenario = case.scenario
    ties = [(a.name, tie) for a in scenario.actors for tie in relations(scenario, a.id)]
    if ties:
        yield Table(Sheet("How they stand to others", ("who", "relation"), tuple(ties)))
    moments = [
        (m.date, m.says, words.move(m.settings) if m.settings else "", grounds(m.evidence))
        for m in sorted(scenario.timeline, key=lambda moment: date_key(moment.date))
    ]
    if moments:
        columns = ("when", "what", "would mean", "source")
        note = "What an event would mean is binding only if you say so."
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
    yield Table(_outcomes(case, words, analysis))
    for actor in case.scenario.actors:
        if actor.readings and not isinstance(case.reading(actor.id), Ranking):
            title = f"{actor.name}: tick what is true at the end; the highest aim that changed decides"
            yield Points(title=title, items=words.aims(case.reading(actor.id), None), mark="box")


def _outcomes(case: Case, words: Words, analysis: Analysis) -> Sheet:
    """For the states that matter: who would have done well."""
    cells, more = _notable(analysis)
    now, solution = analysis.cell(), analysis.solution
    values = [table.at(np.array([now, *cells])) for table in solution.payoffs]
    rows = []
    for place, cell in enumerate(cells, start=1):
        verdicts = [VERDICTS[int(np.sign(int(u[place]) - int(u[0])))] for u in values]
        rows.append((upper(differs(case, words, cell)), ", ".join(_what(analysis, cell)), *verdicts))
    players = tuple(player.name for player in analysis.conflict.players)
    notes = (f"{more} more equilibria are not listed.",) if more else ()
    return Sheet(
        "Who would have done well, compared with the start", ("where play stops", "is", *players), tuple(rows), notes
    )


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
    "run": ("how to run it", "", _run),
    "setup": ("before play", "", _setup),
    "aims": ("what everybody wants", "Keep this from the players", _wants),
    "injects": ("injects", "News, rumours and letters for a game that has begun", _injects),
    "log": ("log of moves", "One line per move; the command “detente kit log” compares it", _log),
    "solution": ("what holds, and where play leads", "For after the game", _solution),
    "results": ("who has done well", "For after the game", _results),
    "appendix": ("appendix", "Relations, timeline and record, to look things up", _appendix),
}
"""The umpire's leaves by id: title, subtitle (the scenario's title if there is none), and what is on it."""
