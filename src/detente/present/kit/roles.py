"""Role cards: for each player one card with what an actor can do, wants, believes, and what it may not know.

A card tells a player only what the actor knows: the situation, its own aims, and what everybody can see. What an actor is
after it says in the words of its reading's `brief`, and where there is none, of its first aims; never in those of `about`,
which are for people who work on the model. Of the others' aims it says no more than that they differ from account to
account. `open_aims` prints everybody's aims on every card; `views` say what an actor takes others for and which options it
does not see (see `detente.questions.perception.hypergame`).
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from detente.case import Case
from detente.formula import options_of
from detente.messages import Messages, tell
from detente.present.names import Names, choice, upper
from detente.present.pages.blocks import Block, Leaf, Points, Says, Table
from detente.present.pages.booklet import Booklet
from detente.present.words import Words
from detente.questions.perception.perceived_games import check
from detente.scenario.model import Actor, Option, Ranking, Reading, Relation, Scenario, View, Weights
from detente.sheet import Sheet, listed
from detente.version import __version__

TIES = Messages({"+": "friendly", "-": "hostile", "+/-": "mixed", "0": "neutral"})
"""What the sign of a relation means."""

ONE_BY_ONE = 9
"""Options of the others up to which a card has a line for each; with more, a line for each of the others."""

WRITTEN_OUT = 9
"""States up to which a card writes out a ranking."""

MOST_TIES = 3
"""Relations to other players on a card at most; the umpire has them all."""


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
    chosen = [scenario.actor(name) for name in actors] if actors is not None else players(scenario)
    seen = views or {}
    check(case, seen)
    leaves = tuple(_card(case, actor, open_aims, seen.get(actor.id, View())) for actor in chosen)
    return Booklet(
        kind="cards",
        name=scenario.name,
        title=tell("{title}: role cards", title=scenario.title),
        leaves=leaves,
        basis=stamp(case),
        paper=paper,
    )


def players(scenario: Scenario) -> list[Actor]:
    """The actors somebody can play: those with a move."""
    if scenario.graph:
        return [actor for actor in scenario.actors if scenario.graph.moves.get(actor.id)]
    return [a for a in scenario.actors if any(o.change != "fixed" for o in a.options)] or list(scenario.actors)


def table_words(scenario: Scenario) -> Words:
    """The words of the kit: aims and limits say how options are set, as the tables on the cards do."""
    return Words(scenario, switches=True)


def stamp(case: Case, *, open_aims: bool = False) -> dict[str, Any]:
    """What a kit rests on; without the readings, unless `open_aims`, so that players may see it."""
    basis = case.basis
    told = {"model": basis.model, "title": basis.title, "hash": basis.hash, "version": __version__}
    more = {"readings": dict(case.chosen), "world": case.world, "sanctions": case.sanctions}
    return {**told, **more} if open_aims else told


def _card(case: Case, me: Actor, open_aims: bool, view: View) -> Leaf:
    scenario, words = case.scenario, table_words(case.scenario)
    blocks: list[Block] = [
        Says(
            tell("You are {id}. {brief}", id=words.names.the(me.id), brief=brief(words, me, case)).strip(), strong=True
        )
    ]
    blocks += [Says(situation(scenario))]
    blocks += [own_options(case, words, me, view.hidden)] if me.options else []
    barred = tuple(
        tell(
            "While {when} you cannot move to: {target}",
            when=words.formula(rule.when, None),
            target=words.formula(rule.target, None),
        )
        for rule in scenario.rules
        if rule.kind == "barred" and rule.actor == me.id and rule.target is not None
        if not view.hidden & options_of(rule.when)
    )
    blocks += [Points(title=tell("Moves you may not make"), items=barred)] if barred else []
    blocks += (
        wants(words, case.reading(me.id), tell("Your aims, the most important first"), me.id) if me.readings else []
    )
    blocks += [standing(case, me.id, view.hidden)]
    blocks += _others(case, words, me, open_aims, view)
    unknowns, ties = _unknowns(words, me, open_aims, view), tuple(_ties_to_players(scenario, me.id))
    blocks += [Points(title=tell("What you do not know"), items=unknowns)] if unknowns else []
    blocks += [Points(title=tell("Your turn"), items=_turn(scenario))]
    blocks += [Points(title=tell("How you stand to others"), items=ties[:MOST_TIES])] if ties else []
    place = [actor.id for actor in scenario.actors].index(me.id)
    return Leaf(id=me.id, title=me.name, subtitle=scenario.title, blocks=tuple(blocks), player=place)


# --- words for players ------------------------------------------------------------------------------------------


def situation(scenario: Scenario) -> str:
    """What all players know: the file's own words; else who is at the table, and what is asked."""
    if scenario.situation:
        return scenario.situation
    names = Names.of(scenario)
    everybody = listed(names.the(actor.id) for actor in players(scenario))
    asked = tell(" The question of the game: {question}", question=scenario.question) if scenario.question else ""
    return tell("At the table: {everybody}.{asked}", everybody=everybody, asked=asked)


def brief(words: Words, me: Actor, case: Case) -> str:
    """What an actor is after, to its player: the words of its reading, or its first aims in a sentence."""
    if not me.readings:
        return ""
    reading = case.reading(me.id)
    if reading.brief:
        return reading.brief
    if isinstance(reading, Ranking) and len(reading.ranking) == 1:
        return tell("To you every outcome is as good as any other.")
    first, *rest = words.aims(reading, me.id) if not isinstance(reading, Ranking) else ranks(words, reading, me.id)
    if isinstance(reading, Ranking):
        return tell("Best of all for you: {first}. Worst: {rest}.", first=first, rest=rest[-1])
    return tell("Above all you want this: {first}.", first=first) + (
        tell(" Next: {rest}.", rest=rest[0]) if rest else ""
    )


def aims(words: Words, reading: Reading, title: str, me: str | None = None) -> Points:
    """What an actor wants, numbered."""
    if isinstance(reading, Ranking):
        note = tell("What is not named is off.") if words.scenario.states else ""
        return Points(title=_ranking_title(title), items=ranks(words, reading, me), mark="number", note=note)
    note = tell("An aim counts for more than all below it together.")
    if isinstance(reading, Weights):
        note = tell("Add up the weights of what is true; the more the better.")
    return Points(title=title, items=words.aims(reading, me), mark="number", note=note)


def wants(words: Words, reading: Reading, title: str, me: str | None = None) -> Iterator[Block]:
    """What an actor wants, as it fits on a card: a long ranking as a table, nothing of one that ranks nothing."""
    if not isinstance(reading, Ranking) or not is_long(words.scenario, reading):
        yield aims(words, reading, title, me)
    elif len(reading.ranking) > 1:
        states = words.scenario.states
        rows = tuple(
            (place, *(_cell(option, states[name][option.key]) for option in words.scenario.options))
            for place, group in enumerate(reading.ranking, start=1)
            for name in group
        )
        note = tell("The letters are those of the options; equal places are equally good.")
        columns = ("place", *letters(words.scenario).values())
        yield Table(Sheet(_ranking_title(title), columns, rows, (note,)))
    yield from adjusted(words, reading, me)


def adjusted(words: Words, reading: Reading, me: str | None = None) -> Iterator[Block]:
    """What sets the ranking of an actor's list right; nothing where nothing does."""
    if reading.adjust:
        yield Points(title=tell("Set right for single states"), items=words.adjusted(reading, me))


def _ranking_title(title: str) -> str:
    return title.replace("aims", "ranking").replace("the most important", "the best")


def _cell(option: Option, value: int) -> str:
    return "" if option.binary and not value else choice(option, value)


def is_long(scenario: Scenario, reading: Reading) -> bool:
    """Whether a ranking of states made of options would fill a card if every state were written out."""
    return isinstance(reading, Ranking) and bool(scenario.states) and sum(map(len, reading.ranking)) > WRITTEN_OUT


def letters(scenario: Scenario) -> dict[str, str]:
    """A letter for each option, where a card has a ranking that goes by them; else none."""
    if not any(is_long(scenario, reading) for actor in scenario.actors for reading in actor.readings.values()):
        return {}
    return dict(zip((option.key for option in scenario.options), string.ascii_uppercase, strict=False))


def ranks(words: Words, reading: Ranking, me: str | None = None) -> tuple[str, ...]:
    """The groups of a ranking, best first, each state by what is on in it; without options by its name."""
    return tuple(tell("; or as good: ").join(_known(words, name, me) for name in group) for group in reading.ranking)


def _known(words: Words, name: str, me: str | None) -> str:
    settings = words.scenario.states.get(name)
    if settings is None:
        return name
    on = [
        f"{_owned(words, option, me)}{'' if option.binary else f': {choice(option, settings[option.key])}'}"
        for option in words.scenario.options
        if option.key in settings and (settings[option.key] or not option.binary)
    ]
    return ", ".join(on) or tell("everything is off")


def _owned(words: Words, option: Option, me: str | None) -> str:
    """An option by its name; where others have one of the same name, with its owner, who may be the reader."""
    own = option.actor == me and not words.unmistakable(option)
    return tell("{labelled} (you)", labelled=words.labelled(option, me)) if own else words.labelled(option, None)


def changed(words: Words, settings: Mapping[str, int]) -> str:
    """How a state differs from today, by its options as they are set."""
    options = (option for option in words.scenario.options if option.key in settings)
    return ", ".join(
        tell(
            "{labelled} is {option}", labelled=words.labelled(option, None), option=choice(option, settings[option.key])
        )
        for option in options
    )


def own_options(case: Case, words: Words, me: Actor, hidden: frozenset[str] = frozenset()) -> Table:
    """What an actor can do, how it stands, and what limits it; without what is `hidden` from it."""
    rows = tuple((*row, words.limits(o, me.id)) for o, row in _options(case, me, hidden))
    return Table(Sheet(tell("Your options"), ("option", "today", "choices", "limits"), rows).trimmed())


def _options(case: Case, actor: Actor, hidden: frozenset[str]) -> Iterator[tuple[Option, tuple[str, str, str]]]:
    """The options of an actor: the name, how it stands today if there is a today, and what there is to choose."""
    now, known = case.scenario.now, letters(case.scenario)
    for o in actor.options:
        if o.key not in hidden:
            letter = f"{known[o.key]}. " if o.key in known else ""
            today = choice(o, now.get(o.key, 0)) if isinstance(now, Mapping) else ""
            yield (
                o,
                (
                    f"{letter}{o.name or o.key}",
                    today,
                    "" if o.binary else ", ".join(choice(o, each) for each in o.choices),
                ),
            )


def standing(case: Case, me: str = "", hidden: frozenset[str] = frozenset(), *, whole: bool = False) -> Block:
    """Where things stand: the options of everybody but the reader, without those hidden from it.

    Many of them stand in one line for each actor, unless the table is wanted `whole`.
    """
    scenario, now = case.scenario, case.scenario.now
    if scenario.graph:
        return Says(
            tell("Play starts in the state {now}.", now=now) if now else tell("Agree on a state to start from.")
        )
    others = [(a, found) for a in scenario.actors if a.id != me and (found := list(_options(case, a, hidden)))]
    if not others:
        return Says(tell("Nobody else has anything to choose."))
    title = tell("What the others can do") if me else tell("Where things stand")
    note = "" if now else tell("Agree on a state to start from.")
    if not whole and (letters(scenario) or sum(len(found) for _, found in others) > ONE_BY_ONE):
        items = tuple(
            f"{actor.name}: {'; '.join(f'{name} ({today})' if today else name for _, (name, today, _) in found)}"
            for actor, found in others
        )
        today = (tell(", and how it stands today") if me else " today") if now else ""
        return Points(title=f"{title}{today}", items=items, note=note)
    rows = tuple((actor.name if n == 0 else "", *row) for actor, found in others for n, (_, row) in enumerate(found))
    return Table(Sheet(title, ("who", "option", "today", "choices"), rows, (note,) if note else ()).trimmed(2))


def _others(case: Case, words: Words, me: Actor, open_aims: bool, view: View) -> Iterator[Block]:
    """What the others want: in truth, or as the actor takes them to be."""
    for other in case.scenario.actors:
        if other.id == me.id or not other.readings:
            continue
        if other.id in view.readings:
            believed = view.readings[other.id]
            reading = other.reading(believed) if isinstance(believed, str) else believed
            title = tell(
                "The aims of {id}, of which you are sure, the most important first", id=words.names.the(other.id)
            )
            yield from wants(words, reading, title, me.id)
        elif open_aims:
            title = tell("The aims of {id}, the most important first", id=words.names.the(other.id))
            yield from wants(words, case.reading(other.id), title, me.id)
    if view.rules:
        rules = tuple(words.formula(rule, None) for rule in view.rules)
        yield Points(title=tell("You are sure that this cannot happen"), items=rules)


def _unknowns(words: Words, me: Actor, open_aims: bool, view: View) -> tuple[str, ...]:
    """Of whom there are rival accounts, and whose aims must be guessed; not what they are, which players find out."""
    if open_aims:
        return ()
    others = [
        actor
        for actor in words.scenario.actors
        if actor.id != me.id and actor.readings and actor.id not in view.readings
    ]
    disputed = [words.names.the(actor.id) for actor in others if len(actor.counted) > 1]
    guessed = [words.names.the(actor.id) for actor in others if len(actor.counted) == 1]
    said = (
        [tell("Experts disagree about the aims of {disputed}. Ask, and watch.", disputed=listed(disputed))]
        if disputed
        else []
    )
    return (
        *said,
        *(
            [tell("You can only guess the aims of {guessed}. Ask, and watch.", guessed=listed(guessed))]
            if guessed
            else []
        ),
    )


def _ties_to_players(scenario: Scenario, me: str) -> Iterator[str]:
    """The relations of an actor to others at the table alone; what it is to the rest of the world is the umpire's."""
    known = {actor.id for actor in scenario.actors}
    for tie in reversed(scenario.relations):
        if me in (*tie.origin, *tie.target) and known.issuperset((*tie.origin, *tie.target)):
            yield _tie(scenario, tie, me)


def relations(scenario: Scenario, me: str) -> Iterator[str]:
    """An actor's relations, a line each; those with other actors first, of these the latest in the file."""
    known = {actor.id for actor in scenario.actors}
    ties = [tie for tie in reversed(scenario.relations) if me in (*tie.origin, *tie.target)]
    for tie in sorted(ties, key=lambda tie: not any(each in known for each in _others_in(tie, me))):
        yield _tie(scenario, tie, me)


def _tie(scenario: Scenario, tie: Relation, me: str) -> str:
    names = Names.of(scenario)
    way = tell("With") if tie.mutual else tell("To") if me in tie.origin else tell("From")
    whom = ", ".join(names.name(other) for other in _others_in(tie, me))
    when = f" ({tie.time})" if tie.time else ""
    return f"{way} {whom}: {tie.kind}, {TIES.get(tie.sign, tie.sign)}{when}"


def _others_in(tie: Relation, me: str) -> list[str]:
    """Who is at the other end; of a mutual tie everybody else."""
    ends = (*tie.origin, *tie.target) if tie.mutual else tie.target if me in tie.origin else tie.origin
    return [each for each in ends if each != me]


def _turn(scenario: Scenario) -> tuple[str, ...]:
    change = tell("Change as many of your own options at once as you like, or pass.")
    if scenario.graph:
        change = tell("Move to another state, as the umpire's chart allows, or pass.")
    once = any(isinstance(o.change, tuple) and len(o.change) == 1 and o.binary for o in scenario.options)
    bound = tell("Promises do not bind.") + (tell(" Only what is done “for good” cannot be undone.") if once else "")
    rules = [rule.name for rule in scenario.rules if rule.name]
    more = (tell("The umpire applies these rules: {rules}.", rules="; ".join(map(upper, rules))),) if rules else ()
    return (change, bound, *more)
