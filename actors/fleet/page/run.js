import { call, Feed, may } from "./api.js";
import { between, byName, chip, choice, clock, count, el, figures, filtering, go, head, link, number, part, path, planName, problem, say, seconds } from "./dom.js";
import { Grid } from "./grid.js";
import { glyphs, isOver, RunModel, states } from "./model.js";

/// What all views of a run begin with: its head, kept up to date, and its
/// events. `changed` is called when there is something to draw, at most four
/// times a second, and less often when that takes long.
export class RunFrame {
  constructor(into, name, changed) {
    this.name = name;
    this.changed = changed;
    this.model = new RunModel();
    this.pause = 100;
    this.status = el("span");
    this.figures = figures();
    this.bar = el("div", { class: "progress", role: "progressbar", "aria-label": "Hosts that have ended", "aria-valuemin": "0" }, el("div"));
    this.cancel = el("button", { type: "button", class: "danger", text: "Cancel", hidden: true, onclick: () => this.end() });
    this.error = problem();
    const parts = [[path("runs", name), "Grid"], [`${path("runs", name)}/timeline`, "Times"]];
    this.title = head(name, this.status, this.cancel);
    into.append(this.title, this.error, this.figures, this.bar,
      el("nav", { class: "tabs", "aria-label": "Parts of this run" }, ...parts.map(([href, text]) =>
        link(href, text, { "aria-current": href === location.pathname ? "page" : undefined }))));
    call(path("v1", "runs", name)).then(() => this.follow(), (why) => (this.error.textContent = why.message));
  }

  follow() {
    if (this.closed) return;
    this.feed = new Feed(`${path("v1", "runs", this.name)}/live?brief=true`, {
      events: (list) => { this.model.apply(list); this.soon(); },
      state: (run) => { this.model.setRun(run); this.soon(); },
      end: (run) => { this.model.setRun(run); this.soon(); },
    });
  }

  soon() {
    this.timer ??= setTimeout(() => {
      const begun = performance.now();
      this.timer = undefined;
      this.draw();
      this.changed(this.model);
      this.pause = Math.min(2000, 250 + 20 * (performance.now() - begun));
    }, this.pause);
  }

  draw() {
    const { run } = this.model, counts = this.model.counts();
    if (!run) return;
    this.status.replaceChildren(chip(run.status));
    if (this.model.plan) this.title.querySelector("h1").textContent = `${planName(this.model.plan)} · ${this.name}`;
    const order = ["failed", "declined", "lost", "absent", "away", "running", "offered", "waiting", "ok", "cancelled", "left_out"];
    const keys = Object.keys(counts).sort((x, y) => order.indexOf(x) - order.indexOf(y));
    const ended = ["ok", "failed", "declined", "lost", "absent", "cancelled", "left_out"].reduce((n, x) => n + (counts[x] || 0), 0);
    const all = this.model.rows().length;
    const parts = keys.map((x) => `${number(counts[x])} ${x.replace("_", " ")}`);
    const when = `begun ${clock(run.submitted)}${run.ended ? `, took ${between(run.submitted, run.ended)}` : ""}, by ${run.by}`;
    this.figures.textContent = `${count(all, "host")}: ${parts.join(", ")} · ${when}${run.text ? ` · ${run.text}` : ""}`;
    this.bar.setAttribute("aria-valuemax", all);
    this.bar.setAttribute("aria-valuenow", ended);
    this.bar.firstChild.style.width = all ? `${(100 * ended) / all}%` : "0";
    this.cancel.hidden = !may("operator") || run.reported || isOver(run) || run.status === "cancelling";
    this.tell(`${run.status}: ${ended} of ${all} hosts have ended, ${counts.failed || 0} failed`);
  }

  /// Not more than a reader can say.
  tell(text) {
    const now = performance.now();
    if (now < (this.told || 0) + 5000 && !isOver(this.model.run)) return;
    this.told = now;
    say(text);
  }

  async end() {
    if (!confirm(`End run ${this.name} on all its hosts?`)) return;
    this.error.textContent = "";
    await call(`${path("v1", "runs", this.name)}/cancel`, { method: "POST" })
      .catch((why) => (this.error.textContent = why.message));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.feed?.close();
  }
}

const taskPath = (name, task) => path("runs", name, "tasks", task.id);

function causeRow(model, name, group) {
  const task = model.tasks[group.task], hosts = [...group.hosts].map((h) => model.hosts[h].name);
  return el("li", {}, el("a", { class: "cause", href: `${taskPath(name, task)}?cause=${encodeURIComponent(group.key)}` },
    el("b", { text: count(hosts.length, "host") }), " ", el("span", { class: "task", text: task.name }), " ",
    el("span", { class: "kind", text: group.kind }), " ", el("span", { class: "words", text: group.text.split("\n")[0] || "no words" })),
  el("span", { class: "hosts", text: `${hosts.slice(0, 6).join(", ")}${hosts.length > 6 ? ` and ${hosts.length - 6} more` : ""}` }));
}

function causesOf(model, name) {
  const all = model.causes();
  return el("section", { class: "causes", "aria-label": "Failures by cause" },
    el("h2", { text: all.length ? `What failed: ${count(all.length, "cause")}` : "Nothing has failed" }),
    el("ul", {}, ...all.slice(0, 20).map((group) => causeRow(model, name, group))), all.length > 20 ? el("p", { text: `and ${all.length - 20} more causes` }) : "");
}

/// What failed first; then as they were sent.
function inOrder(model) {
  const rows = model.rows();
  if (model.sorted?.length !== rows.length)
    model.sorted = [...rows].sort((x, y) => x.batch - y.batch || byName(x.name, y.name));
  return [...model.sorted.filter((x) => x.failures), ...model.sorted.filter((x) => !x.failures)];
}

export function runView(into, [name]) {
  const causes = el("div"), filter = filtering(narrow), shown = el("span", { class: "figures" });
  const only = choice("Show", ["all", "failed", "running", "waiting", "ok", "away"], narrow);
  let model = new RunModel();
  const cell = (host, j) => {
    const task = model.tasks[j], state = task.state[host.index];
    const took = task.event[host.index] ? `, ${seconds(task.seconds[host.index])}` : "";
    return { text: glyphs[state], cls: `t${state}`, label: `${task.name} on ${host.name}: ${states[state] || "not yet"}${took}` };
  };
  const grid = new Grid({
    label: "Hosts and tasks", fill: true,
    columns: [
      { title: "host", width: 150, text: (x) => x.name, href: (x) => path("runs", name, "hosts", x.name) },
      { title: "status", width: 92, text: (x) => model.statusOf(x), cls: (x) => `chips s-${model.statusOf(x)}` },
    ],
    cells: { count: () => model.tasks.length, width: 28, title: (j) => model.tasks[j].name, show: cell },
    open: (host, j) => {
      const task = j < 0 ? undefined : model.tasks[j];
      go("runs", name, "hosts", host.name, ...(task?.event[host.index] ? ["tasks", task.id] : []));
    },
  });
  function narrow() {
    const which = only[1].value;
    const rows = inOrder(model).filter((x) => (which === "all" || model.statusOf(x) === which || (which === "failed" && x.failures)) && filter.fits(x.name));
    shown.textContent = part(rows.length, model.rows().length, "host");
    grid.set(rows);
  }
  let before = "";
  const frame = new RunFrame(into, name, (now) => {
    model = now;
    // Links that somebody is about to follow stay when nothing has changed.
    const key = model.causes().map((x) => `${x.key} ${x.hosts.size}`).join();
    if (key !== before || !causes.firstChild) {
      before = key;
      const had = causes.contains(document.activeElement) && document.activeElement.getAttribute("href");
      causes.replaceChildren(causesOf(model, name));
      if (had) causes.querySelector(`a[href="${CSS.escape(had)}"]`)?.focus();
    }
    narrow();
  });
  into.append(causes, el("div", { class: "bar" }, ...filter.parts, only[0], shown), legend(), grid.element);
  return { close() { frame.close(); grid.close(); } };
}

function legend() {
  return el("ul", { class: "legend", "aria-label": "Signs" }, ...states.flatMap((x, i) => (i ? [
    el("li", {}, el("span", { class: `t${i}`, text: glyphs[i], "aria-hidden": "true" }), ` ${x}`)] : [])));
}

/// When each task ran, and which took longest.
export function timelineView(into, [name]) {
  const order = choice("Order", ["as they ran", "slowest first"], draw), facts = figures();
  let model = new RunModel(), rows = [];
  const grid = new Grid({
    label: "Tasks and their times", fill: true,
    columns: [
      { title: "task", width: 220, grow: 1, text: (x) => x.task.name, href: (x) => taskPath(name, x.task) },
      { title: "hosts", width: 70, text: (x) => String(x.ran) },
      { title: "median", width: 80, text: (x) => seconds(x.median) },
      { title: "longest", width: 80, text: (x) => (x.ran ? seconds(x.longest) : "") },
      { title: "on", width: 120, text: (x) => (x.slowest < 0 ? "" : model.hosts[x.slowest].name), href: (x) => (x.slowest < 0 ? undefined
        : path("runs", name, "hosts", model.hosts[x.slowest].name, "tasks", x.task.id)) },
      { title: "all hosts", width: 120, text: (x) => (x.ran ? seconds(x.sum) : "") },
      { title: "first to last", width: 160, text: (x) => x.words },
      { title: "", width: 200, grow: 2, text: () => "", bar: (x) => (x.ran ? [x.from, x.to] : undefined) },
    ],
    open: (x) => go("runs", name, "tasks", x.task.id),
  });
  function draw() {
    const length = Math.max(1, model.ended - model.begun);
    rows = model.tasks.map((task) => {
      const all = model.figures(task);
      const from = all.ran ? (all.first - model.begun) / length : 0, to = all.ran ? (all.last - model.begun) / length : 0;
      return { ...all, task, from: Math.max(0, from), to: Math.min(1, to),
        words: all.ran ? `${seconds((all.first - model.begun) / 1000)} to ${seconds((all.last - model.begun) / 1000)}` : "ran nowhere" };
    });
    if (order[1].selectedIndex) rows.sort((x, y) => y.longest - x.longest);
    facts.textContent = `${count(rows.length, "task")} in ${seconds(length / 1000)}`;
    grid.set(rows);
  }
  const frame = new RunFrame(into, name, (now) => { model = now; draw(); });
  into.append(el("div", { class: "bar" }, order[0]), facts, grid.element);
  return { close() { frame.close(); grid.close(); } };
}
