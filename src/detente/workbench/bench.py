"""What one application holds while it runs: folder, documents, streams, the lane that judges, and the jobs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.errors import InputError
from detente.messages import tell
from detente.scenario.text.changes import Change
from detente.workbench import guard
from detente.workbench.board import Board
from detente.workbench.documents import Document, Folder, Refused
from detente.workbench.events import Hub
from detente.workbench.workers import Job, Jobs, Lane

LOOK = 1.0
"""Seconds between two looks at the disk."""

MOST_DOCUMENTS = 32
"""Documents in use at once; the one unused longest, with nothing unsaved, makes room."""

HELD_ANSWERS = 64
"""Answers kept for pages that ask for them later."""


class Workbench:
    """What one application holds while it runs."""

    def __init__(self, folder: Folder, seats: int) -> None:
        self.folder = folder
        self.hub = Hub()
        self.documents: dict[str, Document] = {}
        self.opening = asyncio.Lock()
        self.told: dict[str, dict[str, Any]] = {}
        self.lane = Lane(self._judged, self._lost)
        self.jobs = Jobs(seats)
        self.answers: dict[str, dict[str, Any]] = {}
        self.boards: dict[str, Board] = {}
        self.network: str | None = None
        self.door: Any = None
        self.problems: dict[str, tuple[tuple[int, ...], int]] = {}
        self._sent: dict[str, int] = {}
        self._posted: dict[str, asyncio.Event] = {}

    # --- life ---

    async def run(self) -> AsyncIterator[None]:
        self.lane.start()
        self.jobs.start()
        looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            looking.cancel()
            if self.door is not None:
                server, serving, listening = self.door
                server.should_exit = server.force_exit = True
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(serving, 2)
                listening.close()
            self.hub.close()
            self.lane.close()
            self.jobs.close()
            for each in self.documents.values():
                each.close()

    async def _look(self) -> None:
        """Once a second: what others did to the files."""
        while True:
            await asyncio.sleep(LOOK)
            for document in list(self.documents.values()):
                with contextlib.suppress(Exception):  # looking never ends because one look failed
                    await self.look(document)

    async def look(self, document: Document) -> None:
        async with document.lock:
            version = document.version
            if await asyncio.to_thread(document.look):
                if document.version != version:
                    self.post(document, None)
                self.announce(document, "")
                self.hub.tell(document.name, "outside", document.told_outside() or {"kind": "", "message": ""})

    # --- documents ---

    async def document(self, name: object) -> Document:
        """The document of a file, opened if it was not. Raises `Refused`."""
        if not isinstance(name, str) or not name:
            raise Refused(tell("which file? `file` is its name in the folder"))
        known = self.documents.get(name)
        if known is not None:
            return known
        path = self.folder.path(name)
        async with self.opening:
            if name not in self.documents:
                made = await asyncio.to_thread(Document, name, path, self.folder.root)
                if len(self.documents) >= MOST_DOCUMENTS:
                    self._make_room()
                self.documents[name] = made
                self.told[name] = {}
                self.post(made, None)
        return self.documents[name]

    def _make_room(self) -> None:
        used = {each.topic for each in self.hub.streams}
        for name, each in list(self.documents.items()):
            if name not in used and each.saved:
                each.close()
                del self.documents[name], self.told[name]
                return
        raise Refused(tell("{count} files are open; save and close one first", count=MOST_DOCUMENTS), 429)

    def announce(self, document: Document, tab: str) -> None:
        self.hub.tell(document.name, "document", {**document.status(), "by": tab})

    # --- the lane ---

    def post(self, document: Document, changes: Sequence[Change] | None) -> None:
        """Tell the lane what is new: these changes, or (None) all of it."""
        edits, name = document.edits, document.name
        if edits is None:
            return
        message = {"key": name, "name": Path(name).stem, "path": str(document.path), "version": edits.version}
        if changes is None or name not in self.lane.known or self._sent.get(name) != edits.series:
            base = edits.base()
            message |= {"base": base, "data": edits.data}
            self._sent[name] = base["series"]
        else:
            message |= {"changes": [each.to_json() for each in changes]}
        self.lane.post(message)

    def _judged(self, name: str, version: int, part: str, data: Any) -> None:
        """What the lane says of a version of a file."""
        document = self.documents.get(name)
        if document is None or document.edits is None:
            return
        if part == "text":
            document.edits.paid(data["text"], data["upto"], data["series"])
        if version < document.version:
            return  # an answer that came too late
        kept = self.told[name]
        if part == "text":
            kept["problems"] = data["problems"]
            kept["text"] = version
            self._posted.setdefault(name, asyncio.Event()).set()
            self.announce(document, "")
        elif part == "problems":
            kept["problems"] = data
            self.hub.tell(name, "problems", {"version": version, "problems": data})
        elif part == "changed":
            kept["changed"] = {"version": version, **data}
            self.hub.tell(name, "changed", {"version": version, **data})
        elif part == "model":
            kept["model"] = data
            self.hub.tell(name, "model", {"version": version, "states": data["states"], "now": data["now"]})
        else:
            seconds = data.pop("seconds", None) if isinstance(data, dict) else None
            told = {"version": version, "part": part, "data": data, "seconds": seconds}
            kept.setdefault("verdicts", {})[part] = told
            self.hub.tell(name, "verdicts", told)

    def _lost(self, name: str) -> None:
        """The lane has lost a file: it died, or holds others."""
        document = self.documents.get(name)
        if document is not None:
            self._sent.pop(name, None)
            self.lane.known.pop(name, None)
            self.post(document, None)

    async def settled(self, document: Document, seconds: float) -> None:
        """Wait until the text of the present version is known, or so many seconds."""
        deadline = asyncio.get_running_loop().time() + seconds
        while document.edits is not None and self.told[document.name].get("text") != document.version:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            event = self._posted.setdefault(document.name, asyncio.Event())
            event.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), min(left, 0.2))

    # --- jobs ---

    def ask(self, work: str, arguments: Mapping[str, Any], topic: str, tab: str) -> Job:
        def said(data: dict[str, Any]) -> None:
            self.hub.tell(topic, "job", data, tab or None)

        job = self.jobs.ask(work, arguments, tab, said)

        def done(future: asyncio.Future[Any]) -> None:
            if future.cancelled():
                self.answers[job.id] = {"cancelled": True}
            elif future.exception() is not None:
                self.answers[job.id] = {"error": guard.told(future.exception() or InputError(""))}
            else:
                self.answers[job.id] = {"answer": future.result()}
            while len(self.answers) > HELD_ANSWERS:
                self.answers.pop(next(iter(self.answers)))
            self.hub.tell(
                topic, "answer", {"id": job.id, **({"cancelled": True} if future.cancelled() else {})}, tab or None
            )

        job.future.add_done_callback(done)
        return job


def series_of(document: Document) -> int:
    """Which series of texts a document is in; see `edits.Edits`."""
    return -1 if document.edits is None else document.edits.series
