"""The one page in words: a heading and some sentences for every field of a brief, the table that decides, what it rests on.

At most `MOST_WORDS` words besides the tables. What is beyond that is cut from the end: the last fields lose their last
sentences first, then the whole of them; the answer and how far to trust it are never cut. Options, readings and outcomes go
by their words in the file. A count of readings is told as a count; it is no likelihood.

>>> from detente.questions.brief import brief
>>> from detente.scenario import load
>>> case = Case(load("prisoners_dilemma"))
>>> print(page(case, brief(case)).paragraphs["answer"])
Play ends where it begins: no actor moves. “both stay silent” always comes about where play ends.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from detente.case import Case
from detente.errors import InputError
from detente.present.words import IN_WORDS, Words, called, choice, counted, plain, upper
from detente.questions.brief import FIELDS, Brief
from detente.questions.brief.answer import KEPT, NOT_KEPT, UNKNOWN
from detente.questions.brief.values import (
    Answered,
    Asked,
    Deciding,
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
from detente.questions.inverse.assumptions import Assumption
from detente.questions.partnerships.break_matrix import OPEN
from detente.questions.uncertainty.completions import Spread
from detente.scenario.model import Scenario
from detente.sheet import ConceptTerm, FormulaTerm, OptionTerm, ReadingTerm, Sheet, Term, VerdictTerm, listed, spoken

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
    """The page: its title, the paragraphs by field, the table that decides, what its names stand for, and what it rests on."""

    title: str
    paragraphs: Mapping[str, str]
    table: Sheet | None
    names: Sheet | None
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
        return "\n\n".join((*parts, *([str(self.names)] if self.names else []), str(self.rests)))


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
    shown = writer.table(table) if isinstance(table, Table) else None
    rows = tuple((each.title, "; ".join(each.commands) or f"– ({each.absent})") for each in found.fields)
    return Page(
        title=title,
        paragraphs={name: " ".join(sentences) for name, sentences in told.items() if sentences},
        table=shown,
        names=writer.key(" ".join([*itertools.chain(*told.values()), str(shown or "")])),
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
        """An actor inside a sentence."""
        name = self.words.names.the(actor)
        return f"the {name.removeprefix('The ')}" if name.startswith("The ") else name

    def reading(self, actor: str, name: str) -> str:
        """A reading by its name; without one by its identifier, if that is made of words, else by how `about` begins."""
        reading = self.scenario.actor(actor).readings[name]
        return f"“{reading.name or said_of(name, reading.about)}”"

    def read_as(self, readings: Mapping[str, str]) -> str:
        """Actors with their readings, in a sentence."""
        return listed(f"{self.the(actor)} as {self.reading(actor, name)}" for actor, name in readings.items())

    def key(self, text: str) -> Sheet | None:
        """What the names stand for that a text has in quotes: readings, outcomes and platforms, where the file says more."""
        rows = [
            (actor.name, self.reading(actor.id, name), reading.about)
            for actor in self.scenario.actors
            for name, reading in actor.readings.items()
            if (reading.name or said_of(name, reading.about)) != reading.about
        ]
        rows += [
            (self.scenario.actor(each.actor).name, self.thing(name), each.about)
            for name, each in self.scenario.platforms.items()
            if self.thing(name) != f"“{each.about}”"
        ]
        rows += [
            ("outcome", self.thing(name), self.words.formula(each.formula, None))
            for name, each in self.scenario.outcomes.items()
            if not self.scenario.graph
        ]
        named = tuple(row for row in rows if row[2] and row[1] in text)
        return Sheet("What the names stand for", ("whose", "name", "stands for"), named) if named else None

    def assumption(self, each: Assumption) -> str:
        """An assumption: an aim of somebody, or a rule of the model."""
        if each.actor:
            whose = possessive(self.the(each.actor))
            return f"{whose} aim {each.rank} ({self.words.aim(each.says, each.actor)})"
        first, lasts, then = each.says.partition(" while ")
        if lasts:
            return f"the rule that {self.words.formula(first, None)} lasts only while {self.words.formula(then, None)}"
        return f"the rule {self.change(each.says).removeprefix('the rule ')}"

    def thing(self, name: str) -> str:
        """An outcome, a partnership or a platform."""
        platform = self.scenario.platforms.get(name)
        if platform is not None and platform.name in ("", name):
            return f"“{re.split('[,;.]', platform.about)[0].strip() or plain(name)}”"
        if platform is not None:
            return f"“{platform.name}”"
        partnership = self.scenario.partnerships.get(name)
        if partnership is not None and partnership.name not in ("", name):
            return self.words.names.thing(name)
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
                return f"“{called(self.scenario.option(term))}”"
            case VerdictTerm():
                return SAYS.get(str(term), str(term))
        known = self.scenario.outcomes, self.scenario.partnerships, self.scenario.platforms
        return self.thing(term) if any(term in each for each in known) else self.words.names.say(term)

    def spoken(self, value: Any) -> Any:
        return spoken(value, self.say)

    def change(self, text: str, me: str | None = None) -> str:
        """Settings as what somebody does; what is no list of settings as a formula; a rule in its two halves."""
        if not text:
            return "keep to what it does today"
        if text.startswith("when ") and " then " in text:
            when, _, then = text.removeprefix("when ").partition(" then ")
            return f"the rule that if {self.words.formula(when, me)}, then {self.change(then, me)}"
        try:
            settings = self.scenario.settings(text)
        except InputError:  # a formula that is no list of settings
            return self.words.formula(text, me)
        return self.words.move(settings, me) or text

    def did(self, actor: str, text: str) -> str:
        """What an actor did, in the past tense, which no plural changes; what follows by the rules of the model is left out."""
        try:
            settings = self.scenario.settings(text)
        except InputError:  # in graph form
            return f"made the move “{plain(text)}”"
        said = []
        for option in self.scenario.actor(actor).options:
            if option.key in settings:
                name, value = f"“{called(option)}”", settings[option.key]
                said.append(
                    f"{'took up' if value else 'dropped'} {name}"
                    if option.binary
                    else f"chose “{choice(option, value)}”"
                    if option.choices[value] in option.choice_names
                    else f"set {name} to {option.choices[value]}"
                )
        return listed(said) or self.change(text, actor)

    def end(self, change: str) -> str:
        """Where play ends, as it differs from today: who would do what."""
        there = self.scenario.settings(change) if change else {}
        moved = {a.id: {o.key: there[o.key] for o in a.options if o.key in there} for a in self.scenario.actors}
        said = [f"{self.the(actor)} would {self.words.move(each, actor)}" for actor, each in moved.items() if each]
        return listed(said) or "all would stay as it is"

    def row(self, of: str) -> str:
        """What a row of the answer is about."""
        if of in CONCEPT_WORDS:
            return f"today's state ({CONCEPT_WORDS[of]})"
        return self.thing(of) if of in self.scenario.platforms else self.goal(of)

    def table(self, table: Table) -> Sheet:
        """The table that decides, in words."""
        sheet = table.sheet()
        rows = tuple((upper(str(self.spoken(row[0]))), *map(self.spoken, row[1:])) for row in sheet.rows)
        return Sheet(sheet.title, tuple(str(self.spoken(column)) for column in sheet.columns), rows)

    def counts(self, counts: Mapping[str, int], over: tuple[str, ...] = ()) -> str:
        """How often each verdict was found; of one case, just the verdict."""
        if sum(counts.values()) == 1 or {*counts} - {*IN_WORDS}:
            return self.bare(counts)
        whose = f" of {listed(map(self.the, over))}" if over else ""
        return f"{counted(Spread(counts))}{whose}"

    def comes_about(self, goal: str, counts: Mapping[str, int], over: tuple[str, ...]) -> str:
        """How often something comes about; what is so in all cases is said before their number."""
        found = Spread(counts)
        if found.necessary not in ("ALL", "SOME", "NONE"):
            return f"{goal} comes about {self.counts(counts, over)}"
        whose = f" of {listed(map(self.the, over))}" if over else ""
        return f"{goal} {IN_WORDS[found.necessary]} comes about, in all {found.total:,} combinations of readings{whose}"

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
    none = [w.thing(each.of) for each in value.verdicts if not each.counts.get("BREAKS", 0)]
    rest = f"{listed(none)} {'does' if len(none) == 1 else 'do'} so in none." if none else ""
    if len(none) > SHORT:
        rest = f"{len(none)} of {len(value.verdicts)} platforms do so in none; the table names them."
    most = ", the most of all" if len(alike) < len(value.verdicts) else ""
    most += "; such a count is no likelihood" if best.total > 1 else ""
    return [f"{upper(named)} {'ends' if len(alike) == 1 else 'end'} {partnership} for sure {among}{most}.", rest]


def _played(w: _Writer, value: Answered, best: Verdicts | None) -> list[str]:
    assert best is not None
    if best.total > 1:
        told = [
            f"{upper(w.comes_about(w.goal(each.of), each.counts, value.over))}, where play ends."
            for each in sorted(value.verdicts, key=lambda each: each.of != best.of)
        ]
        return told if len(told) <= SHORT else [told[0], "The table has the other outcomes."]
    found: dict[str, list[str]] = {}
    for each in value.verdicts:
        found.setdefault(w.bare(each.counts), []).append(w.goal(each.of))
    told = [
        f"{upper(listed(goals))} {word} {'comes' if len(goals) == 1 else 'come'} about where play ends."
        if word in IN_WORDS.values()
        else f"About {listed(goals)}: {word}."
        for word, goals in found.items()
    ]
    where = "; or ".join(map(w.end, value.ends or ()))
    lead = f"From today, {where}; there play ends." if where else ""
    if value.ends == ("",):
        lead = "Play ends where it begins: no actor moves."
    return [lead, *told, _as_read(w, value)]


def _as_read(w: _Writer, value: Answered) -> str:
    """Under which readings an answer was found for which none varies."""
    return f"That is with {w.read_as(value.chosen)}." if value.chosen else ""


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
        return [f"Nothing that {who} can choose makes sure of {goal}.", _as_read(w, value)]
    kept = next(iter(best.counts))
    tail = {KEPT: "Free again, it would stay with that.", NOT_KEPT: "Free again, it would not stay with that."}
    sets = len(value.verdicts)
    more = f" {sets} smallest ways do; the table has them." if sets > 1 else ""
    own = value.over[0] if len(value.over) == 1 else None
    return [
        f"{upper(who)} can make sure of {goal}: {w.change(best.of, own)}.{more}",
        tail.get(kept, ""),
        _as_read(w, value),
    ]


ANSWERS: Mapping[str, Callable[[_Writer, Answered, Verdicts | None], list[str]]] = {
    "break": _broken,
    "play": _played,
    "status_quo": _standing,
    "equilibria": _unstarted,
    "hindcast": _fitted,
    "levers": _assured,
}


def _turns(w: _Writer, value: Turns) -> list[str]:
    settled: dict[tuple[str, str, str], list[str]] = {}
    for each in value.decisive:
        settled.setdefault((each.of, each.actor, each.verdict), []).append(each.reading)
    of = value.decisive[0].of if value.decisive else ""
    told = []
    for (row, actor, verdict), names in settled.items():
        if row == of:
            with_ = f"With {w.the(actor)} as {listed((w.reading(actor, name) for name in names), 'or')}"
            same = f"the verdict on {w.row(row)} is the same under every reading of the others that the table counts"
            told.append(f"{with_}, {same}: {SAYS.get(verdict, verdict)}.")
    told += _deciding(w, value.deciding) if value.deciding else []
    if value.tried is None:
        return told
    whose = f": in the aims of {listed(map(w.the, value.whose))}" if value.flips else ""
    number = f"{value.flips} of {value.tried}" if value.flips else f"None of {value.tried}"
    that = "that" if value.deciding else f"whether {w.goal(value.of)} comes about"
    changes = "single changes to what the actors want (an aim left out, turned round or moved)"
    return [*told, f"{number} {changes} would turn {that}{whose}."]


def _deciding(w: _Writer, value: Deciding) -> list[str]:
    """The verdict that is looked into, and which assumptions suffice for it."""
    under = f"Under {w.thing(value.platform)}, " if value.platform else ""
    read = f"with {w.read_as(value.readings)}, " if value.readings else ""
    verdict = SAYS.get(value.verdict, value.verdict)
    lead = upper(f"{under}{read}{w.goal(value.of)} {verdict} comes about where play ends.")
    if value.sets == ((),):
        still = f"It would still be so without any {_number(value.size)} of the {value.assumed} assumptions behind it."
        return [lead, still] if value.size else [lead]
    shown = listed(map(w.assumption, value.sets[0]) if len(value.sets[0]) <= SHORT else _placed(w, value.sets[0]))
    proof = "" if value.exact else f" (tried: taking away any {_number(value.size)} of the others)"
    number, all_ = len(value.sets[0]), value.assumed
    if len(value.sets) == 1:
        each = "one is" if number == 1 else f"{number} are"
        return [lead, f"Of the {all_} assumptions behind it {each} enough for that{proof}: {shown}."]
    if number == 1:
        return [
            lead,
            f"Each of {len(value.sets)} of the {all_} assumptions behind it is enough for that{proof}; one is {shown}.",
        ]
    sets = f"Of the {all_} assumptions behind it {number} are enough for that, in each of {len(value.sets)} ways{proof}"
    return [lead, f"{sets}. In one these carry it: {shown}."]


def _placed(w: _Writer, members: Iterable[Assumption]) -> list[str]:
    """Many assumptions by their places alone: whose aims they are, by number."""
    by: dict[str, list[str]] = {}
    for each in members:
        by.setdefault(each.actor, []).append(str(each.rank))
    kind = {True: "aim", False: "rule"}
    return [
        f"{possessive(w.the(actor)) if actor else 'the'} {kind[bool(actor)]}{'s' * (len(places) > 1)} {listed(places)}"
        for actor, places in by.items()
    ]


def _number(number: int) -> str:
    return "one" if number == 1 else str(number)


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def possessive(name: str) -> str:
    """The genitive.

    >>> possessive("Russia"), possessive("the United States")
    ("Russia's", "the United States'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _objection(w: _Writer, value: Objection) -> list[str]:
    if value.sister is not None and value.answer is not None:
        said = " ".join(filter(None, _answer(_Writer(value.sister), value.answer)[:1]))
        return [f"Another model of the same conflict, “{value.title}”, answers: {said}"]
    theirs, ours = (next(iter(counts)) for counts in (value.theirs, value.ours))
    rival = f"With {w.the(value.actor)} read as {w.reading(value.actor, value.reading)} instead"
    if value.by:
        who = listed(map(w.the, value.by))
        can = f"{who} can make sure of {{}}" if value.able else f"nothing that {who} can choose makes sure of {{}}"
        return [f"{rival}, {can.format(w.goal(value.of))}."]
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
        many = {1: "alone would gain by going", 2: "would both gain by going together"}.get(
            len(value.together), "would all gain by going together"
        )
        told.append(f"{upper(who)} {many} to {goal}, {lasts[value.lasts]}.")
    else:
        told.append(f"No two or three of them would all gain by going to {goal} together.")
    for each in value.promises[:2]:
        first = f"If {w.the(each.actor)} committed itself first ({w.spoken(each.commits)})"
        told.append(f"{first}, play would end at {goal}; {KEPT_WORDS[each.kept]}.")
    if value.tried and not value.promises:
        told.append(
            f"None of {value.tried} commitments that an actor could make first both pays that actor and leads there."
        )
    return told


HOME = {
    False: "{} would not last: no longer bound to it, whoever chose it would leave it.",
    True: "{} would last: no longer bound to it, whoever chose it would keep it.",
    None: "whether {} would last depends on what the file leaves open.",
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
        seen, before = each.observation, ""
        deeds = [*seen.way, (seen.actor, seen.move)]
        said = []
        for place, (actor, move) in enumerate(deeds):
            then = "then " if place else ""
            who = "" if actor == before else f"{w.the(actor)} "
            said.append(f"{who}{then}{w.did(actor, move) if move else 'made no move'}")
            before = actor
        sides = [(word, named) for word, named in (("for", each.speaks_for), ("against", each.speaks_against)) if named]
        alone = len({actor for _, named in sides for actor, _ in named}) == 1
        speaks = [
            f"{word} {_accounts(w, named, bare=alone and place > 0)}" for place, (word, named) in enumerate(sides)
        ]
        verdict = (
            f"that would speak {', '.join(speaks)}"
            if speaks
            else "that would tell whole combinations of readings apart"
        )
        told.append(f"If {' and '.join(said)}, {verdict}.")
    left = value.pairs - value.separated
    if left:
        told.append(
            f"Nothing within {value.within} moves tells apart {left} of {value.pairs} pairs of combinations of readings."
        )
    return told


def _accounts(w: _Writer, named: Iterable[tuple[str, str]], *, bare: bool = False) -> str:
    """Readings by actor, each actor named once; `bare`: it has been named."""
    by: dict[str, list[str]] = {}
    for actor, name in named:
        by.setdefault(actor, []).append(w.reading(actor, name))
    return listed(f"{'' if bare else f'{w.the(actor)} as '}{listed(names, 'or')}" for actor, names in by.items())


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
    able = [each for each in value.levers if each.setting]
    idle = [each for each in value.levers if each.setting == ""]
    unable = [each for each in value.levers if each.setting is None]
    kept = {
        True: "and would keep to it",
        False: "but would not keep to it",
        None: "whether it would keep to it is not known",
    }
    told = [
        f"As the actors are read, {w.the(each.actor)} alone can make sure of {w.goal(each.goal)} "
        f"({w.change(each.setting or '', each.actor)}), {kept[each.kept]}."
        for each in able
    ]
    if idle:
        goal = "it" if able else w.goal(idle[0].goal)
        told.append(
            f"{upper(goal)} is sure already under today's choices of {listed(w.the(each.actor) for each in idle)}."
        )
    if unable:
        goal = "it" if able or idle else w.goal(unable[0].goal)
        told.append(
            f"Nothing that {listed((w.the(each.actor) for each in unable), 'or')} can choose makes sure of {goal}."
        )
    return told


def _trust(_: _Writer, value: Trust) -> list[str]:
    if not value.wishes:
        return ["What the actors want is written as a ranking of states, so no single aim can be tested."]
    every = f"Of the {value.wishes} aims of the actors, {_resting(value.wishes_supposed)} on supposition alone."
    assumed = "It holds by assumption: only rules of reaction decide it." if value.by_assumption else ""
    return [*filter(None, (every, _supposed(value.deciding), assumed)), "Counts of readings are no likelihood."]


def _supposed(found: Deciding | None) -> str:
    """How many of the assumptions that decide are suppositions, and how far that was tried."""
    if found is None:
        return "Which of them decide was not tried."
    ended = "" if found.size == found.asked else " The time ended before more was tried."
    if found.sets == ((),):
        stands = f"The verdict above stands without any {_number(found.size)} of its assumptions."
        return f"{stands}{ended}" if found.size else f"Which of them decide was not found.{ended}"
    best, worst, number = *found.supposed, len(found.sets[0])
    if number == 1:
        one = "is" if best else "is not"
        whole = f"The one assumption that is enough {one} a supposition" if len(found.sets) == 1 else ""
        whole = (
            whole or f"Of the {len(found.sets)} assumptions of which one is enough, at least one {one} a supposition"
        )
        return f"{whole}.{ended}"
    many = "none is a supposition" if not worst else f"{best if best == worst else f'{best} to {worst}'} of {number} "
    if worst:
        many += "is a supposition" if best == worst == 1 else "are suppositions"
    each = (
        "Of the assumptions that are enough" if len(found.sets) == 1 else "In each of the smallest sets that are enough"
    )
    return f"{each}, {many}.{ended}"


def _resting(number: int) -> str:
    return "none rests" if number == 0 else "one rests" if number == 1 else f"{number} rest"


def _since(_: _Writer, value: Since) -> list[str]:
    every = value.best_count == value.combinations
    many = "every combination" if every else f"{value.best_count} of {value.combinations} combinations"
    moves = "1 recorded move" if value.moves == 1 else f"{value.moves} recorded moves"
    blind = f"blind choice would have expected {value.expected_by_chance:.1f}"
    none = (
        ", so the record speaks for no reading: guessing does as well" if value.best <= value.expected_by_chance else ""
    )
    when = f"From {value.first} to {value.last}" if value.first != value.last else f"On {value.first}"
    who = "the readings" if value.combinations == 1 else f"{many} of readings"
    expected = f"{who} expected {value.best} of them" if value.moves > 1 else f"{who} expected it"
    if value.moves == 1 and not value.best:
        expected = "no reading expected it"
    told = [f"{when}, {moves}: {expected}; {blind}{none}."]
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
