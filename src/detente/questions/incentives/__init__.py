"""Incentives: what would have to be offered or threatened for an outcome to come about, and whether promises would be kept.

The mathematics. An *incentive* changes what one actor wants, at a price that is counted beside the conflict: with weights
a unit adds its worth in the states where it is due, in a priority list it is a wish inserted at a stated rank
(`offers`). A *package* is a number of units of each. As nothing but wants changes, a package changes which moves are
improvements, and with them which states are stable and where play ends. Three questions are asked of that:

- the *cheapest package* under which a goal holds (`packages`): some goal state is an equilibrium, or the goal is true
  wherever play ends, or every equilibrium within reach breaks a partnership. Whether one actor likes a state no less than
  another is a *test* of the amounts bought, so stability is a condition on tests and the least price an integer program
  (`package_tests`, `program`, `solvers`); what cannot be written so is tried in order of price (`search`). Whatever is said
  to work was verified by the engine, and where nothing works `obstacles` says whose wish stands in the way;
- the *wedge* (`wedge`): policies of a divider, its own options held and incentives given, under which a partnership breaks
  wherever play ends, that are let pass at home, and that the divider would keep (`breaking_policies` tries them);
- *credibility* (`credibility`): whether the giver of a promise, free again where it must deliver, has an unsanctioned
  improvement, and if so which irreversible move, rule, stake or change of its list would take that away.

All of them may take long: they take `seconds` and `cancelled`, and then say what has been found and what is proved.

How to ask:

>>> from detente.case import Case
>>> from detente.questions.incentives.packages import package_of_play
>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> cheapest = package_of_play(case, "decoupled")
>>> print(f"{cheapest.best} for {cheapest.best.price}: {cheapest.status}")
ru_relief for 5: optimal
>>> [each.actor for each in cheapest.best.consents if not each.lets_pass]
['nk']
"""
