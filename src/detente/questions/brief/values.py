"""What a brief says, as values: one for each of its fields; what they mean is told in the opening of `brief`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from detente.case import Basis
from detente.messages import Messages, tell
from detente.questions.inverse.assumptions import Assumption
from detente.questions.uncertainty.brittleness import Brittleness
from detente.questions.uncertainty.completions import in_order
from detente.questions.uncertainty.telling_apart import Watch
from detente.result import INSIDE, Answer, Record
from detente.scenario.model import Scenario
from detente.sheet import Phrase, Sheet, VerdictTerm

FIELDS: Mapping[str, str] = Messages(
    {
        "question": "Question",
        "answer": "Answer",
        "table": "The table that decides",
        "near": "How near another answer is",
        "turns": "What it turns on",
        "objection": "Strongest objection",
        "route": "The other route",
        "home": "At home",
        "indicators": "What would tell us",
        "irreversible": "Cannot be undone",
        "others": "What others can do",
        "trust": "How far to trust this",
        "since": "Since then",
    }
)
"""The fields in order, with their headings."""

NAMED = 4
"""Readings that the answer names one by one."""

INDICATORS = 4
"""Observations that a brief names."""


@dataclass(frozen=True, kw_only=True)
class Verdicts(Record):
    """How often each verdict was found about one thing: a platform, an outcome, a combination of readings, a setting."""

    of: str
    counts: Mapping[str, int]

    DERIVED: ClassVar[tuple[str, ...]] = ("total",)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True)
class Asked(Record):
    """The question of the file, and what answers it."""

    text: str
    ask: str
    derived: bool


@dataclass(frozen=True, kw_only=True)
class Answered(Record):
    """What was found: `kind` says what the verdicts are about, `subject` names it, `best` is the row that does most.

    `over` are the actors whose readings vary; `deciding` the fewest of them whose readings settle whether the row that does
    most says yes, and `where` the readings of theirs under which it does. `ends` tells where play ends, as it differs from
    today, where no reading varies; `chosen` the readings of the actors that have rival ones, where none varies.
    """

    kind: str
    subject: str
    best: str
    over: tuple[str, ...]
    verdicts: tuple[Verdicts, ...]
    deciding: tuple[str, ...] = ()
    where: tuple[Mapping[str, str], ...] = ()
    ends: tuple[str, ...] | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether one actor's readings settle it, few enough of them to be named."""
        return len(self.deciding) == 1 and 0 < len(self.where) <= NAMED

    def row(self, of: str) -> Verdicts:
        return next(each for each in self.verdicts if each.of == of)


HEADS = Messages({"outcome": "comes about", "concept": "holds", "commitment": "would it last"})
"""By what the rows are: the head of the one column of verdicts, where there is one case only."""


@dataclass(frozen=True, kw_only=True)
class Table(Record):
    """The answer as a table: a row for each thing, a column for each verdict."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    @classmethod
    def of(cls, heading: str, verdicts: tuple[Verdicts, ...]) -> Table:
        """Verdicts across, in their usual order; of one case each, the verdict itself."""
        if heading in HEADS and all(each.total == 1 for each in verdicts):
            alone = [next(word for word, number in each.counts.items() if number) for each in verdicts]
            only = tuple((each.of, VerdictTerm(word)) for each, word in zip(verdicts, alone, strict=True))
            return cls(heading=heading, columns=(HEADS[heading],), rows=only)
        words = in_order({word for each in verdicts for word in each.counts})
        rows = tuple((each.of, *(each.counts.get(word, 0) for word in words)) for each in verdicts)
        return cls(heading=heading, columns=tuple(map(VerdictTerm, words)), rows=rows)

    def sheet(self) -> Sheet:
        return Sheet(FIELDS["table"], (self.heading, *self.columns), self.rows)


@dataclass(frozen=True, kw_only=True)
class Near(Record):
    """How near another verdict is, of the one case looked into: with `platform` in force, under the `readings` chosen."""

    platform: str
    readings: Mapping[str, str]
    brittle: Brittleness


@dataclass(frozen=True, kw_only=True)
class Decisive(Record):
    """A reading that settles one row of the answer: with it, the verdict is the same whatever the others want."""

    of: str
    actor: str
    reading: str
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Deciding(Record):
    """What suffices for the verdict on `of` in one case: the smallest of the minimal sufficient sets of assumptions.

    `of` is what comes about, `platform` is in force, `readings` are the ones chosen; `sets` are as small as the smallest,
    `others` larger. `size` changes at a time were tried, all of them (`exact`: whatever is changed); `asked` for more means
    that the time ended.
    """

    of: str
    platform: str
    readings: Mapping[str, str]
    verdict: str
    assumed: int
    sets: tuple[tuple[Assumption, ...], ...]
    others: int
    size: int
    asked: int
    exact: bool

    @property
    def supposed(self) -> tuple[int, int]:
        """How many suppositions the best and the worst of the sets have."""
        numbers = [sum(each.supposed for each in members) for members in self.sets]
        return min(numbers), max(numbers)


@dataclass(frozen=True, kw_only=True)
class Turns(Record):
    """What the answer turns on: readings that decide by themselves, assumptions that suffice, single changes that turn it.

    `settled`: the answer itself names the readings that decide about what does most. `of` is what `flips` of `tried` single
    changes turn, with `platform` in force (None: not tried); `whose` they are.
    """

    decisive: tuple[Decisive, ...]
    settled: bool
    deciding: Deciding | None
    of: str
    platform: str
    flips: int | None
    tried: int | None
    whose: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Objection(Record):
    """The answer of a sister model (`model`, its `title`), or that under one other reading (`actor`, `reading`).

    `of` is the row that is compared: of the sister model its own, which does most there. Where it is asked what can be made
    sure of, `by` are those asked about, and `able` tells whether they can under that reading. `answer` is the sister model's.
    """

    model: str = ""
    title: str = ""
    actor: str = ""
    reading: str = ""
    of: str
    ours: Mapping[str, int]
    theirs: Mapping[str, int]
    by: tuple[str, ...] = ()
    able: bool | None = None
    answer: Answered | None = None
    sister: Scenario | None = field(default=None, metadata=INSIDE)


@dataclass(frozen=True, kw_only=True)
class Promise(Record):
    """A commitment that pays its actor, how strongly, whether the goal then comes about, and whether it would be kept."""

    actor: str
    commits: str
    strength: str
    goal: str
    kept: str


@dataclass(frozen=True, kw_only=True)
class Route(Record):
    """Other ways to the goal: who would all gain by going there together, and commitments made first.

    `lasts` tells whether one of the places the coalition can go to is then sequentially stable (None: not known), and
    `by_answers` that it is so only by what others would answer: somebody there could gain by a move of its own.
    """

    goal: str
    together: tuple[str, ...]
    lasts: bool | None
    by_answers: bool
    promises: tuple[Promise, ...]
    tried: int


@dataclass(frozen=True, kw_only=True)
class Course(Record):
    """A platform, and whether its actor, free again, would stay with it (None: that depends on what it leaves open)."""

    platform: str
    actor: str
    kept: bool | None


@dataclass(frozen=True, kw_only=True)
class Home(Record):
    """What holds the one who decides to its course: its own list, and those who must approve what it offers."""

    courses: tuple[Course, ...]
    approval: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Indicators(Record):
    """What to watch for: the observations that tell most accounts apart, and how many pairs nothing tells apart."""

    within: int
    watch: tuple[Watch, ...]
    pairs: int
    separated: int


@dataclass(frozen=True, kw_only=True)
class OneWay(Record):
    """A switch that nobody can undo: whether it is made already, and the outcomes that it closes."""

    actor: str
    option: str
    switch: str = field(metadata=INSIDE)
    made: bool
    outcomes: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "switch": str(self.switch)}


@dataclass(frozen=True, kw_only=True)
class Irrevocable(Record):
    switches: tuple[OneWay, ...]


@dataclass(frozen=True, kw_only=True)
class Lever(Record):
    """What one actor can bring about alone: the smallest setting that makes sure of the goal, and whether it would be kept.

    `setting` is None where nothing it can hold does.
    """

    actor: str
    goal: str
    setting: str | None
    kept: bool | None


@dataclass(frozen=True, kw_only=True)
class OtherLevers(Record):
    levers: tuple[Lever, ...]


@dataclass(frozen=True, kw_only=True)
class Trust(Record):
    """How much of the answer is supposition.

    `deciding` has the smallest sets of assumptions that suffice (None: not tried); `by_assumption`: only reaction rules
    decide. `wishes` and `wishes_supposed` count over all the lists in force, and so do `single` (on one source), `contested`
    and `stale` (None: the file does not say after how many months).
    """

    deciding: Deciding | None
    by_assumption: bool
    wishes: int
    wishes_supposed: int
    single: int = 0
    contested: int = 0
    stale: int | None = None


@dataclass(frozen=True, kw_only=True)
class Since(Record):
    """The record after the start: how many moves, how well the best readings expected them, and what it cannot tell apart.

    `silent` of the `pairs` of readings are those that no recorded move separates, not even weakly. `quiet` entries record that
    nobody moved; each of them speaks `against` these readings, under which that actor had a reason to move.
    """

    first: str
    last: str
    moves: int
    combinations: int
    best: int
    best_count: int
    expected_by_chance: float
    pairs: int
    silent: int
    quiet: int
    against: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Field(Record):
    """One field: its value and the commands that reproduce it, or that it is `absent`, and why.

    `found` are the answers that the commands give, in their order; `under` says for each of them under which readings of the
    actors that have rival ones it was asked.
    """

    id: str
    value: Record | None
    commands: tuple[str, ...]
    absent: str = ""
    found: tuple[Record, ...] = field(default=(), metadata=INSIDE)
    under: tuple[Mapping[str, tuple[str, ...]], ...] = ()

    DERIVED: ClassVar[tuple[str, ...]] = ("title",)

    @property
    def title(self) -> str:
        return FIELDS[self.id]


@dataclass(frozen=True, repr=False, kw_only=True)
class Brief(Answer):
    """The answer; see the module's opening."""

    basis: Basis
    title: str
    fields: tuple[Field, ...]

    def __getitem__(self, name: str) -> Field:
        return next(each for each in self.fields if each.id == name)

    @property
    def absent(self) -> Mapping[str, str]:
        """The fields that this model has nothing for, and why."""
        return {each.id: each.absent for each in self.fields if each.value is None}

    def sheets(self) -> tuple[Sheet, ...]:
        """What each field rests on; and the table that decides."""
        rows = tuple(
            (each.title, each.value is not None, each.absent or "; ".join(each.commands)) for each in self.fields
        )
        contents = Sheet(
            Phrase.told("Brief: {title}", title=self.title), ("field", "told", tell("by, or why not")), rows
        )
        table = self["table"].value
        return (contents, table.sheet()) if isinstance(table, Table) else (contents,)
