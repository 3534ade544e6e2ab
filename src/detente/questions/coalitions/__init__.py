"""What several actors can do together: joint moves, stability for coalitions, blocks that act as one, smallest coalitions."""
