"""What errors say can still be asked, in the words of the page."""

from detente.errors import Cure
from detente.messages import Messages, later

CURES = Messages(
    {
        Cure.ONE_STATE: later("the question “explain”"),
        Cure.ANOTHER_STATE: later("the question “explain”, with a state"),
        Cure.PLAIN: later("the verdicts beside the editor"),
        Cure.SHOW: later("the editor"),
        Cure.CHECK: later("the problems below the editor"),
        Cure.AMONG: later("the field “among”"),
        Cure.SMALLER: later("a smaller number in “most”"),
        Cure.MEMBERS: later("the field “members”"),
        Cure.GOAL: later("the question “joint”"),
        Cure.ABOUT: later("a goal"),
        Cure.PARTS: later("the command line, which takes several models"),
        Cure.DRAWS: later("the field “draws”"),
    }
)
"""For each cure what to do on the page."""
