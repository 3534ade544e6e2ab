// A list that is ordered by drag and by keyboard (Alt and an arrow on the handle); every move is said aloud.

import { html, useEffect, useRef } from "./vendor/preact.js";
import { Sortable } from "./vendor/sortable.js";
import { moved } from "./paths.js";
import { announce, flush } from "./store.js";
import { say } from "./words.js";

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * `count` entries, each drawn by `entry(index)` and called `name(index)`. `order(indices)` is told the new order;
 * `remove(index)` makes every entry removable. Alt+arrow works anywhere inside an entry.
 */
export function Ordered({ label, count, name, order, remove, entry, numbered, mark, still, handle = say("order.handle.short") }) {
  const list = useRef();
  const latest = useRef();
  latest.current = { order, count, name };
  const move = (from, to, focus) => {
    const { order: tell, count: all, name: call } = latest.current;
    if (to < 0 || to >= all) return announce(say(to < 0 ? "order.top" : "order.bottom", { what: call(from) }));
    const what = call(from);
    flush(); // What is typed here belongs to the place it was typed at.
    tell(moved(all, from, to), from, to);
    announce(say("order.moved", { what, place: to + 1, count: all }));
    if (focus) requestAnimationFrame(() => requestAnimationFrame(() => list.current?.children[to]?.querySelector(focus)?.focus()));
    return undefined;
  };
  useEffect(() => {
    if (still) return undefined;
    const made = Sortable.create(list.current, {
      handle: ".handle", animation: calm() ? 0 : 140, forceFallback: true, fallbackTolerance: 3, delayOnTouchOnly: true, delay: 120,
      ghostClass: "ghost", chosenClass: "chosen",
      onEnd: ({ item, oldIndex, newIndex }) => {
        // The page draws itself from its data: put the entry back, and let the new order move it.
        const others = [...list.current.children].filter((each) => each !== item);
        list.current.insertBefore(item, others[oldIndex] ?? null);
        if (oldIndex !== newIndex) move(oldIndex, newIndex, ".handle");
      },
    });
    return () => made.destroy();
  }, [still]);
  const key = (event, index) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step || still) return;
    event.preventDefault();
    event.stopPropagation();
    const here = document.activeElement;
    move(index, index + step, here?.classList.contains("handle") || !here?.dataset.focus ? ".handle" : `[data-focus="${here.dataset.focus}"]`);
  };
  return html`<ol class=${`ordered${numbered ? " numbered" : ""}`} ref=${list} aria-label=${label}>
    ${Array.from({ length: count }, (_, index) => html`<li key=${index} class=${mark?.(index) ?? ""} onKeyDown=${(event) => key(event, index)}>
      ${!still && html`<button type="button" class="handle" title=${say("order.how")} aria-label=${say("order.handle", { what: name(index), place: index + 1, count })}>${handle}</button>`}
      <div class="entry">${entry(index)}</div>
      ${remove && html`<button type="button" class="quiet remove" aria-label=${say("remove.named", { what: name(index) })} onClick=${() => remove(index)}>${say("remove.sign")}</button>`}
    </li>`)}
  </ol>`;
}
