"""Processes that work for the page, so that the one that answers it never does.

There are two kinds. A `Lane` is one process that gets messages and says what they lead to, part by part; newer messages make
it leave off older ones. `Jobs` are pieces of work of their own, one at a time in each process; whoever cancels one kills its
process, and another takes its place. Processes are forked from one that has everything loaded (where the system can do that),
so that a new one is there at once; they end with whoever started them. Their answers are handed to the loop that asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from detente.errors import InputError
from detente.messages import tell

Told = Callable[[Any], None]
"""What is called in the loop with what a process says."""

MOST_WAITING = 32
"""Jobs that wait at most."""

RARELY = 50_000
"""Objects made before memory is searched for circles; see `detente.__main__`."""

READY = "ready"
"""What a process says first."""

STILLBORN = 3
"""Processes in a row that die before they are ready, after which no more are started."""

OFTEN = 0.1
"""Seconds between two tellings of how far a job has come."""


def context() -> Any:
    """How processes are started: forked from a process that is loaded already, or anew."""
    ways = multiprocessing.get_all_start_methods()
    made = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
    if "forkserver" in ways:
        made.set_forkserver_preload(["detente.workbench.live", "detente.workbench.work"])
    return made


@dataclass
class _Process:
    """A process at the other end of a pipe, and the threads that send to it and listen to it."""

    process: Any
    pipe: Any
    ready: bool = False
    sending: queue.SimpleQueue[Any] = field(default_factory=queue.SimpleQueue, repr=False)

    def send(self, message: Any) -> None:
        """Send without waiting: a pipe is full as soon as the process works on something else, and the page goes on."""
        self.sending.put(message)

    def write(self) -> None:
        """What the thread that sends does, until it is told to end (None)."""
        with contextlib.suppress(OSError, ValueError):
            while (message := self.sending.get()) is not None:
                self.pipe.send(message)

    def kill(self) -> None:
        self.process.kill()


@contextlib.contextmanager
def _by_itself() -> Iterator[None]:
    """A process that starts meanwhile does not run the main program again, and finds no module in the working folder."""
    # Else it would read the main module anew, and a stranger's `click.py` beside a scenario could be found before ours.
    main, safe = sys.modules["__main__"], os.environ.get("PYTHONSAFEPATH")
    sys.modules["__main__"] = types.ModuleType("__main__")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if safe is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = safe


def start(
    target: Callable[..., None], told: Told, gone: Callable[[], None], loop: asyncio.AbstractEventLoop
) -> _Process:
    """Start a process that runs `target(pipe)`; `told` gets what it sends, `gone` is called once when it is no more."""
    made = context()
    here, there = made.Pipe()
    process = made.Process(target=target, args=(there,), daemon=True)
    with _by_itself():
        process.start()
    there.close()
    found = _Process(process, here)

    def listen() -> None:
        with contextlib.suppress(EOFError, OSError, RuntimeError):  # the loop may be closed before the process is
            while True:
                message = here.recv()
                if message == READY:
                    found.ready = True
                else:
                    loop.call_soon_threadsafe(told, message)
        process.join()
        found.send(None)
        writing.join()
        here.close()
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(gone)

    writing = threading.Thread(target=found.write, daemon=True, name="detente-workbench-sends")
    writing.start()
    threading.Thread(target=listen, daemon=True, name="detente-workbench-listens").start()
    return found


def _quiet(pipe: Any) -> None:
    """Ctrl-C reaches all processes of a terminal; the one that started this answers it, and ends this with itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(RARELY)
    gc.freeze()
    parent = multiprocessing.parent_process()

    def end() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()
    pipe.send(READY)


# --- the lane ---------------------------------------------------------------------------------------------------------


class Lane:
    """The process that judges what is being edited. A file that it loses, because it died, is asked for again (`lost`)."""

    LONG = 1.0
    """Seconds after which work on what is no longer so is ended by force."""

    def __init__(self, told: Callable[[str, int, str, Any], None], lost: Callable[[str], None]) -> None:
        self.told, self.lost = told, lost
        self.known: dict[str, int] = {}
        """The newest version of each file that was sent."""
        self.finished: dict[str, int] = {}
        self._process: _Process | None = None
        self._closed = False
        self._stillborn = 0
        self._at: tuple[str, int] = ("", 0)
        self._died: tuple[tuple[str, int], int] = (self._at, 0)
        self._last = time.monotonic()

    def start(self) -> None:
        self.known.clear()
        started: list[_Process] = []
        self._process = start(_judge, self._heard, lambda: self._gone(started[0]), asyncio.get_running_loop())
        started.append(self._process)

    def post(self, message: Mapping[str, Any]) -> None:
        """Send a message; with a `base` where the process does not know the file."""
        if self._process is None or self._closed:
            return
        key, version = message["key"], message["version"]
        self.known[key] = version
        self._process.send(dict(message))
        asyncio.get_running_loop().call_later(self.LONG, self._impatient, key, version)

    def _impatient(self, key: str, version: int) -> None:
        """End a process that has worked for long on something else than the newest version of this file, without a word."""
        stuck = (
            self._at != (key, version)
            and self.finished.get(key, 0) < version
            and time.monotonic() - self._last > self.LONG
        )
        if stuck and not self._closed and self.known.get(key) == version and self._process is not None:
            self._process.kill()

    def _heard(self, message: Any) -> None:
        key, version, part, data = message
        self._last = time.monotonic()
        if part == "began":
            self._at = key, version
        elif part == "unknown":
            self.known.pop(key, None)
            self.lost(key)
        else:
            if part == "text":
                self.finished[key] = version
                self._at = "", 0
            self.told(key, version, part, data)

    def _gone(self, process: _Process) -> None:
        if self._closed or process is not self._process:
            return
        at, (before, deaths) = self._at, self._died
        self._died = at, deaths + 1 if at == before else 1
        if self._died[1] >= STILLBORN and self.known.get(at[0]) == at[1]:
            # It dies of this version, however often it is tried: only another one is judged again.
            self.finished[at[0]], self._at = at[1], ("", 0)
            said = tell("the process that judges this model dies of it, perhaps for want of memory; make it smaller")
            self.told(*at, "headline", {"sentence": said, "refused": True})
        lost = [key for key, version in self.known.items() if self.finished.get(key, 0) < version]
        self._stillborn = 0 if process.ready else self._stillborn + 1
        if self._stillborn >= STILLBORN:
            self._process = None
            return
        self.start()
        for key in lost:
            self.lost(key)

    def close(self) -> None:
        self._closed = True
        if self._process is not None:
            self._process.kill()


def _judge(pipe: Any) -> None:
    """What the process does: take what comes, work on what is newest."""
    _quiet(pipe)
    from detente.workbench.live import PAUSE, Desk

    desk, waiting = Desk(), dict[str, None]()

    def take() -> None:
        message = pipe.recv()
        if _taken(desk, message):
            waiting[message["key"]] = None
        else:
            pipe.send((message["key"], message["version"], "unknown", None))

    def work(key: str) -> None:
        version = desk.files[key].version
        pipe.send((key, version, "began", None))
        for part, data in desk.work(key):
            if part != PAUSE:
                pipe.send((key, version, part, data))
            while pipe.poll(data if part == PAUSE and key not in waiting else 0):
                take()
            if key in waiting:
                return

    with contextlib.suppress(EOFError, OSError):
        while True:
            while not waiting or pipe.poll():
                take()
            key = next(iter(waiting))
            del waiting[key]
            try:
                work(key)
            except Exception as error:
                refused = {"sentence": _refusal(error), "refused": True}
                pipe.send((key, desk.files[key].version, "headline", refused))


def _refusal(error: Exception) -> str:
    """Why a model is not judged, in a sentence."""
    if isinstance(error, InputError | MemoryError | RecursionError):
        return str(error) or tell("there is not enough memory to judge this model")
    return tell("a fault of the program ({kind}); the file is as it was", kind=type(error).__name__)


def _taken(desk: Any, message: Mapping[str, Any]) -> bool:
    """Whether the desk could take a message; what went wrong makes it ask for the whole file anew."""
    try:
        return bool(desk.take(message))
    except Exception:
        desk.files.pop(message["key"], None)
        return False


# --- jobs -------------------------------------------------------------------------------------------------------------


@dataclass
class Job:
    """A piece of work that somebody asked for: a function by name, and its arguments; what comes of it is `answer`."""

    id: str
    work: str
    arguments: Mapping[str, Any]
    tab: str
    future: asyncio.Future[Any] = field(repr=False)
    said: Callable[[dict[str, Any]], None] = field(repr=False)
    cancelled: bool = False
    began: float = 0.0


class Failed(InputError):
    """A job whose process died."""


class Jobs:
    """Pieces of work, each in a process of its own while it runs; `seats` of them at once."""

    def __init__(self, seats: int = 1) -> None:
        self.seats = seats
        self.waiting: list[Job] = []
        self.running: dict[int, Job] = {}
        self._processes: dict[int, _Process] = {}
        self._numbers = itertools.count(1)
        self._closed = False
        self._stillborn = 0

    def start(self) -> None:
        for _ in range(self.seats):
            self._hire()

    def _hire(self) -> None:
        number = next(self._numbers)
        self._processes[number] = start(
            _work, lambda message: self._heard(number, message), lambda: self._gone(number), asyncio.get_running_loop()
        )

    def ask(self, work: str, arguments: Mapping[str, Any], tab: str, said: Callable[[dict[str, Any]], None]) -> Job:
        """Put a piece of work into the queue. Raises `InputError` if too many wait."""
        if self._stillborn >= STILLBORN:
            raise InputError(tell("no process can be started to work on questions; start the workbench anew"))
        if len(self.waiting) >= MOST_WAITING:
            raise InputError(tell("{count} questions wait already; wait for one, or cancel it", count=MOST_WAITING))
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be waiting for it
        job = Job(os.urandom(8).hex(), work, arguments, tab, future, said)
        self.waiting.append(job)
        self._next()
        return job

    def cancel(self, job: Job) -> None:
        """End a job at once: it is taken out of the queue, or its process is killed and replaced."""
        job.cancelled = True
        if job in self.waiting:
            self.waiting.remove(job)
        for number, each in list(self.running.items()):
            if each is job:
                self._processes[number].kill()
                del self.running[number]
                del self._processes[number]
                self._hire()
        if not job.future.done():
            job.future.cancel()
        self._next()

    def leave(self, tab: str) -> list[Job]:
        """Cancel all that a tab has asked for; it is closed."""
        left = [job for job in (*self.waiting, *self.running.values()) if job.tab == tab]
        for job in left:
            self.cancel(job)
        return left

    def find(self, id_: str) -> Job | None:
        return next((job for job in (*self.waiting, *self.running.values()) if job.id == id_), None)

    def _next(self) -> None:
        for number, process in list(self._processes.items()):
            if self.waiting and number not in self.running and not self._closed:
                job = self.waiting.pop(0)
                job.began = time.monotonic()
                self.running[number] = job
                process.send((job.id, job.work, dict(job.arguments)))

    def _heard(self, number: int, message: Any) -> None:
        id_, kind, data = message
        job = self.running.get(number)
        if job is None or job.id != id_:
            return
        if kind == "progress":
            job.said({"id": id_, **data})
            return
        del self.running[number]
        if not job.future.done():
            if kind == "done":
                job.future.set_result(data)
            else:
                job.future.set_exception(data if isinstance(data, Exception) else Failed(str(data)))
        self._next()

    def _gone(self, number: int) -> None:
        if self._closed or number not in self._processes:
            return
        process = self._processes.pop(number)
        job = self.running.pop(number, None)
        self._stillborn = 0 if process.ready else self._stillborn + 1
        if self._stillborn < STILLBORN:
            self._hire()
        if job is not None and not job.future.done():
            job.future.set_exception(
                Failed(
                    tell(
                        "the process that worked on this died, perhaps for want of memory; another one is ready: "
                        "ask for less, or again"
                    )
                )
            )
        self._next()

    def close(self) -> None:
        self._closed = True
        for process in self._processes.values():
            process.kill()
        for job in (*self.waiting, *self.running.values()):
            if not job.future.done():
                job.future.cancel()


def _work(pipe: Any) -> None:
    """What a process does: one piece of work after the other."""
    _quiet(pipe)
    from detente.workbench.work import WORKS

    with contextlib.suppress(EOFError, OSError):
        while True:
            id_, work, arguments = pipe.recv()
            last = 0.0

            def progress(done: int, total: int, words: str = "", id_: str = id_) -> None:
                nonlocal last
                now = time.monotonic()
                if now - last >= OFTEN:
                    last = now
                    pipe.send((id_, "progress", {"done": done, "total": total, "words": words}))

            try:
                pipe.send((id_, "done", WORKS[work](progress=progress, **arguments)))
            except InputError as error:
                pipe.send((id_, "error", told_error(error)))
            except MemoryError:
                pipe.send((id_, "error", tell("there is not enough memory for this; ask for less")))
            except RecursionError:
                pipe.send((id_, "error", tell("this is nested too deep")))
            except Exception as error:
                pipe.send(
                    (
                        id_,
                        "error",
                        tell("a fault of the program ({kind}); the file is as it was", kind=type(error).__name__),
                    )
                )
                if os.environ.get("DETENTE_DEBUG"):
                    import traceback

                    traceback.print_exc()


def told_error(error: InputError) -> str:
    """An error in words; what can be asked instead is said as the page says it."""
    from detente.errors import ScenarioError
    from detente.workbench.words import CURES

    return (
        str(error.problems[0].message) if isinstance(error, ScenarioError) and error.problems else error.worded(CURES)
    )
