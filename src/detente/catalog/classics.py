"""Conflicts of the textbooks with parameters: each a study, with its source and with what it is to give.

What is in the literature is cited in the model (`study.scenario.sources`); what is ours, such as a variant, or lists of more
than two actors, rests on the source `ours`. The results that each is to give stand in the model as in every file
(`study.scenario.expect`), found by hand or by enumeration with the definitions; the tests compare them with the engine and with
the definitions written down once more.

>>> import detente as dt
>>> dt.classics.chicken().analyze().count("nash")
2
>>> dt.classics.chicken(commitment=True).verdict("first_wins")
'ALL'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec

from detente.arguments import bound
from detente.errors import InputError
from detente.messages import tell
from detente.scenario import load
from detente.scenario.building import Outline, build
from detente.study import Study

SOURCES: Mapping[str, Mapping[str, str]] = {
    "rapoport-guyer-1966": {
        "text": "A. Rapoport and M. Guyer, A Taxonomy of 2 x 2 Games, General Systems 11, 1966",
        "kind": "paper",
    },
    "schelling-1960": {
        "text": "T. C. Schelling, The Strategy of Conflict, Harvard University Press, 1960",
        "kind": "book",
    },
    "zagare-kilgour-2000": {
        "text": "F. C. Zagare and D. M. Kilgour, Perfect Deterrence, Cambridge University Press, 2000",
        "kind": "book",
    },
    "ours": {"text": "Made for this catalogue", "kind": "supposition"},
}
"""What the classics rest on."""

MOST = 8
"""Actors of a classic at most."""

Counts = Mapping[str, int]
P = ParamSpec("P")


def _checked(function: Callable[P, Study]) -> Callable[P, Study]:
    """A function whose arguments are checked before it runs."""

    @wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> Study:
        bound(function, args, kwargs)
        return function(*args, **kwargs)

    return told


@_checked
def two_by_two(first: Sequence[int] = (3, 1, 4, 2), second: Sequence[int] | None = None) -> Study:
    """Any ordinal 2 x 2 game: each actor can do one thing; how much each likes the four states, 4 best to 1 worst.

    The states in order: both do it, only this actor, only the other, neither; `second` (default: as `first`) from its own side.
    Source: the 78 games of Rapoport and Guyer 1966. The default is the prisoner's dilemma.
    """
    likes = (_ranks("first", first), _ranks("second", first if second is None else second))
    outline = _sourced("A 2 x 2 game", "rapoport-guyer-1966")
    return _study(_pair(outline, ("first", "second"), ("one", "two"), likes).now(), {})


@_checked
def prisoners_dilemma(players: int = 2) -> Study:
    """Everyone gains by talking, whatever the others do, and all lose by it: silence of another is worth 2, one's own costs 1.

    With two players that is the ordinal game of Rapoport and Guyer 1966; for more the payoffs are ours. The only Nash stable
    state is that all talk.
    """
    names = _names(players)
    outline = _sourced("The prisoner's dilemma", "rapoport-guyer-1966", *(["ours"] if players > 2 else []))
    for name in names:
        others = [{"when": f"{other}_silent", "weight": 2} for other in names if other != name]
        own = {"when": f"{name}_silent", "weight": -1}
        outline = outline.actor(name, options={f"{name}_silent": "Stay silent"}, weights=[*others, own])
    outline = outline.outcome("cooperation", _all(names, "silent")).now(*(f"{name}_silent" for name in names))
    full = {"nash": 1, "gmr": 2, "smr": 2, "seq": 2, "sseq": 2} if players == 2 else {"nash": 1}
    return _study(outline, full)


@_checked
def stag_hunt(hunters: int = 2) -> Study:
    """All hunters take a stag together; alone each is better off with a hare. Both are stable: all hunt it, or none does.

    Source for two: Rapoport and Guyer 1966; for more hunters the lists are ours.
    """
    names = _names(hunters)
    outline = _sourced("The stag hunt", "rapoport-guyer-1966", *(["ours"] if hunters > 2 else []))
    for name in names:
        aims = [_all(names, "stag"), f"not {name}_stag", *(f"{other}_stag" for other in names if other != name)]
        outline = outline.actor(name, options={f"{name}_stag": "Hunt the stag"}, priorities=aims)
    outline = outline.outcome("trust", _all(names, "stag")).now()
    return _study(outline, {"nash": 2} if hunters > 2 else {"nash": 2, "gmr": 2, "smr": 2, "seq": 2, "sseq": 2})


@_checked
def chicken(commitment: bool = False) -> Study:
    """Two drivers head for each other: best is that the other swerves, worst that nobody does (Rapoport and Guyer 1966).

    With `commitment` the first driver has thrown away the wheel, and cannot swerve. That giving up a choice can win is
    Schelling's (1960, ch. 2); the model of it is ours: the second driver swerves, wherever play goes from today.
    """
    likes = (_ranks("first", (3, 2, 4, 1)),) * 2
    outline = _sourced("Chicken", "rapoport-guyer-1966", *(["schelling-1960", "ours"] if commitment else []))
    if not commitment:
        made = _pair(outline, ("first", "second"), ("swerves", "swerves"), likes).now()
        return _study(
            made.outcome("crash", "not first_swerves and not second_swerves"),
            {"nash": 2, "gmr": 3, "smr": 3, "seq": 2, "sseq": 2},
        )
    wheel = {"name": "Throw away the wheel", "change": "take", "source": ["schelling-1960", "ours"]}
    swerve = {"name": "Swerve", "needs": "not first_wheel"}
    made = outline.actor(
        "first",
        options={"first_wheel": wheel, "first_swerves": swerve},
        priorities=["first_swerves or second_swerves", "second_swerves", "not first_swerves"],
    ).actor(
        "second",
        options={"second_swerves": "Swerve"},
        priorities=["first_swerves or second_swerves", "first_swerves", "not second_swerves"],
    )
    made = made.rule(never="first_wheel and first_swerves", source="ours").now("first_wheel")
    return _study(made.outcome("first_wins", "second_swerves and not first_swerves"), {})


@_checked
def battle_of_the_sexes() -> Study:
    """Two want to meet, each rather at its own place; that they meet at either is stable (Rapoport and Guyer 1966).

    Doing it is to go to the first one's place.
    """
    outline = _sourced("Battle of the sexes", "rapoport-guyer-1966")
    likes = (_ranks("first", (4, 2, 1, 3)), _ranks("second", (3, 1, 2, 4)))
    made = _pair(outline, ("first", "second"), ("goes", "goes"), likes).outcome("meet", "first_goes iff second_goes")
    return _study(made.now(), {"nash": 2})


@_checked
def deterrence(credible: bool = True) -> Study:
    """A challenger may attack, a defender resist: whether the status quo lasts hangs on what the defender prefers.

    After the unilateral deterrence game of Zagare and Kilgour 2000 (their challenger and defender, and whether the defender's
    threat is credible); as moves that can be taken back it is ours. The status quo is SEQ stable if the defender prefers to
    resist rather than to give in, and not otherwise.
    """
    answer = "attack -> resist" if credible else "not resist"
    outline = _sourced("Unilateral deterrence", "zagare-kilgour-2000", "ours")
    outline = outline.actor(
        "challenger", options={"attack": "Attack"}, priorities=["not (attack and resist)", "attack", "not resist"]
    ).actor("defender", options={"resist": "Resist"}, priorities=["not attack", answer, "not resist"])
    return _study(outline.outcome("peace", "not attack").now(), {}, {"seq": credible, "nash": False})


@_checked
def elmira() -> Study:
    """The groundwater conflict of Elmira, Ontario, with its published equilibria: the bundled model, with its sources."""
    return Study(load("elmira"))


ALL: Mapping[str, Callable[..., Study]] = {
    each.__name__: each
    for each in (two_by_two, prisoners_dilemma, stag_hunt, chicken, battle_of_the_sexes, deterrence, elmira)
}
"""The classics by name."""


# --- how they are made ------------------------------------------------------------------------------------------------------


def _sourced(title: str, *sources: str) -> Outline:
    return Outline.titled(title).put("sources", {key: dict(SOURCES[key]) for key in sources})


def _study(outline: Outline, counts: Counts, today: Mapping[str, bool] | None = None) -> Study:
    """The study, with what it is to give."""
    expected: dict[str, Any] = {
        key: dict(each) for key, each in (("counts", counts), ("status_quo", today or {})) if each
    }
    whole = outline.put("expect", [expected]) if expected else outline
    return Study(build(whole, str(outline.data["title"]).lower().replace(" ", "_").replace("'", "")))


def _ranks(whose: str, likes: Sequence[Any]) -> tuple[int, ...]:
    if len(likes) != 4 or any(not isinstance(each, int) for each in likes):
        raise InputError(
            tell("`{whose}` says how much each of the four states is liked, such as (3, 1, 4, 2)", whose=whose)
        )
    return tuple(likes)


def _names(count: int) -> tuple[str, ...]:
    known = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
    if not 2 <= count <= MOST:
        raise InputError(tell("expected a number of actors from 2 to {most}; found {count}", most=MOST, count=count))
    return known[:count]


def _all(names: Sequence[str], what: str) -> str:
    return " and ".join(f"{name}_{what}" for name in names)


def _pair(outline: Outline, names: tuple[str, str], does: tuple[str, str], likes: Sequence[tuple[int, ...]]) -> Outline:
    """Two actors with one option each, and weights that rank the four states as given from each one's own side."""
    keys = [f"{name}_{what}" for name, what in zip(names, does, strict=True)]
    for own, (name, ranks) in enumerate(zip(names, likes, strict=True)):
        mine, theirs = keys[own], keys[1 - own]
        states = (
            f"{mine} and {theirs}",
            f"{mine} and not {theirs}",
            f"not {mine} and {theirs}",
            f"not {mine} and not {theirs}",
        )
        weights = [{"when": state, "weight": rank} for state, rank in zip(states, ranks, strict=True)]
        outline = outline.actor(name, options={mine: does[own].replace("_", " ").capitalize()}, weights=weights)
    return outline
