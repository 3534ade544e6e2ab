"""The question a file asks and what answers it; limits of options, prices and threats, and names written from right to left."""

from __future__ import annotations

from fractions import Fraction

import pytest

from detente.case import Case
from detente.errors import InputError
from detente.present.names import counted, isolated
from detente.present.pages.render import render
from detente.present.pictures.actor_map import actor_map
from detente.present.words import Words, switches_text
from detente.questions.incentives.packages import package_of_play
from detente.questions.uncertainty.completions import Spread
from detente.scenario import load, read_text
from detente.scenario.model import Asking, Option
from detente.scenario.read import check

HEAD = "detente: 1\ntitle: T\n"
BODY = """actors:
  a: {options: {x: }, priorities: [x]}
  b: {options: {y: }, priorities: [y]}
now: []
outcomes: {both: x and y}
"""


def messages(line: str, body: str = BODY) -> list[str]:
    return [problem.message for problem in check(HEAD + line + "\n" + body) if problem.severity == "error"]


class TestAsking:
    def test_it_is_read_or_derived(self) -> None:
        said = read_text(HEAD + "answer: {ask: levers, by: [a, b], goal: both}\n" + BODY).asking
        assert said == Asking(ask="levers", by=("a", "b"), goal="both")
        assert read_text(HEAD + "answer: status_quo\n" + BODY).asking == Asking(ask="status_quo")
        assert read_text(HEAD + BODY).asking == Asking(ask="play", derived=True)
        assert load("hanoi_2019").asking.ask == "hindcast"
        assert load("axis_and_sanctions").asking == Asking(ask="break", name="axis")
        assert load("two_proxies").asking.over == ("ru", "nk")

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("answer: brake", "unknown question 'brake'; did you mean break?"),
            ("answer: {ask: play, over: [a]}", "'over' is no key of 'play', which takes of, play, goal"),
            ("answer: {ask: play, of: bth}", "unknown option, outcome or state 'bth'; did you mean both?"),
            ("answer: {ask: levers, by: [c], goal: both}", "unknown actor 'c'; known: a, b"),
            (
                "answer: hindcast",
                "'hindcast' compares readings with recorded moves; this file has none under `history:`",
            ),
            ("answer: break", "'break' asks what breaks a partnership; this file has none under `partnerships:`"),
            (
                "answer: {ask: levers, goal: both}",
                "'levers' asks who can bring what about: write `by`, an actor, and `goal`, an outcome or formula",
            ),
            ("answer: {ask: types, concept: nahs}", "unknown concept 'nahs'; did you mean nash?"),
        ],
    )
    def test_mistakes_are_told(self, line: str, message: str) -> None:
        assert messages(line) == [message]

    def test_a_question_needs_a_status_quo(self) -> None:
        assert messages("answer: play", BODY.replace("now: []\n", "")) == [
            "'play' starts from today; this file has no `now:`"
        ]


def option(choices: tuple[str, ...], change: object) -> Option:
    return Option(key="o", id="o", actor="a", name="", choices=choices, change=change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("choices", "change", "said"),
    [
        (("off", "on"), "both", ""),
        (("off", "on"), ((0, 1), (1, 0)), ""),
        (("off", "on"), ((0, 1),), "once taken up, for good"),
        (("off", "on"), ((1, 0),), "once dropped, for good"),
        (("off", "on"), "fixed", "cannot change"),
        (("off", "on"), (), "cannot change"),
        (("low", "mid", "high"), ((0, 1), (1, 2), (2, 1), (1, 0)), "only low ↔ mid, mid ↔ high"),
        (("low", "mid", "high"), ((0, 1), (2, 1), (1, 0)), "only low ↔ mid, high → mid"),
        (("a", "b", "c"), ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)), ""),
    ],
)
def test_limits_say_which_ways_an_option_goes(choices: tuple[str, ...], change: object, said: str) -> None:
    assert switches_text(option(choices, change)) == said


def test_counts_have_one_denominator() -> None:
    assert counted(Spread({"ALL": 1, "NONE": 2})) == "always in 1, never in 2 of 3 combinations of readings"
    assert counted(Spread({"no equilibria": 2})) == "no equilibria, in all 2 combinations of readings"


def test_the_wishes_of_the_last_line_add_up() -> None:
    text = (
        HEAD
        + "sources: {s: One, t: Two}\n"
        + BODY.replace("priorities: [x]", "priorities: [{want: x, source: [s, t]}]")
    )
    summary = Case(read_text(text)).basis.summary
    assert summary == "Rests on 2 aims of the readings (1 s with t, 1 without a source)."


THREATENED = """detente: 1
title: Threat
actors:
  big: {options: {push: }, priorities: [not push]}
  small: {options: {yield: {change: take}}, priorities: [not yield]}
now: []
outcomes: {yielded: yield}
incentives: {blow: {by: big, to: small, when: not yield, worth: -1, at: 1, cost: 3}}
"""


def test_a_coerced_actor_is_not_better_off_and_a_threat_that_works_costs_nothing() -> None:
    best = package_of_play(Case(read_text(THREATENED)), "yielded").best
    assert best is not None
    assert (best.price, best.due) == (Fraction(3), Fraction(0))
    said = {consent.actor: consent.verdict for consent in best.consents}
    assert said == {"big": "equal", "small": "coerced"}


def test_a_promise_that_works_falls_due() -> None:
    promised = THREATENED.replace("when: not yield, worth: -1", "when: yield, worth: 1")
    best = package_of_play(Case(read_text(promised)), "yielded").best
    assert best is not None
    assert (best.price, best.due) == (Fraction(3), Fraction(3))
    assert {consent.actor: consent.verdict for consent in best.consents}["small"] == "better"


IRAN, RUSSIA = "\u05d0\u05d9\u05e8\u05d0\u05df", "\u05e8\u05d5\u05e1\u05d9\u05d4"
TIED = f"""detente: 1
title: Tied
actors:
  iran: {{name: {IRAN}, options: {{x: {{name: {IRAN}}}}}, priorities: [x]}}
  rus: {{name: {RUSSIA}, options: {{y: }}, priorities: [y]}}
now: []
relations:
  R1: {{from: iran, to: rus, kind: supply, sign: "+"}}
"""


class TestRightToLeft:
    def test_names_are_framed_wherever_they_stand_beside_others(self) -> None:
        from detente.present.report import collect, page
        from detente.study import Study

        assert isolated("Iran") == "Iran"
        assert isolated(isolated(IRAN)) == isolated(IRAN) == f"\u2068{IRAN}\u2069"
        words = Words(read_text(TIED))
        assert words.formula("x", None) == f"“\u2068{IRAN}\u2069”"
        keep = ("question", "actors")
        from detente.present.report import SECTIONS

        written = page(collect(Study(read_text(TIED)), without=[name for name in SECTIONS if name not in keep]))
        assert f"<bdi>{IRAN}</bdi> → <bdi>{RUSSIA}</bdi>" in written
        assert f">\u2068{RUSSIA}\u2069<" in written, "a drawing keeps the frame"
        assert 'dir="auto"' in written

    def test_frames_become_elements_in_text_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from detente.present.pages import render as module

        class Fixed:
            def get_template(self, _: str) -> Fixed:
                return self

            def render(self, **_: object) -> str:
                return '<p title="\u2068a\u2069">\u2068b\u2069<svg><text>\u2068c\u2069</text></svg></p>'

        monkeypatch.setattr(module, "_environment", Fixed)
        assert render("x") == '<p title="\u2068a\u2069"><bdi>b</bdi><svg><text>\u2068c\u2069</text></svg></p>'


def test_a_letter_that_no_font_has_is_no_picture() -> None:
    pytest.importorskip("resvg_py")
    # a letter of a block for private use, which no face of any system has
    drawing = actor_map(read_text(TIED.replace(IRAN, "Ir\U000f1234n")))
    with pytest.raises(InputError, match=r"no installed font has the letters .*U\+F1234"):
        drawing.png()
    assert actor_map(read_text(TIED.replace(IRAN, "Iran").replace(RUSSIA, "Rußland"))).png()
