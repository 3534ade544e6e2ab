"""One policy that breaks a partnership, and what is known of it; see `detente.questions.incentives.wedge` for the meanings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from detente.case import Labels, said
from detente.questions.incentives.offers import Purchase, number
from detente.questions.stability.self_enforcing import Kept


@dataclass(frozen=True)
class Wedged:
    """A policy that breaks the partnership: what is switched and bought, who minds, whether it would be kept.

    `blocked_by` are the veto players who do not let it pass. `sure` is the share of the `readings` looked at under which it
    breaks the partnership, None where it was not asked (the policy is no wedge). `treats` says what it does to each partner.
    `results` are the first of the `count` states where play ends.
    """

    switches: Labels
    purchases: tuple[Purchase, ...]
    price: Fraction
    treats: Mapping[str, str]
    blocked_by: tuple[str, ...]
    kept: tuple[Kept, ...]
    results: tuple[Mapping[str, Any], ...]
    count: int
    sure: Fraction | None = None
    fails_under: tuple[Mapping[str, str], ...] = ()

    @property
    def works(self) -> bool:
        """Whether it is a wedge: let pass and kept."""
        return not self.blocked_by and all(each.seq for each in self.kept)

    @property
    def strategy(self) -> str:
        """In words, what it does to the partners: "selective reward of ru", "accommodation of ru, nk", ..."""
        treated = {actor: how for actor, how in self.treats.items() if how != "left alone"}
        kinds, whom = set(treated.values()), ", ".join(treated)
        if not treated:
            return "no partner is treated"
        if len(treated) == 1:
            words = {"accommodated": "reward", "coerced": "coercion"}
            return f"selective {words.get(next(iter(kinds)), 'carrot and stick')} of {whom}"
        if len(kinds) == 1 and kinds <= {"accommodated", "coerced"}:
            return f"{'accommodation' if 'accommodated' in kinds else 'coercion'} of {whom}"
        return "; ".join(f"{actor} {how}" for actor, how in treated.items())

    def __str__(self) -> str:
        return "; ".join(filter(None, (said(self.switches), ", ".join(map(str, self.purchases))))) or "as now"

    def to_json(self) -> dict[str, Any]:
        return {
            "switches": dict(self.switches),
            "purchases": [each.to_json() for each in self.purchases],
            "price": number(self.price),
            "treats": dict(self.treats),
            "strategy": self.strategy,
            "blocked_by": list(self.blocked_by),
            "kept": {each.actor: each.to_json() for each in self.kept},
            "works": self.works,
            "sure": None if self.sure is None else float(self.sure),
            "fails_under": [dict(each) for each in self.fails_under],
            "results": [dict(each) for each in self.results],
            "count": self.count,
        }
