// Makes elements. What comes from hosts goes through textContent only.

export function el(tag, props = {}, ...children) {
  const out = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) out.addEventListener(key.slice(2), value);
    else if (key === "text") out.textContent = value;
    else if (value === true) out.setAttribute(key, "");
    else out.setAttribute(key, value);
  }
  out.append(...children.filter((x) => x !== null && x !== undefined));
  return out;
}

export const link = (href, text, props = {}) => el("a", { href, text, ...props });

/// A path of parts that may hold anything.
export const path = (...parts) => "/" + parts.map(encodeURIComponent).join("/");

/// Moves to a part of the page.
export const go = (...parts) => dispatchEvent(new CustomEvent("go", { detail: path(...parts) }));

export const figures = () => el("p", { class: "figures" });
export const problem = () => el("p", { class: "error", role: "alert" });
export const heads = (...titles) => el("thead", {}, el("tr", {}, ...titles.map((text) => el("th", { scope: "col", text }))));

export function choice(label, options, changed) {
  const select = el("select", { id: label.toLowerCase(), onchange: changed }, ...options.map((x) => el("option", { value: x, text: x })));
  return [el("span", { class: "pair" }, el("label", { for: select.id, text: label }), select), select];
}

/// A field for words that all have to be in what is shown.
export function filtering(changed, value = "") {
  let words = [];
  const read = () => (words = field.value.toLowerCase().split(/\s+/).filter(Boolean));
  const field = el("input", { type: "search", id: "filter", value, oninput: () => { read(); changed(); } });
  read();
  return { parts: [el("label", { for: "filter", text: "Filter" }), field],
    fits: (text) => !words.length || words.every((word) => text.toLowerCase().includes(word)) };
}

/// "12 of 200 hosts", or "200 hosts".
export const part = (some, all, one) => (some === all ? "" : `${number(some)} of `) + count(all, one);

const order = new Intl.Collator("en", { numeric: true });
export const byName = (x, y) => order.compare(x, y);

export function say(text) {
  const out = document.getElementById("say");
  if (out.textContent !== text) out.textContent = text;
}

const two = (x) => String(x).padStart(2, "0");

/// "2026-01-31 12:00:07" in local time.
export function clock(text) {
  const at = new Date(text);
  if (!text || isNaN(at)) return "";
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ` +
    `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export function seconds(x) {
  if (!isFinite(x)) return "";
  if (x < 0.0995) return `${Math.round(x * 1000)} ms`;
  if (x < 9.95) return `${x.toFixed(1)} s`;
  if (x < 99.5) return `${Math.round(x)} s`;
  if (x < 5400) return `${Math.floor(x / 60)} min ${two(Math.round(x) % 60)} s`;
  return `${Math.floor(x / 3600)} h ${two(Math.round(x / 60) % 60)} min`;
}

/// Of two times in whole seconds.
export const between = (from, to) => (from === to ? "< 1 s" : seconds((new Date(to) - new Date(from)) / 1000));

/// What a plan is called: of a path its last part.
export const planName = (plan) => plan.split("/").pop();

export const number = (n) => n.toLocaleString("en");
export const count = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

export function chip(status) {
  return el("span", { class: `chip s-${status}`, text: status.replace("_", " ") });
}

/// Puts a view's head: title, what stands beside it, and focus for readers.
export function head(title, ...beside) {
  document.title = `${title} · Troupe`;
  return el("div", { class: "head" }, el("h1", { text: title }), ...beside);
}

// -- output of programs -------------------------------------------------------

// Control sequences, texts for terminals (titles, links), lone escapes.
const ansi = /\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?/g;
// Would be drawn as something else than they are: shown by their numbers.
const unseen = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const named = (c) => `\u27e8${c.codePointAt(0).toString(16).padStart(2, "0")}\u27e9`;

function restyled(style, codes) {
  const out = { ...style };
  const all = codes.split(/[;:]/).map(Number);
  for (let i = 0; i < all.length; ++i) {
    const x = all[i];
    if (x === 0) { out.fg = ""; out.bold = out.dim = out.line = false; }
    else if (x === 1) out.bold = true;
    else if (x === 2) out.dim = true;
    else if (x === 4) out.line = true;
    else if (x === 22) out.bold = out.dim = false;
    else if (x === 24) out.line = false;
    else if (x === 39) out.fg = "";
    else if ((x >= 30 && x <= 37) || (x >= 90 && x <= 97)) out.fg = `f${x % 10}`;
    // A colour of its own: not one that is known to be readable.
    else if (x === 38 || x === 48) i += all[i + 1] === 5 ? 2 : 4;
  }
  return out;
}

/// What a program has printed, with its colours; nothing in it does anything.
export function output(text, props = {}) {
  const out = el("pre", { class: "output", tabindex: "0", ...props });
  let style = { fg: "", bold: false, dim: false, line: false };
  let at = 0;
  const put = (part) => {
    if (!part) return;
    const shown = part.replace(/\r\n/g, "\n").replace(unseen, named);
    const names = [style.fg, style.bold && "b", style.dim && "d", style.line && "u"].filter(Boolean);
    out.append(names.length ? el("span", { class: names.join(" "), text: shown }) : shown);
  };
  text = String(text);
  for (const found of text.matchAll(ansi)) {
    put(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[2] === "m") style = restyled(style, found[1] || "0");
  }
  put(text.slice(at));
  return out;
}
