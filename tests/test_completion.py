"""Completion in shells: what is printed is what they take, and what they then ask is answered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli import main
from detente.cli.completion import SHELLS

SRC = str(Path(__file__).parents[1] / "src")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_names_the_command_and_is_read_by_the_shell(shell: str) -> None:
    printed = CliRunner().invoke(main, ["completion", shell])
    assert printed.exit_code == 0
    assert f"_DETENTE_COMPLETE={shell}_complete" in printed.stdout
    program = shutil.which(shell)
    if program is not None:
        read = subprocess.run([program, "-n"], input=printed.stdout, text=True, capture_output=True, check=False)  # noqa: S603
        assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("detente lev", {"levers"}),
        ("detente design pack", {"package"}),
        ("detente levers --pl", {"--play", "--platform"}),
        ("detente completion ", set(SHELLS)),
    ],
)
def test_what_a_shell_asks_is_answered(words: str, expected: set[str]) -> None:
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_DETENTE_COMPLETE": "bash_complete"}
    told = subprocess.run(
        [sys.executable, "-P", "-m", "detente"],
        env={**os.environ, "PYTHONPATH": SRC, **asked},
        text=True,
        capture_output=True,
        check=False,
    )
    assert {line.partition(",")[2] for line in told.stdout.splitlines()} == expected, told.stderr


def test_another_shell_is_refused() -> None:
    told = CliRunner().invoke(main, ["completion", "tcsh"])
    assert told.exit_code == 2
    assert "bash" in told.stderr
