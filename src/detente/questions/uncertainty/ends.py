"""How likely each end of play is, where it is left to chance who moves next.

The mathematics. Play is a Markov chain on the states that it can pass. At a state, the next mover is drawn among the actors
that have a step there, each as often as its *tempo* says against the others'. The mover takes one of its steps: of the states
that it can come to, those that it likes best have the weight 1, those it likes next best e^-r, then e^-2r, and so on; of
equally liked states each has the same weight. At *rationality* r = 0 any step is as good as another (`any`), at r = ∞ only a
best one is taken (`best`). Preferences are orders, so it is places that count and not gains: this is logit choice on ranks.
Nobody takes a step that is none of the play's; with such mistakes nothing would be an end.

An *end* is a state that nobody leaves, or a class of states that play never leaves (a cycle). Its *chance* is that of being
entered, the *length* is the expected number of steps before an end is entered. If all tempos grow alike nothing changes.

Steps: list the play; weigh the steps; solve the chain (`detente.engine.absorption`), exactly but for rounding, as long as no
more than 4,096 states are passed in a round that is left again. Beyond that, or on request, plays are drawn by lot: then each
chance has an interval (Wilson 1927, 95 %) and the number of plays. Cost: the steps of the play, m³ for a class of m states;
by lot plays × length.

A *word* of likelihood stands beside a chance only if the file states every tempo and every choice that it depends on
(`uncertainty:`). With defaults, or with what is said on the spot, there is the number alone: the share of such plays.
Readings are those of the case, and no likelihood is given to them here.

Source: Kemeny & Snell 1960; the elimination: Grassmann, Taksar & Heyman 1985; intervals: Wilson 1927; logit choice: Luce 1959,
McKelvey & Palfrey 1995; the words: ICD 203 (ODNI 2015); ranks in place of gains are ours.

>>> from detente.scenario import load
>>> found = ends(Case(load("chicken")), play="myopic")
>>> [(end.text, end.chance) for end in found.ends], found.length
([('gw', 0.5), ('wg', 0.5)], 1.0)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detente.arguments import check
from detente.case import Basis, Case
from detente.conflict.game import Game
from detente.engine import Progress, absorption, quiet
from detente.engine.absorption import Chain
from detente.engine.play import ALL, NONE, Lists, verdict
from detente.errors import Cure, InputError, TooLarge, refuse_unknown
from detente.likelihood import ladder, percent, rung_for, source, word_for
from detente.messages import numeral, tell, word
from detente.questions.evolution.cycles import Cycle, told_cycle
from detente.questions.evolution.reachability import StepGraph, follow_play
from detente.questions.uncertainty.shares import wilson
from detente.result import INSIDE, Answer, Record
from detente.scenario.binding.doubts import ANY, BEST, number, rationality
from detente.sheet import ActorTerm, Gloss, NameTerm, Phrase, Sheet, StateTerm, many, names_of

CLOSE = 1e-12
"""Chances that are nearer to each other are the same."""

SHOWN = 20
"""Ends that are listed where people read; the JSON has all of them."""

Interval = tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class End(Record):
    """Where play comes to rest: its chance, its states, and the cycle where they are several.

    `interval` is that of a chance drawn by lot, None where it is exact; `word` is empty where none may be said.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("word",)

    chance: float
    interval: Interval
    states: tuple[Mapping[str, Any], ...]
    cycle: Cycle | None
    stated: bool = field(metadata=INSIDE)
    text: str = field(metadata=INSIDE)

    @property
    def word(self) -> str:
        """The word of likelihood."""
        return word_for(self.chance, self.interval) if self.stated else ""

    @property
    def name(self) -> Phrase:
        """The state, or how many go round, and from which first one."""
        if self.cycle is None:
            return Phrase.of(StateTerm(self.text))
        return Phrase.told(
            "a cycle of {number}, of which one is {text}",
            number=many(len(self.states), "state"),
            text=StateTerm(self.text),
        )


@dataclass(frozen=True, kw_only=True)
class AtTheEnd(Record):
    """An outcome of the file: the chances that at the end it holds, that it comes and goes in a cycle, that it does not."""

    outcome: str
    always: float
    sometimes: float
    never: float


@dataclass(frozen=True, kw_only=True)
class Manner(Record):
    """How an actor plays: its tempo and how it chooses; `said` tells who says so, of each: the file, the question or nobody."""

    actor: str
    tempo: float
    choice: str
    tempo_by: str
    choice_by: str


FILE, ASKED, DEFAULT = "file", "question", "default"


@dataclass(frozen=True, repr=False, kw_only=True)
class Ends(Answer):
    """The ends of a play, likeliest first, what is so there, and how long it takes.

    `passed` are the states that play can pass, `length` the expected number of steps; `draws` is 0 where all is exact, else the
    number of plays drawn with `seed`, and `length_error` the standard error of the length. `unstated` are the actors on whose
    tempo, or choice, the chances depend though the file does not state it.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("stated",)

    basis: Basis
    play: str
    start: Mapping[str, Any]
    start_text: str = field(metadata=INSIDE)
    passed: int
    length: float
    length_error: float
    draws: int
    seed: int | None
    ends: tuple[End, ...]
    outcomes: tuple[AtTheEnd, ...]
    manners: tuple[Manner, ...]
    unstated: Mapping[str, tuple[str, ...]]

    @property
    def stated(self) -> bool:
        """Whether the file states all that the chances depend on."""
        return not any(self.unstated.values())

    @property
    def headline(self) -> Phrase:
        """Where play ends most often, how likely that is, and how long it takes."""
        play, first = self.play, self.ends[0]
        if first.text == self.start_text and first.cycle is None:
            return Phrase.told("{capitalize} play from today stays there.", capitalize=word(play).capitalize())
        if len(self.ends) == 1:
            return Phrase.told(
                "{capitalize} play from today ends in {name}; {length}.",
                capitalize=word(play).capitalize(),
                name=first.name,
                length=self._length,
            )
        alike = sum(first.chance - end.chance < CLOSE for end in self.ends)
        each = tell(" each") if alike > 1 and not first.word else ""
        rest = tell(
            " ({share}{each}; {number} in all, {length}).",
            share=self._share(first),
            each=each,
            number=many(len(self.ends), "end"),
            length=self._length,
        )
        rung = rung_for(first.chance, first.interval) if first.word else None
        if rung is not None:
            return Phrase.told(
                "{upper}{says} {play} play from today ends in {name}{rest}",
                upper=rung.says[0].upper(),
                says=rung.says[1:],
                play=word(play),
                name=first.name,
                rest=rest,
            )
        begin = tell("{capitalize} play from today ", capitalize=word(play).capitalize())
        if alike == 2:
            return Phrase.told(
                "{begin}ends as often in {name} as in {name2}{rest}",
                begin=begin,
                name=first.name,
                name2=self.ends[1].name,
                rest=rest,
            )
        also = tell(" and {alike} others alike", alike=numeral(alike - 1)) if alike > 2 else ""
        return Phrase.told(
            "{begin}most often ends in {name}{also}{rest}", begin=begin, name=first.name, also=also, rest=rest
        )

    def _share(self, end: End) -> str:
        """In how many plays: `62 %`, or `60 % ± 1.5 of 4,000 plays`."""
        if end.interval is None:
            return tell("in {percent} of plays", percent=percent(end.chance)) if not end.word else percent(end.chance)
        return tell(
            "in {percent} ± {half} of {number}",
            percent=percent(end.chance),
            half=_half(end.interval),
            number=many(self.draws, "play"),
        )

    @property
    def _length(self) -> str:
        error = f" ± {1.96 * self.length_error:.1g}" if self.length_error > 0 else ""
        return tell(
            "{length}{error} {word} on average",
            length=numeral(self.length, ".3g"),
            error=error,
            word=tell("step") if self.length == 1 and not error else tell("steps"),
        )

    def sheets(self) -> tuple[Sheet, ...]:
        return (self._ends_sheet(), *([self._outcome_sheet()] if self.outcomes else []), self._manner_sheet())

    def _ends_sheet(self) -> Sheet:
        title = Phrase.told(
            "Where {play} play ends, from: {start_text}", play=word(self.play), start_text=StateTerm(self.start_text)
        )
        columns = ("end", "state", "states", "chance %", "±", tell("in words"))
        rows = tuple(
            (
                n,
                end.name,
                len(end.states),
                round(100 * end.chance, 1),
                None if end.interval is None else float(_half(end.interval)),
                end.word,
            )
            for n, end in enumerate(self.ends[:SHOWN], start=1)
        )
        kept = [n for n in range(len(columns)) if n not in (4, 5) or any(row[n] not in (None, "") for row in rows)]
        return Sheet(title, columns, rows, tuple(self._notes())).only(kept)

    def _notes(self) -> list[str]:
        notes: list[str] = []
        if len(self.ends) > SHOWN:
            left = percent(sum(end.chance for end in self.ends[SHOWN:]))
            notes.append(
                tell(
                    "{number} more are not listed; together {left}.", number=numeral(len(self.ends) - SHOWN), left=left
                )
            )
        if self.draws:
            notes.append(
                tell(
                    "{draws} plays drawn by lot (seed {seed}); ±: half of the 95 % interval, in points.",
                    draws=numeral(self.draws),
                    seed=self.seed,
                )
            )
        if any(end.word for end in self.ends):
            notes.append(tell("The words are those of {source}: {bands}.", source=source(), bands=_bands()))
        unstated = [(key, names) for key, names in self.unstated.items() if names]
        if unstated and len(self.ends) > 1:
            parts: list[str] = []
            for key, names in unstated:
                parts += [" and " if parts else "", tell("the {key} of ", key=key), names_of(map(ActorTerm, names))]
            notes.append(Phrase.of(tell("No word of likelihood is said: the file does not state "), *parts, "."))
        return [*notes, *self.basis.warnings]

    def _outcome_sheet(self) -> Sheet:
        rows = tuple(
            (NameTerm(each.outcome), *(round(100 * chance, 1) for chance in (each.always, each.sometimes, each.never)))
            for each in self.outcomes
        )
        return Sheet(
            tell("What is so at the end, in % of plays"),
            ("outcome", "holds", tell("comes and goes"), tell("does not hold")),
            rows,
        )

    def _manner_sheet(self) -> Sheet:
        rows = tuple(
            (ActorTerm(each.actor), each.tempo, each.tempo_by, each.choice, each.choice_by) for each in self.manners
        )
        note = Gloss.told(
            "Tempo: how often an actor moves where others could move as well. Choice: any of its steps "
            "alike, a best one, or a number r: each place lower in its own order makes a step e^r times "
            "rarer."
        )
        return Sheet(
            tell("How they play"), ("actor", "tempo", tell("tempo by"), "choice", tell("choice by")), rows, (note,)
        )


def _half(bounds: tuple[float, float]) -> str:
    """Half of an interval in points: `1.5`."""
    return f"{50 * (bounds[1] - bounds[0]):.1f}"


def _bands() -> str:
    return ", ".join(f"{rung.word} {rung.low}–{rung.high} %" for rung in ladder())


# --- asking -----------------------------------------------------------------------------------------------------------


def ends(
    case: Case,
    play: str = "foresight",
    *,
    tempo: Mapping[str, float] | None = None,
    choice: str | float | None = None,
    draws: int = 0,
    seed: int = 0,
    progress: Progress = quiet,
) -> Ends:
    """The chance of every end of "foresight" or "myopic" play from the status quo, and the expected length.

    `tempo` says how often actors move, `choice` how they choose ("any", "best", or a rationality); what is not said is taken
    from the file, else every tempo is 1 and any step is as good as another. With `draws`, so many plays are drawn by lot.
    Raises `TooLarge` for plays of too many steps, and where a class of states is too large to solve.
    """
    check(tell("the number of plays"), draws, "int")
    check(tell("the seed"), seed, "int")
    if draws < 0 or seed < 0:
        raise InputError(
            tell(
                "the number of plays is {draws} and the seed {seed}; expected whole numbers of at least 0",
                draws=draws,
                seed=seed,
            )
        )
    manners = _manners(case, tempo or {}, choice)
    begin = case.game.cell(None)
    graph = follow_play(case, play, begin)
    weighed, chain, start = _chain(case.game, graph, manners, begin)
    if draws:
        drawn = absorption.draw(chain, start, draws, seed, progress)
        found, length, error = drawn.ends, drawn.length, drawn.error
        chances: list[tuple[float, Interval]] = [(hits / draws, wilson(hits, draws)) for hits in drawn.hits.tolist()]
    else:
        if chain.largest > absorption.MOST:
            raise TooLarge(
                tell(
                    "{play} play from here goes round among {largest} states before it ends; chances are exact "
                    "up to {most} such states. Draw plays by lot instead, say 10,000 of them (",
                    play=word(play),
                    largest=numeral(chain.largest),
                    most=numeral(absorption.MOST),
                ),
                Cure.DRAWS,
                tell("), or hold options that do not matter"),
            )
        solved = absorption.absorb(chain, start, progress)
        found, length, error = solved.ends, solved.length, 0.0
        chances = [(chance, None) for chance in solved.chances.tolist()]
    unstated = _unstated(case.game, weighed, manners)
    stated = not any(unstated.values())
    told = [_end(case.game, weighed, nodes, *each, stated) for nodes, each in zip(found, chances, strict=True)]
    return Ends(
        basis=case.basis,
        play=play,
        start=case.game.state(begin),
        start_text=case.game.text(begin),
        passed=chain.count,
        length=length,
        length_error=error,
        draws=draws,
        seed=seed if draws else None,
        ends=tuple(sorted(told, key=lambda end: -round(end.chance, 12))),
        outcomes=_outcomes(case, weighed, found, [chance for chance, _ in chances]),
        manners=tuple(manners.values()),
        unstated=unstated,
    )


def _manners(case: Case, tempo: Mapping[str, float], choice: str | float | None) -> dict[str, Manner]:
    """How every actor plays, and who says so."""
    scenario = case.scenario
    refuse_unknown("actor", case.actors, *tempo)
    written = {
        scenario.actor(actor).id: said for actor, said in scenario.uncertainty.items() if isinstance(said, Mapping)
    }
    manners = {}
    for actor in case.game.actors:
        said = written.get(actor, {})
        quick, by = _said(tempo.get(actor), said.get("tempo"), 1)
        how, how_by = _said(choice, said.get("choice"), ANY)
        value = number(quick, tell("the tempo of {actor}", actor=actor))
        if value <= 0:
            raise InputError(
                tell(
                    "the tempo of {actor} is {value}; expected a number above 0", actor=actor, value=numeral(value, "g")
                )
            )
        rational = rationality(how, tell("the choice"))
        word = {0.0: ANY, inf: BEST}.get(rational, str(how))
        manners[actor] = Manner(actor=actor, tempo=value, choice=word, tempo_by=by, choice_by=how_by)
    return manners


def _said(asked: Any, written: Any, usual: Any) -> tuple[Any, str]:
    """What counts, and who says so: the question, the file, or nobody."""
    if asked is not None:
        return asked, ASKED
    return (usual, DEFAULT) if written is None else (written, FILE)


def _chain(game: Game, graph: StepGraph, manners: Mapping[str, Manner], begin: int) -> tuple[StepGraph, Chain, int]:
    """The play as a chain: the steps that are taken at all with their chances, the states that they can pass, and the start."""
    graph = _once(graph)
    taken = _weights(game, graph, manners)
    chances = _chances(graph, taken, manners, game.actors)
    graph, chances = _cut(graph, chances > 0), chances[chances > 0]
    # who takes only best steps may never come to some of the states
    start = int(np.searchsorted(graph.keys, begin * graph.width))
    passed = Lists(len(graph.keys), graph.sources, graph.targets).reach([start])
    if not passed.all():
        kept = np.flatnonzero(passed)
        place = np.cumsum(passed) - 1
        arcs = passed[graph.sources]
        chances = chances[arcs]
        graph = replace(
            graph,
            keys=graph.keys[kept],
            depth=graph.depth[kept],
            sources=place[graph.sources[arcs]].astype(np.int32),
            targets=place[graph.targets[arcs]].astype(np.int32),
            movers=graph.movers[arcs],
        )
        start = int(place[start])
    return graph, Chain(len(graph.keys), graph.sources, graph.targets, chances), start


def _once(graph: StepGraph) -> StepGraph:
    """Each step once: settings that the model merges into one state are one step to it."""
    steps = np.stack([graph.sources, graph.movers, graph.targets])
    again = (
        np.concatenate([[False], (steps[:, 1:] == steps[:, :-1]).all(axis=0)]) if steps.size else np.zeros(0, np.bool_)
    )
    return _cut(graph, ~again)


def _cut(graph: StepGraph, kept: NDArray[np.bool_]) -> StepGraph:
    return replace(graph, sources=graph.sources[kept], targets=graph.targets[kept], movers=graph.movers[kept])


def _weights(game: Game, graph: StepGraph, manners: Mapping[str, Manner]) -> NDArray[np.float64]:
    """For each step its weight among those of the same mover at the same state."""
    weights = np.ones(len(graph.sources))
    for player, actor in enumerate(game.actors):
        mine = np.flatnonzero(graph.movers == player)
        rational = rationality(manners[actor].choice, actor)
        if not len(mine) or rational == 0:
            continue
        _, values = np.unique(game.payoffs(player, graph.cells[graph.targets[mine]]), return_inverse=True)
        order = np.lexsort((-values, graph.sources[mine]))
        source, value = graph.sources[mine][order], values[order]
        fresh = np.concatenate([[True], source[1:] != source[:-1]])  # the first step from a state goes to a best place
        lower = np.concatenate([[False], value[1:] < value[:-1]]) & ~fresh
        place = np.cumsum(lower)
        place -= np.maximum.accumulate(np.where(fresh, place, 0))
        weights[mine[order]] = np.where(place == 0, 1.0, 0.0 if rational == inf else np.exp(-rational * place))
    return weights


def _chances(
    graph: StepGraph, weights: NDArray[np.float64], manners: Mapping[str, Manner], actors: tuple[str, ...]
) -> NDArray[np.float64]:
    """The chance of each step: of its mover to move, times of the mover to take it."""
    if not len(weights):
        return weights
    turn = graph.sources.astype(np.int64) * len(actors) + graph.movers  # a state and who moves there
    _, groups = np.unique(turn, return_inverse=True)
    own = weights / np.bincount(groups, weights=weights)[groups]
    tempo = np.array([manners[actor].tempo for actor in actors])
    first = np.unique(groups, return_index=True)[1]
    together = np.bincount(graph.sources[first], weights=tempo[graph.movers[first]], minlength=len(graph.keys))
    return np.asarray(own * tempo[graph.movers] / together[graph.sources])


def _unstated(game: Game, graph: StepGraph, manners: Mapping[str, Manner]) -> dict[str, tuple[str, ...]]:
    """On whose tempo, and on whose choice, the chances depend without the file stating it."""
    turn, times = np.unique(np.stack([graph.sources, graph.movers.astype(np.int32)]), axis=1, return_counts=True)
    shared = np.bincount(turn[0], minlength=len(graph.keys)) > 1
    tempo = {game.actors[mover] for mover in np.unique(turn[1][shared[turn[0]]]).tolist()}
    choosing = {game.actors[mover] for mover in np.unique(turn[1][times > 1]).tolist()}
    return {
        "tempo": tuple(a for a in game.actors if a in tempo and manners[a].tempo_by != FILE),
        "choice": tuple(a for a in game.actors if a in choosing and manners[a].choice_by != FILE),
    }


def _end(game: Game, graph: StepGraph, nodes: NDArray[np.int64], chance: float, bounds: Interval, stated: bool) -> End:
    cells = graph.cells[nodes].tolist()
    return End(
        chance=chance,
        interval=bounds,
        states=tuple(map(game.state, cells)),
        cycle=told_cycle(game, graph, nodes) if len(cells) > 1 else None,
        stated=stated,
        text=game.text(cells[0]),
    )


def _outcomes(
    case: Case, graph: StepGraph, found: tuple[NDArray[np.int64], ...], chances: list[float]
) -> tuple[AtTheEnd, ...]:
    told = []
    for name, outcome in case.scenario.outcomes.items():
        shares = {ALL: 0.0, NONE: 0.0}
        for nodes, chance in zip(found, chances, strict=True):
            said = verdict(case.game.meets(outcome.formula, graph.cells[nodes]))
            shares[said] = shares.get(said, 0.0) + chance
        told.append(
            AtTheEnd(outcome=name, always=shares.pop(ALL), never=shares.pop(NONE), sometimes=sum(shares.values()))
        )
    return tuple(told)
