"""The report in a real browser: accessible, quiet, small, readable at every width, in print and in the dark.

Needs Chromium (`CHROMIUM` names it if it is not on the path) and the extra `browser`; skipped with the reason otherwise.
Accessibility is checked by axe-core, which is kept beside the tests.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from detente.present.report import collect, page
from detente.scenario import load
from detente.study import Study

pytestmark = pytest.mark.browser

MODELS = ("two_proxies", "composite_core", "elmira")
DESKTOP, PHONE, A4 = {"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 680, "height": 1000}

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
AXE_HASH = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"

OVERLAPS = """
() => [...document.querySelectorAll('svg.dt')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')]
    .filter((each) => each.getClientRects().length && getComputedStyle(each).display !== 'none')
    .map((each) => [each.textContent, each.getBoundingClientRect()]);
  const found = boxes.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1)
    .map(([text]) => `${svg.dataset.kind}: ${text} stands outside`);
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, b] = [boxes[i][1], boxes[j][1]];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    // A box is a line high, a quarter more than its letters.
    if (wide > 1 && high > 0.25 * Math.min(a.height, b.height))
      found.push(`${svg.dataset.kind}: ${boxes[i][0]} | ${boxes[j][0]}`);
  }
  return found;
})
"""


def chromium() -> str | None:
    """Where Chromium is, if it is installed."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
    found = chromium()
    if found is None:
        pytest.skip("no Chromium; name one with CHROMIUM=/path/to/it")
    with api.sync_playwright() as play:
        # Chromium refuses to run as root in its sandbox; there, nothing but our own file is opened.
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        opened = play.chromium.launch(executable_path=found, args=["--no-sandbox"] if root else [])
        yield opened
        opened.close()


@cache
def html(name: str) -> str:
    return page(collect(Study(load(name)), without=() if name == "two_proxies" else ("claims",), length="full"))


class Opened:
    """A page of the report (or another, given as `text`), and what the browser said and asked for."""

    def __init__(self, browser: Any, folder: Path, name: str, viewport: dict[str, int], **how: Any) -> None:
        file = folder / f"{name}.html"
        file.write_text(how.pop("text", None) or html(name), encoding="utf-8")
        self.address, self.said, self.asked = file.as_uri(), list[str](), list[str]()
        self.context = browser.new_context(viewport=viewport, **how)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(self.address)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def unfold(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")

    def faults(self) -> list[str]:
        """What axe-core finds wrong."""
        # The page's own policy forbids scripts from files, so the checker comes in as the debugger's.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run({resultTypes: ['violations', 'incomplete']})")
        assert found["passes"]
        return [
            f"{fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]


def test_the_checker_is_the_one_we_know() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_HASH


@pytest.mark.parametrize("name", MODELS)
def test_accessible_quiet_and_readable(browser: Any, tmp_path: Path, name: str) -> None:
    for viewport, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        with Opened(browser, tmp_path, name, viewport, color_scheme=scheme) as opened:
            opened.unfold()
            assert opened.faults() == []
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            assert opened.page.evaluate(OVERLAPS) == []
            assert opened.said == []
            assert [url for url in opened.asked if url != opened.address and not url.startswith("data:")] == []
    assert len(html(name).encode()) < 3_000_000


@pytest.mark.parametrize("name", MODELS)
def test_prints_whole(browser: Any, tmp_path: Path, name: str) -> None:
    with Opened(browser, tmp_path, name, A4) as opened:
        opened.unfold()
        opened.page.emulate_media(media="print")
        empty = "() => [...document.querySelectorAll('select, button')].filter((each) => each.offsetParent).length"
        assert opened.page.evaluate(empty) == 0, "no control on paper, where nothing can be chosen"
        cut = """() => [...document.querySelectorAll('table, svg.dt, .card, .way')].filter((each) =>
            each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.textContent.slice(0, 60))"""
        assert opened.page.evaluate(cut) == []
        assert opened.page.pdf(format="A4").startswith(b"%PDF")


def test_readers_who_want_no_motion_get_none(browser: Any, tmp_path: Path) -> None:
    scrolling = "getComputedStyle(document.documentElement).scrollBehavior"
    for wish, expected in (("reduce", "auto"), ("no-preference", "smooth")):
        with Opened(browser, tmp_path, "elmira", DESKTOP, reduced_motion=wish) as opened:
            assert opened.page.evaluate(scrolling) == expected


def test_the_keyboard_reaches_everything(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, tmp_path, "elmira", DESKTOP) as opened:
        opened.page.keyboard.press("Tab")
        assert opened.page.evaluate("document.activeElement.textContent") == "Skip to the report"
        opened.page.keyboard.press("Enter")
        assert opened.page.evaluate("document.activeElement.id") == "main"
        reached = set()
        for _ in range(200):
            opened.page.keyboard.press("Tab")
            reached.add(opened.page.evaluate("document.activeElement.getAttribute('data-s')"))
        graph = opened.page.locator("svg[data-kind=states] .state")
        assert len(reached - {None}) == graph.count() > 1


def test_the_graph_of_states_can_be_asked(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, tmp_path, "two_proxies", DESKTOP) as opened:
        graph = opened.page.locator("svg[data-kind=states]")
        shown = graph.locator("g.step[data-a]:not(.hidden)")
        first = shown.count()
        figure = opened.page.locator("figure:has(svg[data-kind=states])")
        figure.locator("select.kind").select_option("all")
        assert shown.count() == graph.locator("g.step[data-a]").count() > first > 0
        figure.locator("select.who").select_option("1")
        movers = {step.get_attribute("data-a") for step in shown.all()}
        assert movers == {"1"}
        figure.locator("select.who").select_option("")
        figure.locator("input.reach").check()
        reached = {"now"}
        steps = shown.evaluate_all("(all) => all.map((each) => [each.dataset.f, each.dataset.t])")
        now = graph.locator(".state.now").get_attribute("data-s")
        reached = {now}
        while more := {end for start, end in steps if start in reached} - reached:
            reached |= more
        assert {start for start, _ in steps} <= reached
        graph.locator(".state.now").hover()
        assert "today" in figure.locator(".told").inner_text()
        assert graph.locator(".state.lit").count() > 1


def test_pictures_are_saved_as_they_stand(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, tmp_path, "elmira", DESKTOP) as opened:
        figure = opened.page.locator("figure:has(svg[data-kind=states])")
        figure.locator("select.kind").select_option("all")
        shown = figure.locator("g.step[data-a]:not(.hidden)").count()
        figure.locator("details.keep summary").click()
        with opened.page.expect_download() as download:
            figure.get_by_role("button", name="Save as SVG").click()
        assert download.value.suggested_filename == "elmira-states.svg"
        text = Path(download.value.path()).read_text(encoding="utf-8")
        root = ET.fromstring(text)  # noqa: S314 (our own)
        assert sum("data-a" in each.attrib for each in root.iter("{http://www.w3.org/2000/svg}g")) == shown
        assert "var(" not in text
        with opened.page.expect_download() as download:
            figure.get_by_role("button", name="Save as PNG").click()
        assert download.value.suggested_filename == "elmira-states.png"
        png = Path(download.value.path()).read_bytes()
        assert png.startswith(b"\x89PNG")
        assert int.from_bytes(png[16:20]) == 2 * int(root.attrib["width"])
        assert opened.said == []
