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

>>> from detente.scenario import load
>>> found = levers(Case(load("two_proxies"), readings={"us": "carpenter"}), "us", "decoupled")
>>> [said(each.flips) for each in found.minimal]
['us_arm = none']
>>> found.is_necessary("us_recog")
False
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from detente.analysis import KINDS, Analysis
from detente.case import Basis, Case, Policy, Query, said, state_words, verdict
from detente.conflict.kept import SMALL
from detente.engine import Progress, quiet
from detente.engine.play import ALL
from detente.errors import Cure, InputError, TooLarge, Unanswerable, refuse_unknown
from detente.formula import Formula
from detente.messages import numeral, tell, word
from detente.questions.stability.self_enforcing import Kept, kept, stands, switchable
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Option, Scenario
from detente.sheet import (
    ActorTerm,
    FormulaTerm,
    Judged,
    OptionTerm,
    Phrase,
    Sheet,
    StateTerm,
    VerdictTerm,
    listing,
    many,
    names_of,
    together,
)

MOST = 20_000
"""Settings tried at most."""

MOST_MOVES = 1 << 36
"""Moves looked at in all, over all settings: about an hour's work."""

PER_SECOND = 20_000_000
"""Moves that are looked at in a second, roughly."""

PER_SETTING = 1 << 27
"""Moves looked at for one setting at most: longer plays are followed as sets of states."""

REMEMBERED = 256
"""Cases with levers pulled that are kept with a small space at most, for all readings."""

CYCLE_SHOWN = 100
"""States of one cyclic end listed at most."""

TRIALS_SHOWN, ENDS_SHOWN = 64, 3
"""Settings tried, and ends per setting, listed at most where people read; the JSON has all of them."""

Labels = Mapping[str, bool | str]
"""Settings as programs get them: true, false or the name of the choice."""

Switching = TypeVar("Switching", "Trial", "LeverSet")


@dataclass(frozen=True)
class Trial(Record):
    """One setting: the options switched from the status quo, and ALL, SOME or NONE for the goal."""

    flips: Labels
    verdict: str


@dataclass(frozen=True)
class End(Record):
    """One place where play comes to rest: a state, or a cycle of `size` states, of which the first few are listed."""

    states: tuple[Mapping[str, Any], ...]
    size: int

    def __str__(self) -> str:
        return str(self.phrase)

    @property
    def phrase(self) -> Phrase:
        cycle = tell(" (in a cycle of {size} states)", size=numeral(self.size)) if self.size > 1 else ""
        return Phrase.of(StateTerm(state_words(self.states[0])), cycle)


@dataclass(frozen=True, kw_only=True)
class LeverSet(Record):
    """A sufficient set: what is switched, where play then ends, the goal under both plays, which members would keep it."""

    flips: Labels
    ends: tuple[End, ...]
    verdicts: Mapping[str, str]
    kept: Mapping[str, Kept]
    warnings: tuple[str, ...] = ()

    DERIVED = ("self_enforcing",)

    @property
    def self_enforcing(self) -> bool | None:
        """Whether every member would stay (sequential stability)."""
        stays = [each.seq for each in self.kept.values()]
        return False if False in stays else None if None in stays else True


@dataclass(frozen=True, kw_only=True)
class Sufficing:
    """Which settings were tried, and which of them reach the goal; `now` are the present ones."""

    now: Labels
    trials: tuple[Trial, ...]

    @property
    def sufficient(self) -> tuple[Trial, ...]:
        return tuple(each for each in self.trials if each.verdict == ALL)

    @cached_property
    def minimal(self) -> tuple[Trial, ...]:
        """The sufficient settings that contain no other."""
        return _minimal(self.sufficient)


@dataclass(frozen=True, repr=False, kw_only=True)
class Levers(Answer):
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
    sufficient: tuple[LeverSet, ...] = field(metadata=INSIDE)

    DERIVED = ("tried", "minimal", "self_enforcing", "necessary", "required", "failing")

    @property
    def tried(self) -> int:
        """How many settings were tried."""
        return len(self.trials)

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
        refuse_unknown(f"option of {', '.join(self.actors)}", self.now, option)
        return all(option in each.flips for each in self.sufficient) if self.sufficient else None

    @property
    def headline(self) -> Phrase:
        """The smallest commitments that make sure of the goal, and whether they would last."""
        who, goal = names_of(map(ActorTerm, self.actors)), FormulaTerm(self.goal)
        if not self.minimal:
            tried = many(self.tried, "setting")
            return Phrase.told(
                "Nothing that {who} can hold makes sure of {goal}: {tried} tried.", who=who, goal=goal, tried=tried
            )
        least = self.minimal[0]
        if not least.flips and self.hold == "flipped":
            return Phrase.told("{goal} is sure already, without a commitment of {who}.", goal=goal, who=who)
        more = tell(" (one of {number} smallest ways)", number=len(self.minimal)) if self.minimal[1:] else ""
        lasts = {
            True: tell(", and would keep to it"),
            False: tell(", but would not keep to it if free again"),
            None: "",
        }
        how = (
            Phrase.told("holding {said}", said=FormulaTerm(said(least.flips)))
            if least.flips
            else tell("holding everything as it is")
        )
        return Phrase.told(
            "{who} can make sure of {goal} by {how}{more}{lasts}.",
            who=who,
            goal=goal,
            how=how,
            more=more,
            lasts=lasts[least.self_enforcing],
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """The minimal sets, the smallest ones that would be kept (where they are others), and every setting tried."""
        who = together(self.actors)
        title = Phrase.told(
            "What {who} must hold for '{goal}' ({play} play, {rest})",
            who=who,
            goal=FormulaTerm(self.goal),
            play=word(self.play),
            rest=self._rest,
        )
        sheets = [self._sets_sheet(title, self.minimal, self._notes())]
        if self.self_enforcing not in ((), self.minimal):
            sheets.append(
                self._sets_sheet(
                    tell("The smallest sets that would be kept ({rest})", rest=self._rest), self.self_enforcing, ()
                )
            )
        return *sheets, self._trial_sheet()

    def gist(self) -> tuple[Sheet, ...]:
        """The same without the settings that were tried, unless nothing suffices."""
        *sets, tried = self.sheets()
        return tuple(sets) if self.sufficient else (*sets, tried)

    def _about(self, play: str, flips: Labels | None) -> Judged:
        """What the verdict of a setting is about; with nothing held, None."""
        held = {} if flips is None else {**(self.now if self.hold == "all" else {}), **flips}
        return self.basis.judged(self.goal, tell("comes about"), play, held=held)

    def _sets_sheet(self, title: str, sets: tuple[LeverSet, ...], notes: tuple[str, ...]) -> Sheet:
        rows = tuple(
            (
                _flips_phrase(each.flips, self.hold),
                *(VerdictTerm(each.verdicts[kind], self._about(kind, each.flips)) for kind in KINDS),
                ends_phrase(each.ends),
                listing(Phrase.of(ActorTerm(actor), ": ", stay.word) for actor, stay in each.kept.items()),
                listing(
                    (
                        Phrase.of(ActorTerm(actor), ": ", FormulaTerm(said(stay.leaves)))
                        for actor, stay in each.kept.items()
                        if stay.leaves
                    ),
                    "; ",
                ),
            )
            for each in sets
        )
        return Sheet(title, ("commitment", *KINDS, tell("play ends at"), "lasts", tell("else does")), rows, notes)

    @property
    def _rest(self) -> str:
        return tell("the rest held as it is") if self.hold == "all" else tell("the rest free")

    def _notes(self) -> tuple[str, ...]:
        each = (
            (tell(", each with "), FormulaTerm(said(self.necessary)))
            if self.necessary
            else (tell("; no lever is in all of them"),)
        )
        suffice = (
            tell("{number} of {tried} settings suffice", number=len(self.sufficient), tried=self.tried)
            if self.tried > 1
            else tell("The one setting suffices")
        )
        notes = [Phrase.of(suffice, *each, ".")]
        if not self.sufficient:
            who = together(self.actors)
            notes = [
                Phrase.told(
                    "Nothing that {who} can hold brings it about: {tried} settings tried.", who=who, tried=self.tried
                )
            ]
        for trial in self.failing[:1]:
            example = _flips_phrase(trial.flips, self.hold)
            larger = (
                tell("{number} larger sets fail", number=len(self.failing))
                if len(self.failing) > 1
                else tell("1 larger set fails")
            )
            notes.append(
                Phrase.told(
                    "{larger}, such as {example} ({verdict}).", larger=larger, example=example, verdict=trial.verdict
                )
            )
        if self.free:
            free = tell("With nothing held, everybody free to move, it is ")
            notes.append(Phrase.of(free, VerdictTerm(self.free, self._about(self.play, None)), "."))
        if self.infeasible:
            notes.append(Phrase.told("{infeasible} settings are infeasible.", infeasible=self.infeasible))
        if self.settled:
            notes.append(Phrase.told("Cannot be switched: {settled}.", settled=listing(map(OptionTerm, self.settled))))
        warnings = dict.fromkeys(text for each in self.minimal for text in each.warnings)
        return (*notes, *(Phrase.told("Warning: {text}.", text=text) for text in warnings))

    def _trial_sheet(self) -> Sheet:
        shown = self.trials[:TRIALS_SHOWN]
        rows = tuple(
            (_flips_phrase(each.flips, self.hold), VerdictTerm(each.verdict, self._about(self.play, each.flips)))
            for each in shown
        )
        left = self.tried - len(rows)
        title = tell("Every setting tried, {play} play, {rest}", play=word(self.play), rest=self._rest)
        notes = (tell("{left} more settings are not listed.", left=numeral(left)),) if left else ()
        return Sheet(title, ("commitment", FormulaTerm(self.goal)), rows, notes)


def ends_of(analysis: Analysis, play: str) -> tuple[End, ...]:
    """Where play ends, for people; of a long cycle the first states."""
    ends = analysis.play(play).ends
    return tuple(End(tuple(map(analysis.state, end[:CYCLE_SHOWN].tolist())), len(end)) for end in ends)


def _flips_phrase(flips: Labels, hold: str = "all") -> str:
    if flips:
        return FormulaTerm(said(flips))
    return tell("switch nothing, hold everything as it is") if hold == "all" else tell("switch nothing, hold nothing")


def ends_phrase(ends: Sequence[End]) -> Phrase:
    """The first few ends, and how many more there are."""
    more = [tell("{number} more", number=len(ends) - ENDS_SHOWN)] if len(ends) > ENDS_SHOWN else []
    return listing([*(end.phrase for end in ends[:ENDS_SHOWN]), *more], tell("; or "))


# --- asking ------------------------------------------------------------------------------------------------------------


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
    """The minimal sets of own options that the actor (or coalition) must commit to for the goal.

    `among` names the options to try as levers; the others stay as they are. With `hold="flipped"` only the switched options
    are held and the rest stays free, which disarms less. Raises `TooLarge` beyond `MOST` settings or `MOST_MOVES` moves.
    """
    asked = _Asked.of(case, actors, goal, play, hold)
    keys = asked.keys(among)
    trials, sufficient = list[Trial](), list[LeverSet]()
    for trial, held in asked.tried(keys, progress):
        trials.append(trial)
        if trial.verdict == ALL:
            sufficient.append(asked.lever_set(trial.flips, held))
    return Levers(
        basis=case.basis,
        actors=asked.members,
        goal=str(goal),
        play=play,
        hold=hold,
        now=asked.labels,
        free=asked.free_verdict,
        options=keys,
        settled=tuple(key for key, values in asked.switches.items() if not values),
        infeasible=asked.settings(keys) - len(trials),
        trials=tuple(trials),
        sufficient=tuple(sufficient),
    )


def sufficing(
    case: Case,
    actors: str | Iterable[str],
    goal: str | Formula,
    play: str = "foresight",
    among: Iterable[str] | None = None,
) -> Sufficing:
    """Which settings reach the goal, and nothing of what becomes of them; as `levers`, and cheaper."""
    asked = _Asked.of(case, actors, goal, play, "all")
    return Sufficing(now=asked.labels, trials=tuple(trial for trial, _ in asked.tried(asked.keys(among))))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is asked, of whom; what there is to switch, and what follows from a setting."""

    case: Case
    members: tuple[str, ...]
    goal: Formula
    play: str
    hold: str

    @classmethod
    def of(cls, case: Case, actors: str | Iterable[str], goal: str | Formula, play: str, hold: str) -> _Asked:
        refuse_unknown("kind of play", KINDS, play)
        refuse_unknown("way of holding", ("all", "flipped"), hold)
        members = (actors,) if isinstance(actors, str) else tuple(dict.fromkeys(actors))
        return cls(case=case, members=members, goal=case.scenario.formula(goal), play=play, hold=hold)

    # --- what there is to try ---

    @cached_property
    def own(self) -> tuple[Option, ...]:
        if not self.members:
            raise InputError(tell("name the actor whose levers are asked for"))
        options = tuple(option for name in self.members for option in self.case.scenario.actor(name).options)
        if not options:
            raise Unanswerable(tell("{members} has no options to hold", members=" and ".join(self.members)))
        return options

    @cached_property
    def now(self) -> dict[str, int]:
        """The settings of the status quo, consequences applied."""
        return dict(self.case.at_rest)

    @cached_property
    def switches(self) -> dict[str, tuple[int, ...]]:
        """Per own option the settings, other than the present one, to which it can ever be switched."""
        return {option.key: switchable(option, self.now[option.key]) for option in self.own}

    def keys(self, among: Iterable[str] | None) -> tuple[str, ...]:
        """The options to try as levers. Raises `TooLarge` where they have too many settings, or each takes too long."""
        names = tuple(option.key for option in self.own)
        chosen = names if among is None else tuple(among)
        refuse_unknown("option to switch", names, *chosen)
        keys = tuple(key for key in dict.fromkeys(chosen) if self.switches[key])
        settings, moves = self.settings(keys), self.moves_each()
        much = tell(
            "{members} has {number} options to switch, {settings} settings to try",
            members=" and ".join(self.members),
            number=len(keys),
            settings=numeral(settings),
        )
        way_on = (
            tell("Name the options that may matter ("),
            Cure.AMONG,
            tell(" {keys}), or ask one actor at a time", keys=", ".join(keys[:3])),
        )
        if settings > MOST:
            raise TooLarge(tell("{much}; at most {most} are tried. ", much=much, most=numeral(MOST)), *way_on, ".")
        if settings * moves > MOST_MOVES:
            hours, most = (count / PER_SECOND / 3600 for count in (settings * moves, MOST_MOVES))
            raise TooLarge(
                tell(
                    "{much}, each with up to {moves} moves of the others to look at: some {hours} hours. At most "
                    "{most} is spent. ",
                    much=much,
                    moves=numeral(moves),
                    hours=numeral(hours, ",.0f"),
                    most=numeral(most, ".0f"),
                ),
                *way_on,
                tell(", or hold options that do not matter."),
            )
        return keys

    def settings(self, keys: Iterable[str]) -> int:
        """How many settings there are to try."""
        return math.prod(1 + len(self.switches[key]) for key in keys)

    def moves_each(self) -> int:
        """How many moves are looked at for one setting, at most."""
        players = self.case.game.conflict.players
        free = [player.size for player in players if self.hold == "flipped" or player.id not in self.members]
        return min(math.prod(free) * sum(free), PER_SETTING)

    def flips(self, keys: tuple[str, ...]) -> Iterator[dict[str, int]]:
        """Every lever set, smallest first, in file order."""
        for size in range(len(keys) + 1):
            for some in itertools.combinations(keys, size):
                for values in itertools.product(*(self.switches[key] for key in some)):
                    yield dict(zip(some, values, strict=True))

    @property
    def labels(self) -> Labels:
        """The present settings of all own options."""
        return self.case.labels({option.key: self.now[option.key] for option in self.own})

    # --- what follows ---

    def tried(self, keys: tuple[str, ...], progress: Progress = quiet) -> Iterator[tuple[Trial, Case]]:
        """Every setting that some state has, with the case in which it is held."""
        total = self.settings(keys)
        for number, flips in enumerate(self.flips(keys)):
            progress(number, total, self.case.state_text(flips) or tell("as it is"))
            if (held := self.held(flips)) is not None:
                yield Trial(self.case.labels(flips), verdict(held, Query(self.goal, self.play))), held

    def held(self, flips: Mapping[str, int]) -> Case | None:
        """The case with the levers pulled and held; None if no state has these settings. Of a small model made once."""
        scenario, case = self.case.scenario, self.case
        if case.game.conflict.cells > SMALL:
            return self._held(flips)

        def find() -> tuple[Scenario, Case | None]:
            return scenario, self._held(flips)

        # The scenario is kept with the case, so that its number stays its own.
        key = id(scenario), self.members, self.hold, tuple(flips.items())
        made = case.game.conflict.kept.of("levers", key, find, most=REMEMBERED)[1]
        return made and made.as_if(case.readings, case.world, case.sanctions)

    def _held(self, flips: Mapping[str, int]) -> Case | None:
        as_now = {option.key: self.now[option.key] for option in self.own} if self.hold == "all" else {}
        settings = {**as_now, **flips}
        begun = self.case.under(Policy(start={**self.now, **settings}))
        return begun.under(Policy(hold=settings)) if stands(begun, settings) else None

    @property
    def free_verdict(self) -> str | None:
        """The verdict where everybody is free, or None if the model is too large."""
        try:
            return verdict(self.case, Query(self.goal, self.play))
        except TooLarge:
            return None

    @cached_property
    def free(self) -> Analysis | None:
        """The model in which everybody is free, or None if it is too large."""
        try:
            return self.case.analyse(("seq",))
        except TooLarge:
            return None

    def lever_set(self, flips: Labels, held: Case) -> LeverSet:
        """What follows from a sufficient setting, and whether its holders would stay, judged in the free model."""
        verdicts = {kind: verdict(held, Query(self.goal, kind)) for kind in KINDS}  # before an analysis is asked for
        analysis = held.analyse(("seq",))
        play = analysis.play(self.play)
        return LeverSet(
            flips=flips,
            ends=ends_of(analysis, self.play),
            verdicts=verdicts,
            kept={member: kept(self.free, member, analysis, play.end_states) for member in self.members},
            warnings=held.warnings,
        )


def _minimal(sets: Iterable[Switching]) -> tuple[Switching, ...]:
    """The sets, given smallest first, that contain no other."""
    minimal: list[Switching] = []
    for each in sets:
        # Whatever a set contains is smaller and came before; of those only the minimal ones need be compared.
        if not any(small.flips.items() <= each.flips.items() for small in minimal):
            minimal.append(each)
    return tuple(minimal)


def _common(settings: Sequence[Labels]) -> Labels:
    """The settings that are in all of them."""
    first = settings[0] if settings else {}
    return {key: value for key, value in first.items() if all(each.get(key) == value for each in settings)}
