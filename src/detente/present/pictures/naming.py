"""What a picture calls a state: how it differs from today, in the names of the options."""

from __future__ import annotations

from collections.abc import Mapping

from detente.analysis import Analysis
from detente.messages import tell
from detente.present.names import isolated, setting
from detente.scenario.model import Scenario


def settings(scenario: Scenario, found: Mapping[str, int | str | bool]) -> tuple[str, ...]:
    """Settings in few words, in file order."""
    return tuple(setting(option, found[option.key]) for option in scenario.options if option.key in found)


def differences(analysis: Analysis, cell: int) -> tuple[str, ...]:
    """What is otherwise than today in a state; where there is no today, what is on; in graph form, its name."""
    conflict = analysis.conflict
    if conflict.graph:
        return (isolated(analysis.text(cell)),)
    there = conflict.settings(cell)
    if conflict.now is None:
        on = {
            o.key: there[o.key] for o in analysis.scenario.options if o.key in there and (there[o.key] or not o.binary)
        }
        return settings(analysis.scenario, on) or (tell("nothing is on"),)
    now = conflict.settings(conflict.now)
    return settings(analysis.scenario, {key: value for key, value in there.items() if value != now[key]}) or (
        tell("as today"),
    )


def named(analysis: Analysis, cell: int) -> tuple[str, ...]:
    """The same with the state's name before it, if it has one."""
    name, told = analysis.conflict.state_names.get(cell), differences(analysis, cell)
    return told if not name or analysis.conflict.graph else (f"{isolated(name)}: {told[0]}", *told[1:])
