"""A log of moves: read from YAML and CSV alike, every mistake with its line, and judged as the definitions say."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from detente.case import Case, Policy
from detente.conflict import build
from detente.errors import InputError, ScenarioError, Unanswerable
from detente.questions.history.game_log import KINDS, GameLog, game_log
from detente.questions.history.hindcast import hindcast
from detente.scenario import load, read_text
from detente.scenario.movelog import moves_of, read_moves

pytestmark = pytest.mark.first_analysis
"""Their numbers are those of the first analysis, whose models are kept as test data."""

TALKS = """
detente: 1
title: Talks
actors:
  a:
    options:
      a_offer: {name: Offer}
      a_sign: {name: Sign for good, change: take, needs: a_offer}
    priorities: [b_accept, a_sign -> b_accept, not a_offer, a_sign]
  b:
    options:
      b_accept: {name: Accept, needs: a_offer}
      level: {choices: [low, mid, high], change: [low > mid, mid > high]}
    priorities: [a_sign, not b_accept, level = low]
rules:
  - never: b_accept and level = high
  - {barred: a_offer > not a_offer, for: a, when: b_accept}
now: []
"""


def log(text: str, file: str = "", scenario: str = TALKS) -> GameLog:
    return game_log(Case(read_text(scenario)), moves_of(text, read_text(scenario), file))


# --- reading ------------------------------------------------------------------------------------------------------


def test_yaml_and_csv_say_the_same(tmp_path: Path) -> None:
    scenario = load("two_proxies")
    yaml, comma, semicolon = (tmp_path / name for name in ("game.yaml", "comma.csv", "semicolon.csv"))
    yaml.write_text("title: x\nmoves:\n  - {turn: 1, by: us, set: [not us_arm, us_recog], says: Try}\n  - by: nk\n")
    comma.write_text('turn,by,set,says\n1,us,"not us_arm, us_recog",Try\n,nk,,\n', encoding="utf-8-sig")
    semicolon.write_text("turn;by;set;says\n1;us;not us_arm, us_recog;Try\n\n2;nk;;\n")
    plain = [[(m.turn, m.by, m.settings, m.says) for m in read_moves(f, scenario)] for f in (yaml, comma, semicolon)]
    assert plain[0] == plain[1] == plain[2]
    assert plain[0][0] == ("1", "us", {"us_arm": 0, "us_recog": 1}, "Try")
    assert [m.place.line for m in read_moves(yaml, scenario)] == [3, 4]
    assert [m.place.line for m in read_moves(semicolon, scenario)] == [2, 4]


@pytest.mark.parametrize(
    ("text", "file", "messages"),
    [
        ("moves:\n  - {by: uz}\n  - {to: now}\n", "g.yaml", ["g.yaml:2:", "unknown actor", "g.yaml:3:", "nobody is named"]),
        ("moves:\n  - {by: us, set: [us_arms]}\n", "g.yaml", ["g.yaml:2:", "did you mean us_arm"]),
        ("moves:\n  - {by: us, sets: [us_arm]}\n", "g.yaml", ["g.yaml:2:14", "unknown key 'sets'", "did you mean set"]),
        ("moves:\n  - {by: us, set: [us_arm or us_nato]}\n", "g.yaml", ["expected a list of settings"]),
        ("moves:\n  - {by: us, set: [us_arm], to: us_nato}\n", "g.yaml", ["not both"]),
        ("moves:\n  - us_arm\n", "g.yaml", ["g.yaml:2:", "a move is a mapping"]),
        ("- {by: us}\n", "g.yaml", ["expected `moves:`"]),
        ("", "g.yaml", ["expected `moves:`"]),
        ("games:\n  - {by: us}\n", "g.yaml", ["unknown key 'games'", "expected `moves:`"]),
        ("moves: none\n", "g.yaml", ["expected `moves:`"]),
        ("who,set\nus,us_arm\n", "g.csv", ["g.csv:1:1", "expected a header"]),
        ("by,what\nus,us_arm\n", "g.csv", ["g.csv:1:1", "unknown column 'what'"]),
        ("by,set\nus,us_arm,us_nato\n", "g.csv", ["g.csv:2:1", "3 cells for 2 columns"]),
    ],
)  # fmt: skip
def test_mistakes_have_their_line(text: str, file: str, messages: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        moves_of(text, load("two_proxies"), file)
    for message in messages:
        assert message in str(caught.value)


def test_a_pass_in_graph_form() -> None:
    scenario = load("elmira_graph")
    found = game_log(Case(scenario), moves_of("moves: [{by: local}, {by: local, to: s5}]", scenario))
    assert [(move.actor, move.changes, move.kind) for move in found.moves] == [
        ("local", "", "idle"),
        ("local", "s1 > s5", "unsanctioned"),
    ]


def test_graph_form_names_states() -> None:
    scenario = load("elmira_graph")
    with pytest.raises(ScenarioError, match="name the state reached with `to`"):
        moves_of("moves: [{by: local, set: [s5]}]", scenario)
    with pytest.raises(ScenarioError, match="unknown state 's55'"):
        moves_of("moves: [{by: local, to: s55}]", scenario)
    found = game_log(Case(scenario), moves_of("moves: [{by: local, to: s5}, {by: local, to: s9}]", scenario))
    assert [each.kind for each in found.moves] == ["unsanctioned", "not legal"]
    assert found.moves[1].hindrances == ("local has no move s5 > s9",)


def test_a_state_to_by_name_or_settings() -> None:
    scenario = load("elmira")
    found = game_log(Case(scenario), moves_of("moves: [{by: local, to: s5}]", scenario))
    assert [(each.kind, each.changes) for each in found.moves] == [("unsanctioned", "insist")]
    with pytest.raises(InputError, match=r"g\.yaml:1: .*unknown"):
        game_log(Case(scenario), moves_of("moves: [{by: local, to: nowhere}]", scenario, "g.yaml"))


# --- judging ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("{by: a, set: [a_sign]}", "a_sign needs a_offer, which does not hold"),
        ("{by: a, set: [b_accept]}", "b_accept is an option of b"),
        ("{by: b, set: [level = high]}", "level allows only low > mid, mid > high"),
        ("{by: a, set: [not a_offer]}", "changes nothing"),
    ],
)
def test_why_a_move_is_not_legal(entry: str, reason: str) -> None:
    found = log(f"moves: [{entry}]")
    assert [each.kind for each in found.moves] == ["not legal"]
    assert reason in found.moves[0].why
    assert not found.legal


def test_limits_that_depend_on_the_game() -> None:
    begun = "moves: [{by: a, set: [a_offer]}, {by: b, set: [b_accept]}"
    barred = log(f"{begun}, {{by: a, set: [not a_offer]}}]")
    assert barred.moves[2].hindrances == ("a is barred from not a_offer while a_offer and b_accept",)
    signed = log(f"{begun}, {{by: a, set: [a_sign]}}, {{by: a, set: [not a_sign]}}]")
    assert signed.moves[2].kind != "not legal"
    assert signed.moves[3].hindrances == ("a_sign cannot be undone",)
    forbidden = log("moves: [{by: b, set: [level = mid]}, {by: b, set: [level = high]}, {by: a, set: [a_offer]}, "
                    "{by: b, set: [b_accept]}]")  # fmt: skip
    assert "it breaks `never: b_accept and level = high`" in forbidden.moves[3].why
    assert forbidden.end.text == forbidden.moves[2].after, "the replay goes on as if it had not happened"


def test_held_options_cannot_move() -> None:
    scenario = load("two_proxies")
    held = Case(scenario).under(Policy(hold={"us_arm": 1}))
    found = game_log(held, moves_of("moves: [{by: us, set: [not us_arm]}]", scenario))
    assert found.moves[0].hindrances == ("us_arm is held",)


def test_an_empty_log_and_no_status_quo() -> None:
    with pytest.raises(Unanswerable, match="no moves"):
        log("moves: []")
    nowhere = TALKS.replace("now: []\n", "")
    with pytest.raises(Unanswerable, match="today"):
        log("moves: [{by: a}]", scenario=nowhere)


class Oracle:
    """Improvements and unsanctioned improvements of a small model from the definitions, state by state."""

    def __init__(self, name: str, readings: dict[str, str]) -> None:
        self.scenario = load(name)
        self.conflict = build(self.scenario)
        self.readings = [a.reading(readings.get(a.id)) for a in self.scenario.actors]

    def likes(self, player: int, cell: int) -> tuple[bool, ...]:
        """The truth of each statement in order: lexicographic comparison is preference."""
        return tuple(bool(self.conflict.holds(s.want, np.array([cell]))[0]) for s in self.readings[player].statements)

    def after(self, cell: int, key: str, value: int) -> int:
        """Where a setting leads; -1 if that is no state."""
        found = self.conflict.find({**self.conflict.settings(cell), key: value})
        return -1 if found < 0 else int(self.conflict.land(np.array([found]))[0])

    def moves(self, player: int, cell: int) -> set[int]:
        return set(self.conflict.successors(np.array([cell]), player)[1].tolist())

    def better(self, player: int, cell: int) -> set[int]:
        return {there for there in self.moves(player, cell) if self.likes(player, there) > self.likes(player, cell)}

    def answers(self, player: int, cell: int) -> set[int]:
        """States that the others can reach by improvements, nobody twice running; with the start."""
        others = [p for p in range(len(self.readings)) if p != player]
        found, seen, queue = {cell}, set(), [(cell, -1)]
        while queue:
            here, last = queue.pop()
            for mover in others:
                for there in self.better(mover, here) if mover != last else ():
                    found.add(there)
                    if (there, mover) not in seen:
                        seen.add((there, mover))
                        queue.append((there, mover))
        return found

    def kind(self, player: int, here: int, there: int) -> str:
        if there not in self.moves(player, here):
            return "not legal"
        was, will = self.likes(player, here), self.likes(player, there)
        if will <= was:
            return "indifferent" if will == was else "against"
        spoilt = any(self.likes(player, end) <= was for end in self.answers(player, there))
        return "sanctioned" if spoilt else "unsanctioned"


@pytest.mark.parametrize("name", ["two_proxies", "drift_to_war", "detente_veto", "patrons"])
@pytest.mark.parametrize("seed", range(3))
def test_kinds_are_as_defined(name: str, seed: int) -> None:
    rng, scenario = random.Random(seed), load(name)
    readings = {a.id: rng.choice(list(a.readings)) for a in scenario.actors}
    oracle = Oracle(name, readings)
    here, lines, kinds = oracle.conflict.now, [], []
    assert here is not None
    for _ in range(12):
        player = rng.randrange(len(scenario.actors))
        option = rng.choice(scenario.actors[player].options)
        value = 1 - oracle.conflict.settings(here)[option.key]
        there = oracle.after(here, option.key, value)
        lines.append(f"  - {{by: {scenario.actors[player].id}, set: [{'' if value else 'not '}{option.key}]}}")
        kinds.append("not legal" if there < 0 else oracle.kind(player, here, int(there)))
        here = here if there < 0 else int(there)
    text = "moves:\n" + "\n".join(lines)
    found = game_log(Case(scenario, readings), moves_of(text, scenario))
    assert [each.kind for each in found.moves] == kinds
    assert set(kinds) <= set(KINDS)
    off = [n for n, kind in enumerate(kinds) if kind != "unsanctioned"]
    assert found.left == (off[0] if off else None)


def test_the_record_as_a_log_is_the_hindcast() -> None:
    """The moves of `history`, logged, are judged as the hindcast judges them under the same readings."""
    scenario = load("hanoi_2019")
    lines = [
        f"  - {{date: '{e.date}', by: {e.by}, set: [{Case(scenario).state_text(e.settings)}]}}"
        for e in scenario.history
    ]
    moves = moves_of("moves:\n" + "\n".join(lines), scenario)
    for us in ("a_hawks", "p_bigdeal"):
        case = Case(scenario, {"us": us})
        score = hindcast(case, {}).scores[0]
        found = game_log(case, moves)
        judged = {n: each.kind for n, each in enumerate(found.moves)}
        for call in score.calls:
            assert (judged[call.event] == "unsanctioned") == call.unsanctioned
            assert (judged[call.event] in ("unsanctioned", "sanctioned")) == call.improvement
        for share in found.shares:
            if share.chosen and share.actor in score.by_actor:
                assert share.unsanctioned == score.by_actor[share.actor]


def test_what_comes_next_is_where_play_goes() -> None:
    scenario = load("two_proxies")
    found = game_log(Case(scenario, {"us": "carpenter"}), moves_of("moves: [{by: us, set: [not us_arm]}]", scenario))
    case = Case(scenario, {"us": "carpenter"})
    analysis = case.analyse(("seq",))
    cell = analysis.cell(dict(found.end.state))
    assert set(found.end.ends["foresight"]) == {
        analysis.text(int(c)) for c in analysis.play("foresight", cell).end_states
    }
    assert {step.kind for step in found.end.next} <= {"unsanctioned", "sanctioned"}
    rest = game_log(Case(scenario), moves_of("moves: [{by: us}]", scenario))
    assert rest.end.holds == ("seq", "smr", "gmr")
    assert rest.moves[0].kind == "pass"
