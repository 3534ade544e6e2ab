"""Commands for other kinds of preference: strength, unknown, attitudes, chances, degrees; each with `--explain STATE`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.analyze import concept_names
from detente.cli.questions import case_of, circumstances, names, pairs, show_result
from detente.cli.shared import Decorated
from detente.errors import InputError

if TYPE_CHECKING:
    from detente.case import Case
    from detente.questions.preference_structures.verdicts import Family


def explaining(command: Decorated) -> Decorated:
    """`--concepts`, `--explain STATE`."""
    concepts = click.option("--concepts", metavar="LIST", help="Concepts to judge by; with --explain: to tell.")
    state = click.option(
        "--explain", "state", metavar="STATE", help="Tell why this state holds, or does not: now, a name, settings, #3."
    )
    return concepts(state(command))


def judging(command: Decorated) -> Decorated:
    """What all families of preference share: explanations, and a concept (and standard) per actor."""
    options = [
        click.option("--for", "actors", metavar="LIST", help="With --explain: whose stability; default: everybody's."),
        click.option(
            "--standard", "standards", multiple=True, metavar="NAME", help="With --explain: by which; repeatable."
        ),
        click.option(
            "--default", default="seq", show_default=True, metavar="NAME", help="With --concept: for all others."
        ),
        click.option(
            "--concept",
            "own",
            multiple=True,
            metavar="ACTOR=NAME[:STANDARD]",
            help="An actor's own concept; repeatable.",
        ),
    ]
    for option in options:
        command = option(command)
    return explaining(command)


def show_family(form: str, case: Case, ask: Callable[..., Family], asked: Mapping[str, Any]) -> None:
    """A family's verdicts, or the explanation of one state by them."""
    state, wanted = asked["state"], asked["concepts"]
    chosen = None if wanted is not None and wanted.strip() == "all" else concept_names(wanted)  # all there are: no SIM
    if state is None and (asked["standards"] or asked["actors"]):
        raise click.UsageError("--standard and --for say what to explain; name a state with --explain")
    if state is not None:
        found = ask(case)
        told = found.explain(state, chosen, asked["standards"] or None, names(asked["actors"]))
        tell(case, form, told)
        return
    kinds = {} if chosen is None else {"concepts": chosen}
    own = {
        actor: standard_of(text)
        for actor, text in pairs(asked["own"], "ACTOR=NAME[:STANDARD], for example us=seq", "--concept").items()
    }

    def answer(_: Any) -> Family:
        found = ask(case, **kinds)
        return found.with_behaviour(own, asked["default"]) if own else found

    show_result(case, form, answer)


def standard_of(text: str) -> str | tuple[str, str]:
    """`seq` or `seq:strong`."""
    concept, colon, standard = text.partition(":")
    return (concept.strip(), standard.strip()) if colon else text


def tell(case: Case, form: str, told: Any) -> None:
    """An explanation: as a dialogue, or as its tables or JSON."""
    if form == "table":
        click.echo(str(told))
    else:
        show_result(case, form, lambda _: told)


def every_pair(values: Iterable[str], form: str = "LEFT=RIGHT", option: str | None = None) -> list[tuple[str, str]]:
    """`LEFT=RIGHT` values in order; a LEFT may come several times."""
    return [next(iter(pairs((value,), form, option).items())) for value in values]


# --- kinds of preference ---------------------------------------------------------------------------------------------


@click.command()
@click.option(
    "--great",
    multiple=True,
    metavar="ACTOR=WISH[:DEGREE]",
    help="A wish (or its rank) that is great; for all the file says.",
)
@judging
@circumstances
def strength(form: str, great: tuple[str, ...], **asked: Any) -> None:
    """Strong and weak stability, where statements are marked as great."""
    from detente.questions.preference_structures.strength import strength as ask

    case, said = case_of(asked), greatly(great)
    show_family(form, case, lambda case, **how: ask(case, said, **how), asked)


def greatly(values: Iterable[str]) -> dict[str, dict[str, int]]:
    """What `--great` says per actor: wishes, ranks or differences and their degrees."""
    said: dict[str, dict[str, int]] = {}
    for actor, text in every_pair(values, "ACTOR=WISH or ACTOR=WISH:DEGREE, for example us=us_arm:3", "--great"):
        wish, colon, degree = text.rpartition(":")
        if colon and not degree.strip().isdigit():
            raise click.BadParameter(
                f"write ACTOR=WISH:DEGREE, for example us=us_arm:3; found {text!r}", param_hint="--great"
            )
        said.setdefault(actor, {})[wish.strip() if colon else text.strip()] = int(degree) if colon else 2
    return said


@click.command("unknown-preference")
@click.option(
    "--unknown",
    multiple=True,
    metavar='"ACTOR=A ? B"',
    help="States where A holds against those where B holds; repeatable.",
)
@click.option("--great", multiple=True, metavar="ACTOR=WISH[:DEGREE]", help="For the hybrids: as for `strength`.")
@click.option(
    "--completions", is_flag=True, help="Instead: what is stable in all, some or no completions of the lists."
)
@judging
@circumstances
def unknown_preference(
    form: str, unknown: tuple[str, ...], great: tuple[str, ...], completions: bool, **asked: Any
) -> None:
    """Stability where some preferences are unknown: the four readings a to d."""
    from detente.questions.preference_structures import unknown as module

    case, hidden = case_of(asked), unknown_pairs(case_pairs := every_pair(unknown))
    if completions:
        if case_pairs or great or asked["own"] or asked["state"] is not None:
            raise click.UsageError(
                "--completions goes through the lists as the file has them; it takes --concepts only"
            )
        kinds = {} if asked["concepts"] is None else {"concepts": concept_names(asked["concepts"])}
        show_result(case, form, lambda _: module.three_valued(case, **kinds))  # type: ignore[arg-type]
        return
    said = greatly(great) or None
    show_family(form, case, lambda case, **how: module.unknown_preference(case, hidden, said, **how), asked)


def unknown_pairs(values: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]] | None:
    """What `--unknown` says per actor; None if it is not given."""
    found: dict[str, list[tuple[str, str]]] = {}
    for actor, text in values:
        one, mark, other = text.partition("?")
        if not (mark and one.strip() and other.strip()):
            raise click.BadParameter(f'write "ACTOR=A ? B", two formulas; found {text!r}', param_hint="--unknown")
        found.setdefault(actor, []).append((one.strip(), other.strip()))
    return found or None


@click.command()
@click.option(
    "--of", "signs", multiple=True, metavar="ACTOR:OTHER=SIGN", help="+ friend, - foe, 0 neutral; repeatable."
)
@click.option("--strict", is_flag=True, help="Nobody moves for a tie.")
@judging
@circumstances
def attitudes(form: str, signs: tuple[str, ...], strict: bool, **asked: Any) -> None:
    """Relational stability under attitudes of actors to each other."""
    from detente.questions.preference_structures import attitudes as module
    from detente.questions.preference_structures.from_file import attitudes_of

    case = case_of(asked)
    given = {actor: dict(each) for actor, each in attitudes_of(case.scenario).items()}
    for actor, other, sign in triples(signs, "ACTOR:OTHER=SIGN, for example us:ru=-", "--of"):
        given.setdefault(actor, {})[other] = sign
    ask = module.attitudes_strict if strict else module.attitudes
    show_family(form, case, lambda case, **how: ask(case, given, **how), asked)


def triples(values: Iterable[str], form: str, option: str) -> list[tuple[str, str, str]]:
    """`A:B=C` values."""
    found = []
    for left, right in every_pair(values, form, option):
        one, colon, other = left.partition(":")
        if not (colon and one and other):
            raise click.BadParameter(f"write {form}; found {left + '=' + right!r}", param_hint=option)
        found.append((one, other, right))
    return found


def numbers_options(command: Decorated) -> Decorated:
    """Where chances or degrees come from."""
    options = [
        click.option(
            "--numbers",
            metavar="ACTOR",
            help="Only print the actor's numbers, as a CSV table to edit and give to --matrix.",
        ),
        click.option("--matrix", multiple=True, metavar="ACTOR=FILE", help="Numbers for each pair of states, as CSV."),
        click.option("--dispersion", multiple=True, metavar="ACTOR=D", help="Deviation of the errors in its weights."),
        click.option(
            "--chance", multiple=True, metavar="ACTOR:READING=P", help="How likely each of its readings is; repeatable."
        ),
    ]
    for option in options:
        command = option(command)
    return command


@click.command()
@numbers_options
@click.option("--alpha", multiple=True, metavar="[ACTOR=]X", help="Tempted above this chance.")
@click.option("--beta", multiple=True, metavar="[ACTOR=]X", help="Deterred at or below this chance.")
@click.option("--gamma", multiple=True, metavar="[ACTOR=]X", help="Answers are credible above this chance.")
@judging
@circumstances
def probabilistic(form: str, **asked: Any) -> None:
    """Stability with chances for preferences, and thresholds."""
    from detente.questions.preference_structures import probabilistic_and_fuzzy as module

    case = case_of(asked)
    chances, wanted = stated_numbers(case, asked), asked.pop("numbers")
    if wanted is not None:
        click.echo(module.matrix_to_csv(case, wanted, chances), nl=False)
        return
    a, b, c = (limits_of(case, asked.pop(name), name) for name in ("alpha", "beta", "gamma"))
    show_family(form, case, lambda case, **how: module.probabilistic(case, chances, a, b, c, **how), asked)


@click.command()
@numbers_options
@click.option("--threshold", multiple=True, metavar="[ACTOR=]X", help="Tempted at or above this certainty.")
@judging
@circumstances
def fuzzy(form: str, **asked: Any) -> None:
    """Stability with fuzzy preferences, and satisficing thresholds."""
    from detente.questions.preference_structures import probabilistic_and_fuzzy as module

    case = case_of(asked)
    degrees, wanted = stated_numbers(case, asked), asked.pop("numbers")
    if wanted is not None:
        click.echo(module.matrix_to_csv(case, wanted, degrees, degrees=True), nl=False)
        return
    least = limits_of(case, asked.pop("threshold"), "threshold")
    show_family(form, case, lambda case, **how: module.fuzzy(case, degrees, least, **how), asked)


def stated_numbers(case: Case, asked: dict[str, Any]) -> dict[str, Any]:
    """Where the numbers come from: the file's, and over them what the options say; an actor in two options is refused."""
    from detente.questions.preference_structures.from_file import number, stated_chances
    from detente.questions.preference_structures.probabilistic_and_fuzzy import matrix_from_csv

    said: dict[str, Any] = {}
    for actor, reading, chance in triples(asked.pop("chance"), "ACTOR:READING=P, for example ru:need=0.7", "--chance"):
        said.setdefault(actor, {})[reading] = chance
    others: dict[str, dict[str, Any]] = {
        "--dispersion": {
            a: number(d, f"the dispersion of {a}")
            for a, d in pairs(asked.pop("dispersion"), "ACTOR=D, for example us=0.5", "--dispersion").items()
        },
        "--matrix": {
            a: matrix_from_csv(case, text_of(f), f)
            for a, f in pairs(asked.pop("matrix"), "ACTOR=FILE, for example us=us.csv", "--matrix").items()
        },
    }
    for option, each in others.items():
        for actor, value in each.items():
            if actor in said:
                raise click.UsageError(f"{option} and another option both say what {actor} prefers; give one of them")
            said[actor] = value
    return {**stated_chances(case.scenario), **said}


def text_of(name: str) -> str:
    """The text of a file."""
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{name} is no text in UTF-8; save the table as CSV") from None


def limits_of(case: Case, values: Iterable[str], name: str) -> dict[str, float] | None:
    """A threshold for all (`0.6`), for some (`us=0.6`), or both; None if nothing is said."""
    from detente.questions.preference_structures.from_file import number

    every, own = {}, {}
    for value in values:
        actor, equals, text = value.rpartition("=")
        if equals:
            own[actor] = number(text, f"{name} of {actor}")
        else:
            every = dict.fromkeys(case.actors, number(value, name))
    return {**every, **own} or None


FAMILIES: Mapping[str, click.Command] = {
    command.name or "": command for command in (strength, unknown_preference, attitudes, probabilistic, fuzzy)
}
