"""No contradiction on one page: verdicts about the very same thing are the same, and where they differ the page says in what.

Every verdict cell says what it is about: subject, question, concept or play, counter-moves, readings, what is held, scope.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import combinations

import pytest

from detente.case import CONCEPTS, Case
from detente.engine.concepts import label
from detente.present.pages.blocks import Facts, Table, Text
from detente.present.report import SECTIONS, Dossier, collect
from detente.questions.coalitions import coalitions
from detente.questions.coalitions.coalition_moves import CoalitionMoves
from detente.questions.explanation.explain import explain
from detente.scenario import library, load, read_text
from detente.scenario.model import Platform, Scenario
from detente.sheet import Judged, Phrase, VerdictTerm
from detente.study import Study
from lengths import seeds

pytestmark = pytest.mark.first_analysis

KEPT = {"question", "status-quo", "partnerships", "levers", "types", "packages", "platforms", "coalitions"}
WITHOUT = [name for name in SECTIONS if name not in KEPT]
STATES = 1_000
"""Bundled models of more states are left to the benchmarks: their follow-up questions take long."""


@dataclass(frozen=True)
class Cell:
    """A verdict on a page: what it is about, what it says, and the text beside it."""

    about: Judged
    says: str
    beside: str
    heading: bool


def verdicts(text: object) -> Iterator[VerdictTerm]:
    parts = text.parts if isinstance(text, Phrase) else (text,)
    yield from (part for part in parts if isinstance(part, VerdictTerm) and part.about is not None)


def cells(found: Dossier) -> list[Cell]:
    told: list[Cell] = []
    for section in found.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                sheet = block.sheet
                around = " ".join([str(sheet.title), *map(str, sheet.notes)])
                told += [Cell(v.about, str(v), around, True) for v in verdicts(sheet.title) if v.about]
                told += [
                    Cell(v.about, str(v), around, False) for note in sheet.notes for v in verdicts(note) if v.about
                ]
                for row in sheet.rows:
                    for column, value in zip(sheet.columns, row, strict=True):
                        beside = " ".join([around, str(column), *map(str, row)])
                        told += [Cell(v.about, str(v), beside, False) for v in verdicts(value) if v.about]
            elif isinstance(block, Facts):
                for fact in block.facts:
                    beside = f"{fact.asks} {fact.answer} {fact.says}"
                    told += [Cell(v.about, str(v), beside, True) for v in verdicts(fact.answer) if v.about]
            elif isinstance(block, Text):
                told += [Cell(v.about, str(v), str(t), False) for t in block.paragraphs for v in verdicts(t) if v.about]
    return told


def called(scenario: Scenario | None, actor: str, reading: str) -> tuple[str, ...]:
    """What a report may call a reading: by its name where it has one, else by its identifier."""
    name = scenario.actor(actor).readings[reading].name if scenario else ""
    return (name, name[:1].lower() + name[1:]) if name else (reading, reading.replace("_", " "))


def named(cell: Cell, field: str, other: Judged, scenario: Scenario | None = None) -> bool:
    """Whether the text beside a cell names what it is about in this respect; a platform's name stands for what it says."""
    platforms = scenario.platforms.values() if scenario else ()
    if field in ("held", "readings") and any(p.id in cell.beside and speaks(p, cell.about, field) for p in platforms):
        return True
    mine, theirs = getattr(cell.about, field), getattr(other, field)
    if field == "by":
        return any(word in cell.beside for word in (mine, label(mine)))
    if field == "scope":
        return bool(mine) and mine in cell.beside
    if field == "held":
        if not mine:
            return True  # nothing held is what everybody takes for granted; who holds something says so
        settings = [pair for pair in mine if pair not in theirs]
        return any(words in cell.beside for words in ("hold everything as it is", "rest held as it is")) or any(
            key in cell.beside or value in cell.beside for key, value in settings
        )
    if field == "readings":
        return any(word in cell.beside for pair in mine if pair not in theirs for word in called(scenario, *pair))
    return str(mine) in cell.beside


def speaks(platform: Platform, about: Judged, field: str) -> bool:
    """Whether a platform says what somebody holds, or which list it has."""
    if field == "held":
        return bool(platform.hold) and {key for key, _ in about.held} >= set(platform.hold)
    return dict(about.readings).get(platform.actor) == platform.reading


def assert_consistent(scenario: Scenario, about: str) -> int:
    """Equal keys, equal values; different values, a difference that is named. How many pairs were compared."""
    told, pairs = cells(collect(Study(scenario), without=WITHOUT)), 0
    by_subject: dict[tuple[str, str], list[Cell]] = {}
    for cell in told:
        by_subject.setdefault((cell.about.subject, cell.about.question), []).append(cell)
    for same in by_subject.values():
        for one, other in combinations(same, 2):
            pairs += 1
            if one.about == other.about:
                assert one.says == other.says, (about, one, other)
            elif one.says != other.says:
                differ = [f.name for f in fields(Judged) if getattr(one.about, f.name) != getattr(other.about, f.name)]
                assert any(named(one, f, other.about, scenario) for f in differ), (about, differ, one, other)
                assert any(named(other, f, one.about, scenario) for f in differ), (about, differ, other, one)
    return pairs


def small(name: str) -> bool:
    scenario = load(name)
    states = len(scenario.graph.states) if scenario.graph else 1
    for option in scenario.options:
        states *= len(option.choices)
    return states <= STATES


@pytest.mark.parametrize("name", [name for name in library.names() if small(name)])
def test_bundled_models_never_contradict_themselves(name: str) -> None:
    scenario = load(name)
    pairs = assert_consistent(scenario, name)
    assert pairs > 0 or scenario.now is None


def model(seed: int) -> str:
    """A small random model with rival readings, a partnership, platforms, an incentive and a threat."""
    rng = random.Random(seed)
    options = {"a": ["a1", "a2"], "b": ["b1"], "c": ["c1", "c2"][: rng.randint(1, 2)]}
    keys = [key for mine in options.values() for key in mine]

    def wish() -> str:
        one, two = rng.sample(keys, 2)
        return rng.choice([one, f"not {one}", f"{one} -> {two}", f"{one} and not {two}", f"{one} or {two}"])

    def listed() -> str:
        return "[" + ", ".join(dict.fromkeys(f'"{wish()}"' for _ in range(rng.randint(1, 4)))) + "]"

    lines = ["detente: 1", f"title: Random {seed}", "actors:"]
    for actor, mine in options.items():
        lines += [
            f"  {actor}:",
            f"    name: Actor {actor.upper()}",
            "    options: {" + ", ".join(f"{k}: " for k in mine) + "}",
        ]
        readings = ", ".join(f"{r}: {{priorities: {listed()}}}" for r in ("calm", "keen")[: rng.randint(1, 2)])
        lines.append("    readings: {" + readings + "}")
    lines.append("now: [" + ", ".join(key for key in keys if rng.random() < 0.5) + "]")
    lines.append("outcomes: {first: " + wish() + ", second: " + wish() + "}")
    if seed % 2:
        lines.append("answer: {ask: play, of: first}")
    lines.append("partnerships: {pact: {members: [a, b], flows: {one: a1, two: b1}}}")
    lines.append("platforms: {firm: {actor: c, hold: [c1]}, soft: {actor: c, hold: [not c1]}}")
    lines.append("incentives:")
    lines.append("  gift: {by: c, to: a, when: not a1, worth: 1, at: 1, cost: 2}")
    lines.append("  blow: {by: c, to: b, when: b1, worth: -1, at: 1, cost: 1}")
    return "\n".join(lines) + "\n"


@seeds(4, 12)
def test_random_models_never_contradict_themselves(seed: int) -> None:
    assert assert_consistent(read_text(model(seed)), f"seed {seed}") > 0


@pytest.mark.long
def test_many_random_models_never_contradict_themselves() -> None:
    for seed in range(12, 150):
        assert_consistent(read_text(model(seed)), f"seed {seed}")


@seeds(20, 60)
def test_whether_the_status_quo_holds_is_one_answer(seed: int) -> None:
    """By SEQ, by foresight play, by the explanation and by the report: never yes here and no there."""
    case = Case(read_text(model(seed)))
    analysis = case.analyse(CONCEPTS)
    now = analysis.cell()
    holds = analysis.is_equilibrium("seq", now)
    assert holds == (analysis.play("foresight").end_states.tolist() == [now])
    assert explain(case, None, ("seq",)).holds("seq") == holds
    if seed < 6:
        found = collect(
            Study(case.scenario),
            without=[*WITHOUT, "packages", "types", "levers", "partnerships", "platforms", "coalitions"],
        )
        (fact,) = [f for block in found.section("question").blocks if isinstance(block, Facts) for f in block.facts]
        assert fact.answer.startswith("Yes") == holds
        weak = analysis.is_equilibrium("gmr", now) and not holds
        assert ("only if the others would hurt themselves to punish" in fact.answer) == weak


@pytest.mark.parametrize("seed", range(4))
def test_who_upsets_the_status_quo_is_no_matter_of_how_many_are_listed(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told from the first of many, a coalition that is not listed would be one that does not exist."""
    case = Case(read_text(model(seed)))
    game, moves, now = case.game, CoalitionMoves.of(case), case.game.conflict.now
    gain = set()
    for size in (2, 3):
        for group in combinations(range(len(case.actors)), size):
            better = moves.improvements(frozenset(group))
            starts = {moves.listed.cell(int(s)) for s in better.start}
            gain |= {tuple(game.actors[i] for i in group)} if now in starts else set()
    monkeypatch.setattr(coalitions, "MOST_SHOWN", 0)
    found = collect(Study(case.scenario), without=[name for name in SECTIONS if name not in {"question", "coalitions"}])
    facts = [f for b in found.section("question").blocks if isinstance(b, Facts) for f in b.facts]
    (fact,) = [f for f in facts if f.asks == "Would a coalition leave today's state?"]
    assert (fact.answer == "No") == (not gain)
    assert all(" and ".join(f"Actor {a.upper()}" for a in pair) in fact.says for pair in gain if len(pair) == 2)


def test_a_list_taken_as_written_is_named() -> None:
    """Of a reading with something unknown the grid tells one way to fill it in, and says so."""
    lines = model(1).splitlines()
    place = next(n for n, line in enumerate(lines) if line == "    name: Actor B") + 2
    lines[place] = "    readings: {loose: {priorities: [{want: b1, unknown: sign}]}, firm: {priorities: [not b1]}}"
    study = Study(read_text("\n".join(lines) + "\n"))
    found = study.types("first")
    assert found.open == (("b", "loose"),)
    assert str(found.notes[0]) == "b as loose: its list has something unknown, and is taken as written"
    assert [cell.about.scope for cell in map(found.cell, found.rows) if cell.about] == [
        "taken as written" if row.readings["b"] == "loose" else "" for row in found.rows
    ]


def test_a_contradiction_would_be_found() -> None:
    """The check can fail: one cell turned round, and one whose difference no text names."""
    found = collect(Study(load("two_proxies")), without=WITHOUT)
    good = cells(found)
    first = next(cell for cell in good if cell.about.question == "fate")
    others = [cell for cell in good if cell.about == first.about and cell is not first]
    assert {cell.says for cell in others} <= {first.says}
    silent = Cell(first.about, "x", "", False)
    assert not named(silent, "by", first.about)
    assert not named(silent, "scope", first.about)
