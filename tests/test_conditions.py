"""Minimal sufficient conditions: brute force on random truth tables, and what people and other tools get."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random

import pytest
from click.testing import CliRunner

from detente.case import Case, Policy, Query
from detente.cli import main
from detente.errors import UnknownName
from detente.questions.uncertainty.conditions import Term, minimal_terms, solutions
from detente.questions.uncertainty.types import LOGIC, Conditions, Row, Types, types
from detente.scenario import load

Table = dict[tuple[str, ...], str]


def drawn(seed: int) -> Table:
    """A complete table of two to four factors with two or three values each, and two or three results."""
    rng = random.Random(seed)
    factors = ["pqr"[: rng.randint(1, 3)] for _ in range(rng.randint(1, 4))]
    results = ["ALL", "SOME", "NONE"][: rng.randint(1, 3)]
    return {row: rng.choice(results) for row in itertools.product(*factors)}


def agrees(row: tuple[str, ...], term: Term) -> bool:
    return all(want is None or want == has for want, has in zip(term, row, strict=True))


def by_definition(table: Table, result: str) -> set[Term]:
    """Every term that suffices and of which no value can be freed."""
    values = [dict.fromkeys(column) for column in zip(*table, strict=True)]
    terms = list(itertools.product(*([*each, None] for each in values)))
    enough = {term for term in terms if all(found == result for row, found in table.items() if agrees(row, term))}
    return {
        term
        for term in enough
        if not any((*term[:p], None, *term[p + 1 :]) in enough for p in range(len(term)) if term[p] is not None)
    }


def test_minimal_conditions_by_brute_force() -> None:
    several = 0
    for seed in range(240):
        table = drawn(seed)
        for result in dict.fromkeys(table.values()):
            terms = minimal_terms(table, result)
            assert len(set(terms)) == len(terms)
            assert set(terms) == by_definition(table, result), seed
            covers = {row for row, found in table.items() if found == result}
            found, left_off = solutions(table, result, terms)
            for each in found:
                assert {row for row in table if any(agrees(row, term) for term in each)} == covers, seed
            if len(terms) > 9 or left_off:
                continue
            sizes = (itertools.combinations(terms, size) for size in range(1, len(terms) + 1))
            smallest: list[tuple[Term, ...]] = next(
                good
                for size in sizes
                if (good := [s for s in size if {r for r in table for t in s if agrees(r, t)} >= covers])
            )
            assert {frozenset(each) for each in found} == set(map(frozenset, smallest)), seed
            several += len(found) > 1
    assert several


def test_a_factor_is_dropped_only_if_all_its_values_do() -> None:
    table: Table = {("need",): "ALL", ("profit",): "ALL", ("rule",): "NONE"}
    assert minimal_terms(table, "ALL") == [("need",), ("profit",)]
    assert minimal_terms(dict.fromkeys(table, "ALL"), "ALL") == [(None,)]


PACKAGE = Case(load("two_proxies")).under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 1}))


def test_what_is_told() -> None:
    found = types(PACKAGE, Query("decoupled"), ["ru", "nk"])
    told = {each.verdict: each for each in found.conditions}
    assert set(told) == {row.verdict for row in found.rows}
    for each in told.values():
        for readings in each.sufficient:
            rows = [row for row in found.rows if all(row.readings[a] == r for a, r in readings.items())]
            assert rows
            assert {row.verdict for row in rows} == {each.verdict}
    sheet = found.sheets()[-1]
    assert sheet.columns == ("verdict", "is enough", "needed to cover it")
    assert sheet.notes == (LOGIC,)
    assert LOGIC == (
        "This is logic over assumptions, not over cases: each row is a combination of readings, and none was observed."
    )
    assert "as " in str(sheet.rows[0][1])
    data = json.loads(json.dumps(found.to_json()))
    assert data["conditions"][0].keys() >= {"verdict", "sufficient", "solutions", "more"}


def test_one_verdict_needs_no_conditions() -> None:
    found = types(PACKAGE, Query("decoupled"), [])
    assert [each.sufficient for each in found.conditions] == [({},)]
    assert len(found.sheets()) == 1


def test_essential_conditions() -> None:
    both = Conditions(verdict="ALL", sufficient=({}, {}, {}), solutions=((0, 1), (0, 2)), more=False)
    assert both.essential == {0}


def test_the_truth_table_for_other_tools() -> None:
    found = types(PACKAGE, Query("decoupled"), ["ru", "nk"])
    rows = list(csv.DictReader(io.StringIO(found.qca("ALL"))))
    assert len(rows) == len(found.rows)
    for row, told in zip(found.rows, rows, strict=True):
        assert told["verdict"] == row.verdict
        assert told["outcome"] == str(int(row.verdict == "ALL"))
        for actor in found.actors:
            ones = [name for name in told if name.startswith(f"{actor}_") and told[name] == "1"]
            assert ones == [f"{actor}_{row.readings[actor]}"]
    with pytest.raises(UnknownName, match="unknown verdict 'EVER'"):
        found.qca("EVER")


def test_columns_of_one_name_are_told_apart() -> None:
    found = types(PACKAGE, Query("decoupled"), [])
    odd = Types(
        basis=found.basis,
        query=found.query,
        actors=("a", "a_b"),
        rows=(Row({"a": "b_c", "a_b": "c"}, "ALL"), Row({"a": "d-e", "a_b": "c"}, "NONE")),
    )
    assert odd.qca("ALL").splitlines()[0] == "combination,a_b_c_1,a_d_e,a_b_c_3,outcome,verdict"


def test_the_command_prints_it() -> None:
    asked = ["types", "two_proxies", "--goal", "decoupled", "--over", "ru", "--qca", "ALL"]
    printed = CliRunner().invoke(main, asked).output.splitlines()
    assert printed[0].startswith("combination,ru_")
    assert printed[0].endswith(",outcome,verdict")
    assert printed[1].split(",")[:2] == ["1", "1"]
    wrong = CliRunner().invoke(main, [*asked[:-1], "EVER"])
    assert wrong.exit_code != 0
    assert "unknown verdict 'EVER'" in wrong.output + wrong.stderr
