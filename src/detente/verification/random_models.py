"""Seeded random small models that use every part of the scenario format, to compare engine and oracle on.

`random_model(seed)` mixes all features; `random_model(seed, kind)` forces one family of `KINDS` and, where
the family restricts moves or states, keeps drawing until it really does.  Every model that comes out has a
meaning (the oracle can build it under each reading of each actor) and a feasible status quo.  `to_yaml`
writes it as a scenario file.

>>> draw_model(7, "graph") == draw_model(7, "graph")
True
>>> sorted(random_model(7, "graph"))
['actors', 'detente', 'graph', 'now', 'outcomes', 'title']
"""

from __future__ import annotations

import copy
import functools
import itertools
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from detente.verification import oracle

Model = dict[str, Any]

RULE_KINDS = ("oneway", "guards", "never", "consequences", "same", "barred")
KINDS = (
    "plain",
    "choices",
    *RULE_KINDS,
    "fixed",
    "names",
    "shared",
    "ties",
    "ranking",
    "weights",
    "long",
    "graph",
    "while",
    "adjusted",
)
ACTORS = ("ash", "bo", "cy", "di", "ed")


def random_model(seed: int, kind: str | None = None) -> Model:
    """A valid random model; the same for the same seed and kind, and the caller's own to change."""
    return copy.deepcopy(_kept(seed, kind))


@functools.lru_cache(maxsize=4096)
def _kept(seed: int, kind: str | None) -> Model:
    """Drawn once: most tests begin with the same seeds."""
    return draw_model(seed, kind)


def draw_model(seed: int, kind: str | None = None) -> Model:
    """The model, drawn afresh."""
    for attempt in range(1000):
        rng = random.Random(f"{kind} {seed} {attempt}")
        features = {kind} if kind else set(rng.sample(KINDS[1:-3], rng.randint(1, 7)))
        if kind == "adjusted":
            features.add(rng.choice(("plain", "choices", "never", "same", "ties", "ranking", "weights", "oneway")))
        graph = kind == "graph" or (kind is None and rng.random() < 0.1)
        try:
            model = graph_model(rng) if graph else Maker(rng, features).model()
        except oracle.OracleError:
            continue
        if kind not in (*RULE_KINDS, "while") or bites(model, kind):
            return model
    raise AssertionError(f"no valid model for seed {seed}, kind {kind}")


def bites(model: Model, kind: str) -> bool:
    """Taking the rules of this kind away changes the states or the moves."""
    keys = {"never": "never", "consequences": "then", "same": "same", "barred": "barred"}
    other = copy.deepcopy(model)
    for actor in other["actors"].values():
        actor.update({"weights": [{"when": "true", "weight": 1}]})
        for key in ("readings", "priorities", "ranking"):
            actor.pop(key, None)
        for option in actor["options"].values():
            option.pop({"guards": "needs", "oneway": "change", "while": "while"}.get(kind, ""), None)
    other["rules"] = [rule for rule in model.get("rules", ()) if keys.get(kind) not in rule]
    with_rules, without = oracle.build(model), oracle.build(other)
    return (with_rules.states, with_rules.moves) != (without.states, without.moves)


# --------------------------------------------------------------------------------------------------- formulas


class Formulas:
    """Random formulas over given atoms, with every connective of the format."""

    def __init__(self, rng: random.Random, atoms: list[Callable[[], str]]) -> None:
        self.rng, self.atoms = rng, atoms

    def atom(self) -> str:
        return self.rng.choice(self.atoms)()

    def literal(self) -> str:
        return self.rng.choice(("", "", "not ")) + self.atom()

    def simple(self) -> str:
        """A literal, or two joined by `and` or `or`."""
        if self.rng.random() < 0.5:
            return self.literal()
        return self.literal() + self.rng.choice((" and ", " or ")) + self.literal()

    def formula(self, depth: int = 2) -> str:
        rng = self.rng
        if depth == 0 or rng.random() < 0.3:
            return rng.choice(("true", "false")) if rng.random() < 0.03 else self.literal()
        if rng.random() < 0.15:
            parts = [self.formula(depth - 1) for _ in range(rng.randint(2, 4))]
            how = rng.choice(("exactly", "at least", "at most"))
            return f"{how} {rng.randint(0, len(parts))} of ({', '.join(parts)})"
        connective = rng.choice(("and", "or", "and", "or", "->", "if", "<->", "iff"))
        return f"{self.nested(depth - 1)} {connective} {self.nested(depth - 1)}"

    def nested(self, depth: int) -> str:
        """A part of a formula: mostly in parentheses, sometimes bare so that precedence decides."""
        inner = self.formula(depth)
        return f"{self.rng.choice(('', 'not '))}({inner})" if self.rng.random() < 0.6 else inner


# ------------------------------------------------------------------------------------------------ option form


class Maker:
    """One attempt at one option-form model."""

    def __init__(self, rng: random.Random, features: set[str]) -> None:
        self.rng, self.features = rng, features
        self.rules: list[dict[str, Any]] = []
        self.scenario: Model = {"detente": 1, "title": "Random model", "actors": {}}
        self.draw_options()
        self.formulas = Formulas(rng, [self.teller(*row) for row in self.options()])

    def options(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(actor, key, options' specification) in file order."""
        owned = [(a, o, s) for a, actor in self.scenario["actors"].items() for o, s in actor["options"].items()]
        for actor, option, spec in owned:
            unique = sum(option == other for _, other, _ in owned) == 1
            yield actor, option if unique else f"{actor}.{option}", spec

    def has(self, feature: str, chance: float = 1.0) -> bool:
        return feature in self.features and self.rng.random() < chance

    # options

    def draw_options(self) -> None:
        limit = 150 if self.rng.random() < 0.1 else self.rng.choice((16, 32, 64))
        actors = ACTORS[: self.rng.choice((2, 2, 3, 3, 4, 5))]
        self.scenario["actors"] = {a: {"name": a.title(), "options": {}} for a in actors}
        size = 1
        for actor in (*actors, *self.rng.choices(actors, k=2 * len(actors))):
            options = self.scenario["actors"][actor]["options"]
            spec = self.draw_option(f"{actor}_{len(options) + 1}", forced=size == 1)
            ways = len(spec.get("choices", (0, 1)))
            if len(options) < 3 and (size * ways <= limit or not options):
                name = "arm" if self.has("shared", 0.5) and "arm" not in options else f"{actor}_{len(options) + 1}"
                options[name] = spec
                size *= ways

    def draw_option(self, prefix: str, forced: bool) -> dict[str, Any]:
        """A yes/no option or one with choices; `forced` ones always show the family asked for."""
        rng, spec = self.rng, dict[str, Any](name=f"Option {prefix}")
        if self.has("choices", 1.0 if forced else 0.4) or self.has("while", 0.3):
            spec["choices"] = [f"{prefix}{letter}" for letter in "abcd"[: rng.choice((2, 3, 3, 4))]]
        if self.has("oneway", 1.0 if forced else 0.4):
            spec["change"] = rng.choice(("take", "drop"))
            if "choices" in spec:
                spec["change"] = self.draw_choice_moves(spec["choices"])
        elif self.has("fixed", 1.0 if forced else 0.15):
            spec["change"] = "fixed"
        return spec

    def draw_choice_moves(self, choices: list[str]) -> list[str]:
        """Allowed changes among choices: a chain without its shortcuts, or any pairs."""
        if self.rng.random() < 0.5:
            return [f"{a} > {b}" for a, b in itertools.pairwise(choices)]
        pairs = [f"{a} > {b}" for a in choices for b in choices if a != b]
        return self.rng.sample(pairs, self.rng.randint(1, len(pairs)))

    def teller(self, actor: str, key: str, spec: dict[str, Any]) -> Callable[[], str]:
        """Writes an atom about one option, by either of its names."""
        long = key if "." in key else f"{actor}.{key}"

        def atom() -> str:
            name = self.rng.choice((key, key, long))
            if "choices" not in spec:
                return name
            if self.rng.random() < 0.7:
                return f"{name} = {self.rng.choice(spec['choices'])}"
            some = self.rng.sample(spec["choices"], self.rng.randint(1, len(spec["choices"])))
            return f"{name} in {{{', '.join(some)}}}"

        return atom

    def own(self, actor: str) -> Formulas:
        return Formulas(self.rng, [self.teller(*row) for row in self.options() if row[0] == actor])

    # rules

    def draw_guards(self) -> None:
        for _, _, spec in self.options():
            if self.rng.random() < 0.4 and "choices" in spec:
                some = self.rng.sample(spec["choices"], self.rng.randint(1, 2))
                spec["needs"] = {choice: self.formulas.simple() for choice in some}
            elif self.rng.random() < 0.5 and "choices" not in spec:
                spec["needs"] = self.formulas.formula(1)

    def draw_lapses(self) -> None:
        """What options last while: some also guarded, one-way or fixed, and with a rule or two that act on their own."""
        rng = self.rng
        for _, _, spec in self.options():
            if rng.random() < 0.5:
                continue
            if "choices" not in spec:
                spec["while"] = self.formulas.formula(1)
            else:
                *lasting, spec["lapses_to"] = rng.sample(spec["choices"], rng.randint(2, len(spec["choices"])))
                one = rng.random() < 0.5
                spec["while"] = self.formulas.simple() if one else {c: self.formulas.simple() for c in lasting}
            if rng.random() < 0.3:
                spec["needs"] = {rng.choice(spec.get("choices", ("on",))): self.formulas.simple()}
            if rng.random() < 0.3 and "choices" not in spec:
                spec["change"] = rng.choice(("take", "drop", "fixed"))
        self.rules += [self.consequence() for _ in range(rng.choice((0, 0, 1)))]

    def draw_rules(self) -> None:
        if "guards" in self.features:
            self.draw_guards()
        if "while" in self.features:
            self.draw_lapses()
        drawers = {
            "never": self.never,
            "consequences": self.consequence,
            "same": self.same,
            "barred": self.barred,
        }
        for feature, draw in drawers.items():
            if feature in self.features:
                self.rules += [draw() for _ in range(self.rng.randint(1, 3))]
        self.rng.shuffle(self.rules)
        if self.rules:
            self.scenario["rules"] = self.rules

    def never(self) -> dict[str, Any]:
        return {"never": " and ".join(self.formulas.literal() for _ in range(self.rng.randint(2, 3)))}

    def consequence(self) -> dict[str, Any]:
        chosen = self.rng.sample(list(self.options()), self.rng.choice((1, 1, 2)) if self.rng.random() < 0.9 else 1)
        then = [self.setting(key, self.random_value(spec), spec, explicit=True) for _, key, spec in chosen]
        return {"when": self.formulas.simple(), "then": " and ".join(then)}

    def same(self) -> dict[str, Any]:
        return {"same": " and ".join(self.formulas.literal() for _ in range(self.rng.randint(1, 3)))}

    def barred(self) -> dict[str, Any]:
        actor = self.rng.choice(list(self.scenario["actors"]))
        rule = {"barred": f"{self.formulas.simple()} > {self.own(actor).simple()}", "for": actor}
        return {**rule, "when": self.formulas.formula(1)} if self.rng.random() < 0.5 else rule

    # states

    def random_value(self, spec: dict[str, Any]) -> Any:
        return self.rng.choice(spec.get("choices", (False, True)))

    def setting(self, key: str, value: Any, spec: dict[str, Any], explicit: bool) -> str:
        """A value as people write it; empty where it is the default and need not be said."""
        if "choices" in spec:
            return f"{key} = {value}" if explicit or value != spec["choices"][0] else ""
        return key if value else f"not {key}" if explicit else ""

    def settings(self, values: tuple[Any, ...]) -> list[str]:
        parts = [
            self.setting(key, value, spec, explicit=self.rng.random() < 0.1)
            for value, (_, key, spec) in zip(values, self.options(), strict=True)
        ]
        return [part for part in parts if part]

    def fixed_settings(self) -> list[str]:
        """Values of the fixed options, before anything else of the status quo is known."""
        return [
            self.setting(key, self.random_value(spec), spec, explicit=True)
            for _, key, spec in self.options()
            if spec.get("change") == "fixed"
        ]

    def draw_now(self, space: oracle.Space) -> list[str]:
        """A member of some state; sometimes a cell that only becomes one by its consequences."""
        cells = [cell for cell in space.cells if space.land(cell) is not None]
        now = self.rng.choice(cells)
        if space.consequences and self.rng.random() < 0.3:
            raw = tuple(
                value if option.change == "fixed" else self.rng.choice(option.values)
                for value, option in zip(now, space.options, strict=True)
            )
            now = raw if space.land(raw) is not None else now
        return self.settings(now)

    def draw_names(self, space: oracle.Space) -> dict[str, list[str]]:
        """Names of one or two states, each on its only or first member."""
        some = self.rng.sample(space.states, min(len(space.states), self.rng.randint(1, 2)))
        return {f"here{i}": self.settings(members[0]) for i, members in enumerate(some, 1)}

    def name_every_state(self, space: oracle.Space) -> dict[str, list[str]]:
        """A name for every state, given to any of its members (which makes it the representative)."""
        return {f"s{i}": self.settings(self.rng.choice(members)) for i, members in enumerate(space.states, 1)}

    # the whole

    def model(self) -> Model:
        scenario = self.scenario
        self.draw_rules()
        scenario["now"] = self.fixed_settings()
        space = oracle.Space(scenario)
        if len(space.states) < 2:
            raise oracle.OracleError("too small")
        scenario["now"] = self.draw_now(space)
        if "ranking" in self.features:
            scenario["states"] = self.name_every_state(space)
        elif "names" in self.features:
            scenario["states"] = self.draw_names(space)
            self.formulas.atoms += [functools.partial(str, name) for name in scenario["states"]]
        scenario["outcomes"] = self.draw_outcomes()
        for spec in scenario["actors"].values():
            self.draw_readings(spec)
        self.settle_scores()
        if "adjusted" in self.features:
            for spec in scenario["actors"].values():
                for wants in (spec.get("readings") or {"only": spec}).values():
                    wants["adjust"] = self.draw_adjustments(space)
            oracle.build(scenario)
        return scenario

    def draw_adjustments(self, space: oracle.Space) -> list[dict[str, Any]]:
        """Pairs that a hidden order of the states allows, so that they contradict nothing."""
        order = self.rng.sample(space.states, len(space.states))
        pairs = list(itertools.combinations(order, 2))
        some = self.rng.sample(pairs, min(len(pairs), self.rng.randint(1, 4)))
        return [
            {"above": self.settings(high[0]), "below": self.settings(low[0]), "because": "told"} for high, low in some
        ]

    def draw_outcomes(self) -> dict[str, str]:
        outcomes: dict[str, str] = {}
        for name in ("goal1", "goal2", "goal3")[: self.rng.randint(1, 3)]:
            outcomes[name] = self.formulas.formula()
            self.formulas.atoms.append(functools.partial(str, name))
        return outcomes

    def draw_readings(self, spec: dict[str, Any]) -> None:
        """One preference list, or two rival readings."""
        if self.rng.random() < 0.7:
            spec.update(self.draw_preference())
        else:
            spec["readings"] = {name: self.draw_preference() for name in ("hard", "soft")}

    def draw_preference(self) -> dict[str, Any]:
        rng = self.rng
        if self.has("ranking", 0.8):
            return {"ranking": weak_order(rng, list(self.scenario["states"]))}
        if self.has("weights", 0.8):
            return {"weights": [self.draw_weight() for _ in range(rng.randint(1, 5))]}
        if self.has("long", 1.0 if len(self.features) == 1 else 0.15):
            return {"priorities": [self.formulas.simple() for _ in range(rng.randint(64, 80))]}
        length = rng.randint(1, 2) if self.has("ties") else rng.randint(2, 7)
        return {"priorities": [self.draw_statement() for _ in range(length)]}

    def draw_statement(self) -> Any:
        want = self.formulas.formula()
        return {"want": want, "confidence": "low"} if self.rng.random() < 0.1 else want

    def draw_weight(self) -> dict[str, Any]:
        weight = self.rng.choice((1, 2, 3, -1, -2, 0.1, 0.2, 0.3, -0.3, 0.5, 1.5))
        return {"when": self.formulas.simple(), "weight": weight}

    def settle_scores(self) -> None:
        """Make every reading valid: where merged members score differently, the representative decides."""
        try:
            score_every_reading(self.scenario)
        except oracle.OracleError:
            for rule in self.rules:
                if "same" in rule:
                    rule["score"] = "representative"
            score_every_reading(self.scenario)


def score_every_reading(model: Model) -> None:
    """Refuses what `oracle.build` would under some choice of readings."""
    space = oracle.space_of(model)
    for actor, spec in model["actors"].items():
        for reading in spec.get("readings", ("only",)):
            oracle.state_scores(model, space, actor, reading)
    oracle.start_of(model, space)


def weak_order(rng: random.Random, names: list[str]) -> list[Any]:
    """A random ranking, best first, ties as nested lists."""
    left, ranking = rng.sample(names, len(names)), list[Any]()
    while left:
        tied = rng.choice((1, 1, 1, 2, 3))
        group, left = left[:tied], left[tied:]
        ranking.append(group if len(group) > 1 else group[0])
    return ranking


# ------------------------------------------------------------------------------------------------- graph form


def graph_model(rng: random.Random) -> Model:
    """Hand-made arcs: chains without shortcuts, one-way arcs, arcs that two actors share."""
    names = [f"s{i}" for i in range(1, rng.choice((3, 5, 8, 12, 20)) + 1)]
    actors = ACTORS[: rng.randint(2, 5)]
    formulas = Formulas(rng, [functools.partial(str, name) for name in names])
    outcomes = {f"goal{i}": formulas.formula(3) for i in range(1, rng.randint(2, 4))}
    moves = {actor: draw_arcs(rng, names) for actor in actors}
    if rng.random() < 0.5:
        shared = moves[actors[0]][:2]
        moves[actors[1]] += [arc for arc in shared if arc not in moves[actors[1]]]
    return {
        "detente": 1,
        "title": "Random graph",
        "actors": {actor: {"name": actor.title(), **graph_preference(rng, names, formulas)} for actor in actors},
        "graph": {"states": names, "moves": moves},
        "now": rng.choice(names),
        "outcomes": outcomes,
    }


def draw_arcs(rng: random.Random, names: list[str]) -> list[str]:
    chain = rng.sample(names, rng.randint(2, len(names)))
    pairs = list(itertools.pairwise(chain)) if rng.random() < 0.6 else []
    for _ in range(rng.randint(1, 2 * len(names))):
        a, b = rng.sample(names, 2)
        pairs += [(a, b), (b, a)] if rng.random() < 0.5 else [(a, b)]
    return [f"{a} > {b}" for a, b in dict.fromkeys(pairs)]


def graph_preference(rng: random.Random, names: list[str], formulas: Formulas) -> dict[str, Any]:
    if rng.random() < 0.7:
        return {"ranking": weak_order(rng, names)}
    if rng.random() < 0.5:
        return {"weights": [{"when": name, "weight": rng.randint(-3, 3)} for name in names]}
    return {"priorities": [formulas.formula(3) for _ in range(rng.randint(2, 6))]}


# ---------------------------------------------------------------------------------------------------- other versions


def swapped(model: Model, actor: str, place: int) -> Model | None:
    """The model with two neighbours of an actor's first list exchanged; None where there are no two, or two say the same."""
    new = copy.deepcopy(model)
    own = new["actors"][actor]
    wishes = own.get("priorities") or next(iter(own.get("readings", {"": {}}).values())).get("priorities") or []
    if len(wishes) < place + 2 or len({json.dumps(each) for each in wishes}) < len(wishes):
        return None
    wishes[place : place + 2] = reversed(wishes[place : place + 2])
    return new


def swapped_in_each(model: Model, rng: random.Random) -> tuple[dict[str, Model], Model]:
    """One swap for every actor that has room for one: the models with each alone, and the one with all together."""
    together, alone = model, {}
    for actor in model["actors"]:
        place = rng.randrange(2)
        if (other := swapped(model, actor, place)) is not None:
            alone[actor] = other
            together = swapped(together, actor, place) or together
    return alone, together


# ---------------------------------------------------------------------------------------------------- writing


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Block style without anchors; in C where there is one, which is several times as fast."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(model: Model) -> str:
    """The model as a scenario file."""
    return yaml.dump(model, Dumper=_Dumper, sort_keys=False, default_flow_style=False, width=10_000)
