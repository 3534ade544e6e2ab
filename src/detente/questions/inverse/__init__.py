"""The inverse question: not what follows from the preferences, but which preferences an outcome needs.

The mathematics. Whether a state is stable for an actor depends only on which states are no better for it than that one,
and the more of them are, the better: a *monotone condition* (`stability_conditions`). So it has an exact answer: the
fewest comparisons to turn, all sets of that size, and how many of all rankings qualify (`monotone_conditions`,
`inverse`). For Nash, SMR and GMR the condition depends on the moves alone; for SEQ and SSEQ, whose answers must be
credible, it holds for what the others prefer at present, and the engine checks every answer.

Where wants are written as lists of wishes, the question is how far the list is from one that does: an *edit* moves,
drops, negates or inserts one wish (`list_edits`), and the smallest *change of mind* is found by going through all lists
at distance 0, 1, 2, ..., so that the first distance at which the goal holds is proved to be the least
(`change_of_mind`). What is to come about is a `Goal`: a query and the verdicts that would do (`goals`).

And the question before that: which statements does a verdict need at all? The smallest sets that suffice whatever becomes of
the others are found from the smallest sets of changes that overturn it (`assumptions`).

How to ask:

>>> from detente.case import Case
>>> from detente.questions.inverse.change_of_mind import change_of_mind
>>> from detente.questions.inverse.goals import ends
>>> from detente.questions.inverse.inverse import inverse
>>> from detente.scenario import load
>>> both = inverse(Case(load("prisoners_dilemma")), "cc", "nash", ["first"])
>>> print(both.best.demands[0].text)
no better than the target: dc
>>> need = Case(load("two_proxies"), readings={"ru": "need"})
>>> found = change_of_mind(need, ends("decoupled"), ["ru"])
>>> print(found.distance, "-", found.solutions[0])
1 - ru: 'not ru_link' to rank 1, above 'us_nato != open'
"""
