"""Commands about who sees what and how far, and about models made of models.

Hypergames and announcements, hierarchies, third parties, horizons, status quo analysis. What a file says about them is asked
without options; options are for quick trials.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import (
    FORMATS,
    case_of,
    circumstances,
    countermoves_option,
    format_options,
    name_list,
    names,
    pairs,
    reading_options,
)
from detente.cli.questions import given, help_of, question, show_all, show_result
from detente.cli.shared import STREAM, load, print_json, print_sheets
from detente.cli.telling import VERBOSE, all_option, provenance, rests_on, tell_sheets, telling_options
from detente.cli.telling import said as told
from detente.errors import refuse_unknown
from detente.messages import tell

if TYPE_CHECKING:
    from detente.case import Case
    from detente.scenario.model import Announcement, Scenario, View


# --- who sees what ----------------------------------------------------------------------------------------------


@click.command(
    help=help_of(
        "hypergame",
        "Without options: the first of the file's `perceptions`. With --view and the like: these views, or on top of "
        "--perception.",
    )
)
@click.option("--perception", metavar="NAME", help="Which of the file's perceptions; default: the first.")
@click.option(
    "--view",
    "views",
    multiple=True,
    metavar="A:B=READING",
    help="A believes B wants this; A:B:C=... A thinks B does of C.",
)
@click.option(
    "--unaware", multiple=True, metavar="A:OPTION", help="An option A does not perceive; A:B:OPTION as above."
)
@click.option("--imagines", multiple=True, metavar="A:OPTION", help="A fixed option A thinks can be switched.")
@click.option("--impossible", multiple=True, metavar="A:FORMULA", help="States A thinks impossible.")
@click.option("--concepts", metavar="LIST", help="Solution concepts; default: the four shown side by side.")
@all_option
@circumstances
def hypergame(case: Case, form: str, perception: str | None, concepts: str | None, **said: tuple[str, ...]) -> None:
    """A perception of the file, or views given as options, or both; `said` are the options that make views."""
    from detente.case import CONCEPTS
    from detente.questions.perception.hypergame import hypergame as ask
    from detente.questions.perception.hypergame import perceived

    wanted = (*CONCEPTS, "sseq") if concepts == "all" else names(concepts) or CONCEPTS
    views: Mapping[str, View] = {}
    beliefs: Mapping[str, Mapping[str, View]] = {}
    trial = any(said.values())
    if perception or not trial:
        case, views, beliefs = perceived(case, perception)
    views, beliefs = _with(case.scenario, views, beliefs, **said)
    known = list(case.scenario.perceptions)
    only = perception or trial or len(known) < 2
    hint = (
        ""
        if only
        else tell(
            "The perception {known}; the file also has {known2} (--perception NAME).",
            known=known[0],
            known2=", ".join(known[1:]),
        )
    )
    show_result(case, form, lambda _: ask(case, views, beliefs, wanted), hint=hint)


VIEW = "ACTOR:OTHER=READING, for example us:ru=need"
"""How a belief is written."""


def _with(
    scenario: Scenario,
    own: Mapping[str, View],
    beliefs: Mapping[str, Mapping[str, View]],
    *,
    views: Iterable[str],
    unaware: Iterable[str],
    imagines: Iterable[str],
    impossible: Iterable[str],
) -> tuple[dict[str, View], dict[str, dict[str, View]]]:
    """Views and beliefs with what the options say added."""
    from dataclasses import replace

    from detente.scenario.model import View

    first, second = dict(own), {i: dict(each) for i, each in beliefs.items()}

    def change(path: list[str], **more: Any) -> None:
        for actor in path:
            scenario.actor(actor)
        if len(path) == 1:
            first[path[0]] = _added(first.get(path[0], View()), more)
        else:
            inner = second.setdefault(path[0], {})
            inner[path[1]] = _added(inner.get(path[1], View()), more)

    def _added(view: View, more: Mapping[str, Any]) -> View:
        readings = {**view.readings, **more.get("readings", {})}
        hidden, imagined = view.hidden | more.get("hidden", set()), view.imagined | more.get("imagined", set())
        return replace(
            view, readings=readings, hidden=hidden, imagined=imagined, rules=(*view.rules, *more.get("rules", ()))
        )

    for left, reading in pairs(views, VIEW, "--view").items():
        *path, other = _path(left, 2, "--view", VIEW)
        scenario.actor(other).reading(reading)
        change(path, readings={other: reading})
    for key, texts, example in (
        ("hidden", unaware, "--unaware us:ru_link"),
        ("imagined", imagines, "--imagines us:ru_link"),
    ):
        for text in texts:
            *path, option = _path(
                text, 2, example.split()[0], tell("ACTOR:OPTION, for example {split}", split=example.split()[1])
            )
            refuse_unknown("option", scenario.variables(), option)
            change(path, **{key: {scenario.variables()[option].key}})
    for text in impossible:
        *path, formula = _path(text, 2, "--impossible", tell("ACTOR:FORMULA, for example 'us:ru_link and not nk_arms'"))
        scenario.formula(formula)
        change(path, rules=(formula,))
    return first, second


def _path(text: str, least: int, option: str, form: str) -> list[str]:
    """`a:b:c` as two or three names."""
    parts = [part.strip() for part in text.split(":")]
    if not least <= len(parts) <= least + 1 or not all(parts):
        raise click.BadParameter(tell("write {form}; found {text}", form=form, text=repr(text)), param_hint=option)
    return parts


@click.command(help=help_of("announcement"))
@click.option("--announcement", "name", metavar="NAME", help="Which of the file's announcements; default: all of them.")
@click.option("--to", metavar="LIST", help="For a trial: the actors who hear it.")
@click.option("--by", metavar="ACTOR", help="Who makes it.")
@click.option("--perception", metavar="NAME", help="The perception it is made in; default: the first of the file.")
@click.option("--believes", multiple=True, metavar="ACTOR=READING", help="What the hearers then believe; repeatable.")
@click.option("--reveals", metavar="LIST", help="Options the hearers then perceive.")
@click.option("--unmasks", metavar="LIST", help="Options the hearers no longer imagine.")
@click.option("--imagines", metavar="LIST", help="Fixed options the hearers then think can be switched: a bluff.")
@click.option("--corrects", is_flag=True, help="The hearers then see the model as it is.")
@click.option("--public", is_flag=True, help="Everybody learns what the hearers then see.")
@click.option("--each", is_flag=True, help="Put every error of the perception right, one at a time: who would gain?")
@circumstances
def announce(case: Case, form: str, name: str | None, to: str | None, each: bool, **trial: Any) -> None:
    """Those of the file, or a trial, or every error of a perception put right."""
    from detente.questions.perception.announcements import announcement, announcements, disclosures
    from detente.questions.perception.hypergame import perceived

    views: Mapping[str, View]
    beliefs: Mapping[str, Mapping[str, View]]
    if each:
        if name or to or any(trial[key] for key in trial if key not in ("perception", "public")):
            raise click.UsageError(
                tell("--each goes through all errors of a perception; it takes --perception and --public only")
            )
        case, views, beliefs = perceived(case, trial["perception"])
        show_result(case, form, lambda _: disclosures(case, views, beliefs, public=trial["public"]))
        return
    if to is None:
        if any(trial.values()):
            raise click.UsageError(
                tell("say who hears it: --to ACTOR (or leave all of it out, and ask what the file says)")
            )
        show_all(case, form, announcements(case, name))
        return
    news = _news(case.scenario, to, trial)
    views, beliefs = {}, {}
    if case.scenario.perceptions:
        case, views, beliefs = perceived(case, trial["perception"])
    show_result(case, form, lambda _: announcement(case, views, news, beliefs))


def _news(scenario: Scenario, to: str, trial: Mapping[str, Any]) -> Announcement:
    from detente.scenario.model import Announcement, View

    def options(key: str) -> frozenset[str]:
        known, named = scenario.variables(), names(trial[key]) or ()
        refuse_unknown("option", known, *named)
        return frozenset(known[option].key for option in named)

    readings = pairs(trial["believes"], tell("ACTOR=READING, for example ru=need"), "--believes")
    for actor, reading in readings.items():
        scenario.actor(actor).reading(reading)
    news = Announcement(
        id="trial",
        to=tuple(name_list(to)),
        adds=View(readings=readings, imagined=options("imagines")),
        reveals=options("reveals"),
        unmasks=options("unmasks"),
        corrects=trial["corrects"],
        public=trial["public"],
        by=trial["by"] or "",
    )
    if not any((readings, news.adds.imagined, news.reveals, news.unmasks, news.corrects)):
        raise click.UsageError(
            tell("say what the hearers then see: --believes, --reveals, --unmasks, --imagines or --corrects")
        )
    return news


# --- models made of models --------------------------------------------------------------------------------------


@click.command(
    help=help_of(
        "hierarchy_of",
        "Give one file that is built from `parts`, or the parts themselves: road=chicken jail=other.yaml --shared first.",
    )
)
@click.argument("models", nargs=-1, required=True, metavar="NAME|FILE | PART=NAME|FILE...")
@click.option("--shared", metavar="LIST", help="The actors that several parts have.")
@click.option("--order", metavar="LIST", help="Parts by importance to the shared actors; default: as given.")
@click.option("--weights", metavar="LIST", help="Or how much each part counts: road=2,jail=1.")
@click.option("--same", metavar="LIST", help="Options of shared actors that are one decision in several parts.")
@click.option(
    "--rename", multiple=True, metavar="PART:OLD=NEW", help="An actor of a part under another name; repeatable."
)
@click.option(
    "--write", type=click.Path(dir_okay=False), metavar="FILE", help="Write the whole as a scenario of its own."
)
@countermoves_option
@reading_options
@telling_options
@format_options(*FORMATS)
def hierarchy(models: tuple[str, ...], form: str, **asked: Any) -> None:
    """A file made of parts, or the parts themselves."""
    from detente.case import Case
    from detente.engine.concepts import sanction_rule
    from detente.questions.stability.hierarchical import hierarchy as ask
    from detente.questions.stability.hierarchical import hierarchy_of

    rule, options = sanction_rule(asked["sanctions"]), ("shared", "order", "weights", "same", "rename")
    if len(models) == 1 and "=" not in models[0]:
        given = [key for key in options if asked[key]]
        if given:
            raise click.UsageError(
                tell("--{given} is for parts given as PART=FILE; a file says it under `parts`", given=given[0])
            )
        found = hierarchy_of(case_of(models[0], **{key: asked[key] for key in ("readings", "world", "sanctions")}))
    else:
        parts = _renamed({name: load(source) for name, source in pairs(models).items()}, asked["rename"])
        shared = name_list(asked["shared"])
        if not shared:
            raise click.UsageError(tell("say which actors the parts share: --shared ACTOR"))
        readings = {part: {a: r for a, r in asked["readings"].items() if a in _ids(s)} for part, s in parts.items()}
        found = ask(
            parts, shared, order=names(asked["order"]), weights=_weights(asked["weights"]), readings=readings,
            same=names(asked["same"]) or (), sanctions=rule,
        )  # fmt: skip
    if asked["write"]:
        _write(found.scenario, asked["write"])
    if form == "json":
        print_json(found.to_json())
    elif form == "table":
        made_of = tell("Parts: {order}; shared: {shared}", order=", ".join(found.order), shared=", ".join(found.shared))
        tell_sheets(
            Case(found.scenario),
            found,
            lambda _: found.sheets(),
            second=made_of,
            last=(*(rests_on(found.basis) if told(VERBOSE) else ()), provenance(found.basis.hash)),
        )
    else:
        print_sheets(found.sheets(), form)


def _ids(scenario: Scenario) -> set[str]:
    return {actor.id for actor in scenario.actors}


def _renamed(parts: dict[str, Scenario], texts: Iterable[str]) -> dict[str, Scenario]:
    from detente.scenario.composite.renaming import rename_actor

    for left, new in pairs(tuple(texts)).items():
        part, colon, old = left.partition(":")
        if not colon:
            raise click.BadParameter(
                tell("write PART:OLD=NEW, for example jail:second=third; found {left}", left=repr(left)),
                param_hint="--rename",
            )
        refuse_unknown("part", parts, part)
        parts[part] = rename_actor(parts[part], old, new)
    return parts


def _weights(text: str | None) -> dict[str, Any] | None:
    from fractions import Fraction

    found = {}
    for part, number in pairs(tuple(names(text) or ())).items():
        try:
            found[part] = Fraction(number)
        except (ValueError, ZeroDivisionError):
            raise click.BadParameter(
                tell("a weight is a number such as 2, 0.5 or 1/3; found {number}", number=repr(number)),
                param_hint="--weights",
            ) from None
    return found or None


def _write(scenario: Scenario, target: str) -> None:
    from detente.scenario.binding.data import data_of
    from detente.scenario.text.edit import save, text_of

    text = text_of({"detente": 1, "title": scenario.title, **data_of(scenario)})
    if target == STREAM:
        click.echo(text, nl=False)
        return
    save(text, target)
    click.echo(tell("Written: {path}", path=Path(target)), err=True)


# --- third parties, horizons, status quo ------------------------------------------------------------------------


@click.command("third-party", help=help_of("third_party"))
@click.option("--third-party", "name", metavar="NAME", help="Which of the file's third parties; default: all of them.")
@click.option("--can", multiple=True, metavar="MOVE", help='For a trial: what it can do, "where > what"; repeatable.')
@click.option("--wants", metavar="LIST", help="With --can: its priorities; without, it can act at will.")
@circumstances
def third_party(case: Case, form: str, name: str | None, can: tuple[str, ...], wants: str | None) -> None:
    """The third parties of the file, or a trial."""
    from detente.questions.policy.third_party import third_parties
    from detente.questions.policy.third_party import third_party as ask

    if can and name:
        raise click.UsageError(
            tell("--third-party is for third parties of the file, --can for a trial; give one of them")
        )
    if wants and not can:
        raise click.UsageError(
            tell("--wants says what the third party of a trial wants; say with --can what it can do")
        )
    if can:
        show_result(case, form, lambda _: ask(case, can, name_list(wants)))
    else:
        show_all(case, form, third_parties(case, name))


horizons = question(
    "horizons",
    given("--horizon", "shown", "Show this horizon; repeatable.", type=int, multiple=True, metavar="MOVES"),
)

status_quo = question(
    "status_quo",
    given("--by", "by", "moves, improvements or unsanctioned.", default="moves", show_default=True),
    given("--most", "most", "How many states to list.", type=click.IntRange(min=1), default=200, show_default=True),
)


PERCEPTION = (status_quo, horizons, third_party, hypergame, announce, hierarchy)
