// Why is this state stable, or not? The witness beside whatever asked for it; the address holds it too.

import { html, useEffect, useRef } from "./vendor/preact.js";
import { changed, fileAddress, follow } from "./address.js";
import { Answered, useAnswer } from "./answer.js";
import { say } from "./words.js";

export function Why({ file, query, close, explain }) {
  const dialog = useRef();
  const asked = { state: query.get("why"), actor: query.get("why.actor"), concept: query.get("why.concept") };
  const set = {
    ...(asked.state ? { state: asked.state } : {}),
    ...(asked.actor ? { actors: [asked.actor] } : {}),
    ...(asked.concept ? { concepts: [asked.concept.toLowerCase()] } : {}),
  };
  const answer = useAnswer(file, { question: "explain", arguments: set, circumstances: {} }, JSON.stringify(set));
  useEffect(() => {
    const back = document.activeElement;
    dialog.current.showModal();
    return () => back?.isConnected && back.focus();
  }, []);
  const address = changed({ ...Object.fromEntries(Object.entries(set).map(([key, value]) => [`a.${key}`, value])), run: "1" }, fileAddress("ask", file.file, "explain"));
  const state = (file.state.document.names.states ?? []).find((each) => each.label === asked.state);
  return html`<dialog class="why" ref=${dialog} aria-labelledby="why-title" onClose=${close} onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
    <div class="why-head"><h2 id="why-title">${say(asked.concept && asked.actor ? "why.title.actor" : "why.title", { state: state?.name ?? asked.state, concept: labelOf(asked.concept), actor: nameOf(file, asked.actor) })}</h2>
      <button type="button" class="quiet" onClick=${() => dialog.current.close()}>${say("close")}</button></div>
    <${Answered} ...${answer} file=${file} explain=${explain} />
    <p><a href=${address} onClick=${(event) => { dialog.current.close(); follow(address)(event); }}>${say("why.page")}</a></p>
  </dialog>`;
}

/** A concept as tables call it. */
const labelOf = (concept) => (concept?.toLowerCase() === "nash" ? "Nash" : (concept ?? "").toUpperCase());

const nameOf = (file, actor) => (file.state.document.names.actors ?? []).find((each) => each.id === actor)?.name ?? actor ?? "";
