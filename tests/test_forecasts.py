"""Backtests, scores, and forecasts that are sealed and settled: closed forms, brute force, tampering, words."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from detente.case import Case
from detente.cli import main
from detente.errors import FormulaError, InputError, Lacks, UnknownName
from detente.likelihood import Rung, ladder
from detente.questions.history.backtest import backtest
from detente.questions.history.scores import (
    NORMAL,
    STUDENT,
    base_rates,
    brier,
    calibration,
    discrimination,
    mean,
    share_of,
    skill,
)
from detente.questions.history.sealed import _hash, score, seal
from detente.questions.history.update import update
from detente.questions.uncertainty.shares import wilson
from detente.scenario import load, read_text

# --- closed forms ------------------------------------------------------------------------------------------------------


def test_brier_and_skill() -> None:
    assert brier([1, 0, 1], [True, False, True]).value == 0
    assert brier([0.5] * 7, [True, False] * 3 + [True]).value == 0.25
    assert brier([0.8, 0.3], [True, True]).value == pytest.approx((0.04 + 0.49) / 2)
    assert base_rates([True]) == [0.5]
    assert base_rates([True, True, False]) == [0.5, 0.5, 1]
    assert skill(0.1, 0.2) == 0.5
    assert skill(0.4, 0.2) == -1
    assert skill(0.0, 0.0) is None


def test_the_interval_of_a_mean() -> None:
    """Two values a and b: half the distance times Student's point for one degree of freedom, 12.706, around the middle."""
    found = mean([1.0, 2.0])
    assert (found.low, found.high) == pytest.approx((1.5 - 12.706 / 2, 1.5 + 12.706 / 2))
    assert brier([1.0, 0.0], [True, True]).low == 0, "no score is below 0"
    alone = mean([3.0])
    assert (alone.value, alone.low, alone.high) == (3, None, None)
    many = mean([0.0, 1.0] * 50)
    assert many.high == pytest.approx(0.5 + NORMAL * math.sqrt(0.25 * 100 / 99 / 100))
    assert list(STUDENT) == sorted(STUDENT, reverse=True)
    assert len(STUDENT) == 30


def test_students_points_by_simulation() -> None:
    """95 of 100 intervals of five normal values hold the truth."""
    rng = np.random.default_rng(1)
    held = 0
    for values in rng.normal(size=(4000, 5)).tolist():
        found = mean(values)
        assert found.low is not None and found.high is not None
        held += found.low <= 0 <= found.high
    assert 0.94 < held / 4000 < 0.96


@pytest.mark.parametrize("n", [1, 2, 5, 17, 200])
def test_wilson_by_its_equation(n: int) -> None:
    """Its ends p solve |hits/n - p| = z·√(p(1-p)/n)."""
    for hits in range(n + 1):
        for end in wilson(hits, n):
            if 0 < end < 1:
                assert abs(hits / n - end) == pytest.approx(NORMAL * math.sqrt(end * (1 - end) / n), rel=1e-6)
    assert wilson(0, n)[0] == 0
    assert wilson(n, n)[1] == 1
    assert wilson(0, 0) == (0, 1)
    assert str(share_of(4, 17)) == "4 of 17 (10% to 47%)"


@pytest.mark.parametrize("seed", range(10))
def test_discrimination_by_pairs(seed: int) -> None:
    rng = random.Random(seed)
    chances = [rng.choice((0.1, 0.5, 0.5, 0.9)) for _ in range(12)]
    came = [rng.random() < 0.5 for _ in chances]
    found = discrimination(chances, came)
    pairs = [
        1 if chances[a] > chances[b] else 0.5 if chances[a] == chances[b] else 0
        for a, b in itertools.product(range(12), repeat=2)
        if came[a] and not came[b]
    ]
    assert found is not None
    assert found.value == pytest.approx(sum(pairs) / len(pairs))
    assert found.low is not None and found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert discrimination(chances, [True] * 12) is None


def test_calibration_only_where_n_allows() -> None:
    few = [0.05] * 9 + [0.55] * 50 + [0.95] * 50
    assert calibration(few, [True] * len(few)) == ()
    enough = [0.05, *few]
    found = calibration(enough, [False] * 10 + [True] * 100)
    assert [(b.low, b.n, b.came) for b in found] == [(0.0, 10, 0), (0.5, 50, 50), (0.9, 50, 50)]
    assert calibration([1.0] * 30, [True] * 30) == ()


# --- backtest ----------------------------------------------------------------------------------------------------------

TWO = """
detente: 1
title: Two
actors:
  a: {options: {x: }, readings: {wants: {priorities: [x]}, shuns: {priorities: [not x]}}}
  b: {options: {y: {needs: x}}, readings: {wants: {priorities: [y]}, shuns: {priorities: [not y]}}}
now: []
outcomes: {both: x and y}
claims:
  C1: {says: Both will come., kind: prediction}
history:
  - {date: 2020}
  - {date: 2021, by: a, set: [x]}
  - {date: 2022-03-01, by: b, set: [y]}
  - {date: 2023-06}
"""


@pytest.fixture
def two() -> Case:
    return Case(read_text(TWO, name="two"))


def test_a_backtest_by_hand(two: Case) -> None:
    """That a stays, takes x and stays twice, that b moves once and stays: all by the choice model, error 0.1."""
    found = backtest(two)
    rows = {(row.actor, row.reading): row for row in found.rows}
    wants = rows["a", "wants"]
    assert (wants.n, wants.moves, wants.expected.hits) == (4, 1, 3)
    chances = [0.95, 0.95, 0.05, 0.05]
    assert wants.brier.value == pytest.approx(sum((p - o) ** 2 for p, o in zip(chances, (0, 1, 0, 0), strict=True)) / 4)
    given = [0.05, 0.9 + 0.05, 0.95, 0.95]
    assert wants.bits.value == pytest.approx(-sum(map(math.log2, given)) / 4)
    assert wants.base.value == pytest.approx((1 / 9 + 1 + 1 / 9 + 1 / 9) / 4)
    assert wants.blind == 1 + 1 / 4 * 0
    assert rows["a", "shuns"].expected.hits == 1
    assert (found.whole.n, found.whole.moves) == (6, 2)
    assert str(found.headline).startswith("Of 6 observations, stays included, the chosen readings expect 5 (")
    assert "n = 6 is too few for calibration: 10 forecasts are needed in each of 3 tenths." in str(found)
    assert "The readings were written by people who knew what had happened: a fit, not a forecast." in str(found)


def test_a_backtest_and_an_update_say_the_same(two: Case) -> None:
    """The mean bits of an actor's reading, times n, are its surprise."""
    for case in (two, Case(load("hanoi_2019"))):
        surprise = {(r.actor, r.reading): r.surprise for r in update(case).readings}
        for row in backtest(case).rows:
            assert row.bits.value * row.n == pytest.approx(surprise[row.actor, row.reading])


def test_since(two: Case) -> None:
    late = backtest(two, since="2022")
    assert late.whole.n == 4
    assert "Only what came from 2022 on is scored." in str(late)
    with pytest.raises(InputError, match="nothing is observed from 2030 on; the record ends with 2023-06"):
        backtest(two, since="2030")
    with pytest.raises(Lacks):
        backtest(Case(load("elmira")))


@pytest.mark.parametrize("name", ["two_proxies", "ukraine_agency", "alliance_pull", "hanoi_2019"])
def test_bundled_records_run_through_all_of_it_and_n_is_small(name: str) -> None:
    case = Case(load(name))
    found = backtest(case)
    assert 0 < found.whole.n < 100
    assert found.whole.calibration == ()
    assert 0 <= found.whole.expected.low <= found.whole.expected.hits / found.whole.n <= found.whole.expected.high <= 1
    json.loads(json.dumps(found.to_json(), allow_nan=False))


# --- sealed forecasts --------------------------------------------------------------------------------------------------


def test_a_seal_is_settled_by_the_state_on_its_day(two: Case) -> None:
    for when, by, came in (
        ("both", "2022-03-01", True),
        ("both", "2022-02-28", False),
        ("x", "2021-12-31", True),
        ("not both", "2023-06-30", False),
    ):
        sealed = seal(two, when, by=by, share=0.8, on="2019-05-01")
        found = score(two, [sealed.text])
        assert [(each.came, each.state) for each in found.settled] == [(came, "settled")], when
        assert found.settled[0].brier == pytest.approx((0.8 - came) ** 2)
        assert found.settled[0].bits == pytest.approx(-math.log2(0.8 if came else 0.2))
        assert found.brier is not None and (found.n, found.brier.n) == (1, 1)
        assert "n = 1: no calibration is claimed." in str(found)


def test_what_the_record_cannot_say_is_open(two: Case) -> None:
    """That x came some time in 2021 is known; on the first of July nobody can tell, and after the record's end neither."""
    middle = score(two, [seal(two, "x", by="2021-07-01", share=0.5, on="2019-05-01").text])
    assert middle.settled[0].why == "open: 2021 may be before or after 2021-07-01"
    assert (middle.n, middle.brier) == (0, None)
    assert str(middle.headline) == "0 of 1 forecast settled."
    late = score(two, [seal(two, "x", by="2023-07-01", share=0.5, on="2019-05-01").text])
    assert late.settled[0].why == "open: the record ends with 2023-06"
    sure = score(two, [seal(two, "not y", by="2021-07-01", share=0.5, on="2019-05-01").text])
    assert sure.settled[0].came is True, "whether x came makes no difference to y"
    empty = score(two, [seal(two, "x", by="2021-07-01", share=0.5, on="2019-05-01").text], events=())
    assert empty.settled[0].why == "open: the record ends with nothing"


def test_any_change_is_noticed(two: Case) -> None:
    sealed = seal(two, "both", by="2022-03-01", share=0.2, words="unlikely", claim="C1", on="2019-05-01")
    assert sealed.document["says"] == "Both will come."
    document = json.loads(sealed.text)
    assert document["seal"] == sealed.hash == _hash(sealed.document)
    for name, value in document.items():
        if name in ("kind", "seal"):
            continue
        other = 0.9 if name == "share" else f"{value} "
        found = score(two, [json.dumps({**document, name: other})])
        assert found.settled[0].why == "broken: the file is not as it was sealed", name
    more = score(two, [json.dumps({**document, "remark": "as I always said"})])
    assert more.settled[0].state == "broken"
    again = {name: value for name, value in document.items() if name != "seal"} | {"share": 0.9}
    forged = json.dumps({**again, "seal": _hash(again)})
    assert score(two, [forged]).settled[0].state == "settled", "a hash computed anew cannot be told"
    noted = score(two, [forged, sealed.text], noted=[sealed.hash.upper()])
    assert [each.why for each in noted.settled] == ["broken: its seal is none of those noted", ""]
    spaced = json.dumps(dict(reversed(document.items())), indent=8)
    assert score(two, [spaced]).settled[0].state == "settled", "how the file is laid out says nothing"


def test_a_model_that_has_changed_is_said(two: Case) -> None:
    sealed = seal(two, "both", by="2022-03-01", share=0.2, on="2019-05-01")
    other = Case(
        read_text(TWO.replace("shuns: {priorities: [not x]}", "shuns: {priorities: [not y]}"), name="two"),
        {"a": "shuns"},
    )
    found = score(other, [sealed.text])
    assert found.settled[0].changed
    assert "The model is not the one of every seal any more" in str(found)
    renamed = Case(read_text(TWO.replace("both: x and y", "all: x and y"), name="two"))
    assert score(renamed, [sealed.text]).settled[0].why.startswith("open: the model can no longer say it (")


def test_several_are_scored_together(two: Case) -> None:
    texts = [
        seal(two, when, by="2022-03-01", share=share, on="2019-05-01").text
        for when, share in (("both", 0.9), ("not x", 0.3), ("y", 0.6), ("not y", 0.1))
    ]
    found = score(two, texts)
    assert found.brier is not None and found.base is not None and found.discrimination is not None
    assert found.brier.value == pytest.approx((0.01 + 0.09 + 0.16 + 0.01) / 4)
    assert found.base.value == pytest.approx(4 / 9)
    assert found.skill == pytest.approx(1 - 0.0675 / (4 / 9))
    assert found.discrimination.value == 1


def test_bad_seals(two: Case) -> None:
    with pytest.raises(InputError, match="2019-01-01 is not after 2019-05-01"):
        seal(two, "x", by="2019-01-01", share=0.5, on="2019-05-01")
    with pytest.raises(InputError, match="`by` is '2030'; expected a day such as 2027-06-30"):
        seal(two, "x", by="2030", share=0.5)
    with pytest.raises(InputError, match="between 0 and 1; found 2"):
        seal(two, "x", by="2099-01-01", share=2)
    with pytest.raises(FormulaError):
        seal(two, "z", by="2099-01-01", share=0.5)
    with pytest.raises(UnknownName, match="claim"):
        seal(two, "x", by="2099-01-01", share=0.5, claim="C9")
    with pytest.raises(InputError, match="this is no sealed forecast"):
        score(two, ["[]"])
    with pytest.raises(InputError, match="lacks a proper `share`"):
        score(two, ['{"kind": "detente seal 1", "when": "x", "by": "2020-01-01", "sealed": "2019-01-01", "seal": "0"}'])
    with pytest.raises(InputError, match="no seal to settle"):
        score(two, [])


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text(TWO)
    run = CliRunner()
    words = ["seal", "two.yaml", "--when", "both", "--by", "2022-03-01", "--share", "0.3", "--on", "2019-05-01"]
    made = run.invoke(main, [*words, "-o", "c1.json"])
    assert made.exit_code == 0, made.output
    again = run.invoke(main, [*words, "-o", "c1.json"])
    assert again.exit_code == 2, "a seal is not replaced by accident"
    settled = json.loads(run.invoke(main, ["score", "two.yaml", "c1.json", "--json"]).output)
    assert (settled["settled"][0]["came"], settled["n"]) == (True, 1)
    (tmp_path / "log.csv").write_text("date,by,set\n2021,a,x\n2024,,\n")
    other = json.loads(run.invoke(main, ["score", "two.yaml", "c1.json", "--record", "log.csv", "--json"]).output)
    assert other["settled"][0]["came"] is False
    shown = run.invoke(main, words)
    assert "That “both” holds on 2022-03-01 is given 30 %." in shown.output
    scored = run.invoke(main, ["backtest", "two.yaml", "log.csv", "--since", "2024"])
    assert scored.exit_code == 0, scored.output


# --- chances in words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rung", ladder(), ids=lambda rung: rung.word)
def test_a_word_of_likelihood_stands_for_its_band(two: Case, rung: Rung) -> None:
    """By itself it is scored as the middle of the band, and says so; a number has its word; both have to agree."""
    given: dict[str, Any] = {"by": "2021-07-01", "on": "2019-05-01"}
    middle = (rung.low + rung.high) / 200
    alone = seal(two, "x", words=rung.word, **given)
    assert alone.document["share"] == pytest.approx(middle)
    assert alone.document["band"] == [rung.low / 100, rung.high / 100]
    assert str(alone.headline) == f"That x holds on 2021-07-01 is given {rung.low} to {rung.high} %."
    assert f"{rung.low} to {rung.high} %, scored as {100 * middle:g} %" in str(alone)
    number = seal(two, "x", share=middle, **given)
    assert (number.document["words"], number.document["band"]) == (rung.word, [])
    both = seal(two, "x", share=rung.low / 100, words=rung.word, **given)
    assert both.document["share"] == rung.low / 100
    for far in (rung.low - 1, rung.high + 1):
        with pytest.raises(
            InputError, match=f"is not '{rung.word}', which is {rung.word} .{rung.low} to {rung.high} %"
        ):
            seal(two, "x", share=far / 100, words=rung.word, **given)
    settled, plain = (score(two, [each.text]).settled[0] for each in (alone, number))
    assert (settled.state, settled.brier) == (plain.state, plain.brier)
    assert settled.band == (rung.low / 100, rung.high / 100)
    assert plain.band == ()
    assert f"{rung.low} to {rung.high} %, {rung.word}" in str(score(two, [alone.text]))
    with pytest.raises(
        InputError, match=f"'{rung.also}' is no word of likelihood that is used here: write '{rung.word}'"
    ):
        seal(two, "x", words=rung.also, **given)


def test_no_word_outside_of_the_ladder_and_no_other_words(two: Case) -> None:
    given: dict[str, Any] = {"by": "2021-07-01", "on": "2019-05-01"}
    for share in (0, 0.005, 0.995, 1):
        assert seal(two, "x", share=share, **given).document["words"] == ""
    with pytest.raises(
        InputError, match=r"'a safe bet' is no word of likelihood; expected one of almost no chance .1 to 5 %"
    ):
        seal(two, "x", words="a safe bet", **given)
    with pytest.raises(InputError, match=r"a forecast needs a chance, such as 0\.3, or a word"):
        seal(two, "x", **given)


def test_a_seal_of_an_earlier_version_can_be_settled(two: Case) -> None:
    """Its words were free, and it had no band."""
    sealed = seal(two, "x", share=0.5, by="2021-07-01", on="2019-05-01")
    document = {key: value for key, value in sealed.document.items() if key != "band"} | {"words": "who knows"}
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    text = json.dumps({**document, "seal": hashlib.sha256(canonical.encode()).hexdigest()})
    (settled,), state = score(two, [text]).settled, score(two, [sealed.text]).settled[0].state
    assert state != "broken"
    assert (settled.state, settled.band, settled.words) == (state, (), "who knows")
