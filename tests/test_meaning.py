"""Every clause of "Meaning, exactly" on a small model made for it, against the oracle, under both sanction rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from detente.analysis import analyse
from detente.scenario import read_text
from detente.verification import oracle

MODELS = {
    "order of consequences matters": """
actors:
  a: {options: {x: , y: , z: }, priorities: [y and not z, x]}
  b: {options: {p: }, priorities: [p, not y]}
rules:
  - {when: x, then: y}
  - {when: y and p, then: z}
  - {when: z, then: not y and not x}
now: [x]
outcomes: {o: z}
""",
    "order reversed": """
actors:
  a: {options: {x: , y: , z: }, priorities: [y and not z, x]}
  b: {options: {p: }, priorities: [p, not y]}
rules:
  - {when: z, then: not y and not x}
  - {when: y and p, then: z}
  - {when: x, then: y}
now: [x]
outcomes: {o: z}
""",
    "merge with a named representative that is not the first": """
actors:
  a: {options: {x: , w: }, priorities: [x, w]}
  b:
    options: {answer: {choices: [delay, accept, abandon], change: [delay > accept, delay > abandon, accept > abandon]}}
    priorities: [answer = abandon, answer = accept]
  c: {options: {i: }, priorities: [not answer = abandon, i]}
states: {end: [x, w, answer = abandon, i]}
rules: [{same: answer = abandon, score: representative}]
now: []
outcomes: {o: x and answer = abandon}
""",
    "overlapping merges unite": """
actors:
  a: {options: {x: , w: }, weights: [{when: x or w, weight: 1}, {when: q, weight: -2}]}
  b: {options: {q: , r: }, weights: [{when: q, weight: 1}, {when: x and r, weight: 3}]}
rules:
  - {same: x and q, score: representative}
  - {same: q and r, score: representative}
  - {never: x and w and q and r}
now: [x]
outcomes: {o: r}
""",
    "guards on choices, judged at the start, all at once": """
actors:
  a:
    options: {level: {choices: [low, middle, high], needs: {middle: go, high: not go}}, go: {needs: level = middle}}
    priorities: [level = high, go]
  b: {options: {p: {needs: level = high}}, priorities: [p]}
now: [level = middle]
outcomes: {o: level = high}
""",
    "barred with when": """
actors:
  a: {options: {x: , y: }, priorities: [not x, y]}
  b: {options: {treaty: , p: }, priorities: [p -> treaty, x]}
rules:
  - {barred: x > not x, for: a, when: treaty}
  - {barred: not p > p and not treaty, for: b}
now: [x, treaty]
outcomes: {o: not x}
""",
    "one way choices without the shortcut": """
actors:
  a: {options: {s: {choices: [one, two, three], change: [one > two, two > three]}}, priorities: [s = three, s = one]}
  b: {options: {p: {change: take}, q: {change: drop}}, priorities: [p <-> s = three, not q]}
  c: {options: {r: }, priorities: [r <-> p]}
now: [q]
outcomes: {o: s = three}
""",
    "fixed set by a consequence": """
actors:
  a: {options: {x: , f: {change: fixed}, g: {change: fixed}}, priorities: [f, x]}
  b: {options: {p: }, priorities: [not f, p]}
rules: [{when: x and p, then: f}]
states: {home: [x], there: [x, f, p]}
now: [x, g]
outcomes: {o: f and g, h: home}
""",
    "now not at rest": """
actors:
  a: {options: {x: , y: }, priorities: [x, y]}
  b: {options: {p: {change: drop}}, priorities: [p, not x]}
rules: [{when: x, then: not y and p}]
now: [x, y]
outcomes: {o: p}
""",
    "a consequence into an infeasible state": """
actors:
  a: {options: {x: , y: }, priorities: [x, y]}
  b: {options: {p: , q: }, priorities: [p, not x, q]}
rules: [{when: x and p, then: q}, {never: q and y}]
now: [y]
outcomes: {o: q}
""",
    "a move that lands where it started": """
actors:
  a: {options: {x: , y: }, priorities: [x, y]}
  b: {options: {p: }, priorities: [p, not x]}
rules: [{when: p, then: not x}]
now: [p]
outcomes: {o: x}
""",
    "same name, two actors": """
actors:
  a: {options: {talk: {needs: b.talk}, x: }, priorities: [a.talk and b.talk, not x]}
  b: {options: {talk: {change: take}}, priorities: [not a.talk, b.talk]}
now: [x]
outcomes: {o: a.talk}
""",
    "counts and precedence": """
actors:
  a: {options: {x: , y: , z: }, priorities: ["at least 2 of (x, not y, z)", "x -> y if z", x <-> y iff z]}
  b: {options: {p: , q: }, priorities: ["exactly 1 of (p, q)", not x or y and p]}
rules: [{never: "at most 0 of (x, y, p)"}]
now: [x]
outcomes: {o: "x or y and not p", h: "o -> not o"}
""",
    "ranking with merged names": """
actors:
  a: {options: {x: }, ranking: [s3, [s1, s2]]}
  b: {options: {p: }, ranking: [[s1, s3], s2]}
states: {s1: [], s2: [x], s3: [p]}
rules: [{same: p}]
now: s1
outcomes: {o: s3}
""",
    "sim with consequences and infeasible joints": """
actors:
  a: {options: {x: }, priorities: [x and not p, not p]}
  b: {options: {p: }, priorities: [p and not x, not x]}
  c: {options: {r: }, priorities: [r]}
rules: [{never: x and p and r}, {when: x and p, then: r}]
now: []
outcomes: {o: x}
""",
    "graph, one mover twice running, shared moves": """
actors:
  a: {ranking: [s4, s2, s1, s3]}
  b: {ranking: [s3, [s1, s4], s2]}
  c: {ranking: [[s1, s2, s3, s4]]}
graph:
  states: [s1, s2, s3, s4]
  moves: {a: [s1 > s2, s3 > s4], b: [s2 > s3, s4 > s1, s1 > s2], c: [s2 > s4]}
now: s1
outcomes: {o: s1 or s4, h: s2 or s3}
""",
}


def plain(text: str) -> dict[str, Any]:
    """The model as the oracle takes it: every scalar a text, an option without a value a yes/no option."""
    model: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (it makes nothing but texts)
    for actor in model["actors"].values():
        actor["options"] = {key: option or {} for key, option in actor.get("options", {}).items()}
    return model


@pytest.mark.parametrize("sanctions", ["legal", "one-step"])
@pytest.mark.parametrize("clause", MODELS)
def test_clause(clause: str, sanctions: str) -> None:
    said = json.loads(json.dumps(analyse(read_text("detente: 1\n" + MODELS[clause]), sanctions=sanctions).to_json()))
    expected = oracle.analyse(plain(MODELS[clause]), sanctions=sanctions)
    assert {key: said[key] for key in expected} == expected
