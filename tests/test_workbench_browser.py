"""The workbench in a real browser, served by the command: the first quarter of an hour, and what may go wrong.

Needs Chromium (`CHROMIUM` names it if it is not on the path) and the extras `browser` and `workbench`.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import test_browser
import workbench_pictures
from detente.scenario import library, load
from detente.scenario.text import yaml_tree
from detente.scenario.text.changes import made
from detente.scenario.text.changes import told as change_told
from test_browser import AXE, DESKTOP, PHONE

pytest.importorskip("starlette", reason="the extra `workbench` is not installed")
pytest.importorskip("uvicorn", reason="the extra `workbench` is not installed")

pytestmark = pytest.mark.browser

browser = test_browser.browser

TABLET = {"width": 820, "height": 1180}
SECONDS = 20_000
"""Milliseconds a page may take on a machine that is busy with other tests; how fast it is stands in `benchmarks/`."""


class Bench:
    """A workbench over a folder, as the command serves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(  # noqa: S603 (the command itself)
            [sys.executable, "-m", "detente", "workbench", str(folder), "--no-browser"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "500"},
        )
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if found := re.search(r"(http://127\.0\.0\.1:[0-9]+)/\?token=([\w-]+)", said):
                self.base, self.token = found[1], found[2]
                return
        raise AssertionError(said)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("conflicts"))
    yield made
    made.close()


@pytest.fixture
def flagship(bench: Bench, request: pytest.FixtureRequest) -> str:
    """The flagship under a name of this test's own."""
    return put(bench, request, "two_proxies")


@pytest.fixture
def elmira(bench: Bench, request: pytest.FixtureRequest) -> str:
    return put(bench, request, "elmira")


def put(bench: Bench, request: pytest.FixtureRequest, model: str) -> str:
    name = re.sub(r"\W+", "_", request.node.name) + f"_{model}.yaml"
    (bench.folder / name).write_text(library.text(model), encoding="utf-8")
    return name


class Tab:
    """A page of the workbench, what its browser said, and which addresses it asked for."""

    def __init__(
        self, browser: Any, bench: Bench, address: str = "/", viewport: dict[str, int] | None = None, **how: Any
    ) -> None:
        self.bench, self.said, self.asked = bench, list[str](), list[str]()
        self.context = browser.new_context(viewport=viewport or DESKTOP, **how)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = self.context.new_page()
        self.page.set_default_timeout(SECONDS)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{bench.base}/?token={bench.token}")
        self.go(address)

    def go(self, address: str) -> None:
        self.page.goto(self.bench.base + address)

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        said, asked = self.said, self.asked
        self.context.close()
        if kind is None:
            assert said == []
            assert [each for each in asked if not each.startswith(self.bench.base + "/")] == []

    def see(self, selector: str, text: str | re.Pattern[str]) -> None:
        """Wait until an element says something."""
        self.page.locator(selector).filter(has_text=text).first.wait_for()

    def press(self, name: str, within: str = "body") -> None:
        self.page.locator(within).get_by_role("button", name=name).first.click()

    def aims(self) -> list[str]:
        found: list[str] = self.page.locator(".ordered.numbered textarea").evaluate_all(
            "all => all.map(each => each.value)"
        )
        return found

    def heard(self, text: str) -> None:
        """Wait until a screen reader would say something."""
        self.page.wait_for_function("text => document.getElementById('announcer').textContent.includes(text)", arg=text)

    def settled(self) -> None:
        """Wait until everything is sent and judged."""
        self.page.wait_for_function("() => document.querySelector('.live [aria-busy=false]:not(.stale)')")
        self.see(".bar-title", re.compile("saved"))

    def faults(self) -> list[str]:
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        assert found["passes"]
        return [
            f"{fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    def wide(self) -> int:
        found: int = self.page.evaluate("document.documentElement.scrollWidth")
        return found


def edit(file: str, section: str, **more: str) -> str:
    return f"/edit/{file}?section={section}" + "".join(f"&{key}={value}" for key, value in more.items())


# --- the first quarter of an hour ------------------------------------------------------------------------------------


def test_another_reading_breaks_the_partnership_and_undo_mends_it(browser: Any, bench: Bench, flagship: str) -> None:
    with Tab(browser, bench, edit(flagship, "wants", actor="us", reading="carpenter")) as tab:
        tab.see(".live", "the Russia–North Korea partnership: holds")
        tab.press("Use this reading")
        tab.see(".live", "the Russia–North Korea partnership: breaks")
        tab.see(".changed", "What your change did")
        # The difference is a sentence, with its witness one press away.
        tab.page.locator(".changed").get_by_role("button", name="Why?").first.click()
        tab.see("dialog .answered", re.compile("hold under"))
        tab.page.keyboard.press("Escape")
        tab.page.locator("dialog").wait_for(state="detached")
        assert "why=" not in tab.page.url
        tab.press("Undo the change")
        tab.see(".live", "the Russia–North Korea partnership: holds")
        tab.heard("Undone")


def test_a_verdict_and_a_state_are_explained_where_they_stand(browser: Any, bench: Bench, flagship: str) -> None:
    with Tab(browser, bench, edit(flagship, "wants", actor="ru")) as tab:
        tab.page.get_by_role("button", name="Russia, SEQ: yes. Why?").click()
        tab.see("dialog .answered", "What keeps Russia from switching off")
        # The address holds it.
        address = tab.page.url
        assert "why.actor=ru" in address
        tab.page.keyboard.press("Escape")
        tab.page.locator("dialog").wait_for(state="detached")
        tab.page.locator(".ranking .link").first.click()
        tab.see("dialog .answered", re.compile(r"hold under sequential stability"))
        tab.go(address.removeprefix(bench.base))
        tab.see("dialog .answered", "What keeps Russia from switching off")


def test_a_statement_is_moved_by_keyboard_and_by_drag(browser: Any, bench: Bench, flagship: str) -> None:
    with Tab(browser, bench, edit(flagship, "wants", actor="ru", reading="war_need")) as tab:
        tab.page.locator(".ordered.numbered textarea").first.wait_for()
        before = tab.aims()
        handles = tab.page.locator(".ordered.numbered .handle")
        handles.nth(4).focus()
        tab.page.keyboard.press("Alt+ArrowUp")
        tab.heard("not ru_link is now 4 of 9.")
        assert tab.aims() == [*before[:3], before[4], before[3], *before[5:]]
        # The focus goes with the statement.
        tab.page.wait_for_function(
            "() => document.activeElement.getAttribute('aria-label')?.startsWith('Move not ru_link, 4 of 9')"
        )
        tab.settled()
        start, end = handles.nth(3).bounding_box(), handles.nth(0).bounding_box()
        tab.page.mouse.move(start["x"] + 8, start["y"] + 8)
        tab.page.mouse.down()
        tab.page.mouse.move(start["x"] + 8, start["y"] - 12, steps=4)
        tab.page.mouse.move(end["x"] + 8, end["y"] + 2, steps=12)
        tab.page.mouse.up()
        tab.heard("not ru_link is now 1 of 9.")
        assert tab.aims()[0] == "not ru_link"
        tab.see(".live", "the Russia–North Korea partnership: breaks")
        tab.page.keyboard.press("Control+z")
        tab.heard("Undone: moved not ru_link to place 1")
        tab.page.keyboard.press("Control+z")
        tab.page.wait_for_function(
            "want => document.querySelectorAll('.ordered.numbered textarea')[4]?.value === want", arg=before[4]
        )
        assert tab.aims() == before
        tab.page.keyboard.press("Control+Shift+z")
        tab.heard("Done again")
        # At the end of the list a screen reader is told so.
        handles.nth(0).focus()
        tab.page.keyboard.press("Alt+ArrowUp")
        tab.heard("is at the top already")


def test_a_state_is_moved_by_hand_with_its_reason(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "wants", actor="local")) as tab:
        states = tab.page.locator(".ranking .ordered .link")
        states.first.wait_for()
        before = states.all_text_contents()
        tab.page.locator(".ranking .handle").nth(2).focus()
        tab.page.keyboard.press("Alt+ArrowUp")
        tab.page.get_by_label("Because (for your readers)").fill("the council said so")
        tab.page.keyboard.press("Enter")
        tab.see(".adjusted", "the council said so")
        tab.page.wait_for_function(
            "want => document.querySelectorAll('.ranking .ordered .link')[1]?.textContent === want", arg=before[2]
        )
        assert states.all_text_contents() == [before[0], before[2], before[1], *before[3:]]
        assert tab.faults() == []
        tab.page.keyboard.press("Control+s")
        tab.heard("Saved.")
    kept = yaml_tree.read((bench.folder / elmira).read_text(encoding="utf-8")).root.plain()["actors"]["local"]["adjust"]
    assert kept == [{"above": "s5", "below": "s3", "because": "the council said so"}]


def test_a_formula_completes_names_and_shows_the_mistake_at_its_character(
    browser: Any, bench: Bench, flagship: str
) -> None:
    with Tab(browser, bench, edit(flagship, "outcomes")) as tab:
        field = tab.page.get_by_role("textbox", name="Formula of link_off")
        field.click()
        field.press("End")
        field.type(" and nk_tr")
        tab.see("[role=listbox]:not([hidden])", "nk_troops")
        field.press("Enter")
        field.type(" = hom and")
        tab.see(".field .problem mark", re.compile("."))
        field.press("Control+a")
        field.type("not ru_link and nk_troops = hme")
        tab.see(".field .problem", "home")
        assert field.get_attribute("aria-invalid") == "true"
        field.press("Control+a")
        field.type("not ru_link and nk_troops = home")
        field.press("Escape")
        field.press("Enter")
        tab.settled()
        tab.page.wait_for_function("() => !document.querySelector('.problems')")


def test_what_is_typed_is_saved_with_its_comments(browser: Any, bench: Bench, flagship: str) -> None:
    file = bench.folder / flagship
    before = file.read_text(encoding="utf-8")
    with Tab(browser, bench, edit(flagship, "about")) as tab:
        tab.page.get_by_label("Title", exact=True).fill("Two <b>proxies</b>")
        tab.page.keyboard.press("Control+s")
        tab.heard("Saved.")
        tab.see(".bar-title", "Two <b>proxies</b>")
    after = file.read_text(encoding="utf-8")
    assert after.count("#") == before.count("#")
    assert load(file).title == "Two <b>proxies</b>"
    assert before.splitlines()[2:] == after.splitlines()[2:]


def test_the_text_and_the_forms_are_one_file_with_one_undo(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, f"/edit/{elmira}?view=text") as tab:
        editor = tab.page.locator(".cm-content")
        editor.get_by_text("title: Elmira").click()
        tab.page.keyboard.press("End")
        tab.page.keyboard.type(" in 1991")
        tab.see(".bar-title h1", "Elmira in 1991")
        tab.page.get_by_role("link", name="Forms", exact=True).click()
        tab.page.get_by_role("link", name="About the model").click()
        title = tab.page.get_by_label("Title", exact=True)
        title.wait_for()
        assert title.input_value() == "Elmira in 1991"
        title.fill("Elmira in 1990")
        title.press("Enter")
        tab.see(".bar-title h1", "Elmira in 1990")
        tab.page.get_by_role("link", name="Text", exact=True).click()
        editor.get_by_text("title: Elmira in 1990").wait_for()
        editor.click()
        tab.page.keyboard.press("Control+z")
        editor.get_by_text("title: Elmira in 1991").wait_for()
        # What is no YAML is a draft with its mistake; the model stays as it was.
        editor.get_by_text("title: Elmira in 1991").click()
        tab.page.keyboard.press("End")
        tab.page.keyboard.type(": [")
        tab.see(".notice", "This text is not valid YAML yet")
        tab.page.locator(".cm-lint-marker-error").first.wait_for()
        for _ in range(3):
            tab.page.keyboard.press("Backspace")
        tab.page.locator(".text-view .notice").wait_for(state="detached")
        tab.settled()


def test_a_table_comes_from_a_spreadsheet(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "outcomes")) as tab:
        tab.page.get_by_role("textbox", name="Formula of settled").wait_for()
        tab.page.evaluate(
            "text => navigator.clipboard.writeText(text)",
            "delayed\tanswer = delay\tthe firm delays\nInsisted on\tinsist\tthe town insists\n",
        )
        tab.page.get_by_label("New: Outcomes").focus()
        tab.page.keyboard.press("Control+v")
        tab.heard("Pasted 2 rows, 2 of them new.")
        tab.see(".live", "the town insists")
        tab.page.evaluate(
            "text => navigator.clipboard.writeText(text)", "answer = accept and not modify\tall as ordered"
        )
        tab.page.get_by_role("textbox", name="Formula of settled").focus()
        tab.page.keyboard.press("Control+v")
        tab.see(".live", "all as ordered")
        tab.page.keyboard.press("Control+s")
        tab.heard("Saved.")
    found = load(bench.folder / elmira).outcomes
    assert {name: each.name for name, each in found.items()} == {
        "settled": "all as ordered",
        "plant_closed": "the plant closes",
        "delayed": "the firm delays",
        "insisted_on": "the town insists",
    }


def test_today_is_switched(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "now")) as tab:
        tab.page.get_by_role("switch", name=re.compile("Insist on the original order")).check()
        tab.see(".live .headline", re.compile("stays there|stable under"))
        tab.page.get_by_label("Answer to the control order").select_option("accept")
        tab.settled()
        tab.page.keyboard.press("Control+s")
        tab.heard("Saved.")
    assert load(bench.folder / elmira).now == {"modify": 0, "answer": 1, "insist": 1}


def test_from_nothing_to_the_first_answer_by_keyboard(browser: Any, bench: Bench) -> None:
    with Tab(browser, bench) as tab:
        tab.page.get_by_label("What is the conflict called?").fill("Harbour dispute")
        tab.page.get_by_label("What do you want to know?").fill('Does the "blockade" end?')
        tab.page.keyboard.press("Enter")
        tab.page.get_by_role("heading", name="Who decides?").wait_for()
        assert tab.page.url.endswith("/edit/harbour_dispute.yaml?guide=actors")
        for name in ("Northland", "The port"):
            tab.page.get_by_label("New: actor").fill(name)
            tab.page.keyboard.press("Enter")
            tab.page.get_by_role("button", name=f"Remove {name}").wait_for()
        tab.page.get_by_role("link", name="Next: Options").press("Enter")
        tab.page.get_by_label("New: something Northland can do").fill("Blockade the port")
        tab.page.keyboard.press("Enter")
        tab.page.get_by_label("New: something The port can do").fill("Pay the fee")
        tab.page.keyboard.press("Enter")
        tab.page.get_by_role("link", name="Next: Rules").press("Enter")
        tab.page.get_by_label("This", exact=True).select_option("blockade_the_port")
        tab.page.get_by_label("That", exact=True).select_option("pay_the_fee")
        tab.press("Add the rule")
        tab.see("main", "blockade_the_port and pay_the_fee")
        tab.press("Remove blockade_the_port and pay_the_fee")
        tab.page.get_by_role("link", name="Next: Aims").press("Enter")
        for actor, aims in {
            "Northland": ("pay_the_fee", "not blockade_the_port"),
            "The port": ("not blockade_the_port", "not pay_the_fee"),
        }.items():
            for aim in aims:
                tab.page.get_by_label(f"Something that matters to {actor}").select_option(aim)
                tab.page.locator(f"section[aria-label='{actor}'] .ordered li").nth(aims.index(aim)).wait_for()
        tab.page.get_by_role("link", name="Next: Today").press("Enter")
        tab.page.get_by_role("switch", name=re.compile("Blockade the port")).check()
        tab.page.get_by_role("link", name="Next: Answer").press("Enter")
        tab.see("main .answer", "Today is")
        tab.page.keyboard.press("Control+s")
        tab.heard("Saved.")
        tab.press("Why?")
        tab.see("dialog .answered", "hold under")
    made = load(bench.folder / "harbour_dispute.yaml")
    assert made.question == 'Does the "blockade" end?'
    assert [actor.name for actor in made.actors] == ["Northland", "The port"]
    assert made.now == {"blockade_the_port": 1, "pay_the_fee": 0}


def test_a_copy_of_the_library_is_a_start(browser: Any, bench: Bench) -> None:
    with Tab(browser, bench) as tab:
        tab.press("Use a copy of Chicken")
        tab.see(".bar-title h1", "Chicken")
        tab.settled()
    assert (bench.folder / "chicken.yaml").read_text(encoding="utf-8") == library.text("chicken")


# --- edits from elsewhere --------------------------------------------------------------------------------------------


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_outside_edit_of_a_saved_file_is_shown(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "about")) as tab:
        tab.see(".bar-title h1", "Elmira")
        tab.settled()
        rewrite(bench.folder / elmira, "title: Elmira", "title: Elmira by hand")
        tab.see(".notice", "changed outside the workbench and is shown as it is now")
        tab.see(".bar-title h1", "Elmira by hand")
        tab.page.keyboard.press("Control+z")
        tab.page.wait_for_function("() => document.querySelector('.bar-title h1').textContent === 'Elmira'")


def test_an_outside_edit_elsewhere_is_joined(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "about")) as tab:
        tab.page.get_by_label("Title", exact=True).fill("Elmira mine")
        tab.see(".bar-title h1", "Elmira mine")
        rewrite(bench.folder / elmira, "name: Local government", "name: Town council")
        tab.see(".notice", "were joined")
        tab.see(".live", "Town council")
        assert tab.page.get_by_label("Title", exact=True).input_value() == "Elmira mine"
        tab.page.keyboard.press("Control+s")
        tab.heard("Saved.")
    saved = load(bench.folder / elmira)
    assert (saved.title, saved.actors[2].name) == ("Elmira mine", "Town council")


def test_an_outside_edit_of_the_same_place_is_decided_by_whoever_sits_here(
    browser: Any, bench: Bench, elmira: str
) -> None:
    file = bench.folder / elmira
    with Tab(browser, bench, edit(elmira, "about")) as tab:
        tab.page.get_by_label("Title", exact=True).fill("Elmira mine")
        tab.see(".bar-title h1", "Elmira mine")
        rewrite(file, "title: Elmira", "title: Elmira theirs")
        tab.see(".conflict", "Two versions of the same place")
        theirs = file.read_text(encoding="utf-8")
        tab.see(".conflict", "Elmira theirs")
        assert tab.faults() == []
        # Nothing is written until somebody chooses.
        tab.page.keyboard.press("Control+s")
        tab.page.wait_for_timeout(300)
        assert file.read_text(encoding="utf-8") == theirs
        assert tab.page.get_by_role("button", name="Join them so").is_disabled()
        tab.page.get_by_role("radio", name=re.compile("Yours")).check()
        tab.press("Join them so")
        tab.page.locator(".conflict").wait_for(state="detached")
        tab.page.keyboard.press("Control+s")
        tab.heard("Saved.")
        tab.said.clear()  # The save that was refused is told by the browser too.
    assert load(file).title == "Elmira mine"


def test_a_file_that_is_gone_is_kept_here(browser: Any, bench: Bench, elmira: str) -> None:
    file = bench.folder / elmira
    # A file of the same content elsewhere would be the same under another name.
    text = library.text("elmira").replace("title: Elmira", "title: Elmira, soon gone")
    file.write_text(text, encoding="utf-8")
    with Tab(browser, bench, edit(elmira, "about")) as tab:
        tab.see(".bar-title h1", "Elmira")
        file.unlink()
        tab.see(".notice", "was deleted outside the workbench")
        tab.press("Write it again")
        tab.heard("Saved.")
    assert file.read_text(encoding="utf-8") == text


def test_two_tabs_see_each_other(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "about")) as one, Tab(browser, bench, edit(elmira, "about")) as other:
        other.see(".bar-title h1", "Elmira")
        one.page.get_by_label("Title", exact=True).fill("Elmira of the first tab")
        other.see(".bar-title h1", "Elmira of the first tab")
        other.heard("Another tab changed this file")


def test_an_earlier_version_comes_back(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "about")) as tab:
        title = tab.page.get_by_label("Title", exact=True)
        for text in ("First", "Second"):
            title.fill(text)
            tab.see(".bar-title h1", text)
            tab.page.keyboard.press("Control+s")
            tab.see(".bar-title p", re.compile("· saved"))
        tab.page.get_by_role("link", name="Versions").click()
        tab.page.locator(".past li").last.wait_for()
        tab.page.locator(".past li").last.get_by_role("button").click()
        tab.heard("Restored")
        tab.page.wait_for_function("() => !document.querySelector('.bar-title h1').textContent.includes('Second')")
        tab.page.keyboard.press("Control+z")
        tab.see(".bar-title h1", "Second")


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_question_is_an_address_and_says_the_same_otherwise(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, f"/ask/{elmira}/levers") as tab:
        tab.page.get_by_role("checkbox", name="Uniroyal Chemical").check()
        goal = tab.page.get_by_role("textbox", name="Goal")
        goal.fill("settled")
        goal.press("Escape")
        goal.blur()
        tab.press("Ask")
        tab.see(".answered", "order accepted")
        address = tab.page.url
        assert "a.actors=uniroyal" in address and "a.goal=settled" in address and "run=1" in address
        tab.page.get_by_text("The same as a command").click()
        tab.see(".same-as", "detente levers")
        tab.press("Copy: In a terminal")
        assert tab.page.evaluate("navigator.clipboard.readText()").startswith("detente levers")
        tab.go(address.removeprefix(bench.base))
        tab.see(".answered", "order accepted")
        assert tab.faults() == []


def test_what_if_is_another_reading(browser: Any, bench: Bench, flagship: str) -> None:
    with Tab(browser, bench, f"/ask/{flagship}/partnership?reading.us=carpenter") as tab:
        tab.see(".answered .answer", re.compile("break"))
        tab.page.get_by_label("Reading of United States").select_option("biden24")
        tab.see(".answered .answer", re.compile("hold|intact"))


def test_a_long_run_is_cancelled(browser: Any, bench: Bench, flagship: str) -> None:
    with Tab(browser, bench, f"/ask/{flagship}/ensemble?a.draws=200000&run=1") as tab:
        tab.page.locator(".progress").get_by_role("button", name="Cancel").wait_for()
        tab.page.wait_for_timeout(1500)
        begin = time.monotonic()
        tab.press("Cancel", ".progress")
        tab.see(".answer-place", "Cancelled.")
        assert time.monotonic() - begin < 5
        # The next question is answered at once: the worker was replaced.
        tab.go(f"/ask/{flagship}/partnership")
        tab.see(".answered .answer", "partnership")


# --- a session in one room -------------------------------------------------------------------------------------------


def test_a_session_with_three_seats(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, f"/board/{elmira}") as umpire:
        umpire.press("Open a board as the umpire")
        places = umpire.page.locator("main .copied pre")
        places.nth(2).wait_for()
        addresses = [each.removeprefix(bench.base) for each in places.all_text_contents()]
        umpire.press("To the umpire's table")
        umpire.see(".bar-title", "The umpire's table")
        with (
            Tab(browser, bench, addresses[0]) as ministry,
            Tab(browser, bench, addresses[1], viewport=PHONE) as firm,
            Tab(browser, bench, addresses[2]) as town,
        ):
            town.see(".live", "You want the original order")
            assert "Time is on your side" in firm.page.locator(".live").inner_text()
            assert "Time is on your side" not in town.page.locator("body").inner_text()
            town.page.get_by_label(re.compile("insist.* the original order", re.IGNORECASE)).select_option("true")
            town.page.get_by_label("What you say about it (optional)").fill("we <b>insist</b>")
            town.press("Propose it")
            umpire.see(".board-moves", "we <b>insist</b>")
            assert umpire.faults() + firm.faults() == []
            umpire.page.get_by_role("button", name=re.compile("^Let it happen")).click()
            for seat in (ministry, firm, town):
                seat.see("section.first .answer", "insistence on the original order")
                seat.see(".board-moves", "done")
            # What the seats see is for the umpire to say.
            umpire.page.get_by_label("how things stand").uncheck()
            firm.see("section.first", "does not show it")
            assert firm.wide() <= PHONE["width"]
            firm.page.get_by_label("Answer to the control order").select_option("accept")
            firm.press("Propose it")
            umpire.page.get_by_role("button", name=re.compile("^Refuse")).click()
            firm.see(".board-moves", "not done")
        umpire.press("Close the board")
        umpire.press("Close it for everybody")
        umpire.see("main", "The board is closed.")


# --- what the page computes by itself ----------------------------------------------------------------------------------


def random_edit(random_: random.Random, data: Any) -> dict[str, Any]:
    """An edit of some kind at some place of plain data."""
    path, here = list[Any](), data
    while isinstance(here, dict | list) and here and (not path or random_.random() < 0.6):
        key = random_.choice(list(here)) if isinstance(here, dict) else random_.randrange(len(here))
        path, here = [*path, key], here[key]
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    new = random_.choice(["word", ["a", "b"], {"k": "v"}])
    count = len(here) if isinstance(here, dict | list) else 0
    kinds = [{"old": here, "new": new}, {"remove": True, "old": here}]
    if count:
        kinds.append({"order": random_.sample(range(count), count)})
    if isinstance(parent, dict):
        kinds += [{"rename": "renamed"}, {"insert": new, "before": path[-1]}, {"insert": new}]
        made_ = random_.choice(kinds)
        return {"path": [*path[:-1], "fresh"] if "insert" in made_ else path, **made_}
    return {"path": path, **random_.choice([*kinds, {"insert": new}])}


def test_an_edit_made_on_the_page_is_the_one_the_server_makes(browser: Any, bench: Bench) -> None:
    random_ = random.Random(7)
    data = {
        "title": "t",
        "now": ["a", "b"],
        "actors": {"one": {"name": "n", "list": ["x", {"want": "y"}]}, "two": None},
    }
    cases = [(data, random_edit(random_, data)) for _ in range(300)]
    expected = [json.dumps(made(given, change_told(edited))[0]) for given, edited in cases]
    with Tab(browser, bench) as tab:
        found = tab.page.evaluate(
            """async (cases) => { const { applied } = await import("/static/paths.js");
            return cases.map(([data, edit]) => JSON.stringify(applied(data, edit))); }""",
            cases,
        )
    assert [json.loads(each) for each in found] == [json.loads(each) for each in expected]
    # The order of keys is part of what is said.
    assert [each.replace(" ", "") for each in expected] == found


def test_cells_of_a_spreadsheet_are_read_as_they_were_written(browser: Any, bench: Bench) -> None:
    rows = [["a", "b c", ""], ['say "x"', "two\nlines", "tab\there"], ["1,5", "=A1", "é"]]
    text = "\r\n".join(
        "\t".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set('"\n\t') else cell for cell in row)
        for row in rows
    )
    with Tab(browser, bench) as tab:
        read = """async (text) => (await import("/static/table.js")).cells(text)"""
        assert tab.page.evaluate(read, text) == rows
        assert tab.page.evaluate(read, text + "\r\n") == rows


# --- for everybody ---------------------------------------------------------------------------------------------------

FOCUS = """() => {
  const here = document.activeElement;
  const seen = getComputedStyle(here).outlineStyle !== "none" || here === document.body;
  return [here.textContent.trim().slice(0, 30) || here.getAttribute("aria-label") || here.id, seen];
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter((each) => {
  const look = getComputedStyle(each);
  return look.transitionDuration !== "0s" || look.animationName !== "none";
}).map((each) => each.className)"""

VIEWS = (
    "actors",
    "wants&actor=ru",
    "rules",
    "now",
    "sources",
    "claims",
    "platforms",
    "uncertainty",
    "about",
    "perceptions",
)


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (TABLET, "dark"), (PHONE, "light")])
def test_accessible_and_within_its_width(
    browser: Any, bench: Bench, flagship: str, viewport: dict[str, int], scheme: str
) -> None:
    addresses = [
        "/",
        *(edit(flagship, each) for each in VIEWS),
        f"/edit/{flagship}?view=text",
        f"/edit/{flagship}?guide=aims",
        f"/ask/{flagship}",
        f"/ask/{flagship}/partnership",
        f"/edit/{flagship}?past=1",
    ]
    found = list[str]()
    with Tab(browser, bench, viewport=viewport, color_scheme=scheme, reduced_motion="reduce") as tab:
        for address in addresses:
            tab.go(address)
            tab.page.locator("main h1, main h2, .cm-content, header h1").first.wait_for()
            if address.startswith("/edit"):
                tab.see(".live", "the Russia–North Korea partnership")
            else:
                tab.page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
            found += [f"{address}: {fault}" for fault in tab.faults()]
            if tab.wide() > viewport["width"]:
                found.append(f"{address} is {tab.wide()} wide")
    assert found == []


def test_at_twice_the_size_nothing_is_cut(browser: Any, bench: Bench, flagship: str) -> None:
    # 200 % zoom of a window 1280 wide is a page of 640.
    with Tab(
        browser,
        bench,
        edit(flagship, "wants", actor="ru"),
        viewport={"width": 640, "height": 450},
        device_scale_factor=2,
    ) as tab:
        tab.see(".live", "the Russia–North Korea partnership")
        assert tab.wide() <= 640
        tab.page.get_by_role("button", name="Save").scroll_into_view_if_needed()
        assert tab.faults() == []


def test_names_with_markup_and_from_right_to_left_are_text(
    browser: Any, bench: Bench, request: pytest.FixtureRequest
) -> None:
    name = "odd.yaml"
    text = library.text("chicken").replace("title: Chicken", "title: '<img src=x onerror=alert(1)> שלום'")
    (bench.folder / name).write_text(text, encoding="utf-8")
    with Tab(browser, bench, edit(name, "about")) as tab:
        tab.see(".bar-title h1", "<img src=x onerror=alert(1)> שלום")
        assert tab.page.locator("img").count() == 0
        tab.go("/")
        tab.see(".cards", "<img src=x onerror=alert(1)> שלום")


def test_all_can_be_reached_by_keyboard_with_the_focus_in_sight(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "wants", actor="local")) as tab:
        tab.see(".live", "Local government")
        seen = set()
        for _ in range(90):
            tab.page.keyboard.press("Tab")
            shown = tab.page.evaluate(FOCUS)
            assert shown[1], shown
            seen.add(shown[0])
        assert {"Text", "Questions", "Rules 1"} <= seen


def test_reduced_motion_and_still_layout(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "wants", actor="local"), reduced_motion="reduce") as tab:
        tab.see(".live", "Local government")
        moving = tab.page.evaluate(MOVING)
        assert moving == []
        # While something is judged, nothing jumps.
        top = tab.page.locator(".headline").bounding_box()
        tab.page.locator(".ordered.numbered .handle").nth(1).focus()
        tab.page.keyboard.press("Alt+ArrowDown")
        assert tab.page.locator(".bar").bounding_box()["height"] < 120
        assert tab.page.locator(".live-head").bounding_box()["y"] <= top["y"]


# --- at length -------------------------------------------------------------------------------------------------------


class Use:
    """Random use of one file, and what it should have come to: the title, the order of a list, one switch of today."""

    def __init__(self, tab: Tab, file: str, seed: int) -> None:
        self.tab, self.file, self.random, self.count = tab, file, random.Random(seed), 0
        self.past: list[tuple[str, tuple[str, ...], bool]] = [
            ("Elmira", ("s7", "s3", "s5", "s1", "s8", "s6", "s4", "s2", "s9"), False)
        ]
        self.at = 0

    def do(self, title: str | None = None, order: tuple[str, ...] | None = None, insist: bool | None = None) -> None:
        was = self.past[self.at]
        new = (title or was[0], order or was[1], was[2] if insist is None else insist)
        self.past[self.at + 1 :] = [new]
        self.at += 1

    def title(self) -> None:
        self.section("about")
        self.count += 1
        self.tab.page.get_by_label("Title", exact=True).fill(f"Elmira {self.count}")
        self.tab.page.keyboard.press("Enter")
        self.do(title=f"Elmira {self.count}")

    def order(self) -> None:
        self.section("wants&actor=local")
        place = self.random.randrange(8)
        handle = self.tab.page.locator(".ordered.numbered .handle")
        handle.nth(place).press("Alt+ArrowDown")
        # The focus goes with the entry; who presses on before it is there would move another.
        self.tab.page.wait_for_function(
            "to => document.activeElement === document.querySelectorAll('.ordered.numbered .handle')[to]", arg=place + 1
        )
        order = list(self.past[self.at][1])
        order[place], order[place + 1] = order[place + 1], order[place]
        self.do(order=tuple(order))

    def switch(self) -> None:
        self.section("now")
        on = not self.past[self.at][2]
        self.tab.page.get_by_role("switch", name=re.compile("Insist on the original order")).set_checked(on)
        self.do(insist=on)

    def undo(self) -> None:
        # Past the first step there is nothing; undone steps of an earlier save are undone as well.
        if self.at:
            self.at -= 1
            self.key("Control+z", "Undo", "Undone")

    def redo(self) -> None:
        if self.at < len(self.past) - 1:
            self.at += 1
            self.key("Control+Shift+z", "Redo", "Done again")

    def key(self, keys: str, button: str, heard: str) -> None:
        """Press keys, and look at what comes of it before anything else is done: who acts on what is not there yet errs."""
        self.tab.page.locator(f".bar-acts button:enabled:text-is('{button}')").wait_for()
        self.tab.page.evaluate("document.getElementById('announcer').textContent = ''")
        self.tab.page.keyboard.press(keys)
        self.tab.heard(heard)

    def save(self) -> None:
        self.tab.page.keyboard.press("Control+s")

    def text(self) -> None:
        self.tab.page.get_by_role("link", name="Text", exact=True).click()
        self.tab.page.locator(".cm-content").wait_for()
        self.tab.page.get_by_role("link", name="Forms", exact=True).click()

    def why(self) -> None:
        self.tab.page.locator(".verdict-cell").first.click()
        self.tab.page.locator("dialog").wait_for()
        self.tab.page.keyboard.press("Escape")
        self.tab.page.locator("dialog").wait_for(state="detached")

    def section(self, name: str) -> None:
        if f"section={name}" not in self.tab.page.url:
            self.tab.page.evaluate(
                "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }",
                edit(self.file, name),
            )
            self.tab.page.locator("main h2").first.wait_for()

    def check(self) -> None:
        self.tab.settled()
        self.save()
        self.tab.see(".bar-title p", re.compile("· saved"))
        data = yaml_tree.read((self.tab.bench.folder / self.file).read_text(encoding="utf-8")).root.plain()
        now = "insist" in data["now"] if isinstance(data["now"], list) else data["now"] == "insist"
        assert (data["title"], tuple(data["actors"]["local"]["ranking"]), now) == self.past[self.at]


@pytest.mark.soak
def test_ten_minutes_of_random_use_lose_nothing(browser: Any, bench: Bench, elmira: str) -> None:
    with Tab(browser, bench, edit(elmira, "about")) as tab:
        tab.settled()
        use = Use(tab, elmira, seed=15)
        ways = [use.title, use.order, use.switch, use.order, use.undo, use.redo, use.save, use.text, use.why]
        begin = time.monotonic()
        while time.monotonic() - begin < float(os.environ.get("DETENTE_SOAK_SECONDS", "600")):
            for _ in range(use.random.randrange(1, 25)):
                use.random.choice(ways)()
            use.check()


# --- the chapter -----------------------------------------------------------------------------------------------------

CHAPTER = Path(__file__).parents[1] / "docs" / "guides" / "browser.md"


def test_the_chapter_shows_just_the_pictures_of_its_way() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(\.\./images/(workbench-[\w-]+\.png)\)", CHAPTER.read_text(encoding="utf-8"))
    assert shown == [workbench_pictures.file_of(step) for step in workbench_pictures.STEPS]
    assert sorted(shown) == sorted(each.name for each in workbench_pictures.KEPT.glob("workbench-*.png"))


def test_the_way_of_the_chapter_can_be_gone(browser: Any, tmp_path: Path) -> None:
    folder, pictures = tmp_path / "conflicts", tmp_path / "pictures"
    folder.mkdir()
    pictures.mkdir()
    bench = Bench(folder)
    try:
        workbench_pictures.pictures(browser, f"{bench.base}/?token={bench.token}", pictures)
    finally:
        bench.close()
    assert all(
        (pictures / workbench_pictures.file_of(step)).stat().st_size > 10_000 for step in workbench_pictures.STEPS
    )
