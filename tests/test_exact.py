"""What functions answer about very small models is, word for word, what was read and found right: `tests/exact/`.

A text that has to change is written anew by `python tests/exact.py --write`, and read before it is committed.
"""

from __future__ import annotations

import pytest

import exact


@pytest.mark.parametrize("name", exact.CASES)
def test_exact_answers(name: str) -> None:
    told = exact.difference(name, exact.text(name))
    assert not told, f"tests/exact/{name}.txt:\n{told}"


def test_every_text_has_a_case() -> None:
    assert {path.stem for path in exact.KEPT.glob("*.txt")} == set(exact.CASES)
