"""What could be written for an option that is missing, from the model that is asked about."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import click

from detente.cli.shared import FLAGSHIP, STREAM
from detente.messages import tell

if TYPE_CHECKING:
    from detente.scenario.model import Scenario

MOST = 6
"""Names listed at most."""


def _actors(scenario: Scenario) -> tuple[str, Iterable[str]]:
    return "actors", [actor.id for actor in scenario.actors if actor.options] or [a.id for a in scenario.actors]


def _goals(scenario: Scenario) -> tuple[str, Iterable[str]]:
    return ("outcomes", scenario.outcomes) if scenario.outcomes else ("options", scenario.variables())


def _promises(scenario: Scenario) -> tuple[str, Iterable[str]]:
    return ("platforms", scenario.platforms) if scenario.platforms else ("options", scenario.variables())


def _statements(scenario: Scenario) -> tuple[str, Iterable[str]]:
    first = next((actor for actor in scenario.actors if actor.readings), None)
    if first is None:
        return "aims", ()
    return tell("aims of {id}", id=first.id), map(str, first.default_reading.statements)


def _pairs(scenario: Scenario) -> tuple[str, Iterable[str]]:
    actors = [actor.id for actor in scenario.actors]
    return tell("pairs of actors"), [f"{one},{other}" for one, other in itertools.pairwise(actors)]


NAMES: Mapping[str, Callable[[Scenario], tuple[str, Iterable[str]]]] = {
    "by": _actors,
    "actor": _actors,
    "goal": _goals,
    "of": _goals,
    "promise": _promises,
    "statement": _statements,
    "blocks": _pairs,
}
"""What of a model an option names."""


def example_of(missing: click.MissingParameter) -> str:
    """An example for a required option, with what else there is in the model; nothing where none can be made."""
    from detente.errors import InputError
    from detente.scenario import load

    option = missing.param
    known = NAMES.get(option.name or "") if isinstance(option, click.Option) else None
    source = (missing.ctx.params.get("source") or FLAGSHIP) if missing.ctx else FLAGSHIP
    if option is None or known is None or source == STREAM:
        return ""
    try:
        kind, names = known(load(source))
    except (InputError, OSError):
        return ""
    found = list(names)
    if not found:
        return ""
    more = ", ..." if len(found) > MOST else ""
    return tell(
        "For example {opts} {quote} ({kind}: {found}{more})",
        opts=option.opts[-1],
        quote=shlex.quote(found[0]),
        kind=kind,
        found=", ".join(found[:MOST]),
        more=more,
    )
