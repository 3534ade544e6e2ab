"""What a policy achieves: levers, strategic moves, platforms side by side, reciprocal steps, third parties.

The mathematics. A *policy* changes the conflict before it is played: it holds options, so that they never change
again, gives an actor another list, or adds somebody who can move. What it achieves is where the others' play then
ends, and whether whoever made the promise would keep it. Five questions:

- `levers.levers`: which own settings must an actor (or coalition) switch and hold so that a goal is true in all ends of play?
  All sets are tried; the answer gives the minimal ones, what is in every one, and which would be kept.
- `inducement.induce`: what can an actor bring about by a commitment made first, and would it keep to it?
- `platforms.compare`: what follows from the platforms in the file, where their actor merely wants them, and where they are in
  force; over every completion of what they leave open (`outlook` counts).
- `reciprocal_steps.exchange`: can the parties get to a goal step by step, nobody ever worse off than today on the way?
- `third_party.third_party`: what would a mediator or arbiter with given moves change?

A policy is *self-enforcing* if its holder, free again and by its own list, would stay in every state where play ended: then it
needs no commitment device (see `detente.questions.stability.self_enforcing`).

How to ask: a case first, then names and formulas.

>>> from detente.case import Case, said
>>> from detente.questions.policy.levers import levers
>>> from detente.questions.policy.reciprocal_steps import exchange
>>> from detente.questions.policy.third_party import third_party
>>> from detente.scenario import load
>>> case = Case(load("two_proxies"), readings={"us": "carpenter"})
>>> [(said(each.flips), each.self_enforcing) for each in levers(case, "us", "decoupled").minimal]
[('us_arm = none', False)]
>>> exchange(Case(load("conditional_engagement")), "package", ["us", "nk"]).exposures
2
>>> third_party(Case(load("elmira_graph")), ["s5 > s8"], wants=["settled"]).lost("nash")
('s5',)
"""
