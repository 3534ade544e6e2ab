"""The literature an analysis rests on: what to cite for the concepts, the sanction rule, the preferences and the questions.

A reference is known by its key, authors and year, as the concept table and the questions name it. What a module calls its
own ("ours", "this project") has no reference, so a question may have none.

>>> cite(questions=["levers"])
('Howard 1971: Paradoxes of Rationality: Theory of Metagames and Political Behavior, MIT Press',)
>>> from detente.case import Case
>>> from detente.scenario import load
>>> [key for key in keys(Case(load("elmira")).analyse(["nash"]))]
['Nash 1950', 'Fang, Hipel & Kilgour 1993']
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from detente.analysis import Analysis
from detente.case import CONCEPTS, Case
from detente.engine.concepts import concepts as choose_concepts
from detente.engine.concepts import sanction_rule
from detente.errors import UnknownName
from detente.scenario.model import Ranking

GRAPH_MODEL = "Fang, Hipel & Kilgour 1993"
OPTIONS = "Fang, Hipel, Kilgour & Peng 2003"
COALITIONS = "Inohara & Hipel 2008"
STATUS_QUO = "Li, Kilgour & Hipel 2005"
UNKNOWN = "Li, Hipel, Kilgour & Fang 2004"
HYPERGAMES = "Aljefri, Hipel & Fang 2018"
SYSTEM = "Kinsara, Petersons, Hipel & Kilgour 2015"

REFERENCES: dict[str, str] = {
    "Nash 1950": "Equilibrium points in n-person games, Proceedings of the National Academy of Sciences 36:48-49",
    "Howard 1971": "Paradoxes of Rationality: Theory of Metagames and Political Behavior, MIT Press",
    "Fraser & Hipel 1979": "Solving complex conflicts, IEEE Transactions on Systems, Man, and Cybernetics 9:805-816: "
    "sequential stability",
    "Fraser & Hipel 1984": "Conflict Analysis: Models and Resolutions, North-Holland: sequential and simultaneous stability",
    GRAPH_MODEL: "Interactive Decision Making: The Graph Model for Conflict Resolution, Wiley",
    "Rego & Vieira 2017": "Symmetric sequential stability in the graph model for conflict resolution with multiple decision "
    "makers, Group Decision and Negotiation 26:775-792",
    OPTIONS: "IEEE SMC-C 33:42 and 33:56: option prioritisation, GMCR II",
    COALITIONS: "Coalition analysis in the graph model for conflict resolution, Systems Engineering 11:343-359",
    "Kilgour, Hipel, Fang & Peng 2001": "Coalition analysis in group decision support, Group Decision and Negotiation "
    "10:159-175: equilibrium jumps",
    STATUS_QUO: "Status quo analysis in the graph model for conflict resolution, Journal of the Operational Research "
    "Society 56:699-707",
    "Xu, Kilgour, Hipel & Kemkes 2010": "Using matrices to link conflict evolution and resolution in a graph model, European "
    "Journal of Operational Research 207:318-329: coloured paths",
    UNKNOWN: "Preference uncertainty in the graph model for conflict resolution, IEEE Transactions on Systems, Man, and "
    "Cybernetics A 34:507-520",
    "Xu, Hipel, Kilgour & Chen 2010": "Combining strength and uncertainty for preferences in the graph model for conflict "
    "resolution with multiple decision makers, Theory and Decision 69:497-521",
    "Hamouda, Kilgour & Hipel 2004": "Strength of preference in the graph model for conflict resolution, Group Decision and "
    "Negotiation 13:449-462",
    "Hamouda, Kilgour & Hipel 2006": "Strength of preference in graph models for multiple-decision-maker conflicts, Applied "
    "Mathematics and Computation 179:314-327",
    "Xu, Hipel & Kilgour 2009": "Multiple levels of preference in interactive strategic decisions, Discrete Applied "
    "Mathematics 157:3300-3313",
    "Inohara, Hipel & Walker 2007": "Conflict analysis approaches for investigating attitudes and misperceptions in the War "
    "of 1812, Journal of Systems Science and Systems Engineering 16:181-201",
    "Inohara & Hipel 2009": "Interrelationships among attitude-based and conventional stability concepts within the graph "
    "model for conflict resolution, IEEE International Conference on Systems, Man, and Cybernetics",
    "Rêgo & dos Santos 2015": "Probabilistic preferences in the graph model for conflict resolution, IEEE Transactions on "
    "Systems, Man, and Cybernetics: Systems",
    "Bashar, Kilgour & Hipel 2012": "Fuzzy preferences in the graph model for conflict resolution, IEEE Transactions on Fuzzy "
    "Systems 20:760-770",
    SYSTEM: "Advanced Decision Support for the Graph Model for Conflict Resolution: GMCR+, the inverse approach",
    "Kinsara, Kilgour & Hipel 2015": "the inverse approach to the graph model",
    "Hipel, Sakamoto & Hagihara 2016": "Third party intervention in conflict resolution, in Coping with Regional "
    "Vulnerability",
    "He, Kilgour, Hipel & Bashar 2013": "A basic hierarchical graph model for conflict resolution with application to water "
    "diversion conflicts in China, INFOR 51:103-119",
    "He, Hipel & Kilgour 2014": "Water diversion conflicts in China: a hierarchical perspective, Water Resources Management "
    "28:1823-1837",
    "He, Kilgour & Hipel 2017": "A basic hierarchical graph model for conflict resolution with weighted preference, Journal of "
    "Environmental Informatics",
    "Bennett 1977": "Toward a theory of hypergames, Omega 5",
    HYPERGAMES: "General hypergame analysis within the graph model for conflict resolution, International Journal of Systems "
    "Science: Operations & Logistics",
    "Wang, Hipel & Fraser 1988": "Modeling misperceptions in games, Behavioral Science 33",
    "Obeidi, Kilgour & Hipel 2009": "Perceptual graph model systems, Group Decision and Negotiation 18",
    "Kilgour 1984": "Equilibria for far-sighted players, Theory and Decision 16:135-157",
    "Kilgour 1985": "Anticipation and stability in two-person non-cooperative games, in Dynamic Models of International "
    "Conflict, Lynne Rienner: non-myopic horizons",
    "Zagare 1984": "Limited-move equilibria in 2x2 games, Theory and Decision 16:1-19",
    "Brams & Wittman 1981": "Nonmyopic equilibria in 2x2 games, Conflict Management and Peace Science 6:39-62",
    "Schelling 1960": "The Strategy of Conflict, Harvard University Press: commitment, hostages and mutual deterrence",
    "Fearon 1997": "Signaling foreign policy interests: tying hands versus sinking costs, Journal of Conflict "
    "Resolution 41:68-90",
    "Osgood 1962": "An Alternative to War or Surrender, University of Illinois Press: action for action",
    "Harsanyi 1967": "Games with incomplete information played by Bayesian players, Management Science "
    "14:159-182: types of an actor",
    "Konczak & Lang 2005": "Voting procedures with incomplete preferences, IJCAI workshop on preference handling: "
    "necessary and possible verdicts",
    "Crawford 2011": "Preventing enemy coalitions: how wedge strategies shape power politics, International "
    "Security 35(4):155-189",
    "Izumikawa 2013": "To coerce or reward? Theorizing wedge strategies in alliance politics, Security Studies 22:498-531",
    "Tsebelis 2002": "Veto Players: How Political Institutions Work, Princeton University Press",
}
"""Key -> what the reference is, or what it is cited for."""

QUESTIONS: dict[str, tuple[str, ...]] = {
    "as_one": (COALITIONS,),
    "attitudes": ("Inohara, Hipel & Walker 2007", "Inohara & Hipel 2009"),
    "behaviours": (GRAPH_MODEL,),
    "break_matrix": (),
    "change_of_mind": (),
    "coalitions": ("Kilgour, Hipel, Fang & Peng 2001", COALITIONS),
    "commitment": ("Schelling 1960", "Fearon 1997"),
    "cycles": (),
    "exchanges": ("Osgood 1962",),
    "explain": (GRAPH_MODEL, "Rego & Vieira 2017"),
    "game_log": (),
    "graded": ("Rêgo & dos Santos 2015", "Bashar, Kilgour & Hipel 2012"),
    "hierarchy": ("He, Kilgour, Hipel & Bashar 2013", "He, Hipel & Kilgour 2014", "He, Kilgour & Hipel 2017"),
    "history": (),
    "horizons": ("Kilgour 1984", "Kilgour 1985", "Zagare 1984", "Brams & Wittman 1981", GRAPH_MODEL),
    "inverse": (SYSTEM,),
    "irreversible": (),
    "joint": ("Kilgour, Hipel, Fang & Peng 2001", COALITIONS, GRAPH_MODEL),
    "levers": ("Howard 1971",),
    "packages": ("Kinsara, Kilgour & Hipel 2015", "Izumikawa 2013"),
    "partnerships": ("Schelling 1960", "Fraser & Hipel 1984"),
    "paths": (STATUS_QUO, "Xu, Kilgour, Hipel & Kemkes 2010"),
    "perception": ("Bennett 1977", "Wang, Hipel & Fraser 1988", "Obeidi, Kilgour & Hipel 2009", HYPERGAMES),
    "pivots": (OPTIONS, GRAPH_MODEL),
    "platforms": ("Howard 1971",),
    "races": (),
    "responses": (),
    "status_quo": (STATUS_QUO,),
    "strength": ("Hamouda, Kilgour & Hipel 2004", "Hamouda, Kilgour & Hipel 2006", "Xu, Hipel & Kilgour 2009"),
    "third_party": ("Hipel, Sakamoto & Hagihara 2016",),
    "types": ("Harsanyi 1967",),
    "unknown_preference": (UNKNOWN, "Xu, Hipel, Kilgour & Chen 2010"),
    "unknowns": ("Konczak & Lang 2005", UNKNOWN),
    "wedge": ("Crawford 2011", "Izumikawa 2013", "Tsebelis 2002"),
}
"""Question (module of `detente.questions`) -> the keys of its sources; empty: the definitions are of this project."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "announce": QUESTIONS["perception"],
    "break": QUESTIONS["break_matrix"],
    "credibility": QUESTIONS["commitment"],
    "exchange": QUESTIONS["exchanges"],
    "fuzzy": ("Bashar, Kilgour & Hipel 2012",),
    "hindcast": QUESTIONS["history"],
    "hypergame": QUESTIONS["perception"],
    "mind": QUESTIONS["change_of_mind"],
    "package": QUESTIONS["packages"],
    "partnership": QUESTIONS["partnerships"],
    "probabilistic": ("Rêgo & dos Santos 2015",),
    "threshold": QUESTIONS["pivots"],
    "compare": QUESTIONS["platforms"],
}
"""The same for questions whose command has another name."""

SANCTIONS: dict[str, tuple[str, ...]] = {"legal": (GRAPH_MODEL,), "one-step": (SYSTEM,)}
"""Sanction rule -> where it is used."""


def keys_in(source: str) -> tuple[str, ...]:
    """The keys a source line names: works apart by semicolons, years of the same authors by commas.

    >>> keys_in("Fraser & Hipel 1979, 1984; Rego & Vieira 2017")
    ('Fraser & Hipel 1979', 'Fraser & Hipel 1984', 'Rego & Vieira 2017')
    """
    found: list[str] = []
    for work in source.split(";"):
        years = re.findall(r"\b(?:19|20)\d\d\b", work)
        authors = re.split(r"\s(?:19|20)\d\d\b", work)[0].strip()
        found += [f"{authors} {year}" for year in years]
    return tuple(found)


def cite(
    concepts: Iterable[str] = (), questions: Iterable[str] = (), sanctions: str | None = None, *more: str
) -> tuple[str, ...]:
    """What to cite for these concepts, questions and this sanction rule, and the keys `more`: one text each, in that order.

    Raises `UnknownName` for a name that does not exist. A program or a paper can print the texts as they are.
    """
    wanted = list(concepts)
    found = [key for concept in (choose_concepts(wanted) if wanted else ()) for key in keys_in(concept.source)]
    found += SANCTIONS[sanction_rule(sanctions)] if sanctions is not None else ()
    for question in questions:
        name = question.replace("-", "_")
        known = {**QUESTIONS, **COMMANDS}
        if name not in known:
            raise UnknownName("question", question, known)
        found += known[name]
    return tuple(f"{key}: {REFERENCES[key]}" for key in dict.fromkeys((*found, *more)))


def citations(
    of: Case | Analysis, concepts: Iterable[str] | None = None, questions: Iterable[str] = ()
) -> tuple[str, ...]:
    """What an analysis used: its concepts (of a case: the default ones), sanction rule, kinds of preference, parts."""
    chosen = concepts if concepts is not None else of.concepts if isinstance(of, Analysis) else CONCEPTS
    used = of.game.readings
    listed = any(not isinstance(reading, Ranking) for reading in used)
    joined = QUESTIONS["hierarchy"] if of.scenario.whole else ()
    return cite(chosen, questions, of.sanctions, *((OPTIONS,) if listed else ()), *joined)


def keys(of: Case | Analysis, concepts: Iterable[str] | None = None, questions: Iterable[str] = ()) -> tuple[str, ...]:
    """As `citations`, the keys only."""
    return tuple(text.split(": ", 1)[0] for text in citations(of, concepts, questions))
