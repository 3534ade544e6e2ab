"""What is passed in Python, checked at the door: a mistake gets a message that says what to pass, not a traceback.

`bound(question, arguments, words)` compares what was passed with the parameters of a function: unknown keywords get the nearest
known one, a list where one name is wanted (or a name where a list is wanted) is told so. Only annotations made of plain types
are judged; what is more special is left to the function.

>>> def levers(actor: str, goals: Iterable[str]) -> None: ...
>>> bound(levers, (["us"], ["x"]), {})
Traceback (most recent call last):
detente.errors.InputError: levers: `actor` is a text; found a list: ask for one at a time
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from detente.errors import InputError, did_you_mean
from detente.messages import Messages, tell

P = ParamSpec("P")
R = TypeVar("R")

_ARTICLES = Messages(
    {
        "str": "a text",
        "int": "a whole number",
        "float": "a number",
        "bool": "True or False",
        "Iterable": "a list of texts",
        "Sequence": "a list",
        "Mapping": "a mapping",
        "Formula": "a formula",
    }
)
"""The plain types, and what a message calls them."""


def bound(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], skip: int = 0) -> None:
    """Raise `InputError` if these arguments cannot be meant; the first `skip` parameters are filled in by the caller."""
    known = _parameters(function)[skip:]
    names = [name for name, _ in known]
    for name in kwargs:
        if name not in names:
            raise InputError(
                tell(
                    "{name} has no argument `{name2}`{did_you_mean}",
                    name=function.__name__,
                    name2=name,
                    did_you_mean=did_you_mean(name, names),
                )
            )
    try:
        inspect.signature(function).bind(*[None] * skip, *args, **kwargs)
    except TypeError as error:
        raise InputError(f"{function.__name__}: {error}") from None
    for (name, kinds), value in [
        *zip(known, args, strict=False),
        *((each, kwargs[each[0]]) for each in known if each[0] in kwargs),
    ]:
        _check(f"{function.__name__}: `{name}`", kinds, value)


def checked(method: Callable[P, R]) -> Callable[P, R]:
    """A method whose arguments are checked before it runs."""

    @wraps(method)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        bound(method, args[1:], kwargs, skip=1)
        return method(*args, **kwargs)

    return told


def text(what: str, value: object) -> str:
    """A text, if it is one; else an `InputError`."""
    check(what, value, "str")
    return str(value)


def check(what: str, value: object, *kinds: str) -> None:
    """Raise `InputError` if a value is of none of these plain types."""
    _check(what, frozenset(kinds), value)


@cache
def _parameters(function: Callable[..., Any]) -> tuple[tuple[str, frozenset[str]], ...]:
    """The parameters with the plain types they take; nothing where others are taken as well."""
    return tuple((each.name, _kinds(str(each.annotation))) for each in inspect.signature(function).parameters.values())


def _kinds(annotation: str) -> frozenset[str]:
    while annotation != (outer := re.sub(r"\[[^\[\]]*\]", "", annotation)):
        annotation = outer
    kinds = {kind.strip() for kind in annotation.split("|")}
    return frozenset(kinds) if kinds <= {*_ARTICLES, "None"} else frozenset()


def _check(what: str, kinds: frozenset[str], value: object) -> None:
    if not kinds or _kind_of(value) & kinds or (hasattr(value, "__index__") and kinds & {"int", "float"}):
        return
    expected = " or ".join(words for kind, words in _ARTICLES.items() if kind in kinds)
    found = _kind_of(value)
    hint = ""
    if isinstance(value, list | tuple | set | frozenset) and "str" in kinds:
        hint = tell(": ask for one at a time")
    elif isinstance(value, str) and "Iterable" in kinds:
        hint = tell(": write [{value}]", value=repr(value))
    called = (
        tell("nothing (None)")
        if value is None
        else tell("a list")
        if found == {"Iterable", "Sequence"}
        else f"{type(value).__name__}"
    )
    called = tell("the text {value}", value=repr(value[:60])) if isinstance(value, str) else called
    raise InputError(
        tell("{what} is {expected}; found {called}{hint}", what=what, expected=expected, called=called, hint=hint)
    )


def _kind_of(value: object) -> set[str]:
    """The plain types a value may be passed as."""
    if value is None:
        return {"None"}
    if isinstance(value, bool):
        return {"bool"}
    if isinstance(value, str):
        return {"str"}
    if isinstance(value, Mapping):
        return {"Mapping"}
    if isinstance(value, list | tuple):
        return {"Iterable", "Sequence"}
    if isinstance(value, Iterable):
        return {"Iterable"}
    return {base.__name__ for base in type(value).__mro__}
