import { Feed } from "./api.js";
import { byName, chip, count, el, figures, head, link, path, say, seconds } from "./dom.js";
import { Grid } from "./grid.js";
import { RunModel, states } from "./model.js";

function follow(name, changed) {
  const model = new RunModel();
  const feed = new Feed(`${path("v1", "runs", name)}/live?brief=true`, {
    events: (list) => { model.apply(list); changed(); },
    state: (run) => { model.setRun(run); changed(); },
    end: (run) => { model.setRun(run); changed(); },
  });
  return { model, close: () => feed.close() };
}

const short = (x) => ["ok", "changed", "failed", "skipped"].map((s) => [s, x.states[states.indexOf(s)] + (s === "failed" ? x.states[states.indexOf("timeout")] : 0)])
  .filter(([, n]) => n).map(([s, n]) => `${n} ${s}`).join(", ");
const none = { states: new Array(10).fill(0), median: NaN };

/// Hosts that ended otherwise, those that failed first.
function differing(x, y) {
  const names = new Set([...x.byHost.keys(), ...y.byHost.keys()]);
  const status = (model, name) => {
    const h = model.byHost.get(name);
    return h === undefined ? "not in it" : model.statusOf(model.hosts[h]);
  };
  return [...names].map((name) => ({ name, before: status(x, name), after: status(y, name) }))
    .filter((one) => one.before !== one.after)
    .sort((a, b) => (b.after === "failed") - (a.after === "failed") || byName(a.name, b.name));
}

export function compareView(into, [first, second]) {
  const facts = figures(), titles = el("p");
  const columns = (which) => [
    { title: which, width: 170, grow: 1, text: (x) => short(x[which]) || "–" },
    { title: "median", width: 80, text: (x) => seconds(x[which].median) }];
  const tasks = new Grid({ label: "Tasks of both runs", columns: [
    { title: "task", width: 200, grow: 1, text: (x) => x.name, cls: (x) => (x.differs ? "differs" : "") },
    ...columns("first"), ...columns("second"),
    { title: "slower by", width: 90, text: (x) => { const d = x.second.median - x.first.median;
      return d ? `${d < 0 ? "−" : "+"}${seconds(Math.abs(d))}` : ""; } }] });
  const hosts = new Grid({ label: "Hosts that ended otherwise", columns: [
    { title: "host", width: 180, grow: 1, text: (x) => x.name, href: (x) => path("runs", x.after === "not in it" ? first : second, "hosts", x.name) },
    { title: "first", width: 120, text: (x) => x.before, cls: (x) => `chips s-${x.before}` },
    { title: "second", width: 120, text: (x) => x.after, cls: (x) => `chips s-${x.after}` }] });
  let timer;
  const soon = () => (timer ??= setTimeout(() => { timer = undefined; draw(); }, 300));
  const one = follow(first, soon), other = follow(second, soon);
  const draw = () => {
    const x = one.model, y = other.model;
    const ids = [...new Set([...x.byTask.keys(), ...y.byTask.keys()])];
    tasks.set(ids.map((id) => {
      const a = x.tasks[x.byTask.get(id)], b = y.tasks[y.byTask.get(id)];
      const row = { name: (b || a).name, first: a ? x.figures(a) : none, second: b ? y.figures(b) : none };
      row.differs = short(row.first) !== short(row.second);
      return row;
    }));
    const changed = differing(x, y);
    hosts.set(changed);
    titles.replaceChildren("First ", link(path("runs", first), first), " ", x.run ? chip(x.run.status) : "",
      " · second ", link(path("runs", second), second), " ", y.run ? chip(y.run.status) : "");
    facts.textContent = `${count(changed.length, "host")} ended otherwise, of ${x.hosts.length} and ${y.hosts.length}`;
    say(facts.textContent);
  };
  into.append(head("Two runs"), titles, facts, el("h2", { text: "Tasks" }), tasks.element, el("h2", { text: "Hosts that ended otherwise" }), hosts.element);
  return { close() { clearTimeout(timer); [one, other, tasks, hosts].forEach((x) => x.close()); } };
}
