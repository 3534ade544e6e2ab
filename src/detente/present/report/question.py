"""The section that comes first: the question of the file, its answer, and key judgements, each with the section that shows why.

The question asked is the question answered: what answers it is said by the file, chosen, or derived (`Scenario.asking`). Each
kind of question has a row in `ANSWERS`. Counts of readings stand as counts; they are no likelihood.
"""

from __future__ import annotations

from collections.abc import Callable

from detente.analysis import KINDS
from detente.case import CONCEPTS
from detente.engine.concepts import label
from detente.engine.play import ALL, NONE, SOME
from detente.present.names import counted, upper
from detente.present.pages.blocks import Block, Fact, Facts, Section, Text
from detente.present.report.answers import Findings
from detente.present.report.equilibria import FORESIGHT, MYOPIC, ends_text, standing
from detente.present.report.first_page import combinations
from detente.present.report.sensitivity import types_text
from detente.present.report.what_can_be_done import (
    lasting,
    levers_text,
    package_text,
    price,
    sourced,
    sourcing,
    upset_text,
    upsetting,
)
from detente.questions.partnerships.break_matrix import OPEN
from detente.questions.partnerships.fate_and_exits import DEPENDS
from detente.questions.policy.levers import Levers
from detente.questions.uncertainty.completions import Spread
from detente.sheet import listed

PLAYED = {
    ALL: "comes about wherever play ends",
    SOME: "comes about in some of the places where play may end, and not in others",
    NONE: "comes about nowhere where play ends",
}

FATE = {"HOLDS": "holds", "FRAYS": "frays", "BREAKS": "breaks", DEPENDS: "holds or not depending on how play goes"}
"""What becomes of a partnership, in a sentence."""


def question(f: Findings) -> Section | None:
    """The answer, where no brief has given it, and what it hangs on."""
    blocks: list[Block] = [] if f.brief else [Text(_answer(f), strong=True), *combinations(f)]
    facts = _facts(f)
    if facts:
        blocks.append(Facts("" if f.brief else "Key judgements", facts))
    if f.scenario.about:
        blocks.append(Text((f.scenario.about,)))
    title = "Key judgements" if f.brief else "The question and the answer"
    return Section(id="question", title=title, blocks=tuple(blocks)) if blocks else None


# --- the answer -------------------------------------------------------------------------------------------------


def _answer(f: Findings) -> tuple[str, ...]:
    """The answer in a sentence, and what it depends on."""
    if not f.started:
        counts = ", ".join(f"{f.analysis.count(c):,} under {label(c)}" for c in CONCEPTS)
        return (
            f"This model has no status quo to start from; its {f.analysis.states:,} states have equilibria: {counts}.",
        )
    return tuple(filter(None, ANSWERS[f.asking.ask](f)))


def _of_play(f: Findings) -> tuple[str, ...]:
    """Which outcomes come about: the one that is asked about, or all of them."""
    if not f.scenario.outcomes and not f.asking.of:
        return ends_text(f, f.asking.play), "The model names no outcome to ask about."
    goals = [f.asking.of] if f.asking.of else list(f.scenario.outcomes)
    kind, other = f.asking.play, next(kind for kind in KINDS if kind != f.asking.play)
    found = {goal: (f.analysis.verdict(goal, kind), f.analysis.verdict(goal, other)) for goal in goals}
    lead = [f"With the actors as they are taken to be, {ends_text(f, kind, lower=True)}"]
    lead += [f"{upper(f.called(goal))} {PLAYED[far]}." for goal, (far, _) in found.items()]
    wrong = [goal for goal, (far, near) in found.items() if far != near]
    said = [
        f"By {MYOPIC if other == 'myopic' else FORESIGHT} it would be otherwise: {f.called(goal)} {PLAYED[found[goal][1]]}."
        for goal in wrong
    ]
    if f.goal in goals and len(goals) == 1:
        said += _by_types(f)
    return " ".join(lead), " ".join(said)


def _of_break(f: Findings) -> tuple[str, ...]:
    """What each platform does to the partnership, over the readings asked about."""
    names = [f.asking.name] if f.asking.name else list(f.scenario.partnerships)
    return tuple(sentence for name in names for sentence in _broken(f, name))


def _broken(f: Findings, name: str) -> tuple[str, ...]:
    called, today, matrix = f.names.thing(name), f.partnership(name), f.break_matrix(name)
    lead = f"{called} {FATE.get(today.word, today.word)}, as things stand, where {FORESIGHT} ends." if today else ""
    if matrix is None:
        return (f"{lead} Which platform breaks it was not asked: the model is too large for that here.",)
    words = {policy: matrix.fates(policy) for policy in matrix.policies}
    breaking = [policy for policy, spread in words.items() if spread.necessary == "BREAKS"]
    never = [policy for policy, spread in words.items() if not spread.count("BREAKS", DEPENDS, OPEN)]
    perhaps = [p for p, spread in words.items() if not spread.count("BREAKS") and p not in never]
    mixed = [policy for policy in words if policy not in (*breaking, *never, *perhaps)]
    who = listed(map(f.names.the, matrix.actors)) or "the actors"
    parts = [
        f"{_platforms(f, breaking)} {_break(breaking)} it under every reading" if breaking else "",
        f"whether {_platforms(f, mixed)} {_break(mixed)} it depends on the readings of {who}" if mixed else "",
        f"{_platforms(f, perhaps)} {_break(perhaps)} it for sure under no reading, and under some perhaps"
        if perhaps
        else "",
        f"{_platforms(f, never)} {_break(never)} it under no reading" if never else "",
    ]
    whole = f"{upper('; '.join(filter(None, parts)))}."
    whose = f" of {listed(map(f.names.the, matrix.actors))}" if matrix.actors else ""
    rows = [f"{f.platform(policy)}: {_fates(spread, whose)}." for policy, spread in words.items()]
    return f"{lead} {whole}", " ".join(rows)


def _fates(found: Spread, whose: str) -> str:
    open_ = {OPEN: "left open by what the platform leaves unsaid"}
    open_[DEPENDS] = "depends on how play goes"
    words = [f"{open_.get(fate) or FATE[fate]} in {number}" for fate, number in found.counts.items()]
    return f"{', '.join(words)} of {found.total} combinations of readings{whose}"


def _break(names: list[str]) -> str:
    return "breaks" if len(names) == 1 else "break"


def _platforms(f: Findings, names: list[str]) -> str:
    return listed(f.platform(name) for name in names)


def _of_hindcast(f: Findings) -> tuple[str, ...]:
    """Which readings explain the recorded moves, and how much that is worth."""
    found = f.hindcast
    if found is None:
        return ("The record could not be replayed; see what the report leaves out.",)
    most = max(score.unsanctioned.hits for score in found.scores)
    best = [score for score in found.scores if score.unsanctioned.hits == most]
    n, called = found.n, listed((f"“{f.names.spoken(found.label(score))}”" for score in best), "or")
    lead = (
        f"None of {len(found.scores)} combinations of readings explains any of the {n} recorded moves."
        if most == 0
        else f"All {len(found.scores)} combinations of readings explain the same number of recorded moves: {most} of {n}."
        if len(best) == len(found.scores) > 1
        else f"The recorded moves fit {called} best: {most} of {n} are improvements that the others would not answer."
    )
    rows = [
        f"“{f.names.spoken(found.label(score))}” explains {score.unsanctioned.hits} of {n} "
        f"(blind choice would explain {score.unsanctioned.expected:.1f})"
        for score in found.scores
    ]
    tail = f"{'; '.join(rows)}." if len(found.scores) <= FEW else ""
    return lead, f"{tail} {upper(found.evidence)}".strip()


FEW = 8
"""Combinations of readings named one by one in a sentence."""


def _of_types(f: Findings) -> tuple[str, ...]:
    return tuple(_by_types(f)) or (
        "The verdicts over the readings were not asked: the model is too large for that here.",
    )


def _of_levers(f: Findings) -> tuple[str, ...]:
    found = f.levers
    if found is None:
        return ("What can be made sure of was not asked: the model is too large for that here.",)
    return (levers_text(f, found),)


def _of_status_quo(f: Findings) -> tuple[str, ...]:
    return standing(f)[1], ends_text(f, "foresight")


ANSWERS: dict[str, Callable[[Findings], tuple[str, ...]]] = {
    "play": _of_play,
    "break": _of_break,
    "hindcast": _of_hindcast,
    "types": _of_types,
    "levers": _of_levers,
    "status_quo": _of_status_quo,
}
"""What answers each kind of question."""


# --- key judgements ---------------------------------------------------------------------------------------------


def _by_types(f: Findings) -> list[str]:
    if f.types is None:
        return []
    whose = f" of {listed(map(f.names.the, f.types.actors))}" if f.types.actors else ""
    return [f"{types_text(f, f.types)}{whose}."]


def _by_pivots(f: Findings) -> list[str]:
    found = f.pivots
    if found is None:
        return []
    if not found.flips:
        return [
            f"None of {len(found.changes)} single changes to what the actors want flips the answer about {f.goal_name}."
        ]
    whose = listed(map(f.names.the, dict.fromkeys(each.actor for each in found.flips)))
    many, tried = len(found.flips), len(found.changes)
    flip = "flips" if many == 1 else "flip"
    return [
        f"{many} of {tried} single changes to what the actors want {flip} the answer about {f.goal_name} ({whose})."
    ]


def _facts(f: Findings) -> tuple[Fact, ...]:
    """What a reader takes away, each with its numbers and the section that shows it; only of sections that are there.

    What is said about one outcome is said of the one that is asked about, never of one of several that nobody named.
    """
    if not f.started:
        return ()
    answer, says = standing(f)
    says = f"{says} {ends_text(f, 'foresight')}"
    found: list[Fact | None] = [
        Fact(asks="Does the status quo hold?", answer=answer, says=says, section="status-quo"),
        *((_type_fact(f), _lever_fact(f), _price_fact(f)) if f.asked and f.about_goal else ()),
        _coalition_fact(f),
        _pivot_fact(f) if f.asked and f.about_goal else None,
    ]
    return tuple(fact for fact in found if fact and fact.section not in f.without)


def _type_fact(f: Findings) -> Fact | None:
    if f.types is None:
        return None
    return Fact(
        asks="If the actors are not who we think?",
        answer=upper(counted(f.types.counts)),
        says=_by_types(f)[0],
        section="types",
    )


def _lever_fact(f: Findings) -> Fact | None:
    if f.leaders:
        found = f.levers
        if found is None:
            return None
        asks = f"Can {f.leading} bring {f.goal_name} about?"
        return Fact(asks=asks, answer=_lever_answer(found), says=levers_text(f, found), section="levers")
    each = {f.names.name(a.id): found for a in f.scenario.actors if (found := f.levers_by(a)) is not None}
    if not each:
        return None
    able = {name: found for name, found in each.items() if found.minimal}
    lasts = {True: "and it would last", False: "but it would not last", None: "and whether it would last is not known"}
    said = [f"{name} can, {lasts[lasting(found)]}" for name, found in able.items()]
    says = f"{'; '.join(said)}." if said else f"No actor alone can make sure of {f.goal_name}."
    return Fact(
        asks=f"Who can bring {f.goal_name} about alone?",
        answer=listed(able) or "No single actor",
        says=says,
        section="levers",
    )


def _lever_answer(found: Levers) -> str:
    if not found.minimal:
        return "No" if len(found.actors) > 1 else "Not alone"
    return {True: "Yes", None: "Yes; whether it would last is not known"}.get(
        lasting(found), "Yes, but it would not last"
    )


def _price_fact(f: Findings) -> Fact | None:
    found = f.packages.get(f.goal or "")
    if found is None:
        return None
    asks = f"What would {f.goal_name} cost?"
    if found.best is not None and not sourced(f, found):
        # A price that nobody sourced is no news: what is offered, and at which ranks it works, are.
        what = listed(f"“{each.name or each.id}”" for each in found.best.purchases)
        ranks = f"; it {found.at_ranks}" if found.ranks else ""
        says = f"{upper(f.goal_name)} can be bought by {what}{ranks}. {sourcing(f)}"
        return Fact(asks=asks, answer="No sourced price", says=says, section="packages")
    answer = "Not within these limits" if found.best is None else price(f, found.best.price, found.best.price_most)
    return Fact(asks=asks, answer=answer, says=package_text(f), section="packages")


def _coalition_fact(f: Findings) -> Fact | None:
    if f.coalitions is None or not f.started:
        return None
    free, deterred = upsetting(f)
    answer = "Yes" if free else "Only such as would be deterred" if deterred else "No"
    asks = "Would a coalition leave the status quo?"
    return Fact(asks=asks, answer=answer, says=upset_text(f), section="coalitions")


def _pivot_fact(f: Findings) -> Fact | None:
    found = f.pivots
    if found is None:
        return None
    return Fact(
        asks=f"What would flip the answer about {f.goal_name}?",
        answer=f"{len(found.flips)} of {len(found.changes)} changes",
        says=_by_pivots(f)[0],
        section="pivots",
    )
