"""The kit: what is on cards and sheets is true, players learn nothing they must not know, quizzes are right."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from detente.case import CONCEPTS, Case, Query, verdict
from detente.cli import main
from detente.conflict.payoffs import payoffs
from detente.engine.play import ALL
from detente.errors import InputError, ScenarioError, Unanswerable, UnknownName
from detente.formula import holds, parse
from detente.present.kit import Booklet, handout, mark, quiz, roles, umpire
from detente.present.kit.quiz import balanced, is_nothing
from detente.present.kit.roles import changed, relations, table_words
from detente.present.pages.blocks import Asks, Points
from detente.present.words import Words
from detente.questions.evolution.steps import steps
from detente.questions.policy.levers import levers
from detente.scenario import library, load, read_text
from detente.scenario.model import View
from detente.scenario.movelog import moves_of
from detente.sheet import listed

pytestmark = pytest.mark.first_analysis

LARGE = {"composite", "composite_strict", "composite_core", "gatt"}
SMALL = [name for name in library.names() if name not in LARGE]
PLAYABLE = [name for name in SMALL if load(name).now is not None]

SLOW = ("two_fronts", "war_and_partnership")
"""Models of two theatres, whose quizzes take a minute to check: with the long tests."""

PLAYED = [pytest.param(name, marks=[pytest.mark.long] * (name in SLOW), id=name) for name in PLAYABLE]


def case(name: str, **readings: str) -> Case:
    return Case(load(name), readings)


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["kit", *words], input=typed)


# --- role cards -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_cards_keep_the_others_aims(name: str) -> None:
    """No card says which reading another actor has: changing it changes no card but that actor's own."""
    scenario = load(name)
    before = {leaf.id: leaf for leaf in roles(Case(scenario)).leaves}
    for actor in scenario.actors:
        for reading in list(actor.readings)[1:]:
            after = {leaf.id: leaf for leaf in roles(Case(scenario, {actor.id: reading})).leaves}
            assert [each for each in before if before[each] != after[each]] in ([actor.id], [])


def test_a_card_has_what_a_player_needs() -> None:
    card = roles(case("two_proxies", nk="additive"), ["nk"]).leaves[0]
    text = "\n".join(map(str, card.sheets(True)))
    assert "You are North Korea." in text
    reading = load("two_proxies").actor("nk").reading("additive")
    listed = [row[1] for sheet in card.sheets(True) if sheet.title.startswith("Your aims") for row in sheet.rows]
    assert len(listed) == len(reading.statements)
    assert "needs “Active military partnership with Pyongyang” (Russia) is on" in text.replace("\n", " ")
    assert "Needs one patron" not in text, "its own other accounts are not its business"
    assert "Experts disagree about the aims of the United States and Russia. Ask, and watch." in text.replace("\n", " ")


def test_open_aims_and_beliefs() -> None:
    shown = str(roles(case("two_proxies", ru="profit"), ["us"], open_aims=True))
    assert "The aims of Russia, the most important first" in shown
    assert "What you do not know" not in shown
    believed = roles(case("two_proxies", ru="profit"), ["us"], views={"us": View(readings={"ru": "need"})}).leaves[0]
    titles = [sheet.title for sheet in believed.sheets(True)]
    assert "The aims of Russia, of which you are sure, the most important first" in titles
    with pytest.raises(UnknownName, match="reading of ru"):
        roles(case("two_proxies"), views={"us": View(readings={"ru": "nead"})})
    with pytest.raises(UnknownName, match="actor"):
        roles(case("two_proxies"), ["uz"])


QUAY = """
detente: 1
title: A quay
actors:
  city:
    name: City
    options: {fee: {name: Fee}, dredge: {name: Dredge}}
    priorities: [route != away and fee, not fee and dredge]
  line: {name: Line, options: {route: {name: Ships, choices: [away, small, large]}}, priorities: ["not route in {away, large}"]}
rules: [{barred: not fee > fee, for: city, when: route = large}]
now: [fee]
"""


def test_a_card_says_which_moves_its_actor_may_not_make() -> None:
    cards = {leaf.id: leaf.blocks for leaf in roles(Case(read_text(QUAY))).leaves}
    told = {
        who: [each.items for each in blocks if isinstance(each, Points) and each.title.startswith("Moves")]
        for who, blocks in cards.items()
    }
    assert told == {"city": [("While “Fee” is off and “Ships” is large you cannot move to: “Fee” is on",)], "line": []}
    hidden = roles(Case(read_text(QUAY)), views={"city": View(hidden=frozenset({"route"}))}).leaves[0].blocks
    assert not [each for each in hidden if getattr(each, "title", "").startswith("Moves")]


def test_what_is_denied_is_not_more_than_is_said() -> None:
    """No “A” and “B” could deny both, and no “Ships”: away any ships at all."""
    scenario = read_text(QUAY)
    words = Words(scenario)
    assert words.aims(scenario.actor("city").readings["only"], None) == (
        "“Ships”: not away and “Fee”",
        "“Dredge” and no “Fee”",
    )
    assert words.aims(scenario.actor("line").readings["only"], None) == ("“Ships”: neither away nor large",)


def test_ties_say_their_direction() -> None:
    ties = """
relations:
  R1: {from: city, to: line, kind: debt, sign: "-", time: 1911}
  R2: {from: line, to: city, kind: trade, sign: "+"}
  R3: {from: city, to: line, kind: talk, sign: "0", mutual: yes}
"""
    assert list(relations(read_text(QUAY + ties), "city")) == [
        "With Line: talk, neutral",
        "From Line: trade, friendly",
        "To Line: debt, hostile (1911)",
    ]


def test_what_is_hidden_from_an_actor_is_not_on_its_card() -> None:
    view = View(hidden=frozenset({"nk_troops"}), rules=("us_arm and us_recog",))
    us, nk = roles(case("two_proxies"), ["us", "nk"], views={"us": view}).leaves
    seen = next(sheet for sheet in us.sheets(True) if sheet.title == "What the others can do")
    assert "Deploy troops for Russia" not in seen.column("option")
    assert "Deploy troops for Russia" in next(s for s in nk.sheets(True) if s.title == "Your options").column("option")
    assert "You are sure that this cannot happen" in [sheet.title for sheet in us.sheets(True)]


def test_a_perception_of_the_file_is_on_the_cards() -> None:
    scenario = load("two_proxies")
    for name, perception in scenario.perceptions.items():
        answer = run("cards", "two_proxies", "--perception", name)
        assert answer.exit_code == 0, answer.output
        believed = [other for view in perception.views.values() for other in view.readings]
        assert answer.output.count("of which you are sure, the most important first") == len(believed)


@pytest.mark.parametrize("name", [name for name in SMALL if not load(name).graph])
def test_words_name_every_option_of_a_statement(name: str) -> None:
    scenario = load(name)
    words = Words(scenario)
    names = {option.key: option.short or option.name or option.key for option in scenario.options}
    for actor in scenario.actors:
        for reading in actor.readings.values():
            for statement, said in zip(reading.statements, words.aims(reading, actor.id), strict=False):
                written = re.findall(r"[a-z][a-z0-9_]*", str(statement))
                if reading.kind == "priorities" and all(key in names or key in ("not", "and", "or") for key in written):
                    assert all(names[key] in said for key in written if key in names)
    assert words.formula(parse("true")) == "always"


# --- the umpire ---------------------------------------------------------------------------------------------------


def told_of(asked: Case, words: Words, cell: int) -> str:
    """A state as the umpire reads it."""
    here, game = asked.analyse(CONCEPTS).cell(), asked.game
    change = changed(words, game.changes(here, cell))
    if cell == here:
        return "As at the start"
    return f"As at the start, but: {change}" if change else f"In the state {game.text(cell)}"


@pytest.mark.parametrize("name", PLAYED)
def test_who_has_done_well(name: str) -> None:
    """The table of results agrees with the payoffs of each reading."""
    asked = case(name)
    game, analysis = asked.game, asked.analyse(CONCEPTS)
    sheet = next(s for s in umpire(asked).sheets() if s.title.startswith("Who would have done well"))
    assert sheet.rows
    words = table_words(asked.scenario)
    told = {told_of(asked, words, int(cell)): int(cell) for cell in game.conflict.states}
    for row in sheet.rows:
        cell = told[str(row[0])]
        pair = np.array([analysis.cell(), cell])
        for reading, word in zip(game.readings, row[2:], strict=True):
            start, end = payoffs(game.conflict, reading, pair).tolist()
            assert word == ("better" if end > start else "worse" if end < start else "the same")
        ends = cell in analysis.play("foresight").end_states
        assert ("end of foresight play" in str(row[1])) == ends


def test_the_record_stands_in_the_appendix() -> None:
    leaves = {leaf.id: leaf for leaf in umpire(case("hanoi_2019")).leaves}
    record = next(s for s in leaves["appendix"].sheets(True) if s.title == "From the record")
    assert len(record.rows) == len(load("hanoi_2019").history)
    assert "appendix" not in {leaf.id for leaf in umpire(case("chicken")).leaves}


@pytest.mark.parametrize("name", PLAYABLE)
def test_the_log_says_how_a_move_of_this_model_is_written(name: str) -> None:
    asked = case(name)
    sheet = next(sheet for sheet in umpire(asked).sheets() if sheet.title == "Log")
    columns = ",".join(map(str, sheet.columns))
    (note,) = map(str, sheet.notes)
    said = re.fullmatch(
        rf"As a file: CSV with the header {columns}, where `(set|to)` .* (?:as|as written) (.+)\.", note
    )
    assert said, note
    actor = asked.scenario.actors[0].id
    (move,) = moves_of(f'{columns}\n1,{actor},"{said[2]}",\n', asked.scenario)
    assert not move.passes


# --- the quiz -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLAYED)
def test_the_right_answers_are_right(name: str) -> None:
    asked = case(name)
    booklet = quiz(asked)
    assert len(booklet.questions) >= 4
    for question in booklet.questions:
        kind, _, about = question.id.partition(":")
        right = question.choices[question.answer]
        assert len(set(question.choices)) == len(question.choices) > 1
        assert checked(asked, booklet_words(asked), kind, about, question.choices, right), question


def booklet_words(asked: Case) -> dict[str, int]:
    """What the quiz calls each state, and which it is."""
    game, here, words = asked.game, asked.analyse(CONCEPTS).cell(), table_words(asked.scenario)
    called = {}
    for cell in map(int, game.conflict.states):
        change = changed(words, game.changes(here, cell))
        named = f"as today, but: {change}" if change else f"state {game.conflict.state_names.get(cell)}"
        called["as today" if cell == here else named] = cell
    return called


def checked(asked: Case, called: dict[str, int], kind: str, about: str, choices: tuple[str, ...], right: str) -> bool:
    """Whether the right answer is right and every other one wrong, as the engine has it."""
    game, analysis = asked.game, asked.analyse(CONCEPTS)
    here, names = analysis.cell(), table_words(asked.scenario).names
    if kind == "who":
        able = [p.id for p in game.conflict.players if not analysis.is_stable("nash", p.id, here)]
        return right == (listed(map(names.the, able)) or "none of them")
    if kind == "fate":
        assert not analysis.is_stable("nash", about, here)
        return right.startswith("it stays: the others" if analysis.is_stable("seq", about, here) else "it makes a move")
    if kind == "move":
        sure = steps(asked, "unsanctioned", np.array([here]), game.conflict.index(about))[1]
        return (right == "stay as it is") == (not len(sure))
    if kind == "best":
        worth = payoffs(
            game.conflict, game.readings[game.conflict.index(about)], np.array([called[c] for c in choices])
        )
        return bool((worth < worth[choices.index(right)]).sum() == len(choices) - 1)
    if kind == "lasts":
        firm = [analysis.is_equilibrium("seq", called[choice]) for choice in choices]
        return firm == [(choice == right) == (about == "stays") for choice in choices]
    if kind == "end":
        ends = analysis.play(about).end_states.tolist()
        told = [called[choice] in ends for choice in choices if choice in called]
        return sum(told) == (right in called) and (right not in called or called[right] in ends)
    if kind == "outcome":
        said = {"ALL": "yes,", "SOME": "it depends", "NONE": "no,"}[verdict(asked, Query(about))]
        return right.startswith(said)
    assert kind == "lever"
    goal = next(n for n, o in asked.scenario.outcomes.items() if analysis.verdict(o.formula) != ALL)
    return (right == "nothing it can do alone") == (not levers(asked, about, goal).sufficient)


@pytest.mark.parametrize("name", PLAYABLE)
def test_a_quiz_is_varied_and_not_all_no(name: str) -> None:
    """At most half of the answers say that nothing happens, and no letter is right most of the time."""
    questions = quiz(case(name)).questions
    nothing = [each for each in questions if is_nothing(each)]
    assert 2 * len(nothing) <= len(questions)
    kinds = {question.id.partition(":")[0] for question in questions}
    assert len(kinds) >= 4
    letters = [question.letter for question in questions]
    assert max(map(letters.count, letters)) <= 0.7 * len(letters)


def test_balance_takes_away_what_says_nothing() -> None:
    def asked(key: str, answer: int) -> Asks:
        return Asks(id=key, text="", choices=("turn it on", "stay as it is"), answer=answer, why="")

    some = [asked("move:a", 1), asked("move:b", 1), asked("move:c", 0), asked("move:d", 1), asked("end:x", 0)]
    assert [each.id for each in balanced(some)] == ["move:a", "move:b", "move:c", "end:x"]
    assert balanced([asked("move:a", 1)]) == []
    assert [each.id for each in balanced([asked("best:a", 1)])] == ["best:a"]


def test_marks() -> None:
    booklet = quiz(case("two_proxies"))
    right = [question.letter for question in booklet.questions]
    assert mark(booklet, right).score == f"{len(right)} of {len(right)} right"
    wrong = ["b" if letter == "a" else "a" for letter in right]
    assert mark(booklet, wrong).score == f"0 of {len(right)} right"
    with pytest.raises(InputError, match="expected one of a, b, c"):
        mark(booklet, ["maybe"])
    with pytest.raises(InputError, match="answers to"):
        mark(booklet, ["a"] * 99)
    with pytest.raises(Unanswerable, match="today"):
        quiz(case(next(name for name in SMALL if load(name).now is None)))


def test_fewer_questions_keep_every_kind() -> None:
    asked = case("two_proxies")
    kinds = {question.id.partition(":")[0] for question in quiz(asked, most=6).questions}
    assert kinds == {"who", "fate", "move", "best", "end", "lasts"}
    assert quiz(asked, 6) == quiz(asked, 6)


def test_a_quiz_in_the_terminal() -> None:
    answer = run("quiz", "two_proxies", "--most", "3", typed="b\nwhat\nb\nc\n")
    assert answer.exit_code == 0, answer.output
    assert "1 of 3." in answer.output
    assert "expected one of a, b" in answer.output
    assert re.search(r"\d of 3 right\.", answer.output)
    early = run("quiz", "two_proxies", typed="b\n")
    assert "Stopped." in early.output
    assert re.search(r"[01] of 1 right\.", early.output)
    marked = json.loads(run("quiz", "two_proxies", "--guesses", "b,a", "--json").output)
    assert marked["of"] == 2
    assert [each["guess"] for each in marked["answers"]] == ["b", "a"]


# --- the handout --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_a_handout_shows_states_and_liking(name: str) -> None:
    asked = case(name)
    game = asked.game
    sheet = next(s for s in handout(asked).sheets() if any(row[0] == "liking" for row in s.rows))
    if asked.analyse(CONCEPTS).states <= 16:
        assert len(sheet.columns) - 1 == game.conflict.count
        first = next(place for place, row in enumerate(sheet.rows) if row[0] == "liking") + 1
        for axis, reading in enumerate(game.readings):
            worth = payoffs(game.conflict, reading, game.conflict.states).astype(np.int64)
            for a, b in pairwise(range(len(worth))):
                liking = sheet.rows[first + axis][1:]
                assert (liking[a] < liking[b]) == (worth[a] > worth[b])
                assert (liking[a] == liking[b]) == (worth[a] == worth[b])


def test_answers_are_only_on_the_teachers_page() -> None:
    plain, full = (handout(case("chicken"), answers=answers) for answers in (False, True))
    assert len(plain.leaves) == 1
    assert "Nash" not in plain.to_markdown()
    assert "Nash" in full.to_markdown()


# --- paper --------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Follows the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


MAKERS = [roles, umpire, quiz, handout]


@pytest.mark.parametrize("name", ["two_proxies", "hanoi_2019", "elmira_graph", "chicken"])
@pytest.mark.parametrize("make", MAKERS)
def test_pages_need_no_network_and_are_accessible(name: str, make: object) -> None:
    assert callable(make)
    booklet: Booklet = make(case(name))
    text = booklet.to_html()
    reader = Reader(text)
    assert reader.open == []
    assert len(reader.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert not re.findall(r"(?:src|href)\s*=", text)
    assert "url(" not in text
    assert "default-src 'none'" in text
    assert len(reader.all("table")) == len(reader.all("caption"))
    assert all("scope" in attrs for attrs in reader.all("th"))
    assert len(reader.all("fieldset")) == len(reader.all("legend"))
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    markdown = booklet.to_markdown()
    assert markdown.count("\n# ") + markdown.startswith("# ") == 1
    assert Reader(booklet._repr_html_()).open == []


def test_text_from_a_file_cannot_become_markup(tmp_path: Path) -> None:
    text = (
        "detente: 1\ntitle: <script>x</script>\nquestion: a < b & c\nactors:\n"
        "  a: {name: <b>A, options: {x: {name: 'X <i>'}}, priorities: [x]}\n  b: {options: {y: }, priorities: [y]}\nnow: []\n"
    )
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    for make in (roles, umpire, quiz, handout):
        page = make(Case(load(str(file)))).to_html()
        assert "<script>x" not in page
        assert "<i>" not in page


# --- files --------------------------------------------------------------------------------------------------------


def test_a_pack_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run("pack", "two_proxies")
    assert answer.exit_code == 0, answer.output
    made = sorted(path.name for path in (tmp_path / "two_proxies_kit").iterdir())
    cards = ["card_nk.html", "card_ru.html", "card_us.html"]
    assert made == [*cards, "handout.html", "log.csv", "quiz.html", "umpire.html"]
    again = run("pack", "two_proxies")
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert run("pack", "two_proxies", "--force").exit_code == 0
    empty = run("log", "two_proxies_kit/log.csv", "two_proxies")
    assert empty.exit_code == 2
    assert "no moves" in empty.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cards", "-o", "nowhere/cards.html"], "there is no folder nowhere"),
        (
            ["cards", "-o", "cards.pdf"],
            "this is written as .html, .htm, .md, .markdown, .json or .txt; name the file so",
        ),
        (["cards", "--believes", "us=need"], "write ACTOR:OTHER=READING"),
        (["quiz", "--guesses", "perhaps"], "expected one of a, b"),
        (["log", "none.yaml"], "there is no such file"),
        (["umpire", "--reading", "us=obama"], "unknown reading"),
    ],
)
def test_a_mistake_gets_a_message(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run(*words)
    assert answer.exit_code == 2
    assert message in answer.stderr
    assert "Traceback" not in answer.output


@pytest.mark.parametrize("form", ["table", "json", "markdown", "html"])
def test_every_booklet_in_every_form(form: str) -> None:
    for command in ("cards", "umpire", "handout", "quiz"):
        answer = run(command, "chicken", "--format", form)
        assert answer.exit_code == 0, answer.output
        assert form != "json" or json.loads(answer.output)["kind"] == command
        assert form != "html" or answer.output.startswith("<!DOCTYPE html>")


def test_holds_is_what_words_say() -> None:
    """An option that is off is told as `no`, and only then."""
    scenario = load("two_proxies")
    formula = scenario.formula("not us_arm")
    assert Words(scenario).formula(formula).startswith("no ")
    assert holds(formula, {"us_arm": 0})
    assert moves_of("moves: []", scenario) == ()
    with pytest.raises(ScenarioError):
        moves_of("- by: us", scenario)
