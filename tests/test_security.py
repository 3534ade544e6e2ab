"""What a stranger's folder cannot do, and what an interruption does."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

import detente
from detente.cli import main
from detente.cli.runs import insistent

PACKAGE = Path(detente.__file__).parent
COMMAND = Path(sysconfig.get_path("scripts"), "detente.exe" if os.name == "nt" else "detente")
"""The command as it is installed; where the tests run it must be."""

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of Unix")

PROCESSES = {"subprocess", "multiprocessing", "pty", "pexpect"}
STARTING = {"system", "popen", "fork", "forkpty", "spawnv", "spawnl", "posix_spawn", "execv", "ProcessPoolExecutor"}

DEAL = """
detente: 1
title: A deal
actors:
  a: {options: {a_gives: }, priorities: [b_gives, not a_gives]}
  b: {options: {b_gives: }, priorities: [a_gives, not b_gives]}
  c: {options: {c_helps: }, priorities: [c_helps]}
now: [a_gives]
outcomes: {deal: a_gives and b_gives}
partnerships: {pair: {members: [a, b], flows: {gift: a_gives}}}
incentives: {praise: {by: c, to: b, when: b_gives, at: 1, cost: 1}}
claims:
  C1: {says: There is a deal., kind: conditional, test: {of: deal, play: foresight, expect: ALL}}
"""


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    path = tmp_path / "deal.yaml"
    path.write_text(DEAL)
    return path


def test_only_whoever_is_asked_for_processes_starts_one() -> None:
    """`tests/test_executors.py` tests that those import nothing from the working folder, and end with their parent.

    The workbench keeps warm ones (below). The other one prints a page of ours with the browser that is installed
    (`tests/test_office.py`).
    """
    asked = {
        PACKAGE / "executors.py",
        PACKAGE / "present" / "pages" / "paper.py",
        PACKAGE / "workbench" / "workers.py",
    }
    for path in set(PACKAGE.rglob("*.py")) - asked:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: set[str] = set()
            if isinstance(node, ast.Import):
                names = {alias.name.split(".")[0] for alias in node.names} & PROCESSES
            elif isinstance(node, ast.ImportFrom):
                names = ({(node.module or "").split(".")[0]} & PROCESSES) | ({a.name for a in node.names} & STARTING)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                names = {node.attr} & STARTING
            assert not names, f"{path.name} would start a process with {names}"


@pytest.mark.parametrize("module", [False, True])
def test_nothing_beside_a_scenario_is_executed(deal: Path, module: bool) -> None:
    trap = "open('executed', 'a').write(__name__ + ' '); raise SystemExit(9)"
    names = ["click", "numpy", "json", "yaml", "rich", "jinja2", "highspy", "numba", "csv", "queue"]
    for name in [*names, *(() if module else ("detente",))]:
        (deal.parent / f"{name}.py").write_text(trap)
    start = [sys.executable, "-m", "detente"] if module else [str(COMMAND)]
    assert module or COMMAND.exists(), f"the command is not installed: {COMMAND}"
    surroundings = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    for asked in (["check", "deal.yaml"], ["report", "deal.yaml", "--force"], ["claims", "deal.yaml"]):
        ended = subprocess.run(  # noqa: S603 (this project's own command)
            [*start, *asked], cwd=deal.parent, env=surroundings, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
    assert not (deal.parent / "executed").exists()


@POSIX
def test_the_processes_of_the_workbench_find_nothing_beside_a_scenario(deal: Path) -> None:
    trap = "open('executed', 'a').write(__name__ + ' '); raise SystemExit(9)"
    for name in ("click", "numpy", "json", "yaml", "socket", "queue", "selectors", "starlette"):
        (deal.parent / f"{name}.py").write_text(trap)
    surroundings = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(  # noqa: S603 (this project's own command)
        [str(COMMAND), "workbench", ".", "--no-browser"],
        cwd=deal.parent,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as started:
        try:
            assert started.stdout is not None
            address = next(line for line in started.stdout if "http://" in line).split()[-1]
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            assert opener.open(address, timeout=60).status == 200
            base = address.partition("/?")[0]
            stream = opener.open(f"{base}/api/events?file=deal.yaml", timeout=60)
            assert any(line.startswith(b"event: verdicts") for line in stream)  # a process has judged it
        finally:
            started.terminate()
    assert not (deal.parent / "executed").exists()


@POSIX
def test_an_interrupt_that_is_swallowed_still_ends_the_command(deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever swallows it: a search that catches everything, or turns it into another error."""
    from detente.present.report import answers

    def swallow(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except BaseException as error:
            raise detente.InputError("this cannot be asked") from error

    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for asked in ("package_of_play", "package_to_break", "partnership", "wedge"):
            monkeypatch.setattr(answers, asked, swallow)
            target = deal.parent / f"{asked}.html"
            ended = CliRunner().invoke(main, ["report", str(deal), "-o", str(target)])
            assert (ended.exit_code, ended.stderr.splitlines()[-1]) == (130, "interrupted"), asked
            assert not target.exists()
            monkeypatch.undo()
        with pytest.raises(KeyboardInterrupt), insistent():
            swallow()
        with pytest.raises(ValueError, match="own"), insistent():
            raise ValueError("own")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, usual)


@POSIX
@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_report_that_is_ended_is_whole_or_not_there_and_no_process_is_left(
    deal: Path, number: signal.Signals
) -> None:
    """At any moment: the old page stays or the new one is whole, and it is the whole new one if the command ends with 0."""
    target, whole, last = deal.parent / "deal.html", "", 0.0
    command = [sys.executable, "-P", "-m", "detente", "report", str(deal), "--force", "-o", str(target)]
    for step in range(13):
        target.write_text("old")
        start = time.monotonic()
        running = subprocess.Popen(  # noqa: S603 (this project's own command)
            command,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
            start_new_session=True,
        )
        try:
            running.wait(None if step == 0 else last * step / 12)
        except subprocess.TimeoutExpired:
            running.send_signal(number)
        code = running.wait()
        if step == 0:
            whole, last = target.read_text(), time.monotonic() - start
        assert target.read_text() in ({whole} if code == 0 else {"old", whole})
        with pytest.raises(ProcessLookupError):
            os.killpg(running.pid, 0)
