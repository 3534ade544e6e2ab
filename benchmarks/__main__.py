"""The benchmarks, with the machine they ran on.

python3 run.py bench                        all of them, one after the other
python3 run.py bench NAME [ARGUMENT ...]    one of them; the arguments are its own
python3 run.py bench compare NAME OLD NEW   one of them on two versions of the program, in turn (`compare.py`)
python3 run.py bench --list                 their names
"""

from __future__ import annotations

import difflib
import os
import platform
import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent

ALL = (
    "kernels",
    "models",
    "relations",
    "incentives",
    "report",
    "live",
    "diagrams",
    "workbench",
    "ensembles",
    "cluster",
    "events",
    "rivals",
)
"""What a run of everything takes, in this order."""

LONG: tuple[str, ...] = ()
"""What runs only by its name: it needs most of a machine, and minutes."""

USAGE = 2
"""How the process ends where what is asked for cannot be understood."""


def machine() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        cpu = names[0] if names else cpu
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def first_line(name: str) -> str:
    text = (HERE / f"bench_{name}.py").read_text(encoding="utf-8")
    return text.partition("\n")[0].removeprefix('"""').removesuffix('"""').rstrip(".")


def named(word: str) -> str:
    """The benchmark that is meant: by its name, or by that of its file."""
    name = Path(word).name.removesuffix(".py").removeprefix("bench_")
    if name in (*ALL, *LONG):
        return name
    near = difflib.get_close_matches(name, (*ALL, *LONG, "compare"), 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    sys.stderr.write(
        f"There is no benchmark {word!r}.{hint} There are {', '.join(ALL)} and, by name only, {', '.join(LONG)}; "
        "`python3 run.py bench` runs all of them, `bench compare NAME OLD NEW` one on two versions.\n"
    )
    raise SystemExit(USAGE)


def run(name: str, arguments: list[str]) -> None:
    """Run a benchmark in this process, as `python benchmarks/bench_NAME.py ARGUMENT ...` would."""
    script = HERE / f"bench_{name}.py"
    sys.argv = [str(script), *arguments]
    runpy.run_path(str(script), run_name="__main__")


def main(words: list[str]) -> None:
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return
    if words[:1] == ["--list"]:
        for name in (*ALL, *LONG):
            print(f"{name:11} {first_line(name)}")
        return
    if words[:1] == ["compare"]:
        import compare

        compare.main(words[1:], named)
        return
    chosen = named(words[0]) if words else None
    print(machine(), flush=True)
    for name in (chosen,) if chosen else ALL:
        print(f"\n== {name}", flush=True)
        run(name, words[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
