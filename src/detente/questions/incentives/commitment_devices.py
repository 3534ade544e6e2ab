"""What is promised, and what could back a promise; see `detente.questions.incentives.credibility` for the meanings.

>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> case.state_text(promised(case, "carpenter"))
'us_arm = none, us_nato = word, us_recog = granted'
>>> one_way(case, promised(case, "carpenter"), ["us_recog"]).scenario.option("us_recog").change
((0, 1), (1, 0), (1, 2))
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from detente.case import Case, find_platform
from detente.errors import InputError, Unanswerable
from detente.messages import tell
from detente.result import Record
from detente.scenario.model import Actor, Option


@dataclass(frozen=True, kw_only=True)
class Device(Record):
    """A rule, a stake or a changed list that was tried: whether it makes the promise credible, and where play then leads.

    `then` is ALL, SOME or NONE of the states where play ends with the promise in force for the goal; "" without a goal.
    """

    kind: str
    text: str
    works: bool
    size: int = 0
    then: str = ""


def promised(case: Case, promise: str | Iterable[str] | Mapping[str, Any]) -> dict[str, int]:
    """The settings promised: those a platform holds, if it is the name of one, or settings in any of their forms."""
    if isinstance(promise, str) and promise in case.scenario.platforms:
        platform = find_platform(case, promise)
        if not platform.hold:
            raise Unanswerable(
                tell("platform {promise} holds nothing, so there is nothing to keep; name settings", promise=promise)
            )
        return dict(platform.hold)
    found = case.settings(promise)
    if not found:
        raise InputError(
            tell("a promise needs settings, such as 'us_arm = none, us_nato = word', or the name of a platform")
        )
    return found


def one_way(case: Case, promise: Mapping[str, int], keys: Iterable[str]) -> Case:
    """The case in which these options cannot be switched away from what is promised; all else stays free."""
    stuck = frozenset(keys)

    def option(each: Option) -> Option:
        if each.key not in stuck:
            return each
        numbers = range(len(each.choices))
        pairs = itertools.permutations(numbers, 2)
        left = tuple((a, b) for a, b in pairs if each.may_switch(a, b) and a != promise[each.key])
        return replace(each, change=left)

    def actor(each: Actor) -> Actor:
        return replace(each, options=tuple(map(option, each.options)))

    scenario = case.scenario
    return replace(case, scenario=replace(scenario, actors=tuple(map(actor, scenario.actors))))
