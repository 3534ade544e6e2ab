"""Write constraints.txt anew: `python .ci/lock.py`, where `uv` is on the path.

Every extra is resolved by itself under the pins there are; a pin that is to change is edited, or deleted, in constraints.txt
first. The lock lists each requirement once, with the hashes of its files, below the extras that need it; `run.py` installs
the sections it wants and nothing else.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "constraints.txt"
OPENING = """\
# The exact versions that Détente is tested with, on Python 3.11, and the hashes of their files; `run.py` installs just these.
# A heading names the extras that need what stands below it; `always` is the package itself and what builds it.
# Written by `.ci/lock.py`.
# pygambit: the final 16.7 has no wheel for Python 3.11 and takes minutes to compile; the beta has one.
"""


def compiled(source: str, pins: Path, *more: str) -> dict[str, str]:
    """Name and version to the whole requirement, with markers and hashes, as uv resolves the source."""
    how = ["--universal", "--python-version", "3.11.7", "--prerelease", "allow"]
    shown = ["--generate-hashes", "--no-header", "--no-annotate", "-q"]
    command = ["uv", "pip", "compile", *how, *shown, "-c", str(pins), *more, source]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    return {re.split(r"[ ;\\]", each)[0]: each.rstrip() + "\n" for each in found if "==" in each}


def main() -> None:
    """Resolve, sort into sections, write."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        pins, build = Path(folder, "pins.txt"), Path(folder, "build.in")
        pins.write_text("\n".join(re.findall(r"(?m)^[\w.-]+==[^\s\\]+", LOCK.read_text(encoding="utf-8"))))
        build.write_text("\n".join([*project["build-system"]["requires"], "editables"]))
        wanted = {"always": compiled("pyproject.toml", pins) | compiled(str(build), pins)}
        for extra in project["project"]["optional-dependencies"]:
            wanted[extra] = compiled("pyproject.toml", pins, "--extra", extra)
    needed_by: dict[str, list[str]] = defaultdict(list)
    for extra, requirements in wanted.items():
        for name in requirements.keys() - (wanted["always"].keys() if extra != "always" else ()):
            needed_by[name].append(extra)
    sections: dict[str, list[str]] = defaultdict(list)
    for name, extras in needed_by.items():
        sections[" ".join(extras)].append(wanted[extras[0]][name])
    parts = [f"\n# --- {extras}\n{''.join(sorted(found, key=str.lower))}" for extras, found in sorted(sections.items())]
    LOCK.write_text(OPENING + "".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
