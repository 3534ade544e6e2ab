"""A model in plain words: what a formula says with the options' names, and what a state is.

>>> from detente.scenario import load
>>> words = Words(load("two_proxies"))
>>> words.formula("not us_arm", me="us")
'no “Arm Ukraine as an instrument against Russia”'
>>> words.formula("us_nato -> nk_arms", me="nk")
"if “Keep Ukraine's NATO door open” (United States), then “Deliver munitions and arms to Russia”"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from detente.formula import And, Constant, Count, Formula, If, Iff, Name, Not, Or, Setting, parse
from detente.scenario.model import Evidence, Option, Ranking, Reading, Scenario, Weights


@dataclass(frozen=True)
class Words:
    """The words of one scenario. `me` in its methods is the reader: an actor's own options need no owner's name.

    With `me` None no option does whose name says enough.
    """

    scenario: Scenario

    def name(self, actor: str) -> str:
        """An actor in a sentence."""
        name = self.scenario.actor(actor).name
        return f"the {name}" if name.startswith("United ") else name

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
                return self._option(self.scenario.option(key), labels, me)
            case Not(Name() | Setting() as leaf):
                return f"no {self._say(leaf, me, 9)}"
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

    def _joined(self, parts: Iterable[Formula], word: str, me: str | None, outer: int) -> str:
        return word.join(self._say(part, me, outer) for part in parts)

    def _named(self, name: str, choices: tuple[str, ...], me: str | None) -> str:
        outcome = self.scenario.outcomes.get(name)
        if outcome is not None:
            return f"“{plain(outcome.name or name)}”"
        variable = self.scenario.variables().get(name)
        return self._option(self.scenario.option(variable.key), choices, me) if variable else plain(name)

    def _option(self, option: Option, choices: tuple[str, ...], me: str | None) -> str:
        bare = self.unmistakable(option) if me is None else option.actor == me
        owner = "" if bare else f" ({self.scenario.actor(option.actor).name})"
        chosen = f": {' or '.join(choices)}" if choices and not option.binary else ""
        return f"“{option.name or option.key}”{owner}{chosen}"

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

    def change(self, settings: Mapping[str, int], me: str | None = "") -> str:
        """A move: what is taken up, dropped or chosen."""
        said = []
        for option in self.scenario.options:
            if option.key in settings:
                value = settings[option.key]
                name = self._option(option, (option.choices[value],), me)
                said.append(f"{'take up' if value else 'drop'} {name}" if option.binary else f"choose {name}")
        return " and ".join(said)

    def limits(self, option: Option, me: str | None = "") -> str:
        """What limits an actor's choice of an option."""
        parts = []
        if option.change == "fixed":
            parts.append("cannot change")
        elif not isinstance(option.change, str) and option.binary:
            parts.append("once taken up, for good" if option.change == ((0, 1),) else "can only be dropped")
        elif not isinstance(option.change, str):
            parts.append("only " + ", ".join(f"{option.choices[a]} → {option.choices[b]}" for a, b in option.change))
        for value, guard in option.needs.items():
            choice = "" if option.binary else f"{option.choices[value]} "
            parts.append(f"{choice}needs {self.formula(guard, me)}")
        return "; ".join(parts)


def grounds(evidence: Evidence) -> str:
    """Where something is said, and how sure it is."""
    place = " ".join(filter(None, (", ".join(evidence.source), evidence.where)))
    return "; ".join(filter(None, (place, evidence.confidence and f"{evidence.confidence} confidence")))


def plain(name: str) -> str:
    """A name as written in a file, for people."""
    return name.replace("_", " ")


def upper(text: str) -> str:
    """A sentence with a capital first letter."""
    return text[:1].upper() + text[1:]


def _bracket(inside: str, strength: int, outer: int) -> str:
    return f"({inside})" if strength < outer else inside
