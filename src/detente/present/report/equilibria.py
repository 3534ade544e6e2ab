"""The sections on where things stand: whether the status quo holds and why, where it could rest, who would stay where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from detente.analysis import KINDS
from detente.case import CONCEPTS
from detente.engine.concepts import label
from detente.messages import later, numeral, plural, tell
from detente.messages import word as told
from detente.present.names import upper
from detente.present.pages.blocks import Block, Card, Cards, Picture, Section, Table, Talk, Text, Turn
from detente.present.pictures import evolution_tree as tree
from detente.present.pictures import grids
from detente.present.pictures import state_graph as states
from detente.present.pictures.naming import differences
from detente.present.report.answers import LARGE, Findings
from detente.present.report.dialogue import in_words
from detente.present.tables.analysis import word
from detente.present.tables.selection import state_name
from detente.questions.explanation.search import DOUBTFUL
from detente.questions.explanation.witness import Improvement
from detente.sheet import ConceptTerm, Sheet, StateTerm, VerdictTerm, listed, listing, many

CARDS = 9
"""State cards at most; other equilibria are counted."""

LOOKED = 1_000
"""Equilibria of a concept among which the telling ones are looked for."""

SHORT = 6
"""States named in a sentence."""

TOLD = 6
"""Differences from today that name a state; one with more has its number besides their number."""

FEW = 2
"""Ends of play that a sentence tells in full."""

EVERY_STATE = 100
"""States of a model whose stability is told state by state."""


def status_quo(f: Findings) -> Section | None:
    """For whom the status quo is stable, in which sense, and why."""
    if not f.started:
        return None
    analysis, now = f.analysis, f.analysis.cell()
    basis = f.case.basis
    rows: list[tuple[Any, ...]] = [
        (
            p.name,
            *(
                VerdictTerm(
                    word(analysis.is_stable(c, p.id, now)),
                    basis.judged(tell("today"), tell("stable for {id}", id=p.id), c),
                )
                for c in CONCEPTS
            ),
        )
        for p in analysis.conflict.players
    ]
    whole = (
        VerdictTerm(word(analysis.is_equilibrium(c, now)), basis.judged(tell("today"), tell("stable for everybody"), c))
        for c in CONCEPTS
    )
    rows.append((tell("everybody (equilibrium)"), *whole))
    sheet = Sheet(tell("Would today's state last?"), (tell("stable for"), *map(label, CONCEPTS)), tuple(rows))
    answer, says = standing(f)
    blocks: list[Block] = [Text((f"{answer}. {says}",)), Table(sheet, heat=True)]
    if f.explanation:
        turns = tuple(Turn(question, answer) for question, answer in in_words(f.explanation, f.words))
        blocks.append(Talk(tell("Why, actor by actor"), turns))
    if f.ways_out and f.ways_out.count > 1:
        drawing = tree.evolution_tree(f.ways_out, f.scenario)
        blocks.append(Picture(drawing, command=f"detente picture tree {f.model}"))
    return Section(id="status-quo", title=tell("Does today's state hold?"), blocks=tuple(blocks))


FORESIGHT, MYOPIC = later("foresight play"), later("myopic play")
"""The kinds of play by name."""

PUNISH = later("only if the others would hurt themselves to punish")
"""What it means that a state holds under GMR or SMR and not under SEQ."""


def standing(f: Findings) -> tuple[VerdictTerm, str]:
    """Whether the status quo holds, in a few words and in a sentence: by SEQ, so that foresight play stays there.

    Under GMR and SMR alone it holds by counter-moves that need not be in the interest of those who make them.
    """
    analysis, now = f.analysis, f.analysis.cell()

    def answer(text: str) -> VerdictTerm:
        return VerdictTerm(text, f.case.basis.judged(tell("today"), "holds", "seq"))

    held = [c for c in CONCEPTS if analysis.is_equilibrium(c, now)]
    movers = [p.id for p in analysis.conflict.players if not analysis.is_stable("nash", p.id, now)]
    who, one = upper(listed(map(f.names.the, movers))), len(movers) == 1
    if "nash" in held:
        return answer(tell("Yes")), tell("No actor has an improvement, so today's state holds under every concept.")
    if "seq" in held:
        gain = tell("has an improvement") if one else tell("have improvements")
        undone = tell(
            "{who} {gain}, but counter-moves in the others' own interest would undo the gain (SEQ).", who=who, gain=gain
        )
        return answer(tell("Yes")), " ".join([undone, *_how_firmly(f)])
    leave = [p.id for p in analysis.conflict.players if not analysis.is_stable("seq", p.id, now)]
    who = upper(listed(map(f.names.the, leave)))
    gone = tell("{who} would leave it: no counter-move in the others' own interest undoes the gain", who=who)
    waiting = _who_waits(f)
    if held:
        return answer(tell("No; {punish}", punish=tell(PUNISH))), " ".join(
            [
                tell(
                    "{gone}. It would hold {punish} ({held}).",
                    gone=gone,
                    punish=tell(PUNISH),
                    held=listed(map(label, held)),
                ),
                *waiting,
            ]
        )
    return answer(tell("No")), " ".join(
        [tell("{gone}, and it holds under no other concept either.", gone=gone), *waiting]
    )


def _improvements(f: Findings) -> list[tuple[str, Improvement]]:
    """The improvements at the status quo, with whose they are; nothing of a model too large to explain."""
    witnesses = f.explanation.witnesses if f.explanation else ()
    return [(witness.actor, each) for witness in witnesses for each in witness.improvements]


def _how_firmly(f: Findings) -> list[str]:
    """Who deters whom, and whose improvements only doubtful counter-moves meet."""
    found = _improvements(f)
    pairs = dict.fromkeys(frozenset((actor, other.actor)) for actor, each in found for other in each.mutual)
    told = [
        tell("{in_order} deter each other.", in_order=upper(listed(map(f.names.the, _in_order(f, pair)))))
        for pair in pairs
    ]
    doubted = [actor for actor in f.case.actors if any(who == actor and each.kind == DOUBTFUL for who, each in found)]
    if doubted:
        some = tell(
            "Some of what {doubted} could gain by is met by a doubtful counter-move only",
            doubted=listed(map(f.names.the, doubted)),
        )
        told.append(tell("{some}: something deters that too.", some=some))
    return told


def _in_order(f: Findings, pair: frozenset[str]) -> list[str]:
    return [actor for actor in f.case.actors if actor in pair]


def _who_waits(f: Findings) -> list[str]:
    """Improvements that only what comes anyway meets: who moves by itself, and whether they pay afterwards."""
    told = []
    for actor, each in _improvements(f):
        if each.still is not None:
            movers = listed(map(f.names.the, dict.fromkeys(step.actor for step in each.answer)))
            pays = tell("still pays") if each.still else tell("no longer pays")
            told.append(
                tell(
                    "Only an empty counter-move meets an improvement of {actor}: {movers} would make it in any "
                    "case; after that the improvement {pays}.",
                    actor=f.names.the(actor),
                    movers=movers,
                    pays=pays,
                )
            )
    return list(dict.fromkeys(told))


# --- states -----------------------------------------------------------------------------------------------------


def resting(f: Findings) -> Section:
    """Equilibria and ends of play as cards, and the graph of states."""
    analysis, chosen = f.analysis, _chosen(f)
    counts = ", ".join(f"{analysis.count(c):,} {label(c)}" for c in CONCEPTS)
    words = [tell("Of {number} these are equilibria: {counts}.", number=many(analysis.states, "state"), counts=counts)]
    if f.started:
        words += [ends_text(f, kind) for kind in KINDS]
    total = analysis.count("gmr")
    if total + 1 > len(chosen):
        first = tell("today's state, then ") if f.started else ""
        words.append(
            tell(
                "Shown are the {number} most telling states: {first}the strictest equilibria first.",
                number=len(chosen),
                first=first,
            )
        )
    cards = Cards(tell("The states that matter"), tuple(_card(f, cell) for cell in chosen))
    blocks: list[Block] = [Text(tuple(words)), cards]
    if analysis.states <= LARGE:
        names = tuple(player.name for player in analysis.conflict.players)
        drawing = states.state_graph(analysis, alive=True)
        blocks.append(Picture(drawing, names, f"detente picture states {f.model}"))
    return Section(id="states", title=tell("Where it could rest"), blocks=tuple(blocks))


def ends_text(f: Findings, kind: str, lower: bool = False) -> str:
    """Where play of a kind ends, in a sentence, or with `lower` as the rest of one."""
    means = {
        "myopic": tell("if every actor takes any improvement ({myopic})", myopic=tell(MYOPIC)),
        "foresight": tell("if no actor makes a move it would regret ({foresight})", foresight=tell(FORESIGHT)),
    }[kind]
    means = means if lower else upper(means)
    ends = f.analysis.play(kind).end_states
    if len(ends) == 1 and int(ends[0]) == f.analysis.conflict.now:
        return tell("{means}, things stay as they are.", means=means)
    if len(ends) <= FEW and not f.analysis.conflict.graph:
        told = (listed(differences(f.analysis, int(cell))) for cell in ends)
        cycle = tell(", round and round") if any(len(end) > 1 for end in f.analysis.play(kind).ends) else ""
        return tell(
            "{means}, play ends with {told}{cycle}.", means=means, told=tell("; or with ").join(told), cycle=cycle
        )
    names = [state_name(f.analysis, int(cell)) for cell in ends[:SHORT]]
    more = tell(" and {number} more", number=numeral(len(ends) - SHORT)) if len(ends) > SHORT else ""
    cycle = tell(" (going round without an end)") if any(len(end) > 1 for end in f.analysis.play(kind).ends) else ""
    return plural(
        len(ends),
        "{means}, things end in state {names}{more}{cycle}.",
        "{means}, things end in states {names}{more}{cycle}.",
        means=means,
        names=", ".join(names),
        more=more,
        cycle=cycle,
    )


def _chosen(f: Findings) -> list[int]:
    """The status quo, where play ends, and equilibria: of every strictness first those in which other outcomes are true."""
    analysis = f.analysis
    found = dict.fromkeys([analysis.cell()] if f.started else [])
    for kind in KINDS if f.started else ():
        found |= dict.fromkeys(map(int, analysis.play(kind).end_states[:4]))
    for concept in CONCEPTS:
        if len(found) < CARDS and analysis.count(concept) <= LARGE:
            found |= dict.fromkeys(_telling(f, list(map(int, analysis.equilibria(concept)[:LOOKED])), found))
    return list(found)[:CARDS]


def _telling(f: Findings, cells: Sequence[int], before: Iterable[int]) -> list[int]:
    """The nearest to the status quo first; of states with the same outcomes one, and then the others."""
    ordered = sorted(cells, key=lambda cell: len(_changed(f, cell)))
    seen, new = {tuple(_true(f, cell)) for cell in before}, list[int]()
    for cell in ordered:
        true = tuple(_true(f, cell))
        if true not in seen:
            seen.add(true)
            new.append(cell)
    return [*new, *ordered]


def plain_name(f: Findings, cell: int) -> str:
    """What to call a state: the status quo, or how it differs from that, so that no two states are called the same."""
    conflict = f.analysis.conflict
    if cell == conflict.now:
        return tell("Today")
    name, told = conflict.state_names.get(cell), differences(f.analysis, cell)
    if conflict.graph:
        return tell("State {state_name}", state_name=state_name(f.analysis, cell))
    if len(told) > TOLD:
        changed = (
            tell("{number} from today", number=many(len(told), "change")) if conflict.now is not None else tell("State")
        )
        return f"{changed} ({state_name(f.analysis, cell)})"
    return upper(", ".join(told)) + (f" ({name})" if name else "")


def _true(f: Findings, cell: int) -> list[str]:
    """The outcomes that are so in a state."""
    here = np.array([cell])
    holds = f.analysis.conflict.holds
    return [f.names.thing(name) for name, o in f.scenario.outcomes.items() if bool(holds(o.formula, here)[0])]


def _changed(f: Findings, cell: int) -> dict[str, int]:
    conflict = f.analysis.conflict
    if conflict.now is None or conflict.graph:
        return {}
    before = conflict.settings(conflict.now)
    return {key: value for key, value in conflict.settings(cell).items() if before.get(key) != value}


def _card(f: Findings, cell: int) -> Card:
    analysis = f.analysis
    now = analysis.conflict.now
    marks = [tell("today")] if cell == now else []
    marks += [
        tell("{kind} play ends here", kind=told(k))
        for k in KINDS
        if now is not None and cell in analysis.play(k).end_states
    ]
    marks += [label(c) for c in CONCEPTS if analysis.is_equilibrium(c, cell)]
    lines = [] if analysis.conflict.graph else _card_lines(f, cell)
    true = _true(f, cell)
    lines = [*([(tell("outcomes"), tuple(true))] if true else []), *lines]
    return Card(title=plain_name(f, cell), state=state_name(analysis, cell), marks=tuple(marks), lines=tuple(lines))


def _card_lines(f: Findings, cell: int) -> list[tuple[str, tuple[str, ...]]]:
    here, changed = f.analysis.conflict.settings(cell), _changed(f, cell)
    options = {option.key: option for option in f.scenario.options}
    on = {k: v for k, v in here.items() if k not in changed and (v or not options[k].binary)}
    lines = [(tell("changed from today"), f.words.changes(changed))] if changed else []
    kept = f.words.settings(on)
    if len(changed) == len(here):
        return lines
    nothing = tell("nothing else is taken up") if changed else tell("nothing is taken up")
    return [*lines, (tell("as today") if changed else tell("in force"), kept or (nothing,))]


# --- stability --------------------------------------------------------------------------------------------------


def matrix(f: Findings) -> Section:
    """States, actors and concepts: as a picture, and as a table of every state of a small model, of shares for a large one."""
    analysis = f.analysis
    blocks: list[Block] = []
    if analysis.states <= LARGE:
        drawing = grids.stability_grid(analysis)
        blocks.append(Picture(drawing, command=f"detente picture stability {f.model}"))
    blocks.append(_every_state(f) if analysis.states <= EVERY_STATE else _shares(f))
    return Section(id="matrix", title=tell("Who would stay where"), blocks=tuple(blocks))


def _every_state(f: Findings) -> Table:
    analysis, players = f.analysis, f.analysis.conflict.players
    rows = []
    for cell in map(int, analysis.conflict.states):
        by = [_under(c for c in CONCEPTS if analysis.is_stable(c, p.id, cell)) for p in players]
        whole = _under(c for c in CONCEPTS if analysis.is_equilibrium(c, cell))
        rows.append((state_name(analysis, cell), StateTerm(analysis.text(cell)), *by, whole))
    named = all(row[0] == row[1] for row in rows)
    columns = ("state", tell("in force"), *(p.name for p in players), "everybody")
    note = tell(
        "The concepts under which the actor would stay, strictest first; under “everybody” the state is an equilibrium."
    )
    sheet = Sheet(tell("Every state, every actor, every concept"), columns, tuple(rows), (note,))
    kept = [place for place in range(len(columns)) if not (named and place == 1)]
    return Table(sheet.only(kept), heat=True, folded=True)


def _shares(f: Findings) -> Table:
    shares = [(p.name, *(_share(f, c, p.id) for c in CONCEPTS)) for p in f.analysis.conflict.players]
    title = tell("In how many of the {states} states each would stay", states=numeral(f.analysis.states))
    return Table(Sheet(title, (tell("stable for"), *map(label, CONCEPTS)), tuple(shares)))


def _share(f: Findings, concept: str, actor: str) -> int:
    grid = f.analysis.stable_grid(concept, actor)
    return int(grid.sum(dtype=np.int64)) * (f.analysis.conflict.cells // grid.size)


def _under(held: Iterable[str]) -> str:
    return listing([ConceptTerm(label(concept)) for concept in held], " ") or "–"
