"""The sections on how sure it is: what would flip the answer, who the actors might be instead, which claims are borne out."""

from __future__ import annotations

from detente.present.pages.blocks import Picture, Section, Table, Text
from detente.present.pictures import grids
from detente.present.report.answers import Findings
from detente.present.tables.selection import plural
from detente.present.words import listed
from detente.questions.claims import claims as judged
from detente.questions.claims.statuses import BY_ID, label
from detente.questions.uncertainty.types import Types
from detente.sheet import Sheet


def pivots(f: Findings) -> Section | None:
    """Which one change of a list flips the verdict."""
    if f.pivots is None:
        return None
    tried, flips = plural(len(f.pivots.changes), "single change"), len(f.pivots.flips)
    verb = "flip" if flips else "flips"
    said = f"{flips or 'None'} of {tried} to what the actors want {verb} the answer about {f.goal_name}."
    if f.pivots.by_assumption:
        said += " Only a reaction rule decides: the answer is the assumption."
    drawing = grids.pivots_picture(f.pivots, f.scenario, f.goal_name)
    about = f" --about {f.goal}" if f.goal != next(iter(f.scenario.outcomes)) else ""
    picture = Picture(drawing, command=f"detente picture pivots {f.model}{about}")
    tables = [f.table(sheet, folded=True) for sheet in f.pivots.sheets()]
    return Section(id="pivots", title="What would flip the answer", blocks=(Text((said,)), picture, *tables))


def types(f: Findings) -> Section | None:
    """The verdict under every combination of readings, as a heat table."""
    if f.types is None:
        return None
    counts = f.types.counts
    said = f"{f.goal_name} where foresight play ends, under each of {counts.total} combinations of readings: {counts}."
    others = [a.name for a in f.scenario.actors if len(a.readings) > 1 and a.id not in f.types.actors]
    if others:
        said += f" {listed(others)} {'keeps its' if len(others) == 1 else 'keep their'} first reading."
    grid, marginal = Table(_grid(f, f.types), heat=True), f.table(f.types.sheets()[0], folded=True)
    return Section(id="types", title="If they are not who we think", blocks=(Text((said,)), grid, marginal))


def _grid(f: Findings, found: Types) -> Sheet:
    down, across, columns, rows = grids.type_table(found)
    names = [[f.names.name(actor) for actor in side] for side in (down, across)]
    title = f"{f.goal_name}: {listed(names[0])} down" + (f", {listed(names[1])} across" if across else "")
    note = "ALL: wherever foresight play ends; SOME: in some ends; NONE: in none."
    return Sheet(title, (listed(names[0]), *columns), tuple((row, *values) for row, values in rows), (note,))


def claims(f: Findings) -> Section | None:
    """Every claim with its status."""
    if not f.scenario.claims:
        return None
    register = judged(f.case)
    counts = tuple((label(status), number, BY_ID[status].means) for status, number in register.summary.items())
    rows = tuple((row.id, row.says, row.label, row.because, ", ".join((*row.source, row.where))) for row in register)
    text = (
        "Each claim of the articles, in our words, was put to the models as a test. Its status is computed, not chosen."
    )
    blocks = (
        Text((text,)),
        f.table(Sheet("What became of the claims", ("status", "claims", "which means"), counts)),
        f.table(
            Sheet("Claim by claim", ("claim", "the author says", "status", "because", "said in"), rows), folded=True
        ),
    )
    return Section(id="claims", title="The claims, one by one", blocks=blocks)
