// Files that a question takes: those of the folder to choose from, and a way to add one, from the disk or as pasted text.

import { html, useEffect, useState } from "./vendor/preact.js";
import { get, post } from "./api.js";
import { Area, useId } from "./fields.js";
import { announce } from "./store.js";
import { say } from "./words.js";

const MOST = 12_000_000; // Bytes that the server takes.

const fits = (each, kind, endings, here) =>
  each.name !== here && endings.some((end) => each.name.toLowerCase().endsWith(end)) && each.scenario === kind.startsWith("scenario");

export function FilesField({ label, help, kind, endings, several, here, taken, send }) {
  const id = useId("files");
  const [all, setAll] = useState(null);
  const [problem, setProblem] = useState(null);
  const look = () => get("materials").then((told) => setAll(told.files), setProblem);
  useEffect(() => { look(); }, []);
  const shown = (all ?? []).filter((each) => fits(each, kind, endings, here));
  const gone = all ? taken.filter((name) => !all.some((each) => each.name === name)) : [];
  const choose = (name, on) => send(several ? [...taken.filter((each) => each !== name), ...(on ? [name] : [])] : on ? [name] : []);
  const box = (name) => html`<label><input type=${several ? "checkbox" : "radio"} name=${id} checked=${taken.includes(name)} onChange=${(event) => choose(name, event.currentTarget.checked)} /> <span dir="auto">${name}</span></label>`;
  const added = (name) => {
    announce(say("files.added", { name }));
    choose(name, true);
    look();
  };
  return html`<fieldset class="field several files" aria-describedby=${help ? `${id}-help` : undefined}><legend>${label}</legend>
    <div class="picks">${[...shown.map((each) => each.name), ...gone].map(box)}
      ${!several && taken.length > 0 && html`<button type="button" class="quiet" onClick=${() => send([])}>${say("files.none")}</button>`}</div>
    ${all && !shown.length && html`<p class="note">${say("files.empty", { endings: endings.join(", ") })}</p>`}
    ${problem && html`<p class="problem" role="alert">${problem.message} <span class="hint">${problem.hint}</span></p>`}
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}
    <${Add} endings=${endings} added=${added} /></fieldset>`;
}

/** Put a file into the folder: chosen on the disk, or pasted. What is there is never written over. */
function Add({ endings, added }) {
  const id = useId("add");
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [problem, setProblem] = useState(null);
  const chosen = async (event) => {
    const field = event.currentTarget;
    const [file] = field.files;
    if (!file) return;
    setProblem(null);
    if (file.size > MOST) return setProblem({ message: say("files.large", { name: file.name, most: MOST / 1_000_000 }), hint: "" });
    setName(file.name);
    setText(await file.text());
    field.value = ""; // Else choosing it again would change nothing.
    return undefined;
  };
  const add = async () => {
    try {
      const told = await post("add", { name: name.trim(), text });
      setName("");
      setText("");
      setProblem(null);
      added(told.name);
    } catch (fault) { setProblem(fault); }
  };
  return html`<details class="fold"><summary>${say("files.add")}</summary>
    <div class="field"><label for=${`${id}-file`}>${say("files.choose")}</label><input id=${`${id}-file`} type="file" accept=${endings.join(",")} onChange=${chosen} /></div>
    <div class="field"><label for=${`${id}-name`}>${say("files.name")}</label><input id=${`${id}-name`} type="text" autocomplete="off" placeholder=${`name${endings[0]}`} value=${name} onInput=${(event) => setName(event.currentTarget.value)} /></div>
    <div class="field"><label for=${`${id}-text`}>${say("files.text")}</label><${Area} id=${`${id}-text`} value=${text} spellcheck=${false} onInput=${(event) => setText(event.currentTarget.value)} /></div>
    <div class="row"><button type="button" disabled=${!name.trim() || !text} onClick=${add}>${say("files.keep")}</button></div>
    ${problem && html`<p class="problem" role="alert">${problem.message} <span class="hint">${problem.hint}</span></p>`}
  </details>`;
}

/** A document that an answer is to be kept as: a seal. */
export function Kept({ document }) {
  const [name, setName] = useState(document.name);
  const [told, setTold] = useState(null);
  const id = useId("kept");
  const keep = async () => {
    try {
      const { name: kept } = await post("add", { name: name.trim(), text: document.text });
      setTold({ message: say("files.added", { name: kept }), hint: "" });
      announce(say("files.added", { name: kept }));
    } catch (fault) { setTold(fault); }
  };
  return html`<div class="row"><div class="field"><label for=${id}>${say("files.seal")}</label><input id=${id} type="text" autocomplete="off" value=${name} onInput=${(event) => setName(event.currentTarget.value)} /></div>
    <button type="button" onClick=${keep}>${say("files.keep")}</button>${told && html`<p class="note" role="status">${told.message} ${told.hint}</p>`}</div>`;
}
