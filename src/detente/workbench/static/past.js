// What was saved before: every kept version with its time, and the way back to it.

import { html, useEffect, useState } from "./vendor/preact.js";
import { changed, follow } from "./address.js";
import { get, post } from "./api.js";
import { announce } from "./store.js";
import { say } from "./words.js";

export function History({ file }) {
  const [entries, setEntries] = useState(null);
  const [problem, setProblem] = useState(null);
  const [sure, setSure] = useState(false);
  const { digest } = file.state.document;
  const fetchAll = () => get("history", { file: file.file }).then((told) => setEntries(told.versions), setProblem);
  useEffect(() => { fetchAll(); }, [digest]);
  const restore = async (each) => {
    if (await file.ask("restore", { entry: each.entry })) announce(say("past.restored"));
  };
  const forget = async () => {
    try {
      await post("forget", { file: file.file });
      announce(say("past.forgotten"));
      setSure(false);
      await Promise.all([fetchAll(), file.refresh()]);
    } catch (fault) { setProblem(fault); }
  };
  return html`<section class="first"><h2>${say("past")}</h2><p class="note">${say("past.about")}</p>
    ${problem && html`<p class="problem" role="alert">${problem.message}</p>`}
    ${entries?.length === 0 && html`<p>${say("past.none")}</p>`}
    <ol class="past">${(entries ?? []).map((each) => html`<li class="row between"><span><time datetime=${new Date(each.seconds * 1000).toISOString()}>${moment(each)}</time> <span class="note">${say("past.size", { size: Math.ceil(each.size / 1024) })}</span></span>
      <button type="button" aria-label=${say("past.restore.of", { when: moment(each) })} onClick=${() => restore(each)}>${say("past.restore")}</button></li>`)}</ol>
    <div class="row">${sure ? html`<span>${say("past.sure")}</span> <button type="button" onClick=${forget}>${say("past.forget.yes")}</button><button type="button" class="quiet" onClick=${() => setSure(false)}>${say("cancel")}</button>`
      : html`<button type="button" class="quiet" onClick=${() => setSure(true)}>${say("past.forget")}</button>`}
    <a class="button" href=${changed({ past: null })} onClick=${follow(changed({ past: null }))}>${say("past.back")}</a></div>
  </section>`;
}

const moment = ({ seconds }) => new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
