"""The sections on what could be done: by one actor, by several together, with incentives, under rival platforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from detente.engine.concepts import label
from detente.messages import Messages, later, numeral, tell
from detente.present.names import isolated, upper
from detente.present.pages.blocks import Block, Picture, Section, Step, Table, Text, Way
from detente.present.pictures import charts
from detente.present.pictures.timeline import best_way
from detente.present.report.answers import Findings
from detente.present.report.equilibria import plain_name
from detente.questions.coalitions.coalitions import Coalitions, Upset
from detente.questions.incentives.aims_and_consent import COERCED
from detente.questions.incentives.packages import Package
from detente.questions.incentives.search import IMPOSSIBLE, OPEN, OPTIMAL
from detente.questions.policy.levers import Levers, LeverSet
from detente.sheet import Phrase, Sheet, Term, VerdictTerm, listed, listing, many

LONG = 8
"""Rows from which a table is folded."""


def levers(f: Findings) -> Section | None:
    """What those whose levers are asked for must commit to, and which other actor could do as much alone."""
    found, alone = f.levers, _alone(f)
    if found is None and not alone:
        return None
    text = (Text((levers_text(f, found),)),) if found else ()
    sheets = found.sheets() if found else ()
    tables = [
        f.table(sheet, heat=True, folded=n > 0 and len(sheet.rows) >= LONG, read=True)
        for n, sheet in enumerate(sheets)
        if sheet.rows
    ]
    title = (
        tell("Whether {leading} can bring {goal_name} about", leading=f.leading, goal_name=f.goal_name)
        if found
        else tell("Who can bring {goal_name} about alone", goal_name=f.goal_name)
    )
    return Section(id="levers", title=title, blocks=(*text, *tables, *alone))


def lasting(found: Levers) -> bool | None:
    """Whether some sufficient setting would be kept by those who hold it, if they were free again; None: not known."""
    kept = {each.self_enforcing for each in found.sufficient}
    return True if True in kept else None if None in kept else False


def able(found: Levers) -> VerdictTerm:
    """Whether those asked about can make sure of the goal."""
    about = found.basis.judged(
        found.goal, tell("brought about by {actors}", actors=", ".join(found.actors)), found.play
    )
    return VerdictTerm("yes" if found.minimal else "no", about)


def levers_text(f: Findings, found: Levers) -> str:
    """What those asked about can make sure of, by what, and whether it would last."""
    name, one = upper(listed(map(f.names.the, found.actors))), len(found.actors) == 1
    if not found.minimal:
        tail = tell(" alone") if one else tell(" together")
        return tell(
            "{name} cannot make sure of {goal_name}{tail}, whatever {word}.",
            name=name,
            goal_name=f.goal_name,
            tail=tail,
            word=tell("it holds") if one else tell("they hold"),
        )
    shown = min(found.minimal, key=lambda each: (each.self_enforcing is not True, len(each.flips)))
    more = tell(" ({number} smallest ways)", number=len(found.minimal)) if len(found.minimal) > 1 else ""
    said = tell(
        "{name} can make sure of {goal_name}{more}: {way}",
        name=name,
        goal_name=f.goal_name,
        more=more,
        way=_way(f, shown),
    )
    if shown.self_enforcing is None:
        return tell(
            "{said}. Whether it would last is not known: the model in which all are free is too large.", said=said
        )
    if shown.self_enforcing:
        return tell("{said}, and {word} would keep to it.", said=said, word=tell("it") if one else tell("they"))
    if lasting(found):
        kept = found.self_enforcing[0]
        return tell("{said}; that would not last, while this would: {way}.", said=said, way=_way(f, kept))
    return tell(
        "{said}. It would not last: {lower} would not keep to it if free again.",
        said=said,
        lower=tell("it") if one else tell("they"),
    )


def _way(f: Findings, each: LeverSet) -> str:
    """What is switched and held, in words."""
    return listed(f.words.changes(each.flips)) or tell("hold everything as it is today")


def _alone(f: Findings) -> tuple[Table, ...]:
    rows = []
    for actor in f.scenario.actors:
        found = f.levers_by(actor) if (actor.id,) != f.leaders else None
        if found is None:
            continue
        ways = [_way(f, each) for each in found.minimal]
        keeps = {True: VerdictTerm("yes"), False: VerdictTerm("no"), None: VerdictTerm("unknown")}
        kept = listing(dict.fromkeys(keeps[each.self_enforcing] for each in found.minimal))
        rows.append((actor.name, able(found), tell("; or ").join(ways) or "–", kept or "–"))
    if not rows:
        return ()
    columns = ("actor", tell("can alone"), "by", tell("would keep to it"))
    who = tell("Another actor alone") if f.leaders else tell("Each actor alone")
    sheet = Sheet(
        tell("{who}, and {goal_name}", who=who, goal_name=f.goal_name),
        columns,
        tuple(rows),
        () if f.leaders else f.read_as,
    )
    return (Table(sheet, heat=True),)


def path(f: Findings) -> Section | None:
    """The shortest way to the goal: who moves and why."""
    found = f.paths
    if found is None:
        return None
    title, way = tell("The shortest way to {goal_name}", goal_name=f.goal_name), best_way(found)
    if way is None or not found.length:
        said = (
            tell("{goal_name} is so already.", goal_name=f.goal_name)
            if found.length == 0
            else tell("No sequence of moves leads to {goal_name}.", goal_name=f.goal_name)
        )
        return Section(id="path", title=title, blocks=(Text((said,)),))
    steps = tuple(
        Step(
            step.name,
            f.words.changes(step.changes) or (step.change_text,),
            f.words.spelled(step.why.phrase)
            + (
                tell("; safe from answers")
                if step.unsanctioned
                else tell("; can be answered")
                if step.improvement
                else ""
            ),
        )
        for step in way.steps
    )
    bad = [f.names.the(step.actor) for step in way.steps if not step.improvement]
    said = tell(
        "It takes {number}; {number2} as short as that.",
        number=many(found.length, "step"),
        number2=many(found.count, "way"),
    )
    said += (
        tell(" {fromkeys} would have to move against its own interest.", fromkeys=upper(listed(dict.fromkeys(bad))))
        if bad
        else ""
    )
    end = upper(f.names.thing(f.goal or ""))
    drawn = Way(
        title=tell("One shortest way to {goal_name}", goal_name=f.goal_name),
        start=tell("Today"),
        steps=steps,
        end=end,
    )
    tables = tuple(f.table(sheet, folded=True) for sheet in found.sheets())
    return Section(id="path", title=title, blocks=(Text((said,)), drawn, *tables))


# --- partnerships -----------------------------------------------------------------------------------------------


def partnerships(f: Findings) -> Section | None:
    """Whether each partnership holds, which policy breaks it under which readings, and what it costs to part the partners."""
    blocks: list[Block] = []
    for name in f.scenario.partnerships if f.started else ():
        verdict, matrix = f.partnership(name), f.break_matrix(name)
        if verdict:
            blocks += [f.table(s, heat=True, folded=n > 0, read=n == 0) for n, s in enumerate(verdict.sheets())]
        for n, sheet in enumerate(matrix.sheets() if matrix else ()):
            title = tell("{name}: which policy breaks it, {n}", name=upper(f.names.thing(name)), n=tell(REASONING[n]))
            # Paper is higher than wide: the longer side goes down.
            fitting = sheet.turned() if len(sheet.columns) - 1 > max(ACROSS, len(sheet.rows)) else sheet
            blocks.append(Table(replace(fitting, title=title), heat=True, folded=n > 0))
        wedge = f.wedge(name)
        if wedge:
            drawing = charts.frontier(wedge, f.scenario)
            about = f" --partnership {name}" if len(f.scenario.partnerships) > 1 else ""
            blocks.append(Picture(drawing, command=f"detente picture frontier {f.model}{about}"))
            blocks += [f.table(sheet, folded=True) for sheet in wedge.sheets() if sheet.rows]
    title = tell("Partnerships, and what breaks them")
    return Section(id="partnerships", title=title, blocks=tuple(blocks)) if blocks else None


ACROSS = 9
"""Verdicts that stand side by side on a printed page."""

REASONING = (later("where foresight play ends"), later("where myopic play ends, by one-step (Nash) reasoning"))
"""The tables of a break matrix."""


# --- coalitions -------------------------------------------------------------------------------------------------


def coalitions(f: Findings) -> Section | None:
    """Who would upset which equilibrium with whom, and what holds against every coalition."""
    found = f.coalitions
    if found is None or len(f.analysis.conflict.players) < 2:
        return None
    cells = {state: cell_of(f, state) for state in found.states}
    names = {state: plain_name(f, cell) for state, cell in cells.items()}
    firm = [state for state in cells if any(state in found.universal[c] for c in found.concepts)]
    said = [_firm(found.universal, found.concepts)]
    if f.started:
        said.append(upset_text(f))
    rows = tuple(_upset_row(f, each, names) for each in found.upsets)
    columns = (
        "equilibrium",
        "called",
        "under",
        tell("left by"),
        "for",
        "called",
        tell("a jump under"),
        tell("deterred under"),
        tell("why each gains"),
    )
    more = found.upset_count - len(rows)
    notes = (
        tell("A jump leads from one equilibrium to another. Deterred: answers would leave some member no better off."),
        *((tell("{more} more are not listed.", more=numeral(more)),) if more else ()),
    )
    blocks: list[Block] = [Text(tuple(filter(None, said)))]
    if rows:
        blocks.append(
            Table(Sheet(tell("Who would upset an equilibrium"), columns, rows, notes), folded=len(rows) > LONG)
        )
    if firm:
        head = ("state", "called", *map(label, found.concepts))
        held = ((s, names[s], *(_against_all(found, s, c) for c in found.concepts)) for s in firm)
        sheet = Sheet(tell("What holds against every coalition"), head, tuple(held))
        blocks.append(Table(sheet, heat=True, folded=len(firm) > LONG))
    standings = tuple(
        (_together(f, each.members), each.count, *(len(each.stable[c]) for c in found.concepts))
        for each in found.coalitions
    )
    head = ("coalition", "improvements", *(tell("stays: {c}", c=label(c)) for c in found.concepts))
    blocks.append(Table(Sheet(tell("Coalition by coalition, in states"), head, standings), folded=True))
    return Section(id="coalitions", title=tell("What coalitions would upset"), blocks=tuple(blocks))


def cell_of(f: Findings, state: int | str) -> int:
    """The cell of a state that a result calls by its name or its number."""
    return f.analysis.cell(state) if isinstance(state, str) else int(f.analysis.conflict.states[state - 1])


def upsetting(f: Findings) -> tuple[list[str], list[str]]:
    """Coalitions of several that would gain by leaving the status quo: those that nothing deters (CSEQ), and the others.

    Told by where each is stable, which is known of every state; the upsets listed are only the first of many.
    """
    sides: tuple[list[str], list[str]] = ([], [])
    for each in f.coalitions.coalitions if f.coalitions else ():
        stays = {
            concept: any(cell_of(f, s) == f.analysis.conflict.now for s in each.stable[concept]) for concept in STAYS
        }
        if len(each.members) > 1 and not stays["cnash"]:
            sides[stays["cseq"]].append(listed(map(f.names.the, each.members)))
    return sides


STAYS = ("cnash", "cseq")
"""By these a coalition is told that has no improvement, and one that answers deter."""


def upset_text(f: Findings) -> str:
    """Which coalitions would upset the status quo, in a sentence."""
    free, deterred = upsetting(f)
    if not free and not deterred:
        return tell("No coalition of several would leave today's state to the gain of all its members.")
    gain = tell("would gain by moving together")
    if not free:
        return tell(
            "{deterred} {gain}, but counter-moves of the others deter them.",
            deterred=upper(tell("; or ").join(deterred)),
            gain=gain,
        )
    unless = (
        tell(
            " So would {deterred}, were it not for the counter-moves of others.", deterred=tell("; or ").join(deterred)
        )
        if deterred
        else ""
    )
    return f"{upper(tell('; or ').join(free))} {gain}.{unless}"


def _against_all(found: Coalitions, state: int | str, concept: str) -> VerdictTerm:
    """Whether a state holds against every coalition."""
    about = found.basis.judged(tell("state {state}", state=state), tell("holds against every coalition"), concept)
    return VerdictTerm("yes" if state in found.universal[concept] else "no", about)


def _firm(universal: Mapping[str, tuple[int | str, ...]], concepts: Iterable[str]) -> str:
    told = [tell("{number} under {c}", number=len(universal[c]), c=label(c)) for c in concepts]
    return tell("States that hold against every coalition: {told}.", told=listed(told))


def _together(f: Findings, members: Iterable[str]) -> str:
    return listed(map(f.names.name, members))


def _upset_row(f: Findings, each: Upset, names: Mapping[int | str, str]) -> tuple[str | int, ...]:
    under, jump = (", ".join(map(label, concepts)) for concepts in (each.equilibrium, each.jump))
    why = listing([Phrase.of(f"{f.names.name(a)}: ", gain.phrase) for a, gain in each.gains.items()], "; ")
    here, there = names.get(each.state, ""), names.get(each.target, "")
    deterred = ", ".join(label(concept) for concept, so in each.deterred.items() if so)
    return each.state, here, under, _together(f, each.members), each.target, there, jump or "–", deterred or "–", why


def joint(f: Findings) -> Section | None:
    """The smallest coalitions that all gain by going to the goal together."""
    found = f.joint
    if found is None:
        return None
    title, tables = tell("Who would gain by going together"), tuple[Table, ...]()
    if found.coalitions:
        who = "; ".join(_together(f, each.members) for each in found.coalitions[:LONG])
        whither = tell("from today to {goal_name}", goal_name=f.goal_name)
        said = tell(
            "The smallest coalitions that all gain by going {whither} together have {size} members: {who}.",
            whither=whither,
            size=found.size,
            who=who,
        )
        if found.size == 1:
            alone = listed((_together(f, each.members) for each in found.coalitions), tell("or"))
            said = tell("One actor alone gains by going {whither}: {alone}.", whither=whither, alone=alone)
        tables = tuple(f.table(sheet, folded=n > 0) for n, sheet in enumerate(found.sheets()[:6]))
    else:
        whither = tell("from today to {goal_name}", goal_name=f.goal_name)
        said = tell(
            "No coalition of up to {largest} actors would all gain by going {whither} together.",
            largest=found.largest,
            whither=whither,
        )
    return Section(id="joint", title=title, blocks=(Text((said,)), *tables))


# --- incentives -------------------------------------------------------------------------------------------------


def packages(f: Findings) -> Section | None:
    """What each outcome and the end of each partnership would cost, who lets that pass, and what cannot be bought."""
    asked = {f"“{f.names.thing(goal)}”": found for goal, found in f.packages.items()}
    asked |= {
        tell("{name} breaks in every SEQ equilibrium within reach", name=f.names.thing(name)): p
        for name, p in f.breaking.items()
    }
    if not asked:
        return None
    rows = tuple(_package_row(f, goal, found) for goal, found in asked.items())
    columns = (
        tell("what is wanted"),
        tell("can it be bought?"),
        tell("cheapest package"),
        "price",
        "due",
        tell("accepts it"),
        tell("does not"),
    )
    notes = (
        tell(BOUGHT),
        tell(PRICED),
        tell(PASSES),
        sourcing(f),
    )
    blocks: list[Block] = [
        Text((package_text(f),)),
        Table(Sheet(tell("What it would cost"), columns, rows, notes), heat=True),
    ]
    for number, (goal, found) in enumerate(asked.items()):
        *own, offered = found.sheets()
        kept = own if number == 0 else own[:1] if found.best is None else ()
        blocks += [f.table(_of_goal(sheet, goal), folded=True) for sheet in kept if sheet.rows]
        blocks += [f.table(offered, folded=True)] if number == 0 and offered.rows else []
    return Section(id="packages", title=tell("What incentives could buy"), blocks=tuple(blocks))


def _of_goal(sheet: Sheet, goal: str) -> Sheet:
    """A table of a package; where its title does not name the goal, it is added, for several stand on a page."""
    named = isinstance(sheet.title, Phrase) and any(isinstance(part, Term) for part in sheet.title.parts)
    return sheet if named else replace(sheet, title=f"{sheet.title}: {goal}")


BOUGHT = later(
    "An outcome is bought if it comes about wherever foresight play ends. That a partnership "
    "breaks is asked more strictly here than in its own section, which follows foresight play: "
    "it must break in every sequential equilibrium (SEQ) within reach by legal moves. So a "
    "partnership that breaks where play ends may still have to be paid for, or be beyond price."
)
PRICED = later(
    "Price: what is committed if all of it is called upon. Due: the most of it that falls due at "
    "a result; a threat costs only where it is carried out."
)
PASSES = later(
    "An actor that finds no result worse than today accepts it, by its list as the package "
    "leaves it; one that is coerced finds it worse than today, and better only than the threat "
    "carried out."
)
"""What the columns of the table of packages mean."""

CAN = Messages({OPTIMAL: "yes", IMPOSSIBLE: "no, at no price offered", OPEN: "open: the search was ended"})


def _package_row(f: Findings, goal: str, found: Package) -> tuple[str, ...]:
    best = found.best
    if best is None:
        can = VerdictTerm(CAN.get(found.status, found.status), found.bought())
        inway = dict.fromkeys(f.names.name(each.actor) for each in found.obstacles)
        return goal, can, tell("in the way: {inway}", inway=listed(inway)) if inway else "–", *["–"] * 4
    items = [(p.units, isolated(p.name or p.id)) for p in best.purchases]
    what = "; ".join(f"{units} × {name}" if units > 1 else name for units, name in items)
    forced = {c.actor for c in best.consents if c.verdict == COERCED}
    passes, not_ = (
        [
            f"{f.names.name(c.actor)}{' (coerced)' if c.actor in forced else ''}"
            for c in best.consents
            if c.lets_pass is lets
        ]
        for lets in (True, False)
    )
    can = VerdictTerm(CAN.get(found.status, tell("yes, but perhaps for less")), found.bought())
    cost = (price(f, best.price, best.price_most), price(f, best.due, best.due_most))
    return goal, can, what or tell("nothing is needed"), *cost, listed(passes) or "nobody", listed(not_) or "–"


def price(f: Findings, cost: Fraction, most: Fraction | None = None) -> str:
    """A price, or the range it lies in, as people write it, with what it is counted in."""
    amount = (
        f"{float(cost):g}"
        if most in (None, cost)
        else tell("{float} to {float2}", float=numeral(float(cost), "g"), float2=numeral(float(most or cost), "g"))
    )
    return (
        f"{amount} {f.scenario.cost_unit}"
        if f.scenario.cost_unit
        else tell("{amount} on the file's own scale", amount=amount)
    )


def sourcing(f: Findings) -> str:
    """What the prices rest on: how many of them nobody sourced."""
    costs = [each.evidence for each in f.scenario.incentives.values() if each.cost]
    bare = sum(f.scenario.supposed(evidence.source) for evidence in costs)
    unit = "" if f.scenario.cost_unit else tell(" The file names no unit of cost: prices compare with each other only.")
    if not bare:
        return tell("Every price has a source.{unit}", unit=unit)
    many = (
        tell("No price has a source")
        if bare == len(costs)
        else tell("{bare} of {number} prices have no source", bare=bare, number=len(costs))
    )
    return tell("{many}: they are suppositions.{unit}", many=many, unit=unit)


def package_text(f: Findings) -> str:
    """The cheapest package for the goal, in a sentence or two."""
    found = f.packages.get(f.goal or "")
    if found is None:
        return sourcing(f)
    if found.best is None:
        why = tell("at no price offered here") if found.status == IMPOSSIBLE else tell("as far as the search went")
        return tell(
            "{goal_name} cannot be bought, {why}. {sourcing}",
            goal_name=upper(f.goal_name),
            why=why,
            sourcing=sourcing(f),
        )
    if not found.best.purchases:
        return tell("{goal_name} needs no package: it comes about anyway.", goal_name=upper(f.goal_name))
    what = listed(f"“{isolated(p.name or p.id)}”" for p in found.best.purchases)
    against = [f.names.the(c.actor) for c in found.best.consents if not c.lets_pass]
    proof = tell("no cheaper one works") if found.status == OPTIMAL else tell("not proved cheapest")
    forced = [f.names.the(c.actor) for c in found.best.consents if c.verdict == COERCED]
    worse = tell("; {against} would find the result worse than today", against=listed(against)) if against else ""
    worse += (
        tell("; for {forced} it is worse than today, better than the threat carried out", forced=listed(forced))
        if forced
        else ""
    )
    tail = worse or tell("; no actor finds the result worse than today")
    due = (
        ""
        if found.best.due == found.best.price
        else tell(", of which {price} falls due where play ends", price=price(f, found.best.due, found.best.due_most))
    )
    cost = f"{price(f, found.best.price, found.best.price_most)}{due} ({proof})"
    ranks = tell(" It {at_ranks}.", at_ranks=found.at_ranks) if found.ranks else ""
    return tell(
        "The cheapest package for {goal_name} costs {cost}: {what}{tail}.{ranks} {sourcing}",
        goal_name=f.goal_name,
        cost=cost,
        what=what,
        tail=tail,
        ranks=ranks,
        sourcing=sourcing(f),
    )


def sourced(f: Findings, found: Package) -> bool:
    """Whether every price in the package has a source."""
    bought = [f.scenario.incentives[each.id] for each in found.best.purchases] if found.best else []
    return not any(f.scenario.supposed(each.evidence.source) for each in bought if each.cost_most)


# --- platforms --------------------------------------------------------------------------------------------------


def platforms(f: Findings) -> Section | None:
    """Platforms side by side."""
    found = f.platforms
    if found is None:
        return None
    proposed = {each.platform.actor for each in found.platforms}
    others = [a for a in f.scenario.actors if len(a.readings) > 1 and a.id not in proposed]
    said = listed(
        tell("{id} as “{id2}”", id=f.names.name(each.id), id2=f.names.reading(each.id, f.case.chosen[each.id]))
        for each in others
    )
    notes = (tell("By the list of each platform; the other actors are read so: {said}.", said=said),) if said else ()
    tables = tuple(
        f.table(replace(sheet, notes=(*sheet.notes, *notes)) if n else sheet, heat=0 < n < 4, folded=n > 2)
        for n, sheet in enumerate(found.sheets())
    )
    return Section(id="platforms", title=tell("Platforms compared"), blocks=tables)
