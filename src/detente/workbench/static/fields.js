// Fields and forms: one component for every kind the schema knows. What they hold is written to the file as edits.

import { html, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";
import { FormulaField } from "./formula.js";
import { Ordered } from "./order.js";
import { listed, setField, setting, shortest, texts, whole } from "./paths.js";
import { pending } from "./store.js";
import { say } from "./words.js";

const IDLE = 600; // Milliseconds without a key before what was typed is sent.

/**
 * What is typed and not yet sent. It is sent when the field is left, on Enter, or after a pause; until then the field
 * shows the draft, so that typing waits for nothing.
 */
export function useDraft(value, send) {
  const [draft, setDraft] = useState(null);
  const now = useRef({});
  now.current = { draft, value, send };
  const flush = useMemo(() => {
    const made = () => {
      const { draft: typed, value: old, send: to } = now.current;
      clearTimeout(made.timer);
      pending.delete(made);
      if (typed === null) return;
      now.current.draft = null;
      setDraft(null);
      if (typed !== old) to(typed);
    };
    return made;
  }, []);
  useEffect(() => () => flush(), []);
  const type = (text, idle = IDLE) => {
    now.current.draft = text;
    setDraft(text);
    pending.add(flush);
    clearTimeout(flush.timer);
    if (idle) flush.timer = setTimeout(flush, idle);
  };
  return { shown: draft ?? value, dirty: draft !== null, type, flush };
}

let counter = 0;
export const useId = (name) => useMemo(() => `${name}-${++counter}`, []);

export function Labelled({ id, label, help, problem, hidden, children }) {
  return html`<div class=${`field${problem ? " wrong" : ""}`}>
    <label for=${id} class=${hidden ? "unseen" : ""}>${label}</label>
    ${children}
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}
    ${problem && html`<p class="problem" id=${`${id}-problem`}>${problem.message}${problem.hint && html` <span class="hint">${problem.hint}</span>`}</p>`}
  </div>`;
}

const describedBy = (id, help, problem) => [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(" ") || undefined;

export function TextField({ label, help, value, send, long, hidden, problem, suggestions, placeholder, idle }) {
  const id = useId("text");
  const { shown, dirty, type, flush } = useDraft(value ?? "", (text) => send(text === "" ? undefined : text));
  const common = {
    id, value: shown, placeholder, "data-dirty": dirty || undefined, "aria-describedby": describedBy(id, help, problem),
    "aria-invalid": problem ? "true" : undefined, spellcheck: long ? undefined : false, autocomplete: "off",
    onInput: (event) => type(event.currentTarget.value, idle), onBlur: flush,
  };
  return html`<${Labelled} ...${{ id, label, help, problem, hidden }}>
    ${long
      ? html`<${Area} ...${common} least=${hidden ? 1 : 2} dir="auto" />`
      : html`<input type="text" ...${common} dir="auto" list=${suggestions && `${id}-list`} onKeyDown=${(event) => event.key === "Enter" && flush()} />`}
    ${suggestions && html`<datalist id=${`${id}-list`}>${suggestions.map((each) => html`<option value=${each.id}>${each.name}</option>`)}</datalist>`}
  <//>`;
}

/** A text area as high as its text. */
export function Area(props) {
  const lines = String(props.value ?? "").split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 72)), 0);
  return html`<textarea rows=${Math.min(Math.max(lines, props.least ?? 2), 16)} ...${props}></textarea>`;
}

export function ChoiceField({ label, help, value, send, choices, hidden, empty, problem }) {
  const id = useId("choice");
  const known = choices.map((each) => (typeof each === "object" ? each : { id: String(each), name: String(each) }));
  const unknown = value !== undefined && value !== null && value !== "" && !known.some((each) => each.id === String(value));
  return html`<${Labelled} ...${{ id, label, help, hidden, problem }}>
    <select id=${id} value=${String(value ?? "")} aria-describedby=${describedBy(id, help, problem)}
      onChange=${(event) => send(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}>
      ${empty !== false && html`<option value="">${empty ?? say("field.unsaid")}</option>`}
      ${unknown && html`<option value=${String(value)}>${String(value)}</option>`}
      ${known.map((each) => html`<option value=${each.id}>${each.name}</option>`)}
    </select>
  <//>`;
}

export function FlagField({ label, help, value, send, hidden }) {
  const id = useId("flag");
  const on = value === true || ["yes", "on", "true"].includes(String(value));
  return html`<div class="field flag">
    <input type="checkbox" id=${id} checked=${on} aria-describedby=${describedBy(id, help)}
      onChange=${(event) => send(event.currentTarget.checked ? "yes" : undefined)} />
    <label for=${id} class=${hidden ? "unseen" : ""}>${label}</label>
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}
  </div>`;
}

/** Several short texts, one a line. */
export function LinesField({ label, help, value, send, hidden, problem }) {
  const id = useId("lines");
  const { shown, dirty, type, flush } = useDraft(texts(value).join("\n"), (text) =>
    send(listed(text.split("\n").map((line) => line.trim()).filter(Boolean))));
  return html`<${Labelled} ...${{ id, label, help, problem, hidden }}>
    <${Area} id=${id} value=${shown} least=${1} spellcheck=${false} data-dirty=${dirty || undefined}
      aria-describedby=${describedBy(id, help, problem)} placeholder=${say("field.lines")}
      onInput=${(event) => type(event.currentTarget.value)} onBlur=${flush} />
  <//>`;
}

/** What the file's problems say about exactly this place. */
export function problemAt(file, path) {
  return (file.document.problems ?? []).find((each) => each.severity === "error" && JSON.stringify(each.path ?? null) === JSON.stringify(path));
}

const SHORT = new Set(["text", "number", "flag", "choice", "formula"]);
export const isShort = (type) => SHORT.has(type.kind) || (type.kind === "list" && type.short);

/** The field for a value of a type; `send` takes the value to write, undefined for none. */
export function ValueField({ type, label, help, value, send, file, path, hidden, names }) {
  const problem = problemAt(file.state, path);
  const common = { label, help, value, send, hidden, problem };
  switch (type.kind) {
    case "flag": return html`<${FlagField} ...${common} />`;
    case "choice": return html`<${ChoiceField} ...${common} choices=${type.choices} />`;
    case "formula": return html`<${FormulaField} ...${common} file=${file} path=${path} />`;
    case "list":
      if (type.short) return html`<${LinesField} ...${common} />`;
      return html`<${ListOfParts} ...${{ type, label, help, value, file, path }} />`;
    case "map": return html`<${MapOfParts} ...${{ type, label, help, value, file, path }} />`;
    case "part": return html`<fieldset class="nested"><legend>${label}</legend>${help && html`<p class="help">${help}</p>`}
      <${PartForm} ...${{ type, file, path }} /></fieldset>`;
    case "any": return html`<${AnyField} ...${{ label, help, value, file, path }} />`;
    default: return html`<${TextField} ...${common} long=${type.long} suggestions=${names ?? namesFor(file.state, type)} />`;
  }
}

function namesFor(state, type) {
  const found = type.names && state.document.names?.[type.names];
  return Array.isArray(found) ? found : undefined;
}

/** A part of the file: what is said of it, and what else could be. */
export function PartForm({ type, file, path, leave = [], always = [] }) {
  const { data } = file.state;
  const written = path.reduce((found, key) => found?.[key], data);
  const values = whole(written, type);
  const shown = type.fields.filter(
    (each) => !leave.includes(each.key) && (each.key in values || each.key === type.main || each.required || always.includes(each.key)),
  );
  const [added, setAdded] = useState([]);
  const extra = added.filter((each) => !(each.key in values) && !shown.includes(each));
  const others = type.fields.filter((each) => !leave.includes(each.key) && !shown.includes(each) && !extra.includes(each));
  const where = useRef();
  const add = (key) => {
    const field = type.fields.find((each) => each.key === key);
    if (isShort(field)) setAdded([...added, field]);
    else file.edit(setField(data, path, type, key, field.kind === "list" ? [] : {}), say("did.add", { what: field.title }));
    requestAnimationFrame(() => [...where.current.querySelectorAll("input,textarea,select:not(.more)")].at(-1)?.focus());
  };
  return html`<div class="form" ref=${where}>
    ${[...shown, ...extra].map((field) => html`<${ValueField} key=${field.key} type=${field} label=${field.title} help=${field.help}
      value=${values[field.key]} file=${file} path=${[...path, field.key]}
      send=${(value) => file.edit(setField(file.state.data, path, type, field.key, value), say("did.change", { what: field.title, where: named(path) }))} />`)}
    ${others.length > 0 && html`<${AddDetail} others=${others} add=${add} />`}
  </div>`;
}

function AddDetail({ others, add }) {
  const id = useId("more");
  return html`<div class="field more">
    <label for=${id}>${say("field.more")}</label>
    <select id=${id} class="more" value="" onChange=${(event) => { const key = event.currentTarget.value; event.currentTarget.value = ""; if (key) add(key); }}>
      <option value="">${say("field.more.choose")}</option>
      ${others.map((each) => html`<option value=${each.key}>${each.title}: ${each.help}</option>`)}
    </select>
  </div>`;
}

const named = (path) => path.filter((each) => typeof each === "string").slice(-2).join(" ");

/** A list whose entries are parts or formulas: in order, movable, each with its form. */
export function ListOfParts({ type, label, help, value, file, path }) {
  const entries = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  const fresh = type.of.kind === "part" ? (type.of.main ? "" : {}) : "";
  return html`<fieldset class="nested"><legend>${label}</legend>${help && html`<p class="help">${help}</p>`}
    <${Ordered} label=${label} count=${entries.length} name=${(index) => brief(entries[index], type.of)}
      order=${(order) => file.edit([{ path, order }], say("did.order", { what: label }))}
      remove=${(index) => file.edit([{ path: [...path, index], remove: true, old: entries[index] }], say("did.remove", { what: brief(entries[index], type.of) }))}
      entry=${(index) => html`<${ValueField} type=${type.of} label=${say("entry", { number: index + 1 })} hidden value=${entries[index]} file=${file} path=${[...path, index]}
        send=${(next) => file.edit([setting(file.state.data, [...path, index], next ?? "")], say("did.change", { what: label, where: "" }))} />`} />
    <button type="button" class="quiet" onClick=${() => file.edit(value === undefined || value === null ? [{ path, new: [fresh] }] : [{ path: [...path, entries.length], insert: fresh }], say("did.add", { what: label }))}>${say("add")}</button>
  </fieldset>`;
}

/** A mapping from names to parts or values. */
export function MapOfParts({ type, label, help, value, file, path }) {
  const entries = Object.entries(value && typeof value === "object" && !Array.isArray(value) ? value : {});
  return html`<fieldset class="nested"><legend>${label}</legend>${help && html`<p class="help">${help}</p>`}
    ${entries.map(([key, each]) => html`<div class="keyed" key=${key}>
      <div class="keyed-head"><code>${key}</code>
        <button type="button" class="quiet" aria-label=${say("remove.named", { what: key })} onClick=${() => file.edit([{ path: [...path, key], remove: true, old: each }], say("did.remove", { what: key }))}>${say("remove")}</button></div>
      <${ValueField} type=${type.of} label=${key} hidden value=${each} file=${file} path=${[...path, key]}
        send=${(next) => file.edit([setting(file.state.data, [...path, key], next)], say("did.change", { what: key, where: label }))} />
    </div>`)}
    <${AddNamed} label=${label} known=${entries.map(([key]) => key)} identified=${type.identified}
      add=${(key) => file.edit([{ path: [...path, key], [value ? "insert" : "new"]: empty(type.of) }], say("did.add", { what: key }))} />
  </fieldset>`;
}

/** What a new entry of a type is before anything is said of it. */
export const empty = (type) =>
  type.kind === "part" ? shortest(type.main ? { [type.main]: "" } : {}, type) : type.kind === "map" ? {} : type.kind === "list" && !type.short ? [] : "";

/** The name of a new entry; what is typed as words becomes a name that formulas can use. */
export function AddNamed({ label, known, add, identified, words }) {
  const id = useId("new");
  const [text, setText] = useState("");
  const key = identified || words ? identifier(text) : text.trim();
  const taken = known.includes(key);
  const done = () => {
    if (!key || taken) return;
    add(key, text.trim());
    setText("");
  };
  return html`<div class="field add">
    <label for=${id}>${say("add.named", { what: label })}</label>
    <div class="row"><input type="text" id=${id} value=${text} autocomplete="off" onInput=${(event) => setText(event.currentTarget.value)}
        onKeyDown=${(event) => event.key === "Enter" && (event.preventDefault(), done())} aria-describedby=${`${id}-help`} />
      <button type="button" onClick=${done}>${say("add")}</button></div>
    <p class="help" id=${`${id}-help`} aria-live="polite">${taken ? say("add.taken", { key }) : key && key !== text.trim() ? say("add.key", { key }) : " "}</p>
  </div>`;
}

/** Words as a name of the formula language. */
export function identifier(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return /^[0-9]/.test(plain) ? `n${plain}` : plain;
}

/** An entry in a few words, for lists and what is announced. */
export function brief(value, type) {
  if (value === null || value === undefined) return say("entry.empty");
  if (typeof value !== "object") return String(value) || say("entry.empty");
  if (Array.isArray(value)) return value.join(", ");
  const first = value[type?.main] ?? value.want ?? value.name ?? value.says ?? value.text ?? value.never ?? value.same ?? value.when ?? value.barred;
  return first !== undefined ? String(first) : Object.values(value).filter((each) => typeof each !== "object").join(", ") || say("entry.empty");
}

/** A value whose shape the schema leaves open: by what it looks like. */
function AnyField({ label, help, value, file, path }) {
  const change = (next) => file.edit([setting(file.state.data, path, next)], say("did.change", { what: label, where: named(path) }));
  if (Array.isArray(value) && value.every((each) => typeof each !== "object"))
    return html`<${LinesField} label=${label} help=${help} value=${value} send=${(next) => change(texts(next))} />`;
  const any = { kind: "any" };
  if (Array.isArray(value)) return html`<${ListOfParts} ...${{ label, help, value, file, path }} type=${{ kind: "list", of: any }} />`;
  if ((value && typeof value === "object") || (value === undefined && path.length === 1)) return html`<${MapOfParts} ...${{ label, help, value, file, path }} type=${{ kind: "map", of: any }} />`;
  return html`<${TextField} label=${label} help=${help} value=${value ?? ""} send=${change} />`;
}
