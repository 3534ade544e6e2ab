// A model from nothing, one step at a time: who decides, what each can do, what cannot be, what each wants, today, the answer.

import { html, useState } from "./vendor/preact.js";
import { changed, fileAddress, follow } from "./address.js";
import { AddNamed, ChoiceField, TextField, brief } from "./fields.js";
import { Now, settingsNow } from "./now.js";
import { Ordered } from "./order.js";
import { setField, setting, shortest, whole } from "./paths.js";
import { say } from "./words.js";

export const STEPS = ["actors", "options", "rules", "aims", "now", "answer"];

export function Guide({ file, schema, step, explain }) {
  const { data } = file.state;
  const type = schema.find((each) => each.key === "actors").of;
  const here = STEPS.includes(step) ? step : STEPS[0];
  const at = STEPS.indexOf(here);
  const actors = Object.entries(data.actors ?? {}).map(([key, value]) => ({ key, value: whole(value, type), name: (value && value.name) || key }));
  const Step = { actors: Actors, options: Options, rules: Rules, aims: Aims, now: Today, answer: Answer }[here];
  const link = (to, text, kind) => { const address = changed({ guide: to }); return html`<a class=${kind} href=${address} onClick=${follow(address)}>${text}</a>`; };
  return html`<section class="first guide" aria-labelledby="guide-title">
    <ol class="steps">${STEPS.map((each, index) => html`<li aria-current=${each === here ? "step" : undefined}>${link(each, html`<span class="step-no">${index + 1}</span> ${say(`guide.${each}.short`)}`)}</li>`)}</ol>
    <h2 id="guide-title">${say(`guide.${here}`)}</h2>
    <p class="lead">${say(`guide.${here}.how`)}</p>
    <${Step} ...${{ file, type, actors, explain }} />
    <div class="row between">
      ${at > 0 ? link(STEPS[at - 1], say("guide.back"), "button") : html`<span></span>`}
      ${at < STEPS.length - 1 ? link(STEPS[at + 1], say("guide.next", { what: say(`guide.${STEPS[at + 1]}.short`) }), "button first") : html`<span></span>`}
    </div>
  </section>`;
}

function Actors({ file, type, actors }) {
  const { data } = file.state;
  return html`<ul class="plain-list">${actors.map(({ key, value, name }) => html`<li class="row" key=${key}>
      <${TextField} label=${say("actor.name")} hidden value=${value.name ?? key} send=${(text) => file.edit(setField(file.state.data, ["actors", key], type, "name", text), say("did.change", { what: say("actor.name"), where: key }))} />
      <button type="button" class="quiet remove" aria-label=${say("remove.named", { what: name })} onClick=${() => file.edit([{ path: ["actors", key], remove: true, old: data.actors[key] }], say("did.remove", { what: name }))}>${say("remove.sign")}</button></li>`)}</ul>
    <${AddNamed} label=${say("actor")} known=${actors.map((each) => each.key)} words add=${(key, name) => file.edit([data.actors ? { path: ["actors", key], insert: { name, options: {}, priorities: [] } } : { path: ["actors"], new: { [key]: { name, options: {}, priorities: [] } } }], say("did.add", { what: name }))} />`;
}

function Options({ file, type, actors }) {
  const of = type.fields.find((each) => each.key === "options").of;
  if (!actors.length) return html`<p class="note">${say("guide.first.actors")}</p>`;
  const all = actors.flatMap(({ value }) => Object.keys(value.options ?? {}));
  return html`${actors.map(({ key, value, name }) => {
    const path = ["actors", key, "options"];
    const options = Object.entries(value.options ?? {});
    return html`<section class="actor" key=${key} aria-label=${name}><h3>${name}</h3>
      <ul class="plain-list">${options.map(([id, option]) => html`<li class="row" key=${id}>
        <${TextField} label=${say("option.name")} hidden value=${whole(option, of).name ?? id} send=${(text) => file.edit(setField(file.state.data, [...path, id], of, "name", text), say("did.change", { what: say("option.name"), where: id }))} />
        <button type="button" class="quiet remove" aria-label=${say("remove.named", { what: id })} onClick=${() => file.edit([{ path: [...path, id], remove: true, old: option }], say("did.remove", { what: id }))}>${say("remove.sign")}</button></li>`)}</ul>
      <${AddNamed} label=${say("guide.option", { actor: name })} known=${all} words add=${(id, text) => file.edit([value.options ? { path: [...path, id], insert: shortest({ name: text }, of) } : { path, new: { [id]: text } }], say("did.add", { what: text }))} />
    </section>`;
  })}`;
}

function Rules({ file }) {
  const { data } = file.state;
  const options = settingsNow(data).filter((each) => !each.choices);
  const known = options.map((each) => ({ id: each.id, name: each.name }));
  const [pair, setPair] = useState({});
  const rules = data.rules ?? [];
  const ready = pair.one && pair.other && pair.one !== pair.other;
  const add = () => {
    const rule = { never: pair.kind === "needs" ? `${pair.one} and not ${pair.other}` : `${pair.one} and ${pair.other}` };
    file.edit([data.rules ? { path: ["rules", rules.length], insert: rule } : { path: ["rules"], new: [rule] }], say("did.add", { what: rule.never }));
    setPair({});
  };
  return html`${rules.length > 0 && html`<ul class="plain-list">${rules.map((each, index) => html`<li class="row" key=${index}><span>${say("guide.never")} <code>${brief(each)}</code></span>
      <button type="button" class="quiet remove" aria-label=${say("remove.named", { what: brief(each) })} onClick=${() => file.edit([rules.length === 1 ? { path: ["rules"], remove: true, old: rules } : { path: ["rules", index], remove: true, old: each }], say("did.remove", { what: brief(each) }))}>${say("remove.sign")}</button></li>`)}</ul>`}
    <div class="row wrap">
      <${ChoiceField} label=${say("guide.rule.one")} choices=${known} value=${pair.one} send=${(one) => setPair({ ...pair, one })} />
      <${ChoiceField} label=${say("guide.rule.kind")} empty=${false} choices=${[{ id: "never", name: say("guide.rule.never") }, { id: "needs", name: say("guide.rule.needs") }]} value=${pair.kind ?? "never"} send=${(kind) => setPair({ ...pair, kind })} />
      <${ChoiceField} label=${say("guide.rule.other")} choices=${known} value=${pair.other} send=${(other) => setPair({ ...pair, other })} />
      <button type="button" disabled=${!ready} onClick=${add}>${say("guide.rule.add")}</button>
    </div>`;
}

function Aims({ file, type, actors }) {
  const { data } = file.state;
  const options = settingsNow(data);
  const statement = type.fields.find((each) => each.key === "priorities").of;
  if (!options.length) return html`<p class="note">${say("guide.first.options")}</p>`;
  const wishes = options.flatMap((each) => (each.choices ? each.choices.map((choice) => ({ id: `${each.id} = ${choice}`, name: `${each.name}: ${each.names[choice] || choice}` })) : [{ id: each.id, name: say("guide.wish.on", { what: each.name }) }, { id: `not ${each.id}`, name: say("guide.wish.off", { what: each.name }) }]));
  const words = Object.fromEntries(wishes.map((each) => [each.id, each.name]));
  return html`${actors.map(({ key, value, name }) => {
    const path = ["actors", key, "priorities"];
    const list = value.priorities ?? [];
    const wants = list.map((each) => whole(each, statement).want);
    const left = wishes.filter((each) => !wants.includes(each.id));
    const call = (index) => words[wants[index]] ?? wants[index];
    return html`<section class="actor" key=${key} aria-label=${name}><h3>${say("guide.wants", { actor: name })}</h3>
      <${Ordered} label=${say("guide.wants", { actor: name })} count=${list.length} numbered name=${call}
        order=${(order, from, to) => file.edit([{ path, order }], say("did.move", { what: call(from), place: to + 1 }))}
        remove=${(index) => file.edit([{ path: [...path, index], remove: true, old: list[index] }], say("did.remove", { what: call(index) }))}
        entry=${(index) => html`<span>${call(index)}</span>`} />
      <${ChoiceField} label=${say("guide.wish", { actor: name })} choices=${left} empty=${say("guide.wish.choose")} value="" send=${(wish) => wish && file.edit(value.priorities ? [{ path: [...path, list.length], insert: wish }] : [setting(file.state.data, path, [wish])], say("did.add", { what: words[wish] }))} />
    </section>`;
  })}`;
}

const Today = ({ file }) => html`<${Now} file=${file} />`;

function Answer({ file, explain }) {
  const { document, verdicts, waiting } = file.state;
  const errors = document.settled === false ? [] : document.problems.filter((each) => each.severity === "error");
  const headline = verdicts.headline?.data;
  if (errors.length) return html`<div class="problems"><p><strong>${say("guide.missing")}</strong></p><ul>${errors.map((each) => html`<li>${each.message} <span class="hint">${each.hint}</span></li>`)}</ul></div>`;
  if (!headline || waiting || verdicts.headline.version < document.version) return html`<p class="told" role="status">${say("live.working")}</p>`;
  return html`<p class="answer">${headline.sentence}</p>
    <div class="row"><button type="button" onClick=${() => explain({ state: document.now })}>${say("guide.why")}</button>
    <a class="button" href=${changed({ guide: null, section: "wants" })} onClick=${follow(changed({ guide: null, section: "wants" }))}>${say("guide.refine")}</a>
    <a class="button" href=${fileAddress("ask", file.file)} onClick=${follow(fileAddress("ask", file.file))}>${say("guide.ask")}</a></div>
    <p class="note">${say("guide.saved")}</p>`;
}
