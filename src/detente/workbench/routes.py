"""What each address of the workbench answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from detente.errors import InputError
from detente.messages import tell
from detente.present.pictures.drawing import style
from detente.scenario import library
from detente.scenario.text.changes import Stale
from detente.scenario.text.changes import told as change_told
from detente.workbench import forms, formulas, guard, questions
from detente.workbench.bench import Workbench, series_of
from detente.workbench.documents import Document, Folder, Refused, starting_text
from detente.workbench.events import MOST, EventStream
from detente.workbench.journal import Journal
from detente.workbench.shelf import about
from detente.workbench.workers import Job

MOST_CHANGES = 2_000
"""Changes of one request."""

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


async def body_of(request: Request) -> dict[str, Any]:
    """What a request says; it is a mapping."""
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(tell("this request is no JSON")) from None
    if not isinstance(found, dict):
        raise Refused(tell("this request is no mapping"))
    return found


def tab_of(request: Request) -> str:
    """Which tab of a browser asks."""
    return (request.headers.get("x-tab") or request.query_params.get("tab") or "")[:40]


def _whole(body: Mapping[str, Any], key: str) -> int | None:
    value: object = body.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _words(body: Mapping[str, Any]) -> str:
    value = body.get("words")
    return value[:200] if isinstance(value, str) else ""


def bench_of(request: Request) -> Workbench:
    """What the application holds."""
    bench: Workbench = request.app.state.bench
    return bench


async def shell(request: Request) -> Response:  # noqa: ARG001 (a route takes a request)
    """The one page; which view it shows is for its script to read from the address."""
    return FileResponse(STATIC / "index.html", media_type="text/html")


async def static(request: Request) -> Response:
    """A file of ours, by its name; the style of drawings is that of the report."""
    if request.path_params["path"] == "pictures.css":
        return Response(style(), media_type="text/css", headers={"cache-control": "no-cache"})
    try:
        path = (STATIC / request.path_params["path"]).resolve()
        if not path.is_relative_to(STATIC.resolve()) or not path.is_file() or path.suffix not in TYPES:
            raise HTTPException(404)
    except (OSError, ValueError):  # too long for a name, or with a character that no name has
        raise HTTPException(404) from None
    return FileResponse(path, media_type=TYPES[path.suffix], headers={"cache-control": "no-cache"})


async def all_files(request: Request) -> Response:
    """The files of the folder, and the bundled models to start from."""
    bench = bench_of(request)

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
                        "about": bench.folder.about(name),
                        "changed": changed,
                        "problems": _errors(bench, name),
                    }
                )
        return found

    models = [{"name": name, **about(name)} for name in library.names()]
    return JSONResponse({"files": await asyncio.to_thread(look), "library": models, "folder": bench.folder.root.name})


def _unsaved(folder: Folder, name: str) -> bool:
    """Whether a journal has edits that the file has not."""
    journal = Journal(folder.path(name))
    return journal.there and not Document(name, folder.path(name), folder.root).saved


def _errors(bench: Workbench, name: str) -> int | None:
    """How many errors a file has, as far as that is known: of those in use."""
    if name in bench.documents and "problems" in bench.told[name]:
        return len([each for each in bench.told[name]["problems"] if each["severity"] == "error"])
    return None


async def new(request: Request) -> Response:
    """Make a file."""
    body = await body_of(request)
    model, text, name = body.get("from"), body.get("text"), body.get("file")
    if not isinstance(name, str):
        raise Refused(tell("which file? `file` is its name in the folder"))
    if not (model is None or isinstance(model, str)) or not (text is None or isinstance(text, str)):
        raise Refused(tell("`from` is the name of a model, `text` a text"))
    await asyncio.to_thread(lambda: bench_of(request).folder.new(name, starting_text(model, text)))
    return JSONResponse({"file": name})


async def document(request: Request) -> Response:
    """A document: its data, its text, and what is known of it."""
    bench = bench_of(request)
    found = await bench.document(request.query_params.get("file"))
    if request.query_params.get("wait") != "0":
        await bench.settled(found, 5.0)
    kept = bench.told[found.name]
    model = kept.get("model") or {"states": None, "now": None, "names": None, "rankings": None}
    edits = found.edits
    if edits is not None and edits.debt and request.query_params.get("wait") != "0":
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
            "settled": kept.get("text") == found.version,
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
    bench = bench_of(request)
    async with found.lock:
        series, before = series_of(found), found.version
        try:
            await asyncio.to_thread(how)
        except Stale as error:
            return JSONResponse({"error": guard.told(error), "version": found.version}, 409)
        if found.version != before or series_of(found) != series:
            changes = send() if send is not None and series_of(found) == series else None
            bench.post(found, changes)
        status = found.status()
        bench.announce(found, tab_of(request))
    return JSONResponse(status)


async def edit(request: Request) -> Response:
    """Make changes."""
    body = await body_of(request)
    found = await bench_of(request).document(body.get("file"))
    given = body.get("edits")
    if not isinstance(given, list) or not given or len(given) > MOST_CHANGES:
        raise Refused(tell("`edits` is a list of 1 to {most} changes", most=MOST_CHANGES))
    try:
        changes = [change_told(each) for each in given]
    except RecursionError:
        raise Refused(tell("this is nested too deep")) from None
    return await _changed(
        request,
        found,
        lambda: found.edit(changes, _words(body), _whole(body, "version"), tab_of(request)),
        lambda: found.current().done[-1].changes,
    )


async def undo(request: Request) -> Response:
    """Undo the last step."""
    body = await body_of(request)
    found = await bench_of(request).document(body.get("file"))
    drafted = found.draft is not None
    return await _changed(request, found, found.undo, lambda: None if drafted else found.current().undone[-1].back)


async def redo(request: Request) -> Response:
    """Make again what was undone last."""
    body = await body_of(request)
    found = await bench_of(request).document(body.get("file"))
    return await _changed(request, found, found.redo, lambda: found.current().done[-1].changes)


async def text(request: Request) -> Response:
    """Take what the text view says."""
    body = await body_of(request)
    found = await bench_of(request).document(body.get("file"))
    written = body.get("text")
    if not isinstance(written, str):
        raise Refused(tell("`text` is a text"))
    return await _changed(request, found, lambda: found.write(written, _words(body), tab_of(request)))


async def save(request: Request) -> Response:
    """Write the file."""
    body = await body_of(request)
    bench = bench_of(request)
    found = await bench.document(body.get("file"))
    await bench.settled(found, 2.0)
    return await _changed(request, found, found.save)


async def outside(request: Request) -> Response:
    """What the file said, what is here, what the disk says."""
    found = await bench_of(request).document(request.query_params.get("file"))
    async with found.lock:
        return JSONResponse(await asyncio.to_thread(found.three_ways))


async def resolve(request: Request) -> Response:
    """Decide where two have changed the same."""
    body = await body_of(request)
    found = await bench_of(request).document(body.get("file"))
    choices, everything = body.get("choices", []), body.get("all", "")
    if not isinstance(choices, list) or everything not in ("", "mine", "theirs"):
        raise Refused(tell("`choices` is a list of {{path, take}}, where `take` is mine or theirs"))
    return await _changed(request, found, lambda: found.resolve(choices, everything))


async def history(request: Request) -> Response:
    """The saved versions, or one of them."""
    found = await bench_of(request).document(request.query_params.get("file"))
    entry = request.query_params.get("entry")
    if entry is not None:
        version = await asyncio.to_thread(found.journal.version, entry)
        if version is None:
            raise Refused(tell("there is no such saved version"), 404)
        return JSONResponse({"entry": entry, "text": _undressed(version)})
    return JSONResponse({"versions": await asyncio.to_thread(found.journal.versions)})


async def restore(request: Request) -> Response:
    """Take a saved version again."""
    body = await body_of(request)
    found = await bench_of(request).document(body.get("file"))
    entry = body.get("entry")
    if not isinstance(entry, str):
        raise Refused(tell("which saved version? `entry` is its name"))
    return await _changed(request, found, lambda: found.restore(entry))


async def forget(request: Request) -> Response:
    """Delete what is kept beside the file."""
    body = await body_of(request)
    found = await bench_of(request).document(body.get("file"))
    return await _changed(request, found, found.forget)


async def complete(request: Request) -> Response:
    """The words that fit at a place."""
    body = await body_of(request)
    bench = bench_of(request)
    found = await bench.document(body.get("file"))
    written, at = body.get("text"), _whole(body, "at")
    if not isinstance(written, str) or at is None:
        raise Refused(tell("`text` is a text and `at` a place in it"))
    names = (bench.told[found.name].get("model") or {}).get("names")
    return JSONResponse(
        await asyncio.to_thread(formulas.complete, written, at, names, found.data, body.get("whole") is True)
    )


async def check(request: Request) -> Response:
    """What is wrong with a formula, and what it says."""
    body = await body_of(request)
    found = await bench_of(request).document(body.get("file"))
    formula = body.get("formula")
    if not isinstance(formula, str):
        raise Refused(tell("`formula` is a text"))
    return JSONResponse(await asyncio.to_thread(formulas.check, formula, found.data, str(found.path)))


async def schema(request: Request) -> Response:  # noqa: ARG001 (a route takes a request)
    """The forms of a file."""
    return JSONResponse({"sections": forms.sections()})


async def all_questions(request: Request) -> Response:  # noqa: ARG001 (as above)
    """What can be asked."""
    return JSONResponse(questions.described())


async def events(request: Request) -> Any:
    """The stream of a page. It begins with what is known already."""
    bench = bench_of(request)
    found = await bench.document(request.query_params.get("file"))
    if len(bench.hub.streams) >= MOST:
        raise Refused(tell("{count} pages are open already; close some", count=MOST), 429)
    tab = tab_of(request)
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
    """Ask a question."""
    body = await body_of(request)
    bench = bench_of(request)
    found = await bench.document(body.get("file"))
    question, given, said = body.get("question"), body.get("arguments") or {}, body.get("circumstances") or {}
    if not isinstance(question, str) or not isinstance(given, dict) or not isinstance(said, dict):
        raise Refused(tell("a question has a name, `arguments` and `circumstances`"))
    questions.arguments(question, given)
    arguments = {
        **await model_of(bench, found),
        "question": question,
        "arguments": given,
        "circumstances": said,
        "everything": body.get("everything") is True,
    }
    seconds = 0.0 if body.get("wait") is False else 1.0
    return await _answered(request, bench.ask("ask", arguments, found.name, tab_of(request)), seconds)


async def picture(request: Request) -> Response:
    """Draw a picture."""
    body = await body_of(request)
    bench = bench_of(request)
    found = await bench.document(body.get("file"))
    kind, about = body.get("kind"), body.get("about")
    if not isinstance(kind, str):
        raise Refused(tell("which picture? `kind` is its name"))
    arguments = {
        **await model_of(bench, found),
        "kind": kind,
        "about": about if isinstance(about, str) else None,
        "circumstances": body.get("circumstances") or {},
    }
    return await _answered(request, bench.ask("drawing", arguments, found.name, tab_of(request)), 1.0)


async def model_of(bench: Workbench, found: Document) -> dict[str, Any]:
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
    found = bench_of(request).answers.get(job.id) if job.future.done() else None
    if job.future.done() and found is None:
        await asyncio.sleep(0)  # what keeps the answer is called right after
        found = bench_of(request).answers.get(job.id)
    if found is None:
        return JSONResponse({"job": job.id})
    return JSONResponse({"job": job.id, **found}, 400 if "error" in found else 200)


async def answer(request: Request) -> Response:
    """The answer to a question that takes longer."""
    bench, id_ = bench_of(request), request.query_params.get("job", "")
    job = bench.jobs.find(id_)
    if job is not None:
        return await _answered(request, job, 20.0)
    if id_ not in bench.answers:
        raise Refused(tell("there is no such question any more; ask it again"), 404)
    found = bench.answers[id_]
    return JSONResponse({"job": id_, **found}, 400 if "error" in found else 200)


async def cancel(request: Request) -> Response:
    """End a question."""
    body = await body_of(request)
    bench = bench_of(request)
    job = bench.jobs.find(str(body.get("job", "")))
    if job is not None:
        bench.jobs.cancel(job)
    return JSONResponse({"cancelled": job is not None})


async def export(request: Request) -> Response:
    """A file to keep: report, brief, tables, picture."""
    bench, query = bench_of(request), request.query_params
    found = await bench.document(query.get("file"))
    said = {key: query[key] for key in ("world", "platform", "start", "hold", "sanctions") if query.get(key)}
    readings = dict(each.split("=", 1) for each in query.getlist("reading") if "=" in each)
    circumstances = {
        **said,
        **({"readings": readings} if readings else {}),
        **({"rules": query.getlist("rule")} if query.getlist("rule") else {}),
    }
    arguments = {
        **await model_of(bench, found),
        "kind": query.get("kind", "report"),
        "about": query.get("about"),
        "form": query.get("form", ""),
        "circumstances": circumstances,
    }
    job = bench.ask("export", arguments, found.name, tab_of(request))
    made = await asyncio.shield(job.future)
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in made["name"])
    # A page of a report runs scripts of its own: it is saved, and never shown from here.
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "sandbox; default-src 'none'",
    }
    bench.answers.pop(job.id, None)
    return Response(made["content"], media_type=made["type"], headers=headers)


GET: Mapping[str, Callable[[Request], Awaitable[Any]]] = {
    "files": all_files, "document": document, "outside": outside, "history": history, "schema": schema, "events": events,
    "questions": all_questions, "answer": answer, "export": export,
}  # fmt: skip

POST: Mapping[str, Callable[[Request], Awaitable[Any]]] = {
    "new": new, "edit": edit, "undo": undo, "redo": redo, "text": text, "save": save, "resolve": resolve, "restore": restore,
    "forget": forget, "complete": complete, "check": check, "ask": ask, "picture": picture, "cancel": cancel,
}  # fmt: skip
