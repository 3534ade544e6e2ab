"""Questions on the page: each can be asked, is described as the library has it, and is said again as a command."""

from __future__ import annotations

import shlex
from typing import Any

import click
import pytest

from detente.cli import main
from detente.questions.catalogue import QUESTIONS
from detente.scenario import library, load
from detente.workbench import forms, formulas, questions, words
from detente.workbench.work import ask, in_names

ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "analyze": ("chicken", {}),
    "explain": ("two_proxies", {"state": "us_arm = none", "concepts": ["seq", "nash"]}),
    "explain_own": ("chicken", {"own": {"first": "gmr"}}),
    "response_counts": ("chicken", {}),
    "claims": ("oped_spain_1940", {}),
    "brief": ("chicken", {}),
    "compare": ("two_proxies", {"platforms": "harris"}),
    "levers": ("two_proxies", {"actors": "us", "goal": "decoupled", "hold": "flipped"}),
    "induce": ("chicken", {"actors": "first"}),
    "exchange": ("two_proxies", {"goal": "decoupled"}),
    "third_parties": ("two_proxies", {}),
    "partnership": ("two_proxies", {}),
    "break_matrix": ("two_proxies", {"actors": ["ru"]}),
    "types": ("two_proxies", {"of": "decoupled", "actors": "ru"}),
    "pivots": ("chicken", {}),
    "threshold": ("two_proxies", {"actor": "nk", "statement": "ru_pay"}),
    "margin": ("two_proxies", {"farthest": 1}),
    "ends": ("two_proxies", {"draws": 10}),
    "ensemble": ("two_proxies", {"draws": 20, "dispersions": "0.5"}),
    "boxes": ("two_proxies", {"draws": 50}),
    "collection_plan": ("two_proxies", {"of": "decoupled", "draws": 50}),
    "evidence": ("two_proxies", {}),
    "observations": ("two_proxies", {"within": 1}),
    "assumptions": ("two_proxies", {"size": 1}),
    "unknowns": ("two_proxies", {"settings": "us_arm"}),
    "paths": ("two_proxies", {"goal": "decoupled", "by": "improvements"}),
    "races": ("two_proxies", {}),
    "cycles": ("two_proxies", {}),
    "irreversible": ("cuba_oneway", {}),
    "status_quo": ("chicken", {}),
    "hindcast": ("hanoi_2019", {}),
    "joint": ("two_proxies", {"goal": "decoupled"}),
    "coalitions": ("chicken", {"members": ["first", "second"]}),
    "as_one": ("two_proxies", {"partition": "ru+nk, us"}),
    "horizons": ("chicken", {}),
    "behaviours": ("chicken", {"own": {"first": "nash"}}),
    "effective": ("chicken", {}),
    "hypergame": ("hanoi_2019", {}),
    "inverse": ("chicken", {"target": "ww", "concept": "seq"}),
    "change_of_mind": ("two_proxies", {"goal": "decoupled", "most_edits": 1}),
    "wedge": ("two_proxies", {"divider": "us", "seconds": 2}),
}


def answered(question: str, model: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return ask(
        text=library.text(model),
        name=model,
        path=f"{model}.yaml",
        question=question,
        arguments=arguments,
        circumstances={},
        progress=lambda *_: None,
    )


@pytest.mark.parametrize("question", ASKED)
def test_a_question_is_answered_in_a_sentence_and_tables(question: str) -> None:
    model, arguments = ASKED[question]
    found = answered(question, model, arguments)
    assert "answer-part" in found["html"] or '<dl class="talk">' in found["html"]
    assert "Traceback" not in found["html"]
    assert found["python"].startswith("import detente as dt\n\nprint(dt.load(")
    compile(found["python"], "page", "exec")
    assert found["command"] or question in ("hierarchy_of",)
    understood(found["command"])


def understood(line: str) -> None:
    """The command line takes the line: its commands and options exist, and their values can be read."""
    words = shlex.split(line)
    assert words.pop(0) == "detente"
    command: click.Command = main
    context = click.Context(main, info_name="detente")
    while isinstance(command, click.Group):
        name, command_, words = command.resolve_command(context, words)
        assert command_ is not None
        command, context = command_, click.Context(command_, parent=context, info_name=name)
    command.make_context(command.name, list(words), parent=context.parent)


def test_every_question_of_the_library_is_on_the_page_or_left_out_by_name() -> None:
    told = {each["name"] for each in questions.described()["questions"]}
    assert set(QUESTIONS) - told <= questions.LEFT_OUT | {"announcement"}
    assert {each["subject"] for each in questions.described()["questions"]} == {
        each["id"] for each in questions.described()["subjects"]
    }
    for each in questions.described()["questions"]:
        assert each["help"].endswith((".", "?"))
        for parameter in each["parameters"]:
            assert isinstance(parameter["kind"], str)
            assert parameter["default"] is None or not callable(parameter["default"])


def test_questions_and_their_fields_are_called_in_plain_words() -> None:
    asked = questions.described()["questions"]
    assert {each["name"] for each in asked} == set(words.QUESTION)
    titles = [each["title"] for each in asked]
    assert len(set(titles)) == len(titles)
    used = {(each["name"], field["name"], field["kind"]) for each in asked for field in each["parameters"]}
    for each in asked:
        assert each["title"] != each["name"].replace("_", " ").capitalize()
        assert all(field["title"] and field["title"] != field["help"].rstrip(".") for field in each["parameters"])
        assert not any(field["required"] and "left out" in field["help"] for field in each["parameters"])
        assert len({field["title"] for field in each["parameters"]}) == len(each["parameters"])
    assert set(words.FIELD_OF) | set(words.HELP_OF) <= {(question, name) for question, name, _ in used}
    assert set(words.FIELD) == {
        kind if name == "name" else name for question, name, kind in used if (question, name) not in words.FIELD_OF
    }
    by = {each["name"]: each for each in asked}
    assert by["break_matrix"]["title"] == "Which policy breaks a partnership?"
    assert [field["title"] for field in by["paths"]["parameters"]][-2:] == [
        "Ways listed",
        "May one actor move twice in a row?",
    ]
    [play] = [field for field in by["cycles"]["parameters"] if field["name"] == "play"]
    assert play["choices"] == [
        {"id": "foresight", "name": "looking ahead (foresight)"},
        {"id": "myopic", "name": "one step at a time (myopic)"},
    ]


def test_how_far_work_has_come_is_told_by_the_names_of_the_model() -> None:
    told = list[str]()
    progress = in_names(load("two_proxies"), lambda _done, _total, said="": told.append(said))
    for text in ("moscow_treaty, war_need asset", "ru: us_arm=full", "state spaces", "2 away"):
        progress(1, 2, text)
    assert told == [
        "Toward Moscow only, by treaty, needs it for the war the troops pay off",
        "ru: Arms for Ukraine=full",
        "state spaces",
        "2 away",
    ]


# --- forms ----------------------------------------------------------------------------------------------------------------


def walk(kind: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        kind,
        *(
            each
            for inside in (*kind.get("fields", ()), *([kind["of"]] if "of" in kind else []))
            for each in walk(inside)
        ),
    ]


def test_the_forms_are_those_of_the_classes_that_read_a_file() -> None:
    sections = {each["key"]: each for each in forms.sections()}
    assert list(sections)[:3] == ["detente", "title", "question"]
    actor = {each["key"]: each for each in sections["actors"]["of"]["fields"]}
    assert (sections["actors"]["kind"], sections["actors"]["identified"]) == ("map", True)
    assert actor["priorities"]["kind"] == "list"
    assert actor["priorities"]["of"]["main"] == "want"
    assert next(each for each in actor["priorities"]["of"]["fields"] if each["key"] == "want")["kind"] == "formula"
    option = {each["key"]: each for each in actor["options"]["of"]["fields"]}
    assert (option["while"]["kind"], option["while"]["of"]["kind"]) == ("map", "formula")
    assert actor["options"]["of"]["blank"] is True
    assert option["confidence"]["choices"] == ["low", "medium", "high"]
    kinds = {each["kind"] for section in forms.sections() for each in walk(section)}
    assert kinds <= {"text", "number", "flag", "choice", "formula", "any", "part", "list", "map"}
    assert all(each["help"] for section in forms.sections() for each in walk(section) if "key" in each)


def test_the_text_view_offers_keys_where_an_entry_begins_and_names_in_formulas() -> None:
    text = library.text("chicken")
    head = text[: text.index("    name: First driver")]

    def offered(before: str) -> list[str]:
        found = formulas.complete(
            before, len(before), {"options": [{"id": "x_on", "name": "X", "actor": "x"}], "outcomes": []}, None, True
        )
        return [each["word"] for each in found["words"]]

    assert {"name: ", "options: ", "priorities: "} <= set(offered(head + "    "))
    assert "choices: " in offered(head + "    options:\n      first_swerves:\n        ")
    assert offered("detente: 1\nti")[:2] == ["title: ", "timeline: "]
    assert "x_on" in offered(head + "    priorities:\n      - not x")


@pytest.mark.parametrize(("text", "at", "wanted"), [("\U0001f600 x", 4, 3), ("abc", 9, 3), ("abc", -1, 0)])
def test_places_are_counted_as_browsers_count(text: str, at: int, wanted: int) -> None:
    assert formulas.offset(text, at) == wanted
    assert formulas.units("\U0001f600x") == 3
