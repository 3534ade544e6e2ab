"""The sections on what could be done: by one actor, by several together, with incentives, under rival platforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from detente.engine.concepts import label
from detente.present.pages.blocks import Block, Picture, Section, Step, Table, Text, Way
from detente.present.pictures import charts
from detente.present.pictures.timeline import best_way
from detente.present.report.answers import Findings
from detente.present.report.equilibria import plain_name
from detente.present.report.words import the
from detente.present.tables.selection import plural
from detente.present.words import change, changes, listed, spelled, upper
from detente.questions.coalitions.coalitions import Upset
from detente.questions.incentives.packages import Package
from detente.questions.incentives.search import IMPOSSIBLE, OPEN, OPTIMAL
from detente.sheet import Sheet

LONG = 8
"""Rows from which a table is folded."""


def levers(f: Findings) -> Section | None:
    """What the leader must switch and hold, and whether anybody else could do as much."""
    found = f.levers
    if found is None:
        return None
    name = the(f.leader.name)
    if not found.minimal:
        text = Text((f"{upper(name)} alone cannot make sure of {f.goal_name}, whatever it holds.",))
    else:
        ways = [listed(changes(f.scenario, each.flips)) or "holding everything as it is" for each in found.minimal]
        said = tuple(f"{upper(name)} makes sure of {f.goal_name} by: {way}." for way in ways)
        text = Text(said, points=len(ways) > 1)
    sheets = [replace(s, title=s.title.replace(f"What {f.leader.id}", f"What {name}")) for s in found.sheets()]
    tables = [Table(s, heat=True, folded=n > 0 and len(s.rows) >= LONG) for n, s in enumerate(sheets) if s.rows]
    others = _others(f)
    return Section("levers", f"What {name} can make sure of", (text, *tables, *others))


def _others(f: Findings) -> tuple[Table, ...]:
    rows = []
    for actor in f.scenario.actors:
        found = f.levers_of(actor) if actor.id != f.leader.id and f.affordable(actor) else None
        if found is None:
            continue
        ways = [listed(changes(f.scenario, each.flips)) or "holding its course" for each in found.minimal]
        keeps = {True: "yes", False: "no", None: "unknown"}
        kept = ", ".join(dict.fromkeys(keeps[each.self_enforcing] for each in found.minimal))
        rows.append((actor.name, "yes" if ways else "no", "; or ".join(ways) or "–", kept or "–"))
    if not rows:
        return ()
    columns = ("actor", "could alone", "by", "would keep to it")
    return (Table(Sheet(f"Could anybody else make sure of {f.goal_name}?", columns, tuple(rows)), heat=True),)


def path(f: Findings) -> Section | None:
    """The shortest way to the goal: who moves and why."""
    found = f.paths
    if found is None:
        return None
    title, way = f"The shortest way to {f.goal_name}", best_way(found)
    if way is None or not found.length:
        said = f"{f.goal_name} is so already." if found.length == 0 else f"No sequence of moves leads to {f.goal_name}."
        return Section("path", title, (Text((said,)),))
    options = {option.key: option for option in f.scenario.options}
    steps = tuple(
        Step(
            step.name,
            tuple(change(options[k], v) for k, v in step.changes.items() if k in options) or (step.change_text,),
            spelled(f.scenario, f"{step.why}")
            + ("; safe from answers" if step.unsanctioned else "; can be answered" if step.improvement else ""),
        )
        for step in way.steps
    )
    bad = [the(step.name) for step in way.steps if not step.improvement]
    said = f"It takes {plural(found.length, 'step')}; {plural(found.count, 'way')} as short as that."
    said += f" {upper(listed(dict.fromkeys(bad)))} would have to move against its own interest." if bad else ""
    drawn = Way(f"One shortest way to {f.goal_name}", "Status quo", steps, upper(f.goal_name.strip("“”")))
    tables = tuple(Table(sheet, folded=True) for sheet in found.sheets())
    return Section("path", title, (Text((said,)), drawn, *tables))


# --- partnerships -----------------------------------------------------------------------------------------------


def partnerships(f: Findings) -> Section | None:
    """Whether each partnership holds, which policy breaks it under which readings, and what it costs to part the partners."""
    blocks: list[Block] = []
    for name in f.scenario.partnerships if f.started else ():
        title = f.partnership_name(name)
        verdict, matrix = f.partnership(name), f.break_matrix(name)
        if verdict:
            blocks += [Table(_titled(s, name, title), True, n > 0) for n, s in enumerate(verdict.sheets())]
        for n, sheet in enumerate(matrix.sheets() if matrix else ()):
            blocks.append(Table(_titled(sheet, name, f"{title}: which policy breaks it,"), True, n > 0))
        wedge = f.wedge(name)
        if wedge:
            drawing = charts.frontier(wedge, f.scenario)
            about = f" --about {name}" if len(f.scenario.partnerships) > 1 else ""
            blocks.append(Picture(drawing, command=f"detente picture frontier {f.model}{about}"))
            who = listed(f.scenario.actor(divider).name for divider in wedge.dividers)
            named = [_titled(s, f"Wedges of {', '.join(wedge.dividers)} ", f"Wedges of {who} ") for s in wedge.sheets()]
            blocks += [Table(_titled(s, name, title), folded=True) for s in named if s.rows]
    return Section("partnerships", "Partnerships, and what breaks them", tuple(blocks)) if blocks else None


def _titled(sheet: Sheet, old: str, new: str) -> Sheet:
    return Sheet(sheet.title.replace(old, new), sheet.columns, sheet.rows, sheet.notes)


# --- coalitions -------------------------------------------------------------------------------------------------


def coalitions(f: Findings) -> Section | None:
    """Who would upset which equilibrium with whom, and what holds against every coalition."""
    found = f.coalitions
    if found is None or len(f.analysis.conflict.players) < 2:
        return None
    cells = {state: cell_of(f, state) for state in found.words}
    names = {state: plain_name(f, cell) for state, cell in cells.items()}
    firm = [state for state in cells if any(state in found.universal[c] for c in found.concepts)]
    said = [_firm(found.universal, found.concepts)]
    if f.started and _is_rest(f):
        said.append(upset_text(f))
    rows = tuple(_upset_row(f, each, names) for each in found.upsets)
    columns = (
        "equilibrium",
        "called",
        "under",
        "left by",
        "for",
        "called",
        "a jump under",
        "deterred under",
        "why each gains",
    )
    more = found.upset_count - len(rows)
    notes = (
        "A jump leads from one equilibrium to another. Deterred: answers would leave some member no better off.",
        *((f"{more:,} more are not listed.",) if more else ()),
    )
    blocks: list[Block] = [Text(tuple(filter(None, said)))]
    if rows:
        blocks.append(Table(Sheet("Who would upset an equilibrium", columns, rows, notes), folded=len(rows) > LONG))
    if firm:
        head = ("state", "called", *map(label, found.concepts))
        held = ((s, names[s], *("yes" if s in found.universal[c] else "no" for c in found.concepts)) for s in firm)
        blocks.append(Table(Sheet("What holds against every coalition", head, tuple(held)), True, len(firm) > LONG))
    standings = tuple(
        (_together(f, each.members), each.count, *(len(each.stable[c]) for c in found.concepts))
        for each in found.standings
    )
    head = ("coalition", "improvements", *(f"stays: {label(c)}" for c in found.concepts))
    blocks.append(Table(Sheet("Coalition by coalition, in states", head, standings), folded=True))
    return Section("coalitions", "What coalitions would upset", tuple(blocks))


def _is_rest(f: Findings) -> bool:
    return any(f.analysis.is_equilibrium(c, f.analysis.cell()) for c in ("nash", "seq", "smr", "gmr"))


def cell_of(f: Findings, state: int | str) -> int:
    """The cell of a state that a result calls by its name or its number."""
    return f.analysis.cell(state) if isinstance(state, str) else int(f.analysis.conflict.states[state - 1])


def upsetting(f: Findings) -> tuple[list[str], list[str]]:
    """Coalitions of several that would gain by leaving the status quo: those that nothing deters (CSEQ), and the others."""
    found, sides = f.coalitions, (dict[str, None](), dict[str, None]())
    for each in found.upsets if found else ():
        if len(each.members) > 1 and cell_of(f, each.state) == f.analysis.conflict.now:
            sides[int(each.deterred.get("cseq", False))][_together(f, each.members)] = None
    return list(sides[0]), [who for who in sides[1] if who not in sides[0]]


def upset_text(f: Findings) -> str:
    """Which coalitions would upset the status quo, in a sentence."""
    free, deterred = upsetting(f)
    if not free and not deterred:
        return "No coalition of several would leave the status quo to the gain of all its members."
    said = f"To the gain of every member the status quo could be left by: {'; '.join(free or deterred)}"
    if free:
        return said + (f"; also, but for the answers of the others, by: {'; '.join(deterred)}." if deterred else ".")
    return f"{said}; but the answers of the others deter them."


def _firm(universal: Mapping[str, tuple[int | str, ...]], concepts: Iterable[str]) -> str:
    told = [f"{len(universal[c])} under {label(c)}" for c in concepts]
    return f"States that hold against every coalition: {listed(told)}."


def _together(f: Findings, members: Iterable[str]) -> str:
    return listed(f.scenario.actor(member).name for member in members)


def _upset_row(f: Findings, each: Upset, names: Mapping[int | str, str]) -> tuple[str | int, ...]:
    under, jump = (", ".join(map(label, concepts)) for concepts in (each.equilibrium, each.jump))
    why = "; ".join(f"{f.scenario.actor(a).name}: {weighing}" for a, weighing in each.gains.items())
    here, there = names.get(each.state, ""), names.get(each.target, "")
    deterred = ", ".join(label(concept) for concept, so in each.deterred.items() if so)
    return each.state, here, under, _together(f, each.members), each.target, there, jump or "–", deterred or "–", why


def joint(f: Findings) -> Section | None:
    """The smallest coalitions that all gain by going to the goal together."""
    found = f.joint
    if found is None:
        return None
    if not found.coalitions:
        said = f"No coalition of up to {found.largest} actors would all gain by going to {f.goal_name} together."
        return Section("joint", "Who would gain by going together", (Text((said,)),))
    who = "; ".join(_together(f, each.members) for each in found.coalitions[:LONG])
    said = f"The smallest coalitions that all gain by going to {f.goal_name} together have {found.size} members: {who}."
    tables = (Table(sheet, folded=n > 0) for n, sheet in enumerate(found.sheets()[:6]))
    return Section("joint", "Who would gain by going together", (Text((said,)), *tables))


# --- incentives -------------------------------------------------------------------------------------------------


def packages(f: Findings) -> Section | None:
    """What each outcome and the end of each partnership would cost, who lets that pass, and what cannot be bought."""
    asked = {f"“{f.outcome_name(goal)}”": found for goal, found in f.packages.items()}
    asked |= {f"{f.partnership_name(name)} breaks": found for name, found in f.breaking.items()}
    if not asked:
        return None
    rows = tuple(_package_row(f, goal, found) for goal, found in asked.items())
    columns = ("what is wanted", "can it be bought?", "cheapest package", "price", "lets it pass", "does not")
    note = (
        "An outcome is bought if it comes about wherever foresight play ends; a partnership breaks if it breaks in every "
        "sequential equilibrium within reach. Whoever finds no result worse than the status quo lets it pass."
    )
    blocks: list[Block] = [
        Text((package_text(f),)),
        Table(Sheet("What it would cost", columns, rows, (note,)), heat=True),
    ]
    for number, (goal, found) in enumerate(asked.items()):
        kept = found.sheets() if number == 0 else found.sheets()[:1] if found.best is None else ()
        blocks += [Table(_goal_titled(s, found, goal), folded=True) for s in kept if s.rows]
    return Section("packages", "What incentives could buy", tuple(blocks))


def _goal_titled(sheet: Sheet, found: Package, goal: str) -> Sheet:
    named = sheet.title.replace(found.goal, goal)
    return (
        sheet
        if named == "What there is to buy"
        else replace(sheet, title=named if goal in named else f"{named}: {goal}")
    )


CAN = {OPTIMAL: "yes", IMPOSSIBLE: "no, at no price offered", OPEN: "open: the search was ended"}


def _package_row(f: Findings, goal: str, found: Package) -> tuple[str, ...]:
    best = found.best
    if best is None:
        inway = dict.fromkeys(f.scenario.actor(each.actor).name for each in found.obstacles)
        return (
            goal,
            CAN.get(found.status, found.status),
            f"in the way: {listed(inway)}" if inway else "–",
            "–",
            "–",
            "–",
        )
    what = "; ".join(f"{p.units} × {p.name or p.id}" if p.units > 1 else p.name or p.id for p in best.purchases)
    passes, not_ = (
        [f.scenario.actor(c.actor).name for c in best.consents if c.lets_pass is lets] for lets in (True, False)
    )
    can = CAN.get(found.status, "yes, but perhaps for less")
    return goal, can, what or "nothing is needed", price(best.price), listed(passes) or "nobody", listed(not_) or "–"


def price(cost: Fraction) -> str:
    """A price as people write it."""
    return f"{float(cost):g}"


def package_text(f: Findings) -> str:
    """The cheapest package for the goal, in a sentence."""
    found = f.packages.get(f.goal or "")
    if found is None:
        return "The prices of incentives are as good as their sources."
    if found.best is None:
        why = "at no price offered here" if found.status == IMPOSSIBLE else "as far as the search went"
        return f"{upper(f.goal_name)} cannot be bought, {why}."
    if not found.best.purchases:
        return f"{upper(f.goal_name)} needs no package: it comes about anyway."
    what = listed(f"“{p.name or p.id}”" for p in found.best.purchases)
    against = [the(f.scenario.actor(c.actor).name) for c in found.best.consents if not c.lets_pass]
    proof = "no cheaper one works" if found.status == OPTIMAL else "not proved cheapest"
    tail = (
        f"; {listed(against)} would find the result worse than today" if against else "; nobody finds the result worse"
    )
    return f"The cheapest package for {f.goal_name} costs {price(found.best.price)} ({proof}): {what}{tail}."


# --- platforms --------------------------------------------------------------------------------------------------


def platforms(f: Findings) -> Section | None:
    """Platforms side by side."""
    found = f.platforms
    if found is None:
        return None
    tables = tuple(Table(s, heat=0 < n < 4, folded=n > 2) for n, s in enumerate(found.sheets()))
    return Section("platforms", "Platforms compared", tables)
