"""The command line: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detente.cli import main
from detente.cli.runs import fitted
from detente.cli.shared import vacant
from detente.scenario import library
from detente.version import __version__

pytestmark = pytest.mark.first_analysis

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder; by default it must succeed and say nothing on standard error."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments, prog_name="detente")
        assert result.exit_code == exit_code, result.output
        assert exit_code or not result.stderr
        return result

    return invoke


def document(result: Result) -> Any:
    return json.loads(result.stdout)


TIES = """
detente: 1
title: Ties
actors:
  one: {options: {a: , b: , c: , d: }, priorities: [a]}
  two: {options: {e: }, priorities: [e]}
now: [a]
"""


# --- analyze ----------------------------------------------------------------------------------------------------


def test_the_flagship_is_the_default(run: Run) -> None:
    assert run("analyze", "--json").stdout.splitlines()[1] == ' "title": "Two proxies",'
    text = run("analyze").stdout
    for part in ("Two proxies", "Who decides", "Is today's state stable?", "Where play leads", "Outcomes"):
        assert part in text
    assert "5 warnings about this model: detente check two_proxies" in text


def test_readings_worlds_and_sanctions(run: Run) -> None:
    chosen = document(run("analyze", "--reading", "us=carpenter", "--reading", "ru=profit", "--json"))
    assert [actor["reading"] for actor in chosen["actors"]] == ["carpenter", "profit", "substitute"]
    core = document(run("analyze", "composite_core", "--world", "s_world", "--concepts", "nash", "--json"))
    assert (core["world"], core["actors"][2]["reading"]) == ("s_world", "profit")
    garrison = {
        rule: document(run("analyze", "garrison", "--countermoves", rule, "--json")) for rule in ("sequence", "single")
    }
    assert garrison["sequence"]["counts"]["gmr"] != garrison["single"]["counts"]["gmr"]


def test_concepts(run: Run) -> None:
    assert document(run("analyze", "--concepts", "nash,seq", "--json"))["concepts"] == ["nash", "seq"]
    assert document(run("analyze", "--concepts", "all", "--json"))["counts"]["sim"] == 3
    assert document(run("analyze", "elmira_graph", "--json"))["counts"]["sim"] is None


def test_equilibria_filtered(run: Run) -> None:
    chosen = document(run("analyze", "--where", "decoupled", "--for", "us", "--json"))["selection"]
    assert (chosen["where"], chosen["for"]) == ("decoupled", ["us"])
    assert all(not state["ru_link"] for state in chosen["equilibria"]["nash"])
    assert "stable for Russia" in run("analyze", "--for", "ru").stdout
    assert document(run("analyze", "--json"))["selection"] is None


@pytest.mark.parametrize("state", ["us_arm, us_nato", "110000", "#49"])
def test_another_start(run: Run, state: str) -> None:
    found = document(run("analyze", "--from", state, "--json"))
    assert found["from"] == state
    assert [key for key, value in found["status_quo"]["settings"].items() if value] == ["us_arm", "us_nato"]
    assert found["status_quo"]["equilibrium"]["nash"] is True
    assert "Asked from another start" in " ".join(run("analyze", "--from", state).stdout.split())


def test_another_start_in_graph_form(run: Run) -> None:
    found = document(run("analyze", "elmira_graph", "--from", "s9", "--json"))
    assert found["status_quo"]["state"] == "s9"
    assert found["ends"]["myopic"] == [[{"state": "s9", "settings": {}}]]


def test_one_state_without_the_space(run: Run) -> None:
    text = run("analyze", "composite_strict", "--local").stdout
    assert "Is the state stable?" in text
    assert "Moves worth making that no answer deters" in text
    found = document(run("analyze", "--local", "--concepts", "nash,sim", "--json"))
    assert found["status_quo"]["stable"]["nash"] == {"us": True, "ru": False, "nk": False}
    assert found["undeterred"]["nash"]["ru"] == {"ru_link": False}
    assert found["engine"]["way"] == "local"
    assert run("analyze", "--local", "--format", "csv").stdout.startswith("stable for,Nash,SSEQ")


@pytest.mark.parametrize(
    ("form", "start"),
    [("csv", "state,us_arm,"), ("markdown", "## Today: us_arm "), ("latex", "% Today: us_arm ")],
)
def test_formats(run: Run, form: str, start: str) -> None:
    assert run("analyze", "--format", form).stdout.startswith(start)


def test_a_hundred_and_twenty_columns(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert "Offer North Korea formal relations and a standing channel  N" in run("analyze").stdout


def test_long_errors_are_broken_between_words_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere a message stays one line, for programs; an excerpt of a file stays as it is, for the place below it."""
    message = (
        "file.yaml:3:9: error: unknown option 'us_amr' (did you mean us_arm?) [unknown-name]\n    priorities: [us_amr]\n"
        + ("    " + " " * 40 + "^")
    )
    assert fitted(message) == message
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "44")
    assert fitted(message).split("\n") == [
        "file.yaml:3:9: error: unknown option",
        "  'us_amr' (did you mean us_arm?)",
        "  [unknown-name]",
        *message.split("\n")[1:],
    ]


# --- show, library, schema --------------------------------------------------------------------------------------


def test_show_describes(run: Run) -> None:
    text = run("show").stdout
    for part in (
        "Actors and options (64 states)",
        "needs ru_link",
        "Readings",
        "carpenter-2024",
        "Left out on purpose",
    ):
        assert part in text
    assert document(run("show", "--json"))["states"] == 64


def test_show_states(run: Run) -> None:
    text = run("show", "elmira", "--states").stdout
    assert "counted as s9" in text
    assert "5 more states; --limit shows more" in run("show", "elmira", "--states", "--limit", "4").stdout
    assert document(run("show", "elmira", "--states", "--json"))["states"]["removed"] == [
        {"kind": "same", "rule": "counted as s9", "combinations": 3}
    ]
    assert "us: us_arm us_nato" in run("show", "composite", "--states", "--limit", "2").stdout
    assert run("show", "--states", "--format", "csv").stdout.splitlines()[1] == "1,N,N,N,N,N,N"


def test_show_rankings(run: Run) -> None:
    text = run("show", "--ranking", "ru", "--ranking", "nk", "--reading", "ru=profit").stdout
    assert "Russia wants, most important first (profit" in text
    assert "States from best to worst for North Korea" in text
    found = document(run("show", "--ranking", "ru", "--json"))["rankings"]["ru"]
    assert (found["reading"], found["ranks"][0]["states"]) == ("need", [4, 12])
    Path("ties.yaml").write_text(TIES, encoding="utf-8")
    assert "Beware: the largest tie holds 16 of 32 states." in run("show", "ties.yaml", "--ranking", "one").stdout


def test_show_moves_readings_and_sources(run: Run) -> None:
    assert "Moves of North Korea" in run("show", "--moves", "nk").stdout
    found = document(run("show", "--moves", "nk", "--readings", "--sources", "--json"))
    assert found["moves"]["nk"]["list"][1] == {"from": 2, "moves": [1], "improvements": [1]}
    assert list(found["readings"]["us"]) == ["biden24", "carpenter", "trump_b", "harris_b"]
    assert found["sources"][0]["id"] == "carpenter-2024"
    assert "Local government wants, best first" in run("show", "elmira", "--readings").stdout


def test_the_library(run: Run) -> None:
    text = run("library").stdout
    assert all(name in text for name in library.names())
    found = document(run("library", "--json"))
    assert [model["name"] for model in found] == list(library.names())
    assert {model["name"]: model["states"] for model in found}["composite_strict"] == 15_679_488
    assert document(run("library", "elmira", "--json"))["states"] == 9
    assert "Actors and options (9 states" in run("library", "elmira").stdout


def test_a_model_to_start_from(run: Run) -> None:
    Path("mine.yaml").write_text(run("library", "chicken", "--yaml").stdout, encoding="utf-8")
    assert document(run("analyze", "mine.yaml", "--json"))["counts"]["nash"] == 2


def test_the_schema(run: Run) -> None:
    assert document(run("schema"))["title"] == "A Détente scenario"


def test_version_and_help(run: Run) -> None:
    assert run("--version").stdout == f"detente {__version__}\n"
    for command in ("analyze", "show", "check", "library", "schema"):
        assert command in run("--help").stdout
        assert "Usage: detente" in run(command, "--help").stdout


# --- check ------------------------------------------------------------------------------------------------------


def test_check(run: Run) -> None:
    text = run("check", "elmira", "two_proxies").stdout
    assert "elmira: no problems" in text
    assert "two_proxies: 5 warnings" in text
    assert re.search(r"^two_proxies\.yaml:\d+:13: warning: .*\[reaction-rule\]$", text, re.MULTILINE)
    run("check", "two_proxies", "--strict", exit_code=1)
    run("check", "elmira", "--strict")


def test_check_finds_errors(run: Run) -> None:
    Path("bad.yaml").write_text(TIES.replace("priorities: [e]", "priorities: [f]"), encoding="utf-8")
    result = run("check", "bad.yaml", exit_code=2)
    assert "bad.yaml:6:" in result.stdout
    assert "bad.yaml: 1 error" in result.stdout
    found = document(run("check", "bad.yaml", "elmira", "--json", exit_code=2))["files"]
    assert [(file["errors"], file["warnings"]) for file in found] == [(1, 0), (0, 0)]
    assert found[0]["problems"][0]["line"] == 6
    assert "no such file" in run("check", "none.yaml", exit_code=2).stdout


def test_check_tells_of_sisters_that_cannot_be_read(run: Run) -> None:
    """They are found as the brief finds them: bundled, or beside the file that names them, wherever the command runs."""
    home, broken = Path("models/home.yaml"), Path("models/broken.yaml")
    home.parent.mkdir()
    broken.write_text("detente: 1\n", encoding="utf-8")
    home.write_text(f"{TIES}sisters: [gatte, ./none.yaml, ./broken.yaml, chicken, ./home.yaml]\n", encoding="utf-8")
    found = document(run("check", "models/home.yaml", "--json"))["files"][0]["problems"]
    told = [each for each in found if each["code"] == "sister"]
    assert [(each["severity"], each["line"], each["column"]) for each in told] == [
        ("warning", 8, column) for column in (11, 18, 31)
    ]
    unknown, absent, erroneous = [each["message"] for each in told]
    assert unknown.startswith(
        "sister model: unknown model 'gatte'; the library has a model 'gatt'; a file beside this one"
    )
    assert absent == "sister model: the model './none.yaml' cannot be read: there is no such file"
    assert erroneous.startswith("sister model: the model './broken.yaml' cannot be read: 1 error; `detente check` of ")
    assert erroneous.endswith(f"`detente check` of {broken.resolve()} tells more")


def test_check_looks_at_the_space(run: Run) -> None:
    codes = [p["code"] for p in document(run("check", "composite_strict", "--json"))["files"][0]["problems"]]
    assert codes.count("cut-moves") == 5
    Path("ties.yaml").write_text(TIES, encoding="utf-8")
    assert "[large-tie]" in run("check", "ties.yaml").stdout


def test_a_state_is_called_alike_everywhere(run: Run) -> None:
    """By its number in state order, its name, its settings or digits, `now`: on its own, or after the model."""
    told = run("explain", "two_proxies", "#56").stdout
    for words in (["now"], ["two_proxies", "now"], ["two_proxies"], ["#56"], ["two_proxies", "110111"]):
        assert run("explain", *words).stdout == told
    assert run("explain", "us_arm, us_nato, ru_link, nk_arms, nk_troops").stdout == told
    assert run("explain", "elmira_graph", "#5").stdout == run("explain", "elmira_graph", "--state", "s5").stdout
    status = [document(run("analyze", "elmira_graph", "--from", five, "--json"))["status_quo"] for five in ("#5", "s5")]
    assert status[0] == status[1]
    for command in (["coalitions"], ["as-one", "--block", "ministry,uniroyal"], ["strength"], ["behaviours"]):
        word, *more = command
        by_name = run(word, "elmira_graph", *more, "--explain", "s5").stdout
        assert run(word, "elmira_graph", *more, "--explain", "#5").stdout == by_name
    design = ["design", "inverse", "two_proxies", "--target"]
    assert run(*design, "#56").stdout == run(*design, "now").stdout == run(*design[:-1]).stdout
    assert run("paths", "two_proxies", "--goal", "#56").stdout == run("paths", "two_proxies", "--goal", "now").stdout


# --- how runs end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["analyze", "two_proxie"], "did you mean two_proxies?"),
        (["analyze", "."], "this is a folder"),
        (["analyze", "none.yaml"], "there is no such file"),
        (["analyze", "--reading", "ru=profits"], "did you mean profit?"),
        (["analyze", "--reading", "rus=profit"], "did you mean us?"),
        (["analyze", "--reading", "ru"], "write ACTOR=NAME, for example ru=profit; found 'ru'"),
        (["analyze", "--world", "w"], "unknown world 'w'"),
        (["analyze", "--concepts", "nahs"], "did you mean nash?"),
        (["analyze", "--countermoves", "singel"], "did you mean single?"),
        (["analyze", "--where", "us_arm &"], "write 'and'"),
        (["analyze", "--for", "usa"], "did you mean us?"),
        (["analyze", "--from", "us_amr"], "did you mean us_arm?"),
        (["analyze", "--from", "#65"], "there are states #1 to #64"),
        (["explain", "two_proxies", "--state", "65"], "there are states #1 to #64; found '#65'"),
        (["explain", "elmira_graph", "#10"], "there are states #1 to #9"),
        (["explain", "two_proxies", " "], "name a state"),
        (["explain", "two_proxies", "now", "--state", "#3"], "two states are named"),
        (["explain", "nowhere"], "unknown scenario 'nowhere'"),
        (["analyze", "composite", "--from", "us_relief"], "it breaks"),
        (["analyze", "--local", "--where", "us_arm"], "--local looks at one state only"),
        (["analyze", "--format", "pdf"], "'pdf' is not one of"),
        (["show", "--ranking", "rusia"], "unknown actor 'rusia'"),
        (["show", "--limit", "0"], "0 is not in the range"),
        (["library", "cubba"], "did you mean cuba?"),
        (["library", "--yaml"], "--yaml needs the name of a model"),
        (["analise"], "No such command 'analise'"),
    ],
)
def test_bad_input(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments, exit_code=2)
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not result.stdout


def test_a_model_too_large(run: Run) -> None:
    """Its size, the memory, what can still be asked; and that then works."""
    actors = "".join(
        f"  a{n}: {{options: {{{', '.join(f'a{n}o{k}: ' for k in range(6))}}}, priorities: [not a{(n + 1) % 10}o0, a{n}o1]}}\n"
        for n in range(10)
    )
    Path("big.yaml").write_text(f"detente: 1\nactors:\n{actors}now: [a1o0]\n", encoding="utf-8")
    said = run("analyze", "big.yaml", "--concepts", "nash", exit_code=2).stderr
    assert "1,152,921,504,606,846,976 cells" in said
    assert "detente analyze --local" in said
    found = document(run("analyze", "big.yaml", "--local", "--concepts", "nash,seq", "--json"))
    assert found["status_quo"]["stable"]["nash"]["a0"] is False
    assert found["open"] == []
    assert "1,152,921,504,606,846,976 states" in run("show", "big.yaml").stdout
    assert "  6 more ranks" not in run("show", "big.yaml", "--ranking", "a0").stdout
    run("check", "big.yaml")


def test_every_problem_of_a_file_at_once(run: Run) -> None:
    text = TIES.replace("title: Ties", "titel: Ties").replace("now: [a]", "now: [z]")
    Path("bad.yaml").write_text(text, encoding="utf-8")
    said = run("analyze", "bad.yaml", exit_code=2).stderr
    assert "bad.yaml:3:1: error: unknown key 'titel'; did you mean title? [unknown-key]" in said
    assert "unknown option, outcome or state 'z'" in said
    assert said.rstrip().endswith("2 errors")


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("module", ["click", "detente.cli", "detente.cli.shared"])
def test_interrupted_while_loading(module: str) -> None:
    """An interrupt that comes while modules are still being loaded, here at the moment one is looked for."""
    code = (
        "import os, runpy, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # in the background it may be ignored
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "sys.argv = ['detente', 'library']\n"
        "runpy.run_module('detente', run_name='__main__')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "interrupted\n")


def test_interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("detente.analysis.analyse", interrupt)
    assert run("analyze", exit_code=130).stderr == "interrupted\n"


def test_bugs_ask_to_be_reported(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("detente.analysis.analyse", fail)
    said = run("analyze", exit_code=70).stderr
    assert "this is a bug in detente: ZeroDivisionError: oops" in said
    assert "DETENTE_DEBUG=1" in said
    assert "Traceback" not in said
    monkeypatch.setenv("DETENTE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        CliRunner().invoke(main, ["analyze"], catch_exceptions=False)


def test_out_of_memory(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def starve(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("detente.analysis.analyse", starve)
    assert "detente analyze --local" in run("analyze", exit_code=2).stderr


def process(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 (this project's own command)
        [sys.executable, "-m", "detente", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


def test_a_reader_that_leaves() -> None:
    """`detente show --states | head`: no complaint about the closed pipe."""
    with process("show", "composite_core", "--states", "--limit", "20000") as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.readline()
        command.stdout.close()
        assert command.wait() == 141
        assert command.stderr.read() == b""


def test_a_terminal_without_unicode() -> None:
    out, err = process("analyze", "detente_veto", PYTHONIOENCODING="ascii", PYTHONUTF8="0").communicate()
    assert not err
    assert b"D?tente and the veto players" in out
    assert b"x no" in out
    out, _ = process("analyze", "detente_veto", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0").communicate()
    assert json.loads(out)["title"] == "Détente and the veto players"


def test_help_waits_for_nothing_heavy() -> None:
    """Neither numpy nor the reader nor rich is imported to print help."""
    code = "import sys, detente.cli; print([m for m in ('numpy', 'rich', 'pydantic', 'yaml') if m in sys.modules])"
    said = subprocess.check_output([sys.executable, "-c", code], text=True)  # noqa: S603 (as above)
    assert said == "[]\n"


# --- writing files ----------------------------------------------------------------------------------------------

WRITTEN = {
    "report": ("report", "chicken", "--without", "claims", "-o", "made.html"),
    "report as JSON": ("report", "chicken", "--without", "claims", "--json", "-o", "made.json"),
    "picture": ("picture", "states", "chicken", "-o", "made.svg"),
    "cards": ("kit", "cards", "chicken", "-o", "made.html"),
}


@pytest.mark.parametrize("asked", WRITTEN.values(), ids=WRITTEN)
def test_a_file_is_written_whole_and_never_replaced_unasked(asked: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / asked[-1]
    words = [*asked[:-1], str(target)]
    assert CliRunner().invoke(main, words).exit_code == 0
    made = target.read_bytes()
    assert made
    target.write_text("mine")
    refused = CliRunner().invoke(main, words)
    assert (refused.exit_code, target.read_text()) == (2, "mine")
    assert "is there already" in refused.stderr
    assert CliRunner().invoke(main, [*words, "--force"]).exit_code == 0
    assert target.read_bytes() == made
    assert list(tmp_path.iterdir()) == [target], "nothing is left beside it"


def test_a_file_that_comes_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "made.html"

    def slow(path: Path, force: bool) -> None:
        vacant(path, force)
        path.write_text("theirs")

    monkeypatch.setattr(import_module("detente.cli.report"), "vacant", slow)  # the command has the name of its module
    refused = CliRunner().invoke(main, ["report", "chicken", "--without", "claims", "-o", str(target)])
    assert (refused.exit_code, target.read_text()) == (2, "theirs")
    assert "is there already" in refused.stderr


def test_a_pack_has_the_cards_that_are_asked_for_one_by_one(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["kit", "pack", "two_proxies", "-o", str(tmp_path / "kit")]).exit_code == 0
    alone = tmp_path / "ru.html"
    assert CliRunner().invoke(main, ["kit", "cards", "two_proxies", "--actors", "ru", "-o", str(alone)]).exit_code == 0
    assert (tmp_path / "kit" / "card_ru.html").read_bytes() == alone.read_bytes()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="timers of Unix")
def test_a_limit_of_time_ends_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no half answer ends with an error; a search says what it has, and that it is not complete."""
    for command in (
        "attitudes",
        "responses",
    ):  # a library that is interrupted while it is loaded cannot be loaded again
        assert CliRunner().invoke(main, [command, "chicken"]).exit_code in (0, 2)
    usual = signal.getsignal(signal.SIGALRM)
    monkeypatch.setenv("DETENTE_SECONDS", "0.005")
    ended = CliRunner().invoke(main, ["attitudes", "two_proxies"])
    assert ended.exit_code == 2
    assert "the 0.005 seconds that DETENTE_SECONDS allows are over, and there is no answer yet" in ended.stderr
    ended = CliRunner().invoke(main, ["responses", "drift_to_war"])
    assert ended.exit_code in (0, 2)
    assert "Not complete: the search was interrupted" in ended.stdout or "there is no answer yet" in ended.stderr
    monkeypatch.setenv("DETENTE_SECONDS", "soon")
    ended = CliRunner().invoke(main, ["check", "elmira"])
    assert (ended.exit_code, "DETENTE_SECONDS is 'soon'; write how many seconds" in ended.stderr) == (2, True)
    monkeypatch.setenv("DETENTE_SECONDS", "600")
    ended = CliRunner().invoke(main, ["check", "elmira"])
    assert ended.exit_code == 0, ended.output
    assert signal.getsignal(signal.SIGALRM) is usual
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
