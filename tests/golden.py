"""What people read, pinned: the text of every command on three small models, in `tests/golden/`.

    python tests/golden.py            # which texts differ from the kept ones, and how
    python tests/golden.py --write    # keep today's texts; read what `git diff tests/golden` shows before it is committed
    python tests/golden.py --write partnership claims     # of these alone

One file per command. In each the command is asked in all its variants (the table of `contracts.py`) about `harbour`, a model
of the tests' own with a little of everything; plainly also about `elmira` and `prisoners_dilemma`. A text that changes on
purpose is written anew; one that changes by accident, "stable" where it was "unstable", fails `test_golden.py`.
"""

from __future__ import annotations

import contextlib
import difflib
import itertools
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import contracts
from contracts import Ask, Model
from detente.cli import main

KEPT = Path(__file__).parent / "golden"
OWN = "harbour.yaml"
MODELS = (OWN, "elmira", "prisoners_dilemma")
VAST = ("library", "picture", "kit-pack", "schema", "report", "merge", "doctor")
"""What is not asked in its variants: whole files, drawings, a pack of what other commands make one by one, and the machine."""

MORE = {
    "formats": [f"{asked} --format {form}" for asked in
                ("analyze harbour.yaml", "partnership harbour.yaml", "show harbour.yaml --states --limit 3")
                for form in ("csv", "markdown", "latex", "html")],
    "claims": [f"claims harbour.yaml {claim}" for claim in ("H2", "H3", "H5", "H6", "H7", "H8", "H9", "H12", "H13", "H16")],
    "help": ["--help", "design --help", "kit --help", *(f"{name} --help" for name, _ in contracts.commands(main))],
    "mistakes": [
        "attitudes harbour.yaml --attitude city=+",
        "attitudes harbour.yaml --attitude city:dockers=*",
        "levers harbour.yaml --by city --goal served --hold feee",
        "unknown-preference harbour.yaml --unknown 'city=served'",
        "behaviours harbour.yaml --concept city=nesh",
        "picture circles harbour.yaml",
        "nothing harbour.yaml",
        "partnership harbour.yaml --partnership crews",
        "partnership elmira",
        "levers harbour.yaml --by cty --goal served",
        "levers harbour.yaml --by city --goal 'served and'",
        "types harbour.yaml --reading city=opne",
        "explain harbour.yaml '#99'",
        "claims harbour.yaml H9",
        "claims elmira",
        "compare prisoners_dilemma",
        "hindcast prisoners_dilemma",
        "analyze harbor.yaml",
    ],
    "hierarchy": [
        "hierarchy road=chicken jail=prisoners_dilemma --shared first --rename jail:second=other",
        "hierarchy road=chicken jail=prisoners_dilemma --shared first --rename jail:second=other --weights road=2,jail=1",
    ],
    "diff": ["diff cuba cuba_oneway", "diff prisoners_dilemma stag_hunt"],
    "merge": [
        "merge chicken chicken chicken -o merged.yaml --force",
        "merge chicken prisoners_dilemma stag_hunt",
        "merge cuba cuba_oneway nothing.yaml",
    ],
    "analysts": ["analysts cuba cuba_oneway", "analysts cuba chicken"],
    "report": [f"report {model} -o report.html" for model in MODELS],
    "partnership": [
        "partnership harbour.yaml --world calm",
        "partnership harbour.yaml --reading carrier=wary",
        "partnership harbour.yaml --reading carrier=wary --reading city=open --reading dockers=mild",
        "partnership harbour.yaml --world calm --hold 'not fee'",
        "partnership harbour.yaml --start 'not pact, strike'",
    ],
}  # fmt: skip
"""What is asked besides, by the file it is kept in."""


def names() -> list[str]:
    """The files there are to be: one per command, and those of MORE."""
    commands = {name.replace(" ", "-") for name, _ in contracts.commands(main)}
    return sorted({name for name in commands if name not in VAST} | set(MORE))


@contextlib.contextmanager
def workshop() -> Iterator[list[Model]]:
    """A folder with the model of the tests' own and logs of moves, which is the working folder meanwhile."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(KEPT / OWN, folder)
        os.chdir(folder)
        try:
            models = [Model(name, name, contracts.fields(name, _text(name))) for name in MODELS]
            for model in models:
                contracts.write_log(model)
            yield models
        finally:
            os.chdir(home)


def _text(name: str) -> str:
    return Path(name).read_text(encoding="utf-8") if name == OWN else contracts.run(("library", name, "--yaml"))[1]


def asks(models: list[Model], name: str) -> Iterator[Ask]:
    """What is asked for one file."""
    for command, found in contracts.commands(main):
        slug = command.replace(" ", "-")
        if slug == name and slug not in VAST:
            for model in models:
                about = contracts.about(model, command, found)
                yield from about if model.name == OWN else itertools.islice(about, 1)
    for line in MORE.get(name, ()):
        yield Ask(f"-/{name}", tuple(shlex.split(line)), False)


def text(models: list[Model], name: str) -> str:
    """What people see, of everything that is asked for one file; of a page its words."""
    return "\n".join(map(answer, asks(models, name)))


def answer(ask: Ask) -> str:
    """What people see of one answer."""
    told = contracts.answer(ask, as_text=True).text
    before, page, html = told.partition("\n<!doctype html>")
    return before + words(html) if page else told


class _Words(HTMLParser):
    """Collects the words of a page, a line per block; styles, scripts and drawings are left out."""

    INLINE = frozenset({"a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time"})
    SILENT = frozenset({"head", "script", "style", "svg"})

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in self.SILENT
        if tag not in self.INLINE:
            self.parts.append(" | " if tag in ("td", "th") else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data.replace("\n", " "))


def words(page: str) -> str:
    """The words of an HTML page, a line per block."""
    reader = _Words()
    reader.feed(page)
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n" + "\n".join(filter(None, lines)) + "\n"


def difference(name: str, now: str) -> str:
    """How the text of today differs from the kept one; empty where it does not."""
    kept = KEPT / f"{name}.txt"
    before = kept.read_text(encoding="utf-8") if kept.exists() else ""
    return "\n".join(difflib.unified_diff(before.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=2))


def write(chosen: Sequence[str]) -> None:
    """Keep the texts of today, all or those chosen; files that nothing is asked for any more go."""
    for path in KEPT.glob("*.txt"):
        if path.stem not in names():
            path.unlink()
    with workshop() as models:
        for name in chosen or names():
            (KEPT / f"{name}.txt").write_text(text(models, name), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(sys.argv[2:])
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        with workshop() as known:
            found = [told for name in names() if (told := difference(name, text(known, name)))]
        sys.stdout.write("\n".join(found))
        sys.exit(bool(found))
