"""Wedges: the stated findings, brute force on random models, and what is refused."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from typing import Any

import pytest

from brute import held
from detente.case import Case, said
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.incentives import breaking_policies as module
from detente.questions.incentives.wedge import Wedge, wedge
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import blocks, seeds

pytestmark = pytest.mark.first_analysis

# --- findings ----------------------------------------------------------------------------------------------------


def ask(model: str, divider: str = "us", partnership: str | None = None, **readings: str) -> Wedge:
    return wedge(Case(load(model), readings=readings), divider, partnership)


def told(found: Wedge) -> list[tuple[str, int, str]]:
    return [(str(each), int(each.price), f"{float(each.sure or 0):.0%}") for each in found.frontier]


def test_article_a_s_package_is_a_wedge_and_relief_makes_it_sure() -> None:
    """Without relief it fails under every list of a Russia that profits; recognition is what makes Washington stay."""
    found = ask("two_proxies", us="carpenter")
    whole = "not us_arm, not us_nato, us_recog"
    assert told(found) == [(whole, 0, "67%"), (f"{whole}; ru_relief", 5, "100%")]
    assert {each["ru"] for each in found.frontier[0].fails_under} == {"profit"}
    assert found.frontier[0].strategy == "accommodation of ru, nk"
    without = next(each for each in found.breaking if str(each) == "not us_arm, not us_nato")
    assert (without.works, without.kept[0].leaves) == (False, {"us_recog": True})


def test_against_a_profiting_russia_only_relief_works() -> None:
    found = ask("two_proxies", us="carpenter", ru="profit")
    assert told(found) == [("not us_arm, not us_nato, us_recog; ru_relief", 5, "100%")]


def test_the_president_of_2024_would_keep_only_a_selective_wedge() -> None:
    for ru in ("need", "profit"):
        found = ask("two_proxies", us="biden24", ru=ru)
        assert [(str(each), each.strategy) for each in found.frontier] == [("ru_relief", "selective reward of ru")]


def test_no_wedge_without_a_partnership_that_breaks() -> None:
    """The exchange of goods in `patrons` survives whatever China does about it."""
    found = ask("patrons", "cn")
    assert (found.tried, found.breaking, found.frontier) == (4, (), ())


def test_veto_players_of_the_own_side() -> None:
    """Hawks who attack any opening let no wedge of the composite pass; without asking them there are some."""
    case = Case(load("composite_core"), readings={"us": "carpenter"}, world="a_world")
    options = ["us_arm", "us_nato", "us_recog", "us_cvid"]
    free = wedge(case, "us", "russia_dprk", among=options, offers=[], over=[])
    asked = wedge(case, "us", "russia_dprk", among=options, offers=[], over=[], approved_by=["hawk"])
    assert free.wedges
    assert len(asked.breaking) == len(free.breaking)
    assert all("hawk" in each.blocked_by for each in asked.breaking if each.switches.get("us_recog"))


# --- brute force -------------------------------------------------------------------------------------------------


def brute_force(model: Any, divider: str, flow: str, vetoes: list[str], sanctions: str) -> dict[Any, Any]:
    """Every setting of the divider's options, held: whether it breaks the flow, who minds, whether it is kept."""
    game: Any = oracle.build(model)
    space, broken = game.space, game.holding(f"not ({flow})")
    start = space.settle(space.cell_of(model["now"]))
    own = [place for place, option in enumerate(space.options) if option.actor == divider]
    own = [place for place in own if space.options[place].change not in ("fixed", [])]
    found = {}
    for values in itertools.product(*(closure(space, place, start[place]) for place in own)):
        settings = {space.options[place].key: value for place, value in zip(own, values, strict=True)}
        other = held(game, settings)
        if other is None:
            continue
        ends = set(itertools.chain(*(oracle.ends(other, "foresight", sanctions) or [])))
        if not ends <= broken:
            continue
        minds = [v for v in vetoes if any(game.scores[v][s] < game.scores[v][game.now] for s in ends)]
        stable = oracle.stable_states(game, "seq", divider, sanctions) or set()
        switched = frozenset((space.options[p].key, v) for p, v in zip(own, values, strict=True) if v != start[p])
        found[switched] = (minds, ends <= stable)
    return found


def closure(space: oracle.Space, place: int, value: Any) -> list[Any]:
    option, seen = space.options[place], [value]
    if space.frozen(place):
        return seen
    for here in seen:
        seen += [v for v in option.values if v not in seen and option.may_change(here, v)]
    return seen


def assert_same(seed: int, kind: str | None) -> int:
    model, rng = random_model(seed, kind), random.Random(seed)
    if "graph" in model:
        return 0
    divider, *others = rng.sample(sorted(model["actors"]), len(model["actors"]))
    vetoes, sanctions = others[:1], rng.choice(("legal", "one-step"))
    game = oracle.build(model)
    goal = next((g for g in model["outcomes"] if game.now in game.holding(g)), None)
    if goal is None:
        return 0
    pact = {"pact": {"members": others[:2] if len(others) > 1 else [others[0], divider], "flows": {"tie": goal}}}
    case = Case(read_text(to_yaml({**model, "partnerships": pact}), name="random"), sanctions=sanctions)
    found = wedge(case, divider, "pact", approved_by=vetoes)
    mine = {
        frozenset(each.switches.items()): (list(each.blocked_by), all(k.seq for k in each.kept))
        for each in found.breaking
    }
    about = f"seed {seed}, kind {kind}, {divider}, {goal}"
    assert mine == brute_force(model, divider, goal, vetoes, sanctions), about
    grid = [dict(each) for each in lists_of(model, found.partners)]
    for each in found.wedges:
        works = 0
        for readings in grid:
            other = held(oracle.build(model, readings), {**settings_now(model, divider), **dict(each.switches)})
            assert other is not None
            ends = set(itertools.chain(*(oracle.ends(other, "foresight", sanctions) or [])))
            works += ends <= other.holding(f"not ({goal})")
        assert each.sure == Fraction(works, len(grid)), about
    return len(found.breaking)


def settings_now(model: Any, divider: str) -> dict[str, Any]:
    game: Any = oracle.build(model)
    start = game.space.settle(game.space.cell_of(model["now"]))
    return {
        option.key: start[place]
        for place, option in enumerate(game.space.options)
        if option.actor == divider and option.change not in ("fixed", [])
    }


def lists_of(model: Any, actors: tuple[str, ...]) -> Any:
    names = [list(model["actors"][a].get("readings") or ["only"]) for a in actors]
    return (dict(zip(actors, each, strict=True)) for each in itertools.product(*names))


@seeds(2, 6, "block")
def test_same_as_brute_force(block: int) -> None:
    for seed in range(10 * block, 10 * block + 10):
        assert_same(seed, None)


@blocks(5, 35)
def test_at_length(block: int) -> None:
    for seed in range(1000 + 20 * block, 1020 + 20 * block):
        assert_same(seed, None)


# --- handing on, and refusing ------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    found = ask("two_proxies", us="carpenter")
    written = json.loads(json.dumps(found.to_json()))
    assert written["frontier"][0]["sure"] == pytest.approx(2 / 3)
    assert written["readings"] == 9
    assert said(found.frontier[0].switches) == "not us_arm, not us_nato, us_recog"
    assert "accommodation of ru, nk" in str(found)
    assert "<table>" in found._repr_html_()


def test_bad_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(load("two_proxies"))
    with pytest.raises(UnknownName, match="did you mean us"):
        wedge(case, "uss")
    with pytest.raises(UnknownName, match="partnership"):
        wedge(case, "us", "axis")
    with pytest.raises(Unanswerable, match="partnerships:"):
        wedge(Case(load("chicken")), next(iter(Case(load("chicken")).actors)))
    with pytest.raises(UnknownName, match="incentive that us can give"):
        wedge(case, "us", offers=["hawk_aid"])
    with pytest.raises(UnknownName, match="option of the divider"):
        wedge(case, "us", among=["ru_link"])
    with pytest.raises(InputError, match="name the actor"):
        wedge(case, [])
    monkeypatch.setattr(module, "MOST", 7)
    with pytest.raises(TooLarge, match="among="):
        wedge(case, "us")


def test_selective_or_not_reward_or_coercion() -> None:
    """The kinds add up, and say of each what its own policies say."""
    found = wedge(Case(load("two_proxies"), readings={"us": "carpenter"}), "us")
    rows = {each.strategy: [each.breaking, each.wedges, each.price, each.sure] for each in found.strategies}
    assert sum(each.breaking for each in found.strategies) == len(found.breaking)
    assert sum(each.wedges for each in found.strategies) == len(found.wedges)
    assert rows["selective reward of ru"] == [5, 0, None, None]
    assert rows["accommodation of ru, nk"] == [15, 4, 0, 1]
    assert found.to_json()["strategies"][1] == {
        "strategy": "accommodation of ru, nk", "breaking": 15, "wedges": 4, "price": 0, "sure": 1,
    }  # fmt: skip
    assert "ru accommodated; nk carrot and stick" in str(found)
