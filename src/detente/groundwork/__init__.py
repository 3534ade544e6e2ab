"""What several questions need: completions of the unknown, legal steps and trails, coalitions, bonds, offers, edits.

The questions do not know each other; what two of them share stands here.
"""
