r"""Editing a scenario file without touching what is not edited: comments, order, quotes and line breaks stay.

The text itself is edited, not data made from it: the reader knows where every value stands, so a change replaces,
inserts or deletes exactly its own characters. Before an edited text is handed out it is read again and must say
what the old one said, but for the change.

Paths lead to values: `("actors", "us", "options", "us_arm", "name")`, a number counts the entries of a list
from 0. Values are plain data: texts, numbers, lists, mappings. Each function takes a text and returns a
text; `save` writes one, over the content it was made of and no other; `update` edits a file in place.

>>> print(edit("detente: 1  # the format\nnow: [us_arm]\n", ("now",), ["us_arm", "ru_link"]), end="")
detente: 1  # the format
now: [us_arm, ru_link]
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial, wraps
from pathlib import Path as FilePath
from typing import Any, TypeVar

from detente.errors import InputError, ScenarioError, UnknownName
from detente.files import change, write_new
from detente.messages import tell
from detente.scenario.text import yaml_tree as yamltree
from detente.scenario.text.emit import WIDTH, block, flow, inline, plain, scalar
from detente.scenario.text.page import Node, Page, Path

Edit = TypeVar("Edit", bound=Callable[..., str])


def _any_ends(change: Edit) -> Edit:
    """Edits of a text with a byte order mark, or with line ends of old Macintoshes: made without, and put back."""

    @wraps(change)
    def changed(text: str, *args: Any, **kwargs: Any) -> str:
        mark = text[:1] if text.startswith("\ufeff") else ""
        bare = text.removeprefix("\ufeff")
        old = "\r" in bare and "\n" not in bare
        new = change(bare.replace("\r", "\n") if old else bare, *args, **kwargs)
        return mark + (new.replace("\n", "\r") if old else new)

    return changed  # type: ignore[return-value]


@_any_ends
def edit(text: str, path: Path, value: object) -> str:
    """Set the value at a path. What is not there is added at the end of its mapping, or of its list (next number).

    Raises `UnknownName` if the path leads through something that is not there and cannot be made.
    """
    page = page_of(text)
    depth = len(list(page.nodes(path))) - 1
    if depth == len(path):  # it is there: replace it; else make what is missing in the deepest part that is there
        return _checked(page, _replace(page, path, value), path, value)
    parent = page.node(path[:depth])
    if parent.value is None:
        return edit(text, path[:depth], _nested(path[depth:], value))
    if not _can_hold(parent, path[depth]):
        raise UnknownName(
            tell("place in {path}", path=".".join(map(str, path[:depth])) or tell("the file")),
            str(path[depth]),
            _names(parent),
        )
    return _checked(page, _add(page, parent, path[depth], _nested(path[depth + 1 :], value)), path, value)


@_any_ends
def remove(text: str, path: Path) -> str:
    """Delete the entry at a path, with its key and the comment on its line."""
    page = page_of(text)
    if len(list(page.nodes(path))) <= len(path) or not path:
        raise UnknownName("place", ".".join(map(str, path)), _names(page.node(path)))
    parent = page.node(path[:-1])
    if len(_children(parent)) == 1:  # without its last entry a block would be read as nothing at all
        return edit(text, path[:-1], [] if isinstance(parent.value, list) else {})
    start, end = _extent(page, parent, path[-1])
    return _verified(text[:start] + text[end:], _without(page.root.plain(), path))


@_any_ends
def reorder(text: str, path: Path, order: Sequence[int]) -> str:
    """Put the entries of a list or mapping into another order: `order` lists their old numbers. Comments move along."""
    page = page_of(text)
    items = page.node(path).value
    if len(list(page.nodes(path))) <= len(path) or not isinstance(items, (list, dict)):
        raise UnknownName(tell("list or mapping"), ".".join(map(str, path)), ())
    if sorted(order) != list(range(len(items))):
        raise InputError(
            tell(
                "an order of {number} entries lists each of 0 to {number2} once; found {order}",
                number=len(items),
                number2=len(items) - 1,
                order=list(order),
            )
        )
    spans = _spans(page, page.node(path))
    pieces = [text[start:end] for start, end in spans]
    # From the end, so that the places of what is still to be exchanged stay as they are.
    for (start, end), old in reversed(list(zip(spans, order, strict=True))):
        text = text[:start] + pieces[old] + text[end:]
    expected = page.root.plain()
    there = _at(expected, path)
    if isinstance(there, list):
        there[:] = [there[number] for number in order]
    else:
        names = [list(there)[number] for number in order]
        entries = [(name, there[name]) for name in names]
        there.clear()
        there.update(entries)
    return _verified(text, expected, ordered=path)


@_any_ends
def insert(text: str, path: Path, value: object) -> str:
    """Put a new entry into a list; the path ends with the number it gets."""
    entries = page_of(text).node(path[:-1]).value
    count = len(entries) if isinstance(entries, list) else 0
    place = path[-1]
    if not isinstance(place, int) or not 0 <= place <= count:
        raise InputError(
            tell("a new entry of this list gets a number from 0 to {count}; found {place}", count=count, place=place)
        )
    # To append and then to reorder leaves one place in which new text is made.
    longer = edit(text, (*path[:-1], count), value)
    return reorder(longer, path[:-1], [*range(place), count, *range(place, count)])


@_any_ends
def rename(text: str, path: Path, name: str) -> str:
    """Call a key otherwise; it stays where it is, and what names it elsewhere is not changed."""
    page = page_of(text)
    parent, old = page.node(path[:-1]), path[-1]
    if len(list(page.nodes(path))) <= len(path) or parent.keys is None or not isinstance(old, str):
        raise UnknownName("place", ".".join(map(str, path)), _names(page.node(path[:-1])))
    start = parent.keys[old]
    end = start + len(text[start : _after_key(text, start, old) - 1].rstrip())
    expected = page.root.plain()
    there = _at(expected, path[:-1])
    entries = [(name if key == old else key, each) for key, each in there.items()]
    there.clear()
    there.update(entries)
    return _verified(text[:start] + scalar(name) + text[end:], expected, ordered=path[:-1])


def set_now(text: str, settings: Iterable[str]) -> str:
    """Change the status quo: what is on, such as `us_arm` or `answer = delay`."""
    return edit(text, ("now",), list(settings))


@_any_ends
def add_reading(text: str, actor: str, name: str, wants: Mapping[str, object]) -> str:
    """Give an actor one more reading, such as `{"about": ..., "priorities": [...]}`.

    If the actor has one list directly, it becomes its reading `only` first, as it is called anyway.
    """
    page = page_of(text)
    actors = page.root.step("actors")
    node = actors.step(actor) if actors else None
    if node is None or not isinstance(node.value, dict):
        raise UnknownName("actor", actor, _names(actors) if actors else ())
    if node.value.keys() & {"priorities", "ranking", "weights"}:
        text = _wrap(page, actor, node)
    return edit(text, ("actors", actor, "readings", name), wants)


def text_of(data: Mapping[str, object]) -> str:
    """The text of a new scenario file, from plain data in the shape of the format."""
    sections = ["\n".join(block({key: value}, 0)) for key, value in data.items()]
    short = [section for section in sections if "\n" not in section]
    long = [f"\n{section}" for section in sections if "\n" in section]
    return _verified("\n".join([*short, *long]) + "\n", plain({key: data[key] for key in data}), ordered=None)


def digest(text: str) -> str:
    r"""What names the content of a scenario file: the SHA-256 of its text, whatever its line ends and however it begins.

    >>> digest("detente: 1\n") == digest("\ufeffdetente: 1\r\n")
    True
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


def save(text: str, path: str | FilePath, *, of: str | None = None) -> None:
    """Write a text to a file in one step: readers see the old file or the new one, never half of it.

    A file that is there is replaced only if its content is the one that `of` names (the `digest` of the text that was
    edited); else `InputError` is raised and the file stays, for somebody else has changed it meanwhile. `update` edits what is
    there now.
    """
    try:
        if of is None:
            write_new(path, text)
        else:
            change(path, partial(_over, text, of, path))
    except FileExistsError:
        raise InputError(
            tell(
                "{path} exists already; to replace it, name the content that is replaced (of=digest(old)), "
                "or choose another name",
                path=path,
            )
        ) from None
    except UnicodeDecodeError:
        raise _changed(path) from None
    except OSError as error:
        raise InputError(tell("{path} cannot be written: {strerror}", path=path, strerror=error.strerror)) from None


def update(path: str | FilePath, make: Callable[[str], str]) -> str:
    """Edit a file as it is at this moment, and return its new text: two programs that do so at once lose no edit of either.

    `make` is given the text that the file has, and returns the new one: `lambda text: set_now(text, ["us_arm"])`. Its errors
    leave the file as it is.
    """
    try:
        return change(path, make)
    except UnicodeDecodeError:
        raise InputError(tell("{path} is not in UTF-8; save it as UTF-8 first", path=path)) from None
    except OSError as error:
        raise InputError(tell("{path} cannot be changed: {strerror}", path=path, strerror=error.strerror)) from None


def _over(text: str, of: str, path: str | FilePath, old: str) -> str:
    if digest(old) != of:
        raise _changed(path)
    return text


def _changed(path: str | FilePath) -> InputError:
    return InputError(
        tell(
            "{path} has changed since it was read, so what was made of it is not written over it; read "
            "it again and repeat the edit (`update` does both at once)",
            path=path,
        )
    )


# --- reading back ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def page_of(text: str) -> Page:
    """The page of a text that can be edited, for looking at only; `ScenarioError` if what is wrong with it stands in the way.

    It is remembered: the text that an edit makes is read to see what it says, and most often it is the next one to be edited.
    """
    page = yamltree.read(text)
    if page.errors:
        raise ScenarioError(page.problems)
    return page


def _checked(page: Page, text: str, path: Path, value: object) -> str:
    """The edited text, if it says what the old one said with `value` at `path`."""
    return _verified(text, _with(page.root.plain(), path, plain(value)))


def _verified(text: str, expected: object, *, ordered: Path | None = ()) -> str:
    """The text, if it says what is expected; the keys of the mapping at `ordered` in this order, if there is a path."""
    found = page_of(text).root.plain()
    if found != expected or (ordered is not None and _keys(_at(found, ordered)) != _keys(_at(expected, ordered))):
        raise InputError(tell("this edit cannot be made without disturbing the rest of the file; edit it by hand"))
    return text


def _keys(data: Any) -> list[str]:
    return list(data) if isinstance(data, dict) else []


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _with(data: Any, path: Path, value: Any) -> Any:
    """The same data with a value at a path; mappings on the way are made where missing."""
    here = data
    for part in path[:-1]:
        if isinstance(here, dict) and here.get(str(part)) is None:
            here[str(part)] = {}
        here = here[part]
    if isinstance(here, list) and path[-1] == len(here):
        here.append(value)
    else:
        here[path[-1]] = value
    return data


def _without(data: Any, path: Path) -> Any:
    del _at(data, path[:-1])[path[-1]]
    return data


def _nested(path: Path, value: object) -> object:
    """A value wrapped in the mappings that lead to it."""
    for part in reversed(path):
        if not isinstance(part, str):
            raise UnknownName("entry", str(part), ())
        value = {part: value}
    return value


def _names(node: Node) -> list[str]:
    return list(node.value) if isinstance(node.value, dict) else []


def _can_hold(parent: Node, part: str | int) -> bool:
    if isinstance(parent.value, list):
        return part == len(parent.value)
    return isinstance(parent.value, dict) and isinstance(part, str)


# --- where things stand ---------------------------------------------------------------------------------------


def _children(node: Node) -> list[Node]:
    if isinstance(node.value, dict):
        return list(node.value.values())
    return node.value if isinstance(node.value, list) else []


def _end(page: Page, node: Node) -> int:
    """Where the written node ends; a block has no closing mark, its last entry ends it."""
    # The parser ends a block where the next thing starts, behind comments that do not belong to it.
    children = _children(node)
    if children and node.style != "[":
        return _end(page, children[-1])
    if node.style in ("|", ">"):
        return node.start + len(page.text[node.start : node.end].rstrip())
    return node.end


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    """The end of a line, before its line break."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" and end > offset else end


def _column(page: Page, offset: int) -> int:
    return page.place(offset).column - 1


def _break(page: Page) -> str:
    return "\r\n" if "\r\n" in page.text else "\n"


def _after_key(text: str, start: int, key: str) -> int:
    """The offset after the colon of a key."""
    quote = text[start]
    end = start + len(key)
    if quote in ("'", '"'):
        end = start + 1
        while text[end] != quote or text[end : end + 2] == "''":
            end += 2 if text[end] == "\\" or text[end : end + 2] == "''" else 1
    return text.index(":", end) + 1


def _in_flow(page: Page, path: Path) -> bool:
    return any(node.style == "[" for node in page.nodes(path))


# --- changing -------------------------------------------------------------------------------------------------


def _replace(page: Page, path: Path, value: object) -> str:
    node, text = page.node(path), page.text
    if not path:
        raise InputError(tell("a scenario is a mapping; replace its parts"))
    parent, end, column = page.node(path[:-1]), _end(page, node), _column(page, node.start)
    short = inline(value, WIDTH - column)
    if _in_flow(page, path[:-1]):
        written = flow(value)
    elif _is_block(node) and _can_block(value) and _indented(page, parent, path[-1], column):
        written = _break(page).join(block(value, column)).lstrip()
    elif isinstance(parent.value, list):
        written = short if short is not None else _break(page).join(block(value, column)).lstrip()
    else:
        return _replace_entry(page, parent, str(path[-1]), node, value, short)
    return text[: node.start] + written + text[end:]


def _is_block(node: Node) -> bool:
    return bool(_children(node)) and node.style != "["


def _can_block(value: object) -> bool:
    return isinstance(value, (Mapping, list, tuple)) and bool(value)


def _indented(page: Page, parent: Node, part: str | int, column: int) -> bool:
    """Whether a block stands to the right of its key, so that a mapping could stand there as well."""
    return isinstance(part, int) or column > _column(page, (parent.keys or {})[part])


def _replace_entry(page: Page, parent: Node, key: str, node: Node, value: object, short: str | None) -> str:
    """Replace the value of `key: value` in a block mapping."""
    text, keys = page.text, parent.keys or {}
    colon = _after_key(text, keys[key], key)
    end = _end(page, node)
    own_line = "\n" in text[colon : node.start]
    if short is not None and not own_line:
        gap = text[colon : node.start] or " "
        return text[:colon] + (gap if short else "") + short + text[end:]
    if short is not None:
        line_end = _line_end(text, colon)
        return text[:colon] + (f" {short}" if short else "") + text[colon:line_end] + text[_line_end(text, end) :]
    # A block goes below its key; what stood behind the old value on its line, a comment, stays behind the key.
    lines = block(value, _column(page, keys[key]) + 2)
    rest = text[end : _line_end(text, end)] if not own_line else text[colon : _line_end(text, colon)]
    return text[:colon] + rest + _break(page) + _break(page).join(lines) + text[_line_end(text, end) :]


def _add(page: Page, parent: Node, part: str | int, value: object) -> str:
    """Add an entry at the end of a mapping or list."""
    text = page.text
    entry: Any = {part: value} if isinstance(parent.value, dict) else [value]
    if parent.style == "[":  # before the closing bracket; there may be a comma already
        inside = flow(entry)[1:-1]
        start = len(text[: parent.end - 1].rstrip())
        comma = ", " if _children(parent) and text[start - 1] != "," else " " if _children(parent) else ""
        return text[:start] + comma + inside + text[parent.end - 1 :]
    place = _line_end(text, _end(page, parent))
    lines = block(entry, _column(page, parent.start))
    if parent is page.root and _break(page) * 2 in text:
        lines = ["", *lines]  # sections stand apart in this file
    return text[:place] + _break(page) + _break(page).join(lines) + text[place:]


def _extent(page: Page, parent: Node, part: str | int) -> tuple[int, int]:
    """What to delete so that an entry is gone: whole lines in a block, up to a comma in brackets."""
    spans = _spans(page, parent)
    number = part if isinstance(part, int) else list(parent.value or ()).index(part)
    start, end = spans[number]
    last = number == len(spans) - 1
    if parent.style == "[":  # one comma goes along: that before the last entry, that behind any other
        return (spans[number - 1][1], end) if last else (start, spans[number + 1][0])
    if page.text[_line_start(page.text, start) : start].strip():  # the first key after a dash
        return start, spans[number + 1][0] + _indent(page.text, spans[number + 1][0])
    after = end + len(_break(page)) if end < len(page.text) else end
    return _line_start(page.text, start), after


def _indent(text: str, offset: int) -> int:
    """How many characters from an offset to the first one that is not blank, comments passed over."""
    rest = text[offset:]
    passed = 0
    while (line := rest[passed:].lstrip(" \r\n")).startswith("#"):
        passed = len(rest) - len(line) + (line.find("\n") + 1 or len(line))
    return len(rest) - len(line)


def _spans(page: Page, parent: Node) -> list[tuple[int, int]]:
    """The characters of each entry: in brackets without the commas, in a block its lines with comments above."""
    starts = list((parent.keys or {}).values()) or [child.start for child in _children(parent)]
    ends = [_end(page, child) for child in _children(parent)]
    if parent.style == "[":
        return list(zip(starts, ends, strict=True))
    line_ends = [_line_end(page.text, end) for end in ends]
    first = starts[0] if isinstance(parent.value, dict) else parent.start
    line = _line_start(page.text, first)
    if not page.text[line:first].strip():
        first = line if parent is page.root else _comments_above(page.text, line, first - line)
    return list(zip([first, *(end + len(_break(page)) for end in line_ends[:-1])], line_ends, strict=True))


def _comments_above(text: str, line: int, indent: int) -> int:
    """Where the comments begin that stand right above a line, with the same indentation."""
    # Comments further left or right belong to something else, and so does what an empty line sets apart.
    while line:
        above = _line_start(text, line - 1)
        if not text[above:line].startswith(f"{' ' * indent}#"):
            break
        line = above
    return line


def _wrap(page: Page, actor: str, node: Node) -> str:
    """Move the list an actor has directly into its reading `only`, whatever way it is written."""
    key = next(key for key in ("priorities", "ranking", "weights") if key in (node.value or {}))
    assert isinstance(node.value, dict) and node.keys is not None
    start, end = node.keys[key], _end(page, node.value[key])
    text = page.text
    if node.style == "[":
        changed = f"{text[:start]}readings: {{only: {{{text[start:end]}}}}}{text[end:]}"
    else:
        column, line_end = _column(page, start), _line_end(text, end)
        pad, new = " " * column, _break(page)
        moved = text[start:line_end].replace("\n", "\n    ")
        changed = tell(
            "{text}readings:{new}{pad}  only:{new}{pad}    {moved}{text2}",
            text=text[:start],
            new=new,
            pad=pad,
            moved=moved,
            text2=text[line_end:],
        )
    expected = page.root.plain()
    part = expected["actors"][actor]
    expected["actors"][actor] = {
        ("readings" if k == key else k): ({"only": {key: v}} if k == key else v) for k, v in part.items()
    }
    return _verified(changed, expected)
