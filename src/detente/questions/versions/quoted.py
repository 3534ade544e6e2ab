"""What somebody would quote of a case: whether today lasts, what becomes of partnerships, and the answer to the question.

How to ask: `quoted(case)`. Cost: an analysis of the case, and what its `answer:` costs; where that is more than the one
page would spend on it, the headline says so.

>>> from detente.scenario import load
>>> [(each.id, each.verdict) for each in quoted(Case(load("prisoners_dilemma")))]
[('today.foresight', 'ALL'), ('today.seq', 'stable'), ('answer.cooperation', 'ALL')]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from detente.case import Case, Query, verdict
from detente.engine.concepts import label
from detente.errors import InputError, TooLarge
from detente.messages import tell, word
from detente.questions.brief.answer import Absent, Asker
from detente.questions.brief.values import Verdicts
from detente.questions.partnerships.partnerships import partnership
from detente.result import INSIDE, Record
from detente.sheet import NameTerm, Phrase


@dataclass(frozen=True)
class Quoted(Record):
    """One thing that would be quoted: `id` says for programs what it is about, `about` for people; and the verdict."""

    id: str
    verdict: str
    about: Phrase = field(metadata=INSIDE, compare=False)


def quoted(case: Case) -> tuple[Quoted, ...]:
    """The headlines of a case, in one order: today, partnerships, the answer."""
    return (*_today(case), *_partnerships(case), *_answer(case))


def _today(case: Case) -> Iterator[Quoted]:
    scenario = case.scenario
    if scenario.now is None:
        return
    by_key = {option.key: option for option in scenario.options}
    here = (
        scenario.now
        if isinstance(scenario.now, str)
        else " and ".join(by_key[key].text(value) for key, value in case.at_rest.items())
    )
    stays = Query(here)
    yield Quoted("today.foresight", verdict(case, stays), Phrase.told("today is where foresight play ends"))
    yield Quoted(
        "today.seq", verdict(case, Query(concept="seq")), Phrase.told("today under {label}", label=label("seq"))
    )


def _partnerships(case: Case) -> Iterator[Quoted]:
    if case.scenario.now is not None:
        for name in case.scenario.partnerships:
            yield Quoted(f"partnership.{name}", partnership(case, name).word, Phrase.of(NameTerm(name)))


def _answer(case: Case) -> Iterator[Quoted]:
    try:
        found = Asker(case).value
    except (Absent, TooLarge) as why:
        yield Quoted("answer", tell("not asked: {why}", why=why), Phrase.told("the answer"))
        return
    if found.kind in ("levers", "hindcast"):
        told = "; ".join(f"{row.of}: {counted(row)}" for row in found.verdicts) or "nothing"
        best = [row for row in found.verdicts if row.of == found.best]
        said = f"{best[0].of}: {counted(best[0])}" if found.kind == "hindcast" and best else told
        yield Quoted(f"answer.{found.kind}", said, Phrase.told("the answer, by {kind}", kind=word(found.kind)))
        return
    for row in found.verdicts:
        yield Quoted(f"answer.{row.of}", counted(row), Phrase.told("the answer: {of}", of=row.of))


def counted(row: Verdicts) -> str:
    """The verdicts of a row: the word where there is one case, else each with its number."""
    if row.total == 1 and list(row.counts) != ["equilibria"]:
        return next(word for word, number in row.counts.items() if number)
    return ", ".join(f"{word} {number}" for word, number in row.counts.items() if number) or "nothing"


def asked(case: Case) -> Mapping[str, Quoted] | str:
    """The headlines by their ids; or why this case has none."""
    try:
        return {each.id: each for each in quoted(case)}
    except InputError as error:
        return str(error)
