"""Results for people: tables as pure functions of an analysis, and how they look in a terminal.

`tables` turns an analysis into sheets, `models` a scenario; `terminal` draws sheets, as text or with colours.
"""
