"""Many pieces of one work: in this process, in several beside it, or on a cluster.

A *work* is a function from the number of a piece to what it comes to; an executor runs it for many pieces and gives back
each as it is done, in any order. What a piece comes to must depend on its number alone, so that who works changes nothing.

- `Here()` works in this process, one piece after the other.
- `Processes(4)` starts so many processes. One that dies takes only its own piece with it, which is tried again by a new one.
- `Cluster("tcp://host:8786")` hands the pieces to the workers of a dask scheduler (the extra `cluster`).

A piece that has killed its worker each of `TRIES` times is given back as `Lost`: whoever asked says what is left out. An error
that a piece raises ends the work. When the work is over, or whoever asked goes away, no process of ours is left; one whose
parent was killed ends by itself. A process looks for modules where its parent does, never in the working folder first.

Why not `concurrent.futures.ProcessPoolExecutor`: where one of its workers dies it gives up all that was under way, and does
not say whose piece it was.

>>> dict(Here().run(square, [2, 3])), divided(None, square, 4)
({2: 4, 3: 9}, [0, 1, 4, 9])
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import uuid
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import connection
from typing import Any, Protocol, TypeVar

from detente.arguments import check
from detente.errors import DetenteError, InputError, TooLarge
from detente.messages import tell
from detente.version import __version__

T = TypeVar("T")
Work = Callable[[int], T]

TRIES = 3
"""How often a piece may kill its worker before it is left out."""

LOSSES = 10
"""How often a piece may be lost on a cluster, with a worker that somebody else ended, before it is left out."""

MOST = 256
"""Processes at most: more than any one machine has use for."""

AHEAD = 2
"""Pieces under way per worker of a cluster, so that none waits for the next."""

PARTS = 256
"""Into so many parts, at most, `divided` divides a work."""

LOOK = 0.2
"""Seconds between two looks at whether somebody has asked to stop."""


@dataclass(frozen=True)
class Lost:
    """A piece that killed whoever worked on it, so many times."""

    tries: int = TRIES


class Executor(Protocol):
    """Who works: `run` gives the pieces back as they are done; `look` is called meanwhile, and may raise to end the work."""

    def run(
        self, work: Work[T], pieces: Iterable[int], look: Callable[[], None] = ...
    ) -> Generator[tuple[int, T | Lost], None, None]: ...


def _go_on() -> None:
    """Nobody asks to stop."""


def square(number: int) -> int:
    """A work to try an executor with."""
    return number * number


def executor_of(wanted: Executor | int | None) -> Executor:
    """An executor: itself, as many processes, or none beside this one."""
    if wanted is None:
        return Here()
    if isinstance(wanted, int):
        check(tell("the number of processes"), wanted, "int")
        if not 1 <= wanted <= MOST:
            raise InputError(tell("{wanted} processes; expected 1 to {most}", wanted=wanted, most=MOST))
        return Here() if wanted == 1 else Processes(wanted)
    return wanted


def divided(
    executor: Executor | int | None,
    work: Work[T],
    total: int,
    progress: Callable[[int, int, str], None] | None = None,
    told: Callable[[int], str] = str,
) -> list[T]:
    """What every piece of a work comes to, in the order of their numbers, whoever works; `told` says which piece one is.

    Pieces are handed out a few together where they are very many. One that kills its worker again and again ends the work
    with `TooLarge`, which names it: an answer that leaves something out would be another one.
    """
    size = -(-total // PARTS) or 1
    found: dict[int, list[T]] = {}

    def look() -> None:
        done = min(len(found) * size, total - 1)
        if progress is not None:
            progress(done, total, told(done))

    source = executor_of(executor).run(_Together(work, size, total), range(-(-total // size)), look)
    with contextlib.closing(source):
        for number, outcome in source:
            if isinstance(outcome, Lost):
                raise TooLarge(
                    tell(
                        "'{piece}' ended its process {tries} times, perhaps for want of memory; ask in one process, "
                        "or for less",
                        piece=told(number * size),
                        tries=outcome.tries,
                    )
                )
            found[number] = outcome
    return [each for number in sorted(found) for each in found[number]]


@dataclass(frozen=True, eq=False)
class _Together:
    """Some pieces as one."""

    work: Work[Any]
    size: int
    total: int

    def __call__(self, number: int) -> list[Any]:
        return [self.work(each) for each in range(number * self.size, min(self.total, (number + 1) * self.size))]


# --- in this process --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Here:
    """Work in this process, one piece after the other."""

    def run(
        self, work: Work[T], pieces: Iterable[int], look: Callable[[], None] = _go_on
    ) -> Generator[tuple[int, T | Lost], None, None]:
        for piece in pieces:
            look()
            yield piece, work(piece)


# --- in processes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Processes:
    """Work in so many processes of this machine."""

    workers: int

    def run(
        self, work: Work[T], pieces: Iterable[int], look: Callable[[], None] = _go_on
    ) -> Generator[tuple[int, T | Lost], None, None]:
        waiting = deque(pieces)
        crew = _Crew(pickle.dumps(work))
        deaths: Counter[int] = Counter()
        try:
            for _ in range(min(self.workers, len(waiting))):
                crew.hire()
            while waiting or crew.busy:
                look()
                crew.give(waiting)
                for piece, outcome in crew.done(LOOK):
                    if isinstance(outcome, _Died):
                        deaths[piece] += 1
                        if deaths[piece] < TRIES:
                            waiting.appendleft(piece)
                        else:
                            yield piece, Lost()
                        if waiting:
                            crew.hire()
                    else:
                        yield piece, outcome
        finally:
            crew.end()


class _Died:
    """What comes of a piece whose worker died."""


@dataclass
class _Worker:
    process: Any
    ready: bool = False
    piece: int | None = None


@dataclass
class _Crew:
    """The processes at work, each at the end of a pipe that nobody else holds: its end is the end of the worker."""

    work: bytes = field(repr=False)
    workers: dict[Any, _Worker] = field(default_factory=dict)

    @property
    def busy(self) -> bool:
        return any(each.piece is not None for each in self.workers.values())

    def hire(self) -> None:
        context = multiprocessing.get_context("spawn")  # a forked process may hang on a lock that a thread held
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there,), daemon=True)
        with _nothing_from_the_working_folder():
            process.start()
        there.close()
        with contextlib.suppress(OSError):  # it has died already: `done` sees that
            here.send_bytes(self.work)
        self.workers[here] = _Worker(process)

    def give(self, waiting: deque[int]) -> None:
        for pipe, worker in self.workers.items():
            if waiting and worker.piece is None:
                worker.piece = waiting.popleft()
                with contextlib.suppress(OSError):
                    pipe.send(worker.piece)

    def done(self, seconds: float) -> Iterator[tuple[int, Any]]:
        """Pieces that are done by now, or whose worker has died."""
        ready: list[Any] = connection.wait(list(self.workers), seconds)
        for pipe in ready:
            worker = self.workers[pipe]
            try:
                kind, found = pipe.recv()
            except (EOFError, OSError):
                del self.workers[pipe]
                worker.process.join()
                if not worker.ready:
                    raise DetenteError(
                        tell(
                            "a process that should help died before it began; a program that asks for processes keeps "
                            "what it does under `if __name__ == '__main__':`, because each of them reads it"
                        )
                    ) from None
                if worker.piece is not None:
                    yield worker.piece, _Died()
                continue
            if isinstance(found, BaseException):
                raise found
            if kind == "ready":
                worker.ready = True
            else:
                piece, worker.piece = worker.piece, None
                assert piece is not None
                yield piece, found

    def end(self) -> None:
        for pipe, worker in self.workers.items():
            worker.process.kill()
            pipe.close()
        for worker in self.workers.values():
            worker.process.join()
        self.workers.clear()


@contextlib.contextmanager
def _nothing_from_the_working_folder() -> Iterator[None]:
    """A process that starts meanwhile does not look for modules in its working folder: a stranger's may lie there."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def _serve(pipe: Any) -> None:
    """What a process does: it gets the work, then numbers, and sends what they come to, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the parent answers it
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        work = pickle.loads(pipe.recv_bytes())  # noqa: S301 (from our own parent)
        pipe.send(("ready", None))
        while True:
            pipe.send(_outcome(work, pipe.recv()))
    except (EOFError, OSError):
        return


def _outcome(work: Work[Any], piece: int) -> tuple[str, Any]:
    try:
        return "done", work(piece)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 (some errors cannot be made anew on the other side)
        except Exception:
            return "error", DetenteError(f"{type(error).__name__}: {error}")
        return "error", error


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


# --- on a cluster -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cluster:
    """Work on the workers of a dask scheduler at this address, such as `tcp://10.0.0.1:8786`."""

    address: str

    def run(
        self, work: Work[T], pieces: Iterable[int], look: Callable[[], None] = _go_on
    ) -> Generator[tuple[int, T | Lost], None, None]:
        distributed = _distributed()
        with _client(distributed, self.address) as client:
            seats = _seats(client, self.address)
            sent = client.scatter(work, broadcast=True, hash=False)
            token = uuid.uuid4().hex  # equal names would be answered from memory
            waiting = deque((piece, 1) for piece in pieces)
            under_way: dict[Any, tuple[int, int]] = {}
            while waiting or under_way:
                look()
                while waiting and len(under_way) < AHEAD * seats:
                    piece, time = waiting.popleft()
                    key = f"detente-{token}-{piece}-{time}"
                    under_way[client.submit(_call, sent, piece, key=key, pure=False)] = piece, time
                with client.as_current(), contextlib.suppress(TimeoutError, distributed.CancelledError):
                    distributed.wait(list(under_way), timeout=LOOK, return_when="FIRST_COMPLETED")
                for future in [each for each in under_way if each.done()]:
                    piece, time = under_way.pop(future)
                    try:
                        yield piece, future.result()
                    except distributed.KilledWorker:
                        yield piece, Lost()
                    except distributed.CancelledError:
                        # A worker died with what it had: the work itself, or a result that nobody had fetched yet.
                        if time == LOSSES:
                            yield piece, Lost()
                        else:
                            sent = client.scatter(work, broadcast=True, hash=False)
                            waiting.appendleft((piece, time + 1))


def _call(work: Work[T], piece: int) -> T:
    return work(piece)


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise InputError(tell("a cluster needs dask.distributed: pip install 'detente[cluster]'")) from None


@contextlib.contextmanager
def _client(distributed: Any, address: str) -> Iterator[Any]:
    try:
        client = distributed.Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            tell(
                "no scheduler answers at {address} ({splitlines}); start one with `dask scheduler`, and give "
                "the address that it prints",
                address=address,
                splitlines=str(error).splitlines()[0] if str(error) else type(error).__name__,
            )
        ) from None
    try:
        yield client
    finally:
        client.close()


def _seats(client: Any, address: str) -> int:
    """How many pieces the workers take at once; they must have this very version."""
    versions = client.run(_version)
    if not versions:
        raise InputError(
            tell("the scheduler at {address} has no workers; start some with `dask worker {address}`", address=address)
        )
    other = {name: each for name, each in versions.items() if each != (__version__, sys.version_info[:2])}
    if other:
        name, (version, python) = next(iter(other.items()))
        raise InputError(
            tell(
                "the worker {name} has detente {version} with Python {python}.{python2}; expected {version2} "
                "with Python {version_info}.{version_info2} as here",
                name=name,
                version=version or tell("not installed"),
                python=python[0],
                python2=python[1],
                version2=__version__,
                version_info=sys.version_info[0],
                version_info2=sys.version_info[1],
            )
        )
    return sum(client.nthreads().values())


def _version() -> tuple[str, tuple[int, int]]:
    """Runs on a worker, which may have no detente: it imports nothing of ours by name."""
    import importlib
    import sys

    try:
        found = str(importlib.import_module("detente.version").__version__)
    except ImportError:
        found = ""
    return found, (sys.version_info[0], sys.version_info[1])
