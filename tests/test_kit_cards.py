"""Role cards of the models that are bundled today: every word on them is for a player."""

from __future__ import annotations

import re

import pytest

from detente.case import Case
from detente.present.kit import roles
from detente.present.pages.blocks import Points, Says
from detente.scenario import library, load, read_text
from detente.scenario.model import Ranking

SMALL = [name for name in library.names() if name not in {"composite", "composite_strict", "composite_core", "gatt"}]


def case(name: str, **readings: str) -> Case:
    return Case(load(name), readings)


PARTNERSHIP = "“Active military partnership with Pyongyang” (Russia)"


def test_a_card_has_what_a_player_needs() -> None:
    card = roles(case("two_proxies", nk="additive"), ["nk"]).leaves[0]
    text = "\n".join(map(str, card.sheets(True)))
    assert "You are North Korea. You want two patrons, and Moscow's pay comes first" in text.replace("\n", " ")
    assert "It is the middle of November 2024." in text
    reading = load("two_proxies").actor("nk").reading("additive")
    listed = [row[1] for sheet in card.sheets(True) if sheet.title.startswith("Your aims") for row in sheet.rows]
    assert listed[:2] == [
        "“Pay in diplomatic cover, oil and money” (Russia) is on",
        "“Relations with North Korea” (United States) is full relations with Pyongyang",
    ]
    assert listed[-1] == "No munitions for Russia", "the sentence that the file has for the aim"
    assert len(listed) == len(reading.statements)
    options = next(sheet for sheet in card.sheets(True) if sheet.title == "Your options")
    assert options.rows[1] == (
        "Troops for Russia",
        "troops in combat",
        "troops at home, troops behind the lines, troops in combat",
        (
            f"troops behind the lines or troops in combat lasts only while {PARTNERSHIP} is on; what no longer lasts becomes "
            "troops at home"
        ),
    )
    assert "Experts disagree about the aims of the United States and Russia. Ask, and watch." in text.replace("\n", " ")


WITHOUT = """
detente: 1
title: A ford
question: Who crosses first?
actors:
  cart: {article: the, name: Cart, options: {go: {name: Go}}, priorities: [go and not wait, wait, not go]}
  rider: {name: Rider, options: {wait: {name: Wait}}, ranking: [s1, [s2, s3], s4]}
states: {s1: [wait], s2: [go], s3: [go, wait], s4: []}
now: []
"""


def test_without_a_brief_a_card_speaks_of_the_first_aims() -> None:
    cart, rider = roles(Case(read_text(WITHOUT))).leaves
    told = [[block.text for block in leaf.blocks if isinstance(block, Says)] for leaf in (cart, rider)]
    at_the_table = "At the table: the Cart and Rider. The question of the game: Who crosses first?"
    assert told[0] == [
        "You are the Cart. Above all you want this: “Go” is on and “Wait” (Rider) is off. Next: “Wait” (Rider) is on.",
        at_the_table,
    ]
    assert told[1] == ["You are Rider. Best of all for you: “Wait”. Worst: everything is off.", at_the_table]
    ranking = next(block for block in rider.blocks if isinstance(block, Points) and block.title.startswith("Your rank"))
    assert ranking.items == ("“Wait”", "“Go”; or as good: “Go”, “Wait”", "everything is off")


BRIEFED = [
    *("two_proxies", "patrons", "detente_veto", "conditional_engagement", "elmira", "hanoi_2019", "ukraine_agency"),
    *("war_and_partnership", "two_fronts", "garrison", "chicken", "prisoners_dilemma"),
]


@pytest.mark.parametrize("name", BRIEFED)
def test_every_reading_speaks_to_its_player(name: str) -> None:
    scenario = load(name)
    assert scenario.situation
    authors = re.compile(r"[Aa]rticle [AB]|reading|supposition|model|actor", re.ASCII)
    for reading in (reading for actor in scenario.actors for reading in actor.readings.values()):
        assert re.search(r"\b[Yy]ou(r|rs)?\b", reading.brief), f"{reading.id}: {reading.brief!r} speaks to nobody"
        assert not authors.search(reading.brief), reading.brief


@pytest.mark.parametrize("name", SMALL)
def test_no_card_holds_what_is_for_the_modeller(name: str) -> None:
    """No identifier, and nothing of what a reading is about."""
    scenario = load(name)
    text = roles(Case(scenario), open_aims=True).to_markdown().partition("*Made by")[0].replace("\\", "")
    codes = {*scenario.outcomes, *(o.key for o in scenario.options), *(a.id for a in scenario.actors)}
    assert not [code for code in codes if "_" in code and re.search(rf"\b{code}\b", text)]
    for reading in (reading for actor in scenario.actors for reading in actor.readings.values()):
        assert len(reading.about) < 12 or reading.about not in text


def test_a_long_ranking_is_a_table_with_the_letters_of_the_options() -> None:
    cards = {leaf.id: leaf for leaf in roles(case("garrison")).leaves}
    scenario = load("garrison")
    options = [option.key for option in scenario.options]
    table = next(sheet for sheet in cards["canada"].sheets(True) if sheet.title == "Your ranking, the best first")
    assert table.columns == ("place", *"ABCDEFGHI")
    reading = scenario.actor("canada").readings["only"]
    assert isinstance(reading, Ranking)
    ranked = [(place, name) for place, group in enumerate(reading.ranking, 1) for name in group]
    assert [row[0] for row in table.rows] == [place for place, _ in ranked]
    for row, (_, name) in zip(table.rows, ranked, strict=True):
        assert [cell == "on" for cell in row[1:]] == [bool(scenario.states[name][key]) for key in options]
    assert "E. Invoke the Boundary Waters Treaty" in str(
        next(s for s in cards["canada"].sheets(True) if s.title == "Your options")
    )
    assert "ranking" not in str(cards["ijc"].sheets(True)), "it likes all states the same"
