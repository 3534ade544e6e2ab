"""The files of a folder, and those being edited: what the disk says, what was edited since, and how the two meet.

Every file in use is one `Document`, whoever looks at it. Its edits (`edits.Edits`) are in the journal beside the file before
they are acknowledged, so that whatever ends this program loses none. The file on the disk is written only when somebody
saves, whole, and only over the content that the document knows: `digest`. `look` sees what others did to the file meanwhile;
what it finds is told in `outside`, by its kind:

- *clean*: nothing was unsaved, so the file is what it says now (one step, which can be undone);
- *merged*: both changed something, each something else; what they say together is one step;
- *conflict*: both changed the same; nothing is written until somebody chooses (`resolve`);
- *deleted*, *renamed*: saving makes it anew; *readonly*: saving is refused; *invalid*: what stands there is no YAML, perhaps
  half saved, and is looked at again; *elsewhere*: a link that leads out of the folder stands in its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.characters import refused
from detente.errors import InputError, ScenarioError
from detente.files import write_new
from detente.messages import tell
from detente.scenario import library
from detente.scenario.composite.parts import SCENARIO
from detente.scenario.read import ENDINGS, decoded
from detente.scenario.text import yaml_tree
from detente.scenario.text.changes import Change, Stale, between, made
from detente.scenario.text.edit import digest, save, text_of
from detente.scenario.text.yaml_tree import MAX_CHARACTERS, MAX_DEPTH
from detente.scenario.versions.merge import Keep, Merged, merge_texts
from detente.workbench.edits import Edits, Step
from detente.workbench.journal import FOLDER, Journal
from detente.workbench.renaming import renaming

MOST_FILES, MOST_DEEP = 1000, 4
"""Files of a folder that are listed, and folders within folders that are looked into."""

HEAD = 64_000
"""Bytes of a file in which its title is looked for."""

_ENTRY = r"""^["']?{key}["']?[ \t]*:[ \t]*\S.*$(?:\r?\n[ \t]+\S.*$)*"""


_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, which no encoding writes."""


class Refused(InputError):
    """A request that cannot be met: the status says which kind, `also` what else to tell."""

    def __init__(self, message: str, status: int = 400, **also: Any) -> None:
        super().__init__(message)
        self.status, self.also = status, also


# --- the folder -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Folder:
    """A folder of scenario files; nothing outside of it is read or written, by whatever way a name leads there."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> Folder:
        root = Path(os.path.realpath(path))
        if not root.is_dir():
            raise InputError(tell("{path} is no folder; name the folder of the scenario files", path=path))
        return cls(root)

    def path(self, name: str, *, new: bool = False) -> Path:
        """The path of a file of the folder. Raises `Refused` for what is none, or leads out of the folder."""
        parts = name.split("/")
        odd = any(part in ("", ".", "..") or part.startswith(".") or set(part) & set('\\\0:*?"<>|') for part in parts)
        if odd or not name.isprintable() or len(name) > 200 or not name.endswith(ENDINGS):
            endings = tell("{first} or {last}", first=", ".join(ENDINGS[:-1]), last=ENDINGS[-1])
            raise Refused(
                tell(
                    "this is no name of a scenario file here: {name}; it ends with {endings}",
                    name=repr(name)[:120],
                    endings=endings,
                )
            )
        path = self.root.joinpath(*parts)
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(self.root) or (not new and FOLDER in real.parts[len(self.root.parts) :]):
            raise Refused(tell("{name} leads out of the folder", name=name), 403)
        if new:
            return path
        try:
            kind = real.stat().st_mode
        except OSError:
            raise Refused(tell("there is no file {name} in this folder", name=name), 404) from None
        if not stat.S_ISREG(kind):
            raise Refused(tell("{name} is no regular file", name=name), 403)
        return path

    def files(self) -> list[str]:
        """The scenario files, by their names; links out of the folder and other things that end so are left out."""
        found = list(self._below(self.root, 0))
        return sorted(found)[:MOST_FILES]

    def _below(self, folder: Path, depth: int) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(folder), key=lambda each: each.name)
        except OSError:
            return
        for entry in entries:
            name = Path(entry.path).relative_to(self.root).as_posix()
            with contextlib.suppress(OSError, InputError):
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if depth < MOST_DEEP:
                        yield from self._below(Path(entry.path), depth + 1)
                elif entry.name.endswith(ENDINGS) and self.is_scenario(name):
                    yield name

    def is_scenario(self, name: str) -> bool:
        return bool(SCENARIO.search(self._head(name))) or Journal(self.path(name)).there

    def title(self, name: str) -> str:
        """The title a file gives itself, as far as its head tells; else its name."""
        return self._entry(name, "title") or Path(name).stem

    def about(self, name: str) -> str:
        """What a file asks, as far as its head tells; else what it is about, or nothing."""
        return self._entry(name, "question") or self._entry(name, "about")

    def _entry(self, name: str, key: str) -> str:
        """A text that stands in the head of a file, without reading the whole of it."""
        found = re.search(_ENTRY.format(key=key), self._head(name), re.MULTILINE)
        with contextlib.suppress(InputError):
            text = yaml_tree.read(found[0]).root.plain()[key] if found else None
            if isinstance(text, str):
                return " ".join(text.split())[:300]
        return ""

    def _head(self, name: str) -> str:
        with self.path(name).open("rb") as file:
            return file.read(HEAD).decode("utf-8", "replace")

    def new(self, name: str, text: str) -> None:
        """Make a file that is not there yet."""
        path = self.path(name, new=True)
        if not path.parent.is_dir():
            raise Refused(tell("there is no folder {folder} here; make it first", folder=path.parent.name))
        try:
            write_new(path, text)
        except FileExistsError:
            raise Refused(tell("{name} is there already; choose another name", name=name), 409) from None
        except OSError as error:
            raise Refused(
                tell("{name} cannot be written: {strerror}", name=name, strerror=error.strerror), 507
            ) from None


EMPTY = {"detente": "1", "title": "", "actors": {}}


def starting_text(model: str | None, text: str | None) -> str:
    """The text of a new file: what was given, that of a bundled model, or next to nothing."""
    if text is not None:
        if len(text) > MAX_CHARACTERS:
            raise Refused(tell("the text is too large"), 413)
        yaml_tree.read(text)
        return text
    if model is None:
        return text_of({"detente": "1", "title": tell("A new conflict"), "actors": {}})
    if model not in library.names():
        raise Refused(tell("the library has no model {model}", model=repr(model)[:80]), 404)
    return library.text(model)


# --- a document -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disk:
    """What the disk has of a file: its state, to see quickly whether anything happened, and its text, if that can be read."""

    state: tuple[int, ...]
    text: str | None
    problem: str = ""
    code: str = ""


def read_disk(path: Path, root: Path) -> Disk:
    """What stands at a path now."""
    state = state_of(path)
    if not state:
        return Disk((), None, tell("the file is gone"), "deleted")
    if not Path(os.path.realpath(path)).is_relative_to(root):
        return Disk(
            state, None, tell("a link that leads out of the folder stands in its place; it is not read"), "elsewhere"
        )
    try:
        # Without waiting: a pipe in its place would never end.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return Disk(state, None, tell("it is no regular file"), "elsewhere")
            data = file.read(4 * MAX_CHARACTERS + 1)
        decoded(data, path.name)  # its complaints are those of all readers
        text = data.decode()
        yaml_tree.read(text, path.name)
    except ScenarioError as error:
        problem = error.problems[0]
        place = tell("line {line}: ", line=problem.line) if problem.line else ""
        undecoded = problem.code == "file"
        return Disk(state, None if undecoded else text, f"{place}{problem.message}", "invalid")
    except OSError as error:
        return Disk(state, None, tell("the file cannot be read: {strerror}", strerror=error.strerror), "invalid")
    return Disk(state, text)


def state_of(path: Path) -> tuple[int, ...]:
    """Time, size, identity and rights of a file; nothing if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev, stat.S_IMODE(found.st_mode)


class Document:
    """One file in use. All that changes it holds `lock`; what it tells of (`told`) is called after every change."""

    def __init__(self, name: str, path: Path, root: Path) -> None:
        self.name, self.path, self.root = name, path, root
        self.lock = asyncio.Lock()
        self.journal = Journal(path)
        self.disk = read_disk(path, root)
        self.edits: Edits | None = None
        self.saved_text = ""
        self.draft: str | None = None
        self.outside: dict[str, Any] | None = None
        self.theirs = ""
        self.recovered = 0
        self.last_tab = ""
        self._begun = False
        self._recover()

    # --- at the start ---

    def _recover(self) -> None:
        """The edits of the journal, if there are some; else what the disk says."""
        text, base = self.disk.text, None
        entries = self.journal.read()
        try:
            base = next(entries, None)
            if base is not None:
                self._begin_with(base)
        except (InputError, KeyError, TypeError, ValueError, AttributeError):
            base = None
            self.journal.set_aside()
        if base is None:
            if text is None or self.disk.code:
                self.draft, self.saved_text = text or "", text or ""
            else:
                self.edits, self.saved_text = Edits.of(text), text
            return
        with contextlib.suppress(InputError, KeyError, IndexError, TypeError, ValueError):
            for entry in entries:
                self._again(self.current(), entry)
        self.recovered = int(not self.saved)
        if text != self.saved_text or self.disk.code:
            self._meet(self.disk)

    def _begin_with(self, base: Mapping[str, Any]) -> None:
        """Start from the base of a journal."""
        if base["do"] != "base":
            raise ValueError
        edits = Edits.of(base["text"])
        edits.done, edits.undone = ([Step.told(each) for each in base.get(key, ())] for key in ("done", "undone"))
        self.saved_text = str(base.get("saved", base["text"]))
        self.edits, self._begun = edits, True

    def _again(self, edits: Edits, entry: Mapping[str, Any]) -> None:
        """Do once more what the journal tells."""
        match entry["do"]:
            case "do":
                edits.do(Step.told(entry["step"]), entry.get("text"))
                if "text" in entry:
                    edits.know(entry["text"])
                self.draft = None
            case "undo":
                self._undo(edits)
            case "redo":
                self.draft = None
                edits.redo()
            case "draft":
                self.draft = entry["text"]
            case "met":
                self.saved_text = entry["saved"]

    # --- what it is ---

    @property
    def data(self) -> Any:
        return None if self.edits is None else self.edits.data

    @property
    def version(self) -> int:
        return 0 if self.edits is None else self.edits.version

    @property
    def digest(self) -> str:
        """The digest of the saved text."""
        return digest(self.saved_text)

    @property
    def saved(self) -> bool:
        """Whether the file says what the document says."""
        if self.edits is None:
            return True
        if self.draft is not None or self.disk.code == "deleted":
            return False
        if not self.edits.debt:
            return digest(self.edits.text) == self.digest
        return False

    @property
    def readonly(self) -> bool:
        state = self.disk.state
        return bool(state) and not state[-1] & 0o222

    def current(self) -> Edits:
        if self.edits is None:
            raise Refused(tell("what stands in this file is no YAML yet; mend it in the text first"), 409)
        return self.edits

    def status(self) -> dict[str, Any]:
        """What every answer says of the document."""
        edits = self.edits
        return {
            "file": self.name,
            "version": self.version,
            "digest": self.digest,
            "saved": self.saved,
            "can_undo": bool(edits and (edits.can_undo or self.draft is not None)),
            "can_redo": bool(edits and edits.can_redo),
            "undo": _drafted()
            if edits and self.draft is not None
            else edits.done[-1].words
            if edits and edits.done
            else None,
            "redo": edits.undone[-1].words if edits and edits.undone else None,
            "draft": self.draft is not None,
            "outside": self.told_outside(),
            "readonly": self.readonly,
        }

    def told_outside(self) -> dict[str, Any] | None:
        return self.outside or ({"kind": "readonly", "message": _readonly(self.name)} if self.readonly else None)

    # --- editing ---

    def edit(self, changes: Sequence[Change], words: str, version: int | None, tab: str = "") -> tuple[Change, ...]:
        """Make changes as one step; it is in the journal when this returns.

        Raises `Stale` if what is to be changed is not what is there, `Refused` if others have moved what is counted by number.
        """
        edits = self.current()
        for change in changes:
            _writable(change)
        if edits.block:
            raise Refused(tell("mend the text first: {problem}", problem=edits.block), 409)
        counted = any(each.kind in ("insert", "order", "rename") for each in changes)
        if version is not None and version != edits.version and counted and not self._own(version, tab):
            raise Stale(tell("somebody else has changed this meanwhile; look at it and do it again"))
        step = Step.of(edits.data, self._with_what_names_it(changes), words or tell("a change"), tab)
        self._record({"do": "do", "step": step.to_json()})
        edits.do(step)
        self.draft = None
        return step.changes

    def _with_what_names_it(self, changes: Sequence[Change]) -> list[Change]:
        """Changes, where a key is renamed with all that names it."""
        data, found = self.current().data, list[Change]()
        for change in changes:
            more = renaming(data, change.path, change.new) if change.kind == "rename" else [change]
            for each in more:
                data, _ = made(data, each)
            found += more
        return found

    def _own(self, version: int, tab: str) -> bool:
        """Whether everything since a version was done by this tab."""
        edits = self.current()
        since = edits.version - version
        return (
            bool(tab)
            and 0 <= since <= len(edits.done)
            and all(each.tab == tab for each in edits.done[len(edits.done) - since :])
        )

    def undo(self) -> str:
        """Take back what came last: the draft, if there is one, else the last step."""
        edits = self.current()
        if not edits.done and self.draft is None:
            raise Refused(tell("there is nothing to undo"), 409)
        self._record({"do": "undo"})
        return self._undo(edits)

    def _undo(self, edits: Edits) -> str:
        if self.draft is None:
            return edits.undo().words
        self.draft = None
        edits.version += 1
        return _drafted()

    def redo(self) -> str:
        edits = self.current()
        if not edits.undone:
            raise Refused(tell("there is nothing to redo"), 409)
        self._record({"do": "redo"})
        self.draft = None
        return edits.redo().words

    def write(self, text: str, words: str, tab: str = "") -> None:
        """What the text view says. A text that is no YAML is kept as a draft, beside what was there."""
        if len(text) > MAX_CHARACTERS:
            raise Refused(tell("the text is too large"), 413)
        if half := _HALF.search(text):  # not even a draft: no file and no answer can hold it
            raise Refused((refused(half[0]) or (0, ""))[1])
        dressed = self._dressed(text)
        try:
            data = yaml_tree.read(dressed).root.plain()
        except ScenarioError:
            self._record({"do": "draft", "text": text})
            self.draft = text
            if self.edits is not None:
                self.edits.version += 1
            return
        if self.edits is None:
            self._start(dressed)
            return
        edits = self.edits
        if data == edits.data and not edits.debt and dressed == edits.text and self.draft is None:
            return
        step = Step.of(edits.data, between(edits.data, data), words or tell("the text"), tab)
        self._record({"do": "do", "step": step.to_json(), "text": dressed})
        edits.do(step, dressed)
        edits.know(dressed)
        self.draft = None

    def _start(self, text: str) -> None:
        """From no YAML to a first text that is some."""
        self.edits = Edits.of(text)
        self.draft = None
        self._record({"do": "do", "step": Step("", (), ()).to_json(), "text": text})

    def _dressed(self, text: str) -> str:
        """A text with the line ends and the mark at the start that the file has."""
        like = self.edits.text if self.edits else self.saved_text
        bare = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        ended = bare.replace("\n", "\r\n") if "\r\n" in like else bare
        return ("\ufeff" if like.startswith("\ufeff") else "") + ended

    def _record(self, entry: Mapping[str, Any]) -> None:
        """Put something into the journal; a full disk refuses it, and then nothing has happened."""
        try:
            if not self._begun:
                self._begin()
            self.journal.add(entry)
        except OSError as error:
            message = tell("this edit cannot be kept: {strerror}; nothing is changed", strerror=error.strerror)
            raise Refused(message, 507) from None

    def _begin(self) -> None:
        """A journal that starts from here."""
        edits = self.edits
        text = edits.text if edits else ""
        base: dict[str, Any] = {"text": text or "detente: 1\n"}
        if edits:
            base |= {
                "done": [each.to_json() for each in edits.done[-200:]],
                "undone": [each.to_json() for each in edits.undone[-200:]],
            }
        if self.saved_text != text:
            base["saved"] = self.saved_text
        self.journal.begin(base)
        self._begun = True

    # --- saving ---

    def save(self) -> None:
        """Write the file: whole, and only over the content that is known. All debt is paid."""
        edits = self.current()
        if self.draft is not None:
            raise Refused(tell("the text is no YAML at the moment; mend it or undo it, then save"), 409)
        if self.outside and self.outside["kind"] == "conflict":
            raise Refused(
                tell("the file was changed elsewhere at the same places; choose first, then save"),
                409,
                outside=self.outside,
            )
        edits.pay()
        now = state_of(self.path)
        if now and not now[-1] & 0o222:
            raise Refused(_readonly(self.name), 403)
        if not Path(os.path.realpath(self.path)).is_relative_to(self.root):
            raise Refused(tell("{name} leads out of the folder", name=self.name), 403)
        try:
            if now:
                save(edits.text, self.path, of=self.digest)
            else:
                write_new(self.path, edits.text)
        except FileExistsError:
            raise Refused(tell("{name} is there again; look at it first", name=self.name), 409) from None
        except OSError as error:
            raise Refused(
                tell("{name} cannot be written: {strerror}", name=self.name, strerror=error.strerror), 507
            ) from None
        except Refused:
            raise
        except InputError as error:
            raise Refused(str(error), 409) from None
        self.disk = Disk(state_of(self.path), edits.text)
        self.saved_text, self.outside, self.recovered = edits.text, None, 0
        with contextlib.suppress(
            OSError
        ):  # the file is written; that its history is not is told nowhere, and harms nothing
            self.journal.keep(edits.text)
            self._begin()

    # --- what others do to the file ---

    def look(self) -> bool:
        """See whether the file has changed on the disk; whether anything is to be told."""
        if self.journal.moved:
            self._follow()
            return True
        state = state_of(self.path)
        if state == self.disk.state:
            return False
        found = read_disk(self.path, self.root)
        before = self.told_outside(), self.version
        self._meet(found)
        return (self.told_outside(), self.version) != before

    def _follow(self) -> None:
        """Take what another workbench has put into the journal, where nothing was edited here."""
        before, self.edits = self.edits, None
        self.disk, self.draft, self.outside, self._begun = read_disk(self.path, self.root), None, None, False
        self._recover()
        if self.edits is not None and before is not None:  # what is still on its way was of another version, and series
            self.edits.version = max(self.edits.version, before.version + 1)
            self.edits.series = max(self.edits.series, before.series + 1)

    def _meet(self, found: Disk) -> None:
        """Bring what the disk has now and what is here together."""
        self.disk = found
        if found.code:
            self.outside = {"kind": found.code, "message": found.problem}
            if found.code == "deleted" and (name := self._renamed()):
                self.outside = {
                    "kind": "renamed",
                    "to": name,
                    "message": tell("the file is called {name} now", name=name),
                }
            return
        assert found.text is not None
        if digest(found.text) == self.digest:
            self.outside = None
            return
        if self.edits is None:
            self.edits, self.saved_text, self.draft = Edits.of(found.text), found.text, None
            self.outside = {"kind": "clean", "message": tell("the file was changed elsewhere, and is read again")}
            return
        if self.saved:
            self._take(found.text, found.text, tell("changed elsewhere"))
            self.outside = {"kind": "clean", "message": tell("the file was changed elsewhere, and is read again")}
            return
        self.theirs = found.text
        self._merge({})

    def _merge(self, keep: Keep) -> None:
        """Merge what the disk has with what is here, as far as nothing is changed by both."""
        edits = self.current()
        edits.pay()
        merged = self._merged(keep)
        if merged is None or not merged.text:
            number = 1 if merged is None else len(merged.conflicts)
            message = tell(
                "the file was changed elsewhere too, {number} times at the same place; nothing is written until you choose",
                number=number,
            )
            self.outside = {"kind": "conflict", "conflicts": number, "message": message}
            return
        self._take(self._dressed(merged.text), self.theirs, tell("merged with a change from elsewhere"))
        self.theirs, self.draft = "", None
        self.outside = {
            "kind": "merged",
            "message": tell("the file was changed elsewhere; both changes are kept, look and save"),
        }

    def _merged(self, keep: Keep) -> Merged | None:
        """The merger of the three; None where what they say has no shape to be merged by."""
        try:
            return merge_texts(self.saved_text, self.current().text, self.theirs, keep)
        except (InputError, AttributeError, TypeError, ValueError):
            return None

    def _take(self, text: str, saved: str, words: str) -> None:
        """Take a text as one step, and know what the disk says."""
        edits = self.current()
        data = yaml_tree.read(text).root.plain()
        step = Step.of(edits.data, between(edits.data, data), words)
        with contextlib.suppress(Refused):  # the edit is on the disk anyway, or made again from there
            self._record({"do": "met", "saved": saved})
            self._record({"do": "do", "step": step.to_json(), "text": text})
        edits.do(step, text)
        edits.know(text)
        self.saved_text = saved

    def _renamed(self) -> str | None:
        """Another file of the folder that has the content of this one, which is gone."""
        with contextlib.suppress(OSError):
            for entry in sorted(os.scandir(self.path.parent), key=lambda each: each.name)[:MOST_FILES]:
                if (
                    entry.name.endswith(ENDINGS)
                    and entry.is_file(follow_symlinks=False)
                    and entry.stat().st_size == len(self.saved_text.encode())
                ):
                    there = read_disk(Path(entry.path), self.root)
                    if there.text is not None and digest(there.text) == self.digest:
                        return Path(entry.path).relative_to(self.root).as_posix()
        return None

    def three_ways(self) -> dict[str, Any]:
        """What the file said, what is here, what the disk says, and where the two disagree."""
        if not self.outside or self.outside["kind"] != "conflict":
            raise Refused(tell("there is nothing to choose: nobody else has changed the same"), 404)
        merged = self._merged({})
        conflicts = [
            {
                "path": list(each.path),
                "place": each.place,
                "kind": each.kind,
                "base": each.base,
                "mine": each.first,
                "theirs": each.second,
            }
            for each in (merged.conflicts if merged else ())
        ]
        whole: dict[str, Any] = {
            "path": [],
            "place": tell("the whole file"),
            "kind": "value",
            "base": None,
            "mine": None,
            "theirs": None,
        }
        texts = {"base": self.saved_text, "mine": self.current().text, "theirs": self.theirs}
        return {**texts, "conflicts": conflicts if merged else [whole]}

    def resolve(self, choices: Sequence[Any], everything: str = "") -> None:
        """Decide a conflict: for every place `mine` or `theirs`, or one word for all.

        What comes of it is one step, not yet saved.
        """
        view = self.three_ways()
        words = {"mine": "first", "theirs": "second"}
        chosen = {
            tuple(each["path"]): words.get(each["take"], "")
            for each in choices
            if isinstance(each, Mapping) and "path" in each and "take" in each
        }
        if everything in words:
            chosen = {tuple(each["path"]): words[everything] for each in view["conflicts"]} | chosen
        open_ = [each["place"] for each in view["conflicts"] if not chosen.get(tuple(each["path"]))]
        if open_:
            raise Refused(tell("still to be chosen: {places}", places=", ".join(open_[:5])), 409)
        if () in chosen:
            text = self.current().text if chosen[()] == "first" else self.theirs
            self._take(self._dressed(text), self.theirs, tell("a choice between two versions"))
            self.outside, self.theirs = None, ""
            return
        self._merge(chosen)  # type: ignore[arg-type] # the words are those of the merger

    # --- versions that were ---

    def restore(self, entry: str) -> None:
        """Take a saved version again, as one step."""
        text = self.journal.version(entry)
        if text is None:
            raise Refused(tell("there is no such saved version"), 404)
        self.write(text, tell("an earlier version"))

    def forget(self) -> None:
        """Delete the journal and the history; what is unsaved is gone with them, unless it is edited further here."""
        self.journal.forget()
        self._begun = False
        if self.edits is not None:
            self.edits.done, self.edits.undone = [], []

    def close(self) -> None:
        alone = self.journal.alone
        self.journal.close()
        if (
            alone
            and self._begun
            and self.saved
            and self.edits is not None
            and not self.edits.done
            and not self.edits.undone
        ):
            self.journal.path.unlink(missing_ok=True)


def _writable(change: Change) -> None:
    """Refuse what no file can say: characters that no text may hold, and what is nested deeper than files are read."""
    inside: list[tuple[Any, int]] = [(list(change.path), 0), (change.before, 0), (change.new, len(change.path))]
    while inside:
        value, depth = inside.pop()
        if depth > MAX_DEPTH:
            raise Refused(tell("this is nested too deep"))
        if isinstance(value, Mapping):
            inside += [(each, depth + 1) for each in (*value, *value.values())]
        elif isinstance(value, list | tuple):
            inside += [(each, depth + 1) for each in value]
        elif isinstance(value, str) and (found := refused(value)):
            raise Refused(found[1])


def _drafted() -> str:
    return tell("the text that is no YAML yet")


def _readonly(name: str) -> str:
    return tell("{name} is read-only; make it writable, or save under another name", name=name)
