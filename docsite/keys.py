"""The keys of a scenario file, from the schema that checks it: one table per mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detente.scenario.schema import Evident, Part, ScenarioFile
from docsite.markdown import code, table

INTRODUCTION = """\
# The keys of a scenario file

Every key there is, mapping by mapping, written from the schema that checks the files. What the keys mean, with examples, is
told in [the scenario file](../format.md). `detente schema` prints the same for editors.
"""

TITLES: Mapping[type[Part], str] = {ScenarioFile: "The file", Evident: "Evidence"}


def parts() -> Mapping[str, type[Part]]:
    """Each mapping of the file by its title, the file itself first, what all assertions share second.

    >>> list(parts())[:4]
    ['The file', 'Evidence', 'Option', 'Statement']
    """
    abstract = {"Wants", "Evident"}
    found: list[type[Part]] = [ScenarioFile, Evident, *(part for part in _below(Part) if part.__name__ not in abstract)]
    return {TITLES.get(part, part.__name__): part for part in dict.fromkeys(found)}


def _below(base: type[Part]) -> Iterator[type[Part]]:
    modules = (ScenarioFile.__module__,)
    found = [part for part in base.__subclasses__() if part.__module__ in modules]
    for part in found:
        yield part
        yield from _below(part)


def keys(part: type[Part]) -> dict[str, str]:
    """The keys of a mapping and what each holds; those of evidence only where they are defined.

    >>> keys(parts()["Source"])["grade"]
    'How far it is trusted, in one word; an Admiralty grade such as B2 is reliability and credibility.'
    """
    return {
        field.alias or name: field.description or ""
        for name, field in part.model_fields.items()
        if part is Evident or not issubclass(part, Evident) or name not in Evident.model_fields
    }


def page() -> str:
    """The page in Markdown."""
    return "\n".join([INTRODUCTION, *(line for title, part in parts().items() for line in _section(title, part))])


def _section(title: str, part: type[Part]) -> Iterator[str]:
    yield f"## {title}\n"
    if part is Evident:
        yield "These keys may stand in every mapping that asserts something.\n"
    elif issubclass(part, Evident):
        yield "Takes the keys of [evidence](#evidence) as well.\n"
    if part.main:
        yield f"A plain text is short for a mapping with the key `{part.main}`.\n"
    yield table(["key", "what it holds"], [[code(key), said] for key, said in keys(part).items()])
