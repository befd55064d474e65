// Speaks with the controller. The token is sent once; from then on the browser
// sends a cookie, and each write says the guard of the session.

export const session = { name: "", role: "", guard: "", version: "" };

const ranks = { viewer: 1, operator: 2, admin: 3 };
export const may = (role) => (ranks[session.role] || 0) >= ranks[role];

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function call(path, { method = "GET", body, signal } = {}) {
  const headers = {};
  if (method !== "GET") headers["X-Troupe-Guard"] = session.guard;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, body, signal, headers, credentials: "same-origin" });
  } catch (why) {
    if (signal && signal.aborted) throw why;
    throw new Refusal(0, "the controller cannot be reached");
  }
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  if (answer.status === 401 && path !== "/session") dispatchEvent(new Event("signed-out"));
  throw new Refusal(answer.status, said.error || `the controller answered ${answer.status}`);
}

export async function resume() {
  Object.assign(session, await call("/session"));
}

export async function signIn(token) {
  Object.assign(session, await call("/session", { method: "POST", body: JSON.stringify({ token }) }));
}

export async function signOut() {
  await call("/session", { method: "DELETE" });
  Object.assign(session, { name: "", role: "", guard: "" });
}

// -- what comes by itself -----------------------------------------------------

function showLink(state) {
  const out = document.getElementById("link");
  out.dataset.state = state;
  out.textContent = { live: "live", waiting: "reconnecting", "": "" }[state] ?? "";
}

/// Server-sent events from a path, from a place on; comes back by itself when
/// the link is lost. `on.events(list)`, `on.state(run)`, `on.changed(what)`,
/// `on.end(run)`.
export class Feed {
  constructor(path, on) {
    this.path = path;
    this.on = on;
    this.after = 0;
    this.pause = 500;
    this.open();
  }

  open() {
    const mark = this.path.includes("?") ? "&" : "?";
    this.source = new EventSource(this.path + (this.after ? `${mark}after=${this.after}` : ""));
    this.source.onopen = () => { this.pause = 500; showLink("live"); };
    this.source.onmessage = (e) => {
      if (e.lastEventId) this.after = Number(e.lastEventId);
      this.on.events?.(JSON.parse(e.data));
    };
    this.source.addEventListener("state", (e) => this.on.state?.(JSON.parse(e.data)));
    this.source.addEventListener("changed", (e) => this.on.changed?.(JSON.parse(e.data)));
    this.source.addEventListener("end", (e) => {
      this.close();
      this.on.end?.(JSON.parse(e.data));
    });
    this.source.onerror = () => this.lost();
  }

  lost() {
    showLink("waiting");
    // The browser tries again by itself what was only interrupted.
    if (this.closed || this.source.readyState !== EventSource.CLOSED) return;
    this.timer = setTimeout(async () => {
      try {
        await call("/v1/runs?limit=1");
      } catch (why) {
        if (why.status === 401) return;
      }
      if (!this.closed) this.open();
    }, this.pause);
    this.pause = Math.min(2 * this.pause, 30000);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.source.close();
    showLink("");
  }
}

/// Calls work when something has changed, not more often than the time that it
/// takes allows.
export function onChange(work) {
  let busy = false, again = false, timer = 0, closed = false;
  const run = async () => {
    if (busy) { again = true; return; }
    busy = true;
    const begun = performance.now();
    const why = await work().catch((x) => x);
    document.getElementById("trouble").textContent = why instanceof Error ? why.message : "";
    const pause = Math.max(1000, 10 * (performance.now() - begun));
    timer = setTimeout(() => {
      busy = false;
      if (again && !closed) { again = false; run(); }
    }, pause);
  };
  const feed = new Feed("/v1/live", { changed: run });
  return { close() { closed = true; clearTimeout(timer); feed.close(); } };
}

/// Does work for each item, a few at a time, in order of the items.
export async function each(items, atOnce, work) {
  const waiting = items.entries();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const [i, item] of waiting) await work(item, i);
  }));
}
