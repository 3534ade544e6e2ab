"""The selects beside the headline, cautions said once, and the report as Markdown."""

from __future__ import annotations

import itertools
from functools import cache

from detente.case import Case, Policy, Query, verdict
from detente.present.pages.blocks import Dossier, Table
from detente.present.report import collect, page, report_markdown
from detente.scenario import load, read_text
from detente.study import Study

FORD = """
detente: 1
title: A ford
question: Who crosses first?
actors:
  cart:
    name: Cart
    article: the
    options: {go: {name: Cross the ford, short: crossing}}
    readings:
      bold: {name: in a hurry, priorities: [go, not wait]}
      shy: {priorities: [go -> wait, not go]}
  rider:
    name: Rider
    options: {wait: {name: Wait on the bank}}
    readings: {kind: {priorities: [wait]}, rash: {name: in no mood to wait, priorities: [not wait]}}
now: []
outcomes:
  crossed: {formula: go, name: the cart is across}
"""


@cache
def dossier() -> Dossier:
    return collect(Study(read_text(FORD)))


def test_the_selects_have_the_verdict_of_every_combination() -> None:
    choose = next(block for block in dossier().section("brief").blocks if block.kind == "choose").to_json()
    case, words = Case(read_text(FORD)), {"ALL": "always", "SOME": "sometimes", "NONE": "never"}
    assert choose["axes"] == [
        {"label": "Cart", "choices": ["in a hurry", "shy"]},
        {"label": "Rider", "choices": ["kind", "in no mood to wait"]},
    ]
    ways = itertools.product(("bold", "shy"), ("kind", "rash"))
    cases = [case.under(Policy(readings={"cart": cart, "rider": rider})) for cart, rider in ways]
    assert choose["results"] == [words[verdict(each, Query("crossed"))] for each in cases]
    assert len(set(choose["results"])) > 1
    assert choose["subject"] == "“the cart is across” comes about"
    assert "Cart: in a hurry; Rider: kind." in page(dossier()), "said without a script too, and in print"


def test_a_note_stands_once_in_a_section() -> None:
    for section in collect(Study(load("hanoi_2019"))).sections:
        notes = [note for block in section.blocks if isinstance(block, Table) for note in block.sheet.notes]
        assert len(notes) == len(set(notes))


def test_the_report_as_markdown_begins_with_the_brief_and_has_no_code() -> None:
    said = report_markdown(dossier())
    link = "[What the words mean](#what-the-words-mean) is said near the end."
    assert said.startswith(f"# A ford\n\n*Who crosses first?*\n\n{link}\n\n## The brief\n\n**")
    assert "| “the cart is across” |" in said
    assert said.count("## ") > 5
    assert "the cart is across" in said and "crossed where" not in said
