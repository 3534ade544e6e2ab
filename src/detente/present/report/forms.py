"""The forms a report is written in: a row each, with what it needs and what makes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from detente.present.pages.blocks import Dossier
from detente.present.pages.render import page
from detente.present.pages.report_markdown import report_markdown


def _json(dossier: Dossier) -> str:
    return json.dumps(dossier.to_json(), ensure_ascii=False, indent=1) + "\n"


def _word(dossier: Dossier) -> bytes:
    from detente.present.pages.word import word_file

    return word_file(dossier)


def _slides(dossier: Dossier) -> bytes:
    from detente.present.pages.slides import slides_file

    return slides_file(dossier)


def _paper(dossier: Dossier) -> bytes:
    from detente.present.pages.paper import pdf_file

    return pdf_file(dossier)


FORMS: Mapping[str, Callable[[Dossier], str | bytes]] = {
    "HTML": page,
    "Markdown": report_markdown,
    "Word": _word,
    "PowerPoint": _slides,
    "PDF": _paper,
    "JSON": _json,
}
"""What makes a report in each form."""


def written_as(form: str, dossier: Dossier) -> str | bytes:
    """The content of a file in one of the `FORMS`; `InputError` where a package or a browser is missing."""
    return FORMS[form](dossier)


def ready(form: str) -> None:
    """See that there is what a form needs, before a report is computed; `InputError` says what is missing."""
    from detente.present.pages import office, paper

    if form == "PDF":
        paper.browser()
    for library, of in (("docx", "Word"), ("pptx", "PowerPoint")):
        if form == of:
            office.office(library, f".{library}")
            office.office("resvg_py", f".{library}")
