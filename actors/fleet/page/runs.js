import { call, may, onChange } from "./api.js";
import { between, chip, clock, count, el, figures, filtering, go, head, heads, link, part, path, planName, problem, say } from "./dom.js";
import { Grid } from "./grid.js";

const name = (x) => (x.plan ? `${planName(x.plan)} · ${x.run}` : x.run);

export function recentRuns(runs) {
  if (!runs.length) return el("p", { text: "There are none yet." });
  return el("table", { class: "plain wide" }, heads("run", "status", "by", "begun", "took"),
  el("tbody", {}, ...runs.map((x) => el("tr", {}, el("th", { scope: "row" }, link(path("runs", x.run), name(x))),
    el("td", {}, chip(x.status)), el("td", { text: x.by }), el("td", { text: clock(x.submitted) }),
    el("td", { text: x.ended ? between(x.submitted, x.ended) : "" })))));
}

/// What 'troupe fleet sign' has written is sent as it is: nobody signs here.
function submitForm() {
  const error = problem();
  const file = el("input", { type: "file", id: "signed", accept: ".json,application/json", required: true });
  const form = el("form", { class: "bar" }, el("label", { for: "signed", text: "Signed plan" }), file,
    el("button", { type: "submit", text: "Run it" }), error);
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    error.textContent = "";
    try {
      const run = await call("/v1/runs", { method: "POST", body: await file.files[0].text() });
      go("runs", run.run);
    } catch (why) {
      error.textContent = why.message;
    }
  });
  return el("details", {}, el("summary", { text: "Run a plan" }),
    el("p", { text: "Choose the file that “troupe fleet sign” has written. Hosts look at its signature themselves." }), form);
}

export function runsView(into) {
  const filter = filtering(narrow), facts = figures();
  const first = el("select", { id: "first" }), second = el("select", { id: "second" });
  const grid = new Grid({
    label: "Runs, the newest first", fill: true,
    columns: [
      { title: "run", width: 260, grow: 2, text: name, href: (x) => path("runs", x.run) },
      { title: "status", width: 110, text: (x) => x.status, cls: (x) => `chips s-${x.status}` },
      { title: "by", width: 120, grow: 1, text: (x) => x.by },
      { title: "begun", width: 180, text: (x) => clock(x.submitted) },
      { title: "took", width: 110, text: (x) => (x.ended ? between(x.submitted, x.ended) : "") },
      { title: "waits for", width: 120, grow: 1, text: (x) => (x.away ? count(x.away.length, "host") : "") },
    ],
    open: (x) => go("runs", x.run),
  });
  const compare = el("form", { class: "bar", hidden: true }, el("label", { for: "first", text: "Compare" }), first,
    el("label", { for: "second", text: "with" }), second, el("button", { type: "submit", text: "Compare" }));
  compare.addEventListener("submit", (e) => {
    e.preventDefault();
    go("compare", first.value, second.value);
  });
  into.append(head("Runs"), may("operator") ? submitForm() : "",
    el("div", { class: "bar" }, ...filter.parts), compare, facts, grid.element);
  let runs = [], filled = "";
  function narrow() {
    const shown = runs.filter((x) => filter.fits(`${name(x)} ${x.status} ${x.by}`));
    facts.textContent = part(shown.length, runs.length, "run");
    grid.set(shown);
  }
  const feed = onChange(async () => {
    runs = (await call("/v1/runs?limit=500")).runs;
    narrow();
    say(facts.textContent);
    compare.hidden = runs.length < 2;
    const all = runs.map((x) => x.run).join();
    if (all === filled) return;
    filled = all;
    [first, second].forEach((select, i) => {
      const before = select.value;
      select.replaceChildren(...runs.map((x) => el("option", { value: x.run, text: `${name(x)} (${x.status})` })));
      select.value = before || runs[1 - i]?.run || runs[0]?.run;
    });
  });
  return { close() { feed.close(); grid.close(); } };
}
