"""A briefing in one file: what a scenario says and what follows from it, for people who would rather look than read.

`collect(study)` asks the questions and gathers a `Dossier`, which is pure data; `page(dossier)` makes an HTML file of it that
needs nothing else, no network and no program but a browser; `report_markdown(dossier)` is the same as Markdown, and
`dossier.to_json()` for programs. `written_as(form, dossier)` is the content of a file in any form there is (`FORMS`), Word,
PowerPoint and PDF among them.

>>> from detente.study import Study
>>> from detente.scenario import load
>>> dossier = collect(Study(load("elmira")))
>>> dossier.sections[0].title, dossier.section("question").title
('The brief', 'Key judgements')
>>> page(dossier).startswith("<!doctype html>")
True
"""

from detente.present.pages.blocks import Dossier, Section
from detente.present.pages.render import page
from detente.present.pages.report_markdown import report_markdown
from detente.present.report.assemble import SECTIONS, collect
from detente.present.report.forms import ready, written_as

__all__ = ["SECTIONS", "Dossier", "Section", "collect", "page", "ready", "report_markdown", "written_as"]
