"""The answer in a sentence or two, by what was asked: play, a concept, levers, platforms, a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from detente.messages import numeral, tell
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
    whose = tell(" of {over}", over=listed(map(w.the, value.over))) if value.over else ""
    yes = best.counts.get("BREAKS", 0)
    partnership = w.thing(value.subject)
    if not yes:
        return [
            tell(
                "No platform ends {partnership} for sure under any reading{whose}.",
                partnership=partnership,
                whose=whose,
            )
        ]
    among = (
        tell("in {yes} of {total} combinations of readings{whose}", yes=yes, total=best.total, whose=whose)
        if best.total > 1
        else tell("as the actors are read")
    )
    where = _where(w, value)
    if where:
        among = tell("{where}, which is {among}", where=where, among=among)
    alike = [each for each in value.verdicts if each.counts.get("BREAKS", 0) * best.total == yes * each.total]
    named = listed(w.thing(each.of) for each in alike)
    none = [w.thing(each.of) for each in value.verdicts if not each.counts.get("BREAKS", 0)]
    rest = (
        tell("{none} {word} so in none.", none=listed(none), word=tell("does") if len(none) == 1 else tell("do"))
        if none
        else ""
    )
    if len(none) > SHORT:
        rest = tell(
            "{number} of {number2} platforms do so in none; the table names them.",
            number=len(none),
            number2=len(value.verdicts),
        )
    most = tell(", the most of all") if len(alike) < len(value.verdicts) else ""
    most += tell("; such a count is no likelihood") if best.total > 1 else ""
    ends = tell("ends") if len(alike) == 1 else tell("end")
    return [
        upper(
            tell(
                "{turning}{named} {ends} {partnership} for sure {among}{most}.",
                turning=_turning(w, value),
                named=named,
                ends=ends,
                partnership=partnership,
                among=among,
                most=most,
            )
        ),
        rest,
    ]


def _turning(w: Writer, value: Answered) -> str:
    """Whose readings settle the answer, to stand before it; nothing where it is the same under all."""
    return tell("it turns on {deciding}: ", deciding=listed(map(w.the, value.deciding))) if value.deciding else ""


def _where(w: Writer, value: Answered) -> str:
    """Under which readings what does most says yes, where one actor settles it."""
    if not value.settled:
        return ""
    (actor,) = value.deciding
    names = listed((w.reading(actor, each[actor]) for each in value.where), tell("or"))
    return tell("where {actor} is read as {names}", actor=w.the(actor), names=names)


def _played(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    if best.total > 1:
        told = [
            tell("{comes_about}, where play ends.", comes_about=w.comes_about(w.goal(each.of), each.counts, value.over))
            for each in sorted(value.verdicts, key=lambda each: each.of != best.of)
        ]
        told = told if len(told) <= SHORT else [told[0], tell("The table has the other outcomes.")]
        if value.settled:
            told.insert(
                0,
                tell(
                    "{turning}{of} always comes about {where}.",
                    turning=_turning(w, value),
                    of=w.goal(best.of),
                    where=_where(w, value),
                ),
            )
        else:
            told[0] = f"{_turning(w, value)}{told[0]}"
        return [*map(upper, told)]
    found: dict[str, list[str]] = {}
    for each in value.verdicts:
        found.setdefault(w.bare(each.counts), []).append(w.goal(each.of))
    told = [
        tell(
            "{goals} {word} {word2} about where play ends.",
            goals=listed(goals),
            word=word,
            word2=tell("comes") if len(goals) == 1 else tell("come"),
        )
        if word in IN_WORDS.values()
        else tell("about {goals}: {word}.", goals=listed(goals), word=word)
        for word, goals in found.items()
    ]
    where = tell("; or ").join(map(w.end, value.ends or ()))
    lead = tell("from today, {where}; there play ends.", where=where) if where else ""
    if value.ends == ("",):
        lead = tell("play ends where it begins: no actor moves.")
    first, *more = [*filter(None, (lead, *told))]
    return [_as_read(w, value, first), *map(upper, more)]


def _as_read(w: Writer, value: Answered, sentence: str) -> str:
    """A sentence behind the readings under which it was found, where none varies."""
    return upper(
        tell("with {read_as}, {sentence}", read_as=w.read_as(value.chosen), sentence=sentence)
        if value.chosen
        else sentence
    )


def _standing(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    near = value.verdicts[0]
    if best.total == 1:
        holds, alone = "stable" in best.counts, "stable" in near.counts
        lead = tell("Things stay as they are") if holds else tell("Things do not stay as they are")
        tail = tell("Judged by the own move alone they ") + (tell("stay as well.") if alone else tell("do not."))
        return [tell("{lead}, if everybody looks at the counter-moves of the others.", lead=lead), tail]
    whose = tell(" of {over}", over=listed(map(w.the, value.over))) if value.over else ""
    number = tell(
        "in {word} of {total} combinations of readings{whose}",
        word=best.counts.get("stable", 0),
        total=best.total,
        whose=whose,
    )
    lead = tell(
        "things stay as they are {number}, if everybody looks at the counter-moves of the others.", number=number
    )
    return [
        upper(f"{_turning(w, value)}{lead}"),
        tell("Judged by the own move alone they do in {word}.", word=near.counts.get("stable", 0)),
    ]


def _unstarted(_: Writer, __: Answered, best: Verdicts | None) -> list[str]:
    number = best.counts["equilibria"] if best else 0
    states = tell("1 state would") if number == 1 else tell("{number} states would", number=numeral(number))
    return [
        tell(
            "The file does not say where things stand today; {states} hold, with the counter-moves of "
            "the others in view.",
            states=states,
        )
    ]


def _fitted(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    hits = best.counts["expected"]
    alike, number = sum(each.counts["expected"] == hits for each in value.verdicts), len(value.verdicts)
    one = alike == 1
    named = (
        tell("with the actors read as {of}", of=w.spoken(best.of))
        if one
        else tell("under {alike} of {number} combinations of readings", alike=alike, number=number)
    )
    return [
        tell(
            "At best {hits} of {total} recorded moves were to be expected: {named}.",
            hits=hits,
            total=best.total,
            named=named,
        )
    ]


def _assured(w: Writer, value: Answered, best: Verdicts | None) -> list[str]:
    who, goal = listed(map(w.the, value.over)), w.goal(value.subject)
    if best is None:
        return [_as_read(w, value, tell("nothing that {who} can choose makes sure of {goal}.", who=who, goal=goal))]
    kept = next(iter(best.counts))
    tail = {
        KEPT: tell("Free again, it would stay with that."),
        NOT_KEPT: tell("Free again, it would not stay with that."),
    }
    sets = len(value.verdicts)
    more = tell(" {sets} smallest ways do; the table has them.", sets=sets) if sets > 1 else ""
    own = value.over[0] if len(value.over) == 1 else None
    able = tell(
        "{who} can make sure of {goal}: {change}.{more}", who=who, goal=goal, change=w.change(best.of, own), more=more
    )
    return [_as_read(w, value, able), tail.get(kept, "")]


ANSWERS: Mapping[str, Callable[[Writer, Answered, Verdicts | None], list[str]]] = {
    "break": _broken,
    "play": _played,
    "status_quo": _standing,
    "equilibria": _unstarted,
    "hindcast": _fitted,
    "levers": _assured,
}
