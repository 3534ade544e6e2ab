// What an actor wants: its readings, the list in order of importance, and the ranking of states that follows from it.

import { html, useState } from "./vendor/preact.js";
import { AddNamed, PartForm, TextField, ValueField, brief } from "./fields.js";
import { Ordered } from "./order.js";
import { at, moved, setField, setting, whole } from "./paths.js";
import { announce } from "./store.js";
import { say } from "./words.js";

const KINDS = ["priorities", "ranking", "weights"];

export function Wants({ file, types, actor, reading, go, explain }) {
  const { data, document } = file.state;
  const actors = Object.keys(data.actors ?? {});
  const chosen = actors.includes(actor) ? actor : actors[0];
  if (!chosen) return html`<p class="note">${say("wants.nobody")}</p>`;
  const written = whole(data.actors[chosen], types.actor);
  const readings = Object.keys(written.readings ?? {});
  const here = readings.length ? (readings.includes(reading) ? reading : readings[0]) : null;
  const path = here ? ["actors", chosen, "readings", here] : ["actors", chosen];
  const type = here ? types.reading : types.actor;
  const values = whole(at(data, path), type);
  const kind = KINDS.find((each) => values[each] !== undefined) ?? "priorities";
  return html`
    <nav class="tabs" aria-label=${say("wants.actors")}>
      ${actors.map((each) => html`<a href=${go({ actor: each, reading: null }, true)} aria-current=${each === chosen ? "true" : undefined} onClick=${go({ actor: each, reading: null })}>${nameOf(data.actors[each], each)}</a>`)}
    </nav>
    <div class="readings">
      ${readings.length > 0 && html`<nav class="tabs small" aria-label=${say("wants.readings")}>
        ${readings.map((each, index) => html`<a href=${go({ actor: chosen, reading: each }, true)} aria-current=${each === here ? "true" : undefined} onClick=${go({ actor: chosen, reading: each })}>${nameOf(written.readings[each], each)}${index === 0 && readings.length > 1 && html` <span class="count">${say("wants.default")}</span>`}</a>`)}
      </nav>`}
      <${Readings} ...${{ file, types, chosen, readings, here, values, go }} />
    </div>
    <div class="beside">
      <div>
        ${here && html`<${TextField} label=${say("wants.name")} value=${values.name} send=${(text) => file.edit(setField(data, path, type, "name", text), say("did.change", { what: say("wants.name"), where: here }))} />`}
        <${List} ...${{ file, path, kind, values, type }} />
        <details class="fold"><summary>${say("wants.else")}</summary>
          <${PartForm} type=${type} file=${file} path=${path} leave=${[...KINDS, "name", "options", "readings", "adjust"]} />
        </details>
      </div>
      <${Ranking} ...${{ file, path, values, type, actor: chosen, reading: here, rankings: document.rankings, explain }} />
    </div>`;
}

const nameOf = (value, key) => (value && typeof value === "object" && value.name) || key;

/** Add a reading, make a copy of one to change, or remove it. */
function Readings({ file, types, chosen, readings, here, values, go }) {
  const { data } = file.state;
  const path = ["actors", chosen, "readings"];
  const [adding, setAdding] = useState(false);
  const add = (key, name) => {
    const copy = Object.fromEntries(Object.entries(values).filter(([each]) => KINDS.includes(each) || each === "great" || each === "adjust"));
    const fresh = { ...(name && name !== key ? { name } : {}), ...(Object.keys(copy).length ? copy : { priorities: [] }) };
    const edits = [];
    if (readings.length) edits.push({ path: [...path, key], insert: fresh });
    else {
      // What the actor wanted so far becomes the first of its readings.
      const own = Object.fromEntries(Object.entries(whole(data.actors[chosen], types.actor)).filter(([each]) => KINDS.includes(each) || each === "great" || each === "adjust"));
      edits.push(...Object.keys(own).map((each) => ({ path: ["actors", chosen, each], remove: true, old: own[each] })));
      edits.push({ path, new: { first: Object.keys(own).length ? own : { priorities: [] }, [key]: fresh } });
    }
    file.edit(edits, say("did.add", { what: name || key }));
    setAdding(false);
    go({ actor: chosen, reading: key })();
  };
  const first = () => {
    file.edit([{ path, order: moved(readings.length, readings.indexOf(here), 0) }], say("did.first", { what: nameOf(data.actors[chosen].readings[here], here) }));
    announce(say("wants.first.done", { what: nameOf(data.actors[chosen].readings[here], here) }));
  };
  return html`<div class="row">
    <button type="button" class="quiet" aria-expanded=${adding ? "true" : "false"} onClick=${() => setAdding(!adding)}>${say("wants.copy")}</button>
    ${here && here !== readings[0] && html`<button type="button" class="quiet" onClick=${first}>${say("wants.first")}</button>`}
    ${here && html`<button type="button" class="quiet" onClick=${() => { file.edit([{ path: [...path, here], remove: true, old: data.actors[chosen].readings[here] }], say("did.remove", { what: here })); go({ actor: chosen, reading: null })(); }}>${say("wants.remove")}</button>`}
    ${adding && html`<${AddNamed} label=${say("wants.reading")} known=${readings} words add=${add} />`}
  </div>`;
}

function List({ file, path, kind, values, type }) {
  const field = type.fields.find((each) => each.key === kind);
  const here = [...path, kind];
  const entries = values[kind] ?? [];
  const statement = field.of;
  const [open, setOpen] = useState(null);
  const main = kind === "weights" ? "when" : "want";
  const part = statement.kind === "part";
  const call = (index) => brief(entries[index], statement);
  const add = (value) => file.edit(values[kind] === undefined ? [setting(file.state.data, here, [value])] : [{ path: [...here, entries.length], insert: value }], say("did.add", { what: field.title }));
  const change = (index, key, value) => file.edit(setField(file.state.data, [...here, index], statement, key, value), say("did.change", { what: call(index), where: "" }));
  const formula = part && statement.fields.find((each) => each.key === main);
  return html`<section class="plain">
    <p class="caption">${say(`wants.${kind}`)}</p>
    ${entries.length === 0 && html`<p class="note">${say("wants.empty")}</p>`}
    <${Ordered} label=${say(`wants.${kind}`)} count=${entries.length} numbered name=${call}
      order=${(order, from, to) => file.edit([{ path: here, order }], say("did.move", { what: call(from), place: to + 1 }))}
      remove=${(index) => { setOpen(null); file.edit([{ path: [...here, index], remove: true, old: entries[index] }], say("did.remove", { what: call(index) })); }}
      entry=${(index) => part
        ? html`<div class="statement">
            <${ValueField} type=${formula} label=${say("wants.entry", { number: index + 1 })} hidden value=${whole(entries[index], statement)[main]} file=${file} path=${[...here, index, main]} send=${(value) => change(index, main, value ?? "")} />
            ${kind === "weights" && html`<${TextField} label=${say("wants.weight", { number: index + 1 })} hidden value=${String(entries[index].weight ?? "")} send=${(value) => change(index, "weight", value ?? "0")} />`}
            <button type="button" class="quiet" aria-expanded=${open === index ? "true" : "false"} aria-label=${say("table.more.of", { what: call(index) })} onClick=${() => setOpen(open === index ? null : index)}>${say("table.more")}</button>
            ${whole(entries[index], statement).says && html`<p class="help">${whole(entries[index], statement).says}</p>`}
            ${open === index && html`<${PartForm} type=${statement} file=${file} path=${[...here, index]} leave=${[main, "weight"]} always=${["says", "source"]} />`}
          </div>`
        : html`<${ValueField} type=${{ kind: "text" }} label=${say("wants.entry", { number: index + 1 })} hidden value=${Array.isArray(entries[index]) ? entries[index].join(", ") : entries[index]} file=${file} path=${[...here, index]}
            send=${(value) => file.edit([setting(file.state.data, [...here, index], value?.includes(",") ? value.split(/\s*,\s*/) : value ?? "")], say("did.change", { what: field.title, where: "" }))} />`} />
    <div class="row"><button type="button" onClick=${() => add(kind === "weights" ? { when: "true", weight: "1" } : "true")}>${say("wants.add")}</button></div>
  </section>`;
}

/**
 * The states as this list ranks them, best first, and the fine-tuning: a state put above another by hand, with the
 * reason, stays so whatever the list says of the two.
 */
function Ranking({ file, path, values, type, actor, reading, rankings, explain }) {
  const { document } = file.state;
  const [moving, setMoving] = useState(null); // {above, below}: asked for, the reason still missing.
  const tunable = type.fields.some((each) => each.key === "adjust");
  const adjust = values.adjust ?? [];
  const classes = rankings?.[actor]?.[reading ?? ""] ?? (rankings?.[actor] && Object.values(rankings[actor])[0]) ?? null;
  if (!classes) return html`<section class="plain ranking"><p class="caption">${say("ranking")}</p><p class="note">${document.states > 512 ? say("ranking.many", { count: document.states }) : say("ranking.none")}</p></section>`;
  const flat = classes.flatMap((each, place) => each.map((state) => ({ state, place, tied: each.length > 1 })));
  const states = Object.fromEntries((document.names.states ?? []).map((each) => [each.label, each]));
  const name = (label) => states[label]?.name || label;
  const want = (order, from, to) => {
    const state = flat[from].state;
    const rest = flat.filter((_, index) => index !== from);
    setMoving(to < from ? { above: state, below: rest[to].state } : { above: rest[to - 1].state, below: state });
  };
  const keep = (because) => {
    const entry = { above: written(states, moving.above), below: written(states, moving.below), ...(because ? { because } : {}) };
    file.edit(adjust.length ? [{ path: [...path, "adjust", adjust.length], insert: entry }] : [setting(file.state.data, [...path, "adjust"], [entry])], say("did.adjust", { above: name(moving.above), below: name(moving.below) }));
    announce(say("did.adjust", { above: name(moving.above), below: name(moving.below) }));
    setMoving(null);
  };
  const many = flat.length > 60;
  return html`<section class="plain ranking">
    <p class="caption">${say("ranking")}</p>
    <p class="note">${say(tunable && !many ? "ranking.how" : "ranking.about", { count: flat.length })}</p>
    <div class="tall" tabindex="0" role="region" aria-label=${say("ranking")}>
    <${Ordered} label=${say("ranking")} count=${flat.length} still=${!tunable || many} name=${(index) => name(flat[index].state)} order=${want}
      mark=${(index) => `${flat[index].state === document.now ? "today " : ""}${index && flat[index].place === flat[index - 1].place ? "tied" : "next"}`}
      entry=${(index) => html`<span class="rank" aria-hidden="true">${index && flat[index].place === flat[index - 1].place ? "=" : flat[index].place + 1}</span>
        <button type="button" class="link" onClick=${() => explain({ state: flat[index].state, actor })}>${name(flat[index].state)}</button>
        ${flat[index].state === document.now && html` <span class="mark">${say("today")}</span>`}
        ${flat[index].tied && html`<span class="unseen">${say("ranking.tied")}</span>`}`} />
    </div>
    ${moving && html`<${Because} above=${name(moving.above)} below=${name(moving.below)} keep=${keep} leave=${() => setMoving(null)} />`}
    ${adjust.length > 0 && html`<p class="caption">${say("adjust")}</p><ul class="adjusted">${adjust.map((each, index) => html`<li key=${index}>
      ${say("adjust.entry", { above: show(each.above), below: show(each.below) })}${each.because && html` <span class="why">${each.because}</span>`}
      <button type="button" class="quiet remove" aria-label=${say("remove.named", { what: say("adjust.entry", { above: show(each.above), below: show(each.below) }) })}
        onClick=${() => file.edit(adjust.length === 1 ? [{ path: [...path, "adjust"], remove: true, old: adjust }] : [{ path: [...path, "adjust", index], remove: true, old: each }], say("did.remove", { what: say("adjust") }))}>${say("remove.sign")}</button></li>`)}</ul>`}
  </section>`;
}

const show = (value) => (Array.isArray(value) ? value.join(", ") || say("state.nothing") : String(value));

/** A state as the file writes it: by its name, else by its settings. */
const written = (states, label) => (states[label]?.written !== undefined ? states[label].written : label);

function Because({ above, below, keep, leave }) {
  const [text, setText] = useState("");
  return html`<form class="because" onSubmit=${(event) => { event.preventDefault(); keep(text.trim()); }} onKeyDown=${(event) => event.key === "Escape" && leave()}>
    <p>${say("adjust.ask", { above, below })}</p>
    <div class="field"><label for="because">${say("adjust.because")}</label>
      <input id="because" type="text" value=${text} autocomplete="off" ref=${(element) => element && !element.dataset.met && ((element.dataset.met = "yes"), element.focus())} onInput=${(event) => setText(event.currentTarget.value)} /></div>
    <div class="row"><button type="submit">${say("adjust.keep")}</button> <button type="button" class="quiet" onClick=${leave}>${say("cancel")}</button></div>
  </form>`;
}
