"use strict";
document.querySelectorAll("svg.states").forEach((svg) => {
  const figure = svg.closest("figure");
  const told = figure.querySelector(".told");
  const who = figure.querySelector("select.who");
  const kind = figure.querySelector("select.kind");
  const steps = [...svg.querySelectorAll(".step")];
  const states = [...svg.querySelectorAll(".state")];
  const byCell = new Map(states.map((state) => [state.dataset.s, state]));
  const seen = (step) =>
    (!who.value || step.dataset.a === who.value) && (kind.value === "all" || !step.classList.contains(kind.value === "near" ? "far" : "blocked"));
  const filter = () => {
    svg.dataset.kind = kind.value;
    steps.forEach((step) => step.classList.toggle("off", !seen(step)));
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
    steps.filter(seen).forEach((step) => {
      const from = step.dataset.f === state.dataset.s, to = step.dataset.t === state.dataset.s;
      if (!from && !to) return;
      out += from;
      back += to;
      step.classList.add("lit");
      byCell.get(from ? step.dataset.t : step.dataset.f).classList.add("lit");
    });
    told.textContent = `${state.getAttribute("aria-label")}. Steps away: ${out}; steps here: ${back}.`;
  };
  states.forEach((state) => {
    state.addEventListener("mouseenter", () => aim(state));
    state.addEventListener("mouseleave", clear);
    state.addEventListener("focus", () => aim(state));
    state.addEventListener("blur", clear);
  });
  who.addEventListener("change", filter);
  kind.addEventListener("change", filter);
  figure.querySelector(".controls").hidden = false;
  kind.value = svg.dataset.kind;
  if (kind.value !== "near") kind.querySelector("[value=near]").remove();
  filter();
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
