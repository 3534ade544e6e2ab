"""A kit for a class or a wargame: role cards, an umpire's sheets, a quiz and a handout, all made from a case.

Each maker returns a `Booklet`, which prints as tables, HTML (`to_html`), Markdown (`to_markdown`) or JSON.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> [leaf.title for leaf in roles(Case(load("two_proxies"))).leaves]
['United States', 'Russia', 'North Korea']
"""

from __future__ import annotations

from detente.present.kit.handout import handout
from detente.present.kit.quiz import Marks, mark, quiz
from detente.present.kit.roles import roles
from detente.present.kit.umpire import umpire
from detente.present.pages.blocks import Asks, Leaf
from detente.present.pages.booklet import Booklet

DOCUMENTS = {"cards": roles, "umpire": umpire, "quiz": quiz, "handout": handout}
"""The documents of a kit and what makes each of a case."""

__all__ = ["DOCUMENTS", "Asks", "Booklet", "Leaf", "Marks", "handout", "mark", "quiz", "roles", "umpire"]
