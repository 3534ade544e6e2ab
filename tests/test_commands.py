"""Every command is documented, answers --help, and gives JSON on a bundled model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from detente.cli import main

pytestmark = pytest.mark.first_analysis

PAGES = "\n".join(path.read_text(encoding="utf-8") for path in (Path(__file__).parents[1] / "docs").rglob("*.md"))

DATA = Path(__file__).parent / "data"

ASKED = {
    "compare": "compare",
    "partnership": "partnership",
    "break": "break --over ru",
    "levers": "levers --by us --goal decoupled",
    "induce": "induce --by us --then ru",
    "assumptions": "assumptions --goal decoupled --size 1",
    "ensemble": "ensemble --goal decoupled --draws 200",
    "margin": "margin --goal decoupled --farthest 1",
    "evidence": "evidence --months 24 --today 2026-06-30",
    "diff": "diff cuba cuba_oneway",
    "analysts": "analysts cuba cuba_oneway",
    "observations": "observations --over ru,nk",
    "types": "types --goal decoupled --over ru",
    "pivots": "pivots --goal decoupled --actors ru",
    "threshold": "threshold detente_veto --reading us=intimidated --actor us --statement 'not hk_block'",
    "unknowns": "unknowns --wanting harris",
    "joint": "joint conditional_engagement --goal package",
    "paths": "paths drift_to_war --goal two_wars --steps improvements",
    "races": "races detente_veto --reading hawk=results",
    "cycles": "cycles alliance_pull --reading rok=progressive",
    "boxes": "boxes --goal decoupled --draws 300",
    "collect": "collect --goal decoupled --draws 300",
    "ends": "ends drift_to_war --play myopic",
    "irreversible": "irreversible axis_and_sanctions",
    "effective": "effective axis_and_sanctions",
    "equilibria": "equilibria axis_and_sanctions --statement ru_panel",
    "hindcast": "hindcast hanoi_2019",
    "events": f"events {DATA}/events/ports.yaml {DATA}/events/sample.tsv",
    "update": "update hanoi_2019",
    "backtest": "backtest hanoi_2019",
    "seal": "seal --when decoupled --by 2099-12-31 --share 0.3",
    "score": f"score {DATA.parent}/golden/harbour.yaml {DATA}/events/seal.json",
    "alliances": f"alliances {DATA}/alliances/cow_by_dyad.csv --states 971,972",
    "brief": "brief hanoi_2019",
    "explain": "explain",
    "claims": "claims C7",
    "coalitions": "coalitions elmira",
    "as-one": "as-one elmira --block ministry,uniroyal",
    "status-quo": "status-quo elmira",
    "horizons": "horizons chicken",
    "third-party": "third-party elmira --can 's5 > s8'",
    "behaviours": "behaviours --concept us=nash",
    "strength": "strength",
    "unknown-preference": "unknown-preference --reading us=harris_b",
    "attitudes": "attitudes --attitude us:ru=-",
    "responses": "responses",
    "probabilistic": "probabilistic --chance ru:need=0.6 --chance ru:profit=0.4",
    "fuzzy": "fuzzy --threshold 0.4",
    "strength explained": "strength --explain now",
    "coalitions explained": "coalitions elmira --explain s5",
    "as-one explained": "as-one elmira --block ministry,uniroyal --explain s5",
    "behaviours explained": "behaviours --concept us=nash --explain now",
    "hypergame": "hypergame",
    "announce": "announce --announcement profit_shown",
    "hierarchy": "hierarchy two_fronts",
    "kit cards": "kit cards",
    "kit umpire": "kit umpire elmira",
    "kit quiz": "kit quiz chicken --show",
    "kit handout": "kit handout elmira_graph",
    "cite": "cite --question levers --question coalitions --question joint",
    "design inverse": "design inverse --concept nash --actors ru",
    "design mind": "design mind --goal decoupled --reading ru=profit --platform carpenter --actors ru --most 1",
    "design package": "design package --goal troops_home",
    "design wedge": "design wedge --by us --over ru",
    "design credibility": "design credibility --promise carpenter",
    "design exchange": "design exchange conditional_engagement --goal package",
}
"""One question per command; what `analyze`, `show`, `check` and `library` answer is tested elsewhere."""


def commands(group: click.Group, prefix: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name


@pytest.mark.parametrize("command", list(commands(main)))
def test_documented_and_helpful(command: str) -> None:
    assert f"`{command}" in PAGES or f"detente {command}" in PAGES, f"no page mentions `{command}`"
    answer = CliRunner().invoke(main, [*command.split(), "--help"])
    assert answer.exit_code == 0
    assert answer.output.startswith("Usage:")


@pytest.mark.parametrize("asked", list(ASKED.values()), ids=list(ASKED))
def test_json_and_tables(asked: str) -> None:
    import shlex

    words = shlex.split(asked)
    done = 1 if words[0] == "diff" else 0  # as `diff` does where two files differ
    answer = CliRunner().invoke(main, [*words, "--json"])
    assert answer.exit_code == done, answer.output
    assert json.loads(answer.output)
    shown = CliRunner().invoke(main, words)
    assert shown.exit_code == done, shown.output
    assert len(shown.output.splitlines()) > 3


@pytest.mark.parametrize(
    "asked",
    [
        "levers --by uz --goal decoupled",
        "levers --by us --goal decopled",
        "types --goal decoupled --reading ru=profti",
        "joint --goal 'ru_link ->'",
        "paths --goal nowhere",
        "explain --state 'us_arm and'",
        "claims C99",
        "compare --platforms obama",
        "levers --by us --goal decoupled --hold us_arms",
        "types --goal decoupled --rule 'if a then b'",
        "design package --goal decoupled --among nothing",
        "attitudes --attitude us=+",
        "pivots --play myopic",
        "pivots --goal decoupled --play blind",
        "types --goal decoupled --play myopic --concept nash",
    ],
)
def test_a_mistake_gets_a_message(asked: str) -> None:
    import shlex

    answer = CliRunner().invoke(main, shlex.split(asked))
    assert answer.exit_code == 2, answer.output
    assert "Traceback" not in answer.output
    assert answer.stderr.strip()
