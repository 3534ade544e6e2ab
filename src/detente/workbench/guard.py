"""Who may ask: somebody on this machine, by the address that was printed, from a page of ours.

The first request carries the token in its address; it is answered by a cookie and the same address without it. All others
need the cookie. The name in `Host` must be one that this server is called by (else a stranger's name could be made to lead
here), and what changes anything, or comes from a page, must come from a page of the very same origin. A change is JSON, with
a header that no form of another page can send. Bodies are bounded before they are read.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.messages import tell

LOOPBACK = ("127.0.0.1", "localhost", "::1")

MOST_BODY = 16_000_000
"""Bytes of a request; a text of five million characters fits."""

SMALL = 64_000
"""Bytes that are read of a request that is refused."""

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""What every answer carries: nothing is loaded from anywhere else, nothing is guessed, nothing is framed."""


class Guard:
    """The door before an application: whoever has no cookie of it stays outside, unless it asks for codes (`by_code`)."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        names: tuple[str, ...] = LOOPBACK,
        cookie: str = "detente",
        by_code: bool = False,
    ) -> None:
        self.app, self.token, self.names, self.cookie = app, token, set(names), cookie
        self.by_code = by_code
        self.session = secrets.token_urlsafe(24)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {key for key, _ in message["headers"]}
                more = [(key.encode(), value.encode()) for key, value in HEADERS.items() if key.encode() not in known]
                if b"cache-control" not in known:
                    more.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        if refusal := self._refusal(scope, headers):
            await _read_out(receive, headers)
            await _refuse(sending, *refusal)
            return
        if scope["method"] in ("GET", "HEAD") and (given := self._token(scope)) is not None and self.token:
            await self._welcome(scope, sending, given)
            return
        if not self.by_code and not self._known(headers):
            await _refuse(
                sending,
                401,
                tell("this page needs the address that the workbench printed when it started"),
                tell("open that address, with its token, in this browser"),
            )
            return
        await self.app(scope, _bounded(receive), sending)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str, str] | None:
        """Why a request is refused whoever sends it."""
        host = headers.getlist("host")
        if len(host) != 1 or _name(host[0]) not in self.names:
            return 421, tell("this server is not called {host}", host=repr(host[0] if host else "")[:80]), ""
        origins = headers.getlist("origin")
        if origins and (len(origins) > 1 or origins[0] not in (f"http://{host[0]}", f"https://{host[0]}")):
            return 403, tell("this request comes from another page"), ""
        site = headers.get("sec-fetch-site", "same-origin")
        page = (
            scope["method"] in ("GET", "HEAD")
            and not scope["path"].startswith("/api/")
            and headers.get("sec-fetch-mode", "navigate") == "navigate"
        )
        if site not in ("same-origin", "none") and not page:
            return 403, tell("this request comes from another page"), ""
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, tell("only GET and POST are understood here"), ""
        if scope["method"] == "POST":
            if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                return 415, tell("a request that changes something is JSON (`Content-Type: application/json`)"), ""
            if headers.get("x-detente") != "1":
                return 403, tell("a request that changes something has the header `X-Detente: 1`"), ""
            length = headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > MOST_BODY:
                return 413, tell("this is too large: up to {most} MB are read", most=MOST_BODY // 1_000_000), ""
        return None

    @staticmethod
    def _token(scope: Scope) -> str | None:
        return dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token")

    async def _welcome(self, scope: Scope, send: Send, given: str) -> None:
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            await _refuse(
                send, 401, tell("this token is not the one of this server; it gets a new one each time it starts"), ""
            )
            return
        rest = [
            (key, value)
            for key, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            if key != "token"
        ]
        # One slash in front: two would lead to another server.
        path = "/" + scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0].lstrip("/\\")
        there = path + (f"?{urlencode(rest)}" if rest else "")
        cookie = f"{self.cookie}={self.session}; Path=/; HttpOnly; SameSite=Strict"
        headers = [(b"location", there.encode("latin-1")), (b"set-cookie", cookie.encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _known(self, headers: Headers) -> bool:
        return hmac.compare_digest(cookie_of(headers, self.cookie).encode(), self.session.encode())


def cookie_of(headers: Headers, name: str) -> str:
    """The value of a cookie of a request; nothing if there is none."""
    # As browsers mean it: the cookies of all servers of this machine come together, whatever the others wrote into theirs.
    return cookie_parser("; ".join(headers.getlist("cookie"))).get(name, "")


def _name(host: str) -> str:
    """The name in a `Host`, without the port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()


async def _read_out(receive: Receive, headers: Headers) -> None:
    """Take a small body before it is refused: to close with bytes unread would cut the answer off."""
    length = headers.get("content-length", "")
    if length.isdecimal() and 0 < int(length) <= SMALL:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                while (await receive()).get("more_body", False):
                    pass


async def _refuse(send: Send, status: int, message: str, hint: str = "") -> None:
    body = json.dumps({"error": {"message": message, "hint": hint}}, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class TooMuch(Exception):
    """A body that goes on beyond what is read."""


def _bounded(receive: Receive) -> Receive:
    """A body of bounded size, whatever its header says."""
    read = 0

    async def receiving() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BODY:
            raise TooMuch
        return message

    return receiving


def told(error: BaseException) -> dict[str, Any]:
    """An error as the page takes it."""
    from detente.errors import InputError, ScenarioError
    from detente.workbench.words import CURES

    if isinstance(error, ScenarioError) and error.problems:
        first = error.problems[0]
        return {"message": first.message, "hint": "", "line": first.line, "column": first.column}
    return {"message": error.worded(CURES) if isinstance(error, InputError) else str(error), "hint": ""}
