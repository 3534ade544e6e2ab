"""The single judgements that a draw settles, in the words of the model, and the value each has as the file is written.

A judgement is a column of `draws.Draws.judgements`: which of two statements an actor ranks higher, whether one is held, which
reading it has, what a setting, a rule or a concept is. Weights within intervals have no few values, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from detente.case import Case
from detente.engine.concepts import counter_moves_label, label
from detente.questions.uncertainty.draws import Column, Draws
from detente.questions.uncertainty.headlines import Headline
from detente.sheet import ActorTerm, ConceptTerm, FormulaTerm, OptionTerm, Phrase, ReadingTerm, listing

OF_LISTS = ("order", "presence", "polarity")
"""Sources whose judgements are as written, or not."""


def judgements_of(draws: Draws) -> tuple[Column, ...]:
    """The judgements that are in doubt in these draws: those with more than one value."""
    return tuple(
        column
        for column in draws.judgements
        if column.source != "weights" and len(np.unique(column.codes[column.codes >= 0])) > 1
    )


def as_written(case: Case, headline: Headline, column: Column) -> int:
    """The place, among its values, of what a judgement is in the case as written; -1 if that is none of them."""
    if column.source in OF_LISTS:
        return 0
    usual = {
        "reading": lambda: case.chosen[column.of],
        "settings": lambda: _today(case, column.of),
        "concept": lambda: headline.query.concept or "",
        "play": lambda: headline.query.play,
        "countermoves": lambda: counter_moves_label(case.sanctions),
        "rules": lambda: "never",
    }[column.source]()
    return column.values.index(usual) if usual in column.values else -1


def _today(case: Case, option: str) -> str:
    now = case.game.now
    known = case.scenario.option(option)
    return "" if now is None else known.choices[case.game.conflict.settings(now)[option]]


def said(column: Column, values: Iterable[int]) -> Phrase:
    """A judgement with one or more of its values, in a few words of typed cells."""
    chosen = [column.values[value] if value >= 0 else "not asked" for value in values]
    if column.source in OF_LISTS:
        return Phrase.of(ActorTerm(column.of), ": ", _quoted(column.name), " ", listing(chosen, " or "))
    if column.source == "reading":
        return Phrase.of(
            ActorTerm(column.of), " is ", listing((ReadingTerm(each, column.of) for each in chosen), " or ")
        )
    if column.source == "settings":
        return Phrase.of("today ", OptionTerm(column.of), " is ", listing(chosen, " or "))
    if column.source == "concept":
        return Phrase.of("judged by ", listing((ConceptTerm(label(each)) for each in chosen), " or "))
    if column.source == "rules":
        return Phrase.of("the rule ", FormulaTerm(column.of), " is ", listing(chosen, " or "))
    return Phrase.of(f"{column.source}: ", listing(chosen, " or "))


def name_of(column: Column) -> Phrase:
    """A judgement without a value."""
    if column.source in OF_LISTS:
        return Phrase.of(ActorTerm(column.of), ": ", _quoted(column.name))
    if column.source == "reading":
        return Phrase.of("the reading of ", ActorTerm(column.of))
    if column.source == "settings":
        return Phrase.of("today's setting of ", OptionTerm(column.of))
    return Phrase.of(f"the {column.source}", *((" ", FormulaTerm(column.of)) if column.of else ()))


def statements_of(column: Column) -> tuple[str, ...]:
    """The statements that a judgement about a list is about."""
    return tuple(column.name.split("'")[1::2]) if column.source in OF_LISTS else ()


def _quoted(name: str) -> Phrase:
    """What is said of a list: the statements in it as formulas, what stands before the colon left out."""
    _, _, rest = name.partition(": ")
    parts = rest.split("'")
    return Phrase.of(*(FormulaTerm(part) if n % 2 else part for n, part in enumerate(parts)))
