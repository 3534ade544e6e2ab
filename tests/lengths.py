"""How many blocks of random models run with the long tests, and how many by hand."""

from __future__ import annotations

import pytest


def blocks(long: int, soak: int = 0) -> pytest.MarkDecorator:
    """The argument `block`: the first `long` of them are marked so; `soak` more take longer than a run of all tests may."""
    first = [pytest.param(number, marks=pytest.mark.long) for number in range(long)]
    more = [pytest.param(number, marks=pytest.mark.soak) for number in range(long, long + soak)]
    return pytest.mark.parametrize("block", [*first, *more])
