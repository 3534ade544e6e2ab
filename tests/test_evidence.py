"""The ledger: what judgements rest on, the marks of those that rest on little, and the grades of sources."""

from __future__ import annotations

import datetime
import json
import random
from typing import Any

import pytest
from click.testing import CliRunner

from detente.case import Case
from detente.cli import main
from detente.errors import InputError, ScenarioError
from detente.questions.uncertainty.evidence import (
    CREDIBILITY,
    RELIABILITY,
    STANDINGS,
    Judgement,
    Ledger,
    before,
    evidence,
    last_day,
)
from detente.scenario import check, read_text
from detente.scenario.model import Source
from detente.scenario.schema import Source as Written
from detente.scenario.schema import json_schema

FILE = """\
detente: 1
sources:
  ledger: {text: The ledger, reliability: B, credibility: 2, date: "1911", checked: 2024-02-10}
  letter: {text: A letter, grade: C3, date: 2022-06}
  rumour: {text: A rumour}
  supposition: Supposition of the modellers
actors:
  ann:
    options:
      go: {name: Go, source: ledger, where: page 4}
    readings:
      bold:
        priorities:
          - {want: go, source: [ledger, letter], confidence: high}
          - {want: stay, source: letter, against: rumour, confidence: low}
          - {want: not stay, source: supposition}
          - {want: go or stay, claims: C1}
      shy: {source: rumour, priorities: [not go]}
  bob: {options: {stay: {}}, priorities: [{want: go, claims: C2}]}
rules: [{never: go and stay, source: [letter, supposition], note: they quarrel}]
now: []
claims:
  C1: {says: One of them is out, kind: historical, source: letter}
  C2: {says: Bob likes it, kind: historical, source: [ledger, rumour], record: {disputes: He said he does not}}
"""


def on(day: str) -> Any:
    return lambda: datetime.date.fromisoformat(day)


def ledger(text: str = FILE, months: int | None = None, day: str = "2024-08-10") -> Ledger:
    return evidence(Case(read_text(text, name="ledger")), months, today=on(day))


def standings(found: Ledger) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(each.kind, each.says): each.standing for each in found.judgements}


# --- marks ------------------------------------------------------------------------------------------------------------


def test_what_judgements_rest_on() -> None:
    assert standings(ledger()) == {
        ("option", "go"): ("single source",),
        ("option", "stay"): ("unsupported",),
        ("aim", "go"): ("contested",),  # of Bob's and Ann's the last: it cites C2, which the record disputes
        ("aim", "stay"): ("single source", "contested"),
        ("aim", "not stay"): ("unsupported",),
        ("aim", "go or stay"): ("single source",),  # by the claim it cites
        ("aim", "not go"): ("single source",),  # by its reading
        ("rule", "go and stay"): ("single source",),  # a supposition is no second source
        ("claim", "C1"): ("single source",),
        ("claim", "C2"): ("contested",),
    }
    first = next(each for each in ledger().judgements if each.kind == "aim")
    assert (first.says, first.standing, first.sources) == ("go", (), ("ledger", "letter"))


def test_stale_is_counted_in_months_from_the_last_day_known() -> None:
    """The ledger was checked on 10 February, six months before; the letter is of June 2022, so known to its last day."""
    for months, day, stale in ((6, "2024-08-10", False), (6, "2024-08-11", True), (5, "2024-08-10", True)):
        assert ("stale" in standings(ledger(months=months, day=day))["option", "go"]) is stale
    assert "stale" not in standings(ledger(months=24, day="2024-06-30"))["aim", "stay"]
    assert "stale" in standings(ledger(months=24, day="2024-07-01"))["aim", "stay"]
    assert standings(ledger(months=24))["aim", "not go"] == ("single source", "undated")
    found = ledger(months=12)
    assert {each.id: each.stale for each in found.sources} == {
        "ledger": False, "letter": True, "rumour": None, "supposition": None
    }  # fmt: skip


def test_the_file_states_the_months_and_whoever_asks_may_say_others() -> None:
    text = FILE.replace("detente: 1\n", "detente: 1\nstale_after: 3\n")
    assert (ledger().months, ledger(text).months, ledger(text, months=9).months) == (None, 3, 9)
    assert "No number of months is stated" in str(ledger().sheets()[0].notes)
    assert ledger(text).sheets()[0].notes[0] == "Stale is what was last known more than 3 months before 2024-08-10."


def _marks(
    each: Judgement, sources: dict[str, dict[str, str]], claims: dict[str, Any], limit: datetime.date
) -> set[str]:
    """The marks by their definitions, from the data that was drawn."""
    names = each.sources
    real = [name for name in names if sources[name].get("kind") != "supposition"]
    days = [datetime.date.fromisoformat(d) for n in real if (d := sources[n].get("checked") or sources[n].get("date"))]
    marks = {"unsupported"} if not real else {"single source"} if len(set(real)) == 1 else set[str]()
    if each.against or any("record" in claims[name] for name in each.claims):
        marks.add("contested")
    if real and not days:
        marks.add("undated")
    if days and max(days) < limit:
        marks.add("stale")
    return marks


@pytest.mark.parametrize("seed", range(20))
def test_marks_against_their_definitions(seed: int) -> None:
    rng = random.Random(seed)

    def day() -> str:
        return f"20{rng.randint(10, 24)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"

    sources: dict[str, Any] = {}
    for name in ("a", "b", "c", "d"):
        sources[name] = {"text": name} | ({"kind": "supposition"} if rng.random() < 0.3 else {})
        sources[name] |= {key: day() for key in ("date", "checked") if rng.random() < 0.4}
    claims = {
        f"C{n}": {"says": "it", "kind": "fact", "source": rng.sample("abcd", 1)}
        | ({"record": {"disputes": "no"}} if rng.random() < 0.4 else {})
        for n in range(2)
    }
    aims = [
        {"want": wish, "source": rng.sample("abcd", rng.randint(1, 3))}
        | ({"claims": rng.sample(sorted(claims), 1)} if rng.random() < 0.5 else {})
        | ({"against": ["d"]} if rng.random() < 0.3 else {})
        for wish in ("x", "not x", "y", "x or y")
    ]
    text = json.dumps(
        {
            "detente": 1, "sources": sources, "claims": claims, "now": [],
            "actors": {"ann": {"options": {"x": {}, "y": {}}, "priorities": aims}},
        }
    )  # fmt: skip
    found = ledger(text, months=60, day="2024-12-31")
    limit = datetime.date(2019, 12, 31)
    for each in found.judgements:
        if each.kind == "aim":
            assert set(each.standing) == _marks(each, sources, claims, limit)
            assert list(each.standing) == [mark for mark in STANDINGS if mark in each.standing]


def test_in_force_is_what_is_chosen() -> None:
    found = ledger()
    assert {each.says for each in found.judgements if not each.in_force} == {"not go"}
    shy = evidence(Case(read_text(FILE), readings={"ann": "shy"}))
    assert {each.says for each in shy.in_force if each.kind == "aim"} == {"not go", "go"}
    assert str(found.headline) == "10 judgements in force: 2 unsupported, 5 on a single source, 3 contested."
    assert str(ledger(months=24).headline).endswith("3 contested, 4 stale.")
    assert found.counts == {"unsupported": 2, "single source": 5, "contested": 3, "stale": 0, "undated": 0}


# --- what people read -------------------------------------------------------------------------------------------------


def test_sheets() -> None:
    weak, sources, lists = ledger().gist()
    assert weak.rows[0] == (
        "option of ann", "go", "ledger", "B2", "page 4", "2024-02-10", "", "", "single source",
    )  # fmt: skip
    assert weak.columns == ("what", "", "rests on", "grade", "where", "last known", "sure", "against", "standing")
    assert len(ledger().sheets()[0].rows) > len(weak.rows)
    assert sources.rows[0] == ("ledger", "B", "2", "1911", "2024-02-10", "", 4, "The ledger")
    assert sources.rows[1][1:5] == ("C", "3", "2022-06", "not known")
    assert sources.rows[2][1:5] == ("not known", "not known", "not known", "not known")
    assert "A completely reliable, B usually reliable" in sources.notes[0]
    assert lists.columns == ("list of", "reading", "high", "medium", "low", "no word", "dispersion")
    assert lists.rows[0] == ("ann", "bold", 1, 0, 1, 2, 0.5)


def test_grades_are_those_of_the_admiralty_system() -> None:
    """Six grades each, the last of both for what cannot be judged, and the words of the file are these."""
    assert list(RELIABILITY) == list("ABCDEF") and list(CREDIBILITY) == list("123456")
    assert RELIABILITY["F"] == CREDIBILITY["6"] == "cannot be judged"
    assert (RELIABILITY["A"], CREDIBILITY["1"]) == ("completely reliable", "confirmed by other sources")
    fields = Written.model_fields
    assert {"reliability", "credibility", "checked"} <= fields.keys()


# --- reading ----------------------------------------------------------------------------------------------------------


def sources_of(text: str) -> dict[str, Source]:
    return dict(read_text(FILE.replace("{text: A rumour}", text)).sources)


def test_a_grade_is_read_both_ways() -> None:
    assert sources_of("{text: x, grade: B2}")["rumour"].reliability == "B"
    assert sources_of("{text: x, reliability: B, credibility: 2}")["rumour"].grade == "B2"
    assert sources_of("{text: x, reliability: B}")["rumour"].grade == "B?"
    both = sources_of("{text: x, grade: B2, reliability: B, credibility: 2}")["rumour"]
    assert (both.grade, both.reliability, both.credibility) == ("B2", "B", "2")
    free = sources_of("{text: x, grade: good}")["rumour"]
    assert (free.grade, free.reliability, free.credibility) == ("good", "", "")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{text: x, reliability: G}", "expected 'A', 'B', 'C', 'D', 'E' or 'F'; found 'G'"),
        ("{text: x, credibility: 7}", "expected '1', '2', '3', '4', '5' or '6'; found '7'"),
        ("{text: x, checked: yesterday}", "expected a date such as 2024, 2024-06 or 2024-06-19; found 'yesterday'"),
        ("{text: x, checked: 2024-02-30}", "expected a day of the calendar; found '2024-02-30'"),
        (
            "{text: x, grade: B2, reliability: C}",
            "the grade B2 is not the reliability and credibility beside it; write one or the other",
        ),
    ],
)
def test_grades_and_days_that_there_are_not(source: str, message: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        sources_of(source)
    assert [problem.message for problem in refused.value.problems] == [message]


def test_a_source_against_must_be_there() -> None:
    (problem,) = check(FILE.replace("against: rumour", "against: rumor"))
    assert problem.message == "unknown source 'rumor'; did you mean rumour?"


@pytest.mark.parametrize("months", ["0", "-3", "soon", "1.5"])
def test_months_are_a_count(months: str) -> None:
    problems = check(FILE.replace("detente: 1\n", f"detente: 1\nstale_after: {months}\n"))
    assert [problem.severity for problem in problems] == ["error"]
    with pytest.raises(InputError, match="expected at least 1"):
        ledger(months=0)


def test_the_json_schema_knows_the_keys() -> None:
    source = json.dumps(json_schema()["$defs"]["Source"])
    assert '"reliability"' in source and '"checked"' in source and '"credibility"' in source
    assert "stale_after" in json_schema()["properties"]
    assert '"against"' in json.dumps(json_schema()["$defs"]["Option"])


# --- days -------------------------------------------------------------------------------------------------------------


def test_months_before_a_day() -> None:
    """Counted one month at a time by hand, the day cut to the length of the month."""
    for year, month in ((2023, 1), (2024, 2), (2024, 3), (2024, 12)):
        for day in (1, 28, 29, 30, 31):
            try:
                start = datetime.date(year, month, day)
            except ValueError:
                continue
            for months in (1, 2, 11, 12, 13, 24, 37):
                y, m = year, month
                for _ in range(months):
                    y, m = (y, m - 1) if m > 1 else (y - 1, 12)
                latest = max(datetime.date(y, m, d) for d in range(28, 32) if _is_day(y, m, d))
                expected = datetime.date(y, m, min(day, latest.day))
                assert before(start, months) == expected


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return bool(datetime.date(year, month, day))
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("date", "checked", "day"),
    [
        ("1911", "", "1911-12-31"), ("2024-02", "", "2024-02-29"), ("2024-02-10", "", "2024-02-10"),
        ("1911", "2024", "2024-12-31"),
        ("the 1980s", "", None), ("2024-13", "", None), ("", "", None),
    ],
)  # fmt: skip
def test_the_last_day_known(date: str, checked: str, day: str | None) -> None:
    found = last_day(Source(id="x", text="x", date=date, checked=checked))
    assert (found and found.isoformat()) == day


# --- on the command line ----------------------------------------------------------------------------------------------


def test_on_the_command_line(tmp_path: Any) -> None:
    (tmp_path / "ledger.yaml").write_text(FILE)

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["evidence", str(tmp_path / "ledger.yaml"), *words])

    plain = run()
    assert plain.exit_code == 0 and "10 judgements in force: 2 unsupported" in plain.output
    told = json.loads(run("--json", "--months", "6", "--today", "2024-08-11").output)
    assert told["counts"]["stale"] == 8 and told["today"] == "2024-08-11"
    assert told["judgements"][0]["standing"] == ["single source", "stale"]
    refused = run("--today", "2024-02-30")
    assert refused.exit_code == 2 and "write a day of the calendar" in refused.output
