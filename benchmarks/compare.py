"""One benchmark on two versions of the program, in turn in one run, and the medians side by side.

    python3 run.py bench compare NAME OLD NEW [--rounds N] [ARGUMENT ...]

A version is a folder with the sources (`.` is this tree as it stands), or anything git knows as a commit. The benchmark is
that of this tree for both; the arguments are its own. After a round that does not count, because it may compile kernels, come
N rounds (5): OLD, NEW, NEW, OLD and so on, so that other work on the machine falls on both alike, and nobody is always second.

What is compared: the processor time of all processes of a run, its time on the clock, and every figure that the benchmark
prints. Lines are told apart by their words; a line that some run does not print is left out, and said.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent

FIGURE = re.compile(r"(?<![\w.^])\d[\d,]*(?:\.\d+)?(?![\w^])")
"""A figure: no part of a name (`u16`) or of a power (`2^20`)."""

ROUNDS = 5


@dataclass(frozen=True)
class Version:
    """A version of the program: how it was called, and the folder to import it from."""

    name: str
    sources: Path


@dataclass(frozen=True)
class Run:
    """One run of the benchmark: seconds of the processor and of the clock, and what it printed."""

    processor: float
    clock: float
    text: str


@dataclass(frozen=True)
class Line:
    """One line of the output: its words, which of the lines with these words it is, its figures, and itself."""

    words: str
    number: int
    figures: tuple[float, ...]
    text: str


def refuse(message: str) -> SystemExit:
    sys.stderr.write(message + "\n")
    return SystemExit(2)


def version(word: str, folder: Path) -> Version:
    """A source tree by its path, or a commit, whose sources are put into the folder."""
    for sources in (Path(word) / "src", Path(word)):
        if (sources / "detente" / "__init__.py").is_file():
            return Version(word, sources.resolve())
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run(
        [*git, "rev-parse", "--verify", "-q", f"{word}^{{commit}}"], capture_output=True, check=False
    )
    if found.returncode != 0:
        raise refuse(
            f"{word!r} is neither a folder with `src/detente` nor a commit that git knows here: name one of them."
        )
    commit = found.stdout.decode().strip()
    packed = subprocess.run([*git, "archive", commit, "src"], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return Version(f"{word} ({commit[:10]})" if word != commit[: len(word)] else word, folder / "src")


def run_once(script: Path, arguments: Sequence[str], of: Version) -> Run:
    """The benchmark in a new process that imports this version."""
    environment = os.environ | {"PYTHONPATH": str(of.sources)}
    before, begin = os.times(), time.perf_counter()
    ended = subprocess.run(
        [sys.executable, str(script), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    clock, after = time.perf_counter() - begin, os.times()
    if ended.returncode != 0:
        last = "\n".join(ended.stderr.strip().splitlines()[-3:])
        raise refuse(f"The benchmark does not run on {of.name} (it ended with {ended.returncode}):\n{last}")
    spent = sum(now - then for now, then in zip(after[2:4], before[2:4], strict=True))
    return Run(spent, clock, ended.stdout)


def lines(text: str) -> list[Line]:
    """The output line by line.

    >>> lines("u16  1,024 states 2.5 ms")[0].figures
    (1024.0, 2.5)
    """
    seen: Counter[str] = Counter()
    found = []
    for each in filter(str.strip, text.splitlines()):
        words = " ".join(FIGURE.sub("#", each).split())
        seen[words] += 1
        figures = tuple(float(figure.replace(",", "")) for figure in FIGURE.findall(each))
        found.append(Line(words, seen[words], figures, each.rstrip()))
    return found


def put(text: str, figures: Sequence[str]) -> str:
    """A line with other figures in the places of its own, each as wide as before where it fits."""
    rest = iter(figures)

    def placed(match: re.Match[str]) -> str:
        return next(rest).rjust(len(match[0]))

    return FIGURE.sub(placed, text)


def like(figure: str, value: float) -> str:
    """A number in the form of a figure.

    >>> like("1,024", 2048.0), like("2.50", 1.0)
    ('2,048', '1.00')
    """
    decimals = len(figure.partition(".")[2])
    return f"{value:,.{decimals}f}" if "," in figure else f"{value:.{decimals}f}"


def side_by_side(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], int]:
    """The medians of every line that all runs print, old above new above new / old; and how many lines some run lacks."""
    runs = [[{(line.words, line.number): line for line in lines(text)} for text in texts] for texts in (old, new)]
    everything = [each for texts in runs for each in texts]
    shared = [key for key in everything[0] if all(key in each for each in everything)]
    missing = len({key for each in everything for key in each}) - len(shared)
    rows = []
    for key in shared:
        pattern = everything[0][key].text
        medians = [
            [statistics.median(values) for values in zip(*(each[key].figures for each in texts), strict=True)]
            for texts in runs
        ]
        if medians[0] == medians[1]:
            rows.append(f"           {pattern}" if not medians[0] else f"both       {pattern}")
            continue
        forms = FIGURE.findall(pattern)
        for side, values in zip(("old", "new"), medians, strict=True):
            rows.append(f"{side}        " + put(pattern, [like(*pair) for pair in zip(forms, values, strict=True)]))
        ratios = ["=" if a == b else f"{b / a:.2f}" if a else "–" for a, b in zip(*medians, strict=True)]
        rows.append("new / old  " + put(blank(pattern), ratios).rstrip())
    return rows, missing


def blank(text: str) -> str:
    """A line with nothing but its figures."""
    kept = [False] * len(text)
    for match in FIGURE.finditer(text):
        kept[match.start() : match.end()] = [True] * len(match[0])
    return "".join(sign if keep else " " for sign, keep in zip(text, kept, strict=True))


def summary(old: Sequence[Run], new: Sequence[Run]) -> list[str]:
    """The medians of the whole runs, with the least and the most of each."""
    rows = [f"{'whole run, seconds':22} {'old':>24} {'new':>24} {'new / old':>10}"]
    for name, values in (
        ("of the processor", [[run.processor for run in runs] for runs in (old, new)]),
        ("of the clock", [[run.clock for run in runs] for runs in (old, new)]),
    ):
        middle = [statistics.median(each) for each in values]
        spans = [f"{m:.2f} ({min(each):.2f}–{max(each):.2f})" for m, each in zip(middle, values, strict=True)]
        ratio = f"{middle[1] / middle[0]:.2f}" if middle[0] else "–"
        rows.append(f"{name:22} {spans[0]:>24} {spans[1]:>24} {ratio:>10}")
    return rows


def compare(script: Path, arguments: Sequence[str], old: Version, new: Version, rounds: int) -> list[str]:
    """Run the benchmark on both versions in turn; the report, line by line."""
    runs: dict[str, list[Run]] = {"old": [], "new": []}
    for number in range(rounds + 1):
        order = (("old", old), ("new", new))
        for side, of in order if number % 2 else reversed(order):
            found = run_once(script, arguments, of)
            if number:  # the first round compiles kernels and fills the caches of files
                runs[side].append(found)
    rows, missing = side_by_side(*([run.text for run in runs[side]] for side in ("old", "new")))
    said = [f"{missing} lines that not every run prints alike are left out."] if missing else []
    return [*summary(runs["old"], runs["new"]), "", *rows, *said]


def main(words: Sequence[str], named: Callable[[str], str]) -> None:
    parser = argparse.ArgumentParser(
        prog="run.py bench compare", description="One benchmark on two versions of the program, in turn; the medians."
    )
    parser.add_argument("name", help="a benchmark, as `run.py bench --list` names it")
    parser.add_argument("old", help="a folder with the sources, or a commit")
    parser.add_argument("new", help="likewise; `.` is this tree")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"runs of each that count ({ROUNDS})")
    asked, arguments = parser.parse_known_args(words)
    if asked.rounds < 1:
        raise refuse(f"--rounds is at least 1, found {asked.rounds}.")
    script = HERE / f"bench_{named(asked.name)}.py"
    with tempfile.TemporaryDirectory() as folder:
        old, new = (version(word, Path(folder) / side) for side, word in (("old", asked.old), ("new", asked.new)))
        print(
            f"{named(asked.name)}: {asked.rounds} rounds in turn, medians; old is {old.name}, new is {new.name}\n",
            flush=True,
        )
        print("\n".join(compare(script, arguments, old, new, asked.rounds)))
