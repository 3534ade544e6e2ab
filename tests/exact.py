"""Exact answers about very small models of the tests' own: words, tables and plain data, in `tests/exact/`.

    python tests/exact.py                     # which differ from the kept ones, and how
    python tests/exact.py --write             # keep today's; read what `git diff tests/exact` shows before it is committed
    python tests/exact.py --write claims      # of these alone

The golden texts (`golden.py`) ask every command about whole models. Here functions are asked directly, at their boundaries: one
state too many to list, one column too wide, one actor too few, nothing at all. A case takes milliseconds; what is asked stands
in `exact_tables.py`, `exact_claims.py` and `exact_questions.py`, the models in `exact_models.py`.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import exact_claims
import exact_questions
import exact_tables
from contracts import scrubbed

KEPT = Path(__file__).parent / "exact"

CASES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "scenarios": exact_tables.scenarios,
    "analyses": exact_tables.analyses,
    "locally": exact_tables.locally,
    "drawn": exact_tables.drawn,
    "claims": exact_claims.claims,
    "claims_in_full": exact_claims.in_full,
    "claims_judged": exact_claims.judged,
    "claims_many": exact_claims.many,
    "claims_refused": exact_claims.refused,
    "policy": partial(exact_questions.answers, exact_questions.POLICY),
    "partnerships": partial(exact_questions.answers, exact_questions.PARTNERSHIPS),
    "evolution": partial(exact_questions.answers, exact_questions.EVOLUTION),
    "explanation": partial(exact_questions.answers, exact_questions.EXPLANATION),
    "uncertainty": partial(exact_questions.answers, exact_questions.UNCERTAINTY),
    "history": partial(exact_questions.answers, exact_questions.HISTORY),
    "other_questions": partial(exact_questions.answers, exact_questions.OTHERS),
}
"""By the file they are kept in."""


def text(name: str) -> str:
    """What is answered for one file."""
    return scrubbed("\n\n".join(f"# {what}\n{told}" for what, told in CASES[name]())) + "\n"


def difference(name: str, told: str) -> str:
    """How a text differs from the kept one; nothing if it does not."""
    file = KEPT / f"{name}.txt"
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    return "\n".join(difflib.unified_diff(kept.splitlines(), told.splitlines(), "kept", "now", lineterm="", n=2))


def main(words: list[str]) -> int:
    names = [word for word in words if word != "--write"] or list(CASES)
    different = 0
    for name in names:
        told = text(name)
        if found := difference(name, told):
            different += 1
            sys.stdout.write(f"{name}:\n{found}\n")
        if "--write" in words:
            KEPT.mkdir(exist_ok=True)
            (KEPT / f"{name}.txt").write_text(told, encoding="utf-8")
    return 0 if "--write" in words else int(bool(different))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
