"""Charts: what a wedge costs against how surely it works."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction

from detente.present.pictures.drawing import Drawing, Pen, width, wrap
from detente.present.tables.selection import plural
from detente.present.words import Names, Words, isolated, listed
from detente.questions.incentives.breaking_policies import BreakingPolicy
from detente.questions.incentives.wedge import Wedge
from detente.scenario.model import Scenario

WIDE, TALL, LEFT = 560.0, 260.0, 56.0


def policy_words(each: BreakingPolicy, words: Words) -> str:
    """A policy in plain words: what is switched, and what is given."""
    switched = words.changes(each.switches)
    names = [(bid.units, isolated(bid.name or bid.id)) for bid in each.purchases]
    given = [f"{units} × {name}" if units > 1 else name for units, name in names]
    return "; ".join([*switched, *given]) or "as today"


def frontier(found: Wedge, scenario: Scenario) -> Drawing:
    """Price against the number of readings under which the wedge works; numbered points, those nothing dominates filled.

    Source: what is asked for is in `detente.questions.incentives.wedge`.
    """
    pen, words = Pen(), Words(scenario)
    names, name = words.names, words.names.thing(found.partnership)
    best, points = found.frontier, _points(found)
    if not best:
        policy = "No policy tried" if found.incomplete else "No policy"
        said = f"{policy} breaks it." if not found.breaking else f"{policy} that breaks it is let pass and kept."
        pen.text(0, 14, said, bold=True)
        _incomplete(pen, 0, 14 + 22, found)
        return pen.drawing("frontier", f"What it costs to part them: {name}", _words(found, names, name))
    high = max([float(price) for price, _ in points] + [1.0])
    _ticks(pen, high, found.readings)

    def place(price: float, sure: float) -> tuple[float, float]:
        return LEFT + price / high * WIDE, TALL - sure * TALL

    _stairs(pen, [place(float(each.price), float(each.sure or 0)) for each in best])
    number, listing = 0, list[tuple[int, BreakingPolicy]]()
    for (price, sure), policies in sorted(points.items()):
        x, y = place(float(price), float(sure))
        there = [each for each in policies if each in best]
        pen.dot(x, y, 6.5 if there else 4.5, "point" if there else "hollow")
        if there:
            numbers = range(number + 1, number + len(there) + 1)
            number += len(there)
            listing += zip(numbers, there, strict=True)
            pen.text(x + 10, y + 15, ", ".join(map(str, numbers)), "", 12, bold=True)
    top = TALL + 58
    for place_, each in listing:
        pen.text(LEFT - 12, top, f"{place_}", "", 12, "end", bold=True)
        top = pen.lines(LEFT, top, wrap(policy_words(each, words), WIDE - 10, 12))
        due = f" (due {float(each.due):g})" if each.due != each.price else ""
        facts = f"price {float(each.price):g}{due}, works under {found.works(each.sure) or 0} combinations of readings"
        facts += f"; {names.spoken(each.strategy)}"
        top = pen.lines(LEFT, top, wrap(facts, WIDE - 10, 11), "soft", 11) + 6
    _incomplete(pen, LEFT, top + 6, found)
    return pen.drawing("frontier", f"What it costs to part them, and how surely: {name}", _words(found, names, name))


def _incomplete(pen: Pen, left: float, top: float, found: Wedge) -> None:
    if found.incomplete:
        pen.lines(left, top, wrap(f"Incomplete: {found.incomplete}.", WIDE - 10, 12), "", 12, bold=True)


def _words(found: Wedge, names: Names, name: str) -> str:
    told = (
        f"{plural(found.tried, 'policy', 'policies')} of {listed(map(names.name, found.dividers))} tried against {name}: "
        f"{len(found.breaking)} break it; let pass and kept: {len(found.wedges)}. Right: price; up: under how many "
        f"of {plural(found.readings, 'combination')} of readings it works; no likelihood. "
        "Filled: nothing dominates it; hollow: dominated."
    )
    return f"{told} Incomplete: {found.incomplete}." if found.incomplete else told


def _points(found: Wedge) -> dict[tuple[Fraction, Fraction], list[BreakingPolicy]]:
    points = defaultdict[tuple[Fraction, Fraction], list[BreakingPolicy]](list)
    for each in found.wedges:
        points[each.price, each.sure or Fraction(0)].append(each)
    return points


def _ticks(pen: Pen, high: float, readings: int) -> None:
    most = max(readings, 1)
    step = max(1, math.ceil(_round_step(most)))
    for number in sorted({*range(0, most + 1 - step // 2, step), most}):
        y = TALL - number / most * TALL
        pen.line([(LEFT, y), (LEFT + WIDE + 20, y)], "rule")
        pen.text(LEFT - 8, y + 4, f"{number:,}", "soft", 11, "end")
    pen.line([(LEFT, -8), (LEFT, TALL), (LEFT + WIDE + 20, TALL)], "axis")
    apart = _round_step(high)
    for n in range(math.floor(high / apart) + 1):
        x = LEFT + n * apart / high * WIDE
        pen.line([(x, TALL), (x, TALL + 5)], "axis")
        pen.text(x, TALL + 18, f"{n * apart:g}", "soft", 11, "middle")
    pen.text(LEFT + WIDE + 20 - width("price", 11), TALL + 34, "price", "soft", 11)
    pen.text(LEFT - 50, -18, f"works under so many of {plural(most, 'combination')} of readings", "soft", 11)


def _round_step(high: float) -> float:
    """A round distance between ticks, about six of them.

    >>> _round_step(5), _round_step(40), _round_step(1)
    (1.0, 10.0, 0.2)
    """
    rough = high / 6
    power = 10.0 ** math.floor(math.log10(rough))
    return round(power * next(m for m in (1, 2, 5, 10) if m * power >= rough), 10)


def _stairs(pen: Pen, spots: list[tuple[float, float]]) -> None:
    """The frontier: what can be had for at most this price."""
    ordered = sorted(spots)
    points = [ordered[0]]
    for x, y in ordered[1:]:
        points += [(x, points[-1][1]), (x, min(y, points[-1][1]))]
    pen.line([*points, (LEFT + WIDE + 20, points[-1][1])], "stairs")
