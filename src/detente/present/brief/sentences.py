"""What the one page says of each field: some sentences, the most important first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from detente.present.brief.answers import answer
from detente.present.brief.writer import KEPT_WORDS, SAYS, SHORT, Writer, possessive
from detente.present.names import upper
from detente.questions.brief.values import (
    Asked,
    Deciding,
    Home,
    Indicators,
    Irrevocable,
    Near,
    Objection,
    OtherLevers,
    Route,
    Since,
    Trust,
    Turns,
)
from detente.questions.inverse.assumptions import Assumption
from detente.questions.uncertainty.brittleness import Swapped
from detente.sheet import listed, many


def _question(_: Writer, value: Asked) -> list[str]:
    return [value.text]


def _turns(w: Writer, value: Turns) -> list[str]:
    settled: dict[tuple[str, str, str], list[str]] = {}
    for each in value.decisive:
        settled.setdefault((each.of, each.actor, each.verdict), []).append(each.reading)
    of = value.decisive[0].of if value.decisive else ""
    told = []
    for (row, actor, verdict), names in settled.items():
        if row == of and not value.settled:
            with_ = f"With {w.the(actor)} as {listed((w.reading(actor, name) for name in names), 'or')}"
            same = f"the verdict on {w.row(row)} is the same under every reading of the others that the table counts"
            told.append(f"{with_}, {same}: {SAYS.get(verdict, verdict)}.")
    told += _deciding(w, value.deciding) if value.deciding else []
    if value.tried is None:
        return told
    whose = f": in the aims of {listed(map(w.the, value.whose))}" if value.flips else ""
    number = f"{value.flips} of {value.tried}" if value.flips else f"None of {value.tried}"
    that = "that" if value.deciding else f"whether {w.goal(value.of)} comes about"
    changes = "single changes to what the actors want (an aim left out, turned round or moved)"
    return [*told, f"{number} {changes} would turn {that}{whose}."]


def _near(w: Writer, value: Near) -> list[str]:
    """At how many swaps the verdict flips, in how many lists like these it holds, how far all were tried."""
    found, told = value.brittle, list[str]()
    step = "step" if found.ranked else "swap"
    under = f"Under {w.thing(value.platform)}, " if value.platform else ""
    about = w.goal(str(found.headline.query.of)) if found.headline.query.of else "today"
    if found.margin is not None:
        flips = f"the verdict on {about} flips at {many(found.margin, step)} of neighbours in the lists of aims"
        told.append(upper(f"{under}{flips}: {listed(_swapped(w, each) for each in found.swapped)}."))
    else:
        up_to = (
            f"up to {many(found.proved, step)} of neighbours in the lists of aims leave the verdict on {about} as it is"
        )
        told += [upper(f"{under}{up_to}; all were tried.")] if found.proved else []
    if found.holds is not None:
        told.append(f"It holds in {found.holds.text} of lists like these ({found.lists}).")
    if found.margin is not None:
        told.append(f"Every list within {many(found.proved, step)} was tried.")
    return told


def _swapped(w: Writer, each: Swapped) -> str:
    if not each.upper:
        return f"{w.the(each.actor)} ranks {each.lower}"
    lower, upper_ = (w.words.aim(text, each.actor) for text in (each.lower, each.upper))
    puts = "put" if w.words.names.many(each.actor) else "puts"
    return f"{w.the(each.actor)} {puts} {lower} above {upper_}"


def _deciding(w: Writer, value: Deciding) -> list[str]:
    """The verdict that is looked into, and which assumptions suffice for it."""
    under = f"Under {w.thing(value.platform)}, " if value.platform else ""
    read = f"with {w.read_as(value.readings)}, " if value.readings else ""
    verdict = SAYS.get(value.verdict, value.verdict)
    lead = upper(f"{under}{read}{w.goal(value.of)} {verdict} comes about where play ends.")
    if value.sets == ((),):
        still = f"It would still be so without any {_number(value.size)} of the {value.assumed} assumptions behind it."
        return [lead, still] if value.size else [lead]
    shown = listed(map(w.assumption, value.sets[0]) if len(value.sets[0]) <= SHORT else _placed(w, value.sets[0]))
    proof = "" if value.exact else f" (tried: taking away any {_number(value.size)} of the others)"
    number, all_ = len(value.sets[0]), value.assumed
    if len(value.sets) == 1:
        each = "one is" if number == 1 else f"{number} are"
        return [lead, f"Of the {all_} assumptions behind it {each} enough for that{proof}: {shown}."]
    if number == 1:
        return [
            lead,
            f"Each of {len(value.sets)} of the {all_} assumptions behind it is enough for that{proof}; one is {shown}.",
        ]
    sets = f"Of the {all_} assumptions behind it {number} are enough for that, in each of {len(value.sets)} ways{proof}"
    return [lead, f"{sets}. In one these carry it: {shown}."]


def _placed(w: Writer, members: Iterable[Assumption]) -> list[str]:
    """Many assumptions by their places alone: whose aims they are, by number."""
    by: dict[str, list[str]] = {}
    for each in members:
        by.setdefault(each.actor, []).append(str(each.rank))
    kind = {True: "aim", False: "rule"}
    return [
        f"{possessive(w.the(actor)) if actor else 'the'} {kind[bool(actor)]}{'s' * (len(places) > 1)} {listed(places)}"
        for actor, places in by.items()
    ]


def _number(number: int) -> str:
    return "one" if number == 1 else str(number)


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _objection(w: Writer, value: Objection) -> list[str]:
    if value.sister is not None and value.answer is not None:
        said = " ".join(filter(None, answer(Writer(value.sister), value.answer)[:1]))
        return [f"Another model of the same conflict, “{value.title}”, answers: {said}"]
    theirs, ours = (next(iter(counts)) for counts in (value.theirs, value.ours))
    rival = f"With {w.the(value.actor)} read as {w.reading(value.actor, value.reading)} instead"
    if value.by:
        who = listed(map(w.the, value.by))
        can = f"{who} can make sure of {{}}" if value.able else f"nothing that {who} can choose makes sure of {{}}"
        return [f"{rival}, {can.format(w.goal(value.of))}."]
    return [f"{rival}, the verdict on {w.row(value.of)} is “{SAYS.get(theirs, theirs)}”, not “{SAYS.get(ours, ours)}”."]


def _route(w: Writer, value: Route) -> list[str]:
    goal, told = w.goal(value.goal), list[str]()
    if value.together:
        who = listed(map(w.the, value.together))
        lasts = {
            True: "and it would hold there",
            False: "but it would not hold there",
            None: "whether it would hold is not known",
        }
        many = {1: "alone would gain by going", 2: "would both gain by going together"}.get(
            len(value.together), "would all gain by going together"
        )
        told.append(f"{upper(who)} {many} to {goal}, {lasts[value.lasts]}.")
    else:
        told.append(f"No two or three of them would all gain by going to {goal} together.")
    for each in value.promises[:2]:
        first = f"If {w.the(each.actor)} committed itself first ({w.spoken(each.commits)})"
        told.append(f"{first}, play would end at {goal}; {KEPT_WORDS[each.kept]}.")
    if value.tried and not value.promises:
        told.append(
            f"None of {value.tried} commitments that an actor could make first both pays that actor and leads there."
        )
    return told


def _home(w: Writer, value: Home) -> list[str]:
    named = {
        kept: [w.thing(each.platform) for each in value.courses if each.kept is kept] for kept in (True, False, None)
    }
    kept, left, unknown = (listed(named[key]) for key in (True, False, None))
    free = "no longer bound to it, whoever chose it would"
    told = []
    if kept:
        told.append(upper(f"{kept} would last: {free} keep it" + (f"; {left} would not." if left else ".")))
    elif left:
        told.append(upper(f"{left} would not last: {free} leave it."))
    if unknown:
        told.append(upper(f"whether {unknown} would last depends on what the file leaves open."))
    approving = dict.fromkeys(actor for _, actor in value.approval)
    if approving:
        told.append(f"What is offered needs the consent of {listed(map(w.the, approving))}.")
    return told


def _indicators(w: Writer, value: Indicators) -> list[str]:
    told = []
    for each in value.watch:
        seen, before = each.observation, ""
        deeds = [*seen.way, (seen.actor, seen.move)]
        said = []
        for place, (actor, move) in enumerate(deeds):
            then = "then " if place else ""
            who = "" if actor == before else f"{w.the(actor)} "
            said.append(f"{who}{then}{w.did(actor, move) if move else 'made no move'}")
            before = actor
        sides = [(word, named) for word, named in (("for", each.speaks_for), ("against", each.speaks_against)) if named]
        alone = len({actor for _, named in sides for actor, _ in named}) == 1
        speaks = [
            f"{word} {_accounts(w, named, bare=alone and place > 0)}" for place, (word, named) in enumerate(sides)
        ]
        verdict = (
            f"that would speak {', '.join(speaks)}"
            if speaks
            else "that would tell whole combinations of readings apart"
        )
        told.append(f"If {' and '.join(said)}, {verdict}.")
    left = value.pairs - value.separated
    if left:
        told.append(
            f"Nothing within {value.within} moves tells apart {left} of {value.pairs} pairs of combinations of readings."
        )
    return told


def _accounts(w: Writer, named: Iterable[tuple[str, str]], *, bare: bool = False) -> str:
    """Readings by actor, each actor named once; `bare`: it has been named."""
    by: dict[str, list[str]] = {}
    for actor, name in named:
        by.setdefault(actor, []).append(w.reading(actor, name))
    return listed(f"{'' if bare else f'{w.the(actor)} as '}{listed(names, 'or')}" for actor, names in by.items())


def _irreversible(w: Writer, value: Irrevocable) -> list[str]:
    if w.scenario.graph:  # its states go by names that are no words
        whose = listed(dict.fromkeys(w.the(each.actor) for each in value.switches))
        gone = listed(dict.fromkeys(w.thing(name) for each in value.switches for name in each.outcomes))
        return [
            f"{len(value.switches)} moves between states, of {whose}.",
            f"Some of them close {gone}." if gone else "",
        ]
    told = []
    for each in sorted(value.switches, key=lambda each: (each.made, -len(each.outcomes))):
        lost = f" It closes {listed(map(w.thing, each.outcomes))}." if each.outcomes else ""
        done = " That is done already." if each.made else ""
        said = w.spoken(each.switch)
        told.append(f"{upper(w.the(each.actor))}: {said}.{done}{lost}")
    return told


def _others(w: Writer, value: OtherLevers) -> list[str]:
    able = [each for each in value.levers if each.setting]
    idle = [each for each in value.levers if each.setting == ""]
    unable = [each for each in value.levers if each.setting is None]
    kept = {
        True: "and would keep to it",
        False: "but would not keep to it",
        None: "whether it would keep to it is not known",
    }
    told = [
        f"As the actors are read, {w.the(each.actor)} alone can make sure of {w.goal(each.goal)} "
        f"({w.change(each.setting or '', each.actor)}), {kept[each.kept]}."
        for each in able
    ]
    if idle:
        goal = "it" if able else w.goal(idle[0].goal)
        told.append(
            f"{upper(goal)} is sure already under today's choices of {listed(w.the(each.actor) for each in idle)}."
        )
    if unable:
        goal = "it" if able or idle else w.goal(unable[0].goal)
        told.append(
            f"Nothing that {listed((w.the(each.actor) for each in unable), 'or')} can choose makes sure of {goal}."
        )
    return told


def _trust(_: Writer, value: Trust) -> list[str]:
    if not value.wishes:
        return ["What the actors want is written as a ranking of states, so no single aim can be tested."]
    single = f", and {_number(value.single)} on a single source" if value.single else ""
    every = f"Of the {value.wishes} aims of the actors, {_resting(value.wishes_supposed)} on supposition alone{single}."
    weak = [("contested", value.contested), ("stale", value.stale or 0)]
    told = " and ".join(f"{_number(n)} {'is' if n == 1 else 'are'} {mark}" for mark, n in weak if n)
    every += f" {told[0].upper()}{told[1:]}." if told else ""
    assumed = "It holds by assumption: only rules of reaction decide it." if value.by_assumption else ""
    return [*filter(None, (every, _supposed(value.deciding), assumed)), "Counts of readings are no likelihood."]


def _supposed(found: Deciding | None) -> str:
    """How many of the assumptions that decide are suppositions, and how far that was tried."""
    if found is None:
        return "Which of them decide was not tried."
    ended = "" if found.size == found.asked else " The time ended before more was tried."
    if found.sets == ((),):
        stands = f"The verdict above stands without any {_number(found.size)} of its assumptions."
        return f"{stands}{ended}" if found.size else f"Which of them decide was not found.{ended}"
    best, worst, number = *found.supposed, len(found.sets[0])
    if number == 1:
        one = "is" if best else "is not"
        whole = f"The one assumption that is enough {one} a supposition" if len(found.sets) == 1 else ""
        whole = (
            whole or f"Of the {len(found.sets)} assumptions of which one is enough, at least one {one} a supposition"
        )
        return f"{whole}.{ended}"
    many = "none is a supposition" if not worst else f"{best if best == worst else f'{best} to {worst}'} of {number} "
    if worst:
        many += "is a supposition" if best == worst == 1 else "are suppositions"
    each = (
        "Of the assumptions that are enough" if len(found.sets) == 1 else "In each of the smallest sets that are enough"
    )
    return f"{each}, {many}.{ended}"


def _resting(number: int) -> str:
    return "none rests" if number == 0 else "one rests" if number == 1 else f"{number} rest"


def _since(_: Writer, value: Since) -> list[str]:
    every = value.best_count == value.combinations
    many = "every combination" if every else f"{value.best_count} of {value.combinations} combinations"
    moves = "1 recorded move" if value.moves == 1 else f"{value.moves} recorded moves"
    blind = f"blind choice would have expected {value.expected_by_chance:.1f}"
    none = (
        ", so the record speaks for no reading: guessing does as well" if value.best <= value.expected_by_chance else ""
    )
    when = f"From {value.first} to {value.last}" if value.first != value.last else f"On {value.first}"
    who = "the readings" if value.combinations == 1 else f"{many} of readings"
    expected = f"{who} expected {value.best} of them" if value.moves > 1 else f"{who} expected it"
    if value.moves == 1 and not value.best:
        expected = "no reading expected it"
    told = [f"{when}, {moves}: {expected}; {blind}{none}."]
    if value.silent:
        told.append(f"These events cannot tell apart {value.silent} of {value.pairs} pairs of readings.")
    return told


SENTENCES: Mapping[str, Callable[[Writer, Any], list[str]]] = {
    "question": _question,
    "answer": answer,
    "near": _near,
    "turns": _turns,
    "objection": _objection,
    "route": _route,
    "home": _home,
    "indicators": _indicators,
    "irreversible": _irreversible,
    "others": _others,
    "trust": _trust,
    "since": _since,
}
"""What is said of each field, most important first; the table that decides is shown as it is."""
