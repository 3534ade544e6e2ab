"""The circumstances of a case as whoever types would say them.

>>> from detente.case.cases import Policy
>>> from detente.scenario import load
>>> circumstances_of(Case(load("chicken")).under(Policy(hold={"first_swerves": 0})))
["--hold 'not first_swerves'"]
"""

from __future__ import annotations

import shlex

from detente.case.cases import Case
from detente.engine.concepts import COUNTER_MOVES


def circumstances_of(case: Case) -> list[str]:
    """What was chosen and changed, as options of a command; lists that were changed cannot be said."""
    asked = case.circumstances
    rule = COUNTER_MOVES[asked.sanctions]
    return [
        *(f"--reading {actor}={name}" for actor, name in asked.readings.items()),
        *([f"--world {shlex.quote(asked.world)}"] if asked.world else []),
        *([f"--start {shlex.quote(case.state_text(asked.start))}"] if asked.start else []),
        *(f"--rule {shlex.quote(rule.text)}" for rule in asked.rules),
        *([f"--hold {shlex.quote(case.state_text(asked.hold))}"] if asked.hold else []),
        *([f"--countermoves {rule}"] if asked.sanctions != "legal" else []),
    ]
