"""The command `detente`, also as `python -m detente`: quiet when interrupted, from its first moment on."""

import gc
import os
import signal
import sys

INTERRUPTED = 130

RARELY = 200_000
"""Objects made before the memory is searched for circles: what a command makes lives as long as it does, so that the usual 700
cost a tenth of its time and find nothing."""


def run() -> None:
    """Load the command line and run it. While modules load an interrupt ends the process at once, without a traceback."""
    usual = signal.signal(signal.SIGINT, _leave)
    gc.set_threshold(RARELY)
    if sys.path and sys.path[0] in (
        "",
        _here(),
    ):  # `python -m` looks there first: a `click.py` beside a scenario would run
        del sys.path[0]
    from detente.cli import main

    signal.signal(signal.SIGINT, usual)
    main(prog_name="detente")


def _here() -> str:
    """The working folder; nothing if it is gone."""
    try:
        return os.getcwd()  # noqa: PTH109 (as the interpreter has put it on the path)
    except OSError:
        return ""


def _leave(*_: object) -> None:
    """Not an exception: one that is raised while a module loads may be turned into another on its way."""
    sys.stderr.write("interrupted\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    run()
