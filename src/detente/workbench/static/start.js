// The first page: the files of the folder, the library to start from, and a model from nothing.

import { html, useEffect, useState } from "./vendor/preact.js";
import { changed, fileAddress, follow, visit } from "./address.js";
import { get, post } from "./api.js";
import { identifier, useId } from "./fields.js";
import { say } from "./words.js";

export function Start() {
  const [told, setTold] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    document.title = say("title");
    get("files").then(setTold, setProblem);
  }, []);
  return html`<header class="top"><p class="kicker">${say("start.kicker")}${told?.folder && html` <span>${say("start.folder", { folder: told.folder })}</span>`}</p><h1>${say("start")}</h1><p class="question">${say("start.about")}</p></header>
    <main id="main" class="start" tabindex="-1">
      ${problem && html`<div class="notice problem" role="alert"><p>${problem.message} <span class="hint">${problem.hint}</span></p></div>`}
      ${!told && !problem && html`<p class="told" role="status">${say("opening")}</p>`}
      ${told && html`<section class="first" aria-labelledby="files"><h2 id="files">${say("start.files")}</h2>
        ${told.files.length === 0 && html`<p>${say("start.empty")}</p>`}
        <ul class="cards">${told.files.map((each) => { const address = fileAddress("edit", each.file); return html`<li class="card"><a href=${address} onClick=${follow(address)}>${each.title || each.file}</a>
          <p><code>${each.file}</code></p>${each.about && html`<p class="clamped" dir="auto">${each.about}</p>`}<p class="marks">${each.problems > 0 && html`<span class="mark loud">${say("start.problems", { count: each.problems })}</span>`}${each.changed && html`<span class="mark">${say("start.changed")}</span>`}</p></li>`; })}</ul></section>
      <${Fresh} />
      <${Library} library=${told.library ?? []} />`}
    </main>`;
}

/** A model from nothing: a title, a question, and on to the guide. */
function Fresh() {
  const [title, setTitle] = useState("");
  const [question, setQuestion] = useState("");
  const [problem, setProblem] = useState(null);
  const id = useId("fresh");
  const file = `${identifier(title) || "model"}.yaml`;
  const make = async (event) => {
    event.preventDefault();
    try {
      const text = `detente: 1\ntitle: ${JSON.stringify(title.trim())}\n${question.trim() ? `question: ${JSON.stringify(question.trim())}\n` : ""}`;
      const told = await post("new", { from: null, file, text });
      visit(changed({ guide: "actors" }, fileAddress("edit", told.file)));
    } catch (fault) { setProblem(fault); }
  };
  return html`<section aria-labelledby="fresh"><h2 id="fresh">${say("fresh")}</h2><p class="note">${say("fresh.about")}</p>
    <form onSubmit=${make} class="fresh">
      <div class="field"><label for=${`${id}-title`}>${say("fresh.title")}</label><input id=${`${id}-title`} type="text" required value=${title} autocomplete="off" onInput=${(event) => setTitle(event.currentTarget.value)} /></div>
      <div class="field"><label for=${`${id}-question`}>${say("fresh.question")}</label><input id=${`${id}-question`} type="text" value=${question} autocomplete="off" onInput=${(event) => setQuestion(event.currentTarget.value)} /></div>
      <div class="row"><button type="submit" class="first">${say("fresh.go")}</button><p class="note">${say("fresh.file", { file })}</p></div>
      ${problem && html`<p class="problem" role="alert">${problem.message} <span class="hint">${problem.hint}</span></p>`}
    </form></section>`;
}

function Library({ library }) {
  const [problem, setProblem] = useState(null);
  const copy = async (name) => {
    try {
      const told = await post("new", { from: name, file: `${name}.yaml` });
      visit(fileAddress("edit", told.file));
    } catch (fault) { setProblem({ name, fault }); }
  };
  return html`<section aria-labelledby="library"><h2 id="library">${say("library")}</h2><p class="note">${say("library.about")}</p>
    <ul class="cards">${library.map((each) => html`<li class="card" key=${each.name}><h3>${each.title}</h3><p class="clamped">${each.about}</p>
      <button type="button" aria-label=${say("library.copy.of", { title: each.title })} onClick=${() => copy(each.name)}>${say("library.copy")}</button>
      ${problem?.name === each.name && html`<p class="problem" role="alert">${problem.fault.message} <span class="hint">${problem.fault.hint}</span></p>`}</li>`)}</ul></section>`;
}
