"""The strongly connected components of a graph: sets of nodes from each of which each other can be reached.

How to use it: `strong_components(count, sources, targets)`, where arc k leads from node `sources[k]` to `targets[k]`.

>>> [each.tolist() for each in strong_components(4, np.array([0, 1, 2, 2]), np.array([1, 2, 1, 3]))]
[[1, 2]]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Nodes = NDArray[np.int32]


def strong_components(count: int, sources: Nodes, targets: Nodes) -> list[NDArray[np.int64]]:
    """Those of more than one node, each sorted, by their first node. Cost: linear in the arcs."""
    inside = _core(count, sources, targets)
    kept = inside[sources] & inside[targets]
    onward: dict[int, list[int]] = {}
    for source, target in zip(sources[kept].tolist(), targets[kept].tolist(), strict=True):
        onward.setdefault(source, []).append(target)
    return sorted((np.array(sorted(c)) for c in _strong(onward) if len(c) > 1), key=lambda c: int(c[0]))


def _core(count: int, sources: Nodes, targets: Nodes) -> NDArray[np.bool_]:
    """Nodes left when those without a step in or without a step out are taken away, again and again."""
    # Most nodes of a play lie on no cycle; taking them away with arrays leaves little to the loop over single steps.
    inside = np.ones(count, dtype=np.bool_)
    while True:
        live = inside[sources] & inside[targets]
        kept = np.zeros_like(inside)
        kept[sources[live]] = True
        entered = np.zeros_like(inside)
        entered[targets[live]] = True
        if ((kept & entered) == inside).all():
            return inside
        inside = kept & entered


def _strong(onward: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Tarjan's strongly connected components, without recursion.

    Nodes are numbered as they are met, depth first. `low` is the least number known to be within reach through nodes not yet
    given to a component: where it is the node's own number, no step leads back to anything earlier, and what was met since is
    one component. Cost: linear in the steps.
    """
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    components: list[list[int]] = []
    for root in onward:
        calls = [(root, iter(onward[root]))] if root not in number else []
        while calls:
            node, rest = calls[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                stack.append(node)
                waiting.add(node)
            target = next(rest, None)
            if (
                target is None
            ):  # everything below the node is done: it hands on what it can reach, and may be a first node
                calls.pop()
                if calls:
                    low[calls[-1][0]] = min(low[calls[-1][0]], low[node])
                if low[node] == number[node]:
                    components.append(_unstack(stack, waiting, node))
            elif target not in number:
                calls.append((target, iter(onward.get(target, ()))))
            elif target in waiting:  # a step back; a target in a finished component cannot lead back here
                low[node] = min(low[node], number[target])
    return components


def _unstack(stack: list[int], waiting: set[int], node: int) -> list[int]:
    component: list[int] = []
    while not component or component[-1] != node:
        component.append(stack.pop())
    waiting.difference_update(component)
    return component
