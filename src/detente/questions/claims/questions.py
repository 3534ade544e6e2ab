"""The questions about play, equilibria, levers, single steps and what the file itself says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from detente.analysis import Analysis
from detente.case import Case, Policy, Query, ends, said, verdict
from detente.conflict.payoffs import score
from detente.engine import improving_steps
from detente.engine.play import ALL, NO_EQUILIBRIA, NONE, SOME
from detente.errors import InputError
from detente.messages import Messages, later, numeral, tell
from detente.questions.claims import question as asking
from detente.questions.claims.fields import Fields, Slot
from detente.questions.claims.question import LISTED, Kind, Parts, Question, Reader, Reply, Setting
from detente.questions.evolution.steps import KINDS, steps, weigh
from detente.questions.policy.levers import Levers, LeverSet, Sufficing, Trial, levers, sufficing
from detente.scenario.model import Evidence, Scenario

# --- verdicts ----------------------------------------------------------------------------------------------------------


def _verdict(question: Question, at: Setting) -> Reply:
    case, query = at.case, question["query"]
    found = verdict(case, query)
    wanted = set() if question.wanted is None else set(question.wanted.words)
    partly = apart = ""
    if found == SOME and SOME not in wanted and wanted & {ALL, NONE}:
        # neither what is expected nor its opposite: what decides is which way it goes
        partly = asking.IN_PART if query.concept is None else tell("which equilibrium it is")
    if found == NO_EQUILIBRIA and wanted and NO_EQUILIBRIA not in wanted:
        apart = asking.NOTHING  # of no equilibrium anything is true or false
    evidence = partial(_evidence, case, query)
    return Reply(found, question.met(found), evidence=evidence, partly=partly, apart=apart, probes=((case, query),))


def _evidence(case: Case, query: Query) -> tuple[str, ...]:
    """Where play ends, how many equilibria there are, or who would leave the status quo."""
    if query.concept is None:
        return (tell("play ends at: {ends_text}", ends_text=ends_text(case.analyse(("seq",)), query.play)),)
    analysis = case.analyse((query.concept,))
    if query.of is None:
        who = [actor for actor in analysis.actors if not analysis.is_stable(query.concept, actor, analysis.cell())]
        return (
            (tell("would leave: {leaving}", leaving=", ".join(_leaving(case, actor, query.concept) for actor in who)),)
            if who
            else ()
        )
    found, good = analysis.count(query.concept), analysis.count(query.concept, query.of)
    return (tell("true in {good} of {found} equilibria", good=numeral(good), found=numeral(found)),)


def ends_text(analysis: Analysis, play: str) -> str:
    """Where play ends, a few places by name."""
    found = analysis.play(play).ends
    words = [
        analysis.text(int(end[0]))
        + (tell(" (a cycle of {number} states)", number=numeral(len(end))) if len(end) > 1 else "")
        for end in found[:LISTED]
    ]
    return tell("; or ").join(words) + (
        tell("; or {number} more", number=numeral(len(found) - LISTED)) if len(found) > LISTED else ""
    )


def _leaving(case: Case, actor: str, concept: str) -> str:
    """An actor, and a step that takes it away from the status quo."""
    analysis = case.analyse(("seq",))
    conflict, now = analysis.conflict, np.array([analysis.cell()], dtype=np.int64)
    for foresight in (concept == "seq", False):
        targets = improving_steps(conflict, analysis.solution, now, conflict.index(actor), foresight)[1]
        if len(targets):
            return f"{actor} ({case.game.change_text(int(now[0]), int(targets[0]))})"
    return actor


VERDICT = Kind(
    key="of",
    parts={"query": asking.query},
    expects=lambda fields: ("stable", "unstable") if "of" not in fields else (ALL, SOME, NONE, NO_EQUILIBRIA),
    compared=True,
    inside=False,
    ask=_verdict,
    words="{query}",
)
"""`of`, `play`, `concept`: is it ALL, SOME or NONE, is the status quo stable or unstable?"""


# --- levers ------------------------------------------------------------------------------------------------------------


def _levers(question: Question, at: Setting) -> Reply:
    case, by, goal, play = at.case, question["by"], question["goal"], question["play"]
    among = question["among"] or None
    what = f"{by, goal, play, among}"

    def whole() -> Levers:
        return at.desk.once(case, f"levers: {what}", lambda: levers(case, by, goal, play, among=among))

    found: Levers | Sufficing
    if question["kept"]:
        found = whole()
        sets: Sequence[LeverSet | Trial] = found.self_enforcing
    else:  # what becomes of each sufficient set is shown with the reasoning alone
        found = at.desk.once(case, f"sufficing: {what}", lambda: sufficing(case, by, goal, play, among=among))
        sets = found.minimal
    minimal = [frozenset(each.flips) for each in sets]

    def agrees(word: str, value: Any) -> bool:
        if word == "minimal":
            return set(minimal) == {frozenset(each) for each in value}
        if word == "sufficient":
            return frozenset(value) in {frozenset(each.flips) for each in found.sufficient}
        return bool(minimal) and all(set(value) <= each for each in minimal)

    query, few = Query(question["goal"], question["play"]), sets[:LISTED]
    shown = tell("; or ").join(said(each.flips) or tell("nothing (as it is)") for each in few)
    idle = tell("nothing that would be kept") if question["kept"] and found.sufficient else tell("nothing suffices")
    probes = tuple((_held(at.case, found, each.flips), query) for each in few)
    holds = question.some(bool(minimal), agrees)
    apart = _idle(question, found)
    return Reply(shown or idle, holds, evidence=lambda: _settings_shown(whole()), apart=apart, probes=probes)


def _idle(question: Question, found: Levers | Sufficing) -> str:
    """Why nothing can be told about what is required: because nothing suffices, or everything does."""
    required = question.wanted is not None and question.wanted.words[0] in ("necessary", "minimal")
    if required and not (found.self_enforcing if isinstance(found, Levers) else found.sufficient):
        return asking.NOTHING
    return asking.EVERYTHING if required and len(found.sufficient) == len(found.trials) else ""


def _settings_shown(found: Levers) -> tuple[str, ...]:
    first = tell("{number} of {number2} settings suffice", number=len(found.sufficient), number2=len(found.trials))
    needed = (
        tell("; in every one of them: {said}", said=said(found.necessary) or tell("nothing"))
        if found.sufficient
        else ""
    )
    kept = [
        tell(
            "{said}: {word} if free again",
            said=said(each.flips) or tell("as it is"),
            word=tell("kept") if each.self_enforcing else tell("left"),
        )
        for each in found.minimal[:LISTED]
    ]
    return (first + needed, *kept)


def _held(case: Case, found: Levers | Sufficing, flips: Mapping[str, Any]) -> Case:
    return case.under(Policy(hold=case.settings({**found.now, **flips})))


def _lever_values(model: Scenario, parts: Parts) -> dict[str, Reader]:
    own = asking.own_options(model, parts["by"])
    return {
        "necessary": lambda slot: slot.names(tell("option to switch"), own),
        "sufficient": lambda slot: slot.names(tell("option to switch"), own),
        "minimal": lambda slot: tuple(each.names(tell("option to switch"), own) for each in slot.items()),
    }


LEVERS = Kind(
    key="levers",
    needs=("by", "goal"),
    parts={
        "by": asking.actors,
        "goal": asking.formula,
        "play": asking.play,
        "among": asking.several(later("option to switch"), lambda model, parts: asking.own_options(model, parts["by"])),
        "kept": lambda fields, key, _model, _parts: fields.yes(key),
        "hold_words": lambda _fields, _key, _model, parts: tell(", and would keep,") if parts["kept"] else "",
    },
    expects=("some", "none"),
    values=_lever_values,
    ask=_levers,
    words=later("what must {by} commit to{hold_words} so that '{goal}' is ALL under {play} play?"),
)
"""`levers: {by, goal, play, among, kept}`: what must the actors commit to for the goal?

With `kept: yes` only sets count whose holders would stay if they were free again.
"""


MIXED = "mixed"
"""The answer that is one thing where some plays end and another where others do."""

# --- whether a promise is kept, and whether it pays --------------------------------------------------------------------


def _keep(question: Question, at: Setting) -> Reply:
    by, play = question["by"], question["play"]
    held, free = at.case.analyse(("seq",)), _free(at, by).analyse(("seq",))
    there = [free.cell(held.conflict.settings(int(cell))) for cell in held.play(play).end_states]
    leaves = [cell for cell in there if not free.is_stable("seq", by, cell)]
    found = "kept" if not leaves else "left" if len(leaves) == len(there) else MIXED
    shows = [
        tell("play ends at: {ends_text}", ends_text=ends_text(held, play)),
        *(tell("{by} would leave {cell}", by=by, cell=free.text(cell)) for cell in leaves[:1]),
    ]
    return Reply(found, question.met(found), evidence=lambda: tuple(shows), partly=_in_part(question, found))


def _in_part(question: Question, found: str) -> str:
    """What it depends on if it is so where some plays end and otherwise where others do, and neither was asked for."""
    return asking.IN_PART if found == MIXED and not question.met(found) else ""


def _free(at: Setting, by: str) -> Case:
    """The case in which the actor's options are held no longer."""
    model, here = at.desk.model(at.model), at.circumstances
    own = asking.own_options(model, [by])
    platform = model.platforms.get(here.platform)
    wanting = {platform.actor: platform.reading} if platform and platform.reading else {}
    kept = {key: value for key, value in here.hold.items() if key not in own}
    return at.desk.case(at.model, replace(here, hold=kept, platform="", readings={**wanting, **here.readings}))


KEEP = Kind(
    key="keep",
    needs=("by",),
    parts={"by": asking.actor, "play": asking.play},
    expects=("kept", "left", MIXED),
    ask=_keep,
    words=later("free again, would {by} stay where {play} play ends?"),
)
"""`keep: {by, play}`: free again, would the actor stay where play ends?"""


def _score(question: Question, at: Setting) -> Reply:
    by = question["by"]
    held, reading = at.case.game.conflict, at.case.reading(by)
    free = at.desk.case(at.model, replace(at.circumstances, hold={}, platform="", rules=(), without=())).game
    before = score(free.conflict, reading, free.cell(None))
    there = [held.settings(int(cell)) for cell in ends(at.case, question["play"])]
    after = [score(free.conflict, reading, free.cell(end)) for end in there]
    kinds = {"better" if each > before else "worse" if each < before else "equal" for each in after}
    found = next(iter(kinds)) if len(kinds) == 1 else MIXED
    ends_are = tell(" in some ends, ").join(sorted(kinds)) + tell(" in others") if found == MIXED else found
    shows = (tell("by the list '{id}' of {by}: {ends_are}", id=reading.id, by=by, ends_are=ends_are),)
    wanted = set() if question.wanted is None else set(question.wanted.words)
    adverse = {"better": "worse", "worse": "better"}.get(found) in wanted and found not in wanted
    return Reply(found, question.met(found), evidence=lambda: shows, partly=_in_part(question, found), adverse=adverse)


SCORE = Kind(
    key="score",
    needs=("by",),
    parts={"by": asking.actor, "play": asking.play},
    expects=("better", "worse", "equal", MIXED),
    ask=_score,
    words=later("is {by} better off where {play} play ends than today?"),
)
"""`score: {by, play}`: is the actor better off where play ends than in the status quo?"""


# --- single steps ------------------------------------------------------------------------------------------------------

_STEPS = Messages(
    {"moves": "a legal move", "improvements": "an improvement", "unsanctioned": "an unsanctioned improvement"}
)


def _step(question: Question, at: Setting) -> Reply:
    by, game, reading = question["by"], at.case.game, at.case.reading(question["by"])
    start = game.cell(None)
    target = _after(at.case, question["set"])
    cells = np.array([start], dtype=np.int64)
    if target is None or target not in steps(at.case, question["kind"], cells, game.index(by))[1]:
        return Reply("no", question.met("no"))
    why = weigh(game.conflict, reading, start, target)
    by_rule = why.rank in at.case.reaction_rules(by)
    return Reply(
        "yes", question.met("yes"), evidence=lambda: (tell("{by} finds it {why}", by=by, why=why),), by_rule=by_rule
    )


def _after(case: Case, change: Mapping[str, int]) -> int | None:
    """Where exactly these settings lead from the status quo, with whatever follows by itself; None if rules forbid it."""
    landed = case.game.conflict.landed({**case.now, **change})
    return None if landed < 0 else landed


def own_settings(fields: Fields, key: str, model: Scenario, parts: Parts) -> dict[str, int]:
    """Settings of the actor named by `by`; none if nothing is said."""
    nothing: dict[str, int] = {}
    return fields.take(key, lambda slot: _own(slot, model, parts["by"]), nothing)


def _own(slot: Slot, model: Scenario, actor: str) -> dict[str, int]:
    found = slot.settings(model)
    foreign = [key for key in found if model.option(key).actor != actor] if actor else []
    if foreign:
        raise InputError(tell("'{foreign}' is not an option of {actor}", foreign=foreign[0], actor=actor))
    return found


STEP = Kind(
    key="step",
    needs=("by", "set"),
    parts={
        "by": asking.actor,
        "kind": asking.word(later("kind of step"), KINDS, "improvements"),
        "set": own_settings,
        "text": lambda _fields, _key, model, parts: said(Case(model).labels(parts["set"])),
    },
    expects=("yes", "no"),
    ask=_step,
    words=lambda question: tell(
        "is {question} {question2} of {question3}?",
        question=question["text"],
        question2=_STEPS[question["kind"]],
        question3=question["by"],
    ),
)
"""`step: {by, set, kind}`: is this change a step of that kind for the actor, from the status quo?"""


# --- what the file says ------------------------------------------------------------------------------------------------

_Entry = tuple[dict[str, int], str, str]
"""Settings, or the name of an entry, and what the file says about its grounds."""


def _input(question: Question, at: Setting) -> Reply:
    settings, _, shows = _told(question)
    now = at.case.now if settings else {}
    other = [key for key, value in settings.items() if now[key] != value]
    return Reply(
        tell("set otherwise: {other}", other=", ".join(other)) if other else tell("as in the file"),
        not other,
        evidence=lambda: shows,
    )


def _told(question: Question) -> tuple[dict[str, int], tuple[str, ...], tuple[str, ...]]:
    """Settings, names of entries, and their grounds."""
    entries: list[_Entry] = question["input"]
    settings = {key: value for chosen, _, _ in entries for key, value in chosen.items()}
    return settings, tuple(name for _, name, _ in entries if name), tuple(text for _, _, text in entries if text)


def entered(question: Question) -> tuple[str, ...]:
    """What enters as data: the options set, and the entries named."""
    settings, names, _ = _told(question)
    return (*settings, *names)


def _inputs(fields: Fields, key: str, model: Scenario, _: Parts) -> list[_Entry]:
    nothing: tuple[Slot, ...] = ()
    empty: _Entry = ({}, "", "")
    return [each.read(lambda slot: _entry(slot, model), empty) for each in fields.take(key, Slot.items, nothing)]


def _entry(slot: Slot, model: Scenario) -> _Entry:
    kind, _, name = slot.text().partition(" ")
    known = _entries(model)
    if kind in known and name:
        name = Slot(name, slot.path, slot.complaints).one_of(kind, known[kind])
        return {}, slot.text(), f"{slot.text()}{_grounds(known[kind][name])}"
    found = slot.settings(model)
    return found, "", "; ".join(f"{key}{_grounds(model.option(key).evidence)}" for key in found)


def _entries(model: Scenario) -> dict[str, dict[str, Evidence]]:
    return {
        "relation": {each.id: each.evidence for each in model.relations},
        "timeline": {each.date: each.evidence for each in reversed(model.timeline)},
        "platform": {key: each.evidence for key, each in model.platforms.items()},
        "cast": {key: each.evidence for key, each in model.cast.items()},
        "source": {key: Evidence(note=each.note) for key, each in model.sources.items()},
    }


def _grounds(evidence: Evidence) -> str:
    """An entry's evidence, in brackets."""
    sure = tell("confidence {confidence}", confidence=evidence.confidence) if evidence.confidence else ""
    text = "; ".join(filter(None, (" and ".join(evidence.source), evidence.where, sure, evidence.note)))
    return f" ({text})" if text else ""


INPUT = Kind(
    key="input",
    parts={"input": _inputs},
    inside=False,
    silent=later("an input expects nothing: it is there, or it is not"),
    ask=_input,
    words=lambda question: tell("does {entered} enter as data?", entered=" and ".join(entered(question))),
)
"""`input`: what is claimed enters as data: settings of the status quo, or entries of the file.

Entries are named with their kind: `relation R28`, `timeline 2024-06`, `platform harris`, `cast keating`, `source x`.
"""

NO_QUESTION = Kind(
    key="none",
    parts={"none": lambda fields, key, _model, _parts: fields.text(key)},
    inside=False,
    silent=later("what is no question of the model expects nothing"),
    ask=lambda question, _: Reply(tell("not asked"), evidence=lambda: tuple(filter(None, [question["none"]]))),
    words=later("no question of the model: {none}"),
)
"""`none: why`: nothing in a model of choices could confirm or refute it."""
