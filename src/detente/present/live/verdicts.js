/* What comes of play, as the page of a briefing and the preview of a workbench tell it. No document here.

   `found` is what the solver gives; `outcomes` are pairs of a name and a formula, `partnerships` have a name, `flows` by name as
   formulas, and the names of the flows at their `core`. */

export const PLAYS = ["foresight", "myopic"];

const share = (count, all) => (count === all ? "ALL" : count ? "SOME" : "NONE");

/** For each outcome and partnership its name, and for each kind of play a verdict: ALL, SOME, NONE; HOLDS, FRAYS, BREAKS, DEPENDS. */
export function fates(found, { outcomes, partnerships }) {
  const ends = PLAYS.map((kind) => found.plays[kind].ends.flat());
  const reached = outcomes.map(([name, tree]) => [name, ends.map((states) => share(states.filter(found.holds(tree)).length, states.length))]);
  const kept = partnerships.map(({ name, flows, core }) => {
    const on = Object.keys(flows).filter((flow) => found.holds(flows[flow])(found.now));
    const fate = (state) => {
      const runs = (flow) => found.holds(flows[flow])(state);
      return on.every(runs) ? "HOLDS" : core.some(runs) ? "FRAYS" : "BREAKS";
    };
    return [name, ends.map((states) => new Set(states.map(fate))).map((all) => (all.size === 1 ? [...all][0] : "DEPENDS"))];
  });
  return { outcomes: reached, partnerships: kept };
}
