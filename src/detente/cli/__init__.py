"""The command line: the library spoken aloud.

Every command reads a scenario (a file, or a bundled model by name), asks the library, and prints tables for people
or, with `--json`, one JSON document for programs. Results go to standard output; errors and progress to standard
error. Exit codes: 0 done, 1 warnings under `check --strict`, 2 the input or the question must change, 70 a bug in
this program, 130 interrupted, 141 the reader of the output went away.

Modules of the package are imported inside the commands, so that `detente --help` answers at once.
"""

from __future__ import annotations

import click

from detente.cli.analyze import analyze
from detente.cli.assistant import mcp
from detente.cli.brief import brief
from detente.cli.check import check
from detente.cli.claims import claims, explain
from detente.cli.click_words import speak
from detente.cli.completion import completion
from detente.cli.design import design
from detente.cli.doctor import doctor
from detente.cli.edit import edit
from detente.cli.exchange import export, import_
from detente.cli.help import help_
from detente.cli.history import HISTORY
from detente.cli.kit import kit
from detente.cli.library import library, schema
from detente.cli.new import new
from detente.cli.perception import PERCEPTION
from detente.cli.questions import COMMANDS
from detente.cli.report import picture, report
from detente.cli.runs import Commands
from detente.cli.show import show
from detente.cli.specialist import FAMILIES, TOGETHER, cite
from detente.cli.verify import verify
from detente.cli.versions import analysts, diff, merge
from detente.cli.workbench import workbench
from detente.version import __version__


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--language",
    expose_value=False,
    metavar="CODE|FILE",
    help="The language of what is said, by its code, or by the file of its catalogue (CODE.po); default: en.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Détente: who would stay where in a conflict, and where it leads.

    Start with `detente library` (the bundled conflicts) and `detente analyze two_proxies`.
    """


SECTIONS = {
    "The main question": (analyze, brief, explain, claims),
    "Policies, partnerships and what the answer hangs on": COMMANDS,
    "Incentives": (design,),
    "What happened, and what was forecast": HISTORY,
    "For the graph-model specialist": (*TOGETHER, *FAMILIES, *PERCEPTION, cite),
    "To look at and to hand over": (workbench, report, picture, kit),
    "Scenario files": (new, show, check, verify, edit, diff, merge, analysts, library, import_, export, schema),
    "For other programs": (mcp, completion, doctor),
    "Words": (help_,),
}
"""The commands as `detente --help` lists them."""

for section, commands in SECTIONS.items():
    main.add_section(section, commands)

speak()
