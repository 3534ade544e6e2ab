"""Build a release and check it: `python tools/release.py [--extras]`, in an environment with the extra `release`.

Steps, each of which ends the run if it fails: wheel and sdist are built twice and are the same bytes; `twine check` and
`check-wheel-contents` find nothing; the wheel is installed in a new environment, away from this tree, and the command analyses
a model there. With `--extras` every extra is installed there alone, one after the other, and what it is for is imported.
What was built lies in `dist/`. docs/contributing.md says when to run it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"

EXTRAS = {
    "fast": "numba",
    "cpsat": "ortools.sat.python.cp_model",
    "maxsat": "pysat.solvers",
    "pictures": "resvg_py",
    "arrow": "arro3.core",
    "parquet": "pyarrow.parquet",
    "spreadsheets": "python_calamine, xlsxwriter",
    "networks": "networkx",
    "office": "docx, pptx, resvg_py",
    "cluster": "distributed",
    "workbench": "starlette, uvicorn",
    "diagrams": "oxidd",
    "mcp": "mcp",
    "notebook": "ipykernel",
    "all": "numba, resvg_py",
}
"""What each extra is for; those for development (`dev`, `browser`, `docs`, `release`, `bench`) are no part of a release."""

DEVELOPMENT = {"dev", "browser", "docs", "release", "bench"}


def moment() -> str:
    """The time of the last commit, for SOURCE_DATE_EPOCH: the same commit gives the same bytes."""
    command = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def built(target: Path) -> dict[str, str]:
    """Wheel and sdist in a folder: their names and digests."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": moment()}
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(target.iterdir())}


def bare(folder: Path) -> Path:
    """A new environment without anything but pip; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str | Path, where: Path) -> str:
    """Run something away from this tree; what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    ended = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(
            f"{' '.join(map(str, command))} ended with {ended.returncode}:\n{ended.stdout[-2000:]}{ended.stderr[-4000:]}"
        )
    return ended.stdout


def extras() -> set[str]:
    """The extras that are for users."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return set(project["optional-dependencies"]) - DEVELOPMENT


def main(arguments: list[str]) -> int:
    """All steps, told one by one."""
    shutil.rmtree(DIST, ignore_errors=True)
    first = built(DIST)
    with tempfile.TemporaryDirectory() as name:
        away = Path(name)
        if built(away / "again") != first:
            sys.exit(f"two builds differ: {first}")
        print("built twice, the same bytes:", *(f"  {digest}  {file}" for file, digest in first.items()), sep="\n")
        files = sorted(DIST.iterdir())
        (wheel,) = (each for each in files if each.suffix == ".whl")
        run(sys.executable, "-m", "twine", "check", "--strict", *files, where=away)
        # W002: licences of vendored packages that have the same text.
        run(sys.executable, "-m", "check_wheel_contents", "--ignore", "W002", wheel, where=away)
        print("twine check and check-wheel-contents: nothing found")
        python = bare(away / "bare")
        run(python, "-m", "pip", "install", "-q", wheel, where=away)
        said = run(python, "-m", "detente", "analyze", "chicken", where=away)
        assert said.startswith("Chicken"), said
        place = run(python, "-c", "import detente; print(detente.__file__)", where=away)
        assert str(ROOT) not in place, place
        print("installed without the tree: `detente analyze chicken` answers")
        for extra in sorted(extras()) if "--extras" in arguments else ():
            python = bare(away / "bare")
            run(python, "-m", "pip", "install", "-q", f"detente[{extra}] @ {wheel.as_uri()}", where=away)
            run(python, "-c", f"import {EXTRAS[extra]}; import detente; detente.load('chicken').analyze()", where=away)
            print(f"extra alone: {extra}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
