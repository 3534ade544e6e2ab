"""How long a report takes to write, how large it is, how long a browser takes to open it; and how long a register takes.

    python benchmarks/bench_report.py [MODEL ...]

Written as a user does, in a new process; opened in Chromium, if that and the extra `browser` are installed, five times each
at desktop and phone width, from the start of loading until everything is drawn. Elapsed times are those of the machine as it
is; the processor time of all processes tells what is ours where other work is going on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MODELS = ("two_proxies", "composite_core", "elmira")
WIDTHS = {"desktop": 1280, "phone": 390}
TIMES = 5

OPENED = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""


REGISTERS = ("two_proxies",)


def run(*words: str) -> tuple[float, float]:
    """A command in a new process: seconds elapsed, and of processor time."""
    before, begin = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "detente", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    elapsed, after = time.perf_counter() - begin, os.times()
    return elapsed, after.children_user + after.children_system - before.children_user - before.children_system


def write(name: str, folder: Path) -> None:
    target = folder / f"{name}.html"
    elapsed, used = run("report", name, "-o", str(target))
    size = target.stat().st_size / 1000
    print(f"  {name:16} written in {elapsed:5.1f} s ({used:.1f} s of processor time), {size:,.0f} kB")


def register(name: str) -> None:
    elapsed, used = run("claims", name, "--json")
    print(f"  {name:16} claims judged in {elapsed:5.1f} s ({used:.1f} s of processor time)")


def open_all(folder: Path) -> None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("  not opened: the extra `browser` is not installed")
        return
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        print("  not opened: there is no Chromium")
        return
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for file in sorted(folder.glob("*.html")):
            for what, width in WIDTHS.items():
                times = sorted(opened(browser, file, width) for _ in range(TIMES))
                print(f"  {file.stem:16} {what:8} opens in {times[0]:5.0f} to {times[-1]:.0f} ms")
        browser.close()


def opened(browser: Any, file: Path, width: int) -> float:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(file.as_uri())
    found = float(page.evaluate(OPENED))
    page.close()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in REGISTERS:
            if name in (sys.argv[1:] or REGISTERS):
                register(name)
        for name in sys.argv[1:] or MODELS:
            write(name, Path(folder))
        open_all(Path(folder))


if __name__ == "__main__":
    main()
