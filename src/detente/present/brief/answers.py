"""The answer in a sentence or two, by what was asked: play, a concept, levers, platforms, a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from detente.present.brief.writer import SHORT, Writer
from detente.present.names import IN_WORDS, upper
from detente.questions.brief.answer import KEPT, NOT_KEPT
from detente.questions.brief.values import (
    Answered,
    Verdicts,
)
from detente.sheet import listed


def answer(w: Writer, value: Answered) -> list[str]:
    """The answer, and where it needs one a second sentence."""
    best = value.row(value.best) if value.best else None
    return ANSWERS[value.kind](w, value, best)


def _broken(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    whose = f" of {listed(map(w.the, value.over))}" if value.over else ""
    yes = best.counts.get("BREAKS", 0)
    partnership = w.thing(value.subject)
    if not yes:
        return [f"No platform ends {partnership} for sure under any reading{whose}."]
    among = f"in {yes} of {best.total} combinations of readings{whose}" if best.total > 1 else "as the actors are read"
    where = _where(w, value)
    if where:
        among = f"{where}, which is {among}"
    alike = [each for each in value.verdicts if each.counts.get("BREAKS", 0) * best.total == yes * each.total]
    named = listed(w.thing(each.of) for each in alike)
    none = [w.thing(each.of) for each in value.verdicts if not each.counts.get("BREAKS", 0)]
    rest = f"{listed(none)} {'does' if len(none) == 1 else 'do'} so in none." if none else ""
    if len(none) > SHORT:
        rest = f"{len(none)} of {len(value.verdicts)} platforms do so in none; the table names them."
    most = ", the most of all" if len(alike) < len(value.verdicts) else ""
    most += "; such a count is no likelihood" if best.total > 1 else ""
    ends = "ends" if len(alike) == 1 else "end"
    return [upper(f"{_turning(w, value)}{named} {ends} {partnership} for sure {among}{most}."), rest]


def _turning(w: Writer, value: Answered) -> str:
    """Whose readings settle the answer, to stand before it; nothing where it is the same under all."""
    return f"it turns on {listed(map(w.the, value.deciding))}: " if value.deciding else ""


def _where(w: Writer, value: Answered) -> str:
    """Under which readings what does most says yes, where one actor settles it."""
    if not value.settled:
        return ""
    (actor,) = value.deciding
    names = listed((w.reading(actor, each[actor]) for each in value.where), "or")
    return f"where {w.the(actor)} is read as {names}"


def _played(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    if best.total > 1:
        told = [
            f"{w.comes_about(w.goal(each.of), each.counts, value.over)}, where play ends."
            for each in sorted(value.verdicts, key=lambda each: each.of != best.of)
        ]
        told = told if len(told) <= SHORT else [told[0], "The table has the other outcomes."]
        if value.settled:
            told.insert(0, f"{_turning(w, value)}{w.goal(best.of)} always comes about {_where(w, value)}.")
        else:
            told[0] = f"{_turning(w, value)}{told[0]}"
        return [*map(upper, told)]
    found: dict[str, list[str]] = {}
    for each in value.verdicts:
        found.setdefault(w.bare(each.counts), []).append(w.goal(each.of))
    told = [
        f"{listed(goals)} {word} {'comes' if len(goals) == 1 else 'come'} about where play ends."
        if word in IN_WORDS.values()
        else f"about {listed(goals)}: {word}."
        for word, goals in found.items()
    ]
    where = "; or ".join(map(w.end, value.ends or ()))
    lead = f"from today, {where}; there play ends." if where else ""
    if value.ends == ("",):
        lead = "play ends where it begins: no actor moves."
    first, *more = [*filter(None, (lead, *told))]
    return [_as_read(w, value, first), *map(upper, more)]


def _as_read(w: Writer, value: Answered, sentence: str) -> str:
    """A sentence behind the readings under which it was found, where none varies."""
    return upper(f"with {w.read_as(value.chosen)}, {sentence}" if value.chosen else sentence)


def _standing(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    near = value.verdicts[0]
    if best.total == 1:
        holds, alone = "stable" in best.counts, "stable" in near.counts
        lead = "Things stay as they are" if holds else "Things do not stay as they are"
        tail = "Judged by the own move alone they " + ("stay as well." if alone else "do not.")
        return [f"{lead}, if everybody looks at the counter-moves of the others.", tail]
    whose = f" of {listed(map(w.the, value.over))}" if value.over else ""
    number = f"in {best.counts.get('stable', 0)} of {best.total} combinations of readings{whose}"
    lead = f"things stay as they are {number}, if everybody looks at the counter-moves of the others."
    return [
        upper(f"{_turning(w, value)}{lead}"),
        f"Judged by the own move alone they do in {near.counts.get('stable', 0)}.",
    ]


def _unstarted(_: Writer, __: Answered, best: Verdicts | None) -> list[str]:
    number = best.counts["equilibria"] if best else 0
    states = "1 state would" if number == 1 else f"{number:,} states would"
    return [
        f"The file does not say where things stand today; {states} hold, with the counter-moves of the others in view."
    ]


def _fitted(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    hits = best.counts["expected"]
    alike, number = sum(each.counts["expected"] == hits for each in value.verdicts), len(value.verdicts)
    one = alike == 1
    named = (
        f"with the actors read as {w.spoken(best.of)}" if one else f"under {alike} of {number} combinations of readings"
    )
    return [f"At best {hits} of {best.total} recorded moves were to be expected: {named}."]


def _assured(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    who, goal = listed(map(w.the, value.over)), w.goal(value.subject)
    if best is None:
        return [_as_read(w, value, f"nothing that {who} can choose makes sure of {goal}.")]
    kept = next(iter(best.counts))
    tail = {KEPT: "Free again, it would stay with that.", NOT_KEPT: "Free again, it would not stay with that."}
    sets = len(value.verdicts)
    more = f" {sets} smallest ways do; the table has them." if sets > 1 else ""
    own = value.over[0] if len(value.over) == 1 else None
    able = f"{who} can make sure of {goal}: {w.change(best.of, own)}.{more}"
    return [_as_read(w, value, able), tail.get(kept, "")]


ANSWERS: Mapping[str, Callable[[Writer, Answered, Verdicts | None], list[str]]] = {
    "break": _broken,
    "play": _played,
    "status_quo": _standing,
    "equilibria": _unstarted,
    "hindcast": _fitted,
    "levers": _assured,
}
