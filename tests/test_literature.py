"""The literature: every source named in the program has a reference, and an analysis cites what it used."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest
from click.testing import CliRunner

from detente.case import Case
from detente.cli import SECTIONS, main
from detente.cli.design import design
from detente.engine.concepts import CONCEPTS, SANCTION_RULES
from detente.errors import UnknownName
from detente.literature import (
    BIBTEX,
    PREFERENCES,
    QUESTIONS,
    REFERENCES,
    SANCTIONS,
    Reference,
    bibtex,
    citations,
    cite,
    keys,
    keys_in,
)
from detente.questions import catalogue
from detente.scenario import load

OPTIONS, SYSTEM = "Fang, Hipel, Kilgour & Peng 2003", "Kinsara, Petersons, Hipel & Kilgour 2015"

NAMES = {
    "behaviours": "behaviours", "change_of_mind": "mind", "response_counts": "responses", "hierarchy_of": "hierarchy",
    "joint_minimal": "joint", "package_of_play": "package", "package_to_break": "package", "third_parties": "third_party",
    "announcement": "announce", "announcements": "announce", "disclosures": "perception", "explain_own": "explain",
    "coalitions_explained": "coalitions", "as_one_explained": "as_one", "three_valued": "unknown_preference",
    "attitudes_strict": "attitudes", "unknowns_of_list": "unknowns", "unknowns_in_force": "unknowns",
    "matrix_from_csv": "graded", "matrix_to_csv": "graded", "chances_from_readings": "graded", "chances_from_weights": "graded",
}  # fmt: skip
"""Questions of the catalogue that `cite` knows by another name."""

CITED = {name: QUESTIONS[NAMES.get(name, name)] for name in catalogue.QUESTIONS if name != "claims"}
"""What each question cites; claims ask other questions."""

MODULES = sorted({catalogue.QUESTIONS[name].module for name in CITED})
NOT_A_WORK = {("detente.questions.policy.reciprocal_steps", "2005")}  # the Six-Party statement
YEAR = r"\b(?:19|20)\d\d\b"


def source_of(module: str) -> str:
    """The sentences after "Source:" in a module, up to the end of the paragraph."""
    text = inspect.getsource(importlib.import_module(module))
    return " ".join(" ".join(part.split()) for part in re.findall(r'Sources?: (.*?)(?:\n\s*\n|""")', text, re.DOTALL))


def cited_by(module: str) -> set[str]:
    """The keys that the questions of a module cite, together."""
    return {key for name, keys in CITED.items() if catalogue.QUESTIONS[name].module == module for key in keys}


@pytest.mark.parametrize("concept", CONCEPTS.values(), ids=lambda concept: concept.id)
def test_every_concept_has_its_references(concept) -> None:  # type: ignore[no-untyped-def]
    found = keys_in(concept.source)
    assert found and set(found) <= set(REFERENCES)
    assert [text.split(": ")[0] for text in cite([concept.id])] == list(found)


def test_every_question_is_in_the_table() -> None:
    assert set(NAMES) <= set(CITED)
    assert set().union(*QUESTIONS.values(), *SANCTIONS.values(), *PREFERENCES.values()) <= set(REFERENCES)
    assert set(SANCTIONS) == set(SANCTION_RULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_question_cites_what_its_source_names(module: str) -> None:
    """First author and year of each key stand in the module; each year in the module has a key."""
    source, cited = source_of(module), cited_by(module)
    for key in cited:
        assert re.search(rf"{key.split(',')[0].split(' ')[0]}\b.*\b{key[-4:]}", source), key
    years = {year for year in re.findall(YEAR, source) if (module, year) not in NOT_A_WORK}
    assert years == {key[-4:] for key in cited}


# --- references ---------------------------------------------------------------------------------------------------

NEEDED = {"article": "journal", "book": "publisher", "inproceedings": "booktitle", "incollection": "booktitle"}
"""What BibTeX wants of each kind of work besides author, title and year."""


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES)
def test_every_reference_is_whole(reference: Reference) -> None:
    fields = reference.fields
    assert {"author", "title", "year", NEEDED[reference.kind]} <= set(fields) <= {*BIBTEX, "text"}
    surnames = [author.split(",")[0] for author in fields["author"].split(" and ")]
    authors, year = reference.key.rsplit(" ", 1)
    plain = [name.replace("Rego", "Rêgo") for name in re.split(r", | & ", authors)]
    assert (plain, year) == (surnames, fields["year"])


def test_every_reference_is_used() -> None:
    used = {key for concept in CONCEPTS.values() for key in keys_in(concept.source)}
    used |= set().union(*QUESTIONS.values(), *SANCTIONS.values(), *PREFERENCES.values())
    assert set(REFERENCES) == used


ENTRY = re.compile(r"@(article|book|inproceedings|incollection)\{(\w+),\n((?:  \w+ = \{.*\},\n)+)\}\n")


def test_a_bib_file() -> None:
    every = "\n".join(reference.bibtex for reference in REFERENCES.values())
    entries = ENTRY.findall(every)
    assert ENTRY.sub("", every).strip() == "", "nothing but entries"
    assert len({name for _, name, _ in entries}) == len(REFERENCES)
    assert "Operations \\& Logistics" in every
    assert "pages = {42--55, 56--66}" in every
    assert all(fields.count("{") == fields.count("}") for _, _, fields in entries)
    case = Case(load("elmira"))
    assert bibtex(case, ["nash"], ["levers"]).count("\n@") == len(keys(case, ["nash"], ["levers"])) - 1


def test_the_command_writes_a_bib_file() -> None:
    asked = ["cite", "elmira", "--concepts", "nash", "--question", "levers"]
    written = CliRunner().invoke(main, [*asked, "--bib"])
    assert written.exit_code == 0
    assert written.stdout == bibtex(Case(load("elmira")), ["nash"], ["levers"])
    assert CliRunner().invoke(main, [*asked, "--bib", "--json"]).exit_code == 2


# --- what is cited ------------------------------------------------------------------------------------------------


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
