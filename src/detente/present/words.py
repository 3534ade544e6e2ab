"""Words for people: a model's options, formulas and settings in plain words.

>>> from detente.scenario import load
>>> words = Words(load("two_proxies"))
>>> words.formula("not us_arm", me="us")
'no “Arms for Ukraine”'
>>> words.formula("us_nato -> nk_arms", me="nk")
"if “Ukraine's way into NATO” (United States), then “munitions for Russia”"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detente.errors import InputError
from detente.formula import And, Constant, Count, Formula, If, Iff, Name, Not, Or, Setting, parse
from detente.messages import later, tell, word
from detente.present.names import (
    BETWEEN,
    CODE,
    Names,
    called,
    choice,
    deed,
    in_a_cell,
    isolated,
    lower,
    plain,
    setting,
    upper,
)
from detente.scenario.model import Evidence, Option, Ranking, Reading, Scenario, Statement, Weights
from detente.sheet import (
    ActorTerm,
    FormulaTerm,
    OptionTerm,
    Phrase,
    ReadingTerm,
    StateTerm,
    Term,
    VerdictTerm,
    listed,
)

RULES = (
    ("when ", " then ", later("if {left}, then {right}")),
    ("", " while ", later("{left} while {right}")),
)
"""How rules are written, and how people read them."""

# --- formulas and settings --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The words of one scenario. `me` in its methods is the reader: an actor's own options need no owner's name.

    With `me` None no option does whose name says enough. With `switches` a formula says how options are set, as a table of
    settings would (“Strike” is on), each by the whole name that the table has; else it names what is on (“Strike”).
    """

    scenario: Scenario
    switches: bool = False

    @cached_property
    def names(self) -> Names:
        return Names.of(self.scenario)

    # --- settings, one by one ---

    def settings(self, found: Mapping[str, Any]) -> tuple[str, ...]:
        """Settings as they stand, in file order."""
        return tuple(setting(option, found[option.key]) for option in self.scenario.options if option.key in found)

    def changes(self, found: Mapping[str, Any]) -> tuple[str, ...]:
        """Settings as what their owners do, in file order."""
        return tuple(deed(option, found[option.key]) for option in self.scenario.options if option.key in found)

    # --- formulas ---

    def formula(self, formula: str | Formula, me: str | None = "") -> str:
        """What a formula says; in quotes the sentence that the file has for it, if it is more than one setting."""
        tree = parse(formula) if isinstance(formula, str) else formula
        sentence = self.sentences.get(str(tree)) if self.sentences and not _is_setting(tree) else None
        return f"“{sentence}”" if sentence else self._say(tree, me, 0)

    @cached_property
    def sentences(self) -> Mapping[str, str]:
        """The sentences that the file has for aims, by the aim as it is written, or written out over the options."""
        readings = (reading for actor in self.scenario.actors for reading in actor.readings.values())
        told = [each for reading in readings for each in reading.statements if each.says]
        written = {str(parse(each.text)): isolated(each.says) for each in told if each.text}
        return {str(each.want): isolated(each.says) for each in told} | written

    # --- what is written in codes ---

    def read(self, text: str) -> str:
        """What settings, a formula or a rule of the model say that are written in codes; what is none of these as it is.

        Settings stand side by side, `no military link, troops home`; in a formula the names stand in quotes.
        """
        if text not in self._heard:
            self._heard[text] = self._read(text)
        return self._heard[text]

    @cached_property
    def _heard(self) -> dict[str, str]:
        return {}

    def _read(self, text: str) -> str:
        if self.scenario.graph or not text:
            return text
        for first, between, told in RULES:
            if text.startswith(first) and between in text:
                left, right = map(self.read, text.removeprefix(first).split(between, 1))
                return tell(told, left=left, right=right)
        if re.search(r"(?<!-)> ", text):
            return " → ".join(self.read(part.strip()) for part in re.split(r"(?<!-)> ", text))
        if text in self.names.options:
            return self.names.options[text]
        for way in (self._settings_read, self._aim_read, lambda text: self.formula(text, None)):
            try:
                if said := way(text):
                    return said
            except InputError:  # neither an aim, nor settings, nor a formula
                continue
        return CODE.sub(lambda code: self._coded(code[0]), text)

    def _aim_read(self, text: str) -> str:
        return self.sentences.get(str(parse(text)), "") if self.sentences else ""

    def _settings_read(self, text: str) -> str:
        return "" if text in self.scenario.outcomes else ", ".join(self.settings(self.scenario.settings(text)))

    def _coded(self, code: str) -> str:
        known = self.names.options.get(code, code)
        return code if known == code else f"“{known}”"

    def state_read(self, text: str) -> str:
        """A state as tables name it, `us_arm=full ru_link`, as people read it: how it differs from today, else what is on."""
        known = {option.key: option for option in self.scenario.options}
        tokens = [token.partition("=") for token in re.split(r",?\s+", re.sub(r"\s*=\s*", "=", text))]
        if text in self.scenario.states and not self.scenario.graph:
            return f"{self._difference(self.scenario.states[text])} ({text})"
        if self.scenario.graph or (text != "all off" and not all(key in known for key, _, _ in tokens)):
            return text
        there = dict.fromkeys(known, 0)
        for key, _, chosen in tokens if text != "all off" else []:
            option = known[key]
            if chosen and chosen not in option.choices:
                return text
            there[key] = option.choices.index(chosen) if chosen else 1
        return self._difference(there)

    def _difference(self, there: Mapping[str, int]) -> str:
        here, known = self.scenario.now, {option.key: option for option in self.scenario.options}
        if not isinstance(here, Mapping):
            on = {key: value for key, value in there.items() if value or not known[key].binary}
            return ", ".join(self.settings(on)) or tell("nothing is on")
        return ", ".join(self.settings({k: v for k, v in there.items() if v != here.get(k, 0)})) or tell(
            "today's state"
        )

    def say(self, term: Term) -> str:
        """What people read for a term: names, and what codes say."""
        if isinstance(term, StateTerm):
            return self.state_read(term)
        if isinstance(term, VerdictTerm):
            return in_a_cell(term)
        return self.read(term) if isinstance(term, OptionTerm | FormulaTerm) else self.names.say(term)

    def spelled(self, value: str) -> str:
        """A text, or a phrase with terms in it, as people read it: terms by their names, with marks between if needed."""
        parts = value.parts if isinstance(value, Phrase) else (value,)
        if not any(isinstance(part, Term) for part in parts):
            return str(value)
        said = [self.say(part) if isinstance(part, Term) else str(part) for part in parts]
        for place in range(1, len(parts) - 1):
            beside = parts[place - 1], parts[place + 1]
            if all(isinstance(each, ActorTerm | ReadingTerm) for each in beside):
                said[place] = BETWEEN.get(said[place], said[place])
        return re.sub("“([^“”]*)“([^“”]*)”([^“”]*)”", r"“\1\2\3”", "".join(_curled(parts, said)))

    def title(self, text: str) -> str:
        """A title as people read it; an actor's name has its article there."""
        if not isinstance(text, Phrase):
            return str(text)
        parts = (self.names.the(part) if isinstance(part, ActorTerm) else part for part in text.parts)
        return upper(self.spelled(Phrase.of(*parts)))

    def _say(self, formula: Formula, me: str | None, outer: int) -> str:
        match formula:
            case Constant(value):
                return tell("always") if value else tell("never")
            case Name(name, choices):
                return self._named(name, choices, me)
            case Setting(key, _, labels) if self.scenario.graph:
                return f"{key} {' or '.join(labels)}"
            case Setting(key, _, labels):
                return self._set(self.scenario.option(key), labels, me)
            case Not(Name() | Setting() as leaf):
                return self._denied(leaf, me)
            case Not(of):
                return tell("not ({say})", say=self._say(of, me, 0))
            case And(parts):
                return _bracket(self._joined(parts, tell(" and "), me, 3), 2, outer)
            case Or(parts):
                return _bracket(self._joined(parts, tell(" or "), me, 3), 2, outer)
            case Count(kind, number, parts):
                return tell(
                    "{kind} {number} of: {joined}", kind=kind, number=number, joined=self._joined(parts, "; ", me, 0)
                )
            case If(when, then):
                return _bracket(
                    tell("if {say}, then {say2}", say=self._say(when, me, 1), say2=self._say(then, me, 1)), 1, outer
                )
            case Iff(left, right):
                return _bracket(
                    tell("{say} exactly if {say2}", say=self._say(left, me, 2), say2=self._say(right, me, 2)), 1, outer
                )
        raise TypeError(f"not a formula: {formula!r}")

    def _denied(self, leaf: Name | Setting, me: str | None) -> str:
        """A leaf with `not`; of choices is said which they are not, for "no “Ships”: away" could mean no ships."""
        name, choices = (leaf.name, leaf.choices) if isinstance(leaf, Name) else (leaf.option, leaf.labels)
        known = self.scenario.variables().get(name)
        if self.switches and not choices and not self.scenario.graph and name not in self.scenario.outcomes:
            return tell(
                "{option} is off", option=self._option(self.scenario.option(known.key if known else name), (), me)
            )
        if self.scenario.graph or not choices:
            said = self._say(leaf, me, 9)
            return tell("not {said}", said=said) if self.switches else tell("no {said}", said=said)
        option = self.scenario.option(known.key if known else name)
        others = tuple(each for each in option.choices if each not in choices)
        if len(others) == 1 and others[0] in option.choice_names and not self.switches:
            return self._set(option, others, me)
        if set(choices) <= option.choice_names.keys() and not self.switches:
            return _none_of([f"“{choice(option, each)}”" for each in choices]) + self._whose(option, me)
        return self._set(option, (_none_of([choice(option, each) for each in choices]),), me)

    def _joined(self, parts: Iterable[Formula], word: str, me: str | None, outer: int) -> str:
        """Several parts in a row; where `no` begins one it comes last, for "no “A” and “B”" could mean neither."""
        said = [self._say(part, me, outer) for part in parts]
        return word.join(sorted(said, key=lambda each: each.startswith(tell("no "))))

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
        chosen = (
            tell(" or ").join(choice(option, each) for each in choices) if choices and not option.binary else tell("on")
        )
        return tell("{option} is {chosen}", option=self._option(option, (), me), chosen=chosen)

    def _option(self, option: Option, choices: tuple[str, ...], me: str | None) -> str:
        if choices and not option.binary and set(choices) <= option.choice_names.keys():
            return tell(" or ").join(f"“{choice(option, each)}”" for each in choices) + self._whose(option, me)
        said = f": {' or '.join(choice(option, each) for each in choices)}" if choices and not option.binary else ""
        return f"{self.labelled(option, me)}{said}"

    def labelled(self, option: Option, me: str | None = "") -> str:
        """An option's name, with its owner's unless it is the reader's own."""
        return f"“{self._shown(option)}”{self._whose(option, me)}"

    def _shown(self, option: Option) -> str:
        return isolated(option.name or option.key) if self.switches else called(option)

    def _whose(self, option: Option, me: str | None) -> str:
        bare = self.unmistakable(option) if me is None else option.actor == me
        return "" if bare else f" ({self.names.name(option.actor)})"

    def unmistakable(self, option: Option) -> bool:
        """Whether no other option is called the same."""
        return sum(self._shown(each) == self._shown(option) for each in self.scenario.options) == 1

    def aims(self, reading: Reading, me: str | None = "") -> tuple[str, ...]:
        """What a reading wants, most important first; a ranking's groups of states, best first."""
        if isinstance(reading, Ranking):
            return tuple(" = ".join(self.state_named(name, me) for name in group) for group in reading.ranking)
        ordered = reading.statements
        if isinstance(reading, Weights):
            ordered = tuple(sorted(ordered, key=lambda s: -(s.weight or 0)))
        weights = [tell(" (weight {weight})", weight=s.weight) if s.weight is not None else "" for s in ordered]
        return tuple(f"{upper(self.aim(s, me))}{w}" for s, w in zip(ordered, weights, strict=True))

    def adjusted(self, reading: Reading, me: str | None = "") -> tuple[str, ...]:
        """What sets the ranking of a list right, state by state: which is better than which, and why."""
        return tuple(
            tell("{above} rather than {below}", above=self._stated(each.above, me), below=self._stated(each.below, me))
            + (tell(", because {because}", because=isolated(each.because)) if each.because else "")
            for each in reading.adjust
        )

    def _stated(self, state: Mapping[str, int] | str, me: str | None) -> str:
        return state if isinstance(state, str) else upper(self.state(state, me))

    def aim(self, aim: Statement | str, me: str | None = "") -> str:
        """An aim: the sentence that the file has for it, else what its formula says."""
        says = "" if isinstance(aim, str) else isolated(aim.says)
        return says or self.sentences.get(str(parse(str(aim))), "") or self.formula(str(aim), me)

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
                    to = choice(option, value)
                    turned = tell("turn {option} {to}") if option.binary else tell("set {option} to {to}")
                    said.append(turned.format(option=self.labelled(option, me), to=word(to) if option.binary else to))
                    continue
                ended = lower(option.off) if option.binary and not value else ""
                said.append(
                    ended
                    or (tell("choose {name}", name=name) if not option.binary else "")
                    or (tell("take up {name}", name=name) if value else tell("drop {name}", name=name))
                )
        return tell(" and ").join(said)

    def limits(self, option: Option, me: str | None = "") -> str:
        """What limits an actor's choice of an option."""
        parts = [switches] if (switches := switches_text(option)) else []
        for how, guards in ((tell("needs"), option.own_needs), (tell("lasts only while"), option.stays)):
            for guard in dict.fromkeys(guards.values()):
                bound = [choice(option, value) for value, each in guards.items() if each == guard]
                whose = "" if option.binary else f"{tell(' or ').join(bound)} "
                parts.append(f"{whose}{how} {self.formula(guard, me)}")
        if option.stays and not option.binary:
            parts.append(tell("what no longer lasts becomes {option}", option=choice(option, option.lapses_to)))
        return "; ".join(parts)


def switches_text(option: Option) -> str:
    """Which switches the owner may choose; nothing where it may choose all of them.

    What goes both ways is said once: `low ↔ mid`.

    >>> level = Option(key="l", id="l", actor="a", name="", choices=("low", "mid", "high"), change=((0, 1), (1, 0), (1, 2)))
    >>> switches_text(level)
    'only low ↔ mid, mid → high'
    """
    if option.change == "fixed" or option.change == ():
        return tell("cannot change")
    if isinstance(option.change, str):
        return ""
    allowed, many = set(option.change), len(option.choices)
    if len(allowed) == many * (many - 1):
        return ""
    if option.binary:
        return tell("once taken up, for good") if allowed == {(0, 1)} else tell("once dropped, for good")
    both = [(a, b) for a, b in option.change if (b, a) not in allowed or a < b]
    ways = (f"{choice(option, a)} {'↔' if (b, a) in allowed else '→'} {choice(option, b)}" for a, b in both)
    return tell("only {ways}", ways=", ".join(ways))


def grounds(evidence: Evidence) -> str:
    """Where something is said, and how sure it is."""
    place = " ".join(filter(None, (", ".join(evidence.source), evidence.where)))
    return "; ".join(
        filter(None, (place, evidence.confidence and tell("{confidence} confidence", confidence=evidence.confidence)))
    )


def _curled(parts: Sequence[str], said: Sequence[str]) -> Iterator[str]:
    """What the parts of a phrase say, the plain quotes around terms as quotes that open and close; apostrophes stay."""
    inside = False

    def curl(mark: re.Match[str]) -> str:
        nonlocal inside
        text, place = mark.string, mark.start()
        word_before, word_after = text[:place][-1:] not in ("", " ", "("), text[place + 1 : place + 2].isalnum()
        if inside and not word_after:
            inside = False
            return "”"
        if not inside and not word_before:
            inside = True
            return "“"
        return "'"

    for part, each in zip(parts, said, strict=True):
        yield each if isinstance(part, Term) else re.sub("'", curl, each)


def _is_setting(tree: Formula) -> bool:
    """Whether a formula is one setting, `x`, `not x` or `x = a`, which its names say as well as a sentence would."""
    if isinstance(tree, Not):
        leaf = tree.of
        return (isinstance(leaf, Name) and not leaf.choices) or (isinstance(leaf, Setting) and not leaf.labels)
    return isinstance(tree, Name | Setting)


def _bracket(inside: str, strength: int, outer: int) -> str:
    return f"({inside})" if strength < outer else inside


def _none_of(choices: Sequence[str]) -> str:
    return (
        tell("neither {choices}", choices=listed(choices, tell("nor")))
        if choices[1:]
        else tell("not {choices}", choices=choices[0])
    )
