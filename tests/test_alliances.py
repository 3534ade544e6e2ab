"""Tables of alliances: the published columns, what is covered and what is not, symmetry, own rows, and brute force by year."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli import main
from detente.errors import InputError, ScenarioError, UnknownName
from detente.questions.history.alliances import Alliances, alliances
from detente.records.alliance_tables import PLEDGES, read

HERE = Path(__file__).parent / "data" / "alliances"
COW, ATOP, DIRECTED, OWN = (HERE / f"{name}.csv" for name in ("cow_by_dyad", "atop_dyad_years", "atop_directed", "own"))


def said(found: Alliances, one: str, two: str, pledge: str) -> dict[str, tuple[tuple[int, int, str], ...]]:
    return {p.source: p.spans for p in found.pairs if (p.one, p.two, p.pledge) == (one, two, pledge)}


def test_published_columns() -> None:
    cow, atop, directed = read(COW), read(ATOP), read(DIRECTED)
    assert (cow.project, cow.covers, cow.directed) == ("Correlates of War 4.1", (1816, 2012), False)
    assert (atop.project, atop.covers, atop.directed) == ("ATOP 5", (1958, 1962), False)
    assert (directed.project, directed.covers, directed.directed) == ("ATOP 5", (1958, 1958), True)
    assert cow.names == {"971": "Northland", "972": "Southland", "973": "Eastland"}
    assert cow.kinds == ("defense", "neutrality", "nonaggression", "consultation")
    assert atop.kinds == PLEDGES
    assert (cow.pledges[1].first, cow.pledges[1].last) == (1990, 2012), "one that is cut off lasts as long as the table"
    assert cow.problems == ("line 5: state 974 is paired with itself; left out",)


def test_what_is_not_covered_is_never_no() -> None:
    found = alliances([COW, ATOP], ["971", "972"], years=(1945, 2025))
    north, south = "Northland (971)", "Southland (972)"
    assert said(found, north, south, "defense") == {
        "Correlates of War 4.1": (
            (1945, 1949, "no"),
            (1950, 1960, "yes"),
            (1961, 2012, "no"),
            (2013, 2025, "not known"),
        ),
        "ATOP 5": ((1945, 1957, "not known"), (1958, 1959, "yes"), (1960, 1962, "no"), (1963, 2025, "not known")),
    }
    assert said(found, north, south, "offense")["Correlates of War 4.1"] == ((1945, 2025, "not known"),), (
        "not coded there"
    )
    assert "Correlates of War 4.1 covers 1816 to 2012; outside nothing is known." in str(found)


def test_an_empty_cell_and_a_state_of_no_table_are_not_known(tmp_path: Path) -> None:
    found = alliances([COW, ATOP], ["972", "973"], years=(1984, 1990))
    assert said(found, "Southland (972)", "Eastland (973)", "defense")["Correlates of War 4.1"] == (
        (1984, 1984, "no"),
        (1985, 1989, "not known"),
        (1990, 1990, "no"),
    )
    own = tmp_path / "own.csv"
    own.write_text("state1,state2,pledge,from,to,source\n971,988,defense,2000,2001,Made up\n")
    far = alliances([COW], ["971", "988"], years=(1999, 2002), own=own)
    assert said(far, "Northland (971)", "988", "defense") == {
        "Correlates of War 4.1": ((1999, 2002, "not known"),),
        "Made up": ((1999, 1999, "not known"), (2000, 2001, "yes"), (2002, 2002, "not known")),
    }


def test_own_rows_stand_beside_the_tables_and_disputes_are_shown() -> None:
    found = alliances([COW, ATOP], ["Northland", "southland"], years=(1945, 2025), own=OWN)
    disputes = {(d.pledge, d.years, d.yes, d.no) for d in found.disputes}
    assert disputes == {
        ("defense", "1960", "Correlates of War 4.1", "ATOP 5"),
        ("consultation", "1958–1960", "ATOP 5", "Correlates of War 4.1"),
        ("defense", "1970–1972", "Memoirs of a made-up envoy (made up)", "Correlates of War 4.1"),
    }
    treaty = said(found, "Northland (971)", "Southland (972)", "defense")[
        "Treaty of the made-up capital, article 4 (made up)"
    ]
    assert treaty == ((1945, 2023, "not known"), (2024, 2025, "yes")), "beyond its coverage no table contradicts"


def test_symmetry() -> None:
    """Two rows differ, one is asymmetric and may, one has no mirror."""
    assert alliances([DIRECTED], ["971", "972"]).problems == (
        "atop_directed.csv, line 2: 971 to 972 and 972 to 971 pledge different things",
        "atop_directed.csv, line 3: 972 to 971 and 971 to 972 pledge different things",
        "atop_directed.csv, line 6: 972 to 973 has no mirror, 973 to 972",
    )
    assert alliances([ATOP], ["971", "972"]).problems == (), "a table of undirected pairs needs no mirrors"


@pytest.mark.parametrize("seed", range(10))
def test_by_year_against_brute_force(seed: int, tmp_path: Path) -> None:
    """Random spans: each year is yes if some row has it, not known where only empty cells do or outside, else no."""
    rng = random.Random(seed)
    lines, rows = (
        [
            "ccode1,state_name1,ccode2,state_name2,dyad_st_year,dyad_end_year,right_censor,defense,neutrality,nonaggression,entente"
        ],
        [],
    )
    for _ in range(rng.randrange(1, 12)):
        one, two = rng.sample(("2", "20", "200"), 2)
        first = rng.randrange(1990, 2013)
        last = min(2012, first + rng.randrange(6))
        cut, flag = rng.random() < 0.3, rng.choice(("1", "0", ""))
        lines.append(f"{one},A{one},{two},A{two},{first},{'' if cut else last},{int(cut)},{flag},0,0,0")
        rows.append(({one, two}, first, 2012 if cut else last, flag))
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines))
    states = sorted({state for pair, *_ in rows for state in pair}, key=int)
    found = alliances([path], states, years=(1985, 2016))
    for pair in (p for p in found.pairs if p.pledge == "defense"):
        names = {pair.one.split("(")[1].rstrip(")"), pair.two.split("(")[1].rstrip(")")}
        told = {year: what for a, b, what in pair.spans for year in range(a, b + 1)}
        for year in range(1985, 2017):
            flags = {flag for both, first, last, flag in rows if both == names and first <= year <= last}
            expected = "not known" if year > 2012 else "yes" if "1" in flags else "not known" if "" in flags else "no"
            assert told[year] == expected


def test_mistakes(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="unknown state 'Westland'"):
        alliances([COW], ["Northland", "Westland"])
    with pytest.raises(InputError, match="state 999 stands in none of the tables"):
        alliances([COW], ["971", "999"])
    with pytest.raises(InputError, match="name two states or more"):
        alliances([COW], ["971", "Northland"])
    with pytest.raises(InputError, match="found 2000 to 1990"):
        alliances([COW], ["971", "972"], years=(2000, 1990))
    with pytest.raises(ScenarioError, match="expected those of Correlates of War"):
        read(OWN)
    for row, message in (
        ("971,972,defense,2000,,", "own.csv:2: a row of one's own cites a source"),
        ("971,972,pact,2000,,Book", "found the pledge 'pact'; expected defense, offense"),
        ("971,972,defense,2000,1999,Book", "expected a year in `from`, and in `to` a later one or nothing"),
        ("North,972,defense,2000,,Book", "states are numbers of Correlates of War"),
    ):
        (tmp_path / "own.csv").write_text(f"state1,state2,pledge,from,to,source\n{row}\n")
        with pytest.raises(InputError, match=message):
            alliances([COW], ["971", "972"], own=tmp_path / "own.csv")
    (tmp_path / "own.csv").write_text("state1,state2,from,to\n1,2,2000,\n")
    with pytest.raises(InputError, match="no column pledge; expected state1, state2"):
        alliances([COW], ["971", "972"], own=tmp_path / "own.csv")


def test_the_command() -> None:
    words = ["alliances", str(COW), str(ATOP), "--states", "971,972", "--years", "1955-1965", "--own", str(OWN)]
    run = CliRunner().invoke(main, [*words, "--json"])
    assert run.exit_code == 0, run.output
    assert {pair["source"] for pair in json.loads(run.output)["pairs"]} >= {"ATOP 5", "Correlates of War 4.1"}
    run = CliRunner().invoke(main, words)
    assert "What is pledged, 1955 to 1965" in run.output
    assert "ATOP 5 covers 1958 to 1962; outside nothing is known." in " ".join(run.output.split())
    run = CliRunner().invoke(main, [*words[:-3], "the fifties"])
    assert run.exit_code == 2
    assert "write FIRST-LAST, such as 1950-2024" in " ".join(run.output.split())
