"""A record and what it does to the readings: periods, closed forms of the choice model and of Bayes, brute force, words."""

from __future__ import annotations

import itertools
import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detente.case import Case, Circumstances
from detente.cli import main
from detente.errors import InputError, Lacks, ScenarioError, UnknownName
from detente.questions.history.backtest import backtest
from detente.questions.history.periods import chance, course_of, moving, said_of
from detente.questions.history.records import record_of
from detente.questions.history.sealed import score, seal
from detente.questions.history.update import Reading, Update, update
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml

HERE = Path(__file__).parent / "data" / "events"

# --- periods -----------------------------------------------------------------------------------------------------------

TWO = """
detente: 1
title: Two
actors:
  a: {options: {x: , z: {change: take}}, readings: {wants: {priorities: [x]}, shuns: {priorities: [not x]}}}
  b: {options: {y: {needs: x}}, readings: {wants: {priorities: [y]}, shuns: {priorities: [not y]}}}
now: []
"""


def case_of(*events: str, text: str = TWO) -> Case:
    return Case(read_text("\n".join([text, "history:", *(f"  - {event}" for event in events)]), name="two"))


def deeds(case: Case) -> list[tuple[str, str, str, int]]:
    course = course_of(case, case.scenario.history)
    return [(each.period, each.actor, each.move or "stays", each.periods) for each in course.observations]


def test_actors_of_one_period_have_no_order() -> None:
    """B may only follow a; told in either order, both moved, and neither stayed."""
    one, other = "{date: 2020, by: a, set: [x]}", "{date: 2020, by: b, set: [y]}"
    assert (
        sorted(deeds(case_of(one, other)))
        == sorted(deeds(case_of(other, one)))
        == [
            ("2020", "a", "x", 1),
            ("2020", "b", "y", 1),
        ]
    )
    for events in ((one, other), (other, one)):
        case = case_of(*events)
        course = course_of(case, case.scenario.history)
        assert case.game.text(course.end) == "x y"
        assert course.unjudged == ()


def test_what_one_actor_sets_in_a_period_is_one_move() -> None:
    case = case_of("{date: 2020, by: a, set: [x]}", "{date: 2020, by: a, set: [z]}", "{date: 2021, by: b, set: [y]}")
    assert deeds(case) == [("2020", "a", "x, z", 1), ("2021", "b", "y", 1), ("2021", "a", "stays", 1)]


def test_a_standstill_is_a_record() -> None:
    """Nobody moved in 2020 and 2021: one observation of a, two periods long; b could not have moved."""
    case = case_of("{date: 2020}", "{date: 2021}", "{date: 2022, by: a, set: [x]}", "{date: 2023}")
    assert deeds(case) == [
        ("2020", "a", "stays", 2),
        ("2022", "a", "x", 1),
        ("2023", "a", "stays", 1),
        ("2023", "b", "stays", 1),
    ]
    assert course_of(case, case.scenario.history).quiet == ("2020", "2021", "2023")


def test_an_event_that_changes_nothing_says_of_nobody_that_it_stayed() -> None:
    case = case_of("{date: 2020, by: a, set: [not x]}")
    assert deeds(case) == []
    (left,) = course_of(case, case.scenario.history).unjudged
    assert (left.actor, left.changes, left.why) == ("a", "not x", "changes nothing")


def test_what_cannot_be_judged_is_said() -> None:
    case = case_of(
        "{date: 2020, by: b, set: [y]}",
        "{date: 2021, set: [x]}",
        "{date: 2022, by: a, set: [not y]}",
        "{date: 2023, by: a, set: [z]}",
    )
    course = course_of(case, case.scenario.history)
    assert [(u.period, u.actor, u.why) for u in course.unjudged] == [
        ("2020", "b", "no legal move of its actor"),
        ("2021", "", "no actor is named"),
        ("2022", "a", "sets options of another actor"),
    ]
    assert case.game.text(course.end) == "x z"


# --- the choice model ----------------------------------------------------------------------------------------------------


def enumerated(moves: int, best: set[int], stay_best: bool, error: float) -> list[float]:
    """The chances of staying and of each move, by going through what may happen; index 0 is to stay."""
    found = [0.0] * (moves + 1)

    def coin(weight: float, stay: bool, options: list[int]) -> None:
        ways = [each for each in ([0] if stay else [], options) if each]
        for way in ways:
            for option in way:
                found[option] += weight / len(ways) / len(way)

    coin(1 - error, stay_best, sorted(best))
    coin(error, True, list(range(1, moves + 1)))
    return found


@pytest.mark.parametrize("error", [0.0, 0.1, 0.37, 1.0])
def test_the_choice_model_by_enumeration(error: float) -> None:
    """Every number of moves to 5, every number of best ones, to stay among the best or not: and the chances add up to 1."""
    for moves in range(1, 6):
        for number, stay_best in itertools.product(range(moves + 1), (True, False)):
            if not number and not stay_best:
                continue
            best = set(range(1, number + 1))
            exact = enumerated(moves, best, stay_best, error)
            shared = {"best": number, "stay": stay_best, "legal": moves, "error": error}
            said = [chance(moves=False, hit=stay_best, **shared)]
            said += [chance(moves=True, hit=move in best, **shared) for move in range(1, moves + 1)]
            assert [float(each) for each in said] == pytest.approx(exact)
            assert math.fsum(map(float, said)) == pytest.approx(1)


def test_closed_forms() -> None:
    """A wants or shuns x, has three moves (x, z, both), and takes x: by hand, as fractions of 1."""
    case = case_of("{date: 2020, by: a, set: [x]}")
    found = update(case, error=0.2)
    own = {each.reading: each for each in found.of("a")}
    # wants: x and (x, z) are expected, so x has 0.8/2 + 0.2/6; shuns: to stay is as good as z is not: z gains nothing, so 0.2/6
    assert own["wants"].surprise == pytest.approx(-math.log2(0.4 + 0.1 / 3))
    assert own["shuns"].surprise == pytest.approx(-math.log2(0.1 / 3))
    assert own["wants"].blind == pytest.approx(math.log2(6))
    assert own["shuns"].ratio == pytest.approx((0.1 / 3) / (0.4 + 0.1 / 3))
    assert own["shuns"].ratios == (own["shuns"].ratio, own["shuns"].ratio), "nothing depends on b, which could not move"
    assert found.readings[0].weight is None
    weighed = update(case, error=0.2, prior={"a": {"wants": 0.25, "shuns": 0.75}, "b": {"wants": 1.0}})
    weights = {(each.actor, each.reading): each.weight for each in weighed.readings}
    like = {"wants": 0.4 + 0.1 / 3, "shuns": 0.1 / 3}
    total = 0.25 * like["wants"] + 0.75 * like["shuns"]
    assert weights["a", "wants"] == pytest.approx(0.25 * like["wants"] / total)
    assert (weights["b", "wants"], weights["b", "shuns"]) == (1, 0)


def test_no_prior_is_made_up() -> None:
    """Without a prior for everybody nothing is weighed, and who lacks one is said."""
    case = case_of("{date: 2020, by: a, set: [x]}")
    found = update(case)
    assert (found.prior_from, found.without_prior) == ("", ("a", "b"))
    assert "No prior is stated for a, b: no reading has a weight, and none are taken for equal." in str(found)
    half = update(case, prior={"a": {"wants": 1.0}})
    assert (half.prior_from, half.without_prior) == ("", ("b",))
    assert all(each.weight is None for each in half.readings)
    stated = case_of(
        "{date: 2020, by: a, set: [x]}",
        text=TWO + "uncertainty: {a: {chances: {wants: 0.5, shuns: 0.5}}, b: {chances: {wants: 1}}}\n",
    )
    assert update(stated).prior_from == "file"


def test_a_record_without_any_chance_is_said_and_keeps_the_prior() -> None:
    """With an error of 0, x then not x refutes both readings of a."""
    case = case_of("{date: 2020, by: a, set: [x]}", "{date: 2021, by: a, set: [not x]}")
    prior = {"a": {"wants": 0.3, "shuns": 0.7}, "b": {"wants": 0.6, "shuns": 0.4}}
    found = update(case, error=0, prior=prior)
    assert found.refuted
    assert [each.weight for each in found.readings] == pytest.approx([0.3, 0.7, 0.6, 0.4])
    assert found.headline.endswith("no combination of readings gives this record any chance; the prior is kept.")
    assert (
        "The record has the chance 0 under every combination of readings: all are refuted, and the prior is kept."
        in str(found)
    )
    json.loads(json.dumps(found.to_json(), allow_nan=False))
    once = update(case_of("{date: 2020, by: a, set: [x]}"), error=0, prior=prior)
    assert not once.refuted
    assert [each.weight for each in once.readings][:2] == [1, 0], "what has no chance has no weight left"


def test_over_some_actors_only() -> None:
    """The others are as chosen: the numbers are those of the whole, as chosen, and a prior is wanted of these alone."""
    case = Case(load("hanoi_2019"))
    whole = {(r.actor, r.reading): (r.surprise, r.ratio) for r in update(case).readings}
    part = update(case, over=["us"], prior={"us": {"a_hawks": 0.5, "b_praise": 0.5}})
    assert {(r.actor, r.reading): (r.surprise, r.ratio) for r in part.readings} == {
        key: value for key, value in whole.items() if key[0] == "us"
    }
    assert all(each.ratios == (each.ratio, each.ratio) for each in part.readings)
    assert (part.prior_from, part.combinations) == ("given", 3)
    with pytest.raises(UnknownName, match="unknown actor"):
        update(case, over=["usa"])


def test_bad_arguments() -> None:
    case = case_of("{date: 2020, by: a, set: [x]}")
    with pytest.raises(InputError, match=r"between 0 and 1; found 1\.5"):
        update(case, error=1.5)
    with pytest.raises(InputError, match=r"add up to 1; found wants 0\.5, together 0\.5"):
        update(case, prior={"a": {"wants": 0.5}})
    with pytest.raises(UnknownName, match="unknown reading of a 'want'"):
        update(case, prior={"a": {"want": 1}})
    with pytest.raises(UnknownName, match="unknown actor 'c'"):
        update(case, prior={"c": {"wants": 1}})
    with pytest.raises(Lacks, match="history"):
        update(Case(load("elmira")))


# --- brute force -------------------------------------------------------------------------------------------------------


def rivals(model: Any, rng: random.Random) -> Any:
    """The model with a second reading for those who have one list only: the same upside down."""
    for actor in model["actors"].values():
        if actor.get("priorities") and rng.random() < 0.7:
            wishes = actor.pop("priorities")
            actor["readings"] = {"as_is": {"priorities": wishes}, "turned": {"priorities": wishes[::-1]}}
    return model


def random_past(model: dict[str, Any], rng: random.Random) -> list[dict[str, Any]]:
    """One to six years, each with up to two actors that set own options, or with nobody."""
    by_actor: dict[str, list[Any]] = {}
    for option in oracle.read_options(model):
        by_actor.setdefault(option.actor, []).append(option)
    past: list[dict[str, Any]] = []
    for year in range(1990, 1990 + rng.randint(1, 6)):
        movers = rng.sample(sorted(by_actor), min(len(by_actor), rng.choice((0, 1, 1, 2))))
        past += [{"date": str(year)}] if not movers else []
        for actor in movers:
            chosen = rng.sample(by_actor[actor], min(len(by_actor[actor]), rng.choice((1, 1, 2))))
            past.append({"date": str(year), "by": actor, "set": {o.key: rng.choice(o.values) for o in chosen}})
    return past


def written(settings: dict[str, Any]) -> list[str]:
    return [k if v is True else f"not {k}" if v is False else f"{k} = {v}" for k, v in settings.items()]


class Replayed:
    """The definitions, on the oracle's states, under one choice of readings."""

    def __init__(self, model: Any, readings: dict[str, str], sanctions: str) -> None:
        self.game: Any = oracle.build(model, readings)
        self.sanctions = sanctions

    def landed(self, here: int, settings: dict[str, Any]) -> int | None:
        space = self.game.space
        keys = [option.key for option in space.options]
        before = self.game.states[here][0]
        cell = tuple(settings.get(key, value) for key, value in zip(keys, before, strict=True))
        if any(space.frozen(p) and cell[p] != before[p] for p in range(len(cell))):
            return None
        found: int | None = space.land(cell)
        return found

    def record(self, past: list[dict[str, Any]]) -> list[tuple[str, str, int, int | None]]:
        """(period, actor, where, target or None for a stay), stays in one state next to each other once."""
        found: list[tuple[str, str, int, int | None]] = []
        here, staying = self.game.now, set[tuple[str, int]]()
        for date, group in itertools.groupby(past, lambda event: event["date"]):
            events = [event for event in group if "by" in event]
            quiet, moved, stays = not events, False, set[tuple[str, int]]()
            for event in events:
                rest = {k: v for other in events if other is not event for k, v in other["set"].items()}
                moved |= self.landed(here, event["set"]) != here
                for start in (here, self.landed(here, rest) if rest else here):
                    target = None if start is None else self.landed(start, event["set"])
                    if start is not None and target is not None and target in self.game.moves[event["by"]][start]:
                        found.append((date, event["by"], start, target))
                        break
            if moved or quiet:
                for actor in self.game.actors:
                    if actor not in [event["by"] for event in events] and self.game.moves[actor][here]:
                        stays.add((actor, here))
                        if (actor, here) not in staying:
                            found.append((date, actor, here, None))
            staying = stays
            after = self.landed(here, {k: v for event in events for k, v in event["set"].items()})
            here = here if after is None or quiet else after
        return found

    def word(self, actor: str, state: int, target: int | None) -> str:
        game, score = self.game, self.game.scores[actor]
        better = game.improvements[actor][state]
        reply = oracle.replies(game, actor, "improvements", self.sanctions)
        sure = {t for t in better if all(score[answer] > score[state] for answer in reply[t])}
        if target is None:
            return "expected" if not better else "contradicted" if sure else "possible"
        return "expected" if target in sure else "possible" if target in better else "contradicted"

    def chances(self, record: list[tuple[str, str, int, int | None]], error: float) -> list[float]:
        found = []
        for _, actor, state, target in record:
            moves = sorted(self.game.moves[actor][state])
            words = {move: self.word(actor, state, move) for move in (None, *moves)}
            best = next(word for word in ("expected", "possible", "contradicted") if word in words.values())
            good = {n for n, move in enumerate(moves, start=1) if words[move] == best}
            exact = enumerated(len(moves), good, words[None] == best, error)
            found.append(exact[0 if target is None else moves.index(target) + 1])
        return found


def assert_update(seed: int, kind: str | None = None) -> int:
    rng = random.Random(seed)
    model, sanctions, error = (
        rivals(random_model(seed, kind), rng),
        rng.choice(("legal", "one-step")),
        rng.choice((0.05, 0.3)),
    )
    if model.get("graph"):
        return 0
    past = random_past(model, rng)
    model["history"] = [{**e, "set": written(e["set"])} if "set" in e else e for e in past]
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    varied = {a: list(spec["readings"]) for a, spec in model["actors"].items() if len(spec.get("readings") or {}) > 1}
    prior = {a: dict(zip(names, _random_chances(rng, len(names)), strict=True)) for a, names in varied.items()}
    found = update(case, error=error, prior=prior)
    chosen = dict(oracle.build(model).readings)
    record = Replayed(model, chosen, sanctions).record(past)
    seen = [(each.period, each.actor, each.target >= 0) for each in found.course.observations]
    assert sorted(seen) == sorted((date, actor, target is not None) for date, actor, _, target in record)
    like: dict[tuple[str, ...], tuple[float, dict[str, float]]] = {}
    for combination in itertools.product(*varied.values()):
        replayed = Replayed(model, {**chosen, **dict(zip(varied, combination, strict=True))}, sanctions)
        each = replayed.chances(record, error)
        own = {
            a: math.fsum(-math.log2(c) for c, (_, who, *_) in zip(each, record, strict=True) if who == a)
            for a in varied
        }
        like[combination] = math.prod(each), own
    weights = {
        c: value * math.prod(prior[a][name] for a, name in zip(varied, c, strict=True))
        for c, (value, _) in like.items()
    }
    total = math.fsum(weights.values())
    for told in found.readings:
        axis = list(varied).index(told.actor)
        mine = [c for c in like if c[axis] == told.reading]
        assert told.weight == pytest.approx(math.fsum(weights[c] for c in mine) / total)
        bits = [like[c][1][told.actor] for c in mine]
        assert told.surprises == pytest.approx((min(bits), max(bits)))
        as_chosen = tuple(told.reading if a == told.actor else chosen[a] for a in varied)
        assert told.surprise == pytest.approx(like[as_chosen][1][told.actor])
        best = next(r.reading for r in found.of(told.actor) if r.ratio == 1)
        ratios = [like[c][0] / like[(*c[:axis], best, *c[axis + 1 :])][0] for c in mine]
        assert told.ratios == pytest.approx((min(ratios), max(ratios)))
    return len(record)


def _random_chances(rng: random.Random, number: int) -> list[float]:
    parts = [rng.randint(1, 8) for _ in range(number)]
    return [part / sum(parts) for part in parts]


@pytest.mark.parametrize("seed", range(30))
def test_brute_force(seed: int) -> None:
    assert_update(seed)


@pytest.mark.parametrize("kind", ["oneway", "guards", "consequences", "same", "barred", "never", "choices"])
def test_brute_force_in_each_family(kind: str) -> None:
    assert sum(assert_update(seed, kind) for seed in range(4)) > 0


# --- the matrix --------------------------------------------------------------------------------------------------------


def test_the_matrix_says_which_reading_each_event_contradicts_and_why() -> None:
    case = case_of("{date: 2020, by: a, set: [x]}", "{date: 2021}")
    found = update(case)
    told = {
        (t.observed.period, t.observed.actor): {w.reading: (w.word, str(w.because)) for w in t.words}
        for t in found.tested
    }
    assert told["2020", "a"] == {"wants": ("expected", "better: x (1)"), "shuns": ("contradicted", "worse: not x (1)")}
    assert told["2021", "b"] == {
        "wants": ("contradicted", "y would have gained safely: y (1)"),
        "shuns": ("expected", "no move would have gained"),
    }
    sheet = found.sheets()[2]
    assert sheet.columns == ("date", "who", "did", "expected by", "contradicts")
    assert ("2020", "a", "x", "wants", "shuns") in sheet.rows


def test_words_are_those_of_single_cases() -> None:
    """What the table of combinations holds is what each case says by itself."""
    case = Case(load("hanoi_2019"))
    found = update(case)
    for us, nk in itertools.product(("a_hawks", "b_praise", "p_bigdeal"), ("impatient", "patient")):
        alone = Case(load("hanoi_2019"), {"us": us, "nk": nk})
        said = said_of(alone, course_of(alone, alone.scenario.history))
        for each, own in zip(found.tested, said, strict=True):
            reading = {"us": us, "nk": nk}.get(each.observed.actor)
            word = next((w.word for w in each.words if w.reading == reading), each.words[0].word)
            assert word in (own.word, "depends")
            assert 0 <= moving(own, each.observed, 0.1) <= 1


# --- records from files ------------------------------------------------------------------------------------------------


def test_a_log_a_table_and_the_history_say_the_same(tmp_path: Path) -> None:
    case = Case(load(HERE / "ports.yaml"))
    yaml = tmp_path / "log.yaml"
    yaml.write_text(
        "moves:\n"
        "  - {date: 2031-03, by: north, set: [blockade, convoy]}\n"
        "  - {date: 2031-04}\n"
        "  - {date: 2031-05, by: south, set: [mines]}\n"
        "  - {date: 2031-05, by: north, set: [not blockade]}\n"
        "  - {date: 2031-06}\n"
    )
    table = tmp_path / "log.csv"
    table.write_text(
        'date,by,set\n2031-03,north,"blockade, convoy"\n2031-04,,\n2031-05,south,mines\n2031-05,north,not blockade\n2031-06,,\n'
    )
    plain = [
        [(e.date, e.by, dict(e.settings)) for e in record_of(case, [file])]
        for file in (yaml, table, HERE / "sample.tsv")
    ]
    assert plain[0] == plain[1] == plain[2]
    found = update(case, record_of(case, [yaml]))
    assert (found.moves, found.here.text) == (3, "convoy mines")
    whole = tmp_path / "state.csv"
    whole.write_text('date,by,to\n2031-03,north,"blockade, convoy"\n')
    assert [dict(e.settings) for e in record_of(case, [whole])] == [{"blockade": 1, "convoy": 1}]
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("date,by,set\n2031-03,,mines\n")
    with pytest.raises(ScenarioError, match="nobody is named"):
        record_of(case, [wrong])
    with pytest.raises(InputError, match="this is no log of moves"):
        record_of(Case(load("elmira")), [HERE / "sample.tsv"])


def test_the_command() -> None:
    words = ["update", str(HERE / "ports.yaml"), str(HERE / "sample.tsv"), "--prior", "equal", "--error", "0.2"]
    run = CliRunner().invoke(main, [*words, "--json"])
    assert run.exit_code == 0, run.output
    said = json.loads(run.output)
    assert said["prior_from"] == "given"
    assert sum(each["weight"] for each in said["readings"]) == pytest.approx(2)
    run = CliRunner().invoke(main, words)
    assert "The world stands at: convoy mines." in " ".join(run.output.split())
    run = CliRunner().invoke(main, ["update", "hanoi_2019", "--prior", "us:a_hawks=most"])
    assert run.exit_code == 2
    assert "expected a number such as 0.7" in " ".join(run.output.split())


@pytest.mark.first_analysis
def test_the_bundled_record_of_hanoi() -> None:
    """N is small, and said to be; North Korea's readings are told apart whatever the others want."""
    found: Update = update(Case(load("hanoi_2019")))
    by_name: dict[str, Reading] = {each.reading: each for each in found.readings}
    assert (found.moves, found.stays) == (5, 15)
    assert by_name["patient"].ratio == pytest.approx(0.083, abs=0.001)
    assert all(ratio is not None and ratio < 0.09 for ratio in by_name["patient"].ratios)
    assert "20 observations, n is small: a few events more may turn this round." in str(found)
    assert "Blind choice is no more surprised than any reading of: us, nk." in str(found)


RECORD = HERE / "record_2017_2025.csv"
BEFORE = "us_arm = none, us_nato = open, us_recog = none, not ru_link, not ru_pay, not nk_arms, nk_troops = home"


def test_the_public_record_of_2017_to_2025_runs_through_all_of_it() -> None:
    """Update, backtest, seal and score; n is small, and no reading does better than blind choice: that is said."""
    scenario = load("two_proxies")
    case = Circumstances.written(scenario, start=BEFORE).of(scenario)
    record = record_of(case, [RECORD])
    found = update(case, record)
    assert (len(found.course.periods), found.moves, found.stays) == (16, 12, 20)
    assert found.course.quiet == ("2020", "2021", "2025-04", "2025-09")
    assert [(u.period, u.actor, u.why) for u in found.course.unjudged] == [("2024-06", "ru", "changes nothing")]
    assert found.here.text == "us_arm=limited us_nato=word us_recog=offered ru_link ru_pay nk_arms nk_troops=combat"
    words = {(t.observed.period, t.observed.actor): {w.reading: w.word for w in t.words} for t in found.tested}
    assert words["2024-10", "nk"] == {
        "additive": "contradicted",
        "substitute": "contradicted",
        "asset": "possible",
        "settled": "contradicted",
    }
    assert "Blind choice is no more surprised than any reading of: us, ru, nk." in str(found)
    scored = backtest(case, record)
    assert (scored.whole.n, scored.whole.moves, scored.whole.expected.hits) == (32, 12, 9)
    assert scored.whole.calibration == ()
    sealed = [
        seal(case, when, by="2024-12-31", share=share, on="2023-01-01").text
        for when, share in (("nk_troops = combat", 0.1), ("ru_link", 0.6), ("us_recog = granted", 0.05))
    ]
    settled = score(case, sealed, record)
    assert [each.came for each in settled.settled] == [True, True, False]
    assert settled.brier is not None
    assert settled.brier.value == pytest.approx((0.81 + 0.16 + 0.0025) / 3)
