"""A scenario and the questions asked of it, in one value.

`Study` is what `detente.load` returns. It is frozen; `with_` gives a changed copy, methods ask questions.

>>> import detente as dt
>>> study = dt.load("two_proxies")
>>> study.analyze().count("nash")
1
>>> study.with_(readings={"us": "carpenter"}).analyze().is_equilibrium("seq", study.analyze().cell())
False
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from detente.analysis import Analysis, analyse
from detente.scenario.model import Scenario
from detente.stability import Progress, quiet


@dataclass(frozen=True)
class Study:
    """A scenario with a choice of readings, world and sanction rule."""

    scenario: Scenario
    readings: Mapping[str, str] = field(default_factory=dict)
    world: str | None = None
    sanctions: str = "legal"

    def __post_init__(self) -> None:
        self.scenario.choose(self.readings, self.world)

    def with_(self, **changes: Any) -> Study:
        """A copy with other `readings` (added to the present ones), `world` or `sanctions`."""
        if "readings" in changes:
            changes["readings"] = {**self.readings, **changes["readings"]}
        return replace(self, **changes)

    def analyze(self, concepts: Iterable[str] | None = None, progress: Progress = quiet) -> Analysis:
        """Who is stable where, which states hold, and where play ends."""
        return analyse(
            self.scenario,
            readings=self.readings,
            world=self.world,
            concepts=concepts,
            sanctions=self.sanctions,
            progress=progress,
        )

    def _repr_html_(self) -> str:
        return self.analyze()._repr_html_()
