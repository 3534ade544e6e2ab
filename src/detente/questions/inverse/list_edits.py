"""One list of wishes, and every list that few edits lead to.

The mathematics. An *edit* changes one place of a list and counts 1:

- *move*: a wish goes to another rank, the others keeping their order (in a ranking of states: a group of equals moves);
- *drop*: a wish is taken out; *negate*: a wish is replaced by its opposite (with weights: the opposite is worth as much);
- *insert*: a wish of a given stock that is not in the list goes in, at any rank.

The *distance* of a list is the least number of edits that lead to it. Priorities can be edited in every way, weights know no
order and so are only dropped and negated, rankings know no single wishes and so are only moved.

How to use it: `Lists(actor, reading, stock).layer(d)` has every list at distance d, each once; `way(list)` the edits that lead
there. Cost: a list of k wishes has (k - 1)² moves, k omissions, k reversals and k + 1 insertions of each new wish.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> lists = Lists("nk", Case(load("two_proxies")).reading("nk"))
>>> len(lists.layer(1)), len(lists.layer(2))
(37, 487)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from detente.errors import TooLarge
from detente.formula import Not, opposite
from detente.messages import numeral, tell
from detente.result import Record
from detente.scenario.model import Reading, Statement
from detente.sheet import ActorTerm, FormulaTerm, Phrase

MOST_LISTS = 200_000
"""Lists made at most per distance."""

Order = tuple[int, ...]
"""A list as the numbers of its wishes."""


@dataclass(frozen=True, kw_only=True)
class Edit(Record):
    """One edit; `rank` (from 1) is where the wish stands afterwards, or stood if it is dropped.

    `beside` says above or below which wish it then stands.
    """

    actor: str
    kind: str
    statement: str
    rank: int
    beside: str = ""

    DERIVED = ("text",)

    @property
    def text(self) -> Phrase:
        """The edit in words."""
        before, after = {
            "move": ("'", tell("' to rank {rank}", rank=self.rank)),
            "drop": (tell("without '"), "'"),
            "negate": (tell("the opposite of '"), "'"),
            "insert": (tell("new '"), tell("' at rank {rank}", rank=self.rank)),
        }[self.kind]
        beside = (", ", self.beside) if self.beside else ()
        return Phrase.of(ActorTerm(self.actor), ": ", before, FormulaTerm(self.statement), after, *beside)

    def __str__(self) -> str:
        return self.text


@dataclass
class Lists:
    """The lists around an actor's reading, found layer by layer and remembered."""

    actor: str
    reading: Reading
    stock: tuple[Statement, ...] = ()
    wishes: list[Any] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    origin: dict[Order, tuple[Order, Edit] | None] = field(default_factory=dict)
    layers: list[list[Order]] = field(default_factory=list)

    def __post_init__(self) -> None:
        start = tuple(self._number(each) for each in self.reading.entries)
        self.new = tuple(self._number(each) for each in self.stock)
        self.origin[start] = None
        self.layers.append([start])

    def _number(self, wish: Any) -> int:
        """The same number for wishes that say the same."""
        key = f"{wish.want} {wish.weight}" if isinstance(wish, Statement) else " ".join(wish)
        if key not in self.numbers:
            self.numbers[key] = len(self.wishes)
            self.wishes.append(wish)
        return self.numbers[key]

    def layer(self, distance: int) -> list[Order]:
        """Every list at just this distance. Raises `TooLarge` beyond `MOST_LISTS`."""
        # Breadth first: a list is met first at its distance, and `origin` keeps the edit that led there.
        while len(self.layers) <= distance:
            fresh: list[Order] = []
            for order in self.layers[-1]:
                for found, edit in self._neighbours(order):
                    if found not in self.origin:
                        self.origin[found] = (order, edit)
                        fresh.append(found)
                if len(fresh) > MOST_LISTS:
                    raise TooLarge(
                        tell(
                            "more than {most_lists} lists of {actor} are {number} edits away",
                            most_lists=numeral(MOST_LISTS),
                            actor=self.actor,
                            number=len(self.layers),
                        )
                    )
            self.layers.append(fresh)
        return self.layers[distance]

    def way(self, order: Order) -> tuple[Edit, ...]:
        """A shortest sequence of edits to a list that has been found."""
        edits: list[Edit] = []
        while (step := self.origin[order]) is not None:
            order, edit = step
            edits.append(edit)
        return tuple(reversed(edits))

    def text(self, number: int) -> str:
        wish = self.wishes[number]
        return str(wish) if isinstance(wish, Statement) else ", ".join(wish)

    def changed(self, order: Order) -> Reading:
        """The reading with this list."""
        return self.reading.listing(tuple(self.wishes[number] for number in order), "changed")

    # --- one edit ---

    def _neighbours(self, order: Order) -> Iterator[tuple[Order, Edit]]:
        kind = self.reading.kind
        if kind != "weights":
            yield from self._moves(order)
        if kind != "ranking":
            yield from self._changes(order)
        if kind == "priorities":
            yield from self._insertions(order)

    def _moves(self, order: Order) -> Iterator[tuple[Order, Edit]]:
        """Upwards first, so that two neighbours change places by the lower one rising."""
        places = range(len(order))
        for start, end in sorted(((i, j) for i in places for j in places if i != j), key=lambda p: p[1] > p[0]):
            rest = order[:start] + order[start + 1 :]
            yield self._placed("move", rest, order[start], end, rising=end < start)

    def _insertions(self, order: Order) -> Iterator[tuple[Order, Edit]]:
        for wish in self.new:
            if wish not in order:
                for place in range(len(order) + 1):
                    yield self._placed("insert", order, wish, place, rising=place < len(order))

    def _placed(self, kind: str, rest: Order, wish: int, place: int, *, rising: bool) -> tuple[Order, Edit]:
        beside = Phrase.told("above '{rest}'", rest=FormulaTerm(self.text(rest[place]))) if rising else ""
        if not rising and place:
            beside = Phrase.told("below '{rest}'", rest=FormulaTerm(self.text(rest[place - 1])))
        found = (*rest[:place], wish, *rest[place:])
        return found, self._edit(kind, wish, place, beside)

    def _edit(self, kind: str, wish: int, place: int, beside: str = "") -> Edit:
        return Edit(actor=self.actor, kind=kind, statement=self.text(wish), rank=place + 1, beside=beside)

    def _changes(self, order: Order) -> Iterator[tuple[Order, Edit]]:
        for place, wish in enumerate(order):
            above, below = order[:place], order[place + 1 :]
            yield above + below, self._edit("drop", wish, place)
            turned = self._number(_turned(self.wishes[wish]))
            yield (*above, turned, *below), self._edit("negate", wish, place)


def _turned(wish: Statement) -> Statement:
    """The opposite wish, in the words of the wish where those differ from the formula (outcome names)."""
    named = wish.text not in ("", str(wish.want)) and not isinstance(wish.want, Not)
    return replace(wish, want=opposite(wish.want), text=f"not ({wish.text})" if named else "", says="")
