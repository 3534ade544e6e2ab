"""`detente design` as it is spoken: the findings on the bundled models, limits of time, interruptions, and mistakes."""

from __future__ import annotations

import contextlib
import itertools
import json
import shlex
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detente.budget import Budget
from detente.case import Case
from detente.cli import main
from detente.cli.runs import interruptible
from detente.errors import InputError
from detente.present.tables import terminal
from detente.questions.incentives import packages, search
from detente.questions.incentives.program import Program, Solved
from detente.questions.incentives.wedge import wedge
from detente.questions.inverse.change_of_mind import change_of_mind
from detente.questions.inverse.goals import ends, goal_of
from detente.scenario import load, read_text

pytestmark = pytest.mark.first_analysis


def run(asked: str) -> Result:
    return CliRunner().invoke(main, ["design", *shlex.split(asked)])


def answer(asked: str) -> Any:
    result = run(f"{asked} --json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# --- what must be shown ------------------------------------------------------------------------------------------

LEAVING = {"need": 3, "profit": 3}
"""Smallest changes of Russia's list under the policy of 2024: to put leaving above munitions, at one of three ranks."""


@pytest.mark.parametrize("ru", ["need", "profit"])
def test_what_would_have_to_change_for_russia_to_leave(ru: str) -> None:
    found = answer(f"mind --goal decoupled --reading ru={ru} --actors ru")
    assert (found["distance"], len(found["solutions"]), found["checked"]) == (1, LEAVING[ru], True)
    assert all("'not ru_link' to rank" in each["text"] for each in found["solutions"])
    package = answer(f"mind --goal decoupled --platform carpenter --reading ru={ru} --actors ru")
    assert package["distance"] == {"need": 0, "profit": 1}[ru]


@pytest.mark.parametrize(
    ("asked", "bought", "price"),
    [
        ("two_proxies --goal troops_home", ["nk_aid"], 2),
        ("two_proxies --goal decoupled", ["ru_relief"], 5),
        ("detente_veto --reading us=courage --goal detente_and_troops_home", ["hawk_defence"], 2),
        (
            "detente_veto --reading us=courage --goal detente_and_troops_home --approved-by hawk",
            ["nk_escrow", "hawk_results"],
            3,
        ),
        ("conditional_engagement --goal package", ["nk_trade", "us_credit"], 3),
        ("two_proxies --breaks russia_dprk", ["ru_relief"], 5),
        ("two_proxies --breaks russia_dprk --concept gmr", ["ru_relief", "nk_aid"], 7),
    ],
)
def test_the_cheapest_packages(asked: str, bought: list[str], price: int) -> None:
    found = answer(f"package {asked}")
    assert (found["status"], found["best"]["price"]) == ("optimal", price)
    assert [each["id"] for each in found["best"]["purchases"]] == bought


def test_which_of_them_the_hawks_let_pass() -> None:
    cheap, agreed = (
        answer(f"package detente_veto --reading us=courage --goal detente_and_troops_home {more}")
        for more in ("", "--approved-by hawk")
    )
    passing = [
        {each["actor"]: each["lets_pass"] for each in found["best"]["consents"]}["hawk"] for found in (cheap, agreed)
    ]
    assert passing == [False, True]


def test_what_cannot_be_bought_and_why() -> None:
    found = answer("package detente_veto --reading us=isolation --goal detente_and_troops_home --concept nash")
    assert (found["status"], found["best"], found["bound"]) == ("impossible", None, None)
    assert found["outbid"] == ["us"]
    (us,) = found["obstacles"]
    assert (us["actor"], us["needed"], us["beyond"]) == ("us", "an aim at rank 1 or above", True)
    assert "no purchase meets what it asks for" in run(
        "package detente_veto --reading us=isolation --goal detente_and_troops_home --concept nash"
    ).output.replace("\n", " ")


def test_a_goal_that_no_state_has() -> None:
    result = run("package --goal 'us_arm and not us_arm' --concept seq")
    assert "no feasible state has the goal" in result.output


# --- the core of the composite -----------------------------------------------------------------------------------


@pytest.mark.long
def test_a_package_on_the_core() -> None:
    """28,800 states, twelve incentives: by solver and by price the same, and Seoul stands in the way.

    Long, for docs/guides/incentives.md asks and shows the same in every run, by the solver.
    """
    asked = "package composite_core --world a_world --goal 'detente and troops_home' --concept seq"
    for way in ("highs", "price"):
        found = answer(f"{asked} --way {way}")
        assert (found["status"], found["best"]["price"], found["way"]) == ("optimal", 2, way)
    vetoed = answer(f"{asked} --approved-by hawk,rok,jp,ua")
    assert vetoed["status"] == "impossible"
    assert {"hawk", "rok"} <= {each["actor"] for each in vetoed["obstacles"] if each["kind"] == "vetoes"}


def test_hawks_of_the_core_can_be_paid() -> None:
    """With the law that ties concessions to results some wedges with recognition pass the hawks, without it none."""
    case = Case(load("composite_core"), readings={"us": "carpenter"}, world="a_world")
    options = ["us_arm", "us_nato", "us_recog", "us_cvid"]
    found = wedge(case, "us", among=options, offers=["hawk_results"], over=[], approved_by=["hawk"])
    opening = [each for each in found.wedges if each.switches.get("us_recog")]
    assert opening
    assert all([str(p) for p in each.purchases] == ["hawk_results"] for each in opening)


# --- time and interruption ---------------------------------------------------------------------------------------


def interrupted(*_: Any, **__: Any) -> Any:
    """What Ctrl-C does to whoever has not said how to be cancelled."""
    raise KeyboardInterrupt


@pytest.fixture
def heeded() -> Iterator[None]:
    """Interrupts as in the foreground; in the background they may be ignored."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


def test_a_wedge_in_no_time() -> None:
    """The packages come by price; what was tried before the end is said."""
    case, ticks = Case(load("two_proxies"), readings={"us": "carpenter"}), itertools.count()
    whole = wedge(case, "us")
    part = wedge(case, "us", seconds=60, clock=lambda: float(next(ticks)))
    assert (whole.stopped, whole.bound) == ("", None)
    assert part.stopped == "the time is up" and part.bound is not None
    known = {str(each) for each in part.breaking if each.price < part.bound}
    assert known == {str(each) for each in whole.breaking if each.price < part.bound}
    assert "the time is up: all policies that cost less than 2 were tried, and some others" in str(part)
    for seconds, said in (
        (0, "no policy was tried"),
        (12, "only policies that cost nothing were tried, and not all of them"),
    ):
        ticks = itertools.count()
        early = wedge(case, "us", seconds=seconds, clock=lambda ticks=ticks: float(next(ticks)))  # type: ignore[misc]
        assert f"the time is up: {said}" in str(early)


HUGE = """
detente: 1
title: Many small bribes
actors:
  taker: {options: {leave: {name: Leave}}, weights: [{when: not leave, weight: 90000}]}
  giver: {options: {pay: {name: Pay}}, weights: [{when: pay, weight: 1}]}
now: []
partnerships: {pact: {members: [taker, giver], flows: {tie: not leave}}}
incentives:
"""


def test_a_huge_number_of_packages() -> None:
    """2,000 units of each of 400 incentives: by solver at once, by price not, and the limit of time is kept."""
    levers = "".join(
        f"  i{k}: {{by: giver, to: taker, when: leave, worth: {1 + k}, cost: {3 + k}, max: 2000}}\n" for k in range(400)
    )
    case = Case(read_text(HUGE + levers, name="huge"))
    found = packages.package(case, "leave", "nash")
    assert found.status == "optimal" and found.best is not None and found.best.price >= 90_000
    assert "more than 1,000,000,000,000,000 that could be bought" in str(found)
    assert found.to_json()["packages"] is None
    late = packages.package_of_play(case, "leave", seconds=0.2)
    assert (late.status, late.tried) == ("open", 1)
    assert wedge(case, "giver", seconds=0.2).stopped == "the time is up"


def test_a_cancelled_wedge() -> None:
    asked = threading.Event()

    def cancel(done: int, total: int, text: str) -> None:
        if done == 9:
            asked.set()

    case = Case(load("two_proxies"), readings={"us": "carpenter"})
    found = wedge(case, "us", progress=cancel, cancelled=asked.is_set)
    assert (found.stopped, found.tried) == ("the search was interrupted", 9)
    with pytest.raises(KeyboardInterrupt):
        wedge(case, "us", progress=interrupted)


def test_a_change_of_mind_in_no_time() -> None:
    profit, ticks = Case(load("two_proxies"), readings={"ru": "profit"}), itertools.count()
    found = change_of_mind(profit, ends("decoupled"), ["ru"], seconds=5, clock=lambda: float(next(ticks)))
    assert (found.distance, found.at_least, found.stopped) == (None, 1, "the time is up")

    asked = threading.Event()

    def cancel(done: int, total: int, text: str) -> None:
        if done == 1:
            asked.set()

    stopped = change_of_mind(profit, ends("decoupled"), ["ru"], progress=cancel, cancelled=asked.is_set)
    assert (stopped.distance, stopped.at_least, stopped.stopped) == (None, 1, "the search was interrupted")
    with pytest.raises(KeyboardInterrupt):
        change_of_mind(profit, ends("decoupled"), ["ru"], progress=interrupted)
    for question in (
        lambda: change_of_mind(profit, ends("decoupled"), seconds=float("nan")),
        lambda: wedge(profit, "us", seconds=float("nan")),
    ):
        with pytest.raises(InputError, match="must be a number"):
            question()


def test_a_cancelled_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled while a program is being solved: the bound so far."""
    asked = threading.Event()

    def cancelled(program: Program, budget: Budget) -> Solved:
        asked.set()
        assert budget.spent
        return Solved(None, 0, False)

    monkeypatch.setattr(search, "solver_named", lambda _: cancelled)
    case = Case(load("conditional_engagement"), readings={"nk": "arsenal_first"})
    found = packages.package(case, "package", cancelled=asked.is_set)
    assert (found.status, str(found.best), str(found.bound)) == ("open", "None", "0")
    assert "No package cheaper" not in str(found)
    monkeypatch.setattr(search, "solver_named", lambda _: interrupted)
    with pytest.raises(KeyboardInterrupt):
        packages.package(case, "package")


SEARCHES = (
    ("package conditional_engagement --reading nk=arsenal_first --goal package", "search was ended"),
    ("wedge --by us --reading us=carpenter", "the search was interrupted: no policy was tried"),
    ("mind --goal decoupled --reading ru=profit --actors ru", "the search was interrupted"),
    ("credibility --promise carpenter", "the search was interrupted: not everything was tried"),
)


@pytest.mark.parametrize(("asked", "said"), SEARCHES)
def test_ctrl_c_ends_the_search_and_shows_what_there_is(
    asked: str, said: str, monkeypatch: pytest.MonkeyPatch, heeded: None
) -> None:
    """The first one; the second ends the command."""

    def press(times: int) -> None:
        @contextlib.contextmanager
        def progress() -> Iterator[Any]:
            left = [times]

            def report(*_: object) -> None:
                while left[0]:
                    left[0] -= 1
                    signal.raise_signal(signal.SIGINT)

            yield report

        monkeypatch.setattr(terminal, "progress", progress)

    press(1)
    shown = run(asked)
    assert (shown.exit_code, said in " ".join(shown.output.split())) == (0, True), shown.output
    press(2)
    assert run(asked).exit_code == 130
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ignored_interrupts_stay_ignored() -> None:
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible() as cancelled:
            signal.raise_signal(signal.SIGINT)
            assert not cancelled()
    finally:
        signal.signal(signal.SIGINT, usual)


# --- goals -------------------------------------------------------------------------------------------------------


def test_goals_of_a_command() -> None:
    case = Case(load("two_proxies"))
    assert str(goal_of(case, "decoupled")) == "decoupled where foresight play ends: ALL"
    assert str(goal_of(case, "decoupled", play="myopic", expect="none")) == "decoupled where myopic play ends: NONE"
    assert str(goal_of(case, "decoupled", concept="nash")) == "a nash equilibrium with decoupled"
    assert goal_of(case, "decoupled", concept="nash", expect="ALL").expect == ("ALL",)
    assert goal_of(case, concept="seq").expect == ("stable",)
    assert "breaks where" in str(goal_of(case, partnership="russia_dprk"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("package", "--goal FORMULA, or --breaks"),
        ("package --goal decoupled --breaks russia_dprk", "--goal FORMULA, or --breaks"),
        ("package --goal decoupled --way highs", "no solver can say"),
        ("package --goal decoupled --concept seq --play myopic", "leave out --concept"),
        ("package --goal decoupled --concept seq --way hihgs", "did you mean highs"),
        ("package --breaks russia", "russia_dprk"),
        ("mind", "say what should come about"),
        ("mind --goal decoupled --stock 'zz: x'", "unknown actor"),
        ("mind --goal decoupled --expect maybe", "never by 'MAYBE'"),
        ("mind --goal decoupled --concept nahs", "did you mean nash"),
        ("wedge --by us --among ru_link", "option of the divider"),
        ("wedge --by us --offers nk", "unknown incentive that us can give"),
        ("inverse composite --target decoupled", "ask under nash"),
        ("exchange composite --goal detente", "32,768 at most"),
        ("credibility --promise us_arm,nothing", "nothing"),
    ],
)
def test_mistakes_get_a_message(asked: str, message: str) -> None:
    result = run(asked)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_stock_for_some_and_for_all() -> None:
    asked = "mind --goal decoupled --platform carpenter --reading ru=profit --actors ru,nk --most 1"
    assert answer(f"{asked} --stock 'not nk_arms'")["stock"] == {"ru": ["not nk_arms"], "nk": ["not nk_arms"]}
    found = answer(f"{asked} --stock 'nk: not nk_arms'")
    assert found["stock"] == {"ru": [], "nk": ["not nk_arms"]}
    assert "nk: new 'not nk_arms' at rank 1, above" in " ".join(each["text"] for each in found["solutions"])
