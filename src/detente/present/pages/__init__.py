"""Pages of blocks: what a report and a classroom sheet are made of, and how they become HTML and Markdown."""
