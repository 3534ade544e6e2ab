"""Many pieces of one work: whoever works, the result is the same, and nothing is left behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.case import Case, Query
from detente.cli import main
from detente.cli.questions import SPREAD
from detente.errors import DetenteError, InputError, TooLarge
from detente.executors import PARTS, TRIES, Cluster, Executor, Here, Lost, Processes, divided, executor_of, square
from detente.files import PREFIX, SUFFIX
from detente.questions.catalogue import QUESTIONS
from detente.questions.partnerships.break_matrix import break_matrix
from detente.questions.policy.platforms import compare
from detente.questions.uncertainty import drawing
from detente.questions.uncertainty.ensemble import Ensemble, ensemble
from detente.questions.uncertainty.pivots import pivots, threshold
from detente.questions.uncertainty.types import types
from detente.result import Answer
from detente.scenario import load
from pieces import Deadly, Killed, oddly, stumbles

PIECES = list(range(7))
SRC = str(Path(__file__).parents[1] / "src")


def children() -> list[int]:
    """The processes that this one has started and that are still there, but for the one that Python keeps itself."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    while True:
        try:
            found = [each for task in tasks.iterdir() for each in (task / "children").read_text().split()]
            return [
                int(each) for each in found if b"resource_tracker" not in Path(f"/proc/{each}/cmdline").read_bytes()
            ]
        except (FileNotFoundError, ProcessLookupError):  # a thread or a process has ended meanwhile: look again
            continue


@pytest.mark.parametrize("executor", [Here(), Processes(1), Processes(3)], ids=str)
def test_every_piece_comes_back_once(executor: Executor) -> None:
    before = children()
    assert sorted(executor.run(square, PIECES)) == [(number, number * number) for number in PIECES]
    assert list(executor.run(square, [])) == []
    assert children() == before


def test_a_process_that_dies_takes_only_its_own_piece_with_it(tmp_path: Path) -> None:
    """Once or twice killed, a piece is tried again; each of three times, it is left out and named."""
    for times in (1, TRIES - 1, TRIES):
        folder = tmp_path / str(times)
        folder.mkdir()
        found = dict(Processes(2).run(Deadly(str(folder), 4, times), PIECES))
        assert found == {number: number * number for number in PIECES} | ({4: Lost(TRIES)} if times == TRIES else {})
        assert len(list(folder.iterdir())) == times
    assert not children()


def test_an_error_of_a_piece_ends_the_work_and_the_processes() -> None:
    with pytest.raises(InputError, match="three is too many"):
        list(Processes(2).run(stumbles, PIECES))
    with pytest.raises(DetenteError, match="OddError: 0 and 0"):
        list(Processes(1).run(oddly, PIECES))
    assert not children()


def test_who_stops_asking_or_looking_leaves_no_process() -> None:
    pieces = Processes(2).run(square, PIECES)
    next(pieces)
    pieces.close()
    assert not children()

    def look() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        list(Processes(2).run(square, PIECES, look))
    assert not children()


LONG = """
import sys, time
sys.path.insert(0, {src!r})
from detente.executors import Processes
if __name__ == "__main__":
    print("begun", flush=True)
    for _ in Processes(2).run(time.sleep, [60, 60]): pass
"""


def test_a_process_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(LONG.format(src=SRC))
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE)  # noqa: S603
    assert parent.stdout is not None
    parent.stdout.readline()
    started = _started_by(parent.pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not any(map(_alive, started)):
            return
        time.sleep(0.1)
    raise AssertionError(f"still there: {[each for each in started if _alive(each)]}")


def _started_by(pid: int) -> list[int]:
    for _ in range(200):
        found = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        if len(found) >= 2:
            return found
        time.sleep(0.1)
    raise AssertionError("no processes were started")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


UNGUARDED = """
import sys
sys.path.insert(0, {src!r})
from detente.executors import Processes, square
print(list(Processes(2).run(square, [1, 2])))
"""


def test_a_program_without_a_guard_is_told_so(tmp_path: Path) -> None:
    """Each process reads the program that asked for it; without the guard it would ask for processes itself."""
    script = tmp_path / "unguarded.py"
    script.write_text(UNGUARDED.format(src=SRC))
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert "died before it began" in ran.stderr
    assert "if __name__ == '__main__'" in ran.stderr


def test_nothing_is_imported_from_the_working_folder(tmp_path: Path) -> None:
    for name in ("multiprocessing", "detente", "click", "pickle", "numpy"):
        (tmp_path / f"{name}.py").write_text("import pathlib; pathlib.Path('ran').touch()\n")
    command = [sys.executable, "-P", "-m", "detente", "ensemble", "chicken", "--draws", "1500", "--within", "0.001"]
    ran = subprocess.run(  # noqa: S603
        [*command, "--jobs", "2", "--exact", "0"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": SRC},
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "ran").exists()


def test_who_works_is_said_in_python() -> None:
    assert executor_of(None) == executor_of(1) == Here()
    assert executor_of(4) == Processes(4)
    assert executor_of(Processes(2)) == Processes(2)
    for wrong in (0, -1, 1_000):
        with pytest.raises(InputError, match=f"{wrong} processes; expected 1 to 256"):
            executor_of(wrong)


# --- draws ------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "BATCH", 100)
    monkeypatch.setattr("detente.questions.uncertainty.ensemble.BATCH", 100)


def asked(
    into: Path | None = None, executor: Executor | int | None = None, draws: int = 650, **how: object
) -> Ensemble:
    case = Case(load("chicken"))
    return ensemble(case, draws=draws, within=0.0001, exact=0, into=into, executor=executor, **how)  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, object], dict[str, bytes]]]:
    """What one process finds and keeps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "BATCH", 100)
        patch.setattr("detente.questions.uncertainty.ensemble.BATCH", 100)
        folder = tmp_path_factory.mktemp("plain") / "draws"
        yield asked(folder).to_json(), contents(folder)


def test_one_process_and_two_draw_the_same(plain: tuple[dict[str, object], dict[str, bytes]], tmp_path: Path) -> None:
    answer, files = plain
    assert len(files) == 8
    assert asked(tmp_path / "draws", 2).to_json() == answer == asked().to_json()
    assert contents(tmp_path / "draws") == files


@dataclass(frozen=True)
class Killing:
    """An executor whose processes are killed at one batch, so many times."""

    folder: str
    times: int

    def run(self, work: object, pieces: object, look: object) -> object:
        return Processes(2).run(Killed(work, Deadly(self.folder, 3, self.times)), pieces, look)  # type: ignore[arg-type]


def test_a_killed_process_changes_nothing(plain: tuple[dict[str, object], dict[str, bytes]], tmp_path: Path) -> None:
    (tmp_path / "deaths").mkdir()
    found = asked(tmp_path / "draws", Killing(str(tmp_path / "deaths"), 2))  # type: ignore[arg-type]
    assert (found.to_json(), contents(tmp_path / "draws")) == plain


def test_a_batch_that_kills_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "deaths").mkdir()
    found = asked(tmp_path / "draws", Killing(str(tmp_path / "deaths"), TRIES))  # type: ignore[arg-type]
    assert found.lost == (3,)
    assert found.n == 550
    assert "draws-00000003.parquet" not in contents(tmp_path / "draws")
    assert "Left out: 1 batch of up to 100 draws (number 3); each time, drawing ended its process." in str(found)
    assert asked(tmp_path / "draws").n == 650  # asked again, it is drawn after all


def test_a_run_that_was_cut_off_goes_on(plain: tuple[dict[str, object], dict[str, bytes]], tmp_path: Path) -> None:
    """Whatever is missing, torn, or of another size is drawn again; what is there is not."""
    answer, files = plain
    folder = tmp_path / "draws"
    asked(folder)
    (folder / "draws-00000001.parquet").unlink()
    (folder / "draws-00000002.parquet").write_bytes(files["draws-00000002.parquet"][:200])
    (folder / "draws-00000004.parquet").write_bytes(files["draws-00000006.parquet"])
    untouched = (folder / "draws-00000005.parquet").stat().st_mtime_ns
    assert asked(folder, 2).to_json() == answer
    assert contents(folder) == files
    assert (folder / "draws-00000005.parquet").stat().st_mtime_ns == untouched
    asked(folder, draws=250)
    assert sorted(contents(folder)) == [*(f"draws-0000000{number}.parquet" for number in range(3)), "draws.json"]


def test_a_killed_driver_goes_on(plain: tuple[dict[str, object], dict[str, bytes]], tmp_path: Path) -> None:
    folder = tmp_path / "draws"
    command = f"""
import sys
sys.path.insert(0, {SRC!r})
from detente.case import Case
from detente.questions.uncertainty import drawing
from detente.questions.uncertainty.ensemble import ensemble
from detente.scenario import load
drawing.BATCH = 100
import detente.questions.uncertainty.ensemble as module
module.BATCH = 100
ensemble(Case(load("chicken")), draws=10_000, within=0.00001, exact=0, into={str(folder)!r})
"""
    driver = subprocess.Popen([sys.executable, "-c", command])  # noqa: S603
    while len(list(folder.glob("*.parquet"))) < 2 and driver.poll() is None:
        time.sleep(0.02)
    driver.kill()
    driver.wait()
    answer, files = asked(folder).to_json(), contents(folder)
    # Killed while it wrote, it left a part under its own name, which the next writer removes when it is old enough.
    whole = {
        name: content for name, content in files.items() if not (name.startswith(PREFIX) and name.endswith(SUFFIX))
    }
    assert (answer, whole) == plain
    assert len(files) <= len(whole) + 1


def test_a_disk_that_is_full_in_the_middle_of_a_part(
    plain: tuple[dict[str, object], dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told in one line, nothing torn is left, and with room again the run goes on where it was."""
    flush, room = os.fsync, [12]  # of each file the content is flushed, and the folder

    def full(handle: int) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(handle)

    folder = tmp_path / "draws"
    with monkeypatch.context() as patch:
        patch.setattr("detente.files.os.fsync", full)
        with pytest.raises(InputError) as told:
            asked(folder)
        assert str(told.value) == (
            "draws-00000005.parquet cannot be written: No space left on device. What was drawn before is kept in "
            f"{folder}; make room, or choose another folder, and ask the same again"
        )
        with pytest.raises(InputError, match=r"draws\.json cannot be written: No space left on device"):
            asked(tmp_path / "other")
    answer, files = plain
    assert contents(folder) == {
        name: files[name] for name in sorted(files) if name < "draws-00000005" or "json" in name
    }
    assert contents(tmp_path / "other") == {}
    assert asked(folder).to_json() == answer
    assert contents(folder) == files


def test_another_run_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "draws"
    asked(folder, draws=100)
    with pytest.raises(InputError, match="holds draws of another run: its seed is not the same"):
        asked(folder, seed=1)
    with pytest.raises(InputError, match="its title, model and headlines are not the same"):
        ensemble(Case(load("prisoners_dilemma")), draws=100, into=folder)
    (folder / "draws.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        asked(folder)
    (folder / "draws.json").unlink()
    with pytest.raises(InputError, match=r"has draws but no draws\.json"):
        asked(folder)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file; expected a folder"):
        asked(tmp_path / "file")


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(InputError, match=r"Parquet is needed: pip install 'detente\[parquet\]'"):
        asked(tmp_path / "draws")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"a cluster needs dask.distributed: pip install 'detente\[cluster\]'"):
        asked(executor=Cluster("tcp://127.0.0.1:1"))


# --- a cluster --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scheduler() -> Iterator[tuple[str, object]]:
    """A scheduler with two workers on this machine."""
    distributed = __import__("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address, cluster


def test_a_cluster_draws_the_same(
    plain: tuple[dict[str, object], dict[str, bytes]], scheduler: tuple[str, object], tmp_path: Path
) -> None:
    found = asked(tmp_path / "draws", Cluster(scheduler[0]))
    assert (found.to_json(), contents(tmp_path / "draws")) == plain


def test_a_cluster_goes_on_where_a_worker_is_killed(scheduler: tuple[str, object], tmp_path: Path) -> None:
    """The killed worker is replaced, and its piece is done by another."""
    found = dict(Cluster(scheduler[0]).run(Deadly(str(tmp_path), 4, 1), PIECES))
    assert found == {number: number * number for number in PIECES}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cluster_goes_on_where_all_workers_are_killed(scheduler: tuple[str, object]) -> None:
    """With them go the work itself and results that nobody has fetched yet: both are sent again."""
    distributed = __import__("distributed")
    killed: list[int] = []

    def kill() -> None:
        if not killed:
            with distributed.Client(scheduler[0], set_as_default=False) as client:
                client.wait_for_workers(2)
                killed.extend(client.run(os.getpid).values())
            for process in killed:
                os.kill(process, signal.SIGKILL)

    found = dict(Cluster(scheduler[0]).run(square, range(20), kill))
    assert found == {number: number * number for number in range(20)}
    assert len(killed) == 2


def test_an_error_on_a_cluster_is_ours(scheduler: tuple[str, object]) -> None:
    with pytest.raises(InputError, match="three is too many"):
        list(Cluster(scheduler[0]).run(stumbles, PIECES))


def test_no_cluster_is_said() -> None:
    with pytest.raises(InputError, match=r"no scheduler answers at tcp://127\.0\.0\.1:1"):
        list(Cluster("tcp://127.0.0.1:1").run(square, PIECES))
    with pytest.raises(InputError, match="no scheduler answers at nowhere"):
        list(Cluster("nowhere://x").run(square, PIECES))


# --- analyses ---------------------------------------------------------------------------------------------------------

HARBOUR = Path(__file__).parent / "golden" / "harbour.yaml"

ANALYSES: dict[str, Callable[[Case, Executor | int | None], Answer]] = {
    "types": lambda case, who: types(case, Query("served"), executor=who),
    "break": lambda case, who: break_matrix(case, executor=who),
    "break, every list": lambda case, who: break_matrix(case, every_list=True, executor=who),
    "compare": lambda case, who: compare(case, executor=who),
    "pivots": lambda case, who: pivots(case, Query(concept="seq"), executor=who),
    "threshold": lambda case, who: threshold(case, "city", "fee", Query("served"), executor=who),
}


@pytest.mark.parametrize("name", ANALYSES)
def test_whoever_works_the_analysis_is_the_same(name: str, scheduler: tuple[str, object]) -> None:
    """One process, two, and a cluster: the same plain data and the same text."""
    before = children()

    def told(who: Executor | int | None) -> tuple[object, str]:
        found = ANALYSES[name](Case(load(str(HARBOUR))), who)
        return found.to_json(), str(found)

    alone = told(None)
    assert told(2) == alone
    assert told(Cluster(scheduler[0])) == alone
    assert children() == before


def test_many_pieces_come_in_their_order_and_progress_names_them() -> None:
    """Also where they are handed out a few together."""
    for total in (0, 1, 2, PARTS, PARTS + 1, 3 * PARTS - 1):
        assert divided(None, square, total) == [number * number for number in range(total)]
    assert divided(2, square, PARTS + 1) == [number * number for number in range(PARTS + 1)]
    seen: list[tuple[int, int, str]] = []
    divided(Here(), square, 3, lambda *step: seen.append(step), lambda number: f"piece {number}")
    assert seen == [(0, 3, "piece 0"), (1, 3, "piece 1"), (2, 3, "piece 2")]


def test_a_piece_that_kills_ends_an_analysis_and_is_named(tmp_path: Path) -> None:
    """An answer that leaves something out would be another one."""
    before = children()
    with pytest.raises(TooLarge, match=r"'reading 4' ended its process 3 times"):
        divided(2, Deadly(str(tmp_path), 4, TRIES), 7, told=lambda number: f"reading {number}")
    assert children() == before


@pytest.mark.parametrize(
    "asked",
    ["types", "break", "compare", "pivots --goal served", "threshold --actor city --statement fee"],
)
def test_who_works_is_said_on_the_command_line(asked: str) -> None:
    command, *words = asked.split()
    one, two = (
        CliRunner().invoke(main, [command, str(HARBOUR), *words, "--json", "--jobs", jobs]) for jobs in ("1", "2")
    )
    assert one.exit_code == 0, one.output
    assert one.output == two.output
    both = CliRunner().invoke(main, [command, str(HARBOUR), *words, "--jobs", "2", "--cluster", "tcp://127.0.0.1:1"])
    assert both.exit_code == 2
    assert "--jobs and --cluster are two ways to work; give one of them" in " ".join(both.output.split())
    none = CliRunner().invoke(main, [command, str(HARBOUR), *words, "--cluster", "tcp://127.0.0.1:1"])
    assert "no scheduler answers at tcp://127.0.0.1:1" in none.output


def test_every_question_that_can_be_divided_says_so() -> None:
    """Whatever takes an executor in Python has the options on the command line."""
    able = {name for name, each in QUESTIONS.items() if "executor" in each.parameters}
    assert able == {*SPREAD, "types", "ensemble"}
    for command in ("compare", "break", "pivots", "threshold", "types", "ensemble"):
        assert {"jobs", "cluster"} <= {each.name for each in main.commands[command].params}
