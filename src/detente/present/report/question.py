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
from detente.messages import Messages, numeral, plural, tell
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

PLAYED = Messages(
    {
        ALL: "comes about wherever play ends",
        SOME: "comes about in some of the places where play may end, and not in others",
        NONE: "comes about nowhere where play ends",
    }
)

FATE = Messages(
    {"HOLDS": "holds", "FRAYS": "frays", "BREAKS": "breaks", DEPENDS: "holds or not depending on how play goes"}
)
"""What becomes of a partnership, in a sentence."""


def question(f: Findings) -> Section | None:
    """The answer, where no brief has given it, and what it hangs on."""
    blocks: list[Block] = [] if f.brief else [Text(_answer(f), strong=True), *combinations(f)]
    facts = _facts(f)
    if facts:
        blocks.append(Facts("" if f.brief else tell("Key judgements"), facts))
    if f.scenario.about:
        blocks.append(Text((f.scenario.about,)))
    title = tell("Key judgements") if f.brief else tell("The question and the answer")
    return Section(id="question", title=title, blocks=tuple(blocks)) if blocks else None


# --- the answer -------------------------------------------------------------------------------------------------


def _answer(f: Findings) -> tuple[str, ...]:
    """The answer in a sentence, and what it depends on."""
    if not f.started:
        counts = ", ".join(tell("{count} under {c}", count=numeral(f.analysis.count(c)), c=label(c)) for c in CONCEPTS)
        return (
            tell(
                "This model has no state of today to start from; its {states} states have equilibria: {counts}.",
                states=numeral(f.analysis.states),
                counts=counts,
            ),
        )
    return tuple(filter(None, ANSWERS[f.asking.ask](f)))


def _of_play(f: Findings) -> tuple[str, ...]:
    """Which outcomes come about: the one that is asked about, or all of them."""
    if not f.scenario.outcomes and not f.asking.of:
        return ends_text(f, f.asking.play), tell("The model names no outcome to ask about.")
    goals = [f.asking.of] if f.asking.of else list(f.scenario.outcomes)
    kind, other = f.asking.play, next(kind for kind in KINDS if kind != f.asking.play)
    found = {goal: (f.analysis.verdict(goal, kind), f.analysis.verdict(goal, other)) for goal in goals}
    lead = [tell("With the actors as they are taken to be, {ends_text}", ends_text=ends_text(f, kind, lower=True))]
    lead += [f"{upper(f.called(goal))} {PLAYED[far]}." for goal, (far, _) in found.items()]
    wrong = [goal for goal, (far, near) in found.items() if far != near]
    said = [
        tell(
            "By {myopic} it would be otherwise: {goal} {found}.",
            myopic=tell(MYOPIC if other == "myopic" else FORESIGHT),
            goal=f.called(goal),
            found=PLAYED[found[goal][1]],
        )
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
    lead = (
        tell(
            "{called} {word}, as things stand, where {foresight} ends.",
            called=called,
            word=FATE.get(today.word, today.word),
            foresight=tell(FORESIGHT),
        )
        if today
        else ""
    )
    if matrix is None:
        return (
            tell("{lead} Which platform breaks it was not asked: the model is too large for that here.", lead=lead),
        )
    words = {policy: matrix.fates(policy) for policy in matrix.policies}
    breaking = [policy for policy, spread in words.items() if spread.necessary == "BREAKS"]
    never = [policy for policy, spread in words.items() if not spread.count("BREAKS", DEPENDS, OPEN)]
    perhaps = [p for p, spread in words.items() if not spread.count("BREAKS") and p not in never]
    mixed = [policy for policy in words if policy not in (*breaking, *never, *perhaps)]
    who = listed(map(f.names.the, matrix.actors)) or tell("the actors")
    parts = [
        tell("{platforms} {break_} it under every reading", platforms=_platforms(f, breaking), break_=_break(breaking))
        if breaking
        else "",
        tell(
            "whether {platforms} {break_} it depends on the readings of {who}",
            platforms=_platforms(f, mixed),
            break_=_break(mixed),
            who=who,
        )
        if mixed
        else "",
        tell(
            "{platforms} {break_} it for sure under no reading, and under some perhaps",
            platforms=_platforms(f, perhaps),
            break_=_break(perhaps),
        )
        if perhaps
        else "",
        tell("{platforms} {break_} it under no reading", platforms=_platforms(f, never), break_=_break(never))
        if never
        else "",
    ]
    whole = f"{upper('; '.join(filter(None, parts)))}."
    whose = tell(" of {actors}", actors=listed(map(f.names.the, matrix.actors))) if matrix.actors else ""
    rows = [f"{f.platform(policy)}: {_fates(spread, whose)}." for policy, spread in words.items()]
    return f"{lead} {whole}", " ".join(rows)


def _fates(found: Spread, whose: str) -> str:
    open_ = {OPEN: tell("left open by what the platform leaves unsaid")}
    open_[DEPENDS] = tell("depends on how play goes")
    words = [
        tell("{fate} in {number}", fate=open_.get(fate) or FATE[fate], number=number)
        for fate, number in found.counts.items()
    ]
    return tell(
        "{words} of {total} combinations of readings{whose}", words=", ".join(words), total=found.total, whose=whose
    )


def _break(names: list[str]) -> str:
    return "breaks" if len(names) == 1 else "break"


def _platforms(f: Findings, names: list[str]) -> str:
    return listed(f.platform(name) for name in names)


def _of_hindcast(f: Findings) -> tuple[str, ...]:
    """Which readings explain the recorded moves, and how much that is worth."""
    found = f.hindcast
    if found is None:
        return (tell("The record could not be replayed; see what the report leaves out."),)
    most = max(score.unsanctioned.hits for score in found.scores)
    best = [score for score in found.scores if score.unsanctioned.hits == most]
    n, called = found.n, listed((f"“{f.names.spoken(found.label(score))}”" for score in best), tell("or"))
    lead = (
        tell(
            "None of {number} combinations of readings explains any of the {n} recorded moves.",
            number=len(found.scores),
            n=n,
        )
        if most == 0
        else tell(
            "All {number} combinations of readings explain the same number of recorded moves: {most} of {n}.",
            number=len(found.scores),
            most=most,
            n=n,
        )
        if len(best) == len(found.scores) > 1
        else tell(
            "The recorded moves fit {called} best: {most} of {n} are improvements that the others would not answer.",
            called=called,
            most=most,
            n=n,
        )
    )
    rows = [
        tell(
            "“{score}” explains {hits} of {n} (blind choice would explain {expected})",
            score=f.names.spoken(found.label(score)),
            hits=score.unsanctioned.hits,
            n=n,
            expected=numeral(score.unsanctioned.expected, ".1f"),
        )
        for score in found.scores
    ]
    tail = f"{'; '.join(rows)}." if len(found.scores) <= FEW else ""
    return lead, f"{tail} {upper(found.evidence)}".strip()


FEW = 8
"""Combinations of readings named one by one in a sentence."""


def _of_types(f: Findings) -> tuple[str, ...]:
    return tuple(_by_types(f)) or (
        tell("The verdicts over the readings were not asked: the model is too large for that here."),
    )


def _of_levers(f: Findings) -> tuple[str, ...]:
    found = f.levers
    if found is None:
        return (tell("What can be made sure of was not asked: the model is too large for that here."),)
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
    whose = tell(" of {actors}", actors=listed(map(f.names.the, f.types.actors))) if f.types.actors else ""
    return [f"{types_text(f, f.types)}{whose}."]


def _by_pivots(f: Findings) -> list[str]:
    found = f.pivots
    if found is None:
        return []
    if not found.flips:
        return [
            tell(
                "None of {number} single changes to what the actors want flips the answer about {goal_name}.",
                number=len(found.changes),
                goal_name=f.goal_name,
            )
        ]
    whose = listed(map(f.names.the, dict.fromkeys(each.actor for each in found.flips)))
    return [
        plural(
            len(found.flips),
            "{number} of {tried} single changes to what the actors want flips the answer about {goal_name} ({whose}).",
            "{number} of {tried} single changes to what the actors want flip the answer about {goal_name} ({whose}).",
            tried=len(found.changes),
            goal_name=f.goal_name,
            whose=whose,
        )
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
        Fact(asks=tell("Does today's state hold?"), answer=answer, says=says, section="status-quo"),
        *((_type_fact(f), _lever_fact(f), _price_fact(f)) if f.asked and f.about_goal else ()),
        _coalition_fact(f),
        _pivot_fact(f) if f.asked and f.about_goal else None,
    ]
    return tuple(fact for fact in found if fact and fact.section not in f.without)


def _type_fact(f: Findings) -> Fact | None:
    if f.types is None:
        return None
    return Fact(
        asks=tell("If the actors are not who we think?"),
        answer=upper(counted(f.types.counts)),
        says=_by_types(f)[0],
        section="types",
    )


def _lever_fact(f: Findings) -> Fact | None:
    if f.leaders:
        found = f.levers
        if found is None:
            return None
        asks = tell("Can {leading} bring {goal_name} about?", leading=f.leading, goal_name=f.goal_name)
        return Fact(asks=asks, answer=_lever_answer(found), says=levers_text(f, found), section="levers")
    each = {f.names.name(a.id): found for a in f.scenario.actors if (found := f.levers_by(a)) is not None}
    if not each:
        return None
    able = {name: found for name, found in each.items() if found.minimal}
    lasts = {
        True: tell("and it would last"),
        False: tell("but it would not last"),
        None: tell("and whether it would last is not known"),
    }
    said = [tell("{name} can, {lasts}", name=name, lasts=lasts[lasting(found)]) for name, found in able.items()]
    says = (
        f"{'; '.join(said)}." if said else tell("No actor alone can make sure of {goal_name}.", goal_name=f.goal_name)
    )
    return Fact(
        asks=tell("Who can bring {goal_name} about alone?", goal_name=f.goal_name),
        answer=listed(able) or tell("No single actor"),
        says=says,
        section="levers",
    )


def _lever_answer(found: Levers) -> str:
    if not found.minimal:
        return tell("No") if len(found.actors) > 1 else tell("Not alone")
    return {True: tell("Yes"), None: tell("Yes; whether it would last is not known")}.get(
        lasting(found), tell("Yes, but it would not last")
    )


def _price_fact(f: Findings) -> Fact | None:
    found = f.packages.get(f.goal or "")
    if found is None:
        return None
    asks = tell("What would {goal_name} cost?", goal_name=f.goal_name)
    if found.best is not None and not sourced(f, found):
        # A price that nobody sourced is no news: what is offered, and at which ranks it works, are.
        what = listed(f"“{each.name or each.id}”" for each in found.best.purchases)
        ranks = tell("; it {at_ranks}", at_ranks=found.at_ranks) if found.ranks else ""
        says = tell(
            "{goal_name} can be bought by {what}{ranks}. {sourcing}",
            goal_name=upper(f.goal_name),
            what=what,
            ranks=ranks,
            sourcing=sourcing(f),
        )
        return Fact(asks=asks, answer=tell("No sourced price"), says=says, section="packages")
    answer = (
        tell("Not within these limits") if found.best is None else price(f, found.best.price, found.best.price_most)
    )
    return Fact(asks=asks, answer=answer, says=package_text(f), section="packages")


def _coalition_fact(f: Findings) -> Fact | None:
    if f.coalitions is None or not f.started:
        return None
    free, deterred = upsetting(f)
    answer = tell("Yes") if free else tell("Only such as would be deterred") if deterred else tell("No")
    asks = tell("Would a coalition leave today's state?")
    return Fact(asks=asks, answer=answer, says=upset_text(f), section="coalitions")


def _pivot_fact(f: Findings) -> Fact | None:
    found = f.pivots
    if found is None:
        return None
    return Fact(
        asks=tell("What would flip the answer about {goal_name}?", goal_name=f.goal_name),
        answer=tell("{number} of {number2} changes", number=len(found.flips), number2=len(found.changes)),
        says=_by_pivots(f)[0],
        section="pivots",
    )
