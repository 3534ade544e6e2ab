"""The twelve tools. Each reads a source, has a process work on it, keeps the whole answer, and replies in brief."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any, Literal

import anyio
from anyio import to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field

from detente.assistant import replies, work
from detente.assistant.folder import Folder, Source
from detente.assistant.work import Cancelled, Job, Outcome, askable, parameters, required
from detente.errors import DetenteError, InputError
from detente.messages import tell
from detente.questions.catalogue import QUESTIONS
from detente.scenario import library

SCHEME = "detente://answers/"

KEPT = 32_000_000
"""Characters of whole answers that are kept; the oldest go first."""

AT_ONCE = 2
"""Calls that are worked on at once; further ones wait."""

BEAT = 0.5
"""Seconds between two reports of progress."""

READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


class Under(BaseModel):
    """Circumstances, all optional: which readings, which world, a platform in force, another start, settings held."""

    model_config = ConfigDict(extra="forbid")

    readings: dict[str, str] = Field(default_factory=dict, description="Actor to reading.")
    world: str = ""
    platform: str = Field("", description="A platform of the file, put into force.")
    start: str = Field("", description="Settings of the state to start from, such as `us_arm = none, not ru_link`.")
    hold: str = Field("", description="Settings that nobody can change.")
    rules: list[str] = Field(default_factory=list, description="Conditional commitments: `when A then B`.")
    sanctions: Literal["", "legal", "one-step"] = Field("", description="How counter-moves are counted.")


class Change(BaseModel):
    """A change of the file at a path: what stands there, and what shall stand there; null is nothing."""

    model_config = ConfigDict(extra="forbid")

    path: str | list[str | int] = Field(
        description="Keys with dots between, such as actors.us.priorities.0, or a list of keys."
    )
    old: Any = None
    new: Any = None


class Said(BaseModel):
    """A sentence of a draft with the test that decides it; without a test it is not covered."""

    model_config = ConfigDict(extra="forbid")

    sentence: Annotated[str, Field(max_length=2_000)]
    kind: Literal["fact", "may", "will", "must", "ought"] = "will"
    test: dict[str, Any] = Field(
        default_factory=dict,
        description="As in the file's `claims:`: `of` (formula or outcome), `play` or `concept`, `expect` ALL, SOME or NONE",
    )


Name = Annotated[str, Field(description="A file of the folder, as list_scenarios names it, or a model of the library.")]


@dataclass
class Desk:
    """The folder, what may be done, and the whole answers that are kept; `allowing` says how edits would be allowed."""

    folder: Folder
    edits: bool = False
    allowing: str = ""
    seconds: float = 120.0
    answers: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _limiter: anyio.CapacityLimiter | None = None

    # --- whole answers ------------------------------------------------------------------------------------------------

    def keep(self, whole: str) -> str:
        """The address of a whole answer, from now on."""
        text = f'{{"marked": {json.dumps(replies.MARK)}, "answer": {self.folder.hidden(whole)}}}'
        key = sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
        self.answers[key] = text
        self.answers.move_to_end(key)
        while len(self.answers) > 1 and sum(map(len, self.answers.values())) > KEPT:
            self.answers.popitem(last=False)
        return SCHEME + key

    def whole(self, key: str) -> str:
        """A whole answer; raises `InputError` if it is not kept (any more)."""
        if key not in self.answers:
            raise InputError(tell("this answer is not kept any more; call the tool again"))
        return self.answers[key]

    # --- asking -------------------------------------------------------------------------------------------------------

    async def ask(self, context: Context[Any, Any], kind: str, source: Source, **arguments: Any) -> dict[str, Any]:
        """The data of a reply, with the address of the whole. Raises `InputError` for what the caller must change.

        Reports progress as seconds of those allowed. If the call is cancelled its process is ended.
        """
        job, gone = Job(kind=kind, source=source, arguments=arguments, seconds=self.seconds), threading.Event()
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(AT_ONCE)
        found: list[Outcome | BaseException] = []

        def run() -> None:
            try:
                found.append(work.done(job, gone))
            except (DetenteError, Cancelled) as error:
                found.append(error)

        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._beat, context)
                await to_thread.run_sync(run, abandon_on_cancel=True, limiter=self._limiter)
                group.cancel_scope.cancel()
        finally:
            gone.set()
        (outcome,) = found
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome.error:
            raise InputError(outcome.error)
        return {**outcome.data, "whole": self.keep(outcome.whole)}

    async def _beat(self, context: Context[Any, Any]) -> None:
        spent = 0.0
        while True:
            await context.report_progress(min(spent, self.seconds), self.seconds, tell("working"))
            await anyio.sleep(BEAT)
            spent += BEAT

    def given(self, scenario: str, text: str) -> Source:
        """What is meant: a scenario by name, or a text."""
        if bool(scenario) == bool(text):
            raise InputError(tell("give either the name of a scenario or a text"))
        return self.folder.handed(text) if text else self.folder.source(scenario)


def quoted(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The data with these texts marked as content of the file."""
    return {**data, **{name: {"text": data[name]} for name in names}}


def register(server: MCPServer[Any], desk: Desk) -> None:  # noqa: C901 (a list of twelve)
    """Give a server its tools."""
    tool = server.tool

    @tool(annotations=READS, title="Scenario files of the folder")
    async def list_scenarios() -> Annotated[CallToolResult, replies.Scenarios]:
        """List the scenario files that can be read here, with what each calls itself."""
        files = await to_thread.run_sync(lambda: list(desk.folder.files()))
        rows = [{"name": each.name, "title": {"text": each.title}, "bytes": each.size} for each in files]
        return sent(replies.Scenarios, {"scenarios": rows, "edits": desk.edits, "whole": desk.keep(dumped(rows))})

    @tool(name="library", annotations=READS, title="Bundled models")
    async def bundled() -> Annotated[CallToolResult, replies.Bundled]:
        """List the models that come with the program: published conflicts and examples. All tools take their names."""
        return sent(replies.Bundled, {"models": list(library.names())})

    @tool(annotations=READS, title="What a scenario says")
    async def read_scenario(scenario: Name, context: Context[Any, Any]) -> Annotated[CallToolResult, replies.Model]:
        """Read a scenario: actors, options, readings, outcomes, platforms; the whole has its text and everything else."""
        source = desk.folder.source(scenario)
        data = await desk.ask(context, "read", source)
        about = {"name": scenario, "digest": source.digest}
        return sent(replies.Model, {**quoted(data, "title", "question", "about"), **about})

    @tool(annotations=READS, title="Problems of a scenario")
    async def check_scenario(
        context: Context[Any, Any],
        scenario: Name = "",
        text: Annotated[str, Field(description="The text of a draft, instead of a name.")] = "",
    ) -> Annotated[CallToolResult, replies.Checked]:
        """Find every problem of a scenario, or of the text of a draft, with line and column."""
        return sent(replies.Checked, await desk.ask(context, "check", desk.given(scenario, text)))

    @tool(annotations=READS, title="Who is stable where")
    async def analyse(
        scenario: Name, context: Context[Any, Any], under: Under | None = None, concepts: list[str] | None = None
    ) -> Annotated[CallToolResult, replies.Analysed]:
        """Say whether today's state holds under each concept, how many equilibria there are, and where play ends."""
        data = await desk.ask(
            context, "analyse", desk.folder.source(scenario), under=dumped_under(under), concepts=concepts
        )
        return sent(replies.Analysed, data)

    @tool(annotations=READS, title="Why a state holds")
    async def explain(
        scenario: Name,
        context: Context[Any, Any],
        state: Annotated[str, Field(description="now, a name from the file, settings, or # and its number.")] = "now",
        concepts: list[str] | None = None,
        under: Under | None = None,
    ) -> Annotated[CallToolResult, replies.Answered]:
        """Explain why a state holds or does not: improvements, what answers them, the statements and sources they turn on."""
        data = await desk.ask(
            context,
            "explain",
            desk.folder.source(scenario),
            under=dumped_under(under),
            state=None if state == "now" else state,
            concepts=concepts,
        )
        return sent(replies.Answered, {**data, "question": "explain"})

    @tool(annotations=READS, title="What can be asked")
    async def list_questions(
        about: Annotated[str, Field(description="A word: only questions in whose name or help it stands.")] = "",
    ) -> Annotated[CallToolResult, replies.Questions]:
        """List the questions that ask_question takes, with their arguments."""
        rows = [
            {
                "name": name,
                "answers": QUESTIONS[name].help,
                "required": list(required(name)),
                "optional": [each for each in parameters(name) if each not in required(name)],
            }
            for name in askable()
            if about.lower() in f"{name} {QUESTIONS[name].help}".lower()
        ]
        return sent(replies.Questions, {"questions": rows, "whole": desk.keep(dumped(rows))})

    @tool(annotations=READS, title="Ask a question")
    async def ask_question(
        scenario: Name,
        question: Annotated[str, Field(description="A name from list_questions, such as levers, types or ensemble.")],
        context: Context[Any, Any],
        arguments: Annotated[dict[str, Any] | None, Field(description="As list_questions names them.")] = None,
        under: Under | None = None,
    ) -> Annotated[CallToolResult, replies.Answered]:
        """Ask any question of the catalogue: levers, types, margin, ensemble, paths, coalitions and so on."""
        data = await desk.ask(
            context,
            "question",
            desk.folder.source(scenario),
            under=dumped_under(under),
            name=question,
            arguments=arguments or {},
        )
        return sent(replies.Answered, {**data, "question": question})

    @tool(annotations=READS, title="Compare files or platforms")
    async def compare(
        scenario: Name,
        context: Context[Any, Any],
        other: Annotated[
            str, Field(description="Another version of the model; left out: platforms are compared.")
        ] = "",
        platforms: Annotated[list[str] | None, Field(description="Which; left out: all of the file.")] = None,
        under: Under | None = None,
    ) -> Annotated[CallToolResult, replies.Answered]:
        """Compare two versions of a model (what differs, and which difference matters), or its platforms side by side."""
        source, chosen = desk.folder.source(scenario), dumped_under(under)
        if other:
            data = await desk.ask(context, "differ", source, under=chosen, other=desk.folder.source(other))
        else:
            data = await desk.ask(context, "platforms", source, under=chosen, names=platforms or [])
        return sent(replies.Answered, {**data, "question": "diff" if other else "compare"})

    @tool(annotations=READS, title="Check a draft, sentence by sentence")
    async def check_draft(
        scenario: Name,
        sentences: Annotated[list[Said], Field(max_length=100)],
        context: Context[Any, Any],
        draft: Annotated[
            str, Field(description="The whole text: what no sentence covers is reported as not covered.")
        ] = "",
    ) -> Annotated[CallToolResult, replies.Drafted]:
        """Check sentences against a model: supported, contradicted, depends, not covered.

        The test that you give decides, by the table of statuses of claims; the words of a sentence are not interpreted.
        """
        said = [each.model_dump() for each in sentences]
        return sent(
            replies.Drafted, await desk.ask(context, "draft", desk.folder.source(scenario), sentences=said, text=draft)
        )

    @tool(annotations=READS, title="Assumptions without a source")
    async def unsupported(
        context: Context[Any, Any],
        scenario: Name = "",
        text: Annotated[str, Field(description="The text of a draft, instead of a name.")] = "",
    ) -> Annotated[CallToolResult, replies.Unsupported]:
        """List every assumption that names no source, or no paragraph or page in it."""
        return sent(replies.Unsupported, await desk.ask(context, "unsupported", desk.given(scenario, text)))

    @tool(
        annotations=READS
        if not desk.edits
        else ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False),
        title="Propose an edit",
    )
    async def propose_edit(
        scenario: Annotated[
            str, Field(description="A file of the folder; with `text` also one that is not there yet.")
        ],
        context: Context[Any, Any],
        changes: list[Change] | None = None,
        text: Annotated[str, Field(description="The whole new text, instead of changes.")] = "",
        write: Annotated[
            bool, Field(description="Write it; only if this was allowed when the server was started.")
        ] = False,
        digest: Annotated[
            str, Field(description="To write over a file: the digest of the content you have read.")
        ] = "",
    ) -> Annotated[CallToolResult, replies.Proposed]:
        """Show as a diff what a change would do to a scenario file, with every problem of the result."""
        if bool(changes) == bool(text):
            raise InputError(tell("give either changes or a text"))
        new = bool(text) and scenario not in library.names() and not desk.folder.path(scenario).exists()
        source = Source("new", "", str(desk.folder.path(scenario))) if new else desk.folder.source(scenario)
        if write:
            may_write(desk, scenario, source, new, digest)
        listed = [each.model_dump() for each in changes or []]
        data = await desk.ask(context, "edit", source, name=scenario, changes=listed, text=text or None)
        result = data.pop("result")
        errors = sum(each["severity"] == "error" for each in data["problems"])
        if write and errors:
            raise InputError(
                tell(
                    "the result would have {number} errors, so nothing is written: {first}",
                    number=errors,
                    first=first(data),
                )
            )
        if write:
            await to_thread.run_sync(desk.folder.write, scenario, result, None if new else source.digest)
        about = {"written": write, "errors": errors, "of": "" if new else data["of"]}
        return sent(replies.Proposed, {**data, **about})


def may_write(desk: Desk, scenario: str, source: Source, new: bool, digest: str) -> None:
    """Refuse to write where that is not allowed, or over another content than the caller has read."""
    if not desk.edits:
        raise InputError(
            tell("nothing may be written here; show the person the diff{allowing}", allowing=desk.allowing)
        )
    if scenario in library.names():
        raise InputError(tell("{name} is a bundled model; propose a text for a new file", name=scenario))
    if not new and digest != source.digest:
        raise InputError(
            tell("the file says something else than what you have read; read it again, and give its digest")
        )


def first(data: Mapping[str, Any]) -> str:
    """The first error, with its place."""
    each = next(each for each in data["problems"] if each["severity"] == "error")
    return f"{each['line']}:{each['column']}: {each['message']}"


def dumped(rows: Any) -> str:
    """Plain data as a whole answer."""
    return json.dumps(rows, ensure_ascii=False, indent=1)


def dumped_under(under: Under | None) -> dict[str, Any] | None:
    """Circumstances as plain data."""
    return None if under is None else under.model_dump()


def sent(kind: type[replies.Reply], data: Mapping[str, Any]) -> CallToolResult:
    """The data as a reply of this kind."""
    return replies.result(kind.model_validate(data))
