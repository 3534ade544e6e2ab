"""The claims register in other processes while this one asks everything else, for it takes longest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from detente.questions.claims.register import Register
from detente.questions.claims.statuses import label
from detente.scenario import library
from detente.sheet import Sheet
from detente.study import Study

HANDS = 2
"""Processes that share the claims."""


class Asked:
    """The claims of a study, being judged; `sheets()` waits for them."""

    def __init__(self, study: Study) -> None:
        self._study = study
        source = _source(study)
        ids = list(study.scenario.claims)
        hands = [ids[n::HANDS] for n in range(HANDS)] if source else []
        command = [sys.executable, "-m", "detente", "claims", source or ""]
        self._running = [
            subprocess.Popen(  # noqa: S603 (this program itself, on a file that was just read)
                [*command, *part, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
            )
            for part in hands
            if part
        ]

    def stop(self) -> None:
        """Nobody wants to know any more."""
        for each in self._running:
            if each.poll() is None:
                each.kill()
                each.wait()
            if each.stdout:
                each.stdout.close()

    def sheets(self) -> tuple[Sheet, ...]:
        """How many claims have which status, and the claims one by one."""
        rows = self._rows()
        return _counts(rows), _register(rows)

    def _rows(self) -> list[dict[str, Any]]:
        answers = [each.communicate()[0] for each in self._running]
        if not answers or any(each.returncode for each in self._running):
            return [row.to_json() for row in _here(self._study)]
        found = {row["id"]: row for answer in answers for row in json.loads(answer)["claims"]}
        return [found[name] for name in self._study.scenario.claims]


def _here(study: Study) -> Register:
    from detente.questions.claims import claims

    return claims(study)


def _source(study: Study) -> str | None:
    """What the command line calls this scenario, if it would find the very same."""
    scenario = study.scenario
    if study != Study(scenario):
        return None
    if scenario.name in library.names() and library.text(scenario.name) == scenario.text:
        return scenario.name
    path = Path(scenario.path)
    return scenario.path if path.is_file() and path.read_text(encoding="utf-8") == scenario.text else None


def _counts(rows: list[dict[str, Any]]) -> Sheet:
    statuses: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        statuses.setdefault(row["status"], []).append(row)
    cells = tuple((label(status), len(found), found[0]["agreement"]) for status, found in statuses.items())
    return Sheet("What became of the claims", ("status", "claims", "which means"), cells)


def _register(rows: list[dict[str, Any]]) -> Sheet:
    cells = tuple(
        (row["id"], row["says"], row["label"], row["because"], ", ".join([*row["source"], row["where"]]))
        for row in rows
    )
    return Sheet("Claim by claim", ("claim", "the author says", "status", "because", "said in"), cells)
