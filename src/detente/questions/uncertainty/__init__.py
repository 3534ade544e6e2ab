"""What a verdict depends on: rival readings, what is left unknown, and the wishes that decide.

The mathematics. A verdict is a function of the case: where play ends, or what is stable, follows from what everybody wants.
Uncertainty is a set of cases in place of one, and an answer is how often each verdict occurs over the set. Counts are counts
of cases, never probabilities: nobody says that cases are equally likely. A verdict is *necessary* if every case has it and
*possible* if some case has it. The sets differ:

- `types`: every combination of the rival readings of the actors (types as in Harsanyi's games, without beliefs over them);
- `completions` and `unknowns`: everything a file marks unknown, settled in every way: a setting; a statement's sign, rank
  or presence; the order of a list. A list of k statements with one of unknown rank and sign has 2k completions;
- `pivots`: the case changed in one place of one list (two neighbours swapped, one lifted, dropped or negated). A change that
  gives another verdict is a pivot. A `threshold` moves one statement through all ranks;
- `ensemble`: the case drawn many times with everything that is in doubt; the share of every headline, with its error;
- `margin`: how many neighbours in the lists, of one actor or of several, must change places before the verdict is another one;
- `boxes`: which combinations of doubts bring another answer, each box in one sentence, and the smallest changes that do;
- `collection_plan`: which judgement to look into first, and the gap in its sources that would be closed;
- `ends`: how likely each end of play is, where chance decides who moves next;
- `observations`: what would have to be seen to tell rival readings, or whole combinations of them, apart.

Cost: one analysis per case, so the size of the set is refused beforehand if it is too large.

How to ask: give the case and a `Query`; what comes back has `counts`, and each case with its verdict.

>>> from detente.case import Case, Query
>>> from detente.questions.uncertainty.types import types
>>> from detente.questions.uncertainty.unknowns import unknowns_of_list
>>> from detente.scenario import load
>>> case = Case(load("two_proxies"))
>>> print(types(case, Query(concept="seq"), ["us"]).counts)
stable 4, unstable 2 of 6
>>> print(unknowns_of_list(case, "harris", Query(concept="seq")).spread)
stable 7, unstable 7 of 14
"""
