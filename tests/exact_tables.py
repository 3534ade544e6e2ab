"""Exact answers: tables of scenarios and analyses, at their boundaries, and how they are drawn."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console

import detente as dt
from detente.analysis.one_state import judge_locally
from detente.conflict import build
from detente.conflict.overview import first_states, moves_from, ranks, removals
from detente.present.tables import analysis as of_analyses
from detente.present.tables import column_widths, terminal
from detente.present.tables import equilibrium_cards as of_cards
from detente.present.tables import scenario as of_scenarios
from detente.present.tables.selection import View
from detente.sheet import Sheet, VerdictTerm
from exact_models import LOCK, PARTING, RIVALS, model, of_answer, of_sheets, row_of, study


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
    alike = model(row_of(1, "{name} or not {name}"))
    shown = of_scenarios.ranking_sheets(build(alike), alike.actors[0], alike.actors[0].default_reading, 9)
    yield "one rank", of_sheets(shown)
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
    for width in (60, 40):
        view = View(free, None, None, width)
        yield f"patterns, {width} wide", of_sheets([of_cards.pattern_sheet(view, of_cards.cards(view))])
    circling = "detente: 1\nactors:\n  odd: {options: {left: {}}, priorities: [left <-> not up]}\n"
    circling += "  even: {options: {up: {}, way: {}}, priorities: [left <-> up]}\nnow: []\n"
    yield "circling", of_sheets(of_analyses.analysis_sheets(study(circling).analyze(), width=80, defined=True))
    yield "parting", of_sheets(of_analyses.analysis_sheets(study(PARTING).analyze(), width=80))
    back = row_of(4).replace("[a1]}", "[not a1]}").replace("[b1]}", "[not b1]}").replace("[c1]}", "[not c1]}")
    yield "back", of_sheets(of_analyses.analysis_sheets(study(back).analyze(concepts=["nash"]), width=80))
    yield "verdicts", " ".join(map(of_analyses.word, (True, False, None)))
    yield "durations", " ".join(map(of_analyses.time_text, (0.0, 0.0004, 0.9994, 0.9996, 1.0, 59.96)))


def locally() -> Iterator[tuple[str, str]]:
    for text in (LOCK, RIVALS, row_of(3)):
        found = judge_locally(model(text), concepts=["seq", "nash"])
        yield found.scenario.title, of_answer(found)
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
    square = Sheet(
        "Square",
        tuple(f"column {n}" for n in range(9)),
        tuple((f"row {n}", *[VerdictTerm("HOLDS")] * 8) for n in range(8)),
        toned=True,
    )
    out = io.StringIO()
    terminal.draw([square], terminal.console(out, 50))
    yield "a square that is cut either way", out.getvalue()
    for width in (30, 31, 32, 33, 34, 60):
        yield f"widths {width}", f"{column_widths.widths(wide, width)} {column_widths.widths(grid, width)}"
        yield f"parts {width}", of_sheets(column_widths.parts(grid, width))
    for sheet in (wide, grid):
        out = io.StringIO()
        screen = Console(file=out, force_terminal=True, width=60, color_system="standard", no_color=False, _environ={})
        terminal.draw([sheet], screen)
        yield f"{sheet.title} in colours", repr(out.getvalue())
    for encoding in ("ascii", "latin-1", "utf-8", "no such"):
        yield encoding, terminal.sayable("✓✗·–…→×’“”↔−±≤≥≠", encoding)
    for note in ("", "T", "A note."):
        out = io.StringIO()
        terminal.headed("T", note, "A.", terminal.console(out, 40), ["below", ""])
        terminal.heading("T", [note, "", "b"], terminal.console(out, 40))
        yield f"headed {note}", out.getvalue()
