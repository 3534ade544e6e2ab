"""How long an edit takes in the workbench: from the request until the first new verdicts are there, reading included.

`python benchmarks/bench_workbench.py [ROUNDS] [MODEL ...]` starts a real server, edits the whole file of each model through
it, and listens to its stream as a page does. Times are in milliseconds; the machine should be idle.
"""

from __future__ import annotations

import json
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
from detente.workbench.app import create_app

MODELS = ("chicken", "elmira", "two_proxies", "hanoi_2019", "wedge_egypt_1979", "two_fronts")
ROUNDS = 30


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else ROUNDS
    models = [each for each in sys.argv[1:] if not each.isdigit()] or list(MODELS)
    with tempfile.TemporaryDirectory() as folder:
        for name in models:
            Path(folder, f"{name}.yaml").write_text(library.text(name), encoding="utf-8")
        app = create_app(folder, token="t")  # noqa: S106 (of a server that lives for a benchmark)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as client:
            while not server.started:
                time.sleep(0.01)
            client.get("/?token=t")
            head = (
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
            print(("{:18}" + "{:>15}" * 8).format(*head))
            for name in models:
                print(line(client, name, rounds))
        app.state.bench.hub.close()
        server.should_exit = True


def line(client: httpx.Client, name: str, rounds: int) -> str:
    file = f"{name}.yaml"
    document = client.get("/api/document", params={"file": file}).json()
    path, count = first_list(document["data"])
    acknowledged, headline, concepts, text = [], [], [], []
    with client.stream("GET", "/api/events", params={"file": file, "tab": "bench"}) as stream:
        told = events(stream.iter_lines())
        version = document["version"]
        for number in range(rounds):
            order = list(range(count))
            first = number % (count - 1)
            order[first : first + 2] = reversed(order[first : first + 2])
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
    cells = "".join(f"{1000 * each:15.0f}" for each in numbers)
    return f"{name:18}{document['states'] or 0:15,}{document['text'].count(chr(10)):15,}{cells}"


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
