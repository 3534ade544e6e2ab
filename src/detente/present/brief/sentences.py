"""What the one page says of each field: some sentences, the most important first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from detente.messages import numeral, tell
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
            with_ = tell(
                "With {actor} as {actor2}",
                actor=w.the(actor),
                actor2=listed((w.reading(actor, name) for name in names), tell("or")),
            )
            same = tell(
                "the verdict on {row} is the same under every reading of the others that the table counts",
                row=w.row(row),
            )
            told.append(f"{with_}, {same}: {SAYS.get(verdict, verdict)}.")
    told += _deciding(w, value.deciding) if value.deciding else []
    if value.tried is None:
        return told
    whose = tell(": in the aims of {whose}", whose=listed(map(w.the, value.whose))) if value.flips else ""
    number = (
        tell("{flips} of {tried}", flips=value.flips, tried=value.tried)
        if value.flips
        else tell("None of {tried}", tried=value.tried)
    )
    that = tell("that") if value.deciding else tell("whether {of} comes about", of=w.goal(value.of))
    changes = tell("single changes to what the actors want (an aim left out, turned round or moved)")
    return [
        *told,
        tell("{number} {changes} would turn {that}{whose}.", number=number, changes=changes, that=that, whose=whose),
    ]


def _near(w: Writer, value: Near) -> list[str]:
    """At how many swaps the verdict flips, in how many lists like these it holds, how far all were tried."""
    found, told = value.brittle, list[str]()
    step = "step" if found.ranked else "swap"
    under = tell("Under {platform}, ", platform=w.thing(value.platform)) if value.platform else ""
    under += tell("with {read_as}, ", read_as=w.read_as(value.readings)) if value.readings else ""
    about = w.goal(str(found.headline.query.of)) if found.headline.query.of else tell("today")
    if found.margin is not None:
        flips = tell(
            "the verdict on {about} flips at {number} of neighbours in the lists of aims",
            about=about,
            number=many(found.margin, step),
        )
        told.append(upper(f"{under}{flips}: {listed(_swapped(w, each) for each in found.swapped)}."))
    else:
        up_to = tell(
            "up to {number} of neighbours in the lists of aims leave the verdict on {about} as it is",
            number=many(found.proved, step),
            about=about,
        )
        told += [upper(tell("{under}{up_to}; all were tried.", under=under, up_to=up_to))] if found.proved else []
    if found.holds is not None:
        told.append(tell("It holds in {text} of lists like these ({lists}).", text=found.holds.text, lists=found.lists))
    if found.margin is not None:
        told.append(tell("Every list within {number} was tried.", number=many(found.proved, step)))
    return told


def _swapped(w: Writer, each: Swapped) -> str:
    if not each.upper:
        return tell("{actor} ranks {lower}", actor=w.the(each.actor), lower=each.lower)
    lower, upper_ = (w.words.aim(text, each.actor) for text in (each.lower, each.upper))
    puts = tell("put") if w.words.names.many(each.actor) else tell("puts")
    return tell("{actor} {puts} {lower} above {upper}", actor=w.the(each.actor), puts=puts, lower=lower, upper=upper_)


def _deciding(w: Writer, value: Deciding) -> list[str]:
    """The verdict that is looked into, and which assumptions suffice for it."""
    under = tell("Under {platform}, ", platform=w.thing(value.platform)) if value.platform else ""
    read = tell("with {read_as}, ", read_as=w.read_as(value.readings)) if value.readings else ""
    verdict = SAYS.get(value.verdict, value.verdict)
    lead = upper(
        tell(
            "{under}{read}{of} {verdict} comes about where play ends.",
            under=under,
            read=read,
            of=w.goal(value.of),
            verdict=verdict,
        )
    )
    if value.sets == ((),):
        still = tell(
            "It would still be so without any {number} of the {assumed} assumptions behind it.",
            number=_number(value.size),
            assumed=value.assumed,
        )
        return [lead, still] if value.size else [lead]
    shown = listed(map(w.assumption, value.sets[0]) if len(value.sets[0]) <= SHORT else _placed(w, value.sets[0]))
    proof = "" if value.exact else tell(" (tried: taking away any {number} of the others)", number=_number(value.size))
    number, all_ = len(value.sets[0]), value.assumed
    if len(value.sets) == 1:
        each = tell("one is") if number == 1 else tell("{number} are", number=number)
        return [
            lead,
            tell(
                "Of the {all} assumptions behind it {each} enough for that{proof}: {shown}.",
                all=all_,
                each=each,
                proof=proof,
                shown=shown,
            ),
        ]
    if number == 1:
        return [
            lead,
            tell(
                "Each of {number} of the {all} assumptions behind it is enough for that{proof}; one is {shown}.",
                number=len(value.sets),
                all=all_,
                proof=proof,
                shown=shown,
            ),
        ]
    sets = tell(
        "Of the {all} assumptions behind it {number} are enough for that, in each of {number2} ways{proof}",
        all=all_,
        number=number,
        number2=len(value.sets),
        proof=proof,
    )
    return [lead, tell("{sets}. In one these carry it: {shown}.", sets=sets, shown=shown)]


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
    return tell("one") if number == 1 else str(number)


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _objection(w: Writer, value: Objection) -> list[str]:
    if value.sister is not None and value.answer is not None:
        said = " ".join(filter(None, answer(Writer(value.sister), value.answer)[:1]))
        return [tell("Another model of the same conflict, “{title}”, answers: {said}", title=value.title, said=said)]
    theirs, ours = (next(iter(counts)) for counts in (value.theirs, value.ours))
    rival = tell(
        "With {actor} read as {actor2} instead", actor=w.the(value.actor), actor2=w.reading(value.actor, value.reading)
    )
    if value.by:
        who = listed(map(w.the, value.by))
        can = (
            tell("{who} can make sure of {{}}", who=who)
            if value.able
            else tell("nothing that {who} can choose makes sure of {{}}", who=who)
        )
        return [f"{rival}, {can.format(w.goal(value.of))}."]
    return [
        tell(
            "{rival}, the verdict on {of} is “{theirs}”, not “{ours}”.",
            rival=rival,
            of=w.row(value.of),
            theirs=SAYS.get(theirs, theirs),
            ours=SAYS.get(ours, ours),
        )
    ]


def _route(w: Writer, value: Route) -> list[str]:
    goal, told = w.goal(value.goal), list[str]()
    if value.together:
        who = listed(map(w.the, value.together))
        lasts = {
            True: tell("and it would hold there, by what others would answer and not by itself")
            if value.by_answers
            else tell("and it would hold there"),
            False: tell("but it would not hold there"),
            None: tell("whether it would hold is not known"),
        }
        many = {1: tell("alone would gain by going"), 2: tell("would both gain by going together")}.get(
            len(value.together), tell("would all gain by going together")
        )
        told.append(
            tell("{who} {many} to {goal}, {lasts}.", who=upper(who), many=many, goal=goal, lasts=lasts[value.lasts])
        )
    else:
        told.append(tell("No two or three of them would all gain by going to {goal} together.", goal=goal))
    for each in value.promises[:2]:
        first = tell(
            "If {actor} committed itself first ({commits})", actor=w.the(each.actor), commits=w.spoken(each.commits)
        )
        told.append(
            tell("{first}, play would end at {goal}; {kept}.", first=first, goal=goal, kept=KEPT_WORDS[each.kept])
        )
    if value.tried and not value.promises:
        told.append(
            tell(
                "None of {tried} commitments that an actor could make first both pays that actor and leads there.",
                tried=value.tried,
            )
        )
    return told


def _home(w: Writer, value: Home) -> list[str]:
    named = {
        kept: [w.thing(each.platform) for each in value.courses if each.kept is kept] for kept in (True, False, None)
    }
    kept, left, unknown = (listed(named[key]) for key in (True, False, None))
    free = tell("no longer bound to it, whoever chose it would")
    told = []
    if kept:
        told.append(
            upper(
                tell("{kept} would last: {free} keep it", kept=kept, free=free)
                + (tell("; {left} would not.", left=left) if left else ".")
            )
        )
    elif left:
        told.append(upper(tell("{left} would not last: {free} leave it.", left=left, free=free)))
    if unknown:
        told.append(upper(tell("whether {unknown} would last depends on what the file leaves open.", unknown=unknown)))
    approving = dict.fromkeys(actor for _, actor in value.approval)
    if approving:
        told.append(tell("What is offered needs the consent of {approving}.", approving=listed(map(w.the, approving))))
    return told


def _indicators(w: Writer, value: Indicators) -> list[str]:
    told = []
    for each in value.watch:
        seen, before = each.observation, ""
        deeds = [*seen.way, (seen.actor, seen.move)]
        said = []
        for place, (actor, move) in enumerate(deeds):
            then = tell("then ") if place else ""
            who = "" if actor == before else f"{w.the(actor)} "
            said.append(f"{who}{then}{w.did(actor, move) if move else tell('made no move')}")
            before = actor
        both = ((tell("for"), each.speaks_for), (tell("against"), each.speaks_against))
        sides = [(word, named) for word, named in both if named]
        alone = len({actor for _, named in sides for actor, _ in named}) == 1
        speaks = [
            f"{word} {_accounts(w, named, bare=alone and place > 0)}" for place, (word, named) in enumerate(sides)
        ]
        verdict = (
            tell("that would speak {speaks}", speaks=", ".join(speaks))
            if speaks
            else tell("that would tell whole combinations of readings apart")
        )
        told.append(tell("If {said}, {verdict}.", said=tell(" and ").join(said), verdict=verdict))
    left = value.pairs - value.separated
    if left:
        told.append(
            tell(
                "Nothing within {within} moves tells apart {left} of {pairs} pairs of combinations of readings.",
                within=value.within,
                left=left,
                pairs=value.pairs,
            )
        )
    return told


def _accounts(w: Writer, named: Iterable[tuple[str, str]], *, bare: bool = False) -> str:
    """Readings by actor, each actor named once; `bare`: it has been named."""
    by: dict[str, list[str]] = {}
    for actor, name in named:
        by.setdefault(actor, []).append(w.reading(actor, name))
    return listed(
        f"{'' if bare else tell('{actor} as ', actor=w.the(actor))}{listed(names, tell('or'))}"
        for actor, names in by.items()
    )


def _irreversible(w: Writer, value: Irrevocable) -> list[str]:
    if w.scenario.graph:  # its states go by names that are no words
        whose = listed(dict.fromkeys(w.the(each.actor) for each in value.switches))
        gone = listed(dict.fromkeys(w.thing(name) for each in value.switches for name in each.outcomes))
        return [
            tell("{number} moves between states, of {whose}.", number=len(value.switches), whose=whose),
            tell("Some of them close {gone}.", gone=gone) if gone else "",
        ]
    told = []
    for each in sorted(value.switches, key=lambda each: (each.made, -len(each.outcomes))):
        lost = tell(" It closes {outcomes}.", outcomes=listed(map(w.thing, each.outcomes))) if each.outcomes else ""
        done = tell(" That is done already.") if each.made else ""
        said = w.spoken(each.switch)
        told.append(f"{upper(w.the(each.actor))}: {said}.{done}{lost}")
    return told


def _others(w: Writer, value: OtherLevers) -> list[str]:
    able = [each for each in value.levers if each.setting]
    idle = [each for each in value.levers if each.setting == ""]
    unable = [each for each in value.levers if each.setting is None]
    kept = {
        True: tell("and would keep to it"),
        False: tell("but would not keep to it"),
        None: tell("whether it would keep to it is not known"),
    }
    # That a partner can end its own partnership is no discovery: it says what it takes to be one.
    partners = {member for partnership in w.scenario.partnerships.values() for member in partnership.members}
    told = [
        tell(
            "As the actors are read, {actor} alone can make sure of {goal} ({change}), {kept}.",
            actor=tell("{actor}, itself a partner,", actor=w.the(each.actor))
            if each.actor in partners
            else w.the(each.actor),
            goal=w.goal(each.goal),
            change=w.change(each.setting or "", each.actor),
            kept=kept[each.kept],
        )
        for each in able
    ]
    if idle:
        goal = tell("it") if able else w.goal(idle[0].goal)
        told.append(
            tell(
                "{goal} is sure already under today's choices of {actor}.",
                goal=upper(goal),
                actor=listed(w.the(each.actor) for each in idle),
            )
        )
    if unable:
        goal = tell("it") if able or idle else w.goal(unable[0].goal)
        told.append(
            tell(
                "Nothing that {actor} can choose makes sure of {goal}.",
                actor=listed((w.the(each.actor) for each in unable), tell("or")),
                goal=goal,
            )
        )
    return told


def _trust(_: Writer, value: Trust) -> list[str]:
    if not value.wishes:
        return [tell("What the actors want is written as a ranking of states, so no single aim can be tested.")]
    single = tell(", and {number} on a single source", number=_number(value.single)) if value.single else ""
    every = tell(
        "Of the {wishes} aims of the actors, {resting} on supposition alone{single}.",
        wishes=value.wishes,
        resting=_resting(value.wishes_supposed),
        single=single,
    )
    weak = [("contested", value.contested), ("stale", value.stale or 0)]
    told = " and ".join(f"{_number(n)} {'is' if n == 1 else 'are'} {mark}" for mark, n in weak if n)
    every += f" {told[0].upper()}{told[1:]}." if told else ""
    assumed = tell("It holds by assumption: only rules of reaction decide it.") if value.by_assumption else ""
    return [*filter(None, (every, _supposed(value.deciding), assumed)), tell("Counts of readings are no likelihood.")]


def _supposed(found: Deciding | None) -> str:
    """How many of the assumptions that decide are suppositions, and how far that was tried."""
    if found is None:
        return tell("Which of them decide was not tried.")
    ended = "" if found.size == found.asked else tell(" The time ended before more was tried.")
    if found.sets == ((),):
        stands = tell("The verdict above stands without any {number} of its assumptions.", number=_number(found.size))
        return f"{stands}{ended}" if found.size else tell("Which of them decide was not found.{ended}", ended=ended)
    best, worst, number = *found.supposed, len(found.sets[0])
    if number == 1:
        one = tell("is") if best else tell("is not")
        whole = tell("The one assumption that is enough {one} a supposition", one=one) if len(found.sets) == 1 else ""
        whole = whole or tell(
            "Of the {number} assumptions of which one is enough, at least one {one} a supposition",
            number=len(found.sets),
            one=one,
        )
        return f"{whole}.{ended}"
    many = (
        tell("none is a supposition")
        if not worst
        else tell(
            "{best} of {number} ",
            best=best if best == worst else tell("{best} to {worst}", best=best, worst=worst),
            number=number,
        )
    )
    if worst:
        many += tell("is a supposition") if best == worst == 1 else tell("are suppositions")
    each = (
        tell("Of the assumptions that are enough for the verdict above")
        if len(found.sets) == 1
        else tell("In each of the smallest sets of assumptions that are enough for the verdict above")
    )
    return f"{each}, {many}.{ended}"


def _resting(number: int) -> str:
    return (
        tell("none rests")
        if number == 0
        else tell("one rests")
        if number == 1
        else tell("{number} rest", number=number)
    )


def _since(w: Writer, value: Since) -> list[str]:
    return [*(_moved(value) if value.moves else ()), *(_stayed(w, value) if value.quiet else ())]


def _stayed(w: Writer, value: Since) -> list[str]:
    when = tell("From {first} to {last} nobody", first=value.first, last=value.last)
    told = (
        tell("In {number} further entries nobody moved", number=value.quiet)
        if value.moves
        else tell("{when} is on record as having moved ({number} entries)", when=when, number=value.quiet)
    )
    if not value.against:
        return [tell("{told}, which speaks against no reading.", told=told)]
    readings = _accounts(w, value.against)
    return [tell("{told}, each time against {readings}.", told=told, readings=readings)]


def _moved(value: Since) -> list[str]:
    every = value.best_count == value.combinations
    many = (
        tell("every combination")
        if every
        else tell(
            "{best_count} of {combinations} combinations", best_count=value.best_count, combinations=value.combinations
        )
    )
    moves = tell("1 recorded move") if value.moves == 1 else tell("{moves} recorded moves", moves=value.moves)
    blind = tell(
        "blind choice would have expected {expected_by_chance}",
        expected_by_chance=numeral(value.expected_by_chance, ".1f"),
    )
    none = (
        tell(", so the record speaks for no reading: guessing does as well")
        if value.best <= value.expected_by_chance
        else ""
    )
    when = (
        tell("From {first} to {last}", first=value.first, last=value.last)
        if value.first != value.last
        else tell("On {first}", first=value.first)
    )
    who = tell("the readings") if value.combinations == 1 else tell("{many} of readings", many=many)
    expected = (
        tell("{who} expected {best} of them", who=who, best=value.best)
        if value.moves > 1
        else tell("{who} expected it", who=who)
    )
    if value.moves == 1 and not value.best:
        expected = tell("no reading expected it")
    told = [f"{when}, {moves}: {expected}; {blind}{none}."]
    if value.silent:
        told.append(
            tell(
                "These events cannot tell apart {silent} of {pairs} pairs of readings.",
                silent=value.silent,
                pairs=value.pairs,
            )
        )
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
