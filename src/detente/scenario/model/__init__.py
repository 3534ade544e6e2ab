"""What people wrote: the scenario and its parts, names resolved, formulas bound, evidence kept.

Every class is frozen. Nothing here is computed from the state space; that is the business of `detente.conflict`. The
reader (`detente.scenario.read`) makes these values and guarantees that every name in them exists. Each field's annotation
says how what is written becomes what is kept (`detente.scenario.model.fields`). All classes are imported from here.
"""

from __future__ import annotations

from detente.scenario.model.beliefs import Announcement, Perception, View
from detente.scenario.model.evidence import Evidence, Place, Source
from detente.scenario.model.ground import Actor, Graph, Option, Outcome, Rule, in_a_sentence, in_order
from detente.scenario.model.preferences import ALL_OFF, Adjustment, PriorityList, Ranking, Reading, Statement, Weights
from detente.scenario.model.scenario import Scenario, Whole
from detente.scenario.model.sections import (
    SENTENCES,
    Asking,
    Claim,
    Event,
    EventGuards,
    EventRule,
    EventTable,
    Expectation,
    Figure,
    Incentive,
    Intervention,
    Moment,
    Partnership,
    Platform,
    Record,
    Relation,
    ThirdParty,
)

__all__ = [
    "ALL_OFF",
    "SENTENCES",
    "Actor",
    "Adjustment",
    "Announcement",
    "Asking",
    "Claim",
    "Event",
    "EventGuards",
    "EventRule",
    "EventTable",
    "Evidence",
    "Expectation",
    "Figure",
    "Graph",
    "Incentive",
    "Intervention",
    "Moment",
    "Option",
    "Outcome",
    "Partnership",
    "Perception",
    "Place",
    "Platform",
    "PriorityList",
    "Ranking",
    "Reading",
    "Record",
    "Relation",
    "Rule",
    "Scenario",
    "Source",
    "Statement",
    "ThirdParty",
    "View",
    "Weights",
    "Whole",
    "in_a_sentence",
    "in_order",
]
