"""Incentives whose rank and cost are ranges: every rank against brute force, the words, and what a file may say."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner

import detente as dt
from detente.case import Case
from detente.cli import main
from detente.errors import ScenarioError, TooLarge
from detente.questions.incentives.packages import Package, package, package_of_play
from detente.questions.incentives.ranks import AtRanks, told
from detente.questions.incentives.wedge import wedge
from detente.scenario import read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from test_packages import cheapest, with_incentives


def ranked(seed: int) -> tuple[Any, dict[str, Any], dict[str, tuple[int, int]]] | None:
    """A random model with priority lists and incentives, and for some of them a range of ranks."""
    model, rng = random_model(seed, None), random.Random(seed)
    incentives = with_incentives(model, rng)
    chosen = oracle.choose_readings(model, None, None)
    spans = {}
    for name, part in incentives.items():
        size = len(oracle.preference(model, part["to"], chosen[part["to"]]).get("priorities") or ())
        if "at" in part and size <= 6:
            first = rng.randint(1, size + 1)
            spans[name] = first, rng.randint(first, min(size + 1, first + 2))
    return (model, incentives, spans) if any(a < b for a, b in spans.values()) else None


@pytest.mark.parametrize("block", range(2))
def test_every_rank_against_brute_force(block: int) -> None:
    """The cheapest package at each combination of ranks: the lists rewritten by hand, all packages tried, the oracle asked."""
    asked, worked, failed = 0, 0, 0
    for seed in range(block * 24, block * 24 + 24):
        drawn = ranked(seed)
        if drawn is None:
            continue
        model, incentives, spans = drawn
        rng = random.Random(-seed)
        goal, how = rng.choice(sorted(model["outcomes"])), rng.choice(("nash", "seq", "foresight"))
        written = {
            name: {**part, **({"at": "{}..{}".format(*spans[name])} if name in spans else {})}
            for name, part in incentives.items()
        }
        given = Case(read_text(to_yaml({**model, "incentives": written}), name="random"))
        open_ = [name for name, (first, last) in spans.items() if first < last]
        expected: dict[tuple[int, ...], Fraction | None] = {}
        try:
            for ranks in itertools.product(*(range(spans[name][0], spans[name][1] + 1) for name in open_)):
                at = {name: first for name, (first, _) in spans.items()} | dict(zip(open_, ranks, strict=True))
                moved = {
                    name: {**part, **({"at": at[name]} if name in at else {})} for name, part in incentives.items()
                }
                expected[ranks] = cheapest(model, moved, how, goal, "legal")
        except oracle.OracleError:
            continue
        found: Package = package_of_play(given, goal) if how == "foresight" else package(given, goal, how)
        assert {tuple(row.ranks[name] for name in open_): row.price for row in found.ranks} == expected, seed
        assert all(row.works is (row.price is not None) for row in found.ranks)
        first = next(iter(expected.values()))
        assert (found.best.price if found.best else None) == first, "all else is said of the first ranks"
        asked += 1
        worked += sum(price is not None for price in expected.values())
        failed += sum(price is None for price in expected.values())
    assert asked and worked and failed


GATE = """
detente: 1
title: A gate
actors:
  ann: {name: Ann, options: {ann_sings: Sing}, priorities: [ann_sings]}
  bob:
    name: Bob
    options: {bob_opens: Open the gate, bob_rests: Rest}
    priorities: [bob_rests, not bob_opens]
rules: [{never: bob_rests and bob_opens}]
now: [bob_rests]
outcomes: {open_gate: bob_opens}
incentives:
  tea: {by: ann, to: bob, when: bob_opens, at: AT, cost: COST}
"""


def gate(at: str, cost: str = "2") -> dt.Study:
    return dt.parse(GATE.replace("AT", at).replace("COST", cost))


def test_a_price_is_told_with_the_ranks_at_which_it_buys() -> None:
    """Bob would rather rest than have tea, unless tea comes first; he cannot do both."""
    found = gate("1..3", "2..4").package_of_play("open_gate")
    assert [(row.ranks, row.works) for row in found.ranks] == [
        ({"tea": 1}, True),
        ({"tea": 2}, False),
        ({"tea": 3}, False),
    ]
    assert found.best is not None
    assert (int(found.best.price), int(found.best.price_most)) == (2, 4)
    assert str(found.at_ranks) == "works at rank 1, no package at 2–3"
    first, *_ = found.sheets()
    goal = "open_gate wherever foresight play ends"
    priced = "price 2 to 4, due 2 to 4, works at rank 1, no package at 2–3"
    assert str(first.title) == f"Cheapest package for: {goal} – {priced}"
    assert first.rows[0][2] == "2 to 4"
    table = next(sheet for sheet in found.sheets() if sheet.title == "At every rank it may stand at")
    assert table.rows == ((1, True, "2 to 4"), (2, False, ""), (3, False, ""))
    plain = json.loads(json.dumps(found.to_json()))
    assert plain["ranks"][0] == {"ranks": {"tea": 1}, "works": True, "price": 2, "price_most": 4}
    assert plain["at_ranks"] == "works at rank 1, no package at 2–3"
    never = gate("2..3").package_of_play("open_gate")
    assert (
        str(never.sheets()[0].title)
        == "No package for: open_gate wherever foresight play ends, no package at ranks 2–3"
    )


def test_one_rank_has_nothing_to_add() -> None:
    found = gate("1").package_of_play("open_gate")
    assert (found.ranks, str(found.at_ranks)) == ((), "")
    assert (
        str(found.sheets()[0].title) == "Cheapest package for: open_gate wherever foresight play ends – price 2, due 2"
    )


def test_several_ranges_are_counted() -> None:
    rows = [
        AtRanks(ranks={"a": a, "b": b}, works=a + b < 4, price=None, price_most=None) for a in (1, 2) for b in (1, 2, 3)
    ]
    assert str(told(rows, "no package")) == "works at 3 of 6 combinations of ranks (a at ranks 1–2, b at ranks 1–2)"
    none = [AtRanks(ranks={"a": 1, "b": b}, works=False, price=None, price_most=None) for b in (1, 2)]
    assert str(told(none, "no package")) == "no package at any of 2 combinations of ranks"
    open_ = [
        AtRanks(ranks={"a": rank}, works=[True, None, True][rank - 1], price=None, price_most=None)
        for rank in (1, 2, 3)
    ]
    assert str(told(open_, "no package")) == "works at ranks 1 and 3, not known at 2"


WALL = """
detente: 1
title: A wall
actors:
  ann: {name: Ann, options: {ann_sings: Sing}, priorities: [ann_sings]}
  bob: {name: Bob, options: {bob_ties: Keep the tie}, priorities: [bob_ties]}
  cyd: {name: Cyd, options: {cyd_naps: Nap}, priorities: [cyd_naps]}
now: [bob_ties]
partnerships: {pact: {members: [bob, cyd], flows: {tie: bob_ties}}}
incentives:
  tea: {by: ann, to: bob, when: not bob_ties, at: AT, cost: 1..3}
"""


def test_a_wedge_is_told_with_its_ranks() -> None:
    """Against the same question of the file with the rank written out: whether the policy is a wedge there."""
    found = wedge(dt.parse(WALL.replace("AT", "1..2")).case, "ann", "pact")
    given = [each for each in found.wedges if each.purchases]
    assert given
    for each in given:
        for row in each.ranks:
            there = wedge(dt.parse(WALL.replace("AT", str(row.ranks["tea"]))).case, "ann", "pact").wedges
            same = [(other.switches, [item.id for item in other.purchases]) for other in there]
            assert row.works is ((each.switches, [item.id for item in each.purchases]) in same)
    (cheap, *_) = [each for each in found.frontier if each.purchases]
    assert (int(cheap.price), int(cheap.price_most), str(cheap.at_ranks)) == (1, 3, "works at rank 1, no wedge at 2")
    sheet = found.sheets()[0]
    assert sheet.columns[:3] == ("policy", "price", "at ranks")
    assert ("1 to 3", "works at rank 1, no wedge at 2") in [tuple(map(str, row[1:3])) for row in sheet.rows]
    alone = wedge(dt.parse(WALL.replace("AT", "1")).case, "ann", "pact").sheets()[0]
    assert "at ranks" not in alone.columns


@pytest.mark.parametrize(
    ("at", "cost", "message"),
    [
        ("6..3", "1", "a range of ranks goes down the list, such as 3..6"),
        ("0..3", "1", "ranks are counted from 1, the top of the list"),
        ("0", "1", "ranks are counted from 1, the top of the list"),
        ("3-6", "1", "expected a rank such as 3, or a range of ranks such as 3..6"),
        ("1..x", "1", "expected a rank such as 3, or a range of ranks such as 3..6"),
        ("1", "5..2", "a range goes from the least to the most, such as 2..5"),
        ("1", "5..", "expected a number such as 3, 0.5, -2 or 1/3"),
        ("1", "-1..2", "a cost is not negative; found -1"),
    ],
)
def test_what_no_range_says_is_told(at: str, cost: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        gate(at, cost)
    assert message in str(error.value)


def test_a_range_beyond_the_list_is_refused_and_warned_of(tmp_path: Any) -> None:
    with pytest.raises(dt.InputError, match=r"`at: 1\.\.9` is beyond the list of bob"):
        gate("1..9").package_of_play("open_gate")
    file = tmp_path / "gate.yaml"
    file.write_text(GATE.replace("AT", "1..9").replace("COST", "2"), "utf-8")
    answer = CliRunner().invoke(main, ["check", str(file)])
    assert "`at: 1..9` is beyond the list of bob" in answer.output


def test_too_many_ranks_are_refused() -> None:
    wishes = "".join(", bob_opens or ann_sings" for _ in range(20))
    text = GATE.replace("priorities: [bob_rests, not bob_opens]", f"priorities: [bob_rests, not bob_opens{wishes}]")
    more = "".join(f"  tea{n}: {{by: ann, to: bob, when: bob_opens, at: 1..20, cost: 1}}\n" for n in (1, 2))
    with pytest.raises(TooLarge, match="400 combinations; at most 256"):
        dt.parse(text.replace("AT", "1").replace("COST", "2") + more).package_of_play("open_gate")


def test_the_report_tells_no_price_without_a_source_on_its_first_page() -> None:
    from detente.present.report import collect

    def fact(study: dt.Study) -> dict[str, Any]:
        facts = [
            block for section in collect(study).to_json()["sections"] for block in section["blocks"] if "facts" in block
        ]
        return next(each for block in facts for each in block["facts"] if each["section"] == "packages")

    bare = fact(gate("1..2", "2..4"))
    assert bare["answer"] == "No sourced price"
    assert bare["says"].startswith("“open gate” can be bought by “tea”; it works at rank 1, no package at 2.")
    sourced = (
        GATE.replace("AT", "1..2").replace("COST", "2..4, source: paper")
        + "sources: {paper: {text: A paper, kind: article}}\n"
    )
    told_ = fact(dt.parse(sourced))
    assert told_["answer"] == "2 to 4 on the file's own scale"
    assert "It works at rank 1, no package at 2." in told_["says"]
