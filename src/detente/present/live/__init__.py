"""The briefing that recomputes: a model as data, a solver in plain JavaScript, and the page's own script.

`solver.js` knows no document: it turns what is chosen (a start, a list for each actor) into who is stable where and where play ends,
with the numbers of the engine, for which tests compare the two. `page.js` lets a reader choose, tells what differs from the
saved analysis, and hands the change back as a patch. `model` makes the data of the solver, `briefing` the rest of a page.
"""

from detente.present.live.model import MOST, fits, model, start, wants

__all__ = ["MOST", "fits", "model", "start", "wants"]
