"""The second bundled op-ed: ten claims, their statuses, and the ends they rest on once more by the oracle."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import yaml

import detente as dt
from detente.questions.claims import claims
from detente.scenario import library
from detente.verification import oracle

NAME = "oped_spain_1940"
MIXES = list(itertools.product(("trader", "empire"), ("empty_handed", "bidder")))


def model(start: list[str] | None = None, held: tuple[str, ...] = ()) -> dict[str, Any]:
    """The file as plain data, from another start or with options fixed as they start."""
    plain: dict[str, Any] = yaml.safe_load(library.text(NAME))
    plain["outcomes"] = {key: entry["formula"] for key, entry in plain["outcomes"].items()} | {
        "flow": "br_flow",
        "pays": "de_supply",
    }
    plain["now"] = plain["now"] if start is None else start
    for actor, key in itertools.product(plain["actors"].values(), held):
        if key in actor["options"]:
            actor["options"][key]["change"] = "fixed"
    return plain


@pytest.mark.parametrize(
    ("claim", "outcome", "start", "held", "expected"),
    [
        ("E3", "leak", ["br_flow", "sp_pass"], (), "NONE"),
        ("E5", "flow", None, (), "ALL"),
        ("E6", "leak", None, (), "NONE"),
        ("E7", "pays", None, (), "NONE"),
        ("E8", "fed", None, ("br_flow",), "NONE"),
        ("E9", "out", None, (), "ALL"),
        ("E10", "flow", ["sp_war"], (), "NONE"),
    ],
)
def test_claims_by_enumeration(
    claim: str, outcome: str, start: list[str] | None, held: tuple[str, ...], expected: str
) -> None:
    plain = model(start, held)
    found = [
        oracle.analyse(plain, readings={"spain": a, "germany": b})["outcomes"][outcome]["foresight"] for a, b in MIXES
    ]
    row = claims(dt.load(NAME).scenario)[claim]
    assert (row.label == "follows") is all(verdict == expected for verdict in found)
    assert row.findings[0].held == sum(verdict == expected for verdict in found)


def test_ten_claims_of_one_author() -> None:
    scenario = dt.load(NAME).scenario
    assert list(scenario.claims) == [f"E{n}" for n in range(1, 11)]
    assert all(
        claim.evidence.source == ("spectator-1940",) and claim.evidence.where for claim in scenario.claims.values()
    )
    assert all(claim.sentence for claim in scenario.claims.values())


def test_the_offer_that_nobody_would_have_kept() -> None:
    """Held for good the land brings Spain in, by enumeration; the model that plays on freely never gets there."""
    plain = model(["de_land"], ("de_land",))
    assert (
        oracle.analyse(plain, readings={"spain": "empire", "germany": "bidder"})["outcomes"]["out"]["foresight"]
        == "NONE"
    )
    assert (
        oracle.analyse(plain, readings={"spain": "trader", "germany": "bidder"})["outcomes"]["out"]["foresight"]
        == "ALL"
    )
