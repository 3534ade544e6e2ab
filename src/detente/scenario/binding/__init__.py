"""Names and sections of a file, bound to the model."""
