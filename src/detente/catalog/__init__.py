"""Models made to order: conflicts of the textbooks with parameters (`detente.catalog.classics`)."""
