"""The ground of the model: options, named states, outcomes, moves of graph form, the status quo, worlds.

Order matters: options first, then the states and outcomes that formulas may name, then all that holds
formulas.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from detente.errors import FormulaError
from detente.formula import TRUE, Formula
from detente.messages import numeral, tell
from detente.scenario import schema
from detente.scenario.binding.bind import bind
from detente.scenario.binding.draft import Draft, Settings, repeats
from detente.scenario.binding.names import STATE, mentioned, parsed, state_formula
from detente.scenario.model import Graph, Option, Outcome
from detente.scenario.text.page import Path, shorten

Switches = str | tuple[tuple[int, int], ...]

# --- options ------------------------------------------------------------------------------------------------


def options(draft: Draft) -> None:
    """Make the options of all actors known, guards left for later."""
    counts: dict[str, int] = {}
    for part in draft.file.actors.values():
        for key in part.options:
            counts[key] = counts.get(key, 0) + 1
    for actor, part in draft.file.actors.items():
        for key, option in part.options.items():
            unique = key if counts[key] == 1 else f"{actor}.{key}"
            draft.options[unique] = _option(draft, ("actors", actor, "options", key), unique, option)
    draft.names.add_options(option for option in draft.options.values() if len(option.choices) > 1)
    for made in draft.options.values():
        if len(made.choices) < 2:
            draft.names.spoil(made.id)


def _option(draft: Draft, path: Path, key: str, part: schema.Option) -> Option:
    draft.identifier(path, tell("an option"))
    choices = ("off", "on") if part.choices is None else _choices(draft, (*path, "choices"), part.choices)
    change = _change(draft, (*path, "change"), part.change, choices)
    names = {"key": key, "id": str(path[3]), "actor": str(path[1]), "name": part.name or str(path[3])}
    called = {str(choice): choice.called for choice in part.choices or () if isinstance(choice, schema.Choice)}
    if part.off and part.choices is not None:
        message = tell("'off' is for yes/no options; name the choices: `choices: {none: No arms, full: Full arms}`")
        draft.page.error((*path, "off"), "off", message)
    made = {"choices": choices, "choice_names": called, "change": change, "needs": {}, "stays": {}, "lapses_to": 0}
    return bind(Option, draft, path, part, **names, **made)


MOST_CHOICES = 255
"""Choices of one option at most; they are numbered in one byte."""


def _choices(draft: Draft, path: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    for number, name in enumerate(names):
        if not re.fullmatch(r"[a-z][a-z0-9_]*|[0-9]+", name):
            message = tell(
                "'{name}' cannot be a choice: use lower-case letters, digits and _, or a number", name=shorten(name)
            )
            draft.page.error((*path, number), "identifier", message)
    for number in repeats(names):
        draft.page.error(
            (*path, number), "duplicate", tell("choice '{names}' is listed twice", names=shorten(names[number]))
        )
    numbers = [str(int(name)) if name.isascii() and name.isdigit() else name for name in names]
    for number in repeats(numbers):
        if names[number] not in names[:number]:
            message = tell(
                "choice '{names}' is another way to write a number above; list each number once",
                names=shorten(names[number]),
            )
            draft.page.error((*path, number), "duplicate", message)
    if len(set(names)) < 2:
        draft.page.error(
            path, "choices", tell("an option needs two or more choices; found {number}", number=len(set(names)))
        )
    if len(names) > MOST_CHOICES:
        message = tell(
            "an option has at most {most_choices} choices; found {number}. Use several options",
            most_choices=MOST_CHOICES,
            number=numeral(len(names)),
        )
        draft.page.error(path, "choices", message)
    return tuple(dict.fromkeys(map(str, names)))


_WORDS: dict[str, Switches] = {"both": "both", "fixed": "fixed", "take": ((0, 1),), "drop": ((1, 0),)}


def _change(draft: Draft, path: Path, texts: tuple[str, ...], choices: tuple[str, ...]) -> Switches:
    if len(texts) == 1 and texts[0] in _WORDS:
        if texts[0] in ("take", "drop") and choices != ("off", "on"):
            message = tell(
                "'{texts}' is for yes/no options; list switches, such as '{choices} > {choices2}'",
                texts=texts[0],
                choices=choices[0],
                choices2=choices[-1],
            )
            draft.page.error(path, "change", message)
        return _WORDS[texts[0]]
    numbers = {choice: number for number, choice in enumerate(choices)}
    arrows = [_arrow(draft, (*path, number), text, "choice", numbers) for number, text in enumerate(texts)]
    return tuple(dict.fromkeys((numbers[arrow[0]], numbers[arrow[1]]) for arrow in arrows if arrow))


def _arrow(draft: Draft, path: Path, text: str, kind: str, known: Collection[str]) -> tuple[str, str] | None:
    """Read `a > b` between known names."""
    ends = [end.strip() for end in re.split("(?<!-)>", text)]
    if len(ends) != 2 or not all(ends):
        words = tell("both, take, drop, fixed or ") if kind == "choice" else ""
        draft.page.error(
            path,
            "arrow",
            tell(
                "expected {words}'a > b'; found '{text}'{near}",
                words=words,
                text=shorten(text),
                near=_near(draft, text, kind),
            ),
        )
        return None
    fine = [draft.known(path, kind, end, known) for end in ends]
    if all(fine) and ends[0] == ends[1]:
        draft.page.error(
            path, "arrow", tell("'{text}' leads nowhere: both ends are the same {kind}", text=shorten(text), kind=kind)
        )
        return None
    return (ends[0], ends[1]) if all(fine) else None


def _near(draft: Draft, text: str, kind: str) -> str:
    hint = draft.page.hint(text, _WORDS) if kind == "choice" else ""
    return hint if "did you mean" in hint else ""


def _needs(draft: Draft, path: Path, option: Option, guards: Mapping[str, str]) -> Mapping[int, Formula]:
    """The formulas of `needs` or `while` by choice."""
    found = {}
    for choice, text in guards.items():
        if choice == "" and not option.binary:
            example = tell("needs: {{{choices}: ...}}", choices=option.choices[-1])
            draft.page.error(
                path,
                "needs",
                tell("an option with choices says which choice the guard is for: '{example}'", example=example),
            )
        elif choice == "" or draft.known(
            (*path, choice), tell("choice of {key}", key=option.key), choice, option.choices
        ):
            number = option.choices.index(choice) if choice else 1
            found[number] = draft.names.formula((*path, choice), text)
    return found


def guards(draft: Draft) -> None:
    """Bind the guards of all options, once every name is known."""
    for key, option in draft.options.items():
        part = draft.file.actors[option.actor].options[option.id]
        path: Path = ("actors", option.actor, "options", option.id)
        if part.needs:
            draft.options[key] = replace(option, needs=_needs(draft, (*path, "needs"), option, part.needs))
        if part.stays or part.lapses_to:
            draft.options[key] = _lasting(draft, path, draft.options[key], part)


def _lasting(draft: Draft, path: Path, option: Option, part: schema.Option) -> Option:
    """The option with what its choices last `while`; unchanged where that cannot be understood, which is reported."""
    if not part.stays:
        draft.page.error(
            (*path, "lapses_to"), "while", tell("`lapses_to` goes with `while`, which this option does not have")
        )
        return option
    if option.binary and part.lapses_to not in ("", "off"):
        draft.page.error((*path, "lapses_to"), "while", tell("a yes/no option lapses to off; leave `lapses_to` out"))
        return option
    if not option.binary and not part.lapses_to:
        example = f"lapses_to: {option.choices[0]}"
        message = tell(
            "an option with choices says what it becomes where its `while` does not hold: '{example}'", example=example
        )
        draft.page.error((*path, "while"), "while", message)
        return option
    end = part.lapses_to or "off"
    if not draft.known((*path, "lapses_to"), tell("choice of {key}", key=option.key), end, option.choices):
        return option
    last, texts = option.choices.index(end), dict(part.stays)
    if not option.binary and "" in texts:
        every = texts.pop("")
        texts |= {choice: every for choice in option.choices if choice not in texts and choice != end}
    stays = _needs(draft, (*path, "while"), option, texts)
    if last in stays:
        draft.page.error(
            (*path, "while"),
            "while",
            tell("'{end}' is what '{key}' lapses to, so it cannot lapse itself", end=end, key=option.key),
        )
        return option
    return option.lasting(stays, last)


# --- states and outcomes ------------------------------------------------------------------------------------


def states(draft: Draft) -> None:
    """Make named states known: those of graph form, or lists of settings."""
    if draft.graph is not None:
        _graph_states(draft, draft.graph)
    draft.frozen = _frozen(draft)
    for name, texts in draft.file.states.items():
        path: Path = ("states", name)
        draft.identifier(path, tell("a state"))
        draft.states[name] = draft.whole(path, texts)
    if not draft.page.errors:
        _distinct(draft)
    for name, settings in draft.states.items():
        if _free(draft, ("states", name), "state"):
            draft.names.define("state", name, state_formula(settings, draft.options.values()) if settings else TRUE)


def _frozen(draft: Draft) -> Settings:
    """The fixed options that no consequence can set, as they are in `now`; mistakes are reported where that is read."""
    files = draft.file.actors
    fixed = {k for k, o in draft.options.items() if o.change == "fixed" and not files[o.actor].options[o.id].stays}
    followers = {name for rule in draft.file.rules if rule.then for name in _uses(rule.then)}
    if not fixed or followers & draft.file.states.keys():
        return {}
    known, texts = len(draft.page.problems), draft.file.now or ()
    if len(texts) == 1 and texts[0] in draft.file.states:
        texts = draft.file.states[texts[0]]
    now = draft.settings(("now",), texts)
    del draft.page.problems[known:]
    settable = {draft.names.variables[name].key for name in followers & draft.names.variables.keys()}
    return {key: now[key] for key in fixed - settable if key in now}


def _distinct(draft: Draft) -> None:
    first: dict[tuple[int, ...], str] = {}
    for name, settings in draft.states.items():
        same = first.setdefault(tuple(settings.values()), name)
        if same != name:
            message = tell("state '{name}' has the same settings as state '{same}'", name=name, same=same)
            draft.page.error(("states", name), "duplicate", message)


def _graph_states(draft: Draft, graph: schema.Graph) -> None:
    for number, name in enumerate(graph.states):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            message = tell(
                "'{name}' cannot be the name of a state: use lower-case letters, digits and _", name=shorten(name)
            )
            draft.page.error(("graph", "states", number), "identifier", message)
    for number in repeats(graph.states):
        message = tell("state '{states}' is listed twice", states=shorten(graph.states[number]))
        draft.page.error(("graph", "states", number), "duplicate", message)
    if not graph.states:
        draft.page.error(("graph", "states"), "empty", tell("a graph needs at least one state"))
    draft.names.add_graph(tuple(dict.fromkeys(graph.states)))


def _free(draft: Draft, path: Path, kind: str) -> bool:
    """Whether a name is still free in formulas; if not, say what has it."""
    taken = draft.names.kinds.get(str(path[-1]))
    if taken:
        article = tell("an") if taken[0] in "aeiou" else tell("a")
        message = tell(
            "'{path}' is already the name of {article} {taken}; rename this {kind}",
            path=path[-1],
            article=article,
            taken=taken,
            kind=kind,
        )
        draft.page.report("error", "clash", draft.page.at_key(path), message)
    return not taken


def outcomes(draft: Draft) -> dict[str, Outcome]:
    """The outcomes, bound in the order in which they use one another."""
    parts = {name: part for name, part in draft.file.outcomes.items() if _fresh_outcome(draft, name)}
    uses = {name: _uses(part.formula) & parts.keys() for name, part in parts.items()}
    for name in _in_order(draft, uses):
        path: Path = ("outcomes", name, "formula")
        before = len(draft.page.problems)
        formula = draft.names.formula(path, parts[name].formula)
        if len(draft.page.problems) > before:
            draft.names.spoil(name)
        else:
            draft.names.define("outcome", name, formula)
    known = draft.names.definitions
    return {
        name: bind(Outcome, draft, ("outcomes", name), part, formula=known[name])
        for name, part in parts.items()
        if name in known
    }


def _fresh_outcome(draft: Draft, name: str) -> bool:
    draft.identifier(("outcomes", name), tell("an outcome"))
    return _free(draft, ("outcomes", name), "outcome")


def _uses(text: str) -> set[str]:
    """The names an unread formula mentions; a broken formula is reported when it is bound."""
    try:
        return set(mentioned(parsed(text)))
    except FormulaError:
        return set()


def _in_order(draft: Draft, uses: dict[str, set[str]]) -> Iterator[str]:
    """Definitions before their users, by a walk along the uses; circles are reported and left out. Linear."""
    done: set[str] = set()
    circular: set[str] = set()
    for first, used in uses.items():
        trail = {} if first in done else {first: iter(sorted(used))}
        while trail:
            name, rest = next(reversed(trail.items()))
            following = next(rest, None)
            if following is None:
                del trail[name]
                done.add(name)
                if name not in circular:
                    yield name
            elif following in trail:
                circular.update(_circle(draft, list(trail), following))
            elif following not in done:
                trail[following] = iter(sorted(uses[following]))


def _circle(draft: Draft, trail: list[str], start: str) -> list[str]:
    circle = trail[trail.index(start) :]
    shown = " -> ".join([*circle[:8], *(["…"] if len(circle) > 8 else []), start])
    message = tell("outcomes define one another in a circle: {shown}", shown=shown)
    draft.page.error(("outcomes", start, "formula"), "circle", message)
    for name in circle:
        draft.names.spoil(name)
    return circle


# --- graph form, status quo, worlds -------------------------------------------------------------------------


def graph(draft: Draft) -> Graph | None:
    """The states and moves of graph form, if the model has them."""
    part = draft.graph
    if part is None:
        return None
    if draft.file.states:
        draft.page.error(("states",), "graph-form", tell("`states` are for models with options; name them in `graph`"))
    moves, known = {}, dict.fromkeys(part.states)
    for actor, texts in part.moves.items():
        path: Path = ("graph", "moves", actor)
        draft.known(path, "actor", actor, draft.file.actors)
        arrows = [_arrow(draft, (*path, number), text, "state", known) for number, text in enumerate(texts)]
        moves[actor] = tuple(dict.fromkeys(arrow for arrow in arrows if arrow))
        if len(moves[actor]) < sum(arrow is not None for arrow in arrows):
            draft.page.warn(path, "duplicate", tell("a move of {actor} is listed twice", actor=actor))
    return Graph(part.states, moves)


def now(draft: Draft) -> Settings | str | None:
    """The status quo: complete settings, or in graph form the name of the state."""
    if draft.file.now is None:
        return None
    if draft.graph is None:
        return draft.whole(("now",), draft.file.now)
    settings = draft.settings(("now",), draft.file.now)
    if STATE in settings:
        return draft.graph.states[settings[STATE]]
    if not draft.page.errors:
        draft.page.error(("now",), "graph-form", tell("in graph form `now` is the name of a state"))
    return None


def worlds(draft: Draft) -> dict[str, dict[str, str]]:
    """Named bundles of readings."""
    draft.labels("worlds", draft.file.worlds)
    for name, readings in draft.file.worlds.items():
        draft.check_readings(("worlds", name), readings)
    return draft.file.worlds
