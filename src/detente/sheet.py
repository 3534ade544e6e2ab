"""A table of results, for every place where people read one.

A `Sheet` is a title, columns, rows of plain values and notes. It knows nothing of conflicts; it only knows how to be
shown: in a terminal, a notebook, a paper (LaTeX, Markdown), a spreadsheet (CSV) or a data frame.

A cell that names something of the model is a *term*: a text (the identifier) that says what kind of thing it names, so that
whoever shows it may put the name instead (`spoken`) without looking into sentences. A cell, a title or a note with terms in
it is a *phrase*; a cell that lists several terms is a phrase of them (`listing`). A row that is a heading inside the table
begins with a `Heading` (`heading` makes the row).

>>> sheet = Sheet("Outcomes", ("outcome", "myopic"), (("decoupled", "ALL"),))
>>> print(sheet.to_csv(), end="")
outcome,myopic
decoupled,ALL
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

from detente.errors import NotInstalled
from detente.messages import numeral, plural, tell, word
from detente.spreadsheet import write as write_table


class Term(str):
    """An identifier of the model, and by its class what it names; it is its own text until somebody says the name."""

    __slots__ = ()


class ActorTerm(Term):
    __slots__ = ()


class OptionTerm(Term):
    __slots__ = ()


class StateTerm(Term):
    """A state: its name, or what is on."""

    __slots__ = ()


class FormulaTerm(Term):
    """A formula, a statement, or settings: `us_arm, not us_nato`."""

    __slots__ = ()


class ReadingTerm(Term):
    """A reading of an actor: the identifier; whose it is, is told by `actor`."""

    actor: str

    def __new__(cls, text: str, actor: str = "") -> ReadingTerm:
        made = super().__new__(cls, text)
        made.actor = actor
        return made


class ChoiceTerm(Term):
    """A choice of an option: the identifier; of which option, is told by `option`."""

    option: str

    def __new__(cls, text: str, option: str = "") -> ChoiceTerm:
        made = super().__new__(cls, text)
        made.option = option
        return made


class NameTerm(Term):
    """What the file names besides: an outcome, a platform, a partnership, an incentive, a source."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a verdict is about; two verdicts about the very same are the same, wherever they stand.

    `by` is the play or the concept, `held` what somebody holds, `scope` the states looked at where there is a choice of them.
    """

    subject: str
    question: str
    by: str
    counter_moves: str
    readings: tuple[tuple[str, str], ...] = ()
    held: tuple[tuple[str, str], ...] = ()
    scope: str = ""


class VerdictTerm(Term):
    """A verdict: ALL, SOME, NONE, BREAKS, stable, ...; `about` says what it is about, where that is told."""

    about: Judged | None

    def __new__(cls, text: str, about: Judged | None = None) -> VerdictTerm:
        made = super().__new__(cls, text)
        made.about = about
        return made


class ConceptTerm(Term):
    """A solution concept by its label: Nash, SEQ, ..."""

    __slots__ = ()


class Heading(str):
    """The first cell of a row that is a heading over the rows below it; the other cells are None."""

    __slots__ = ()


class Phrase(str):
    """A text made of parts, some of them terms; as text, what the parts say with identifiers.

    >>> title = Phrase.of("What ", ActorTerm("us"), " can do")
    >>> str(title), spoken(title, lambda term: {"us": "Washington"}.get(term, term))
    ('What us can do', 'What Washington can do')
    """

    parts: tuple[str, ...]

    @classmethod
    def of(cls, *parts: str) -> Phrase:
        made = cls("".join(parts))
        made.parts = tuple(each for part in parts for each in (part.parts if isinstance(part, Phrase) else (part,)))
        return made

    @classmethod
    def told(cls, message: str, /, **places: object) -> Phrase:
        """A message as a phrase: what fills its places keeps its parts.

        >>> Phrase.told("What {actor} can do", actor=ActorTerm("us")).parts
        ('What ', 'us', ' can do')
        """
        parts: list[str] = []
        for text, place, _, _ in Formatter().parse(tell(message)):
            parts += [text] if text else []
            if place is not None:
                filled = places[place]
                parts.append(filled if isinstance(filled, str) else str(filled))
        return cls.of(*parts)


class Gloss(Phrase):
    """A note that only says what a word of its table means; whoever knows the words can do without."""

    @classmethod
    def of(cls, *parts: str) -> Gloss:
        made = cls("".join(parts))
        made.parts = Phrase.of(*parts).parts
        return made


def listing(terms: Iterable[str], between: str = ", ") -> Phrase:
    """A phrase that lists terms.

    >>> listing([ActorTerm("ru"), ActorTerm("nk")])
    'ru, nk'
    """
    parts: list[str] = []
    for term in terms:
        parts += [between, term] if parts else [term]
    return Phrase.of(*parts)


def together(actors: Iterable[str]) -> Phrase:
    """Actors that act as one, in a cell: `us and nk`."""
    return listing(map(ActorTerm, actors), tell(" and "))


def many(number: int, one: str, several: str = "") -> str:
    """A number with its noun.

    >>> many(1, "state"), many(1234, "policy", "policies")
    ('1 state', '1,234 policies')
    """
    return plural(number, f"{{number}} {one}", f"{{number}} {several or one + 's'}")


def counted(severities: Sequence[str]) -> str:
    """`2 errors, 1 warning`.

    >>> counted(["error", "error", "warning"]), counted([])
    ('2 errors, 1 warning', 'no problems')
    """
    kinds = [(kind, severities.count(kind)) for kind in ("error", "warning")]
    said = [many(number, kind) for kind, number in kinds if number]
    return ", ".join(said) or tell("no problems")


def listed(words: Iterable[str], last: str = "") -> str:
    """Words with commas and an `and`, or what is said in its place.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    known = list(words)
    return f"{', '.join(known[:-1])} {last or tell('and')} {known[-1]}" if len(known) > 1 else "".join(known)


def names_of(terms: Iterable[str]) -> Phrase:
    """Terms in a sentence.

    >>> names_of([ActorTerm("us"), ActorTerm("ru"), ActorTerm("nk")])
    'us, ru and nk'
    """
    *first, last = terms
    return Phrase.told("{first} and {last}", first=listing(first), last=last) if first else Phrase.of(last)


def is_number(value: object) -> bool:
    """Whether a cell is a number, which yes and no are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def heading(text: str, columns: int) -> tuple[Any, ...]:
    """A row of a table that is a heading inside it.

    >>> heading("Russia", 3)
    ('Russia', None, None)
    """
    return (Heading(text), *[None] * (columns - 1))


def is_heading(row: Sequence[Any]) -> bool:
    """Whether a row is a heading inside the table.

    >>> is_heading(heading("Russia", 3)), is_heading(("Russia", None, None))
    (True, False)
    """
    return len(row) > 1 and isinstance(row[0], Heading)


def spoken(value: Any, name: Callable[[Term], str]) -> Any:
    """A cell as somebody says it who knows the names: every term in it by its name; other values as they are."""
    if isinstance(value, Phrase):
        return "".join(name(part) if isinstance(part, Term) else part for part in value.parts)
    return name(value) if isinstance(value, Term) else value


def _shared(firsts: Sequence[Any]) -> tuple[int, int]:
    """With how many of the same words texts begin, and end; each has at least one word between.

    >>> _shared(["status quo, SMR", "status quo, GMR"]), _shared(["arms", "word"])
    ((2, 0), (0, 0))
    """
    words = [str(first).split(" ") for first in firsts]
    most = min(map(len, words)) - 1
    begin = next((n for n in range(most, 0, -1) if len({tuple(each[:n]) for each in words}) == 1), 0)
    end = next((n for n in range(most - begin, 0, -1) if len({tuple(each[-n:]) for each in words}) == 1), 0)
    return begin, end


def _as_one(firsts: Sequence[Any]) -> str:
    """Several first cells as one: the words they all begin or end with stand once.

    >>> _as_one(["status quo, SMR", "status quo, GMR"]), _as_one(["arms, myopic play", "word, myopic play"])
    ('status quo, SMR, GMR', 'arms, word, myopic play')
    """
    (begin, end), words = _shared(firsts), [str(first).split(" ") for first in firsts]
    middles = [" ".join(each[begin : len(each) - end]) for each in words]
    told = ", ".join(middle.removesuffix(",") for middle in middles) + "," * middles[0].endswith(",")
    return " ".join([*words[0][:begin], told, *words[0][len(words[0]) - end :]])


@dataclass(frozen=True)
class Sheet:
    """`rows` hold strings (terms and phrases among them), numbers, booleans or None; `notes` are sentences below the table.

    `toned`: its verdicts are a grid to be scanned, each in its tone where there are tones.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()
    toned: bool = False

    def __repr__(self) -> str:
        return f"<Sheet {str(self.title)!r}: {len(self.columns)} columns, {len(self.rows)} rows>"

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dictionary per row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_json(self) -> dict[str, Any]:
        """Title, columns, rows and notes as plain data, with identifiers."""
        rows = [list(row) for row in self.rows]
        return {"title": self.title, "columns": list(self.columns), "rows": rows, "notes": list(self.notes)}

    def column(self, name: str) -> tuple[Any, ...]:
        place = self.columns.index(name)
        return tuple(row[place] for row in self.rows)

    def told(self) -> Sheet:
        """The sheet as it is shown, with the words of its cells and heads in the language that is spoken; terms stay."""
        rows = tuple(tuple(map(_told, row)) for row in self.rows)
        title, *notes = (_verdicts_told(text) for text in (self.title, *self.notes))
        return replace(self, title=title, columns=tuple(map(_head_told, self.columns)), rows=rows, notes=tuple(notes))

    def only(self, places: Iterable[int]) -> Sheet:
        """The sheet with these columns alone."""
        kept = list(places)
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[place] for place in kept), rows=rows)

    def turned(self) -> Sheet:
        """The sheet with what stood across, the first column's heading apart, now down, and the other way round.

        >>> Sheet("", ("policy", "need", "profit"), (("arms", "HOLDS", "BREAKS"),)).turned().rows
        (('need', 'HOLDS'), ('profit', 'BREAKS'))
        """
        columns = (self.columns[0], *(row[0] for row in self.rows))
        across = zip(self.columns[1:], *(row[1:] for row in self.rows), strict=True)
        return replace(self, columns=columns, rows=tuple(across))

    def trimmed(self, keys: int = 1) -> Sheet:
        """The sheet without columns that say nothing; the first ones, its `keys`, stay.

        >>> Sheet("", ("who", "what", "why"), (("us", "arms", ""), ("ru", "holds", ""))).trimmed().columns
        ('who', 'what')
        """
        return self.only(n for n in range(len(self.columns)) if n < keys or any(row[n] for row in self.rows))

    def folded(self) -> Sheet:
        """The sheet with rows that say the same of things of one kind as one row.

        Of one kind are rows whose first cells begin or end with the same words, which then stand once.

        >>> Sheet("", ("where", "now"), (("SMR equilibria", "yes"), ("GMR equilibria", "yes"), ("play", "yes"))).folded().rows
        (('SMR, GMR equilibria', 'yes'), ('play', 'yes'))
        """
        groups: list[list[tuple[Any, ...]]] = []
        for row in self.rows:
            alike = (
                group
                for group in groups
                if len(row) > 1
                and not is_heading(row)
                and group[0][1:] == row[1:]
                and any(_shared([each[0] for each in (*group, row)]))
            )
            own = next(alike, None)
            if own is None:
                groups.append([row])
            else:
                own.append(row)
        rows = ((_as_one([row[0] for row in group]), *group[0][1:]) if group[1:] else group[0] for group in groups)
        return replace(self, rows=tuple(rows))

    # --- data frames ---

    def to_columns(self) -> dict[str, list[Any]]:
        """Column by column, each of one type: bool, int, float or text; None where there is nothing.

        Columns that share a name, or have none, are numbered: `column 2`.
        """
        names: list[str] = []
        for place, name in enumerate(self.columns, start=1):
            names.append(name if name and name not in names else tell("column {place}", place=place))
        return {name: _of_one_type([row[place] for row in self.rows]) for place, name in enumerate(names)}

    def to_pandas(self) -> Any:
        """A pandas data frame (pandas must be installed)."""
        return library("pandas", "pandas").DataFrame(self.to_columns())

    def to_polars(self) -> Any:
        """A polars data frame (polars must be installed)."""
        return library("polars", "polars").DataFrame(self.to_columns(), strict=False)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The sheet for whatever reads Arrow: duckdb, polars, pyarrow (needs arro3, the extra `arrow`)."""
        core = library("arro3.core", "detente[arrow]")
        types = {bool: core.DataType.bool, int: core.DataType.int64, float: core.DataType.float64}
        arrays = {}
        for name, values in self.to_columns().items():
            kind = next((type(value) for value in values if value is not None), str)
            arrays[name] = core.Array(values, type=types.get(kind, core.DataType.string)())
        return core.Table.from_pydict(arrays).__arrow_c_stream__(requested_schema)

    # --- text for other programs ---

    def to_csv(self, separator: str = ",") -> str:
        """Text with a header line, columns parted by commas, or as `separator` says.

        Where semicolons part the columns, commas stand in numbers: a spreadsheet would read 0.5 as the fifth of May. Texts that
        a spreadsheet would take for a formula begin with `'`.

        >>> print(Sheet("", ("says", "by"), (("=1+1", -2),)).to_csv(), end="")
        says,by
        '=1+1,-2
        """
        told = self.told()
        rows = [[_harmless(_plain(value)) for value in row] for row in told.rows]
        if separator == ";":
            rows = [[f"{cell}".replace(".", ",") if isinstance(cell, float) else cell for cell in row] for row in rows]
        return write_table([[*map(_harmless, told.columns)], *rows], separator)

    def to_markdown(self) -> str:
        """A Markdown table."""
        if not self.columns:
            return ""
        told = self.told()
        lines = ["| " + " | ".join(map(_markdown, told.columns)) + " |", "|" + " --- |" * len(self.columns)]
        lines += ["| " + " | ".join(_markdown(show(value)) for value in row) + " |" for row in told.rows]
        return "\n".join(lines) + "\n"

    def to_latex(self) -> str:
        """A LaTeX tabular with the rules of booktabs; wide columns of words wrap. Needs no other package."""
        if not self.columns:
            return ""
        told = self.told()
        head = " & ".join(map(_latex, told.columns))
        body = "".join(self._latex_row(row) + " \\\\\n" for row in told.rows)
        top = f"{head} \\\\\n\\midrule\n" if any(self.columns) else ""
        layout = f"@{{}}{self._latex_layout()}@{{}}"
        return f"\\begin{{tabular}}{{{layout}}}\n\\toprule\n{top}{body}\\bottomrule\n\\end{{tabular}}\n"

    def _latex_row(self, row: tuple[Any, ...]) -> str:
        if is_heading(row):
            return f"\\multicolumn{{{len(row)}}}{{@{{}}l@{{}}}}{{\\textbf{{{_latex(show(row[0]))}}}}}"
        return " & ".join(_latex(show(value)) for value in row)

    def _latex_layout(self) -> str:
        """Numbers to the right, words to the left, and where a line would be too long, paragraphs."""
        cells = [self.columns, *(tuple(map(show, row)) for row in self.rows if not is_heading(row))]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        narrow = sum(width for width in widths if width <= LATEX_WORD)
        room = max(0.3, 1 - narrow / LATEX_LINE)
        wide = sum(width for width in widths if width > LATEX_WORD)
        sides = []
        for place, width in enumerate(widths):
            values = [row[place] for row in self.rows if row[place] is not None]
            number = values and all(map(is_number, values))
            wraps = sum(widths) > LATEX_LINE and width > LATEX_WORD
            share = 0.92 * room * width / max(wide, 1)
            sides.append(f"p{{{share:.2f}\\linewidth}}" if wraps else "r" if number else "l")
        return "".join(sides)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        if not self.columns:
            return (f"<p><strong>{html.escape(self.title)}</strong></p>" if self.title else "") + notes
        told = self.told()
        cells = "".join(f'<th scope="col">{html.escape(name)}</th>' if name else "<td></td>" for name in told.columns)
        head = f"<thead><tr>{cells}</tr></thead>" if any(self.columns) else ""
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}{head}<tbody>{''.join(map(_html_row, told.rows))}</tbody></table>{notes}"

    def __str__(self) -> str:
        """Plain text, columns padded; for consoles without anything better."""
        told = self.told()
        cells = [told.columns, *([show(value) for value in row] for row in told.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        lines = ["  ".join(text.ljust(w) for text, w in zip(row, widths, strict=True)).rstrip() for row in cells]
        head = [lines[0], "  ".join("-" * width for width in widths)] if any(self.columns) else []
        table = "\n".join([*head, *lines[1:]])
        return "\n\n".join(filter(None, [self.title, table, "\n".join(self.notes)]))


def _told(value: Any) -> Any:
    """A cell as it is shown: a word as it is read; a term, a phrase or a number as it is."""
    return Heading(word(value)) if isinstance(value, Heading) else word(value) if type(value) is str else value


def _head_told(value: str) -> str:
    return word(value) if isinstance(value, VerdictTerm) else str(_told(value)) if type(value) is str else value


def _verdicts_told(text: str) -> str:
    """A title or a note, with the verdicts in it as they are read."""
    if not isinstance(text, Phrase) or not any(isinstance(part, VerdictTerm) for part in text.parts):
        return text
    return type(text).of(*(word(part) if isinstance(part, VerdictTerm) else part for part in text.parts))


def show(value: Any) -> str:
    """One value for people: yes, no, nothing, thousands separated.

    >>> [show(v) for v in (True, None, 1234567, 0.5)]
    ['yes', '', '1,234,567', '0.5']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return tell("yes") if value else tell("no")
    if isinstance(value, int):
        return numeral(value)
    if isinstance(value, float):
        return numeral(value, ".3g")
    if isinstance(value, Phrase):
        return "".join(word(part) if isinstance(part, VerdictTerm) else part for part in value.parts)
    return word(value) if isinstance(value, VerdictTerm) else str(value)


def html_of(sheets: Sequence[Sheet]) -> str:
    """Several sheets below each other, for notebooks."""
    return "".join(sheet._repr_html_() for sheet in sheets)


def _plain(value: Any) -> Any:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


FORMULA = "=+-@\t\n\uff1d\uff0b\uff0d\uff20"
"""What a cell begins with that spreadsheets compute, full-width forms among it."""


def _harmless(value: Any) -> Any:
    """A text that spreadsheets would compute, behind an apostrophe; texts that are numbers, and dashes alone, stay."""
    if not isinstance(value, str):
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    text = value.lstrip(" ")
    if text[:1] in ("", *"0123456789") or text[0] not in FORMULA or not text.strip("-–"):
        return value
    return value if NUMBER.fullmatch(text) else f"'{value}"


NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?([eE][+-]?[0-9]+)?( ?%)?")
"""A text that is a number, as `show` writes it or a spreadsheet reads it."""

LATEX_LINE, LATEX_WORD = 84, 20
"""Characters on a line of a paper, and of a column that is never wrapped."""

LATEX = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    **{character: f"{{{character}}}" for character in "[]*"},  # after a line break they would be its arguments
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "✓": r"$\surd$",
    "✗": r"$\times$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "→": r"$\to$",
    "↔": r"$\leftrightarrow$",
    "−": "$-$",
    "±": r"$\pm$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "≠": r"$\ne$",
    "∞": r"$\infty$",
    "²": "$^2$",
    "\n": " ",
}
"""Characters that mean something else to LaTeX, or nothing."""


def one_line(text: str) -> str:
    r"""The text on one line: whatever ends a line somewhere, and other control characters, are blanks.

    >>> one_line("a\u2028b\rc\x0bd")
    'a b c d'
    """
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)


def latex_comment(text: str) -> str:
    """A text as a LaTeX comment, which nothing in it can end; `^^M`, TeX's way to write a line end, does not end one."""
    return f"% {one_line(text)}\n"


def _latex(text: str) -> str:
    indent = r"\quad " if text.startswith("  ") else ""
    return indent + "".join(LATEX.get(character, character) for character in one_line(text).strip())


def markdown(text: str) -> str:
    r"""A text as Markdown that shows it: no heading, list, emphasis, link, tag or further cell comes of it.

    >>> print(markdown("# a|b <c> *d* [e](f) `g` i_j _k_ l->m"))
    \# a\|b &lt;c> \*d\* \[e](f) \`g\` i_j \_k\_ l->m
    """
    text = re.sub(r"[\\`*\[|~]|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", one_line(text))
    text = re.sub(r"<(?=[\w/!?])", "&lt;", re.sub(r"&(?=#?\w+;)", "&amp;", text))
    text = re.sub(r"^(\s*)([#>+=-])|(#)(?=#*\s*$)", r"\1\\\2\3", text)
    return re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", text)


def _markdown(text: str) -> str:
    return f"&emsp;{markdown(text.strip())}" if text.startswith("  ") else markdown(text)


def _html_row(row: tuple[Any, ...]) -> str:
    if is_heading(row):
        return f'<tr><th scope="rowgroup" colspan="{len(row)}">{html.escape(row[0])}</th></tr>'
    return "<tr>" + "".join(f"<td>{_html(show(value))}</td>" for value in row) + "</tr>"


def _html(text: str) -> str:
    return f"&emsp;{html.escape(text.strip())}" if text.startswith("  ") else html.escape(text)


def _of_one_type(values: list[Any]) -> list[Any]:
    """The values as they are if they are alike; numbers as floats if some are; else texts. Terms are plain texts here."""
    values = [str(value) if isinstance(value, str) else value for value in values]
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1:
        return values
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in values]
    return [None if value is None else str(_plain(value)) for value in values]


def library(name: str, wanted: str) -> Any:
    """A library that is not always installed; `NotInstalled`, an `ImportError`, says how to get it if it is missing."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        hint = tell("install it (pip install '{wanted}'), or use to_dicts() or to_csv()", wanted=wanted)
        raise NotInstalled(
            tell("{partition} is not installed; {hint}", partition=name.partition(".")[0], hint=hint)
        ) from None
