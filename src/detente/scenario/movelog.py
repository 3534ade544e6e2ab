"""A log of moves, as an umpire keeps it: one entry per move, in the order played.

As YAML, a list under `moves`; as CSV, a line per move below a header. An entry says the `turn` (or `date`; left out: its
number), `by` whom, and either `set`, the options that changed, or `to`, the state reached (the only way in graph form). An
entry with neither is a pass. `says` is for people.

```yaml
moves:
  - {turn: 1, by: us, set: [us_arm = none, us_recog = granted], says: Washington tries the package}
  - {turn: 2, by: nk}
```

How to use it: `read_moves(path, scenario)`, or `moves_of(text, scenario, file)`. All problems are reported at once, each
with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from detente.errors import FormulaError, InputError, Problem, ScenarioError, UnknownName, did_you_mean
from detente.messages import later, tell
from detente.scenario.model import Place, Scenario
from detente.scenario.read import read_file
from detente.scenario.text import yaml_tree as yamltree
from detente.scenario.text.page import Node, Page
from detente.spreadsheet import read as read_table

NOWHERE = Place()

FIELDS = ("turn", "date", "by", "set", "to", "says")
"""What an entry can say."""

HEAD = ("moves", "title", "says")
"""What a file can say."""

EXPECTED = later("expected `moves:` and a list below it, such as `- {turn: 1, by: us, set: [us_arm = none]}`")


@dataclass(frozen=True)
class Played:
    """One entry: `settings` it made, or the state `to` which it led; neither is a pass. `place` is where it stands."""

    turn: str
    by: str
    settings: Mapping[str, int]
    to: str = ""
    says: str = ""
    file: str = ""
    place: Place = NOWHERE

    @property
    def passes(self) -> bool:
        return not (self.settings or self.to)

    @property
    def where(self) -> str:
        """`game.yaml:4`, for messages."""
        return ":".join(str(part) for part in (self.file, self.place.line) if part)


@dataclass(frozen=True)
class _Entry:
    """What one entry says, as text, and where each field stands."""

    texts: Mapping[str, str]
    place: Place
    places: Mapping[str, Place]


def read_moves(path: str | Path, scenario: Scenario) -> tuple[Played, ...]:
    """The moves of a file. Raises `ScenarioError` with every problem, each with line and column."""
    if not isinstance(scenario, Scenario):
        raise InputError(
            tell("moves are read for a scenario, such as `study.scenario`; found {name}", name=type(scenario).__name__)
        )
    if not isinstance(path, str | Path):
        raise InputError(tell("moves are read from the path of a file; found {name}", name=type(path).__name__))
    return moves_of(read_file(path), scenario, str(path))


def moves_of(text: str, scenario: Scenario, file: str = "", *, nobody: bool = False) -> tuple[Played, ...]:
    """The moves of a text, a table or YAML, whichever it is. Linear in the text.

    With `nobody` an entry may name no actor, if it sets nothing: then it says that nobody moved.
    """
    problems: list[Problem] = []
    entries = _from_table(text, file, problems) if _is_table(text, file) else _from_yaml(text, file, problems)
    moves = [_played(entry, number, scenario, file, problems, nobody) for number, entry in enumerate(entries, start=1)]
    if problems:
        raise ScenarioError(problems)
    return tuple(moves)


# --- from the two forms to entries ------------------------------------------------------------------------------


def _from_yaml(text: str, file: str, problems: list[Problem]) -> list[_Entry]:
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "-")
    if first.lstrip().startswith("-"):
        raise ScenarioError([_problem(file, Place(1, 1), tell(EXPECTED))])
    page = yamltree.read(text, file)
    assert isinstance(page.root.value, dict)
    problems += [
        _problem(
            file,
            page.place(page.at_key((key,))),
            tell("unknown key '{key}'{did_you_mean}", key=key, did_you_mean=did_you_mean(key, HEAD)),
        )
        for key in page.root.value
        if key not in HEAD
    ]
    listed = page.root.step("moves")
    if listed is None or not isinstance(listed.value, list):
        raise ScenarioError([*problems, _problem(file, Place(1, 1), tell(EXPECTED))])
    return [_yaml_entry(page, number, node, problems) for number, node in enumerate(listed.value)]


def _yaml_entry(page: Page, number: int, node: Node, problems: list[Problem]) -> _Entry:
    here = page.place(node.start)
    if not isinstance(node.value, dict):
        problems.append(
            _problem(
                page.file,
                here,
                tell("a move is a mapping such as {{by: us, set: [us_arm = none]}}; this is {kind}", kind=node.kind),
            )
        )
        return _Entry({}, here, {})
    places = {key: page.place(page.at(("moves", number, key))) for key in node.value}
    for key in set(node.value) - set(FIELDS):
        where = page.place(page.at_key(("moves", number, key)))
        problems.append(
            _problem(
                page.file,
                where,
                tell("unknown key '{key}'{did_you_mean}", key=key, did_you_mean=did_you_mean(key, FIELDS)),
            )
        )
    return _Entry({key: _text(value) for key, value in node.value.items()}, here, places)


def _text(node: Node) -> str:
    if isinstance(node.value, list):
        return ", ".join(filter(None, map(_text, node.value)))
    return node.value if isinstance(node.value, str) else ""


def is_log(text: str, file: str) -> bool:
    """Whether a text is a log of moves, in either form, and no table of another kind."""
    first = next((line for line in text.splitlines() if line.strip()), "").lower()
    cells = {cell.strip(" \"'") for cell in re.split("[,;\t]", first)}
    return not _is_table(text, file) or "by" in cells


def _is_table(text: str, file: str) -> bool:
    """Whether a log is a table: by its first line, whatever the file is called; else by the end of its name."""
    lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
    first = next((line for line in lines if line and not line.lower().startswith(("#", "sep="))), "")
    if re.match(r"""["']?(moves|title|says)["']?[ \t]*:|[-{]""", first):
        return False
    cells = {cell.strip(" \"'").lower() for cell in re.split("[,;\t]", first)}
    return len(cells & set(FIELDS)) > 1 or "by" in cells or file.lower().endswith((".csv", ".tsv", ".tab"))


def _from_table(text: str, file: str, problems: list[Problem]) -> Iterator[_Entry]:
    table = read_table(text, file)
    names, here = [name.lower() for name in table.header], Place(table.line, 1)
    if "by" not in names:
        shown = table.separator.join(table.header)
        problems.append(
            _problem(file, here, tell("expected a header such as turn,by,set,says; found {shown}", shown=repr(shown)))
        )
        return
    if "" in names:
        problems.append(
            _problem(file, here, tell("column {index} has no name; name it, or delete it", index=names.index("") + 1))
        )
    problems += [
        _problem(
            file,
            here,
            tell("unknown column '{name}'{did_you_mean}", name=name, did_you_mean=did_you_mean(name, FIELDS)),
        )
        for name in names
        if name and name not in FIELDS
    ]
    for row in table.rows:
        texts = dict(zip(names, row.cells, strict=True))
        if table.separator != ";" and "set" in texts:  # a list of settings in a table that parts its columns by commas
            texts["set"] = texts["set"].replace(";", ",")
        yield _Entry(texts, Place(row.line, 1), {})


# --- from entries to moves --------------------------------------------------------------------------------------


def _played(entry: _Entry, number: int, scenario: Scenario, file: str, problems: list[Problem], nobody: bool) -> Played:
    said = entry.texts
    by, settings, to = said.get("by", "").strip(), dict[str, int](), said.get("to", "").strip()

    def wrong(field: str, message: str) -> None:
        problems.append(_problem(file, entry.places.get(field, entry.place), message))

    known = [actor.id for actor in scenario.actors]
    if not by and nobody and not to and not said.get("set"):
        pass
    elif not by:
        wrong("by", tell("nobody is named: add `by:`, one of {known}", known=", ".join(known)))
    elif by not in known:
        wrong("by", str(UnknownName("actor", by, known)))
    if to and said.get("set"):
        wrong("to", tell("a move has `set`, the options that changed, or `to`, the state reached; not both"))
    if said.get("set") and scenario.graph:
        wrong("set", tell("this model is in graph form and has no options: name the state reached with `to`"))
    elif said.get("set"):
        settings = _settings(scenario, said["set"], lambda message: wrong("set", message))
    if to and scenario.graph and to not in scenario.graph.states:
        wrong("to", str(UnknownName("state", to, scenario.graph.states)))
    turn = said.get("turn") or said.get("date") or str(number)
    return Played(turn, by, settings, to, said.get("says", ""), file, entry.place)


def _settings(scenario: Scenario, text: str, wrong: Callable[[str], None]) -> dict[str, int]:
    try:
        return scenario.settings(text)
    except FormulaError as error:
        wrong(f"'{text}': {error.message}")
    except InputError as error:
        wrong(str(error))
    return {}


def _problem(file: str, place: Place, message: str) -> Problem:
    return Problem(place.line, place.column, "error", "move", message, file)
