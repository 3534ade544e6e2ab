"""Very small models, and how answers about them are written down, for the exact answers (`exact.py`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import detente as dt
from contracts import cleaned
from detente.scenario import read_text
from detente.scenario.model import Scenario
from detente.sheet import Sheet, show

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

PARTING = """
detente: 1
title: Parting
actors:
  guide: {options: {hill: {change: take}, dale: {change: take}}, priorities: [hill or dale]}
  odd: {options: {left: {}}, priorities: [hill -> (left <-> not up), dale -> not left]}
  even: {options: {up: {}}, priorities: [hill -> (left <-> up), dale -> not up]}
rules: [{never: hill and dale}]
now: []
outcomes: {high: hill}
"""
"""Play ends at rest, or in a circle."""

ALLIES = """
detente: 1
title: Allies
actors:
  near:
    name: Near
    options: {grain: {name: Send grain}, road: {name: Open the road}}
    readings:
      loyal: {priorities: [grain, road <-> ships, not guns]}
      sly: {priorities: [not grain, guns, road]}
  far:
    name: Far
    options: {ships: {name: Send ships}}
    readings:
      loyal: {priorities: [ships, grain]}
      weary: {priorities: [not ships or peace, grain]}
  foe:
    name: Foe
    options: {guns: {name: Point guns, change: drop}, peace: {name: Offer peace}}
    readings:
      hard: {priorities: [not grain, not ships, guns]}
      soft: {priorities: [peace <-> not road, not guns]}
now: [grain, ships, guns]
outcomes: {parted: not grain or not ships, calm: peace and not guns}
partnerships:
  pair: {members: [near, far], flows: {bread: grain, hulls: ships, way: road}, core: [bread, hulls]}
  loose: {name: The loose pair, members: [near, far], flows: {way: road}}
platforms:
  offer: {name: The offer, actor: foe, hold: [peace], reading: soft}
  threat: {name: The threat, actor: foe, hold: [not peace], reading: hard}
  wait: {actor: foe, hold: [], reading: hard, unknown: [peace]}
incentives:
  aid: {name: Aid, by: foe, to: far, when: not ships, at: 1, cost: 2}
history:
  - {date: 2001-01, by: near, set: [road], says: The road is opened}
  - {date: 2001-02, by: foe, set: [peace], says: Peace is offered}
  - {date: 2001-02, by: far, set: [not ships], says: The ships stay}
  - {date: 2001-04, by: near, set: [not road], says: The road is shut}
uncertainty:
  near: {chances: {loyal: 0.8, sly: 0.2}}
"""
"""A pair that holds or breaks by its readings, and an outsider with platforms."""

RACE = """
detente: 1
title: A race
actors:
  left: {options: {l: {change: take}}, priorities: [l or r, l]}
  right: {options: {r: {change: take}}, priorities: [l or r, r]}
rules: [{never: l and r}]
now: []
outcomes: {won: l}
"""
"""Whoever moves first decides."""


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
