"""What people read is what was read and found right: the texts of `tests/golden/`.

A text that has to change is written anew by `python tests/golden.py --write`, and read before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import golden
from contracts import Model


@pytest.fixture(scope="module")
def models() -> Iterator[list[Model]]:
    with golden.workshop() as known:
        yield known


@pytest.mark.parametrize("name", golden.names())
def test_what_people_read(models: list[Model], name: str) -> None:
    told = golden.difference(name, golden.text(models, name))
    assert not told, f"tests/golden/{name}.txt:\n{told}"


def test_every_command_is_kept_or_left_out_for_a_reason() -> None:
    assert {path.stem for path in golden.KEPT.glob("*.txt")} == set(golden.names())
    assert not [name for name in golden.names() if not (golden.KEPT / f"{name}.txt").read_text(encoding="utf-8")]


def test_words_of_a_page() -> None:
    page = "<head><title>x</title></head><p>Not <b>this</b>\nway</p><svg><text>no</text></svg><tr><td>1<td>2</tr>"
    assert golden.words(page).split("\n") == ["", "Not this way", "| 1 | 2", ""]
