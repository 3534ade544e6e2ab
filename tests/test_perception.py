"""Misperception: the bundled example, laws, brute force with everybody's games built by the oracle, bad input."""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
import random
from typing import Any

import pytest

import detente as dt
from detente.case import CONCEPTS, Case
from detente.errors import InputError, Unanswerable, UnknownName
from detente.questions.perception.announcements import News, announcement, announcements, disclosures
from detente.questions.perception.hypergame import Hypergame, View, hypergame, perceived
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import blocks, seeds
from small_models import small_model

pytestmark = pytest.mark.first_analysis

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
    assert found.states[9] == "us_recog"
    assert found.states[15] == "us_recog ru_link nk_arms"
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
    assert all("us_recog" in found.states[s] for s in found.unknown["ru"])
    assert unseen <= set(found.unknown["ru"])
    assert {e.other for e in found.surprises if e.kind == "unseen"} == {"us"}
    assert not set(found.believed["ru"]["gmr"]) & set(found.unknown["ru"])


def test_an_announcement() -> None:
    """Telling Washington the truth changes what it believes; being told of an option changes what one can do."""
    found = announcement(proxies(), {"us": View(readings={"ru": "need"})}, News(id="told", to=("us",), corrects=True))
    assert not found.matters
    assert "Nothing changes but what is believed" in str(found)
    assert found.after.believed["us"]["seq"] == (9, 15)
    blind = {"us": View(hidden=frozenset({"us_recog"}))}
    opened = announcement(proxies(), blind, News(id="shown", to=("us",), reveals=frozenset({"us_recog"})))
    assert opened.matters
    assert opened.after.ends == hypergame(proxies(), {}).ends
    assert set(opened.gained("nash")) == set(opened.after.equilibria["nash"]) - set(opened.before.equilibria["nash"])
    assert set(opened.lost("nash")) == set(opened.before.equilibria["nash"]) - set(opened.after.equilibria["nash"])


# --- brute force ---------------------------------------------------------------------------------------------------

KINDS = ("plain", "choices", "oneway", "guards", "never", "consequences", "fixed", "weights", "ties", "shared")
ASKED = (*CONCEPTS, "sseq")

Views = dict[str, View]
Beliefs = dict[str, dict[str, View]]


@functools.cache
def drawn(seed: int) -> tuple[dict[str, Any], Views, Beliefs]:
    """A model in which everybody has two readings, with views and beliefs that have a meaning."""
    model = random_model(seed, KINDS[seed % len(KINDS)])
    for spec in model["actors"].values():
        if "readings" not in spec:
            wants = {key: spec.pop(key) for key in ("priorities", "weights") if key in spec}
            spec["readings"] = {"one": wants, "two": {key: upside_down(each) for key, each in wants.items()}}
    return model, *seen_by_all(random.Random(seed), model)


@functools.cache
def drawn_small(seed: int) -> tuple[dict[str, Any], Views, Beliefs]:
    model = small_model(seed)
    return model, *seen_by_all(random.Random(f"views {seed}"), model)


def seen_by_all(rng: random.Random, model: dict[str, Any]) -> tuple[Views, Beliefs]:
    views = {i: draw(rng, model, i, View()) for i in model["actors"]}
    beliefs = {
        i: {j: draw(rng, model, j, view) for j in model["actors"] if j != i and rng.random() < 0.7}
        for i, view in views.items()
    }
    return views, beliefs


def upside_down(wants: list[Any]) -> list[Any]:
    return [{**w, "weight": -w["weight"]} if isinstance(w, dict) and "weight" in w else w for w in reversed(wants)]


def draw(rng: random.Random, model: dict[str, Any], actor: str, outer: View) -> View:
    """A random view of an actor, such that the game makes sense on top of the outer view."""
    space = oracle.Space(model)
    caused = {place for _, then in space.consequences for place in then}
    options = [o for place, o in enumerate(space.options) if place not in caused]
    stuck = [o.key for o in options if o.change == "fixed"]
    loose = [o.key for o in options if o.change != "fixed"]
    while True:
        hidden = rng.sample(loose, min(len(loose), rng.choice((0, 0, 1, 2))))
        imagined = rng.sample(stuck, min(len(stuck), rng.choice((0, 1, 1))))
        others = [j for j in model["actors"] if j != actor and rng.random() < 0.5]
        readings = {j: rng.choice(list(model["actors"][j]["readings"])) for j in others}
        rules = [" and ".join(literal(rng, rng.choice(space.options)) for _ in range(2))] if rng.random() < 0.4 else []
        view = View(hidden=frozenset(hidden), readings=readings, rules=tuple(rules), imagined=frozenset(imagined))
        try:
            seen(model, joined(outer, view))
        except oracle.OracleError:
            continue
        return view


def literal(rng: random.Random, option: oracle.Option) -> str:
    value = rng.choice(option.values)
    return f"{option.key} = {value}" if isinstance(value, str) else option.key if value else f"not {option.key}"


def joined(outer: View, inner: View) -> View:
    hidden = outer.hidden | inner.hidden
    imagined = (outer.imagined | inner.imagined) - hidden
    return View(
        hidden=hidden,
        readings={**outer.readings, **inner.readings},
        rules=outer.rules + inner.rules,
        imagined=imagined,
    )


def blind(model: dict[str, Any], keys: Any, change: Any, owner: str | None = None) -> dict[str, Any]:
    """The model with these options (of one owner) unable to change."""
    model = copy.deepcopy(model)
    for option in oracle.read_options(model):
        if option.key in keys and owner in (None, option.actor) and option.change != "fixed":
            spec = model["actors"][option.actor]["options"][option.key.split(".")[-1]]
            spec.pop("needs", None)
            spec["change"] = change
    return model


def dreamt(model: dict[str, Any], keys: Any) -> dict[str, Any]:
    """The model with these fixed options able to change."""
    model = copy.deepcopy(model)
    for option in oracle.read_options(model):
        if option.key in keys:
            assert option.change == "fixed"
            model["actors"][option.actor]["options"][option.key.split(".")[-1]]["change"] = "both"
    return model


def seen(model: dict[str, Any], view: View, still: Any = (), owner: str | None = None) -> oracle.Game:
    """The game of a view, in which the owner besides leaves some of its options as they are."""
    model = blind(dreamt(model, view.imagined), still, [], owner)
    model = blind(model, view.hidden, "fixed")
    model["rules"] = [*model.get("rules", ()), *({"never": rule} for rule in view.rules)]
    return oracle.build(model, {j: r for j, r in view.readings.items() if isinstance(r, str)}, started=False)


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
        still = seen(model, mine, view.hidden, j)
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


class Truth:
    """Everything a hypergame says, from games the oracle built."""

    def __init__(self, model: dict[str, Any], views: Views, beliefs: Beliefs, sanctions: str) -> None:
        self.model, self.views, self.beliefs, self.sanctions = model, views, beliefs, sanctions
        self.base = oracle.build(model)
        self.own = {i: seen(model, view) for i, view in views.items()}
        self.games = {i: at_level_two(model, i, view, beliefs.get(i, {})) for i, view in views.items()}
        self.places = {i: projected(self.base, self.own[i], view.hidden) for i, view in views.items()}
        self.inside = {
            i: {
                s
                for s, at in enumerate(self.places[i])
                if at is not None and self.own[i].states[at] == self.base.states[s]
            }
            for i in views
        }
        self.images = {(i, j): self.image(i, j) for i in views for j in views if i != j}

    def image(self, i: str, j: str) -> tuple[oracle.Game, frozenset[str]]:
        if j not in self.beliefs.get(i, {}):
            return self.own[i], self.views[i].hidden
        view = joined(self.views[i], self.beliefs[i][j])
        return seen(self.model, view), view.hidden

    def stable(self, i: str, concept: str) -> set[int]:
        """In i's game."""
        return oracle.stable_states(self.games[i], concept, i, self.sanctions) or set()

    def thinks(self, i: str, j: str, concept: str) -> set[int]:
        """Where i thinks that j is stable: states of i's game."""
        if i == j:
            return self.stable(i, concept)
        game, hidden = self.images[i, j]
        place = projected(self.own[i], game, hidden)
        return back(place, oracle.stable_states(game, concept, j, self.sanctions))

    def steps(self, i: str, kind: str) -> list[set[int]]:
        """What i does of its own in the base game."""
        game, place = self.games[i], self.places[i]
        better = game.improvements[i]
        if kind == "foresight":
            reply, u = oracle.replies(game, i, "improvements", self.sanctions), game.scores[i]
            better = [{t for t in ends if all(u[x] > u[s] for x in reply[t])} for s, ends in enumerate(better)]
        still = oracle.build(blind(self.model, self.views[i].hidden, [], i))
        onward: list[set[int]] = []
        for s, targets in enumerate(still.moves[i]):
            at = place[s]
            onward.append(set() if at is None else {t for t in targets if place[t] in better[at]})
        return onward

    def ends(self, kind: str) -> list[list[int]]:
        """Where steps, each seen by its mover, come to rest."""
        onward: list[set[int]] = [set() for _ in self.base.states]
        for i in self.views:
            for s, targets in enumerate(self.steps(i, kind)):
                onward[s] |= targets
        assert self.base.now is not None
        reach = {s: oracle.reached(onward, s) for s in oracle.reached(onward, self.base.now)}
        return sorted(map(list, {tuple(sorted(r)) for s, r in reach.items() if all(s in reach[t] for t in r)}))


def assert_true(found: Hypergame, truth: Truth, concepts: tuple[str, ...] = ASKED) -> None:
    """A hypergame says what is so."""
    views, base = truth.views, truth.base
    for concept in concepts:
        stable = {i: back(truth.places[i], truth.stable(i, concept)) for i in views}
        assert {i: numbers(found.stable[i][concept]) for i in views} == stable, concept
        everyone = set.intersection(*stable.values())
        corrected = oracle.equilibria(base, concept, truth.sanctions) or set()
        assert numbers(found.equilibria[concept]) == everyone
        assert numbers(found.corrected[concept]) == corrected
        shown: set[int] = set()
        for i in views:
            thinks = {j: truth.thinks(i, j, concept) for j in views}
            believed = set.intersection(*thinks.values())
            place = truth.places[i]
            inside = {s for s in truth.inside[i] if place[s] in believed}
            assert numbers(found.believed[i][concept]) == inside, (concept, i)
            assert numbers(found.unknown[i]) == set(range(len(base.states))) - truth.inside[i]
            real = {place[s] for s in truth.inside[i]}
            assert len(found.imaginary.get(i, {}).get(concept, ())) == len(believed - real), (concept, i)
            said = {(e.other, e.kind, e.state) for e in found.surprises if (e.actor, e.concept) == (i, concept)}
            wrong = {(j, "leaves", s + 1) for j in views if j != i for s in inside - stable[j]}
            wrong |= {(j, "stays", s + 1) for j in views if j != i for s in everyone - back(place, thinks[j])}
            assert said == wrong
            shown |= inside
        for s in everyone | corrected | shown:
            word = "shaken" if s not in corrected else "steady" if s in everyone else "emerging"
            assert found.standing(concept)[s + 1] == word
        assert len(found.standing(concept)) == len(everyone | corrected | shown)
    for kind in ("myopic", "foresight"):
        assert sorted(sorted(numbers(end)) for end in found.ends[kind]) == truth.ends(kind), kind


@seeds(14, 40)
def test_brute_force(seed: int) -> None:
    model, views, beliefs = drawn(seed)
    assert_hypergame(seed, model, views, beliefs if seed // len(KINDS) % 2 else {})


def assert_hypergame(seed: int, model: dict[str, Any], views: Views, beliefs: Beliefs) -> None:
    sanctions = ("legal", "one-step")[seed % 3 == 0]
    case = Case(read_text(to_yaml(model)), sanctions=sanctions)
    assert_true(hypergame(case, views, beliefs, ASKED), Truth(model, views, beliefs, sanctions))


@seeds(8, 24)
def test_small_models(seed: int) -> None:
    model, views, beliefs = drawn_small(seed)
    assert_hypergame(seed, model, views, {})
    assert_hypergame(seed, model, views, beliefs)


@pytest.mark.parametrize("level", [1, 2])
@blocks(1, 19)
def test_hypergames_at_length(block: int, level: int) -> None:
    for seed in range(100 + 100 * block, 200 + 100 * block):
        model, views, beliefs = drawn_small(seed)
        assert_hypergame(seed, model, views, beliefs if level == 2 else {})


# --- announcements -------------------------------------------------------------------------------------------------


def news_of(seed: int, model: dict[str, Any], views: Views) -> News:
    """A random announcement that has a meaning in this model."""
    rng, actors = random.Random(f"news {seed}"), list(model["actors"])
    to = tuple(rng.sample(actors, rng.choice((1, 1, min(2, len(actors))))))
    hidden = [key for i in to for key in sorted(views[i].hidden)]
    imagined = [key for i in to for key in sorted(views[i].imagined)]
    about = [j for j in actors if j not in to and rng.random() < 0.7]
    return News(
        id="news",
        to=to,
        adds=View(readings={j: rng.choice(["one", "two"]) for j in about if len(model["actors"][j]["readings"]) > 1}),
        reveals=frozenset(k for k in hidden if rng.random() < 0.6),
        unmasks=frozenset(k for k in imagined if rng.random() < 0.6),
        corrects=rng.random() < 0.25,
        public=rng.random() < 0.5,
        thinks_of={j: View(readings={to[0]: "two"}) for j in about if rng.random() < 0.3},
    )


def after_news(news: News, views: Views, beliefs: Beliefs) -> tuple[Views, Beliefs]:
    """What is seen after an announcement, by its definition."""

    def hears(view: View) -> View:
        hidden, readings, rules, imagined = set(view.hidden), dict(view.readings), view.rules, set(view.imagined)
        if news.corrects:
            hidden, readings, rules, imagined = set(), {}, (), set()
        readings.update(news.adds.readings)
        return View(
            hidden=frozenset(hidden - news.reveals),
            readings=readings,
            rules=rules,
            imagined=frozenset(imagined - news.unmasks),
        )

    views = {i: hears(view) if i in news.to else view for i, view in views.items()}
    after = {i: dict(each) for i, each in beliefs.items()}
    for hearer in news.to:
        for j, view in news.thinks_of.items():
            after.setdefault(hearer, {})[j] = view
        for i in views if news.public else ():
            if i != hearer:
                after.setdefault(i, {})[hearer] = hears(after.get(i, {}).get(hearer, View()))
    return views, after


def gain(u: list[Any], old: set[int], new: set[int]) -> str:
    """An announcement's worth to an actor by all pairs of ends."""
    if {u[s] for s in old} == {u[s] for s in new}:
        return "same"
    pairs = [(u[s], u[t]) for s in old for t in new]
    for word, holds in (
        ("better", all(b > a for a, b in pairs)),
        ("worse", all(b < a for a, b in pairs)),
        ("no worse", all(b >= a for a, b in pairs)),
        ("no better", all(b <= a for a, b in pairs)),
    ):
        if holds:
            return word
    return "open"


def assert_announcement(seed: int) -> None:
    model, views, beliefs = drawn_small(seed)
    beliefs = beliefs if seed % 2 else {}
    news, sanctions = news_of(seed, model, views), ("legal", "one-step")[seed % 3 == 0]
    later, thoughts = after_news(news, views, beliefs)
    try:
        after = Truth(model, later, thoughts, sanctions)
    except oracle.OracleError:
        return
    case = Case(read_text(to_yaml(model)), sanctions=sanctions)
    found = announcement(case, views, news, beliefs, ASKED)
    assert_true(found.after, after, ("nash", "seq"))
    assert found.before == hypergame(case, views, beliefs, ASKED)
    for kind, each in found.gains.items():
        old, new = (numbers(s for end in ends[kind] for s in end) for ends in (found.before.ends, found.after.ends))
        assert each == {i: gain(after.base.scores[i], old, new) for i in views}, (seed, kind)


@seeds(10, 30)
def test_announcements(seed: int) -> None:
    assert_announcement(seed)


@blocks(1, 19)
def test_announcements_at_length(block: int) -> None:
    for seed in range(100 + 100 * block, 200 + 100 * block):
        assert_announcement(seed)


# --- laws ----------------------------------------------------------------------------------------------------------


@seeds(4, 12)
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


@seeds(4, 8)
def test_names_do_not_matter(seed: int) -> None:
    """Renaming actors, and taking them in another order, renames what is found and changes nothing else."""
    model, views, beliefs = drawn_small(seed)
    new = dict(zip(model["actors"], ("zed", "kim", "ann"), strict=False))
    other = {**model, "actors": {new[a]: spec for a, spec in reversed(model["actors"].items())}}

    def renamed(view: View) -> View:
        return dataclasses.replace(view, readings={new[j]: r for j, r in view.readings.items()})

    mine = hypergame(Case(read_text(to_yaml(model))), views, beliefs)
    theirs = hypergame(
        Case(read_text(to_yaml(other))),
        {new[i]: renamed(view) for i, view in views.items()},
        {new[i]: {new[j]: renamed(view) for j, view in each.items()} for i, each in beliefs.items()},
    )

    def told(found: Hypergame, states: Any) -> set[frozenset[str]]:
        return {frozenset(found.states[s].replace("\n", " ").split(" ")) for s in states}

    for concept in CONCEPTS:
        assert told(mine, mine.equilibria[concept]) == told(theirs, theirs.equilibria[concept])
        for i in views:
            assert told(mine, mine.believed[i][concept]) == told(theirs, theirs.believed[new[i]][concept])
    ours = sorted((new[e.actor], new[e.other], e.kind, e.concept or "") for e in mine.surprises)
    assert ours == sorted((e.actor, e.other, e.kind, e.concept or "") for e in theirs.surprises)


@seeds(4, 8)
def test_correct_beliefs_are_the_plain_game(seed: int) -> None:
    """Whoever is told everything plays the base game; told of it in public, everybody knows that."""
    model, views, beliefs = drawn_small(seed)
    case = Case(read_text(to_yaml(model)))
    all_told = News(id="all", to=tuple(model["actors"]), corrects=True)
    found = announcement(case, views, all_told).after
    assert found == hypergame(case, {})
    assert found.equilibria == found.corrected
    public = announcement(case, views, dataclasses.replace(all_told, public=True), beliefs).after
    assert (public.equilibria, public.believed, public.ends) == (found.equilibria, found.believed, found.ends)


def test_a_bluff() -> None:
    """An option that nobody has works as long as it is believed in; its use is imaginary; unmasked, it is as if never."""
    text = """
detente: 1
title: A bluff
actors:
  east: {options: {arm: }, priorities: [not strike, arm]}
  west: {options: {strike: {change: fixed}}, priorities: [arm -> strike, not strike]}
now: []
perceptions:
  bluff: {views: {east: {imagines: strike}}}
announcements:
  unmasked: {to: east, unmasks: strike}
"""
    case, views, beliefs = perceived(Case(read_text(text)))
    found = hypergame(case, views, beliefs)
    assert found.equilibria["seq"] == (1, 2)  # it does not dare to arm; armed it has nothing better to do
    assert found.corrected["seq"] == (2,)
    assert found.standing("seq") == {1: "shaken", 2: "steady"}
    assert found.believed["east"]["seq"] == (1,)
    assert found.ends == {"myopic": ((2,),), "foresight": ((1,),)}
    assert found.imaginary["east"]["seq"] == ("arm strike",)
    assert "also believes in what cannot be: arm strike" in str(found)
    (told,) = announcements(case)
    assert told.after.ends["foresight"] == ((2,),)
    assert told.gains["foresight"] == {"east": "better", "west": "worse"}  # west is better off if believed


def test_every_error_by_itself() -> None:
    """One announcement per error, each as if it were made alone."""
    case, views, beliefs = perceived(Case(load("drift_to_war")), "taken_for_aggressors")
    found = disclosures(case, views, beliefs)
    assert [(each.news.to, each.news.name) for each in found.told] == [
        (("us",), "ru is spiral"),
        (("us",), "nk is spiral"),
    ]
    for each in found.told:
        assert each == announcement(case, views, each.news, beliefs)
    assert json.loads(json.dumps(found.to_json()))["told"][0]["says"] == "ru is spiral"
    model, mine, _ = drawn_small(5)
    case = Case(read_text(to_yaml(model)))
    wrong = [(i, j) for i, view in mine.items() for j, r in view.readings.items() if r != case.chosen[j]]
    unknown = [(i, key) for i, view in mine.items() for key in view.hidden | view.imagined]
    assert len(disclosures(case, mine, public=True).told) == len(wrong) + len(unknown) > 0
    assert all(each.news.public for each in disclosures(case, mine, public=True).told)
    assert not disclosures(case, {}).told
    assert "Nobody is in error" in str(disclosures(case, {}))


def test_what_the_files_say() -> None:
    """The bundled perceptions: whom they surprise."""
    case, views, beliefs = perceived(Case(load("drift_to_war")), "taken_for_fearful")
    assert case.chosen == {"us": "courage", "ru": "deterrence", "nk": "deterrence"}
    found = hypergame(case, views, beliefs)
    assert found.outcomes["no_war"] == {"myopic": "SOME", "foresight": "ALL"}
    assert ("us", "ru", "leaves") in {(e.actor, e.other, e.kind) for e in found.surprises}
    kept = perceived(Case(load("drift_to_war"), {"us": "timid"}), "taken_for_fearful")[0]
    assert kept.chosen["us"] == "timid"  # what is asked for comes before what the perception says
    (told,) = announcements(Case(load("two_proxies")), "offer_made")
    assert told.news.public and told.after.level == 2
    assert told.after.believed["nk"]["seq"] == told.after.equilibria["seq"]
    with pytest.raises(UnknownName, match="perception"):
        perceived(Case(load("two_proxies")), "need_or_proffit")
    with pytest.raises(UnknownName, match="announcement"):
        announcements(Case(load("two_proxies")), "nix")
    with pytest.raises(InputError, match="this model has no perceptions"):
        perceived(Case(load("chicken")))
    with pytest.raises(InputError, match="no announcements"):
        announcements(Case(load("chicken")))


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
    told = announcement(proxies(), {}, News(id="told", to=("us",), adds=View(readings={"ru": "need"})), beliefs)
    assert json.loads(json.dumps(told.to_json()))["matters"] in (True, False)
    assert "<table>" in told._repr_html_()
    graph = hypergame(Case(load("elmira_graph")), {})
    assert graph.equilibria["nash"] == ("s5", "s8", "s9")


def test_views_of_the_file() -> None:
    """Without views the file's first perception is asked about, with a name in their place that one."""
    case = Case(load("two_proxies"))
    names = list(case.scenario.perceptions)
    assert hypergame(case) == hypergame(case, names[0]) == hypergame(*perceived(case))
    assert hypergame(case, names[1]) == hypergame(*perceived(case, names[1])) != hypergame(case)
    assert dt.load("two_proxies").hypergame(names[1]) == hypergame(case, names[1])
    assert disclosures(case, public=True) == disclosures(*perceived(case), public=True)
    news = News(id="told", to=("us",), corrects=True)
    chosen, views, beliefs = perceived(case)
    assert announcement(case, None, news) == announcement(chosen, views, news, beliefs)
    with pytest.raises(UnknownName, match="perception"):
        hypergame(case, "nobodys")
    with pytest.raises(InputError, match="beliefs go with views"):
        hypergame(case, beliefs={"us": {"ru": View()}})
    with pytest.raises(InputError, match="this model has no perceptions"):
        hypergame(Case(load("chicken")))


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
    with pytest.raises(InputError, match="us_arm can be switched in this model"):
        hypergame(case, {"us": View(imagined=frozenset({"us_arm"}))})
    with pytest.raises(UnknownName, match="actor"):
        announcement(case, {}, News(id="x", to=("uss",), corrects=True))
    with pytest.raises(
        InputError, match="the game as us sees it has no meaning: with 'true' impossible, no state is left"
    ):
        hypergame(case, {"us": View(rules=("true",))})
    with pytest.raises(Unanswerable, match="graph form"):
        hypergame(Case(load("elmira_graph")), {Case(load("elmira_graph")).actors[0]: View(rules=("s1",))})
    with pytest.raises(InputError, match="simultaneous"):
        hypergame(case, {}, concepts=("sim",))


def test_an_actor_may_think_the_status_quo_impossible() -> None:
    """It has no reason to stay there, takes no step there, and does not know where it is; the others play on."""
    text = """
detente: 1
title: Blind to today
actors:
  a: {options: {x: }, priorities: [y, x]}
  b: {options: {y: }, priorities: [not y]}
now: []
"""
    found = hypergame(Case(read_text(text)), {"a": View(rules=("not x",))})
    assert found.unknown == {"a": (1, 2), "b": ()}
    assert found.stable["a"]["nash"] == (3, 4)
    assert found.equilibria["nash"] == (3,)
    assert found.ends["myopic"] == ((1,),)
