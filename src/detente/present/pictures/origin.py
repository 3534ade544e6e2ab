"""The line below a picture: which model it is of, whose readings it takes, and what drew it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from detente.case import Basis
from detente.messages import tell
from detente.present.names import Names, isolated
from detente.scenario.model import Scenario
from detente.sheet import listed
from detente.version import __version__


def origin(
    scenario: Scenario, readings: Mapping[str, str] | None = None, hash_: str = "", varied: Iterable[str] = ()
) -> str:
    """The source line. Of the readings only those are named that had rivals; those `varied` in the picture are not taken."""
    names, taken = Names.of(scenario), dict(readings or {})
    all_of = [names.the(actor) for actor in varied]
    said = [
        tell("{id} as {id2}", id=names.name(actor.id), id2=names.reading(actor.id, taken[actor.id]))
        for actor in scenario.actors
        if actor.id in taken and len(actor.readings) > 1 and actor.id not in set(varied)
    ]
    parts = [
        tell(
            "Source: {title} (model {name}{word})",
            title=isolated(scenario.title),
            name=scenario.name,
            word=f", {hash_[:8]}" if hash_ else "",
        )
    ]
    parts += [tell("all readings of {all_of}", all_of=listed(all_of))] if all_of else []
    chosen = ", ".join(said)
    if chosen:
        parts.append(tell("others: {chosen}", chosen=chosen) if all_of else tell("readings: {chosen}", chosen=chosen))
    return f"{'; '.join(parts)}. Détente {__version__}"


def origin_of(basis: Basis, scenario: Scenario, varied: Iterable[str] = ()) -> str:
    """The source line of an answer."""
    return origin(scenario, basis.readings, basis.hash, varied)
