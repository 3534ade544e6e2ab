// Questions: all of them by subject, and one page for each, made from what the server says it is asked with.

import { html, useEffect, useState } from "./vendor/preact.js";
import { changed, fileAddress, follow, visit } from "./address.js";
import { Answered, useAnswer } from "./answer.js";
import { ChoiceField, FlagField, LinesField, TextField, useId } from "./fields.js";
import { FormulaField } from "./formula.js";
import { Outside } from "./outside.js";
import { listed, texts } from "./paths.js";
import { useStore } from "./store.js";
import { Why } from "./why.js";
import { say } from "./words.js";

export function Ask({ file, catalogue, name, query }) {
  const state = useStore(file);
  const { document } = state;
  const question = catalogue.questions.find((each) => each.name === name);
  useEffect(() => {
    globalThis.document.title = say("title.ask", { question: question?.title ?? say("ask"), title: document?.title || file.file });
  }, [question, document?.title]);
  if (!document) return html`<main class="lone">${state.problem ? html`<p class="problem" role="alert">${state.problem.message}</p>` : html`<p class="told" role="status">${say("opening")}</p>`}</main>`;
  const explain = ({ state: label, actor, concept }) => visit(changed({ why: label, "why.actor": actor, "why.concept": concept }));
  const back = fileAddress("edit", file.file);
  const all = fileAddress("ask", file.file);
  return html`<header class="bar"><a class="home" href=${back} onClick=${follow(back)} aria-label=${say("back.editor")}>←</a>
      <div class="bar-title"><h1>${document.title || file.file}</h1><p><code>${file.file}</code> · ${document.saved ? say("bar.saved") : say("bar.unsaved")}</p></div>
      <div class="bar-acts"><a class="button" href=${back} onClick=${follow(back)}>${say("bar.editor")}</a>${question && html`<a class="button" href=${all} onClick=${follow(all)}>${say("ask.all")}</a>`}</div></header>
    <div class="page asking">
      <${Questions} catalogue=${catalogue} file=${file} name=${name} folded=${Boolean(question)} />
      <main id="main" tabindex="-1">
        ${state.outside && html`<${Outside} file=${file} outside=${state.outside} />`}
        ${question ? html`<${Page} key=${name} ...${{ file, question, query, explain }} />` : html`<${Overview} ...${{ catalogue, file, name, document }} />`}
      </main>
    </div>
    ${query.get("why") !== null && html`<${Why} file=${file} query=${query} close=${() => visit(changed({ why: null, "why.actor": null, "why.concept": null }))} explain=${explain} />`}`;
}

function bySubject(catalogue) {
  const subjects = catalogue.subjects ?? [...new Set(catalogue.questions.map((each) => each.subject))].map((id) => ({ id, title: id }));
  return subjects.map((subject) => ({ ...subject, questions: catalogue.questions.filter((each) => each.subject === subject.id) })).filter((each) => each.questions.length);
}

function Questions({ catalogue, file, name, folded }) {
  const wide = matchMedia("(min-width: 75.01rem)").matches;
  if (!folded) return null;
  return html`<nav class="sections" aria-label=${say("ask.all")}><details open=${wide}><summary>${say("ask.all")}</summary>
    ${bySubject(catalogue).map((subject) => html`<p class="partname">${subject.title}</p><ol>${subject.questions.map((each) => {
      const address = fileAddress("ask", file.file, each.name);
      return html`<li><a href=${address} onClick=${follow(address)} aria-current=${each.name === name ? "page" : undefined}>${each.title}</a></li>`;
    })}</ol>`)}</details></nav>`;
}

function Overview({ catalogue, file, name, document }) {
  return html`<section class="first overview"><h2>${say("ask")}</h2>${document.data?.question && html`<p class="question">${String(document.data.question)}</p>`}
    ${name && html`<p class="problem">${say("ask.unknown", { name })}</p>`}
    ${bySubject(catalogue).map((subject) => html`<div class="subject"><h3>${subject.title}</h3><ul class="cards">${subject.questions.map((each) => {
      const address = fileAddress("ask", file.file, each.name);
      return html`<li class="card"><a href=${address} onClick=${follow(address)}>${each.title}</a><p>${each.help}</p></li>`;
    })}</ul></div>`)}</section>`;
}

/** Kinds of which several are taken; those below the line are pairs such as `us=seq`. */
const SEVERAL = new Set([
  "actors", "options", "platforms", "concepts", "claims", "rules", "incentives", "formulas", "numbers", "blocks", "choices",
  "concepts_by_actor", "numbers_by_actor", "doubts",
]);
const FEW = 24; // Names that are offered as boxes to tick; more are written.
const PLAIN = new Set(["run", "why", "why.actor", "why.concept"]);

/** What the address asks: the arguments (a.name) and the circumstances of the case. */
export function askedBy(question, query) {
  const args = {};
  for (const each of question.parameters) {
    const all = query.getAll(`a.${each.name}`);
    if (!all.length) continue;
    const many = SEVERAL.has(each.kind);
    args[each.name] = many ? all : each.kind === "number" ? Number(all[0]) : each.kind === "flag" ? all[0] === "yes" : all[0];
  }
  const circumstances = {};
  const readings = {};
  for (const [key, value] of query) {
    if (key.startsWith("a.") || PLAIN.has(key)) continue;
    if (key.startsWith("reading.")) readings[key.slice(8)] = value;
    else if (key === "hold") (circumstances.hold ??= []).push(value);
    else circumstances[key] = value;
  }
  if (Object.keys(readings).length) circumstances.readings = readings;
  return { question: question.name, arguments: args, circumstances };
}

function Page({ file, question, query, explain }) {
  const asked = askedBy(question, query);
  const missing = question.parameters.filter((each) => each.required && asked.arguments[each.name] === undefined);
  const ready = query.get("run") || !question.parameters.some((each) => each.required);
  const costly = question.costly && !query.get("run");
  const answer = useAnswer(file, asked, missing.length || !ready || costly ? null : JSON.stringify(asked));
  const put = (patch) => visit(changed(patch), { replace: true });
  const go = () => visit(changed({ run: "1" }));
  return html`<section class="first"><h2>${question.title}</h2><p class="lead">${question.help}</p>
    <form class="asked" onSubmit=${(event) => { event.preventDefault(); if (query.get("run")) answer.again(); else go(); }}>
      ${question.parameters.length > 0 && html`<div class="parameters">${question.parameters.map((each) => html`<${Parameter} key=${each.name} ...${{ file, each, query, put }} />`)}</div>`}
      <${Circumstances} ...${{ file, query, put }} />
      <div class="row"><button type="submit" class="first" disabled=${missing.length > 0}>${say("ask.go")}</button>
        ${missing.length > 0 && html`<p class="note">${say("ask.missing", { what: missing.map(title).join(", ") })}</p>`}</div>
    </form>
    <${Answered} ...${answer} file=${file} explain=${explain} /></section>`;
}

/** What a field is called: as the server says, or its name as words; a mere `name` is called after what it names. */
const title = (each) => {
  const words = (each.name === "name" ? each.kind : each.name).replaceAll("_", " ");
  return each.title ?? words.charAt(0).toUpperCase() + words.slice(1);
};

function Parameter({ file, each, query, put }) {
  const { names } = file.state.document;
  const key = `a.${each.name}`;
  const value = query.get(key) ?? undefined;
  const send = (next) => put({ [key]: next ?? null });
  const common = { label: title(each) + (each.required ? "" : ` ${say("ask.optional")}`), help: each.help, value, send };
  const one = { actor: names.actors, option: names.options, partnership: names.partnerships, platform: names.platforms, world: names.worlds, third_party: names.third_parties, announcement: names.announcements }[each.kind];
  const several = { actors: names.actors, options: names.options, platforms: names.platforms, claims: names.claims, incentives: names.incentives, concepts: each.choices, choices: each.choices }[each.kind];
  if (each.kind === "flag") return html`<${FlagField} ...${common} value=${value === "yes"} />`;
  if (each.kind === "state") return html`<${StateField} ...${common} file=${file} />`;
  if (several?.length && several.length <= FEW) return html`<${Several} label=${common.label} help=${each.help} from=${several} taken=${query.getAll(key)} send=${(all) => put({ [key]: all })} />`;
  if (SEVERAL.has(each.kind)) return html`<${LinesField} ...${common} value=${query.getAll(key)} send=${(next) => put({ [key]: texts(next) })} />`;
  if (each.choices?.length) return html`<${ChoiceField} ...${common} choices=${each.choices} empty=${each.default !== undefined && each.default !== null ? say("ask.default", { value: each.choices.find((one_) => one_.id === each.default)?.name ?? each.default }) : undefined} />`;
  if (one?.length) return html`<${ChoiceField} ...${common} choices=${one} />`;
  if (each.kind === "formula" || each.kind === "goal") return html`<${FormulaField} ...${common} file=${file} path=${["outcomes"]} />`;
  return html`<${TextField} ...${common} placeholder=${each.default === undefined || each.default === null ? undefined : String(each.default)} idle=${0} />`;
}

function Several({ label, help, from, taken, send }) {
  const id = useId("several");
  return html`<fieldset class="field several" aria-describedby=${help ? `${id}-help` : undefined}><legend>${label}</legend>
    <div class="picks">${from.map((each) => html`<label><input type="checkbox" checked=${taken.includes(each.id)} onChange=${(event) => send(event.currentTarget.checked ? [...taken, each.id] : taken.filter((one) => one !== each.id))} /> ${each.name}</label>`)}</div>
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}</fieldset>`;
}

function StateField({ label, help, value, send, file }) {
  const { names, now } = file.state.document;
  const states = names.states ?? [];
  if (!states.length || states.length > 600) return html`<${TextField} ...${{ label, help, value, send }} />`;
  return html`<${ChoiceField} ...${{ label, help, value, send }} empty=${say("ask.today")} choices=${states.map((each) => ({ id: each.label, name: each.label === now ? `${each.name || each.label} (${say("today")})` : each.name || each.label }))} />`;
}

/** What if: another reading, another start, options held as they are, another rule of counter-moves. */
function Circumstances({ file, query, put }) {
  const { names } = file.state.document;
  const readings = Object.entries(names.readings ?? {}).filter(([, all]) => all.length > 1);
  const actor = (id) => (names.actors ?? []).find((each) => each.id === id)?.name ?? id;
  const set = ["start", "hold", "world", "sanctions"].some((key) => query.get(key)) || [...query.keys()].some((key) => key.startsWith("reading."));
  const [open] = useState(set);
  return html`<details class="fold what-if" open=${open || undefined}><summary>${say("if")}${set && html` <span class="count">${say("if.set")}</span>`}</summary><div class="parameters">
    ${readings.map(([id, all]) => html`<${ChoiceField} key=${id} label=${say("if.reading", { actor: actor(id) })} choices=${all} empty=${say("if.reading.first", { name: all[0].name })} value=${query.get(`reading.${id}`)} send=${(next) => put({ [`reading.${id}`]: next ?? null })} />`)}
    ${names.worlds?.length > 0 && html`<${ChoiceField} label=${say("if.world")} choices=${names.worlds} value=${query.get("world")} send=${(next) => put({ world: next ?? null })} />`}
    <${StateField} label=${say("if.start")} help=${say("if.start.help")} value=${query.get("start") ?? undefined} send=${(next) => put({ start: next ?? null })} file=${file} />
    <${LinesField} label=${say("if.hold")} help=${say("if.hold.help")} value=${listed(query.getAll("hold"))} send=${(next) => put({ hold: texts(next) })} />
    <${ChoiceField} label=${say("if.sanctions")} choices=${[{ id: "legal", name: say("if.sanctions.legal") }, { id: "one-step", name: say("if.sanctions.one") }]} value=${query.get("sanctions")} send=${(next) => put({ sanctions: next ?? null })} />
  </div></details>`;
}
