"""A release: what is in wheel and sdist, that it is built twice alike, what it contains, and where it may run."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

import detente
from detente.exchange import format_of
from detente.scenario import load, read_text
from tools import release, sbom

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "detente"


def built(target: Path) -> dict[str, bytes]:
    """Wheel and sdist of this tree, made by its own build backend, without a network."""
    code = "import sys, hatchling.build as b; b.build_wheel(sys.argv[1]); b.build_sdist(sys.argv[1])"
    target.mkdir()
    command = [sys.executable, "-c", code, str(target)]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}, check=True)  # noqa: S603
    return {each.name: each.read_bytes() for each in target.iterdir()}


def test_wheel_and_sdist(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    first = built(tmp_path / "first")
    assert first == built(tmp_path / "second")
    (wheel,) = (tmp_path / "first").glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        metadata = file.read(next(each for each in names if each.endswith("METADATA"))).decode()
    inside = {name for name in names if not name.startswith(f"detente-{detente.__version__}.dist-info/")}
    ours = {
        PurePosixPath("detente", *path.relative_to(SOURCES).parts).as_posix()
        for path in SOURCES.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == ours
    assert {"detente/py.typed", "detente/glossary.toml"} <= inside
    assert f"detente-{detente.__version__}.dist-info/licenses/LICENSE" in names
    assert f"Version: {detente.__version__}\n" in metadata
    (sdist,) = (tmp_path / "first").glob("*.tar.gz")
    with tarfile.open(sdist) as packed:
        tops = {name.split("/")[1] for name in packed.getnames() if "/" in name}
    assert {"src", "tests", "docs", "pyproject.toml", "README.md", "LICENSE", "run.py", "constraints.txt"} <= tops
    assert not tops & {".git", ".venv", "build", "dist"}


def test_every_extra_has_something_that_is_imported_alone() -> None:
    assert set(release.EXTRAS) >= release.extras()


def test_every_dependency_has_a_lowest_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in project["dependencies"]:
        assert ">=" in wanted, wanted


# --- the bill of materials --------------------------------------------------------------------------------------------


def test_the_bill_names_all_that_is_locked_and_vendored() -> None:
    bill = json.loads(json.dumps(sbom.bill()))
    locked = re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", sbom.LOCK.read_text(encoding="utf-8"))
    named = [(each["name"], each["version"]) for each in bill["components"] if each["type"] == "library"]
    assert Counter(named) == Counter(locked)
    files = {each["name"]: each for each in bill["components"] if each["type"] == "file"}
    assert set(files) == {path.name for path in sbom.VENDORED.glob("*.js")}
    assert all(package["licenses"] for file in files.values() for package in file["components"])
    assert all(each["externalReferences"][0]["hashes"] for each in bill["components"] if each["type"] == "library")


def test_the_bill_is_well_formed_and_always_the_same() -> None:
    bill = sbom.bill()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    refs = [each["bom-ref"] for each in bill["components"]]
    assert len(refs) == len(set(refs))
    (needs,) = bill["dependencies"]
    assert {"pkg:pypi/numpy", "pkg:pypi/click"} <= {each.rpartition("@")[0] for each in needs["dependsOn"]}
    assert set(needs["dependsOn"]) <= set(refs)
    assert sbom.bill() == bill


# --- where nothing is inherited, and paths are others -----------------------------------------------------------------


def counted(name: str) -> dict[str, int]:
    study = detente.load(name)
    return {concept: study.analyze().count(concept) for concept in ("nash", "seq")}


def test_a_process_that_inherits_nothing_gives_the_same_answers() -> None:
    names = ("chicken", "elmira")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(counted, names) == list(map(counted, names))


@pytest.mark.parametrize("module", ["os.fork", "os.forkpty", "signal.SIGKILL", '"/proc'])
def test_nothing_takes_for_granted_what_only_some_systems_have(module: str) -> None:
    """Where such a name stands, the same file asks whether it is there."""
    for path in SOURCES.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if module in text:
            name = module.rpartition(".")[2].strip('"/')
            asked = (f'"{name}"', "sys.platform", "os.name", "ImportError", "OSError")
            assert any(each in text for each in asked), f"{path}: {module}"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"C:\Users\Élodie\my models\x.GMCR", "gmcr"),
        (r"\\server\share\x.prov.json", "prov"),
        (r"..\x.y\z.GraphML", "graphml"),
        ("C:x.csv", "edges"),
    ],
)
def test_a_format_follows_from_a_name_of_windows(written: str, name: str) -> None:
    assert format_of(str(PureWindowsPath(written)), reading=False).name == name
    assert format_of(PureWindowsPath(written).as_posix(), reading=False).name == name


RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}


def test_every_file_of_the_tree_has_a_name_that_windows_knows() -> None:
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    names = found.stdout.splitlines() or [p.relative_to(ROOT).as_posix() for p in (ROOT / "src").rglob("*")]
    for name in names:
        for part in PurePosixPath(name).parts:
            assert not set(part) & set('<>:"\\|?*'), name
            assert part.partition(".")[0].lower() not in RESERVED, name
            assert part[-1] not in ". ", name
    assert len({name.lower() for name in names}) == len(names)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_scenario_with_other_line_ends_is_the_same_model(end: str) -> None:
    for name in ("chicken", "elmira"):
        text = load(name).text
        assert read_text(text.replace("\n", end)).actors == load(name).actors
