// The editor: the sections of one file on the left, the one being written in the middle, what the model says on the right.

import { html, useEffect, useState } from "./vendor/preact.js";
import { changed, fileAddress, follow, visit } from "./address.js";
import { AddNamed, PartForm, TextField, ValueField, isShort } from "./fields.js";
import { Guide } from "./guide.js";
import { Live } from "./live.js";
import { Now } from "./now.js";
import { Outside } from "./outside.js";
import { setField, setting } from "./paths.js";
import { History } from "./past.js";
import { useStore } from "./store.js";
import { Table } from "./table.js";
import { TextView } from "./text.js";
import { Wants } from "./wants.js";
import { Why } from "./why.js";
import { say } from "./words.js";

const GROUPS = [
  ["model", ["about", "actors", "wants", "rules", "now", "states", "graph", "parts", "outcomes"]],
  ["policy", ["partnerships", "platforms", "worlds", "incentives", "third_parties"]],
  ["evidence", ["sources", "claims", "uncertainty", "history", "events", "timeline", "relations", "cast"]],
  ["views", ["perceptions", "announcements"]],
  ["rest", []],
];
const COLUMNS = {
  sources: ["text", "kind", "reliability", "credibility", "date"],
  claims: ["says", "sentence", "kind", "source"],
  outcomes: ["formula", "name"],
  rules: ["never", "same", "when", "then", "note"],
  partnerships: ["name", "members", "core"],
  platforms: ["name", "actor", "hold", "reading"],
  incentives: ["name", "by", "to", "when", "worth", "cost"],
  history: ["date", "by", "set", "says"],
  timeline: ["date", "says", "set"],
  options: ["name", "short", "off"],
};
const SPECIAL = new Set(["actors", "now"]);

/** The keys of the file that are said on the page about it as a whole. */
const general = (schema) => schema.filter((each) => isShort(each) && each.key !== "now" && each.key !== "detente");
/** Keys with a page of their own. */
const ownPage = (schema) => schema.filter((each) => !general(schema).includes(each) && each.key !== "detente");

export function Editor({ file, schema, query }) {
  const state = useStore(file);
  const { document, data } = state;
  useEffect(() => {
    globalThis.document.title = document ? say("title.edit", { title: document.title || file.file }) : say("title");
  }, [document?.title]);
  if (!document) return html`<main class="lone">${state.problem ? html`<p class="problem" role="alert">${state.problem.message} ${state.problem.hint}</p><p><a href="/" onClick=${follow("/")}>${say("back.start")}</a></p>` : html`<p class="told" role="status">${say("opening")}</p>`}</main>`;
  const text = query.get("view") === "text" || (document.invalid_text && query.get("view") !== "forms");
  const guide = query.get("guide");
  const section = query.get("section") ?? "actors";
  const explain = ({ state: label, actor, concept }) => visit(changed({ why: label, "why.actor": actor, "why.concept": concept }));
  return html`
    <${Bar} ...${{ file, state, text, guide, query }} />
    <div class=${`page editor${text ? " with-text" : ""}${guide ? " guided" : ""}`}>
      ${!guide && html`<${Sections} ...${{ schema, data, document, section, text }} />`}
      <main id="main" tabindex="-1">
        <${Notices} file=${file} state=${state} />
        ${state.outside && html`<${Outside} file=${file} outside=${state.outside} />`}
        ${query.get("past") ? html`<${History} file=${file} />`
          : guide ? html`<${Guide} file=${file} schema=${schema} step=${guide} explain=${explain} />`
          : text ? html`<${TextView} file=${file} line=${query.get("line")} key=${file.file} />`
          : html`<${Section} ...${{ file, schema, section, query, explain }} />`}
      </main>
      <${Live} file=${file} guided=${Boolean(guide)} explain=${explain} ask=${() => fileAddress("ask", file.file)} />
      ${state.verdicts.headline?.data.sentence && html`<a class="peek" href="#live" aria-hidden="true" tabindex="-1">${state.verdicts.headline.data.sentence}</a>`}
    </div>
    ${query.get("why") !== null && html`<${Why} file=${file} query=${query} close=${() => visit(changed({ why: null, "why.actor": null, "why.concept": null }))} explain=${explain} />`}`;
}

function Bar({ file, state, text, guide, query }) {
  const { document } = state;
  const status = !state.linked ? "bar.unlinked" : state.waiting ? "bar.sending" : document.saved ? "bar.saved" : "bar.unsaved";
  const toText = changed({ view: text ? "forms" : "text", section: query.get("section") });
  return html`<header class="bar">
    <a class="home" href="/" onClick=${follow("/")} aria-label=${say("back.start")}>←</a>
    <div class="bar-title"><h1>${document.title || file.file}</h1><p><code>${file.file}</code> · <span role="status">${say(status)}</span></p></div>
    <div class="bar-acts" role="toolbar" aria-label=${say("bar")}>
      <button type="button" disabled=${!document.can_undo} onClick=${() => file.undo()} title=${document.undo || ""} aria-keyshortcuts="Control+Z">${say("bar.undo")}</button>
      <button type="button" disabled=${!document.can_redo} onClick=${() => file.redo()} title=${document.redo || ""} aria-keyshortcuts="Control+Shift+Z">${say("bar.redo")}</button>
      <button type="button" class="first" disabled=${document.saved && !state.waiting} onClick=${() => file.save()} aria-keyshortcuts="Control+S">${say("bar.save")}</button>
      ${guide ? html`<a class="button" href=${changed({ guide: null })} onClick=${follow(changed({ guide: null }))}>${say("bar.editor")}</a>`
        : html`<a class="button" href=${toText} onClick=${follow(toText)}>${say(text ? "bar.forms" : "bar.text")}</a>`}
      <a class="button" href=${fileAddress("ask", file.file)} onClick=${follow(fileAddress("ask", file.file))}>${say("bar.ask")}</a>
      <a class="button" href=${changed({ past: query.get("past") ? null : "1" })} onClick=${follow(changed({ past: query.get("past") ? null : "1" }))} aria-current=${query.get("past") ? "true" : undefined}>${say("bar.past")}</a>
      <${Exports} file=${file} />
    </div>
  </header>`;
}

function Exports({ file }) {
  const kinds = ["report", "brief", "tables"];
  return html`<details class="menu" onKeyDown=${(event) => event.key === "Escape" && (event.currentTarget.open = false)}><summary class="button">${say("bar.export")}</summary>
    <div class="sheet">${kinds.map((kind) => html`<a href=${`/api/export?${new URLSearchParams({ file: file.file, kind })}`} download>${say(`export.${kind}`)}</a>`)}
    <a href=${fileAddress("board", file.file)} onClick=${follow(fileAddress("board", file.file))}>${say("export.board")}</a></div></details>`;
}

function Notices({ file, state }) {
  const { problem } = state;
  return html`<div class="notices" aria-live="assertive">
    ${problem && html`<div class="notice problem"><p>${problem.message}${problem.hint && html` <span class="hint">${problem.hint}</span>`}</p><button type="button" class="quiet" onClick=${() => file.set({ problem: null })}>${say("close")}</button></div>`}
    ${!state.linked && html`<div class="notice"><p>${say("unlinked")}</p></div>`}
  </div>`;
}

function Sections({ schema, data, document, section, text }) {
  const keys = [...ownPage(schema).map((each) => each.key), "about", "wants"];
  const known = new Set(GROUPS.flatMap(([, each]) => each));
  const count = (key) => (key === "wants" || key === "about" || data[key] === undefined || data[key] === null ? null : typeof data[key] === "object" ? Object.keys(data[key]).length : null);
  const wrong = (key) => document.problems.some((each) => each.severity === "error" && each.path?.[0] === key);
  const titles = Object.fromEntries(schema.map((each) => [each.key, each.title]));
  const title = (key) => (["about", "wants", "actors", "now"].includes(key) ? say(`section.${key}`) : titles[key]);
  const wide = matchMedia("(min-width: 75.01rem)").matches;
  return html`<nav class="sections" aria-label=${say("sections")}><details open=${wide}><summary>${say("sections")}<span class="count"> ${!text && title(section)}</span></summary>
    ${GROUPS.map(([group, members]) => {
      const here = (group === "rest" ? keys.filter((each) => !known.has(each) && each !== "expect") : members).filter((each) => keys.includes(each) && (group !== "rest" || count(each) !== null || true));
      return here.length > 0 && html`<p class="partname">${say(`group.${group}`)}</p><ol>${here.map((key) => {
        const address = changed({ section: key, view: null, past: null, actor: null, reading: null });
        return html`<li><a href=${address} onClick=${follow(address)} aria-current=${key === section && !text ? "page" : undefined}>${title(key)}${count(key) !== null && html` <span class="count">${count(key)}</span>`}${wrong(key) && html` <span class="wrong-mark" title=${say("section.wrong")}>!<span class="unseen"> ${say("section.wrong")}</span></span>`}</a></li>`;
      })}</ol>`;
    })}</details></nav>`;
}

function Section({ file, schema, section, query, explain }) {
  const { data } = file.state;
  const field = schema.find((each) => each.key === section);
  const actor = schema.find((each) => each.key === "actors").of;
  const types = { actor, reading: actor.fields.find((each) => each.key === "readings").of };
  const go = (patch, only) => { const address = changed(patch); return only ? address : follow(address); };
  if (section === "about") return html`<${Part} title=${say("section.about")}><${PartForm} type=${{ kind: "part", fields: general(schema) }} file=${file} path=${[]} always=${["title", "question", "about", "situation"]} /><//>`;
  if (section === "wants") return html`<${Part} title=${say("section.wants")} about=${say("section.wants.about")}><${Wants} ...${{ file, types, go, explain }} actor=${query.get("actor")} reading=${query.get("reading")} /><//>`;
  if (section === "now") return html`<${Part} title=${say("section.now")} about=${say("section.now.about")}><${Now} file=${file} /><//>`;
  if (section === "actors") return html`<${Part} title=${say("section.actors")} about=${say("section.actors.about")}><${Actors} file=${file} type=${actor} /><//>`;
  if (!field) return html`<p class="note">${say("section.unknown")}</p>`;
  const table = (field.kind === "map" || field.kind === "list") && field.of?.kind === "part" && !SPECIAL.has(section);
  return html`<${Part} title=${field.title} about=${field.help}>
    ${table ? html`<${Table} key=${section} file=${file} path=${[section]} field=${field} wanted=${COLUMNS[section]} />`
      : html`<${ValueField} key=${section} type=${field} label=${field.title} value=${data[section]} file=${file} path=${[section]} send=${(value) => file.edit([setting(file.state.data, [section], value)], say("did.change", { what: field.title, where: "" }))} />`}<//>`;
}

const Part = ({ title, about, children }) => html`<section class="first"><h2>${title}</h2>${about && html`<p class="note">${about}</p>`}${children}</section>`;

/** Who decides, and what each can do. */
function Actors({ file, type }) {
  const { data } = file.state;
  const actors = Object.entries(data.actors ?? {});
  const options = type.fields.find((each) => each.key === "options");
  const [open, setOpen] = useState(null);
  return html`${actors.map(([key, value]) => {
    const name = (typeof value === "object" && value?.name) || key;
    const path = ["actors", key];
    const wants = changed({ section: "wants", actor: key, reading: null });
    return html`<section class="actor" key=${key} aria-label=${name}>
      <div class="actor-head">
        <${TextField} label=${say("actor.name")} value=${value?.name} send=${(text) => file.edit(setField(file.state.data, path, type, "name", text), say("did.change", { what: say("actor.name"), where: key }))} />
        <p class="note"><code>${key}</code> · <a href=${wants} onClick=${follow(wants)}>${say("actor.wants")}</a></p>
        <button type="button" class="quiet" aria-expanded=${open === key ? "true" : "false"} onClick=${() => setOpen(open === key ? null : key)}>${say("table.more")}<span class="unseen"> ${name}</span></button>
        <button type="button" class="quiet remove" aria-label=${say("remove.named", { what: name })} onClick=${() => file.edit([{ path, remove: true, old: value }], say("did.remove", { what: name }))}>${say("remove.sign")}</button>
      </div>
      ${open === key && html`<${PartForm} type=${type} file=${file} path=${path} leave=${["name", "options", "readings", "priorities", "ranking", "weights", "adjust"]} />`}
      <${Table} file=${file} path=${[...path, "options"]} field=${{ ...options, title: say("options.of", { actor: name }) }} wanted=${COLUMNS.options} />
    </section>`;
  })}
  <${AddNamed} label=${say("actor")} known=${actors.map(([key]) => key)} words
    add=${(key, name) => file.edit([data.actors ? { path: ["actors", key], insert: { name, options: {}, priorities: [] } } : { path: ["actors"], new: { [key]: { name, options: {}, priorities: [] } } }], say("did.add", { what: name }))} />`;
}
