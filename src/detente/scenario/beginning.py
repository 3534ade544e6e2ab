"""A new model by question and answer: actors, options, rules, aims, today.

`begun(answers)` is all there is to it: the answers that were accepted so far make the data of the model so far and the next
question, nothing if all is answered. Whoever asks (a terminal, a page) keeps the list of answers; `reply` says what is
wrong with a text, if anything, before it becomes one of them. An empty answer ends a list.

>>> talk = begun(["A letter", "ann: Ann", ""])
>>> talk.question.text
'What can Ann do?'
>>> reply(talk.answers, "and")
"'and' is a word of the formula language and cannot be the name of an option"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from detente.errors import InputError, ScenarioError
from detente.messages import later, tell
from detente.result import Record
from detente.scenario import schema
from detente.scenario.building import build

STEPS = ("title", "actors", "options", "rules", "aims", "now")
"""What is asked for, in order."""

Data = dict[str, Any]
Check = Callable[[str], str]
"""What is wrong with an answer; nothing if it can be taken."""


@dataclass(frozen=True, kw_only=True)
class Question(Record):
    """What is asked next: its `step` (one of `STEPS`), in words, with an example; whose answer it is, if an actor's.

    `listed` answers come one by one until an empty one; `needed` says that an empty one is not taken now.
    """

    step: str
    text: str
    example: str
    actor: str = ""
    listed: bool = False
    needed: bool = False


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """A model so far: the answers, the data they make in the shape of the format, and what is asked next."""

    answers: tuple[str, ...]
    data: Data
    question: Question | None
    check: Check

    @property
    def done(self) -> bool:
        return self.question is None


Asked = tuple[Question, Check]
Script = Generator[Asked, str, None]


def begun(answers: Sequence[str] = ()) -> Beginning:
    """The model that these answers make so far, and the next question. Cost: that of the answers, anew each time."""
    data: Data = {}
    script = _script(data)
    asked: Asked | None = next(script)
    for answer in answers:
        if asked is None:
            break
        try:
            asked = script.send(answer.strip())
        except StopIteration:
            asked = None
    question, check = asked or (None, _anything)
    return Beginning(answers=tuple(answers), data=data, question=question, check=check)


def reply(answers: Sequence[str], text: str) -> str:
    """What is wrong with a text as the next answer; nothing if it can be one."""
    talk = begun(answers)
    if talk.question is None:
        return tell("nothing more is asked")
    if not text.strip():
        return tell("this needs an answer") if talk.question.needed else ""
    return talk.check(text.strip())


def _anything(_: str) -> str:
    return ""


def _script(data: Data) -> Script:
    """The questions in order; each answer goes into the data."""
    data["detente"] = int(schema.VERSION)
    data["title"] = yield _ask("title", tell("What is the conflict called?"), "A border dispute", needed=True)
    data["actors"] = actors = {}

    def add_actor(text: str) -> None:
        key, name = named(text)
        actors[key] = {"name": name, "options": {}, "priorities": []}

    who = _ask(
        "actors", tell("Who decides?"), "us: United States", listed=True, check=lambda text: _bad_actor(text, actors)
    )
    yield from _several(who, add_actor, needed=True)
    for key, actor in actors.items():
        yield from _several(_can(key, actors), partial(_add_option, actor), needed=True)
    known = ", ".join(option for actor in actors.values() for option in actor["options"])
    never = _ask(
        "rules",
        tell("Which combinations are impossible? The options: {known}", known=known),
        "arm and pay",
        listed=True,
        check=lambda text: _fault({**data, "rules": [*data.get("rules", []), {"never": text}]}),
    )
    yield from _several(never, partial(_add_rule, data), needed=False)
    for key, actor in actors.items():
        yield from _several(_wants(key, data, known), partial(_add_aim, actor), needed=True)
    today = _ask(
        "now",
        tell("What is on today? The options: {known}", known=known),
        "arm, pay",
        check=lambda text: _fault({**data, "now": _settings(text)}),
    )
    data["now"] = _settings((yield today))


def _can(key: str, actors: Data) -> Asked:
    return _ask(
        "options",
        tell("What can {actor} do?", actor=actors[key]["name"]),
        "arm: Arm the neighbour",
        actor=key,
        listed=True,
        check=lambda text: _bad_option(text, key, actors),
    )


def _wants(key: str, data: Data, known: str) -> Asked:
    name = data["actors"][key]["name"]
    return _ask(
        "aims",
        tell("What does {actor} want? The most important first. The options: {known}", actor=name, known=known),
        "not arm or pay",
        actor=key,
        listed=True,
        check=lambda text: _bad_aim(text, key, data),
    )


def _ask(
    step: str,
    text: str,
    example: str,
    *,
    actor: str = "",
    listed: bool = False,
    needed: bool = False,
    check: Check = _anything,
) -> Asked:
    return Question(step=step, text=text, example=example, actor=actor, listed=listed, needed=needed), check


def _several(asked: Asked, add: Callable[[str], object], *, needed: bool) -> Script:
    """The same question until an empty answer; the first is needed, or not."""
    question, check = asked
    while answer := (yield replace(question, needed=needed), check):
        add(answer)
        needed = False


def _add_option(actor: Data, text: str) -> None:
    key, name = named(text)
    actor["options"][key] = name


def named(text: str) -> tuple[str, str]:
    """A key and a name from `us: United States`, or from the name or the key alone.

    >>> named("us: United States"), named("United States"), named("us")
    (('us', 'United States'), ('united_states', 'United States'), ('us', 'us'))
    """
    key, colon, name = (part.strip() for part in text.partition(":"))
    if colon and name and re.fullmatch(r"[A-Za-z_]\w*", key):
        return key.lower(), name
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_"), text


def _add_rule(data: Data, text: str) -> None:
    data.setdefault("rules", []).append({"never": text})


def _add_aim(actor: Data, text: str) -> None:
    actor["priorities"].append(text)


def _settings(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


# --- what cannot be taken -----------------------------------------------------------------------------------------------------


_UNSPELT = later("no name can be made of '{text}': write a short one before it, such as us: {text}")


def _bad_actor(text: str, actors: Data) -> str:
    key, _ = named(text)
    if not key:
        return tell(_UNSPELT, text=text)
    if key in actors:
        return tell("there is an actor '{key}' already", key=key)
    return _fault({"actors": {key: {"options": {"something": None}, "priorities": ["true"]}}})


def _bad_option(text: str, actor: str, actors: Data) -> str:
    key, _ = named(text)
    if not key:
        return tell(_UNSPELT, text=text)
    owner = next((name for name, each in actors.items() if key in each["options"]), None)
    if owner is not None:
        return tell("{owner} has an option '{key}' already; give this one another name", owner=owner, key=key)
    return _fault({"actors": {actor: {"options": {key: None}, "priorities": ["true"]}}})


def _bad_aim(text: str, actor: str, data: Data) -> str:
    actors = {**data["actors"], actor: {**data["actors"][actor], "priorities": [text]}}
    return _fault({**data, "actors": actors})


def _fault(data: Data) -> str:
    """What is wrong with a model in which lists that are not yet written want nothing; the first problem, in its own words."""
    actors = {key: {**each, "priorities": each["priorities"] or ["true"]} for key, each in data["actors"].items()}
    try:
        build({**data, "actors": actors})
    except ScenarioError as error:
        first = error.problems[0].message
        return re.sub(r"^[\w.\[\]]+: ", "", first)
    except InputError as error:
        return str(error)
    return ""
