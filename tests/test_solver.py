"""Packages by solver: the same optimum as brute force over every package, for every concept and both questions.

The brute force tries every number of units of every incentive. What actors want then is worked out here from the definitions
(truths of the wishes in order, sums of worths), moves and stability come from the oracle; nothing is shared with programs.
"""

from __future__ import annotations

import _thread
import dataclasses
import itertools
import random
import signal
import threading
from fractions import Fraction
from typing import Any

import pytest

from detente.budget import Budget
from detente.case import Case
from detente.errors import InputError, Unanswerable, UnknownName
from detente.questions.incentives.packages import package, package_to_break
from detente.questions.incentives.program import Decided, Program, Sum
from detente.questions.incentives.solvers import cpsat, highs, maxsat, solver_named
from detente.scenario import load, read_text
from detente.verification import oracle
from detente.verification.random_models import to_yaml
from lengths import blocks, seeds
from test_packages import outcome

pytestmark = pytest.mark.first_analysis

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
FAMILIES = ("lists", "weights", "mixed", "vetoes", "moves")

# --- random deals ------------------------------------------------------------------------------------------------


def deal(seed: int, family: str) -> dict[str, Any]:
    """Two to four actors with one or two options each, and two to five incentives between them."""
    rng = random.Random(f"{family} {seed}")
    names = ["ash", "bo", "cy", "di"][: rng.choice((2, 2, 3, 3, 4))]
    owned = {name: [f"{name}{k}" for k in range(rng.choice((1, 1, 2)) if len(names) < 4 else 1)] for name in names}
    options = [option for some in owned.values() for option in some]

    def atom() -> str:
        return rng.choice(("", "not ")) + rng.choice(options)

    def wish() -> str:
        return atom() if rng.random() < 0.5 else f"{atom()} {rng.choice(('and', 'or', '<->', '->'))} {atom()}"

    aim = [rng.choice(("", "not ")) + option for option in options]
    goal = " and ".join(aim if rng.random() < 0.6 else rng.sample(aim, 2)) if rng.random() < 0.8 else wish()

    def wants(kind: str) -> dict[str, Any]:
        if kind == "weights":
            return {"weights": [{"when": wish(), "weight": rng.choice((1, 2, 3, -1, -2, 4))} for _ in range(3)]}
        return {"priorities": [wish() for _ in range(rng.randint(2, 4))]}

    def condition(to: str) -> str:
        """Most often that the receiver does its part of the goal."""
        own = [part for part in aim if part.removeprefix("not ") in owned[to]]
        return rng.choice(
            (rng.choice(own), rng.choice(own), rng.choice(aim), f"{rng.choice(own)} and {atom()}", wish())
        )

    kinds = {
        name: "weights" if family == "weights" else "lists" if family == "lists" else rng.choice(("weights", "lists"))
        for name in names
    }
    actors = {}
    for name in names:
        made: dict[str, Any] = {option: {"name": option} for option in owned[name]}
        for option in made if family == "moves" else ():
            made[option]["change"] = rng.choice(("both", "both", "take", "drop", "fixed"))
        actors[name] = {"options": made, **wants(kinds[name])}
    incentives: dict[str, Any] = {}
    for number in range(rng.randint(2, 6)):
        to = rng.choice(names)
        size = len(actors[to].get("priorities", ()))
        incentives[f"lever{number}"] = {
            "by": rng.choice([name for name in names if name != to]),  # nobody offers to itself
            "to": to,
            "when": condition(to),
            "worth": rng.choice((1, 1, 2, -1, 0.5, 3)),
            "cost": rng.choice((0, 1, 1, 2, 3, 0.5)),
            "max": rng.choice((1, 2, 3)) if kinds[to] == "weights" else 1,
            **({"at": rng.choice((1, 1, rng.randint(1, size + 1)))} if size else {}),
            **({"excludable": False} if rng.random() < 0.1 else {}),
            **({"approved_by": [rng.choice(names)]} if family == "vetoes" and rng.random() < 0.6 else {}),
        }
    rules = [{"never": f"{atom()} and {atom()} and {atom()}"}] if family == "moves" else []
    return {
        "detente": 1,
        "title": f"Deal {seed}",
        "actors": actors,
        "now": [option for option in options if rng.random() < 0.5],
        "outcomes": {"goal": goal},
        **({"rules": rules} if rules else {}),
        "incentives": incentives,
    }


class Deals:
    """One deal with the moves known, and what everybody wants under any package."""

    def __init__(self, model: dict[str, Any]) -> None:
        self.model = model
        self.game = oracle.build({key: part for key, part in model.items() if key != "incentives"})
        self.levers = {name: part for name, part in model["incentives"].items() if part.get("excludable", True)}
        self.known: dict[str, set[int]] = {}
        self.scores: dict[tuple[Any, ...], list[Any]] = {}

    def true(self, text: str, state: int) -> bool:
        if text not in self.known:
            self.known[text] = self.game.holding(text)
        return state in self.known[text]

    def under(self, units: dict[str, int]) -> oracle.Game:
        return dataclasses.replace(self.game, scores={actor: self.wants(actor, units) for actor in self.game.actors})

    def wants(self, actor: str, units: dict[str, int]) -> list[Any]:
        """The scores of all states, made once for what this actor gets: the other units do not change them."""
        key = (actor, *(units[name] for name, part in self.levers.items() if part["to"] == actor))
        if key not in self.scores:
            self.scores[key] = [self.score(actor, units, state) for state in range(len(self.game.states))]
        return self.scores[key]

    def score(self, actor: str, units: dict[str, int], state: int) -> Any:
        spec = self.model["actors"][actor]
        mine = [(part, units[name]) for name, part in self.levers.items() if part["to"] == actor and units[name]]
        if "weights" in spec:
            own = sum(Fraction(str(w["weight"])) for w in spec["weights"] if self.true(w["when"], state))
            return own + sum(Fraction(str(p["worth"])) * n for p, n in mine if self.true(p["when"], state))
        truths = []
        for rank in range(1, len(spec["priorities"]) + 2):
            truths += [self.true(p["when"], state) is (p["worth"] >= 0) for p, _ in mine if p["at"] == rank]
            truths += [self.true(wish, state) for wish in spec["priorities"][rank - 1 : rank]]
        return tuple(truths)

    def true_anywhere(self, text: str) -> bool:
        return any(self.true(text, state) for state in range(len(self.game.states)))

    def outbid(self, concept: str, sanctions: str) -> set[str]:
        """Who is at no goal state stable under any package, even if every answer counts."""
        relaxed = {"seq": "gmr", "sseq": "smr"}.get(concept, concept)
        left = set(self.game.actors)
        for many in itertools.product(*(range(part["max"] + 1) for part in self.levers.values())):
            game = self.under(dict(zip(self.levers, many, strict=True)))
            for actor in sorted(left):
                if any(self.true("goal", s) for s in oracle.stable_states(game, relaxed, actor, sanctions) or ()):
                    left.remove(actor)
        return left

    def cheapest(self, kind: str, always: list[str], sanctions: str) -> Fraction | None:
        prices: list[Fraction] = []
        for many in itertools.product(*(range(part["max"] + 1) for part in self.levers.values())):
            units = dict(zip(self.levers, many, strict=True))
            price = sum((Fraction(str(self.levers[n]["cost"])) * units[n] for n in units), Fraction(0))
            if prices and price >= min(prices):
                continue
            approving = {v for n in units if units[n] for v in self.levers[n].get("approved_by", ())}
            if outcome(self.under(units), kind, "goal", approving | set(always), sanctions):
                prices.append(price)
        return min(prices, default=None)


def assert_same(seed: int, family: str) -> bool:
    """Solver and brute force agree on one deal; whether anything had to be bought."""
    rng = random.Random(seed)
    try:
        deals = Deals(deal(seed, family))
    except oracle.OracleError:
        return False  # no feasible state, or none at the start
    concept, sanctions = CONCEPTS[seed % 5], rng.choice(("legal", "legal", "one-step"))
    always = [rng.choice(sorted(deals.model["actors"]))] if family == "vetoes" and rng.random() < 0.4 else []
    breaking = rng.random() < 0.4 and deals.game.now is not None and not deals.true("goal", deals.game.now)
    model = dict(deals.model)
    if breaking:
        members = sorted(model["actors"])[:2]
        model["partnerships"] = {"pact": {"members": members, "flows": {"tie": "not goal"}}}
    if not deals.levers:
        return False
    case = Case(read_text(to_yaml(model), name="deal"), sanctions=sanctions)
    expected = deals.cheapest(f"break {concept}" if breaking else concept, always, sanctions)
    ways = ("highs", "price") if seed % 7 == 0 else ("highs",)
    for way in ways:
        if breaking:
            found = package_to_break(case, "pact", concept, approved_by=always, way=way)
        else:
            found = package(case, "goal", concept, approved_by=always, way=way)
        about = f"seed {seed}, {family}, {way}, {concept}, {sanctions}, breaking {breaking}, always {always}"
        assert (found.best.price if found.best else None) == expected, about
        assert found.status == ("optimal" if found.best else "impossible"), about
        assert found.bound == expected, about
        if way == "highs" and expected is None and not breaking and seed % 3 == 0 and deals.true_anywhere("goal"):
            assert set(found.outbid) == deals.outbid(concept, sanctions), about
    return expected is not None and expected > 0


@seeds(1, 2, "part")
@pytest.mark.parametrize("family", FAMILIES)
def test_same_optimum_as_brute_force(family: str, part: int) -> None:
    bought = sum(assert_same(seed, family) for seed in range(25 * part, 25 * part + 25))
    assert bought >= 1  # the deals are not all trivial


@blocks(1, 19)
@pytest.mark.parametrize("family", FAMILIES)
def test_at_length(family: str, block: int) -> None:
    for seed in range(1000 + 100 * block, 1100 + 100 * block):
        assert_same(seed, family)


# --- programs and solvers ----------------------------------------------------------------------------------------


def random_program(seed: int, *, sums: bool) -> Program:
    rng = random.Random(seed)
    count = rng.randint(2, 5)
    most = tuple(rng.choice((1, 1, 3)) if sums else 1 for _ in range(count))

    def test() -> Decided | Sum:
        some = rng.sample(range(count), rng.randint(1, count))
        if sums and rng.random() < 0.5:
            return Sum(tuple((amount, rng.choice((-3, -2, -1, 1, 2))) for amount in some), rng.randint(-4, 2))
        return Decided(tuple((amount, rng.random() < 0.6) for amount in some), rng.random() < 0.3)

    tests = tuple(test() for _ in range(6))
    clauses = tuple(
        frozenset(frozenset(rng.sample(range(6), rng.choice((1, 1, 2)))) for _ in range(rng.randint(1, 2)))
        for _ in range(rng.randint(1, 5))
    )
    return Program(most, tuple(rng.randint(0, 9) for _ in range(count)), tests, clauses)


@pytest.mark.parametrize("name", ["highs", "cpsat", "maxsat"])
def test_programs_by_every_solver(name: str) -> None:
    """The least cost over all amounts, or none."""
    for seed in range(40):
        program = random_program(seed, sums=name != "maxsat")
        every = itertools.product(*(range(most + 1) for most in program.most))
        least = min((program.cost(amounts) for amounts in every if program.met(amounts)), default=None)
        solved = solver_named(name)(program, Budget(seconds=60))
        assert solved.proved and solved.impossible is (least is None), (seed, program)
        if least is not None:
            assert solved.amounts is not None and program.met(solved.amounts)
            assert (program.cost(solved.amounts), solved.bound) == (least, least)


def test_a_test_and_its_opposite() -> None:
    """Opposite tests split all amounts; what is called constant is."""
    for seed in range(40):
        program = random_program(seed, sums=True)
        for test in program.tests:
            values = set()
            for amounts in itertools.product(*(range(most + 1) for most in program.most)):
                values.add(test.true(amounts))
                assert test.opposite.true(amounts) is not test.true(amounts)
            known = test.constant(program.most)
            assert known is None or values == {known}


def test_every_solver_buys_the_same() -> None:
    given = Case(load("conditional_engagement"), readings={"nk": "arsenal_first"})
    for concept in CONCEPTS:
        prices = set()
        for way in ("highs", "cpsat", "maxsat", "price"):
            found = package(given, "package", concept, way=way)
            assert found.best is not None and found.status == "optimal"
            prices.add(found.best.price)
        assert len(prices) == 1


def test_every_solver_knows_of_approval() -> None:
    """To leave an incentive that needs approval unbought is no sum, so maxsat takes it too."""
    given = Case(load("detente_veto"), readings={"us": "courage"})
    for way in ("highs", "cpsat", "maxsat", "price"):
        found = package(given, "detente_and_troops_home", "nash", way=way, approved_by=["hawk"])
        assert found.best is not None
        assert (str(found.best), int(found.best.price), found.status) == ("nk_escrow, hawk_results", 3, "optimal")


def test_sums_are_not_for_maxsat() -> None:
    program = random_program(0, sums=True)
    with pytest.raises(Unanswerable, match="priority lists only"):
        maxsat(program)
    with pytest.raises(UnknownName, match="did you mean highs"):
        solver_named("high")
    with pytest.raises(UnknownName, match="way to search"):
        package(Case(load("two_proxies")), "decoupled", way="enumerate")


def hard_program() -> Program:
    """Far more than a moment's work for any solver."""
    rng, many = random.Random(1), 120
    clauses = (frozenset(frozenset({test}) for test in rng.sample(range(many), 3)) for _ in range(520))
    tests = tuple(Decided(((amount, True),), False) for amount in range(many))
    return Program((1,) * many, tuple(rng.randint(1, 9) for _ in range(many)), tests, tuple(clauses))


@pytest.mark.parametrize("solver", [highs, cpsat, maxsat])
def test_every_solver_stops(solver: Any) -> None:
    """At the limit of time or cancelled, without claiming anything, and at Ctrl-C; also those that hear of none themselves."""
    program = hard_program()
    found = solver(program, Budget(seconds=0.3))
    assert not found.proved and not found.impossible
    assert found.amounts is None or (program.met(found.amounts) and found.bound <= program.cost(found.amounts))
    asked = threading.Event()
    threading.Timer(0.3, asked.set).start()
    found = solver(program, Budget(seconds=300, cancelled=asked.is_set))
    assert not found.proved and not found.impossible
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it may be ignored
    try:
        threading.Timer(0.3, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            solver(program, Budget(seconds=300))
    finally:
        signal.signal(signal.SIGINT, usual)


def test_numbers_too_far_apart_are_refused() -> None:
    far = Program((1, 1), (1, 1 << 41), (Decided(((0, True),), False),), (frozenset({frozenset({0})}),))
    for solver in (highs, cpsat):
        with pytest.raises(Unanswerable, match="differ by too much"):
            solver(far)
    with pytest.raises(InputError, match="must be a number"):
        package(Case(load("two_proxies")), "decoupled", seconds=float("nan"))


def test_a_solver_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith(("ortools", "pysat")):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    program = random_program(1, sums=False)
    for solver, extra in ((cpsat, "cpsat"), (maxsat, "maxsat")):
        with pytest.raises(Unanswerable, match=rf"detente\[{extra}\]"):
            solver(program)


def test_models_too_large_for_programs_go_by_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer by the other way, and it is said."""
    from detente.questions.incentives import package_tests, packages, search

    given = Case(load("conditional_engagement"), readings={"nk": "arsenal_first"})
    for module, limit in ((search, "MOST_MOVES"), (packages, "MOST_BYTES"), (package_tests, "MOST_CLASSES")):
        with monkeypatch.context() as patched:
            patched.setattr(module, limit, 0)
            found = package(given, "package")
        assert (str(found.best), found.status, found.way) == ("nk_reward, us_credit", "optimal", "price")
        assert "too large for programs" in str(found)
