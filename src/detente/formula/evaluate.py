"""Where formulas are true: on numbers or on whole arrays at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from detente.errors import FormulaError
from detente.formula.tree import And, Constant, Count, Formula, If, Iff, Name, Not, Or, Setting
from detente.messages import tell


def holds(formula: Formula, values: Mapping[str, Any]) -> Any:
    """Where the formula is true. `values[option]` is a choice number or an array of them; arrays broadcast.

    One pass over each mentioned array per node: linear in states × nodes.
    """
    match formula:
        case Constant(value):
            return np.bool_(value)
        case Setting(option, allowed):
            return _any(values[option] == value for value in allowed)
        case Not(of):
            return np.logical_not(holds(of, values))
        case And(parts):
            return _all(holds(part, values) for part in parts)
        case Or(parts):
            return _any(holds(part, values) for part in parts)
        case If(when, then):
            return np.logical_or(np.logical_not(holds(when, values)), holds(then, values))
        case Iff(left, right):
            return np.equal(holds(left, values), holds(right, values))
        case Count(kind, number, parts):
            total = sum(np.asarray(holds(part, values), dtype=np.int32) for part in parts)
            return {"exactly": np.equal, "at least": np.greater_equal, "at most": np.less_equal}[kind](total, number)
        case Name(name):
            raise FormulaError(tell("'{name}' has not been bound to an option", name=name), name, 0)
    raise TypeError(f"not a formula: {formula!r}")


def _any(truths: Iterable[Any]) -> Any:
    result = np.bool_(False)
    for truth in truths:
        result = np.logical_or(result, truth)
    return result


def _all(truths: Iterable[Any]) -> Any:
    result = np.bool_(True)
    for truth in truths:
        result = np.logical_and(result, truth)
    return result


def settings_of(formula: Formula) -> dict[str, int] | None:
    """The settings a plain conjunction asks for (`a and not b and c = x`), or None if it is anything else.

    >>> from detente.formula import Variable, bind, parse
    >>> names = {n: Variable(n, ("off", "on")) for n in "ab"}
    >>> settings_of(bind(parse("a and not b"), names))
    {'a': 1, 'b': 0}
    """
    found: dict[str, int] = {}
    for part in formula.parts if isinstance(formula, And) else (formula,):
        match part:
            case And():
                inner = settings_of(part)
                if inner is None or any(found.get(key, value) != value for key, value in inner.items()):
                    return None
                found |= inner
            case Setting(option, (value,)) if found.setdefault(option, value) == value:
                pass
            case Not(Setting(option, (value,), ())) if found.setdefault(option, 1 - value) == 1 - value:
                pass
            case Constant(True):
                pass
            case _:
                return None
    return found
