"""General preferences by brute force: every family's definition written down once more, on the sets of `oracle`.

Nothing is shared with the engine. What an actor thinks of two states is worked out from the plain data of the model; then one
function judges, given three predicates on states: what tempts, what deters, what is credible for whom.

`dress(model, seed)` adds to a random model what the families are about: strengths and doubts in its lists.
"""

from __future__ import annotations

import copy
import functools
import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from detente.verification import oracle
from detente.verification.oracle import Game

Model = Mapping[str, Any]
Pairs = Callable[[int, int], bool]
Degree = Callable[[int, int], int]

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")


# --- stability ---------------------------------------------------------------------------------------------------


def stable(
    game: Game,
    actor: str,
    concept: str,
    tempting: Pairs,
    deterring: Pairs,
    credible: Mapping[str, Pairs],
    sanctions: str = "legal",
) -> set[int]:
    """The states that are stable for the actor, from the definition."""
    moves = game.moves
    if concept in ("seq", "sseq"):
        answers = {j: [{t for t in to if credible[j](s, t)} for s, to in enumerate(moves[j])] for j in moves}
    else:
        answers = moves
    reply: dict[int, set[int]] = {}

    def sanctioned(s: int, s1: int) -> bool:
        if concept == "nash":
            return False
        if s1 not in reply:
            reply[s1] = oracle.answers(answers, actor, s1, sanctions)
        if concept in ("gmr", "seq"):
            return any(deterring(s, s2) for s2 in reply[s1])
        return any(deterring(s, s2) and all(deterring(s, s3) for s3 in moves[actor][s2]) for s2 in reply[s1])

    return {s for s, targets in enumerate(moves[actor]) if all(sanctioned(s, t) for t in targets if tempting(s, t))}


# --- what an actor thinks of two states ----------------------------------------------------------------------------


def listed(preference: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements of a priority list, all as mappings."""
    items = preference.get("priorities") or ()
    return [dict(item) if isinstance(item, Mapping) else {"want": item} for item in items]


def completions(preference: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Every list that settles signs, presences and ranks."""
    items = listed(preference)
    doubts = [set(item.get("unknown", ())) for item in items]
    ways = [
        [item]
        + ([{**item, "want": f"not ({oracle.plain(item['want'])})"}] if "sign" in doubt else [])
        + ([None] if "presence" in doubt else [])
        for item, doubt in zip(items, doubts, strict=True)
    ]
    for chosen in itertools.product(*ways):
        here = [(item, "rank" in doubt) for item, doubt in zip(chosen, doubts, strict=True) if item is not None]
        orders = (
            {tuple(order) for order in itertools.permutations(range(len(here)))} if any(d for _, d in here) else None
        )
        if orders is None:
            yield [item for item, _ in here]
            continue
        fixed = [place for place, (_, loose) in enumerate(here) if not loose]
        for order in orders:
            if [place for place in order if place in fixed] == fixed:
                yield [here[place][0] for place in order]


def by_list(game: Game, statements: list[dict[str, Any]]) -> Degree:
    """The first statement that tells two states apart decides, and says by how much."""
    told = [(game.holding(item["want"]), int(item.get("strength", 1))) for item in statements]

    def degree(s: int, t: int) -> int:
        for where, strength in told:
            if (s in where) != (t in where):
                return strength if t in where else -strength
        return 0

    return degree


def by_weights(game: Game, preference: Mapping[str, Any]) -> Degree:
    parts = [(game.holding(item["when"]), Fraction(str(item["weight"]))) for item in preference["weights"]]
    sums = [sum((w for where, w in parts if s in where), Fraction(0)) for s in range(len(game.states))]
    steps = [Fraction(str(step)) for step in preference.get("great", ())]

    def degree(s: int, t: int) -> int:
        gap = sums[t] - sums[s]
        size = 0 if gap == 0 else 1 + sum(abs(gap) >= step for step in steps)
        return size if gap > 0 else -size

    return degree


def by_ranking(game: Game, actor: str, steps: Mapping[int, int]) -> Degree:
    """`steps[k]` is the degree of the step between the groups k and k + 1, best first."""
    heights = game.scores[actor]
    groups = sorted(set(heights), reverse=True)

    def degree(s: int, t: int) -> int:
        first, last = sorted((groups.index(heights[s]), groups.index(heights[t])))
        size = max((steps.get(place, 1) for place in range(first, last)), default=0)
        return size if heights[t] > heights[s] else -size

    return degree


def by_adjustment(game: Game, wanted: Mapping[str, Any], listed: Degree) -> Degree:
    """A raised state differs from others as the states of the rank it was raised to, and mildly from those."""
    find = functools.partial(oracle.state_of, game.space) if game.space else (lambda name: game.states.index([(name,)]))
    if not (pairs := oracle.adjustments(wanted, find)):
        return listed
    states = range(len(game.states))
    worse = [sum(listed(t, s) > 0 for t in states) for s in states]
    height, ranks = oracle.heights(worse, pairs), sorted(set(worse))
    beside = [worse.index(ranks[int(height[s])]) for s in states]

    def degree(s: int, t: int) -> int:
        stands = (height[t], worse[t]), (height[s], worse[s])
        return listed(beside[s], beside[t]) or (stands[0] > stands[1]) - (stands[0] < stands[1])

    return degree


def accounts(game: Game, actor: str, dressed: Model) -> list[Degree]:
    """Every complete account of what the actor wants."""
    wanted = oracle.preference(dressed, actor, game.readings[actor])
    by_lists = oracle.build(oracle.unadjusted(game.model), game.readings, started=False)
    return [by_adjustment(game, wanted, each) for each in listed_accounts(by_lists, actor, wanted)]


def listed_accounts(game: Game, actor: str, wanted: Mapping[str, Any]) -> list[Degree]:
    if wanted.get("ranking"):
        return [by_ranking(game, actor, separators(wanted["ranking"]))]
    if wanted.get("weights"):
        return [by_weights(game, wanted)]
    return [by_list(game, each) for each in completions(wanted)]


def separators(ranking: list[Any]) -> dict[int, int]:
    found, place = {}, -1
    for item in ranking:
        if isinstance(item, str) and set(item) == {">"}:
            found[place] = len(item)
        else:
            place += 1
    return found


class Mind:
    """What one actor knows of its preferences, pair by pair."""

    def __init__(self, game: Game, actor: str, dressed: Model, hidden: tuple[tuple[str, str], ...] = ()) -> None:
        every, size = accounts(game, actor, dressed), range(len(game.states))
        apart = [(game.holding(a), game.holding(b)) for a, b in hidden]
        self.table: dict[tuple[int, int], int | None] = {}
        for s, t in itertools.product(size, size):
            degrees = [degree(s, t) for degree in every]
            signs = {(d > 0) - (d < 0) for d in degrees}
            veiled = s != t and any((s in a and t in b) or (t in a and s in b) for a, b in apart)
            known = len(signs) == 1 and not veiled
            self.table[s, t] = min(degrees, key=abs) if known else None

    def unknown(self, s: int, t: int) -> bool:
        return self.table[s, t] is None

    def better(self, s: int, t: int) -> bool:
        found = self.table[s, t]
        return found is not None and found > 0

    def worse_by(self, least: int) -> Pairs:
        """Worse by at least this degree; by degree 0: known to be no better."""
        return lambda s, t: (found := self.table[s, t]) is not None and found <= -least


# --- the families ----------------------------------------------------------------------------------------------------


def strength(minds: Mapping[str, Mind], actor: str, least: int) -> tuple[Pairs, Pairs, dict[str, Pairs]]:
    """Sanctions worse by the degree `least`; 0: general stability."""
    mind = minds[actor]
    return mind.better, mind.worse_by(least), {j: other.better for j, other in minds.items()}


def unknown(minds: Mapping[str, Mind], actor: str, standard: str) -> tuple[Pairs, Pairs, dict[str, Pairs]]:
    """Li, Hipel, Kilgour & Fang: who moves to the unknown (a, c), whom it deters (c, d)."""
    mind, letter = minds[actor], standard[-1]
    worse = mind.worse_by(2 if standard.startswith("strong") else 0)

    def tempting(s: int, t: int) -> bool:
        return mind.better(s, t) or (letter in "ac" and mind.unknown(s, t))

    def deterring(s: int, t: int) -> bool:
        return worse(s, t) or (letter in "cd" and mind.unknown(s, t))

    def credible(other: Mind) -> Pairs:
        return lambda s, t: other.better(s, t) or other.unknown(s, t)

    return tempting, deterring, {j: credible(other) for j, other in minds.items()}


def attitudes(game: Game, actor: str, signs: Mapping[str, Mapping[str, str]], strict: bool) -> tuple[Any, Any, Any]:
    """Inohara, Hipel & Walker: t no worse than s for every friend, no better for every foe."""

    def relation(i: str) -> Pairs:
        def holds(s: int, t: int) -> bool:
            for j, sign in signs[i].items():
                gain = game.scores[j][t] - game.scores[j][s]
                gain = {"+": gain, "-": -gain, "0": 0}[sign]
                if sign != "0" and (gain <= 0 if strict else gain < 0):
                    return False
            return True

        return holds

    own = relation(actor)
    return own, lambda s, t: s == t or not own(s, t), {j: relation(j) for j in game.actors}


def probabilistic(
    chances: Mapping[str, Any], actor: str, thresholds: Mapping[str, Mapping[str, float]]
) -> tuple[Any, Any, Any]:
    mine, alpha, beta = chances[actor], thresholds["alpha"][actor], thresholds["beta"][actor]

    def credible(j: str) -> Pairs:
        return lambda s, t: chances[j][s][t] > thresholds["gamma"][j]

    return (lambda s, t: mine[s][t] > alpha), (lambda s, t: mine[s][t] <= beta), {j: credible(j) for j in chances}


def fuzzy(degrees: Mapping[str, Any], actor: str, least: Mapping[str, float]) -> tuple[Any, Any, Any]:
    def certain(j: str) -> Pairs:
        return lambda s, t: degrees[j][s][t] - degrees[j][t][s] >= least[j] - 1e-12

    own = certain(actor)
    return own, lambda s, t: not own(s, t), {j: certain(j) for j in degrees}


# --- random models ---------------------------------------------------------------------------------------------------


def dress(model: Model, seed: int, doubts: bool) -> dict[str, Any]:
    """The model with random strengths in every reading and, if asked for, a few doubts in its lists."""
    rng, dressed = random.Random(f"dress {seed}"), copy.deepcopy(dict(model))
    for actor in dressed["actors"].values():
        for wanted in (actor.get("readings") or {"only": actor}).values():
            if wanted.get("priorities"):
                wanted["priorities"] = dressed_list(rng, listed(wanted), doubts)
            elif wanted.get("weights"):
                wanted["great"] = rng.choice(([1], [0.5, 2], [3]))
            elif wanted.get("ranking"):
                wanted["ranking"] = dressed_ranking(rng, wanted["ranking"])
    return dressed


def dressed_list(rng: random.Random, items: list[dict[str, Any]], doubts: bool) -> list[dict[str, Any]]:
    for item in items:
        item["strength"] = rng.choice((1, 1, 2, 2, 3))
    if doubts:
        loose = ["sign", "presence", "rank"] if len(items) <= 6 else ["sign", "presence"]
        for item in rng.sample(items, min(len(items), rng.randint(0, 2))):
            item["unknown"] = rng.sample(loose, rng.choice((1, 1, 2)))
    return items


def dressed_ranking(rng: random.Random, ranking: list[Any]) -> list[Any]:
    found: list[Any] = []
    for place, group in enumerate(ranking):
        if place and rng.random() < 0.4:
            found.append(rng.choice((">>", ">>>")))
        found.append(group)
    return found
