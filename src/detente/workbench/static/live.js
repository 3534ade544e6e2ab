// What the model says now, beside what is being written: the headline first, then the rest as it comes; what an edit changed.

import { html } from "./vendor/preact.js";
import { say } from "./words.js";

export function Live({ file, explain, ask }) {
  const { document, verdicts, changed, waiting } = file.state;
  const { version } = document;
  const errors = document.problems.filter((each) => each.severity === "error");
  const headline = verdicts.headline;
  const late = waiting || !headline || headline.version < version;
  return html`<aside class="live" aria-label=${say("live")}>
    <div class="live-head"><h2>${say("live")}</h2><p class="told" role="status">${late && !errors.length ? say("live.working") : " "}</p></div>
    ${errors.length > 0 && html`<${Problems} problems=${errors} first=${say(headline ? "live.errors.stale" : "live.errors")} />`}
    ${changed && changed.sentences?.length > 0 && html`<${Changed} ...${{ file, changed, explain }} />`}
    ${headline && html`<div class=${errors.length || late ? "stale" : ""} aria-busy=${late ? "true" : "false"}>
      <${Headline} data=${headline.data} ...${{ file, explain, ask }} />
      ${Object.entries(verdicts).filter(([part]) => part !== "headline").map(([part, each]) => html`<${Part} key=${part} part=${part} data=${each.data} ...${{ file, ask }} />`)}
    </div>`}
  </aside>`;
}

function Problems({ problems, first }) {
  return html`<div class="problems"><p><strong>${first}</strong></p><ul>${problems.slice(0, 4).map((each) => html`<li>${each.message}${each.hint && html` <span class="hint">${each.hint}</span>`}${each.line && html` <span class="source">${say("problem.place", each)}</span>`}</li>`)}</ul>
    ${problems.length > 4 && html`<p class="note">${say("problem.more", { count: problems.length - 4 })}</p>`}</div>`;
}

function Changed({ file, changed, explain }) {
  return html`<section class="changed" aria-label=${say("changed")} aria-live="polite">
    <p class="caption">${say("changed")}</p>
    <ul>${changed.sentences.map((each) => {
      const asked = each.explain ?? (each.state !== undefined && each.state !== null ? { state: each.state, actor: each.actor, concept: each.concept } : null);
      return html`<li>${each.text}${asked && html` <button type="button" class="link" aria-label=${say("why.of", { what: each.text })} onClick=${() => explain(asked)}>${say("why")}</button>`}</li>`;
    })}</ul>
    <button type="button" class="quiet" onClick=${() => file.undo()}>${say("changed.undo")}</button>
  </section>`;
}

const VERDICT = { true: ["✓", "yes"], false: ["✗", "no"] };

/** A verdict as a mark and a word, never by colour alone. */
export function Verdict({ value, says, onClick }) {
  const [mark, key] = VERDICT[String(value)] ?? ["·", "unknown"];
  const text = html`<span aria-hidden="true">${mark}</span> ${say(`verdict.${key}`)}`;
  return onClick ? html`<button type="button" class=${`verdict-cell ${key}`} aria-label=${says} onClick=${onClick}>${text}</button>` : html`<span class=${`verdict-cell ${key}`}>${text}</span>`;
}

function Headline({ data, file, explain, ask }) {
  const { document } = file.state;
  const concepts = Object.keys(data.status_quo ?? {});
  const actors = document.names.actors ?? [];
  const told = (each) => typeof each === "object" && each !== null ? each : {};
  const all = (verdicts) => Object.values(told(verdicts)).every(Boolean);
  return html`
    ${data.sentence && html`<p class="headline">${data.sentence}</p>`}
    ${concepts.length > 0 && html`<p class="caption">${say("live.today")}</p><div class="scroll" tabindex="0" role="region" aria-label=${say("live.today")}><table class="verdicts"><caption class="unseen">${say("live.today")}</caption>
      <thead><tr><th scope="col">${say("live.stable")}</th>${concepts.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
      <tbody>
        ${actors.map((actor) => html`<tr><th scope="row">${actor.name}</th>${concepts.map((concept) => {
          const value = told(data.status_quo[concept])[actor.id];
          return html`<td><${Verdict} value=${value} says=${say("verdict.of", { actor: actor.name, concept, verdict: say(`verdict.${value ? "yes" : "no"}`) })} onClick=${() => explain({ state: document.now, actor: actor.id, concept })} /></td>`;
        })}</tr>`)}
        <tr class="total"><th scope="row">${say("live.equilibrium")}</th>${concepts.map((concept) => html`<td><${Verdict} value=${all(data.status_quo[concept])} says=${say("verdict.all", { concept, verdict: say(`verdict.${all(data.status_quo[concept]) ? "yes" : "no"}`) })} onClick=${() => explain({ state: document.now, concept })} /></td>`)}</tr>
        ${data.equilibria && html`<tr><th scope="row">${say("live.count")}</th>${concepts.map((concept) => html`<td class="number">${data.equilibria[concept] ?? "…"}</td>`)}</tr>`}
      </tbody></table></div>`}
    ${data.partnerships && html`<${Named} title=${say("live.partnerships")} values=${data.partnerships} />`}
    ${data.outcomes && html`<${Named} title=${say("live.outcomes")} values=${data.outcomes} />`}
    ${data.ends && html`<${Named} title=${say("live.ends")} values=${data.ends} explain=${explain} />`}
    <p class="note"><a href=${ask()}>${say("live.more")}</a></p>`;
}

/** Names with what holds of them: a sentence, or words by kind of play. */
function Named({ title, values, explain }) {
  if (typeof values === "string") return html`<p class="caption">${title}</p><p>${values}</p>`;
  const rows = Array.isArray(values) ? values.map((each) => [each.name ?? each.id, each]) : Object.entries(values);
  if (!rows.length) return null;
  return html`<p class="caption">${title}</p><ul class="named">${rows.map(([name, value]) => html`<li><strong>${value?.name ?? name}</strong>: ${worded(value, explain)}</li>`)}</ul>`;
}

function worded(value, explain) {
  if (value === null || value === undefined) return say("verdict.unknown");
  if (typeof value !== "object") return String(value);
  if (value.says) return value.says;
  if (value.text) return value.state !== undefined && explain ? html`<button type="button" class="link" onClick=${() => explain({ state: value.state })}>${value.text}</button>` : value.text;
  if (Array.isArray(value)) return value.map((each, index) => html`${index ? "; " : ""}${worded(each, explain)}`);
  return Object.entries(value).filter(([key]) => key !== "name" && key !== "id").map(([key, each], index) => html`${index ? "; " : ""}${key}: ${worded(each, explain)}`);
}

function Part({ part, data, file }) {
  if (data?.html) return html`<details class="fold" open><summary>${data.title ?? part}</summary><div class="answered" dangerouslySetInnerHTML=${{ __html: data.html }} /></details>`;
  if (part === "play" && data) return html`<${Named} title=${say("live.ends")} values=${data.ends ?? data} />`;
  if (data?.rows && data?.columns) return html`<${Rows} ...${data} file=${file} />`;
  return null;
}

function Rows({ title, columns, rows }) {
  return html`<p class="caption">${title}</p><div class="scroll" tabindex="0" role="region" aria-label=${title}><table><caption class="unseen">${title}</caption><thead><tr>${columns.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell, place) => (place ? html`<td>${String(cell)}</td>` : html`<th scope="row">${String(cell)}</th>`))}</tr>`)}</tbody></table></div>`;
}

export { Problems };
