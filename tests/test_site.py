"""The documentation covers what there is, and the site is checked by something that finds faults.

What counts as documentation here are the pages people wrote (README.md and `docs/`): what is generated from the code cannot
be missing. The whole site is built, with Zensical, by `python3 run.py docs`.
"""

from __future__ import annotations

import doctest
import fnmatch
import importlib
import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import detente
from detente.engine.concepts import CONCEPTS, SANCTION_RULES, STRICTEST_FIRST
from detente.present.pictures import picture
from detente.questions.claims import QUESTIONS
from detente.scenario.schema import Part, ScenarioFile
from detente.study import Study
from docsite import commands, documents, doors, gallery, keys, links, modules, pages, search
from docsite.fences import blocks_of, session_of

ROOT = Path(__file__).parents[1]
WRITTEN = {
    page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8")
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
EVERYTHING = "\n".join(WRITTEN.values())
EXAMPLES = [
    command
    for text in WRITTEN.values()
    for block in blocks_of(text)
    if block.language == "console" and "exit" not in block.settings
    for command, _ in session_of(block.text)
]
"""Every command line that the tests run and that succeeds."""

COMMANDS = commands.commands()
HELPERS = frozenset({"docsite.doctests"})
"""What can only be imported with the extra `docs`."""


def names(word: str, text: str) -> bool:
    """Whether a text has a word in code: in a fence or between backticks, alone or as part of a call."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


# --- what must be documented ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_that_runs(command: str) -> None:
    parts = command.split()
    group = isinstance(COMMANDS[command], click.Group)
    run = [line.split()[1 : len(parts) + 1] for line in EXAMPLES]
    assert parts in run or (group and parts in [each[: len(parts)] for each in run]), (
        f"`$ detente {command}` is in no example"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained_beside_its_command(command: str) -> None:
    shared = commands.common()
    about = [text for text in WRITTEN.values() if names(f"detente {command}", text)]
    missing = [
        option
        for option, each in commands.options(COMMANDS[command]).items()
        if not any(names(form, text) for form in each.opts for text in ([EVERYTHING] if option in shared else about))
    ]
    assert not missing, f"no page about `detente {command}` says what these options do"


@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_concept_is_defined_and_recommended_for_something(concept: str) -> None:
    assert f"| `{concept}` |" in WRITTEN["docs/theory/concepts.md"]
    assert f"`{concept}`" in WRITTEN["docs/guides/concept.md"]
    assert f"`{concept}`" in WRITTEN["docs/format.md"]


@pytest.mark.parametrize("rule", SANCTION_RULES)
def test_every_sanction_rule_is_explained(rule: str) -> None:
    assert names(rule, WRITTEN["docs/guides/concept.md"])
    assert names(rule, WRITTEN["docs/engine.md"])


def key_is_shown(key: str, text: str) -> bool:
    """Whether a key stands in a table (`key`), or in an example (`key:`)."""
    return re.search(rf"`{re.escape(key)}`|(?<![\w-]){re.escape(key)}:", text) is not None


@pytest.mark.parametrize("part", keys.parts().values(), ids=keys.parts())
def test_every_key_of_a_scenario_file_is_explained(part: type[Part]) -> None:
    told = WRITTEN["docs/format.md"] + "".join(text for name, text in WRITTEN.items() if "/guides/" in name)
    assert [key for key in keys.keys(part) if not key_is_shown(key, told)] == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_of_a_claim_is_explained(question: str) -> None:
    assert key_is_shown(question, WRITTEN["docs/claims.md"])


FRAGMENTS = {
    f"{name}:{block.line}": block.text
    for name, text in WRITTEN.items()
    for block in blocks_of(text)
    if block.language == "yaml" and not block.settings and not block.text.startswith("moves:")
}


@pytest.mark.parametrize("place", FRAGMENTS)
def test_a_fragment_of_a_scenario_has_the_right_shape(place: str) -> None:
    """Whole files run in `test_docs`; pieces of files are read as far as the schema goes."""
    ScenarioFile.model_validate(blank(yaml.load(FRAGMENTS[place], yaml.BaseLoader)))  # noqa: S506 (texts only)


def blank(value: Any) -> Any:
    """What has no value, as the reader of scenarios sees it."""
    if isinstance(value, dict):
        return {key: blank(each) for key, each in value.items()}
    return [blank(each) for each in value] if isinstance(value, list) else value or None


def test_every_name_of_the_front_door_is_explained() -> None:
    assert [name for name in detente.__all__ if not names(name, EVERYTHING)] == []


def test_every_method_of_a_study_is_shown() -> None:
    methods = [name for name in vars(Study) if not name.startswith("_") and callable(getattr(Study, name))]
    assert len(methods) > 15
    assert [name for name in methods if not re.search(rf"\b{name}\(", EVERYTHING)] == []


def test_every_question_function_is_shown() -> None:
    functions = modules.question_functions()
    assert len(functions) > 35
    assert [name for name in functions if not re.search(rf"\b{name}\(", EVERYTHING)] == []


def test_every_environment_variable_is_explained() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    found = set(re.findall(r"\bDETENTE_[A-Z]+\b", source))
    assert found
    assert [name for name in sorted(found) if name not in WRITTEN["docs/cli.md"]] == []


def test_every_reader_is_one_click_from_a_beginning() -> None:
    start = WRITTEN["docs/index.md"]
    for who in (
        "adviser",
        "analyst",
        "scholar",
        "teacher",
        "student",
        "wargames",
        "graph-model researcher",
        "programmer",
    ):
        row = next(line for line in start.splitlines() if line.startswith("|") and who in line)
        assert "](" in row, who


FRONT_DOORS = ("README.md", "docs/index.md")
PICTURE = ROOT / "docs" / "images" / "break.svg"


@pytest.mark.parametrize("door", FRONT_DOORS)
def test_a_front_door_says_in_its_first_lines_what_one_gets(door: str) -> None:
    """One sentence, the picture, and the way to an example report, before anything else is explained."""
    opening = WRITTEN[door].split("\n## ", 1)[0]
    assert opening.startswith("# Détente\n\n**Test arguments about international conflicts.**")
    assert "images/break.svg)" in opening
    assert "read_result.md" in opening or "<!-- generated: doors -->" in opening
    assert "forecast" in WRITTEN[door]


def test_the_picture_of_the_front_doors_is_what_the_command_draws() -> None:
    drawn = picture(detente.load("two_proxies").case, "break").alone()
    again = f"detente picture break -o {PICTURE.relative_to(ROOT)} --force"
    assert PICTURE.read_text(encoding="utf-8") == drawn, f"the picture has changed; look at it, and: {again}"


def test_the_readme_shows_what_its_commands_print() -> None:
    shown = [
        (command, output.strip())
        for block in blocks_of(WRITTEN["README.md"])
        if block.language == "console"
        for command, output in session_of(block.text)
    ]
    assert len(shown) > 10
    elided = [command for command, output in shown if not output.replace("...", "").strip()]
    assert elided == []


STILTED = re.compile(
    r"\b(?:[Aa]sked for (?:are|is)|Compared are|Looked for is|(?:is|are) told in|lets? it pass|whomever"
    r"|(?:is|are) no (?:forecast|probability|likelihood|finding|equilibrium))\b"
)
"""Turns of phrase that make a reader translate: inversions without a subject, and "no" for "not a"."""


def prose(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)


def test_sentences_name_the_actor_and_begin_with_it() -> None:
    found = {name: STILTED.findall(prose(text)) for name, text in WRITTEN.items() if name != "docs/glossary.md"}
    assert {name: each for name, each in found.items() if each} == {}


def test_a_stilted_sentence_is_found() -> None:
    assert STILTED.findall("Asked for are all changes. A count is no probability. It is not a forecast.") == [
        "Asked for are",
        "is no probability",
    ]


def test_formulas_are_not_set_as_code() -> None:
    found = {
        name: re.findall(r"`[A-Z]_\w+\+*\(\w[^`]*\)`", text) for name, text in WRITTEN.items() if "/theory/" in name
    }
    assert {name: each for name, each in found.items() if each} == {}


# --- the pages that code writes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted((ROOT / "docsite").glob("*.py")), ids=lambda file: file.stem)
def test_docstrings(file: Path) -> None:
    name = f"docsite.{file.stem}".removesuffix(".__init__")
    if name in HELPERS:
        pytest.importorskip("griffe")
    runner, found = doctest.DocTestRunner(), list[str]()
    for test in doctest.DocTestFinder().find(importlib.import_module(name)):
        runner.run(test, out=found.append)
    assert not found, "".join(found)


def test_every_module_is_on_a_page_or_left_out_on_purpose() -> None:
    assert modules.left_out() == []


def test_no_page_names_what_is_not_there() -> None:
    patterns = [*modules.WITHIN, *(each for _, names in modules.PAGES.values() for each in names)]
    stale = [each for each in patterns if not fnmatch.filter(modules.every_module(), each)]
    assert not stale, f"no module of that name: {stale}"
    assert set(modules.SHOWN) <= set(modules.every_module())


def test_the_command_reference_has_everything() -> None:
    page = commands.page()
    for name, command in COMMANDS.items():
        section = page.split(f"## detente {name}\n", 1)[1].split("\n## ", 1)[0]
        assert [option for option in commands.options(command) if f"`{option}`" not in section] == []


def test_the_key_reference_has_everything() -> None:
    page = keys.page()
    assert [key for part in keys.parts().values() for key in keys.keys(part) if f"| `{key}` |" not in page] == []


def test_every_json_document_is_taken_apart() -> None:
    found = documents.examples(ROOT / "docs")
    printing = [name for name, command in COMMANDS.items() if "--json" in commands.options(command)]
    assert len(printing) > 35
    assert [name for name in printing if name not in found] == []


def test_the_fields_of_a_document() -> None:
    page = documents.section(*documents.examples(ROOT / "docs")["levers"])
    for row in (
        "| `actors` | list of string |",
        "| `minimal[].kept.ACTOR.CONCEPT` | true or false |",
        "| `now` | state |",
    ):
        assert row in page


@pytest.mark.parametrize("name", ["chicken", "elmira_graph", "two_proxies"])
def test_a_page_of_the_gallery_has_the_numbers(name: str) -> None:
    analysis, page = gallery.analysis_of(name), gallery.page(name)
    assert page.startswith(f"# {analysis.scenario.title}\n")
    assert analysis.scenario.question in page
    assert re.search(rf"\({analysis.states} states[,)]", page)
    row = next(line for line in page.splitlines() if line.startswith("| all equilibria"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[3:] == [str(analysis.count(c)) for c in STRICTEST_FIRST if c in analysis.solution.stable]


def test_the_gallery_has_every_model() -> None:
    assert sorted(name for group in gallery.groups().values() for name in group) == list(detente.library())


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages of the site, with the numbers of one small model in place of all."""
    target = tmp_path_factory.mktemp("site") / "docs"
    small = gallery.analysis_of("chicken")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gallery, "analysis_of", lambda _: small)
        patch.setattr(documents, "page", lambda _: "# The fields of every JSON document\n")
        patch.setattr(doors, "report", lambda: "<!doctype html><title>A report</title>")
        pages.gather(ROOT / "docs", target)
    return target


def test_every_page_is_in_the_navigation(gathered: Path) -> None:
    assert len(pages.navigation(gathered)) == len(pages.NAVIGATION)
    stray = gathered / "guides" / "stray.md"
    stray.write_text("# Stray\n", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape("guides/stray.md")):
        pages.navigation(gathered)
    stray.unlink()


def test_theory_stands_in_the_order_in_which_it_is_taught() -> None:
    listed = re.findall(r"^- \[[^]]+\]\((\w+)\.md\)", WRITTEN["docs/theory/index.md"], re.MULTILINE)
    assert tuple(listed) == pages.THEORY


def test_the_front_page_opens_an_example_report(gathered: Path) -> None:
    front = (gathered / "index.md").read_text(encoding="utf-8")
    assert re.findall(r"^\[([^]]+)\]\((.+)\)\{", front, re.MULTILINE) == [
        ("Try it", "install.md"),
        ("See a report", "example/two_proxies.html"),
        ("Write your model", "tutorial.md"),
    ]
    assert (gathered / "example" / "two_proxies.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_search_finds_pages_that_people_wrote(tmp_path: Path) -> None:
    places = ("glossary.html", "gallery/elmira.html#who", "gallery/index.html", "reference/python/x.html#y")
    levels = (1, 2, 1, 2)
    items = [{"location": at, "level": n, "title": at, "text": "Nash"} for at, n in zip(places, levels, strict=True)]
    (tmp_path / "search.json").write_text(json.dumps({"config": {}, "items": items}), encoding="utf-8")
    search.quieten(tmp_path)
    kept = json.loads((tmp_path / "search.json").read_text(encoding="utf-8"))
    assert [(each["location"], each["text"]) for each in kept["items"]] == [
        ("glossary.html", "Nash"),
        ("reference/python/x.html#y", ""),
    ]
    script = (tmp_path / "search.js").read_text(encoding="utf-8")
    assert json.loads(script.removeprefix("var __index = ").removesuffix(";")) == kept


def test_what_pages_leave_to_code_is_filled_in(gathered: Path) -> None:
    assert "[Chicken](chicken.md)" not in WRITTEN["docs/gallery/index.md"]
    assert "[Chicken](chicken.md)" in (gathered / "gallery" / "index.md").read_text(encoding="utf-8")
    assert not [page for page in gathered.rglob("*.md") if "<!-- generated" in page.read_text(encoding="utf-8")]


def test_no_link_between_pages_is_broken(gathered: Path) -> None:
    found = []
    texts = {page: page.read_text(encoding="utf-8") for page in gathered.rglob("*.md")}
    anchors = {page: {slug(line) for line in re.findall(r"^#+ (.*)$", text, re.M)} for page, text in texts.items()}
    for page, text in texts.items():
        for path, _, anchor in re.findall(r"\]\(([^):#]*)(#([^)]*))?\)", re.sub(r"`[^`]*`", "", prose(text))):
            target = (page.parent / path).resolve() if path else page
            if not target.is_file() or (anchor and anchor not in anchors.get(target, ())):
                found.append(f"{page.relative_to(gathered)}: {path}#{anchor}")
    assert found == []


def slug(heading: str) -> str:
    """The anchor that Python-Markdown gives a heading."""
    text = re.sub(r"[^\w\s-]", "", heading.replace("`", "")).strip().lower()
    return re.sub(r"[-\s]+", "-", text)


# --- the check of the built site --------------------------------------------------------------------------------

GOOD = (
    '<html><head><link rel="stylesheet" href="a.css"><link rel="canonical" href="https://example.org/"></head>'
    '<body id="here"><a href="#here">x</a><a href="sub/b.html#there">x</a><a href="https://example.org/">x</a></body></html>'
)


def site(folder: Path, page: str = GOOD, style: str = "body { background: url(data:image/png;base64,AA) }") -> Path:
    (folder / "sub").mkdir()
    (folder / "index.html").write_text(page, encoding="utf-8")
    (folder / "a.css").write_text(style, encoding="utf-8")
    (folder / "sub" / "b.html").write_text('<p id="there"><a href="../index.html">up</a></p>', encoding="utf-8")
    return folder


def test_a_sound_site_has_no_faults(tmp_path: Path) -> None:
    assert links.faults(site(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("sub/b.html#there", "sub/c.html", "no page sub/c.html"),
        ("sub/b.html#there", "sub/b.html#nowhere", "no anchor sub/b.html#nowhere"),
        ("#here", "#nowhere", "no anchor #nowhere"),
        ("sub/b.html#there", "../../etc/passwd", "no page ../../etc/passwd"),
        ("a.css", "b.css", "no file b.css"),
        ("a.css", "https://fonts.example.org/a.css", "loads from elsewhere: https://fonts.example.org/a.css"),
        (
            "</body>",
            '<script src="//cdn.example.org/x.js"></script></body>',
            "loads from elsewhere: //cdn.example.org/x.js",
        ),
        ("</body>", '<img src="x.png"></body>', "no file x.png"),
    ],
)
def test_a_fault_is_found(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert links.faults(site(tmp_path, GOOD.replace(old, new))) == [f"index.html: {fault}"]


@pytest.mark.parametrize("style", ["@import 'https://e.org/f.css';", "p { background: url('https://e.org/f.css') }"])
def test_a_style_sheet_loads_nothing_from_elsewhere(tmp_path: Path, style: str) -> None:
    assert links.faults(site(tmp_path, style=style)) == ["a.css: loads from elsewhere: https://e.org/f.css"]
