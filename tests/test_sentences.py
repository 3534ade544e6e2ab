"""Kinds of sentences: one table sets the quantifier of every claim; what stands beside a status; readings never counted."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from detente.case import Case, Policy, Query, verdict
from detente.errors import ScenarioError
from detente.questions.claims import check, claims
from detente.questions.claims.checks import Test, read_tests
from detente.questions.claims.circumstances import Desk
from detente.questions.claims.judging import find
from detente.questions.claims.statuses import (
    ASSUMED,
    BAD,
    CANNOT_TELL,
    CONTRADICTED,
    DEPENDS,
    FOLLOWS,
    INPUT,
    NO_DIFFERENCE,
    OUTSIDE,
    SENTENCE,
    SENTENCES,
    WOULD_WORK,
    family,
)
from detente.questions.history.game_log import game_log
from detente.questions.history.hindcast import hindcast
from detente.questions.partnerships.break_matrix import break_matrix
from detente.questions.uncertainty.observations import observations
from detente.questions.uncertainty.types import types
from detente.scenario import library, load, read_text
from detente.scenario import model as scenario_model
from detente.scenario.binding.data import data_of
from detente.scenario.model import Scenario
from detente.scenario.movelog import Played

MODEL = """\
detente: 1
title: A quarrel over a bridge
sources: {paper: {text: A paper, kind: article}, archive: {text: An archive, kind: record}}
actors:
  ann:
    options: {toll: {name: Keep the toll}}
    readings:
      open_minded: {priorities: [not toll]}
      greedy: {priorities: [toll]}
  bob:
    options: {boycott: {name: Boycott the bridge}, bypass: {name: Build a bypass}}
    readings:
      loyal: {priorities: [not boycott, not bypass]}
      sour: {priorities: [boycott, not bypass]}
      torn: {priorities: [boycott or bypass, not (boycott and bypass)]}
      puppet: {illustrative: yes, priorities: [boycott <-> toll, not bypass]}
now: [toll]
partnerships: {trade: {members: [ann, bob], flows: {crossing: not boycott}}}
history:
  - {date: 2020, by: bob, set: [boycott]}
claims:
  K1:
    says: There may be a boycott
    source: paper
    sentence: %s
    allows: {%s}
    test: {%s}
"""


def row_of(sentence: str, test: str, allows: str = ""):  # type: ignore[no-untyped-def] # a row of the register
    return claims(read_text(MODEL % (sentence, allows, test), name="bridge"))["K1"]


OVER = "of: boycott, over: [ann, bob], expect: ALL"
ANN, BOB = ("open_minded", "greedy"), ("loyal", "sour", "torn")


def found(model: Scenario) -> dict[tuple[str, str], str]:
    """The verdict under every combination that counts, asked directly."""
    return {
        (ann, bob): verdict(Case(model, readings={"ann": ann, "bob": bob}), Query("boycott"))
        for ann, bob in itertools.product(ANN, BOB)
    }


def test_the_small_model_has_all_three_verdicts() -> None:
    model = read_text(MODEL % ("may", "", OVER), name="bridge")
    assert {bob: found(model)["greedy", bob] for bob in BOB} == {"loyal": "NONE", "sour": "ALL", "torn": "SOME"}


def by_the_table(sentence: str, verdicts: dict[tuple[str, str], str], allowed: Iterable[tuple[str, str]]) -> str:
    """The status of "there is a boycott", from the words of the table alone."""
    own = [verdicts[each] for each in allowed]
    everywhere = list(verdicts.values())
    if sentence == "may":
        if any(each in ("ALL", "SOME") for each in own):
            return FOLLOWS
        return DEPENDS if any(each in ("ALL", "SOME") for each in everywhere) else CONTRADICTED
    if all(each == "ALL" for each in everywhere):
        return FOLLOWS
    return CONTRADICTED if all(each == "NONE" for each in everywhere) else DEPENDS


@pytest.mark.parametrize("sentence", ["may", "will", "fact"])
def test_the_sentence_sets_the_quantifier(sentence: str) -> None:
    """Every choice of readings that the author may allow, against the definition."""
    draw = random.Random(3)
    choices = [some for size in (1, 2, 3) for some in itertools.combinations(BOB, size)]
    for allowed in choices:
        over = draw.sample(BOB, draw.randint(1, 3))
        over = [name for name in BOB if name in over or name in allowed]
        test = f"of: boycott, over: {{bob: [{', '.join(over)}]}}, readings: {{ann: greedy}}, expect: ALL"
        row = row_of(sentence, test, f"bob: [{', '.join(allowed)}]")
        model = read_text(MODEL % (sentence, "", OVER), name="bridge")
        verdicts = {key: said for key, said in found(model).items() if key[0] == "greedy" and key[1] in over}
        assert row.status == by_the_table(sentence, verdicts, [("greedy", name) for name in allowed]), (allowed, over)


def test_a_rival_reading_makes_it_depend_and_never_refutes_it() -> None:
    row = row_of("will", "of: boycott, over: [bob], expect: ALL", "bob: sour")
    assert (row.status, row.on) == (DEPENDS, ("bob",))
    assert (row.if_right, row.if_rival) == ("yes: ALL", "in part")
    assert row.assumes == "bob is sour"


def test_what_fails_by_every_account_is_contradicted() -> None:
    row = row_of("will", "of: boycott and bypass, over: [bob], expect: ALL", "bob: sour")
    assert row.status == CONTRADICTED


def test_may_is_true_of_one_end() -> None:
    assert row_of("may", "of: boycott, readings: {bob: torn}, expect: ALL").status == FOLLOWS
    assert row_of("will", "of: boycott, readings: {bob: torn}, expect: ALL").status == DEPENDS


def test_advice_is_told_by_the_sentence() -> None:
    test = "hold: [not toll], of: not toll, expect: ALL"
    assert row_of("ought", test).status == WOULD_WORK
    assert row_of("ought", "hold: [not toll], of: boycott, readings: {bob: loyal}, expect: ALL").status == NO_DIFFERENCE


def test_a_condition_restricts_the_combinations() -> None:
    test = "of: not bypass, over: [bob], provided: boycott, expect: ALL"
    row = row_of("will", test)
    (finding,) = row.findings
    assert [cell.apart for cell in finding.cells] == ["the condition is not met", "", ""]
    assert row.key == "1 of 2, in 1 the condition is not met"


@pytest.mark.parametrize("sentence", ["may", "will", "must", "ought"])
def test_a_condition_that_is_never_met_cannot_tell(sentence: str) -> None:
    row = row_of(sentence, "of: not bypass, over: [bob], provided: boycott and bypass, expect: ALL")
    assert (row.status, row.findings[0].why) == (CANNOT_TELL, "the condition is not met")


def test_where_only_rivals_are_left_nobody_can_tell() -> None:
    row = row_of("will", "of: boycott, over: {bob: [loyal, torn]}, expect: ALL", "bob: sour")
    assert (row.status, row.findings[0].why) == (CANNOT_TELL, "the author allows none of these readings")


KEPT = """\
detente: 1
title: Two ways to peace, one of which is kept
actors:
  ann: {options: {pay: , threaten: }, priorities: [not pay, calm]}
  bob: {options: {calm: }, priorities: [calm <-> (pay or threaten)]}
now: []
claims:
  K1: {says: Peace takes threats, sentence: must, test: {levers: {by: ann, goal: calm%s}, expect: {necessary: [threaten]}}}
"""


def test_must_looks_at_what_would_be_kept() -> None:
    plain = claims(read_text(KEPT % "", name="kept"))["K1"]
    kept = claims(read_text(KEPT % ", kept: yes", name="kept"))["K1"]
    assert (plain.status, plain.key) == (CONTRADICTED, "pay; or threaten")
    assert (kept.key, kept.findings[0].cells[0].holds) == ("threaten", True)
    assert "commit to, and would keep, so that" in str(kept)


def test_what_stands_beside_a_status() -> None:
    text = MODEL % ("will", "bob: sour", "of: boycott, over: [bob], expect: ALL")
    text += "    assumes: Bob resents the toll\n    record: {disputes: he crossed it daily, source: archive, where: box 3}\n"
    row = claims(read_text(text, name="bridge"))["K1"]
    assert row.assumes == "Bob resents the toll; bob is sour"
    assert row.record == {"disputes": "he crossed it daily", "source": "archive, box 3"}
    assert row.recorded == "disputes: he crossed it daily (archive, box 3)"
    made = row.to_json()
    assert (made["sentence"], made["allows"], made["if_rival"]) == ("will", {"bob": ["sour"]}, "in part")
    shown = str(claims(read_text(text, name="bridge")))
    assert "What each author assumes, and what follows" in shown
    assert "if a rival is right" in shown
    assert "A claim that something may happen" not in shown  # there is no such sentence
    may = " ".join(str(claims(read_text(MODEL % ("may", "bob: sour", OVER), name="bridge"))).split())
    assert "follows if it does under one combination its author allows, so it can follow and hold in few." in may


def test_author_and_opponent_have_their_say() -> None:
    text = MODEL % ("will", "bob: sour", OVER)
    text += '    author: Fair, and short\n    opponent: "Bob was never sour: that is the list loyal"\n'
    model = read_text(text, name="bridge")
    register = claims(model)
    row = register["K1"]
    assert row.views == ("Fair, and short", "Bob was never sour: that is the list loyal")
    made = row.to_json()
    assert (made["author"], made["opponent"]) == row.views
    sheet = register.sheets()[-1]
    assert (sheet.title, sheet.rows) == (
        "Whether author and opponent would call it fair",
        (("K1", row.label, *row.views),),
    )
    assert "the sharpest opponent would say" in " ".join(row.sheets()[0].rows[-1])
    assert len(claims(read_text(MODEL % ("will", "", OVER), name="bridge")).sheets()) == 3


def problems(text: str) -> list[str]:
    try:
        return [problem.message for problem in check(read_text(text, name="bridge"))]
    except ScenarioError as error:
        return [problem.message for problem in error.problems]


def test_what_is_written_wrongly() -> None:
    plain = "of: boycott, over: [bob], expect: ALL"
    assert problems(MODEL % ("may", "bob: soar", plain)) == [
        "unknown reading of bob in the models asked 'soar'; did you mean sour?"
    ]
    assert problems(MODEL % ("may", "eve: sour", plain)) == ["no model that is asked has an actor 'eve' with readings"]
    assert problems(MODEL % ("may", "", f"{plain}, for: every")) == [
        "the kind of sentence, 'may', says for how many of the readings: leave 'for' out"
    ]
    assert "unknown kind of sentence 'might'" in problems(MODEL % ("might", "", plain))[0]
    unsaid = (MODEL % ("may", "bob: sour", plain)).replace("    sentence: may\n", "")
    assert "'allows' counts only with the kind of 'sentence'" in problems(unsaid)[0]
    silent = MODEL % ("may", "", plain) + "    record: {source: archive}\n"
    assert problems(silent) == ["a record supports, disputes or is silent; none of them is here"]
    assert "puppet" in problems(MODEL % ("may", "", "of: boycott, over: {bob: [puppet]}, expect: ALL"))[0]


def test_an_illustrative_reading_is_never_the_default() -> None:
    text = (MODEL % ("may", "", OVER)).replace("loyal: {", "loyal: {illustrative: yes, ")
    assert problems(text) == [
        "'loyal' is the default reading, and an illustrative one is never counted: put another first"
    ]


LEFT = "Not counted, because it only shows what a rule does: bob=puppet"


def test_illustrative_readings_are_counted_nowhere_and_the_answer_says_so() -> None:
    model = read_text(MODEL % ("may", "", OVER), name="bridge")
    case = Case(model)
    grid = types(case, Query("boycott"))
    assert len(grid.rows) == 6
    assert LEFT in str(grid)
    matrix = break_matrix(case, "trade", policies={"as it is": Policy()})
    assert {cell.readings["bob"] for cell in matrix.cells} == set(BOB)
    assert LEFT in str(matrix)
    seen = observations(case)
    assert not any("puppet" in (pair.left, pair.right) for pair in seen.readings)
    assert LEFT in str(seen)
    scored = hindcast(case)
    assert {score.readings["bob"] for score in scored.scores} == set(BOB)
    assert LEFT in str(scored)
    (finding,) = claims(model)["K1"].findings
    assert {cell.readings["bob"] for cell in finding.cells} == set(BOB)
    played = game_log(case, [Played(turn="1", by="bob", settings={model.options[1].key: 1})])
    assert {share.reading for share in played.shares if share.actor == "bob"} == set(BOB)


def test_an_illustrative_reading_can_still_be_chosen() -> None:
    model = read_text(MODEL % ("may", "", OVER), name="bridge")
    chosen = Case(model, readings={"bob": "puppet"})
    assert types(chosen, Query("boycott")).actors == ("ann",)
    assert LEFT not in str(types(chosen, Query("boycott"), ["ann"]))


def test_it_is_written_back() -> None:
    model = read_text(MODEL % ("may", "", OVER), name="bridge")
    assert data_of(model)["actors"]["bob"]["readings"]["puppet"]["illustrative"] is True
    assert "illustrative" not in data_of(model)["actors"]["bob"]["readings"]["sour"]


# --- the table, and the bundled register -------------------------------------------------------------------------------


def test_the_table_knows_every_sentence() -> None:
    assert tuple(SENTENCE) == scenario_model.SENTENCES
    assert [family("", each.id) for each in SENTENCES] == ["statement", "statement", "statement", "statement", "advice"]


MODAL = {
    "may": r"may|could|can|risks|threatens|perhaps|presumably|opportunities",
    "must": r"must|requires?|required|needs?|cannot|demand|take every ounce",
    "will": r"will|will not|certain to|should not be|As the .* grow|cannot|would|must suffer",
    "ought": r"should|ought|needs the|must always|must recognise|never have|foolish|good first step|common sense",
}
"""The words a paraphrase keeps of the kind of its sentence."""


def test_the_paraphrase_keeps_the_word_that_sets_the_quantifier() -> None:
    for name in ("two_proxies", "greece_1947", "oped_spain_1940"):
        for claim in load(name).claims.values():
            if claim.sentence in MODAL:
                assert re.search(rf"\b({MODAL[claim.sentence]})\b", claim.says), (claim.id, claim.sentence)


GOVERNED = {"C50": "us"}
"""Whose readings a claim leaves out because of what it says: nobody has governed by the third list."""


def test_no_reading_is_left_out_that_would_change_a_status() -> None:
    """A test that goes through some readings of an actor finds what it finds with all of them."""
    home = load("two_proxies")
    desk = Desk(home)
    for name, found in read_tests(desk, home.claims.values())[0].items():
        claim = home.claims[name]
        for test in found:
            able = {actor.id: tuple(actor.counted) for actor in desk.model(test.model).actors}
            wide = {actor: able[actor] for actor in test.over}
            if not test.counts or all(set(wide[actor]) == set(names) for actor, names in test.over.items()):
                continue
            kind = family(claim.kind, claim.sentence)
            same = find(desk, replace(test, over=wide), kind).status == find(desk, test, kind).status
            assert same is (name not in GOVERNED), name


def test_what_is_said_of_all_ends_is_not_watered_down() -> None:
    test = "of: boycott, over: [bob], expect: [ALL, SOME]"
    said = "the kind of sentence, 'will', is said of all ends: expect ALL alone, or call it 'may'"
    assert problems(MODEL % ("will", "", test)) == [said]
    assert problems(MODEL % ("may", "", test)) == []
    assert problems(MODEL % ("will", "", f"{test}, aside: yes")) == []


def test_a_difference_the_other_way_does_not_count() -> None:
    """`more` against the definition: in how many ends, under every pair of Bob's lists."""
    rank = {"NONE": 0, "SOME": 1, "ALL": 2}
    verdicts = {bob: found(read_text(MODEL % ("may", "", OVER), name="bridge"))["greedy", bob] for bob in BOB}
    for first, second in itertools.product(BOB, repeat=2):
        accounts = f"between: {{one: {{readings: {{bob: {first}}}}}, other: {{readings: {{bob: {second}}}}}}}"
        for word, so in (
            ("more", rank[verdicts[first]] > rank[verdicts[second]]),
            ("less", rank[verdicts[first]] < rank[verdicts[second]]),
            ("differ", verdicts[first] != verdicts[second]),
        ):
            row = row_of("fact", f"of: boycott, readings: {{ann: greedy}}, {accounts}, expect: {word}")
            assert (row.status == FOLLOWS) is so, (first, second, word)
    shown = str(row_of("fact", f"of: boycott, {accounts}, expect: more"))
    assert "true in more ends under the first than under the second" in shown


def test_more_is_said_of_two_accounts_and_of_ends() -> None:
    three = "between: [{}, {hold: [toll]}, {hold: [not toll]}], expect: more"
    assert problems(MODEL % ("fact", "", f"of: boycott, {three}")) == ["'more' compares two accounts, and here are 3"]
    two = "joint: {goal: boycott}, between: [{}, {hold: [toll]}], expect: less"
    assert problems(MODEL % ("fact", "", two)) == ["'less' is said of 'of' or 'concept'; here say 'differ'"]


def test_a_part_that_fails_for_everybody_is_named_beside_one_that_depends() -> None:
    """It holds in part for some readings, but as a whole for nobody."""
    tests = "of: boycott, over: [bob], expect: ALL}, {of: boycott and bypass, over: [bob], expect: ALL"
    row = claims(
        read_text((MODEL % ("will", "", tests)).replace("test: {", "test: [{").rstrip() + "]\n", name="bridge")
    )["K1"]
    assert (row.label, row.key) == ("depends on bob and the test", "1 of 3; 0 of 3")


def bundled() -> list[tuple[str, str, tuple[Test, ...]]]:
    found = []
    for home in filter(lambda model: model.claims, map(load, library.names())):
        tests, wrong = read_tests(Desk(home), home.claims.values())
        assert not wrong
        assert all(claim.sentence for claim in home.claims.values()), home.name
        found += [(claim.id, claim.sentence, tests[claim.id]) for claim in home.claims.values()]
    return found


@pytest.mark.parametrize(("name", "sentence", "tests"), bundled())
def test_each_claim_follows_the_table(name: str, sentence: str, tests: tuple[Test, ...]) -> None:
    """The quantifier of its tests is that of its sentence; a requirement is asked of what would be kept, or by leaving out."""
    for test in tests:
        assert (test.sentence, test.some, test.every) == (sentence, sentence == "may", "")
        if sentence == "must" and test.counts and not test.question.enters and not test.question.asks_nothing:
            assert test.compares in ("differ", "more") or _requires(test), name
        if sentence == "ought":
            assert test.question.asks_nothing or not test.question.enters or not test.counts, name


def _requires(test: Test) -> bool:
    """Whether it asks a requirement: in every kept set, nothing else works, nothing without it, or waiting closes it off."""
    question, wanted = test.question, test.question.wanted
    assert wanted is not None
    if question.kind.key == "levers":
        return bool(question["kept"]) if "necessary" in wanted.words else "none" in wanted.words
    return question.kind.key in ("irreversible", "threshold") or "NONE" in wanted.words


def test_statuses_of_the_register_are_those_of_their_sentences() -> None:
    for row in claims(load("two_proxies")):
        if not row.sentence:
            continue
        assert row.status in (*OF[row.sentence], DEPENDS, ASSUMED, OUTSIDE), row.id
        if row.allows and row.sentence in ("may", "will", "must", "fact"):
            assert row.status not in BAD or not any(cell.holds for f in row.findings for cell in f.own), row.id


OF = {
    "fact": (FOLLOWS, CONTRADICTED, CANNOT_TELL, INPUT),
    "may": (FOLLOWS, CONTRADICTED, CANNOT_TELL, INPUT),
    "will": (FOLLOWS, CONTRADICTED, CANNOT_TELL, INPUT),
    "must": (FOLLOWS, CONTRADICTED, CANNOT_TELL, INPUT),
    "ought": (WOULD_WORK, CANNOT_TELL, *BAD),
}
