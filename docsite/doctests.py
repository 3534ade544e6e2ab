"""Docstrings hold their examples bare (`>>> ...`); Markdown needs a fence around them.

mkdocstrings loads this file as an extension of griffe, which reads the package for it.
"""

from __future__ import annotations

from typing import Any

import griffe

from docsite.markdown import fence_doctests


class Doctests(griffe.Extension):
    """Fences the examples of every docstring."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called by griffe for every module, class and function."""
        if obj.docstring:
            obj.docstring.value = fence_doctests(obj.docstring.value)
