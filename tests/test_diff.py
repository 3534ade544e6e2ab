"""Two versions of a model: which difference changes which headline, by hand and against brute force; names that changed."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from click.testing import CliRunner

from brute import answer
from detente.case import Case, Query
from detente.cli import main
from detente.errors import InputError, Unanswerable
from detente.questions.versions.diff import diff, effects
from detente.questions.versions.quoted import Quoted, quoted
from detente.scenario import load, read_text
from detente.scenario.versions.difference import RENAMED
from detente.sheet import Phrase
from detente.verification import oracle
from detente.verification.random_models import random_model, swapped, swapped_in_each, to_yaml

ONE = """\
detente: 1
title: Harbour
sources: {log: The log}
actors:
  ann: {options: {go: {}}, priorities: [stay, go, not stay]}
  bob: {options: {stay: {}}, priorities: [go, stay]}
outcomes: {gone: go, here: stay}
partnerships: {pair: {members: [ann, bob], flows: {visits: not go}}}
now: []
"""
OTHER = (
    ONE.replace("[stay, go, not stay]", "[go if stay, not go, {want: stay, source: log}]")
    .replace("[go, stay]", "[go, not stay]")
    .replace("Harbour", "The harbour")
)


def asked(one: str, other: str, **more: Any) -> Any:
    return diff(Case(read_text(one, name="one")), read_text(other, name="other"), **more)


# --- what is found ----------------------------------------------------------------------------------------------------


def test_one_by_one_and_together() -> None:
    """Ann stays at home once she no longer wants to go, or wants not to; Bob does not stay once he does not care, or would not.

    Today lasts only if both do so.
    """
    found = asked(ONE, OTHER)
    told = {
        each.place.removeprefix("actors."): [(effect.headline, effect.before, effect.after) for effect in step.effects]
        for step in found.steps
        for each in step.differences
    }
    home = [("partnership.pair", "BREAKS", "HOLDS"), ("answer.gone", "ALL", "NONE")]
    away = [("answer.here", "ALL", "NONE")]
    assert told == {
        "title": [],
        "ann.readings.only.priorities.stay.source": [],
        "ann.readings.only.priorities.go": home,
        "ann.readings.only.priorities: not stay": [],
        "ann.readings.only.priorities: stay -> go": [],
        "ann.readings.only.priorities: not go": home,
        "bob.readings.only.priorities.stay": away,
        "bob.readings.only.priorities: not stay": away,
    }
    assert [step.words for step in found.steps] == [True, True] + [False] * 6
    first, second = found.sheets()
    assert first.rows[0] == (1, "title", "Harbour -> The harbour", "none (words)")
    assert first.rows[6][2:] == ("removed at place 2", "the answer: here: ALL -> NONE")
    assert second.rows[0] == ("today is where foresight play ends", "NONE", "ALL", "")
    assert second.rows[2] == ("pair", "BREAKS", "HOLDS", "3, 6")
    assert (
        second.notes[0]
        == "Changed by none of the differences alone: today is where foresight play ends, today under SEQ."
    )
    assert str(found.headline) == (
        "8 differences; 4 of them change a headline alone; together they change 5 headlines."
    )
    assert [(e.headline, e.before, e.after) for e in found.together] == [
        ("today.foresight", "NONE", "ALL"),
        ("today.seq", "unstable", "stable"),
        ("partnership.pair", "BREAKS", "HOLDS"),
        ("answer.gone", "ALL", "NONE"),
        ("answer.here", "ALL", "NONE"),
    ]


def test_a_model_and_itself() -> None:
    found = asked(ONE, ONE)
    assert found.steps == () and found.together == () and found.before == found.after
    assert str(found.headline) == "The two say the same."


def game_of(model: dict[str, Any]) -> oracle.Game:
    return oracle.build(model)


@pytest.mark.parametrize("seed", range(24))
def test_effects_against_brute_force(seed: int) -> None:
    """One swap per actor: each alone, and all together, against the oracle's own analysis of the model so edited."""
    model, rng = random_model(seed, "plain"), random.Random(seed)
    alone, together = swapped_in_each(model, rng)
    before = {each.id: each.verdict for each in quoted(Case(read_text(to_yaml(model))))}
    found = asked(to_yaml(model), to_yaml(together))
    assert len(found.steps) == len(alone)

    def expected(other: dict[str, Any]) -> dict[str, str]:
        game = game_of(other)
        return {
            "today.seq": answer(game, Query(concept="seq")),
            "today.foresight": oracle.verdict(oracle.ends(game, "foresight", "legal"), {game.now or 0}) or "",
        }

    for step in found.steps:
        (each,) = step.differences
        told = {effect.headline: effect.after for effect in step.effects}
        for headline, verdict in expected(alone[each.path[1]]).items():
            assert told.get(headline, before[headline]) == verdict
    told = {effect.headline: effect.after for effect in found.together}
    for headline, verdict in expected(together).items():
        assert told.get(headline, before[headline]) == verdict


@pytest.mark.parametrize("seed", range(12))
def test_turned_round(seed: int) -> None:
    """The differences of the other and the one are those of the one and the other, each inverted."""
    model, rng = random_model(seed, "plain"), random.Random(seed)
    other = model
    for actor in model["actors"]:
        other = swapped(other, actor, rng.randrange(2)) or other
    there, back = asked(to_yaml(model), to_yaml(other)), asked(to_yaml(other), to_yaml(model))
    assert [d.inverse for s in there.steps for d in s.differences] == [d for s in back.steps for d in s.differences]
    assert there.before == back.after and there.after == back.before
    assert [(e.headline, e.after, e.before) for e in there.together] == [
        (e.headline, e.before, e.after) for e in back.together
    ]


def test_what_cannot_stand_alone_is_taken_together() -> None:
    """A new option, and the aims, the outcome and the status quo that name it."""
    other = (
        ONE.replace("{go: {}}", "{go: {}, call: {}}")
        .replace("[go, stay]", "[go, stay, call]")
        .replace("here: stay}", "here: stay, phoned: call}")
        .replace("Harbour", "Port")
    )
    found = asked(ONE, other)
    groups = [tuple(each.place for each in step.differences) for step in found.steps]
    assert groups == [
        ("title",),
        (
            "actors.ann.options.call",
            "actors.bob.readings.only.priorities.call",
            "outcomes.phoned",
        ),
    ]
    (group,) = (step for step in found.steps if len(step.differences) > 1)
    assert "unknown option, outcome or state 'call'" in group.needs
    assert found.sheets()[0].rows[-1][-1] == "with 2"


def test_a_smallest_set_leaves_out_what_is_not_needed() -> None:
    """A new option alone can be read; what names it needs the option and nothing else of a dozen differences."""
    other = ONE.replace("{go: {}}", "{go: {}, call: {}}").replace("[go, stay]", "[go, stay, call]")
    for n in range(10):
        other = other.replace("outcomes: {", f"outcomes: {{extra_{n}: go, ")
    found = asked(ONE, other)
    sizes = sorted(len(step.differences) for step in found.steps)
    assert sizes == [1] * 10 + [2]


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_name_that_changed_everywhere_is_one_difference() -> None:
    other = ONE.replace("go: {}", "leave: {}").replace("go,", "leave,").replace("[go", "[leave")
    other = other.replace("gone: go", "gone: leave").replace("not go", "not leave")
    found = asked(ONE, other)
    assert found.renamed == {"go": "leave"}
    (step,) = found.steps
    (only,) = step.differences
    assert (only.kind, only.place, only.says) == (RENAMED, "actors.ann.options.go", "is called leave")
    assert found.together == ()
    assert "'go' is called 'leave' there; its name is taken to have changed." in found.sheets()[0].notes
    assert asked(other, ONE).renamed == {"leave": "go"}


def test_a_name_is_not_guessed_where_two_fit() -> None:
    two = ONE.replace("{go: {}}", "{go: {}, one: {}, two: {}}")
    other = two.replace("one: {}, two: {}", "three: {}, four: {}")
    assert asked(two, other).renamed == {}
    stated = asked(two, other, names={"one": "three", "two": "four"})
    assert stated.renamed == {"one": "three", "two": "four"}
    assert all(each.kind == RENAMED for step in stated.steps for each in step.differences)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"fly": "leave"}, "'fly' cannot be taken for 'leave': nothing in the first file is called 'fly'"),
        ({"go": "stay"}, "'go' cannot be taken for 'stay': the first file has a 'stay' as well"),
    ],
)
def test_names_that_do_not_fit(names: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        asked(ONE, OTHER, names=names)


def test_a_name_of_several_things_is_left_alone() -> None:
    both = ONE.replace("log: The log", "go: The log")
    with pytest.raises(InputError, match="it names several things"):
        asked(both, OTHER, names={"go": "leave"})


# --- edges ------------------------------------------------------------------------------------------------------------


def test_circumstances_hold_for_both() -> None:
    case = Case(read_text(ONE, name="one")).under
    from detente.case import Policy

    found = diff(case(Policy(hold={"go": 1})), read_text(OTHER, name="other"))
    assert all(each.verdict == "ALL" for each in (*found.before, *found.after) if each.id == "answer.gone")


def test_time_that_runs_out_is_said() -> None:
    ticks = iter(range(1000))
    found = asked(ONE, OTHER, seconds=4, clock=lambda: float(next(ticks)))
    assert found.stopped and any(not step.tried for step in found.steps)
    assert any("not tried" in row[-1] for row in found.sheets()[0].rows)
    assert f"Not complete: {found.stopped}." in found.sheets()[0].notes
    assert not any(step.tried for step in found.steps)
    assert str(found.headline) == (
        "8 differences; no time was left to try them one by one; together they change 5 headlines."
    )
    some = asked(ONE, OTHER, seconds=10, clock=lambda: float(next(ticks)))
    assert f"of {sum(step.tried for step in some.steps)} tried" in str(some.headline)


def test_what_was_made_in_memory_has_no_differences() -> None:
    from dataclasses import replace

    with pytest.raises(Unanswerable, match="differences are those of scenario files"):
        diff(Case(replace(read_text(ONE), text="")), read_text(OTHER))


def test_effects_of_headlines_that_come_and_go() -> None:
    one, two = (Quoted(name, "ALL", Phrase.of(name)) for name in ("a", "b"))
    assert [(e.headline, e.before, e.after) for e in effects((one,), (two,))] == [("a", "ALL", ""), ("b", "", "ALL")]


def test_headlines_of_a_graph_and_of_a_model_without_a_start() -> None:
    assert [each.id for each in quoted(Case(load("elmira_graph")))][:2] == ["today.foresight", "today.seq"]
    assert not any(each.id.startswith("today") for each in quoted(Case(load("garrison"))))


# --- on the command line ----------------------------------------------------------------------------------------------


def run(*words: str) -> Any:
    return CliRunner().invoke(main, words)


def test_diff_on_the_command_line(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("one.yaml", ONE), ("other.yaml", OTHER)):
        (tmp_path / name).write_text(text)
    same, differ = run("diff", "one.yaml", "one.yaml"), run("diff", "one.yaml", "other.yaml")
    assert (same.exit_code, differ.exit_code) == (0, 1)
    assert "The two say the same." in same.output
    assert "together they change 5 headlines" in " ".join(differ.output.split())
    told = json.loads(run("diff", "one.yaml", "other.yaml", "--json").output)
    assert told["count"] == sum(len(step["differences"]) for step in told["steps"]) > 3
    assert told["steps"][0]["differences"][0] == {
        "path": ["title"], "kind": "changed", "before": "Harbour", "after": "The harbour", "ranks": [None, None],
        "place": "title", "says": "Harbour -> The harbour",
    }  # fmt: skip
    refused = run("diff", "one.yaml", "other.yaml", "--renamed", "fly=leave")
    assert refused.exit_code == 2 and "nothing in the first file is called 'fly'" in refused.output


def test_merge_on_the_command_line(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    texts = {
        "base.yaml": ONE,
        "mine.yaml": ONE.replace("Harbour", "Port"),
        "yours.yaml": ONE.replace("Harbour", "Haven"),
        "apart.yaml": ONE.replace("[go, stay]", "[stay, go]"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    done = run("merge", "base.yaml", "mine.yaml", "apart.yaml", "-o", "out.yaml")
    assert done.exit_code == 0
    assert (tmp_path / "out.yaml").read_text() == texts["mine.yaml"].replace("[go, stay]", "[stay, go]")
    failed = run("merge", "base.yaml", "mine.yaml", "yours.yaml", "-o", "no.yaml")
    assert failed.exit_code == 1 and not (tmp_path / "no.yaml").exists()
    assert " ".join(failed.output.split()) == (
        "conflict: title base: Harbour first: Port second: Haven -> choose one of the two values and write it in both; or "
        "--keep first, --keep second 1 conflict; nothing is written"
    )
    kept = run("merge", "base.yaml", "mine.yaml", "yours.yaml", "--keep", "second", "-o", "kept.yaml")
    assert kept.exit_code == 1 and (tmp_path / "kept.yaml").read_text() == texts["yours.yaml"]
    told = json.loads(run("merge", "base.yaml", "mine.yaml", "yours.yaml", "--json").output.partition("conflict:")[0])
    assert [conflict["place"] for conflict in told["conflicts"]] == ["title"] and told["text"] == ""
    taken = run("merge", "base.yaml", "mine.yaml", "apart.yaml", "-o", "base.yaml", "--force")
    assert taken.exit_code == 2 and (tmp_path / "base.yaml").read_text() == ONE
