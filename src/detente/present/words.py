"""Words for people: names for terms, a model's formulas and settings in plain words, counts of cases.

`Names` knows what people read for an identifier; whoever shows a table chooses between the two. `Words` says what a formula
or a state is. Neither looks into sentences: what names something of the model is a term (`detente.sheet`), and only the text
of a formula, which is written in codes, is read code by code.

>>> from detente.scenario import load
>>> words = Words(load("two_proxies"))
>>> words.names.spoken(Phrase.of("What ", ActorTerm("us"), " can do")), words.names.the("us")
('What United States can do', 'the United States')
>>> words.formula("not us_arm", me="us")
'no “Arms for Ukraine”'
>>> words.formula("us_nato -> nk_arms", me="nk")
"if “Ukraine's way into NATO” (United States), then “Deliver munitions and arms to Russia”"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detente.analysis import NUMBERED, Analysis
from detente.engine.play import NO_EQUILIBRIA
from detente.formula import And, Constant, Count, Formula, If, Iff, Name, Not, Or, Setting, parse
from detente.questions.uncertainty.completions import Spread
from detente.scenario.model import Evidence, Option, Ranking, Reading, Scenario, Weights
from detente.sheet import ActorTerm, ConceptTerm, FormulaTerm, NameTerm, Phrase, Term, VerdictTerm, spoken

CODE = re.compile(r"\w+")
"""A code in the text of a formula."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What people read for the identifiers of a model; make one by `Names.of(scenario)`.

    `figures` are the others that a file tells of, `things` outcomes and partnerships; `articles` belong to names of actors.
    """

    actors: Mapping[str, str]
    options: Mapping[str, str]
    figures: Mapping[str, str]
    things: Mapping[str, str]
    articles: Mapping[str, str]

    @classmethod
    def of(cls, scenario: Scenario) -> Names:
        actors = {actor.id: actor.name for actor in scenario.actors}
        outcomes = {name: plain(outcome.name or name) for name, outcome in scenario.outcomes.items()}
        partnerships = {
            name: each.name if each.name not in ("", name) else "–".join(isolated(actors[m]) for m in each.members)
            for name, each in scenario.partnerships.items()
        }
        return cls(
            actors=actors,
            options={option.key: option.name or option.key for option in scenario.options},
            figures={name: figure.name for name, figure in scenario.cast.items()},
            things=outcomes | partnerships,
            articles={actor.id: actor.article for actor in scenario.actors if actor.article},
        )

    def name(self, key: str) -> str:
        """The name of an actor or another figure; else as it is written."""
        return isolated(self.actors.get(key) or self.figures.get(key, key))

    def the(self, actor: str) -> str:
        """An actor's name inside a sentence, with its article, also where the article is part of the name."""
        article, name = self.articles.get(actor, ""), self.name(actor)
        if article and name.lower().startswith(f"{article.lower()} "):
            name = name[len(article) + 1 :]
        elif not article and name.startswith("The "):
            article, name = "the", name[4:]
        return " ".join(filter(None, (article, name)))

    def thing(self, name: str) -> str:
        """The name of an outcome or a partnership; else as it is written."""
        return isolated(self.things.get(name, name))

    def say(self, term: Term) -> str:
        """What people read for a term in a table: names of actors, outcomes and partnerships; codes as they are."""
        if isinstance(term, ActorTerm):
            return self.name(term)
        return self.thing(term) if isinstance(term, NameTerm) else str(term)

    def spoken(self, value: Any) -> Any:
        """A cell as people read it in a table."""
        return spoken(value, self.say)

    def title(self, text: str) -> str:
        """A title as people read it; an actor's name has its article there."""
        said = spoken(text, lambda term: self.the(term) if isinstance(term, ActorTerm) else self.say(term))
        return upper(said) if said != text else str(text)

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


def tally(found: Spread) -> VerdictTerm:
    """How often each verdict occurs, as a cell."""
    return VerdictTerm(str(found))


# --- formulas and settings --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The words of one scenario. `me` in its methods is the reader: an actor's own options need no owner's name.

    With `me` None no option does whose name says enough. With `switches` a formula says how options are set, as a table of
    settings would (“Strike” is on); else it names what is on (“Strike”).
    """

    scenario: Scenario
    switches: bool = False

    @cached_property
    def names(self) -> Names:
        return Names.of(self.scenario)

    # --- settings, one by one ---

    def settings(self, found: Mapping[str, Any]) -> tuple[str, ...]:
        """Settings as they stand, in file order."""
        return tuple(_setting(option, found[option.key]) for option in self.scenario.options if option.key in found)

    def changes(self, found: Mapping[str, Any]) -> tuple[str, ...]:
        """Settings as what their owners do, in file order."""
        return tuple(_change(option, found[option.key]) for option in self.scenario.options if option.key in found)

    # --- formulas ---

    def formula(self, formula: str | Formula, me: str | None = "") -> str:
        """What a formula says."""
        return self._say(parse(formula) if isinstance(formula, str) else formula, me, 0)

    def _say(self, formula: Formula, me: str | None, outer: int) -> str:
        match formula:
            case Constant(value):
                return "always" if value else "never"
            case Name(name, choices):
                return self._named(name, choices, me)
            case Setting(key, _, labels) if self.scenario.graph:
                return f"{key} {' or '.join(labels)}"
            case Setting(key, _, labels):
                return self._set(self.scenario.option(key), labels, me)
            case Not(Name() | Setting() as leaf):
                return self._denied(leaf, me)
            case Not(of):
                return f"not ({self._say(of, me, 0)})"
            case And(parts):
                return _bracket(self._joined(parts, " and ", me, 3), 2, outer)
            case Or(parts):
                return _bracket(self._joined(parts, " or ", me, 3), 2, outer)
            case Count(kind, number, parts):
                return f"{kind} {number} of: {self._joined(parts, '; ', me, 0)}"
            case If(when, then):
                return _bracket(f"if {self._say(when, me, 1)}, then {self._say(then, me, 1)}", 1, outer)
            case Iff(left, right):
                return _bracket(f"{self._say(left, me, 2)} exactly if {self._say(right, me, 2)}", 1, outer)
        raise TypeError(f"not a formula: {formula!r}")

    def _denied(self, leaf: Name | Setting, me: str | None) -> str:
        """A leaf with `not`; of choices is said which they are not, for "no “Ships”: away" could mean no ships."""
        name, choices = (leaf.name, leaf.choices) if isinstance(leaf, Name) else (leaf.option, leaf.labels)
        known = self.scenario.variables().get(name)
        if self.switches and not choices and not self.scenario.graph and name not in self.scenario.outcomes:
            return f"{self._option(self.scenario.option(known.key if known else name), (), me)} is off"
        if self.scenario.graph or not choices:
            return f"{'not' if self.switches else 'no'} {self._say(leaf, me, 9)}"
        return self._set(self.scenario.option(known.key if known else name), (_none_of(choices),), me)

    def _joined(self, parts: Iterable[Formula], word: str, me: str | None, outer: int) -> str:
        """Several parts in a row; where `no` begins one it comes last, for "no “A” and “B”" could mean neither."""
        said = [self._say(part, me, outer) for part in parts]
        return word.join(sorted(said, key=lambda each: each.startswith("no ")))

    def _named(self, name: str, choices: tuple[str, ...], me: str | None) -> str:
        outcome = self.scenario.outcomes.get(name)
        if outcome is not None:
            return f"“{self.names.thing(name)}”"
        variable = self.scenario.variables().get(name)
        return self._set(self.scenario.option(variable.key), choices, me) if variable else plain(name)

    def _set(self, option: Option, choices: tuple[str, ...], me: str | None) -> str:
        """An option in a formula, as it is set there."""
        if not self.switches:
            return self._option(option, choices, me)
        chosen = " or ".join(choices) if choices and not option.binary else "on"
        return f"{self._option(option, (), me)} is {chosen}"

    def _option(self, option: Option, choices: tuple[str, ...], me: str | None) -> str:
        chosen = f": {' or '.join(choices)}" if choices and not option.binary else ""
        return f"{self.labelled(option, me)}{chosen}"

    def labelled(self, option: Option, me: str | None = "") -> str:
        """An option's name, with its owner's unless it is the reader's own."""
        bare = self.unmistakable(option) if me is None else option.actor == me
        return f"“{isolated(option.name or option.key)}”{'' if bare else f' ({self.names.name(option.actor)})'}"

    def unmistakable(self, option: Option) -> bool:
        """Whether no other option has the same name."""
        return sum(each.name == option.name for each in self.scenario.options) == 1

    def aims(self, reading: Reading, me: str | None = "") -> tuple[str, ...]:
        """What a reading wants, most important first; a ranking's groups of states, best first."""
        if isinstance(reading, Ranking):
            return tuple(" = ".join(self.state_named(name, me) for name in group) for group in reading.ranking)
        ordered = reading.statements
        if isinstance(reading, Weights):
            ordered = tuple(sorted(ordered, key=lambda s: -(s.weight or 0)))
        weights = [f" (weight {s.weight})" if s.weight is not None else "" for s in ordered]
        return tuple(f"{upper(self.formula(str(s), me))}{w}" for s, w in zip(ordered, weights, strict=True))

    def state_named(self, name: str, me: str | None = "") -> str:
        """A named state with what it is."""
        settings = self.scenario.states.get(name)
        return f"{name}: {self.state(settings, me)}" if settings else name

    def state(self, settings: Mapping[str, int], me: str | None = "") -> str:
        """What is on in a state, and the choices made."""
        chosen = [
            self._option(o, (o.choices[settings[o.key]],), me)
            for o in self.scenario.options
            if o.key in settings and (settings[o.key] or not o.binary)
        ]
        return ", ".join(chosen) or "nothing"

    def move(self, settings: Mapping[str, int], me: str | None = "") -> str:
        """A move in a sentence: what is taken up, dropped or chosen."""
        said = []
        for option in self.scenario.options:
            if option.key in settings:
                value = settings[option.key]
                name = self._option(option, (option.choices[value],), me)
                if self.switches:
                    to = option.choices[value]
                    said.append(
                        f"{'turn' if option.binary else 'set'} {self.labelled(option, me)} {'' if option.binary else 'to '}{to}"
                    )
                    continue
                said.append(f"{'take up' if value else 'drop'} {name}" if option.binary else f"choose {name}")
        return " and ".join(said)

    def limits(self, option: Option, me: str | None = "") -> str:
        """What limits an actor's choice of an option."""
        parts = [switches] if (switches := switches_text(option)) else []
        for how, guards in (("needs", option.own_needs), ("lasts only while", option.stays)):
            for guard in dict.fromkeys(guards.values()):
                bound = [option.choices[value] for value, each in guards.items() if each == guard]
                choice = "" if option.binary else f"{' or '.join(bound)} "
                parts.append(f"{choice}{how} {self.formula(guard, me)}")
        if option.stays and not option.binary:
            parts.append(f"what no longer lasts becomes {option.choices[option.lapses_to]}")
        return "; ".join(parts)


def switches_text(option: Option) -> str:
    """Which switches the owner may choose; nothing where it may choose all of them.

    What goes both ways is said once: `low ↔ mid`.

    >>> level = Option(key="l", id="l", actor="a", name="", choices=("low", "mid", "high"), change=((0, 1), (1, 0), (1, 2)))
    >>> switches_text(level)
    'only low ↔ mid, mid → high'
    """
    if option.change == "fixed" or option.change == ():
        return "cannot change"
    if isinstance(option.change, str):
        return ""
    allowed, many = set(option.change), len(option.choices)
    if len(allowed) == many * (many - 1):
        return ""
    if option.binary:
        return "once taken up, for good" if allowed == {(0, 1)} else "once dropped, for good"
    both = [(a, b) for a, b in option.change if (b, a) not in allowed or a < b]
    return "only " + ", ".join(
        f"{option.choices[a]} {'↔' if (b, a) in allowed else '→'} {option.choices[b]}" for a, b in both
    )


def grounds(evidence: Evidence) -> str:
    """Where something is said, and how sure it is."""
    place = " ".join(filter(None, (", ".join(evidence.source), evidence.where)))
    return "; ".join(filter(None, (place, evidence.confidence and f"{evidence.confidence} confidence")))


def _bracket(inside: str, strength: int, outer: int) -> str:
    return f"({inside})" if strength < outer else inside


def _setting(option: Option, value: Any) -> str:
    """One setting as it stands."""
    name = isolated(option.name or option.key)
    if option.binary:
        return name if value else f"not: {name}"
    return f"{name}: {_choice(option, value)}"


def _change(option: Option, value: Any) -> str:
    """One setting as what its owner does to it."""
    name = isolated(option.name or option.key)
    if option.binary:
        return f"{'take up' if value else 'drop'} “{name}”"
    return f"choose “{_choice(option, value)}” for “{name}”"


def _none_of(choices: Sequence[str]) -> str:
    return f"neither {listed(choices, 'nor')}" if choices[1:] else f"not {choices[0]}"


def _choice(option: Option, value: Any) -> str:
    return value if isinstance(value, str) else option.choices[int(value)]


# --- sentences --------------------------------------------------------------------------------------------------


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words with commas and an `and`.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    known = list(words)
    return f"{', '.join(known[:-1])} {last} {known[-1]}" if len(known) > 1 else "".join(known)


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
    return f"as today, but {changed}" if changed else "status quo"


# --- counts -----------------------------------------------------------------------------------------------------

IN_WORDS = {
    "ALL": "always",
    "SOME": "sometimes",
    "NONE": "never",
    NO_EQUILIBRIA: NO_EQUILIBRIA,
    "stable": "stable",
    "unstable": "not stable",
    "HOLDS": "holds",
    "FRAYS": "frays",
    "BREAKS": "breaks",
    "DEPENDS": "depends on how play goes",
}
"""What a verdict says, so that a number of cases can follow it."""


def counted(found: Spread, of: str = "combinations of readings") -> str:
    """In how many cases each verdict is so, with the one number they are counted in. A count is no likelihood.

    >>> counted(Spread({"ALL": 12, "SOME": 4, "NONE": 20}))
    'always in 12, sometimes in 4, never in 20 of 36 combinations of readings'
    >>> counted(Spread({"BREAKS": 9})), counted(Spread({"BREAKS": 1}))
    ('breaks, in all 9 combinations of readings', 'breaks, in the only combination of readings')
    """
    if found.necessary is not None:
        whole = (
            f"all {found.total:,} {of}" if found.total > 1 else f"the only {of.replace('combinations', 'combination')}"
        )
        return f"{IN_WORDS[found.necessary]}, in {whole}"
    parts = [f"{IN_WORDS[verdict]} in {found.counts[verdict]:,}" for verdict in found.possible]
    return f"{', '.join(parts)} of {found.total:,} {of}"
