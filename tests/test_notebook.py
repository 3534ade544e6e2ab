"""The tutorial notebook runs from top to bottom, shows its results, and is kept without outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs" / "notebooks").glob("*.ipynb"))


def outputs(cell: Any) -> str:
    """What a cell prints and shows, as text."""
    parts = [out.get("text", "") + "".join(out.get("data", {}).values()) for out in cell.get("outputs", [])]
    return "".join(parts)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["tutorial"]


@pytest.mark.filterwarnings("default")  # of the kernel's own libraries
def test_the_tutorial_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)  # type: ignore[no-untyped-call]
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    shown = {cell.source.splitlines()[-1]: outputs(cell) for cell in notebook.cells if cell.cell_type == "code"}
    assert "<caption>Outcomes</caption>" in shown["analysis"]
    assert "['NONE', 'ALL']" in shown['[study.verdict("decoupled"), carpenter.verdict("decoupled")]']
    assert "us_nato" in shown['carpenter.levers("us", "decoupled")']
    assert "<table" in shown["types"]
    assert "<svg" in shown['dt.picture(carpenter.case, "types", "decoupled")']
    assert "\\toprule" in shown["print(table.to_latex())"]
    assert "did you mean south_arms?" in shown["    print(error)"]
    assert "<fieldset" in shown["quiz"]
    assert " of 4 right" in shown['dt.kit.mark(quiz, ["b", "b", "a", "a"]).score']
