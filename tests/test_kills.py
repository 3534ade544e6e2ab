"""Kills and full disks at moments that nobody chose: whatever a command writes, the old file stays or the new one is whole."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

import detente
from detente.cli import main
from detente.files import ABANDONED, PREFIX, SUFFIX, write_whole
from detente.scenario import load
from detente.scenario.text.edit import edit, update
from lengths import seeds
from test_security import DEAL

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of Unix")

SURROUNDINGS = {**os.environ, "PYTHONPATH": str(Path(detente.__file__).parents[1])}

WRITERS = {
    "report": ("page.html", ["report", "deal.yaml"]),
    "brief": ("brief.html", ["report", "deal.yaml", "--brief"]),
    "cards": ("cards.html", ["kit", "cards", "deal.yaml"]),
    "quiz": ("quiz.json", ["kit", "quiz", "deal.yaml"]),
    "picture": ("states.svg", ["picture", "states", "deal.yaml"]),
}
"""What is written, by which command."""

KILLS = 20
"""Of each of the writers, of a whole kit, and of edits."""


def started(folder: Path, *words: str, told: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", *words]
    return subprocess.Popen(  # noqa: S603 (our own code)
        command, cwd=folder, env=SURROUNDINGS, stdout=told, stderr=subprocess.DEVNULL, start_new_session=True
    )


def killed(running: subprocess.Popen[bytes], after: float) -> int:
    """Kill the process after so many seconds, if it still runs, and see that none of its own is left; its code."""
    try:
        running.wait(after)
    except subprocess.TimeoutExpired:
        running.kill()
    code = running.wait()
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)
    return code


def moment(rng: random.Random, whole: float) -> float:
    """A moment of a run that takes so long: half of them in its last quarter, where files are written."""
    return whole * (rng.random() if rng.random() < 0.5 else rng.uniform(0.75, 1.05))


def assert_only(folder: Path, *known: str) -> None:
    """Beside the files known there are only parts that say what they are; the next write removes them when they are old."""
    strange = [each.name for each in folder.iterdir() if each.name not in known]
    assert all(name.startswith(PREFIX) and name.endswith(SUFFIX) for name in strange), strange
    for name in strange:
        os.utime(folder / name, (time.time() - 2 * ABANDONED,) * 2)
    write_whole(folder / "next.txt", "text")
    assert sorted(each.name for each in folder.iterdir()) == sorted({*known, "next.txt"})
    (folder / "next.txt").unlink()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deal.yaml").write_text(DEAL)
    return tmp_path


@pytest.mark.soak
@pytest.mark.parametrize("what", WRITERS)
@pytest.mark.parametrize("new", [False, True], ids=["old", "new"])
def test_a_writer_that_is_killed(folder: Path, what: str, new: bool) -> None:
    """The old file, or the whole new one; with no old one nothing, or the whole new one."""
    target, words = folder / WRITERS[what][0], [*WRITERS[what][1], "-o", WRITERS[what][0]]
    start = time.monotonic()
    assert started(folder, "-m", "detente", *words).wait() == 0
    took, whole, rng = time.monotonic() - start, target.read_text(), random.Random(f"{what} {new}")
    for _ in range(KILLS // 2):
        target.unlink(missing_ok=True)
        if not new:
            target.write_text("old")
        code = killed(started(folder, "-m", "detente", *words, "--force"), moment(rng, took))
        found = target.read_text() if target.exists() else ""
        assert found in ({whole} if code == 0 else {"" if new else "old", whole})
        assert_only(folder, "deal.yaml", *([target.name] if found else []))


@pytest.mark.soak
def test_a_kit_that_is_killed(folder: Path) -> None:
    """A whole kit is several files: each of them is the old one or the new one."""
    words = ["-m", "detente", "kit", "pack", "deal.yaml", "-o", "kit"]
    start = time.monotonic()
    assert started(folder, *words).wait() == 0
    took, rng = time.monotonic() - start, random.Random("kit")
    whole = {each.name: each.read_bytes() for each in (folder / "kit").iterdir()}
    for turn in range(KILLS):
        if turn % 2:
            shutil.rmtree(folder / "kit", ignore_errors=True)
        else:
            for name in whole:
                (folder / "kit").mkdir(exist_ok=True)
                (folder / "kit" / name).write_text("old")
        code = killed(started(folder, *words, "--force"), moment(rng, took))
        there = [each for each in (folder / "kit").iterdir() if each.name in whole] if (folder / "kit").exists() else []
        assert all(
            each.read_bytes() in (whole[each.name], *([] if turn % 2 or code == 0 else [b"old"])) for each in there
        )
        assert len(there) == len(whole) or (turn % 2 and code)
        if (folder / "kit").exists():
            assert_only(folder / "kit", *(each.name for each in there))


EDITS = """
import sys
from detente.scenario.text.edit import edit, update
print("ready", flush=True)
for number in range(10_000):
    update(sys.argv[1], lambda text: edit(text, ("sources", f"s{number}"), {"text": "t"}))
    print(number, flush=True)
"""


@pytest.mark.soak
def test_edits_that_are_killed(folder: Path) -> None:
    """Every edit that was done is there, and the scenario can be read."""
    path, rng = folder / "deal.yaml", random.Random("edits")
    for _ in range(KILLS):
        path.write_text(DEAL)
        running = started(folder, "-c", EDITS, "deal.yaml", told=subprocess.PIPE)
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        killed(running, rng.uniform(0, 0.5))
        done = running.stdout.read().split()
        running.stdout.close()
        found = re.findall(r"\bs(\d+):", path.read_text())
        assert found == [str(number) for number in range(len(found))]
        assert len(done) <= len(found) <= len(done) + 1
        assert load(path).title == "A deal"
        assert_only(folder, "deal.yaml")


@contextmanager
def room(limit: int) -> Iterator[None]:
    """No file may grow beyond so many bytes: as on a disk that is full, the system refuses to write more."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.soak
@pytest.mark.parametrize("what", WRITERS)
def test_a_disk_that_is_full_at_any_byte(folder: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    target, words = folder / WRITERS[what][0], [*WRITERS[what][1], "-o", WRITERS[what][0], "--force"]
    assert CliRunner().invoke(main, words).exit_code == 0
    rng, whole = random.Random(what), target.read_bytes()
    for turn in range(KILLS):
        new = turn % 2 == 0
        target.unlink(missing_ok=True)
        if not new:
            target.write_text("old")
        with room(rng.randrange(len(whole))):
            ended = CliRunner().invoke(main, words)
        assert (ended.exit_code, "cannot write" in ended.stderr) == (2, True), ended.output
        assert not target.exists() if new else target.read_text() == "old"
        assert sorted(each.name for each in folder.iterdir()) == sorted({"deal.yaml", *([] if new else [target.name])})


@seeds(2, 20)
def test_an_edit_on_a_disk_that_is_full_at_any_byte(folder: Path, seed: int) -> None:
    path = folder / "deal.yaml"
    with pytest.raises((OSError, detente.InputError)), room(random.Random(seed).randrange(len(DEAL))):
        update(path, lambda text: edit(text, ("sources", "one"), {"text": "t"}))
    assert path.read_text() == DEAL
    assert [each.name for each in folder.iterdir()] == ["deal.yaml"]
