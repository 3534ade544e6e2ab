// A value that is watched, and the open file: its data as edited here, and what the server tells of it.

import { useEffect, useState } from "./vendor/preact.js";
import { TAB, get, listen, post } from "./api.js";
import { applied } from "./paths.js";
import { say } from "./words.js";

export class Store {
  #watchers = new Set();

  constructor(state) {
    this.state = state;
  }

  set(patch) {
    this.state = { ...this.state, ...patch };
    for (const each of this.#watchers) each(this.state);
  }

  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

export function useStore(store) {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    setState(store.state);
    return store.watch(setState);
  }, [store]);
  return state;
}

/** Say something to whoever listens to the page instead of looking at it. */
export function announce(text) {
  const where = document.getElementById("announcer");
  where.textContent = "";
  requestAnimationFrame(() => (where.textContent = text));
}

/** Fields whose last letters are not sent yet; `flush` sends them all, before a save or an undo. */
export const pending = new Set();
export const flush = () => [...pending].forEach((send) => send());

const STATUS = ["version", "digest", "saved", "can_undo", "can_redo", "undo", "redo", "readonly"];

/** What others did to the file, if anything; and what stays told although it is over: that it was read anew or joined. */
const standing = (outside) => (outside?.kind ? outside : null);
const passing = (outside) => (["clean", "merged"].includes(outside?.kind) ? outside : null);

/** One file as this tab sees it. Edits are made here at once, and sent one after the other. */
export class OpenFile extends Store {
  #line = Promise.resolve();
  #open = 0; // Requests that are not answered yet.
  #text = null; // What the text view has typed and is not under way yet.
  #stop = () => {};
  #fetching = null;
  answers = new Set();

  constructor(file) {
    super({
      document: null, data: null, verdicts: {}, changed: null, outside: null, jobs: {}, problem: null,
      waiting: false, linked: true, saved: true,
    });
    this.file = file;
  }

  async open() {
    await this.refresh();
    this.#stop = listen("events", { file: this.file }, {
      document: (told) => this.#told(told),
      verdicts: (told) => this.#judged(told),
      changed: (told) => this.set({ changed: told.version >= (this.state.document?.version ?? 0) ? told : this.state.changed }),
      problems: ({ version, problems }) => version === this.state.document?.version && this.set({ document: { ...this.state.document, problems, settled: true } }),
      outside: (told) => this.#outside(told),
      job: (told) => this.set({ jobs: { ...this.state.jobs, [told.id]: told } }),
      answer: (told) => this.answers.forEach((each) => each(told)),
    }, (linked) => {
      if (linked && !this.state.linked) this.refresh();
      if (linked !== this.state.linked) this.set({ linked });
    });
  }

  close() {
    this.#stop();
    this.#fetching?.abort();
  }

  /**
   * Fetch the document as the server has it; edits not yet sent stay on top. With `wait` 0 it comes at once, and what takes
   * longer (problems, rankings) when the server says that it is there.
   */
  async refresh(wait) {
    this.#fetching?.abort();
    const asked = (this.#fetching = new AbortController());
    try {
      const told = await get("document", { file: this.file, wait }, asked.signal);
      // While the model cannot be read, things are called as they last were.
      const document = { ...told, names: told.names ?? this.state.document?.names ?? {}, settled: told.settled ?? true };
      if (this.#open) return; // A newer one is fetched when all is through.
      const verdicts = { ...this.state.verdicts };
      for (const [part, each] of Object.entries(document.verdicts ?? {}))
        if (!(verdicts[part]?.version > each.version)) verdicts[part] = each;
      this.set({ document, data: document.data, verdicts, outside: standing(document.outside) ?? passing(this.state.outside), problem: this.state.problem?.status === 0 ? null : this.state.problem });
    } catch (fault) {
      if (fault.name !== "AbortError") this.set({ problem: fault });
    }
  }

  /** One request after the other: what is asked later never overtakes what was asked before. */
  async #send(address, body) {
    this.#open++;
    this.set({ waiting: true });
    const answer = this.#line.then(async () => {
      const told = await post(address, { file: this.file, version: this.state.document.version, ...body() });
      this.#learn(told);
      return told;
    });
    this.#line = answer.catch(() => {});
    try {
      return await answer;
    } catch (problem) {
      // Refused: nothing is written. What is there is shown, with the reason.
      this.set({ problem });
      return null;
    } finally {
      this.#open--;
      if (!this.#open) this.set({ waiting: false });
    }
  }

  /** Make edits, here at once; `words` say what was done. */
  async edit(edits, words) {
    if (!edits.length) return;
    this.set({ data: edits.reduce(applied, this.state.data), problem: null });
    await this.#send("edit", () => ({ edits, words }));
    if (!this.#open) await this.refresh();
  }

  #learn(told) {
    const { document } = this.state;
    const known = Object.fromEntries(STATUS.filter((key) => key in told).map((key) => [key, told[key]]));
    // What was told of an older version (its problems, its rankings) is not of this one.
    const settled = known.version === document.version ? document.settled : false;
    this.set({ document: { ...document, ...known, settled } });
  }

  /** Undo, redo, save, restore, resolve. */
  async ask(address, body = {}) {
    flush();
    const told = await this.#send(address, () => body);
    if (!this.#open) await this.refresh(0);
    return told;
  }

  /** The whole text, from the text view: the latest when its turn comes, so that typing waits for nothing. */
  async write(text) {
    const waits = this.#text !== null;
    this.#text = text;
    if (waits) return;
    await this.#send("text", () => {
      const latest = this.#text;
      this.#text = null;
      return { text: latest };
    });
    if (!this.#open) await this.refresh();
  }

  async undo() {
    if (!this.state.document.can_undo && !pending.size && !this.#open) return announce(say("undo.none"));
    const told = await this.ask("undo");
    if (told) announce(say("undo.done", { what: told.redo || say("undo.last") }));
  }

  async redo() {
    if (!this.state.document.can_redo && !this.#open) return announce(say("redo.none"));
    const told = await this.ask("redo");
    if (told) announce(say("redo.done", { what: told.undo || say("undo.last") }));
  }

  async save() {
    const told = await this.ask("save");
    if (told?.saved) announce(say("save.done"));
    return told;
  }

  #told(told) {
    const { document } = this.state;
    if (!document || this.#open) return;
    if (told.by === TAB && told.version === document.version) return this.#learn(told);
    if (document.settled === false || told.version !== document.version || told.digest !== document.digest || told.saved !== document.saved) {
      if (told.by && told.by !== TAB) announce(say("other.tab"));
      this.refresh();
    }
  }

  #judged({ version, part, data, seconds }) {
    const old = this.state.verdicts[part];
    if (old && old.version > version) return; // An answer that came too late.
    this.set({ verdicts: { ...this.state.verdicts, [part]: { version, data, seconds } } });
  }

  #outside(told) {
    this.set({ outside: standing(told) });
    if (told.kind) this.refresh();
  }
}
