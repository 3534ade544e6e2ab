"""A scenario under stated circumstances: the value every question is asked of.

Four interventions are kept apart, because they answer different questions:

- *start*: the world is put elsewhere once; everybody then plays as before;
- *hold*: an actor commits options: they take their values at once, and nobody switches them from then on. A hold binds actors,
  not consequences: one that a consequence undoes at once is refused, one that a consequence may undo later is said. The
  states under a hold are those that can come about: those that keep it, and those to which moves (with their consequences)
  lead from there. A merged state keeps its representative, and has the moves of those of its members that keep the hold
  (of all, where none does). An actor all of whose options are held no longer moves, so it no longer punishes either: it
  is disarmed, and the case says so;
- *rules*: a conditional commitment; a rule that acts by itself (`when ... then ...`) from now on;
- *readings* (and *world*): somebody wants something else.

A `Case` is made by `Case(scenario)` and changed by `under(Policy(...))`; `Circumstances` are all of this in one value, which a
command line or a file can say. A `Query` names what is asked of a case:

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"), readings={"us": "carpenter"})
>>> neutral = case.under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 0}))
>>> verdict(neutral, Query("decoupled"))
'ALL'
"""

from __future__ import annotations

from detente.case.basis import Basis, Wish
from detente.case.cases import (
    CONCEPTS,
    Case,
    Circumstances,
    Labels,
    Policy,
    Written,
    can_choose,
    entries,
    find_platform,
    label,
    policy_of,
    said,
    state_words,
)
from detente.case.query import Query, answered, ends, sensible, verdict, verdict_of

__all__ = [
    "CONCEPTS",
    "Basis",
    "Case",
    "Circumstances",
    "Labels",
    "Policy",
    "Query",
    "Wish",
    "Written",
    "answered",
    "can_choose",
    "ends",
    "entries",
    "find_platform",
    "label",
    "policy_of",
    "said",
    "sensible",
    "state_words",
    "verdict",
    "verdict_of",
]
