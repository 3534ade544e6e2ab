"""The umpire's sheets: how to run a game, who wants what in truth, injects, the log; for after it what holds, and who did well.

Players must not see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from detente.analysis import Analysis
from detente.case import CONCEPTS, Case
from detente.engine.concepts import label
from detente.messages import Messages, later, tell, word
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

VERDICTS = Messages({1: "better", 0: "the same", -1: "worse"})
"""How a state compares with the start for an actor."""

TOLD = 3
"""Ends of play that are told in words."""

TURNS = 12
"""Empty lines of the log."""


def umpire(case: Case) -> Booklet:
    """Everything the umpire needs. Cost: one analysis of the case."""
    scenario, words = case.scenario, table_words(case.scenario)
    leaves = tuple(
        Leaf(
            id=name,
            title=tell("Umpire: {title}", title=tell(title)),
            subtitle=tell(subtitle) or scenario.title,
            blocks=blocks,
        )
        for name, (title, subtitle, make) in LEAVES.items()
        if (blocks := tuple(make(case, words)))
    )
    return Booklet(
        kind="umpire",
        name=scenario.name,
        title=tell("{title}: umpire's sheets", title=scenario.title),
        leaves=leaves,
        basis=stamp(case, open_aims=True),
    )


TIMETABLE = (
    (later("Read the situation aloud and hand out the cards. Everybody reads, and may ask you in private."), 10),
    (later("In one sentence each, the players say what the others are to believe of them."), 5),
    (later("{rounds}: talk, then moves one after the other, then an inject."), 45),
    (later("Last moves without talk, until everybody passes in a row."), 5),
    (later("Each player writes down what every other wanted."), 5),
    (later("Cards on the table. Show what the model expects, and compare the log with it."), 10),
    (later("What would you do otherwise? Or the quiz, for all together."), 10),
)
"""What happens, and for how many of ninety minutes."""

LESSON = 45
"""Minutes of a short session, in which everything takes half as long."""


def _run(case: Case, words: Words) -> Iterator[Block]:
    scenario = case.scenario
    yield Says(situation(scenario), strong=True)
    yield Points(
        title=tell("How to run it"),
        items=(
            tell("Give each player one role card. Nobody sees another's."),
            tell(
                "Draw who moves first; then in turn, or whoever raises a hand. A move changes own options, "
                "or is a pass."
            ),
            tell("Refuse moves that the limits and rules do not allow. Write every move into the log."),
            tell("Play ends when everybody passes in a row, or when time is up."),
            tell("Then ask each player to guess the others' aims, show the solution, and compare the log with it."),
        ),
        mark="number",
    )
    total, starts = sum(minutes for _, minutes in TIMETABLE), [0]
    for _, minutes in TIMETABLE:
        starts.append(starts[-1] + minutes)
    rounds = many(len(picked(case, words)) or 3, "round")
    rows = tuple(
        (f"{start}–{end}", f"{start * LESSON // total}–{end * LESSON // total}", upper(tell(what, rounds=rounds)))
        for (what, _), start, end in zip(TIMETABLE, starts, starts[1:], strict=False)
    )
    yield Table(
        Sheet(
            tell("Timetable"),
            (tell("in {total} minutes", total=total), tell("in {lesson}", lesson=LESSON), tell("what happens")),
            rows,
        )
    )
    yield Points(title=tell("Who needs your help"), items=tuple(_help(scenario, words)))


def _help(scenario: Scenario, words: Words) -> Iterator[str]:
    """Players who have little to switch: what they are there for."""
    playing = players(scenario)
    few = [words.names.the(actor.id) for actor in playing if len(actor.options) == 1 and actor.options[0].binary]
    if few:
        yield tell(
            "{few}: one option, to be started or ended. That is on purpose. Tell whoever plays this to "
            "ask, to threaten and to promise; a pass is a move too.",
            few=upper(listed(few)),
        )
    if len(playing) < 3:
        yield tell("With more than two people let several play one actor together: they agree before they move.")
    else:
        yield tell(
            "With fewer than {number} people play the cards that are left yourself, by their aims.", number=len(playing)
        )


def _setup(case: Case, words: Words) -> Iterator[Block]:
    scenario = case.scenario
    if scenario.question:
        yield Says(tell("The question of the model: {question}", question=scenario.question), strong=True)
    if scenario.graph:
        rows = tuple(
            (a.name, listed(f"{s} → {t}" for s, t in scenario.graph.moves.get(a.id, ()))) for a in scenario.actors
        )
        yield Table(Sheet(tell("Who can move where"), ("who", "from → to"), rows))
    yield standing(case, whole=True)
    limits = [
        (scenario.actor(o.actor).name, o.name or o.key, limit) for o in scenario.options if (limit := words.limits(o))
    ]
    if limits:
        yield Table(Sheet(tell("Limits on moves"), ("who", "option", "limit"), tuple(limits)))
    rules = tuple(_rule(scenario, words, rule) for rule in scenario.rules if not rule.lapses)
    if rules:
        yield Points(title=tell("Rules"), items=rules)
    if scenario.about:
        yield Says(tell("About the model: {about}", about=scenario.about))


def _rule(scenario: Scenario, words: Words, rule: Rule) -> str:
    """A rule in words."""
    when, name = words.formula(rule.when), f"{rule.name}: " if rule.name else ""
    if rule.kind == "never":
        said = tell("it never happens that {when}", when=when)
    elif rule.kind == "same":
        said = tell("it is all the same how things stand otherwise where {when}", when=when)
    elif rule.kind == "barred" and rule.target is not None:
        said = tell(
            "{actor} cannot move to {target} while {when}",
            actor=words.names.the(rule.actor),
            target=words.formula(rule.target),
            when=when,
        )
    else:
        then = [
            tell("{labelled} is {o}", labelled=words.labelled(o), o=choice(o, rule.then[o.key]))
            for o in scenario.options
            if o.key in rule.then
        ]
        said = tell("where {when}, it follows that {then}", when=when, then=listed(then))
    return upper(f"{name}{said}.")


def _wants(case: Case, words: Words) -> Iterator[Block]:
    for actor in case.scenario.actors:
        if actor.readings:
            reading = case.reading(actor.id)
            yield aims(words, reading, tell("{id}: aims, the most important first", id=words.names.name(actor.id)))
            if reading.about:
                yield Says(tell("Whose view this is: {about}.", about=reading.about))
            others = [name for name in actor.counted if name != reading.id]
            if others:
                yield Says(
                    tell(
                        "For another game give other cards: --reading {id}={others}.",
                        id=actor.id,
                        others=tell(", or ").join(others),
                    )
                )


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
            "foresight": tell("If all players look ahead and avoid what they would regret"),
            "myopic": tell("If all players take any gain at once"),
        }
        yield Points(
            title=tell("In words"),
            items=tuple(
                tell("{text}, play ends: {ends}.", text=text, ends=_ends(case, words, kind))
                for kind, text in told.items()
            ),
        )
    yield from solution_blocks(View(analysis, width=COLUMNS))


def _ends(case: Case, words: Words, kind: str) -> str:
    ends = case.analyse(CONCEPTS).play(kind).ends
    shown = [
        differs(case, words, int(end[0])) if len(end) == 1 else tell("nowhere, in a circle") for end in ends[:TOLD]
    ]
    more = tell("; and in {number}", number=many(len(ends) - TOLD, "other way")) if len(ends) > TOLD else ""
    return tell("; or ").join(shown) + more


def differs(case: Case, words: Words, cell: int) -> str:
    """A state as what has changed since the start; in graph form its name."""
    here, game = case.analyse(CONCEPTS).cell(), case.game
    if cell == here:
        return tell("as at the start")
    change = changed(words, game.changes(here, cell))
    return (
        tell("as at the start, but: {change}", change=change)
        if change
        else tell("in the state {cell}", cell=game.text(cell))
    )


# --- injects ----------------------------------------------------------------------------------------------------

TO_READ = {
    "news": later("Read out: {says}"),
    "rumour": later("Read out as a rumour: {says}"),
    "letter": later("Hand over, in secret: {says}"),
    "new day": later("Read out: {says}"),
}
"""What is done with an inject of a kind."""


def _injects(case: Case, words: Words) -> Iterator[Block]:
    """The picked ones; what else the file tells stands in the appendix."""
    rows = tuple(
        (
            tell("after round {number}", number=number),
            upper(words.names.the(each.to)) if each.to else tell("everybody"),
            tell(TO_READ[each.kind], says=each.says),
            each.why,
        )
        for number, each in enumerate(picked(case, words), start=1)
    )
    if rows:
        note = tell("In this order or as it suits. News binds nobody; a letter changes what its reader wants.")
        yield Table(
            Sheet(
                tell("One after each round"), ("when", tell("to whom"), "what", tell("why (for you)")), rows, (note,)
            ).trimmed(3)
        )


def _appendix(case: Case, words: Words) -> Iterator[Block]:
    """How everybody stands to everybody, the timeline, and the record."""
    scenario = case.scenario
    ties = [(a.name, tie) for a in scenario.actors for tie in relations(scenario, a.id)]
    if ties:
        yield Table(Sheet(tell("How they stand to others"), ("who", "relation"), tuple(ties)))
    moments = [
        (m.date, m.says, words.move(m.settings) if m.settings else "", grounds(m.evidence))
        for m in sorted(scenario.timeline, key=lambda moment: date_key(moment.date))
    ]
    if moments:
        columns = ("when", "what", tell("would mean"), "source")
        note = tell("What an event would mean is binding only if you say so.")
        yield Table(Sheet(tell("From the timeline"), columns, tuple(moments), (note,)).trimmed(0))
    events = [(e.date, e.by and scenario.actor(e.by).name, e.says, words.move(e.settings)) for e in scenario.history]
    if events:
        note = tell("What happened in the record: do not read these out before the game is over.")
        yield Table(
            Sheet(tell("From the record"), ("when", "who", "what", "changed"), tuple(events), (note,)).trimmed(0)
        )


# --- results ----------------------------------------------------------------------------------------------------


def _results(case: Case, words: Words) -> Iterator[Block]:
    analysis = case.analyse(CONCEPTS)
    if analysis.conflict.now is None:
        yield Says(tell("Without a state of today a player has done well who reaches a state early in its ranking."))
        return
    yield Says(
        tell(
            "A player wins by ending in a state it likes better than the start, holds its own in one it "
            "likes as much, and loses in one it likes less. Of two players nobody can say who won by "
            "more: their aims have no common measure."
        )
    )
    yield Table(_outcomes(case, words, analysis))
    for actor in case.scenario.actors:
        if actor.readings and not isinstance(case.reading(actor.id), Ranking):
            title = tell("{name}: tick what is true at the end; the highest aim that changed decides", name=actor.name)
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
    notes = (tell("{more} more equilibria are not listed.", more=more),) if more else ()
    return Sheet(
        tell("Who would have done well, compared with the start"),
        (tell("where play stops"), "is", *players),
        tuple(rows),
        notes,
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
        yield tell("the start")
    for kind in ("foresight", "myopic"):
        if cell in analysis.play(kind).end_states:
            yield tell("end of {kind} play", kind=word(kind))
    holds = [label(concept) for concept in CONCEPTS if analysis.is_equilibrium(concept, cell)]
    if holds:
        yield tell("holds under {holds}", holds=", ".join(holds))


def _log(case: Case, _: Words) -> Iterator[Block]:
    rows = tuple((number, "", "", "") for number in range(1, TURNS + 1))
    if case.scenario.graph:
        what, written = "to", tell("names the state reached, such as {states}", states=case.scenario.graph.states[0])
    else:
        free = [option for option in case.scenario.options if option.change != "fixed"] or case.scenario.options
        example = case.state_text({free[0].key: len(free[0].choices) - 1, **{other.key: 0 for other in free[1:2]}})
        what, written = "set", tell("is written as {example}", example=example)
    note = tell(
        "As a file: CSV with the header turn,by,{what},says, where `{what}` {written}.", what=what, written=written
    )
    yield Table(Sheet(tell("Log"), ("turn", "by", what, "says"), rows, (note,)))


LEAVES: dict[str, tuple[str, str, Callable[[Case, Words], Iterator[Block]]]] = {
    "run": (later("how to run it"), "", _run),
    "setup": (later("before play"), "", _setup),
    "aims": (later("what everybody wants"), later("Keep this from the players"), _wants),
    "injects": (later("injects"), later("News, rumours and letters for a game that has begun"), _injects),
    "log": (later("log of moves"), later("One line per move; the command “detente kit log” compares it"), _log),
    "solution": (later("what holds, and where play leads"), later("For after the game"), _solution),
    "results": (later("who has done well"), later("For after the game"), _results),
    "appendix": (later("appendix"), later("Relations, timeline and record, to look things up"), _appendix),
}
"""The umpire's leaves by id: title, subtitle (the scenario's title if there is none), and what is on it."""
