"""Files that questions take: named as in the folder, read by the rules of the folder, added and never written over."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `workbench` is not installed")
pytest.importorskip("uvicorn", reason="the extra `workbench` is not installed")

from detente import load
from detente.questions.history.records import record_of
from detente.workbench import materials
from detente.workbench.documents import Folder, Refused
from detente.workbench.work import ask
from workbench import Running, running

HARBOUR = """\
detente: 1
title: Harbour
actors:
  north:
    name: Northland
    options: {blockade: Blockade the port}
    readings:
      firm: {priorities: [blockade, fee], analyst: ada}
      soft: {priorities: [fee, not blockade], analyst: bo}
  port:
    name: Port
    options: {fee: Pay the fee}
    priorities: [not blockade, not fee]
now: [blockade]
outcomes: {open: not blockade}
events:
  format: polecat
  rules:
    - {when: {actor: XNO, code: RETREAT*}, sets: [not blockade]}
history:
  - {date: "2031-01-05", by: port, set: [fee]}
"""

LOG = "date,by,set\n2031-02-01,port,fee\n2031-02-03,north,not blockade\n"
BASE = "harbour.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "folder"
    inner.mkdir()
    (inner / BASE).write_text(HARBOUR)
    (inner / "other.yaml").write_text(HARBOUR.replace("[blockade, fee]", "[fee, blockade]"))
    (inner / "log.csv").write_text(LOG)
    (tmp_path / "secret.csv").write_text("Secret,by,set\n")
    (tmp_path / "secret.json").write_text('{"Secret": 1}')
    return inner


@pytest.fixture
def server(folder: Path) -> Iterator[Running]:
    with running(folder) as made:
        yield made


def answered(folder: Path, question: str, arguments: dict[str, Any]) -> dict[str, Any]:
    text = (folder / BASE).read_text()
    more: dict[str, Any] = {"circumstances": {}, "progress": lambda *_: None, "root": str(folder)}
    return ask(text=text, name="harbour", path=str(folder / BASE), question=question, arguments=arguments, **more)


def test_another_version_is_a_file_of_the_folder(folder: Path) -> None:
    found = answered(folder, "diff", {"other": "other.yaml"})
    assert "Harbour and other: differences one by one" in found["html"]
    assert found["command"] == "detente diff harbour.yaml other.yaml"
    assert found["python"].endswith("print(dt.load('harbour.yaml').diff(other=dt.load('other.yaml').scenario))")
    assert len(found["json"]["steps"]) == 1


def test_analysts_are_readings_or_files(folder: Path) -> None:
    own = answered(folder, "analysts", {})
    assert own["command"] == "detente analysts harbour.yaml"
    two = answered(folder, "analysts", {"others": ["other.yaml"]})
    assert two["command"] == "detente analysts harbour.yaml other.yaml"
    assert own["html"] != two["html"]


def test_a_forecast_is_sealed_kept_and_scored(folder: Path) -> None:
    said = {"when": "open", "by": "2031-02-10", "share": "0.25", "on": "2031-01-01"}
    sealed = answered(folder, "seal", said)
    assert sealed["document"]["name"] == "harbour-2031-02-10.json"
    assert sealed["command"].startswith("detente seal harbour.yaml --when open --by 2031-02-10 --share 0.25")
    materials.add(Folder.at(folder), "first.json", sealed["document"]["text"])
    found = answered(folder, "score", {"seals": ["first.json"], "events": ["log.csv"]})
    assert found["command"] == "detente score harbour.yaml first.json --record log.csv"
    text = sealed["document"]["text"]
    record = load(folder / BASE).score([text], _record(folder))
    assert found["json"] == json.loads(json.dumps(record.to_json()))


def _record(folder: Path) -> Any:
    return record_of(load(folder / BASE).case, [folder / "log.csv"])


def test_a_log_of_a_game_and_a_record(folder: Path) -> None:
    game = answered(folder, "game_log", {"moves": "log.csv"})
    assert game["command"] == "detente kit log log.csv harbour.yaml"
    assert "2 moves" in game["headline"] or len(game["json"]["moves"]) == 2
    for question in ("update", "backtest"):
        found = answered(folder, question, {"events": ["log.csv"]})
        assert found["command"] == f"detente {question} harbour.yaml log.csv"
        compile(found["python"], "page", "exec")


def test_a_table_is_called_by_its_name_in_the_folder(folder: Path) -> None:
    (folder / "TOLD.CSV").write_text("Event Date,Nothing\n")
    with pytest.raises(Exception, match=r"TOLD\.CSV") as caught:
        answered(folder, "events", {"files": ["TOLD.CSV"]})
    assert str(folder) not in str(caught.value)


STRANGE = [
    "../secret.csv",
    "/etc/passwd",
    "..\\secret.csv",
    ".hidden.csv",
    ".detente/x.csv",
    "a\0.csv",
    "log.exe",
    "",
    "link.csv",
]


@pytest.mark.parametrize("name", STRANGE)
def test_no_name_leads_out_of_the_folder(folder: Path, name: str) -> None:
    (folder / "link.csv").symlink_to(folder.parent / "secret.csv")
    for question, arguments in (
        ("game_log", {"moves": name}),
        ("update", {"events": [name]}),
        ("events", {"files": [name]}),
        ("events", {"files": ["log.csv"], "coded": name}),
        ("score", {"seals": [name]}),
        ("diff", {"other": name}),
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011 (which sentence depends on the name)
            answered(folder, question, arguments)
        assert caught.type.__module__ == "detente.workbench.documents" or "Fill in" in str(caught.value) or not name
        assert "Secret" not in str(caught.value)


def test_a_file_too_large_is_refused_before_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(materials, "MOST", 20)
    with pytest.raises(Refused, match=r"log\.csv has 62 bytes; a page reads up to 20"):
        answered(folder, "game_log", {"moves": "log.csv"})
    assert materials.listed(Folder.at(folder)) == []
    with pytest.raises(Refused, match="too large"):
        materials.add(Folder.at(folder), "new.csv", "x" * 21)
    assert not (folder / "new.csv").exists()


def test_the_page_lists_and_adds_files_and_never_writes_over_one(server: Running, folder: Path) -> None:
    client = server.client()
    os.mkfifo(folder / "pipe.csv")
    (folder / "link.csv").symlink_to(folder.parent / "secret.csv")
    listed = client.get("materials").json()["files"]
    assert [(each["name"], each["scenario"]) for each in listed] == [
        ("harbour.yaml", True),
        ("log.csv", False),
        ("other.yaml", True),
    ]
    told = client.post("add", {"name": "game.csv", "text": "\ufeffdate,by,set\r\n"})
    assert told.json() == {"name": "game.csv"}
    assert (folder / "game.csv").read_bytes() == b"\xef\xbb\xbfdate,by,set\r\n"
    assert client.post("add", {"name": "log.csv", "text": "x"}).status_code == 409
    assert (folder / "log.csv").read_text() == LOG
    for name in (*STRANGE, "sub/x.csv", "x" * 300 + ".csv"):
        assert client.post("add", {"name": name, "text": "x"}).status_code in (400, 403, 404, 409), name
    assert client.post("add", {"name": "x.csv"}).status_code == 400
    assert sorted(each.name for each in folder.iterdir() if not each.name.startswith(".")) == [
        "game.csv", "harbour.yaml", "link.csv", "log.csv", "other.yaml", "pipe.csv",
    ]  # fmt: skip


def test_a_question_over_the_wire_takes_a_file(server: Running) -> None:
    client = server.client()
    told = client.answered("game_log", {"moves": "log.csv"}, BASE)
    assert told["answer"]["command"] == "detente kit log log.csv harbour.yaml"
    assert "there is no file gone.csv" in client.answered("game_log", {"moves": "gone.csv"}, BASE)["error"]["message"]


@pytest.mark.parametrize("seed", range(4))
def test_random_names_are_taken_only_if_they_are_in_the_folder(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    parts = ["..", ".", "log.csv", "secret.csv", "sub", "", "~", "a b.csv", "C:", "log.csv\n", "%2e%2e", "link"]
    (folder / "link").symlink_to(folder.parent)
    for _ in range(200):
        name = chance.choice(["", "/"]) + "/".join(chance.choices(parts, k=chance.randint(1, 4)))
        try:
            path = materials.found(Folder.at(folder), name, materials.TABLES)
        except Refused:
            continue
        assert path.resolve() == folder / "log.csv", name
