"""What can be asked on the page: described from the table of questions and the signatures of the study, listed nowhere else.

A parameter's *kind* says what the page offers for it (an actor, a formula, a number, ...); it is found by its name, for the
library calls things alike, and where one name means several things by the question as well. Questions that need more than
words and numbers (another file, a log of moves) are left to the command line.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from detente.case import Circumstances
from detente.engine.concepts import STRICTEST_FIRST, label
from detente.errors import InputError
from detente.messages import tell
from detente.questions.catalogue import QUESTIONS
from detente.questions.coalitions.coalition_moves import CONCEPTS as COALITION_CONCEPTS
from detente.study import Study
from detente.workbench.words import CHOICE, FIELD, FIELD_OF, HELP, HELP_OF, QUESTION, SUBJECTS

UNSAID = frozenset(
    {
        "progress",
        "cancelled",
        "clock",
        "executor",
        "into",
        "models",
        "today",
        "policy",
        "policies",
        "budget",
        "beliefs",
        "views",
        "news",
    }
)
"""Parameters that no page fills in."""

LEFT_OUT = frozenset(
    {
        "events",
        "game_log",
        "diff",
        "analysts",
        "announcement",
        "score",
        "seal",
        "matrix_from_csv",
        "matrix_to_csv",
        "chances_from_readings",
        "chances_from_weights",
    }
)
"""Questions that take files or tables, or are steps of others."""

PLAYS, STEPS = ("foresight", "myopic"), ("moves", "improvements", "unsanctioned")

KINDS: Mapping[str, Any] = {
    "state": "state",
    "start": "state",
    "actor": "actor",
    "then": "actor",
    "actors": "actors",
    "parties": "actors",
    "members": "actors",
    "over": "actors",
    "approved_by": "actors",
    "divider": "actors",
    "goal": "goal",
    "of": "goal",
    "target": "goal",
    "where": "formula",
    "when": "formula",
    "statement": "formula",
    "option": "option",
    "among": "options",
    "settings": "options",
    "platforms": "platforms",
    "platform": "platform",
    "wanting": "platform",
    "in_force": "platform",
    "partnership": "partnership",
    "concepts": "concepts",
    "concept": "concept",
    "default": "concept",
    "play": PLAYS,
    "by": STEPS,
    "hold": ("all", "flipped"),
    "ids": "claims",
    "rules": "rules",
    "promise": "settings",
    "interventions": "incentives",
    "offers": "incentives",
    "own": "concepts_by_actor",
    "doubts": "doubts",
    "verdict": "text",
    "way": ("highs", "cpsat", "maxsat"),
    "without": "actors",
    "wants": "formulas",
    "partition": "blocks",
    "dispersions": "numbers",
    "tempo": "numbers_by_actor",
    "choice": "text",
    "since": "text",
    "shown": "numbers",
    "kinds": ("swap", "lift", "drop", "negate"),
}
"""By the name of a parameter what it is; several words are the choices there are."""

SPECIAL: Mapping[tuple[str, str], Any] = {
    ("partnership", "name"): "partnership",
    ("break_matrix", "name"): "partnership",
    ("third_parties", "name"): "third_party",
    ("announcements", "name"): "announcement",
    ("coalitions", "concepts"): COALITION_CONCEPTS,
    ("coalitions_explained", "concepts"): COALITION_CONCEPTS,
    ("explain", "told"): "number",
    ("package", "among"): "incentives",
    ("package_of_play", "among"): "incentives",
    ("package_to_break", "among"): "incentives",
}

SEVERAL = frozenset({"kinds", "concepts"})
"""Parameters with choices of which several may be taken."""

SECONDS = 60.0
"""How long a search may take on the page, if nobody says otherwise."""


@cache
def _signature(name: str) -> inspect.Signature:
    """The parameters of a question as the study takes them."""
    if name not in QUESTIONS or name in LEFT_OUT:
        raise InputError(tell("there is no question {name} on this page", name=repr(name)[:60]))
    method = inspect.getattr_static(Study, name, None)
    if inspect.isfunction(method):
        return inspect.signature(method)
    return inspect.signature(QUESTIONS[name].function)


def parameters(name: str) -> dict[str, inspect.Parameter]:
    """The parameters that the page fills in."""
    return {each.name: each for each in list(_signature(name).parameters.values())[1:] if each.name not in UNSAID}


def reports(name: str) -> bool:
    """Whether a question tells how far it is."""
    return "progress" in _signature(name).parameters


def kind(question: str, parameter: inspect.Parameter) -> Any:
    """What is asked for: a kind of name, or the choices."""
    known = SPECIAL.get((question, parameter.name), KINDS.get(parameter.name))
    if known is not None:
        return known
    written = str(parameter.annotation)
    return "flag" if written == "bool" else "number" if written.startswith(("int", "float")) else "text"


def described() -> dict[str, Any]:
    """All questions of the page, in the order of the library."""
    asked = [_described(name) for name in ("analyze", *QUESTIONS) if name not in LEFT_OUT and _answerable(name)]
    subjects = dict.fromkeys(each["subject"] for each in asked)
    return {"questions": asked, "subjects": [{"id": each, "title": SUBJECTS.get(each, each)} for each in subjects]}


def _answerable(name: str) -> bool:
    """Whether the page can ask it: nothing that it cannot fill in is required."""
    if name == "analyze":
        return True
    return all(
        each.default is not each.empty for each in list(_signature(name).parameters.values())[1:] if each.name in UNSAID
    )


def _described(name: str) -> dict[str, Any]:
    if name == "analyze":
        concepts = {
            "name": "concepts",
            "title": FIELD["concepts"],
            "kind": "concepts",
            "choices": _concepts(),
            "default": None,
            "required": False,
            "help": HELP["concepts"],
        }
        help_ = tell("Who is stable where, which states hold, and where play ends.")
        return {
            "name": name,
            "title": QUESTION[name],
            "subject": "explanation",
            "help": help_,
            "parameters": [concepts],
        }
    return {
        "name": name,
        "title": QUESTION[name],
        "subject": QUESTIONS[name].subject,
        "help": tell(QUESTIONS[name].help),
        "parameters": [_parameter(name, each) for each in parameters(name).values()],
    }


def field(question: str, parameter: inspect.Parameter) -> str:
    """What a field of a question is called."""
    if parameter.name == "name":
        return FIELD[kind(question, parameter)]
    return FIELD_OF[key] if (key := (question, parameter.name)) in FIELD_OF else FIELD[parameter.name]


def _concepts() -> list[dict[str, str]]:
    return [{"id": each, "name": label(each)} for each in STRICTEST_FIRST]


def _parameter(question: str, parameter: inspect.Parameter) -> dict[str, Any]:
    what = kind(question, parameter)
    default = None if parameter.default is parameter.empty else parameter.default
    if parameter.name == "seconds":
        default = SECONDS if default is None or math.isinf(default) else default
    choices = (
        [{"id": each, "name": CHOICE.get(each, each)} for each in what]
        if isinstance(what, tuple)
        else _concepts()
        if what in ("concept", "concepts", "concepts_by_actor")
        else None
    )
    return {
        "name": parameter.name,
        "kind": ("choices" if parameter.name in SEVERAL else "choice") if isinstance(what, tuple) else what,
        **({"choices": choices} if choices else {}),
        "default": list(default) if isinstance(default, tuple) else default,
        "required": parameter.default is parameter.empty and parameter.name != "target",
        "title": field(question, parameter),
        "help": HELP_OF[key] if (key := (question, parameter.name)) in HELP_OF else HELP.get(parameter.name, ""),
    }


# --- what was filled in --------------------------------------------------------------------------------------------------

LISTS = frozenset(
    {
        "actors",
        "options",
        "platforms",
        "concepts",
        "claims",
        "rules",
        "incentives",
        "formulas",
        "numbers",
        "blocks",
        "choices",
    }
)


def arguments(question: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a question from what the page sends; texts become lists and numbers, what is empty is unsaid."""
    if question == "analyze":
        return {"concepts": _listed(given["concepts"])} if given.get("concepts") else {}
    known = parameters(question)
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise InputError(
                tell("the question {question} has no field {name}", question=question, name=repr(name)[:40])
            )
        if value in (None, "", [], {}):
            continue
        found[name] = _read(question, known[name], value)
    for name, parameter in known.items():
        if parameter.default is parameter.empty and name not in found:
            if name == "target":
                found[name] = None
                continue
            raise InputError(
                tell("{question} Fill in “{name}”", question=QUESTION[question], name=field(question, parameter))
            )
    if "seconds" in known:
        found.setdefault("seconds", SECONDS if math.isinf(known["seconds"].default) else known["seconds"].default)
    return found


def _read(question: str, parameter: inspect.Parameter, value: Any) -> Any:
    what = kind(question, parameter)
    if isinstance(what, tuple) and parameter.name in SEVERAL:
        return _listed(value)
    if what in LISTS:
        listed = _listed(value)
        if what == "numbers":
            return [_number(each, field(question, parameter)) for each in listed]
        if what == "blocks":
            return [[part.strip() for part in str(each).split("+")] for each in listed]
        return [str(each) for each in listed]
    if what == "flag":
        return value in (True, "true", "yes", "1", "on")
    if what == "number":
        number = _number(value, field(question, parameter))
        whole = str(parameter.annotation).startswith("int")
        if whole and number != int(number):
            raise InputError(
                tell("“{name}” is a whole number; found {value}", name=field(question, parameter), value=value)
            )
        return int(number) if whole else number
    if what in ("concepts_by_actor", "numbers_by_actor", "doubts"):
        pairs = (
            dict(value)
            if isinstance(value, Mapping)
            else dict(each.split("=", 1) if "=" in each else (each, "") for each in _listed(value))
        )
        if what == "numbers_by_actor":
            return {key: _number(each, field(question, parameter)) for key, each in pairs.items()}
        return {
            str(key).strip(): _doubt(each) if what == "doubts" else str(each).strip() for key, each in pairs.items()
        }
    if not isinstance(value, str | int | float):
        raise InputError(
            tell("“{name}” is a text; found {value}", name=field(question, parameter), value=json.dumps(value)[:60])
        )
    return str(value)


def _doubt(how: Any) -> Any:
    text = str(how).strip()
    if text in ("", "on", "true"):
        return True
    return False if text in ("off", "false") else text


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [each.strip() for each in value.split(",") if each.strip()]
    if isinstance(value, list | tuple):
        return list(value)
    return [value]


def _number(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(tell("“{name}” is a number; found {value}", name=name, value=repr(value)[:40]))
    return number


def circumstances(scenario: Any, given: Mapping[str, Any]) -> Circumstances:
    """What the page sends, `{readings, world, platform, start, hold, rules, sanctions}`, as circumstances; empty is unsaid."""
    known = {"readings", "world", "platform", "start", "hold", "rules", "sanctions"}
    said = {key: value for key, value in given.items() if value not in (None, "", [], {})}
    if strange := set(said) - known:
        raise InputError(
            tell(
                "circumstances are {known}; found {strange}",
                known=", ".join(sorted(known)),
                strange=", ".join(sorted(map(repr, strange)))[:80],
            )
        )
    if not isinstance(said.get("readings", {}), dict):
        raise InputError(tell("`readings` is a mapping from actors to readings"))
    if isinstance(said.get("rules"), str):
        said["rules"] = [said["rules"]]
    return Circumstances.written(scenario, **said)
