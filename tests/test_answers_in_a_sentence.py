"""The shape of an answer in a terminal: what the first three lines and the last one say, and that they say what was found.

The sentences are held against the documents for programs, which are written elsewhere; the last line is run.
"""

from __future__ import annotations

import importlib
import io
import itertools
import json
import pkgutil
import re
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

import detente
import golden
from detente.case import Case
from detente.cli import main
from detente.cli.check import _fitted
from detente.present.names import Names
from detente.present.tables import terminal
from detente.questions.partnerships.partnerships import partnership
from detente.result import Answer
from detente.scenario import load
from detente.sheet import Gloss, Phrase, Sheet, Term, VerdictTerm, heading, many, names_of


def told(*words: str) -> str:
    result = CliRunner().invoke(main, list(words), prog_name="detente")
    assert result.exit_code == 0, result.output
    return result.output


def document(*words: str) -> Any:
    return json.loads(told(*words, "--json"))


NEAR = re.compile(
    r"(Today under \w+|As the readings are chosen|With (this|nothing) held|“[^”]+”): |Flips at |Holds in |Every list "
)
"""How the line under an answer begins, which says how near another one is."""


def third(text: str) -> str:
    """The answer: what stands from the third line on to the first empty one, or to the line under it, as one line."""
    lines = text.partition("\n\n")[0].splitlines()[2:]
    return " ".join(itertools.takewhile(lambda line: not NEAR.match(line), lines))


# --- the words ----------------------------------------------------------------------------------------------------------

EXACT = {
    "analyze two_proxies": (
        (
            "Today is stable under SSEQ, SEQ, SMR, GMR and SIM, not stable under Nash (Russia and North Korea would move); "
            "foresight play stays there."
        ),
        "Why? detente explain two_proxies",
    ),
    "analyze elmira": (
        (
            "Today is stable under SMR and GMR, not stable under Nash, SSEQ, SEQ and SIM (the local government would move); "
            "foresight play leads elsewhere."
        ),
        "Why? detente explain elmira",
    ),
    "partnership two_proxies": (
        (
            "“the Russia–North Korea partnership” holds where foresight play ends: each exit would be answered; if no answer "
            "were feared (myopic play) it breaks."
        ),
        "Why does each stay or leave? detente explain two_proxies",
    ),
    "compare two_proxies --platforms biden24,carpenter": (
        (
            "In force: “Russia and North Korea part” is always true where foresight play ends under “Both capitals, the "
            "door shut by word”; never under “The line of 2024”."
        ),
        "What is left open? detente unknowns two_proxies --wanting biden24",
    ),
    "levers two_proxies --by us --goal decoupled --reading us=carpenter": (
        (
            "The United States can make sure of “Russia and North Korea part” by holding “Arms for Ukraine” = none, "
            "but would not keep to it if "
            "free again."
        ),
        (
            "Would it be kept? detente design credibility two_proxies --promise 'us_arm = none' --goal decoupled "
            "--reading us=carpenter"
        ),
    ),
    "analyze elmira_graph --from s9": (
        ("Today is stable under Nash, SSEQ, SEQ, SMR and GMR; foresight play stays there."),
        "Why? detente explain elmira_graph s9",
    ),
    "types elmira": ("Today is not stable under SEQ.", "What would flip it? detente pivots elmira --concept seq"),
    "paths elmira --goal settled": (
        (
            "“the firm accepts an order” can be reached in 1 step by legal moves (1 shortest way); first moves "
            "Uniroyal Chemical."
        ),
        "Does play go there? detente types elmira --goal settled",
    ),
    "joint elmira --goal settled": (
        "No coalition would gain, each of its members, by going to “the firm accepts an order” together (7 tried).",
        "In which steps? detente paths elmira --goal settled",
    ),
    "pivots prisoners_dilemma --goal cooperation": (
        "“both stay silent” is always true where foresight play ends; 4 of 6 single changes to the aims would flip that.",
        "What suffices for the answer? detente assumptions prisoners_dilemma --goal cooperation --play foresight",
    ),
    "hindcast hanoi_2019": (
        (
            "Recorded moves expected at best: of the United States (Trump, first term) 2 of 3, as no relief short of full "
            "disarmament; of North Korea 2 of 2, as courtesies only against delivery."
        ),
        "What would tell the readings apart? detente observations hanoi_2019",
    ),
    "irreversible elmira": (
        "Uniroyal Chemical closes most off today: change answer from delay to plant closed loses 8 of 9 states.",
        "What lies within reach? detente status-quo elmira",
    ),
    "unknowns elmira": (
        "Today is not stable under SEQ, and nothing is unknown.",
        "And over the readings? detente types elmira --concept seq",
    ),
}


@pytest.mark.parametrize("asked", EXACT)
def test_the_third_line_answers_and_the_last_one_goes_on(asked: str) -> None:
    text = told(*asked.split())
    answer, after = EXACT[asked]
    assert third(text) == answer
    assert text.rstrip("\n").splitlines()[-1] == after
    assert re.fullmatch(
        r"Model [0-9a-f]{12} · detente \S+", next(x for x in text.splitlines() if x.startswith("Model "))
    )


def test_an_explanation_begins_with_its_answer() -> None:
    lines = told("explain", "elmira").splitlines()
    assert lines[:2] == ["Elmira", "State: s1."]
    assert " ".join(lines[2:4]) == (
        "Does today's state hold under sequential stability (SEQ)? No: the local government would leave it. Side by side: "
        "Nash no, SEQ no, SMR yes, GMR yes."
    )
    assert lines[-1] == "What would flip it? detente pivots elmira"


def test_what_is_not_usual_is_always_said() -> None:
    second = told("partnership", "two_proxies", "--countermoves", "single", "--hold", "us_arm = none").splitlines()[1]
    assert (
        second == "Readings: us=biden24, ru=war_need, nk=additive; us_arm = none held; counter-moves of a single step"
    )
    opening = told("analyze", "two_proxies", "--countermoves", "single").splitlines()[1:3]
    assert "Counter-moves: single." in " ".join(opening)
    many_readings = told("types", "composite_core", "--over", "ru", "--reading", "ru=profit").splitlines()[1]
    assert many_readings == "Readings: ru=profit, all others as the file has them"


def test_the_next_command_is_about_the_same_case() -> None:
    last = told("pivots", "elmira", "--hold", "modify", "--countermoves", "single").rstrip("\n").splitlines()[-1]
    assert last == (
        "What suffices for the answer? detente assumptions elmira --concept seq --hold modify --countermoves single"
    )


# --- the words say what was found ---------------------------------------------------------------------------------------

IN_WORDS = {"ALL": "always", "SOME": "sometimes", "NONE": "never", "stable": "stable", "unstable": "not stable"}
SMALL = ("elmira", "prisoners_dilemma", "chicken", "two_proxies", "hanoi_2019", "cuba")


def _types(found: Any, said: str) -> None:
    counts = found["counts"]["counts"]
    if len(counts) == 1:
        assert f" is {IN_WORDS[next(iter(counts))]} " in said
    else:
        stated = dict(re.findall(r"(always|sometimes|never|not stable|(?<!not )stable) \(([\d,]+)\)", said))
        assert stated == {IN_WORDS[verdict]: f"{number:,}" for verdict, number in counts.items()}


def _pivots(found: Any, said: str) -> None:
    tried = [each for each in found["changes"] if each["verdict"] is not None]
    flips = [each for each in tried if each["verdict"] != found["verdict"]]
    assert f" is {IN_WORDS[found['verdict']]} under SEQ; {len(flips) or 'none'} of {len(tried)} single change" in said


def _unknowns(found: Any, said: str) -> None:
    if found["necessary"]:
        assert f" is {IN_WORDS[found['necessary']]} under SEQ" in said
    assert ("nothing is unknown" in said) is (not found["unknown"])


def _observations(found: Any, said: str) -> None:
    pairs = found["readings"]
    seen = [pair for pair in pairs if pair["sightings"]]
    assert (
        (f"would tell apart {len(seen)} of {len(pairs)} pair" in said) if pairs else said.startswith("No actor has two")
    )


def _irreversible(found: Any, said: str) -> None:
    losses = [each["now"]["states"] for each in found["switches"] if each["now"]]
    assert (f"loses {max(losses):,} of " in said) if losses else "closes most" not in said


def _status_quo(found: Any, said: str) -> None:
    assert f"From today {found['count'] - 1:,} other state" in said
    reached = found["equilibria"]["seq"]
    assert f"that is {reached['reached']:,} of {reached['all']:,} equilibri" in said


def _analyze(found: Any, said: str) -> None:
    now = (
        {concept: row["equilibrium"] for concept, row in found["status_quo"]["stable"].items()}
        if ("stable" in found["status_quo"])
        else {}
    )
    labels = {"nash": "Nash"}
    held, _, moved = said.partition("not stable under")
    for concept, stays in now.items():
        name = labels.get(concept, concept.upper())
        assert re.search(rf"\b{name}\b", held if stays else moved)


def _hindcast(found: Any, said: str) -> None:
    for actor in {each["actor"] for each in found["by_reading"] if each["moves"]}:
        own = [each for each in found["by_reading"] if each["actor"] == actor]
        low, high = max(each["expected"] for each in own)
        hits = f"{low}" if low == high else f"{low} to {high}"
        assert f" {hits} of {own[0]['moves']}, as " in said


def _responses(found: Any, said: str) -> None:
    weak = found["doubtful"] + found["partly_empty"] + found["empty"]
    assert f"Of {found['sanctioned']} case" in said
    assert f" {found['real']} rest on real counter-moves, {weak} on doubtful" in said


def _cycles(found: Any, said: str) -> None:
    never = sum(each["terminal"] for each in found["cycles"])
    count = len(found["cycles"])
    assert (
        (f"meets {count} cycle{'s' * (count != 1)} ({never} never left)" in said) if count else "meets no cycle" in said
    )


def _coalitions(found: Any, said: str) -> None:
    count = found["upset_count"]
    assert (f" in {count:,} way" in said) if count else said.startswith("No coalition would leave")


HELD_AGAINST: dict[str, Callable[[Any, str], None]] = {
    "types": _types,
    "pivots": _pivots,
    "unknowns": _unknowns,
    "observations": _observations,
    "irreversible": _irreversible,
    "status-quo": _status_quo,
    "responses": _responses,
    "cycles": _cycles,
    "coalitions": _coalitions,
}


SLOW = {("observations", "two_proxies"), ("coalitions", "two_proxies")}
"""What takes several seconds; the smaller models tell it as well."""


@pytest.mark.parametrize(
    ("asked", "model"), [(asked, model) for asked in HELD_AGAINST for model in SMALL if (asked, model) not in SLOW]
)
def test_the_sentence_says_what_programs_get(asked: str, model: str) -> None:
    text = told(asked, model)
    HELD_AGAINST[asked](document(asked, model), third(text))


def test_the_record_in_a_sentence() -> None:
    _hindcast(document("hindcast", "hanoi_2019"), third(told("hindcast", "hanoi_2019")))


def fates(matrix: Any) -> dict[str, Counter[str]]:
    """Per policy, in how many cells each fate is sure; written from the document alone."""
    found: dict[str, Counter[str]] = {}
    for cell in matrix["cells"]:
        counts = cell["foresight"]["counts"]
        found.setdefault(cell["policy"], Counter())[next(iter(counts)) if len(counts) == 1 else "open"] += 1
    return found


def test_the_matrix_in_a_sentence() -> None:
    said, found = third(told("break", "two_proxies")), fates(document("break", "two_proxies"))
    some = [policy for policy, counts in found.items() if counts["BREAKS"] and len(counts) > 1]
    assert not [policy for policy, counts in found.items() if set(counts) == {"BREAKS"}]
    called = [f"“{load('two_proxies').platforms[policy].name}”" for policy in some]
    ends = "surely break “the Russia–North Korea partnership” under some of "
    assert said.startswith(f"{', '.join(called[:-1])} and {called[-1]} {ends}")
    assert said.endswith(f"; {len(found) - len(some)} others under none.")


@pytest.mark.parametrize("goal", ["settled", "not settled", "plant_closed"])
@pytest.mark.parametrize("by", ["ministry", "uniroyal", "local"])
def test_levers_in_a_sentence(by: str, goal: str) -> None:
    asked = ("levers", "elmira", "--by", by, "--goal", goal)
    said, found = third(told(*asked)), document(*asked)
    assert said.startswith("Nothing that ") is (not found["minimal"])
    if found["minimal"]:
        lasts = next(each["self_enforcing"] for each in found["minimal"])
        assert ("would not keep" in said) is (lasts is False)
        assert ("and would keep" in said) is (lasts is True)


def test_a_verdict_stands_in_the_sentence_as_a_verdict() -> None:
    """The word in the sentence is the cell that the answer has, not a text beside it."""
    found = partnership(Case(load("two_proxies")))
    verdicts = [part for part in found.headline.parts if isinstance(part, VerdictTerm)]
    assert verdicts == [found.word, found.plays["myopic"].word] == ["HOLDS", "BREAKS"]


# --- all of them --------------------------------------------------------------------------------------------------------

NO_QUESTION = {"Booklet", "AnyWitness", "Witness", "RelationalWitness", "Brief", "_Several"}
"""What is handed out, what stands behind an answer or holds several, and the page that is all sentences."""


def answers() -> Iterator[type[Answer]]:
    for module in pkgutil.walk_packages(detente.__path__, "detente."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting: list[type[Answer]] = list(Answer.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("detente."):
            yield kind


def test_every_answer_has_a_sentence_and_a_next_command() -> None:
    from detente.cli.following import FOLLOWING

    kinds = {kind for kind in answers() if kind.__name__ not in NO_QUESTION}
    assert len(kinds) > 40
    assert not [kind.__name__ for kind in kinds if kind.headline is Answer.headline]
    followed = {kind.__name__ for kind in kinds if any(each.__name__ in FOLLOWING for each in kind.__mro__)}
    assert {kind.__name__ for kind in kinds} - followed == {"Hierarchy", "Alliances"}
    assert not set(FOLLOWING) - {kind.__name__ for kind in answers()}


def sessions() -> Iterator[tuple[str, list[str]]]:
    """Every command in the kept texts that succeeded, with what it printed."""
    for name in golden.names():
        if name.startswith("kit-") or name in (
            "help",
            "formats",
            "brief",
            "show",
            "check",
            "cite",
            "mistakes",
            "report",
            "merge",
            "verify",
        ):
            continue
        for part in re.split(r"(?m)^(?=\$ detente )", (golden.KEPT / f"{name}.txt").read_text(encoding="utf-8"))[1:]:
            asked, code, *lines = part.split("\n[errors]\n")[0].rstrip("\n").split("\n")
            if code == "[exit 0]":
                yield asked.removeprefix("$ "), lines


def test_every_answer_has_the_same_shape() -> None:
    seen = 0
    for asked, lines in sessions():
        head = lines[: lines.index("")]
        assert len(head) >= 3, asked
        assert re.match(r"Readings: |State: |Parts: |.*[.?]", head[1]), asked
        last = lines[-1]
        # no one model to go on with, or nothing that differs
        alone = "hierarchy" in asked or re.search(r"detente diff (\S+) \1\b", asked)
        assert alone or re.fullmatch(r"[A-Z][^?]*\? detente [a-z].*", last), (asked, last)
        assert [line for line in lines if line.startswith("Model ") and "· detente" in line], asked
        seen += 1
    assert seen > 200


def test_the_next_command_can_be_given() -> None:
    """Each of them, about the model of the tests' own, is a command that answers, or says what the model lacks."""
    with golden.workshop():
        lines = {
            lines[-1].partition("? ")[2] for asked, lines in sessions() if "harbour" in asked and "? " in lines[-1]
        }
        assert len(lines) > 60
        for line in sorted(lines):
            words = shlex.split(line)[1:]
            result = CliRunner().invoke(main, [*words, *(["--seconds", "2"] if "assumptions" in words else [])])
            assert result.exit_code == 0, f"{line}\n{result.output}"


# --- on request ---------------------------------------------------------------------------------------------------------


def test_definitions_only_on_request() -> None:
    meaning = "every improvement can be answered by moves that"
    assert meaning not in told("analyze", "elmira")
    assert meaning in told("analyze", "elmira", "--definitions")
    asked = told("partnership", "two_proxies", "--definitions")
    assert "What the words mean" in asked
    assert "  SEQ " in asked
    assert "What the words mean" not in told("partnership", "two_proxies")
    gloss = "empty: met only by moves that come anyway"
    assert gloss in told("responses", "elmira", "--definitions")
    assert gloss not in told("responses", "elmira")


def test_all_that_it_rests_on_with_verbose() -> None:
    text = " ".join(told("partnership", "two_proxies", "--verbose").split())
    digest = document("partnership", "two_proxies")["basis"]["hash"]
    assert digest in text
    assert digest not in told("partnership", "two_proxies")
    assert "Readings: us=biden24, ru=war_need, nk=additive. Counter-moves: sequence. No seed:" in text
    assert "Rests on 24 aims of the readings" in text


@pytest.mark.parametrize(
    ("asked", "more"),
    [
        ("compare two_proxies --platforms biden24,carpenter", "Where play ends, as it differs from today"),
        ("levers two_proxies --by us --goal decoupled --reading us=carpenter", "us_nato = word, us_recog = granted"),
        ("types two_proxies --goal decoupled --platform carpenter", "Types, decoupled where foresight play ends"),
        ("break two_proxies", "by one-step (Nash) reasoning"),
        ("partnership two_proxies", "SMR equilibria"),
        ("claims oped_spain_1940", "follows"),
    ],
)
def test_the_rest_with_all(asked: str, more: str) -> None:
    short, whole = told(*asked.split()), told(*asked.split(), "--all")
    assert more in whole
    assert whole.count(more) > short.count(more)
    assert third(whole) == third(short)


def test_rows_that_agree_are_one() -> None:
    rows = (("SMR equilibria", "yes"), ("play", "yes"), ("GMR equilibria", "yes"), ("SEQ equilibria", "no"))
    folded = Sheet("", ("where", "now"), (*rows, heading("more", 2), heading("more", 2))).folded()
    assert folded.rows[:3] == (("SMR, GMR equilibria", "yes"), ("play", "yes"), ("SEQ equilibria", "no"))
    assert len(folded.rows) == 5
    assert Sheet("", ("one",), (("a b",), ("a c",))).folded().rows == (("a b",), ("a c",))


# --- how it looks -------------------------------------------------------------------------------------------------------


def drawn(sheet: Sheet, width: int = 80) -> str:
    out = io.StringIO()
    screen = Console(file=out, force_terminal=True, width=width, color_system="standard", no_color=False)
    terminal.draw((sheet,), screen)
    return out.getvalue()


def test_three_tones_in_a_grid_and_no_red_for_a_move() -> None:
    row = tuple(map(VerdictTerm, ("BREAKS", "DEPENDS", "HOLDS")))
    grid = drawn(Sheet("", ("a", "b", "c"), (row,), toned=True))
    assert "\x1b[7mBREAKS" in grid
    assert "\x1b[2;7mDEPENDS" in grid
    assert re.search(r"(?<!m)HOLDS", grid)
    assert "\x1b[7m" not in drawn(Sheet("", ("a", "b", "c"), (row,)))
    assert "\x1b[31m" not in drawn(Sheet("", ("a",), (("✗ no",), ("✓ yes",))))


def test_a_grid_that_would_be_cut_is_turned() -> None:
    columns = ("policy", *(f"combination_{n}" for n in range(9)))
    rows = tuple((name, *(VerdictTerm("HOLDS") for _ in range(9))) for name in ("one", "two"))
    assert "(1 of " not in drawn(Sheet("grid", columns, rows, toned=True))
    assert "(1 of 3)" in drawn(Sheet("grid", columns, rows))


def test_names_in_a_sentence() -> None:
    names = Names.of(load("two_proxies"))
    said = names.sentence(Phrase.of(*partnership(Case(load("two_proxies"))).headline.parts))
    assert said.startswith("“the Russia–North Korea partnership” holds")
    assert names.sentence(Phrase.of(Term("grand"), " lasts")) == "grand lasts"
    assert names.sentence(Phrase.of("today", " lasts")) == "Today lasts"
    assert names_of(["a"]) == "a"
    assert many(0, "state") == "0 states"
    assert isinstance(Gloss.of("x ", VerdictTerm("ALL")).parts[1], VerdictTerm)


# --- what is missing, and what is wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "example"),
    [
        ("levers two_proxies", "Missing option '--by'. For example --by us (actors: us, ru, nk)"),
        ("joint elmira", "Missing option '--goal'. For example --goal settled (outcomes: settled, plant_closed)"),
        ("design exchange elmira", "For example --goal settled"),
        ("threshold elmira --actor ministry", "Missing option '--statement'."),
        ("as-one elmira", "For example --block ministry,uniroyal (pairs of actors: ministry,uniroyal, uniroyal,local)"),
        ("levers", "For example --by us (actors: us, ru, nk)"),
        ("levers no_such_model", "Missing option '--by'."),
    ],
)
def test_a_missing_option_is_answered_with_an_example(asked: str, example: str) -> None:
    result = CliRunner().invoke(main, asked.split())
    assert result.exit_code == 2
    assert example in result.output
    assert "Traceback" not in result.output


def test_messages_of_check_wrap_for_people_only(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "model.yaml:1:1: warning: " + "a long message that goes on and on " * 6
    assert _fitted(line) == line

    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Screen())
    fitted = _fitted(line)
    assert max(map(len, fitted.splitlines())) <= 100
    assert fitted.splitlines()[1].startswith("  ")
    assert " ".join(fitted.split()) == " ".join(line.split())
