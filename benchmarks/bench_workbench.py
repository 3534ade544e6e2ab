"""How long an edit takes in the workbench: from the request until the first new verdicts are there, reading included.

`python benchmarks/bench_workbench.py [ROUNDS] [MODEL ...]`, or `python3 run.py bench workbench`, starts a real server, edits
the whole file of each model through it, and listens to its stream as a page does. Two tables, in milliseconds: by the clock,
which needs an idle machine and says how loaded it was; and by the processor, what the process that judges needs, which hardly
depends on what else runs.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from detente.scenario import library
from detente.scenario.text import yaml_tree
from detente.workbench.app import create_app
from detente.workbench.live import Desk

MADE = "4096_states"
"""A generated model of the size up to which verdicts are to be instant: four actors with three options each."""

MODELS = ("chicken", "elmira", "two_proxies", "hanoi_2019", "wedge_egypt_1979", MADE)
ROUNDS = 30


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else ROUNDS
    models = [each for each in sys.argv[1:] if not each.isdigit()] or list(MODELS)
    with tempfile.TemporaryDirectory() as folder:
        for name in models:
            Path(folder, f"{name}.yaml").write_text(written(name), encoding="utf-8")
        app = create_app(folder, token="t")  # noqa: S106 (of a server that lives for a benchmark)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as client:
            while not server.started:
                time.sleep(0.01)
            client.get("/?token=t")
            print(f"By the clock, ms; {rounds} edits each; load of {os.cpu_count()} cores before: {load()}")
            print(
                row(
                    "model",
                    "states",
                    "lines",
                    "acknowledged",
                    "first verdicts",
                    "95 %",
                    "all concepts",
                    "text",
                    "cancel",
                )
            )
            for name in models:
                print(line(client, name, rounds), flush=True)
            print(f"Load after: {load()}")
        app.state.bench.hub.close()
        server.should_exit = True
    print(f"\nBy the processor, ms, in the process that judges; {rounds} edits each")
    print(row("model", "first verdicts", "95 %", "all"))
    for name in models:
        first, whole = judged(name, rounds)
        numbers = (statistics.median(first), percentile(first), statistics.median(whole))
        print(row(name, *(f"{1000 * each:.0f}" for each in numbers)), flush=True)


def written(name: str) -> str:
    """The file of a model; of the generated one every actor has eight aims over its own options and those of the next."""
    if name != MADE:
        return library.text(name)
    lines = ["detente: 1", "title: Four actors", "actors:"]
    for actor in range(4):
        own, other = ([f"o{3 * a + n}" for n in range(3)] for a in (actor, (actor + 1) % 4))
        aims = [f"{one} {how} {two}" for how in ("and not", "or") for one, two in zip(own, other, strict=True)]
        lines += [f"  a{actor}:", f"    options: {{{', '.join(f'{each}: ' for each in own)}}}", "    priorities:"]
        lines += [f"      - {aim}" for aim in [*aims, own[0], f"not {other[2]}"]]
    return "\n".join([*lines, "now: []"]) + "\n"


def load() -> str:
    """How busy the machine is: its load over the last minute."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def row(name: str, *cells: str) -> str:
    return f"{name:18}" + "".join(f"{each:>15}" for each in cells)


def judged(name: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of the processor from an edit to its first verdicts, and until all is told and written into the text."""
    desk, text = Desk(), written(name)
    data = yaml_tree.read(text).root.plain()
    path, count = first_list(data)
    base = {"text": text, "debt": [], "upto": 0, "series": 0}
    desk.take({"key": name, "version": 0, "name": name, "path": "", "base": base, "data": data})
    list(desk.work(name))
    first, whole = [], []
    for number in range(rounds):
        change = {"path": path, "order": swapped(count, number)}
        begin = time.process_time()
        desk.take({"key": name, "version": number + 1, "changes": [change]})
        for part, _ in desk.work(name):
            if part == "headline":
                first.append(time.process_time() - begin)
        whole.append(time.process_time() - begin)
    return first, whole


def swapped(count: int, number: int) -> list[int]:
    """An order of a list in which two neighbours change places, other ones each time."""
    order = list(range(count))
    first = number % (count - 1)
    order[first : first + 2] = reversed(order[first : first + 2])
    return order


def line(client: httpx.Client, name: str, rounds: int) -> str:
    file = f"{name}.yaml"
    document = client.get("/api/document", params={"file": file}).json()
    path, count = first_list(document["data"])
    acknowledged, headline, concepts, text = [], [], [], []
    with client.stream("GET", "/api/events", params={"file": file, "tab": "bench"}) as stream:
        told = events(stream.iter_lines())
        version = document["version"]
        for number in range(rounds):
            order = swapped(count, number)
            begin = time.perf_counter()
            answer = client.post(
                "/api/edit",
                json={"file": file, "version": version, "edits": [{"path": path, "order": order}]},
                headers={"X-Detente": "1", "X-Tab": "bench"},
            )
            acknowledged.append(time.perf_counter() - begin)
            version = answer.json()["version"]
            for kind, data in told:
                if data.get("version") != version:
                    continue
                if kind == "verdicts" and data["part"] == "headline":
                    headline.append(time.perf_counter() - begin)
                elif kind == "verdicts" and data["part"] == "concepts":
                    concepts.append(time.perf_counter() - begin)
                elif kind == "document" and data["by"] == "":
                    text.append(time.perf_counter() - begin)
                    break
    numbers = [
        statistics.median(acknowledged), statistics.median(headline), percentile(headline), statistics.median(concepts),
        statistics.median(text), cancelled(client, file),
    ]  # fmt: skip
    size = f"{document['states'] or 0:,}", f"{document['text'].count(chr(10)):,}"
    return row(name, *size, *(f"{1000 * each:.0f}" for each in numbers))


def percentile(times: list[float]) -> float:
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]


def cancelled(client: httpx.Client, file: str) -> float:
    """How long it takes to end a long question."""
    asked = {"file": file, "question": "ensemble", "arguments": {"draws": 10_000_000}, "wait": False}
    job = client.post("/api/ask", json=asked, headers={"X-Detente": "1"}).json()["job"]
    time.sleep(0.3)
    begin = time.perf_counter()
    client.post("/api/cancel", json={"job": job}, headers={"X-Detente": "1"})
    return time.perf_counter() - begin


def first_list(data: Any) -> tuple[list[Any], int]:
    """The path of a list of aims, or a ranking, and how many entries it has."""
    for actor, told in data["actors"].items():
        for where, reading in [([], told), *((["readings", r], each) for r, each in told.get("readings", {}).items())]:
            for key in ("priorities", "ranking"):
                if len(reading.get(key) or ()) > 1:
                    return ["actors", actor, *where, key], len(reading[key])
    raise ValueError("no list")


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = ""
    for each in lines:
        if each.startswith("event: "):
            kind = each.removeprefix("event: ")
        elif each.startswith("data: "):
            yield kind, json.loads(each.removeprefix("data: "))


if __name__ == "__main__":
    main()
