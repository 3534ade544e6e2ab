"""What is planned for in memory is what is used: estimates against the peak of whole runs, and what is refused in time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from detente import engine
from detente.analysis import analyse, first_marked
from detente.conflict import Conflict, build
from detente.conflict import payoffs as preferences
from detente.conflict.game import Game
from detente.engine import budget, by_arrays
from detente.engine.budget import bytes_needed
from detente.engine.concepts import concepts as choose_concepts
from detente.engine.concepts import strictest_first
from detente.errors import TooLarge
from detente.scenario import read_text
from detente.scenario.model import Scenario
from detente.verification.random_models import random_model, to_yaml


def tied(sizes: Sequence[int], *, options: str = "", rules: str = "", weights: bool = False) -> str:
    """Actors with so many yes/no options each, and lists that tie everything to everything, so that no cone is smaller."""
    draw = np.random.default_rng(1)
    keys = [f"a{actor}o{number}" for actor, size in enumerate(sizes) for number in range(size)]
    text = "detente: 1\nactors:\n"
    for actor, size in enumerate(sizes):
        own = "".join(f"      a{actor}o{n}: {options if n == 0 else ''}\n" for n in range(size))
        order = draw.permutation(keys).tolist()
        pairs = [
            f"{a} iff {'not ' if draw.random() < 0.5 else ''}{b}"
            for a, b in zip(order, order[1:] + order[:1], strict=True)
        ]
        wants = [f"{{when: {p}, weight: {2**n}}}" if weights else p for n, p in enumerate(pairs)]
        listed = "".join(f"    - {want}\n" for want in wants)
        text += f"  a{actor}:\n    options:\n{own}    {'weights' if weights else 'priorities'}:\n{listed}"
    return f"{text}{rules}now: []\n"


NEVER = "rules: [{never: a0o0 and a1o0}]\n"
KINDS = {
    "two": tied([8, 8]),
    "three": tied([6, 5, 5]),
    "nine": tied([2] * 8),
    "infeasible": tied([6, 5, 5], rules=NEVER),
    "one way": tied([6, 5, 5], options="{change: take}"),
    "weights": tied([6, 5, 5], weights=True),
    "guards": tied([6, 5, 5]).replace("a0o0: \n", "a0o0: {needs: a1o1}\n"),
}


def solved(scenario: Scenario, conflict: Conflict) -> None:
    engine.solve(Game.of(scenario), choose_concepts(["nash", "gmr", "smr", "seq", "sseq"]))


LATER = [("one way", False), ("guards", False), ("two", True), ("weights", True)]
"""Long because numpy goes through limited moves one by one, several seconds each while memory is traced, and because for
payoffs of each further type the kernels are compiled again."""

WAYS = [(kind, compiled) for kind in KINDS for compiled in (False, True)]


@pytest.mark.parametrize(
    ("kind", "compiled"), [pytest.param(*way, marks=pytest.mark.long if way in LATER else []) for way in WAYS]
)
def test_the_estimate_is_above_the_peak(kind: str, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if compiled:
        pytest.importorskip("numba")
    monkeypatch.setattr(by_arrays, "_compile", lambda *_: compiled)
    monkeypatch.setattr(budget, "START", 0)
    monkeypatch.setattr(budget, "RANKED", 0)
    monkeypatch.setattr(preferences, "RANKED", 0)  # as on large grids
    scenario = read_text(KINDS[kind])
    conflict = build(scenario)
    if compiled:
        solved(scenario, conflict)  # compiling takes memory of its own
    tracemalloc.start()
    solved(scenario, conflict)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    readings = Game.of(scenario).readings
    concepts = choose_concepts(["nash", "gmr", "smr", "seq", "sseq"])
    need = bytes_needed(conflict, readings, dict.fromkeys(range(len(readings)), concepts), compiled)
    buffers = 4 << 20  # whatever the model
    assert peak <= need + buffers <= 2 * peak + buffers


def each_option(sizes: Sequence[int], spec: str) -> str:
    """The same, where every option has this spec; `{other}` is an option of the next actor, `{own}` another of its own."""

    def option(found: re.Match[str]) -> str:
        actor, number = map(int, found.groups())
        beside = (actor + 1) % len(sizes)
        said = spec.replace("{other}", f"a{beside}o{number % sizes[beside]}")
        return f"      a{actor}o{number}: {said.replace('{own}', f'a{actor}o{(number + 1) % sizes[actor]}')}\n"

    return re.sub(r" {6}a(\d+)o(\d+): \n", option, tied(sizes))


WIDE = {
    "plain": tied([11, 11]),
    "narrow": tied([2] * 10),
    "weights": tied([7, 7, 7], weights=True),
    "never": tied([7, 7, 7], rules=NEVER),
    "one way": each_option([7, 7, 7], "{change: take}"),
    "guards": each_option([6, 6, 6], "{needs: '{other}'}"),
    "guards at own options": each_option([5, 5, 5], "{needs: '{own}'}"),
    "barred": tied([5, 5, 5], rules="rules: [{barred: a0o0 > a0o1, for: a0, when: a1o0}]\n"),
    "consequence": tied([5, 5, 5], rules="rules: [{when: a0o0 and a1o0, then: a2o0}]\n"),
    "merged": tied([5, 5, 5], rules="rules: [{same: a0o0 and a1o0, score: representative}]\n"),
}
QUICK = ("guards at own options", "barred")

MEASURED = r"""
import re, resource, sys
from pathlib import Path
from detente.conflict.game import Game
from detente.engine.concepts import concepts
from detente.engine.solution import bytes_needed, solve
from detente.scenario import load

game, asked = Game.of(load(sys.argv[1])), concepts(["nash", "gmr", "smr", "seq", "sseq"])


def peak():
    # What Linux tells by rusage includes the process that started this one.
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(re.search(r"VmHWM:\s*(\d+)", status.read_text()).group(1))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


print(bytes_needed(game, asked), peak())
solve(game, asked)
print(peak())
"""


def measured(file: Path, **surroundings: str) -> list[int]:
    """The estimate, the memory a process has before it solves, and its peak: of the whole process, as the system tells."""
    source = str(Path(preferences.__file__).parents[2])
    ended = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-P", "-c", MEASURED, str(file)],
        env={**os.environ, "PYTHONPATH": source, **surroundings},
        capture_output=True,
        text=True,
        check=True,
    )
    return list(map(int, ended.stdout.split()))


@pytest.mark.skipif(os.name != "posix", reason="peak memory")
@pytest.mark.parametrize("kind", [pytest.param(k, marks=[] if k in QUICK else pytest.mark.long) for k in WIDE])
def test_a_whole_process_keeps_to_the_estimate(kind: str, tmp_path: Path) -> None:
    """Sharper than 1.3 times the estimate and 100 MB, in which the program itself would be hidden."""
    file = tmp_path / "wide.yaml"
    file.write_text(WIDE[kind])
    need, before, peak = measured(file)
    assert peak <= 1.3 * need + (100 << 20)
    assert peak - before <= 1.3 * need + (24 << 20)
    assert need >= 1 << 20


@pytest.mark.parametrize("kind", ["guards at own options", "consequence", "merged", "barred"])
def test_what_lists_every_move_is_refused_in_time(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    game = Game.of(read_text(WIDE[kind]))
    monkeypatch.setenv("DETENTE_MEMORY", "0.05")
    tracemalloc.start()
    with pytest.raises(TooLarge, match=r"every move must be listed: that would take .* MB, and at most 51 MB"):
        engine.solve(game)
    with pytest.raises(TooLarge, match="make moves irregular"):
        engine.moves_of(game)
    assert tracemalloc.get_traced_memory()[1] < 50 << 20
    tracemalloc.stop()


def test_tables_of_limited_moves_count(monkeypatch: pytest.MonkeyPatch) -> None:
    text = each_option([11, 2], "{needs: '{other}'}")
    monkeypatch.setenv("DETENTE_MEMORY", "0.01")
    with pytest.raises(
        TooLarge, match=r"2,048 own combinations and limits on its moves; tables .* take 16 MB, and at most 10 MB"
    ):
        Game.of(read_text(text))


@pytest.mark.skipif(sys.platform != "linux", reason="ulimit")
@pytest.mark.parametrize("command", ["analyze", "paths"])
@pytest.mark.parametrize("sizes", [(13, 13), (15, 15)])
def test_refused_before_memory_is_asked_for(sizes: tuple[int, ...], command: str, tmp_path: Path) -> None:
    """Two actors with 13 yes/no options each under `ulimit -v 3000000`: the estimate and the way on, not "out of memory"."""
    file = tmp_path / "tied.yaml"
    file.write_text(tied(sizes), encoding="utf-8")
    more = ["--goal", "a0o0 and a1o0", "--steps", "unsanctioned"] if command == "paths" else []
    said = 'ulimit -v 3000000; exec "$0" -m detente "$@"'
    line = ["/bin/sh", "-c", said, sys.executable, command, str(file), *more]
    ended = subprocess.run(line, capture_output=True, text=True, check=False, timeout=100)  # noqa: S603 (our command)
    assert ended.returncode == 2, ended.stderr
    assert "out of memory" not in ended.stderr
    assert " GB, more than the " in ended.stderr
    assert "detente analyze --local" in ended.stderr


@pytest.mark.parametrize("seed", range(6))
def test_equilibria_are_listed_without_a_list_of_all(seed: int) -> None:
    """The first rows of the table, and its counts, against complete lists."""
    analysis = analyse(read_text(to_yaml(random_model(seed))))
    known = strictest_first(c for c in analysis.concepts if c in analysis.solution.stable)
    lists = {concept: analysis.equilibria(concept) for concept in known}
    every = sorted({cell for cells in lists.values() for cell in cells.tolist()})
    for most in (0, 1, 3, len(every), None):
        sheet = analysis.equilibrium_table(most=most)
        cells = every if most is None else every[:most]
        assert [row[0] for row in sheet.rows] == analysis.numbers(np.array(cells, dtype=np.int64))
        assert [list(row[-len(known) :]) for row in sheet.rows] == [[c in lists[k] for k in known] for c in cells]
        assert sheet.title == f"Equilibria: {', '.join(f'{len(cells):,} {k}' for k, cells in lists.items())}"
        assert bool(sheet.notes) == (len(cells) < len(every))


def test_the_first_places_are_found_piece_by_piece() -> None:
    flags = np.random.default_rng(3).random(1000) < 0.2
    for most in (0, 1, 50, 1000):
        for shape in ((1000,), (1, 1000), (1000, 1), (8, 125), (10, 4, 25)):
            assert first_marked(flags.reshape(shape), most).tolist() == np.flatnonzero(flags)[:most].tolist()
