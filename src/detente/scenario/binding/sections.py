"""The sections around the model whose entries need more than their annotations say.

Each function checks one kind of entry, in a `Draft` whose names are complete, and reports what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from detente.messages import tell
from detente.scenario import schema
from detente.scenario.binding.bind import bind, binds, entry
from detente.scenario.binding.draft import Draft, Settings
from detente.scenario.model import (
    SENTENCES,
    Asking,
    Claim,
    Event,
    EventGuards,
    EventRule,
    EventTable,
    Expectation,
    Figure,
    Incentive,
    Partnership,
    Platform,
    Record,
    Source,
)
from detente.scenario.text.page import Path, shorten

CONCEPTS = ("nash", "sseq", "seq", "smr", "gmr", "sim")
"""The ids of the solution concepts, as expectations use them."""


@binds(Source)
def _source(draft: Draft, path: Path, part: schema.Source) -> Source:
    """A source with its grade in both ways: as one word, and as reliability and credibility."""
    letter: str = part.reliability or ""
    digit: str = part.credibility or ""
    if admiralty := re.fullmatch("([A-F])([1-6])", part.grade):
        if (letter or admiralty[1], digit or admiralty[2]) != admiralty.groups():
            message = tell(
                "the grade {grade} is not the reliability and credibility beside it; write one or the other",
                grade=part.grade,
            )
            draft.page.error((*path, "grade"), "contradiction", message)
        letter, digit = admiralty.groups()
    graded = f"{letter or '?'}{digit or '?'}" if letter or digit else ""
    return bind(Source, draft, path, part, reliability=letter, credibility=digit, grade=part.grade or graded)


@binds(Partnership)
def _partnership(draft: Draft, path: Path, part: schema.Partnership) -> Partnership:
    made = bind(Partnership, draft, path, part, core=part.core or tuple(part.flows))
    count = len(set(made.members))
    if count < 2:
        draft.page.error(
            path, "members", tell("a partnership has two or more members; {id} has {count}", id=made.id, count=count)
        )
    if not made.flows:
        message = tell("a partnership needs at least one flow between its members; {id} has none", id=made.id)
        draft.page.error(path, "flows", message)
    for number, name in enumerate(part.core):
        draft.known((*path, "core", number), "flow", name, made.flows)
    return made


@binds(Platform)
def _platform(draft: Draft, path: Path, part: schema.Platform) -> Platform:
    made = bind(Platform, draft, path, part)
    if made.actor in draft.file.actors:
        for key in draft.foreign(made.actor, [*made.hold, *made.unknown]):
            message = tell("'{key}' is not an option of {actor}, whose platform this is", key=key, actor=made.actor)
            draft.page.error(path, "not-own-option", message)
        if made.reading:
            kind = tell("reading of {actor}", actor=made.actor)
            draft.known((*path, "reading"), kind, made.reading, draft.readings_of(made.actor))
    if made.orders:
        draft.known((*path, "orders"), tell("way to order its list"), made.orders, EVERY_ORDER)
    for key in [key for key in made.unknown if key in made.hold]:
        draft.page.error((*path, "unknown"), "contradiction", tell("'{key}' is both held and unknown", key=key))
    return made


@binds(Incentive)
def _incentive(draft: Draft, path: Path, part: schema.Incentive) -> Incentive:
    if part.costs[0] < 0:
        draft.page.error((*path, "cost"), "value", tell("a cost is not negative; found {costs}", costs=part.costs[0]))
    if part.by == part.to and part.by:
        draft.page.error(
            (*path, "to"),
            "value",
            tell("'{by}' offers this to itself; an incentive is meant for another", by=shorten(part.by)),
        )
    return bind(Incentive, draft, path, part)


EVERY_ORDER = ("any", "all")
"""How a platform says that it admits every order of its list."""

TOGETHER = ("all", "any")
"""How several tests make one status, where they are not parts of the claim."""


@binds(Claim)
def _claim(draft: Draft, path: Path, part: schema.Claim) -> Claim:
    if "tests" in part.model_fields_set and not part.tests:
        draft.page.error((*path, "test"), "empty", tell("'test' has no question: write one there, or leave it out"))
    if part.together:
        draft.known((*path, "together"), tell("way to put tests together"), part.together, TOGETHER)
    if part.sentence:
        draft.known((*path, "sentence"), tell("kind of sentence"), part.sentence, SENTENCES)
    elif part.allows:
        message = tell(
            "'allows' counts only with the kind of 'sentence', which says how many of the readings must agree"
        )
        draft.page.report("error", "sentence", draft.page.at_key((*path, "allows")), message)
    record = bind(Record, draft, (*path, "record"), part.record) if part.record else None
    if record and not (record.supports or record.disputes or record.silent):
        draft.page.error(
            (*path, "record"), "record", tell("a record supports, disputes or is silent; none of them is here")
        )
    return bind(Claim, draft, path, part, record=record)


@binds(Event)
def _event(draft: Draft, path: Path, part: schema.Event) -> Event:
    made = bind(Event, draft, path, part)
    if made.by in draft.file.actors:
        for key in draft.foreign(made.by, made.settings):
            message = tell(
                "'{key}' is not an option of {by}: as a recorded move this cannot be its own", key=key, by=made.by
            )
            draft.page.warn((*path, "set"), "not-own-option", message)
    return made


def check_history(draft: Draft) -> None:
    """Events are read in the order written; warn where their dates say otherwise."""
    for number, (earlier, later) in enumerate(pairwise(part.date for part in draft.file.history), start=1):
        shared = min(len(earlier), len(later))  # a year alone says nothing about the months of another date
        if later[:shared] < earlier[:shared]:
            message = tell(
                "{later} comes after {earlier} in the list; history is read in the order written",
                later=later,
                earlier=earlier,
            )
            draft.page.warn(("history", number, "date"), "history-order", message)


def event_table(draft: Draft) -> EventTable | None:
    """How a table of coded events becomes settings, if the file says so."""
    part = draft.file.events
    if part is None:
        return None
    if draft.graph is not None:
        draft.page.error(("events",), "events", tell("a model in graph form has no options that an event could set"))
        return None
    rules = (entry(EventRule, draft, ("events", "rules", number), each) for number, each in enumerate(part.rules))
    said = part.guards.model_fields_set if part.guards else ()
    guards = EventGuards(**{name: getattr(part.guards, name) for name in said})
    return EventTable(format=part.format, period=part.period, guards=guards, rules=tuple(rules))


@binds(EventRule)
def _event_rule(draft: Draft, path: Path, part: schema.EventRule) -> EventRule:
    settings = draft.settings((*path, "sets"), part.settings)
    owners = list(dict.fromkeys(draft.options[key].actor for key in settings))
    if not part.settings:
        draft.page.error((*path, "sets"), "events", tell("an event sets at least one option"))
    if len(owners) > 1:
        message = tell(
            "these are options of {owners}; a rule is about one actor: write one for each", owners=" and ".join(owners)
        )
        draft.page.error((*path, "sets"), "events", message)
    if draft.file.events is not None and draft.file.events.format == "gdelt":
        for number, code in enumerate(part.when.code):
            if not CAMEO_PATTERN.fullmatch(code):
                message = tell(
                    "'{code}' is no CAMEO code: two to four digits that begin with 01 to 20, such as 057 or 19*",
                    code=shorten(code),
                )
                draft.page.error((*path, "when", "code", number), "events", message)
    return bind(
        EventRule,
        draft,
        path,
        part,
        actor=part.when.actor,
        target=part.when.target,
        code=part.when.code,
        by=owners[0] if owners else "",
        settings=settings,
    )


CAMEO_PATTERN = re.compile(r"(0[1-9]|1[0-9]|20)[0-9]{0,2}\*?|0\*|1\*|\*")
"""A CAMEO code, or the beginning of one with `*`."""


def asking(draft: Draft) -> Asking | None:
    """What answers the question, if the file says so: only keys of the question asked, and only names there are."""
    part, path = draft.file.answer, ("answer",)
    if part is None or not draft.known((*path, "ask"), "question", part.ask, Asking.KEYS):
        return None
    written = {key: getattr(part, key) for key in sorted(part.model_fields_set - {"ask"}) if getattr(part, key)}
    known = Asking.KEYS[part.ask]
    for key in written.keys() - known:
        message = tell(
            "'{key}' is no key of '{ask}', which takes {known}", key=key, ask=part.ask, known=", ".join(known)
        )
        draft.page.report("error", "unknown-key", draft.page.at_key((*path, key)), message)
    for key in ("over", "by"):
        for number, actor in enumerate(getattr(part, key)):
            draft.known((*path, key, number), "actor", actor, draft.file.actors)
    for key in ("of", "goal"):
        if key in written:
            draft.names.formula((*path, key), written[key])
    if part.concept:
        draft.known((*path, "concept"), "concept", part.concept, CONCEPTS)
    if part.name:
        draft.known((*path, "name"), "partnership", part.name, draft.file.partnerships)
    for message in _unanswerable(draft, part):
        draft.page.error(path, "answer", message)
    return Asking(ask=part.ask, **{key: value for key, value in written.items() if key in known})


def _unanswerable(draft: Draft, part: schema.Answer) -> Iterator[str]:
    """What the file lacks that the question asked needs."""
    file = draft.file
    if part.ask == "levers" and not (part.goal and part.by):
        yield tell("'levers' asks who can bring what about: write `by`, an actor, and `goal`, an outcome or formula")
    if part.ask == "break" and not file.partnerships:
        yield tell("'break' asks what breaks a partnership; this file has none under `partnerships:`")
    elif part.ask == "break" and not file.platforms:
        yield tell("'break' compares platforms; this file has none under `platforms:`")
    elif part.ask == "break" and len(file.partnerships) > 1 and not part.name:
        yield tell(
            "'break' needs `name`, one of the partnerships: {partnerships}", partnerships=", ".join(file.partnerships)
        )
    if part.ask == "hindcast" and not file.history:
        yield tell("'hindcast' compares readings with recorded moves; this file has none under `history:`")
    if file.now is None:
        yield tell("'{ask}' starts from today; this file has no `now:`", ask=part.ask)


@binds(Figure)
def _figure(draft: Draft, path: Path, part: schema.Figure) -> Figure:
    if path[-1] in draft.file.actors:
        message = tell(
            "'{path}' is already the name of an actor; the cast is for those who do not decide here", path=path[-1]
        )
        draft.page.report("error", "clash", draft.page.at_key(path), message)
    return bind(Figure, draft, path, part)


# --- expectations -------------------------------------------------------------------------------------------


@binds(Expectation)
def _expectation(draft: Draft, path: Path, part: schema.Expectation) -> Expectation:
    _check_keys(draft, path, part)
    evidence = draft.evidence(path, part, also=("computed",))
    return bind(Expectation, draft, path, part, results=_results(draft, path, part), evidence=evidence)


def _check_keys(draft: Draft, path: Path, part: schema.Expectation) -> None:
    for section in ("counts", "equilibria", "stability", "status_quo"):
        for concept in getattr(part, section) or ():
            draft.known((*path, section, concept), "concept", concept, CONCEPTS)
    named: list[Path] = [("moves", actor) for actor in part.moves or ()]
    named += [("stability", concept, actor) for concept, actors in (part.stability or {}).items() for actor in actors]
    for steps in named:
        draft.known((*path, *steps), "actor", str(steps[-1]), draft.file.actors)
    for outcome in part.outcomes or ():
        draft.known((*path, "outcomes", outcome), "outcome", outcome, draft.file.outcomes)


def _results(draft: Draft, path: Path, part: schema.Expectation) -> dict[str, object]:
    """What is expected, as plain data; every state as complete settings, in graph form as its name."""
    results: dict[str, object] = {
        key: value for key in ("states", "moves", "counts", "status_quo") if (value := getattr(part, key)) is not None
    }
    if part.equilibria is not None:
        base: Path = (*path, "equilibria")
        results["equilibria"] = {c: _states(draft, (*base, c), listed) for c, listed in part.equilibria.items()}
    if part.stability is not None:
        results["stability"] = {
            concept: {a: _states(draft, (*path, "stability", concept, a), s) for a, s in actors.items()}
            for concept, actors in part.stability.items()
        }
    if part.ends is not None:
        results["ends"] = {
            play: tuple(_states(draft, (*path, "ends", play, n), end) for n, end in enumerate(ends))
            for play, ends in part.ends.items()
        }
    if part.outcomes is not None:
        results["outcomes"] = {key: each.model_dump(exclude_none=True) for key, each in part.outcomes.items()}
    return results


def _states(draft: Draft, path: Path, listed: tuple[tuple[str, ...], ...]) -> tuple[str | Settings, ...]:
    return tuple(_state(draft, (*path, number), texts) for number, texts in enumerate(listed))


def _state(draft: Draft, path: Path, texts: tuple[str, ...]) -> str | Settings:
    """A state given by name, by digits in option order, or by settings."""
    text = texts[0] if len(texts) == 1 else ""
    if draft.graph is not None:
        draft.known(path, "state", text, draft.graph.states)
        return text
    if text in draft.states:
        return draft.states[text]
    return draft.whole(path, texts)
