"""Types: the stated findings, brute force on random models, and what is refused."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from brute import able, answer, held, queries
from detente.case import Case, Policy, Query
from detente.errors import InputError, TooLarge, UnknownName
from detente.questions.uncertainty.types import Types, types
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import at_length, blocks, models

pytestmark = pytest.mark.first_analysis

# --- findings ----------------------------------------------------------------------------------------------------

OUT = Policy(hold={"us_arm": 0, "us_nato": 0})


def test_washington_leaves_ukraine() -> None:
    """M2: the link goes in 5 of 12 mixes, there is a ceasefire in 2; decided as the list of Russia has it."""
    link = types(Case(load("ukraine_agency")).under(OUT), Query("link_off"))
    assert (link.actors, len(link.rows), link.count("ALL")) == (("eu", "ua", "ru"), 12, 5)
    assert {reading: found.count("ALL") for reading, found in link.marginals["ru"].items()} == {
        "war_need": 1,
        "us_need": 4,
        "maximalist": 0,
    }
    (alone,) = [each for each in link.where("ALL") if each["ru"] == "war_need"]
    assert (alone["eu"], alone["ua"]) == ("follows_us", "needs_arms")
    assert types(Case(load("ukraine_agency")).under(OUT), Query("ceasefire")).count("ALL") == 2


@pytest.mark.parametrize("held", [{"us_press": 0}, {"us_press": 0, "us_relief": 0}, {"us_press": 0, "us_relief": 1}])
@pytest.mark.parametrize("us", ["biden24", "carpenter"])
@pytest.mark.parametrize(
    ("goal", "count", "who"),
    [("bloc_dissolves", 4, ("ru", "ir")), ("sanctions_enforced", 4, ("ru", "cn")), ("panel_restored", 0, ())],
)
def test_pressure_ends(held: dict[str, int], us: str, goal: str, count: int, who: tuple[str, ...]) -> None:
    """M6: 4, 4 and 0 of 16, whatever Washington does with relief and whatever it wants."""
    case = Case(load("axis_and_sanctions"), readings={"us": us, "nk": "builds"}).under(Policy(hold=held))
    found = types(case, Query(goal))
    assert (found.actors, len(found.rows), found.count("ALL")) == (("ru", "cn", "ir", "neu"), 16, count)
    assert found.counts.possible in (("ALL", "NONE"), ("NONE",))
    assert all(each[actor] == "reactive" for each in found.where("ALL") for actor in who)


def test_the_default_grid() -> None:
    """Rival readings of those who can still choose, unless chosen for the case."""
    case = Case(load("two_proxies"))
    assert types(case, Query(concept="seq")).actors == ("us", "ru", "nk")
    assert types(Case(load("two_proxies"), readings={"ru": "need"}), Query(concept="seq")).actors == ("us", "nk")
    package = case.under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}))
    assert types(package, Query("decoupled")).actors == ("ru", "nk")


def test_worlds_are_overruled() -> None:
    found = types(Case(load("composite_core"), world="s_world"), Query("decoupled"), ["ru", "nk"])
    verdicts = {(row.readings["ru"], row.readings["nk"]): row.verdict for row in found.rows}
    assert len(verdicts) == 4
    assert found.basis.readings["ua"] == "fights_on"


# --- brute force -------------------------------------------------------------------------------------------------


def brute_force(
    model: Any, query: Query, actors: list[str], sanctions: str, settings: Mapping[str, Any]
) -> dict[tuple[str, ...], str]:
    def game(each: tuple[str, ...]) -> oracle.Game:
        free = oracle.build(model, dict(zip(actors, each, strict=True)))
        return (settings and held(free, settings)) or free

    readings = [list(model["actors"][actor].get("readings") or ["only"]) for actor in actors]
    return {each: answer(game(each), query, sanctions, settings) for each in itertools.product(*readings)}


def some_settings(model: Any, rng: random.Random) -> dict[str, Any]:
    """Up to two settings that can be held, in half of the models."""
    if "graph" in model or rng.random() < 0.5:
        return {}
    free = [option for option in oracle.read_options(model) if option.change not in ("fixed", [])]
    settings = {option.key: rng.choice(option.values) for option in rng.sample(free, min(2, len(free)))}
    return settings if held(oracle.build(model), settings) else {}


def assert_same(seed: int, kind: str | None) -> None:
    model, rng = random_model(seed, kind), random.Random(seed)
    sanctions, query = rng.choice(("legal", "one-step")), rng.choice(queries(model))
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    settings = some_settings(model, rng)
    case = case.under(Policy(hold=case.settings(settings)))
    gone = frozenset(settings)
    rivals = [a for a, spec in model["actors"].items() if len(spec.get("readings", ())) > 1 and able(model, a, gone)]
    found = types(case, query)
    about = f"seed {seed}, kind {kind}, {query}"
    assert list(found.actors) == rivals, about
    expected = brute_force(model, query, rivals, sanctions, settings)
    assert {tuple(row.readings.values()): row.verdict for row in found.rows} == expected, about
    assert found.count(*set(expected.values())) == len(expected), about
    some = rng.sample(sorted(model["actors"]), 2)
    chosen = types(case, query, some)
    again = brute_force(model, query, some, sanctions, settings)
    assert {tuple(row.readings.values()): row.verdict for row in chosen.rows} == again, about
    for actor, each in chosen.marginals.items():
        for reading, spread in each.items():
            verdicts = [row.verdict for row in chosen.rows if row.readings[actor] == reading]
            assert spread.counts == {verdict: verdicts.count(verdict) for verdict in verdicts}, about


@models(40, [11])
def test_random_models(seed: int, kind: str | None) -> None:
    assert_same(seed, kind)


@blocks(5, 15)
def test_at_length(block: int) -> None:
    for seed, kind in at_length(block):
        assert_same(seed, kind)


# --- handing on, and refusing ------------------------------------------------------------------------------------


def out_of_ukraine() -> Types:
    return types(Case(load("ukraine_agency")).under(OUT), Query("link_off"))


def test_what_is_handed_on() -> None:
    found = out_of_ukraine()
    data = json.loads(json.dumps(found.to_json()))
    assert data["counts"] == {"necessary": None, "possible": ["ALL", "NONE"], "counts": {"ALL": 5, "NONE": 7}}
    assert data["rows"][0] == {
        "readings": {"eu": "backs_kyiv", "ua": "needs_arms", "ru": "war_need"},
        "verdict": "NONE",
    }
    assert data["query"]["of"] == "link_off"
    assert data["basis"]["held"] == {"us_arm": 0, "us_nato": 0}
    assert "ALL 5, NONE 7 of 12" in str(found)
    assert "disarms" in str(found)
    assert "<table>" in found._repr_html_()


def test_a_single_combination() -> None:
    found = types(Case(load("prisoners_dilemma")), Query(concept="nash"))
    assert (found.actors, [dict(row.readings) for row in found.rows]) == ((), [{}])
    assert found.counts.necessary == found.rows[0].verdict
    assert len(found.sheets()) == 1


def test_progress_is_told() -> None:
    told: list[tuple[int, int, str]] = []
    types(Case(load("two_proxies")), Query(concept="seq"), ["nk"], progress=lambda *each: told.append(each))
    assert [(done, total) for done, total, _ in told] == [(0, 3), (1, 3), (2, 3)]


def test_bad_questions() -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(UnknownName, match="did you mean"):
        types(case, Query("decoupled"), ["rus"])
    with pytest.raises(InputError, match="did you mean decoupled"):
        types(case, Query("decoupld"))
    with pytest.raises(UnknownName, match="kind of play"):
        types(case, Query("decoupled", play="far"))
    with pytest.raises(UnknownName, match="concept"):
        types(case, Query(concept="nsh"))
    with pytest.raises(TooLarge, match="36 combinations of readings, and at most 20"):
        types(case, Query("decoupled"), most=20)
