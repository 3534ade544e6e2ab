// What the model says now, beside what is being written: the headline first, then the rest as it comes; what an edit changed.

import { html } from "./vendor/preact.js";
import { say } from "./words.js";

const TOLD = 4; // Differences that are told at once; the others are folded.

export function Live({ file, explain, ask, guided }) {
  const { document, verdicts, changed, waiting } = file.state;
  const { version } = document;
  const errors = document.settled === false ? [] : document.problems.filter((each) => each.severity === "error");
  const headline = verdicts.headline;
  const late = waiting || document.settled === false || !headline || headline.version < version;
  return html`<aside class="live" id="live" aria-label=${say("live")}>
    <div class="live-head"><h2>${say("live")}</h2><p class="told" role="status">${late && !errors.length ? say("live.working") : " "}</p></div>
    ${errors.length > 0 && html`<${Problems} problems=${errors} calm=${guided} first=${say(guided ? "live.missing" : headline ? "live.errors.stale" : "live.errors")} />`}
    ${changed && changed.sentences?.length > 0 && html`<${Changed} ...${{ file, changed, explain }} />`}
    ${headline && html`<div class=${errors.length || late ? "stale" : ""} aria-busy=${late ? "true" : "false"}>
      <${Headline} data=${together(verdicts)} ...${{ file, explain, ask }} />
      ${Object.entries(verdicts).filter(([, each]) => each.data?.html).map(([part, each]) => html`<details class="fold" open key=${part}><summary>${each.data.title ?? part}</summary><div class="answered" dangerouslySetInnerHTML=${{ __html: each.data.html }} /></details>`)}
    </div>`}
  </aside>`;
}

/** The headline with what has come since for the same version: all concepts, the other kind of play, the partnerships. */
function together({ headline, concepts, partnerships }) {
  const later = [concepts, partnerships].filter((each) => each && each.version === headline.version).map((each) => each.data);
  const found = { ...headline.data };
  for (const each of later)
    for (const [key, value] of Object.entries(each))
      if (value !== null && key !== "seconds" && key !== "sentence") found[key] = value;
  return found;
}

function Problems({ problems, first, calm }) {
  return html`<div class=${`problems${calm ? " calm" : ""}`}><p><strong>${first}</strong></p><ul>${problems.slice(0, 4).map((each) => html`<li>${each.message}${each.hint && html` <span class="hint">${each.hint}</span>`}${each.line && !calm && html` <span class="source">${say("problem.place", each)}</span>`}</li>`)}</ul>
    ${problems.length > 4 && html`<p class="note">${say("problem.more", { count: problems.length - 4 })}</p>`}</div>`;
}

function Changed({ file, changed, explain }) {
  const told = (each) => html`<li dir="auto">${each.text}${each.explain && html` <button type="button" class="link" aria-label=${say("why.of", { what: each.text })} onClick=${() => explain(each.explain)}>${say("why")}</button>`}</li>`;
  return html`<section class="changed" aria-label=${say("changed")} aria-live="polite">
    <p class="caption">${say("changed")}</p>
    <ul>${changed.sentences.slice(0, TOLD).map(told)}</ul>
    ${changed.sentences.length > TOLD && html`<details class="fold"><summary>${say("changed.more", { count: changed.sentences.length - TOLD })}</summary><ul>${changed.sentences.slice(TOLD).map(told)}</ul></details>`}
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
  const states = document.names.states ?? [];
  const name = (label) => states.find((each) => each.label === label)?.name || label;
  const all = (verdicts) => Object.values(told(verdicts)).every(Boolean);
  const verdict = (value) => say(`verdict.${value ? "yes" : "no"}`);
  return html`
    ${data.sentence && html`<p class="headline">${data.sentence}</p>`}
    ${concepts.length > 0 && html`<p class="caption">${say("live.today")}</p><div class="scroll" tabindex="0" role="region" aria-label=${say("live.today")}><table class="verdicts"><caption class="unseen">${say("live.today")}</caption>
      <thead><tr><th scope="col">${say("live.stable")}</th>${concepts.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
      <tbody>
        ${actors.map((actor) => html`<tr><th scope="row">${actor.name}</th>${concepts.map((concept) => {
          const value = told(data.status_quo[concept])[actor.id];
          return html`<td><${Verdict} value=${value} says=${say("verdict.of", { actor: actor.name, concept, verdict: verdict(value) })} onClick=${() => explain({ state: document.now, actor: actor.id, concept })} /></td>`;
        })}</tr>`)}
        <tr class="total"><th scope="row">${say("live.equilibrium")}</th>${concepts.map((concept) => html`<td><${Verdict} value=${all(data.status_quo[concept])} says=${say("verdict.all", { concept, verdict: verdict(all(data.status_quo[concept])) })} onClick=${() => explain({ state: document.now, concept })} /></td>`)}</tr>
        ${data.equilibria && html`<tr><th scope="row">${say("live.count")}</th>${concepts.map((concept) => html`<td class="number">${data.equilibria[concept] ?? "…"}</td>`)}</tr>`}
      </tbody></table></div>`}
    ${data.partnerships && Object.keys(data.partnerships).length > 0 && html`<p class="caption">${say("live.partnerships")}</p><ul class="named">${Object.values(data.partnerships).map((each) => html`<li dir="auto">${told(each).words ?? each}</li>`)}</ul>`}
    ${data.outcomes && Object.keys(data.outcomes).length > 0 && html`<p class="caption">${say("live.outcomes")}</p><ul class="named">${Object.entries(data.outcomes).map(([name, each]) => html`<li dir="auto">${name}: <strong>${each}</strong></li>`)}</ul>`}
    ${data.ends && Object.keys(data.ends).length > 0 && html`<p class="caption">${say("live.ends")}</p><dl class="ends">${Object.entries(data.ends).map(([kind, states]) => html`<dt>${kind}</dt><dd>${states.map((each) => html`<button type="button" class="link" onClick=${() => explain({ state: each })}>${name(each)}</button>`)}</dd>`)}</dl>`}
    <p class="note"><a href=${ask()}>${say("live.more")}</a></p>`;
}
