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
      told.textContent = told.dataset.reached.replace("{states}", seen.size).replace("{steps}", shown.length);
    } else {
      told.textContent = told.dataset.shown.replace("{steps}", shown.length);
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
    told.textContent = told.dataset.aimed.replace("{out}", out).replace("{back}", back).replace("{state}", state.getAttribute("aria-label"));
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
document.querySelectorAll(".choose").forEach((box) => {
  const picks = [...box.querySelectorAll("select")], said = box.querySelector("strong"), picked = box.querySelector(".picked");
  const kinds = JSON.parse(box.dataset.kinds), places = JSON.parse(box.dataset.places);
  const show = () => {
    const [text, tone] = kinds[places[picks.reduce((sum, pick) => sum * pick.options.length + pick.selectedIndex, 0)]];
    said.textContent = text;
    said.className = `h${tone}`;
    picked.textContent = `${picks.map((pick) => `${pick.parentNode.firstChild.textContent.trim()}: ${pick.value}`).join("; ")}.`;
  };
  picks.forEach((pick) => pick.addEventListener("change", show));
  box.querySelector(".picks").hidden = false;
  show();
});
const narrow = matchMedia("(max-width: 60rem)");
if (narrow.matches) document.querySelector("nav details").open = false;
const drawn = document.getElementById("drawn").textContent.replace(/var\(--\w+, ?([^)]*)\)/g, "$1");
const alone = (svg) => {
  const copy = svg.cloneNode(true), box = svg.viewBox.baseVal, space = "http://www.w3.org/2000/svg";
  copy.removeAttribute("style");
  copy.classList.remove("aimed");
  copy.querySelectorAll(".hidden").forEach((each) => each.remove());
  copy.setAttribute("width", box.width);
  copy.setAttribute("height", box.height);
  const style = document.createElementNS(space, "style"), ground = document.createElementNS(space, "rect");
  style.textContent = `svg{font-family:"DejaVu Sans",Verdana,Arial,sans-serif}${drawn}`;
  Object.entries({ class: "ground", width: box.width, height: box.height }).forEach((each) => ground.setAttribute(...each));
  copy.prepend(style, ground);
  return new XMLSerializer().serializeToString(copy);
};
const save = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};
document.querySelectorAll(".save").forEach((line) => {
  line.hidden = false;
  const svg = line.closest("figure").querySelector("svg.dt");
  const name = `${document.body.dataset.name}-${svg.dataset.kind}`;
  line.querySelector("[data-as=svg]").addEventListener("click", () => {
    save(new Blob([alone(svg)], { type: "image/svg+xml" }), `${name}.svg`);
  });
  line.querySelector("[data-as=png]").addEventListener("click", () => {
    const image = new Image(), canvas = document.createElement("canvas");
    image.onload = () => {
      canvas.width = 2 * image.width;
      canvas.height = 2 * image.height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, `${name}.png`));
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(alone(svg))}`;
  });
});

const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
if ("IntersectionObserver" in window) {
  const near = new Set();
  const watch = new IntersectionObserver((entries) => {
    entries.forEach((entry) => near[entry.isIntersecting ? "add" : "delete"](entry.target.id));
    const current = [...links.keys()].find((id) => near.has(id));
    if (!current) return;
    links.forEach((link, id) => (id === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  }, { rootMargin: "0px 0px -70% 0px" });
  document.querySelectorAll("main > section").forEach((section) => watch.observe(section));
}
