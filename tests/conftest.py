"""What every test shares: the same random examples in each run, the same terminal on every machine."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from detente.scenario import library, read
from detente.scenario.composite.parts import Parts
from detente.scenario.model import Scenario
from shared import LOOKS, models_read
from shared import asked_once as sharing

FIRST_ANALYSIS = Path(__file__).parent / "data" / "first_analysis"
"""The models of the first analysis, with the numbers two programs found for them; the bundled ones have been rebuilt since."""

# Tests share their cores, so the time of one example says nothing.
# To look for new examples: `pytest --hypothesis-profile=explore`.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("repeatable")


ELSEWHERE = "needs LaTeX"
"""The reason for which a test may be skipped also where `.ci/run` has set everything up."""


RARELY = 50_000
"""Objects made before the memory is searched for circles, as the command does it (`detente.__main__`)."""


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: looked through again and again they cost a fifth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(RARELY)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where `CI` is set everything is installed, and a skipped test has found something broken: it fails.

    Except for the tests in a browser, which are asked for by themselves (`-m browser`): then they must run as well.
    """
    report = yield
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    later = item.get_closest_marker("browser") is not None and not item.config.option.markexpr.startswith("browser")
    if (
        os.environ.get("CI")
        and report.skipped
        and not hasattr(report, "wasxfail")
        and ELSEWHERE not in said
        and not later
    ):
        report.outcome, report.longrepr = "failed", f"{said}; here nothing may be skipped (CI is set)"
    return report


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are as wide, and as colourless, as the documentation shows them."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def asked_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """In tests of how answers look every question is asked once; see `shared`."""
    file = request.path.stem
    looks = file in LOOKS or f"{file}::{request.node.originalname}" in LOOKS
    with sharing() if looks else nullcontext():
        yield


bundled = library.text


@cache
def text_of_first_analysis(name: str) -> str:
    """What `library.text` says where the bundled models are those of the first analysis."""
    kept = FIRST_ANALYSIS / f"{name}.yaml"
    return kept.read_text(encoding="utf-8") if kept.exists() else bundled(name)


@pytest.fixture(autouse=True)
def first_analysis(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a test is marked so, the names of bundled models mean those of the first analysis."""
    if request.node.get_closest_marker("first_analysis") is not None:
        monkeypatch.setattr(library, "text", text_of_first_analysis)


# A bundled model is read once by each process that tests, not thousands of times: its text reads the same each time (its parts
# are bundled too), and a scenario is frozen. So is the model of the golden texts, which has no parts. What else there is, is
# read anew.
HARBOUR = (Path(__file__).parent / "golden" / "harbour.yaml").read_text(encoding="utf-8")
read_anew = read._load


def read_once(target: str, text: str, name: str, path: str, parts: Parts, trail: tuple[str, ...] = ()) -> Scenario:
    is_bundled = path == f"{name}.yaml" and name in library.names() and text == library.text(name)
    if trail or not (is_bundled or text == HARBOUR):
        return read_anew(target, text, name, path, parts, trail)
    key = (target, name, path, text, library.text)
    if key not in models_read:
        models_read[key] = read_anew(target, text, name, path, parts, trail)
    return models_read[key]


read._load = read_once
