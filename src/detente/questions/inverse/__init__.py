"""Which preferences an outcome needs: conditions for stability, and the fewest edits of lists that bring a goal about."""
