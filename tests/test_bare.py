"""The core where little is there: without numba, highspy, libyaml's parser, threads and further processes.

So it is under WebAssembly, and on a system for which there are no wheels. The parts are hidden in a process of their own:
whatever imports them fails there, and no thread starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import yaml

from detente import load
from detente.errors import ScenarioError
from detente.scenario import library
from detente.scenario.text import yaml_tree
from detente.scenario.text.page import Node

HIDING = """
import importlib.abc, sys, threading

HIDDEN = {"numba", "highspy", "yaml._yaml", "concurrent", "multiprocessing", "resource", "fcntl"}

class Hider(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in HIDDEN or name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

def no_thread(self):
    raise RuntimeError("can't start new thread")

assert not HIDDEN & sys.modules.keys(), "hidden too late"
sys.meta_path.insert(0, Hider())
threading.Thread.start = no_thread
import yaml
assert not hasattr(yaml, "CSafeLoader")
"""


def hidden(script: str) -> str:
    done = subprocess.run(  # noqa: S603 (our own script)
        [sys.executable, "-c", HIDING + script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["prisoners_dilemma", "elmira", "conditional_engagement"])
def test_a_model_is_analysed_as_anywhere(name: str) -> None:
    script = f"""
import json
import detente as dt
print(json.dumps(dt.load({name!r}).analyze().to_json()["equilibria"]))
"""
    assert json.loads(hidden(script)) == json.loads(json.dumps(load(name).analyze().to_json()["equilibria"]))


def test_the_command_too() -> None:
    said = hidden("from detente.cli import main\nmain(['analyze', 'chicken', '--json'])")
    assert json.loads(said)["states"] == 4


def test_a_large_regular_model_goes_along_its_axes() -> None:
    """Where compiled kernels would be used if they were there, numpy does the same."""
    text = "detente: 1\\ntitle: t\\nactors:\\n" + "".join(
        f"  a{i}: {{options: {{x{i}: , y{i}: }}, priorities: [x{i} or y{(i + 1) % 7}, not y{i}]}}\\n" for i in range(7)
    )
    script = f"""
import detente as dt
found = dt.parse("{text}now: []\\n").analyze()
print(found.solution.way, found.count("nash"))
"""
    way, count = hidden(script).split()
    assert (way, int(count) > 0) == ("arrays", True)


# --- the parser in Python ---------------------------------------------------------------------------------------


def tree(node: Node) -> Any:
    below: Any = node.value
    if isinstance(below, list):
        below = [tree(each) for each in below]
    elif isinstance(below, dict):
        below = {key: tree(each) for key, each in below.items()}
    return node.start, node.end, node.style, below, node.keys


@pytest.mark.parametrize("name", ["elmira", "garrison", "composite_core", "oped_spain_1940"])
def test_both_parsers_see_the_same_in_the_same_places(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    quick = tree(yaml_tree.read(library.text(name)).root)
    monkeypatch.setattr(yaml_tree, "LOADER", yaml.SafeLoader)
    assert tree(yaml_tree.read(library.text(name)).root) == quick


@pytest.mark.parametrize("text", ["a: [b", "a: b: c", "- {x: 'y}", "a: &b c", "a: !t b", "a: b\n---\nc: d", '"'])
def test_both_refuse_the_same(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(ScenarioError) as quick:
        yaml_tree.read(text)
    monkeypatch.setattr(yaml_tree, "LOADER", yaml.SafeLoader)
    with pytest.raises(ScenarioError) as plain:
        yaml_tree.read(text)
    assert plain.value.problems[0].code == quick.value.problems[0].code
    assert plain.value.problems[0].line == quick.value.problems[0].line
