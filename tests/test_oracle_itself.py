"""The oracle against published conflicts, counts checked elsewhere, and small cases worked out by hand."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from detente.verification import oracle, random_models

FIVE = ("nash", "gmr", "smr", "seq", "sseq")
Model = dict[str, Any]


def digits(state: Model) -> str:
    """A state of yes/no options as one digit per option."""
    return "".join("01"[value] for value in state.values())


# ------------------------------------------------------------------------------------- published option forms


def matches(decimal: int, pattern: str) -> bool:
    """Whether a state fits a pattern of Y, N and - (first option: lowest bit)."""
    return all(wanted in ("-", "NY"[decimal >> k & 1]) for k, wanted in enumerate(pattern))


def published(owners: list[int], infeasible: list[str], rankings: list[list[Any]], take: tuple[int, ...] = ()) -> Model:
    """A conflict as the literature writes it: decimal states best first, ties as nested lists."""
    options = range(len(owners))
    actors: Model = {}
    for i, ranking in enumerate(rankings):
        own = {f"o{k}": {"change": "take"} if k in take else {} for k in options if owners[k] == i}
        names = [[f"d{d}" for d in tied] if isinstance(tied, list) else f"d{tied}" for tied in ranking]
        actors[f"a{i}"] = {"options": own, "ranking": names}
    feasible = [d for d in range(2 ** len(owners)) if not any(matches(d, pattern) for pattern in infeasible)]
    literals = [[f"{'not ' * (c == 'N')}o{k}" for k, c in enumerate(p) if c != "-"] for p in infeasible]
    return {
        "actors": actors,
        "rules": [{"never": " and ".join(parts)} for parts in literals],
        "states": {f"d{d}": [f"o{k}" for k in options if d >> k & 1] for d in feasible},
        "now": [],
    }


def decimals(states: list[dict[str, Any]] | None) -> list[int]:
    assert states is not None
    return sorted(sum(value << int(key[1:]) for key, value in state.items()) for state in states)


def numbered(owners: list[int], infeasible: list[str], rankings: list[list[Any]]) -> tuple[Model, list[int]]:
    """The same where states carry running numbers from 1 over the feasible ones."""
    feasible = [d for d in range(2 ** len(owners)) if not any(matches(d, pattern) for pattern in infeasible)]
    in_decimals = [
        [[feasible[n - 1] for n in tied] if isinstance(tied, list) else feasible[tied - 1] for tied in ranking]
        for ranking in rankings
    ]
    return published(owners, infeasible, in_decimals), feasible


def by_payoff(payoffs: list[list[int]]) -> list[list[int]]:
    return [sorted(range(len(row)), key=lambda d: -row[d]) for row in payoffs]


@pytest.mark.parametrize(
    ("payoffs", "nash", "seq", "smr", "sim"),
    [
        ([[2, 1, 4, 3], [2, 4, 1, 3]], [0], [0, 3], [0, 3], [0, 3]),  # prisoner's dilemma
        ([[1, 2, 4, 3], [1, 4, 2, 3]], [1, 2], [1, 2], [1, 2, 3], [1, 2, 3]),  # chicken
        ([[2, 1, 3, 4], [2, 3, 1, 4]], [0, 3], [0, 3], [0, 3], [0, 3]),  # stag hunt
    ],
)
def test_two_by_two_games(
    payoffs: list[list[int]], nash: list[int], seq: list[int], smr: list[int], sim: list[int]
) -> None:
    found = oracle.analyse(published([0, 1], [], by_payoff(payoffs)))["equilibria"]
    expected = {"nash": nash, "gmr": smr, "smr": smr, "seq": seq, "sseq": seq, "sim": sim}
    assert {concept: decimals(states) for concept, states in found.items()} == expected


def strict_ordinal_games() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """One game of each of the 78 classes under renaming of strategies and of players."""
    seen: set[tuple[tuple[int, ...], tuple[int, ...]]] = set()
    games = []
    for u, v in itertools.product(itertools.permutations(range(4)), repeat=2):
        if (u, v) not in seen:
            games.append((u, v))
            for flip in range(4):
                a, b = tuple(u[d ^ flip] for d in range(4)), tuple(v[d ^ flip] for d in range(4))
                turned = tuple(b[d] for d in (0, 2, 1, 3)), tuple(a[d] for d in (0, 2, 1, 3))
                seen |= {(a, b), turned}
    return games


def test_number_of_equilibria_of_the_78_games() -> None:
    games = strict_ordinal_games()
    counts: dict[str, Counter[int]] = {concept: Counter() for concept in FIVE}
    for u, v in games:
        game = oracle.build(published([0, 1], [], by_payoff([list(u), list(v)])))
        for concept in FIVE:
            counts[concept][len(oracle.equilibria(game, concept) or ())] += 1
    assert len(games) == 78
    assert {concept: [count[n] for n in range(4)] for concept, count in counts.items()} == {
        "nash": [9, 57, 12, 0],
        "gmr": [0, 26, 42, 10],
        "smr": [4, 42, 29, 3],
        "seq": [0, 50, 28, 0],
        "sseq": [4, 54, 20, 0],
    }


CUBA_RANKINGS = [[4, 6, 5, 7, 2, 1, 3, 0, 11, 9, 10, 8], [0, 4, 6, 2, 5, 1, 7, 3, 11, 9, 10, 8]]
ALL_BUT_3 = [0, 1, 2, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("take", "equilibria", "us", "ussr"),
    [
        (
            (),
            {"nash": [], "gmr": ALL_BUT_3, "smr": ALL_BUT_3, "seq": [4, 6], "sseq": [4, 6]},
            {"nash": [2, 4, 11], "gmr": [*range(8), 11], "smr": [*range(8), 11], "seq": [2, 4, 6, 11]},
            {"nash": [0, 5, 6, 7], "gmr": ALL_BUT_3, "smr": ALL_BUT_3, "seq": [0, 4, 5, 6, 7]},
        ),
        (
            (0,),
            {"nash": [5], "gmr": ALL_BUT_3, "smr": ALL_BUT_3, "seq": [4, 5, 6], "sseq": [4, 5, 6]},
            {
                "nash": [1, 2, 4, 5, 11],
                "gmr": [*range(8), 11],
                "smr": [*range(8), 11],
                "seq": [1, 2, 4, 5, 6, 11],
            },
            {"nash": [0, 5, 6, 7], "gmr": ALL_BUT_3, "smr": ALL_BUT_3, "seq": [0, 4, 5, 6, 7]},
        ),
    ],
    ids=["reversible", "air strike one-way"],
)
def test_cuban_missile_crisis(take: tuple[int, ...], equilibria: Model, us: Model, ussr: Model) -> None:
    found = oracle.analyse(published([0, 0, 1, 1], ["--YY"], CUBA_RANKINGS, take))
    assert found["states"] == 12
    assert {concept: decimals(found["equilibria"][concept]) for concept in FIVE} == equilibria
    for concept in FIVE[:4]:
        stable = found["stability"][concept]
        assert {concept: decimals(stable["a0"]), "ussr": decimals(stable["a1"])} == {
            concept: us[concept],
            "ussr": ussr[concept],
        }


def test_syria_and_iraq_1975() -> None:
    model, feasible = numbered([0, 0, 1], ["YY-"], [[1, 3, 6, 2, 4, 5], [2, 4, 6, 1, 5, 3]])
    found = oracle.analyse(model)

    def numbers(states: Any) -> list[int]:
        return [feasible.index(d) + 1 for d in decimals(states)]

    assert {c: numbers(found["equilibria"][c]) for c in FIVE} == {
        "nash": [6],
        "gmr": [1, 6],
        "smr": [6],
        "seq": [6],
        "sseq": [6],
    }
    assert [{c: numbers(found["stability"][c][actor]) for c in FIVE[:4]} for actor in ("a0", "a1")] == [
        {"nash": [1, 6], "gmr": [1, 3, 6], "smr": [1, 3, 6], "seq": [1, 3, 6]},
        {"nash": [2, 4, 6], "gmr": [1, 2, 4, 5, 6], "smr": [2, 4, 6], "seq": [2, 4, 5, 6]},
    ]


GARRISON_INFEASIBLE = [
    "YY-------",
    "Y-Y------",
    "-YY------",
    "-----YY--",
    "-----Y-Y-",
    "-----Y--Y",
    "------YY-",
    "------Y-Y",
    "-------YY",
    "NNN------",
    "-----NNNN",
    "Y--N-----",
    "--YY-----",
    "Y---NN---",
    "-Y--N--Y-",
    "-Y--N---Y",
    "--Y-N--Y-",
    "--Y-N---Y",
]
GARRISON_RANKINGS: list[list[Any]] = [
    [3, 7, [1, 2], 4, [5, 6], 8, 9, 12, 11, 15, 10, 13, 14, 17, 16, 18, 19, 21, 20, 22, 23],
    [[21, 17, 13, 10, 6, 2], [23, 19], 15, 11, 8, 4, 22, 18, 14, 7, 3, 20, 16, 12, 9, 5, 1],
    [23, [20, 21], 19, [16, 17], 11, [9, 10], 15, [12, 13], 2, 4, 1, 8, [5, 6], 22, 18, 14, 3, 7],
    [list(range(1, 24))],
]


@pytest.mark.parametrize(
    ("sanctions", "general"),
    [
        ("legal", [2, 3, 4, 6, 8, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22]),
        ("one-step", [2, 3, 8, 11, 13, 14, 15, 17, 18, 19, 21, 22]),
    ],
)
def test_garrison_diversion_unit(sanctions: str, general: list[int]) -> None:
    model, feasible = numbered([0, 0, 0, 1, 2, 3, 3, 3, 3], GARRISON_INFEASIBLE, GARRISON_RANKINGS)
    model["now"] = next(iter(model["states"]))
    assert len(feasible) == 23
    found = oracle.analyse(model, sanctions=sanctions)["equilibria"]
    strict = [2, 3, 11, 17, 18, 21, 22]
    assert {c: [feasible.index(d) + 1 for d in decimals(found[c])] for c in FIVE} == {
        "nash": strict,
        "gmr": general,
        "smr": general,
        "seq": strict,
        "sseq": strict,
    }


# ---------------------------------------------------------------------------------------------- Elmira, twice

ELMIRA_RANKINGS = {
    "m": [7, 3, 4, 8, 5, 1, 2, 6, 9],
    "u": [1, 4, 8, 5, 9, 3, 7, 2, 6],
    "l": [7, 3, 5, 1, 8, 6, 4, 2, 9],
}
ELMIRA_ARCS = {
    "m": "12 34 56 78",
    "u": "13 19 24 29 39 49 57 59 68 69 79 89",
    "l": "15 26 37 48 51 62 73 84",
}
ELMIRA_STATES = {f"s{n}": state for n, state in enumerate(itertools.product("-i", ("delay", "accept"), "-m"), 1)}


def elmira_by_hand() -> Model:
    """Nine states with hand-made arcs."""
    return {
        "actors": {a: {"ranking": [f"s{n}" for n in ranking]} for a, ranking in ELMIRA_RANKINGS.items()},
        "graph": {
            "states": [f"s{n}" for n in range(1, 10)],
            "moves": {a: [f"s{arc[0]} > s{arc[1]}" for arc in arcs.split()] for a, arcs in ELMIRA_ARCS.items()},
        },
        "now": "s1",
        "outcomes": {"settled": "s5 or s8"},
    }


def elmira_by_options() -> Model:
    """The same as options, all states in which Uniroyal has left being one."""
    change = ["delay > accept", "delay > abandon", "accept > abandon"]
    names = {
        name: [f"answer = {answer}", *["modify"] * (modify == "m"), *["insist"] * (insist == "i")]
        for name, (insist, answer, modify) in ELMIRA_STATES.items()
    }
    options: Model = {
        "m": {"modify": {"change": "take"}},
        "u": {"answer": {"choices": ["delay", "accept", "abandon"], "change": change}},
        "l": {"insist": {}},
    }
    return {
        "actors": {
            a: {"options": options[a], "ranking": [f"s{n}" for n in ranking]} for a, ranking in ELMIRA_RANKINGS.items()
        },
        "rules": [{"same": "answer = abandon"}],
        "states": {**names, "s9": ["answer = abandon"]},
        "now": "s1",
        "outcomes": {"settled": "s5 or s8"},
    }


def elmira_numbers(game: oracle.Game, states: set[int] | None) -> list[int]:
    """States by their published numbers."""
    assert states is not None
    names = {cell: name for name, cell in game.words.states.items()}
    return sorted(int(names[game.states[state][0]][1:]) for state in states)


@pytest.mark.parametrize("write", [elmira_by_hand, elmira_by_options])
def test_elmira(write: Callable[[], Model]) -> None:
    game = oracle.build(write())
    assert len(game.states) == 9
    assert {a: sum(map(len, moves)) for a, moves in game.moves.items()} == {"m": 4, "u": 12, "l": 8}
    assert {c: elmira_numbers(game, oracle.equilibria(game, c)) for c in FIVE} == {
        "nash": [5, 8, 9],
        "gmr": [1, 4, 5, 8, 9],
        "smr": [1, 4, 5, 8, 9],
        "seq": [5, 8, 9],
        "sseq": [5, 8, 9],
    }
    everything, uniroyal = list(range(1, 10)), [1, 4, 5, 8, 9]
    stable = {(c, a): elmira_numbers(game, oracle.stable_states(game, c, a)) for c in FIVE[:4] for a in "mul"}
    assert stable == {
        **{(c, "m"): everything for c in FIVE[:4]},
        **{(c, "u"): uniroyal for c in FIVE[:4]},
        ("nash", "l"): [5, 6, 7, 8, 9],
        ("gmr", "l"): everything,
        ("smr", "l"): everything,
        ("seq", "l"): [2, 3, 5, 6, 7, 8, 9],
    }
    assert [elmira_numbers(game, set(end)) for end in oracle.ends(game, "myopic") or ()] == [[5]]


def test_elmira_in_json() -> None:
    by_hand, by_options = oracle.analyse(elmira_by_hand()), oracle.analyse(elmira_by_options())
    assert by_hand["equilibria"]["sim"] is None
    assert by_hand["status_quo"]["state"] == "s1"
    assert by_hand["outcomes"]["settled"]["equilibria"] == dict.fromkeys(FIVE, 2) | {"sim": None}
    assert by_hand["ends"]["myopic"] == [[{"state": "s5", "settings": {}}]]
    assert by_options["equilibria"]["nash"] == [
        {"modify": False, "answer": "delay", "insist": True},
        {"state": "s9", "settings": {"modify": False, "answer": "abandon", "insist": False}},
        {"modify": True, "answer": "accept", "insist": True},
    ]
    assert by_options["status_quo"]["improvements"] == {"m": 0, "u": 0, "l": 1}
    assert by_options["outcomes"]["settled"]["myopic"] == "ALL"


# ---------------------------------------------------------------------------------- models computed elsewhere


def proxies() -> Model:
    west = "us_arm or us_nato"
    return {
        "actors": {
            "us": {
                "options": {"us_arm": {}, "us_nato": {}, "us_recog": {}},
                "readings": {
                    "biden24": {
                        "priorities": [
                            *(
                                "us_arm",
                                "us_nato",
                                "not nk_troops",
                                "not ru_link",
                                "not us_recog",
                                "not nk_arms",
                            )
                        ]
                    },
                    "carpenter": {
                        "priorities": [
                            *(
                                "not ru_link",
                                "not nk_troops",
                                "us_recog",
                                "not us_nato",
                                "not us_arm",
                                "not nk_arms",
                            )
                        ]
                    },
                },
            },
            "ru": {
                "options": {"ru_link": {}},
                "readings": {
                    "need": {
                        "priorities": [
                            *("not us_nato", "not us_arm", f"{west} -> nk_arms", f"{west} -> nk_troops"),
                            *("not ru_link", "nk_arms", "nk_troops"),
                        ]
                    },
                    "profit": {"priorities": ["not us_nato", "not us_arm", "nk_arms", "nk_troops", "not ru_link"]},
                    "rule": {
                        "priorities": [
                            "not us_nato",
                            "not us_arm",
                            f"ru_link iff {west}",
                            "nk_arms",
                            "nk_troops",
                        ]
                    },
                },
            },
            "nk": {
                "options": {"nk_arms": {"needs": "ru_link"}, "nk_troops": {"needs": "ru_link"}},
                "readings": {
                    "substitute": {
                        "priorities": [
                            *("us_recog or ru_link", "not nk_troops", "ru_link", "us_recog"),
                            "nk_arms or nk_troops -> ru_link",
                        ]
                    },
                    "additive": {
                        "priorities": [
                            "ru_link",
                            "us_recog",
                            "not nk_troops",
                            "nk_arms or nk_troops -> ru_link",
                        ]
                    },
                },
            },
        },
        "worlds": {
            "a_world": {"ru": "need", "nk": "substitute"},
            "s_world": {"ru": "profit", "nk": "additive"},
        },
        "now": ["us_arm", "us_nato", "ru_link", "nk_arms", "nk_troops"],
        "outcomes": {"decoupled": "not ru_link and not nk_troops", "troops_home": "not nk_troops"},
    }


@pytest.mark.parametrize(
    ("readings", "nash", "seq", "general", "myopic", "foresight"),
    [
        ("biden24 need substitute", "110000", "110000 110101 110110 110111", 9, "110000", "110111"),
        ("biden24 rule substitute", "110100 110110", "110100 110110", 6, "110100 110110", "110100 110110"),
        ("carpenter need substitute", "001000", "001000", 36, "001000", "001000"),
        ("carpenter profit additive", "001000", "001000 001101 001110 001111", 36, "001000", "001111"),
    ],
)
def test_two_proxies(readings: str, nash: str, seq: str, general: int, myopic: str, foresight: str) -> None:
    found = oracle.analyse(proxies(), dict(zip(("us", "ru", "nk"), readings.split(), strict=True)))
    assert [actor["moves"] for actor in found["actors"]] == [448, 64, 136]
    assert found["states"] == 64
    assert [" ".join(map(digits, found["equilibria"][c])) for c in ("nash", "seq")] == [nash, seq]
    assert found["counts"]["gmr"] == found["counts"]["smr"] == general
    ends = {play: " ".join(digits(state) for (state,) in ends) for play, ends in found["ends"].items()}
    assert ends == {"myopic": myopic, "foresight": foresight}


def test_two_proxies_at_the_status_quo() -> None:
    found = oracle.analyse(proxies())
    assert {c: found["status_quo"]["equilibrium"][c] for c in FIVE[:4]} == {
        "nash": False,
        "gmr": True,
        "smr": True,
        "seq": True,
    }
    assert found["status_quo"]["improvements"] == {"us": 0, "ru": 1, "nk": 2}
    assert found["outcomes"]["decoupled"] == {
        "myopic": "ALL",
        "foresight": "NONE",
        "equilibria": found["outcomes"]["decoupled"]["equilibria"],
    }
    assert found["outcomes"]["decoupled"]["equilibria"]["seq"] == 1


def test_worlds_are_bundles_of_readings_the_first_being_the_default() -> None:
    assert oracle.build(proxies()).readings == {"us": "biden24", "ru": "need", "nk": "substitute"}
    chosen = oracle.build(proxies(), {"us": "carpenter"}, world="s_world").readings
    assert chosen == {"us": "carpenter", "ru": "profit", "nk": "additive"}


def patrons() -> Model:
    """A rule of one actor, guards on another's option."""
    goods: Model = {"ru_link": {}, "ru_tech": {}}
    deliveries = {"nk_arms": {"needs": "ru_link"}, "nk_troops": {"needs": "ru_link"}}
    return {
        "actors": {
            "ru": {"options": goods, "priorities": ["nk_arms", "nk_troops", "not ru_tech", "not ru_link"]},
            "nk": {
                "options": deliveries,
                "priorities": [
                    *("cn_guar", "cn_press -> not nk_troops", "ru_tech", "ru_link", "not cn_press"),
                    *("not nk_troops", "not nk_arms"),
                ],
            },
            "cn": {
                "options": {"cn_press": {}, "cn_guar": {}},
                "priorities": [
                    "cn_guar",
                    "not ru_tech",
                    "cn_press iff (nk_troops or ru_tech)",
                    "not nk_troops",
                ],
            },
        },
        "rules": [{"never": "ru_tech and not ru_link"}],
        "now": ["ru_link", "ru_tech", "nk_arms", "nk_troops", "cn_guar"],
        "outcomes": {"home": "not nk_troops", "tech": "ru_tech"},
    }


def test_patrons() -> None:
    found = oracle.analyse(patrons())
    assert (found["states"], [actor["moves"] for actor in found["actors"]]) == (48, [96, 116, 144])
    assert list(map(digits, found["equilibria"]["seq"])) == ["000001", "101001", "111011"]
    assert {c: found["counts"][c] for c in FIVE[:4]} == {"nash": 1, "gmr": 17, "smr": 17, "seq": 3}
    assert [[digits(state) for state in end] for end in found["ends"]["foresight"]] == [
        ["000001"],
        ["111011"],
    ]
    assert found["outcomes"]["home"]["foresight"] == "ALL"
    assert found["outcomes"]["tech"]["foresight"] == "SOME"
    assert found["outcomes"]["tech"]["myopic"] == "NONE"


# --------------------------------------------------------------------------------------------------- formulas

NAMES = ("a", "b", "c")
WORDS = oracle.Words(
    {"a": 0, "b": 1, "c": 2, "k.c": 2, "answer": 3},
    [(False, True)] * 3 + [("yes", "no", "later")],
    {"both": "a and b", "more": "both or c"},
    {"here": (True, False, True, "no")},
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("not a and b", lambda a, b, c: (not a) and b),
        ("a or b and c", lambda a, b, c: a or (b and c)),
        ("(a or b) and c", lambda a, b, c: (a or b) and c),
        ("a and b -> c", lambda a, b, c: not (a and b) or c),
        ("a -> b -> c", lambda a, b, c: not a or (not b or c)),
        ("(a -> b) -> c", lambda a, b, c: not (not a or b) or c),
        ("a if b", lambda a, b, c: a or not b),
        ("a if b or c", lambda a, b, c: a or not (b or c)),
        ("a <-> b -> c", lambda a, b, c: a == (not b or c)),
        ("a iff b or c", lambda a, b, c: a == (b or c)),
        ("a iff b iff c", lambda a, b, c: (a == b) == c),
        ("not not a", lambda a, b, c: a),
        ("exactly 1 of (a, b, not c)", lambda a, b, c: a + b + (not c) == 1),
        ("not at least 2 of (a, b, k.c)", lambda a, b, c: a + b + c < 2),
        ("at most 1 of (a or b, b -> c)", lambda a, b, c: (a or b) + (not b or c) <= 1),
        ("more", lambda a, b, c: (a and b) or c),
        ("not here", lambda a, b, c: (a, b, c) != (True, False, True)),
        ("true -> a", lambda a, b, c: a),
        ("false or not a", lambda a, b, c: not a),
    ],
)
def test_formulas(text: str, meaning: Callable[[bool, bool, bool], bool]) -> None:
    read = WORDS.formula(text)
    for values in itertools.product((False, True), repeat=3):
        assert read((*values, "no")) == meaning(*values), values


def test_choices_in_formulas() -> None:
    truths = {v: (False, False, False, v) for v in ("yes", "no", "later")}
    assert [WORDS.formula("answer = no")(cell) for cell in truths.values()] == [False, True, False]
    assert [WORDS.formula("not answer in {no, later}")(cell) for cell in truths.values()] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("text", ["", "a b", "answer", "nowhere", "a and", "(a", "a = yes", "answer = never", "a & b"])
def test_formulas_without_a_meaning(text: str) -> None:
    with pytest.raises(oracle.OracleError):
        WORDS.formula(text)


def test_outcomes_defined_by_each_other() -> None:
    words = oracle.Words({}, [], {"p": "not q", "q": "p"}, {})
    with pytest.raises(oracle.Cycle):
        words.formula("p")


# ----------------------------------------------------------------------------------------- cases done by hand


def war(**changes: Any) -> Model:
    """Peace brings the troops home by itself."""
    return {
        "actors": {
            "ru": {"options": {"war": {}}, "priorities": ["not war", "troops"]},
            "nk": {"options": {"troops": {}}, "priorities": ["not troops"]},
        },
        "rules": [{"when": "not war", "then": "not troops"}],
        "now": ["war", "troops"],
        **changes,
    }


def moves_of(model: Model) -> dict[str, set[tuple[str, str]]]:
    """Every actor's moves as pairs of digit strings of the representatives."""
    game = oracle.build(model)
    assert game.space is not None

    def name(state: int) -> str:
        assert game.space is not None
        return "".join(str(o.values.index(v)) for o, v in zip(game.space.options, game.states[state][0], strict=True))

    return {a: {(name(s), name(t)) for s, targets in enumerate(by) for t in targets} for a, by in game.moves.items()}


def test_consequences_follow_a_move_and_make_states() -> None:
    assert moves_of(war()) == {
        "ru": {("11", "00"), ("10", "00"), ("00", "10")},
        "nk": {("10", "11"), ("11", "10")},
    }


def test_one_way_limits_bind_the_choice_and_not_the_consequence() -> None:
    model = war()
    model["actors"]["nk"]["options"]["troops"]["change"] = "take"
    assert moves_of(model)["nk"] == {("10", "11")}
    assert ("11", "00") in moves_of(model)["ru"]


def test_a_status_quo_that_does_not_rest_is_settled_first() -> None:
    assert oracle.analyse(war(now=["troops"]))["status_quo"]["settings"] == {"war": False, "troops": False}


def test_consequences_run_in_file_order_until_nothing_changes() -> None:
    model: Model = {
        "actors": {"p": {"options": {"a": {}, "b": {}, "c": {}}}},
        "rules": [{"when": "b", "then": "c"}, {"when": "a", "then": "b and not a"}],
        "now": ["a"],
    }
    assert oracle.analyse(model)["status_quo"]["settings"] == {"a": False, "b": True, "c": True}


@pytest.mark.parametrize(
    "rules",
    [
        [{"when": "war", "then": "not war"}, {"when": "not war", "then": "war"}],
        [{"when": "true", "then": "war"}, {"when": "war", "then": "not war"}],
        [{"when": "war iff troops", "then": "not war"}, {"when": "troops", "then": "war"}],
    ],
)
def test_consequences_that_never_settle(rules: list[dict[str, str]]) -> None:
    with pytest.raises(oracle.Cycle):
        oracle.build(war(rules=rules))


def test_a_move_is_judged_by_where_its_consequences_lead() -> None:
    rules = [{"when": "not war", "then": "not troops"}, {"never": "not war"}]
    assert moves_of(war(rules=rules)) == {"ru": set(), "nk": {("10", "11"), ("11", "10")}}


def test_an_infeasible_status_quo_and_no_feasible_state() -> None:
    with pytest.raises(oracle.Infeasible):
        oracle.build(war(rules=[{"never": "war and troops"}]))
    with pytest.raises(oracle.Infeasible):
        oracle.build(war(rules=[{"never": "true"}]))


def test_guards_and_limits_are_judged_where_the_move_starts() -> None:
    options = {"x": {"needs": "z"}, "y": {"needs": "x"}}
    model: Model = {"actors": {"p": {"options": options}, "q": {"options": {"z": {}}}}, "now": []}
    own = {(s, t) for s, t in moves_of(model)["p"] if s.endswith("1") and t.endswith("1")}
    both_ways = {
        ("101", "111"),
        ("111", "101"),
        ("111", "011"),
        ("111", "001"),
        ("101", "001"),
        ("001", "101"),
    }
    # from 011 x may come on (z holds); y alone may not come on where x is off, nor together with x
    assert own == both_ways | {("011", "001"), ("011", "101"), ("011", "111"), ("101", "011")}
    assert {(s, t) for s, t in moves_of(model)["p"] if s.endswith("0") and t > s} == {("100", "110")}


def test_choices_change_only_along_the_listed_pairs() -> None:
    option = {"choices": ["a", "b", "c"], "change": ["a > b", "b > c"], "needs": {"c": "z"}}
    model: Model = {"actors": {"p": {"options": {"x": option}}, "q": {"options": {"z": {}}}}, "now": []}
    assert moves_of(model)["p"] == {("00", "10"), ("01", "11"), ("11", "21")}


def test_barred_moves() -> None:
    rule = {"barred": "x > not x", "for": "p", "when": "z"}
    model: Model = {
        "actors": {"p": {"options": {"x": {}, "y": {}}}, "q": {"options": {"z": {}}}},
        "rules": [rule],
        "now": [],
    }
    left = {(s, t) for s, t in moves_of(model)["p"] if s[0] > t[0]}
    assert left == {("100", "000"), ("100", "010"), ("110", "000"), ("110", "010")}


def test_fixed_options_keep_their_value_unless_a_consequence_sets_them() -> None:
    model = war(rules=[])
    model["actors"]["nk"]["options"]["troops"]["change"] = "fixed"
    assert moves_of(model) == {"ru": {("01", "11"), ("11", "01")}, "nk": set()}
    assert moves_of({**model, "now": []})["ru"] == {("00", "10"), ("10", "00")}
    model["rules"] = [{"when": "not war", "then": "not troops"}]
    assert moves_of(model) == {"ru": {("11", "00"), ("10", "00"), ("00", "10")}, "nk": set()}


def test_merged_states_have_the_moves_of_all_members() -> None:
    options = {"x": {"change": "take"}, "y": {"change": "take"}}
    model: Model = {
        "actors": {"p": {"options": options}},
        "rules": [{"same": "x iff y", "score": "representative"}],
        "now": [],
    }
    assert moves_of(model)["p"] == {("00", "01"), ("00", "10"), ("01", "00"), ("10", "00")}


def test_overlapping_merges_unite_and_a_named_member_stands_for_all() -> None:
    model = war(rules=[{"same": "war and troops or not war"}, {"same": "troops"}], states={"end": ["troops"]})
    for actor in model["actors"].values():
        actor["priorities"] = []
    game = oracle.build(model)
    assert game.states == [[(False, True), (False, False), (True, True)], [(True, False)]]
    assert oracle.analyse(model)["status_quo"]["state"] == "end"


def test_merged_members_must_score_alike_unless_the_representative_decides() -> None:
    with pytest.raises(oracle.OracleError, match="ru scores"):
        oracle.build(war(rules=[{"same": "war"}]))
    game = oracle.build(war(rules=[{"same": "war", "score": "representative"}]))
    assert game.scores["nk"] == [1, 0, 1]


def test_rankings_rank_every_state_once() -> None:
    model = elmira_by_options()
    ranking = model["actors"]["m"]["ranking"]
    for wrong in (ranking[1:], [*ranking, "s1"]):
        model["actors"]["m"]["ranking"] = wrong
        with pytest.raises(oracle.OracleError):
            oracle.build(model)


def test_priorities_are_exact_beyond_62_statements() -> None:
    many = ["not war", *["war"] * 70]
    assert oracle.build(war(actors={"ru": {"options": {"war": {}, "troops": {}}, "priorities": many}})).scores == {
        "ru": [2**70, 2**70 - 1, 2**70 - 1]
    }


def test_weights_are_exact() -> None:
    weights = [
        {"when": "war", "weight": 0.1},
        {"when": "war", "weight": 0.2},
        {"when": "not war", "weight": 0.3},
    ]
    model = war(rules=[])
    model["actors"]["ru"] = {"options": {"war": {}}, "weights": weights}
    assert len(set(oracle.build(model).scores["ru"])) == 1


def test_simultaneous_sanction_needs_a_feasible_joint_state() -> None:
    model = published([0, 1], [], by_payoff([[2, 1, 4, 3], [2, 4, 1, 3]]))
    assert decimals(oracle.analyse(model)["equilibria"]["sim"]) == [0, 3]
    model = published([0, 1], ["NN"], [[2, 3, 1], [1, 3, 2]])
    model["now"] = "d3"
    assert decimals(oracle.analyse(model)["equilibria"]["sim"]) == [1, 2]


def test_simultaneous_moves_meet_before_consequences() -> None:
    """From off/off each would like to be alone; together the consequence spoils it for both."""
    alone = {"x": ["x and not y", "not z"], "y": ["y and not x", "not z"]}
    model: Model = {
        "actors": {
            "p": {"options": {"x": {}}, "priorities": alone["x"]},
            "q": {"options": {"y": {}}, "priorities": alone["y"]},
            "r": {"options": {"z": {"change": "fixed"}}},
        },
        "rules": [{"when": "x and y", "then": "z and not x and not y"}],
        "now": [],
    }
    found = oracle.analyse(model)
    assert {"x": False, "y": False, "z": False} in found["equilibria"]["sim"]
    assert {"x": False, "y": False, "z": False} not in found["equilibria"]["nash"]


def test_nobody_moves_twice_running() -> None:
    arcs: oracle.Arcs = {"p": [{1}, {2}, set(), set()], "q": [set(), set(), {3}, set()]}
    assert oracle.reach(arcs, ["p", "q"], 0) == {1}
    assert oracle.reach(arcs, ["p", "q"], 1) == {2, 3}


def test_play_may_turn_in_a_circle() -> None:
    model = published([0, 1], [], by_payoff([[1, 2, 2, 1], [2, 1, 1, 2]]))
    model["actors"]["a0"]["ranking"] = [["d1", "d2"], ["d0", "d3"]]
    model["actors"]["a1"]["ranking"] = [["d0", "d3"], ["d1", "d2"]]
    model["outcomes"] = {"first": "o0"}
    found = oracle.analyse(model)
    assert [decimals(end) for end in found["ends"]["myopic"]] == [[0, 1, 2, 3]]
    assert found["outcomes"]["first"]["myopic"] == "SOME"


def test_without_a_status_quo_nothing_is_said_about_play() -> None:
    model = war(outcomes={"peace": "not war"})
    del model["now"]
    found = oracle.analyse(model)
    assert found["ends"] is None
    assert found["status_quo"] is None
    assert found["outcomes"]["peace"]["myopic"] is None


def test_options_with_the_same_name_go_by_their_actor() -> None:
    model: Model = {
        "actors": {a: {"options": {"arm": {}, f"{a}1": {}}} for a in ("p", "q")},
        "now": ["q.arm"],
    }
    settings = oracle.analyse(model)["status_quo"]["settings"]
    assert settings == {"p.arm": False, "p1": False, "q.arm": True, "q1": False}


# ---------------------------------------------------------------------------------------------- random models


@pytest.mark.parametrize("kind", [None, *random_models.KINDS])
@pytest.mark.parametrize("sanctions", ["legal", "one-step"])
def test_the_laws_between_the_concepts(kind: str | None, sanctions: str) -> None:
    for seed in range(3):
        game = oracle.build(random_models.random_model(seed, kind))
        for actor in game.actors:
            nash, gmr, smr, seq, sseq = (oracle.stable_states(game, c, actor, sanctions) or set() for c in FIVE)
            assert nash <= sseq <= smr & seq
            assert smr | seq <= gmr


def test_where_moves_are_transitive_legal_sequences_are_plain_reachability() -> None:
    for seed, kind in itertools.product(range(4), ("plain", "never", "oneway", "weights")):
        game = oracle.build(random_models.random_model(seed, kind))
        transitive = all(by[t] - {s} <= by[s] for by in game.moves.values() for s in range(len(by)) for t in by[s])
        others = game.actors[1:]
        union = [set().union(*(game.moves[a][s] for a in others)) for s in range(len(game.states))]
        plain = [oracle.reached(union, s) for s in range(len(union))]
        legal = [oracle.reach(game.moves, others, s) | {s} for s in range(len(union))]
        assert not transitive or plain == legal


@pytest.mark.parametrize("kind", [None, *random_models.KINDS])
def test_random_models_survive_being_written_as_files(kind: str | None) -> None:
    for seed in range(3):
        model = random_models.random_model(seed, kind)
        assert yaml.safe_load(random_models.to_yaml(model)) == model
        assert random_models.random_model(seed, kind) == model
