"""Exact answers about very small models of the tests' own: words, tables and plain data, in `tests/exact/`.

    python tests/exact.py                     # which differ from the kept ones, and how
    python tests/exact.py --write             # keep today's; read what `git diff tests/exact` shows before it is committed
    python tests/exact.py --write tables      # of these alone

The golden texts (`golden.py`) ask every command about whole models. Here functions are asked directly, at their boundaries: one
state too many to list, one column too wide, one actor too few, nothing at all. A case takes milliseconds.
"""

from __future__ import annotations

import difflib
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import detente as dt
from contracts import cleaned, scrubbed
from detente.conflict import build
from detente.conflict.overview import first_states, moves_from, ranks, removals
from detente.present.tables import analysis as of_analyses
from detente.present.tables import column_widths, terminal
from detente.present.tables import equilibrium_cards as of_cards
from detente.present.tables import scenario as of_scenarios
from detente.present.tables.selection import View
from detente.scenario import read_text
from detente.scenario.model import Scenario
from detente.sheet import Sheet, VerdictTerm, show

KEPT = Path(__file__).parent / "exact"

# --- models -----------------------------------------------------------------------------------------------------

LOCK = """
detente: 1
title: A lock
sources:
  log: {text: The log, grade: B2, checked: "2020-01-01", url: "https://example.org/log"}
  guess: {text: A guess}
actors:
  keeper:
    name: Keeper
    options:
      gate: {name: Open the gate, change: take, source: log}
      fill: {name: Fill, choices: [low, high], needs: {high: not gate}}
    readings:
      calm:
        about: No haste
        source: log
        priorities: [{want: not gate, source: log, where: p. 3, confidence: high, claims: C1}, fill = low]
      keen: {priorities: [gate]}
  crew:
    name: Crew
    options: {call: {name: Call}}
    weights: [{when: gate, weight: 2}, {when: call, weight: -1}]
rules:
  - {never: gate and call, name: quiet, note: By night}
  - {when: call, then: fill = high}
  - {same: not gate and not call, name: still, score: representative}
  - {barred: not call > call, for: crew, when: gate}
now: [fill = high]
states: {shut: [fill = high]}
outcomes: {open: gate, full: {formula: fill = high, name: The lock is full}}
claims: {C1: {says: It stays shut, kind: descriptive, test: {none: it is not asked}}}
worlds: {night: {keeper: calm}, day: {keeper: keen}}
leaves_out: [The weather]
"""
"""Every kind of rule, choices, a named state, sources, worlds."""

RIVALS = """
detente: 1
title: Rivals
actors:
  one: {name: One, readings: {first: {about: Wants c, ranking: [c, [a, b]]}, second: {ranking: [a, b, c]}}}
  two: {name: Two, ranking: [a, b, c]}
graph:
  states: [a, b, c]
  moves: {one: [a > b, b > a, b > c], two: [c > a]}
now: b
"""
"""In graph form: no options, named states, ties."""


def row_of(actors: int, wish: str = "{name}", options: int = 1) -> str:
    """As many actors as asked for, with `options` options each, who all want the like."""
    lines = ["detente: 1", "title: A row", "actors:"]
    for name in "abcdefghijkl"[:actors]:
        keys = ", ".join(f"{name}{number}: {{}}" for number in range(1, options + 1))
        lines.append(f"  {name}: {{options: {{{keys}}}, priorities: [{wish.format(name=f'{name}1')}]}}")
    return "\n".join([*lines, "now: [a1]", "outcomes: {begun: a1}", ""])


@cache
def model(text: str) -> Scenario:
    return read_text(text)


@cache
def study(text: str) -> Any:
    return dt.parse(text, "small")


# --- how answers are written down ---------------------------------------------------------------------------------


def of_sheet(sheet: Sheet) -> str:
    """A sheet: its title, a line for each row, its notes."""
    rows = (sheet.columns, *sheet.rows) if sheet.columns else ()
    told = [f"= {sheet.title}{' (in tones)' if sheet.toned else ''}"]
    told += ["| " + " | ".join("" if cell is None else show(cell) for cell in row) for row in rows]
    return "\n".join([*told, *(f"+ {note}" for note in sheet.notes)])


def of_sheets(sheets: Iterable[Sheet | None]) -> str:
    return "\n".join("= nothing" if sheet is None else of_sheet(sheet) for sheet in sheets)


def of_answer(found: Any, data: bool = True) -> str:
    """An answer: its sentence, the tables that a person needs, all tables, its plain data."""
    gist, whole = found.gist(), found.sheets()
    told = [f"> {found.headline}", of_sheets(whole)]
    told += ["(in short)", of_sheets(gist)] if gist != whole else []
    told += [json.dumps(cleaned(found.to_json()), ensure_ascii=False, separators=(", ", ": "))] if data else []
    return "\n".join(told)


# --- tables of scenarios and analyses ---------------------------------------------------------------------------


def scenarios() -> Iterator[tuple[str, str]]:
    for name, text in (("lock", LOCK), ("rivals", RIVALS), ("row", row_of(2))):
        scenario = model(text)
        conflict = build(scenario)
        yield f"{name}: description", of_sheets(of_scenarios.description(scenario, conflict))
        yield f"{name}: not built", of_sheets(of_scenarios.description(scenario, None)[:1])
        yield f"{name}: removals", of_sheets([of_scenarios.removals_sheet(conflict, removals(scenario, conflict))])
        yield f"{name}: as written", of_sheets(of_scenarios.readings_sheets(scenario))
        for actor in scenario.actors:
            for reading in actor.readings.values():
                for most in (1, len(ranks(conflict, reading))):
                    shown = of_scenarios.ranking_sheets(conflict, actor, reading, most)
                    yield f"{name}: {actor.id}, {reading.id}, {most} ranks", of_sheets(shown)
                for most in (conflict.count - 1, conflict.count):
                    moves = moves_from(conflict, reading, 0, conflict.states[:most])
                    shown = (of_scenarios.moves_sheet(conflict, actor, moves),)
                    yield f"{name}: {actor.id}, {reading.id}, moves from {most}", of_sheets(shown)
        for most, width in ((3, 80), (4, 35), (4, 34)):
            shown = (of_scenarios.states_sheet(conflict, first_states(conflict, most), width),)
            yield f"{name}: {most} states, {width} wide", of_sheets(shown)
    flat = model(row_of(1, options=6))
    found = build(flat)
    largest = of_scenarios.ranking_sheets(found, flat.actors[0], flat.actors[0].default_reading, 9)
    yield "the largest tie", of_sheets(largest)
    for number in (11, 12, 13):
        yield f"{number} states named", str(of_scenarios._names(found, found.states[:number]))
    yield (
        "library",
        of_sheets([of_scenarios.library_sheet((model(text), build(model(text))) for text in (LOCK, RIVALS))]),
    )


def analyses() -> Iterator[tuple[str, str]]:
    for name, text in (("lock", LOCK), ("rivals", RIVALS), ("row of three", row_of(3)), ("row of four", row_of(4))):
        yield name, of_sheets(of_analyses.analysis_sheets(study(text).analyze(), width=80, whole=True))
    for width in (40, 50, 60):
        found = dt.parse(row_of(4, "{name} -> a1"), "row").analyze(concepts=["nash", "seq", "gmr"])
        yield (
            f"{width} wide",
            of_sheets(of_analyses.analysis_sheets(found, where="not b1", actors=["a", "b"], width=width)),
        )
    free = study(row_of(4, "{name} -> a1", 2)).analyze(concepts=["nash"])
    view = View(free, None, None, 60)
    yield "patterns", of_sheets([of_cards.pattern_sheet(view, of_cards.cards(view))])
    circling = "detente: 1\nactors:\n  odd: {options: {left: {}}, priorities: [left <-> not up]}\n"
    circling += "  even: {options: {up: {}, way: {}}, priorities: [left <-> up]}\nnow: []\n"
    yield "circling", of_sheets(of_analyses.analysis_sheets(study(circling).analyze(), width=80, defined=True))
    parting = "detente: 1\nactors:\n" + "".join(
        f"  {a}: {{options: {{{a}1: {{}}}}, priorities: [(a1 or b1 or c1) -> {a}1 <-> not ({o})]}}\n"
        for a, o in (("a", "b1 or c1"), ("b", "a1 or c1"), ("c", "a1 or b1"))
    )
    yield "parting", of_sheets(of_analyses.analysis_sheets(study(parting + "now: []\n").analyze(), width=80))
    yield "verdicts", " ".join(map(of_analyses.word, (True, False, None)))
    yield "durations", " ".join(map(of_analyses.time_text, (0.0, 0.0004, 0.9994, 0.9996, 1.0, 59.96)))


def locally() -> Iterator[tuple[str, str]]:
    from detente.analysis.one_state import judge_locally

    for text in (LOCK, RIVALS, row_of(3)):
        found = judge_locally(model(text), concepts=["seq", "nash"])
        for whole, defined in ((False, False), (True, False), (False, True)):
            yield (
                f"{found.scenario.title}, {whole}, {defined}",
                of_sheets(of_analyses.local_sheets(found, whole=whole, defined=defined)),
            )


def drawn() -> Iterator[tuple[str, str]]:
    """In a terminal of a few columns, in a pipe and in colours."""
    wide = Sheet(
        "Wide", ("who", "one", "two", "three"), (("us", "a word or two", 12, "✓"), ("them", "word", 3, "·")), ("Note.",)
    )
    grid = Sheet(
        "Grid",
        ("who", *(f"column {n}" for n in range(6))),
        tuple((who, *[VerdictTerm("HOLDS")] * 3, *[VerdictTerm("BREAKS")] * 3) for who in ("us", "them")),
        toned=True,
    )
    listed = Sheet("", (), (), ("A note of several words.", "– an entry that goes on"))
    for width in (20, 30, 40, 80):
        for sheet in (wide, grid, listed):
            out = io.StringIO()
            terminal.draw([sheet, sheet] if sheet is wide else [sheet], terminal.console(out, width))
            yield f"{sheet.title or 'notes'}, {width} wide", out.getvalue()
    for width in (30, 31, 32, 33, 34, 60):
        yield f"widths {width}", f"{column_widths.widths(wide, width)} {column_widths.widths(grid, width)}"
        yield f"parts {width}", of_sheets(column_widths.parts(grid, width))
    for sheet in (wide, grid):
        out = io.StringIO()
        screen = terminal.Console(
            file=out, force_terminal=True, width=60, color_system="standard", no_color=False, _environ={}
        )
        terminal.draw([sheet], screen)
        yield f"{sheet.title} in colours", repr(out.getvalue())
    for encoding in ("ascii", "latin-1", "utf-8", "no such"):
        yield encoding, terminal.sayable("✓✗·–…→×’“”↔−±≤≥≠", encoding)
    for note in ("", "T", "A note."):
        out = io.StringIO()
        terminal.headed("T", note, "A.", terminal.console(out, 40), ["below", ""])
        terminal.heading("T", [note, "", "b"], terminal.console(out, 40))
        yield f"headed {note}", out.getvalue()


CASES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "scenarios": scenarios,
    "analyses": analyses,
    "locally": locally,
    "drawn": drawn,
}
"""By the file they are kept in."""


def text(name: str) -> str:
    """What is answered for one file."""
    return scrubbed("\n\n".join(f"# {what}\n{told}" for what, told in CASES[name]())) + "\n"


def difference(name: str, told: str) -> str:
    """How a text differs from the kept one; nothing if it does not."""
    file = KEPT / f"{name}.txt"
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    return "\n".join(difflib.unified_diff(kept.splitlines(), told.splitlines(), "kept", "now", lineterm="", n=2))


def main(words: list[str]) -> int:
    names = [word for word in words if word != "--write"] or list(CASES)
    different = 0
    for name in names:
        told = text(name)
        if found := difference(name, told):
            different += 1
            sys.stdout.write(f"{name}:\n{found}\n")
        if "--write" in words:
            KEPT.mkdir(exist_ok=True)
            (KEPT / f"{name}.txt").write_text(told, encoding="utf-8")
    return 0 if "--write" in words else int(bool(different))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
