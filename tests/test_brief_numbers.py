"""The numbers of a brief, counted again in what its commands print: as programs get it, field by field."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

import detente as dt
from detente.cli import main
from detente.questions.brief import Brief

QUICK = ("conditional_engagement", "two_proxies", "ukraine_agency")
EVERY = [*QUICK, *(pytest.param(name, marks=pytest.mark.long) for name in dt.library() if name not in QUICK)]

Answers = Mapping[str, list[Any]]
"""What the commands of a field print: the question asked, and the answers in order."""

Numbers = Iterator[tuple[str, Any, Any]]
"""What a number is about, what the brief says, and what is counted."""


@cache
def printed(line: str) -> Any:
    program, *words = shlex.split(line)
    assert program == "detente"
    answer = CliRunner().invoke(main, [*words, "--json"])
    assert answer.exit_code == 0, (line, answer.output)
    return json.loads(answer.output)


def answers_of(commands: Iterable[str]) -> Answers:
    answers: dict[str, list[Any]] = {}
    for line in commands:
        answers.setdefault(line.split()[1], []).append(printed(line))
    return answers


def test_a_wrong_number_is_seen() -> None:
    brief = dt.load("conditional_engagement").brief()
    for name, number in (("trust", "wishes"), ("turns", "flips"), ("route", "tried")):
        field = brief[name]
        assert field.value is not None
        right = json.loads(json.dumps(field.value.to_json()))
        for value, same in ((right, True), ({**right, number: right[number] + 1}, False)):
            counted = COUNTED[name](value, answers_of(field.commands), brief)
            assert all(said == found for _, said, found in counted) is same, (name, number)


@pytest.mark.parametrize("name", EVERY)
def test_every_number_stands_in_what_the_commands_print(name: str) -> None:
    brief = dt.load(name).brief()
    for field in brief.fields:
        answers = answers_of(field.commands)
        if field.value is None:
            assert (field.absent != "", field.commands) == (True, ()), field.id
            continue
        assert answers, field.id
        value = json.loads(json.dumps(field.value.to_json()))
        for about, said, counted in COUNTED[field.id](value, answers, brief):
            assert said == counted, (field.id, about)


def _question(value: Any, answers: Answers, _: Brief) -> Numbers:
    (shown,) = answers["show"]
    yield "question", value["text"], shown.get("question") or shown["title"]


def _rows(value: Any, answers: Answers) -> dict[str, dict[str, int]]:
    """The verdicts of every row, counted in the answers."""
    rows: dict[str, Counter[str]] = {}
    for found in answers.get("break", []):
        for cell in found["cells"]:
            rows.setdefault(cell["policy"], Counter())[_fate(cell)] += 1
    for found in answers.get("types", []):
        of = found["query"]["of"] or found["query"]["concept"].upper().replace("NASH", "Nash")
        rows[of] = Counter(row["verdict"] for row in found["rows"])
    for found in answers.get("levers", []):
        kept = {True: "kept", False: "not kept", None: "not known"}
        for each in found["minimal"]:
            rows[_said(each["flips"])] = Counter([kept[each["self_enforcing"]]])
    for found in answers.get("analyze", []):
        for concept, number in found["counts"].items():
            rows[concept.upper().replace("NASH", "Nash")] = Counter({"equilibria": number})
    for found in answers.get("hindcast", []):
        for row, score in zip(value, found["scores"], strict=True):
            hits = sum(call["unsanctioned"] is True for call in score["calls"])
            rows[row] = Counter({"expected": hits, "not expected": found["n"] - hits})
    return {of: dict(counts) for of, counts in rows.items()}


def _fate(cell: Any) -> str:
    return str(cell["foresight"]["necessary"] or "open")


def _said(flips: Mapping[str, Any]) -> str:
    words = {True: "{}", False: "not {}"}
    return ", ".join(words[v].format(k) if isinstance(v, bool) else f"{k} = {v}" for k, v in flips.items())


def _answer(value: Any, answers: Answers, _: Brief) -> Numbers:
    rows = _rows([each["of"] for each in value["verdicts"]], answers)
    assert len(value["verdicts"]) == len(rows)
    for each in value["verdicts"]:
        yield each["of"], {word: n for word, n in each["counts"].items() if n}, _plain(rows[each["of"]])


def _plain(counts: Mapping[str, int]) -> dict[str, int]:
    return {word: n for word, n in counts.items() if n}


def _table(value: Any, answers: Answers, brief: Brief) -> Numbers:
    rows = _rows([row[0] for row in value["rows"]], answers)
    for of, *cells in value["rows"]:
        told = cells if all(isinstance(each, str) for each in cells) else None
        if told:  # one case each: the verdict itself
            yield of, told, list(rows[of])
            continue
        yield of, {w: n for w, n in zip(value["columns"], cells, strict=True) if n}, _plain(rows[of])


def _near(value: Any, answers: Answers, _: Brief) -> Numbers:
    near = value["brittle"]
    for found in answers.get("margin", []):
        yield "swaps", (near["margin"], near["proved"]), (found["margin"], found["proved"])
        yield "verdict", near["headline"]["verdict"], found["verdict"]
    for found in answers.get("ensemble", []):
        shares = [each for each in found["holds"] if each["verdict"] == near["headline"]["verdict"]]
        yield "share", near["holds"], shares[0]
        yield "draws", near["draws"], found["n"]


def _turns(value: Any, answers: Answers, _: Brief) -> Numbers:
    for found in answers.get("pivots", []):
        yield "flips", (value["flips"], value["tried"]), (len(found["flips"]), len(found["changes"]))
        yield "whose", sorted(value["whose"]), sorted({each["actor"] for each in found["flips"]})
    for found in answers.get("assumptions", []):
        yield from _sets(value["deciding"], found)
    grids: dict[str, list[tuple[Any, str]]] = {}
    for found in answers.get("break", []):
        for cell in found["cells"]:
            grids.setdefault(cell["policy"], []).append((cell["readings"], _fate(cell)))
    for found in answers.get("types", []):
        of = found["query"]["of"] or found["query"]["concept"].upper().replace("NASH", "Nash")
        grids[of] = [(row["readings"], row["verdict"]) for row in found["rows"]]
    for each in value["decisive"]:
        verdicts = {verdict for readings, verdict in grids[each["of"]] if readings[each["actor"]] == each["reading"]}
        yield f"{each['of']}, {each['reading']}", {each["verdict"]}, verdicts


def _sets(deciding: Any, found: Any) -> Numbers:
    least = min(map(len, found["sufficient"]))
    smallest = [members for members in found["sufficient"] if len(members) == least]
    yield "smallest sets", deciding["sets"], smallest
    yield "larger ones", deciding["others"], len(found["sufficient"]) - len(smallest)
    yield "assumed", (deciding["assumed"], deciding["verdict"]), (found["assumed"], found["verdict"])


def _objection(value: Any, answers: Answers, _: Brief) -> Numbers:
    if value["answer"] is not None:
        yield from _answer(value["answer"], answers, _)
    elif value["able"] is not None:
        (found,) = answers["levers"]
        yield "able", value["able"], bool(found["minimal"])
    else:
        verdicts = [row["verdict"] for found in answers.get("types", []) for row in found["rows"]]
        verdicts += [_fate(cell) for found in answers.get("break", []) for cell in found["cells"]]
        yield "verdicts", True, {*value["ours"], *value["theirs"]} <= set(verdicts)


def _route(value: Any, answers: Answers, _: Brief) -> Numbers:
    (joint,) = answers["joint"]
    first: dict[str, Any] = joint["coalitions"][0] if joint["coalitions"] else {"members": [], "lands": {"seq": None}}
    lands = first["lands"]["seq"]
    yield "together", value["together"], first["members"]
    yield "lasts", value["lasts"], None if lands is None else lands > 0
    yield "by answers", value["by_answers"], bool(lands) and first["lands"]["nash"] == 0
    for found in answers.get("induce", []):
        yield "tried", value["tried"], len(found["commitments"])
        made = [(each["actor"], each["strength"]) for each in found["commitments"]]
        yield "promises", True, all((each["actor"], each["strength"]) in made for each in value["promises"])


def _home(value: Any, answers: Answers, _: Brief) -> Numbers:
    for found in answers.get("compare", []):
        kept = {each["platform"]: each["kept"] for each in value["courses"]}
        yield "kept", list(kept.values()), [each["self_enforcing"] for each in found["platforms"]]


def _indicators(value: Any, answers: Answers, _: Brief) -> Numbers:
    (found,) = answers["observations"]
    accounts = found["accounts"]
    yield "pairs", (value["pairs"], value["separated"]), (accounts["pairs"], accounts["separated"])
    yield "watch", value["watch"], accounts["watch"][: len(value["watch"])]


def _irreversible(value: Any, answers: Answers, _: Brief) -> Numbers:
    (found,) = answers["irreversible"]
    told = [(each["actor"], each["option"], each["made"]) for each in value["switches"]]
    yield "switches", told, [(each["actor"], each["option"], each["made"]) for each in found["switches"]]


def _others(value: Any, answers: Answers, _: Brief) -> Numbers:
    found = answers["levers"]
    assert len(found) == len(value["levers"])
    for lever, each in zip(value["levers"], found, strict=True):
        least = each["minimal"][0] if each["minimal"] else None
        yield lever["actor"], [lever["actor"]], each["actors"]
        yield "setting", lever["setting"], least and _said(least["flips"])
        yield "kept", lever["kept"], least and least["self_enforcing"]


def _trust(value: Any, answers: Answers, brief: Brief) -> Numbers:
    (ledger,) = answers["evidence"]
    movers = {wish["actor"] for wish in ledger["basis"]["wishes"]}
    aims = [
        each for each in ledger["judgements"] if each["kind"] == "aim" and each["in_force"] and each["owner"] in movers
    ]
    marks = Counter(mark for each in aims for mark in each["standing"])
    yield "aims", value["wishes"], len(ledger["basis"]["wishes"])
    yield "aims in the ledger", value["wishes"], len(aims)
    yield "suppositions", value["wishes_supposed"], marks["unsupported"]
    yield "marks", (value["single"], value["contested"]), (marks["single source"], marks["contested"])
    for found in answers.get("assumptions", []):
        yield from _sets(value["deciding"], found)
    for found in answers.get("pivots", []):
        yield "by assumption", value["by_assumption"], found["by_assumption"]


def _since(value: Any, answers: Answers, _: Brief) -> Numbers:
    (found,) = answers["hindcast"]
    hits = [sum(call["unsanctioned"] is True for call in score["calls"]) for score in found["scores"]]
    pairs = found["told_apart"]
    silent = [each for each in pairs if not each["separated"] and not each["weakly"]]
    yield "moves", (value["moves"], value["combinations"]), (found["n"], len(hits))
    yield "best", (value["best"], value["best_count"]), (max(hits), hits.count(max(hits)))
    yield "pairs", (value["pairs"], value["silent"]), (len(pairs), len(silent))
    quiet = [n for n, event in enumerate(found["events"]) if event["status"] == "quiet"]
    yield "quiet", value["quiet"], len(quiet)
    stayed: dict[tuple[str, str], set[bool]] = {}
    for score in found["scores"]:
        for hold in (each for each in score["holds"] if each["event"] in quiet):
            stayed.setdefault((hold["actor"], score["readings"][hold["actor"]]), set()).add(hold["stable"]["seq"])
    rival = {actor for actor, _ in stayed if len({name for other, name in stayed if other == actor}) > 1}
    against = {key for key, seen in stayed.items() if seen == {False} and key[0] in rival}
    yield "against", {tuple(each) for each in value["against"]}, against
    yield "dates", (value["first"], value["last"]), (found["events"][0]["date"], found["events"][-1]["date"])


COUNTED: Mapping[str, Callable[[Any, Answers, Brief], Numbers]] = {
    "question": _question,
    "answer": _answer,
    "table": _table,
    "near": _near,
    "turns": _turns,
    "objection": _objection,
    "route": _route,
    "home": _home,
    "indicators": _indicators,
    "irreversible": _irreversible,
    "others": _others,
    "trust": _trust,
    "since": _since,
}
"""How the numbers of each field are counted again."""
