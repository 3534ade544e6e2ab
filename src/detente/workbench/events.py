"""The streams of events: one for each page that is open, and no more kept for a slow one than what is newest of each kind."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

QUIET = 15.0
"""Seconds after which a stream says that it is still there."""

MOST = 64
"""Streams at once."""


class Stream:
    """What one page is still to be told: of each kind (and part, or job) only the newest."""

    def __init__(self, topic: str, tab: str) -> None:
        self.topic, self.tab = topic, tab
        self.waiting: OrderedDict[tuple[str, str], tuple[int, str]] = OrderedDict()
        self.ready = asyncio.Event()
        self.closed = False

    def put(self, number: int, kind: str, data: dict[str, Any]) -> None:
        which = str(data.get("part") or data.get("id") or "")
        self.waiting.pop((kind, which), None)
        self.waiting[kind, which] = number, json.dumps(data, ensure_ascii=False)
        self.ready.set()

    def close(self) -> None:
        self.closed = True
        self.ready.set()

    async def next(self) -> str:
        """What to send next: everything that waits, or a sign of life."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ready.wait(), QUIET)
        self.ready.clear()
        told = [f"id: {number}\nevent: {kind}\ndata: {data}\n\n" for (kind, _), (number, data) in self.waiting.items()]
        self.waiting.clear()
        return "".join(told) or ": still here\n\n"


class Hub:
    """All streams, and what each topic was told last, for a page that comes later."""

    def __init__(self) -> None:
        self.streams: list[Stream] = []
        self.number = 0

    def tell(self, topic: str, kind: str, data: dict[str, Any], tab: str | None = None) -> None:
        """Tell every page of a topic, or of it only those of one tab."""
        self.number += 1
        for each in self.streams:
            if each.topic == topic and (tab is None or each.tab == tab):
                each.put(self.number, kind, data)

    def open(self, topic: str, tab: str) -> Stream:
        made = Stream(topic, tab)
        self.streams.append(made)
        return made

    def close(self) -> None:
        for each in self.streams:
            each.close()


class EventStream:
    """The answer that never ends: sends what its stream is told, and knows at once when nobody listens any more."""

    def __init__(self, hub: Hub, stream: Stream, left: Callable[[], None]) -> None:
        self.hub, self.stream, self.left = hub, stream, left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (the shape of an ASGI application)
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        writing = asyncio.ensure_future(self._write(send))
        gone = asyncio.ensure_future(self._gone(receive))
        try:
            await asyncio.wait({writing, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stream.closed = True
            if self.stream in self.hub.streams:
                self.hub.streams.remove(self.stream)
            self.left()
            for each in (writing, gone):
                each.cancel()
            await asyncio.gather(writing, gone, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.body", "body": b"retry: 1000\n\n", "more_body": True})
        while not self.stream.closed:
            body = (await self.stream.next()).encode("utf-8", "replace")
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
