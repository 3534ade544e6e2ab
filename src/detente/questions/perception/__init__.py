"""Actors who see different conflicts: perceived games, hypergames, and what an announcement would change."""
