"""A language made by rule, to find sentences that stand outside the catalogue.

    python tests/pseudo.py claims help     # what is left in English in the texts of `tests/golden/`, and what differs

Every letter of a message has an accent, places and length stay. What people wrote in the model of the tests is in letters of
another alphabet. So whatever still is in plain letters is neither, and whoever takes both back must find what stands in
`tests/golden/`, letter by letter: no answer depends on the language.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from babel.messages.pofile import read_po, write_po

import catalogue
import golden
from contracts import Model, commands, scrubbed
from detente.cli import main
from detente.languages import places
from detente.literature import REFERENCES

PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ACCENTED = str.maketrans(PLAIN, "ÁɃĆĎĚƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹáƀćďěƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẋýź")
FOREIGN = str.maketrans(PLAIN, "АБЦДЕФГХИЙКЛМНОПЯРСТУВШЭЫЗабцдефгхийклмнопярстувшэыз")
BACK = {
    ord(there): here
    for table in (ACCENTED, FOREIGN)
    for here, there in zip(PLAIN, map(chr, table.values()), strict=True)
}

WRITTEN = (
    "title",
    "question",
    "about",
    "says",
    "name",
    "short",
    "article",
    "text",
    "off",
    "cost_unit",
    "where",
    "note",
)
"""Keys of a scenario file under which people write what is read."""  # fmt: skip


CODES = ("test", "answer")
"""Keys below which all is written in codes."""


def said(message: str) -> str:
    """A message in the language, its places as they are.

    >>> said("{who} can stay"), back(said("{who} can stay"))
    ('{who} ćáń śťáý', '{who} can stay')
    """
    if not places(message):
        return message.translate(ACCENTED)
    return re.sub(
        r"\{\w*(?:!r)?\}|[^{}]+", lambda part: part[0] if part[0][0] == "{" else part[0].translate(ACCENTED), message
    )


def back(text: str) -> str:
    """A text with its letters taken back."""
    return text.translate(BACK)


def write(path: Path) -> None:
    """The catalogue of the language; numbers and dates are those of British English."""
    made = read_po(io.BytesIO(catalogue.KEPT.read_bytes()), locale="en_GB")
    for message in made:
        if message.id:
            message.string = said(message.id) if isinstance(message.id, str) else tuple(map(said, message.id))
    with path.open("wb") as file:
        write_po(file, made, width=0)


def foreign(text: str) -> str:
    """A scenario file whose names and sentences are in other letters."""
    places = sorted(_written(yaml.compose(text)), reverse=True)
    for start, end in places:
        text = text[:start] + text[start:end].translate(FOREIGN) + text[end:]
    return text


def _written(node: yaml.Node | None, key: str = "") -> Iterator[tuple[int, int]]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value not in CODES:
                yield from _written(value, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _written(value, key)
    elif isinstance(node, yaml.ScalarNode) and key in WRITTEN:
        yield node.start_mark.index, node.end_mark.index


@contextlib.contextmanager
def workshop() -> Iterator[list[Model]]:
    """That of the golden texts, with the one model of the tests in other letters, and the catalogue of the language."""
    with golden.workshop() as models:
        own = Path(golden.OWN)
        own.write_text(foreign(own.read_text(encoding="utf-8")), encoding="utf-8")
        write(Path("en_GB.po"))
        yield models[:1]


# --- what is left --------------------------------------------------------------------------------------------------------

ALLOWED = {
    "values of options": "sequence single default required",
    "kinds of pictures": "stability tree tornado frontier",
    "months, which Babel writes": "January February March April May June July August September October November December",
    "abbreviations of the field": "Nash SSEQ SEQ SMR GMR SIM CNash CGMR CSMR CSEQ nash sseq seq smr gmr sim",
    "verdicts, which the file writes as well": "ALL SOME NONE HOLDS FRAYS BREAKS DEPENDS",
    "the words of formulas and of the file": "true false on off now only when then while strong alpha beta gamma",
    "names of formats and solvers": "csv json html svg png latex markdown yaml comma semicolon tab highs KB SHA Python numpy "
    "gmcr nfg efg graphml xlsx xlsm xls ods tsv txt",
    "names of the program and of commands": f"detente {' '.join(name for name, _ in commands(main))}",
}
"""What may stand in plain letters, and why; commands, options, codes of warnings and words in capitals for a value besides."""

BY_WORDS = ("kit-quiz", "events", "report")
"""Texts whose order or widths follow their words: choices of a question, the words of a glossary, wide tables."""

CLICK = re.compile(r"\[OPTIONS\]|COMMAND|\[ARGS\]\.\.\.")
"""What click writes for what can be given; all else that it says is told."""

WORKS = sorted((text for work in REFERENCES.values() for text in (work.work, work.key)), key=len, reverse=True)
"""The literature, which is cited as it is called."""

CITED = ("cite",)
"""Texts of which most is the literature, in lines that are wrapped or in the form of BibTeX."""

OPEN = frozenset({"collect", "completion", "equilibria", "new", "types"})
"""Commands that still say words outside the catalogue: grades of sources, names of shells, the draft of a new file."""

FOR_PROGRAMS = re.compile(r"--json|--format[ =](?:json|csv)")
"""What is asked for by programs is always English."""

LATEX = re.compile(r"\\(?:begin|end)\{tabular\}(?:\{@\{\}[lrp]*.*\})?|\\[a-z]+")
COMMAND = re.compile(
    r"^\$ .*|^\[(?:exit|errors|file).*|detente [a-z].*"
    r"|\[[^\s\]]+: [^]]*\]|\[[\w|]+\]|(?<!\w)--?[a-z][\w-]*|\b[A-Z]{2,}\b|\[[a-z-]+\]$"
    r"|\b[0-9a-f]{12,}\b|harbour\.yaml|\b\w+\.csv\b|`[^`]*`"
)
RUN = re.compile(r"(?<![\w’'])[A-Za-z][A-Za-z’'-]*[A-Za-z](?!\w)")


def left(text: str, codes: frozenset[str]) -> list[str]:
    """The words of a text in the language that are in plain letters, and neither codes of the model nor allowed.

    >>> left("Ťĥě City śťáýś; it is stable under SEQ: detente analyze x", frozenset({"City"}))
    ['it', 'stable', 'under']
    """
    allowed = {word for words in ALLOWED.values() for word in words.split()} | codes
    found = []
    for work in WORKS:
        text = text.replace(work, " ")
    for line in text.splitlines():
        bare = COMMAND.sub(" ", CLICK.sub(" ", LATEX.sub(" ", line)))
        found += [word for word in RUN.findall(bare) if word not in allowed]
    return found


def leaks(spoken: str, codes: frozenset[str]) -> dict[str, list[str]]:
    """What is left in plain letters in each answer; words of the question itself may be there."""
    found = {asked: left(told, codes | frozenset(RUN.findall(asked))) for asked, told in answers(spoken).items()}
    return {
        asked: list(dict.fromkeys(words)) for asked, words in found.items() if words and not FOR_PROGRAMS.search(asked)
    }


def codes(text: str) -> frozenset[str]:
    """The words that a scenario file has in plain letters."""
    return frozenset(re.findall(r"[A-Za-z]+", text))


def answers(text: str) -> dict[str, str]:
    """The answers in a golden text, by what is asked."""
    parts = re.split(r"(?m)^\$ (?=detente )", text)[1:]
    return {part.partition("\n")[0]: part.rstrip() for part in parts}


def plain(text: str) -> str:
    """A text without what differs for other reasons: hashes of the model, and sizes of files."""
    return re.sub(r"\b[0-9a-f]{12}\b|\b[0-9a-f]{64}\b|\d+ KB", "…", scrubbed(text))


def different(name: str, spoken: str) -> list[str]:
    """What was asked of the one model, and whose answer, taken back, is not the kept one."""
    kept = answers((golden.KEPT / f"{name}.txt").read_text(encoding="utf-8"))
    return [asked for asked, told in answers(spoken).items() if plain(back(told)) != plain(kept[asked])]


def about(models: list[Model], name: str) -> str:
    """The answers about the one model that are kept in a golden file, in the language."""
    asked = [ask for ask in golden.asks(models, name) if not set(ask.words) & BUNDLED]
    os.environ["DETENTE_LANGUAGE"] = str(Path("en_GB.po").resolve())
    try:
        return "\n".join(map(golden.answer, asked))
    finally:
        del os.environ["DETENTE_LANGUAGE"]


BUNDLED = frozenset({"elmira", "prisoners_dilemma", "road=chicken", "chicken", "cuba", "cuba_oneway"})
"""Words of questions about models whose names are in plain letters."""


if __name__ == "__main__":
    with workshop() as known:
        ours = codes(Path(golden.OWN).read_text(encoding="utf-8"))
        for each in sys.argv[1:] or golden.names():
            told = about(known, each)
            for asked, words in leaks(told, ours).items():
                sys.stdout.write(f"{each}: {asked}: {' '.join(words)}\n")
            for asked in different(each, told):
                sys.stdout.write(f"{each}: {asked}: another answer\n")
