// An answer on its way and when it is there: progress, cancel, what the server wrote, and the same in other words.

import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { get, post } from "./api.js";
import { announce } from "./store.js";
import { say } from "./words.js";

const LOOK = 700; // Milliseconds between looks for an answer whose event did not come.

/** Ask, and keep what comes; asked again when `when` or the file's version changes, null asks nothing. */
export function useAnswer(file, asked, when) {
  const [state, setState] = useState({});
  const [again, setAgain] = useState(0);
  const { document, waiting } = file.state;
  const job = useRef(null);
  const stop = () => {
    if (!job.current) return;
    post("cancel", { job: job.current }).catch(() => {});
    job.current = null;
  };
  useEffect(() => {
    if (when === null || !document || waiting) return undefined;
    let current = true;
    let timer = null;
    setState((old) => ({ ...old, busy: true, problem: null, cancelled: false, progress: null }));
    const done = (told) => {
      if (!current) return false;
      if (told.cancelled) {
        job.current = null;
        setState((old) => ({ answer: old.answer, cancelled: true }));
        return true;
      }
      if (told.answer === undefined) return false;
      job.current = null;
      setState({ answer: told.answer });
      announce(told.answer.headline || say("answer.there"));
      return true;
    };
    const fail = (problem) => {
      job.current = null;
      if (current) setState({ problem });
    };
    const look = async (id) => {
      try {
        const told = await get("answer", { job: id });
        if (current && !done(told) && job.current === id) {
          clearTimeout(timer);
          timer = setTimeout(() => look(id), LOOK);
        }
      } catch (fault) { if (job.current === id) fail(fault); }
    };
    const heard = (told) => { if (told.id === job.current) look(told.id); };
    file.answers.add(heard);
    post("ask", { file: file.file, version: document.version, ...asked }).then((told) => {
      if (!current) return told.job && post("cancel", { job: told.job }).catch(() => {});
      if (!done(told)) {
        job.current = told.job;
        look(told.job);
      }
      return undefined;
    }, fail);
    return () => {
      current = false;
      clearTimeout(timer);
      file.answers.delete(heard);
      stop();
    };
  }, [when, document?.version, waiting, again]);
  const cancel = () => {
    stop();
    setState((old) => ({ answer: old.answer, cancelled: true }));
    announce(say("answer.cancelled"));
  };
  return { ...state, progress: state.busy && job.current ? file.state.jobs[job.current] : null, cancel, again: () => setAgain(again + 1) };
}

export function Answered({ answer, problem, busy, progress, cancelled, cancel, again, explain }) {
  const share = progress?.total ? Math.min(progress.done / progress.total, 1) : null;
  return html`<div class="answer-place" aria-busy=${busy ? "true" : "false"}>
    ${busy && html`<div class="progress" role="status"><label>${progress?.words || say("answer.working")} <progress value=${share ?? undefined} max="1"></progress></label>
      ${progress?.total ? html`<span class="number">${say("answer.progress", progress)}</span>` : ""}<button type="button" onClick=${cancel}>${say("cancel")}</button></div>`}
    ${cancelled && html`<p class="notice" role="status">${say("answer.cancelled")} <button type="button" class="quiet" onClick=${again}>${say("answer.again")}</button></p>`}
    ${problem && html`<div class="notice problem" role="alert"><p>${problem.message}${problem.hint && html` <span class="hint">${problem.hint}</span>`}</p></div>`}
    ${answer && html`<article class=${`answered${busy ? " stale" : ""}`} onClick=${(event) => clicked(event, explain)}>
      ${answer.headline && html`<p class="answer">${answer.headline}</p>`}
      ${(answer.pictures ?? []).map((each) => html`<figure><figcaption class="caption" dangerouslySetInnerHTML=${{ __html: each.title }} /><div class="scroll" tabindex="0" role="region" aria-label=${say("answer.picture")} dangerouslySetInnerHTML=${{ __html: each.svg }} /></figure>`)}
      <div dangerouslySetInnerHTML=${{ __html: answer.html ?? "" }} />
      ${answer.command !== undefined && html`<${Same} answer=${answer} />`}
      ${answer.seconds !== undefined && html`<p class="note">${say("answer.seconds", { seconds: answer.seconds < 0.1 ? "0.1" : Number(answer.seconds).toFixed(1) })}</p>`}
    </article>`}
  </div>`;
}

/** What the server marks as a state is asked about where it is clicked. */
function clicked(event, explain) {
  const marked = event.target.closest?.("[data-state]");
  if (marked && explain) explain({ state: marked.dataset.state, actor: marked.dataset.actor, concept: marked.dataset.concept });
}

/** The same question in a terminal, in Python, and in the file. */
function Same({ answer }) {
  const ways = ["command", "python", "yaml"].filter((each) => answer[each]);
  return html`<details class="fold same-as"><summary>${say("same")}</summary>${ways.map((way) => html`<${Copied} key=${way} label=${say(`same.${way}`)} text=${answer[way]} />`)}</details>`;
}

export function Copied({ label, text }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    announce(say("copied"));
    setTimeout(() => setDone(false), 2000);
  };
  return html`<div class="copied"><div class="row between"><span class="label">${label}</span><button type="button" class="quiet" aria-label=${say("copy.of", { what: label })} onClick=${copy}>${say(done ? "copied" : "copy")}</button></div>
    <pre tabindex="0" role="region" aria-label=${label}><code>${text}</code></pre></div>`;
}
