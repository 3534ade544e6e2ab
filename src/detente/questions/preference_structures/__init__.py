"""Preferences beyond an order: strength, unknown comparisons, attitudes, chances and degrees of preference."""
