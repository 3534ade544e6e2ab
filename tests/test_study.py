"""The front door, and what every result can do: each question is a method, each answer is JSON, tables and HTML."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import detente as dt
import detente.questions
import detente.study
from conftest import FIRST_ANALYSIS
from detente.questions.catalogue import QUESTIONS
from detente.questions.history.alliances import alliances
from detente.scenario import library
from detente.scenario.movelog import moves_of
from detente.sheet import Heading, Phrase, Sheet, Term
from detente.study import Study
from docsite.modules import question_functions

pytestmark = pytest.mark.first_analysis

MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(detente.questions.__path__, "detente.questions.")
]

BY_ARGUMENT = {"unknowns_of_list": "unknowns", "unknowns_in_force": "unknowns"}
"""Questions that a method of another name asks, by an argument."""

HELPERS = {"minimal_coalitions", "perceived", "rests_on_rules", "shortest", "single_changes", "sufficing"}
"""Functions beside a question that prepare it, or tell a part of its answer."""

BY_QUERY = {
    "assumptions",
    "boxes",
    "collection_plan",
    "types",
    "pivots",
    "margin",
    "ensemble",
    "threshold",
    "unknowns",
    "change_of_mind",
}
"""Methods that take a query or a goal by its parts."""


def test_the_catalogue_is_whole() -> None:
    """Every function in a module of the table that is asked of a case is in the table."""
    assert set(question_functions()) ^ set(QUESTIONS) == HELPERS | {"claims"}
    for name, question in QUESTIONS.items():
        assert question.name == name
        assert question.function.__name__ == name
        assert question.function.__module__ in (question.module, f"{question.module}.{name}")
        first = next(iter(inspect.signature(question.function).parameters))
        assert first == ("asked" if name == "claims" else "case")
        assert question.parameters == tuple(inspect.signature(question.function).parameters)[1:]
        assert question.help.endswith((".", "?"))
        assert question.help[0].isupper()


def test_the_front_door() -> None:
    assert dt.__all__ == sorted(dt.__all__)
    assert 20 <= len(dt.__all__) <= 32
    for name in dt.__all__:
        assert getattr(dt, name) is not None
        assert name in dir(dt)
    with pytest.raises(AttributeError, match="no attribute 'study_of'"):
        dt.study_of  # noqa: B018 (the lookup is the test)


def methods() -> dict[str, inspect.Signature]:
    """The public methods of a study and their arguments, itself aside."""
    made = {name: getattr(Study, name) for name in vars(Study) if not name.startswith("_")}
    return {name: inspect.signature(each) for name, each in made.items() if inspect.isfunction(each)}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_a_method(name: str) -> None:
    function, method = QUESTIONS[name].function, getattr(Study, BY_ARGUMENT.get(name, name))
    assert method.__doc__
    if name not in BY_ARGUMENT and name not in BY_QUERY:
        asked, offered = (list(inspect.signature(each).parameters.values())[1:] for each in (function, method))
        assert asked == offered, "same arguments in the same order"


@pytest.mark.parametrize("name", sorted(BY_QUERY))
def test_what_is_written_out_agrees(name: str) -> None:
    """Where a method takes a query or a goal by its parts, its other arguments are those of the function."""
    asked, offered = (inspect.signature(each).parameters for each in (QUESTIONS[name].function, getattr(Study, name)))
    shared = set(asked) & set(offered) - {"self", "goal"}
    assert shared
    for each in shared:
        assert (asked[each].default, asked[each].kind) == (offered[each].default, offered[each].kind), each


def test_the_types_of_the_methods_are_those_of_their_questions() -> None:
    """A line `levers = _Asks(lambda: _levers.levers)` types a method as the function that the catalogue names for it."""
    tree = ast.parse(inspect.getsource(detente.study))
    homes = {
        alias.asname: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    lines = re.findall(r"^    (\w+) = _Asks\(lambda: (\w+)\.(\w+)\)$", inspect.getsource(detente.study), re.MULTILINE)
    assert {name: (homes[module], function) for name, module, function in lines} == {
        name: (question.module, name)
        for name, question in QUESTIONS.items()
        if name not in BY_QUERY and name not in BY_ARGUMENT
    }


def test_a_study_waits_for_nothing_it_is_not_asked_for() -> None:
    """To load a model and to analyse it takes no question, and no question takes claims, report or solvers."""
    ask = (
        "import sys, detente; study = detente.load('two_proxies'); study.analyze(); {}; print('\\n'.join(sys.modules))"
    )
    for asked, kept in (("0", {"catalogue"}), ("study.levers('us', 'decoupled')", {"policy", "catalogue"})):
        run = [sys.executable, "-c", ask.format(asked)]
        found = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 (our own)
        subjects = {name.split(".")[2] for name in found if name.startswith("detente.questions.")}
        assert subjects == kept if asked == "0" else kept <= subjects
        assert not {"claims", "incentives"} & subjects
        assert not {"highspy", "ortools", "detente.present.report", "detente.literature"} & set(found)


def test_a_study_is_asked_like_a_case() -> None:
    study = dt.load("two_proxies").with_(readings={"us": "carpenter"})
    assert study.verdict("decoupled") == "ALL"
    assert study.verdict("decoupled", concept="gmr") == "SOME"
    free = study.under("harris", start="not us_arm")
    assert free.verdict("decoupled") == "NONE"
    assert set(free.case.held) == {"us_arm", "us_nato"}
    assert free.case is free.case, "the analyses of a case are kept"
    assert Study(free.case) == free
    assert free.with_(readings={"us": "carpenter"}).case.chosen["us"] == "carpenter", "what is said last counts"
    assert "us=carpenter" in str(study)
    assert study._repr_html_().startswith("<p><strong>Two proxies</strong> Do changed US incentives")
    parsed = dt.parse(study.scenario.text, "two_proxies").with_(readings={"us": "carpenter"})
    assert parsed.analyze().hash == study.analyze().hash


# --- results ----------------------------------------------------------------------------------------------------

PROXIES = dt.load(FIRST_ANALYSIS / "two_proxies.yaml")
ELMIRA = dt.load("elmira")
EVENTS, ALLIANCES = (Path(__file__).parent / "data" / name for name in ("events", "alliances"))
GAME = "moves: [{by: us, set: [not us_arm]}, {by: ru}, {by: nk, set: [us_arm]}]"

RESULTS: dict[str, Callable[[], Any]] = {
    "analyze": PROXIES.analyze,
    "explain": PROXIES.explain,
    "witness": lambda: PROXIES.explain().witnesses[0],
    "relational_witness": lambda: ELMIRA.coalitions_explained().witnesses[0],
    "claims": lambda: PROXIES.claims(["C7"]),
    "claim": lambda: PROXIES.claims(["C7"])["C7"],
    "brief": lambda: dt.load("patrons").brief(),
    "diff": lambda: dt.load("cuba").diff(dt.load("cuba_oneway").scenario),
    "analysts": lambda: dt.load("cuba").analysts([dt.load("cuba_oneway").scenario]),
    "evidence": lambda: PROXIES.evidence(24),
    "compare": lambda: PROXIES.compare(["harris", "carpenter"]),
    "partnership": PROXIES.partnership,
    "break_matrix": lambda: PROXIES.break_matrix(actors=["ru"]),
    "levers": lambda: PROXIES.levers("us", "decoupled"),
    "induce": lambda: PROXIES.induce("nk", then="us"),
    "joint": lambda: dt.load("conditional_engagement").joint("package"),
    "joint_minimal": lambda: dt.load("conditional_engagement").joint_minimal("package"),
    "paths": lambda: dt.load("drift_to_war").paths("two_wars", by="improvements"),
    "races": lambda: dt.load("detente_veto").races(),
    "cycles": lambda: dt.load("alliance_pull").cycles(play="myopic"),
    "irreversible": lambda: dt.load("axis_and_sanctions").irreversible(),
    "equilibria": lambda: dt.load("axis_and_sanctions").equilibria(statements=["ru_panel"], sample=2),
    "effective": lambda: dt.load("axis_and_sanctions").effective(),
    "status_quo": ELMIRA.status_quo,
    "response_counts": PROXIES.response_counts,
    "hindcast": lambda: dt.load("hanoi_2019").hindcast(),
    "events": lambda: dt.load(EVENTS / "ports.yaml").events([EVENTS / "sample.tsv"], coded=EVENTS / "sample_coded.csv"),
    "update": lambda: dt.load("hanoi_2019").update(),
    "backtest": lambda: dt.load("hanoi_2019").backtest(),
    "seal": lambda: PROXIES.seal("decoupled", by="2099-12-31", share=0.3, on="2026-01-01"),
    "score": lambda: dt.load("hanoi_2019").score(
        [dt.load("hanoi_2019").seal("us_talk", by="2019-12-31", share=0.6, on="2019-02-01").text]
    ),
    "alliances": lambda: alliances([ALLIANCES / "cow_by_dyad.csv", ALLIANCES / "atop_directed.csv"], ["971", "972"]),
    "game_log": lambda: PROXIES.game_log(moves_of(GAME, PROXIES.scenario)),
    "coalitions": ELMIRA.coalitions,
    "coalitions_explained": ELMIRA.coalitions_explained,
    "as_one_explained": lambda: ELMIRA.as_one_explained([["ministry", "uniroyal"]]),
    "explain_own": lambda: PROXIES.explain_own({"us": "nash"}),
    "as_one": lambda: ELMIRA.as_one([["ministry", "uniroyal"]]),
    "horizons": lambda: dt.load("chicken").horizons(),
    "third_party": lambda: ELMIRA.third_party(["s5 > s8"]),
    "behaviours": lambda: PROXIES.behaviours({"us": "nash"}),
    "hypergame": lambda: PROXIES.hypergame({"us": dt.View(readings={"ru": "profit"})}),
    "disclosures": lambda: PROXIES.disclosures({"us": dt.View(readings={"ru": "profit"})}),
    "announcement": lambda: PROXIES.announcement(
        {"us": dt.View(readings={"ru": "profit"})}, dt.Announcement(id="news", to=("us",), corrects=True)
    ),
    "hierarchy": lambda: dt.hierarchy(
        {"asia": dt.load("alliance_pull").scenario, "europe": dt.load("ukraine_agency").scenario}, "us"
    ),
    "strength": PROXIES.strength,
    "unknown_preference": lambda: PROXIES.with_(readings={"us": "harris_b"}).unknown_preference(),
    "three_valued": lambda: PROXIES.with_(readings={"us": "harris_b"}).three_valued(),
    "attitudes": lambda: PROXIES.attitudes({"us": {"ru": "-"}}),
    "attitudes_strict": lambda: PROXIES.attitudes_strict({"us": {"ru": "-"}}),
    "probabilistic": ELMIRA.probabilistic,
    "fuzzy": ELMIRA.fuzzy,
    "inverse": lambda: PROXIES.inverse(None, "nash", ["ru"]),
    "change_of_mind": lambda: PROXIES.change_of_mind("decoupled", ["ru"], most_edits=1),
    "package": lambda: PROXIES.package("troops_home"),
    "package_of_play": lambda: PROXIES.package_of_play("troops_home"),
    "package_to_break": PROXIES.package_to_break,
    "wedge": lambda: PROXIES.wedge("us", over=["ru"]),
    "credibility": lambda: PROXIES.credibility("carpenter"),
    "exchange": lambda: dt.load("conditional_engagement").exchange("package"),
    "types": lambda: PROXIES.types("decoupled", ["ru"]),
    "assumptions": lambda: PROXIES.assumptions("decoupled", 1),
    "ensemble": lambda: PROXIES.ensemble("decoupled", draws=200, exact=50),
    "margin": lambda: PROXIES.margin("decoupled", 1),
    "boxes": lambda: PROXIES.boxes("decoupled", draws=200),
    "collection_plan": lambda: PROXIES.collection_plan("decoupled", draws=400),
    "ends": lambda: dt.load("chicken").ends("myopic"),
    "observations": lambda: dt.load("hanoi_2019").observations(within=1),
    "pivots": lambda: PROXIES.pivots("decoupled", ["ru"]),
    "threshold": lambda: dt.load("detente_veto").threshold("us", 1, concept="seq"),
    "unknowns": lambda: PROXIES.unknowns(wanting="harris"),
    "roles": lambda: dt.kit.roles(PROXIES.case),
    "umpire": lambda: dt.kit.umpire(PROXIES.case),
    "quiz": lambda: dt.kit.quiz(PROXIES.case),
    "handout": lambda: dt.kit.handout(ELMIRA.case),
}
"""One result of every kind."""


BUNDLED = library.text
"""How bundled models are read where no test means those of the first analysis."""


@cache
def _result(name: str, first_analysis: bool) -> Any:
    return RESULTS[name]()


def result(name: str) -> Any:
    """A result, made once for the models of the first analysis and once for those bundled now."""
    return _result(name, library.text is not BUNDLED)


class Tags(HTMLParser):
    """Whether tags are balanced, and what the tables have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in ("br", "img", "input", "hr", "meta", "link"):
            self.open.append(tag)
        if tag == "th":
            assert "scope" in dict(attrs), "a heading says of what it is one"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_is_json(name: str) -> None:
    document = result(name).to_json()
    text = json.dumps(document)
    assert json.loads(text) == document, "plain data: lists, not tuples, and text for keys"
    again = RESULTS[name]().to_json()
    for timed in (document, again):
        timed.pop("engine", None)
    assert json.dumps(again) == json.dumps(document), "the same question has the same answer"


TERMS = tuple(Term.__subclasses__())
"""What a cell may name."""


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_is_tables(name: str) -> None:
    sheets = result(name).sheets()
    assert sheets
    for sheet in sheets:
        assert isinstance(sheet, Sheet)
        assert all(len(row) == len(sheet.columns) for row in sheet.rows)
        assert len(set(sheet.columns)) == len(sheet.columns) or not any(sheet.columns), "columns can be told apart"
        values = {type(value) for row in sheet.rows for value in row}
        assert values <= {str, int, float, bool, type(None), Heading, Phrase, *TERMS}, f"{sheet.title}: {values}"


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_shows_itself(name: str) -> None:
    found = result(name)
    shown = Tags(found._repr_html_())
    assert shown.open == []
    assert "table" in shown.seen or "section" in shown.seen
    assert shown.seen.count("table") == shown.seen.count("caption")
    assert len(str(found)) > 20
    assert " object at 0x" not in str(found)


def test_no_kind_of_result_is_left_out() -> None:
    shown = {type(result(name)) for name in RESULTS}
    for module in MODULES:
        for kind in vars(module).values():
            if not inspect.isclass(kind) or inspect.isabstract(kind) or kind.__subclasses__():
                continue  # what is shared by several kinds of result is none itself
            if kind.__module__.startswith("detente.") and hasattr(kind, "sheets"):
                assert kind in shown or kind is Sheet, f"{kind.__name__} is not in RESULTS"
