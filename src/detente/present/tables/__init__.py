"""Answers as tables: of an analysis, of a scenario, for a terminal."""
