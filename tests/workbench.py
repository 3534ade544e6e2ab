"""A workbench to test: a real server on a port of its own, and clients of it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from detente.workbench.app import create_app
from detente.workbench.bench import Workbench

TOKEN = "the-token"  # noqa: S105 (of a server that lives for a test)


@dataclass
class Client:
    """A tab of a browser that has opened the address."""

    base: str
    tab: str = "tab-1"
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base, headers={"X-Tab": self.tab}, timeout=60)
        answer = self.http.get("/", params={"token": TOKEN})
        assert answer.status_code == 303, answer.text

    def get(self, name: str, **query: Any) -> httpx.Response:
        return self.http.get(f"/api/{name}", params=query)

    def post(self, name: str, body: Any, **headers: str) -> httpx.Response:
        return self.http.post(f"/api/{name}", json=body, headers={"X-Detente": "1", **headers})

    def edit(self, file: str, *edits: dict[str, Any], version: int | None = None) -> httpx.Response:
        return self.post("edit", {"file": file, "version": version, "edits": list(edits), "words": "an edit"})

    def document(self, file: str) -> dict[str, Any]:
        found = self.get("document", file=file)
        assert found.status_code == 200, found.text
        return dict(found.json())

    def answered(self, question: str, arguments: dict[str, Any], file: str, **more: Any) -> dict[str, Any]:
        """The answer to a question, waited for."""
        told = self.post("ask", {"file": file, "question": question, "arguments": arguments, **more}).json()
        while not told.keys() & {"answer", "error", "cancelled"}:
            told = self.get("answer", job=told["job"]).json()
        return dict(told)

    @contextlib.contextmanager
    def events(self, file: str) -> Iterator[Iterator[tuple[str, dict[str, Any]]]]:
        """The stream of a file, as kinds and data."""
        with self.http.stream("GET", "/api/events", params={"file": file, "tab": self.tab}) as answer:
            assert answer.status_code == 200
            yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = ""
    for line in lines:
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


@dataclass
class Running:
    """A server that runs."""

    base: str
    bench: Workbench
    clients: list[Client] = field(default_factory=list)

    def client(self, tab: str = "tab-1") -> Client:
        """A tab; it is closed with the server, if not before."""
        self.clients.append(Client(self.base, tab))
        return self.clients[-1]


@contextlib.contextmanager
def running(folder: Path, **how: Any) -> Iterator[Running]:
    """A server over a folder, in a thread of this process."""
    app = create_app(folder, token=TOKEN, **how)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    made = Running(f"http://127.0.0.1:{listening.getsockname()[1]}", app.state.bench)
    try:
        yield made
    finally:
        for each in made.clients:
            each.http.close()
        app.state.bench.hub.close()
        server.should_exit = True
        thread.join(20)
        listening.close()
        assert not thread.is_alive()


def until(check: Any, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end
        time.sleep(0.01)
