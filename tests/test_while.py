"""Options that last only `while` something holds: what it means, how it is read, warned of, joined and shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from detente.analysis import analyse
from detente.analysis.warnings import lint
from detente.case import Case, Policy, Query, verdict
from detente.conflict import build
from detente.conflict.overview import limits_text
from detente.present.json_documents import model_json
from detente.scenario import check, load, read_text

HEAD = "detente: 1\ntitle: Talks\n"
BODY = """
  b: {options: {open: }, priorities: [not open, talk]}
now: [open, talk]
outcomes: {talking: talk}
"""


def talks(option: str, priorities: str = "[talk]", more: str = "") -> str:
    return f"{HEAD}actors:\n  a: {{options: {{talk: {option}}}, priorities: {priorities}}}{BODY}{more}"


def problems(text: str) -> list[str]:
    """What is wrong with the text or, if nothing is, suspicious about it or its states."""
    found = check(text)
    found = found if any(p.severity == "error" for p in found) else tuple(sorted((*found, *lint(read_text(text)))))
    return [f"{p.line}:{p.column} {p.severity} {p.code}: {p.message}" for p in found]


# --- what it means ---------------------------------------------------------------------------------------------------


def test_it_is_a_guard_and_a_consequence() -> None:
    short = analyse(read_text(talks("{while: open}")))
    rule = "rules: [{when: talk and not open, then: not talk}]\n"
    long = analyse(read_text(talks("{needs: open}", more=rule)))
    said, meant = (json.loads(json.dumps(each.to_json())) for each in (short, long))
    for each in (said, meant):
        each.pop("engine")
    assert said == meant
    assert short.states == 3


def test_what_it_changes() -> None:
    """Closing the door ends the talks; with a guard alone they would go on behind it."""
    lasting, guarded = (Case(read_text(talks(f"{{{how}: open}}"))) for how in ("while", "needs"))
    assert (verdict(lasting, Query("talking")), verdict(guarded, Query("talking"))) == ("NONE", "ALL")


def test_choices_lapse_to_one_of_them() -> None:
    text = f"""{HEAD}actors:
  a: {{options: {{level: {{choices: [low, mid, high], while: open, lapses_to: low}}}}, priorities: [level = high]}}
  b: {{options: {{open: }}, priorities: [not open]}}
now: [open, level = high]
"""
    analysis = analyse(read_text(text))
    assert [analysis.text(cell) for cell in analysis.game.states.tolist()] == [
        "all off",
        "open",
        "level=mid open",
        "level=high open",
    ]
    (end,) = analysis.play().ends
    assert analysis.text(int(end[0])) == "all off"
    some = read_text(text.replace("while: open", "while: {high: open}"))
    assert [limits_text(option) for option in some.options] == ["high lasts while open; then low", ""]
    assert analyse(some).states == 5


def test_lapses_follow_upon_lapses() -> None:
    """What rests on what has lapsed lapses with it, whatever the order of the file."""
    text = f"""{HEAD}actors:
  a: {{options: {{third: {{while: second}}, second: {{while: first}}, first: }}, priorities: [not first]}}
now: [first, second, third]
"""
    analysis = analyse(read_text(text))
    (end,) = analysis.play().ends
    assert analysis.text(int(end[0])) == "all off"


def test_a_hold_lapses_and_says_so() -> None:
    case = Case(read_text(talks("{while: open}", "[not talk]"))).under(Policy(hold={"talk": 1}))
    assert (
        "talk is held, but by the rule 'talk while open' it may still change: a hold binds actors, not consequences"
        in case.warnings
    )
    assert verdict(case, Query("talking")) == "NONE"


# --- what is said of it ------------------------------------------------------------------------------------------------


def test_warnings() -> None:
    assert problems(talks("{while: open}")) == []
    assert problems(talks("{while: open, change: take}").replace("[open, talk]", "[talk]")) == [
        "4:17 warning lapses-one-way: 'talk' lapses where 'open' does not hold, though a cannot switch it back",
        (
            "6:1 warning unsettled-now: today's state does not last: its consequences lead to 'not talk' at once; "
            "that state is taken for it"
        ),
    ]
    assert problems(talks("{needs: open}")) == [
        (
            "4:17 warning outlives-guard: 'talk' needs 'open' only to be taken up, and stays when that ends; if it should "
            "end as well, write `while:` instead of `needs:`"
        ),
    ]
    assert problems(talks("{needs: open}", more="rules: [{never: talk and not open}]\n"))[0].startswith(
        "8:9 warning cut-moves"
    )


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("{lapses_to: off}", "`lapses_to` goes with `while`, which this option does not have"),
        ("{while: open, lapses_to: on}", "a yes/no option lapses to off; leave `lapses_to` out"),
        ("{while: {off: open}}", "'off' is what 'talk' lapses to, so it cannot lapse itself"),
        (
            "{while: open, choices: [x, y]}",
            "an option with choices says what it becomes where its `while` does not hold: 'lapses_to: x'",
        ),
        ("{while: open, choices: [x, y], lapses_to: z}", "unknown choice of talk 'z'; known: x, y"),
        (
            "{while: {x: open}, choices: [x, y], lapses_to: x}",
            "'x' is what 'talk' lapses to, so it cannot lapse itself",
        ),
        ("{while: opne}", "unknown option, outcome or state 'opne'; did you mean open?"),
    ],
)
def test_mistakes(option: str, said: str) -> None:
    text = (
        talks(option, "[open]")
        .replace("[open, talk]", "[open]")
        .replace("talk]", "open]")
        .replace("talking: talk", "o: open")
    )
    errors = [line.partition(": ")[2] for line in problems(text) if " error " in line]
    assert errors == [said]


def test_show_says_it() -> None:
    scenario = read_text(talks("{while: open, needs: not open}"))
    actors = model_json(scenario, build(scenario))["actors"]
    (told,) = [each for actor in actors for each in actor["options"] if each["id"] == "talk"]
    assert (told["needs"], told["while"], told["lapses_to"]) == ({"on": "not open"}, {"on": "open"}, "off")
    assert [limits_text(option) for option in scenario.options] == ["needs not open; lasts while open", ""]


def test_a_commitment_comes_before_what_lapses() -> None:
    """As a rule of the file does: whoever talks keeps the door open, so that shutting it ends nothing."""
    text, rule = talks("{while: open}"), "when talk then open"
    written = Case(read_text(f"{text}rules: [{{when: talk, then: open}}]\n")).game.conflict
    case = Case(read_text(text))
    committed = case.under(Policy(rules=(case.rule(rule),))).game.conflict
    cells = np.arange(committed.cells)
    assert committed.land(cells).tolist() == written.land(cells).tolist()
    shut = committed.find({"talk": 1, "open": 0})
    assert committed.settings(int(committed.land(np.array([shut]))[0])) == {"talk": 1, "open": 1}


# --- models made of models ---------------------------------------------------------------------------------------------


def test_parts_keep_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("east", "west"):
        text = talks("{while: open, needs: not shut}").replace("open: }", "open: , shut: }")
        Path(f"{name}.yaml").write_text(text.replace("  b:", f"  {name}:"))
    Path("both.yaml").write_text(
        "detente: 1\ntitle: Both\nparts: {models: {east: ./east.yaml, west: ./west.yaml}, shared: [a]}\n"
    )
    joined = load("both.yaml")
    talk = joined.option("east_talk")
    assert (str(talk.stays[1]), str(talk.own_needs[1])) == ("east_open", "not east_shut")
    assert [rule.lapses for rule in joined.rules] == ["east_talk", "west_talk"]
    assert analyse(joined).states == 6 * 6
