"""From a file to a `Scenario`, with every problem in it.

The steps: text → guarded tree (`text.yaml_tree`) → shape (`binding.shape`, by the classes of `schema`) → names bound and
checked (`binding`) → `Scenario`. Each step reports what it finds and reads on, so that one run shows all problems of a file.

>>> scenario = read_text('''
... detente: 1
... title: Chicken
... actors:
...   ann: {options: {ann_swerves: }, priorities: [not ann_swerves or bob_swerves, ann_swerves, bob_swerves]}
...   bob: {options: {bob_swerves: }, priorities: [not bob_swerves or ann_swerves, bob_swerves, ann_swerves]}
... now: [ann_swerves]
... ''')
>>> [option.key for option in scenario.options]
['ann_swerves', 'bob_swerves']
"""

from __future__ import annotations

import difflib
import os
from dataclasses import replace
from pathlib import Path as FilePath

from detente.characters import advice
from detente.errors import InputError, Problem, ScenarioError
from detente.messages import tell
from detente.scenario import library
from detente.scenario import warnings as lint
from detente.scenario.binding import doubts, options_and_states, perceptions, preferences, sections
from detente.scenario.binding.bind import bind
from detente.scenario.binding.draft import Draft
from detente.scenario.binding.names import Names
from detente.scenario.binding.shape import fit
from detente.scenario.binding.titles import check_titles
from detente.scenario.composite.expand import expand
from detente.scenario.composite.parts import Parts
from detente.scenario.model import Scenario
from detente.scenario.schema import VERSION
from detente.scenario.text import yaml_tree as yamltree
from detente.scenario.text.page import Page, Path

_MAX_BYTES = 4 * yamltree.MAX_CHARACTERS

ENDINGS = (".yaml", ".yml", ".json")
"""How the names of scenario files end."""


def load(name_or_path: str | os.PathLike[str], *, allow_outside: bool = False) -> Scenario:
    """A scenario file, or a model of the bundled library by its name.

    A name with a dot or a slash is a file; so is any name there is a file of. Its parts lie in the folder of the file or below
    it, unless `allow_outside`. Raises `ScenarioError` with all problems of the file, `UnknownName` for a name that is neither.
    """
    text, name, path = find(name_or_path)
    return read_text(text, name=name, path=path, allow_outside=allow_outside)


def _load(target: str, text: str, name: str, path: str, parts: Parts, trail: tuple[str, ...] = ()) -> Scenario:
    scenario, problems = _examine(text, name, path, parts, (*trail, target))
    if any(problem.severity == "error" for problem in problems):
        raise ScenarioError(problems)
    return scenario


def read_text(text: str, *, name: str = "", path: str = "", allow_outside: bool = False) -> Scenario:
    """The scenario a text describes; `name` and `path` say where it came from. Linear in the text.

    Raises `ScenarioError` with every problem found, each with its line and column.
    """
    return _load(_known_as(name, path), text, name, path, Parts(path, _load, outside=allow_outside))


def beside(home: Scenario, model: str) -> Scenario:
    """A bundled model, or a file in the folder of a scenario or below it, that this scenario names; as its parts are read."""
    parts = Parts(home.path, _load, outside=None)
    return parts.load(parts.target(home.path, model), (_known_as(home.name, home.path),))


def _known_as(name: str, path: str) -> str:
    """What another file would call this one, so that circles are noticed."""
    return os.path.realpath(path) if set(path) & set("/\\") or _is_file(path) else name


def check(source: str | FilePath, *, allow_outside: bool = False) -> tuple[Problem, ...]:
    """Every error and warning in a file, a model of the library, or a text (it has a line break)."""
    try:
        text, name, path = (source, "", "") if isinstance(source, str) and "\n" in source else find(source)
    except ScenarioError as error:
        return error.problems
    return check_text(text, name=name, path=path, allow_outside=allow_outside)


def check_text(text: str, *, name: str = "", path: str = "", allow_outside: bool = False) -> tuple[Problem, ...]:
    """Every error and warning in a text; `name` and `path` say where it came from."""
    try:
        scenario, problems = examine(yamltree.read(text, path), name=name, allow_outside=allow_outside)
    except ScenarioError as error:
        return error.problems
    if any(problem.severity == "error" for problem in problems):
        return problems
    return tuple(sorted((*problems, *lint.lint(scenario))))


def examine(page: Page, *, name: str = "", allow_outside: bool = False) -> tuple[Scenario, tuple[Problem, ...]]:
    """The scenario that the tree of a page describes, and what is wrong with it; with errors it is not to be used.

    The tree is used up: what does not fit is cut out of it. `Page.of` makes one of data that have been changed, so that no
    text is read again. Linear in the tree.
    """
    parts = Parts(page.file, _load, outside=allow_outside)
    scenario, problems = _examined(page, name, page.file, parts, (_known_as(name, page.file),))
    return scenario, tuple(sorted(problems))


def _examine(text: str, name: str, path: str, parts: Parts, trail: tuple[str, ...]) -> tuple[Scenario, list[Problem]]:
    return _examined(yamltree.read(text, path), name, path, parts, trail)


def _examined(page: Page, name: str, path: str, parts: Parts, trail: tuple[str, ...]) -> tuple[Scenario, list[Problem]]:
    built = expand(page, parts, trail)
    file, damage = fit(page)
    draft = Draft(page, file, damage, Names(page, lost=set(damage.names)))
    _check_version(draft)
    return replace(_scenario(draft, name or "scenario", path), whole=built), page.problems


def _check_version(draft: Draft) -> None:
    version = draft.file.detente
    if version not in ("", VERSION):
        strange = f" ({advice(version)})" if advice(version) else ""
        message = tell(
            "this file is written in version {version} of the format{strange}; this program reads version {version2}",
            version=version,
            strange=strange,
            version2=VERSION,
        )
        draft.page.error(("detente",), "version", message)
    elif not version and "detente" not in draft.damage.names:
        draft.page.report(
            "error",
            "version",
            None,
            tell("the format's version is missing: start with `detente: {version}`", version=VERSION),
        )


_SPECIAL = (perceptions, preferences, sections)
"""Modules that register how entries are bound that need more than their annotations say."""


def _scenario(draft: Draft, name: str, path: str) -> Scenario:
    # First all that formulas may name, in the order in which it names one another; then all that holds formulas.
    options_and_states.options(draft)
    options_and_states.states(draft)
    outcomes = options_and_states.outcomes(draft)
    options_and_states.guards(draft)
    preferences.check_actors(draft)
    sections.check_history(draft)
    check_titles(draft)
    found = bind(
        Scenario,
        draft,
        (),
        draft.file,
        name=name,
        title=draft.file.title or name,
        rules=preferences.rules(draft),
        graph=options_and_states.graph(draft),
        now=options_and_states.now(draft),
        states=draft.states,
        outcomes=outcomes,
        worlds=options_and_states.worlds(draft),
        uncertainty=doubts.uncertainty(draft),
        answer=sections.asking(draft),
        events=sections.event_table(draft),
        path=path,
        text=draft.page.text,
    )
    placed: dict[tuple[str, ...], Path] = {("now",): ("now",), ("claims_from",): ("claims_from",)}
    placed.update({("states", state): ("states", state) for state in draft.states})
    placed.update({("sisters", model): ("sisters", number) for number, model in enumerate(draft.file.sisters)})
    placed.update({("claims", claim): path for claim, path in draft.cited.items()})
    return replace(found, places={what: draft.place(path) for what, path in placed.items()})


# --- finding and opening files ------------------------------------------------------------------------------


def find(name_or_path: str | os.PathLike[str]) -> tuple[str, str, str]:
    """Text, name and path of what was asked for; the path is what was asked for, unless that is a bundled model."""
    if not isinstance(name_or_path, str | os.PathLike):
        raise InputError(_no_source(name_or_path))
    given = os.fspath(name_or_path)
    is_name = isinstance(name_or_path, str) and not set(given) & set("./\\")
    if is_name and not _is_file(given):
        if given not in library.names() and (files := _beside(FilePath(given))):
            raise _refused(
                given,
                tell(
                    "the library has no such model, but here is a file {files}: name it with its ending", files=files[0]
                ),
            )
        return library.text(given), given, f"{given}.yaml"
    return read_file(given), sayable_name(FilePath(given).stem), given


def sayable_name(name: str) -> str:
    """A file's name as text: what is not UTF-8 in it becomes a replacement character."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _no_source(given: object) -> str:
    """What to do with something that is neither a name nor a path."""
    if hasattr(given, "read"):
        return tell(
            "`load` takes the name of a model or the path of a file; found an open file: use `parse(file.read())`"
        )
    kind = type(given).__name__
    return tell(
        "`load` takes the name of a model or the path of a file; found {kind}: a scenario as text is read by `parse`",
        kind=kind,
    )


def _is_file(path: str) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return FilePath(path).is_file()
    except (OSError, ValueError):
        return False


def _beside(path: FilePath) -> list[str]:
    """Files in the folder of a path that may be meant: the same name with another ending, or a name much like it."""
    try:
        files = sorted(entry.name for entry in path.parent.iterdir() if entry.suffix in ENDINGS and entry.is_file())
    except (OSError, ValueError):
        return []
    same = [name for name in files if FilePath(name).stem.lower() == path.stem.lower()]
    return same or (difflib.get_close_matches(path.name, files, n=1) if path.suffix else [])


def read_file(path: str | FilePath) -> str:
    """The text of a file, in UTF-8 and of bounded size; anything else is a `ScenarioError` that says why."""
    try:
        with FilePath(path).open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refused(path, _why(path, error)) from None
    return decoded(data, path)


def decoded(data: bytes, path: str | FilePath) -> str:
    """The text in the bytes of a file or of standard input."""
    if len(data) > _MAX_BYTES:
        raise _refused(path, tell("the file is larger than {max_bytes} MB", max_bytes=_MAX_BYTES // 1_000_000))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(path, _undecodable(data, error.start)) from None


def _refused(path: str | FilePath, message: str) -> ScenarioError:
    return ScenarioError([Problem(0, 0, "error", "file", message, str(path))])


def _why(path: str | FilePath, error: Exception) -> str:
    if isinstance(error, IsADirectoryError):
        return tell("this is a folder; name a scenario file in it")
    if isinstance(error, FileNotFoundError):
        beside = _beside(FilePath(path))
        near = tell("; did you mean {beside}?", beside=beside[0]) if beside else library.nearest(FilePath(path).stem)
        return tell("there is no such file{near}", near=near)
    return tell("cannot be opened: {getattr}", getattr=getattr(error, "strerror", None) or error)


def _undecodable(data: bytes, position: int) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return tell("the file is in UTF-16; save it as UTF-8")
    if b"\0" in data[:4096]:
        return tell("this is not a text file; a scenario is YAML in UTF-8")
    line = data.count(b"\n", 0, position) + 1
    return tell(
        "byte 0x{format} in line {line} is not UTF-8; save the file as UTF-8",
        format=format(data[position], "02X"),
        line=line,
    )
