"""The server: the application on a port of this machine, until Ctrl-C, which ends it at once."""

from __future__ import annotations

import contextlib
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn

from detente.errors import InputError
from detente.messages import tell
from detente.workbench.app import create_app
from detente.workbench.documents import Folder

GRACE = 1
"""Seconds that answers under way have when the server ends."""


class _Server(uvicorn.Server):
    """Ends the open streams when it is to end, for they never end by themselves."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self.ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.ending()
        super().handle_exit(sig, frame)


def serve(root: str | Path, *, port: int = 0, browser: bool = True, say: Callable[[str], None] = print) -> None:
    """Serve a folder until Ctrl-C: say the address, with its token, and open a browser there unless told not to.

    Port 0 takes any that is free. Raises `InputError` for a folder that is none and a port that is taken.
    """
    Folder.at(Path(root))  # what is wrong with it is said before a port is taken
    listening = _listen(port)
    bound = listening.getsockname()[1]
    app = create_app(root, cookie=f"detente-{bound}")
    address = f"http://127.0.0.1:{bound}/?token={app.state.token}"
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        date_header=False,
        lifespan="on",
    )

    def end() -> None:
        bench = getattr(app.state, "bench", None)
        if bench is not None:
            bench.hub.close()

    server = _Server(config, end)
    say(tell("The workbench over {folder} is at {address}", folder=Path(root).resolve(), address=address))
    say(tell("Ctrl-C ends it. What is not saved is kept, and there again next time."))
    if browser:
        threading.Thread(target=_show, args=(address,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt), listening:
        server.run(sockets=[listening])


def _listen(port: int) -> socket.socket:
    """A socket on the loopback address alone."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
        made.listen(128)  # whoever comes before the server is ready waits for it
    except (OSError, OverflowError) as error:
        made.close()
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(
            tell(
                "port {port} cannot be used: {why}; choose another, or none: then a free one is taken",
                port=port,
                why=why,
            )
        ) from None
    return made


def _show(address: str) -> None:
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
