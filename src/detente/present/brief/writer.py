"""Verdicts, readings, outcomes and options as the one page says them: a scenario's own names, in phrases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente.errors import InputError
from detente.messages import Messages, numeral, tell, word
from detente.present.names import IN_WORDS, called, choice, counted, plain, upper
from detente.present.words import Words
from detente.questions.brief.answer import KEPT, NOT_KEPT, UNKNOWN
from detente.questions.brief.values import (
    Table,
)
from detente.questions.inverse.assumptions import Assumption
from detente.questions.partnerships.break_matrix import OPEN
from detente.questions.uncertainty.completions import Spread
from detente.scenario.model import Scenario
from detente.sheet import (
    ChoiceTerm,
    ConceptTerm,
    FormulaTerm,
    OptionTerm,
    Phrase,
    ReadingTerm,
    Sheet,
    Term,
    VerdictTerm,
    listed,
    spoken,
)

SHORT = 3
"""Letters that every part of an identifier has at least, so that it may stand for a word."""


SAYS = Messages(
    {
        **IN_WORDS.table,
        OPEN: "left open",
        "expected": "expected",
        "not expected": "not expected",
        "equilibria": "states that hold",
        KEPT: "would be kept",
        NOT_KEPT: "would not be kept",
        UNKNOWN: "not known whether kept",
    }
)
"""Verdicts in a table."""

CONCEPT_WORDS = Messages(
    {
        "Nash": "judged by the own move alone",
        "SEQ": "with the counter-moves of the others in view",
        "SMR": "with any counter-move and an escape in view",
        "GMR": "with any counter-move feared",
    }
)
"""What a stability concept has an actor look at."""

KEPT_WORDS = Messages(
    {
        "kept": "it would be kept",
        "needs a device": "it needs something that holds its maker to it",
        "announcement": "free again, its maker would drop it",
    }
)


def _is_rule(text: str) -> bool:
    """Whether a text is a rule of two halves."""
    return text.startswith("when ") and " then " in text


def possessive(name: str) -> str:
    """The genitive.

    >>> possessive("Russia"), possessive("the United States")
    ("Russia's", "the United States'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def said_of(name: str, about: str) -> str:
    """An identifier where it is made of words, else the beginning of what the file says of it.

    >>> said_of("arsenal_first", "Never trades the arsenal, whatever is offered"), said_of("p_big", "Holds out, as P says")
    ('arsenal first', 'Holds out')
    """
    if not about or all(part.isalpha() and len(part) >= SHORT for part in name.split("_")):
        return plain(name)
    return re.split("[,;.]", about)[0].strip()


@dataclass(frozen=True)
class Writer:
    """Words of one scenario, in sentences."""

    scenario: Scenario

    @property
    def words(self) -> Words:
        return Words(self.scenario)

    def the(self, actor: str) -> str:
        """An actor inside a sentence."""
        name = self.words.names.the(actor)
        return tell("the {removeprefix}", removeprefix=name.removeprefix("The ")) if name.startswith("The ") else name

    def reading(self, actor: str, name: str) -> str:
        """A reading by its name; without one by its identifier, if that is made of words, else by how `about` begins."""
        reading = self.scenario.actor(actor).readings[name]
        return f"“{reading.name or said_of(name, reading.about)}”"

    def read_as(self, readings: Mapping[str, str]) -> str:
        """Actors with their readings, in a sentence."""
        return listed(
            tell("{actor} as {actor2}", actor=self.the(actor), actor2=self.reading(actor, name))
            for actor, name in readings.items()
        )

    def under(self, readings: Mapping[str, tuple[str, ...]], *, by_platform: bool) -> str:
        """Under which readings something was asked: every one of an actor, that which each platform has, or one."""
        platforms = {each.actor for each in self.scenario.platforms.values()} if by_platform else set()
        counted = {actor.id: actor.counted for actor in self.scenario.actors}
        every = [a for a, names in readings.items() if a not in platforms and set(names) == set(counted[a])]
        told = [tell("every reading of {every}", every=listed(map(self.the, every)))] if every else []
        for actor, names in readings.items():
            if actor not in every:
                how = (
                    tell("as each platform has it")
                    if actor in platforms
                    else tell("as {actor}", actor=self.reading(actor, names[0]))
                )
                told.append(f"{self.the(actor)} {how}")
        return ", ".join(told)

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
        return Sheet(tell("What the names stand for"), ("whose", "name", tell("stands for")), named) if named else None

    def assumption(self, each: Assumption) -> str:
        """An assumption: an aim of somebody, or a rule of the model."""
        if each.actor:
            whose = possessive(self.the(each.actor))
            return tell(
                "{whose} aim {rank} ({aim})", whose=whose, rank=each.rank, aim=self.words.aim(each.says, each.actor)
            )
        first, lasts, then = each.says.partition(" while ")
        if lasts:
            return tell(
                "the rule that {first} lasts only while {then}",
                first=self.words.formula(first, None),
                then=self.words.formula(then, None),
            )
        return self.change(each.says) if _is_rule(each.says) else tell("the rule {says}", says=self.change(each.says))

    def thing(self, name: str) -> str:
        """An outcome, a partnership or a platform."""
        platform = self.scenario.platforms.get(name)
        if platform is not None and platform.name in ("", name):
            return f"“{re.split('[,;.]', platform.about)[0].strip() or plain(name)}”"
        if platform is not None:
            return f"“{platform.name}”"
        partnership = self.scenario.partnerships.get(name)
        if partnership is not None and partnership.name not in ("", name):
            named = self.words.names.thing(name)
            return (
                tell("the {removeprefix}", removeprefix=named.removeprefix("The "))
                if named.startswith("The ")
                else named
            )
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
            case ChoiceTerm():
                return f"“{self.words.names.say(term)}”"
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
            return tell("keep to what it does today")
        if _is_rule(text):
            when, _, then = text.removeprefix("when ").partition(" then ")
            return tell(
                "the rule that if {when}, then {change}",
                when=self.words.formula(when, me),
                change=self.change(then, me),
            )
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
            return tell("made the move “{text}”", text=plain(text))
        said = []
        for option in self.scenario.actor(actor).options:
            if option.key in settings:
                name, value = f"“{called(option)}”", settings[option.key]
                said.append(
                    f"{tell('took up') if value else 'dropped'} {name}"
                    if option.binary
                    else tell("chose “{option}”", option=choice(option, value))
                    if option.choices[value] in option.choice_names
                    else tell("set {name} to {choices}", name=name, choices=option.choices[value])
                )
        return listed(said) or self.change(text, actor)

    def end(self, change: str) -> str:
        """Where play ends, as it differs from today: who would do what."""
        there = self.scenario.settings(change) if change else {}
        moved = {a.id: {o.key: there[o.key] for o in a.options if o.key in there} for a in self.scenario.actors}
        said = [
            tell("{actor} would {move}", actor=self.the(actor), move=self.words.move(each, actor))
            for actor, each in moved.items()
            if each
        ]
        return listed(said) or tell("all would stay as it is")

    def row(self, of: str) -> str:
        """What a row of the answer is about."""
        if of in CONCEPT_WORDS:
            return tell("today's state ({of})", of=CONCEPT_WORDS[of])
        return self.thing(of) if of in self.scenario.platforms else self.goal(of)

    def table(self, table: Table) -> Sheet:
        """The table that decides, in words."""
        sheet = table.sheet().told()
        rows = tuple((Phrase.of(upper(str(self.spoken(row[0])))), *map(self._cell, row[1:])) for row in sheet.rows)
        heads = (head if isinstance(head, Term) else word(head) for head in table.sheet().columns)
        return Sheet(sheet.title, tuple(map(self._cell, heads)), rows)

    def _cell(self, value: Any) -> Any:
        """As people read it, and no word of a table any more: it may be a name."""
        said = self.spoken(value)
        return Phrase.of(said) if isinstance(said, str) else said

    def counts(self, counts: Mapping[str, int], over: tuple[str, ...] = ()) -> str:
        """How often each verdict was found; of one case, just the verdict."""
        if sum(counts.values()) == 1 or {*counts} - {*IN_WORDS}:
            return self.bare(counts)
        whose = tell(" of {over}", over=listed(map(self.the, over))) if over else ""
        return f"{counted(Spread(counts))}{whose}"

    def comes_about(self, goal: str, counts: Mapping[str, int], over: tuple[str, ...]) -> str:
        """How often something comes about; what is so in all cases is said before their number."""
        found = Spread(counts)
        if found.necessary not in ("ALL", "SOME", "NONE"):
            return tell("{goal} comes about {counts}", goal=goal, counts=self.counts(counts, over))
        whose = tell(" of {over}", over=listed(map(self.the, over))) if over else ""
        return tell(
            "{goal} {necessary} comes about, in all {total} combinations of readings{whose}",
            goal=goal,
            necessary=IN_WORDS[found.necessary],
            total=numeral(found.total),
            whose=whose,
        )

    @staticmethod
    def bare(counts: Mapping[str, int]) -> str:
        total = sum(counts.values())
        if total == 1:
            return next(SAYS.get(word, word) for word, number in counts.items() if number)
        said = [
            tell("{word} in {number}", word=SAYS.get(word, word), number=number)
            for word, number in counts.items()
            if number
        ]
        return tell("{said} of {total}", said=", ".join(said), total=total)
