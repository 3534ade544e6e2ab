"""The graph of a conflict for programs that draw and measure graphs: GraphML out and in, DOT and edge tables out.

GraphML holds states as nodes (settings, rank for each actor, equilibria, status quo) and moves as edges with their actor. Read
back, a graph with an `actor` on each edge and `rank ACTOR` on each node becomes a model in graph form; the formulas behind the
ranks and the options behind the states are gone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from detente.analysis import Analysis
from detente.exchange.foreign import (
    LOST,
    MOST_STATES,
    ForeignError,
    Given,
    Loss,
    Taken,
    identifier,
    identifiers,
    scenario_text,
    sections_lost,
)
from detente.messages import numeral, tell
from detente.sheet import library

GRAPHML, DOT, EDGES = "graphml", "dot", "edges"

RANK = "rank "
"""What stands before an actor in the name of the attribute that holds its ranks."""


def _losses(analysis: Analysis) -> tuple[Loss, ...]:
    gone = [Loss(LOST, tell("formulas are known by the ranks they give the states"), "actors")]
    if analysis.scenario.rules:
        gone.append(Loss(LOST, tell("rules are known by the states and moves that are left"), "rules"))
    return (*gone, *sections_lost(analysis.scenario))


def write(analysis: Analysis) -> Given:
    """The graph as GraphML (needs networkx, the extra `networks`). Cost: linear in states and moves."""
    _small(analysis)
    graph = analysis.to_networkx()
    content = io.BytesIO()
    networkx = library("networkx", "detente[networks]")
    for _, values in graph.nodes(data=True):
        for key, value in list(values.items()):
            values[key] = str(value) if isinstance(value, str) else value  # terms are plain texts in a file
    networkx.write_graphml(graph, content, named_key_ids=False)
    return Given(format=GRAPHML, content=content.getvalue().decode() + "\n", beside={}, losses=_losses(analysis))


def write_dot(analysis: Analysis) -> Given:
    """The graph in the language of Graphviz: states by their text, improvements as full lines, other moves dotted."""
    _small(analysis)
    sheet = analysis.nodes()
    concepts = [each for each in ("seq", "nash") if each in sheet.columns]
    lines = [f"digraph {_dot(analysis.scenario.title)} {{", "  node [shape=box];"]
    for row in sheet.to_dicts():
        marks = [f"peripheries={1 + any(row[each] for each in concepts)}", *(["style=bold"] if row["now"] else [])]
        lines.append(f"  {row['state']} [label={_dot(str(row['label']))}, {', '.join(marks)}];")
    for start, end, actor, improvement, _ in analysis.edges().rows:
        line = "solid" if improvement else "dotted"
        lines.append(f"  {start} -> {end} [label={_dot(actor)}, style={line}];")
    return Given(format=DOT, content="\n".join([*lines, "}"]) + "\n", beside={}, losses=_losses(analysis))


def write_edges(analysis: Analysis) -> Given:
    """The moves as CSV; the states in a table beside it."""
    losses = _losses(analysis)
    return Given(
        format=EDGES,
        content=analysis.edges().to_csv(),
        beside={".states.csv": analysis.nodes().to_csv()},
        losses=losses,
    )


def _small(analysis: Analysis) -> None:
    if analysis.states > MOST_STATES:
        raise ForeignError(
            "",
            tell(
                "a graph is drawn state by state, for at most {most} states; this model has {count}: take the edge table",
                most=numeral(MOST_STATES),
                count=numeral(analysis.states),
            ),
        )


def _dot(text: str) -> str:
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- in ---------------------------------------------------------------------------------------------------------------


def read(text: str, name: str = "") -> Taken:
    """The model in graph form that a GraphML file describes. Raises `ForeignError`.

    Every edge names its `actor`. A node may have ranks (`rank ACTOR`, larger is better) and a `label`; an actor without ranks
    is indifferent. A node whose `now` is true is the status quo.
    """
    graph = _parsed(text, name)
    edges = [(start, end, values.get("actor")) for start, end, values in graph.edges(data=True)]
    data = model_of(dict(graph.nodes(data=True)), edges, str(graph.graph.get("title") or name or "Graph"), name)
    losses = [states_only()]
    return Taken(format=GRAPHML, text=scenario_text(data, losses), losses=tuple(losses))


def states_only() -> Loss:
    """The remark on a model that came as states and moves."""
    return Loss(LOST, tell("the file knows states and moves, not options"), "actors")


def model_of(
    nodes: Mapping[Any, Mapping[str, Any]], edges: Sequence[tuple[Any, Any, Any]], title: str, name: str
) -> dict[str, Any]:
    """A model in graph form as plain data, from nodes with their attributes and edges (from, to, actor)."""
    if not nodes:
        raise ForeignError(name, tell("the graph has no nodes"))
    if len(nodes) > MOST_STATES:
        raise ForeignError(
            name,
            tell("the graph has {count} nodes; at most {most}", count=numeral(len(nodes)), most=numeral(MOST_STATES)),
        )
    states = _states(nodes)
    arcs: dict[str, list[str]] = {}
    for start, end, actor in edges:
        where = tell("edge {start} to {end}", start=start, end=end)
        if not actor:
            raise ForeignError(
                name, tell("expected the attribute actor, which names who moves; this edge has none"), where
            )
        for node in (start, end):
            if node not in states:
                raise ForeignError(name, tell("there is no node {node}", node=repr(node)), where)
        if start != end:
            arcs.setdefault(str(actor), []).append(f"{states[start]} > {states[end]}")
    ranked = [key.removeprefix(RANK) for values in nodes.values() for key in values if key.startswith(RANK)]
    actors = list(dict.fromkeys([*ranked, *arcs]))
    if not actors:
        raise ForeignError(name, tell("no edge names an actor, and no node ranks one: there is nobody to decide"))
    ids = dict(zip(actors, identifiers(actors, "actor"), strict=True))
    moves = {ids[actor]: list(dict.fromkeys(each)) for actor, each in arcs.items()}
    data: dict[str, Any] = {"detente": "1", "title": title, "actors": {}}
    for actor, key in ids.items():
        data["actors"][key] = {"name": actor, **_wants(actor, nodes, states, name)}
    data["graph"] = {"states": list(states.values()), "moves": moves}
    now = [states[node] for node, values in nodes.items() if values.get("now") is True]
    if len(now) > 1:
        raise ForeignError(name, tell("{count} nodes are today's state (now); expected one", count=len(now)))
    return data | ({"now": now[0]} if now else {})


def _parsed(text: str, name: str) -> Any:
    if re.search(r"<!(DOCTYPE|ENTITY)", text[:10_000], re.IGNORECASE):
        raise ForeignError(name, tell("the file declares entities; GraphML needs none, and they are refused"))
    networkx = library("networkx", "detente[networks]")
    try:
        graph = networkx.parse_graphml(text.removeprefix("\ufeff"), force_multigraph=True)
    except Exception as error:
        raise ForeignError(
            name, tell("this is not GraphML: {error}", error=" ".join(str(error).split())[:200])
        ) from None
    if not graph.is_directed():
        raise ForeignError(name, tell('the edges have no direction; expected edgedefault="directed"'))
    return graph


def _states(nodes: Mapping[Any, Mapping[str, Any]]) -> dict[Any, str]:
    """A name of the format for each node: its label where that is one, else its number."""
    found: dict[Any, str] = {}
    for number, (node, values) in enumerate(nodes.items(), 1):
        label = str(values.get("label") or "")
        own = label if re.fullmatch("[a-z][a-z0-9_]*", label) else f"s{node}" if str(node).isdecimal() else str(node)
        found[node] = identifier(own, found.values(), f"s{number}")
    return found


def _wants(actor: str, nodes: Mapping[Any, Mapping[str, Any]], states: Mapping[Any, str], name: str) -> dict[str, Any]:
    ranks = {node: values.get(RANK + actor) for node, values in nodes.items()}
    if all(rank is None for rank in ranks.values()):
        return {"ranking": [list(states.values())] if len(states) > 1 else list(states.values())}
    for node, rank in ranks.items():
        if not isinstance(rank, int | float) or isinstance(rank, bool) or rank != rank:
            raise ForeignError(
                name,
                tell("expected a number as {key}; found {rank}", key=f"{RANK}{actor}", rank=repr(rank)),
                tell("node {node}", node=node),
            )
    ordered = sorted(nodes, key=lambda node: -_number(ranks[node]))
    groups: Iterable[list[str]] = (
        [states[node] for node in group] for _, group in groupby(ordered, key=lambda node: ranks[node])
    )
    return {"ranking": [group if len(group) > 1 else group[0] for group in groups]}


def _number(value: Any) -> float:
    return float(value)
