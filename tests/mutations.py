"""What the tests do not see: small faults are put into the code, one at a time, and a fault that no test notices is named.

    python tests/mutations.py                                   # 60 faults in every package of src/detente: hours
    python tests/mutations.py questions/partnerships sheet --number 20 --tests test_partnerships.py test_golden.py
    python tests/mutations.py --list sheet                      # the faults that would be tried
    python tests/mutations.py --only 'roles.py::_ties' --number 1000

A package is a folder of `questions`, `present` or `scenario`, any other folder, or a module of its own. Its faults are drawn
with a seed, each operator in turn, so that there are not only changed texts. They are tried in copies of the tree, two at a
time. First all tests that are chosen run once and say which functions they enter (`build/mutations/` keeps that until a file
changes); against a fault run those that enter the function it is in, the most particular first, until one fails. A fault is
seen if a test fails, or runs far longer than it should. It is missed only if nothing fails with everything read anew.

The score is the share of faults that were seen. A fault that changes nothing anybody could see is no fault: those known are in
`tests/equivalent_mutants.toml`, each with its reason, and are not drawn. `benchmarks/SOAK.md` has the last results.

Two well-kept tools were looked at first. mutmut (3) leaves alone what is outside functions, and much of what people read here
stands in tables; cosmic-ray has no operator for texts and draws no samples per package. Both choose tests more coarsely.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import functools
import gc
import hashlib
import importlib
import itertools
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("src") / "detente"
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.toml"
KEPT = ROOT / "build" / "mutations"
WANTED = 0.95
"""The score of a package that is enough; `present/` is looked at apart."""

# --- faults ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """One fault: in which function of which file, what stands there, and what is put there instead.

    The function begins in line `entry`, the outermost one it is in in line `outer`; 0 outside of functions.
    """

    path: str
    function: str
    operator: str
    line: int
    before: str
    after: str
    start: int
    end: int
    entry: int
    outer: int

    @property
    def name(self) -> str:
        """The same as long as the place reads the same, wherever it stands in its file."""
        return f"{self.path}::{self.function}: {self.operator}: {self.before} => {self.after}"

    def put_into(self, source: bytes) -> bytes:
        return source[: self.start] + f"({self.after})".encode() + source[self.end :]


BOUNDARY: Mapping[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
}
SWAPPED: Mapping[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Lt: ast.Gt(),
    ast.LtE: ast.GtE(),
    ast.Gt: ast.Lt(),
    ast.GtE: ast.LtE(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
}
REPLACED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "reversed": "list"}
COUNTED: Mapping[type[ast.operator], ast.operator] = {ast.Add: ast.Sub(), ast.Sub: ast.Add(), ast.Mult: ast.Add()}


def comparison(node: ast.AST) -> Iterator[ast.expr]:
    """A comparison turned round: == and !=, < and >, in and not in."""
    if isinstance(node, ast.Compare):
        for place, each in enumerate(node.ops):
            ops = [*node.ops[:place], SWAPPED[type(each)], *node.ops[place + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def boundary(node: ast.AST) -> Iterator[ast.expr]:
    """A comparison that takes its bound in, or no longer does."""
    if isinstance(node, ast.Compare):
        for place, each in enumerate(node.ops):
            if type(each) in BOUNDARY:
                ops = [*node.ops[:place], BOUNDARY[type(each)], *node.ops[place + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)


def logic(node: ast.AST) -> Iterator[ast.expr]:
    """`and` for `or`, one part left out, `not` left out."""
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for place in range(len(node.values)):
            left = [*node.values[:place], *node.values[place + 1 :]]
            yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def constant(node: ast.AST) -> Iterator[ast.expr]:
    """A number one more, True for False."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)


def text(node: ast.AST) -> Iterator[ast.expr]:
    """A text left out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield ast.Constant("")
    elif isinstance(node, ast.JoinedStr):
        for place, part in enumerate(node.values):
            if isinstance(part, ast.Constant):
                yield ast.JoinedStr([*node.values[:place], *node.values[place + 1 :]])


def pair(node: ast.AST) -> Iterator[ast.expr]:
    """Two texts, or two values, that stand beside each other swapped: of a choice, a tuple, a list, a mapping, a text."""
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        for elements in _neighbours(node.elts):
            yield type(node)(elements, ast.Load())
    elif isinstance(node, ast.Dict):
        for values in _neighbours(node.values):
            yield ast.Dict(node.keys, values)
    elif isinstance(node, ast.JoinedStr):
        places = [place for place, part in enumerate(node.values) if isinstance(part, ast.FormattedValue)]
        for one, two in itertools.pairwise(places):
            parts = list(node.values)
            parts[one], parts[two] = parts[two], parts[one]
            yield ast.JoinedStr(parts)


def arguments(node: ast.AST) -> Iterator[ast.expr]:
    """Two arguments swapped, or one that has a name left out."""
    if isinstance(node, ast.Call):
        for given in _neighbours(node.args):
            yield ast.Call(node.func, given, node.keywords)
        for place, each in enumerate(node.keywords):
            if each.arg and each.arg != "strict":
                yield ast.Call(node.func, node.args, [*node.keywords[:place], *node.keywords[place + 1 :]])


def condition(node: ast.AST) -> Iterator[ast.expr]:
    """A branch always taken, or never; an entry of a comprehension never left out."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield ast.Constant(False)
        if not isinstance(node, ast.While):
            yield ast.Constant(True)


def filtered(node: ast.AST) -> Iterator[ast.expr]:
    """A comprehension without its condition."""
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        for place, each in enumerate(node.generators):
            if each.ifs:
                bare = ast.comprehension(each.target, each.iter, [], each.is_async)
                yield type(node)(node.elt, [*node.generators[:place], bare, *node.generators[place + 1 :]])


def result(node: ast.AST) -> Iterator[ast.expr]:
    """Nothing returned, or yielded."""
    if isinstance(node, ast.Return | ast.Yield) and node.value is not None and not _is(node.value, None):
        yield ast.Constant(None)


def piece(node: ast.AST) -> Iterator[ast.expr]:
    """A slice without one of its bounds, an index one further."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        cut = node.slice
        if isinstance(cut, ast.Slice):
            if cut.lower:
                yield ast.Subscript(node.value, ast.Slice(None, cut.upper, cut.step), ast.Load())
            if cut.upper:
                yield ast.Subscript(node.value, ast.Slice(cut.lower, None, cut.step), ast.Load())


def arithmetic(node: ast.AST) -> Iterator[ast.expr]:
    """Plus for minus, plus for times."""
    if isinstance(node, ast.BinOp) and type(node.op) in COUNTED:
        yield ast.BinOp(node.left, COUNTED[type(node.op)], node.right)


def function(node: ast.AST) -> Iterator[ast.expr]:
    """Min for max, any for all, not sorted."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REPLACED:
        other = REPLACED[node.func.id]
        yield ast.Call(ast.Name(other, ast.Load()), node.args, [] if other == "list" else node.keywords)


def statement(node: ast.AST) -> Iterator[ast.expr]:
    """Something not done: a call whose result nobody takes."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Constant(None)


OPERATORS = (
    comparison,
    boundary,
    logic,
    constant,
    text,
    pair,
    arguments,
    condition,
    filtered,
    result,
    piece,
    arithmetic,
    function,
    statement,
)


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _neighbours(nodes: Sequence[ast.expr]) -> Iterator[list[ast.expr]]:
    """The nodes with two neighbours swapped that differ, and have no place of their own by a star or colon."""
    for place, (one, two) in enumerate(itertools.pairwise(nodes)):
        if not isinstance(one, ast.Starred | ast.Slice) and not isinstance(two, ast.Starred | ast.Slice):
            yield [*nodes[:place], two, one, *nodes[place + 2 :]]


def _place(node: ast.AST) -> ast.AST:
    """The expression that a fault of this node replaces: what is returned, asked or called, else the node itself."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        return node.test
    if isinstance(node, ast.Return | ast.Yield | ast.Expr):
        return node.value or node
    return node


def _faults(node: ast.AST) -> Iterator[tuple[str, Any, ast.AST]]:
    """What the operators make of a node: the operator, what is replaced, and by what.

    A text with braces is replaced whole, also where a fault is inside the braces: Python 3.11 does not say where that is.
    """
    for operator in OPERATORS:
        for changed in operator(node):
            yield operator.__name__, node if operator is pair else _place(node), changed
    if isinstance(node, ast.JoinedStr):
        inside = (
            part for value in node.values if isinstance(value, ast.FormattedValue) for part in ast.walk(value.value)
        )
        for part in inside:
            for name, at, other in () if isinstance(part, ast.JoinedStr) else _faults(part):
                yield name, node, copy.deepcopy(node, {id(at): other})


def mutants(path: str, source: bytes) -> list[Mutant]:
    """All faults that the operators make of one file."""
    lines = [0, *itertools.accumulate(len(line) for line in source.splitlines(keepends=True))]
    found: dict[str, Mutant] = {}
    for node, function, entry, outer in _nodes(ast.parse(source)):
        for operator, at, changed in _faults(node):
            with contextlib.suppress(ValueError):  # some texts with braces cannot be written on one line in Python 3.11
                before, after = ast.unparse(at), ast.unparse(ast.fix_missing_locations(changed))
                start, end = (
                    lines[line - 1] + column
                    for line, column in ((at.lineno, at.col_offset), (at.end_lineno, at.end_col_offset))
                )
                made = Mutant(path, function, operator, at.lineno, before, after, start, end, entry, outer)
                if before != after:
                    found.setdefault(f"{made.name} {start}", made)
    return list(found.values())


def _nodes(tree: ast.Module) -> Iterator[tuple[Any, str, int, int]]:
    """Every node that may be changed, its function, and the lines where that and its outermost function begin.

    What is no behaviour is left out: docstrings, annotations, decorators, asserts, what only type checkers read; the
    parts of a text with braces are changed together.
    """
    waiting: list[tuple[ast.AST, str, int, int]] = [(tree, "", 0, 0)]
    while waiting:
        node, name, entry, outer = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{name}.{node.name}".lstrip(".")
            if isinstance(node, ast.FunctionDef):
                entry = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                outer = outer or entry
        if not isinstance(node, ast.Module):
            yield node, name, entry, outer
        waiting += [(child, name, entry, outer) for child in _children(node)]


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        return
    silent = {"annotation", "returns", "decorator_list", "bases", "type_params", "format_spec"}
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in silent and not _means_nothing(child):
                yield child


def _means_nothing(node: ast.AST) -> bool:
    if (
        isinstance(node, ast.keyword) and node.arg == "strict"
    ):  # of zip: says that lengths are equal, as an assert would
        return True
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test) or "__name__" in ast.unparse(node.test)
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    names = isinstance(node, ast.Assign) and "__all__" in ast.unparse(node.targets[0])
    return docstring or names or isinstance(node, ast.Assert | ast.Import | ast.ImportFrom)


def package_of(path: str) -> str:
    """The package of a file, by its path from src/detente."""
    parts = Path(path).with_suffix("").parts
    deep = parts[0] in ("questions", "present", "scenario") and len(parts) > 2
    return "/".join(parts[:2]) if deep else parts[0]


def packages() -> dict[str, list[str]]:
    """The files of every package."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        name = path.relative_to(ROOT / PACKAGE).as_posix()
        found.setdefault(package_of(name), []).append(name)
    return found


def equivalent() -> dict[str, str]:
    """The faults that change nothing, and why."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {entry["name"]: entry["reason"] for entry in entries}


def drawn(paths: Iterable[str], number: int, seed: str, only: str = "", inside: bool = False) -> list[Mutant]:
    """So many faults of these files, each operator in turn, without those that change nothing; or `inside` functions alone."""
    known, rng = equivalent(), random.Random(seed)
    kinds: dict[str, list[Mutant]] = {operator.__name__: [] for operator in OPERATORS}
    for path in paths:
        for each in mutants(path, (ROOT / PACKAGE / path).read_bytes()):
            if each.name not in known and only in each.name and (each.outer or not inside):
                kinds[each.operator].append(each)
    for each_kind in kinds.values():
        rng.shuffle(each_kind)
    turns = itertools.zip_longest(*kinds.values())
    return list(itertools.islice((each for turn in turns for each in turn if each is not None), number))


# --- which test enters which function -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cover:
    """Of each test its seconds, and the places (`file:line`) where the functions begin that it enters."""

    seconds: Mapping[str, float]
    entered: Mapping[str, frozenset[str]]

    def tests(self, mutant: Mutant, most: float) -> list[str]:
        """The tests that enter the function of a fault, the most particular first, as long as they take `most` seconds.

        What stands outside of functions is run by whoever enters any function of the file.
        """
        place, module = f"{mutant.path}:{mutant.entry}", f"{mutant.path}:"
        fits = [test for test, found in self.entered.items() if place in found]
        if not fits:
            fits = [test for test, found in self.entered.items() if any(each.startswith(module) for each in found)]
        chosen, left = [], most
        for test in sorted(fits, key=lambda test: (len(self.entered[test]) * self.seconds[test], test)):
            if self.seconds[test] <= left:
                chosen.append(test)
                left -= self.seconds[test]
        return chosen


def followed(items: Sequence[pytest.Item], source: str, target: Path) -> int:
    """Run tests and write down, of each, how long it took and which functions of the package it entered; how many failed."""
    functions: dict[str, int] = {}
    tests: dict[str, tuple[float, list[int]]] = {}
    for item in items:
        seen: dict[int, CodeType] = {}

        def enter(frame: FrameType, event: str, arg: object, seen: dict[int, CodeType] = seen) -> None:
            seen[id(frame.f_code)] = frame.f_code

        start = time.process_time()
        sys.settrace(enter)
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        sys.settrace(None)
        codes = [code for code in seen.values() if code.co_filename.startswith(source)]
        places = sorted({f"{code.co_filename.removeprefix(source)}:{code.co_firstlineno}" for code in codes})
        numbers = [functions.setdefault(place, len(functions)) for place in places]
        tests[item.nodeid] = (time.process_time() - start, numbers)
    target.write_text(json.dumps({"functions": list(functions), "tests": tests}), encoding="utf-8")
    return items[0].session.testsfailed


def kept(tests: Sequence[str]) -> Path:
    """Where it is written down which of these tests enter what, until a file changes."""
    digest = hashlib.sha256(repr(tests).encode())
    for path in sorted(path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*") if path.is_file()):
        digest.update(b"" if "__pycache__" in path.parts else path.read_bytes())
    return KEPT / f"{digest.hexdigest()[:12]}.json"


def read_cover(path: Path) -> Cover:
    said = json.loads(path.read_text(encoding="utf-8"))
    places = said["functions"]
    return Cover(
        seconds={test: seconds for test, (seconds, _) in said["tests"].items()},
        entered={test: frozenset(places[number] for number in found) for test, (_, found) in said["tests"].items()},
    )


# --- trying, in a process that has read everything -------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """What became of a fault: `seen` by a test, `slow` (longer than it should, so seen), `missed`, or `untested`."""

    mutant: Mutant
    fate: str
    tests: tuple[str, ...]


def put_into_function(mutant: Mutant, file: Path) -> bool:
    """Give the function that is loaded the faulty code; no if it is not in a function, or has another form there."""
    faulty = compile(mutant.put_into(file.read_bytes()), str(file), "exec")
    codes, found = [faulty], dict[str, CodeType]()
    while codes:
        code = codes.pop()
        found.setdefault(f"{code.co_firstlineno} {code.co_qualname}", code)
        codes += [each for each in code.co_consts if isinstance(each, CodeType)]
    loaded = [
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType)
        and each.__code__.co_filename == str(file)
        and each.__code__.co_firstlineno == mutant.outer
    ]
    for each in loaded:
        each.__code__ = found[f"{mutant.outer} {each.__code__.co_qualname}"]
    return bool(loaded)


class Bench:
    """A plugin of pytest: the tests are collected once, and run in a process split off for each fault."""

    def __init__(self, task: Mapping[str, Any]) -> None:
        self.task = task
        self.mutants = [Mutant(**each) for each in task["mutants"]]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("the tests cannot be collected")
        items = {item.nodeid: item for item in session.items}
        source = str(Path.cwd() / PACKAGE) + os.sep
        known = Path(self.task["cover"])
        if not known.exists():
            child = split(lambda: followed(list(items.values()), source, known))
            if wait({child: float("inf")})[1]:
                known.unlink(missing_ok=True)
                raise session.Failed("the tests fail without any fault; mend that first")
        for path in {
            mutant.path for mutant in self.mutants
        }:  # commands import when they run; then it would be too late
            importlib.import_module(".".join(["detente", *Path(path).with_suffix("").parts]).removesuffix(".__init__"))
        cover, fates = read_cover(known), dict[int, tuple[str, list[str]]]()
        running: dict[int, float] = {}
        numbers: dict[int, int] = {}
        for number, mutant in enumerate(self.mutants):
            chosen = cover.tests(mutant, self.task["most"])
            fates[number] = ("untested" if not chosen else "missed", chosen)
            if chosen and mutant.outer:
                while len(running) >= self.task["jobs"]:
                    self.ended(running, numbers, fates)
                run = functools.partial(trial, mutant, Path(source) / mutant.path, [items[test] for test in chosen])
                child = split(run)
                running[child] = time.monotonic() + 60 + 20 * sum(cover.seconds[test] for test in chosen)
                numbers[child] = number
        while running:
            self.ended(running, numbers, fates)
        Path(self.task["fates"]).write_text(
            json.dumps([fates[number] for number in range(len(fates))]), encoding="utf-8"
        )
        return True

    def ended(
        self, running: dict[int, float], numbers: Mapping[int, int], fates: dict[int, tuple[str, list[str]]]
    ) -> None:
        child, code = wait(running)
        del running[child]
        fate = {0: "missed", None: "slow"}.get(code, "seen")
        fates[numbers[child]] = (fate, fates[numbers[child]][1])
        sys.stderr.write(f"{fate}: {self.mutants[numbers[child]].name}\n"[:160].rstrip() + "\n")


def trial(mutant: Mutant, file: Path, items: Sequence[pytest.Item]) -> int:
    """Put a fault in, and run tests until one fails; how many failed."""
    if put_into_function(mutant, file):
        for item in items:
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            if item.session.testsfailed:
                return 1
    return 0


def split(work: Callable[[], int]) -> int:
    """Do this in a process split off; its number."""
    child = os.fork()
    if child:
        return child
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    try:
        os._exit(min(1, work()))
    finally:
        os._exit(1)


def wait(running: Mapping[int, float]) -> tuple[int, int | None]:
    """The next of these processes that ends, and its code; None if its time is up."""
    while True:
        for child, until in running.items():
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return child, os.waitstatus_to_exitcode(status)
            if time.monotonic() > until:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return child, None
        time.sleep(0.02)


def bench(task: Mapping[str, Any]) -> int:
    """Collect the tests, and try the faults of the task."""
    names = [f"tests/{name}" for name in task["tests"]] or ["tests"]
    words = ["-o", "addopts=", "-m", "not long and not soak", "-p", "no:terminal", "-p", "no:xdist", "-s"]
    return int(pytest.main([*words, "-p", "no:cacheprovider", *names], plugins=[Bench(task)]))


# --- trying, in a copy of the tree -----------------------------------------------------------------------------------


def copy_tree(target: Path) -> Path:
    """A copy of the tree, without what is made from it."""
    made = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, target, ignore=made)
    return target


def in_copy(tree: Path, words: Sequence[str], seconds: float, said: Any = subprocess.DEVNULL) -> int:
    """The exit code of Python in a copy of the tree; -1 if it takes longer."""
    surroundings = {**os.environ, "PYTHONPATH": str(tree / "src")}
    with subprocess.Popen(
        [sys.executable, *words],
        cwd=tree,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        start_new_session=True,
    ) as child:
        try:
            return child.wait(seconds)
        except BaseException as error:
            os.killpg(child.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                return -1
            raise


def attempt(mutant: Mutant, tree: Path, tests: Sequence[str], seconds: float) -> str:
    """Put a fault into a copy, run tests until one fails, and take it out again; what became of it."""
    file = tree / PACKAGE / mutant.path
    source, stale = file.read_bytes(), file.parent / "__pycache__"
    try:
        file.write_bytes(mutant.put_into(source))
        shutil.rmtree(stale, ignore_errors=True)
        words = ["-m", "pytest", "-o", "addopts=", "-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *tests]
        ended = in_copy(tree, words, 120 + 20 * seconds)
    finally:
        file.write_bytes(source)
        shutil.rmtree(stale, ignore_errors=True)
    return {0: "missed", -1: "slow"}.get(ended, "seen")


def survey(
    faults: Sequence[Mutant], tests: Sequence[str], jobs: int = 2, most: float = 30, quick: bool = False
) -> list[Trial]:
    """What became of the faults.

    Most are put into functions that are loaded, in a process split off, which takes as long as the tests alone. What no test
    sees there, and what is not in a function, is tried again in a copy of the tree, with everything read anew; `quick` leaves
    that out.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    known = kept(tests)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        copies = [copy_tree(folder / f"copy{number}") for number in range(jobs)]
        task = {
            "mutants": [asdict(each) for each in faults],
            "tests": list(tests),
            "jobs": jobs,
            "most": most,
            "cover": str(known),
            "fates": str(folder / "fates.json"),
        }
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        in_copy(copies[0], ["tests/mutations.py", "--bench", str(folder / "task.json")], 360_000, sys.stderr)
        if not (folder / "fates.json").exists():
            sys.exit("The tests could not be run.")
        first = json.loads((folder / "fates.json").read_text(encoding="utf-8"))
        cover = read_cover(known)
        free: queue.Queue[Path] = queue.Queue()
        for tree in copies:
            free.put(tree)

        def again(mutant: Mutant, fate: str, chosen: Sequence[str]) -> Trial:
            if fate == "missed" and not quick:
                tree = free.get()
                try:
                    fate = attempt(mutant, tree, chosen, sum(cover.seconds[test] for test in chosen))
                finally:
                    free.put(tree)
            return Trial(mutant, fate, tuple(chosen))

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(again, faults, *zip(*first, strict=True)))


def score(trials: Sequence[Trial]) -> float:
    """The share of faults that a test saw."""
    return sum(each.fate in ("seen", "slow") for each in trials) / max(1, len(trials))


def report(package: str, trials: Sequence[Trial]) -> str:
    """A line for a package, and one for each fault that no test saw."""
    fates = Counter(each.fate for each in trials)
    told = ", ".join(f"{number} {fate}" for fate, number in sorted(fates.items()))
    lines = [f"{package}: {100 * score(trials):.0f} % of {len(trials)} ({told})"]
    lines += [
        f"  {each.fate} by {len(each.tests)} tests: line {each.mutant.line} of {each.mutant.name}"
        for each in trials
        if each.fate not in ("seen", "slow")
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Try faults in the packages named, and print the score of each."""
    if arguments[:1] == ["--bench"]:
        return bench(json.loads(Path(arguments[1]).read_text(encoding="utf-8")))
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", nargs="*", help="packages; all of them if none is named")
    parser.add_argument("--number", type=int, default=60, help="faults per package")
    parser.add_argument("--seed", default="1", help="draws other faults")
    parser.add_argument("--only", default="", help="only faults whose name holds this")
    parser.add_argument("--tests", nargs="*", default=[], help="only these files of tests")
    parser.add_argument("--jobs", type=int, default=2, help="faults tried at once")
    parser.add_argument("--most", type=float, default=30, help="seconds of tests against one fault")
    parser.add_argument(
        "--quick", action="store_true", help="only faults in functions, and what is missed not tried again"
    )
    parser.add_argument("--list", action="store_true", help="name the faults, and try none")
    given = parser.parse_args(arguments)
    known = packages()
    if unknown := [name for name in given.packages if name not in known]:
        sys.exit(f"no package {', '.join(unknown)}; there are: {', '.join(known)}")
    chosen = {
        name: drawn(known[name], given.number, f"{given.seed} {name}", given.only, given.quick)
        for name in given.packages or known
    }
    if given.list:
        sys.stdout.writelines(f"{each.line} {each.name}\n" for faults in chosen.values() for each in faults)
        return 0
    found = survey(
        [each for faults in chosen.values() for each in faults], given.tests, given.jobs, given.most, given.quick
    )
    sorted_out = {name: [each for each in found if package_of(each.mutant.path) == name] for name in chosen}
    for package, trials in sorted_out.items():
        sys.stdout.write(report(package, trials) + "\n")
    return int(any(score(trials) < WANTED for name, trials in sorted_out.items() if trials and name[:7] != "present"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
