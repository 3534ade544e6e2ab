"""Numbers for pairs of states as CSV: what an analyst edits in a spreadsheet.

A row and a column per state. A state is called `#3` (its number in state order, from 1; words after it are for the reader), or
as anywhere else: by name, by settings, by digits. The number in row s and column t is how probable, or how true, it is that t
is better than s. Rows and columns may come in any order; every pair must be there.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.conflict.game import Game
from detente.errors import InputError
from detente.messages import numeral, tell
from detente.scenario.binding.doubts import number
from detente.spreadsheet import decimal
from detente.spreadsheet import read as read_table
from detente.spreadsheet import write as write_table


def read_matrix(game: Game, text: str, name: str) -> NDArray[np.float64]:
    """The matrix in state order; `name` says in messages where it stands. Raises `InputError`."""
    table = read_table(text, name)
    columns = [
        _state(game, label, tell("{name}, column {place}", name=name, place=place))
        for place, label in enumerate(table.header[1:], start=2)
    ]
    _each_once(game, columns, tell("the columns of {name}", name=name))
    places = [_state(game, row.cells[0], tell("{name}, line {line}", name=name, line=row.line)) for row in table.rows]
    _each_once(game, places, tell("the rows of {name}", name=name))
    found = np.zeros((game.count, game.count))
    for s, row in zip(places, table.rows, strict=True):
        cells = [decimal(cell) for cell in row.cells[1:]]
        found[s, columns] = [number(cell, tell("{name}, line {line}", name=name, line=row.line)) for cell in cells]
    return found


def _state(game: Game, label: str, where: str) -> int:
    """The position of the state a label means."""
    text = label.strip()
    if match := re.match(r"#(\d+)\b", text):
        if not 1 <= int(match[1]) <= game.count:
            raise InputError(
                tell(
                    "{where}: there are states #1 to #{count}; found {text}",
                    where=where,
                    count=numeral(game.count),
                    text=repr(text),
                )
            )
        return int(match[1]) - 1
    if not text:
        raise InputError(tell("{where}: expected a state such as #1; found nothing", where=where))
    try:
        return game.number(game.cell(text))
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _each_once(game: Game, places: list[int], what: str) -> None:
    counts = np.bincount(places, minlength=game.count)
    missing, twice = np.flatnonzero(counts == 0).tolist(), np.flatnonzero(counts > 1).tolist()
    if missing:
        shown = ", ".join(f"#{place + 1} ({game.text(int(game.states[place]))})" for place in missing[:3])
        more = tell(" and {number} more", number=numeral(len(missing) - 3)) if len(missing) > 3 else ""
        raise InputError(
            tell("{what} lack {shown}{more}; every state needs its own", what=what, shown=shown, more=more)
        )
    if twice:
        raise InputError(
            tell(
                "{what} have #{twice} ({int}) twice",
                what=what,
                twice=twice[0] + 1,
                int=game.text(int(game.states[twice[0]])),
            )
        )


def write_matrix(game: Game, matrix: NDArray[Any]) -> str:
    """A matrix in state order as CSV, the way `read_matrix` reads it."""
    labels = [f"#{place} {text}" for place, text in enumerate(game.texts(game.states.tolist()), start=1)]
    rows = [[label, *(f"{value:.12g}" for value in row)] for label, row in zip(labels, matrix, strict=True)]
    return write_table([["better:", *labels], *rows])
