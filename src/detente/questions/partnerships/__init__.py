"""Partnerships: what becomes of what flows between actors, who would leave, and which policy parts them.

The mathematics. A *partnership* is a set of members and *flows*, formulas over the options, some of them its *core*. It
is measured from the status quo: a state HOLDS it if every flow that is on now is still on, BREAKS it if none of its core
is, and else FRAYS it (`fate_and_exits`). Its *fate* over some states, the ends of play or the equilibria of a concept, is
the only one of the three that occurs, or DEPENDS.

An *exit* is an improvement from the status quo after which some flow is off. It is *deterred* if the others have an
answer, a legal sequence of improvements, that leaves its actor no better off: then the partnership holds although
somebody would gain by leaving if nobody answered. That is why one-step (Nash) reasoning misleads here, and every result
shows both (`partnerships`). The *break matrix* has the fate for every policy and every reading of the members
(`break_matrix`), so that one sees on which assumption about a partner a policy depends.

How to ask:

>>> from detente.case import Case
>>> from detente.questions.partnerships.break_matrix import break_matrix
>>> from detente.questions.partnerships.partnerships import partnership
>>> from detente.scenario import load
>>> today = partnership(Case(load("two_proxies")))
>>> today.word, today.plays["myopic"].word, [str(each.move) for each in today.deciding]
('HOLDS', 'BREAKS', ['ru: not ru_pay', 'nk: nk_troops = home'])
>>> matrix = break_matrix(Case(load("two_proxies")))
>>> print(matrix.at("carpenter", ru="profit", nk="additive").foresight)
HOLDS
"""
