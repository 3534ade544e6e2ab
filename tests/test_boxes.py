"""Boxes and the collection plan: against all boxes of small tables and all lists of a small model, and what is said."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from detente.case import Case, Query, verdict
from detente.errors import InputError, UnknownName
from detente.present.pictures import picture
from detente.questions.uncertainty import peeling
from detente.questions.uncertainty.boxes import boxes
from detente.questions.uncertainty.collection_plan import GAPS, CollectionPlan, collection_plan
from detente.scenario import check, read_text

# --- tables -----------------------------------------------------------------------------------------------------------

Row = tuple[int, ...]


def table(rng: random.Random) -> tuple[list[Row], list[float], list[bool]]:
    """All combinations of a few values, with weights, some marked: at random, or where a planted box says."""
    sizes = [rng.randint(2, 3) for _ in range(rng.randint(2, 4))]
    rows = list(itertools.product(*map(range, sizes)))
    weights = [rng.random() + 0.1 for _ in rows]
    planted = {c: rng.randrange(sizes[c]) for c in rng.sample(range(len(sizes)), min(2, len(sizes)))}
    noise = rng.choice((0.0, 0.1, 0.5))
    marked = [all(row[c] == v for c, v in planted.items()) != (rng.random() < noise) for row in rows]
    return rows, [weight / sum(weights) for weight in weights], marked


def every_box(rows: Sequence[Row], most: int) -> Iterator[dict[int, frozenset[int]]]:
    """Every box of at most so many clauses."""
    sizes = [max(column) + 1 for column in zip(*rows, strict=True)]
    subsets = [
        [frozenset(s) for k in range(1, size + 1) for s in itertools.combinations(range(size), k)] for size in sizes
    ]
    for chosen in itertools.product(*subsets):
        box = {c: allowed for c, allowed in enumerate(chosen) if len(allowed) < sizes[c]}
        if len(box) <= most:
            yield box


def worth(rows: Sequence[Row], weights: Sequence[float], marked: Sequence[bool], box: Mapping[int, Any]) -> float:
    """From the definition: the harmonic mean of coverage and of how far the density has come from the base to 1."""
    inside = [all(row[c] in allowed for c, allowed in box.items()) for row in rows]
    own = sum(w for w, i in zip(weights, inside, strict=True) if i)
    hits = sum(w for w, i, m in zip(weights, inside, marked, strict=True) if i and m)
    base = sum(w for w, m in zip(weights, marked, strict=True) if m)
    if not own or not base or base > 1 - 1e-12:
        return 0.0
    coverage, gain = hits / base, (hits / own - base) / (1 - base)
    return 2 * coverage * gain / (coverage + gain) if gain > 1e-12 else 0.0


def test_the_best_box_against_all_boxes() -> None:
    """Peeling never claims more than the best box has; it finds that in nearly all small tables."""
    found, tried = 0, 0
    for seed in range(120):
        rows, weights, marked = table(random.Random(seed))
        if all(marked) or not any(marked):
            continue
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        box = peeling.best_box(columns, np.array(weights), np.array(marked))
        best = max(worth(rows, weights, marked, each) for each in every_box(rows, peeling.CLAUSES))
        mine = worth(rows, weights, marked, box) if box else 0.0
        assert mine <= best + 1e-9
        assert len(box) <= peeling.CLAUSES
        tried += 1
        found += mine > best - 1e-9
    assert tried > 90
    assert found >= 0.97 * tried, (found, tried)


def test_a_planted_box_is_found_as_it_is() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        sizes = [rng.randint(2, 3) for _ in range(5)]
        rows = list(itertools.product(*map(range, sizes)))
        planted = {c: frozenset({rng.randrange(sizes[c])}) for c in sorted(rng.sample(range(5), rng.randint(1, 3)))}
        marked = np.array([all(row[c] in allowed for c, allowed in planted.items()) for row in rows])
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        weights = np.full(len(rows), 1 / len(rows))
        assert peeling.best_box(columns, weights, marked) == planted
        assert peeling.boxes(columns, weights, marked, 3, 0.05) == [planted], "and nothing is left for another"
        assert peeling.measure(planted, columns, weights, marked) == pytest.approx((1, 1, float(marked.mean())))


def test_two_boxes_are_found_one_after_the_other() -> None:
    rows = list(itertools.product(range(2), repeat=4))
    marked = np.array([(a and b) or (not a and c and d) for a, b, c, d in rows], dtype=bool)
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    found = peeling.boxes(columns, np.full(16, 1 / 16), marked, 3, 0.05)
    within = [peeling.inside(box, columns) for box in found]
    assert (np.logical_or.reduce(within) == marked).all()
    assert all(marked[each].all() for each in within)


def test_where_a_judgement_is_not_asked_no_clause_holds() -> None:
    columns = [np.array([0, 0, 1, 1]), np.array([-1, -1, 0, 1])]
    marked = np.array([False, True, False, True])
    box = peeling.best_box(columns, np.full(4, 0.25), marked)
    assert box == {1: frozenset({1})}
    assert peeling.inside(box, columns).tolist() == [False, False, False, True]


def test_minimal_changes_from_the_definition() -> None:
    for seed in range(60):
        rows, _, marked = table(random.Random(seed))
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        usual = [0] * len(columns)
        found = peeling.minimal_changes(columns, usual, np.array(marked), 10_000)
        sets = [{(c, v) for c, v in enumerate(row) if v} for row, m in zip(rows, marked, strict=True) if m]
        minimal = [each for each in sets if not any(other < each for other in sets)]
        assert sorted(sorted(each.items()) for each in found) == sorted(map(sorted, minimal))
        assert [len(each) for each in found] == sorted(len(each) for each in found)


# --- a small model, all of whose lists are gone through -----------------------------------------------------------------

TEXT = """
detente: 1
title: The pass
question: Does the pass stay open?
sources:
  survey: {text: A survey of the pass}
  diary: {text: A diary}
actors:
  east:
    name: East
    options: {guard: {}}
    priorities:
      - {want: guard or road, source: survey, where: p. 1}
      - {want: not guard, source: [survey, diary], where: p. 2}
      - {want: road <-> not guard, source: [survey, diary], where: p. 2}
  west:
    name: West
    options: {road: {}}
    priorities:
      - {want: road, source: diary, where: p. 3, confidence: low}
      - guard
      - {want: not (guard and road), source: diary, where: p. 4}
now: [guard]
outcomes: {open: road and not guard}
"""
DISPERSION = 0.4


@cache
def case_of(extra: str = "") -> Case:
    return Case(read_text(TEXT + extra, name="pass"))


def lists() -> dict[str, tuple[str, ...]]:
    return {actor: case_of().reading(actor).texts for actor in case_of().actors}


Judged = frozenset[tuple[str, str, str]]
"""The pairs (actor, upper, lower) that are the other way round."""


@cache
def every_way(query: Query) -> tuple[tuple[Judged, float, str], ...]:
    """Every combination of orders: what is the other way round in it, its chance by the definition of Mallows, its verdict."""
    found = []
    for orders in itertools.product(*(itertools.permutations(texts) for texts in lists().values())):
        judged = set[tuple[str, str, str]]()
        readings = {}
        for (actor, texts), order in zip(lists().items(), orders, strict=True):
            for upper, lower in itertools.combinations(texts, 2):
                if order.index(upper) > order.index(lower):
                    judged.add((actor, upper, lower))
            readings[actor] = order
        text = TEXT
        for actor, order in readings.items():
            written = [f"      - {{want: {each}}}" for each in order]
            begin = text.index("priorities:", text.index(f"  {actor}:"))
            end = text.index("  west:" if actor == "east" else "now:", begin)
            text = text[:begin] + "priorities:\n" + "\n".join(written) + "\n" + text[end:]
        said = verdict(Case(read_text(text, name="pass")), query)
        found.append((frozenset(judged), DISPERSION ** len(judged), said))
    whole = sum(chance for _, chance, _ in found)
    return tuple((judged, chance / whole, said) for judged, chance, said in found)


QUERIES = (Query("open"), Query("open", "myopic"), Query(concept="seq"), Query(concept="nash"))


def sure(query: Query) -> str:
    return verdict(case_of(), query)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_boxes_and_flips_against_all_lists(query: Query) -> None:
    found = boxes(case_of(), query, doubts={"order": DISPERSION})
    ways, now = every_way(query), sure(query)
    assert found.exact
    assert found.n == len(ways) == 36
    base = sum(chance for _, chance, said in ways if said != now)
    assert found.base == pytest.approx(base)
    for box in found.boxes:
        inside = [(chance, said) for judged, chance, said in ways if all(_meets(judged, each) for each in box.clauses)]
        own, hits = sum(c for c, _ in inside), sum(c for c, said in inside if said != now)
        assert (box.coverage.share, box.density.share, box.mass) == pytest.approx((hits / base, hits / own, own))
        assert box.density.share > base
    sets = [judged for judged, _, said in ways if said != now]
    minimal = {each for each in sets if not any(other < each for other in sets)}
    told = {frozenset(_pair(clause) for clause in each) for each in found.flips}
    assert told == minimal
    assert found.whole


def _pair(clause: Any) -> tuple[str, str, str]:
    actor, _, rest = clause.judgement.partition(": ")
    upper, lower = rest.strip("'").split("' above '")
    return actor, upper, lower


def _meets(judged: Judged, clause: Any) -> bool:
    turned = _pair(clause) in judged
    return ("the other way round" in clause.values and turned) or ("as written" in clause.values and not turned)


def test_the_small_model_has_something_to_find() -> None:
    assert any(0 < sum(c for _, c, said in every_way(query) if said != sure(query)) < 1 for query in QUERIES)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_the_plan_against_all_lists(query: Query) -> None:
    found = collection_plan(case_of(), query, {"order": DISPERSION})
    ways, now = every_way(query), sure(query)
    chances = {}
    for actor, texts in lists().items():
        for upper, lower in itertools.combinations(texts, 2):
            pair = (actor, upper, lower)
            written = [(c, said == now) for judged, c, said in ways if pair not in judged]
            other = [(c, said == now) for judged, c, said in ways if pair in judged]
            p, q = (sum(c for c, holds in part if holds) / sum(c for c, _ in part) for part in (written, other))
            if p - q > 1e-12:
                chances[f"{actor}: '{upper}' above '{lower}'"] = sum(c for c, _ in other) * (p - q), p, q
    assert found.exact
    told = {
        each.judgement: (each.chance, each.holds_as_written.share, each.holds_otherwise.share) for each in found.checks
    }
    assert set(told) == set(chances)
    for name, numbers in chances.items():
        assert told[name] == pytest.approx(numbers)
    assert [each.worth for each in found.checks] == sorted((each.worth for each in found.checks), reverse=True)


# --- what is said -----------------------------------------------------------------------------------------------------


def plan(extra: str = "", **asked: Any) -> CollectionPlan:
    query = next(q for q in QUERIES if collection_plan(case_of(), q, {"order": DISPERSION}).checks)
    return collection_plan(case_of(extra), query, {"order": DISPERSION}, **asked)


def test_each_judgement_names_the_gap_that_would_settle_it() -> None:
    by_gap = {each.gap: each for query in QUERIES for each in collection_plan(case_of(), query, {"order": 0.4}).checks}
    for gap, check_ in by_gap.items():
        assert check_.ease == GAPS[gap]
        assert {
            "doubtful sources": "find a better source for ",
            "no source": "find a source for ",
            "low confidence": "firm up diary for ",
            "one source": "find a second source for ",
            "several sources": "weigh ",
        }[gap] in check_.settles
    assert {"no source", "low confidence"} & set(by_gap)


GRADED = """
detente: 1
title: Graded
actors:
  one:
    options: {go: }
    priorities: [{want: go, source: [SOURCES]}]
sources:
  sound: {text: Sound, reliability: B, credibility: 2}
  plain: {text: Plain}
  shady: {text: Shady, reliability: E, credibility: 2}
  rumour: {text: Rumour, reliability: B, credibility: 5}
outcomes: {gone: go}
now: []
"""


@pytest.mark.parametrize(
    ("sources", "gap", "ease"),
    [
        ("sound", "one source", 0.6),
        ("plain", "one source", 0.6),
        ("shady", "doubtful sources", 0.7),
        ("shady, rumour", "doubtful sources", 0.7),
        ("sound, rumour", "one source", 0.6),
        ("sound, plain", "several sources", 0.3),
        ("sound, plain, shady", "several sources", 0.3),
    ],
)
def test_grades_of_sources_open_a_judgement(sources: str, gap: str, ease: float) -> None:
    """A source graded D or 4 and below does not make several, and by itself calls for a better one."""
    case = Case(read_text(GRADED.replace("SOURCES", sources)))
    (first,) = collection_plan(case, Query("gone"), {"polarity": 0.3, "order": False}).checks
    assert (first.gap, first.ease) == (gap, ease)
    assert ("find a better source" in first.settles) == (gap == "doubtful sources")


def test_an_actor_that_is_hard_to_look_into_comes_later() -> None:
    first = plan().checks[0]
    shut = plan(f"uncertainty: {{{first.of}: {{checking: 0}}}}\n")
    assert all(each.ease == 0 for each in shut.checks if each.of == first.of)
    assert all(each.checking == 1 for each in shut.checks if each.of != first.of)
    halved = plan(f"uncertainty: {{{first.of}: {{checking: 1/2}}}}\n")
    (same,) = (each for each in halved.checks if each.judgement == first.judgement)
    assert (same.ease, same.chance) == pytest.approx((first.ease / 2, first.chance))


def test_what_checking_may_be() -> None:
    problems = map(str, check(TEXT + "uncertainty: {east: {checking: 2}}\n"))
    assert any("checking of east is '2'; expected a number from 0 to 1" in each for each in problems)


def test_draws_tell_only_what_they_can_tell() -> None:
    """With few draws the intervals overlap, and nothing is ranked that may be luck."""
    import detente.questions.uncertainty.collection_plan as module

    query = next(q for q in QUERIES if collection_plan(case_of(), q, {"order": DISPERSION}).checks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "GRID", 1)
        few = collection_plan(case_of(), query, {"order": DISPERSION}, draws=20)
        many = collection_plan(case_of(), query, {"order": DISPERSION}, draws=4_000)
    assert not few.exact
    assert len(few.checks) < len(many.checks)
    exact = {each.judgement: each.chance for each in collection_plan(case_of(), query, {"order": DISPERSION}).checks}
    for each in many.checks:
        assert each.holds_as_written.low > each.holds_otherwise.high
        assert each.chance == pytest.approx(exact[each.judgement], abs=0.03)


def test_drawn_boxes_are_measured_on_other_draws() -> None:
    import detente.questions.uncertainty.boxes as module

    query = next(q for q in QUERIES if boxes(case_of(), q, doubts={"order": DISPERSION}).boxes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "GRID", 1)
        found = boxes(case_of(), query, doubts={"order": DISPERSION}, draws=3_000, seed=5)
        assert found == boxes(case_of(), query, doubts={"order": DISPERSION}, draws=3_000, seed=5)
    ways, now = every_way(query), sure(query)
    for box in found.boxes:
        inside = [(chance, said) for judged, chance, said in ways if all(_meets(judged, each) for each in box.clauses)]
        density = sum(c for c, said in inside if said != now) / sum(c for c, _ in inside)
        assert box.density.low - 0.02 <= density <= box.density.high + 0.02
    assert "Found on 3,000 draws, measured on 3,000 others (seed 5)." in str(found)
    assert not found.whole


READINGS = (
    TEXT[: TEXT.index("    priorities:", TEXT.index("  west:"))]
    + """\
    readings:
      open: {priorities: [road, guard]}
      shut: {priorities: [not road]}
      cheap: {priorities: [road]}
now: [guard]
outcomes: {open: road and not guard}
"""
)


def rival() -> Case:
    return Case(read_text(READINGS, name="pass"))


def test_a_box_in_one_sentence() -> None:
    found = boxes(rival(), Query("open"), doubts={"order": False, "reading": True})
    assert found.headline == (
        "Where west is read as “shut”, the answer is another one in 100 % of ways; 100 % of all such ways lie there."
    )
    assert found.sentences == (found.headline,)
    assert [[clause.words for clause in each] for each in found.flips] == [["west is read as “shut”"]]
    asked = boxes(rival(), Query("open"), "NONE", {"order": False, "reading": True})
    assert asked.headline.startswith("Where west is read as “shut”, the answer is NONE in 100 %")
    said = json.loads(json.dumps(found.to_json()))
    assert said["boxes"][0]["clauses"][0]["values"] == ["shut"]
    assert said["sentences"] == [str(found.headline)]


def test_where_nothing_else_ever_comes() -> None:
    found = boxes(rival(), Query("true"), doubts={"order": False, "reading": True})
    assert (found.boxes, found.flips) == ((), ())
    assert found.headline.startswith("In none of the ways looked at ")
    none = collection_plan(rival(), Query("true"), {"order": False, "reading": True})
    assert none.headline.startswith("No single judgement that was in doubt would change ")


def test_the_plan_in_one_sentence() -> None:
    found = collection_plan(rival(), Query("open"), {"order": False, "reading": True})
    assert (
        found.headline
        == "Look first into this: the reading of west. In 33 % of ways the answer hangs on it; find a source."
    )
    assert found.checks[0].otherwise == pytest.approx(2 / 3)


def test_the_picture_has_a_bar_per_judgement() -> None:
    drawing = picture(case_of(), "tornado", "open")
    said = [label.text for label in drawing.labels]
    found = collection_plan(case_of(), Query("open"))
    assert f"in {found.holds.text} of ways" in drawing.title
    if found.checks:
        assert drawing.plate.body.count('class="bar"') + drawing.plate.body.count("class=bar") == len(found.checks)
        assert any(text.startswith(("West puts ", "East puts ")) for text in said)


def test_bad_input() -> None:
    off = {"order": False}
    with pytest.raises(InputError, match="nothing is in doubt in this case; switch a doubt on"):
        boxes(case_of(), Query("open"), doubts=off)
    with pytest.raises(InputError, match="nothing is in doubt in this case; switch a doubt on"):
        collection_plan(case_of(), Query("open"), off)
    with pytest.raises(UnknownName, match="unknown verdict 'MAYBE'"):
        boxes(case_of(), Query("open"), "MAYBE")
    with pytest.raises(InputError, match="0 draws and 3 boxes; expected at least 1 of each"):
        boxes(case_of(), Query("open"), draws=0)
    with pytest.raises(InputError, match="0 draws; expected at least 1"):
        collection_plan(case_of(), Query("open"), draws=0)
