"""The shape of a scenario file: which keys there are, what each holds, and the JSON Schema editors use.

Every class is one mapping of the file, every field one of its keys, described once, here. Texts come in as
written; the fields say what becomes a number, a list or a yes/no. What names refer to is not decided here
but in `detente.scenario.read`.

Where a mapping may be shortened to its main text (`- not us_arm` for `- {want: not us_arm}`), the class
names that key as `main`.
"""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from detente.messages import tell

VERSION = "1"
"""The version of the format, the value of `detente:`."""

_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_NUMBER: dict[str, Any] = {"type": ["number", "string"]}
_LIST: dict[str, Any] = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_IDENTIFIED: Any = Field(json_schema_extra={"propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"}})
"""Marks mappings whose keys stand in formulas."""


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Choice(str):
    """A choice of an option, as formulas call it; `called` is its name, where the file gives one."""

    called: str

    def __new__(cls, text: str, called: str) -> Choice:
        made = super().__new__(cls, text)
        made.called = called
        return made


def _choices(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """A list of choices, or a mapping from each of them to its name."""
    if not isinstance(value, dict):
        return read(value)
    if not all(isinstance(name, str) for name in value.values()):
        raise PydanticCustomError("choices", tell("expected for every choice its name, such as full: Full arms"))
    return tuple(map(Choice, value, value.values()))


def _guarded(value: Any) -> Any:
    return {"": value} if isinstance(value, str) else value


def _number(value: Any) -> Fraction:
    if isinstance(value, str) and re.fullmatch(
        r"[+-]?[0-9]{1,60}(\.[0-9]{1,60}|/0*[1-9][0-9]{0,59})?", value.strip(" ")
    ):
        return Fraction(value.strip(" "))
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+,[0-9]+", value):
        raise PydanticCustomError("number", tell("a number has a point, not a comma, such as 0.5"))
    raise PydanticCustomError("number", tell("expected a number such as 3, 0.5, -2 or 1/3"))


def _strength(value: Any) -> int:
    words = {"mild": 1, "great": 2} | {str(degree): degree for degree in range(1, 10)}
    if value in words:
        return words[value]
    raise PydanticCustomError("strength", tell("expected mild, great or a degree from 1 (mild) and 2 (great) to 9"))


def _date(value: str) -> str:
    if not re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?", value):
        raise PydanticCustomError("date", tell("expected a date such as 2024, 2024-06 or 2024-06-19"))
    if len(value) == 10 and not _on_the_calendar(value):
        raise PydanticCustomError("date", tell("expected a day of the calendar"))
    return value


def _on_the_calendar(day: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(day))
    except ValueError:
        return False


def _count(value: Any) -> Any:
    """Ten digits at most, so that no count outgrows what counts things."""
    if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]+", value):
        raise PydanticCustomError("count", tell("expected a whole number"))
    if isinstance(value, str) and len(value) > 10:
        raise PydanticCustomError("count", tell("expected a smaller number, of at most ten digits"))
    return value


RANGE = ".."
"""What stands between the two ends of a range."""


def _costs(value: Any) -> tuple[Fraction, Fraction]:
    """A cost, or a range from the least to the most: `2..5`."""
    low, dots, high = value.partition(RANGE) if isinstance(value, str) else (value, "", "")
    least = _number(low)
    most = _number(high) if dots else least
    if most < least:
        raise PydanticCustomError("range", tell("a range goes from the least to the most, such as 2..5"))
    return least, most


def _ranks(value: Any) -> tuple[int, int]:
    """A rank, or a range from the more to the less important: `3..6`."""
    if not isinstance(value, str) or not re.fullmatch(r" *[0-9]{1,10} *(\.\. *[0-9]{1,10} *)?", value):
        raise PydanticCustomError("rank", tell("expected a rank such as 3, or a range of ranks such as 3..6"))
    first, dots, last = value.partition(RANGE)
    ranks = int(first), int(last if dots else first)
    if ranks[0] < 1:
        raise PydanticCustomError("rank", tell("ranks are counted from 1, the top of the list"))
    if ranks[1] < ranks[0]:
        raise PydanticCustomError("range", tell("a range of ranks goes down the list, such as 3..6"))
    return ranks


def _at_least(value: Any) -> Any:
    """A number from 1, or off (None)."""
    if value in ("off", "no"):
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,6}", value):
        raise PydanticCustomError("guard", tell("expected a whole number, or off"))
    return int(value)


def _names_or_off(value: Any) -> Any:
    """Names, or off (none)."""
    return () if value in ("off", "no") else _listed(value)


def _keyed(value: Any) -> Any:
    """A list of entries becomes a mapping with the numbers 1, 2, 3, ... as keys."""
    return {str(number): entry for number, entry in enumerate(value, 1)} if isinstance(value, list) else value


def _alone(value: Any) -> Any:
    return (value,) if isinstance(value, dict) else value


Text = Annotated[str, WithJsonSchema(_SCALAR)]
Wish = Annotated[str, WithJsonSchema(_SCALAR | {"title": "Formula"})]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed), WithJsonSchema(_LIST)]
Choices = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    WrapValidator(_choices),
    WithJsonSchema({"anyOf": [*_LIST["anyOf"], {"type": "object", "additionalProperties": _SCALAR}]}),
]
Date = Annotated[str, AfterValidator(_date), WithJsonSchema({"type": ["string", "number"]})]
Number = Annotated[Fraction, PlainValidator(_number), WithJsonSchema({"type": ["number", "string"], "title": "Number"})]
Costs = Annotated[
    tuple[Fraction, Fraction],
    PlainValidator(_costs),
    WithJsonSchema({"type": ["number", "string"], "title": "Number or range"}),
]
Ranks = Annotated[
    tuple[int, int],
    PlainValidator(_ranks),
    WithJsonSchema({"type": ["integer", "string"], "title": "Rank or range of ranks"}),
]
Numbers = Annotated[
    tuple[Number, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER}]}),
]
Strength = Annotated[
    int,
    PlainValidator(_strength),
    WithJsonSchema({"anyOf": [{"enum": ["mild", "great"]}, {"type": "integer", "minimum": 1, "maximum": 9}]}),
]
Count = Annotated[int, BeforeValidator(_count), WithJsonSchema({"type": "integer"})]
Least = Annotated[
    int | None,
    BeforeValidator(_at_least),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"enum": ["off", False]}], "title": "Number or off"}),
]
NamesOrOff = Annotated[
    tuple[str, ...],
    BeforeValidator(_names_or_off),
    WithJsonSchema({"anyOf": [*_LIST["anyOf"], {"enum": ["off", False]}], "title": "Names or off"}),
]
YesNo = Annotated[bool, WithJsonSchema({"enum": [True, False, "yes", "no", "on", "off"]})]
Guards = Annotated[
    dict[str, str],
    BeforeValidator(_guarded),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "object", "additionalProperties": _SCALAR}]}),
]
Confidence = Literal["low", "medium", "high"]
Reliability = Literal["A", "B", "C", "D", "E", "F"]
Credibility = Annotated[
    Literal["1", "2", "3", "4", "5", "6"], WithJsonSchema({"enum": [*range(1, 7), *map(str, range(1, 7))]})
]
Doubts = Annotated[tuple[Literal["sign", "rank", "presence"], ...], BeforeValidator(_listed)]
Verdict = Literal["ALL", "SOME", "NONE"]
Asked = Annotated[
    str, WithJsonSchema({"enum": ["play", "break", "hindcast", "types", "levers", "status_quo"], "title": "Question"})
]
Sanctions = Literal["legal", "one-step"]


class Part(BaseModel):
    """A mapping of the file. Keys it does not know are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    main: ClassVar[str] = ""
    blank: ClassVar[bool] = False

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: Any, info: ValidationInfo) -> Any:
        """Expand the short form; note which class a mapping was read as, for messages about its keys."""
        if isinstance(data, str) and cls.main:
            return {cls.main: data}
        if data is None and cls.blank:
            return {}
        if isinstance(data, dict) and isinstance(info.context, dict):
            info.context[id(data)] = cls
        return data

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        if cls.main or cls.blank:
            whole = dict(schema)
            schema.clear()
            brief = ([_SCALAR] if cls.main else []) + ([{"type": "null"}] if cls.blank else [])
            schema["anyOf"] = [*brief, whole]
        return schema

    @classmethod
    def keys(cls) -> list[str]:
        """The keys of the mapping, as written in the file; its own before those every evidence has."""
        names = sorted(cls.model_fields, key=lambda name: name in Evident.model_fields)
        return [cls.model_fields[name].alias or name for name in names]


class Evident(Part):
    """What is asserted, and so can carry evidence."""

    source: Texts = Field((), description="Where this comes from: one or more ids of `sources`.")
    where: Text = Field("", description="Where in the source: a page, a paragraph.")
    confidence: Confidence | None = Field(None, description="How sure the analyst is.")
    note: Text = Field("", description="A remark.")
    claims: Texts = Field((), description="The ids of the claims this rests on or states, such as C10.")
    against: Texts = Field((), description="Sources that say otherwise: one or more ids of `sources`.")


class Source(Part):
    main: ClassVar[str] = "text"
    text: Text = Field(description="The source as it is cited.")
    kind: Text = Field("", description="What it is: article, book, treaty, dataset, supposition, ...")
    grade: Text = Field(
        "",
        description="How far it is trusted, in one word; an Admiralty grade such as B2 is reliability and credibility.",
    )
    reliability: Reliability | None = Field(
        None, description="How reliable the source is, from A (completely) to E (not at all); F: it cannot be judged."
    )
    credibility: Credibility | None = Field(
        None, description="How credible what it says is, from 1 (confirmed) to 5 (improbable); 6: it cannot be judged."
    )
    date: Text = Field("", description="When it was published.")
    checked: Date = Field("", description="When somebody last looked whether it says so: 2024, 2024-06 or 2024-06-19.")
    url: Text = Field("", description="Where it can be found.")
    note: Text = Field("", description="A remark.")


class Option(Evident):
    main: ClassVar[str] = "name"
    blank: ClassVar[bool] = True
    name: Text = Field("", description="What the option is, in words.")
    short: Text = Field("", description="The same in two to four words, for tables, pictures and sentences.")
    off: Text = Field(
        "", description="What its owner does who switches it off, beginning with a verb: End arms to Kyiv."
    )
    about: Text = Field("", description="More words.")
    choices: Choices | None = Field(
        None, description="The values of an option with choices, or each with its name; without: yes or no."
    )
    change: Texts = Field(
        ("both",),
        description="Which switches the actor may choose: both, take (one way), drop (one way), fixed, or a "
        "list of `a > b`.",
    )
    needs: Guards = Field(
        default_factory=dict,
        description="What must hold where a move starts for the option to be switched on; "
        "for an option with choices a mapping from choice to formula.",
    )
    stays: Guards = Field(
        default_factory=dict,
        alias="while",
        description="What must hold for the option to be switched on, and to stay on: where it does not, the option lapses "
        "by itself; for an option with choices a formula for all but the choice it lapses to, or a mapping.",
    )
    lapses_to: Text = Field("", description="With `while`: what an option with choices becomes when it lapses.")


class Statement(Evident):
    main: ClassVar[str] = "want"
    want: Wish = Field(description="What the actor wants to be true.")
    says: Text = Field("", description="The aim as a sentence; every equal aim of the file is read so.")
    unknown: Doubts = Field(
        (), description="What is not known about the aim: its sign, its rank, whether it is present."
    )
    strength: Strength = Field(
        1, description="How much two states differ that this aim tells apart: mild, great, or a degree from 1 to 9."
    )


class Weight(Evident):
    want: Wish = Field(alias="when", description="Where this holds the weight counts.")
    weight: Number = Field(description="How much it counts; negative for what is unwelcome.")
    says: Text = Field("", description="What holds there, as a sentence; every equal entry of the file is read so.")
    unknown: Doubts = Field(
        (),
        description="What is not known about the aim: its sign, its weight (rank), whether it is present.",
    )


class Adjustment(Evident):
    above: Texts = Field(description="The state that is preferred: its name, its settings (the rest is off) or digits.")
    below: Texts = Field(description="The state it is preferred to, written likewise.")
    because: Text = Field("", description="Why the list does not say so by itself.")


class Wants(Evident):
    """The three ways to say what an actor wants; exactly one of them."""

    priorities: tuple[Statement, ...] | None = Field(None, description="Aims, most important first.")
    ranking: tuple[Texts, ...] | None = Field(
        None, description="States, best first; ties as nested lists; `>>` where the step is great."
    )
    weights: tuple[Weight, ...] | None = Field(None, description="Weighted aims, added up.")
    great: Numbers = Field(
        (), description="With weights: the difference from which a preference is great; a list for more degrees."
    )
    adjust: tuple[Adjustment, ...] = Field(
        (),
        description="Fine-tuning of the ranking this makes: states that stand directly above others, applied last.",
    )
    brief: Text = Field(
        "",
        description="The same for whoever plays the actor, in the second person: where you stand, what you are after.",
    )

    @property
    def kinds(self) -> list[str]:
        """The ways that are used here."""
        return [kind for kind in ("priorities", "ranking", "weights") if getattr(self, kind) is not None]


class Reading(Wants):
    name: Text = Field("", description="The reading in a few words, as people read it: Russia needs it for the war.")
    about: Text = Field("", description="Whose account this is, and what it stands for.")
    analyst: Text = Field("", description="The analyst whose version of the list this is; one list of each actor.")
    illustrative: YesNo = Field(
        False,
        description="Whether it is kept only to show what a rule does: then it is never counted in a grid of readings.",
    )


class Actor(Wants):
    name: Text = Field("", description="The actor's name in words.")
    article: Text = Field(
        "", description="What goes before the name inside a sentence: the; or the whole: the first driver."
    )
    plural: YesNo = Field(False, description="Whether the name is a plural: the European allies have.")
    kind: Text = Field("", description="state, leader, party, firm, ...")
    about: Text = Field("", description="More words.")
    options: Annotated[dict[str, Option], _IDENTIFIED] = Field(
        default_factory=dict, description="What the actor can do, in the order of the state space."
    )
    readings: dict[str, Reading] = Field(
        default_factory=dict, description="Rival accounts of what the actor wants; the first is the default."
    )


_KINDS: dict[str, Any] = {
    "anyOf": [{"required": keys} for keys in (["never"], ["same"], ["when", "then"], ["barred", "for"])]
}


class Rule(Evident):
    model_config = ConfigDict(json_schema_extra=_KINDS)
    name: Text = Field("", description="What the rule is called in tables.")
    never: Wish | None = Field(None, description="States where this holds are infeasible.")
    same: Wish | None = Field(None, description="States where this holds count as one.")
    when: Wish | None = Field(
        None, description="With `then`: where the consequence is due. With `barred`: a condition."
    )
    then: Wish | None = Field(None, description="The settings that follow by themselves.")
    barred: Wish | None = Field(None, description="`A > B`: from A the actor cannot move to own settings that make B.")
    actor: Text | None = Field(None, alias="for", description="The actor whose moves are barred.")
    state: Text | None = Field(None, description="With `same`: the named state that stands for all.")
    score: Literal["representative"] | None = Field(
        None,
        description="With `same`: the members may be liked differently; the representative's score counts.",
    )


class Graph(Part):
    states: Texts = Field(description="The names of the states.")
    moves: dict[str, Texts] = Field(default_factory=dict, description="Per actor the moves, `s1 > s2`.")


class Outcome(Evident):
    main: ClassVar[str] = "formula"
    formula: Wish = Field(description="When the outcome is there.")
    name: Text = Field("", description="The outcome in words.")


class Partnership(Evident):
    name: Text = Field("", description="The partnership in words.")
    members: Texts = Field(description="Actors, or figures of the cast.")
    flows: dict[str, Wish] = Field(
        description="What runs between the members: a name and the formula that says it runs."
    )
    core: Texts = Field((), description="The flows it cannot live without; all of them if none is named.")


class Platform(Evident):
    name: Text = Field("", description="The platform in words.")
    about: Text = Field("", description="More words.")
    actor: Text = Field(description="The actor whose platform it is.")
    hold: Texts = Field((), description="The settings of the actor's options it commits to.")
    reading: Text = Field("", description="The reading that says how it ranks things.")
    unknown: Texts = Field((), description="The actor's options on which it is silent.")
    orders: Text = Field("", description="Which orders of the list are admissible: `any`, or empty for the given one.")


class Incentive(Evident):
    name: Text = Field("", description="The incentive in words.")
    by: Text = Field(description="The actor that offers or threatens.")
    to: Text = Field(description="The actor it is meant for.")
    when: Wish = Field(description="Where it is due.")
    worth: Number = Field(Fraction(0), description="What one unit is worth to the receiver, in its weights.")
    costs: Costs = Field(
        (Fraction(0), Fraction(0)),
        alias="cost",
        description="What one unit costs the giver: a number, or a range: 2..5.",
    )
    most: Count = Field(1, alias="max", ge=1, description="How many units there are at most.")
    ranks: Ranks | None = Field(
        None, alias="at", description="For a priority list: the rank at which the aim is inserted, or a range: 3..6."
    )
    excludable: YesNo = Field(True, description="Whether it can be withheld where it is not due.")
    approved_by: Texts = Field((), description="Actors that must approve.")


class Account(Wants):
    """What somebody is believed to want: a reading of the file by name, or a list written here."""

    main: ClassVar[str] = "reading"
    reading: Text = Field("", description="One of the actor's readings in this file.")
    about: Text = Field("", description="The account in words.")


class Doubted(Evident):
    main: ClassVar[str] = "formula"
    formula: Wish = Field(description="States where this holds are thought impossible.")


class View(Evident):
    """How the game somebody sees differs from the model."""

    about: Text = Field("", description="The view in words.")
    believes: dict[str, Account] = Field(
        default_factory=dict, description="What it believes the others want: actor to reading, or to a list."
    )
    unaware_of: Texts = Field((), description="Options it does not perceive; in its game they stay as they are now.")
    imagines: Texts = Field((), description="Options it wrongly believes in: fixed ones it thinks can be switched.")
    impossible: tuple[Doubted, ...] = Field((), description="Formulas of states it thinks impossible.")


class OwnView(View):
    thinks_of: dict[str, View] = Field(
        default_factory=dict, description="Second level: what it believes that the others see, by actor."
    )


class Perception(Evident):
    name: Text = Field("", description="The perception in words.")
    about: Text = Field("", description="More words.")
    readings: dict[str, Text] = Field(
        default_factory=dict, description="What the actors really want: actor to reading."
    )
    world: Text = Field("", description="The world of readings that really holds.")
    views: dict[str, OwnView] = Field(description="What each actor sees; who is not named sees the model as it is.")


class Announcement(Evident):
    name: Text = Field("", description="The announcement in words.")
    about: Text = Field("", description="More words.")
    by: Text = Field("", description="The actor that makes it.")
    to: Texts = Field(description="The actors who hear it, and believe it.")
    perception: Text = Field("", description="The perception it is made in; the first of the file if none is named.")
    public: YesNo = Field(False, description="Whether everybody learns what the hearers now see.")
    corrects: YesNo = Field(False, description="Whether the hearers see the model as it is from then on.")
    believes: dict[str, Account] = Field(default_factory=dict, description="What the hearers now believe others want.")
    reveals: Texts = Field((), description="Options the hearers now perceive.")
    unmasks: Texts = Field((), description="Options the hearers no longer believe in.")
    imagines: Texts = Field((), description="Fixed options the hearers now believe can be switched: a bluff.")
    impossible: tuple[Doubted, ...] = Field((), description="States the hearers now think impossible.")
    thinks_of: dict[str, View] = Field(
        default_factory=dict, description="What the hearers now believe that others see."
    )


class Intervention(Evident):
    main: ClassVar[str] = "move"
    text: Wish = Field(alias="move", description="`where > what`: a formula, and the settings it can make there.")


class ThirdParty(Evident):
    name: Text = Field("", description="The third party in words.")
    about: Text = Field("", description="More words.")
    can: tuple[Intervention, ...] = Field(description="What it can do: `where > what`, whoever owns the options.")
    wants: tuple[Statement, ...] = Field((), description="Its aims, most important first; without, it is indifferent.")


class PartModel(Evident):
    main: ClassVar[str] = "model"
    model: Text = Field(
        description="A bundled model by name, or a scenario file (with a dot or a slash) beside this one."
    )
    readings: dict[str, Text] = Field(default_factory=dict, description="The reading chosen per actor of the part.")
    rename: dict[str, Text] = Field(
        default_factory=dict, description="Actors of the part under another name: old to new."
    )
    about: Text = Field("", description="The part in words.")


class Whole(Part):
    """A model built from other models that share actors."""

    models: dict[str, PartModel] = Field(description="The parts, each a model under a name of its own.")
    shared: Texts = Field(description="The actors that take part in several of them.")
    order: Texts = Field((), description="The parts by importance to the shared actors, most important first.")
    weights: dict[str, Number] | None = Field(None, description="Or: how much each part counts, part to number.")
    same_options: Texts = Field((), description="Options that several parts have and that are one decision.")


class Record(Evident):
    supports: Text = Field("", description="What on the public record speaks for the claim.")
    disputes: Text = Field("", description="What on the public record speaks against it.")
    silent: Text = Field("", description="What the public record does not say.")


class Claim(Evident):
    says: Text = Field(description="What the author asserts, in our words.")
    sentence: Text = Field(
        "", description="The kind of sentence, which sets the quantifier: fact, may, will, must or ought."
    )
    allows: dict[str, Texts] = Field(
        default_factory=dict, description="Actor to the readings the author allows; the others are rivals."
    )
    assumes: Text = Field("", description="What the author assumes, in words, where the readings do not say it.")
    author: Text = Field(
        "", description="What the author would say of paraphrase, test and status: accepted, or what not."
    )
    opponent: Text = Field("", description="What the sharpest opponent would object, and what on the page answers it.")
    record: Record | None = Field(None, description="What the public record says: supports, disputes or silent.")
    kind: Text = Field("", description="historical, descriptive, prediction, conditional, recommendation, value, ...")
    together: Text = Field("", description="Of several tests: `all` of them must hold, or `any` is enough; else parts.")
    tests: Annotated[
        tuple[dict[str, Any], ...],
        BeforeValidator(_alone),
        WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}),
    ] = Field((), alias="test", description="The question that decides the claim, or a list of questions.")


class Event(Evident):
    date: Date = Field(description="2018, 2018-06 or 2018-06-12.")
    by: Text = Field("", description="The actor that did it.")
    settings: Texts = Field((), alias="set", description="The settings it made.")
    says: Text = Field("", description="What happened.")


class EventPattern(Part):
    """Which rows of a table of events a rule is about; each key takes patterns with `*`, and any one of them is enough."""

    actor: Texts = Field((), description="Who did it: a code or name as the table has it; left out: anybody.")
    target: Texts = Field((), description="To whom; left out: to anybody.")
    code: Texts = Field(description="The codes of the act, in quotes if they begin with a zero: '057', '19*'.")


class EventRule(Evident):
    when: EventPattern = Field(description="Which rows this is about: actor, target, code.")
    settings: Texts = Field(alias="sets", description="The settings that such an event makes, all of one actor.")


class EventGuards(Part):
    """What keeps false events out; each can be turned off."""

    sources: Least = Field(None, description="How many publishers must tell an event, or off; 2 if left out.")
    mentions: Least = Field(None, description="How many times it must be mentioned, or off, as if left out.")
    window: Least = Field(
        None, description="Days within which the same told again is the same event, or off; 7 if left out."
    )
    contexts: NamesOrOff = Field((), description="Contexts of what did not happen now, or off.")
    future: YesNo = Field(True, description="Leave out what is dated later than it was told.")
    roles: NamesOrOff = Field((), description="Roles that act for a state, or off; a row without any role passes.")


class Events(Part):
    """How a table of coded events becomes settings of this model."""

    format: Literal["gdelt", "polecat", "acled"] = Field(description="The layout of the table.")
    period: Literal["day", "week", "month", "quarter", "year"] = Field(
        "month", description="What happens within one has no order; one in which nothing happens is a record too."
    )
    guards: EventGuards | None = Field(None, description="What keeps false events out; all at work if left out.")
    rules: tuple[EventRule, ...] = Field(description="What each kind of row sets; the first rule that fits counts.")


class Moment(Evident):
    date: Text = Field(description="When, as precisely as the source says.")
    says: Text = Field(description="What happened.")
    kind: Text = Field("", description="Who says so: the sources, the later record, ...")
    settings: Texts = Field((), alias="set", description="The settings it implies.")
    sure: Text = Field("", description="How sure the record is.")


class Answer(Part):
    """What answers the question of the file: the command that is asked, and what it is asked with."""

    main: ClassVar[str] = "ask"
    ask: Asked = Field(
        description="Which question answers: play (what comes about), break, hindcast, types, levers or status_quo."
    )
    of: Text = Field("", description="With play and types: the outcome or formula; play answers all outcomes without.")
    goal: Text = Field(
        "", description="With levers: what should come about; with others: the outcome a report follows up."
    )
    by: Texts = Field((), description="With levers: the actor, or the members of a coalition.")
    name: Text = Field("", description="With break: the partnership; needed if there are several.")
    over: Texts = Field((), description="With break and types: the actors whose readings vary.")
    play: Literal["foresight", "myopic"] | None = Field(None, description="With play, types and levers: the play.")
    concept: Text = Field("", description="With types: ask the equilibria of this concept instead of play.")


class Figure(Evident):
    main: ClassVar[str] = "name"
    name: Text = Field(description="Somebody or something the sources speak of.")
    kind: Text = Field("", description="state, leader, institution, ...")
    role: Text = Field("", description="The part played here: background, source, history, ...")
    about: Text = Field("", description="More words.")


class Relation(Evident):
    origin: Texts = Field(alias="from", description="Actors or figures it starts from.")
    target: Texts = Field(alias="to", description="Actors or figures it points to.")
    kind: Text = Field(description="What the tie is: arms, hostility, demand, ...")
    sign: Annotated[Literal["+", "-", "+/-", "0"], WithJsonSchema({"enum": ["+", "-", "+/-", "0", 0]})] = Field(
        "0", description="Supportive, hostile, either, or none; quote it."
    )
    time: Text = Field("", description="When it held.")
    status: Text = Field("", description="What kind of assertion it is: fact, claim, ...")
    mutual: YesNo = Field(False, description="Whether it runs both ways.")


_State = Annotated[Texts, Field(description="A state: its name, its digits in option order, or a list of settings.")]


class ExpectedOutcome(Part):
    myopic: Verdict | None = Field(None, description="Whether it holds where myopic play ends.")
    foresight: Verdict | None = Field(None, description="Whether it holds where foresight play ends.")
    equilibria: dict[str, Count] | None = Field(None, description="Per concept: equilibria that satisfy it.")


class Expectation(Evident):
    readings: dict[str, Text] = Field(default_factory=dict, description="The reading chosen per actor.")
    world: Text = Field("", description="The world chosen.")
    sanctions: Sanctions = Field("legal", description="The sanction rule.")
    states: Count | None = Field(None, ge=0, description="How many states there are.")
    moves: dict[str, Count] | None = Field(None, description="Per actor: how many moves.")
    counts: dict[str, Count | None] | None = Field(None, description="Per concept: how many equilibria.")
    equilibria: dict[str, tuple[_State, ...]] | None = Field(None, description="Per concept: the equilibria.")
    stability: dict[str, dict[str, tuple[_State, ...]]] | None = Field(
        None, description="Per concept and actor: the states stable for the actor."
    )
    status_quo: dict[str, YesNo | None] | None = Field(
        None, description="Per concept: whether `now` is an equilibrium."
    )
    ends: dict[Literal["myopic", "foresight"], tuple[tuple[_State, ...], ...]] | None = Field(
        None, description="Where play from `now` ends: sets of states."
    )
    outcomes: dict[str, ExpectedOutcome] | None = Field(None, description="Per outcome: verdicts.")


class ScenarioFile(Part):
    """One conflict with its evidence. Plain words are texts: no, on and 12:30 mean what they look like."""

    detente: Annotated[str, WithJsonSchema({"enum": [1, "1"]})] = Field("", description="The version of the format: 1.")
    title: Text = Field("", description="What the conflict is called.")
    question: Text = Field("", description="The question the model is to answer.")
    answer: Answer | None = Field(None, description="What answers the question; without it that is derived.")
    about: Text = Field("", description="What the model is and where it comes from.")
    situation: Text = Field("", description="What all players of a game know when it begins; no word of how it ends.")
    sources: dict[str, Source] = Field(default_factory=dict, description="What is cited, by id.")
    stale_after: Count | None = Field(
        None, ge=1, description="Months after which a source that nobody has checked again is stale."
    )
    parts: Whole | None = Field(None, description="Instead of actors: the models this one is built from.")
    actors: Annotated[dict[str, Actor], _IDENTIFIED] = Field(default_factory=dict, description="Who decides, in order.")
    rules: tuple[Rule, ...] = Field((), description="Infeasible and equal states, consequences, barred moves.")
    states: dict[str, Texts] = Field(default_factory=dict, description="Names of states: lists of settings.")
    graph: Graph | None = Field(None, description="Instead of options: named states and hand-made moves.")
    now: Texts | None = Field(None, description="Today's state: what is on, or the name of a state.")
    outcomes: dict[str, Outcome] = Field(default_factory=dict, description="Named formulas.")
    partnerships: dict[str, Partnership] = Field(default_factory=dict, description="Dyads and blocs, and what flows.")
    platforms: dict[str, Platform] = Field(default_factory=dict, description="What leaders or parties would hold.")
    worlds: dict[str, dict[str, Text]] = Field(
        default_factory=dict,
        description="Named choices of one reading per actor; the first is the default.",
    )
    incentives: dict[str, Incentive] = Field(default_factory=dict, description="What can be offered or threatened.")
    cost_unit: Text = Field("", description="What the costs of incentives are counted in: million dollars, ...")
    perceptions: dict[str, Perception] = Field(
        default_factory=dict, description="Who sees what: named sets of views; the first is the default."
    )
    announcements: dict[str, Announcement] = Field(
        default_factory=dict, description="Moves that change only what somebody believes."
    )
    third_parties: dict[str, ThirdParty] = Field(
        default_factory=dict, description="Mediators, arbiters and donors: what they could do, and want."
    )
    claims: dict[str, Claim] = Field(default_factory=dict, description="What authors assert, with tests.")
    claims_from: Text = Field(
        "", description="The model whose claims this file cites, bundled or a file beside this one."
    )
    history: tuple[Event, ...] = Field((), description="Dated events that set options.")
    events: Events | None = Field(None, description="How a table of coded events becomes settings.")
    uncertainty: dict[str, Any] = Field(default_factory=dict, description="What is not known, and how far it may vary.")
    cast: dict[str, Figure] = Field(default_factory=dict, description="Who else the sources speak of.")
    relations: Annotated[dict[str, Relation], BeforeValidator(_keyed)] = Field(
        default_factory=dict, description="Signed ties, by id."
    )
    timeline: tuple[Moment, ...] = Field((), description="What happened when, for the reader.")
    leaves_out: Texts = Field((), description="What the model deliberately leaves out.")
    sisters: Texts = Field(
        (),
        description="Models of the same conflict, bundled or files beside this one, whose answer may be an objection.",
    )
    expect: tuple[Expectation, ...] = Field((), description="Known results, checked by the tests.")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scenario file, for editors that complete and check YAML.

    >>> json_schema()["properties"]["question"]["description"]
    'The question the model is to answer.'
    """
    schema = ScenarioFile.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": tell("A Détente scenario"),
        "required": ["detente"],
        "anyOf": [{"required": ["actors"]}, {"required": ["parts"]}],
        **{key: value for key, value in schema.items() if key != "title"},
    }
