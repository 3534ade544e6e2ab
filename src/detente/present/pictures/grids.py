"""Who would stay where: the states in patterns, those together in which every actor stays under the same concepts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.analysis import KINDS as KINDS_OF_PLAY
from detente.analysis import Analysis
from detente.conflict import Cells
from detente.conflict.patterns import common
from detente.engine.concepts import label
from detente.messages import numeral, tell
from detente.present.names import called, choice, isolated, setting
from detente.present.pictures.drawing import Drawing, Pen
from detente.present.pictures.lettering import wrap
from detente.present.pictures.naming import named
from detente.present.pictures.origin import origin
from detente.present.pictures.verdict_grids import scale
from detente.questions.uncertainty.decision_tree import decision_tree, leaves
from detente.sheet import listed, many

WIDE, ROOM, LEAST = 880.0, 330.0, 62.0
"""The whole width, room for what states a row has, and how narrow a column may be."""

STRICT = ("nash", "seq", "smr", "gmr")

CELL = 28.0
"""How high a cell is."""

ROWS, LINES, NAMED = 12, 4, 6
"""Rows at most, lines of a row, and states named in it."""

SPLIT, SHORT = 1_000, 160
"""States up to which conditions for a row are looked for, and letters that these may have."""

LOOKED_THROUGH = 200_000
"""States up to which all are looked at; of larger models only telling ones."""

TELLING = 24
"""States of such a model that are looked at."""


@dataclass(frozen=True)
class Pattern:
    """States in which every actor stays for the same reason: the strictest concept under which it does, or "" if it moves.

    `everybody` is the strictest concept under which they are equilibria.
    """

    stays: tuple[str, ...]
    everybody: str
    cells: tuple[int, ...]


def stability_grid(analysis: Analysis) -> Drawing:
    """Patterns down, actors across: whether each would stay there, under which concept."""
    pen, players = Pen(), analysis.conflict.players
    whole = analysis.states <= LOOKED_THROUGH
    cells = analysis.conflict.states if whole else np.array(telling(analysis), dtype=np.int64)
    found = patterns_of(analysis, cells)
    shown = _shown(analysis, found)
    # who stays everywhere, whatever the others do, needs no column
    moving = [n for n in range(len(players)) if any(pattern.stays[n] != "nash" for pattern in found)]
    if not moving:
        moving = list(range(len(players)))
    columns = [players[n].name for n in moving]
    each = max(LEAST, min(150.0, (WIDE - ROOM) / (len(columns) + 1)))
    room = WIDE - each * (len(columns) + 1)
    heads = [wrap(name, each - 6, 10.5, bold=True, most=5) for name in columns] + [(tell("everybody"),)]
    top = 13.65 * max(map(len, heads))
    pen.text(0, top - 6, "where", "soft", 11)
    for number, lines in enumerate(heads):
        x = room + each * (number + 0.5)
        pen.lines(x, top - 13.65 * (len(lines) - 1) - 6, lines, "", 10.5, "middle", bold=True)
    for pattern, text in zip(shown, _said(analysis, found, shown), strict=True):
        now = analysis.conflict.now in pattern.cells
        lines = wrap(text, room - 14, 11, bold=now, most=LINES)
        high = 14.3 * len(lines) + 24
        pen.line([(0, top), (WIDE, top)], "rule")
        after = pen.lines(0, top + 16, lines, "", 11, bold=now)
        pen.text(0, after, _counted(pattern, now), "soft", 10)
        for number, strictest in enumerate([*(pattern.stays[n] for n in moving), pattern.everybody]):
            tone, word = _word(strictest, number == len(moving))
            y = top + high / 2 - CELL / 2
            pen.cell(room + each * number + 2, y, each - 4, CELL, tone, wrap(word, each - 14, 10.5), 10.5)
        top += high
    below = _left(found, shown) + [
        tell(
            "{name} would stay in every state (Nash).",
            name=listed(isolated(p.name) for n, p in enumerate(players) if n not in moving),
        )
    ] * (len(moving) < len(players))
    for text in below:
        top = pen.lines(0, top + 18, wrap(text, WIDE, 11), "soft", 11) - 14
    title = _title(analysis)
    words = tell(
        "{number} of {states} in {number2}: in the states of a row every actor stays for the same "
        "reason. Dark: it would stay even if nobody answered (Nash); hatched: only as it fears "
        "counter-moves, with the strictest of SEQ, SMR and GMR; empty: it would move. “Everybody”: "
        "an equilibrium.",
        number=many(len(cells), "state"),
        states=numeral(analysis.states),
        number2=many(len(found), "pattern"),
    )
    key = scale(
        tell("stays even if nobody answers (Nash)"), tell("stays for fear of counter-moves (SEQ, SMR or GMR)"), "moves"
    )
    return pen.drawing("stability", title, words, key, origin(analysis.scenario, analysis.readings, analysis.hash))


def _counted(pattern: Pattern, now: bool) -> str:
    if now:
        return (
            "today"
            if len(pattern.cells) == 1
            else tell("today and {number}", number=many(len(pattern.cells) - 1, "other state"))
        )
    return many(len(pattern.cells), "state")


def _shown(analysis: Analysis, found: Sequence[Pattern]) -> list[Pattern]:
    """The first rows, and always today's."""
    today = [pattern for pattern in found[ROWS:] if analysis.conflict.now in pattern.cells]
    return [*found[: ROWS - len(today)], *today]


def _left(found: Sequence[Pattern], shown: Sequence[Pattern]) -> list[str]:
    rest = [pattern for pattern in found if pattern not in shown]
    lasting = [pattern for pattern in rest if pattern.everybody]
    moving = [pattern for pattern in rest if not pattern.everybody]
    told = [
        (lasting, tell("in which everybody would stay for fear of counter-moves")),
        (moving, tell("in which somebody would move")),
    ]
    return [
        tell(
            "Not shown: {number} {says}, in {number2}.",
            number=many(sum(len(p.cells) for p in group), "state"),
            says=says,
            number2=many(len(group), "pattern"),
        )
        for group, says in told
        if group
    ]


def _title(analysis: Analysis) -> str:
    nash, seq = (analysis.count(c) if c in analysis.concepts else 0 for c in ("nash", "seq"))
    of = tell("Of {number} ", number=many(analysis.states, "state"))
    if nash == seq:
        said = tell(
            "{of}{nash} {word}, even where nobody answers (Nash)",
            of=of,
            nash=numeral(nash),
            word=tell("lasts") if nash == 1 else tell("last"),
        )
    else:
        last = tell("lasts") if seq == 1 else tell("last")
        said = tell(
            "{of}{seq} {last} where actors look one answer ahead (SEQ), {nash} even where nobody answers (Nash)",
            of=of,
            seq=numeral(seq),
            last=last,
            nash=numeral(nash),
        )
    now = analysis.conflict.now
    if now is None:
        return f"{said}."
    held = [c for c in STRICT if c in analysis.concepts and analysis.is_equilibrium(c, now)]
    if held[:1] == ["nash"]:
        return tell("{said}; today is one of these.", said=said)
    return tell(
        "{said}; today {word}.",
        said=said,
        word=tell("lasts under ") + label(held[0]) if held else tell("does not last"),
    )


def telling(analysis: Analysis) -> list[int]:
    """Of a model too large to look at every state: today, ends of play, the strictest equilibria."""
    now = analysis.conflict.now
    found = dict.fromkeys([] if now is None else [now])
    for kind in KINDS_OF_PLAY if now is not None else ():
        found |= dict.fromkeys(map(int, analysis.play(kind).end_states[:4]))
    for concept in STRICT:
        if len(found) < TELLING and concept in analysis.concepts and analysis.count(concept) <= LOOKED_THROUGH:
            found |= dict.fromkeys(map(int, analysis.equilibria(concept)[:TELLING]))
    return list(found)[:TELLING]


def patterns_of(analysis: Analysis, cells: Cells) -> list[Pattern]:
    """The patterns of these states: those in which most last first, the frequent before the rare. Cost: a pass per table."""
    concepts = [c for c in STRICT if c in analysis.concepts]
    shape, none = analysis.conflict.shape, len(STRICT)
    where = np.unravel_index(cells, shape)
    strictest = np.full((len(cells), len(analysis.actors) + 1), none, dtype=np.int64)
    for concept in reversed(concepts):
        place, grids = STRICT.index(concept), [analysis.stable_grid(concept, actor) for actor in analysis.actors]
        for column, grid in enumerate([*grids, analysis.equilibrium_grid(concept)]):
            strictest[np.broadcast_to(grid, shape)[where], column] = place
    rows, group = np.unique(strictest, axis=0, return_inverse=True)
    found = []
    for number, row in enumerate(rows):
        *stays, everybody = (STRICT[n] if n < none else "" for n in row.tolist())
        found.append(Pattern(tuple(stays), everybody, tuple(map(int, cells[group.ravel() == number]))))
    return sorted(found, key=lambda p: (STRICT.index(p.everybody) if p.everybody else none, -len(p.cells), p.cells[0]))


def _word(concept: str, everybody: bool) -> tuple[int, str]:
    """How dark a cell is, and what it says."""
    if not concept:
        return 1, tell("does not last") if everybody else "moves"
    return 3 if concept == "nash" else 2, label(concept)


# --- what states a row has --------------------------------------------------------------------------------------


def _said(analysis: Analysis, found: Sequence[Pattern], shown: Sequence[Pattern]) -> list[str]:
    """For each pattern the states it has."""
    conflict = analysis.conflict
    if conflict.graph or conflict.state_names:
        return [_by_name(analysis, pattern.cells) for pattern in shown]
    exact = _conditions(analysis, found) if sum(len(p.cells) for p in found) <= SPLIT else {}
    every = common(conflict, conflict.states[:LOOKED_THROUGH])
    return [_together(analysis, pattern, exact.get(pattern.cells[0], ""), every) for pattern in shown]


def _by_name(analysis: Analysis, cells: Sequence[int]) -> str:
    told = [", ".join(named(analysis, cell)) for cell in cells[:NAMED]]
    more = [tell("{number} more", number=numeral(len(cells) - NAMED))] if len(cells) > NAMED else []
    return "; ".join([*told, *more])


def _together(analysis: Analysis, pattern: Pattern, exact: str, every: Mapping[str, int]) -> str:
    """The states of a pattern: what they are exactly if that is short, else what they have in common."""
    if len(pattern.cells) == 1:
        return listed(named(analysis, pattern.cells[0]))
    if exact:
        return exact
    shared = common(analysis.conflict, np.array(pattern.cells, dtype=np.int64))
    shared = {key: value for key, value in shared.items() if key not in every}
    now = {} if analysis.conflict.now is None else analysis.conflict.settings(analysis.conflict.now)
    # what is otherwise than today first: it tells most
    ordered = sorted(shared, key=lambda key: shared[key] == now.get(key))
    told = [setting(analysis.scenario.option(key), shared[key]) for key in ordered]
    return tell("some states with {told}", told=listed(told)) if told else tell("states that have no setting in common")


def _conditions(analysis: Analysis, found: Sequence[Pattern]) -> Mapping[int, str]:
    """Of each pattern, by its first state, the conditions that its states meet and no others, where these are short.

    The conditions are the ways through a tree that asks for one option at a time (`decision_tree`).
    """
    keys = [o.key for p in analysis.conflict.players for o in p.options]
    rows = dict[tuple[str, ...], Hashable]()
    for pattern in found:
        for cell in pattern.cells:
            there = analysis.conflict.settings(cell)
            rows[tuple(str(there.get(key, "")) for key in keys)] = pattern.cells[0]
    told = dict[Hashable, list[str]]()
    for answers, leaf in leaves(decision_tree(rows)):
        (first,) = leaf.results
        asked = (_among(analysis, keys[n], values) for n, values in sorted(answers.items()))
        said = listed(filter(None, asked)) or "everywhere"
        told.setdefault(first, []).append(said)
    joined = {first: tell("; or ").join(ways) for first, ways in told.items() if isinstance(first, int)}
    return {first: said for first, said in joined.items() if len(said) <= SHORT}


def _among(analysis: Analysis, key: str, values: Iterable[str]) -> str:
    option = analysis.scenario.option(key)
    chosen = list(map(int, values))
    if len(chosen) == 1:
        return setting(option, chosen[0])
    if len(chosen) == len(option.choices):
        return ""
    if set(option.choices) <= option.choice_names.keys():
        return listed((setting(option, n) for n in chosen), tell("or"))
    return f"{called(option)}: {listed((choice(option, n) for n in chosen), tell('or'))}"
