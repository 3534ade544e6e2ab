"""The single judgements that a draw settles, in the words of the model, and the value each has as the file is written.

A judgement is a column of `draws.Draws.judgements`: which of two statements an actor ranks higher, whether one is held, which
reading it has, what a setting, a rule or a concept is. Weights within intervals have no few values, and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from detente.case import Case
from detente.engine.concepts import COUNTER_MOVES, label
from detente.messages import tell
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
    usual = _usual(case, headline, column)
    return column.values.index(usual) if usual in column.values else -1


def _usual(case: Case, headline: Headline, column: Column) -> str:
    if column.source == "reading":
        return case.chosen[column.of]
    if column.source == "settings":
        return _today(case, column.of)
    return {
        "concept": headline.query.concept or "",
        "play": "" if headline.query.concept else headline.query.play,
        "countermoves": COUNTER_MOVES[case.sanctions],
        "rules": "never",
    }[column.source]


def _today(case: Case, option: str) -> str:
    now = case.game.now
    known = case.scenario.option(option)
    return "" if now is None else known.choices[case.game.conflict.settings(now)[option]]


def said(column: Column, values: Iterable[int]) -> Phrase:
    """A judgement with one or more of its values, in a few words of typed cells."""
    chosen = [column.values[value] for value in values]
    if column.source in OF_LISTS:
        return _of_list(column, otherwise=chosen[0] != column.values[0])
    if column.source == "reading":
        readings = (Phrase.of("“", ReadingTerm(each, column.of), "”") for each in chosen)
        return Phrase.told("{of} is read as {readings}", of=ActorTerm(column.of), readings=listing(readings, " or "))
    if column.source == "settings":
        return Phrase.told("today {of} is {chosen}", of=OptionTerm(column.of), chosen=listing(chosen, " or "))
    if column.source == "concept":
        return Phrase.told("judged by {each}", each=listing((ConceptTerm(label(each)) for each in chosen), " or "))
    if column.source == "rules":
        return Phrase.told("the rule {of} is {chosen}", of=FormulaTerm(column.of), chosen=listing(chosen, " or "))
    return Phrase.of(f"{column.source}: ", listing(chosen, " or "))


def _of_list(column: Column, *, otherwise: bool) -> Phrase:
    """A judgement about a list: `ru puts a above b`, as written or the other way round."""
    _, reading, texts = _parts(column)
    who = Phrase.of(ActorTerm(column.of), *((" as ", ReadingTerm(reading, column.of)) if reading else ()))
    terms = [FormulaTerm(text) for text in (reversed(texts) if otherwise else texts)]
    as_is = "" if otherwise else tell(" (as written)")
    if column.source == "order":
        return Phrase.told(
            "{who} puts {terms} above {terms2}{as_is}", who=who, terms=terms[0], terms2=terms[1], as_is=as_is
        )
    if column.source == "presence":
        return Phrase.of(who, tell(" does not want ") if otherwise else tell(" wants "), terms[0], as_is)
    return Phrase.of(who, tell(" wants the opposite of ") if otherwise else tell(" wants "), terms[0], as_is)


LIST = re.compile(r"(?P<of>.*?)(?: as (?P<reading>\S+))?: '(?P<first>.*?)'(?: above '(?P<second>.*)')?")
"""How `draws` names a judgement about a list."""


def _parts(column: Column) -> tuple[str, str, tuple[str, ...]]:
    """Whose list, under which reading if that is in doubt, and the statements."""
    found = LIST.fullmatch(column.name)
    assert found is not None, column.name
    return found["of"], found["reading"] or "", tuple(filter(None, (found["first"], found["second"])))


def name_of(column: Column) -> Phrase:
    """A judgement as it is written, without saying so."""
    if column.source in OF_LISTS:
        *parts, _ = _of_list(column, otherwise=False).parts
        return Phrase.of(*parts)
    if column.source == "reading":
        return Phrase.told("the reading of {of}", of=ActorTerm(column.of))
    if column.source == "settings":
        return Phrase.told("today's setting of {of}", of=OptionTerm(column.of))
    return Phrase.of(tell("the {source}", source=column.source), *((" ", FormulaTerm(column.of)) if column.of else ()))


def statements_of(column: Column) -> tuple[str, ...]:
    """The statements that a judgement about a list is about."""
    return _parts(column)[2] if column.source in OF_LISTS else ()


def reading_of(case: Case, column: Column) -> str:
    """The reading of whose list a judgement is."""
    return _parts(column)[1] or case.chosen[column.of]
