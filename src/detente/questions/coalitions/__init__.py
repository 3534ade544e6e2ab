"""What several actors can do together: coalition moves, stability for coalitions, blocks that act as one, smallest coalitions.

The mathematics. A coalition H goes from s wherever legal sequences of moves of its members lead, nobody moving twice running:
its joint reach R_H(s). A *coalition improvement* is a state of R_H(s) that every member likes strictly better than s.
Three ways to go on from there, and a question for each:

- **Nothing binds anybody.** Every coalition may form, for every move anew, and be answered by coalitions of the others. A state
  is stable for H under CNash if H has no improvement from it, under CSEQ, CSMR and CGMR if every one can be answered by
  something that is no gain for some member. `coalitions.coalitions` asks who is stable where, and who would upset an
  equilibrium; `coalitions.coalition_moves` has the definitions.
- **Fixed blocks.** The actors are parted into blocks, each of which acts as one; these are judged by the plain concepts, for
  they are the only actors left. `blocks.as_one` asks what that changes.
- **A goal.** Which are the smallest coalitions that all gain by going to a state where something is true, and does that state
  last? `smallest.joint` needs no list of states, so it also answers in large models.

How to ask: a case first, then names.

>>> from detente.case import Case
>>> from detente.questions.coalitions.blocks import as_one
>>> from detente.questions.coalitions.coalitions import coalitions
>>> from detente.questions.coalitions.smallest import joint
>>> from detente.scenario import load
>>> case = Case(load("elmira_graph"))
>>> coalitions(case, ["ministry", "uniroyal"]).coalition("ministry", "uniroyal").improvements
(('s2', 's4'), ('s5', 's8'), ('s6', 's8'))
>>> as_one(case, [["ministry", "uniroyal"]]).lost("nash")
('s5',)
>>> [each.members for each in joint(case, "settled", start="s5").coalitions]
[('ministry', 'uniroyal')]
"""
