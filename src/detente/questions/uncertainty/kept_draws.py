"""Draws kept in a folder, so that a long run goes on where it was cut off.

The folder has a manifest (`draws.json`: the model's hash, readings, held options, headlines, doubts, seed, batch size, version)
and one Parquet file per batch, `draws-00000012.parquet`: a row per draw, a column per headline, the verdict in words.
Every file is written whole or not at all. A folder whose manifest says something else is refused: its draws are of another
question. A batch that cannot be read, or has another size, is drawn again.

Cost: about a byte per draw and headline.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.errors import InputError
from detente.files import write_whole
from detente.messages import later, tell
from detente.questions.uncertainty.draws import Plan
from detente.questions.uncertainty.headlines import SENSELESS, VERDICTS

MANIFEST = "draws.json"

MEANINGLESS = later("no meaning")
"""What stands where a draw means nothing."""

WORDS = (*VERDICTS, MEANINGLESS)


@dataclass(frozen=True)
class Folder:
    """Where batches of one run are kept."""

    path: Path
    plan: Plan = field(repr=False)

    @classmethod
    def of(cls, path: str | Path, plan: Plan, seed: int, size: int) -> Folder:
        """The folder for this run, made if it is not there. Raises `InputError` if it holds another run's draws."""
        _parquet()
        folder = cls(Path(path), plan)
        mine = _manifest(plan, seed, size)
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            folder._agree(mine)
        except (NotADirectoryError, FileExistsError):
            raise InputError(tell("{path} is a file; expected a folder to keep draws in", path=path)) from None
        except OSError as error:
            raise InputError(tell("{path} cannot be used: {why}", path=path, why=error.strerror)) from None
        return folder

    def _agree(self, mine: dict[str, Any]) -> None:
        manifest = self.path / MANIFEST
        if not manifest.exists():
            if any(self.path.glob("draws-*.parquet")):
                raise InputError(
                    tell(
                        "{path} has draws but no {manifest} that says of what; choose another folder",
                        path=self.path,
                        manifest=MANIFEST,
                    )
                )
            self._write(manifest, json.dumps(mine, indent=1, ensure_ascii=False) + "\n")
            return
        try:
            theirs = json.loads(manifest.read_text(encoding="utf-8"))
        except (ValueError, UnicodeDecodeError):
            theirs = None
        if not isinstance(theirs, dict):
            raise InputError(
                tell("{manifest} cannot be read; choose another folder, or remove this one", manifest=manifest)
            )
        other = [name for name in mine if theirs.get(name) != mine[name]]
        if other:
            raise InputError(
                tell(
                    "{path} holds draws of another run: its {listed} {word} not the same; choose another folder, "
                    "or ask as it was asked there",
                    path=self.path,
                    listed=_listed(other),
                    word=tell("is") if len(other) == 1 else tell("are"),
                )
            )

    def read(self, number: int, size: int) -> NDArray[np.int8] | None:
        """The verdicts of a batch, headline by draw; None if it is not there whole."""
        try:
            content = self._file(number).read_bytes()
        except FileNotFoundError:
            return None
        try:
            table = _parquet().read_table(io.BytesIO(content))
            columns = [column.to_pylist() for column in table.columns]
            verdicts = np.array([[_code(word) for word in column] for column in columns], dtype=np.int8)
        except Exception:  # whatever the reader says of a broken file: it is drawn again
            return None
        return verdicts if verdicts.shape == (len(self.plan.headlines), size) else None

    def write(self, number: int, verdicts: NDArray[np.int8]) -> None:
        """Keep the verdicts of a batch."""
        parquet = _parquet()
        columns = {
            name: [WORDS[code] for code in row.tolist()] for name, row in zip(self._columns, verdicts, strict=True)
        }
        content = io.BytesIO()
        parquet.write_table(importlib.import_module("pyarrow").table(columns), content)
        self._write(self._file(number), content.getvalue())

    def _write(self, file: Path, content: str | bytes) -> None:
        try:
            write_whole(file, content)
        except OSError as error:  # a full disk, say: what was kept before is whole
            raise InputError(
                tell(
                    "{file} cannot be written: {why}. What was drawn before is kept in {path}; make room, or choose "
                    "another folder, and ask the same again",
                    file=file.name,
                    why=error.strerror,
                    path=self.path,
                )
            ) from None

    @property
    def _columns(self) -> Iterator[str]:
        for place, each in enumerate(self.plan.headlines, start=1):
            yield f"{place} {each.label}"

    def _file(self, number: int) -> Path:
        return self.path / f"draws-{number:08}.parquet"

    def forget(self, first: int) -> None:
        """Remove the batches from this number on: an earlier run asked for more."""
        for file in self.path.glob("draws-*.parquet"):
            with contextlib.suppress(ValueError):
                if int(file.stem.removeprefix("draws-")) >= first:
                    file.unlink()


def _code(word: str) -> int:
    return SENSELESS if word == MEANINGLESS else VERDICTS.index(word)


def _manifest(plan: Plan, seed: int, size: int) -> dict[str, Any]:
    basis = plan.case.basis.to_json()
    kept = ("title", "hash", "readings", "world", "sanctions", "held", "version")
    said = {
        **{name: basis[name] for name in kept},
        "headlines": [each.to_json() for each in plan.headlines],
        "doubts": [each.to_json() for each in plan.doubts],
        "seed": seed,
        "batch": size,
    }
    plain: dict[str, Any] = json.loads(json.dumps(said))
    return plain


def _listed(names: list[str]) -> str:
    said = {"hash": "model", "batch": tell("batch size"), "sanctions": "counter-moves", "held": tell("held options")}
    told = [said.get(name, name) for name in names]
    return told[0] if len(told) == 1 else tell("{told} and {told2}", told=", ".join(told[:-1]), told2=told[-1])


def _parquet() -> Any:
    """What reads and writes Parquet: pyarrow, because a broken file is an error there and not the end of the process."""
    try:
        return importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise InputError(tell("to keep draws in a folder, Parquet is needed: pip install 'detente[parquet]'")) from None
