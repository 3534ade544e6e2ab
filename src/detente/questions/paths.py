"""How to get there: the shortest ways from a state to a goal, who moves, and who can begin.

The mathematics. A *way* is a sequence of steps of one kind (`detente.steps`): legal moves, improvements, or unsanctioned
improvements. Ways by moves and by improvements are taken in turn: nobody moves twice running. Ways by unsanctioned
improvements are those of foresight play, where the last mover may step again; `play_rule` chooses the other rule. A
*shortest* way has the fewest steps; among equally short ways those that switch the fewest options come first.

An actor *can begin* with n steps if some way of n steps starts with one of its own, and no shorter one does.

>>> from detente.scenario import load
>>> case = Case(load("drift_to_war"))
>>> found = paths(case, "two_wars", by="improvements")
>>> found.length, found.count, [step.actor for step in found.ways[0].steps]
(3, 2, ['nk', 'ru', 'us'])
>>> paths(case, "two_wars", by="unsanctioned").length is None
True
"""
