"""The one page in words: a heading and some sentences for every field of a brief, the table that decides, what it rests on.

At most `MOST_WORDS` words besides the tables. What is beyond that is cut from the end: the last fields lose their last
sentences first, then the whole of them; the answer and how far to trust it are never cut. Options, readings and outcomes go
by their words in the file. A count of readings is told as a count; it is no likelihood.

>>> from detente.questions.brief import brief
>>> from detente.scenario import load
>>> case = Case(load("prisoners_dilemma"))
>>> print(page(case, brief(case)).paragraphs["answer"])
“cooperation” always comes about, where play ends.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from detente.case import Case
from detente.errors import InputError
from detente.present.words import IN_WORDS, Words, counted, listed, plain, upper
from detente.questions.brief import FIELDS, Brief
from detente.questions.brief.answer import KEPT, NOT_KEPT, UNKNOWN
from detente.questions.brief.values import (
    Answered,
    Asked,
    Home,
    Indicators,
    Irrevocable,
    Objection,
    OtherLevers,
    Route,
    Since,
    Table,
    Trust,
    Turns,
    Verdicts,
)
from detente.questions.partnerships.break_matrix import OPEN
from detente.questions.uncertainty.completions import Spread
from detente.scenario.model import Scenario
from detente.sheet import (
    ConceptTerm,
    FormulaTerm,
    OptionTerm,
    ReadingTerm,
    Sheet,
    Term,
    VerdictTerm,
    spoken,
)

MOST_WORDS = 450
"""Words of a page, the tables apart."""

WHOLE = ("question", "answer", "trust")
"""Fields that are never cut."""

WIDTH = 100
"""Characters of a line."""

SHORT = 3
"""Letters that every part of an identifier has at least, so that it may stand for a word."""

SAYS = {
    **IN_WORDS,
    OPEN: "left open",
    "expected": "expected",
    "not expected": "not expected",
    "equilibria": "states that hold",
    KEPT: "would be kept",
    NOT_KEPT: "would not be kept",
    UNKNOWN: "not known whether kept",
}
"""Verdicts in a table."""

CONCEPT_WORDS = {
    "Nash": "judged by the own move alone",
    "SEQ": "with the counter-moves of the others in view",
    "SMR": "with any counter-move and an escape in view",
    "GMR": "with any counter-move feared",
}
"""What a stability concept has an actor look at."""

KEPT_WORDS = {
    "kept": "it would be kept",
    "needs a device": "it needs something that holds its maker to it",
    "announcement": "free again, its maker would drop it",
}


@dataclass(frozen=True)
class Page:
    """The page: its title, the paragraphs by field, the table that decides, and where every field comes from."""

    title: str
    paragraphs: Mapping[str, str]
    table: Sheet | None
    rests: Sheet

    @property
    def words(self) -> int:
        """How many words there are, the tables apart."""
        return sum(map(words_in, (self.title, *self._said)))

    @property
    def _said(self) -> list[str]:
        return [f"{FIELDS[name]}. {text}" if name != "question" else text for name, text in self.paragraphs.items()]

    @property
    def text(self) -> str:
        """All of it as plain text."""
        parts = [self.title]
        for name, said in zip(self.paragraphs, self._said, strict=True):
            parts.append(textwrap.fill(said, WIDTH, break_long_words=False, break_on_hyphens=False))
            if name == "answer" and self.table:
                parts.append(str(self.table))
        return "\n\n".join((*parts, str(self.rests)))


def words_in(text: str) -> int:
    """How many words a text has: what stands between spaces, if there is a letter or a digit in it.

    >>> words_in("Cannot be undone. “Technology” – given; 2 of 4.")
    8
    """
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def page(case: Case, found: Brief) -> Page:
    """The page of a brief of this case."""
    writer = _Writer(case.scenario)
    told = {
        each.id: [sentence for sentence in SENTENCES[each.id](writer, each.value) if sentence]
        for each in found.fields
        if each.value is not None and each.id in SENTENCES
    }
    title = found.title
    if found["answer"].value is None:
        told["answer"] = ["Not worked out on this page; the reason stands below."]
    told = {name: told[name] for name in FIELDS if name in told}
    shortened(told, MOST_WORDS - words_in(title))
    table = found["table"].value
    rows = tuple((each.title, "; ".join(each.commands) or f"– ({each.absent})") for each in found.fields)
    return Page(
        title=title,
        paragraphs={name: " ".join(sentences) for name, sentences in told.items() if sentences},
        table=writer.table(table) if isinstance(table, Table) else None,
        rests=Sheet("What each field rests on", ("field", "asked by, or why there is none"), rows),
    )


def shortened(told: dict[str, list[str]], most: int) -> None:
    """Cut sentences from the end, and then fields, until there are at most so many words.

    >>> told = {"answer": ["a b c d"], "turns": ["e f", "g h i"], "since": ["j k", "l m"]}
    >>> shortened(told, 16); told
    {'answer': ['a b c d'], 'turns': ['e f'], 'since': ['j k']}
    """

    def over() -> bool:
        heads = sum(words_in(FIELDS[name]) for name, said in told.items() if said and name != "question")
        return heads + sum(map(words_in, (each for said in told.values() for each in said))) > most

    for least in (1, 0):
        for name in reversed([name for name in told if name not in WHOLE]):
            while over() and len(told[name]) > least:
                told[name].pop()


def said_of(name: str, about: str) -> str:
    """An identifier where it is made of words, else the beginning of what the file says of it.

    >>> said_of("arsenal_first", "Never trades the arsenal, whatever is offered"), said_of("p_big", "Holds out, as P says")
    ('arsenal first', 'Holds out')
    """
    if not about or all(part.isalpha() and len(part) >= SHORT for part in name.split("_")):
        return plain(name)
    return re.split("[,;.]", about)[0].strip()


# --- words ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Writer:
    """Words of one scenario, in sentences."""

    scenario: Scenario

    @property
    def words(self) -> Words:
        return Words(self.scenario)

    def the(self, actor: str) -> str:
        return self.words.names.the(actor)

    def reading(self, actor: str, name: str) -> str:
        """A reading by its identifier where that is made of words, else by the beginning of what the file says of it."""
        return f"“{said_of(name, self.scenario.actor(actor).readings[name].about)}”"

    def thing(self, name: str) -> str:
        """An outcome, a partnership or a platform."""
        platform = self.scenario.platforms.get(name)
        if platform is not None and platform.name in ("", name):
            wanted = self.scenario.actor(platform.actor).readings.get(platform.reading)
            return f"“{said_of(name, platform.about or (wanted.about if wanted else ''))}”"
        if platform is not None:
            return f"“{platform.name}”"
        return f"“{plain(self.words.names.thing(name))}”"

    def goal(self, text: str) -> str:
        """An outcome by its name, a formula in its words."""
        return self.thing(text) if text in self.scenario.outcomes else self.words.formula(text, None)

    def say(self, term: Term) -> str:
        """A term in words."""
        match term:
            case ReadingTerm():
                return self.reading(term.actor, str(term)) if term.actor else f"“{plain(term)}”"
            case ConceptTerm():
                return CONCEPT_WORDS[str(term)]
            case FormulaTerm():
                return self.change(term)
            case OptionTerm():
                return f"“{self.scenario.option(term).name or plain(term)}”"
            case VerdictTerm():
                return SAYS.get(str(term), str(term))
        known = self.scenario.outcomes, self.scenario.partnerships, self.scenario.platforms
        return self.thing(term) if any(term in each for each in known) else self.words.names.say(term)

    def spoken(self, value: Any) -> Any:
        return spoken(value, self.say)

    def change(self, text: str, me: str | None = None) -> str:
        """Settings as what somebody does; what is no list of settings as a formula; a rule in its two halves."""
        if not text:
            return "change nothing and hold that"
        if text.startswith("when ") and " then " in text:
            when, _, then = text.removeprefix("when ").partition(" then ")
            return f"the rule that if {self.words.formula(when, me)}, then {self.change(then, me)}"
        try:
            settings = self.scenario.settings(text)
        except InputError:  # a formula that is no list of settings
            return self.words.formula(text, me)
        return self.words.move(settings, me) or text

    def row(self, of: str) -> str:
        """What a row of the answer is about."""
        if of in CONCEPT_WORDS:
            return f"today's state ({CONCEPT_WORDS[of]})"
        return self.thing(of) if of in self.scenario.platforms else self.goal(of)

    def table(self, table: Table) -> Sheet:
        """The table that decides, in words."""
        sheet = table.sheet()
        rows = tuple((upper(str(self.spoken(row[0]))), *row[1:]) for row in sheet.rows)
        return Sheet(sheet.title, tuple(str(self.spoken(column)) for column in sheet.columns), rows)

    def counts(self, counts: Mapping[str, int], over: tuple[str, ...] = ()) -> str:
        """How often each verdict was found; of one case, just the verdict."""
        if sum(counts.values()) == 1 or {*counts} - {*IN_WORDS}:
            return self.bare(counts)
        whose = f" of {listed(map(self.the, over))}" if over else ""
        return f"{counted(Spread(counts))}{whose}"

    @staticmethod
    def bare(counts: Mapping[str, int]) -> str:
        total = sum(counts.values())
        if total == 1:
            return next(SAYS.get(word, word) for word, number in counts.items() if number)
        said = [f"{SAYS.get(word, word)} in {number}" for word, number in counts.items() if number]
        return f"{', '.join(said)} of {total}"


# --- the fields -------------------------------------------------------------------------------------------------------


def _question(_: _Writer, value: Asked) -> list[str]:
    return [value.text]


def _answer(w: _Writer, value: Answered) -> list[str]:
    best = value.row(value.best) if value.best else None
    return ANSWERS[value.kind](w, value, best)


def _broken(w: _Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    whose = f" of {listed(map(w.the, value.over))}" if value.over else ""
    yes = best.counts.get("BREAKS", 0)
    partnership = w.thing(value.subject)
    if not yes:
        return [f"No platform ends {partnership} for sure under any reading{whose}."]
    among = f"in {yes} of {best.total} combinations of readings{whose}" if best.total > 1 else "as the actors are read"
    alike = [each for each in value.verdicts if each.counts.get("BREAKS", 0) * best.total == yes * each.total]
    named = listed(w.thing(each.of) for each in alike)
    none = [each for each in value.verdicts if not each.counts.get("BREAKS", 0)]
    rest = (
        f"{listed(w.thing(each.of) for each in none)} {'does' if len(none) == 1 else 'do'} so in none." if none else ""
    )
    return [f"{upper(named)} {'ends' if len(alike) == 1 else 'end'} {partnership} {among}.", rest]


def _played(w: _Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    goal, more = w.goal(best.of), len(value.verdicts) - 1
    said = w.counts(best.counts, value.over)
    lead = f"{upper(goal)} {said} comes about" if best.total == 1 else f"{upper(goal)} comes about {said}"
    tail = f"Of {more + 1} outcomes none comes about in more; the table has them all." if more else ""
    return [f"{lead}, where play ends.", tail]


def _standing(w: _Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    near = value.verdicts[0]
    if best.total == 1:
        holds, alone = "stable" in best.counts, "stable" in near.counts
        lead = "Things stay as they are" if holds else "Things do not stay as they are"
        tail = "Judged by the own move alone they " + ("stay as well." if alone else "do not.")
        return [f"{lead}, if everybody looks at the counter-moves of the others.", tail]
    whose = f" of {listed(map(w.the, value.over))}" if value.over else ""
    number = f"in {best.counts.get('stable', 0)} of {best.total} combinations of readings{whose}"
    lead = f"Things stay as they are {number}, if everybody looks at the counter-moves of the others."
    return [lead, f"Judged by the own move alone they do in {near.counts.get('stable', 0)}."]


def _unstarted(_: _Writer, __: Answered, best: Verdicts | None) -> list[str]:
    number = best.counts["equilibria"] if best else 0
    states = "1 state would" if number == 1 else f"{number:,} states would"
    return [
        f"The file does not say where things stand today; {states} hold, with the counter-moves of the others in view."
    ]


def _fitted(w: _Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    hits = best.counts["expected"]
    alike, number = sum(each.counts["expected"] == hits for each in value.verdicts), len(value.verdicts)
    one = alike == 1
    named = (
        f"with the actors read as {w.spoken(best.of)}" if one else f"under {alike} of {number} combinations of readings"
    )
    return [f"At best {hits} of {best.total} recorded moves were to be expected: {named}."]


def _assured(w: _Writer, value: Answered, best: Verdicts | None) -> list[str]:
    who, goal = listed(map(w.the, value.over)), w.goal(value.subject)
    if best is None:
        return [f"Nothing that {who} can hold brings about {goal} for sure."]
    kept = next(iter(best.counts))
    tail = {KEPT: "Free again, it would stay with that.", NOT_KEPT: "Free again, it would not stay with that."}
    sets = len(value.verdicts)
    more = f" {sets} smallest ways do; the table has them." if sets > 1 else ""
    return [f"{upper(who)} can make sure of {goal}: {w.change(best.of)}.{more}", tail.get(kept, "")]


ANSWERS: Mapping[str, Callable[[_Writer, Answered, Verdicts | None], list[str]]] = {
    "break": _broken,
    "play": _played,
    "status_quo": _standing,
    "equilibria": _unstarted,
    "hindcast": _fitted,
    "levers": _assured,
}


def _turns(w: _Writer, value: Turns) -> list[str]:
    told = []
    for each in value.decisive[:3]:
        with_ = f"With {w.the(each.actor)} as {w.reading(each.actor, each.reading)}"
        same = f"the verdict on {w.row(each.of)} is the same whatever the others want"
        told.append(f"{with_}, {same}: {SAYS.get(each.verdict, each.verdict)}.")
    if value.tried is None:
        return told
    whose = f", in the lists of {listed(map(w.the, value.whose))}" if value.flips else ""
    number = f"{value.flips} of {value.tried}" if value.flips else f"None of {value.tried}"
    return [*told[:1], f"{number} single changes to what the actors want would turn the answer{whose}.", *told[1:]]


def _objection(w: _Writer, value: Objection) -> list[str]:
    if value.sister is not None:
        sister = _Writer(value.sister)
        of = f" for {sister.spoken(value.of)}" if value.of else ""
        against = f"{sister.bare(value.theirs)}, against {w.bare(value.ours)} here"
        return [f"Another model of the same conflict, “{value.title}”, answers otherwise{of}: {against}."]
    theirs, ours = (next(iter(counts)) for counts in (value.theirs, value.ours))
    rival = f"With {w.the(value.actor)} read as {w.reading(value.actor, value.reading)} instead"
    return [f"{rival}, the verdict on {w.row(value.of)} is “{SAYS.get(theirs, theirs)}”, not “{SAYS.get(ours, ours)}”."]


def _route(w: _Writer, value: Route) -> list[str]:
    goal, told = w.goal(value.goal), list[str]()
    if value.together:
        who = listed(map(w.the, value.together))
        lasts = {
            True: "and it would hold there",
            False: "but it would not hold there",
            None: "whether it would hold is not known",
        }
        many = "alone would gain by going" if len(value.together) == 1 else "would all gain by going together"
        told.append(f"{upper(who)} {many} to {goal}, {lasts[value.lasts]}.")
    else:
        told.append(f"No two or three of them would all gain by going to {goal} together.")
    for each in value.promises[:2]:
        first = f"If {w.the(each.actor)} committed itself first ({w.spoken(each.commits)})"
        told.append(f"{first}, play would end at {goal}; {KEPT_WORDS[each.kept]}.")
    if value.tried and not value.promises:
        told.append(f"None of {value.tried} commitments made first both pays its maker and leads there.")
    return told


HOME = {
    True: "{} would be kept by those whose course it is, if they were free again.",
    False: "{} would not be kept by those whose course it is, if they were free again.",
    None: "whether {} would be kept depends on what the file leaves open.",
}


def _home(w: _Writer, value: Home) -> list[str]:
    told = []
    for kept, says in HOME.items():
        named = [w.thing(each.platform) for each in value.courses if each.kept is kept]
        if named:
            told.append(upper(says.format(listed(named))))
    approving = dict.fromkeys(actor for _, actor in value.approval)
    if approving:
        told.append(f"What is offered needs the consent of {listed(map(w.the, approving))}.")
    return told


def _indicators(w: _Writer, value: Indicators) -> list[str]:
    told = []
    for each in value.watch:
        seen = each.observation
        does = w.change(seen.move, seen.actor) if seen.move else "make no move"
        way = listed(f"{w.the(actor)} chose to {w.change(move, actor)}" for actor, move in seen.way)
        when = f", after {way}" if way else ""
        speaks = listed(f"{w.the(actor)} as {w.reading(actor, name)}" for actor, name in each.speaks_for[:2])
        against = listed(f"{w.the(actor)} as {w.reading(actor, name)}" for actor, name in each.speaks_against[:2])
        sides = "; ".join(filter(None, (speaks and f"for {speaks}", against and f"against {against}")))
        told.append(f"Should {w.the(seen.actor)} {does}{when}: {sides or 'it separates whole accounts only'}.")
    left = value.pairs - value.separated
    if left:
        told.append(f"{left} of {value.pairs} pairs of accounts cannot be told apart within {value.within} moves.")
    return told


def _irreversible(w: _Writer, value: Irrevocable) -> list[str]:
    if w.scenario.graph:  # its states go by names that are no words
        whose = listed(dict.fromkeys(w.the(each.actor) for each in value.switches))
        gone = listed(dict.fromkeys(w.thing(name) for each in value.switches for name in each.outcomes))
        return [
            f"{len(value.switches)} moves between states, of {whose}.",
            f"Some of them close {gone}." if gone else "",
        ]
    told = []
    for each in sorted(value.switches, key=lambda each: (each.made, -len(each.outcomes))):
        lost = f" It closes {listed(map(w.thing, each.outcomes))}." if each.outcomes else ""
        done = " That is done already." if each.made else ""
        said = w.spoken(each.switch)
        told.append(f"{upper(w.the(each.actor))}: {said}.{done}{lost}")
    return told


def _others(w: _Writer, value: OtherLevers) -> list[str]:
    able = [each for each in value.levers if each.setting is not None]
    unable = [each for each in value.levers if each.setting is None]
    kept = {
        True: "and would stay with it",
        False: "but would not stay with it",
        None: "whether it would stay with it is not known",
    }
    told = [
        f"{upper(w.the(each.actor))} alone can make sure of {w.goal(each.goal)} ({w.change(each.setting or '', each.actor)}), "
        f"{kept[each.kept]}."
        for each in able
    ]
    if unable:
        goal, own = "it" if able else w.goal(unable[0].goal), "its" if len(unable) == 1 else "their"
        told.append(
            f"{upper(listed(w.the(each.actor) for each in unable))} can make sure of {goal} by nothing of {own} own."
        )
    return told


def _trust(_: _Writer, value: Trust) -> list[str]:
    if not value.wishes:
        return ["No actor's wants are written as statements here."]
    alone = f"{_resting(value.wishes_supposed)} on supposition alone"
    every = f"Of the {value.wishes} statements about what the actors want, {alone}."
    if value.deciding is None:
        return [every, "Which of them decide was not tried."]
    if not value.deciding:
        decide = "No single one of them decides."
    else:
        supposed = _resting(value.supposed or 0)
        decide = f"The answer hangs on {value.deciding} of them; {supposed} on supposition alone."
    assumed = "It holds by assumption: only rules of reaction decide it." if value.by_assumption else ""
    return list(filter(None, (every, decide, assumed, "Counts of readings are no likelihood.")))


def _resting(number: int) -> str:
    return "none rests" if number == 0 else "one rests" if number == 1 else f"{number} rest"


def _since(_: _Writer, value: Since) -> list[str]:
    every = value.best_count == value.combinations
    many = "every combination" if every else f"{value.best_count} of {value.combinations} combinations"
    moves = "1 recorded move" if value.moves == 1 else f"{value.moves} recorded moves"
    blind = f"blind choice would have expected {value.expected_by_chance:.1f}"
    told = [f"From {value.first} to {value.last}, {moves}: {many} of readings expected {value.best} of them; {blind}."]
    if value.silent:
        told.append(f"These events cannot tell apart {value.silent} of {value.pairs} pairs of readings.")
    return told


SENTENCES: Mapping[str, Callable[[_Writer, Any], list[str]]] = {
    "question": _question,
    "answer": _answer,
    "turns": _turns,
    "objection": _objection,
    "route": _route,
    "home": _home,
    "indicators": _indicators,
    "irreversible": _irreversible,
    "others": _others,
    "trust": _trust,
    "since": _since,
}
"""What is said of each field, most important first; the table that decides is shown as it is."""
