"""Perceptions, announcements, third parties and files built from parts: meaning, evidence, places of mistakes, editing."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from detente.case import Case
from detente.cli import main
from detente.errors import InputError, ScenarioError
from detente.questions.stability.hierarchical import hierarchy_of
from detente.scenario import check, load, read_text
from detente.scenario.binding.data import data_of
from detente.scenario.model import Reading, Scenario
from detente.scenario.schema import json_schema
from detente.scenario.text.edit import add_reading, edit, text_of
from detente.scenario.text.yaml_tree import read

pytestmark = pytest.mark.first_analysis

BASE = """\
detente: 1
title: t
sources: {s: Somebody said so}
actors:
  us: {options: {us_a: , us_b: {change: fixed}}, readings: {x: {priorities: [us_a]}, y: {priorities: [not us_a]}}}
  ru: {options: {ru_a: , lvl: {choices: [lo, hi]}}, readings: {p: {priorities: [ru_a, us_b]}, q: {priorities: [lvl = hi]}}}
now: []
worlds: {w: {us: y}}
outcomes: {done: us_a and ru_a}
"""

FULL = (
    BASE
    + """\
perceptions:
  first:
    name: The first
    readings: {us: y}
    world: w
    source: s
    views:
      us:
        about: Too simple
        confidence: low
        believes: {ru: {reading: q, source: s, where: p. 3, confidence: high}}
        unaware_of: ru_a
        impossible: [done, {formula: us_a and lvl = hi, source: s}]
        thinks_of:
          ru: {believes: {us: {priorities: [not us_a, {want: us_b, note: odd}], about: A dove}}, imagines: [us_b]}
      ru: {believes: {us: {weights: [{when: us_a, weight: 2}]}}, imagines: us_b}
announcements:
  open: {to: [us], by: ru, reveals: ru_a, public: yes, source: s, note: Rare}
  bluff: {to: ru, imagines: us_b, believes: {us: x}, impossible: [not done], thinks_of: {us: {unaware_of: [lvl]}}}
third_parties:
  un: {can: ["done > not us_a, lvl = lo", {move: ru_a -> us_a > us_a, source: s}], wants: [{want: done, source: s}]}
"""
)


def said(text: str) -> list[str]:
    return [f"{each.line}:{each.column} {each.message}" for each in check(text) if each.severity == "error"]


# --- meaning ----------------------------------------------------------------------------------------------------


def test_what_a_file_says() -> None:
    scenario = read_text(FULL)
    first = scenario.perceptions["first"]
    assert (first.name, first.readings, first.world, first.evidence.source) == ("The first", {"us": "y"}, "w", ("s",))
    us, ru = first.views["us"], first.views["ru"]
    assert dict(us.readings) == {"ru": "q"}
    assert (us.hidden, us.imagined) == (frozenset({"ru_a"}), frozenset())
    assert us.rules == ("done", "us_a and lvl = hi")
    assert (us.about, us.evidence.confidence, us.place.line) == ("Too simple", "low", 17)
    grounds = us.grounds["ru"]
    assert (grounds.source, grounds.where, grounds.confidence) == (("s",), "p. 3", "high")
    assert us.grounds["us_a and lvl = hi"].source == ("s",)
    thought = first.beliefs["us"]["ru"]
    reading = thought.readings["us"]
    assert isinstance(reading, Reading) and isinstance(ru.readings["us"], Reading)
    assert [str(s) for s in reading.statements] == ["not us_a", "us_b"]
    assert reading.statements[1].evidence.note == "odd"
    assert "thinks us is A dove" in str(thought) and "imagines us_b" in str(thought)
    assert ru.readings["us"].statements[0].weight == Fraction(2)
    assert "thinks us is (us_a)" in str(ru)
    opened, bluff = scenario.announcements["open"], scenario.announcements["bluff"]
    assert (opened.to, opened.by, opened.reveals, opened.public) == (("us",), "ru", frozenset({"ru_a"}), True)
    assert (opened.evidence.source, opened.evidence.note) == (("s",), "Rare")
    assert (bluff.adds.imagined, bluff.adds.rules) == (frozenset({"us_b"}), ("not done",))
    assert dict(bluff.adds.readings) == {"us": "x"}
    assert bluff.thinks_of["us"].hidden == {"lvl"}
    un = scenario.third_parties["un"]
    assert [str(each) for each in un.can] == ["done > not us_a, lvl = lo", "ru_a -> us_a > us_a"]
    assert un.can[1].evidence.source == un.wants[0].evidence.source == ("s",)


def test_the_schema_knows_the_sections() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    plain = read(FULL).root.plain()
    plain["detente"] = 1
    assert [error.message for error in validator.iter_errors(plain)] == []
    plain["perceptions"]["first"]["views"]["us"]["believs"] = {}
    assert list(validator.iter_errors(plain))


def test_editing_keeps_everything_else() -> None:
    """The sections survive edits elsewhere, can be edited themselves, and be written anew."""
    text = FULL.replace("perceptions:", "# who sees what\nperceptions:  # here")
    changed = edit(text, ("title",), "other")
    assert changed == text.replace("title: t", "title: other")
    changed = edit(text, ("perceptions", "first", "views", "us", "unaware_of"), ["lvl"])
    assert "perceptions:  # here" in changed
    assert read_text(changed).perceptions["first"].views["us"].hidden == {"lvl"}
    changed = edit(text, ("third_parties", "eu"), {"can": ["true > us_a"]})
    assert list(read_text(changed).third_parties) == ["un", "eu"]
    assert add_reading(text, "us", "z", {"priorities": ["ru_a"]}).count("perceptions:") == 1
    again = read_text(text_of({**read(text).root.plain(), "detente": 1}))
    assert again.perceptions["first"].views["us"].rules == read_text(FULL).perceptions["first"].views["us"].rules
    assert [str(each) for each in again.third_parties["un"].can] == [
        str(c) for c in read_text(FULL).third_parties["un"].can
    ]


# --- mistakes -----------------------------------------------------------------------------------------------------

WRONG = {
    "perceptions: {a: {}}": ["10:15 'views' is missing here"],
    "perceptions: {a: {views: {}}}": ["10:19 nobody's view is given; a perception says what somebody sees"],
    "perceptions: {a: {views: {uss: {}}}}": ["10:27 unknown actor 'uss'; did you mean us?"],
    "perceptions: {a: {views: {us: {believes: {us: x}}}}}": [
        "10:47 what us wants is not a belief of us: give it a reading instead"
    ],
    "perceptions: {a: {views: {us: {believes: {ru: r}}}}}": ["10:47 unknown reading of ru 'r'; known: p, q"],
    "perceptions: {a: {views: {us: {believes: {ru: {priorities: [ru_aa]}}}}}}": [
        "10:61 unknown option, outcome or state 'ru_aa'; did you mean ru_a?"
    ],
    "perceptions: {a: {views: {us: {believes: {ru: {}}}}}}": [
        "10:43 a reading is one of `priorities`, `ranking`, `weights`; found none"
    ],
    "perceptions: {a: {views: {us: {unaware_of: [ru_b]}}}}": ["10:45 unknown option 'ru_b'; did you mean"],
    "perceptions: {a: {views: {us: {imagines: ru_a}}}}": [
        "10:42 'ru_a' is real: it can be switched in the model. Only an option with `change: fixed` can be imagined"
    ],
    "perceptions: {a: {views: {us: {impossible: [ru_a and]}}}}": ["10:53 expected an option name, 'not' or '('"],
    "perceptions: {a: {views: {us: {thinks_of: {us: {}}}}}}": [
        "10:44 what us believes that us sees is its own view; write it one level up"
    ],
    "perceptions: {a: {readings: {us: z}, world: v, views: {us: {}}}}": [
        "10:34 unknown reading of us 'z'; known: x, y",
        "10:45 unknown world 'v'; known: w",
    ],
    "announcements: {n: {to: us}}": [
        "10:17 an announcement has hearers (`to`) and changes what they see: `believes`, `reveals`, `corrects`, ..."
    ],
    "announcements: {n: {to: us, believes: {us: x}}}": [
        "10:44 what us wants is not a belief of us: address this to others"
    ],
    "announcements: {n: {to: fr, by: de, perception: p, corrects: yes}}": [
        "10:25 unknown actor 'fr'; known: us, ru",
        "10:33 unknown actor 'de'; known: us, ru",
        "10:49 unknown perception 'p'; there are none",
    ],
    "third_parties: {t: {can: []}}": ["10:21 a third party needs something it can do: `where > what`"],
    "third_parties: {t: {can: [us_a]}}": ["10:27 expected 'where > what', with one > in it; found 'us_a'"],
    "third_parties: {t: {can: [us_a -> ru_a > us_b]}}": [
        "10:27 'us_b' is fixed in this model; a third party cannot set it either"
    ],
    'third_parties: {t: {can: ["true > ru_a, us_c"]}}': [
        "10:41 unknown option, outcome or state 'us_c'; did you mean us_b?"
    ],
    "third_parties: {t: {can: [true > us_a or ru_a]}}": [
        "10:27 a third party makes settings, such as 'us_arm = none, not ru_link'; found ' us_a or ru_a'"
    ],
    "third_parties: {t: {can: [true > us_a], wants: [us_c]}}": [
        "10:49 unknown option, outcome or state 'us_c'; did you mean us_b?"
    ],
}


@pytest.mark.parametrize("text", WRONG)
def test_mistakes_are_placed(text: str) -> None:
    found = said(BASE + text + "\n")
    assert len(found) == len(WRONG[text]), found
    for one, start in zip(found, WRONG[text], strict=True):
        assert one.startswith(start), found


def test_graph_form_and_merged_states_allow_other_readings_only() -> None:
    graph = "graph: {states: [s1, s2], moves: {a: [s1 > s2]}}"
    text = f"detente: 1\n{graph}\nactors: {{a: {{ranking: [s1, s2]}}, b: {{ranking: [s2, s1]}}}}\nnow: s1\n"
    view = "perceptions: {p: {views: {a: {impossible: [s2], believes: {b: {ranking: [s1, s2]}}}}}}\n"
    assert said(text + view)[0].startswith(
        "5:31 this model is in graph form: here views may differ in what others want"
    )
    fine = read_text(text + view.replace("impossible: [s2], ", ""))
    from detente.questions.perception.hypergame import hypergame, perceived

    found = hypergame(*perceived(Case(fine)))
    assert found.views["a"].readings["b"].ranking == (("s1",), ("s2",))  # type: ignore[union-attr]
    merged = (
        BASE + "rules: [{same: us_a, score: representative}]\nperceptions: {p: {views: {us: {unaware_of: ru_a}}}}\n"
    )
    assert "has merged states (`same`)" in said(merged)[0]
    caused = BASE + "rules: [{when: us_a, then: ru_a}]\nperceptions: {p: {views: {us: {unaware_of: ru_a}}}}\n"
    assert "is set by a rule that acts by itself" in said(caused)[0]


# --- files built from parts ---------------------------------------------------------------------------------------

TWO = """\
detente: 1
title: Two neighbours
parts:
  models:
    road: chicken
    jail: {model: prisoners_dilemma, rename: {second: third}}
  shared: first
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def complaints(path: Path) -> list[str]:
    return [f"{Path(e.file).name}:{e.line}:{e.column} {e.message}" for e in check(path) if e.severity == "error"]


def test_a_file_of_parts_is_a_model_like_any_other(tmp_path: Path) -> None:
    more = "rules: [{never: first_swerves and first_silent}]\noutcomes: {calm: first_swerves and second_swerves}\n"
    path = folder(tmp_path, two=TWO + more + "now: [first_swerves]\n") / "two.yaml"
    scenario = load(path)
    assert [option.key for option in scenario.options] == [
        "first_swerves", "first_silent", "second_swerves", "second_silent",
    ]  # fmt: skip
    assert scenario.now == {"first_swerves": 1, "first_silent": 0, "second_swerves": 0, "second_silent": 0}
    assert {"crash", "cooperation", "calm"} <= set(scenario.outcomes)
    assert scenario.whole is not None and scenario.whole.models == {"road": "chicken", "jail": "prisoners_dilemma"}
    assert Case(scenario).analyse().states == 12
    for command in ("analyze", "show", "check", "hierarchy", "status-quo", "explain", "report"):
        out = ["-o", str(tmp_path / "r.html")] if command == "report" else []
        found = CliRunner().invoke(main, [command, str(path), *out])
        assert found.exit_code == 0, (command, found.output)
    written = tmp_path / "written.yaml"
    assert CliRunner().invoke(main, ["hierarchy", str(path), "--write", str(written)]).exit_code == 0
    one, two = (Case(s).analyse() for s in (scenario, load(written)))
    for concept in ("nash", "gmr", "smr", "seq"):
        assert one.equilibria(concept).tolist() == two.equilibria(concept).tolist()
    assert "exists already" in CliRunner().invoke(main, ["hierarchy", str(path), "--write", str(written)]).output


def test_parts_of_parts_and_weights(tmp_path: Path) -> None:
    outer = """\
detente: 1
parts:
  models: {both: ./two.yaml, hunt: {model: stag_hunt, rename: {second: fourth}}}
  shared: first
  weights: {both: 1/2, hunt: 3}
"""
    path = folder(tmp_path, two=TWO, outer=outer) / "outer.yaml"
    found = hierarchy_of(Case(load(path)))
    nash = found.level("nash")
    assert (nash.parts, nash.product, nash.whole) == ({"both": 2, "hunt": 2}, 4, 4)
    assert found.weights == {"both": Fraction(1, 2), "hunt": Fraction(3)}
    assert json.loads(json.dumps(found.to_json()))["weights"] == {"both": "1/2", "hunt": "3"}
    assert "first weighs the parts: both 1/2, hunt 3" in str(found)


def test_readings_of_a_whole_are_those_of_its_parts() -> None:
    """A rival reading of the shared actor is one of each part; the comparison looks at the parts under the same."""
    scenario = load("two_fronts")
    names = list(scenario.actor("us").readings)
    assert len(names) > 1 and names[0] == scenario.actor("us").default_reading.id
    for name in names[:3]:
        found = hierarchy_of(Case(scenario, {"us": name}), ("nash", "gmr", "seq"))
        nash, gmr, seq = found.levels
        assert (nash.gains, nash.losses, gmr.losses, seq.losses) == (0, 0, 0, 0), name


def test_one_decision_in_two_parts() -> None:
    scenario = load("war_and_partnership")
    assert [o.key for o in scenario.actor("us").options] == ["us_arm", "us_nato", "us_recog"]
    assert [o.key for o in scenario.actor("ru").options] == ["ru_war", "ru_link"]
    found = hierarchy_of(Case(scenario), ("nash",)).level("nash")
    assert (found.parts, found.product, found.whole) == ({"war": 1, "proxies": 1}, 0, 2)


BROKEN = {
    "circle": (
        {"one": TWO.replace("chicken", "./two.yaml"), "two": TWO.replace("chicken", "./one.yaml")},
        [
            "two.yaml:5:11 models are parts of one another in a circle: one.yaml -> two.yaml -> one.yaml",
            "one.yaml:5:11 the part 'road' (./two.yaml) cannot be read: it has 1 error of its own",
        ],
    ),
    "itself": (
        {"one": TWO.replace("chicken", "./one.yaml")},
        ["one.yaml:5:11 models are parts of one another in a circle: one.yaml -> one.yaml"],
    ),
    "missing": (
        {"one": TWO.replace("chicken", "./nix.yaml")},
        ["one.yaml:5:11 the part 'road' (./nix.yaml) cannot be read: there is no such file"],
    ),
    "unknown": (
        {"one": TWO.replace("chicken", "chiken")},
        ["one.yaml:5:11 the part 'road' (chiken) cannot be read: unknown scenario 'chiken'; did you mean chicken?"],
    ),
    "actors clash": (
        {"one": TWO.replace(", rename: {second: third}", "")},
        ["one.yaml:3:1 'second' is in 'road' and 'jail': only 'first' may be in several; share it or rename it"],
    ),
    "no such actor": (
        {"one": TWO.replace("second: third", "secnd: third")},
        ["one.yaml:6:54 unknown actor 'secnd'; did you mean second?"],
    ),
    "both": (
        {"one": TWO + "actors: {}\n"},
        ["one.yaml:8:1 this file is built from `parts`, so it has no `actors` of its own"],
    ),
    "wrong names": (
        {"one": TWO + "  order: [road, jale]\n  same_options: [x]\n"},
        ["one.yaml:8:17 unknown part 'jale'; did you mean jail?", "one.yaml:9:18 unknown option of the parts 'x'"],
    ),
    "order and weights": (
        {"one": TWO + "  order: [road, jail]\n  weights: {road: 1, jail: 2}\n"},
        ["one.yaml:9:3 state either an `order` of the parts or their `weights`, not both"],
    ),
    "half an order": (
        {"one": TWO + "  order: [road]\n"},
        ["one.yaml:3:1 expected every part once (road, jail), found road"],
    ),
    "graph form": (
        {"one": "detente: 1\nparts: {models: {a: elmira_graph, b: cuba}, shared: us}\n"},
        ["one.yaml:2:1 'a' is in graph form: only models with options can be joined"],
    ),
    "one part": (
        {"one": "detente: 1\nparts: {models: {a: cuba}, shared: us}\n"},
        ["one.yaml:2:1 a hierarchy needs at least two parts, found 1"],
    ),
    "outcome twice": (
        {"one": TWO + "outcomes: {crash: first_swerves}\n"},
        ["one.yaml:8:19 'crash' is already there: it comes from the parts; choose another name"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_wholes(name: str, tmp_path: Path) -> None:
    files, expected = BROKEN[name]
    found = complaints(folder(tmp_path, **files) / "one.yaml")
    assert len(found) == len(expected), found
    for one, start in zip(sorted(found), sorted(expected), strict=True):
        assert one.startswith(start), found


def test_parts_that_differ_in_one_decision(tmp_path: Path) -> None:
    """Where one decision stands differently now, the file has to say where it stands."""
    text = """\
detente: 1
parts:
  models: {a: chicken, b: {model: chicken, rename: {second: third}}}
  shared: first
  same_options: first_swerves
"""
    other = load("chicken")
    moved = text_of({"detente": 1, "title": "moved", **data_of(unranked(other)), "now": ["first_swerves"]})
    path = folder(tmp_path, moved=moved, one=text.replace("{model: chicken,", "{model: ./moved.yaml,")) / "one.yaml"
    (found,) = complaints(path)
    assert "'first_swerves' is one decision, but 'a' and 'b' differ in where it stands now" in found
    path.write_text(path.read_text() + "now: [first_swerves]\n")
    assert load(path).now == {"first_swerves": 1, "a_second_swerves": 0, "b_second_swerves": 0}


def unranked(scenario: Scenario) -> Scenario:
    """The model by weights instead of rankings, as a part of a whole is."""
    from dataclasses import replace

    from detente.scenario.composite.renaming import rename_part

    return replace(rename_part(scenario, {"options": {}, "outcomes": {}, "sources": {}}), states={})


@pytest.mark.parametrize("name", ["two_proxies", "detente_veto", "garrison", "axis_and_sanctions", "gatt"])
def test_a_model_as_data_is_the_same_model(name: str) -> None:
    """Written out and read again, every reading of everybody gives the same states, moves and scores."""
    scenario = load(name)
    again = read_text(text_of({"detente": 1, "title": scenario.title, **data_of(scenario)}))
    assert [(o.key, o.choices, o.change, o.needs) for o in again.options] == [
        (o.key, o.choices, o.change, o.needs) for o in scenario.options
    ]
    for one, two in zip(scenario.actors, again.actors, strict=True):
        assert one.readings.keys() == two.readings.keys()
        for key, reading in one.readings.items():
            assert [(s.want, s.weight, s.unknown, s.evidence, s.strength) for s in reading.statements] == [
                (s.want, s.weight, s.unknown, s.evidence, s.strength) for s in two.readings[key].statements
            ]
    assert [(r.kind, r.when, r.then, r.target) for r in again.rules] == [
        (r.kind, r.when, r.then, r.target) for r in scenario.rules
    ]
    assert again.now == scenario.now
    assert {n: o.formula for n, o in again.outcomes.items()} == {n: o.formula for n, o in scenario.outcomes.items()}


# --- how far the composites are made of the nine models -----------------------------------------------------------


NINE = (
    "two_proxies", "ukraine_agency", "detente_veto", "hanoi_2019", "patrons", "axis_and_sanctions", "alliance_pull",
    "conditional_engagement", "drift_to_war",
)  # fmt: skip


def test_how_far_the_composite_is_made_of_the_nine_models() -> None:
    """As docs/theory/hierarchy.md says: its options are theirs, its lists are not all theirs, so no join gives it."""
    parts, whole = [load(name) for name in NINE], load("composite")
    assert {o.key for o in whole.options} <= {o.key for part in parts for o in part.options}
    theirs = {
        (a.id, tuple(str(s.want) for s in r.statements))
        for part in parts
        for a in part.actors
        for r in a.readings.values()
    }
    wishes = {(actor, wish) for actor, each in theirs for wish in each}
    lists = {(a.id, r.id): tuple(str(s.want) for s in r.statements) for a in whole.actors for r in a.readings.values()}
    own = {(actor, wish) for (actor, _), each in lists.items() for wish in each}
    assert (len(own), len(own & wishes)) == (86, 79)
    kept = {key for key, each in lists.items() if (key[0], each) in theirs}
    assert (len(lists), len(kept)) == (21, 11)
    assert {actor for actor, _ in lists.keys() - kept} == {"us", "hawk", "ru", "nk", "cn", "rok"}


# --- the command line ----------------------------------------------------------------------------------------------

MISUSED = {
    "hypergame chicken": "this model has no perceptions; write them under `perceptions:`",
    "hypergame two_proxies --perception nix": "unknown perception 'nix'",
    "hypergame two_proxies --view us=need": "write ACTOR:OTHER=READING",
    "hypergame two_proxies --view us:ru": "write ACTOR:OTHER=READING",
    "hypergame two_proxies --view us:ru=ned": "unknown reading of ru 'ned'",
    "hypergame two_proxies --view us:ru=need --view us:ru=rule": "'us:ru' is given twice, as 'need' and as 'rule'",
    "hypergame two_proxies --view us:us=biden24": "its own preferences are its own",
    "hypergame two_proxies --unaware us:us_rec": "did you mean us_recog",
    "hypergame two_proxies --imagines us:us_arm": "can be switched in this model",
    "hypergame two_proxies --impossible us:true": "has no meaning: with 'true' impossible, no state is left",
    "hypergame chicken --impossible first:second_swerves": "the game as first sees it has no meaning: chicken.yaml",
    "third-party composite --can 'true > us_arm'": "third parties are looked at up to 4,096",
    "hypergame two_proxies --impossible 'us:us_arm and'": "but the formula ends",
    "hypergame composite_core --view us:ru=profit": "games as actors see them are looked at up to 4,096",
    "announce chicken": "this model has no announcements",
    "announce two_proxies --announcement nix": "unknown announcement 'nix'",
    "announce two_proxies --by us": "say who hears it",
    "announce two_proxies --to ru": "say what the hearers then see",
    "announce two_proxies --to rus --corrects": "unknown actor 'rus'; did you mean",
    "third-party chicken": "this model has no third parties",
    "third-party chicken --wants x": "say with --can what it can do",
    "third-party two_proxies --third-party nix": "unknown third party 'nix'",
    "third-party two_proxies --third-party beijing --can 'true > us_arm'": "give one of them",
    "hierarchy chicken": "this model has no parts; write them under `parts:`",
    "hierarchy two_fronts --shared us": "--shared is for parts given as PART=FILE",
    "hierarchy a=chicken b=stag_hunt": "say which actors the parts share",
    "hierarchy a=chicken b=stag_hunt --shared first": "share it or rename it",
    "hierarchy a=chicken b=stag_hunt --shared first --rename c:x=y": "unknown part 'c'",
    "hierarchy a=chicken b=stag_hunt --shared first --rename b:second=third --weights a=1,b=x": "a weight is a number",
    "hierarchy a=chicken b=stag_hunt --shared first --rename b:second=third --weights a=1": "expected every part once",
    "horizons elmira": "exactly two actors, and 3 can move",
    "horizons chicken --horizon 0": "at least 1, not 0",
    "status-quo elmira --by foot": "unknown kind of step 'foot'",
    "status-quo composite": "too many to list",
}


@pytest.mark.parametrize("line", MISUSED)
def test_misuse_is_told_in_one_sentence(line: str) -> None:
    import shlex

    found = CliRunner().invoke(main, shlex.split(line))
    assert found.exit_code == 2, found.output
    assert MISUSED[line] in " ".join(found.output.split()), found.output
    assert "Traceback" not in found.output and "bug" not in found.output


def test_trials_on_the_command_line() -> None:
    """What options say is what a file would say."""

    def asked(*words: str) -> dict[str, object]:
        found = CliRunner().invoke(main, [*words, "--json"])
        assert found.exit_code == 0, found.output
        answer: dict[str, object] = json.loads(found.output)
        return answer

    by_file = asked("hypergame", "two_proxies", "--perception", "played_along")
    by_hand = asked(
        "hypergame", "two_proxies", "--reading", "us=carpenter", "--reading", "ru=profit",
        "--view", "us:ru=need", "--view", "ru:us:ru=need",
    )  # fmt: skip
    for key in ("level", "equilibria", "believed", "surprises", "ends", "standing"):
        assert by_file[key] == by_hand[key], key
    seen = asked("hypergame", "two_proxies", "--unaware", "nk:us_recog", "--impossible", "us:us_arm and us_recog")
    views = seen["views"]
    assert isinstance(views, dict)
    assert views["nk"]["hidden"] == ["us_recog"] and views["us"]["rules"] == ["us_arm and us_recog"]
    told = asked("announce", "two_proxies", "--perception", "need_or_profit", "--to", "us", "--believes", "ru=profit")
    same = asked("announce", "two_proxies", "--announcement", "profit_shown")
    assert (told["after"], told["gains"]) == (same["after"], same["gains"])


def test_errors_of_a_part_are_errors_of_the_whole(tmp_path: Path) -> None:
    path = folder(tmp_path, one=TWO.replace("chicken", "./bad.yaml"), bad="detente: 1\nactors: {a: }\n") / "one.yaml"
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(path)
    with pytest.raises(InputError):
        load(path)
