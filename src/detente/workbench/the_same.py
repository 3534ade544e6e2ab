"""The same as was asked on the page, said otherwise: as a command, in Python, as YAML."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from detente.case import Case
from detente.case.command_line import circumstances_of
from detente.questions.brief.commands import name_of
from detente.scenario.text.edit import text_of

COMMANDS: Mapping[str, str] = {
    "break_matrix": "break",
    "collection_plan": "collect",
    "response_counts": "responses",
    "joint_minimal": "joint --minimal",
    "third_parties": "third-party",
    "announcements": "announce",
    "inverse": "design inverse",
    "change_of_mind": "design mind",
    "package": "design package",
    "package_of_play": "design package",
    "package_to_break": "design package",
    "wedge": "design wedge",
    "credibility": "design credibility",
    "exchange": "design exchange",
    "attitudes_strict": "attitudes --strict",
    "explain_own": "behaviours",
    "coalitions_explained": "coalitions",
    "as_one_explained": "as-one",
    "three_valued": "unknown-preference --completions",
    "unknowns_of_list": "unknowns",
    "unknowns_in_force": "unknowns",
    "disclosures": "announce --each",
}
"""The commands of questions whose names differ."""

UNSAYABLE = ("hierarchy_of",)
"""Questions that the command line asks in another way."""

ANY = ""

OPTIONS: Mapping[tuple[str, str], str] = {
    (ANY, "of"): "goal",
    (ANY, "own"): "concept",
    (ANY, "partition"): "block",
    (ANY, "doubts"): "doubt",
    (ANY, "shown"): "horizon",
    (ANY, "max_size"): "most",
    (ANY, "most_edits"): "most",
    ("levers", "actors"): "by",
    ("induce", "actors"): "by",
    ("induce", "rules"): "try",
    ("break_matrix", "actors"): "over",
    ("break_matrix", "name"): "partnership",
    ("partnership", "name"): "partnership",
    ("third_parties", "name"): "third-party",
    ("announcements", "name"): "announcement",
    ("types", "actors"): "over",
    ("observations", "actors"): "over",
    ("paths", "by"): "steps",
    ("package_to_break", "partnership"): "breaks",
    ("wedge", "divider"): "by",
    ("explain_own", "state"): "explain",
    ("coalitions_explained", "state"): "explain",
    ("as_one_explained", "state"): "explain",
    ("unknowns_of_list", "platform"): "wanting",
    ("unknowns_in_force", "platform"): "in-force",
}
"""The options of commands whose names differ from the parameter's, in one question or in any."""

REPEATED = frozenset({"try", "block", "doubt", "concept", "tempo", "horizon"})
"""Options that are given once for each entry."""

NOT_SAID: Mapping[str, frozenset[str]] = {
    "brief": frozenset({"seconds"}),
    "pivots": frozenset({"kinds"}),
    "explain": frozenset({"told"}),
    "explain_own": frozenset({"told"}),
    "coalitions_explained": frozenset({"told"}),
    "as_one_explained": frozenset({"told"}),
    "third_party": frozenset({"interventions"}),
}
"""Parameters that no command has an option for."""


def command(case: Case, question: str, said: Mapping[str, Any]) -> str:
    """The line that asks the same in a terminal; nothing where no line does."""
    if question in UNSAYABLE or NOT_SAID.get(question, frozenset()) & said.keys():
        return ""
    words = ["detente", *COMMANDS.get(question, question.replace("_", "-")).split(), name_of(case.scenario)]
    if question.endswith(("_explained", "_own")) and "state" not in said:
        words += ["--explain", "now"]
    for name, value in said.items():
        option = OPTIONS.get((question, name)) or OPTIONS.get((ANY, name), name.replace("_", "-"))
        words += _said(question, option, value)
    return " ".join([*words, *circumstances_of(case)])


def _said(question: str, option: str, value: Any) -> list[str]:
    """One parameter as options."""
    if (question, option) == ("levers", "hold"):
        return ["--flipped"] if value == "flipped" else []
    if isinstance(value, bool):
        return [f"--{option}"] if value else []
    if isinstance(value, Mapping):
        parts = [key if each is True else f"{key}={each}" for key, each in value.items()]
    elif isinstance(value, list):
        parts = [",".join(each) if isinstance(each, list) else _word(each) for each in value]
        parts = parts if option in REPEATED else [",".join(parts)]
    else:
        parts = [_word(value)]
    return [word for part in parts for word in (f"--{option}", shlex.quote(part))]


def _word(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def python(case: Case, question: str, said: Mapping[str, Any]) -> str:
    """The lines that ask the same in Python."""
    asked = case.circumstances
    chosen = ", ".join(
        part
        for part in (
            f"readings={dict(asked.readings)!r}" if asked.readings else "",
            f"world={asked.world!r}" if asked.world else "",
            f"sanctions={asked.sanctions!r}" if asked.sanctions != "legal" else "",
        )
        if part
    )
    changes = ", ".join(
        part
        for part in (
            f"start={case.state_text(asked.start)!r}" if asked.start else "",
            f"hold={case.state_text(asked.hold)!r}" if asked.hold else "",
            f"rules={[rule.text for rule in asked.rules]!r}" if asked.rules else "",
        )
        if part
    )
    source = shlex.split(name_of(case.scenario))[0]
    given = ", ".join(f"{name}={value!r}" for name, value in said.items())
    study = f"dt.load({source!r})" + (f".with_({chosen})" if chosen else "") + (f".under({changes})" if changes else "")
    return f"import detente as dt\n\nprint({study}.{question}({given}))"


def as_yaml(question: str, said: Mapping[str, Any]) -> str:
    """The question as a claim's test asks it, or else as plain YAML: what was asked, to be kept."""
    return text_of(
        {
            "ask": question,
            **{key: value if isinstance(value, list | dict) else str(value) for key, value in said.items()},
        }
    )
