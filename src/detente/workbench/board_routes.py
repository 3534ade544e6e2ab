"""What the addresses of a board answer; and the door to the local network, which only an umpire opens."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from detente.errors import InputError, ScenarioError
from detente.messages import tell
from detente.scenario.read import read_text
from detente.workbench import guard
from detente.workbench.bench import Workbench
from detente.workbench.board import Board
from detente.workbench.documents import Refused
from detente.workbench.events import MOST, EventStream
from detente.workbench.journal import FOLDER
from detente.workbench.routes import bench_of, body_of, model_of, shell, static, tab_of

MOST_BOARDS = 8
"""Boards at once; the oldest that is closed makes room."""


def _seated(request: Request, given: object) -> tuple[Board, str]:
    """The board and the seat of a code ("" for the umpire)."""
    for board in bench_of(request).boards.values():
        seat = board.who(given) if isinstance(given, str) and given.isascii() else None
        if seat is not None:
            return board, seat
    raise Refused(tell("nobody sits here by this code; ask the umpire for it"), 403)


def _umpire(request: Request, given: object) -> Board:
    board, seat = _seated(request, given)
    if seat:
        raise Refused(tell("only the umpire can do that"), 403)
    return board


def _news(request: Request, board: Board) -> None:
    """Tell all who sit there that something is new."""
    bench_of(request).hub.tell(f"board:{board.id}", "board", {"turn": board.turn, "closed": board.closed})


async def open_board(request: Request) -> Response:
    """A board over a file as it is now, saved or not."""
    body = await body_of(request)
    bench = bench_of(request)
    found = await bench.document(body.get("file"))
    model = await model_of(bench, found)
    scenario = await asyncio.to_thread(read_text, model["text"], name=model["name"], path=model["path"])
    board = await asyncio.to_thread(Board.of, found.name, scenario, found.path.parent / FOLDER)
    if len(bench.boards) >= MOST_BOARDS:
        over = [key for key, each in bench.boards.items() if each.closed]
        if not over:
            raise Refused(tell("{count} boards are open; close one first", count=MOST_BOARDS), 429)
        del bench.boards[over[0]]
    bench.boards[board.id] = board
    seats = [
        {"actor": actor, "name": board.words.names.name(actor), "code": each} for actor, each in board.seats.items()
    ]
    return JSONResponse({"board": board.id, "umpire": board.umpire, "seats": seats})


async def view(request: Request) -> Response:
    """What whoever has this code may see."""
    board, seat = _seated(request, request.query_params.get("code"))
    told = await asyncio.to_thread(board.view, seat)
    if not seat:
        told["network"] = bench_of(request).network
    return JSONResponse(told)


async def propose(request: Request) -> Response:
    """A move is proposed."""
    body = await body_of(request)
    board, seat = _seated(request, body.get("code"))
    move = board.propose(seat, body)
    _news(request, board)
    return JSONResponse({"move": move.id})


async def rule(request: Request) -> Response:
    """The umpire rules on a move."""
    body = await body_of(request)
    board = _umpire(request, body.get("code"))
    number = body.get("move")
    if not isinstance(number, int):
        raise Refused(tell("which move? `move` is its number"))
    await asyncio.to_thread(board.rule, number, body.get("take") is True, str(body.get("note") or ""))
    _news(request, board)
    return JSONResponse({"turn": board.turn})


async def show(request: Request) -> Response:
    """The umpire shows or hides."""
    body = await body_of(request)
    board = _umpire(request, body.get("code"))
    board.show(body.get("now"), body.get("expects"))
    _news(request, board)
    return JSONResponse({"shown": board.shown})


async def close(request: Request) -> Response:
    """The session is over; the log stays."""
    body = await body_of(request)
    board = _umpire(request, body.get("code"))
    board.closed = True
    _news(request, board)
    return JSONResponse({"log": board.log_text(), "file": board.log.name})


async def events(request: Request) -> Any:
    """The stream of a seat: that something is new, and nothing of what."""
    bench = bench_of(request)
    board, seat = _seated(request, request.query_params.get("code"))
    if len(bench.hub.streams) >= MOST:
        raise Refused(tell("{count} pages are open already; close some", count=MOST), 429)
    tab = tab_of(request)
    stream = bench.hub.open(f"board:{board.id}", tab)
    people = board.people.setdefault(seat, set())
    people.add(tab)
    bench.hub.tell(f"board:{board.id}", "board", {"turn": board.turn, "closed": board.closed})

    def left() -> None:
        people.discard(tab)

    return EventStream(bench.hub, stream, left)


async def network(request: Request) -> Response:
    """The umpire opens the seats, and nothing else, to the local network, or closes them again."""
    body = await body_of(request)
    bench = bench_of(request)
    _umpire(request, body.get("code"))
    if body.get("open") is True and bench.network is None:
        bench.network = await _open_network(bench)
    elif body.get("open") is not True:
        close_network(bench)
    return JSONResponse({"network": bench.network})


# --- the local network ----------------------------------------------------------------------------------------------------


def addresses() -> list[str]:
    """The addresses of this machine in local networks; nothing is sent to find them."""
    found: dict[str, None] = {}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("10.255.255.255", 1))
        found[probe.getsockname()[0]] = None
    with contextlib.suppress(OSError):
        found |= {str(info[4][0]): None for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return [each for each in found if not each.startswith("127.")] or ["127.0.0.1"]


async def _open_network(bench: Workbench) -> str:
    """Serve the seats on a port of all addresses; the address to say in the room."""
    names = addresses()
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind(("0.0.0.0", 0))  # noqa: S104 (what the umpire has asked for)
    except OSError as error:
        listening.close()
        raise Refused(tell("the local network cannot be reached: {why}", why=error.strerror)) from None
    config = uvicorn.Config(
        seats_app(bench, (*names, *guard.LOOPBACK)), log_level="error", lifespan="off", server_header=False
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined] # the main server answers Ctrl-C
    bench.door = server, asyncio.create_task(server.serve(sockets=[listening])), listening
    return f"http://{names[0]}:{listening.getsockname()[1]}/board"


def close_network(bench: Workbench) -> None:
    """Close the door again; whoever sits at another machine is out."""
    if bench.door is not None:
        server, _, listening = bench.door
        server.should_exit = server.force_exit = True
        listening.close()
    bench.door = bench.network = None


SEATS_GET: Mapping[str, Callable[[Request], Awaitable[Any]]] = {"board": view, "board/events": events}
SEATS_POST: Mapping[str, Callable[[Request], Awaitable[Any]]] = {"board/propose": propose}

GET = SEATS_GET
POST: Mapping[str, Callable[[Request], Awaitable[Any]]] = {
    **SEATS_POST,
    "board/open": open_board,
    "board/rule": rule,
    "board/show": show,
    "board/close": close,
    "board/network": network,
}


def seats_app(bench: Workbench, names: tuple[str, ...]) -> Starlette:
    """The application for seats at other machines: the page, what a code may see, and proposals. No file can be reached."""

    async def refused(_: Request, error: Exception) -> Response:
        status = error.status if isinstance(error, Refused) else 400
        return JSONResponse({"error": guard.told(error)}, status)

    app = Starlette(
        routes=[
            *(Route(f"/api/{name}", way, methods=["GET"]) for name, way in SEATS_GET.items()),
            *(Route(f"/api/{name}", way, methods=["POST"]) for name, way in SEATS_POST.items()),
            Route("/static/{path:path}", static, methods=["GET"]),
            Route("/board", shell, methods=["GET"]),
        ],
        middleware=[Middleware(guard.Guard, token="", names=names, by_code=True)],
        exception_handlers={InputError: refused, ScenarioError: refused},
    )
    app.state.bench = bench
    return app


__all__ = ["GET", "POST", "close_network", "seats_app"]
