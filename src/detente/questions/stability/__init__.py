"""Further concepts: mixed behaviour, horizons, hierarchical conflicts, states that hold by themselves."""
