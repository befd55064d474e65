#include "actors/report/html_page.hpp"

namespace troupe {

// What comes from the host becomes text nodes only.
std::string_view html_head_script() {
  return R"js(
"use strict";
const D = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const kinds = ["failed", "unknown", "rescued", "ignored", "changed", "ok",
  "skipped", "cancelled"];
const page = 500;

function el(tag, cls, ...inside) {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  e.append(...inside);
  return e;
}
function micro(text) {
  return Date.parse(text.slice(0, 19) + "Z") + 1000 * ("0" + text.slice(19, 26));
}
function took(s) {
  if (s < 0.0995) return (s * 1000).toFixed(s < 0.00995 ? 1 : 0) + " ms";
  if (s < 59.95) return s.toFixed(s < 9.95 ? 2 : 1) + " s";
  s = Math.round(s);
  const m = Math.floor(s / 60);
  return m < 60 ? m + " min " + s % 60 + " s"
    : Math.floor(m / 60) + " h " + m % 60 + " min";
}
function when(text) {
  return text.slice(0, 19).replace("T", " ") + " UTC";
}
function place(x) {
  return x ? x.file + (x.line ? ":" + x.line : "") : "";
}

const tasks = D.tasks;
tasks.forEach((t, i) => {
  t.order = i;
  t.from = micro(t.start);
  t.to = t.from + 1000 * t.duration;
  t.text = [t.name, t.id, t.module, t.play, t.kind, place(t.place), t.msg,
    t.reason].join("\n").toLowerCase();
});
const first = tasks.reduce((x, t) => Math.min(x, t.from), micro(D.start));
const last = tasks.reduce((x, t) => Math.max(x, t.to), micro(D.end));
const longest = tasks.reduce((x, t) => Math.max(x, t.duration), 1e-9);

// -- head ---------------------------------------------------------------------

function head() {
  const top = $("top");
  top.append(el("h1", "", D.plan || "run"),
    el("span", "badge " + D.kind, D.state));
  const who = (D.hosts > 1 ? "hosts " : "host ") + D.host;
  top.after(el("div", "dim", [D.message, who, when(D.start),
    took(D.duration), "run " + D.run].filter(x => x).join("  ·  ")));
  if (D.notes.length)
    $("tiles").after(el("div", "card note",
      ...D.notes.map(each => el("p", "", each))));
}

const chosen = { kind: "", text: "", order: "failures" };

function tiles() {
  for (const kind of ["", ...kinds]) {
    const n = kind ? tasks.filter(t => t.kind === kind).length : tasks.length;
    if (!n && kind) continue;
    const b = el("button", kind, el("b", "", String(n)), kind || "all tasks");
    b.setAttribute("aria-pressed", kind === chosen.kind);
    b.onclick = () => {
      chosen.kind = kind;
      for (const x of $("tiles").children)
        x.setAttribute("aria-pressed", x === b);
      list();
    };
    $("tiles").append(b);
  }
}

// -- timeline -----------------------------------------------------------------

const ran = tasks.filter(t => t.kind !== "skipped" && t.kind !== "cancelled")
  .sort((x, y) => x.to - y.to);
const rows = [];
for (const t of ran) {
  // The row that was free for the shortest time.
  let best = -1;
  rows.forEach((end, i) => {
    if (end <= t.from && (best < 0 || rows[best] < end)) best = i;
  });
  if (best < 0) best = rows.length;
  rows[best] = t.to;
  t.row = best;
}
const high = rows.length > 40 ? 6 : rows.length > 16 ? 12 : 20;
const left = 56, axis = 22;
let scale = 1;

function colour(name) {
  return getComputedStyle(document.body).getPropertyValue("--" + name).trim();
}
function draw() {
  const c = $("time"), wide = c.parentNode.clientWidth;
  const tall = axis + rows.length * high + 2, ratio = devicePixelRatio || 1;
  c.width = wide * ratio;
  c.height = tall * ratio;
  c.style.height = tall + "px";
  const g = c.getContext("2d");
  g.scale(ratio, ratio);
  g.font = "11px system-ui,sans-serif";
  const span = Math.max(last - first, 1e-3);
  scale = (wide - left - 8) / span;
  let step = Math.pow(10, Math.floor(Math.log10(span / 6)));
  step *= [1, 2, 5, 10].find(x => span / (step * x) <= 8);
  for (let t = 0; t <= span; t += step) {
    const x = Math.round(left + t * scale) + 0.5;
    g.fillStyle = colour("line");
    g.fillRect(x, axis - 4, 1, tall);
    g.fillStyle = colour("dim");
    g.fillText(t ? took(t / 1000) : "0", x + 3, 12);
  }
  g.fillStyle = colour("dim");
  if (high > 10)
    rows.forEach((_, i) => g.fillText("lane " + (i + 1), 0,
      axis + i * high + high - 6));
  const paint = {};
  for (const name of ["failed", "ok", "changed", "ignored", "card"])
    paint[name] = colour(name);
  paint.unknown = paint.failed;
  paint.rescued = paint.ignored;
  // What went wrong lies above the rest.
  for (const t of [...ran].sort((x, y) => kinds.indexOf(y.kind)
    - kinds.indexOf(x.kind))) {
    const x = left + (t.from - first) * scale;
    const w = Math.max((t.to - t.from) * scale, t.kind === "failed" ? 3 : 1.5);
    const y = axis + t.row * high + 1;
    g.fillStyle = paint[t.kind];
    g.fillRect(x, y, w > 4 ? w - 1 : w, high - 2);
    if (high < 20 || w < 50) continue;
    g.save();
    g.beginPath();
    g.rect(x, y, w - 4, high);
    g.clip();
    g.fillStyle = paint.card;
    g.fillText(t.name, x + 5, y + 13);
    g.restore();
  }
}
function under(event) {
  const box = $("time").getBoundingClientRect();
  const row = Math.floor((event.clientY - box.top - axis) / high);
  const at = first + (event.clientX - box.left - left) / scale;
  let best = null, far = 4 / scale;
  for (const t of ran) {
    if (t.row !== row) continue;
    const d = Math.max(t.from - at, at - t.to, 0);
    if (d < far) { far = d; best = t; }
  }
  return best;
}
function timeline() {
  const c = $("time"), tip = $("tip");
  c.onmousemove = e => {
    const t = under(e);
    tip.hidden = !t;
    c.style.cursor = t ? "pointer" : "";
    if (!t) return;
    tip.textContent = t.name + " · " + t.kind + " · " + took(t.duration);
    tip.style.left = Math.min(e.clientX + 12, innerWidth - 430) + "px";
    tip.style.top = e.clientY + 14 + "px";
  };
  c.onmouseleave = () => { tip.hidden = true; };
  c.onclick = e => { const t = under(e); if (t) show(t); };
  new ResizeObserver(() => requestAnimationFrame(draw)).observe(c.parentNode);
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", draw);
}

function slowest() {
  for (const t of [...ran].sort((x, y) => y.duration - x.duration)
    .slice(0, 10)) {
    const fill = el("i");
    fill.style.width = 100 * t.duration / longest + "%";
    const b = el("button", "slow " + t.kind, el("span", "", t.name),
      el("span", "bar", fill), el("span", "num", took(t.duration)));
    b.onclick = () => show(t);
    $("slow").append(b);
  }
}
)js";
}

} // namespace troupe
