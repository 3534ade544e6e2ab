// The way to the server: one function per kind of request, one event stream per page. Nothing leaves this machine.

import { say } from "./words.js";

/** Which tab this is, so that it can tell its own edits from those of others. */
export const TAB = Array.from(crypto.getRandomValues(new Uint8Array(8)), (each) => each.toString(16).padStart(2, "0")).join("");

/** What the server would not do, in its words. */
export class Refused extends Error {
  constructor(status, told) {
    super(told.message ?? say("refused.unknown"));
    this.status = status;
    this.hint = told.hint ?? "";
    this.told = told;
  }
}

async function call(address, how = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      credentials: "same-origin",
      ...how,
      headers: { "X-Detente": "1", "X-Tab": TAB, ...how.headers },
    });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Refused(0, { message: say("refused.gone"), hint: say("refused.gone.hint") });
  }
  let told = {};
  try {
    told = await answer.json();
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Refused(answer.status, { message: say("refused.unreadable", { status: answer.status }) });
  }
  if (!answer.ok) throw new Refused(answer.status, { ...told, ...(told.error ?? {}) });
  return told;
}

export function get(address, query = {}, signal) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined)).toString();
  return call(`/api/${address}${text ? `?${text}` : ""}`, { signal });
}

export function post(address, body, signal) {
  return call(`/api/${address}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
    signal,
  });
}

/** Listen to a stream of events; gives the function that stops it. `linked(false)` says that the line is down. */
export function listen(address, query, handlers, linked) {
  let stream = null;
  let again = null;
  let closed = false;
  const open = () => {
    stream = new EventSource(`/api/${address}?${new URLSearchParams({ ...query, tab: TAB })}`);
    stream.onopen = () => linked(true);
    stream.onerror = () => {
      linked(false);
      if (stream.readyState === EventSource.CLOSED && !closed) again = setTimeout(open, 2000);
    };
    for (const [kind, handle] of Object.entries(handlers))
      stream.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  };
  open();
  return () => {
    closed = true;
    clearTimeout(again);
    stream.close();
  };
}
