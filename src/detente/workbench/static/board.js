// The board of a session in one room: the umpire opens it and rules, seats propose; everybody sees what is shown.

import { html, useEffect, useState } from "./vendor/preact.js";
import { changed, fileAddress, follow, visit } from "./address.js";
import { get, listen, post } from "./api.js";
import { Copied } from "./answer.js";
import { ChoiceField, TextField, useId } from "./fields.js";
import { announce, useStore } from "./store.js";
import { say } from "./words.js";

/** Where a session begins: a code leads to a seat; whoever has the file open may open a board. */
export function Board({ file, query }) {
  const code = query.get("code");
  return code ? html`<${Session} key=${code} code=${code} />` : html`<${Door} file=${file} />`;
}

function Door({ file }) {
  const state = useStore(file);
  const [opened, setOpened] = useState(null);
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState(null);
  const open = () => post("board/open", { file: file.file }).then(setOpened, setProblem);
  const enter = (which) => visit(changed({ code: which }));
  const title = state.document?.title ?? file.file;
  useEffect(() => { document.title = say("title.board", { title }); }, [title]);
  return html`<${Head} title=${title} back=${fileAddress("edit", file.file)} />
    <main id="main" class="lone board" tabindex="-1"><h2>${say("board")}</h2><p class="lead">${say("board.about")}</p>
      ${problem && html`<p class="problem" role="alert">${problem.message} <span class="hint">${problem.hint}</span></p>`}
      ${opened ? html`<h3>${say("board.codes")}</h3><p class="note">${say("board.codes.about")}</p>
          ${opened.seats.map((each) => html`<${Copied} key=${each.code} label=${each.name} text=${seatAddress(each.code)} />`)}
          <p><button type="button" class="first" onClick=${() => enter(opened.umpire)}>${say("board.umpire.go")}</button></p>`
        : html`<p><button type="button" class="first" onClick=${open}>${say("board.open")}</button></p>
          <form class="row fresh" onSubmit=${(event) => { event.preventDefault(); if (code.trim()) enter(code.trim()); }}>
            <${TextField} label=${say("board.code")} value=${code} send=${(text) => setCode(text ?? "")} idle=${50} /><button type="submit">${say("board.enter")}</button></form>`}
    </main>`;
}

const seatAddress = (code) => new URL(changed({ code }), location.href).href;

const Head = ({ title, back, told }) => html`<header class="bar">${back && html`<a class="home" href=${back} onClick=${follow(back)} aria-label=${say("back.editor")}>←</a>`}
  <div class="bar-title"><h1 dir="auto">${title}</h1><p>${told ?? say("board")}</p></div></header>`;

function Session({ code }) {
  const [board, setBoard] = useState(null);
  const [problem, setProblem] = useState(null);
  const look = () => get("board", { code }).then((told) => { setBoard(told); setProblem(null); }, setProblem);
  useEffect(() => {
    look();
    return listen("board/events", { code }, { board: look }, () => {});
  }, [code]);
  useEffect(() => { if (board) document.title = say("title.board", { title: board.title }); }, [board?.title]);
  const act = async (what, body) => {
    try {
      await post(`board/${what}`, { code, ...body });
      setProblem(null);
      await look();
      return true;
    } catch (fault) {
      setProblem(fault);
      return false;
    }
  };
  if (board?.closed) return html`<main class="lone"><h2>${say("board.closed")}</h2>${board.log && html`<${Copied} label=${say("board.log.about")} text=${board.log} />`}</main>`;
  if (!board) return html`<main class="lone">${problem ? html`<p class="problem" role="alert">${problem.message} <span class="hint">${problem.hint}</span></p>` : html`<p class="told" role="status">${say("opening")}</p>`}</main>`;
  const umpire = board.you.role === "umpire";
  return html`<${Head} title=${board.title} told=${umpire ? say("board.umpire") : say("board.seat", { name: board.you.name })} />
    <div class="page on-board">
      <main id="main" tabindex="-1">
        ${problem && html`<div class="notice problem" role="alert"><p>${problem.message} <span class="hint">${problem.hint}</span></p></div>`}
        <section class="first"><h2>${say("board.now")}</h2>
          ${board.now ? html`<p class="answer" dir="auto">${board.now.name}</p>` : html`<p class="note">${say("board.hidden")}</p>`}
          ${board.expects && html`<p class="note" dir="auto">${say("board.expects")} ${board.expects}</p>`}
        </section>
        <${Propose} board=${board} act=${act} umpire=${umpire} />
        <${Moves} board=${board} act=${act} umpire=${umpire} />
      </main>
      <aside class="live" aria-label=${say(umpire ? "board.table" : "board.card")}>
        ${umpire ? html`<${Table} board=${board} act=${act} />` : html`<h2>${say("board.card")}</h2>
          ${board.situation && html`<p dir="auto">${board.situation}</p>`}
          ${board.card ? html`<div class="answered card-text" dangerouslySetInnerHTML=${{ __html: board.card }} />` : html`<p class="note">${say("board.card.none")}</p>`}`}
      </aside>
    </div>`;
}

/** Settings to be made: a seat proposes its own, the umpire enters anybody's. */
function Propose({ board, act, umpire }) {
  const id = useId("person");
  const [by, setBy] = useState(null);
  const [set, setSet] = useState({});
  const [note, setNote] = useState("");
  const [person, setPerson] = useState("");
  const actor = umpire ? by ?? board.seats[0]?.actor : board.you.actor;
  const own = board.options.filter((each) => each.actor === actor);
  const ready = Object.keys(set).length > 0;
  const send = async (event) => {
    event.preventDefault();
    const settings = Object.entries(set).map(([option, value]) => (value === true ? option : value === false ? `not ${option}` : `${option} = ${value}`));
    if (await act("propose", { set: settings, ...(note.trim() ? { note: note.trim() } : {}), ...(person.trim() ? { person: person.trim() } : {}), ...(umpire ? { by: actor } : {}) })) {
      setSet({});
      setNote("");
      announce(say(umpire ? "board.entered" : "board.proposed"));
    }
  };
  return html`<section><h2>${say(umpire ? "board.enter.move" : "board.propose")}</h2><form onSubmit=${send} class="fresh">
    ${umpire && html`<${ChoiceField} label=${say("board.by")} empty=${false} choices=${board.seats.map((each) => ({ id: each.actor, name: each.name }))} value=${actor} send=${(next) => { setBy(next); setSet({}); }} />`}
    ${own.map((each) => {
      const value = set[each.id] === undefined ? "" : String(set[each.id]);
      const choices = each.choices ?? [{ id: "true", name: say("on") }, { id: "false", name: say("off") }];
      return html`<${ChoiceField} key=${each.id} label=${each.name} choices=${choices} empty=${say("board.stays")} value=${value}
        send=${(next) => setSet((old) => { const { [each.id]: _, ...rest } = old; return next === undefined ? rest : { ...rest, [each.id]: each.choices ? next : next === "true" }; })} />`;
    })}
    <${TextField} label=${say("board.note")} value=${note} send=${(text) => setNote(text ?? "")} idle=${50} />
    ${!umpire && html`<div class="field"><label for=${id}>${say("board.person")}</label><input id=${id} type="text" value=${person} autocomplete="off" onInput=${(event) => setPerson(event.currentTarget.value)} /><p class="help">${say("board.person.help")}</p></div>`}
    <div class="row"><button type="submit" class="first" disabled=${!ready}>${say(umpire ? "board.enter.go" : "board.propose.go")}</button></div>
  </form></section>`;
}

function Moves({ board, act, umpire }) {
  const moves = [...board.moves].reverse();
  return html`<section aria-live="polite"><h2>${say("board.moves")}</h2>${moves.length === 0 && html`<p class="note">${say("board.moves.none")}</p>`}
    <ol class="ordered board-moves">${moves.map((each) => html`<li key=${each.id}><div class="entry"><strong dir="auto">${each.name}</strong> <span dir="auto">${each.words}</span> <span class="mark">${say(`board.${each.status}`)}</span>${umpire && each.status === "proposed" && each.legal === false && html` <span class="mark loud">${say("board.illegal")}</span>`}${each.person && html` <span class="source" dir="auto">${each.person}</span>`}${each.ruling && html`<p class="help" dir="auto">${each.ruling}</p>`}${each.note && html`<p class="help" dir="auto">${each.note}</p>`}</div>
      ${umpire && each.status === "proposed" && html`<button type="button" aria-label=${say("board.take.of", { what: `${each.name}: ${each.words}` })} onClick=${() => act("rule", { move: each.id, take: true })}>${say("board.take")}</button><button type="button" class="quiet" aria-label=${say("board.refuse.of", { what: `${each.name}: ${each.words}` })} onClick=${() => act("rule", { move: each.id, take: false })}>${say("board.refuse")}</button>`}</li>`)}</ol></section>`;
}

/** What only the umpire has: who sits where, what is shown, the log. */
function Table({ board, act }) {
  const [sure, setSure] = useState(false);
  const show = (key) => act("show", { ...board.shown, [key]: !board.shown[key] });
  const address = (code) => (board.network ? `${board.network}?${new URLSearchParams({ code })}` : seatAddress(code));
  return html`<h2>${say("board.table")}</h2>
    <ul class="plain-list">${board.seats.map((each) => html`<li key=${each.actor}><strong dir="auto">${each.name}</strong>: ${say("board.people", { count: each.people })} ${each.code && html`<${Copied} label=${each.code} text=${address(each.code)} />`}</li>`)}</ul>
    <div class="field flag"><input type="checkbox" id="network" checked=${Boolean(board.network)} onChange=${(event) => act("network", { open: event.currentTarget.checked })} /><label for="network">${say("board.network")}</label><p class="help">${say("board.network.help")}</p></div>
    <h3>${say("board.shown")}</h3>
    ${["now", "expects"].map((key) => html`<div class="field flag" key=${key}><input type="checkbox" id=${`show-${key}`} checked=${board.shown[key]} onChange=${() => show(key)} /><label for=${`show-${key}`}>${say(`board.shown.${key}`)}</label></div>`)}
    ${board.log && html`<h3>${say("board.log")}</h3><${Copied} label=${say("board.log.about")} text=${board.log} />`}
    <div class="row">${sure ? html`<button type="button" onClick=${() => act("close", {})}>${say("board.close.yes")}</button><button type="button" class="quiet" onClick=${() => setSure(false)}>${say("cancel")}</button>` : html`<button type="button" class="quiet" onClick=${() => setSure(true)}>${say("board.close")}</button>`}</div>`;
}
