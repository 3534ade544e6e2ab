"""The one page: what answers the question of a file, what that turns on, and how far to trust it, as typed values.

A brief has twelve fields, in this order (`values.FIELDS`), each a value with the commands that reproduce it, or absent with
the reason:

- *question*: the question of the file, and what answers it (`Scenario.asking`);
- *answer*: how often each verdict was found, by platform, outcome, combination of readings or setting; with no start, how
  many equilibria there are;
- *table*: the same as a table: the one that decides;
- *turns*: the readings that settle a row by themselves; in the case with the readings chosen, the smallest sets of assumptions
  that suffice for the verdict (`inverse.assumptions`), and the single changes to what the actors want that turn it
  (`uncertainty.pivots`; under the platform that does most, where platforms answer);
- *objection*: of the `sisters` of the file the one whose share of yes, in the row that does most, is furthest from ours; else
  the first other reading of one actor that alone gives another verdict there;
- *route*: who would all gain by going to the goal together, and the commitments after which play ends at the goal everywhere;
- *home*: whether those whose platforms they are would stay with them, and who must approve what is offered;
- *indicators*: the four observations that tell most accounts apart;
- *irreversible*: the switches that nobody can take back, and the outcomes they close;
- *others*: what each actor other than the one asked about can make sure of alone;
- *trust*: how many of the assumptions in these smallest sets are suppositions, and against how many changes that is proved;
- *since*: the record after the start: how well the readings expected the moves, which of them these cannot tell apart, and
  against which it speaks that nobody moved.

A share counts combinations of readings; it is no likelihood. Nothing here is computed that another question does not
compute: a brief asks them, within a bound on states times analyses (`answer.WORK`), and a field that would cost more is absent
and names the command. How to ask: `brief(case)`, or `Study.brief`; the page in words is made by `detente.present.brief`.

The choice and order of the fields are ours: what works, if what, what would tell, what cannot be undone, how far to trust it.

>>> from detente.case import Case
>>> from detente.scenario import load
>>> found = brief(Case(load("conditional_engagement")))
>>> [field.id for field in found.fields][:3], found["home"].absent
(['question', 'answer', 'table'], 'the file has no platforms, and nobody who must approve anything')
"""

from detente.questions.brief.brief import brief
from detente.questions.brief.values import FIELDS, Brief, Field

__all__ = ["FIELDS", "Brief", "Field", "brief"]
