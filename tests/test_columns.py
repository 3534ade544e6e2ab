"""Every table fits the terminal at 60, 80 and 120 columns, in a pipe and without Unicode, and loses no word."""

from __future__ import annotations

import io
import random
import textwrap

import pytest

from detente.present.tables import terminal
from detente.present.tables.column_widths import GAP, fit, parts, widths
from detente.sheet import Sheet, show
from lengths import seeds
from test_study import RESULTS, result


def drawn(sheet: Sheet, width: int) -> str:
    out = io.StringIO()
    terminal.draw([sheet], terminal.console(out, width))
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", RESULTS)
def test_every_result_fits(name: str, width: int) -> None:
    for sheet in result(name).sheets():
        text = drawn(sheet, width)
        longest = max(map(len, text.splitlines()), default=0)
        assert longest <= width, f"{sheet.title}: {longest}"
        words = text.replace("\n", " ")
        for row in sheet.rows[:20]:
            for cell in row:
                assert all(word in words for word in show(cell).split() if len(word) <= 20)


@seeds(10, 30)
def test_widths_hold_what_they_must(seed: int) -> None:
    rng = random.Random(seed)
    words = ["a", "of", "state", "nk_troops", "improvement", "the", "x" * 17]

    def phrase() -> str:
        return " ".join(rng.choice(words) for _ in range(rng.randint(1, 6)))

    count = rng.randint(2, 5)
    heads, rows = [phrase() for _ in range(count)], [[phrase() for _ in range(count)] for _ in range(6)]
    whole = [rng.random() < 0.3 for _ in range(count)]
    for room in (40, 70, 100, 200):
        found = fit(heads, rows, whole, room)
        if found is None:
            continue
        assert sum(found) + GAP * (count - 1) <= room
        for place, width in enumerate(found):
            for text in (heads[place], *(row[place] for row in rows)):
                lines = textwrap.wrap(text, width, break_long_words=False)
                assert max(map(len, lines)) <= width, "no word is broken"
                assert not whole[place] or text == heads[place] or len(lines) == 1, "what is whole stays whole"


def test_what_fits_keeps_its_width() -> None:
    assert fit(["who", "does what"], [["us", "recognise it"]], [True, True], 80) == [3, 12]


def test_room_goes_where_it_saves_lines() -> None:
    """One long cell gets the room, not many short ones."""
    rows = [["yes no", "one two three four five six seven eight"], ["no yes", "one"]]
    found = fit(["a", "b"], rows, [False, False], 40)
    assert found is not None
    assert found[1] >= 20


def test_too_wide_is_dealt_out() -> None:
    wide = Sheet(
        "Wide", ("state", *(f"column_{n}" for n in range(20))), tuple((n, *["x" * 8] * 20) for n in range(3)), ("End.",)
    )
    made = parts(wide, 60)
    assert len(made) > 1
    assert [part.columns[0] for part in made] == ["state"] * len(made)
    assert [name for part in made for name in part.columns[1:]] == list(wide.columns[1:])
    assert made[0].title == f"Wide (1 of {len(made)})"
    assert [part.notes for part in made] == [*[()] * (len(made) - 1), ("End.",)]
    assert all(widths(part, 60) for part in made)
    assert parts(wide, 400) == (wide,)


def test_rows_that_look_alike_keep_what_tells_them_apart() -> None:
    rows = tuple((actor, step, *["y" * 12] * 6) for actor in ("us", "ru") for step in (1, 2))
    made = parts(Sheet("", ("who", "step", *(f"c{n}" for n in range(6))), rows), 50)
    assert all(part.columns[:2] == ("who", "step") for part in made)


def test_an_empty_table_says_so() -> None:
    assert drawn(Sheet("Who would move", ("who",), ()), 80) == "Who would move\n  Nothing.\n"
    assert drawn(Sheet("Who would move", ("who",), (), ("Nobody.",)), 80) == "Who would move\n  Nobody.\n"
