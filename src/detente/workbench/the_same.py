"""The same as was asked on the page, said otherwise: as a command, in Python, as YAML."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from detente.case import Case
from detente.questions.brief.commands import circumstances_of, name_of
from detente.scenario.text.edit import text_of

COMMANDS: Mapping[str, str] = {
    "break_matrix": "break",
    "collection_plan": "collect",
    "response_counts": "responses",
    "joint_minimal": "joint --minimal",
    "third_parties": "third-party",
    "announcements": "announce",
    "hierarchy_of": "hierarchy",
    "inverse": "design conditions",
    "change_of_mind": "design mind",
    "package": "design package",
    "package_of_play": "design package",
    "package_to_break": "design package",
    "wedge": "design wedge",
    "credibility": "design credibility",
    "exchange": "design exchange",
    "attitudes_strict": "attitudes --strict",
    "coalitions_explained": "coalitions",
    "as_one_explained": "as-one",
    "three_valued": "unknown-preference",
}
"""The commands of questions whose names differ."""

OPTIONS: Mapping[tuple[str, str], str] = {
    ("levers", "actors"): "by",
    ("induce", "actors"): "by",
    ("induce", "rules"): "try",
    ("break_matrix", "actors"): "over",
    ("break_matrix", "name"): "partnership",
    ("partnership", "name"): "partnership",
    ("types", "actors"): "over",
    ("observations", "actors"): "over",
    ("paths", "by"): "steps",
    ("joint", "max_size"): "most",
    ("joint_minimal", "max_size"): "most",
}
"""The options of commands whose names differ from the parameter's."""


def command(case: Case, question: str, said: Mapping[str, Any]) -> str:
    """The line that asks the same in a terminal."""
    words = ["detente", *COMMANDS.get(question, question.replace("_", "-")).split(), name_of(case.scenario)]
    for name, value in said.items():
        option = "goal" if name == "of" else OPTIONS.get((question, name), name.replace("_", "-"))
        if question == "levers" and name == "hold":
            words += ["--flipped"] if value == "flipped" else []
        elif isinstance(value, bool):
            words += [f"--{option}"] if value else []
        elif isinstance(value, Mapping):
            for key, each in value.items():
                words += [f"--{option.removesuffix('s')}", shlex.quote(f"{key}={each}")]
        elif option == "try":
            for each in value:
                words += ["--try", shlex.quote(each)]
        elif value is not None:
            words += [
                f"--{option}",
                shlex.quote(
                    ",".join(map(str, value))
                    if isinstance(value, list)
                    else f"{value:g}"
                    if isinstance(value, float)
                    else str(value)
                ),
            ]
    return " ".join([*words, *circumstances_of(case)])


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
