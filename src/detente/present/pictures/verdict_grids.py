"""Verdicts under rival readings: every combination in a grid, or in a tree where there are many; and policy by policy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.messages import Messages, plural, tell
from detente.present.names import IN_WORDS, Names, counted, isolated, plain, tone, upper
from detente.present.pictures.drawing import KEYED, Drawing, Mark, Pen
from detente.present.pictures.lettering import width, wrap
from detente.present.pictures.origin import origin_of
from detente.questions.partnerships.break_matrix import BreakMatrix
from detente.questions.uncertainty.completions import Spread
from detente.questions.uncertainty.decision_tree import Leaf, Split, decision_tree, leaves, pruned
from detente.questions.uncertainty.types import Types
from detente.scenario.model import Scenario
from detente.sheet import VerdictTerm, listed, many

WIDE = 880.0

ACROSS = 9
"""Columns of a grid of readings at most."""

CELLS = 60
"""Combinations in a grid at most; more stand in a tree."""

LEAVES = 30
"""Leaves of a tree at most."""

GAP, LEAST = 16.0, 88.0
"""Free space between a place of a tree and the next, and how narrow a place may be."""


def scale(always: str, sometimes: str, never: str) -> tuple[Mark, ...]:
    """The key to the one scale of all pictures."""

    def shaded(tone_: int) -> Mark:
        return Mark.of((never, sometimes, always)[tone_ - 1], lambda pen: pen.shade(0, 0, KEYED, 12, tone_))

    return tuple(map(shaded, (3, 2, 1)))


# --- every combination of readings ------------------------------------------------------------------------------


def type_grid(found: Types, scenario: Scenario, goal: str) -> Drawing:
    """The verdict for every combination of readings: a grid of at most `CELLS`, else a tree of the readings that settle it."""
    names = Names.of(scenario)
    tree = decision_tree(_table(found))
    title = f"{upper(goal)}: {counted(found.counts)}."
    if isinstance(tree, Split) and len(found.actors) > 1:
        title += tell(" The reading of {actors} settles most.", actors=names.the(found.actors[tree.factor]))
    large = len(found.rows) > CELLS
    words = tell("Counts of readings are no likelihood.")
    if large:
        words += tell(
            " From left to right: the actor asked about first is the one whose readings settle the most combinations."
        )
    pen = Pen()
    if large:
        grown = pruned(tree, LEAVES)
        _tree(pen, names, found.actors, grown, ("",), lambda leaf: [_counts_cell(leaf, len(found.rows))])
    else:
        _grid(pen, found, names)
    key = scale(tell("always, at every end of play"), tell("sometimes"), tell("never"))
    return pen.drawing("types", title, words, key, origin_of(found.basis, scenario, found.actors))


def _table(found: Types) -> dict[tuple[str, ...], Hashable]:
    return {tuple(row.readings[actor] for actor in found.actors): row.verdict for row in found.rows}


def type_table(
    found: Types, names: Names
) -> tuple[list[str], list[str], list[str], list[tuple[str, list[VerdictTerm]]]]:
    """The actors whose readings go down, those across, the columns, and the rows with their verdicts."""
    down, across = halves(found.actors, {actor: len(found.marginals[actor]) for actor in found.actors})
    cells = {
        (_readings(row.readings, down, names), _readings(row.readings, across, names)): found.cell(row)
        for row in found.rows
    }
    columns = list(dict.fromkeys(column for _, column in cells))
    rows = [(row, [cells[row, column] for column in columns]) for row in dict.fromkeys(row for row, _ in cells)]
    return down, across, [column or "verdict" for column in columns], rows


def halves(actors: Sequence[str], sizes: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Which actors' readings go down and which across: the last ones across, as far as `ACROSS` columns reach.

    >>> halves(["us", "ru", "nk"], {"us": 4, "ru": 3, "nk": 3})
    (['us'], ['ru', 'nk'])
    """
    across: list[str] = []
    for actor in reversed(actors[1:]):
        if math.prod(sizes[a] for a in (*across, actor)) <= ACROSS:
            across.insert(0, actor)
    return [actor for actor in actors if actor not in across], across


def _readings(readings: Mapping[str, str], actors: Iterable[str], names: Names) -> str:
    return " · ".join(names.reading(actor, readings[actor]) for actor in actors)


def _grid(pen: Pen, found: Types, names: Names) -> None:
    down, across, columns, rows = type_table(found, names)
    corner = " · ".join(map(names.name, down))
    left = min(240.0, max([width(name) for name, _ in rows] + [width(corner, 11, bold=True), 60.0])) + 14
    each = min(132.0, max(64.0, (WIDE - left) / len(columns)))
    heads = [wrap(name, each - 8, 11) for name in columns]
    high = 14.3 * max(map(len, heads))
    over = wrap(" · ".join(map(names.name, across)), each * len(columns), 11, bold=True)
    top = pen.lines(left + each * len(columns) / 2, 0, over, "", 11, "middle", bold=True) + high
    whose = wrap(corner, left - 12, 11, bold=True)
    pen.lines(0, top - 14.3 * len(whose) + 8, whose, "", 11, bold=True)
    for number, lines in enumerate(heads):
        pen.lines(left + each * (number + 0.5), top - 14.3 * (len(lines) - 1) - 6, lines, "", 11, "middle")
    for name, values in rows:
        lines = wrap(name, left - 12)
        said = [wrap(IN_WORDS[value], each - 14, 11, bold=True) for value in values]
        deep = max(26.0, 15.6 * len(lines) + 8, 14.3 * max(map(len, said)) + 12)
        pen.lines(0, top + deep / 2 + 4 - 7.8 * (len(lines) - 1), lines)
        for number, (value, words) in enumerate(zip(values, said, strict=True)):
            pen.cell(left + each * number + 1, top + 1, each - 2, deep - 2, tone(value), words)
        top += deep


# --- which policy breaks a partnership ---------------------------------------------------------------------------


def break_grid(found: BreakMatrix, scenario: Scenario) -> Drawing:
    """Does it break? Readings of the members down, those alike together; policies across, the most effective first."""
    names = Names.of(scenario)
    policies = sorted(found.policies, key=lambda policy: _yes(found, policy), reverse=True)
    fates = {
        tuple(cell.readings[actor] for actor in found.actors): tuple(
            _spread(found, policy, cell.readings) for policy in policies
        )
        for cell in found.cells
        if cell.policy == policies[0]
    }
    tree = pruned(decision_tree(fates), LEAVES)
    title = _break_title(found, scenario, policies[0])
    words = (
        tell(
            "Down: readings of {actors}; across: policies, the one that breaks it most often first; "
            "where foresight play ends. A number counts the lists that a policy admits.",
            actors=listed(map(names.the, found.actors)),
        )
        if found.actors
        else tell("Across: policies; where foresight play ends.")
    )
    pen = Pen()
    heads = tuple(_policy_name(scenario, policy) for policy in policies)
    _tree(pen, names, found.actors, tree, heads, lambda leaf: [_fates_cell(leaf, n) for n in range(len(policies))])
    key = scale(tell("it always breaks"), tell("it depends on how play goes, or frays"), tell("it holds"))
    return pen.drawing("break", title, words, key, origin_of(found.basis, scenario, found.actors))


Fates = tuple[tuple[str, int], ...]


def _spread(found: BreakMatrix, policy: str, readings: Mapping[str, str]) -> Fates:
    return tuple(found.at(policy, **readings).foresight.counts.items())


def _yes(found: BreakMatrix, policy: str) -> tuple[int, int]:
    mine = [cell for cell in found.cells if cell.policy == policy]
    return sum(cell.fate == "BREAKS" for cell in mine), sum(cell.fate != "HOLDS" for cell in mine)


def _policy_name(scenario: Scenario, policy: str) -> str:
    known = scenario.platforms.get(policy)
    return isolated(known.name) if known and known.name not in ("", policy) else plain(policy)


def _break_title(found: BreakMatrix, scenario: Scenario, best: str) -> str:
    name = Names.of(scenario).thing(found.partnership)
    total = len(found.cells) // len(found.policies)
    sure = [p for p in found.policies if _yes(found, p)[0] == total]
    of = (
        tell("all {number} of readings", number=many(total, "combination")) if total > 1 else tell("the readings taken")
    )
    if sure:
        which = listed(f"“{_policy_name(scenario, p)}”" for p in sure)
        return tell("{name}: it breaks under {which}, in {of}.", name=upper(name), which=which, of=of)
    number = _yes(found, best)[0]
    if not number:
        some = any(cell.fate != "HOLDS" for cell in found.cells)
        return (
            tell("{name}: no policy surely breaks it.", name=upper(name))
            if some
            else tell("{name}: it holds under every policy.", name=upper(name))
        )
    only = _only(found, scenario, best)
    equal = [p for p in found.policies if _yes(found, p)[0] == number and _only(found, scenario, p) == only]
    which = listed(f"“{_policy_name(scenario, p)}”" for p in equal)
    places = {"name": upper(name), "of": of, "which": which, "hits": number, "total": total, "only": only}
    return plural(
        len(equal),
        "{name}: no policy breaks it in {of}. {which} does most often, in {hits} of {total}{only}.",
        "{name}: no policy breaks it in {of}. {which} do most often, each in {hits} of {total}{only}.",
        **places,
    )


def _only(found: BreakMatrix, scenario: Scenario, policy: str) -> str:
    """The readings of one actor under which it breaks, whatever those of the others, where one actor settles it."""
    mine = [cell for cell in found.cells if cell.policy == policy]
    for actor in found.actors:
        yes = dict.fromkeys(cell.readings[actor] for cell in mine if cell.fate == "BREAKS")
        if all((cell.readings[actor] in yes) == (cell.fate == "BREAKS") for cell in mine):
            names = Names.of(scenario)
            read = listed((f"“{names.reading(actor, each)}”" for each in yes), tell("or"))
            return tell(
                ": where {actor} {word} read as {read}",
                actor=names.the(actor),
                word=tell("are") if names.many(actor) else tell("is"),
                read=read,
            )
    return ""


# --- trees -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cell:
    tone: int
    text: str


def _counts_cell(leaf: Leaf, total: int) -> _Cell:
    """A leaf of a tree of verdicts: what they are, and of how many combinations."""
    found = Spread({str(verdict): n for verdict, n in leaf.results.items()})
    if found.necessary is None:
        said = ", ".join(tell("{v} in {n}", v=IN_WORDS[v], n=n) for v, n in found.counts.items())
        return _Cell(2, tell("{said} of {total}", said=said, total=total))
    return _Cell(
        tone(VerdictTerm(found.necessary)),
        tell("{necessary}, in {count} of {total}", necessary=IN_WORDS[found.necessary], count=leaf.count, total=total),
    )


def _fates_cell(leaf: Leaf, number: int) -> _Cell:
    """The fate under one policy at a leaf."""
    total = Counter[str]()
    for fates, count in leaf.results.items():
        assert isinstance(fates, tuple)
        total.update({fate: n * (count if len(leaf.results) > 1 else 1) for fate, n in fates[number]})
    found = Spread(dict(total))
    if found.necessary is not None:
        return _Cell(tone(VerdictTerm(found.necessary)), FATES[found.necessary])
    counts = ", ".join(f"{FATES[fate]} {found.counts[fate]}" for fate in found.possible)
    return _Cell(2, tell("{counts} of {total}", counts=counts, total=found.total))


FATES = Messages({"BREAKS": "breaks", "FRAYS": "frays", "HOLDS": "holds", "DEPENDS": "depends"})


def _tree(pen: Pen, names: Names, actors: Sequence[str], tree: Leaf | Split, heads: Sequence[str], cells: Any) -> None:
    """A tree from left to right, its leaves one below the other, each with its cells under the heads."""
    depth = max((len(answers) for answers, _ in leaves(tree)), default=0)
    depth = max(depth, 1)
    whole = max(width(word, 11, bold=True) for head in heads for word in (*head.split(), "")) + 8  # no word is broken
    each = max(LEAST - 8, min(170.0, max(whole, (WIDE - depth * (150 + GAP)) / len(heads))))
    box = max(LEAST, min(190.0, (WIDE - each * len(heads)) / depth - GAP))
    left = depth * (box + GAP)
    every = {n: len({v for answers, _ in leaves(tree) for v in answers.get(n, ())}) for n in range(len(actors))}
    lines = [wrap(head, each - 3, 11, bold=True) for head in heads]
    top = 14.3 * max(map(len, lines)) if any(heads) else 0.0
    for number, head in enumerate(lines):
        pen.lines(left + each * (number + 0.5), top - 14.3 * len(head) + 8, head, "", 11, "middle", bold=True)

    def grow(node: Leaf | Split, x: float, top: float) -> tuple[float, float]:
        """Draw what follows at `x`; where its middle is, and where the next may start."""
        if isinstance(node, Leaf):
            told: list[_Cell] = cells(node)
            said = [wrap(cell.text, each - 14, 11, bold=cell.tone == 3) for cell in told]
            high = max(34.0, 14.3 * max(map(len, said)) + 12)
            middle = top + high / 2
            if x < left:
                pen.line([(x - GAP, middle), (left - 4, middle)], "rule")
            for number, (cell, words) in enumerate(zip(told, said, strict=True)):
                pen.cell(left + each * number + 1, top + 2, each - 2, high - 4, cell.tone, words)
            return middle, top + high
        middles, low = list[float](), top
        for branch in node.branches:
            who = wrap(names.name(actors[node.factor]), box - 14, 10)
            what = wrap(_values(names, actors[node.factor], branch.values, every[node.factor]), box - 12, 11, bold=True)
            high = 12 + 13 * len(who) + 14.3 * len(what)
            before = len(pen.parts), len(pen.labels)
            middle, after = grow(branch.then, x + box + GAP, low)
            if after - low < high + 6:  # what follows is lower than the box: once more, in its middle
                del pen.parts[before[0] :], pen.labels[before[1] :]
                middle, after = grow(branch.then, x + box + GAP, low + (high + 6 - (after - low)) / 2)
                after = low + high + 6
            pen.box(x, middle - high / 2, box, high, "box")
            pen.line([(x + box, middle), (x + box + GAP, middle)], "axis")
            y = pen.lines(x + 7, middle - high / 2 + 16, who, "soft", 10)
            pen.lines(x + 7, y + 1, what, "", 11, bold=True)
            middles.append(middle)
            low = max(after, middle + high / 2 + 3)
        if x:
            pen.line([(x, middles[0]), (x - GAP / 2, middles[0]), (x - GAP / 2, middles[-1]), (x, middles[-1])], "axis")
            for middle in middles[1:-1]:
                pen.line([(x - GAP / 2, middle), (x, middle)], "axis")
        return (middles[0] + middles[-1]) / 2, low

    if isinstance(tree, Leaf) and actors:
        pen.text(0, top + 21, tell("whatever the readings"), "", 11, bold=True)
    grow(tree, 0.0, top + (12 if any(heads) else 0))


def _values(names: Names, actor: str, values: Sequence[str], every: int) -> str:
    named = (names.reading(actor, each) for each in values)
    return tell("any reading") if len(values) == every > 1 else listed(named, tell("or"))
