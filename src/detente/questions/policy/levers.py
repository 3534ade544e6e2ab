"""What an actor would have to change and hold to bring something about: minimal sufficient and necessary levers.

The mathematics. Let an actor, or a coalition, hold all its options: then none of its members moves any more. A *lever set*
is a set of own options switched from the status quo (for an option with choices: to one other choice), the rest being held
as they are. It is *sufficient* for a goal if the goal is true in ALL states where the others' play then ends; *minimal* if
no part of it is sufficient. Larger sets may fail, and are listed when they do. A lever is *necessary* if it is in every
sufficient set: without it the goal is out of reach by holding alone.

A setting that no feasible state has, or that a consequence would undo at once, is left out and counted. Guards are ignored
(a commitment is a setting, not a move), but what an option can never be switched to is no lever.

Whether a set would be *kept* is asked of the model in which the actor is free again: is every state where play ended stable
for it, by its own list? If not, holding needs a commitment device or a change of list, and the result says what the actor
would do instead.

Steps: one analysis per setting, in order of size; then the minimal sets are compared with all others. Cost: the product of
the settings of the levers (2^m for m yes/no options), each one analysis of the model without the actor's moves; at most
`MOST` settings. Source: the definitions of this project; options held by commitment are "policies" in Howard 1971.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = levers(Case(load("two_proxies"), readings={"us": "carpenter"}), "us", "decoupled")
>>> [said(each.flips) for each in found.minimal]
['not us_arm, not us_nato']
>>> found.is_necessary("us_recog")
False
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detente.analysis import KINDS, Analysis
from detente.case import Basis, Case, Policy, said, state_words
from detente.conflict.states import find_state
from detente.engine import Progress, quiet
from detente.engine.play import ALL
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.formula import Formula
from detente.questions.stability.self_enforcing import Kept, kept, stands, switchable
from detente.scenario.model import Option
from detente.sheet import Sheet, html_of

MOST = 20_000
"""Settings tried at most."""

MOST_MOVES = 1 << 36
"""Moves looked at in all, over all settings: about an hour's work."""

PER_SECOND = 20_000_000
"""Moves that are looked at in a second, roughly."""

PER_SETTING = 1 << 27
"""Moves looked at for one setting at most: longer plays are followed as sets of states."""

LISTED = 100
"""States of one cyclic end listed at most."""

SHOWN = 64
"""Settings listed at most where people read; the JSON has all of them."""

Labels = Mapping[str, bool | str]
"""Settings as programs get them: true, false or the name of the choice."""


@dataclass(frozen=True)
class Trial:
    """One setting: the options switched from the status quo, and ALL, SOME or NONE for the goal."""

    flips: Labels
    verdict: str

    def to_json(self) -> dict[str, Any]:
        return {"flips": dict(self.flips), "verdict": self.verdict}


@dataclass(frozen=True)
class End:
    """One place where play comes to rest: a state, or a cycle of `size` states, of which the first few are listed."""

    states: tuple[Mapping[str, Any], ...]
    size: int

    def __str__(self) -> str:
        return state_words(self.states[0]) + (f" (in a cycle of {self.size:,} states)" if self.size > 1 else "")

    def to_json(self) -> dict[str, Any]:
        return {"states": [dict(state) for state in self.states], "size": self.size}


@dataclass(frozen=True)
class LeverSet:
    """A sufficient set: what is switched, where play then ends, the goal under both plays, who would keep it."""

    flips: Labels
    ends: tuple[End, ...]
    verdicts: Mapping[str, str]
    kept: tuple[Kept, ...]
    warnings: tuple[str, ...] = ()

    @property
    def self_enforcing(self) -> bool | None:
        """Whether every member would stay (sequential stability)."""
        found = [each.seq for each in self.kept]
        return False if False in found else None if None in found else True

    def to_json(self) -> dict[str, Any]:
        return {
            "flips": dict(self.flips),
            "ends": [end.to_json() for end in self.ends],
            "verdicts": dict(self.verdicts),
            "kept": {each.actor: each.to_json() for each in self.kept},
            "self_enforcing": self.self_enforcing,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Levers:
    """The answer; see the module's opening. `free` is the verdict with nothing held (None: too large to tell).

    `trials` has every setting tried, smallest first, and `sufficient` those that reach the goal, minimal or not.
    `hold` is "all" (all own options are held) or "flipped" (only the switched ones). `options` are those tried, `settled`
    the own options that cannot be switched. `infeasible` counts settings that no state has.
    """

    basis: Basis
    actors: tuple[str, ...]
    goal: str
    play: str
    hold: str
    now: Labels
    free: str | None
    options: tuple[str, ...]
    settled: tuple[str, ...]
    infeasible: int
    trials: tuple[Trial, ...]
    sufficient: tuple[LeverSet, ...]

    @cached_property
    def minimal(self) -> tuple[LeverSet, ...]:
        """The sufficient sets that contain no other."""
        return _minimal(self.sufficient)

    @cached_property
    def self_enforcing(self) -> tuple[LeverSet, ...]:
        """The sufficient sets whose holders would stay if they were free again, those that contain no other such set."""
        return _minimal([each for each in self.sufficient if each.self_enforcing])

    @cached_property
    def failing(self) -> tuple[Trial, ...]:
        """Sets that contain a sufficient one and fail all the same."""
        small = [each.flips.items() for each in self.minimal]
        return tuple(t for t in self.trials if t.verdict != ALL and any(s <= t.flips.items() for s in small))

    @cached_property
    def necessary(self) -> Labels:
        """The levers in every sufficient set; empty also where nothing suffices."""
        return _common([each.flips for each in self.sufficient])

    @cached_property
    def required(self) -> Labels:
        """The own settings, switched or kept, on which all sufficient sets agree; empty where nothing suffices."""
        now = {key: self.now[key] for key in self.options}
        return _common([{**now, **each.flips} for each in self.sufficient])

    def is_necessary(self, option: str) -> bool | None:
        """Whether the option is switched in every sufficient set; None where nothing suffices."""
        if option not in self.now:
            raise UnknownName(f"option of {', '.join(self.actors)}", option, self.now)
        return all(option in each.flips for each in self.sufficient) if self.sufficient else None

    # --- handing on ---

    def to_json(self) -> dict[str, Any]:
        """The result as plain data; settings as option -> true/false or the choice."""
        return {
            "basis": self.basis.to_json(),
            "actors": list(self.actors),
            "goal": self.goal,
            "play": self.play,
            "hold": self.hold,
            "now": dict(self.now),
            "free": self.free,
            "options": list(self.options),
            "settled": list(self.settled),
            "tried": len(self.trials),
            "infeasible": self.infeasible,
            "minimal": [each.to_json() for each in self.minimal],
            "self_enforcing": [each.to_json() for each in self.self_enforcing],
            "necessary": dict(self.necessary),
            "required": dict(self.required),
            "failing": [trial.to_json() for trial in self.failing],
            "trials": [trial.to_json() for trial in self.trials],
        }

    def sheets(self) -> tuple[Sheet, ...]:
        """The minimal sets, the smallest ones that would be kept (where they are others), and every setting tried."""
        title = f"What {' and '.join(self.actors)} must hold for '{self.goal}' ({self.play} play)"
        first = _sets_sheet(title, self.minimal, self._notes())
        kept = [_sets_sheet("The smallest sets that would be kept", self.self_enforcing, ())]
        return first, *(kept if self.self_enforcing not in ((), self.minimal) else ()), self._trial_sheet()

    def _notes(self) -> tuple[str, ...]:
        tried, few = len(self.trials), self.failing[:1]
        notes = [f"{len(self.sufficient)} of {tried} settings suffice; in all: {said(self.necessary) or 'no lever'}."]
        if not self.sufficient:
            notes = [f"Nothing that {' and '.join(self.actors)} can hold brings it about: {tried} settings tried."]
        notes += [f"{len(self.failing)} larger sets fail, such as {_flips_text(t.flips)} ({t.verdict})." for t in few]
        notes += [f"With nothing held: {self.free}."] if self.free else []
        notes += [f"{self.infeasible} settings are infeasible."] if self.infeasible else []
        notes += [f"Cannot be switched: {', '.join(self.settled)}."] if self.settled else []
        warnings = dict.fromkeys(text for each in self.minimal for text in each.warnings)
        return (*notes, *(f"Warning: {text}." for text in warnings))

    def _trial_sheet(self) -> Sheet:
        rows = tuple((_flips_text(trial.flips), trial.verdict) for trial in self.trials[:SHOWN])
        left = len(self.trials) - len(rows)
        held = "the rest held as it is" if self.hold == "all" else "the rest free"
        notes = (f"{left:,} more settings are not listed.",) if left else ()
        return Sheet(f"Every setting tried, {held}", ("switch and hold", self.goal), rows, notes)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.sheets()))

    def _repr_html_(self) -> str:
        return html_of(self.sheets())


def levers(
    case: Case,
    actors: str | Iterable[str],
    goal: str | Formula,
    play: str = "foresight",
    *,
    hold: str = "all",
    among: Iterable[str] | None = None,
    progress: Progress = quiet,
) -> Levers:
    """The minimal sets of own options that the actor (or coalition) must switch and hold for the goal.

    `among` names the options to try as levers; the others stay as they are. With `hold="flipped"` only the switched options
    are held and the rest stays free, which disarms less. Raises `TooLarge` beyond `MOST` settings or `MOST_MOVES` moves.
    """
    members = (actors,) if isinstance(actors, str) else tuple(dict.fromkeys(actors))
    kind, way = _one_of("kind of play", play, KINDS), _one_of("way of holding", hold, ("all", "flipped"))
    search = _Search(case, members, case.scenario.formula(goal), kind, way)
    return search.answer(str(goal), search.tried_options(among), progress)


def _one_of(kind: str, name: str, known: tuple[str, ...]) -> str:
    if name not in known:
        raise UnknownName(kind, name, known)
    return name


@dataclass(frozen=True)
class _Search:
    case: Case
    members: tuple[str, ...]
    goal: Formula
    play: str
    hold: str

    # --- what there is to try ---

    @cached_property
    def own(self) -> tuple[Option, ...]:
        if not self.members:
            raise InputError("name the actor whose levers are asked for")
        found = tuple(option for name in self.members for option in self.case.scenario.actor(name).options)
        if not found:
            raise Unanswerable(f"{' and '.join(self.members)} has no options to hold")
        return found

    @cached_property
    def now(self) -> dict[str, int]:
        """The settings of the status quo, consequences and merges applied."""
        conflict = self.case.game.conflict
        return conflict.settings(find_state(self.case.scenario, conflict, None))

    @cached_property
    def switches(self) -> dict[str, tuple[int, ...]]:
        """Per own option the settings, other than the present one, to which it can ever be switched."""
        return {option.key: switchable(option, self.now[option.key]) for option in self.own}

    def tried_options(self, among: Iterable[str] | None) -> tuple[str, ...]:
        names = [option.key for option in self.own]
        chosen = names if among is None else [_one_of("option to switch", key, tuple(names)) for key in among]
        keys = tuple(key for key in dict.fromkeys(chosen) if self.switches[key])
        settings = math.prod(1 + len(self.switches[key]) for key in keys)
        if settings > MOST:
            raise TooLarge(
                f"{' and '.join(self.members)} has {len(keys)} options to switch, {settings:,} settings to try; at most "
                f"{MOST:,} are tried. {self.way_on(keys)}."
            )
        if (moves := settings * self.moves_each()) > MOST_MOVES:
            hours = moves / PER_SECOND / 3600
            raise TooLarge(
                f"{' and '.join(self.members)} has {len(keys)} options to switch, {settings:,} settings to try, each with up "
                f"to {self.moves_each():,} moves of the others to look at: some {hours:,.0f} hours. At most "
                f"{MOST_MOVES / PER_SECOND / 3600:.0f} is spent. {self.way_on(keys)}, or hold options that do not matter."
            )
        return keys

    def moves_each(self) -> int:
        """How many moves are looked at for one setting, at most."""
        conflict = self.case.game.conflict
        free = [p.size for p in conflict.players if self.hold == "flipped" or p.id not in self.members]
        return min(math.prod(free) * sum(free), PER_SETTING)

    def way_on(self, keys: tuple[str, ...]) -> str:
        some = ", ".join(keys[:3])
        return (
            f'Name the options that may matter (`--among "{some}"`, in Python among={list(keys[:3])}), '
            "or ask one actor at a time"
        )

    def flips(self, keys: tuple[str, ...]) -> Iterator[dict[str, int]]:
        """Every lever set, smallest first, in file order."""
        for size in range(len(keys) + 1):
            for some in itertools.combinations(keys, size):
                for values in itertools.product(*(self.switches[key] for key in some)):
                    yield dict(zip(some, values, strict=True))

    # --- trying ---

    def answer(self, goal: str, keys: tuple[str, ...], progress: Progress) -> Levers:
        total = math.prod(1 + len(self.switches[key]) for key in keys)
        trials, sufficient = [], []
        for number, flips in enumerate(self.flips(keys)):
            progress(number, total, self.case.state_text(flips) or "as it is")
            if (held := self.held(flips)) is None:
                continue
            analysis = held.analyse(("seq",))
            trials.append(Trial(self.case.labels(flips), analysis.verdict(self.goal, self.play)))
            if trials[-1].verdict == ALL:
                sufficient.append(self.lever_set(trials[-1].flips, held.warnings, analysis))
        return Levers(
            self.case.basis,
            self.members,
            goal,
            self.play,
            self.hold,
            self.case.labels({option.key: self.now[option.key] for option in self.own}),
            None if self.free is None else self.free.verdict(self.goal, self.play),
            keys,
            tuple(key for key, values in self.switches.items() if not values),
            total - len(trials),
            tuple(trials),
            tuple(sufficient),
        )

    def held(self, flips: Mapping[str, int]) -> Case | None:
        """The case with the levers pulled and held; None if no state has these settings."""
        as_now = {option.key: self.now[option.key] for option in self.own} if self.hold == "all" else {}
        settings = {**as_now, **flips}
        held = self.case.under(Policy(start=self.now, hold=settings))
        return held if stands(held.scenario, settings) else None

    @cached_property
    def free(self) -> Analysis | None:
        """The model in which everybody is free, or None if it is too large."""
        try:
            return self.case.analyse(("seq",))
        except TooLarge:
            return None

    def lever_set(self, flips: Labels, warnings: tuple[str, ...], analysis: Analysis) -> LeverSet:
        play = analysis.play(self.play)
        return LeverSet(
            flips,
            tuple(End(tuple(analysis.state(cell) for cell in end[:LISTED].tolist()), len(end)) for end in play.ends),
            {kind: analysis.verdict(self.goal, kind) for kind in KINDS},
            tuple(kept(self.free, member, analysis, play.end_states) for member in self.members),
            warnings,
        )


def _minimal(sets: Iterable[LeverSet]) -> tuple[LeverSet, ...]:
    """The sets, given smallest first, that contain no other."""
    found: list[LeverSet] = []
    for each in sets:
        if not any(small.flips.items() <= each.flips.items() for small in found):
            found.append(each)
    return tuple(found)


def _common(settings: list[Labels]) -> Labels:
    """The settings that are in all of them."""
    first = settings[0] if settings else {}
    return {key: value for key, value in first.items() if all(each.get(key) == value for each in settings)}


# --- words -------------------------------------------------------------------------------------------------------------


def _flips_text(flips: Labels) -> str:
    return said(flips) or "nothing (hold as it is)"


def _sets_sheet(title: str, sets: tuple[LeverSet, ...], notes: tuple[str, ...]) -> Sheet:
    rows = [
        (
            _flips_text(each.flips),
            *(each.verdicts[kind] for kind in KINDS),
            _ends_text(each.ends),
            ", ".join(map(str, each.kept)),
            "; ".join(f"{one.actor}: {said(one.leaves)}" for one in each.kept if one.leaves),
        )
        for each in sets
    ]
    return Sheet(title, ("switch and hold", *KINDS, "play ends at", "kept if free", "else does"), tuple(rows), notes)


def _ends_text(ends: tuple[End, ...]) -> str:
    words = [str(end) for end in ends]
    return "; or ".join(words[:3]) + (f"; or {len(words) - 3} more" if len(words) > 3 else "")
