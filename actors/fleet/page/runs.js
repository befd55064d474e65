import { call, may, onChange } from "./api.js";
import { between, chip, clock, count, el, head, link, path, say } from "./dom.js";
import { Grid } from "./grid.js";

const name = (x) => (x.plan ? `${x.plan} · ${x.run}` : x.run);

export function recentRuns(runs) {
  if (!runs.length) return el("p", { text: "There are none yet." });
  return el("table", { class: "plain wide" }, el("thead", {}, el("tr", {},
    ...["run", "status", "by", "begun", "took"].map((x) => el("th", { scope: "col", text: x })))),
  el("tbody", {}, ...runs.map((x) => el("tr", {}, el("th", { scope: "row" }, link(path("runs", x.run), name(x))),
    el("td", {}, chip(x.status)), el("td", { text: x.by }), el("td", { text: clock(x.submitted) }),
    el("td", { text: x.ended ? between(x.submitted, x.ended) : "" })))));
}

/// What 'troupe fleet sign' has written is sent as it is: nobody signs here.
function submitForm() {
  const error = el("p", { class: "error", role: "alert" });
  const file = el("input", { type: "file", id: "signed", accept: ".json,application/json", required: true });
  const form = el("form", { class: "bar" }, el("label", { for: "signed", text: "Signed plan" }), file,
    el("button", { type: "submit", text: "Run it" }), error);
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    error.textContent = "";
    try {
      const run = await call("/v1/runs", { method: "POST", body: await file.files[0].text() });
      dispatchEvent(new CustomEvent("go", { detail: path("runs", run.run) }));
    } catch (why) {
      error.textContent = why.message;
    }
  });
  return el("details", {}, el("summary", { text: "Run a plan" }),
    el("p", { text: "Choose the file that “troupe fleet sign” has written. Hosts look at its signature themselves." }), form);
}

export function runsView(into) {
  const filter = el("input", { type: "search", id: "filter" });
  const figures = el("p", { class: "figures" });
  const first = el("select", { id: "first" }), second = el("select", { id: "second" });
  const grid = new Grid({
    label: "Runs, the newest first", fill: true,
    columns: [
      { title: "run", width: 260, grow: 2, text: name, href: (x) => path("runs", x.run) },
      { title: "status", width: 110, text: (x) => x.status, cls: (x) => `chips s-${x.status}` },
      { title: "by", width: 120, grow: 1, text: (x) => x.by },
      { title: "begun", width: 165, text: (x) => clock(x.submitted) },
      { title: "took", width: 110, text: (x) => (x.ended ? between(x.submitted, x.ended) : "") },
      { title: "waits for", width: 120, grow: 1, text: (x) => (x.away ? count(x.away.length, "host", "hosts") : "") },
    ],
    open: (x) => dispatchEvent(new CustomEvent("go", { detail: path("runs", x.run) })),
  });
  const compare = el("form", { class: "bar" }, el("label", { for: "first", text: "Compare" }), first,
    el("label", { for: "second", text: "with" }), second, el("button", { type: "submit", text: "Compare" }));
  compare.addEventListener("submit", (e) => {
    e.preventDefault();
    dispatchEvent(new CustomEvent("go", { detail: path("compare", first.value, second.value) }));
  });
  into.append(head("Runs"), may("operator") ? submitForm() : "",
    el("div", { class: "bar" }, el("label", { for: "filter", text: "Filter" }), filter), compare, figures, grid.element);
  let runs = [], filled = "";
  const narrow = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = runs.filter((x) => words.every((w) => `${name(x)} ${x.status} ${x.by}`.toLowerCase().includes(w)));
    figures.textContent = `${shown.length.toLocaleString("en")} of ${count(runs.length, "run", "runs")}`;
    grid.set(shown);
  };
  filter.oninput = narrow;
  const feed = onChange(async () => {
    runs = (await call("/v1/runs?limit=500")).runs;
    narrow();
    say(figures.textContent);
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
