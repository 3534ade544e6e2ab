"""One module per follow-up question: each a function from a case to a frozen result."""
