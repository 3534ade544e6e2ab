"""The version of Détente, stated once."""

__version__ = "0.1.0"
