"""A report as PDF: its own page, printed by a Chromium that is installed. Nothing is loaded and nothing is sent.

The browser prints what the page's style for paper says: A4, every page with its title and number. It runs apart from that of
the user, with a profile of its own that is gone afterwards.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from detente.errors import InputError
from detente.messages import tell
from detente.present.pages.blocks import Dossier
from detente.present.pages.render import page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
"""What it is called on a path."""

PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
"""Where it is where it is on no path."""

FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
ENDS = (
    "Chromium/Application/chrome.exe",
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
"""The same on Windows: below these folders."""

SECONDS = 180
"""How long it may take to print."""

DATE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)[0-9]{14}[^)]*\)")


def browser() -> str:
    """Where an installed Chromium is: as `CHROMIUM` says, or where it usually is. `InputError` where there is none."""
    if named := os.environ.get("CHROMIUM", ""):
        if found := shutil.which(named):
            return found
        raise InputError(
            tell("CHROMIUM is {named}, and that is no program; name a Chromium, or unset it", named=repr(named))
        )
    found = next(filter(None, map(shutil.which, (*NAMES, *PLACES, *_windows()))), None)
    if found is None:
        raise InputError(
            tell(
                "a PDF is printed by Chromium, Chrome or Edge, and none was found. Install one, name it with "
                "CHROMIUM=/path/to/it, or write the report as .html and print it to a PDF in any browser"
            )
        )
    return found


def _windows() -> Iterator[str]:
    for folder in FOLDERS:
        if place := os.environ.get(folder):
            yield from (str(Path(place, end)) for end in ENDS)


def pdf_file(dossier: Dossier) -> bytes:
    """The report, printed; `InputError` where there is no Chromium, or it does not print. Cost: seconds, a browser's memory."""
    return printed(page(dossier))


def printed(text: str) -> bytes:
    """A page as PDF; its date is always the same, so that the same page printed by the same browser gives the same bytes."""
    program = browser()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(text, encoding="utf-8", newline="\n")
        command = [program, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync"]
        command += [f"--user-data-dir={Path(folder, 'profile')}", "--no-pdf-header-footer", f"--print-to-pdf={target}"]
        # Chromium refuses to run as root in its sandbox; the page is our own, and its policy lets it load nothing.
        command += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        try:
            ended = subprocess.run(  # noqa: S603 (a browser that is installed, and our own page)
                [*command, source.as_uri()], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _unprinted(program, str(error)) from None
        if not target.exists():
            last = ended.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise _unprinted(program, *last)
        return DATE.sub(_same, target.read_bytes())


def _same(found: re.Match[bytes]) -> bytes:
    """A date of the same length, so that no place in the file moves."""
    head = found[1]
    return head + b"20000101000000" + b" " * (len(found[0]) - len(head) - 15) + b")"


def _unprinted(program: str, why: str = "") -> InputError:
    return InputError(
        tell(
            "{program} did not print the report ({why}); write it as .html and print it to a PDF in any browser",
            program=program,
            why=why[:200] or tell("it says nothing"),
        )
    )
