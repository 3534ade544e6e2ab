"""The one page in words: a heading and some sentences for every field of a brief, the table that decides, what it rests on.

At most `MOST_WORDS` words besides the tables. What is beyond that is cut from the end: the last fields lose their last
sentences first, then the whole of them; the answer and how far to trust it are never cut. Options, readings and outcomes go
by their words in the file. A count of readings is told as a count; it is no likelihood.

>>> from detente.case import Case
>>> from detente.questions.brief import brief
>>> from detente.scenario import load
>>> case = Case(load("prisoners_dilemma"))
>>> print(page(case, brief(case)).paragraphs["answer"])
Play ends where it begins: no actor moves. “both stay silent” always comes about where play ends.
"""

from __future__ import annotations

from detente.present.brief.page import MOST_WORDS, WHOLE, Page, page, shortened, words_in

__all__ = ["MOST_WORDS", "WHOLE", "Page", "page", "shortened", "words_in"]
