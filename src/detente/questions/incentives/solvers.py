"""Programs solved: HiGHS by default, CP-SAT and MaxSAT as extras. The one place where a solver is called.

The mathematics. Every test is needed true, never false, so one direction is all there is to state:

- `Decided`, with the Boolean y of the test and x_k of "amount k is above 0": y and x_k imply that some earlier step that is
  "for" is bought (k "against"); y implies that some step "for" is bought (if `otherwise` is against);
- `Sum`: sum + (M - bound) y <= M, where M is the most the sum can be.

A solver takes a program (`incentives.program`) and returns whole amounts with a proven lower bound. HiGHS works in floating
point, so its amounts are rounded, and whoever calls it checks them exactly (`Program.met`) and what they stand for with the
engine. `cpsat` needs OR-Tools, `maxsat` python-sat (which knows no sums). Cost: NP-hard in general.

>>> dear, cheap = Decided(((0, True),), False), Sum(((1, -2),), -7)
>>> program = Program((1, 5), (9, 2), (dear, cheap), (frozenset({frozenset({0}), frozenset({1})}),))
>>> highs(program)
Solved(amounts=(0, 4), bound=8, proved=True)
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from detente.budget import UNLIMITED, Budget
from detente.errors import Unanswerable, refuse_unknown
from detente.messages import numeral, tell
from detente.questions.incentives.program import Decided, Program, Solved, Sum

WHOLE = 1 << 40
"""Costs and coefficients beyond this cannot be told apart in floating point while bounds are proved."""

Solver = Callable[[Program, Budget], Solved]
"""What is found when the budget is spent is not proved."""


def solver_named(name: str) -> Solver:
    """The solver of that name: `highs`, `cpsat` or `maxsat`."""
    known: dict[str, Solver] = {"highs": highs, "cpsat": cpsat, "maxsat": maxsat}
    refuse_unknown("solver", known, name)
    return known[name]


# --- HiGHS --------------------------------------------------------------------------------------------------------------


@dataclass
class _Rows:
    """Rows of a linear program as they are made; column 0.. are the amounts, then one per test and per way of several."""

    columns: int
    starts: list[int]
    index: list[int]
    value: list[float]
    lower: list[float]
    upper: list[float]

    def column(self) -> int:
        self.columns += 1
        return self.columns - 1

    def add(self, terms: Sequence[tuple[int, float]], lower: float, upper: float) -> None:
        self.index += [column for column, _ in terms]
        self.value += [float(coefficient) for _, coefficient in terms]
        self.starts.append(len(self.index))
        self.lower.append(lower)
        self.upper.append(upper)


def _rows(program: Program) -> _Rows:
    rows = _Rows(len(program.most), [0], [], [], [], [])
    bought = {amount: _bought(rows, program, amount) for amount in _decisive(program)}
    truth = {test: rows.column() for test in program.used}
    for test, y in truth.items():
        each = program.tests[test]
        if isinstance(each, Decided):
            _decided(rows, each, y, bought)
        else:
            high = each.highest(program.most)
            rows.add([*each.terms, (y, high - each.bound)], -math.inf, high)
    ways: dict[frozenset[int], int] = {}
    for clause in program.clauses:
        chosen = []
        for way in clause:
            if way not in ways:
                ways[way] = truth[next(iter(way))] if len(way) == 1 else rows.column()
                for test in way if len(way) > 1 else ():
                    rows.add([(ways[way], 1), (truth[test], -1)], -math.inf, 0)
            chosen.append((ways[way], 1.0))
        rows.add(chosen, 1, math.inf)
    return rows


def _decisive(program: Program) -> list[int]:
    """The amounts that stand in decision lists."""
    lists = (test for test in map(program.tests.__getitem__, program.used) if isinstance(test, Decided))
    return sorted({amount for test in lists for amount, _ in test.steps})


def _bought(rows: _Rows, program: Program, amount: int) -> int:
    """The column of "this amount is above 0": the amount itself if it is at most 1."""
    if program.most[amount] == 1:
        return amount
    column = rows.column()
    rows.add([(column, 1), (amount, -1)], -math.inf, 0)
    rows.add([(amount, 1), (column, -program.most[amount])], -math.inf, 0)
    return column


def _decided(rows: _Rows, test: Decided, y: int, bought: dict[int, int]) -> None:
    favouring: list[tuple[int, float]] = []
    for amount, favours in test.steps:
        if favours:
            favouring.append((bought[amount], -1.0))
        else:
            rows.add([(y, 1), (bought[amount], 1), *favouring], -math.inf, 1)
    if not test.otherwise:
        rows.add([(y, 1), *favouring], -math.inf, 0)


def highs(program: Program, budget: Budget = UNLIMITED) -> Solved:
    """By HiGHS, as a mixed integer program."""
    import highspy
    import numpy as np

    _check(program)
    rows = _rows(program)
    others = rows.columns - len(program.most)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = rows.columns, len(rows.lower)
    lp.col_cost_ = np.array([*program.costs, *[0] * others], dtype=np.float64)
    lp.col_lower_ = np.zeros(rows.columns)
    lp.col_upper_ = np.array([*program.most, *[1] * others], dtype=np.float64)
    lp.row_lower_, lp.row_upper_ = np.array(rows.lower, dtype=np.float64), np.array(rows.upper, dtype=np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array(rows.starts), np.array(rows.index)
    lp.a_matrix_.value_ = np.array(rows.value, dtype=np.float64)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * rows.columns
    model = _silent(highspy)
    for name, value in _OPTIONS.items():
        model.setOptionValue(name, value)
    model.setOptionValue("time_limit", _seconds(budget))
    model.passModel(lp)
    model.HandleUserInterrupt = True
    _heeding(lambda: (model.run(), highspy.Highs.resetThreadScheduler(False)), model.cancelSolve, budget)
    return _solved(program, model, highspy)


def _silent(highspy: Any) -> Any:
    """A model that prints nothing: the banner comes with the callbacks, before options can be set."""

    class Silent(highspy.Highs):  # type: ignore[misc]
        def enableCallbacks(self) -> None:  # noqa: N802 (the library's name)
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()

    return Silent()


_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.5,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
}
"""Costs are whole, so half of one is no gap."""


def _seconds(budget: Budget) -> float:
    """The time left as solvers take it: above zero, and no infinity."""
    left = budget.left
    return 1e9 if left is None else max(0.01, min(left, 1e9))


def _heeding(work: Callable[[], object], stop: Callable[[], object], budget: Budget) -> None:
    """Do the work in a thread, because C++ hears no Ctrl-C; `stop` it when the budget is spent, or at Ctrl-C, which is raised.

    An event is waited for and not the thread, whose `join` a Ctrl-C breaks.
    """
    done, failed = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            done.set()

    threading.Thread(target=run, daemon=True).start()
    try:
        while not done.wait(0.1):
            if budget.spent:
                stop()
    except KeyboardInterrupt:
        stop()
        while not done.wait(0.1):  # what the thread works on must outlive it
            stop()
        raise
    if failed:
        raise failed[0]


def _solved(program: Program, model: Any, highspy: Any) -> Solved:
    status, info = model.getModelStatus(), model.getInfo()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Solved(None, 0, True)
    low = info.mip_dual_bound
    bound = max(0, math.ceil(low - 0.5)) if math.isfinite(low) else 0
    if info.primal_solution_status != 2:
        return Solved(None, bound, False)
    values = model.getSolution().col_value[: len(program.most)]
    amounts = tuple(round(value) for value in values)
    proved = status == highspy.HighsModelStatus.kOptimal
    return Solved(amounts, program.cost(amounts) if proved else min(bound, program.cost(amounts)), proved)


def _check(program: Program) -> None:
    numbers = [*program.costs, *(abs(c) for t in program.tests if isinstance(t, Sum) for _, c in t.terms)]
    if max(numbers, default=0) * max(program.most, default=1) > WHOLE:
        raise Unanswerable(
            tell(
                "the costs or worths of the incentives differ by too much for a solver to prove a bound "
                "(more than {whole} of the smallest unit); round them, or search in order of price "
                "(way='price')",
                whole=numeral(WHOLE),
            )
        )


# --- the extras ---------------------------------------------------------------------------------------------------------


def cpsat(program: Program, budget: Budget = UNLIMITED) -> Solved:
    """By CP-SAT of OR-Tools, in whole numbers throughout."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise _missing("cpsat", "OR-Tools") from None
    _check(program)
    model = cp_model.CpModel()
    amounts = [model.new_int_var(0, most, "") for most in program.most]
    bought = {amount: model.new_bool_var("") for amount in _decisive(program)}
    for amount, column in bought.items():
        model.add(amounts[amount] >= 1).only_enforce_if(column)
        model.add(amounts[amount] == 0).only_enforce_if(~column)
    truth = {test: model.new_bool_var("") for test in program.used}
    for test, y in truth.items():
        each = program.tests[test]
        if isinstance(each, Decided):
            for literals in _clauses_of(each):
                model.add_bool_or([~y, *(bought[a] if sign else ~bought[a] for a, sign in literals)])
        else:
            model.add(sum(c * amounts[a] for a, c in each.terms) <= each.bound).only_enforce_if(y)
    for clause in program.clauses:
        chosen = []
        for way in clause:
            column = model.new_bool_var("")
            model.add_bool_and([truth[test] for test in way]).only_enforce_if(column)
            chosen.append(column)
        model.add_bool_or(chosen)
    model.minimize(sum(cost * amount for cost, amount in zip(program.costs, amounts, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = _seconds(budget)
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.catch_sigint_signal = False
    _heeding(lambda: solver.solve(model), solver.stop_search, budget)
    status = solver.response_proto.status
    if status == cp_model.INFEASIBLE:
        return Solved(None, 0, True)
    bound = max(0, math.ceil(solver.best_objective_bound - 0.5))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Solved(None, bound, False)
    found = tuple(int(solver.value(amount)) for amount in amounts)
    return Solved(found, program.cost(found) if status == cp_model.OPTIMAL else bound, status == cp_model.OPTIMAL)


def maxsat(program: Program, budget: Budget = UNLIMITED) -> Solved:
    """By the MaxSAT solver RC2 of python-sat: decision lists are clauses as they are. Sums are refused."""
    try:
        from pysat.examples.rc2 import RC2
        from pysat.formula import WCNF
    except ImportError:
        raise _missing("maxsat", "python-sat") from None
    if any(isinstance(program.tests[test], Sum) for test in program.used) or any(m > 1 for m in program.most):
        raise Unanswerable(
            tell("maxsat takes priority lists only: weights and amounts of several units are sums; take highs")
        )
    with RC2(_weighted_clauses(program, WCNF())) as solver:
        found, stopped = list[list[int] | None](), list[bool]()

        def stop() -> None:
            stopped.append(True)
            solver.interrupt()

        _heeding(lambda: found.append(solver.compute(expect_interrupt=True)), stop, budget)
    (model,) = found
    if stopped:  # what RC2 says then is neither a proof nor a bound
        return Solved(None, 0, False)
    if model is None:
        return Solved(None, 0, True)
    true = {literal for literal in model if literal > 0}
    amounts = tuple(int(amount + 1 in true and program.costs[amount] >= 0) for amount in range(len(program.most)))
    return Solved(amounts, program.cost(amounts), True)


def _weighted_clauses(program: Program, formula: Any) -> Any:
    """The program as clauses: variable n is "amount n - 1 is bought", to leave it unbought is worth its cost."""
    names = iter(range(len(program.most) + 1, 1 << 40))
    truth = {test: next(names) for test in program.used}
    for test, y in truth.items():
        each = program.tests[test]
        assert isinstance(each, Decided)
        for literals in _clauses_of(each):
            formula.append([-y, *(amount + 1 if sign else -amount - 1 for amount, sign in literals)])
    for clause in program.clauses:
        chosen = []
        for way in clause:
            column = next(names)
            for test in way:
                formula.append([-column, truth[test]])
            chosen.append(column)
        formula.append(chosen)
    for amount, cost in enumerate(program.costs):
        if cost:
            formula.append([-amount - 1], weight=cost)
    return formula


def _clauses_of(test: Decided) -> list[list[tuple[int, bool]]]:
    """What the test implies: in each of these, some amount is bought (True) or not bought (False)."""
    favouring: list[tuple[int, bool]] = []
    found = []
    for amount, favours in test.steps:
        if favours:
            favouring.append((amount, True))
        else:
            found.append([(amount, False), *favouring])
    return found if test.otherwise else [*found, list(favouring)]


def _missing(extra: str, what: str) -> Unanswerable:
    return Unanswerable(
        tell(
            "this solver needs {what}: pip install 'detente[{extra}]'; or take highs, which is always there",
            what=what,
            extra=extra,
        )
    )
