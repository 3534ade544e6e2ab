/* The live part of a report: a reader changes lists, readings and the start, and sees which verdicts flip.

   The choice is one value (`now`), the saved one (`saved`) never changes; everything shown follows from the two. A change is
   judged by the solver and handed back as a patch for `detente edit --apply`. */
import { CONCEPTS, solver } from "./solver.js";

const box = document.querySelector(".live"), data = JSON.parse(document.getElementById("live-data").textContent);
const { words, actors, options } = data;
const judge = solver(data.model);
const LABELS = { nash: "Nash" }, SHOWN = 3, PLAYS = ["foresight", "myopic"];
const label = (concept) => LABELS[concept] ?? concept.toUpperCase();

/* --- making elements: names that are framed against reordering stand in `bdi` elements --- */

const texts = (said) => said.split(/\u2068([^\u2069]*)\u2069/).map((part, n) => {
  if (n % 2 === 0) return part;
  const framed = document.createElement("bdi");
  framed.textContent = part;
  return framed;
});
const make = (tag, given = {}, ...inside) => {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else made.setAttribute(key, value);
  }
  made.append(...inside.flat().filter((each) => each !== null).flatMap((each) => (typeof each === "string" ? texts(each) : [each])));
  return made;
};
const plain = (said) => said.replace(/[\u2068\u2069]/g, "");
const say = (name, places = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => places[key]);
const framed = (name) => `\u2068${plain(name)}\u2069`;
const upper = (said) => said.charAt(0).toUpperCase() + said.slice(1);
const listed = (names) => names.join(", ");

/* --- the choice --- */

const whole = (reading) => reading.entries.map((_, place) => ({ place, on: true }));
const fresh = () => ({ start: data.start && [...data.start], actors: actors.map((actor) => ({ chosen: actor.chosen, lists: actor.readings.map(whole) })) });
const saved = fresh();
let now = fresh(), before = null;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const changed = () => !same(now, saved);
const started = () => (same(now.start, saved.start) ? words.today : words.other);

const judged = (choice) => {
  const wants = actors.map((actor, a) => {
    const { chosen, lists } = choice.actors[a], reading = actor.readings[chosen];
    return { kind: reading.kind, adjust: reading.adjust, entries: lists[chosen].filter(({ on }) => on).map(({ place }) => reading.entries[place]) };
  });
  try {
    return verdicts(judge({ start: choice.start, wants, sanctions: data.sanctions }));
  } catch (error) {
    if (!(error.message in words)) throw error;
    return { fault: say(error.message, { actor: framed(actors[error.actor]?.name ?? "") }) };
  }
};

/* --- verdicts --- */

const share = (count, all) => (count === all ? "ALL" : count ? "SOME" : "NONE");

/** What a page tells of what was found: per concept for whom the start is stable, and per kind of play what comes of it. */
function verdicts(found) {
  if (found.now < 0) return { counts: Object.fromEntries(Object.keys(CONCEPTS).map((c) => [c, equilibria(found, c)])) };
  const stable = Object.fromEntries(Object.keys(CONCEPTS).map((c) => [c, found.stable[c].map((each) => each[found.now] === 1)]));
  const rows = [];
  for (const [name, tree] of data.outcomes) {
    rows.push([upper(name), PLAYS.map((kind) => { const ends = found.plays[kind].ends.flat(); return share(ends.filter(found.holds(tree)).length, ends.length); })]);
  }
  for (const { name, flows, core } of data.partnerships) {
    const on = Object.keys(flows).filter((flow) => found.holds(flows[flow])(found.now));
    const fate = (state) => {
      const runs = (flow) => found.holds(flows[flow])(state);
      return on.every(runs) ? "HOLDS" : core.some(runs) ? "FRAYS" : "BREAKS";
    };
    rows.push([upper(name), PLAYS.map((kind) => { const fates = new Set(found.plays[kind].ends.flat().map(fate)); return fates.size === 1 ? [...fates][0] : "DEPENDS"; })]);
  }
  return { stable, rows, ends: PLAYS.map((kind) => told(found, found.plays[kind])) };
}

const equilibria = (found, concept) => [...found.stable[concept][0].keys()].filter((x) => found.stable[concept].every((each) => each[x])).length;

/** The ends of a play, as they differ from the start. */
function told(found, { ends }) {
  const described = ends.slice(0, SHOWN).map((end) => (end.length > 1 ? say("cycle", { number: end.length }) : differs(found, end[0])));
  return [...described, ...(ends.length > SHOWN ? [say("more", { number: ends.length - SHOWN })] : [])].join("; ");
}

function differs(found, state) {
  if (state === found.now) return started();
  if (data.states.length) return framed(data.states[state]);
  const value = (o, at) => options[o].choices.findIndex((_, v) => found.holds(tree(o, v))(at));
  const changes = options.flatMap((option, o) => { const there = value(o, state); return there === value(o, found.now) ? [] : [option.says[there]]; });
  return say("but", { start: started(), changes: listed(changes) });
}

const trees = new Map(); // the solver keeps truths by the tree itself
const tree = (o, v) => { const key = `${o} ${v}`; if (!trees.has(key)) trees.set(key, [o, v]); return trees.get(key); };

/** What differs between two sets of verdicts, each as a sentence. */
function flips(was, is) {
  const found = [];
  if (is.counts) {
    const differ = Object.keys(CONCEPTS).filter((c) => is.counts[c] !== was.counts[c]);
    return differ.map((c) => say("counted", { concept: label(c), before: was.counts[c], after: is.counts[c] }));
  }
  for (const concept of Object.keys(CONCEPTS)) {
    const [then, here] = [was, is].map(({ stable }) => stable[concept].every(Boolean));
    const movers = actors.filter((_, a) => !is.stable[concept][a]).map(({ name }) => framed(name));
    if (then && !here) found.push(say("lost", { concept: label(concept), start: started(), actors: listed(movers) }));
    if (!then && here) found.push(say("gained", { concept: label(concept), start: started() }));
  }
  is.rows.forEach(([what, here], row) => here.forEach((word, k) => {
    const then = was.rows[row][1][k];
    if (word !== then) found.push(say("turned", { what: framed(what), play: words[PLAYS[k]], before: words[then], after: words[word] }));
  }));
  is.ends.forEach((here, k) => here !== was.ends[k] && found.push(say("moved", { play: upper(words[PLAYS[k]]), after: here })));
  return found;
}

/* --- showing --- */

const status = make("div", { class: "told-live", role: "status" });
const spoken = make("p", { class: "unseen", role: "status" });
const tables = make("div", { class: "live-tables" });
const patch = make("textarea", { readonly: true, rows: "8", spellcheck: "false", "aria-label": words.patch });
const handed = make("details", { class: "live-patch" });
const tally = make("span");
const bar = make("div", { class: "live-mark", role: "group", "aria-label": words.mark, hidden: true },
  make("strong", {}, words.mark), tally, make("a", { href: "#live" }, words.see), make("button", { type: "button", onclick: back }, words.back));

const cell = (word, tone, was) => make("td", { class: `h${tone}${was ? " flip" : ""}` }, word, was ? make("span", { class: "was" }, say("was", { before: was })) : null);
const TONES = { ALL: 3, BREAKS: 3, SOME: 2, FRAYS: 2, DEPENDS: 2, NONE: 1, HOLDS: 1 };
const yes = (truth) => words[truth ? "stable" : "unstable"];

function table(title, heads, rows) {
  const head = make("tr", {}, heads.map((each) => make("th", { scope: "col" }, each)));
  return [make("p", { class: "caption", "aria-hidden": "true" }, title),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      make("table", { class: "heat" }, make("caption", { class: "unseen" }, title), make("thead", {}, head), make("tbody", {}, rows)))];
}

function show(is) {
  tables.replaceChildren();
  if (is.fault) return;
  const concepts = Object.keys(CONCEPTS);
  if (is.counts) {
    const row = concepts.map((c) => cell(String(is.counts[c]), 1, is.counts[c] === before.counts[c] ? "" : String(before.counts[c])));
    tables.append(...table(words.equilibria, concepts.map(label), [make("tr", {}, row)]));
    return;
  }
  const row = (name, of) => make("tr", {}, make("th", { scope: "row" }, name), concepts.map((c) => {
    const [was, here] = [of(before.stable[c]), of(is.stable[c])];
    return cell(yes(here), here ? 3 : 1, was === here ? "" : yes(was));
  }));
  const standing = [...actors.map(({ name }, a) => row(name, (each) => each[a])), row(words.everybody, (each) => each.every(Boolean))];
  const ending = make("tr", {}, make("th", { scope: "row" }, words.place), is.ends.map((each, k) => cell(each, 1, each === before.ends[k] ? "" : before.ends[k])));
  const coming = is.rows.map(([name, here], r) => make("tr", {}, make("th", { scope: "row" }, name), here.map((word, k) => {
    const was = before.rows[r][1][k];
    return cell(words[word], TONES[word], was === word ? "" : words[was]);
  })));
  tables.append(...table(say("lasts", { start: started() }), [words.for, ...concepts.map(label)], standing));
  tables.append(...table(words.ends, [words.what, ...PLAYS.map((kind) => words[kind])], [...coming, ending]));
}

function tell(is) {
  const differ = !changed() || is.fault ? [] : flips(before, is);
  const lead = is.fault ?? (!changed() ? words.same : differ.length > 1 ? say("several", { number: differ.length }) : words[differ.length ? "one" : "none"]);
  status.replaceChildren(make("p", {}, make("strong", {}, lead)), ...(differ.length ? [make("ul", {}, differ.map((each) => make("li", {}, each)))] : []));
  status.classList.toggle("differs", Boolean(is.fault || differ.length));
  tally.textContent = is.fault ? "" : say("tally", { number: differ.length });
}

let waiting = 0;
function renew() {
  bar.hidden = !changed();
  document.body.classList.toggle("changed", changed());
  patch.value = patched();
  handed.hidden = !changed();
  clearTimeout(waiting);
  waiting = setTimeout(() => { // the control shows its new state first
    before ??= judged(saved);
    const is = changed() ? judged(now) : before;
    show(is);
    tell(is);
    box.dataset.judged = String(Number(box.dataset.judged ?? 0) + 1);
  });
}

function back() {
  now = fresh();
  controls();
  renew();
  box.querySelector("select, input, button")?.focus();
}

/* --- controls --- */

const wanted = make("div", { class: "live-wants" }), begun = make("div", { class: "live-start" });

function controls() {
  wanted.replaceChildren(...actors.map((_, a) => lists(a)));
  begun.replaceChildren(...starts());
}

/** The readings of an actor, and the list of the one that is chosen. */
function lists(a) {
  const actor = actors[a], mine = now.actors[a], reading = actor.readings[mine.chosen], list = mine.lists[mine.chosen];
  const pick = make("select", { onchange: (event) => { mine.chosen = event.target.selectedIndex; again(a, "select"); } },
    actor.readings.map(({ name }, k) => make("option", { selected: k === mine.chosen }, plain(name))));
  const kind = { priorities: "ordered", weights: "weighed", ranking: "ranked" }[reading.kind];
  const items = make("ol", { class: "live-list" }, list.map((entry, at) => item(a, reading, list, entry, at)));
  const dirty = !same(mine, saved.actors[a]);
  const made = make("details", { open: wanted.children[a]?.open ?? (dirty || a === 0), class: dirty ? "dirty" : "" }, make("summary", {}, actor.name),
    actor.readings.length > 1 ? make("label", { class: "read" }, words.read, " ", pick) : null,
    list.length ? make("p", { class: "note" }, words[kind]) : null, items,
    reading.right.length ? make("p", { class: "note" }, say("right", { pairs: reading.right.join("; ") })) : null);
  return made;
}

function item(a, reading, list, entry, at) {
  const statement = reading.says[entry.place], moves = reading.kind !== "weights", said = framed(statement);
  const move = (by) => (event) => {
    const to = at + by;
    if (to < 0 || to >= list.length) return;
    event.preventDefault();
    list.splice(to, 0, ...list.splice(at, 1));
    const control = event.target.closest("[data-c]")?.dataset.c ?? "up";
    again(a, `li:nth-child(${to + 1}) [data-c=${control}]`);
    spoken.replaceChildren(...texts(say("put", { statement: said, place: to + 1, number: list.length })));
  };
  const arrows = (event) => { if (event.altKey && moves && event.key in KEYS) move(KEYS[event.key])(event); };
  const tick = make("input", { type: "checkbox", "data-c": "on", "aria-label": plain(say("counts", { statement })), onchange: (event) => { entry.on = event.target.checked; again(a, `li:nth-child(${at + 1}) [data-c=on]`); } });
  tick.checked = entry.on;
  const step = (name, by, sign) => make("button", { type: "button", "data-c": name, "aria-label": plain(say(name, { statement })), "aria-disabled": String(!list[at + by]), onclick: move(by) }, sign);
  const made = make("li", { class: entry.on ? "" : "off", onkeydown: arrows },
    moves ? make("span", { class: "grip", draggable: "true", "aria-hidden": "true" }, "⠿") : null,
    reading.kind === "ranking" ? null : tick, make("span", { class: "says", dir: "auto" }, statement),
    moves ? make("span", { class: "steps" }, step("up", -1, "↑"), step("down", 1, "↓")) : null);
  if (moves) drags(made, a, list, at);
  return made;
}

const KEYS = { ArrowUp: -1, ArrowDown: 1 };
let dragged = null;

/** An entry is dropped where it was let go: before the entry below the pointer, or after it if it came from above. */
function drags(made, a, list, at) {
  made.addEventListener("dragstart", (event) => {
    dragged = { list, at };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(made, 0, 0);
    made.classList.add("dragged");
  });
  made.addEventListener("dragend", () => { dragged = null; made.classList.remove("dragged"); });
  made.addEventListener("dragover", (event) => { if (dragged?.list === list) event.preventDefault(), made.classList.add("aim"); });
  made.addEventListener("dragleave", () => made.classList.remove("aim"));
  made.addEventListener("drop", (event) => {
    if (dragged?.list !== list) return;
    event.preventDefault();
    list.splice(at, 0, ...list.splice(dragged.at, 1));
    dragged = null;
    again(a, "");
  });
}

/** The list of an actor anew, with the focus where it was. */
function again(a, focus) {
  wanted.children[a].replaceWith(lists(a));
  if (focus) wanted.children[a].querySelector(focus)?.focus();
  renew();
}

function starts() {
  if (!now.start) return [];
  const choose = (o, names, name) => {
    const dirty = now.start[o] !== data.start[o];
    const change = (value) => { now.start[o] = value; begun.querySelectorAll("label")[o].classList.toggle("dirty", value !== data.start[o]); renew(); };
    if (options[o]?.binary) {
      const tick = make("input", { type: "checkbox", onchange: (event) => change(Number(event.target.checked)) });
      tick.checked = now.start[o] === 1;
      return make("label", { class: dirty ? "dirty" : "" }, tick, " ", make("span", { dir: "auto" }, name));
    }
    const pick = make("select", { onchange: (event) => change(event.target.selectedIndex) }, names.map((each, v) => make("option", { selected: v === now.start[o] }, plain(each))));
    return make("label", { class: dirty ? "dirty" : "" }, make("span", { dir: "auto" }, name), " ", pick);
  };
  if (data.states.length) return [make("fieldset", {}, make("legend", {}, words.start), choose(0, data.states, words.state))];
  return actors.map((actor, a) => {
    const own = options.map((option, o) => (option.actor === a ? choose(o, option.choices, option.name) : null)).filter(Boolean);
    return own.length ? make("fieldset", {}, make("legend", {}, actor.name), own) : null;
  }).filter(Boolean);
}

/* --- the change as a patch: a YAML list of {path, old, new}, its values as JSON, which YAML reads --- */

function patched() {
  const found = [], elsewhere = [];
  const entry = (path, old, value) => {
    const block = (each) => (Array.isArray(each) && each.length ? each.map((one) => `\n    - ${JSON.stringify(one)}`).join("") : ` ${JSON.stringify(each)}`);
    if (!same(old, value)) found.push(`- path: ${JSON.stringify(path)}\n${old === undefined ? "" : `  old:${block(old)}\n`}  new:${block(value)}\n`);
  };
  const chosen = {};
  actors.forEach(({ id, name, readings, chosen: first }, a) => {
    if (now.actors[a].chosen !== first) chosen[id] = readings[now.actors[a].chosen].id;
    readings.forEach(({ path, old, name: reading }, k) => {
      const list = now.actors[a].lists[k];
      if (same(list, saved.actors[a].lists[k])) return;
      if (path) entry(path, old, list.filter(({ on }) => on).map(({ place }) => old[place]));
      else elsewhere.push(`# ${plain(say("elsewhere", { what: [name, reading].filter(Boolean).join(", ") })).replace(/\s+/g, " ")}\n`);
    });
  });
  for (const [id, reading] of Object.entries(chosen)) entry([...data.world.path, id], data.world.old[id], reading);
  if (!same(now.start, data.start)) entry(["now"], data.now.old ?? undefined, data.states.length ? data.states[now.start[0]] : settings());
  return [...elsewhere, ...found].join("");
}

/** The start as a file writes it: entries that still hold as they are, then what else is not off, or not the first choice. */
function settings() {
  const kept = data.now.entries.map((set, n) => (set.every(([o, value]) => now.start[o] === value) ? n : -1)).filter((n) => n >= 0);
  const told = new Set(kept.flatMap((n) => data.now.entries[n].map(([o]) => o)));
  const more = options.flatMap((option, o) => (told.has(o) || !now.start[o] ? [] : [option.written[now.start[o]]]));
  return [...kept.map((n) => data.now.old[n]), ...more];
}

async function copy() {
  try {
    await navigator.clipboard.writeText(patch.value);
  } catch { // a page from a file may have no clipboard
    patch.select();
    document.execCommand("copy");
  }
  spoken.textContent = words.copied;
}

function keep() {
  const link = make("a", { href: URL.createObjectURL(new Blob([patch.value], { type: "application/yaml" })), download: `${data.name}-change.yaml` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

handed.append(make("summary", {}, words.patch), make("p", { class: "note" }, words.patched), make("p", { class: "note" }, make("code", {}, data.command)), patch,
  make("p", { class: "save" }, make("button", { type: "button", onclick: copy }, words.copy), " ", make("button", { type: "button", onclick: keep }, words.save)));
controls();
box.replaceChildren(make("p", {}, words.lead), status, spoken, make("div", { class: "live-columns" },
  make("div", { class: "live-controls" }, make("h3", {}, words.wants), wanted, make("h3", {}, words.start), begun), tables), handed, bar);
renew();
