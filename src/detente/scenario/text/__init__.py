"""YAML with places, and edits that keep every comment."""
