// The file was changed by somebody else meanwhile: a notice where nothing is in doubt, a choice place by place where it is.

import { html, useEffect, useState } from "./vendor/preact.js";
import { get } from "./api.js";
import { say } from "./words.js";

const KNOWN = ["clean", "merged", "deleted", "renamed", "readonly", "invalid", "elsewhere"];

export function Outside({ file, outside }) {
  if (outside.kind === "conflict") return html`<${Conflict} file=${file} />`;
  const known = KNOWN.includes(outside.kind) ? outside.kind : "other";
  return html`<div class="notice" role="status"><p>${say(`outside.${known}`)}</p>
    ${["deleted", "renamed"].includes(outside.kind) && html`<button type="button" onClick=${() => file.save()}>${say("outside.write")}</button>`}
    <button type="button" class="quiet" onClick=${() => file.set({ outside: null })}>${say("close")}</button></div>`;
}

const shown = (value) => (value === undefined ? say("outside.absent") : typeof value === "object" ? JSON.stringify(value, null, 1) : String(value));

function Conflict({ file }) {
  const [view, setView] = useState(null);
  const [choices, setChoices] = useState({});
  const [problem, setProblem] = useState(null);
  const { digest, version } = file.state.document;
  useEffect(() => {
    get("outside", { file: file.file }).then((told) => { setView(told); setChoices({}); }, setProblem);
  }, [digest, version]);
  if (problem) return html`<div class="notice problem" role="alert"><p>${problem.message}</p></div>`;
  if (!view) return html`<p class="told" role="status">${say("outside.looking")}</p>`;
  const conflicts = view.conflicts ?? [];
  const open = conflicts.filter((_, index) => !choices[index]).length;
  const all = (take) => setChoices(Object.fromEntries(conflicts.map((_, index) => [index, take])));
  const settle = () => file.ask("resolve", { choices: conflicts.map((each, index) => ({ path: each.path, take: choices[index] })) }).then((told) => told && file.set({ outside: null }));
  return html`<section class="conflict" aria-labelledby="conflict-title">
    <h2 id="conflict-title">${say("conflict")}</h2>
    <p>${say("conflict.how", { count: conflicts.length })}</p>
    <div class="row"><button type="button" class="quiet" onClick=${() => all("mine")}>${say("conflict.all.mine")}</button><button type="button" class="quiet" onClick=${() => all("theirs")}>${say("conflict.all.theirs")}</button></div>
    <ol class="conflicts">${conflicts.map((each, index) => html`<li><fieldset><legend><code>${each.place || each.path.join(" › ")}</code></legend>
      <p class="was"><span class="label">${say("conflict.base")}</span> <code>${shown(each.base)}</code></p>
      ${["mine", "theirs"].map((side) => html`<label class=${`side${choices[index] === side ? " taken" : ""}`}><input type="radio" name=${`conflict-${index}`} checked=${choices[index] === side} onChange=${() => setChoices({ ...choices, [index]: side })} />
        <span class="label">${say(`conflict.${side}`)}</span><code>${shown(each[side])}</code></label>`)}
    </fieldset></li>`)}</ol>
    <div class="row"><button type="button" class="first" disabled=${open > 0} onClick=${settle}>${say("conflict.settle")}</button>${open > 0 && html`<p class="note">${say("conflict.open", { count: open })}</p>`}</div>
  </section>`;
}
