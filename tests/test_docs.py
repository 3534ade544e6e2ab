"""Documentation that runs: the doctests of every module, and the code in README.md and docs/.

A page is run from top to bottom in an empty folder. What counts is the word after the opening fence:

- `python`   is executed; all blocks of a page share one name space. With `>>>` prompts it is a doctest.
- `console`  every line `$ detente ...` is run as a command, and must print just the lines shown below it (no
             lines shown: anything). `...` stands for any text, on a line of its own for any lines. A
             backslash at the end of a line continues the command. Output sent on (`|`, `>`) is not compared.
             Other programs are left alone. The command must succeed, unless the fence says `console exit=2`.
- any other  with `file=NAME` (say `yaml file=my.yaml`) is written to that file, for the blocks below to use; with
             `put=NAME` its parts (`actors: ...`) replace those of the same name in that file, or are added to it;
             with `into=NAME` its entries are added to those of the same name there (`actors:`, `us:`);
             without either, it is only to be read.
"""

from __future__ import annotations

import doctest
import importlib
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docsite.fences import Block, blocks_of, session_of, write

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
MODULES = [
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(SOURCE.rglob("*.py"))
    if path.stem != "__main__"
]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FLAGS = doctest.ELLIPSIS


def run_doctest(text: str, space: dict[str, Any], place: str, line: int) -> None:
    """Run the `>>>` examples of a text; fail with all that differs."""
    test = doctest.DocTestParser().get_doctest(text, space, place, place, line - 1)
    found: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=found.append, clear_globs=False)
    space.update(test.globs)
    assert not found, "".join(found)


def run_python(block: Block, space: dict[str, Any], place: str) -> None:
    """Execute a block; a traceback shows the line of the page."""
    if ">>> " in block.text:
        run_doctest(block.text, space, place, block.line)
    else:
        exec(compile("\n" * (block.line - 1) + block.text, place, "exec"), space)  # noqa: S102 (its purpose)


def run_console(block: Block, place: str) -> None:
    """Run the `detente` commands of a block, in this process, and compare what they print."""
    main = importlib.import_module("detente.cli").main
    assert block.text.startswith("$ "), f"{place}: a console block begins with a command (`$ ...`)"
    for command, shown in session_of(block.text):
        lexer = shlex.shlex(command, posix=True, punctuation_chars="|<>;&")
        lexer.whitespace_split, lexer.commenters = True, "#"
        words = list(lexer)
        if words[:1] != ["detente"]:
            continue
        own = [i for i, word in enumerate(words) if set(word) <= set("|<>;&")][:1]
        result = CliRunner().invoke(main, words[1 : own[0] if own else None], prog_name="detente")
        expected = int(block.settings.get("exit", "0"))
        said = f"{place}: `{command}` ended with {result.exit_code}:\n{result.output}{result.exception or ''}"
        assert result.exit_code == expected, said
        if shown.strip() and not own:
            assert_same_output(f"{place}: `{command}`", shown, result.output)


def assert_same_output(what: str, shown: str, real: str) -> None:
    """Compare two texts, blind to white space at the ends of lines; a shown `...` matches anything."""
    lines = (map(str.rstrip, text.strip("\n").splitlines()) for text in (shown, real))
    want, got = ("\n".join(each) + "\n" for each in lines)
    checker = doctest.OutputChecker()
    assert checker.check_output(want, got, FLAGS), (
        f"{what}\n{checker.output_difference(doctest.Example('', want), got, FLAGS | doctest.REPORT_UDIFF)}"
    )


def run_page(page: str, name: str) -> None:
    """Run all blocks of a page, in order, in the current folder."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks_of(page):
        place = f"{name}:{block.line}"
        if block.language == "python":
            run_python(block, space, name)
        elif block.language == "console":
            run_console(block, place)
        else:
            write(block)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documentation writes where it likes, and leaves nothing behind."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    runner, found = doctest.DocTestRunner(optionflags=FLAGS), list[str]()
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        runner.run(test, out=found.append)
    assert not found, "".join(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages(page: Path) -> None:
    run_page(page.read_text(encoding="utf-8"), page.relative_to(ROOT).as_posix())


SAMPLE = """
```yaml file=note.txt
kept
```

1. In a list:

   ```python
   from pathlib import Path
   word = Path("note.txt").read_text()
   ```

```python
>>> word
'kept...'
```

```text
raise SystemExit
```

```console exit=2
$ rm -r word
$ detente --no-such-option | grep Error
$ detente \\
    no-such-command
Usage: detente ...
...
Error: ...
```
"""


def test_a_page_runs_in_order() -> None:
    run_page(SAMPLE, "sample")


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (SAMPLE.replace("'kept...'", "'lost'"), AssertionError),
        ("```python\n1 / 0\n```\n", ZeroDivisionError),
        ("```console\n$ detente --help\nnothing of the kind\n```\n", AssertionError),
        ("```console exit=2\n$ detente --help\n```\n", AssertionError),
        ("```console\n$ detente no-such-command\n```\n", AssertionError),
    ],
)
def test_a_wrong_page_fails(page: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run_page(page, "sample")


def test_shown_output() -> None:
    assert_same_output("", "a 0.2 s\n...\nz", "a 0.2 s  \nb\nc\nz\n\n")
    assert_same_output("", "in ... s\n", "in 0.31 s\n")
    with pytest.raises(AssertionError):
        assert_same_output("", "a\nz\n", "a\nb\nz\n")


def test_parts_are_put_into_a_file() -> None:
    page = "```yaml file=a.yaml\na: 1\nb:\n  - 2\n```\n\n```yaml put=a.yaml\nb: 3\nc: 4\n```\n"
    run_page(page, "sample")
    assert Path("a.yaml").read_text(encoding="utf-8") == "a: 1\nb: 3\nc: 4\n"


def test_entries_are_put_into_those_of_a_file() -> None:
    before = "actors:\n  us:\n    name: US\n    priorities:\n      - x\n  ru:\n    name: R\n\nnow: [x]\n"
    more = "actors:\n  us:\n    readings:\n      one:\n        priorities: [x]\nsources: {a: b}\n"
    page = f"```yaml file=a.yaml\n{before}```\n\n```yaml into=a.yaml\n{more}```\n"
    run_page(page, "sample")
    assert Path("a.yaml").read_text(encoding="utf-8") == (
        "actors:\n  us:\n    name: US\n    readings:\n      one:\n        priorities: [x]\n  ru:\n    name: R\n\n"
        "now: [x]\nsources: {a: b}\n"
    )


def test_console_session() -> None:
    text = "$ detente analyze \\\n    chicken\none\ntwo\n$ ls\n"
    assert list(session_of(text)) == [("detente analyze chicken", "one\ntwo\n"), ("ls", "")]
