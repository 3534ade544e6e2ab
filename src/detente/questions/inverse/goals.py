"""What somebody wants to come about: a query and the verdicts that would do.

How to make one: `ends` (where play ends), `exists` (an equilibrium with a property, or a named state), `lasts` (the status
quo), `breaks` (a partnership), or a `Goal` of any query. `detente.case.answered` says of an analysis what
`detente.case.verdict` says of a case.

>>> from detente.scenario import load
>>> print(exists("decoupled", "seq"))
a seq equilibrium with decoupled
>>> print(breaks(Case(load("two_proxies"))))
russia_dprk breaks where foresight play ends
"""

from __future__ import annotations

from dataclasses import dataclass

from detente.case import Case, Query
from detente.engine.concepts import concepts
from detente.engine.play import ALL, NO_EQUILIBRIA, NONE, SOME
from detente.errors import InputError
from detente.formula import Formula
from detente.messages import tell, word
from detente.questions.partnerships.fate_and_exits import BREAKS, bond_of
from detente.result import Record
from detente.sheet import FormulaTerm, NameTerm, Phrase

VERDICTS = {None: (ALL, SOME, NONE), "of": (ALL, SOME, NONE, NO_EQUILIBRIA), "now": ("stable", "unstable")}
"""What can be expected of a play, of a concept's equilibria, and of the status quo."""


@dataclass(frozen=True)
class Goal(Record):
    """The goal holds if the query's verdict is one of those expected."""

    query: Query
    expect: tuple[str, ...]
    text: str = ""

    def __post_init__(self) -> None:
        query = self.query
        known = VERDICTS[None if query.concept is None else "of" if query.of is not None else "now"]
        for expected in self.expect:
            if expected not in known:
                raise InputError(
                    tell(
                        "'{query}' is answered by one of {known}, never by '{word}'",
                        query=query,
                        known=", ".join(known),
                        word=expected,
                    )
                )

        if not self.text:
            asked = "" if query.of is None else str(query.of)
            what = Phrase.of(FormulaTerm(asked), str(query).removeprefix(asked), f": {' or '.join(self.expect)}")
            object.__setattr__(self, "text", what)

    def __str__(self) -> str:
        return self.text


def ends(of: str | Formula, play: str = "foresight", expect: str = ALL) -> Goal:
    """The formula is ALL (or what is expected) of where play ends."""
    return Goal(Query(of, play), (expect,))


def exists(of: str | Formula, concept: str) -> Goal:
    """Some state where the formula holds is an equilibrium under the concept; the formula may be a named state."""
    return Goal(
        Query(of, concept=concept),
        (ALL, SOME),
        Phrase.told("a {concept} equilibrium with {of}", concept=concept, of=FormulaTerm(of)),
    )


def lasts(concept: str) -> Goal:
    """The status quo is an equilibrium under the concept."""
    return Goal(Query(concept=concept), ("stable",))


def goal_of(
    case: Case,
    of: str | None = None,
    *,
    play: str = "foresight",
    concept: str | None = None,
    expect: str | None = None,
    partnership: str | None = None,
) -> Goal:
    """The goal that options of a command describe: a formula, or without one a partnership that breaks, or the status quo.

    >>> from detente.scenario import load
    >>> print(goal_of(Case(load("two_proxies")), "decoupled", expect="some"))
    decoupled where foresight play ends: SOME
    """
    given = [of is not None, partnership is not None]
    if all(given) or not (any(given) or concept):
        raise InputError(
            tell("say what should come about: a goal, or a partnership to break, or a concept under which to last")
        )
    if of is not None:
        case.scenario.formula(of)
        if concept is None:
            return ends(of, play, (expect or ALL).upper())
        concepts([concept])
        return exists(of, concept) if expect is None else Goal(Query(of, concept=concept), (expect.upper(),))
    if partnership is not None:
        return breaks(case, partnership or None, play)
    concepts([concept or ""])
    return lasts(concept or "")


def breaks(case: Case, partnership: str | None = None, play: str = "foresight") -> Goal:
    """The partnership (default: the first) is broken wherever play ends."""
    bond = bond_of(case.analyse(("seq",)), partnership)
    text = Phrase.told("{id} breaks where {play} play ends", id=NameTerm(bond.partnership.id), play=word(play))
    return Goal(Query(bond.formula(BREAKS), play), (ALL,), text)
