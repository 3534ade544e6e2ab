"""How the world moves: legal steps, reach, paths, status quo analysis, who moves first, cycles, points of no return."""
