"""Who stands how to whom, since when: a signed matrix, those who decide across, everybody else down.

Everybody stands in the order of their ties to those who decide, the hostile ones first, so that camps become blocks. Ties among
those who do not decide are told below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detente.messages import later, tell
from detente.present.names import Names, upper
from detente.present.pictures.drawing import Drawing, Mark, Pen
from detente.present.pictures.lettering import width, wrap
from detente.present.pictures.origin import origin
from detente.scenario.model import Scenario
from detente.sheet import listed, many

SIGNS = {
    "+": ("plus", later("for"), "+"),
    "-": ("minus", later("against"), "−"),
    "+/-": ("both", later("mixed"), "±"),
    "0": ("none", later("neutral"), "0"),
}

HOSTILE = {"-": -1.0, "+/-": 0.0, "0": 0.0, "+": 1.0}
"""How hostile a tie is, for the order of the rows."""

WIDE, NAME, LEAST = 880.0, 200.0, 64.0
"""The whole width, room for names at most, and how narrow a column may be."""

ACROSS = 8
"""Columns at most."""


@dataclass(frozen=True)
class Tie:
    """A relation between two, with all its times."""

    origin: str
    target: str
    sign: str
    mutual: bool
    times: tuple[str, ...]


def actor_map(scenario: Scenario) -> Drawing:
    """Signed, dated relations between the actors and the other figures of a scenario."""
    names, ties = Names.of(scenario), ties_of(scenario)
    across, down = _columns(scenario, ties), list[str]()
    inside = dict.fromkeys(name for tie in ties for name in (tie.origin, tie.target))
    others = [name for name in (*scenario.cast, *inside) if name in inside and name not in across]
    down = [*across[:-1], *_ordered(dict.fromkeys(others), across, ties)]
    pen = Pen()
    rest = _matrix(pen, names, across, down, ties)
    _rest(pen, names, rest)
    counts = {sign: sum(tie.sign == sign for tie in ties) for sign in SIGNS}
    told = ", ".join(f"{n} {tell(SIGNS[sign][1])}" for sign, n in counts.items() if n)
    title = _title(names, across, ties)
    words = tell(
        "{number}; {number2}, shown as {number3} between two: {told}. Across: {across}. Down: "
        "everybody else, those hostile to the first column first.",
        number=many(len(inside), "party", "parties"),
        number2=many(len(scenario.relations), "relation"),
        number3=many(len(ties), "tie"),
        told=told,
        across=listed(map(names.name, across)),
    )
    signs = [
        Mark.of(tell(word), lambda pen, kind=kind, glyph=glyph: pen.text(7, 11, glyph, f"sign {kind}", 14, bold=True))  # type: ignore[misc]
        for kind, word, glyph in SIGNS.values()
    ]
    arrows = [
        Mark.of(tell("of the row towards the column"), lambda pen: pen.text(6, 10, "→", "", 12)),
        Mark.of(tell("of the column towards the row"), lambda pen: pen.text(6, 10, "←", "", 12)),
    ]
    ways = arrows if any(not tie.mutual for tie in ties) else []
    return pen.drawing("actors", title, words, (*signs, *ways), origin(scenario))


def ties_of(scenario: Scenario) -> list[Tie]:
    """One tie for each pair, sign and direction, with all its times."""
    found = defaultdict[tuple[str, str, str, bool], dict[str, None]](dict)
    for relation in scenario.relations:
        for a in relation.origin:
            for b in relation.target:
                pair = (min(a, b), max(a, b)) if relation.mutual else (a, b)
                if a != b:
                    found[(*pair, relation.sign, relation.mutual)] |= {relation.time: None} if relation.time else {}
    return [Tie(*key, tuple(times)) for key, times in found.items()]


def _columns(scenario: Scenario, ties: Sequence[Tie]) -> list[str]:
    """Those who decide; where none of them has a tie, those who have the most."""
    count = defaultdict[str, int](int)
    for tie in ties:
        count[tie.origin] += 1
        count[tie.target] += 1
    found = [actor.id for actor in scenario.actors if actor.id in count]
    return (found or sorted(count, key=lambda name: -count[name])[:3])[:ACROSS]


def _ordered(others: Iterable[str], across: Sequence[str], ties: Sequence[Tie]) -> list[str]:
    """By how they stand to the first column, then to the second, and so on; hostile first."""

    def stands(name: str) -> tuple[float, ...]:
        return tuple(
            _mean([HOSTILE[tie.sign] for tie in ties if {tie.origin, tie.target} == {name, it}]) for it in across
        )

    return sorted(others, key=stands)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _title(names: Names, across: Sequence[str], ties: Sequence[Tie]) -> str:
    hostile = {name: [t for t in ties if name in (t.origin, t.target) and t.sign == "-"] for name in across}
    most = max(across, key=lambda name: len(hostile[name]))
    if not hostile[most]:
        return tell("None of {number} is hostile.", number=many(len(ties), "tie"))
    of = sum(most in (tie.origin, tie.target) for tie in ties)
    number = len(hostile[most])
    if number == of:
        said = tell("its only one is against") if of == 1 else tell("all {of} of them are against", of=of)
    else:
        said = tell(
            "{number} of its {of} {word} against", number=number, of=of, word=tell("is") if number == 1 else tell("are")
        )
    return tell("{most} has the most hostile ties: {said}.", most=upper(names.the(most)), said=said)


def _matrix(pen: Pen, names: Names, across: Sequence[str], down: Sequence[str], ties: Sequence[Tie]) -> list[Tie]:
    """Draw it; the ties that have no cell in it."""
    room = min(NAME, max([60.0, *(width(names.name(name), 11.5) for name in down)])) + 12
    each = max(LEAST, min(220.0, (WIDE - room) / len(across)))
    heads = [wrap(names.name(name), each - 8, 12, bold=True) for name in across]
    high = 15.6 * max(map(len, heads))
    for number, lines in enumerate(heads):
        pen.lines(room + each * number + 6, high - 15.6 * len(lines) + 10, lines, "", 12, bold=True)
    top, left = high + 6, list(ties)
    for place, name in enumerate(down):
        # of two who both decide the tie stands once: in the row of the first, the column of the second
        cells = [
            [tie for tie in left if {tie.origin, tie.target} == {name, it}]
            if name not in across[: n + 1] or n > place
            else []
            for n, it in enumerate(across)
        ]
        left = [tie for tie in left if not any(tie in cell for cell in cells)]
        if not any(cells):
            continue
        said = wrap(names.name(name), room - 12, 11.5, bold=name in across)
        told = [[(tie, wrap(_when(tie, name), each - 30, 10)) for tie in cell] for cell in cells]
        tall = max(15 * len(said), *(sum(max(15.0, 13 * len(lines) + 2) for _, lines in cell) for cell in told)) + 7
        pen.line([(0, top), (room + each * len(across), top)], "rule")
        pen.lines(0, top + 15, said, "", 11.5, bold=name in across)
        for number, cell in enumerate(told):
            x, y = room + each * number, top + 15.0
            for tie, lines in cell:
                kind, _, glyph = SIGNS[tie.sign]
                pen.text(x + 6, y + 1, glyph, tell("sign {kind}", kind=kind), 14, bold=True)
                pen.lines(x + 24, y, lines, "soft", 10)
                y += max(15.0, 13 * len(lines) + 2)
        top += tall
    return left


def _when(tie: Tie, row: str) -> str:
    arrow = "" if tie.mutual else "→ " if tie.origin == row else "← "
    return f"{arrow}{', '.join(tie.times)}".strip()


def _rest(pen: Pen, names: Names, ties: Sequence[Tie]) -> None:
    """The ties among those who stand in no column, in a sentence each."""
    if not ties:
        return
    top = max(pen.ys) + 16
    pen.line([(0, top - 8), (WIDE, top - 8)], "rule")
    said = []
    for tie in ties:
        arrow = "↔" if tie.mutual else "→"
        times = f" ({', '.join(tie.times)})" if tie.times else ""
        said.append(f"{names.name(tie.origin)} {arrow} {names.name(tie.target)}: {SIGNS[tie.sign][2]}{times}")
    pen.lines(0, top + 10, wrap(tell("Among the others: {said}.", said="; ".join(said)), WIDE, 10.5), "soft", 10.5)
