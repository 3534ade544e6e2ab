"""Writing files: whole or not at all, with the rights and the links that were there."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import resource
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente import files
from detente.cli import main
from detente.errors import InputError
from detente.files import ABANDONED, change, write_new, write_whole
from detente.scenario.text.edit import digest, edit, save, update

POSIX = pytest.mark.skipif(os.name != "posix", reason="links, permissions and devices of Unix")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    write_whole(path, "détente\r\nline\n")
    assert path.read_bytes() == "détente\r\nline\n".encode()
    write_whole(str(path), b"\x89PNG")
    assert path.read_bytes() == b"\x89PNG"
    assert names(tmp_path) == ["page.txt"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    (tmp_path / "page.txt").write_text("old")
    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    for name in ("page.txt", "new.txt"):
        with pytest.raises(type(error)):
            write_whole(tmp_path / name, "new")
    monkeypatch.undo()
    assert (tmp_path / "page.txt").read_text() == "old"
    assert names(tmp_path) == ["page.txt"]


@POSIX
def test_permissions_are_kept_and_new_files_get_the_usual_ones(tmp_path: Path) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text("old")
    old.chmod(0o640)
    before = os.umask(0o027)
    try:
        write_whole(old, "newer")
        write_whole(new, "new")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


@POSIX
def test_a_link_stays_and_the_file_it_leads_to_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link, dangling = tmp_path / "link.txt", tmp_path / "dangling.txt"
    (folder / "page.txt").write_text("old")
    link.symlink_to(folder / "page.txt")
    dangling.symlink_to(folder / "later.txt")
    write_whole(link, "new")
    write_whole(dangling, "later")
    assert link.is_symlink()
    assert dangling.is_symlink()
    assert (folder / "page.txt").read_text() == "new"
    assert (folder / "later.txt").read_text() == "later"
    assert names(folder) == ["later.txt", "page.txt"]


def test_a_missing_folder_or_a_folder_as_target_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "page.txt", "text")
    with pytest.raises(OSError, match=str(tmp_path.name)):
        write_whole(tmp_path, "text")
    assert names(tmp_path) == []


@POSIX
def test_a_device_is_written_to_and_stays_a_device() -> None:
    write_whole("/dev/null", "text")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116 - of the device itself


@pytest.mark.parametrize("step", ["fsync", "link", "replace"])
def test_a_failed_new_file_is_not_there_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Also where the file system has no links, and the name must be taken first."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC if step == "fsync" else errno.EPERM, "cannot")

    monkeypatch.setattr(os, "fsync" if step == "fsync" else "link", fail)
    if step == "link":
        write_new(tmp_path / "page.txt", "text")
        assert (tmp_path / "page.txt").read_text() == "text"
        assert names(tmp_path) == ["page.txt"]
        return
    if step == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="cannot"):
        write_new(tmp_path / "page.txt", "text")
    assert names(tmp_path) == []


def test_a_new_file_takes_no_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("old")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    for name in ("there.txt", "dangling.txt"):
        with pytest.raises(FileExistsError):
            write_new(tmp_path / name, "new")
    assert (tmp_path / "there.txt").read_text() == "old"
    assert names(tmp_path) == ["dangling.txt", "there.txt"]


@POSIX
@pytest.mark.parametrize("new", [False, True])
def test_a_file_that_may_not_grow_leaves_the_old_one(tmp_path: Path, new: bool) -> None:
    """As on a full disk: the system itself refuses to write the second half."""
    target = tmp_path / "page.txt"
    if not new:
        target.write_text("old")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, usual[1]))
    try:
        with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            (write_new if new else write_whole)(target, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, ignored)
    assert names(tmp_path) == ([] if new else ["page.txt"])
    assert new or target.read_text() == "old"


@POSIX
def test_what_a_kill_leaves_is_removed_by_the_next_write_and_what_is_worked_on_stays(tmp_path: Path) -> None:
    working = (
        "import os, sys, time; from detente import files;"
        "os.fsync = lambda handle: (print('writes', flush=True), time.sleep(60));"
        "files.write_whole(sys.argv[1], 'new')"
    )
    command = [sys.executable, "-P", "-c", working, str(tmp_path / "page.txt")]
    environment = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parent.parent)}
    (tmp_path / "page.txt").write_text("old")
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:  # noqa: S603 (our own code)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writes\n"
        (part,) = tmp_path.glob(".detente-*.part")
        long_ago = time.time() - 2 * ABANDONED
        os.utime(part, (long_ago, long_ago))
        write_whole(tmp_path / "other.txt", "text")
        assert part.exists(), "its writer still lives"
        writer.kill()
        writer.wait()
    assert part.exists()
    assert (tmp_path / "page.txt").read_text() == "old"
    write_whole(tmp_path / "other.txt", "text")
    assert names(tmp_path) == ["other.txt", "page.txt"]


MODEL = "detente: 1\ntitle: A game  # of one\nactors:\n  a: {options: {x: }, priorities: [x]}\nnow: []\n"


def add_sources(path: str, who: int, many: int) -> None:
    """What several editors do at once: each adds its own entries, one by one."""
    for number in range(many):
        update(path, lambda text, number=number: edit(text, ("sources", f"s{who}-{number}"), {"title": "t"}))  # type: ignore[misc]


@pytest.mark.parametrize("locks", [True, False])
def test_edits_of_several_processes_at_once_are_all_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locks: bool
) -> None:
    if not locks:
        monkeypatch.setattr(files, "fcntl", None)
    path = tmp_path / "model.yaml"
    path.write_text(MODEL)
    fork = multiprocessing.get_context("fork")  # so that the children have no locks either
    editors = [fork.Process(target=add_sources, args=(str(path), who, 8)) for who in range(4)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    assert [editor.exitcode for editor in editors] == [0] * 4
    found = re.findall(r"s\d-\d", path.read_text())
    assert sorted(found) == [f"s{who}-{number}" for who in range(4) for number in range(8)]
    assert "# of one" in path.read_text()
    assert names(tmp_path) == ["model.yaml"]


def test_an_edit_of_what_is_no_longer_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(MODEL)
    mine = edit(MODEL, ("title",), "Mine")
    save(edit(MODEL, ("title",), "Theirs"), path, of=digest(MODEL))
    with pytest.raises(InputError, match="has changed since it was read"):
        save(mine, path, of=digest(MODEL))
    assert "title: Theirs" in path.read_text()

    def fail(text: str) -> str:
        raise InputError("no such edit")

    with pytest.raises(InputError, match="no such edit"):
        update(path, fail)
    with pytest.raises(InputError, match="cannot be changed"):
        update(tmp_path / "nowhere.yaml", str.upper)
    assert change(path, str.upper) == path.read_text()
    assert names(tmp_path) == ["model.yaml"]


@POSIX
@pytest.mark.parametrize("way", ["itself", "link", "hard link", "dots", "part"])
def test_no_command_writes_over_what_it_reads(tmp_path: Path, way: str) -> None:
    path, other = tmp_path / "model.html", tmp_path / "other.html"
    path.write_text(MODEL)
    source = path
    if way == "link":
        other.symlink_to(path)
    elif way == "hard link":
        os.link(path, other)
    elif way == "dots":
        (tmp_path / "sub").mkdir()
        other = tmp_path / "sub" / ".." / "model.html"
    else:
        other = path
    if way == "part":
        source = tmp_path / "whole.yaml"
        (tmp_path / "second.yaml").write_text(MODEL.replace("x", "y"))
        parts = "models: {one: {model: ./model.html}, two: {model: ./second.yaml}}, shared: [a]"
        source.write_text(f"detente: 1\ntitle: w\nparts: {{{parts}}}\n")
    for command in (
        ["report", str(source), "-o", str(other)],
        ["kit", "cards", str(source), "--format", "html", "-o", str(other)],
    ):
        ended = CliRunner().invoke(main, [*command, "--force"])
        assert (ended.exit_code, "which is read here; it would be lost" in ended.stderr) == (2, True), ended.output
        assert path.read_text() == MODEL


WRITERS = {
    "page.html": ["report"],
    "page.json": ["report"],
    "states.svg": ["picture", "states"],
    "states.png": ["picture", "states"],
    "cards.html": ["kit", "cards"],
    "umpire.md": ["kit", "umpire"],
    "quiz.json": ["kit", "quiz"],
    "handout.html": ["kit", "handout"],
    "log.csv": ["kit", "log", "moves.csv"],
    "log.tex": ["kit", "log", "moves.csv"],
}
"""Every kind of file a command writes, and what writes it; the log is of `moves.csv`."""


@POSIX
@pytest.mark.parametrize("new", [False, True])
@pytest.mark.parametrize("target", WRITERS)
def test_a_full_disk_ends_every_command_with_an_error_and_the_old_file(
    target: str, new: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is written: nothing beside the target, the old file whole, and one line that says why."""
    (tmp_path / "model.yaml").write_text(MODEL)
    (tmp_path / "moves.csv").write_text("date,by,set\n2001,a,x\n")
    if not new:
        (tmp_path / target).write_text("old")
    monkeypatch.chdir(tmp_path)
    before, words = names(tmp_path), [*WRITERS[target], "model.yaml", "-o", target, *([] if new else ["--force"])]
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, usual[1]))
    try:
        ended = CliRunner().invoke(main, words)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, ignored)
    assert (ended.exit_code, ended.exception.__class__) == (2, SystemExit), ended.output
    assert f"cannot write {target}: {os.strerror(errno.EFBIG)}" in ended.stderr
    assert names(tmp_path) == before
    assert new or (tmp_path / target).read_text() == "old"


@POSIX
def test_a_full_disk_leaves_a_scenario_that_is_edited_and_no_half_a_kit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.yaml").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, usual[1]))
    try:
        with pytest.raises((OSError, InputError)):
            update(tmp_path / "model.yaml", lambda text: f"{text}# more\n")
        ended = CliRunner().invoke(main, ["kit", "pack", "model.yaml", "-o", "kit"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, ignored)
    assert (tmp_path / "model.yaml").read_text() == MODEL
    assert ended.exit_code == 2, ended.output
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == ["model.yaml"]
