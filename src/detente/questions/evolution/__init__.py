"""How a conflict evolves: steps, ways, and where it can end up.

The mathematics. Three kinds of *step* lead from state to state: a legal *move*; an *improvement*, a move its actor prefers;
an *unsanctioned* improvement, one that no sequence of the others' improvements turns to its actor's loss. Each kind gives
a graph over the states with a colour per actor. Steps follow each other by one of two rules: *in turn*, nobody twice
running, as in the literature on status quo analysis; or *freely*, as in play, where the last mover may step again. Where
nobody moves twice running, the nodes of the graph are pairs of a state and its last mover; where everybody's moves are
transitive the two rules have the same shortest ways, and states will do. *Play* follows improvements (myopic) or unsanctioned
improvements (foresight) until nobody has one, or round a *terminal* cycle. All questions here are questions about this graph:

- `paths`: the shortest ways to a goal, and who can begin; `status_quo`: everything within reach, layer by layer;
- `move_order`: states from which play ends otherwise if another actor is quicker; `cycles`: its strongly connected components;
- `irreversibility`: what drops out of reach once a switch without a way back is made.

`steps` says who can step where, `reachability` lists the graph from a start, or sweeps it backwards where it is too large.

How to ask: every question is a function of a case, and a method of a study (`study.paths("two_wars")`).

>>> from detente.case import Case
>>> from detente.questions.evolution.paths import paths
>>> from detente.scenario import load
>>> case = Case(load("drift_to_war"))
>>> [(by, paths(case, "two_wars", by=by).length) for by in ("moves", "improvements", "unsanctioned")]
[('moves', 3), ('improvements', 3), ('unsanctioned', None)]
"""
