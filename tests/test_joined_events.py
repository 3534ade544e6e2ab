"""Rules for tables of events in models built from models: what a row makes in the parts, it makes in the whole."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from detente.errors import InputError, ScenarioError
from detente.scenario import load, read_text
from detente.scenario.binding.data import data_of
from detente.scenario.composite.event_rules import patterns_meet
from detente.scenario.composite.join import join
from detente.scenario.composite.renaming import rename_actor
from detente.scenario.model import EventTable, Scenario
from detente.scenario.text.edit import text_of
from lengths import seeds

PART = """
detente: 1
title: A part
sources: {{paper: {{text: "A paper of the {local}"}}}}
actors:
  hub:
    options: {{aid: {{name: Aid}}, {local}_talks: {{name: Talks}}}}
    priorities: [aid]
  {local}:
    options: {{arms: {{name: Arms}}}}
    priorities: [arms]
now: []
events:
  format: {layout}
  period: {period}
  guards: {{sources: off, future: no, window: 3}}
  rules:
{rules}
"""


def part(local: str, *rules: str, layout: str = "polecat", period: str = "month") -> str:
    listed = "\n".join(f"    - {{{rule}}}" for rule in rules)
    return PART.format(local=local, rules=listed, layout=layout, period=period)


def joined(*rules: tuple[str, ...], same: tuple[str, ...] = ()) -> Scenario:
    parts = {name: read_text(part(name, *own)) for name, own in zip(("east", "west"), rules, strict=True)}
    return join(parts, "hub", same=same)


def table(scenario: Scenario) -> EventTable:
    assert scenario.events is not None
    return scenario.events


def test_rules_of_the_parts_under_the_names_of_the_whole() -> None:
    whole = joined(
        ('when: {actor: EST, code: "FIGHT*"}, sets: arms, source: paper',),
        ("when: {actor: WST, code: FIGHT}, sets: not arms", "when: {actor: HUB, code: AID}, sets: aid"),
    )
    found = table(whole)
    assert (found.format, found.period, found.guards.sources, found.guards.future) == ("polecat", "month", None, False)
    assert [(rule.by, dict(rule.settings)) for rule in found.rules] == [
        ("east", {"east_arms": 1}),
        ("west", {"west_arms": 0}),
        ("hub", {"west_aid": 1}),
    ]
    assert found.rules[0].evidence.source == ("east_paper",)


def test_one_row_that_both_parts_are_about_sets_what_each_sets() -> None:
    whole = joined(
        ("when: {actor: [hub, HUB], code: AID}, sets: [aid, east_talks], confidence: low",),
        ("when: {actor: Hub, code: aid}, sets: [aid, west_talks], confidence: low, note: as told",),
        same=("aid",),
    )
    (rule,) = table(whole).rules
    assert (rule.by, dict(rule.settings)) == ("hub", {"aid": 1, "east_talks": 1, "west_talks": 1})
    assert (rule.evidence.confidence, rule.evidence.note) == ("low", "as told")


@pytest.mark.parametrize(
    ("east", "west", "said"),
    [
        (
            'code: "*"',
            "code: AID",
            r"rules for events \(\*/AID\): the patterns of 'east' and 'west' fit some of the same rows",
        ),
        ("code: AID", "actor: HUB, code: AID", "the patterns of 'east' and 'west' fit some of the same rows"),
    ],
)
def test_rules_that_would_hide_each_other_are_refused(east: str, west: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("/", " / ")):
        joined((f"when: {{{east}}}, sets: aid",), (f"when: {{{west}}}, sets: aid",))


def test_what_else_is_refused() -> None:
    with pytest.raises(InputError, match="'east' and 'west' set options of two actors, and the first rule would hide"):
        joined(("when: {code: FIGHT}, sets: arms",), ("when: {code: FIGHT}, sets: arms",))
    with pytest.raises(InputError, match="'east' and 'west' set 'aid' differently"):
        joined(("when: {code: AID}, sets: aid",), ("when: {code: AID}, sets: not aid",), same=("aid",))
    monthly, daily = (
        part("east", "when: {code: A}, sets: arms"),
        part("west", "when: {code: B}, sets: arms", period="day"),
    )
    with pytest.raises(InputError, match="'east' and 'west' differ in `period` of their `events`; write `events`"):
        join({"east": read_text(monthly), "west": read_text(daily)}, "hub")


WHOLE = """
detente: 1
title: Both
parts: {models: {east: ./east.yaml, west: {model: ./west.yaml, rename: {west: far}}}, shared: hub}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "east.yaml").write_text(part("east", "when: {code: FIGHT}, sets: arms"), encoding="utf-8")
    (tmp_path / "west.yaml").write_text(part("west", "when: {code: WAR}, sets: arms"), encoding="utf-8")
    return tmp_path


def test_in_a_file(folder: Path) -> None:
    (folder / "both.yaml").write_text(WHOLE, encoding="utf-8")
    found = table(load(folder / "both.yaml"))
    assert [(rule.by, rule.code) for rule in found.rules] == [("east", ("FIGHT",)), ("far", ("WAR",))]
    assert (found.guards.sources, found.guards.window, found.guards.future) == (None, 3, False)


def test_events_of_the_file_count_and_the_parts_need_not_agree(folder: Path) -> None:
    clash = part("west", "when: {code: FIGHT}, sets: arms")
    (folder / "west.yaml").write_text(clash, encoding="utf-8")
    (folder / "both.yaml").write_text(WHOLE, encoding="utf-8")
    with pytest.raises(
        ScenarioError, match="write `events` of its own into the file that joins them, which then counts"
    ):
        load(folder / "both.yaml")
    own = "events: {format: acled, rules: [{when: {code: Battles}, sets: east_arms}]}\n"
    (folder / "both.yaml").write_text(WHOLE + own, encoding="utf-8")
    found = table(load(folder / "both.yaml"))
    assert (found.format, [rule.code for rule in found.rules]) == ("acled", [("Battles",)])
    assert found.guards.sources == 2, "nothing is left of what the parts say"


def test_a_whole_written_out_says_the_same(folder: Path) -> None:
    (folder / "both.yaml").write_text(WHOLE, encoding="utf-8")
    whole = load(folder / "both.yaml")
    typed = read_text(text_of({"detente": 1, "title": "Both", **data_of(whole)}))
    ours, theirs = table(whole), table(typed)
    assert (ours.format, ours.period, ours.guards) == (theirs.format, theirs.period, theirs.guards)
    told = [[(r.by, r.code, r.actor, r.target, r.settings, r.evidence) for r in each.rules] for each in (ours, theirs)]
    assert told[0] == told[1]


def test_an_actor_under_another_name() -> None:
    renamed = rename_actor(read_text(part("east", "when: {code: A}, sets: arms")), "east", "far")
    assert [rule.by for rule in table(renamed).rules] == ["far"]


# --- against the definitions -----------------------------------------------------------------------------------------


def test_patterns_meet_where_a_text_fits_both() -> None:
    texts = ["".join(letters) for length in range(5) for letters in itertools.product("ab", repeat=length)]
    patterns = ["".join(letters) for length in range(1, 4) for letters in itertools.product("ab*", repeat=length)]
    for one, two in itertools.product(patterns, repeat=2):
        meet = any(fnmatchcase(text, one) and fnmatchcase(text, two) for text in texts)
        assert patterns_meet(one, two) == meet, (one, two)


def made(rules: EventTable, actor: str, code: str) -> dict[str, int]:
    """What a row makes: the settings of the first rule that fits it."""
    for rule in rules.rules:
        fits = not rule.actor or any(fnmatchcase(actor.lower(), each.lower()) for each in rule.actor)
        if fits and any(fnmatchcase(code.lower(), each.lower()) for each in rule.code):
            return dict(rule.settings)
    return {}


ROWS = tuple(itertools.product(("A", "B", "AB", "C"), ("A", "B", "AA", "AB", "BA", "BB", "AC")))
"""For patterns of the letters below, rows enough to tell any two apart."""


def can_be_joined(own: dict[str, Scenario]) -> bool:
    """Whether rules of the two parts that fit one row fit the same rows; all are about options of the shared actor."""
    east, west = (
        [{row for row in ROWS if made(replace(table(scenario), rules=(rule,)), *row)} for rule in table(scenario).rules]
        for scenario in own.values()
    )
    return all(one == two or not one & two for one in east for two in west)


@seeds(40, 400)
def test_a_row_makes_in_the_whole_what_it_makes_in_each_part(seed: int) -> None:
    rng = random.Random(f"joined events {seed}")

    def rule(local: str) -> str:
        actor = rng.choice(("", "", "actor: A, ", 'actor: "a*", ', "actor: [B, A], "))
        code = rng.choice(("A", "B", "AB", "BA", '"A*"', "[A, B]", "[BB, AB]"))
        return f"when: {{{actor}code: {code}}}, sets: {rng.choice((f'{local}_talks', 'aid', f'not {local}_talks'))}"

    own = {name: read_text(part(name, *(rule(name) for _ in range(rng.randint(1, 2))))) for name in ("east", "west")}
    if not can_be_joined(own):
        with pytest.raises(InputError, match="would hide the other"):
            join(own, "hub")
        return
    whole = table(join(own, "hub"))
    for actor, code in ROWS:
        apart: dict[str, int] = {}
        for name, scenario in own.items():
            settings = made(table(scenario), actor, code)
            apart |= {f"{name}_aid" if key == "aid" else key: value for key, value in settings.items()}
        assert made(whole, actor, code) == apart
