"""Exact answers: the questions of the catalogue about very small models, with many of their arguments, and what they refuse."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import detente as dt
from contracts import cleaned
from detente.case import Policy, Query
from detente.errors import DetenteError
from detente.questions.catalogue import QUESTIONS
from exact_claims import HARBOUR
from exact_models import ALLIES, LOCK, PARTING, RACE, RIVALS, of_answer, row_of, study

MODELS = {
    "lock": LOCK,
    "rivals": RIVALS,
    "parting": PARTING,
    "race": RACE,
    "harbour": HARBOUR,
    "allies": ALLIES,
    "row": row_of(3, "{name} or not a1"),
}

Asked = tuple[str, str, tuple[Any, ...], Mapping[str, Any]]


def ask(question: str, model: str, *given: Any, **named: Any) -> Asked:
    return question, model, given, named


def of(goal: str, play: str = "foresight") -> Query:
    return Query(goal, play)


POLICY = (
    ask("levers", "allies", "foe", "parted"),
    ask("levers", "allies", "foe", "calm", "myopic"),
    ask("levers", "allies", ["near", "foe"], "calm", hold="flipped"),
    ask("levers", "allies", "near", "not parted", among=["grain"]),
    ask("levers", "lock", "keeper", "open"),
    ask("levers", "lock", "crew", "full"),
    ask("levers", "harbour", "city", "broken"),
    ask("levers", "rivals", "one", "a"),
    ask("levers", "allies", "foo", "parted"),
    ask("induce", "allies"),
    ask("induce", "allies", "near", then="far"),
    ask("induce", "allies", "foe", rules=["when not grain then peace"], play="myopic"),
    ask("induce", "allies", ["foe", "far"], among=["peace", "ships"]),
    ask("induce", "lock", "crew"),
    ask("induce", "rivals"),
    ask("exchange", "allies", "calm"),
    ask("exchange", "allies", "road and ships", ["near", "far"]),
    ask("exchange", "harbour", "dredge and not fee", ["city", "carrier"]),
    ask("exchange", "lock", "open"),
    ask("third_party", "allies", ["guns > not guns"], ["not guns", "peace"]),
    ask("third_party", "allies", ["peace > not peace", "road > not road"]),
    ask("third_party", "rivals", ["a > c"], ["c"]),
    ask("third_party", "lock", ["gate"]),
    ask("compare", "allies"),
    ask("compare", "allies", ["threat"]),
    ask("compare", "harbour"),
    ask("compare", "lock"),
    ask("levers", "parting", "guide", "high"),
    ask("levers", "race", ["left", "right"], "won"),
    ask("levers", "race", "left", "won", "slow"),
    ask("induce", "race"),
    ask("induce", "race", "left", then="right", most=1),
    ask("third_parties", "harbour", "jugde"),
    ask("levers", "harbour", ["city", "dockers"], "not strike and not fee", "myopic", among=["fee", "strike"]),
    ask("induce", "harbour"),
    ask("induce", "harbour", play="myopic"),
    ask("induce", "harbour/city=open", "carrier", then="city"),
    ask("induce", "harbour", "city", rules=["when strike then not fee", "when pact then fee"]),
    ask("induce", "allies/far=weary,foe=soft", "foe", rules=["when not road then peace"]),
    ask("exchange", "harbour/city=open", "dredge and route = large"),
    ask("exchange", "allies/far=weary,foe=soft", "peace and road"),
)

PARTNERSHIPS = (
    ask("partnership", "allies", "pair"),
    ask("partnership", "allies", "loose"),
    ask("partnership", "allies/near=sly", "pair"),
    ask("partnership", "allies/far=weary", "pair"),
    ask("partnership", "allies/far=weary,foe=soft", "pair"),
    ask("partnership", "harbour/dockers=mild"),
    ask("partnership", "lock"),
    ask("break_matrix", "allies", "pair"),
    ask("break_matrix", "allies", "pair", policies=["offer", "threat"], actors=["near"]),
    ask("break_matrix", "allies", "pair", actors=["far", "near"], every_list=True),
    ask("break_matrix", "allies", "loose", policies=[], actors=["far"]),
    ask("break_matrix", "allies", "pair", most=3),
    ask("break_matrix", "harbour"),
    ask("break_matrix", "lock"),
    *(ask("partnership", f"harbour/{chosen}") for chosen in ("carrier=wary", "city=open", "carrier=wary,dockers=mild")),
    ask("partnership", "allies/far=weary", "pair", policy=Policy(hold={"guns": 0})),
    ask("partnership", "allies/near=sly,far=weary,foe=soft", "pair"),
    ask("break_matrix", "allies/far=weary", "pair", policies={"as it is": Policy(), "calm": Policy(hold={"peace": 1})}),
    ask("break_matrix", "allies", "pair", actors=["foe"]),
    ask("break_matrix", "harbour", policies=["mayor"], actors=["city", "carrier", "dockers"], every_list=True),
)

EVOLUTION = (
    *(ask("paths", "allies", "calm", by=by) for by in ("moves", "improvements", "unsanctioned")),
    ask("paths", "allies", "parted", by="improvements", most=1),
    ask("paths", "allies", "not guns and not grain", without=["foe"]),
    ask("paths", "lock", "open and full", start="shut"),
    ask("paths", "lock", "gate and call"),
    ask("paths", "rivals", "a"),
    ask("paths", "rivals", "b"),
    ask("races", "allies", "parted"),
    ask("races", "allies", play="myopic"),
    ask("races", "parting"),
    ask("races", "parting", "high", play="myopic", most=1),
    ask("races", "row", "begun"),
    ask("races", "rivals"),
    ask("races", "race"),
    ask("races", "race", "won", play="myopic"),
    ask("races", "race", "won", most=1),
    *(
        ask("cycles", model, play=play)
        for model in ("parting", "rivals", "harbour")
        for play in ("myopic", "foresight")
    ),
    ask("cycles", "harbour", play="fast"),
    ask("irreversible", "allies"),
    ask("irreversible", "lock", "gate"),
    ask("irreversible", "lock", "call"),
    ask("irreversible", "parting"),
    ask("irreversible", "rivals"),
    ask("irreversible", "harbour"),
    ask("irreversible", "allies/foe=soft", "guns"),
    ask("irreversible", "harbour", "picket"),
    *(ask("paths", "harbour", "broken", by=by) for by in ("moves", "improvements", "unsanctioned")),
    *(ask("paths", "allies/far=weary,foe=soft", "calm", by=by, most=2) for by in ("improvements", "unsanctioned")),
    ask("races", "harbour/city=open", "pact", play="myopic"),
    ask("races", "harbour/carrier=wary,dockers=mild", "fee"),
    ask("races", "allies/far=weary,foe=soft", "peace"),
    ask("status_quo", "harbour", "unsanctioned", most=2),
    ask("status_quo", "allies/far=weary,foe=soft", "improvements"),
    ask("status_quo", "lock"),
    ask("status_quo", "rivals", "improvements"),
    ask("status_quo", "parting", "improvements", most=3),
    ask("status_quo", "parting", "unsanctioned"),
    ask("status_quo", "row", start="not a1"),
)

EXPLANATION = (
    ask("explain", "allies"),
    ask("explain", "allies", None, ["nash", "gmr", "smr", "sseq", "sim"]),
    ask("explain", "allies", "peace", ["seq"], ["near"]),
    ask("explain", "lock", "shut"),
    ask("explain", "lock", 4, ["nash", "smr"]),
    ask("explain", "lock", 9),
    ask("explain", "rivals", None, ["nash", "seq", "smr", "gmr", "sseq"]),
    ask("explain", "harbour", None, ["nash", "seq"], told=1),
    ask("explain", "parting", None, ["seq", "sim"], budget=2),
    ask("explain_own", "allies", {"near": "nash", "foe": "smr"}),
    ask("explain_own", "rivals", {"one": "gmr"}, "b", default="nash"),
    ask("response_counts", "allies"),
    ask("response_counts", "rivals"),
    ask("response_counts", "lock"),
)

UNCERTAINTY = (
    ask("types", "allies", of("parted")),
    ask("types", "allies", of("calm", "myopic"), ["foe"]),
    ask("types", "lock", Query(concept="nash")),
    ask("types", "rivals", of("a")),
    ask("types", "row", of("begun")),
    ask("types", "allies", of("parted"), most=3),
    ask("pivots", "allies", of("parted")),
    ask("pivots", "lock", Query(concept="seq"), ["keeper"], kinds=["drop", "negate"]),
    ask("pivots", "rivals", of("a", "myopic")),
    ask("threshold", "allies", "near", 1, of("parted")),
    ask("threshold", "allies", "far", "grain", Query(concept="nash")),
    ask("threshold", "lock", "crew", 1, of("open")),
    ask("margin", "allies", of("parted")),
    ask("margin", "allies", of("parted"), 1),
    ask("margin", "lock", Query(concept="nash"), 2),
    ask("margin", "rivals", of("a", "myopic")),
    ask("ends", "parting", "myopic"),
    ask("ends", "parting", tempo={"odd": 2.0}),
    ask("ends", "rivals", "myopic", choice="best"),
    ask("ends", "lock"),
    ask("ends", "allies", "myopic", draws=50, seed=2),
    ask("boxes", "allies", of("parted"), draws=60),
    ask("boxes", "allies", of("parted"), "ALL", {"reading": True}, draws=60, seed=1, most=1),
    ask("collection_plan", "allies", of("parted"), draws=60),
    ask("ensemble", "allies", [of("parted")], draws=60, exact=10),
    ask("ensemble", "lock", [Query(concept="nash"), of("open")], draws=40, exact=0, dispersions=[0.5]),
    ask("observations", "allies", within=1),
    ask("observations", "allies", ["near"], within=2),
    ask("observations", "lock"),
    ask("unknowns", "allies", of("parted"), ["peace"]),
    ask("unknowns", "allies", of("calm"), ["peace", "road"]),
    ask("unknowns_of_list", "allies", "wait", of("parted")),
    ask("unknowns_in_force", "allies", "wait", of("parted")),
    ask("unknowns_in_force", "harbour", "mayor", of("served")),
    ask("unknowns", "lock", of("open")),
)

HISTORY = (
    ask("hindcast", "allies"),
    ask("hindcast", "allies", {"near": ["loyal", "sly"]}, every=True),
    ask("hindcast", "harbour", {"city": ["thrifty"]}),
    ask("hindcast", "lock"),
    ask("update", "allies"),
    ask("update", "allies", error=0.0, over=["near", "foe"]),
    ask("update", "harbour", error=0.3),
    ask("backtest", "allies"),
    ask("backtest", "allies", since="2001-02", error=0.2),
    ask("seal", "allies", "parted", by="2030-01-01", share=0.25, on="2020-01-01"),
    ask("seal", "allies", "calm", by="2030-01-01", words="It will not", says="Peace", on="2020-01-01"),
    ask("seal", "allies", "calm", by="2019-01-01", share=0.5, on="2020-01-01"),
    ask("seal", "allies", "calm", by="soon", share=1.5),
)

OTHERS = (
    ask("coalitions", "allies", ["near", "far"]),
    ask("coalitions", "rivals"),
    ask("coalitions_explained", "rivals", "b"),
    ask("as_one", "allies", [["near", "far"]], wishes={"near": ["grain"]}),
    ask("as_one", "rivals", [["one", "two"]]),
    ask("joint", "allies", "calm"),
    ask("joint_minimal", "allies", "not guns", 2),
    ask("joint", "lock", "open", 1),
    ask("horizons", "rivals", [1, 3]),
    ask("behaviours", "allies", {"near": "nash"}, where="not guns"),
    ask("equilibria", "lock", "nash", statements=["gate"], sample=1),
    ask("effective", "lock"),
    ask("disclosures", "allies", {"near": dt.View(readings={"foe": "soft"})}),
    ask("inverse", "allies", None, "nash", ["near"]),
    ask("inverse", "rivals", "a", "nash"),
    ask("assumptions", "allies", of("parted"), 1),
    ask("package", "allies", "parted"),
    ask("package_of_play", "allies", "parted"),
    ask("package_to_break", "allies", "pair"),
    ask("wedge", "allies", "foe", "pair"),
    ask("credibility", "allies", "offer"),
)

MOST = 3_000
"""Letters of plain data that are kept whole; of longer ones the digest."""


def chosen(name: str) -> Any:
    """A study of a model: `allies/near=sly,far=weary` with readings."""
    model, _, readings = name.partition("/")
    found = study(MODELS[model])
    return found.with_(readings=dict(each.split("=") for each in readings.split(","))) if readings else found


@cache
def _parameters(question: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(QUESTIONS[question].function).parameters


def answers(asked: tuple[Asked, ...]) -> Iterator[tuple[str, str]]:
    for question, model, given, named in asked:
        words = ", ".join([*map(_said, given), *(f"{name}={_said(value)}" for name, value in named.items())])
        try:
            found = QUESTIONS[question].function(chosen(model).case, *given, **named)
            told = f"{of_answer(found, data=False)}\n{_data(found)}"
        except DetenteError as error:
            told = f"! {error}"
        if question == "levers" and not told.startswith("!"):
            told += "\nneeded: " + ", ".join(key for key in found.now if found.is_necessary(key))
        if question == "partnership" and not told.startswith("!"):
            told += "".join(f"\n{', then '.join(map(str, each.answer))}" for each in found.exits if each.answer)
        yield f"{question} of {model}: {words}".rstrip(": "), told


def _said(value: Any) -> str:
    return f"{value.of or value.concept}, {value.play}" if isinstance(value, Query) else repr(value)


def _data(found: Any) -> str:
    told = json.dumps(cleaned(found.to_json()), ensure_ascii=False, separators=(", ", ": "))
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    return told if len(told) <= MOST else f"({len(told)} letters of plain data, {digest})"
