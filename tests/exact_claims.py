"""Exact answers: claims of every kind about the harbour of the golden texts, met and not, and tests written wrongly."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from detente.errors import InputError
from detente.questions.claims import Register, check, judging, statuses
from detente.questions.claims import claims as register_of
from detente.questions.claims.finding import followed_in
from detente.questions.claims.judging import Cell
from detente.questions.claims.question import EVERYTHING, NOTHING, UNMET, Reply
from detente.scenario import read_text
from detente.scenario.model import Scenario
from exact_models import of_answer, of_sheets

OVER = "over: [city, dockers]"

TESTS = (
    "{of: served, expect: ALL}",
    "{of: served, expect: [SOME, NONE]}",
    "{of: served, play: myopic, expect: NONE}",
    "{of: served, expect: ALL, " + OVER + "}",
    "{of: served, expect: NONE, " + OVER + ", for: some}",
    "{of: broken, expect: ALL, over: {dockers: [mild, firm]}, for: every}",
    "{concept: seq, expect: unstable}",
    "{concept: nash, expect: stable, " + OVER + "}",
    "{hold: [not fee], world: calm, of: served, expect: ALL}",
    "{platform: mayor, of: served, expect: ALL, over: [dockers]}",
    "{readings: {city: open}, start: [strike], of: served, expect: ALL}",
    "{without: [dockers], of: served, expect: ALL}",
    "{levers: {by: city, goal: served}, expect: none}",
    "{levers: {by: [city, carrier], goal: served, kept: yes}, expect: some}",
    "{levers: {by: city, goal: served, among: [fee], play: myopic}, expect: {necessary: [fee]}}",
    "{levers: {by: city, goal: broken}, expect: {sufficient: [fee]}}",
    "{levers: {by: [city, carrier], goal: served}, expect: {minimal: [[fee], [route]]}}",
    "{levers: {by: carrier, goal: route != away}, expect: {necessary: [pact]}}",
    "{keep: {by: carrier}, hold: [not pact], expect: left, over: [dockers]}",
    "{keep: {by: city, play: myopic}, hold: [not fee], expect: kept, " + OVER + "}",
    "{score: {by: city}, hold: [not fee], expect: worse}",
    "{score: {by: dockers, play: myopic}, expect: [equal, better], over: [carrier]}",
    "{step: {by: carrier, set: [not pact], kind: moves}, expect: no}",
    "{step: {by: city, set: [not fee], kind: unsanctioned}, expect: yes, over: [city]}",
    "{step: {by: dockers, set: [strike]}, expect: yes}",
    "{input: [relation R1]}",
    "{input: ['timeline 1908', platform mayor, cast bank, source ledger]}",
    "{input: [dredge, not fee]}",
    "{input: [dredge]}",
    "{none: time is not in the model}",
    "{threshold: {actor: city, wish: fee, of: served}, expect: none}",
    "{threshold: {actor: dockers, wish: pact, concept: seq}, expect: {turns: [2, 3]}}",
    "{pivots: {actors: [city, dockers], of: served}, expect: none}",
    "{pivots: {actors: [dockers], kinds: [drop], concept: seq}, expect: {robust: stable}}",
    "{unknowns: {settings: [dredge, fee], of: served}, expect: open}",
    "{unknowns: {list_of: mayor, of: served}, expect: {necessary: ALL}}",
    "{unknowns: {in_force: mayor, of: served}, expect: {possible: SOME}}",
    "{unknowns: {concept: seq}, expect: settled}",
    "{joint: {goal: grand}, expect: some}",
    "{joint: {goal: grand, most: 1}, expect: none}",
    "{joint: {goal: not fee}, expect: {members: [city, carrier]}}",
    "{induce: {by: city}, expect: some}",
    "{induce: {by: carrier, set: [not pact], kept: yes}, expect: none}",
    "{induce: {by: dockers, play: myopic, kept: yes}, expect: some}",
    "{path: {to: grand}, expect: some}",
    "{path: {to: grand, by: unsanctioned}, expect: {steps: 3}}",
    "{path: {to: broken, by: improvements}, expect: none}",
    "{races: {of: served}, expect: [race, choice]}",
    "{races: {of: broken, play: myopic}, expect: none}",
    "{irreversible: {option: dredge}, expect: {loses: [served]}}",
    "{partnership: {name: crew}, expect: HOLDS, over: [carrier]}",
    "{partnership: {name: crew, play: myopic}, expect: [FRAYS, BREAKS]}",
    "{hindcast: {actor: city, reading: open, against: [thrifty]}, expect: best}",
    "{hindcast: {actor: city, reading: thrifty}, expect: most}",
    "{hindcast: {actor: dockers, reading: mild, against: [firm]}, expect: {at_least: 1}}",
    "{between: {charged: {hold: [fee]}, dropped: {hold: [not fee]}}, of: served, expect: differ}",
    "{between: [{hold: [fee]}, {}], of: served, expect: more, over: [dockers]}",
    "{between: {a: {hold: [strike]}, b: {hold: [not strike]}}, concept: seq, expect: less}",
    "{rivals: {charged: {hold: [fee]}}, hold: [not fee], of: served, expect: ALL}",
    "{provided: strike, of: served, expect: NONE, " + OVER + "}",
    "{rivals: {charged: {hold: [fee]}}, hold: [not fee], of: served, play: myopic, expect: ALL, " + OVER + "}",
    "{rivals: {charged: {hold: [fee]}}, of: pact, play: myopic, expect: ALL, over: [carrier, dockers]}",
    "{hindcast: {actor: carrier, reading: bold, against: [wary]}, expect: best}",
    "{hindcast: {actor: carrier, reading: bold}, expect: most}",
    "{score: {by: carrier}, expect: equal}",
)
"""One test each, of a claim of each of `KINDS` in turn."""

KINDS = ("conditional", "prediction", "recommendation", "descriptive", "normative")

SEVERAL = """
  S1:
    says: Two ways, and a reading of each
    kind: prediction
    sentence: will
    allows: {city: [open]}
    assumes: Nobody else comes to the harbour
    author: It would do
    opponent: It is unfair
    record: {supports: The minutes of May, disputes: A letter, source: ledger, where: p. 4}
    source: [ledger, supposition]
    where: p. 1
    note: Read twice
    test:
      - {name: The first?, of: served, expect: ALL, over: [city, dockers], reads: in every end}
      - {of: served, expect: [SOME, ALL], over: [city, dockers], as: milder, reads: in some end}
      - {of: served, play: myopic, expect: ALL, over: [city, dockers], as: stricter}
      - {name: Beside it, concept: nash, expect: stable, over: [city], aside: yes}
  S2:
    says: It may be served
    kind: prediction
    sentence: may
    allows: {dockers: [mild]}
    record: {silent: Nobody wrote it down}
    test: {of: served, expect: ALL, over: [city, dockers]}
  S3:
    says: Any will do
    kind: conditional
    together: any
    test: [{of: served, expect: NONE}, {concept: seq, expect: stable}, {input: [fee]}]
  S4: {says: All are so, kind: conditional, together: all, test: [{of: served, expect: NONE}, {of: broken, expect: ALL}]}
  S5:
    says: Both parts
    kind: conditional
    test: [{of: served, expect: NONE}, {concept: seq, expect: stable}, {none: not asked}]
  S6:
    says: They ought to
    kind: recommendation
    sentence: ought
    allows: {city: [open]}
    test: {hold: [not fee], of: served, expect: ALL, over: [city, dockers]}
  S7: {says: They must, kind: conditional, sentence: must, test: {levers: {by: city, goal: served}, expect: {necessary: [fee]}}}
  S8: {says: It is so, kind: descriptive, sentence: fact, test: {of: served, expect: ALL, over: [dockers]}}
  S9: {says: Nothing is asked, kind: descriptive}
"""

ADVICE = (
    "{hold: [route = small], of: pact, play: myopic, expect: ALL",
    "{hold: [dredge], of: pact, play: myopic, expect: ALL",
    "{hold: [strike], of: served, expect: ALL",
    "{hold: [strike], of: broken, play: myopic, expect: ALL",
    "{hold: [not strike], of: served, play: myopic, expect: ALL",
    "{hold: [not strike], of: broken, expect: ALL",
    "{score: {by: city}, hold: [not fee], expect: better",
    "{score: {by: carrier}, hold: [not fee], expect: worse",
)
"""What is recommended, gone through under all readings: it can succeed under some of them alone."""

HARBOUR = (Path(__file__).parent / "golden" / "harbour.yaml").read_text(encoding="utf-8")


def _with(claims: str) -> str:
    """The harbour with other claims."""
    before, _, after = HARBOUR.partition("\nclaims:\n")
    return f"{before}\nclaims:\n{claims}\nhistory:\n" + after.partition("history:\n")[2]


def _listed() -> str:
    kinds = itertools.cycle(KINDS)
    return "".join(
        f"  T{number}: {{says: Number {number}, kind: {next(kinds)}, test: {test}}}\n"
        for number, test in enumerate(TESTS, 1)
    ) + "".join(
        f"  A{number}: {{says: Do it, kind: recommendation, test: {test}, over: [city, carrier, dockers]}}}}\n"
        for number, test in enumerate(ADVICE, 1)
    )


@cache
def _register() -> Register:
    return register_of(read_text(_with(_listed() + SEVERAL)))


MANY = """
detente: 1
title: Many
actors:
  guide:
    options: {p: {change: take}, q: {change: take}, r: {change: take}, s: {change: take}, t: {change: take}}
    priorities: [p or q or r or s or t]
  a: {options: {a1: {}}, priorities: [a1 or e1]}
  b: {options: {b1: {}}, priorities: [b1 or e1]}
  c: {options: {c1: {}}, priorities: [c1]}
  d: {options: {d1: {}}, priorities: [d1]}
  e: {options: {e1: {change: take}}, priorities: [e1, a1]}
rules:
  - {never: (p and (q or r or s or t)) or (q and (r or s or t)) or (r and (s or t)) or (s and t), name: one of them}
now: []
timeline:
  - {date: "1908", says: The first, kind: article, sure: high, where: p. 1}
  - {date: "1908", says: The second, kind: article, sure: low, where: p. 2}
claims:
  M1: {says: Many ends, kind: prediction, test: {of: p, expect: SOME}}
  M2: {says: Many coalitions, kind: prediction, test: {joint: {goal: a1 or b1 or c1 or d1 or e1}, expect: some}}
  M3: {says: Many ways, kind: conditional, test: {levers: {by: guide, goal: p or q or r or s or t}, expect: some}}
  M4: {says: Many changes, kind: conditional, test: {pivots: {actors: [a, b, c, d, e], of: e1 and c1 and d1}, expect: some}}
  M5: {says: It is dated, kind: descriptive, test: {input: [timeline 1908]}}
  M6: {says: Made first, kind: conditional, test: {induce: {by: e}, expect: some}}
  M7: {says: A rule, kind: conditional, test: {rules: [{when: a1, then: [e1]}], step: {by: a, set: [a1]}, expect: yes}}
  M8: {says: One step, kind: conditional, test: {concept: gmr, sanctions: one-step, expect: stable}}
  M9: {says: No one step, kind: conditional, test: {concept: gmr, sanctions: legal, expect: stable}}
"""
"""More ends, coalitions and changes than are listed."""


def many() -> Iterator[tuple[str, str]]:
    """What is cut off where there is more than a line can hold."""
    for row in register_of(read_text(MANY)):
        yield row.id, of_answer(row)


def claims() -> Iterator[tuple[str, str]]:
    """The register, and of each claim its row in a line and why."""
    found = _register()
    yield "the register", of_answer(found, data=False)
    for row in found:
        yield row.id, f"{row.status}; {row.label}; {row.how}; {row.key}; {row.counts}; {row.on}\n{row.because}"


def in_full() -> Iterator[tuple[str, str]]:
    """The whole reasoning about each claim, and its plain data."""
    for row in _register():
        if row.id.startswith("S"):
            yield row.id, of_answer(row)
        else:  # the statements it rests on are those of the others
            yield row.id, of_sheets(sheet for sheet in row.sheets() if sheet.title != "Statements it rests on")


# --- how answers make a status -----------------------------------------------------------------------------------

CELLS: dict[str, dict[str, Any]] = {
    "yes": {"holds": True},
    "no": {"holds": False},
    "worse": {"holds": False, "worse": True},
    "partly": {"holds": False, "partly": True},
    "nothing": {"holds": False, "apart": NOTHING},
    "everything": {"holds": True, "apart": EVERYTHING},
    "unmet": {"holds": True, "apart": UNMET},
    "rival yes": {"holds": True, "rival": True},
    "rival no": {"holds": False, "rival": True},
}


def _cell(name: str, number: int) -> Cell:
    said = dict(CELLS[name])
    reply = Reply(name, said["holds"], partly="how it goes" if said.pop("partly", False) else "")
    return Cell(readings={"city": str(number)}, replies={"": reply}, **said)


def judged() -> Iterator[tuple[str, str]]:
    """Of every two answers what they make: of a statement, of what may be, of advice; and in a few words."""
    asked = {
        "": SimpleNamespace(sentence="", every="", some=False),
        "every": SimpleNamespace(sentence="", every="every", some=False),
        "some": SimpleNamespace(sentence="", every="some", some=True),
        "will": SimpleNamespace(sentence="will", every="", some=False),
    }
    alone = [(name,) for name in CELLS]
    for names in (*alone, *itertools.combinations_with_replacement(CELLS, 2)):
        cells = [_cell(name, number) for number, name in enumerate(names)]
        stated = [judging._stated(test, cells) for test in asked.values()]  # type: ignore[arg-type]
        advised = [judging._advised(test, cells) for test in asked.values()]  # type: ignore[arg-type]
        yield " and ".join(names), f"{', '.join(stated)} | {', '.join(advised)} | {followed_in(cells)}"
    for compares in ("more", "less", "same", "differ"):
        pairs = itertools.product(("NONE", "SOME", "ALL", "stable", "unstable", "no equilibria"), repeat=2)
        found = [f"{one} {two}" for one, two in pairs if judging._compare(compares, [one, two])]
        yield compares, ", ".join(found)
    for status in statuses.STATUSES:
        yield (
            status,
            f"{statuses.label(status)}; {statuses.label(status, ('city', 'dockers'))}; {statuses.BY_ID[status].means}",
        )


WRONG = (
    "{of: servd, model: nowhere, expect: ALL}",
    "{levers: {by: city, goal: served, colour: red}, expect: some}",
    "{levers: [city, served], expect: some}",
    "{joint: {goal: grand, most: 1234567890}, expect: some}",
    "{joint: {goal: grand, most: 123456789}, expect: some}",
    "{of: served, concept: seq, play: myopic, expect: ALL}",
    "{play: myopic, expect: ALL}",
    "{of: served}",
    "{expect: ALL}",
    "{of: served, levers: {by: city, goal: served}, expect: ALL}",
    "{of: served, expect: stable}",
    "{of: served, concept: seq, expect: perhaps}",
    "{of: served, play: slow, expect: ALL}",
    "{of: servd, expect: ALL}",
    "{of: served, expect: ALL, for: most, over: [city]}",
    "{of: served, expect: ALL, for: some}",
    "{of: served, expect: ALL, over: [cty]}",
    "{of: served, expect: ALL, over: {city: [thrfty]}}",
    "{of: served, expect: ALL, as: looser}",
    "{of: served, expect: ALL, model: nowhere}",
    "{of: served, expect: ALL, hold: [not feee]}",
    "{of: served, expect: ALL, world: clam}",
    "{of: served, expect: ALL, platform: major}",
    "{of: served, expect: ALL, sanctions: none}",
    "{of: served, expect: ALL, colour: red}",
    "{of: served, expect: ALL, without: [city, carrier, dockers]}",
    "{between: {a: {hold: [fee]}}, of: served, expect: more}",
    "{between: {a: {}, b: {}}, step: {by: city, set: [not fee]}, expect: less}",
    "{between: {a: {}, b: {}}, rivals: {c: {}}, of: served, expect: same}",
    "{between: {a: {}, b: {}}, of: served, expect: alike}",
    "{levers: {by: city}, expect: some}",
    "{levers: {by: city, goal: served}, expect: {needed: [fee]}}",
    "{levers: {by: city, goal: served}, expect: {necessary: [route]}}",
    "{levers: {by: city, goal: served, kept: perhaps}, expect: some}",
    "{step: {by: city, set: [route = large]}, expect: yes}",
    "{input: [relation R9]}",
    "{input: [fee], expect: yes}",
    "{none: nothing, expect: yes}",
    "{threshold: {actor: city, wish: fee, of: served}, expect: {turns: [x]}}",
    "{pivots: {actors: [city], kinds: [burn], of: served}, expect: none}",
    "{unknowns: {list_of: mayor, in_force: mayor, of: served}, expect: open}",
    "{joint: {goal: grand, most: two}, expect: some}",
    "{irreversible: {option: feee}, expect: some}",
    "{partnership: {name: crews}, expect: HOLDS}",
    "{hindcast: {actor: city, reading: shut}, expect: most}",
    "{rules: [{when: fee, then: [fee]}], of: served, expect: ALL}",
    "[{of: served, expect: ALL}, {of: served, expect: MANY}]",
)


def refused() -> Iterator[tuple[str, str]]:
    """What is said of tests that are written wrongly, and where."""
    for test in WRONG:
        yield test, _complaints(_with(f"  W: {{says: Wrong, kind: conditional, test: {test}}}\n"))
    said = (
        "sentence: will, test: {of: served, expect: ALL, over: [city], for: some}",
        "sentence: will, test: {of: served, expect: [ALL, SOME]}",
        "sentence: may, allows: {city: [shut]}, test: {of: served, expect: ALL}",
        "sentence: may, allows: {mayor: [open]}, test: {of: served, expect: ALL}",
        "sentence: perhaps, test: {of: served, expect: ALL}",
        "together: most, test: {of: served, expect: ALL}",
    )
    for words in said:
        yield words, _complaints(_with(f"  W: {{says: Wrong, kind: conditional, {words}}}\n"))

    for number in (1, 5, 6):
        cited = ", ".join(f"C{each}" for each in range(number))
        wish = "{want: route != away, source: ledger, where: p. 3, confidence: high}"
        told = HARBOUR.replace(wish, wish.replace("{", f"{{claims: [{cited}], "))
        silent = told.partition("\nclaims:\n")[0] + "\n"
        yield f"{number} cited, none there", _complaints(silent)
        yield (
            f"{number} cited from elsewhere",
            _complaints(told.replace("\nsources:", "\nclaims_from: chicken\nsources:")),
        )
    impossible = "[{of: served, expect: ALL}, {hold: [route = away, strike], of: served, expect: ALL}]"
    try:
        yield (
            "asked",
            str(register_of(read_text(_with(f"  W: {{says: Wrong, kind: conditional, test: {impossible}}}\n")))),
        )
    except InputError as error:
        yield impossible, str(error)


def _complaints(text: str) -> str:
    try:
        model: Scenario = read_text(text)
        return "\n".join(map(str, check(model))) or "nothing"
    except InputError as error:
        return str(error)
