"""The reader: what a file means, what is wrong with it and where, and edits that touch nothing else."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from detente.errors import InputError, ScenarioError, UnknownName
from detente.formula import Not, Setting, holds
from detente.scenario import check, library, load, read_text
from detente.scenario.binding.data import data_of
from detente.scenario.binding.shape import fit
from detente.scenario.model import Evidence, Scenario
from detente.scenario.schema import json_schema
from detente.scenario.text import yaml_tree as yamltree
from detente.scenario.text.edit import add_reading, digest, edit, insert, remove, reorder, save, set_now, text_of
from detente.scenario.text.page import Node
from detente.scenario.warnings import lint

ROOT = Path(__file__).parents[1]

SMALL = """\
detente: 1
actors:
  us:
    options: {us_arm: , us_talk: }
    priorities: [us_arm, not us_talk]
  nk:
    options:
      nk_arms: {needs: us_arm}
      answer: {choices: [delay, accept, abandon], change: [delay > accept, accept > abandon]}
    priorities: [nk_arms]
now: [us_arm]
"""

GRAPH = """\
detente: 1
actors:
  a: {ranking: [s1, [s2, s3]]}
  b: {priorities: [s2 or state = s3, not s1]}
  c: {weights: [{when: "state in {s1, s2}", weight: 1/3}, {when: s3, weight: -0.5}]}
graph: {states: [s1, s2, s3], moves: {a: [s1 > s2], b: [s2 > s3, s3 > s1]}}
now: s2
outcomes: {good: s1 or s3}
"""


def said(text: str) -> list[str]:
    """The problems of a text, each as `line:column code: message`."""
    return [f"{each.line}:{each.column} {each.code}: {each.message}" for each in check(text)]


def read(extra: str = "", base: str = SMALL) -> Scenario:
    return read_text(base + extra)


def only(text: str) -> str:
    """The one problem of a text."""
    found = said(text)
    assert len(found) == 1, found
    return found[0]


# --- what a file means ----------------------------------------------------------------------------------------


def test_options_keys_order_and_change() -> None:
    scenario = read()
    assert [option.key for option in scenario.options] == ["us_arm", "us_talk", "nk_arms", "answer"]
    answer = scenario.option("answer")
    assert answer.choices == ("delay", "accept", "abandon")
    assert answer.change == ((0, 1), (1, 2))
    assert not answer.may_switch(0, 2)
    assert scenario.option("nk_arms").needs == {1: Setting("us_arm", (1,))}
    assert (scenario.option("nk_arms").place.line, scenario.option("nk_arms").place.column) == (8, 7)


@pytest.mark.parametrize(
    ("change", "meaning"),
    [("both", "both"), ("fixed", "fixed"), ("take", ((0, 1),)), ("drop", ((1, 0),)), ("[on > off]", ((1, 0),))],
)
def test_change(change: str, meaning: object) -> None:
    scenario = read_text(SMALL.replace("us_arm: ,", f"us_arm: {{change: {change}}},"))
    assert scenario.option("us_arm").change == meaning


def test_shared_option_names_are_told_apart() -> None:
    text = SMALL.replace("us_talk", "talk").replace("nk_arms: {needs: us_arm}", "talk: {needs: us_arm}")
    clear = text.replace("not talk", "not us.talk").replace("[nk_arms]", "[nk.talk]")
    scenario = read_text(clear)
    assert [option.key for option in scenario.options] == ["us_arm", "us.talk", "nk.talk", "answer"]
    assert scenario.option("us.talk").id == "talk"
    vague = clear.replace("not us.talk", "not talk")
    message = "5:30 formula: 'talk' is an option of several actors; write us.talk or nk.talk"
    assert said(vague) == [message]


def test_a_qualified_name_always_works() -> None:
    wants = read_text(SMALL.replace("[nk_arms]", "[us.us_arm, nk.answer = accept]")).actor("nk").default_reading
    assert [str(statement.want) for statement in wants.statements] == ["us_arm", "answer = accept"]


def test_scalars_keep_their_text() -> None:
    text = SMALL.replace("choices: [delay, accept, abandon]", "choices: [no, on, 011]").replace("delay >", "no >")
    text = text.replace("accept", "on").replace("abandon", "011")
    extra = "timeline: [{date: 12:30, says: yes}, {date: 2018-06-12, says: 1e3}]\n"
    scenario = read_text(text + extra)
    assert scenario.option("answer").choices == ("no", "on", "011")
    assert [(moment.date, moment.says) for moment in scenario.timeline] == [("12:30", "yes"), ("2018-06-12", "1e3")]


def test_true_is_a_formula() -> None:
    scenario = read("outcomes: {always: true, never: false}\n")
    assert bool(holds(scenario.outcomes["always"].formula, {}))
    assert not bool(holds(scenario.outcomes["never"].formula, {}))


def test_now_is_complete_and_may_be_a_named_state() -> None:
    expected = {"us_arm": 1, "us_talk": 0, "nk_arms": 0, "answer": 0}
    assert read().now == expected
    assert read("states: {s1: [us_arm]}\n", SMALL.replace("[us_arm]\n", "s1\n")).now == expected
    assert read_text(SMALL.replace("now: [us_arm]\n", "")).now is None


def test_states_stand_for_all_their_settings() -> None:
    scenario = read("states: {s5: [us_talk, answer = accept]}\noutcomes: {there: s5 or us_arm}\n")
    assert scenario.states["s5"] == {"us_arm": 0, "us_talk": 1, "nk_arms": 0, "answer": 1}
    there = scenario.outcomes["there"].formula
    for settings, truth in (({}, True), ({"us_arm": 1}, True), ({"nk_arms": 1}, False), ({"answer": 0}, False)):
        assert bool(holds(there, {**scenario.states["s5"], **settings})) is truth


def test_outcomes_use_one_another_in_any_order() -> None:
    scenario = read("outcomes: {both: one and two, two: not one or us_talk, one: {formula: us_arm, name: One}}\n")
    assert str(scenario.outcomes["both"].formula) == "us_arm and (not us_arm or us_talk)"
    assert list(scenario.outcomes) == ["both", "two", "one"]
    assert scenario.outcomes["one"].name == "One"


def test_rules() -> None:
    scenario = read(
        "states: {gone: [answer = abandon]}\n"
        "rules:\n"
        "  - never: us_arm and us_talk\n"
        "  - {same: answer = abandon, state: gone, score: representative, name: plant closed}\n"
        "  - {when: not us_arm, then: not nk_arms and answer = delay}\n"
        "  - {barred: us_arm or us_talk -> us_arm > not us_arm and us_talk, for: us, when: nk_arms}\n"
    )
    never, same, then, barred = scenario.rules
    assert (never.kind, str(never.when), never.text) == ("never", "us_arm and us_talk", "us_arm and us_talk")
    assert (same.kind, same.representative, same.lenient, same.name) == ("same", "gone", True, "plant closed")
    assert (then.kind, then.then) == ("consequence", {"nk_arms": 0, "answer": 0})
    assert (barred.kind, barred.actor) == ("barred", "us")
    assert str(barred.target) == "not us_arm and us_talk"
    assert str(barred.when) == "(us_arm or us_talk -> us_arm) and nk_arms"


def test_readings_statements_and_evidence() -> None:
    scenario = read_text(
        SMALL.replace(
            "    priorities: [nk_arms]\n",
            "    readings:\n"
            "      mild:\n"
            "        about: The mild one\n"
            "        source: s\n"
            "        where: page 3\n"
            "        note: as a whole\n"
            "        priorities:\n"
            "          - {want: nk_arms, source: [s, t], where: 4, confidence: low, note: n, claims: C1, unknown: sign}\n"
            "          - not us_arm\n"
            "      hard: {weights: [{when: nk_arms, weight: 1/3}, {when: us_arm, weight: -2.5}]}\n",
        )
        + "sources: {s: A source, t: {text: Another, grade: B2}}\n"
    )
    mild, hard = scenario.actor("nk").readings.values()
    first, second = mild.statements
    assert (mild.id, mild.kind, mild.about, mild.evidence.source) == ("mild", "priorities", "The mild one", ("s",))
    assert first.evidence.source == ("s", "t")
    assert (first.evidence.where, first.evidence.confidence, first.evidence.claims) == ("4", "low", ("C1",))
    assert first.unknown == {"sign"}
    assert (str(second), second.want, second.place.line) == ("not us_arm", Not(Setting("us_arm", (1,))), 18)
    assert second.evidence == Evidence(source=("s",), where="page 3"), "covered by its reading"
    assert not any(statement.evidence.source for statement in hard.statements)
    assert [statement.weight for statement in hard.statements] == [Fraction(1, 3), Fraction(-5, 2)]
    assert scenario.actor("us").default_reading.id == "only"
    assert scenario.sources["s"].text == "A source"


def test_graph_form() -> None:
    scenario = read_text(GRAPH)
    assert scenario.graph is not None
    assert scenario.graph.moves == {"a": (("s1", "s2"),), "b": (("s2", "s3"), ("s3", "s1"))}
    assert scenario.now == "s2"
    assert scenario.actor("a").default_reading.entries == (("s1",), ("s2", "s3"))
    good = scenario.outcomes["good"].formula
    assert [bool(holds(good, {"state": number})) for number in range(3)] == [True, False, True]
    wants = scenario.actor("b").default_reading.statements
    assert wants[1].want == Not(Setting("state", (0,), ("s1",)))


def test_the_sections_around_the_model() -> None:
    scenario = read(
        "worlds: {w: {us: only}, v: {us: only, nk: only}}\n"
        "cast: {un: United Nations, cn: {name: China, role: background}}\n"
        "partnerships: {p: {members: [us, un], flows: {arms: us_arm, talk: us_talk}, core: arms}}\n"
        "platforms: {dove: {actor: us, hold: [us_talk, not us_arm], reading: only, orders: any}}\n"
        "incentives: {relief: {by: us, to: nk, when: nk_arms, worth: 3, cost: 1/2, max: 2, excludable: no}}\n"
        "claims: {C7: {says: It pays, test: {hold: [us_talk], expect: ALL, depth: 3}}}\n"
        "history: [{date: 2018-06, by: us, set: [us_talk], says: Talks begin}]\n"
        'relations: {R1: {from: us, to: [nk, un], kind: pressure, sign: "-", mutual: yes}}\n'
        "timeline: [{date: the 1980s, says: Long ago, set: [us_arm]}]\n"
        "leaves_out: [Trade]\n"
        "uncertainty: {nk: {threshold: 0.2}}\n"
    )
    assert scenario.worlds == {"w": {"us": "only"}, "v": {"us": "only", "nk": "only"}}
    assert scenario.partnerships["p"].core == ("arms",)
    assert scenario.partnerships["p"].flows["talk"] == Setting("us_talk", (1,))
    assert scenario.platforms["dove"].hold == {"us_talk": 1, "us_arm": 0}
    relief = scenario.incentives["relief"]
    assert (relief.worth, relief.cost, relief.most, relief.excludable) == (Fraction(3), Fraction(1, 2), 2, False)
    assert scenario.claims["C7"].tests == ({"hold": ["us_talk"], "expect": "ALL", "depth": "3"},)
    assert scenario.history[0].settings == {"us_talk": 1}
    (relation,) = scenario.relations
    assert (relation.id, relation.origin, relation.target, relation.mutual) == ("R1", ("us",), ("nk", "un"), True)
    assert scenario.timeline[0].date == "the 1980s"
    assert scenario.leaves_out == ("Trade",)
    assert scenario.uncertainty == {"nk": {"threshold": "0.2"}}


def test_relations_may_be_a_plain_list() -> None:
    scenario = read('relations: [{from: us, to: nk, kind: arms, sign: "+"}]\n')
    assert scenario.relations[0].id == "1"
    text = SMALL + "relations:\n  - {from: us, to: nk, kind: arms}\n  - {from: us, to: kn, kind: arms, sign: x}\n"
    assert said(text) == [
        "14:20 unknown-name: unknown actor or figure 'kn'; known: us, nk",
        "14:42 value: expected '+', '-', '+/-' or '0'; found 'x'",
    ]


def test_expected_states_by_name_digits_or_settings() -> None:
    scenario = read(
        "states: {s1: [us_arm]}\n"
        "outcomes: {armed: us_arm}\n"
        "expect:\n"
        "  - readings: {us: only}\n"
        "    source: computed\n"
        "    states: 24\n"
        "    counts: {nash: 2, sim: null}\n"
        '    equilibria: {nash: [s1, "0102", [us_talk, answer = accept]], seq: []}\n'
        "    ends: {myopic: [[s1], [1000]]}\n"
        "    stability: {nash: {us: [s1]}}\n"
        "    status_quo: {nash: false}\n"
        "    outcomes: {armed: {myopic: ALL, equilibria: {nash: 1}}}\n"
    )
    results: Any = scenario.expect[0].results
    s1 = {"us_arm": 1, "us_talk": 0, "nk_arms": 0, "answer": 0}
    assert results["states"] == 24
    assert results["counts"] == {"nash": 2, "sim": None}
    assert results["equilibria"]["nash"] == (
        s1,
        s1 | {"us_arm": 0, "us_talk": 1, "answer": 2},
        s1 | {"us_arm": 0, "us_talk": 1, "answer": 1},
    )
    assert results["ends"] == {"myopic": ((s1,), (s1,))}
    assert results["status_quo"] == {"nash": False}
    assert results["outcomes"] == {"armed": {"myopic": "ALL", "equilibria": {"nash": 1}}}


def test_a_move_written_as_a_list_is_told_how() -> None:
    text = "detente: 1\ntitle: Ring\ngraph:\n  states: [a, b]\n  moves: {x: [[a, b]]}\nactors: {x: {ranking: [b, a]}}\n"
    with pytest.raises(ScenarioError, match="expected a move such as 's1 > s2'; found a list"):
        read_text(text)


# --- what is wrong, and where ---------------------------------------------------------------------------------

NAME = "use lower-case letters, digits and _"
SETTINGS = "expected settings joined by 'and', such as 'a and not b and c = x'"
RULE = "a rule has the keys 'never', 'same' (with 'state', 'score'), 'when' and 'then', or 'barred' and 'for' (with 'when')"

WRONG = {
    # shape
    "titel: x": "1:1 unknown-key: unknown key 'titel'; did you mean title?",
    "title: [a]": "1:1 value: expected a text; found a list",
    "rules: {never: us_arm}": "1:1 value: expected a list; found a mapping",
    "claims: {C1: {kind: x}}": "1:10 missing: 'says' is missing here",
    "history: [{date: soon}]": "1:18 value: expected a date such as 2024, 2024-06 or 2024-06-19; found 'soon'",
    "history: [{date: 2023-02-29}]": "1:18 value: expected a day of the calendar; found '2023-02-29'",
    "cast: {us: America}": "1:8 clash: 'us' is already the name of an actor; the cast is for those who do not decide here",
    "question:": "1:1 empty: 'question' is empty: write something there, or leave it out",
    "rules:\n  -": "2:4 empty: this entry is empty: write something there, or leave it out",
    "claims: {C1: {says: x, confidence: hihg}}": "1:36 value: expected 'low', 'medium' or 'high'; found 'hihg'",
    # names in formulas
    "outcomes: {x: us_ram}": "1:15 formula: unknown option, outcome or state 'us_ram'; did you mean us_arm?",
    "outcomes: {x: answer = acept}": "1:15 formula: 'answer' has no choice 'acept'; did you mean accept?",
    "outcomes: {x: answer}": (
        "1:15 formula: 'answer' has choices (delay, accept, abandon); compare it, for example 'answer = delay'"
    ),
    "outcomes: {x: us_arm &}": "1:22 formula: unexpected character '&'; write 'and'",
    "outcomes: {x: us_arm, y: x = on}": "1:26 formula: 'x' is true or false and has no choices to compare",
    "outcomes: {X: us_arm}": (
        f"1:12 identifier: 'X' cannot be the name of an outcome: {NAME}, a letter first; for example x"
    ),
    "outcomes: {not: us_arm}": (
        "1:12 identifier: 'not' is a word of the formula language and cannot be the name of an outcome"
    ),
    "outcomes: {us_arm: us_talk}": "1:12 clash: 'us_arm' is already the name of an option; rename this outcome",
    "outcomes: {a: b, b: not c, c: a}": "1:15 circle: outcomes define one another in a circle: a -> b -> c -> a",
    # names elsewhere
    "claims: {C1: {says: x, source: nobody}}": "1:32 unknown-name: unknown source 'nobody'; there are none",
    "claims: {C 1: {says: x}}": "1:10 identifier: 'C 1' cannot be a name here: use letters, digits, '_', '-' and '.'",
    "worlds: {w: {us: onyl}}": "1:18 unknown-name: unknown reading of us 'onyl'; did you mean only?",
    "worlds: {w: {uk: only}}": "1:18 unknown-name: unknown actor 'uk'; known: us, nk",
    "incentives: {i: {by: us, to: kn, when: us_arm}}": "1:30 unknown-name: unknown actor 'kn'; known: us, nk",
    "incentives: {i: {by: us, to: nk, when: us_arm, cost: -1}}": "1:54 value: a cost is not negative; found -1",
    "incentives: {i: {by: us, to: nk, when: us_arm, worth: much}}": (
        "1:55 value: expected a number such as 3, 0.5, -2 or 1/3; found 'much'"
    ),
    "incentives: {i: {by: us, to: nk, when: us_arm, max: 0}}": (
        "1:53 value: expected a number of at least 1; found '0'"
    ),
    "partnerships: {p: {members: [us], flows: {a: us_arm}}}": (
        "1:16 members: a partnership has two or more members; p has 1"
    ),
    "partnerships: {p: {members: [us, nk], flows: {a: us_arm}, core: [b]}}": (
        "1:66 unknown-name: unknown flow 'b'; known: a"
    ),
    "platforms: {p: {actor: us, hold: [nk_arms]}}": (
        "1:13 not-own-option: 'nk_arms' is not an option of us, whose platform this is"
    ),
    "platforms: {p: {actor: us, hold: [us_arm], unknown: [us_arm]}}": (
        "1:44 contradiction: 'us_arm' is both held and unknown"
    ),
    "platforms: {p: {actor: us, unknown: [us_ram]}}": "1:38 unknown-name: unknown option 'us_ram'; did you mean us_arm?",
    # settings and states
    "states: {s: [us_arm or us_talk]}": f"1:14 not-settings: {SETTINGS}; found 'us_arm or us_talk'",
    "states: {s: [us_arm, not us_arm]}": "1:22 contradiction: 'us_arm' is set twice, differently",
    "states: {s: [us_arm], t: [us_arm]}": "1:23 duplicate: state 't' has the same settings as state 's'",
    "states: {us_arm: [us_talk]}": "1:10 clash: 'us_arm' is already the name of an option; rename this state",
    # rules
    "rules: [{never: us_arm, then: us_talk}]": f"1:9 rule: {RULE}; this one has never, then",
    "rules: [{name: x}]": f"1:9 rule: {RULE}; this one has none of them",
    "rules: [{when: us_arm, then: us_arm or us_talk}]": f"1:30 not-settings: {SETTINGS}; found 'us_arm or us_talk'",
    "rules: [{barred: us_arm, for: us}]": "1:18 arrow: expected 'A > B', two formulas; found 'us_arm'",
    "rules: [{barred: us_arm > nk_arms, for: us}]": (
        "1:18 not-own-option: what a move makes is up to us: 'nk_arms' is not an option of us"
    ),
    "rules: [{barred: us_arm > us_tlak, for: us}]": (
        "1:27 formula: unknown option, outcome or state 'us_tlak'; did you mean us_talk?"
    ),
    "rules: [{same: us_arm, state: s}]\nstates: {s: []}": (
        "1:31 not-a-member: state 's' does not satisfy 'same: us_arm'"
    ),
    "rules: [{never: us_arm, name: n}, {never: us_talk, name: n}]": ("1:58 duplicate: a rule above is also called 'n'"),
    # expectations
    'expect: [{equilibria: {nash: ["101"]}}]': "1:31 digits: expected 4 digits, one per option; found 3, '101'",
    'expect: [{equilibria: {nash: ["1013"]}}]': (
        "1:31 digits: digit 3 in '1013' is no choice of answer, which has 0 to 2"
    ),
    "expect: [{counts: {nsh: 1}}]": "1:25 unknown-name: unknown concept 'nsh'; did you mean nash?",
    "expect: [{sanctions: one}]": "1:22 value: expected 'legal' or 'one-step'; found 'one'",
    # text
    "about: 'x": "1:8 yaml: this quote is never closed",
}


@pytest.mark.parametrize(("extra", "message"), WRONG.items())
def test_messages(extra: str, message: str) -> None:
    """Each addition to a sound file makes one message, at its place."""
    assert only(f"{extra}\n{SMALL}") == message


ACTORS = {
    "us: {priorities: []}": ["3:3 no-options: actor 'us' has no options; it could never do anything"],
    "us: {options: {a: }}": [
        "3:3 no-readings: actor 'us' wants nothing: give `priorities`, a `ranking`, `weights`, or rival `readings`"
    ],
    "us: {options: {a: }, priorities: [a], weights: []}": [
        "3:3 reading: a reading is one of `priorities`, `ranking`, `weights`; found priorities and weights"
    ],
    "us: {options: {a: }, priorities: [a], readings: {r: {priorities: [a]}}}": [
        "3:24 readings: 'priorities' stands beside `readings`; make it one of them"
    ],
    "us: {options: {a: }, readings: {r: {about: x}}}": [
        "3:35 reading: a reading is one of `priorities`, `ranking`, `weights`; found none"
    ],
    "us: {options: {a: {choices: [x]}}, priorities: []}": [
        "3:22 choices: an option needs two or more choices; found 1"
    ],
    "us: {options: {a: {choices: [x, y, x]}}, priorities: [a = y]}": ["3:38 duplicate: choice 'x' is listed twice"],
    "us: {options: {a: {choices: [2, 02, 3]}}, priorities: [a = 2]}": [
        "3:35 duplicate: choice '02' is another way to write a number above; list each number once"
    ],
    "us: {options: {a: {choices: [x, Y]}}, priorities: [a = x]}": [
        "3:35 identifier: 'Y' cannot be a choice: use lower-case letters, digits and _, or a number"
    ],
    "us: {options: {a: {choices: [x, y], change: take}}, priorities: [a = x]}": [
        "3:47 change: 'take' is for yes/no options; list switches, such as 'x > y'"
    ],
    "us: {options: {a: {change: tkae}}, priorities: [a]}": [
        "3:30 arrow: expected both, take, drop, fixed or 'a > b'; found 'tkae'; did you mean take?"
    ],
    "us: {options: {a: {choices: [x, y], change: [x > z, x -> y, y > y]}}, priorities: [a = x]}": [
        "3:48 unknown-name: unknown choice 'z'; known: x, y",
        "3:55 arrow: expected both, take, drop, fixed or 'a > b'; found 'x -> y'",
        "3:63 arrow: 'y > y' leads nowhere: both ends are the same choice",
    ],
    "us: {options: {a: {choices: [x, y], needs: a = x}}, priorities: [a = x]}": [
        "3:46 needs: an option with choices says which choice the guard is for: 'needs: {y: ...}'"
    ],
    "us: {options: {a: {choices: [x, y], needs: {z: a = x}}}, priorities: [a = x]}": [
        "3:50 unknown-name: unknown choice of a 'z'; known: x, y"
    ],
    "us: {options: {a: }, ranking: [s1, [s2, s1]]}": [
        "3:34 unknown-name: unknown state 's1'; there are none",
        "3:39 unknown-name: unknown state 's2'; there are none",
        "3:43 unknown-name: unknown state 's1'; there are none",
    ],
}


@pytest.mark.parametrize(("actor", "messages"), ACTORS.items())
def test_messages_about_actors(actor: str, messages: list[str]) -> None:
    found = [each for each in said(f"detente: 1\nactors:\n  {actor}\n") if " indifferent" not in each]
    assert [each for each in found if "unused" not in each] == messages


GRAPHS = {
    "a: {ranking: [s1, [s2, s3]]}": ("a: {ranking: [s1, [s2, s1]]}", "3:26 duplicate: state 's1' is ranked twice"),
    "[s1, [s2, s3]]": ("[s1, s4, [s2, s3]]", "3:21 unknown-name: unknown state 's4'; known: s1, s2, s3"),
    "now: s2": ("now: [s1, s2]", "7:11 contradiction: 'state' is set twice, differently"),
    "s2 > s3": ("s2 > s2", "6:57 arrow: 's2 > s2' leads nowhere: both ends are the same state"),
    "b: [s2": ("d: [s2", "6:53 unknown-name: unknown actor 'd'; known: a, b, c"),
    "a: {ranking": (
        "a: {options: {x: }, ranking",
        "3:7 graph-form: the model has a `graph` and also options; it is either the one or the other",
    ),
    "outcomes": (
        "rules: [{never: s1}]\noutcomes",
        "8:1 graph-form: rules are for models with options; a graph lists its moves itself",
    ),
    "good: s1": ("state: s1", "8:12 clash: 'state' is already the name of an option; rename this outcome"),
    "s1 or s3": ("s1 or s4", "8:24 formula: unknown state or outcome 's4'; known: state, s1, s2, s3"),
    "{states: [s1, s2, s3]": ("{states: [s1, s2, s3, s2]", "6:30 duplicate: state 's2' is listed twice"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "change"), GRAPHS.items())
def test_messages_about_graphs(old: str, change: tuple[str, str]) -> None:
    new, message = change
    assert message in said(GRAPH.replace(old, new, 1))


def test_an_unranked_state_in_graph_form() -> None:
    text = GRAPH.replace("[s1, [s2, s3]]", "[s1]")
    assert only(text) == "3:7 ranking: every state is ranked once; s2, s3 are not"


def test_everything_is_reported_at_once() -> None:
    text = SMALL.replace("us_talk: }", "us_talk: {nmae: Talk}}").replace("[nk_arms]", "[nk_rams]")
    found = said(text + "worlds: {w: {us: on}}\nclaims: {C1: {syas: x}}\ntitel: x\n")
    assert [each.split(":")[1].split(" ")[1] for each in found] == [
        "unknown-key", "formula", "unknown-name", "unknown-key", "unknown-key",
    ]  # fmt: skip
    assert [each.split(" ")[0] for each in found] == ["4:35", "10:18", "12:18", "13:15", "14:1"]


def test_a_name_that_fell_with_its_part_is_not_called_unknown() -> None:
    text = SMALL.replace("options: {us_arm: , us_talk: }", "optoins: {us_arm: , us_talk: }")
    assert only(text) == "4:5 unknown-key: unknown key 'optoins'; did you mean options?"


def test_an_outcome_that_is_broken_does_not_break_its_users() -> None:
    text = SMALL + "outcomes: {x: us_arm and, y: not x, z: x or y}\n"
    assert only(text) == "12:25 formula: expected an option name, 'not' or '(' but the formula ends"


def test_duplicate_keys_name_both_places() -> None:
    text = SMALL.replace("options: {us_arm: , us_talk: }", "options: {us_arm: , us_talk: , us_arm: }")
    assert only(text) == "4:36 duplicate-key: 'us_arm' is written twice; first at line 4, column 15"


@pytest.mark.parametrize(
    ("line", "place", "quoted"),
    [
        ("priorities: [us_arm, at least 1 of (us_arm, us_talk), us_talk]", "5:26", "at least 1 of (us_arm, us_talk)"),
        ("priorities: [{want: exactly 1 of (us_arm, us_talk), note: x}]", "5:25", "exactly 1 of (us_arm, us_talk)"),
    ],
)
def test_a_formula_split_by_a_comma(line: str, place: str, quoted: str) -> None:
    text = SMALL.replace("priorities: [us_arm, not us_talk]", line)
    why = "inside [] and {} a comma starts a new entry, which splits this text"
    assert only(text) == f'{place} split-formula: {why}: quote it, "{quoted}"'


def test_a_formula_split_by_a_brace() -> None:
    text = SMALL.replace("[nk_arms]", "[answer in {delay, accept}]")
    assert only(text) == (
        '10:28 yaml: a formula with a brace or comma inside [] or {} must be quoted, "answer in {accept, delay}"'
    )


YAML = {
    "detente: 1\n\tactors: x\n": "2:1 yaml: a tab cannot indent; YAML indents with spaces",
    "a: b: c\n": "1:5 yaml: a ':' cannot stand here: quote a text with ': ', or mend the indents",
    "sign: -\nx: 1\n": "1:7 yaml: a '-' cannot stand here: start the list on its own line, or quote it",
    "a: [b\nc: d\n": "1:4 yaml: this '[' is not closed, or a ',' is missing, up to line 2",
    "a: @x\n": "1:4 yaml: a text cannot start with '@'; quote it",
    "a: 'b' c\n": "1:8 yaml: nothing can follow a closing quote: quote the whole text, or none of it",
    "a:\n  b: 1\n c: 2\n": "3:2 yaml: the indentation does not fit: entries of one list or mapping start in the same column",
    'a: "\\q"\n': "1:5 yaml: unknown escape after '\\'; use single quotes for a text with a backslash",
    "a: &x b\n": "1:4 anchor: &x is an anchor; write the thing out, or quote the text",
    "a: *x\n": "1:4 alias: *x is an alias; write the thing out, or quote the text",
    "a: !x b\n": "1:4 tag: !x is a tag; leave it out, or quote the text (in formulas write 'not')",
    "<<: {a: b}\n": "1:1 merge-key: << is a merge key; write the keys out",
    "? [a]\n: b\n": "1:3 key: a key is a name, not a list or a mapping; is a quote missing?",
    "a: 1\n---\nb: 2\n": "2:1 documents: a second document starts here; keep one scenario per file",
    "- a\n- b\n": "1:1 shape: a scenario is a mapping of keys such as `actors:`; this is a list",
    "just words\n": "1:1 shape: a scenario is a mapping of keys such as `actors:`; this is a text",
    "# nothing\n": "0:0 empty: the file is empty; a scenario starts with `detente: 1` and names its `actors`",
    "a: b\x07\n": "1:5 not-text: the character U+0007 is not part of a text; delete it",
    'a: "b\\e[31m"\n': "1:4 not-text: the character U+001B is not part of a text; delete its escape",
    '"a\\0": b\n': "1:1 not-text: the character U+0000 is not part of a text; delete its escape",
    "a: \x00\n": "1:4 not-text: the character U+0000 is not part of a text; the file is binary or damaged",
    "a: " + "[" * 50 + "\n": "1:43 too-deep: nested more than 40 deep",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), YAML.items())
def test_messages_about_yaml(text: str, message: str) -> None:
    assert only(text) == message


def test_a_caret_points_at_the_place() -> None:
    with pytest.raises(ScenarioError) as error:
        read_text(SMALL.replace("[nk_arms]", "[nk_arms and us_tlak]"), path="file.yaml")
    assert str(error.value) == (
        "file.yaml:10:30: error: unknown option, outcome or state 'us_tlak'; did you mean us_talk? [formula]\n"
        "        priorities: [nk_arms and us_tlak]\n"
        "                                 ^"
    )


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("us_arm and bad", "13:17"),
        ("'us_arm and bad'", "13:18"),
        ('"us_arm and bad"', "13:18"),
        ('"us\\x5farm and \\u0062ad"', "13:21"),
        ("us_arm\n    and\n    bad", "15:5"),
        ("'us_arm\n    and bad'", "14:9"),
        (">-\n    us_arm and\n    bad", "15:5"),
        ("|\n    us_arm\n      and bad", "15:11"),
    ],
)
def test_places_in_quoted_and_folded_formulas(written: str, place: str) -> None:
    text = f"{SMALL}outcomes:\n  x: {written}\n"
    assert said(text)[0].startswith(f"{place} formula: unknown option, outcome or state 'bad'")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def why(name: str, data: bytes | None = None) -> str:
        if data is not None:
            (tmp_path / name).write_bytes(data)
        (problem,) = check(tmp_path / name)
        return problem.message

    assert why("no.yaml") == "there is no such file"
    assert why("elmria.yaml") == "there is no such file; the library has a model 'elmira'"
    assert why("") == "this is a folder; name a scenario file in it"
    assert why("latin.yaml", b"detente: 1\ntitle: d\xe9tente\n") == (
        "byte 0xE9 in line 2 is not UTF-8; save the file as UTF-8"
    )
    assert why("wide.yaml", "detente: 1".encode("utf-16")) == "the file is in UTF-16; save it as UTF-8"
    assert why("junk.yaml", bytes(range(256))) == "this is not a text file; a scenario is YAML in UTF-8"
    assert why("empty.yaml", b"").startswith("the file is empty")
    assert why("huge.yaml", b"a: " + b"x" * yamltree.MAX_CHARACTERS).startswith("the file has 5,000,003 characters")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    scenario = load(path)
    assert scenario.name == "model"
    assert scenario.path == str(path)
    assert scenario.option("nk_arms").place.line == 8


def test_names_and_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load("chicken").title == "Chicken"
    (tmp_path / "chicken").write_text(SMALL.replace("detente: 1", "detente: 1\ntitle: Mine"))
    assert load("chicken").title == "Mine"
    with pytest.raises(UnknownName, match="unknown scenario 'chiken'; did you mean chicken"):
        load("chiken")
    with pytest.raises(ScenarioError, match="no such file"):
        load("chicken.yaml")


def test_the_version() -> None:
    assert only(SMALL.replace("detente: 1", "detente: 2")) == (
        "1:10 version: this file is written in version 2 of the format; this program reads version 1"
    )
    assert only(SMALL.replace("detente: 1\n", "")) == (
        "0:0 version: the format's version is missing: start with `detente: 1`"
    )


def test_outcomes_cannot_blow_up() -> None:
    bomb = "".join(f"  o{n + 1}: o{n} and o{n}\n" for n in range(64))
    chain = "".join(f"  p{n + 1}: not p{n}\n" for n in range(500))
    found = said(f"{SMALL}outcomes:\n  o0: us_arm\n{bomb}  p0: us_arm\n{chain}")
    assert {re.sub(r"[\d,]+", "#", each.split(": ")[1]) for each in found} == {
        "with all outcomes written out this has more than # settings",
        "with all outcomes written out this is nested more than # deep",
    }


# --- warnings -------------------------------------------------------------------------------------------------


def warnings(extra: str, wants: str = "us_arm") -> list[str]:
    found = check(SMALL.replace("[us_arm, not us_talk]", f"[{wants}]") + extra)
    assert all(problem.severity == "warning" for problem in found), found
    return [f"{each.line}:{each.column} {each.code}" for each in found if each.code != "unused-option"]


@pytest.mark.parametrize(
    ("wants", "codes"),
    [
        ("us_arm, us_talk", []),
        ("us_arm <-> nk_arms", ["5:18 reaction-rule"]),
        ("not us_arm iff nk_arms or us_talk", ["5:18 reaction-rule"]),
        ('"exactly 1 of (us_arm, nk_arms)"', ["5:18 reaction-rule"]),
        ("(us_arm -> nk_arms) and (nk_arms -> us_arm)", ["5:18 reaction-rule"]),
        ("us_arm <-> answer = accept", ["5:18 reaction-rule"]),
        ("us_arm -> nk_arms", ["5:18 one-sided-rule"]),
        ("us_arm or nk_arms", ["5:18 one-sided-rule"]),
        ("us_arm and nk_arms", []),
        ("nk_arms -> us_arm, not us_arm", ["5:18 reaction-rule"]),
        ("us_arm and nk_arms, not us_arm", ["5:18 reaction-rule"]),
        ("nk_arms -> us_arm, us_talk, us_arm -> nk_arms", ["5:18 reaction-rule"]),
        ("us_talk, nk_arms <-> answer = accept", []),
        ("us_arm, us_arm", ["5:26 duplicate-statement"]),
        ("us_arm -> us_talk, us_talk or not us_arm", ["5:37 duplicate-statement"]),
        ("us_arm or us_talk, not us_arm and not us_talk", ["5:37 dead-statement"]),
        ("us_arm or not us_arm", ["5:18 constant"]),
        ("false", ["5:18 constant"]),
        ("", ["5:5 indifferent"]),
    ],
)
def test_warnings_about_lists(wants: str, codes: list[str]) -> None:
    assert warnings("", wants) == codes


def test_what_a_reaction_rule_is_told() -> None:
    found = [
        each for each in check(SMALL.replace("not us_talk", "us_talk <-> nk_arms")) if each.code == "reaction-rule"
    ]
    (problem,) = found
    assert problem.message == (
        "'us_talk <-> nk_arms' fixes us_talk by assumption: it says how us answers nk_arms, not what us values. "
        "State the goods and let the answer follow; results that rest on this line hold by assumption"
    )


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("nk: {swaps: -5}", "12:20 unknown-key: unknown key 'swaps' under the uncertainty of nk; known: chances, "),
        (
            "nk: {treshold: 1}",
            "12:20 unknown-key: unknown key 'treshold' under the uncertainty of nk; did you mean threshold?",
        ),
        ("un: {threshold: 1}", "unknown-name: unknown actor 'un'"),
        (
            "nk: {threshold: banana}",
            "12:31 value: threshold of nk is 'banana'; expected a number above 0 and at most 1",
        ),
        ("nk: {beta: 1}", "12:26 value: beta of nk is '1'; expected a number at least 0 and below 1"),
        ("nk: {chances: {only: 1, dovish: 0}}", "unknown-name: unknown reading of nk 'dovish'"),
        ("nk: {chances: {only: 0.4}}", "12:20 value: the chances of nk's readings add up to 0.4; expected 1"),
        ("nk: {unknown: [[us_arm, us_amr]]}", "did you mean us_arm?"),
        ("nk: 3", "12:19 value: expected what is not known about nk, such as {threshold: 0.4}"),
        ("nk: [threshold]", "12:15 value: expected what is not known about nk"),
    ],
)
def test_uncertainty_is_checked(said: str, found: str) -> None:
    (problem,) = check(f"{SMALL}uncertainty: {{{said}}}\n")
    assert found in f"{problem.line}:{problem.column} {problem.code}: {problem.message}"


@pytest.mark.parametrize(
    ("extra", "codes"),
    [
        ("rules: [{when: us_arm and us_talk, then: us_arm}]\n", ["12:9 idle-rule"]),
        ("rules: [{never: us_arm and not us_arm}]\n", ["12:9 idle-rule"]),
        ("rules: [{when: us_arm, then: us_talk}]\n", []),
        ("outcomes:\n  o: at least 9 of (us_arm, us_talk)\n", ["13:6 idle-count"]),
        ("outcomes:\n  o: us_arm and at least 0 of (us_arm, us_talk)\n", ["13:6 idle-count"]),
        ("outcomes:\n  o: at most 2 of (us_arm, us_talk)\n", ["13:6 idle-count"]),
        ("outcomes:\n  o: exactly 3 of (us_arm, us_talk)\n", ["13:6 idle-count"]),
        ("outcomes:\n  o: at least 2 of (us_arm, us_talk)\n", []),
        ("rules:\n  - never: us_talk and exactly 3 of (us_arm, us_talk)\n", ["13:5 idle-rule"]),
        ("rules:\n  - never: us_talk and at least 0 of (us_arm, us_talk)\n", ["13:5 idle-count"]),
        ("history: [{date: 2018, by: us, set: [nk_arms]}]\n", ["12:32 not-own-option"]),
        ("history: [{date: 2018-06}, {date: 2018}, {date: 2017-12}]\n", ["12:49 history-order"]),
    ],
)
def test_warnings_about_rules_and_history(extra: str, codes: list[str]) -> None:
    assert warnings(extra) == codes


def test_unused_options_and_idle_guards() -> None:
    found = check(SMALL.replace("nk_arms: {needs: us_arm}", "nk_arms: {needs: us_arm, change: drop}"))
    assert [(each.line, each.code) for each in found] == [(8, "idle-guard"), (9, "unused-option")]


def test_warnings_do_not_refuse_a_file() -> None:
    assert isinstance(read_text(SMALL.replace("us_talk]", "us_talk, us_talk]")), Scenario)


# --- the library ----------------------------------------------------------------------------------------------

FAMILY = (
    "two_proxies", "ukraine_agency", "detente_veto", "hanoi_2019", "patrons", "axis_and_sanctions", "alliance_pull",
    "conditional_engagement", "drift_to_war",
)  # fmt: skip


@pytest.mark.parametrize("name", library.names())
def test_library_files_have_no_problems(name: str) -> None:
    assert [each for each in check(name) if each.code not in ("reaction-rule", "one-sided-rule")] == []


@pytest.mark.first_analysis
def test_reaction_rules_of_the_nine_models() -> None:
    """A statement "my option iff yours" occurs 51 times in the lists of the nine models, as counted by hand.

    Three more are written as two statements, and nine say "mine only if yours" or the like.
    """
    found = [(name, each) for name in FAMILY for each in lint(load(name))]
    whole = [name for name, each in found if each.code == "reaction-rule" and "together" not in each.message]
    halves = [(name, each.message.partition(" fix ")[0]) for name, each in found if "together they say" in each.message]
    assert len(whole) == 51
    assert whole.count("two_proxies") == 3
    assert [(name, re.sub(r" \(line \d+\)", "", said)) for name, said in halves] == [
        ("ukraine_agency", "'us_arm or us_nato -> ru_link' and 'not ru_link'"),
        ("detente_veto", "'us_recog -> not nk_troops' and 'us_recog'"),
        ("hanoi_2019", "'us_talk -> nk_full' and 'us_talk'"),
    ]
    assert sum(each.code == "one-sided-rule" for _, each in found) == 9


def test_a_scenario_keeps_its_text() -> None:
    for name in library.names():
        assert load(name).text == library.text(name)


def test_claims_that_something_rests_on_must_be_in_the_register_of_the_file() -> None:
    resting = SMALL.replace("not us_talk", "{want: not us_talk, claims: [C1, C99]}")
    assert not [
        each for each in check(resting) if each.code == "unknown-name"
    ]  # `check` of claims looks in other files
    (problem,) = [each for each in check(resting + "claims: {C1: {says: So it is}}\n") if each.severity == "error"]
    assert problem.message == "unknown claim 'C99'; known: C1"


def test_how_tests_of_a_claim_go_together_is_checked() -> None:
    (problem,) = [
        each
        for each in check(f"{SMALL}claims: {{C1: {{says: So it is, together: both}}}}\n")
        if each.severity == "error"
    ]
    assert problem.message == "unknown way to put tests together 'both'; known: all, any"


# --- the JSON Schema ------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*|0o[0-7]+|0x[0-9a-fA-F]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)")


def core(node: Node) -> Any:
    """The data an editor sees, which resolves plain scalars by the core schema of YAML 1.2."""
    if isinstance(node.value, dict):
        return {key: core(each) for key, each in node.value.items()}
    if isinstance(node.value, list):
        return [core(each) for each in node.value]
    if node.value is None or node.style:
        return node.value
    if node.value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return node.value.lower() == "true"
    return float(node.value) if _NUMBER.fullmatch(node.value) else node.value


@pytest.mark.parametrize("name", library.names())
def test_library_files_fit_the_json_schema(name: str) -> None:
    data = core(yamltree.read(library.text(name)).root)
    assert [error.message for error in jsonschema.Draft202012Validator(json_schema()).iter_errors(data)] == []


def test_the_json_schema_is_sound_and_described() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    parts = [schema, *schema["$defs"].values()]
    for part in parts:
        whole = next((each for each in part.get("anyOf", ()) if "properties" in each), part)
        assert [key for key, field in whole["properties"].items() if not field.get("description")] == []


@pytest.mark.parametrize("text", ["titel: x", "rules: [{name: x}]", "actors: {US: {}}", "expect: [{states: many}]"])
def test_the_json_schema_refuses(text: str) -> None:
    data = core(yamltree.read(f"detente: 1\n{text}\n" + ("" if "actors" in text else "actors: {}\n")).root)
    assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(data))


# --- edits ----------------------------------------------------------------------------------------------------

COMMENTED = """\
# A model
detente: 1
now:   # what is on
  - us_arm  # first
  # about talks
  - us_talk

actors:  # who
  us: {options: {us_arm: , us_talk: }, priorities: [us_arm]} # the US
  nk:
    options: {nk_arms: {name: 'Arms'}}
    priorities:  # one list
      - nk_arms
      - not us_arm   # but not this

  # the end
"""


def changed(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines only the old and only the new text has."""
    before, after = old.splitlines(), new.splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


def test_an_edit_changes_only_its_own_lines() -> None:
    path = ("actors", "nk", "options", "nk_arms", "name")
    assert changed(COMMENTED, edit(COMMENTED, path, "Deliver arms, men")) == (
        ["    options: {nk_arms: {name: 'Arms'}}"],
        ['    options: {nk_arms: {name: "Deliver arms, men"}}'],
    )
    assert changed(COMMENTED, edit(COMMENTED, ("actors", "nk", "name"), "North Korea")) == (
        [],
        ["    name: North Korea"],
    )
    assert changed(COMMENTED, edit(COMMENTED, ("title",), "A: b")) == ([], ['title: "A: b"'])
    assert changed(COMMENTED, edit(COMMENTED, ("actors", "us", "name"), "US")) == (
        ["  us: {options: {us_arm: , us_talk: }, priorities: [us_arm]} # the US"],
        ["  us: {options: {us_arm: , us_talk: }, priorities: [us_arm], name: US} # the US"],
    )


def test_set_now() -> None:
    new = set_now(COMMENTED, ["us_talk", "answer = accept"])
    assert changed(COMMENTED, new)[1] == ["  - answer = accept"]
    flow = set_now(SMALL, ["us_arm", "us_talk"])
    assert changed(SMALL, flow) == (["now: [us_arm]"], ["now: [us_arm, us_talk]"])


def test_add_a_reading_beside_a_single_list() -> None:
    new = add_reading(COMMENTED, "nk", "soft", {"about": "Softer", "priorities": ["not nk_arms"]})
    assert new == COMMENTED.replace(
        "    priorities:  # one list\n      - nk_arms\n      - not us_arm   # but not this\n",
        "    readings:\n      only:\n        priorities:  # one list\n          - nk_arms\n"
        "          - not us_arm   # but not this\n      soft:\n        about: Softer\n"
        "        priorities: [not nk_arms]\n",
    )
    assert list(read_text(new).actor("nk").readings) == ["only", "soft"]
    flow = add_reading(COMMENTED, "us", "soft", {"priorities": ["us_talk"]})
    assert "us_talk: }, readings: {only: {priorities: [us_arm]}, soft: {priorities: [us_talk]}}} # the US" in flow


def test_entries_move_with_their_comments() -> None:
    new = reorder(COMMENTED, ("now",), [1, 0])
    assert "now:   # what is on\n  # about talks\n  - us_talk\n  - us_arm  # first\n\nactors" in new
    assert reorder(new, ("now",), [1, 0]) == COMMENTED
    more = insert(COMMENTED, ("actors", "nk", "priorities", 1), {"want": "us_talk", "note": "a, b"})
    assert '      - nk_arms\n      - {want: us_talk, note: "a, b"}\n      - not us_arm   # but not this\n' in more
    assert remove(more, ("actors", "nk", "priorities", 1)) == COMMENTED


def test_remove() -> None:
    assert remove(COMMENTED, ("now", 1)) == COMMENTED.replace("  # about talks\n  - us_talk\n", "")
    assert "options: {us_arm: }, priorities" in remove(COMMENTED, ("actors", "us", "options", "us_talk"))
    assert "options: {us_talk: }, priorities" in remove(COMMENTED, ("actors", "us", "options", "us_arm"))
    assert "    options: {}\n" in remove(COMMENTED, ("actors", "nk", "options", "nk_arms"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: edit(SMALL, ("now", 7), "x"), "unknown place in now '7'"),
        (lambda: edit(SMALL, ("now", 0, "x"), "x"), "unknown place in now.0 'x'"),
        (lambda: remove(SMALL, ("nwo",)), "unknown place 'nwo'; did you mean now?"),
        (lambda: reorder(SMALL, ("now",), [0, 0]), "an order of 1 entries lists each of 0 to 0 once"),
        (lambda: reorder(SMALL, ("title",), [0]), "unknown list or mapping 'title'"),
        (lambda: reorder(SMALL, ("actors",), [0]), "an order of 2 entries lists each of 0 to 1 once"),
        (lambda: insert(SMALL, ("now", 5), "x"), "gets a number from 0 to 1; found 5"),
        (lambda: add_reading(SMALL, "uk", "r", {}), "unknown actor 'uk'; known: us, nk"),
        (lambda: edit("a: [b", ("a",), "x"), "this '\\[' is not closed"),
    ],
)
def test_edits_that_cannot_be_made(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_a_new_file_from_plain_data() -> None:
    data = {
        "detente": 1,
        "title": "Chicken: a game",
        "actors": {
            name: {"options": {f"{name}_swerves": {"name": "Swerve, turn"}}, "priorities": [f"{name}_swerves", "true"]}
            for name in ("ann", "bob")
        },
        "now": ["ann_swerves"],
    }
    text = text_of(data)
    assert yamltree.read(text).root.plain()["title"] == "Chicken: a game"
    assert read_text(text).now == {"ann_swerves": 1, "bob_swerves": 0}
    assert text.startswith('detente: 1\ntitle: "Chicken: a game"\nnow: [ann_swerves]\n\nactors:\n  ann:\n')


def test_save_is_atomic_and_does_not_overwrite_unasked(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    text = COMMENTED.replace("\n", "\r\n")
    save(text, path)
    assert path.read_bytes() == text.encode()
    with pytest.raises(InputError, match="exists already"):
        save(SMALL, path)
    path.chmod(0o640)
    with pytest.raises(InputError, match="has changed since it was read"):
        save(SMALL, path, of=digest(SMALL))
    save(SMALL, path, of=digest(COMMENTED))
    assert path.read_text() == SMALL
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["model.yaml"]
    with pytest.raises(InputError, match="cannot be written"):
        save(SMALL, tmp_path / "nowhere" / "model.yaml")


# --- the documentation ----------------------------------------------------------------------------------------

FORMAT = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("fragment", re.findall(r"^```yaml\n(.*?)^```", FORMAT, re.MULTILINE | re.DOTALL))
def test_fragments_of_the_format_page_have_the_right_shape(fragment: str) -> None:
    page = yamltree.read(fragment)
    fit(page)
    assert page.problems == []


def test_the_format_page_names_every_key() -> None:
    parts = [json_schema(), *json_schema()["$defs"].values()]
    wholes = [next((each for each in part.get("anyOf", ()) if "properties" in each), part) for part in parts]
    keys = {key for whole in wholes for key in whole["properties"]}
    assert {key for key in keys if f"`{key}`" not in FORMAT and f"{key}:" not in FORMAT} == set()


BRIEFED = """
detente: 1
title: Two
situation: Everybody has read {word}.
actors:
  a: {{options: {{x_on: }}, priorities: [x_on], brief: You want {word}.}}
  b: {{options: {{y: }}, readings: {{one: {{priorities: [y], brief: You want y.}}, two: {{priorities: [x_on]}}}}}}
now: []
"""


def test_a_brief_belongs_to_its_reading() -> None:
    scenario = read_text(BRIEFED.format(word="the paper"))
    told = {actor.id: [reading.brief for reading in actor.readings.values()] for actor in scenario.actors}
    assert told == {"a": ["You want the paper."], "b": ["You want y.", ""]}
    assert scenario.situation == "Everybody has read the paper."
    again = data_of(scenario)["actors"]
    assert again["a"]["readings"]["only"]["brief"] == "You want the paper."
    assert "brief" not in again["b"]["readings"]["two"]


def test_check_finds_what_a_card_could_not_print() -> None:
    found = [(each.code, each.line) for each in check(BRIEFED.format(word="x_on"))]
    assert found == [("identifier", 4), ("identifier", 6), ("no-brief", 7)]


def test_a_brief_beside_readings_is_refused() -> None:
    text = BRIEFED.format(word="it").replace("readings: {one", "brief: You., readings: {one")
    with pytest.raises(ScenarioError, match="'brief' stands beside `readings`; write one in each of them"):
        read_text(text)
