"""Role cards: for each player one card with what an actor can do, wants, believes, and what it may not know.

A card tells a player only what the actor knows: its own aims, what everybody can see, and the rival accounts of the others
between which it has to guess. `open_aims` prints everybody's aims on every card; `views` say what an actor takes others for
and which options it does not see (see `detente.questions.perception.hypergame`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from detente.case import Case
from detente.formula import options_of
from detente.present.pages.blocks import Block, Leaf, Points, Says, Table
from detente.present.pages.booklet import Booklet
from detente.present.words import Names, Words, plain, upper
from detente.questions.perception.perceived_games import check
from detente.scenario.model import Actor, Ranking, Reading, Relation, Scenario, View, Weights
from detente.sheet import Sheet
from detente.version import __version__

TIES = {"+": "friendly", "-": "hostile", "+/-": "mixed", "0": "neutral"}
"""What the sign of a relation means."""

MOST_TIES = 5
"""Relations on a card at most, those with other players first; the umpire has them all."""


def roles(
    case: Case,
    actors: Iterable[str] | None = None,
    *,
    open_aims: bool = False,
    views: Mapping[str, View] | None = None,
    paper: str = "A5",
) -> Booklet:
    """The role cards of a case, of all actors that can move or of those named. Nothing is computed.

    Raises `UnknownName` for an actor or reading there is not, `InputError` for views that have no meaning.
    """
    scenario = case.scenario
    chosen = [scenario.actor(name) for name in actors] if actors is not None else _players(scenario)
    seen = views or {}
    check(case, seen)
    leaves = tuple(_card(case, actor, open_aims, seen.get(actor.id, View())) for actor in chosen)
    return Booklet(
        kind="cards",
        name=scenario.name,
        title=f"{scenario.title}: role cards",
        leaves=leaves,
        basis=stamp(case),
        paper=paper,
    )


def _players(scenario: Scenario) -> list[Actor]:
    """The actors somebody can play: those with a move."""
    if scenario.graph:
        return [actor for actor in scenario.actors if scenario.graph.moves.get(actor.id)]
    return [a for a in scenario.actors if any(o.change != "fixed" for o in a.options)] or list(scenario.actors)


def stamp(case: Case, *, open_aims: bool = False) -> dict[str, Any]:
    """What a kit rests on; without the readings, unless `open_aims`, so that players may see it."""
    basis = case.basis
    told = {"model": basis.model, "title": basis.title, "hash": basis.hash, "version": __version__}
    more = {"readings": dict(case.chosen), "world": case.world, "sanctions": case.sanctions}
    return {**told, **more} if open_aims else told


def _card(case: Case, me: Actor, open_aims: bool, view: View) -> Leaf:
    scenario, words = case.scenario, Words(case.scenario)
    blocks: list[Block] = [Says(f"You are {words.names.the(me.id)}.{f' {me.about}' if me.about else ''}", strong=True)]
    blocks += [Says(scenario.question)] if scenario.question else []
    blocks += [own_options(case, words, me, view.hidden)] if me.options else []
    barred = tuple(
        f"From {words.formula(rule.when, None)} to {words.formula(rule.target, None)}"
        for rule in scenario.rules
        if rule.kind == "barred" and rule.actor == me.id and rule.target is not None
        if not view.hidden & options_of(rule.when)
    )
    blocks += [Points(title="Moves you may not make", items=barred)] if barred else []
    blocks += [aims(words, case.reading(me.id), "Your aims, the most important first")] if me.readings else []
    blocks += [situation(case, me.id, view.hidden)]
    blocks += _others(case, words, me, open_aims, view)
    unknowns, ties = _unknowns(case, words, me, open_aims, view), tuple(relations(scenario, me.id))
    blocks += [Points(title="What you may not know", items=unknowns)] if unknowns else []
    blocks += [Points(title="Your turn", items=_turn(scenario))]
    blocks += [Points(title="How you stand to others", items=ties[:MOST_TIES])] if ties else []
    return Leaf(id=me.id, title=me.name, subtitle=scenario.title, blocks=tuple(blocks))


def aims(words: Words, reading: Reading, title: str) -> Points:
    """What an actor wants, numbered."""
    if isinstance(reading, Ranking):
        title, note = title.replace("aims", "ranking of the states").replace("the most important", "the best"), ""
    elif isinstance(reading, Weights):
        note = "Add up the weights of what is true."
    else:
        note = "An aim counts for more than all below it together."
    return Points(title=title, items=words.aims(reading, None), mark="number", note=note)


def own_options(case: Case, words: Words, me: Actor, hidden: frozenset[str] = frozenset()) -> Table:
    """What an actor can do, how it stands, and what limits it; without what is `hidden` from it."""
    now = case.scenario.now if isinstance(case.scenario.now, Mapping) else None
    rows = [
        (o.name or o.key, *([_today(o.choices, o.binary, now.get(o.key, 0))] if now else []), words.limits(o, None))
        for o in me.options
        if o.key not in hidden
    ]
    columns = ("option", *(["now"] if now else []), "limits")
    return Table(Sheet("Your options", columns, tuple(rows)).trimmed(len(columns) - 1))


def _today(choices: tuple[str, ...], binary: bool, value: int) -> str:
    return ("no", "yes")[value] if binary else choices[value]


def situation(case: Case, me: str = "", hidden: frozenset[str] = frozenset()) -> Block:
    """Where things stand: the options of everybody but the reader, without those hidden from it."""
    now = case.scenario.now
    if not isinstance(now, Mapping):
        return Says(f"Play starts in the state {now}." if now else "Agree on a state to start from.")
    rows = [
        (actor.name if n == 0 else "", o.name or o.key, _today(o.choices, o.binary, now.get(o.key, 0)))
        for actor in case.scenario.actors
        if actor.id != me
        for n, o in enumerate(o for o in actor.options if o.key not in hidden)
    ]
    if not rows:
        return Says("Nobody else has anything to choose.")
    title = "How the others stand now" if me else "Where things stand"
    return Table(Sheet(title, ("who", "option", "now"), tuple(rows)))


def _others(case: Case, words: Words, me: Actor, open_aims: bool, view: View) -> Iterator[Block]:
    """What the others want: in truth, or as the actor takes them to be."""
    for other in case.scenario.actors:
        if other.id == me.id or not other.readings:
            continue
        if other.id in view.readings:
            believed = view.readings[other.id]
            reading = other.reading(believed) if isinstance(believed, str) else believed
            about = f" {reading.about}." if reading.about else ""
            yield Says(f"You take this for certain of {words.names.the(other.id)}:{about}")
            yield aims(words, reading, f"What you think {words.names.the(other.id)} wants, the most important first")
        elif open_aims:
            yield aims(
                words, case.reading(other.id), f"What {words.names.the(other.id)} wants, the most important first"
            )
    if view.rules:
        rules = tuple(words.formula(rule, None) for rule in view.rules)
        yield Points(title="You are sure that this cannot happen", items=rules)


def _unknowns(case: Case, words: Words, me: Actor, open_aims: bool, view: View) -> tuple[str, ...]:
    """The rival accounts of the others, or that their aims must be guessed."""
    if open_aims:
        return ()
    said = []
    for other in case.scenario.actors:
        if other.id != me.id and other.readings and other.id not in view.readings:
            accounts = [other.readings[name].about or plain(name) for name in other.counted]
            rival = f"accounts differ: {'; or: '.join(accounts)}" if len(accounts) > 1 else "judge by what it does"
            said.append(f"What {words.names.the(other.id)} wants: {rival}.")
    return tuple(said)


def relations(scenario: Scenario, me: str) -> Iterator[str]:
    """An actor's relations, a line each; those with other actors first, of these the latest in the file."""
    names = Names.of(scenario)
    ties = [tie for tie in reversed(scenario.relations) if me in (*tie.origin, *tie.target)]
    for tie in sorted(ties, key=lambda tie: not any(each in names.actors for each in _others_in(tie, me))):
        way = "With" if tie.mutual else "To" if me in tie.origin else "From"
        whom = ", ".join(names.name(other) for other in _others_in(tie, me))
        when = f" ({tie.time})" if tie.time else ""
        yield f"{way} {whom}: {tie.kind}, {TIES.get(tie.sign, tie.sign)}{when}"


def _others_in(tie: Relation, me: str) -> list[str]:
    """Who is at the other end; of a mutual tie everybody else."""
    ends = (*tie.origin, *tie.target) if tie.mutual else tie.target if me in tie.origin else tie.origin
    return [each for each in ends if each != me]


def _turn(scenario: Scenario) -> tuple[str, ...]:
    change = "Change as many of your own options at once as you like, or pass."
    if scenario.graph:
        change = "Move to another state, as the umpire's chart allows, or pass."
    rules = [rule.name for rule in scenario.rules if rule.name]
    more = (f"The umpire applies these rules: {'; '.join(map(upper, rules))}.",) if rules else ()
    return (change, "Nobody is bound by promises, except by what the rules make lasting.", *more)
