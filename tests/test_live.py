"""A report whose reader changes the model: what flips, the mark, the way back, the patch; by mouse, keyboard and buttons.

The page is opened from a file in Chromium and asks nothing of any network. What it says after a change is what the engine says
of the file that the patch makes.
"""

from __future__ import annotations

import os
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import test_browser
from detente.case import Case
from detente.cli import main
from detente.errors import Unanswerable
from detente.present.live import ALWAYS, briefing
from detente.present.pages.blocks import Dossier, Live
from detente.present.report import collect, page, report_markdown
from detente.present.words import Words
from detente.scenario import load, read_text
from detente.scenario.text import patch
from detente.study import Study
from test_browser import A4, DESKTOP, PHONE, Opened

browser = test_browser.browser

PACT = """\
detente: 1
title: A pact of two
question: Does the pact last?
actors:
  north:
    name: North
    options:
      guard: {name: Keep guard, short: guard}
    # what it wants
    priorities:
      - not watch or guard   # never exposed
      - {want: not guard, says: No costs of guarding}
      - watch
  south:
    name: South
    options:
      watch: {name: Keep watch, short: watch}
      tribute: {choices: [none, some, much], name: Tribute}
    readings:
      loyal: {name: loyal to the pact, priorities: [guard -> watch, "tribute = none", watch]}
      weary: {name: weary of it, priorities: [not watch, "tribute = none"]}
now: [guard, watch, "tribute = none"]  # today
outcomes:
  both: {formula: guard and watch, name: both keep it up}
partnerships:
  pact: {name: The pact, members: [north, south], flows: {guarding: guard, watching: watch}, core: [watching]}
"""

HOSTILE = (
    PACT.replace("name: North", 'name: "<img src=x onerror=alert(1)>"')
    .replace("says: No costs of guarding", 'says: "</script><b>bold</b> & \\u05d0\\u05d1 \\u0639\\u0631"')
    .replace("name: South", 'name: "\\u05d3\\u05e8\\u05d5\\u05dd"')
    .replace("name: both keep it up", "name: '\"><i>both</i>'")
    .replace("name: Tribute", 'name: "Tribute </textarea><script>alert(2)</script>"')
    .replace("name: weary of it", "name: \"weary' onfocus='alert(3)\"")
)


@cache
def dossier(text: str = PACT, live: bool | None = None) -> Dossier:
    return collect(Study(read_text(text, name="pact")), live=live)


def opened(browser: Any, folder: Path, text: str = PACT, viewport: dict[str, int] = DESKTOP, **how: Any) -> Opened:
    made = Opened(browser, folder, "pact", viewport, text=page(dossier(text)), **how)
    judged(made, 0)
    return made


def judged(made: Opened, before: int) -> int:
    """Wait until the page has judged once more."""
    made.page.wait_for_function("(n) => Number(document.querySelector('.live').dataset.judged ?? 0) > n", arg=before)
    return times(made)


def times(made: Opened) -> int:
    return int(made.page.evaluate("Number(document.querySelector('.live').dataset.judged ?? 0)"))


def change(made: Opened, act: Any) -> None:
    before = times(made)
    act()
    judged(made, before)


def flips(made: Opened) -> list[str]:
    return [each.inner_text() for each in made.page.locator(".told-live li").all()]


def standing(made: Opened) -> dict[str, list[str]]:
    """The first table: per row the verdicts, without what they were before."""
    rows = made.page.locator(".live-tables table").first.locator("tbody tr")
    return {
        row.locator("th").inner_text(): [
            cell.evaluate("(e) => e.firstChild.textContent") for cell in row.locator("td").all()
        ]
        for row in rows.all()
    }


def engine(text: str) -> dict[str, list[str]]:
    """What the engine says in place of that table."""
    concepts = ("nash", "sseq", "seq", "smr", "gmr")
    analysis = Case(read_text(text)).analyse(concepts)
    now, word = analysis.cell(), {True: "yes", False: "no"}
    names = {actor.id: actor.name for actor in analysis.scenario.actors}
    found = {names[a]: [word[analysis.is_stable(c, a, now)] for c in concepts] for a in analysis.actors}
    return found | {"everybody (equilibrium)": [word[analysis.is_equilibrium(c, now)] for c in concepts]}


def patched(made: Opened, text: str = PACT) -> str:
    """The file that the patch of the page makes."""
    return patch.apply(text, patch.read(made.page.locator(".live-patch textarea").input_value()))


# --- when a report is live --------------------------------------------------------------------------------------


def test_a_small_model_is_live_by_itself() -> None:
    block = dossier().section("live").blocks[0]
    assert isinstance(block, Live)
    assert block.to_json() == {"kind": "live", "states": 12}
    assert "Here a reader can change the model" in page(dossier()), "said where no script runs"
    assert "Change it and see" not in report_markdown(dossier())
    assert "live" not in {section.id for section in dossier(live=False).sections}
    assert 'id="live-data"' not in page(dossier(live=False))
    assert dossier(live=True).command == "detente report pact --live"


def test_a_large_model_only_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.present.report import first_page

    monkeypatch.setattr(first_page, "ALWAYS", 11)
    study = Study(read_text(PACT, name="pact"))
    assert "live" not in {section.id for section in collect(study).sections}
    assert "live" in {section.id for section in collect(study, live=True).sections}
    assert ALWAYS == 512


def test_a_model_no_page_can_judge_is_refused() -> None:
    with pytest.raises(Unanswerable, match=r"judges 6,144 states at most.*this model has 138,240 states"):
        collect(Study(load("gatt")), live=True)


def test_the_command(tmp_path: Path) -> None:
    file = tmp_path / "pact.yaml"
    file.write_text(PACT, encoding="utf-8")
    for flag, there in (("--live", True), ("--no-live", False)):
        target = tmp_path / f"x{flag}.html"
        answer = CliRunner().invoke(main, ["report", str(file), flag, "-o", str(target)])
        assert answer.exit_code == 0, answer.stderr
        assert ('id="live-data"' in target.read_text(encoding="utf-8")) is there
    brief = tmp_path / "brief.html"
    assert CliRunner().invoke(main, ["report", str(file), "--brief", "-o", str(brief)]).exit_code == 0
    assert 'id="live-data"' not in brief.read_text(encoding="utf-8"), "a brief report is for paper"
    assert (
        CliRunner().invoke(main, ["report", str(file), "--brief", "--live", "-o", str(brief), "--force"]).exit_code == 0
    )
    assert 'id="live-data"' in brief.read_text(encoding="utf-8")
    refused = CliRunner().invoke(main, ["report", str(file), "--live", "-o", str(tmp_path / "x.md")])
    assert refused.exit_code == 2
    assert "--live is for a page (.html), which can compute; Markdown cannot" in refused.stderr


def test_the_flagship_stays_small() -> None:
    assert len(page(collect(Study(load("two_proxies")))).encode()) < 500_000


def test_the_command_names_any_file() -> None:
    case = Case(read_text(PACT, name="my $(pact)", path="/some where/my $(pact).yaml"))
    told = briefing(case, Words(case.scenario))["command"]
    assert shlex.split(told) == ["detente", "edit", "my $(pact).yaml", "--apply", "my $(pact)-change.yaml"]


def test_lists_that_are_not_in_the_file_have_no_place() -> None:
    """Of a model joined from parts, the lists stand in the files of the parts."""
    case = Case(load("two_fronts"))
    data = briefing(case, Words(case.scenario))
    assert {reading["path"] for actor in data["actors"] for reading in actor["readings"]} == {None}
    own = briefing(Case(read_text(PACT, name="pact")), Words(read_text(PACT, name="pact")))
    assert [reading["path"] for reading in own["actors"][1]["readings"]] == [
        ["actors", "south", "readings", "loyal", "priorities"],
        ["actors", "south", "readings", "weary", "priorities"],
    ]


# --- what a reader does -----------------------------------------------------------------------------------------


@pytest.mark.browser
def test_as_saved_it_says_what_the_engine_says(browser: Any, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as made:
        assert standing(made) == engine(PACT)
        assert (
            made.page.locator(".told-live").inner_text()
            == "Nothing is changed: these are the verdicts of the saved analysis."
        )
        assert not made.page.locator(".live-mark").is_visible()
        assert not made.page.locator(".live-patch").is_visible()
        assert made.asked == [made.address]


@pytest.mark.browser
def test_an_entry_moved_by_the_keyboard(browser: Any, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as made:
        second = made.page.locator(".live-wants details").first.locator("li").nth(1)
        second.locator("input").focus()
        change(made, lambda: made.page.keyboard.press("Alt+ArrowUp"))
        assert made.page.locator("p.unseen[role=status]").inner_text() == "No costs of guarding: place 1 of 3."
        assert made.page.evaluate("document.activeElement.getAttribute('aria-label')") == "No costs of guarding counts"
        assert made.page.locator(".live-mark strong").inner_text() == "Changed by the reader, not the saved analysis."
        new = patched(made)
        assert "- {want: not guard, says: No costs of guarding}\n      - not watch or guard   # never exposed" in new
        assert standing(made) == engine(new) != engine(PACT)
        assert "Under SEQ, today's state is no longer stable: North would move." in flips(made)
        assert "Both keep it up, foresight play: always before, never now." in flips(made)
        assert "The pact, foresight play: holds before, frays now." in flips(made)
        change(made, lambda: made.page.keyboard.press("Alt+ArrowDown"))
        assert not made.page.locator(".live-mark").is_visible(), "put back, it is the saved analysis again"
        assert flips(made) == []


@pytest.mark.browser
def test_an_entry_moved_by_dragging_and_by_a_button(browser: Any, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as made:
        items = made.page.locator(".live-wants details").first.locator("li")
        change(made, lambda: items.nth(2).locator(".grip").drag_to(items.nth(0)))
        assert items.locator(".says").first.inner_text() == "“watch” (South)"
        dragged = patched(made)
        assert standing(made) == engine(dragged)
        change(made, lambda: made.page.get_by_role("button", name="Back to the saved analysis").click())
        assert made.page.locator(".live-patch textarea").input_value() == ""
        for _ in range(2):
            change(made, lambda: made.page.get_by_role("button", name="Move up: “watch” (South)").click())
        assert patched(made) == dragged
        last = made.page.get_by_role("button", name="Move up: “watch” (South)")
        assert last.get_attribute("aria-disabled") == "true"


@pytest.mark.browser
def test_a_statement_switched_off_a_reading_and_the_start(browser: Any, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as made:
        change(made, lambda: made.page.get_by_role("checkbox", name="No costs of guarding counts").uncheck())
        assert standing(made) == engine(patched(made))
        made.page.locator(".live-wants details").nth(1).locator("summary").click()
        change(made, lambda: made.page.locator(".read select").select_option("weary of it"))
        assert standing(made) == engine(patched(made))
        assert "worlds:\n  reader: {south: weary}\n" in patched(made)
        change(made, lambda: made.page.locator(".live-start select").select_option("much"))
        change(made, lambda: made.page.get_by_role("checkbox", name="Guard", exact=True).uncheck())
        new = patched(made)
        assert "now: [watch, tribute = much]  # today" in new
        assert standing(made) == engine(new)
        assert any("this start" in each for each in (*flips(made), made.page.locator(".live-tables").inner_text()))
        assert made.page.locator(".live-mark span").inner_text() == f"Verdicts that differ: {len(flips(made))}."


@pytest.mark.browser
def test_a_start_the_rules_forbid(browser: Any, tmp_path: Path) -> None:
    text = PACT + "rules: [{never: watch and not guard}]\n"
    with opened(browser, tmp_path, text) as made:
        change(made, lambda: made.page.get_by_role("checkbox", name="Guard", exact=True).uncheck())
        assert (
            made.page.locator(".told-live").inner_text()
            == "The rules of the model forbid this start, so nothing is judged."
        )
        assert made.page.locator(".live-tables table").count() == 0
        change(made, lambda: made.page.get_by_role("checkbox", name="Watch", exact=True).uncheck())
        assert standing(made) == engine(patched(made, text))


@pytest.mark.browser
def test_the_patch_goes_to_a_file_and_into_the_model(browser: Any, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as made:
        change(made, lambda: made.page.get_by_role("button", name="Move up: No costs of guarding").click())
        made.page.locator(".live-patch summary").click()
        said = made.page.locator(".live-patch code").inner_text()
        assert said == "detente edit pact --apply pact-change.yaml -o pact.yaml"
        with made.page.expect_download() as download:
            made.page.get_by_role("button", name="Save as a file").click()
        assert download.value.suggested_filename == "pact-change.yaml"
        change_file, file = tmp_path / "pact-change.yaml", tmp_path / "pact.yaml"
        change_file.write_bytes(Path(download.value.path()).read_bytes())
        file.write_text(PACT, encoding="utf-8")
        answer = CliRunner().invoke(main, ["edit", str(file), "--apply", str(change_file)])
        assert answer.exit_code == 0, answer.stderr
        assert file.read_text(encoding="utf-8") == patched(made)
        assert made.said == []


@pytest.mark.browser
def test_a_graph_a_ranking_and_weights(browser: Any, tmp_path: Path) -> None:
    text = """\
detente: 1
title: Three rooms
actors:
  ann: {name: Ann, ranking: [c, [a, b]]}
  bob: {name: Bob, weights: [{when: a, weight: 2}, {when: b or c, weight: 1.5}]}
graph: {states: [a, b, c], moves: {ann: [a > b, b > c], bob: [b > a, c > b]}}
now: a
outcomes: {third: c}
"""
    with opened(browser, tmp_path, text) as made:
        assert standing(made) == engine(text)
        change(made, lambda: made.page.get_by_role("button", name="Move up: a = b").click())
        assert standing(made) == engine(patched(made, text))
        change(made, lambda: made.page.get_by_label("Start").select_option("c"))
        made.page.locator(".live-wants details").nth(1).locator("summary").click()
        change(made, made.page.locator(".live-wants details").nth(1).locator("input").first.uncheck)
        new = patched(made, text)
        assert "now: c" in new
        assert standing(made) == engine(new)


@pytest.mark.browser
def test_a_model_without_a_status_quo_counts(browser: Any, tmp_path: Path) -> None:
    text = PACT.replace('now: [guard, watch, "tribute = none"]  # today\n', "").replace(
        "partnerships:", "cost_unit: x\n#"
    )
    text = re.sub(r"\n#.*\Z", "\n", text, flags=re.DOTALL)
    with opened(browser, tmp_path, text) as made:
        change(made, lambda: made.page.get_by_role("button", name="Move up: No costs of guarding").click())
        analysis = Case(read_text(patched(made, text))).analyse(("nash", "sseq", "seq", "smr", "gmr"))
        cells = [
            cell.evaluate("(e) => e.firstChild.textContent") for cell in made.page.locator(".live-tables td").all()
        ]
        assert cells == [str(analysis.count(c)) for c in ("nash", "sseq", "seq", "smr", "gmr")]


# --- how it looks, and who can use it ---------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("text", [PACT, HOSTILE], ids=["plain", "hostile"])
def test_accessible_quiet_and_readable(browser: Any, tmp_path: Path, text: str) -> None:
    for viewport, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        with opened(browser, tmp_path, text, viewport, color_scheme=scheme) as made:
            made.page.locator(".live-wants details").nth(1).locator("summary").click()
            change(made, lambda: made.page.locator(".live-list li").nth(1).locator("[data-c=up]").click())
            made.unfold()
            assert made.faults() == []
            assert made.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            assert made.said == []
            assert made.asked == [made.address]


@pytest.mark.browser
def test_names_are_text_and_nothing_else(browser: Any, tmp_path: Path) -> None:
    with opened(browser, tmp_path, HOSTILE) as made:
        change(made, lambda: made.page.locator(".live-list li").nth(1).locator("[data-c=up]").click())
        inside = "document.querySelectorAll('.live img, .live b, .live i, .live script').length"
        assert made.page.evaluate(inside) == 0
        assert "<img src=x onerror=alert(1)>" in made.page.locator(".live-tables").inner_text()
        assert "</script><b>bold</b>" in made.page.locator(".live-list").first.inner_text()
        assert made.page.locator(".live-tables bdi").count() > 0, "a name from right to left is framed"
        assert standing(made) == {
            name.replace("\u2068", ""): said for name, said in engine(patched(made, HOSTILE)).items()
        }


@pytest.mark.browser
def test_on_paper_there_is_only_the_saved_analysis(browser: Any, tmp_path: Path) -> None:
    with opened(browser, tmp_path, viewport=A4) as made:
        change(made, lambda: made.page.locator(".live-list li").nth(1).locator("[data-c=up]").click())
        made.page.emulate_media(media="print")
        for part in ("#live", ".live-mark", "nav a[href='#live']"):
            assert not made.page.locator(part).is_visible()


GUIDE = Path(__file__).parents[1] / "docs" / "guides" / "live.md"
PICTURE = GUIDE.parents[1] / "images" / "live.png"
SIZE = (950, 700)


@pytest.mark.browser
def test_the_picture_of_the_guide_and_what_it_says(browser: Any, tmp_path: Path) -> None:
    """The guide quotes the page. `WRITE_PICTURES=1` makes its picture anew, for letters look otherwise on every machine."""
    wide = {"width": 1280, "height": 1000}
    with Opened(browser, tmp_path, "picture", wide, text=page(collect(Study(load("two_proxies"))))) as made:
        judged(made, 0)
        details = made.page.locator(".live-wants details")
        details.nth(0).locator("summary").click()
        details.nth(2).locator("summary").click()
        change(made, details.nth(2).locator("li input").first.uncheck)
        assert "“Russian pay”" in details.nth(2).locator("li .says").first.inner_text()
        told = GUIDE.read_text(encoding="utf-8")
        quoted = [line[2:] for line in told.split("The page then says:")[1].split("\n\n")[1].splitlines()]
        assert quoted == flips(made)
        where = "(e) => ({x: e.getBoundingClientRect().x, y: e.getBoundingClientRect().y + scrollY})"
        box = made.page.locator("#live").evaluate(where)
        made.page.evaluate("document.querySelector('.live-mark').style.display = 'none'")
        clip = {"x": box["x"] - 10, "y": box["y"] + 20, "width": SIZE[0], "height": SIZE[1]}
        drawn = made.page.screenshot(full_page=True, clip=clip)
    if os.environ.get("WRITE_PICTURES"):
        PICTURE.write_bytes(drawn)
    kept = PICTURE.read_bytes()
    assert [int.from_bytes(each[at : at + 4]) for each in (kept, drawn) for at in (16, 20)] == [*SIZE, *SIZE]
    assert len(kept) < 200_000


@pytest.mark.browser
def test_without_scripts_it_says_what_it_could_do(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, tmp_path, "still", DESKTOP, text=page(dossier()), java_script_enabled=False) as made:
        assert made.page.locator(".live").inner_text().startswith("Here a reader can change the model")
