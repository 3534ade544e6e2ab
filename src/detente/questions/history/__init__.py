"""What was really done, against what the model expects: recorded events, and games that were played.

The mathematics. A record is a list of moves, dated or numbered. It is replayed from the status quo: changes accumulate, and
consequences act as after any move. A recorded move is a *hit* under a choice of readings if it is an improvement of its
mover, and a hit *with foresight* if it is an unsanctioned one. Hits alone say little: an actor most of whose moves are
improvements hits by luck. So each move comes with the share of the mover's legal moves that would have been hits; the number
of hits by blind choice is then a sum of independent trials with these chances (Poisson-binomial), whose mean and upper tail
are given beside the hits. An actor that stayed put *holds*; its holds are compared with how often states are stable for it.

- `recorded_moves` replays a record, `legality` says why a change is no legal move, `scoring` counts hits against chance;
- `hindcast` scores rival readings against the `history:` of a file (`hindcast_scores` has the reckoning); `game_log` judges a
  game move by move: what was expected instead, where it left the predicted paths, and what is expected next;
- `events` takes in tables of coded events, `records` logs kept by hand; `periods` reads a record period by period, without an
  order inside one, and has the choice model that turns what a reading says into chances;
- `update` says where the world is and what each event says of each reading, `backtest` scores what the readings would have
  forecast, `sealed` writes forecasts down and settles them, `scores` has the closed forms; `alliances` reads who pledged what.

How to ask: `hindcast(case)`, or `game_log(case, read_moves("game.yaml", scenario))`.

>>> from detente.case import Case
>>> from detente.questions.history.hindcast import hindcast
>>> from detente.scenario import load
>>> answer = hindcast(Case(load("hanoi_2019")))
>>> best = answer.scores[0]
>>> print(answer.label(best), "|", best.unsanctioned, "|", round(best.unsanctioned.expected, 2), "by luck")
p_bigdeal + impatient | 4 of 5 | 1.37 by luck
"""
