"""Who sees what, what may be announced, and who could step in: the sections `perceptions`, `announcements`, `third_parties`.

Names are checked where they stand. What a view means for the model as a whole is checked here as far as the text tells
(graph form and merged states allow other readings only); what needs the state space is told when the question is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from detente.formula import options_of, settings_of
from detente.messages import tell
from detente.scenario import schema
from detente.scenario.binding.bind import bind, binds
from detente.scenario.binding.draft import Draft
from detente.scenario.binding.preferences import reading
from detente.scenario.model import Announcement, Evidence, Intervention, Perception, Reading, ThirdParty, View
from detente.scenario.text.page import Path, shorten

ARROW = re.compile(r"(?<!-)>")
"""What parts `where > what`; the arrow of an implication (`->`) does not."""


@binds(Perception)
def _perception(draft: Draft, path: Path, part: schema.Perception) -> Perception:
    if not part.views and path not in draft.damage.places:
        draft.page.error(
            (*path, "views"), "views", tell("nobody's view is given; a perception says what somebody sees")
        )
    views, beliefs = {}, {}
    for actor, each in part.views.items():
        here: Path = (*path, "views", actor)
        draft.known(here, "actor", actor, draft.file.actors)
        views[actor] = _view(draft, here, actor, each)
        if each.thinks_of:
            beliefs[actor] = _thoughts(draft, (*here, "thinks_of"), actor, each.thinks_of)
    return bind(Perception, draft, path, part, views=views, beliefs=beliefs)


def _thoughts(draft: Draft, path: Path, actor: str, parts: Mapping[str, schema.View]) -> dict[str, View]:
    """What an actor believes that others see."""
    thoughts = {}
    for other, each in parts.items():
        draft.known((*path, other), "actor", other, draft.file.actors)
        if other == actor:
            message = tell(
                "what {actor} believes that {actor} sees is its own view; write it one level up", actor=actor
            )
            draft.page.error((*path, other), "own-view", message)
        thoughts[other] = _view(draft, (*path, other), other, each)
    return thoughts


def _view(draft: Draft, path: Path, actor: str, part: schema.View | schema.Announcement) -> View:
    """A view of `actor`, or what an announcement adds to one."""
    hidden = part.unaware_of if isinstance(part, schema.View) else ()
    rules, grounds = _rules(draft, (*path, "impossible"), part.impossible)
    readings = {}
    for other, account in part.believes.items():
        here: Path = (*path, "believes", other)
        if draft.known(here, "actor", other, draft.file.actors):
            believed = readings[other] = _account(draft, here, other, account)
            grounds[other] = draft.evidence(here, account) if isinstance(believed, str) else believed.evidence
        if other == actor:
            draft.page.error(
                here,
                "own-view",
                tell("what {actor} wants is not a belief of {actor}: give it a reading instead", actor=actor),
            )
    view = isinstance(part, schema.View)
    return View(
        hidden=_options(draft, (*path, "unaware_of"), hidden, fixed=False),
        readings=readings,
        rules=rules,
        imagined=_options(draft, (*path, "imagines"), part.imagines, fixed=True),
        about=part.about if view else "",
        evidence=draft.evidence(path, part) if view else Evidence(),
        grounds=grounds,
        place=draft.place(path),
    )


def _account(draft: Draft, path: Path, actor: str, part: schema.Account) -> str | Reading:
    """The name of a reading, or a list written in place."""
    if part.reading and part.kinds:
        message = tell(
            "'reading' stands beside '{kinds}'; a belief about {actor} is either the one or the other",
            kinds=part.kinds[0],
            actor=actor,
        )
        draft.page.error(path, "reading", message)
    if part.reading or path in draft.damage.places:
        if part.reading:
            draft.known(
                (*path, "reading"), tell("reading of {actor}", actor=actor), part.reading, draft.readings_of(actor)
            )
        return part.reading
    return reading(
        draft, path, tell("{actor} as believed, line {line}", actor=actor, line=draft.place(path).line), part
    )


def _rules(draft: Draft, path: Path, parts: tuple[schema.Doubted, ...]) -> tuple[tuple[str, ...], dict[str, Evidence]]:
    if parts and _only_readings(draft, path):
        return (), {}
    grounds = {}
    for number, part in enumerate(parts):
        draft.names.formula((*path, number, "formula"), part.formula)
        grounds[part.formula] = draft.evidence((*path, number), part)
    return tuple(part.formula for part in parts), grounds


def _only_readings(draft: Draft, path: Path) -> bool:
    """Whether options and rules of this model cannot be seen differently; then that is reported."""
    merged = any(rule.same is not None for rule in draft.file.rules)
    if draft.graph is None and not merged:
        return False
    what = tell("has merged states (`same`)") if merged else tell("is in graph form")
    message = tell(
        "this model {what}: here views may differ in what others want (`believes`), not in options or states", what=what
    )
    draft.page.error(path, "view", message)
    return True


def _options(draft: Draft, path: Path, names: tuple[str, ...], *, fixed: bool) -> frozenset[str]:
    """The keys of options that can be hidden (`fixed` False), or imagined (True)."""
    if names and _only_readings(draft, path):
        return frozenset()
    keys = set()
    for here, key in draft.option_keys(path, names):
        _check_difference(draft, here, key, fixed)
        keys.add(key)
    return frozenset(keys)


def _check_difference(draft: Draft, path: Path, key: str, fixed: bool) -> None:
    """Whether a view can differ from the model in this option."""
    set_by_rule = any(
        key in (settings_of(draft.names.formula((), rule.then)) or {})
        for rule in draft.file.rules
        if rule.then and not draft.page.errors
    )
    set_by_rule |= bool(draft.options[key].stays)
    is_fixed = draft.options[key].change == "fixed"
    if set_by_rule:
        message = tell(
            "'{key}' is set by a rule that acts by itself, which would show what it is; no view can differ in it",
            key=key,
        )
        draft.page.error(path, "view", message)
    elif fixed and not is_fixed:
        message = tell(
            "'{key}' is real: it can be switched in the model. Only an option with `change: fixed` can be imagined",
            key=key,
        )
        draft.page.error(path, "view", message)
    elif not fixed and draft.file.now is None:
        message = tell(
            "without a state of today (`now:`) nothing says how '{key}' stays for somebody who does not know of it",
            key=key,
        )
        draft.page.error(path, "view", message)
    elif not fixed and is_fixed:
        draft.page.warn(path, "idle-view", tell("'{key}' is fixed, so not to know it changes nothing", key=key))


# --- announcements ------------------------------------------------------------------------------------------


@binds(Announcement)
def _announcement(draft: Draft, path: Path, part: schema.Announcement) -> Announcement:
    for actor in part.to:
        if actor in part.believes:
            message = tell("what {actor} wants is not a belief of {actor}: address this to others", actor=actor)
            draft.page.error((*path, "believes", actor), "own-view", message)
    says = [part.believes, part.reveals, part.unmasks, part.imagines, part.impossible, part.thinks_of, part.corrects]
    if path not in draft.damage.places and (not part.to or not any(says)):
        message = tell(
            "an announcement has hearers (`to`) and changes what they see: `believes`, `reveals`, `corrects`, ..."
        )
        draft.page.error(path, "announcement", message)
    thoughts = _thoughts(draft, (*path, "thinks_of"), "", part.thinks_of)
    return bind(Announcement, draft, path, part, adds=_view(draft, path, "", part), thinks_of=thoughts)


# --- third parties ------------------------------------------------------------------------------------------


@binds(ThirdParty)
def _third_party(draft: Draft, path: Path, part: schema.ThirdParty) -> ThirdParty:
    if not part.can and path not in draft.damage.places:
        draft.page.error((*path, "can"), "third-party", tell("a third party needs something it can do: `where > what`"))
    return bind(ThirdParty, draft, path, part)


@binds(Intervention)
def _intervention(draft: Draft, path: Path, part: schema.Intervention) -> Intervention:
    text, here = part.text, (*path, "move")
    arrows = list(ARROW.finditer(text))
    if len(arrows) != 1:
        draft.page.error(
            here, "arrow", tell("expected 'where > what', with one > in it; found '{text}'", text=shorten(text))
        )
    else:
        draft.names.formula(here, text[: arrows[0].start()])
        _check_settings(draft, here, text, arrows[0].end())
    return bind(Intervention, draft, path, part)


def _check_settings(draft: Draft, path: Path, text: str, start: int) -> None:
    """Check what an intervention makes: settings, or in graph form a state."""
    if draft.graph is not None:
        draft.known(path, "state", text[start:].strip(), draft.graph.states)
        return
    for piece in re.finditer(r"[^,]+", text[start:]):
        formula = draft.names.formula(path, piece[0], start=start + piece.start())
        if settings_of(formula) is None:
            message = tell(
                "a third party makes settings, such as 'us_arm = none, not ru_link'; found '{piece}'",
                piece=shorten(piece[0]),
            )
            draft.page.error(path, "not-settings", message)
        for key in sorted(options_of(formula)):
            if draft.options[key].change == "fixed":
                draft.page.error(
                    path, "fixed", tell("'{key}' is fixed in this model; a third party cannot set it either", key=key)
                )
