"""Where parts of a model may lie, how often they are read, and what is shown of files that are no scenarios."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import detente
from detente.cli import main
from detente.errors import ScenarioError
from detente.scenario import check, load, read
from detente.scenario.composite import expand, parts

PART = """detente: 1
actors:
  ann: {options: {ann_x: }, priorities: [ann_x]}
  hub: {options: {hub_x: }, priorities: [hub_x]}
now: []
"""
OTHER = PART.replace("ann", "bob").replace("hub_x", "hub_y")
PRIVATE = "key: hunter2\nuser hunter3\n"
POSIX = pytest.mark.skipif(os.name != "posix", reason="links and pipes of Unix")


def whole(*models: str, more: str = "") -> str:
    named = ", ".join(f"m{n}: {{model: {model}}}" for n, model in enumerate(models))
    return f"detente: 1\nparts: {{models: {{{named}}}, shared: [hub]{more}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "project"
    (inside / "below").mkdir(parents=True)
    (inside / "one.yaml").write_text(PART)
    (inside / "below" / "two.yaml").write_text(OTHER)
    (tmp_path / "outside.yaml").write_text(OTHER)
    (tmp_path / "secret.yaml").write_text(PRIVATE)
    return inside


def told(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        load(path)
    assert [str(problem) for problem in check(path)] == [str(problem) for problem in refused.value.problems]
    return [str(problem) for problem in refused.value.problems]


def test_parts_lie_in_the_folder_of_the_outermost_file_or_below(folder: Path) -> None:
    path = folder / "whole.yaml"
    path.write_text(whole("./one.yaml", "./below/two.yaml"))
    assert [actor.id for actor in load(path).actors] == ["hub", "ann", "bob"]
    # a part below may name what lies above itself, as long as that is in the folder of the outermost file
    (folder / "below" / "inner.yaml").write_text(whole("../one.yaml", "./two.yaml"))
    (folder / "third.yaml").write_text(PART.replace("ann", "cat").replace("hub_x", "hub_z"))
    path.write_text(whole("./below/inner.yaml", "./third.yaml"))
    assert [actor.id for actor in load(path).actors] == ["hub", "ann", "bob", "cat"]
    assert "lies outside of the folder of this file" in "".join(told(folder / "below" / "inner.yaml"))


@POSIX
@pytest.mark.parametrize("way", ["dots", "absolute", "link", "linked folder"])
def test_what_lies_outside_is_opened_only_if_allowed(folder: Path, way: str) -> None:
    outside = folder.parent / "outside.yaml"
    (folder / "link.yaml").symlink_to(outside)
    (folder / "linked").symlink_to(folder.parent)
    model = {"dots": "../outside.yaml", "absolute": str(outside), "link": "./link.yaml"}.get(way, "linked/outside.yaml")
    path = folder / "whole.yaml"
    path.write_text(whole("./one.yaml", model))
    (said,) = told(path)
    assert "the part 'm1'" in said
    assert (
        f"lies outside of the folder of this file ({os.path.realpath(folder)}); copy it there, or allow outside parts"
        in said
    )
    assert [actor.id for actor in load(path, allow_outside=True).actors] == ["hub", "ann", "bob"]
    assert detente.load(path, allow_outside=True).scenario == load(path, allow_outside=True)
    for command in ("check", "analyze", "show", "types"):
        refused, done = (CliRunner().invoke(main, [command, str(path), *o]) for o in ([], ["--allow-outside"]))
        assert (refused.exit_code, "or allow outside parts" in refused.output) == (2, True)
        assert done.exit_code == 0, done.output
        assert "outside of the folder" not in done.output


@POSIX
def test_what_is_no_file_is_refused_at_once(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "device.yaml").symlink_to("/dev/zero")
    path = folder / "whole.yaml"
    for model, message in (
        ("./pipe.yaml", "no regular file but a folder, a pipe or a device"),
        ("./below/", "no regular file but a folder, a pipe or a device"),
        ("./loop.yaml", "it cannot be found: Too many levels of symbolic links"),
        ("./none.yaml", "there is no such file"),
        ("./device.yaml", "lies outside of the folder"),
    ):
        path.write_text(whole("./one.yaml", model))
        (said,) = told(path)
        assert message in said
    path.write_text(whole("./one.yaml", "./device.yaml"))
    with pytest.raises(ScenarioError, match="no regular file"):
        load(path, allow_outside=True)


def test_nothing_is_shown_of_a_file_that_is_no_scenario(folder: Path) -> None:
    (folder / "notes.txt").write_text(PRIVATE)
    (folder / "raw.bin").write_bytes(b"hunter2\xff\xfe")
    path = folder / "whole.yaml"
    for model in ("./notes.txt", "./raw.bin"):
        path.write_text(whole("./one.yaml", model))
        (said,) = told(path)
        assert "hunter" not in said
        assert f"({model}) cannot be read: this file is no scenario" in said
    path.write_text(
        f"{PART}claims: {{C1: {{says: so, kind: causal, test: {{model: ./notes.txt, of: ann_x, expect: ALL}}}}}}\n"
    )
    ended = CliRunner().invoke(main, ["claims", str(path)])
    assert ended.exit_code == 2
    assert "the model './notes.txt' cannot be read: this file is no scenario" in ended.output
    assert "hunter" not in ended.output
    path.write_text(path.read_text().replace("./notes.txt", "../outside.yaml"))
    assert "lies outside of the folder" in CliRunner().invoke(main, ["claims", str(path)]).output


def test_each_file_is_read_and_built_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven levels, each made of ten times the one below: ten million leaves, seven files."""
    (folder / "l0.yaml").write_text("detente: 1\nactors: {hub: {options: {x: }, priorities: [x]}}\nnow: []\n")
    for level in range(1, 7):
        models = [f"./l{level - 1}.yaml"] * 10
        (folder / f"l{level}.yaml").write_text(whole(*models, more=", same_options: [x]"))
    built: list[str] = []
    examine = read._examine

    def noted(text: str, name: str, *rest: Any) -> Any:
        built.append(name)
        return examine(text, name, *rest)

    monkeypatch.setattr(read, "_examine", noted)
    assert [option.key for option in load(folder / "l6.yaml").options] == ["x"]
    assert sorted(built) == [f"l{level}" for level in range(7)]
    for command in ("check", "show"):
        assert CliRunner().invoke(main, [command, str(folder / "l6.yaml")]).exit_code == 0


def test_so_many_files_and_bytes_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "whole.yaml"
    path.write_text(whole("./one.yaml", "./below/two.yaml"))
    for name, most, message in (
        ("MOST_FILES", 1, "parts are read from up to 1 files"),
        ("MOST_BYTES", 100, "the parts have more than 0 MB in all"),
    ):
        monkeypatch.setattr(parts, name, most)
        assert message in told(path)[0]
        monkeypatch.undo()
    monkeypatch.setattr(expand, "MOST_ENTRIES", 7)
    assert "the parts have 8 options, statements and rules in all; up to 7 are joined" in told(path)[0]
