"""The sources of doubt: what of a case may be otherwise, each with a name and a setting of its own.

The mathematics. A *doubt* says of one thing in which ways it may be, and how likely each is. The sources:

- `order` of an actor's list, by Mallows 1957: a list at d adjacent swaps from the written one has a chance in proportion to
  φ^d. The *dispersion* φ is 0 for the list as written and 1 for every order alike. Instead of φ a number of `swaps` can be
  given: so many adjacent swaps at random places, one after the other;
- `presence` and `polarity` of an actor's statements: the chance of each to be left out, or to be meant the other way round;
- `reading` of an actor, by the chances given; where none are given each counts alike, and the shares are counts of readings;
- `weights` of an actor, each within an interval, anywhere in it alike;
- `settings` of an option at the status quo; the `concept` by which stability is judged, the kind of `play`, the `countermoves`;
- `rules`: whether what a rule forbids can never be (`never`), is a condition of switching on (`guard`), or is undone by itself
  (`consequence`).

A doubt is *written* if its chances or its dispersion stand in the file: only then a share says anything about likelihood. By
default the order of every list is in doubt, and what the file states; its dispersion is what the file says, else what the words
of confidence of its statements stand for, else `DISPERSION`.

How to make them: `doubts_of(case)`, or `doubts_of(case, {"ru.order": 0.3, "reading": True})`; `False` switches one off.

>>> from detente.scenario import load
>>> [str(each) for each in doubts_of(Case(load("chicken")))]
['order of first: dispersion 0.5', 'order of second: dispersion 0.5']
>>> [each.name for each in doubts_of(Case(load("chicken")), {"order": False, "concept": ["nash", "seq"]})]
['concept']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from detente.analysis import KINDS
from detente.case import Case, can_choose
from detente.engine.concepts import COUNTER_MOVES, concepts, sanction_rule_said
from detente.errors import InputError, did_you_mean, refuse_unknown
from detente.messages import later, numeral, tell, word
from detente.result import Record
from detente.scenario.binding.doubts import number
from detente.scenario.confidence import DISPERSIONS, confidence_of
from detente.scenario.model import PriorityList, Ranking, Weights
from detente.sheet import many

DISPERSION = 0.5
"""The dispersion of lists of which nobody says another; a choice, not a finding."""

OF_ACTORS = ("order", "presence", "polarity", "reading", "weights")
OF_THE_MODEL = ("settings", "concept", "play", "countermoves", "rules")
SOURCES = (*OF_ACTORS, *OF_THE_MODEL)
"""The sources of doubt, in the order in which they are shown."""

FORMS = ("never", "guard", "consequence")
"""What a rule that forbids states can be instead."""

SWAPS_MOST = 100
"""Random swaps at most."""


@dataclass(frozen=True, kw_only=True)
class Doubt(Record):
    """One source of doubt about one thing: `of` is an actor, an option, a rule, or nothing (the model).

    `amount` is the dispersion of an order, the chance of a statement to be left out or turned round, or the part by which a
    weight may be off; `swaps` the number of random swaps instead of a dispersion; `values` and `chances` what it may be
    instead, the chances adding up to 1; `intervals` the least and the greatest weight by statement. `written` says that the
    amount, or the chances, stand in the file; `because` what an amount was made of.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("name",)

    source: str
    of: str = ""
    amount: float | None = None
    swaps: int | None = None
    values: tuple[str, ...] = ()
    chances: tuple[float, ...] = ()
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    written: bool = False
    because: str = ""

    @property
    def name(self) -> str:
        """What it is called, and how it is said: `order` of an actor `ru` is `ru.order`."""
        return f"{self.of}.{self.source}" if self.of else self.source

    @property
    def what(self) -> str:
        """What is in doubt, in words."""
        words = word(
            {"settings": "start", "countermoves": "counter-moves", "rules": "rule"}.get(self.source, self.source)
        )
        return tell("{words} of {of}", words=words, of=self.of) if self.of else words

    @property
    def amounts(self) -> str:
        """How much it is in doubt, in words."""
        if self.swaps is not None:
            return many(self.swaps, "random swap")
        if self.source == "order":
            return tell(
                "dispersion {amount}{word}",
                amount=numeral(self.amount, "g"),
                word=f", {self.because}" if self.because else "",
            )
        if self.source in ("presence", "polarity"):
            how = tell("left out") if self.source == "presence" else tell("the other way round")
            return tell("each statement {how} with chance {amount}", how=how, amount=numeral(self.amount, "g"))
        if self.source == "weights":
            if not self.intervals:
                return tell("each within ± {number} %", number=numeral(100 * (self.amount or 0), "g"))
            return ", ".join(
                tell("{text} {low} to {high}", text=text, low=numeral(low, "g"), high=numeral(high, "g"))
                for text, (low, high) in self.intervals.items()
            )
        if not self.written and len(set(self.chances)) <= 1:
            return tell("{values}, each counted alike", values=", ".join(self.values))
        return ", ".join(f"{value} {chance:g}" for value, chance in zip(self.values, self.chances, strict=True))

    def __str__(self) -> str:
        return f"{self.what}: {self.amounts}"


def doubts_of(case: Case, said: Mapping[str, Any] | None = None) -> tuple[Doubt, ...]:
    """The doubts switched on: what the file states and what is `said` beside it, by name (`order`, `ru.order`, `reading`, ...).

    `said` maps names to settings: a number, chances, a list of values; True for the default, False to switch off. A source
    without `of` means all it can be about. Raises `InputError` for what does not exist or is out of its span.
    """
    wanted: dict[tuple[str, str], tuple[Any, bool]] = {}
    for (of, source), setting in _stated(case).items():
        wanted[source, of] = setting, True
    for actor in _ordered(case):
        wanted.setdefault(("order", actor), (DISPERSION, False))
    for name, setting in (said or {}).items():
        of, source = _named(case, name)
        for each in [of] if of else _all_of(case, source, setting):
            wanted[source, each] = _setting_of(source, each, setting, bool(of)), False
    made = [
        _doubt(case, source, of, setting, written)
        for (source, of), (setting, written) in wanted.items()
        if setting is not False
    ]
    actors = {actor: place for place, actor in enumerate(case.actors)}
    known = [each for each in made if each is not None]
    return tuple(sorted(known, key=lambda each: (SOURCES.index(each.source), actors.get(each.of, 0))))


def all_written(doubts: Iterable[Doubt]) -> bool:
    """Whether every doubt has its chances or its dispersion in the file: then a share is a likelihood as the file sees it."""
    found = list(doubts)
    return bool(found) and all(each.written for each in found)


def dispersed(doubts: Sequence[Doubt], dispersion: float) -> tuple[Doubt, ...]:
    """The same doubts, but every order has this dispersion."""
    amount = _between(tell("the dispersion"), dispersion)
    return tuple(
        Doubt(source="order", of=each.of, amount=amount) if each.source == "order" else each for each in doubts
    )


# --- what is meant ----------------------------------------------------------------------------------------------------


def _named(case: Case, name: str) -> tuple[str, str]:
    """Of what, and which source, a name means."""
    of, _, source = str(name).rpartition(".")
    source = {"concepts": "concept", "readings": "reading", "rule": "rules", "setting": "settings"}.get(source, source)
    if source not in SOURCES:
        raise InputError(
            tell(
                "no source of doubt is called '{source}'{did_you_mean}: {sources}",
                source=source,
                did_you_mean=did_you_mean(source, SOURCES),
                sources=", ".join(SOURCES),
            )
        )
    if not of:
        return "", source
    if source in OF_ACTORS:
        return case.scenario.actor(of).id, source
    if source == "settings":
        return case.scenario.option(of).key, source
    if source == "rules":
        return _rule_name(case, of), source
    raise InputError(tell("'{name}': {source} is of the whole model; say '{source}'", name=name, source=source))


def _all_of(case: Case, source: str, setting: Any) -> Iterable[str]:
    """All that a source without a name is about."""
    if source == "order":
        return _ordered(case)
    if source in ("presence", "polarity"):
        return [a for a in _able(case) if not isinstance(case.reading(a), Ranking)]
    if source == "reading":
        return [a for a in _able(case) if len(case.scenario.actor(a).counted) > 1]
    if source == "weights":
        return [a for a in _able(case) if isinstance(case.reading(a), Weights)]
    if source in ("settings", "rules"):
        names = [setting] if isinstance(setting, str) else setting
        if isinstance(names, bool) or not isinstance(names, Iterable):
            example = "OPTION" if source == "settings" else "NAME"
            raise InputError(
                tell(
                    "{source}: expected which, such as {source}={example} or '{example}.{source}'",
                    source=source,
                    example=example,
                )
            )
        find = case.scenario.option if source == "settings" else None
        return [find(each).key if find else _rule_name(case, each) for each in names]
    return [""]


def _setting_of(source: str, of: str, setting: Any, named: bool) -> Any:
    """What is said of one of several."""
    if source in ("settings", "rules") and not named:
        return setting[of] if isinstance(setting, Mapping) else True
    return setting


def _able(case: Case) -> list[str]:
    """The actors whose wants can matter."""
    return [actor for actor in case.actors if actor in case.chosen and can_choose(case, actor)]


def _ordered(case: Case) -> list[str]:
    """The actors whose list has an order to be in doubt about."""
    return [
        actor
        for actor in _able(case)
        if isinstance(case.reading(actor), PriorityList | Ranking) and len(case.reading(actor).entries) > 1
    ]


def _rule_name(case: Case, name: str) -> str:
    """The name, or the text, of a rule that forbids states."""
    known = {each.name or each.text: each for each in case.scenario.rules if each.kind == "never"}
    known |= {each.text: each for each in case.scenario.rules if each.kind == "never"}
    refuse_unknown("rule that forbids states", known, name)
    return name


# --- what the file states -----------------------------------------------------------------------------------------------


def _stated(case: Case) -> dict[tuple[str, str], Any]:
    """What stands under `uncertainty`, by what it is of and the source; what is said of one actor counts before the rest."""
    found: dict[tuple[str, str], Any] = {}
    for of, said in case.scenario.uncertainty.items():
        assert isinstance(said, Mapping)
        if of in case.actors:
            mine = {key: said[key] for key in ("order", "presence", "polarity", "weights") if key in said}
            if "chances" in said and of not in case.readings:
                mine["reading"] = said["chances"]
            found |= {(of, source): setting for source, setting in mine.items()}
    for key, setting in _stated_of_the_model(case).items():
        found.setdefault(key, setting)
    return {
        (of, source): setting for (of, source), setting in found.items() if source != "order" or of in _ordered(case)
    }


def _stated_of_the_model(case: Case) -> dict[tuple[str, str], Any]:
    """What stands under `uncertainty: model`."""
    said = _of_the_model(case)
    found: dict[tuple[str, str], Any] = {}
    for actor in _ordered(case):
        worded = _worded(case, actor)
        if worded and (worded.written or "order" not in said):  # a number in the file counts before a convention
            found[actor, "order"] = worded
    for source in ("order", "presence", "polarity"):
        if source in said:
            for actor in _all_of(case, source, said[source]):
                found.setdefault((actor, source), said[source])
    found |= {("", source): said[source] for source in ("concept", "play", "countermoves") if source in said}
    for source in ("settings", "rules"):
        found |= {(str(name), source): values for name, values in said.get(source, {}).items()}
    return found


def _of_the_model(case: Case) -> Mapping[str, Any]:
    said = case.scenario.uncertainty.get("model", {})
    return said if isinstance(said, Mapping) and "model" not in case.actors else {}


@dataclass(frozen=True)
class _Worded:
    """A dispersion made of the words of confidence of an actor's statements."""

    amount: float
    because: str
    written: bool


def _worded(case: Case, actor: str) -> _Worded | None:
    """The dispersion that the words of confidence of an actor's statements stand for: their mean, if any says one.

    What a word stands for says the file, else the convention of `detente.scenario.confidence`; no word counts as medium.
    """
    words = confidence_of(case.reading(actor))
    if not words.said:
        return None
    stated = {
        str(word): number(value, tell("the dispersion"))
        for word, value in _of_the_model(case).get("confidence", {}).items()
    }
    each = {word: stated.get(word or "medium", float(usual)) for word, usual in DISPERSIONS.items()}
    known = {word: count for word, count in words.words.items() if count}
    told = ", ".join(f"{count} {word or tell('without a word')} ({each[word]:g})" for word, count in known.items())
    mean = sum(each[word] * count for word, count in known.items()) / sum(known.values())
    return _Worded(mean, tell("the mean of {told}", told=told), all((word or "medium") in stated for word in known))


# --- making one -----------------------------------------------------------------------------------------------------------


def _doubt(case: Case, source: str, of: str, setting: Any, written: bool) -> Doubt | None:
    return _MAKERS[source](case, of, setting, written)


def _order(case: Case, actor: str, setting: Any, written: bool) -> Doubt | None:
    reading = case.reading(actor)
    if isinstance(reading, Weights):
        raise InputError(
            tell(
                "order of {actor}: its reading '{id}' has weights, which have no order; say {actor}.weights",
                actor=actor,
                id=reading.id,
            )
        )
    if len(reading.entries) < 2:
        return None  # one statement has one order
    if isinstance(setting, _Worded):
        return Doubt(source="order", of=actor, amount=setting.amount, written=setting.written, because=setting.because)
    if isinstance(setting, Mapping):
        if set(setting) != {"swaps"}:
            raise InputError(
                tell(
                    "order of {actor}: expected a dispersion such as 0.5, or how many swaps; found {dict}",
                    actor=actor,
                    dict=dict(setting),
                )
            )
        return Doubt(source="order", of=actor, swaps=_swaps(actor, setting["swaps"]), written=written)
    amount = (
        DISPERSION
        if setting is True
        else _between(tell("the dispersion of the order of {actor}", actor=actor), setting)
    )
    return Doubt(source="order", of=actor, amount=amount, written=written)


def _swaps(actor: str, said: Any) -> int:
    value = number(said, tell("the swaps of {actor}", actor=actor))
    if value != int(value) or not 0 <= value <= SWAPS_MOST:
        raise InputError(
            tell(
                "the swaps of {actor} are {said}; expected a whole number from 0 to {swaps_most}",
                actor=actor,
                said=said,
                swaps_most=SWAPS_MOST,
            )
        )
    return int(value)


def _chance(source: str) -> Callable[[Case, str, Any, bool], Doubt | None]:
    def make(case: Case, actor: str, setting: Any, written: bool) -> Doubt | None:
        if isinstance(case.reading(actor), Ranking):
            raise InputError(
                tell(
                    "{source} of {actor}: its reading ranks whole states, so there is no statement to doubt",
                    source=source,
                    actor=actor,
                )
            )
        if setting is True:
            raise InputError(
                tell(
                    "{source} of {actor}: expected the chance of each statement, such as {actor}.{source}=0.1",
                    source=source,
                    actor=actor,
                )
            )
        amount = _between(tell("the chance of {source} of {actor}", source=source, actor=actor), setting)
        return Doubt(source=source, of=actor, amount=amount, written=written)

    return make


def _reading(case: Case, actor: str, setting: Any, written: bool) -> Doubt | None:
    known = case.scenario.actor(actor)
    if setting is True:
        setting = list(known.counted)
    return _choice("reading", actor, setting, known.readings, written, tell("reading of {actor}", actor=actor))


def _weights(case: Case, actor: str, setting: Any, written: bool) -> Doubt | None:
    reading = case.reading(actor)
    if not isinstance(reading, Weights):
        raise InputError(tell("weights of {actor}: its reading '{id}' has no weights", actor=actor, id=reading.id))
    if isinstance(setting, Mapping):
        texts = {str(statement): float(statement.weight or 0) for statement in reading.statements}
        refuse_unknown(f"weighted statement of {actor}", texts, *map(str, setting))
        spans = {str(text): _interval(actor, str(text), span) for text, span in setting.items()}
        return Doubt(source="weights", of=actor, intervals=spans, written=written)
    if setting is True:
        raise InputError(
            tell("weights of {actor}: expected by what part each may be off, such as {actor}.weights=0.2", actor=actor)
        )
    amount = _between(tell("the part by which the weights of {actor} may be off", actor=actor), setting)
    return Doubt(source="weights", of=actor, amount=amount, written=written)


def _interval(actor: str, text: str, span: Any) -> tuple[float, float]:
    if not isinstance(span, list | tuple) or len(span) != 2:
        raise InputError(
            tell(
                "the weight of '{text}' of {actor}: expected the least and the greatest, such as [1, 3]",
                text=text,
                actor=actor,
            )
        )
    low, high = (number(each, tell("the weight of '{text}'", text=text)) for each in span)
    if low > high:
        raise InputError(
            tell(
                "the weight of '{text}' of {actor}: {low} to {high} is no interval; the least comes first",
                text=text,
                actor=actor,
                low=numeral(low, "g"),
                high=numeral(high, "g"),
            )
        )
    return low, high


def _settings(case: Case, key: str, setting: Any, written: bool) -> Doubt | None:
    option = case.scenario.option(key)
    _ = case.now  # graph form has no settings
    return _choice("settings", option.key, setting, option.choices, written, tell("setting of {key}", key=key))


def _rules(_: Case, name: str, setting: Any, written: bool) -> Doubt | None:
    return _choice("rules", name, setting, FORMS, written, tell("form of a rule"))


def _of_model(source: str, known: Iterable[str], kind: str) -> Callable[[Case, str, Any, bool], Doubt | None]:
    names = tuple(known)
    return lambda _, of, setting, written: _choice(source, of, setting, names, written, kind)


_MAKERS: Mapping[str, Callable[[Case, str, Any, bool], Doubt | None]] = {
    "order": _order,
    "presence": _chance("presence"),
    "polarity": _chance("polarity"),
    "reading": _reading,
    "weights": _weights,
    "settings": _settings,
    "concept": _of_model(
        "concept", [each.id for each in concepts() if each.answers != "simultaneous"], later("solution concept")
    ),
    "play": _of_model("play", KINDS, later("kind of play")),
    "countermoves": _of_model("countermoves", COUNTER_MOVES.values(), later("rule of counter-moves")),
    "rules": _rules,
}


def _choice(source: str, of: str, setting: Any, known: Iterable[str], written: bool, kind: str) -> Doubt | None:
    """A doubt between named values: all of them, a list of them, or each with its weight."""
    names = tuple(known)
    if setting is True:
        setting = list(names)
    if isinstance(setting, str):
        setting = [setting]
    if not isinstance(setting, Mapping | Sequence) or not setting:
        raise InputError(
            tell(
                "{source}{word}: expected some of {names}; found {setting}",
                source=source,
                word=tell(" of {of}", of=of) if of else "",
                names=", ".join(names),
                setting=repr(setting),
            )
        )
    values = tuple(map(_text_of, setting))
    refuse_unknown(kind, names, *values)
    if len(set(values)) < len(values):
        raise InputError(
            tell(
                "{source}{word}: a value is named twice: {values}",
                source=source,
                word=tell(" of {of}", of=of) if of else "",
                values=", ".join(values),
            )
        )
    if not isinstance(setting, Mapping):
        return Doubt(source=source, of=of, values=values, chances=(1 / len(values),) * len(values))
    weights = [
        number(each, tell("the weight of {value}", value=value))
        for value, each in zip(values, setting.values(), strict=True)
    ]
    what = tell("the weights of {source}{word}", source=source, word=tell(" of {of}", of=of) if of else "")
    if min(weights) < 0:
        raise InputError(tell("{what}: {min} is below 0", what=what, min=numeral(min(weights), "g")))
    if not sum(weights):
        raise InputError(tell("{what} add up to 0; at least one must be above 0", what=what))
    whole = sum(Fraction(each) for each in weights)
    return Doubt(
        source=source, of=of, values=values, chances=tuple(float(Fraction(w) / whole) for w in weights), written=written
    )


def _text_of(value: Any) -> str:
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _between(what: str, said: Any) -> float:
    value = number(said, what)
    if not 0 <= value <= 1:
        raise InputError(tell("{what} is {value}; expected 0 (as written) to 1", what=what, value=numeral(value, "g")))
    return value


def rule_of_countermoves(word: str) -> str:
    """The sanction rule of the engine that people know by this word."""
    return sanction_rule_said(word)
