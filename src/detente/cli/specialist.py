"""Commands for the specialist: actors who act together or each in its own way, and other kinds of preference.

Those that judge states also tell why: `--explain STATE`. What a file says about strength, chances and the like is asked
without options; options are for quick trials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import circumstances, concept_names, every_pair, name_list, names, pairs, together, triples
from detente.cli.questions import given, help_of, question, show_dialogue, show_result
from detente.cli.shared import contents, print_json
from detente.errors import Lacks
from detente.messages import numeral, tell

if TYPE_CHECKING:
    from detente.case import Case
    from detente.engine import Progress
    from detente.questions.preference_structures.verdicts import Family
    from detente.scenario.model import Reading, Scenario

explain_option = click.option(
    "--explain", "state", metavar="STATE", help="Tell why this state holds, or does not: now, a name, settings, #3."
)

explaining = together(
    click.option("--concepts", metavar="LIST", help="Concepts to judge by; with --explain: to tell."),
    explain_option,
)
"""`--concepts`, `--explain STATE`."""

judging = together(
    explaining,
    click.option(
        "--concept", "own", multiple=True, metavar="ACTOR=NAME[:STANDARD]", help="An actor's own concept; repeatable."
    ),
    click.option("--default", default="seq", show_default=True, metavar="NAME", help="With --concept: for all others."),
    click.option(
        "--standard", "standards", multiple=True, metavar="NAME", help="With --explain: by which; repeatable."
    ),
    click.option("--for", "actors", metavar="LIST", help="With --explain: whose stability; default: everybody's."),
)
"""What all families of preference share: explanations, and a concept (and standard) per actor."""


# --- together, or each in its own way ---------------------------------------------------------------------------------


@click.command(help=help_of("coalitions"))
@click.option("--members", metavar="LIST", help="One coalition; default: all of them.")
@explaining
@circumstances
def coalitions(case: Case, form: str, members: str | None, concepts: str | None, state: str | None) -> None:
    """Where coalitions are stable, or why one state is."""
    from detente.questions.coalitions import coalitions as module
    from detente.questions.coalitions.coalition_moves import CONCEPTS

    chosen = CONCEPTS if concepts == "all" else names(concepts)
    if state is not None:
        show_dialogue(case, form, module.coalitions_explained(case, state, names(members), chosen or ["cseq"]))
        return
    wanted = chosen or CONCEPTS
    show_result(case, form, lambda report: module.coalitions(case, names(members), wanted, progress=report))


@click.command("as-one", help=help_of("as_one"))
@click.option(
    "--block", "blocks", multiple=True, required=True, metavar="LIST", help="Actors that act as one; repeatable."
)
@click.option(
    "--aim",
    "wishes",
    multiple=True,
    metavar="LIST=FORMULA",
    help="An aim of a block of its own, best first; repeatable.",
)
@explaining
@circumstances
def as_one(
    case: Case,
    form: str,
    blocks: tuple[str, ...],
    wishes: tuple[str, ...],
    concepts: str | None,
    state: str | None,
) -> None:
    """The blocks judged, or why one state is stable for them."""
    from detente.questions.coalitions import blocks as module

    chosen = concept_names(concepts)
    partition = [name_list(block) for block in blocks]
    lists: dict[str, list[str]] = {}
    for left, wish in every_pair(wishes, tell('LIST=FORMULA, for example "us,ru=not ru_link"'), "--aim"):
        members = name_list(left)
        lists.setdefault(" + ".join(sorted(members, key=order(case))), []).append(wish)
    if state is not None:
        show_dialogue(case, form, module.as_one_explained(case, partition, state, chosen or ["seq"], wishes=lists))
        return
    usual = ("nash", "seq", "smr", "gmr")
    show_result(case, form, lambda _: module.as_one(case, partition, chosen or usual, wishes=lists))


def order(case: Case) -> Callable[[str], int]:
    """The place of an actor in the file."""
    return lambda actor: case.actors.index(case.scenario.actor(actor).id)


@click.command(help=help_of("behaviours"))
@click.option("--concept", "concepts", multiple=True, metavar="ACTOR=NAME", help="The concept an actor acts on.")
@click.option("--default", "default", default="seq", show_default=True, help="The concept of all others.")
@explain_option
@circumstances
def behaviours(case: Case, form: str, concepts: tuple[str, ...], default: str, state: str | None) -> None:
    """The equilibria of such behaviour, or why one state is one."""
    from detente.questions.explanation.explain import explain_own
    from detente.questions.stability.mixed import behaviours as ask

    chosen = pairs(concepts, tell("ACTOR=NAME, for example us=nash"), "--concept")
    if state is not None:
        show_dialogue(case, form, explain_own(case, chosen, state, default=default))
        return
    show_result(case, form, lambda _: ask(case, chosen, default=default))


responses = question(
    "response_counts",
    given("--seconds", "seconds", "How long to look at most.", default=600.0, show_default=True),
    command="responses",
)


# --- kinds of preference ---------------------------------------------------------------------------------------------


def show_family(case: Case, form: str, ask: Callable[..., Family], asked: Mapping[str, Any]) -> None:
    """A family's verdicts, or the explanation of one state by them."""
    state, wanted = asked["state"], asked["concepts"]
    chosen = None if wanted is not None and wanted.strip() == "all" else concept_names(wanted)  # all there are: no SIM
    if state is None and (asked["standards"] or asked["actors"]):
        raise click.UsageError(tell("--standard and --for say what to explain; name a state with --explain"))
    if state is not None:
        found = ask()
        told = found.explain(state, chosen, asked["standards"] or None, names(asked["actors"]))
        show_dialogue(case, form, told)
        return
    kinds = {} if chosen is None else {"concepts": chosen}
    own = {
        actor: standard_of(text)
        for actor, text in pairs(asked["own"], tell("ACTOR=NAME[:STANDARD], for example us=seq"), "--concept").items()
    }

    def answer(report: Progress) -> Family:
        found = ask(**kinds, progress=report)
        return found.with_behaviour(own, asked["default"]) if own else found

    show_result(case, form, answer)


def standard_of(text: str) -> str | tuple[str, str]:
    """`seq` or `seq:strong`."""
    concept, colon, standard = text.partition(":")
    return (concept.strip(), standard.strip()) if colon else text


@click.command(help=help_of("strength"))
@click.option(
    "--great",
    multiple=True,
    metavar="ACTOR=AIM[:DEGREE]",
    help="An aim (or its rank) that is great; for all the file says.",
)
@judging
@circumstances
def strength(case: Case, form: str, great: tuple[str, ...], **asked: Any) -> None:
    """Degrees as the file has them, or as `--great` says."""
    from detente.questions.preference_structures.strength import strength as ask

    said = greatly(great)
    missing(
        bool(said) or _has_degrees(case.scenario),
        Lacks("actors", tell("aims of great strength"), tell("say them with --great")),
        form,
        asked,
    )
    show_family(case, form, lambda **how: ask(case, said, **how), asked)


def _readings(scenario: Scenario) -> Iterator[Reading]:
    return (reading for actor in scenario.actors for reading in actor.readings.values())


def _has_degrees(scenario: Scenario) -> bool:
    """Whether some reading says how much more something is wanted."""
    from detente.scenario.model import Ranking, Weights

    for reading in _readings(scenario):
        if any(wish.strength > 1 for wish in reading.statements) or (isinstance(reading, Weights) and reading.great):
            return True
        if isinstance(reading, Ranking) and any(gap > 1 for gap in reading.gaps):
            return True
    return False


def missing(there: bool, lacks: Lacks, form: str, asked: Mapping[str, Any]) -> None:
    """Tell people, in the words of all questions, that the answer is the ordinary one: the file says nothing on the matter."""
    if not there and form == "table" and asked["state"] is None and not asked.get("numbers"):
        click.echo(tell("Note: {lacks}. Without them the answer is the ordinary one.\n", lacks=lacks), err=True)


def greatly(values: Iterable[str]) -> dict[str, dict[str, int]]:
    """What `--great` says per actor: wishes, ranks or differences and their degrees."""
    said: dict[str, dict[str, int]] = {}
    for actor, text in every_pair(values, tell("ACTOR=AIM or ACTOR=AIM:DEGREE, for example us=ru_link:3"), "--great"):
        wish, colon, degree = text.rpartition(":")
        if colon and not degree.strip().isdigit():
            raise click.BadParameter(
                tell("write ACTOR=AIM:DEGREE, for example us=ru_link:3; found {text}", text=repr(text)),
                param_hint="--great",
            )
        wish, far = (wish.strip(), int(degree)) if colon else (text, 2)
        if said.setdefault(actor, {}).setdefault(wish, far) != far:
            raise click.BadParameter(
                tell("two degrees for the aim {wish} of {actor}", wish=repr(wish), actor=actor), param_hint="--great"
            )
    return said


@click.command("unknown-preference", help=help_of("unknown_preference"))
@click.option(
    "--unknown",
    multiple=True,
    metavar='"ACTOR=A ? B"',
    help="States where A holds against those where B holds; repeatable.",
)
@click.option("--great", multiple=True, metavar="ACTOR=AIM[:DEGREE]", help="For the hybrids: as for `strength`.")
@click.option(
    "--completions", is_flag=True, help="Instead: what is stable in all, some or no completions of the lists."
)
@judging
@circumstances
def unknown_preference(
    case: Case, form: str, unknown: tuple[str, ...], great: tuple[str, ...], completions: bool, **asked: Any
) -> None:
    """The four readings, or instead all completions of the lists."""
    from detente.questions.preference_structures import unknown as module

    stated = every_pair(unknown)
    doubted = any(wish.unknown for reading in _readings(case.scenario) for wish in reading.statements)
    missing(
        bool(stated) or doubted, Lacks("actors", tell("unknown aims"), tell("say them with --unknown")), form, asked
    )
    hidden = unknown_pairs(stated)
    if completions:
        if stated or great or asked["own"] or asked["state"] is not None:
            raise click.UsageError(
                tell("--completions goes through the lists as the file has them; it takes --concepts only")
            )
        kinds = {} if asked["concepts"] is None else {"concepts": concept_names(asked["concepts"])}
        show_result(case, form, lambda _: module.three_valued(case, **kinds))  # type: ignore[arg-type]
        return
    said = greatly(great) or None
    show_family(case, form, lambda **how: module.unknown_preference(case, hidden, said, **how), asked)


def unknown_pairs(values: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]] | None:
    """What `--unknown` says per actor; None if it is not given."""
    found: dict[str, list[tuple[str, str]]] = {}
    for actor, text in values:
        one, mark, other = text.partition("?")
        if not (mark and one.strip() and other.strip()):
            raise click.BadParameter(
                tell('write "ACTOR=A ? B", two formulas; found {text}', text=repr(text)), param_hint="--unknown"
            )
        found.setdefault(actor, []).append((one.strip(), other.strip()))
    return found or None


@click.command(help=help_of("attitudes"))
@click.option(
    "--attitude", "signs", multiple=True, metavar="ACTOR:OTHER=SIGN", help="+ friend, - foe, 0 neutral; repeatable."
)
@click.option("--strict", is_flag=True, help="Nobody moves for a tie.")
@judging
@circumstances
def attitudes(case: Case, form: str, signs: tuple[str, ...], strict: bool, **asked: Any) -> None:
    """Attitudes as the file has them, and over them what `--attitude` says."""
    from detente.questions.preference_structures import attitudes as module
    from detente.questions.preference_structures.from_file import attitudes_of

    given = {actor: dict(each) for actor, each in attitudes_of(case.scenario).items()}
    missing(bool(given or signs), Lacks("relations", "attitudes", tell("say them with --attitude")), form, asked)
    for actor, other, sign in triples(signs, tell("ACTOR:OTHER=SIGN, for example us:ru=-"), "--attitude"):
        given.setdefault(actor, {})[other] = sign
    ask = module.attitudes_strict if strict else module.attitudes
    show_family(case, form, lambda **how: ask(case, given, **how), asked)


numbers_options = together(
    click.option(
        "--chance", multiple=True, metavar="ACTOR:READING=P", help="How likely each of its readings is; repeatable."
    ),
    click.option("--dispersion", multiple=True, metavar="ACTOR=D", help="Deviation of the errors in its weights."),
    click.option("--matrix", multiple=True, metavar="ACTOR=FILE", help="Numbers for each pair of states, as CSV."),
    click.option(
        "--numbers",
        metavar="ACTOR",
        help="Only print the actor's numbers, as a CSV table to edit and give to --matrix.",
    ),
)
"""Where chances or degrees come from."""


@click.command(help=help_of("probabilistic"))
@numbers_options
@click.option("--alpha", multiple=True, metavar="[ACTOR=]X", help="Tempted above this chance.")
@click.option("--beta", multiple=True, metavar="[ACTOR=]X", help="Deterred at or below this chance.")
@click.option("--gamma", multiple=True, metavar="[ACTOR=]X", help="Answers are credible above this chance.")
@judging
@circumstances
def probabilistic(case: Case, form: str, **asked: Any) -> None:
    """Chances as the file has them, and over them what the options say."""
    from detente.questions.preference_structures import probabilistic_and_fuzzy as module

    chances, wanted = stated_numbers(case, asked), asked["numbers"]
    missing(
        bool(chances),
        Lacks("uncertainty", "chances", tell("say them with --chance, --dispersion or --matrix")),
        form,
        asked,
    )
    if wanted is not None:
        click.echo(module.matrix_to_csv(case, wanted, chances), nl=False)
        return
    a, b, c = (limits_of(case, asked[name], name) for name in ("alpha", "beta", "gamma"))
    show_family(case, form, lambda **how: module.probabilistic(case, chances, a, b, c, **how), asked)


@click.command(help=help_of("fuzzy"))
@numbers_options
@click.option("--threshold", multiple=True, metavar="[ACTOR=]X", help="Tempted at or above this certainty.")
@judging
@circumstances
def fuzzy(case: Case, form: str, **asked: Any) -> None:
    """Degrees as the file has them, and over them what the options say."""
    from detente.questions.preference_structures import probabilistic_and_fuzzy as module

    degrees, wanted = stated_numbers(case, asked), asked["numbers"]
    missing(
        bool(degrees),
        Lacks("uncertainty", tell("degrees of preference"), tell("say them with --chance, --dispersion or --matrix")),
        form,
        asked,
    )
    if wanted is not None:
        click.echo(module.matrix_to_csv(case, wanted, degrees, degrees=True), nl=False)
        return
    least = limits_of(case, asked["threshold"], "threshold")
    show_family(case, form, lambda **how: module.fuzzy(case, degrees, least, **how), asked)


def stated_numbers(case: Case, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Where the numbers come from: the file's, and over them what the options say; an actor in two options is refused."""
    from detente.questions.preference_structures.from_file import stated_chances
    from detente.questions.preference_structures.probabilistic_and_fuzzy import matrix_from_csv
    from detente.scenario.binding.doubts import number

    said: dict[str, Any] = {}
    for actor, reading, chance in triples(
        asked["chance"], tell("ACTOR:READING=P, for example ru:need=0.7"), "--chance"
    ):
        said.setdefault(actor, {})[reading] = chance
    others: dict[str, dict[str, Any]] = {
        "--dispersion": {
            a: number(d, tell("the dispersion of {a}", a=a))
            for a, d in pairs(asked["dispersion"], tell("ACTOR=D, for example us=0.5"), "--dispersion").items()
        },
        "--matrix": {
            a: matrix_from_csv(case, contents(f), f)
            for a, f in pairs(asked["matrix"], tell("ACTOR=FILE, for example us=us.csv"), "--matrix").items()
        },
    }
    for option, each in others.items():
        for actor, value in each.items():
            if actor in said:
                raise click.UsageError(
                    tell(
                        "{option} and another option both say what {actor} prefers; give one of them",
                        option=option,
                        actor=actor,
                    )
                )
            said[actor] = value
    return {**stated_chances(case.scenario), **said}


def limits_of(case: Case, values: Iterable[str], name: str) -> dict[str, float] | None:
    """A threshold for all (`0.6`), for some (`us=0.6`), or both; None if nothing is said."""
    from detente.scenario.binding.doubts import number

    texts = tuple(values)
    own = pairs((text for text in texts if "=" in text), "[ACTOR=]X", f"--{name}")
    every = [number(text, name) for text in texts if "=" not in text]
    if len(set(every)) > 1:
        raise click.BadParameter(
            tell(
                "two numbers for all actors: {every} and {every2}",
                every=numeral(every[0], "g"),
                every2=numeral(every[1], "g"),
            ),
            param_hint=f"--{name}",
        )
    limits = dict.fromkeys(case.actors, every[0]) if every else {}
    return {
        **limits,
        **{actor: number(text, tell("{name} of {actor}", name=name, actor=actor)) for actor, text in own.items()},
    } or None


# --- the literature ---------------------------------------------------------------------------------------------------


@click.command()
@click.option("--question", "questions", multiple=True, metavar="NAME", help="A question that was asked; repeatable.")
@click.option("--concepts", metavar="LIST", help="Solution concepts; default: the four shown side by side.")
@click.option("--bib", is_flag=True, help="As a bibliography for LaTeX: the text of a .bib file.")
@circumstances
def cite(case: Case, form: str, questions: tuple[str, ...], concepts: str | None, bib: bool) -> None:
    """The literature an analysis used."""
    from detente.literature import bibtex, citations

    if bib and form != "table":
        raise click.UsageError(tell("--bib is a format of its own; leave out --json and --format"))
    wanted = names(concepts)
    if bib:
        click.echo(bibtex(case, wanted, questions), nl=False)
        return
    found = citations(case, wanted, questions)
    if form == "json":
        print_json(list(found))
    else:
        click.echo("\n".join(found))


TOGETHER = (coalitions, as_one, behaviours, responses)
FAMILIES = (strength, unknown_preference, attitudes, probabilistic, fuzzy)
