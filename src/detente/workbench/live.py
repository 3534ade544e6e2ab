"""What becomes of a model while it is being edited: verdicts in the order in which they are wanted, version by version.

A `Desk` stands in a process of its own and holds the files that are being edited: their data, and the page that was last
read, which knows where everything stands. An edit is made in the data; these are bound anew (`scenario.read.examine`), with
the places of that page; no text is read before the first verdicts are known. Then come, part by part: `headline` (Nash, SEQ,
play), `changed` (what is otherwise than before, with who and why), `concepts`, `partnerships`, `model` (names, rankings);
last the edits are written into the text, which is read, so that every problem stands at its line: `text`. Between two parts
whoever runs this looks for newer edits and leaves off.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis import KINDS, Analysis
from detente.case import Case
from detente.conflict.overview import ranks
from detente.engine.concepts import label
from detente.errors import InputError, Problem, ScenarioError, Unanswerable
from detente.messages import numeral, tell
from detente.present.names import IN_WORDS, upper
from detente.present.words import Words
from detente.questions.explanation.find import Witnesses
from detente.questions.partnerships.partnerships import partnership
from detente.scenario import warnings as lint
from detente.scenario.model import Scenario
from detente.scenario.read import examine
from detente.scenario.text import yaml_tree
from detente.scenario.text.changes import made
from detente.scenario.text.changes import told as change_told
from detente.scenario.text.edit import page_of
from detente.scenario.text.page import Page
from detente.sheet import listed
from detente.workbench.edits import settled

FIRST = ("nash", "seq")
"""The concepts of the headline; all others come after it."""

ALL = ("nash", "sseq", "seq", "smr", "gmr")

RANKED = 512
"""States whose rankings are told."""

SHOWN = 12
"""States of a list that are told while one writes; questions tell all of them."""

HELD = 8
"""Files held at once."""

SENTENCES = 12
"""Differences told at most."""

Part = tuple[str, Any]

PAUSE = "pause"
"""Not a part, but a place to look for newer edits, and how long to wait for one."""


def _page(text: str, file: str) -> Page:
    """The page of a text; the one that was read to write it, if it can be had."""
    try:
        page = page_of(text)
    except ScenarioError:
        return yaml_tree.read(text, file)
    made = Page(page.text, file)
    made.root, made.problems = page.root, [replace(each, file=file) for each in page.problems]
    return made


@dataclass
class Held:
    """One file: its page as last read, its data now, and what the version before came to."""

    name: str
    page: Page
    text: str
    data: Any
    debt: list[Any] = field(default_factory=list)
    series: int = 0
    upto: int = 0
    version: int = 0
    before: Known | None = None
    now: Known | None = None


@dataclass(frozen=True)
class Known:
    """What one version came to, as far as differences are told of it; states and verdicts by their names."""

    hash: str
    options: tuple[Any, ...]
    now: str
    stable: Mapping[str, Mapping[str, bool]]
    equilibria: Mapping[str, frozenset[str]]
    counts: Mapping[str, int]
    ends: frozenset[str]
    outcomes: Mapping[str, str]
    partnerships: Mapping[str, str] = field(default_factory=dict)


class Desk:
    """The files being edited, in the process that works on them."""

    def __init__(self) -> None:
        self.files: OrderedDict[str, Held] = OrderedDict()

    def take(self, message: Mapping[str, Any]) -> bool:
        """Make the changes of a message, `{key, name, path, version, changes, base, data}`; whether the file is known here.

        `base` comes where the text is another one than that of the debt so far, `{text, debt, upto, series}`, and the data
        with it.
        """
        key, base = message["key"], message.get("base")
        held = self.files.get(key)
        if held is None and base is None:
            return False
        if held is None:
            assert base is not None
            held = self.files[key] = Held(
                message["name"], yaml_tree.read(base["text"], message["path"]), base["text"], None
            )
        if base is None:
            changes = [change_told(each) for each in message["changes"]]
            for change in changes:
                held.data, _ = made(held.data, change)
            held.debt += changes
        else:
            held.data, held.text = message["data"], base["text"]
            held.series, held.upto = base["series"], base["upto"]
            held.debt = [change_told(each) for each in base["debt"]]
        held.version = message["version"]
        self.files.move_to_end(key)
        while len(self.files) > HELD:
            self.files.popitem(last=False)
        return True

    def work(self, key: str) -> Iterator[Part]:
        """What the file comes to now, part by part."""
        held = self.files[key]
        begin = time.perf_counter()
        scenario, problems = examine(Page.of(held.data, held.page), name=held.name)
        case = None if any(each.severity == "error" for each in problems) else Case(scenario)
        if case is None:
            yield "problems", [problem_json(each, held.page) for each in problems]
        else:
            yield from self._verdicts(held, case, begin)
        # What takes longest comes last, and waits until nobody types: the text.
        yield PAUSE, 0.15
        # Whoever leaves off after this has the text all the same: how far it goes is counted from the start of the series.
        held.text, held.debt, held.upto = settled(held.text, held.debt), [], held.upto + len(held.debt)
        yield PAUSE, 0.0
        held.page = page = _page(held.text, held.page.file)
        scenario, problems = examine(Page.of(held.data, page), name=held.name)
        if case is not None:
            problems = tuple(sorted((*problems, *lint.lint(scenario))))
        said = [problem_json(each, page) for each in problems]
        yield "text", {"text": held.text, "upto": held.upto, "series": held.series, "problems": said}

    def _verdicts(self, held: Held, case: Case, begin: float) -> Iterator[Part]:
        try:
            analysis = case.analyse(FIRST)
            data, known = headline(case, analysis)
        except InputError as error:
            yield "headline", {"sentence": str(error), "refused": True, "seconds": _since(begin)}
            held.before, held.now = held.now, None
            yield "model", model(case)
            return
        yield "headline", {**data, "seconds": _since(begin)}
        before = held.now
        held.now = known
        if before is not None:
            yield "changed", {"sentences": differences(before, known, case)}
        yield "concepts", {**concepts(case), "seconds": _since(begin)}
        fates = partnerships(case)
        if fates:
            yield (
                "partnerships",
                {"partnerships": {name: each["words"] for name, each in fates.items()}, "seconds": _since(begin)},
            )
            known = held.now = _with_fates(known, {name: each["verdict"] for name, each in fates.items()})
            if before is not None and before.partnerships != known.partnerships:
                yield "changed", {"sentences": differences(before, known, case)}
        yield PAUSE, 0.05
        yield "model", model(case)


def _since(begin: float) -> float:
    return round(time.perf_counter() - begin, 4)


def problem_json(problem: Problem, page: Page) -> dict[str, Any]:
    """A problem as a page takes it: the message, what to do apart from it, and the path in the data it is about."""
    message, _, hint = problem.message.partition("; ")
    return {
        "severity": problem.severity,
        "code": problem.code,
        "message": message,
        "hint": hint,
        "line": problem.line,
        "column": problem.column,
        "path": list(page.path_of(problem.line, problem.column)) if problem.line and problem.file == page.file else [],
        **({"file": Path(problem.file).name} if problem.file != page.file else {}),
    }


# --- verdicts ----------------------------------------------------------------------------------------------------------


def headline(case: Case, analysis: Analysis) -> tuple[dict[str, Any], Known]:
    """The first verdicts, who is stable today, how many equilibria, where play ends; and what differences are told of."""
    words, conflict = Words(case.scenario), analysis.conflict
    now = conflict.now
    stable = (
        {}
        if now is None
        else {
            concept: {actor: analysis.is_stable(concept, actor, now) for actor in analysis.actors} for concept in FIRST
        }
    )
    counts = {concept: analysis.count(concept) for concept in FIRST}
    listed_ = {
        concept: frozenset(_texts(analysis, analysis.equilibria(concept)[:RANKED]))
        for concept in FIRST
        if counts[concept] <= RANKED
    }
    ends, outcomes = frozenset[str](), dict[str, str]()
    data: dict[str, Any] = {
        "sentence": words.names.sentence(analysis.headline),
        "states": analysis.states,
        "status_quo": {label(concept): found for concept, found in stable.items()},
        "equilibria": {label(concept): found for concept, found in counts.items()},
    }
    if now is not None:
        cells = np.concatenate([np.asarray(each) for each in analysis.play("foresight").ends])
        ends = frozenset(_texts(analysis, cells[:RANKED]))
        outcomes = {name: analysis.verdict(each.formula) for name, each in case.scenario.outcomes.items()}
        data["ends"] = {tell("foresight"): [analysis.text(int(cell)) for cell in cells[:SHOWN]]}
        data["outcomes"] = {words.names.thing(name): IN_WORDS.get(found, found) for name, found in outcomes.items()}
    known = Known(
        hash=analysis.hash,
        options=tuple((each.key, each.choices) for each in case.scenario.options),
        now="" if now is None else analysis.text(now),
        stable=stable,
        equilibria=listed_,
        counts=counts,
        ends=ends,
        outcomes=outcomes,
    )
    return data, known


def _texts(analysis: Analysis, cells: Any) -> list[str]:
    return [analysis.text(int(cell)) for cell in cells]


def concepts(case: Case) -> dict[str, Any]:
    """All concepts side by side: who is stable today, and how many equilibria there are."""
    analysis = case.analyse(ALL)
    now, shown = analysis.conflict.now, [each for each in ALL if each in analysis.solution.stable]
    stable = (
        {} if now is None else {label(c): {a: analysis.is_stable(c, a, now) for a in analysis.actors} for c in shown}
    )
    lists = {label(c): [analysis.text(int(cell)) for cell in analysis.equilibria(c)[:SHOWN]] for c in shown}
    found: dict[str, Any] = {
        "status_quo": stable,
        "equilibria": {label(c): analysis.count(c) for c in shown},
        "states": lists,
    }
    if now is not None:
        found["ends"] = {
            kind: [
                analysis.text(int(cell))
                for cell in np.concatenate([np.asarray(each) for each in analysis.play(kind).ends])[:SHOWN]
            ]
            for kind in KINDS
        }
    return found


def partnerships(case: Case) -> dict[str, dict[str, str]]:
    """What becomes of every partnership of the file: the verdict, and the same in words."""
    names = Words(case.scenario).names
    found = {}
    for name in case.scenario.partnerships:
        try:
            told = partnership(case, name)
        except (Unanswerable, InputError):
            continue
        found[name] = {"verdict": told.word, "words": f"{names.thing(name)}: {IN_WORDS.get(told.word, told.word)}"}
    return found


def _with_fates(known: Known, fates: Mapping[str, str]) -> Known:
    return Known(**{**vars(known), "partnerships": fates})


# --- what has changed ----------------------------------------------------------------------------------------------------


def differences(before: Known, after: Known, case: Case) -> list[dict[str, Any]]:
    """What is otherwise than it was, each in a sentence with the state, the actor and the concept it is about."""
    if before.hash == after.hash:
        return []
    words = Words(case.scenario)
    told = [
        *_status_quo(before, after, case, words),
        *_fates(before, after, words),
        *_play(before, after, words),
        *_equilibria(before, after, words),
    ]
    return told[:SENTENCES]


def _told(text: str, state: str | None = None, actor: str | None = None, concept: str | None = None) -> dict[str, Any]:
    found = {"text": text, "state": state, "actor": actor, "concept": concept}
    if state is None:
        return found
    asked = {"state": state, "actor": actor, "concept": concept}
    return {**found, "explain": {key: each for key, each in asked.items() if each is not None}}


def _status_quo(before: Known, after: Known, case: Case, words: Words) -> Iterator[dict[str, Any]]:
    if not before.now or not after.now:
        return
    if before.now != after.now:
        yield _told(tell("Today is another state now."), after.now)
    for concept in FIRST:
        old, new = before.stable.get(concept, {}), after.stable.get(concept, {})
        left = [actor for actor in new if old.get(actor, True) and not new[actor]]
        come = [actor for actor in new if not old.get(actor, True) and new[actor]]
        held, holds = all(old.values()), all(new.values())
        if held and not holds:
            why = "; ".join(_because(case, words, actor, concept) for actor in left[:2])
            yield _told(
                tell("Today is no longer {concept} stable, because {why}.", concept=label(concept), why=why),
                after.now,
                left[0] if left else None,
                concept,
            )
        elif holds and not held:
            who = listed([words.names.the(actor) for actor in come])
            yield _told(
                tell(
                    "Today is {concept} stable now: nothing that {who} would do pays any more.",
                    concept=label(concept),
                    who=who,
                ),
                after.now,
                come[0] if len(come) == 1 else None,
                concept,
            )
        else:
            for actor in left:
                why = _because(case, words, actor, concept)
                yield _told(tell("By {concept}, {why}.", concept=label(concept), why=why), after.now, actor, concept)
            for actor in come:
                name = upper(words.names.the(actor))
                yield _told(
                    tell(
                        "{name} has no reason to leave today's state any more, by {concept}.",
                        name=name,
                        concept=label(concept),
                    ),
                    after.now,
                    actor,
                    concept,
                )


def _because(case: Case, words: Words, actor: str, concept: str) -> str:
    """Who may leave now, and by what: the first improvement that nothing deters, from the witness."""
    name = words.names.the(actor)
    try:
        found = Witnesses(case).find(int(case.game.conflict.now or 0), actor, concept)
    except InputError:
        return tell("{name} may leave it now", name=name)
    free = next((each for each in found.departures if not each.deterred), None)
    if free is None:
        return tell("{name} may leave it now", name=name)
    deeds = words.changes(free.move.changes)
    return (
        tell("{name} may now {deeds}", name=name, deeds=listed(deeds))
        if deeds
        else tell("{name} may now move to {state}", name=name, state=free.move.state.text)
    )


def _equilibria(before: Known, after: Known, words: Words) -> Iterator[dict[str, Any]]:
    for concept in FIRST:
        old, new = before.equilibria.get(concept), after.equilibria.get(concept)
        # Where options came or went, every state is called otherwise: only how many there are is news.
        if old is None or new is None or before.options != after.options:
            if before.counts[concept] != after.counts[concept]:
                yield _told(
                    tell(
                        "The number of {concept} equilibria is {new} now, before {old}.",
                        new=numeral(after.counts[concept]),
                        old=numeral(before.counts[concept]),
                        concept=label(concept),
                    )
                )
            continue
        gone, come = sorted(old - new - {before.now}), sorted(new - old - {after.now})
        for state in gone[:2]:
            said = words.state_read(state)
            yield _told(
                tell("No {concept} equilibrium any more: {state}.", concept=label(concept), state=said),
                state,
                None,
                concept,
            )
        for state in come[:2]:
            said = words.state_read(state)
            yield _told(
                tell("A new {concept} equilibrium: {state}.", concept=label(concept), state=said), state, None, concept
            )
        if len(gone) > 2 or len(come) > 2:
            yield _told(
                tell(
                    "In all {come} {concept} equilibria came and {gone} went.",
                    come=numeral(len(come)),
                    gone=numeral(len(gone)),
                    concept=label(concept),
                )
            )


def _play(before: Known, after: Known, words: Words) -> Iterator[dict[str, Any]]:
    if before.ends != after.ends and after.ends and before.ends:
        first = sorted(after.ends)[0]
        if len(after.ends) == 1:
            yield _told(tell("Foresight play ends elsewhere now: {state}.", state=words.state_read(first)), first)
        else:
            yield _told(
                tell(
                    "Foresight play may end in {count} states now, before in {old}.",
                    count=numeral(len(after.ends)),
                    old=numeral(len(before.ends)),
                )
            )
    for name, verdict in after.outcomes.items():
        old = before.outcomes.get(name)
        if old is not None and old != verdict:
            said = {
                "name": words.names.thing(name),
                "new": IN_WORDS.get(verdict, verdict),
                "old": IN_WORDS.get(old, old),
            }
            yield _told(tell("“{name}” is {new} true where play ends, before {old}.", **said))


def _fates(before: Known, after: Known, words: Words) -> Iterator[dict[str, Any]]:
    for name, verdict in after.partnerships.items():
        old = before.partnerships.get(name)
        if old is not None and old != verdict:
            said = {"new": IN_WORDS.get(verdict, verdict), "old": IN_WORDS.get(old, old)}
            name_ = words.names.thing(name)
            yield _told(tell("The partnership “{name}” {new} now; before, it {old}.", name=name_, **said), after.now)


# --- the model -------------------------------------------------------------------------------------------------------------


def model(case: Case) -> dict[str, Any]:
    """What the page calls things by, and how every reading ranks the states of a small model."""
    scenario = case.scenario
    try:
        conflict = case.game.conflict
        states: int | None = conflict.count
        now = None if conflict.now is None else case.game.text(conflict.now)
    except InputError:
        return {"states": None, "now": None, "names": names(scenario, case, []), "rankings": None}
    small = states is not None and states <= RANKED
    cells = conflict.states.tolist() if small else []
    texts = dict(zip(cells, case.game.texts(cells), strict=True))
    told: dict[str, Any] | None = None
    if small:
        told = {
            actor.id: {
                reading.id: [[texts[int(cell)] for cell in rank.cells] for rank in ranks(conflict, reading)]
                for reading in actor.readings.values()
            }
            for actor in scenario.actors
            if actor.readings
        }
    return {"states": states, "now": now, "names": names(scenario, case, list(texts.items())), "rankings": told}


def names(scenario: Scenario, case: Case, cells: list[tuple[int, str]]) -> dict[str, Any]:
    """Everything of the scenario that can be named, by kind."""
    words = Words(scenario)
    called = words.names

    def pairs(found: Mapping[str, Any]) -> list[dict[str, str]]:
        return [
            {"id": key, "name": getattr(each, "name", "") or getattr(each, "text", "") or key}
            for key, each in found.items()
        ]

    states = []
    for cell, text in cells:
        settings = case.game.conflict.settings(cell) if not scenario.graph else {}
        named = case.game.conflict.state_names.get(cell)
        on = [
            _written(option, settings[option.key])
            for option in scenario.options
            if option.key in settings and (settings[option.key] or not option.binary)
        ]
        states.append(
            {
                "label": text,
                "name": words.state_read(text),
                "words": words.state(settings) if settings else text,
                "settings": case.game.labels(settings) if settings else {},
                "written": named or on,
            }
        )
    return {
        "actors": [{"id": actor.id, "name": actor.name} for actor in scenario.actors],
        "options": [
            {
                "id": option.key,
                "name": called.options[option.key],
                "actor": option.actor,
                **({} if option.binary else {"choices": list(option.choices)}),
            }
            for option in scenario.options
        ],
        "outcomes": pairs(scenario.outcomes),
        "states": states,
        "readings": {
            actor.id: [{"id": r.id, "name": r.name or r.id} for r in actor.readings.values()]
            for actor in scenario.actors
        },
        "sources": pairs(scenario.sources),
        "claims": pairs(scenario.claims),
        "partnerships": pairs(scenario.partnerships),
        "platforms": pairs(scenario.platforms),
        "worlds": [{"id": name, "name": name} for name in scenario.worlds],
        "goals": pairs(scenario.outcomes),
        "third_parties": pairs(scenario.third_parties),
        "announcements": pairs(scenario.announcements),
        "incentives": pairs(scenario.incentives),
    }


def _written(option: Any, value: int) -> str:
    return str(option.key) if option.binary else f"{option.key} = {option.choices[value]}"


__all__ = ["Desk", "ScenarioError"]
