"""The pages of the kit in a real browser: accessible, quiet, a card to a sheet of paper, and a quiz that counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import test_browser
from detente.case import Case
from detente.present.kit import Booklet, handout, quiz, roles, umpire
from detente.present.kit.roles import players
from detente.scenario import library, load
from test_browser import DESKTOP, PHONE, Opened

pytestmark = pytest.mark.browser

browser = test_browser.browser

MAKERS = {"cards": roles, "umpire": umpire, "quiz": quiz, "handout": handout}


def made(kind: str, name: str) -> Booklet:
    return MAKERS[kind](Case(load(name)))


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("name", ["two_proxies", "elmira"])
def test_accessible_quiet_and_readable(browser: Any, tmp_path: Path, kind: str, name: str) -> None:
    for viewport, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        with Opened(browser, tmp_path, kind, viewport, color_scheme=scheme, text=made(kind, name).to_html()) as opened:
            opened.unfold()
            assert opened.faults() == []
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            assert opened.said == []
            assert opened.asked == [opened.address]


def sheets_of(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n") or pdf.count(b"/Type /Page") - pdf.count(b"/Type /Pages")


CARDS = tuple(name for name in library.names() if name not in {"cuba_oneway", "composite", "composite_strict"})
HANDOUTS = ("two_proxies", "detente_veto", "drift_to_war", "chicken", "prisoners_dilemma", "stag_hunt")


@pytest.mark.parametrize(
    ("kind", "name"), [*(("cards", name) for name in CARDS), *(("handout", name) for name in HANDOUTS)]
)
def test_a_card_or_handout_is_one_sheet(browser: Any, tmp_path: Path, kind: str, name: str) -> None:
    booklet = made(kind, name)
    with Opened(browser, tmp_path, kind, DESKTOP, text=booklet.to_html()) as opened:
        pdf = opened.page.pdf(prefer_css_page_size=True)
    assert sheets_of(pdf) == len(booklet.leaves)
    assert len(booklet.leaves) == (len(players(load(name))) if kind == "cards" else 1)


@pytest.mark.parametrize(
    ("paper", "name"), [("A4", "garrison"), ("A4", "composite_core"), ("A6", "chicken"), ("A6", "elmira_graph")]
)
def test_cards_fit_other_paper(browser: Any, tmp_path: Path, paper: str, name: str) -> None:
    booklet = roles(Case(load(name)), paper=paper)
    with Opened(browser, tmp_path, "cards", DESKTOP, text=booklet.to_html()) as opened:
        pdf = opened.page.pdf(prefer_css_page_size=True)
    assert sheets_of(pdf) == len(booklet.leaves)


def test_a_name_is_large_with_a_rule_in_its_colour(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, tmp_path, "cards", DESKTOP, text=made("cards", "two_proxies").to_html()) as opened:
        opened.page.emulate_media(media="print")
        heads = opened.page.evaluate(
            """[...document.querySelectorAll(".leaf > h2")].map((head) => {
              const style = getComputedStyle(head), text = getComputedStyle(head.parentElement);
              return [parseFloat(style.fontSize) / parseFloat(text.fontSize), style.borderBottomColor, style.borderBottomStyle];
            })"""
        )
    assert all(size >= 3 for size, _, _ in heads)
    assert len({colour for _, colour, _ in heads}) == len({line for _, _, line in heads}) == 3


def test_a_printed_quiz_has_room_for_guesses_and_score(browser: Any, tmp_path: Path) -> None:
    booklet = made("quiz", "elmira")
    with Opened(browser, tmp_path, "quiz", DESKTOP, text=booklet.to_html()) as opened:
        assert opened.page.locator(".marks").is_hidden(), "on the screen the score is counted"
        opened.page.emulate_media(media="print")
        assert opened.page.locator(".guess:visible").count() == len(booklet.questions)
        assert opened.page.locator(".marks").inner_text().split() == ["My", "score:", "of", str(len(booklet.questions))]


def test_a_guess_opens_the_answer_and_counts(browser: Any, tmp_path: Path) -> None:
    booklet = made("quiz", "two_proxies")
    with Opened(browser, tmp_path, "quiz", DESKTOP, text=booklet.to_html()) as opened:
        page = opened.page
        for number, question in enumerate(booklet.questions[:3], start=1):
            wrong = next(letter for letter in "ab" if letter != question.letter)
            page.locator(f"input[name=q{number}][value={wrong if number == 2 else question.letter}]").check()
        said = page.locator(".said").all_text_contents()[:3]
        assert [text.split(":")[0] for text in said] == ["Right.", "Not so", "Right."]
        assert page.locator(".score").text_content() == "2 of 3 right so far."
        assert page.locator("details[open]").count() == 3
        assert page.locator("input:disabled").count() >= 3, "a guess is final"
        page.emulate_media(media="print")
        assert page.locator("details").first.is_hidden()
        assert page.locator("section.paper").is_visible()
        assert opened.said == []
