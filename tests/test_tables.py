"""Tables for people say what the analysis says, and fit where they are shown."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from detente.analysis import Analysis, analyse
from detente.analysis.one_state import judge_locally
from detente.conflict import build
from detente.conflict.overview import first_states, moves_from, ranks, removals
from detente.present.json_documents import model_json, moves_json, ranking_json, selection, states_json
from detente.present.tables import analysis as tables
from detente.present.tables import equilibrium_cards, terminal
from detente.present.tables import scenario as models
from detente.present.tables.equilibrium_cards import cards, cards_sheet, pattern_sheet
from detente.present.tables.selection import View
from detente.scenario import library, load, read_text
from detente.sheet import Sheet, VerdictTerm
from detente.verification.random_models import random_model, to_yaml
from lengths import seeds

pytestmark = pytest.mark.first_analysis

LARGE = {"composite", "composite_strict"}
SMALL = [name for name in library.names() if name not in LARGE]


def drawn(sheets: tuple[Sheet, ...], width: int = 80) -> str:
    out = io.StringIO()
    terminal.draw(sheets, terminal.console(out, width))
    return out.getvalue()


def column(sheet: Sheet, name: str) -> dict[str, object]:
    """A column of a sheet, by the texts of its first column."""
    return dict(zip((str(row[0]).strip() for row in sheet.rows), sheet.column(name), strict=True))


@pytest.fixture
def flagship() -> Analysis:
    return analyse(load("two_proxies"))


# --- the analysis -----------------------------------------------------------------------------------------------


def test_the_status_quo(flagship: Analysis) -> None:
    sheet = tables.status_sheet(View(flagship))
    assert column(sheet, "Nash") == {
        "United States": "✓ yes",
        "Russia": "✗ no",
        "North Korea": "✗ no",
        "equilibrium": "✗ no",
    }
    assert set(column(sheet, "SEQ").values()) == {"✓ yes"}


def test_states_side_by_side(flagship: Analysis) -> None:
    view = View(flagship, width=80)
    sheet = cards_sheet(view, cards(view))
    assert sheet.columns == ("", "49", "54", "55", "56", "57", "58", "59", "60", "63")
    today = column(sheet, "56")
    assert today["today"] == "✓" == today["foresight play ends"]
    assert today["Active military partnership with Pyongyang"] == "Y"
    assert (today["Nash, 1 state"], today["SEQ, 4 states"]) == ("·", "✓")
    assert column(sheet, "49")["Nash, 1 state"] == "✓" == column(sheet, "49")["myopic play ends"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_ticks_are_the_equilibria(flagship: Analysis, width: int) -> None:
    """Wherever a concept's states all have a column, as many are ticked as there are."""
    view = View(flagship, width=width)
    shown = cards(view)
    for concept in view.concepts:
        ticked = int(view.at(concept, shown.states).sum())
        found = view.found[concept]
        listed = not any(found.same(view.found[other]) for other in shown.unlisted)
        assert (ticked == found.states) or not listed
        assert ticked <= found.states


def test_what_many_equilibria_share() -> None:
    analysis = analyse(load("gatt"))
    view = View(analysis, width=80)
    assert view.shared("seq") == {"jp_agenda": 0, "ldc_develop": 1}
    cells = analysis.equilibria("seq")
    for key, value in view.shared("seq").items():
        assert (np.ravel(analysis.conflict.values(cells)[key]) == value).all()
    monkey = View(analysis, width=80)
    monkey.__dict__["listed"] = {}
    assert monkey.shared("seq") == view.shared("seq"), "read off the grid as off the list"
    formula = analysis.formula("round_succeeds")
    assert monkey.count_where("seq", formula) == view.count_where("seq", formula) == 384


def test_patterns_cover_what_they_sum_up(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "detente: 1\nactors:\n"
    for name in "abcdef":
        text += f"  {name}: {{options: {{{name}1: }}, priorities: [{name}1 -> a1]}}\n"
    analysis = analyse(read_text(text + "now: [a1]\n"), concepts=["nash"])
    view = View(analysis, width=60)
    sheet = pattern_sheet(view, cards(view))
    assert sheet is not None
    counts = next(row[1:] for row in sheet.rows if row[0] == "states")
    assert sum(counts) == analysis.count("nash") == 33
    for most, cut in ((33, True), (32, False)):
        monkeypatch.setattr(equilibrium_cards, "CUTTABLE", most)
        assert (pattern_sheet(view, cards(view)) is not None) is cut


def test_outcomes(flagship: Analysis) -> None:
    sheet = tables.outcome_sheet(View(flagship))
    assert [row[1:3] for row in sheet.rows] == [("ALL", "NONE"), ("ALL", "NONE"), ("", "")]
    for concept, header in (("nash", "Nash"), ("gmr", "GMR")):
        assert sheet.column(header)[-1] == flagship.count(concept)
        assert sheet.column(header)[0] == flagship.count(concept, "decoupled")


def test_where_play_leads(flagship: Analysis) -> None:
    view = View(flagship)
    myopic, foresight = tables.play_sheet(view, cards(view)).notes
    assert myopic.endswith("ends in state 49, 2 steps away.")
    assert foresight.endswith("stays as today.")
    assert tables.shortest(flagship.play("myopic")) == 2


def test_circles_are_said_to_be_circles() -> None:
    matching = """
detente: 1
actors:
  odd: {options: {left: }, priorities: [left <-> not up]}
  even: {options: {up: }, priorities: [left <-> up]}
now: []
"""
    view = View(analyse(read_text(matching)))
    said = tables.play_sheet(view, cards(view)).notes[0]
    assert said.endswith("never comes to rest: it circles among 4 states.")


def test_equilibria_of_some_actors_and_where(flagship: Analysis) -> None:
    chosen = selection(flagship, "not nk_troops", ["us", "nk"])
    assert chosen["counts"]["nash"] == len(chosen["equilibria"]["nash"]) == 3
    assert all(not state["nk_troops"] for state in chosen["equilibria"]["nash"])
    sheets = tables.analysis_sheets(flagship, where="not nk_troops", actors=["us", "nk"])
    text = drawn(sheets, 100)
    assert "stable for United States and North Korea" in text
    assert "Equilibria are counted only where not nk_troops and for us, nk only." in text


@pytest.mark.parametrize("name", SMALL)
def test_every_model_fits_eighty_columns(name: str) -> None:
    scenario = load(name)
    analysis = analyse(scenario)
    conflict = analysis.conflict
    readings = [actor.default_reading for actor in scenario.actors]
    sheets = [
        *tables.analysis_sheets(analysis, width=80),
        *models.description(scenario, conflict),
        *models.ranking_sheets(conflict, scenario.actors[0], readings[0], 20),
        models.moves_sheet(conflict, scenario.actors[0], moves_from(conflict, readings[0], 0, conflict.states[:20])),
        *models.readings_sheets(scenario),
        models.states_sheet(conflict, first_states(conflict, 20)),
    ]
    for sheet in sheets:
        assert all(len(row) == len(sheet.columns) for row in sheet.rows), sheet.title
        assert max(map(len, drawn((sheet,)).splitlines())) <= 80, sheet.title


def test_a_notebook_shows_tables(flagship: Analysis) -> None:
    shown = flagship._repr_html_()
    assert shown.count("<table>") == 3
    assert "<td>decoupled</td><td>ALL</td><td>NONE</td>" in shown
    table = flagship.equilibrium_table(["nash", "seq"])
    assert table.column("state") == (49, 54, 55, 56)
    assert table.column("nash") == (True, False, False, False)
    assert table.to_dicts()[0]["us_arm"] is True


# --- one state, without the space -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_local_verdicts_of_the_library(name: str) -> None:
    scenario = load(name)
    if scenario.now is not None:
        assert_local(analyse(scenario, concepts=["nash", "gmr", "smr", "seq", "sseq", "sim"]))


@seeds(14, 40)
def test_local_verdicts_of_random_models(seed: int) -> None:
    sanctions = ("legal", "one-step")[seed % 2]
    assert_local(analyse(read_text(to_yaml(random_model(seed, None))), sanctions=sanctions))


def assert_local(analysis: Analysis) -> None:
    """Every settled verdict is that of the whole analysis, and in small models all but SIM in graph form settle."""
    found = judge_locally(analysis.scenario, concepts=analysis.concepts, sanctions=analysis.sanctions)
    now = analysis.cell()
    for concept, row in found.verdicts.items():
        for actor, verdict in row.items():
            if concept == "sim" and analysis.conflict.graph:
                assert verdict.stable is None
            else:
                assert verdict.stable == analysis.is_stable(concept, actor, now)
    assert found.to_json()["hash"] == analysis.hash


def test_what_nothing_deters() -> None:
    found = judge_locally(load("composite"))
    assert found.open == ()
    assert [found.equilibrium(concept) for concept in ("nash", "gmr", "seq")] == [False, True, True]
    assert found.verdicts["nash"]["ru"].standing == {"ru_tech": 0}
    assert tables.change_text(found.scenario, {"ru_link": 0}) == "ru_link off"


# --- models -----------------------------------------------------------------------------------------------------


def test_what_rules_removed() -> None:
    scenario = load("composite")
    removed = removals(scenario, build(scenario))
    assert {each.combinations for each in removed} == {2**25}
    merged = load("elmira")
    sheet = models.removals_sheet(build(merged), removals(merged, build(merged)))
    assert sheet.rows == (
        ("merged", "counted as s9", 3),
        ("", "all combinations of options", 12),
        ("", "states", 9),
    )


def test_ranks() -> None:
    """A ranking is read back as written; a priority list ranks by the first statement that differs."""
    elmira = load("elmira")
    conflict = build(elmira)
    names = [conflict.state_names[int(rank.cells[0])] for rank in ranks(conflict, elmira.actors[2].default_reading)]
    assert names == ["s7", "s3", "s5", "s1", "s8", "s6", "s4", "s2", "s9"]
    flagship = load("two_proxies")
    found = ranks(build(flagship), flagship.actor("ru").default_reading)
    assert found[0].satisfied == (True,) * 7
    assert sum(rank.states for rank in found) == 64
    assert [rank.satisfied for rank in found] == sorted((rank.satisfied for rank in found), reverse=True)


def test_ranks_of_a_model_too_large_to_list() -> None:
    scenario = load("composite")
    conflict = build(scenario)
    found = ranks(conflict, scenario.actor("us").default_reading)
    assert sum(rank.states for rank in found) == conflict.count == 26_542_080
    assert all(len(rank.cells) == 0 for rank in found)
    assert ranking_json(conflict, scenario.actor("us").default_reading, 3)["ranks"][0]["states"] is None


def test_the_first_few_states_are_named_and_the_rest_counted() -> None:
    conflict = build(load("elmira"))
    named = [str(models._names(conflict, conflict.states[:number], most=3)) for number in (2, 3, 5)]
    first = " ".join(conflict.state_names[int(cell)] for cell in conflict.states[:3])
    assert named == [first.rpartition(" ")[0], first, f"{first} … 2 more"]


def test_what_a_statement_is_in_a_ranking() -> None:
    assert [models._satisfied(truth) for truth in (True, False, None)] == ["✓", "·", "-"]


def test_readings_are_named_where_there_are_several() -> None:
    """An actor with one reading needs none to be named."""
    rows = [
        dict(row[:2] for row in tables._basis(scenario, ["seq"], "legal", scenario.choose(), 0.0, "0" * 64).rows)
        for scenario in (load("two_proxies"), load("chicken"))
    ]
    assert str(rows[0]["readings"]) == "us=biden24, ru=need, nk=substitute"
    assert "readings" not in rows[1]


def test_a_heading_is_as_wide_as_its_table() -> None:
    scenario = load("elmira")
    sheet = models.options_sheet(scenario, build(scenario))
    assert {len(row) for row in sheet.rows} == {len(sheet.columns)}


def test_moves() -> None:
    scenario = load("two_proxies")
    conflict = build(scenario)
    document = moves_json(conflict, scenario.actor("ru").default_reading, 1, 100)
    assert document["list"][4] == {"from": 5, "moves": [1], "improvements": [1]}
    assert sum(len(each["moves"]) for each in document["list"]) == 64
    assert document["omitted"] == 0


def test_states_of_a_large_model_come_in_order() -> None:
    conflict = build(load("composite_strict"))
    first = first_states(conflict, 500)
    assert len(first) == 500
    assert conflict.is_state(first).all()
    assert not conflict.is_state(np.setdiff1d(np.arange(first[-1]), first)).any()


def test_documents_of_models() -> None:
    scenario = load("elmira")
    document = model_json(scenario, build(scenario))
    assert (document["name"], document["states"]) == ("elmira", 9)
    assert document["actors"][1]["options"][0]["change"] == [[0, 1], [0, 2], [1, 2]]
    listed = states_json(scenario, build(scenario), 2)
    assert listed["list"][1] == {
        "number": 2,
        "state": "s5",
        "settings": {"modify": False, "answer": "delay", "insist": True},
    }
    assert (listed["count"], listed["omitted"]) == (9, 7)


# --- the terminal -----------------------------------------------------------------------------------------------


def test_a_pipe_gets_plain_text() -> None:
    sheet = Sheet("Verdicts", ("who", "Nash"), (("Russia", "✗ no"), ("group", None)), ("A note.",))
    assert drawn((sheet, sheet)) == (
        "Verdicts\n  who     Nash\n  Russia  ✗ no\n  group\n  A note.\n\n" * 2
    ).removesuffix("\n")


def test_a_poor_terminal_gets_plain_signs() -> None:
    sheet = terminal.encodable(Sheet("A – B", ("✓", "n"), (("✗ no", 3),)), "ascii")
    assert (sheet.title, sheet.columns, sheet.rows) == ("A - B", ("+", "n"), (("x no", 3),))
    assert terminal.encodable(sheet, "utf-8") == sheet


def test_nothing_is_cut_off() -> None:
    """What does not fit makes lines longer; rich alone would drop columns."""
    wide = Sheet("", tuple("abcdef"), ((*["N" * 20] * 5, 123_456_789),))
    assert "123,456,789" in drawn((wide,), 60)


def test_only_a_verdict_has_a_tone() -> None:
    assert terminal._tone("BREAKS") == terminal._style("BREAKS") == ""
    assert terminal._tone(VerdictTerm("BREAKS")) != ""


def test_colours_only_where_they_can_be_seen() -> None:
    out = io.StringIO()
    screen = Console(file=out, force_terminal=True, width=80, color_system="standard", no_color=False)
    terminal.draw((Sheet("T", ("a",), (("✓ yes",),)),), screen)
    assert "\x1b[1m✓ yes" in out.getvalue()
