"""What became of one test of a claim: in a few words, in tables, and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from detente.messages import Messages, tell
from detente.questions.claims import questions as asks
from detente.questions.claims import statuses
from detente.questions.claims.checks import DIFFER, MILDER, SAME, STRICTER
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.evidence import Wish
from detente.questions.claims.judging import Cell, Finding
from detente.questions.claims.question import EVERYTHING, NOTHING, UNMET
from detente.sheet import Sheet


def key_of(finding: Finding) -> str:
    """In how many combinations the test holds, its verdict where there is one, or that it enters as data."""
    if finding.test.question.enters:
        return "data" if finding.status == statuses.INPUT else finding.cells[0].verdict
    if not finding.cells:
        return finding.why
    if finding.status == statuses.CANNOT_TELL and finding.telling:
        return tell("not told apart")
    return count_of(finding) if len(finding.cells) > 1 else finding.cells[0].verdict


def count_of(finding: Finding) -> str:
    """Under how many combinations that can tell it holds; where it holds only in part throughout, what is found instead."""
    if not finding.cells:
        return ""
    if finding.status == statuses.DEPENDS and not finding.held and not finding.deciding:
        found = {cell.verdict for cell in finding.telling}
        count = tell(
            "{pop} in all {number}",
            pop=found.pop() if len(found) == 1 else tell("in part"),
            number=len(finding.telling),
        )
    else:
        count = tell("{held} of {number}", held=finding.held, number=len(finding.telling))
    return ", ".join((count, *_apart(finding.cells)))


def _apart(cells: Iterable[Cell]) -> list[str]:
    """In how many combinations nobody can tell, by the reason."""
    found = Counter(cell.apart for cell in cells)
    return [
        tell("in {found} {why}", found=found[why], why=tell(why)) for why in (NOTHING, EVERYTHING, UNMET) if found[why]
    ]


def spelled_sentence(sentence: str) -> str:
    """A kind of sentence, and how it is tested."""
    return f"{sentence}: {tell(statuses.SENTENCE[sentence].means)}" if sentence else ""


def followed_in(cells: Sequence[Cell]) -> str:
    """In how many of these combinations it holds, of those that can tell, and why the others cannot."""
    telling = [cell for cell in cells if not cell.apart]
    held, apart = sum(cell.holds for cell in telling), _apart(cells)
    if not telling:
        return (
            tell("cannot tell: {apart}", apart=cells[0].apart)
            if len(cells) == 1
            else ", ".join((tell("cannot tell"), *apart))
        )
    if not held and any(cell.partly for cell in telling):
        return ", ".join((tell("in part"), *apart))
    word = "yes" if held == len(telling) else "no" if not held else tell("in part")
    if len(cells) == 1:
        return f"{word}: {cells[0].verdict}"
    return ", ".join((word, tell("{held} of {number}", held=held, number=len(telling)), *apart))


def under_rivals(finding: Finding) -> str:
    """What follows under rivals' readings, or by their accounts."""
    accounts = ""
    if finding.test.rivals:
        alike = not any(cell.told_apart for cell in finding.cells if cell.holds)
        accounts = tell(
            "{word} by {rivals}",
            word=tell("the same") if alike else tell("something else"),
            rivals=tell(" and by ").join(finding.test.rivals),
        )
    rivals = [cell for cell in finding.cells if cell.rival]
    return "; ".join(filter(None, (followed_in(rivals) if rivals else "", accounts)))


def _asked(finding: Finding, desk: Desk) -> str:
    """The question with its circumstances."""
    test = finding.test
    model = desk.model(test.model)
    circumstances = test.circumstances.words(model)
    return (
        tell("With {circumstances}: {words}", circumstances=circumstances, words=test.question.words())
        if circumstances
        else test.question.words().capitalize()
    )


def said_of(finding: Finding) -> str:
    """One finding in a few words."""
    test, cells = finding.test, finding.cells
    name = f"{test.name.rstrip('?')}? " if test.name else ""
    if test.question.enters:
        data = tell("enters as data: {entered}", entered=", ".join(asks.entered(test.question)))
        return data if finding.status == statuses.INPUT else cells[0].verdict
    if finding.status == statuses.CANNOT_TELL:
        return f"{name}no: {cells[0].verdict}" if finding.telling else f"{name}{finding.why}"
    if len(cells) == 1:
        return f"{name}{_answer(finding)}: {cells[0].verdict}{_by(finding)}"
    found = _verdicts(finding) if finding.status in statuses.BAD else ""
    return f"{name}{_answer(finding)} {count_of(finding)}{_deciding(finding)}{_by(finding)}{found}"


def read_otherwise(finding: Finding, *, misnamed: bool) -> str:
    """A stricter or milder reading of the sentence, and what became of it."""
    degree = {STRICTER: tell("more strictly"), MILDER: tell("more mildly")}[finding.test.beside]
    return (
        tell("read {degree}: {label}", degree=degree, label=finding.label)
        + tell(" (but it is not {beside})", beside=finding.test.beside) * misnamed
    )


def _verdicts(finding: Finding) -> str:
    """The verdicts found instead, if they are few."""
    found = Counter(cell.verdict for cell in finding.cells if not cell.holds)
    return (
        tell(" (found: {items})", items="; ".join(f"{verdict}, {n}x" for verdict, n in found.items()))
        if len(found) < 3
        else ""
    )


def _answer(finding: Finding) -> str:
    word = (
        tell("it depends,")
        if finding.status == statuses.DEPENDS
        else "no,"
        if finding.status in statuses.BAD
        else "yes,"
    )
    return word if len(finding.cells) > 1 else word.rstrip(",")


def _deciding(finding: Finding) -> str:
    """Whose types settle it, and how, where that is short."""
    if not finding.deciding:
        return ""
    where = [
        " and ".join(tell("{actor} is {reading}", actor=actor, reading=reading) for actor, reading in each.items())
        for each in finding.where
    ]
    short = 0 < len(where) <= 2
    return (
        tell(", where {where}", where=" or ".join(where))
        if short
        else tell(", on the type of {deciding}", deciding=" and ".join(finding.deciding))
    )


def _by(finding: Finding) -> str:
    return tell(" (by reaction rules alone)") if finding.by_assumption else ""


# --- one test, in full -------------------------------------------------------------------------------------------------


def finding_sheets(finding: Finding, desk: Desk, *, misnamed: bool) -> tuple[Sheet, ...]:
    """How the claim was asked in this test, and what was found in each combination."""
    test, model = finding.test, desk.model(finding.test.model)
    rows = [
        ("asked", test.question.words()),
        (tell("of the model"), f"{model.title} ({model.name})"),
        ("circumstances", test.circumstances.words(model) or tell("as in the file")),
        (tell("going through"), "; ".join(f"{actor}: {', '.join(each)}" for actor, each in test.over.items())),
        ("compared", "; ".join(_account(name, each, model) for name, each in {**test.between, **test.rivals}.items())),
        (tell("reads the sentence"), "; ".join(filter(None, (test.reads, _degree(finding, misnamed=misnamed))))),
        (tell("the author expects"), _expected(finding)),
        ("finding", f"{finding.label}{_by(finding)}{tell(', aside') if test.aside else ''}"),
        ("holds", f"{count_of(finding)}{_deciding(finding)}" if len(finding.cells) > 1 else ""),
        (tell("depends on"), finding.why if finding.status == statuses.DEPENDS else ""),
        ("found", _found(finding)),
    ]
    title = tell("Test {number}{word}", number=test.number + 1, word=f": {test.name}" if test.name else "")
    first = Sheet(title, ("", " "), tuple(row for row in rows if row[1]))
    return (first, _grid(finding)) if len(finding.cells) > 1 else (first,)


def _degree(finding: Finding, *, misnamed: bool) -> str:
    """Whether it takes the sentence more strictly or more mildly than the tests that count, and whether that is so."""
    beside = finding.test.beside
    where = tell("it holds where they do not") if beside == STRICTER else tell("it fails where they hold")
    so = (
        tell("{beside} than the tests that count", beside=beside)
        if not misnamed
        else tell("called {beside} than the tests that count, but {where}", beside=beside, where=where)
    )
    return tell("{so}; no part of the status", so=so) if beside else ""


def _account(name: str, circumstances: Any, model: Any) -> str:
    said = circumstances.words(model) or tell("as it is")
    return name if said == name else f"{name} ({said})"


_COMPARED = Messages({SAME: "the same in each", DIFFER: "not the same in each"})


def _expected(finding: Finding) -> str:
    test = finding.test
    if test.compares:
        return _COMPARED.get(test.compares) or tell(
            "true in {compares} ends under the first than under the second", compares=test.compares
        )
    if test.sentence in (statuses.MAY, statuses.WILL, statuses.FACT):
        some, every = (
            tell("in some end, under one combination the author allows"),
            tell("under every combination the author allows"),
        )
        return f"{test.question.expected} {some if test.some else every}"
    quantity = {"every": tell(" under every combination"), "some": tell(" under one combination at least")}
    return f"{test.question.expected}{quantity.get(test.every, '')}"


def _found(finding: Finding) -> str:
    """Verdict and evidence of the only combination, or of the first; the reason where nothing was asked."""
    if not finding.cells:
        return finding.why
    cell = finding.cells[0]
    shows = dict.fromkeys(text for reply in cell.replies.values() for text in reply.shows)
    first = "; ".join((cell.verdict, *shows))
    return first if len(finding.cells) == 1 else f"{_readings(cell)}: {first}"


def _readings(cell: Cell) -> str:
    return ", ".join(f"{actor} {reading}" for actor, reading in cell.readings.items())


def _grid(finding: Finding) -> Sheet:
    actors = tuple(finding.test.over)
    rows = tuple((*cell.readings.values(), cell.verdict, cell.apart or cell.holds) for cell in finding.cells)
    return Sheet(
        tell("Test {number}, type by type", number=finding.test.number + 1),
        (*actors, "found", tell("as expected")),
        rows,
    )


def wish_sheet(used: Iterable[Wish]) -> Sheet:
    """The statements the answers rest on, each once, those that decide marked."""
    merged: dict[tuple[str, ...], Wish] = {}
    for wish in used:
        merged[wish.key] = wish.joined(merged[wish.key]) if wish.key in merged else wish
    used = tuple(merged.values())
    rows = tuple((w.model, w.actor, w.reading, w.place, w.statement, w.grounds, w.role) for w in used)
    place = tell("rank or weight") if any(w.weight for w in used) else "rank"
    columns = ("model", "actor", "reading", place, "statement", "grounds", "role")
    notes = (
        tell("Grounds: claims by number; P public record, S supposition, L logic; else the source itself."),
        tell(
            "decides: a swap with its neighbour, its omission or its reversal flips a verdict looked at; "
            "rule: a reaction rule."
        ),
    )
    return Sheet(tell("Statements it rests on"), columns, rows, notes)


def finding_json(finding: Finding, desk: Desk) -> dict[str, Any]:
    """The test and its findings as plain data."""
    test = finding.test
    return {
        "name": test.name,
        "asked": _asked(finding, desk),
        "model": desk.model(test.model).name,
        "expected": _expected(finding),
        "status": finding.status,
        "label": finding.label,
        "reads": test.reads,
        "as": test.beside,
        "aside": test.aside,
        "held": finding.held,
        "of": len(finding.telling),
        "nothing_could": finding.apart(NOTHING),
        "everything_does": finding.apart(EVERYTHING),
        "deciding": list(finding.deciding),
        "where": [dict(each) for each in finding.where] if finding.deciding else [],
        "by_assumption": finding.by_assumption,
        "why": finding.why,
        "cells": [_cell_json(cell) for cell in finding.cells],
    }


def _cell_json(cell: Cell) -> Mapping[str, Any]:
    shows = {name: list(reply.shows) for name, reply in cell.replies.items()}
    return {
        "readings": dict(cell.readings),
        "verdicts": {name: reply.verdict for name, reply in cell.replies.items()},
        "holds": cell.holds,
        "apart": cell.apart,
        "shows": shows,
    }
