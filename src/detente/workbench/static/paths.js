// Plain data as a value: what stands at a path, and the same data with one edit made. Nothing is changed in place.

export function at(data, path) {
  return path.reduce((found, key) => (found === null || typeof found !== "object" ? undefined : found[key]), data);
}

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The data after one edit, in the shape the server takes. */
export function applied(data, edit) {
  return changed(data, edit.path, edit);
}

function changed(data, path, edit) {
  if (edit.order && !path.length) return ordered(data, edit.order);
  if (!path.length) return edit.new;
  const [key, ...rest] = path;
  if (rest.length || edit.order) return put(data, key, changed(data?.[key], rest, edit));
  if (edit.remove) return without(data, key);
  if (edit.rename !== undefined) return renamed(data, key, edit.rename);
  if ("insert" in edit) return inserted(data, key, edit.insert, edit.before);
  return put(data, key, edit.new);
}

function put(data, key, value) {
  if (Array.isArray(data)) return data.map((each, index) => (index === key ? value : each));
  return { ...data, [key]: value };
}

function without(data, key) {
  if (Array.isArray(data)) return data.filter((_, index) => index !== key);
  const { [key]: _, ...rest } = data;
  return rest;
}

function inserted(data, key, value, before) {
  if (typeof key === "number") return [...(data ?? []).slice(0, key), value, ...(data ?? []).slice(key)];
  if (before === undefined) return { ...data, [key]: value };
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, old]) => (name === before ? [[key, value], [name, old]] : [[name, old]])),
  );
}

function renamed(data, key, name) {
  return Object.fromEntries(Object.entries(data).map(([old, value]) => [old === key ? name : old, value]));
}

function ordered(data, order) {
  if (Array.isArray(data)) return order.map((index) => data[index]);
  const entries = Object.entries(data);
  return Object.fromEntries(order.map((index) => entries[index]));
}

/** The order in which the entry at `from` stands at `to`. */
export function moved(count, from, to) {
  const order = [...Array(count).keys()];
  order.splice(to, 0, ...order.splice(from, 1));
  return order;
}

/** The edit that makes `value` stand at `path`: a change, a new key, or (undefined) its removal. */
export function setting(data, path, value) {
  const old = at(data, path);
  if (value === undefined) return { path, remove: true, old };
  return old === undefined ? { path, new: value } : { path, old, new: value };
}

/** A part of the file as a mapping, whatever short form it is written in. */
export function whole(value, type) {
  if (value === null || value === undefined) return {};
  if (typeof value !== "object") return type.main ? { [type.main]: value } : {};
  return value;
}

/** A mapping in the shortest form its type allows. */
export function shortest(value, type) {
  const keys = Object.keys(value);
  if (type.main && keys.length === 1 && keys[0] === type.main) return value[type.main];
  return !keys.length && type.blank ? null : value;
}

/** The edits that set one field of a part; a part in short form is written out as a whole. */
export function setField(data, path, type, key, value) {
  const written = at(data, path);
  if (written !== null && typeof written === "object" && !Array.isArray(written)) {
    const next = { ...written };
    if (value === undefined) delete next[key];
    else next[key] = value;
    const short = shortest(next, type);
    if (short === null || typeof short !== "object") return [{ path, old: written, new: short }];
    return value === undefined && written[key] === undefined ? [] : [setting(data, [...path, key], value)];
  }
  const next = { ...whole(written, type) };
  if (value === undefined) delete next[key];
  else next[key] = value;
  return [setting(data, path, shortest(next, type))];
}

/** A list of texts, however it is written. */
export const texts = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);

/** A list of texts as the file writes it: nothing, one text, or a list. */
export const listed = (value) => (value.length === 0 ? undefined : value.length === 1 ? value[0] : value);
