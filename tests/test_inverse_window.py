"""Rankings within a window that make a state an equilibrium: brute force over all of them, laws, words and refusals."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from detente.case import Case
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.inverse import ranks_within, windows
from detente.questions.inverse.inverse import inverse
from detente.questions.inverse.windows import inverse_window
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import blocks, seeds

pytestmark = pytest.mark.first_analysis

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
MOST = 80
"""Profiles of one model judged one by one."""

# --- brute force from the definition -----------------------------------------------------------------------------------


def places(scores: Sequence[int], state: int) -> set[int]:
    """The ranks at which a state stands today: those it has in some order of the equal ones."""
    better = sum(each > scores[state] for each in scores)
    return set(range(better + 1, better + 1 + sum(each == scores[state] for each in scores)))


def allowed(scores: Sequence[int], state: int, window: Any) -> set[int]:
    """The ranks a state may have."""
    now, every = places(scores, state), range(1, len(scores) + 1)
    if isinstance(window, int):
        return {rank for rank in every if any(abs(rank - here) <= window for here in now)}
    first, last = map(int, window.split("-"))
    among = set(range(first, last + 1))
    return now | (among if now & among else set())


def orders(ranks: Sequence[set[int]], taken: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """All orders, best first, in which every state has one of its ranks."""
    if len(taken) == len(ranks):
        yield taken
    left, rank = [state for state in range(len(ranks)) if state not in taken], len(taken) + 1
    if any(max(ranks[state]) < rank for state in left):
        return
    for state in left:
        if rank in ranks[state]:
            yield from orders(ranks, (*taken, state))


def scored(order: Sequence[int]) -> list[int]:
    return [len(order) - order.index(state) for state in range(len(order))]


def apart(order: Sequence[int], scores: Sequence[int]) -> int:
    """Pairs of states in the other order."""
    return sum(scores[a] < scores[b] for a, b in itertools.combinations(order, 2))


def holds(game: oracle.Game, state: int, concept: str, sanctions: str, who: Sequence[str]) -> bool:
    return all(state in (oracle.stable_states(game, concept, actor, sanctions) or set()) for actor in who)


def drawn(game: oracle.Game, rng: random.Random) -> dict[str, Any]:
    """Windows for some actors, so that there are not too many profiles."""
    size = len(game.states)
    ranks = sorted(rng.choices(range(1, size + 1), k=2))
    found = {actor: rng.choice((0, 1, 1, 2, f"{ranks[0]}-{min(ranks[1], ranks[0] + 3)}")) for actor in game.actors}
    while math.prod(min(number(game.scores[a], w), MOST + 1) for a, w in found.items()) > MOST:
        found.pop(rng.choice(sorted(found)))
    return found


def number(scores: Sequence[int], window: Any) -> int:
    ranks = [allowed(scores, state, window) for state in range(len(scores))]
    return sum(1 for _ in itertools.islice(orders(ranks), MOST + 1))


def assert_same(seed: int, kind: str | None) -> bool:
    """The answer beside all profiles judged one by one; False where the model leaves no window small enough."""
    model, rng = random_model(seed, kind), random.Random(seed)
    game, sanctions = oracle.build(model), rng.choice(("legal", "one-step"))
    if len(game.states) > 16:
        return False
    window = drawn(game, rng)
    state, concept = rng.randrange(len(game.states)), CONCEPTS[seed % len(CONCEPTS)]
    target = oracle.settings(game, state) if game.space else oracle.state_name(game, state)
    case = Case(read_text(to_yaml(model), name="random"), sanctions=sanctions)
    found = inverse_window(case, target, concept, window, most=3)
    about = f"seed {seed}, kind {kind}, state {state}, {concept}, {sanctions}, {window}"
    every = {
        actor: list(orders([allowed(game.scores[actor], s, window[actor]) for s in range(len(game.states))]))
        if actor in window
        else [None]
        for actor in game.actors
    }

    def judged(profile: dict[str, Any], who: Sequence[str]) -> bool:
        scores = {a: game.scores[a] if order is None else scored(order) for a, order in profile.items()}
        return holds(dataclasses.replace(game, scores=scores), state, concept, sanctions, who)

    profiles = [dict(zip(every, each, strict=True)) for each in itertools.product(*every.values())]
    good = [each for each in profiles if judged(each, game.actors)]

    def distance(profile: dict[str, Any]) -> int:
        return sum(apart(order, game.scores[actor]) for actor, order in profile.items() if order is not None)

    assert (found.profiles, found.count) == (len(profiles), len(good)), about
    assert found.distance == min(map(distance, good), default=None), about
    assert found.checked is (True if good else None), about
    assert found.today == holds(game, state, concept, sanctions, game.actors), about
    for within in found.within:
        others = dict.fromkeys(game.actors)
        alone = [order for order in every[within.actor] if judged({**others, within.actor: order}, [within.actor])]
        assert (within.rankings, within.alone) == (len(every[within.actor]), len(alone)), about
        least = min((0 if order is None else apart(order, game.scores[within.actor]) for order in alone), default=None)
        assert within.distance == least, about
    for each in found.nearest:
        profile = {actor: order if actor in window else None for actor, order in each.rankings.items()}
        assert profile in good and each.distance == distance(profile), about
        for actor, pairs in each.turned.items():
            assert len(pairs) == (apart(each.rankings[actor], game.scores[actor]) if actor in window else 0), about
    assert [each.distance for each in found.nearest] == sorted(each.distance for each in found.nearest)
    if found.kinds <= 3:
        assert sum(each.count for each in found.nearest) == len(good), about
    return bool(window)


@seeds(12, 40)
def test_graphs(seed: int) -> None:
    assert_same(seed, "graph")


@seeds(6, 20)
def test_mixed_models(seed: int) -> None:
    assert_same(seed, None)


@blocks(5, 12)
def test_at_length(block: int) -> None:
    """340 more; of those that are small enough a good part keep a window."""
    seeds_ = range(100 + 20 * block, 120 + 20 * block)
    assert sum(assert_same(seed, "graph" if seed % 2 else None) for seed in seeds_) >= 1


# --- laws ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", ["nash", "gmr", "smr"])
def test_all_rankings_are_those_that_inverse_counts(concept: str) -> None:
    """With a window as wide as the ranking, the profiles are the product of the rankings that qualify."""
    case = Case(load("syria_iraq_1975"))
    wide = inverse_window(case, "s2", concept, 5)
    assert wide.count == inverse(case, "s2", concept).best.profiles
    assert wide.profiles == math.factorial(6) ** 2


@pytest.mark.parametrize("concept", ["seq", "sseq"])
def test_credible_answers_of_one_actor_alone_are_what_inverse_counts(concept: str) -> None:
    case = Case(load("syria_iraq_1975"))
    wide = inverse_window(case, "s2", concept, {"syria": 5})
    (syria,) = inverse(case, "s2", concept, ["syria"]).best.demands
    assert wide.within[0].alone == syria.rankings


def test_stricter_concepts_have_fewer_profiles() -> None:
    case = Case(load("syria_iraq_1975"))
    nash, sseq, seq, smr, gmr = (
        inverse_window(case, "s2", each, 5).count for each in ("nash", "sseq", "seq", "smr", "gmr")
    )
    assert nash < sseq < seq < gmr and sseq < smr < gmr


def test_no_more_than_a_window_of_nothing() -> None:
    """Where nothing is equal, a window of 0 is today."""
    case = Case(load("syria_iraq_1975"))
    found = inverse_window(case, "s2", "seq", 0)
    assert (found.profiles, found.count, found.today, found.checked) == (1, 0, False, None)
    assert inverse_window(case, "s2", "seq", {}).profiles == 1


def test_given_ranks_for_single_states() -> None:
    """s2 first, all others anywhere: 5! rankings, and nothing is better than s2."""
    found = inverse_window(Case(load("syria_iraq_1975")), "s2", "nash", {"syria": {"s2": 1}}, ["syria"])
    assert (found.profiles, found.count) == (120, 120)
    assert found.states[found.nearest[0].rankings["syria"][0]] == "s2"


# --- words, and what is refused ------------------------------------------------------------------------------------------


def test_what_people_read() -> None:
    found = inverse_window(Case(load("syria_iraq_1975")), "s2", "seq", "2-4")
    assert found.headline == (
        "12 of 36 profiles within these ranks make s2 stable under SEQ; the nearest turns one pair of states."
    )
    first, second = found.sheets()
    assert first.rows == (("syria", "ranks 2–4", "6", "4", 1), ("iraq", "ranks 2–4", "6", "6", 0))
    assert second.rows[0][2:] == ("s2 above s6", "as today")
    assert "Checked: the stability engine finds the target stable in the first row." in second.notes
    none = inverse_window(Case(load("syria_iraq_1975")), "s2", "nash", 1)
    assert none.headline == ("Within these ranks nothing makes s2 stable under Nash: none of 169 profiles does.")
    assert len(none.sheets()) == 1
    assert json.loads(json.dumps(found.to_json()))["distance"] == 1


def test_numbers_beyond_words_are_told_by_their_digits() -> None:
    found = inverse_window(Case(load("chicken")), "ww", "gmr", {"first": 0})
    assert found.within[0].window == "order among equals"
    assert windows._many(10**12 - 1) == "999,999,999,999"
    assert windows._many(math.factorial(30)) == "about 10^32"


def test_bad_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(load("syria_iraq_1975"))
    with pytest.raises(Unanswerable, match="simultaneous"):
        inverse_window(case, "s2", "sim")
    with pytest.raises(InputError, match="2 states satisfy 'release'; name one of them, such as s2"):
        inverse_window(case, "release", "seq")
    with pytest.raises(UnknownName, match="did you mean syria"):
        inverse_window(case, "s2", "seq", {"syra": 1})
    with pytest.raises(InputError, match="a window is given for iraq, who is not among"):
        inverse_window(case, "s2", "seq", {"iraq": 1}, ["syria"])
    for window in ("one", "-1", "1-2-3", True, 1.5):
        with pytest.raises(InputError, match="expected a number of ranks, such as 1, or ranks, such as 3-6"):
            inverse_window(case, "s2", "seq", window)  # type: ignore[arg-type]
    for window in ("0-2", "4-3", "2-7"):
        with pytest.raises(InputError, match="expected ranks between 1 and 6, the upper one first"):
            inverse_window(case, "s2", "seq", window)
        with pytest.raises(InputError, match="expected ranks between 1 and 6, the upper one first"):
            inverse_window(case, "s2", "seq", {"syria": {"s2": window}})
    with pytest.raises(InputError, match="most is 0; expected at least 1"):
        inverse_window(case, "s2", "seq", most=0)
    monkeypatch.setattr(windows, "MOST_PROFILES", 10)
    with pytest.raises(TooLarge, match=r"every combination of rankings that differ in what counts .* more than 10"):
        inverse_window(case, "s2", "seq", 2)
    monkeypatch.setattr(ranks_within, "MOST_SETS", 10)
    with pytest.raises(TooLarge, match=r"more than 10 sets of states .* narrow the window"):
        inverse_window(case, "s2", "gmr", 2)
