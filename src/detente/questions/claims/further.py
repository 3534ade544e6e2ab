"""The questions about the order of wishes and what nobody knows; about coalitions, ways, partnerships and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.case import Query, said
from detente.engine.play import SOME
from detente.messages import later, numeral, plural, tell
from detente.questions.claims import question as asking
from detente.questions.claims.fields import Fields, Slot
from detente.questions.claims.question import LISTED, Kind, Parts, Question, Reply, Setting
from detente.questions.claims.questions import own_settings
from detente.questions.coalitions.smallest import Coalition, joint_minimal, minimal_coalitions
from detente.questions.evolution.irreversibility import irreversible
from detente.questions.evolution.paths import Paths, paths, shortest
from detente.questions.evolution.steps import KINDS
from detente.questions.history.hindcast import Hindcast, hindcast
from detente.questions.history.hindcast_scores import Score
from detente.questions.policy.commitments import KEPT, Commitment, Start
from detente.questions.policy.inducement import induce
from detente.questions.uncertainty.pivots import KINDS as CHANGES
from detente.questions.uncertainty.pivots import pivots, threshold
from detente.questions.uncertainty.unknowns import Unknowns, unknowns, unknowns_in_force, unknowns_of_list
from detente.scenario.model import Scenario

# --- the order of wishes -----------------------------------------------------------------------------------------------


def _threshold(question: Question, at: Setting) -> Reply:
    found = threshold(at.case, question["actor"], question["wish"], question["query"])
    turns = ", ".join(tell("between ranks {rank} and {rank2}", rank=rank - 1, rank2=rank) for rank in found.turns)
    ranks = ", ".join(f"{rank}: {each}" for rank, each in enumerate(found.verdicts, 1))
    holds = question.some(bool(found.turns), lambda _, value: found.turns == tuple(value))
    shows = (tell("by rank: {ranks}", ranks=ranks), tell("listed at rank {rank}", rank=found.rank))
    return Reply(
        tell("turns {turns}", turns=turns) if turns else tell("the rank decides nothing"), holds, evidence=lambda: shows
    )


THRESHOLD = Kind(
    key="threshold",
    needs=("actor", "wish"),
    parts={"actor": asking.actor, "wish": asking.formula, "query": asking.query},
    expects=("some", "none"),
    values={"turns": lambda slot: tuple(each.read(Slot.number, 0) for each in slot.items())},
    ask=_threshold,
    words=later("does the rank of '{wish}' in {actor}'s list decide: {query}"),
)
"""`threshold: {actor, wish, of | concept}`: does the rank of one wish decide?"""


def _pivots(question: Question, at: Setting) -> Reply:
    found = pivots(at.case, question["query"], question["actors"], kinds=question["kinds"])
    shows = [tell("{each} makes it {verdict}", each=each, verdict=each.verdict) for each in found.flips[:LISTED]]
    more = len(found.flips) - len(shows)
    holds = question.some(bool(found.flips), lambda _, value: found.verdict == str(value) and not found.flips)
    text = tell(
        "{verdict}; {number} of {number2} changes flip it",
        verdict=found.verdict,
        number=len(found.flips),
        number2=len(found.changes),
    )
    return Reply(text, holds, evidence=lambda: (*shows, *([tell("and {more} more", more=more)] if more else [])))


PIVOTS = Kind(
    key="pivots",
    needs=("actors",),
    parts={
        "actors": asking.actors,
        "kinds": asking.several(later("kind of change"), CHANGES, CHANGES),
        "query": asking.query,
    },
    expects=("some", "none"),
    values={"robust": Slot.text},
    ask=_pivots,
    words=lambda question: tell(
        "does one {question} in the list of {question2} flip the verdict: {query_words}",
        question=" or ".join(question["kinds"]),
        question2=" and ".join(question["actors"]),
        query_words=asking.query_words(question["query"]),
    ),
)
"""`pivots: {actors, kinds, of | concept}`: does one change of one place in these lists flip the verdict?"""


# --- what nobody knows -------------------------------------------------------------------------------------------------


def _unknowns(question: Question, at: Setting) -> Reply:
    found = _completed(question, at)
    decides = [
        f"{name}: {', '.join(tell('{value} brings {brought}', value=v, brought=brought) for v, brought in each.items())}"
        for name, each in found.decides.items()
    ]
    holds = _settled(question, found)
    partly = tell("what is unknown") if holds is False and _possible(question, found) else ""
    shows = (tell("{number} completions", number=len(found.rows)), *decides[:LISTED])
    return Reply(str(found.spread), holds, evidence=lambda: shows, partly=partly)


def _completed(question: Question, at: Setting) -> Unknowns:
    if question["list_of"]:
        return unknowns_of_list(at.case, question["list_of"], question["query"])
    if question["in_force"]:
        return unknowns_in_force(at.case, question["in_force"], question["query"])
    return unknowns(at.case, question["query"], question["settings"])


def _settled(question: Question, found: Unknowns) -> bool | None:
    if question.wanted is None:
        return None
    word, value = question.wanted.words[0], question.wanted.value
    if word == "necessary":
        return found.necessary == str(value)
    if word == "possible":
        return str(value) in found.possible
    return (found.necessary is None) == (word == "open")


def _possible(question: Question, found: Unknowns) -> bool:
    """Whether a verdict that is expected to be necessary is possible at least."""
    wanted = question.wanted
    return wanted is not None and wanted.words == ("necessary",) and wanted.value in found.possible


def _one_platform(fields: Fields, key: str, model: Scenario, _: Parts) -> str:
    if "list_of" in fields and "in_force" in fields:
        fields.slot.complaints.note(fields.slot.path, tell("either 'list_of' or 'in_force', not both"), key=True)
    return fields.word(key, "platform", model.platforms)


def _unknowns_words(question: Question) -> str:
    list_of, in_force, settings = question["list_of"], question["in_force"], question["settings"]
    about = (
        tell("what {list_of} wants", list_of=list_of)
        if list_of
        else tell("{in_force} in force", in_force=in_force)
        if in_force
        else ""
    )
    either = tell("{settings} either way", settings=", ".join(settings)) if settings else ""
    open_ = about or either or tell("what is unknown")
    return tell(
        "over all completions of {open}: {query_words}", open=open_, query_words=asking.query_words(question["query"])
    )


UNKNOWNS = Kind(
    key="unknowns",
    parts={
        "list_of": _one_platform,
        "in_force": _one_platform,
        "settings": asking.several("option", asking.every_option),
        "query": asking.query,
    },
    expects=("open", "settled"),
    values={"necessary": Slot.text, "possible": Slot.text},
    ask=_unknowns,
    words=_unknowns_words,
)
"""`unknowns: {list_of | in_force | settings, of | concept}`: the verdict over all completions of what is unknown."""


# --- coalitions --------------------------------------------------------------------------------------------------------


def _joint(question: Question, at: Setting) -> Reply:
    case, goal, most = at.case, question["goal"], question["most"] or None
    found = minimal_coalitions(case, goal, most)
    smallest = {frozenset(each) for each in found if len(each) == len(found[0])}
    holds = question.some(bool(smallest), lambda _, value: smallest == {frozenset(value)})
    names = tell("; or ").join(map(" and ".join, found[:LISTED]))

    def evidence() -> tuple[str, ...]:
        return tuple(map(_lands, joint_minimal(case, goal, most).coalitions[:LISTED]))

    return Reply(names or "nobody", holds, evidence=evidence)


def _lands(found: Coalition) -> str:
    held = ", ".join(f"{concept} {number}" for concept, number in found.lands.items())
    places = tell("one place") if found.count == 1 else tell("{count} places", count=found.count)
    return tell(
        "{members}: {places} to go to, of which stable: {held}",
        members=" and ".join(found.members),
        places=places,
        held=held,
    )


JOINT = Kind(
    key="joint",
    needs=("goal",),
    parts={"goal": asking.formula, "most": asking.number},
    expects=("some", "none"),
    values=lambda model, _parts: {
        "members": lambda slot: slot.names("actor", [actor.id for actor in model.actors]),
    },
    ask=_joint,
    words=later("which coalitions all gain by moving together to '{goal}'?"),
)
"""`joint: {goal, most}`: which coalitions all gain by moving to the goal together?"""


# --- commitments made first --------------------------------------------------------------------------------------------


def _induce(question: Question, at: Setting) -> Reply:
    by, play, settings = question["by"], question["play"], question["set"]
    if settings:
        start = Start(case=at.case, actor=by, play=play)
        named = (start.judge(offer) for offer in start.settings() if dict(offer.hold) == settings)
        tried: tuple[Commitment, ...] = tuple(each for each in named if each is not None)
    else:
        tried = induce(at.case, by, play=play).minimal
    found = [each for each in tried if each.is_inducement and (not question["kept"] or each.kept_word == KEPT)]
    few = found[:LISTED]
    words = tell("; or ").join(f"{each} ({each.strength}, {each.kept_word})" for each in few)
    idle = tell("none that would be kept") if question["kept"] and any(each.is_inducement for each in tried) else "none"
    return Reply(words or idle, question.some(bool(found)), evidence=lambda: tuple(map(_ends, few)))


def _ends(found: Commitment) -> str:
    ends = tell("; or ").join(str(each) for each in found.ends[:LISTED])
    return tell("{found}: play then ends at {ends}", found=found, ends=ends)


def _induce_words(question: Question) -> str:
    what = said(question["set"]) if question["set"] else tell("some commitment made first")
    kept = tell(", which it would keep,") if question["kept"] else ""
    return tell(
        "is {what}{kept} an inducement of {question} under {question2} play?",
        what=what,
        kept=kept,
        question=question["by"],
        question2=question["play"],
    )


INDUCE = Kind(
    key="induce",
    needs=("by",),
    parts={
        "by": asking.actor,
        "set": own_settings,
        "play": asking.play,
        "kept": lambda fields, key, _model, _parts: fields.yes(key),
    },
    expects=("some", "none"),
    ask=_induce,
    words=_induce_words,
)
"""`induce: {by, set, play, kept}`: can the actor gain by committing itself first, to these settings or to anything?"""


# --- ways --------------------------------------------------------------------------------------------------------------

PLAYS = {"improvements": "myopic", "unsanctioned": "foresight"}
"""The play that consists of a kind of step."""


def _path(question: Question, at: Setting) -> Reply:
    to, by = question["to"], question["by"]
    length = shortest(at.case, to, by=by)
    probes = ((at.case, Query(to, PLAYS[by])),) if by in PLAYS and length else ()
    holds = question.some(length is not None, lambda _, value: length == int(value))
    return Reply(_length(length), holds, evidence=lambda: _way(paths(at.case, to, by=by, most=1)), probes=probes)


def _length(length: int | None) -> str:
    return tell("no way") if length is None else plural(length, "a way of {number} step", "a way of {number} steps")


def _way(found: Paths) -> tuple[str, ...]:
    steps = found.ways[0].steps if found.ways else ()
    return (tell(", then ").join(f"{step.actor} ({step.change_text})" for step in steps),) if steps else ()


PATH = Kind(
    key="path",
    compared=True,
    needs=("to",),
    parts={"to": asking.formula, "by": asking.word(later("kind of step"), KINDS, "moves")},
    expects=("some", "none"),
    values={"steps": Slot.number},
    ask=_path,
    words=lambda question: tell(
        "is there a way to '{question}' by {question2}?", question=question["to"], question2=KINDS[question["by"]]
    ),
)
"""`path: {to, by}`: is there a way from the status quo to a goal, and how long is the shortest?"""


def _races(question: Question, at: Setting) -> Reply:
    from detente.questions.evolution.move_order import races  # few registers ask it

    of, play = question["of"], question["play"]
    found = races(at.case, of, play=play)
    word = found.reason if found.verdict == SOME else "none"
    return Reply(word, question.met(word), evidence=lambda: (found.sentence,), probes=((at.case, Query(of, play)),))


RACES = Kind(
    key="races",
    needs=("of",),
    parts={"of": asking.formula, "play": asking.play},
    expects=("race", "choice", "cycle", "none"),
    ask=_races,
    words=later("under {play} play, does the order of moves decide whether '{of}'?"),
)
"""`races: {of, play}`: does the order of moves decide?"""


def _irreversible(question: Question, at: Setting) -> Reply:
    found = irreversible(at.case, question["option"]).switches
    lost = tuple(dict.fromkeys(outcome for each in found for outcome in each.general.outcomes))
    shows = tuple(f"{each.switch}: {each.general} lost{tell(', already so') if each.made else ''}" for each in found)
    holds = question.some(bool(lost), lambda _, value: set(value) <= set(lost))
    return Reply(
        tell("loses {lost}", lost=", ".join(lost)) if lost else tell("loses no outcome"), holds, evidence=lambda: shows
    )


IRREVERSIBLE = Kind(
    key="irreversible",
    needs=("option",),
    parts={"option": asking.word("option", asking.every_option)},
    expects=("some", "none"),
    values=lambda model, _parts: {"loses": lambda slot: slot.names("outcome", model.outcomes)},
    ask=_irreversible,
    words=later("what does a switch of {option} close off for good?"),
)
"""`irreversible: {option}`: does a one-way switch of this option close an outcome off for good?"""


# --- partnerships and time ---------------------------------------------------------------------------------------------


def _partnership(question: Question, at: Setting) -> Reply:
    from detente.questions.partnerships.partnerships import (
        partnership,
    )  # the search for answers comes with it; few ask it

    found = partnership(at.case, question["name"])
    word = found.plays[question["play"]].word
    partly = asking.IN_PART if word == "DEPENDS" else ""
    return Reply(word, question.met(word), evidence=lambda: (found.reason,), partly=partly)


PARTNERSHIP = Kind(
    key="partnership",
    compared=True,
    needs=("name",),
    parts={"name": asking.word("partnership", lambda model, _parts: model.partnerships), "play": asking.play},
    expects=("HOLDS", "FRAYS", "BREAKS"),
    ask=_partnership,
    words=later("what becomes of {name} where {play} play ends?"),
)
"""`partnership: {name, play}`: does it hold, fray or break?"""


def _hindcast(question: Question, at: Setting) -> Reply:
    actor, reading, against = question["actor"], question["reading"], question["against"]
    chosen = {each: [name] for each, name in at.case.chosen.items()}
    found = hindcast(at.case, {**chosen, actor: [reading, *against]})
    scores = {score.readings[actor]: score for score in found.scores}
    text = "; ".join(f"{name} {_hits(scores[name])}" for name in dict.fromkeys((reading, *against)))
    return Reply(text, _explains(question, scores), evidence=lambda: _unexplained(found, scores[reading]))


def _explains(question: Question, scores: Mapping[str, Score]) -> bool | None:
    own, wanted = scores[question["reading"]].unsanctioned, question.wanted
    if wanted is None:
        return None
    if wanted.value is not None:
        return own.hits >= int(wanted.value)
    if "best" in wanted.words:
        rivals = [rival for rival in question["against"] if rival != question["reading"]]
        return all(own.hits > scores[rival].unsanctioned.hits for rival in rivals)
    return 2 * own.hits > own.n


def _hits(score: Score) -> str:
    return tell(
        "{unsanctioned} (by luck at least as many: {chance})",
        unsanctioned=score.unsanctioned,
        chance=numeral(score.unsanctioned.chance, ".0%"),
    )


def _unexplained(found: Hindcast, score: Score) -> tuple[str, ...]:
    missed = [found.events[call.event] for call in score.calls if not call.unsanctioned]
    text = "; ".join(f"{event.date} {event.actor} ({event.changes})" for event in missed)
    return (tell("not explained: {text}", text=text),) if text else ()


def _readings_of(model: Scenario, parts: Parts) -> Any:
    return model.actor(parts["actor"]).readings if parts["actor"] else ()


def _reading(fields: Fields, key: str, model: Scenario, parts: Parts) -> str:
    return fields.word(key, tell("reading of {parts}", parts=parts["actor"]), _readings_of(model, parts))


def _rivals(fields: Fields, key: str, model: Scenario, parts: Parts) -> tuple[str, ...]:
    return fields.names(key, tell("reading of {parts}", parts=parts["actor"]), _readings_of(model, parts))


def _hindcast_words(question: Question) -> str:
    rivals = tell(", against {question}", question=" and ".join(question["against"])) if question["against"] else ""
    return tell(
        "how many recorded moves does {question} as '{question2}' explain{rivals}?",
        question=question["actor"],
        question2=question["reading"],
        rivals=rivals,
    )


HINDCAST = Kind(
    key="hindcast",
    needs=("actor", "reading"),
    parts={"actor": asking.actor, "reading": _reading, "against": _rivals},
    expects=("most", "best"),
    values={"at_least": Slot.number},
    ask=_hindcast,
    words=_hindcast_words,
)
"""`hindcast: {actor, reading, against}`: how many recorded moves does this account of an actor explain?"""
