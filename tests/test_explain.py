"""Witnesses that an independent checker accepts, explanations people can read, and of what kind counter-moves are."""

from __future__ import annotations

import copy
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from detente.case import Case, Policy
from detente.engine.concepts import CONCEPTS
from detente.errors import InputError, TooLarge, Unanswerable, UnknownName
from detente.questions.coalitions.coalitions import coalitions_explained
from detente.questions.explanation import Witnesses, find, responses, witness
from detente.questions.explanation.explain import explain
from detente.questions.explanation.responses import response_counts
from detente.scenario import library, load, read_text
from detente.verification.random_models import KINDS, random_model, to_yaml
from kinds_oracle import Kinds
from lengths import blocks, seeds
from witness_checker import Checker, check

pytestmark = pytest.mark.first_analysis

RULES = ("legal", "one-step")
NINE = (
    "two_proxies",
    "ukraine_agency",
    "detente_veto",
    "hanoi_2019",
    "patrons",
    "axis_and_sanctions",
    "alliance_pull",
    "conditional_engagement",
    "drift_to_war",
)
SMALL = ("prisoners_dilemma", "chicken", "stag_hunt", "cuba", "elmira", "elmira_graph", "garrison", "drift_to_war")


# --- the checker accepts every witness ------------------------------------------------------------------------


def finder_of(model: dict[str, Any], sanctions: str) -> Witnesses:
    return Witnesses(Case(read_text(to_yaml(model), name="random"), sanctions=sanctions))


def concepts_of(finder: Witnesses) -> list[str]:
    return [concept for concept in CONCEPTS if concept != "sim" or not finder.conflict.graph]


def assert_right(model: Any, finder: Witnesses, most: int = 0) -> int:
    """Every witness of the model passes, or of about `most` states spread over it; returns how many there were."""
    checker, done = Checker(model, finder.case.chosen, finder.sanctions), 0
    cells = finder.conflict.states[:: -(-finder.conflict.count // most) if most else 1].tolist()
    for cell, actor, concept in itertools.product(cells, finder.case.actors, concepts_of(finder)):
        faults = checker.check(finder.find(cell, actor, concept).to_json())
        assert not faults, (finder.conflict.state_names.get(cell, cell), actor, concept, faults)
        done += 1
    return done


def small_models(seeds: range, kind: str | None, most: int = 16) -> Iterator[tuple[dict[str, Any], Witnesses]]:
    """Random models with at most so many states, sanction rules in turn."""
    for seed in seeds:
        model = random_model(seed, kind)
        finder = finder_of(model, RULES[seed % 2])
        if finder.conflict.count <= most:
            yield model, finder


@seeds(2, 6, "block")
def test_random_models(block: int) -> None:
    """All features mixed, options and graphs."""
    done = [assert_right(model, finder) for model, finder in small_models(range(100 * block, 100 * block + 24), None)]
    assert len(done) >= 8
    assert all(done)


@pytest.mark.parametrize("kind", KINDS)
def test_each_family(kind: str) -> None:
    for model, finder in small_models(range(4), kind, 32):
        assert_right(model, finder)


@pytest.mark.parametrize("kind", ["plain", "oneway", "ties", "fixed"])
def test_confined_searches(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way taken in large models, forced on small ones: only the options that matter are searched."""
    monkeypatch.setattr(find, "WHOLE", -1)
    confined = False
    for model, finder in small_models(range(4), kind, 32):
        assert_right(model, finder)
        first = int(finder.conflict.states[0])
        pairs = itertools.product(finder.case.actors, CONCEPTS)
        confined |= any(finder.find(first, actor, concept).options is not None for actor, concept in pairs)
    assert confined


class _Plain(yaml.SafeLoader):
    """Every plain scalar as text, as scenario files are read."""


def _as_written(loader: _Plain, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


for _kind in ("bool", "int", "float", "timestamp"):
    _Plain.add_constructor(f"tag:yaml.org,2002:{_kind}", _as_written)


def plain_model(name: str) -> Any:
    return yaml.load(library.text(name), _Plain)  # noqa: S506 (a safe loader)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", SMALL)
def test_bundled_models(name: str, rule: str) -> None:
    assert_right(plain_model(name), Witnesses(Case(load(name), sanctions=rule)))


@pytest.mark.parametrize("name", NINE)
def test_status_quo_of_the_nine(name: str) -> None:
    """As JSON that has been written and read."""
    case = Case(load(name))
    finder, checker = Witnesses(case), Checker(plain_model(name), case.chosen, "legal")
    assert finder.conflict.now is not None
    for actor, concept in itertools.product(case.actors, CONCEPTS):
        assert not checker.check(json.loads(json.dumps(finder.find(finder.conflict.now, actor, concept).to_json())))


@blocks(2, 38)
def test_random_models_at_length(block: int) -> None:
    """In the long run sixteen states a model: to search all sequences from each of 128 states takes ten minutes."""
    for seed in range(1000 + 25 * block, 1025 + 25 * block):
        model = random_model(seed, None if seed % 3 else KINDS[(seed // 3) % len(KINDS)])
        for rule in RULES:
            assert_right(model, finder_of(model, rule), 16 if block < 2 else 0)


@pytest.mark.soak  # the checker searches all sequences from hundreds of states: minutes a model
@pytest.mark.parametrize("name", NINE)
def test_every_state_of_the_nine(name: str) -> None:
    for rule in RULES:
        assert_right(plain_model(name), Witnesses(Case(load(name), sanctions=rule)))


def test_verdicts_are_those_of_the_engine() -> None:
    for name in ("two_proxies", "patrons", "elmira"):
        case = Case(load(name))
        finder, analysis = Witnesses(case), case.analyse(list(CONCEPTS))
        for cell, actor, concept in itertools.product(finder.conflict.states.tolist(), case.actors, CONCEPTS):
            assert finder.find(cell, actor, concept).stable is analysis.is_stable(concept, actor, cell)


# --- the checker refuses what is wrong ------------------------------------------------------------------------


def deformed(good: dict[str, Any]) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """The same witness with one thing wrong, in every way that applies; made when it is asked for."""
    yield from one_wrong(good, "verdict", lambda w: w.update(stable=not w["stable"]))
    yield from one_wrong(good, "sanctions", lambda w: w.update(sanctions="none"))
    for place, each in enumerate(good["improvements"]):
        yield from one_wrong(good, "incomplete", lambda w, p=place: w["improvements"].pop(p))
        yield from one_wrong(
            good, "double", lambda w, p=place: w["improvements"].append(copy.deepcopy(w["improvements"][p]))
        )
        for name, change in wrong_improvements(each):
            yield from one_wrong(good, name, lambda w, p=place, c=change: c(w["improvements"][p]))


def one_wrong(good: dict[str, Any], name: str, change: Any) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    def make() -> dict[str, Any]:
        bad: dict[str, Any] = json.loads(json.dumps(good))
        change(bad)
        return bad

    yield name, make


def wrong_improvements(each: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "deterred", lambda e: e.update(deterred=not e["deterred"])
    yield "no gain", lambda e: e["move"].update(improvement=False)
    yield "wrong reason", lambda e: e["move"]["reason"].update(verdict="worse")
    yield "other changes", lambda e: e["move"]["changes"].update(nothing=True)
    if each["answer"]:
        yield "no answer", lambda e: e.update(answer=[])
        yield "longer answer", lambda e: e["answer"].append(copy.deepcopy(e["answer"][-1]))
        yield "wrong mover", lambda e: e["answer"][0].update(actor=e["move"]["actor"])
        yield "wrong credit", lambda e: e["answer"][0].update(improvement=not e["answer"][0]["improvement"])
        yield "wrong cost", lambda e: e["cost"].update(verdict="better")
        yield "astray", lambda e: e["answer"][-1].update(state=e["move"]["state"])
        yield "step", lambda e: e["answer"][0].update(kind={"anyway": "response"}.get(e["answer"][0]["kind"], "anyway"))
        yield "kind", lambda e: e.update(kind={"empty": "real"}.get(e["kind"], "empty"))
        if each["escapes"]:
            yield "hidden escape", lambda e: e["escapes"].pop()
    if each["reply"]:
        yield "hidden reply", lambda e: e.update(reply=[])
        yield "short reply", lambda e: e["reply"].pop()
    if each["collision"]:
        yield "no collision", lambda e: e.update(collision=None, deterred=False)
        yield "other joint", lambda e: e["collision"].update(joint=e["move"]["state"])
    if each["short"] and each["short"]["steps"]:
        yield "not the worst", lambda e: e.update(short={**e["short"], "steps": [], "escape": None})
    for statement in each["move"]["reason"]["statements"]:
        yield "other statement", lambda e, r=statement["rank"]: e["move"]["reason"]["statements"][0].update(rank=r + 1)
        yield "other text", lambda e: e["move"]["reason"]["statements"][0].update(says="true or false")
    if each["move"]["reason"]["places"]:
        yield "other places", lambda e: e["move"]["reason"].update(places=[1, 1])


def test_the_checker_refuses() -> None:
    """Whatever is changed in a witness, the checker notices; and every kind of change has been tried."""
    tried: Counter[str] = Counter()
    for seed in range(18):
        model = random_model(seed, ("plain", "same", "ranking", "graph", "weights", None)[seed % 6])
        finder = finder_of(model, RULES[seed % 2])
        checker = Checker(model, finder.case.chosen, finder.sanctions)
        states = finder.conflict.states.tolist()[:: 1 + finder.conflict.count // 6]
        for cell, actor, concept in itertools.product(states, finder.case.actors, concepts_of(finder)):
            for name, make in deformed(finder.find(cell, actor, concept).to_json()):
                if tried[name] < 30:
                    assert checker.check(make()), (seed, name, make())
                    tried[name] += 1
    kinds = {
        "verdict",
        "incomplete",
        "double",
        "deterred",
        "astray",
        "step",
        "kind",
        "longer answer",
        "wrong mover",
    }
    rare = {"hidden escape", "no collision", "other joint", "not the worst", "other places"}
    assert kinds | rare <= set(tried)


def test_the_checker_refuses_what_is_no_witness() -> None:
    model = random_model(1, "plain")
    good = finder_of(model, "legal").find(0, "ash", "seq").to_json()
    assert not check(model, {}, good, "legal")
    assert check(model, {}, good, "one-step") == ["another sanction rule"]
    assert "not a witness" in check(model, {}, {**good, "state": {"nothing": True}}, "legal")[0]
    assert "not a witness" in check(model, {}, {"actor": "ash"}, "legal")[0]


# --- findings about the bundled conflicts -------------------------------------------------------------------


def answer(case: Case, actor: str, concept: str = "seq") -> list[tuple[str, dict[str, Any]]]:
    found = witness(case, None, actor, concept).improvements[0]
    return [(step.actor, dict(step.changes)) for step in found.answer]


@pytest.mark.first_analysis
def test_mutual_hostages() -> None:
    """Moscow and Pyongyang hold each other back: each would be released by the other's exit."""
    case = Case(load("two_proxies"))
    assert answer(case, "ru") == [("nk", {"nk_troops": False})]
    assert answer(case, "nk") == [("ru", {"ru_link": False})]
    (exit_,) = witness(case, None, "ru", "seq").improvements
    assert (exit_.kind, [step.kind for step in exit_.answer]) == ("real", ["released"])
    assert {(each.actor, each.pleases) for each in exit_.mutual} == {("nk", ())}
    doubtful, real = witness(case, None, "nk", "seq").improvements
    assert (doubtful.kind, [step.kind for step in doubtful.answer], doubtful.mutual) == ("doubtful", ["doubtful"], ())
    assert (real.kind, [step.kind for step in real.answer]) == ("real", ["released"])


# --- kinds of answers -----------------------------------------------------------------------------------------


def tiny_model(**wants: list[str]) -> dict[str, Any]:
    """Actors with one option each, all off: `i=["x", "not z", "x"]`, the option first, then what the actor wants."""
    actors = {
        actor: {"options": {option: option.upper()}, "priorities": wishes} for actor, (option, *wishes) in wants.items()
    }
    return {"detente": 1, "title": "Tiny", "actors": actors, "now": []}


def tiny(**wants: list[str]) -> Case:
    return Case(read_text(yaml.safe_dump(tiny_model(**wants), sort_keys=False), name="tiny"))


def only(case: Case, actor: str, concept: str = "seq") -> Any:
    (each,) = witness(case, None, actor, concept).improvements
    return each


@pytest.mark.parametrize("concept", ["seq", "sseq"])
def test_a_response(concept: str) -> None:
    """The other has no reason to move before, and one after."""
    each = only(tiny(a=["x", "not y", "x"], b=["y", "not (x and not y)", "not y"]), "a", concept)
    assert (each.kind, [step.kind for step in each.answer], each.still, each.mutual) == ("real", ["response"], None, ())


def test_the_prisoners_are_released_by_each_other() -> None:
    case = Case(load("prisoners_dilemma"))
    for actor, other in (("first", "second"), ("second", "first")):
        each = only(case, actor)
        assert (each.kind, [step.kind for step in each.answer]) == ("real", ["released"])
        assert [(m.actor, dict(m.changes), m.joint.text, m.pleases) for m in each.mutual] == [
            (other, {f"{other}_silent": False}, "dd", ())
        ]


def test_a_doubtful_answer() -> None:
    """J would gain before as after, and k deters it before as after."""
    case = tiny(i=["x", "not y", "x"], j=["y", "not z", "y"], k=["z", "z <-> y"])
    each = only(case, "i")
    assert (each.kind, [step.kind for step in each.answer], each.still) == ("doubtful", ["doubtful"], None)
    text = " ".join(str(explain(case)).split())
    told = "j would gain by the same already now, but something deters it, before the move as after it."
    assert f"This counter-move is doubtful: {told}" in text


def test_what_comes_anyway_may_lead_to_a_response() -> None:
    case = tiny(i=["x", "not z", "x"], j=["y", "y"], k=["z", "z <-> (x and y)"])
    each = only(case, "i")
    assert (each.kind, [step.kind for step in each.answer]) == ("real", ["anyway", "response"])
    assert "Part of this comes anyway: j would gain by the same already now, and nothing deters it." in " ".join(
        str(explain(case)).split()
    )


@pytest.mark.parametrize(
    ("wants", "still", "told"),
    [
        (["not (x and y)", "not y", "x"], False, "the improvement of a no longer pays: it is right to wait."),
        (["not y", "x"], True, "the improvement of a still pays."),
    ],
)
def test_an_empty_answer(wants: list[str], still: bool, told: str) -> None:
    """One moves by itself, so today does not last; whether a's improvement pays afterwards is another matter."""
    case = tiny(a=["x", *wants], b=["y", "y"])
    each = only(case, "a")
    assert (each.kind, [step.kind for step in each.answer], each.still) == ("empty", ["anyway"], still)
    found = explain(case)
    assert not found.holds("seq")
    text = " ".join(str(found).split())
    assert "This counter-move is empty: b would gain by the same already now, and nothing deters it." in text
    assert f"So b will move by itself, and this state does not last. Once that has come, {told}" in text


@pytest.mark.parametrize("name", ["chicken", "stag_hunt"])
def test_where_there_are_no_answers(name: str) -> None:
    found = Witnesses(Case(load(name)))
    for cell, actor in itertools.product(found.conflict.states.tolist(), found.case.actors):
        assert not any(each.answer for each in found.find(cell, actor, "seq").improvements)


@pytest.mark.parametrize("kind", ["plain", "guards", "oneway", "consequences", "same", "choices"])
def test_kinds_of_answers_by_brute_force(kind: str) -> None:
    """Best kind, and who is deterred mutually, for every improvement of many small models; and the theorem.

    At an equilibrium of the concept no step comes anyway.
    """
    met: Counter[str | None] = Counter()
    for seed in range(50):
        model = random_model(seed, kind)
        finder = finder_of(model, RULES[seed % 5 == 0])
        if finder.conflict.count > 24:
            continue
        checker = Checker(model, finder.case.chosen, finder.sanctions)
        for concept, cell in itertools.product(("seq", "sseq"), finder.conflict.states.tolist()):
            found = [finder.find(cell, actor, concept) for actor in finder.case.actors]
            rest = all(each.stable for each in found)
            for one in found:
                faults = checker.check(one.to_json())
                assert not faults, (seed, faults)
                for each in one.improvements:
                    met[each.kind] += bool(each.answer)
                    met["mutual"] += bool(each.mutual)
                    assert not rest or all(step.kind != "anyway" for step in (*each.answer, *each.reply)), seed
    assert met["real"] > 10, met
    assert met[None] == 0, met
    assert met["empty"] >= 10, met
    assert (met["doubtful"] and met["mutual"]) or kind in ("oneway", "guards"), met


def test_a_longer_answer_of_a_better_kind_is_told() -> None:
    wants = {"a": ["x", "not y and not w", "x"], "b": ["y", "y"], "c": ["z", "z <-> x"], "d": ["w", "w <-> z"]}
    case = tiny(**wants)
    each = only(case, "a")
    assert (each.kind, each.still) == ("real", None)
    assert [(step.actor, step.kind) for step in each.answer] == [("b", "anyway")]
    assert [(step.actor, step.kind) for step in each.reply] == [("c", "response"), ("d", "response")]
    assert "A real counter-move takes 2 moves: c would switch on z" in " ".join(str(explain(case)).split())
    checker = Checker(tiny_model(**wants), {}, "legal")
    good = witness(case, None, "a", "seq").to_json()
    assert not checker.check(good)
    for name, make in deformed(good):
        assert checker.check(make()), name


def test_a_step_that_can_be_left_out_makes_no_answer_real() -> None:
    """A neighbour answers what b does anyway; but without it a is as badly off, so the answer stays empty."""
    each = only(tiny(a=["x", "not y", "x"], b=["y", "y"], c=["z", "z <-> x"]), "a")
    assert (each.kind, [step.actor for step in each.answer]) == ("empty", ["b"])


def test_fear_of_attack_is_a_sanction() -> None:
    """An intimidated president stays because the hawks would attack: an improvement of theirs, by assumption."""
    case = Case(load("detente_veto"), {"us": "intimidated"})
    found = witness(case, None, "us", "seq")
    assert found.stable
    assert found.improvements
    for each in found.improvements:
        assert each.answer[-1].actor == "hawk"
        assert each.answer[-1].changes == {"hk_block": True}
        assert each.answer[-1].reason.deciders[0].by_assumption
        assert each.cost is not None
        assert each.cost.deciders[0].says == "not hk_block"
    assert witness(Case(load("detente_veto")), None, "us", "seq").stable is False


def test_elmira_by_hand() -> None:
    """At s1 only the local government can gain; the ministry could punish it, but would not want to."""
    found = {concept: witness(Case(load("elmira_graph")), "s1", "local", concept) for concept in ("seq", "gmr")}
    assert found["seq"].stable is False
    assert found["gmr"].stable
    (step,) = found["gmr"].improvements[0].answer
    assert (step.actor, step.state.text, step.improvement, step.kind) == ("ministry", "s6", False, None)
    assert found["gmr"].improvements[0].move.reason.places == (4, 3)


def test_what_stability_rests_on_by_brute_force() -> None:
    for model, finder in small_models(range(300, 312), "plain"):
        kinds, levels = Kinds(Checker(model, {}, finder.sanctions).game, "seq", finder.sanctions), Counter[str]()
        for state, actor in itertools.product(range(len(kinds.game.states)), finder.case.actors):
            best = [kinds.best(actor, state, end) for end in kinds.better(actor, state)]
            if best and None not in best:
                weak = [kind for kind in ("empty", "doubtful", "real") if kind in best]
                levels["partly_empty" if weak[0] == "empty" and weak[1:] else weak[0]] += 1
                levels["mutual"] += any(kinds.mutual(actor, state, end) for end in kinds.better(actor, state))
        counted = response_counts(finder.case).to_json()
        assert {level: counted[level] for level in (*responses.LEVELS, "mutual")} == {
            level: levels[level] for level in (*responses.LEVELS, "mutual")
        }
        assert counted["sanctioned"] == sum(levels[level] for level in responses.LEVELS)


def test_counts_that_were_ended_say_so() -> None:
    """By time, or by whoever asked: the counts are of what was looked at, and the table says of how many."""
    case = Case(load("two_proxies"))
    whole, ticks = response_counts(case), iter(range(10**6))
    assert not whole.stopped and whole.sanctioned == whole.pairs
    part = response_counts(case, seconds=10.5, clock=lambda: next(ticks))
    assert 0 < part.sanctioned < part.pairs == whole.pairs
    cut = f"Not complete: the time is up; {part.sanctioned} of {part.pairs} sanctioned pairs were looked at."
    assert cut in part.sheets()[0].notes
    ended = response_counts(case, cancelled=lambda: True)
    assert (ended.sanctioned, ended.stopped) == (0, "the search was interrupted")


# --- the explanation ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*NINE, "elmira", "elmira_graph", "chicken", "composite_core"])
def test_every_explanation_is_readable(name: str) -> None:
    scenario = load(name)
    concepts = [concept for concept in CONCEPTS if concept != "sim" or not scenario.graph]
    found = explain(Case(scenario), concepts=concepts)
    text = str(found)
    assert max(map(len, text.splitlines())) <= 80
    for actor in scenario.actors:
        assert actor.name.upper() in " ".join(text.split())
    assert json.loads(json.dumps(found.to_json())) == found.to_json()
    assert found._repr_html_().startswith("<dl><dt>")
    assert all(sheet.rows for sheet in found.sheets()[:1])
    assert len(found.witnesses) == len(concepts) * len(scenario.actors)


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_model_can_be_told(kind: str) -> None:
    finder = finder_of(random_model(3, kind), "legal")
    for cell in finder.conflict.states.tolist()[:3]:
        text = str(explain(finder.case, cell, concepts_of(finder)))
        assert max(map(len, text.splitlines())) <= 80
        assert "strongest case" in text


@pytest.mark.first_analysis
def test_the_dialogue_names_statements_and_sources() -> None:
    found = explain(Case(load("two_proxies")))
    assert [each.question for each in found.dialogue if each.actor == "ru"] == [
        "What keeps Russia from switching off ru_link (“Active military partnership with Pyongyang”)?"
    ]
    (said,) = [each.answer for each in found.dialogue if each.actor == "ru"]
    assert "“not ru_link” would come true, its aim 5 of 7 [C17, C18; carpenter-2024, paragraph 5]" in said
    assert "because it prefers “not nk_troops”" in said
    assert (
        "North Korea would gain by the same already now, but something deters it; once Russia has moved, nothing does. "
        "So Russia and North Korea deter each other; if both moved so together, neither would gain."
    ) in said
    assert found.dialogue[-1].question == "What is the strongest case against?"
    assert found.dialogue[-1].answer.startswith("North Korea is closest to leaving, by switching off nk_troops.")
    assert {source.id for source in found.sources} == {"carpenter-2024", "diplomat-2024"}


def test_assumptions_are_listed_and_flagged() -> None:
    found = explain(Case(load("drift_to_war")))
    listed = {(each.decider.actor, each.decider.rank): each for each in found.assumptions}
    assert listed["ru", 1].tags == "[S]"
    assert listed["ru", 2].decider.by_assumption
    assert "by assumption" in listed["ru", 2].tags
    assert not listed["ru", 1].decider.by_assumption
    assert "reaction rules: there the answer is assumed" in str(found)
    assert "it follows from a reaction rule" in found.dialogue[-1].answer


def test_an_unstable_state() -> None:
    found = explain(Case(load("detente_veto")))
    assert found.holds("seq") is False
    assert found.witness("us", "seq").standing
    assert found.dialogue[0].answer.startswith("No: the United States (the president) would leave it.")
    assert found.dialogue[-1].question == "What is the strongest case for staying?"
    assert "Domestic veto players would switch on hk_block" in found.dialogue[-1].answer


def test_actors_and_states_asked_about() -> None:
    case = Case(load("two_proxies"))
    found = explain(case, "not us_arm, not us_nato", ["seq", "sim"], ["nk", "ru", "nk"])
    assert list(found.verdicts["seq"]) == ["nk", "ru"]
    assert list(found.verdicts) == ["nash", "seq", "smr", "gmr", "sim"]
    assert found.state.json == dict.fromkeys([o.key for o in case.scenario.options], False)
    assert "the state all off" in found.dialogue[0].question


def test_held_options_and_warnings_are_shown() -> None:
    case = Case(load("two_proxies")).under(Policy(hold={"us_arm": 0, "us_nato": 0, "us_recog": 0}))
    text = str(explain(case))
    assert "Held as in this state: us_arm, us_nato, us_recog." in " ".join(text.split())
    assert "Warning: holding every option of United States also disarms it" in " ".join(text.split())


def test_a_search_that_gives_up_says_so() -> None:
    found = explain(Case(load("two_proxies"), {"us": "carpenter"}), budget=0)
    assert found.verdicts["nash"] == {"us": False, "ru": False, "nk": False}
    assert found.verdicts["seq"] == {"us": None, "ru": None, "nk": None}
    assert found.holds("seq") is None
    assert found.dialogue[0].answer.startswith("Not settled for the United States, Russia and North Korea.")
    assert "not settled: the search gave up" in " ".join(str(found).split())
    assert found.witness("ru", "seq").to_json()["improvements"][0]["deterred"] is None


def test_many_improvements_are_summed_up() -> None:
    found = explain(Case(load("composite_core"), {"us": "carpenter"}), told=1)
    many = next(each for each in found.witnesses if len(each.improvements) > 1)
    said = [each.answer for each in found.dialogue if each.actor == many.actor]
    assert len(said) == 2
    assert f"{len(many.improvements) - 1} more improvement" in said[1]


@pytest.mark.first_analysis
def test_tables() -> None:
    verdicts, improvements, statements = explain(Case(load("two_proxies"))).sheets()
    assert verdicts.rows[-1] == ("equilibrium", "no", "yes", "yes", "yes")
    assert improvements.rows[0] == ("ru", "not ru_link", "nk: not nk_troops (released)", "real")
    assert statements.column("by assumption") == (False,) * 4
    assert "partly empty" in str(response_counts(Case(load("drift_to_war"))))
    found = witness(Case(load("two_proxies")), None, "ru", "seq")
    assert found.sheets()[0].rows[0][:3] == (1, "ru", "not ru_link")
    assert "<table>" in found._repr_html_()
    assert "ru, seq: stable" in str(found)


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"actors": ["rusia"]}, UnknownName, "unknown actor 'rusia'"),
        ({"concepts": ["sequ"]}, UnknownName, "did you mean seq?"),
        ({"state": "ru_lnk"}, InputError, "ru_link"),
    ],
)
def test_bad_questions(asked: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        explain(Case(load("two_proxies")), **asked)


def test_questions_that_do_not_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unanswerable, match="needs options"):
        explain(Case(load("elmira_graph")), concepts=["sim"])
    with pytest.raises(Unanswerable, match="a question about options"):
        response_counts(Case(load("elmira_graph")))
    with pytest.raises(Unanswerable, match="no state of today"):
        explain(Case(load("garrison")))
    with pytest.raises(UnknownName, match="sanction rule"):
        explain(Case(load("two_proxies"), sanctions="two-step"))
    monkeypatch.setattr(responses, "MOST", 10)
    with pytest.raises(TooLarge, match="64 states"):
        response_counts(Case(load("two_proxies")))


def test_nobody_gains_what_weighs_against_it() -> None:
    text = """detente: 1
actors:
  a: {options: {x: }, weights: [{when: x, weight: -1/2}, {when: y, weight: 2}]}
  b: {options: {y: }, weights: [{when: y, weight: -1}, {when: x, weight: 3}]}
now: []
"""
    there = str(explain(Case(read_text(text)), {"x": "on", "y": "on"}))
    assert "is rid of “x”" in " ".join(there.split())
    assert "is rid of “y”" in " ".join(there.split())
    assert "gains “x” (-1/2)" not in there


def test_who_cannot_move_is_said_to_be_unable() -> None:
    """No aim keeps b at the status quo: its only option waits for a."""
    text = """
detente: 1
title: Unable
actors:
  a: {name: Ash, options: {x: }, priorities: [not x]}
  b: {name: Bo, options: {y: {needs: x}}, priorities: [y]}
now: []
"""
    told = str(explain(Case(read_text(text)), concepts=["nash"]).dialogue)
    assert "What keeps Ash here?" in told
    assert "There is nothing to gain: no move of its own leads to anything it prefers." in told
    assert "It cannot move here, whatever it wants: it is stable by the structure of the game." in told


@pytest.mark.parametrize(
    ("concepts", "told"),
    [
        (["nash"], "There is none by Nash stability, which looks no further than the move itself."),
        (["sim"], "There is none: no move made at the same moment spoils it for those who leave."),
        (
            ["seq"],
            "There is none: no counter-move in the others' own interest would take anything back from those who leave.",
        ),
        (["gmr"], "There is none: no counter-move of the others would take anything back from those who leave."),
    ],
)
def test_the_case_for_staying_is_that_of_the_concept(concepts: list[str], told: str) -> None:
    """A concept that asks for no answers says nothing of what they would do."""
    found = explain(tiny(a=["x", "x"], b=["y", "y"]), None, concepts)
    assert (found.dialogue[-1].question, found.dialogue[-1].answer) == ("What is the strongest case for staying?", told)


def test_other_concepts_of_the_question_say_nothing_of_nash() -> None:
    """Under SEQ the other would release the first, who is deterred; under Nash nobody asks."""
    case = tiny(a=["x", "not y", "x"], b=["y", "not (x and not y)", "not y"])
    told = {
        each.concept: each.answer for each in explain(case, None, ["nash", "seq"]).dialogue if "case" in each.question
    }
    assert told["nash"] == "There is none by Nash stability, which looks no further than the move itself."
    assert told["seq"].startswith("A is closest to leaving, by switching on x.")
    pair = coalitions_explained(Case(load("elmira")), "s5", ["ministry", "uniroyal"], ["cnash", "cseq"])
    (first, _) = [each.answer for each in pair.dialogue if each.question == "What is the strongest case for staying?"]
    assert first == "There is none by CNash stability, which looks no further than the move itself."
