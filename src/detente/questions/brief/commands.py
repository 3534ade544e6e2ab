"""A case, and a question asked of it, as whoever types would say them.

How to use it: `source_of(case)` is the scenario with its circumstances, `command(...)` the whole line.

>>> from detente.case import Policy
>>> from detente.scenario import load
>>> case = Case(load("chicken")).under(Policy(hold={"first_swerves": 0}))
>>> command(case, "types", goal="crash", play="myopic")
"detente types chicken --goal crash --play myopic --hold 'not first_swerves'"
"""

from __future__ import annotations

import shlex
from pathlib import Path

from detente.case import Case
from detente.case.command_line import circumstances_of
from detente.scenario import library
from detente.scenario.model import Scenario
from detente.scenario.read import sayable_name


def name_of(scenario: Scenario) -> str:
    """A bundled model by its name, a file by its own, without the folder it lies in."""
    name, path = scenario.name, scenario.path
    bundled = not path or (name in library.names() and library.text(name) == scenario.text)
    return name if bundled else shlex.quote(sayable_name(Path(path).name))


def command(case: Case, asked: str, **options: str | int | tuple[str, ...] | list[str] | None) -> str:
    """The line that asks a question; an option without a value is left out, a tuple is listed, and a list is an option each."""
    words = ["detente", asked, name_of(case.scenario)]
    for name, value in options.items():
        if isinstance(value, list):
            for each in value:
                words += [f"--{name}", shlex.quote(each)]
        elif value not in (None, ""):
            said = ",".join(value) if isinstance(value, tuple) else str(value)
            words += [f"--{name}", shlex.quote(said)]
    return " ".join([*words, *circumstances_of(case)])
