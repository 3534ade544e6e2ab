"""Claims: every claim of the two articles, the rules by which a status follows, and tests that are written wrongly."""

from __future__ import annotations

import itertools
import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detente.case import Case, Circumstances, Query
from detente.errors import ScenarioError, UnknownName
from detente.questions.claims import QUESTIONS, STATUSES, Register, check, claims
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.judging import Cell, Finding, _deciding, judge
from detente.questions.claims.question import Reply
from detente.questions.claims.statuses import (
    ADVICE,
    ASSUMED,
    BACKFIRES,
    BY_ID,
    CANNOT_TELL,
    CONTRADICTED,
    DEPENDS,
    FOLLOWS,
    INPUT,
    NO_DIFFERENCE,
    OUTSIDE,
    STATEMENT,
    TABLE,
    WOULD_WORK,
    family,
    label,
)
from detente.scenario import library, load, read_text
from detente.scenario.model import Scenario

PAGE = Path(__file__).parents[1] / "docs" / "claims.md"

FOUND: dict[str, tuple[str, str]] = {
    "C1": ("depends on adviser and nk", "3 of 5, in 7 nothing could succeed"),
    "C2": ("cannot tell", "2 of 8; not told apart"),
    "C3": ("depends on ru, ir and neu", "2 of 4; 1 of 2; 1 of 2"),
    "C4": ("depends on us", "1 of 2"),
    "C5": ("follows", "12 of 20"),
    "C6": ("depends on ru", "8 of 20"),
    "C7": ("follows", "12 of 12, in 8 nothing could succeed"),
    "C8": ("follows", "8 of 20"),
    "C9": ("input", "data"),
    "C10": ("depends on ua and eu", "2 of 4; 5 of 12"),
    "C11": ("depends on nk", "data; 3 of 4"),
    "C12": ("input", "data"),
    "C13": ("input", "data"),
    "C14": ("depends on us, ru and nk", "1 of 8"),
    "C15": ("follows", "12 of 12, in 8 nothing could succeed; loses tech_stopped"),
    "C16": ("cannot tell", "8 of 20; not told apart"),
    "C17": ("input", "data"),
    "C18": ("depends on ru, ua and eu", "8 of 20; 17 of 48"),
    "C19": ("follows", "12 of 12, in 8 nothing could succeed"),
    "C20": ("depends on ru", "8 of 20"),
    "C21": ("depends on ru and nk", "11 of 20"),
    "C22": ("assumed", "3 of 3, in 9 nothing could succeed"),
    "C23": ("input", "data"),
    "C24": ("cannot tell", "1 of 2; not told apart"),
    "C25": ("depends on adviser and nk", "5 of 12"),
    "C26": ("depends on ru and nk", "1 of 4"),
    "C27": ("depends on ru and nk", "1 of 4"),
    "C28": ("follows", "8 of 8; 8 of 8"),
    "C29": ("follows", "2 of 2; 2 of 2"),
    "C30": ("follows", "4 of 4"),
    "C31": ("input", "data; data"),
    "D1": ("input", "data"),
    "C32": ("input", "data"),
    "C33": ("input", "data"),
    "D2": ("input", "data"),
    "C34": ("input", "data"),
    "C35": ("outside the model", ""),
    "C36": ("outside the model", ""),
    "D3": ("input", "data"),
    "C37": ("depends on nk and the test", "2 of 5; 0 of 5; 0 of 5"),
    "C38": ("input", "data"),
    "C39": ("input", "data"),
    "C40": ("cannot tell", "data; data; not told apart"),
    "C41": ("input", "data"),
    "C42": ("input", "data"),
    "C43": ("input", "data"),
    "C44": ("input", "data"),
    "D4": ("input", "data"),
    "C45": ("input", "data"),
    "C46": ("cannot tell", "ALL; not told apart"),
    "C47": ("input", "data"),
    "C48": ("input", "data"),
    "C49": ("input", "data"),
    "D5": ("outside the model", ""),
    "C50": ("follows", "10 of 10"),
    "C51": ("input", "data"),
    "C52": (
        "depends on the test",
        "25 of 25; 0 of 10, in 15 the condition is not met; 0 of 10, in 15 the condition is not met",
    ),
    "C53": ("depends on nk", "data; 5 of 25"),
    "C54": ("follows", "3 of 3; 3 of 3"),
    "C55": ("input", "data; data"),
    "C56": ("depends on rok and jp", "20 of 24; 16 of 16"),
    "D6": ("input", "data"),
    "C57": ("follows", "5 of 5"),
    "D7": ("outside the model", ""),
    "C58": ("follows", "8 of 24"),
    "C59": ("depends on nk and the test", "2 of 5; 0 of 4, in 1 the condition is not met"),
    "C60": ("follows", "2 of 5; 4 of 5"),
    "C60b": ("follows", "6 of 12"),
    "C61": ("depends on nk", "4 of 4, in 1 nothing could succeed"),
    "C62": ("depends on ru", "16 of 20"),
    "C63": ("assumed", "4 of 4"),
    "C64": ("depends on the test", "5 of 5; 0 of 5"),
    "C65": ("input", "data"),
}
"""The status of every claim with its key numbers; docs/claims.md says where they differ from the domain report."""


SECOND = {claim for claim in FOUND if claim.startswith("D") or 31 <= int(claim.strip("CDb")) <= 61}
"""The claims of the second article; those that begin with D were added later."""


@pytest.fixture(scope="module")
def flagship() -> Scenario:
    return load("two_proxies")


@pytest.fixture(scope="module")
def register() -> Register:
    return register_of("two_proxies")


@cache
def register_of(name: str) -> Register:
    """All claims of a bundled model."""
    begin = time.process_time()
    found = claims(load(name))
    assert time.process_time() - begin < 30
    return found


# --- the two articles --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", FOUND)
def test_what_became_of_each_claim(register: Register, claim: str) -> None:
    assert (register[claim].label, register[claim].key) == FOUND[claim]


def test_every_claim_is_there_once_with_its_place(register: Register, flagship: Scenario) -> None:
    ids = [row.id for row in register]
    assert set(ids) == set(FOUND)
    assert [name for name in ids if re.fullmatch(r"C\d+", name) and int(name[1:]) <= 61] == [
        f"C{n}" for n in range(1, 62)
    ]
    for row in register:
        (article,) = row.claim.evidence.source
        assert article == ("diplomat-2024" if row.id in SECOND else "carpenter-2024")
        assert re.fullmatch(r"(title and )?paragraphs? \d+(, \d+)*( and \d+)?", row.claim.evidence.where), row.id
        assert row.claim.kind
        assert row.claim.tests


@pytest.mark.parametrize("name", library.names())
def test_the_record_holds_deeds_and_not_what_a_party_calls_them(name: str) -> None:
    """What somebody calls a deed, or vows, neither supports nor disputes what an author calls it."""
    word = re.compile(
        r"\b(calls?|called) (it|its|that|this|them|their|his|her|itself|himself|themselves)\b|\bvow", re.IGNORECASE
    )
    for claim in load(name).claims.values():
        if claim.record is not None:
            assert not word.search(f"{claim.record.supports} {claim.record.disputes}"), claim.id


def test_what_was_known_only_later_is_marked(flagship: Scenario) -> None:
    """The articles are of October and November 2024; what the record has from later is no fault and no merit of theirs."""
    later = re.compile(r"December 2024|\b202[5-9]\b")
    for claim in flagship.claims.values():
        record = claim.record
        if record is None:
            continue
        text = f"{record.supports} {record.disputes} {record.silent}"
        dates = [flagship.sources[source].date for source in record.evidence.source]
        if later.search(text) or any(date > "2024-11-30" for date in dates):
            assert "(after the fact)" in text, claim.id


def test_a_requirement_of_a_president_names_the_list_it_is_asked_of(register: Register) -> None:
    """What a president would keep follows from that president's list, which is an assumption as much as the others' are."""
    for claim in ("C7", "C15", "C19"):
        assert "the president has the list “Moscow and Pyongyang apart first”" in register[claim].columns[0]


def test_what_cannot_tell_is_counted_beside_either_side(register: Register) -> None:
    assert register["C7"].columns[1:3] == (
        "yes: us_arm = none, us_nato = treaty, us_recog = granted; or us_arm = none, us_nato = word, us_recog = granted",
        "yes, 11 of 11, in 8 nothing could succeed",
    )
    assert register["C22"].columns[1:3] == (
        "yes, 1 of 1, in 1 nothing could succeed",
        "yes, 2 of 2, in 8 nothing could succeed",
    )
    assert register["C52"].if_right.count("in 15 the condition is not met") == 2


def test_the_summary_counts(register: Register) -> None:
    statuses = [row.status for row in register]
    assert register.summary == {status: statuses.count(status) for status in STATUSES if status in statuses}
    assert sum(register.summary.values()) == len(register) == len(FOUND)


def test_no_status_is_written_down() -> None:
    written = library.text("two_proxies").partition("\nclaims:\n")[2].partition("\nexpect:\n")[0]
    written = written.replace("follows_us", "")  # the name of a reading
    # the views of both sides speak of a status, and are held to it below
    written = re.sub(r"\n    (author|opponent): (>-(\n      .*)+|.*)", "", written)
    told = [each.label for each in TABLE if each.id not in (INPUT, DEPENDS)]  # the word `input` names a question
    assert not [status for status in (*told, "depends on", "status:") if status in written]


SPOKEN_OF = {
    CANNOT_TELL: ("cannot tell", "cannot be told"),
    ASSUMED: (" assumed",),
    OUTSIDE: ("stays outside",),
    INPUT: ("as data",),
    DEPENDS: ("status depends on", "on which the status depends", "on which it depends", "so it depends"),
}
"""How the views of author and opponent speak of a status."""


@pytest.mark.parametrize("name", ["two_proxies", "greece_1947", "oped_spain_1940"])
def test_author_and_opponent_have_their_say_on_every_claim(name: str) -> None:
    """Both views are there, short, not said twice, and true of the status they speak of."""
    rows = list(register_of(name))
    views = [view for row in rows for view in row.views]
    assert all(views)
    assert len({row.views for row in rows}) == len(rows)
    assert max(map(len, views)) < 240
    for row in rows:
        for status, words in SPOKEN_OF.items():
            for view in row.views:
                assert row.status == status or not any(word in view for word in words), (row.id, view)
        named = re.search(r"status depends on (\w+)(?: and (\w+))?", row.opponent)
        actors = {actor.id for actor in load(name).actors}
        assert not named or actors & set(named.groups()) <= set(row.on), row.id


@pytest.mark.parametrize(
    ("claim", "number", "held", "where"),
    [
        ("C2", 0, (2, 8), [{"ru": "reactive", "ir": "reactive"}]),
        ("C3", 2, (1, 2), [{"neu": "reactive"}]),
        ("C10", 1, (5, 12), None),
        ("C16", 0, (8, 20), [{"ru": "war_need"}, {"ru": "need"}]),
        ("C18", 0, (8, 20), [{"ru": "war_need"}, {"ru": "need"}]),
        ("C18", 2, (17, 48), None),
        ("C21", 0, (11, 20), None),
        ("C26", 0, (1, 4), [{"ru": "spiral", "nk": "spiral"}]),
        ("C37", 0, (2, 5), [{"nk": "substitute"}, {"nk": "diversifier"}]),
        ("C59", 0, (2, 5), [{"nk": "substitute"}, {"nk": "diversifier"}]),
        ("C60", 1, (4, 5), None),
    ],
)
def test_what_it_depends_on(
    register: Register, claim: str, number: int, held: tuple[int, int], where: list[dict[str, str]] | None
) -> None:
    finding = register[claim].findings[number]
    assert (finding.held, len(finding.cells)) == held
    if where is not None:
        assert (list(finding.where) if finding.deciding else []) == where


@pytest.mark.parametrize(
    ("claim", "number", "verdict"),
    [
        ("C4", 0, "worse"),  # by biden24's list; better by carpenter's
        ("C15", 1, "loses tech_stopped"),
        ("C17", 1, "no way"),
        ("C30", 1, "no way"),
        ("C39", 1, "ru and nk"),
        ("C46", 2, "no"),  # the walk-out is no gain
    ],
)
def test_what_was_found_first(register: Register, claim: str, number: int, verdict: str) -> None:
    assert register[claim].findings[number].cells[0].verdict == verdict


def test_the_hindcasts(register: Register) -> None:
    hits = {
        (claim, cell.readings["nk"]): re.findall(r"(\w+) (\d) of 5", cell.verdict)
        for claim in ("C23", "C41")
        for finding in register[claim].findings
        for cell in finding.cells
        if cell.readings
    }
    assert hits["C23", "impatient"] == [("a_hawks", "3"), ("b_praise", "3"), ("p_bigdeal", "4")]
    assert hits["C23", "patient"] == [("a_hawks", "1"), ("b_praise", "2"), ("p_bigdeal", "3")]
    assert hits["C41", "impatient"] == [("b_praise", "3")]  # shown beside: no better than chance


def test_better_or_worse_is_said_by_which_list_and_without_numbers(register: Register) -> None:
    shown = [cell.replies[""].shows for cell in register["C4"].findings[0].cells]
    assert shown == [("by the list 'biden24' of us: worse",), ("by the list 'carpenter' of us: better",)]


def test_assumptions_are_marked(register: Register) -> None:
    rules = {row.id for row in register for finding in row.judgement.counted if finding.by_assumption}
    assert {"C10", "C18", "C22", "C63"} <= rules
    assert not {"C2", "C7", "C11", "C16", "C28"} & rules


def test_assumptions_found_quickly_are_those_of_pivots() -> None:
    """The staged search for reaction rules against the whole list of pivots."""
    for name, held in (("detente_veto", "us_recog, not us_cvid"), ("two_proxies", "")):
        desk = Desk(load(name))
        case = desk.case("", Circumstances(hold=desk.home.settings(held)))
        for query in (Query(outcome) for outcome in desk.home.outcomes):
            assert desk.by_rules(case, query) == desk.pivots(case, query).by_assumption


def test_the_page_of_changes_says_what_was_found(register: Register) -> None:
    page = (PAGE.parent / "claims_changed.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if re.match(r"\| [CD]\d", line)]
    told = {row[0]: row[2] for row in rows}
    assert set(told) == set(FOUND)
    for claim, status in told.items():
        found = register[claim]
        assert status.startswith(found.label), claim
        assert "(" not in status or status == f"{found.label} ({found.key})", claim


HELD = re.compile(
    r"(claims?|options?|readings?|relations?|timeline|left out of)((?:,? (?:against )?`[^`]+`)+)(?:: \"([^\"]+)\")?"
)
"""How the page says where an assertion is held."""


def test_the_page_says_where_each_assertion_is_held(flagship: Scenario) -> None:
    page = (PAGE.parent / "claims_changed.md").read_text(encoding="utf-8")
    tables = page.partition("## Where each assertion of the articles is held")[2].partition("Results that a reader")[0]
    rows = [line.strip("| ").split(" | ") for line in tables.splitlines() if line.startswith("| ")]
    rows = [row for row in rows if row[-1] != "held by" and not row[0].startswith("---")]
    assert len(rows) == 22 + 12 + 12
    assert [row[0] for row in rows].count("A") == 10, "assertions of the first article"
    assert [row[0] for row in rows].count("B") == 12, "and of the second"
    for row in rows:
        found = HELD.findall(row[-1])
        assert found, row
        named = [(kind.removesuffix("s"), each) for kind, names, _ in found for each in re.findall(r"`([^`]+)`", names)]
        for kind, each in named:
            model, _, rest = each.partition(".")
            if kind == "claim":
                assert each in flagship.claims, row
            elif kind == "relation":
                assert each in {relation.id for relation in flagship.relations}, row
            elif kind == "timeline":
                assert each in {moment.date for moment in flagship.timeline}, row
            elif kind == "option":
                assert rest in {option.key for option in load(model).options}, row
            elif kind == "reading":
                actor, _, reading = rest.partition(".")
                assert reading in load(model).actor(actor).counted, row
        for kind, names, words in found:
            if kind == "left out of":
                (model,) = re.findall(r"`([^`]+)`", names)
                assert words, row
                assert any(words in " ".join(line.split()) for line in load(model).leaves_out), row


# --- nothing is hard-coded -----------------------------------------------------------------------------------------------


def edited(scenario: Scenario, actor: str, reading: str, like: str) -> Scenario:
    """The scenario in which one reading of an actor says what another says."""

    def one(each: Any) -> Any:
        if each.id != actor:
            return each
        changed = replace(each.readings[reading], statements=each.readings[like].statements)
        return replace(each, readings={**each.readings, reading: changed})

    return replace(scenario, actors=tuple(map(one, scenario.actors)))


def test_editing_a_reading_changes_statuses(flagship: Scenario) -> None:
    ids = ["C7", "C16", "C18", "C19"]
    before = [row.status for row in claims(flagship, ids)]
    greedy = [row.status for row in claims(edited(flagship, "ru", "need", like="profit"), ids)]
    assert before == [FOLLOWS, CANNOT_TELL, DEPENDS, FOLLOWS]
    assert greedy[1] == CANNOT_TELL
    assert greedy != before  # the Russia he describes no longer leaves


def test_editing_another_model_changes_statuses(flagship: Scenario) -> None:
    veto = load("detente_veto")
    stubborn = edited(edited(veto, "nk", "eager", like="pockets"), "nk", "reciprocal", like="pockets")
    found = claims(flagship, ["C1"], models={"detente_veto": stubborn})
    assert (
        found["C1"].findings[0].status == claims(flagship, ["C1"])["C1"].findings[0].status
    )  # talks do not need the troops
    quiet = edited(edited(veto, "nk", "eager", like="settled"), "nk", "reciprocal", like="settled")
    assert (
        claims(flagship, ["C1"], models={"detente_veto": quiet})["C1"].findings[0].held == 1
    )  # only who pockets it talks


def test_facts_are_looked_up(flagship: Scenario) -> None:
    assert isinstance(flagship.now, Mapping)
    later = replace(flagship, now={**flagship.now, "nk_troops": 0})
    row = claims(later, ["C13"])["C13"]
    assert (row.status, row.key) == (CONTRADICTED, "set otherwise: nk_troops")


def test_what_a_case_has_chosen_counts_where_a_test_does_not_say(flagship: Scenario) -> None:
    chosen = Case(flagship, readings={"us": "carpenter"})
    assert claims(chosen, ["C11"]).basis.readings["us"] == "carpenter"
    assert claims(Case(flagship, sanctions="one-step"), ["C11"])["C11"].status in STATUSES


# --- handing on ----------------------------------------------------------------------------------------------------------


def test_the_register_as_data(register: Register) -> None:
    document = json.loads(json.dumps(register.to_json()))
    assert document["summary"] == register.summary
    assert document["basis"]["model"] == "two_proxies"
    (seven,) = [each for each in document["claims"] if each["id"] == "C7"]
    assert seven["status"] == FOLLOWS
    test = seven["tests"][0]
    assert (test["model"], test["held"], test["of"]) == ("two_proxies", 12, 12)
    assert (test["nothing_could"], test["everything_does"]) == (8, 0)
    assert test["cells"][0]["readings"] == {"ru": "war_need", "nk": "additive"}


def test_a_row_shows_the_whole_reasoning(register: Register) -> None:
    text = register.explain("C19")
    assert "necessary us_arm, us_nato" in text
    assert "us_arm != none or us_nato = open -> nk_arms" in text
    assert "C12, C16" in text
    statements = {sheet.title: sheet for sheet in register["C19"].sheets()}["Statements it rests on"]
    marked = {row[4] for row in statements.rows if "decides" in row[6]}
    assert "not ru_link" in marked


def test_every_row_can_be_shown(register: Register) -> None:
    for row in register:
        if row.status in (OUTSIDE, ASSUMED):
            assert row.id in str(row)
    assert len(register.sheets()[1].rows) == len(FOUND)
    assert register._repr_html_().count("<table>") == 4


def test_grounds_name_public_record_and_suppositions(register: Register) -> None:
    sheet = {each.title: each for each in register["C24"].sheets()}["Statements it rests on"]
    assert any(row[5].endswith("S") for row in sheet.rows)
    assert any("P" in row[5].split(", ") for row in sheet.rows)


def test_an_unknown_claim(flagship: Scenario, register: Register) -> None:
    with pytest.raises(UnknownName, match="did you mean C6"):
        claims(flagship, ["C6x"])
    with pytest.raises(UnknownName, match="unknown claim"):
        register["C99"]


def table_of(page: str) -> dict[str, tuple[str, str]]:
    rows = re.findall(
        r"^\| ([CD]\d+b?) \| ([^|]*) \| ([^|]*) \|", page.partition("### Which statuses")[0], flags=re.MULTILINE
    )
    return {claim: (status.strip(), key.strip()) for claim, status, key in rows}


def test_the_page_says_what_was_found(register: Register) -> None:
    assert table_of(PAGE.read_text(encoding="utf-8")) == {row.id: (row.label, row.key) for row in register}


# --- from findings to a status ---------------------------------------------------------------------------------------------

MODEL = """
detente: 1
title: A quarrel
sources: {oped: An op-ed, guess: {text: Our guess, kind: supposition}}
actors:
  ann:
    options: {arms: , talks: }
    readings:
      calm:
        priorities: [talks, not arms, not strikes]
      proud:
        priorities: [arms, not strikes, talks]
  bob:
    options: {strikes: {needs: arms}, seals: {change: take}}
    readings:
      touchy:
        priorities: [{want: strikes <-> arms, source: guess}, not seals]
      meek:
        priorities: [not strikes, not seals]
now: [arms]
outcomes: {peace: not arms and not strikes, opened: not seals}
partnerships: {race: {members: [ann, bob], flows: {a: arms, b: strikes}}}
platforms: {dove: {actor: ann, hold: [not arms], unknown: [talks], reading: calm}}
history: [{date: 2020, by: ann, set: [not arms]}]
"""


def model(tests: str, claim: str = "K1") -> Scenario:
    written = f"claims:\n  {claim}:\n    says: So it is\n    source: oped\n    test: {tests}\n"
    return read_text(MODEL + written, name="quarrel", path="quarrel.yaml")


def row_of(tests: str) -> Any:
    return claims(model(tests))["K1"]


@pytest.mark.parametrize(
    ("tests", "status"),
    [
        ("{of: talks, expect: ALL}", FOLLOWS),
        ("{of: peace, expect: ALL}", FOLLOWS),
        ("{of: peace, expect: NONE}", CONTRADICTED),
        ("{of: peace, over: [ann], expect: ALL}", DEPENDS),
        ("{of: peace, over: [ann], for: every, expect: ALL}", CONTRADICTED),
        ("{of: peace, over: [ann], for: some, expect: ALL}", FOLLOWS),
        ("{of: peace, over: {ann: [proud]}, expect: ALL}", CONTRADICTED),
        ("{hold: [arms], of: strikes, expect: ALL}", ASSUMED),
        ("{hold: [arms], readings: {bob: meek}, of: strikes, expect: ALL}", CONTRADICTED),
        ("{concept: nash, expect: unstable}", FOLLOWS),
        ("{concept: nash, of: peace, expect: [ALL, SOME]}", FOLLOWS),
        ("{input: [arms, source oped]}", INPUT),
        ("{input: not arms}", CONTRADICTED),
        ("{none: a matter of taste}", OUTSIDE),
        ("[{none: a matter of taste}, {of: peace, expect: ALL}]", FOLLOWS),
        ("[{of: talks, expect: ALL}, {of: talks, expect: NONE}]", DEPENDS),
        ("[{of: talks, expect: ALL}, {of: talks, expect: NONE, aside: yes}]", FOLLOWS),
        ("[{input: arms}, {of: talks, expect: NONE}]", CONTRADICTED),
        ("{of: talks, rivals: [{readings: {bob: meek}}], expect: ALL}", CANNOT_TELL),
        ("{of: peace, rivals: [{readings: {ann: proud}}], expect: ALL}", FOLLOWS),
        ("{of: arms, rivals: [{readings: {ann: proud}}], expect: ALL}", CONTRADICTED),
        ("{of: peace, between: [{}, {readings: {ann: proud}}], expect: differ}", FOLLOWS),
        ("{of: peace, between: {now: {}, other: {readings: {bob: meek}}}, expect: differ}", CONTRADICTED),
        ("{of: peace, between: [{}, {readings: {ann: proud}}], expect: more}", FOLLOWS),
        ("{of: peace, between: [{}, {readings: {ann: proud}}], expect: less}", CONTRADICTED),
        ("{of: peace, between: [{readings: {ann: proud}}, {}], expect: less}", FOLLOWS),
        ("{levers: {by: ann, goal: peace}, expect: {necessary: [arms]}}", FOLLOWS),
        ("{levers: {by: ann, goal: peace}, expect: {minimal: [[arms], [talks]]}}", CONTRADICTED),
        ("{levers: {by: ann, goal: peace}, expect: {sufficient: [arms, talks]}}", FOLLOWS),
        ("{levers: {by: bob, goal: peace, among: [seals]}, readings: {ann: proud}, expect: none}", FOLLOWS),
        ("{hold: [not arms], keep: {by: ann}, expect: kept}", FOLLOWS),
        ("{platform: dove, readings: {ann: proud}, keep: {by: ann}, expect: left}", FOLLOWS),
        ("{hold: [not arms], score: {by: ann}, expect: better}", FOLLOWS),
        ("{step: {by: bob, set: [strikes]}, expect: yes}", ASSUMED),
        ("{step: {by: bob, set: [strikes], kind: moves}, readings: {bob: meek}, expect: no}", CONTRADICTED),
        ("{induce: {by: ann}, expect: none}", FOLLOWS),
        ("{induce: {by: ann, set: [not arms], play: myopic}, expect: some}", CONTRADICTED),
        ("{threshold: {actor: ann, wish: not arms, of: peace}, expect: none}", FOLLOWS),
        ("{pivots: {actors: [ann], of: peace}, expect: some}", FOLLOWS),
        ("{pivots: {actors: [bob], kinds: [swap], of: peace}, expect: {robust: ALL}}", FOLLOWS),
        ("{pivots: {actors: [bob], kinds: [swap], of: peace}, expect: {robust: NONE}}", CONTRADICTED),
        ("{unknowns: {in_force: dove, of: peace}, expect: settled}", FOLLOWS),
        ("{unknowns: {in_force: dove, of: talks}, expect: open}", FOLLOWS),
        ("{unknowns: {in_force: dove, of: talks}, expect: {necessary: ALL}}", DEPENDS),
        ("{unknowns: {settings: [talks], of: peace}, expect: {possible: ALL}}", FOLLOWS),
        ("{joint: {goal: peace}, expect: {members: [ann]}}", FOLLOWS),
        ("{joint: {goal: seals and arms and not strikes}, expect: none}", FOLLOWS),
        ("{path: {to: seals, by: moves}, expect: {steps: 1}}", FOLLOWS),
        ("{path: {to: seals, by: moves}, without: [bob], expect: none}", FOLLOWS),
        ("{races: {of: peace}, expect: none}", FOLLOWS),
        ("{partnership: {name: race}, expect: BREAKS}", FOLLOWS),
        ("{irreversible: {option: seals}, expect: {loses: [opened]}}", FOLLOWS),
        ("{hindcast: {actor: ann, reading: calm, against: [proud]}, expect: best}", FOLLOWS),
        ("{hindcast: {actor: ann, reading: proud}, expect: {at_least: 1}}", CONTRADICTED),
        ("{hold: [arms], rules: [{when: arms, then: strikes}], of: strikes, expect: ALL}", FOLLOWS),
        ("{start: [not arms], sanctions: one-step, of: peace, expect: ALL}", FOLLOWS),
    ],
)
def test_a_status_follows_from_the_answers(tests: str, status: str) -> None:
    assert row_of(tests).status == status


def test_every_question_is_tried() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [key for key in QUESTIONS if not re.search(rf"[{{ ]{key}: ", source)] == []


def test_a_claim_without_a_test_is_no_question() -> None:
    written = read_text(MODEL + "claims: {K1: {says: So it is}}\n", name="quarrel")
    assert claims(written)["K1"].status == OUTSIDE
    assert claims(written)["K1"].because == "no test is written"


def test_what_is_found_in_part_is_not_called_none() -> None:
    row = row_of("{unknowns: {in_force: dove, of: talks}, over: [ann], expect: {necessary: ALL}}")
    (finding,) = row.findings
    assert (row.status, finding.held, len(finding.cells)) == (DEPENDS, 0, 2)
    assert " in all 2" in row.key
    assert "0 of 2" not in str(row)


def test_an_empty_list_of_tests_is_refused() -> None:
    with pytest.raises(ScenarioError, match="'test' has no question: write one there, or leave it out"):
        model("[]")


def test_statements_with_weights_have_no_rank() -> None:
    weighed = MODEL.replace("priorities: [not strikes, not seals]", "weights: [{when: strikes, weight: -1/2}]")
    told = "claims: {K1: {says: So it is, test: {of: peace, readings: {bob: meek}, expect: ALL}}}\n"
    row = claims(read_text(weighed + told, name="quarrel"))["K1"]
    (sheet,) = [each for each in row.sheets() if each.title == "Statements it rests on"]
    assert sheet.columns[3] == "rank or weight"
    assert [each[3] for each in sheet.rows if each[1] == "bob"] == ["weighs -1/2"]
    assert 1 in [each[3] for each in sheet.rows if each[1] == "ann"]


def test_what_cannot_be_asked_is_undecidable() -> None:
    text = MODEL.replace("history:", "leaves_out:").replace("[{date: 2020, by: ann, set: [not arms]}]", "[the past]")
    tests = "{hindcast: {actor: ann, reading: calm}, expect: most}"
    written = read_text(f"{text}claims: {{K1: {{says: So it is, test: {tests}}}}}\n", name="quarrel")
    row = claims(written)["K1"]
    assert row.status == CANNOT_TELL
    assert "this model has no recorded events" in row.because


@pytest.mark.parametrize(
    ("found", "parts", "together", "either"),
    [
        ((FOLLOWS, ASSUMED), ASSUMED, ASSUMED, FOLLOWS),
        ((ASSUMED, ASSUMED), ASSUMED, ASSUMED, ASSUMED),
        ((FOLLOWS, CONTRADICTED), DEPENDS, CONTRADICTED, FOLLOWS),
        ((CONTRADICTED, CONTRADICTED), CONTRADICTED, CONTRADICTED, CONTRADICTED),
        ((DEPENDS, FOLLOWS), DEPENDS, DEPENDS, FOLLOWS),
        ((DEPENDS, CONTRADICTED), DEPENDS, CONTRADICTED, DEPENDS),
        ((CANNOT_TELL, CONTRADICTED), CANNOT_TELL, CONTRADICTED, CANNOT_TELL),
        ((CANNOT_TELL, FOLLOWS), CANNOT_TELL, CANNOT_TELL, FOLLOWS),
        ((WOULD_WORK, NO_DIFFERENCE), DEPENDS, NO_DIFFERENCE, WOULD_WORK),
        ((BACKFIRES, NO_DIFFERENCE), DEPENDS, BACKFIRES, DEPENDS),
        ((OUTSIDE, ASSUMED), ASSUMED, ASSUMED, ASSUMED),
        ((INPUT, CONTRADICTED), CONTRADICTED, CONTRADICTED, CONTRADICTED),
        ((INPUT, INPUT), INPUT, INPUT, INPUT),
        ((), OUTSIDE, OUTSIDE, OUTSIDE),
    ],
)
def test_how_several_findings_make_a_status(found: tuple[str, ...], parts: str, together: str, either: str) -> None:
    (finding,) = row_of("{of: talks, expect: ALL}").findings
    several = [replace(finding, status=each) for each in found]
    assert [judge(several, how).status for how in ("", "all", "any")] == [parts, together, either]


@pytest.mark.parametrize(
    ("together", "status", "how"),
    [
        ("", "depends on the test", "2 tests, each a part of it: 1 follows, 1 contradicted"),
        ("together: all, ", "contradicted", "2 tests, all of which must hold: 1 follows, 1 contradicted"),
        ("together: any, ", "follows", "2 tests, one of which is enough: 1 follows, 1 contradicted"),
    ],
)
def test_the_row_says_how_its_tests_go_together(together: str, status: str, how: str) -> None:
    tests = "[{of: talks, expect: ALL}, {of: talks, expect: NONE}]"
    row = claims(read_text(f"{MODEL}claims: {{K1: {{says: So it is, {together}test: {tests}}}}}\n"))["K1"]
    assert (row.label, row.how) == (status, how)
    assert ("its tests", how) in row.sheets()[0].rows
    assert row.to_json()["how"] == how


def test_a_stricter_and_a_milder_reading_stand_beside() -> None:
    row = row_of(
        "[{of: peace, over: [ann], reads: there may be peace, for: some, expect: ALL}, "
        "{of: peace, over: [ann], as: stricter, reads: there will be peace, for: every, expect: ALL}, "
        "{of: seals, as: milder, expect: ALL}]"
    )
    assert row.label == "follows"
    assert row.because == (
        "yes, 1 of 2, where ann is calm; read more strictly: contradicted; "
        "read more mildly: contradicted (but it is not milder)"
    )
    assert row.how == ""
    told = [dict(sheet.rows) for sheet in row.sheets() if sheet.title in ("Test 1", "Test 2")]
    assert told[0]["reads the sentence"] == "there may be peace"
    assert told[1]["reads the sentence"] == (
        "there will be peace; stricter than the tests that count; no part of the status"
    )
    assert [test["as"] for test in row.to_json()["tests"]] == ["", "stricter", "milder"]


@pytest.mark.parametrize(
    ("counts", "beside", "misnamed"),
    [
        ("of: peace, over: [ann], expect: ALL", "of: peace, over: [ann], as: stricter, for: every, expect: ALL", False),
        ("of: peace, over: [ann], expect: ALL", "of: peace, over: [ann], as: stricter, expect: [ALL, NONE]", True),
        ("of: peace, over: [ann], expect: ALL", "of: peace, over: [ann], as: stricter, expect: NONE", True),
        ("of: peace, over: [ann], expect: ALL", "of: peace, over: [ann], as: milder, expect: [ALL, NONE]", False),
        ("of: peace, over: [ann], expect: ALL", "of: peace, over: [ann], as: milder, expect: NONE", True),
        ("of: peace, expect: NONE", "of: peace, over: [ann], as: stricter, for: some, expect: ALL", True),
        ("of: peace, expect: ALL", "of: seals, as: milder, expect: ALL", True),
        ("input: [arms]", "of: peace, as: stricter, expect: ALL", False),
    ],
)
def test_a_reading_that_is_not_what_it_is_called_is_marked(counts: str, beside: str, misnamed: bool) -> None:
    row = row_of(f"[{{{counts}}}, {{{beside}}}]")
    degree = "stricter" if "stricter" in beside else "milder"
    assert (f"(but it is not {degree})" in row.because) == misnamed
    assert [test["misnamed"] for test in row.to_json()["tests"]] == [False, misnamed]
    where = "holds where they do not" if degree == "stricter" else "fails where they hold"
    assert (f"called {degree} than the tests that count, but it {where}; no part of the status" in str(row)) == misnamed


def test_the_bundled_readings_are_what_they_are_called(register: Register) -> None:
    readings = [test for row in register for test in row.tests if test["as"]]
    assert len(readings) > 2
    assert [test["name"] for test in readings if test["misnamed"]] == []


# --- the table of statuses ---------------------------------------------------------------------------------------------

SHOWN = re.compile("|".join(re.escape(each.label).replace("…", "(…|.+)") for each in TABLE))


def test_the_page_has_the_table_of_statuses() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", page, flags=re.MULTILINE)
    said = {(STATEMENT,): "statement", (ADVICE,): "advice", (STATEMENT, ADVICE): "both"}
    assert rows == [(each.label, each.id, said[each.of], each.means) for each in TABLE]


def test_no_status_outside_the_table_is_printed(register: Register) -> None:
    for row in register:
        assert row.status in BY_ID
        assert row.family in BY_ID[row.status].of, row.id
        assert SHOWN.fullmatch(row.label)
        assert row.sheets()[0].title == f"{row.id}: {row.label}"
        for finding in row.findings:
            assert finding.status in BY_ID
            assert row.family in BY_ID[finding.status].of or finding.test.question.enters or not finding.cells
    printed = [cells[1] for cells in register.sheets()[1].rows]
    assert all(SHOWN.fullmatch(each) for each in printed)
    counted = [cells[0] for cells in register.sheets()[0].rows]
    assert set(counted) <= {each.label for each in TABLE}


def test_kinds_of_sentences() -> None:
    kinds = {
        "": STATEMENT,
        "fact": STATEMENT,
        "prediction": STATEMENT,
        "value, historical": STATEMENT,
        "value": ADVICE,
        "recommendation": ADVICE,
        "conditional, recommendation": ADVICE,
    }
    assert {kind: family(kind) for kind in kinds} == kinds
    assert label(DEPENDS, ["a", "b", "c"]) == "depends on a, b and c"


# --- advice --------------------------------------------------------------------------------------------------------------

ADVISED = """
detente: 1
title: Whether to give up the post
actors:
  north: {options: {post: , flag: }, priorities: [post, flag]}
  south:
    options: {raids: }
    readings:
      sore: {priorities: [raids <-> post]}
      wild: {priorities: [raids]}
      meek: {priorities: [not raids]}
      bold: {priorities: [raids <-> (not post)]}
now: [post, flag]
"""

SOUTH: dict[str, Callable[[bool], bool]] = {
    "sore": lambda post: post,
    "wild": lambda post: True,
    "meek": lambda post: False,
    "bold": lambda post: not post,
}
"""Whether each reading of the south raids, by whether the post stands: what a reading wants it does at once."""


def advised(readings: list[str], hold: str = "not post", kind: str = "recommendation") -> Any:
    tests = f"{{hold: [{hold}], of: not raids, over: {{south: [{', '.join(readings)}]}}, expect: ALL}}"
    written = f"{ADVISED}claims: {{K1: {{says: Give it up, kind: {kind}, test: {tests}}}}}\n"
    return claims(read_text(written, name="post"))["K1"]


def by_definition(readings: list[str], post: bool) -> tuple[str, int, int, int]:
    """Status, where it works, where nothing could succeed, where everything does; the post stands if nothing is done."""
    calm = {each: {value: not SOUTH[each](value) for value in (True, False)} for each in readings}
    nothing = [each for each in readings if not any(calm[each].values())]
    everything = [each for each in readings if all(calm[each].values())]
    telling = [each for each in readings if each not in nothing + everything]
    works = [each for each in telling if calm[each][post]]
    worse = [each for each in telling if calm[each][True] and not calm[each][post]]
    if works:
        status = WOULD_WORK if len(works) + len(everything) == len(readings) else DEPENDS
    else:
        status = NO_DIFFERENCE if not worse else BACKFIRES if len(worse) == len(telling) else DEPENDS
    return status, len(works), len(nothing), len(everything)


def test_what_becomes_of_advice() -> None:
    """Every choice of readings, and both ways of giving the advice, against the definition."""
    statuses = set()
    for size in range(1, 5):
        for chosen in itertools.combinations(SOUTH, size):
            for post in (True, False):
                row = advised(list(chosen), "post" if post else "not post")
                (finding,) = row.findings
                expected, works, nothing, everything = by_definition(list(chosen), post)
                found = WOULD_WORK if row.status == ASSUMED else row.status  # all readings but two are rules
                assert found == expected, (chosen, post)
                counts = finding.held, finding.apart("nothing could succeed"), finding.apart("everything does")
                assert counts == (works, nothing, everything), (chosen, post)
                statuses.add(found)
    assert statuses == {WOULD_WORK, BACKFIRES, NO_DIFFERENCE, DEPENDS}


def test_what_is_printed_of_advice() -> None:
    row = advised(["sore", "wild", "meek"])
    assert (row.label, row.key) == (
        "depends on south",
        "1 of 1, in 1 nothing could succeed, in 1 everything does",
    )
    test = row.to_json()["tests"][0]
    assert (test["held"], test["of"], test["nothing_could"], test["everything_does"]) == (1, 1, 1, 1)
    assert [cells[2] for cells in row.sheets()[2].rows] == [True, "nothing could succeed", "everything does"]
    assert advised(["bold"]).because == "no: NONE"
    assert advised(["bold"]).label == "backfires"
    assert advised(["wild", "meek"]).label == "makes no difference"


def test_the_same_sentence_as_a_statement() -> None:
    assert advised(["bold"], kind="prediction").label == "contradicted"
    assert advised(["wild", "meek"], kind="prediction").label == "depends on south"
    assert advised(["meek"], kind="prediction").label == "follows"


def test_a_requirement_where_nothing_suffices_or_everything_does_cannot_be_told() -> None:
    def asked(readings: str) -> Any:
        tests = (
            f"{{levers: {{by: north, goal: not raids}}, over: {{south: [{readings}]}}, expect: {{necessary: [post]}}}}"
        )
        return claims(read_text(f"{ADVISED}claims: {{K1: {{says: It takes that, kind: fact, test: {tests}}}}}\n"))["K1"]

    assert (asked("wild").label, asked("meek").label, asked("bold").label) == (
        "cannot tell",
        "cannot tell",
        "contradicted",
    )
    assert asked("wild").because == "nothing could succeed"
    both = asked("sore, wild, meek")
    assert (both.label, both.key) == ("assumed", "1 of 1, in 1 nothing could succeed, in 1 everything does")


# --- one rule for what holds in part ----------------------------------------------------------------------------------

PARTLY = """
detente: 1
title: Whichever moves first
actors:
  ann: {options: {go: {change: take, needs: not come}}, priorities: [go]}
  bob: {options: {come: {change: take, needs: not go}}, priorities: [come]}
  cat: {options: {nap: }, priorities: [go, nap]}
  dot: {options: {sit: }, readings: {glad: {priorities: [sit, go]}, calm: {priorities: [sit]}}}
now: [nap, sit]
"""


def partly(test: str) -> Any:
    return claims(read_text(f"{PARTLY}claims: {{K1: {{says: So it is, test: {test}}}}}\n"))["K1"]


def test_what_holds_in_part_depends_on_how_play_goes() -> None:
    """Play ends with one going or the other coming: SOME for ALL, and mixed for better, are judged alike."""
    some, mixed = partly("{of: go, expect: ALL}"), partly("{score: {by: cat}, expect: [better]}")
    none = partly("{of: go and come, expect: ALL}")
    assert (some.findings[0].cells[0].verdict, mixed.findings[0].cells[0].verdict) == ("SOME", "mixed")
    assert some.label == mixed.label == "depends on how play goes"
    assert none.label == "contradicted"
    assert partly("{of: go, expect: [ALL, SOME]}").label == "follows"
    assert partly("{score: {by: cat}, expect: mixed}").label == "follows"


def test_that_there_are_no_equilibria_is_refuted_by_any() -> None:
    assert partly("{of: go, concept: nash, expect: no equilibria}").label == "contradicted"
    assert partly("{of: go, concept: nash, expect: SOME}").label == "follows"
    assert partly("{of: go, concept: nash, expect: ALL}").label == "depends on which equilibrium it is"


CHASE = """
detente: 1
title: Nobody rests
actors:
  ann: {options: {x: }, priorities: [x <-> y]}
  bob: {options: {y: }, priorities: [x <-> (not y)]}
now: []
claims:
  K1: {says: There is none, test: {of: x, concept: nash, expect: no equilibria}}
  K2: {says: All have it, test: {of: x, concept: nash, expect: ALL}}
"""


def test_of_no_equilibria_nothing_can_be_told() -> None:
    register = claims(read_text(CHASE))
    assert (register["K1"].status, register["K2"].label) == (ASSUMED, "cannot tell")


# --- a step is the step that is asked ----------------------------------------------------------------------------------

STEPS = """
detente: 1
title: What a step brings
actors:
  ann: {options: {x: , z: , w: }, priorities: [z, w, not x]}
  bob: {options: {q: }, priorities: [not q]}
rules: [%s]
now: []
claims:
  K1: {says: She gains by it, test: {step: {by: ann, set: [x]}, expect: yes}}
"""


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ("{when: q, then: z}", CONTRADICTED),  # a rule that does not fire lets nothing happen
        ("{when: x, then: z}", FOLLOWS),
        ("{when: x, then: w}, {when: w, then: z}", FOLLOWS),
        ("{when: x, then: not z}", CONTRADICTED),
    ],
)
def test_a_step_brings_what_follows_by_itself_and_no_more(rules: str, status: str) -> None:
    assert claims(read_text(STEPS % rules))["K1"].status == status


# --- cells ---------------------------------------------------------------------------------------------------------------


def cells(actors: dict[str, int], truth: dict[tuple[int, ...], bool]) -> list[Cell]:
    reply = Reply("ALL")
    return [
        Cell(readings={actor: str(n) for actor, n in zip(actors, each, strict=True)}, replies={"": reply}, holds=holds)
        for each, holds in truth.items()
    ]


def test_deciding_actors_are_the_fewest() -> None:
    """Against all subsets, on random truth tables."""
    chance = random.Random(3)
    sizes = {"a": 2, "b": 3, "c": 2}
    for _ in range(60):
        combos = list(itertools.product(*(range(size) for size in sizes.values())))
        truth = {each: chance.random() < 0.3 for each in combos}
        found = _deciding(cells(sizes, truth))
        settling = [
            some
            for size in range(4)
            for some in itertools.combinations(range(3), size)
            if all(truth[x] == truth[y] for x in combos for y in combos if all(x[i] == y[i] for i in some))
        ]
        assert len(found) == len(settling[0])
        assert tuple("abc".index(actor) for actor in found) in settling


def test_where_it_holds() -> None:
    (finding,) = row_of("{of: peace, over: [ann, bob], expect: ALL}").findings
    assert isinstance(finding, Finding)
    assert (finding.deciding, finding.where) == (("ann",), ({"ann": "calm"},))


# --- tests written wrongly -------------------------------------------------------------------------------------------------


def problems_of(tests: str) -> list[tuple[int, str]]:
    found = check(model(tests))
    assert all(problem.severity == "error" and problem.line > 0 for problem in found)
    return [(problem.column, problem.message) for problem in found]


PREFIX = len("    test: ") + 1


@pytest.mark.parametrize(
    ("tests", "place", "message"),
    [
        ("{of: pece, expect: ALL}", "pece", "did you mean peace?"),
        ("{of: not arms and pece, expect: ALL}", "pece", "did you mean peace?"),
        ("{of: peace, hold: [arm], expect: ALL}", "arm]", "did you mean arms?"),
        ("{of: peace, start: [arms or talks], expect: ALL}", "arms or", "expected a list of settings"),
        ("{of: peace, expect: EVERY}", "EVERY", "unknown expectation"),
        ("{of: peace, expect: stable}", "stable", "unknown expectation"),
        ("{concept: seq, expect: ALL}", "ALL", "did you mean|known: stable, unstable"),
        ("{concept: sec, expect: stable}", "sec,", "did you mean seq?"),
        ("{of: peace, play: blind, expect: ALL}", "blind", "unknown kind of play"),
        ("{of: peace, concept: seq, play: myopic, expect: ALL}", "", "not both"),
        ("{of: peace}", "", "'expect' is missing"),
        ("{expect: ALL}", "", "it asks none"),
        ("{of: peace, joint: {goal: peace}, expect: ALL}", "", "it asks several"),
        ("{of: peace, expect: ALL, modle: cuba}", "modle", "unknown key 'modle'"),
        ("{of: peace, expect: ALL, model: cubba}", "cubba", "the library has a model 'cuba'"),
        ("{of: peace, expect: ALL, readings: {ann: calmer}}", "calmer", "did you mean calm?"),
        ("{of: peace, expect: ALL, readings: {anne: calm}}", "anne", "unknown key 'anne'"),
        ("{of: peace, expect: ALL, world: one}", "one}", "unknown world"),
        ("{of: peace, expect: ALL, platform: hawk}", "hawk", "unknown platform"),
        ("{of: peace, expect: ALL, sanctions: all}", "all}", "unknown sanction rule"),
        ("{of: peace, expect: ALL, without: [carl]}", "carl", "unknown actor"),
        ("{of: peace, expect: ALL, over: [carl]}", "carl", "unknown actor with readings"),
        ("{of: peace, expect: ALL, over: {ann: [cool]}}", "cool", "unknown reading of ann"),
        ("{of: peace, expect: ALL, for: every}", "every", "there is no 'over'"),
        ("{of: peace, expect: maybe, between: [{}, {hold: [arms]}]}", "maybe", "known: same, differ, more, less"),
        ("{of: peace, expect: ALL, rivals: [{hodl: [arms]}]}", "hodl", "unknown key 'hodl'"),
        ("{levers: {by: ann}, expect: some}", "levers", "'goal' is missing"),
        ("{levers: {by: ann, goal: peace}, expect: {necessary: [strikes]}}", "strikes", "unknown option to switch"),
        ("{levers: {by: ann, goal: peace}, expect: {needed: [arms]}}", "expect", "unknown expectation 'needed'"),
        ("{levers: ann, expect: some}", "ann,", "expected a mapping here"),
        ("{step: {by: bob, set: [talks]}, expect: yes}", "set:", "'talks' is not an option of bob"),
        ("{unknowns: {list_of: dove, in_force: dove, of: peace}, expect: open}", "unknowns", "not both"),
        ("{path: {to: peace, by: walks}, expect: some}", "walks", "unknown kind of step"),
        ("{path: {to: peace}, expect: {steps: two}}", "two", "expected a number"),
        ("{hindcast: {actor: ann, reading: calm, against: [meek]}, expect: best}", "meek", "unknown reading of ann"),
        ("{input: relation R1}", "relation R1", "unknown relation 'R1'"),
        ("{input: arms, expect: ALL}", "expect", "an input expects nothing"),
        ("{none: taste, expect: ALL}", "expect", "expects nothing"),
        ("{rules: [{when: arms, then: arms}], of: peace, expect: ALL}", "{when", "changes nothing"),
        ("{rules: [{when: arms}], of: peace, expect: ALL}", "{when", "'then' is missing"),
        ("{of: peace, expect: ALL, aside: perhaps}", "perhaps", "unknown answer"),
        ("{of: [peace], expect: ALL}", "of:", "expected a text here"),
    ],
)
def test_a_mistake_is_placed(tests: str, place: str, message: str) -> None:
    found = problems_of(tests)
    assert any(re.search(message, said) for _, said in found), found
    expected = tests.index(place) + PREFIX if place else len("    ") + 1  # at `test:`, where the whole is wrong
    assert expected in [column for column, _ in found], found


def test_all_mistakes_are_reported_together() -> None:
    tests = "[{of: pece, expect: EVERY}, {model: cubba, of: peace, expect: ALL}, {concept: sec, expect: stable}]"
    written = model(tests)
    assert len(check(written)) == 4
    with pytest.raises(ScenarioError) as error:
        claims(written)
    assert len(error.value.problems) == 4
    assert "quarrel.yaml:" in str(error.value)
    assert "^" in str(error.value)


def test_circumstances_that_cannot_be_are_a_problem_of_the_claim() -> None:
    written = read_text(
        MODEL
        + "rules: [{never: arms and talks}]\nclaims:\n  K1: {says: So, test: {start: [talks], of: peace, expect: ALL}}\n",
        name="quarrel",
        path="quarrel.yaml",
    )
    with pytest.raises(ScenarioError, match="K1, test 1: under its circumstances") as error:
        claims(written)
    assert error.value.problems[0].line == written.claims["K1"].place.line


def test_a_model_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(MODEL, encoding="utf-8")
    mine = tmp_path / "mine.yaml"
    tests = "{model: ./other.yaml, of: peace, expect: ALL}"
    mine.write_text(f"{MODEL}claims: {{K1: {{says: So it is, test: {tests}}}}}\n", encoding="utf-8")
    assert claims(load(str(mine)))["K1"].status == FOLLOWS


def test_check_finds_bad_tests(tmp_path: Path) -> None:
    from detente.cli import main

    file = tmp_path / "bad.yaml"
    file.write_text(f"{MODEL}claims:\n  K1: {{says: So it is, test: {{of: pece, expect: ALL}}}}\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(file)])
    assert result.exit_code == 2
    assert "did you mean peace?" in result.output


def test_the_bundled_claims_have_no_mistakes() -> None:
    for name in library.names():
        if "\nclaims:\n" in library.text(name):
            assert check(load(name)) == ()


# --- claims that are cited ---------------------------------------------------------------------------------------------


def cited(more: str, cites: str = "C1, C99") -> list[tuple[str, str]]:
    """What is said of the claims an aim rests on."""
    wishes = f"actors: {{a: {{options: {{x: X}}, priorities: [{{want: x, claims: [{cites}]}}]}}}}"
    found = check(read_text(f"detente: 1\ntitle: Cited\n{wishes}\nnow: []\n{more}\n"))
    return [(f"{each.line}:{each.column} {each.severity} {each.code}", each.message) for each in found]


def test_claims_cited_stand_in_the_file_that_is_named() -> None:
    ((place, message),) = cited("")
    assert place == "3:63 warning unknown-claim"
    assert message == (
        "claims are cited and stand nowhere (C1, C99): "
        "write them under 'claims', or say with 'claims_from' which model has them"
    )
    assert "(C90, C91, C92, C93, C94, ...)" in cited("", "C90, C91, C92, C93, C94, C95")[0][1]
    assert cited("claims_from: two_proxies") == [
        ("3:67 error unknown-claim", "unknown claim 'C99'; did you mean C9?"),
    ]
    assert cited("claims_from: two_proxies\nclaims: {C99: {says: So it is}}") == []
    ((place, message),) = cited("claims_from: two_prxies")
    assert (place, message[:28]) == ("5:14 error claims-from", "unknown model 'two_prxies'; ")


def test_what_a_part_cites_is_its_own_matter(tmp_path: Path) -> None:
    """A model built from parts cites what they cite, and may have claims of its own."""
    part = """\
detente: 1
title: PART
actors:
  us: {options: {xPART: X}, priorities: [{want: xPART, claims: C1}]}
  PART: {options: {yPART: Y}, priorities: [yPART]}
now: []
"""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(part.replace("PART", name))
    models = "{one: {model: a.yaml}, two: {model: b.yaml}}"
    whole = f"detente: 1\ntitle: Whole\nparts: {{models: {models}, shared: us, order: [one, two]}}\n"
    for more in ("", "claims: {K1: {says: So it is}}\n"):
        (tmp_path / "whole.yaml").write_text(whole + more)
        assert check(load(tmp_path / "whole.yaml")) == ()
    (tmp_path / "whole.yaml").write_text(whole + "outcomes: {o: {formula: xa, claims: C2}}\n")
    (problem,) = check(load(tmp_path / "whole.yaml"))
    assert "(C2)" in problem.message


@pytest.mark.parametrize("name", library.names())
def test_every_claim_a_bundled_model_cites_is_in_a_register(name: str) -> None:
    assert check(load(name)) == ()


def test_none_is_read_as_no_equilibria() -> None:
    """As files of earlier versions write it; the verdict about equilibria that there are is NONE."""
    text = """detente: 1
title: Somebody stays
actors:
  a: {options: {x: }, priorities: [x]}
now: []
outcomes: {o: x}
claims:
  OLD: {says: There is no equilibrium, test: {of: o, concept: nash, expect: none}}
  NEW: {says: There is no equilibrium, test: {of: o, concept: nash, expect: no equilibria}}
  NEVER: {says: It is so in none, test: {of: o, concept: nash, expect: NONE}}
"""
    found = {row.id: row.status for row in claims(Case(read_text(text)))}
    assert found == dict.fromkeys(("OLD", "NEW", "NEVER"), "contradicted")
