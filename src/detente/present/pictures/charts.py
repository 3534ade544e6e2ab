"""What it costs to part a partnership: policies that break it, ranked, with their price and the readings they work under."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from detente.messages import numeral, tell
from detente.present.names import Names, isolated, upper
from detente.present.pictures.drawing import Drawing, Mark, Pen
from detente.present.pictures.lettering import wrap
from detente.present.pictures.naming import settings
from detente.present.pictures.origin import origin_of
from detente.questions.incentives.breaking_policies import BreakingPolicy
from detente.questions.incentives.wedge import Wedge
from detente.scenario.model import Scenario
from detente.sheet import listed, many

WIDE, POLICY, PRICE, DOTS, KEPT = 880.0, 330.0, 150.0, 170.0, 120.0
"""The whole width, and the columns: what is done, its price, the readings, whether it would be kept; the rest: who accepts."""

BEST, DOMINATED, REFUSED = 8, 4, 4
"""Rows at most: of wedges that nothing dominates, of others, of policies that break it and are not let pass or kept."""

DOT, IN_ROW, MOST_DOTS = 14.0, 10, 30
"""From one dot to the next, dots in a row, and combinations drawn as dots at most; more are drawn as a bar."""


def policy_words(each: BreakingPolicy, scenario: Scenario) -> str:
    """A policy in plain words: what is set, and what is given."""
    names = [(bid.units, isolated(bid.name or bid.id)) for bid in each.purchases]
    given = [f"{units} × {name}" if units > 1 else name for units, name in names]
    return "; ".join(
        [*settings(scenario, each.switches), *(tell("with “{name}”", name=name) for name in given)]
    ) or tell("as today")


def frontier(found: Wedge, scenario: Scenario) -> Drawing:
    """The policies that break it as a ranked table: price as a bar, a dot for every combination of readings.

    Source: what is asked for is in `detente.questions.incentives.wedge`.
    """
    pen, names = Pen(), Names.of(scenario)
    rows, unit = ranked(found), scenario.cost_unit
    key: tuple[Mark, ...] = ()
    if rows:
        top = _heads(pen, found, unit)
        high = max([float(each.price_most) for each in rows] + [1.0])
        for each in rows:
            top = _row(pen, found, scenario, each, top, high)
        top = _left(pen, found, rows, top)
        key = (
            Mark.of(tell("a combination of readings under which it works"), lambda p: p.dot(11, 6, 4, "point")),
            Mark.of(tell("one under which it does not"), lambda p: p.dot(11, 6, 4, "hollow")),
            *(
                [Mark.of(tell("no other is as cheap, as little and as sure"), lambda p: p.text(6, 10, "★"))]
                if found.frontier
                else []
            ),
        )
    else:
        tried = tell(" tried") if found.incomplete else ""
        pen.text(0, 14, tell("No policy{tried} breaks it.", tried=tried), bold=True)
        top = 22.0
    if found.incomplete:
        pen.lines(
            0,
            top + 14,
            wrap(tell("Incomplete: {incomplete}.", incomplete=found.incomplete), WIDE, 12),
            "",
            12,
            bold=True,
        )
    title = _title(found, names, unit)
    return pen.drawing("frontier", title, _words(found, names), key, origin_of(found.basis, scenario))


def ranked(found: Wedge) -> list[BreakingPolicy]:
    """The rows: wedges that nothing dominates, then others, the surest first; then the cheapest that are no wedges."""

    def surest(each: BreakingPolicy) -> tuple[Fraction, Fraction, int]:
        return -(each.sure or Fraction(0)), each.price, len(each.switches)

    best = found.frontier
    dominated = [each for each in found.wedges if each not in best]
    refused = sorted((e for e in found.breaking if not e.works), key=lambda e: (e.price, len(e.switches)))
    return [*sorted(best, key=surest)[:BEST], *sorted(dominated, key=surest)[:DOMINATED], *refused[:REFUSED]]


def _title(found: Wedge, names: Names, unit: str) -> str:
    name, who = upper(names.thing(found.partnership)), listed(map(names.the, found.dividers))
    best = found.frontier
    if not found.breaking:
        return tell(
            "{name}: no policy of {who}{word} breaks it.",
            name=name,
            who=who,
            word=tell(" tried") if found.incomplete else "",
        )
    if not best:
        number = many(len(found.breaking), "policy", "policies")
        return tell(
            "{name}: {number} of {who} {word} it; none is accepted and lasts.",
            name=name,
            number=number,
            who=who,
            word=tell("breaks") if len(found.breaking) == 1 else tell("break"),
        )
    cheap = min(best, key=lambda each: (each.price, -(each.sure or 0)))
    sure = max(best, key=lambda each: (each.sure or Fraction(0), -each.price))
    said = tell(
        "{name}: the cheapest way of {who} to break it that lasts {cost} and works under ",
        name=name,
        who=who,
        cost=_cost(cheap.price, unit),
    )
    said += tell("{works} combinations of readings", works=found.works(cheap.sure))
    if cheap.sure != sure.sure:
        said += tell(
            "; the surest {cost} and works under {works}", cost=_cost(sure.price, unit), works=found.works(sure.sure)
        )
    return f"{said}."


def _cost(price: Fraction, unit: str) -> str:
    return (
        tell("costs {float} {unit}", float=numeral(float(price), "g"), unit=unit or tell("units"))
        if price
        else tell("costs nothing")
    )


def _words(found: Wedge, names: Names) -> str:
    told = tell(
        "{number} of {dividers} tried: {number2} break it; accepted and kept: {number3}. From left "
        "to right: the policy, its price, under how many of {number4} of readings it works, which is "
        "no likelihood, whether it would be kept, who accepts it.",
        number=many(found.tried, "policy", "policies"),
        dividers=listed(map(names.name, found.dividers)),
        number2=len(found.breaking),
        number3=len(found.wedges),
        number4=many(found.readings, "combination"),
    )
    return (
        tell("{told} Incomplete: {incomplete}.", told=told, incomplete=found.incomplete) if found.incomplete else told
    )


def _heads(pen: Pen, found: Wedge, unit: str) -> float:
    left = 0.0
    columns = (
        (POLICY, tell("what is done")),
        (PRICE, tell("price, in {unit}", unit=unit or tell("units"))),
        (DOTS, tell("works under, of {number} of readings", number=many(found.readings, "combination"))),
        (KEPT, tell("would be kept")),
        (WIDE - POLICY - PRICE - DOTS - KEPT, "accepted"),
    )
    for wide, text in columns:
        lines = wrap(text, wide - 12, 11)
        pen.lines(left, -14.3 * (len(lines) - 1), lines, "soft", 11)
        left += wide
    return 8.0


def _row(pen: Pen, found: Wedge, scenario: Scenario, each: BreakingPolicy, top: float, high: float) -> float:
    names = Names.of(scenario)
    best = each in found.frontier
    done = wrap(policy_words(each, scenario), POLICY - 34, 11.5, bold=best)
    how = wrap(names.spoken(each.strategy), POLICY - 34, 10.5)
    refused = [tell("not by {actor}", actor=names.the(actor)) for actor in each.blocked_by]
    kept = wrap(listed(dict.fromkeys(_kept(names, each))), KEPT - 10, 11)
    accepted = wrap(", ".join(refused) or "yes", WIDE - POLICY - PRICE - DOTS - KEPT - 4, 11)
    tall = max(14.95 * len(done) + 13.65 * len(how), 14.3 * max(len(kept), len(accepted)), _dots_high(found, each)) + 12
    pen.line([(0, top), (WIDE, top)], "rule")
    if best:
        pen.text(0, top + 18, "★", "", 12)
    after = pen.lines(18, top + 18, done, "", 11.5, bold=best)
    pen.lines(18, after, how, "soft", 10.5)
    room = PRICE - 74
    span = (
        f"{float(each.price):g}"
        if each.price == each.price_most
        else f"{float(each.price):g}–{float(each.price_most):g}"
    )
    pen.box(POLICY, top + 9, max(2.0, float(each.price) / high * room), 11, "bar", 0)
    due = "" if each.due == each.price else tell("{float} due", float=numeral(float(each.due), "g"))
    pen.text(POLICY + max(2.0, float(each.price) / high * room) + 6, top + 18.5, span, "", 11)
    pen.text(POLICY, top + 35, due, "soft", 10.5)
    _dots(pen, found, each, POLICY + PRICE, top)
    pen.lines(POLICY + PRICE + DOTS, top + 18, kept, "", 11)
    pen.lines(POLICY + PRICE + DOTS + KEPT, top + 18, accepted, "", 11)
    return top + tall


def _kept(names: Names, each: BreakingPolicy) -> Sequence[str]:
    words = {True: "yes", None: tell("not known")}
    return [
        words[k.seq] if k.seq is not False else tell("no: {actor} would leave it", actor=names.the(k.actor))
        for k in each.kept
    ] or ["yes"]


def _dots(pen: Pen, found: Wedge, each: BreakingPolicy, x: float, top: float) -> None:
    """A dot for every combination of readings, filled where it works; in words what the filled ones are."""
    if each.sure is None:
        pen.text(x, top + 18, tell("not asked"), "soft", 11)
        return
    works, total = int(each.sure * found.readings), found.readings
    if total > MOST_DOTS:
        wide = DOTS - 24
        pen.shade(x, top + 9, wide, 11, 1)
        pen.shade(x, top + 9, wide * works / total, 11, 3 if works else 0)
        low = top + 20
    else:
        for number in range(total):
            row, column = divmod(number, IN_ROW)
            pen.dot(x + 5 + DOT * column, top + 14 + DOT * row, 4.2, "point" if number < works else "hollow")
        low = top + 8 + DOT * math.ceil(total / IN_ROW)
    pen.text(x, low + 16, tell("{works} of {total}", works=numeral(works), total=numeral(total)), "", 11)


def _dots_high(found: Wedge, each: BreakingPolicy) -> float:
    rows = 1 if each.sure is None or found.readings > MOST_DOTS else math.ceil(found.readings / IN_ROW)
    return 22 + DOT * rows


def _left(pen: Pen, found: Wedge, rows: Sequence[BreakingPolicy], top: float) -> float:
    left = len(found.breaking) - len(rows)
    if not left:
        return top
    wedges = len(found.wedges) - sum(each.works for each in rows)
    said = tell(
        "{number} {word} it",
        number=many(left, "more policy", "more policies"),
        word=tell("breaks") if left == 1 else tell("break"),
    )
    said += (
        tell(", of which {wedges} would be accepted and kept.", wedges=numeral(wedges))
        if wedges
        else tell("; none of them would be accepted and kept.")
    )
    lines = wrap(said, WIDE, 11)
    pen.line([(0, top), (WIDE, top)], "rule")
    return pen.lines(0, top + 18, lines, "soft", 11)
