"""What keeps a state stable: a set of comparisons that, as long as they stay as they are, decide it.

The mathematics. Under a package the state s is stable for actor i: every own move to s1 is liked no better than s, or
some answer is (for SMR and SSEQ with everything i can move on to), and for SEQ and SSEQ every step of that answer is
an improvement for whoever takes it. Each of these is a test of what is bought (`incentives.package_tests`), true
under the package. Taken for all moves they are a *support*: under any other package in which they are all true, s is
stable for i too.

Steps: per own move a shortest answer by Dijkstra over (state, last mover), counted in tests that depend on what is bought,
so that supports are small and the cuts made of them strong. Cost: per own move, the moves of what the others can reach.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from detente.engine.concepts import Concept
from detente.questions.incentives.package_tests import TRUE, PackageTests

Needed = frozenset[int]


def support(tests: PackageTests, concept: Concept, player: int, state: int, amounts: Sequence[int]) -> Needed:
    """Tests, all true of these amounts, that keep the state stable for the player. It must be stable under them."""
    classes = tests.classes_of[player].classes
    here = int(classes[state])
    found: set[int] = set()
    for end in tests.ends(player)[state].tolist():
        direct = tests.no_worse(player, here, int(classes[end]))
        if direct != TRUE:
            alone = frozenset({direct}) if tests.holds(direct, amounts) else None
            found |= _answer(tests, concept, player, here, end, amounts, alone)
    return frozenset(found)


def _answer(
    tests: PackageTests,
    concept: Concept,
    player: int,
    here: int,
    start: int,
    amounts: Sequence[int],
    alone: Needed | None,
) -> Needed:
    """The fewest tests that deter the move to `start`, `alone` if nothing shorter does."""
    if concept.answers == "none":
        assert alone is not None
        return alone
    base, sets = tests.bases(player, concept.escape)
    single = tests.case.sanctions == "one-step"
    best: Needed | None = alone
    order = iter(range(1 << 60))
    heap: list[tuple[int, int, int, int, Needed]] = [(0, next(order), start, player, frozenset())]
    seen: set[tuple[int, int]] = set()
    while heap:
        cost, _, place, last, passed = heapq.heappop(heap)
        if best is not None and cost >= len(best):
            break
        if (place, last) in seen:
            continue
        seen.add((place, last))
        if last != player:
            low = tests.all_low(player, here, sets[int(base[place])])
            if all(tests.holds(test, amounts) for test in low) and (best is None or len(passed | low) < len(best)):
                best = passed | low
            if single:
                continue
        for mover in tests.players:
            if mover in (player, last):
                continue
            for end in tests.ends(mover)[place].tolist():
                step = _step(tests, concept, mover, place, end, amounts)
                if step is not None and (end, mover) not in seen:
                    reached = passed | step
                    heapq.heappush(heap, (len(reached), next(order), end, mover, reached))
    assert best is not None
    return best


def _step(
    tests: PackageTests, concept: Concept, mover: int, place: int, end: int, amounts: Sequence[int]
) -> Needed | None:
    """The tests that make this a step of an answer; None if it is none under these amounts."""
    if concept.answers == "moves":
        return frozenset()
    classes = tests.classes_of[mover].classes
    test = tests.better(mover, int(classes[end]), int(classes[place]))
    return frozenset({test}) - {TRUE} if tests.holds(test, amounts) else None
