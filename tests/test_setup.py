"""What `run.py` installs: exactly what is locked, and nothing whose hash is another; and that nothing is skipped then."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import run

REQUIREMENT = re.compile(r"(?m)^([\w.-]+)==")


def test_every_requirement_is_locked_with_hashes_once() -> None:
    lock = run.LOCK.read_text(encoding="utf-8")
    entries = re.split(r"(?m)^(?=[\w.-]+==)", lock)[1:]
    assert len(entries) > 100
    assert all("--hash=sha256:" in entry for entry in entries)
    names = REQUIREMENT.findall(lock)
    assert len(names) == len(set(names))
    assert "://" not in lock


def test_each_extra_finds_what_it_asks_for_in_its_sections() -> None:
    project = tomllib.loads((run.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    asked = {"": [*project["project"]["dependencies"], *project["build-system"]["requires"]], **extras}
    for extra, wanted in asked.items():
        locked = {name.lower() for name in REQUIREMENT.findall(run.locked({extra}))}
        own = {re.split(r"[<>=\[ ]", each)[0].lower() for each in wanted} - {"detente"}
        assert own <= locked, extra
    assert "pytest" not in REQUIREMENT.findall(run.locked({"all"}))
    assert len(REQUIREMENT.findall(run.locked({"all"}))) < len(REQUIREMENT.findall(run.locked({"all", "dev"})))


def wheel(folder: Path) -> Path:
    """A package with nothing in it."""
    path = folder / "nothing_here-1.0-py3-none-any.whl"
    about = "nothing_here-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: nothing-here\nVersion: 1.0\n")
        file.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{about}/RECORD", "")
    return path


def test_a_file_with_another_hash_is_not_installed_and_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    right = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    pip, target = [sys.executable, "-m", "pip"], tmp_path / "target"
    for digest in (hashlib.sha256(b"another").hexdigest(), right):
        (tmp_path / "wanted.txt").write_text(f"nothing-here==1.0 --hash=sha256:{digest}\n")
        where = ["--no-index", "--find-links", str(tmp_path), "--target", str(target)]
        asked = ["--require-hashes", *where, "-r", str(tmp_path / "wanted.txt")]
        if digest == right:
            run.install(pip, *asked)
            assert list(target.iterdir())
            continue
        with pytest.raises(SystemExit, match=r"its hash is not in constraints.txt"):
            run.install(pip, *asked)
        assert right in capfd.readouterr().err
        assert not target.exists()


SKIPPING = """
import pytest

@pytest.mark.skipif(True, reason="needs a command")
def test_by_a_mark(): pass

def test_by_an_import(): pytest.importorskip("no_such_module")

@pytest.mark.skipif(True, reason="needs LaTeX")
def test_of_latex(): pass

@pytest.mark.browser
def test_in_a_browser(): pytest.skip("no Chromium")

@pytest.mark.xfail(reason="known")
def test_known(): assert False

def test_that_runs(): pass
"""


@pytest.mark.parametrize(
    ("ci", "chosen", "told"),
    [
        ("", "", "1 passed, 4 skipped, 1 xfailed"),
        ("true", "", "1 failed, 1 passed, 2 skipped, 1 xfailed, 1 error"),
        ("true", "browser", "1 failed, 5 deselected"),
    ],
)
def test_where_everything_is_installed_nothing_is_skipped(ci: str, chosen: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(SKIPPING, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n", encoding="utf-8")
    asked = ["-p", "conftest", "-p", "no:cacheprovider", "-m", chosen, "-c", "pytest.ini"]
    ended = subprocess.run(  # noqa: S603 (pytest on the file above)
        [sys.executable, "-m", "pytest", *asked],
        cwd=tmp_path,
        env={**os.environ, "CI": ci, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told in ended.stdout, ended.stdout + ended.stderr
