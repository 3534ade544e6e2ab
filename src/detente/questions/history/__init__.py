"""What was recorded: moves of the record, which reading expects them, and games played at the table."""
