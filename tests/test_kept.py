"""What is kept with a state space: never another game's, never more than its bound, and all of it listed in one place."""

from __future__ import annotations

import itertools
import random
import re
from functools import partial
from pathlib import Path

import pytest

from detente.case import CONCEPTS, Case, Policy, Query, verdict
from detente.conflict import Cells, Conflict, build, kept
from detente.conflict.kept import Kept
from detente.errors import DetenteError
from detente.questions.policy.levers import levers
from detente.questions.stability.self_enforcing import stands
from detente.scenario import load, read_text
from detente.scenario.model import Scenario
from detente.verification.random_models import KINDS, random_model, to_yaml

SOURCE = Path(kept.__file__).parents[1]


def test_the_list_is_whole() -> None:
    listed = set(re.findall(r"^([a-z][a-z ]*?) {2,}", str(kept.__doc__).partition("```text")[2], re.MULTILINE)) - {
        "what"
    }
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if path != Path(kept.__file__))
    assert listed == set(re.findall(r'\bkept\.of\(\s*"([a-z ]+)"', code))


def test_no_more_than_the_bound() -> None:
    """What finds no room is found again; another kind has room of its own, and what is small may still find some."""
    store, asked = Kept(), list[int]()

    def find(n: int) -> int:
        asked.append(n)
        return n

    for n in (3, 4, 3, 4, 2, 2):
        assert store.of("numbers", n, partial(find, n), most=5, size=lambda found: found) == n
    assert asked == [3, 4, 4, 2]
    assert store.of("others", 4, lambda: find(4), most=1) == 4 == store.get("others", 4)


def test_nothing_is_kept_as_well() -> None:
    store, asked = Kept(), list[None]()
    for _ in range(2):
        store.of("what", None, lambda: asked.append(None), most=1)
    assert len(asked) == 1


def changes(scenario: Scenario, seed: int) -> list[tuple[str, Policy | str]]:
    """Some changes to a case, of every kind, in turn."""
    rng = random.Random(seed)

    def some(most: int) -> dict[str, int]:
        drawn = rng.sample(scenario.options, min(len(scenario.options), rng.randint(1, most)))
        return {option.key: rng.randrange(len(option.choices)) for option in drawn}

    found: list[tuple[str, Policy | str]] = []
    for _ in range(4):
        actor = rng.choice(scenario.actors)
        kinds: list[tuple[str, Policy | str]] = [("without", actor.id)]
        if actor.readings:
            kinds.append(("under", Policy(readings={actor.id: rng.choice(list(actor.readings))})))
        if scenario.options and not scenario.graph:
            kinds += [("under", Policy(start=some(3))), ("under", Policy(hold=some(2)))] * 2
            kinds.append(("under", Policy(start=some(2), hold=some(1))))
        found.append(rng.choice(kinds))
    return found


def seen(case: Case) -> object:
    """Everything about a case that may be kept, in plain values; of a case that cannot be, the error."""
    try:
        game = case.game
        moves = [
            [part.tolist() for part in game.conflict.successors(game.states, axis)] for axis in range(len(game.actors))
        ]
        judged = [verdict(case, Query(concept=concept)) for concept in CONCEPTS] if game.now is not None else []
        holds = [game.holds(outcome.formula, game.states).tolist() for outcome in case.scenario.outcomes.values()]
        firm = (
            [stands(case, {o.key: case.now[o.key]}) for o in case.scenario.options] if not case.scenario.graph else []
        )
        ranks = [game.scores(player).tolist() for player in range(len(game.actors))]
        return game.now, game.states.tolist(), moves, judged, holds, firm, ranks
    except DetenteError as error:
        return type(error), str(error)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_cases_that_share_a_space_are_what_they_are_alone(kind: str, seed: int) -> None:
    """Four chains of changes of one case, whose spaces are shared; the same changes of a case with no space to share."""
    scenario = read_text(to_yaml(random_model(seed, kind)))
    root = Case(scenario)
    assert seen(root) == seen(Case(scenario))
    for chain in range(4):
        shared, alone = root, Case(scenario)
        for way, change in changes(scenario, chain):
            try:
                shared = shared.under(change) if isinstance(change, Policy) else shared.without([change])
            except DetenteError as error:
                with pytest.raises(type(error), match=re.escape(str(error))):
                    _ = alone.under(change) if isinstance(change, Policy) else alone.without([change])
                continue
            alone = alone.under(change) if isinstance(change, Policy) else alone.without([change])
            assert seen(shared) == seen(replaced(alone)), (way, change)


def replaced(case: Case) -> Case:
    """The same case, without a space that is shared."""
    return Case(case.scenario, case.readings, case.world, case.sanctions, case.held, case.warnings)


def test_ranks_are_kept_with_their_list() -> None:
    """Cases that share a list on one space share its ranks; a changed list never gets another's, nor a list that is gone."""
    base = Case(load("two_proxies"))
    own = base.game.scores(1)
    assert base.as_if({**base.readings, "nk": "asset"}, None, "legal").game.scores(1) is own
    for _ in range(20):  # lists made and thrown away may lie where an earlier one lay
        turned = base.wanting("ru", base.reading("ru").statements[::-1])
        fresh = Case(turned.scenario, turned.readings)
        assert turned.game.scores(1).tolist() == fresh.game.scores(1).tolist() != own.tolist()


def test_levers_pulled_for_one_reading_are_pulled_for_all() -> None:
    """Cases that differ in readings share what is held; each judges it by its own lists, as a case of its own does."""
    base = Case(load("detente_veto"))
    us, nk = base.scenario.actor("us"), base.scenario.actor("nk")
    for mine, theirs in itertools.product(us.counted, nk.counted):
        chosen = {**base.readings, "us": mine, "nk": theirs}
        alone = Case(load("detente_veto"), chosen)
        for hold in ("all", "flipped"):
            shared = levers(base.as_if(chosen, None, "legal"), "us", "detente", hold=hold)
            assert shared.to_json() == levers(alone, "us", "detente", hold=hold).to_json(), (mine, theirs, hold)


def test_states_are_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is a state at all is seen from the list that every later question uses."""
    listed = list[int]()
    rest = Conflict.rest

    def counted(conflict: Conflict, cells: Cells) -> Cells:
        listed.append(len(cells))
        return rest(conflict, cells)

    monkeypatch.setattr(Conflict, "rest", counted)
    conflict = build(load("two_proxies"))
    assert conflict.now is not None
    assert len(conflict.states) == 351
    assert [number for number in listed if number > 1] == [conflict.cells]
