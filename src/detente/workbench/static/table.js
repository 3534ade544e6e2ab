// A section of the file as a table: one row an entry, its short fields in cells, the rest in a form below the row.
// A table copied from a spreadsheet is pasted into any cell: it fills the cells to the right and below, and adds rows.

import { html, useRef, useState } from "./vendor/preact.js";
import { AddNamed, PartForm, ValueField, brief, empty, identifier, isShort } from "./fields.js";
import { at, listed, moved, setField, shortest, whole } from "./paths.js";
import { announce } from "./store.js";
import { say } from "./words.js";

const WIDE = 5; // Columns of a table at most; what else is said stands in the form.

/** The columns worth a table: those named for the section, else the main one, what is required, and what is said most. */
function columnsOf(type, rows, wanted) {
  const fields = type.fields.filter(isShort);
  if (wanted) return wanted.map((key) => fields.find((each) => each.key === key)).filter(Boolean);
  const used = (field) => rows.filter((row) => field.key in row).length;
  const first = fields.filter((each) => each.key === type.main || each.required);
  const rest = fields.filter((each) => !first.includes(each) && used(each)).sort((a, b) => used(b) - used(a));
  const most = [...first, ...rest];
  return (most.length ? most : fields).slice(0, WIDE);
}

/** Sentences get room; words do not need it. */
const roomy = (field, type) => (field.kind === "text" && (field.long || field.key === type.main || ["says", "text", "note", "name"].includes(field.key)) ? { ...field, long: true } : field);

/** Rows of cells from a spreadsheet's clipboard: tabs between, quotes around cells with line breaks. */
export function cells(text) {
  const rows = [[""]];
  let quoted = false;
  for (let place = 0; place < text.length; place++) {
    const sign = text[place];
    const row = rows.at(-1);
    if (quoted) {
      if (sign !== '"') row[row.length - 1] += sign;
      else if (text[place + 1] === '"') row[row.length - 1] += text[++place];
      else quoted = false;
    } else if (sign === '"' && row.at(-1) === "") quoted = true;
    else if (sign === "\t") row.push("");
    else if (sign === "\n") rows.push([""]);
    else if (sign !== "\r") row[row.length - 1] += sign;
  }
  if (rows.at(-1).length === 1 && rows.at(-1)[0] === "") rows.pop();
  return rows;
}

/** A pasted cell as the value of a field. */
function valueOf(text, field) {
  const plain = text.trim();
  if (plain === "") return undefined;
  if (field.kind === "list") return listed(plain.split(/\s*[;\n]\s*/).filter(Boolean));
  return plain.replace(/\s*\n\s*/g, " ");
}

/** What pasting `rows` at row `from`, column `left` does: the edits, and how many rows are new. */
export function pasted({ data, path, type, columns, keyed, rows, from, left }) {
  const written = at(data, path);
  const keys = keyed ? Object.keys(written ?? {}) : (written ?? []).map((_, index) => index);
  const edits = [];
  let fresh = 0;
  const names = new Set(keyed ? keys : []);
  rows.forEach((row, down) => {
    const here = from + down;
    const first = keyed ? left - 1 : left; // In a table with names, the name is the first column.
    const values = row.map((text, right) => [columns[first + right], text]).filter(([field]) => field);
    const set = Object.fromEntries(values.map(([field, text]) => [field.key, valueOf(text, field)]).filter(([, value]) => value !== undefined));
    if (here < keys.length) {
      const old = at(data, [...path, keys[here]]);
      const next = { ...whole(old, type) };
      for (const [field, text] of values) {
        const value = valueOf(text, field);
        if (value === undefined) delete next[field.key];
        else next[field.key] = value;
      }
      const short = shortest(next, type);
      if (JSON.stringify(short) !== JSON.stringify(old)) edits.push({ path: [...path, keys[here]], old, new: short });
    } else if (keyed) {
      let name = identifier(left === 0 ? row[0] : Object.values(set)[0] ?? "") || `new_${here + 1}`;
      while (names.has(name)) name += "_2";
      names.add(name);
      fresh++;
      edits.push({ path: [...path, name], ...(written || fresh > 1 ? { insert: shortest(set, type) } : { new: shortest(set, type) }) });
    } else if (Object.keys(set).length) {
      edits.push({ path: [...path, keys.length + fresh], insert: shortest(set, type) });
      fresh++;
    }
  });
  if (!written && edits.length) {
    const whole_ = keyed
      ? Object.fromEntries(edits.map((each) => [each.path.at(-1), each.new ?? each.insert]))
      : edits.map((each) => each.insert);
    return { edits: [{ path, new: whole_ }], fresh };
  }
  return { edits, fresh };
}

export function Table({ file, path, field, wanted, about }) {
  const { data } = file.state;
  const keyed = field.kind === "map";
  const type = field.of;
  const written = at(data, path);
  const entries = keyed ? Object.entries(written ?? {}) : (written ?? []).map((each, index) => [index, each]);
  const rows = entries.map(([, each]) => whole(each, type));
  const columns = columnsOf(type, rows, wanted);
  const [open, setOpen] = useState(null);
  const table = useRef();
  const call = (key, value) => (keyed ? key : brief(value, type));

  const paste = (event, from, left) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const { edits, fresh } = pasted({ data: file.state.data, path, type, columns, keyed, rows: cells(text), from, left });
    file.edit(edits, say("did.paste", { what: field.title }));
    announce(say("paste.done", { rows: edits.length, fresh }));
  };
  const order = (from, to) => {
    if (to < 0 || to >= entries.length) return;
    file.edit([{ path, order: moved(entries.length, from, to) }], say("did.order", { what: field.title }));
    announce(say("order.moved", { what: call(...entries[from]), place: to + 1, count: entries.length }));
    requestAnimationFrame(() => requestAnimationFrame(() => table.current?.querySelectorAll("tbody tr.line")[to]?.querySelector(".handle")?.focus()));
  };
  const key = (event, index) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.altKey && step) {
      event.preventDefault();
      order(index, index + step);
    }
  };
  const add = (name) => file.edit(
    written === undefined || written === null
      ? [{ path, new: keyed ? { [name]: empty(type) } : [empty(type)] }]
      : [{ path: [...path, keyed ? name : entries.length], insert: empty(type) }],
    say("did.add", { what: name ?? field.title }),
  );
  return html`<div class="table-section">
    ${about && html`<p class="note">${about}</p>`}
    ${entries.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${field.title}><table ref=${table} class="edit">
      <caption class="unseen">${field.title}</caption>
      <thead><tr><td></td>${keyed && html`<th scope="col">${say("table.name")}</th>`}${columns.map((each) => html`<th scope="col" title=${each.help}>${each.title}</th>`)}<th scope="col"><span class="unseen">${say("table.more")}</span></th></tr></thead>
      <tbody>${entries.map(([name, value], index) => {
        const shown = open === name;
        return [html`<tr class="line" key=${`row-${index}`} onKeyDown=${(event) => key(event, index)}>
          <td class="grip"><button type="button" class="handle" title=${say("order.how")} aria-label=${say("order.handle", { what: call(name, value), place: index + 1, count: entries.length })}>${say("order.handle.short")}</button></td>
          ${keyed && html`<th scope="row"><${NameCell} file=${file} path=${path} name=${name} known=${entries.map(([each]) => each)} identified=${field.identified} paste=${(event) => paste(event, index, 0)} /></th>`}
          ${columns.map((column, place) => html`<td key=${column.key} data-label=${column.title} class=${roomy(column, type).long ? "roomy" : ""} onPaste=${(event) => paste(event, index, place + (keyed ? 1 : 0))}>
            <${ValueField} type=${roomy(column, type)} label=${say("table.cell", { column: column.title, row: call(name, value) })} hidden value=${rows[index][column.key]} file=${file} path=${[...path, name, column.key]}
              send=${(next) => file.edit(setField(file.state.data, [...path, name], type, column.key, next), say("did.change", { what: column.title, where: call(name, value) }))} /></td>`)}
          <td class="acts">
            <button type="button" class="quiet" aria-expanded=${shown ? "true" : "false"} aria-label=${say("table.more.of", { what: call(name, value) })} onClick=${() => setOpen(shown ? null : name)}>${say("table.more")}</button>
            <button type="button" class="quiet remove" aria-label=${say("remove.named", { what: call(name, value) })} onClick=${() => file.edit([{ path: [...path, name], remove: true, old: value }], say("did.remove", { what: call(name, value) }))}>${say("remove.sign")}</button>
          </td></tr>`,
        shown && html`<tr class="below" key=${`below-${index}`}><td colspan=${columns.length + (keyed ? 3 : 2)}>
          <${PartForm} type=${type} file=${file} path=${[...path, name]} leave=${columns.map((each) => each.key)} /></td></tr>`];
      })}</tbody></table></div>`}
    <div onPaste=${(event) => paste(event, entries.length, 0)}>
      ${keyed ? html`<${AddNamed} label=${field.title} known=${entries.map(([each]) => each)} identified=${field.identified} add=${add} />`
        : html`<div class="row"><button type="button" onClick=${() => add()}>${say("add.to", { what: field.title })}</button></div>`}
      <p class="note">${say("paste.how")}</p>
    </div>
  </div>`;
}

/** The name of an entry; a new one renames it wherever the file refers to it. */
export function NameCell({ file, path, name, known, identified, paste }) {
  const [text, setText] = useState(null);
  const done = () => {
    const next = identified ? identifier(text ?? name) : (text ?? name).trim();
    setText(null);
    if (next && next !== name && !known.includes(next)) file.edit([{ path: [...path, name], rename: next }], say("did.rename", { what: name, to: next }));
    else if (next !== name && known.includes(next)) announce(say("add.taken", { key: next }));
  };
  return html`<input type="text" class="code name" aria-label=${say("table.name.of", { what: name })} value=${text ?? name} autocomplete="off" spellcheck=${false} size=${Math.min(Math.max((text ?? name).length, 6), 22)}
    onInput=${(event) => setText(event.currentTarget.value)} onBlur=${done} onPaste=${paste} onKeyDown=${(event) => event.key === "Enter" && event.currentTarget.blur()} />`;
}
