"""How long a day of coded events takes: made up in GDELT's layout, read, sifted by rules and guarded.

    python benchmarks/bench_events.py [ROWS]

Half of the rows are about states the rules name; one story is told 400 times; some rows are spoiled. The rows are made by a
seeded generator, and nothing is fetched. Timed from the path of the file to the answer, the least of three.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from detente.case import Case
from detente.questions.history.events import events
from detente.records.coded_events import CAMEO, GDELT
from detente.scenario import read_text

MODEL = """
detente: 1
title: Two ports
actors:
  north: {options: {blockade: , convoy: }, priorities: [not mines, blockade]}
  south: {options: {mines: , tribute: }, priorities: [not blockade, not mines]}
now: []
events:
  format: gdelt
  period: day
  rules:
    - {when: {actor: USA, target: [RUS, PRK, CHN], code: [16*, "172"]}, sets: [blockade]}
    - {when: {actor: USA, target: [RUS, PRK, CHN], code: "085"}, sets: [not blockade]}
    - {when: {actor: USA, code: 15*}, sets: [convoy]}
    - {when: {actor: [RUS, PRK, CHN], target: USA, code: [18*, 19*]}, sets: [mines]}
    - {when: {actor: [RUS, PRK, CHN], target: USA, code: ["036", 03*, 04*]}, sets: [tribute]}
"""
STATES = ("USA", "RUS", "PRK", "CHN", "FRA", "DEU", "IND", "BRA", "NGA", "")
ROLES = ("", "", "", "GOV", "MIL", "BUS", "MED", "CVL")
CODES = tuple(f"{root:02}{rest}" for root in range(1, 21) for rest in ("", *"0123456789", "11", "21"))


def table(rows: int, seed: int = 1) -> str:
    """A table in the layout of GDELT 2.0."""
    assert all(CAMEO.fullmatch(code) for code in CODES)
    rng, columns = random.Random(seed), GDELT[61]
    lines = []
    for number in range(rows):
        code, one, two, role = rng.choice(CODES), rng.choice(STATES), rng.choice(STATES), rng.choice(ROLES)
        cells = {
            "GlobalEventID": str(number), "Day": "20310502", "MonthYear": "203105", "Year": "2031", "FractionDate": "2031.3342",
            "Actor1Code": one + role, "Actor1Name": one.lower() or "citizen", "Actor1CountryCode": one, "Actor1Type1Code": role,
            "Actor2Code": two, "Actor2Name": two.lower(), "Actor2CountryCode": two,
            "EventCode": code, "EventBaseCode": code[:3], "EventRootCode": code[:2], "QuadClass": "1", "GoldsteinScale": "1.0",
            "NumMentions": str(rng.randrange(1, 30)), "NumSources": str(rng.randrange(1, 5)), "NumArticles": "3",
            "AvgTone": "-1.2345678901234", "ActionGeo_FullName": "Somewhere, Someplace, Some Country", "ActionGeo_Lat": "48.85",
            "DATEADDED": "20310502120000",
            "SOURCEURL": f"https://www.paper{rng.randrange(900)}.example/2031/05/02/a-story-of-{number}-told.html",
        }  # fmt: skip
        lines.append("\t".join(cells.get(name, "") for name in columns))
        if number % 997 == 0:
            lines[-1] = lines[-1].replace(f"\t{code}\t{code[:3]}\t{code[:2]}\t", f"\t{int(code)}\t{int(code[:3])}\t1\t")
    lines[100:100] = [lines[99]] * 400
    return "\n".join(lines) + "\n"


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    case = Case(read_text(MODEL))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.export.CSV"
        path.write_text(table(rows), encoding="utf-8")
        best = found = None
        for _ in range(3):
            begin, used = time.perf_counter(), time.process_time()
            found = events(case, [path])
            spent = time.perf_counter() - begin, time.process_time() - used
            best = min(best, spent) if best else spent
        assert best is not None and found is not None
        size = path.stat().st_size / 1e6
        print(f"  {found.rows:,} rows, {size:.0f} MB: {best[0]:.2f} s, {best[1]:.2f} s of processor time")
        print(
            "  " + ", ".join(f"{each.why} {each.rows:,}" for each in found.left_out) + f"; {len(found.came_in)} came in"
        )


if __name__ == "__main__":
    main()
