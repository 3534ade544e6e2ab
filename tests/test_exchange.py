"""Files of other tools: random models there and back, published layouts, and what cannot come along."""

from __future__ import annotations

import datetime
import io
import itertools
import json
import zipfile
from typing import Any

import networkx
import pyarrow.parquet
import pygambit
import pytest
import python_calamine
import xlsxwriter
import yaml
from click.testing import CliRunner

from detente.analysis import Analysis, analyse
from detente.case import Circumstances
from detente.cli import main
from detente.exchange import ForeignError, gambit, gmcr_plus, graphs, provenance, read, workbooks, write
from detente.exchange.disjunctive import alternatives
from detente.exchange.foreign import Loss, identifiers
from detente.formula.evaluate import holds
from detente.scenario import load, read_text
from detente.scenario.model import Scenario
from detente.scenario.text.edit import text_of
from detente.verification import oracle
from detente.verification.random_models import random_model, to_yaml
from lengths import seeds

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
REVERSIBLE = ("plain", "choices", "never", "ties", "ranking", "weights", "long", "fixed", "names", "shared")
WITH_OPTIONS = (*REVERSIBLE, "oneway")


def drawn(seed: int, kinds: tuple[str, ...]) -> Scenario:
    return read_text(to_yaml(random_model(seed, kinds[seed % len(kinds)])))


def case(scenario: Scenario) -> Any:
    return Circumstances().of(scenario)


def counts(analysis: Analysis) -> tuple[int, ...]:
    return (analysis.states, *(analysis.count(concept) for concept in CONCEPTS))


def changed(losses: tuple[Loss, ...]) -> list[Loss]:
    """The losses after which the moves are others."""
    return [loss for loss in losses if loss.kind == "lost" and loss.where.partition(".")[0] in ("options", "rules")]


# --- there and back ---------------------------------------------------------------------------------------------------


@seeds(10, 300)
def test_gmcr_there_and_back(seed: int) -> None:
    scenario = drawn(seed, WITH_OPTIONS)
    given = gmcr_plus.write(case(scenario))
    back = gmcr_plus.read(str(given.content), "back")
    assert not changed(given.losses)
    assert counts(analyse(scenario)) == counts(analyse(read_text(back.text)))
    again = gmcr_plus.write(case(read_text(back.text)))
    assert json.loads(again.content)["infeasibles"] == json.loads(given.content)["infeasibles"]


@seeds(10, 300)
def test_gambit_there_and_back(seed: int) -> None:
    scenario = drawn(seed, REVERSIBLE)
    given = gambit.write(case(scenario))
    plain = analyse(read_text(gambit.read(str(given.content), "back").text))
    labelled = analyse(read_text(gambit.read(given.beside[".labels.nfg"], "back").text))
    assert counts(plain) == counts(labelled)
    if not any("infeasible" in loss.says for loss in given.losses):
        assert counts(plain) == counts(analyse(scenario))


@seeds(10, 300)
def test_workbook_there_and_back(seed: int) -> None:
    scenario = drawn(seed, (*WITH_OPTIONS, "guards", "consequences", "graph"))
    analysis = analyse(scenario)
    given = workbooks.write(analysis)
    back = read_text(workbooks.read({"back.xlsx": given.data}, "back").text)
    if changed(given.losses):
        return
    assert counts(analyse(back)) == counts(analysis)
    assert scenario.graph or back.now == scenario.now
    if not scenario.graph:
        assert {actor.id: list(actor.readings) for actor in back.actors} == {
            actor.id: list(actor.readings) for actor in scenario.actors
        }
        assert set(back.outcomes) == set(scenario.outcomes)


@seeds(10, 300)
def test_graphml_there_and_back(seed: int) -> None:
    scenario = drawn(seed, (*WITH_OPTIONS, "guards", "consequences", "same", "while", "barred", "graph"))
    analysis = analyse(scenario)
    back = read_text(graphs.read(str(graphs.write(analysis).content), "back").text)
    assert counts(analyse(back)) == counts(analysis)


# --- against other programs and definitions ---------------------------------------------------------------------------


@seeds(5, 60)
def test_gambit_finds_the_same_nash_equilibria(seed: int) -> None:
    scenario = drawn(seed, ("plain", "choices", "ties", "weights"))
    given = gambit.write(case(scenario))
    game = pygambit.read_nfg(io.StringIO(str(given.content)))
    assert len(pygambit.nash.enumpure_solve(game).equilibria) == analyse(scenario).count("nash")
    named = pygambit.read_nfg(io.StringIO(given.beside[".labels.nfg"]))
    assert list(named.players) == [actor.name for actor in scenario.actors]
    assert len(pygambit.nash.enumpure_solve(named).equilibria) == analyse(scenario).count("nash")


@seeds(5, 40)
def test_gambit_reads_the_trees(seed: int) -> None:
    scenario = drawn(seed, ("plain", "oneway", "guards", "consequences"))
    order = [actor.id for actor in scenario.actors][:2]
    text = str(gambit.write_extensive(case(scenario), order).content)
    ways, best = _backwards(scenario, order)
    assert text.count("\nt ") == ways
    if text.count("\np ") <= 6:  # strategies of whole plans soon are too many for Gambit
        game = pygambit.read_efg(io.StringIO(text))
        found = pygambit.nash.enumpure_solve(game).equilibria
        assert best in [[int(each.payoffs[player]) for player in game.players] for each in found]


def _backwards(scenario: Scenario, order: list[str]) -> tuple[int, list[int]]:
    """How many ways there are to play, and what comes of the best ones for whoever moves; by the oracle's moves and scores."""
    game = oracle.build(yaml.load(scenario.text, yaml.BaseLoader))  # noqa: S506 (texts only)
    places = {actor: sorted(set(scores)) for actor, scores in game.scores.items()}
    ranks = {actor: [places[actor].index(score) + 1 for score in scores] for actor, scores in game.scores.items()}

    def best(state: int, turns: list[str]) -> tuple[int, list[int]]:
        if not turns:
            return 1, [ranks[actor][state] for actor in game.actors]
        found = [best(way, turns[1:]) for way in (state, *sorted(game.moves[turns[0]][state] - {state}))]
        mover = game.actors.index(turns[0])
        return sum(ways for ways, _ in found), max((worth for _, worth in found), key=lambda each: each[mover])

    assert game.now is not None
    return best(game.now, order)


@seeds(5, 60)
def test_edges_are_the_moves_and_what_nothing_deters(seed: int) -> None:
    scenario = drawn(seed, ("plain", "oneway", "guards", "same", "consequences", "graph"))
    analysis = analyse(scenario)
    game = oracle.build(yaml.load(scenario.text, yaml.BaseLoader))  # noqa: S506 (texts only)
    told = {(a - 1, b - 1, actor): (gain, free) for a, b, actor, gain, free in analysis.edges().rows}
    expected = {
        (state, end, actor): (
            gain := game.scores[actor][end] > game.scores[actor][state],
            gain
            and all(
                game.scores[actor][after] > game.scores[actor][state]
                for after in oracle.answers(game.improvements, actor, end, "legal")
            ),
        )
        for actor in game.actors
        for state, ends in enumerate(game.moves[actor])
        for end in ends
    }
    assert told == expected
    network = analysis.to_networkx()
    assert network.number_of_nodes() == analysis.states
    assert network.number_of_edges() == len(expected)


@pytest.mark.parametrize(
    "text",
    [
        "a and not b",
        "a iff b",
        "at least 2 of (a, b, c)",
        "exactly 1 of (a, b, c)",
        "at most 1 of (a, c)",
        "c -> (a or b)",
        "x != low",
        "not (x in {low, mid} and a)",
    ],
)
def test_alternatives_hold_where_the_formula_does(text: str) -> None:
    options = {"a": None, "b": None, "c": None, "x": {"choices": ["low", "mid", "high"]}}
    scenario = read_text(text_of({"detente": "1", "actors": {"one": {"options": options, "priorities": ["a"]}}}))
    terms = alternatives(scenario.formula(text), scenario.variables())
    names = [option.key for option in scenario.options]
    for values in itertools.product(*(range(len(option.choices)) for option in scenario.options)):
        settings = dict(zip(names, values, strict=True))
        covered = any(all(settings[key] in allowed for key, allowed in term.items()) for term in terms)
        assert covered is bool(holds(scenario.formula(text), settings))


# --- GMCR+ as it is in the wild ---------------------------------------------------------------------------------------


def gmcr(**changes: Any) -> str:
    """A file in the published layout: two drivers."""
    file: dict[str, Any] = {
        "program": "gmcr-py",
        "version": "0.3.12",
        "options": [
            {"name": "Swerve A", "permittedDirection": "both"},
            {"name": "Swerve B", "permittedDirection": "fwd"},
        ],
        "decisionMakers": [
            {"name": "A", "options": [0], "preferences": [[[1, "Y"]], [[0, "N"]]]},
            {"name": "B", "options": [1], "preferences": [{"compound": True, "members": [[[0, "Y"]], [[1, "Y"]]]}]},
        ],
        "infeasibles": [],
        "useManualPreferenceRanking": False,
        "coalitions": [0, 1],
    }
    return json.dumps(file | changes)


def makers(**changes: Any) -> list[dict[str, Any]]:
    first, second = json.loads(gmcr())["decisionMakers"]
    return [first | changes, second]


def test_conditions_directions_and_compounds() -> None:
    scenario = read_text(gmcr_plus.read(gmcr(), "drivers").text)
    assert scenario.option("swerve_b").change == ((0, 1),)
    assert [str(each) for each in scenario.actor("a").default_reading.statements] == ["swerve_b", "not swerve_a"]
    assert [str(each) for each in scenario.actor("b").default_reading.statements] == ["swerve_a or swerve_b"]


def test_compounds_in_compounds() -> None:
    inner = {"compound": True, "members": [[[0, "Y"], [1, "N"]], [[1, "Y"]]]}
    wish = {"compound": True, "members": [inner, [[0, "N"]]]}
    scenario = read_text(gmcr_plus.read(gmcr(decisionMakers=makers(preferences=[wish])), "x").text)
    assert (
        str(scenario.actor("a").default_reading.statements[0])
        == "((swerve_a and not swerve_b) or swerve_b) or (not swerve_a)"
    )


def test_states_are_numbered_with_the_first_option_fastest() -> None:
    text = gmcr(useManualPreferenceRanking=True, decisionMakers=makers(preferenceRanking=[3, [1, 4.0], 2]))
    taken = gmcr_plus.read(text, "x")
    scenario = read_text(taken.text)
    assert scenario.states["s2"] == {"swerve_a": 1, "swerve_b": 0}
    assert scenario.states["s3"] == {"swerve_a": 0, "swerve_b": 1}
    assert scenario.actor("a").default_reading.texts == ("s3", "s1 = s4", "s2")
    assert list(scenario.actor("a").readings) == ["ranking", "priorities"]
    assert any("none here: its preferences are used" in loss.says for loss in taken.losses)  # B has no ranking


def test_a_vector_of_older_files() -> None:
    text = gmcr(useManualPreferenceVectors=True, decisionMakers=makers(preferenceVector=[4, 3, 2, 1]))
    assert read_text(gmcr_plus.read(text, "x").text).actor("a").default_reading.texts == ("s4", "s3", "s2", "s1")


@pytest.mark.parametrize(
    ("vector", "says"),
    [
        ([0, 1, 2, 3], "states are numbered from 1; found a state 0"),
        ([1, 2, 3, 3], "state 3 stands in it twice"),
        ([1, 2, 3], "state 4 is missing; there are 4"),
        ([1, 2, 3, 9], "there is no state 9; there are 4"),
        ([1, 2, 3.5, 4], "expected the numbers of states; found 3.5"),
        ([1, 2, [3, [4]]], "expected the numbers of states; found [4]"),
    ],
)
def test_rankings_that_do_not_fit(vector: list[Any], says: str) -> None:
    with pytest.raises(ForeignError, match="preferenceRanking") as error:
        gmcr_plus.read(gmcr(useManualPreferenceRanking=True, decisionMakers=makers(preferenceRanking=vector)), "x")
    assert says in str(error.value)
    unused = gmcr_plus.read(gmcr(decisionMakers=makers(preferenceRanking=vector)), "x")
    assert any(says in loss.says and loss.kind == "lost" for loss in unused.losses)
    assert "ranking" not in unused.text


def test_stored_payoffs_are_compared_and_never_used() -> None:
    right, wrong = [2, 1, 4, 3], [1, 2, 4, 3]
    fine = gmcr_plus.read(gmcr(decisionMakers=makers(payoffs=right)), "x")
    off = gmcr_plus.read(gmcr(decisionMakers=makers(payoffs=wrong)), "x")
    assert fine.text == off.text
    assert not [loss for loss in fine.losses if loss.kind == "differs"]
    assert "order states 2 and 1 otherwise" in next(loss.says for loss in off.losses if loss.kind == "differs")
    short = gmcr_plus.read(gmcr(decisionMakers=makers(payoffs=[1, 2])), "x")
    assert "2 payoffs are stored for 4 feasible states" in next(
        loss.says for loss in short.losses if loss.kind == "differs"
    )


def test_misperceptions_also_of_the_status_quo() -> None:
    scenario = read_text(gmcr_plus.read(gmcr(decisionMakers=makers(misperceptions=[[[0, "N"], [1, "N"]]])), "x").text)
    (view,) = scenario.perceptions["misperceived"].views.values()
    assert view.rules == ("not swerve_a and not swerve_b",)
    again = gmcr_plus.write(case(scenario))
    assert json.loads(again.content)["decisionMakers"][0]["misperceptions"] == [[[0, "N"], [1, "N"]]]


def test_unknown_keys_and_coalitions_are_told() -> None:
    losses = gmcr_plus.read(gmcr(colour="red", coalitions=[[0, 1]]), "x").losses
    assert [loss.says for loss in losses if loss.kind == "lost"] == [
        "the key 'colour' is not known, and was left out",
        "a coalition of A, B is asked for, not kept: treat them as one actor",
    ]
    assert losses[-1].kind == "advice"
    assert "one counter-move each" in losses[-1].says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1, column 2: this is not JSON"),
        ("[]", "expected an object with options and decisionMakers; found a list"),
        ("{}", "options: there is no such key"),
        (gmcr(options=[{"name": 3}]), "options[0]: expected an object with a name"),
        (
            gmcr(decisionMakers=makers(options=[0, 7])),
            "decisionMakers[0].options: expected the number of an option, 0 to 1; found 7",
        ),
        (
            gmcr(decisionMakers=makers(options=[0, 1])),
            "the option 'swerve_b' belongs to A, B; expected one decision maker",
        ),
        (gmcr(decisionMakers=makers(options=[])), "the option 'swerve_a' belongs to nobody"),
        (
            gmcr(decisionMakers=makers(preferences=[[[0, "?"]]])),
            'preferences[0][0]: expected [option, "Y"] or [option, "N"]',
        ),
        (gmcr(infeasibles=[{"members": []}]), 'infeasibles[0]: expected {"compound": true, "members": [...]}'),
        (
            gmcr(options=[{"name": "x", "permittedDirection": "up"}, {"name": "y"}]),
            "options[0].permittedDirection: expected both, fwd or back; found 'up'",
        ),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_files_that_are_none(text: str, says: str) -> None:
    with pytest.raises(ForeignError) as error:
        gmcr_plus.read(text, "x")
    assert says in str(error.value)


# --- Gambit as it is in the wild --------------------------------------------------------------------------------------

PAYOFFS = 'NFG 1 R "Prisoners" { "A" "B" } { 2 2 }\n\n'


def test_payoffs_are_exact() -> None:
    scenario = read_text(gambit.read(PAYOFFS + "1/3 0.5, 2 -1 0.333 3 1/3 0", "x").text)
    assert scenario.actor("a").default_reading.texts == ("s2", "s1 = s4", "s3")
    assert scenario.states["s2"] == {"a_plays": 1, "b_plays": 0}  # player 1's strategy varies fastest


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PAYOFFS + "1 2 3", "expected 8 payoffs (4 combinations of 2 players); found 3"),
        (PAYOFFS + "1 2 3 4 5 6 7 8 9", "found 9"),
        (PAYOFFS + "1 2 3 x 5 6 7 8", "line 3, column 7: expected a number such as 3, -1.5 or 2/3; found 'x'"),
        (PAYOFFS + "1 2 3 1/0 5 6 7 8", "found '1/0'"),
        ('NFG 1 R "x" { "A" "B" "C" "D" } { 50 50 50 50 }\n1', "6,250,000 combinations of strategies; at most 4,096"),
        ('NFG 1 R "x" { "A" "B" } { 2 }\n1 1', "there are 2 players and strategies of 1"),
        ('NFG 1 R "x" { "A } { 2 }', "a text is not closed"),
        ('EFG 2 R "x" { "A" }', "expected NFG; found 'EFG'"),
        ("", "expected NFG; found the end of the file"),
        ('NFG 1 R "x" { } { }', "the game has no players"),
        ('NFG 1 R "x" { "A" } { 0 }', "a player has no strategy"),
        ('NFG 1 R "x" { "A" } { { "u" "d" } } { { "o" 1 } } 1 2', "there is no outcome 2; there are 1"),
        ('NFG 1 R "x" { "A" } { { "u" "d" } } { { "o" 1, 2 } } 1 1', "expected 1 payoffs; found 2"),
    ],
)
def test_games_that_are_none(text: str, says: str) -> None:
    with pytest.raises(ForeignError) as error:
        gambit.read(text, "x")
    assert says in str(error.value)


def test_outcome_version_with_a_null_outcome() -> None:
    text = 'NFG 1 R "x" { "A" "B" } { { "u\\"p" "d" } { "only" } } "a comment" { { "o" -1, 2 } } 0 1'
    scenario = read_text(gambit.read(text, "x").text)
    assert scenario.option("a_plays").choice_names == {"u_p": 'u"p', "d": "d"}
    assert scenario.actor("a").default_reading.texts == ("s1", "s2")
    assert scenario.actor("b").default_reading.texts == ("s2", "s1")


def test_what_a_strategic_game_cannot_hold_is_told() -> None:
    says = [loss.says for loss in gambit.write(case(load("elmira"))).losses]
    assert "in a strategic game every move can be made, and undone" in says
    assert "a strategic game has no state of today" in says


# --- workbooks as they are in the wild --------------------------------------------------------------------------------


def book(sheets: dict[str, list[list[Any]]], **how: Any) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for title, rows in sheets.items():
            sheet = made.add_worksheet(title)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, datetime.date):
                        sheet.write_datetime(r, c, cell, day)
                    else:
                        sheet.write(r, c, cell)
            if title == how.get("hidden"):
                sheet.hide()
            if title in how.get("merged", {}):
                sheet.merge_range(how["merged"][title], "merged")
    return content.getvalue()


OPTIONS: list[list[Any]] = [
    ["Actor", "Option", "Name", "Now"],
    ["north", "patrol", "Send boats", True],
    ["south", "fish", "Fish", ""],
]
AIMS: list[list[Any]] = [["Actor", "Want"], ["north", "not fish"], ["south", "fish"]]


def taken(sheets: dict[str, list[list[Any]]], name: str = "x.xlsx", **how: Any) -> Any:
    return workbooks.read({name: book(sheets, **how)}, "x")


def test_a_workbook_by_hand() -> None:
    pattern = [["patrol", "fish"], ["Y", "Y"]]
    events: list[list[Any]] = [
        ["Date", "By", "Set", "Says"],
        [datetime.date(2024, 6, 19), "north", "not patrol", "They leave"],
    ]
    scenario = read_text(taken({"a": OPTIONS, "b": AIMS, "c": pattern, "d": events}).text)
    assert scenario.now == {"patrol": 1, "fish": 0}
    assert [str(rule.when) for rule in scenario.rules] == ["patrol and fish"]
    assert scenario.history[0].date == "2024-06-19"


def test_formulas_are_read_by_their_value_and_written_as_texts() -> None:
    scenario = load("chicken")
    given = workbooks.write(analyse(scenario))
    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(given.data))
    assert "Options" in sheets.sheet_names
    hostile = read_text(scenario.text.replace("title: Chicken", 'title: "=1+1"'))
    again = workbooks.write(analyse(hostile))
    assert b"<f>" not in _sheet_xml(again.data)


def _sheet_xml(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if "worksheets" in name)


def test_the_same_model_gives_the_same_bytes() -> None:
    analysis = analyse(load("chicken"))
    assert workbooks.write(analysis).content == workbooks.write(analysis).content


@pytest.mark.parametrize(
    ("sheets", "how", "says"),
    [
        (
            {"a": OPTIONS, "b": [*AIMS, ["south", datetime.date(2024, 1, 2)]]},
            {},
            "x.xlsx, b, B4: the spreadsheet made a date (2024-01-02)",
        ),
        (
            {"a": OPTIONS, "b": AIMS},
            {"merged": {"b": "A5:B6"}},
            "x.xlsx, b, A5: merged cells hold one value for several",
        ),
        ({"a": [["Actor", "Option", "Option"]]}, {}, "x.xlsx, a, C1: two columns are called 'option'"),
        ({"a": [["Actor", "Option", "Colour"], ["n", "o", "red"]]}, {}, "unknown column 'colour'"),
        ({"a": [["x"], ["y"]]}, {}, "expected a table with the columns actor and option"),
        (
            {"a": OPTIONS, "b": [["Actor", "Want"], ["west", "fish"]]},
            {},
            "x.xlsx, b, row 2: the actor 'west' has no options",
        ),
        (
            {"a": OPTIONS, "b": [["Actor", "Rank", "State"], ["north", "first", "fish"]]},
            {},
            "expected a rank, 1 for the best; found 'first'",
        ),
        ({"a": OPTIONS, "b": OPTIONS}, {}, "the same kind of table stands at"),
        ({"a": OPTIONS, "c": [["patrol"], ["maybe"]]}, {}, "expected Y, N or nothing; found 'maybe'"),
        ({"a": [*OPTIONS, ["south", "fish"]]}, {}, "the option 'fish' stands there twice"),
        (
            {"a": OPTIONS, "b": [["Actor", "Want", ""], ["north", "fish", "stray"]]},
            {},
            "'stray' stands in a column without a head",
        ),
    ],
)
def test_workbooks_that_cannot_be_read(sheets: dict[str, list[list[Any]]], how: dict[str, Any], says: str) -> None:
    with pytest.raises(ForeignError) as error:
        taken(sheets, **how)
    assert says in str(error.value)


def test_hidden_sheets_and_macros_are_told() -> None:
    found = taken({"a": OPTIONS, "b": AIMS, "c": [["patrol"], ["Y"]]}, "x.xlsm", hidden="c")
    assert [loss.sentence for loss in found.losses] == [
        "x.xlsm: macros are not run",
        "x.xlsm, c: the sheet is hidden, and was not read",
    ]
    assert "rules" not in found.text


def test_no_workbook() -> None:
    with pytest.raises(ForeignError, match="this is no workbook"):
        workbooks.read({"x.xlsx": b"PK\x03\x04 no"}, "x")


def test_tables_in_text_from_any_spreadsheet() -> None:
    options = "\ufeffActor;Option;Now\r\nnorth;patrol;yes\r\nsouth;fish;\r\n".encode()
    aims = b"sep=\t\nActor\tWant\nnorth\tnot fish\nsouth\tfish\n"
    scenario = read_text(workbooks.read({"options.csv": options, "aims.csv": aims}, "x").text)
    assert analyse(scenario).states == 4


def test_the_template_is_filled_in() -> None:
    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbooks.template()))
    heads = {title: sheets.get_sheet_by_name(title).to_python()[0] for title in sheets.sheet_names}
    assert heads["Options"][:2] == ["actor", "option"]
    assert set(heads) == {kind.sheet for name, kind in workbooks.TABLES.items() if name != "transitions"}


def test_states_and_moves_in_a_workbook() -> None:
    states: list[list[Any]] = [["State", "Now", "Rank A", "Rank B"], ["s1", "yes", 1, "2,5"], ["s2", "", 2, 1]]
    moves = [["From", "To", "Actor"], ["s1", "s2", "A"], ["s2", "s1", "B"]]
    scenario = read_text(taken({"a": states, "b": moves}).text)
    assert scenario.graph is not None
    assert scenario.actor("b").default_reading.texts == ("s1", "s2")


# --- graphs, columns, evidence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<!DOCTYPE x><graphml/>", "declares entities"),
        ("no xml", "this is not GraphML"),
        (next(iter(networkx.generate_graphml(networkx.DiGraph()))), "this is not GraphML"),
    ],
)
def test_graphs_that_are_none(text: str, says: str) -> None:
    with pytest.raises(ForeignError) as error:
        graphs.read(text, "x")
    assert says in str(error.value)


def drawn_graph(**edge: Any) -> str:
    graph = networkx.MultiDiGraph()
    graph.add_nodes_from([(1, {"rank A": 2, "now": True}), (2, {"rank A": 1})])
    graph.add_edge(1, 2, **edge)
    return "\n".join(networkx.generate_graphml(graph, named_key_ids=False))


def test_a_graph_without_actors_is_refused() -> None:
    with pytest.raises(ForeignError, match="edge 1 to 2: expected the attribute actor"):
        graphs.read(drawn_graph(), "x")
    scenario = read_text(graphs.read(drawn_graph(actor="A"), "x").text)
    assert scenario.actor("a").default_reading.texts == ("s1", "s2")


def test_dot_and_edges_name_every_move() -> None:
    analysis = analyse(load("elmira"))
    dot = str(graphs.write_dot(analysis).content)
    assert dot.count(" -> ") == len(analysis.edges().rows)
    table = graphs.write_edges(analysis)
    assert str(table.content).splitlines()[0] == "from,to,actor,improvement,unsanctioned"
    assert len(table.beside[".states.csv"].splitlines()) == 1 + analysis.states


def test_columns_for_programs() -> None:
    analysis = analyse(load("elmira"))
    table = pyarrow.parquet.read_table(io.BytesIO(write(case(load("elmira")), "parquet").data))
    rows = table.to_pylist()
    assert table.schema.metadata[b"model"].decode() == analysis.hash
    found = [row for row in rows if row["concept"] == "seq" and row["stable"]]
    assert {row["label"] for row in found if row["actor"] == "local"} == {
        analysis.text(int(cell)) for cell in analysis.conflict.states if analysis.is_stable("seq", "local", int(cell))
    }


def test_provenance_derives_every_judgement_from_its_sources() -> None:
    scenario = load("two_proxies")
    document = json.loads(provenance.write(scenario, "abc").content)
    cited = {relation["prov:usedEntity"] for relation in document["wasDerivedFrom"].values()}
    assert cited <= set(document["entity"])
    option = scenario.option("ru_link")
    derived = [
        relation["prov:usedEntity"]
        for relation in document["wasDerivedFrom"].values()
        if relation["prov:generatedEntity"] == f"judgement:actors.{option.actor}.options.{option.id}"
    ]
    assert derived == [f"source:{each}" for each in (*option.evidence.source, *option.evidence.against)]


def test_identifiers_are_told_apart() -> None:
    assert identifiers(["A b", "a-b", "2 x", "not", ""], "x") == ["a_b", "a_b_2", "x_2_x", "not_", "x"]


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, words)


@pytest.mark.parametrize("ending", [".gmcr", ".nfg", ".xlsx", ".graphml"])
def test_export_and_import(run: Any, ending: str) -> None:
    out = run("export", "chicken", "-o", f"x{ending}")
    assert out.exit_code == 0, out.output
    assert f"Wrote x{ending}" in out.stderr
    back = run("import", f"x{ending}", "-o", "back.yaml")
    assert back.exit_code == 0, back.output
    checked = run("check", "back.yaml")
    assert checked.exit_code == 0, checked.output
    again = run("export", "chicken", "-o", f"x{ending}")
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_losses_come_before_the_file(run: Any) -> None:
    out = run("export", "elmira", "-o", "x.gmcr")
    lines = out.stderr.splitlines()
    assert lines[0].startswith("changed: actors: lists that are no conditions")
    assert lines[-1].startswith("Wrote x.gmcr")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["export", "chicken"], "name a file with -o, or a format with --to"),
        (["export", "chicken", "-o", "x.pdf"], "x.pdf: expected a file that ends in one of .gmcr, .nfg"),
        (["import", "x.pdf"], "x.pdf: expected a file that ends in one of .gmcr, .nfg, .graphml"),
        (["import", "none.gmcr"], "none.gmcr cannot be opened"),
        (["import"], "name a file to read, or ask for a --template"),
        (["export", "chicken", "--to", "efg", "--order", "third"], "unknown actor 'third'"),
    ],
)
def test_what_the_commands_refuse(run: Any, words: list[str], says: str) -> None:
    out = run(*words)
    assert out.exit_code == 2
    assert says in out.stderr


def test_read_of_foreign_files_in_python(tmp_path: Any) -> None:
    import detente as dt

    path = tmp_path / "x.gmcr"
    losses = dt.load("chicken").export(path)
    study, more = dt.read_foreign(path)
    assert study.analyze().count("nash") == dt.load("chicken").analyze().count("nash")
    assert losses and more
    with pytest.raises(FileExistsError):
        dt.load("chicken").export(path)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(ForeignError, match="byte 0 is not UTF-8"):
        read({"x.gmcr": b"\xff\xfe"})
