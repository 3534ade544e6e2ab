"""YAML read the guarded way: a tree of texts that knows where everything stands.

The subset. A scenario file is one YAML 1.2 document of mappings, lists and texts. Anchors, aliases, tags,
merge keys and further documents are refused: nobody needs them here, and they are how small files blow up
large. Depth, size and number of nodes are bounded, so hostile text costs no more than honest text.

Every plain scalar stays text, so that `no`, `12:30` and `011000` mean what they look like; the fields of
`detente.scenario.schema` turn text into numbers. An empty value, `~` and `null` are None.

How to make one: `read(text)` gives a `Page` with the tree and its first problems. The tree is built straight
from the events of libyaml's parser, in one pass: linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NoReturn

import yaml

from detente.characters import hidden, invisible, meant, named, refused, remedy
from detente.messages import later, numeral, tell
from detente.scenario.text.page import SURROGATES, Node, Page, shorten

MAX_CHARACTERS = 5_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser; where there is none the one in Python, which says the same, several times more slowly."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_CUT = re.compile(r"([ \t]+)#[^\s#=~*_!-][^\r\n]*")
"""A comment behind a text that may have been meant as part of it: `#2397`, not `# so` and not `#----`."""
_UNCUT = later("quote the text, or put a blank behind the '#'")


def read(text: str, file: str = "") -> Page:
    """The tree of a scenario text, with its problems. Linear in the text.

    Raises `ScenarioError` where the text is no YAML, breaks a bound, or uses what the subset leaves out.
    """
    page, root = parsed(text, file)
    if root is None or root.value is None:
        page.fail("empty", None, tell("the file is empty; a scenario starts with `detente: 1` and names its `actors`"))
    if not isinstance(root.value, dict):
        page.fail(
            "shape",
            root.start,
            tell("a scenario is a mapping of keys such as `actors:`; this is {kind}", kind=root.kind),
        )
    page.root = root
    return page


def parsed(text: str, file: str = "") -> tuple[Page, Node | None]:
    """Whatever a text says, and the page it stands on; raises as `read` does, but for its shape."""
    page = Page(text.removeprefix("\ufeff"), file)
    _guard(page)
    try:
        return page, _Builder(page).build(yaml.parse(_paired(page.text), Loader=LOADER))
    except yaml.YAMLError as error:
        _syntax(page, error)


def _guard(page: Page) -> None:
    if len(page.text) > MAX_CHARACTERS:
        page.fail(
            "too-large",
            None,
            tell(
                "the file has {number} characters; at most {max_characters} are read",
                number=numeral(len(page.text)),
                max_characters=numeral(MAX_CHARACTERS),
            ),
        )
    if bad := refused(page.text):
        offset, message = bad
        binary = page.text[offset] == "\0"
        page.fail(
            "not-text", offset, message.replace("delete it", "the file is binary or damaged") if binary else message
        )


class _Builder:
    """Builds the tree from parser events; `stack` holds the open collections, `waiting` their open keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root: Node | None = None
        self.stack: list[Node] = []
        self.waiting: list[tuple[str, int] | None] = []
        self.nodes = self.documents = 0
        self.surrogates = bool(SURROGATES.search(page.text))

    def build(self, events: Iterable[Any]) -> Node | None:
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self.scalar(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self.open(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self.close(event)
                case yaml.AliasEvent():
                    self.refuse(
                        event,
                        "alias",
                        tell("*{anchor} is an alias; write the thing out, or quote the text", anchor=event.anchor),
                    )
                case yaml.DocumentStartEvent():
                    self.document(event)
        return self.root

    def refuse(self, event: Any, code: str, message: str) -> NoReturn:
        self.page.fail(code, event.start_mark.index, message, show=True)

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.refuse(event, "documents", tell("a second document starts here; keep one scenario per file"))

    def check(self, event: Any) -> None:
        """What every node must satisfy before it is kept."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.refuse(
                event, "too-large", tell("the file has more than {max_nodes} entries", max_nodes=numeral(MAX_NODES))
            )
        if event.anchor is not None:
            self.refuse(
                event,
                "anchor",
                tell("&{anchor} is an anchor; write the thing out, or quote the text", anchor=event.anchor),
            )
        if event.tag is not None:
            message = tell("{tag} is a tag; leave it out, or quote the text (in formulas write 'not')", tag=event.tag)
            self.refuse(event, "tag", message)

    def check_escapes(self, event: Any) -> None:
        """What may not be written may not be escaped either."""
        if event.style == '"' and (bad := refused(event.value)):
            self.refuse(event, "not-text", bad[1].replace("delete it", "delete its escape"))

    def scalar(self, event: Any) -> None:
        self.check(event)
        if self.surrogates:
            event.value = _unpaired(event.value, escaped=event.style == '"')
        self.check_escapes(event)
        plain = not event.style  # quotes make a text of anything, also of what looks like a merge key or a null
        if plain and event.value == "<<" and self.expects_key():
            self.refuse(event, "merge-key", tell("<< is a merge key; write the keys out"))
        if self.expects_key():
            self.waiting[-1] = (self.key(event), event.start_mark.index)
            return
        if plain:
            self.check_comment(event)
        value = None if plain and event.value in _NULLS else event.value
        self.attach(Node(value, event.start_mark.index, event.end_mark.index, event.style or ""))

    def key(self, event: Any) -> str:
        """A key, without the invisible characters in it: they are reported here, and reading goes on with what is meant."""
        key = str(event.value)
        place = hidden(key)
        if place is None:
            return key
        start = event.start_mark.index + (1 if event.style else 0) + place
        message = tell(
            "{named} stands in this key, invisible; {remedy}", named=named(key[place]), remedy=remedy(key[place])
        )
        self.page.report("error", "character", start, message, show=True)
        return meant(key).strip()

    def check_comment(self, event: Any) -> None:
        """Warn of a text that ends at `#2397`: without a blank behind it the sign was hardly meant to begin a comment."""
        comment = _CUT.match(self.page.text, event.end_mark.index)
        if comment is None:
            return
        line = comment[0].strip()
        message = tell(
            "a '#' behind a blank begins a comment, so '{line}' is not part of the text; {uncut}",
            line=shorten(line),
            uncut=_UNCUT,
        )
        self.page.report("warning", "comment", comment.end(1), message, show=True)

    def expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.waiting[-1] is None

    def open(self, event: Any) -> None:
        self.check(event)
        if self.expects_key():
            self.refuse(event, "key", tell("a key is a name, not a list or a mapping; is a quote missing?"))
        if len(self.stack) >= MAX_DEPTH:
            self.refuse(event, "too-deep", tell("nested more than {max_depth} deep", max_depth=MAX_DEPTH))
        mapping = isinstance(event, yaml.MappingStartEvent)
        style = "[" if event.flow_style else ""
        node = Node({} if mapping else [], event.start_mark.index, 0, style, {} if mapping else None)
        self.stack.append(node)
        self.waiting.append(None)

    def close(self, event: Any) -> None:
        node = self.stack.pop()
        self.waiting.pop()
        node.end = event.end_mark.index
        if node.style == "[":
            _mend(self.page, node)
        self.attach(node)

    def attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
        elif isinstance(self.stack[-1].value, list):
            self.stack[-1].value.append(node)
        else:
            self.attach_value(self.stack[-1], node)

    def attach_value(self, parent: Node, node: Node) -> None:
        key, start = self.waiting[-1] or ("", node.start)
        self.waiting[-1] = None
        assert isinstance(parent.value, dict) and parent.keys is not None
        # The first entry stays: the one below was probably copied, and dropping it keeps the places of the rest.
        if key in parent.value:
            first = self.page.place(parent.keys[key])
            message = tell(
                "'{key}' is written twice; first at line {line}, column {column}",
                key=shorten(key),
                line=first.line,
                column=first.column,
            )
            self.page.report("error", "duplicate-key", start, message)
            return
        parent.value[key], parent.keys[key] = node, start


# --- formulas split by a comma ------------------------------------------------------------------------------


def _mend(page: Page, node: Node) -> None:
    """Rejoin what a comma inside [] or {} tore apart, `[at least 1 of (a, b)]`, and say so."""
    if isinstance(node.value, list):
        node.value = _mend_list(page, node.value)
    elif isinstance(node.value, dict):
        _mend_mapping(page, node)
        _mend_texts(page, node)


def _mend_list(page: Page, items: list[Node]) -> list[Node]:
    # A comma splits a formula only inside a bracket of its own, so pieces are joined until that bracket is closed.
    # Reading goes on with the whole formula, so that its own mistakes are told in the same run.
    whole: list[Node] = []
    balances = [_balance(item) for item in items]
    position = 0
    while position < len(items):
        first = items[position]
        extra = _torn(balances[position], balances[position + 1 : position + _MOST_PIECES])
        whole.append(_join(page, first, items[position + extra].end) if extra else first)
        position += extra + 1
    return whole


def _mend_mapping(page: Page, node: Node) -> None:
    """`{want: at least 1 of (a, b)}` makes a key `b)` without a value."""
    assert isinstance(node.value, dict) and node.keys is not None
    pairs = list(node.value.items())
    balances = [_text_balance(key) if value.value is None else None for key, value in pairs]
    for number, (key, value) in enumerate(pairs):
        extra = _torn(_balance(value), balances[number + 1 : number + _MOST_PIECES])
        if extra:
            tail = pairs[number + extra][0]
            node.value[key] = _join(page, value, node.keys[tail] + len(tail))
            for torn, _ in pairs[number + 1 : number + extra + 1]:
                del node.value[torn], node.keys[torn]


def _mend_texts(page: Page, node: Node) -> None:
    """`{name: Keep the missiles, and the launchers}` makes a key `and the launchers` with neither colon nor value."""
    assert isinstance(node.value, dict) and node.keys is not None
    torn: dict[str, int] = {}
    before = ""
    for key, value in list(node.value.items()):
        start = node.keys[key]
        bare = value.value is None and page.text[start : value.end].split() == key.split()
        text = node.value[before] if before else None
        if bare and text is not None and isinstance(text.value, str) and not text.style:
            torn[before] = start + len(page.text[start : value.end].rstrip())
            del node.value[key], node.keys[key]
        else:
            before = key
    for key, end in torn.items():
        node.value[key] = _join(page, node.value[key], end)


_MOST_PIECES = 40
"""So far ahead a closing bracket is looked for; a bound, lest a long list of open brackets cost its square."""


def _torn(first: int | None, rest: Iterable[int | None]) -> int:
    """How many of the next pieces belong to `first`: up to the one that closes its bracket, else none."""
    balance = first or 0
    if balance <= 0:
        return 0
    for extra, more in enumerate(rest, start=1):
        if more is None:
            return 0
        balance += more
        if balance <= 0:
            return extra
    return 0


def _balance(node: Node) -> int | None:
    """Opening less closing brackets of an unquoted text; None for anything else."""
    return _text_balance(node.value) if isinstance(node.value, str) and not node.style else None


def _text_balance(text: str) -> int:
    return text.count("(") - text.count(")")


_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


def _join(page: Page, first: Node, end: int) -> Node:
    text = page.text[first.start : end]
    message = tell(
        'inside [] and {{}} a comma starts a new entry, which splits this text: quote it, "{text}"', text=shorten(text)
    )
    if _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
        message = tell("a number has a point, not a comma: write {text}", text=text)
    page.report("error", "split-formula", first.start, message, show=True)
    return Node(text, first.start, end)


# --- JSON's surrogate pairs -----------------------------------------------------------------------------------

_PRIVATE = 0x0800
"""From the surrogates to a range of private use, which libyaml reads like any other character."""

_ESCAPED_PAIR = re.compile(r"\\u(e[0-3][0-9a-f]{2})\\u(e[4-7][0-9a-f]{2})")
_PAIR = re.compile("([\ue000-\ue3ff])([\ue400-\ue7ff])")


def _paired(text: str) -> str:
    r"""The text with every surrogate pair of JSON, `\ud83d\ude80`, as a pair of private characters; as long as before."""
    return SURROGATES.sub(lambda pair: _shifted(pair, _PRIVATE), text)


def _shifted(pair: re.Match[str], by: int) -> str:
    return "".join(f"\\u{int(half, 16) + by:04x}" for half in pair.groups())


def _unpaired(value: str, *, escaped: bool) -> str:
    """A text read from `_paired`: the characters meant, or where no escapes are read, what was written."""
    if not escaped:
        return _ESCAPED_PAIR.sub(lambda pair: _shifted(pair, -_PRIVATE), value)
    return _PAIR.sub(lambda pair: chr(0x10000 + ((ord(pair[1]) - 0xE000) << 10) + ord(pair[2]) - 0xE400), value)


# --- what libyaml says, said for people ---------------------------------------------------------------------


def _syntax(page: Page, error: yaml.YAMLError) -> NoReturn:
    problem = str(getattr(error, "problem", "") or error)
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    here = min(mark.index if mark else 0, len(page.text))
    opened = min(context.index, len(page.text)) if context else here
    if stray := _stray(page, here, opened):
        page.fail("character", *stray, show=True)
    offset, message = _rephrase(page, problem, here, opened)
    page.fail("yaml", offset, message, show=True)


_LOOKED_BACK = 2_000
"""So many characters before an error its cause is looked for."""

FULLWIDTH_COLON = "\uff1a"

_START = re.compile(r"^(?:[ \t]*-)*(.*?)(?::(?=[ \t\r\n])|$)", re.MULTILINE)
_FALSE_QUOTE = re.compile("(?:^|[:\\[{,-])[ \t]*([\u201c-\u201f\u00ab\u00bb\u2018-\u201b])", re.MULTILINE)


def _stray(page: Page, here: int, opened: int) -> tuple[int, str] | None:
    """A character that only looks like a blank, a colon or a quote, where the parser failed and in front of a colon."""
    text, line = page.text, page.place(here).line
    begin = page.start_of(max(min(page.place(opened).line, line - 1), page.place(max(0, here - _LOOKED_BACK)).line, 1))
    end = page.start_of(line + 1)
    for start in _START.finditer(text, begin, end):
        key = start[1]
        if key.lstrip()[:1] in ("'", '"', "#"):
            continue
        places = [n for n, character in enumerate(key) if invisible(character) or character == FULLWIDTH_COLON]
        if places:
            character = key[places[0]]
            return start.start(1) + places[0], tell(
                "{named} stands here; {remedy}", named=named(character), remedy=remedy(character)
            )
    if quote := _FALSE_QUOTE.search(text, begin, end):
        return quote.start(1), tell(
            "{named} is no quotation mark of YAML; {remedy}", named=named(quote[1]), remedy=remedy(quote[1])
        )
    return None


def _rephrase(page: Page, problem: str, here: int, opened: int) -> tuple[int, str]:
    """Where to point, and what to say, for an error of the YAML parser."""
    # The order matters: what the parser says of a missing bracket or quote also holds what it says of the follow-ups.
    character = page.text[here : here + 1]
    if "cannot start any token" in problem:
        return here, _unstartable(character)
    if "expected ',' or" in problem:
        return _unclosed(page, here, opened)
    if "unexpected end of stream" in problem:
        return opened, tell("this quote is never closed")
    if page.text[:here].rstrip(" ")[-1:] in ("'", '"') and "expected" in problem:
        return here, tell("nothing can follow a closing quote: quote the whole text, or none of it")
    for sign, words in _SAYINGS.items():
        if sign in problem:
            return here, words
    return here, tell("this is not YAML: {problem}", problem=problem)


_INDENT = later("the indentation does not fit: entries of one list or mapping start in the same column")
_SAYINGS = {
    "mapping values are not allowed": later("a ':' cannot stand here: quote a text with ': ', or mend the indents"),
    "block sequence entries are not": later("a '-' cannot stand here: start the list on its own line, or quote it"),
    "found unexpected ':'": later("a ':' needs a space after it"),
    "could not find expected ':'": later("expected ':' after this key; is a quote missing, or an indent wrong?"),
    "did not find expected key": _INDENT,
    "did not find expected '-' indicator": _INDENT,
    "did not find expected <": _INDENT,
    "invalid Unicode character escape": later(
        "this escape names no character; one above \\uffff has two: \\ud83d\\ude80"
    ),
    "unknown escape character": later("unknown escape after '\\'; use single quotes for a text with a backslash"),
    "found a tab character": later("a tab cannot indent; YAML indents with spaces"),
    "expected node content": later("a value is expected here; quote a text that starts with a special character"),
}


def _unstartable(character: str) -> str:
    if character == "\t":
        return tell("a tab cannot indent; YAML indents with spaces")
    return tell("a text cannot start with '{character}'; quote it", character=character)


def _unclosed(page: Page, here: int, opened: int) -> tuple[int, str]:
    # A second bracket where a comma was expected is most often a set in a formula; pointing there helps more.
    if page.text[here : here + 1] in ("{", "[") and here > opened:
        return (
            here,
            tell('a formula with a brace or comma inside [] or {} must be quoted, "answer in {accept, delay}"'),
        )
    bracket = page.text[opened : opened + 1]
    line = page.place(here).line
    if cut := _CUT.search(page.text, opened, here):
        return cut.end(1), tell(
            "a '#' behind a blank begins a comment, which hides what closes this '{bracket}'; {uncut}",
            bracket=bracket,
            uncut=_UNCUT,
        )
    return opened, tell(
        "this '{bracket}' is not closed, or a ',' is missing, up to line {line}", bracket=bracket, line=line
    )
