"""Whatever is thrown at the reader, it answers with a scenario or with problems; whatever is edited, the rest stays."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from detente.errors import Problem, ScenarioError
from detente.scenario import check, library, read_text
from detente.scenario.text import yaml_tree as yamltree
from detente.scenario.text.edit import edit, remove, reorder, text_of
from detente.scenario.text.emit import flow, plain
from detente.scenario.text.page import Node, Path

PATIENT = settings(suppress_health_check=list(HealthCheck))

SEEDS = [library.text(name) for name in ("chicken", "elmira", "elmira_graph", "cuba_oneway", "patrons")]
TOKENS = [
    "\n", "  ", "- ", ": ", ",", "[", "]", "{", "}", "'", '"', "|", ">", "#", "&a ", "*a", "!t ", "? ", "---\n", "\t", "~",
    "null", "not ", " and ", " or ", " -> ", "(", ")", " = ", " > ", "at least 2 of (", "in {", "true", "\x00", "\u2028",
    "é", "1e9", "options", "actors:", "detente: 1\n", "now: ", "rules:\n", "<<: ",
]  # fmt: skip


def complaints(text: str) -> tuple[Problem, ...]:
    """The problems for which a text is refused; any other exception is the reader's fault."""
    try:
        read_text(text)
    except ScenarioError as error:
        return error.problems
    return ()


def survives(text: str) -> None:
    """Only problems and scenarios come back, and both ways of asking agree."""
    refused = complaints(text)
    found = check(text if "\n" in text else text + "\n")
    assert bool(refused) == any(problem.severity == "error" for problem in found)
    lines = max(text.count("\n"), len(text.splitlines())) + 2
    assert all(0 <= problem.line <= lines and problem.column >= 0 and problem.message for problem in found)


@PATIENT
@given(st.text())
@example("")
@example("\ufeff")
@example("\ud800")
@example("a: b\u2028c: [d\u0085")
def test_any_text(text: str) -> None:
    survives(text)


@PATIENT
@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_yaml_soup(text: str) -> None:
    survives(text)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A sound file after a few accidents: pieces cut, doubled, swapped, replaced by tokens."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from([*TOKENS, "", text[start:end] * 2, text[end : end + 30]]))
        text = text[:start] + piece + text[end:]
    return text


@PATIENT
@given(damaged())
def test_damaged_files(text: str) -> None:
    survives(text)


KEYS = st.sampled_from([
    "actors", "options", "us", "nk", "us_arm", "talk", "priorities", "readings", "ranking", "weights", "want", "when",
    "then", "never", "same", "barred", "for", "state", "states", "graph", "moves", "now", "outcomes", "expect",
    "equilibria", "nash", "ends", "myopic", "worlds", "source", "sources", "choices", "change", "needs", "claims", "test",
    "history", "date", "set", "by", "relations", "from", "to", "kind", "sign", "platforms", "actor", "hold", "unknown",
    "partnerships", "members", "flows", "core", "incentives", "worth", "cost", "max", "at", "cast", "name", "detente",
    "timeline", "says", "uncertainty", "leaves_out", "weight", "stability", "counts", "bogus",
])  # fmt: skip
LEAVES = st.sampled_from([
    None, "", "1", "us", "nk", "us_arm", "not us_arm", "us_arm and talk", "us.talk", "talk -> us_arm", "us_arm > talk",
    "s1", "s2", "s1 > s2", "a > b", "a", "b", "both", "take", "state = s1", "x in {a, b}", "2018-06", "01", "-1", "1/0",
    "9" * 40, "+", "(" * 300, "not " * 300, "x" * 300, "ALL", "yes", "legal", "high", "computed", "C1",
])  # fmt: skip
DATA = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=40
)
SECTIONS = st.dictionaries(KEYS, DATA, max_size=8)


@PATIENT
@given(SECTIONS, st.booleans())
def test_data_of_about_the_right_shape(sections: dict[str, Any], sound: bool) -> None:
    base: dict[str, Any] = {
        "detente": "1",
        "actors": {
            "us": {"options": {"us_arm": None, "talk": None}, "priorities": ["us_arm"]},
            "nk": {"options": {"x": {"choices": ["a", "b"]}}, "ranking": ["s1", "s2"]},
        },
        "states": {"s1": ["us_arm"], "s2": []},
    }
    survives(text_of({**base, **sections} if sound else sections) if sections else "a: b\n")


# --- attacks --------------------------------------------------------------------------------------------------

BASE = "detente: 1\nactors:\n  us: {options: {a: , b: , c: }, priorities: [a]}\n"
ATTACKS = {
    "deep brackets": "[" * 100_000,
    "deep braces": "{a: " * 100_000,
    "deep dashes": "- " * 100_000,
    "aliases": "a: &a [x, x]\n" + "".join(f"a{n}: &a{n} [*a, *a]\n" for n in range(50)),
    "huge text": BASE + "about: " + "x" * 4_000_000 + "\n",
    "huge key": "x" * 1_000_000 + ": 1\n" + BASE,
    "huge formula": BASE + "outcomes: {x: " + "a and " * 100_000 + "a}\n",
    "huge name": BASE + "outcomes: {x: " + "z" * 19_000 + "}\n",
    "many entries": BASE + "about: [" + "x, " * 300_000 + "x]\n",
    "many unknown keys": BASE + "".join(f"key{n}: x\n" for n in range(5_000)),
    "many unknown names": BASE + "outcomes:\n" + "".join(f"  o{n}: zz{n} or yy{n}\n" for n in range(3_000)),
    "many circles": BASE + "outcomes:\n" + "".join(f"  o{n}: o{n}\n" for n in range(3_000)),
    "one long circle": BASE + "outcomes:\n" + "".join(f"  o{n}: o{(n + 1) % 3000}\n" for n in range(3_000)),
    "doubling outcomes": BASE + "outcomes:\n  o0: a\n" + "".join(f"  o{n + 1}: o{n} or o{n}\n" for n in range(3_000)),
    "open brackets": BASE + "about: [" + "(, " * 50_000 + "(]\n",
    "deep formula": BASE + 'outcomes: {x: "' + "(" * 5_000 + 'a"}\n',
    "deep counts": BASE + 'outcomes: {x: "' + "exactly 1 of (" * 190 + "a" + ")" * 190 + '"}\n',
    "long chains": BASE + 'outcomes: {x: "' + "(" * 20 + "a" + (" <-> b" * 100 + ")") * 20 + '"}\n',
    "huge number": BASE.replace("priorities: [a]", "weights: [{when: a, weight: 1e999999999}]"),
    "many digits": BASE + "expect: [{states: " + "9" * 10_000 + "}]\n",
    "many states": "detente: 1\nactors: {a: {ranking: []}}\ngraph: {states: [" + "s, " * 50_000 + "s]}\n",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_answered_quickly(name: str) -> None:
    start = time.process_time()
    survives(ATTACKS[name])
    assert time.process_time() - start < 6


def test_four_thousand_lines_are_read_in_well_under_a_second() -> None:
    actors = "".join(
        f"  a{n}:\n    options:\n"
        + "".join(f"      o{n}_{k}: {{name: Option {k}, needs: o{n}_0 or o0_1}}\n" for k in range(5))
        + "    priorities:\n"
        + "".join(f"      - {{want: o{n}_{k % 5} and not o0_{k % 5}, source: s, where: page {k}}}\n" for k in range(92))
        for n in range(40)
    )
    text = f"detente: 1\nsources: {{s: A source}}\nactors:\n{actors}"
    assert text.count("\n") >= 4_000
    start = time.process_time()
    read_text(text)
    assert time.process_time() - start < 2  # about 0.3 s on an idle core


# --- places ---------------------------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["alpha", "b", "not", "(x)", "->", "it's", 'say "x"', "é☃"]), min_size=1, max_size=12)


@PATIENT
@given(WORDS, st.sampled_from(["plain", "single", "double", "literal", "folded"]), st.integers(10, 40))
def test_every_character_of_a_text_is_found_in_the_file(words: list[str], style: str, width: int) -> None:
    kinds: dict[str, str | None] = {"plain": None, "single": "'", "double": '"', "literal": "|", "folded": ">"}
    value = " ".join(words)
    node = yaml.ScalarNode("tag:yaml.org,2002:str", value, style=kinds[style])
    key = yaml.ScalarNode("tag:yaml.org,2002:str", "key")
    text = yaml.serialize(yaml.MappingNode("tag:yaml.org,2002:map", [(key, node)]), width=width, allow_unicode=True)
    page = yamltree.read(text)
    read = page.node(("key",)).value
    assert isinstance(read, str)
    assert read.strip() == value
    for position, character in enumerate(read):
        found = text[page.within(("key",), position)]
        assert found in (character, "\\") or character.isspace()


# --- edits ----------------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.sampled_from(
        ["x", "a, b", "- x", "a: b", "#x", "x #y", "'q'", '"', "two\nlines", "é—☃😀\u200b", "true", "", None, 12]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "l m", "n: o"]), inner, max_size=3)
    ),
    max_leaves=8,
)
ODD = (
    "a:\n- x\n-   - y\n    - z\n- k: v # c\n  # above l\n  l: |\n    foo\n    bar\n\n  m: >-\n    x\n    y\n# tail\n"
    "b: {c: d, 'e': [1,\n  2], }\n'f g' : \"x\"\n? h\n: i\nj:\n  - p\n# mid\n\n  - q\nz: 1"
)
EDITED = [*SEEDS[:4], ODD, ODD.replace("\n", "\r\n")]


def paths(node: Node, path: Path = ()) -> Iterator[Path]:
    """Every path in a tree but the empty one."""
    children: list[tuple[str | int, Node]] = []
    if isinstance(node.value, dict):
        children = list(node.value.items())
    elif isinstance(node.value, list):
        children = list(enumerate(node.value))
    for part, child in children:
        yield (*path, part)
        yield from paths(child, (*path, part))


@PATIENT
@given(st.sampled_from(EDITED), st.randoms(use_true_random=False), VALUES)
def test_an_edit_says_what_it_should_and_touches_nothing_else(text: str, chance: random.Random, value: Any) -> None:
    root = yamltree.read(text).root
    path = chance.choice(list(paths(root)))
    new = edit(text, path, value)
    expected = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - builds nothing but texts, lists and mappings
    here = expected
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = yaml.load(flow(plain(value)), yaml.BaseLoader) if value is not None else ""  # noqa: S506
    found = yaml.load(new, yaml.BaseLoader)  # noqa: S506
    assert found == expected or str(found).replace("''", "'null'") == str(expected).replace("''", "'null'")
    first = text[: text.rfind("\n", 0, yamltree.read(text).at_key(path[:1])) + 1]
    assert new.startswith(first)


@PATIENT
@given(st.sampled_from(EDITED[:-2]), st.randoms(use_true_random=False))
def test_removing_and_reordering(text: str, chance: random.Random) -> None:
    root = yamltree.read(text).root
    path = chance.choice(list(paths(root)))
    gone = yamltree.read(remove(text, path)).root
    assert len(list(paths(gone))) < len(list(paths(root)))
    page = yamltree.read(text)
    lists = [each for each in paths(root) if isinstance(page.node(each).value, list)]
    if lists:
        path = chance.choice(lists)
        size = len(page.node(path).value or ())
        order = chance.sample(range(size), size)
        back = sorted(range(size), key=order.__getitem__)
        assert reorder(reorder(text, path, order), path, back) == text


@PATIENT
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"]), min_size=1),
        VALUES,
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    assert yamltree.read(text_of(data)).root.plain() == plain(data)
