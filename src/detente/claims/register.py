"""The register of claims: one row per claim, and the reasoning behind each."""

from __future__ import annotations
