// The solver of the live briefing in a thread of its own, so that typing waits for nothing: what is asked becomes verdicts.

import { CONCEPTS, solver } from "./solver.js";
import { PLAYS, fates } from "./verdicts.js";

const SHOWN = 12; // Ends of play that are told; the engine tells no more either.
const label = (concept) => (concept === "nash" ? "Nash" : concept.toUpperCase());

let told = null;
let judge = null;

/** The verdicts in the shape of the headline; states by their numbers. */
function verdicts({ lists, start }) {
  const wants = lists.map(([reading, numbers], actor) => {
    const { kind, adjust, entries } = told.actors[actor].readings[reading];
    return { kind, adjust, entries: numbers.map((number) => entries[number]) };
  });
  const found = judge({ start, wants, sanctions: told.sanctions });
  const per = (make) => Object.fromEntries(Object.keys(CONCEPTS).map((concept) => [label(concept), make(found.stable[concept])]));
  const equilibria = per((stable) => stable[0].filter((_, x) => stable.every((each) => each[x])).length);
  if (found.now < 0) return { status_quo: {}, equilibria };
  const { outcomes, partnerships } = fates(found, told);
  const foresight = ([name, [word]]) => [name, told.words[word]];
  return {
    equilibria,
    status_quo: per((stable) => Object.fromEntries(told.actors.map(({ id }, actor) => [id, stable[actor][found.now] === 1]))),
    ends: Object.fromEntries(PLAYS.toReversed().map((kind) => [kind, found.plays[kind].ends.flat().slice(0, SHOWN)])),
    outcomes: Object.fromEntries(outcomes.map(foresight)),
    partnerships: Object.fromEntries(partnerships.map(foresight).map(([name, word]) => [name, `${name}: ${word}`])),
  };
}

onmessage = ({ data }) => {
  if (data.told) {
    told = data.told;
    judge = solver(told.model);
    return;
  }
  let found = null;
  try {
    found = verdicts(data);
  } catch { /* What cannot be judged has no preview; the engine says why. */ }
  postMessage({ number: data.number, found });
};
