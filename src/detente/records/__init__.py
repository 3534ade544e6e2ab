"""Tables that others publish, read as they are: coded events, and alliances between states.

Nothing is fetched: the files are the user's own. Every layout is data, the column names in the order in which their publishers
print them; what a row says stays text, so that the code `036` never becomes 36. A row that does not fit its layout is handed on
with the reason, not dropped in silence, and never stops the reading of the others.

How to use it: `coded_events.read(path, "gdelt")` gives the rows of a file of events, `alliance_tables.read(path)` those of a
table of alliances.
"""
