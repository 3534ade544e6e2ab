"""The literature an analysis rests on: what to cite for the concepts, the sanction rule, the preferences and the questions.

A reference is known by its key, authors and year, as the concept table and the questions name it. All of them stand in
`literature.toml` beside this module, once: in a line they are `cite`, for LaTeX they are `bibtex`. What a module calls its
own ("ours", "this project") has no reference, so a question may have none.

>>> cite(questions=["levers"])
('Howard 1971: Paradoxes of Rationality: Theory of Metagames and Political Behavior, MIT Press',)
>>> from detente.case import Case
>>> from detente.scenario import load
>>> [key for key in keys(Case(load("elmira")).analyse(["nash"]))]
['Nash 1950', 'Fang, Hipel & Kilgour 1993']
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from detente.analysis import Analysis
from detente.case import CONCEPTS, Case
from detente.conflict.game import chosen_readings
from detente.engine.concepts import concepts as choose_concepts
from detente.engine.concepts import sanction_rule
from detente.errors import UnknownName
from detente.messages import tell

BIBTEX = ("author", "title", "journal", "booktitle", "publisher", "year", "volume", "number", "pages")
"""The fields of an entry, in the order in which they are written."""


@dataclass(frozen=True)
class Reference:
    """A work: its key, what kind of work BibTeX calls it, its fields, and what it is cited for."""

    key: str
    kind: str
    fields: Mapping[str, str]
    cited_for: str = ""

    @property
    def text(self) -> str:
        """The work in a line, as it stands behind its key, and what it is cited for."""
        return f"{self.work}: {tell(self.cited_for)}" if self.cited_for else self.work

    @property
    def work(self) -> str:
        """The work as it is called, in no other language."""
        return self.fields.get("text") or ", ".join(filter(None, (self.fields["title"], self._where)))

    @property
    def _where(self) -> str:
        """Journal, volume, number and pages; the book it stands in; the publisher."""
        told = self.fields
        if self.kind == "article":
            number = f"({told['number']})" if "number" in told else ""
            volume = f" {told['volume']}{number}" if "volume" in told else ""
            return f"{told['journal']}{volume}{':' + told['pages'] if 'pages' in told else ''}"
        inside = "in " if self.kind == "incollection" else ""
        book = f"{inside}{told['booktitle']}" if "booktitle" in told else ""
        return ", ".join(filter(None, (book, told.get("publisher", ""))))

    @property
    def bibtex(self) -> str:
        """The entry in UTF-8, for biber and for any BibTeX of today; the title keeps its capitals."""
        lines = [f"  {name} = {{{_bibtex(name, self.fields[name])}}},\n" for name in BIBTEX if name in self.fields]
        return f"@{self.kind}{{{_entry(self.key)},\n{''.join(lines)}}}\n"


def _entry(key: str) -> str:
    """The name of an entry: the authors and the year in plain letters.

    >>> _entry("Rêgo & dos Santos 2015")
    'RegoDosSantos2015'
    """
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"\w+", plain))


def _bibtex(name: str, value: str) -> str:
    value = value.replace("&", r"\&")
    return f"{{{value}}}" if name == "title" else re.sub(r"(?<=\d)-(?=\d)", "--", value) if name == "pages" else value


# --- the data file ----------------------------------------------------------------------------------------------------

_DATA: dict[str, Any] = tomllib.loads(files("detente").joinpath("literature.toml").read_text(encoding="utf-8"))


def _reference(key: str, told: Mapping[str, Any]) -> Reference:
    fields = {name: str(value) for name, value in told.items() if name not in ("kind", "cited_for")}
    return Reference(key, told["kind"], fields, told.get("cited_for", ""))


REFERENCES: Mapping[str, Reference] = {key: _reference(key, told) for key, told in _DATA["references"].items()}
"""Key -> the reference."""

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    name: tuple(_DATA["questions"][told] if isinstance(told, str) else told)
    for name, told in _DATA["questions"].items()
}
"""Question, by every name it is asked by -> the keys of its sources; empty: the definitions are of this project."""

SANCTIONS: Mapping[str, tuple[str, ...]] = {rule: tuple(told) for rule, told in _DATA["sanctions"].items()}
"""Sanction rule -> where it is used."""

PREFERENCES: Mapping[str, tuple[str, ...]] = {kind: tuple(told) for kind, told in _DATA["preferences"].items()}
"""Kind of reading -> where it is introduced."""


# --- what to cite -----------------------------------------------------------------------------------------------------


def keys_in(source: str) -> tuple[str, ...]:
    """The keys a source line names: works apart by semicolons, years of the same authors by commas.

    >>> keys_in("Fraser & Hipel 1979, 1984; Rego & Vieira 2017")
    ('Fraser & Hipel 1979', 'Fraser & Hipel 1984', 'Rego & Vieira 2017')
    """
    found: list[str] = []
    for work in source.split(";"):
        years = re.findall(r"\b(?:19|20)\d\d\b", work)
        authors = re.split(r"\s(?:19|20)\d\d\b", work)[0].strip()
        found += [f"{authors} {year}" for year in years]
    return tuple(found)


def sources(
    concepts: Iterable[str] = (), questions: Iterable[str] = (), sanctions: str | None = None, *more: str
) -> tuple[Reference, ...]:
    """The references for these concepts, questions and this sanction rule, and the keys `more`, in that order, each once.

    Raises `UnknownName` for a name that does not exist.
    """
    wanted = list(concepts)
    found = [key for concept in (choose_concepts(wanted) if wanted else ()) for key in keys_in(concept.source)]
    found += SANCTIONS[sanction_rule(sanctions)] if sanctions is not None else ()
    for question in questions:
        name = question.replace("-", "_")
        if name not in QUESTIONS:
            raise UnknownName("question", question, QUESTIONS)
        found += QUESTIONS[name]
    return tuple(REFERENCES[key] for key in dict.fromkeys((*found, *more)))


def sources_of(
    of: Case | Analysis, concepts: Iterable[str] | None = None, questions: Iterable[str] = ()
) -> tuple[Reference, ...]:
    """The references for an analysis: its concepts (of a case: the default ones), sanction rule, kinds of preference, parts."""
    chosen = concepts if concepts is not None else of.concepts if isinstance(of, Analysis) else CONCEPTS
    # Only the readings are looked at: a model that cannot be built has its literature all the same.
    named = of.readings if isinstance(of, Analysis) else of.chosen
    kinds = {reading.kind for reading in chosen_readings(of.scenario, named)}
    wanted = [key for kind, cited in PREFERENCES.items() if kind in kinds for key in cited]
    joined = QUESTIONS["hierarchy"] if of.scenario.whole else ()
    return sources(chosen, questions, of.sanctions, *wanted, *joined)


def cite(
    concepts: Iterable[str] = (), questions: Iterable[str] = (), sanctions: str | None = None, *more: str
) -> tuple[str, ...]:
    """What to cite for these concepts, questions and this sanction rule, and the keys `more`: one text each, in that order.

    Raises `UnknownName` for a name that does not exist. A program or a paper can print the texts as they are.
    """
    return tuple(f"{each.key}: {each.text}" for each in sources(concepts, questions, sanctions, *more))


def citations(
    of: Case | Analysis, concepts: Iterable[str] | None = None, questions: Iterable[str] = ()
) -> tuple[str, ...]:
    """What an analysis used: its concepts (of a case: the default ones), sanction rule, kinds of preference, parts."""
    return tuple(f"{each.key}: {each.text}" for each in sources_of(of, concepts, questions))


def keys(of: Case | Analysis, concepts: Iterable[str] | None = None, questions: Iterable[str] = ()) -> tuple[str, ...]:
    """As `citations`, the keys only."""
    return tuple(each.key for each in sources_of(of, concepts, questions))


def bibtex(of: Case | Analysis, concepts: Iterable[str] | None = None, questions: Iterable[str] = ()) -> str:
    r"""As `citations`, as the text of a `.bib` file.

    >>> from detente.scenario import load
    >>> print(bibtex(Case(load("elmira")), ["nash"]).split("\n\n")[0])
    @article{Nash1950,
      author = {Nash, J. F.},
      title = {{Equilibrium points in n-person games}},
      journal = {Proceedings of the National Academy of Sciences},
      year = {1950},
      volume = {36},
      pages = {48--49},
    }
    """
    return "\n".join(each.bibtex for each in sources_of(of, concepts, questions))
