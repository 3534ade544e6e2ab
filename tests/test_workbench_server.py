"""The server of the workbench: what it answers, whom it refuses, what it survives."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from detente.scenario import library
from detente.workbench import guard
from detente.workbench.app import create_app
from workbench import TOKEN, Client, Running, running, until

TITLE = {"path": ["title"], "old": "Chicken", "new": "Hawk and dove"}

HOSTILE = """\
detente: 1
title: <script>alert(1)</script>
actors:
  ann:
    name: "<img src=x onerror=alert(1)>"
    options: {ann_swerves: "\\u05d0\\u05d1 <b>&amp;"}
    priorities: [not ann_swerves or bob_swerves, ann_swerves, bob_swerves]
  bob:
    name: '"><script>x</script>'
    options: {bob_swerves: }
    priorities: [not bob_swerves or ann_swerves, bob_swerves, ann_swerves]
now: [ann_swerves, bob_swerves]
outcomes: {crash: {formula: not ann_swerves and not bob_swerves, name: "</td><script>"}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("scenarios")
    for name in ("chicken", "elmira", "two_proxies", "gatt"):
        (folder / f"{name}.yaml").write_text(library.text(name))
    (folder / "hostile.yaml").write_text(HOSTILE)
    with running(folder) as made:
        yield made


@pytest.fixture
def client(server: Running) -> Client:
    return server.client()


@pytest.fixture
def chicken(server: Running) -> str:
    """A file of its own for one test."""
    name = f"chicken_{time.monotonic_ns()}.yaml"
    (server.bench.folder.root / name).write_text(library.text("chicken"))
    return name


def folder_of(server: Running) -> Path:
    return server.bench.folder.root


# --- who may ask ----------------------------------------------------------------------------------------------------------


def test_without_the_token_nothing_is_told(server: Running) -> None:
    with httpx.Client(base_url=server.base) as stranger:
        for path in ("/", "/api/files", "/api/document?file=chicken.yaml", "/static/app.js", "/edit/chicken.yaml"):
            answer = stranger.get(path)
            assert answer.status_code == 401
            assert "chicken" not in answer.text.lower()
        assert stranger.get("/", params={"token": "wrong"}).status_code == 401
        assert stranger.get("/", params={"token": ""}).status_code == 401
        answer = stranger.post("/api/edit", json={}, headers={"X-Detente": "1"})
        assert answer.status_code == 401


def test_the_token_becomes_a_cookie_and_leaves_the_address(server: Running) -> None:
    with httpx.Client(base_url=server.base) as visitor:
        answer = visitor.get("/edit/chicken.yaml", params={"token": TOKEN, "view": "text", "a": "b&c"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/edit/chicken.yaml?view=text&a=b%26c")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert TOKEN not in cookie
        assert visitor.get("/api/files").status_code == 200


@pytest.mark.parametrize("path", ["//evil.example/x", "/%2F%2Fevil.example", "///evil.example", "/\\evil.example"])
def test_the_address_without_the_token_leads_nowhere_else(server: Running, path: str) -> None:
    raw = ask_raw(server, f"GET {path}?token={TOKEN} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    location = [line for line in raw.split("\r\n") if line.lower().startswith("location:")]
    assert all(not line.partition(":")[2].strip().startswith(("//", "/\\", "http")) for line in location)


def ask_raw(server: Running, text: str) -> str:
    """What the server answers to these very bytes."""
    port = int(server.base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(text.encode("latin-1"))
        found = b""
        while part := link.recv(65536):
            found += part
    return found.decode("latin-1")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Host": ""}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"X-Detente": ""}, 403),
        ({"X-Detente": "2"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Cookie": "detente=guess"}, 401),
        ({"Cookie": "detente"}, 401),
    ],
)
def test_a_forged_request_is_refused(client: Client, chicken: str, headers: dict[str, str], status: int) -> None:
    given = {"X-Detente": "1", "Content-Type": "application/json", **headers}
    try:
        answer = client.http.post("/api/edit", content=json.dumps({"file": chicken, "edits": [TITLE]}), headers=given)
    except httpx.HTTPError:
        assert status in (413, 421)
        return
    assert answer.status_code in (status, 400)
    assert client.document(chicken)["data"]["title"] == "Chicken"


def test_a_body_that_says_it_is_too_large_is_not_waited_for(server: Running) -> None:
    head = "POST /api/edit HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Detente: 1\r\nContent-Type: application/json\r\n"
    assert ask_raw(server, f"{head}Content-Length: 999999999999\r\n\r\n").startswith("HTTP/1.1 413 ")
    assert ask_raw(server, f"{head}Content-Length: {'9' * 30}\r\n\r\n").startswith("HTTP/1.1 4")


def test_cookies_of_other_servers_of_this_machine_shut_nobody_out(client: Client, server: Running) -> None:
    (name, value), *_ = client.http.cookies.items()
    for others in ('state={"a": [1, 2]}', "odd=(x y)", 'bare; "q=', "a=b=c"):
        told = httpx.get(f"{server.base}/api/files", headers={"cookie": f"{others}; {name}={value}"})
        assert told.status_code == 200, others


@pytest.mark.parametrize("name", ["%00", "a" * 5000, "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "vendor"])
def test_what_is_no_file_of_ours_is_not_found(client: Client, name: str) -> None:
    assert client.http.get(f"/static/{name}").status_code == 404


def test_other_methods_are_refused(client: Client) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        assert client.http.request(method, "/api/files").status_code == 405
    assert client.http.get("/api/edit").status_code == 405
    assert client.http.post("/api/files", json={}, headers={"X-Detente": "1"}).status_code == 405


def test_every_answer_forbids_to_load_from_elsewhere(client: Client) -> None:
    for answer in (client.get("files"), client.get("nothing"), client.get("document", file="no.yaml")):
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "file",
    [
        "../secret.yaml",
        "/etc/passwd",
        "..%2fsecret.yaml",
        "sub/../../x.yaml",
        ".detente/x.yaml",
        "x\x00.yaml",
        "no.yaml",
        "",
        "x" * 5000,
    ],
)
def test_no_path_leads_out_of_the_folder(client: Client, server: Running, file: str) -> None:
    (folder_of(server).parent / "secret.yaml").write_text("detente: 1\ntitle: Secret\n")
    for answer in (
        client.get("document", file=file),
        client.get("events", file=file),
        client.get("history", file=file),
        client.get("export", file=file, kind="yaml"),
        client.post("edit", {"file": file, "edits": [TITLE]}),
        client.post("save", {"file": file}),
        client.post("ask", {"file": file, "question": "analyze"}),
        client.post("new", {"file": file if file != "no.yaml" else "../no.yaml", "text": "detente: 1\n"}),
    ):
        assert answer.status_code in (400, 403, 404)
        assert "Secret" not in answer.text
        assert set(answer.json()["error"]) >= {"message", "hint"}
    assert client.http.get("/static/../app.py").status_code in (401, 404)
    assert client.http.get("/static/%2e%2e/app.py").status_code == 404


def test_a_part_outside_of_the_folder_is_not_read(client: Client, server: Running) -> None:
    (folder_of(server).parent / "secret.yaml").write_text(library.text("chicken").replace("Chicken", "Secret"))
    whole = "detente: 1\nparts: {models: {a: ../secret.yaml, b: ../../../../etc/passwd}, shared: []}\n"
    (folder_of(server) / "whole.yaml").write_text(whole)
    found = client.document("whole.yaml")
    assert any("outside" in each["message"] for each in found["problems"])
    assert "Secret" not in json.dumps(found)


# --- files and documents ----------------------------------------------------------------------------------------------------


def test_files_are_listed_with_titles_and_the_library_beside_them(client: Client) -> None:
    told = client.get("files").json()
    files = {each["file"]: each for each in told["files"]}
    assert files["two_proxies.yaml"]["title"] == "Two proxies"
    assert {each["name"] for each in told["library"]} == set(library.names())
    assert all(each["title"] and each["about"] for each in told["library"])


def test_an_edit_travels_to_the_file_and_its_comments_stay(client: Client, server: Running, chicken: str) -> None:
    before = (folder_of(server) / chicken).read_text()
    told = client.edit(chicken, TITLE, version=1)
    assert (told.status_code, told.json()["saved"], told.json()["undo"]) == (200, False, "an edit")
    found = client.document(chicken)
    assert found["data"]["title"] == "Hawk and dove"
    assert found["text"] == before.replace("title: Chicken", "title: Hawk and dove")
    assert (folder_of(server) / chicken).read_text() == before
    assert client.post("save", {"file": chicken}).json()["saved"] is True
    assert (folder_of(server) / chicken).read_text() == found["text"]
    assert client.post("undo", {"file": chicken}).json()["redo"] == "an edit"
    assert client.document(chicken)["text"] == before
    assert client.get("history", file=chicken).json()["versions"][0]["size"] == len(found["text"].encode())


def test_what_is_stale_is_refused_with_the_version(client: Client, chicken: str) -> None:
    told = client.edit(chicken, {"path": ["title"], "old": "Another", "new": "x"})
    assert told.status_code == 409
    assert told.json()["version"] == 1
    assert told.json()["error"]["message"] == "title is not what it was: expected 'Another', found 'Chicken'"


def test_a_renamed_option_is_renamed_wherever_it_is_named_and_the_verdicts_stay(
    client: Client, server: Running
) -> None:
    (folder_of(server) / "renamed.yaml").write_text(library.text("two_proxies"))
    before = client.document("renamed.yaml")
    told = client.edit("renamed.yaml", {"path": ["actors", "ru", "options", "ru_link"], "rename": "ru_tie"})
    assert told.status_code == 200
    after = client.document("renamed.yaml")
    assert not [each for each in after["problems"] if each["severity"] == "error"]
    assert "ru_tie" in after["now"]
    assert "ru_link" not in after["text"].partition("actors:")[2].partition("claims:")[0].replace("ru_linked", "")
    known = {each["name"] for each in after["names"]["options"]}
    assert known == {each["name"] for each in before["names"]["options"]}
    assert client.post("undo", {"file": "renamed.yaml"}).status_code == 200
    assert client.document("renamed.yaml")["text"] == before["text"]


def test_two_tabs_see_each_other(server: Running, chicken: str) -> None:
    one, other = server.client("one"), server.client("other")
    with other.events(chicken) as told:
        one.edit(chicken, TITLE)
        for kind, data in told:
            if kind == "document" and data["by"] == "one":
                break
        assert (data["version"], data["saved"]) == (2, False)
        one.post("save", {"file": chicken})
        assert next(data for kind, data in told if kind == "document" and data["saved"])["version"] == 2


def test_verdicts_come_headline_first_and_say_what_has_changed(server: Running, chicken: str) -> None:
    client = server.client()
    client.document(chicken)
    with client.events(chicken) as told:
        client.edit(chicken, {"path": ["now"], "old": client.document(chicken)["data"]["now"], "new": "ww"})
        order = []
        for kind, data in told:
            if kind in ("verdicts", "changed", "model") and data["version"] == 2:
                order.append(data.get("part") or kind)
                if kind == "changed":
                    assert data["sentences"][0]["text"] == "Today is another state now."
                if kind == "model":
                    break
        assert order[:2] == ["headline", "changed"]


def test_an_outside_change_reaches_the_page_by_itself(server: Running, chicken: str) -> None:
    client = server.client()
    client.document(chicken)
    path = folder_of(server) / chicken
    with client.events(chicken) as told:
        path.write_text(path.read_text().replace("title: Chicken", "title: Rebel"))
        assert next(data for kind, data in told if kind == "outside")["kind"] == "clean"
    assert client.document(chicken)["data"]["title"] == "Rebel"
    client.edit(chicken, {"path": ["title"], "old": "Rebel", "new": "Mine"})
    path.write_text(path.read_text().replace("title: Rebel", "title: Theirs"))
    until(lambda: (client.document(chicken)["outside"] or {}).get("kind") == "conflict")
    assert client.post("save", {"file": chicken}).status_code == 409
    view = client.get("outside", file=chicken).json()
    assert view["conflicts"][0]["theirs"] == "Theirs"
    assert client.post("resolve", {"file": chicken, "all": "mine"}).status_code == 200
    assert client.post("save", {"file": chicken}).status_code == 200
    assert "title: Mine" in path.read_text()


def test_a_new_file_from_the_library_from_nothing_and_never_over_another(client: Client, server: Running) -> None:
    assert client.post("new", {"file": "mine.yaml", "from": "elmira"}).json() == {"file": "mine.yaml"}
    assert (folder_of(server) / "mine.yaml").read_text() == library.text("elmira")
    assert client.post("new", {"file": "mine.yaml", "from": None}).status_code == 409
    assert client.post("new", {"file": "blank.yaml", "from": None}).status_code == 200
    assert client.document("blank.yaml")["data"]["actors"] == {}


def test_what_is_kept_can_be_forgotten(client: Client, server: Running, chicken: str) -> None:
    client.edit(chicken, TITLE)
    kept = folder_of(server) / ".detente" / f"{chicken}.journal"
    assert kept.exists()
    assert client.post("forget", {"file": chicken}).status_code == 200
    assert not kept.exists()
    assert client.edit(chicken, {"path": ["about"], "new": "Two drivers."}).status_code in (200, 409)
    assert client.edit(chicken, {"path": ["title"], "old": "Hawk and dove", "new": "Dove"}).status_code == 200
    assert kept.exists()


# --- bad input --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '"x"', "1e999", "[" * 100_000, '{"file": 1}', '{"file": null}', '{"file": ["chicken.yaml"]}',
     '{"file": "chicken.yaml"}', '{"file": "chicken.yaml", "edits": {}}', '{"file": "chicken.yaml", "edits": [1]}', "\ud800"],
)  # fmt: skip
def test_bodies_that_make_no_sense_are_refused_in_a_sentence(client: Client, body: str) -> None:
    for name in ("edit", "new", "text", "resolve", "restore", "complete", "check", "ask", "picture"):
        headers = {"X-Detente": "1", "Content-Type": "application/json"}
        answer = client.http.post(f"/api/{name}", content=body.encode("utf-8", "surrogatepass"), headers=headers)
        assert answer.status_code in (400, 404, 409), (name, answer.text)
        assert "Traceback" not in answer.text
        assert answer.json()["error"]["message"]


def test_a_body_that_goes_on_for_ever_is_cut_off(client: Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(400):
            yield b"x" * 100_000

    headers = {"X-Detente": "1", "Content-Type": "application/json"}
    with contextlib.suppress(httpx.HTTPError):  # the line may be cut while more is being sent
        assert client.http.post("/api/text", content=endless(), headers=headers).status_code == 413
    assert client.get("files").status_code == 200


def test_five_million_characters_are_read_and_more_are_refused(client: Client, chicken: str) -> None:
    text = library.text("chicken") + "".join(f"# {number:070d}\n" for number in range(67_000))
    assert client.post("text", {"file": chicken, "text": text}).status_code == 200
    assert len(client.document(chicken)["text"]) == len(text)
    answer = client.post("text", {"file": chicken, "text": "x" * 5_000_001})
    assert answer.status_code == 413


def test_deep_nesting_is_a_draft_with_a_problem(client: Client, chicken: str) -> None:
    assert client.post("text", {"file": chicken, "text": "a: " + "[" * 100_000}).status_code == 200
    found = client.document(chicken)
    assert found["invalid_text"] is not None
    assert "nested more than 40 deep" in found["problems"][0]["message"]
    nested: Any = "x"
    for _ in range(200):
        nested = {"a": nested}
    assert client.edit(chicken, {"path": ["about"], "new": nested}).status_code in (400, 409)


def test_a_thousand_edits_one_after_the_other_are_all_there(client: Client, chicken: str) -> None:
    title = "Chicken"
    for number in range(50):
        edits = []
        for part in range(20):
            edits.append({"path": ["title"], "old": title, "new": f"{number}.{part}"})
            title = f"{number}.{part}"
        assert client.edit(chicken, *edits).status_code == 200
    assert client.document(chicken)["data"]["title"] == "49.19"
    assert "title: '49.19'" in client.document(chicken)["text"] or "title: 49.19" in client.document(chicken)["text"]
    many = [{"path": ["title"], "new": "x"}] * 2001
    assert client.post("edit", {"file": chicken, "edits": many}).status_code == 400


def test_markup_and_writing_from_right_to_left_stay_text(client: Client) -> None:
    client.document("hostile.yaml")
    for question, arguments in (
        ("analyze", {}),
        ("explain", {}),
        ("types", {"of": "crash"}),
        ("pivots", {"of": "crash"}),
    ):
        told = client.answered(question, arguments, "hostile.yaml")
        page = told["answer"]["html"] + "".join(each["svg"] for each in told["answer"]["pictures"])
        assert "<script>" not in page.replace("&lt;script&gt;", "")
        assert "<img" not in page
        assert "onerror=alert(1)>" not in page


def test_a_slow_reader_of_the_stream_gets_the_newest_and_holds_nobody_up(server: Running, chicken: str) -> None:
    client = server.client("slow")
    port = int(server.base.rpartition(":")[2])
    cookie = "; ".join(f"{key}={value}" for key, value in client.http.cookies.items())
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(
            f"GET /api/events?file={chicken}&tab=slow HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        until(lambda: any(each.tab == "slow" for each in server.bench.hub.streams))
        stream = next(each for each in server.bench.hub.streams if each.tab == "slow")
        title = "Chicken"
        for number in range(100):
            new = f"{number} {'x' * 20_000}"
            assert client.edit(chicken, {"path": ["title"], "old": title, "new": new}).status_code == 200
            title = new
        assert len(stream.waiting) < 20
    until(lambda: stream not in server.bench.hub.streams)


# --- questions ----------------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_with_the_same_as_a_command(client: Client) -> None:
    told = client.answered(
        "levers",
        {"actors": "us", "goal": "decoupled"},
        "two_proxies.yaml",
        circumstances={"readings": {"us": "carpenter"}},
    )
    answer = told["answer"]
    assert answer["command"] == "detente levers two_proxies --by us --goal decoupled --reading us=carpenter"
    assert "<table>" in answer["html"]
    assert answer["headline"].startswith("The United States can make sure")
    assert answer["python"].startswith(
        "import detente as dt\n\nprint(dt.load('two_proxies').with_(readings={'us': 'carpenter'}).levers("
    )
    assert answer["yaml"] == "ask: levers\nactors: [us]\ngoal: decoupled\n"


@pytest.mark.parametrize(
    ("question", "arguments", "words"),
    [
        ("levers", {}, "What can actors do for a goal? Fill in “Actors”"),
        ("levers", {"actors": "eve", "goal": "decoupled"}, "unknown actor 'eve'"),
        ("levers", {"actors": "us", "goal": "decupled"}, "did you mean decoupled?"),
        ("nothing", {}, "there is no question 'nothing' on this page"),
        ("pivots", {"colour": "red"}, "the question pivots has no field 'colour'"),
        ("ends", {"draws": "many"}, "“Draws at most” is a number; found 'many'"),
        ("explain", {"concepts": "magic"}, "unknown solution concept 'magic'"),
    ],
)
def test_what_cannot_be_asked_is_said(client: Client, question: str, arguments: dict[str, Any], words: str) -> None:
    told = client.answered(question, arguments, "two_proxies.yaml")
    assert words in told["error"]["message"] + told["error"]["hint"]


def test_a_long_question_tells_how_far_it_is_and_is_cancelled_at_once(server: Running) -> None:
    client = server.client("asks")
    with client.events("two_proxies.yaml") as told:
        asked = {
            "file": "two_proxies.yaml",
            "question": "ensemble",
            "arguments": {"draws": 10_000_000, "within": 0.000001},
        }
        job = client.post("ask", asked).json()["job"]
        assert next(data for kind, data in told if kind == "job" and data["id"] == job)["total"] > 0
        begin = time.monotonic()
        assert client.post("cancel", {"job": job}).json() == {"cancelled": True}
        assert time.monotonic() - begin < 1
        assert next(data for kind, data in told if kind == "answer" and data["id"] == job) == {
            "id": job,
            "cancelled": True,
        }
    assert server.client("asks again").answered("analyze", {}, "chicken.yaml")["answer"]["headline"]


def test_closing_a_tab_ends_its_work(server: Running) -> None:
    client = server.client("closes")
    with client.events("two_proxies.yaml") as told:
        next(told)
        asked = {
            "file": "two_proxies.yaml",
            "question": "ensemble",
            "arguments": {"draws": 10_000_000, "within": 0.000001},
        }
        job = client.post("ask", asked).json()["job"]
        until(lambda: server.bench.jobs.running)
    until(lambda: server.bench.jobs.find(job) is None, 5)
    assert not server.bench.jobs.running


def test_a_worker_that_is_killed_is_replaced(server: Running, chicken: str) -> None:
    client = server.client()
    client.document(chicken)
    asked = {"file": "two_proxies.yaml", "question": "ensemble", "arguments": {"draws": 10_000_000, "within": 0.000001}}
    job = client.post("ask", asked).json()["job"]
    until(lambda: server.bench.jobs.running)
    for process in list(server.bench.jobs._processes.values()):
        os.kill(process.process.pid, signal.SIGKILL)
    until(lambda: server.bench.jobs.find(job) is None)
    told = client.get("answer", job=job).json()
    assert "the process that worked on this died" in told["error"]["message"]
    assert client.answered("analyze", {}, chicken)["answer"]["headline"]
    lane = server.bench.lane
    assert lane._process is not None
    os.kill(lane._process.process.pid, signal.SIGKILL)
    assert client.edit(chicken, TITLE).status_code == 200
    found = client.document(chicken)
    assert "title: Hawk and dove" in found["text"]
    until(lambda: server.bench.told[chicken]["verdicts"]["headline"]["version"] == found["version"])


def test_so_many_questions_wait_and_no_more(server: Running) -> None:
    client = server.client("many")
    asked = {"file": "two_proxies.yaml", "question": "ensemble", "arguments": {"draws": 10_000_000}, "wait": False}
    with client.events("two_proxies.yaml") as told:
        next(told)
        answers = [client.post("ask", asked) for _ in range(34)]
        assert [each.status_code for each in answers] == [200] * 33 + [400]
        assert "32 questions wait already" in answers[-1].json()["error"]["message"]
    until(lambda: not server.bench.jobs.waiting and not server.bench.jobs.running, 20)


def test_formulas_are_completed_and_checked_as_they_are_typed(client: Client) -> None:
    client.document("two_proxies.yaml")
    told = client.post("complete", {"file": "two_proxies.yaml", "text": "not us_r", "at": 8}).json()
    assert (told["from"], told["to"]) == (4, 8)
    assert told["words"][0] == {"word": "us_recog", "name": "Relations with North Korea", "kind": "option"}
    told = client.post("complete", {"file": "two_proxies.yaml", "text": "us_recog = ", "at": 11}).json()
    assert [each["word"] for each in told["words"]] == ["none", "offered", "granted"]
    told = client.post("check", {"file": "two_proxies.yaml", "formula": "not us_rcog = granted"}).json()
    assert told["problems"] == [
        {"from": 4, "to": 11, "message": "unknown option or outcome 'us_rcog'", "hint": "did you mean us_recog?"}
    ]
    told = client.post("check", {"file": "two_proxies.yaml", "formula": "ru_link -> us_recog = granted"}).json()
    assert told == {"problems": [], "says": "if “military link”, then “full relations with Pyongyang”"}


def test_exports_are_downloads_without_what_is_kept(client: Client, chicken: str) -> None:
    client.edit(chicken, TITLE)
    for kind, start in (
        ("report", b"<!doctype html>"),
        ("brief", b"<!doctype html>"),
        ("tables", b"PK"),
        ("picture", b"<svg"),
        ("yaml", b"#"),
        ("json", b"{"),
    ):
        answer = client.get("export", file=chicken, kind=kind)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.content.startswith(start) or kind == "yaml"
        assert b".detente" not in answer.content
        assert "sandbox" in answer.headers["content-security-policy"]
    assert client.get("export", file=chicken, kind="everything").status_code == 400


# --- the whole ----------------------------------------------------------------------------------------------------------------


def test_two_applications_in_one_process_know_nothing_of_each_other(tmp_path: Path, server: Running) -> None:
    (tmp_path / "elmira.yaml").write_text(library.text("elmira"))
    with running(tmp_path, cookie="other") as second:
        one, other = server.client(), second.client()
        assert [each["file"] for each in other.get("files").json()["files"]] == ["elmira.yaml"]
        other.edit("elmira.yaml", {"path": ["title"], "old": "Elmira", "new": "Mine"})
        assert one.document("elmira.yaml")["data"]["title"] == "Elmira"
        with httpx.Client(base_url=second.base, cookies=dict(one.http.cookies)) as stolen:
            assert stolen.get("/api/files").status_code == 401


def test_a_fault_of_ours_is_a_sentence_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chicken.yaml").write_text(library.text("chicken"))

    def broken() -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("detente.workbench.routes.forms.sections", broken)
    with running(tmp_path) as made:
        answer = made.client().get("schema")
    assert answer.status_code == 500
    assert answer.json()["error"]["message"] == "a fault of the workbench; nothing was written"
    assert "secret" not in answer.text
    assert "the secret inside" in capsys.readouterr().err


def test_the_token_is_new_each_time(tmp_path: Path) -> None:
    tokens = {create_app(tmp_path).state.token for _ in range(3)}
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 30


def test_the_names_of_the_server_are_those_of_this_machine_alone() -> None:
    assert guard.LOOPBACK == ("127.0.0.1", "localhost", "::1")
