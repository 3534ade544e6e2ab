"""How long the solver of a live report takes in Chromium, beside the engine; and how large its data are.

    python benchmarks/bench_live.py [MODEL ...]

Each model in a page that holds the solver alone: the first judgement, which makes the space, and further ones after a change of
a list, as a reader makes it, the least and the middle of `TIMES`. Needs Chromium and the extra `browser`.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from typing import Any

from detente.case import Case
from detente.present.live import briefing, model, script, solver, start, wants
from detente.present.words import Words
from detente.scenario import load, read_text

TIMES = 7
CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr")

ASKED = """
({model, choice, times}) => {
  const judge = solver(model), took = [];
  for (let k = 0; k <= times; k++) {
    const [first, ...rest] = choice.wants;
    const turn = {...first, entries: [...first.entries.slice(k), ...first.entries.slice(0, k)]};
    const begin = performance.now();
    judge({...choice, wants: k ? [turn, ...rest] : choice.wants});
    took.push(performance.now() - begin);
  }
  return took;
}
"""


def made(actors: int, options: int, choices: int = 2) -> Case:
    """A model without rules in which everybody looks at everybody; one option has so many choices, all others two."""
    named = "x0_0 = c1" if choices > 2 else "x0_0"
    first = f"{{choices: [{', '.join(f'c{n}' for n in range(choices))}]}}" if choices > 2 else ""
    names = [[f"x{a}_{o}" for o in range(options)] for a in range(actors)]
    text = ["detente: 1", "title: t", "actors:"]
    for a, own in enumerate(names):
        others = [name for b, each in enumerate(names) if b != a for name in each]
        aims = [f"not {others[a]} or {own[0]}", *(f"not {name}" for name in own), *others[:5]]
        said = ", ".join(f"{name}: {first if name == 'x0_0' else ''}" for name in own)
        wanted = ", ".join(f"'{aim}'" for aim in aims).replace("x0_0", named)
        text.append(f"  a{a}: {{options: {{{said}}}, priorities: [{wanted}]}}")
    return Case(read_text("\n".join([*text, "now: []", ""]), name=f"{actors} actors, {options} options each"))


def measure(page: Any, case: Case) -> None:
    lists = [wants(case.scenario, case.reading(actor)) for actor in case.actors]
    choice = {"start": start(case.scenario), "wants": lists, "sanctions": case.sanctions}
    first, *later = page.evaluate(ASKED, {"model": model(case), "choice": choice, "times": TIMES})
    begin = time.process_time()
    case.analyse(CONCEPTS)
    engine = time.process_time() - begin
    size = len(json.dumps(briefing(case, Words(case.scenario)), separators=(",", ":"))) / 1000
    print(
        f"  {case.scenario.name:28} {case.game.count:6,} states: first {first:6.0f} ms, then {min(later):6.1f} "
        f"(middle {statistics.median(later):6.1f}) ms; the engine once {engine * 1000:6.0f} ms; data {size:5.1f} kB"
    )


def main() -> None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("  not measured: the extra `browser` is not installed")
        return
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        print("  not measured: no Chromium; name one with CHROMIUM=/path/to/it")
        return
    print(
        f"  solver {len(solver().encode()) / 1000:.1f} kB, with the page's own script {len(script().encode()) / 1000:.1f} kB"
    )
    cases = [made(3, 2), made(3, 3), made(4, 3, choices=3)]
    cases += [Case(load(name)) for name in sys.argv[1:] or ("two_proxies", "patrons", "two_fronts")]
    with sync_playwright() as play:
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"] if root else [])
        page = browser.new_page()
        page.add_script_tag(type="module", content=f"{solver()}\nwindow.solver = solver;")
        page.wait_for_function("window.solver")
        for case in cases:
            measure(page, case)
        browser.close()


if __name__ == "__main__":
    main()
