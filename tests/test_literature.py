"""The literature: every source named in the program has a reference, and an analysis cites what it used."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

from detente.case import Case
from detente.cli import SECTIONS
from detente.cli.design import design
from detente.engine.concepts import CONCEPTS, SANCTION_RULES
from detente.errors import UnknownName
from detente.literature import OPTIONS, QUESTIONS, REFERENCES, SANCTIONS, SYSTEM, citations, cite, keys, keys_in
from detente.scenario import load

FOLDER = Path(__file__).parents[1] / "src/detente/questions"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
NOT_A_WORK = {("exchanges", "2005")}  # the Six-Party statement
YEAR = r"\b(?:19|20)\d\d\b"


def source_of(module: str) -> str:
    """The sentences after "Source:" in a module, up to the end of the paragraph."""
    text = inspect.getsource(importlib.import_module(f"detente.questions.{module}"))
    return " ".join(" ".join(part.split()) for part in re.findall(r'Sources?: (.*?)(?:\n\s*\n|""")', text, re.DOTALL))


@pytest.mark.parametrize("concept", CONCEPTS.values(), ids=lambda concept: concept.id)
def test_every_concept_has_its_references(concept) -> None:  # type: ignore[no-untyped-def]
    found = keys_in(concept.source)
    assert found and set(found) <= set(REFERENCES)
    assert [text.split(": ")[0] for text in cite([concept.id])] == list(found)


def test_every_question_is_in_the_table() -> None:
    assert set(MODULES) <= set(QUESTIONS)
    assert set().union(*QUESTIONS.values(), *SANCTIONS.values()) <= set(REFERENCES)
    assert set(SANCTIONS) == set(SANCTION_RULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_question_cites_what_its_source_names(module: str) -> None:
    """First author and year of each key stand in the module; each year in the module has a key."""
    source, cited = source_of(module), QUESTIONS[module]
    for key in cited:
        assert re.search(rf"{key.split(',')[0].split(' ')[0]}\b.*\b{key[-4:]}", source), key
    years = {year for year in re.findall(YEAR, source) if (module, year) not in NOT_A_WORK}
    assert years == {key[-4:] for key in cited}


@pytest.mark.parametrize("module", MODULES)
def test_a_list_of_keys_in_a_module_agrees(module: str) -> None:
    named = getattr(importlib.import_module(f"detente.questions.{module}"), "CITES", None)
    assert named is None or tuple(named) == QUESTIONS[module]


def test_what_an_analysis_used() -> None:
    case = Case(load("garrison"), sanctions="one-step")
    assert keys(case, ["nash"]) == ("Nash 1950", "Fang, Hipel & Kilgour 1993", SYSTEM)
    assert keys(case.analyse(["nash"])) == keys(case, ["nash"])
    assert OPTIONS in keys(Case(load("two_proxies"))) and OPTIONS not in keys(case)
    assert keys(case, ["nash"], ["status-quo"])[-1] == "Li, Kilgour & Hipel 2005"


def test_a_model_built_from_parts_cites_hierarchies() -> None:
    assert keys(Case(load("war_and_partnership")), ["nash"])[-3:] == QUESTIONS["hierarchy"]
    assert not set(QUESTIONS["hierarchy"]) & set(keys(Case(load("two_proxies"))))


def test_every_question_can_be_cited_by_its_command() -> None:
    follow_up, _, specialist = list(SECTIONS.values())[1:4]
    asked = {command.name or "" for command in (*follow_up, *specialist, *design.commands.values())} - {"cite"}
    for command in sorted(asked):
        cite(questions=[command])
    assert [text.split(": ")[0] for text in cite(questions=["fuzzy"])] == ["Bashar, Kilgour & Hipel 2012"]
    assert cite(questions=["hypergame"]) == cite(questions=["perception"])


def test_nothing_twice_and_in_order() -> None:
    found = citations(Case(load("two_proxies")), ["nash", "seq"], ["joint", "coalitions"])
    assert len(set(found)) == len(found)
    assert found[0].startswith("Nash 1950: ")
    assert cite() == ()
    assert all(": " in text and not text.endswith(": ") for text in found)


def test_unknown_names() -> None:
    for wrong in ({"concepts": ["nahs"]}, {"questions": ["lever"]}, {"sanctions": "any"}):
        with pytest.raises(UnknownName):
            cite(**wrong)
