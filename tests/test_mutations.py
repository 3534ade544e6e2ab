"""What the tests do not see: small faults put into the code (`mutations.py`), and that each is what it says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mutations
from mutations import Cover, Mutant, Trial

SOURCE = '''
"""A module."""
WORDS = {"+": "friendly", "-": "hostile"}

def word(stable: bool, names: list[str], way: str = "to") -> str:
    """Not changed."""
    assert names
    if len(names) > 2 and stable:
        note(names)
    first = [name for name in names if name][1:]
    return f"{way} {first}: {'stable' if stable else 'unstable'}"
'''


def faults(operator: str) -> set[tuple[str, str]]:
    return {(m.before, m.after) for m in mutations.mutants("x.py", SOURCE.encode()) if m.operator == operator}


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("comparison", {("len(names) > 2", "len(names) < 2")}),
        ("boundary", {("len(names) > 2", "len(names) >= 2")}),
        ("constant", {("2", "3"), ("1", "2")}),
        ("statement", {("note(names)", "None")}),
        ("filtered", {("[name for name in names if name]", "[name for name in names]")}),
        ("piece", {("[name for name in names if name][1:]", "[name for name in names if name][:]")}),
        ("function", set()),
        ("arithmetic", set()),
    ],
)
def test_operators(operator: str, expected: set[tuple[str, str]]) -> None:
    assert faults(operator) == expected


def test_words_that_say_the_opposite() -> None:
    said = "f\"{way} {first}: {('stable' if stable else 'unstable')}\""
    assert ("{'+': 'friendly', '-': 'hostile'}", "{'+': 'hostile', '-': 'friendly'}") in faults("pair")
    assert (said, said.replace("'stable' if stable else 'unstable'", "'unstable' if stable else 'stable'")) in faults(
        "pair"
    )
    assert ("'to'", "''") in faults("text")
    assert not [fault for fault in faults("text") if "Not changed" in fault[0]]


def test_every_fault_of_the_package_is_a_program() -> None:
    """Of one file of each package, for there are tens of thousands."""
    for paths in mutations.packages().values():
        path = max(paths, key=lambda path: (Path(path).name == "sections.py", path))
        source = (mutations.ROOT / mutations.PACKAGE / path).read_bytes()
        for number, mutant in enumerate(mutations.mutants(path, source)):
            if number % 25 == 0:
                ast.parse(mutant.put_into(source))
                assert mutant.put_into(source) != source


def test_faults_are_drawn_with_a_seed_each_operator_in_turn() -> None:
    paths = mutations.packages()["sheet"]
    first, again, other = (mutations.drawn(paths, 40, seed) for seed in ("1", "1", "2"))
    assert first == again != other
    assert len({mutant.name for mutant in first[:10]}) == 10 == len({mutant.operator for mutant in first[:10]})


def test_what_changes_nothing_is_there_and_has_a_reason() -> None:
    names = {
        mutant.name
        for path in {name.partition("::")[0] for name in mutations.equivalent()}
        for mutant in mutations.mutants(path, (mutations.ROOT / mutations.PACKAGE / path).read_bytes())
    }
    assert not [name for name in mutations.equivalent() if name not in names], "no such fault any more"
    assert all(reason.endswith(".") for reason in mutations.equivalent().values())


def test_only_tests_that_enter_the_function_run() -> None:
    inside, outside = (Mutant("a.py", "f", "text", 1, "'a'", "''", 0, 1, entry=line, outer=line) for line in (5, 0))
    known = Cover(
        seconds={"broad": 1, "narrow": 1, "slow": 9, "elsewhere": 1},
        entered={
            "broad": frozenset({"a.py:5", "b.py:1"}),
            "narrow": frozenset({"a.py:5"}),
            "slow": frozenset({"a.py:5"}),
            "elsewhere": frozenset({"a.py:9"}),
        },
    )
    assert known.tests(inside, 5) == ["narrow", "broad"]
    assert known.tests(outside, 5) == ["elsewhere", "narrow", "broad"]
    assert known.tests(Mutant("c.py", "f", "text", 1, "'a'", "''", 0, 1, 5, 5), 5) == []


def test_score_and_report() -> None:
    mutant = Mutant("sheet.py", "show", "text", 7, "'yes'", "''", 0, 1, 5, 5)
    trials = [Trial(mutant, fate, ("t",)) for fate in ("seen", "slow", "missed", "untested")]
    assert mutations.score(trials) == 0.5
    assert mutations.report("sheet", trials).split("\n") == [
        "sheet: 50 % of 4 (1 missed, 1 seen, 1 slow, 1 untested)",
        "  missed by 1 tests: line 7 of sheet.py::show: text: 'yes' => ''",
        "  untested by 1 tests: line 7 of sheet.py::show: text: 'yes' => ''",
    ]


# --- the run itself ---------------------------------------------------------------------------------------------

OPPOSITE = (
    ("questions/partnerships", "PartnershipVerdict._now: pair: 'stable'"),
    ("present/kit", "relations: pair: 'With'"),
    ("present/kit", "relations: pair: 'To'"),
    ("cli", "kit.py::text_of"),
)
"""Faults that say the opposite of what is so, and that no test saw once."""


@pytest.mark.soak
def test_words_that_say_the_opposite_are_seen() -> None:
    known = mutations.packages()
    found = [each for package, only in OPPOSITE for each in mutations.drawn(known[package], 1000, "", only)]
    assert len(found) >= len(OPPOSITE)
    missed = [each for each in mutations.survey(found, ["test_golden.py", "test_kit.py"]) if each.fate == "missed"]
    assert not missed, mutations.report("", missed)


@pytest.mark.soak
@pytest.mark.parametrize("package", list(mutations.packages()))
def test_the_tests_see_small_faults(package: str) -> None:
    trials = mutations.survey(mutations.drawn(mutations.packages()[package], 60, f"1 {package}"), [])
    wanted = 0 if package.startswith("present") else mutations.WANTED
    assert mutations.score(trials) >= wanted, mutations.report(package, trials)
