/* Who is stable where: the numbers of the engine, for a page that recomputes without it. No document here.

     const judge = solver(model), found = judge({ start, wants, sanctions });

   `model` is made by `detente.present.live.model`. `start` has a choice number for each option (in graph form the number of
   the state; null: no status quo), `wants` the list of each actor, `sanctions` is "legal" or "one-step". Found is for each
   concept and actor a byte for each state, and where play ends. What cannot be judged is an Error whose message is "restless",
   "infeasible", "merged", "ranking" or "adjust", with the `actor` whose list it is about. */

const NOTHING = 2 ** 31 - 1; // what answers bring about where nobody can answer

/** Per concept: must answers be improvements, and may the actor escape them? Nash stability knows no answers. */
export const CONCEPTS = { nash: null, sseq: [true, true], seq: [true, false], smr: [false, true], gmr: [false, false] };

/** The judge of a model; its space is made anew only where fixed options change. */
export function solver(model) {
  let space = null, known = null;
  return ({ start, wants, sanctions = "legal" }) => {
    const fixed = String(model.options.map((option, o) => (option.fixed ? (start?.[o] ?? 0) : "")));
    if (fixed !== known) [space, known] = [model.graph ? listed(model) : spread(model, start ?? []), fixed];
    return judge(space, start, wants, sanctions);
  };
}

const unjudged = (why, actor = -1) => Object.assign(new Error(why), { actor });

/* --- formulas: true, false, [option, ...choices], or [connective, ...parts] --- */

const TESTS = {
  not: (count) => count === 0,
  and: (count, parts) => count === parts,
  or: (count) => count > 0,
  iff: (count) => count !== 1,
  exactly: (count, _, number) => count === number,
  "at least": (count, _, number) => count >= number,
  "at most": (count, _, number) => count <= number,
};

/** Where a formula is true, a byte per place; `values` has for each option a number, or one per place. */
export function truth(tree, values, size) {
  const found = new Uint8Array(size);
  if (typeof tree === "boolean") return found.fill(tree);
  const [head, ...rest] = tree;
  if (typeof head === "number") {
    const given = values[head], wanted = new Uint8Array(Math.max(...rest) + 1);
    for (const value of rest) wanted[value] = 1;
    return typeof given === "number" ? found.fill(wanted[given]) : found.map((_, x) => wanted[given[x]]);
  }
  const number = typeof rest[0] === "number" ? rest.shift() : 0, count = new Uint16Array(size);
  for (const part of rest) {
    const here = truth(part, values, size);
    for (let x = 0; x < size; x++) count[x] += here[x];
  }
  const test = TESTS[head];
  return found.map((_, x) => test(count[x], rest.length, number));
}

/* --- the space: an axis for each option that can change, the first slowest; a cell is a combination of all. A state is a
   cell at rest that no rule forbids, made of one place, or of merged ones, first the one that stands for all: `firsts[s]`. --- */

/** Cost: cells × rules, then places × own combinations. */
function spread(model, start) {
  const { options } = model, strides = options.map(() => 0);
  let cells = 1;
  for (let o = options.length; o-- > 0; ) if (!options[o].fixed) (strides[o] = cells), (cells *= options[o].choices);
  const values = options.map(({ fixed, choices }, o) =>
    fixed ? (start[o] ?? 0) : new Uint8Array(cells).map((_, cell) => (cell / strides[o]) % choices));
  const there = (settings) => settings.every((value, o) => !options[o].fixed || value === values[o]);
  const cellOf = (settings) => (there(settings) ? settings.reduce((sum, value, o) => sum + value * strides[o], 0) : -1);

  const landing = settled(model, values, strides, cells);
  const named = model.named.map(cellOf);
  const merges = united(model, values, landing, named), group = new Map();
  for (const merge of merges) merge.members.forEach((cell) => group.set(cell, merge));
  if (group.size) for (let c = 0; c < cells; c++) landing[c] = group.get(landing[c])?.members[0] ?? landing[c];

  const number = new Int32Array(cells).fill(-1), firsts = [], places = [];
  for (let c = 0; c < cells; c++) {
    if (landing[c] !== c) continue;
    number[c] = firsts.push(places.length) - 1;
    places.push(...(group.get(c)?.members ?? [c]));
  }
  const land = (cell) => (cell < 0 || landing[cell] < 0 ? -1 : number[landing[cell]]);
  const space = {
    size: firsts.length,
    firsts: Int32Array.of(...firsts, places.length),
    values: values.map((each) => (typeof each === "number" ? each : Uint8Array.from(places, (cell) => each[cell]))),
    alike: merges.flatMap(({ alike }) => alike).map((cells) => cells.map((cell) => places.indexOf(cell))),
    named: named.map(land),
    at: (settings) => land(cellOf(settings)),
    truths: new Map(),
  };
  space.moves = model.actors.map((actor) => moves(model, actor, space, { places, values, strides, cells, land }));
  return space;
}

/** Where each cell comes to rest when the consequences have acted, -1 where a rule forbids that. */
function settled({ consequences, never }, values, strides, cells) {
  const rest = values.map((each) => (typeof each === "number" ? each : each.slice()));
  for (let round = 0, moved = true; moved; round++) {
    if (round > 9999) throw unjudged("restless");
    moved = false;
    for (const [when, then] of consequences) {
      const due = truth(when, rest, cells);
      for (const [option, value] of then) {
        const at = rest[option];
        for (let c = 0; c < cells; c++) if (due[c] && at[c] !== value) (at[c] = value), (moved = true);
      }
    }
  }
  const forbidden = truth(never, values, cells), landing = new Int32Array(cells);
  rest.forEach((each, o) => {
    if (strides[o]) for (let c = 0; c < cells; c++) landing[c] += each[c] * strides[o];
  });
  return landing.map((cell) => (forbidden[cell] ? -1 : cell));
}

/** Cells that count as one state, first the one that stands for it; rules that overlap unite. `alike` must be liked equally. */
function united({ same }, values, landing, named) {
  let groups = [];
  for (const [when, strict] of same) {
    const mask = truth(when, values, landing.length);
    const own = [...landing.keys()].filter((cell) => landing[cell] === cell && mask[cell]);
    const met = groups.filter((each) => each.members.some((cell) => mask[cell]));
    groups = groups.filter((each) => !met.includes(each));
    const members = [...new Set([...own, ...met.flatMap((each) => each.members)])].sort((a, b) => a - b);
    groups.push({ members, alike: [...(strict ? [own] : []), ...met.flatMap((each) => each.alike)] });
  }
  for (const { members } of groups) {
    const first = named.find((cell) => members.includes(cell));
    if (first >= 0) members.unshift(...members.splice(members.indexOf(first), 1));
  }
  return groups.filter(({ members }) => members.length > 1);
}

/** Moves by an actor's `own` options; those from state s are `ends`, numbers `first[s]` to before `first[s + 1]`. */
function moves({ options }, { own, bars }, { size, firsts, values: here }, { places, values, strides, cells, land }) {
  const holds = (tree) => truth(tree, here, places.length);
  const needs = own.map((o) => Object.fromEntries(options[o].needs.map(([to, tree]) => [to, holds(tree)])));
  const barred = bars.map(([when, target]) => [holds(when), truth(target, values, cells)]);
  let ways = [[]]; // every own combination
  for (const o of own) ways = ways.flatMap((way) => Array.from({ length: options[o].choices }, (_, value) => [...way, value]));
  const first = new Int32Array(size + 1), ends = [], seen = new Int32Array(size).fill(-1);
  for (let s = 0; s < size; s++) {
    seen[s] = s;
    for (let place = firsts[s]; place < firsts[s + 1]; place++) {
      for (const way of ways) {
        let cell = places[place], legal = true;
        for (let k = 0; legal && k < own.length; k++) {
          const from = here[own[k]][place], to = way[k];
          if (from === to) continue;
          legal = options[own[k]].switches[from].includes(to) && (needs[k][to]?.[place] ?? 1);
          cell += (to - from) * strides[own[k]];
        }
        if (!legal || cell === places[place] || barred.some(([when, target]) => when[place] && target[cell])) continue;
        const end = land(cell);
        if (end >= 0 && seen[end] !== s) ends.push(end), (seen[end] = s);
      }
    }
    first[s + 1] = ends.length;
  }
  return { first, ends: Int32Array.from(ends) };
}

/** Graph form lists for each actor and state where it can move to. */
function listed({ graph: { states, moves: lists } }) {
  const numbers = Int32Array.from({ length: states }, (_, state) => state), firsts = Int32Array.of(...numbers, states);
  const moves = lists.map((each) => ({ first: firsts.map((s) => each.slice(0, s).flat().length), ends: each.flat() }));
  return { size: states, firsts, values: [numbers], alike: [], named: numbers, moves, at: ([s]) => s, truths: new Map() };
}

/* --- what actors want --- */

/** The same in a space; kept, for lists are put in order again and again. */
function holding(space, tree) {
  if (!space.truths.has(tree)) space.truths.set(tree, truth(tree, space.values, space.firsts[space.size]));
  return space.truths.get(tree);
}

/** Ranks, from 0: only the order counts. */
function dense(values) {
  const order = new Map([...new Set(values)].sort((a, b) => (a < b ? -1 : 1)).map((value, rank) => [value, rank]));
  return values.map((value) => order.get(value));
}

/** How much an actor likes each state: larger is better. */
function scores(space, { kind, entries }, actor) {
  if (kind === "ranking") {
    const found = new Int32Array(space.size), known = entries.flat().map((name) => space.named[name]);
    entries.forEach((group, place) => group.forEach((name) => (found[space.named[name]] = entries.length - place)));
    if (known.includes(-1) || new Set(known).size < known.length || found.includes(0)) throw unjudged("ranking", actor);
    return found;
  }
  let total = new Array(space.firsts[space.size]).fill(kind === "weights" ? 0n : 0);
  entries.forEach(({ tree, weight }, place) => {
    const here = holding(space, tree), worth = BigInt(weight ?? 0);
    if (kind === "weights") total = total.map((sum, x) => (here[x] ? sum + worth : sum));
    else total = total.map((sum, x) => 2 * sum + here[x]); // counts for more than all below it together
    if (place % 24 === 23) total = dense(total); // the sums of a long list stay exact
  });
  total = dense(total);
  if (space.alike.some((group) => group.some((place) => total[place] !== total[group[0]]))) throw unjudged("merged", actor);
  return Int32Array.from({ length: space.size }, (_, s) => total[space.firsts[s]]);
}

/** The scores set right by pairs of states, "this above that": who must rise stands a step above, and no higher than that. */
function adjusted(space, u, pairs, actor) {
  if (!pairs.length) return u;
  const places = pairs.map((pair) => pair.map(space.at)), steps = Array.from(u, (rank) => rank * (pairs.length + 1));
  if (places.some(([above, below]) => above < 0 || below < 0 || above === below)) throw unjudged("adjust", actor);
  for (let round = 0, moved = true; moved; round++) {
    if (round > pairs.length) throw unjudged("adjust", actor); // a chain leads back to its start
    moved = false;
    for (const [above, below] of places) if (steps[above] <= steps[below]) (steps[above] = steps[below] + 1), (moved = true);
  }
  const room = Math.max(...u) + 1;
  return Int32Array.from(dense(steps.map((step, s) => step * room + u[s])));
}

/* --- stability: every improvement is answered by something no better than staying --- */

/** The moves, from a state to another, that are `kept`. */
function only({ first, ends }, kept) {
  const found = { first: first.slice(), ends: [] };
  for (let s = 0; s + 1 < first.length; s++) {
    for (let k = first[s]; k < first[s + 1]; k++) if (kept(s, ends[k])) found.ends.push(ends[k]);
    found.first[s + 1] = found.ends.length;
  }
  return found;
}

/** The least that others can bring about from each state, by sequences in which nobody moves twice running, or by one move:
   `least[k][x]` is what the k-th of them can, moving first; it falls until nothing changes. */
function worst(base, others, sanctions) {
  const size = base.length, least = others.map(() => new Int32Array(size).fill(NOTHING)), after = new Int32Array(size);
  const lower = (low) => { for (let x = 0; x < size; x++) if (low[x] < after[x]) after[x] = low[x]; };
  for (let changed = true; changed; ) {
    changed = false;
    others.forEach(({ first, ends }, k) => {
      after.set(base); // what a move of k brings: where it leads, or what another makes of that
      if (sanctions === "legal") least.forEach((each, j) => j !== k && lower(each));
      for (let x = 0; x < size; x++) {
        let low = least[k][x];
        for (let a = first[x]; a < first[x + 1]; a++) if (after[ends[a]] < low) low = after[ends[a]];
        if (low < least[k][x]) (least[k][x] = low), (changed = true);
      }
    });
  }
  after.fill(NOTHING);
  least.forEach(lower);
  return after;
}

function judge(space, start, wants, sanctions) {
  const now = start ? space.at(start) : -1;
  if (start && now < 0) throw unjudged("infeasible");
  const u = wants.map((list, actor) => adjusted(space, scores(space, list, actor), list.adjust ?? [], actor));
  const better = space.moves.map((all, actor) => only(all, (x, y) => u[actor][y] > u[actor][x]));
  const stable = {}, wise = [];
  u.forEach((own, actor) => {
    const others = (lists) => lists.filter((_, j) => j !== actor), reply = own.slice();
    only(better[actor], (x, y) => (reply[x] = Math.max(reply[x], own[y])));
    for (const [concept, rule] of Object.entries(CONCEPTS)) {
      const sure = rule ? worst(rule[1] ? reply : own, others(rule[0] ? better : space.moves), sanctions) : null;
      const free = only(better[actor], (x, y) => !sure || sure[y] > own[x]); // the improvements that nothing answers
      (stable[concept] ??= []).push(Uint8Array.from(own, (_, x) => free.first[x] === free.first[x + 1]));
      if (concept === "seq") wise[actor] = free; // with foresight nobody takes another
    }
  });
  const plays = now < 0 ? null : { myopic: play(better, now), foresight: play(wise, now) };
  const holds = (tree) => (state) => holding(space, tree)[space.firsts[state]] === 1;
  return { states: space.size, now, stable, plays, holds };
}

/* --- where play ends: sets of states that no step leads out of --- */

function play(steps, start) {
  const next = new Map([[start, null]]), back = new Map([[start, []]]);
  for (const state of next.keys()) { // it grows while it is gone through
    next.set(state, [...new Set(steps.flatMap(({ first, ends }) => ends.slice(first[state], first[state + 1])))]);
    for (const end of next.get(state)) {
      if (!next.has(end)) next.set(end, null), back.set(end, []);
      back.get(end).push(state);
    }
  }
  const reach = (from, along) => {
    const seen = new Set(from);
    for (const state of seen) along.get(state).forEach((end) => seen.add(end));
    return seen;
  };
  const quiet = [...next.keys()].filter((state) => !next.get(state).length), ends = quiet.map((state) => [state]);
  const left = new Set(next.keys()), drop = (done) => reach(done, back).forEach((state) => left.delete(state));
  for (drop(quiet); left.size; ) {
    let [at] = left, ahead;
    do { // on to a state that cannot come back, until all ahead can
      ahead = reach([at], next);
      const behind = reach([at], back);
      at = [...ahead].find((state) => !behind.has(state));
    } while (at !== undefined);
    ends.push([...ahead].sort((a, b) => a - b));
    drop(ahead);
  }
  return { passed: next.size, ends: ends.sort((a, b) => a[0] - b[0]) };
}
