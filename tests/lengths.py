"""Which random models a comparison by brute force goes through: at once, with the long tests, and by hand.

A fault in what a family of models has in common shows in its first ones. The further ones look for what is rare, so they
run with the long tests; nothing is left out of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from detente.verification.random_models import KINDS

FINE_TUNED = "adjusted"
"""Models whose lists are adjusted: what they mean under a hold of several options is not settled in every way of asking.

Beyond the first of the family they are compared in `test_adjust.py` alone, where nothing is held.
"""


def parted(values: Sequence[Any], at_once: int) -> list[Any]:
    """The values as parameters: so many of them at once, the further ones with the long tests."""
    later = (each if isinstance(each, tuple) else (each,) for each in values[at_once:])
    return [*values[:at_once], *(pytest.param(*each, marks=pytest.mark.long) for each in later)]


def seeds(at_once: int, together: int, name: str = "seed") -> pytest.MarkDecorator:
    """The argument `seed` (or the `name` given): so many `together`, and of these so many `at_once`."""
    return pytest.mark.parametrize(name, parted(range(together), at_once))


def models(mixed: int, seeds: Sequence[int] = (0, 1)) -> pytest.MarkDecorator:
    """The arguments `seed` and `kind`: so many models that mix all features (kind None), and of each family these.

    At once run a third of the mixed ones, and the first of every family.
    """
    first = -(-mixed // 3)
    blends = [(seed, None) for seed in range(mixed)]
    families = [(seed, kind) for seed in seeds for kind in KINDS if seed == seeds[0] or kind != FINE_TUNED]
    return pytest.mark.parametrize(("seed", "kind"), [*parted(blends, first), *parted(families, len(KINDS))])


def blocks(long: int, soak: int = 0) -> pytest.MarkDecorator:
    """The argument `block`: the first `long` of them are marked so; `soak` more take longer than a run of all tests may."""
    first = [pytest.param(number, marks=pytest.mark.long) for number in range(long)]
    more = [pytest.param(number, marks=pytest.mark.soak) for number in range(long, long + soak)]
    return pytest.mark.parametrize("block", [*first, *more])


def at_length(block: int, size: int = 20) -> Iterator[tuple[int, str | None]]:
    """Seed and kind of the models of a block: by turns they mix all features, or are of one family."""
    for seed in range(100 + size * block, 100 + size * (block + 1)):
        kind = KINDS[seed % len(KINDS)] if seed % 2 else None
        yield seed, None if kind == FINE_TUNED else kind
