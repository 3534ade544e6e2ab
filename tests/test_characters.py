"""Characters that mislead: named where they stand, refused where they could deceive, kept where people write."""

from __future__ import annotations

import unicodedata

import pytest

from detente.characters import advice, hidden, invisible, meant, refused, stands_for, stray, visible
from detente.errors import FormulaError, InputError, ScenarioError, UnknownName
from detente.formula import parse
from detente.scenario import check, read_text

PLAIN = """detente: 1
title: Two yards
actors:
  ann:
    name: Ann
    options:
      fence: {name: Build a fence}
      tax: {choices: [low, mid, high]}
    priorities: [not gate, fence]
  bob:
    name: Bob
    options: {gate: Open the gate}
    priorities: [gate]
now: [fence]
incentives:
  fee: {by: ann, to: bob, when: gate, worth: 3, cost: 0.5, max: 2, at: 1}
history:
  - {date: 2018-06, by: ann, set: [not fence], says: She takes it down}
"""


def said(old: str = "", new: str = "") -> list[str]:
    """Every problem of the plain model with one passage changed: place, severity, message."""
    assert old in PLAIN
    text = PLAIN.replace(old, new, 1)
    return [f"{found.line}:{found.column} {found.severity}: {found.message}" for found in check(text)]


def test_the_plain_model_has_no_problem_but_that_nobody_looks_at_the_tax() -> None:
    assert [line.partition(": ")[2] for line in said()] == [
        "no aim, rule, guard or outcome looks at 'tax'; it only multiplies the states"
    ]


# --- the table of characters ----------------------------------------------------------------------------------


def test_ordinary_characters_stand_for_nothing_else() -> None:
    assert [code for code in range(128) if stands_for(chr(code)) is not None] == []
    assert stray("Zürich, Ångström, 北京, Киев") is None


def test_what_a_character_stands_for_is_ordinary() -> None:
    for character in map(chr, (*range(0x80, 0x3100), *range(0xFE00, 0x10000), *range(0x1D7CE, 0x1D800))):
        plain = stands_for(character)
        assert plain is None or plain.isascii(), ascii(character)
        if unicodedata.category(character) == "Nd":
            assert plain == str(unicodedata.digit(character)), ascii(character)
        if unicodedata.category(character) == "Zs":
            assert plain == " ", ascii(character)
        if invisible(character):
            assert stray(f"a{character}b") == hidden(f"a{character}b") == 1, ascii(character)
            assert visible(f"a{character}") == "a", ascii(character)


def test_writing_overrides_and_hidden_breaks_are_refused_and_marks_are_not() -> None:
    bad = [*range(0x09), *range(0x0E, 0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029]
    bad += [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]
    assert all(refused(f"a{chr(code)}") is not None for code in bad)
    fine = [0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x061C, 0x202F, 0x3000, 0x1F680]
    assert all(refused(f"a{chr(code)}") is None for code in fine)


def test_a_letter_of_another_alphabet_is_named_only_among_latin_ones() -> None:
    assert advice("ru_\u0430rm") == "U+0430 (cyrillic small letter a) stands in it, a letter of another alphabet"
    assert advice("\u0430\u0431\u0432") == advice("café") == ""
    assert meant("\uff11\u200b2\u3000\u2212") == "12 -"


# --- where they stand in a file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: T", "title\uff1a T", "2:6 error: U+FF1A (fullwidth colon) stands here; write ':'"),
        ("title: T", "title:\u00a0T", "2:7 error: U+00A0 (no-break space) stands here; write a blank"),
        ("title: T", "title\u200b: T", "2:6 error: U+200B (zero width space) stands in this key, invisible; delete it"),
        (
            "title: T",
            "\u200etitle: T",
            "2:1 error: U+200E (left-to-right mark) stands in this key, invisible; delete it",
        ),
        (
            "title: T",
            "title: T\ufeff",
            ("2:9 error: U+FEFF (byte order mark) belongs at the beginning of a file, not inside; delete it"),
        ),
        (
            "title: T",
            "title: T\u202e",
            ("2:9 error: U+202E (right-to-left override) shows a line in another order than it has; delete it"),
        ),
        (
            "title: T",
            "title: T\u2067",
            ("2:9 error: U+2067 (right-to-left isolate) shows a line in another order than it has; delete it"),
        ),
        (
            "title: T",
            "title: T\x85",
            (
                "2:9 error: U+0085 (next line) is a line break that editors do not show; "
                "write an ordinary one, or a blank"
            ),
        ),
        (
            "title: Two yards",
            'title: "\\u202e"',
            ("2:8 error: U+202E (right-to-left override) shows a line in another order than it has; delete its escape"),
        ),
        (
            "title: Two yards",
            "title: \u201cTwo: yards\u201d",
            ("2:8 error: U+201C (left double quotation mark) is no quotation mark of YAML; write '\"'"),
        ),
        (
            "    name: Ann",
            "    \u3000name: Ann",
            ("5:5 error: U+3000 (ideographic space) stands in this key, invisible; write a blank"),
        ),
        (
            "      fence: {",
            "      fence\u200d: {",
            ("7:12 error: U+200D (zero width joiner) stands in this key, invisible; delete it"),
        ),
        ("[not gate", "[not\u00a0gate", "9:21 error: unexpected character U+00A0 (no-break space); write a blank"),
        ("[not gate", "[\u2212gate", "9:18 error: unexpected character U+2212 (minus sign); write '-'"),
        (
            "by: ann, to",
            "by: ann\u200b, to",
            ("16:13 error: unknown actor 'ann\u200b'; U+200B (zero width space) stands in it: delete it"),
        ),
        (
            "worth: 3",
            "worth: \uff13",
            (
                "16:46 error: expected a number such as 3, 0.5, -2 or 1/3; "
                "found '\uff13'; U+FF13 (fullwidth digit three) stands in it: write '3'"
            ),
        ),
        (
            "worth: 3",
            "worth: \u2212" + "3",
            (
                "16:46 error: expected a number such as 3, 0.5, -2 or 1/3; "
                "found '\u22123'; U+2212 (minus sign) stands in it: write '-'"
            ),
        ),
        (
            "max: 2",
            "max: \u0662",
            (
                "16:65 error: expected a whole number; "
                "found '\u0662'; U+0662 (arabic-indic digit two) stands in it: write '2'"
            ),
        ),
        (
            "max: 2",
            "max: " + "9" * 4000,
            (f"16:65 error: expected a smaller number, of at most ten digits; found '{'9' * 59}…'"),
        ),
        (
            "at: 1",
            "at: " + "9" * 4000,
            f"16:72 error: expected a rank such as 3, or a range of ranks such as 3..6; found '{'9' * 59}…'",
        ),
        (
            "2018-06",
            "\u0968\u0966\u0967\u096e-06",
            (
                "18:12 error: expected a date such as 2024, 2024-06 or 2024-06-19; "
                "found '\u0968\u0966\u0967\u096e-06'; U+0968 (devanagari digit two) stands in it: write '2'"
            ),
        ),
        (
            "detente: 1",
            "detente: \uff11",
            (
                "1:10 error: "
                "this file is written in version \uff11 of the format (U+FF11 (fullwidth digit one) stands in it: write '1'); "
                "this program reads version 1"
            ),
        ),
    ],
)
def test_it_is_named_where_it_stands(old: str, new: str, message: str) -> None:
    assert [line for line in said(old, new) if "error" in line] == [message]


def test_marks_of_direction_and_blanks_of_other_scripts_may_stand_in_texts() -> None:
    for text in (
        "\u200eAnn",
        "A\u200bn",
        "\u0639\u0644\u06cc\u200c\u0631",
        "Qui\u00a0?",
        "安\uff1a娜",
        "\u061cAnn",
        "👩\u200d🚀",
    ):
        assert said("name: Ann", f"name: {text}") == said()


def test_a_mark_at_the_beginning_of_a_text_is_none_of_it() -> None:
    assert read_text("\ufeff" + PLAIN).title == "Two yards"


def test_surrogate_pairs_of_json_are_read() -> None:
    scenario = read_text(PLAIN.replace("name: Ann", r'name: "\ud83d\ude80 Ann \uD83D\uDE80 \u00e9"'))
    assert scenario.actor("ann").name == "🚀 Ann 🚀 é"
    assert read_text(PLAIN.replace("name: Ann", r"name: '\ud83d\ude80'")).actor("ann").name == r"\ud83d\ude80"
    assert said("name: Ann", r'name: "\ud83d"') == [
        r"5:14 error: this escape names no character; one above \uffff has two: \ud83d\ude80"
    ]


# --- texts cut off --------------------------------------------------------------------------------------------


def test_a_comment_that_may_be_part_of_the_text_is_warned_of() -> None:
    cut = "a '#' behind a blank begins a comment, so '#9 here' is not part of the text; "
    cut += "quote the text, or put a blank behind the '#'"
    assert said("title: Two yards", "title: Two yards #9 here") == [f"2:18 warning: {cut}", *said()]
    assert said("title: Two yards", "title: 'Two yards' #9 here") == said()
    assert said("title: Two yards", "title: Two yards # so named\n#9") == [
        line.replace("8:", "9:", 1) for line in said()
    ]
    assert said("fence: {name: Build a fence}", "fence: {name: Build fence #9}")[0].endswith(
        "error: a '#' behind a blank begins a comment, which hides what closes this '{'; "
        "quote the text, or put a blank behind the '#'"
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "text"),
    [
        ("Build a fence}", "Build a fence, and a wall}", "7:21", "Build a fence, and a wall"),
        ("Build a fence}", "Build a fence, a wall , and more}", "7:21", "Build a fence, a wall , and more"),
        ("She takes it down", "She takes it down, and leaves", "18:54", "She takes it down, and leaves"),
    ],
)
def test_a_comma_that_splits_a_text_is_said(old: str, new: str, place: str, text: str) -> None:
    message = f'inside [] and {{}} a comma starts a new entry, which splits this text: quote it, "{text}"'
    assert said(old, new) == [f"{place} error: {message}"]


def test_a_comma_in_a_number_is_said() -> None:
    assert said("cost: 0.5", "cost: 0,5") == ["16:55 error: a number has a point, not a comma: write 0.5"]
    assert said("cost: 0.5", 'cost: "0,5"') == [
        "16:55 error: a number has a point, not a comma, such as 0.5; found '0,5'"
    ]


def test_a_text_with_a_comma_and_a_colon_is_said() -> None:
    assert said("She takes it down", "She takes it, and then: down")[0].endswith(
        "; if it belongs to the text before the comma, quote that text"
    )


# --- names ----------------------------------------------------------------------------------------------------


def warned(old: str, new: str) -> list[str]:
    return [line for line in said(old, new) if "nobody looks" not in line and "multiplies" not in line]


def test_equal_and_blank_names_are_warned_of() -> None:
    assert warned("name: Bob", "name: ' ann\u200b'")[0] == (
        "11:11 warning: bob and ann are both called ' ann\u200b'; readers cannot tell them apart"
    )
    assert warned("name: Bob", "name: '\u00a0'")[0] == "11:11 warning: the name of bob is blank: nobody can read it"
    assert warned("title: Two yards", "title: ' '")[0] == "2:8 warning: the title is blank"
    assert warned("tax: {", "tax: {name: build a Fence, ")[0].startswith("8:19 warning: tax and fence are both called")


def test_an_option_may_be_written_as_its_name() -> None:
    assert read_text(PLAIN).option("gate").name == "Open the gate"


# --- comparisons ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "listed"),
    [
        ("tax > low", "mid, high"),
        ("tax >= mid", "mid, high"),
        ("tax < high", "low, mid"),
        ("tax ≤ low", "low"),
        ("tax > high", "…"),
        ("tax > 3", "3, …"),
    ],
)
def test_a_comparison_is_told_which_choices_it_means(formula: str, listed: str) -> None:
    message = f"choices have no order in a formula: list those that count, 'tax in {{{listed}}}'"
    with pytest.raises(FormulaError, match=r".") as caught:
        read_text(PLAIN).formula(f"gate and {formula}")
    assert caught.value.message == message
    assert [line.partition("error: ")[2] for line in said("[not gate", f'["{formula}"')] == [message]


def test_an_arrow_is_still_told_how_to_be_written() -> None:
    for text, told in {
        "a > (b)": "'>'; write '->'",
        "a & b": "'&'; write 'and'",
    }.items():
        with pytest.raises(FormulaError) as caught:
            parse(text)
        assert caught.value.message == f"unexpected character {told}"
    with pytest.raises(FormulaError, match=r"write one '=', then the name of a choice, but found '='"):
        parse("a == b")


# --- states by their digits -----------------------------------------------------------------------------------

DIGITS = """detente: 1
actors:
  a: {options: {x: }, ranking: ["10", s, ["00", "01"]]}
  b: {options: {y: }, priorities: [not x]}
states: {s: "11"}
now: "10"
"""


def test_states_are_given_by_digits_wherever_states_are_listed() -> None:
    scenario = read_text(DIGITS)
    assert scenario.now == {"x": 1, "y": 0}
    assert scenario.states["s"] == {"x": 1, "y": 1}
    assert scenario.actor("a").default_reading.written == [["10"], ["s"], ["00", "01"]]
    assert scenario.states["01"] == {"x": 0, "y": 1}


def test_digits_that_are_no_state_or_come_twice_are_said() -> None:
    def errors(text: str) -> list[str]:
        return [found.message for found in check(text)]

    assert errors(DIGITS.replace('"01"', '"011"')) == ["expected 2 digits, one per option; found 3, '011'"]
    assert errors(DIGITS.replace('"01"', '"21"')) == ["digit 2 in '21' is no choice of x, which has 0 to 1"]
    assert errors(DIGITS.replace('"01"', '"11"')) == ["state 's' is ranked twice"]


def test_names_that_are_not_understood_are_told_of_strange_characters_everywhere() -> None:
    scenario = read_text(PLAIN)
    with pytest.raises(UnknownName, match=r"U\+200B"):
        scenario.actor("ann\u200b")
    with pytest.raises((InputError, ScenarioError), match=r"U\+FF11"):
        scenario.formula("tax = \uff11")
