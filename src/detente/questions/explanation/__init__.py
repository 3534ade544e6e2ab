"""Why a state is stable for an actor, or why not: witnesses that can be checked from the model alone.

The mathematics is the table of `detente.engine.concepts`. A state is stable if each of the actor's improvements is
deterred; so the witness of stability is one sanction per improvement, and the witness of instability one improvement
without any. A sanction here is a shortest one, found breadth first (`search`), and put into words and statements by
`find`; what it contains is said by `witness`. `minimal_answers` are those that do without no step, each of its kind. Where
states are compared by relations it is the same with temptations and answers that deter (`relation_search`).

How to make one: `witness(case, state, actor, concept)`; many of one case: `Witnesses(case).find(cell, actor, concept)`.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = witness(Case(load("two_proxies")), None, "ru", "seq")
>>> found.stable, [(step.actor, dict(step.changes)) for step in found.improvements[0].answer]
(True, [('nk', {'nk_arms': False})])
"""

from detente.questions.explanation.find import BUDGET, Witnesses, witness
from detente.questions.explanation.witness import Witness

__all__ = ["BUDGET", "Witness", "Witnesses", "witness"]
