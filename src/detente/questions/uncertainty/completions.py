"""What nobody knows, filled in every possible way.

The mathematics. A model may leave things open: what an option is set to (a platform's `unknown`), and of a statement in
a list its *sign* (the wish or its negation), its *rank* (anywhere in the list) or its *presence* (held at all); a platform
may also admit every *order* of its list. A *completion* settles all of it. Statements whose rank is known keep their
order; a list of k statements, one of them unknown in rank and sign, has 2k completions. A verdict is
*necessary* if every completion has it, *possible* if some completion has it.

Rival readings of an actor are completions of another kind: `reading_grid` lists their combinations.

How to make them: `complete(case)` for what the chosen lists leave open, `complete_list` and `complete_platform` for a
platform's list with nobody held, and for the platform put into force. Options held for good disarm: the list of an actor
who can choose nothing any more cannot matter and is left as written.

>>> from detente.scenario import load
>>> len(complete(Case(load("two_proxies"), readings={"us": "harris_b"})))
14
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations, product
from typing import ClassVar, TypeVar

from detente.case import Case, Policy, can_choose, find_platform, policy_of
from detente.engine.play import NO_EQUILIBRIA
from detente.errors import InputError, TooLarge, Unanswerable
from detente.formula import Not
from detente.messages import later, numeral, tell
from detente.questions.stability.self_enforcing import stands
from detente.result import Record
from detente.scenario.model import Option, Platform, PriorityList, Reading, Statement
from detente.sheet import Phrase, VerdictTerm, listing

Value = TypeVar("Value")

MOST = 20_000
"""Completions, or combinations of readings, looked at for one question."""

VERDICTS = ("ALL", "SOME", "NONE", NO_EQUILIBRIA, "stable", "unstable", "HOLDS", "FRAYS", "BREAKS", "DEPENDS")
"""The order in which verdicts are shown."""


@dataclass(frozen=True)
class Spread(Record):
    """How often each verdict occurs over a number of completions or readings.

    >>> print(Spread({"ALL": 3}), "|", Spread({"NONE": 5, "ALL": 5}))
    ALL | ALL 5, NONE 5 of 10
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("necessary", "possible")

    counts: Mapping[str, int]

    @classmethod
    def over(cls, verdicts: Iterable[str]) -> Spread:
        counts = Counter(verdicts)
        return cls({verdict: counts[verdict] for verdict in in_order(counts)})

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def possible(self) -> tuple[str, ...]:
        """The verdicts that occur."""
        return tuple(in_order(self.counts))

    @property
    def necessary(self) -> str | None:
        """The only verdict that occurs, or None."""
        return self.possible[0] if len(self.possible) == 1 else None

    def count(self, *verdicts: str) -> int:
        return sum(self.counts.get(verdict, 0) for verdict in verdicts)

    @property
    def phrase(self) -> Phrase:
        """The verdicts and how often each occurs; just the verdict if there is only one."""
        if self.necessary is not None:
            return Phrase.of(VerdictTerm(self.necessary))
        parts = listing(Phrase.of(VerdictTerm(verdict), f" {self.counts[verdict]}") for verdict in self.possible)
        return (
            Phrase.told("{parts} of {total}", parts=parts, total=self.total)
            if parts
            else Phrase.told("nothing possible")
        )

    @property
    def told(self) -> Phrase:
        """The verdicts inside a sentence, each with how often it occurs; just the verdict if there is only one.

        >>> Spread({"ALL": 2, "NONE": 1}).told, Spread({"ALL": 2}).told
        ('ALL (2) or NONE (1)', 'ALL')
        """
        if self.necessary is not None:
            return Phrase.of(VerdictTerm(self.necessary))
        each = [Phrase.of(VerdictTerm(verdict), f" ({self.counts[verdict]:,})") for verdict in self.possible]
        return Phrase.of(listing(each[:-1]), tell(" or "), *each[-1:]) if each else Phrase.told("nothing possible")

    def __str__(self) -> str:
        return str(self.phrase)


COUNTED = later(
    "where a cell counts, as in '{example}', it counts every way to fill in what a platform leaves open: the options it is "
    "silent on, and what is unknown of its list"
)
"""What the numbers of a spread count."""


def counted_over(rows: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """What the numbers in the cells count, where some have numbers."""
    return (
        (Phrase.told(COUNTED, example=VerdictTerm("ALL 1, NONE 2 of 3")),)
        if any(isinstance(cell, VerdictTerm) and re.search(r" \d", cell) for row in rows for cell in row)
        else ()
    )


def in_order(verdicts: Iterable[str]) -> list[str]:
    """Verdicts in the order in which they are shown."""
    return sorted(verdicts, key=lambda v: (VERDICTS.index(v) if v in VERDICTS else len(VERDICTS), v))


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One way to settle everything open: the `case` it makes, and `values`, what is settled how, in words.

    `lists` holds the completed lists as texts, most important first; `written` marks the completion that leaves
    everything as it stands in the file.
    """

    case: Case
    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    written: bool = True

    def agrees(self, other: Completion) -> bool:
        """Whether what both settle is settled alike."""
        return all(other.values.get(name, value) == value for name, value in self.values.items())


@dataclass(frozen=True)
class _List:
    """One completion of one list."""

    statements: tuple[Statement, ...]
    values: Mapping[str, str]
    written: bool


# --- what can be completed ------------------------------------------------------------------------------------------


def complete(
    case: Case,
    *,
    start: Iterable[str] = (),
    hold: Iterable[str] = (),
    any_order: Iterable[str] = (),
    lists: bool = True,
    most: int = MOST,
) -> tuple[Completion, ...]:
    """Every completion of what the case leaves open; settings that rules forbid, or undo at once, are left out.

    `start` names options whose setting in the status quo is unknown, `hold` options that will be held nobody knows how,
    `any_order` actors whose list may stand in any order; statements marked `unknown` in the chosen lists are always
    completed. Raises `TooLarge` beyond `most`. Cost: one small model per completion, not yet solved.
    """
    begin, held = _options(case, start), _options(case, hold)
    free = frozenset(any_order)
    loose = open_lists(case, free, {option.key for option in held}) if lists else ()
    total = math.prod(len(o.choices) for o in (*begin, *held))
    total *= math.prod(_count(case.reading(actor), actor in free) for actor in loose)
    if total > most:
        cure = tell("settle some of it: name a setting, a rank or an order, or shorten the list")
        raise _too_many(tell("completions of what is unknown"), total, most, cure)
    completed = [[(a, one) for one in _lists(a, case.reading(a), a in free)] for a in loose]
    settled = _settings(case, begin, held)
    return tuple(_completion(first, chosen) for first in settled for chosen in product(*completed))


def open_lists(case: Case, any_order: Iterable[str] = (), held: Iterable[str] = ()) -> tuple[str, ...]:
    """The actors in whose chosen list something is unknown, or which may stand in any order.

    Left out are actors who could choose nothing if the options `held` were held: what they want cannot matter.
    """
    free, gone = frozenset(any_order), set(held)
    able = [actor for actor in case.actors if can_choose(case, actor, gone)]
    return tuple(actor for actor in able if actor in case.chosen and _open(case.reading(actor), actor in free))


def open_readings(case: Case, varied: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The readings in whose list something is unknown, each with its actor: all of who is varied, and those chosen."""
    several = set(varied)
    return tuple(
        (actor, reading.id)
        for actor in case.actors
        if can_choose(case, actor, set())
        for reading in case.scenario.actor(actor).readings.values()
        if (actor in several or reading.id == case.chosen.get(actor)) and _open(reading, any_order=False)
    )


def complete_list(case: Case, platform: str, most: int = MOST) -> tuple[Completion, ...]:
    """The completions of a platform's list; nobody is held: the actor merely wants what the platform wants."""
    wanting = case.under(Policy(readings=policy_of(case, platform).readings))
    return complete(wanting, any_order=any_order(find_platform(case, platform)), most=most)


def complete_platform(case: Case, platform: str, most: int = MOST) -> tuple[Completion, ...]:
    """The completions of a platform in force: its settings held, on what it is silent held either way."""
    known = find_platform(case, platform)
    return complete(case.under(policy_of(case, platform)), hold=known.unknown, any_order=any_order(known), most=most)


def reading_grid(
    case: Case, actors: Iterable[str] | None = None, most: int = MOST
) -> tuple[tuple[str, ...], tuple[dict[str, str], ...]]:
    """The actors whose reading is open (or the given ones), and every combination of their readings, first actor slowest.

    Open is the reading of an actor with rival readings of which none was chosen for the case, and who can still choose
    something. Illustrative readings are never counted (`Case.basis_over` says which). Raises `TooLarge` beyond `most`
    combinations.
    """
    if actors is None:
        rivals = [a.id for a in case.scenario.actors if len(a.counted) > 1 and a.id not in case.readings]
        chosen = tuple(actor for actor in rivals if can_choose(case, actor))
    else:
        chosen = tuple(dict.fromkeys(actors))
    readings = [list(case.scenario.actor(actor).counted) for actor in chosen]
    silent = [actor for actor, names in zip(chosen, readings, strict=True) if not names]
    if silent:
        raise InputError(
            tell("{silent} has no readings to compare; leave it out, or write down what it wants", silent=silent[0])
        )
    total = math.prod(map(len, readings))
    if total > most:
        raise _too_many(
            tell("combinations of readings"), total, most, tell("name fewer actors, or choose a reading for some")
        )
    return chosen, tuple(every_choice(dict(zip(chosen, readings, strict=True))))


def every_choice(lists: Mapping[str, Iterable[Value]]) -> Iterator[dict[str, Value]]:
    """One value from each list, in every way, the first list slowest.

    >>> [each for each in every_choice({"ru": ["need", "profit"], "nk": ["aid"]})]
    [{'ru': 'need', 'nk': 'aid'}, {'ru': 'profit', 'nk': 'aid'}]
    """
    return (dict(zip(lists, values, strict=True)) for values in product(*lists.values()))


def any_order(platform: Platform) -> tuple[str, ...]:
    """The actor, if the platform admits every order of its list."""
    return (platform.actor,) if platform.orders else ()


def _options(case: Case, keys: Iterable[str]) -> tuple[Option, ...]:
    return tuple(case.scenario.option(key) for key in dict.fromkeys(keys))


def _too_many(what: str, total: int, most: int, cure: str) -> TooLarge:
    return TooLarge(
        tell(
            "{total} {what}, and at most {most} can be looked at; {cure}",
            total=numeral(total),
            what=what,
            most=numeral(most),
            cure=cure,
        )
    )


# --- settings -------------------------------------------------------------------------------------------------------


def _settings(case: Case, start: tuple[Option, ...], hold: tuple[Option, ...]) -> list[Completion]:
    """The cases after every combination of the unknown settings that can be; raises if there is none."""
    if not start and not hold:
        return [Completion(case=case, values={})]
    chosen = product(*(range(len(option.choices)) for option in (*start, *hold)))
    tried = [_setting(case, start, hold, combination) for combination in chosen]
    possible = [made for made in tried if made is not None]
    if not possible:
        names = ", ".join(option.key for option in (*start, *hold))
        raise Unanswerable(
            tell("no setting of {names} is possible here: rules forbid or undo every one; ask without it", names=names)
        )
    return possible


def _setting(
    case: Case, start: tuple[Option, ...], hold: tuple[Option, ...], chosen: tuple[int, ...]
) -> Completion | None:
    """The case after one combination; None if no state has it, or a consequence undoes it at once."""
    first = {option.key: value for option, value in zip(start, chosen, strict=False)}
    later = {option.key: value for option, value in zip(hold, chosen[len(start) :], strict=True)}
    values = {tell("{key} is", key=o.key): o.choices[v] for o, v in zip((*start, *hold), chosen, strict=True)}
    written = all(case.now[key] == value for key, value in (first | later).items())
    begun = case.under(Policy(start=first | later))
    if not stands(begun, first | later):
        return None
    return Completion(case=begun.under(Policy(hold=later)), values=values, written=written)


# --- lists ----------------------------------------------------------------------------------------------------------


def _completion(first: Completion, chosen: tuple[tuple[str, _List], ...]) -> Completion:
    case, values, lists, written = first.case, dict(first.values), dict(first.lists), first.written
    if chosen:
        _ = case.game  # made before the lists are changed, so that they all lie over one state space
    for actor, one in chosen:
        case = case.wanting(actor, one.statements, case.reading(actor).id)
        values |= one.values
        lists[actor] = tuple(map(str, one.statements))
        written = written and one.written
    return Completion(case=case, values=values, lists=lists, written=written)


def _open(reading: Reading, any_order: bool) -> bool:
    return any_order or any(statement.unknown for statement in reading.statements)


def _count(reading: Reading, any_order: bool) -> int:
    """How many lists `_lists` gives. Cost: one term per number of statements left out."""
    always = [s for s in reading.statements if "presence" not in s.unknown]
    perhaps = [s for s in reading.statements if "presence" in s.unknown]
    total = 0
    for held in product((True, False), repeat=len(perhaps)):
        present = [*always, *(s for s, here in zip(perhaps, held, strict=True) if here)]
        # The others keep their order, so each of the `loose` ones in turn has one place more: n! / (n - loose)! lists.
        loose = len(present) if any_order else sum("rank" in s.unknown for s in present)
        signs = 2 ** sum("sign" in s.unknown for s in present)
        total += signs * math.factorial(len(present)) // math.factorial(len(present) - loose)
    return total


def _lists(actor: str, reading: Reading, any_order: bool) -> Iterator[_List]:
    """Every completion of one list: who is in, with which sign, in which order."""
    if not isinstance(reading, PriorityList) and (any_order or any("rank" in s.unknown for s in reading.statements)):
        raise InputError(
            tell(
                "{actor}'s reading '{id}' is no list of priorities ({kind}), so no order of it can be "
                "unknown; give it `priorities:`, or settle the order",
                actor=actor,
                id=reading.id,
                kind=reading.kind,
            )
        )
    for chosen in product(*(_variants(statement) for statement in reading.statements)):
        pairs = zip(reading.statements, chosen, strict=True)
        present = [(original, made) for original, made in pairs if made is not None]
        for order in _orders(present, any_order):
            values = _values(actor, reading, order, any_order)
            written = [original for original, _ in order] == list(reading.statements)
            yield _List(tuple(made for _, made in order), values, written and all(a is b for a, b in order))


_Pair = tuple[Statement, Statement]
"""A statement as written, and as completed."""


def _variants(statement: Statement) -> list[Statement | None]:
    """The statement as written, negated if its sign is unknown, absent if its presence is."""
    variants: list[Statement | None] = [statement]
    if "sign" in statement.unknown:
        variants.append(negated(statement))
    return [*variants, None] if "presence" in statement.unknown else variants


def negated(statement: Statement) -> Statement:
    """The contrary wish, at the same rank and with the same evidence.

    >>> from detente.formula import Setting
    >>> str(negated(Statement(want=Not(Setting("us_recog", (1,))))))
    'us_recog'
    """
    if isinstance(statement.want, Not):
        return replace(statement, want=statement.want.of, text="", says="")
    text = statement.text if statement.text.replace(".", "_").isidentifier() else f"({statement.text})"
    return replace(statement, want=Not(statement.want), text=f"not {text}" if statement.text else "", says="")


def _orders(present: list[_Pair], any_order: bool) -> Iterator[list[_Pair]]:
    """Every admissible order: all of them, or the statements of unknown rank anywhere among the others."""
    if any_order:
        yield from map(list, permutations(present))
        return
    orders = [[pair for pair in present if "rank" not in pair[0].unknown]]
    for pair in present:
        if "rank" in pair[0].unknown:
            orders = [[*order[:at], pair, *order[at:]] for order in orders for at in range(len(order) + 1)]
    yield from orders


def _values(actor: str, reading: Reading, order: list[_Pair], any_order: bool) -> dict[str, str]:
    """What this list settles, in words; the same things for every completion of one list."""
    values = {}
    # By identity: a list may have two statements that say the same.
    places = {id(original): (str(rank), made) for rank, (original, made) in enumerate(order, start=1)}
    for statement in reading.statements:
        rank, made = places.get(id(statement), ("", None))
        what = f"{actor}: '{statement}'"
        if "presence" in statement.unknown:
            values[f"{what} is"] = tell("left out") if made is None else "held"
        if "sign" in statement.unknown:
            values[f"{what} reads"] = "" if made is None else str(made)
        if "rank" in statement.unknown and not any_order:
            values[f"{what} has rank"] = rank
    if any_order:
        values[f"{actor}: the order is"] = " > ".join(str(made) for _, made in order)
    return values


def completed_lists(actor: str, reading: Reading, most: int = MOST) -> tuple[tuple[Statement, ...], ...]:
    """Every completion of one reading by itself; just what is written where nothing is unknown."""
    if not _open(reading, False):
        return (reading.statements,)
    if (total := _count(reading, False)) > most:
        raise _too_many(
            tell("completions of {actor}'s list", actor=actor), total, most, tell("settle a sign, a rank or a presence")
        )
    return tuple(one.statements for one in _lists(actor, reading, False))
