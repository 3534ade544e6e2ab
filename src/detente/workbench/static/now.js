// Today: what is on and what is off, as a switch for every option.

import { html } from "./vendor/preact.js";
import { ChoiceField, useId } from "./fields.js";
import { setting, texts, whole } from "./paths.js";
import { say } from "./words.js";

/** The options of the file with what is on today: {id, name, choices, value}. */
export function settingsNow(data) {
  const written = texts(data.now).map((each) => String(each).trim());
  const found = [];
  for (const [actor, value] of Object.entries(data.actors ?? {})) {
    const options = Object.entries((value && value.options) || {});
    for (const [id, option] of options) {
      const of = whole(option, { main: "name" });
      const choices = of.choices && (Array.isArray(of.choices) ? of.choices.map(String) : typeof of.choices === "object" ? Object.keys(of.choices) : [String(of.choices)]);
      const twice = Object.values(data.actors).filter((each) => each?.options && id in each.options).length > 1;
      const name = twice ? `${actor}.${id}` : id;
      const names = of.choices && !Array.isArray(of.choices) && typeof of.choices === "object" ? of.choices : {};
      const set = written.map((each) => each.split("=").map((part) => part.trim())).find(([key]) => key === name || key === `${actor}.${id}`);
      found.push({ actor, id: name, name: of.name || id, choices, names, value: choices ? set?.[1] ?? choices[0] : Boolean(set) && !written.includes(`not ${name}`) });
    }
  }
  return found;
}

const writtenNow = (options) => options.flatMap((each) => (each.choices ? (each.value === each.choices[0] ? [] : [`${each.id} = ${each.value}`]) : each.value ? [each.id] : []));

export function Now({ file }) {
  const { data } = file.state;
  const states = [...Object.keys(data.states ?? {}), ...texts(data.graph?.states)];
  const change = (now) => file.edit([setting(file.state.data, ["now"], now)], say("did.now"));
  const named = typeof data.now === "string" && states.includes(data.now);
  if (named || data.graph) return html`<${ChoiceField} label=${say("now.state")} choices=${states} empty=${named ? false : undefined} value=${data.now} send=${change} />
    ${!data.graph && html`<button type="button" class="quiet" onClick=${() => change(data.states[data.now])}>${say("now.switches")}</button>`}`;
  const options = settingsNow(data);
  const set = (id, value) => change(writtenNow(options.map((each) => (each.id === id ? { ...each, value } : each))));
  if (!options.length) return html`<p class="note">${say("now.nothing")}</p>`;
  return html`<div class="switches">${Object.entries(data.actors).map(([actor, value]) => {
    const own = options.filter((each) => each.actor === actor);
    return own.length > 0 && html`<fieldset class="nested" key=${actor}><legend>${(value && value.name) || actor}</legend>
      ${own.map((each) => (each.choices
        ? html`<${ChoiceField} key=${each.id} label=${each.name} choices=${each.choices.map((id) => ({ id, name: each.names[id] || id }))} empty=${false} value=${each.value} send=${(choice) => set(each.id, choice)} />`
        : html`<${Switch} key=${each.id} name=${each.name} on=${each.value} set=${(on) => set(each.id, on)} />`))}
    </fieldset>`;
  })}</div>`;
}

function Switch({ name, on, set }) {
  const id = useId("switch");
  return html`<div class="field flag"><input type="checkbox" role="switch" id=${id} checked=${on} onChange=${(event) => set(event.currentTarget.checked)} /><label for=${id}>${name} <span class="state-no">${say(on ? "on" : "off")}</span></label></div>`;
}
