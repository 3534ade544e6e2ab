"use strict";
document.querySelectorAll('svg[data-kind="states"]').forEach((svg) => {
  const figure = svg.closest("figure");
  const told = figure.querySelector(".told");
  const who = figure.querySelector("select.who");
  const kind = figure.querySelector("select.kind");
  const reach = figure.querySelector("input.reach");
  if (!who) return;
  const steps = [...svg.querySelectorAll("g.step[data-a]")];
  const drawn = new Set(steps.filter((step) => !step.classList.contains("hidden")));
  const states = [...svg.querySelectorAll(".state")];
  const byCell = new Map(states.map((state) => [state.dataset.s, state]));
  const now = svg.querySelector(".state.now");
  const wanted = (step) =>
    (!who.value || step.dataset.a === who.value) &&
    (kind.value === "all" || (kind.value === "stand" ? !step.dataset.b : drawn.has(step)));
  const reached = (chosen) => {
    const seen = new Set([now.dataset.s]);
    for (let before = -1; before !== seen.size; ) {
      before = seen.size;
      chosen.forEach((step) => seen.has(step.dataset.f) && seen.add(step.dataset.t));
    }
    return seen;
  };
  let shown = [...drawn];
  const filter = () => {
    shown = steps.filter(wanted);
    if (reach.checked && now) {
      const seen = reached(shown);
      shown = shown.filter((step) => seen.has(step.dataset.f));
      told.textContent = `${seen.size} states, ${shown.length} steps.`;
    } else {
      told.textContent = `${shown.length} steps.`;
    }
    const visible = new Set(shown);
    steps.forEach((step) => step.classList.toggle("hidden", !visible.has(step)));
    svg.classList.toggle("filtered", Boolean(who.value || kind.value !== "drawn" || reach.checked));
  };
  const clear = () => {
    svg.classList.remove("aimed");
    svg.querySelectorAll(".lit").forEach((each) => each.classList.remove("lit"));
    told.textContent = "";
  };
  const aim = (state) => {
    clear();
    svg.classList.add("aimed");
    state.classList.add("lit");
    let out = 0, back = 0;
    shown.forEach((step) => {
      const from = step.dataset.f === state.dataset.s, to = step.dataset.t === state.dataset.s;
      if (!from && !to) return;
      out += from;
      back += to;
      step.classList.add("lit");
      byCell.get(from ? step.dataset.t : step.dataset.f)?.classList.add("lit");
    });
    told.textContent = `${state.getAttribute("aria-label")}. Steps away: ${out}; steps here: ${back}.`;
  };
  states.forEach((state) => {
    state.addEventListener("mouseenter", () => aim(state));
    state.addEventListener("mouseleave", clear);
    state.addEventListener("focus", () => aim(state));
    state.addEventListener("blur", clear);
  });
  [who, kind, reach].forEach((control) => control.addEventListener("change", filter));
  figure.querySelector(".controls").hidden = false;
  if (!now) reach.closest("label").remove();
});
const folds = [...document.querySelectorAll("details")];
const narrow = matchMedia("(max-width: 60rem)");
if (narrow.matches) document.querySelector("nav details").open = false;
let closed = [];
addEventListener("beforeprint", () => {
  closed = folds.filter((fold) => !fold.open);
  closed.forEach((fold) => (fold.open = true));
});
addEventListener("afterprint", () => closed.forEach((fold) => (fold.open = false)));
