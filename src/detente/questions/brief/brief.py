"""The fields of a brief, each from the answer or from a question whose cost is bounded beforehand; see the folder's opening."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from detente.analysis import Analysis
from detente.case import CONCEPTS, Basis, Case, Policy, said
from detente.engine import Progress, quiet
from detente.engine.concepts import label
from detente.engine.play import ALL, NONE, SOME
from detente.errors import InputError, TooLarge
from detente.formula import holds
from detente.messages import Messages, tell
from detente.questions.brief.answer import ANSWERING, SECONDS, WORK, Absent, Asker, Told, share
from detente.questions.brief.commands import command
from detente.questions.brief.values import (
    FIELDS,
    INDICATORS,
    Answered,
    Asked,
    Brief,
    Course,
    Deciding,
    Decisive,
    Field,
    Home,
    Indicators,
    Irrevocable,
    Lever,
    Near,
    Objection,
    OneWay,
    OtherLevers,
    Promise,
    Route,
    Since,
    Table,
    Trust,
    Turns,
    Verdicts,
)
from detente.questions.claims.circumstances import load_beside
from detente.questions.coalitions.smallest import Joint, joint
from detente.questions.evolution.irreversibility import irreversible
from detente.questions.history.hindcast import Hindcast
from detente.questions.partnerships.break_matrix import BreakMatrix
from detente.questions.policy.inducement import induce
from detente.questions.policy.levers import End, levers
from detente.questions.policy.platforms import Comparison, compare
from detente.questions.uncertainty.brittleness import brittleness
from detente.questions.uncertainty.evidence import CONTESTED, SINGLE, STALE, evidence
from detente.questions.uncertainty.observations import Observations, observations
from detente.questions.uncertainty.telling_apart import MOST_ACCOUNTS
from detente.questions.uncertainty.types import Types
from detente.result import Record
from detente.scenario.model import Actor, Scenario
from detente.sheet import FormulaTerm

WITHIN, COMMITMENTS, MEMBERS = 2, 64, 3
"""Moves looked ahead for observations, commitments tried per actor, members of a coalition: at most."""

RULES = 8
"""Rules tried as commitments, beside settings: what others and oneself would do together, said as a condition."""

HEADINGS = Messages(
    {
        "break": "platform",
        "play": "outcome",
        "status_quo": "where things stand today",
        "equilibria": "concept",
        "hindcast": "the actors read as",
        "levers": "commitment",
    }
)
"""What the rows of the table are."""


def brief(case: Case, *, seconds: float = SECONDS, progress: Progress = quiet) -> Brief:
    """The one page: what answers the question of the file, what it turns on, and how far to trust it, field by field.

    See the opening of this folder. Every question is asked of the case as it is, within bounds on its cost; the search for
    the assumptions that suffice ends after `seconds`, and then says so.
    """
    asker = Asker(case, seconds)
    fields = []
    for number, (name, title) in enumerate(FIELDS.items()):
        progress(number, len(FIELDS), title)
        fields.append(_field(asker, name))
    return Brief(basis=case.basis, title=case.scenario.title, fields=tuple(fields))


Part = TypeVar("Part")


def _field(a: Asker, name: str) -> Field:
    """The field of this name, or why it is absent."""
    try:
        value, commands, found = ASKED[name](a)
    except Absent as reason:
        return Field(id=name, value=None, commands=(), absent=str(reason))
    except InputError as error:  # the question makes no sense for this model, and says so
        return Field(id=name, value=None, commands=(), absent=str(error).rstrip("."))
    scenario = value.sister if isinstance(value, Objection) and value.sister else a.scenario
    # what was only counted, as draws are, was found in the case of what was found beside it
    usual = next((vars(each)["basis"] for each in found if "basis" in vars(each)), a.case.basis)
    return Field(
        id=name,
        value=value,
        commands=commands,
        found=found,
        under=tuple(_under(scenario, each, usual) for each in found),
    )


def _under(scenario: Scenario, found: Record, usual: Basis) -> dict[str, tuple[str, ...]]:
    """The readings of the actors that have rival ones, under which an answer was found; every one of who was varied."""
    asked: Mapping[str, str] = (
        found.readings if isinstance(found, Analysis) else vars(found).get("basis", usual).readings
    )
    varied = found.varied if isinstance(found, Hindcast) else ()
    by_platform: dict[str, dict[str, None]] = {}
    if isinstance(found, BreakMatrix | Types | Observations):
        varied = found.actors
    if isinstance(found, BreakMatrix | Comparison):
        for each in scenario.platforms.values():
            by_platform.setdefault(each.actor, {})[each.reading or asked[each.actor]] = None
    told = {}
    for actor in scenario.actors:
        if len(actor.counted) > 1:
            platforms = tuple(by_platform.get(actor.id, ()))
            chosen = platforms or (asked[actor.id],)
            told[actor.id] = tuple(actor.counted) if actor.id in varied else chosen
    return told


def _if_any(ask: Callable[[], Part]) -> Part | None:
    """What is asked for; None where the model has nothing of the kind, or where it would take too long."""
    try:
        return ask()
    except (InputError, Absent):
        return None


# --- the question and its answer --------------------------------------------------------------------------------------


def _question(a: Asker) -> Told:
    asking = a.asking
    text = a.scenario.question or a.scenario.title
    value = Asked(text=text, ask=asking.ask, derived=asking.derived)
    return value, (command(Case(a.scenario), "show"),), ()


def _answer(a: Asker) -> Told:
    return a.answered


# --- the fields that follow from it -----------------------------------------------------------------------------------


def _table(a: Asker) -> Told:
    value, lines, found = a.answered
    assert isinstance(value, Answered)
    if not value.verdicts:
        raise Absent(tell("nothing brings it about, so there is nothing to list"))
    return Table.of(HEADINGS[value.kind], value.verdicts), lines, found


def _decisive(a: Asker) -> tuple[Decisive, ...]:
    """The readings that settle a row of the answer, of rows that are not settled anyway."""
    value, _, found = a.answered
    assert isinstance(value, Answered)
    grids: dict[str, list[tuple[Mapping[str, str], str]]] = {}
    for each in found:
        if isinstance(each, BreakMatrix):
            for cell in each.cells:
                grids.setdefault(cell.policy, []).append((cell.readings, cell.fate))
        if isinstance(each, Types):
            of = str(each.query.of) if each.query.of else label(each.query.concept or "")
            grids[of] = [(row.readings, row.verdict) for row in each.rows]
    told = []
    for of, cells in grids.items():
        if len({verdict for _, verdict in cells}) < 2:
            continue
        for actor in cells[0][0]:
            for reading in dict.fromkeys(readings[actor] for readings, _ in cells):
                verdicts = {verdict for readings, verdict in cells if readings[actor] == reading}
                if len(verdicts) == 1:
                    (verdict,) = verdicts
                    told.append(Decisive(of=value.row(of).of, actor=actor, reading=reading, verdict=verdict))
    return tuple(sorted(told, key=lambda each: each.of != value.best))


def _turns(a: Asker) -> Told:
    decisive, missing = _decisive(a), ""
    lines, found = list[str](), list[Record]()
    if decisive:
        _, answer_lines, answers = a.answered
        lines, found = list(answer_lines), list(answers)
    deciding = changes = None
    try:
        deciding, line, told = _deciding(a)
        lines, found = [*lines, line], [*found, told]
    except (Absent, InputError) as reason:
        missing = str(reason)
    try:
        changes, line = a.changes
        lines, found = [*lines, line], [*found, changes]
    except (Absent, InputError) as reason:
        missing = missing or str(reason)
    if not found:
        raise Absent(missing.rstrip("."))
    of, platform = ("", "") if deciding is None and changes is None else (str(a.followed[1].of), a.followed[2])
    value = Turns(
        decisive=decisive,
        settled=_if_any(lambda: a.value.settled) is True,
        deciding=deciding,
        of=of,
        platform=platform,
        flips=len(changes.flips) if changes else None,
        tried=len(changes.changes) if changes else None,
        whose=tuple(dict.fromkeys(change.actor for change in changes.flips)) if changes else (),
    )
    return value, tuple(lines), tuple(found)


def _deciding(a: Asker) -> tuple[Deciding, str, Record]:
    """The smallest sets of assumptions that suffice for the verdict that is looked into, and what asks for them."""
    found, line, asked = a.sufficient
    case, query, platform = a.followed
    least = min(map(len, found.sufficient))
    smallest = tuple(members for members in found.sufficient if len(members) == least)
    value = Deciding(
        of=str(query.of),
        platform=platform,
        readings=_read(case.scenario, case, platform),
        verdict=found.verdict,
        assumed=found.assumed,
        sets=smallest,
        others=len(found.sufficient) - len(smallest),
        size=found.size,
        asked=min(asked, found.possible),
        exact=found.exact,
    )
    return value, line, found


def _read(scenario: Scenario, case: Case, platform: str) -> dict[str, str]:
    """The readings chosen of the actors that have rival ones, but for the one whose list the platform says."""
    whose = scenario.platforms[platform].actor if platform else ""
    open_ = [actor.id for actor in scenario.actors if len(actor.counted) > 1 and actor.id != whose]
    return {actor: name for actor, name in case.chosen.items() if actor in open_}


def _objection(a: Asker) -> Told:
    """The sister whose share of yes is furthest from ours; else one other reading that gives another verdict."""
    ours = a.value.row(a.value.best).counts if a.value.best else {}
    told: list[tuple[Fraction, Objection, Told]] = []
    for name in a.scenario.sisters:
        sister = Asker(Case(load_beside(name, a.scenario)))
        try:
            answer = sister.answered
        except Absent:
            continue
        row = (
            sister.value.row(sister.value.best)
            if sister.value.best
            else Verdicts(of="", counts={"nothing suffices": 1})
        )
        away = abs(share(row) - share(Verdicts(of="", counts=ours)))
        objection = Objection(
            model=sister.scenario.name,
            title=sister.scenario.title,
            of=row.of,
            ours=ours,
            theirs=row.counts,
            answer=sister.value,
            sister=sister.scenario,
        )
        told.append((away, objection, answer))
    if not told:
        return _rival(a)
    away, objection, (_, lines, found) = max(told, key=lambda each: each[0])
    return (objection, lines, found) if away else _rival(a)


def _rival(a: Asker) -> Told:
    """The first reading that, alone put in place of the one chosen, gives another verdict about what does most."""
    value, lines, found = a.answered
    assert isinstance(value, Answered)
    if value.kind == "levers":
        return _rival_levers(a, value)
    for place, each in enumerate(found):
        if isinstance(each, BreakMatrix):
            cells = [(c.readings, c.fate) for c in each.cells if c.policy == value.best]
        elif isinstance(each, Types) and value.verdicts[place].of == value.best:
            cells = [(row.readings, row.verdict) for row in each.rows]
        else:
            continue
        chosen = {actor: a.case.chosen[actor] for actor in value.over}
        ours = next((verdict for readings, verdict in cells if readings == chosen), None)
        for actor in value.over:
            for readings, verdict in cells:
                alone = {**chosen, actor: readings[actor]} == readings
                if ours is not None and alone and verdict != ours:
                    objection = Objection(
                        actor=actor, reading=readings[actor], of=value.best, ours={ours: 1}, theirs={verdict: 1}
                    )
                    return objection, lines[place : place + 1], (each,)
    raise Absent(_no_rival(a))


def _no_rival(a: Asker) -> str:
    missing = "" if a.scenario.sisters else tell("the file names no sister models, and ")
    return tell("{missing}no other reading of one actor gives another answer", missing=missing)


def _rival_levers(a: Asker, value: Answered) -> Told:
    """The first other reading of another actor that turns whether those asked about can make sure of the goal."""
    asking, goal, able = a.asking, a.wanted(), bool(value.verdicts)
    rivals = [(actor, name) for actor in value.chosen for name in a.scenario.actor(actor).counted]
    tries = math.prod(map(a.settings, value.over))
    said = {True: tell("something suffices"), False: tell("nothing suffices")}
    for number, (actor, name) in enumerate(rivals):
        if name == value.chosen[actor]:
            continue
        case = a.case.under(Policy(readings={actor: name}))
        line = command(case, "levers", by=value.over, goal=goal, play=asking.play)
        a.afford(tries * (number + 1), line, ANSWERING)
        found = levers(case, value.over, goal, asking.play)
        if bool(found.minimal) != able:
            objection = Objection(
                actor=actor,
                reading=name,
                of=value.subject,
                ours={said[able]: 1},
                theirs={said[not able]: 1},
                by=value.over,
                able=not able,
            )
            return objection, (line,), (found,)
    raise Absent(_no_rival(a))


def _route(a: Asker) -> Told:
    goal = a.sought()
    if a.value.kind == "play" and any(each.of == goal and set(each.counts) == {ALL} for each in a.value.verdicts):
        raise Absent(tell("it comes about without any other route"))
    line = command(a.case, "joint", goal=goal, most=MEMBERS)
    a.afford(len(CONCEPTS) * 4, line)
    try:
        together = joint(a.case, goal, MEMBERS)
    except TooLarge as error:
        raise Absent(str(error).rstrip(".")) from None
    members = together.coalitions[0].members if together.coalitions else ()
    lands = together.coalitions[0].lands if together.coalitions else {}
    holding = lands.get("seq")
    lines, found = [line], list[Record]([together])
    promises, tried = list[Promise](), 0
    menu = _exchanges(a, together)
    offers = len(menu) + min(
        COMMITMENTS * len(a.case.actors), sum(3 ** len(actor.options) for actor in a.scenario.actors)
    )
    if not a.scenario.graph and a.cost * offers <= WORK:
        induced = induce(a.case, rules=menu, most=COMMITMENTS)
        tried = len(induced.commitments)
        promises = [
            Promise(
                actor=each.actor,
                commits=each.phrase,
                strength=each.strength,
                goal=_at_ends(a, each.ends, goal),
                kept=each.kept_word,
            )
            for each in induced.minimal
        ]
        promises = [each for each in promises if each.goal == ALL]
        lines.append(command(a.case, "induce", most=COMMITMENTS, **{"try": menu}))
        found.append(induced)
    value = Route(
        goal=goal,
        together=members,
        lasts=None if holding is None else holding > 0,
        by_answers=bool(holding) and lands.get("nash") == 0,
        promises=tuple(promises),
        tried=tried,
    )
    return value, tuple(lines), tuple(found)


def _exchanges(a: Asker, together: Joint) -> list[str]:
    """What the members of the smallest coalition could do together, announced by one of them as a rule: "when you, then I".

    Of the states they would go to those that change least come first; at most `RULES` rules.
    """
    if not together.coalitions or len(together.coalitions[0].members) < 2 or a.scenario.graph:
        return []
    changed, now = list[dict[str, int]](), a.case.at_rest
    for target in together.coalitions[0].targets:
        state = target.state.get("settings", target.state)
        there = a.case.settings(state) if isinstance(state, Mapping) else {}
        changed.append({key: value for key, value in there.items() if now[key] != value})
    rules = dict[str, None]()
    for settings in sorted(changed, key=len):
        for member in together.coalitions[0].members:
            own = {key: value for key, value in settings.items() if a.scenario.option(key).actor == member}
            others = {key: value for key, value in settings.items() if key not in own}
            if own and others:
                when = " and ".join(a.scenario.option(key).text(value) for key, value in others.items())
                rules[f"when {when} then {a.case.state_text(own)}"] = None
    return [rule for rule in [*rules][:RULES] if _rests(a.case, rule)]


def _rests(case: Case, rule: str) -> bool:
    """Whether the model comes to rest with the rule in force: some switch the same options back and forth."""
    try:
        return case.under(Policy(rules=(case.rule(rule),))).game.count > 0
    except InputError:
        return False


def _at_ends(a: Asker, ends: Iterable[End], goal: str) -> str:
    """ALL, SOME or NONE of the states of these ends satisfy the goal; of a cycle not listed whole, SOME at most."""
    formula, met = a.scenario.formula(goal), list[bool]()
    for end in ends:
        for state in end.states:
            told = state["settings"] if isinstance(state.get("settings"), Mapping) else state
            met.append(bool(holds(formula, a.case.settings(told))))
        if end.size > len(end.states):
            met.append(False)
    return ALL if all(met) else SOME if any(met) else NONE


def _home(a: Asker) -> Told:
    approval = tuple(
        dict.fromkeys((each.id, actor) for each in a.scenario.incentives.values() for actor in each.approved_by)
    )
    if not a.scenario.platforms:
        if not approval:
            raise Absent(tell("the file has no platforms, and nobody who must approve anything"))
        return Home(courses=(), approval=approval), (command(Case(a.scenario), "show"),), ()
    a.started()
    line = command(a.case, "compare")
    unknown = sum(2 ** len(each.unknown) for each in a.scenario.platforms.values())
    a.afford(2 * unknown, line)
    found = compare(a.case)
    courses = tuple(Course(platform=each.id, actor=each.actor, kept=each.self_enforcing) for each in found.platforms)
    return Home(courses=courses, approval=approval), (line,), (found,)


def _indicators(a: Asker) -> Told:
    a.started()
    # Whoever asks knows its own mind: what it wants is to be read off the others' moves only where nobody else is open.
    every = [actor for actor in a.scenario.actors if len(actor.counted) > 1]
    rivals = [actor for actor in every if actor.id not in a.leaders] or every
    if not rivals:
        raise Absent(tell("no actor has two readings to tell apart"))
    chosen = _accounts(a, rivals)
    line = command(a.case, "observations", over=chosen or None, within=WITHIN)
    if not chosen:
        raise Absent(tell("it would take long in a model of this size: {line}", line=line))
    found = observations(a.case, chosen, within=WITHIN)
    accounts = found.accounts
    if accounts is None or not accounts.watch:
        raise Absent(tell("nothing within {within} moves tells two accounts apart", within=WITHIN))
    value = Indicators(
        within=WITHIN, watch=accounts.watch[:INDICATORS], pairs=accounts.pairs, separated=accounts.separated
    )
    return value, (line,), (found,)


def _accounts(a: Asker, rivals: Iterable[Actor]) -> tuple[str, ...]:
    """Whose readings are compared: those of the question first, as many as can be afforded."""
    first = _if_any(lambda: a.value.over) or ()
    ordered = sorted(rivals, key=lambda actor: actor.id not in first)
    chosen, total = list[str](), 1
    for actor in ordered:
        total *= len(actor.counted)
        if total > MOST_ACCOUNTS or total * a.cost > WORK:
            break
        chosen.append(actor.id)
    return tuple(chosen)


def _irreversible(a: Asker) -> Told:
    line = command(a.case, "irreversible")
    a.afford(8, line)
    found = irreversible(a.case)
    switches = tuple(
        OneWay(
            actor=each.actor,
            option=each.option,
            switch=each.switch,
            made=each.made,
            outcomes=each.general.outcomes,
        )
        for each in found.switches
    )
    if not switches:
        raise Absent(
            tell(
                "the file marks no move as one way: here every move can be taken back, also one that could "
                "not in the world"
            )
        )
    return Irrevocable(switches=switches), (line,), (found,)


def _others(a: Asker) -> Told:
    """What everybody but the one who is asked about can bring about alone."""
    goal = a.sought()
    if a.scenario.graph:
        raise Absent(tell("a model in graph form has no options to hold"))
    others = (each.id for each in a.scenario.actors if each.id not in a.leaders)
    actors = [actor for actor in others if a.settings(actor) > 1]
    if not actors:
        raise Absent(tell("nobody else has anything to choose"))
    play, told, lines, found = a.play, list[Lever](), list[str](), list[Record]()
    for actor in actors:
        line = command(a.case, "levers", by=actor, goal=goal, play=play)
        if a.cost * a.settings(actor) > WORK:
            continue
        each = levers(a.case, actor, goal, play)
        least = each.minimal[0] if each.minimal else None
        told.append(
            Lever(
                actor=actor,
                goal=goal,
                setting=None if least is None else FormulaTerm(said(least.flips)),
                kept=None if least is None else least.self_enforcing,
            )
        )
        lines.append(line)
        found.append(each)
    if not told:
        a.afford(a.settings(actors[0]), command(a.case, "levers", by=actors[0], goal=goal, play=play))
    return OtherLevers(levers=tuple(told)), tuple(lines), tuple(found)


def _near(a: Asker) -> Told:
    case, query, platform = a.looked_into
    a.afford(1, a.line("margin"))
    found = brittleness(case, query)
    if not found.proved and found.holds is None:
        raise Absent(found.missing)
    lines = [a.line("margin", farthest=found.proved)] if found.proved else []
    if found.holds:
        lines.append(a.line("ensemble", draws=found.draws, within="0.0001", exact=0, dispersions="0.5"))
    value = Near(platform=platform, readings=_read(a.scenario, case, platform), brittle=found)
    return value, tuple(lines), (*([found.found] if found.found else []), *found.drawn)


def _trust(a: Asker) -> Told:
    wishes, deciding, changes = a.case.wishes, _if_any(lambda: _deciding(a)), _if_any(lambda: a.changes)
    ledger = evidence(a.case)
    lines = [*([deciding[1]] if deciding else []), *([changes[1]] if changes else []), command(a.case, "evidence")]
    found = [*([deciding[2]] if deciding else []), *([changes[0]] if changes else []), ledger]
    movers = {wish.actor for wish in wishes}
    marks = Counter(
        mark for each in ledger.in_force if each.kind == "aim" and each.owner in movers for mark in each.standing
    )
    value = Trust(
        deciding=deciding[0] if deciding else None,
        by_assumption=changes is not None and changes[0].by_assumption,
        wishes=len(wishes),
        wishes_supposed=sum(a.scenario.supposed(wish.sources) for wish in wishes),
        single=marks[SINGLE],
        contested=marks[CONTESTED],
        stale=None if a.scenario.stale_after is None else marks[STALE],
    )
    return value, tuple(lines), tuple(found)


def _since(a: Asker) -> Told:
    if a.scenario.history and a.value.kind == "hindcast":
        raise Absent(tell("the recorded events are what the answer is about"))
    found, line = a.record
    still = [number for number, event in enumerate(found.events) if event.status == "quiet"]
    if not found.n and not still:
        raise Absent(tell("no recorded event is a move of this model"))
    most = max(score.unsanctioned.hits for score in found.scores)
    best = [score for score in found.scores if score.unsanctioned.hits == most]
    silent = [each for each in found.told_apart if not each.separated and not each.weakly]
    dates = [event.date for event in found.events]
    value = Since(
        first=dates[0],
        last=dates[-1],
        moves=found.n,
        combinations=len(found.scores),
        best=most,
        best_count=len(best),
        expected_by_chance=best[0].unsanctioned.expected,
        pairs=len(found.told_apart),
        silent=len(silent),
        quiet=len(still),
        against=_against(found, still),
    )
    return value, (line,), (found,)


def _against(found: Hindcast, still: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """The readings against which it speaks every time that nobody moved."""
    sides = [found.speaks(number)[1] for number in still]
    return tuple(each for each in sides[0] if all(each in side for side in sides)) if sides else ()


ASKED: Mapping[str, Callable[[Asker], Told]] = {
    "question": _question,
    "answer": _answer,
    "table": _table,
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
"""What makes each field."""
