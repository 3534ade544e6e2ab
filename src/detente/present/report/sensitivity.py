"""The sections on how sure it is: what would flip the answer, who the actors might be instead, which claims are borne out."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping

from detente.engine.concepts import label
from detente.messages import plural, tell, word
from detente.present.names import IN_WORDS, counted, upper
from detente.present.pages.blocks import Picture, Section, Table, Text
from detente.present.pictures import pivot_list, tornado, verdict_grids
from detente.present.report.answers import Findings
from detente.questions.claims import claims as judged
from detente.questions.claims.register import COLUMNS, VIEWS
from detente.questions.claims.statuses import BY_ID
from detente.questions.claims.statuses import label as status_label
from detente.questions.preference_structures.from_file import stated_chances
from detente.questions.uncertainty.types import Types
from detente.scenario.binding.doubts import number
from detente.sheet import Sheet, listed, many


def pivots(f: Findings) -> Section | None:
    """Which one change of a list flips the verdict."""
    if f.pivots is None:
        return None
    tried, flips = many(len(f.pivots.changes), "single change"), len(f.pivots.flips)
    said = (
        plural(
            flips,
            "{number} of {tried} to what the actors want flips the answer about {goal_name}.",
            "{number} of {tried} to what the actors want flip the answer about {goal_name}.",
            tried=tried,
            goal_name=f.goal_name,
        )
        if flips
        else tell(
            "None of {tried} to what the actors want flips the answer about {goal_name}.",
            tried=tried,
            goal_name=f.goal_name,
        )
    )
    if f.pivots.by_assumption:
        said += tell(" Only a reaction rule decides: the answer is the assumption.")
    drawing = pivot_list.pivots_picture(f.pivots, f.scenario, f.goal_name)
    about = f" --goal {shlex.quote(f.goal or '')}" if f.goal != next(iter(f.scenario.outcomes), None) else ""
    picture = Picture(drawing, command=f"detente picture pivots {f.model}{about}")
    tables = [f.table(sheet, folded=True) for sheet in f.pivots.sheets()]
    return Section(id="pivots", title=tell("What would flip the answer"), blocks=(Text((said,)), picture, *tables))


def doubts(f: Findings) -> Section | None:
    """Where play ends if chance decides who moves, where the answer is another one, and what to look into first."""
    told: list[str] = []
    goal = shlex.quote(f.goal or "")
    if f.ends is not None and len(f.ends.ends) > 1:
        told.append(
            tell(
                "{sentence} More: detente ends {model} --play {play}.",
                sentence=f.names.sentence(f.ends.headline),
                model=f.model,
                play=f.ends.play,
            )
        )
    if f.boxes is not None and f.boxes.boxes:
        told.append(
            tell(
                "{sentence} More: detente boxes {model} --goal {goal}.",
                sentence=f.names.sentence(f.boxes.headline),
                model=f.model,
                goal=goal,
            )
        )
    plan = f.collection_plan
    if plan is None or not plan.checks:
        return Section(id="doubts", title=tell("Where the doubt lies"), blocks=(Text(tuple(told)),)) if told else None
    told.append(
        tell(
            "{sentence} More: detente collect {model} --goal {goal}.",
            sentence=f.names.sentence(plan.headline),
            model=f.model,
            goal=goal,
        )
    )
    drawing = tornado.tornado(plan, f.scenario, f.goal_name)
    picture = Picture(drawing, command=f"detente picture tornado {f.model} --goal {goal}")
    return Section(id="doubts", title=tell("Where the doubt lies"), blocks=(Text(tuple(told)), picture))


def types(f: Findings) -> Section | None:
    """The verdict under every combination of readings, as a heat table."""
    if f.types is None:
        return None
    found = f.types
    said = [
        tell(
            "{types_text} of {actors}. A count is no likelihood.",
            types_text=types_text(f, found),
            actors=listed(map(f.names.the, found.actors)),
        )
    ]
    others = [a for a in f.scenario.actors if len(a.counted) > 1 and a.id not in found.actors]
    said += [
        tell(
            "{id} is read as “{id2}” throughout.", id=f.names.name(a.id), id2=f.names.reading(a.id, f.case.chosen[a.id])
        )
        for a in others
    ]
    weight = _by_chances(f, found)
    said += [weight] if weight else []
    grid, marginal = Table(_grid(f, found), heat=True), f.table(found.sheets()[0], folded=True)
    text = Text((" ".join(said), *found.basis.uncounted))
    return Section(id="types", title=tell("If the actors are not who we think"), blocks=(text, grid, marginal))


def types_text(f: Findings, found: Types) -> str:
    """What is so in how many of the combinations of readings."""
    query = found.query
    what = upper(f.called(str(query.of))) if query.of else tell("Today's state")
    where = (
        tell("in the {concept} equilibria", concept=label(query.concept))
        if query.concept
        else tell("where {play} play ends", play=word(query.play))
    )
    return f"{what}, {where if query.of else tell('by {concept}', concept=label(query.concept or ''))}: {counted(found.counts)}"


def _by_chances(f: Findings, found: Types) -> str:
    """What the chances of readings that the file states come to; nothing unless it states them for every actor that varies."""
    stated = stated_chances(f.scenario)
    if not all(isinstance(stated.get(actor), Mapping) for actor in found.actors):
        return ""
    weights: dict[str, float] = {}
    for row in found.rows:
        chances = (
            number(stated[a].get(reading, 0), tell("uncertainty: {a}", a=a)) for a, reading in row.readings.items()
        )
        weight = math.prod(chances)
        weights[row.verdict] = weights.get(row.verdict, 0.0) + weight
    parts = [f"{IN_WORDS[verdict]} {weights[verdict]:.2g}" for verdict in found.counts.possible]
    return tell(
        "By the chances that the file states, each actor's readings apart from the others': {parts}.",
        parts=", ".join(parts),
    )


def _grid(f: Findings, found: Types) -> Sheet:
    down, across, columns, rows = verdict_grids.type_table(found, f.names)
    names = [[f.names.name(actor) for actor in side] for side in (down, across)]
    what = f.called(str(found.query.of)) if found.query.of else tell("Today's state")
    title = tell("{what}: {names} down", what=what, names=listed(names[0])) + (
        tell(", {names} across", names=listed(names[1])) if across else ""
    )
    held = f.words.read(f.case.state_text(f.case.held))
    fixed = tell("With {held} held.", held=held) if held else tell("With nothing held.")
    note = f"{_legend(found)} {fixed}"
    return Sheet(
        title, (listed(names[0]), *columns), tuple((row, *values) for row, values in rows), (note, *found.notes)
    )


def _legend(found: Types) -> str:
    """What the verdicts of the grid mean."""
    query = found.query
    if not query.of:
        return tell("Whether today's state is an equilibrium under {concept}.", concept=label(query.concept or ""))
    if query.concept:
        return tell(
            "Always: in every {concept} equilibrium; sometimes: in some equilibria; never: in none.",
            concept=label(query.concept),
        )
    return tell("Always: wherever {play} play ends; sometimes: in some ends; never: in none.", play=word(query.play))


def claims(f: Findings) -> Section | None:
    """Every claim with its status."""
    if not f.scenario.claims:
        return None
    register = judged(f.case)
    counts = tuple(
        (status_label(status), number, tell(BY_ID[status].means)) for status, number in register.summary.items()
    )
    rows = tuple(
        (row.id, row.says, row.label, row.because, *row.columns, ", ".join((*row.source, row.where)))
        for row in register
    )
    columns = ("claim", tell("the author says"), "status", "because", *map(tell, COLUMNS), tell("said in"))
    views = tuple((row.id, row.label, *row.views) for row in register if any(row.views))
    text = tell(
        "Each claim of the articles, in our words, was put to the models as a test. Its status is computed, not chosen."
    )
    blocks = (
        Text((text,)),
        f.table(Sheet(tell("What became of the claims"), ("status", "claims", tell("which means")), counts)),
        f.table(Sheet(tell("Claim by claim"), columns, rows), folded=True),
        *(
            [
                f.table(
                    Sheet(
                        tell("What the author and the opponent would say"),
                        ("claim", "status", *map(tell, VIEWS)),
                        views,
                    ),
                    folded=True,
                )
            ]
            if views
            else []
        ),
    )
    return Section(id="claims", title=tell("The claims, one by one"), blocks=blocks)
