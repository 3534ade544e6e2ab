"""The evidence of a model as W3C PROV-JSON: which judgement was derived from which source, said where, and by whom.

Sources and judgements are entities; a judgement `wasDerivedFrom` each source it cites, with the place in it as an attribute;
the model `hadMember` every judgement; the version of this program is the agent that the description is attributed to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from detente.exchange.foreign import Given
from detente.scenario.model import Evidence, Scenario
from detente.version import __version__

NAME = "prov"

SPACE = "urn:detente:"


def write(scenario: Scenario, digest: str) -> Given:
    """The evidence of a scenario, whose content `digest` names. Cost: linear in the file."""
    model = f"model:{digest[:16] or 'unsaved'}"
    entities: dict[str, Any] = {model: {"prov:type": "detente:Model", "prov:label": scenario.title}}
    derived: dict[str, Any] = {}
    for key, source in scenario.sources.items():
        told = {
            "prov:type": "detente:Source",
            "prov:label": source.text or key,
            "detente:kind": source.kind,
            "detente:date": source.date,
            "detente:url": source.url,
            "detente:grade": source.grade,
            "detente:checked": source.checked,
        }
        entities[f"source:{key}"] = {name: str(value) for name, value in told.items() if value}
    members = []
    for place, words, evidence in judgements(scenario):
        entity = f"judgement:{place}"
        told = {
            "prov:type": "detente:Judgement",
            "prov:label": words,
            "detente:confidence": evidence.confidence,
            "detente:note": evidence.note,
        }
        entities[entity] = {name: str(value) for name, value in told.items() if value}
        members.append(entity)
        for kind, cited in (("supports", evidence.source), ("disputes", evidence.against)):
            for source_id in cited:
                relation = {
                    "prov:generatedEntity": entity,
                    "prov:usedEntity": f"source:{source_id}",
                    "detente:relation": kind,
                }
                if evidence.where and kind == "supports":
                    relation["detente:where"] = evidence.where
                derived[f"_:d{len(derived) + 1}"] = relation
    document = {
        "prefix": {
            "detente": f"{SPACE}term:",
            "model": f"{SPACE}model:",
            "source": f"{SPACE}source:",
            "judgement": f"{SPACE}judgement:",
            "agent": f"{SPACE}agent:",
        },
        "entity": entities,
        "agent": {"agent:detente": {"prov:type": "prov:SoftwareAgent", "prov:label": f"detente {__version__}"}},
        "wasAttributedTo": {"_:a1": {"prov:entity": model, "prov:agent": "agent:detente"}},
        "wasDerivedFrom": derived,
        "hadMember": {f"_:m{n}": {"prov:collection": model, "prov:entity": each} for n, each in enumerate(members, 1)},
    }
    return Given(format=NAME, content=json.dumps(document, indent=1, ensure_ascii=False) + "\n", beside={})


def judgements(scenario: Scenario) -> Iterator[tuple[str, str, Evidence]]:
    """Whatever an analyst asserts with evidence, or without: its place, what it says, its evidence."""
    for actor in scenario.actors:
        yield f"actors.{actor.id}", actor.name, actor.evidence
        for option in actor.options:
            yield f"actors.{actor.id}.options.{option.id}", option.name, option.evidence
        for reading in actor.readings.values():
            place = f"actors.{actor.id}.readings.{reading.id}"
            yield place, reading.name or reading.id, reading.evidence
            for number, statement in enumerate(reading.statements):
                yield f"{place}.{number}", str(statement), statement.evidence
            for number, adjustment in enumerate(reading.adjust):
                yield f"{place}.adjust.{number}", str(adjustment), adjustment.evidence
    for number, rule in enumerate(scenario.rules):
        yield f"rules.{number}", rule.text or str(rule.when), rule.evidence
    for kind in ("outcomes", "partnerships", "platforms", "incentives", "perceptions", "claims"):
        for key, entry in getattr(scenario, kind).items():
            words = getattr(entry, "name", "") or getattr(entry, "says", "") or key
            yield f"{kind}.{key}", str(words), entry.evidence
    for number, event in enumerate(scenario.history):
        yield f"history.{number}", event.says, event.evidence
