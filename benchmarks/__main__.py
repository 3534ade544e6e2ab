"""All benchmarks, one after the other, with the machine they ran on: `python benchmarks`."""

from __future__ import annotations

import os
import platform
import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent


def machine() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        cpu = names[0] if names else cpu
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def main() -> None:
    print(machine())
    for name in (
        "bench_kernels.py",
        "bench_models.py",
        "bench_relations.py",
        "bench_incentives.py",
        "bench_report.py",
        "bench_live.py",
        "bench_diagrams.py",
        "bench_workbench.py",
        "bench_ensembles.py",
        "bench_cluster.py",
        "bench_events.py",
        "bench_rivals.py",
    ):
        print(f"\n== {name}")
        sys.argv = [name]
        runpy.run_path(str(HERE / name), run_name="__main__")


if __name__ == "__main__":
    main()
