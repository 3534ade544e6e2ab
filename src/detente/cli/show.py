"""`detente show`: a scenario as it is, its states, rankings and moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import FORMATS, format_options, reading_options, scenario_argument
from detente.cli.shared import load, print_json, print_sheets, print_tables
from detente.errors import TooLarge

if TYPE_CHECKING:
    from detente.conflict import Conflict
    from detente.conflict.game import Game
    from detente.scenario.model import Actor, Reading, Scenario
    from detente.sheet import Sheet


@click.command(short_help="What is in a scenario: its states, rankings, moves, sources.")
@scenario_argument
@click.option("--states", is_flag=True, help="The states, numbered, and what removed the other combinations.")
@click.option(
    "--ranking", "rankings", multiple=True, metavar="ACTOR", help="An actor's states, best to worst; repeatable."
)
@click.option("--moves", "movers", multiple=True, metavar="ACTOR", help="An actor's moves from each state; repeatable.")
@click.option("--readings", "wants", is_flag=True, help="What each actor wants, in every reading.")
@click.option("--sources", is_flag=True, help="What the file cites.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Rows per table.")
@reading_options
@format_options(*FORMATS)
def show(source: str, form: str, **asked: Any) -> None:
    """Show a scenario: what is in the file or, with options, its states, rankings and moves."""
    from detente.present.json_documents import model_json

    scenario = load(source)
    page = _Page(scenario, scenario.choose(asked["readings"], asked["world"]), asked)
    if form == "json":
        document = {"name": scenario.name, "title": scenario.title} | dict(page.documents())
        print_json(document if page.parts else model_json(scenario, page.sized))
    elif form == "table":
        print_tables(page.sheets, scenario.title, *page.below())
    else:
        print_sheets(page.sheets(10_000), form)


@dataclass(frozen=True)
class _Page:
    """What was asked of one scenario."""

    scenario: Scenario
    chosen: dict[str, str]
    asked: dict[str, Any]

    @property
    def parts(self) -> bool:
        """Whether some part was asked for, not the description."""
        return any(self.asked[part] for part in ("states", "rankings", "movers", "wants", "sources"))

    @cached_property
    def game(self) -> Game:
        from detente.conflict.game import Game

        return Game.of(self.scenario, self.chosen)

    @property
    def conflict(self) -> Conflict:
        """The state space."""
        return self.game.conflict

    @property
    def sized(self) -> Conflict | None:
        """The state space; nothing if it is too large to build."""
        try:
            return self.conflict
        except TooLarge:
            return None

    def below(self) -> list[str]:
        """The lines under the title."""
        return [self.scenario.question] if self.parts else [self.scenario.question, self.scenario.about]

    def actors(self, option: str) -> Iterator[tuple[int, Actor, Reading]]:
        from detente.conflict.payoffs import check_merges

        readings = self.game.readings
        for name in self.asked[option]:
            place = self.conflict.index(name)
            check_merges(self.conflict, readings[place])
            yield place, self.scenario.actors[place], readings[place]

    def sheets(self, width: int) -> list[Sheet]:
        """The tables asked for; a description if none is."""
        from detente.conflict.overview import first_states, moves_from, removals
        from detente.present.tables import scenario as models

        if not self.parts:
            return list(models.description(self.scenario, self.sized))
        limit, found = self.asked["limit"], list[Any]()
        if self.asked["states"]:
            conflict = self.conflict
            found.append(models.states_sheet(conflict, first_states(conflict, limit), width))
            if removed := removals(self.scenario, conflict):
                found.append(models.removals_sheet(conflict, removed))
        for _, actor, reading in self.actors("rankings"):
            found += models.ranking_sheets(self.conflict, actor, reading, limit)
        for place, actor, reading in self.actors("movers"):
            moves = moves_from(self.conflict, reading, place, first_states(self.conflict, limit))
            found.append(models.moves_sheet(self.conflict, actor, moves))
        found += models.readings_sheets(self.scenario) if self.asked["wants"] else ()
        found += [models.sources_sheet(self.scenario)] if self.asked["sources"] else []
        return found

    def documents(self) -> Iterator[tuple[str, Any]]:
        """The same as keys and values of a JSON document."""
        from detente.present import json_documents as documents

        limit = self.asked["limit"]
        if self.asked["states"]:
            yield "states", documents.states_json(self.scenario, self.conflict, limit)
        if self.asked["rankings"]:
            ranked = self.actors("rankings")
            yield "rankings", {a.id: documents.ranking_json(self.conflict, r, limit) for _, a, r in ranked}
        if self.asked["movers"]:
            movers = self.actors("movers")
            yield "moves", {a.id: documents.moves_json(self.conflict, r, place, limit) for place, a, r in movers}
        if self.asked["wants"]:
            yield "readings", documents.readings_json(self.scenario)
        if self.asked["sources"]:
            yield "sources", documents.sources_json(self.scenario)
