"""Bad input of every kind: one clear message with its place, exit code 2, no traceback, nothing written."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import detente.conflict.memory
import detente.conflict.space
from detente.analysis import analyse
from detente.analysis import warnings as lints
from detente.analysis.fingerprint import model_hash
from detente.analysis.one_state import judge_locally
from detente.cli import main
from detente.cli.shared import FLAGSHIP
from detente.conflict import build, memory_limit
from detente.conflict.payoffs import payoffs
from detente.engine import one_state as local
from detente.engine.concepts import CONCEPTS
from detente.errors import InputError
from detente.scenario import load, read_text
from detente.verification.random_models import random_model, to_yaml

MODEL = """detente: 1
title: A model
actors:
  a:
    options: {x: , y: }
    priorities: [x, not p]
  b:
    options: {p: , q: }
    priorities: [q, not x]
now: [x]
"""

NESTED = "(" * 150 + "x" + ")" * 150
SIXTY = "".join(
    f"  a{n}: {{options: {{{', '.join(f'a{n}o{k}: ' for k in range(6))}}}, priorities: [not a{(n + 1) % 10}o0, a{n}o1]}}\n"
    for n in range(10)
)
BIG = f"detente: 1\nactors:\n{SIXTY}now: [a1o0]\n"
OWN = f"detente: 1\nactors:\n  a: {{options: {{{', '.join(f'o{n}: ' for n in range(60))}}}, priorities: [o1]}}\n"
CROWD = "detente: 1\nactors:\n" + "".join(f"  a{n}: {{options: {{o{n}: }}, priorities: [o{n}]}}\n" for n in range(70))
MANY = ", ".join(f"c{n}" for n in range(300))
RANKED = """detente: 1
actors:
  a: {options: {x: }, ranking: [s1, s2]}
  b: {options: {p: }, ranking: [s1, s2, s3, s4]}
states: {s1: [], s2: [x], s3: [p], s4: [x, p]}
"""


def rule(*texts: str) -> str:
    return MODEL + "rules:\n" + "".join(f"  - {{{text}}}\n" for text in texts)


REFUSED = {
    "wrong type": (MODEL.replace("[x, not p]", "{x: 3}"), "m.yaml:6:5: error: expected a list; found a mapping"),
    "unknown name": (MODEL.replace("not p", "not pp"), "m.yaml:6:25: error: unknown option, outcome or state 'pp'"),
    "formula": (MODEL.replace("not p]", "x and and y]"), "m.yaml:6:27: error: expected an option name"),
    "nested formula": (MODEL.replace("not p]", f'"{NESTED}"]'), "m.yaml:6:122: error: nested more than 100 deep"),
    "duplicate key": (MODEL + "title: B\n", "m.yaml:11:1: error: 'title' is written twice; first at line 2, column 1"),
    "anchor": (MODEL.replace("A model", "&t A model"), "m.yaml:2:8: error: &t is an anchor"),
    "bomb": ("detente: 1\na: &a [x, x]\nb: &b [*a, *a]\n", "m.yaml:2:4: error: &a is an anchor"),
    "tag": (MODEL.replace("A model", "!!python/object:os.system [ls]"), "m.yaml:2:8: error: tag:yaml.org"),
    "brackets": ("[" * 100_000, "m.yaml:1:41: error: nested more than 40 deep"),
    "two documents": (f"{MODEL}---\n{MODEL}", "m.yaml:11:1: error: a second document starts here"),
    "tab": (MODEL.replace("    options", "\toptions"), "m.yaml:5:1: error: a tab cannot indent"),
    "empty file": ("", "m.yaml: error: the file is empty"),
    "no actors": ("detente: 1\nactors: {}\n", "m.yaml:1:1: error: there are no actors"),
    "no options": ("detente: 1\nactors: {a: {priorities: [true]}}\n", "m.yaml:2:10: error: actor 'a' has no options"),
    "too many choices": (
        MODEL.replace("{x: , y: }", f"{{x: , y: {{choices: [{MANY}]}}}}"),
        "m.yaml:5:24: error: an option has at most 255 choices; found 300",
    ),
    "cycle": (
        rule("when: x, then: q", "when: y, then: not p", "when: y and not p, then: p"),
        (
            "m.yaml:13:5: error: the consequences never come to rest, they switch the same options back and forth: "
            "'when y then not p', 'when y and not p then p' [cyclic-consequences]"
        ),
    ),
    "contradiction": (
        rule("never: y and q", "never: p", "never: not p and x", "never: not p and not x"),
        (
            "m.yaml:13:5: error: the rules leave no feasible state; together these forbid everything: 'p' (line 13), "
            "'not p and x' (line 14), 'not p and not x' (line 15) [no-feasible-state]"
        ),
    ),
    "own contradiction": (rule("never: x", "never: not x"), "m.yaml:12:5: error: the rules leave no feasible state"),
    "fixed contradiction": (
        rule("never: x").replace("{x: ,", "{x: {change: fixed},"),
        "m.yaml:12:5: error: the rules leave no feasible state",
    ),
    "infeasible now": (
        rule("never: x and not p"),
        "m.yaml:10:1: error: today's state (`now`) is infeasible: it breaks `never: x and not p` (line 12) [infeasible-now]",
    ),
    "infeasible now, own options": (
        rule("never: x and not y"),
        "m.yaml:10:1: error: today's state (`now`) is infeasible",
    ),
    "a consequence into the forbidden": (
        rule("when: x, then: p", "never: p"),
        "m.yaml:10:1: error: today's state (`now`) is infeasible: its consequences lead to what `never: p` (line 13) forbids",
    ),
    "merged scores": (
        rule("same: y"),
        "m.yaml:6:5: error: the states merged by `same: y` (line 12) differ for reading 'only' on 'x' (line 6)",
    ),
    "incomplete ranking": (
        RANKED,
        "m.yaml:3:23: error: ranking 'only': 2 states are not ranked, for example 's3', 's4' [ranking]",
    ),
    "ranking of the infeasible": (
        RANKED.replace("[s1, s2]", "[s1, s2, s3]") + "rules: [{never: x and p}]\n",
        "m.yaml:4:23: error: ranking 'only': s4 is infeasible, so it cannot be ranked [ranking]",
    ),
    "ranking twice": (
        RANKED.replace("[s1, s2]", "[s1, [s2, s3], s4]") + "rules: [{same: p}]\n",
        "m.yaml:3:23: error: ranking 'only': s4 is the same state as s3, so it is ranked twice [ranking]",
    ),
    "one actor with 60 options": (OWN, "m.yaml:3:3: error: a has 60 free options, 1,152,921,504,606,846,976 own"),
    "60 options": (BIG, "m has 1,152,921,504,606,846,976 cells; following play would take"),
    "60 options that somebody cares for": (
        BIG.replace("[not a1o0, a0o1]", f"[{', '.join(f'a{n}o{k}' for n in range(6) for k in range(6))}]"),
        "m.yaml:3:3: error: m has 1,152,921,504,606,846,976 cells, and the verdicts of a0 depend on 68,719,476,736",
    ),
    "60 options and consequences": (f"{BIG}rules: [{{when: a1o0, then: a2o0}}]\n", "every move must be listed"),
    "60 options and merges": (
        f"{BIG}rules: [{{same: a1o0}}]\n",
        "m has merged states and 1,152,921,504,606,846,976 cells",
    ),
    "70 actors": (CROWD, "error: m has 70 actors; at most 60 can be handled"),
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments, prog_name="detente")


@pytest.mark.parametrize("kind", REFUSED)
def test_refused(kind: str, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """What decision diagrams could answer is refused where they are not installed."""
    monkeypatch.setitem(sys.modules, "oxidd.bcdd", None)
    text, said = REFUSED[kind]
    Path("m.yaml").write_text(text, encoding="utf-8")
    result = run("analyze", "m.yaml")
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert not result.stdout
    assert "Traceback" not in result.stderr
    assert [path.read_text(encoding="utf-8") for path in Path().iterdir()] == [text]


@pytest.mark.parametrize("kind", [kind for kind in REFUSED if "60" not in kind and "70" not in kind])
def test_check_finds_it_too(kind: str, run: Callable[..., Result]) -> None:
    text, said = REFUSED[kind]
    Path("m.yaml").write_text(text, encoding="utf-8")
    result = run("check", "m.yaml")
    assert result.exit_code == 2
    assert said in result.stdout


@pytest.mark.parametrize("kind", [kind for kind in REFUSED if "60" in kind or "70" in kind])
def test_check_warns_of_size(kind: str, run: Callable[..., Result]) -> None:
    """A file that is too large to analyse is not wrong; it can be checked and shown."""
    Path("m.yaml").write_text(REFUSED[kind][0], encoding="utf-8")
    result = run("check", "m.yaml")
    assert result.exit_code == 0, result.output
    assert "[too-large]" in result.stdout
    assert run("show", "m.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("latin.yaml", "title: Détente".encode("latin-1"), "latin.yaml: error: byte 0xE9 in line 1 is not UTF-8"),
        ("wide.yaml", MODEL.encode("utf-16"), "wide.yaml: error: the file is in UTF-16"),
        ("binary.yaml", bytes(range(256)), "binary.yaml: error: this is not a text file"),
        ("huge.yaml", b"a" * 20_000_001, "huge.yaml: error: the file is larger than 20 MB"),
        ("folder.yaml", None, "folder.yaml: error: this is a folder"),
    ],
)
def test_files(name: str, data: bytes | None, said: str, run: Callable[..., Result]) -> None:
    Path(name).mkdir() if data is None else Path(name).write_bytes(data)
    result = run("analyze", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_ranking_that_merged_states_spoil_is_not_shown(run: Callable[..., Result]) -> None:
    Path("m.yaml").write_text(rule("same: y"), encoding="utf-8")
    result = run("show", "m.yaml", "--ranking", "a")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "[merged-scores]" in result.stderr


def test_no_concepts() -> None:
    with pytest.raises(InputError, match="name at least one solution concept: nash"):
        analyse(load("chicken"), concepts=[])


# --- models too large to solve ------------------------------------------------------------------------------------------


def test_consequences_need_no_list_for_one_state() -> None:
    """With consequences a state of 2^60 can still be judged."""
    scenario = read_text(f"{BIG}rules: [{{when: a1o0, then: a2o0}}]\n")
    found = judge_locally(scenario, concepts=["nash", "gmr"], budget=5_000)
    assert found.verdicts["nash"]["a1"].stable is False
    assert dict(found.verdicts["nash"]["a1"].standing or {}) == {"a1o1": 1}
    assert found.conflict.settings(found.cell)["a2o0"] == 1


@pytest.mark.parametrize("seed", range(6))
def test_landing_one_by_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where moves land, and what is stable, is the same whether the space is listed or not."""
    scenario = read_text(to_yaml(random_model(seed, "consequences")))
    listed = build(scenario)
    everywhere = np.arange(-1, listed.cells)
    landed = listed.land(everywhere)
    monkeypatch.setattr(detente.conflict.space, "TABLED", -1)
    free = replace(build(scenario))  # without the list that `build` has made to see whether there is a state
    assert free.land(everywhere).tolist() == landed.tolist()
    readings = [actor.default_reading for actor in scenario.actors]
    analysis = analyse(scenario, concepts=["seq"])
    for cell in listed.states[:8].tolist():
        for player, actor in enumerate(analysis.actors):
            judged = local.judge(free, readings, cell, player, CONCEPTS["seq"])
            assert judged.stable == analysis.is_stable("seq", actor, cell)
    assert "_landed" not in vars(free)


def test_local_answers_refuse_what_analysis_refuses() -> None:
    with pytest.raises(InputError, match="merged by `same: y`"):
        judge_locally(read_text(rule("same: y")))


# --- what is only a warning ---------------------------------------------------------------------------------------------


def warnings(text: str) -> dict[str, Any]:
    problems = lints.lint(read_text(text, path="m.yaml"))
    return {problem.code: (problem.line, problem.column, problem.message) for problem in problems}


def test_a_status_quo_that_does_not_last() -> None:
    line, column, said = warnings(rule("when: x, then: q and not y"))["unsettled-now"]
    assert (line, column) == (10, 1)
    assert "lead to 'q' at once" in said
    assert "unsettled-now" not in warnings(rule("when: y, then: q"))


def test_names_for_what_is_no_state() -> None:
    """They do not stop the analysis, be they infeasible for one actor alone or for several."""
    text = rule("never: x and y", "never: p and q", "when: q, then: x") + "states: {s: [x, y], t: [p, q], u: [q]}\n"
    found = lints.lint(read_text(text))
    assert [(p.line, p.code) for p in found if p.code.endswith("-state")] == [
        (15, "infeasible-state"),
        (15, "infeasible-state"),
        (15, "unsettled-state"),
    ]
    assert analyse(read_text(text)).conflict.state_names.get(-1) is None


def test_fixed_options_of_named_states() -> None:
    """What a name leaves open is as in `now` if it is fixed, and off if a consequence may set it."""
    text = MODEL.replace("{x: , y: }", "{x: {change: fixed}, y: }") + "states: {s: [y], now_s: [x]}\noutcomes: {o: s}\n"
    scenario = read_text(text)
    assert scenario.states["s"] == {"x": 1, "y": 1, "p": 0, "q": 0}
    assert analyse(scenario).conflict.state_names
    freed = read_text(f"{text}rules: [{{when: p, then: not x}}]\n")
    assert freed.states["s"]["x"] == 0
    named = read_text(text.replace("now: [x]", "now: now_s"))
    assert named.states["s"]["x"] == 1


# --- results ------------------------------------------------------------------------------------------------------------


def test_what_is_left_out_has_a_reason() -> None:
    graph = analyse(load("elmira_graph")).to_json()
    assert graph["counts"]["sim"] is None
    assert "needs options" in graph["left_out"]["sim"]
    large = analyse(load("gatt")).to_json()
    assert "sim" not in large["concepts"]
    assert "ask for it by name" in large["left_out"]["sim"]
    assert analyse(load("chicken")).to_json()["left_out"] == {}


def test_the_hash_sees_what_ranked_names_mean() -> None:
    text = RANKED.replace("[s1, s2]", "[s1, s2, s3, s4]")
    other = text.replace("s3: [p], s4: [x, p]", "s4: [p], s3: [x, p]")
    assert model_hash(read_text(text), {"a": "only", "b": "only"}) != model_hash(
        read_text(other), {"a": "only", "b": "only"}
    )


def test_scores_of_a_state_with_two_names() -> None:
    """A ranking may use either name of a merged state."""
    text = RANKED.replace("[s1, s2]", "[s1, s2, s4]").replace("[s1, s2, s3, s4]", "[s1, s2, s3]")
    scenario = read_text(f"{text}rules: [{{same: p}}]\n")
    conflict = build(scenario)
    assert [payoffs(conflict, actor.default_reading, conflict.states).tolist() for actor in scenario.actors] == [
        [2, 0, 1],
        [2, 0, 1],
    ]


# --- options given twice ------------------------------------------------------------------------------------------------

TWICE = {
    "levers chicken --start crash --start crash": "--start is given twice; write all in one, parted by commas",
    "levers chicken --hold first_swerves --by first --hold second_swerves": "--hold is given twice; write all in one",
    "levers chicken --by first --by second": "--by is given twice; write all in one, parted by commas",
    "analyze chicken --world a --world=b": "--world is given twice; give it once",
    "kit umpire chicken -o a.html -o b.html": "--output is given twice; give it once",
    "analyze chicken --json --format csv": "--json and --format say the same in two ways; give one",
    "analyze chicken --reading first=a --reading first=b": "'first' is given twice, as 'a' and as 'b'; give it once",
    "behaviours chicken --concept first=nash --concept first=seq": "'first' is given twice, as 'nash' and as 'seq'",
    "attitudes chicken --attitude first:second=+ --attitude first:second=-": "'first:second' is given twice, as '+' and as '-'",
    "strength chicken --great first=crash:3 --great first=crash:4": "two degrees for the aim 'crash' of first",
    "fuzzy chicken --dispersion first=0.5 --threshold 0.5 --threshold 0.6": "two numbers for all actors: 0.5 and 0.6",
    "fuzzy chicken --dispersion first=1 --threshold first=0.5 --threshold first=0.6": "'first' is given twice",
}
"""Two values where one counts: neither replaces the other without a word."""


@pytest.mark.parametrize("asked", TWICE)
def test_nothing_is_replaced_without_a_word(run: Callable[..., Result], asked: str) -> None:
    ended = run(*asked.split())
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert TWICE[asked] in ended.stderr


def test_what_is_repeated_harmlessly_is_no_mistake(run: Callable[..., Result]) -> None:
    once = run("behaviours", "chicken", "--concept", "first=nash", "--json")
    again = run("behaviours", "chicken", "--json", *("--concept", "first=nash") * 2, "--json")
    assert (once.exit_code, again.stdout) == (0, once.stdout)


def test_examples_in_messages_are_settings_of_the_flagship() -> None:
    """Whatever a message shows as an example can be tried on the model that is meant where none is named."""
    options = {option.key: option for option in load(FLAGSHIP).options}
    for path in Path(detente.conflict.space.__file__).parents[1].rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in prose]
        for text in [str(node.value) for node in texts]:
            for name, compared in re.findall(r"\b((?:us|ru|nk)_[a-z]+)\b( !?=| in)?", text):
                assert name in options, (path.name, text)
                assert compared or options[name].binary, (path.name, f"{name} has choices", text)


# --- where output goes --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "detente", "analyze", "chicken", "--json"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)  # noqa: S603 (our command)
    assert ended.returncode == 2
    assert ended.stderr.decode().startswith("error: the output cannot be written: ")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes streams")
def test_no_output_at_all() -> None:
    command = f'"{sys.executable}" -m detente analyze chicken >&-'
    ended = subprocess.run(command, shell=True, stderr=subprocess.PIPE, check=False)  # noqa: S602 (our command)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("command", ["analyze", "check", pytest.param("show", marks=pytest.mark.long)])
def test_ten_thousand_options(run: Callable[..., Result], tmp_path: Path, command: str) -> None:
    """What takes seconds in `show`, which prints them all, is long; `check` and `analyze` have read the same file."""
    keys = [f"o{n}" for n in range(10_000)]
    options = "".join(f"      {key}:\n" for key in keys)
    file = tmp_path / "crowded.yaml"
    file.write_text(f"detente: 1\nactors:\n  a:\n    options:\n{options}    priorities: [{', '.join(keys)}]\nnow: []\n")
    result = run(command, str(file))
    assert result.exit_code == (2 if command == "analyze" else 0)
    assert "this is a bug" not in result.output
    assert command == "show" or "about 10^3010 own combinations" in result.output


@pytest.mark.parametrize("said", ["2GB", "1,5", "inf", "nan", "-1", "0"])
def test_a_memory_limit_that_is_no_number(
    monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result], said: str
) -> None:
    monkeypatch.setenv("DETENTE_MEMORY", said)
    result = run("analyze", "chicken")
    assert (result.exit_code, f"DETENTE_MEMORY is '{said}'" in result.output) == (2, True)


def test_what_is_allowed_is_what_the_process_and_its_container_may_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DETENTE_MEMORY", raising=False)
    allowed = tmp_path / "memory.max"
    monkeypatch.setattr(detente.conflict.memory, "CONTAINER", allowed)
    whole = memory_limit()
    allowed.write_text("max\n")
    assert memory_limit() == whole
    allowed.write_text(f"{2**28}\n")
    assert memory_limit() == 2**28 * 3 // 4
    monkeypatch.setenv("DETENTE_MEMORY", "0.5")
    assert memory_limit() == 2**29


@pytest.mark.skipif(sys.platform == "win32", reason="ulimit")
def test_the_limit_of_the_process_counts() -> None:
    said = "ulimit -v 4000000; exec \"$0\" -c 'from detente.conflict import memory_limit; print(memory_limit())'"
    found = subprocess.run(["/bin/sh", "-c", said, sys.executable], capture_output=True, text=True, check=True)  # noqa: S603
    assert int(found.stdout) <= 4_000_000 * 1024 * 3 // 4
