"""The application over a folder of scenario files. Nothing in it is global; two in one process do not know of each other.

`create_app(root)` makes it: the routes, the guard before them, what is said of errors. It analyses nothing itself.
"""

from __future__ import annotations

import contextlib
import secrets
import sys
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from detente.errors import InputError, ScenarioError
from detente.messages import tell
from detente.workbench import board_routes, guard
from detente.workbench.bench import Workbench
from detente.workbench.documents import Folder, Refused
from detente.workbench.routes import GET, POST, shell, static


def create_app(
    root: str | Path,
    *,
    token: str | None = None,
    names: tuple[str, ...] = guard.LOOPBACK,
    cookie: str = "detente",
    seats: int = 1,
) -> Starlette:
    """The application over a folder of scenario files.

    `token` is what the first request must carry (default: a new one, in `app.state.token`); `names` are the names that
    requests may call the server by; `cookie` tells servers of one machine apart; `seats` are the questions worked on at once.
    """
    folder = Folder.at(Path(root))
    token = token or secrets.token_urlsafe(24)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.bench = Workbench(folder, seats)
        async for _ in app.state.bench.run():
            yield

    app = Starlette(
        routes=[
            *(Route(f"/api/{name}", way, methods=["GET"]) for name, way in {**GET, **board_routes.GET}.items()),
            *(Route(f"/api/{name}", way, methods=["POST"]) for name, way in {**POST, **board_routes.POST}.items()),
            Route("/static/{path:path}", static, methods=["GET"]),
            *(
                Route(path, shell, methods=["GET"])
                for path in ("/", "/edit/{file:path}", "/ask/{file:path}", "/board", "/board/{file:path}", "/new")
            ),
        ],
        middleware=[Middleware(guard.Guard, token=token, names=names, cookie=cookie)],
        exception_handlers={
            InputError: refused,
            ScenarioError: refused,
            HTTPException: unknown,
            guard.TooMuch: too_much,
            Exception: fault,
        },
        lifespan=lifespan,
    )
    app.state.token = token
    return app


# --- errors ---


async def refused(request: Request, error: Exception) -> Response:  # noqa: ARG001 (the shape of a handler)
    """What must change, in a sentence."""
    if isinstance(error, Refused):
        return JSONResponse({"error": {**guard.told(error), **error.also}}, error.status)
    return JSONResponse({"error": guard.told(error)}, 400)


async def unknown(request: Request, error: Exception) -> Response:
    """An address that is none, or does not take this."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 404:
        return JSONResponse(
            {"error": {"message": tell("there is nothing at {path}", path=request.url.path[:200]), "hint": ""}}, 404
        )
    return JSONResponse(
        {"error": {"message": tell("this address does not take {method}", method=request.method), "hint": ""}}, status
    )


async def too_much(request: Request, error: Exception) -> Response:  # noqa: ARG001 (as above)
    """A body that is too large."""
    return JSONResponse(
        {
            "error": {
                "message": tell("this is too large: up to {most} MB are read", most=guard.MOST_BODY // 1_000_000),
                "hint": "",
            }
        },
        413,
    )


async def fault(request: Request, error: Exception) -> Response:  # noqa: ARG001 (as above)
    """A fault of ours: the page is told so in a sentence, whoever started the server gets the rest."""
    traceback.print_exception(error, file=sys.stderr)
    return JSONResponse(
        {
            "error": {
                "message": tell("a fault of the workbench; nothing was written"),
                "hint": tell("what went wrong stands in the terminal"),
            }
        },
        500,
    )
