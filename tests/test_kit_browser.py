"""The pages of the kit in a real browser: accessible, quiet, a card to a sheet of paper, and a quiz that counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import test_browser
from detente.case import Case
from detente.present.kit import Booklet, handout, quiz, roles, umpire
from detente.scenario import load
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


CARDS = ("two_proxies", "patrons", "detente_veto", "conditional_engagement", "elmira")
HANDOUTS = ("two_proxies", "detente_veto", "drift_to_war", "chicken", "prisoners_dilemma", "stag_hunt")


@pytest.mark.parametrize(
    ("kind", "name"), [*(("cards", name) for name in CARDS), *(("handout", name) for name in HANDOUTS)]
)
def test_a_card_or_handout_is_one_sheet(browser: Any, tmp_path: Path, kind: str, name: str) -> None:
    booklet = made(kind, name)
    with Opened(browser, tmp_path, kind, DESKTOP, text=booklet.to_html()) as opened:
        pdf = opened.page.pdf(prefer_css_page_size=True)
    assert sheets_of(pdf) == len(booklet.leaves)
    assert len(booklet.leaves) == (len(load(name).actors) if kind == "cards" else 1)


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
