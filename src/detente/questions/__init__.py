"""The questions, one folder per subject; each question is a function from a case to a frozen answer."""
