"""A record from a file: a log of moves kept by hand, or a table of coded events read by the rules of the model.

A log of moves (YAML or CSV, `detente.scenario.movelog`) names in each entry the date, by whom, and what was set; entries of one
date are one period, and an entry of nobody that sets nothing says that nobody moved. Any other table is read in the layout that
`events:` names (`detente.questions.history.events`).

How to use it: `record_of(case, ["june.yaml", "july.tsv"])` gives the events in the order of the files;
`history_text` writes what came in as the section `history:` of a model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from detente.case import Case
from detente.errors import InputError
from detente.messages import tell
from detente.questions.history.events import Incoming, events
from detente.scenario.model import Event
from detente.scenario.movelog import Played, is_log, moves_of
from detente.scenario.read import ENDINGS, read_file


def record_of(case: Case, files: Iterable[str | Path]) -> tuple[Event, ...]:
    """The events of the files, one after the other. Raises `InputError` for a file that is neither."""
    return tuple(event for file in files for event in _of_file(case, file))


def _of_file(case: Case, file: str | Path) -> Iterator[Event]:
    if Path(file).suffix.lower() in ENDINGS or _looks_like_a_log(file):
        for played in moves_of(read_file(file), case.scenario, str(file), nobody=True):
            yield _event(case, played)
    elif case.scenario.events is None:
        raise InputError(
            tell(
                "{file}: this is no log of moves (a table with the columns date, by, set), and the model has "
                "no `events:` that says what a row of another table means; write either",
                file=file,
            )
        )
    else:
        yield from events(case, [file]).history


def _looks_like_a_log(file: str | Path) -> bool:
    with Path(file).open("rb") as opened:
        head = opened.read(4096).decode("utf-8-sig", "replace")
    return is_log(head, str(file))


def _event(case: Case, played: Played) -> Event:
    settings = dict(played.settings)
    if played.to and case.game.conflict.graph is not None:
        settings = {"state": case.game.cell(played.to)}
    elif played.to:
        there = case.game.conflict.settings(case.game.cell(played.to))
        own = {option.key for option in case.scenario.actor(played.by).options} if played.by else set()
        settings = {key: value for key, value in there.items() if key in own}
    return Event(date=played.turn, by=played.by, settings=settings, says=played.says, place=played.place)


def history_text(case: Case, incoming: Incoming) -> str:
    """What came in as the section `history:` of the file."""
    lines = []
    for event in incoming.history:
        by = tell("by: {by}, ", by=event.by) if event.by else ""
        sets = tell("set: [{state_text}], ", state_text=case.state_text(event.settings)) if event.settings else ""
        says = json.dumps(event.says, ensure_ascii=False)
        lines.append(f'  - {{date: "{event.date}", {by}{sets}says: {says}}}\n')
    return "history:\n" + "".join(lines) if lines else "history: []\n"
