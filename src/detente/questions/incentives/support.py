"""What keeps a state stable: a set of comparisons that, as long as they stay as they are, decide it.

The mathematics. Under a package the state s is stable for actor i: every own move to s1 is liked no better than s, or
some answer is (for SMR and SSEQ with everything i can move on to), and for SEQ and SSEQ every step of that answer is
an improvement for whoever takes it. Each of these is a test of what is bought (`incentives.package_tests`), true
under the package. Taken for all moves they are a *support*: under any other package in which they are all true, s is
stable for i too.

Steps: per own move a cheapest answer (`engine.legal_sequences`), counted in tests that depend on what is bought,
so that supports are small and the cuts made of them strong. Cost: per own move, the moves of what the others can reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from detente.engine.concepts import Concept
from detente.engine.legal_sequences import Arrival, LegalSequences
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
    answers = _Answers(
        start=start,
        last=player,
        movers=[mover for mover in tests.players if mover != player],
        one_step=tests.case.sanctions == "one-step",
        tests=tests,
        concept=concept,
        amounts=amounts,
    )
    best: Needed | None = alone
    for layer in answers.layers():
        for place in layer:
            passed = answers.passed(place)
            if best is not None and len(passed) >= len(best):
                return best  # whatever comes now takes as many tests already on the way
            low = tests.all_low(player, here, sets[int(base[answers.states[place]])])
            if all(tests.holds(test, amounts) for test in low) and (best is None or len(passed | low) < len(best)):
                best = passed | low
    assert best is not None
    return best


@dataclass(eq=False, kw_only=True)
class _Answers(LegalSequences):
    """The answers under these amounts, those whose steps rest on the fewest tests first."""

    tests: PackageTests
    concept: Concept
    amounts: Sequence[int]

    @cached_property
    def _passed(self) -> dict[int, Needed]:
        return {0: frozenset()}

    def passed(self, place: int) -> Needed:
        """The tests that make the steps to a node steps of an answer."""
        if place not in self._passed:
            before = self.before(place)
            step = self._step(self.mover(place), self.states[before], self.states[place])
            assert step is not None
            self._passed[place] = self.passed(before) | step
        return self._passed[place]

    def onward(self, mover: int, places: Sequence[int]) -> Iterable[Arrival]:
        for place in places:
            passed = self.passed(place)
            for end in self.tests.ends(mover)[self.states[place]].tolist():
                step = self._step(mover, self.states[place], end)
                if step is not None:
                    yield place, end, 0, len(step - passed)

    def _step(self, mover: int, start: int, end: int) -> Needed | None:
        """The tests that make this a step of an answer; None if it is none under these amounts."""
        if self.concept.answers == "moves":
            return frozenset()
        classes = self.tests.classes_of[mover].classes
        test = self.tests.better(mover, int(classes[end]), int(classes[start]))
        return frozenset({test}) - {TRUE} if self.tests.holds(test, self.amounts) else None
