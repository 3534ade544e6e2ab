"""What is asked of a bundled model is asked once by each process: for tests of how answers look, and not of what they are.

A page of the documentation, a table at every width, a sentence held against the document for programs: each of them asks the
same questions of the same models, hundreds of times. In the tests named in `LOOKS` the game of a bundled model, its analyses,
the answers to the questions of the catalogue and the reports are kept for the next test that asks the same with the same words,
in the same language. Whoever tests an answer itself, that it comes out the same again, what it costs or what is kept of it does
without.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

from detente.analysis import analyse_game
from detente.case import Case
from detente.conflict.game import Game
from detente.messages import SPOKEN
from detente.present.report import collect
from detente.questions.catalogue import QUESTIONS
from detente.scenario.model import Scenario
from detente.study import Study

LOOKS = {
    "test_answers_in_a_sentence",
    "test_brief",
    "test_brief_bundled",
    "test_browser",
    "test_columns",
    "test_commands",
    "test_docs::test_pages",
    "test_golden",
    "test_picture_lists",
    "test_picture_states",
    "test_picture_times",
    "test_picture_verdicts",
    "test_report",
    "test_report_choices",
    "test_sentences",
    "test_sheet",
    "test_tables",
}
"""Test files, and single tests, about how answers look."""

OF_THE_RUN = ("progress", "cancelled")
"""Arguments that no answer depends on."""

models_read = dict[tuple[object, ...], Scenario]()
"""The bundled models as they were read; `conftest` fills it."""

_games, _answers, _sharing = dict[Any, Game](), dict[Any, Any](), [False]


class _NotAlikeError(Exception):
    """Two of these cannot be told apart, or not told to be the same."""


def _key(value: Any) -> Any:
    """What a value is told apart by."""
    if isinstance(value, Mapping):
        return "mapping", *((_key(name), _key(each)) for name, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return type(value), *map(_key, value)
    try:
        hash(value)
    except TypeError:
        raise _NotAlikeError from None
    return type(value), value


def _subject(value: Any) -> Any:
    """The same of what is asked about, if it is a bundled model as it is, or a game of one."""
    if isinstance(value, Study):
        return _subject(value.case)
    if isinstance(value, Game) and any(value is each for each in _games.values()):
        return "game", id(value)
    if isinstance(value, Case) and any(value.scenario is each for each in models_read.values()):
        parts = {name: each for name, each in vars(value).items() if name in Case.__dataclass_fields__}
        return "case", id(parts.pop("scenario")), _key(parts)
    raise _NotAlikeError


@cache
def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def ask(subject: Any, *more: Any, **named: Any) -> Any:
        try:
            if not _sharing[0]:
                raise _NotAlikeError
            said = {name: value for name, value in named.items() if name not in OF_THE_RUN}
            key = function, SPOKEN.get(), _subject(subject), _key(more), _key(said)
        except _NotAlikeError:
            return function(subject, *more, **named)
        if key not in _answers:
            _answers[key] = function(subject, *more, **named)
        return _answers[key]

    return ask


def _game_once(scenario: Scenario, chosen: Mapping[str, str] | None = None, *, started: bool = True) -> Game:
    """As `Game.of`."""
    if not any(scenario is each for each in models_read.values()):
        return _game(scenario, chosen, started=started)
    names = scenario.choose({}, None) if chosen is None else chosen
    key = id(scenario), _key(names), started
    if key not in _games:
        _games[key] = _game(scenario, names, started=started)
    return _games[key]


_game, _method = Game.of, vars(Game)["of"]


@cache
def _functions() -> dict[int, Callable[..., Any]]:
    found: list[Callable[..., Any]] = [collect, analyse_game, *(question.function for question in QUESTIONS.values())]
    return {id(each): each for each in found}


@cache
def _holders(_: int) -> list[tuple[dict[str, Any], str, Callable[..., Any]]]:
    """Who knows these functions by which name, as far as so many modules are loaded."""
    modules = [vars(module) for name, module in list(sys.modules.items()) if name.partition(".")[0] == "detente"]
    known = _functions()
    return [
        (module, name, each)
        for module in modules
        for name, each in list(module.items())
        if id(each) in known and each is known[id(each)]
    ]


@contextmanager
def asked_once() -> Iterator[None]:
    """Share answers while this lasts."""
    _functions()
    held = _holders(len(sys.modules))
    for module, name, function in held:
        module[name] = _once(function)
    Game.of, _sharing[0] = staticmethod(_game_once), True  # type: ignore[method-assign]
    try:
        yield
    finally:
        for module, name, function in held:
            module[name] = function
        setattr(Game, "of", _method)  # noqa: B010 (the descriptor itself)
        _sharing[0] = False
