"""Patches of a scenario file: read, applied whole or not at all, comments and order kept; and `detente edit`."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detente.cli import main
from detente.errors import InputError, ScenarioError
from detente.scenario import library
from detente.scenario.text import yaml_tree
from detente.scenario.text.patch import Change, apply, parts_of, read

HARBOUR = """\
detente: 1
title: Two piers   # a small one
actors:
  city:
    options: {toll: , dredge: }
    # most important first
    priorities:
      - not toll   # never again
      # the channel
      - {want: dredge, says: The channel is deep}
      - ship or toll
  line:
    options: {ship: }
    priorities: [ship, not toll]   # in one row
worlds:
  a.b: {line: only}
  a: {city: only}
now: [toll, ship]
"""


def plain(text: str) -> Any:
    return yaml_tree.read(text).root.plain()


# --- paths ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("title", ("title",)),
        ("actors.city.priorities.0", ("actors", "city", "priorities", "0")),
        ('worlds."a.b".line', ("worlds", "a.b", "line")),
        ('"x\\"y".z', ('x"y', "z")),
        (["worlds", "a.b", 0], ("worlds", "a.b", "0")),
    ],
)
def test_a_path_is_a_list_or_a_text(path: Any, parts: tuple[str, ...]) -> None:
    assert parts_of(path) == parts
    assert parts_of(Change(path=parts).place) == parts, "said as one text it leads to the same place"


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", 'a"b"', '"a', '"a"b'])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(InputError, match="is no path: write keys with dots between"):
        parts_of(path)


def test_a_name_with_a_dot_is_not_two_names() -> None:
    assert "a.b: {line: other}" in apply(HARBOUR, [Change.of('worlds."a.b".line', "only", "other")])
    with pytest.raises(InputError, match=r"worlds\.a\.b\.line: the patch expects only, the file has nothing"):
        apply(HARBOUR, [Change.of("worlds.a.b.line", "only", "other")])


# --- applying ---------------------------------------------------------------------------------------------------


def test_comments_and_order_survive() -> None:
    old = plain(HARBOUR)["actors"]["city"]["priorities"]
    new = apply(HARBOUR, [Change.of("actors.city.priorities", old, [old[2], old[1], "dredge and ship"])])
    assert new == HARBOUR.replace(
        """\
      - not toll   # never again
      # the channel
      - {want: dredge, says: The channel is deep}
      - ship or toll
""",
        """\
      - ship or toll
      # the channel
      - {want: dredge, says: The channel is deep}
      - dredge and ship
""",
    )
    rows = apply(HARBOUR, [Change.of("now", ["toll", "ship"], ["ship"])])
    assert rows == HARBOUR.replace("now: [toll, ship]", "now: [ship]")


def test_what_was_not_there_is_made_and_what_is_gone_deleted() -> None:
    made = apply(HARBOUR, [Change.of("outcomes", None, {"calm": "not toll"}), Change.of("worlds.a", {"city": "only"})])
    assert plain(made) == {**plain(HARBOUR), "outcomes": {"calm": "not toll"}, "worlds": {"a.b": {"line": "only"}}}
    assert "# never again" in made


def test_changes_are_made_one_after_another() -> None:
    both = [Change.of("title", "Two piers", "Three"), Change.of("title", "Three", "Four")]
    assert plain(apply(HARBOUR, both))["title"] == "Four"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title", "Two", "x"), "title: the patch expects Two, the file has Two piers; nothing is changed"),
        (("actors.city.priorities.7", "x", "y"), "actors.city.priorities.7: the patch expects x, the file has nothing"),
        (("now", None, []), r"now: the patch expects nothing, the file has \[toll, ship\]"),
        (("title.deeper", None, "x"), "unknown place in title"),
        (("now", ["ship", "toll"], []), r"expects \[ship, toll\], the file has \[toll, ship\]"),
    ],
)
def test_another_file_is_refused(change: tuple[str, Any, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        apply(HARBOUR, [Change.of("detente", "1", "1"), Change.of(*change)])


def shuffled(value: Any, rng: random.Random) -> Any:
    """The value with its lists put in another order, entries dropped, put in, and changed."""
    if isinstance(value, dict):
        return {key: shuffled(each, rng) for key, each in value.items()}
    if isinstance(value, list) and value and rng.random() < 0.7:
        kept = rng.sample(value, rng.randint(1, len(value)))
        more = [f"new {rng.randint(0, 9)}"] if rng.random() < 0.4 else []
        return [*kept, *more] if rng.random() < 0.5 else [*more, *kept]
    return f"{value}!" if isinstance(value, str) and rng.random() < 0.1 else value


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_changed_the_file_says_it(seed: int) -> None:
    """The applied text, read again, is the old data with the new value at the path; in bundled files with all their styles."""
    rng = random.Random(seed)
    name = rng.choice(["two_proxies", "elmira", "hanoi_2019", "patrons", "cuba", "garrison"])
    text = library.text(name)
    data = plain(text)
    actor = rng.choice(list(data["actors"]))
    old = data["actors"][actor]
    new = shuffled(old, rng)
    found = apply(text, [Change(path=("actors", actor), old=old, new=new)])
    assert plain(found) == {**data, "actors": {**data["actors"], actor: new}}
    lines = set(text.splitlines())
    kept = sum(line in lines for line in found.splitlines())
    assert kept > 0.5 * len(found.splitlines())


# --- reading ----------------------------------------------------------------------------------------------------


def test_values_are_read_as_the_file_reads_them() -> None:
    found = read('[{"path": ["now", 1], "old": "ship", "new": null}, {"path": "cost", "new": [1, true, {"a": 2.50}]}]')
    assert found == (
        Change(path=("now", "1"), old="ship"),
        Change(path=("cost",), new=["1", "true", {"a": "2.50"}]),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a patch is a list of {path, old, new}; this is an empty text"),
        ("path: now", "1:1: error: a patch is a list of {path, old, new}; this is a mapping"),
        ("- now", "1:3: error: an entry of a patch has the keys path, old and new; found a text"),
        ("- {path: now}", "has the keys path, old and new; found path"),
        ("- {path: now, new: x, because: y}", "found path, new, because"),
        ("- {path: [], new: x}", "a path is a list of keys, or one text with dots between"),
        ("- {path: [[a]], new: x}", "a path is a list of keys"),
        ("- {path: a..b, new: x}", "'a..b' is no path"),
        ("- {path: a, new: &b x}", "is an anchor"),
        ("- {path: a, new: [}", "error"),
    ],
)
def test_what_is_no_patch_says_where_and_why(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(text)
    assert message in str(caught.value)


# --- the command ------------------------------------------------------------------------------------------------

PATCH = (
    "- {path: actors.city.priorities.0, old: not toll, new: toll}\n- path: [now]\n  old: [toll, ship]\n  new: [ship]\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "harbour.yaml").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "change.yaml").write_text(PATCH, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, words.split(), input=text)


def test_a_file_is_changed_in_place(folder: Path) -> None:
    answer = run("edit harbour.yaml --apply change.yaml")
    assert answer.exit_code == 0, answer.stderr
    assert "Wrote harbour.yaml: 2 changes." in answer.stderr
    expected = HARBOUR.replace("- not toll   # never", "- toll   # never").replace("[toll, ship]", "[ship]")
    assert (folder / "harbour.yaml").read_text(encoding="utf-8") == expected
    again = run("edit harbour.yaml --apply change.yaml")
    assert again.exit_code == 2
    assert "actors.city.priorities.0: the patch expects not toll, the file has toll; nothing is changed" in again.stderr
    assert (folder / "harbour.yaml").read_text(encoding="utf-8") == expected


def test_a_dry_run_shows_the_lines_and_writes_nothing(folder: Path) -> None:
    answer = run("edit harbour.yaml --apply - --dry-run", PATCH)
    assert answer.exit_code == 0, answer.stderr
    assert "-now: [toll, ship]\n+now: [ship]" in answer.stdout
    assert (folder / "harbour.yaml").read_text(encoding="utf-8") == HARBOUR
    none = run("edit harbour.yaml --apply - --dry-run", "- {path: title, old: Two piers, new: Two piers}")
    assert none.stdout == "Nothing would change.\n"


def test_a_result_with_errors_is_refused(folder: Path) -> None:
    answer = run("edit harbour.yaml --apply -", "- {path: actors.city.priorities.0, old: not toll, new: not tol}")
    assert answer.exit_code == 2
    assert "the changed file would have errors, so nothing is written" in answer.stderr
    assert "harbour.yaml:8:13: error: unknown option, outcome or state 'tol'; did you mean toll?" in answer.stderr
    assert (folder / "harbour.yaml").read_text(encoding="utf-8") == HARBOUR


def test_a_start_that_is_infeasible_is_such_an_error(folder: Path) -> None:
    answer = run("edit harbour.yaml --apply -", "- {path: rules, new: [{never: toll and ship}]}")
    assert answer.exit_code == 2
    assert "(`now`) is infeasible: it breaks `never: toll and ship`" in answer.stderr
    assert (folder / "harbour.yaml").read_text(encoding="utf-8") == HARBOUR


def test_elsewhere(folder: Path) -> None:
    answer = run("edit harbour.yaml --apply change.yaml -o new.yaml --json")
    assert answer.exit_code == 0, answer.stderr
    said = json.loads(answer.stdout)
    assert said["written"] == "new.yaml"
    assert said["changes"][1] == {"path": ["now"], "old": ["toll", "ship"], "new": ["ship"]}
    assert (folder / "harbour.yaml").read_text(encoding="utf-8") == HARBOUR
    assert run("edit harbour.yaml --apply change.yaml -o new.yaml").exit_code == 2, "a file that is there stays"
    assert run("edit harbour.yaml --apply change.yaml -o new.yaml --force").exit_code == 0
    piped = run("edit harbour.yaml --apply change.yaml -o -")
    assert piped.stdout == (folder / "new.yaml").read_text(encoding="utf-8")
    assert run("edit harbour.yaml --apply change.yaml -o - --json").exit_code == 2
    through = run("edit - --apply change.yaml", HARBOUR)
    assert through.stdout == piped.stdout


def test_a_bundled_model_is_not_written_over(folder: Path) -> None:
    change = "- {path: title, old: Prisoner's dilemma, new: x}"
    refused = run("edit prisoners_dilemma --apply -", change)
    assert refused.exit_code == 2
    assert "prisoners_dilemma is a bundled model; say with -o where the changed file shall stand" in refused.stderr
    title = plain(library.text("prisoners_dilemma"))["title"]
    done = run(
        "edit prisoners_dilemma --apply - -o own.yaml", f"- {{path: title, old: {json.dumps(title)}, new: Mine}}"
    )
    assert done.exit_code == 0, done.stderr
    assert plain((folder / "own.yaml").read_text(encoding="utf-8"))["title"] == "Mine"


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_line_ends_and_byte_order_marks_stay(folder: Path, ends: str) -> None:
    file = folder / "harbour.yaml"
    file.write_bytes(("\ufeff" + HARBOUR).replace("\n", ends).encode())
    assert run("edit harbour.yaml --apply change.yaml").exit_code == 0
    found = file.read_bytes().decode()
    assert found.startswith("\ufeffdetente: 1" + ends)
    assert found.count("\n") == found.count(ends) == HARBOUR.count("\n")
