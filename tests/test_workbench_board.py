"""A board session: three seats and an umpire; what each sees and may do; the log is read as any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from detente.case import Case
from detente.questions.history.game_log import game_log
from detente.scenario import library
from detente.scenario.movelog import read_moves
from detente.scenario.read import load
from workbench import Client, Running, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("room")
    (folder / "two_proxies.yaml").write_text(library.text("two_proxies"))
    (folder / "elmira_graph.yaml").write_text(library.text("elmira_graph"))
    with running(folder) as made:
        yield made


def opened(client: Client) -> tuple[str, dict[str, str]]:
    told = client.post("board/open", {"file": "two_proxies.yaml"}).json()
    return told["umpire"], {each["actor"]: each["code"] for each in told["seats"]}


def seen(client: Client, code: str) -> dict[str, Any]:
    answer = client.get("board", code=code)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_session_with_three_seats(server: Running) -> None:
    client = server.client("umpire")
    umpire, seats = opened(client)
    assert set(seats) == {"us", "ru", "nk"}
    assert len({umpire, *seats.values()}) == 4
    table = {actor: server.client(actor) for actor in seats}
    card = {actor: seen(table[actor], code)["card"] for actor, code in seats.items()}
    assert len(set(card.values())) == 3
    assert "Your aims" in card["ru"]
    us = seen(table["us"], seats["us"])
    assert us["you"] == {"role": "seat", "actor": "us", "name": "United States"}
    assert us["expects"] is None
    assert not any("code" in each for each in us["seats"])
    assert [each["id"] for each in us["options"] if each["may"]] == ["us_arm", "us_nato", "us_recog"]
    # A seat moves only what is its own, and nobody else sees what it proposes.
    stolen = table["us"].post("board/propose", {"code": seats["us"], "set": ["not ru_link"]})
    assert (stolen.status_code, stolen.json()["error"]["message"]) == (403, "ru_link cannot be moved from this seat")
    first = (
        table["us"]
        .post(
            "board/propose",
            {"code": seats["us"], "set": ["us_arm = none", "us_nato = word"], "note": "the package", "person": "Kim"},
        )
        .json()["move"]
    )
    assert seen(table["ru"], seats["ru"])["moves"] == []
    asked = seen(client, umpire)["moves"][0]
    assert (asked["status"], asked["legal"], asked["person"]) == ("proposed", True, "Kim")
    # Only the umpire rules.
    assert table["ru"].post("board/rule", {"code": seats["ru"], "move": first, "take": True}).status_code == 403
    assert client.post("board/rule", {"code": umpire, "move": first, "take": True}).json() == {"turn": 2}
    assert client.post("board/rule", {"code": umpire, "move": first, "take": True}).status_code == 409
    assert "us_arm=full" not in seen(table["nk"], seats["nk"])["now"]["label"]
    # Hidden is hidden; what is shown is what the model expects from here.
    client.post("board/show", {"code": umpire, "now": False, "expects": True})
    russia = seen(table["ru"], seats["ru"])
    assert russia["now"] is None
    assert russia["expects"].startswith(("If actors look ahead", "Nobody who looks ahead"))
    assert {each["id"] for each in russia["options"] if each["value"] is not None} == {"ru_link", "ru_pay"}
    second = table["ru"].post("board/propose", {"code": seats["ru"], "set": ["not ru_link"]}).json()["move"]
    client.post("board/rule", {"code": umpire, "move": second, "take": False, "note": "not yet"})
    assert seen(table["ru"], seats["ru"])["moves"][-1]["ruling"] == "not yet"
    third = client.post("board/propose", {"code": umpire, "by": "nk", "set": []}).json()["move"]
    client.post("board/rule", {"code": umpire, "move": third, "take": True})
    closed = client.post("board/close", {"code": umpire}).json()
    assert table["us"].post("board/propose", {"code": seats["us"], "set": ["us_arm = full"]}).status_code == 409
    # The log lies beside the file, and is read as an umpire's own.
    folder = server.bench.folder.root / ".detente" / "two_proxies.yaml.logs"
    (log,) = folder.iterdir()
    assert log.read_text() == closed["log"]
    scenario = load(server.bench.folder.root / "two_proxies.yaml")
    moves = read_moves(log, scenario)
    assert [(each.by, dict(each.settings), each.says) for each in moves] == [
        ("us", {"us_arm": 0, "us_nato": 1}, "Kim: the package"),
        ("nk", {}, ""),
    ]
    assert game_log(Case(scenario), moves).legal


def test_a_stranger_sees_nothing(server: Running) -> None:
    client = server.client("stranger")
    umpire, _ = opened(client)
    for code in ("", "guess", umpire[:-1], umpire + "x", "\u00e9", "a" * 5000):
        assert client.get("board", code=code).status_code == 403
        assert client.get("board/events", code=code).status_code == 403
        assert client.post("board/propose", {"code": code, "set": []}).status_code == 403
        assert client.post("board/rule", {"code": code, "move": 1, "take": True}).status_code == 403
        assert client.post("board/network", {"code": code, "open": True}).status_code == 403
    assert client.post("board/propose", {"code": None}).status_code == 403
    assert client.post("board/open", {"file": "elmira_graph.yaml"}).status_code == 400


@pytest.mark.parametrize(
    "wanted",
    [
        {"set": "us_arm"},
        {"set": [1]},
        {"set": ["no_such = 1"]},
        {"set": ["us_arm = magic"]},
        {"set": ["us_arm or us_nato"]},
    ],
)
def test_what_is_no_move_is_refused_in_a_sentence(server: Running, wanted: dict[str, Any]) -> None:
    client = server.client("wrong")
    _, seats = opened(client)
    answer = client.post("board/propose", {"code": seats["us"], **wanted})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_the_local_network_reaches_the_seats_and_nothing_else(server: Running) -> None:
    client = server.client("opens")
    umpire, seats = opened(client)
    assert client.post("board/network", {"code": seats["us"], "open": True}).status_code == 403
    address = client.post("board/network", {"code": umpire, "open": True}).json()["network"]
    base = address.removesuffix("/board")
    with httpx.Client(base_url=base, timeout=30) as other:
        assert other.get("/api/board", params={"code": seats["ru"]}).json()["you"]["actor"] == "ru"
        assert other.get("/api/board", params={"code": "guess"}).status_code == 403
        for path in (
            "/",
            "/api/files",
            "/api/document?file=two_proxies.yaml",
            "/edit/two_proxies.yaml",
            "/api/export?file=two_proxies.yaml",
        ):
            assert other.get(path).status_code == 404
        headers = {"X-Detente": "1"}
        moved = other.post("/api/board/propose", json={"code": seats["ru"], "set": ["not ru_pay"]}, headers=headers)
        assert moved.status_code == 200
        assert (
            other.post("/api/board/rule", json={"code": umpire, "move": 1, "take": True}, headers=headers).status_code
            == 404
        )
        assert other.post("/api/edit", json={}, headers=headers).status_code == 404
        assert (
            other.get("/api/board", params={"code": seats["ru"]}, headers={"Host": "evil.example"}).status_code == 421
        )
    assert client.post("board/network", {"code": umpire, "open": False}).json() == {"network": None}


def test_those_who_sit_there_are_counted_and_told_of_news(server: Running) -> None:
    client = server.client("hears")
    umpire, seats = opened(client)
    with client.http.stream("GET", "/api/board/events", params={"code": seats["nk"], "tab": "hears"}) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: board"
        other = server.client("other")
        assert next(each for each in seen(other, umpire)["seats"] if each["actor"] == "nk")["people"] == 1
        other.post("board/show", {"code": umpire, "now": False, "expects": False})
        assert next(line for line in lines if line.startswith("event:")) == "event: board"


def test_forgetting_a_file_forgets_its_logs(tmp_path: Path) -> None:
    from detente.workbench.journal import Journal, kept

    logs = tmp_path / ".detente" / "two.yaml.logs"
    logs.mkdir(parents=True)
    (logs / "1.yaml").write_text("moves: []\n")
    assert [(name, kind) for name, kind, _ in kept(tmp_path)] == [("two.yaml", "logs")]
    Journal(tmp_path / "two.yaml").forget()
    assert not logs.exists()
