"""Actors who see different conflicts: perceived games, hypergames, and what an announcement would change.

The mathematics. Every actor has a *view*: options it does not perceive, options it imagines, states it thinks impossible, and
what it believes the others want. A view makes of the base game the actor's own game, and every state of the base game has a
projection into it. Three things follow, and are asked about:

- **What holds.** A state is a *hypergame equilibrium* if everybody is stable there in its own game (level 1), the others
  answering as it thinks they would (level 2, with `beliefs` about what others see). `hypergame.hypergame` compares these states
  with those each actor *believes in*, and with the equilibria of the base game, which is played once beliefs are corrected.
- **Who is surprised.** By another that leaves, or stays, where it was thought to do the opposite, or moves out of the game.
- **What telling changes.** An announcement moves nothing but views. `announcements.announcement` compares the hypergames before
  and after it; `announcements.disclosures` puts one error right at a time.

The games themselves, and what leads from one into another, are in `perceived_games`.

How to ask: a case and views, or the name of a perception that the file has.

>>> from detente.case import Case
>>> from detente.questions.perception.announcements import disclosures
>>> from detente.questions.perception.hypergame import View, hypergame
>>> from detente.scenario import load
>>> case = Case(load("two_proxies"), readings={"us": "carpenter", "ru": "profit"})
>>> views = {"us": View(readings={"ru": "need"})}
>>> found = hypergame(case, views)
>>> len(found.equilibria["seq"]), len(found.believed["us"]["seq"])
(14, 2)
>>> [each.news.name for each in disclosures(case, views).told]
['ru is profit']
"""
