"""All sentences are messages of one catalogue per language; nothing depends on the language but the words."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from babel.messages.pofile import read_po

import catalogue
import golden
import pseudo
from contracts import Model, run
from detente.errors import InputError
from detente.languages import languages, places, speaking
from detente.messages import Messages, day, language, numeral, plural, tell, word
from detente.present.pictures import KINDS
from detente.sheet import ActorTerm, Phrase, Sheet, VerdictTerm, many, show

GERMAN = """
msgid ""
msgstr ""
"Language: de\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "What {actor} can do"
msgstr "Was {actor} tun kann"

msgid "{number} state"
msgid_plural "{number} states"
msgstr[0] "{number} Zustand"
msgstr[1] "{number} Zustände"

msgctxt "table"
msgid "stable"
msgstr "stabil"

#, fuzzy
msgid "and"
msgstr "oder"
"""


@pytest.fixture
def german(tmp_path: Path) -> str:
    path = tmp_path / "de.po"
    path.write_text(GERMAN, encoding="utf-8")
    return str(path)


# --- speaking ---------------------------------------------------------------------------------------------------------


def test_a_message_is_told_in_the_language_spoken(german: str) -> None:
    with speaking(german):
        assert (language(), tell("What {actor} can do", actor="Oslo")) == ("de", "Was Oslo tun kann")
        assert [many(1, "state"), many(1234, "state")] == ["1 Zustand", "1.234 Zustände"]
        assert (tell("and"), tell("not there"), tell("{braces}"), tell("")) == ("and", "not there", "{braces}", "")
        assert (numeral(0.256, ".1f"), day("2024-06-09"), day("2024-06"), day("2024-02-31"), day("after 2011")) == (
            "0,3", "9. Juni 2024", "Juni 2024", "2024-02-31", "after 2011",
        )  # fmt: skip
        assert Messages({1: "What {actor} can do"})[1] == "Was {actor} tun kann"
    assert (language(), plural(2, "{number} state", "{number} states"), day("2024-06")) == (
        "en",
        "2 states",
        "June 2024",
    )


def test_a_phrase_keeps_its_terms_in_any_order(german: str) -> None:
    with speaking(german):
        told = Phrase.told("What {actor} can do", actor=ActorTerm("us"))
    assert told.parts == ("Was ", "us", " tun kann")
    assert isinstance(told.parts[1], ActorTerm)


def test_words_of_a_table_are_told_as_they_are_shown(german: str) -> None:
    sheet = Sheet("", ("actor", "stable"), ((ActorTerm("stable"), VerdictTerm("stable")), ("stable, but", "unstable")))
    with speaking(german):
        shown = [[show(cell) for cell in row] for row in sheet.told().rows]
        assert (sheet.told().columns, word("✓ stable")) == (("actor", "stabil"), "✓ stabil")
    assert shown == [["stable", "stabil"], ["stabil, but", "unstable"]]
    assert sheet.to_dicts()[0] == {"actor": "stable", "stable": "stable"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "its header has no line `Language:`"),
        ('msgid ""\nmsgstr "Language: xx_nowhere\\n"\n', "xx"),
        (GERMAN.replace("Was {actor}", "Was {akteur}"), "'Was {akteur} tun kann' has other places than 'What {actor} can do'"),
        (GERMAN.replace("Was {actor}", "Was {actor"), "'Was {actor tun kann' has other places than 'What {actor} can do'"),
        ("what is this", "cannot be read"),
    ],
)  # fmt: skip
def test_a_catalogue_that_cannot_be_used_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.po"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(problem)), speaking(str(path)):
        pass


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    code, _, errors = run(("--language", "xx", "library"))
    told = "unknown language 'xx'; there is: en; another one is given by the file of its catalogue, xx.po"
    assert (code, errors) == (2, f"error: {told}\n")
    code, _, errors = run(("--language", "no/such.po", "library"))
    assert (code, errors) == (2, "error: the catalogue no/such.po cannot be read: No such file or directory\n")


def test_help_errors_and_pages_are_told_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pseudo.write(Path("en_GB.po"))
    asked = ("--language", "en_GB.po")
    assert pseudo.said("Scenario files") in run((*asked, "--help"))[1]
    assert pseudo.said("unknown") in run((*asked, "levers", "elmira", "--by", "cty", "--goal", "x"))[2]
    assert run((*asked, "report", "prisoners_dilemma", "-o", "report.html"))[0] == 0
    assert '<html lang="en-GB">' in Path("report.html").read_text(encoding="utf-8")
    assert run((*asked, "picture", "stability", "prisoners_dilemma", "-o", "states.svg"))[0] == 0
    assert ' lang="en-GB"' in Path("states.svg").read_text(encoding="utf-8")
    spoken, english = (json.loads(run((*first, "partnership", "two_proxies", "--json"))[1]) for first in (asked, ()))
    assert spoken == english


# --- the catalogue ------------------------------------------------------------------------------------------------------


def test_the_template_is_that_of_the_code() -> None:
    now = catalogue.template(catalogue.messages())
    assert now == catalogue.KEPT.read_text(encoding="utf-8"), "python tests/catalogue.py --write"


def test_places_are_named_and_filled() -> None:
    """Every message can be filled by the names its call gives, and by no other."""
    for path in catalogue.SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = {each.arg for each in node.keywords}
            if name in ("tell", "told") and given and None not in given:
                assert given == set(places(str(node.args[0].value))), f"{path.name}: {node.args[0].value!r}"


def raw(node: ast.expr | None) -> bool:
    """Whether a value is, or may be, words that are told to nobody: a text with letters, or a choice with one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and any(map(str.isalpha, node.value))
    if isinstance(node, ast.IfExp):
        return raw(node.body) or raw(node.orelse)
    if isinstance(node, ast.BoolOp):
        return any(map(raw, node.values))
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict) and any(map(raw, node.value.values))


def untold(text: str) -> list[str]:
    """The places of the messages in a module that are filled by words which are told to nobody, also by way of a name."""
    found = []
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef):
            continue
        named = set[str]()
        for node in ast.walk(function):
            if not isinstance(node, ast.Assign):
                continue
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=False)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                named |= {left.id for left, right in pairs if isinstance(left, ast.Name) and raw(right)}
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
                "tell",
                "told",
                "plural",
            ):
                found += [
                    f"{each.arg} of {ast.unparse(node.args[0])}"
                    for each in node.keywords
                    if raw(each.value) or (isinstance(each.value, ast.Name) and each.value.id in named)
                ]
    return found


CODES_IN_PLACES = ("what", "where", "end", "example")
"""Places that are filled by codes: a column of a file, a key, a name to write."""


def test_no_place_is_filled_by_words_outside_the_catalogue() -> None:
    assert untold("def f():\n    verb = 'holds' if x else 'hold'\n    tell('{a} {verb}', a=a, verb=verb)") == [
        "verb of '{a} {verb}'"
    ]
    assert untold("def f():\n    tell('{a} {b}', a=x or 'none', b=tell('no'))") == ["a of '{a} {b}'"]
    found = {each for path in catalogue.SOURCE.rglob("*.py") for each in untold(path.read_text(encoding="utf-8"))}
    assert [each for each in found if not each.startswith(CODES_IN_PLACES)] == []


def test_what_ships_is_whole() -> None:
    for code in languages():
        with speaking(code):
            assert language() == code


def test_every_language_that_ships_is_that_of_the_template() -> None:
    with catalogue.KEPT.open("rb") as file:
        ids = {(each.context, each.id) for each in read_po(file)}
    for path in catalogue.KEPT.parent.glob("*.po"):
        with path.open("rb") as file:
            assert {(each.context, each.id) for each in read_po(file)} == ids, path.name


# --- the language made by rule --------------------------------------------------------------------------------------------

SHORT = ("analyze", "brief", "partnership", "mistakes", "kit-cards", "check")
"""The texts that every run of the tests looks at; `-m long` looks at all."""


@pytest.fixture(scope="module")
def models() -> Iterator[list[Model]]:
    with pseudo.workshop() as known:
        yield known


def names() -> list[object]:
    return [name if name in SHORT else pytest.param(name, marks=pytest.mark.long) for name in golden.names()]


@pytest.mark.parametrize("name", names())
def test_no_sentence_stands_outside_the_catalogue(models: list[Model], name: str) -> None:
    told = pseudo.about(models, name)
    codes = pseudo.codes(Path(golden.OWN).read_text(encoding="utf-8"))
    assert name in pseudo.CITED or name in pseudo.OPEN or pseudo.leaks(told, codes) == {}
    assert name in pseudo.BY_WORDS or name in pseudo.OPEN or pseudo.different(name, told) == []


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_stands_in_a_picture_is_told(kind: str, models: list[Model]) -> None:
    """Titles, keys, labels, source lines, and what is read aloud."""
    code, out, errors = run(("--language", "en_GB.po", "picture", kind, golden.OWN, "-o", f"told_{kind}.svg"))
    assert code == 0, errors
    drawn = ElementTree.fromstring(Path(f"told_{kind}.svg").read_text(encoding="utf-8"))  # noqa: S314 (made here)
    texts = [text for each in drawn.iter() if not each.tag.endswith("style") for text in (each.text, each.tail) if text]
    codes = pseudo.codes(Path(golden.OWN).read_text(encoding="utf-8")) | {"harbour"}
    assert models
    assert pseudo.left("\n".join([*texts, out]), codes) == []
    assert any(pseudo.back(text) != text for text in texts)


def test_a_sentence_outside_the_catalogue_is_found(models: list[Model], monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("detente.cli.analyze")
    monkeypatch.setattr(
        module, "tell", lambda message, **filled: f"{message.format(**filled)} All is well.", raising=True
    )
    told = pseudo.about(models, "analyze")
    codes = pseudo.codes(Path(golden.OWN).read_text(encoding="utf-8"))
    assert pseudo.leaks(told, codes)
    assert pseudo.left("Ńó harbour is safe", frozenset({"harbour"})) == ["is", "safe"]


def test_an_answer_that_depends_on_the_language_is_found(models: list[Model]) -> None:
    told = pseudo.about(models, "check")
    assert pseudo.different("check", told) == []
    assert pseudo.different("check", told.replace(pseudo.said("warning"), pseudo.said("error")))


def test_the_language_is_made_by_rule() -> None:
    text = "Who can stay at {state}, by {number}"
    made = pseudo.said(text)
    assert made != text
    assert pseudo.back(made) == text
    assert places(made) == ("number", "state")
    foreign = "The town".translate(pseudo.FOREIGN)
    assert (
        pseudo.foreign("about: The town\nrules: [{barred: fee}]\n") == f"about: {foreign}\nrules: [{{barred: fee}}]\n"
    )
