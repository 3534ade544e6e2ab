"""What the processes of the workbench need, loaded once in the process that they are forked from."""

from detente.workbench import live, work

__all__ = ["live", "work"]
