"""Versions of a scenario file: what two of them say differently, and one file made of two.

A *document* is what a file says, apart from how it is written: short forms written out, entries known by their names and not by
their place, order kept only where it means something (`document`). The *differences* of two documents are entries added,
removed, moved or changed, down to single values; any set of them can be applied (`difference`). Three documents are *merged*
by taking from each of two versions what it changed of the third (`merge`), and the text of one file is edited until it says
the result, so that comments stay (`writing`).
"""
