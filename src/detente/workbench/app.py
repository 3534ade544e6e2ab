"""The application: what each address answers. Nothing in it is global; two in one process do not know of each other.

`create_app(root)` makes it; what it holds while it runs is a `Workbench`: the folder, the documents in use, the streams, the
lane that judges and the jobs. It analyses nothing itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from detente.errors import InputError, ScenarioError
from detente.messages import tell
from detente.scenario import library
from detente.scenario.text.changes import Change, Stale
from detente.scenario.text.changes import told as change_told
from detente.workbench import forms, formulas, guard, questions
from detente.workbench.documents import Document, Folder, Refused, starting_text
from detente.workbench.events import MOST, EventStream, Hub
from detente.workbench.workers import Job, Jobs, Lane

LOOK = 1.0
"""Seconds between two looks at the disk."""

MOST_CHANGES = 2_000
"""Changes of one request."""

MOST_DOCUMENTS = 32
"""Documents in use at once; the one unused longest, with nothing unsaved, makes room."""

HELD_ANSWERS = 64
"""Answers kept for pages that ask for them later."""

STATIC = Path(str(files("detente.workbench") / "static"))

TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".toml": "text/plain",
    ".txt": "text/plain",
    ".json": "application/json",
    ".woff2": "font/woff2",
}


class Workbench:
    """What one application holds while it runs."""

    def __init__(self, folder: Folder, seats: int) -> None:
        self.folder = folder
        self.hub = Hub()
        self.documents: dict[str, Document] = {}
        self.opening = asyncio.Lock()
        self.told: dict[str, dict[str, Any]] = {}
        self.lane = Lane(self._judged, self._lost)
        self.jobs = Jobs(seats)
        self.answers: dict[str, dict[str, Any]] = {}
        self.problems: dict[str, tuple[tuple[int, ...], int]] = {}
        self._sent: dict[str, int] = {}
        self._posted: dict[str, asyncio.Event] = {}

    # --- life ---

    async def run(self) -> AsyncIterator[None]:
        self.lane.start()
        self.jobs.start()
        looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            looking.cancel()
            self.hub.close()
            self.lane.close()
            self.jobs.close()
            for each in self.documents.values():
                each.close()

    async def _look(self) -> None:
        """Once a second: what others did to the files."""
        while True:
            await asyncio.sleep(LOOK)
            for document in list(self.documents.values()):
                with contextlib.suppress(Exception):  # looking never ends because one look failed
                    await self.look(document)

    async def look(self, document: Document) -> None:
        async with document.lock:
            version = document.version
            if await asyncio.to_thread(document.look):
                if document.version != version:
                    self._post(document, None)
                self._tell(document, "")
                self.hub.tell(document.name, "outside", document.told_outside() or {"kind": "", "message": ""})

    # --- documents ---

    async def document(self, name: object) -> Document:
        """The document of a file, opened if it was not. Raises `Refused`."""
        if not isinstance(name, str) or not name:
            raise Refused(tell("which file? `file` is its name in the folder"))
        known = self.documents.get(name)
        if known is not None:
            return known
        path = self.folder.path(name)
        async with self.opening:
            if name not in self.documents:
                made = await asyncio.to_thread(Document, name, path, self.folder.root)
                if len(self.documents) >= MOST_DOCUMENTS:
                    self._make_room()
                self.documents[name] = made
                self.told[name] = {}
                self._post(made, None)
        return self.documents[name]

    def _make_room(self) -> None:
        used = {each.topic for each in self.hub.streams}
        for name, each in list(self.documents.items()):
            if name not in used and each.saved:
                each.close()
                del self.documents[name], self.told[name]
                return
        raise Refused(tell("{count} files are open; save and close one first", count=MOST_DOCUMENTS), 429)

    def _tell(self, document: Document, tab: str) -> None:
        self.hub.tell(document.name, "document", {**document.status(), "by": tab})

    # --- the lane ---

    def _post(self, document: Document, changes: Sequence[Change] | None) -> None:
        """Tell the lane what is new: these changes, or (None) all of it."""
        edits, name = document.edits, document.name
        if edits is None:
            return
        message = {"key": name, "name": Path(name).stem, "path": str(document.path), "version": edits.version}
        if changes is None or name not in self.lane.known or self._sent.get(name) != edits.series:
            base = {"text": edits.text, "debt": [each.to_json() for each in edits.debt], "series": edits.series}
            message |= {"base": base, "data": edits.data}
            self._sent[name] = edits.series
        else:
            message |= {"changes": [each.to_json() for each in changes]}
        self.lane.post(message)

    def _judged(self, name: str, version: int, part: str, data: Any) -> None:
        """What the lane says of a version of a file."""
        document = self.documents.get(name)
        if document is None or document.edits is None:
            return
        if part == "text":
            document.edits.paid(data["text"], data["count"], data["series"])
        if version < document.version:
            return  # an answer that came too late
        kept = self.told[name]
        if part == "text":
            kept["problems"] = data["problems"]
            kept["text"] = version
            self._posted.setdefault(name, asyncio.Event()).set()
            self._tell(document, "")
        elif part == "problems":
            kept["problems"] = data
            self.hub.tell(name, "problems", {"version": version, "problems": data})
        elif part == "changed":
            kept["changed"] = {"version": version, **data}
            self.hub.tell(name, "changed", {"version": version, **data})
        elif part == "model":
            kept["model"] = data
            self.hub.tell(name, "model", {"version": version, "states": data["states"], "now": data["now"]})
        else:
            seconds = data.pop("seconds", None) if isinstance(data, dict) else None
            told = {"version": version, "part": part, "data": data, "seconds": seconds}
            kept.setdefault("verdicts", {})[part] = told
            self.hub.tell(name, "verdicts", told)

    def _lost(self, name: str) -> None:
        """The lane has lost a file: it died, or holds others."""
        document = self.documents.get(name)
        if document is not None:
            self._sent.pop(name, None)
            self.lane.known.pop(name, None)
            self._post(document, None)

    async def settled(self, document: Document, seconds: float) -> None:
        """Wait until the text of the present version is known, or so many seconds."""
        deadline = asyncio.get_running_loop().time() + seconds
        while document.edits is not None and self.told[document.name].get("text") != document.version:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            event = self._posted.setdefault(document.name, asyncio.Event())
            event.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), min(left, 0.2))

    # --- jobs ---

    def ask(self, work: str, arguments: Mapping[str, Any], topic: str, tab: str) -> Job:
        def said(data: dict[str, Any]) -> None:
            self.hub.tell(topic, "job", data, tab or None)

        job = self.jobs.ask(work, arguments, tab, said)

        def done(future: asyncio.Future[Any]) -> None:
            if future.cancelled():
                self.answers[job.id] = {"cancelled": True}
            elif future.exception() is not None:
                self.answers[job.id] = {"error": guard.told(future.exception() or InputError(""))}
            else:
                self.answers[job.id] = {"answer": future.result()}
            while len(self.answers) > HELD_ANSWERS:
                self.answers.pop(next(iter(self.answers)))
            self.hub.tell(
                topic, "answer", {"id": job.id, **({"cancelled": True} if future.cancelled() else {})}, tab or None
            )

        job.future.add_done_callback(done)
        return job


def _series(document: Document) -> int:
    return -1 if document.edits is None else document.edits.series


# --- requests ---------------------------------------------------------------------------------------------------------


async def _body(request: Request) -> dict[str, Any]:
    """What a request says; it is a mapping."""
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(tell("this request is no JSON")) from None
    if not isinstance(found, dict):
        raise Refused(tell("this request is no mapping"))
    return found


def _tab(request: Request) -> str:
    return (request.headers.get("x-tab") or request.query_params.get("tab") or "")[:40]


def _whole(body: Mapping[str, Any], key: str) -> int | None:
    value = body.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _words(body: Mapping[str, Any]) -> str:
    value = body.get("words")
    return value[:200] if isinstance(value, str) else ""


def _bench(request: Request) -> Workbench:
    bench: Workbench = request.app.state.bench
    return bench


async def shell(request: Request) -> Response:
    """The one page; which view it shows is for its script to read from the address."""
    return FileResponse(STATIC / "index.html", media_type="text/html")


async def static(request: Request) -> Response:
    """A file of ours, by its name."""
    path = (STATIC / request.path_params["path"]).resolve()
    if not path.is_relative_to(STATIC.resolve()) or not path.is_file() or path.suffix not in TYPES:
        raise HTTPException(404)
    return FileResponse(path, media_type=TYPES[path.suffix], headers={"cache-control": "no-cache"})


async def all_files(request: Request) -> Response:
    bench = _bench(request)

    def look() -> list[dict[str, Any]]:
        found = []
        for name in bench.folder.files():
            with contextlib.suppress(InputError, OSError):
                known = bench.documents.get(name)
                changed = not known.saved if known else _unsaved(bench.folder, name)
                found.append(
                    {
                        "file": name,
                        "title": bench.folder.title(name),
                        "changed": changed,
                        "problems": _errors(bench, name),
                    }
                )
        return found

    models = [{"name": name, **_about(name)} for name in library.names()]
    return JSONResponse({"files": await asyncio.to_thread(look), "library": models, "folder": bench.folder.root.name})


def _unsaved(folder: Folder, name: str) -> bool:
    """Whether a journal has edits that the file has not."""
    from detente.workbench.journal import Journal

    journal = Journal(folder.path(name))
    return journal.there and not Document(name, folder.path(name), folder.root).saved


def _errors(bench: Workbench, name: str) -> int | None:
    """How many errors a file has, as far as that is known: of those in use."""
    if name in bench.documents and "problems" in bench.told[name]:
        return sum(each["severity"] == "error" for each in bench.told[name]["problems"])
    return None


def _about(name: str) -> dict[str, str]:
    from detente.workbench.shelf import about

    return about(name)


async def new(request: Request) -> Response:
    body = await _body(request)
    model, text, name = body.get("from"), body.get("text"), body.get("file")
    if not isinstance(name, str):
        raise Refused(tell("which file? `file` is its name in the folder"))
    if not (model is None or isinstance(model, str)) or not (text is None or isinstance(text, str)):
        raise Refused(tell("`from` is the name of a model, `text` a text"))
    await asyncio.to_thread(lambda: _bench(request).folder.new(name, starting_text(model, text)))
    return JSONResponse({"file": name})


async def document(request: Request) -> Response:
    bench = _bench(request)
    found = await bench.document(request.query_params.get("file"))
    await bench.settled(found, 5.0)
    kept = bench.told[found.name]
    model = kept.get("model") or {"states": None, "now": None, "names": None, "rankings": None}
    edits = found.edits
    if edits is not None and edits.debt:
        async with found.lock:
            await asyncio.to_thread(edits.pay)
    text = found.draft if edits is None else edits.text
    problems = kept.get("problems", [])
    if found.draft is not None:
        problems = await asyncio.to_thread(formulas.text_problems, found.draft)
    return JSONResponse(
        {
            **found.status(),
            "title": _title(found),
            "data": found.data,
            "text": _undressed(text or ""),
            "problems": problems,
            "invalid_text": found.draft,
            "recovered": bool(found.recovered),
            **model,
            "verdicts": kept.get("verdicts", {}),
        }
    )


def _undressed(text: str) -> str:
    """A text as an editor takes it: no mark at its start, lines parted in one way."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _title(document: Document) -> str:
    title = document.data.get("title") if isinstance(document.data, dict) else None
    return title if isinstance(title, str) and title else Path(document.name).stem


async def _changed(request: Request, found: Document, how: Callable[[], Any], send: Any = None) -> Response:
    """Change a document under its lock, and tell everybody."""
    bench = _bench(request)
    async with found.lock:
        series, before = _series(found), found.version
        try:
            await asyncio.to_thread(how)
        except Stale as error:
            return JSONResponse({"error": guard.told(error), "version": found.version}, 409)
        if found.version != before or _series(found) != series:
            changes = send() if send is not None and _series(found) == series else None
            bench._post(found, changes)
        status = found.status()
        bench._tell(found, _tab(request))
    return JSONResponse(status)


async def edit(request: Request) -> Response:
    body = await _body(request)
    found = await _bench(request).document(body.get("file"))
    given = body.get("edits")
    if not isinstance(given, list) or not given or len(given) > MOST_CHANGES:
        raise Refused(tell("`edits` is a list of 1 to {most} changes", most=MOST_CHANGES))
    changes = [change_told(each) for each in given]
    return await _changed(
        request,
        found,
        lambda: found.edit(changes, _words(body), _whole(body, "version"), _tab(request)),
        lambda: changes,
    )


async def undo(request: Request) -> Response:
    body = await _body(request)
    found = await _bench(request).document(body.get("file"))
    return await _changed(request, found, found.undo, lambda: found.current().undone[-1].back)


async def redo(request: Request) -> Response:
    body = await _body(request)
    found = await _bench(request).document(body.get("file"))
    return await _changed(request, found, found.redo, lambda: found.current().done[-1].changes)


async def text(request: Request) -> Response:
    body = await _body(request)
    found = await _bench(request).document(body.get("file"))
    written = body.get("text")
    if not isinstance(written, str):
        raise Refused(tell("`text` is a text"))
    return await _changed(request, found, lambda: found.write(written, _words(body), _tab(request)))


async def save(request: Request) -> Response:
    body = await _body(request)
    bench = _bench(request)
    found = await bench.document(body.get("file"))
    await bench.settled(found, 2.0)
    return await _changed(request, found, found.save)


async def outside(request: Request) -> Response:
    found = await _bench(request).document(request.query_params.get("file"))
    async with found.lock:
        return JSONResponse(await asyncio.to_thread(found.three_ways))


async def resolve(request: Request) -> Response:
    body = await _body(request)
    found = await _bench(request).document(body.get("file"))
    choices, everything = body.get("choices", []), body.get("all", "")
    if not isinstance(choices, list) or everything not in ("", "mine", "theirs"):
        raise Refused(tell("`choices` is a list of {{path, take}}, where `take` is mine or theirs"))
    return await _changed(request, found, lambda: found.resolve(choices, everything))


async def history(request: Request) -> Response:
    found = await _bench(request).document(request.query_params.get("file"))
    entry = request.query_params.get("entry")
    if entry is not None:
        version = await asyncio.to_thread(found.journal.version, entry)
        if version is None:
            raise Refused(tell("there is no such saved version"), 404)
        return JSONResponse({"entry": entry, "text": _undressed(version)})
    return JSONResponse({"versions": await asyncio.to_thread(found.journal.versions)})


async def restore(request: Request) -> Response:
    body = await _body(request)
    found = await _bench(request).document(body.get("file"))
    entry = body.get("entry")
    if not isinstance(entry, str):
        raise Refused(tell("which saved version? `entry` is its name"))
    return await _changed(request, found, lambda: found.restore(entry))


async def forget(request: Request) -> Response:
    body = await _body(request)
    found = await _bench(request).document(body.get("file"))
    return await _changed(request, found, found.forget)


async def complete(request: Request) -> Response:
    body = await _body(request)
    bench = _bench(request)
    found = await bench.document(body.get("file"))
    written, at = body.get("text"), _whole(body, "at")
    if not isinstance(written, str) or at is None:
        raise Refused(tell("`text` is a text and `at` a place in it"))
    names = (bench.told[found.name].get("model") or {}).get("names")
    return JSONResponse(
        await asyncio.to_thread(formulas.complete, written, at, names, found.data, body.get("whole") is True)
    )


async def check(request: Request) -> Response:
    body = await _body(request)
    found = await _bench(request).document(body.get("file"))
    formula = body.get("formula")
    if not isinstance(formula, str):
        raise Refused(tell("`formula` is a text"))
    return JSONResponse(await asyncio.to_thread(formulas.check, formula, found.data, str(found.path)))


async def schema(request: Request) -> Response:  # noqa: ARG001 (a route takes a request)
    return JSONResponse({"sections": forms.sections()})


async def all_questions(request: Request) -> Response:  # noqa: ARG001 (as above)
    return JSONResponse(questions.described())


async def events(request: Request) -> Any:
    """The stream of a page. It begins with what is known already."""
    bench = _bench(request)
    found = await bench.document(request.query_params.get("file"))
    if len(bench.hub.streams) >= MOST:
        raise Refused(tell("{count} pages are open already; close some", count=MOST), 429)
    tab = _tab(request)
    stream = bench.hub.open(found.name, tab)
    bench.hub.number += 1
    stream.put(bench.hub.number, "document", {**found.status(), "by": ""})
    for each in bench.told[found.name].get("verdicts", {}).values():
        stream.put(bench.hub.number, "verdicts", each)
    if told := found.told_outside():
        stream.put(bench.hub.number, "outside", told)

    def left() -> None:
        if tab and not any(each.tab == tab for each in bench.hub.streams):
            bench.jobs.leave(tab)

    return EventStream(bench.hub, stream, left)


async def ask(request: Request) -> Response:
    body = await _body(request)
    bench = _bench(request)
    found = await bench.document(body.get("file"))
    question, given, said = body.get("question"), body.get("arguments") or {}, body.get("circumstances") or {}
    if not isinstance(question, str) or not isinstance(given, dict) or not isinstance(said, dict):
        raise Refused(tell("a question has a name, `arguments` and `circumstances`"))
    questions.arguments(question, given)
    arguments = {
        **await _model(bench, found),
        "question": question,
        "arguments": given,
        "circumstances": said,
        "everything": body.get("everything") is True,
    }
    seconds = 0.0 if body.get("wait") is False else 1.0
    return await _answered(request, bench.ask("ask", arguments, found.name, _tab(request)), seconds)


async def picture(request: Request) -> Response:
    body = await _body(request)
    bench = _bench(request)
    found = await bench.document(body.get("file"))
    kind, about = body.get("kind"), body.get("about")
    if not isinstance(kind, str):
        raise Refused(tell("which picture? `kind` is its name"))
    arguments = {
        **await _model(bench, found),
        "kind": kind,
        "about": about if isinstance(about, str) else None,
        "circumstances": body.get("circumstances") or {},
    }
    return await _answered(request, bench.ask("drawing", arguments, found.name, _tab(request)), 1.0)


async def _model(bench: Workbench, found: Document) -> dict[str, Any]:
    """The text of a document, as work takes it; the debt is paid first."""
    edits = found.current()
    if edits.debt:
        await bench.settled(found, 3.0)
        async with found.lock:
            await asyncio.to_thread(edits.pay)
    return {"text": edits.text, "name": Path(found.name).stem, "path": str(found.path)}


async def _answered(request: Request, job: Job, seconds: float) -> Response:
    """The answer, if it is there soon; else by what to ask for it."""
    with contextlib.suppress(TimeoutError, asyncio.CancelledError, InputError):
        await asyncio.wait_for(asyncio.shield(job.future), seconds)
    found = _bench(request).answers.get(job.id) if job.future.done() else None
    if job.future.done() and found is None:
        await asyncio.sleep(0)  # what keeps the answer is called right after
        found = _bench(request).answers.get(job.id)
    if found is None:
        return JSONResponse({"job": job.id})
    return JSONResponse({"job": job.id, **found}, 400 if "error" in found else 200)


async def answer(request: Request) -> Response:
    bench, id_ = _bench(request), request.query_params.get("job", "")
    job = bench.jobs.find(id_)
    if job is not None:
        return await _answered(request, job, 20.0)
    if id_ not in bench.answers:
        raise Refused(tell("there is no such question any more; ask it again"), 404)
    found = bench.answers[id_]
    return JSONResponse({"job": id_, **found}, 400 if "error" in found else 200)


async def cancel(request: Request) -> Response:
    body = await _body(request)
    bench = _bench(request)
    job = bench.jobs.find(str(body.get("job", "")))
    if job is not None:
        bench.jobs.cancel(job)
    return JSONResponse({"cancelled": job is not None})


async def export(request: Request) -> Response:
    bench, query = _bench(request), request.query_params
    found = await bench.document(query.get("file"))
    said = {key: query[key] for key in ("world", "platform", "start", "hold", "sanctions") if query.get(key)}
    readings = dict(each.split("=", 1) for each in query.getlist("reading") if "=" in each)
    circumstances = {
        **said,
        **({"readings": readings} if readings else {}),
        **({"rules": query.getlist("rule")} if query.getlist("rule") else {}),
    }
    arguments = {
        **await _model(bench, found),
        "kind": query.get("kind", "report"),
        "about": query.get("about"),
        "form": query.get("form", ""),
        "circumstances": circumstances,
    }
    job = bench.ask("export", arguments, found.name, _tab(request))
    made = await asyncio.shield(job.future)
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in made["name"])
    # A page of a report runs scripts of its own: it is saved, and never shown from here.
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "sandbox; default-src 'none'",
    }
    bench.answers.pop(job.id, None)
    return Response(made["content"], media_type=made["type"], headers=headers)


# --- errors -----------------------------------------------------------------------------------------------------------


async def refused(request: Request, error: Exception) -> Response:  # noqa: ARG001 (the shape of a handler)
    if isinstance(error, Refused):
        return JSONResponse({"error": {**guard.told(error), **error.also}}, error.status)
    return JSONResponse({"error": guard.told(error)}, 400)


async def unknown(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 404:
        return JSONResponse(
            {"error": {"message": tell("there is nothing at {path}", path=request.url.path[:200]), "hint": ""}}, 404
        )
    return JSONResponse(
        {"error": {"message": tell("this address does not take {method}", method=request.method), "hint": ""}}, status
    )


async def too_much(request: Request, error: Exception) -> Response:  # noqa: ARG001 (as above)
    return JSONResponse(
        {
            "error": {
                "message": tell("this is too large: up to {most} MB are read", most=guard.MOST_BODY // 1_000_000),
                "hint": "",
            }
        },
        413,
    )


async def fault(request: Request, error: Exception) -> Response:  # noqa: ARG001 (as above)
    """A fault of ours: the page is told so in a sentence, whoever started the server gets the rest."""
    traceback.print_exception(error, file=sys.stderr)
    return JSONResponse(
        {
            "error": {
                "message": tell("a fault of the workbench; nothing was written"),
                "hint": tell("what went wrong stands in the terminal"),
            }
        },
        500,
    )


# --- the application ----------------------------------------------------------------------------------------------------

GET: Mapping[str, Callable[[Request], Awaitable[Any]]] = {
    "files": all_files, "document": document, "outside": outside, "history": history, "schema": schema, "events": events,
    "questions": all_questions, "answer": answer, "export": export,
}  # fmt: skip

POST: Mapping[str, Callable[[Request], Awaitable[Any]]] = {
    "new": new, "edit": edit, "undo": undo, "redo": redo, "text": text, "save": save, "resolve": resolve, "restore": restore,
    "forget": forget, "complete": complete, "check": check, "ask": ask, "picture": picture, "cancel": cancel,
}  # fmt: skip


def create_app(
    root: str | Path,
    *,
    token: str | None = None,
    names: tuple[str, ...] = guard.LOOPBACK,
    cookie: str = "detente",
    seats: int = 1,
) -> Starlette:
    """The application over a folder of scenario files.

    `token` is what the first request must carry (default: a new one, in `app.state.token`); `names` are the names that
    requests may call the server by; `cookie` tells servers of one machine apart; `seats` are the questions worked on at once.
    """
    folder = Folder.at(Path(root))
    token = token or secrets.token_urlsafe(24)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.bench = Workbench(folder, seats)
        async for _ in app.state.bench.run():
            yield

    app = Starlette(
        routes=[
            *(Route(f"/api/{name}", way, methods=["GET"]) for name, way in GET.items()),
            *(Route(f"/api/{name}", way, methods=["POST"]) for name, way in POST.items()),
            Route("/static/{path:path}", static, methods=["GET"]),
            *(
                Route(path, shell, methods=["GET"])
                for path in ("/", "/edit/{file:path}", "/ask/{file:path}", "/board/{file:path}", "/new")
            ),
        ],
        middleware=[Middleware(guard.Guard, token=token, names=names, cookie=cookie)],
        exception_handlers={
            InputError: refused,
            ScenarioError: refused,
            HTTPException: unknown,
            guard.TooMuch: too_much,
            Exception: fault,
        },
        lifespan=lifespan,
    )
    app.state.token = token
    return app
