"""The one command that is useful after an answer: a table, a row per kind of answer.

A row makes of an answer a short question and the command that answers it, or nothing where there is nothing more to ask.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from detente.cli.shared import SOURCE, query_words
from detente.messages import later, tell
from detente.sheet import FormulaTerm, NameTerm

if TYPE_CHECKING:
    from detente.case import Case
    from detente.result import Answer

Next = tuple[str, str, tuple[str, ...]] | None
"""What is asked, the command, and its words."""


def following(case: Case, found: Answer, state: str | None = None) -> str:
    """The last line of an answer: about the same model, in the same circumstances; nothing where no row knows more."""
    from detente.case.command_line import circumstances_of

    context = click.get_current_context(silent=True)
    source = context.meta.get(SOURCE) if context else None
    rows = (FOLLOWING[kind.__name__] for kind in type(found).__mro__ if kind.__name__ in FOLLOWING)
    row = next(rows, None)
    after = row(found) if row and source else None
    if after is None:
        return ""
    asks, command, words = after
    asks = tell(asks)
    changed = case.circumstances
    if command == "analyze" and (changed.start or changed.hold or changed.rules):
        asks, command = tell("Why?"), "explain"  # the analysis of a whole model is of the model as it is written
    where = (state,) if state and command == "explain" else ()
    kept = [] if command == "claims" else circumstances_of(case)
    return " ".join([asks, "detente", command, *map(shlex.quote, (str(source), *where, *words)), *kept])


_apart: Next = (later("What would tell the readings apart?"), "observations", ())
"""Next after a record that this model does not hold itself."""


def _query(found: Any) -> tuple[str, ...]:
    """The query of an answer, as options."""
    return query_words(found.query)


def _analysis(found: Any) -> Next:
    return None if found.conflict.now is None else (tell("Why?"), "explain", ())


def _levers(found: Any) -> Next:
    if not found.sufficient:
        return tell("And together?"), "joint", ("--goal", found.goal)
    from detente.case import said

    least = found.minimal[0].flips
    if not least:
        return tell("By which moves?"), "paths", ("--goal", found.goal)
    return tell("Would it be kept?"), "design credibility", ("--promise", said(least), "--goal", found.goal)


def _joint(found: Any) -> Next:
    return tell("In which steps?"), "paths", ("--goal", found.goal)


def _paths(found: Any) -> Next:
    if found.length:
        return tell("Does play go there?"), "types", ("--goal", found.goal)
    return tell("Who could want it?"), "design mind", ("--goal", found.goal)


def _inducements(found: Any) -> Next:
    from detente.case import said

    least = next((each for each in found.minimal if not each.rule), None)
    if least is None:
        return tell("And without the others moving?"), "analyze", ()
    return tell("Would it be kept?"), "design credibility", ("--promise", said(least.settings))


def _package(found: Any) -> Next:
    goal = next((part for part in found.goal.parts if isinstance(part, FormulaTerm | NameTerm)), None)
    if goal is None:
        return None
    return (
        tell("Or a change of mind?"),
        "design mind",
        ("--breaks" if isinstance(goal, NameTerm) else "--goal", str(goal)),
    )


def _claims(found: Any) -> Next:
    order = ("contradicted", "backfires", "depends", "assumed")
    rows = sorted(found.rows, key=lambda row: order.index(row.status) if row.status in order else len(order))
    return (tell("Why?"), "claims", (rows[0].id,)) if rows else None


def _pivots(found: Any) -> Next:
    return tell("What suffices for the answer?"), "assumptions", _query(found)


def _family(found: Any) -> Next:
    return None if found.now is None else (tell("And without that?"), "explain", ())


FOLLOWING: Mapping[str, Callable[[Any], Next]] = {
    "Brief": lambda _: (later("Which commands does each field rest on?"), "brief", ("--verbose",)),
    "Analysis": _analysis,
    "Local": lambda _: (tell("Why?"), "explain", ()),
    "Told": lambda _: (tell("What would flip it?"), "pivots", ()),
    "Row": lambda _: (tell("What of the other claims?"), "claims", ()),
    "Register": _claims,
    "Comparison": lambda found: (tell("What is left open?"), "unknowns", ("--wanting", found.platforms[0].id)),
    "PartnershipVerdict": lambda _: (tell("Why does each stay or leave?"), "explain", ()),
    "BreakMatrix": lambda _: (tell("What becomes of each policy?"), "compare", ()),
    "Levers": _levers,
    "Inducements": _inducements,
    "Types": lambda found: (tell("What would flip it?"), "pivots", _query(found)),
    "Pivots": _pivots,
    "Threshold": lambda found: (tell("What else would flip it?"), "pivots", _query(found)),
    "Unknowns": lambda found: (tell("And over the readings?"), "types", _query(found)),
    "Observations": lambda _: (tell("Which readings matter?"), "types", ()),
    "Ensemble": lambda found: (tell("What would flip it?"), "pivots", _query(found.standings[0].headline)),
    "Diff": lambda found: (tell("What flips today?"), "margin", ()) if found.steps else None,
    "Analysts": lambda _: (tell("What flips today?"), "margin", ()),
    "Ledger": lambda _: (tell("Which of them decide?"), "assumptions", ()),
    "Margin": lambda found: (tell("Which single changes flip it?"), "pivots", _query(found)),
    "Assumptions": lambda found: (tell("Which single changes flip it?"), "pivots", _query(found)),
    "Hindcast": lambda _: _apart,
    "Incoming": lambda found: (tell("What does it say of the readings?"), "update", found.files),
    "Update": lambda found: (tell("How good a forecast was that?"), "backtest", ()) if found.own_record else _apart,
    "Backtest": lambda found: (tell("What does each event say?"), "update", ()) if found.own_record else _apart,
    "Sealed": lambda _: (tell("What would have to be seen?"), "observations", ()),
    "Score": lambda found: (tell("And the readings?"), "backtest", ()) if found.own_record else _apart,
    "GameLog": lambda _: (tell("Where can it go from the start?"), "status-quo", ()),
    "Joint": _joint,
    "Coalitions": lambda _: (tell("Why?"), "coalitions", ("--explain", "now")),
    "AsOne": lambda _: (tell("And the coalitions?"), "coalitions", ()),
    "Paths": _paths,
    "Races": lambda _: (tell("What lies within reach?"), "status-quo", ()),
    "Cycles": lambda _: (tell("Where does the order of moves decide?"), "races", ()),
    "Boxes": lambda found: (tell("What would settle it?"), "collect", _query(found.asked)),
    "CollectionPlan": lambda found: (tell("Where is the answer another one?"), "boxes", _query(found.asked)),
    "Ends": lambda found: (tell("Where does the order of moves decide?"), "races", ("--play", found.play)),
    "Irreversible": lambda _: (tell("What lies within reach?"), "status-quo", ()),
    "StatusQuo": lambda _: (tell("Where does play lead?"), "races", ()),
    "Equilibria": lambda _: (tell("And one state by itself?"), "analyze", ("--local",)),
    "Effective": lambda _: (tell("And what is unknown?"), "unknowns", ()),
    "ResponseCounts": lambda _: (tell("Which counter-moves?"), "explain", ()),
    "Horizons": lambda _: (tell("And by the other concepts?"), "analyze", ()),
    "Behaviours": lambda _: (tell("And all by one concept?"), "analyze", ()),
    "Hypergame": lambda _: (tell("What if the truth came out?"), "announce", ("--each",)),
    "Announcement": lambda _: (tell("And every other error put right?"), "announce", ("--each",)),
    "Disclosures": lambda _: (tell("Who sees what?"), "hypergame", ()),
    "ThirdParty": lambda _: (tell("And without it?"), "analyze", ()),
    "Inverse": lambda found: (tell("With the fewest changes?"), "design mind", ("--concept", found.concept)),
    "ChangeOfMind": lambda _: (tell("Which single changes flip today?"), "pivots", ()),
    "Package": _package,
    "Wedge": lambda _: (tell("Which policy breaks it, under which reading?"), "break", ()),
    "Credibility": lambda _: (tell("What does it rest on?"), "responses", ()),
    "Exchange": lambda found: (tell("Which ways are there at all?"), "paths", ("--goal", found.goal)),
    "Family": _family,
    "ThreeValued": lambda _: (tell("Over all that is unknown?"), "unknowns", ()),
}
