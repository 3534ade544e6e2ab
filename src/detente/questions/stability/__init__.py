"""Further concepts of stability, beside those that `analyze` shows together.

The mathematics. A concept of stability says when an actor stays: Nash counts no answer, GMR and SMR any answer of the others,
SEQ and SSEQ only answers by which they gain (`detente.engine.concepts`). Six questions go beyond one concept for all:

- `mixed`: a concept per actor. A state is an equilibrium of it if it is stable for each actor under that actor's own;
- `horizons`: for two actors, looking h moves ahead. What each anticipates is found backwards. The anticipations repeat
  sooner or later: with period 1 there is a limit (non-myopic stability), with a longer one a state may oscillate for ever;
- `hierarchical`: a model built from parts that share actors. Its equilibria are compared with the product of the parts'
  equilibria. If one actor is shared, Nash equilibria are the product, and for GMR and SEQ the join can only add to it;
- `effective`: which options change who is stable where, each by itself: the influence of a variable on a Boolean function;
- `equilibria`: all equilibria of one concept, also of a model too large to list, on decision diagrams;
- `self_enforcing`: whether who holds an option would keep it if it were free again.

How to ask: `behaviours(case, {"us": "nash"})`, `horizons(case)`, `hierarchy(parts, shared)`, `effective(case)`,
`equilibria(case)`. The answers are tables per state or option; `self_enforcing` has no answer of its own, as it is asked by
levers, wedges and commitments.

>>> from detente.case import Case
>>> from detente.questions.stability.horizons import horizons
>>> from detente.questions.stability.mixed import behaviours
>>> from detente.scenario import load
>>> chicken = Case(load("chicken"))
>>> behaviours(chicken, {}, default="nash").numbers
('gw', 'wg')
>>> behaviours(chicken, {"first": "nash"}, default="seq").numbers
('gw', 'wg')
>>> horizons(chicken).non_myopic_equilibria
('ww',)
"""
