"""The benchmarks' own tools: one of them by its name, and two versions of the program side by side."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    found = importlib.util.spec_from_file_location("compare_versions", BENCHMARKS / "compare.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, str(BENCHMARKS), *words], capture_output=True, text=True, check=False
    )


def test_every_benchmark_has_a_name_and_every_name_a_benchmark() -> None:
    listed = bench("--list").stdout.splitlines()
    assert {line.split()[0] for line in listed} == {
        path.stem.removeprefix("bench_") for path in BENCHMARKS.glob("bench_*.py")
    }
    assert "kernels     How fast the dense kernels are, and how far above what memory alone would take" in listed


def test_one_benchmark_runs_by_its_name_with_arguments_of_its_own() -> None:
    ended = bench("events", "1000")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("== ") == 1 and "== events\n" in ended.stdout
    assert ended.stdout.partition("== events\n")[2].startswith("  1,400 rows, ")


@pytest.mark.parametrize(("word", "hint"), [("kernel", " Did you mean 'kernels'?"), ("zebra", "")])
def test_a_name_that_is_none_is_refused_with_all_names(word: str, hint: str) -> None:
    ended = bench(word)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"There is no benchmark {word!r}.{hint} There are kernels, models, relations, ")
    assert len(ended.stderr.splitlines()) == 1


def tree(folder: Path, speed: str) -> Path:
    package = folder / "src" / "detente"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f"SPEED = {speed}\n")
    return folder


def test_two_versions_run_in_turn_and_their_medians_stand_side_by_side(compare: ModuleType, tmp_path: Path) -> None:
    """The benchmark counts its runs in a file, so that each prints a figure of its own."""
    script, log = tmp_path / "bench_toy.py", tmp_path / "log"
    script.write_text(
        "import sys, detente, pathlib\n"
        f"log = pathlib.Path({str(log)!r})\n"
        "done = log.read_text().split() if log.exists() else []\n"
        "log.write_text(' '.join([*done, str(detente.SPEED)]))\n"
        "print(f'u16  1,024 states {detente.SPEED + 10 * len(done):8.2f} s', *sys.argv[1:])\n"
        "print('only the first time') if not done else None\n"
    )
    old, new = (
        compare.version(str(tree(tmp_path / name, speed)), tmp_path) for name, speed in (("a", "4"), ("b", "1"))
    )
    report = compare.compare(script, ["--quick"], old, new, 3)
    # one round that does not count, then three: nobody is always second
    assert log.read_text().split() == ["1", "4", "4", "1", "1", "4", "4", "1"]
    assert [row.rstrip() for row in report[4:]] == [
        # old ran as number 2, 5 and 6 (from 0), new as 3, 4 and 7
        "old        u16  1,024 states    54.00 s --quick",
        "new        u16  1,024 states    41.00 s --quick",
        "new / old           =            0.76",
    ]
    assert [row.split()[:3] for row in report[1:3]] == [["of", "the", "processor"], ["of", "the", "clock"]]


def test_a_line_that_some_run_does_not_print_is_left_out_and_said(compare: ModuleType) -> None:
    rows, missing = compare.side_by_side(["a 1\nb 2"], ["a 1\nc 2"])
    assert rows == ["both       a 1"]
    assert missing == 2


def test_names_and_powers_are_no_figures(compare: ModuleType) -> None:
    (line,) = compare.lines("case-u16 2^20 states 1,048,576 0.5 ms")
    assert line.figures == (1048576.0, 0.5)


def test_equal_lines_are_compared_in_their_order(compare: ModuleType) -> None:
    rows, missing = compare.side_by_side(["x 1\nx 8", "x 3\nx 8", "x 2\nx 8"], ["x 4\nx 8"] * 3)
    assert (rows, missing) == (["old        x 2", "new        x 4", "new / old    2.00", "both       x 8"], 0)


def test_a_version_that_is_neither_folder_nor_commit_is_refused(compare: ModuleType, tmp_path: Path) -> None:
    ended = bench("compare", "events", "no-such-commit", ".")
    assert (ended.returncode, ended.stderr) == (
        2,
        "'no-such-commit' is neither a folder with `src/detente` nor a commit that git knows here: name one of them.\n",
    )


def test_a_benchmark_that_does_not_run_on_a_version_says_so(
    compare: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "bench_toy.py"
    script.write_text("from detente import SLOW\n")
    toy = compare.version(str(tree(tmp_path / "toy", "1")), tmp_path)
    with pytest.raises(SystemExit):
        compare.run_once(script, [], toy)
    said = capsys.readouterr().err
    assert said.startswith(f"The benchmark does not run on {toy.name} (it ended with 1):\n")
    assert "ImportError: cannot import name 'SLOW'" in said


def test_a_commit_is_a_version_too(compare: ModuleType, tmp_path: Path) -> None:
    here = subprocess.run(  # noqa: S603
        ["git", "-C", str(BENCHMARKS), "rev-parse", "HEAD"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if here.returncode:
        pytest.skip("no copy of the history is here")
    found = compare.version("HEAD", tmp_path)
    assert found.name == f"HEAD ({here.stdout[:10]})"
    assert (found.sources / "detente" / "version.py").is_file()
