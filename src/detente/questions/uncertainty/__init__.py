"""How far a verdict depends on what was assumed: completions of the unknown, types, pivots, unknowns."""
