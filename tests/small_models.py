"""Seeded very small models, for tests that look at thousands of them: two or three actors, at most 36 states.

Every actor has two readings, some options cannot be switched (but may be imagined), some are guarded, one-way or have three
choices, and a rule may forbid states. Every model has a meaning under each reading, and a feasible status quo.

>>> small_model(3) == small_model(3)
True
"""

from __future__ import annotations

import random
from typing import Any

from detente.verification import oracle

Model = dict[str, Any]

ACTORS = ("ash", "bo", "cy")


def small_model(seed: int, *, fixed: bool = True) -> Model:
    """A valid very small model; the same for the same seed."""
    for attempt in range(1000):
        model = _drawn(random.Random(f"small {seed} {attempt}"), fixed)
        try:
            game = oracle.build(model)
        except oracle.OracleError:
            continue
        if 2 <= len(game.states) <= 36 and any(any(moves) for moves in game.moves.values()):
            return model
    raise AssertionError(f"no valid model for seed {seed}")


def _drawn(rng: random.Random, fixed: bool) -> Model:
    actors: Model = {}
    free = rng.choice((3, 3, 4, 4, 5))
    names = ACTORS[: rng.choice((2, 3, 3))]
    for number in range(free + (rng.random() < 0.7) * fixed):
        owner = names[number] if number < len(names) else rng.choice(names)
        options = actors.setdefault(owner, {"options": {}})["options"]
        options[f"{owner}_{len(options)}"] = _option(rng, number >= free)
    keys = [key for spec in actors.values() for key in spec["options"]]
    choices = {key: spec.get("choices") for a in actors.values() for key, spec in a["options"].items()}

    def literal() -> str:
        key = rng.choice(keys)
        word = f"{key} = {rng.choice(choices[key])}" if choices[key] else key
        return f"{rng.choice(('', '', 'not '))}{word}"

    def wish() -> str:
        return f" {rng.choice(('and', 'or'))} ".join(literal() for _ in range(rng.choice((1, 2, 2, 3))))

    for spec in actors.values():
        for key, option in spec["options"].items():
            if rng.random() < 0.15 and not choices[key] and "change" not in option:
                option["needs"] = wish()
        spec["readings"] = {name: _wants(rng, wish) for name in ("one", "two")}
    rules = [{"never": f"{literal()} and {literal()}"}] if rng.random() < 0.4 else []
    now = [literal() for _ in range(2)] if rng.random() < 0.7 else []
    return {
        "detente": 1,
        "title": "small",
        "actors": actors,
        "rules": rules,
        "now": [each for each in now if not each.startswith("not ")][:1],
        "outcomes": {"goal": wish()},
    }


def _option(rng: random.Random, fixed: bool) -> Model:
    if fixed:
        return {"change": "fixed"}
    if rng.random() < 0.15:
        return {"choices": ["low", "middle", "high"]}
    return {"change": rng.choice(("take", "drop"))} if rng.random() < 0.15 else {}


def _wants(rng: random.Random, wish: Any) -> Model:
    if rng.random() < 0.2:
        return {"weights": [{"when": wish(), "weight": rng.choice((1, 2, -1, 3))} for _ in range(3)]}
    return {"priorities": [wish() for _ in range(rng.choice((2, 3, 4)))]}
