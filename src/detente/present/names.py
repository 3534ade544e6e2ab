"""Names for people: what is read for an identifier, for a verdict, for a number of cases.

`Names` knows what people read for a term; whoever shows a table chooses between the two. It does not look into sentences:
what names something of the model is a term (`detente.sheet`), and only the text of a formula, which is written in codes, is
read code by code.

>>> from detente.scenario import load
>>> names = Names.of(load("two_proxies"))
>>> names.spoken(Phrase.of("What ", ActorTerm("us"), " can do")), names.the("us")
('What United States can do', 'the United States')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from detente.analysis import NUMBERED, Analysis
from detente.engine.play import NO_EQUILIBRIA
from detente.messages import Messages, later, numeral, tell, word
from detente.questions.uncertainty.completions import Spread
from detente.scenario.model import Actor, Option, Reading, Scenario, in_a_sentence
from detente.sheet import (
    ActorTerm,
    ChoiceTerm,
    ConceptTerm,
    FormulaTerm,
    NameTerm,
    Phrase,
    ReadingTerm,
    Term,
    VerdictTerm,
    listed,
    spoken,
)

CODE = re.compile(r"\w+")
"""A code in the text of a formula."""

BETWEEN = {" ": " · ", "=": ": "}
"""What stands between names of several words, where a blank or `=` stands between identifiers."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What people read for the identifiers of a model; make one by `Names.of(scenario)`.

    `figures` are the others that a file tells of, `things` outcomes, partnerships, platforms and incentives, `readings` those
    that have a name, by actor and identifier; `articles` belong to names of actors, of which `plurals` are plurals;
    `choices` are named by option and identifier.
    """

    actors: Mapping[str, str]
    options: Mapping[str, str]
    figures: Mapping[str, str]
    things: Mapping[str, str]
    articles: Mapping[str, str]
    readings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    plurals: frozenset[str] = frozenset()
    choices: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario) -> Names:
        actors = {actor.id: actor.name for actor in scenario.actors}
        outcomes = {name: plain(outcome.name or name) for name, outcome in scenario.outcomes.items()}
        partnerships = {
            name: each.name
            if each.name not in ("", name)
            else tell("the {members} partnership", members="–".join(isolated(actors[m]) for m in each.members))
            for name, each in scenario.partnerships.items()
        }
        besides = {
            name: each.name
            for part in (scenario.platforms, scenario.incentives)
            for name, each in part.items()
            if each.name
        }
        return cls(
            actors=actors,
            options={option.key: called(option) for option in scenario.options},
            figures={name: figure.name for name, figure in scenario.cast.items()},
            things=besides | outcomes | partnerships,
            articles={actor.id: actor.article for actor in scenario.actors if actor.article},
            readings={(a.id, name): _alone(a, r) for a in scenario.actors for name, r in a.readings.items() if r.name},
            plurals=frozenset(actor.id for actor in scenario.actors if actor.plural),
            choices={(option.key, n): name for option in scenario.options for n, name in option.choice_names.items()},
        )

    def name(self, key: str) -> str:
        """The name of an actor or another figure; else as it is written."""
        return isolated(self.actors.get(key) or self.figures.get(key, key))

    def the(self, actor: str) -> str:
        """An actor's name inside a sentence, with its article, also where the article is part of the name."""
        return in_a_sentence(self.name(actor), self.articles.get(actor, ""))

    def many(self, *actors: str) -> bool:
        """Whether a verb after these actors is a plural: of several, and of one whose name is one."""
        return len(actors) > 1 or any(actor in self.plurals for actor in actors)

    def reading(self, actor: str, reading: str) -> str:
        """A reading by its name; else by its identifier, as words."""
        return isolated(self.readings.get((actor, reading)) or plain(reading))

    def thing(self, name: str) -> str:
        """The name of an outcome or a partnership; else as it is written."""
        return isolated(self.things.get(name, name))

    def say(self, term: Term) -> str:
        """What people read for a term in a table: names of actors, readings, outcomes and partnerships; codes as they are."""
        if isinstance(term, ActorTerm):
            return self.name(term)
        if isinstance(term, ReadingTerm):
            told, _, more = str(term).partition("+")  # `need+relief`: a reading with an incentive among its aims
            known = (term.actor, told) in self.readings
            said = self.reading(term.actor, told) if known else told
            return " with ".join([said, *([listed(map(self.thing, more.split("+")))] if more else [])])
        if isinstance(term, ChoiceTerm):
            return isolated(self.choices.get((term.option, term), str(term)))
        if isinstance(term, NameTerm):
            return self.thing(term)
        return word(term) if isinstance(term, VerdictTerm) else str(term)

    def spoken(self, value: Any) -> Any:
        """A cell as people read it in a table."""
        return spoken(value, self.say)

    def sentence(self, headline: str) -> str:
        """The answer of a question as a sentence: actors with their articles, outcomes in quotes, verdicts in words.

        >>> called = {"actors": {"us": "United States"}, "things": {"off": "The link ends"}, "articles": {"us": "the"}}
        >>> names = Names(**called, options={}, figures={})
        >>> names.sentence(Phrase.of(ActorTerm("us"), ": ", FormulaTerm("off"), " is ", VerdictTerm("NONE"), " true"))
        'The United States: “The link ends” is never true'
        """
        first = headline.parts[0] if isinstance(headline, Phrase) and headline.parts else ""
        said = str(spoken(headline, self._in_a_sentence))
        return said if isinstance(first, Term) and not isinstance(first, ActorTerm) else upper(said)

    def _in_a_sentence(self, term: Term) -> str:
        if isinstance(term, ActorTerm):
            return self.the(term)
        if isinstance(term, VerdictTerm):
            return IN_WORDS.get(term, str(term))
        if isinstance(term, FormulaTerm | NameTerm) and term in self.things:
            return f"“{self.thing(term)}”"
        return self._formula(term) if isinstance(term, FormulaTerm) else self.say(term)

    def spelled(self, value: str) -> str:
        """A formula, or a phrase with formulas in it, with the names of options in place of their codes."""
        return str(spoken(value, lambda term: self._formula(term) if isinstance(term, FormulaTerm) else self.say(term)))

    def _formula(self, text: str) -> str:
        def name(code: re.Match[str]) -> str:
            known = self.options.get(code[0], code[0])
            return code[0] if known == code[0] else f"“{isolated(known)}”"

        return CODE.sub(name, text.replace("->", "→"))


def _alone(actor: Actor, reading: Reading) -> str:
    """A reading's name; with its identifier where another of the actor's is called the same, for grids go by these names."""
    same = sum(each.name == reading.name for each in actor.readings.values())
    return reading.name if same == 1 else f"{reading.name} ({reading.id})"


# --- verdicts ---------------------------------------------------------------------------------------------------

TONES = {
    **dict.fromkeys(("ALL", "BREAKS", "stable", "yes", "✓"), 3),
    **dict.fromkeys(("SOME", "FRAYS", "DEPENDS"), 2),
    **dict.fromkeys(("NONE", "HOLDS", "unstable", "no", "✗"), 1),
}
"""How dark a verdict stands; the word itself is always there. Of a partnership is asked whether it breaks."""

STRICT_TONES = {"Nash": 3, "GMR": 1}
"""The same for the concepts under which an actor stays; those between stand in between."""


def tone(value: Any) -> int:
    """3 for a verdict that is certainly so, 2 in part, 1 not at all, 0 for what is no verdict.

    Several verdicts are so in part; of several concepts the strictest counts.

    >>> tone(VerdictTerm("ALL")), tone(VerdictTerm("SOME 1, NONE 1 of 2")), tone(False), tone("ALL")
    (3, 2, 1, 0)
    """
    if isinstance(value, bool):
        return 3 if value else 1
    parts = value.parts if isinstance(value, Phrase) else (value,)
    concepts = [STRICT_TONES.get(part, 2) for part in parts if isinstance(part, ConceptTerm)]
    if concepts:
        return max(concepts)
    words = [word for part in parts if isinstance(part, VerdictTerm) for word in part.replace(",", " ").split()]
    tones = {TONES[word] for word in words if word in TONES}
    return tones.pop() if len(tones) == 1 else 2 if tones else 0


def in_a_cell(verdict: str) -> str:
    """A verdict as a page has it in a table: words, no capitals.

    >>> in_a_cell("ALL"), in_a_cell("HOLDS 2, DEPENDS 1 of 3"), in_a_cell("unstable")
    ('always', 'holds 2, depends 1 of 3', 'unstable')
    """
    return word(SHOUTED.sub(lambda each: tell("depends") if each[0] == "DEPENDS" else IN_WORDS[each[0]], verdict))


SHOUTED = re.compile(r"\b(ALL|SOME|NONE|HOLDS|FRAYS|BREAKS|DEPENDS)\b")
"""Verdicts that programs and terminals have in capitals."""


def tally(found: Spread) -> VerdictTerm:
    """How often each verdict occurs, as a cell."""
    return VerdictTerm(str(found))


# --- options ----------------------------------------------------------------------------------------------------


def called(option: Option) -> str:
    """An option in few words: its short name, else its name, else its identifier."""
    return isolated(option.short or option.name or option.key)


def choice(option: Option, value: int | str) -> str:
    """A choice by its name, else as the file writes it."""
    written = value if isinstance(value, str) else option.choices[int(value)]
    return isolated(option.choice_names.get(written, written))


def setting(option: Option, value: int | str | bool) -> str:
    """One setting in few words; the choice alone where it has a name.

    >>> from detente.scenario import load
    >>> harbour = load("chicken")
    >>> setting(harbour.option("first_swerves"), 0), setting(harbour.option("first_swerves"), True)
    ('no swerve by the first driver', 'swerve by the first driver')
    """
    if option.binary:
        if value in (True, 1, "on") and value != "off":
            return called(option)
        return (
            tell("no {option}", option=called(option)) if option.short else tell("no “{option}”", option=called(option))
        )
    written = value if isinstance(value, str) else option.choices[int(value)]
    return choice(option, written) if written in option.choice_names else f"{called(option)}: {written}"


def deed(option: Option, value: int | str | bool) -> str:
    """One setting as what its owner does."""
    if option.binary:
        on = value in (True, 1, "on") and value != "off"
        return (
            tell("take up “{option}”", option=called(option))
            if on
            else lower(option.off) or tell("drop “{option}”", option=called(option))
        )
    written = value if isinstance(value, str) else option.choices[int(value)]
    return (
        tell("choose “{option}”", option=choice(option, written))
        if written in option.choice_names
        else tell("choose “{written}” for “{option}”", written=written, option=called(option))
    )


# --- sentences --------------------------------------------------------------------------------------------------


def isolated(name: str) -> str:
    """A name in an invisible frame if it is written from right to left, so that it never reorders the words around it.

    >>> isolated("Iran"), [hex(ord(letter)) for letter in isolated("א")]
    ('Iran', ['0x2068', '0x5d0', '0x2069'])
    """
    if FRAME[0] in name or not any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name):
        return name
    return f"{FRAME[0]}{name}{FRAME[1]}"


FRAME = "\u2068\u2069"
"""First strong isolate, and its end."""


def plain(name: str) -> str:
    """A name as written in a file, for people."""
    return name.replace("_", " ")


def upper(text: str) -> str:
    """A sentence's first letter."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """A phrase that begins with a verb, inside a sentence."""
    return text[:1].lower() + text[1:]


def sentence(note: str) -> str:
    """A note of a table as a sentence of a page; what begins with a term keeps it as it is written.

    >>> sentence("each was tried"), sentence(Phrase.of(FormulaTerm("nk_arms"), " is never on"))
    ('Each was tried.', 'nk_arms is never on.')
    """
    first, *rest = note.parts if isinstance(note, Phrase) else (note,)
    stop = "" if not note or note[-1] in ".:!?…" else "."
    return Phrase.of(first if isinstance(first, Term) else upper(first), *rest, stop)


def difference(analysis: Analysis, cell: int) -> str:
    """What is on in a state; in a model too large for numbers, how the state differs from the status quo."""
    now = analysis.conflict.now
    if analysis.states <= NUMBERED or now is None or analysis.conflict.graph:
        return analysis.text(cell)
    changed = analysis.game.change_text(now, cell)
    return tell("as today, but {changed}", changed=changed) if changed else tell("today")


# --- counts -----------------------------------------------------------------------------------------------------

COMBINATIONS, _ONE = later("combinations of readings"), later("combination of readings")
"""What is counted, of many and of one."""

IN_WORDS = Messages(
    {
        "ALL": "always",
        "SOME": "sometimes",
        "NONE": "never",
        NO_EQUILIBRIA: "no equilibria",
        "stable": "stable",
        "unstable": "not stable",
        "HOLDS": "holds",
        "FRAYS": "frays",
        "BREAKS": "breaks",
        "DEPENDS": "depends on how play goes",
    }
)
"""What a verdict says, so that a number of cases can follow it."""


def counted(found: Spread, of: str = COMBINATIONS) -> str:
    """In how many cases each verdict is so, with the one number they are counted in. A count is no likelihood.

    >>> counted(Spread({"ALL": 12, "SOME": 4, "NONE": 20}))
    'always in 12, sometimes in 4, never in 20 of 36 combinations of readings'
    >>> counted(Spread({"BREAKS": 9})), counted(Spread({"BREAKS": 1}))
    ('breaks, in all 9 combinations of readings', 'breaks, in the only combination of readings')
    """
    if found.necessary is not None:
        whole = (
            tell("all {total} {of}", total=numeral(found.total), of=tell(of))
            if found.total > 1
            else tell("the only {of}", of=tell(of.replace("combinations", "combination")))
        )
        return tell("{necessary}, in {whole}", necessary=IN_WORDS[found.necessary], whole=whole)
    parts = [
        tell("{verdict} in {counts}", verdict=IN_WORDS[verdict], counts=numeral(found.counts[verdict]))
        for verdict in found.possible
    ]
    return tell("{parts} of {total} {of}", parts=", ".join(parts), total=numeral(found.total), of=tell(of))
