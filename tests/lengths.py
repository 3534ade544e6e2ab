"""Which random models a comparison by brute force goes through: at once, with the long tests, and by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from random_models import KINDS


def models(mixed: int, seeds: Sequence[int] = (0, 1)) -> pytest.MarkDecorator:
    """The arguments `seed` and `kind`: so many models that mix all features (kind None), and of each family these."""
    families = [(seed, kind) for kind in KINDS for seed in seeds]
    return pytest.mark.parametrize(("seed", "kind"), [*((seed, None) for seed in range(mixed)), *families])


def blocks(long: int, soak: int = 0) -> pytest.MarkDecorator:
    """The argument `block`: the first `long` of them are marked so; `soak` more take longer than a run of all tests may."""
    first = [pytest.param(number, marks=pytest.mark.long) for number in range(long)]
    more = [pytest.param(number, marks=pytest.mark.soak) for number in range(long, long + soak)]
    return pytest.mark.parametrize("block", [*first, *more])


def at_length(block: int, size: int = 20) -> Iterator[tuple[int, str | None]]:
    """Seed and kind of the models of a block: by turns they mix all features, or are of one family."""
    for seed in range(100 + size * block, 100 + size * (block + 1)):
        yield seed, KINDS[seed % len(KINDS)] if seed % 2 else None
