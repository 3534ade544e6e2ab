"""The processes behind the workbench: nobody waits for one that is busy, and one that dies of a model does not die for ever."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from detente.workbench import workers
from detente.workbench.workers import Lane


class Idle:
    """A process that takes what it is sent and says nothing."""

    ready = True

    def __init__(self) -> None:
        self.got: list[Any] = []

    def send(self, message: Any) -> None:
        self.got.append(message)


def deaf(pipe: Any) -> None:
    """Works, and never looks at what it is sent."""
    pipe.send("began")
    time.sleep(60)


def test_whoever_sends_much_to_a_busy_process_does_not_wait() -> None:
    async def sending() -> float:
        began, gone = asyncio.Event(), asyncio.Event()
        process = workers.start(deaf, lambda _: began.set(), gone.set, asyncio.get_running_loop())
        await asyncio.wait_for(began.wait(), 60)
        start = time.perf_counter()
        for _ in range(20):
            process.send("x" * 1_000_000)
        seconds = time.perf_counter() - start
        process.kill()
        await asyncio.wait_for(gone.wait(), 60)
        return seconds

    assert asyncio.run(sending()) < 5


def test_a_model_that_the_process_dies_of_is_refused_and_the_next_version_is_judged() -> None:
    told, lost, made = list[Any](), list[str](), list[Idle]()
    lane = Lane(lambda *each: told.append(each), lost.append)

    def start() -> None:
        made.append(Idle())
        lane._process = made[-1]  # type: ignore[assignment] # it has what is used of one

    async def dying() -> None:
        lane.start = start  # type: ignore[method-assign] # no process is needed
        lane.start()
        for _ in range(workers.STILLBORN):
            lane.post({"key": "a.yaml", "version": 1})
            lane._heard(("a.yaml", 1, "began", None))
            lane._gone(made[-1])  # type: ignore[arg-type] # as above
        assert lost == ["a.yaml"] * (workers.STILLBORN - 1)
        [(key, version, part, data)] = told
        assert (key, version, part, data["refused"]) == ("a.yaml", 1, "headline", True)
        assert data["sentence"] == (
            "the process that judges this model dies of it, perhaps for want of memory; make it smaller"
        )
        lane.post({"key": "a.yaml", "version": 2})
        lane._heard(("a.yaml", 2, "began", None))
        lane._gone(made[-1])  # type: ignore[arg-type] # as above
        assert lost == ["a.yaml"] * workers.STILLBORN

    asyncio.run(dying())
