"""`detente doctor`: it looks at what is there, knows every extra, and says how to get what is missing."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli import main
from detente.cli.doctor import MODULES, NEEDED, USES
from detente.version import __version__

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FOR_DEVELOPERS = {"all", "dev", "browser", "docs", "bench", "release"}


def test_it_knows_what_is_needed_and_what_each_extra_is_for() -> None:
    wanted = {re.split(r"[<>=\[]", each)[0].lower() for each in PROJECT["dependencies"]}
    assert {each.lower() for each in NEEDED} == wanted
    assert set(MODULES) == set(PROJECT["optional-dependencies"]) - FOR_DEVELOPERS
    assert set(MODULES) == set(USES)


def test_what_it_says_is_so() -> None:
    told = CliRunner().invoke(main, ["doctor", "--json"])
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert found["detente"] == __version__
    assert found["cores"] >= 1
    for extra, there in found["extras"].items():
        assert there is all(importlib.util.find_spec(each) is not None for each in MODULES[extra]), extra


def test_what_is_missing_comes_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["detente.cli.doctor"]
    monkeypatch.setattr(module, "_is_there", lambda name: name == "mcp")
    monkeypatch.setenv("DETENTE_MEMORY", "2")
    told = CliRunner().invoke(main, ["doctor"])
    assert told.exit_code == 0
    assert "  fast          missing, compiled kernels for large models:  pip install 'detente[fast]'" in told.stdout
    assert "  mcp           there, a server for assistants\n" in told.stdout
    assert "memory to plan for:  2" in told.stdout
    assert "compiled kernels:  none, numpy answers the same" in told.stdout
    monkeypatch.setattr(module, "_version", lambda name: None if name == "rich" else "1")
    told = CliRunner().invoke(main, ["doctor"])
    assert told.exit_code == 2
    assert "  rich          MISSING: install Détente again" in told.stdout
