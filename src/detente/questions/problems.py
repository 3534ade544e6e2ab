r"""Every problem of a scenario: what its text shows, what its states show, and what its questions would refuse.

>>> [each.code for each in problems_in("detente: 1\ntitle: Nothing\n")]
['no-actors']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from detente.analysis.warnings import lint
from detente.errors import Cure, InputError, Problem, ScenarioError, TooLarge
from detente.messages import tell
from detente.questions.claims import check as check_claims
from detente.questions.claims.circumstances import load_beside
from detente.questions.history.recorded_moves import problems as of_history
from detente.questions.incentives.offers import problems as of_incentives
from detente.scenario.model import Scenario
from detente.scenario.read import check_text, read_text
from detente.sheet import counted


def problems_in(
    text: str, *, name: str = "", path: str = "", outside: bool = False, words: Mapping[Cure, str] | None = None
) -> tuple[Problem, ...]:
    """Every problem of a text, in the order of the file; `name` and `path` say where it came from, or where it will stand.

    `outside` lets its parts lie in any folder; `words` are what messages say for what can still be asked. Cost: one reading,
    and one building of the states, if they fit.
    """
    problems = check_text(text, name=name, path=path, allow_outside=outside)
    if any(problem.severity == "error" for problem in problems):
        return problems
    scenario = read_text(text, name=name, path=path, allow_outside=outside)
    try:
        more = lint(scenario)
    except TooLarge as error:
        message = tell("the state space was not looked at: {worded}", worded=error.worded(words or {}))
        more = (replace(error.problem, severity="warning", message=message, file=scenario.path),)
    asked = (*check_claims(scenario), *_question_problems(scenario), *_sister_problems(scenario, words or {}))
    return tuple(sorted({*problems, *more, *asked}))


def _question_problems(scenario: Scenario) -> Iterator[Problem]:
    """What questions about incentives would refuse, and those about the record pass over."""
    try:
        yield from of_incentives(scenario)
        yield from of_history(scenario)
    except InputError:  # the model itself cannot be built, which is told already
        return


def _sister_problems(scenario: Scenario, words: Mapping[Cure, str]) -> Iterator[Problem]:
    """The models of the same conflict that cannot be read: the brief would look for its objection in vain."""
    if not scenario.sisters:
        return
    for name in scenario.sisters:
        try:
            load_beside(name, scenario)
        except ScenarioError as error:
            found = error.problems
            message = tell(
                "the model '{name}' cannot be read: {counted}; {check} of {file} tells more",
                name=name,
                counted=counted([problem.severity for problem in found]),
                check=words.get(Cure.CHECK, Cure.CHECK.value),
                file=found[0].file,
            )
        except InputError as error:
            message = str(error)
        else:
            continue
        place = scenario.places["sisters", name]
        yield Problem(
            place.line,
            place.column,
            "warning",
            "sister",
            tell("sister model: {message}", message=message),
            scenario.path,
        )
