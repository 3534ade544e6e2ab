// The page: which view the address names, the keys that work everywhere, and what is fetched once.

import { html, render, useEffect, useState } from "./vendor/preact.js";
import { place } from "./address.js";
import { get } from "./api.js";
import { Ask } from "./ask.js";
import { Board } from "./board.js";
import { Editor } from "./edit.js";
import { Start } from "./start.js";
import { OpenFile, useStore } from "./store.js";
import { say } from "./words.js";

let current = null; // The file that is open; its event stream lives as long as it is.

function opened(name) {
  if (current?.file === name) return current;
  current?.close();
  current = new OpenFile(name);
  current.open();
  return current;
}

function keys(event) {
  if (!current || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  const field = document.activeElement;
  // What is typed and not sent yet is the browser's to undo.
  if ((key === "z" || key === "y") && field?.dataset?.dirty) return;
  const act = key === "s" ? () => current.save() : key === "y" || (key === "z" && event.shiftKey) ? () => current.redo() : key === "z" ? () => current.undo() : null;
  if (!act || !current.state.document) return;
  event.preventDefault();
  act();
}

/** The view an address names: its kind, the file, and what follows it. */
export function viewOf(path) {
  const [, kind, ...rest] = path.split("/");
  if (kind === "ask") {
    const at = rest.findIndex((each) => /\.ya?ml$/i.test(each));
    return { kind, file: rest.slice(0, at + 1).join("/"), name: rest[at + 1] ?? null };
  }
  if (kind === "edit" || kind === "board") return { kind, file: rest.join("/") };
  return { kind: "start" };
}

function App() {
  const { path, query } = useStore(place);
  const [told, setTold] = useState({});
  const [problem, setProblem] = useState(null);
  const view = viewOf(path);
  useEffect(() => {
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  const needs = view.kind === "edit" ? "schema" : view.kind === "ask" ? "questions" : null;
  useEffect(() => {
    if (needs && !told[needs]) get(needs).then((found) => setTold((old) => ({ ...old, [needs]: found })), setProblem);
  }, [needs]);
  useEffect(() => {
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [view.kind, view.file]);
  if (view.kind === "start" && current) {
    current.close();
    current = null;
  }
  const skip = html`<a class="skip" href="#main">${say("skip")}</a>`;
  if (problem) return html`<main class="lone"><p class="problem" role="alert">${problem.message} ${problem.hint}</p></main>`;
  if (view.kind === "start") return html`${skip}<${Start} />`;
  // A seat of a board has a code, and may see nothing of the file but what the board shows.
  if (view.kind === "board" && query.get("code")) return html`${skip}<${Board} query=${query} />`;
  const file = opened(view.file);
  if (view.kind === "board") return html`${skip}<${Board} file=${file} query=${query} />`;
  if (!told[needs]) return html`<main class="lone"><p class="told" role="status">${say("opening")}</p></main>`;
  const sections = told.schema?.sections ?? told.schema;
  return html`${skip}${view.kind === "edit" ? html`<${Editor} key=${view.file} file=${file} schema=${sections} query=${query} />`
    : html`<${Ask} key=${view.file} file=${file} catalogue=${Array.isArray(told.questions) ? { questions: told.questions } : told.questions} name=${view.name} query=${query} />`}`;
}

render(html`<${App} />`, document.getElementById("app"));
