"""The server is killed, or ended by Ctrl-C, while somebody edits: what was acknowledged is there, whatever the moment."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from detente.scenario import library
from detente.workbench.documents import Document


@contextmanager
def served(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client, str]]:
    """The command, as somebody starts it, and a tab that has opened the address it prints."""
    command = [sys.executable, "-m", "detente", "workbench", str(folder), "--no-browser", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603 (our command)
    assert process.stdout is not None
    try:
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address is not None
        base, _, token = address[0].partition("/?")
        with httpx.Client(base_url=base, timeout=30, headers={"X-Detente": "1", "X-Tab": "t"}) as client:
            assert client.get(f"/?{token}").status_code == 303
            yield process, client, address[0]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def edits_until_killed(folder: Path, seed: int, count: int) -> tuple[int, int]:
    """Edit one number after the other, and kill the server in the middle; the last acknowledged, and the last sent."""
    chance = random.Random(seed)
    acknowledged = sent = 0
    with served(folder) as (process, client, _):
        first = client.get("/api/document", params={"file": "chicken.yaml"}).json()["data"]["title"]
        sent = acknowledged = int(first) if first.isdigit() else 0
        end = acknowledged + chance.randint(1, count)
        for number in range(acknowledged + 1, acknowledged + count + 1):
            edit = {"path": ["title"], "old": first if number == 1 else str(number - 1), "new": str(number)}
            if number == end:
                threading.Timer(chance.random() * 0.02, process.kill).start()
            sent = number
            try:
                answer = client.post("/api/edit", json={"file": "chicken.yaml", "edits": [edit]})
            except httpx.HTTPError:
                break
            assert answer.status_code == 200, answer.text
            acknowledged = number
    return acknowledged, sent


def check_killed(folder: Path, rounds: int, count: int) -> None:
    (folder / "chicken.yaml").write_text(library.text("chicken"))
    for seed in range(rounds):
        acknowledged, sent = edits_until_killed(folder, seed, count)
        document = Document("chicken.yaml", folder / "chicken.yaml", folder)
        title = document.data["title"]
        assert acknowledged <= (int(title) if title.isdigit() else 0) <= sent
        assert (folder / "chicken.yaml").read_text() == library.text("chicken")
        document.journal.close()


def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    check_killed(tmp_path, rounds=2, count=25)


@pytest.mark.soak
def test_what_was_acknowledged_outlives_thirty_kills_in_the_middle_of_a_hundred_edits(tmp_path: Path) -> None:
    check_killed(tmp_path, rounds=30, count=100)


def test_an_interrupt_ends_the_server_at_once_also_with_open_streams_and_work(tmp_path: Path) -> None:
    (tmp_path / "two_proxies.yaml").write_text(library.text("two_proxies"))
    with served(tmp_path) as (process, client, _):
        with client.stream("GET", "/api/events", params={"file": "two_proxies.yaml", "tab": "t"}) as stream:
            next(stream.iter_lines())
            asked = {"question": "ensemble", "arguments": {"draws": 10_000_000}, "wait": False}
            job = client.post("/api/ask", json={"file": "two_proxies.yaml", **asked})
            assert "job" in job.json()
            workers = children(process.pid)
            begin = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
            assert time.monotonic() - begin < 4
        assert process.stdout is not None
        assert "Traceback" not in process.stdout.read()
        end = time.monotonic() + 10
        while any(alive(each) for each in workers) and time.monotonic() < end:
            time.sleep(0.05)
        assert not [each for each in workers if alive(each)]


def children(pid: int) -> list[int]:
    """The processes below a process, where the system tells."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == pid:
            found += [int(entry.parent.name), *children(int(entry.parent.name))]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_command_lists_and_forgets_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "chicken.yaml").write_text(library.text("chicken"))
    document = Document("chicken.yaml", tmp_path / "chicken.yaml", tmp_path)
    document.write(library.text("chicken") + "# a remark\n", "")
    document.save()
    document.journal.close()

    def said(*words: str) -> str:
        command = [sys.executable, "-m", "detente", "workbench", str(tmp_path), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})  # noqa: S603 (as above)
        return done.stdout + done.stderr

    assert re.fullmatch(
        r"chicken\.yaml  history  [\d,]+ bytes\nchicken\.yaml  journal  [\d,]+ bytes\n2 in all; .*\n", said("--kept")
    )
    assert "nothing is kept of other.yaml" in said("--forget", "other.yaml")
    assert said("--forget", "chicken.yaml") == "deleted what was kept of chicken.yaml\n"
    assert not (tmp_path / ".detente").exists()


def test_a_port_that_is_taken_is_a_message(tmp_path: Path) -> None:
    with served(tmp_path) as (_, _, address):
        port = re.search(r":(\d+)/", address)
        assert port is not None
        command = [sys.executable, "-m", "detente", "workbench", str(tmp_path), "--no-browser", "--port", port[1]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (as above)
        assert done.returncode == 2
        assert f"port {port[1]} cannot be used: Address already in use; choose another, or none" in done.stderr
