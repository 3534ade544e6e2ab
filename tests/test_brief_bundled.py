"""The one page of the models as they are bundled: its length, its words, and what it says first."""

from __future__ import annotations

import re
from functools import cache

import pytest

import detente as dt
from detente.present.brief import MOST_WORDS, Page, page, words_in
from detente.questions.brief import FIELDS, Brief
from detente.questions.brief.values import Answered
from detente.questions.partnerships.break_matrix import BreakMatrix

QUICK = ("chicken", "composite", "garrison", "oped_spain_1940", "two_proxies", "ukraine_agency", "wedge_spain_1941")
EVERY = [*QUICK, *(pytest.param(name, marks=pytest.mark.long) for name in dt.library() if name not in QUICK)]

CODES = re.compile(r"\b(SEQ|SSEQ|SMR|GMR|SIM|ALL|SOME|NONE|BREAKS|HOLDS|FRAYS|DEPENDS)\b|#[0-9]")
LIKELIHOOD = re.compile(r"\b(likely|probably|probability|chance|odds|unlikely)\b", re.IGNORECASE)


@cache
def found(name: str) -> tuple[dt.Study, Brief, Page]:
    study = dt.load(name)
    brief = study.brief()
    return study, brief, page(study.case, brief)


@pytest.mark.parametrize("name", EVERY)
def test_the_page_keeps_to_its_length_and_to_words(name: str) -> None:
    study, brief, told = found(name)
    text, _, _ = told.text.partition("What each field rests on")
    plain = [told.title, *told.paragraphs.values(), *(FIELDS[each] for each in told.paragraphs if each != "question")]
    assert told.words == sum(map(words_in, plain)) <= MOST_WORDS == 450
    assert all(said in " ".join(text.split()) for said in told.paragraphs.values())
    said = " ".join(plain)
    assert [o.key for o in study.scenario.options if "_" in o.key and re.search(rf"\b{o.key}\b", said)] == []
    assert (CODES.search(said), LIKELIHOOD.search(said)) == (None, None)
    for field in ("question", "answer", "trust"):
        assert told.paragraphs[field]
    assert all(field.value is not None or field.absent for field in brief.fields)


def test_the_answer_says_first_whose_readings_decide() -> None:
    """Counted again from the table of readings: with one of these of Russia the platform always does it, else never surely."""
    study, brief, told = found("two_proxies")
    value = brief["answer"].value
    (matrix,) = brief["answer"].found
    assert isinstance(value, Answered)
    assert isinstance(matrix, BreakMatrix)
    surely = [cell.readings for cell in matrix.cells if cell.policy == value.best and cell.fate == "BREAKS"]
    names = dict.fromkeys(readings["ru"] for readings in surely)
    assert value.deciding == ("ru",)
    assert [each["ru"] for each in value.where] == list(names) == ["war_need", "need", "wary"]
    assert len(surely) == len(names) * len(study.scenario.actor("nk").counted)
    said = told.paragraphs["answer"]
    assert said.startswith(
        "It turns on Russia: “Both capitals, the door shut by treaty” and “Toward Moscow only, by treaty” end the "
        "Russia–North Korea partnership for sure where Russia is read as “needs it for the war”, “needs it because of "
        "Washington” or “trusts only a treaty”, which is in 12 of 20 combinations of readings of Russia and North Korea, "
        "the most of all; such a count is no likelihood."
    ), said
    assert "the verdict on “Both capitals, the door shut by treaty” is the same" not in told.paragraphs["turns"]


def test_an_answer_with_readings_taken_begins_with_them() -> None:
    said = found("ukraine_agency")[2].paragraphs["answer"]
    assert said.startswith(
        "With the European allies as “never leaves Ukraine without arms”, Ukraine as “fights while somebody arms it” and "
        "Russia as “the war before everything”, nothing that the United States can choose makes sure of"
    ), said


def test_an_exchange_is_tried_as_a_rule() -> None:
    """What article B proposes, a benefit while a step stands and only then, is a rule, and no setting held does the same."""
    _, brief, told = found("conditional_engagement")
    command = brief["route"].commands[1]
    assert " --try 'when nk_step " in command
    assert "None of" not in told.paragraphs["route"]
    assert "If the United States committed itself first (the rule that if" in told.paragraphs["route"]
    assert "play would end at “a step for benefits, deterrence kept”; it would be kept." in told.paragraphs["route"]


def test_who_would_keep_a_course_is_told_before_who_would_not() -> None:
    said = found("two_proxies")[2].paragraphs["home"]
    lasts, _, rest = said.partition(" would last: no longer bound to it, whoever chose it would keep it; ")
    assert "“Both capitals, the door shut by word”, “Both capitals, the door shut by treaty”" in lasts
    assert rest == "“Toward Moscow only”, “Toward Moscow only, by treaty” and “Toward Pyongyang only” would not."
