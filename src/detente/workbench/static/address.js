// The address is the state of the view: a path and a query, which can be kept and shared.

import { Store } from "./store.js";

const here = () => ({ path: decodeURI(location.pathname), query: new URLSearchParams(location.search) });

export const place = new Store(here());
addEventListener("popstate", () => place.set(here()));

export function visit(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  place.set(here());
}

/** The address of this view with other values in its query; null takes a key out. */
export function changed(patch, path = location.pathname) {
  const query = new URLSearchParams(path === location.pathname ? location.search : "");
  for (const [key, value] of Object.entries(patch)) {
    query.delete(key);
    for (const each of Array.isArray(value) ? value : [value]) if (each !== null && each !== undefined && each !== "") query.append(key, each);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export const fileAddress = (kind, file, ...rest) => ["", kind, ...file.split("/"), ...rest].map(encodeURIComponent).join("/");

/** A link followed without loading the page anew; with a key held down the browser does what it always does. */
export const follow = (address) => (event) => {
  if (event && (event.ctrlKey || event.metaKey || event.shiftKey || event.button)) return;
  event?.preventDefault();
  visit(address);
};
