"""The pictures of the chapter "Fifteen minutes in the browser", made by going its way in a real browser.

    python tests/workbench_pictures.py            # which of them are missing from docs/images
    python tests/workbench_pictures.py --write    # make them all anew; look at each before it is committed

`test_workbench_browser.py` goes the same way, so that the chapter tells what there is.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parents[1] / "docs" / "images"
SIZE = {"width": 1280, "height": 800}


def _start(page: Any) -> None:
    page.get_by_label("What is the conflict called?").fill("Harbour dispute")
    page.get_by_label("What do you want to know?").fill("Does the blockade end?")


def _aims(page: Any) -> None:
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Who decides?").wait_for()
    for name in ("Northland", "The port"):
        page.get_by_label("New: actor").fill(name)
        page.keyboard.press("Enter")
        page.get_by_role("button", name=f"Remove {name}").wait_for()
    page.get_by_role("link", name="Next: Options").click()
    for actor, option in (("Northland", "Blockade the port"), ("The port", "Pay the fee")):
        page.get_by_label(f"New: something {actor} can do").fill(option)
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Next: Rules").click()
    page.get_by_role("link", name="Next: Aims").click()
    wanted = {
        "Northland": ("pay_the_fee", "not blockade_the_port"),
        "The port": ("not blockade_the_port", "not pay_the_fee"),
    }
    for actor, aims in wanted.items():
        for number, aim in enumerate(aims):
            page.get_by_label(f"Something that matters to {actor}").select_option(aim)
            page.locator(f"section[aria-label='{actor}'] .ordered li").nth(number).wait_for()
    page.get_by_text("Still missing").wait_for(state="detached")


def _answer(page: Any) -> None:
    page.get_by_role("link", name="Next: Today").click()
    page.get_by_role("switch", name="Blockade the port").check()
    page.get_by_role("link", name="Next: Answer").click()
    page.locator("main .answer").filter(has_text="Today is").wait_for()
    page.keyboard.press("Control+s")
    page.locator(".bar-title p").filter(has_text="· saved").wait_for()


def _reading(page: Any) -> None:
    page.goto(page.url.split("/edit/")[0])
    page.get_by_role("button", name="Use a copy of Two proxies", exact=True).click()
    page.locator(".live").get_by_text("partnership: holds").wait_for()
    page.goto(f"{page.url}?section=wants&actor=us&reading=carpenter")
    page.get_by_role("button", name="Use this reading").click()
    page.locator(".live").get_by_text("partnership: breaks").wait_for()
    page.locator(".changed").wait_for()
    page.evaluate("scrollTo(0, 0)")


def _why(page: Any) -> None:
    page.locator(".changed").get_by_role("button", name="Why?").first.click()
    page.locator("dialog .answered dt").first.wait_for()


def _formula(page: Any) -> None:
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo the change").click()
    page.locator(".live").get_by_text("partnership: holds").wait_for()
    page.goto(f"{page.url.split('?')[0]}?section=outcomes")
    field = page.get_by_role("textbox", name="Formula of link_off")
    field.press("End")
    field.type(" and nk")
    page.locator("[role=listbox]:not([hidden])").first.wait_for()


def _text(page: Any) -> None:
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Formula of link_off").fill("not ru_link")
    page.keyboard.press("Enter")
    page.goto(f"{page.url.split('?')[0]}?view=text&line=590")
    page.locator(".cm-activeLine").wait_for()


def _question(page: Any) -> None:
    page.goto(page.url.split("?")[0].replace("/edit/", "/ask/") + "/levers?a.actors=us&a.goal=decoupled&run=1")
    page.locator(".answered .answer").wait_for()


STEPS: Mapping[str, Callable[[Any], None]] = {
    "start": _start,
    "aims": _aims,
    "answer": _answer,
    "reading": _reading,
    "why": _why,
    "formula": _formula,
    "text": _text,
    "question": _question,
}
"""The way through the chapter: after each step a picture."""


def file_of(step: str) -> str:
    return f"workbench-{step}.png"


def pictures(browser: Any, address: str, into: Path) -> None:
    """Go the way over an empty folder that is served at `address`, with its token, and keep a picture of every step."""
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce", locale="en-GB")
    try:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        for step, go in STEPS.items():
            go(page)
            page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
            page.screenshot(path=into / file_of(step), animations="disabled", caret="hide")
    finally:
        context.close()


def main() -> int:
    if "--write" not in sys.argv:
        missing = [file_of(step) for step in STEPS if not (KEPT / file_of(step)).is_file()]
        sys.stdout.write("".join(f"{name} is missing\n" for name in missing))
        return bool(missing)
    from playwright.sync_api import sync_playwright

    from test_browser import chromium
    from test_workbench_browser import Bench

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        bench = Bench(Path(folder))
        try:
            opened = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            pictures(opened, f"{bench.base}/?token={bench.token}", KEPT)
        finally:
            bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
