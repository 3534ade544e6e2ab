"""The safety net of a restructuring: what every command answers, kept as digests.

Runs every command of `detente` with `--json` on every bundled model and on some random ones, and compares the answers
with those of an earlier day. It knows nothing of the package but its command line, so that it works unchanged on both
sides of a restructuring. Where a command refuses, the exit code and the message are the answer.

    python tests/contracts.py record before.json --answers before     # digests, and the answers themselves
    python tests/contracts.py compare before.json --answers before    # which answers differ, and how
    python tests/contracts.py text before_text                        # what people see, for `diff -r`

`--only two_proxies/levers` restricts to keys in which the expression is found, `--jobs 2` uses so many processes. A key
is MODEL/COMMAND.VARIANT; the model `-` stands for what no model is needed for. Commands come from the command line
itself: one that is new is run with what it requires, and `compare` says that its answer is new.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import hashlib
import itertools
import json
import multiprocessing
import os
import random
import re
import shlex
import shutil
import string
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import yaml
from click.testing import CliRunner

from detente.cli import main

Json = Any

RANDOM = 30
"""How many random models."""

SURROUNDINGS = {"COLUMNS": "100", "LINES": "40", "NO_COLOR": "1", "TERM": "dumb", "DETENTE_DEBUG": None}

# --- what is asked ------------------------------------------------------------------------------------------------

# Per command the variants: label to what follows the command and the model. A variant with a field in braces that a
# model has nothing for is left out; `fields` says what there is. The variant `""` comes first and is the plain one, to
# which the variants of SHARED add their words.
PATIENT = "--seconds 600"  # a limit of time that never decides
EXPLAINED = {"explained": "--explain now", "explained-2": "--explain {state}"}
VARIANTS: Mapping[str, Mapping[str, str]] = {
    "analyze": {
        "": "",
        "nash": "--concepts nash",
        "where": "--where {goal} --for {a}",
        "from": "--from {state}",
        "local": "--local",
        "local-from": "--local --from {state} --concepts nash,seq",
        "world": "--world {world}",
    },
    "explain": {
        "": "",
        "nash": "now --concepts nash",
        "four": "now --concepts nash,gmr,smr,seq",
        "state": "{state} --concepts seq",
        "actor": "{state} --concepts gmr --actors {b}",
    },
    "brief": {"": ""},
    "claims": {"": "", "claim": "{claim}", "claim-2": "{claim2}"},
    "compare": {"": "", "one": "--platforms {platform}"},
    "partnership": {"": "", "named": "--partnership {partnership}"},
    "break": {"": "--partnership {partnership}", "unnamed": "", "over": "--over {b}", "every-list": "--every-list"},
    "levers": {
        "": "--by {a} --goal {goal}",
        "b": "--by {b} --goal {goal}",
        "c": "--by {c} --goal {goal}",
        "both": "--by {a},{b} --goal {goal2}",
        "myopic": "--by {a} --goal {goal} --play myopic",
        "flipped": "--by {b} --goal {goal} --flipped",
        "among": "--by {a} --goal 'not ({goal})' --among {option}",
    },
    "induce": {
        "": f"--by {{a}} {PATIENT}",
        "everybody": PATIENT,
        "rule": "--by {a} --among {option} --try 'when {goal} then {switch}'",
        "myopic": "--by {b} --play myopic",
        "then": f"--by {{a}} --then {{b}} --most 20 {PATIENT}",
    },
    "types": {
        "": "",
        "of": "--goal {goal}",
        "myopic": "--goal {goal} --play myopic",
        "nash": "--concept nash",
        "over": "--over {b} --goal {goal} --concept seq",
    },
    "pivots": {
        "": "",
        "of": "--goal {goal}",
        "seq": "--concept seq --actors {a}",
        "myopic": "--goal {goal} --play myopic",
    },
    "threshold": {
        "": "--actor {whose} --statement {statement}",
        "of": "--actor {whose} --statement {statement} --goal {goal}",
        "nash": "--actor {whose} --statement {statement} --concept nash",
    },
    "unknowns": {
        "": "",
        "settings": "--settings {option}",
        "wanting": "--wanting {platform_open}",
        "in-force": "--in-force {platform_open}",
        "of": "--settings {option} --goal {goal}",
        "nash": "--concept nash",
    },
    "joint": {"": "--goal {goal}", "minimal": "--goal {goal2} --minimal", "most": "--goal {switch} --most 2"},
    "paths": {
        "": "--goal {goal}",
        "improvements": "--goal {goal} --steps improvements",
        "unsanctioned": "--goal {goal2} --steps unsanctioned",
        "without": "--goal {goal} --without {a} --most 5",
        "state": "--goal {state}",
    },
    "races": {"": "", "goal": "--goal {goal}", "myopic": "--play myopic"},
    "cycles": {"": "", "foresight": "--play foresight"},
    "boxes": {
        "": "--draws 200",
        "of": "--goal {goal} --doubt reading --doubt order=off --draws 100 --seed 3 --most 1",
    },
    "collect": {"": "--draws 400", "of": "--goal {goal} --doubt reading --doubt order=off --draws 200 --seed 3"},
    "ends": {
        "": "",
        "myopic": "--play myopic --tempo {a}=2 --choice best",
        "lot": "--play myopic --choice 1/2 --draws 400 --seed 7",
    },
    "irreversible": {"": "", "option": "--option {oneway}"},
    "effective": {"": "", "nash": "--concepts nash --play myopic"},
    "equilibria": {
        "": PATIENT,
        "seq": f"--concept seq --where {{goal}} --statement {{goal}} --list 2 --draw 3 --seed 4 --judge nash,gmr {PATIENT}",
        "nodes": f"--nodes 1 {PATIENT}",
    },
    "ensemble": {
        "": f"--draws 200 --exact 50 {PATIENT}",
        "of": f"--goal {{goal}} --draws 200 --exact 0 --dispersions 0.5 --doubt order=0.3 {PATIENT}",
        "doubts": f"--draws 100 --exact 0 --doubt order=off --doubt concept=nash:1,seq:3 --doubt play {PATIENT}",
    },
    "margin": {"": f"--farthest 1 {PATIENT}", "of": f"--goal {{goal}} --farthest 2 {PATIENT}"},
    "assumptions": {"": f"--size 1 {PATIENT}", "of": f"--goal {{goal}} --size 1 {PATIENT}"},
    "observations": {"": PATIENT, "over": f"--over {{b}} {PATIENT}", "near": f"--within 1 {PATIENT}"},
    "evidence": {"": "", "months": "--months 12 --today 2026-06-30", "all": "--all"},
    "diff": {"": "{model}"},
    "merge": {"": "{model} {model} -o merged.yaml --force"},
    "analysts": {"": "", "files": "{model}"},
    "hindcast": {"": "", "all": "--all"},
    "events": {"": "dispatches.tsv", "coded": "dispatches.tsv --coded dispatches.csv"},
    "update": {"": "", "prior": "--prior equal --error 0.2", "events": "dispatches.tsv"},
    "backtest": {"": "", "error": "--error 0.3"},
    "seal": {"": "--when {goal} --by 2099-12-31 --share 0.3 --words unlikely --on 2026-01-01"},
    "score": {"": "seal.json"},
    "alliances": {"": "--states 971,972"},
    "design inverse": {
        "": "",
        "nash": "--concept nash",
        "gmr": "--concept gmr --actors {a}",
        "goal": "--target {goal}",
        "state": "--target {state} --concept smr",
    },
    "design mind": {
        "": f"--goal {{goal}} --most 1 --budget 300 {PATIENT}",
        "myopic": f"--goal {{goal}} --play myopic --expect SOME --actors {{b}} --most 1 --budget 300 {PATIENT}",
        "nash": f"--concept nash --most 1 --budget 200 {PATIENT}",
        "breaks": f"--breaks {{partnership}} --most 1 --budget 200 {PATIENT}",
        "stock": f"--goal {{goal}} --stock '{{b}}: {{switch}}' --most 1 --budget 200 {PATIENT}",
    },
    "design package": {
        "": f"--goal {{goal}} {PATIENT}",
        "highs": f"--goal {{goal}} --concept seq --way highs {PATIENT}",
        "price": f"--goal {{goal2}} --way price {PATIENT}",
        "myopic": f"--goal {{goal}} --play myopic {PATIENT}",
        "breaks": f"--breaks {{partnership}} {PATIENT}",
        "approved": f"--goal {{goal}} --approved-by {{a}} {PATIENT}",
    },
    "design wedge": {
        "": f"--by {{a}} {PATIENT}",
        "named": f"--by {{a}} --partnership {{partnership}} --among {{option}} {PATIENT}",
        "approved": f"--by {{c}} --approved-by {{c}} {PATIENT}",
    },
    "design credibility": {
        "": f"--promise {{switch}} {PATIENT}",
        "platform": f"--promise {{platform}} {PATIENT}",
        "goal": f"--promise {{switch}} --goal {{goal}} --when {{goal}} {PATIENT}",
    },
    "design exchange": {"": "--goal {goal}", "parties": "--goal {goal2} --parties {a},{b}"},
    "coalitions": {
        "": "",
        "members": "--members {a},{b}",
        "explained": "--explain now",
        "explained-2": "--members {a},{b} --explain {state}",
    },
    "as-one": {
        "": "--block {a},{b}",
        "wish": "--block {a},{b} --aim '{a},{b}={goal}'",
        "explained": "--block {a},{b} --explain {state}",
    },
    "behaviours": {
        "": "--concept {a}=nash",
        "gmr": "--concept {b}=gmr --default smr",
        "explained": "--concept {a}=nash --explain {state}",
    },
    "responses": {"": ""},
    "strength": {
        "": "",
        "great": "--great {a}=1",
        "own": "--great {a}=1 --concept {a}=gmr",
        **{key: f"--great {{a}}=1 {words}" for key, words in EXPLAINED.items()},
    },
    "unknown-preference": {
        "": "--unknown '{a}={goal} ? not ({goal})'",
        "plain": "",
        "completions": "--completions",
        "great": "--unknown '{a}={goal} ? not ({goal})' --great {b}=1",
        **{key: f"--unknown '{{a}}={{goal}} ? not ({{goal}})' {words}" for key, words in EXPLAINED.items()},
    },
    "attitudes": {
        "": "--attitude {a}:{b}=+",
        "foe": "--attitude {a}:{b}=- --attitude {b}:{a}=-",
        "strict": "--attitude {a}:{b}=+ --attitude {b}:{a}=0 --strict",
        **{key: f"--attitude {{a}}:{{b}}=- {words}" for key, words in EXPLAINED.items()},
    },
    "probabilistic": {
        "": "",
        "chance": "{chances}",
        "thresholds": "--dispersion {a}=1 --alpha 0.4 --beta {b}=0.6 --gamma 0.3",
        "numbers": "--dispersion {a}=1 --numbers {a}",
        **{key: f"{{chances}} {words}" for key, words in EXPLAINED.items()},
    },
    "fuzzy": {
        "": "",
        "chance": "{chances} --threshold 0.4",
        "dispersion": "--dispersion {a}=1 --threshold {a}=0.2",
        "numbers": "--dispersion {a}=1 --numbers {a}",
        **{key: f"{{chances}} {words}" for key, words in EXPLAINED.items()},
    },
    "status-quo": {
        "": "",
        "improvements": "--by improvements",
        "unsanctioned": "--by unsanctioned --most 5",
    },
    "horizons": {"": "", "two": "--horizon 2"},
    "third-party": {
        "": "",
        "can": "--can '{goal} > {switch_b}'",
        "wants": "--can 'true > {switch_b}' --can 'true > {switch}' --wants {goal}",
    },
    "hypergame": {
        "": "",
        "view": "--view {a}:{believed}",
        "unaware": "--unaware {a}:{option_b}",
        "second": "--unaware {a}:{option_b} --unaware {a}:{b}:{option}",
        "impossible": "--impossible '{a}:{switch_b}' --concepts seq",
    },
    "announce": {
        "": "",
        "each": "--each",
        "named": "--announcement {announcement}",
        "trial": "--to {a} --corrects",
        "public": "--to {a} --by {b} --believes {believed} --public",
    },
    "hierarchy": {"": ""},
    "cite": {
        "": "",
        "questions": "--question levers --question coalitions --question joint",
        "nash": "--concepts nash",
    },
    "report": {"": "", "goal": "--goal {goal2} --without claims", "brief": "--brief", "full": "--full"},
    "kit cards": {
        "": "",
        "open": "--open-aims --actors {a}",
        "believes": "--believes {a}:{believed}",
        "perception": "--perception {perception}",
    },
    "kit umpire": {"": ""},
    "kit handout": {"": "", "answers": "--answers"},
    "kit quiz": {"": "--show", "guesses": "--most 5 --guesses a,b,yes,no,a"},
    "kit log": {"": "", "strict": "--strict"},
    "kit pack": {"": "-o kit --paper A4"},
    "show": {
        "": "",
        "states": "--states",
        "ranking": "--ranking {a} --ranking {b}",
        "moves": "--moves {a}",
        "readings": "--readings",
        "sources": "--sources",
        "limit": "--states --limit 3",
    },
    "check": {"": "", "strict": "--strict"},
    "library": {"": "", "yaml": "--yaml"},
}

SHARED: Mapping[str, tuple[str, str]] = {
    "--countermoves": ("one-step", "--countermoves single"),
    "--reading": ("reading", "--reading {reading}"),
    "--platform": ("under-platform", "--platform {platform}"),
    "--hold": ("held", "--hold {switch}"),
    "--start": ("started", "--start {switch_b}"),
    "--rule": ("ruled", "--rule 'when {goal} then {switch}'"),
}
"""What the plain variant is asked with besides, of every command that has the option."""

FILL: Mapping[str, str] = {
    "--goal": "--goal {goal}",
    "--by": "--by {a}",
    "--actor": "--actor {whose}",
    "--statement": "--statement {statement}",
    "--promise": "--promise {switch}",
    "--block": "--block {a},{b}",
    "--actors": "--actors {a},{b}",
    "--partnership": "--partnership {partnership}",
}
"""How to fill the options that a command without an entry in VARIANTS requires."""

PICTURES = ("states", "stability", "tree", "actors", "pivots", "frontier", "timeline", "path", "types", "break")

THOROUGH = ("two_proxies", "elmira_graph", "r01")
"""The models asked with all of SHARED, and for the other formats (CSV, Markdown, LaTeX, HTML). The others get one of
SHARED per command, in turn; the random and the large ones none, and every third of the variants beside the plain one."""

LARGE = (
    "alliance_pull",
    "axis_and_sanctions",
    "composite",
    "composite_core",
    "composite_strict",
    "conditional_engagement",
    "detente_veto",
    "engagement_and_rights",
    "gatt",
    "hanoi_2019",
    "two_fronts",
    "war_and_partnership",
)
"""Bundled models with about a hundred states and more."""

MODEL_FREE = ("schema", "new", "library")
"""Commands of which the answer for no model at all is asked."""

OTHER = (
    "levers two_proxies --by uz --goal decoupled",
    "levers two_proxies --by us --goal decopled",
    "levers two_proxies --by us",
    "types two_proxies --goal decoupled --reading ru=profti",
    "types two_proxies --goal decoupled --reading ru",
    "types two_proxies --goal decoupled --play myopic --concept nash",
    "joint two_proxies --goal 'ru_link ->'",
    "paths two_proxies --goal nowhere",
    "explain two_proxies --state 'us_arm and'",
    "explain two_proxies 110111",
    "explain two_proxies '#49'",
    "explain two_proxies '#499'",
    "claims two_proxies C99",
    "compare two_proxies --platforms obama",
    "levers two_proxies --by us --goal decoupled --hold us_arms",
    "types two_proxies --goal decoupled --rule 'if a then b'",
    "design package two_proxies --goal decoupled --among nothing",
    "attitudes two_proxies --attitude us=+",
    "pivots two_proxies --goal decoupled --play blind",
    "analyze two_proxies --concepts nesh",
    "analyze two_proxies --countermoves lawful",
    "analyze two_proxys",
    "analyze nothing.yaml",
    "threshold detente_veto --reading us=intimidated --actor us --statement 'not hk_block'",
    "design mind two_proxies --goal decoupled --reading ru=profit --platform carpenter --actors ru --most 1",
    "paths drift_to_war --goal two_wars --steps improvements",
    "races detente_veto --reading hawk=results",
    "cycles alliance_pull --reading rok=progressive",
    "as-one elmira --block ministry,uniroyal",
    "horizons chicken --horizon 1 --horizon 3",
    "hierarchy road=chicken jail=prisoners_dilemma --shared first",
    "hierarchy road=chicken jail=prisoners_dilemma --shared first --weights road=2,jail=1",
    "hierarchy road=chicken hunt=stag_hunt --shared first --order hunt,road --write whole.yaml",
    "picture circles two_proxies",
    "nothing two_proxies",
)
"""Questions of their own, mistakes among them."""

FEW = r"library.*|show|show\.(sources|readings)|check|cite.*|kit-cards|irreversible|analyze\.local"
SOME = rf"{FEW}|(show|status-quo|joint|paths|cycles|hypergame|hierarchy|explain|third-party|horizons|kit-log).*"
MORE = rf"{SOME}|(analyze|levers|compare|partnership|break|behaviours|races|design-package|design-exchange|as-one).*"
LIMITED: Mapping[str, tuple[str, str]] = {
    "composite": (FEW, "26 million states: only what needs no search of them"),
    "composite_strict": (FEW, "15 million states: only what needs no search of them"),
    "composite_core": (FEW, "28,800 states and eleven actors"),
    "gatt": (FEW, "138,240 states"),
    "two_fronts": (SOME, "6,144 states"),
    "war_and_partnership": (MORE, "512 states, five actors"),
    "engagement_and_rights": (MORE, "384 states, five actors"),
}
"""Models of which only the commands that fit are asked, and why."""

EXCLUDED: Mapping[str, str] = {
    r"(axis_and_sanctions|alliance_pull|conditional_engagement)/report": "about a minute; the smaller models have reports",
    r"two_proxies/report\..+": "half a minute each; the plain report is asked",
    r"two_proxies/claims\.(csv|markdown|latex)": "twenty seconds each; `claims.claim` says how claims are judged",
    r"two_proxies/break\.every-list": "a quarter of a minute; `compare` goes through the same orders",
    r"r29/(report.*|compare)": "a platform with very many orders",
    r"axis_and_sanctions/(unknown-preference.*|design-credibility.*)": "seconds each",
    rf"({'|'.join(LARGE)})/(report|design-mind|announce|design-inverse|pivots)\..*": "slow; the plain question is asked",
}
"""Keys that are left out, and why."""


# --- the models ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """A model, by the word that names it on the command line, and what the templates may ask about it."""

    name: str
    source: str
    fields: Mapping[str, str]

    @property
    def brief(self) -> bool:
        """Whether it is asked only some of the questions, because there are many like it or because it is slow."""
        return self.name not in THOROUGH and (self.name != self.source or self.name in LARGE)


@dataclass(frozen=True)
class Ask:
    """One command to run: its words without `--json`, and whether `--json` can be added."""

    key: str
    words: tuple[str, ...]
    json: bool


@dataclass(frozen=True)
class Answer:
    """What came of it: as text with sorted keys, and the time of the processor it took."""

    key: str
    text: str
    seconds: float

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:24]


def run(words: Sequence[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `detente WORDS`."""
    result = CliRunner(env=SURROUNDINGS).invoke(main, list(words), prog_name="detente")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return result.exit_code, result.stdout, f"{result.stderr}{type(result.exception).__name__}: {result.exception}"
    return result.exit_code, result.stdout, result.stderr


def said(*words: str) -> Json:
    """The JSON of a command, or nothing where it refuses."""
    code, out, _ = run((*words, "--json"))
    return json.loads(out) if code == 0 else {}


def models() -> list[Model]:
    """The bundled models and the random ones, which lie in the working folder."""
    bundled = [str(each["name"]) for each in said("library")]
    found = [Model(name, name, fields(name, run(("library", name, "--yaml"))[1])) for name in bundled]
    drawn = sorted(Path().glob("r*.yaml"))
    return found + [Model(path.stem, path.name, fields(path.name, path.read_text(encoding="utf-8"))) for path in drawn]


def fields(source: str, text: str) -> dict[str, str]:
    """What can be named in this model, for the templates."""
    raw, shown, wants = yaml.safe_load(text), said("show", source), said("show", source, "--readings")
    actors = shown.get("actors", [])
    found: dict[str, str] = dict(zip("abcd", (str(each["id"]) for each in actors), strict=False))
    found["model"] = source
    outcomes = list(shown.get("outcomes", ()))
    now = shown.get("now") or {}
    graph = isinstance(now, str)
    for suffix, actor in zip(("", "_b"), [each for each in actors if each["options"]], strict=False):
        option = actor["options"][0]
        found[f"option{suffix}"] = option["id"]
        found[f"switch{suffix}"] = _switched(option, None if graph else now.get(option["id"]))
    oneway = [option["id"] for each in actors for option in each["options"] if option["change"] in ("take", "drop")]
    names = list(raw.get("states") or raw.get("graph", {}).get("states") or ())
    found |= {"state": str(names[-1]) if names else "#2"}
    found |= {"oneway": oneway[0]} if oneway else {}
    if outcomes or "switch" in found:
        goals = outcomes or [found["switch"]]
        found |= {"goal": goals[0], "goal2": goals[-1]}
    elif names:
        found |= {"goal": str(names[0]), "goal2": str(names[-1])}
    found |= _firsts(raw)
    found |= _readings(found, actors, wants if isinstance(wants, dict) else {})
    return found


def _switched(option: Json, now: Json) -> str:
    if option["choices"] != ["off", "on"]:
        return f"{option['id']} = {next(each for each in option['choices'] if each != now)}"
    return f"not {option['id']}" if now else str(option["id"])


def _firsts(raw: Json) -> dict[str, str]:
    """The first entry of the sections that only some models have."""
    found: dict[str, str] = {}
    for key, section in (
        ("partnership", "partnerships"),
        ("platform", "platforms"),
        ("world", "worlds"),
        ("announcement", "announcements"),
        ("perception", "perceptions"),
        ("claim", "claims"),
    ):
        names = list(raw.get(section, ()))
        found |= {key: str(names[0])} if names else {}
        found |= {f"{key}2": str(names[len(names) // 2])} if names else {}
        found |= {f"{key}_open": str(name) for name in names if key == "platform" and raw[section][name].get("unknown")}
    return found


def _readings(found: Mapping[str, str], actors: Json, wants: Json) -> dict[str, str]:
    """Second readings, chances for them, and the first wish there is."""
    wants = wants.get("readings", wants)
    more: dict[str, str] = {}
    for actor in actors:
        kinds = list(actor["readings"])
        if len(kinds) > 1:
            more.setdefault("reading", f"{actor['id']}={kinds[1]}")
            more.setdefault("chances", f"--chance {actor['id']}:{kinds[0]}=0.6 --chance {actor['id']}:{kinds[1]}=0.4")
            if actor["id"] != found.get("a"):
                more.setdefault("believed", f"{actor['id']}={kinds[1]}")
        for kind in kinds[:1]:
            listed = wants.get(actor["id"], {}).get(kind, {}).get("statements", [])
            if len(listed) > 1:
                more.setdefault("whose", actor["id"])
                more.setdefault("statement", listed[1]["want"])
    return more


# --- random models --------------------------------------------------------------------------------------------------


@dataclass
class Maker:
    """Draws one scenario, with some of all sections of the format."""

    rng: random.Random
    owners: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)

    def scenario(self, form: int) -> dict[str, Any]:
        """One scenario: in graph form, with weights, with rankings, or with lists of wishes."""
        actors = ["ash", "bo", "cy", "di"][: self.rng.choice((2, 2, 3, 3, 4))]
        if form == 0:
            return self.graph(actors)
        drawn: dict[str, Any] = {actor: {"name": f"Actor {actor}", "options": {}} for actor in actors}
        for number, actor in enumerate([*actors, *self.rng.choices(actors, k=self.rng.randint(0, 6 - len(actors)))]):
            key = f"{actor}_{string.ascii_lowercase[number]}"
            drawn[actor]["options"][key] = self.option(actor, key)
        for key in self.choices:
            self.now[key] = self.rng.choice(self.values(key))
        for option in [each for actor in drawn.values() for each in actor["options"].values()]:
            if self.chance(0.15) and "choices" not in option:
                option["needs"] = self.formula(1)
        made: dict[str, Any] = {"detente": 1, "title": "A random conflict", "question": "What holds?", "actors": drawn}
        made["rules"] = self.rules(actors)
        made["now"] = [self.setting(key, value) for key, value in self.now.items()]
        made["outcomes"] = {f"goal{number}": self.formula(2) for number in range(1, self.rng.randint(2, 4))}
        for actor in drawn.values():
            if self.chance(0.4):
                actor["readings"] = {name: {"about": name, **self.wants(form)} for name in ("hard", "soft")}
            else:
                actor.update(self.wants(form))
        return {
            key: value for key, value in (made | self.sections(actors, drawn, made["rules"])).items() if value != []
        }

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def option(self, actor: str, key: str) -> dict[str, Any]:
        self.owners[key], self.choices[key] = actor, []
        option: dict[str, Any] = {"name": f"Do {key}"}
        if self.chance(0.15):
            self.choices[key] = option["choices"] = [f"{key}{number}" for number in (1, 2, 3)]
            if self.chance(0.3):
                option["change"] = [f"{key}1 > {key}2", f"{key}2 > {key}3"]
        elif self.chance(0.25):
            option["change"] = self.rng.choice(("take", "drop", "take", "fixed"))
        return option

    def setting(self, key: str, value: Any) -> str:
        return f"{key} = {value}" if self.choices[key] else key if value else f"not {key}"

    def literal(self, among: Sequence[str] = ()) -> str:
        key = self.rng.choice(among or list(self.owners))
        return self.setting(key, self.rng.choice(self.values(key)))

    def values(self, key: str) -> Sequence[Any]:
        return self.choices[key] or (False, True)

    def untrue(self) -> str:
        """Something that does not hold now."""
        key = self.rng.choice(list(self.owners))
        return self.setting(key, self.rng.choice([value for value in self.values(key) if value != self.now[key]]))

    def formula(self, depth: int) -> str:
        if depth == 0 or self.chance(0.3):
            return self.literal()
        if self.chance(0.1):
            return f"exactly 1 of ({self.literal()}, {self.literal()}, {self.literal()})"
        word = self.rng.choice(("and", "or", "and", "or", "->", "<->"))
        return f"({self.formula(depth - 1)}) {word} ({self.formula(depth - 1)})"

    def rules(self, actors: Sequence[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if self.chance(0.5):
            found += [{"never": f"{self.untrue()} and {self.literal()}"} for _ in range(self.rng.randint(1, 2))]
        if self.chance(0.35):
            found.append({"when": f"{self.untrue()} and {self.literal()}", "then": self.literal()})
        if self.chance(0.2):
            actor = self.rng.choice(actors)
            own = [key for key, owner in self.owners.items() if owner == actor]
            found.append({"barred": f"{self.literal()} > {self.literal(own)}", "for": actor})
        if self.chance(0.1):
            found.append({"same": f"{self.untrue()} and {self.literal()}", "score": "representative"})
        return found

    def wants(self, form: int) -> dict[str, Any]:
        number = self.rng.randint(2, 5)
        if form == 1:
            return {"weights": [{"when": self.formula(1), "weight": self.rng.randint(-3, 5)} for _ in range(number)]}
        wishes: list[Any] = [self.formula(self.rng.randint(0, 2)) for _ in range(number)]
        if self.chance(0.3):
            wishes[0] = {"want": wishes[0], "strength": "great"}
        if self.chance(0.2):
            wishes[-1] = {"want": wishes[-1], "unknown": self.rng.choice(("rank", "sign", "presence"))}
        return {"priorities": wishes}

    def sections(self, actors: Sequence[str], drawn: Json, rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Partnerships, platforms, incentives, beliefs, third parties, history, chances."""
        a, b = actors[:2]
        mine, yours = ([key for key, owner in self.owners.items() if owner == actor] for actor in (a, b))
        made: dict[str, Any] = {}
        if self.chance(0.7):
            flows = {"goods": self.literal(mine), "troops": self.literal(yours), "words": self.formula(1)}
            made["partnerships"] = {"bond": {"members": [a, b], "flows": flows, "core": ["goods", "troops"]}}
        if self.chance(0.7):
            reading = {"reading": "soft"} if "readings" in drawn[a] else {}
            made["platforms"] = {
                "firm": {"actor": a, "hold": [self.literal(mine[:1])], **reading},
                "vague": {"actor": a, "unknown": mine[-1:], "orders": self.rng.choice(("", "any"))},
            }
        if self.chance(0.6):
            kind = {"worth": 2} if "weights" in str(drawn[b]) else {"at": 1}
            made["incentives"] = {
                "aid": {"by": a, "to": b, "when": self.formula(1), "cost": self.rng.randint(1, 5), **kind},
                "threat": {"by": a, "to": b, "when": self.literal(yours), "cost": 2, **kind},
            }
        if self.chance(0.5):
            merged = any("same" in rule for rule in rules)
            view: dict[str, Any] = {} if merged else {"unaware_of": yours[:1]}
            view = {"believes": {b: "soft"}} if "readings" in drawn[b] else view
            made["perceptions"] = {"mistaken": {"views": {a: view}}}
            made["announcements"] = {"told": {"by": b, "to": a, "corrects": True}}
        free = [key for key, owner in self.owners.items() if drawn[owner]["options"][key].get("change") != "fixed"]
        if self.chance(0.3) and free:
            made["third_parties"] = {
                "broker": {"can": [f"{self.formula(1)} > {self.literal(free)}"], "wants": ["goal1"]}
            }
        if self.chance(0.4):
            key = self.rng.choice(mine)
            other = next(value for value in self.values(key) if value != self.now[key])
            moves = [(a, self.setting(key, other)), (b, self.literal(yours)), (a, self.setting(key, self.now[key]))]
            made["history"] = [
                {"date": f"20{10 + number}", "by": actor, "set": [setting], "says": f"{actor} moved"}
                for number, (actor, setting) in enumerate(moves)
            ]
        if self.chance(0.4):
            chances = {"chances": {"hard": 0.7, "soft": 0.3}} if "readings" in drawn[a] else {"dispersion": 1}
            made["uncertainty"] = {a: chances}
        return made

    def graph(self, actors: Sequence[str]) -> dict[str, Any]:
        """Hand-made arcs between named states."""
        names = [f"s{number}" for number in range(1, self.rng.choice((3, 5, 8, 12)) + 1)]
        moves: dict[str, list[str]] = {}
        for actor in actors:
            pairs = [self.rng.sample(names, 2) for _ in range(2 * len(names))]
            moves[actor] = list(dict.fromkeys(f"{start} > {end}" for start, end in pairs))
        rankings = {actor: {"ranking": self.rng.sample(names, len(names))} for actor in actors}
        return {
            "detente": 1,
            "title": "A random graph",
            "actors": {actor: {"name": f"Actor {actor}", **ranking} for actor, ranking in rankings.items()},
            "graph": {"states": names, "moves": moves},
            "now": self.rng.choice(names),
            "outcomes": {"goal1": " or ".join(self.rng.sample(names, 2)), "goal2": names[-1]},
        }


def write_models(folder: Path) -> None:
    """The random models, and a log of moves to judge in each."""
    for seed in range(1, RANDOM + 1):
        made = Maker(random.Random(f"contracts {seed}")).scenario(seed % 8)
        text = yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=10_000)
        (folder / f"r{seed:02}.yaml").write_text(text, encoding="utf-8")


EVENTS = Path(__file__).parent / "data" / "events"


def write_log(model: Model) -> None:
    """A log of two moves and a pass, and beside it the tables of events and the seal of the tests' own model."""
    for name in ("dispatches.tsv", "dispatches.csv", "seal.json"):
        shutil.copy(EVENTS / name, name)
    known = model.fields
    moves: list[dict[str, Any]] = [{"turn": 1, "by": known.get("a", "a"), "to": known["state"]}]
    if "switch" in known:
        moves = [{"turn": 1, "by": known["a"], "set": [known["switch"]], "says": "A first step"}]
        moves += [{"turn": 2, "by": known["b"], "set": [known["switch_b"]]}] if "switch_b" in known else []
    moves.append({"by": known.get("b", "b")})
    text = yaml.safe_dump({"title": "A game", "moves": moves}, sort_keys=False)
    Path(f"log_{model.name}.yaml").write_text(text, encoding="utf-8")


# --- the list of questions ------------------------------------------------------------------------------------------


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that is no group, by what is typed after `detente`."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def options(command: click.Command) -> dict[str, click.Option]:
    """The options of a command by each of their names."""
    return {name: each for each in command.params if isinstance(each, click.Option) for name in each.opts}


def questions(known: Sequence[Model]) -> list[Ask]:
    """Everything that is asked, each under a key of its own."""
    found = [Ask(f"-/{_slug(name)}.help", (*name.split(), "--help"), False) for name, _ in commands(main)]
    found.append(Ask("-/help", ("--help",), False))
    plain = {name: "--json" in options(command) for name, command in commands(main)}
    for number, line in enumerate(OTHER, 1):
        words = tuple(shlex.split(line))
        name = next((each for each in plain if words[: len(each.split())] == tuple(each.split())), "")
        found.append(Ask(f"-/other{number:02}-{_slug(name or words[0])}", words, plain.get(name, False)))
    for name, command in commands(main):
        if name in MODEL_FREE:
            found.append(Ask(f"-/{_slug(name)}", tuple(name.split()), "--json" in options(command)))
        if name not in MODEL_FREE[:2]:
            found += [ask for model in known for ask in about(model, name, command)]
    found += [
        Ask(f"{one.name}/hierarchy.with-{two.name}", ("hierarchy", f"x={one.source}", f"y={two.source}", *words), True)
        for one, two in itertools.pairwise(known)
        if one.source != one.name and two.source != two.name
        for words in [("--shared", "ash", *_renames(two, one))]
    ]
    return [ask for ask in found if not excluded(ask.key)]


def _renames(model: Model, other: Model) -> Iterator[str]:
    """What gives the actors of part `y` that part `x` has too names of their own, all but the first."""
    theirs = {other.fields.get(letter) for letter in "bcd"}
    for actor in (model.fields.get(letter) for letter in "bcd"):
        if actor and actor in theirs:
            yield from ("--rename", f"y:{actor}=y_{actor}")


def _slug(text: str) -> str:
    return text.replace(" ", "-")


def about(model: Model, name: str, command: click.Command) -> Iterator[Ask]:
    """What is asked of a command about a model: all its variants, or some."""
    if name == "library" and model.source != model.name:
        return
    for label, line in _lines(model, name, command):
        try:
            words = [word.format_map(model.fields) for word in _split(line, model)]
        except KeyError:
            continue
        asked = (*name.split(), *_arguments(model, command), *words)
        plain = "--json" in options(command) and "--format" not in words and "--numbers" not in words
        yield Ask(f"{model.name}/{_slug(name)}{f'.{label}' if label else ''}", asked, plain)


def _split(line: str, model: Model) -> list[str]:
    """The words of a template; chances are several words in one field."""
    if "{chances}" in line:
        line = line.replace("{chances}", model.fields["chances"])
    return shlex.split(line)


def _arguments(model: Model, command: click.Command) -> list[str]:
    """The model, behind a log of moves where one is judged."""
    names = [each.name for each in command.params if isinstance(each, click.Argument)]
    return [*([f"log_{model.name}.yaml"] if "moves" in names else []), *([model.source] if names else [])]


def _lines(model: Model, name: str, command: click.Command) -> Iterator[tuple[str, str]]:
    """Labels and templates of a command."""
    has = options(command)
    if name == "picture":
        return
    required = dict.fromkeys(max(each.opts, key=len) for each in has.values() if each.required)
    variants = VARIANTS.get(name) or {"": " ".join(FILL.get(each, "") for each in required)}
    first = variants[""]
    for number, (label, line) in enumerate(variants.items()):
        if not label or not model.brief or turn(model.name, name, 3) == number % 3:
            yield label, line
    shared = [(label, words) for option, (label, words) in SHARED.items() if option in has]
    for number, (label, words) in enumerate(shared):
        if model.name in THOROUGH or (turn(model.name, name, len(shared)) == number and not model.brief):
            yield label, f"{first} {words}"
    if model.name in THOROUGH and "--format" in has and isinstance(has["--format"].type, click.Choice):
        for form in has["--format"].type.choices:
            if str(form) not in ("table", "json"):
                yield str(form), f"{first} --format {form}"


def turn(model: str, command: str, number: int) -> int:
    """Which of so many it is for this model and command: always the same, and spread evenly."""
    return zlib.crc32(f"{model} {command}".encode()) % number


def pictures(known: Sequence[Model]) -> list[Ask]:
    """Every picture of every model."""
    if "picture" not in main.commands:
        return []
    found = [
        Ask(f"{model.name}/picture.{kind}", ("picture", kind, model.source), True)
        for model in known
        for kind in PICTURES
    ]
    return [ask for ask in found if not excluded(ask.key)]


def excluded(key: str) -> bool:
    """Whether this is left out, for a reason that LIMITED or EXCLUDED gives."""
    model, _, rest = key.partition("/")
    if model in LIMITED and not re.fullmatch(LIMITED[model][0], rest):
        return True
    return any(re.fullmatch(pattern, key) for pattern in EXCLUDED)


# --- answers --------------------------------------------------------------------------------------------------------

VOLATILE = ("seconds", "version")
"""Keys of JSON documents that say when and by what something was computed, and not what."""

SCRUBBED = (
    (re.compile(r"\b([Dd]etente|[Dd]étente),? \d+(\.\d+)+\S*"), r"\1 VERSION"),
    (re.compile(r"\bPython \d+(\.\d+)+\S*"), "Python VERSION"),
    (re.compile(r"\bnumpy \d+(\.\d+)+\S*"), "numpy VERSION"),
    (re.compile(r"\bin [\d,]+(\.\d+)? (ms|s)\b"), "in TIME"),
)


def scrubbed(text: str) -> str:
    """A text without versions and durations."""
    for pattern, instead in SCRUBBED:
        text = pattern.sub(instead, text)
    return text


def cleaned(value: Json) -> Json:
    """A JSON document without what differs from run to run; numbers to ten digits."""
    if isinstance(value, dict):
        return {scrubbed(key): cleaned(each) for key, each in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [cleaned(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.10g}")
    return scrubbed(value) if isinstance(value, str) else value


def answer(ask: Ask, as_text: bool = False) -> Answer:
    """Run one command in the working folder, and take what it wrote there."""
    before = set(Path().iterdir())
    start = time.process_time()
    code, out, err = run((*ask.words, *(["--json"] if ask.json and not as_text else [])))
    seconds = time.process_time() - start
    files = dict(sorted(_taken(before)))
    if as_text:
        parts = [f"$ detente {shlex.join(ask.words)}\n[exit {code}]\n{out}", *([f"[errors]\n{err}"] if err else [])]
        parts += [f"[file {name}]\n{text}" for name, text in files.items()]
        return Answer(ask.key, scrubbed("\n".join(parts)), seconds)
    document: Json = {"asked": list(ask.words), "exit": code, "out": out.splitlines(), "errors": err.splitlines()}
    if ask.json:
        with contextlib.suppress(ValueError):
            document["out"] = json.loads(out)
    document["files"] = {name: text.splitlines() for name, text in files.items()}
    return Answer(ask.key, json.dumps(cleaned(document), sort_keys=True, indent=1, ensure_ascii=False) + "\n", seconds)


def _taken(before: set[Path]) -> Iterator[tuple[str, str]]:
    """The files that are new in the working folder, which are removed."""
    for path in set(Path().iterdir()) - before:
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file():
                yield file.as_posix(), file.read_text(encoding="utf-8", errors="replace")
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


# --- running --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def workshop() -> Iterator[tuple[Path, list[Model]]]:
    """A folder with the random models and logs, which is the working folder meanwhile."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        write_models(folder)
        os.chdir(folder)
        try:
            known = models()
            for model in known:
                write_log(model)
            yield folder, known
        finally:
            os.chdir(home)


def _settle(folder: str) -> None:
    """Give a process a working folder of its own below the common one."""
    own = Path(folder) / f"process{os.getpid()}"
    own.mkdir()
    for file in Path(folder).glob("*.*"):
        if file.is_file():
            shutil.copy(file, own)
    os.chdir(own)


def answers(asks: Sequence[Ask], folder: Path, jobs: int, as_text: bool) -> Iterator[Answer]:
    """The answers, in no particular order."""
    ask = functools.partial(answer, as_text=as_text)
    if jobs == 1:
        yield from map(ask, asks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _settle, (str(folder),)) as pool:
        for done in as_completed(_submitted(pool, asks, as_text)):
            yield from done.result()


def _submitted(pool: Executor, asks: Sequence[Ask], as_text: bool) -> list[Future[list[Answer]]]:
    """Pieces of the work; the questions about one model stay together."""
    pieces = [asks[start : start + 20] for start in range(0, len(asks), 20)]
    return [pool.submit(_piece, piece, as_text) for piece in pieces]


def _piece(asks: Sequence[Ask], as_text: bool) -> list[Answer]:
    return [answer(ask, as_text) for ask in asks]


def collect(only: str, jobs: int, slowest: int, keep: Path | None = None, as_text: bool = False) -> dict[str, Answer]:
    """Ask everything whose key fits, write each answer into the folder, and tell how long it took."""
    start, found = time.perf_counter(), dict[str, Answer]()
    keep = keep.resolve() if keep else None
    with workshop() as (folder, known):
        asks = [ask for ask in [*questions(known), *pictures(known)] if re.search(only, ask.key)]
        asks.sort(key=lambda ask: ask.key)
        assert len({ask.key for ask in asks}) == len(asks), "two questions have one key"
        for number, each in enumerate(answers(asks, folder, jobs, as_text), 1):
            found[each.key] = each
            if keep:
                write(each, keep, ".txt" if as_text else ".json")
            if number % 500 == 0:
                click.echo(f"{number} of {len(asks)}, {time.perf_counter() - start:.0f} s", err=True)
    slow = sorted(found.values(), key=lambda each: -each.seconds)[:slowest]
    spent = sum(each.seconds for each in found.values())
    told = f"{len(found)} answers in {time.perf_counter() - start:.0f} s, {spent:.0f} s of them computing; the slowest:"
    click.echo(told, err=True)
    for each in slow:
        click.echo(f"  {each.seconds:6.1f} s  {each.key}", err=True)
    return dict(sorted(found.items()))


def write(found: Answer, folder: Path, ending: str) -> None:
    """Write an answer into a folder, under its key."""
    path = folder / f"{found.key}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(found.text, encoding="utf-8")


only_option = click.option("--only", default="", metavar="REGEX", help="Keys in which this is found.")
jobs_option = click.option("--jobs", default=1, show_default=True, help="Processes.")
slowest_option = click.option(
    "--slowest", default=10, show_default=True, help="How many of the slowest answers to name."
)
answers_option = click.option("--answers", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")


@click.group()
def contracts() -> None:
    """Keep, or compare, what every command answers."""


@contracts.command()
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@answers_option
@only_option
@jobs_option
@slowest_option
def record(target: Path, folder: Path | None, only: str, jobs: int, slowest: int) -> None:
    """Write a digest per answer to FILE and, with --answers, the answers themselves."""
    found = collect(only, jobs, slowest, folder)
    target.write_text(json.dumps({key: each.digest for key, each in found.items()}, indent=1) + "\n", encoding="utf-8")


@contracts.command()
@click.argument("source", metavar="FILE", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@answers_option
@only_option
@jobs_option
@slowest_option
def compare(source: Path, folder: Path | None, only: str, jobs: int, slowest: int) -> None:
    """Ask again and tell which answers differ from those of FILE; with --answers, how."""
    before: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    found = collect(only, jobs, slowest)
    expected = {key: digest for key, digest in before.items() if re.search(only, key)}
    differing = [key for key in expected if key in found and found[key].digest != expected[key]]
    for key in differing:
        click.echo(f"differs  {key}")
        if folder:
            click.echo(_difference(folder / f"{key}.json", found[key].text))
    gone, new = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    for word, keys in (("missing", gone), ("new", new)):
        for key in keys:
            click.echo(f"{word:8} {key}")
    click.echo(f"{len(expected)} answers: {len(differing)} differ, {len(gone)} are missing, {len(new)} are new")
    sys.exit(1 if differing or gone else 0)


def _difference(before: Path, now: str) -> str:
    if not before.exists():
        return f"  there is no {before.name}"
    was = before.read_text(encoding="utf-8").splitlines()
    return "\n".join(difflib.unified_diff(was, now.splitlines(), "before", "now", n=1, lineterm=""))


@contracts.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@only_option
@jobs_option
@slowest_option
def text(folder: Path, only: str, jobs: int, slowest: int) -> None:
    """Write what every command prints for people, and the pages and pictures it makes, into DIR."""
    collect(only, jobs, slowest, folder, as_text=True)


if __name__ == "__main__":
    contracts()
