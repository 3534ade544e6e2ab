"""Misperception: the bundled example, laws, brute force with everybody's games built by the oracle, bad input."""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
import random
from typing import Any

import pytest

import oracle
from detente.case import CONCEPTS, Case
from detente.errors import InputError, Unanswerable, UnknownName
from detente.questions.perception import Hypergame, View, announcement, hypergame
from detente.scenario import load, read_text
from random_models import random_model, to_yaml

PROXIES = {"us": "carpenter", "ru": "profit", "nk": "substitute"}


def proxies() -> Case:
    return Case(load("two_proxies"), readings=PROXIES)


# --- the bundled example -------------------------------------------------------------------------------------------


def test_washington_thinks_russia_needs_only() -> None:
    """It believes that its package ends the partnership; Russia, who profits, stays in it: a steady result."""
    found = hypergame(proxies(), {"us": View(readings={"ru": "need"})})
    assert found.equilibria["seq"] == found.corrected["seq"] == (9, 15)
    assert found.believed["us"]["seq"] == (9,)
    assert found.believed["ru"]["seq"] == found.believed["nk"]["seq"] == (9, 15)
    assert found.words[9] == "us_recog"
    assert found.words[15] == "us_recog ru_link nk_arms"
    assert [(e.actor, e.other, e.kind, e.state, e.concept) for e in found.surprises] == [
        ("us", "ru", "stays", 15, "seq")
    ]
    assert found.standing("seq") == {9: "steady", 15: "steady"}
    assert found.ends == {"myopic": ((9,),), "foresight": ((9,), (15,))}
    assert found.outcomes["decoupled"] == {"myopic": "ALL", "foresight": "SOME"}


def test_an_option_nobody_told_moscow_of() -> None:
    """Who does not perceive an option is surprised by its use; and play may lead where it could not imagine to go."""
    found = hypergame(proxies(), {"ru": View(hidden=frozenset({"us_recog"}))})
    unseen = {e.target for e in found.surprises if e.kind == "unseen"}
    assert unseen
    assert all("us_recog" in found.words[s] for s in found.unknown["ru"])
    assert unseen <= set(found.unknown["ru"])
    assert {e.other for e in found.surprises if e.kind == "unseen"} == {"us"}
    assert not set(found.believed["ru"]["gmr"]) & set(found.unknown["ru"])


def test_an_announcement() -> None:
    """Telling Washington the truth changes what it believes; being told of an option changes what one can do."""
    found = announcement(proxies(), {"us": View(readings={"ru": "need"})}, "us", View())
    assert not found.matters
    assert "Nothing changes" in str(found)
    assert found.after.believed["us"]["seq"] == (9, 15)
    blind = {"us": View(hidden=frozenset({"us_recog"}))}
    opened = announcement(proxies(), blind, "us", View())
    assert opened.matters
    assert opened.after.ends == hypergame(proxies(), {}).ends
    assert set(opened.gained("nash")) == set(opened.after.equilibria["nash"]) - set(opened.before.equilibria["nash"])
    assert set(opened.lost("nash")) == set(opened.before.equilibria["nash"]) - set(opened.after.equilibria["nash"])


# --- brute force ---------------------------------------------------------------------------------------------------

KINDS = ("plain", "choices", "oneway", "guards", "never", "consequences", "fixed", "weights", "ties", "shared")


@functools.cache
def drawn(seed: int) -> tuple[dict[str, Any], dict[str, View], dict[str, dict[str, View]]]:
    """A model in which everybody has two readings, with views and beliefs that have a meaning."""
    model = random_model(seed, KINDS[seed % len(KINDS)])
    for spec in model["actors"].values():
        if "readings" not in spec:
            wants = {key: spec.pop(key) for key in ("priorities", "weights") if key in spec}
            spec["readings"] = {"one": wants, "two": {key: upside_down(each) for key, each in wants.items()}}
    rng = random.Random(seed)
    views = {i: draw(rng, model, i, {}, View()) for i in model["actors"]}
    beliefs = {
        i: {j: draw(rng, model, j, {i: view}, view) for j in model["actors"] if j != i and rng.random() < 0.7}
        for i, view in views.items()
    }
    return model, views, beliefs


def upside_down(wants: list[Any]) -> list[Any]:
    return [{**w, "weight": -w["weight"]} if isinstance(w, dict) and "weight" in w else w for w in reversed(wants)]


def draw(rng: random.Random, model: dict[str, Any], actor: str, about: dict[str, View], outer: View) -> View:
    """A random view of an actor, such that the game makes sense on top of the outer view."""
    space = oracle.Space(model)
    caused = {place for _, then in space.consequences for place in then}
    options = [o for place, o in enumerate(space.options) if place not in caused]
    while True:
        hidden = rng.sample([o.key for o in options], min(len(options), rng.choice((0, 0, 1, 2))))
        others = [j for j in model["actors"] if j != actor and rng.random() < 0.5]
        readings = {j: rng.choice(list(model["actors"][j]["readings"])) for j in others}
        rules = [" and ".join(literal(rng, rng.choice(space.options)) for _ in range(2))] if rng.random() < 0.4 else []
        view = View(frozenset(hidden), readings, tuple(rules))
        try:
            seen(model, joined(outer, view))
        except oracle.OracleError:
            continue
        return view


def literal(rng: random.Random, option: oracle.Option) -> str:
    value = rng.choice(option.values)
    return f"{option.key} = {value}" if isinstance(value, str) else option.key if value else f"not {option.key}"


def joined(outer: View, inner: View) -> View:
    return View(outer.hidden | inner.hidden, {**outer.readings, **inner.readings}, outer.rules + inner.rules)


def blind(model: dict[str, Any], keys: Any, change: Any, owner: str | None = None) -> dict[str, Any]:
    """The model with these options (of one owner) unable to change."""
    model = copy.deepcopy(model)
    for option in oracle.read_options(model):
        if option.key in keys and owner in (None, option.actor) and option.change != "fixed":
            spec = model["actors"][option.actor]["options"][option.key.split(".")[-1]]
            spec.pop("needs", None)
            spec["change"] = change
    return model


def seen(model: dict[str, Any], view: View) -> oracle.Game:
    model = blind(model, view.hidden, "fixed")
    model["rules"] = [*model.get("rules", ()), *({"never": rule} for rule in view.rules)]
    return oracle.build(model, view.readings)


def projected(base: oracle.Game, inner: oracle.Game, hidden: frozenset[str]) -> list[int | None]:
    assert base.space is not None
    assert inner.space is not None
    now = base.space.cell_of(base.model["now"])
    options = base.space.options
    cells = [
        tuple(now[p] if o.key in hidden else v for p, (o, v) in enumerate(zip(options, members[0], strict=True)))
        for members in base.states
    ]
    return [inner.space.land(cell) for cell in cells]


def at_level_two(model: dict[str, Any], i: str, mine: View, beliefs: dict[str, View]) -> oracle.Game:
    """I's game with everybody else's moves and scores as in i's image of them."""
    game = seen(model, mine)
    moves, scores = dict(game.moves), dict(game.scores)
    for j, said in beliefs.items():
        view = joined(mine, said)
        image = seen(model, view)
        place = projected(game, image, view.hidden)
        still = seen(blind(model, view.hidden, [], j), mine)
        assert still.states == game.states
        moves[j] = [
            {t for t in still.moves[j][s] if None not in (at, place[t]) and place[t] in image.moves[j][at]}  # type: ignore[index]
            for s, at in enumerate(place)
        ]
        scores[j] = [0 if at is None else image.scores[j][at] for at in place]
    return dataclasses.replace(game, moves=moves, scores=scores)


def back(place: list[int | None], states: set[int] | None) -> set[int]:
    return {s for s, at in enumerate(place) if at is not None and at in (states or ())}


def numbers(states: Any) -> set[int]:
    return {s - 1 for s in states}


@pytest.mark.parametrize("seed", range(40))
def test_brute_force(seed: int) -> None:
    level = 1 + seed // len(KINDS) % 2
    model, views, all_beliefs = drawn(seed)
    beliefs = all_beliefs if level == 2 else {}
    sanctions = ("legal", "one-step")[seed % 3 == 0]
    found = hypergame(Case(read_text(to_yaml(model)), sanctions=sanctions), views, beliefs, (*CONCEPTS, "sseq"))
    base = oracle.build(model)
    games = {i: at_level_two(model, i, view, beliefs.get(i, {})) for i, view in views.items()}
    places = {i: projected(base, seen(model, view), view.hidden) for i, view in views.items()}
    inside, images = {}, {}
    for i, view in views.items():
        own = seen(model, view)
        inside[i] = {s for s, at in enumerate(places[i]) if at is not None and own.states[at] == base.states[s]}
        for j in views:
            if j != i:
                image = joined(view, beliefs.get(i, {}).get(j, View()))
                game = seen(model, image) if j in beliefs.get(i, {}) else games[i] if level == 1 else own
                images[i, j] = game, projected(base, game, image.hidden)
    for concept in (*CONCEPTS, "sseq"):
        stable = {i: back(places[i], oracle.stable_states(game, concept, i, sanctions)) for i, game in games.items()}
        assert {i: numbers(found.stable[i][concept]) for i in views} == stable, concept
        everyone = set.intersection(*stable.values())
        assert numbers(found.equilibria[concept]) == everyone
        assert numbers(found.corrected[concept]) == oracle.equilibria(base, concept, sanctions)
        for i in views:
            thinks: dict[str, set[int]] = {i: stable[i]}
            for j in views:
                if j != i:
                    game, place = images[i, j]
                    thinks[j] = back(place, oracle.stable_states(game, concept, j, sanctions))
            believed = inside[i].intersection(*thinks.values())
            assert numbers(found.believed[i][concept]) == believed, (concept, i)
            assert numbers(found.unknown[i]) == set(range(len(base.states))) - inside[i]
            said = {(e.other, e.kind, e.state) for e in found.surprises if (e.actor, e.concept) == (i, concept)}
            wrong = {(j, "leaves", s + 1) for j in views if j != i for s in believed - stable[j]}
            wrong |= {(j, "stays", s + 1) for j in views if j != i for s in everyone - thinks[j]}
            assert said == wrong
    assert sorted(sorted(numbers(end)) for end in found.ends["myopic"]) == myopic(model, views, base, places)


def myopic(model: dict[str, Any], views: dict[str, View], base: oracle.Game, places: Any) -> list[list[int]]:
    """Where improving steps, each seen by its mover, come to rest."""
    onward: list[set[int]] = [set() for _ in base.states]
    for i, view in views.items():
        game, place = seen(model, view), places[i]
        still = oracle.build(blind(model, view.hidden, [], i))
        for s, targets in enumerate(still.moves[i]):
            if place[s] is not None:
                onward[s] |= {t for t in targets if place[t] in game.improvements[i][place[s]]}
    assert base.now is not None
    reach = {s: oracle.reached(onward, s) for s in oracle.reached(onward, base.now)}
    return sorted(map(list, {tuple(sorted(r)) for s, r in reach.items() if all(s in reach[t] for t in r)}))


# --- laws ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_who_sees_the_base_game_plays_it(seed: int) -> None:
    """All views equal to the base game: the plain analysis, no surprises, everything steady."""
    case = Case(read_text(to_yaml(random_model(seed, ("plain", "same", "graph", "ranking")[seed % 4]))))
    found, plain = hypergame(case, {}), case.analyse(CONCEPTS)
    for concept in CONCEPTS:
        expected = tuple(plain.numbers(plain.equilibria(concept)))
        assert found.equilibria[concept] == found.corrected[concept] == expected
        assert all(each[concept] == expected for each in found.believed.values())
    assert not found.surprises
    for kind, ends in found.ends.items():
        assert ends == tuple(tuple(plain.numbers(end)) for end in plain.play(kind).ends)


@pytest.mark.parametrize("seed", range(0, 20, 3))
def test_level_two_contains_level_one(seed: int) -> None:
    model, views, _ = drawn(seed)
    case = Case(read_text(to_yaml(model)))
    first = hypergame(case, views)
    same = hypergame(case, views, {i: {j: View() for j in views if j != i} for i in views})
    assert dataclasses.replace(same, level=1, beliefs={}) == first  # each thinks the others see what it sees
    # views that differ in readings only: with the others' true views stability is that of level 1, and whoever
    # also has the others' readings right is right about what they will do
    wants = {i: View(readings=view.readings) for i, view in views.items()}
    one = hypergame(case, wants)
    two = hypergame(case, wants, true_views(case, wants))
    assert (two.equilibria, two.stable, two.ends) == (one.equilibria, one.stable, one.ends)
    knows = {**wants, next(iter(wants)): View()}
    told = hypergame(case, knows, true_views(case, knows))
    assert told.believed[next(iter(wants))] == told.equilibria
    assert not [e for e in told.surprises if e.actor == next(iter(wants))]


def true_views(case: Case, views: dict[str, View]) -> dict[str, dict[str, View]]:
    """What everybody truly sees, spelt out against whatever the believer thinks itself."""

    def spelt(i: str, j: str) -> View:
        return View(readings={k: r for k, r in {**case.chosen, **views[j].readings}.items() if k != j})

    return {i: {j: spelt(i, j) for j in views if j != i} for i in views}


# --- handing on, refusing ------------------------------------------------------------------------------------------


def test_what_is_handed_on() -> None:
    beliefs = {"ru": {"us": View(readings={"ru": "rule"}, rules=("us_arm and us_recog",))}}
    found = hypergame(proxies(), {"us": View(hidden=frozenset({"nk_troops"}))}, beliefs)
    said = json.loads(json.dumps(found.to_json()))
    assert (said["question"], said["level"], said["basis"]["model"]) == ("hypergame", 2, "two_proxies")
    assert isinstance(found, Hypergame)
    assert "does not perceive nk_troops" in str(found)
    assert "thinks impossible: us_arm and us_recog" in str(found)
    assert "<table>" in found._repr_html_()
    told = announcement(proxies(), {}, "us", View(readings={"ru": "need"}), beliefs)
    assert json.loads(json.dumps(told.to_json()))["matters"] in (True, False)
    assert "<table>" in told._repr_html_()
    graph = hypergame(Case(load("elmira_graph")), {})
    assert graph.equilibria["nash"] == ("s5", "s8", "s9")


def test_bad_questions() -> None:
    case = proxies()
    with pytest.raises(UnknownName, match="actor"):
        hypergame(case, {"cn": View()})
    with pytest.raises(UnknownName, match="reading of ru"):
        hypergame(case, {"us": View(readings={"ru": "greed"})})
    with pytest.raises(InputError, match="its own preferences are its own"):
        hypergame(case, {"us": View(readings={"us": "carpenter"})})
    with pytest.raises(InputError, match="put it under `views`"):
        hypergame(case, {}, {"us": {"us": View()}})
    with pytest.raises(InputError, match="us_arn"):
        hypergame(case, {"us": View(hidden=frozenset({"us_arn"}))})
    with pytest.raises(InputError, match="the game as us sees it has no meaning"):
        hypergame(case, {"us": View(rules=("us_arm",))})
    with pytest.raises(Unanswerable, match="graph form"):
        hypergame(Case(load("elmira_graph")), {Case(load("elmira_graph")).actors[0]: View(rules=("s1",))})
    with pytest.raises(InputError, match="simultaneous"):
        hypergame(case, {}, concepts=("sim",))
