"""Versions of a model: what two files say differently and what of that matters, and how far several analysts disagree.

The mathematics. The *headlines* of a case are what somebody would quote: whether the status quo is where play ends and whether
it is stable under SEQ, what becomes of each partnership, and what answers the file's question (`quoted`). A difference of
two files *matters* to a headline if the first file with this difference alone gives another one; differences that cannot be
told apart, since one names what the other brings, are taken together (`diff`). Analysts disagree in their lists: how far is a
rank correlation, and what of it matters is told in the same way (`analysts`).

How to ask: `diff(case, other)`, `analysts(case)`.
"""
