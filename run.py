"""Set up Détente beside this file and run something: needs Python 3.11 and pip, nothing else.

    python3 run.py demo     analyse the bundled flagship conflict (further arguments go to `detente analyze`)
    python3 run.py test     run the tests (further arguments go to pytest)
    python3 run.py browser  the tests of the report in a real browser (needs Chromium; further arguments go to pytest)
    python3 run.py lint     ruff: rules and format
    python3 run.py types    mypy, strict
    python3 run.py docs     build the documentation into build/site and check every link of it
    python3 run.py bench    run the benchmarks (further arguments go to them)

The environment is `.venv`. It is made on first use and brought up to date when pyproject.toml or
constraints.txt have changed; otherwise nothing is installed and no network is needed. Installed are exactly the
versions that constraints.txt lists, and only files whose hashes stand there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "detente-setup"
LOCK = ROOT / "constraints.txt"
OLDEST = (3, 11)

# command: (extras it needs, what it runs, each ready to be followed by the user's own arguments)
COMMANDS: dict[str, tuple[set[str], list[list[str]]]] = {
    "demo": ({"all"}, [[str(BIN / "detente"), "analyze"]]),
    "test": ({"all", "dev"}, [[str(PYTHON), "-m", "pytest", "-n", "auto", "--dist", "worksteal"]]),
    "browser": ({"all", "dev", "browser"}, [[str(PYTHON), "-m", "pytest", "-m", "browser and not long and not soak"]]),
    "lint": (
        {"all", "dev"},
        [[str(PYTHON), "-m", "ruff", "check"], [str(PYTHON), "-m", "ruff", "format", "--check"]],
    ),
    "types": ({"all", "dev"}, [[str(PYTHON), "-m", "mypy"]]),
    "docs": ({"all", "docs"}, [[str(PYTHON), "-m", "docsite"]]),
    "bench": ({"all", "bench"}, [[str(PYTHON), "benchmarks"]]),
}


def is_recent(python: str | Path) -> bool:
    """Whether this file is a Python that starts and is new enough."""
    question = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def find_python() -> str:
    """A Python that is new enough: the one running this, else the first such `python3.x` on the path."""
    names = [f"python{OLDEST[0]}.{minor}" for minor in range(OLDEST[1], OLDEST[1] + 10)]
    found = [sys.executable, *filter(None, map(shutil.which, names))]
    for python in found:
        if is_recent(python):
            return python
    wanted, here = ".".join(map(str, OLDEST)), sys.version.split()[0]
    sys.exit(f"Détente needs Python {wanted} or newer; this is {here}, and no newer one is on the path.")


def make_venv() -> list[str]:
    """Make `.venv` if it is missing or broken; the pip command that installs into it."""
    if not is_recent(PYTHON):
        python = find_python()
        made = subprocess.run([python, "-m", "venv", "--clear", str(VENV)], capture_output=True, check=False)
        if made.returncode != 0:  # some systems keep the module that puts pip into an environment apart
            subprocess.run([python, "-m", "venv", "--clear", "--without-pip", str(VENV)], check=True)
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [str(PYTHON), "-m", "pip"]
    return [find_python(), "-m", "pip", "--python", str(PYTHON)]


def locked(extras: set[str]) -> str:
    """The sections of constraints.txt that these extras need, as pip reads requirements."""
    first, *sections = LOCK.read_text(encoding="utf-8").split("\n# --- ")
    wanted = {"always", *extras}
    return "\n".join(
        [first, *(body for head, _, body in (s.partition("\n") for s in sections) if wanted & {*head.split()})]
    )


def install(pip: list[str], *what: str) -> None:
    """Let pip install something, without what it depends on. Complaints are passed on; a wrong hash is explained."""
    quiet = ["-q", "--disable-pip-version-check", "--no-input", "--no-deps"]
    ended = subprocess.run([*pip, "install", *quiet, *what], stderr=subprocess.PIPE, text=True, check=False)
    sys.stderr.write(ended.stderr)
    if "DO NOT MATCH THE HASHES" in ended.stderr:
        sys.exit(
            "A downloaded file is not the one Détente was tested with: its hash is not in constraints.txt (which file: above). "
            "It was not installed. Try again; if it stays so, do not trust where it comes from, and tell us."
        )
    ended.check_returncode()


def set_up(extras: set[str]) -> None:
    """Install the package with these extras, unless the stamp says that just this is there already."""
    sources = [path.read_bytes() for path in (ROOT / "pyproject.toml", LOCK)]
    digest = hashlib.sha256(b"\0".join([bytes(ROOT), *sources])).hexdigest()
    stamp = STAMP.read_text(encoding="utf-8").split() if STAMP.exists() and is_recent(PYTHON) else []
    if stamp[:1] == [digest] and extras <= set(stamp[1:]):
        return
    wanted = extras.union(stamp[1:])
    print("Setting up .venv (needed once; half a minute on an ordinary connection) ...", flush=True)
    pip = make_venv()
    # pip checks hashes only of what requirements name, and a folder has none: so first what is locked, then the package alone.
    requirements = VENV / "requirements.txt"
    requirements.write_text(locked(wanted), encoding="utf-8")
    install(pip, "--require-hashes", "-r", str(requirements))
    install(pip, "--no-build-isolation", "-e", str(ROOT))
    STAMP.write_text(" ".join([digest, *sorted(wanted)]), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Set up what the command needs, run it, and pass on how it ended."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"], ["help"]) else 2
    extras, steps = COMMANDS[arguments[0]]
    try:
        set_up(extras)
    except subprocess.CalledProcessError as error:
        print("The environment could not be set up; the message above says why.", file=sys.stderr)
        return error.returncode
    codes = [
        subprocess.run([*step, *arguments[1:]], cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
        for step in steps
    ]
    return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
