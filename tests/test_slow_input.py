"""Input that is long where nobody expects it takes time in proportion, or is refused with the limit."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from detente.analysis.warnings import cut_moves, lint
from detente.conflict import build
from detente.conflict.game import Game
from detente.engine import by_arrays, solve
from detente.errors import InputError, SlowerWarning
from detente.present.pictures.drawing import Drawing, Plate
from detente.present.pictures.lettering import cut, width, wrap
from detente.present.pictures.pixels import MOST_PIXELS
from detente.scenario import check, read_text
from detente.verification.random_models import random_model, to_yaml
from lengths import seeds


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, the least of three."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def test_a_long_word_is_broken_in_one_pass() -> None:
    word = "detente" * 30_000
    assert "".join(wrap(word, 100)) == word
    assert all(width(line) <= 100 for line in wrap(word, 100))
    assert seconds(lambda: wrap(word, 100)) < 8 * seconds(lambda: wrap(word[: len(word) // 4], 100)) + 0.05
    assert seconds(lambda: wrap(word, 100, most=2)) < 2
    assert cut(word, 100).endswith("…")
    assert width(cut(word, 100)) <= 100
    assert width(cut(word, 100) + "m") > 100


@pytest.mark.parametrize("room", [1, 9.5, 30, 64, 200])
@pytest.mark.parametrize("bold", [False, True])
def test_breaking_words_letter_by_letter_is_the_same(room: float, bold: bool) -> None:
    """Against the definition: the longest beginning that fits, at least one letter, again and again."""
    draw = np.random.default_rng(int(room))
    for _ in range(20):
        word = "".join(draw.choice(list("imwMé北.")) for _ in range(draw.integers(1, 60)))
        expected, rest = [], word
        while rest:
            fits = max([n for n in range(1, len(rest) + 1) if width(rest[:n], 12, bold) <= room], default=1)
            expected.append(rest[:fits])
            rest = rest[fits:]
        assert list(wrap(word, room, 12, bold)) == expected


def test_a_png_has_so_many_pixels_at_most() -> None:
    pytest.importorskip("resvg_py")
    wide = Drawing("states", "wide", "", Plate(40_000, 2_000, "<g/>"), bare=True)
    with pytest.raises(InputError, match=r"160,000,000 .*pixels|80,000 × 4,000 pixels; up to 67,108,864 are drawn"):
        wide.png(2.0)
    assert MOST_PIXELS < 80_000 * 4_000


def actors(count: int) -> str:
    each = "".join(f"  a{n}: {{options: {{o{n}: }}, priorities: [o{n}]}}\n" for n in range(count))
    return f"detente: 1\nactors:\n{each}now: []\n"


def options(count: int) -> str:
    own = ", ".join(f"o{n}: " for n in range(count))
    return f"detente: 1\nactors:\n  a: {{options: {{{own}}}, priorities: [o1]}}\nnow: []\n"


def rules(count: int) -> str:
    named = "a: {options: {x: , y: }, priorities: [x]}, b: {options: {z: }, priorities: [z]}"
    said = "  - {never: x and z}\n" * count
    return f"detente: 1\nactors: {{{named}}}\nnow: []\nrules:\n{said}"


@pytest.mark.parametrize(("text", "few"), [(actors, 300), (options, 300), (rules, 50)])
def test_check_is_linear(text: Callable[[int], str], few: int) -> None:
    """Six times as much takes about six times as long: quadratic would be thirty-six."""

    def checked(count: int) -> Callable[[], object]:
        written = text(count)
        return lambda: (check(written), text is rules and lint(read_text(written)))

    assert seconds(checked(6 * few)) < 15 * seconds(checked(few)) + 0.05


@seeds(14, 40)
def test_moves_cut_by_rules_against_the_definition(seed: int) -> None:
    """Lost to rules: the changes that start at a state and end where these rules forbid and no other rule does."""
    model = to_yaml(random_model(seed)) if seed % 2 else rules(3)
    scenario = read_text(model)
    conflict = build(scenario)
    if not conflict.simple:
        return
    cells = np.arange(conflict.cells)
    for found in cut_moves(scenario, conflict):
        axis, inside = conflict.index(found.actor), [rule.when for rule in found.rules]
        others = list(conflict.never)
        for formula in inside:
            others.remove(formula)
        by = np.zeros(len(cells), dtype=bool)
        for formula in inside:
            by |= conflict.holds(formula, cells)
        for formula in others:
            by &= ~conflict.holds(formula, cells)
        states = cells[conflict.allows(cells)]
        rows, new = conflict.changes(states, axis)
        ends = states[rows] + (new - conflict.strategy(states[rows], axis)) * conflict.strides[axis]
        assert found.lost == int(by[ends].sum()) > 0
        assert found.kept == int(conflict.allows(ends).sum())
    if not seed % 2:
        assert [len(found.rules) for found in cut_moves(scenario, conflict)] == [3, 3], (
            "no rule alone takes anything away"
        )


@pytest.mark.parametrize("damage", ["import", "run"])
def test_broken_compiled_kernels_give_way_to_numpy(damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.engine import arrays

    said = ""
    for actor in range(3):
        keys = [f"o{actor}{number}" for number in range(4)]
        wants = [f"o{other}0 iff {key}" for other in range(3) for key in keys]
        said += (
            f"  a{actor}: {{options: {{{', '.join(f'{key}: ' for key in keys)}}}, priorities: [{', '.join(wants)}]}}\n"
        )
    scenario = read_text(f"detente: 1\nactors:\n{said}now: []\n")
    expected = solve(Game.of(scenario))
    usual = arrays.prepare

    class Broken:
        def stability(self, *_: object) -> None:
            raise EOFError("Ran out of input")

        guarantee = stability

    def prepare(us: object, relations: object, *, compiled: bool = False) -> object:
        if compiled and damage == "import":
            raise ImportError("numba needs another numpy")
        return Broken() if compiled else usual(us, relations)  # type: ignore[arg-type]

    monkeypatch.setattr(by_arrays, "_compile", lambda *_: True)
    monkeypatch.setattr(arrays, "prepare", prepare)
    said = "needs another numpy" if damage == "import" else "Ran out of input"
    with pytest.warns(SlowerWarning, match=f"the compiled kernels cannot be used .*{said}.*numpy computes the same"):
        found = solve(Game.of(scenario))
    cells = np.arange(Game.of(scenario).conflict.cells)
    for concept, tables in expected.stable.items():
        for one, other in zip(tables, found.stable[concept], strict=True):
            assert (one.at(cells) == other.at(cells)).all()
