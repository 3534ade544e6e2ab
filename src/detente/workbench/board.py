"""A board for a session in one room: seats by codes, private role cards, moves proposed by seats and ruled on by the umpire.

A board is opened over a model as it is then; later edits of the file do not touch it. Whoever has the code of a seat sits
there, and two may share one. What is shown to the seats, the state and what the model expects of it, the umpire decides.
Every move that is taken is in the log at once, in the form that `detente.scenario.movelog` reads, in `.detente/` beside the
file; a person's name stands there only if it was typed.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis import IN_FULL
from detente.case import Case
from detente.errors import InputError
from detente.files import write_whole
from detente.messages import tell
from detente.present.kit.roles import players, roles, situation
from detente.present.words import Words
from detente.scenario.model import Scenario
from detente.scenario.text.edit import text_of
from detente.sheet import listed
from detente.workbench.answers import html_of
from detente.workbench.documents import Refused

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What codes are made of: nothing that is taken for another."""

MOST_MOVES, MOST_NOTE = 2_000, 500
"""Moves of a session, and characters of a note or a name."""


def code(length: int = 8) -> str:
    """A code that nobody guesses."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


@dataclass
class Move:
    """What somebody proposed; `status` is proposed, taken or refused."""

    id: int
    turn: int
    by: str
    settings: Mapping[str, int]
    note: str
    person: str
    status: str = "proposed"
    ruling: str = ""


@dataclass
class Board:
    """A session: the case, where it stands, who may do what, and what happened."""

    file: str
    case: Case
    log: Path
    id: str = field(default_factory=lambda: code(6))
    umpire: str = field(default_factory=code)
    seats: dict[str, str] = field(default_factory=dict)
    people: dict[str, set[str]] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    shown: dict[str, bool] = field(default_factory=lambda: {"now": True, "expects": False})
    closed: bool = False
    state: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, file: str, scenario: Scenario, folder: Path, clock: Callable[[], float] = time.time) -> Board:
        """A board over a scenario. Raises `Refused` for a model that cannot be played by options."""
        case = Case(scenario)
        if scenario.graph or not isinstance(scenario.now, Mapping):
            raise Refused(tell("a board needs options and a state of today (`now:`); this model has not both"))
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(clock()))
        made = cls(file, case, folder / f"{Path(file).name}.logs" / f"{stamp}.yaml")
        made.seats = {actor.id: code() for actor in players(scenario)}
        made.state = dict(case.at_rest)
        return made

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    @property
    def words(self) -> Words:
        return Words(self.scenario)

    @property
    def turn(self) -> int:
        return 1 + sum(each.status == "taken" for each in self.moves)

    def who(self, given: str) -> str | None:
        """Whose code this is: an actor's, or "" for the umpire's; None for nobody's."""
        if secrets.compare_digest(given.encode(), self.umpire.encode()):
            return ""
        found = [actor for actor, each in self.seats.items() if secrets.compare_digest(given.encode(), each.encode())]
        return found[0] if found else None

    # --- what happens ---

    def propose(self, seat: str, wanted: Mapping[str, Any]) -> Move:
        """A move of a seat, or one that the umpire enters for an actor. Raises `InputError` for options of others."""
        if self.closed or len(self.moves) >= MOST_MOVES:
            raise Refused(tell("this session is over"), 409)
        by = seat or str(wanted.get("by") or "")
        if by not in self.seats:
            raise Refused(tell("who moves? `by` is one of {seats}", seats=", ".join(self.seats)))
        given = wanted.get("set") or []
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given) or len(given) > 200:
            raise Refused(tell("a move is a list of settings, such as “us_arm = none”"))
        settings = dict(self.scenario.settings(", ".join(given))) if given else {}
        foreign = [key for key in settings if self.scenario.option(key).actor != by]
        if foreign:
            raise Refused(tell("{options} cannot be moved from this seat", options=listed(foreign)), 403)
        note, person = (str(wanted.get(key) or "")[:MOST_NOTE] for key in ("note", "person"))
        move = Move(len(self.moves) + 1, self.turn, by, settings, note, person)
        self.moves.append(move)
        return move

    def rule(self, number: int, take: bool, note: str) -> None:
        """The umpire's ruling. What is taken, with what follows by the rules, is where play stands now, and is in the log."""
        move = next((each for each in self.moves if each.id == number and each.status == "proposed"), None)
        if move is None:
            raise Refused(tell("there is no such proposal any more"), 409)
        if take:
            state = self._after(move.settings)
            if state is None:
                raise Refused(tell("no state of the model is like this; refuse it, or enter another"), 409)
            self.state = state
            move.turn = self.turn
        move.status, move.ruling = ("taken" if take else "refused"), note[:MOST_NOTE]
        if take:
            self._write()

    def show(self, now: object, expects: object) -> None:
        """What the seats may see."""
        self.shown = {"now": now is True, "expects": expects is True}

    def _after(self, settings: Mapping[str, int]) -> dict[str, int] | None:
        """Where a move leads; None where no state is like that."""
        conflict = self.case.game.conflict
        try:
            landed = int(conflict.rest(np.array([conflict.cell({**self.state, **settings})], dtype=np.int64))[0])
        except InputError:
            return None
        return None if landed < 0 else dict(conflict.settings(landed))

    def legal(self, move: Move) -> bool:
        """Whether the model lets the actor make this move from here; no move at all is always one."""
        conflict = self.case.game.conflict
        after = self._after(move.settings)
        if after is None or not move.settings:
            return after is not None
        here = np.array([conflict.cell(self.state)], dtype=np.int64)
        _, reached = conflict.successors(here, conflict.index(move.by))
        return conflict.cell(after) in reached.tolist()

    def log_text(self) -> str:
        """The moves taken, as a log is read."""
        moves: list[dict[str, Any]] = []
        for each in self.moves:
            if each.status == "taken":
                entry: dict[str, Any] = {"turn": str(each.turn), "by": each.by}
                if each.settings:
                    entry["set"] = [self._setting(key, value) for key, value in each.settings.items()]
                says = ": ".join(part for part in (each.person, each.note) if part)
                moves.append({**entry, **({"says": says} if says else {})})
        return text_of({"title": self.scenario.title, "moves": moves})

    def _setting(self, key: str, value: int) -> str:
        option = self.scenario.option(key)
        if option.binary:
            return key if value else f"not {key}"
        return f"{key} = {option.choices[value]}"

    def _write(self) -> None:
        try:
            self.log.parent.parent.mkdir(mode=0o700, exist_ok=True)
            self.log.parent.mkdir(exist_ok=True)
            write_whole(self.log, self.log_text())
        except OSError as error:
            raise Refused(
                tell("the log cannot be written: {why}; the move is taken", why=error.strerror), 507
            ) from None

    # --- what is seen ---

    def view(self, seat: str) -> dict[str, Any]:
        """What a seat sees, or the umpire (""): of others' cards and codes, and of what is hidden, a seat sees nothing."""
        umpire, words = seat == "", self.words
        text = self.case.state_text(self.state)
        now = {"label": text, "name": words.state_read(self._codes()), "words": words.state(self.state)}
        seen = [each for each in self.moves if umpire or each.status == "taken" or each.by == seat]
        return {
            "file": self.file,
            "title": self.scenario.title,
            "situation": situation(self.scenario),
            "you": {"role": "umpire"} if umpire else {"role": "seat", "actor": seat, "name": words.names.name(seat)},
            "turn": self.turn,
            "now": now if umpire or self.shown["now"] else None,
            "options": [self._option(option, seat) for option in self.scenario.options],
            "card": None if umpire else self._card(seat),
            "expects": self._expects() if umpire or self.shown["expects"] else None,
            "shown": dict(self.shown),
            "seats": [
                {
                    "actor": actor,
                    "name": words.names.name(actor),
                    "people": len(self.people.get(actor, ())),
                    **({"code": each} if umpire else {}),
                }
                for actor, each in self.seats.items()
            ],
            "moves": [self._told(each, umpire) for each in seen],
            "log": self.log_text() if umpire else None,
            "closed": self.closed,
        }

    def _option(self, option: Any, seat: str) -> dict[str, Any]:
        known = seat == "" or self.shown["now"] or option.actor == seat
        value = self.state[option.key]
        choices = [{"id": each, "name": option.choice_names.get(each, each)} for each in option.choices]
        return {
            "id": option.key,
            "name": self.words.names.options[option.key],
            "actor": option.actor,
            "choices": None if option.binary else choices,
            "value": (bool(value) if option.binary else option.choices[value]) if known else None,
            "may": (seat in ("", option.actor)) and option.change != "fixed",
        }

    def _codes(self) -> str:
        """The state as tables write it, `us_arm=full ru_link`: what `state_read` reads, as a difference from today."""
        on = [
            option.key if option.binary else f"{option.key}={option.choices[self.state[option.key]]}"
            for option in self.scenario.options
            if self.state[option.key] or not option.binary
        ]
        return " ".join(on) or "all off"

    def _card(self, seat: str) -> str:
        leaves = roles(self.case, [seat]).leaves
        return html_of(self.case, [sheet for leaf in leaves for sheet in leaf.sheets(False)])

    def _told(self, move: Move, umpire: bool) -> dict[str, Any]:
        words = self.words
        done = words.move(move.settings) if move.settings else tell("passes")
        return {
            "id": move.id,
            "turn": move.turn,
            "by": move.by,
            "name": words.names.name(move.by),
            "person": move.person,
            "words": done,
            "note": move.note,
            "status": move.status,
            "ruling": move.ruling,
            **({"legal": self.legal(move)} if umpire and move.status == "proposed" else {}),
        }

    def _expects(self) -> str | None:
        """Where foresight play leads from here; nothing of a model that is too large to say so at once."""
        try:
            if self.case.game.conflict.count > IN_FULL:
                return None
            analysis = self.case.analyse(("nash", "seq"))
            ends = analysis.play("foresight", self.case.game.conflict.cell(self.state)).ends
        except InputError:
            return None
        said = [self.words.state_read(analysis.text(int(cell))) for end in ends for cell in end]
        here = [int(cell) for end in ends for cell in end] == [self.case.game.conflict.cell(self.state)]
        if here:
            return tell("Nobody who looks ahead would leave this state.")
        return tell("If actors look ahead, play ends with: {ends}.", ends="; ".join(said[:5]))
