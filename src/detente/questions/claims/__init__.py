"""Claims as tests: what becomes of an author's assertions when they are asked of a model.

A claim is somebody's assertion in our words, with its source, and the questions that decide it: a test in the scenario
file says which model is asked, under which circumstances, over which rival readings, what the question is and what the
author expects. `claims` asks all of them and computes each status:

- a statement of fact or consequence *follows*, is *assumed*, *depends on* something, is *contradicted*, *cannot* be *told*, or
  is *input*;
- advice *would work*, *backfires*, *makes no difference*, *depends on* something, or is *assumed*;
- either may be *outside the model*.

Nothing is written down but the questions: change a reading, and statuses change. The statuses stand in
`detente.questions.claims.statuses`, how tests are written in `detente.questions.claims.checks`, how a status follows in
`detente.questions.claims.judging`.

Cost: one analysis per model, circumstances and combination of readings, shared by all claims that ask about it; where a
test holds, about three more per wish to see whether it holds by assumption.

>>> from detente.scenario import load
>>> register = claims(load("two_proxies"), ["C7", "C13"])
>>> [(row.id, row.status) for row in register]
[('C7', 'follows'), ('C13', 'input')]
>>> register["C7"].key
'12 of 12, in 8 nothing could succeed'
>>> register["C7"].findings[0].cells[8].verdict
'us_arm = none, us_nato = treaty, us_recog = granted'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from detente.case import Case, Circumstances
from detente.engine import Progress, quiet
from detente.errors import InputError, Lacks, Problem, ScenarioError, did_you_mean, refuse_unknown
from detente.messages import tell
from detente.questions.claims.checks import QUESTIONS, Test, read_tests
from detente.questions.claims.circumstances import Desk, load_beside
from detente.questions.claims.judging import Finding, Judgement, find, judge
from detente.questions.claims.register import Register, Row
from detente.questions.claims.statuses import STATUSES, family
from detente.scenario.model import Claim, Place, Scenario
from detente.scenario.text.page import shorten

MOST_NAMED = 5
"""Claims named at most, of those cited that stand nowhere."""

__all__ = ["QUESTIONS", "STATUSES", "Finding", "Judgement", "Register", "Row", "Test", "check", "claims"]


class Chosen(Protocol):
    """A scenario with a choice of readings, world and sanction rule: a `Case`, a `Study`."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def readings(self) -> Mapping[str, str]: ...
    @property
    def world(self) -> str | None: ...
    @property
    def sanctions(self) -> str: ...


def claims(
    asked: Scenario | Chosen,
    ids: Iterable[str] | None = None,
    *,
    models: Mapping[str, Scenario] | None = None,
    progress: Progress = quiet,
) -> Register:
    """The register of a scenario's claims (or of those named by `ids`, in the order given).

    What is chosen in a study or case (readings, world, sanction rule) holds for its own model wherever a test does not say
    otherwise. `models` gives scenarios to be asked in place of those the tests name. Raises `ScenarioError` with every
    problem of the tests, each with its line and column.
    """
    case = (
        Case(asked)
        if isinstance(asked, Scenario)
        else Case(asked.scenario, asked.readings, asked.world, asked.sanctions)
    )
    chosen = _chosen(case.scenario, ids)
    basis = case.basis
    desk = Desk(
        case.scenario, models, Circumstances(readings=dict(case.readings), world=case.world, sanctions=case.sanctions)
    )
    tests, problems = read_tests(desk, chosen)
    if problems:
        raise ScenarioError(problems)
    rows = []
    for number, claim in enumerate(chosen):
        progress(number, len(chosen), f"{claim.id}: {claim.says}")
        findings = [_found(desk, claim, test) for test in tests[claim.id]]
        rows.append(Row(claim=claim, judgement=judge(findings, claim.together), desk=desk))
    return Register(basis=basis, rows=tuple(rows))


def check(scenario: Scenario, models: Mapping[str, Scenario] | None = None) -> tuple[Problem, ...]:
    """Every problem in the tests of a scenario's claims, and in the claims it cites; nothing is asked."""
    tests = read_tests(Desk(scenario, models), scenario.claims.values())[1]
    return tuple(sorted((*tests, *_cited(scenario))))


def _cited(scenario: Scenario) -> Iterator[Problem]:
    """Claims cited that are not where the file says they are; where it does not say, all of them together."""
    parts = (
        scenario.whole.parts.values() if scenario.whole else ()
    )  # what a part cites is looked up when that is checked
    theirs = {claim for part in parts for claim in (*part.claims, *_elsewhere(part))}
    places = {claim: place for claim, place in _elsewhere(scenario).items() if claim not in theirs}
    if not scenario.claims_from:
        if places:
            some = ", ".join([shorten(claim) for claim in places][:MOST_NAMED]) + ", ..." * (len(places) > MOST_NAMED)
            said = tell("claims are cited and stand nowhere ({some})", some=some)
            message = tell(
                "{said}: write them under 'claims', or say with 'claims_from' which model has them", said=said
            )
            yield _problem(scenario, next(iter(places.values())), "unknown-claim", message, severity="warning")
        return
    try:
        held = {*scenario.claims, *load_beside(scenario.claims_from, scenario).claims}
    except InputError as error:
        yield _problem(scenario, scenario.places["claims_from",], "claims-from", str(error))
        return
    for claim, place in places.items():
        if claim not in held:
            near = did_you_mean(claim[:80], held)
            yield _problem(
                scenario, place, "unknown-claim", tell("unknown claim '{claim}'{near}", claim=shorten(claim), near=near)
            )


def _elsewhere(scenario: Scenario) -> dict[str, Place]:
    """The claims cited that another file holds, and where."""
    return {path[1]: place for path, place in scenario.places.items() if path[0] == "claims"}


def _problem(scenario: Scenario, place: Place, code: str, message: str, severity: str = "error") -> Problem:
    return Problem(place.line, place.column, severity, code, message, scenario.path)


def _found(desk: Desk, claim: Claim, test: Test) -> Finding:
    """What becomes of a test; circumstances that cannot be are a problem of the claim."""
    try:
        return find(desk, test, family(claim.kind, claim.sentence))
    except ScenarioError as error:
        place, file = claim.place, desk.home.path
        said = tell("{id}, test {number}: under its circumstances ", id=claim.id, number=test.number + 1)
        moved = [
            replace(p, line=place.line, column=place.column, file=file, message=said + p.message)
            for p in error.problems
        ]
        raise ScenarioError(moved) from None


def _chosen(scenario: Scenario, ids: Iterable[str] | None) -> tuple[Claim, ...]:
    if not scenario.claims:
        raise Lacks("claims")
    if ids is None:
        return tuple(scenario.claims.values())
    wanted = tuple(dict.fromkeys(ids))
    refuse_unknown("claim", scenario.claims, *wanted)
    return tuple(scenario.claims[name] for name in wanted)
