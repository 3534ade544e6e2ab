"""The register: one row per claim, its status and the reasoning down to statements and sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from detente.case import Basis
from detente.errors import UnknownName
from detente.messages import later, tell
from detente.questions.claims import statuses
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.evidence import wishes
from detente.questions.claims.finding import (
    count_of,
    finding_json,
    finding_sheets,
    followed_in,
    key_of,
    read_otherwise,
    said_of,
    spelled_sentence,
    under_rivals,
    wish_sheet,
)
from detente.questions.claims.judging import Finding, Judgement, misnamed
from detente.result import INSIDE, Answer
from detente.scenario.model import Claim
from detente.sheet import Phrase, Sheet, VerdictTerm, many

COLUMNS = (
    later("the author assumes"),
    later("if the author is right"),
    later("if a rival is right"),
    later("the record"),
)
"""What stands beside the status of a claim."""

VIEWS = (later("the author would say"), later("the sharpest opponent would say"))
"""Whether paraphrase, test and status are fair: what either would say of them, and what on the page answers it."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Row(Answer):
    """One claim: what is asserted, its status, the findings behind it."""

    DERIVED = (
        "id", "says", "kind", "sentence", "family", "source", "where", "status", "label", "on", "how", "because", "agreement",
        "allows", "assumes", "if_right", "if_rival", "record", "author", "opponent", "tests",
    )  # fmt: skip

    claim: Claim = field(metadata=INSIDE)
    judgement: Judgement = field(metadata=INSIDE)
    desk: Desk = field(compare=False, metadata=INSIDE)

    @property
    def id(self) -> str:
        return self.claim.id

    @property
    def status(self) -> str:
        """The status, in the word programs get."""
        return self.judgement.status

    @property
    def label(self) -> str:
        """The status as people read it."""
        return self.judgement.label

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.judgement.findings

    @cached_property
    def key(self) -> str:
        """The key numbers: per test that counts in how many combinations it holds, or its verdict."""
        return "; ".join(map(key_of, self._counted))

    @property
    def counts(self) -> tuple[str, ...]:
        """Per test in how many combinations of readings it holds, such as "4 of 16"; nothing where nothing is asked."""
        return tuple(count_of(finding) for finding in self.findings)

    @property
    def place(self) -> str:
        """Where the author says it."""
        evidence = self.claim.evidence
        return ", ".join(filter(None, (" and ".join(evidence.source), evidence.where)))

    @cached_property
    def because(self) -> str:
        """The status in a line: each test that counts, what became of it, and what stands beside it."""
        if not self._counted:
            return "; ".join(finding.why for finding in self.findings if finding.why) or tell("no test is written")
        asked = [finding for finding in self._counted if not finding.test.question.enters] or self._counted
        beside = [finding for finding in self.findings if finding.test.beside]
        return "; ".join(
            (*map(said_of, asked), *(read_otherwise(each, misnamed=self._misnamed(each)) for each in beside))
        )

    def _misnamed(self, finding: Finding) -> bool:
        """Whether a reading of the sentence is not what it is called, stricter or milder."""
        return bool(finding.test.beside) and misnamed(finding, self.findings)

    @property
    def _counted(self) -> list[Finding]:
        return [finding for finding in self.judgement.counted if finding.status != statuses.OUTSIDE]

    # --- what programs get ---

    @property
    def says(self) -> str:
        return self.claim.says

    @property
    def kind(self) -> str:
        return self.claim.kind

    @property
    def source(self) -> tuple[str, ...]:
        return self.claim.evidence.source

    @property
    def where(self) -> str:
        return self.claim.evidence.where

    @property
    def family(self) -> str:
        """Whether the sentence is a statement or advice, which have different statuses."""
        return statuses.family(self.claim.kind, self.claim.sentence)

    @property
    def on(self) -> tuple[str, ...]:
        """On what it depends, if it depends."""
        return self.judgement.on

    @property
    def how(self) -> str:
        """How several tests make the status; nothing for one."""
        return self.judgement.how

    @property
    def agreement(self) -> str:
        """On what the author and the model agree or disagree."""
        return tell(statuses.BY_ID[self.status].means)

    @property
    def tests(self) -> list[dict[str, Any]]:
        """Each test with its finding, as plain data."""
        return [{**finding_json(finding, self.desk), "misnamed": self._misnamed(finding)} for finding in self.findings]

    @property
    def sentence(self) -> str:
        """The kind of sentence, which sets the quantifier; nothing where the file does not say it."""
        return self.claim.sentence

    @property
    def allows(self) -> dict[str, list[str]]:
        """The readings the author allows, by actor."""
        return {actor: list(names) for actor, names in self.claim.allows.items()}

    @property
    def assumes(self) -> str:
        """What the author assumes: the readings the author allows, what the file says in words, and reaction rules."""
        allows = [
            tell("{actor} is {names}", actor=actor, names=" or ".join(names))
            for actor, names in self.claim.allows.items()
        ]
        rules = [tell("the reaction rules that decide")] if self.status == statuses.ASSUMED else []
        return "; ".join(filter(None, (self.claim.assumes, ", ".join(allows), *rules)))

    @cached_property
    def if_right(self) -> str:
        """What follows under the readings the author allows, test by test."""
        allowed = ([cell for cell in finding.cells if not cell.rival] for finding in self._asked)
        return "; ".join(map(followed_in, filter(None, allowed)))

    @cached_property
    def if_rival(self) -> str:
        """What follows under rivals' readings and accounts, test by test; nothing where there are none."""
        return "; ".join(filter(None, (under_rivals(finding) for finding in self._asked)))

    @property
    def record(self) -> dict[str, str]:
        """What the public record says: `supports`, `disputes`, `silent`, with its `source`; empty where nobody looked."""
        record = self.claim.record
        if record is None:
            return {}
        said = {"supports": record.supports, "disputes": record.disputes, "silent": record.silent}
        source = ", ".join(filter(None, (" and ".join(record.evidence.source), record.evidence.where)))
        return {key: text for key, text in {**said, "source": source}.items() if text}

    @property
    def recorded(self) -> str:
        """The record in a line."""
        told = [f"{key}: {text}" for key, text in self.record.items() if key != "source"]
        source = self.record.get("source", "")
        return "; ".join(told) + (f" ({source})" if source and told else "")

    @property
    def columns(self) -> tuple[str, ...]:
        """What stands beside the status: see `COLUMNS`."""
        return self.assumes, self.if_right, self.if_rival, self.recorded

    @property
    def author(self) -> str:
        """What the author would say of paraphrase, test and status."""
        return self.claim.author

    @property
    def opponent(self) -> str:
        """What the sharpest opponent would say of them, and what answers it."""
        return self.claim.opponent

    @property
    def views(self) -> tuple[str, str]:
        """What both would say: see `VIEWS`."""
        return self.author, self.opponent

    @property
    def _asked(self) -> list[Finding]:
        """The findings that count and ask more than whether something is data."""
        return [finding for finding in self._counted if not finding.test.question.enters]

    # --- what people get ---

    @property
    def headline(self) -> Phrase:
        """What becomes of the claim."""
        return Phrase.of(self.id, " (", VerdictTerm(self.label), f"): {self.claim.says}")

    def sheets(self) -> tuple[Sheet, ...]:
        """The whole reasoning: claim, tests, circumstances, verdicts, grids of types, statements and their grounds."""
        tests = [
            sheet
            for finding in self.findings
            for sheet in finding_sheets(finding, self.desk, misnamed=self._misnamed(finding))
        ]
        used = [wish for finding in self.findings for wish in wishes(self.desk, finding)]
        return self._claim_sheet(), *tests, *([wish_sheet(used)] if used else [])

    def _claim_sheet(self) -> Sheet:
        rows = (
            (tell("the claim"), self.claim.says),
            (tell("said in"), self.place),
            ("kind", f"{self.claim.kind} ({self.family})" if self.claim.kind else self.family),
            ("sentence", spelled_sentence(self.sentence)),
            ("status", self.label),
            (tell("its tests"), self.how),
            ("because", self.because),
            *zip(map(tell, (*COLUMNS, *VIEWS)), (*self.columns, *self.views), strict=True),
            ("note", self.claim.evidence.note),
        )
        told = tuple(row for row in rows if row[1])
        return Sheet(f"{self.id}: {self.label}", ("", " "), told, (self.agreement,))


@dataclass(frozen=True, repr=False, kw_only=True)
class Register(Answer):
    """Every claim asked about, in file order. `register["C7"]` is one row; printing it shows the whole reasoning."""

    DERIVED = ("summary", "claims")

    basis: Basis
    rows: tuple[Row, ...] = field(metadata=INSIDE)

    @property
    def claims(self) -> tuple[Row, ...]:
        """The rows, as programs call them."""
        return self.rows

    def __getitem__(self, claim: str) -> Row:
        for row in self.rows:
            if row.id == claim:
                return row
        raise UnknownName("claim", claim, [row.id for row in self.rows])

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def summary(self) -> dict[str, int]:
        """How many claims have each status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in statuses.STATUSES if found[status]}

    def explain(self, claim: str) -> str:
        """The whole reasoning about one claim, as text."""
        return str(self[claim])

    @property
    def headline(self) -> Phrase:
        """What becomes of the claims, status by status."""
        parts = [f"{statuses.label(status)} {number}" for status, number in self.summary.items()]
        return Phrase.told(
            "What became of {number}: {parts}.", number=many(len(self.rows), "claim"), parts=", ".join(parts)
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """How many claims have each status, and the claims one by one."""
        numbers = tuple((statuses.label(status), number) for status, number in self.summary.items())
        rows = tuple((row.id, row.label, row.claim.says, row.key, row.place) for row in self.rows)
        columns = ("claim", "status", tell("it says"), tell("holds in"), tell("said in"))
        note = tell(
            "Holds in: per test, how many of the combinations of readings that can tell. Statuses are computed."
        )
        some = tell(
            "A claim that something may happen follows if it does under one combination its author allows, so it can follow "
            "and hold in few."
        )
        notes = (note, some) if any(row.sentence == statuses.MAY for row in self.rows) else (note,)
        counts = Sheet(tell("What became of the claims"), ("status", "claims"), numbers)
        return counts, Sheet(tell("Claims"), columns, rows, notes), *self._beside_sheet(), *self._views_sheet()

    def gist(self) -> tuple[Sheet, ...]:
        """How many claims have each status, and those with which the model does not simply agree."""
        counts, claims, *_ = self.sheets()
        disputed = tuple(
            row
            for row, shown in zip(claims.rows, self.rows, strict=True)
            if shown.status in (*statuses.BAD, statuses.DEPENDS)
        )
        title = tell("Claims that the model contradicts, or supports only under some assumptions")
        return counts, Sheet(title, claims.columns, disputed, claims.notes)

    def _beside_sheet(self) -> tuple[Sheet, ...]:
        """What stands beside the statuses, where the file says anything of it."""
        told = [row for row in self.rows if any((row.sentence, row.claim.allows, row.claim.assumes, row.record))]
        rows = tuple((row.id, row.sentence, row.label, *row.columns) for row in told)
        note = tell(
            "The kind of sentence sets the quantifier. Rivals are the readings and accounts that the "
            "author does not allow."
        )
        title = tell("What each author assumes, and what follows")
        return (Sheet(title, ("claim", "sentence", "status", *map(tell, COLUMNS)), rows, (note,)),) if rows else ()

    def _views_sheet(self) -> tuple[Sheet, ...]:
        """Whether author and opponent would take paraphrase, test and status for fair, where the file says so."""
        rows = tuple((row.id, row.label, *row.views) for row in self.rows if any(row.views))
        note = tell("Written by whoever wrote the tests, in the role of either; neither was asked.")
        title = tell("Whether author and opponent would call it fair")
        return (Sheet(title, ("claim", "status", *map(tell, VIEWS)), rows, (note,)),) if rows else ()
