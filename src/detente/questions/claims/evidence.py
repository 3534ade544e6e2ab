"""The statements an answer rests on, with their grounds: which article's claim, public record, supposition or logic."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from detente.case import Case, can_choose
from detente.messages import tell
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.judging import Finding
from detente.questions.claims.question import Probe
from detente.scenario.model import Evidence, Reading, Scenario

TAGS = {"record": "P", "supposition": "S", "logic": "L"}
"""The kinds of sources that have a letter."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One statement of one reading that an answer rests on. `role`: it decides, it is a reaction rule, or nothing.

    `rank` is its number in the list; a statement with a weight has no rank, only a `weight`.
    """

    model: str
    actor: str
    reading: str
    rank: int
    statement: str
    grounds: str
    role: str
    weight: str = ""

    @property
    def place(self) -> int | str:
        """Where it stands: its rank, or what it weighs."""
        return tell("weighs {weight}", weight=self.weight) if self.weight else self.rank

    @property
    def key(self) -> tuple[str, ...]:
        return self.model, self.actor, self.reading, str(self.rank)

    def joined(self, other: Wish) -> Wish:
        """The same statement, with the roles it has in both."""
        roles = dict.fromkeys(filter(None, (*other.role.split(", "), *self.role.split(", "))))
        return replace(self, role=", ".join(roles))


def grounds(evidence: Evidence, model: Scenario) -> str:
    """The tags of a statement.

    >>> from detente.scenario import load
    >>> model = load("two_proxies")
    >>> need = model.actor("ru").reading("need")
    >>> [grounds(statement.evidence, model) for statement in need.statements][:2]
    ['C19', 'C19']
    """
    kinds = {source: model.sources[source].kind for source in evidence.source if source in model.sources}
    letters = [TAGS[kind] for kind in kinds.values() if kind in TAGS]
    named = [source for source, kind in kinds.items() if kind not in TAGS] if not evidence.claims else []
    return ", ".join(dict.fromkeys((*evidence.claims, *named, *letters))) or tell("no source")


def wishes(desk: Desk, finding: Finding) -> Iterator[Wish]:
    """Every statement of those who can choose, under every reading the test goes through; those that decide marked."""
    if not finding.cells or finding.test.question.enters:
        return
    test, model = finding.test, desk.model(finding.test.model)
    cell = next((cell for cell in finding.cells if cell.holds), finding.cells[0])
    case = desk.case(test.model, test.circumstances.wanting(cell.readings))
    probes = [probe for reply in cell.replies.values() for probe in reply.probes[:1]][:1]
    flips = {key for probe in probes for key in _flips(desk, probe)}
    for actor in (actor.id for actor in case.scenario.actors if can_choose(case, actor.id)):
        for reading in _readings(finding, case, actor):
            yield from _listed(model, case, actor, reading, flips)


def _readings(finding: Finding, case: Case, actor: str) -> tuple[Reading, ...]:
    """The readings of an actor that the test looks at."""
    model = case.scenario.actor(actor)
    if not model.readings:
        return ()
    test = finding.test
    accounts = [
        each.readings[actor] for each in (*test.between.values(), *test.rivals.values()) if actor in each.readings
    ]
    names = dict.fromkeys((*(test.over.get(actor) or (case.reading(actor).id,)), *accounts))
    return tuple(model.readings[name] for name in names)


def _listed(
    model: Scenario,
    case: Case,
    actor: str,
    reading: Reading,
    flips: Set[tuple[str, str]],
) -> Iterator[Wish]:
    chosen = case.reading(actor).id == reading.id
    rules = case.reaction_rules(actor, reading.id)
    for rank, statement in enumerate(reading.statements, start=1):
        roles = ["decides"] if chosen and (actor, str(statement)) in flips else []
        roles += ["rule"] if rank in rules else []
        grounded = grounds(statement.evidence, model)
        weight = "" if statement.weight is None else str(statement.weight)
        yield Wish(
            model=model.name,
            actor=actor,
            reading=reading.id,
            rank=rank,
            statement=str(statement),
            grounds=grounded,
            role=", ".join(roles),
            weight=weight,
        )


def _flips(desk: Desk, probe: Probe) -> Iterator[tuple[str, str]]:
    """The statements a change of which flips a verdict."""
    for change in desk.pivots(*probe).flips:
        yield change.actor, change.statement
        if change.other:
            yield change.actor, change.other
