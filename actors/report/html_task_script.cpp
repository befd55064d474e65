#include "actors/report/html_page.hpp"

namespace troupe {

std::string_view html_task_script() {
  return R"js(
// -- tasks --------------------------------------------------------------------

function fold(title, inside, open) {
  const d = el("details", "", el("summary", "", title), inside);
  d.open = open;
  return d;
}
function lines(text) {
  const out = el("pre");
  for (const line of text.split("\n")) {
    const cls = line.startsWith("@@") || line.startsWith("---")
      || line.startsWith("+++") ? "at" : line[0] === "+" ? "add"
        : line[0] === "-" ? "del" : "";
    out.append(el("span", cls, line), "\n");
  }
  return out;
}
function parts(t, open) {
  const out = el("div", t.kind);
  if (t.msg) out.append(el("p", "msg", t.msg));
  if (t.diff) out.append(fold("difference", lines(t.diff), true));
  for (const key of ["stderr", "stdout"])
    if (t[key]) out.append(fold(key, el("pre", "", t[key]), open));
  if (t.rest) out.append(fold("result", el("pre", "", t.rest), false));
  return out;
}
function facts(t) {
  const out = el("dl");
  const say = (k, x) => { if (x) out.append(el("dt", "", k), el("dd", "", x)); };
  say("reason", t.reason);
  say("error", t.error);
  say("exit code", t.rc === undefined ? "" : String(t.rc));
  say("place", place(t.place));
  say("play", t.play);
  say("id", t.id);
  say("started", when(t.start) + ", " + took((t.from - first) / 1000)
    + " after the run began");
  if (t.attempts.length > 1)
    say("attempts", t.attempts.map(a => (a.item === undefined ? ""
      : "item " + (a.item + 1) + ", ") + "no. " + a.number + ": "
      + took(a.duration) + (a.failed ? ", failed" : "")).join("; "));
  for (const each of t.warnings || []) say("warning", each);
  return out;
}
function fill(d, t) {
  const bad = kinds.indexOf(t.kind) < 4;
  const into = el("div", "in", parts(t, bad));
  for (const each of t.items || [])
    into.append(fold(each.kind + ": " + each.label, parts(each, true),
      kinds.indexOf(each.kind) < 4));
  if (t.censored) into.append(el("p", "dim", "What it printed and changed is "
    + "hidden: no_log."));
  if (t.left_out) into.append(el("p", "dim", "Its output is left out: this "
    + "page would be too large."));
  into.append(facts(t));
  d.append(into);
}
function entry(t) {
  const bar = el("i");
  bar.style.width = 100 * t.duration / longest + "%";
  const d = el("details", "task " + t.kind, el("summary", "",
    el("span", "state", t.kind), el("span", "name", t.name),
    el("span", "dim wide", t.module + "  " + place(t.place)),
    el("span", "bar wide", bar), el("span", "num", took(t.duration))));
  d.ontoggle = () => { if (d.open && d.children.length < 2) fill(d, t); };
  t.entry = d;
  return d;
}

const orders = {
  failures: (x, y) => kinds.indexOf(x.kind) - kinds.indexOf(y.kind)
    || x.order - y.order,
  start: (x, y) => x.from - y.from || x.order - y.order,
  duration: (x, y) => y.duration - x.duration
};
let found = [], shown = 0;

function more(upto) {
  const some = document.createDocumentFragment();
  for (; shown < Math.min(found.length, upto); ++shown)
    some.append(found[shown].entry || entry(found[shown]));
  $("tasks").append(some);
  $("more").hidden = shown >= found.length;
  $("more").textContent = "show more: " + (found.length - shown);
}
function list() {
  const words = chosen.text.toLowerCase().split(/\s+/).filter(x => x);
  found = tasks.filter(t => (!chosen.kind || t.kind === chosen.kind)
    && words.every(w => t.text.includes(w))).sort(orders[chosen.order]);
  $("tasks").replaceChildren();
  shown = 0;
  $("found").textContent = found.length + " of " + tasks.length;
  more(page);
}
function show(t) {
  if (!found.includes(t)) {
    chosen.kind = chosen.text = $("find").value = "";
    for (const x of $("tiles").children)
      x.setAttribute("aria-pressed", x === $("tiles").firstChild);
    list();
  }
  more(found.indexOf(t) + 1);
  t.entry.open = true;
  t.entry.scrollIntoView({ block: "center" });
  t.entry.firstChild.focus();
}

head();
tiles();
timeline();
slowest();
list();
for (const t of found.slice(0, 3)) if (t.kind === "failed") t.entry.open = true;
$("more").onclick = () => more(shown + page);
$("find").oninput = e => { chosen.text = e.target.value; list(); };
$("order").onchange = e => { chosen.order = e.target.value; list(); };
document.onkeydown = e => {
  if (e.key === "/" && e.target.tagName !== "INPUT") {
    e.preventDefault();
    $("find").focus();
  }
};
)js";
}

} // namespace troupe
