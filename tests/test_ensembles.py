"""Many ways a case might be: batched as one by one, shares inside what can be proved, the limits of dispersion, bad input."""

from __future__ import annotations

import copy
import itertools
import json
import math
import random
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from brute import answer, queries
from detente.case import Case, Policy, Query, verdict
from detente.errors import DetenteError, InputError, ScenarioError, TooLarge
from detente.questions.uncertainty.brittleness import brittleness
from detente.questions.uncertainty.combinations import grid, seen
from detente.questions.uncertainty.doubts import all_written, doubts_of
from detente.questions.uncertainty.draws import Draws, Plan, draw, drawn
from detente.questions.uncertainty.ensemble import ensemble
from detente.questions.uncertainty.headlines import SENSELESS, VERDICTS, headlines_of
from detente.questions.uncertainty.noise import orders_of, places_by_insertion, places_by_swaps, subsets_of
from detente.questions.uncertainty.shares import (
    Share,
    exact_variance,
    sampled_variance,
    separable,
    share_of,
    sure_enough,
    wilson,
)
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models

pytestmark = pytest.mark.first_analysis

TWO = """
detente: 1
title: Two
actors:
  ann: {options: {go: {}}, priorities: [go if stay, not go, stay]}
  bob: {options: {stay: {}}, priorities: [go, stay]}
outcomes: {gone: go, here: stay}
now: []
"""


def code(word: str | None) -> int:
    return SENSELESS if word is None else VERDICTS.index(word)


# --- drawing lists ------------------------------------------------------------------------------------------------------


def distance(places: Any) -> int:
    """Adjacent swaps between a list and the written one: pairs that stand the other way round."""
    return sum(a > b for a, b in itertools.combinations(list(places), 2))


@pytest.mark.parametrize("dispersion", [0.0, 0.2, 0.5, 1.0])
def test_the_chances_of_lists_are_mallows(dispersion: float) -> None:
    """By the definition: in proportion to φ to the distance, over all orders of four entries."""
    orders = list(itertools.permutations(range(4)))
    weights = [dispersion ** distance(each) for each in orders]
    expected = {each: weight / sum(weights) for each, weight in zip(orders, weights, strict=True) if weight}
    places, chances, rest = orders_of(4, dispersion)
    found = {tuple(each): chance for each, chance in zip(places.tolist(), chances.tolist(), strict=True)}
    assert found == pytest.approx(expected)
    assert rest == 0
    assert list(chances) == sorted(chances, reverse=True)


def test_lists_are_drawn_with_their_chances() -> None:
    """Chi-squared of 24 orders in 40,000 draws: below the 99.9th percentile of 23 degrees of freedom."""
    n = 40_000
    numbers = np.random.default_rng(5).random((n, 4))
    counts = Counter(map(tuple, places_by_insertion(numbers, 4, 0.5).tolist()))
    places, chances, _ = orders_of(4, 0.5)
    expected = {tuple(each): n * chance for each, chance in zip(places.tolist(), chances.tolist(), strict=True)}
    assert sum((counts[each] - due) ** 2 / due for each, due in expected.items()) < 49.7
    swapped = Counter(map(tuple, places_by_swaps(np.random.default_rng(6).random((n, 2)), 4).tolist()))
    places, chances, _ = orders_of(4, swaps=2)
    expected = {tuple(each): n * chance for each, chance in zip(places.tolist(), chances.tolist(), strict=True)}
    assert set(swapped) == set(expected)
    assert sum((swapped[each] - due) ** 2 / due for each, due in expected.items()) < 26.1  # 8 degrees of freedom


def test_long_lists_are_told_apart_up_to_a_number() -> None:
    """Of ten entries the nearest are listed, and the chance of the others is what is missing from 1."""
    places, chances, rest = orders_of(10, 0.5)
    assert len(places) < 5_041
    assert rest == pytest.approx(1 - math.fsum(chances))
    assert 0 < rest < 1
    whole = math.prod(sum(0.5**k for k in range(i)) for i in range(1, 11))
    assert chances[0] == pytest.approx(1 / whole)


def test_statements_are_left_out_each_by_itself() -> None:
    members, chances, rest = subsets_of(3, 0.25)
    found = {tuple(each): chance for each, chance in zip(members.tolist(), chances.tolist(), strict=True)}
    assert found == pytest.approx(
        {each: 0.25 ** sum(each) * 0.75 ** (3 - sum(each)) for each in itertools.product((False, True), repeat=3)}
    )
    assert rest == 0


# --- batched is one by one ------------------------------------------------------------------------------------------------


def place_of(model: Any, actor: str) -> Any:
    """Where the list of an actor's default reading stands in a model."""
    spec = model["actors"][actor]
    return spec["readings"][next(iter(spec["readings"]))] if spec.get("readings") else spec


def written(place: Any, lists: Any, row: int) -> None:
    """Put the list of one draw into the file: in order, without what is left out, turned round where it is."""
    at = lists.place[row].tolist()
    if "ranking" in place:
        place["ranking"] = [
            entry for _, entry in sorted(zip(at, place["ranking"], strict=False), key=lambda pair: pair[0])
        ]
        return
    key = "priorities" if "priorities" in place else "weights"
    lines = []
    for column, line in enumerate(place.get(key, [])):
        want = line if isinstance(line, str) else line.get("want", line.get("when"))
        weight = None if isinstance(line, str) else line.get("weight")
        if not lists.held[row, column]:
            continue
        turned = bool(lists.turned[row, column])
        if key == "priorities":
            lines.append((at[column], f"not ({want})" if turned else want))
        else:
            if lists.weights is not None:
                weight = str(Fraction(int(lists.weights[row, column]), 10**6))
            lines.append((column, {"when": want, "weight": _signed(weight, turned)}))
    place[key] = [line for _, line in sorted(lines, key=lambda pair: pair[0])]


def _signed(weight: Any, turned: bool) -> str:
    value = Fraction(str(weight))
    return str(-value if turned else value)


def says(model: Any, query: Query, sanctions: str) -> str | None:
    try:
        return answer(oracle.build(model), query, sanctions)
    except oracle.OracleError:
        return None


def assert_one_by_one(seed: int, kind: str | None) -> None:
    """Whatever is drawn of a random model, the oracle says of each draw what the batch says."""
    model, rng = random_model(seed, kind), random.Random(f"ensemble {seed}")
    sanctions = rng.choice(("legal", "one-step"))
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    asked = [each for each in queries(model) if says(model, each, sanctions) is not None]
    if not asked:
        return
    asked = rng.sample(asked, min(4, len(asked)))
    said: dict[str, Any] = {"order": rng.choice((0.4, 1.0, {"swaps": 2}))}
    if rng.random() < 0.5 and kind != "ranking":
        said |= {"presence": 0.2, "polarity": 0.2}
    if kind == "weights":
        said["weights"] = 0.5
    doubts = doubts_of(case, said)
    found = draw(case, headlines_of(case, asked), doubts, 8, seed)
    for row in range(found.n):
        other = copy.deepcopy(model)
        for actor, lists in zip(case.actors, found.rows.lists, strict=True):
            if actor in case.chosen:
                written(place_of(other, actor), lists, row)
        for number, query in enumerate(asked):
            then = says(other, query, sanctions)
            assert found.verdicts[number, row] == code(then), f"seed {seed}, {kind}, {query}, {sanctions}, row {row}"


@models(24)
def test_batched_is_one_by_one(seed: int, kind: str | None) -> None:
    assert_one_by_one(seed, kind)


@blocks(8)
def test_batched_is_one_by_one_on_many_more(block: int) -> None:
    for seed, kind in at_length(block, 40):
        assert_one_by_one(seed, kind)


def test_settings_rules_concept_and_counter_moves_are_those_of_a_file_that_says_so() -> None:
    """Each combination of the doubts about the model itself has the verdicts of the model written that way."""
    text = """
detente: 1
title: Partners
actors:
  ann: {options: {link: {}}, priorities: [not send, link if aid, not aid]}
  bob: {options: {send: {}}, priorities: [link, aid <-> link, aid <-> send]}
  cy: {options: {aid: {}}, priorities: [link, aid, not aid]}
outcomes: {alone: not link, sent: send}
rules:
  - {name: alone, never: send and not link}
now: []
"""
    forms = {
        "never": "{name: alone, never: send and not link}",
        "guard": "{name: alone, barred: not link and not send > send, for: bob}",
        "consequence": "{name: alone, when: send and not link, then: not send}",
    }
    said = {
        "order": False,
        "link.settings": ["off", "on"],
        "alone.rules": True,
        "concept": ["nash", "seq"],
        "play": True,
        "countermoves": True,
    }
    asked = [Query("alone"), Query("sent", concept="seq"), Query(concept="seq")]
    case = Case(read_text(text))
    found = grid(case, headlines_of(case, asked), doubts_of(case, said))
    assert found.n == 2 * 3 * 2 * 2 * 2
    assert found.exact
    assert found.weight.sum() == pytest.approx(1)
    columns = {column.name: [column.values[at] for at in column.codes] for column in found.columns}
    different = set()
    for row in range(found.n):
        way = {name: values[row] for name, values in columns.items()}
        file = text.replace(forms["never"], forms[way["alone.rules"]])
        file = file.replace("now: []", "now: [link]") if way["link.settings"] == "on" else file
        rule = "one-step" if way["countermoves"] == "single" else "legal"
        other = Case(read_text(file), sanctions=rule)
        queries_ = [Query("alone", way["play"]), Query("sent", concept=way["concept"]), Query(concept=way["concept"])]
        assert [VERDICTS[each] for each in found.verdicts[:, row]] == [verdict(other, each) for each in queries_], way
        different.add(tuple(found.verdicts[:, row].tolist()))
    assert len(different) == 12
    for place in range(len(found.columns)):  # each of the five doubts matters somewhere
        groups: dict[tuple[int, ...], set[tuple[int, ...]]] = {}
        for row in range(found.n):
            rest = tuple(int(each.codes[row]) for at, each in enumerate(found.columns) if at != place)
            groups.setdefault(rest, set()).add(tuple(found.verdicts[:, row].tolist()))
        assert any(len(each) > 1 for each in groups.values())


def test_what_means_nothing_is_left_out() -> None:
    """A start that the rules forbid has no verdict, and counts in no share."""
    text = TWO.replace("now: []", "rules: [{never: go and stay}]\nnow: [go]")
    case = Case(read_text(text))
    asked = headlines_of(case, [Query("gone")])
    found = grid(case, asked, doubts_of(case, {"order": False, "stay.settings": {"off": 1, "on": 3}}))
    assert sorted(found.verdicts[0].tolist()) == sorted([SENSELESS, asked[0].code])
    assert share_of(asked[0].verdict, found.verdicts[0], found.weight).share == 1
    told = ensemble(case, [Query("gone")], {"order": False, "stay.settings": {"off": 1, "on": 3}})
    assert told.standings[0].senseless > 0
    assert told.standings[0].holds.n == told.n - told.standings[0].senseless
    assert any("mean nothing and are left out" in note for note in told.sheets()[0].notes)


def test_a_reading_in_doubt_is_drawn_with_its_chances() -> None:
    case = Case(load("two_proxies"))
    doubts = doubts_of(case, {"order": False, "ru.reading": {"need": 3, "profit": 1}})
    assert doubts[0].chances == (0.75, 0.25)
    asked = headlines_of(case, [Query(concept="seq")])
    by_reading = {
        name: verdict(Case(case.scenario, readings={"ru": name}), Query(concept="seq")) for name in ("need", "profit")
    }
    found = draw(case, asked, doubts, 4_000)
    (column,) = found.columns
    assert abs(float((column.codes == 0).mean()) - 0.75) < 0.03
    for at, name in enumerate(column.values):
        assert {VERDICTS[each] for each in found.verdicts[0, column.codes == at]} == {by_reading[name]}
    assert not all_written(doubts)


# --- shares -------------------------------------------------------------------------------------------------------------


def binomial(n: int, p: float, k: int) -> float:
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


def test_wilsons_interval_is_that_of_its_definition() -> None:
    """Its ends are the shares from which what was seen is just 1.96 standard deviations away."""
    for n in (1, 7, 200):
        for hits in range(n + 1):
            low, high = wilson(hits, n)
            for end in {low, high} - {0.0, 1.0}:
                assert abs(hits / n - end) == pytest.approx(1.959963984540054 * math.sqrt(end * (1 - end) / n))
            assert 0 <= low <= hits / n <= high <= 1
    assert wilson(0, 0) == (0.0, 1.0)


def five() -> list[tuple[str, Query, dict[str, Any], float]]:
    """Models of the library with a headline and a dispersion whose share can be enumerated, and the share."""
    asked: list[tuple[str, Query, dict[str, Any]]] = [
        ("prisoners_dilemma", Query("cooperation"), {"order": 0.2}),
        ("prisoners_dilemma", Query("cooperation"), {"order": 0.9}),
        ("chicken", Query("crash"), {"order": 0.2}),
        ("stag_hunt", Query(concept="nash"), {"order": 0.5}),
        ("two_proxies", Query(concept="seq"), {"order": False, "nk.order": 0.5}),
    ]
    found = []
    for name, query, said in asked:
        case = Case(load(name))
        headlines = headlines_of(case, [query])
        table = grid(case, headlines, doubts_of(case, said))
        share = share_of(headlines[0].verdict, table.verdicts[0], table.weight).share
        found.append((name, query, said, share))
    return found


def test_the_interval_covers_the_share_as_often_as_it_says() -> None:
    """Exactly, by the binomial: of five shares that can be enumerated, at 200 and 2,000 draws."""
    shares = [share for *_, share in five()]
    assert len({round(share, 6) for share in shares}) == 5
    assert all(0.02 <= share <= 0.98 for share in shares), shares
    for share in shares:
        for n in (200, 2_000):
            covered = 0.0
            for hits in range(n + 1):
                low, high = wilson(hits, n)
                if low <= share <= high:
                    covered += math.exp(
                        math.lgamma(n + 1)
                        - math.lgamma(hits + 1)
                        - math.lgamma(n - hits + 1)
                        + hits * math.log(share)
                        + (n - hits) * math.log(1 - share)
                    )
            assert 0.93 <= covered <= 0.98, (share, n, covered)


def test_shares_lie_inside_what_is_proved() -> None:
    """Sampled shares agree with the enumerated ones; bounds by part of the chance hold them, and narrow as more is seen."""
    for name, query, said, share in five():
        case = Case(load(name))
        plan = Plan(case, headlines_of(case, [query]), doubts_of(case, said))
        found = share_of(plan.headlines[0].verdict, drawn(plan, 4_000, 3).verdicts[0])
        assert found.low - 0.01 <= share <= found.high + 0.01, (name, share, found)
        widths = []
        for most in (5, 20, 100, 20_000):
            verdicts, weight, unseen = seen(plan, most)
            bound = share_of(plan.headlines[0].verdict, verdicts[0], weight, unseen)
            assert bound.low - 1e-9 <= share <= bound.high + 1e-9, (name, most, bound, share)
            widths.append(bound.high - bound.low)
        assert widths == sorted(widths, reverse=True)
        assert widths[-1] == pytest.approx(0)


def test_no_dispersion_is_the_list_and_dispersion_1_any_order() -> None:
    case = Case(load("two_proxies"))
    for name in ("two_proxies", "chicken", "elmira"):
        written_ = Case(load(name))
        found = ensemble(written_, doubts={"order": 0}, draws=50)
        assert all(each.holds.share == 1 for each in found.standings)
        assert all((column.codes == column.codes[0]).all() for column in found.table.columns)
    asked = headlines_of(case, [Query(concept="seq")])
    orders = list(itertools.permutations(case.reading("nk").statements))
    says_ = Counter(verdict(case.wanting("nk", order), Query(concept="seq")) for order in orders)
    whole = grid(case, asked, doubts_of(case, {"order": False, "nk.order": 1}))
    exact = share_of("stable", whole.verdicts[0], whole.weight)
    assert exact.share == pytest.approx(says_["stable"] / len(orders))


def after_swaps(entries: tuple[Any, ...], swaps: int) -> Counter[tuple[Any, ...]]:
    """How often each list comes of so many swaps of neighbours, by going through all of them."""
    now = Counter({entries: 1})
    for _ in range(swaps):
        after: Counter[tuple[Any, ...]] = Counter()
        for each, times in now.items():
            for at in range(len(each) - 1):
                after[(*each[:at], each[at + 1], each[at], *each[at + 2 :])] += times
        now = after
    return now


SECTION = [
    # what is held, what is asked, and the shares that an earlier program found with 200 draws: one swap, three, any order
    ({"us_arm": 0, "us_nato": 0, "us_recog": 1}, Query("decoupled"), (0.88, 0.74, 0.53)),
    ({"us_arm": 1, "us_nato": 1, "us_recog": 1}, Query("troops_home"), (0.72, 0.70, 0.59)),
    ({}, Query(concept="seq"), (0.76, 0.66, 0.54)),
]


@pytest.mark.parametrize(("hold", "query", "published"), SECTION)
def test_the_shares_of_the_first_analysis(hold: dict[str, int], query: Query, published: tuple[float, ...]) -> None:
    """One random adjacent swap per list, three, and fully random orders; 200 draws each, so within 2.6 standard errors."""
    case = Case(load("two_proxies")).under(Policy(hold=hold))
    for noise, share in zip(({"swaps": 1}, {"swaps": 3}, 1), published, strict=True):
        asked = headlines_of(case, [query])
        found = draw(case, asked, doubts_of(case, {"order": noise}), 20_000, 7)
        ours = share_of(asked[0].verdict, found.verdicts[0])
        assert ours.error < 0.01
        assert abs(ours.share - share) < 2.6 * math.sqrt(share * (1 - share) / 200), (noise, share, ours)


def test_one_swap_each_is_what_enumeration_by_hand_says() -> None:
    """All combinations of one swap in every list, each analysed by itself."""
    case = Case(load("two_proxies")).under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}))
    query, total, good = Query("decoupled"), 0, 0
    lists = {actor: after_swaps(case.reading(actor).statements, 1) for actor in ("ru", "nk")}
    for russia, north in itertools.product(lists["ru"].items(), lists["nk"].items()):
        times = russia[1] * north[1]
        total += times
        changed = case.wanting("ru", russia[0]).wanting("nk", north[0])
        good += times * (verdict(changed, query) == "ALL")
    found = grid(case, headlines_of(case, [query]), doubts_of(case, {"order": {"swaps": 1}}))
    assert share_of("ALL", found.verdicts[0], found.weight).share == pytest.approx(good / total)


# --- what it depends on -------------------------------------------------------------------------------------------------


def by_definition(found: Draws, place: int, chosen: list[int]) -> float:
    """The variance of the mean given these doubts, summed up row by row in fractions of the whole."""
    truth, groups = found.holding(place), dict[tuple[int, ...], list[float]]()
    for row in range(found.n):
        key = tuple(int(found.columns[at].codes[row]) for at in chosen)
        mass = groups.setdefault(key, [0.0, 0.0])
        mass[0] += float(found.weight[row])
        mass[1] += float(found.weight[row]) * bool(truth[row])
    mean = sum(each[1] for each in groups.values())
    return sum(each[0] * (each[1] / each[0] - mean) ** 2 for each in groups.values())


def test_the_variance_is_split_as_defined() -> None:
    case = Case(load("prisoners_dilemma"))
    plan = Plan(case, headlines_of(case), doubts_of(case, {"order": 0.4, "concept": ["nash", "seq"], "play": True}))
    table = grid(case, plan.headlines, plan.doubts)
    exact = exact_variance(table)
    sampled = sampled_variance(plan, 4_000, 1, 0)
    for place, split in enumerate(exact):
        whole = by_definition(table, place, list(range(len(plan.doubts))))
        assert split.variance == pytest.approx(whole)
        for at, part in enumerate(split.parts):
            rest = [other for other in range(len(plan.doubts)) if other != at]
            assert part.alone == pytest.approx(by_definition(table, place, [at]) / whole, abs=1e-9)
            assert part.total == pytest.approx(1 - by_definition(table, place, rest) / whole, abs=1e-9)
            assert part.total >= part.alone - 1e-9
            drawn_ = sampled[place].parts[at]
            assert abs(drawn_.alone - part.alone) < 0.08
            assert abs(drawn_.total - part.total) < 0.08
            assert drawn_.changes.low - 0.01 <= part.changes.share <= drawn_.changes.high + 0.01
    assert separable(plan.doubts)
    assert not separable(doubts_of(Case(load("two_proxies")), {"ru.reading": True}))


@pytest.mark.parametrize("name", ["elmira", "cuba"])
def test_named_states_that_a_hold_leaves_out_are_no_others(name: str) -> None:
    """With nothing changed the verdicts are those of the file, whatever is held; a ranking names states that are gone then."""
    case = Case(load(name))
    for option in case.scenario.options:
        for value in range(len(option.choices)):
            try:
                held = case.under(Policy(hold={option.key: value}))
                headlines = headlines_of(held, [Query(concept=each) for each in ("nash", "seq", "gmr")])
            except DetenteError:
                continue
            plan = Plan(held, headlines, doubts_of(held, {"order": 0}))
            for verdicts, each in zip(drawn(plan, 5).verdicts, headlines, strict=True):
                assert {VERDICTS[code] for code in verdicts.tolist()} == {each.verdict}, (option.key, value)


# --- the line -----------------------------------------------------------------------------------------------------------


def test_the_line_under_a_headline() -> None:
    """The first analysis's status quo flips where North Korea puts its troops above having a patron."""
    found = brittleness(Case(load("two_proxies")), Query(concept="seq"))
    assert (found.margin, found.proved, found.ways, found.then) == (1, 1, 1, "unstable")
    assert [(each.actor, each.upper, each.lower) for each in found.swapped] == [
        ("nk", "us_recog or ru_link", "not nk_troops")
    ]
    assert found.holds is not None
    assert str(found.line) == (
        "Flips at 1 adjacent swap: nk: 'us_recog or ru_link' below 'not nk_troops'; then it is unstable. "
        f"Holds in {found.holds.text} of lists like these (dispersion 0.5; 2,400 draws). Every list within 1 swap was tried."
    )
    assert 0.55 < found.holds.share < 0.67
    assert not found.written


def test_what_was_not_reached_is_said() -> None:
    none = brittleness(
        Case(read_text(TWO.replace("[go if stay, not go, stay]", "[stay, go, not stay]"))), Query("gone")
    )
    assert none.margin is None
    assert str(none.line).endswith("Every list within 3 swaps was tried, and none flips it.")
    large = brittleness(Case(load("two_proxies")), Query(concept="seq"), work=1)
    assert str(large.line) == "Not tried list by list: it would take long here."
    sim = brittleness(Case(load("chicken")), Query(concept="sim"))
    assert "asked one list at a time" in str(sim.line)


STATED = """
detente: 1
title: Chances
actors:
  one:
    options: {go: }
    priorities: [go]
outcomes: {gone: go}
uncertainty:
  one: {order: 0, polarity: CHANCE}
now: []
"""


def stated(chance: str) -> Case:
    """One who goes, unless its aim is meant the other way round, which has this chance."""
    return Case(read_text(STATED.replace("CHANCE", chance)))


def test_where_the_file_states_all_chances_one_word_is_enough() -> None:
    """Drawing stops when each interval lies within a word; on the edge of two it never does, and that is said."""
    sure = ensemble(stated("0.32"), [Query("gone")], draws=20_000)
    assert (sure.within, sure.enough, sure.n) == (None, True, 1_000)
    (standing,) = sure.standings
    assert standing.word == "likely"
    assert standing.holds.error > 0.02
    assert "Enough: every interval lies within one word of likelihood." in str(sure)
    assert "In words (ICD 203): gone where foresight play ends keeps its verdict: likely." in str(sure)
    edge = ensemble(stated("0.2"), [Query("gone")], draws=3_000)
    assert (edge.enough, edge.n, edge.standings[0].word) == (False, 3_000, "")
    assert (
        "Not enough: the interval of gone where foresight play ends reaches over more than one word of likelihood."
        in str(edge)
    )
    asked = ensemble(stated("0.32"), [Query("gone")], draws=20_000, within=0.02)
    assert asked.within == 0.02
    assert asked.n > 1_000
    assert "within ± 2 points" in str(asked)
    alone = ensemble(stated("0.32"), [Query("gone")], {"polarity": 0.32}, draws=2_000)
    assert (alone.within, alone.standings[0].word) == (0.02, "")
    assert "Shares of ways, not likelihoods" in str(alone)


def test_below_and_above_all_words_nothing_is_left_open() -> None:
    for share, low, high, enough in (
        (0.0, 0.0, 0.009, True), (0.0, 0.0, 0.02, False), (1.0, 0.991, 1.0, True), (0.995, 0.98, 0.999, False),
        (0.03, 0.01, 0.05, True), (0.5, 0.46, 0.54, True), (0.5, 0.44, 0.54, False),
    ):  # fmt: skip
        assert sure_enough(Share(verdict="", share=share, low=low, high=high, n=9), None) is enough


# --- as people read it --------------------------------------------------------------------------------------------------


def test_what_people_read() -> None:
    found = ensemble(Case(read_text(TWO)), [Query("gone")], {"order": 0.5})
    exact = found.standings[0].exact
    assert exact is not None
    assert str(found.headline).startswith("gone is ALL true where foresight play ends, in ")
    first, doubts, parts, side = found.gist()
    assert str(first.title) == "How often each headline holds, of lists like these (dispersion 0.5)"
    assert first.columns == ("headline", "verdict", "holds in", "else", "proved")
    assert first.rows[0][4] == exact.text
    assert f"{found.n:,} draws (seed 0); ± is Wilson's interval for 95 %; proved: 100 % of the chance" in str(
        first.notes[0]
    )
    assert str(first.notes[1]) == "Enough: every interval is within ± 2 points."
    assert str(first.notes[-1]) == (
        "Shares of ways, not likelihoods: the file states no chances for the order of ann and order of bob."
    )
    assert doubts.rows[0] == ("order of ann", "dispersion 0.5", False)
    assert parts.notes[0].startswith("Parts of the variance, exactly")
    assert side.columns[1:] == ("dispersion 0.3", "dispersion 0.5", "dispersion 0.7")


def test_the_same_seed_gives_the_same_and_batches_stand_alone() -> None:
    case = Case(load("chicken"))
    first, again, other = (ensemble(case, draws=1_500, within=0.0001, seed=seed) for seed in (1, 1, 2))
    assert first.to_json() == again.to_json()
    assert first.to_json() != other.to_json()
    plan = Plan(case, headlines_of(case), doubts_of(case))
    assert (drawn(plan, 500, 1, 1).verdicts == first.table.verdicts[:, 1_000:]).all()


def test_nothing_more_is_drawn_than_needed_and_what_has_not_settled_is_said() -> None:
    case = Case(load("prisoners_dilemma"))
    enough = ensemble(case, draws=10_000)
    assert enough.enough
    assert enough.n < 10_000
    few = ensemble(case, draws=1)
    assert (few.n, few.enough) == (1, False)
    assert str(few.sheets()[0].notes[1]).startswith("Not enough for ± 2 points: cooperation where foresight play ends")
    ticks = itertools.count(step=1.0)
    ended = ensemble(case, within=0.0001, seconds=3.5, clock=lambda: next(ticks))
    assert ended.stopped == "the time is up"
    assert ended.n < 10_000


def test_dispersions_of_the_file_make_shares_likelihoods() -> None:
    text = TWO + "uncertainty:\n  ann: {order: 0.3}\n  bob: {order: 1/2}\n"
    case = Case(read_text(text))
    assert [each.amount for each in doubts_of(case)] == [0.3, 0.5]
    found = ensemble(case)
    assert found.written
    assert str(found.sheets()[0].notes[-1]).startswith("All chances and dispersions stand in the file")
    assert not ensemble(case, doubts={"ann.order": 0.3}).written
    only_one = Case(read_text(TWO + "uncertainty:\n  ann: {order: 0.3}\n"))
    assert not all_written(doubts_of(only_one))


def test_words_of_confidence_feed_the_dispersion_and_say_so() -> None:
    text = TWO.replace("[go, stay]", "[{want: go, confidence: low}, {want: stay, confidence: high}]")
    case = Case(read_text(text + "uncertainty:\n  model: {confidence: {high: 0.1, medium: 0.4, low: 0.7}}\n"))
    ann, bob = doubts_of(case)
    assert (ann.amount, ann.written) == (0.5, False)
    assert bob.written
    assert bob.amount == pytest.approx(0.4)
    assert bob.because == "the mean of 1 high (0.1), 1 low (0.7)"
    _, usual = doubts_of(Case(read_text(text)))  # the convention: high 0.2, low 0.8
    assert not usual.written
    assert usual.amount == pytest.approx(0.5)
    assert str(usual) == "order of bob: dispersion 0.5, the mean of 1 high (0.2), 1 low (0.8)"
    stated = Case(read_text(text + "uncertainty:\n  model: {order: 0.3}\n"))
    assert [(each.amount, each.written) for each in doubts_of(stated)] == [(0.3, True), (0.3, True)]


# --- bad input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"order": 1.5}, "the dispersion of the order of ann is 1.5; expected 0 (as written) to 1"),
        ({"order": -0.1}, "the dispersion of the order of ann is -0.1; expected 0"),
        ({"ann.order": "x"}, "the dispersion of the order of ann is 'x'; expected a number"),
        ({"order": {"swaps": 0.5}}, "expected a whole number from 0 to 100"),
        ({"ordr": 0.5}, "no source of doubt is called 'ordr'; did you mean order?"),
        ({"concept": {"nash": 0, "seq": 0}}, "the weights of concept add up to 0; at least one must be above 0"),
        ({"concept": {"nash": 2, "seq": -1}}, "the weights of concept: -1 is below 0"),
        ({"concept": ["sim"]}, "sim"),
        ({"concept": ["nash", "nash"]}, "a value is named twice"),
        ({"ann.weights": 0.1}, "weights of ann: its reading 'only' has no weights"),
        ({"presence": True}, "expected the chance of each statement"),
        ({"ann.concept": True}, "concept is of the whole model; say 'concept'"),
        ({"settings": True}, "settings: expected which"),
        ({"x.order": 0.5}, "x"),
    ],
)
def test_what_cannot_be_meant_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        doubts_of(Case(read_text(TWO)), said)
    assert message in str(caught.value)


def test_numbers_out_of_their_span_are_refused() -> None:
    case = Case(read_text(TWO))
    for how, message in (
        ({"draws": 0}, "0 draws; expected 1 to"),
        ({"within": 0}, "within ± 0"),
        ({"exact": -1}, "expected 0 or more"),
        ({"dispersions": [1.5]}, "the dispersion is 1.5"),
    ):
        with pytest.raises(InputError, match=message):
            ensemble(case, **how)
    with pytest.raises(InputError, match="judged by Nash, SSEQ, SEQ, SMR and GMR; not by SIM"):
        ensemble(case, [Query(concept="sim")])
    with pytest.raises(TooLarge, match="switch some doubts off"):
        grid(Case(load("two_proxies")), headlines_of(case), doubts_of(Case(load("two_proxies"))))


def test_a_list_of_one_statement_has_one_order() -> None:
    case = Case(read_text(TWO.replace("[go, stay]", "[go]")))
    assert [each.name for each in doubts_of(case, {"order": 0.5})] == ["ann.order"]
    assert doubts_of(case, {"bob.order": 0.5}) == doubts_of(case, {})
    lonely = Case(read_text(TWO.replace("[go, stay]", "[go]").replace("[go if stay, not go, stay]", "[go]")))
    found = ensemble(lonely)
    assert found.doubts == ()
    assert found.standings[0].holds.text == "100 %"
    assert "Nothing is in doubt." in map(str, found.sheets()[0].notes)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("ann: {order: 1.2}", "order of ann is '1.2'; expected a number from 0 to 1"),
        ("ann: {order: {swaps: 1.5}}", "order of ann is"),
        ("ann: {presence: x}", "presence of ann is 'x'; expected a number from 0 to 1"),
        ("ann: {weights: {stay: [3, 1]}}", "the weight of 'stay' is"),
        ("model: 3", "expected what is in doubt about the model, such as {order: 0.5}"),
        ("model: {ordr: 0.5}", "unknown key 'ordr' under the uncertainty of the model; did you mean order?"),
        ("model: {concept: [nsh]}", "unknown concept 'nsh'; did you mean nash?"),
        ("model: {concept: {nash: 0, seq: 0}}", "the weights of concept are"),
        ("model: {confidence: {sure: 0.1}}", "'sure' is no word of confidence; known: low, medium, high"),
        ("model: {confidence: {low: 2}}", "the dispersion of low confidence is '2'"),
        ("model: {rules: {x: [never]}}", "unknown rule 'x'"),
        ("model: {settings: 3}", "settings is '3'; expected a mapping such as {OPTION: [off, on]}"),
        ("bo: {order: 0.5}", "unknown actor 'bo'; did you mean bob?"),
    ],
)
def test_a_file_that_states_what_cannot_be_is_refused(said: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text(TWO + f"uncertainty:\n  {said}\n")
    assert message in str(caught.value)


def test_every_source_can_stand_in_the_file() -> None:
    text = """
detente: 1
title: Everything
actors:
  ann:
    options: {go: {}}
    readings:
      bold: {priorities: [go, stay]}
      shy: {priorities: [not go, stay, go]}
  bob: {options: {stay: {}}, weights: [{when: go, weight: 2}, {when: stay, weight: 1}]}
outcomes: {gone: go}
rules: [{name: together, never: go and stay}]
now: []
uncertainty:
  ann: {order: 0.2, presence: 0.1, polarity: 1/10, chances: {bold: 0.5, shy: 0.5}}
  bob: {weights: {stay: [1, 3]}}
  model:
    presence: 0.05
    concept: {nash: 1, seq: 3}
    play: {myopic: 1, foresight: 1}
    countermoves: {sequence: 1, single: 1}
    settings: {go: {off: 3, on: 1}}
    rules: {together: {never: 1, guard: 1}}
"""
    case = Case(read_text(text))
    found = doubts_of(case)
    assert [each.name for each in found] == [
        "ann.order", "ann.presence", "bob.presence", "ann.polarity", "ann.reading", "bob.weights",
        "go.settings", "concept", "play", "countermoves", "together.rules",
    ]  # fmt: skip
    assert all_written(found)
    assert {each.name: each.amount for each in found if each.amount is not None} == {
        "ann.order": 0.2, "ann.presence": 0.1, "bob.presence": 0.05, "ann.polarity": 0.1,
    }  # fmt: skip
    told = ensemble(case, draws=400)
    assert told.written
    assert json.loads(json.dumps(told.to_json()))["n"] == 400
    assert [column.name for column in told.table.columns] == [each.name for each in found]
    judged = {column.name for column in told.table.judgements}
    assert {"ann as shy: 'not go' above 'go'", "ann as bold: 'go'", "concept", "bob.weights"} <= judged
