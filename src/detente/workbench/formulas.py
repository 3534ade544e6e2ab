"""Formulas while they are typed: which names fit at a place, what is wrong and where, and what the formula says in plain words.

Places are counted as browsers count them, in units of UTF-16.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from detente.errors import FormulaError, InputError, ScenarioError
from detente.messages import Messages, later, tell
from detente.present.words import Words
from detente.scenario.model import Scenario
from detente.scenario.read import check_text, examine
from detente.scenario.text.page import Page
from detente.workbench.forms import NAMES, class_at

MOST = 200
"""Words offered at once."""

LOGIC: Mapping[str, str] = Messages(
    {
        "not": later("the opposite"),
        "and": later("both"),
        "or": later("one or both"),
        "if": later("the first, where the second holds"),
        "iff": later("both or neither"),
        "true": later("always"),
        "false": later("never"),
        "at least 1 of (": later("some of several"),
        "at most 1 of (": later("not too many of several"),
        "exactly 1 of (": later("so many of several"),
    }
)
"""The words of formulas, with what they mean."""

_COMPARED = re.compile(r"([A-Za-z_][\w.]*)\s*(?:=|!=|in\s*\{[^}]*)\s*$")
_PLACE = re.compile(r"[A-Za-z0-9_.]*$")


def units(text: str) -> int:
    """How long a text is for a browser."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def offset(text: str, unit: int) -> int:
    """The place in a text that a browser counts so."""
    if text.isascii():
        return min(max(unit, 0), len(text))
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * max(unit, 0)].decode("utf-16-le", "ignore"))


# --- completion -------------------------------------------------------------------------------------------------------


def complete(text: str, at: int, names: Mapping[str, Any] | None, data: Any, whole: bool) -> dict[str, Any]:
    """The words that fit at a place of a formula, or of the whole text of a file."""
    before = text[: offset(text, at)]
    found = _PLACE.search(before)
    started = found[0] if found else ""
    known = names or _names(data)
    words = _in_text(before, started, known) if whole else _in_formula(before.removesuffix(started), known)
    fitting = [each for each in words if each["word"].startswith(started) or started.lower() in each["name"].lower()]
    fitting.sort(key=lambda each: not each["word"].startswith(started))
    return {"from": at - units(started), "to": at, "words": fitting[:MOST]}


def _names(data: Any) -> dict[str, Any]:
    """What can be named in a file that cannot be read at the moment, from its data alone."""
    found: dict[str, list[dict[str, Any]]] = {"options": [], "outcomes": [], "actors": [], "sources": [], "claims": []}
    if not isinstance(data, Mapping):
        return found
    for actor, told in (data.get("actors") or {}).items() if isinstance(data.get("actors"), Mapping) else ():
        part = told if isinstance(told, Mapping) else {}
        found["actors"].append({"id": actor, "name": str(part.get("name") or actor)})
        for option, said in (part.get("options") or {}).items() if isinstance(part.get("options"), Mapping) else ():
            name = (
                said
                if isinstance(said, str)
                else str((said or {}).get("name") or option)
                if isinstance(said, Mapping)
                else option
            )
            choices = said.get("choices") if isinstance(said, Mapping) else None
            found["options"].append(
                {"id": option, "name": name, "actor": actor, **({"choices": list(choices)} if choices else {})}
            )
    for kind in ("outcomes", "sources", "claims"):
        if isinstance(data.get(kind), Mapping):
            found[kind] = [{"id": key, "name": key} for key in data[kind]]
    return found


def _word(word: str, name: str, kind: str) -> dict[str, str]:
    return {"word": word, "name": name, "kind": kind}


def _in_formula(before: str, names: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    compared = _COMPARED.search(before)
    if compared:
        for option in names["options"]:
            if compared[1] in (option["id"], f"{option['actor']}.{option['id']}"):
                for choice in option.get("choices", ()):
                    yield _word(choice, option["name"], "choice")
        return
    for option in names["options"]:
        yield _word(option["id"], option["name"], "option")
    for outcome in names["outcomes"]:
        yield _word(outcome["id"], outcome["name"], "outcome")
    for state in names.get("states", ()):
        if isinstance(state.get("written"), str):
            yield _word(state["written"], state["name"], "state")
    for word, meaning in LOGIC.items():
        yield _word(word, meaning, "logic")


_KEY = re.compile(r"^(\s*)((?:-\s+)*)([A-Za-z_][\w-]*|'[^']*'|\"[^\"]*\")\s*:")


def _in_text(before: str, started: str, names: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """At the start of an entry the keys that can stand there, else what a formula or a list may name."""
    lines = before.split("\n")
    last = lines[-1][: len(lines[-1]) - len(started)]
    path = _path(lines)
    if not last.strip(" -"):
        cls = class_at(path)
        if cls is not None:
            for name, info in cls.model_fields.items():
                yield _word(f"{info.alias or name}: ", tell(info.description or ""), "key")
        if cls is None or path[-1:] in (("priorities",), ("now",)) or last.strip().startswith("-"):
            yield from _in_formula(last, names)
        return
    entry = _KEY.match(lines[-1])
    listed = NAMES.get(entry[3], "") if entry else ""
    if listed in ("sources", "claims", "actors", "worlds", "partnerships", "platforms"):
        for each in names.get(listed, ()):
            yield _word(each["id"], each["name"], listed.removesuffix("s"))
        return
    yield from _in_formula(last, names)


def _path(lines: list[str]) -> tuple[str | int, ...]:
    """The path of the mapping that a last line belongs to, by the indents above it."""
    here = len(lines[-1]) - len(lines[-1].lstrip(" "))
    lead = lines[-1].lstrip(" ")
    path: list[str | int] = []
    if lead.startswith("- "):
        path.append(0)
    for line in reversed(lines[:-1]):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        dashed = line.lstrip(" ").startswith("- ")
        key = _KEY.match(line)
        if indent < here or (indent == here and path[:1] == [0] and key and not dashed):
            if dashed and not (key and not key[2]):
                path.insert(0, 0)
                inner = indent + 2
                if key and inner < here:
                    path.insert(1, key[3].strip("'\""))
                here = indent
                continue
            if key:
                path.insert(0, key[3].strip("'\""))
                here = indent
        if not here:
            break
    return tuple(path)


# --- what is wrong, and what it says --------------------------------------------------------------------------------------


def check(formula: str, data: Any, path: str, where: Any = None) -> dict[str, Any]:  # noqa: ARG001 (where it stands may matter once)
    """What is wrong with a formula in this scenario, at the character; else what it says."""
    if not isinstance(data, Mapping):
        return {"problems": [], "says": ""}
    scenario = _scenario(_frozen(data), path)
    if scenario is None or not formula.strip():
        return {"problems": [], "says": ""}
    try:
        bound = scenario.formula(formula)
    except FormulaError as error:
        message, _, hint = error.message.partition("; ")
        start = units(formula[: error.column])
        rest = re.match(r"[\w.]+|\S", formula[error.column :])
        return {
            "problems": [
                {"from": start, "to": start + units(rest[0] if rest else ""), "message": message, "hint": hint}
            ],
            "says": "",
        }
    except InputError as error:
        message, _, hint = str(error).partition("; ")
        return {"problems": [{"from": 0, "to": units(formula), "message": message, "hint": hint}], "says": ""}
    try:
        says = Words(scenario).formula(bound, None)
    except InputError:
        says = ""
    return {"problems": [], "says": says}


class _Held:
    """Data as an argument that is remembered: the same while it is the same value."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.data is self.data

    def __hash__(self) -> int:
        return id(self.data)


def _frozen(data: Any) -> _Held:
    return _Held(data)


@lru_cache(maxsize=4)
def _scenario(held: _Held, path: str) -> Scenario | None:
    """The scenario of the data, as far as it can be read: names are known though something else is wrong."""
    try:
        return examine(Page.of(held.data, Page("", path)), name=Path(path).stem)[0]
    except (ScenarioError, InputError):
        return None


def text_problems(text: str) -> list[dict[str, Any]]:
    """What is wrong with a text that is not YAML yet."""
    return [
        {
            "severity": each.severity,
            "code": each.code,
            "message": each.message,
            "hint": "",
            "line": each.line,
            "column": each.column,
            "path": [],
        }
        for each in check_text(text)[:50]
    ]
