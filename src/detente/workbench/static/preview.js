// Verdicts before the engine has them: of a list in another order, another first reading, another today. All else waits.

import { applied, at, same, texts } from "./paths.js";
import { Store } from "./watched.js";

/**
 * What the preview of a file is asked, or null where it cannot say: `lists` have for each actor the number of its reading and
 * the numbers of its entries in their order, `start` a choice for each option. `told` is the model as the server has judged it.
 */
export function question(told, data) {
  const lists = told.actors.map((actor) => {
    const chosen = Object.keys(data.worlds ?? {}).length || actor.chosen ? actor.chosen : first(actor, data);
    const reading = actor.readings[chosen];
    const numbers = reading && (reading.path ? placed(reading.old, at(data, reading.path)) : reading.entries.map((_, number) => number));
    return numbers && [chosen, numbers];
  });
  const start = begun(told, data.now);
  return lists.every(Boolean) && start !== undefined ? { lists, start } : null;
}

/** Which of the readings that are known stands first now. */
function first(actor, data) {
  const [key] = Object.keys(data.actors?.[actor.id]?.readings ?? {});
  return key === undefined ? 0 : actor.readings.findIndex((each) => each.id === key);
}

/** Where each entry of a list stood before; null where one is new. */
function placed(old, list) {
  const written = old.map((each) => JSON.stringify(each));
  const numbers = (list ?? []).map((each) => {
    const number = written.indexOf(JSON.stringify(each));
    if (number >= 0) written[number] = null;
    return number;
  });
  return numbers.includes(-1) ? null : numbers;
}

/** Today as choices, if the file lists it setting by setting; undefined where that cannot be read here. */
function begun(told, now) {
  if (same(now ?? null, told.now.old ?? null)) return told.start;
  if (!told.start || !told.options.length || (typeof now === "string" && !told.options.some((each) => each.includes(now)))) return undefined;
  const start = told.options.map(() => 0);
  for (const entry of texts(now)) {
    const option = told.options.findIndex((each) => each.some((one) => plain(one) === plain(entry)));
    if (option < 0) return undefined;
    start[option] = told.options[option].findIndex((one) => plain(one) === plain(entry));
  }
  return start;
}

const plain = (text) => String(text).replace(/\s*=\s*/, "=").trim();

/** All of the data that a preview does not follow: while this is the same, what it says is what the engine will say. */
export function frame(told, data) {
  let rest = { ...data, now: null };
  for (const { id, readings } of told.actors) {
    for (const { path } of readings) if (path && at(rest, path) !== undefined) rest = applied(rest, { path, new: null });
    const all = rest.actors?.[id]?.readings;
    if (all) rest = applied(rest, { path: ["actors", id, "readings"], new: Object.fromEntries(Object.entries(all).sort()) });
  }
  return JSON.stringify(rest);
}

/** The preview of one file: `found` are verdicts, `of` the data that they are of. */
export class Preview extends Store {
  #told = null;
  #frame = "";
  #states = [];
  #worker = null;
  #asked = null; // The data that the solver works on.
  #next = null; // What is to be asked after that.
  #number = 0;

  constructor() {
    super({ dragged: null, found: null, of: null });
  }

  /** Learn the model of a document, if it is that of its data. */
  learn(document) {
    const told = document.preview;
    if (!told || told.of !== document.version || told.of === this.#told?.of) return;
    this.#told = told;
    this.#frame = frame(told, document.data);
    this.#states = document.names.states ?? [];
    this.#worker ??= this.#start();
    this.#worker?.postMessage({ told });
  }

  #start() {
    try {
      const made = new Worker("/static/previewer.js", { type: "module" });
      made.onmessage = ({ data }) => this.#answered(data);
      return made;
    } catch { return null; } // A browser without them waits for the engine.
  }

  /** Ask for the verdicts of these data; of several that wait only the newest is worked out. */
  ask(data) {
    if (data === this.state.of || data === this.#asked || !this.#told || !this.#worker) return;
    if (this.#asked) this.#next = data;
    else this.#send(data);
  }

  #send(data) {
    const asked = frame(this.#told, data) === this.#frame ? question(this.#told, data) : null;
    if (!asked) return;
    this.#asked = data;
    this.#worker.postMessage({ number: ++this.#number, ...asked });
  }

  #answered({ number, found }) {
    if (number !== this.#number) return;
    const of = this.#asked;
    const next = this.#next;
    this.#asked = this.#next = null;
    if (found) this.set({ of, found: { ...found, ends: this.#named(found.ends) } });
    if (next) this.#send(next);
  }

  #named(ends) {
    const label = (number) => this.#states[number]?.label ?? `${number + 1}`;
    return Object.fromEntries(Object.entries(ends ?? {}).map(([kind, states]) => [kind, states.map(label)]));
  }

  close() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
