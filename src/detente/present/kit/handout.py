"""One page for a class: who is there, what they can do and want, the states as cards, and questions to discuss.

Small models show every state, with each actor's liking and moves; larger ones the states that matter: the status quo, the
ends of play and equilibria. With `answers` a second page says what holds.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping

import numpy as np

from detente.case import CONCEPTS, Case
from detente.conflict import Cells
from detente.messages import later, numeral, tell
from detente.present.kit.roles import adjusted, changed, stamp, standing, table_words
from detente.present.kit.umpire import solution_blocks
from detente.present.pages.blocks import Block, Deck, Leaf, PaperCard, Points, Says
from detente.present.pages.booklet import Booklet
from detente.present.tables.equilibrium_cards import cards, option_rows
from detente.present.tables.selection import View
from detente.present.words import Words
from detente.scenario.model import Ranking
from detente.sheet import Sheet, heading

EVERY = 16
"""Models up to this many states show all of them."""

SHOWN = 8
"""State cards of larger models."""

TASKS = (
    later("For each actor, cross out the moves it would never make. What is left?"),
    later("Start where things stand. Who moves first, and where does it end?"),
    later("Find a state that no player would leave: first if none looks ahead, then if all fear the counter-moves."),
    later("Is there a state that all would prefer to it? Why do they not get there?"),
    later("Change one aim of one actor so that your answer changes."),
)
"""What a class can find out with paper and pencil."""


def handout(case: Case, *, answers: bool = False) -> Booklet:
    """The handout of a case. Cost: one analysis."""
    scenario, words = case.scenario, table_words(case.scenario)
    blocks: list[Block] = [Says(scenario.question, strong=True)] if scenario.question else []
    blocks += [Says(scenario.situation)] if scenario.situation else []
    if not scenario.graph:
        blocks.append(standing(case))
    for actor in scenario.actors:
        if actor.readings and not isinstance(case.reading(actor.id), Ranking):
            title = tell("{id}: aims, the most important first", id=words.names.name(actor.id))
            blocks.append(Points(title=title, items=words.aims(case.reading(actor.id), None), mark="number"))
            blocks += adjusted(words, case.reading(actor.id))
    blocks += [state_cards(case, words), Points(title=tell("Find out"), items=tuple(map(tell, TASKS)), mark="number")]
    leaves = [Leaf(id="handout", title=scenario.title, subtitle="", blocks=tuple(blocks))]
    if answers:
        title = tell("{title}: what holds", title=scenario.title)
        leaves.append(Leaf(id="answers", title=title, subtitle=tell("For the teacher"), blocks=tuple(_answers(case))))
    return Booklet(
        kind="handout",
        name=scenario.name,
        title=tell("{title}: handout", title=scenario.title),
        leaves=tuple(leaves),
        basis=stamp(case, open_aims=True),
    )


def _answers(case: Case) -> Iterator[Block]:
    """What the file says about itself too: it may give away what holds."""
    cells = _shown(View(case.analyse(CONCEPTS)))
    if not case.scenario.graph:
        names = case.analyse(CONCEPTS).numbers(cells)
        items = tuple(f"{letter}: {name}" for letter, name in zip(_titles(case, cells), names, strict=True))
        yield Points(title=tell("The cards, as the tables below call their states"), items=items)
    if case.scenario.about:
        yield Says(case.scenario.about)
    yield from solution_blocks(View(case.analyse(CONCEPTS)))


def state_cards(case: Case, words: Words) -> Deck:
    """States with what is on, how each actor likes them (1 is best), and who can go where."""
    game, view = case.game, View(case.analyse(CONCEPTS))
    analysis, every = view.analysis, view.analysis.states <= EVERY
    cells = _shown(view)
    names = _titles(case, cells)
    players = [player.name for player in game.conflict.players]
    liked = [_places(game.payoffs(axis, cells).astype(np.int64)).tolist() for axis in range(len(players))]
    settings = [{} if game.conflict.graph else game.conflict.settings(cell) for cell in cells.tolist()]
    called = dict(zip(cells.tolist(), names, strict=True))
    moves = [_moves(case, cell, called) if every else () for cell in cells.tolist()]
    deck = []
    for n, name in enumerate(names):
        liking = tell(
            "Liking (1 is best): {enumerate}",
            enumerate=", ".join(f"{player} {liked[i][n]}" for i, player in enumerate(players)),
        )
        deck.append(
            PaperCard(tell("State {name}", name=name), (*_on(case, words, settings[n], every), liking, *moves[n]))
        )
    rows = [] if game.conflict.graph else list(option_rows(view, settings))
    rows += [heading("liking", 1 + len(names)), *((f"  {p}", *liked[i]) for i, p in enumerate(players))]
    title = tell("The states") if every else tell("Some of the {states} states", states=numeral(analysis.states))
    note = tell("Liking: 1 is best among these states; equal numbers are equally good.")
    now = analysis.conflict.now
    start = (tell("Play starts in state {called}.", called=called[now]),) if now in called else ()
    return Deck(title, tuple(deck), Sheet(title, ("", *names), tuple(rows), (note, *start)))


def _shown(view: View) -> Cells:
    """The states on the page."""
    every = view.analysis.states <= EVERY
    return view.analysis.game.states if every else np.array(_matter(view), dtype=np.int64)


def _titles(case: Case, cells: Cells) -> list[str]:
    """A letter for each state; in graph form its name, for there are no options to tell it by."""
    if case.scenario.graph:
        return [str(name) for name in case.analyse(CONCEPTS).numbers(cells)]
    return list(string.ascii_uppercase[: len(cells)])


def _on(case: Case, words: Words, settings: Mapping[str, int], whole: bool) -> tuple[str, ...]:
    """What a state is: per actor, or in larger models as it differs from the start."""
    now = case.scenario.now
    if not settings:
        return ()
    if not whole and isinstance(now, Mapping):
        change = {key: value for key, value in settings.items() if now.get(key, 0) != value}
        return (tell("As today, but: {changed}", changed=changed(words, change)) if change else tell("As today"),)
    own = {a.id: {o.key: settings[o.key] for o in a.options if o.key in settings} for a in case.scenario.actors}
    return tuple(f"{words.names.name(a)}: {words.state(each, a)}" for a, each in own.items() if each)


def _matter(view: View) -> list[int]:
    """The states with a column of their own, as far as there is room for cards."""
    return sorted(cards(view).states[:SHOWN])


def _places(worth: Cells) -> Cells:
    """Places from 1, the best; equal ones share a place."""
    return np.asarray(np.unique(-worth, return_inverse=True)[1] + 1, dtype=np.int64)


def _moves(case: Case, cell: int, called: Mapping[int, str]) -> tuple[str, ...]:
    """Where each actor can go: `First driver can go to B`."""
    conflict, said = case.game.conflict, []
    for axis, player in enumerate(conflict.players):
        cells = conflict.successors(np.array([cell], dtype=np.int64), axis)[1]
        if len(cells):
            said.append(
                tell(
                    "{name} can go to {called}",
                    name=player.name,
                    called=", ".join(called[int(each)] for each in np.sort(cells)),
                )
            )
    return tuple(said)
