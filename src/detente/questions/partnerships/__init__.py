"""The fate of a partnership, who leaves it and who could, and which policy breaks it under which readings."""
