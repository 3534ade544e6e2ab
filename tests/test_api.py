"""The public interface is the one that is kept: names and signatures."""

from __future__ import annotations

import detente
from api import KEPT, owned, signature, snapshot


def test_the_public_interface_is_the_one_kept() -> None:
    """What differs is shown by `python tests/api.py`; what is meant is kept by `python tests/api.py --write`."""
    assert snapshot().splitlines() == KEPT.read_text(encoding="utf-8").splitlines()


def test_the_snapshot_has_every_name_and_every_question() -> None:
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    heads = {line.split("(")[0].split(":")[0] for line in lines}
    assert set(detente.__all__) <= heads
    own = {f"Study.{name}" for name in dir(detente.Study) if not name.startswith("_") and owned(detente.Study, name)}
    assert own and own <= heads
    assert lines == list(dict.fromkeys(lines))


def test_a_change_of_a_signature_is_seen() -> None:
    def before(case: str, *, seconds: float = 60.0) -> str:
        return case

    def after(case: str, *, seconds: float = 30.0) -> str:
        return case

    assert signature(before) == "(case: 'str', *, seconds: 'float' = 60.0) -> 'str'"
    assert signature(before) != signature(after)
